"""File bytes to a Book of raw cells with their addresses: the one place that opens a workbook for reading.

The reader is chosen by what the bytes are, never by the file's name:

- .xlsx, .xlsm: calamine, with what it does not tell (`xlsx`); openpyxl (`xlsx_second`) where calamine cannot;
- .xls: xlrd (`xls`), calamine where xlrd cannot;
- .ods: our own pass (`ods`);
- .xlsb: calamine.

calamine is fast, but it builds the whole rectangle that a sheet's values span and can take the process down with it: a
panic is a BaseException, an abort no exception at all. Neither is caught here. `open_book` runs in a worker that may
die (`pipeline.workers`).
"""

import zipfile
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from pipeline.reading.opening import xlsx, xlsx_second
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.opening.cells import as_cell, without_zeros
from pipeline.reading.opening.guard import (
    Kind,
    check_sheets,
    damaged,
    kind_of,
    kind_of_package,
    open_zip,
    refuse_big_document,
    unreadable,
)
from pipeline.reading.opening.xlsx import SheetNotes
from pipeline.reading.opening.xlsx_looks import as_seen
from pipeline.reading.opening.xlsx_names import ReadPart, as_called, once_a_package
from pipeline.settings import Limits
from schemas.addresses import Spot, spot_at


def open_book(data: bytes, limits: Limits) -> Book:
    """All sheets with their non-empty cells, hidden ones too. Raises Unreadable, whose remark says why."""
    if not data.startswith(b"PK"):
        kind = kind_of(data, limits)
        refuse_big_document(data, limits)
        return _read_xls(data, limits) if kind == "xls" else open_book(_decrypted(data), limits)
    with open_zip(data) as package:
        kind = kind_of_package(package, limits)
        refuse_big_document(data, limits)
        return _read_zipped(kind, package, data, limits)


def _read_zipped(kind: Kind, package: zipfile.ZipFile, data: bytes, limits: Limits) -> Book:
    """`package`: `data` opened. What is imported here takes a while, and most files need none of it."""
    match kind:
        case "ods":
            from pipeline.reading.opening import ods

            return ods.read(data, limits)
        case "docx":
            from pipeline.reading.opening import docx

            return docx.read(data, limits)
        case "xlsb":
            return _read_without_formats(as_called(data, package, once_a_package(package)), limits)
    return _read_xlsx(package, data, limits)


def _decrypted(data: bytes) -> bytes:
    """The document in clear. Raises Unreadable where that needs a password."""
    from pipeline.reading.opening import encrypted

    return encrypted.decrypted(data)


def _read_xlsx(package: zipfile.ZipFile, data: bytes, limits: Limits) -> Book:
    read = once_a_package(package)
    called = as_called(data, package, read)
    if called is data:
        return _read_package(package, read, data, limits)
    with open_zip(called) as renamed:
        return _read_package(renamed, once_a_package(renamed), called, limits)


def _read_package(package: zipfile.ZipFile, read: ReadPart, data: bytes, limits: Limits) -> Book:
    """`package`: `data` opened."""
    try:
        notes = xlsx.notes_on_sheets(package, read, limits)
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        if len(book.sheet_names) != len(notes):
            raise xlsx.NotPlain
        return Book(tuple(_with_notes(book, i, noted) for i, noted in enumerate(notes) if _is_worksheet(book, i)))
    except (xlsx.NotPlain, CalamineError):
        return xlsx_second.read(package, data, limits)


def _read_xls(data: bytes, limits: Limits) -> Book:
    from pipeline.reading.opening import xls

    try:
        return xls.read(data, limits)
    except xls.Encrypted:
        data = _decrypted(data)
    except xls.Refused:
        return _read_without_formats(data, limits)
    try:
        return xls.read(data, limits)
    except xls.Refused:
        return _read_without_formats(data, limits)


def _read_without_formats(data: bytes, limits: Limits) -> Book:
    """By calamine alone: number formats stay unknown."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        check_sheets(len(book.sheet_names), limits)
        worksheets = [i for i in range(len(book.sheet_names)) if _is_worksheet(book, i)]
        return Book(tuple(_sheet(book, i, {}, None) for i in worksheets))
    except PasswordError:
        raise unreadable("FILE-ENCRYPTED") from None
    except CalamineError:
        raise damaged("программа чтения не разобрала его") from None


# ── one sheet by calamine ────────────────────────────────────────────────────────────────────────────────


def _is_worksheet(book: CalamineWorkbook, index: int) -> bool:
    """Not a sheet that is all chart, dialog or macro."""
    return book.sheets_metadata[index].typ == SheetTypeEnum.WorkSheet


def _with_notes(book: CalamineWorkbook, index: int, notes: SheetNotes) -> Sheet:
    sheet = _sheet(book, index, notes.formats, xlsx.GENERAL)._replace(hidden_columns=notes.hidden_columns)
    if notes.never_calculated or notes.errors:
        cells = {**notes.never_calculated, **sheet.cells, **notes.errors}
        sheet = sheet._replace(cells={spot: cells[spot] for spot in sorted(cells)})
    if notes.hides_zeros:
        sheet = sheet._replace(cells=without_zeros(sheet.cells))
    return as_seen(sheet, notes.marks, notes.rich, notes.asides)


def _sheet(book: CalamineWorkbook, index: int, formats: Mapping[Spot, str], other: str | None) -> Sheet:
    """The sheet with number formats by cell; `other` is the format of the cells that are not among them."""
    about, found = book.sheets_metadata[index], book.get_sheet_by_index(index)
    merged = tuple((_spot(*first), _spot(*last)) for first, last in found.merged_cell_ranges or ())
    hidden = about.visible != SheetVisibleEnum.Visible
    return Sheet(about.name, _cells(found, formats, other), hidden, merged)


def _cells(sheet: CalamineSheet, formats: Mapping[Spot, str], other: str | None) -> dict[Spot, Cell]:
    if sheet.start is None:
        return {}
    cells = {}
    top, left = _spot(*sheet.start)
    for row, values in enumerate(sheet.to_python(), top):
        for column, value in enumerate(values, left):
            if value != "":
                spot = spot_at(row, column)
                cell = as_cell(value, formats.get(spot, other))
                if cell:
                    cells[spot] = cell
    return cells


@lru_cache(maxsize=16_384)  # places of a form, as `spot_at`
def _spot(row: int, column: int) -> Spot:
    """calamine counts rows and columns from 0."""
    return Spot(row + 1, column + 1)
