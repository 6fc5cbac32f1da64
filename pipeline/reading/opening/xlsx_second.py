"""The second reader of .xlsx: openpyxl, which keeps only the cells that are there.

For the books that calamine refuses, misreads or dies of: a stray value in the last row of the sheet, error values in
Russian, XML in other encodings, false counts. Fifteen times the price of calamine, so never the first.
"""

import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, cast

from pipeline.reading.opening.book import Aside, Book, Cell, Sheet
from pipeline.reading.opening.cells import Raw, as_cell, cell_without_value, error_cell
from pipeline.reading.opening.guard import damaged, over_limit, part, too_many_cells
from pipeline.reading.opening.xlsx import parts_of
from pipeline.reading.opening.xlsx_looks import Mark, RichText, as_seen, asides_of_sheet, holds_asides
from pipeline.reading.opening.xlsx_names import once_a_package
from pipeline.settings import Limits
from pipeline.wording import count
from schemas.addresses import LAST_COLUMN, Spot, column_number, exists

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.text import InlineFont
    from openpyxl.styles.proxy import StyleProxy
    from openpyxl.worksheet.worksheet import Worksheet

_MERGED_CELLS = 100_000  # openpyxl makes an object of every cell of a merged area


def read(package: zipfile.ZipFile, data: bytes, limits: Limits) -> Book:
    """The workbook by openpyxl. Raises Unreadable where it cannot, or could only at a cost beyond the limits."""
    declared = parts_of(package, once_a_package(package)).sheets
    for path in {sheet.path for sheet in declared}.intersection(package.namelist()):
        _check_cost(part(package, path), limits)
    values, formulas = _load(data, data_only=True, rich_text=True), _load(data, data_only=False)
    if lost := [sheet.name for sheet in declared if sheet.name not in values.sheetnames]:
        raise damaged(f"в нём не хватает листа «{lost[0]}»")
    parts, holding = {sheet.name: sheet.path for sheet in declared}, holds_asides(package.namelist())
    sheets = (
        _sheet(sheet, formulas[sheet.title], asides_of_sheet(package, parts.get(sheet.title, ""), holding))
        for sheet in values.worksheets
    )
    return Book(tuple(sheets))


def _check_cost(xml: bytes, limits: Limits) -> None:
    """Raises Unreadable for a sheet of which openpyxl would make too many objects: cells, rows, merged cells."""
    xml = xml.replace(b"\0", b"")  # the tags of UTF-16 as those of UTF-8
    if len(_CELL_OR_ROW.findall(xml)) > limits.cells:
        raise too_many_cells(limits)
    merged = sum(_cells_in(*corners) for corners in _MERGED.findall(xml))
    if merged > _MERGED_CELLS:
        most = count(_MERGED_CELLS, ("ячейка", "ячейки", "ячеек"))
        raise over_limit("на одном листе объединено слишком много ячеек", most)


_CELL_OR_ROW = re.compile(rb"<(?:\w+:)?(?:c|row)[\s/>]")
_MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"""
)


def _cells_in(left: bytes, top: bytes, right: bytes, bottom: bytes) -> int:
    return (abs(int(bottom) - int(top)) + 1) * (abs(column_number(right) - column_number(left)) + 1)


def _load(data: bytes, *, data_only: bool, rich_text: bool = False) -> "Workbook":
    from openpyxl import load_workbook  # 0.3 s: only where it is needed

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations that it drops: they are not read here
            return load_workbook(BytesIO(data), data_only=data_only, rich_text=rich_text, keep_links=False)
    except MemoryError:
        raise
    except Exception as error:  # on damaged books openpyxl raises whatever its parsers stumble over
        raise damaged("программа чтения не разобрала его") from error


def _sheet(values: "Worksheet", formulas: "Worksheet", asides: tuple[Aside, ...]) -> Sheet:
    merged = tuple(
        (Spot(area.min_row, area.min_col), Spot(area.max_row, area.max_col)) for area in values.merged_cells.ranges
    )
    sheet = Sheet(values.title, dict(_cells(values, formulas)), values.sheet_state != "visible", merged)
    sheet = sheet._replace(hidden_columns=_hidden_columns(values))
    return as_seen(sheet, dict(_marks(values)), dict(_rich(values)), asides)


def _hidden_columns(sheet: "Worksheet") -> frozenset[int]:
    declared = [about for about in sheet.column_dimensions.values() if about.hidden]
    return frozenset(c for about in declared for c in range(about.min or 0, min(about.max or 0, LAST_COLUMN) + 1))


def _marks(sheet: "Worksheet") -> Iterator[tuple[Spot, Mark]]:
    for place, cell in sheet._cells.items():
        if cell.has_style and (mark := _mark(cell.font)):
            yield Spot(*place), mark


def _rich(sheet: "Worksheet") -> Iterator[tuple[Spot, RichText]]:
    """The texts of which runs are struck out or raised."""
    for place, cell in sheet._cells.items():
        if isinstance(cell.value, list):  # CellRichText: strings and blocks with a font
            marked = [("" if isinstance(run, str) else _mark(run.font), str(run)) for run in cell.value]
            apart = tuple((mark, text) for mark, text in marked if mark and text.strip())
            if apart:
                yield Spot(*place), RichText("".join(text for mark, text in marked if not mark), apart)


def _mark(font: "StyleProxy | InlineFont") -> Mark:
    raised = font.vertAlign in ("superscript", "subscript")
    return "struck" if font.strike else "raised" if raised else ""


def _cells(values: "Worksheet", formulas: "Worksheet") -> Iterator[tuple[Spot, Cell]]:
    """The cells that are there. `_cells` is openpyxl's own store: its public ways go over the whole rectangle."""
    for place in sorted(values._cells):
        if not exists(Spot(*place)):
            raise damaged("внутри него ячейки вне листа")
        shown, written = values._cells[place], formulas._cells[place]
        number_format = shown.number_format
        cell: Cell | None
        if shown.data_type == "e":
            cell = error_cell(str(shown.value), number_format)
        elif shown.value is None:
            cell = cell_without_value(number_format) if written.data_type == "f" else None
        else:
            cell = as_cell(_as_calamine(cast(Raw, shown.value)), number_format)
        if cell:
            yield Spot(*place), cell


def _as_calamine(value: Raw) -> Raw:
    """The same value in the shape that the first reader gives it."""
    from openpyxl.utils.escape import unescape

    if isinstance(value, list):  # CellRichText
        return unescape(str(value))
    if isinstance(value, str):
        return unescape(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value
