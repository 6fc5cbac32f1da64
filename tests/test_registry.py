"""The registry workbook: what the office may write in it, and what is said of what cannot be used."""

import random
from datetime import date, datetime

import pytest

from pipeline.reading.draft import draft_registry, look_alikes
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.opening.grid import open_book
from pipeline.reading.registry import read_registry, registry_sheet
from pipeline.reading.schools import Schools
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


@pytest.mark.parametrize("typed", ["42", "42,0", "42.00", " 42 ", 42.0])
def test_a_whole_number_is_one_however_a_program_has_written_it(typed):
    assert registry([*SCHOOL[:3], typed, *SCHOOL[4:]]) == registry(SCHOOL)


@pytest.mark.parametrize(
    ("typed", "said"), [("1.000", "1.000"), ("42,5", "42,5"), (-5.0, "-5"), (42.5, "42,5"), ("сорок", "сорок")]
)
def test_a_number_that_is_none_is_said_as_it_was_written(typed, said):
    found = registry([*SCHOOL[:3], typed])
    assert [remark.value for remark in found.remarks] == [said]


@pytest.mark.parametrize("value", ["сорок", -5.0, 10.0**30, 42.5, "42 чел."])
def test_what_is_no_number_of_people_is_a_remark_and_no_base(value):
    found = registry([*SCHOOL[:3], value, *SCHOOL[4:]])
    assert "teachers" not in found.schools[0].bases
    assert [(r.code, r.cell, r.school) for r in found.remarks] == [("REGISTRY-NUMBER", "D2", "01")]


CHARTER = "Муниципальное бюджетное общеобразовательное учреждение"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        (f"{CHARTER} средняя общеобразовательная школа № 4", "МБОУ СОШ № 4"),
        (f"{CHARTER} «Средняя общеобразовательная школа № 4 имени Героя»", "МБОУ «СОШ № 4 имени Героя»"),
        (f"{CHARTER.upper()} «ОСНОВНАЯ ОБЩЕОБРАЗОВАТЕЛЬНАЯ ШКОЛА № 4»", "МБОУ «ООШ № 4»"),
        ("Муниципальное казенное  дошкольное образовательное учреждение «Детский сад № 5»", "МКДОУ «Детский сад № 5»"),
        ("Краевое государственное казённое учреждение «Школа № 4 для детей-сирот»", ""),
        ("МБОУ «Средняя общеобразовательная школа № 4 имени Героя Советского Союза»", ""),
        ("Средняя общеобразовательная школа № 4", ""),
        (CHARTER, ""),
    ],
)
def test_a_name_of_the_charter_in_place_of_the_short_one_is_said_in_short_and_kept(name, called):
    [school] = registry(["04", name]).schools
    assert (school.name, school.full_name) == ((called, " ".join(name.split())) if called else (name, ""))
    assert not called or Schools(Registry((school,))).match(name).school == school


def test_two_that_would_be_called_alike_keep_their_names():
    names = [f"{CHARTER} «Средняя общеобразовательная школа{gap}№ 4»" for gap in (" ", " у реки ")]
    short = [f"МБОУ «СОШ{gap}№ 4»" for gap in (" ", " у реки ")]
    assert [one.name for one in registry(["04", names[0]], ["05", names[1]]).schools] == short
    for other in (["05", short[0]], ["05", "Школа", short[0]]):
        assert [one.name for one in registry(["04", names[0]], other).schools] == [names[0], other[1]]


def test_where_the_registry_has_the_full_name_too_the_school_is_known_by_both():
    headings = ["Код", "Краткое наименование", "Полное наименование", "Другие названия"]
    name = f"{CHARTER} «Средняя общеобразовательная школа № 4»"
    [school] = registry(["04", name, "МБОУ «Школа № 4 села Ивановка»", "четвёртая"], headings=headings).schools
    assert (school.name, school.full_name) == ("МБОУ «СОШ № 4»", "МБОУ «Школа № 4 села Ивановка»")
    assert school.aliases == ("четвёртая", name)


@pytest.mark.parametrize(
    ("rows", "is_one"),
    [
        ([HEADINGS, SCHOOL], True),
        ([["Сведения о школах"], HEADINGS, SCHOOL], True),
        ([["Отчёт об исполнении приказа № 547"], HEADINGS, SCHOOL], False),
        ([["Код", "Наименование", "Всего родителей", "Активировано, чел.", "%"], ["01", "МБОУ СОШ № 1"]], False),
        ([["Код", "Наименование", "Родителей", "%"], ["01", "МБОУ СОШ № 1", 574.0, 45.0]], False),
        ([HEADINGS[:-1], SCHOOL[:-1]], False),
        ([[*HEADINGS[:-2], HEADINGS[-1]], [*SCHOOL[:-2], SCHOOL[-1]]], False),
    ],
)
def test_a_workbook_is_a_registry_that_has_all_its_columns_and_calls_itself_no_report(rows, is_one):
    assert registry_sheet(Book((sheet(*rows),)), FORM) == ("Школы" if is_one else "")


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


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (["", "Итого", "", 84.0, 1200.0, 1100.0, 1000.0], "B3"),
        (["Всего по району:", "", "", 84.0, 1200.0, 1100.0, 1000.0], "A3"),
        ([3.0, "ИТОГО по 2 школам", "", 84.0], "B3"),
        (["Итого", "", "", 84.0], "A3"),
        (["Итого", 20.0], "A3"),
        (["Итого:", "12 школ"], "A3"),
        (["Итого школ", 2.0], "A3"),
        (["", "Общий итог", "", 84.0], "B3"),
        (["в том числе городских", "", "", 50.0], "A3"),
        ([float(number) for number in range(1, 9)], "A3"),
        (list("12345"), "A3"),
        (["А", "Б", 1.0, 2.0, 3.0], "A3"),
        (["Городские школы"], "A3"),
        (["Исполнитель: Иванова"], "A3"),
    ],
)
def test_a_line_that_is_no_school_is_none_wherever_it_stands_and_that_is_said(row, cell):
    found = registry(SCHOOL, row, ["02", "МБОУ СОШ № 2"])
    assert [school.code for school in found.schools] == ["01", "02"]
    assert [(r.code, r.cell, r.school) for r in found.remarks] == [("REGISTRY-LINE", cell, "")]


@pytest.mark.parametrize(
    "row",
    [
        [1.0, 5.0],
        [1.0, 2.0],
        [1.0, 2.0, "", "", 3.0],
        ["СОШ № 8"],
        ["МБОУ СОШ 8"],
        ["Лицей"],
        ["Гимназия"],
        ["СОШ 1"],
        ["ГИМ"],
        ["Верхние Выселки"],
        ["Тел. 2-34-56"],
        ["03", "Всего доброго (частная школа)"],
        ["Городские школы", "", "", 40.0],
        ["Городские школы", *[""] * (len(HEADINGS) - 1), "ул. Мира"],
    ],
)
def test_a_line_that_may_be_a_school_is_one(row):
    found = registry(SCHOOL, row, headings=[*HEADINGS, "Адрес"])
    assert len(found.schools) == 2
    assert "REGISTRY-LINE" not in [r.code for r in found.remarks]


def test_a_code_without_a_name_is_a_school_all_the_same():
    found = registry(["07"], ["СОШ 8"], ["Лицей", "", "", 40.0])
    assert [school.name for school in found.schools] == ["07", "СОШ 8", "Лицей"]


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
