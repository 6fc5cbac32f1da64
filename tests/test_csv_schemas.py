"""The schemas beside the CSVs: what a run writes agrees with them, and what is wrong does not."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import Run

TABLES = ("answers", "findings", "indicators")


def read(folder: Path, name: str) -> tuple[Draft202012Validator, list[dict[str, Any]]]:
    """Schema and rows of a CSV, its cells in the types that the schema names."""
    schema = json.loads((folder / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    columns = schema["items"]["properties"]
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        rows = [{n: typed(columns[n]["type"], cell) for n, cell in row.items()} for row in csv.DictReader(file)]
    return Draft202012Validator(schema), rows


def typed(kind: str | list[str], cell: str) -> str | float | int | None:
    if "string" in kind:
        return cell
    if cell == "":
        return None
    return int(cell) if "integer" in kind else float(cell)


@pytest.mark.parametrize("name", TABLES)
def test_a_csv_of_a_run_agrees_with_the_schema_beside_it(demo: Run, name: str) -> None:
    validator, rows = read(demo.folder, name)
    assert rows
    assert list(validator.iter_errors(rows)) == []


@pytest.mark.parametrize("name", TABLES)
def test_the_columns_stand_in_the_schema_in_their_order_and_are_explained(demo: Run, name: str) -> None:
    validator, rows = read(demo.folder, name)
    columns = validator.schema["items"]["properties"]
    assert list(columns) == list(rows[0])
    assert all(column["description"] for column in columns.values())


WRONG = {
    "an-unknown-basis": ("answers", {"basis": "guessed"}),
    "an-unknown-severity": ("findings", {"severity": "grave"}),
    "a-date-of-our-own": ("findings", {"as_of": "20.03.2014"}),
    "schools-below-zero": ("indicators", {"schools_counted": -1}),
    "a-target-above-100": ("indicators", {"target_min": 101.0}),
    "no-schools-at-all": ("indicators", {"schools_expected": None}),
    "one-column-more": ("indicators", {"waived": "false"}),
}


@pytest.mark.parametrize(("name", "change"), WRONG.values(), ids=WRONG)
def test_a_row_that_is_wrong_does_not(demo: Run, name: str, change: dict[str, Any]) -> None:
    validator, rows = read(demo.folder, name)
    assert not validator.is_valid([{**rows[0], **change}])


def test_the_schemas_stand_in_the_manifest(demo: Run) -> None:
    outputs = json.loads((demo.folder / "manifest.json").read_text("utf-8"))["outputs"]
    assert {f"{name}.schema.json" for name in TABLES} <= outputs.keys()
