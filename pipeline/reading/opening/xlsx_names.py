"""Packages whose parts are named as Excel still finds them, but no reader does: with backslashes, in another case.

Excel compares the names of parts without regard to case (ECMA-376 part 2, 6.3.5) and takes a backslash for a slash.
Such a package is packed anew, in memory, under the names by which its relations call the parts.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO

from pipeline.reading.opening.guard import part
from pipeline.reading.remembering import once_a_blank

_TYPES, _ROOT = "[Content_Types].xml", "_rels/.rels"
_TARGET = re.compile(rb"""\bTarget\s*=\s*["']([^"']*)["']""")
_EXTERNAL = re.compile(rb"""<[^<>]*\bTargetMode\s*=\s*["']External["'][^<>]*>""")


ReadPart = Callable[[str], bytes]  # a part by its name


def once_a_package(package: zipfile.ZipFile) -> ReadPart:
    """Reads its parts; relations, which are asked for several times, once. Forgotten with the package."""
    return cache(lambda name: part(package, name))


def as_called(data: bytes, package: zipfile.ZipFile, read_part: ReadPart) -> bytes:
    """The package, which is `data` opened, under the names that its relations use; `data` where it is so already."""
    names = {name.replace("\\", "/").lower(): name for name in package.namelist()}

    def read(called: str) -> bytes:
        return read_part(names[called.lower()])

    called = _called(read, names)
    wrong = any("\\" in name for name in names.values()) or _points_back(read, names, called)
    if not wrong and all(names.get(name.lower(), name) == name for name in called):
        return data
    by_call = {name.lower(): name for name in called}
    return _packed_anew(package, {old: by_call.get(plain, old.replace("\\", "/")) for plain, old in names.items()})


def _called(read: ReadPart, names: dict[str, str]) -> list[str]:
    """The names by which the workbook and its sheets are called, in their order: from the root down."""
    called = [_TYPES, _ROOT]
    waiting = [_ROOT]
    while waiting:
        relations = waiting.pop()
        if relations.lower() not in names:
            continue
        called.append(relations)
        folder = posixpath.dirname(posixpath.dirname(relations))
        for name in _targets(read(relations), folder):
            if name.lower() in names and name not in called:
                called.append(name)
                if relations == _ROOT:
                    waiting.append(f"{posixpath.dirname(name)}/_rels/{posixpath.basename(name)}.rels".lstrip("/"))
    return called


def _points_back(read: ReadPart, names: dict[str, str], called: list[str]) -> bool:
    """Does a relation write its target with a backslash."""
    return any(_has_backslash(read(name)) for name in called if name.endswith(".rels") and name.lower() in names)


@once_a_blank
def _has_backslash(relations: bytes) -> bool:
    return any(b"\\" in target for target in _TARGET.findall(_EXTERNAL.sub(b"", relations)))


@once_a_blank
def _targets(relations: bytes, folder: str) -> tuple[str, ...]:
    """The names of the parts that are related to one in that folder."""
    inside = _EXTERNAL.sub(b"", relations.replace(b"\0", b""))
    targets = (target.decode("utf-8", "replace").replace("\\", "/") for target in _TARGET.findall(inside))
    return tuple(posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") for target in targets)


def _packed_anew(package: zipfile.ZipFile, renamed: dict[str, str]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as anew:
        for old, new in renamed.items():
            content = part(package, old)
            if new.lower().endswith(".rels"):
                content = _TARGET.sub(lambda target: target[0].replace(b"\\", b"/"), content)
            anew.writestr(new, content)
    return packed.getvalue()
