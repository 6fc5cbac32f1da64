"""The registry workbook: what the office may write in it, and what is said of what cannot be used."""

import random
from datetime import date, datetime

import pytest

from pipeline.reading.draft import draft_registry, look_alikes
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.opening.grid import open_book
from pipeline.reading.registry import read_registry
from pipeline.settings import Limits
from pipeline.writing.registry import write_registry
from schemas.addresses import Spot
from schemas.district import Paper, Received, Recipient, Registry, School, Topic, Waiver
from schemas.form import load_form
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests.order_form import OrderForm, read_one

FORM = load_form("form-547")
HEADINGS = ["Код", "Краткое наименование", "Другие названия", *(b.registry for b in FORM.bases), "Электронная почта"]
SCHOOL = ["01", "МБОУ СОШ № 1", "СОШ 1; школа №1", 42.0, 612.0, 574.0, 548.0, "s1@example.org"]


def sheet(*rows: list[object], name: str = "Школы") -> Sheet:
    cells = {
        Spot(r, c): value if isinstance(value, Cell) else Cell(value)
        for r, row in enumerate(rows, start=1)
        for c, value in enumerate(row, start=1)
        if value != ""
    }
    return Sheet(name, cells)


def registry(*rows: list[object], headings: list[str] = HEADINGS) -> Registry:
    return read_registry(Book((sheet(headings, *rows),)), FORM)


def test_a_school_with_all_that_is_known_of_it():
    (school,) = registry(SCHOOL).schools
    assert (school.code, school.name, school.aliases) == ("01", "МБОУ СОШ № 1", ("СОШ 1", "школа №1"))
    assert school.bases == {"teachers": 42, "pupils": 612, "parents": 574, "able": 548}


def test_columns_may_stand_in_any_order_under_longer_headings():
    order = list(range(len(HEADINGS)))
    random.Random(1).shuffle(order)
    longer = [f"{HEADINGS[i]}, на 01.09.2013" if i > 2 else HEADINGS[i] for i in order]
    assert registry([SCHOOL[i] for i in order], headings=longer) == registry(SCHOOL)


def test_a_code_typed_as_a_number_keeps_the_zeros_of_its_format():
    first = [Cell(1.0, "00"), *SCHOOL[1:]]
    second = [Cell(2.0), "МБОУ СОШ № 2"]
    assert [s.code for s in registry(first, second).schools] == ["01", "2"]


@pytest.mark.parametrize(
    "above", [[["Реестр школ", "на 01.09.2013"]], [[], []], [["Реестр школ"], [], ["утверждён", "приказом"]]]
)
def test_a_title_or_empty_rows_may_stand_above_the_headings(above):
    recipients = [["Имя", "Электронная почта"], ["Начальник", "head@example.org"]]
    rows = [*above, HEADINGS, SCHOOL, ["", *SCHOOL[1:3], 42.0]]
    found = read_registry(Book((sheet(*rows), sheet(*above, *recipients, name="Рассылка"))), FORM)
    plain = read_registry(Book((sheet(HEADINGS, SCHOOL), sheet(*recipients, name="Рассылка"))), FORM)
    assert (found.schools, found.mailing) == (plain.schools, plain.mailing)
    assert [remark.cell for remark in found.remarks] == [f"A{len(rows)}"]


@pytest.mark.parametrize(("typed", "said"), [(-5.0, "-5"), (42.5, "42,5"), ("сорок", "сорок")])
def test_a_number_that_is_none_is_said_as_it_was_written(typed, said):
    found = registry([*SCHOOL[:3], typed])
    assert [remark.value for remark in found.remarks] == [said]


@pytest.mark.parametrize("value", ["сорок", -5.0, 10.0**30, 42.5, "42 чел."])
def test_what_is_no_number_of_people_is_a_remark_and_no_base(value):
    found = registry([*SCHOOL[:3], value, *SCHOOL[4:]])
    assert "teachers" not in found.schools[0].bases
    assert [(r.code, r.cell, r.school) for r in found.remarks] == [("REGISTRY-NUMBER", "D2", "01")]


def test_a_code_given_twice_stops_the_run_with_both_names():
    with pytest.raises(
        UsageError, match=r"код 01 стоит у двух школ, «МБОУ СОШ № 1» \(строка 2\) и «МБОУ СОШ № 2» \(строка 3\)"
    ):
        registry(SCHOOL, ["01", "МБОУ СОШ № 2"])


def test_a_name_given_twice_stops_the_run_with_both_codes():
    with pytest.raises(
        UsageError, match=r"«МБОУ СОШ № 1» стоит у двух школ, с кодами 01 \(строка 2\) и 02 \(строка 3\)"
    ):
        registry(SCHOOL, ["02", "МБОУ СОШ №1"])


def test_a_school_without_a_code_is_a_remark():
    found = registry(SCHOOL, ["", "МБОУ СОШ № 3"])
    assert [s.name for s in found.schools] == ["МБОУ СОШ № 1"]
    assert [(r.code, r.cell) for r in found.remarks] == [("REGISTRY-CODE", "A3")]


def test_a_name_of_two_schools_is_a_remark():
    found = registry(SCHOOL, ["02", "МБОУ СОШ № 2", "школа №1"])
    assert [r.code for r in found.remarks] == ["REGISTRY-NAME"]


def test_schools_open_and_close():
    headings = ["Код", "Краткое наименование", "Действует с", "Действует по", *HEADINGS[3:]]
    found = registry(["01", "А", Cell(datetime(2014, 1, 1), "DD.MM.YYYY"), "31.08.2014"], headings=headings)
    (school,) = found.schools
    assert (school.since, school.until) == (date(2014, 1, 1), date(2014, 8, 31))
    assert [school.in_being(date(2014, month, 1)) for month in (1, 8, 9)] == [True, True, False]
    odd = registry(["01", "А", "когда-то"], headings=headings)
    assert [(r.code, r.cell) for r in odd.remarks] == [("REGISTRY-DATE", "C2")]


def test_recipients_and_addresses_that_are_none():
    mailing = sheet(
        ["Имя", "Электронная почта", "Что получает"],
        ["Начальник", "head@example.org"],
        ["Методист", "method@example.org", "Проблемы"],
        ["Описка", "не адрес"],
        name="Рассылка",
    )
    found = read_registry(Book((sheet(HEADINGS, SCHOOL), mailing)), FORM)
    assert found.mailing == (
        Recipient("Начальник", "head@example.org", frozenset({Topic.SUMMARY})),
        Recipient("Методист", "method@example.org", frozenset({Topic.PROBLEMS})),
    )
    assert [(r.code, r.cell) for r in found.remarks] == [("REGISTRY-ADDRESS", "B4")]


@pytest.mark.parametrize(
    ("book", "named"),
    [
        (Book((sheet(["Код"], name="Список"),)), "Школы"),
        (Book((sheet(["Код", "Адрес"], ["01", "x"]),)), "Краткое наименование"),
        (Book((sheet(HEADINGS, ["", "МБОУ СОШ № 1"]),)), "нет кода"),
        (Book((sheet(HEADINGS, SCHOOL, name="Школа"),)), "нет листа «Школы», но есть «Школа»"),
        (Book((sheet(["Кодд", "Ктаткое наименование"], ["01", "А"]),)), "Краткое наименование.*похож — «Ктаткое"),
        (Book((sheet(["Код", "Код", "Название"], ["01", "02", "А"]),)), "неясно, какой столбец — «Код»"),
        (Book((sheet(HEADINGS, SCHOOL, ["Municipality", "Район"]),)), "строка 3.*весь район; дайте школе другой код"),
    ],
)
def test_a_registry_that_cannot_be_used_says_file_sheet_and_column(book, named):
    with pytest.raises(UsageError, match=rf"registry\.xlsx.*{named}"):
        read_registry(book, FORM)


def test_what_is_written_is_read_back():
    schools = (School("01", "А", "Полное А", ("а", "б"), {"teachers": 5.0, "able": 3.0}, 11, "a@example.org"),)
    before = Registry(
        schools, (Recipient("Начальник", "head@example.org", frozenset({Topic.SUMMARY, Topic.FAILURES})),)
    )
    book = open_book(write_registry(FORM, before, date(2014, 1, 1)), Limits())
    assert read_registry(book, FORM) == before


def test_a_draft_names_the_schools_as_found_and_shows_look_alikes_side_by_side():
    def reported(school: str) -> FileRead:
        report, _ = read_one(OrderForm(school=school))
        return FileRead("a.xlsx", "", (report,))

    draft = draft_registry([reported(n) for n in ("МБОУ СОШ № 1", "школа №1", "МБОУ ООШ № 10", "МБОУ СОШ № 1")], FORM)
    assert [(s.code, s.name) for s in draft.schools] == [
        ("01", "школа №1"),
        ("02", "МБОУ СОШ № 1"),
        ("03", "МБОУ ООШ № 10"),
    ]
    assert draft.schools[1].bases["parents"] == 574
    assert look_alikes(draft) == {"01": ["МБОУ СОШ № 1"], "02": ["школа №1"], "03": []}


def with_exceptions(*rows: list[object]) -> Registry:
    headings = ["Код школы", "Пункт", "Код замечания", "Основание", "Кто разрешил", "Действует до"]
    return read_registry(Book((sheet(HEADINGS, SCHOOL), sheet(headings, *rows, name="Исключения"))), FORM)


def test_an_exception_with_its_reason_and_term():
    row = ["01", "6.1", "TOTAL-NOT-BASE", "слияние школ", "Иванова", "01.09.2014"]
    assert with_exceptions(row).waivers == (
        Waiver("01", "6.1", "TOTAL-NOT-BASE", "слияние школ", "Иванова", date(2014, 9, 1)),
    )


@pytest.mark.parametrize("school", ["01", "1", 1.0, Cell(1.0, "000")])
def test_an_exception_names_school_and_remark_as_people_write_codes(school):
    assert with_exceptions([school, 6.1, "total-not-base"]).waivers == (Waiver("01", "6.1", "TOTAL-NOT-BASE"),)


def test_an_exception_without_an_item_is_one_for_a_remark_on_the_report_as_such():
    (waiver,) = with_exceptions(["01", "", "SCHOOL-LATIN", "так в уставе"]).waivers
    assert waiver == Waiver("01", "", "SCHOOL-LATIN", "так в уставе")
    assert waiver.covers("", date(2014, 3, 20))
    assert not waiver.covers("6.1", date(2014, 3, 20))


@pytest.mark.parametrize(
    ("school", "item", "code"),
    [("99", "6.1", ""), ("", "6.1", ""), ("01", "17", ""), ("01", "", ""), ("01", "шесть", "TOTAL-NOT-BASE")],
)
def test_an_exception_for_no_school_or_no_item_is_a_remark_and_not_applied(school, item, code):
    found = with_exceptions([school, item, code, "основание"])
    assert found.waivers == ()
    assert [r.code for r in found.remarks] == ["REGISTRY-WAIVER"]


# ── papers received ──────────────────────────────────────────────────────────────────────────────────────


def papers(*rows: list[object]) -> Registry:
    documents = sheet(["Код школы", "Документ", "Получен"], *rows, name="Документы")
    return read_registry(Book((sheet(HEADINGS, SCHOOL), documents)), FORM)


def test_papers_that_no_report_shows_are_ticked_off_by_their_titles():
    order, plan = (paper.title for paper in FORM.order.papers)
    measure = FORM.unseen[-1]
    found = papers(
        ["01", "копия приказа о назначении ответственного", "20.12.2013"],
        ["01", plan, "нет"],
        ["01", measure.casefold(), "да"],
    )
    assert found.remarks == ()
    assert found.papers == (
        Paper("01", order, Received.YES, date(2013, 12, 20)),
        Paper("01", plan, Received.NO),
        Paper("01", measure, Received.YES),
    )


@pytest.mark.parametrize("row", [["99", FORM.order.papers[0].title, "да"], ["01", "Справка", "да"]])
def test_a_paper_of_no_school_or_of_no_known_title_is_a_remark(row):
    [said] = papers(row).remarks
    strange = "A2" if row[0] == "99" else "B2"
    assert (said.code, said.sheet, said.cell) == ("REGISTRY-TICK", "Документы", strange)


def test_without_rows_nothing_is_ticked_off():
    assert papers().papers is None
    assert registry(SCHOOL).papers is None
