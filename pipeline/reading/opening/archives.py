"""Archives as they are sent, .zip, .7z and .rar: what lies in them, taken out in memory. Nothing is ever unpacked to a
path that the archive names."""

import re
import stat
import zipfile
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from io import BytesIO

from pipeline.reading.opening.guard import (
    MB,
    ZIP_FAULTS,
    damaged,
    in_mb,
    limit_remark,
    open_zip,
    overlap,
    unreadable,
)
from pipeline.reading.opening.holders import Entry, Holder, Room
from pipeline.settings import Limits
from schemas.remarks import Remark, remark

_SPOILED = "он в архиве испорчен"
_SAME_NAME = "в архиве несколько файлов с таким именем, их не различить"
_LINK = "ссылка"


def open_archive(data: bytes, limits: Limits, room: Room) -> Holder | None:
    """None where it is no archive that is opened. Raises Unreadable where it is one and cannot be: damaged, locked,
    above the limits."""
    if data.startswith(b"PK"):
        return Holder(_of_zip(data, limits, room))
    if data.startswith(b"7z\xbc\xaf\x27\x1c"):
        return Holder(_of_7z(data, limits, room))
    if data.startswith(b"Rar!\x1a\x07"):
        return Holder(_of_rar(data, limits, room))
    return None


def _too_big(size: int, limits: Limits) -> Remark | None:
    """What is said of one file in the archive that is no report by its size alone."""
    if size <= limits.file_mb * MB:
        return None
    return limit_remark("", f"он занимает {in_mb(size)}", in_mb(limits.file_mb * MB), "file_mb")


# ── .zip ─────────────────────────────────────────────────────────────────────────────────────────────────


def _of_zip(data: bytes, limits: Limits, room: Room) -> Iterator[Entry]:
    package = open_zip(data)
    infos = [info for info in package.infolist() if not info.is_dir()]
    if overlap(infos):
        raise damaged("его части наложены одна на другую")
    if infos and all(info.flag_bits & 0x1 for info in infos):
        raise unreadable("FILE-ENCRYPTED")
    room.take(len(infos), sum(info.file_size for info in infos if not _too_big(info.file_size, limits)))
    return (_from_zip(package, info, limits) for info in infos)


def _from_zip(package: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> Entry:
    name = _zip_name(info)
    if stat.S_ISLNK(info.external_attr >> 16):
        return Entry(name, said=remark("FILE-LINK", what=_LINK))
    if info.flag_bits & 0x1:
        return Entry(name, said=remark("FILE-ENCRYPTED"))
    if said := _too_big(info.file_size, limits):
        return Entry(name, said=said)
    try:
        return Entry(name, package.read(info))
    except (*ZIP_FAULTS, RuntimeError):
        return Entry(name, said=remark("FILE-DAMAGED", what=_SPOILED))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Windows writes Russian names in its console's code page and says so nowhere; other programs write UTF-8 without
    the mark for it."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        octets = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp866", "replace")


# ── .7z ──────────────────────────────────────────────────────────────────────────────────────────────────


def _of_7z(data: bytes, limits: Limits, room: Room) -> Iterator[Entry]:
    # imported here: few files need it
    import lzma

    import py7zr
    from py7zr.exceptions import PasswordRequired
    from py7zr.io import BytesIOFactory

    faults = (py7zr.exceptions.ArchiveError, lzma.LZMAError, EOFError, *ZIP_FAULTS, *_CONFUSED)
    try:
        with py7zr.SevenZipFile(BytesIO(data)) as package:
            if package.needs_password():
                raise unreadable("FILE-ENCRYPTED")
            infos = [info for info in package.list() if not info.is_directory]
            # of a block that is packed as one every part is unpacked, those too that are too big to be kept
            room.take(len(infos), sum(info.uncompressed for info in infos))
            inside = BytesIOFactory(limits.unpacked_mb * MB + 1)
            package.extractall(factory=inside)
    except PasswordRequired:
        raise unreadable("FILE-ENCRYPTED") from None
    except faults:
        raise damaged("архив 7-Zip испорчен или записан не до конца") from None
    names = [info.filename for info in infos]
    unsure = _not_told_apart(names)
    return iter([_from_7z(info, inside.products, limits, unsure) for info in infos])


# What py7zr raises on a damaged directory, found by damaging good ones.
_CONFUSED = (AssertionError, IndexError, KeyError, TypeError, AttributeError, UnicodeDecodeError)


def _not_told_apart(names: Sequence[str]) -> frozenset[str]:
    """Names under which py7zr may hand out another entry's bytes: those of several entries, and what it calls the
    second and later ones of them, `a.xlsx_0`."""
    several = {name for name, times in Counter(names).items() if times > 1}
    return frozenset(name for name in names if name in several or re.sub(r"(_\d+)+\Z", "", name) in several)


def _from_7z(info: object, products: Mapping[str, object], limits: Limits, unsure: Container[str]) -> Entry:
    name, size = info.filename, info.uncompressed  # type: ignore[attr-defined]
    if info.is_symlink:  # type: ignore[attr-defined]
        return Entry(name, said=remark("FILE-LINK", what=_LINK))
    if said := _too_big(size, limits):
        return Entry(name, said=said)
    if name in unsure:
        return Entry(name, said=remark("FILE-DAMAGED", what=_SAME_NAME))
    product = products.get(name)
    if product is None:
        return Entry(name, b"" if size == 0 else None, None if size == 0 else remark("FILE-DAMAGED", what=_SPOILED))
    product.seek(0)  # type: ignore[attr-defined]
    content = product.read()  # type: ignore[attr-defined]
    if len(content) != size:
        return Entry(name, said=remark("FILE-DAMAGED", what=_SPOILED))
    return Entry(name, content)


# ── .rar ─────────────────────────────────────────────────────────────────────────────────────────────────


def _of_rar(data: bytes, limits: Limits, room: Room) -> Iterator[Entry]:
    import rarfile

    try:
        package = rarfile.RarFile(BytesIO(data), errors="strict")
        if package.needs_password():
            raise unreadable("FILE-ENCRYPTED")
        infos = [info for info in package.infolist() if not info.is_dir()]
        if not package.infolist():
            raise EOFError
    except (rarfile.Error, *ZIP_FAULTS, *_CONFUSED):
        raise damaged("архив RAR испорчен или записан не до конца") from None
    room.take(len(infos), sum(info.file_size for info in infos if not _too_big(info.file_size, limits)))
    entries = []
    for info in infos:
        try:
            entries.append(_from_rar(package, info, limits))
        except rarfile.RarCannotExec:
            what = "архив RAR, а программы, которая его раскрывает (unrar), на этом компьютере нет"
            raise unreadable("FILE-ARCHIVE", what=what) from None
        except (rarfile.Error, *ZIP_FAULTS):
            entries.append(Entry(info.filename, said=remark("FILE-DAMAGED", what=_SPOILED)))
    return iter(entries)


def _from_rar(package: object, info: object, limits: Limits) -> Entry:
    name, size = info.filename, info.file_size  # type: ignore[attr-defined]
    if info.is_symlink():  # type: ignore[attr-defined]
        return Entry(name, said=remark("FILE-LINK", what=_LINK))
    if said := _too_big(size, limits):
        return Entry(name, said=said)
    with package.open(info) as file:  # type: ignore[attr-defined]
        content = file.read(size + 1)
    if len(content) != size:
        return Entry(name, said=remark("FILE-DAMAGED", what=_SPOILED))
    return Entry(name, content)
