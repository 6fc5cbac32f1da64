"""Growth and figures that are hardly counted: told as information, with what the school said before.

The other way round than a fall, and no fault: a school may well have done it. How much is too much is the form's
(`Form.plausible`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from pipeline import wording
from pipeline.checking.table import Report
from pipeline.wording import NBSP
from schemas.form import Form, Plausible
from schemas.remarks import Remark

_TEN = 10
_DECIMALS = 2  # of percentage points that count


def check_plausible(
    counting: Sequence[Report], coverage: pd.DataFrame, changes: pd.DataFrame, form: Form
) -> Iterator[Remark]:
    """Many items that have grown by the same; a report all of whose figures are round.

    `counting`: one report a school and date, in their order. `coverage`: the counted rows of `coverage_of` that are of
    the report's own date; `changes`: those of `schemas.frames.between.Changes`, with the day of the report before.
    """
    reports = {report.number: report for report in counting}
    yield from _grown_alike(reports, changes, form)
    yield from _round_figures(counting, coverage, form.plausible)


# ── the same growth ──────────────────────────────────────────────────────────────────────────────────────
class _Grown(NamedTuple):
    """One figure of a report and of the one before, in percent or people."""

    item: str
    before: float
    now: float
    history: str


def _grown_alike(reports: dict[int, Report], changes: pd.DataFrame, form: Form) -> Iterator[Remark]:
    """One remark a report: in points, else in people."""
    limits = form.plausible
    for number, percents, people in _grown(changes):
        alike, growth = _largest_alike(percents, limits.alike_points)
        unit = "п.п."
        if len(alike) < limits.alike:
            alike, growth = _largest_alike(people, limits.alike_people)
            unit = "чел."
        if len(alike) >= limits.alike:
            in_order = sorted(alike, key=lambda one: form.sort_key(one.item))
            told = "; ".join(f"п. {one.item}: {one.history}" for one in in_order)
            yield reports[number].remark("GROWTH-ALIKE", growth=f"{wording.number(growth)}{NBSP}{unit}", history=told)


def _grown(changes: pd.DataFrame) -> Iterator[tuple[int, list[_Grown], list[_Grown]]]:
    """Each report with the changes of its figures, in percent (of what is not finished: many end with 100) and in
    people."""
    percents: defaultdict[int, list[_Grown]] = defaultdict(list)
    people: defaultdict[int, list[_Grown]] = defaultdict(list)
    names = ["report", "item", "percent_before", "percent", "history", "count_before", "count", "history_in_people"]
    for report, item, percent_before, percent, in_percent, before, now, in_people in zip(
        *(changes[name] for name in names), strict=True
    ):
        people[report].append(_Grown(item, before, now, in_people))
        if percent < 100:
            percents[report].append(_Grown(item, percent_before, percent, in_percent))
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
    for number, value in zip(stated["report"], stated[figure], strict=True):
        said[number].append(value)
    history: defaultdict[str, list[str]] = defaultdict(list)
    for report in counting:
        if figures := said[report.number]:
            tens = sum(value % _TEN == 0 for value in figures)
            history[report.school].append(_dated(report, f"{tens} из {len(figures)}"))
            if tens == len(figures) >= limits.round:
                told = ", ".join(history[report.school])
                yield report.remark("PCT-ROUND", what=what, figures=tens, history=told)


def _dated(report: Report, words: str) -> str:
    assert report.as_of is not None  # it counts
    return f"{wording.short_day(report.as_of)} — {words}"
