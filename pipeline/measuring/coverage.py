"""Coverage of each school and of the municipality: Σ covered / Σ total over the schools counted, never the mean."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.checking.judgement import Checked
from pipeline.checking.table import categories, coverage_of, of_keys, values_of
from pipeline.measuring.figures import SHARES, Figures, Former, Share
from pipeline.measuring.picture import Picture
from pipeline.measuring.rows import CoverageRow
from schemas.answers import OF_ANOTHER_DATE
from schemas.district import Registry, School
from schemas.form import Form, Item, Kind

_KEY = ["report", "item"]
_OF_GROUP = ["group", "item"]
_PLACE = ["file", "sheet", "cell"]
_SCHOOLS_IN_STATE = (Share.SET_ASIDE, Share.NOT_APPLICABLE, Share.NO_ANSWER, Share.NO_REPORT)
_CODES = {share: code for code, share in enumerate(SHARES.categories)}
_NO_REPORT = -1  # stands for the number of a report where there is none
_PERCENT_EXACT = 9  # decimals of a percent that count: binary fractions may take the last ones from 100


def answered_shares(checked: Checked, form: Form, registry: Registry) -> pd.DataFrame:
    """What became of every coverage item in every report, whatever the date: from this each picture takes its own.

    Index: report, item. Columns: share, covered, total, percent (of those counted), unbased (it lacks only the
    registry's base), derived, carried (from a report of another date), file, sheet, cell, and covered_said, total_said,
    percent_said: of those set aside as well. As many rows a report, in the order of their numbers; before them those of
    no report."""
    items, reports = [item.number for item in form.coverage_items], np.arange(_NO_REPORT, len(checked.reports))
    each = categories(items)[np.tile(np.arange(len(items)), len(reports))]
    rows = pd.DataFrame({"report": np.repeat(reports, len(items)), "item": each})
    figures = _figures(checked.answers, form).astype({"item": rows["item"].dtype})
    shares = rows.merge(figures, how="left", on=_KEY, validate="one_to_one")
    shares["set_aside"] = of_keys(rows, checked.set_aside)
    shares["share"] = _shares(checked, form, registry, shares)
    counted = shares["share"] == Share.COUNTED
    of_people = rows["item"].isin([item.number for item in form.coverage_items if item.base])
    shares["unbased"] = shares["count_basis"].notna() & shares["total"].isna() & of_people & ~shares["set_aside"]
    for name in ("covered", "total", "percent"):
        shares[f"{name}_said"] = shares[name]
        shares[name] = shares[name].where(counted)
    shares["derived"] = counted & (shares["count_basis"] == "derived")
    shares["carried"] = shares["carried"].isin(OF_ANOTHER_DATE)
    for name in _PLACE:
        shares[name] = shares[name].cat.set_categories([*shares[name].cat.categories.union([""])]).fillna("")
    return shares.drop(columns=["count_basis", "set_aside"]).set_index(_KEY)


def rows_of(shares: pd.DataFrame, numbers: Sequence[int], items: Sequence[str]) -> pd.DataFrame:
    """The rows of these reports and items, in that order. `shares`: `answered_shares`; `numbers`: of reports."""
    reports = max(1, len(shares.index.levels[0]))  # type: ignore[attr-defined]
    width = len(shares) // reports
    assert width * reports == len(shares), "each report has as many rows"
    place_of = {item: place for place, item in enumerate(shares.index[:width].get_level_values("item").tolist())}
    places = [place_of[item] for item in items]
    first = (np.array(numbers, int) - _NO_REPORT) * width
    return shares.take(np.add.outer(first, places).ravel())


def coverage(shares: pd.DataFrame, pictures: Sequence[Picture], items: Sequence[Item]) -> pd.DataFrame:
    """One row a school expected and item (`Figures.coverage`), picture by picture. `shares`: `answered_shares`."""
    expected = [(shown, school.code) for shown in pictures for school in shown.schools]
    numbers = [shown.chosen[code].number if code in shown.chosen else _NO_REPORT for shown, code in expected]
    rows = rows_of(shares, numbers, [item.number for item in items]).reset_index("item").reset_index(drop=True)
    rows["school_code"] = categories(code for _, code in expected)[np.repeat(np.arange(len(expected)), len(items))]
    rows["carried"] |= np.repeat(np.array([code in shown.carried for shown, code in expected], bool), len(items))
    return rows[list(CoverageRow._fields)]


def totals(coverage: pd.DataFrame, items: Sequence[Item]) -> pd.DataFrame:
    """One row an item: `Figures.totals` without their change."""
    wanted = pd.Index([item.number for item in items], name="item", dtype="str")
    return sums_of(coverage, _places(coverage["item"], wanted), wanted).assign(
        expected=coverage["school_code"].nunique()
    )


def totals_by_group(
    coverage: pd.DataFrame, groups: Mapping[str, Sequence[School]], items: Sequence[Item]
) -> pd.DataFrame:
    """As `totals`, a row a group and item: index group, item. `groups`: each school in one of them."""
    numbers = pd.Index([item.number for item in items], dtype="str")
    wanted = pd.MultiIndex.from_product([list(groups), numbers], names=_OF_GROUP)
    group_of = {school.code: place for place, schools in enumerate(groups.values()) for school in schools}
    of_schools = np.array([group_of[code] for code in coverage["school_code"].cat.categories], int)
    places = of_schools[coverage["school_code"].cat.codes] * len(numbers) + _places(coverage["item"], numbers)
    return sums_of(coverage, places, wanted).assign(
        expected=np.repeat([len(schools) for schools in groups.values()], len(numbers))
    )


def _places(texts: "pd.Series[str]", wanted: pd.Index) -> "np.ndarray[Any, Any]":
    """Which of the `wanted` each of these texts (categories) is."""
    return wanted.get_indexer(pd.Index(texts.cat.categories))[texts.cat.codes]


def sums_of(coverage: pd.DataFrame, places: "np.ndarray[Any, Any]", wanted: pd.Index) -> pd.DataFrame:
    """Σ covered and Σ total of the answers counted, and how many schools are in which state: a row for each of the
    keys `wanted`. `places`: of which of them each row of `coverage` is."""
    is_counted = (coverage["share"] == Share.COUNTED).to_numpy()
    sums = coverage.loc[is_counted, ["covered", "total"]].groupby(places[is_counted]).sum(min_count=1)
    sums = sums.reindex(np.arange(len(wanted))).set_axis(wanted)
    each = places * len(_CODES) + coverage["share"].cat.codes
    states = np.bincount(each, minlength=len(wanted) * len(_CODES)).reshape(len(wanted), len(_CODES))
    schools = {
        name: np.bincount(places[is_counted & coverage[name].to_numpy()], minlength=len(wanted))
        for name in ("carried", "derived")
    }
    return sums.assign(
        percent=sums["covered"] / sums["total"] * 100,
        counted=states[:, _CODES[Share.COUNTED]],
        **schools,
        **{share.value: states[:, _CODES[share]] for share in _SCHOOLS_IN_STATE},
    )


def with_change(totals: pd.DataFrame, coverage: pd.DataFrame, before: Former | None) -> pd.DataFrame:
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
    """report, item, covered, total, percent, count_basis, carried and place of every coverage answer that has figures.
    A volume has no people behind it; without a whole of people there is no percent."""
    wide = coverage_of(answers, form)
    volume = wide["item"].isin([item.number for item in form.items if item.kind is Kind.VOLUME])
    # A stated percent stays as stated: a count derived from 41 % may be 40,99999… % of its total.
    of_people = (wide["count"] / wide["total"] * 100).where(wide["count_basis"] == "stated", wide["percent"])
    wide["percent"] = wide["percent"].where(volume, of_people.where(wide["total"] > 0))
    wide["covered"] = wide["count"].mask(volume)
    wide["total"] = wide["total"].mask(volume)
    figures = wide[[*_KEY, "covered", "total", "percent", "count_basis"]]
    return figures.join(answers[[*_PLACE, "carried"]].loc[wide["said_row"]].set_axis(wide.index))


def _shares(checked: Checked, form: Form, registry: Registry, rows: pd.DataFrame) -> pd.Categorical:
    """`rows`: one for every report and item, with what `_figures` says of it, and `set_aside`."""
    items = [item.number for item in form.coverage_items]
    said = [False] * len(items) + [number in answered for answered in checked.answered for number in items]
    inapplicable = of_keys(rows, [*_not_provided(checked.answers, form), *_of_nobody(checked, form, registry)])
    of_each = (
        (rows["report"] == _NO_REPORT, Share.NO_REPORT),
        (rows["set_aside"], Share.SET_ASIDE),
        (rows["percent"].notna(), Share.COUNTED),
        (inapplicable | ((rows["total"] == 0) & (rows["covered"] == 0)), Share.NOT_APPLICABLE),
        (np.array(said, bool), Share.SET_ASIDE),
    )
    codes = [_CODES[share] for _, share in of_each]
    found = np.select([which for which, _ in of_each], codes, _CODES[Share.NO_ANSWER])
    return pd.Categorical.from_codes(found, dtype=SHARES)


def _not_provided(answers: pd.DataFrame, form: Form) -> Iterator[tuple[int, str]]:
    """(report, item) that do not apply: «не предусмотрено»."""
    may_be = [item.number for item in form.coverage_items if item.may_be_not_provided]
    words = answers[(answers["field"] == "text") & answers["item"].isin(may_be)]
    return values_of(words, "report", "item")


def _of_nobody(checked: Checked, form: Form, registry: Registry) -> Iterator[tuple[int, str]]:
    """(report, item) of which nothing is said, and of whose people the school has none."""
    of_bases: dict[str, list[str]] = {}
    for item in form.coverage_items:
        of_bases.setdefault(item.base, []).append(item.number)
    for report, answered in zip(checked.reports, checked.answered, strict=True):
        if school := registry.school(report.school):
            nobody = (items for base, items in of_bases.items() if school.has_none(base))
            yield from ((report.number, item) for items in nobody for item in items if item not in answered)
