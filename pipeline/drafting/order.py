"""All that the rows of an order say of its form, put together: head, items with bases and deadlines, stages, plan."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pipeline.drafting import people
from pipeline.drafting.columns import ROW_OF_PARTS, DraftRelation, DraftTable, relations_of, unit_of, units_of
from pipeline.drafting.dates import days_in, unclear_in
from pipeline.drafting.head import Head, head_of, said_to_do
from pipeline.drafting.items import Found, items_of, ticked_in
from pipeline.drafting.opening import Row
from pipeline.drafting.periods import Periods, periods_of
from pipeline.drafting.stages import (
    SURE,
    Measure,
    Stage,
    Target,
    in_order,
    match,
    meant_by,
    stages_of,
    targets_in,
    untold_shares,
)
from pipeline.drafting.tables import Table, Use, tables_of
from pipeline.wording import band, day, listed, shortened
from schemas.form import Base, Kind, Unit

_IF_NEEDED = re.compile(r"при необходимости|при (?:их )?отсутствии|необходимых изменений", re.IGNORECASE)
_IF_PLAN = "если это план, впишите его в [[targets]]."
_DASH_IS_ZERO = re.compile(r"прочерк\w*\s+(?:означа\w+|считается|—|-)\s+нол|прочерк означает ноль", re.IGNORECASE)


class Due(NamedTuple):
    day: date
    doubt: str = ""


@dataclass(frozen=True)
class Order:
    """`base_of`, `due`: by number of an item. `headline`: the item that the targets are for, or the likeliest; blank
    where no item is a share of people. `if_needed`: items that the order asks for «при необходимости». `asking`: the
    order's tables with the form's items; `tables`: those with several columns of answers; `periods`: where reports are
    of periods; `problems_title` stands over the table of problems. `left`: what could not be drafted, a Russian
    sentence each."""

    head: Head
    items: tuple[Found, ...]
    bases: tuple[Base, ...]
    base_of: dict[str, str]
    due: dict[str, Due]
    stages: tuple[Stage, ...]
    targets: tuple[Target, ...]
    targets_fit: bool
    headline: str
    if_needed: frozenset[str]
    dash_is_zero: bool
    asking: tuple[Table, ...]
    tables: tuple[DraftTable, ...]
    relations: tuple[DraftRelation, ...]
    periods: Periods | None
    problems: Table | None
    problems_title: str
    left: tuple[str, ...]

    def item(self, number: str) -> Found | None:
        return next((item for item in self.items if item.number == number), None)

    @property
    def form(self) -> Table | None:
        """The first table of the form."""
        return next(iter(self.asking), None)

    @property
    def plain_forms(self) -> tuple[Table, ...]:
        """Those with one column of answers, or one to be marked for each; the first of all where there are none."""
        plain = tuple(table for table in self.asking if table.rows and (len(table.answers) == 1 or ticked_in(table)))
        return plain or self.asking[:1]

    @property
    def has_figures(self) -> bool:
        """Is anything asked for that is neither words nor a share."""
        return bool(self.tables) or any(item.asked.kind in (Kind.NUMBER, Kind.CHOICE) for item in self.items)

    @property
    def units(self) -> list[Unit]:
        named = (column.unit for table in self.tables for column in table.columns)
        return units_of([*named, *(item.asked.unit for item in self.items), *self._units_of_rows])

    @property
    def _units_of_rows(self) -> Iterator[str]:
        """That rows name for columns without a unit."""
        open_tables = {t.id for t in self.tables if any(c.kind is Kind.NUMBER and not c.unit for c in t.columns)}
        yield from (
            unit_of(one.measured)[0] for one in self.items if one.table in open_tables and one.asked.kind is Kind.ROW
        )

    @property
    def coverage(self) -> list[Found]:
        return [item for item in self.items if item.asked.kind is Kind.COVERAGE]

    @property
    def measured(self) -> list[Found]:
        return [item for item in self.items if item.asked.kind in (Kind.COVERAGE, Kind.VOLUME)]


def understood(rows: Sequence[Row]) -> Order:
    tables = tables_of(rows)
    head = head_of(rows, tables)
    items, grids, left = items_of(rows, tables)
    periods = periods_of(rows, said_to_do(rows, tables), head.day)
    if periods and periods.ends:
        head = head._replace(reporting=periods.ends, spread=False)
    stages, of_stages = stages_of(tables)
    targets, fit = in_order([*of_stages, *targets_in(rows, tables, head.day)])
    measures = match(stages, items)
    headline = _headline(items, targets)
    left += _without_plan(targets, headline)
    left += (
        f"Проценты («{shortened(one)}») никуда не вошли: {_IF_PLAN}" for one in untold_shares(rows, tables, head.day)
    )
    told = {target.by for target in targets}
    targets = targets if headline else []
    due = _due(items, measures, headline if targets else "")
    bases, base_of = _bases(items)
    problems = next((table for table in tables if table.use is Use.PROBLEMS), None)
    if not (asking := [table for table in tables if table.use is Use.FORM]):
        left.append("Таблицы отчёта («№», «Мероприятия», «Выполнение») в тексте не нашлось: впишите пункты сами.")
    by_period = periods.due if periods else ()
    used = {*by_period, *told, *_used(head, stages, targets), *(one.day for one in due.values())}
    left += _unused_dates(rows, head, used, told_periods=bool(by_period))
    return Order(
        head=head,
        items=tuple(items),
        bases=bases,
        base_of=base_of,
        due=due,
        stages=tuple(stages),
        targets=tuple(targets),
        targets_fit=fit,
        headline=headline,
        if_needed=_if_needed(items, measures),
        dash_is_zero=any(_DASH_IS_ZERO.search(row.text) for row in rows),
        asking=tuple(asking),
        tables=tuple(grids),
        relations=tuple(relation for grid in grids for relation in relations_of(grid, _titles(grid, items))),
        periods=periods,
        problems=problems,
        problems_title=_title_of(problems, rows),
        left=tuple(left),
    )


def _without_plan(targets: Sequence[Target], headline: str) -> Iterator[str]:
    """The order's plan where the draft has no item that it could be of."""
    if targets and not headline:
        said = listed([f"к {day(one.by)} — {band(one.low, one.high)}" for one in targets], 4)
        yield f"План ({said}) никуда не вошёл: доли людей, о которой он говорит, среди пунктов нет."


def _title_of(table: Table | None, rows: Sequence[Row]) -> str:
    """What stands right over it."""
    return rows[table.start - 1].text if table and table.start else ""


def _titles(grid: DraftTable, items: Iterable[Found]) -> dict[str, str]:
    return {item.number: item.title for item in items if item.number in grid.rows}


def _headline(items: Sequence[Found], targets: Sequence[Target]) -> str:
    """The item that the targets speak of; without targets the last share of people."""
    coverage = [item.number for item in items if item.asked.kind is Kind.COVERAGE]
    return (meant_by(targets, items) if targets else "") or (coverage[-1] if coverage else "")


def _due(items: Sequence[Found], measures: dict[str, tuple[Measure, float]], planned: str) -> dict[str, Due]:
    """The item's own deadline, else that of the measure that it shows, else the one that both its neighbours have.
    `planned`: the item with targets has none."""
    found: dict[str, Due] = {}
    asked = [item for item in items if not (item.optional or item.asked.kind is Kind.GROUP or item.number == planned)]
    for item in asked:
        if days := days_in(item.due):
            found[item.number] = Due(days[-1].day)
        elif (pair := measures.get(item.number)) and pair[0].due:
            measure, score = pair
            found[item.number] = Due(pair[0].due, "" if score >= SURE else f"срок взят у «{shortened(measure.title)}»")
    for before, item, after in zip(asked, asked[1:], asked[2:], strict=False):
        one, other = found.get(before.number), found.get(after.number)
        if item.number not in found and one and other and one.day == other.day:
            found[item.number] = Due(one.day, f"срок взят у соседних пунктов {before.number} и {after.number}")
    return found


def _if_needed(items: Iterable[Found], measures: dict[str, tuple[Measure, float]]) -> frozenset[str]:
    """Items that, or whose measure, the order asks for only where there is need."""
    said = {
        item.number: item.title + (measures[item.number][0].title if item.number in measures else "") for item in items
    }
    return frozenset(number for number, text in said.items() if _IF_NEEDED.search(text))


def _bases(items: Iterable[Found]) -> tuple[tuple[Base, ...], dict[str, str]]:
    """The wholes that shares are of, and which item has which."""
    parts: dict[str, Base] = {}
    wanted: list[Base] = []
    base_of = {}
    titles = {item.number: item.title for item in items}
    for item in items:
        whom = item.asked.whom
        if item.asked.kind is not Kind.COVERAGE:
            continue
        if whom.having:
            base = parts.setdefault(whom.having, people.part_of(whom.people, whom.having, len(parts) + 1))
        else:
            assert whom.people is not None  # else it is no share of people
            base = whom.people.base
            if grades := people.grades_in(item.title) or people.grades_in(titles.get(item.parent, "")):
                base = people.in_grades(base, grades, beside_whole=True)
        wanted.append(base)
        base_of[item.number] = base.id
    of_rows = dict(_bases_of_rows(items, {one.id for one in people.whole_of(wanted)}))
    base_of |= {number: base.id for number, base in of_rows.items()}
    return tuple(people.whole_of([*wanted, *of_rows.values()])), base_of


def _bases_of_rows(items: Iterable[Found], wholes: set[str]) -> Iterator[tuple[str, Base]]:
    """Rows that groups of grades name, and their parts, with the pupils of these grades. A row for each grade by itself
    would ask for a column of the registry each."""
    found: dict[str, Base] = {}
    for item in items:
        if item.asked.kind is not Kind.ROW:
            continue
        grades = people.grades_in(item.title)
        if "-" in grades:
            pupils = people.PUPILS.base
            found[item.number] = people.in_grades(pupils, grades, beside_whole=pupils.id in wholes)
        elif item.parent in found and ROW_OF_PARTS.match(item.title):
            found[item.number] = found[item.parent]
    yield from found.items()


# ── nothing is lost ──────────────────────────────────────────────────────────────────────────────────────
def _used(head: Head, stages: Iterable[Stage], targets: Iterable[Target]) -> Iterator[date]:
    yield from head.reporting
    yield from (paper.due for paper in head.papers)
    yield from (target.by for target in targets)
    for stage in stages:
        for measure in stage.measures:
            yield from filter(None, (measure.due, measure.since))


def _unused_dates(rows: Iterable[Row], head: Head, used: set[date], *, told_periods: bool) -> Iterator[str]:
    """Dates later than the order that have found no place in the draft, and those that cannot be."""
    told = set(used)
    for row in rows:
        for one in days_in(row.text):
            if head.day and one.day > head.day and one.day not in told:
                told.add(one.day)
                where = _around(row.text, one.start, one.end)
                yield f"Дата {day(one.day)} («{where}») никуда не вошла: впишите, если это срок."
        for words in unclear_in(row.text):
            yield f"В дате «{words}» нет года, или такого дня не бывает: если это срок, впишите его сами."
        if not told_periods and (rule := re.search(r"\b(?:до|не позднее) \d{1,2}\s*(?:-?го)? числа[^.;]*", row.text)):
            yield f"Срок без даты («{rule[0]}»): впишите даты сами."


def _around(text: str, start: int, end: int) -> str:
    """It with some words before it."""
    begin = text.rfind(" ", 0, max(0, start - 40)) + 1
    return f"{'…' * bool(begin)}{text[begin:end]}"
