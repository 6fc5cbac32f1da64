"""The frames of `Figures` as pandera models: columns, types, ranges, and totals that are the sum of their rows.

Judged where figures are made, before anybody shows them. A school's mistake has been set aside by then: a breach is a
programmer's mistake and is raised. Bounds do not hold where the office has waived an impossible figure.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandas.api.types import union_categoricals

from pipeline.checking.table import values_of
from pipeline.measuring.figures import Figures, Former, Level, Milestone, Share
from schemas.coded import guard

_SLIP = 1e-6  # what binary fractions may add, in people or percentage points
_SHARES, _STATES = [share.value for share in Share], [state.value for state in Milestone]
_LEVELS = [level.value for level in Level]

Waived = set[tuple[str, str]]  # (school, item) with an impossible figure that counts all the same


def hold(figures: Figures, answers: pd.DataFrame) -> Figures:
    """The figures and all that stand beside them (of the date before, without what is under question), judged.
    `answers`: all facts of the batch (`Checked.answers`). Raises SchemaErrors."""
    facts = answers[answers["waived"]]
    waived = set(values_of(facts, "school_code", "item"))
    beside = {id(one): one for one in _with_those_beside(figures)}.values()
    pictures = [(one, _judged(one, number, waived)) for number, one in enumerate(beside)]
    for name, model in FRAMES.items():  # a frame of all pictures at once: what a validation costs are its columns
        having = ((one, frames) for one, frames in pictures if name in frames)
        once = {id(getattr(one, name)): frames[name] for one, frames in having}  # what nothing doubts is of several
        model.validate(_one_below_another(list(once.values())), lazy=True, inplace=True)
    return figures


def _one_below_another(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Categories stay categories: pandas would make plain texts of columns with different schools."""
    frames = [frame for frame in frames if len(frame)] or list(frames[:1])
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    columns = set.intersection(*({*frame.select_dtypes("category")} for frame in frames))
    texts = {str(name): union_categoricals([frame[name] for frame in frames]) for name in columns}
    return pd.concat(frames, ignore_index=True).assign(**texts)


def _with_those_beside(figures: Former) -> Iterator[Former]:
    yield figures
    before = figures.before if isinstance(figures, Figures) else None
    for other in (before, figures.undoubted):
        if other:
            yield from _with_those_beside(other)


def _judged(figures: Former, picture: int, waived: Waived) -> dict[str, pd.DataFrame]:
    """Name of the frame -> its rows, and beside them what its model holds them against."""
    frames = {
        "coverage": figures.coverage.assign(waived=_waived(figures.coverage, waived)),
        "totals": _beside_rows(figures, waived),
        "groups": _beside_groups(figures, waived),
        "trend": _beside_schools(figures, waived),
    }
    if isinstance(figures, Figures):
        frames |= {"milestones": figures.milestones, "steps": figures.steps, "measures": figures.measures}
    return {name: rows.assign(picture=picture) for name, rows in frames.items()}


class _OfAPicture(pa.DataFrameModel):
    """What every frame is judged with."""

    picture: int = pa.Field(ge=0, description="number of the picture. Judged here only")


class Coverage(_OfAPicture):
    """`Figures.coverage`: one row a school expected and coverage item."""

    school_code: pa.Category = pa.Field(str_length={"min_value": 1}, description="code of the school")
    item: pa.Category = pa.Field(str_length={"min_value": 1}, description="number of the form's item")
    share: pa.Category = pa.Field(isin=_SHARES, description="what became of the answer (`Share`)")
    covered: float = pa.Field(nullable=True, description="people covered; null: not counted, or a volume")
    total: float = pa.Field(nullable=True, description="people in all")
    percent: float = pa.Field(nullable=True, description="0–100")
    derived: bool = pa.Field(description="the count is computed from a percent")
    carried: bool = pa.Field(description="the report is carried forward")
    file: pa.Category = pa.Field(description="where it stands; blank: nowhere")
    sheet: pa.Category = pa.Field(description="where it stands; blank: nowhere")
    cell: pa.Category = pa.Field(description="where it stands; blank: nowhere")
    waived: bool = pa.Field(description="an impossible figure counts by the office's leave. Judged here only")

    class Config:
        strict = True
        unique = ("school_code", "item", "picture")

    @guard("a figure is there where it is counted, and nowhere else")
    @classmethod
    def counted_alone_has_figures(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        counted = table["share"] == Share.COUNTED
        nothing = table[["covered", "total", "percent"]].isna().all(axis="columns") & ~table["derived"]
        return nothing.where(~counted, table["percent"].notna())

    @guard("nobody is covered twice")
    @classmethod
    def covered_among_total(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["waived"] | table["covered"].isna() | _among(table["covered"], table["total"])

    @guard("a share is no more than the whole")
    @classmethod
    def percent_of_the_whole(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["waived"] | table["percent"].isna() | table["percent"].between(0, 100 + _SLIP)


class _OfSums(_OfAPicture):
    """Σ over schools of one coverage item, beside the sums of these schools, added up anew (`…_rows`)."""

    item: str = pa.Field(str_length={"min_value": 1}, description="number of the form's item")
    covered: float = pa.Field(nullable=True, description="people covered")
    total: float = pa.Field(nullable=True, description="people in all")
    percent: float = pa.Field(nullable=True, description="Σ covered / Σ total × 100")
    counted: int = pa.Field(ge=0, description="schools")
    carried: int = pa.Field(ge=0, description="schools, among those counted")
    derived: int = pa.Field(ge=0, description="schools, among those counted")
    set_aside: int = pa.Field(ge=0, description="schools")
    not_applicable: int = pa.Field(ge=0, description="schools")
    no_answer: int = pa.Field(ge=0, description="schools")
    no_report: int = pa.Field(ge=0, description="schools")
    expected: int = pa.Field(ge=0, description="schools")
    covered_rows: float = pa.Field(description="Σ covered of the schools counted. Judged here only")
    total_rows: float = pa.Field(description="Σ total of the schools counted. Judged here only")
    counted_rows: int = pa.Field(ge=0, description="how many schools are counted. Judged here only")
    waived: bool = pa.Field(description="of one of its schools is. Judged here only")

    @guard("people covered are those of the schools")
    @classmethod
    def covered_is_the_sum_of_its_rows(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["covered"].fillna(0.0) - table["covered_rows"]).abs() <= _SLIP

    @guard("people in all are those of the schools")
    @classmethod
    def total_is_the_sum_of_its_rows(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["total"].fillna(0.0) - table["total_rows"]).abs() <= _SLIP

    @guard("schools counted are those of the rows")
    @classmethod
    def counted_is_the_number_of_its_rows(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["counted"] == table["counted_rows"]

    @guard("every school expected is in one state")
    @classmethod
    def every_school_stands_somewhere(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        states = ["counted", "set_aside", "not_applicable", "no_answer", "no_report"]
        return table[states].sum(axis="columns") == table["expected"]

    @guard("carried schools are counted")
    @classmethod
    def carried_among_counted(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["carried"] <= table["counted"]

    @guard("derived figures are counted")
    @classmethod
    def derived_among_counted(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["derived"] <= table["counted"]

    @guard("the percent is Σ covered / Σ total, never a mean")
    @classmethod
    def percent_is_that_of_the_sums(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        share = table["covered"] / table["total"].where(table["total"] > 0) * 100
        return table["waived"] | (share.isna() & table["percent"].isna()) | ((share - table["percent"]).abs() <= _SLIP)

    @guard("nobody is covered twice")
    @classmethod
    def covered_among_total(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["waived"] | table["covered"].isna() | _among(table["covered"], table["total"])


class Totals(_OfSums):
    """`Figures.totals`: one row a coverage item."""

    change: float = pa.Field(nullable=True, description="points since the last reporting date, same schools")
    change_people: float = pa.Field(nullable=True, description="the same in people")
    change_schools: int = pa.Field(ge=0, description="schools counted on both dates")
    change_of_totals: float = pa.Field(nullable=True, description="points, whichever schools are counted")

    class Config:
        strict = True
        unique = ("item", "picture")

    @guard("schools that are compared are counted")
    @classmethod
    def compared_among_counted(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["change_schools"] <= table["counted"]

    @guard("a change is one of schools: over none there is no change")
    @classmethod
    def change_where_schools_are(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["change"].isna() | (table["change_schools"] > 0)


class Groups(_OfSums):
    """`Figures.groups`: one row a group of schools and coverage item."""

    group: str = pa.Field(str_length={"min_value": 1}, description="name of the group")
    level: object = pa.Field(isin=_LEVELS, nullable=True, description="`Level`, of the headline item alone")
    deviation: float = pa.Field(nullable=True, description="points from the target's lower bound")
    shortfall: float = pa.Field(ge=0, nullable=True, description="people missing to that bound")

    class Config:
        strict = True
        unique = ("group", "item", "picture")

    @guard("a group of which nothing is counted stands nowhere to the target")
    @classmethod
    def unknown_where_nothing_is_counted(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["level"].isna() | (table["percent"].isna() == (table["level"] == Level.UNKNOWN))

    @guard("below the target is what is less, and nothing else")
    @classmethod
    def below_where_less_than_the_target(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        near = table["deviation"].isna() | (table["deviation"].abs() <= _SLIP)
        return near | ((table["deviation"] < 0) == (table["level"] == Level.BELOW))


class Milestones(_OfAPicture):
    """`Figures.milestones`: one row a school and item with a due date."""

    school_code: pa.Category = pa.Field(str_length={"min_value": 1}, description="code of the school")
    item: pa.Category = pa.Field(str_length={"min_value": 1}, description="number of the form's item")
    due: object = pa.Field(description="deadline")
    state: pa.Category = pa.Field(isin=_STATES, description="`Milestone`")
    days_late: int = pa.Field(ge=0, description="days since the deadline, 0 where it is not missed")
    done_since: object = pa.Field(nullable=True, description="date of the report that first says so")

    class Config:
        strict = True
        unique = ("school_code", "item", "picture")

    @guard("late is what is overdue, and nothing else")
    @classmethod
    def late_where_overdue(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["days_late"] > 0) == (table["state"] == Milestone.OVERDUE)

    @guard("only what is done is done since a day")
    @classmethod
    def since_where_done(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return _since_where_done(table)


class Steps(_OfAPicture):
    """`Figures.steps`: one row a school and target of the headline item."""

    school_code: pa.Category = pa.Field(str_length={"min_value": 1}, description="code of the school")
    by: object = pa.Field(description="date of the target")
    min: float = pa.Field(ge=0, le=100, description="its lower bound, percent")
    max: float = pa.Field(ge=0, le=100, description="its upper bound, percent")
    state: pa.Category = pa.Field(isin=_STATES, description="`Milestone`")

    class Config:
        strict = True
        unique = ("school_code", "by", "picture")

    @guard("the lower bound is not above the upper")
    @classmethod
    def bounds_in_order(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["min"] <= table["max"]


class Measures(_OfAPicture):
    """`Figures.measures`: one row a school and measure of the order's stages, papers first."""

    school_code: pa.Category = pa.Field(str_length={"min_value": 1}, description="code of the school")
    stage: pa.Category = pa.Field(str_length={"min_value": 1}, description="title of the stage")
    measure: pa.Category = pa.Field(str_length={"min_value": 1}, description="title of the measure")
    due: object = pa.Field(nullable=True, description="deadline; null: none")
    items: object = pa.Field(description="numbers of the items that show it")
    state: pa.Category = pa.Field(isin=_STATES, description="`Milestone`")
    done_since: object = pa.Field(nullable=True, description="date of the report that first says so")

    class Config:
        strict = True

    @guard("only what is done is done since a day")
    @classmethod
    def since_where_done(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return _since_where_done(table)


class Trend(_OfAPicture):
    """`Figures.trend`: the headline item, one row a date and school, and one of the municipality (blank code), beside
    the sum of its schools."""

    date: object = pa.Field(description="date of the picture")
    school_code: pa.Category = pa.Field(description="code of the school; blank: the municipality")
    covered: float = pa.Field(nullable=True, description="people covered")
    total: float = pa.Field(nullable=True, description="people in all")
    percent: float = pa.Field(nullable=True, description="0–100")
    carried: bool = pa.Field(description="the report is carried forward")
    share: pa.Category = pa.Field(isin=_SHARES, description="`Share`")
    reported: bool = pa.Field(description="a report was sent for that date")
    covered_rows: float = pa.Field(description="Σ covered of the schools at that date. Judged here only")
    waived: bool = pa.Field(description="an impossible figure counts by the office's leave. Judged here only")

    class Config:
        strict = True
        unique = ("date", "school_code", "picture")

    @guard("the municipality's people are those of its schools")
    @classmethod
    def whole_is_the_sum_of_its_schools(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["school_code"] != "") | ((table["covered"].fillna(0.0) - table["covered_rows"]).abs() <= _SLIP)

    @guard("a share is no more than the whole")
    @classmethod
    def percent_of_the_whole(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["waived"] | table["percent"].isna() | table["percent"].between(0, 100 + _SLIP)


FRAMES: Mapping[str, type[pa.DataFrameModel]] = MappingProxyType(
    {
        "coverage": Coverage,
        "totals": Totals,
        "groups": Groups,
        "milestones": Milestones,
        "steps": Steps,
        "measures": Measures,
        "trend": Trend,
    }
)


def _among(covered: "pd.Series[float]", total: "pd.Series[float]") -> "pd.Series[bool]":
    return (covered >= 0) & (covered <= total + _SLIP)


def _since_where_done(table: pd.DataFrame) -> "pd.Series[bool]":
    return table["done_since"].isna() | (table["state"] == Milestone.DONE)


def _waived(rows: pd.DataFrame, waived: Waived) -> "pd.Series[bool]":
    """Which rows are of one of these schools and items."""
    found = [key in waived for key in values_of(rows, "school_code", "item")] if waived else False
    return pd.Series(found, index=rows.index, dtype="bool")


def _beside_rows(figures: Former, waived: Waived) -> pd.DataFrame:
    """`Totals`: each item beside what its schools plainly add up to."""
    rows = _beside_sums(figures.totals.reset_index(), ["item"], figures.coverage)
    items = {item for _, item in waived}
    return rows.assign(waived=rows["item"].isin(items))


def _beside_groups(figures: Former, waived: Waived) -> pd.DataFrame:
    """`Groups`: the same of each group's schools."""
    if figures.groups.empty:
        return figures.groups.assign(covered_rows=0.0, total_rows=0.0, counted_rows=0, waived=False)
    group_of = {school.code: name for name, schools in figures.grouped.items() for school in schools}
    schools = figures.coverage.assign(
        group=[group_of.get(code, "") for code in figures.coverage["school_code"].tolist()]
    )
    rows = _beside_sums(figures.groups, ["group", "item"], schools)
    let = {(group_of.get(code, ""), item) for code, item in waived}
    found = [key in let for key in values_of(rows, "group", "item")]
    return rows.assign(waived=pd.Series(found, index=rows.index, dtype="bool"))


def _beside_sums(rows: pd.DataFrame, keys: list[str], coverage: pd.DataFrame) -> pd.DataFrame:
    """`keys`: columns of both by which a row is that of its schools. The totals come of groups of pandas and of numpy's
    counting: here the figures are added up by numpy, and the schools counted by neither."""
    places = {key: place for place, key in enumerate(values_of(rows, *keys))}
    nowhere = len(rows)
    counted = coverage[coverage["share"] == Share.COUNTED]
    at = np.array([places.get(key, nowhere) for key in values_of(counted, *keys)], int)

    def sums(figures: "pd.Series[float]") -> "np.ndarray[Any, Any]":
        return np.bincount(at, figures, nowhere + 1)[:nowhere]

    covered, total = (sums(counted[name].fillna(0.0)).astype(float) for name in ("covered", "total"))
    schools = Counter(values_of(coverage, *keys, "share"))
    counts = np.array([schools[*key, Share.COUNTED] for key in places], int)
    return rows.assign(covered_rows=covered, total_rows=total, counted_rows=counts)


def _beside_schools(figures: Former, waived: Waived) -> pd.DataFrame:
    """`Trend`: at every date the people of its schools, added up by a plain loop."""
    sums: dict[Any, float] = {}
    trend, headline = figures.trend, figures.form.headline_number
    for day, code, covered in values_of(trend, "date", "school_code", "covered"):
        sums[day] = sums.get(day, 0.0) + (covered if code and not math.isnan(covered) else 0.0)
    codes = {code for code, item in waived if item == headline}
    rows = trend.assign(covered_rows=trend["date"].map(sums).astype("float64"))
    return rows.assign(waived=rows["school_code"].isin([*codes, *([""] if codes else [])]))
