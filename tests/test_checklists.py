"""Returns that are check lists: marks in columns headed with the answers, «+» and «−», codes and units beside the
titles, a line of sums below a list."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from openpyxl import Workbook, load_workbook

from pipeline.checking.judgement import check
from pipeline.measuring.alone import alone
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.figures import Share
from pipeline.measuring.measure import measure
from pipeline.reading.answers.values import read_answer
from pipeline.reading.opening.book import Cell
from pipeline.writing.form.workbook import write_form
from pipeline.writing.pages.fitting import fitting_size
from pipeline.writing.pages.theme import Mark
from pipeline.writing.school.brief import own_item_card
from schemas import own_form
from schemas.district import Registry, School
from schemas.form import Item, load_form
from schemas.remarks import load_catalogue
from schemas.reports import NO, YES, FileRead
from tests.table_forms import Row, codes, read, read_one, said, sheet_of
from tests.workbooks import summary_workbook

FORM = load_form(Path(__file__).parent / "data" / "form-site.toml")
CATALOGUE = load_catalogue({"SAME-ANSWERS": "off"})
QUESTIONS: Row = ("№", "Вопрос", "Да", "Нет", "Частично")


HEAD: list[Row] = [(FORM.title,), ("Учреждение: МБОУ СОШ № 1",), ("по состоянию на 01.06.2026",), ()]


def report(*rows: Row) -> tuple[dict[str, str | float], list[str]]:
    """What a return with these rows is read as, and the codes of its remarks."""
    found, remarks = read_one(sheet_of([*HEAD, *rows]), form=FORM)
    return said(found), codes(remarks)


# ── a column for each answer ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("mark", ["✓", "+", "V", "v", "х", "X", "1", 1, "☑", "☒", "да"])
@pytest.mark.parametrize(("at", "answer"), [(2, "да"), (3, "нет"), (4, "частично")])
def test_the_column_that_is_marked_is_the_answer(mark: object, at: int, answer: str) -> None:
    row = ["2.1", "Имеется версия для слабовидящих", "", "", ""]
    row[at] = mark  # type: ignore[call-overload]
    assert report(QUESTIONS, row) == ({"2.1": answer}, [])


@pytest.mark.parametrize(
    ("cells", "answer", "remarks"),
    [
        (("☐", "☑", "☐"), "нет", []),
        (("+", "-", "-"), "да", []),
        (("нет", "", "да"), "частично", []),
        (("нет", "", ""), "нет", []),
        (("", "нет", ""), "нет", []),
        (("", "", "нет"), None, ["CHOICE-UNKNOWN"]),
        (("0", "", ""), None, ["CHOICE-UNKNOWN"]),
        (("", "", ""), None, []),
        (("☐", "☐", "☐"), None, []),
        (("+", "+", ""), None, ["ANSWER-DISPUTED"]),
        (("скоро будет", "", ""), None, ["CHOICE-UNKNOWN"]),
    ],
)
def test_what_the_columns_say_together(cells: Sequence[str], answer: str | None, remarks: list[str]) -> None:
    found, told = report(QUESTIONS, ("2.1", "Имеется версия для слабовидящих", *cells))
    assert (found.get("2.1"), told) == (answer, remarks)


def test_several_marks_are_several_answers_where_several_may_be_chosen() -> None:
    assert report(QUESTIONS, ("2.2", "Где размещены новости", "+", "", "V")) == ({"2.2": "да; частично"}, [])


def test_answers_whose_headings_are_no_words_for_an_answer_head_a_table_too() -> None:
    headings = ("№", "Вопрос", "Частично", "Нет")
    assert report(headings, ("2.1", "Имеется версия для слабовидящих", "", "х")) == ({"2.1": "нет"}, [])


@pytest.mark.parametrize("cells", [("", "", "V"), ("V", "", "V")])
def test_a_mark_that_is_neither_yes_nor_no_is_no_yes(cells: Sequence[str]) -> None:
    found, told = report(QUESTIONS, ("2.3", "Настроена обратная связь", *cells))
    assert "2.3" not in found
    assert "YES-NO-UNREADABLE" in told


@pytest.mark.parametrize("third", ["", "☐", "нет", 0])
def test_yes_and_no_are_read_beside_a_third_column(third: object) -> None:
    assert report(QUESTIONS, ("2.3", "Настроена обратная связь", "", "V", third)) == ({"2.3": "нет"}, [])


@pytest.mark.parametrize("heading", ["Проверено", "Фото", "Ссылка", "Приказ", "Комиссия", "Отметка УО", "2025 год"])
def test_a_column_that_is_no_answer_takes_no_yes_away(heading: str) -> None:
    row = ("2.3", "Настроена обратная связь", "V", "", "да")
    assert report(("№", "Вопрос", "Да", "Нет", heading), row)[0] == {"2.3": "да"}


@pytest.mark.parametrize("heading", ["Нет данных", "Не требуется", "В работе"])
@pytest.mark.parametrize(("number", "remark"), [("2.1", "CHOICE-UNKNOWN"), ("2.3", "YES-NO-UNREADABLE")])
def test_a_mark_under_an_answer_that_is_none_of_the_items_is_told(heading: str, number: str, remark: str) -> None:
    found, told = report(("№", "Вопрос", "Да", "Нет", heading), (number, FORM.item(number).title, "", "", "V"))
    assert (found, set(told) - {"NOTE-BESIDE"}) == ({}, {remark})  # a note: the heading itself


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        (("х", ""), "да"),
        (("", "х"), "нет"),
        (("☒", "☐"), "да"),
        (("☐", "☒"), "нет"),
        ((1, 0), "да"),
        ((0, 1), "нет"),
        (("", "есть"), "нет"),
        (("нет", ""), "нет"),
        (("нет", "да"), "нет"),
    ],
)
def test_a_yes_or_no_is_marked_as_a_choice_is(cells: Sequence[object], answer: str) -> None:
    assert report(QUESTIONS[:4], ("2.3", "Настроена обратная связь", *cells)) == ({"2.3": answer}, [])


# ── whose columns they are ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("number", ["2.1", "2.3"])
@pytest.mark.parametrize(
    ("left", "right", "marked", "answer", "remarks"),
    [
        ("на 01.03.2026", "на 01.06.2026", (0,), None, ["NOTE-BESIDE"]),
        ("на 01.03.2026", "на 01.06.2026", (0, 3), "нет", ["NOTE-BESIDE"]),
        ("Прошлый год", "Текущий год", (0, 3), "нет", ["NOTE-BESIDE"]),
        ("План", "Факт", (0, 3), "нет", ["NOTE-BESIDE"]),
        ("Образец", "Ответ", (0, 3), "нет", ["NOTE-BESIDE"]),
        ("Образец", "Ответ", (0,), None, ["COLUMN-UNKNOWN"]),
        ("Здание 1", "Здание 2", (0,), None, ["COLUMN-UNKNOWN"]),
        ("Первый пост", "Второй пост", (3,), None, ["COLUMN-UNKNOWN"]),
    ],
)
def test_a_mark_counts_in_the_reports_own_columns_alone(
    number: str, left: str, right: str, marked: Sequence[int], answer: str | None, remarks: list[str]
) -> None:
    headings: list[Row] = [("№", "Вопрос", left, "", right, ""), ("", "", "Да", "Нет", "Да", "Нет")]
    row = (number, FORM.item(number).title, *("V" if at in marked else "" for at in range(4)))
    found, told = report(*headings, row)
    assert (found.get(number), [one for one in told if one in ("COLUMN-UNKNOWN", "NOTE-BESIDE")]) == (answer, remarks)


def test_a_mark_in_a_hidden_column_does_not_count() -> None:
    row = ("2.1", FORM.item("2.1").title, "V", "", "", "", "V", "")
    sheet = sheet_of([*HEAD, (*QUESTIONS, *QUESTIONS[2:]), row])._replace(hidden_columns=frozenset({3, 4, 5}))
    assert said(read_one(sheet, form=FORM)[0]) == {"2.1": "нет"}


@pytest.mark.parametrize(
    ("cells", "answer", "remarks"),
    [
        (("частично", "", ""), "частично", []),
        (("", "V", ""), "да", []),
        (("да", "V", ""), "да", ["NOTE-BESIDE"]),
        (("частично", "V", ""), None, ["ANSWER-DISPUTED", "NOTE-BESIDE"]),
    ],
)
def test_the_answers_own_column_is_read_beside_them(
    cells: Sequence[str], answer: str | None, remarks: list[str]
) -> None:
    found, told = report(("№", "Вопрос", "Ответ", "Да", "Нет"), ("2.1", FORM.item("2.1").title, *cells))
    assert (found.get("2.1"), told) == (answer, remarks)


# ── plus and minus ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("sign", "answer"), [("+", YES), ("-", NO), ("–", NO), ("−", NO)])
def test_a_minus_is_a_no_where_plus_or_minus_is_asked_for(sign: str, answer: str) -> None:
    found, told = report(("№", "Раздел сайта", "Имеется (+/−)", "Вид"), ("1.1", "Документы", sign, "файл"))
    assert (found, told) == ({"1.1/есть": answer, "1.1/вид": "файл"}, [])


@pytest.mark.parametrize(
    ("words", "answers"),
    [
        ("(«+» – да, «–» – нет)", [YES, NO]),
        ("(да «+», нет «-»)", [YES, NO]),
        ("«+» есть, «-» нет", [YES, NO]),
        ("(+ есть, − нет)", [YES, NO]),
        ("(−/+)", [YES, NO]),
        ("(плюс/минус)", [YES, NO]),
        ("(«+» – да)", [YES, None]),
        ("(+ – есть)", [YES, None]),
        ("6+ - есть", [YES, None]),
    ],
)
def test_both_signs_in_the_orders_words_are_answers(words: str, answers: list[str | None]) -> None:
    item = msgspec.structs.replace(FORM.item("2.3"), title=f"Исправно {words}")
    found = [read_answer(item, Cell(sign), FORM, None).facts for sign in ("+", "−")]
    assert [facts[0].value if facts else None for facts in found] == answers


def test_a_dash_is_a_blank_where_yes_or_no_is_asked_for_otherwise() -> None:
    assert report(("№", "Вопрос", "Ответ"), ("2.3", "Настроена обратная связь", "-")) == ({}, [])


# ── what a table prints beside its answers ───────────────────────────────────────────────────────────────
PLACES = ("Показатели", "Ед. изм.", "Код строки", "Всего", "из них 1–4 классы", "из них 5–9 классы")


def test_columns_of_units_and_codes_are_the_orders_own() -> None:
    rows = [("Мест в столовой", "мест", "03", 120, 60, 50), ("Питаются", "чел.", "04", 300, 150, 90)]
    figures = {"3/всего": 120, "3/младшие": 60, "3/средние": 50, "4/всего": 300, "4/младшие": 150, "4/средние": 90}
    assert report(PLACES, *rows) == (figures, [])


def test_they_are_no_strangers_where_a_column_is_missing() -> None:
    assert report(PLACES[:5], ("Мест в столовой", "мест", "03", 120, 60))[1] == []


@pytest.mark.parametrize(
    ("unit", "value", "remarks"),
    [
        ("дес.", 300, ["NUM-OTHER-UNIT"]),
        ("мест", None, ["NUM-FOREIGN-UNIT"]),
        ("%", None, ["NOTE-BESIDE", "NUM-FOREIGN-UNIT"]),
        ("шт.", None, ["NOTE-BESIDE", "NUM-FOREIGN-UNIT"]),
    ],
)
def test_a_unit_that_the_school_has_changed_is_minded(unit: str, value: float | None, remarks: list[str]) -> None:
    found, told = report(PLACES, ("Питаются", unit, "04", 30, "", ""))
    assert (found.get("4/всего"), told) == (value, remarks)


@pytest.mark.parametrize(
    ("unit", "code"), [(30, "04"), ("30", "04"), ("30 чел.", "04"), ("нет данных", "04"), ("чел.", 45)]
)
def test_an_answer_in_the_column_of_units_or_codes_is_told(unit: object, code: object) -> None:
    assert report(PLACES, ("Питаются", unit, code, "", "", "")) == ({}, ["NOTE-BESIDE"])


def test_the_title_of_a_group_above_its_own_table_is_printed() -> None:
    sites = [("№", "Раздел сайта", "Имеется (+/−)", "Вид"), ("1.1", "Документы", "+", "файл"), ()]
    assert (
        report(*sites, ("2. Общие вопросы",), ("№", "Вопрос", "Ответ"), ("2.3", "Настроена обратная связь", "да"))[1]
        == []
    )


# ── a list with its sums ─────────────────────────────────────────────────────────────────────────────────
BUILDINGS: list[Row] = [
    ("№", "Адрес", "Мест", "Дата и время осмотра"),
    ("1", "Мира, 1", 100, ""),
    ("2", "Мира, 2", 50, ""),
]


def test_a_line_of_sums_below_a_list_is_no_foreign_row() -> None:
    found, told = report(*BUILDINGS, ("", "Итого", 150, "х"))
    assert ({one for one in found if one.endswith("/мест")}, told) == ({"5.1/мест", "5.2/мест"}, [])


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        (("", "Итого", 170, ""), "LIST-SUM"),
        (("", "Всего по школе", "много", ""), "LIST-SUM"),
        (("", "Итого", "", "в мае"), "ROW-FOREIGN"),
        (("", "Итого", 150, "в мае"), "ROW-FOREIGN"),
        (("", "Итого", "", ""), "ROW-FOREIGN"),
        (("", "Всего исправно", 150, ""), "ROW-FOREIGN"),
    ],
)
def test_one_that_says_something_else_is_told(line: Row, remark: str) -> None:
    found, told = report(*BUILDINGS, line)
    assert ({one for one in found if one.endswith("/мест")}, told) == ({"5.1/мест", "5.2/мест"}, [remark])


def test_a_line_that_cannot_be_read_is_in_no_sum() -> None:
    assert report(*BUILDINGS, ("3", "Мира, 3", "много", ""), ("", "Итого", 170, ""))[1] == ["NUM-NONE"]


@pytest.mark.parametrize(
    "written", ["11.05.2026 10:30", "11.05.2026 г. в 10:30", "11 мая 2026 года, 9:05 ч.", "11.05.2026 в 10.30"]
)
def test_the_time_of_day_may_stand_beside_a_day(written: str) -> None:
    found, told = report(*BUILDINGS[:1], ("1", "Мира, 1", 100, written))
    assert (found["5.1/осмотр"], told) == ("2026-05-11", [])


@pytest.mark.parametrize("written", ["11.05.2026 и 12.05.2026", "11.05.2026 № 10", "11.05.2026 10 раз"])
def test_anything_else_may_not(written: str) -> None:
    assert report(*BUILDINGS[:1], ("1", "Мира, 1", 100, written))[1] == ["DAY-UNREADABLE"]


# ── what the order does not ask for ──────────────────────────────────────────────────────────────────────
def test_a_position_is_asked_for_only_where_the_order_does() -> None:
    headings, name = ("№", "Вопрос", "Ответ"), "Котова Анна Сергеевна"
    assert report(headings, ("2.4", "Редактор сайта", name)) == ({"2.4": name}, [])
    assert report(headings, ("2.4", "Редактор сайта", "учитель"))[1] == ["PERSON-INCOMPLETE"]


def test_a_file_without_the_form_is_told_which_table_is_wanted() -> None:
    _, remarks = read(sheet_of([("Служебная записка",), ("о столовой",)]), form=FORM)
    assert [dict(one.data)["table"] for one in remarks] == ["Вопрос — Ответ"]


def test_svods_own_form_asks_for_no_position_either() -> None:
    sheet = load_workbook(BytesIO(write_form(FORM, None, date(2026, 6, 1))))[own_form.SHEET]
    prompts = {rule.prompt for rule in sheet.data_validations.dataValidation if rule.prompt}
    assert "Фамилия, имя, отчество." in prompts
    assert not [one for one in prompts if one.endswith("должность.")]


# ── what the summary tells of them ───────────────────────────────────────────────────────────────────────
SITE = ("№", "Раздел сайта", "Имеется (+/−)", "Вид")
SCHOOLS = Registry((School("01", "МБОУ СОШ № 1"), School("02", "МБОУ СОШ № 2"), School("03", "МБОУ СОШ № 3")))


def file_of(number: int, *rows: Row) -> FileRead:
    head: list[Row] = [(FORM.title,), (f"Учреждение: МБОУ СОШ № {number}",), ("по состоянию на 01.06.2026",), ()]
    reports, remarks = read(sheet_of([*head, *rows]), form=FORM)
    return FileRead(f"{number}.xlsx", "", reports, remarks)


@pytest.fixture(scope="module")
def book() -> Workbook:
    """Two schools that have reported, and one that has not."""
    first = [SITE, ("1.1", "Документы", "+", "файл"), ("1.2", "Питание", "−", ""), (), QUESTIONS]
    second = [SITE, ("1.1", "Документы", "+", "страница"), ("1.2", "Питание", "+", "файл"), (), QUESTIONS]
    files = [
        file_of(1, *first, ("2.1", FORM.item("2.1").title, "", "", "V"), ("2.3", FORM.item("2.3").title, "V", "", "")),
        file_of(2, *second, ("2.1", FORM.item("2.1").title, "V", "", ""), ("2.3", FORM.item("2.3").title, "", "V", "")),
    ]
    checked = check(files, {}, FORM, SCHOOLS, CATALOGUE)
    figures = measure(checked, files, SCHOOLS, FORM, CATALOGUE, date(2026, 6, 1), Calendar.of(FORM))
    return load_workbook(BytesIO(summary_workbook(figures)))


def rows_of(book: Workbook, sheet: str) -> list[list[str]]:
    return [[str(value) for value in row if value is not None] for row in book[sheet].values]


def test_every_answer_of_a_table_is_counted_under_its_name(book: Workbook) -> None:
    rows = rows_of(book, "Показатели")
    assert ["1.1", "Документы", "да — 2", "страница — 1; файл — 1", "2"] in rows
    assert ["1.2", "Питание", "да — 1; нет — 1", "файл — 1", "1–2"] in rows


@pytest.mark.parametrize("cells", [("не требуется", ""), ("", "не требуется")])
def test_a_yes_or_no_that_is_not_asked_for_is_not_set_aside(cells: Sequence[str]) -> None:
    form = msgspec.structs.replace(FORM, items=tuple(_not_required(item) for item in FORM.items))
    report, remarks = read(sheet_of([*HEAD, QUESTIONS, ("2.3", FORM.item("2.3").title, *cells)]), form=form)
    files = [FileRead("1.xlsx", "", report, remarks)]
    checked = check(files, {}, form, SCHOOLS, CATALOGUE)
    figures = measure(checked, files, SCHOOLS, form, CATALOGUE, date(2026, 6, 1), Calendar.of(form))
    [share] = [one.share for one in figures.numbers.schools if (one.school_code, one.item) == ("01", "2.3")]
    legend = load_workbook(BytesIO(summary_workbook(figures)))["По школам"]["A2"].value
    assert share is Share.NOT_APPLICABLE
    assert "либо это от неё не требуется" in str(legend)


def _not_required(item: Item) -> Item:
    return msgspec.structs.replace(item, may_be_not_required=item.number == "2.3")


def test_yes_and_no_are_counted_as_choices_are(book: Workbook) -> None:
    said = {row[1]: row[3] for row in rows_of(book, "Показатели") if len(row) > 3}
    titles = (
        "Имеется версия для слабовидящих: частично",
        "Настроена обратная связь: да",
        "Настроена обратная связь: нет",
    )
    assert [said[f"Общие вопросы: {title}"] for title in titles] == ["1", "1", "1"]


def test_what_each_school_says_stands_on_its_line(book: Workbook) -> None:
    rows = {row[0]: row[2:6] for row in rows_of(book, "По школам") if row and row[0] in ("01", "02", "03")}
    assert rows == {
        "01": ["да", "файл", "нет", "пусто"],
        "02": ["да", "страница", "да", "файл"],
        "03": [Mark.NO_ANSWER] * 4,
    }


def test_an_order_without_stages_has_no_table_of_measures(book: Workbook) -> None:
    said = {text for row in rows_of(book, "Этапы") for text in row}
    assert not said & {"Мероприятия приказа", "Вне этапов", "к мероприятиям приказа"}


def test_a_schools_own_card_says_what_it_has_chosen() -> None:
    files = [file_of(1, SITE, ("1.1", "Документы", "+", "файл"))]
    checked = check(files, {}, FORM, SCHOOLS, CATALOGUE)
    figures = measure(checked, files, SCHOOLS, FORM, CATALOGUE, date(2026, 6, 1), Calendar.of(FORM))
    own = alone(figures, SCHOOLS.schools[0])
    assert [own_item_card(number, "", own).figure for number in ("1.1/есть", "1.1/вид")] == ["да", "файл"]


@pytest.mark.parametrize(
    ("text", "size"), [("303 чел.", 22), ("37 133 тыс. руб.", 15), ("одна шестая часть всех школ", 10)]
)
def test_a_figure_has_the_size_in_which_it_fits(text: str, size: float) -> None:
    assert fitting_size(text, 200, (22, 18, 15, 12, 10)) == size
