"""Headless LibreOffice for the tests. Each call has its own profile, so that tests run side by side."""

import csv
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")

# LibreOffice trusts the values in a workbook unless it is told to compute them anew.
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")


def recalculated(book: bytes, folder: Path) -> Path:
    """The workbook as LibreOffice saves it after computing every formula anew."""
    return _converted([_book(book, folder)], folder, "xlsx")[0]


def printed(book: bytes, folder: Path) -> Path:
    """The workbook as a PDF."""
    return _converted([_book(book, folder)], folder, "pdf")[0]


def printed_together(books: Iterable[bytes], folder: Path) -> list[Path]:
    """The workbooks as PDFs of one run of LibreOffice."""
    return _converted(_books(books, folder), folder, "pdf")


def printed_document(document: bytes, folder: Path) -> Path:
    """The text document as a PDF."""
    path = folder / "document.docx"
    path.write_bytes(document)
    return _converted([path], folder, "pdf")[0]


def saved_together(books: Iterable[bytes], folder: Path) -> list[Path]:
    """The workbooks as one run of LibreOffice saves them, every formula computed anew."""
    return _converted(_books(books, folder), folder, "xlsx")


def saved_as(kind: str, book: bytes, folder: Path) -> Path:
    """The workbook in another format: `ods`, `xls`."""
    return _converted([_book(book, folder)], folder, kind)[0]


def as_shown(book: bytes, folder: Path) -> list[list[str]]:
    """The first sheet's cells as a person sees them: its number formats applied, in the English of the formats."""
    return shown_together([book], folder)[0]


def shown_together(books: Iterable[bytes], folder: Path) -> list[list[list[str]]]:
    """`as_shown` of each, every formula computed anew, in one run of LibreOffice: cheaper than `saved_together`."""
    paths = _converted(_books(books, folder), folder, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true")
    return [_rows(path) for path in paths]


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _books(contents: Iterable[bytes], folder: Path) -> list[Path]:
    sources = []
    for n, content in enumerate(contents):
        sources.append(folder / f"{n:03}.xlsx")
        sources[-1].write_bytes(content)
    return sources


def _book(content: bytes, folder: Path) -> Path:
    path = folder / "book.xlsx"
    path.write_bytes(content)
    return path


def _converted(sources: Sequence[Path], folder: Path, kind: str) -> list[Path]:
    assert SOFFICE is not None
    target = folder / "converted"
    user = folder / "profile" / "user"
    user.mkdir(parents=True, exist_ok=True)
    (user / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, "utf-8")
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(target),
            *map(str, sources),
        ],
        check=True,
        capture_output=True,
        timeout=600,
    )
    suffix = kind.partition(":")[0]  # after it the filter and its options
    return [target / f"{source.stem}.{suffix}" for source in sources]
