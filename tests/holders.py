"""Archives and letters for the tests: files laid into .zip, .7z, .rar, .eml, .msg and .mbox as programs write them."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO

Files = Mapping[str, bytes]


def zipped(files: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", compression) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return file.getvalue()


def zipped_on_windows(files: Files) -> bytes:
    """Names in the console's code page, without a mark for it."""
    plain = zipped(files)
    for name in files:
        utf, dos = name.encode(), name.encode("cp866")
        # zipfile itself writes UTF-8: a name of as many octets in the other page takes its place
        assert len(utf) >= len(dos)
        plain = _renamed(plain, utf, dos)
    return plain


def _renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """The archive made anew with raw names."""
    out, central, count = BytesIO(), BytesIO(), 0
    with zipfile.ZipFile(BytesIO(data)) as package:
        for info in package.infolist():
            raw = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")
            flags = info.flag_bits
            if raw == old:
                raw, flags = new, flags & ~0x800
            content = package.read(info)
            packed = zlib.compress(content, 9)[2:-4]
            sizes = struct.pack("<III", info.CRC, len(packed), len(content))
            at = out.tell()
            out.write(struct.pack("<IHHHHH", 0x04034B50, 20, flags, 8, 0, 0x4675) + sizes)
            out.write(struct.pack("<HH", len(raw), 0) + raw + packed)
            central.write(struct.pack("<IHHHHHH", 0x02014B50, 20, 20, flags, 8, 0, 0x4675) + sizes)
            central.write(struct.pack("<HHHHHII", len(raw), 0, 0, 0, 0, 0, at) + raw)
            count += 1
    at, directory = out.tell(), central.getvalue()
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), at, 0)
    return out.getvalue() + directory + end


def seven_zipped(files: Files, password: str | None = None) -> bytes:
    import py7zr

    file = BytesIO()
    with py7zr.SevenZipFile(file, "w", password=password) as package:
        for name, content in files.items():
            package.writestr(content, name)
    return file.getvalue()


def rared(files: Files, packed: bool = False) -> bytes:
    """A RAR 5 archive that stores its files as they are. `packed`: said to be packed, which takes a program to undo."""

    def number(n: int) -> bytes:
        found = b""
        while n > 0x7F:
            found, n = found + bytes([n & 0x7F | 0x80]), n >> 7
        return found + bytes([n])

    def block(kind: int, flags: int, fields: bytes, data: bytes = b"") -> bytes:
        head = number(kind) + number(flags) + (number(len(data)) if flags & 2 else b"") + fields
        sized = number(len(head)) + head
        return struct.pack("<I", zlib.crc32(sized)) + sized + data

    blocks = [block(1, 0, number(0))]
    for name, content in files.items():
        raw = name.encode()
        fields = number(4) + number(len(content)) + number(0o644) + struct.pack("<I", zlib.crc32(content))
        fields += number(3 << 7 if packed else 0) + number(1) + number(len(raw)) + raw
        blocks.append(block(2, 2, fields, content))
    return b"Rar!\x1a\x07\x01\x00" + b"".join([*blocks, block(5, 0, number(0))])


def mailed(
    files: Files,
    sender: str = "school@example.org",
    date: datetime | None = None,
    received: datetime | None = None,
    text: str = "Направляем отчёт.",
) -> bytes:
    """`received`: when the last server took it."""
    letter = EmailMessage()
    if received:
        letter["Received"] = f"from mail.example.org by office.example.org; {format_datetime(received)}"
        letter["Received"] = "from school by mail.example.org; Thu, 02 Jan 2014 10:00:00 +1000"
    letter["From"] = f"Школа <{sender}>"
    letter["To"] = "office@example.org"
    letter["Subject"] = "Отчёт"
    if date:
        letter["Date"] = format_datetime(date)
    letter.set_content(text)
    for name, content in files.items():
        letter.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return letter.as_bytes()


def boxed(letters: list[bytes]) -> bytes:
    return b"\n".join(b"From school@example.org Thu Mar 20 10:00:00 2014\n" + letter for letter in letters)


# ── .msg ─────────────────────────────────────────────────────────────────────────────────────────────────

_SECTOR, _MINI = 512, 64
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_BINARY, _UNICODE = 0x0102, 0x001F


def outlook(files: Files, sender: str = "school@example.org", headers: str = "") -> bytes:
    """A letter as Outlook saves it: an OLE compound file of streams named after MAPI properties."""
    tree: dict[str, object] = _properties({0x0C1F: sender, 0x0037: "Отчёт", 0x007D: headers}, 32, len(files))
    for n, (name, content) in enumerate(files.items()):
        attached = _properties({0x3707: name, 0x3701: content}, 8)
        tree[f"__attach_version1.0_#{n:08X}"] = attached
    return _compound(tree)


def _properties(values: Mapping[int, str | bytes], header: int, attachments: int = 0) -> dict[str, object]:
    streams: dict[str, object] = {}
    rows = b""
    for tag, value in values.items():
        kind = _UNICODE if isinstance(value, str) else _BINARY
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        streams[f"__substg1.0_{tag:04X}{kind:04X}"] = data
        rows += struct.pack("<HHIII", kind, tag, 6, len(data), 0)
    rows += struct.pack("<HHIII", 3, 0x340D, 6, 0x40000, 0)  # texts are Unicode
    counts = struct.pack("<8x4I8x", 0, attachments, 0, attachments) if header == 32 else bytes(8)
    return {"__properties_version1.0": counts + rows, **streams}


def _compound(tree: Mapping[str, object]) -> bytes:
    """[MS-CFB], version 3: no tree of colours, each storage's children hang one under the other to the right."""
    names, kinds, contents, links = ["Root Entry"], [5], [b""], [[_FREE, _FREE, _FREE]]

    def add(children: Mapping[str, object], parent: int) -> None:
        before = None
        for name in sorted(children, key=lambda name: (len(name), name.upper())):
            value = children[name]
            index = len(names)
            names.append(name)
            is_stream = isinstance(value, bytes)
            kinds.append(2 if is_stream else 1)
            contents.append(value if isinstance(value, bytes) else b"")
            links.append([_FREE, _FREE, _FREE])
            if before is None:
                links[parent][2] = index
            else:
                links[before][1] = index
            before = index
            if isinstance(value, dict):
                add(value, index)

    add(tree, 0)
    fat: list[int] = []
    body = b""

    def lay(data: bytes) -> int:
        nonlocal body
        if not data:
            return _END
        start, sectors = len(fat), -(-len(data) // _SECTOR)
        fat.extend([*range(start + 1, start + sectors), _END])
        body += data.ljust(sectors * _SECTOR, b"\0")
        return start

    minis, mini_fat, starts = b"", [], []
    for kind, content in zip(kinds, contents, strict=True):
        if kind != 2:
            starts.append(0)
        elif len(content) >= 4096:
            starts.append(lay(content))
        elif content:
            starts.append(len(mini_fat))
            count = -(-len(content) // _MINI)
            mini_fat.extend([*range(len(mini_fat) + 1, len(mini_fat) + count), _END])
            minis += content.ljust(count * _MINI, b"\0")
        else:
            starts.append(_END)
    starts[0] = lay(minis)
    mini_table = lay(
        b"".join(struct.pack("<I", one) for one in mini_fat).ljust(-(-len(mini_fat) // 128) * 512, b"\xff")
    )
    entries = b""
    for n, name in enumerate(names):
        raw = name.encode("utf-16-le") + b"\0\0"
        size = len(minis) if n == 0 else len(contents[n])
        entries += raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kinds[n], 1)
        entries += struct.pack("<III", *links[n]) + bytes(36) + struct.pack("<IQ", starts[n], size)
    directory = lay(entries + bytes(-len(entries) % _SECTOR))
    sectors = 1
    while sectors * 128 < len(fat) + sectors:
        sectors += 1
    first = len(fat)
    fat.extend([_FAT] * sectors)
    table = b"".join(struct.pack("<I", one) for one in fat).ljust(sectors * _SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, sectors, directory, 0, 4096, mini_table, -(-len(mini_fat) // 128), _END, 0)
    head += b"".join(struct.pack("<I", first + n if n < sectors else _FREE) for n in range(109))
    return head + body + table
