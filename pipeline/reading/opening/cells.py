"""A raw value of any reader (calamine, openpyxl, xlrd, our own) as the Cell that the rest of the program sees."""

import math
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from pipeline.reading.opening.book import Cell
from schemas.addresses import Spot
from schemas.text import clean

Raw = str | float | bool | date | datetime | time | timedelta
_SHORT = 200  # characters: longer texts are not remembered, they hardly come twice
HIDDEN = ";;;"  # the number format that shows nothing
NOT_A_NUMBER = "#NUM!"  # what Excel itself writes in place of a number that it cannot hold


def as_cell(value: Raw, number_format: str | None = "General") -> Cell | None:
    """The cell of a raw value; None where it is blank (white space alone is blank too).

    Numbers become finite floats: infinity and not-a-number are errors. Durations become days, as Excel stores them.
    """
    if isinstance(value, str):
        return _printed(value, number_format) if len(value) <= _SHORT else _text_cell(value, number_format)
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(float(value), number_format) if math.isfinite(value) else error_cell(NOT_A_NUMBER, number_format)
    return Cell(value, number_format)


def without_zeros(cells: dict[Spot, Cell]) -> dict[Spot, Cell]:
    """The cells of a sheet that shows no zeros: nobody sees them."""
    zeros = ((spot, cell) for spot, cell in cells.items() if cell.value == 0.0)
    return cells | {spot: Cell(cell.value, HIDDEN, cell.fault) for spot, cell in zeros}


def _text_cell(value: str, number_format: str | None) -> Cell | None:
    text = clean(value)
    return Cell(text, number_format) if text and not text.isspace() else None


# Most texts of a form are printed, the same in every file of a batch.
_printed = lru_cache(maxsize=8_192)(_text_cell)


def error_cell(text: str, number_format: str | None = "General") -> Cell:
    return Cell(clean(text), number_format, "error")


@lru_cache(maxsize=256)  # number formats: a blank of Svod's own form has such a cell on every row
def cell_without_value(number_format: str | None = "General") -> Cell:
    """A formula that was never calculated."""
    return Cell("", number_format, "no_value")
