"""The look at a file before any reader opens it: is it a file, is it small enough, what is it really.

By content, never by name: an .xls sent as .xlsx is read all the same, a PDF called .xlsx is called a PDF. The limits
stop what would cost a reader its memory or hours; every sum is taken from the directory of the zip archive, at whose
sizes all readers stop.
"""

import os
import re
import stat
import struct
import sys
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Literal

from pipeline.settings import Limits
from pipeline.wording import NBSP, count, number
from schemas.remarks import Remark, remark

# `encrypted`: an OOXML package that is one after decryption.
Kind = Literal["xlsx", "xlsb", "xls", "ods", "docx", "encrypted"]
MB = 2**20


class Unreadable(Exception):  # noqa: N818 - what is said of a school's file, no fault of the program
    """Nothing can be read from this file; `remark` says why (its `file` is filled in by the caller)."""

    def __init__(self, said: Remark) -> None:
        super().__init__(said)
        self.remark = said


def unreadable(code: str, **data: str) -> Unreadable:
    return Unreadable(remark(code, **data))


def damaged(what: str) -> Unreadable:
    return unreadable("FILE-DAMAGED", what=what)


def over_limit(what: str, limit: str, key: str = "") -> Unreadable:
    return Unreadable(limit_remark("", what, limit, key))


def limit_remark(file: str, what: str, limit: str, key: str) -> Remark:
    """`key`: of the settings' section [limits]; blank where the limit is a reader's own."""
    return remark("FILE-LIMIT", file=file, what=what, limit=with_key(limit, key))


def with_key(limit: str, key: str) -> str:
    """The limit, and where it is raised."""
    return f"{limit}; увеличить: ключ {key} в [limits] файла settings.toml" if key else limit


def too_many_cells(limits: Limits) -> Unreadable:
    return over_limit("на одном листе слишком много ячеек", count(limits.cells, ("ячейка", "ячейки", "ячеек")), "cells")


def check_sheets(sheets: int, limits: Limits) -> None:
    """Raises Unreadable where the workbook has more sheets than any report."""
    if sheets > limits.sheets:
        raise over_limit(f"в книге {count(sheets, ('лист', 'листа', 'листов'))}", number(limits.sheets), "sheets")


# ── the file in its folder ───────────────────────────────────────────────────────────────────────────────


def look(path: Path, limits: Limits) -> bytes:
    """The bytes of a regular file, read once. Links are not followed; pipes, sockets and devices are not opened."""
    try:
        before = os.lstat(path)
        _refuse_other_than_file(before)
        with open(path, "rb", opener=_open_without_following) as file:
            data = file.read(min(before.st_size + 1, _HEAD))
            key = "archive_mb" if may_hold_files(data) else "file_mb"
            _refuse_size(before.st_size, getattr(limits, key), key)
            data += file.read(before.st_size + 1 - len(data))
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        raise unreadable("FILE-BUSY", what="его убрали или переименовали во время чтения") from None
    except PermissionError as error:
        if getattr(error, "winerror", None) in _HELD_BY_A_PROGRAM:
            raise unreadable("FILE-BUSY", what="он открыт в другой программе") from None
        raise unreadable("FILE-DENIED", what="система не даёт его открыть") from None
    except OSError as error:
        raise unreadable("FILE-BUSY", what=f"диск или сеть его не отдают (ошибка {error.errno})") from None
    if len(data) != before.st_size or (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise unreadable("FILE-BUSY", what="он ещё копируется")
    return data


_HELD_BY_A_PROGRAM = (32, 33)  # Windows: ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
_IN_THE_CLOUD = 0x400000 | 0x1000  # Windows: FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS, FILE_ATTRIBUTE_OFFLINE


def _refuse_other_than_file(status: os.stat_result) -> None:
    for is_kind, what in _NOT_FILES:
        if is_kind(status.st_mode):
            raise unreadable("FILE-LINK", what=what)
    if getattr(status, "st_file_attributes", 0) & _IN_THE_CLOUD:
        raise unreadable("FILE-BUSY", what="он ещё не загружен из облачного хранилища")
    if status.st_size == 0:
        raise unreadable("FILE-EMPTY", what="нет ни одного байта")


def refuse_big_document(data: bytes, limits: Limits) -> None:
    """What might have held files, and is one itself."""
    _refuse_size(len(data), limits.file_mb, "file_mb")


def _refuse_size(octets: int, most_mb: int, key: str) -> None:
    if octets > most_mb * MB:
        raise over_limit(f"он занимает {in_mb(octets)}", in_mb(most_mb * MB), key)


_NOT_FILES = (
    (stat.S_ISLNK, "ссылка"),
    (stat.S_ISDIR, "папка"),
    (stat.S_ISFIFO, "именованный канал"),
    (stat.S_ISSOCK, "сокет"),
    (stat.S_ISCHR, "устройство"),
    (stat.S_ISBLK, "устройство"),
)


def _open_without_following(path: str, flags: int) -> int:
    """The file may have become a link or a pipe since it was looked at."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def in_mb(octets: int) -> str:
    return f"{number(max(1, round(octets / MB)))}{NBSP}МБ"


# ── what the bytes are ───────────────────────────────────────────────────────────────────────────────────


def kind_of(data: bytes, limits: Limits) -> Kind:
    """What the reader has to be. Raises Unreadable for what is no document of these kinds or breaks a limit."""
    if data.startswith(b"PK"):
        return _kind_of_zip(data, limits)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _kind_of_compound(data)
    if data.startswith((b"\x09\x08", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00", b"\x09\x00\x04\x00")):
        return "xls"  # Excel 2–5 without a container: the first record of the workbook itself
    if data.count(0) == len(data):
        raise unreadable("FILE-EMPTY", what="одни нули, его содержимое не скопировалось")
    raise _other_than_a_document(data)


def _kind_of_compound(data: bytes) -> Kind:
    """An OLE compound file, by the names of its streams (UTF-16 in its directory)."""
    for stream, kind in _STREAMS:
        if f"{stream}\0".encode("utf-16-le") in data:
            if stream == _OF_A_LOCKED_PACKAGE:
                return "encrypted"
            if stream == _OF_A_LETTER:
                raise unreadable("FILE-LETTER", what=kind)
            if kind != "xls":
                raise unreadable("FILE-KIND", what=kind)
            return "xls"
    if _directory_of_compound(data) >= len(data):
        raise damaged(_CUT_OFF)
    raise unreadable("FILE-KIND", what="документ старого вида (OLE)")


def _directory_of_compound(data: bytes) -> int:
    """Where the names of the streams begin ([MS-CFB] 2.2: sector shift at byte 30, first directory sector at 48)."""
    header = data[:512].ljust(512, b"\0")
    (shift,), (sector,) = struct.unpack_from("<H", header, 30), struct.unpack_from("<I", header, 48)
    return int((sector + 1) << min(shift, 16))


_OF_A_LETTER = "__properties_version1.0"
_OF_A_LOCKED_PACKAGE = "EncryptedPackage"
_STREAMS = (
    (_OF_A_LETTER, "письмо Outlook (.msg)"),  # first: a workbook may be attached to it
    (_OF_A_LOCKED_PACKAGE, ""),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "документ Word старого вида (.doc)"),
    ("PowerPoint Document", "презентация PowerPoint (.ppt)"),
)

_ARCHIVES = (
    (rb"Rar!", "архив RAR"),
    (rb"7z\xbc\xaf", "архив 7-Zip"),
    (rb"\x1f\x8b", "архив GZIP"),
    (rb"BZh[1-9]1AY&SY", "архив BZIP2"),
    (rb"\xfd7zXZ\x00", "архив XZ"),
    (rb"MSCF\x00\x00\x00\x00", "архив CAB"),
    (rb"\x60\xea", "архив ARJ"),
    (rb"..-lh[0-9]-", "архив LHA"),
    (rb".{257}ustar", "архив TAR"),
)
_LETTERS = ((rb"\x78\x9f\x3e\x22", "письмо Outlook (winmail.dat)"),)
_SIGNATURES = (
    (rb"%PDF", "документ PDF"),
    (rb"\xff\xd8\xff", "снимок (JPEG)"),
    (rb"\x89PNG", "снимок (PNG)"),
    (rb"GIF8", "картинка (GIF)"),
    (rb"II\*\x00|MM\x00\*", "снимок или скан (TIFF)"),
    (rb"BM....\x00\x00\x00\x00", "картинка (BMP)"),
    (rb"....ftyp(heic|heix|mif1)", "снимок (HEIC)"),
    (rb"....ftyp", "видео или звукозапись"),
    (rb"RIFF....WEBP", "картинка (WEBP)"),
    (rb"\{\\rtf", "документ RTF"),
    (rb"MZ", "программа"),
    (rb"L\x00\x00\x00\x01\x14\x02\x00", "ярлык"),
    (rb"SQLite format 3\x00", "база данных"),
)
_TEXT_SIGNATURES = (
    (r"\[InternetShortcut\]", "ярлык веб-страницы"),
    (r"MIME-Version:", "веб-страница, сохранённая одним файлом (MHTML)"),
    (
        r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body|table|meta|style|div)\b",
        "веб-страница (HTML)",
    ),
    (r"(?s:.)*urn:schemas-microsoft-com:office:spreadsheet", "таблица XML 2003"),
    (r"(?s:.)*urn:oasis:names:tc:opendocument", "плоский документ OpenDocument (.fods)"),
    (r"<\?xml|<\w+[\s>]", "файл XML"),
    (r'\{[^{]*"(doc_id|url)":', "ярлык документа Google"),
    (r"[^\n]*[;,\t]", "текстовая таблица (CSV)"),
)
_HEAD = 4_096  # bytes enough to tell what a file is


def _other_than_a_document(data: bytes) -> Unreadable:
    """What the file is in place of a workbook, and so what is to be done with it."""
    for code, signatures in (("FILE-ARCHIVE", _ARCHIVES), ("FILE-LETTER", _LETTERS), ("FILE-KIND", _SIGNATURES)):
        for pattern, what in signatures:
            if re.match(pattern, data, re.DOTALL):
                return unreadable(code, what=what)
    text = _as_text(data[:_HEAD])
    if text is None:
        return unreadable("FILE-KIND", what="файл неизвестного вида")
    if _is_letter(text):
        return unreadable("FILE-LETTER", what="письмо, сохранённое файлом (.eml)")
    said = next((what for p, what in _TEXT_SIGNATURES if re.match(p, text, re.I)), "текстовый файл")
    return unreadable("FILE-KIND", what=said)


def _is_letter(text: str) -> bool:
    """Does it begin with the header lines of a letter (RFC 5322). A web page saved as one file has such lines too, but
    neither way nor addressee, and nothing attached; a draft may lack the first two."""
    fields, attached = set(), False
    for line in re.sub(r"^From .*", "", text).strip().splitlines():
        field = re.match(r"([!-9;-~]+):", line)
        if field:
            fields.add(field[1].casefold())
            attached = attached or bool(_MIXED.match(line))
        elif not line.startswith((" ", "\t")):
            break
    return len(fields) > 1 and (attached or bool(fields & _OF_THE_POST))


_MIXED = re.compile(r"Content-Type:\s*multipart/mixed\b", re.IGNORECASE)
_OF_THE_POST = {"received", "return-path", "delivered-to", "message-id", "to", "cc", "bcc", "reply-to", "in-reply-to"}


def may_hold_files(head: bytes) -> bool:
    """By its beginning: an archive or a letter, or a document that is kept as one."""
    if head.startswith((b"PK", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0")):
        return True
    text = _as_text(head[:_HEAD])
    return text is not None and _is_letter(text)


def _as_text(head: bytes) -> str | None:
    """The beginning of a text file; None where it is no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").lstrip()
    if re.search(rb"[\x00-\x08\x0e-\x1a]", head):
        return None
    return head.decode("utf-8-sig", "replace").lstrip()  # whatever the encoding, the signatures are ASCII


# ── zip archives ─────────────────────────────────────────────────────────────────────────────────────────

_CUT_OFF = "он скопирован или скачан не до конца"
_SPOILED = "его содержимое испорчено"
# All that zipfile raises on damaged archives, found by damaging good ones.
ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError)


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The archive; nothing is ever extracted to disk. Raises Unreadable where its directory cannot be read."""
    try:
        return zipfile.ZipFile(BytesIO(data))
    except ZIP_FAULTS:
        raise damaged(_SPOILED if b"PK\x05\x06" in data[-(MB // 8) :] else _CUT_OFF) from None


def part(package: zipfile.ZipFile, name: str) -> bytes:
    """One part of the archive, whole, its checksum verified. Raises Unreadable where it is damaged."""
    try:
        return _at_once(package, name) or package.read(name)
    except ZIP_FAULTS:
        raise damaged(_SPOILED) from None


# APPNOTE 4.3.7: signature, flags, lengths of the name and of what follows it.
_LOCAL_HEADER = struct.Struct("<4s2xH18xHH")
_UTF_8 = 0x800  # APPNOTE 4.4.4
_PLAIN_FLAGS = 0x80E  # APPNOTE 4.4.4: how tightly it is packed, its sizes stand behind it, its name is UTF-8


def _at_once(package: zipfile.ZipFile, name: str) -> bytes:
    """A part that lies there as office programs write it: `zipfile` copies what it unpacks several times over. Blank
    where it does not, or is not sound; what is wrong `zipfile` says."""
    told, file = package.getinfo(name), package.fp
    plain = told.compress_type == zipfile.ZIP_DEFLATED and not told.flag_bits & ~_PLAIN_FLAGS
    if file is None or not plain or max(told.compress_size, told.file_size) >= sys.maxsize:
        return b""
    file.seek(told.header_offset)
    signature, flags, named, more = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if signature != b"PK\x03\x04" or file.read(named) != name.encode() or not (flags & _UTF_8 or name.isascii()):
        return b""
    file.seek(more, os.SEEK_CUR)
    found = zlib.decompressobj(-zlib.MAX_WBITS).decompress(file.read(told.compress_size), told.file_size + 1)
    sound = (len(found), zlib.crc32(found)) == (told.file_size, told.CRC)
    return found if sound else b""


def _kind_of_zip(data: bytes, limits: Limits) -> Kind:
    with open_zip(data) as package:
        return kind_of_package(package, limits)


def kind_of_package(package: zipfile.ZipFile, limits: Limits) -> Kind:
    """As `kind_of`, of what begins like an archive and is opened already."""
    names = {name.replace("\\", "/").lower(): name for name in package.namelist()}
    if not any(name.startswith(_OF_A_DOCUMENT) for name in names):
        raise unreadable("FILE-ARCHIVE", what="архив ZIP")  # packed however it likes
    _check_directory(package.infolist(), limits)
    if "mimetype" in names:
        return _kind_of_open_document(package, names)
    for beginning, kind in _PARTS:
        if any(name.startswith(beginning) for name in names):
            return kind
    if _is_said_to_be_a_document(package, names):
        return "docx"
    for beginning, what in _OTHER_PARTS:
        if any(name.startswith(beginning) for name in names):
            raise unreadable("FILE-KIND", what=what)
    raise unreadable("FILE-ARCHIVE", what="архив ZIP")


_PARTS: tuple[tuple[str, Kind], ...] = (
    ("xl/workbook.bin", "xlsb"),
    ("xl/workbook", "xlsx"),  # some programs number it: workbook2.xml
    ("word/document", "docx"),
)
_OTHER_PARTS = (
    ("ppt/", "презентация PowerPoint"),
    ("visio/", "схема Visio"),
    ("index/", "документ Apple iWork"),
    ("index.apxl", "документ Apple iWork"),
)


def _is_said_to_be_a_document(package: zipfile.ZipFile, names: dict[str, str]) -> bool:
    """Some programs keep the text of a document elsewhere than Word does; its type gives it away."""
    types = names.get("[content_types].xml")
    return types is not None and _TEXT_DOCUMENT.search(part(package, types)) is not None


_TEXT_DOCUMENT = re.compile(rb"(?:wordprocessingml|ms-word)\.(?:document|template)[\w.]*\.main\+xml")
_OF_A_DOCUMENT = ("mimetype", "[content_types].xml", *(name for name, _ in (*_PARTS, *_OTHER_PARTS)))


def _kind_of_open_document(package: zipfile.ZipFile, names: dict[str, str]) -> Kind:
    if b"opendocument.spreadsheet" not in part(package, names["mimetype"]):
        raise unreadable("FILE-KIND", what="документ OpenDocument, но не таблица (.odt, .odp)")
    manifest = names.get("meta-inf/manifest.xml")
    if manifest and b"encryption-data" in part(package, manifest):
        raise unreadable("FILE-ENCRYPTED")
    return "ods"


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Raises Unreadable for an archive that no office program writes: too big, ambiguous, or hiding what it holds."""
    if len(entries) > limits.zip_entries:
        said = count(len(entries), ("часть", "части", "частей"))
        raise over_limit(f"внутри него {said}", number(limits.zip_entries), "zip_entries")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_mb * MB:
        raise over_limit(
            f"в распакованном виде он занимает {in_mb(unpacked)}", in_mb(limits.unpacked_mb * MB), "unpacked_mb"
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise unreadable("FILE-ENCRYPTED")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise damaged("внутри него две части с одним именем")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise damaged("он сжат способом, которого нет у книг Excel")
    if overlap(entries):
        raise damaged("его части наложены одна на другую")


def overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Do two entries share bytes of the archive (many parts made of one record)."""
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + zipfile.sizeFileHeader + entry.compress_size  # type: ignore[attr-defined]
    return False
