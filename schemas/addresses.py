"""Addresses of cells: a row and a column, and how people find them."""

from functools import cache, lru_cache
from typing import NamedTuple

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of a sheet of Excel


class Spot(NamedTuple):
    """Row and column on a sheet, both from 1."""

    row: int
    column: int


# The same tuple for the same place, in half the time that making one takes: a reader asks for each place of a sheet
# again and again, and the sheets of a batch are alike. The bound is some thousands of rows of a form.
spot_at = lru_cache(maxsize=16_384)(Spot)


@lru_cache(maxsize=4_096)  # places of a form: every fact of a batch stands in one of them
def address(spot: Spot) -> str:
    """Spot(7, 2) -> `B7`."""
    row, column = spot
    return f"{_letters(column)}{row}"


@cache
def _letters(column: int) -> str:
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


@cache
def column_number(letters: bytes) -> int:
    """AB -> 28."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def exists(spot: Spot) -> bool:
    """Is there such a cell on a sheet of Excel."""
    return 0 < spot.row <= LAST_ROW and 0 < spot.column <= LAST_COLUMN
