"""The zip archive that a workbook is: parts of the old one looked at, and the new one laid down.

A part that stays goes over still compressed, which zipfile has no call for; and what nearly every file of a district
has in the same bytes (theme, styles, relations) is inflated once.
"""

import struct
import zipfile
import zlib
from io import BytesIO

from pipeline.reading.opening.guard import Unreadable, kind_of_package, open_zip
from pipeline.reading.remembering import once_a_part
from pipeline.settings import Limits

SMALL = 32 * 1024  # bytes, inflated, of a part that is remembered: what many files share is no larger

_LIMITS = Limits()
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same input gives the same bytes
LEVEL = 3  # of 9: packs a sheet in half of the time that the usual 6 takes, to a file that is a twelfth larger
_LOCAL = struct.Struct("<4s22xHH")  # header before a part: signature, lengths of its name and of its extra field
_NOT_TO_BE_READ = 0x20 | 0x40  # flags: a difference to another archive, strong encryption
_IN_UTF_8 = 0x800


class Unpatchable(Exception):  # noqa: N818 - what is said of a school's file, no fault of the program
    """The file cannot be changed with certainty that all else in it stays as it was."""


class Damaged(Unpatchable):
    """It cannot be read, or is no workbook in OOXML, or breaks a limit."""


class Archive:
    """One file as it came. `entries`: by the names of its parts, in their order."""

    def __init__(self, data: bytes) -> None:
        """Raises Damaged."""
        self._data = data
        try:
            archive = open_zip(data)
            if not data.startswith(b"PK") or kind_of_package(archive, _LIMITS) != "xlsx":
                raise Damaged
        except Unreadable:
            raise Damaged from None
        self.entries = {entry.filename: entry for entry in archive.infolist()}

    def content(self, name: str) -> bytes:
        """The part, whole, its checksum verified. Raises Damaged."""
        entry = self.entries[name]
        if entry.flag_bits & _NOT_TO_BE_READ:
            raise Damaged
        inflated = _inflated_once if entry.file_size <= SMALL else _inflated  # a small part may be a big one, packed
        return inflated(self.packed(name), entry.compress_type, entry.file_size, entry.CRC)

    def packed(self, name: str) -> bytes:
        """The part as it lies in the file: behind its local header, whose name and extra field may be longer than the
        directory's. Raises Damaged."""
        entry = self.entries[name]
        try:
            signature, name_length, extra_length = _LOCAL.unpack_from(self._data, entry.header_offset)
            start = entry.header_offset + _LOCAL.size
            called = self._data[start : start + name_length].decode("utf-8" if entry.flag_bits & _IN_UTF_8 else "cp437")
        except (struct.error, UnicodeDecodeError):
            raise Damaged from None
        if signature != zipfile.stringFileHeader or called != entry.orig_filename:  # type: ignore[attr-defined]
            raise Damaged
        start += name_length + extra_length
        part = self._data[start : start + entry.compress_size]
        if len(part) != entry.compress_size:
            raise Damaged
        return part


class NewArchive:
    """The file that goes back, part by part."""

    def __init__(self) -> None:
        self._target = BytesIO()
        self._archive = zipfile.ZipFile(self._target, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(name, _ZIP_TIME)
        entry.external_attr = 0o600 << 16  # as zipfile itself sets it
        entry.compress_type = zipfile.ZIP_DEFLATED
        packed = _deflated(content)
        entry.CRC, entry.file_size, entry.compress_size = zlib.crc32(content), len(content), len(packed)
        self._lay(entry, packed)

    def copy(self, archive: Archive, name: str) -> None:
        """A part of that archive as it is there. Raises Damaged."""
        entry = archive.entries[name]
        copy = zipfile.ZipInfo(name, entry.date_time)
        for stays in ("create_system", "external_attr", "compress_type", "CRC", "compress_size", "file_size"):
            setattr(copy, stays, getattr(entry, stays))
        self._lay(copy, archive.packed(name))

    def to_bytes(self) -> bytes:
        self._archive.close()
        return self._target.getvalue()

    def _lay(self, entry: zipfile.ZipInfo, packed: bytes) -> None:
        archive = self._archive
        entry.header_offset = self._target.tell()
        self._target.write(entry.FileHeader())
        self._target.write(packed)
        archive.start_dir = self._target.tell()
        archive.filelist.append(entry)
        archive.NameToInfo[entry.filename] = entry


def _inflated(packed: bytes, method: int, size: int, checksum: int) -> bytes:
    """Of just this size, by which what is held on the way is bounded, and the sum of sizes by the limits."""
    content = packed
    if method == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(packed, size + 1)
        except zlib.error:
            raise Damaged from None
        if not inflater.eof:
            raise Damaged
    if len(content) != size or zlib.crc32(content) != checksum:
        raise Damaged
    return content


_inflated_once = once_a_part(SMALL)(_inflated)


@once_a_part(SMALL)
def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()
