"""Figures with a unit, choices and lists: what each school says, and the municipality's figure by the form's own way of
adding: sums over schools, Σ ÷ Σ for what is a ratio, means only where the order says so.

A figure that bears an error is added to nothing; who is not counted is counted as such.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property

import msgspec
import pandas as pd

from pipeline.checking.table import Report
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import Measure, Numbers, NumberTotal, SchoolNumber, Share
from pipeline.measuring.picture import Picture
from schemas.district import School
from schemas.form import Form, Item, Kind


def numbers(evidence: Evidence) -> Numbers:
    """`Figures.numbers`; empty of a form that asks for none."""
    if not evidence.form.asks_for_figures:
        return Numbers()
    said = _Said(evidence.checked.answers)
    shown = _Period(evidence, evidence.shown, said)
    periods = [*(_Period(evidence, one, said) for one in evidence.earlier_of_its_year), shown]
    schools = (shown.school_number(school, item) for school in evidence.shown.schools for item in shown.figures)
    lists = (item for item in evidence.form.items if item.kind is Kind.ROWS)
    totals = (total for item in (*shown.figures, *lists) for total in _totals(item, periods))
    return Numbers(tuple(schools), tuple(totals))


def _totals(item: Item, periods: "Sequence[_Period]") -> Iterator[NumberTotal]:
    """All that is told for the municipality of a figure, a choice or a list. `periods`: those of the year up to the one
    that is told of, oldest first."""
    shown = periods[-1]
    if item.answers:
        return shown.chosen(item)
    if item.kind is Kind.ROWS:
        return shown.listed(item)
    return _of_number(item, periods)


def _of_number(item: Item, periods: "Sequence[_Period]") -> Iterator[NumberTotal]:
    shown = periods[-1]
    counts = shown.form.counts(item.number)
    yield shown.total(item, Measure.SINCE_NEW_YEAR if counts == "since_new_year" else _MEASURES[item.add])
    if item.plan:
        yield shown.missed(item)
    if counts == "since_new_year":
        yield _by_difference(item, periods)
    if counts == "flow" and item.add in ("sum", "ratio") and item.add_periods:
        yield _of_year(item, periods)


_MEASURES = {"sum": Measure.SUM, "mean": Measure.MEAN, "ratio": Measure.RATIO, "none": Measure.NONE}


def _is_of_list(item: Item, form: Form) -> bool:
    row, slash, _ = item.number.partition("/")
    return bool(slash) and form.item(row).kind is Kind.ROWS


_CHOSEN = ("choice", "yes")  # fields of answers that are one of several


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────
class _Said:
    """The facts of the batch by report and item."""

    def __init__(self, table: pd.DataFrame) -> None:
        fields = ["value", "text", *_CHOSEN]
        asked = table[table["field"].isin(fields) | table["item"].str.contains("/", regex=False)]
        columns = [asked[name].tolist() for name in ("report", "item", "field", "text", "number", "counted")]
        places = [asked[name].tolist() for name in ("file", "sheet", "cell")]
        self.values: dict[tuple[int, str], tuple[float, bool]] = {}
        self.choices: dict[tuple[int, str], list[str]] = {}
        self.places: dict[tuple[int, str], tuple[str, str, str]] = {}
        self.items: dict[int, set[str]] = {}
        self.in_words: set[tuple[int, str]] = set()  # of a figure or a choice: «не требуется»
        for report, item, field, text, number, counted, *place in zip(*columns, *places, strict=True):
            self.items.setdefault(report, set()).add(item)
            self.places.setdefault((report, item), tuple(place))
            if field == "value":
                self.values[report, item] = number, counted
            elif field in _CHOSEN and counted:
                self.choices.setdefault((report, item), []).append(text)
            elif field == "text" and counted:
                self.in_words.add((report, item))


class _Period(msgspec.Struct, frozen=True, dict=True):
    """One picture, asked for its figures."""

    evidence: Evidence
    picture: Picture
    said: _Said

    @property
    def form(self) -> Form:
        return self.evidence.form

    @property
    def day(self) -> date:
        """The period's last day."""
        return self.picture.reporting_date or self.picture.as_of

    @cached_property
    def key(self) -> str:
        return self.form.period.key(self.day)

    @property
    def reports(self) -> dict[str, Report]:
        """Code -> the school's report."""
        return self.picture.chosen

    @cached_property
    def figures(self) -> tuple[Item, ...]:
        """What each school has one figure of, a choice, a yes or no."""
        asked = (item for item in self.form.questions if item.counted_over_schools)
        return tuple(item for item in asked if not _is_of_list(item, self.form))

    # ── of a school ──────────────────────────────────────────────────────────────────────────────────────
    def value(self, school: School, number: str) -> float | None:
        """The figure, where it counts."""
        report = self.reports.get(school.code)
        found = self.said.values.get((report.number, number)) if report else None
        return found[0] if found and found[1] else None

    def values(self, number: str) -> dict[str, float]:
        """Code -> the figure, of the schools whose figure counts."""
        found = ((school.code, self.value(school, number)) for school in self.picture.schools)
        return {code: value for code, value in found if value is not None}

    def school_number(self, school: School, item: Item) -> SchoolNumber:
        report, value = self.reports.get(school.code), self.value(school, item.number)
        if report is None:
            return SchoolNumber(school.code, item.number, None, Share.NO_REPORT)
        key = report.number, item.number
        place = self.said.places.get(key, ("", "", ""))
        chosen = tuple(dict.fromkeys(self.said.choices.get(key, ())))
        if value is not None or chosen:
            return SchoolNumber(school.code, item.number, value, Share.COUNTED, *place, chosen)
        if key in self.said.in_words:
            return SchoolNumber(school.code, item.number, None, Share.NOT_APPLICABLE, *place)
        if item.number in self.evidence.checked.answered[report.number]:
            return SchoolNumber(school.code, item.number, None, Share.SET_ASIDE, *place)
        has_none = school.has_none(self.form.people_of(item.number))
        return SchoolNumber(school.code, item.number, None, Share.NOT_APPLICABLE if has_none else Share.NO_ANSWER)

    # ── of the municipality ──────────────────────────────────────────────────────────────────────────────
    def of(self, number: str, measure: Measure, value: float | None, counted: int, choice: str = "") -> NumberTotal:
        return NumberTotal(number, measure, value, counted, len(self.picture.schools), self.key, choice)

    def total(self, item: Item, measure: Measure) -> NumberTotal:
        match measure:
            case Measure.RATIO:
                terms = self.terms(item)
                return self.of(item.number, measure, _ratio(terms.values()), len(terms))
            case Measure.NONE:
                return self.of(item.number, measure, None, len(self.values(item.number)))
            case _:
                values = list(self.values(item.number).values())
                total = math.fsum(values) if values else None
                mean = total / len(values) if total is not None and measure is Measure.MEAN else total
                return self.of(item.number, measure, mean, len(values))

    def terms(self, item: Item) -> dict[str, tuple[float, float]]:
        """Of what is a ratio: code -> both figures of each school that has both. Where both are zero there is none of
        it."""
        over, under = (self.values(f"{item.number.partition('/')[0]}/{column}") for column in item.ratio)
        both = {code: (above, under[code]) for code, above in over.items() if code in under}
        return {code: terms for code, terms in both.items() if any(terms)}

    def missed(self, item: Item) -> NumberTotal:
        """How many schools have not kept to their own plan."""
        planned = {school.code: school.plans.get(item.number) for school in self.picture.schools}
        both = [
            (value, plan) for code, value in self.values(item.number).items() if (plan := planned[code]) is not None
        ]
        less = item.better == "less"
        missed = sum(value > plan if less else value < plan for value, plan in both)
        return self.of(item.number, Measure.ABOVE_PLAN if less else Measure.BELOW_PLAN, missed, len(both))

    def chosen(self, item: Item) -> Iterator[NumberTotal]:
        """By how many schools each answer has been chosen; by none too."""
        answers = [self.said.choices.get((report.number, item.number), []) for report in self.reports.values()]
        found = Counter(title for said in answers for title in dict.fromkeys(said))
        for answer in item.answers:
            yield self.of(item.number, Measure.SCHOOLS, found[answer], sum(map(bool, answers)), answer)

    def listed(self, item: Item) -> Iterator[NumberTotal]:
        """Of a list its lines, and the sums of its figures."""
        lines = {code: list(self._lines(report, item)) for code, report in self.reports.items()}
        yield self.of(item.number, Measure.LINES, sum(map(len, lines.values())), sum(map(bool, lines.values())))
        for cell in (one for one in self.form.cells_of(item.number) if one.kind is Kind.NUMBER and one.add == "sum"):
            column = cell.number.partition("/")[2]
            found = {
                code: [
                    v for line in of_school if (v := self._in_line(self.reports[code], f"{line}/{column}")) is not None
                ]
                for code, of_school in lines.items()
            }
            sums = [math.fsum(values) for values in found.values() if values]
            yield self.of(cell.number, Measure.LIST_SUM, math.fsum(sums) if sums else None, len(sums))

    def _lines(self, report: Report, item: Item) -> Iterable[str]:
        said = self.said.items.get(report.number, ())
        rows = (address.partition("/")[0] for address in said if "/" in address)
        return sorted({row for row in rows if row.rpartition(".")[0] == item.number}, key=self.form.sort_key)

    def _in_line(self, report: Report, address: str) -> float | None:
        value, counted = self.said.values.get((report.number, address), (None, False))
        return value if counted else None


def _ratio(terms: Collection[tuple[float, float]]) -> float | None:
    under = math.fsum(below for _, below in terms)
    return math.fsum(above for above, _ in terms) / under if under else None


# ── over the periods of a year ───────────────────────────────────────────────────────────────────────────
def _of_year(item: Item, periods: Sequence[_Period]) -> NumberTotal:
    """The sum of the periods, and of how many reports it lacks: a flow is never carried forward. Of a ratio the year's
    sums by each other."""
    shown = periods[-1]
    counted = [period.values(item.number) for period in periods]
    terms = [period.terms(item) for period in periods] if item.add == "ratio" else []
    reported = {code for of_period in terms or counted for code in of_period}
    missing = sum(len(period.picture.schools) - len(period.reports) for period in periods)
    if item.add == "ratio":
        value = _ratio([both for of_period in terms for both in of_period.values()])
    else:
        value = math.fsum(value for values in counted for value in values.values()) if reported else None
    year = str(shown.day.year)
    measure = Measure.RATIO if item.add == "ratio" else Measure.PERIODS
    expected = {school.code for period in periods for school in period.picture.schools}  # closed meanwhile, too
    return NumberTotal(item.number, measure, value, len(reported), len(expected), year, missing=missing)


def _by_difference(item: Item, periods: Sequence[_Period]) -> NumberTotal:
    """What has come in this period alone, by the schools that have reported for the one before too. Of the first of a
    year all of it."""
    shown = periods[-1]
    now = shown.values(item.number)
    before = periods[-2].values(item.number) if len(periods) > 1 else dict.fromkeys(now, 0.0)
    both = now.keys() & before.keys()
    value = math.fsum(now[code] - before[code] for code in both) if both else None
    return shown.of(item.number, Measure.DIFFERENCE, value, len(both))
