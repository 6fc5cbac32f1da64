"""Controls between figures, items and dates: rows of the long table beside each other. Each asks one question."""

import math
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from pipeline.checking.table import AnswerFigures, FactRow, Report, answer_figures, base_people, fact_rows
from pipeline.wording import shown_cells
from schemas import own_form
from schemas.district import Registry
from schemas.form import Control, Form, Item, Kind
from schemas.remarks import Remark
from schemas.reports import NO
from schemas.school_names import whole_school

# Two computed shares that differ by less are the same number.
_NOTHING = 1e-9


def check_answers(
    coverage: pd.DataFrame, table: pd.DataFrame, form: Form, registry: Registry, reports: Sequence[Report]
) -> list[Remark]:
    """Within one answer: people against the whole, percent against people, the whole against the base, classes.

    `coverage`: `table.coverage_of` the table. `reports`: by their numbers.
    """
    return [
        *_count_above_total(coverage, table),
        *_percent_disagrees(coverage, table),
        *_total_not_base(coverage, table, form, registry),
        *_base_unknown(coverage, table, form, draft=registry.draft),
        *(_without_registry(coverage, table, form, reports) if registry.draft else ()),
        *_part_of_the_classes(coverage, table, registry),
    ]


def check_passports(reports: Iterable[Report], form: Form, registry: Registry) -> list[Remark]:
    """People in the head of Svod's own form against the registry."""
    known = {(school.code, base): people for school in registry.schools for base, people in school.bases.items()}
    return [
        report.remark(
            "TOTAL-NOT-BASE", cell=cell, value=f"{said:.10g}", total=said, base=people, label=_label(form, base)
        )
        for report in reports
        for base, said, cell in report.bases
        if (people := known.get((report.school, base))) is not None and people != said
    ]


def check_between_items(
    coverage: pd.DataFrame, table: pd.DataFrame, form: Form, wrong: Iterable[tuple[int, str]]
) -> list[Remark]:
    """The form's own controls. What is wrong in itself (report, item) is not held against another."""
    sound = coverage[~coverage.set_index(["report", "item"]).index.isin(list(wrong))]
    return [found for control in form.controls for found in _above_limit(control, sound, table)]


def check_against_dates(reports: Sequence[Report], table: pd.DataFrame, form: Form) -> list[Remark]:
    """Deadlines held against the report's own date; problems without a solution. `reports`: by their numbers."""
    answering = [report for report in reports if report.usable and not is_empty(report, form)]
    return [
        *(said for report in answering for said in _missing_answers(report, form)),
        *_no_after_deadline(table, form),
        *_problem_without_solution(table, reports),
    ]


def is_empty(report: Report, form: Form) -> bool:
    """Well-formed, but without a single answer to the items that have a due date or a target."""
    return not form.answer_due.keys() & _answered(report)


def _count_above_total(coverage: pd.DataFrame, table: pd.DataFrame) -> Iterator[Remark]:
    stated = coverage[coverage["count_basis"] == "stated"]
    for answer, fact in _on("count_row", stated[stated["count"] > stated["total"]], table):
        yield fact.remark("COUNT-ABOVE-TOTAL", count=answer.count, total=answer.total, source=_source(answer))


def _percent_disagrees(coverage: pd.DataFrame, table: pd.DataFrame) -> Iterator[Remark]:
    """Stated percent against stated count, within half a unit of the last digit written. Impossible figures are
    remarked as such: nothing is compared with them."""
    both = coverage[(coverage["count_basis"] == "stated") & (coverage["percent_basis"] == "stated")]
    both = both[both["percent"].between(0, 100) & (both["total"] > 0) & both["count"].between(0, both["total"])]
    share = both["count"] / both["total"] * 100
    for answer, fact in _on("percent_row", both[(share - both["percent"]).abs() > both["half"] + _NOTHING], table):
        yield fact.remark(
            "PCT-DISAGREES",
            count=answer.count,
            total=answer.total,
            source=_source(answer),
            share=answer.count / answer.total * 100,
            percent=answer.percent,
        )


def _total_not_base(coverage: pd.DataFrame, table: pd.DataFrame, form: Form, registry: Registry) -> Iterator[Remark]:
    """A total stated in the answer against the registry."""
    stated = coverage[coverage["total_basis"] == "stated"]
    base = base_people(stated, form, registry)
    wrong = base.notna() & (base != stated["total"])
    for (answer, fact), people in zip(_on("total_row", stated[wrong], table), base[wrong], strict=True):
        label = _label(form, form.item(answer.item).base)
        yield fact.remark("TOTAL-NOT-BASE", total=answer.total, base=people, label=label)


def _base_unknown(coverage: pd.DataFrame, table: pd.DataFrame, form: Form, *, draft: bool) -> Iterator[Remark]:
    """A share that cannot be turned into people: neither the answer nor the registry says of how many, or it says
    that there is nobody. Of a school that is not known it follows from that, and is not said; nor is a draft registry
    the school's fault (`_without_registry`)."""
    of_people = _of_people(coverage, form)
    of_nobody = (of_people["total"] == 0) & (of_people["percent"] > 0)
    unknown = of_nobody if draft else of_nobody | of_people["total"].isna()
    for answer, fact in _on("said_row", of_people[unknown], table):
        yield fact.remark("BASE-UNKNOWN", label=_label(form, form.item(answer.item).base))


def _without_registry(
    coverage: pd.DataFrame, table: pd.DataFrame, form: Form, reports: Sequence[Report]
) -> Iterator[Remark]:
    """One remark a report for all its shares of whom only a registry would say how many they are."""
    of_people = _of_people(coverage, form)
    unknown = table.loc[of_people.loc[of_people["total"].isna(), "said_row"]]
    cells: dict[int, list[str]] = {}
    for number, cell in zip(unknown["report"], unknown["cell"], strict=True):
        cells.setdefault(number, []).append(cell)
    for number, named in cells.items():
        yield reports[number].remark("BASE-NO-REGISTRY", cell=named[0], cells=shown_cells(named))


def _of_people(coverage: pd.DataFrame, form: Form) -> pd.DataFrame:
    """The coverage answers of known schools; a volume has no people behind it."""
    items = [item.number for item in form.items if item.kind is Kind.COVERAGE]
    return coverage[coverage["item"].isin(items) & (coverage["school_code"] != "")]


def _part_of_the_classes(coverage: pd.DataFrame, table: pd.DataFrame, registry: Registry) -> Iterator[Remark]:
    """A percent alone for classes that are not the whole school: is it their share, or the school's?"""
    grades = {school.code: set(whole_school(school.full_name or school.name)) for school in registry.schools}
    alone = (coverage["percent_basis"] == "stated") & (coverage["count_basis"] != "stated")
    alone &= coverage["total_basis"] != "stated"
    classes = table[table["field"] == "classes"].reset_index(names="classes_row")
    beside = coverage[alone].merge(classes[["report", "item", "classes_row"]], on=["report", "item"])
    for answer, fact in _on("classes_row", beside, table):
        if not grades.get(fact.school_code, set(whole_school(""))) <= _grades(fact.text):
            yield fact.remark("CLASSES-PART", percent=answer.percent, classes=fact.text)


def _grades(text: str) -> set[int]:
    """`5-9, 11` -> {5, 6, 7, 8, 9, 11}."""
    found: set[int] = set()
    for part in text.split(", "):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def _above_limit(control: Control, coverage: pd.DataFrame, table: pd.DataFrame) -> Iterator[Remark]:
    """`item` ≤ `limit`, in people; a difference that the rounding of a percent explains is none."""
    spread = coverage.assign(spread=_spread(coverage))
    limit = spread[spread["item"] == control.limit][["report", "count", "spread"]]
    both = spread[spread["item"] == control.item].merge(limit, on="report", suffixes=("", "_limit"))
    above = both[both["count"] - both["spread"] > both["count_limit"] + both["spread_limit"] + _NOTHING]
    for (answer, fact), most in zip(_on("said_row", above, table), above["count_limit"], strict=True):
        yield fact.remark(
            "ABOVE-LIMIT",
            said=control.said,
            count=math.ceil(answer.count - _NOTHING),  # people: a derived 245,76 against 245,3 must read as more
            limit_said=control.limit_said,
            limit=math.floor(most + _NOTHING),
            other=control.limit,
            reason=control.reason,
        )


def _spread(coverage: pd.DataFrame) -> "pd.Series[float]":
    """People by which a count derived from a rounded percent may be off."""
    return (coverage["half"] / 100 * coverage["total"]).where(coverage["count_basis"] == "derived", 0.0)


def _missing_answers(report: Report, form: Form) -> Iterator[Remark]:
    answered = _answered(report)
    for number, due in form.answer_due.items():
        if number not in answered and report.as_of and report.as_of > due:
            cell = report.answer_cells.get(number, "")
            item = form.item(number)
            places = {"cell": cell, "item": number}
            yield report.remark("ANSWER-MISSING", **places, about=item.about, due=due, nothing=_nothing_done(item))


def _nothing_done(item: Item) -> str:
    """How a school says so: where people or percent are asked for, «нет» is no figure."""
    return "0 %" if item.measured else f"«{own_form.NO}»"


def _answered(report: Report) -> set[str]:
    """Items with a written answer, readable or not; a row of acts (`4.2`) answers its item (`4`)."""
    return {*report.written, *(number.rpartition(".")[0] for number in report.written)}


def _no_after_deadline(table: pd.DataFrame, form: Form) -> Iterator[Remark]:
    """«нет» is an answer: after the deadline it says that the measure is not carried out."""
    due = {item.number: item.due for item in form.due_items if item.kind is Kind.YES_NO}
    said_no = table[(table["field"] == "yes") & (table["text"] == NO) & table["item"].isin(list(due))]
    for fact in fact_rows(table, said_no.index):
        if fact.as_of > str(due[fact.item]):  # both ISO
            yield fact.remark("ANSWER-NO", due=due[fact.item])


def _problem_without_solution(table: pd.DataFrame, reports: Sequence[Report]) -> Iterator[Remark]:
    """The remark stands on the cell where the solution belongs."""
    keys = ["report", "item"]
    solved = table[table["field"] == "solution"].set_index(keys).index
    named = table[table["field"] == "problem"]
    unsolved = named[~named.set_index(keys).index.isin(solved)]
    for number, fact in zip(unsolved["report"], fact_rows(table, unsolved.index), strict=True):
        cell = reports[number].answer_cells.get(fact.item, fact.cell)
        yield fact._replace(cell=cell).remark("PROBLEM-NO-SOLUTION")


def _on(row: str, coverage: pd.DataFrame, table: pd.DataFrame) -> "zip[tuple[AnswerFigures, FactRow]]":
    """Coverage answers, each with the fact on which a remark about it stands: the column `row` of `coverage_of`."""
    return zip(answer_figures(coverage), fact_rows(table, coverage[row]), strict=True)


def _source(answer: AnswerFigures) -> str:
    return "" if answer.total_basis == "stated" else " (по сведениям о школе)"


def _label(form: Form, base: str) -> str:
    return form.base(base).label
