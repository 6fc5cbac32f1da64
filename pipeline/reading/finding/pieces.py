"""The forms of a workbook as reports: which tables, on one sheet or on several, are pieces of one and the same.

A table without a school and date of its own that answers other items than the one before belongs to it: a heading
repeated on each page, a second sheet. A whole report of another school or date is one of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.reading.answers.values import is_blank
from pipeline.reading.finding.grid_rows import GridRow, find_grid_rows
from pipeline.reading.finding.head import Meta
from pipeline.reading.finding.identity import Identity, read_identity
from pipeline.reading.finding.ledger import Ledger, is_hint
from pipeline.reading.finding.order import title_above
from pipeline.reading.finding.rows import find_rows
from pipeline.reading.finding.tables import FormOnSheet, find_forms, find_parts
from pipeline.reading.opening.book import Sheet
from pipeline.reading.schools import Schools
from schemas import own_form
from schemas.addresses import Spot
from schemas.form import Form, Kind
from schemas.reports import PROBLEM

_NAMELESS = {"SCHOOL-MISSING", "DATE-MISSING"}


@dataclass(frozen=True)
class Piece:
    """A form, or a part of one, on a sheet; `last_row`: the last one before the next. `loose`: no form by itself."""

    sheet: Sheet
    found: FormOnSheet
    last_row: int
    form: Form
    schools: Schools
    loose: bool = False

    @cached_property
    def head(self) -> tuple[Ledger, Identity]:
        """What its own head says, in a ledger that nobody else writes into."""
        ledger = Ledger(self.sheet, self.form)
        return ledger, read_identity(ledger, self.found, self.schools, Meta())

    @cached_property
    def title(self) -> str:
        """What the lines above it call the report; blank where none does."""
        return title_above(self.sheet, self.found)

    @property
    def nameless(self) -> bool:
        """Has it neither a school nor a date of its own?"""
        return {remark.code for remark in self.head[0].remarks} == _NAMELESS

    @cached_property
    def answered(self) -> frozenset[str]:
        """The items with something written right of their wording; `problem` where problems are."""
        items = {row.number for row in find_rows(self.sheet, self.found.items, self.form) if self._is_filled(row.row)}
        table = self.found.problems
        rows = range(table.first, table.last + 1) if table else ()
        problems = table and any(Spot(row, table.columns.measure) in self.sheet.cells for row in rows)
        return frozenset(items | {PROBLEM} if problems else items) | self._answered_in_grids()

    def _answered_in_grids(self) -> frozenset[str]:
        """Rows of the form's own tables with something written in them; a line of a list by what it says."""
        rows = [(grid, row) for grid in self.found.grids for row in find_grid_rows(self.sheet, grid, self.form)]
        return frozenset(said for grid, row in rows if (said := self._said_in(row)))

    def _said_in(self, row: GridRow) -> str:
        cells = [self.sheet.cells.get(Spot(row.row, column)) for column in sorted(row.columns)]
        filled = [str(cell.value) for cell in cells if cell is not None and not is_blank(cell)]
        if not filled or row.item is None:
            return ""
        return row.item.number if row.item.kind is Kind.ROW else "|".join([row.item.number, *filled])

    def _is_filled(self, row: int) -> bool:
        table = self.found.items
        aside = {column for column, meaning in table.meanings.items() if meaning.aside}
        last = table.width or max(spot.column for spot in self.sheet.cells)
        for column in {*range(1, last + 1)} - {table.columns.number, table.columns.measure, table.parts}:
            cell = self.sheet.cells.get(Spot(row, column))
            hint = cell is not None and any(is_hint(item, cell) for item in self.form.items)
            if cell is not None and column not in aside and not hint and not is_blank(cell):
                return True
        return False


def reports_in(sheets: tuple[Sheet, ...], form: Form, schools: Schools) -> list[list[Piece]]:
    """The pieces of each report of a workbook, the one with the head first."""
    reports: list[list[Piece]] = []
    for sheet in sheets:
        for piece in _pieces_on(sheet, form, schools):
            before = reports[-1] if reports else None
            if before and _is_other_part(before, piece) and (piece.nameless or _same_head(before[0], piece)):
                before.append(piece)
            elif before and not piece.loose and before[0].nameless and _is_other_part(before, piece):
                before.insert(0, piece)  # the sheet with the head comes last
            elif not piece.loose:
                reports.append([piece])
    return reports


def _pieces_on(sheet: Sheet, form: Form, schools: Schools) -> Iterator[Piece]:
    """From top to bottom."""
    if sheet.name == own_form.META_SHEET or not sheet.cells:
        return
    found = find_forms(sheet, form)
    parts = found or find_parts(sheet, form)
    for here, after in zip(parts, [*parts, None][1:], strict=True):
        last_row = after.head_first - 1 if after else max(sheet.cells).row
        yield Piece(sheet, here, last_row, form, schools, loose=not found)


def _is_other_part(before: list[Piece], piece: Piece) -> bool:
    """Does it answer items, and mostly others than those before it?"""
    first, items = before[0], frozenset[str]().union(*(one.answered for one in before))
    alike = first.sheet.hidden == piece.sheet.hidden and _is_own(first) == _is_own(piece)
    return alike and bool(items and piece.answered) and 2 * len(piece.answered & items) < len(piece.answered)


def _is_own(piece: Piece) -> bool:
    return piece.found.items.columns.own_form


def _same_head(one: Piece, other: Piece) -> bool:
    mine, theirs = one.head[1], other.head[1]
    return mine.school is not None and mine.as_of is not None and mine == theirs
