"""Coverage of each school and of the municipality: Σ covered / Σ total over the schools counted, never the mean."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.checking.judgement import Checked
from pipeline.checking.table import Report, coverage_of, values_of
from pipeline.measuring.figures import Figures, Share
from pipeline.measuring.picture import Picture
from pipeline.measuring.rows import CoverageRow
from schemas.answers import OF_ANOTHER_DATE
from schemas.district import Registry, School
from schemas.form import Form, Item, Kind

_KEY = ["report", "item"]
_OF_GROUP = ["group", "item"]
_PLACE = ["file", "sheet", "cell"]
_SCHOOLS_IN_STATE = (Share.SET_ASIDE, Share.NOT_APPLICABLE, Share.NO_ANSWER, Share.NO_REPORT)
_NO_REPORT = -1  # stands for the number of a report where there is none
_PERCENT_EXACT = 9  # decimals of a percent that count: binary fractions may take the last ones from 100


def answered_shares(checked: Checked, form: Form, registry: Registry) -> pd.DataFrame:
    """What became of every coverage item in every report, whatever the date: from this each picture takes its own.

    Index: report, item. Columns: share, covered, total, percent (of those counted), unbased (it lacks only the
    registry's base), derived, carried (from a report of another date), file, sheet, cell, and covered_said, total_said,
    percent_said: of those set aside as well. The rows of no report are there too."""
    figures = _figures(checked.answers, form)
    reports = (None, *checked.reports)
    numbers = [report.number if report else _NO_REPORT for report in reports]
    index = pd.MultiIndex.from_product([numbers, [item.number for item in form.coverage_items]], names=_KEY)
    measured = set(figures.index[figures["percent"].notna()])
    inapplicable = _inapplicable(checked.answers, figures, form) | set(_of_nobody(checked, form, registry))
    found = [
        _share(report, item.number, checked, measured, inapplicable)
        for report in reports
        for item in form.coverage_items
    ]
    shares = figures.reindex(index)
    shares["share"] = pd.Series(found, index=index, dtype="object")
    counted = shares["share"] == Share.COUNTED
    of_people = [item.number for item in form.coverage_items if item.base]
    without_base = figures.index[figures["total"].isna() & figures.index.isin(of_people, level="item")]
    shares["unbased"] = shares.index.isin(without_base.difference(list(checked.set_aside)))
    for name in ("covered", "total", "percent"):
        shares[f"{name}_said"] = shares[name]
        shares[name] = shares[name].where(counted)
    shares["derived"] = counted & (shares["count_basis"] == "derived")
    shares["carried"] = shares["carried"].isin(OF_ANOTHER_DATE)
    return shares.fillna(dict.fromkeys(_PLACE, "")).drop(columns="count_basis")


def coverage(shares: pd.DataFrame, shown: Picture, items: Sequence[Item]) -> pd.DataFrame:
    """One row a school expected and item (`Figures.coverage`). `shares`: `answered_shares`."""
    codes = [school.code for school in shown.schools]
    numbers = [shown.chosen[code].number if code in shown.chosen else _NO_REPORT for code in codes]
    chosen = pd.MultiIndex.from_product([numbers, [item.number for item in items]], names=_KEY)
    rows = shares.reindex(chosen).reset_index("item")
    rows["school_code"] = np.repeat(np.array(codes, dtype="object"), len(items))
    rows["carried"] |= rows["school_code"].isin(list(shown.carried))
    return rows[list(CoverageRow._fields)].reset_index(drop=True).astype(dict.fromkeys(["school_code", *_PLACE], "str"))


def totals(coverage: pd.DataFrame, items: Sequence[Item]) -> pd.DataFrame:
    """One row an item: `Figures.totals` without their change."""
    sums = _sums(coverage, pd.Index([item.number for item in items], name="item", dtype="str"))
    return sums.assign(expected=coverage["school_code"].nunique())


def totals_by_group(
    coverage: pd.DataFrame, groups: Mapping[str, Sequence[School]], items: Sequence[Item]
) -> pd.DataFrame:
    """As `totals`, a row a group and item: index group, item. `groups`: each school in one of them."""
    group_of = {school.code: name for name, schools in groups.items() for school in schools}
    rows = coverage.assign(group=coverage["school_code"].map(group_of))
    sums = _sums(rows, pd.MultiIndex.from_product([list(groups), [item.number for item in items]], names=_OF_GROUP))
    return sums.assign(expected=[len(groups[name]) for name, _ in sums.index])


def _sums(coverage: pd.DataFrame, wanted: pd.Index) -> pd.DataFrame:
    """Σ covered and Σ total of the answers counted, and how many schools are in which state: a row for each of the
    keys `wanted`, which are made of the columns by whose names they go."""
    names, is_counted = list(wanted.names), coverage["share"] == Share.COUNTED
    counted = coverage[is_counted].groupby(names)
    sums = counted[["covered", "total"]].sum(min_count=1).reindex(wanted)
    sums["percent"] = sums["covered"] / sums["total"] * 100
    keys = pd.Index(coverage[names[0]]) if len(names) == 1 else pd.MultiIndex.from_frame(coverage[names])
    places = wanted.get_indexer_for(keys)

    def schools(which: "pd.Series[bool]") -> "np.ndarray[Any, Any]":
        here = places[which & (places >= 0)]
        return np.bincount(here, minlength=len(wanted))

    sums["counted"] = schools(is_counted)
    for name in ("carried", "derived"):
        sums[name] = schools(is_counted & coverage[name])
    for share in _SCHOOLS_IN_STATE:
        sums[share.value] = schools(coverage["share"] == share)
    return sums


def with_change(totals: pd.DataFrame, coverage: pd.DataFrame, before: Figures | None) -> pd.DataFrame:
    """`Figures.totals`. `before`: the figures of the last reporting date.

    Over the schools that are counted on both dates: one that comes or goes moves a total, though nothing has changed.
    Where none of them has a figure of its own since, nothing is known to have changed or to have stayed."""
    if before is None:
        return totals.assign(change=math.nan, change_people=math.nan, change_schools=0, change_of_totals=math.nan)
    now, then = _counted_rows(coverage), _counted_rows(before.coverage)
    rows = now.merge(then, left_index=True, right_index=True, suffixes=("", "_before"), validate="one_to_one")
    both = rows.groupby(level="item")
    sums = both[["covered", "total", "covered_before", "total_before"]].sum(min_count=1)
    moved = sums[~both["carried"].all()].reindex(totals.index)
    return totals.assign(
        change=(moved["covered"] / moved["total"] - moved["covered_before"] / moved["total_before"]) * 100,
        change_people=moved["covered"] - moved["covered_before"],
        change_schools=both.size().reindex(totals.index, fill_value=0),
        change_of_totals=totals["percent"] - before.totals["percent"],
    )


def _counted_rows(coverage: pd.DataFrame) -> pd.DataFrame:
    """Index: school_code, item."""
    counted = coverage[coverage["share"] == Share.COUNTED]
    return counted.set_index(["school_code", "item"])[["covered", "total", "carried"]]


class Uncompared(NamedTuple):
    """Schools that a change leaves out. `gone`: counted last time and not now; `come`: counted now and not then."""

    gone: tuple[School, ...]
    come: tuple[School, ...]


def uncompared(figures: Figures, item: str) -> Uncompared:
    """Of a coverage item; nobody where there is no last time."""
    before = figures.before
    if before is None:
        return Uncompared((), ())
    now, then = (
        set(one.coverage.loc[(one.coverage["item"] == item) & (one.coverage["share"] == Share.COUNTED), "school_code"])
        for one in (figures, before)
    )
    return Uncompared(
        tuple(school for school in before.schools if school.code in then - now),
        tuple(school for school in figures.schools if school.code in now - then),
    )


def is_overdue(percent: float, due: date | None, as_of: date) -> bool:
    """Is everybody still not covered though the deadline has passed? From the day after it."""
    return due is not None and as_of > due and round(percent, _PERCENT_EXACT) < 100


def _figures(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """covered, total, percent, count_basis, carried and place of every coverage answer that has figures, index (report,
    item). A volume has no people behind it; without a whole of people there is no percent."""
    wide = coverage_of(answers, form).astype({"item": "str"})  # as those that nothing answers
    volume = wide["item"].isin([item.number for item in form.items if item.kind is Kind.VOLUME])
    # A stated percent stays as stated: a count derived from 41 % may be 40,99999… % of its total.
    of_people = (wide["count"] / wide["total"] * 100).where(wide["count_basis"] == "stated", wide["percent"])
    wide["percent"] = wide["percent"].where(volume, of_people.where(wide["total"] > 0))
    wide["covered"] = wide["count"].mask(volume)
    wide["total"] = wide["total"].mask(volume)
    wide[[*_PLACE, "carried"]] = answers.loc[wide["said_row"], [*_PLACE, "carried"]].to_numpy()
    return wide.set_index(_KEY)[["covered", "total", "percent", "count_basis", "carried", *_PLACE]]


def _inapplicable(answers: pd.DataFrame, figures: pd.DataFrame, form: Form) -> set[tuple[int, str]]:
    """(report, item) that do not apply: «не предусмотрено», or nobody of nobody."""
    may_be = [item.number for item in form.coverage_items if item.may_be_not_provided]
    words = answers[(answers["field"] == "text") & answers["item"].isin(may_be)]
    of_nobody = figures[(figures["total"] == 0) & (figures["covered"] == 0)]
    return {*values_of(words, "report", "item"), *of_nobody.index}


def _of_nobody(checked: Checked, form: Form, registry: Registry) -> Iterator[tuple[int, str]]:
    """(report, item) of which nothing is said, and of whose people the school has none."""
    for report in checked.reports:
        school = registry.school(report.school)
        for item in form.coverage_items if school else ():
            if school and school.has_none(item.base) and item.number not in report.written:
                yield report.number, item.number


def _share(
    report: Report | None,
    item: str,
    checked: Checked,
    measured: set[tuple[int, str]],
    inapplicable: set[tuple[int, str]],
) -> Share:
    if report is None:
        return Share.NO_REPORT
    key = report.number, item
    if key in checked.set_aside:
        return Share.SET_ASIDE
    if key in measured:
        return Share.COUNTED
    if key in inapplicable:
        return Share.NOT_APPLICABLE
    return Share.SET_ASIDE if item in report.written else Share.NO_ANSWER
