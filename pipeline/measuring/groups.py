"""Groups of schools in the office's own words: each measured as the municipality is, and which of them differ."""

import math
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import pandas as pd

from pipeline.checking.table import frame_of
from pipeline.measuring.activation import against_target
from pipeline.measuring.coverage import totals_by_group
from pipeline.measuring.figures import Activation, Figures, Level, Share
from pipeline.measuring.picture import Picture
from pipeline.measuring.rows import GroupRow, group_rows
from schemas.district import NO_GROUP, by_group
from schemas.form import Form

# Shares so many points apart are worth a word though all groups are on plan, or none is: a whole step of the plan is no
# broader.
LARGE_SPREAD = 20.0

_NO_POINTS = 1e-9  # percentage points that binary fractions may take away
_TYPES = {
    "group": "str", "item": "str", "covered": "float64", "total": "float64", "percent": "float64",
    **dict.fromkeys(("counted", "carried", "derived"), "int64"),
    **{share.value: "int64" for share in Share if share is not Share.COUNTED},
    "expected": "int64", "level": "object", "deviation": "float64", "shortfall": "float64",
}  # fmt: skip


def groups(coverage: pd.DataFrame, shown: Picture, form: Form) -> pd.DataFrame:
    """`Figures.groups`. `coverage`: `Figures.coverage`."""
    of_groups = by_group(shown.schools)
    if not of_groups:
        return frame_of((), _TYPES)
    sums = totals_by_group(coverage, of_groups, form.coverage_items).reset_index()
    columns = (sums[name] for name in ("item", "covered", "total", "percent"))
    standings = [
        _against_target(covered, total, percent, form, shown.as_of) if item == form.headline_number else None
        for item, covered, total, percent in zip(*columns, strict=True)
    ]
    for name in ("level", "deviation", "shortfall"):
        sums[name] = pd.Series([one and getattr(one, name) for one in standings], dtype="object")
    return sums.astype(_TYPES)


def _against_target(covered: float, total: float, percent: float, form: Form, as_of: date) -> Activation:
    if math.isnan(percent):
        return Activation(None, Level.UNKNOWN)
    return against_target(covered, total, percent, form, as_of)


def apart_by_plan(figures: Figures) -> list[GroupRow]:
    """The groups that can be compared, the highest share first, where one of them is below the plan and another is not;
    else none."""
    compared = list(_compared(figures))
    below = [row for row in compared if row.level is Level.BELOW]
    return compared if 0 < len(below) < len(compared) else []


class Spread(NamedTuple):
    """The group with the lowest share and the one with the highest."""

    low: GroupRow
    high: GroupRow


def large_spread(figures: Figures) -> Spread | None:
    """Of the groups that can be compared; None where their shares are no more than `LARGE_SPREAD` apart."""
    compared = _compared(figures)
    if not compared or compared[0].percent - compared[-1].percent < LARGE_SPREAD - _NO_POINTS:
        return None
    return Spread(compared[-1], compared[0])


def _compared(figures: Figures) -> list[GroupRow]:
    """Of the headline item, the highest share first. Schools without a group are none; of a group most of whose schools
    are not counted nobody knows where it stands."""
    rows: Iterable[GroupRow] = (row for row in group_rows(figures) if row.item == figures.form.headline_number)
    known = (row for row in rows if row.group != NO_GROUP and row.counted and row.counted >= _asked(row) / 2)
    return sorted(known, key=lambda row: -row.percent)


def _asked(row: GroupRow) -> int:
    """Schools of the group to which the item applies."""
    return row.expected - row.not_applicable
