"""What closes a form: the line for a signature, left blank or filled in, with a name, a date, a telephone.

It is printed by the form and filled in for the reader of the paper; it answers nothing.
"""

import re
from collections.abc import Iterator
from datetime import date

from pipeline.reading.answers.dates import find_dates
from pipeline.reading.answers.persons import is_name
from pipeline.reading.answers.values import is_blank
from pipeline.reading.finding.tables import Columns
from pipeline.reading.opening.book import Cell, Sheet
from schemas.addresses import Spot
from schemas.form import Form
from schemas.likeness import is_one_of, plain
from schemas.reports import FIRST_YEAR

_POSITION = 2  # words, «Директор школы»: with more of them and no name it is a sentence
_NUMBER = re.compile(r"\W*\d[\d.,]*\W*")
_PHONE = re.compile(r"(?:тел(?:ефон)?\.?:?\s*)?(?=(?:\D*\d){5})[\d\s()+\-‐‑–—,;.]+(?:доб\.?\s*\d+)?", re.IGNORECASE)
# How a signature line ends that has been filled in: «/Петрова А.А./», «Петрова А.А.», «тел. 2-34-56».
_FILLED_IN = re.compile(
    r"(?:/|\b[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.)?|\b[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.\s?)?[А-ЯЁ][а-яё-]+|тел\D*(?:\d\W*){5,})[\s.)/]*\Z"
)


def closing_row(sheet: Sheet, first: int, last: int, columns: Columns, form: Form) -> int:
    """The row of `first`–`last` with which the signature begins; `last` + 1 if there is none.

    A line that is filled in as a signature is, begins it anywhere. Else the row must have no number: a word for whoever
    signs stands apart from the rows above or beside a name; a name, a date or a telephone alone stands apart. So
    «Директор не выделяет средства» right below another problem is a problem.
    """
    apart = False
    for row in range(first, last + 1):
        number = sheet.cells.get(Spot(row, columns.number))
        numbered = number is not None and _NUMBER.fullmatch(str(number.value)) is not None
        cells = list(_written(sheet, row, range(columns.number + numbered, columns.answer + 1)).values())
        if cells and (is_signature(cells[0], form) or (not numbered and _closes(cells, form, apart))):
            return row
        apart = numbered or not cells
    return last + 1


def is_signature(cell: Cell, form: Form) -> bool:
    """The form's own signature line, left blank or filled in, in one cell."""
    if not _names_a_signer(cell, form):
        return False
    text = str(cell.value)
    alone = is_one_of(text, form.recognise.signatures)
    return alone or "__" in text or _FILLED_IN.search(text) is not None


def signature_cells(sheet: Sheet, closing: int, last: int, columns: Columns, form: Form) -> Iterator[Spot]:
    """The cells of the signature from its closing row on. «Директор не выделяет средства» is none of them."""
    for row in range(closing, last + 1):
        cells = _written(sheet, row, range(columns.number, columns.answer + 1))
        filled_in = any(_fills_in(cell) for cell in cells.values())
        for spot, cell in cells.items():
            short = filled_in or len(plain(str(cell.value)).split()) <= _POSITION
            if _fills_in(cell) or is_signature(cell, form) or (short and _names_a_signer(cell, form)):
                yield spot


def _written(sheet: Sheet, row: int, columns: range) -> dict[Spot, Cell]:
    """The cells of a row that are not blank, from left to right."""
    cells = {spot: sheet.cells[spot] for column in columns if (spot := Spot(row, column)) in sheet.cells}
    return {spot: cell for spot, cell in cells.items() if not is_blank(cell)}


def _closes(cells: list[Cell], form: Form, apart: bool) -> bool:
    first, *beside = cells
    if _names_a_signer(first, form):
        return apart or (bool(beside) and all(_fills_in(cell) for cell in beside))
    return apart and all(_fills_in(cell) for cell in cells)


def _names_a_signer(cell: Cell, form: Form) -> bool:
    return isinstance(cell.value, str) and plain(cell.value).startswith(
        tuple(plain(word) for word in form.recognise.signatures)
    )


def _fills_in(cell: Cell) -> bool:
    """A name, a date or a telephone, and nothing else."""
    if not isinstance(cell.value, str):
        return isinstance(cell.value, date)
    text = cell.value.strip(" _/()\n")
    dates = [found.text for found in find_dates(text, FIRST_YEAR)]
    return is_name(text) or dates == [text] or _PHONE.fullmatch(text) is not None
