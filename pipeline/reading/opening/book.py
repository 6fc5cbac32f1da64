"""A workbook as raw cells with their addresses: what the readers of all formats hand on.

Plain tuples only: they cross the border of a worker process.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Literal, NamedTuple

from schemas.addresses import Spot, address

Value = str | float | bool | date | datetime | time
Fault = Literal["", "error", "no_value"]


class Cell(NamedTuple):
    """One non-empty cell. `value` is cleaned (text by `clean`, numbers as float).

    `format` is its number format as Excel writes it (`0%`, `General`, `DD.MMM`); None where the file does not tell.
    `fault`: `error` for an error value (`value` is its text, `#REF!`), `no_value` for a formula that was never
    calculated (`value` is blank).
    """

    value: Value
    format: str | None = "General"
    fault: Fault = ""

    @property
    def percent_format(self) -> bool | None:
        """Is the number shown as a percent; None where the file does not tell."""
        return None if self.format is None else "%" in self.format


# `chunk`: a document put into this one as a file of its own, which is not opened.
AsideKind = Literal["struck", "raised", "footnote", "endnote", "comment", "box", "picture", "chunk"]


class Aside(NamedTuple):
    """What a reader sees at a cell and what is no part of its value. `text` is blank for a picture."""

    spot: Spot
    kind: AsideKind
    text: str


class Sheet(NamedTuple):
    name: str
    cells: dict[Spot, Cell]  # the non-empty ones only, row by row, each from left to right
    hidden: bool = False
    merged: tuple[tuple[Spot, Spot], ...] = ()  # first and last cell of each merged area
    places: dict[int, str] | None = None  # of a text document: row -> «таблица 1, строка 7»
    asides: tuple[Aside, ...] = ()
    hidden_columns: frozenset[int] = frozenset()
    zeros: frozenset[Spot] = frozenset()  # of an .xls: formulas whose result is kept as 0, where it may have been ""
    prefix: str = ""  # of every address, where a report stands on several sheets: «Лист2!»

    def address(self, spot: Spot) -> str:
        """How people find the cell: `B7`, in a text document the row of its table."""
        return self.prefix + (address(spot) if self.places is None else self.places[spot.row])

    def within(self, first: int, last: int) -> Iterator[tuple[Spot, Cell]]:
        """The cells of these rows; those below are not looked at."""
        for spot, cell in self.cells.items():
            if spot.row > last:
                return
            if spot.row >= first:
                yield spot, cell


class Book(NamedTuple):
    sheets: tuple[Sheet, ...]
