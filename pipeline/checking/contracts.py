"""The contracts applied: one lazy pandera validation of the whole batch, its failures as remarks.

Two voices: a coded check that fails is the school's mistake and becomes a remark; anything else (types, nulls, unknown
words, a check that raised) is ours and is raised.
"""

import pandas as pd
from pandera.config import ValidationDepth, get_config_context
from pandera.errors import SchemaErrorReason, SchemaErrors

from schemas.answers import Answers
from schemas.remarks import Remark, remark


def judge(table: pd.DataFrame) -> list[Remark]:
    """Remarks on the facts that break a coded check of `Answers`, in row order."""
    refuse_switched_off()
    assert table.index.is_unique, "a fact is found by its row number"
    try:
        Answers.validate(table, lazy=True)
    except SchemaErrors as found:
        broken = _broken_rules(found)
        return [_remark(str(code), table.loc[row]) for row, code in broken.itertuples(index=False)]
    return []


def refuse_switched_off() -> None:
    """pandera can be silenced from the environment; a run that checks nothing must not look like one that does."""
    context = get_config_context(validation_depth_default=ValidationDepth.SCHEMA_AND_DATA)
    if not context.validation_enabled or context.validation_depth is not ValidationDepth.SCHEMA_AND_DATA:
        raise RuntimeError("pandera is switched off by PANDERA_VALIDATION_ENABLED or PANDERA_VALIDATION_DEPTH")


def _broken_rules(found: SchemaErrors) -> pd.DataFrame:
    """Columns index, check. A table-level check reports a row once for every column: kept once."""
    for error in found.schema_errors:
        if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK or not isinstance(
            error.failure_cases, pd.DataFrame
        ):
            raise error
    cases = found.failure_cases.drop_duplicates(["check", "index"])
    return cases.sort_values(["index", "check"])[["index", "check"]]


def _remark(code: str, fact: "pd.Series[object]") -> Remark:
    figures: dict[str, object] = {}
    if code == "PCT-ABOVE-100":
        figures = {"percent": fact["number"]}
    elif code == "DOC-AFTER-REPORT":
        figures = {"day": pd.Timestamp(str(fact["text"])).date()}
    return remark(code, **place_of(fact), value=_written(fact), **figures)


def place_of(fact: "pd.Series[object]") -> dict[str, object]:
    """Where a fact stands, as a remark says it."""
    as_of = str(fact["as_of"])
    return {
        "file": fact["file"],
        "sheet": fact["sheet"],
        "cell": fact["cell"],
        "school": fact["school_code"],
        "as_of": pd.Timestamp(as_of).date() if as_of else None,
        "item": fact["item"],
    }


def _written(fact: "pd.Series[object]") -> str:
    return str(fact["text"]) or f"{fact['number']:.10g}".replace(".", ",")
