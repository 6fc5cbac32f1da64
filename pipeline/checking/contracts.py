"""The contracts applied: a model judges a whole batch at once, then each of its controls, whose failures are remarks.

Two voices: a coded check that fails (`schemas.coded`) is a school's or the office's mistake and becomes a remark;
anything else (types, nulls, unknown words, a guard, a check that raised) is ours and is raised.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from typing import Any, NamedTuple, Protocol

import pandas as pd
import pandera.pandas as pa
from pandera.config import ValidationDepth, get_config_context

from pipeline.checking.table import Report, fact_rows
from schemas.answers import Answers
from schemas.coded import Control, control_of, controls_of
from schemas.district import Registry
from schemas.form import Form
from schemas.registry import SchoolBases
from schemas.registry_book import FILE, SCHOOLS
from schemas.remarks import Remark, remark
from schemas.strict import UsageError

Model = type[pa.DataFrameModel]


class Place(Protocol):
    """Something that a remark can stand on: a fact, a report, a school of the registry."""

    def remark(self, code: str, **figures: Any) -> Remark: ...


# Column with the number of a fact (blank: none is named), broken rows -> where the remark on each stands.
Places = Callable[[str, pd.DataFrame], Iterable[Place]]


def judge(model: Model, rows: pd.DataFrame, places: Places) -> list[Remark]:
    """Remarks on the rows that break a control of the model: by control, then in the order of the rows.

    `rows`: what the model judges, and beside it what its remarks are made of.
    """
    return [said for control, broken in _broken_controls(model, rows) for said in _remarks(control, broken, places)]


def judge_facts(table: pd.DataFrame) -> list[Remark]:
    """Remarks on single facts of the long table."""
    return judge(Answers, table, lambda _, rows: fact_rows(table, rows.index))


def judge_registry(registry: Registry, form: Form) -> list[Remark]:
    """Remarks on the people of the registry's schools. A draft is judged too: it holds what the schools say."""

    def places(_: str, rows: pd.DataFrame) -> Iterator["_BaseOfSchool"]:
        columns = (rows[name] for name in ("school_code", "base", "people"))
        return (_BaseOfSchool(form, *row) for row in zip(*columns, strict=True))

    return judge(SchoolBases, _bases_table(registry, form), places)


def in_reports(table: pd.DataFrame, reports: Sequence[Report]) -> Places:
    """Places of rows that lead to a fact of the long table, or else to a report. `reports`: by their numbers."""

    def places(at: str, rows: pd.DataFrame) -> Iterable[Place]:
        return places_of(table, rows[at], reports) if at else (reports[number] for number in rows["report"])

    return places


def places_of(table: pd.DataFrame, numbers: "pd.Series[float]", reports: Sequence[Report]) -> Iterator[Place]:
    """The facts of these row numbers; of one taken over the cell of the report that takes it, for there the school has
    to look."""
    for fact in fact_rows(table, numbers):
        if not fact.carried:
            yield fact
            continue
        report = reports[fact.report]
        cell, as_of = report.answer_cells.get(fact.item, ""), str(report.as_of or "")
        yield fact._replace(file=report.file, sheet=report.sheet, cell=cell, as_of=as_of)


# ── failures of a model ──────────────────────────────────────────────────────────────────────────────────
def _broken_controls(model: Model, rows: pd.DataFrame) -> Iterator[tuple[Control, pd.DataFrame]]:
    """The controls that are broken, in the model's order, each with its broken rows, in theirs. Raises SchemaErrors of
    whatever is no control of rows.

    A control is asked for its rows as a validation asks it, one by one: the validation's account of failures, made for
    mistakes of ours, holds each row once for every column, and takes as long as all else."""
    _refuse_when_switched_off()
    assert rows.index.is_unique, "a failure is led back by its row number"
    schema = model.to_schema()
    beside = {name for control in controls_of(model) for name in control.beside if name not in schema.columns}
    judged = rows.drop(columns=list(beside)) if beside else rows
    guards = copy(schema)
    guards.checks = [check for check in schema.checks if control_of(check) is None]
    guards.validate(judged, lazy=True, inplace=True)  # nothing is made fit: a copy would be for nothing
    for check in schema.checks:
        if control := control_of(check):
            right = check(judged).check_output
            if not right.all():
                yield control, rows[~right]


def _refuse_when_switched_off() -> None:
    """pandera can be silenced from the environment; a run that checks nothing must not look like one that does."""
    context = get_config_context(validation_depth_default=ValidationDepth.SCHEMA_AND_DATA)
    if not context.validation_enabled or context.validation_depth is not ValidationDepth.SCHEMA_AND_DATA:
        raise UsageError(
            "Проверка данных отключена переменной окружения PANDERA_VALIDATION_ENABLED или PANDERA_VALIDATION_DEPTH: "
            "уберите её и повторите."
        )


# ── failures as remarks ──────────────────────────────────────────────────────────────────────────────────
def _remarks(control: Control, broken: pd.DataFrame, places: Places) -> Iterator[Remark]:
    """The one way from a failure to a remark."""
    sources = [source(broken) if callable(source) else broken[source] for source in control.figures.values()]
    rows = zip(*(column.tolist() for column in sources), strict=True) if sources else (() for _ in range(len(broken)))
    seen = set()
    for place, figures in zip(places(control.at, broken), rows, strict=True):
        said = place.remark(control.code, **dict(zip(control.figures, figures, strict=True)))
        where = said.file, said.sheet, said.cell
        if not control.once_a_cell or where not in seen:
            seen.add(where)
            yield said


# ── the registry ─────────────────────────────────────────────────────────────────────────────────────────
class _BaseOfSchool(NamedTuple):
    """People of one base in a school's row of the registry."""

    form: Form
    school: str
    base: str
    people: float

    def remark(self, code: str, **figures: Any) -> Remark:
        part = self.form.base(self.base)
        labels = {"label": part.label, "whole_label": self.form.base(part.part_of).label}
        place = {"file": FILE, "sheet": SCHOOLS.sheet, "school": self.school, "value": f"{self.people:.10g}"}
        return remark(code, **place, **labels, **figures)


def _bases_table(registry: Registry, form: Form) -> pd.DataFrame:
    """`schemas.registry.SchoolBases`, in the registry's order."""
    rows = list(_bases_rows(registry, form))
    types = {"school_code": "str", "base": "str", "people": "float64", "whole": "float64"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _bases_rows(registry: Registry, form: Form) -> Iterator[tuple[str, str, float, float | None]]:
    part_of = {base.id: base.part_of for base in form.bases}
    for school in registry.schools:
        for base, people in school.bases.items():
            yield school.code, base, people, school.bases.get(part_of[base])
