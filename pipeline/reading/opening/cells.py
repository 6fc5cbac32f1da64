"""A raw value of any reader (calamine, openpyxl, xlrd, our own) as the Cell that the rest of the program sees."""

import math
from datetime import date, datetime, time, timedelta

from pipeline.reading.opening.book import Cell
from schemas.text import clean

Raw = str | float | bool | date | datetime | time | timedelta
NOT_A_NUMBER = "#NUM!"  # what Excel itself writes in place of a number that it cannot hold


def as_cell(value: Raw, number_format: str | None = "General") -> Cell | None:
    """The cell of a raw value; None where it is blank (white space alone is blank too).

    Numbers become finite floats: infinity and not-a-number are errors. Durations become days, as Excel stores them.
    """
    if isinstance(value, str):
        text = clean(value)
        return Cell(text, number_format) if text and not text.isspace() else None
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(float(value), number_format) if math.isfinite(value) else error_cell(NOT_A_NUMBER, number_format)
    return Cell(value, number_format)


def error_cell(text: str, number_format: str | None = "General") -> Cell:
    return Cell(clean(text), number_format, "error")


def cell_without_value(number_format: str | None = "General") -> Cell:
    """A formula that was never calculated."""
    return Cell("", number_format, "no_value")
