"""The contracts applied: one lazy pandera validation of the whole batch, its failures as remarks.

Two voices: a coded check that fails is the school's mistake and becomes a remark; anything else (types, nulls, unknown
words, a check that raised) is ours and is raised.
"""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pandera.pandas as pa
from pandera.config import ValidationDepth, get_config_context
from pandera.errors import SchemaErrorReason, SchemaErrors

from pipeline.checking.table import FactRow, fact_rows
from schemas.answers import Answers
from schemas.district import Registry
from schemas.form import Form
from schemas.registry import SchoolBases
from schemas.registry_book import FILE, SCHOOLS
from schemas.remarks import Remark, remark
from schemas.strict import UsageError


def judge(table: pd.DataFrame) -> list[Remark]:
    """Remarks on the facts that break a coded check of `Answers`, in row order."""
    broken = _broken_rules(Answers, table)
    return [_remark(code, fact) for code, fact in zip(broken, fact_rows(table, broken.index), strict=True)]


def judge_registry(registry: Registry, form: Form) -> list[Remark]:
    """Remarks on the people of the registry's schools. A draft is judged too: it holds what the schools say."""
    table = _bases_table(registry, form)
    broken = _broken_rules(SchoolBases, table)
    rows = table.loc[broken.index].itertuples(index=False, name=None)
    return [_registry_remark(form, code, *row) for code, row in zip(broken, rows, strict=True)]


def _broken_rules(model: type[pa.DataFrameModel], table: pd.DataFrame) -> "pd.Series[str]":
    """Codes of the broken checks, index: the row of the table; in row order."""
    _refuse_when_switched_off()
    assert table.index.is_unique, "a failure is led back by its row number"
    try:
        model.validate(table, lazy=True)
    except SchemaErrors as found:
        return _coded_failures(found)
    return pd.Series([], index=pd.Index([], dtype="int64"), dtype="str")


def _refuse_when_switched_off() -> None:
    """pandera can be silenced from the environment; a run that checks nothing must not look like one that does."""
    context = get_config_context(validation_depth_default=ValidationDepth.SCHEMA_AND_DATA)
    if not context.validation_enabled or context.validation_depth is not ValidationDepth.SCHEMA_AND_DATA:
        raise UsageError(
            "Проверка данных отключена переменной окружения PANDERA_VALIDATION_ENABLED или PANDERA_VALIDATION_DEPTH: "
            "уберите её и повторите."
        )


def _coded_failures(found: SchemaErrors) -> "pd.Series[str]":
    """Coded checks are the table-level ones; each reports a row once for every column: kept once."""
    for error in found.schema_errors:
        of_table = isinstance(error.schema, pa.DataFrameSchema) and isinstance(error.failure_cases, pd.DataFrame)
        if not of_table or error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK:
            raise error
    cases = found.failure_cases.drop_duplicates(["check", "index"]).sort_values(["index", "check"])
    return pd.Series(cases["check"].tolist(), index=cases["index"].astype("int64"), dtype="str")


def _remark(code: str, fact: FactRow) -> Remark:
    match code:
        case "PCT-ABOVE-100":
            return fact.remark(code, percent=fact.number)
        case "DOC-AFTER-REPORT":
            return fact.remark(code, day=date.fromisoformat(fact.text))
    return fact.remark(code)


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


def _registry_remark(form: Form, code: str, school: str, base: str, people: float, whole: float) -> Remark:
    part = form.base(base)
    return remark(
        code,
        file=FILE,
        sheet=SCHOOLS,
        school=school,
        value=f"{people:.10g}",
        label=part.label,
        people=people,
        whole_label=form.base(part.part_of).label,
        whole=whole,
    )
