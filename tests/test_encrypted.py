"""Encrypted workbooks: what Excel opens without asking is read; of any other somebody has to take the password off."""

import hashlib
import re
import struct
from collections.abc import Callable
from io import BytesIO

import olefile
import pytest
import xlsxwriter
import xlwt
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from msoffcrypto.method.rc4 import DocumentRC4
from xlwt.CompoundDoc import XlsDoc

from pipeline.reading.opening import encrypted as encrypted_module
from pipeline.reading.opening.grid import open_book
from pipeline.reading.opening.guard import Unreadable
from pipeline.settings import Limits
from schemas.addresses import Spot

LIMITS = Limits()
TRIED_BY_EXCEL = "VelvetSweatshop"
SPINS = 1_000  # rounds of hashing; Excel takes a hundred times as many


def xlsx() -> bytes:
    with xlsxwriter.Workbook(file := BytesIO()) as book:
        book.add_worksheet("Отчёт").write("B2", "87 %")
    return file.getvalue()


def locked_xlsx(password: str, content: bytes | None = None) -> bytes:
    return bytes(ECMA376Agile.encrypt(password, BytesIO(content or xlsx()), spin_count=SPINS))


def locked_xls(password: str) -> bytes:
    """An old workbook under RC4 ([MS-XLS] 2.2.10): the bodies of its records are encrypted, their headers are not."""
    book = xlwt.Workbook()
    book.add_sheet("Отчёт").write(1, 1, "87 %")
    salt, verifier = b"s" * 16, b"v" * 16
    proof = encrypted(password, salt, verifier + hashlib.md5(verifier).digest())
    file_pass = struct.pack("<HHHHH", FILE_PASS, 54, 1, 1, 1) + salt + proof
    clear = with_record_after_the_first(book.get_biff_data(), file_pass)
    XlsDoc().save(file := BytesIO(), with_bodies_of(clear, encrypted(password, salt, clear)))
    return file.getvalue()


FILE_PASS, BOF, BOUND_SHEET, INTERFACE = 0x2F, 0x809, 0x85, 0xE1


def encrypted(password: str, salt: bytes, clear: bytes) -> bytes:
    """RC4 encrypts as it decrypts."""
    return bytes(DocumentRC4.decrypt(password, salt, BytesIO(clear), blocksize=1024).read())


def with_record_after_the_first(stream: bytes, record: bytes) -> bytes:
    """Sheets are found by their places in the stream, which the record moves."""
    changed = bytearray()
    for number, (kind, body) in enumerate(records(stream)):
        if kind == BOUND_SHEET:
            body = struct.pack("<I", struct.unpack("<I", body[:4])[0] + len(record)) + body[4:]
        changed += struct.pack("<HH", kind, len(body)) + body
        if number == 0:
            changed += record
    return bytes(changed)


def with_bodies_of(clear: bytes, hidden: bytes) -> bytes:
    changed = bytearray(clear)
    place = 0
    for kind, body in records(clear):
        first = place + 4 + (4 if kind == BOUND_SHEET else 0)
        place += 4 + len(body)
        if kind not in (BOF, FILE_PASS, INTERFACE):
            changed[first:place] = hidden[first:place]
    return bytes(changed)


def records(stream: bytes) -> list[tuple[int, bytes]]:
    found, place = [], 0
    while place < len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        found.append((kind, stream[place + 4 : place + 4 + size]))
        place += 4 + size
    return found


@pytest.mark.parametrize("locked", [locked_xlsx, locked_xls])
def test_a_workbook_that_excel_opens_without_asking_is_read(locked: Callable[[str], bytes]) -> None:
    (sheet,) = open_book(locked(TRIED_BY_EXCEL), LIMITS).sheets
    assert (sheet.name, sheet.cells[Spot(2, 2)].value) == ("Отчёт", "87 %")


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Unreadable) as raised:
        open_book(data, limits)
    return raised.value.remark.code


@pytest.mark.parametrize("locked", [locked_xlsx, locked_xls])
def test_any_other_password_has_to_be_taken_off(locked: Callable[[str], bytes]) -> None:
    assert refusal(locked("секрет")) == "FILE-ENCRYPTED"


def described(change: Callable[[bytes], bytes]) -> bytes:
    """A workbook that Excel opens, but for what it says of its own encryption."""
    data = locked_xlsx(TRIED_BY_EXCEL)
    with olefile.OleFileIO(file := BytesIO(data), write_mode=True) as container:
        said = container.openstream("EncryptionInfo").read()
        container.write_stream("EncryptionInfo", change(said).ljust(len(said)))
    return file.getvalue()


def without_indents(said: bytes) -> bytes:
    return said[:8] + re.sub(rb"\n +", b" ", said[8:])


def test_a_description_may_be_written_without_indents() -> None:
    assert open_book(described(without_indents), LIMITS).sheets


@pytest.mark.parametrize(
    "change",
    [
        lambda said: without_indents(said).replace(b"<encryption ", b"<!DOCTYPE encryption><encryption ", 1),
        lambda said: said[:100],
        lambda said: b"",
    ],
    ids=["entities may be declared", "cut off", "blank"],
)
def test_a_description_that_no_office_program_writes_is_refused(change: Callable[[bytes], bytes]) -> None:
    assert refusal(described(change)) == "FILE-ENCRYPTED"


def test_more_rounds_of_hashing_than_excel_asks_for_are_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encrypted_module, "_MOST_SPINS", SPINS - 1)
    assert refusal(locked_xlsx(TRIED_BY_EXCEL)) == "FILE-ENCRYPTED"


def test_what_is_encrypted_twice_is_not_opened_again_and_again() -> None:
    ends_as_an_archive = locked_xlsx(TRIED_BY_EXCEL) + xlsx()
    assert refusal(locked_xlsx(TRIED_BY_EXCEL, ends_as_an_archive)) == "FILE-ENCRYPTED"


def test_a_decrypted_workbook_is_held_to_the_limits_of_any_other() -> None:
    assert refusal(locked_xlsx(TRIED_BY_EXCEL), Limits(zip_entries=3)) == "FILE-LIMIT"
