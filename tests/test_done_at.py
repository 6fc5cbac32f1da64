"""When an item is done: from which share, figure or number of choices; what is not asked of a school that has none of
the people; and a choice that asks for the address of a page."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_from_string

from pipeline.measuring.calendar import Calendar
from pipeline.measuring.figures import Figures, Milestone, Share
from pipeline.measuring.measure import measure
from pipeline.reading.answers.values import read_answer
from pipeline.reading.opening.book import Cell
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import write_form_with_cells
from schemas import own_form
from schemas.district import Registry
from schemas.form import Choice, Form, Item
from schemas.remarks import load_catalogue
from schemas.reports import Fact, FileRead
from tests.batch import checked, order_form, school
from tests.batch import file_of as file_of_order
from tests.batch import measured as measured_order
from tests.figure_reports import HEALTH, OF_HEALTH, SPRING, Said, file_of, registry, unreadable
from tests.libreoffice import needs_libreoffice, shown_together
from tests.order_form import FORM

CATALOGUE = load_catalogue({"SAME-ANSWERS": "off"})
DUE = date(2026, 3, 1)


def with_item(form: Form, number: str, **changes: object) -> Form:
    items = [msgspec.structs.replace(one, **changes) if one.number == number else one for one in form.items]
    return msgspec.structs.replace(form, items=tuple(items))


def asked(form: Form, number: str, **changes: object) -> Form:
    return with_item(form, number, due=DUE, short="Срок", about=f"пункт {number}", **changes)


def of_health(form: Form, changes: Said, known: Registry | None = None) -> Figures:
    return of_files(form, [file_of({**OF_HEALTH, **changes}, SPRING)], known)


def of_files(form: Form, files: list[FileRead], known: Registry | None = None) -> Figures:
    known = known or registry(HEALTH)
    return measure(
        checked(files, known, None, CATALOGUE, form), files, known, form, CATALOGUE, SPRING, Calendar.of(form)
    )


def state(figures: Figures, number: str) -> Milestone:
    [found] = [row.state for row in figures.milestones.itertuples() if row.item == number]
    return found


@pytest.mark.parametrize(
    ("number", "keys", "answer", "expected"),
    [
        ("4", {}, 6, Milestone.DONE),
        ("4", {"done_at": 6}, 6, Milestone.DONE),
        ("4", {"done_at": 7}, 6, Milestone.OVERDUE),
        ("5", {"done_at": 4.1, "reason": "", "plan": ""}, 4.1, Milestone.DONE),
        ("5", {"done_at": 4.0, "reason": "", "plan": ""}, 4.1, Milestone.OVERDUE),
        ("3", {}, ["конкурсы"], Milestone.DONE),
        ("3", {"done_at": 2}, ["конкурсы"], Milestone.OVERDUE),
        ("3", {"done_at": 2}, ["классные часы", "конкурсы"], Milestone.DONE),
    ],
)
def test_a_figure_or_so_many_choices_are_enough(
    number: str, keys: dict[str, object], answer: float | list[str], expected: Milestone
) -> None:
    """Of item 5 less is better."""
    assert state(of_health(asked(HEALTH, number, **keys), {number: answer}), number) is expected


@pytest.mark.parametrize(("answer", "done"), [("331 из 574", False), ("460 из 574", True), ("574 из 574", True)])
def test_a_share_is_done_from_its_percent_on(answer: str, done: bool) -> None:
    form = with_item(FORM, "6.2", done_at=80.0)
    figures = measured_order([file_of_order(replace(order_form(answers={"6.2": answer}), form=form))], form=form)
    [row] = [row for row in figures.milestones.itertuples() if (row.school_code, row.item) == ("01", "6.2")]
    assert (row.state is Milestone.DONE) is done


def test_a_row_and_a_list_are_done_once_they_are_filled_in() -> None:
    form = asked(asked(HEALTH, "1.3"), "6")
    assert state(of_health(form, {}), "1.3") is Milestone.DONE
    assert state(of_health(form, {}), "6") is Milestone.DONE
    without = of_health(form, {"1.3/девочки": None, "6.1/дата": None, "6.1/название": None, "6.1/участники": None})
    assert state(without, "1.3") is Milestone.OVERDUE
    assert state(without, "6") is Milestone.OVERDUE
    codes = [one.code for one in of_health(form, {}).remarks]
    assert "ANSWER-MISSING" not in codes


@pytest.mark.parametrize(("number", "keys"), [("4", {"done_at": 6}), ("1.3", {}), ("6", {})])
def test_what_only_the_earlier_file_of_a_date_answers_is_done_too(number: str, keys: dict[str, object]) -> None:
    form = asked(HEALTH, number, **keys)
    blank = {item: None for item in OF_HEALTH if item == number or item.startswith((f"{number}/", f"{number}.1/"))}
    files = [file_of(OF_HEALTH, SPRING, name="1.xlsx"), file_of({**OF_HEALTH, **blank}, SPRING, name="2.xlsx")]
    assert state(of_files(form, files), number) is Milestone.DONE


@pytest.mark.parametrize(("number", "keys"), [("4", {"done_at": 6}), ("3", {})])
def test_what_the_earlier_file_of_a_date_says_unreadably_is_under_question(
    number: str, keys: dict[str, object]
) -> None:
    form = asked(HEALTH, number, **keys)
    files = [
        unreadable(file_of(OF_HEALTH, SPRING, name="1.xlsx"), number),
        file_of({**OF_HEALTH, number: None}, SPRING, name="2.xlsx"),
    ]
    assert state(of_files(form, files), number) is Milestone.UNDER_QUESTION


def test_of_whom_the_school_has_none_nothing_is_due() -> None:
    school_without = replace(school(), bases={**school().bases, "pupils": 0})
    known = Registry((school_without,))
    form = FORM
    blank = dict.fromkeys(("6.3", "10.3", "12.3"), "")
    file = file_of_order(order_form(date(2014, 9, 20), answers=blank), registry=known)
    figures = measured_order([file], known, date(2014, 9, 20), form=form)
    assert {row.share for row in figures.coverage.itertuples() if row.item in blank} == {Share.NOT_APPLICABLE}
    assert {row.state for row in figures.milestones.itertuples() if row.item in blank} == {Milestone.NOT_APPLICABLE}
    assert not [one for one in figures.remarks if one.code == "ANSWER-MISSING" and one.item in blank]


# ── an address beside a choice ───────────────────────────────────────────────────────────────────────────
PAGE = "https://school1.example.org/food"
WITH_PAGE = with_item(
    HEALTH, "2", choices=(Choice("есть", ("да",), address=True), Choice("нет", done=False), Choice("будет", done=False))
)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (f"есть, {PAGE}", [("choice", "есть"), ("url", PAGE)]),
        (f"да ({PAGE})", [("choice", "есть"), ("url", PAGE)]),
        (PAGE, [("choice", "есть"), ("url", PAGE)]),
        ("есть", [("choice", "есть")]),
        ("нет", [("choice", "нет")]),
        (f"неизвестно {PAGE}", []),
    ],
)
def test_an_address_is_read_beside_its_choice(text: str, facts: list[tuple[str, str]]) -> None:
    item: Item = WITH_PAGE.item("2")
    assert [(fact.field, fact.value) for fact in read_answer(item, Cell(text), WITH_PAGE, None).facts] == facts


@pytest.mark.parametrize(("choice", "url", "missed"), [("есть", "", True), ("есть", PAGE, False), ("нет", "", False)])
def test_who_has_a_page_names_it(choice: str, url: str, missed: bool) -> None:
    [read] = [file_of({**OF_HEALTH, "2": [choice]}, SPRING)]
    [report] = read.reports
    if url:
        report = replace(report, facts=(*report.facts, Fact("2", "url", url, "C99")))
    found = checked([FileRead(read.file, "", (report,))], registry(HEALTH), None, CATALOGUE, WITH_PAGE)
    assert any(one.code == "ADDRESS-MISSING" for one in found.remarks) is missed
    assert not [one for one in found.remarks if one.item == "2" and one.code != "ADDRESS-MISSING"]


# ── what the form says of it ─────────────────────────────────────────────────────────────────────────────
@needs_libreoffice
def test_the_form_says_what_is_still_to_be_done(tmp_path: Path) -> None:
    """As Excel computes it, and as it is handed out."""
    form = asked(asked(HEALTH, "3", done_at=2), "4", done_at=12)
    said = {
        "too little": {"3": {"choice": "конкурсы"}, "4": {"value": 11.0}},
        "enough": {"3": {"choice": "классные часы; конкурсы"}, "4": {"value": 12.0}},
    }
    made = {name: write_form_with_cells(form, None, SPRING, Prefill(facts)) for name, facts in said.items()}
    shown = dict(zip(made, shown_together([one.content for one in made.values()], tmp_path), strict=True))
    for name, hints in (("too little", ("○ нужно ответов: 2", "○ нужно 12")), ("enough", ("● заполнено",) * 2)):
        rows = [coordinate_from_string(made[name].answers[number])[1] for number in ("3", "4")]
        assert tuple(shown[name][row - 1][-1] for row in rows) == hints
        kept = load_workbook(BytesIO(made[name].content), data_only=True)[own_form.SHEET]
        assert tuple(str(kept.cell(row, kept.max_column).value) for row in rows) == hints
