"""What travels between the rooms of reading: raw cells with their addresses, and the facts and reports made of them.

Plain tuples and frozen dataclasses only: all of it crosses the border of a worker process.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal, NamedTuple

from schemas.remarks import Remark

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


class Spot(NamedTuple):
    """Row and column on a sheet, both from 1."""

    row: int
    column: int


class Sheet(NamedTuple):
    name: str
    cells: dict[Spot, Cell]  # the non-empty ones only
    hidden: bool = False
    merged: tuple[tuple[Spot, Spot], ...] = ()  # first and last cell of each merged area
    places: dict[int, str] | None = None  # of a text document: row -> «таблица 1, строка 7»

    def address(self, spot: Spot) -> str:
        """How people find the cell: `B7`, in a text document the row of its table."""
        return address(spot) if self.places is None else self.places[spot.row]


class Book(NamedTuple):
    sheets: tuple[Sheet, ...]


class Fact(NamedTuple):
    """One thing that a cell says. `value`: text, or a number (people; percent 0–100); dates in ISO form.

    `half` is half a unit of the last digit written, in percentage points (0 for an exact number): 87 % is 86,5–87,5.
    """

    item: str
    field: str
    value: str | float
    cell: str
    half: float = 0.0
    basis: str = "stated"


class Strange(NamedTuple):
    """A wording or a school's name that no list knows, understood all the same. `means`: an item's number, or the
    code of a school."""

    kind: Literal["item", "school"]
    written: str
    means: str


@dataclass(frozen=True)
class ReportRead:
    """One form on one sheet, as read: nothing judged yet beyond what could not be read."""

    sheet: str
    school: str  # code in the registry; blank when unknown
    school_as_written: str
    as_of: date | None
    facts: tuple[Fact, ...]
    answer_cells: dict[str, str] = field(default_factory=dict)  # item -> the cell where its answer belongs
    written: frozenset[str] = frozenset()  # items whose answer cell is not blank, readable or not
    bases: tuple[tuple[str, float, str], ...] = ()  # base, people, cell: the passport of Svod's own form
    own_form: bool = False
    strange: tuple[Strange, ...] = ()


@dataclass(frozen=True)
class FileRead:
    """What came out of one file of the inbox. `file` is relative to the input folder, with `/`."""

    file: str
    digest: str
    reports: tuple[ReportRead, ...] = ()
    remarks: tuple[Remark, ...] = ()


def address(spot: Spot) -> str:
    """Spot(7, 2) -> `B7`."""
    row, column = spot
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


@dataclass(frozen=True)
class School:
    """One row of the registry's sheet «Школы». `bases`: base id -> people."""

    code: str
    name: str
    full_name: str = ""
    aliases: tuple[str, ...] = ()
    bases: dict[str, float] = field(default_factory=dict)
    classes: int | None = None
    email: str = ""
    since: date | None = None
    until: date | None = None

    def in_being(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Recipient(NamedTuple):
    """One row of «Рассылка». `wants`: «сводка», «проблемы», «сбои»."""

    name: str
    email: str
    wants: str = "сводка"


class Waiver(NamedTuple):
    """One row of «Исключения». A blank `code` leaves the item out of the school's plan (the order's note); a blank
    `item` stands for the report as such."""

    school: str
    item: str
    code: str = ""
    reason: str = ""
    who: str = ""
    until: date | None = None

    def covers(self, item: str, day: date) -> bool:
        return item == self.item and (self.until is None or day <= self.until)

    @property
    def words(self) -> str:
        return f"{self.reason or 'основание не указано'}{f' ({self.who})' if self.who else ''}"


class Tick(NamedTuple):
    """One row of «Документы»: a paper or measure that no report shows, by its title in the form. `day`: when it came,
    where «Получен» holds a date."""

    school: str
    document: str
    received: bool
    day: date | None = None


@dataclass(frozen=True)
class Registry:
    """The registry as plain rows. `draft`: there was no registry, the schools are those that the reports name.
    `ticks`: None where there is no sheet «Документы»."""

    schools: tuple[School, ...] = ()
    mailing: tuple[Recipient, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    ticks: tuple[Tick, ...] | None = None
    remarks: tuple[Remark, ...] = ()
    draft: bool = False

    def school(self, code: str) -> School | None:
        return next((s for s in self.schools if s.code == code), None)
