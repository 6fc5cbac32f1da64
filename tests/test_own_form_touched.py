"""Svod's own form with cells typed over: what it prints is printed only while it still stands there."""

from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book
from pipeline.reading.opening.grid import open_book
from pipeline.settings import Limits
from pipeline.wording import message, todo
from pipeline.writing.form.workbook import write_form
from pipeline.writing.pages.colours import Mark
from schemas import own_form
from schemas.remarks import Remark, load_catalogue
from schemas.reports import ReportRead
from tests.libreoffice import needs_libreoffice, saved_as
from tests.order_form import FORM, REGISTRY, SCHOOLS, said

CATALOGUE = load_catalogue()
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


@pytest.mark.parametrize("share", [300 / 409, 0.733496332518337, 0.7335])
def test_a_share_pasted_without_its_format_is_that_of_the_people(share: float) -> None:
    facts, codes = on("8", {("E", PASSPORT_ROW): 409, ("E", "8"): 300, ("F", "8"): share})
    assert (facts["count"], codes) == (300, [])


@pytest.mark.parametrize(
    "words", ["28 из 42", "28 чел.", "66,7 %", "28 чел., 66 %", "28 педагогов (66,7 %)", 28, f"{own_form.COVERED} 28"]
)
def test_the_same_answer_in_words_beside_the_people_says_nothing_new(words: object) -> None:
    facts, codes = on("13", {("E", "13"): 28, ("C", "13"): words})
    assert (facts["count"], codes) == (28, [])


@pytest.mark.parametrize("words", [20, f"{own_form.COVERED} 20"])
def test_another_number_where_no_classes_belong_is_another_answer(words: object) -> None:
    assert on("13", {("E", "13"): 28, ("C", "13"): words})[1] == ["ANSWER-TWICE"]


def test_people_behind_the_words_that_lead_to_them_are_people() -> None:
    facts, codes = on("13", {("C", "13"): f"{own_form.COVERED} 28"})
    assert (facts["count"], codes) == (28, [])


@pytest.mark.parametrize("words", [28, "28"])
def test_a_bare_number_in_place_of_the_words_that_lead_to_the_people_is_not_known(words: object) -> None:
    assert on("13", {("C", "13"): words}) == ({}, ["NUM-UNCLEAR"])


@pytest.mark.parametrize("words", ["не все", "все 28", "28 чел., в феврале было 25"])
def test_other_words_beside_the_people_change_nothing(words: str) -> None:
    report, remarks = read({("E", "13"): 28, ("C", "13"): words})
    assert said(report)["13", "count"] == 28
    assert [one.code for one in remarks] == ["WORDS-BESIDE"]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("14", "5–9 (100 %)"),
        ("14", "5-9 классы — 100 %"),
        ("14", "100 % 9 класса"),
        ("14", "9 кл. (28 из 30)"),
        ("14", "5-9 классы, всего 120 чел."),
        ("14", "28 чел. из 5-9 классов, 100 % класса"),
        ("14", "все 28"),
        ("8", "1-11 (73 %)"),
        ("12.1", "1–11 классы, 100 % заявлений"),
    ],
)
def test_figures_beside_the_classes_may_be_of_these_alone(item: str, words: str) -> None:
    facts, codes = on(item, {("E", item): 28, ("C", item): words})
    assert (facts["count"], facts.get("classes"), codes) == (28, None, ["CLASSES-UNREADABLE"])


def test_the_classes_of_the_same_answer_in_words_are_the_classes() -> None:
    facts, codes = on("14", {("E", "14"): 28, ("C", "14"): "28 чел. (5-9 классы)"})
    assert (facts["count"], facts["classes"], codes) == (28, "5-9", [])


@pytest.mark.parametrize("words", ["20 человек", "90 %", "28 из 30", "снято"])
def test_another_answer_in_words_beside_the_people_is_an_error(words: str) -> None:
    assert on("13", {("E", "13"): 28, ("C", "13"): words})[1] == ["ANSWER-TWICE"]
    assert on("14", {("E", "14"): 28, ("C", "14"): words.replace("педагогов", "чел.")})[1] == ["ANSWER-TWICE"]


def test_people_where_the_item_is_said_not_to_apply_are_another_answer() -> None:
    assert on("12.3", {("E", "12.3"): 100, ("C", "12.3"): "не предусмотрено"})[1] == ["ANSWER-TWICE"]


@pytest.mark.parametrize("nobody", [0, "0", "0 чел."])
def test_nobody_where_the_item_is_said_not_to_apply_is_no_zero(nobody: object) -> None:
    assert on("12.3", {("E", "12.3"): nobody, ("C", "12.3"): "не предусмотрено"}) == ({"text": "не предусмотрено"}, [])


def test_words_copied_with_what_their_format_shows_are_read_as_the_words() -> None:
    shown = own_form.CLASSES_SHOWN
    assert on("12.3", {("C", "12.3"): f"{shown}не предусмотрено"}) == ({"text": "не предусмотрено"}, [])
    facts, codes = on("14", {("E", "14"): 28, ("C", "14"): f"{shown}5–9"})
    assert (facts["classes"], codes) == ("5-9", [])
    assert on("14", {("E", "14"): 28, ("C", "14"): f"{shown}{own_form.CLASSES_WANTED}"})[1] == []


def test_a_total_in_words_is_the_total() -> None:
    facts, codes = on("13", {("E", "13"): 12, ("D", "13"): "40 чел."})
    assert (facts["total"], codes) == (40, [])


def test_what_is_wrong_among_people_asks_for_people() -> None:
    _, remarks = read({("E", "14"): "много", ("E", "13"): 170.5})
    said = {one.item: message(one, CATALOGUE) + " " + todo(one, CATALOGUE) for one in remarks}
    assert said["14"] == "Ответ «много» не содержит числа. Впишите число людей, например 245."
    assert said["13"].startswith("Число людей «170,5\xa0чел.» не целое.")


@pytest.mark.parametrize("column", ["B", "C"])
def test_an_act_that_is_taken_back_is_no_act(column: str) -> None:
    before = {("B", "4.1"): "Положение", ("C", "4.1"): "№ 14 от 10.12.2013"}
    taken_back = {**before, ("B", "4.1"): "Положение" if column == "C" else "снято", ("C", "4.1"): None}
    report, remarks = read({**taken_back, (column, "4.1"): "снято"})
    assert [(f.item, f.field) for f in report.facts] == [("4.1", "withdrawn")]
    assert [one.code for one in remarks] == []


def test_the_form_of_another_school_moved_into_a_book_is_a_conflict() -> None:
    """Its formulas would go on with the figures of the school whose book it is."""
    book = load_workbook(BytesIO(blank()), rich_text=True)
    other = load_workbook(BytesIO(write_form(FORM, REGISTRY.schools[1], date(2014, 3, 20))), rich_text=True)
    moved = book.create_sheet("Отчёт (2)")
    for row in other["Отчёт"].iter_rows():
        for cell in row:
            moved[cell.coordinate].value = cell.value
    for sheet, people in ((book["Отчёт"], 12), (moved, 17)):
        sheet[f"E{rows_of_items()['13']}"] = people
    saved = BytesIO()
    book.save(saved)
    reports, remarks = read_book(open_book(saved.getvalue(), Limits()), FORM, SCHOOLS)
    assert [(one.school, said(one).get(("13", "count"))) for one in reports if one.school] == [("01", 12)]
    assert "SCHOOL-CONFLICT" in [one.code for one in remarks]


@needs_libreoffice
def test_what_is_blank_stays_blank_where_libreoffice_has_saved_the_form_as_xls(tmp_path: Path) -> None:
    book = load_workbook(BytesIO(blank()), rich_text=True)
    book["Отчёт"][f"E{rows_of_items()['13']}"] = 37
    book["Отчёт"][f"E{rows_of_items()['10.1']}"] = 0
    book["Отчёт"][f"C{rows_of_items()['12.3']}"] = "не предусмотрено"
    book["Отчёт"][f"F{rows_of_items()['12.2']}"] = "=0/100"  # the school's own
    book.save(saved := BytesIO())
    data = saved_as("xls", saved.getvalue(), tmp_path).read_bytes()
    [report], remarks = read_book(open_book(data, Limits()), FORM, SCHOOLS)
    answered = {fact.item: fact.value for fact in report.facts if fact.field in ("count", "percent", "text")}
    assert answered == {"13": 37, "10.1": 0, "12.2": 0, "12.3": "не предусмотрено"}
    assert [one.code for one in remarks if one.code.startswith(("CLASSES", "ANSWER-TWICE"))] == []
