"""Reports as read become one long table of facts, completed by what follows from them."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd

from pipeline.reading.records import FileRead, Registry
from schemas.answers import FIGURES, empty_answers
from schemas.form import Form, Kind


@dataclass(frozen=True)
class Report:
    """Head of one report in the batch: whose, for when, from where, arrived when."""

    number: int
    file: str
    sheet: str
    school: str
    as_of: date | None
    arrived: datetime | None
    digest: str
    answer_cells: dict[str, str]
    written: frozenset[str]
    own_form: bool

    @property
    def usable(self) -> bool:
        """Whose and for when are both known."""
        return bool(self.school) and self.as_of is not None


def reports_of(reads: list[FileRead], arrivals: dict[str, datetime | None]) -> list[Report]:
    """Heads of all reports, numbered in the order of files and sheets. `arrivals`: file -> arrival."""
    heads: list[Report] = []
    for read in reads:
        for found in read.reports:
            heads.append(
                Report(
                    len(heads),
                    read.file,
                    found.sheet,
                    found.school,
                    found.as_of,
                    arrivals.get(read.file),
                    read.digest,
                    found.answer_cells,
                    found.written,
                    found.own_form,
                )
            )
    return heads


def answers_table(reads: list[FileRead], form: Form, registry: Registry) -> pd.DataFrame:
    """All facts of the batch (`schemas.answers.Answers`), stated and derived, one row number each."""
    columns: dict[str, list[object]] = {name: [] for name in empty_answers().columns}
    number = 0
    for read in reads:
        for report in read.reports:
            as_of = report.as_of.isoformat() if report.as_of else ""
            for fact in report.facts:
                words = isinstance(fact.value, str)
                row = (
                    number, read.file, report.sheet, fact.cell, report.school, as_of, fact.item, fact.field,
                    fact.value if words else "", np.nan if words else fact.value, fact.half, fact.basis,
                )  # fmt: skip
                for column, value in zip(columns.values(), row, strict=True):
                    column.append(value)
            number += 1
    types = empty_answers().dtypes.to_dict()
    stated = pd.DataFrame(columns).astype(types)
    return pd.concat([stated, _derived(stated, form, registry)], ignore_index=True).astype(types)


def coverage_of(table: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Coverage answers side by side: one row a report and item —
    report, item, count, total, percent, and for each its row (`count_row` …), `half`, `count_basis` …"""
    items = [item.number for item in form.items if item.kind in (Kind.COVERAGE, Kind.VOLUME)]
    figures = table[table["item"].isin(items) & table["field"].isin(FIGURES)]
    figures = figures.assign(row=figures.index).drop_duplicates(["report", "item", "field"])
    keyed = figures.set_index(["report", "item", "field"])
    wide = keyed["number"].unstack("field").reindex(columns=list(FIGURES)).astype("float64")
    for name, source in (("row", "row"), ("basis", "basis")):
        side = keyed[source].unstack("field").reindex(columns=list(FIGURES))
        wide = wide.join(side.add_suffix(f"_{name}"))
    halves = figures[figures["field"] == "percent"].set_index(["report", "item"])["half"]
    wide["half"] = halves.reindex(wide.index)
    return wide.reset_index()


def _derived(stated: pd.DataFrame, form: Form, registry: Registry) -> pd.DataFrame:
    """The facts that follow: a total from the registry's base, a count from percent and total, a percent from both
    (domain.md, «Numbers»). Never rounded to people."""
    wide = coverage_of(stated, form)
    if wide.empty:
        return empty_answers()
    places = stated.drop_duplicates(["report", "item"]).set_index(["report", "item"])
    wide = wide.join(places[["file", "sheet", "cell", "school_code", "as_of"]], on=["report", "item"])
    bases = base_people(form, registry)
    keys = pd.MultiIndex.from_frame(wide[["school_code", "item"]])
    base = pd.Series(bases.reindex(keys).to_numpy(), index=wide.index)
    known = wide["count"].notna() | wide["percent"].notna()
    total = wide["total"].fillna(base.where(known))
    count = wide["count"].fillna(wide["percent"] / 100 * total)
    percent = wide["percent"].fillna((wide["count"] / total * 100).where(total > 0))
    half = wide["half"].fillna(0.0)
    new = []
    for field, full in (("count", count), ("total", total), ("percent", percent)):
        added = wide[full.notna() & wide[field].isna()]
        rows = added[["report", "file", "sheet", "cell", "school_code", "as_of", "item"]]
        spread = half[added.index] if field == "count" else 0.0
        new.append(rows.assign(field=field, text="", number=full[added.index], half=spread, basis="derived"))
    return pd.concat(new, ignore_index=True)


def base_people(form: Form, registry: Registry) -> pd.Series:
    """People in the base of each school's coverage item: index (school_code, item), from the registry."""
    rows = {
        (school.code, item.number): school.bases[item.base]
        for school in registry.schools
        for item in form.coverage_items
        if item.base in school.bases
    }
    index = pd.MultiIndex.from_tuples(rows, names=["school_code", "item"]) if rows else _no_keys()
    return pd.Series(list(rows.values()), index=index, dtype="float64")


def _no_keys() -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([[], []], names=["school_code", "item"])
