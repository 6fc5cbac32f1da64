"""Coverage of each school and of the municipality: Σ covered / Σ total over the schools counted, never the mean."""

import numpy as np
import pandas as pd

from pipeline.checking.judgement import Checked
from pipeline.checking.table import coverage_of
from pipeline.measuring.figures import Share
from pipeline.measuring.picture import Picture
from schemas.form import Form, Kind


def coverage(checked: Checked, shown: Picture, form: Form) -> pd.DataFrame:
    """One row a school expected and coverage item (`Figures.coverage`)."""
    answers = checked.answers[checked.answers["report"].isin(list(shown.numbers))]
    items = [item.number for item in form.coverage_items]
    index = pd.MultiIndex.from_product([[s.code for s in shown.schools], items], names=["school_code", "item"])
    figures = _figures(answers, form).reindex(index).reset_index()
    figures["share"] = [
        _share(checked, shown, form, code, item, counted, words)
        for code, item, counted, words in zip(
            figures["school_code"], figures["item"], figures["measured"], figures["words"], strict=True
        )
    ]
    uncounted = figures["share"] != Share.COUNTED
    for column in ("covered", "total", "percent"):
        figures.loc[uncounted, column] = np.nan
    figures["derived"] = (figures["count_basis"] == "derived") & ~uncounted
    figures["carried"] = figures["school_code"].isin(list(shown.carried))
    for column in ("file", "sheet", "cell"):
        figures[column] = figures[column].fillna("")
    columns = ["school_code", "item", "share", "covered", "total", "percent", "derived", "carried"]
    return figures[[*columns, "file", "sheet", "cell"]]


def totals(figures: pd.DataFrame, form: Form) -> pd.DataFrame:
    """One row a coverage item (`Figures.totals`)."""
    items = [item.number for item in form.coverage_items]
    counted = figures[figures["share"] == Share.COUNTED].groupby("item")
    sums = counted[["covered", "total"]].sum(min_count=1).reindex(items)
    sums["percent"] = sums["covered"] / sums["total"] * 100
    sums.loc[sums["total"] == 0, "percent"] = np.nan
    sums["counted"] = counted.size().reindex(items, fill_value=0)
    sums["carried"] = counted["carried"].sum().reindex(items, fill_value=0).astype("int64")
    sums["derived"] = counted["derived"].sum().reindex(items, fill_value=0).astype("int64")
    states = pd.crosstab(figures["item"], figures["share"])
    for share in (Share.SET_ASIDE, Share.NOT_APPLICABLE, Share.NO_ANSWER, Share.NO_REPORT):
        seen = states[share] if share in states else pd.Series(dtype="int64")
        sums[share.value] = seen.reindex(items, fill_value=0).astype("int64")
    sums["expected"] = figures["school_code"].nunique()
    return sums


def _figures(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """covered, total, percent of every coverage answer in the picture, index (school_code, item)."""
    wide = coverage_of(answers, form)
    places = answers.drop_duplicates(["report", "item"]).set_index(["report", "item"])
    wide = wide.join(places[["school_code", "file", "sheet", "cell"]], on=["report", "item"])
    volumes = [item.number for item in form.items if item.kind is Kind.VOLUME]
    volume = wide["item"].isin(volumes)
    share = wide["count"] / wide["total"] * 100
    wide["covered"] = wide["count"].mask(volume)
    wide["total"] = wide["total"].mask(volume)
    wide["percent"] = share.where(wide["total"] > 0).where(~volume, wide["percent"])
    wide["measured"] = wide["percent"].notna() & (volume | wide["covered"].notna())
    wide = wide.set_index(["school_code", "item"])
    said = answers[(answers["field"] == "text")].drop_duplicates(["school_code", "item"])
    words = said.set_index(["school_code", "item"])["text"]
    every = wide.index.union(words.index) if len(words) else wide.index
    wide = wide.reindex(every)
    wide["words"] = words.reindex(every)
    return wide


def _share(
    checked: Checked, shown: Picture, form: Form, code: str, item: str, measured: object, words: object
) -> Share:
    report = shown.chosen.get(code)
    if report is None:
        return Share.NO_REPORT
    if (report.number, item) in checked.set_aside:
        return Share.SET_ASIDE
    if measured is True:
        return Share.COUNTED
    if isinstance(words, str) and form.item(item).may_be_not_provided:
        return Share.NOT_APPLICABLE
    return Share.SET_ASIDE if item in report.written else Share.NO_ANSWER
