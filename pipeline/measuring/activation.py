"""The headline item: target against actual, people missing, pace."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import accumulate, combinations
from statistics import median
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from pipeline.checking.table import frame_of
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import MILESTONES, Activation, Level, Milestone, Share
from pipeline.measuring.picture import Picture
from pipeline.measuring.rows import CoverageRow, TotalRow, typed_rows
from schemas.district import School
from schemas.form import Form, Target

Course = Sequence[tuple[date, float]]  # how a share went: date, percent

# Below so many reports there is no trend to speak of.
_ENOUGH_FOR_TREND = 3
_DAYS_A_WEEK = 7
# The schools that leadership should talk to first where the municipality is on plan.
_MOST_OF_SHORTFALL = 0.6
# What binary fractions may add: percentage points that are none, and the decimals of people that count.
_NO_POINTS = 1e-9
_PEOPLE_EXACT = 6


def activation(
    evidence: Evidence, coverage: pd.DataFrame, courses: dict[str, Course], before: dict[str, Activation]
) -> tuple[Activation, ...]:
    """Every school expected, the smallest share first, those without a figure last; nothing without a headline item.

    `coverage`: `Figures.coverage`. `courses`: code -> the school's own reports up to now. `before`: code -> the figure
    at the last reporting date.
    """
    shown, form = evidence.shown, evidence.form
    if form.headline is None:
        return ()
    of_headline = coverage[coverage["item"] == form.headline_number]
    rows = {row.school_code: row for row in typed_rows(of_headline, CoverageRow)}
    plan = _Plan.of(form, shown.as_of)
    found = []
    for school in shown.schools:
        row = rows[school.code]
        known = _place(school, row, shown, form)
        if row.share is Share.COUNTED:
            known |= _against_target(row.covered, row.total, row.percent, plan)
            if not row.carried:
                known |= _pace(row.total, courses.get(school.code, ()), plan)
                known |= _change(row, before.get(school.code))
        found.append(Activation(**{"level": Level.UNKNOWN, "share": row.share, **known}))
    return tuple(sorted(found, key=_worst_first))


def municipality(evidence: Evidence, totals: pd.DataFrame, course: Course) -> Activation:
    """The headline item over all schools counted: Σ/Σ; unknown without such an item. `totals`: `Figures.totals`;
    `course`: as those of the schools."""
    plan, headline = _Plan.of(evidence.form, evidence.as_of), evidence.form.headline_number
    rows = (row for row in typed_rows(totals, TotalRow, index="item") if row.item == headline)
    whole = next(rows, None)
    if whole is None or math.isnan(whole.percent):
        return Activation(None, Level.UNKNOWN, share=Share.NO_ANSWER)
    return Activation(
        None,
        **_against_target(whole.covered, whole.total, whole.percent, plan),
        **_pace(whole.total, course, plan),
        change=_known(whole.change),
        change_people=_known(whole.change_people),
        change_schools=whole.change_schools,
        change_of_totals=_known(whole.change_of_totals),
    )


def against_target(covered: float, total: float, percent: float, form: Form, as_of: date) -> Activation:
    """A share against the target in force and the next one, of no school yet. `percent`: 0–100."""
    return Activation(None, **_against_target(covered, total, percent, _Plan.of(form, as_of)))


def weeks(first: date, last: date) -> float:
    return (last - first).days / _DAYS_A_WEEK


def steps(
    activation: Sequence[Activation],
    form: Form,
    as_of: date,
    left_out: Collection[str] = frozenset(),
    shown: Mapping[str, float] = MappingProxyType({}),
) -> pd.DataFrame:
    """One row a school and target (`Figures.steps`): has the share reached the step's lower bound by now?

    `left_out`: codes of the schools from whose plan the office has left the headline item out. `shown`: code -> the
    highest percent that one of the school's accepted reports has shown, which stays shown.
    """
    rows = [
        (row.school.code, target.by, target.min, target.max, _of_step(row, target, as_of, left_out, shown))
        for row in activation
        for target in form.targets
        if row.school
    ]
    types = {"school_code": "category", "by": "object", "min": "float64", "max": "float64", "state": MILESTONES}
    return frame_of(rows, types)


class CatchUp(NamedTuple):
    """Who should catch up first; `people` that they lack together, `percent` of what all schools below plan lack."""

    schools: tuple[Activation, ...]
    people: int
    percent: float


def first_to_catch_up(below: Sequence[Activation], whole: Activation) -> CatchUp:
    """The fewest of the schools below plan whose catching-up brings the municipality to its plan; where it is there,
    the fewest that make up most of their shortfall. `below`: one at least, the largest shortfall first; `whole`: the
    municipality."""
    reached = list(accumulate(row.shortfall or 0 for row in below))
    needed = (whole.shortfall or 0) if whole.level is Level.BELOW else _MOST_OF_SHORTFALL * reached[-1]
    number = next((number for number, people in enumerate(reached, start=1) if people >= needed), len(below))
    people = reached[number - 1]
    return CatchUp(tuple(below[:number]), people, 100 * people / max(reached[-1], 1))


def together(rows: Sequence[Activation], target: Target | None) -> Activation:
    """Schools that are counted, one at least, as one: Σ/Σ and where it stands to the target."""
    covered, total = sum(row.covered or 0.0 for row in rows), sum(row.total or 0.0 for row in rows)
    percent = covered / total * 100
    return Activation(None, level(percent, target), covered=covered, total=total, percent=percent)


def level(percent: float, target: Target | None) -> Level:
    """Where a share stands to the target in force; both bounds are on plan."""
    if target is None:
        return Level.NOT_YET
    if _points(percent, target.min) < 0:
        return Level.BELOW
    return Level.ABOVE if _points(percent, target.max) > 0 else Level.ON


def forecast(course: Course, day: date) -> float | None:
    """Where the Theil–Sen line through the course stands on `day`, 0–100 %; None where there are too few points."""
    if len(course) < _ENOUGH_FOR_TREND:
        return None
    slope = points_a_day(course)
    at_zero = median(percent - slope * when.toordinal() for when, percent in course)
    return min(100.0, max(0.0, at_zero + slope * day.toordinal()))


def points_a_day(course: Course) -> float:
    """Slope of the Theil–Sen line through two points or more: the median over all pairs of them."""
    points = [(when.toordinal(), percent) for when, percent in course]
    return median((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2))


class _Plan(NamedTuple):
    """The target in force on a day, and the next one."""

    as_of: date
    target: Target | None
    ahead: Target | None

    @classmethod
    def of(cls, form: Form, as_of: date) -> "_Plan":
        return cls(as_of, form.target_on(as_of), form.next_target(as_of))


# What is known of a row: fields of `Activation`, each row made of all of them at once.
Known = dict[str, Any]


def _against_target(covered: float, total: float, percent: float, plan: _Plan) -> Known:
    target, ahead, per_week = plan.target, plan.ahead, None
    if ahead:
        per_week = _people_up(max(0.0, ahead.min / 100 * total - covered) / weeks(plan.as_of, ahead.by))
    return {
        "level": level(percent, target),
        "covered": covered,
        "total": total,
        "percent": percent,
        "deviation": _points(percent, target.min) if target else None,
        "shortfall": max(0, _people_up(target.min / 100 * total - covered)) if target else None,
        "per_week": per_week,
    }


def _change(row: CoverageRow, before: Activation | None) -> Known:
    """A school's own. `before`: at the last reporting date."""
    if before is None or before.percent is None:
        return {}
    return {"change": row.percent - before.percent, "change_people": row.covered - (before.covered or 0.0)}


def _pace(total: float, course: Course, plan: _Plan) -> Known:
    ahead = plan.ahead
    expected = forecast(course, ahead.by) if ahead else None
    return {
        "pace": points_a_day(course) / 100 * total * _DAYS_A_WEEK if len(course) > 1 else None,
        "forecast": expected,
        "will_miss": bool(ahead and expected is not None and _points(expected, ahead.min) < 0),
    }


def _known(figure: float) -> float | None:
    return None if math.isnan(figure) else figure


def _place(school: School, row: CoverageRow, shown: Picture, form: Form) -> Known:
    """Whose figure it is and where it stands; without a figure, the cell where it belongs."""
    report = shown.chosen.get(school.code)
    return {
        "school": school,
        "report_date": report.as_of if report else None,
        "carried": row.carried,
        "file": row.file or (report.file if report else ""),
        "sheet": row.sheet or (report.sheet if report else ""),
        "cell": row.cell or (report.answer_cells.get(form.headline_number, "") if report else ""),
    }


def reaches(percent: float | None, target: Target) -> bool:
    """Is that share at the target's lower bound."""
    return percent is not None and _points(percent, target.min) >= 0


def _of_step(
    row: Activation, target: Target, as_of: date, left_out: Collection[str], shown: Mapping[str, float]
) -> Milestone:
    code = row.school.code if row.school else ""
    if row.share is Share.NO_REPORT:
        return Milestone.UNKNOWN
    if code in left_out or row.share is Share.NOT_APPLICABLE:
        return Milestone.NOT_APPLICABLE
    if reaches(row.percent, target) or reaches(shown.get(code), target):
        return Milestone.DONE
    if row.share is Share.SET_ASIDE:
        return Milestone.UNDER_QUESTION
    return Milestone.OVERDUE if as_of > target.by else Milestone.IN_PROGRESS


def _points(percent: float, bound: float) -> float:
    """Percentage points from a bound, unrounded, but not to the last binary digit: a sum that is 41 % of its total may
    be stored as 40.99999999999999 %."""
    points = percent - bound
    return 0.0 if abs(points) < _NO_POINTS else points


def _people_up(people: float) -> int:
    """0.41 × 300 is 122.99999…: nobody is missed for the sake of a binary fraction."""
    return math.ceil(round(people, _PEOPLE_EXACT))


def _worst_first(row: Activation) -> tuple[bool, float, str]:
    return row.percent is None, row.percent or 0.0, row.school.code if row.school else ""
