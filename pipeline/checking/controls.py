"""Controls between figures, items and dates: rows that pandera judges, made here of the long table; and what is no
matter of rows. The rules themselves stand in the models (`schemas.frames`)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from pipeline.checking.contracts import in_reports, judge
from pipeline.checking.table import Report, base_people, frame_of, of_keys, problem_facts, values_of
from pipeline.wording import shown_cells
from schemas import own_form
from schemas.district import Registry
from schemas.form import Control, Form, Item, Kind
from schemas.frames.between import BetweenItems
from schemas.frames.due import DueAnswers, NamedProblems, Passports
from schemas.frames.wide import WideAnswers
from schemas.grades import grades_of
from schemas.remarks import Remark
from schemas.reports import NO
from schemas.school_names import whole_school

# Columns of the frames that are made row by row: what the model judges, then what its remarks say.
_PASSPORTS = {
    "report": "int64", "total": "float64", "base": "float64",
    "cell": "str", "written": "str", "label": "str",
}  # fmt: skip
_DUE = {
    "item": "category", "due_on": "str",
    "due": "object", "about": "category", "nothing": "category",
}  # fmt: skip


def check_answers(
    coverage: pd.DataFrame, table: pd.DataFrame, form: Form, registry: Registry, reports: Sequence[Report]
) -> list[Remark]:
    """Within one answer: bounds, people against the whole, percent against people, the whole against the base, classes.

    `coverage`: `table.coverage_of` the table. `reports`: by their numbers.
    """
    wide = _wide(coverage, table, form, registry)
    without = _without_registry(wide, table, reports) if registry.draft else ()
    return [*judge(WideAnswers, wide, in_reports(table, reports)), *without]


def check_passports(reports: Sequence[Report], table: pd.DataFrame, form: Form, registry: Registry) -> list[Remark]:
    """People in the head of Svod's own form against the registry. `reports`: by their numbers."""
    known = {(school.code, base): people for school in registry.schools for base, people in school.bases.items()}
    rows = [
        (report.number, said, known.get((report.school, base)), cell, f"{said:.10g}", form.base(base).label)
        for report in reports
        for base, said, cell in report.bases
    ]
    return judge(Passports, frame_of(rows, _PASSPORTS), in_reports(table, reports))


def check_between_items(
    coverage: pd.DataFrame,
    table: pd.DataFrame,
    form: Form,
    reports: Sequence[Report],
    wrong: Iterable[tuple[int, str]],
) -> list[Remark]:
    """The form's own controls. What is wrong in itself (report, item) is not held against another."""
    sound = coverage[~of_keys(coverage, wrong)]
    sound = sound.assign(spread=_spread(sound))
    beside = [_beside_limit(control, sound) for control in form.controls]
    if not beside:
        return []
    return judge(BetweenItems, pd.concat(beside, ignore_index=True), in_reports(table, reports))


def check_against_dates(
    reports: Sequence[Report],
    table: pd.DataFrame,
    form: Form,
    registry: Registry,
    taken: Mapping[int, frozenset[str]],
) -> list[Remark]:
    """Deadlines held against the report's own date; problems without a solution. `reports`: by their numbers; `taken`:
    by such a number the items whose answer is taken over from another report."""
    places = in_reports(table, reports)
    due = judge(DueAnswers, _due_answers(reports, table, form, registry, taken), places)
    return [*due, *judge(NamedProblems, _problems(table, form, reports), places)]


def is_empty(report: Report, form: Form) -> bool:
    """Well-formed, but without a single answer to the items that are not optional."""
    return not any(form.answered_by(number) in form.telling for number in report.written)


# ── within an answer ─────────────────────────────────────────────────────────────────────────────────────
def _wide(coverage: pd.DataFrame, table: pd.DataFrame, form: Form, registry: Registry) -> pd.DataFrame:
    """`schemas.frames.wide.WideAnswers`, and beside it what its remarks say."""
    of_people = coverage["item"].isin([item.number for item in form.items if item.kind is Kind.COVERAGE])
    labels = {item.number: form.base(item.base).label for item in form.items if item.base}
    wide = _with_classes(coverage, table, form, registry).drop(columns="school_code")
    return wide.assign(
        base=base_people(coverage, form, registry),
        of_people=of_people & (coverage["school_code"] != ""),
        label=coverage["item"].map(labels),
    )


def _with_classes(coverage: pd.DataFrame, table: pd.DataFrame, form: Form, registry: Registry) -> pd.DataFrame:
    """`coverage` with `classes`, `classes_row` (NaN: none are named), and `of_some_classes`: not all of the school that
    the item's base counts."""
    schools = {school.code: school for school in registry.schools}
    said = table.loc[table["field"] == "classes", ["report", "item", "text"]].rename(columns={"text": "classes"})
    named = said.reset_index(names="classes_row")
    wide = coverage.merge(named, how="left", on=["report", "item"], validate="one_to_one").set_axis(coverage.index)

    @cache
    def asked_of(item: str, code: str) -> frozenset[int]:
        name = schools[code].full_name or schools[code].name if code in schools else ""
        return form.grades_of_base(form.item(item).base, whole_school(name))

    naming = wide[wide["classes"].notna()]
    some = [
        not asked_of(item, school) <= grades_of(classes)
        for school, item, classes in values_of(naming, "school_code", "item", "classes")
    ]
    return wide.assign(of_some_classes=wide.index.isin(naming.index[some]))


def _without_registry(wide: pd.DataFrame, table: pd.DataFrame, reports: Sequence[Report]) -> Iterator[Remark]:
    """One remark a report for all its shares of whom only a registry would say how many they are."""
    unknown = table.loc[wide.loc[wide["of_people"] & wide["total"].isna(), "said_row"]]
    cells: dict[int, list[str]] = {}
    for number, cell in values_of(unknown, "report", "cell"):
        cells.setdefault(number, []).append(cell)
    for number, named in cells.items():
        yield reports[number].remark("BASE-NO-REGISTRY", cell=named[0], cells=shown_cells(named))


# ── between items ────────────────────────────────────────────────────────────────────────────────────────
def _beside_limit(control: Control, coverage: pd.DataFrame) -> pd.DataFrame:
    """`schemas.frames.between.BetweenItems` of one control: reports that have a figure for both items."""
    limit = coverage.loc[coverage["item"] == control.limit, ["report", "count", "spread"]]
    limit = limit.rename(columns={"count": "limit", "spread": "limit_spread"})
    item = coverage.loc[coverage["item"] == control.item, ["report", "said_row", "count", "spread"]]
    words = {"said": control.said, "limit_said": control.limit_said, "other": control.limit, "reason": control.reason}
    return item.merge(limit, on="report", validate="one_to_one").assign(kind=control.kind, **words)


def _spread(coverage: pd.DataFrame) -> "pd.Series[float]":
    """People by which a count derived from a rounded percent may be off."""
    return (coverage["half"] / 100 * coverage["total"]).where(coverage["count_basis"] == "derived", 0.0)


# ── against dates ────────────────────────────────────────────────────────────────────────────────────────
def _due_answers(
    reports: Sequence[Report],
    table: pd.DataFrame,
    form: Form,
    registry: Registry,
    taken: Mapping[int, frozenset[str]],
) -> pd.DataFrame:
    """`schemas.frames.due.DueAnswers`, and beside it what its remarks say. `no_row`: the fact that says «нет». Of whom
    the school has none, nothing is asked."""
    assert all(report.number == place for place, report in enumerate(reports)), "a report is found by its number"
    items, days = [form.item(number) for number in form.answer_due], list(form.answer_due.values())
    people = [form.people_of(item.number) for item in items]
    about = [(item.about, _nothing_done(item)) for item in items]
    told = ((item.number, day.isoformat(), day, *words) for item, day, words in zip(items, days, about, strict=True))
    of_item, of_report = np.tile(np.arange(len(items)), len(reports)), np.repeat(np.arange(len(reports)), len(items))
    rows = frame_of(told, _DUE).take(of_item).reset_index(drop=True)
    dates = pd.Series([report.as_of.isoformat() if report.as_of else "" for report in reports], dtype="str")
    rows["report"], rows["as_of"] = of_report, dates.take(of_report).set_axis(rows.index)

    @cache
    def asked_of(code: str) -> list[bool]:
        school = registry.school(code)
        return [not (school and school.has_none(base)) for base in people]

    @cache
    def given_by(written: frozenset[str]) -> list[bool]:  # most reports have answered the same items
        given = _answered(written)
        return [item.number in given for item in items]

    asked, answered, cells = [], [], []
    for report in reports:
        own, more = report.written, taken.get(report.number)
        asked += asked_of(report.school) if report.usable and not is_empty(report, form) else [False] * len(items)
        answered += given_by(own | more if more else own)
        cells += [report.answer_cells.get(item.number, "") for item in items]
    no_row = _rows_of_no(table, items, len(reports))
    rows = rows.assign(asked=asked, answered=answered, says_no=~np.isnan(no_row), no_row=no_row)
    return rows.assign(cell=pd.Series(cells, dtype="object")).astype({"asked": "bool", "answered": "bool"})


def _rows_of_no(table: pd.DataFrame, items: Sequence[Item], reports: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Report by report and item by item the fact that says «нет», NaN where none does."""
    places = {item.number: place for place, item in enumerate(items) if item.kind is Kind.YES_NO}
    said = table[(table["field"] == "yes") & (table["text"] == NO) & table["item"].isin(list(places))]
    found = np.full(reports * len(items), np.nan)
    found[[number * len(items) + places[item] for number, item in values_of(said, "report", "item")]] = said.index
    return found


def _nothing_done(item: Item) -> str:
    """How a school says so: where people or percent are asked for, «нет» is no figure."""
    return "0 %" if item.measured else f"«{own_form.NO}»"


def _answered(written: Collection[str]) -> set[str]:
    """Items with a written answer, readable or not; a row of acts (`4.2`) answers its item (`4`), a cell its row
    (`1.1/дети`), and that of a list (`6.2/дата`) the list."""
    rows = {number.partition("/")[0] for number in written}
    return {*written, *rows, *(row.rpartition(".")[0] for row in rows)}


def _problems(table: pd.DataFrame, form: Form, reports: Sequence[Report]) -> pd.DataFrame:
    """`schemas.frames.due.NamedProblems`, and beside it its words and the cell where the solution belongs. A column of
    solutions that is required is asked for as such."""
    keys, told = ["report", "item"], problem_facts(table, form)
    solved = told[told["field"] == "solution"].set_index(keys).index
    named = told.loc[told["field"] == "problem", [*keys, "text", "cell"]]
    is_solved = named.set_index(keys).index.isin(solved)
    if form.problems and form.problems.columns:
        solution = form.problems.columns[1]
        is_solved |= form.column_of(solution).required
        named = named.assign(item=named["item"] + f"/{solution.partition('/')[2]}")
    places = values_of(named, "report", "item", "cell")
    cells = [reports[number].answer_cells.get(item, cell) for number, item, cell in places]
    return named.assign(solved=is_solved, cell=cells).astype({"item": "str"})
