"""The pandera models, check by check: each is needed (its own broken row passes when it is taken out) and each breaks
alone; random right rows bring no failure, one broken cell brings exactly its own."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from types import SimpleNamespace
from typing import Any, get_type_hints

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from pipeline.checking.contracts import judge
from pipeline.checking.table import FactRow
from pipeline.measuring import frames
from pipeline.measuring.figures import Figures, Former
from pipeline.measuring.frames import FRAMES, hold
from schemas.coded import control_of
from schemas.contracts import CONTRACTS
from schemas.district import Registry
from schemas.frames.wide import WideAnswers
from schemas.remarks import load_catalogue
from tests.batch import file_of, measured, order_form
from tests.rows import BROKEN, RIGHT, Model, Row, frame

MODELS = (*CONTRACTS.values(), *FRAMES.values())


# ── no check is idle ─────────────────────────────────────────────────────────────────────────────────────
CHECKS_OF_ROWS = [
    (model, place, str(check.name)) for model in MODELS for place, check in enumerate(model.to_schema().checks)
]
CHECKS_OF_COLUMNS = [
    (model, name, place)
    for model in MODELS
    for name, column in model.to_schema().columns.items()
    for place in range(len(column.checks))
]


def named(value: object) -> str | None:
    return value.__name__ if isinstance(value, type) else None


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_a_right_row_breaks_nothing(model: Model) -> None:
    model.validate(frame(model, {}), lazy=True)


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_no_row_at_all_breaks_nothing(model: Model) -> None:
    """A check on a misspelt column is refused only at its first use."""
    model.validate(frame(model), lazy=True)


@pytest.mark.parametrize(("model", "place", "name"), CHECKS_OF_ROWS, ids=named)
def test_every_check_of_rows_has_a_row_that_it_alone_rejects(model: Model, place: int, name: str) -> None:
    schema = model.to_schema()
    broken = frame(model, {}, BROKEN[model][name], {})
    with pytest.raises(SchemaErrors) as found:
        schema.validate(broken, lazy=True)
    assert {(error.check_index, *set(error.failure_cases["index"])) for error in found.value.schema_errors} == {
        (place, 1)
    }
    without(schema, place).validate(broken, lazy=True)


@pytest.mark.parametrize(("model", "column", "place"), CHECKS_OF_COLUMNS, ids=named)
def test_every_check_of_a_column_rejects_what_lies_just_outside(model: Model, column: str, place: int) -> None:
    schema = model.to_schema()
    check = schema.columns[column].checks[place]
    broken = frame(model, {}, {column: outside(check)})
    with pytest.raises(SchemaErrors) as found:
        schema.validate(broken, lazy=True)
    assert any(error.check is check or error.check == check for error in found.value.schema_errors)
    spared = copy.deepcopy(schema)
    del spared.columns[column].checks[place]
    assert check not in failures(spared, broken)


@pytest.mark.parametrize(
    ("model", "column"), [(m, c) for m in MODELS for c, kind in m.to_schema().columns.items() if not kind.nullable]
)
def test_an_empty_cell_is_refused_where_the_model_says_so(model: Model, column: str) -> None:
    row = frame(model, {})
    row[column] = pd.Series([None], dtype="str" if row[column].dtype == "str" else "float64")
    with pytest.raises(SchemaErrors):
        model.validate(row, lazy=True)


@pytest.mark.parametrize("model", [model for model in MODELS if model.to_schema().unique], ids=named)
def test_rows_of_one_key_are_refused(model: Model) -> None:
    with pytest.raises(SchemaErrors, match="not unique"):
        model.validate(pd.concat([frame(model, {})] * 2, ignore_index=True), lazy=True)


def test_no_broken_row_is_kept_for_a_check_that_is_gone() -> None:
    assert {(model, name) for model, rows in BROKEN.items() for name in rows} == {
        (model, name) for model, _, name in CHECKS_OF_ROWS
    }


def test_every_model_of_the_program_is_among_the_contracts() -> None:
    def below(model: type) -> Iterator[type]:
        for child in model.__subclasses__():
            yield child
            yield from below(child)

    ours = {model for model in below(pa.DataFrameModel) if model.__module__.startswith(("schemas", "pipeline"))}
    assert ours - {base for base in ours - {*MODELS} if base.__subclasses__()} == {*MODELS}


def without(schema: pa.DataFrameSchema, place: int) -> pa.DataFrameSchema:
    spared = copy.deepcopy(schema)
    del spared.checks[place]
    return spared


def failures(schema: pa.DataFrameSchema, rows: pd.DataFrame) -> list[Any]:
    try:
        schema.validate(rows, lazy=True)
    except SchemaErrors as found:
        return [error.check for error in found.schema_errors]
    return []


def outside(check: pa.Check) -> Any:
    """A value that a built-in check has to refuse."""
    bounds = check.statistics
    match check.name:
        case "greater_than_or_equal_to":
            return bounds["min_value"] - 1
        case "less_than_or_equal_to":
            return bounds["max_value"] + 1
        case "isin":
            return "no such word"
        case "str_length":
            return "" if (bounds.get("min_value") or bounds.get("exact_value")) else "too long"
        case "str_matches":
            return "20.03.2014"
        case "str_startswith":
            return "other"
    raise AssertionError(f"say what lies outside of {check}")


# ── what a check carries ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("model", "place", "name"), CHECKS_OF_ROWS, ids=named)
def test_a_control_says_code_severity_title_and_rule_of_the_catalogue(model: Model, place: int, name: str) -> None:
    check = model.to_schema().checks[place]
    control = control_of(check)
    if control:
        entry = load_catalogue().entries[control.code]
        assert (check.error, check.title, check.description) == (control.code, entry.title, entry.rule)
        assert control.severity == entry.severity


# ── random rows ──────────────────────────────────────────────────────────────────────────────────────────
@st.composite
def right_answers(draw: st.DrawFn) -> Row:
    """A right row of WideAnswers: people or percent or both, of a whole stated or not."""
    total = draw(st.integers(1, 3000))
    count = draw(st.integers(0, total))
    digits = draw(st.integers(0, 2))
    says = draw(st.sampled_from(["people", "percent", "both"]))
    row: Row = {"total": float(total), "base": float(total), "of_people": draw(st.booleans())}
    row["total_basis"] = draw(st.sampled_from(["stated", "derived"]))
    row |= {"count": float(count), "percent": round(100 * count / total, digits), "half": 0.5 * 10.0**-digits}
    row |= {"people": {"percent_basis": "derived", "half": None}, "percent": {"count_basis": "derived"}}.get(says, {})
    return row


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(right_answers(), max_size=12))
def test_random_right_answers_bring_no_remark(rows: list[Row]) -> None:
    assert found_in(rows) == []


BREAKS = {name: changes for name, changes in BROKEN[WideAnswers].items() if name != "stated_people_are_whole"}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(right_answers(), max_size=8), st.sampled_from(sorted(BREAKS)), st.data())
def test_one_broken_answer_among_right_ones_brings_exactly_its_code_at_its_row(
    rows: list[Row], name: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(rows)))
    [control] = [control_of(check) for check in WideAnswers.to_schema().checks if check.name == name]
    assert control is not None
    assert found_in([*rows[:at], BREAKS[name], *rows[at:]]) == [(control.code, f"R{at}")]


def found_in(rows: list[Row]) -> list[tuple[str, str]]:
    """Code and place of the remarks on these answers. The facts of a row are called by its number."""
    table = frame(WideAnswers, *({"report": number} | row for number, row in enumerate(rows)))
    marks = ["count_row", "total_row", "percent_row", "said_row", "classes_row"]
    table = table.assign(**dict.fromkeys(marks, table.index), label="", classes="5-9")

    def places(at: str, broken: pd.DataFrame) -> Iterator[FactRow]:
        return (
            FactRow(0, "1.xlsx", "Лист1", f"R{row}", "01", "2014-03-20", "6.2", "", "", 0.0, "stated", "")
            for row in broken[at]
        )

    return [(said.code, said.cell) for said in judge(WideAnswers, table, places)]


# ── the frames of figures ────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def figures() -> Figures:
    return measured([file_of(order_form())])


def test_every_frame_between_measuring_and_writing_has_its_model() -> None:
    frames = {name for name, kind in get_type_hints(Figures).items() if kind is pd.DataFrame}
    assert {*FRAMES} == frames - {"answers"}  # judged as it enters checking


def test_figures_of_no_school_at_all_hold() -> None:
    assert measured([], Registry()).totals["counted"].sum() == 0


Spoil = Callable[[Figures], dict[str, pd.DataFrame]]
SPOILT: dict[str, Spoil] = {
    "a-row-counted-twice": lambda f: {"coverage": pd.concat([f.coverage, f.coverage.head(1)], ignore_index=True)},
    "a-row-lost": lambda f: {"coverage": f.coverage.iloc[1:]},
    "a-total-that-is-no-sum": lambda f: {"totals": f.totals.assign(covered=f.totals["covered"] + 1)},
    "a-mean-for-a-share": lambda f: {"totals": f.totals.assign(percent=50.0)},
    "people-as-text": lambda f: {"steps": f.steps.assign(min=f.steps["min"].astype("str"))},
    "a-column-lost": lambda f: {"milestones": f.milestones.drop(columns="state")},
    "an-unknown-state": lambda f: {"measures": f.measures.assign(state="perhaps")},
    "a-share-above-the-whole": lambda f: {"steps": f.steps.assign(max=101.0)},
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_frame_that_we_got_wrong_raises(
    figures: Figures, spoil: Callable[[Figures], dict[str, pd.DataFrame]]
) -> None:
    spoilt = replace(figures, **spoil(figures))
    with pytest.raises(SchemaErrors):
        hold(spoilt, figures.answers)


@pytest.mark.parametrize("name", ["a-row-counted-twice", "a-row-lost", "a-total-that-is-no-sum", "a-mean-for-a-share"])
def test_a_frame_of_the_date_before_that_we_got_wrong_raises(figures: Figures, name: str) -> None:
    def held(then: Figures) -> Figures:
        former = Former(**{one.name: getattr(then, one.name) for one in fields(Former)})
        return hold(replace(figures, before=replace(former, as_of=date(2014, 1, 30))), figures.answers)

    assert held(figures).before
    with pytest.raises(SchemaErrors):
        held(replace(figures, **SPOILT[name](figures)))


def test_schools_that_the_totals_count_wrongly_are_not_counted_in_the_same_way(figures: Figures, monkeypatch) -> None:
    def slipped(at: Any, weights: Any = None, minlength: int = 0) -> Any:
        return np.bincount(at, weights, minlength) + (weights is None)

    monkeypatch.setattr(frames, "np", SimpleNamespace(**{**vars(np), "bincount": slipped}))
    assert hold(figures, figures.answers) is figures
    with pytest.raises(SchemaErrors, match="counted"):
        hold(replace(figures, totals=figures.totals.assign(counted=figures.totals["counted"] + 1)), figures.answers)


def test_every_model_has_a_right_row() -> None:
    assert RIGHT.keys() == BROKEN.keys() == {*MODELS}
