"""Proof that nothing has disappeared: what was read = what is counted + what is not, with the reason.

Both sides are computed by different ways: what was read from the files as they came, what is counted from the figures.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.checking.carrying import Key
from pipeline.checking.judgement import Checked
from pipeline.checking.table import FactRow, Report, answer_in_words, fact_rows
from pipeline.files import OutputError
from pipeline.measuring.coverage import rows_of
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import Numbers, Reconciliation, SetAside, Share, Source, Taken
from pipeline.measuring.picture import Picture
from schemas.answers import Why
from schemas.district import School
from schemas.form import Form
from schemas.remarks import Remark, Severity
from schemas.reports import PROBLEM, FileRead, ReportRead

_STATES = ("counted", "set_aside", "not_applicable", "no_answer", "no_report")
Reasons = Mapping[tuple[str, str], Sequence[Remark]]  # school and item -> the errors on its answer
_EXACT = 1e-6  # people; what sums of binary fractions may differ by


class UnbalancedError(OutputError):
    """Something has disappeared on the way: no summary is written."""


def reconcile(
    evidence: Evidence,
    coverage: pd.DataFrame,
    totals: pd.DataFrame,
    figures: Numbers,
    sources: Sequence[Source],
    remarks: Sequence[Remark],
) -> Reconciliation:
    """The frames, figures, sources and remarks are those of `Figures`. Raises UnbalancedError."""
    reads, checked, shown, form = evidence.reads, evidence.checked, evidence.shown, evidence.form
    numbers = [item.number for item in form.coverage_items]
    said = _possible(_said(evidence.answered, shown, numbers))
    items = totals[["expected", "carried", *_STATES]].copy()
    items["read"] = _answers_read(reads, numbers)
    items["elsewhere"] = _answers_elsewhere(checked, shown, numbers)
    items["answered_not_applicable"] = _answered_not_applicable(checked, shown, coverage, numbers)
    items["people_read"] = said.groupby("item")["covered_said"].sum(min_count=1).reindex(numbers)
    items["people_counted"] = totals["covered"]
    aside = said[said["share"] == Share.SET_ASIDE]
    items["people_set_aside"] = aside.groupby("item")["covered_said"].sum().reindex(numbers, fill_value=0.0)
    items["percent"] = totals["percent"]
    items["percent_with_set_aside"] = _with_set_aside(totals, aside, numbers)
    items["percent_low"], items["percent_high"] = _bounds(coverage, totals, shown.schools, form)
    if figures:
        items = pd.concat([items, _of_figures(evidence, figures, items)])
    items["holds"] = _holds(items)
    why = _errors_on_items(remarks)
    found = Reconciliation(
        items=items,
        set_aside=(*_set_aside(aside, totals, shown.schools, why, form), *_figures_aside(figures, shown.schools, why)),
        outcomes=dict(Counter(source.outcome for source in sources)),
        files=len(reads),
        sources=len(sources),
        taken=tuple(_taken(checked, shown, shown.schools, form)),
        recognised=dict(Counter(_recognised_by(report) for read in reads for report in read.reports)),
    )
    _refuse_if_unbalanced(found, reads, sources)
    return found


def _possible(said: pd.DataFrame) -> pd.DataFrame:
    """Fewer than nobody, or more than all, are no people: of an answer that says so no quantity is known."""
    impossible = (said["covered_said"] < 0) | (said["covered_said"] > said["total_said"] + _EXACT)
    aside = said["share"] == Share.SET_ASIDE
    return said.assign(covered_said=said["covered_said"].mask(impossible & aside))


def _recognised_by(report: ReportRead) -> str:
    """«форма приказа, столбец ответов: по заголовку; на дату отчёта»: the reason without the column's letter."""
    if report.own_form:
        return "бланк Свода"
    _, _, why = report.columns.partition(": ")
    return f"форма приказа, столбец ответов: {why}" if why else "форма приказа"


def _said(answered: pd.DataFrame, shown: Picture, numbers: list[str]) -> pd.DataFrame:
    """The coverage answers of the picture's reports with what the schools said, set aside or not; a column school."""
    rows = rows_of(answered, list(shown.reports), numbers).reset_index()
    return rows.assign(school_code=np.repeat(list(shown.chosen), len(numbers)))


def _answers_read(reads: Sequence[FileRead], numbers: list[str]) -> "pd.Series[int]":
    """Written answers in all forms of all files, whatever became of them."""
    found = _written(report for read in reads for report in read.reports)
    return pd.Series({number: found[number] for number in numbers}, dtype="int64")


def _answers_elsewhere(checked: Checked, shown: Picture, numbers: list[str]) -> "pd.Series[int]":
    """Written answers in reports that are not in the picture, but for those that its reports take over."""
    found = _written(report for report in checked.reports if report.number not in shown.reports)
    found.subtract(item for _, item in _taken_for_blanks(checked, shown))
    return pd.Series({number: found[number] for number in numbers}, dtype="int64")


def _written(reports: Iterable[ReportRead | Report]) -> Counter[str]:
    """Item -> in how many of these reports it is answered. Most have answered the same items: they are counted once."""
    found: Counter[str] = Counter()
    for written, times in Counter(report.written for report in reports).items():
        found.update(dict.fromkeys(written, times))
    return found


def _answered_not_applicable(
    checked: Checked, shown: Picture, coverage: pd.DataFrame, numbers: list[str]
) -> "pd.Series[int]":
    """Answers that say that the item does not apply."""
    not_applicable = coverage[coverage["share"] == Share.NOT_APPLICABLE]
    pairs = zip(not_applicable["school_code"], not_applicable["item"], strict=True)
    taken = _taken_for_blanks(checked, shown)
    found: Counter[str] = Counter()
    for code, item in pairs:
        report = shown.chosen[code]
        found[item] += item in report.written or (report.number, item) in taken
    return pd.Series({number: found[number] for number in numbers}, dtype="int64")


def _taken_for_blanks(checked: Checked, shown: Picture) -> set[Key]:
    """(report of the picture, item) whose only written answer stands in another report; a reference is written too."""
    return {
        (number, item)
        for number, item in checked.taken
        if number in shown.reports and item not in shown.reports[number].written
    }


def _taken(checked: Checked, shown: Picture, schools: Sequence[School], form: Form) -> Iterator[Taken]:
    by_code = {school.code: school for school in schools}
    table = checked.answers[checked.answers["carried"] != ""]
    rows: dict[Key, list[FactRow]] = {}
    for fact in fact_rows(table, table.index):
        rows.setdefault((fact.report, fact.item), []).append(fact)
    for (number, item), facts in sorted(
        rows.items(), key=lambda one: (form.sort_key(one[0][1]), one[1][0].school_code)
    ):
        if number in shown.reports:
            report, first = shown.reports[number], facts[0]
            day = checked.reports[_source(checked, number, item)].as_of
            place = first.file, first.sheet, first.cell, Why(first.carried), report.file
            yield Taken(by_code[report.school], item, answer_in_words(facts), day, *place)


def _source(checked: Checked, number: int, item: str) -> int:
    """The table of problems is taken over as one."""
    return (checked.taken.get((number, item)) or checked.taken[number, PROBLEM])[0]


def _with_set_aside(totals: pd.DataFrame, aside: pd.DataFrame, numbers: list[str]) -> "pd.Series[float]":
    """Σ / Σ with the figures set aside as the schools gave them; those without a readable figure are left out, and
    where none of an item's has one it is unknown."""
    is_readable = aside["covered_said"].notna() & (aside["total_said"] > 0)
    readable = aside[is_readable].groupby("item")
    unknown = set(aside["item"]) - set(aside["item"][is_readable])
    covered, total = (
        totals[name].fillna(0.0) + readable[f"{name}_said"].sum().reindex(numbers, fill_value=0.0)
        for name in ("covered", "total")
    )
    return (covered / total * 100).where((total > 0) & ~totals.index.isin(list(unknown)))


def _bounds(
    coverage: pd.DataFrame, totals: pd.DataFrame, schools: Sequence[School], form: Form
) -> "tuple[pd.Series[float], pd.Series[float]]":
    """Lowest and highest share: the schools not counted answer nobody, or all people of their base."""
    missing = coverage[coverage["share"].isin([Share.SET_ASIDE, Share.NO_ANSWER, Share.NO_REPORT])]
    bases = {item.number: item.base for item in form.coverage_items}
    people = {school.code: school.bases for school in schools}
    pairs = zip(missing["school_code"], missing["item"], strict=True)
    known = [people[code].get(bases[item], math.nan) for code, item in pairs]
    by_item = pd.Series(known, index=missing["item"], dtype="float64").groupby(level=0)
    absent = by_item.sum().where(by_item.count() == by_item.size()).reindex(totals.index)
    absent = absent.where(totals.index.isin(missing["item"]), 0.0)
    covered, whole = totals["covered"].fillna(0.0), totals["total"].fillna(0.0) + absent
    low, high = covered / whole * 100, (covered + absent) / whole * 100
    return low.where(whole > 0), high.where(whole > 0)


def _holds(items: pd.DataFrame) -> "pd.Series[bool]":
    schools = items["expected"] == items[list(_STATES)].sum(axis="columns")
    answers = items["read"] == items[["counted", "set_aside", "answered_not_applicable", "elsewhere"]].sum(
        axis="columns"
    )
    difference = items["people_read"] - items["people_counted"].fillna(0.0) - items["people_set_aside"]
    return schools & answers & (difference.fillna(0.0).abs() < _EXACT)


def _set_aside(
    aside: pd.DataFrame, totals: pd.DataFrame, schools: Sequence[School], why: Reasons, form: Form
) -> Iterator[SetAside]:
    """In the form's order, by school; each with the errors for which it is set aside."""
    sums = totals[["covered", "total"]].fillna(0.0).T.to_dict("list")
    by_code = {school.code: school for school in schools}
    figures = ["item", "school_code", "covered_said", "total_said", "percent_said"]
    rows = aside[figures].itertuples(index=False, name=None)
    for item, code, *numbers in sorted(rows, key=lambda row: (form.sort_key(row[0]), row[1])):
        covered, total, percent = (None if math.isnan(number) else number for number in numbers)
        reasons = tuple(why.get((code, item), ()))
        with_it = _percent_with(sums[item], covered, total)
        yield SetAside(by_code[code], item, covered, total, percent, reasons, with_it)


def _errors_on_items(remarks: Sequence[Remark]) -> dict[tuple[str, str], list[Remark]]:
    """School and item -> the errors for which its answer is set aside."""
    why: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        if remark.severity is Severity.ERROR and remark.item:
            why.setdefault((remark.school, remark.item), []).append(remark)
    return why


# ── figures with a unit, choices ─────────────────────────────────────────────────────────────────────────
def _of_figures(evidence: Evidence, figures: Numbers, like: pd.DataFrame) -> pd.DataFrame:
    """Rows as those of the shares: schools and answers, no people and no percent."""
    states: dict[str, Counter[Share]] = {}
    for one in figures.schools:
        states.setdefault(one.item, Counter())[one.share] += 1
    numbers = list(states)
    items = pd.DataFrame(index=pd.Index(numbers, name="item", dtype="str"), columns=list(like.columns), dtype="float64")
    items["expected"] = len(evidence.shown.schools)
    items["carried"] = 0
    for name in _STATES:
        items[name] = [states[number][Share(name)] for number in numbers]
    items["read"] = _answers_read(evidence.reads, numbers)
    items["elsewhere"] = _answers_elsewhere(evidence.checked, evidence.shown, numbers)
    of_schools = pd.DataFrame(
        ((one.school_code, one.item, one.share) for one in figures.schools), columns=["school_code", "item", "share"]
    )
    items["answered_not_applicable"] = _answered_not_applicable(evidence.checked, evidence.shown, of_schools, numbers)
    return items.astype(like.dtypes.to_dict())


def _figures_aside(figures: Numbers, schools: Sequence[School], why: Reasons) -> Iterator[SetAside]:
    by_code = {school.code: school for school in schools}
    for one in (one for one in figures.schools if one.share is Share.SET_ASIDE):
        reasons = tuple(why.get((one.school_code, one.item), ()))
        yield SetAside(by_code[one.school_code], one.item, None, None, None, reasons, None)


def _percent_with(sums: Sequence[float], covered: float | None, total: float | None) -> float | None:
    """Σ / Σ with one answer more; None where that has no readable figure. `sums`: of those counted people covered and
    in all."""
    if covered is None or not total:
        return None
    of_counted, of_all = sums
    return (of_counted + covered) / (of_all + total) * 100


def _refuse_if_unbalanced(found: Reconciliation, reads: Sequence[FileRead], sources: Sequence[Source]) -> None:
    wrong = [f"п. {number}" for number, holds in found.items["holds"].items() if not holds]
    if {source.file for source in sources} != {read.file for read in reads}:
        wrong.append("файлы")
    if wrong:
        raise UnbalancedError(
            f"Сверка не сходится ({', '.join(wrong)}): свод не записан. Передайте этот текст и файлы разработчику."
        )
