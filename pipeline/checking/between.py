"""Controls between reports: a school's report with the one before it, one school's report with another's."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import pandas as pd

from pipeline.checking.contracts import in_reports, judge
from pipeline.checking.plausible import Histories, check_plausible
from pipeline.checking.same_answers import same_answers
from pipeline.checking.table import Report, fact_rows, frame_of, stated_facts, values_of
from schemas.answers import OF_ANOTHER_DATE, Why
from schemas.form import Form, Kind
from schemas.frames.between import Changes, DocumentsBefore
from schemas.remarks import Remark

# A figure is far from its peers when it is so many robust deviations, and points, away from their median.
_FAR, _FAR_POINTS, _ENOUGH_PEERS = 5.0, 30.0, 8
_MAD_TO_SIGMA = 1.4826


def check_between_reports(
    counting: Sequence[Report],
    coverage: pd.DataFrame,
    table: pd.DataFrame,
    form: Form,
    reports: Sequence[Report],
) -> list[Remark]:
    """Reports are cumulative: each figure against the school's last one that counted, each document against the
    report before. A fall of people that the rounding of a percent explains is none.

    `counting`: one report a school and date, in their order. `coverage`: the counted rows of `coverage_of`. `reports`:
    all, by their numbers.
    """
    places = in_reports(table, reports)
    own = _of_its_date(coverage, table)
    histories = Histories(counting, coverage[own])
    changes = _beside_the_last(coverage, own, counting, form, histories)
    return [
        *judge(Changes, changes, places),
        *check_plausible(counting, coverage[own], changes, form, histories),
        *judge(DocumentsBefore, _documents_before(counting, table, form), places),
        *_sent_unchanged(counting, table),
    ]


def check_between_schools(
    counting: Sequence[Report], coverage: pd.DataFrame, accepted: pd.DataFrame, table: pd.DataFrame, form: Form
) -> list[Remark]:
    """The same answers sent by two schools for one date; a figure far from those of the other schools. What is taken
    over from another date is compared with nobody.

    `accepted`: the rows of `coverage` that are counted.
    """
    coverage, accepted = (rows[_of_its_date(rows, table)] for rows in (coverage, accepted))
    table = table[_said_for_its_date(table)]
    return [*same_answers(counting, coverage, table, form), *_far_from_peers(counting, accepted, table)]


def _said_for_its_date(table: pd.DataFrame) -> "pd.Series[bool]":
    return ~table["carried"].isin(OF_ANOTHER_DATE)


def _of_its_date(coverage: pd.DataFrame, table: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are no answer taken over from another date."""
    return pd.Series(_said_for_its_date(table).loc[coverage["said_row"]].to_numpy(), index=coverage.index, dtype="bool")


# ── a school's report with the one before ────────────────────────────────────────────────────────────────
_FIGURES = ["count", "percent", "total", "spread"]
_DOCUMENTS = {
    "report": "int64", "item": "str", "still_given": "bool",
    "cell": "str", "document": "str", "day": "object",
}  # fmt: skip


def _beside_the_last(
    coverage: pd.DataFrame, own: "pd.Series[bool]", counting: Sequence[Report], form: Form, histories: Histories
) -> pd.DataFrame:
    """`schemas.frames.between.Changes`, by report and fact of the total: every answer and that of the school's last
    report in which it counted; first ones are left out. Beside it: the facts, the day of the report before, and of what
    has risen more than it may what the school has said from date to date. `own`: the rows that are no answer taken over
    from another date."""
    order = {report.number: here for here, report in enumerate(counting)}
    days = {report.number: pd.Timestamp(report.as_of) for report in counting if report.as_of}
    kept = coverage[coverage["report"].isin(list(order))]
    spread = (kept["half"] / 100 * kept["total"]).where(kept["count_basis"] == "derived", 0.0).fillna(0.0)
    kept = kept.assign(spread=spread, day=pd.to_datetime(kept["report"].map(days)), order=kept["report"].map(order))
    kept = kept.assign(said_day=kept["day"].where(own)).sort_values(["school_code", "item", "order"])
    whose = [kept["school_code"], kept["item"]]
    before = kept.groupby(whose)[[*_FIGURES, "day"]].shift().add_suffix("_before")
    # An answer taken over is as old as the report that gave it.
    before["said_before"] = kept["said_day"].groupby(whose).ffill().groupby(whose).shift()
    lately = kept.merge(before, how="left", left_index=True, right_index=True, validate="one_to_one")
    lately = lately[lately["day_before"].notna()]
    volumes = [item.number for item in form.items if item.kind is Kind.VOLUME]
    both = [*_FIGURES, *(f"{name}_before" for name in _FIGURES)]
    near = (lately["day"] - lately["said_before"]).dt.days <= form.plausible.rise_days
    limit = pd.Series(form.plausible.rise, index=lately.index, dtype="float64").where(near)
    judged = lately[["report", "item", *both, "said_row", "total_row"]].assign(rise_limit=limit)
    told = zip(judged["report"], judged["item"], judged["percent"] - judged["percent_before"] > limit, strict=True)
    judged["history"] = [histories.in_percent(number, item) if leaps else "" for number, item, leaps in told]
    cumulative = [item.number for item in form.items if form.is_cumulative(item.number)]
    of_item = {"volume": judged["item"].isin(volumes), "cumulative": judged["item"].isin(cumulative)}
    judged = judged.assign(**of_item, day=lately["day_before"].dt.date)
    return judged.sort_values(["report", "total_row"])


def _documents_before(counting: Sequence[Report], table: pd.DataFrame, form: Form) -> pd.DataFrame:
    """`schemas.frames.between.DocumentsBefore`, and beside it the cell, the names of the document and the day of the
    report before."""
    with_documents = {item.number for item in form.items if item.documented and form.is_cumulative(item.number)}
    facts = _of_documents(table, with_documents)
    said, own = _documents(facts), _documents(facts[facts["carried"] != Why.BLANK])
    rows = []
    for before, now in _one_after_another(counting):
        given = own.get(now.number, {})
        # A document belongs to its item: one of the same number under another item is another one.
        names = {(form.answered_by(item), name) for item, document in given.items() for name in document}
        for item, document in said.get(before.number, {}).items():
            cell = now.answer_cells.get(item, now.answer_cells.get(item.rpartition(".")[0], ""))
            above = form.answered_by(item)
            still_given = item in now.withdrawn or any((above, name) in names for name in document)
            words = "" if still_given else ", ".join(sorted(document.values()))  # no remark tells of it
            rows.append((now.number, item, still_given, cell, words, before.as_of))
    return frame_of(rows, _DOCUMENTS)


Known = tuple[str, str]  # what a document is known by: («number», «12»), («title», «положение»)


def _of_documents(table: pd.DataFrame, items: set[str]) -> pd.DataFrame:
    """The facts by which the documents of these items are known, those of acts among them."""
    facts = table[table["field"].isin(["number", "title"])]
    rows = [item for item in facts["item"].unique() if item in items or item.rpartition(".")[0] in items]
    return facts[facts["item"].isin(rows)]


def _documents(facts: pd.DataFrame) -> dict[int, dict[str, dict[Known, str]]]:
    """report -> item or row of acts -> what its document is known by -> as it is written."""
    found: dict[int, dict[str, dict[Known, str]]] = {}
    for report, item, field, text in values_of(facts, "report", "item", "field", "text"):
        found.setdefault(report, {}).setdefault(item, {})[field, text.casefold()] = text
    return found


def _sent_unchanged(counting: Sequence[Report], table: pd.DataFrame) -> Iterator[Remark]:
    """Svod's own form handed out with last time's answers and sent back as it was."""
    pairs = [(before, now) for before, now in _one_after_another(counting) if now.own_form]
    said = stated_facts(table[table["report"].isin({one.number for pair in pairs for one in pair})])
    for before, now in pairs:
        if said.get(now.number) and said.get(now.number) == said.get(before.number):
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
