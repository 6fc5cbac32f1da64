"""A JSON schema beside each CSV of a run: what its columns hold, for whoever reads it by program."""

import json

import pandera.pandas as pa

from schemas.csv_tables import AnswersFile, FindingsFile
from schemas.form import Form
from schemas.municipality import Indicators, NumberIndicators

_JUDGED_HERE_ONLY = "waived"  # of Indicators: the file has no such column
_TYPES = {"float64": "number", "int64": "integer", "string": "string"}


def csv_schemas(form: Form) -> dict[str, bytes]:
    """File name -> JSON schema of its rows: an empty cell of a number is null."""
    models: dict[str, type[pa.DataFrameModel]] = {
        "answers": AnswersFile,
        "findings": FindingsFile,
        "indicators": NumberIndicators if form.asks_for_figures else Indicators,
    }
    return {f"{name}.schema.json": _bytes(_of_table(name, model)) for name, model in models.items()}


def _of_table(name: str, model: type[pa.DataFrameModel]) -> dict[str, object]:
    columns = {n: _of_column(column) for n, column in model.to_schema().columns.items() if n != _JUDGED_HERE_ONLY}
    row = {"type": "object", "properties": columns, "required": list(columns), "additionalProperties": False}
    title, about = f"{name}.csv", (model.__doc__ or "").strip()
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": title, "description": about, "type": "array", "items": row}


def _of_column(column: pa.Column) -> dict[str, object]:
    kind = _TYPES[str(column.dtype).partition("[")[0]]
    said = {"description": column.description, "type": [kind, "null"] if column.nullable else kind}
    for check in column.checks:
        said |= _of_check(check)
    return said


def _of_check(check: pa.Check) -> dict[str, object]:
    """A check that has no counterpart here raises: the schema would promise less than the model."""
    known = check.statistics or {}
    match check.name:
        case "greater_than_or_equal_to":
            return {"minimum": known["min_value"]}
        case "less_than_or_equal_to":
            return {"maximum": known["max_value"]}
        case "isin":
            return {"enum": list(known["allowed_values"])}
        case "str_length":
            return {"minLength": known["min_value"]}
        case "str_matches":
            pattern = known["pattern"]
            return {"pattern": getattr(pattern, "pattern", pattern)}
    raise NotImplementedError(f"JSON schema of {check}")


def _bytes(schema: dict[str, object]) -> bytes:
    return (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
