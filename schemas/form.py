"""A report form as data: frozen, typed, loaded strictly from `schemas/form-*.toml`.

Nothing here (or to the right of it) knows an item number of a particular order. No pandas: workers import this.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal, assert_never

import msgspec

from schemas.strict import UsageError, load

FORMS = Path(__file__).parent


def load_form(name_or_path: str | Path) -> "Form":
    """The form called so (`form-547`) or lying at that path. Raises UsageError with one Russian sentence."""
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = FORMS / f"{name_or_path}.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in FORMS.glob("form-*.toml")))
        raise UsageError(f"Формы «{name_or_path}» нет; есть: {known}. Исправьте ключ form в настройках.")
    form = load(path, Form)
    for problem in _contradictions(form):
        raise UsageError(f"Файл {path.name}: {problem}.")
    return form


@cache
def known_forms() -> tuple["Form", ...]:
    """All forms that lie beside this module, by which a report on another order is called by its name."""
    return tuple(load_form(path) for path in sorted(FORMS.glob("form-*.toml")))


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


class Form(_Data, frozen=True, dict=True):
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
    targets: tuple[Target, ...]
    second_card: SecondCard
    coverage: CoverageMatrix
    controls: tuple[Control, ...]
    stages: tuple[Stage, ...]
    problem_groups: tuple[WordGroup, ...]
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


def _contradictions(form: Form) -> Iterator[str]:
    """What the types alone cannot see, each a clause that names the key."""
    numbers = [item.number for item in form.items]
    yield from (f"пункт «{n}» стоит дважды (items)" for n in _repeated(numbers))
    yield from (f"основа «{b}» стоит дважды (bases)" for b in _repeated(b.id for b in form.bases))
    bases = {base.id for base in form.bases}
    for base in form.bases:
        if base.part_of and base.part_of not in bases:
            yield f"bases.{base.id}.part_of называет неизвестную основу «{base.part_of}»"
    for item in form.items:
        here = f"пункт {item.number}"
        if item.parent and item.parent not in numbers:
            yield f"{here}: нет пункта {item.parent}, под которым он стоит (items)"
        if (item.kind is Kind.COVERAGE) != bool(item.base):
            yield f"{here}: ключ base нужен пунктам вида coverage и только им"
        if item.base and item.base not in bases:
            yield f"{here}: base называет неизвестную основу «{item.base}»"
        if (item.kind is Kind.COVERAGE) != bool(item.asks):
            yield f"{here}: ключ asks нужен пунктам вида coverage и только им"
        if item.gather and item.kind is not Kind.TEXT:
            yield f"{here}: ключ gather нужен только пунктам вида text"
        if item.groups and not item.gather:
            yield f"{here}: при ключе groups нужен ключ gather"
        if item.measured and not (item.column and item.about):
            yield f"{here}: нужны ключи column и about"
        if item.due and not (item.short and item.about):
            yield f"{here}: при сроке due нужны ключи short и about"
    for key, number in _named_items(form):
        if number not in numbers:
            yield f"{key} называет пункт «{number}», которого в форме нет"
    if form.headline.item in numbers and form.headline_item.kind is not Kind.COVERAGE:
        yield f"headline.item: пункт {form.headline.item} должен быть вида coverage"
    yield from (f"coverage.rows называет неизвестную основу «{b}»" for b in form.coverage.rows if b not in bases)
    shown = [n for group in form.coverage.groups for n in group.items]
    if sorted(shown) != sorted(item.number for item in form.coverage_items):
        yield "coverage.groups должны называть каждый пункт с долей ровно один раз"
    yield from _target_contradictions(form.targets)
    if form.plausible.rise < 0 or min(msgspec.structs.astuple(form.plausible)[1:]) < 1:
        yield "plausible: rise не может быть меньше 0, остальные ключи — меньше 1"
    if list(form.order.reporting_dates) != sorted(set(form.order.reporting_dates)):
        yield "order.reporting_dates должны идти по возрастанию и не повторяться"


def _target_contradictions(targets: tuple[Target, ...]) -> Iterator[str]:
    for target in targets:
        if not 0 <= target.min <= target.max <= 100:
            yield f"targets {target.by:%d.%m.%Y}: нужно 0 ≤ min ≤ max ≤ 100"
    for earlier, later in pairwise(targets):
        if later.by <= earlier.by:
            yield f"targets {later.by:%d.%m.%Y}: сроки должны идти по возрастанию"
        elif later.min < earlier.max:
            yield f"targets {later.by:%d.%m.%Y}: полоса перекрывается с предыдущей"


def _named_items(form: Form) -> Iterator[tuple[str, str]]:
    yield "headline.item", form.headline.item
    yield "second_card.item", form.second_card.item
    for group in form.coverage.groups:
        yield from (("coverage.groups", number) for number in group.items)
    for group in form.coverage.columns:
        yield from (("coverage.columns", number) for number in group.items)
    for control in form.controls:
        yield "controls.item", control.item
        yield "controls.limit", control.limit
    for stage in form.stages:
        for measure in stage.measures:
            yield from ((f"stages «{measure.title}»", number) for number in measure.items)


def _repeated(values: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({v for v in values if v in seen or seen.add(v)})  # type: ignore[func-returns-value]
