"""Svod's own form with cells typed over: what it prints is printed only while it still stands there."""

from datetime import date
from functools import cache
from io import BytesIO

import pytest
from openpyxl import load_workbook

from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book
from pipeline.reading.opening.grid import open_book
from pipeline.settings import Limits
from pipeline.writing.form.workbook import write_form
from pipeline.writing.pages.colours import Mark
from schemas import own_form
from schemas.remarks import Remark
from schemas.reports import ReportRead
from tests.order_form import FORM, REGISTRY, SCHOOLS, said

PASSPORT_ROW = "passport"  # stands for the row of its figures


@cache
def blank() -> bytes:
    return write_form(FORM, REGISTRY.schools[0], date(2014, 3, 20))


@cache
def rows_of_items() -> dict[str, int]:
    """Item's number -> its row; the table of problems below numbers its rows alike."""
    column = load_workbook(BytesIO(blank()))["Отчёт"].iter_rows(max_col=1)
    numbered = [(str(row[0].value).rstrip("."), row[0].row) for row in column if row[0].value]
    return {**dict(reversed(numbered)), PASSPORT_ROW: _row_of(FORM.bases[0].label) + 1}


def _row_of(label: str) -> int:
    cells = (cell for row in load_workbook(BytesIO(blank()))["Отчёт"].iter_rows() for cell in row)
    return next(cell.row for cell in cells if cell.value == label)


def touched(changes: dict[tuple[str, str], object]) -> Book:
    """The form of school 01; `changes`: (column, item) -> what is typed there."""
    book = load_workbook(BytesIO(blank()), rich_text=True)
    for (column, item), value in changes.items():
        book["Отчёт"][f"{column}{rows_of_items()[item]}"] = value
    saved = BytesIO()
    book.save(saved)
    return open_book(saved.getvalue(), Limits())


def read(changes: dict[tuple[str, str], object]) -> tuple[ReportRead, list[Remark]]:
    [report], remarks = read_book(touched(changes), FORM, SCHOOLS)
    return report, list(remarks)


def on(item: str, changes: dict[tuple[str, str], object]) -> tuple[dict[str, object], list[str]]:
    """Facts of the item, and codes of the remarks on it."""
    report, remarks = read(changes)
    facts = {field: value for (number, field), value in said(report).items() if number == item}
    return facts, [one.code for one in remarks if one.item == item]


@pytest.mark.parametrize(
    ("typed", "people"),
    [("12,0", 12), ("12,00", 12), ("12.0", 12), (" 12 ", 12), ("12", 12), (12, 12), ("12 чел.", 12)],
)
def test_a_number_among_people_is_people_however_it_is_typed(typed: object, people: float) -> None:
    facts, codes = on("13", {("E", "13"): typed})
    assert (facts["count"], codes) == (people, [])


def test_half_a_person_is_no_people() -> None:
    assert on("13", {("E", "13"): "12,5"})[1] == ["NUM-NOT-WHOLE"]


@pytest.mark.parametrize("share", [0.2857, 0.29, "29 %", "28,6 %"])  # 12 of 42
def test_a_share_that_is_that_of_the_people_is_printed(share: object) -> None:
    facts, codes = on("13", {("E", "13"): 12, ("F", "13"): share})
    assert (facts["count"], codes) == (12, [])


@pytest.mark.parametrize("share", [0.44, "44 %", "около 29 %"])
def test_a_share_typed_over_that_contradicts_the_people_is_an_error(share: object) -> None:
    assert on("13", {("E", "13"): 12, ("F", "13"): share})[1] == ["ANSWER-TWICE"]


def test_a_share_typed_where_no_people_are_is_the_answer() -> None:
    facts, codes = on("14", {("F", "14"): "45 %", ("C", "14"): "1-11"})
    assert (facts["percent"], facts["classes"], codes) == (45, "1-11", [])


def test_another_total_typed_over_is_the_schools_own() -> None:
    facts, _ = on("13", {("E", "13"): 12, ("D", "13"): 40})
    assert (facts["count"], facts["total"]) == (12, 40)
    report, _ = read({("E", "13"): 12, ("D", "13"): 40})
    assert [f.basis for f in report.facts if (f.item, f.field) == ("13", "total")] == ["stated"]


def test_the_passports_figure_in_total_is_printed() -> None:
    report, _ = read({("E", "13"): 12, ("D", "13"): 42})
    assert [(f.value, f.basis) for f in report.facts if (f.item, f.field) == ("13", "total")] == [(42, "derived")]


def test_an_answer_typed_into_a_heading_is_an_error_on_each_item_below() -> None:
    report, remarks = read({("C", "6"): "100 % всех"})
    assert said(report) == {}
    assert [(one.code, one.item) for one in remarks] == [("ANSWER-IN-HEADING", n) for n in ("6.1", "6.2", "6.3")]


def test_classes_without_people_ask_for_people() -> None:
    assert on("14", {("C", "14"): "1-11"}) == ({}, ["COUNT-MISSING"])


def test_a_note_among_the_checks_or_beside_the_form_is_told_and_changes_nothing() -> None:
    plain, _ = read({("E", "13"): 12})
    report, remarks = read({("E", "13"): 12, ("G", "13"): "часть пока не вошла", ("H", "12.2"): "по списку"})
    assert said(report) == said(plain)
    assert [one.code for one in remarks] == ["NOTE-BESIDE"]


@pytest.mark.parametrize(
    ("typed", "code"), [("42 чел.", []), ("около 40", ["PASSPORT-UNREADABLE"]), (-1, ["PASSPORT-UNREADABLE"])]
)
def test_words_in_the_passport_are_read_or_remarked(typed: object, code: list[str]) -> None:
    report, remarks = read({("C", PASSPORT_ROW): typed})
    assert [one.code for one in remarks] == code
    assert ("teachers" in {base for base, _, _ in report.bases}) is not bool(code)


def test_every_mark_of_a_check_is_known_to_the_reader() -> None:
    marks = {value for name, value in vars(Mark).items() if name.isupper()}
    assert all(own_form.is_check(mark) and own_form.is_check(f"{mark} слово") for mark in marks)
    assert not own_form.is_check("часть пока не вошла")
