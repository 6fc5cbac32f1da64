"""The headline item: target against actual, people missing, pace."""

import math
from datetime import date
from itertools import combinations
from statistics import median

import pandas as pd

from pipeline.measuring.figures import Activation, Level, Share
from pipeline.measuring.picture import Picture
from schemas.form import Form, Target

# Below so many reports there is no trend to speak of.
_ENOUGH_FOR_TREND = 3
_DAYS_A_WEEK = 7
# 0.41 × 300 is 122.99999…: a person is not missed for the sake of a binary fraction.
_EXACT = 6


def activation(
    coverage: pd.DataFrame, shown: Picture, form: Form, trend: pd.DataFrame, before: pd.DataFrame | None
) -> tuple[Activation, ...]:
    """Every school expected, the smallest share first, those without a figure last.

    `trend`: `Figures.trend`. `before`: `Figures.coverage` of the last reporting date, None where there was none.
    """
    rows = coverage[coverage["item"] == form.headline.item].set_index("school_code")
    last = _percents(before, form)
    found = []
    for school in shown.schools:
        row = rows.loc[school.code]
        report = shown.chosen.get(school.code)
        carried = bool(row["carried"])
        common = {
            "school": school,
            "report_date": report.as_of if report else None,
            "carried": carried,
            "share": row["share"],
            "file": str(row["file"]) or (report.file if report else ""),
            "sheet": str(row["sheet"]) or (report.sheet if report else ""),
            "cell": str(row["cell"]) or (report.answer_cells.get(form.headline.item, "") if report else ""),
        }
        if row["share"] is not Share.COUNTED:
            found.append(Activation(level=Level.UNKNOWN, **common))
            continue
        figures = against_target(row["covered"], row["total"], form, shown.as_of)
        earlier = None if carried else last.get(school.code)
        change = None if earlier is None else row["percent"] - earlier
        forecast = None if carried else _forecast(trend, school.code, form, shown.as_of)
        found.append(Activation(**common, **figures, change=change, forecast=forecast))
    return tuple(sorted(found, key=_worst_first))


def municipality(
    totals: pd.DataFrame, form: Form, as_of: date, trend: pd.DataFrame, before: pd.DataFrame | None
) -> Activation:
    """The headline item over all schools counted: Σ/Σ."""
    row = totals.loc[form.headline.item]
    if not row["counted"] or math.isnan(row["percent"]):
        return Activation(None, Level.UNKNOWN, share=Share.NO_ANSWER)
    earlier = math.nan if before is None else before.loc[form.headline.item, "percent"]
    change = None if math.isnan(earlier) else row["percent"] - earlier
    figures = against_target(row["covered"], row["total"], form, as_of)
    return Activation(None, **figures, change=change, forecast=_forecast(trend, "", form, as_of))


def against_target(covered: float, total: float, form: Form, as_of: date) -> dict[str, object]:
    """level, covered, total, percent, deviation (points), shortfall and per_week (people)."""
    target, ahead = form.target_on(as_of), form.next_target(as_of)
    percent = covered / total * 100
    per_week = None
    if ahead:
        weeks = (ahead.by - as_of).days / _DAYS_A_WEEK
        per_week = _people_up(max(0.0, ahead.min / 100 * total - covered) / weeks)
    return {
        "level": level(percent, target),
        "covered": float(covered),
        "total": float(total),
        "percent": percent,
        "deviation": percent - target.min if target else None,
        "shortfall": max(0, _people_up(target.min / 100 * total - covered)) if target else None,
        "per_week": per_week,
    }


def level(percent: float, target: Target | None) -> Level:
    """Compared unrounded, but not to the last binary digit: a stated 41 % is 41 %."""
    if target is None:
        return Level.NOT_YET
    exact = round(percent, 9)
    if exact < target.min:
        return Level.BELOW
    return Level.ABOVE if exact > target.max else Level.ON


def _people_up(people: float) -> int:
    return math.ceil(round(people, _EXACT))


def _percents(coverage: pd.DataFrame | None, form: Form) -> dict[str, float]:
    if coverage is None:
        return {}
    rows = coverage[(coverage["item"] == form.headline.item) & (coverage["share"] == Share.COUNTED)]
    return dict(zip(rows["school_code"], rows["percent"], strict=True))


def _forecast(trend: pd.DataFrame, code: str, form: Form, as_of: date) -> float | None:
    """Where the Theil–Sen line through the school's own reports stands at the next target's date, at most 100 %."""
    ahead = form.next_target(as_of)
    own = trend[(trend["school_code"] == code) & ~trend["carried"] & trend["percent"].notna()]
    points = [(day.toordinal(), percent) for day, percent in zip(own["date"], own["percent"], strict=True)]
    if ahead is None or len(points) < _ENOUGH_FOR_TREND:
        return None
    slope = median((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2))
    level_at_zero = median(y - slope * x for x, y in points)
    return min(100.0, max(0.0, level_at_zero + slope * ahead.by.toordinal()))


def _worst_first(row: Activation) -> tuple[bool, float, str]:
    percent = math.inf if row.percent is None else row.percent
    return row.percent is None, percent, row.school.code if row.school else ""
