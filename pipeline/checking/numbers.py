"""Controls of figures with a unit: rows that pandera judges (`schemas.frames.numbers`), made here of the long table."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

import msgspec
import pandas as pd

from pipeline import wording
from pipeline.checking.contracts import in_reports, judge
from pipeline.checking.table import Report, frame_of
from schemas import own_form
from schemas.district import Registry
from schemas.form import Form, Item, Kind
from schemas.frames.numbers import Addresses, DaysOfLists, Grown, Lists, Numbers, Planned, Relations, Required
from schemas.likeness import begins_with, plain
from schemas.periods import first_day
from schemas.relations import Held, counts_lines, in_lines, list_of, relations_of
from schemas.remarks import Remark

Key = tuple[int, str]  # number of a report, item

# Columns of the frames: what the model judges, then what its remarks say.
_NUMBERS = {
    "report": "int64", "item": "str", "value": "float64", "least": "float64", "most": "float64", "base": "float64",
    "number_row": "float64", "said": "str", "least_said": "str", "most_said": "str", "label": "str",
}  # fmt: skip
_RELATIONS = {
    "report": "int64", "kind": "str", "value": "float64", "expected": "float64", "tolerance": "float64",
    "number_row": "float64", "said": "str", "expected_said": "str", "of_said": "str",
}  # fmt: skip
_REQUIRED = {"report": "int64", "item": "str", "answered": "bool", "cell": "str", "about": "str"}
_GROWN = {
    "report": "int64", "item": "str", "value": "float64", "before": "float64",
    "number_row": "float64", "said": "str", "before_said": "str", "day": "object",
}  # fmt: skip
_PLANNED = {
    "report": "int64", "value": "float64", "plan": "float64", "less_is_better": "bool", "explained": "bool",
    "cell": "str", "item": "str", "said": "str", "plan_said": "str", "figure": "str",
}  # fmt: skip
_LISTS = {
    "report": "int64", "lines": "int64", "at_least": "int64", "at_most": "float64", "cell": "str", "item": "str",
}  # fmt: skip
_ADDRESSES = {"report": "int64", "named": "bool", "cell": "str", "item": "str", "said": "str"}
_DAYS = {
    "report": "int64", "day": "str", "first": "str", "last": "str",
    "day_row": "float64", "day_said": "str", "first_said": "str", "last_said": "str",
}  # fmt: skip

_SIGNS = {"sum": " + ", "product": " × ", "ratio": " ÷ ", "equal": ", ", "of_which": ", "}


def check_numbers(table: pd.DataFrame, form: Form, registry: Registry, reports: Sequence[Report]) -> list[Remark]:
    """Within one report, by itself: bounds, the registry's people, dates of lists. `reports`: by their numbers."""
    if not form.asks_for_figures:
        return []
    said, places = Said(table), in_reports(table, reports)
    bounded = judge(Numbers, frame_of(_bounded(said, form, registry, reports), _NUMBERS), places)
    return [*bounded, *judge(DaysOfLists, frame_of(_days(table, form, reports), _DAYS), places)]


def check_relations(
    table: pd.DataFrame, form: Form, reports: Sequence[Report], superseded: Collection[int], wrong: Collection[Key]
) -> list[Remark]:
    """The form's relations in each report that counts. `wrong`: (report, item), held against nothing."""
    relations = relations_of(form)
    if not relations:
        return []
    said = Said(table)
    rows = [
        row
        for report in reports
        if report.number not in superseded
        for one in [_Report(report, said, form, wrong)]
        for relation in relations
        for held in in_lines(relation, form, one.lines)
        if (row := _beside(one, held))
    ]
    return judge(Relations, frame_of(rows, _RELATIONS), in_reports(table, reports))


def check_complete(
    reports: Sequence[Report], table: pd.DataFrame, form: Form, registry: Registry, taken: Mapping[int, frozenset[str]]
) -> list[Remark]:
    """What every report has to answer, whole rows of tables, lines of lists, reasons. `taken`: by a report's number
    the items whose answer is taken over from another."""
    if not form.asks_for_figures and not any(lines.bounded for lines in form.lists.values()):
        return []
    said, places = Said(table), in_reports(table, reports)
    usable = [_Report(report, said, form) for report in reports if report.usable and report.written]
    required = (row for one in usable for row in _required(one, registry, taken.get(one.number, frozenset())))
    planned = (row for one in usable for row in _planned(one, registry))
    lists = (row for one in usable for row in _lists(one))
    addresses = _addresses(usable, table, form)
    return [
        *judge(Required, frame_of(required, _REQUIRED), places),
        *judge(Planned, frame_of(planned, _PLANNED), places),
        *judge(Lists, frame_of(lists, _LISTS), places),
        *judge(Addresses, frame_of(addresses, _ADDRESSES), places),
    ]


def check_grown(
    counting: Sequence[Report], table: pd.DataFrame, form: Form, reports: Sequence[Report], wrong: Collection[Key]
) -> list[Remark]:
    """Figures since the new year against the school's last one of that year. `counting`: one report a school and date,
    in their order."""
    items = [
        item for item in form.questions if item.kind is Kind.NUMBER and form.counts(item.number) == "since_new_year"
    ]
    said = Said(table)
    rows = [row for item in items for row in _grown(item, counting, said, form, wrong)]
    return judge(Grown, frame_of(rows, _GROWN), in_reports(table, reports)) if items else []


def in_words(item: Item, value: float, form: Form) -> str:
    """A figure with its unit: «97,26 руб.»."""
    return wording.figure(value, item.decimals, *form.unit_said(item))


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────
class Said(msgspec.Struct, frozen=True, dict=True):
    """The figures of the long table by report and item."""

    table: pd.DataFrame

    @cached_property
    def figures(self) -> dict[Key, tuple[float, int]]:
        """(report, item) -> the figure and the number of its fact."""
        rows = self.table[self.table["field"] == "value"]
        keys = zip(rows["report"].tolist(), rows["item"].tolist(), strict=True)
        return dict(zip(keys, zip(rows["number"].tolist(), rows.index.tolist(), strict=True), strict=True))

    @cached_property
    def items(self) -> dict[int, set[str]]:
        """report -> items of which anything is said."""
        found: dict[int, set[str]] = {}
        for report, item in zip(self.table["report"].tolist(), self.table["item"].tolist(), strict=True):
            found.setdefault(report, set()).add(item)
        return found

    @cached_property
    def words(self) -> dict[Key, str]:
        """(report, item) -> what is said of it in words that are nothing else."""
        rows = self.table[self.table["field"] == "text"]
        keys = zip(rows["report"].tolist(), rows["item"].tolist(), strict=True)
        return dict(zip(keys, rows["text"].tolist(), strict=True))


class _Report(msgspec.Struct, frozen=True):
    """One report, asked for its figures."""

    report: Report
    said: Said
    form: Form
    wrong: Collection[Key] = frozenset()

    @property
    def number(self) -> int:
        return self.report.number

    def figure(self, item: str) -> float | None:
        found = self.said.figures.get((self.number, item))
        return found[0] if found and (self.number, item) not in self.wrong else None

    def row(self, item: str) -> int:
        return self.said.figures[self.number, item][1]

    def is_written(self, item: str) -> bool:
        return item in self.report.written or item in self.said.items.get(self.number, ())

    def is_used(self, row: str) -> bool:
        """Is anything but zeros answered in the row of a table, readable or not."""
        cells = [cell.number for cell in self.form.cells_of(row)] or self.line(row)
        return any(self.figure(cell) != 0 for cell in cells if self.is_written(cell))

    def line(self, row: str) -> list[str]:
        """The cells of a line that the school has added."""
        above = row.rpartition(".")[0]
        return [f"{row}/{cell.number.partition('/')[2]}" for cell in self.form.cells_of(above)]

    def lines(self, number: str) -> list[str]:
        """The lines of a list in which anything is answered, in their order."""
        written = self.said.items.get(self.number, set()) | self.report.written
        rows = {item.partition("/")[0] for item in written if _above(item) == number}
        return sorted(rows, key=self.form.sort_key)

    def counted(self, number: str) -> float | None:
        """How many lines a list has; one that has too few is told of itself, and nothing is held against it."""
        lines = len(self.lines(number))
        return None if lines < self.form.table(self.form.item(number).table).at_least else float(lines)

    def total(self, column: str) -> float | None:
        """Of all lines of a list: what is left blank adds nothing, where it may be; what cannot be read leaves it
        unknown, and so does a list that has too few lines."""
        row, _, name = column.partition("/")
        lines = self.lines(row)
        cells = [f"{line}/{name}" for line in lines]
        unknown = [one for one in cells if self.figure(one) is None]
        asked = self.form.column_of(column).required
        if self.counted(row) is None or (asked and unknown):
            return None
        if any(self.is_written(one) for one in unknown):
            return None
        return math.fsum(value for one in cells if (value := self.figure(one)) is not None)


def _above(address: str) -> str:
    return address.partition("/")[0].rpartition(".")[0]


# ── within a report, by itself ───────────────────────────────────────────────────────────────────────────
def _bounded(said: Said, form: Form, registry: Registry, reports: Sequence[Report]) -> Iterator[tuple[object, ...]]:
    """`schemas.frames.numbers.Numbers`."""
    for (number, address), (value, row) in said.figures.items():
        item, school = form.item(address), registry.school(reports[number].school)
        label = form.base(item.base).label if item.base else ""
        base = school.bases.get(item.base) if school and item.base else None
        bounds = ("" if one is None else wording.number(one) for one in (item.min, item.max))
        yield number, address, value, item.min, item.max, base, row, in_words(item, value, form), *bounds, label


def _days(table: pd.DataFrame, form: Form, reports: Sequence[Report]) -> Iterator[tuple[object, ...]]:
    """`schemas.frames.numbers.DaysOfLists`: of reports on a period; not of documents, which may be older."""
    rows = table[(table["field"] == "date") & table["item"].str.contains("/", regex=False)]
    for row, number, item, said in zip(rows.index, rows["report"], rows["item"], rows["text"], strict=True):
        last, column = reports[number].as_of, form.item(item)
        if last and form.period.every != "date" and column.kind is Kind.DATE and not column.any_day:
            first, day = first_day(form.period.every, last), date.fromisoformat(said)
            yield number, said, first.isoformat(), last.isoformat(), row, *map(wording.day, (day, first, last))


# ── figures that follow from others ──────────────────────────────────────────────────────────────────────
def _beside(one: _Report, held: Held) -> tuple[object, ...] | None:
    """`schemas.frames.numbers.Relations`; None where the figure itself is not known."""
    value = one.figure(held.item)
    if value is None:
        return None
    parts = [_part(one, number, held) for number in held.of]
    known = [part for part in parts if part is not None]
    expected = _expected(held, known) if len(known) == len(parts) else None
    item = one.form.item(held.item)
    lines = any(map(counts_lines, held.of))  # what comes out is so many lines, whatever the figure counts
    comes_out = "" if expected is None else f"строк: {expected:g}" if lines else in_words(item, expected, one.form)
    words = in_words(item, value, one.form), comes_out, _of(held)
    tolerance = held.tolerance
    return one.number, held.kind, value, expected, tolerance, one.row(held.item), *words


def _part(one: _Report, number: str, held: Held) -> float | None:
    """The figure that another follows from. Of a row of which nothing is there, nothing is added: there are no such
    classes; anything else that is not known leaves the sum unknown."""
    if own := list_of(number, one.form):
        return one.counted(own) if counts_lines(number) else one.total(number)
    value = one.figure(number)
    if value is None and held.kind == "sum" and "/" in number:
        return None if one.is_written(number) or one.is_used(number.partition("/")[0]) else 0.0
    return value


def _expected(held: Held, parts: Sequence[float]) -> float | None:
    if held.kind == "sum":
        return math.fsum(parts)
    if held.kind == "product":
        return math.prod(parts)
    if held.kind == "ratio":
        return parts[0] / parts[1] if parts[1] else None
    return parts[0]


def _of(held: Held) -> str:
    """«п. 1/дети + п. 2/дети»; of a long sum its first and last."""
    sign = _SIGNS[held.kind]
    named = [_named(number, held) for number in held.of]
    return sign.join(named if len(named) <= 4 else [*named[:2], "…", named[-1]])


def _named(number: str, held: Held) -> str:
    """«п. 6»; of lines, behind «а в» and «а всего»: «списке п. 6», «в списке п. 6»."""
    if not counts_lines(number):
        return wording.item_in_text(number)
    list_said = f"списке {wording.item_in_text(number.partition('/')[0])}"
    return list_said if held.kind == "equal" else f"в {list_said}"


# ── what every report answers ────────────────────────────────────────────────────────────────────────────
def _required(one: _Report, registry: Registry, taken: Collection[str]) -> Iterator[tuple[object, ...]]:
    """`schemas.frames.numbers.Required`. Of whom the school has none, nothing is asked."""
    school = registry.school(one.report.school)
    for item in _asked(one):
        if not (school and school.has_none(one.form.people_of(item.number))):
            answered = one.is_written(item.number) or item.number in taken
            cell = one.report.answer_cells.get(item.number, "")
            yield one.number, item.number, answered, cell, item.about or wording.unbroken(item.title)


def _asked(one: _Report) -> Iterator[Item]:
    """What is required anyhow; of a row that is used its required columns; of a list those of every line."""
    form = one.form
    for item in form.items:
        columns = [cell for cell in form.cells_of(item.number) if form.column_of(cell.number).required]
        if item.kind is Kind.ROWS:
            yield from (_renumbered(cell, line) for line in one.lines(item.number) for cell in columns)
        elif columns:
            yield from columns if item.required or one.is_used(item.number) else ()
        elif item.required:
            yield item


def _renumbered(cell: Item, line: str) -> Item:
    """The cell of a column in one line of a list."""
    return cell.at(f"{line}/{cell.number.partition('/')[2]}")


def _planned(one: _Report, registry: Registry) -> Iterator[tuple[object, ...]]:
    """`schemas.frames.numbers.Planned`."""
    form, school = one.form, registry.school(one.report.school)
    for item in (item for item in form.questions if item.plan and item.reason):
        value, plan = one.figure(item.number), school.plans.get(item.number) if school else None
        if value is not None and plan is not None:
            explained = one.is_written(item.reason)
            cell = one.report.answer_cells.get(item.reason, "")
            words = in_words(item, value, form), in_words(item, plan, form), item.number
            yield one.number, value, plan, item.better == "less", explained, cell, item.reason, *words


def _lists(one: _Report) -> Iterator[tuple[object, ...]]:
    """`schemas.frames.numbers.Lists`. «нет» or «не требуется» in the place of an act is none; where the latter may be
    said, no number of acts is asked for."""
    form = one.form
    for number, at_least, at_most in (lines for lines in form.lists.values() if lines.bounded):
        said = {line: plain(one.said.words.get((one.number, line), "")) for line in one.lines(number)}
        without = {line for line, words in said.items() if begins_with(words, form.recognise.not_required)}
        if without and form.has(number) and form.item(number).may_be_not_required:
            continue
        lines = [line for line, words in said.items() if line not in without and words != plain(own_form.NO)]
        yield one.number, len(lines), at_least, at_most, one.report.answer_cells.get(number, ""), number


def _addresses(usable: Sequence[_Report], table: pd.DataFrame, form: Form) -> Iterator[tuple[object, ...]]:
    """`schemas.frames.numbers.Addresses`."""
    asking = {(item.number, choice.title) for item in form.items for choice in item.choices if choice.address}
    urls = table[table["field"] == "url"]
    named = set(zip(urls["report"].tolist(), urls["item"].tolist(), strict=True))
    chosen = table[(table["field"] == "choice") & table["report"].isin([one.number for one in usable])]
    for report, item, said, cell in zip(*(chosen[name] for name in ("report", "item", "text", "cell")), strict=True):
        if (item, said) in asking:
            yield report, (report, item) in named, cell, item, said


# ── since the new year ───────────────────────────────────────────────────────────────────────────────────
def _grown(
    item: Item, counting: Sequence[Report], said: Said, form: Form, wrong: Collection[Key]
) -> Iterator[tuple[object, ...]]:
    """`schemas.frames.numbers.Grown`: each report beside the school's last one of the year that counts."""
    last: dict[tuple[str, int], tuple[float, date]] = {}
    for report in counting:
        value = _Report(report, said, form, wrong).figure(item.number)
        if value is None or report.as_of is None:
            continue
        whose = report.school, report.as_of.year
        if whose in last:
            before, day = last[whose]
            words = in_words(item, value, form), in_words(item, before, form), day
            yield report.number, item.number, value, before, said.figures[report.number, item.number][1], *words
        last[whose] = max(last.get(whose, (value, report.as_of)), (value, report.as_of))
