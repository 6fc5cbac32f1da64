"""The one reader of the registry's sheets: a declared table and a workbook in, rows of typed values out.

A cell that is not understood is `UNKNOWN` and a remark with sheet, cell and what follows of it; a blank one is None, or
the blank text. In a column whose heading is not understood every cell is UNKNOWN, and it is said once.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from pipeline.reading.answers.dates import find_dates, read_date
from pipeline.reading.answers.values import as_text, is_blank
from pipeline.reading.answers.yes_no import read_yes_no
from pipeline.reading.finding.rows import item_numbers
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.registry_headings import Headings, find_headings, find_sheet, nearest
from pipeline.reading.schools import Schools
from pipeline.wording import shortened
from schemas import registry_book as book_of
from schemas.addresses import Spot, address
from schemas.district import UNKNOWN, Received, School, Unknown
from schemas.form import Form
from schemas.likeness import SAME_WORDING, likeness, plain
from schemas.registry_book import (
    FILE,
    Address,
    Column,
    Day,
    ItemNumber,
    Need,
    Number,
    OwnCode,
    Plan,
    RemarkCode,
    SchoolCode,
    Table,
    Text,
    Tick,
    Title,
    Words,
)
from schemas.remarks import Remark, remark
from schemas.reports import FIRST_YEAR, NO, YES

_NEAR_WORD = 60.0  # letters alike, 0–100: worth naming beside a word that is not known
_SAME_WORD = 75.0  # «сводку» is «сводка»
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_FIRST_YEAR = 1900  # of a school; a paper of the order cannot have come before its reports (`FIRST_YEAR`)
_FEWEST_NUMBERED = 4  # columns: a school may have the code 1, be called «2» and have 3 classes
_BESIDE_A_DATE = {"включительно"}  # and the words of the column's heading: «до 01.09.2014 включительно»
_CAME_ON = {"", "от"}  # «от 20.12.2013»


@dataclass(frozen=True)
class Known:
    """What the words of the registry are compared with. `codes`: those of the catalogue of remarks; `beside`: forms of
    the other orders that the same registry serves, whose columns, items and papers are no mistakes in it."""

    form: Form
    codes: tuple[str, ...]
    schools: Schools
    beside: tuple[Form, ...] = ()

    def columns_beside(self, table: Table) -> tuple[Column, ...]:
        """What the other orders need on that sheet."""
        tables = (one for form in self.beside for one in book_of.tables(form))
        return tuple(column for one in tables if one.sheet == table.sheet for column in one.columns)


@dataclass(frozen=True)
class SheetRead:
    """A sheet of the registry. `rows`: those below the headings in which something stands. `remarks`: on its headings,
    and on each cell that has been asked for and is not understood."""

    name: str
    headings: Headings
    rows: "list[Row]"
    remarks: list[Remark]


def read_sheet(book: Book, table: Table, known: Known) -> SheetRead | None:
    """The sheet of that table; None where there is none, or an empty one."""
    sheet = find_sheet(book, table)
    if sheet is None:
        return None
    by_row = _by_row(sheet)
    headings = find_headings(table, by_row, known.columns_beside(table))
    remarks = list(headings.remarks(sheet.name))
    below = [(number, cells) for number, cells in by_row.items() if number > headings.row]
    rows = [Row(sheet.name, number, cells, headings, known, remarks) for number, cells in below]
    return SheetRead(sheet.name, headings, [row for row in rows if not row.is_blank], remarks)


def _by_row(sheet: Sheet) -> dict[int, dict[int, Cell]]:
    """Row -> column -> cell, top to bottom."""
    by_row: dict[int, dict[int, Cell]] = {}
    for spot, cell in sorted(sheet.cells.items()):
        by_row.setdefault(spot.row, {})[spot.column] = cell
    return by_row


@dataclass(frozen=True)
class Row:
    """One row. To ask for a cell that is not understood adds to the sheet's `remarks`: each is asked for once."""

    sheet: str
    number: int
    cells: dict[int, Cell]
    headings: Headings = field(repr=False)
    known: Known = field(repr=False)
    remarks: list[Remark] = field(repr=False)

    @property
    def is_blank(self) -> bool:
        """Nothing stands in a column of the table."""
        return all(is_blank(self.cells[number]) for number in self.headings.columns if number in self.cells)

    @property
    def numbers_columns(self) -> bool:
        """«1 2 3 4», «А Б 1 2»: a line by which papers refer to the columns."""
        said = [as_typed(cell) for _, cell in sorted(self.cells.items()) if not (cell.fault or is_blank(cell))]
        numbers = [str(number) for number in range(1, len(said) + 1)]
        return len(said) >= _FEWEST_NUMBERED and said in (numbers, ["А", "Б", *numbers[:-2]])

    @property
    def holds_one_cell(self) -> bool:
        """Nothing stands in any other, under a heading or not."""
        return sum(not is_blank(cell) for cell in self.cells.values()) == 1

    # ── a cell of each kind ──────────────────────────────────────────────────────────────────────────────

    def text(self, column: Text) -> str | Unknown:
        """Blank where nothing stands there; a number as its digits, with the zeros that its format shows («01»)."""
        return self._text_of(self._cell(column, "REGISTRY-CELL"))

    def number_in(self, column: Number) -> float | Unknown | None:
        cell = self._cell(column, "REGISTRY-NUMBER")
        if not isinstance(cell, Cell):
            return cell
        found = _whole_number(cell)
        if found is None or not 0 <= found <= column.most:
            return self._not_read("REGISTRY-NUMBER", column, cell)
        return found

    def figure_in(self, column: Plan) -> float | Unknown | None:
        cell = self._cell(column, "REGISTRY-FIGURE")
        if not isinstance(cell, Cell):
            return cell
        found = _figure(cell)
        return self._not_read("REGISTRY-FIGURE", column, cell) if found is None else found

    def day(self, column: Day) -> date | Unknown | None:
        cell = self._cell(column, "REGISTRY-DATE")
        if not isinstance(cell, Cell):
            return cell
        words = {word for heading in column.headings for word in plain(heading).split()}
        found = read_date(cell, _FIRST_YEAR) if _beside_the_date(cell) <= words | _BESIDE_A_DATE else None
        return found or self._not_read("REGISTRY-DATE", column, cell)

    def email(self, column: Address) -> str | Unknown:
        """Blank where nothing stands there."""
        cell = self._cell(column, "REGISTRY-ADDRESS")
        typed = self._text_of(cell)
        if isinstance(cell, Cell) and isinstance(typed, str) and not _EMAIL.fullmatch(typed):
            return self._not_read("REGISTRY-ADDRESS", column, cell)
        return typed

    def words(self, column: Words) -> frozenset[str] | Unknown:
        """The known words that stand there; the column's `blank` where nothing does. All must be known."""
        cell = self._cell(column, "REGISTRY-CELL", dash_is_blank=False)
        if not isinstance(cell, Cell):
            return UNKNOWN if cell is UNKNOWN else frozenset({column.blank})
        typed = as_typed(cell)
        parts = [part.strip() for part in re.split(r"[,;/\n]|\bи\b", typed) if part.strip()]
        found = {part: _known_word(part, column.words) for part in parts}
        strange = [part for part, word in found.items() if not word]
        if strange or not found:
            return self._not_understood(column, cell, strange[0] if strange else typed, column.words)
        return frozenset(found.values())

    def tick(self, column: Tick) -> tuple[Received, date | None]:
        """Has it come, and on which day, where a date says so."""
        cell = self._cell(column, "REGISTRY-CELL")
        if not isinstance(cell, Cell):
            return (Received.UNKNOWN if cell is UNKNOWN else Received.NO), None
        received, day = _tick(cell, column)
        if received is Received.UNKNOWN:
            self._not_understood(column, cell, as_typed(cell))
        return received, day

    def school(self, column: SchoolCode) -> School | Unknown:
        cell = self._cell(column, "REGISTRY-CELL")
        if not isinstance(cell, Cell):
            return UNKNOWN if cell is UNKNOWN else self._strange(column, "код школы не указан")
        typed = as_typed(cell)
        found = self.known.schools.by_code(typed)
        return found or self._strange(column, f"в реестре нет школы с кодом «{shortened(typed, 20)}»", typed)

    def item(self, column: ItemNumber) -> str | Unknown:
        """The number of an item; Excel makes a number or a date of it, as it does in the form. Blank where nothing
        stands there."""
        cell = self._cell(column, "REGISTRY-CELL")
        if not isinstance(cell, Cell):
            return self._text_of(cell)
        items = {item.number for item in self.known.form.items}
        typed = as_typed(cell)
        meant = item_numbers(cell) or [typed]
        found = next((number for number in meant if number in items), "")
        if not found and any(item.number in meant for form in self.known.beside for item in form.items):
            return UNKNOWN  # of another order
        return found or self._strange(column, f"в форме нет пункта «{shortened(meant[0], 20)}»", typed)

    def remark_code(self, column: RemarkCode) -> str | Unknown:
        """Blank where nothing stands there."""
        cell = self._cell(column, "REGISTRY-CELL")
        if not isinstance(cell, Cell):
            return self._text_of(cell)
        code = as_typed(cell).upper()
        return code if code in self.known.codes else self._not_understood(column, cell, code, self.known.codes)

    def title(self, column: Title) -> str | Unknown:
        cell = self._cell(column, "REGISTRY-CELL")
        if not isinstance(cell, Cell):
            return UNKNOWN if cell is UNKNOWN else self._strange(column, "документ не указан")
        typed = as_typed(cell)
        found = max(self.known.form.unseen, key=lambda title: likeness(typed, title), default="")
        if likeness(typed, found) >= SAME_WORDING:
            return found
        if any(likeness(typed, title) >= SAME_WORDING for form in self.known.beside for title in form.unseen):
            return UNKNOWN  # of another order
        return self._strange(column, f"среди документов приказа нет «{shortened(typed, 40)}»", typed)

    def typed(self, column: Column) -> str:
        """What stands there, understood or not; blank where nothing does."""
        cell = self.cells.get(self.headings.at.get(column.heading, 0))
        return "" if cell is None or cell.fault else as_typed(cell)

    def unheaded(self) -> Iterator[str]:
        """The texts that stand under no heading of the table."""
        others = (cell for number, cell in self.cells.items() if number not in self.headings.columns)
        return (cell.value for cell in others if isinstance(cell.value, str))

    # ── what is said of it ───────────────────────────────────────────────────────────────────────────────

    def say(self, code: str, at: Column, /, **data: object) -> None:
        """A remark on a cell of this row."""
        places = {"file": FILE, "sheet": self.sheet, "cell": self.address(at), "school": self._own_school}
        self.remarks.append(remark(code, **places, **data))

    def address(self, column: Column) -> str:
        """Of the row's cell; blank where there is no such column."""
        number = self.headings.at.get(column.heading)
        return address(Spot(self.number, number)) if number else ""

    def must_not(self, column: Column, what: str, value: str = "") -> None:
        """A remark in free words on a cell that is read, but cannot be used so."""
        self.say("REGISTRY-CELL", column, what=what, value=value, column=column.heading, meaning=column.unread)

    def _not_read(self, code: str, column: Column, cell: Cell) -> Unknown:
        self.say(code, column, value=_shown(cell), column=column.heading, meaning=column.unread)
        return UNKNOWN

    def _not_understood(self, column: Column, cell: Cell, words: str, known: tuple[str, ...] = ()) -> Unknown:
        near = nearest(words, known, _NEAR_WORD)
        what = f"«{shortened(words, 40)}» не понято{f' (похоже на «{near}»)' if near else ''}"
        self.must_not(column, what, _shown(cell))
        return UNKNOWN

    def _strange(self, column: Column, what: str, value: str = "") -> Unknown:
        self.say(self.headings.table.strange, column, what=what, value=value)
        return UNKNOWN

    @property
    def _own_school(self) -> str:
        """Code of the row's school as typed; blank where the sheet is not one of schools."""
        first = self.headings.table.columns[0]
        cell = self.cells.get(self.headings.at.get(first.heading, 0))
        return as_typed(cell) if cell and not cell.fault and isinstance(first, OwnCode | SchoolCode) else ""

    def _cell(self, column: Column, code: str, dash_is_blank: bool = True) -> Cell | Unknown | None:
        """None where nothing stands there. `code`: what is said of an error value."""
        number = self.headings.at.get(column.heading)
        if number is None:
            unknown = column.heading in self.headings.unclear or column.need is Need.REQUIRED
            return UNKNOWN if unknown else None
        cell = self.cells.get(number)
        if cell is None or (dash_is_blank and is_blank(cell)):
            return None
        if not cell.fault:
            return cell
        if code == "REGISTRY-CELL":
            return self._not_understood(column, cell, _shown(cell))
        return self._not_read(code, column, cell)

    def _text_of(self, cell: Cell | Unknown | None) -> str | Unknown:
        if isinstance(cell, Cell):
            return as_typed(cell)
        return UNKNOWN if cell is UNKNOWN else ""


def as_typed(cell: Cell) -> str:
    """The cell as text; a number as its digits, with the zeros that its format shows («01»)."""
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        zeros = re.fullmatch(r"0+", cell.format or "")
        return f"{int(value):0{len(zeros[0]) if zeros else 1}d}"
    return value.strip() if isinstance(value, str) else as_text(value)


def _shown(cell: Cell) -> str:
    return "формула без значения" if cell.fault == "no_value" else as_text(cell.value)


def _whole_number(cell: Cell) -> float | None:
    """«42», «1 200», and «42,00», as programs write it that export a list; None where it is anything but that."""
    value = cell.value
    if isinstance(value, str) and (written := re.fullmatch(r"([0-9][0-9\s]*)(?:[.,]0{1,2})?", value.strip())):
        value = float(re.sub(r"\s", "", written[1]))
    return value if isinstance(value, float) and value.is_integer() else None


def _figure(cell: Cell) -> float | None:
    """Not below zero; None where it is anything but a figure."""
    value = cell.value
    if isinstance(value, str) and re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", value):
        value = float(value.replace(",", "."))
    return value if isinstance(value, float) and value >= 0 and math.isfinite(value) else None


def _beside_the_date(cell: Cell) -> set[str]:
    """The words and signs of a text beside the dates in it."""
    if not isinstance(cell.value, str):
        return set()
    text = cell.value
    for written in find_dates(text, _FIRST_YEAR):
        text = text.replace(written.text, " ")
    return set(re.findall(r"[^\W_]+|[^\w\s.,;()]", text.casefold()))  # a «?» is one of them


def _known_word(said: str, known: tuple[str, ...]) -> str:
    """The known word that is meant, mistyped or declined; blank where it is none of them. Several words are none:
    «не сводка» is no «сводка»."""
    near = nearest(said, known, _SAME_WORD)
    if "?" in said or (" " in plain(said) and plain(said) != plain(near)):
        return ""
    return near


def _tick(cell: Cell, column: Tick) -> tuple[Received, date | None]:
    if not isinstance(cell.value, str | bool):
        day = read_date(cell)
        return (Received.YES if day else Received.UNKNOWN), day
    text = as_typed(cell)
    dates = list(find_dates(text, FIRST_YEAR))
    if not dates:
        return _in_words(text, column), None
    if len(dates) > 1 or dates[0].day is None:
        return Received.UNKNOWN, None
    beside = text.replace(dates[0].text, " ").strip(" .,;")
    came = beside.casefold() in _CAME_ON or _in_words(beside, column) is Received.YES
    return (Received.YES, dates[0].day) if came else (Received.UNKNOWN, None)


def _in_words(text: str, column: Tick) -> Received:
    """A sign that is no letter («✓») is compared as it is; «да?» is no yes."""
    if "?" in text:
        return Received.UNKNOWN
    said = plain(text) or text.strip()
    if said in {plain(word) or word for word in column.yes}:
        return Received.YES
    if said in {plain(word) or word for word in column.no}:
        return Received.NO
    meant = read_yes_no(text)
    if meant.url:  # an address says where something is, not that it has come
        return Received.UNKNOWN
    return {YES: Received.YES, NO: Received.NO}.get(meant.said, Received.UNKNOWN)
