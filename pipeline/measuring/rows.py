"""The frames of `Figures` row by row, each row typed: who takes figures from measuring takes these, never a frame.

What each column means is told by `Figures` and `Reconciliation`; NaN is «no figure».
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial, wraps
from itertools import chain
from typing import NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.checking.table import values_of
from pipeline.measuring.figures import Figures, Level, Milestone, Reconciliation, Share
from schemas.answers import FIELDS

Row = TypeVar("Row", bound=NamedTuple)
Made = TypeVar("Made")
Key = TypeVar("Key", int, str, tuple[int, tuple[int, ...]])

_AT_ONCE = 10_000  # rows: as objects of Python the values of a large frame take several times the room
_ASKED = 4  # reconciliations whose rows are remembered: a page asks for them cell by cell


class CoverageRow(NamedTuple):
    """One school's answer to one coverage item."""

    school_code: str
    item: str
    share: Share
    covered: float
    total: float
    percent: float
    derived: bool
    carried: bool
    file: str
    sheet: str
    cell: str


class TotalRow(NamedTuple):
    """One coverage item over all schools."""

    item: str
    covered: float
    total: float
    percent: float
    change: float
    change_people: float
    change_schools: int
    change_of_totals: float
    counted: int
    carried: int
    derived: int
    set_aside: int
    not_applicable: int
    no_answer: int
    no_report: int
    expected: int


class GroupRow(NamedTuple):
    """One coverage item over the schools of a group; level, deviation and shortfall of the headline item alone."""

    group: str
    item: str
    covered: float
    total: float
    percent: float
    counted: int
    carried: int
    derived: int
    set_aside: int
    not_applicable: int
    no_answer: int
    no_report: int
    expected: int
    level: Level | None
    deviation: float
    shortfall: float


class MilestoneRow(NamedTuple):
    """One school and item with a due date."""

    school_code: str
    item: str
    due: date
    state: Milestone
    days_late: int
    done_since: date | None


class StepRow(NamedTuple):
    """One school and target of the headline item."""

    school_code: str
    by: date
    min: float
    max: float
    state: Milestone


class MeasureRow(NamedTuple):
    """One school and measure of the order's stages."""

    school_code: str
    stage: str
    measure: str
    due: date | None
    items: tuple[str, ...]
    state: Milestone
    done_since: date | None


class TrendRow(NamedTuple):
    """The headline item of a school, or of the municipality (blank code), at one date."""

    date: date
    school_code: str
    covered: float
    total: float
    percent: float
    carried: bool
    share: Share
    reported: bool


class AnswerRow(NamedTuple):
    """One fact behind the figures; `fact` is its number in the long table."""

    fact: int
    file: str
    sheet: str
    cell: str
    school_code: str
    as_of: str
    item: str
    field: str
    text: str
    number: float
    basis: str
    carried: str
    counted: bool
    waived: bool


class AnswerColumns(NamedTuple):
    """Facts behind the figures, column by column: much of a table at once takes less so than as rows."""

    file: list[str]
    sheet: list[str]
    cell: list[str]
    school_code: list[str]
    as_of: list[str]
    item: list[str]
    field: list[str]
    text: list[str]
    number: list[float]
    basis: list[str]
    carried: list[str]
    counted: list[bool]


class ReconciledItem(NamedTuple):
    """One coverage item: what was read, and what has become of it."""

    item: str
    expected: int
    carried: int
    counted: int
    set_aside: int
    not_applicable: int
    no_answer: int
    no_report: int
    read: int
    elsewhere: int
    answered_not_applicable: int
    people_read: float
    people_counted: float
    people_set_aside: float
    percent: float
    percent_with_set_aside: float
    percent_low: float
    percent_high: float
    holds: bool


def coverage_rows(figures: Figures) -> Iterator[CoverageRow]:
    return typed_rows(figures.coverage, CoverageRow)


def coverage_by_codes(figures: Figures) -> Iterator[CoverageRow]:
    """The same by the codes of the schools, the items of each in the form's order."""
    order = figures.coverage["school_code"].astype("str").sort_values(kind="stable").index
    return typed_rows(figures.coverage.loc[order], CoverageRow)


def kept_with_them(made_of: Callable[[Figures], Made]) -> Callable[[Figures], Made]:
    """Made once of figures, and kept no longer than they are."""
    kept: WeakKeyDictionary[Figures, Made] = WeakKeyDictionary()

    @wraps(made_of)
    def once(figures: Figures) -> Made:
        if figures not in kept:
            kept[figures] = made_of(figures)
        return kept[figures]

    return once


@kept_with_them
def totals_by_item(figures: Figures) -> Mapping[str, TotalRow]:
    """In the form's order."""
    return {row.item: row for row in typed_rows(figures.totals, TotalRow, index="item")}


def group_rows(figures: Figures) -> Iterator[GroupRow]:
    """Group by group, each in the form's order."""
    return typed_rows(figures.groups, GroupRow)


def milestone_rows(figures: Figures) -> Iterator[MilestoneRow]:
    return typed_rows(figures.milestones, MilestoneRow)


def step_rows(figures: Figures) -> Iterator[StepRow]:
    return typed_rows(figures.steps, StepRow)


def measure_rows(figures: Figures) -> Iterator[MeasureRow]:
    return typed_rows(figures.measures, MeasureRow)


def trend_rows(figures: Figures) -> Iterator[TrendRow]:
    return typed_rows(figures.trend, TrendRow)


def answer_rows(figures: Figures) -> Iterator[AnswerRow]:
    """In reading order."""
    return typed_rows(figures.answers, AnswerRow, index="fact")


def waived_answers(figures: Figures) -> Iterator[AnswerRow]:
    """Those with an impossible figure that the office lets count."""
    return typed_rows(figures.answers[figures.answers["waived"]], AnswerRow, index="fact")


def answers_in_order(figures: Figures, at_once: int) -> Iterator[AnswerColumns]:
    """By file, sheet, item and field, `at_once` facts at a time."""
    told = figures.answers
    keys = told.index, _places(told["field"], FIELDS.index), _places(told["item"], figures.form.sort_key)
    order = np.lexsort((*keys, _places(told["sheet"], str), _places(told["file"], str)))  # the last one first
    for begin in range(0, len(order), at_once):
        piece = told.iloc[order[begin : begin + at_once]]
        yield AnswerColumns._make(piece[name].tolist() for name in AnswerColumns._fields)


def _places(column: "pd.Series[str]", key: Callable[[str], Key]) -> npt.NDArray[np.int32]:
    """Of each value among those of the column, in the order of `key`."""
    codes, values = pd.factorize(column, use_na_sentinel=False)
    keys = [key(value) for value in values]
    places = {one: place for place, one in enumerate(sorted(set(keys)))}
    return np.array([places[one] for one in keys], np.int32)[codes]


def of_schools(figures: Figures, codes: Collection[str]) -> Figures:
    """The figures with the answers of these schools alone."""
    answers, coverage = (of[of["school_code"].isin(list(codes))] for of in (figures.answers, figures.coverage))
    return replace(figures, answers=answers, coverage=coverage)


@lru_cache(_ASKED)
def reconciled_items(found: Reconciliation) -> Mapping[str, ReconciledItem]:
    """By item, in the form's order."""
    return {row.item: row for row in typed_rows(found.items, ReconciledItem, index="item")}


def typed_rows(frame: pd.DataFrame, kind: type[Row], index: str = "") -> Iterator[Row]:
    """The frame's rows as that kind, its columns by name. `index`: the first field, where it is the frame's index.

    Raises TypeError where the frame has no such column: kind and frame have parted."""
    names = [name for name in kind._fields if name != index]
    if missing := [name for name in names if name not in frame.columns]:
        raise TypeError(f"the frame has no {', '.join(missing)}, of which a {kind.__name__} is made")
    pieces = (frame.iloc[begin : begin + _AT_ONCE] for begin in range(0, len(frame), _AT_ONCE))
    return chain.from_iterable(_rows_of(piece, kind, names, index) for piece in pieces)


def _rows_of(frame: pd.DataFrame, kind: type[Row], names: list[str], index: str) -> Iterator[Row]:
    columns = [frame[name].tolist() for name in names]  # `itertuples` fetches texts from their column one by one
    rows = zip(*([frame.index.tolist()] if index else []), *columns, strict=True)
    return map(partial(tuple.__new__, kind), rows)  # as `_make` does it, which is called for each


def values_read(figures: Figures) -> dict[tuple[str, str], float]:
    """Code of the school and item or cell -> the figure with a unit that was read in its report, counted or not."""
    told = figures.answers
    values = told[(told["field"] == "value") & told["number"].notna()]
    return {(code, item): value for code, item, value in values_of(values, "school_code", "item", "number")}
