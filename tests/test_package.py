"""The look at a file before any reader opens it: what it is by its bytes, and what is refused with which words."""

import bz2
import gzip
import lzma
import os
import pickle
import random
import socket
import tarfile
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.reading.opening.grid import open_book
from pipeline.reading.opening.guard import ZIP_FAULTS, Unreadable, kind_of, look, open_zip, part
from pipeline.settings import Limits
from pipeline.wording import message
from schemas.remarks import load_catalogue
from tests.holders import zipped

CATALOGUE = load_catalogue()
LIMITS = Limits()
RAISED = "увеличить: ключ {} в [limits] файла settings.toml"


def tar(name: str) -> bytes:
    file = BytesIO()
    with tarfile.open(fileobj=file, mode="w") as package:
        package.addfile(tarfile.TarInfo(name))
    return file.getvalue()


def compound(*streams: str) -> bytes:
    """As much of an OLE file as the look reads: its signature and the names of its streams."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(f"{s}\0".encode("utf-16-le") for s in streams)


def refusal(of: Callable[[], object]) -> tuple[str, str]:
    """Code and Russian sentence of the remark that is raised."""
    with pytest.raises(Unreadable) as raised:
        of()
    return raised.value.remark.code, message(raised.value.remark, CATALOGUE).replace("\u00a0", " ")


# ── the file in its folder ───────────────────────────────────────────────────────────────────────────────


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "отчёт.xlsx").write_bytes(b"PK...")
    assert look(tmp_path / "отчёт.xlsx", LIMITS) == b"PK..."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and named pipes")
def test_what_is_no_file_is_named_and_never_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    said = [refusal(lambda name=name: look(tmp_path / name, LIMITS)) for name in ("link", "loop", "pipe", ".")]  # type: ignore[misc]
    assert said == [
        ("FILE-LINK", "Это ссылка, а не файл с отчётом."),
        ("FILE-LINK", "Это ссылка, а не файл с отчётом."),
        ("FILE-LINK", "Это именованный канал, а не файл с отчётом."),
        ("FILE-LINK", "Это папка, а не файл с отчётом."),
    ]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs sockets with names")
def test_a_socket_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        assert refusal(lambda: look(Path("socket"), LIMITS)) == ("FILE-LINK", "Это сокет, а не файл с отчётом.")


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").touch()
    assert refusal(lambda: look(tmp_path / "x.xlsx", LIMITS)) == (
        "FILE-EMPTY",
        "Файл пуст: в нём нет ни одного байта.",
    )


def test_a_file_above_the_limit_is_not_read(tmp_path: Path) -> None:
    with open(tmp_path / "x.xlsx", "wb") as file:
        file.truncate(21 * 2**20)
    code, said = refusal(lambda: look(tmp_path / "x.xlsx", LIMITS))
    assert (code, said) == (
        "FILE-LIMIT",
        f"Файл не похож на отчёт: он занимает 21 МБ (предел — 20 МБ; {RAISED.format('file_mb')}).",
    )


def test_a_file_that_went_away_is_busy_not_broken(tmp_path: Path) -> None:
    assert refusal(lambda: look(tmp_path / "gone.xlsx", LIMITS))[0] == "FILE-BUSY"


def test_a_refusal_crosses_the_border_of_a_process(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as raised:
        look(tmp_path / "gone.xlsx", LIMITS)
    assert pickle.loads(pickle.dumps(raised.value)).remark == raised.value.remark


# ── what the bytes are ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("xlsx", zipped({"xl/workbook.xml": ""})),
        ("xlsx", zipped({"xl\\workbook2.xml": ""})),
        ("xlsb", zipped({"xl/workbook.bin": ""})),
        ("ods", zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})),
        ("docx", zipped({"word/document.xml": "", "word/embeddings/book.xlsx": ""})),
        ("xls", compound("Root Entry", "Workbook")),
        ("xls", compound("Root Entry", "Book")),
        ("xls", b"\x09\x08\x10\x00\x00\x06"),
    ],
)
def test_a_document_is_known_by_its_content(kind: str, data: bytes) -> None:
    assert kind_of(data, LIMITS) == kind


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("документ PDF", b"%PDF-1.7\n%\xe2\xe3"),
        ("снимок (JPEG)", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
        ("снимок (PNG)", b"\x89PNG\r\n\x1a\n"),
        ("снимок (HEIC)", b"\x00\x00\x00\x18ftypheic\x00"),
        ("документ RTF", b"{\\rtf1\\ansi"),
        ("видео или звукозапись", b"\x00\x00\x00\x18ftypmp42\x00"),
        ("ярлык документа Google", b'{"":"WARNING! DO NOT EDIT THIS FILE!","doc_id":"1a","email":"a@example.org"}'),
        ("ярлык документа Google", b'{"url": "https://docs.example.org/open?id=1a", "doc_id": "1a"}'),
        ("веб-страница (HTML)", b"\r\n<html><body><table>"),
        ("веб-страница (HTML)", '\ufeff<!DOCTYPE HTML>\n<html lang="ru">'.encode()),
        ("веб-страница (HTML)", '<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'.encode("utf-16")),
        ("веб-страница (HTML)", b"<table border=1><tr><td>1"),
        ("веб-страница, сохранённая одним файлом (MHTML)", b"MIME-Version: 1.0\nContent-Type: multipart/related"),
        (
            "таблица XML 2003",
            b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        ),
        ("файл XML", b'<?xml version="1.0"?><report/>'),
        ("текстовая таблица (CSV)", "пункт;выполнение\n1;да".encode("cp1251")),
        ("текстовая таблица (CSV)", "пункт,выполнение\n1,да".encode()),
        ("текстовый файл", "отчёт пришлём завтра".encode()),
        ("документ Word старого вида (.doc)", compound("Root Entry", "WordDocument")),
        ("документ OpenDocument, но не таблица (.odt, .odp)", zipped({"mimetype": "…opendocument.text"})),
        ("презентация PowerPoint", zipped({"ppt/presentation.xml": ""})),
        ("файл неизвестного вида", b"\x01\x02\x03\x04" * 100),
    ],
)
def test_another_kind_of_file_is_called_what_it_is(what: str, data: bytes) -> None:
    assert refusal(lambda: kind_of(data, LIMITS)) == ("FILE-KIND", f"Это {what}, а не книга Excel.")


LETTER = "From: school@example.org\r\nTo: office@example.org\r\nSubject: отчёт\r\nMIME-Version: 1.0\r\n\r\n"
DRAFT = (
    'From: school@example.org\nSubject: отчёт\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b'
)
BY_MANY_WAYS = "Return-Path: <a@example.org>\nReceived: from mail\n\tby office; Thu, 20 Mar 2014\nDate: x\n\nтекст"
WEB_PAGE = "From: <Saved by Windows Internet Explorer 8>\nSubject: x\nMIME-Version: 1.0\n\n"


@pytest.mark.parametrize(
    ("code", "what", "data"),
    [
        ("FILE-ARCHIVE", "архив RAR", b"Rar!\x1a\x07\x00"),
        ("FILE-ARCHIVE", "архив 7-Zip", b"7z\xbc\xaf\x27\x1c"),
        ("FILE-ARCHIVE", "архив GZIP", gzip.compress(b"x", mtime=0)),
        ("FILE-ARCHIVE", "архив BZIP2", bz2.compress(b"x")),
        ("FILE-ARCHIVE", "архив XZ", lzma.compress(b"x")),
        ("FILE-ARCHIVE", "архив TAR", tar("отчёт.xlsx")),
        ("FILE-ARCHIVE", "архив ZIP", zipped({"отчёт.xlsx": "x"})),
        ("FILE-ARCHIVE", "архив ZIP", zipped({"отчёт.xlsx": "x", "отчёт.docx": "x"}, zipfile.ZIP_LZMA)),
        ("FILE-ARCHIVE", "архив ZIP", zipped({f"школа {n}.xlsx": "" for n in range(2_001)})),
        ("FILE-LETTER", "письмо Outlook (.msg)", compound("Root Entry", "__properties_version1.0", "Workbook")),
        ("FILE-LETTER", "письмо Outlook (winmail.dat)", b"\x78\x9f\x3e\x22\x01\x00"),
        ("FILE-LETTER", "письмо, сохранённое файлом (.eml)", LETTER.encode()),
        ("FILE-LETTER", "письмо, сохранённое файлом (.eml)", BY_MANY_WAYS.encode()),
        ("FILE-LETTER", "письмо, сохранённое файлом (.eml)", DRAFT.encode()),
        ("FILE-LETTER", "письмо, сохранённое файлом (.eml)", ("From a@example.org Thu Mar 20\n" + LETTER).encode()),
    ],
)
def test_what_holds_the_file_says_to_take_it_out(code: str, what: str, data: bytes) -> None:
    said, words = refusal(lambda: kind_of(data, LIMITS))
    assert (said, words.partition(":")[0]) == (code, f"Это {what}")


@pytest.mark.parametrize("text", [WEB_PAGE, "To: office", "Кому: отчёт\nTo whom it may concern\n", "1;To: x\n2;Cc: y"])
def test_words_that_only_look_like_the_head_of_a_letter_are_none(text: str) -> None:
    assert refusal(lambda: kind_of(text.encode(), LIMITS))[0] == "FILE-KIND"


def test_a_file_of_zeros_is_called_empty() -> None:
    code, said = refusal(lambda: kind_of(bytes(10_000), LIMITS))
    assert (code, said) == ("FILE-EMPTY", "Файл пуст: в нём одни нули, его содержимое не скопировалось.")


@pytest.mark.parametrize(
    "data",
    [
        compound("Root Entry", "EncryptionInfo", "EncryptedPackage"),
        zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "META-INF/manifest.xml": "<manifest:encryption-data/>",
            }
        ),
        zipped({"xl/workbook.xml": "x"}).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"),
    ],
)
def test_a_password_is_recognised(data: bytes) -> None:
    assert refusal(lambda: open_book(data, LIMITS))[0] == "FILE-ENCRYPTED"


# ── archives that no office program writes ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("left", [30, 100, 300])
def test_a_half_downloaded_workbook_is_told_from_other_damage(left: int) -> None:
    data = zipped({"xl/workbook.xml": os.urandom(500), "xl/styles.xml": os.urandom(500)})
    assert refusal(lambda: kind_of(data[:left], LIMITS)) == (
        "FILE-DAMAGED",
        "Файл не открывается: он скопирован или скачан не до конца.",
    )


def test_an_archive_that_unpacks_to_more_than_the_limit_is_not_unpacked() -> None:
    bomb = zipped({"xl/workbook.xml": "", **{f"xl/worksheets/sheet{n}.xml": bytes(30 * 2**20) for n in range(4)}})
    assert len(bomb) < 2**20
    code, said = refusal(lambda: kind_of(bomb, LIMITS))
    assert code == "FILE-LIMIT"
    what = "в распакованном виде он занимает 120 МБ"
    assert said == f"Файл не похож на отчёт: {what} (предел — 100 МБ; {RAISED.format('unpacked_mb')})."


def test_an_archive_of_too_many_parts_is_refused() -> None:
    data = zipped({"xl/workbook.xml": "", **{f"xl/{n}": "" for n in range(2_000)}})
    code, said = refusal(lambda: kind_of(data, LIMITS))
    assert (code, said) == (
        "FILE-LIMIT",
        f"Файл не похож на отчёт: внутри него 2 001 часть (предел — 2 000; {RAISED.format('zip_entries')}).",
    )


def test_two_parts_of_one_name_are_refused() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("xl/workbook.xml", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            package.writestr("xl/workbook.xml", "2")
    assert refusal(lambda: kind_of(file.getvalue(), LIMITS))[1].endswith("внутри него две части с одним именем.")


def test_an_unusual_compression_is_refused() -> None:
    data = zipped({"xl/workbook.xml": "x"}, zipfile.ZIP_LZMA)
    assert refusal(lambda: kind_of(data, LIMITS))[0] == "FILE-DAMAGED"


def test_parts_that_share_one_record_are_refused() -> None:
    data = zipped({"xl/workbook.xml": "1", "xl/sheet.xml": "2"})
    with zipfile.ZipFile(BytesIO(data)) as package:
        second = package.getinfo("xl/sheet.xml").header_offset
    entry = data.rindex(b"PK\x01\x02")  # of the second part; its offset stands at byte 42
    overlapping = data[: entry + 42] + bytes(4) + data[entry + 46 :]
    assert second > 0
    assert refusal(lambda: kind_of(overlapping, LIMITS))[1].endswith("его части наложены одна на другую.")


PARTS = {"xl/workbook.xml": "<workbook/>" * 40, "xl/лист.xml": "да" * 300, "xl/empty.xml": ""}


class Unseekable(BytesIO):
    """Written to in one go: sizes and checksums stand behind the parts."""

    def seekable(self) -> bool:
        return False

    def seek(self, *where: int) -> int:
        raise OSError


def streamed() -> bytes:
    file = Unseekable()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in PARTS.items():
            package.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize(
    "good",
    [zipped(PARTS, zipfile.ZIP_DEFLATED), zipped(PARTS, zipfile.ZIP_STORED), streamed()],
    ids=["packed", "stored", "streamed"],
)
def test_a_part_is_what_zipfile_reads_whatever_is_damaged(good: bytes) -> None:
    with open_zip(good) as package:
        assert {name: part(package, name).decode() for name in package.namelist()} == PARTS
    chance = random.Random(547)
    refused = 0
    for place in range(len(good)):
        damaged = bytearray(good)
        damaged[place] ^= 1 << chance.randrange(8)
        try:
            package = open_zip(bytes(damaged))
        except Unreadable:
            continue
        for name in package.namelist():
            try:
                expected = package.read(name)
            except ZIP_FAULTS:
                refused += 1
                assert refusal(lambda: part(package, name))[0] == "FILE-DAMAGED"  # noqa: B023 - asked at once
            except RuntimeError:
                pass  # said to be encrypted: refused before any part is asked for
            else:
                assert part(package, name) == expected
    assert refused


@pytest.mark.parametrize(
    ("record", "at", "change"),
    [(b"PK\x03\x04", 7, -8), (b"PK\x01\x02", 24, -1)],
    ids=["its name is UTF-8 in the directory alone", "longer than the directory says"],
)
def test_a_part_that_zipfile_refuses_is_refused(record: bytes, at: int, change: int) -> None:
    data = bytearray(zipped({"xl/лист.xml": "да" * 300}, zipfile.ZIP_DEFLATED))
    place = data.find(record) + at
    data[place] += change
    package = open_zip(bytes(data))
    with pytest.raises(zipfile.BadZipFile):
        package.read("xl/лист.xml")
    assert refusal(lambda: part(package, "xl/лист.xml"))[0] == "FILE-DAMAGED"
