"""Controls between figures, items and dates: rows of the long table beside each other. Each asks one question."""

import math
from collections.abc import Iterable, Iterator

import pandas as pd

from pipeline.checking.contracts import place_of
from pipeline.checking.table import Report, base_people, coverage_of
from pipeline.reading.records import Registry
from pipeline.reading.schools import whole_school
from schemas.form import Control, Form, Kind
from schemas.remarks import Remark, remark

# Two computed shares that differ by less are the same number.
_NOTHING = 1e-9


def check_answers(table: pd.DataFrame, form: Form, registry: Registry) -> list[Remark]:
    """Within one answer: people against the whole, percent against people, the whole against the base, classes."""
    figures = coverage_of(table, form)
    return [
        *_count_above_total(figures, table),
        *_percent_disagrees(figures, table),
        *_total_not_base(figures, table, form, registry),
        *_base_unknown(figures, table, form),
        *_part_of_the_classes(figures, table, registry),
    ]


def check_between_items(table: pd.DataFrame, form: Form, set_aside: set[tuple[int, str]]) -> list[Remark]:
    """The form's own controls. A figure already set aside is not held against another."""
    figures = coverage_of(table, form)
    aside = [key in set_aside for key in zip(figures["report"], figures["item"], strict=True)]
    counted = figures[~pd.Series(aside, index=figures.index, dtype=bool)]
    return [found for control in form.controls for found in _above_limit(control, counted, table)]


def check_against_dates(reports: Iterable[Report], table: pd.DataFrame, form: Form) -> list[Remark]:
    """Deadlines held against the report's own date; problems without a solution."""
    remarks: list[Remark] = []
    for report in reports:
        if report.usable and not is_empty(report, form):
            remarks += _missing_answers(report, form)
    return remarks + [*_no_after_deadline(table, form), *_problem_without_solution(table, reports)]


def is_empty(report: Report, form: Form) -> bool:
    """Well-formed, but without a single answer to the items that have a due date or a target."""
    due = form.answer_due
    return not any(number in due or number.rpartition(".")[0] in due for number in report.written)


def _count_above_total(figures: pd.DataFrame, table: pd.DataFrame) -> Iterator[Remark]:
    stated = figures[figures["count_basis"] == "stated"]
    for row in stated[stated["count"] > stated["total"]].itertuples():
        yield _at(
            "COUNT-ABOVE-TOTAL", table, row.count_row, count=row.count, total=row.total, source=_source(row.total_basis)
        )


def _percent_disagrees(figures: pd.DataFrame, table: pd.DataFrame) -> Iterator[Remark]:
    """Stated percent against stated count, within half a unit of the last digit written."""
    both = figures[(figures["count_basis"] == "stated") & (figures["percent_basis"] == "stated")]
    both = both[(both["total"] > 0) & (both["count"] <= both["total"])]
    share = both["count"] / both["total"] * 100
    for row in both[(share - both["percent"]).abs() > both["half"] + _NOTHING].itertuples():
        yield _at(
            "PCT-DISAGREES",
            table,
            row.percent_row,
            count=row.count,
            total=row.total,
            source=_source(row.total_basis),
            share=row.count / row.total * 100,
            percent=row.percent,
        )


def _total_not_base(figures: pd.DataFrame, table: pd.DataFrame, form: Form, registry: Registry) -> Iterator[Remark]:
    """A total that the school gave (in the answer or in the form's passport) against the registry."""
    bases = base_people(form, registry)
    given = figures[figures["total"].notna()]
    for row in given.itertuples():
        fact = table.loc[row.total_row]
        base = bases.get((fact["school_code"], row.item))
        if base is not None and base != row.total:
            label = form.base(form.item(str(row.item)).base).label.lower()
            yield _at("TOTAL-NOT-BASE", table, row.total_row, total=row.total, base=base, label=label)


def _base_unknown(figures: pd.DataFrame, table: pd.DataFrame, form: Form) -> Iterator[Remark]:
    """A share that cannot be turned into people: neither the answer nor the registry says of how many."""
    covered = [item.number for item in form.items if item.kind is Kind.COVERAGE]
    for row in figures[figures["item"].isin(covered) & figures["total"].isna()].itertuples():
        at = row.percent_row if row.percent_row == row.percent_row else row.count_row
        label = form.base(form.item(str(row.item)).base).label
        yield _at("BASE-UNKNOWN", table, at, label=label)


def _part_of_the_classes(figures: pd.DataFrame, table: pd.DataFrame, registry: Registry) -> Iterator[Remark]:
    """A percent alone for classes that are not the whole school: is it their share, or the school's?"""
    names = {school.code: school.full_name or school.name for school in registry.schools}
    alone = figures[(figures["percent_basis"] == "stated") & (figures["count_basis"] != "stated")]
    percents = alone.set_index(["report", "item"])["percent"]
    classes = table[table["field"] == "classes"]
    for row in classes.itertuples():
        key = (row.report, row.item)
        if key in percents.index:
            grades = whole_school(names.get(str(row.school_code), ""))
            if not set(grades) <= _grades(str(row.text)):
                yield _at("CLASSES-PART", table, row.Index, percent=percents[key], classes=row.text)


def _grades(text: str) -> set[int]:
    """`5-9, 11` -> {5, 6, 7, 8, 9, 11}."""
    found: set[int] = set()
    for part in text.split(", "):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def _above_limit(control: Control, figures: pd.DataFrame, table: pd.DataFrame) -> Iterator[Remark]:
    """`item` ≤ `limit`, in people; a difference that the rounding of a percent explains is none."""
    mine = figures[figures["item"] == control.item].set_index("report")
    limit = figures[figures["item"] == control.limit].set_index("report")
    both = mine.join(limit, rsuffix="_limit", how="inner")
    least = both["count"] - _spread(both, "")
    most = both["count_limit"] + _spread(both, "_limit")
    for row in both[least > most + _NOTHING].itertuples():
        yield _at(
            "ABOVE-LIMIT",
            table,
            row.percent_row if row.percent_basis == "stated" else row.count_row,
            said=control.said,
            count=math.ceil(row.count - _NOTHING),  # people: a derived 245,76 against 245,3 must read as more
            limit_said=control.limit_said,
            limit=math.floor(row.count_limit + _NOTHING),
            other=control.limit,
            reason=control.reason,
        )


def _spread(figures: pd.DataFrame, suffix: str) -> "pd.Series[float]":
    """People by which a count derived from a rounded percent may be off."""
    derived = figures[f"count_basis{suffix}"] == "derived"
    return (figures[f"half{suffix}"].fillna(0) / 100 * figures[f"total{suffix}"]).where(derived, 0.0)


def _missing_answers(report: Report, form: Form) -> Iterator[Remark]:
    answered = report.written | {number.rpartition(".")[0] for number in report.written}
    for number, due in form.answer_due.items():
        if number not in answered and report.as_of and report.as_of > due:
            yield remark(
                "ANSWER-MISSING",
                file=report.file,
                sheet=report.sheet,
                cell=report.answer_cells.get(number, ""),
                school=report.school,
                as_of=report.as_of,
                item=number,
                about=form.item(number).about,
                due=due,
            )


def _no_after_deadline(table: pd.DataFrame, form: Form) -> Iterator[Remark]:
    """«нет» is an answer: after the deadline it says that the measure is not carried out."""
    due = {item.number: item.due.isoformat() for item in form.due_items if item.kind is Kind.YES_NO and item.due}
    said_no = table[(table["field"] == "yes") & (table["text"] == "нет") & table["item"].isin(list(due))]
    for row in said_no.itertuples():
        if str(row.as_of) > due[str(row.item)]:
            yield _at("ANSWER-NO", table, row.Index, due=form.item(str(row.item)).due)


def _problem_without_solution(table: pd.DataFrame, reports: Iterable[Report]) -> Iterator[Remark]:
    by_number = {report.number: report for report in reports}
    solved = set(table[table["field"] == "solution"].set_index(["report", "item"]).index)
    for row in table[table["field"] == "problem"].itertuples():
        if (row.report, row.item) not in solved:
            place = place_of(table.loc[row.Index])
            place["cell"] = by_number[int(row.report)].answer_cells.get(str(row.item), str(row.cell))
            yield remark("PROBLEM-NO-SOLUTION", **place, value=str(row.text))


def _source(basis: object) -> str:
    return "" if basis == "stated" else " (по сведениям о школе)"


def _at(code: str, table: pd.DataFrame, row: object, **figures: object) -> Remark:
    fact = table.loc[int(row)]  # type: ignore[call-overload]
    return remark(code, **place_of(fact), **figures)
