"""Which order a report answers: another order's is an error on the file, whatever its numbers."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.opening.grid import open_book
from pipeline.reading.schools import Schools
from pipeline.settings import Limits
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import write_form
from schemas import own_form
from schemas.addresses import Spot
from schemas.form import Form, load_form
from schemas.remarks import Remark
from schemas.reports import ReportRead
from tests.order_form import FORM, REGISTRY, OrderForm, read_one, said

MEALS = load_form(Path(__file__).parent / "data" / "form-meals.toml")
DAY = {FORM.id: date(2014, 3, 20), MEALS.id: date(2025, 11, 15)}


def own(form: Form) -> Book:
    data = write_form(form, REGISTRY.schools[0], DAY[form.id], Prefill({}))
    return open_book(data, Limits())


def in_three_columns(form: Form) -> Book:
    """Every item answered, under this order's headings whoever's form it is."""
    filled = OrderForm(form=form, as_of=f"{DAY[form.id]:%d.%m.%Y}", answers={i.number: "50 %" for i in form.items})
    filled.rows[0], filled.rows[1] = [form.title], []
    return Book((filled.sheet(),))


def headed_alike(book: Book, form: Form) -> Book:
    """With the headings of the table as the other form has them, so that the table is found."""
    known = form.recognise
    names = {"Мероприятия": known.measure[0], "Выполнение": known.answer[0]}
    sheets = []
    for sheet in book.sheets:
        cells = {s: c._replace(value=names.get(str(c.value), c.value)) for s, c in sheet.cells.items()}
        sheets.append(sheet._replace(cells=cells))
    return Book(tuple(sheets))


def read_as(book: Book, form: Form) -> tuple[tuple[ReportRead, ...], tuple[Remark, ...]]:
    return read_book(book, form, Schools(REGISTRY))


@pytest.mark.parametrize(("sent", "wanted"), [(MEALS, FORM), (FORM, MEALS)], ids=["meals for 547", "547 for meals"])
def test_the_own_form_of_another_order_is_an_error_on_the_file(sent: Form, wanted: Form) -> None:
    reports, [said_of_it] = read_as(own(sent), wanted)
    assert (reports, said_of_it.code) == ((), "FORM-OTHER-ORDER")


@pytest.mark.parametrize(("sent", "wanted"), [(MEALS, FORM), (FORM, MEALS)], ids=["meals for 547", "547 for meals"])
def test_three_columns_of_another_order_are_an_error_on_the_file(sent: Form, wanted: Form) -> None:
    reports, [said_of_it] = read_as(headed_alike(in_three_columns(sent), wanted), wanted)
    assert (reports, said_of_it.code) == ((), "FORM-OTHER-ORDER")


def test_another_order_whose_form_is_known_is_named() -> None:
    _, [said_of_it] = read_as(own(FORM), MEALS)
    assert FORM.title in str(dict(said_of_it.data)["other"])


ROAD_SAFETY = [
    ("1.", "Ответственный за профилактику", "Петрова А. И.; завуч"),
    ("3.", "Паспорт дорожной безопасности", "приказ № 5 от 29.08.2013"),
    ("8.", "Родителей на собраниях по безопасности", "91 % (1–11 классы)"),
    ("13.", "Прошли курсы", "67 %"),
    ("14.", "Светоотражатели у обучающихся", "79 %"),
]
LIBRARY = [
    ("1", "Библиотекарь", "Иванова М.П.; библиотекарь"),
    ("6.1", "Выдано учебников", "97 %"),
    ("8", "Фонд художественной литературы", "80 %"),
    ("12.1", "Списано", "12 %"),
    ("14", "Читателей в школе", "79 %"),
]


@pytest.mark.parametrize("rows", [ROAD_SAFETY, LIBRARY], ids=["road safety", "library"])
@pytest.mark.parametrize("title", ["Отчёт о профилактике дорожного травматизма", "Отчёт", ""])
def test_a_form_that_nobody_knows_under_this_orders_numbers_and_headings(
    rows: list[tuple[str, ...]], title: str
) -> None:
    order_form = OrderForm()
    order_form.rows[:2] = [[title], []]
    order_form.rows[6:] = [list(row) for row in rows]
    reports, remarks = read_as(Book((order_form.sheet(),)), FORM)
    assert not [fact for report in reports for fact in report.facts if fact.item and fact.field != "note"]
    assert {one.code for one in remarks} <= {"FORM-OTHER-ORDER", "ROW-UNKNOWN", "NOTE-BESIDE"}
    if title.endswith("травматизма"):
        assert [one.code for one in remarks] == ["FORM-OTHER-ORDER"]


@pytest.mark.parametrize("words", ["Светоотражатели на рюкзаках", "Прошли курсы", "Питание в столовой", "уточнить"])
def test_a_number_before_words_of_something_else_is_an_error_on_its_item(words: str) -> None:
    plain, _ = read_one(OrderForm())
    order_form = OrderForm()
    order_form.rows[order_form.row_of("14")][1] = words
    report, remarks = read_one(order_form)
    assert said(report) == {key: value for key, value in said(plain).items() if key[0] != "14"}
    assert [(one.code, one.item) for one in remarks if one.code != "NOTE-BESIDE"] == [("ROW-UNKNOWN", "14")]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("6.1", "Ознакомлены педагоги"),
        ("6.2", "Ознакомлены родители"),
        ("6.3", "Ознакомлены ученики"),
        ("14", "Активация родителей в системе"),
        ("13", "Работают в системе педагоги"),
        ("12.1", "Выданы логины родителям"),
        ("1", "Ответственный за электронный дневник"),
        ("11", "Ссылка на сайте"),
        ("14", ""),
    ],
)
def test_other_words_for_the_same_thing_prove_the_number(number: str, words: str) -> None:
    order_form = OrderForm()
    order_form.rows[order_form.row_of(number)][1] = words
    report, remarks = read_one(order_form)
    assert any(item == number for item, _ in said(report))
    assert "ROW-UNKNOWN" not in {one.code for one in remarks}


def test_a_sheet_of_another_order_beside_the_report_is_not_read() -> None:
    other = in_three_columns(MEALS).sheets[0]._replace(name="Питание")
    plain, _ = read_one(OrderForm())
    [report], _ = read_as(Book((OrderForm().sheet(), other)), FORM)
    assert said(report) == said(plain)


def test_a_form_of_an_older_version_is_read_with_a_warning() -> None:
    newer = replace_version(FORM, FORM.version + 1)
    [report], remarks = read_as(own(FORM), newer)
    assert report.school == "01"
    assert [one.code for one in remarks] == ["FORM-OTHER-VERSION"]


def replace_version(form: Form, version: int) -> Form:
    return msgspec.structs.replace(form, version=version)


def test_a_meta_sheet_without_a_form_says_nothing() -> None:
    blank = Sheet(own_form.META_SHEET, {Spot(1, 1): Cell("school"), Spot(1, 2): Cell("01")}, True)
    [report], remarks = read_as(Book((OrderForm().sheet(), blank)), FORM)
    assert (report.school, list(remarks)) == ("01", [])
