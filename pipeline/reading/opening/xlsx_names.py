"""Packages whose parts are named as Excel still finds them, but no reader does: with backslashes, in another case.

Excel compares the names of parts without regard to case (ECMA-376 part 2, 6.3.5) and takes a backslash for a slash.
Such a package is packed anew, in memory, under the names by which its relations call the parts.
"""

import posixpath
import re
import zipfile
from io import BytesIO

from pipeline.reading.opening.guard import open_zip, part

_TYPES, _ROOT = "[Content_Types].xml", "_rels/.rels"
_TARGET = re.compile(rb"""\bTarget\s*=\s*["']([^"']*)["']""")
_EXTERNAL = re.compile(rb"""<[^<>]*\bTargetMode\s*=\s*["']External["'][^<>]*>""")


def as_called(data: bytes) -> bytes:
    """The package under the names that its relations use; `data` itself where it is so already."""
    with open_zip(data) as package:
        names = {name.replace("\\", "/").lower(): name for name in package.namelist()}
        called = _called(package, names)
        wrong = any("\\" in name for name in names.values()) or _points_back(package, names, called)
        if not wrong and all(names.get(name.lower(), name) == name for name in called):
            return data
        by_call = {name.lower(): name for name in called}
        return _packed_anew(package, {old: by_call.get(plain, old.replace("\\", "/")) for plain, old in names.items()})


def _called(package: zipfile.ZipFile, names: dict[str, str]) -> list[str]:
    """The names by which the workbook and its sheets are called, in their order: from the root down."""
    called = [_TYPES, _ROOT]
    waiting = [_ROOT]
    while waiting:
        relations = waiting.pop()
        if relations.lower() not in names:
            continue
        called.append(relations)
        folder = posixpath.dirname(posixpath.dirname(relations))
        for target in _targets(part(package, names[relations.lower()])):
            name = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if name.lower() in names and name not in called:
                called.append(name)
                if relations == _ROOT:
                    waiting.append(f"{posixpath.dirname(name)}/_rels/{posixpath.basename(name)}.rels".lstrip("/"))
    return called


def _points_back(package: zipfile.ZipFile, names: dict[str, str], called: list[str]) -> bool:
    """Does a relation write its target with a backslash."""
    relations = (
        part(package, names[name.lower()]) for name in called if name.endswith(".rels") and name.lower() in names
    )
    return any(b"\\" in target for xml in relations for target in _TARGET.findall(_EXTERNAL.sub(b"", xml)))


def _targets(relations: bytes) -> list[str]:
    inside = _EXTERNAL.sub(b"", relations.replace(b"\0", b""))
    return [target.decode("utf-8", "replace").replace("\\", "/") for target in _TARGET.findall(inside)]


def _packed_anew(package: zipfile.ZipFile, renamed: dict[str, str]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as anew:
        for old, new in renamed.items():
            content = part(package, old)
            if new.lower().endswith(".rels"):
                content = _TARGET.sub(lambda target: target[0].replace(b"\\", b"/"), content)
            anew.writestr(new, content)
    return packed.getvalue()
