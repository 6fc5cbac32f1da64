"""A text document as a sheet: its paragraphs and tables one under the other, so that the same layout rules read it."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from lxml.etree import XMLSyntaxError

from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.opening.cells import as_cell
from pipeline.reading.opening.guard import damaged
from schemas.addresses import Spot

NAME = "документ"


def read(data: bytes) -> Book:
    """One sheet with all text of the document, top to bottom. Raises Unreadable."""
    try:
        document = Document(BytesIO(data))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, XMLSyntaxError):
        raise damaged("документ Word повреждён") from None
    cells: dict[Spot, Cell] = {}
    places: dict[int, str] = {}
    paragraphs = tables = 0
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            tables += 1
            for n, texts in enumerate(_rows(part), start=1):
                _add_row(texts, f"таблица {tables}, строка {n}", cells, places)
        else:
            paragraphs += 1
            _add_row({1: part.text}, f"абзац {paragraphs}", cells, places)
    return Book((Sheet(NAME, cells, places=places),))


def _add_row(texts: dict[int, str], place: str, cells: dict[Spot, Cell], places: dict[int, str]) -> None:
    row = len(places) + 1
    places[row] = place
    for column, text in texts.items():
        if cell := as_cell(text):
            cells[Spot(row, column)] = cell


def _rows(table: Table) -> Iterator[dict[int, str]]:
    """Texts by column; an area merged over several columns or rows says its text once, at its first cell."""
    seen: set[object] = set()
    for row in table.rows:
        texts: dict[int, str] = {}
        for column, cell in enumerate(row.cells, start=1):
            if cell._tc not in seen:
                seen.add(cell._tc)
                texts[column] = cell.text
        yield texts
