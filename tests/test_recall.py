"""Recall and false alarms: each control finds what breaks just it, at its cell; of clean reports nothing is said."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from typing import NamedTuple

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.checking.judgement import Checked
from pipeline.measuring.figures import Figures, State
from pipeline.measuring.picture import Outcome
from pipeline.reading.opening.book import Cell
from pipeline.wording import todo
from pipeline.writing.form.prefill import Facts
from pipeline.writing.form.workbook import write_form
from schemas import own_form
from schemas.addresses import Spot, address
from schemas.district import Registry
from schemas.remarks import Remark, Severity, load_catalogue
from tests.batch import CATALOGUE, MARCH, brief, checked, file_of, measured, order_form, school
from tests.conftest import Run
from tests.order_form import FORM, REGISTRY, OrderForm
from tests.own_form import own_form_file

ERROR, WARNING, INFO = (severity.value for severity in Severity)
JANUARY, MAY, SEPTEMBER = date(2014, 1, 30), date(2014, 5, 20), date(2014, 9, 20)
Words = str | float | Cell


class Fault(NamedTuple):
    """What a school writes in place of a clean answer, and the one remark that is due, on the answer's cell."""

    code: str
    severity: str
    item: str
    answers: Mapping[str, Words]
    day: date = MARCH


def at(item: str, words: Words, code: str, severity: str, day: date = MARCH) -> Fault:
    """A fault in the very answer that bears the remark."""
    return Fault(code, severity, item, {item: words}, day)


# ── one answer, one remark ───────────────────────────────────────────────────────────────────────────────
# Control -> fixtures that break just it: what it is called, and where the remark is due, is said by hand.
CONTROLS: dict[str, list[Fault]] = {
    "a written answer has a figure": [
        at("10.1", "в процессе", "NUM-NONE", ERROR),
        at("9", "ведётся работа", "NUM-NONE", ERROR),
    ],
    "one figure, no range": [
        at("13", "80–85 %", "NUM-RANGE", ERROR),
        at("6.2", "300-320 чел.", "NUM-RANGE", ERROR),
        at("9", "от 30 до 35 %", "NUM-RANGE", ERROR),
    ],
    "a figure, no bound": [
        at("14", "более 40 %", "NUM-BOUND", ERROR),
        at("12.2", "не менее 95 %", "NUM-BOUND", ERROR),
    ],
    "exact, not about": [
        at("12.1", "~60 %", "NUM-ABOUT", ERROR),
        at("6.3", "около 597 чел.", "NUM-ABOUT", ERROR),
    ],
    "digits, no letters": [
        at("13", "З0 %", "NUM-LETTER", ERROR),
        at("10.2", "28О чел.", "NUM-LETTER", ERROR),
    ],
    "people or percent": [
        at("6.2", "87", "NUM-UNCLEAR", ERROR),
        at("10.3", 50.0, "NUM-UNCLEAR", ERROR),
    ],
    "a share or a percent": [
        at("8", 0.87, "NUM-FRACTION", ERROR),
        at("12.2", "0,87", "NUM-FRACTION", ERROR),
    ],
    "one figure, not several": [
        at("13", "88 % / 90 %", "NUM-SEVERAL", ERROR),
        at("8", "50 % и 60 %", "NUM-SEVERAL", ERROR),
    ],
    "whole people": [
        at("6.1", "24,5 чел.", "NUM-NOT-WHOLE", ERROR),
        at("10.2", "286,5 из 574", "NUM-NOT-WHOLE", ERROR),
    ],
    "no error cell": [
        at("13", Cell("#ДЕЛ/0!", fault="error"), "CELL-ERROR", ERROR),
        at("3", Cell("#ССЫЛКА!", fault="error"), "CELL-ERROR", ERROR),
    ],
    "no formula without a value": [
        at("9", Cell("", fault="no_value"), "CELL-NO-VALUE", ERROR),
        at("1", Cell("", fault="no_value"), "CELL-NO-VALUE", ERROR),
    ],
    "yes or no": [
        at("11", "в разработке", "YES-NO-UNREADABLE", ERROR),
        at("11", "планируется", "YES-NO-UNREADABLE", ERROR),
    ],
    "not below zero": [
        at("13", "-5 %", "NUM-NEGATIVE", ERROR),
        at("10.1", "−2 чел.", "NUM-NEGATIVE", ERROR),
    ],
    "not above 100 %": [
        at("6.3", "101 %", "PCT-ABOVE-100", ERROR),
        at("9", "100,5 %", "PCT-ABOVE-100", ERROR),
        at("14", "154 %", "PCT-ABOVE-100", ERROR),
    ],
    "count not above total": [
        at("6.2", "575 из 574", "COUNT-ABOVE-TOTAL", ERROR),
        at("10.3", "613 чел. / 100 %", "COUNT-ABOVE-TOTAL", ERROR),
    ],
    "percent agrees with count and total": [
        at("6.2", "331 из 574 (59%)", "PCT-DISAGREES", ERROR),
        at("6.1", "21/51%", "PCT-DISAGREES", ERROR),
        at("10.2", "287/50,1%", "PCT-DISAGREES", ERROR),
    ],
    "total is the base": [
        at("6.2", "331 из 570 (58%)", "TOTAL-NOT-BASE", WARNING),
        at("10.1", "21 из 43 (49%)", "TOTAL-NOT-BASE", WARNING),
    ],
    "no activation without a login": [
        at("14", "65%", "ABOVE-LIMIT", ERROR),
        at("14", "354 из 548", "ABOVE-LIMIT", ERROR),
        Fault("ABOVE-LIMIT", ERROR, "14", {"12.1": "10 %", "14": "13 %"}),
    ],
    "no teacher at work without a login": [
        at("13", "98%", "ABOVE-LIMIT", ERROR),
        Fault("ABOVE-LIMIT", ERROR, "13", {"12.2": "30 из 42", "13": "31 из 42"}),
    ],
    "a document not after the report": [
        at("3", "приказ № 12 от 21.03.2014", "DOC-AFTER-REPORT", WARNING),
        at("4.2", "приказ № 9 от 1 сентября 2014 г.", "DOC-AFTER-REPORT", WARNING),
    ],
    "a document has a number and a date": [
        at("3", "приказ от 05.12.2013", "DOC-INCOMPLETE", WARNING),
        at("4.1", "приказ № 14", "DOC-INCOMPLETE", WARNING),
        at("3", "приказ № 12 от 31.02.2014", "DOC-INCOMPLETE", WARNING),
    ],
    "a person has a name and a position": [
        at("1", "Иванова Мария Петровна", "PERSON-INCOMPLETE", WARNING),
        at("1", "заместитель директора по УВР", "PERSON-INCOMPLETE", WARNING),
    ],
    "classes are readable": [
        at("12.1", "61% (1-12 классы)", "CLASSES-UNREADABLE", WARNING),
        at("8", "50,5% (9-5 классы)", "CLASSES-UNREADABLE", WARNING),
    ],
    "an answer after the deadline": [
        at("7", "", "ANSWER-MISSING", WARNING),
        at("6.1", "—", "ANSWER-MISSING", WARNING),
        at("3", "_______", "ANSWER-MISSING", WARNING),
        at("7", "", "ANSWER-MISSING", WARNING, date(2014, 1, 31)),
        at("10.2", "", "ANSWER-MISSING", WARNING, SEPTEMBER),
        at("12.3", "", "ANSWER-MISSING", WARNING, SEPTEMBER),
    ],
    "activation is due at its first target": [
        at("14", "", "ANSWER-MISSING", WARNING, date(2014, 2, 21)),
        at("14", "-", "ANSWER-MISSING", WARNING),
    ],
    "acts, or the word that none are needed": [
        Fault("ANSWER-MISSING", WARNING, "4", {"4.1": "", "4.2": ""}),
        Fault("ANSWER-MISSING", WARNING, "5", {"5.1": ""}),
    ],
    "the link after the deadline": [
        at("11", "нет", "ANSWER-NO", WARNING, date(2014, 9, 2)),
        at("11", "отсутствует", "ANSWER-NO", WARNING, SEPTEMBER),
    ],
    "a percent of some classes only": [
        at("12.1", "61% (5-9 классы)", "CLASSES-PART", INFO),
        at("8", "50% (2-11 классы)", "CLASSES-PART", INFO),
    ],
    "one document a row": [
        at("3", "приказ № 12 от 09.12.2013, приказ № 14 от 10.12.2013", "DOC-SEVERAL", INFO),
        at("4.1", "приказ № 1 от 09.12.2013; протокол № 2 от 10.12.2013", "DOC-SEVERAL", INFO),
    ],
    "one person responsible": [
        at("1", "Иванова М.П., учитель; Ким С.Е., методист", "PERSON-SEVERAL", INFO),
        at("1", "Иванова Мария Петровна, завуч; Ким Сергей Ильич, учитель", "PERSON-SEVERAL", INFO),
    ],
}
FAULTS = [(f"{control}: {n}", fault) for control, faults in CONTROLS.items() for n, fault in enumerate(faults, 1)]


def numbers_with_dots(form: OrderForm) -> None:
    for row in form.rows[6:]:
        if row and isinstance(row[0], str) and row[0][:1].isdigit():
            row[0] = f"{row[0]}."


# Name -> how the same report is typed by another school.
LAYOUTS = {
    "as the order prints it": lambda form: None,
    "moved": lambda form: vars(form).update(top=5, left=3),
    "numbers with dots": numbers_with_dots,
}


def test_every_control_has_two_fixtures_at_least() -> None:
    assert [control for control, faults in CONTROLS.items() if len(faults) < 2] == []


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("name", "fault"), FAULTS, ids=[name for name, _ in FAULTS])
def test_a_fault_is_found_at_its_cell_and_nothing_else_is_said(name: str, fault: Fault, layout: str) -> None:
    cell, remarks = faults_found()[name, layout]
    assert brief(remarks) == [(fault.code, fault.item, cell, fault.severity)]


@cache
def faults_found() -> dict[tuple[str, str], tuple[str, list[Remark]]]:
    """Of each fault in each layout the cell of the answer and what is said: all judged in one batch, each as the only
    report of a school of its own. What is said of schools beside one another is no matter of one report."""
    lone = load_catalogue({"SAME-ANSWERS": "off", "FAR-FROM-PEERS": "off"})
    cases = [(name, fault, layout) for name, fault in FAULTS for layout in LAYOUTS]
    codes = [f"{number:03}" for number in range(1, len(cases) + 1)]
    registry = Registry(tuple(map(school, codes)))
    cells, files = [], []
    for code, (_, fault, layout) in zip(codes, cases, strict=True):
        form = order_form(fault.day, code, fault.answers)  # type: ignore[arg-type]
        row = form.row_of(fault.item)
        LAYOUTS[layout](form)
        cells.append(address(Spot(form.top + row, form.left + 2)))
        files.append(file_of(form, f"{code}.xlsx", registry))
    said: dict[str, list[Remark]] = {file.file: [] for file in files}
    for remark in checked(files, registry, catalogue=lone).remarks:
        said[remark.file].append(remark)
    found = zip(cells, said.values(), strict=True)
    return {(name, layout): each for (name, _, layout), each in zip(cases, found, strict=True)}


# ── Svod's own form ──────────────────────────────────────────────────────────────────────────────────────
class OwnFault(NamedTuple):
    code: str
    severity: str
    item: str
    column: str  # heading of the cell's column
    facts: Facts | None
    day: date = MARCH


OWN_FAULTS = {
    "count above total": OwnFault("COUNT-ABOVE-TOTAL", ERROR, "6.2", own_form.COUNT, {"count": 575.0}),
    "people in halves": OwnFault("NUM-NOT-WHOLE", ERROR, "10.1", own_form.COUNT, {"count": 20.5}),
    "above 100 %": OwnFault("PCT-ABOVE-100", ERROR, "13", own_form.COUNT, {"percent": 105.0}),
    "fewer than nobody": OwnFault("NUM-NEGATIVE", ERROR, "10.3", own_form.COUNT, {"count": -3.0}),
    "activation without a login": OwnFault("ABOVE-LIMIT", ERROR, "14", own_form.COUNT, {"count": 351.0}),
    "teachers without a login": OwnFault("ABOVE-LIMIT", ERROR, "13", own_form.COUNT, {"count": 41.0}),
    "volume above 100 %": OwnFault("PCT-ABOVE-100", ERROR, "9", own_form.SHARE, {"percent": 120.0}),
    "a document without a date": OwnFault("DOC-INCOMPLETE", WARNING, "3", own_form.ANSWER, {"number": "12"}),
    "a document after the report": OwnFault(
        "DOC-AFTER-REPORT", WARNING, "3", own_form.ANSWER, {"number": "12", "date": "2014-03-21"}
    ),
    "a person without a position": OwnFault("PERSON-INCOMPLETE", WARNING, "1", own_form.ANSWER, {"person": "Ким С.Е."}),
    "no text after the deadline": OwnFault("ANSWER-MISSING", WARNING, "7", own_form.ANSWER, None),
    "no people after the deadline": OwnFault("ANSWER-MISSING", WARNING, "6.1", own_form.COUNT, None),
    "no link after the deadline": OwnFault("ANSWER-NO", WARNING, "11", own_form.ANSWER, {"yes": "нет"}, SEPTEMBER),
}


@pytest.mark.parametrize("fault", OWN_FAULTS.values(), ids=OWN_FAULTS)
def test_a_fault_on_the_own_form_is_found_at_its_cell_and_nothing_else_is_said(fault: OwnFault) -> None:
    read = own_form_file(day=fault.day, answers={fault.item: fault.facts})
    said = (fault.code, fault.item, own_cell(fault.item, fault.column), fault.severity)
    assert brief(checked([read]).remarks) == [said]


def own_cell(item: str, heading: str) -> str:
    """Where the own form asks for it, by its printed numbers and headings."""
    row = next(cell.row for cell in own_sheet()["A"] if str(cell.value).rstrip(".") == item)
    return address(Spot(row, own_form.HEADINGS.index(heading) + 1))


@cache
def own_sheet() -> Worksheet:
    return load_workbook(BytesIO(write_form(FORM, REGISTRY.schools[0], MARCH)))[own_form.SHEET]


@pytest.mark.parametrize("base", ["parents", "teachers"])
def test_a_passport_against_the_registry_is_one_warning_at_its_figure(base: str) -> None:
    first = REGISTRY.schools[0]
    changed = Registry((replace(first, bases={**first.bases, base: first.bases[base] + 1}),))
    read = own_form_file()
    passport = {name: where for name, _, where in read.reports[0].bases}
    found = checked([read], changed).remarks
    assert brief(found) == [("TOTAL-NOT-BASE", "", passport[base], WARNING)]


# ── the whole report ─────────────────────────────────────────────────────────────────────────────────────
HEADS = {
    "no known school": (OrderForm(school="МБОУ СОШ № 99"), ("SCHOOL-UNKNOWN", "A3")),
    "another kind of school": (OrderForm(school="МБОУ ООШ № 1"), ("SCHOOL-UNKNOWN", "A3")),
    "no school": (OrderForm(school="____________"), ("SCHOOL-MISSING", "")),
    "no school named at all": (OrderForm(school=""), ("SCHOOL-MISSING", "")),
    "no date": (OrderForm(as_of="________"), ("DATE-MISSING", "")),
    "no date written at all": (OrderForm(as_of=""), ("DATE-MISSING", "")),
    "a date that is in no calendar": (OrderForm(as_of="31.02.2014"), ("DATE-UNREADABLE", "A4")),
    "a month without a day": (OrderForm(as_of="март 2014"), ("DATE-UNREADABLE", "A4")),
}


@pytest.mark.parametrize(("form", "due"), HEADS.values(), ids=HEADS)
def test_a_report_of_nobody_or_for_no_day_is_one_error(form: OrderForm, due: tuple[str, str]) -> None:
    code, cell = due
    assert brief(checked([file_of(form)]).remarks) == [(code, "", cell, ERROR)]


@pytest.mark.parametrize("answers", [{}, {"15": "Работаем"}], ids=["blank", "extra information alone"])
def test_a_report_without_an_answer_that_is_due_is_one_warning(answers: dict[str, str]) -> None:
    found = checked([file_of(OrderForm(answers=answers, problems=[]))])
    assert brief(found.remarks) == [("REPORT-EMPTY", "", "", WARNING)]


@pytest.mark.parametrize("item", ["9", "14"])
def test_an_item_answered_twice_and_differently_is_one_error_at_the_second_answer(item: str) -> None:
    form = order_form()
    below = form.row_of(item) + 1
    form.rows.insert(below, [item, FORM.item(item).title, "12 %"])
    cell = address(Spot(form.top + below, form.left + 2))
    assert brief(checked([file_of(form)]).remarks) == [("ANSWER-TWICE", item, cell, ERROR)]


@pytest.mark.parametrize("solution", ["", "—"])
def test_a_problem_without_a_solution_is_information_where_the_solution_belongs(solution: str) -> None:
    form = OrderForm(problems=[("Слабый интернет", "Подана заявка"), ("Нет компьютеров", solution)])
    cell = address(Spot(form.top + len(form.rows) - 3, form.left + 2))
    assert brief(checked([file_of(form)]).remarks) == [("PROBLEM-NO-SOLUTION", "problem.2", cell, INFO)]


@pytest.mark.parametrize("items", [("9",), ("3", "8", "14")])
def test_cells_beside_the_form_are_one_line_of_information(items: tuple[str, ...]) -> None:
    form = OrderForm()
    for item in items:
        form.rows[form.row_of(item)].append("уточнить")
    cells = [address(Spot(form.top + form.row_of(item), form.left + 3)) for item in items]
    [said] = checked([file_of(form)]).remarks
    assert brief([said]) == [("NOTE-BESIDE", "", cells[0], INFO)]
    assert dict(said.data)["cells"] == ", ".join(cells)


# ── between reports ──────────────────────────────────────────────────────────────────────────────────────
class Change(NamedTuple):
    code: str
    item: str
    before: Mapping[str, Words]
    now: Mapping[str, Words]


CHANGES = {
    "a count that falls": Change("COUNT-FELL", "10.1", {"10.1": "42/100%"}, {}),
    "a percent of people that falls": Change("COUNT-FELL", "14", {"14": "60%"}, {}),
    "a volume that falls": Change("PCT-FELL", "9", {"9": "45 %"}, {}),
    "a volume that falls by a tenth": Change("PCT-FELL", "9", {"9": "31,2 %"}, {"9": "31,0 %"}),
    "a plan that vanishes": Change("DOC-GONE", "3", {}, {"3": "нет"}),
    "an act that vanishes": Change("DOC-GONE", "4.2", {}, {"4.2": ""}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_that_cannot_be_is_one_warning_on_the_later_report(change: Change) -> None:
    now = order_form(answers=change.now)
    found = checked([file_of(order_form(JANUARY, answers=change.before), "1.xlsx"), file_of(now, "2.xlsx")])
    parent = change.item if change.item in now.answers else change.item.partition(".")[0]
    cell = address(Spot(now.top + now.row_of(parent), now.left + 2))
    assert brief(found.remarks) == [(change.code, change.item, cell, WARNING)]
    assert [said.file for said in found.remarks] == ["2.xlsx"]


@pytest.mark.parametrize(("before", "now"), [(460.0, 574.0), (740.0, 574.0)], ids=["more", "fewer"])
def test_a_base_that_jumps_by_more_than_a_fifth_is_a_warning_beside_that_of_the_registry(
    before: float, now: float
) -> None:
    """The earlier total is not the registry's either: the same figure is wrong in two ways, on two reports."""
    earlier = order_form(JANUARY, answers={"6.2": f"100 из {before:.0f}"})
    later = order_form(answers={"6.2": f"331 из {now:.0f}"})
    found = checked([file_of(earlier, "1.xlsx"), file_of(later, "2.xlsx")]).remarks
    said = [(remark.file, remark.code, remark.item) for remark in found]
    assert sorted(said) == [("1.xlsx", "TOTAL-NOT-BASE", "6.2"), ("2.xlsx", "BASE-JUMP", "6.2")]


@pytest.mark.parametrize("answers", [None, {"9": {"percent": 45.0}}], ids=["all answers", "one more answer"])
def test_a_prefilled_form_sent_back_as_it_was_is_information(answers: Mapping[str, Facts] | None) -> None:
    files = [own_form_file("1.xlsx", JANUARY, answers), own_form_file("2.xlsx", MARCH, answers)]
    assert brief(checked(files).remarks) == [("REPORT-UNCHANGED", "", "", INFO)]


# ── between schools ──────────────────────────────────────────────────────────────────────────────────────
def district(answers: Mapping[str, Mapping[str, str]]) -> Checked:
    """Schools of one size on one date: code -> what it answers otherwise than the clean form."""
    registry = Registry(tuple(school(code) for code in answers))
    files = [file_of(order_form(MARCH, code, said), f"{code}.xlsx", registry) for code, said in answers.items()]
    return checked(files, registry)


@pytest.mark.parametrize("changed", [{}, {"9": "30 %", "1": "Ким Сергей Ильич; учитель"}], ids=["all", "nearly all"])
def test_the_answers_of_another_school_are_a_warning_on_both(changed: dict[str, str]) -> None:
    found = district({"01": {}, "02": changed}).remarks
    assert brief(found) == [("SAME-ANSWERS", "", "", WARNING)] * 2
    assert {said.file for said in found} == {"01.xlsx", "02.xlsx"}


@pytest.mark.parametrize("odd", ["7 %", "0 %"])
def test_a_figure_far_from_the_peers_is_information(odd: str) -> None:
    own = {f"{n:02d}": of_its_own(n) for n in range(1, 11)}
    own["05"]["13"] = odd
    assert brief(district(own).remarks) == [("FAR-FROM-PEERS", "13", "C31", INFO)]


def of_its_own(n: int) -> dict[str, str]:
    """Answers that no other of ten schools gives, none of them far from the others."""
    shares = dict.fromkeys(("6.2", "6.3", "8", "10.2", "10.3", "12.1"), f"{50 + n} %")
    papers = {act: f"приказ № {100 * n + place} от 10.12.2013" for place, act in enumerate(("3", "4.1", "4.2", "5.1"))}
    return {**shares, **papers, "6.1": f"{60 + n} %", "10.1": f"{60 + n} %", "12.2": "95 %", "13": f"{70 + n} %",
            "14": f"{30 + n} %", "9": f"{30 + n} %"}  # fmt: skip


# ── in the picture of a date ─────────────────────────────────────────────────────────────────────────────
PLACES = {
    "a date between the reporting dates": ([date(2014, 2, 17)], "DATE-ODD"),
    "a date after a reporting date": ([date(2014, 3, 24)], "DATE-ODD"),
    "a date to come": ([date(2014, 5, 20)], "DATE-FUTURE"),
    "a date in the next year": ([date(2015, 1, 30)], "DATE-FUTURE"),
    "an older report": ([JANUARY, MARCH], "REPORT-OLDER"),
    "an older report of the same period": ([date(2014, 3, 14), MARCH], "REPORT-OLDER"),
    "two files for a date": ([MARCH, MARCH], "REPORT-SUPERSEDED"),
    "three files for a date, the same": ([MARCH, MARCH, MARCH], "REPORT-SUPERSEDED"),
}


@pytest.mark.parametrize(("days", "code"), PLACES.values(), ids=PLACES)
def test_what_is_not_in_the_picture_is_information(days: list[date], code: str) -> None:
    files = [file_of(order_form(day), f"{n}.xlsx") for n, day in enumerate(days)]
    figures = measured(files, as_of=date(2014, 3, 31))
    assert {(said.code, said.severity) for said in figures.remarks} == {(code, Severity.INFO)}


# ── clean reports ────────────────────────────────────────────────────────────────────────────────────────
def clean(day: date = MARCH, answers: Mapping[str, Words] | None = None, **made_up: object) -> OrderForm:
    """A clean order form made up in another way."""
    return replace(order_form(day, answers=answers), rows=[], **made_up)  # type: ignore[arg-type]


def by_hand(change: Callable[[OrderForm], None]) -> OrderForm:
    """An order form whose rows somebody has changed."""
    form = order_form()
    change(form)
    return form


def heads_in_one_cell(form: OrderForm) -> None:
    form.rows[:4] = [[f"{FORM.title} в МБОУ СОШ № 1 по состоянию на 20.03.2014 г."]]


def rows_apart(form: OrderForm) -> None:
    form.rows[:] = [line for row in form.rows for line in (row, [])]


CLEAN = {
    "as the order prints it": order_form(),
    "moved on the sheet": clean(top=7, left=4),
    "numbers with dots": by_hand(numbers_with_dots),
    "the head in one cell": by_hand(heads_in_one_cell),
    "blank rows between": by_hand(rows_apart),
    "a date in words": clean(as_of="20 марта 2014 года"),
    "a short year": clean(as_of="20.03.14 г."),
    "a name in quotes": clean(school="МБОУ «СОШ № 1»"),
    "without problems": clean(problems=[]),
    "no problems, in a word": clean(problems=[("нет", "")]),
    "no problems, as a dash": clean(problems=[("—", "—")]),
    "the day before its first deadline": clean(day=date(2013, 12, 20)),
    "ten days before a reporting date": clean(day=date(2014, 3, 10)),
    "May": clean(day=MAY),
    "after all deadlines": clean(day=SEPTEMBER),
    "figures in words and marks": clean(
        answers={
            "6.1": "42 чел. (100 %)",
            "6.2": "331 чел. / 58 %",
            "6.3": "597 учеников из 612, 97,5%",
            "8": "290 чел.; 1–11 кл.",
            "9": "31%",
            "10.1": "21 (50%)",
            "10.2": "287 чел.",
            "12.1": "350 из 574 (1-11 классы)",
            "12.2": "40 учителей из 42",
            "13": "37 из 42 (88,1 %)",
            "14": "244 из 548 (44,5 %)",
        }
    ),
    "figures in number cells": clean(
        answers={
            "6.1": Cell(1.0, "0%"),
            "6.2": Cell(331.0, '0" чел."'),
            "6.3": Cell(0.9755, "0.0%"),
            "8": Cell(0.505, "0.0%"),
            "9": Cell(0.31, "0%"),
            "10.2": Cell(287.0),
            "12.1": Cell(61.0),
            "13": Cell(0.88, "0%"),
            "14": Cell(44.5, '0.0"%"'),
        }
    ),
    "percents rounded this way and that": clean(answers={"6.2": "331 из 574 (57,7 %)", "13": "37 из 42 (88%)"}),
    "all done": clean(answers={"6.2": "574/100%", "12.1": "100 %", "12.2": "100 %", "13": "100 %", "14": "100 %"}),
    "nothing done yet": clean(answers={"8": "0 %", "12.1": "0 %", "12.2": "0 %", "13": "0 %", "14": "0 %"}),
    "documents as people write them": clean(
        answers={
            "3": "утв. приказом директора от 9 декабря 2013 г. № 12-од",
            "4.1": "№ 14 от 10.12.13",
            "4.2": "протокол б/н от 11.12.2013",
            "5.1": "Приказ №16/1 от 12.12.2013 года",
        }
    ),
    "nothing to amend": clean(answers={"5.1": "", "5": "не требуется"}),
    "a person with a dash": clean(answers={"1": "Иванова Мария Петровна - заместитель директора по УВР"}),
    "the link with its address": clean(answers={"11": "да, http://school1.example/dnevnik"}, day=SEPTEMBER),
    "no link yet": clean(answers={"11": "нет"}),
}


@pytest.mark.parametrize("form", CLEAN.values(), ids=CLEAN)
def test_of_a_clean_report_nothing_is_said(form: OrderForm) -> None:
    assert brief(checked([file_of(form)]).remarks) == []


@pytest.mark.parametrize("day", [JANUARY, MARCH, MAY, SEPTEMBER])
def test_of_a_clean_own_form_nothing_is_said(day: date) -> None:
    assert brief(checked([own_form_file(day=day)]).remarks) == []


def test_of_a_year_of_clean_reports_that_grow_nothing_is_said() -> None:
    course = {JANUARY: "12 %", MARCH: "44,5 %", MAY: "60 %", SEPTEMBER: "61 %"}
    files = [file_of(order_form(day, answers={"14": said}), f"{day}.xlsx") for day, said in course.items()]
    assert brief(checked(files).remarks) == []


# ── nobody is sent back without a word ───────────────────────────────────────────────────────────────────
def a_batch_of_faults() -> Figures:
    """Every fault of the order's form by a school of its own, and files that are no reports."""
    faults = [fault for _, fault in FAULTS if fault.day == MARCH]
    codes = [f"{100 + n}" for n in range(len(faults))]
    registry = Registry(tuple(school(code) for code in codes))
    files = [
        file_of(order_form(MARCH, code, fault.answers), f"{code}.xlsx", registry)  # type: ignore[arg-type]
        for code, fault in zip(codes, faults, strict=True)
    ]
    files += [file_of(form, f"{n}.xlsx", registry) for n, (form, _) in enumerate(HEADS.values())]
    return measured(files, registry)


@pytest.fixture(params=["demo", "faults"])
def figures(request: pytest.FixtureRequest) -> Figures:
    if request.param == "faults":
        return a_batch_of_faults()
    run: Run = request.getfixturevalue("demo")
    return run.done.figures


def on_file(figures: Figures, file: str) -> Iterator[Remark]:
    return (said for said in figures.remarks if said.file == file)


def test_no_school_is_to_correct_without_an_error_that_names_a_cell_and_says_what_to_do(figures: Figures) -> None:
    to_correct = [line for line in figures.submissions if line.state is State.TO_CORRECT]
    assert to_correct
    for line in to_correct:
        errors = [said for said in on_file(figures, line.file) if said.severity is Severity.ERROR]
        assert errors
        assert all(said.cell and said.sheet and todo(said, CATALOGUE) for said in errors)


TAKEN = (Outcome.COUNTED, Outcome.CARRIED)


def test_no_file_is_left_out_without_a_remark_that_says_so(figures: Figures) -> None:
    """One that a later report has made good is told, with that report."""
    left_out = [source for source in figures.sources if source.outcome not in TAKEN]
    assert left_out
    told = {said.file for said in figures.remarks} | {one.remark.file for one in figures.mended}
    assert [source for source in left_out if source.file not in told] == []
