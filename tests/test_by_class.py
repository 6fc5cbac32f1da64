"""Answers given class by class: each part is a fact of its classes, one figure follows only where sizes are known."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measuring.figures import Share
from pipeline.measuring.rows import answer_rows, coverage_rows
from pipeline.reading.answers.values import read_answer
from pipeline.reading.opening.book import Cell
from schemas.reports import FileRead
from tests.batch import checked, file_of, measured, order_form
from tests.order_form import FORM

SHARES_BY_CLASS = "5 кл. – 50 %, 6 кл. – 70 %"
PEOPLE_BY_CLASS = "5 кл. – 12 из 24, 6 кл. – 20 из 25"
ITEM = FORM.headline.item


def reported(words: str, item: str = ITEM) -> FileRead:
    return file_of(order_form(answers={item: words}))


def facts(file: FileRead, item: str = ITEM) -> list[tuple[str, str, float, bool]]:
    """field, text, number (-1: words), counted of what the file says of an item."""
    rows = [row for row in answer_rows(measured([file])) if row.item == item]
    return [(row.field, row.text, -1 if math.isnan(row.number) else row.number, row.counted) for row in rows]


def share_of(file: FileRead, item: str = ITEM) -> tuple[Share, float, float]:
    row = next(row for row in coverage_rows(measured([file])) if row.item == item)
    return row.share, row.covered, row.total


def test_shares_by_class_are_facts_and_no_single_figure_is_counted():
    file = reported(SHARES_BY_CLASS)
    assert facts(file) == [("by_class", "5 кл. — 50 %", -1, False), ("by_class", "6 кл. — 70 %", -1, False)]
    assert share_of(file)[0] is Share.SET_ASIDE
    (told,) = (one for one in checked([file]).remarks if one.code == "CLASSES-APART")
    assert told.value == "5 кл. — 50 %; 6 кл. — 70 %"


def test_people_by_class_are_added_up_where_each_class_says_of_how_many():
    file = reported(PEOPLE_BY_CLASS)
    assert share_of(file) == (Share.COUNTED, 32, 49)
    assert ("by_class", "5 кл. — 12 из 24", -1, True) in facts(file)
    assert "CLASSES-SUMMED" in {one.code for one in checked([file]).remarks}


def test_the_same_number_of_people_in_two_classes_is_not_the_number_of_both():
    assert share_of(reported("5 кл. – 12 чел., 6 кл. – 12 чел."))[0] is Share.SET_ASIDE


def test_people_of_a_small_class_are_no_class():
    assert share_of(reported("5 кл. – 2 из 4, 6 кл. – 20 из 25")) == (Share.COUNTED, 22, 29)


@pytest.mark.parametrize("item", [one.number for one in FORM.coverage_items if not one.classes])
def test_where_an_item_asks_for_no_classes_its_people_are_not_added(item):
    """A teacher of one class teaches another too."""
    assert share_of(reported(PEOPLE_BY_CLASS, item), item)[0] is Share.SET_ASIDE


def test_rows_of_classes_below_an_item_are_facts_each_in_its_own_cell():
    form = order_form(answers={ITEM: "1-4 кл. – 73 %"})
    row = form.row_of(ITEM) + 1
    form.rows.insert(row, ["", "", "5-11 кл. – 21 %"])
    rows = [one for one in answer_rows(measured([file_of(form)])) if one.item == ITEM]
    assert [(one.field, one.text, one.cell) for one in rows] == [
        ("by_class", "1-4 кл. — 73 %", f"C{row}"),
        ("by_class", "5-11 кл. — 21 %", f"C{row + 1}"),
    ]
    assert not any(one.counted for one in rows)


CLASSES = st.lists(st.integers(1, 11), min_size=2, max_size=11, unique=True).map(sorted)
PEOPLE = st.tuples(st.integers(0, 30), st.integers(1, 30)).map(sorted)


@given(grades=CLASSES, people=st.data(), figures_first=st.booleans(), separator=st.sampled_from([", ", "; ", "\n"]))
def test_people_of_any_classes_in_any_writing_are_added_right(grades, people, figures_first, separator):
    said_of = [(grade, *people.draw(PEOPLE)) for grade in grades]
    shape = "{1} из {2} ({0} кл.)" if figures_first else "{0} кл. – {1} из {2}"
    answer = read_answer(FORM.headline_item, Cell(separator.join(shape.format(*one) for one in said_of)), FORM, None)
    found = {fact.field: fact.value for fact in answer.facts}
    assert found["count"] == sum(covered for _, covered, _ in said_of)
    assert found["total"] == sum(total for *_, total in said_of)
    assert len([fact for fact in answer.facts if fact.field == "by_class"]) == len(grades)


@given(grades=CLASSES, shares=st.data())
def test_shares_of_classes_are_never_averaged(grades, shares):
    percents = [shares.draw(st.integers(0, 100)) for _ in grades]
    words = ", ".join(f"{grade} кл. – {share} %" for grade, share in zip(grades, percents, strict=True))
    answer = read_answer(FORM.headline_item, Cell(words), FORM, None)
    read = [fact.value for fact in answer.facts if fact.field == "percent"]
    assert read == ([percents[0]] if len(set(percents)) == 1 else [])


@pytest.mark.parametrize("words", ["1 кл 0 класс 1", "5 кл – 30 чел.; класс 6 –"])
def test_a_class_of_which_nothing_is_said_makes_no_part(words: str):
    assert "by_class" not in {field for field, *_ in facts(reported(words))}
