"""A report form as data: frozen, typed, loaded strictly from `schemas/form-*.toml`.

Nothing here (or to the right of it) knows an item number of a particular order. No pandas: workers import this.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, NamedTuple, assert_never

import msgspec

from schemas.grades import grades_of
from schemas.likeness import plain, stems
from schemas.meaning import SMALL_WORDS, Told, told_by_hint, told_by_title
from schemas.own_names import ALL_SHARES
from schemas.periods import Every, Periods
from schemas.strict import UsageError, is_file

FORMS = Path(__file__).parent


def load_form(name_or_path: str | Path) -> "Form":
    """The form called so (`form-547`) or lying at that path. Raises UsageError with one Russian sentence."""
    from schemas.form_proofs import proved  # it proves forms against what Svod's own sheets are made of

    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = FORMS / f"{name_or_path}.toml"
    if not is_file(path):
        known = ", ".join(sorted(p.stem for p in FORMS.glob("form-*.toml")))
        raise UsageError(
            f"Формы «{name_or_path}» нет; есть: {known}. Исправьте имя или путь: в настройках его задаёт ключ form."
        )
    return proved(path)


def in_digits(number: str) -> str:
    """The number as forms have it: «IV.1» is 4.1, «01» is 1. What is no number stays as it is."""
    first, dot, rest = number.strip().rstrip(".)").partition(".")
    roman = _ROMAN.get(first.upper().translate(_AS_LATIN))
    return f"{roman or first.lstrip('0') or first}{dot}{rest}"


_AS_LATIN = str.maketrans("ІХ", "IX")  # as they are typed on a Russian keyboard
_ROMAN = {
    roman: n for n, roman in enumerate(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"), 1)
}


@cache
def known_forms() -> tuple["Form", ...]:
    """All forms that lie beside this module, by which a report on another order is called by its name. One that is
    still being written may contradict itself: it names nothing, and stops no run on another form."""
    forms = []
    for path in sorted(FORMS.glob("form-*.toml")):
        with suppress(UsageError):
            forms.append(load_form(path))
    return tuple(forms)


class Kind(StrEnum):
    """How the answer to an item is read (domain.md, «The form»)."""

    GROUP = "group"  # a heading over numbered items: no answer of its own
    PERSON = "person"  # full name; position
    TEXT = "text"
    DOCUMENT = "document"  # number and date
    ACTS = "acts"  # any number of rows below: title and document
    COVERAGE = "coverage"  # people covered of a base
    VOLUME = "volume"  # percent of the needed volume: no people behind it
    YES_NO = "yes_no"  # with an address, if wanted
    NUMBER = "number"  # a figure with a unit: people, roubles, days
    CHOICE = "choice"  # one or several of the order's own words
    DATE = "date"  # of a row of a list
    LINK = "link"  # address of a page
    ROW = "row"  # of a table: answered column by column, no answer of its own
    ROWS = "rows"  # any number of rows below, each answered column by column


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Paper(_Data, frozen=True):
    """`spellings`: what else it is called where it comes as a file (`*`: any ending); `item`: whose answer names its
    number and date."""

    title: str
    due: date
    spellings: tuple[str, ...] = ()
    item: str = ""


Date = date  # `date` is also a field of Order


class Order(_Data, frozen=True):
    number: str
    date: date
    reporting_dates: tuple[Date, ...]
    papers: tuple[Paper, ...] = ()


class Recognise(_Data, frozen=True):
    """Known spellings by which head and table of a form are found on a sheet; the order's own first."""

    titles: tuple[str, ...]
    school: tuple[str, ...]
    as_of: tuple[str, ...]
    number: tuple[str, ...]
    measure: tuple[str, ...]
    answer: tuple[str, ...]
    note: tuple[str, ...]
    signatures: tuple[str, ...]
    not_provided: tuple[str, ...]
    not_required: tuple[str, ...]
    # Instead of an answer: that the former one stands, that it is taken back; and words that may stand beside these.
    former: tuple[str, ...] = ()
    former_beside: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    dash_is_zero: bool = False  # in a number cell of a table of rows: «прочерк означает ноль»


class Words(_Data, frozen=True):
    """Words of the order's matter that no title has. `beside`: they say nothing new beside a figure or a yes; `done`:
    what was done with the people that a figure counts. A `*` at the end is any ending."""

    beside: tuple[str, ...] = ()
    done: tuple[str, ...] = ()


class Base(_Data, frozen=True):
    """A whole that coverage is a share of, people. `registry` is how its column in «Школы» begins;
    `name` is the defined name of its cell in the form; `people` its three plural forms."""

    id: str
    registry: str
    label: str
    group: str
    people: tuple[str, str, str]
    name: str
    part_of: str = ""  # the base that it cannot exceed
    grades: str = ""  # whose people it counts, `5-9`; blank: of the whole school


class Unit(_Data, frozen=True):
    """What a figure counts. `words`: its three plural forms; `short`: as it stands behind a figure («руб.»). `of`: the
    smaller unit that `factor` of make this one («тыс. руб.» is 1000 of «руб.»)."""

    id: str
    short: str
    words: tuple[str, str, str]
    spellings: tuple[str, ...] = ()
    of: str = ""
    factor: float = 1


class Choice(_Data, frozen=True):
    """One of the answers that an item lets choose from. `done`: whoever has chosen it has done what the item asks.
    `address`: whoever has chosen it names the address of a page too."""

    title: str
    spellings: tuple[str, ...] = ()
    done: bool = True
    address: bool = False


Counts = Literal["stock", "flow", "since_new_year"]


class Asked(_Data, frozen=True, dict=True, kw_only=True):
    """What is asked for at an item or in a column of a table."""

    kind: Kind
    title: str
    hint: str = ""
    spellings: tuple[str, ...] = ()
    base: str = ""  # the whole that it is a share of, or cannot exceed
    optional: bool = False
    required: bool = False  # from the first report on: a blank is an error, whether it has a due date or not
    # number only
    unit: str = ""
    decimals: int = 0
    min: float | None = 0
    max: float | None = None
    # the municipality's figure: the sum or the mean over schools, or Σ of the first of `ratio` ÷ Σ of the second
    add: Literal["sum", "mean", "ratio", "none"] = "sum"
    ratio: tuple[str, ...] = ()
    add_periods: bool = True  # is a flow of a year the sum of its periods: not of the same people
    counts: Counts | None = None  # overrides the period's
    plan: str = ""  # how the column of «Школы» with each school's plan begins
    better: Literal["more", "less"] = "more"
    reason: str = ""  # number of the item where a reason must stand if the plan is missed
    any_day: bool = False  # date only: one that need not lie within what the report is for, «срок», «действует до»
    # choice only
    choices: tuple[Choice, ...] = ()
    several: bool = False

    @cached_property
    def wordings(self) -> tuple[str, ...]:
        """The order's own wording and the known spellings of it."""
        return self.title, *self.spellings

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """Of what is chosen from: the order's words, or yes and no; of other kinds none."""
        return (YES, NO) if self.kind is Kind.YES_NO else tuple(choice.title for choice in self.choices)

    @cached_property
    def counted_over_schools(self) -> bool:
        """A figure with a unit, a choice, a yes or no."""
        return self.kind is Kind.NUMBER or bool(self.answers)

    @cached_property
    def asks_position(self) -> bool:
        """Of a person: not where the order's words ask for the name alone, «Ф.И.О. наставника»."""
        said = " ".join((*self.wordings, self.hint)).casefold()
        return not re.search(r"\bф\.?\s?и\.?\s?о\b|\bфамили", said) or "должн" in said


class Column(Asked, frozen=True, kw_only=True):
    """One column of a table. The cell of a row in it is the item `row/id`. `base = "row"`: the row's."""

    id: str


ROW_BASE = "row"
OF_ROW_FIGURES = (
    "unit",
    "decimals",
    "min",
    "max",
    "add",
    "counts",
    "add_periods",
)  # what a row may say for columns that name no unit


class Table(_Data, frozen=True):
    """Items side by side: each row an item of the kind ROW that names it, or, of a ROWS item, a line that a school
    adds. A column's `required` is of rows in which anything is answered but zeros; a row's own, of that row anyhow.
    `label`: how the column of the rows' titles is headed, the order's own first; blank where a row has none. `closed`:
    cells that take no answer («х»). `at_least`, `at_most`: of the lines that a school adds."""

    id: str
    columns: tuple[Column, ...]
    label: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    at_least: int = 0
    at_most: int | None = None


class Lines(NamedTuple):
    """Where a school adds lines, and how many there may be: under an item, in a list or as acts, or in the table of
    problems (`PROBLEM`)."""

    number: str
    at_least: int
    at_most: int | None

    @property
    def bounded(self) -> bool:
        """Does the order say how many."""
        return self.at_least > 0 or self.at_most is not None


PROBLEM = "problem"  # item of the whole table of problems; `problem.1` is the first of its rows
YES, NO = "да", "нет"  # values of a fact of the field `yes`

_WHOLE, _SLIP = 100.0, 1e-9  # percent; what binary fractions may take away


class Item(Asked, frozen=True, kw_only=True):
    """One item. A `|` in `short` and `column` is a line break put by hand in a table's heading."""

    number: str
    table: str = ""  # of a ROW or ROWS: in which table it stands
    # acts only: of the rows that a school adds; of a list its table says it
    at_least: int = 0
    at_most: int | None = None
    about: str = ""  # what it is about, for a sentence: «п. 6.2 (ознакомление родителей)»
    blank: str = ""  # what the order prints after the title to be filled in
    short: str = ""  # heading on «Этапы»
    column: str = ""  # heading on «Охват»
    # coverage only: does the order ask for people and percent, or for percent alone
    asks: Literal["people", "percent", ""] = ""
    classes: bool = False
    # text only: what the answers are gathered by, each a name or a list of things; blank: told as they are
    gather: Literal["name", "list", ""] = ""
    groups: tuple["WordGroup", ...] = ()
    due: date | None = None
    # at what it is done: of a share its percent (100 where nothing is said), of a number the figure (any, where nothing
    # is said) or at most so much where less is better, of several choices how many of those that are `done`
    done_at: float | None = None
    may_be_not_provided: bool = False
    may_be_not_required: bool = False
    cumulative: bool | None = None  # overrides the form's

    @cached_property
    def parent(self) -> str:
        """Number of the item over it: `6` for `6.1`, blank for `6`."""
        return self.number.rpartition(".")[0]

    def at(self, number: str) -> "Item":
        """The same asked for at another address."""
        return msgspec.structs.replace(self, number=number)

    def is_done_at(self, figure: float) -> bool:
        """Is what is asked for done with that percent, number or so many choices."""
        at = _WHOLE if self.done_at is None else self.done_at
        return figure <= at + _SLIP if self.better == "less" else figure >= at - _SLIP

    @property
    def asks_address(self) -> bool:
        """Does one of its choices ask for the address of a page."""
        return any(choice.address for choice in self.choices)

    @cached_property
    def measured(self) -> bool:
        """Has a share that can be put into a table: a coverage or a volume."""
        match self.kind:
            case Kind.COVERAGE | Kind.VOLUME:
                return True
            case Kind.GROUP | Kind.PERSON | Kind.TEXT | Kind.DOCUMENT | Kind.ACTS | Kind.YES_NO:
                return False
            case Kind.NUMBER | Kind.CHOICE | Kind.DATE | Kind.LINK | Kind.ROW | Kind.ROWS:
                return False
            case _:
                assert_never(self.kind)

    @cached_property
    def documented(self) -> bool:
        """Is answered by a document or by several: number and date of each."""
        match self.kind:
            case Kind.DOCUMENT | Kind.ACTS:
                return True
            case Kind.GROUP | Kind.PERSON | Kind.TEXT | Kind.COVERAGE | Kind.VOLUME | Kind.YES_NO:
                return False
            case Kind.NUMBER | Kind.CHOICE | Kind.DATE | Kind.LINK | Kind.ROW | Kind.ROWS:
                return False
            case _:
                assert_never(self.kind)


class Problems(_Data, frozen=True):
    """What gets in the way: a table below the items with two headings, the order's own words first, or two `columns` of
    a list among the items (`4/проблема`, `4/решение`), beside which others may stand."""

    title: str = ""
    problem: tuple[str, ...] = ()
    solution: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    at_least: int = 0
    at_most: int | None = None


class Headline(_Data, frozen=True):
    """The item that leadership is asked about first, and the words for it."""

    item: str
    name: str
    sheet: str
    total_column: str
    count_column: str
    share_column: str
    chart: str
    share_of: str
    to_act: str


class Target(_Data, frozen=True):
    """From `by` on, `min`–`max` percent (0–100) are asked of the headline item."""

    by: date
    min: float
    max: float


class SecondCard(_Data, frozen=True):
    item: str
    title: str
    brief: str


class ItemGroup(_Data, frozen=True):
    title: str
    items: tuple[str, ...]


class CoverageMatrix(_Data, frozen=True):
    groups: tuple[ItemGroup, ...] = ()  # whose coverage, with the items that are shown of it
    rows: tuple[str, ...] = ()  # bases
    columns: tuple[ItemGroup, ...] = ()


class Control(_Data, frozen=True):
    """`not_above`: in people, `item` cannot exceed `limit`; an error on `item`."""

    kind: Literal["not_above"]
    item: str
    limit: str
    said: str
    limit_said: str
    reason: str
    brief: str
    hint: str


class Relation(_Data, frozen=True):
    """What must hold between addresses of one report; an error on `item`.

    `sum`: `item` is the sum of `of`; `product`: their product; `ratio`: the first of them by the second; `equal`: all
    are the same; `of_which`: `item` is a part of the one of `of`. `*` in an address stands for every row or column, the
    same in all of a relation; `rows`: for these rows alone; `6/#` in `of` is how many lines the list 6 has. A
    difference of `tolerance` is none."""

    kind: Literal["sum", "product", "ratio", "equal", "of_which"]
    item: str
    of: tuple[str, ...]
    rows: tuple[str, ...] = ()
    tolerance: float = 0


class Period(_Data, frozen=True):
    """What a report is about: the state on its date, or a span whose last day its reporting date is. `due`: until when
    the report of each reporting date has to be sent; where there is none, on the date itself."""

    every: Every = "date"
    counts: Counts = "stock"
    due: tuple[Date, ...] = ()

    def key(self, last: Date) -> str:
        """The period that ends on that day, as programs write it: `2026-01`, `2026-Q1`, `2026-W05`, `2026`; the date of
        a state."""
        match self.every:
            case "week":
                return f"{last:%G-W%V}"
            case "month":
                return f"{last:%Y-%m}"
            case "quarter":
                return f"{last.year}-Q{(last.month + 2) // 3}"
            case "year":
                return str(last.year)
            case "date":
                return last.isoformat()
            case _:
                assert_never(self.every)


class Card(_Data, frozen=True):
    """A figure of the first page where no item is the headline."""

    item: str
    title: str


class Plausible(_Data, frozen=True):
    """What growth and which figures are told as information, though a school may well have done it.

    rise: more percentage points than these, between reports no more than `rise_days` apart. alike: so many items that
    have grown by the same, so many points or people at least. round: so many figures, all people that a
    report states or all percents without people, each a multiple of ten."""

    rise: float = 80
    rise_days: int = 70
    alike: int = 5
    alike_points: float = 5
    alike_people: int = 10
    round: int = 6


class Measure(_Data, frozen=True, rename={"since": "from"}):
    title: str
    items: tuple[str, ...]
    due: date | None = None
    since: date | None = None


class Stage(_Data, frozen=True):
    title: str
    measures: tuple[Measure, ...]


class WordGroup(_Data, frozen=True):
    """Wordings that mean one thing: those in which a word begins with one of the stems."""

    title: str
    stems: tuple[str, ...]


class Form(_Data, frozen=True, dict=True, kw_only=True):
    id: str
    version: int
    title: str
    subject: str
    office: str
    order: Order
    recognise: Recognise
    words: Words = Words()
    bases: tuple[Base, ...] = ()
    items: tuple[Item, ...]
    problems: Problems | None = None
    headline: Headline | None = None
    targets: tuple[Target, ...] = ()
    second_card: SecondCard | None = None
    coverage: CoverageMatrix = CoverageMatrix()
    controls: tuple[Control, ...] = ()
    units: tuple[Unit, ...] = ()
    tables: tuple[Table, ...] = ()
    relations: tuple[Relation, ...] = ()
    period: Period = Period()
    cards: tuple[Card, ...] = ()
    stages: tuple[Stage, ...] = ()
    problem_groups: tuple[WordGroup, ...] = ()
    plausible: Plausible = Plausible()
    cumulative: bool = True  # does each report build on the one before: what it leaves blank stands as it stood

    @cached_property
    def all_wordings(self) -> tuple[str, ...]:
        """Of every item."""
        return tuple(words for item in self.items for words in item.wordings)

    @property
    def coverage_groups(self) -> tuple[ItemGroup, ...]:
        """The groups of «Охват»; where the form names none, all its items with a share are one."""
        if self.coverage.groups or not self.coverage_items:
            return self.coverage.groups
        return (ItemGroup(ALL_SHARES, tuple(item.number for item in self.coverage_items)),)

    @property
    def shown_items(self) -> list[Item]:
        """Coverage items in the order of their groups."""
        return [self.item(number) for group in self.coverage_groups for number in group.items]

    def item(self, number: str) -> Item:
        """The item of that number, or of the address of a table's cell (`3.1/завтраки`); a row of acts (`4.2`) leads to
        its item (`4`), a cell of an added row (`6.2/дата`) to that of its column (`6/дата`). KeyError if there is
        none."""
        known = self._by_number.get(number)
        if known is not None:
            return known
        row, slash, column = number.partition("/")
        above = row.rpartition(".")[0]
        found = self._by_number[f"{above}{slash}{column}"]
        if (self._by_number[above].kind if slash else found.kind) not in (Kind.ACTS, Kind.ROWS):
            raise KeyError(number)
        return found

    def numbered(self, number: str) -> "Item | None":
        """The item that bears this very number in the order; no cell of a table, no row of acts."""
        return self._numbered.get(number)

    @cached_property
    def _numbered(self) -> dict[str, "Item"]:
        return {item.number: item for item in reversed(self.items)}

    def has(self, number: str) -> bool:
        """Is there an item of that number, or a cell of that address that takes an answer."""
        return number in self._by_number

    def answered_by(self, number: str) -> str:
        """Number of the item that is answered there: by a row of acts its item; what is no item (a row of problems)
        stays what it is."""
        answered = self._answered_by.get(number)
        if answered is None:
            try:
                answered = self.item(number).number
            except KeyError:
                answered = number
            self._answered_by[number] = answered
        return answered

    @cached_property
    def _answered_by(self) -> dict[str, str]:
        """Of the numbers asked for so far: it is asked of every fact of every report."""
        return {}

    def base(self, base_id: str) -> Base:
        return self._by_base[base_id]

    @cached_property
    def _by_base(self) -> dict[str, Base]:
        return {base.id: base for base in self.bases}

    def grades_of_base(self, base_id: str, grades: Iterable[int]) -> frozenset[int]:
        """Those of a school's grades whose people the base counts."""
        own = frozenset(grades)
        counted = self.base(base_id).grades if base_id else ""
        return own & grades_of(counted) if counted else own

    @cached_property
    def words_beside(self) -> frozenset[str]:
        """`Words.beside`, as readers look it up: for every word of every answer."""
        return frozenset(self.words.beside)

    @cached_property
    def words_done(self) -> frozenset[str]:
        return frozenset(self.words.done)

    def own_stems(self, number: str) -> frozenset[str]:
        """How the words begin in which the form speaks of an item or a cell, of its group, its base and of itself: they
        say nothing new beside its answer. Those of other items do: they may be what another figure counts; and so do
        those of what the form names as a part or leaves out, but for words that the title of the item has too."""
        return self._own_stems[self.item(number).number]

    def title_stems(self, number: str) -> frozenset[str]:
        """How the words begin of the title of an item or a cell itself, and of its known spellings."""
        return self._title_stems[self.item(number).number]

    def left_out(self, number: str) -> frozenset[str]:
        """Words, as `plain` writes them, of what the form names as a mere part of an item or a cell, or leaves out."""
        return self._left_out[self.item(number).number]

    def asked_stems(self, number: str) -> frozenset[str]:
        """How the words begin that name what is asked for itself: of its title, and of the people of its base."""
        return self._asked_stems[self.item(number).number]

    @cached_property
    def _asked_stems(self) -> dict[str, frozenset[str]]:
        people = {base.id: stems(" ".join(base.people)) for base in self.bases}
        return {
            number: own | people.get(self.people_of(number), frozenset()) for number, own in self._title_stems.items()
        }

    @cached_property
    def _left_out(self) -> dict[str, frozenset[str]]:
        return {one.number: _left_out_of(one, self) for one in (*self.items, *self.cells)}

    @cached_property
    def _own_stems(self) -> dict[str, frozenset[str]]:
        own = self._title_stems
        return {one.number: own[one.number] | _stems_around(one, self) for one in (*self.items, *self.cells)}

    @cached_property
    def _title_stems(self) -> dict[str, frozenset[str]]:
        return {one.number: _stems_of_title(one.number, self) for one in (*self.items, *self.cells)}

    def wholes_of(self, base_id: str) -> tuple[str, ...]:
        """Ids of the bases that the base is a part of, the nearest first; none for a whole."""
        whole = self.base(base_id).part_of
        return (whole, *self.wholes_of(whole)) if whole else ()

    @cached_property
    def _by_number(self) -> dict[str, Item]:
        return {item.number: item for item in (*self.items, *self.cells)}

    def table(self, table_id: str) -> Table:
        return next(table for table in self.tables if table.id == table_id)

    def unit(self, unit_id: str) -> Unit:
        return next(unit for unit in self.units if unit.id == unit_id)

    def unit_said(self, asked: Asked) -> tuple[str, tuple[str, ...]]:
        """As it stands behind a figure, and after 1, 2 and 5; blank where nothing is counted in a unit."""
        if not asked.unit:
            return "", ()
        unit = self.unit(asked.unit)
        return unit.short, unit.words

    @cached_property
    def cells(self) -> tuple[Item, ...]:
        """The cells of all tables as items, row by row, but for those that take no answer; of a list those of one row,
        `6/дата`."""
        rows = [item for item in self.items if item.kind in (Kind.ROW, Kind.ROWS)]
        return tuple(
            _cell(row, column)
            for row in rows
            for column in self.table(row.table).columns
            if f"{row.number}/{column.id}" not in self.table(row.table).closed
        )

    def column_of(self, address: str) -> Column:
        """Of the cell of a table. KeyError, StopIteration where there is none."""
        row, _, column = address.partition("/")
        return next(one for one in self.table(self.item(row).table).columns if one.id == column)

    def people_of(self, number: str) -> str:
        """The base of an item; of a table's cell that of its row. Blank where it has none."""
        return self.item(number).base or self.item(number.partition("/")[0]).base

    @cached_property
    def cells_of_rows(self) -> frozenset[str]:
        """Addresses of the cells of rows that the form itself names, those of a school's own lines left out."""
        rows = {item.number for item in self.items if item.kind is Kind.ROW}
        return frozenset(cell.number for cell in self.cells if cell.number.partition("/")[0] in rows)

    def cells_of(self, number: str) -> tuple[Item, ...]:
        """The cells of a table's row, from left to right."""
        return self._cells_by_row.get(number, ())

    @cached_property
    def _cells_by_row(self) -> dict[str, tuple[Item, ...]]:
        found: dict[str, tuple[Item, ...]] = {}
        for cell in self.cells:
            row = cell.number.partition("/")[0]
            found[row] = (*found.get(row, ()), cell)
        return found

    @cached_property
    def questions(self) -> tuple[Item, ...]:
        """Whatever has an answer of its own, in the form's order: items, and the cells of tables in place of rows."""
        return tuple(
            one
            for item in self.items
            if item.kind is not Kind.GROUP
            for one in (self.cells_of(item.number) if item.kind in (Kind.ROW, Kind.ROWS) else (item,))
        )

    @cached_property
    def asks_for_figures(self) -> bool:
        """Does it ask for anything that is no share, no document and no words: figures with a unit, choices, lists."""
        figures = (Kind.NUMBER, Kind.CHOICE, Kind.DATE, Kind.LINK)
        return bool(self.tables) or any(item.kind in figures for item in self.items)

    @property
    def problem_table(self) -> Problems | None:
        """Of problems, where they have a table of their own below the items."""
        return self.problems if self.problems and not self.problems.columns else None

    @cached_property
    def lists(self) -> dict[str, Lines]:
        """Wherever a school adds lines, by number."""
        bounds: dict[str, Item | Table | Problems]
        bounds = {item.number: item for item in self.items if item.kind is Kind.ACTS}
        bounds |= {item.number: self.table(item.table) for item in self.items if item.kind is Kind.ROWS}
        bounds |= {PROBLEM: self.problem_table} if self.problem_table else {}
        return {number: Lines(number, one.at_least, one.at_most) for number, one in bounds.items()}

    def counts(self, number: str) -> Counts:
        """What the figure of an item is: how it stands, of its period alone, or since the new year."""
        return self.item(number).counts or self.period.counts

    @cached_property
    def periods(self) -> Periods:
        ends = self.order.reporting_dates[0].weekday()
        return Periods(self.period.every, ends, self.period.counts == "since_new_year")

    @cached_property
    def dues(self) -> dict[date, date]:
        """Reporting date -> until when its report has to be sent, where that is not the date itself."""
        return dict(zip(self.order.reporting_dates, self.period.due, strict=False))

    @cached_property
    def coverage_items(self) -> tuple[Item, ...]:
        """Items with a share, in the form's order: coverage and volume."""
        return tuple(item for item in self.items if item.measured)

    @cached_property
    def shown(self) -> frozenset[str]:
        """Numbers of the items that show a measure of a stage."""
        return frozenset(number for stage in self.stages for measure in stage.measures for number in measure.items)

    @cached_property
    def unseen(self) -> tuple[str, ...]:
        """Titles of the papers and measures that no report shows: the office ticks them off in the registry."""
        measures = (measure for stage in self.stages for measure in stage.measures)
        return (*(paper.title for paper in self.order.papers), *(m.title for m in measures if not m.items))

    def under(self, number: str) -> tuple[str, ...]:
        """Numbers of all items that stand under the item, those under them too."""
        below = [item.number for item in self.items if number and item.parent == number]
        return (*below, *(deeper for one in below for deeper in self.under(one)))

    def is_cumulative(self, number: str) -> bool:
        """Does what once stood at the item stand until another answer is given. Not what is no item: problems; not what
        is told of a period; and not lines of a list, unless it says so: the second line of one report is not that of
        the next."""
        if not number or number.startswith(PROBLEM):
            return False
        own, row = self.item(number).cumulative, self.item(number.partition("/")[0])
        stands = self.counts(number) == "stock" and self.period.every == "date"
        return ((self.cumulative and row.kind is not Kind.ROWS) if own is None else own) and stands

    @cached_property
    def due_items(self) -> tuple[Item, ...]:
        """Items with a due date, in the form's order."""
        return tuple(item for item in self.items if item.due)

    @property
    def has_milestones(self) -> bool:
        """Does the order ask for anything by a date, or in stages."""
        return bool(self.due_items or self.targets or self.stages or self.order.papers)

    @property
    def has_matrix(self) -> bool:
        """Does the form lay out the small table of coverage for the first page."""
        return bool(self.coverage.rows and self.coverage.columns)

    @property
    def lead(self) -> Headline:
        """The headline, for what is written of it alone: whoever asks knows that the form has one."""
        if self.headline is None:
            raise LookupError(f"The form {self.id} has no headline.")
        return self.headline

    @property
    def has_plan(self) -> bool:
        """Does the order say what share of the headline item is asked for by when."""
        return bool(self.targets)

    @property
    def headline_number(self) -> str:
        """Number of the headline item; blank, which is no item's, where there is none."""
        return self.headline.item if self.headline else ""

    @property
    def headline_item(self) -> Item:
        return self.item(self.lead.item)

    @cached_property
    def telling(self) -> frozenset[str]:
        """Items and cells of which a report answers one at least, or it is empty: all that are not optional, and lists,
        of which may be said that there is nothing to list."""
        told = [question.number for question in self.questions if not question.optional]
        return frozenset(
            [*told, *(above for one in told if self.item(above := one.partition("/")[0]).kind is Kind.ROWS)]
        )

    @property
    def answer_due(self) -> dict[str, date]:
        """From when an empty answer is a remark: the due date, for the headline item its first target."""
        due = {item.number: item.due for item in self.items if item.due}
        if self.targets:
            due.setdefault(self.headline_number, self.targets[0].by)
        return due

    def target_on(self, day: date) -> Target | None:
        """The target in force: the last one whose date is not later than `day`."""
        return max((t for t in self.targets if t.by <= day), key=lambda t: t.by, default=None)

    def next_target(self, day: date) -> Target | None:
        return min((t for t in self.targets if t.by > day), key=lambda t: t.by, default=None)

    def sort_key(self, number: str) -> tuple[int, tuple[int, ...]]:
        """Order of item numbers as the form has them; `problem.3` after all items, blank first."""
        rank = 0 if not number else 2 if number.startswith("problem") else 1
        return rank, tuple(int(part) for part in re.findall(r"\d+", number))


def _stems_of_title(address: str, form: Form) -> frozenset[str]:
    """Of the wordings of an item; of a cell, those of its row and of its column."""
    row = form.item(address.partition("/")[0])
    wordings = (*row.wordings, *form.column_of(address).wordings) if "/" in address else row.wordings
    return stems(" ".join(told_by_title(text).said for text in wordings))


def _stems_around(item: Item, form: Form) -> frozenset[str]:
    """Of all else that the form says of an item and of what is over it, without the words of what it leaves out."""
    return stems(" ".join(one.said for one in _told_around(item, form))) - stems(" ".join(_left_out_of(item, form)))


def _left_out_of(item: Item, form: Form) -> frozenset[str]:
    own = map(told_by_title, item.wordings)
    return frozenset(plain(" ".join(one.left_out for one in (*own, *_told_around(item, form)))).split()) - SMALL_WORDS


def _told_around(item: Item, form: Form) -> Iterator[Told]:
    """What all texts but its own wordings tell of an item."""
    row = item.number.partition("/")[0]
    over = [number for number in (row, row.rpartition(".")[0]) if number != item.number]
    above = [form.item(number) for number in over if form.has(number)]  # a row may be numbered below no item
    known, base = form.recognise, form.people_of(item.number)
    titles = [form.title, form.subject, *known.titles, *known.measure, *known.answer]
    titles += [text for one in above for text in one.wordings]
    titles += [text.replace("|", " ") for text in (item.short, item.column)]
    if base:
        whole = form.base(base)
        titles += [whole.label, whole.registry, whole.group, *whole.people]
    hints = [text for one in (item, *above) for text in (one.hint, one.about, one.blank)]
    yield from map(told_by_title, titles)
    yield from map(told_by_hint, hints)


def _cell(row: Item, column: Column) -> Item:
    """A cell of a table as an item."""
    asked = {name: getattr(column, name) for name in Asked.__struct_fields__}
    asked |= {
        "title": f"{row.title} — {column.title}",
        "base": row.base if column.base == ROW_BASE else column.base,
        "optional": column.optional or row.optional,
        "required": column.required or row.required,
    }
    if is_of_row(column):
        asked |= said_by_row(row)
    return Item(number=f"{row.number}/{column.id}", about=row.about, cumulative=row.cumulative, due=row.due, **asked)


def is_of_row(column: Column) -> bool:
    """Does each row say of what the column's figures are: «Всего» over buses, kilometres and litres."""
    return column.kind is Kind.NUMBER and not column.unit


def said_by_row(row: Item) -> dict[str, object]:
    """What a row says of its figures otherwise than is usual."""
    usual = {field.name: field.default for field in msgspec.structs.fields(Item)}
    said = {name: value for name in OF_ROW_FIGURES if (value := getattr(row, name)) != usual[name]}
    return {**said, "ratio": ()} if "add" in said else said
