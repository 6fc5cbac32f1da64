"""Which row of a table on a sheet is which of the form's, and where a list of lines ends."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.reading.answers.numbers import takes_no_answer
from pipeline.reading.answers.values import is_blank
from pipeline.reading.finding.form_tables import Grid, figures_of
from pipeline.reading.finding.rows import item_numbers
from pipeline.reading.finding.signatures import closing_row
from pipeline.reading.finding.tables import Columns, numbers_columns
from pipeline.reading.opening.book import Cell, Sheet
from schemas import own_form
from schemas.addresses import Spot
from schemas.form import Form, Item, Kind, in_digits
from schemas.likeness import SAME_WORDING, best_likeness, plain

_ODD_WORDING = 60.0  # beside its own number a wording may be this odd
_TOTALS = ("итого", "всего")  # with these begins a line that sums a list up


@dataclass(frozen=True)
class GridRow:
    """A row with answers. `item` is None where the form has no such row; of a list it is the list's. `columns`: column
    of the sheet -> id of the table's. `words`: its title as typed; `doubtful`: its number is another's; `sums_up`: the
    list below which it stands as «Итого»."""

    row: int
    item: Item | None
    columns: Mapping[int, str]
    words: str = ""
    doubtful: bool = False
    sums_up: Item | None = None


def find_grid_rows(sheet: Sheet, grid: Grid, form: Form) -> Iterator[GridRow]:
    """The rows with something written in them, top to bottom; rows that the form has also where they are blank."""
    reader = _GridReader(sheet, grid, form)
    if reader.rows:
        yield from reader.rows_of_items()
    elif reader.lists:
        yield from reader.lines()


def closing_of(sheet: Sheet, grid: Grid, form: Form) -> int:
    """The row with which the signature begins below a table; the one behind its last if there is none."""
    blocks = (row for row in range(grid.first, grid.last + 1) if _begins_own_block(sheet, grid, row))
    left = grid.label or min(grid.values)
    columns = Columns(grid.number or max(left - 1, 1), left, max(grid.values))
    closing = closing_row(sheet, grid.first, grid.last, columns, form)
    while closing <= grid.last and _is_row_of_form(sheet, grid, closing, form):  # «Директор» may be a row's title
        closing = closing_row(sheet, closing + 1, grid.last, columns, form)
    return min(next(blocks, grid.last + 1), closing)


def _is_row_of_form(sheet: Sheet, grid: Grid, row: int, form: Form) -> bool:
    cell = sheet.cells.get(Spot(row, grid.label))
    items = (item for item in form.items if item.kind is Kind.ROW and item.table in grid.columns)
    return cell is not None and isinstance(cell.value, str) and any(is_named(cell.value, item) for item in items)


def _begins_own_block(sheet: Sheet, grid: Grid, row: int) -> bool:
    cells = (sheet.cells.get(Spot(row, column)) for column in {grid.number, grid.label} - {0})
    return any(cell is not None and cell.value == own_form.SIGNED for cell in cells)


def column_numbers(sheet: Sheet, grid: Grid) -> int:
    """The row «1 | 2 | 3» right below the heading; 0 where there is none."""
    columns = Columns(grid.number, grid.label or min(grid.values), 0)
    return grid.first if numbers_columns(sheet, grid.first, columns, max(grid.values)) else 0


class _GridReader:
    def __init__(self, sheet: Sheet, grid: Grid, form: Form) -> None:
        self.sheet, self.grid, self.form = sheet, grid, form
        own = [item for item in form.items if item.table in grid.columns]
        self.rows = [item for item in own if item.kind is Kind.ROW]
        self.lists = [item for item in own if item.kind is Kind.ROWS]
        self.last: Item | None = None
        self.numbers = column_numbers(sheet, grid)

    # ── rows that the form names ─────────────────────────────────────────────────────────────────────────────────────

    def rows_of_items(self) -> Iterator[GridRow]:
        apart = False  # has a blank line been passed
        for row in range(self.grid.first, closing_of(self.sheet, self.grid, self.form)):
            if row == self.numbers:
                continue
            words = self._words(row)
            numbers = self._numbers(row) or self._roman_number(row, words)
            values = self._values(row)
            if not numbers and not words and not values:
                apart = True
                continue
            item, doubtful = self._item(numbers, words)
            if item:
                self.last = item
                yield GridRow(row, item, self.grid.columns[item.table], words, doubtful)
            elif self._is_stranger(values, bool(numbers), words, apart):
                yield GridRow(row, None, self._any_columns(), words)

    def _is_stranger(self, values: list[Cell], numbered: bool, words: str, apart: bool) -> bool:
        """Are there answers in a row that the form lacks: below the table only what has figures in it."""
        filled = [cell for cell in values if not takes_no_answer(cell)]
        if apart and not numbered:
            return any(not isinstance(cell.value, str) for cell in filled)
        return bool(filled)

    def _item(self, numbers: list[str], words: str) -> tuple[Item | None, bool]:
        """The row's item, and whether its number is another's. Where they contradict each other the words decide."""
        numbered = [item for number in numbers for item in self.rows if item.number == number]
        if not words:
            return (numbered[0] if len(numbered) == 1 else self._next(numbered)), False
        exact = [item for item in self.rows if is_named(words, item)]
        if both := [item for item in numbered if item in exact]:
            return both[0], False
        fitting = [item for item in numbered if _fits(words, item)]
        if not exact and fitting:
            return (fitting[0] if len(fitting) == 1 else self._next(fitting)), False
        alike = exact or [item for item in self.rows if _is_alike(words, item)]
        found = self._whose_turn(alike)
        return found, found is not None and bool(numbers)

    def _next(self, items: list[Item]) -> Item | None:
        """Of «1.1» and «1.10», which Excel makes the same number, the one that follows the row above."""
        order = [item.number for item in self.rows]
        at = order.index(self.last.number) + 1 if self.last else 0
        return next((item for item in items if order[at : at + 1] == [item.number]), None)

    def _whose_turn(self, alike: list[Item]) -> Item | None:
        """Of rows so worded the only one, or the only one under the title above or the row above."""
        if len(alike) < 2:
            return alike[0] if alike else None
        above = [self.grid.under, *((self.last.number, self.last.parent) if self.last else ())]
        for number in filter(None, above):
            under = [item for item in alike if item.parent == number]
            if len(under) == 1:
                return under[0]
        return None

    # ── lines that a school adds ─────────────────────────────────────────────────────────────────────────────────────

    def lines(self) -> Iterator[GridRow]:
        under = [item for item in self.lists if item.number == self.grid.under] or self.lists
        item = under[0] if len(under) == 1 else None
        count, apart = 0, False
        for row in range(self.grid.first, closing_of(self.sheet, self.grid, self.form)):
            if row == self.numbers:
                continue
            values = self._values(row)
            if not values:
                apart = apart or not self._numbers(row)
                continue
            numbered = str(count + 1) in self._numbers(row)
            if apart and not numbered and len(values) < 2:
                continue
            count += 1
            columns = self.grid.columns[item.table] if item else self._any_columns()
            if self._sums_up(row):
                yield GridRow(row, None, columns, self._first(row), sums_up=item)
            else:
                yield GridRow(row, item, columns, self._first(row))

    def _sums_up(self, row: int) -> bool:
        return plain(self._first(row)).split()[:1] in ([word] for word in _TOTALS)

    def _first(self, row: int) -> str:
        """The first words of a line."""
        columns = sorted({self.grid.number, self.grid.label, *self.grid.values} - {0})
        cells = [self.sheet.cells.get(Spot(row, column)) for column in columns]
        texts = [cell.value for cell in cells if cell and isinstance(cell.value, str)]
        return next((text for text in texts if re.search(r"[^\W\d]", text)), "")

    # ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _numbers(self, row: int) -> list[str]:
        return item_numbers(self.sheet.cells.get(Spot(row, self.grid.number))) if self.grid.number else []

    def _roman_number(self, row: int, words: str) -> list[str]:
        """«II.1» for 2.1, where the words are that row's."""
        cell = self.sheet.cells.get(Spot(row, self.grid.number)) if self.grid.number else None
        number = in_digits(cell.value) if cell is not None and isinstance(cell.value, str) else ""
        return [item.number for item in self.rows if item.number == number and is_named(words, item)]

    def _words(self, row: int) -> str:
        """The row's title: the class of «4» may be a number."""
        cell = self.sheet.cells.get(Spot(row, self.grid.label)) if self.grid.label else None
        if cell is None or cell.fault or is_blank(cell):
            return ""
        if isinstance(cell.value, float):
            return f"{cell.value:g}"
        return cell.value if isinstance(cell.value, str) else ""

    def _values(self, row: int) -> list[Cell]:
        cells = (self.sheet.cells.get(Spot(row, column)) for column in self.grid.values)
        return [cell for cell in cells if cell is not None and not is_blank(cell)]

    def _any_columns(self) -> Mapping[int, str]:
        return next(iter(self.grid.columns.values()))


# ── titles of rows ───────────────────────────────────────────────────────────────────────────────────────


def _same(text: str) -> str:
    """A title as it is compared: «1-4 кл.» and «1–4 классы», «в т. ч.» and «в том числе» are the same."""
    words = re.sub(r"\bв т ч\b", "в том числе", plain(text))
    return re.sub(r"\bкл(?:асс[а-я]*)?\b", "класс", words)


def _variants(text: str) -> set[str]:
    """As it stands, and without what is bracketed: «Всего (стр. 1 + стр. 2)» is «Всего»."""
    return {_same(text), _same(re.sub(r"\([^)]*\)", " ", text))} - {""}


def is_named(words: str, item: Item) -> bool:
    return any(_variants(words) & _variants(one) for one in item.wordings)


def _is_alike(words: str, item: Item) -> bool:
    return _likeness(words, item) >= SAME_WORDING


def _fits(words: str, item: Item) -> bool:
    """May the words stand beside the item's number: like its own, or some of them."""
    said = _same(words).split()
    part = any(set(said) <= set(_same(one).split()) for one in item.wordings)
    return bool(said) and (part or _likeness(words, item) >= _ODD_WORDING)


def _likeness(words: str, item: Item) -> float:
    """Of wordings with the same figures alone."""
    pairs = [
        (said, known)
        for said in _variants(words)
        for one in item.wordings
        for known in _variants(one)
        if figures_of(said) == figures_of(known)
    ]
    return max((best_likeness(said, (known,)) for said, known in pairs), default=0.0)
