"""Growth and figures that are hardly counted: told as information, with what the school said before.

The other way round than a fall, and no fault: a school may well have done it. How much is too much is the form's
(`Form.plausible`).
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from pipeline import wording
from pipeline.checking.table import Report, values_of
from pipeline.wording import NBSP
from schemas.form import Form, Plausible
from schemas.remarks import Remark

_TEN = 10
_DECIMALS = 2  # of percentage points that count
_NOTHING = (math.nan, math.nan)  # neither percent nor people


def check_plausible(
    counting: Sequence[Report], coverage: pd.DataFrame, changes: pd.DataFrame, form: Form, histories: "Histories"
) -> Iterator[Remark]:
    """Many items that have grown by the same; a report all of whose figures are round.

    `counting`: one report a school and date, in their order. `coverage`: the counted rows of `coverage_of` that are of
    the report's own date; `changes`: those of `schemas.frames.between.Changes`; `histories`: of that coverage.
    """
    reports = {report.number: report for report in counting}
    yield from _grown_alike(reports, changes, form, histories)
    yield from _round_figures(counting, coverage, form.plausible)


class Histories:
    """What every school has said of an item itself, from date to date: put into words only where a remark tells it."""

    def __init__(self, counting: Sequence[Report], coverage: pd.DataFrame) -> None:
        """`counting`: one report a school and date, in their order. `coverage`: the counted rows of `coverage_of` that
        are of the report's own date."""
        self._reports: defaultdict[str, list[Report]] = defaultdict(list)
        for report in counting:
            self._reports[report.school].append(report)
        self._schools = {report.number: report.school for report in counting}
        self._coverage = coverage

    @cached_property
    def _said(self) -> dict[tuple[int, str], list[float]]:
        rows = values_of(self._coverage, "report", "item", "percent", "count")
        return {(number, item): figures for number, item, *figures in rows}

    def in_percent(self, number: int, item: str) -> str:
        """«20.03 — 5 %, 20.05 — 98 %» up to the report of that number."""
        return self._told(number, item, 0, wording.percent)

    def in_people(self, number: int, item: str) -> str:
        return self._told(number, item, 1, lambda people: f"{wording.number(people)}{NBSP}чел.")

    def _told(self, number: int, item: str, figure: int, words: Callable[[float], str]) -> str:
        told = []
        for report in self._reports[self._schools[number]]:
            value = self._said.get((report.number, item), _NOTHING)[figure]
            if not math.isnan(value):
                told.append(_dated(report, words(value)))
            if report.number == number:
                break
        return ", ".join(told)


# ── the same growth ──────────────────────────────────────────────────────────────────────────────────────
class _Grown(NamedTuple):
    """One figure of a report and of the one before, in percent or people."""

    item: str
    before: float
    now: float


def _grown_alike(
    reports: dict[int, Report], changes: pd.DataFrame, form: Form, histories: Histories
) -> Iterator[Remark]:
    """One remark a report: in points, else in people."""
    limits = form.plausible
    for number, percents, people in _grown(_with_many_alike(changes, limits)):
        alike, growth = _largest_alike(percents, limits.alike_points)
        unit, history = "п.п.", histories.in_percent
        if len(alike) < limits.alike:
            alike, growth = _largest_alike(people, limits.alike_people)
            unit, history = "чел.", histories.in_people
        if len(alike) >= limits.alike:
            in_order = sorted((one.item for one in alike), key=form.sort_key)
            told = "; ".join(f"п. {item}: {history(number, item)}" for item in in_order)
            yield reports[number].remark("GROWTH-ALIKE", growth=f"{wording.number(growth)}{NBSP}{unit}", history=told)


def _with_many_alike(changes: pd.DataFrame, limits: Plausible) -> pd.DataFrame:
    """The figures of the reports in which enough have grown by nearly the same: no others need be rounded."""
    slip, reports = 10.0**-_DECIMALS, []
    for figure, least in (("percent", limits.alike_points), ("count", limits.alike_people)):
        growth = changes[figure] - changes[f"{figure}_before"]
        grown = changes[["report"]].assign(growth=growth)[growth >= least - slip].sort_values(["report", "growth"])
        last = grown.groupby("report")["growth"].shift(1 - limits.alike)  # of so many that follow one another
        reports.append(grown.loc[last - grown["growth"] <= 2 * slip, "report"])
    return changes[changes["report"].isin(pd.concat(reports))]


def _grown(changes: pd.DataFrame) -> Iterator[tuple[int, list[_Grown], list[_Grown]]]:
    """Each report with the changes of its figures, in percent (of what is not finished: many end with 100) and in
    people."""
    percents: defaultdict[int, list[_Grown]] = defaultdict(list)
    people: defaultdict[int, list[_Grown]] = defaultdict(list)
    names = ["report", "item", "percent_before", "percent", "count_before", "count"]
    for report, item, percent_before, percent, before, now in values_of(changes, *names):
        people[report].append(_Grown(item, before, now))
        if percent < 100:
            percents[report].append(_Grown(item, percent_before, percent))
    return ((report, percents[report], people[report]) for report in people)


def _largest_alike(figures: Iterable[_Grown], least: float) -> tuple[list[_Grown], float]:
    """The most figures that have grown by the same, `least` at least, and by how much.

    Each from another start: the same teachers in several items grow alike because they are the same."""
    groups: defaultdict[float, dict[float, _Grown]] = defaultdict(dict)
    for one in figures:
        growth = round(one.now - one.before, _DECIMALS)
        if growth >= least:
            groups[growth].setdefault(round(one.before, _DECIMALS), one)
    if not groups:
        return [], 0.0
    growth = max(groups, key=lambda one: len(groups[one]))
    return list(groups[growth].values()), growth


# ── round figures ────────────────────────────────────────────────────────────────────────────────────────
def _round_figures(counting: Sequence[Report], coverage: pd.DataFrame, limits: Plausible) -> Iterator[Remark]:
    """People, and percents stated without people. Nobody and everybody are counted and no estimate."""
    some = coverage[(coverage["percent"] > 0) & (coverage["percent"] < 100)]
    in_people = some["count_basis"] == "stated"
    yield from _all_round(counting, some[in_people], "count", "числа людей", limits)
    alone = ~in_people & (some["percent_basis"] == "stated")
    yield from _all_round(counting, some[alone], "percent", "проценты без числа людей", limits)


def _all_round(
    counting: Sequence[Report], stated: pd.DataFrame, figure: str, what: str, limits: Plausible
) -> Iterator[Remark]:
    said: defaultdict[int, list[float]] = defaultdict(list)
    for number, value in values_of(stated, "report", figure):
        said[number].append(value)
    history: defaultdict[str, list[tuple[Report, int, int]]] = defaultdict(list)
    for report in counting:
        if figures := said[report.number]:
            tens = sum(value % _TEN == 0 for value in figures)
            history[report.school].append((report, tens, len(figures)))
            if tens == len(figures) >= limits.round:
                told = ", ".join(
                    _dated(one, f"{round_ones} из {all_ones}") for one, round_ones, all_ones in history[report.school]
                )
                yield report.remark("PCT-ROUND", what=what, figures=tens, history=told)


def _dated(report: Report, words: str) -> str:
    assert report.as_of is not None  # it counts
    return f"{wording.short_day(report.as_of)} — {words}"
