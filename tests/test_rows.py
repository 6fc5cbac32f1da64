"""The rows that measuring hands on are what their types say, whatever the district; names of frame and row agree."""

from collections.abc import Callable, Iterable
from types import GenericAlias, UnionType
from typing import get_args, get_type_hints

import pytest
from pandas import DataFrame

from pipeline.measuring import rows
from pipeline.measuring.figures import Figures
from schemas.district import Registry
from tests.batch import measured, school
from tests.figures import STATES
from tests.test_measuring import THREE

ACCESSORS: dict[str, Callable[[Figures], Iterable[tuple[object, ...]]]] = {
    "coverage": rows.coverage_rows,
    "totals": lambda figures: rows.totals_by_item(figures).values(),
    "groups": rows.group_rows,
    "milestones": rows.milestone_rows,
    "steps": rows.step_rows,
    "measures": rows.measure_rows,
    "trend": rows.trend_rows,
    "answers": rows.answer_rows,
    "reconciliation": lambda figures: rows.reconciled_items(figures.reconciliation).values(),
}


def kinds(annotation: object) -> tuple[type, ...]:
    if isinstance(annotation, UnionType):
        return tuple(kind for one in get_args(annotation) for kind in kinds(one))
    return (tuple if isinstance(annotation, GenericAlias) else annotation,)  # type: ignore[return-value]


def wrong(row: tuple[object, ...]) -> list[str]:
    """Fields that hold something of another type than they say. Exactly: a `bool` is no `int`, a datetime no date."""
    hints = get_type_hints(type(row))
    return [
        f"{type(row).__name__}.{name} = {value!r}"
        for name, value in zip(type(row)._fields, row, strict=True)
        if type(value) not in kinds(hints[name])
    ]


def all_wrong(figures: Figures) -> list[str]:
    return [said for rows_of in ACCESSORS.values() for row in rows_of(figures) for said in wrong(row)]


def test_the_rows_of_a_run_are_what_their_types_say(demo) -> None:
    assert [name for name, rows_of in ACCESSORS.items() if not list(rows_of(demo.done.figures))] == ["groups"]
    assert all_wrong(demo.done.figures) == []


IN_GROUPS = Registry((school("01", group="Город"), school("02")))


@pytest.mark.parametrize("registry", [Registry(), THREE, IN_GROUPS], ids=["no school", "no report", "groups"])
def test_the_rows_of_a_district_without_reports_are_what_their_types_say(registry: Registry) -> None:
    assert all_wrong(measured([], registry)) == []


@pytest.mark.parametrize("state", STATES)
def test_the_rows_of_every_district_that_is_tested_are_what_their_types_say(state: str) -> None:
    assert all_wrong(STATES[state]()) == []


def test_a_column_that_the_frame_has_not_is_named() -> None:
    with pytest.raises(TypeError, match="no by, state, of which a StepRow is made"):
        next(rows.typed_rows(DataFrame(columns=["school_code", "min", "max"]), rows.StepRow))


def test_columns_are_taken_by_name_whatever_their_order_and_the_index_first() -> None:
    names = list(rows.TotalRow._fields)
    frame = DataFrame([range(len(names))], columns=names[::-1]).set_index("item")
    [row] = rows.typed_rows(frame, rows.TotalRow, index="item")
    assert row._asdict() == {name: place for place, name in enumerate(names[::-1])}


@pytest.mark.parametrize("at_once", [1, 7])
def test_rows_taken_some_at_a_time_are_all_rows_in_their_order(monkeypatch, at_once: int) -> None:
    figures = STATES["twenty-schools"]()
    whole = {name: list(rows_of(figures)) for name, rows_of in ACCESSORS.items()}
    assert len(whole["coverage"]) > 7
    monkeypatch.setattr(rows, "_AT_ONCE", at_once)
    assert repr({name: list(rows_of(figures)) for name, rows_of in ACCESSORS.items()}) == repr(whole)  # NaN is NaN
