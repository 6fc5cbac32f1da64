"""A report form as data: frozen, typed, loaded strictly from `schemas/form-*.toml`.

Nothing here (or to the right of it) knows an item number of a particular order. No pandas: workers import this.
"""

import re
from contextlib import suppress
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, assert_never

import msgspec

from schemas.strict import UsageError, load

FORMS = Path(__file__).parent


def load_form(name_or_path: str | Path) -> "Form":
    """The form called so (`form-547`) or lying at that path. Raises UsageError with one Russian sentence."""
    from schemas.form_proofs import require_consistent  # it proves forms against what Svod's own sheets are made of

    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = FORMS / f"{name_or_path}.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in FORMS.glob("form-*.toml")))
        raise UsageError(
            f"Формы «{name_or_path}» нет; есть: {known}. Исправьте имя или путь: в настройках его задаёт ключ form."
        )
    form = load(path, Form)
    require_consistent(form, path)
    return form


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


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Paper(_Data, frozen=True):
    title: str
    due: date


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


class Item(_Data, frozen=True):
    """One item. A `|` in `short` and `column` is a line break put by hand in a table's heading."""

    number: str
    kind: Kind
    title: str
    about: str = ""  # what it is about, for a sentence: «п. 6.2 (ознакомление родителей)»
    hint: str = ""
    blank: str = ""  # what the order prints after the title to be filled in
    short: str = ""  # heading on «Этапы»
    column: str = ""  # heading on «Охват»
    spellings: tuple[str, ...] = ()
    base: str = ""
    # coverage only: does the order ask for people and percent, or for percent alone
    asks: Literal["people", "percent", ""] = ""
    classes: bool = False
    # text only: what the answers are gathered by, each a name or a list of things; blank: told as they are
    gather: Literal["name", "list", ""] = ""
    groups: tuple["WordGroup", ...] = ()
    due: date | None = None
    optional: bool = False
    may_be_not_provided: bool = False
    may_be_not_required: bool = False
    cumulative: bool | None = None  # overrides the form's

    @property
    def parent(self) -> str:
        """Number of the item over it: `6` for `6.1`, blank for `6`."""
        return self.number.rpartition(".")[0]

    @property
    def wordings(self) -> tuple[str, ...]:
        """The order's own wording and the known spellings of it."""
        return self.title, *self.spellings

    @property
    def measured(self) -> bool:
        """Has a share that can be put into a table: a coverage or a volume."""
        match self.kind:
            case Kind.COVERAGE | Kind.VOLUME:
                return True
            case Kind.GROUP | Kind.PERSON | Kind.TEXT | Kind.DOCUMENT | Kind.ACTS | Kind.YES_NO:
                return False
            case _:
                assert_never(self.kind)

    @property
    def documented(self) -> bool:
        """Is answered by a document or by several: number and date of each."""
        match self.kind:
            case Kind.DOCUMENT | Kind.ACTS:
                return True
            case Kind.GROUP | Kind.PERSON | Kind.TEXT | Kind.COVERAGE | Kind.VOLUME | Kind.YES_NO:
                return False
            case _:
                assert_never(self.kind)


class Problems(_Data, frozen=True):
    title: str
    problem: tuple[str, ...]
    solution: tuple[str, ...]


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
    groups: tuple[ItemGroup, ...]  # whose coverage, with the items that are shown of it
    rows: tuple[str, ...]  # bases
    columns: tuple[ItemGroup, ...]


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
    bases: tuple[Base, ...]
    items: tuple[Item, ...]
    problems: Problems
    headline: Headline
    targets: tuple[Target, ...] = ()
    second_card: SecondCard
    coverage: CoverageMatrix
    controls: tuple[Control, ...] = ()
    stages: tuple[Stage, ...] = ()
    problem_groups: tuple[WordGroup, ...] = ()
    plausible: Plausible = Plausible()
    cumulative: bool = True  # does each report build on the one before: what it leaves blank stands as it stood

    @property
    def shown_items(self) -> list[Item]:
        """Coverage items in the order of their groups."""
        return [self.item(number) for group in self.coverage.groups for number in group.items]

    def item(self, number: str) -> Item:
        """The item of that number; a row of acts (`4.2`) leads to its item (`4`). KeyError if there is none."""
        if number in self._by_number:
            return self._by_number[number]
        above = self._by_number[number.rpartition(".")[0]]
        if above.kind is not Kind.ACTS:
            raise KeyError(number)
        return above

    def answered_by(self, number: str) -> str:
        """Number of the item that is answered there: by a row of acts its item; what is no item (a row of problems)
        stays what it is."""
        try:
            return self.item(number).number
        except KeyError:
            return number

    def base(self, base_id: str) -> Base:
        return next(b for b in self.bases if b.id == base_id)

    def wholes_of(self, base_id: str) -> tuple[str, ...]:
        """Ids of the bases that the base is a part of, the nearest first; none for a whole."""
        whole = self.base(base_id).part_of
        return (whole, *self.wholes_of(whole)) if whole else ()

    @cached_property
    def _by_number(self) -> dict[str, Item]:
        return {item.number: item for item in self.items}

    @cached_property
    def coverage_items(self) -> tuple[Item, ...]:
        """Items with a share, in the form's order: coverage and volume."""
        return tuple(item for item in self.items if item.measured)

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
        """Does what once stood at the item stand until another answer is given. Not what is no item: problems."""
        if not number or number.startswith("problem"):
            return False
        own = self.item(number).cumulative
        return self.cumulative if own is None else own

    @cached_property
    def due_items(self) -> tuple[Item, ...]:
        """Items with a due date, in the form's order."""
        return tuple(item for item in self.items if item.due)

    @property
    def headline_item(self) -> Item:
        return self.item(self.headline.item)

    @property
    def answer_due(self) -> dict[str, date]:
        """From when an empty answer is a remark: the due date, for the headline item its first target."""
        due = {item.number: item.due for item in self.items if item.due}
        if self.targets:
            due.setdefault(self.headline.item, self.targets[0].by)
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
