"""Old .xls workbooks, read by xlrd: values, number formats and error cells from the same records, sparse.

calamine reads them too, but tells neither formats nor errors (an error cell reads as blank), and a damaged file can end
it; it stays the second reader for what xlrd refuses (`grid`).
"""

import io
import re
import struct
from collections.abc import Iterator
from datetime import datetime, time

import xlrd
from xlrd.book import Book as XlrdBook
from xlrd.sheet import Sheet as XlrdSheet

from pipeline.reading.opening.book import Aside, Book, Cell, Sheet
from pipeline.reading.opening.cells import Raw, as_cell, error_cell, without_zeros
from pipeline.reading.opening.guard import check_sheets, too_many_cells
from pipeline.reading.opening.xlsx_looks import Mark, RichText, as_seen, said_in_comment
from pipeline.settings import Limits
from schemas.addresses import Spot
from schemas.text import clean


class Refused(Exception):  # noqa: N818 - an answer, no fault of the program
    """xlrd cannot read this workbook."""


class Encrypted(Refused):
    """As it is: it has to be decrypted first."""


def read(data: bytes, limits: Limits) -> Book:
    """The workbook by xlrd.

    Raises Refused where it cannot, Encrypted where it has to be decrypted first, Unreadable where it breaks a limit.
    """
    book = _load(data)
    check_sheets(book.nsheets, limits)
    fonts = _marks_of_fonts(book)
    return Book(tuple(_sheet(book, n, sheet, fonts, limits) for n, sheet in enumerate(book.sheets())))


def _load(data: bytes) -> XlrdBook:
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, on_demand=True, logfile=io.StringIO()
        )  # its log would go to the console; on demand: the records are kept for `_zeros`
        book.sheets()
    except MemoryError:
        raise
    except xlrd.XLRDError as error:
        raise (Encrypted if "encrypted" in str(error) else Refused) from error
    except Exception as error:  # on damaged books xlrd raises whatever its records lead it to
        raise Refused from error
    return book


def _sheet(book: XlrdBook, number: int, sheet: XlrdSheet, fonts: tuple[Mark, ...], limits: Limits) -> Sheet:
    if sum(sheet.row_len(row) for row in range(sheet.nrows)) > limits.cells:
        raise too_many_cells(limits)
    merged = tuple((Spot(top + 1, left + 1), Spot(bottom, right)) for top, bottom, left, right in sheet.merged_cells)
    hidden = frozenset(column + 1 for column, about in sheet.colinfo_map.items() if about.hidden)
    cells = dict(_cells(book, sheet))
    if not sheet.show_zero_values:
        cells = without_zeros(cells)
    zeros = frozenset(_zeros(book, number)) & cells.keys()
    read = Sheet(sheet.name, cells, sheet.visibility != 0, merged, hidden_columns=hidden, zeros=zeros)
    marks, rich = (dict(_marks(book, sheet, fonts)), dict(_rich(book, sheet, fonts))) if any(fonts) else ({}, {})
    return as_seen(read, marks, rich, tuple(_comments(sheet)))


def _cells(book: XlrdBook, sheet: XlrdSheet) -> Iterator[tuple[Spot, Cell]]:
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            cell = _cell(book, sheet.cell(row, column))
            if cell:
                yield Spot(row + 1, column + 1), cell


def _cell(book: XlrdBook, found: xlrd.sheet.Cell) -> Cell | None:
    number_format = _format(book, found.xf_index)
    match found.ctype:
        case xlrd.XL_CELL_TEXT | xlrd.XL_CELL_NUMBER:
            return as_cell(found.value, number_format)
        case xlrd.XL_CELL_BOOLEAN:
            return as_cell(bool(found.value), number_format)
        case xlrd.XL_CELL_DATE:
            return as_cell(_moment(found.value, number_format, book.datemode), number_format)
        case xlrd.XL_CELL_ERROR:
            return error_cell(xlrd.error_text_from_code.get(found.value, "#N/A"), number_format)
    return None


_FORMULA, _END = (0x0006, 0x0206, 0x0406), 0x000A  # kinds of records
_ZERO = bytes(8)  # the number 0 as a formula's result
_SHARED, _NO_TEXT = b"\x01", b"\x17\x00"  # a formula that stands at another cell; `""` in a formula


def _zeros(book: XlrdBook, number: int) -> Iterator[Spot]:
    """The formulas of a sheet that have given the number 0, or no text at all: where its cell has a format for numbers,
    LibreOffice keeps that as 0. A formula without `""` gives no such text. xlrd does not tell what a formula is."""
    records, at = book.mem, book._sh_abs_posn[number]
    while at + 18 <= len(records):
        kind, length = struct.unpack_from("<HH", records, at)
        if kind == _END:
            return
        formula = records[at + 26 : at + 4 + length]
        may_be_blank = formula.startswith(_SHARED) or _NO_TEXT in formula
        if kind in _FORMULA and records[at + 10 : at + 18] == _ZERO and may_be_blank:
            row, column = struct.unpack_from("<HH", records, at + 4)
            yield Spot(row + 1, column + 1)
        at += 4 + length


def _format(book: XlrdBook, style: int) -> str | None:
    """The number format of a cell style; None for a style that a damaged file does not hold."""
    if not 0 <= style < len(book.xf_list):
        return None
    found = book.format_map.get(book.xf_list[style].format_key)
    return found.format_str if found else None


_DURATION = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DAYS_END = 2_958_466  # 31.12.9999, the last day that Excel knows, plus one


def _moment(days: float, number_format: str | None, datemode: int) -> Raw:
    """A number of days as the date or time that Excel shows; as it stands where it shows none."""
    if not 0 <= days < _DAYS_END or _DURATION.search(number_format or ""):
        return days
    moment: datetime = xlrd.xldate_as_datetime(days, datemode)
    if days < 1:
        return moment.time()
    return moment.date() if moment.time() == time() else moment


# ── how it looks ─────────────────────────────────────────────────────────────────────────────────────────


def _marks_of_fonts(book: XlrdBook) -> tuple[Mark, ...]:
    """How each font of the workbook looks, by its index."""
    return tuple("struck" if font.struck_out else "raised" if font.escapement else "" for font in book.font_list)


def _mark(fonts: tuple[Mark, ...], index: int) -> Mark:
    return fonts[index] if 0 <= index < len(fonts) else ""


def _mark_of_style(book: XlrdBook, fonts: tuple[Mark, ...], style: int) -> Mark:
    return _mark(fonts, book.xf_list[style].font_index) if 0 <= style < len(book.xf_list) else ""


def _marks(book: XlrdBook, sheet: XlrdSheet, fonts: tuple[Mark, ...]) -> Iterator[tuple[Spot, Mark]]:
    """The cells that are struck out or raised as a whole; the runs of a rich text say themselves how they look."""
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            mark = _mark_of_style(book, fonts, sheet.cell_xf_index(row, column))
            if mark and (row, column) not in sheet.rich_text_runlist_map:
                yield Spot(row + 1, column + 1), mark


def _rich(book: XlrdBook, sheet: XlrdSheet, fonts: tuple[Mark, ...]) -> Iterator[tuple[Spot, RichText]]:
    """The texts of which runs are struck out or raised. Before the first run the font is that of the cell."""
    for (row, column), runs in sheet.rich_text_runlist_map.items():
        first = _mark_of_style(book, fonts, sheet.cell_xf_index(row, column))
        places = [0, *(place for place, _ in runs)]
        marks = [first, *(_mark(fonts, font) for _, font in runs)]
        pieces = list(zip(marks, _cut(sheet.cell_value(row, column), places), strict=True))
        apart = tuple((mark, text) for mark, text in pieces if mark and text.strip())
        if apart:
            yield Spot(row + 1, column + 1), RichText("".join(text for mark, text in pieces if not mark), apart)


def _cut(text: str, places: list[int]) -> list[str]:
    """`text` cut at these places, which are counted in units of UTF-16."""
    units = text.encode("utf-16-le", "surrogatepass")
    ends = [*places[1:], len(units)]
    return [units[2 * first : 2 * end].decode("utf-16-le", "ignore") for first, end in zip(places, ends, strict=True)]


def _comments(sheet: XlrdSheet) -> Iterator[Aside]:
    """Text boxes xlrd does not tell."""
    for (row, column), note in sheet.cell_note_map.items():
        if said := said_in_comment(clean(note.text), clean(note.author)):
            yield Aside(Spot(row + 1, column + 1), "comment", said)
