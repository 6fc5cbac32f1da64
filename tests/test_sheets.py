"""A workbook of `pages/sheets` is to the byte what xlsxwriter itself writes: every kind of cell, with and without a
look."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.writing.pages import theme
from pipeline.writing.pages.sheets import Book, Sheet

TEXTS = ("Школа", "  пробелы ", "<&>\"'", "две\nстроки", "\x07 _x0007_", "", "Школа", "я" * 40_000)
NUMBERS = (0, 1, -2.5, 1 / 3, 1e300, 12345678901234567, 0.1 + 0.2)
FORMULAS = (
    ("=A1+1", 2.0), ("A1", "текст"), ("=IF(A1=\"\",\"\",1)", ""), ("=1/0", "#DIV/0!"), ("=TRUE", True),
    ("=SUM(FILTER(A1:A9,A1:A9>1))", 3), ("=_xlfn.XLOOKUP(1,A1:A9,B1:B9)", 1), ("=CONCAT(A1,B1)", "аб"),
    ("{=SUM(A1:A9)}", 4), ("=DROPPED(1)", 0), ("=SINGLE(A1)", 5),
)  # fmt: skip


@pytest.mark.parametrize("options", [{}, {"use_future_functions": True}], ids=["usual", "future functions"])
def test_every_cell_is_written_as_xlsxwriter_writes_it(options: dict[str, Any]) -> None:
    assert _written(Book, _cells, options) == _written(Workbook, _cells, options)


def test_sparklines_of_several_kinds_are_drawn_as_xlsxwriter_draws_them() -> None:
    assert _written(Book, _sparklines, {}) == _written(Workbook, _sparklines, {})


def test_a_settled_sheet_is_written_as_one_that_is_not() -> None:
    def settled(sheet: Worksheet, look: Any) -> None:
        _cells(sheet, look)
        _sparklines(sheet, look)
        if isinstance(sheet, Sheet):
            sheet.settle()

    assert _written(Book, settled, {}) == _written(Workbook, settled, {})


def test_into_a_settled_sheet_nothing_is_written() -> None:
    """It would stand nowhere."""
    sheet = Book(BytesIO(), {"in_memory": True}).add_worksheet("Лист")
    sheet.write_string(0, 0, "раньше")
    sheet.write_url(1, 0, "internal:'Лист'!A1", None, "ссылка")
    sheet.set_column(0, 0, 12)
    sheet.set_row(1, 20)
    sheet.settle()
    for late in (
        lambda: sheet.write_string(2, 0, "позже"),
        lambda: sheet.write_string(1, 0, "позже"),  # over the link
        lambda: sheet.write_string(1, 1, "позже"),  # beside it
        lambda: sheet.write_number(0, 0, 1),
        lambda: sheet.write_rich_string(0, 0, "а", "б", "в"),
        lambda: sheet.set_column(0, 0, 40),
        lambda: sheet.set_column(1, 1, 40),
        lambda: sheet.set_row(1, 40),
        lambda: sheet.set_row(2, 40),
    ):
        with pytest.raises((KeyError, TypeError)):
            late()


def test_what_a_sheet_cannot_write_it_refuses() -> None:
    """Or the package would hold something else than was asked for."""
    book = Book(BytesIO(), {"in_memory": True})
    sheet = book.add_worksheet("Лист")
    for figure in (float("nan"), float("inf")):
        with pytest.raises(TypeError):
            sheet.write_number(0, 0, figure)
    with pytest.raises(ValueError, match="out of the book"):
        sheet.write_url(0, 0, "https://example.org", None, "ссылка")
    sheet.write_number(0, 0, 1)
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=Лист!$A$1:$A$1"})
    sheet.insert_chart(3, 0, chart)
    with pytest.raises(TypeError):
        book.close()


@pytest.mark.parametrize(("row", "column"), [(-1, 0), (0, -1), (1_048_576, 0), (0, 16_384)])
def test_a_cell_outside_of_the_sheet_is_refused(row: int, column: int) -> None:
    """xlsxwriter passes over it in silence."""
    book = Book(BytesIO(), {"in_memory": True})
    sheet = book.add_worksheet("Лист")
    sheet.write_number(5, 5, 1)
    sheet.write_number(row, column, 1)
    with pytest.raises(ValueError, match="no cell of a sheet"):
        sheet.settle()


def test_a_long_text_outside_of_the_sheet_is_refused() -> None:
    """It is written by xlsxwriter's own method, which passes over it in silence."""
    sheet = Book(BytesIO(), {"in_memory": True}).add_worksheet("Лист")
    with pytest.raises(ValueError, match="no cell of a sheet"):
        sheet.write_string(1_048_576, 0, "а" * 20_000)


def test_the_programs_workbooks_are_such() -> None:
    book = theme.open_workbook(BytesIO(), "Свод", "Отдел", date(2014, 1, 30))
    assert isinstance(book, Book)


def _written(kind: type[Workbook], write: Callable[[Worksheet, Any], None], options: dict[str, Any]) -> bytes:
    target = BytesIO()
    book = kind(target, {"in_memory": True, **options})
    book.set_properties({"created": datetime(2014, 1, 30)})
    write(book.add_worksheet("Лист"), book.add_format({"bold": True}))
    book.close()
    return target.getvalue()


def _cells(sheet: Worksheet, look: Any) -> None:
    sheet.set_row(3, 20, look)
    sheet.set_column(40, 40, 12, look)
    row = 0
    for given in (look, None):
        for column, text in enumerate(TEXTS):
            sheet.write_string(row, column, text, given)
        for column, number in enumerate(NUMBERS):
            sheet.write_number(row + 1, column, number, given)
        for column, (formula, value) in enumerate(FORMULAS):
            sheet.write_formula(row + 2, column, formula, given, value)
        sheet.write_string(row + 3, 40, "в столбце с видом", given)
        sheet.write_datetime(row + 4, 0, datetime(2014, 1, 30, 12), given)
        sheet.write_datetime(row + 4, 1, date(2014, 1, 30), given)
        sheet.write_blank(row + 4, 2, None, given)
        sheet.write_url(row + 4, 3, "internal:'Лист'!A1", given, "ссылка")
        sheet.write_boolean(row + 4, 4, True, given)
        sheet.write_url(row + 4, 6, "internal:'Лист'!A2", given, "ссылка")
        sheet.write_formula(row + 4, 6, "=A1", given, 1)  # in the place of the link's text
        sheet.write_rich_string(row + 4, 5, "а", look, "б", "в")
        row += 5
    sheet.merge_range(row, 0, row, 3, "вместе", look)
    sheet.conditional_format(0, 0, 3, 3, {"type": "formula", "criteria": "=IFNA(A1,0)>1", "format": look})


def _sparklines(sheet: Worksheet, _: Any) -> None:
    for row, colour in enumerate(("#1F4E79", "#1F4E79", "#B8500F", "#1F4E79")):
        area = f"'Лист'!$A${row + 1}:$C${row + 1}"
        sheet.add_sparkline(row, 5, {"range": area, "type": "column", "min": 0, "max": 1, "series_color": colour})
    sheet.add_sparkline(9, 5, {"range": "'Лист'!$A$9:$C$9"})
