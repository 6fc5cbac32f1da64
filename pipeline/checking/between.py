"""Controls between reports: a school's report with the one before it, one school's report with another's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise, starmap

import pandas as pd

from pipeline.checking.same_answers import same_answers
from pipeline.checking.table import FactRow, Report, fact_rows, stated_facts
from schemas.form import Form, Kind
from schemas.remarks import Remark

# «A base that jumps by more than a fifth between two reports.»
_JUMP = 0.2
# A figure is far from its peers when it is so many robust deviations, and points, away from their median.
_FAR, _FAR_POINTS, _ENOUGH_PEERS = 5.0, 30.0, 8
_MAD_TO_SIGMA = 1.4826
# Two computed figures that differ by less are the same.
_NOTHING = 1e-9


def check_between_reports(
    counting: Sequence[Report], coverage: pd.DataFrame, table: pd.DataFrame, form: Form
) -> list[Remark]:
    """Reports are cumulative: each figure against the school's last one that counted, each document against the
    report before. A fall of people that the rounding of a percent explains is none.

    `counting`: one report a school and date, in their order. `coverage`: the counted rows of `coverage_of`.
    """
    lately = _beside_the_last(coverage, counting)
    return [
        *_count_fell(lately, table, form),
        *_percent_fell(lately, table, form),
        *_base_jumped(lately, table),
        *_document_gone(counting, table, form),
        *_sent_unchanged(counting, table),
    ]


def check_between_schools(
    counting: Sequence[Report], coverage: pd.DataFrame, accepted: pd.DataFrame, table: pd.DataFrame, form: Form
) -> list[Remark]:
    """The same answers sent by two schools for one date; a figure far from those of the other schools.

    `accepted`: the rows of `coverage` that are counted.
    """
    return [*same_answers(counting, coverage, table, form), *_far_from_peers(counting, accepted, table)]


# ── a school's report with the one before ────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Change:
    """A figure and the same school's figure before it, with the date of that."""

    count: float
    count_before: float
    percent: float
    percent_before: float
    total: float
    total_before: float
    day_before: pd.Timestamp


def _beside_the_last(coverage: pd.DataFrame, counting: Sequence[Report]) -> pd.DataFrame:
    """`coverage` with `spread` (people by which a derived count may be off), and every figure of the school's last
    report in which it counted (`count_before`, `day_before` …); first ones are left out."""
    order = {report.number: here for here, report in enumerate(counting)}
    days = {report.number: pd.Timestamp(report.as_of) for report in counting if report.as_of}
    kept = coverage[coverage["report"].isin(list(order))]
    spread = (kept["half"] / 100 * kept["total"]).where(kept["count_basis"] == "derived", 0.0).fillna(0.0)
    kept = kept.assign(spread=spread, day=kept["report"].map(days), order=kept["report"].map(order))
    kept = kept.sort_values(["school_code", "item", "order"])
    figures = ["count", "percent", "total", "spread", "day"]
    before = kept.groupby(["school_code", "item"])[figures].shift().add_suffix("_before")
    return kept.join(before)[before["day_before"].notna()]


def _count_fell(lately: pd.DataFrame, table: pd.DataFrame, form: Form) -> Iterator[Remark]:
    fell = lately["count"] + lately["spread"] < lately["count_before"] - lately["spread_before"] - _NOTHING
    for fact, change in _changed(lately[fell & ~_is_volume(lately, form)], "said_row", table):
        people = {"count": round(change.count), "earlier": round(change.count_before)}
        yield fact.remark("COUNT-FELL", **people, day=change.day_before.date())


def _percent_fell(lately: pd.DataFrame, table: pd.DataFrame, form: Form) -> Iterator[Remark]:
    """A volume has no people: its percent is what the school states, and may not fall."""
    fell = lately["percent"] < lately["percent_before"] - _NOTHING
    for fact, change in _changed(lately[fell & _is_volume(lately, form)], "said_row", table):
        shares = {"percent": change.percent, "earlier": change.percent_before}
        yield fact.remark("PCT-FELL", **shares, day=change.day_before.date())


def _base_jumped(lately: pd.DataFrame, table: pd.DataFrame) -> Iterator[Remark]:
    """One remark a cell: in Svod's own form one figure of the passport is the whole of many items."""
    grown = (lately["total"] - lately["total_before"]).abs() > _JUMP * lately["total_before"] + _NOTHING
    jumped = lately[grown & (lately["total_before"] > 0)].sort_values(["report", "total_row"])
    cells = table.loc[jumped["total_row"].astype("int64"), "cell"].set_axis(jumped.index)
    once = jumped.assign(cell=cells).drop_duplicates(["report", "cell"])
    for fact, change in _changed(once, "total_row", table):
        wholes = {"total": change.total, "earlier": change.total_before}
        yield fact.remark("BASE-JUMP", **wholes, day=change.day_before.date())


def _changed(lately: pd.DataFrame, row: str, table: pd.DataFrame) -> "zip[tuple[FactRow, Change]]":
    columns = [column.name for column in fields(Change)]
    changes = starmap(Change, lately[columns].itertuples(index=False, name=None))
    return zip(fact_rows(table, lately[row]), changes, strict=True)


def _is_volume(coverage: pd.DataFrame, form: Form) -> "pd.Series[bool]":
    return coverage["item"].isin([item.number for item in form.items if item.kind is Kind.VOLUME])


def _document_gone(counting: Sequence[Report], table: pd.DataFrame, form: Form) -> Iterator[Remark]:
    """A document that the report before gave and this one does not: neither by its number nor by its title."""
    with_documents = {item.number for item in form.items if item.kind in (Kind.DOCUMENT, Kind.ACTS)}
    said = _documents(table, with_documents)
    for before, now in _one_after_another(counting):
        given = said.get(now.number, {})
        names = {name for document in given.values() for name in document}
        for item, document in said.get(before.number, {}).items():
            if document and not document.keys() & names and before.as_of:
                cell = now.answer_cells.get(item, now.answer_cells.get(item.rpartition(".")[0], ""))
                named = ", ".join(sorted(document.values()))
                yield now.remark("DOC-GONE", cell=cell, item=item, document=named, day=before.as_of)


Known = tuple[str, str]  # what a document is known by: («number», «12»), («title», «положение»)


def _documents(table: pd.DataFrame, items: set[str]) -> dict[int, dict[str, dict[Known, str]]]:
    """report -> item or row of acts -> what its document is known by -> as it is written."""
    facts = table[table["field"].isin(["number", "title"])]
    found: dict[int, dict[str, dict[Known, str]]] = {}
    columns = (facts[name] for name in ("report", "item", "field", "text"))
    for report, item, field, text in zip(*columns, strict=True):
        if item in items or item.rpartition(".")[0] in items:
            found.setdefault(report, {}).setdefault(item, {})[field, text.casefold()] = text
    return found


def _sent_unchanged(counting: Sequence[Report], table: pd.DataFrame) -> Iterator[Remark]:
    """Svod's own form handed out with last time's answers and sent back as it was."""
    said = stated_facts(table)
    for before, now in _one_after_another(counting):
        if now.own_form and said.get(now.number) and said.get(now.number) == said.get(before.number):
            yield now.remark("REPORT-UNCHANGED", day=before.as_of)


def _one_after_another(counting: Sequence[Report]) -> Iterator[tuple[Report, Report]]:
    for before, now in pairwise(counting):
        if before.school == now.school:
            yield before, now


# ── one school's report with another's ───────────────────────────────────────────────────────────────────
def _far_from_peers(counting: Sequence[Report], coverage: pd.DataFrame, table: pd.DataFrame) -> Iterator[Remark]:
    """Against the schools that report for the same date, by median and median deviation: few outliers move neither."""
    days = {report.number: pd.Timestamp(report.as_of) for report in counting if report.as_of}
    peers = coverage[coverage["report"].isin(list(days))]
    peers = peers.assign(day=peers["report"].map(days))
    groups = peers.groupby(["day", "item"])["percent"]
    middle = groups.transform("median")
    away = (peers["percent"] - middle).abs()
    deviation = away.groupby([peers["day"], peers["item"]]).transform("median") * _MAD_TO_SIGMA
    far = (away > _FAR * deviation) & (away > _FAR_POINTS) & (groups.transform("size") >= _ENOUGH_PEERS)
    shares = peers.loc[far, "percent"].tolist(), middle[far].tolist()
    for fact, percent, usual in zip(fact_rows(table, peers.loc[far, "said_row"]), *shares, strict=True):
        yield fact.remark("FAR-FROM-PEERS", percent=percent, usual=usual)
