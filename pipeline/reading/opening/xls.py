"""Old .xls workbooks, read by xlrd: values, number formats and error cells from the same records, sparse.

calamine reads them too, but tells neither formats nor errors (an error cell reads as blank), and a damaged file can end
it; it stays the second reader for what xlrd refuses (`grid`).
"""

import io
import re
from collections.abc import Iterator
from datetime import datetime, time

import xlrd
from xlrd.book import Book as XlrdBook
from xlrd.sheet import Sheet as XlrdSheet

from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.opening.cells import Raw, as_cell, error_cell
from pipeline.reading.opening.guard import check_sheets, too_many_cells
from pipeline.settings import Limits
from schemas.addresses import Spot


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
    return Book(tuple(_sheet(book, sheet, limits) for sheet in book.sheets()))


def _load(data: bytes) -> XlrdBook:
    try:
        return xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )  # its log would go to the console
    except MemoryError:
        raise
    except xlrd.XLRDError as error:
        raise (Encrypted if "encrypted" in str(error) else Refused) from error
    except Exception as error:  # on damaged books xlrd raises whatever its records lead it to
        raise Refused from error


def _sheet(book: XlrdBook, sheet: XlrdSheet, limits: Limits) -> Sheet:
    if sum(sheet.row_len(row) for row in range(sheet.nrows)) > limits.cells:
        raise too_many_cells(limits)
    merged = tuple((Spot(top + 1, left + 1), Spot(bottom, right)) for top, bottom, left, right in sheet.merged_cells)
    hidden = frozenset(column + 1 for column, about in sheet.colinfo_map.items() if about.hidden)
    return Sheet(sheet.name, dict(_cells(book, sheet)), sheet.visibility != 0, merged, hidden_columns=hidden)


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
