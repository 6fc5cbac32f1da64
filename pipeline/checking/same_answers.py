"""The same answers sent by two schools: alike in what they say, whatever the layout and the way of writing it."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import combinations
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from pipeline.checking.table import Report, values_of
from schemas.answers import FIGURES
from schemas.form import Form, Kind
from schemas.remarks import Remark

# So many figures and documents, and nearly all of them, are no chance; if they are round percents they may be one. A
# form that asks for fewer cannot have so many: there nearly all that it asks must agree. What more than a few schools
# say alike tells nothing.
_MANY, _MOSTLY, _NOT_ROUND, _FEW = 8, 0.8, 3, 5
_ROUND = 5  # percent: 60 %, 65 % are round
# Reports are compared that say so much alike in a row. Nearly the same answers always have such a row, and to look for
# it costs no more than to read them.
_ROW = 3
_NOTHING = 1e-9  # two computed figures that differ by less are the same


def same_answers(
    counting: Sequence[Report], coverage: pd.DataFrame, table: pd.DataFrame, form: Form
) -> Iterator[Remark]:
    """On both: which of the two copied is not for us to say. A few answers changed afterwards hide nothing.

    `counting`: one report a school and date. `coverage`: `coverage_of` the table, wrong figures among them: a copy is
    wrong more often than not.
    """
    by_number = {report.number: report for report in counting}
    shares = _shares(coverage[coverage["report"].isin(list(by_number))])
    papers = _papers(by_number, table, form)
    pairs = sorted(_worth_comparing(by_number, shares, papers))
    said = _said({number for pair in pairs for number in pair}, shares, papers)
    least = _least_facts(form)
    for one, other in pairs:
        if _alike(said[one], said[other], least):
            yield by_number[one].remark("SAME-ANSWERS", other=by_number[other].file)
            yield by_number[other].remark("SAME-ANSWERS", other=by_number[one].file)


# ── what a report says ───────────────────────────────────────────────────────────────────────────────────
class _Share(msgspec.Struct, frozen=True, gc=False):
    """A coverage answer. NaN: the school does not say so. `percent`: stated, or of the count and total stated;
    `half`: half a unit of its last digit; `share`: the percent by whatever total is known; `tells`: it is not what many
    schools may rightly say alike, nobody or all."""

    count: float
    total: float
    percent: float
    half: float
    share: float
    tells: bool

    @property
    def is_round(self) -> bool:
        return round(self.share, 6) % _ROUND == 0


Papers = dict[int, dict[str, set[str]]]  # report -> item -> numbers of its documents, those of acts over their rows


class _Said(msgspec.Struct, frozen=True, dict=True):
    """By item. Documents are known by their numbers. `telling`: the items whose share tells."""

    shares: dict[str, _Share] = msgspec.field(default_factory=dict)
    documents: dict[str, set[str]] = msgspec.field(default_factory=dict)

    @cached_property
    def telling(self) -> frozenset[str]:
        return frozenset(item for item, share in self.shares.items() if share.tells)


def _said(numbers: Set[int], shares: pd.DataFrame, papers: Papers) -> dict[int, _Said]:
    """Number of a report -> what it says, items in the form's order."""
    found = {number: _Said(documents=papers.get(number, {})) for number in numbers}
    rows = shares[shares["report"].isin(list(numbers))]
    for report, item, *share in values_of(rows, "report", "item", *_Share.__struct_fields__):
        found[report].shares[item] = _Share(*share)
    return found


def _papers(reports: Mapping[int, Report], table: pd.DataFrame, form: Form) -> Papers:
    acts = {item.number for item in form.items if item.kind is Kind.ACTS}
    numbers = table[(table["field"] == "number") & table["report"].isin(list(reports))]
    found: Papers = {}
    for report, item, text in values_of(numbers, "report", "item", "text"):
        if any(character.isdigit() for character in text):  # «б/н» is the number of many
            above = item.rpartition(".")[0]
            found.setdefault(report, {}).setdefault(above if above in acts else item, set()).add(text.casefold())
    return found


def _shares(coverage: pd.DataFrame) -> pd.DataFrame:
    """Report, item and the fields of `_Share`."""
    is_stated = {name: coverage[f"{name}_basis"] == "stated" for name in FIGURES}
    of_people = is_stated["count"] & is_stated["total"]
    return coverage[["report", "item"]].assign(
        count=coverage["count"].where(is_stated["count"]),
        total=coverage["total"].where(is_stated["total"]),
        percent=coverage["percent"].where(is_stated["percent"] | of_people),
        half=coverage["half"].where(is_stated["percent"], 0.0),
        share=coverage["percent"],
        tells=lambda shares: ~shares["share"].isin([0, 100]) & (shares["count"] != 0),
    )


# ── which reports, and how alike ─────────────────────────────────────────────────────────────────────────
_Pairs = set[tuple[int, int]]


def _worth_comparing(reports: Mapping[int, Report], shares: pd.DataFrame, papers: Papers) -> _Pairs:
    """Pairs of reports for one date with a row in common that only a few have: of telling things that follow one
    another, documents first, once with the whole percents, once with the people."""
    days = {number: report.as_of for number, report in reports.items()}
    named = [
        (report, item, number)
        for report, documents in papers.items()
        for item, of_item in documents.items()
        for number in sorted(of_item)
    ]
    documents = pd.DataFrame(named, columns=["report", "item", "said"])
    numbers = _numbered(documents["item"], documents["said"])
    documents = pd.DataFrame({"report": documents["report"].astype("int64"), "thing": numbers})
    telling, pairs = shares[shares["tells"]], _Pairs()
    for figures in (telling["share"].round(), telling["count"]):
        known = telling[figures.notna()]
        things = ~_numbered(known["item"], figures[known.index])  # below zero: no number of a document
        lines = pd.concat([documents, pd.DataFrame({"report": known["report"], "thing": things})])
        lines = lines.sort_values("report", kind="stable")
        pairs |= _with_a_row_of_few(lines.assign(day=lines["report"].map(days)))
    return pairs


def _with_a_row_of_few(lines: pd.DataFrame) -> _Pairs:
    """`lines`: report, its day and a thing, in their order."""
    reports, things = lines["report"].to_numpy(), _numbered(lines["day"], lines["thing"])
    ends = len(lines) - _ROW + 1
    in_row = [things[first : max(first, first + ends)] for first in range(_ROW)]
    whole = reports[: max(0, ends)] == reports[_ROW - 1 :]
    rows = pd.DataFrame({"row": _numbered(*in_row)[whole], "report": reports[: max(0, ends)][whole]}).drop_duplicates()
    of_few = rows[rows.groupby("row")["report"].transform("size").between(2, _FEW)]
    having: defaultdict[int, list[int]] = defaultdict(list)
    for row, number in values_of(of_few, "row", "report"):
        having[row].append(number)
    return {pair for numbers in having.values() for pair in combinations(sorted(numbers), 2)}


def _numbered(*columns: "pd.Series[Any] | np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """One number for each combination of their values."""
    found = np.zeros(len(columns[0]), int)
    for column in columns:
        codes, values = pd.factorize(column, use_na_sentinel=False)
        found, _ = pd.factorize(found * len(values) + codes)
    return found


def _least_facts(form: Form) -> int:
    """So many facts must agree: what the form asks decides, where it asks for few."""
    asked = sum(item.measured or item.documented for item in form.items)
    return min(_MANY, math.ceil(_MOSTLY * asked))


def _alike(one: _Said, other: _Said, least: int) -> bool:
    """So many facts agree and nearly all, and not because they are round."""
    items = one.telling | other.telling
    papers, papers_agreed = _documents(one, other)
    all_facts = len(items) + papers
    needed = max(least, _MOSTLY * all_facts)
    facts, round_ones = all_facts - papers + papers_agreed, 0
    for item in items:
        mine, theirs = one.shares.get(item), other.shares.get(item)
        if mine and theirs and _agree(mine, theirs):
            round_ones += mine.is_round or theirs.is_round
        else:
            facts -= 1
            if facts < needed:
                return False  # as of nearly all pairs
    return facts >= needed and facts - round_ones >= _NOT_ROUND


def _agree(one: _Share, other: _Share) -> bool:
    """In every figure that both give; where they give none in common, by the share that follows."""
    half = max(one.half, other.half)
    figures = (one.count, other.count, 0.0), (one.total, other.total, 0.0), (one.percent, other.percent, half)
    known = [(a, b, off) for a, b, off in figures if not math.isnan(a + b)] or [(one.share, other.share, half)]
    return all(abs(a - b) <= off + _NOTHING for a, b, off in known)


def _documents(one: _Said, other: _Said) -> tuple[int, int]:
    """How many documents there are to compare, and how many are in both."""
    empty: set[str] = set()
    pairs = [
        (one.documents.get(item, empty), other.documents.get(item, empty))
        for item in one.documents.keys() | other.documents.keys()
    ]
    return sum(max(len(a), len(b)) for a, b in pairs), sum(len(a & b) for a, b in pairs)
