"""Returns as offices make them up: a table whose rows count different things, figures below zero, words of the title
beside a choice, lists that say that there is nothing to list. One form by data alone."""

import re

import pytest
from msgspec.structs import replace

from pipeline.checking.judgement import check
from pipeline.commands.form import described
from pipeline.reading.answers.values import Around, read_answer
from pipeline.reading.opening.book import Cell
from pipeline.writing.pages.figures_said import titles_of
from schemas.district import Registry, School
from schemas.form import Choice, Column, Form, Kind, Unit, load_form
from schemas.form_figures import figure_refusals
from schemas.remarks import load_catalogue
from schemas.reports import FileRead
from tests.form_variants import DATA
from tests.table_forms import Row, codes, read, said, sheet_of

HEAT = load_form(DATA / "form-heat.toml")
DAY = HEAT.order.reporting_dates[0]
REGISTRY = Registry((School("01", "МБОУ СОШ № 1", bases={"staff": 5.0}),))


def answered(number: str, typed: str) -> tuple[dict[str, object], list[str]]:
    """Facts of the one cell, and codes of its remarks."""
    answer = read_answer(HEAT.item(number), Cell(typed), HEAT, Around())
    return {fact.field: fact.value for fact in answer.facts}, [one.code for one in answer.remarks]


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("number", "typed", "value"),
    [
        ("4", "+17 °С", 17),
        ("4", "+18", 18),
        ("4", "плюс 5,5 градусов", 5.5),
        ("4", "минус 4", -4),
        ("4", "−4 °С", -4),
        ("2/всего", "12 450,5 км", 12450.5),
        ("3/свои", "4 года", 4),
        ("6", "300 л", 300),
        ("6", "300 л.", 300),
        ("7", "300", 300),
    ],
)
def test_a_figure_is_read_with_its_sign_and_the_unit_that_its_row_or_title_names(
    number: str, typed: str, value: float
) -> None:
    facts, remarks = answered(number, typed)
    assert (facts, remarks) == ({"value": value}, [])


@pytest.mark.parametrize(
    ("number", "typed", "code"),
    [
        ("4", "мороз 5", "NUM-FOREIGN-UNIT"),
        ("4", "+79123456789", "NUM-SEVERAL"),
        ("4", "+01.02", "NUM-SEVERAL"),
        ("4", "минус 01.02", "NUM-FOREIGN-UNIT"),  # the first of February
        ("8", "2009 год", "NUM-FOREIGN-UNIT"),  # its title names no unit behind a comma
        ("1/всего", "+5", "NUM-SEVERAL"),  # five more, or five
        ("2/всего", "2000 м", "NUM-FOREIGN-UNIT"),
        ("6", "300 кг", "NUM-FOREIGN-UNIT"),
        ("6", "300 км", "NUM-FOREIGN-UNIT"),
        ("7", "300 руб.", "NUM-FOREIGN-UNIT"),  # a thousandth of what it would be taken for
        ("7", "300 рублей", "NUM-FOREIGN-UNIT"),
        ("7", "300 тыс. руб.", "NUM-FOREIGN-UNIT"),
    ],
)
def test_a_figure_in_another_unit_is_none(number: str, typed: str, code: str) -> None:
    assert answered(number, typed) == ({}, [code])


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Приобретено путёвок на 21 день", "21 день"),
        ("Классов с наполняемостью более 25 чел.", "300 чел."),
        ("Доход, тыс. руб.", "300 руб."),
        ("Доход, т. руб.", "300 руб."),
        ("Доход в тысячах, руб.", "300 руб."),
        ("Площадь, кв. м", "300 м"),
        ("Расход топлива, л на 100 км", "5000 км"),
        ("Расход топлива, л на 100 км", "12 л"),
        ("Скорость, км/ч", "60 ч"),
        ("Кабинетов, не готовых к году", "не 3"),
        ("Расход топлива, л", "300? л"),
        ("Средний срок службы, лет — Автобусов, ед.", "5 ед."),
        ("Доход — Автобусов, ед.", "5 ед."),
    ],
)
def test_a_unit_that_a_title_names_anywhere_else_is_not_its_figures(title: str, typed: str) -> None:
    units = (
        Unit("days", "дней", ("день", "дня", "дней")),
        Unit("people", "чел.", ("человек", "человека", "человек")),
        Unit("roubles", "руб.", ("рубль", "рубля", "рублей")),
    )
    form = of_item(replace(HEAT, units=(*HEAT.units, *units)), "7", title=title)
    answer = read_answer(form.item("7"), Cell(typed), form, Around())
    assert not answer.facts
    assert [one.code for one in answer.remarks] in (["NUM-FOREIGN-UNIT"], ["NUM-SEVERAL"])


def test_a_row_says_what_its_figures_are_and_how_they_are_added() -> None:
    cells = {cell.number: (cell.unit, cell.decimals, cell.add) for cell in HEAT.cells if cell.number[0] in "123"}
    assert cells["1/всего"] == ("", 0, "sum")
    assert cells["2/свои"] == ("km", 1, "sum")
    assert cells["3/всего"] == ("years", 1, "mean")
    lines = "\n".join(described(HEAT))
    assert "строка таблицы, лет, знаков после запятой: 1 · по району: среднее по школам" in lines


def of_item(form: Form, number: str, **keys: object) -> Form:
    items = tuple(replace(item, **keys) if item.number == number else item for item in form.items)
    return replace(form, items=items)


def test_a_row_cannot_speak_for_columns_that_speak_for_themselves() -> None:
    [table, *others] = HEAT.tables
    columns = tuple(replace(column, unit="km") for column in table.columns)
    form = replace(HEAT, tables=(replace(table, columns=columns), *others))
    assert any(one.keys[-1] == "unit" and "столбца без unit" in one.why for one in figure_refusals(form))
    for keys in ({"add": "ratio"}, {"unit": "miles"}, {"decimals": 9}, {"min": 5.0, "max": 1.0}, {"counts": "flow"}):
        assert list(figure_refusals(of_item(HEAT, "2", **keys))), keys
    assert not list(figure_refusals(of_item(HEAT, "2", min=None, max=10.0)))


def test_the_form_tells_what_bounds_a_figure_and_what_is_not_done() -> None:
    lines = "\n".join(described(HEAT))
    assert re.search(r"по району: не складывается · от −60 до 60", lines)
    assert "не выполнено при: нет, частично" in lines
    assert "день может быть вне отчётного периода" in lines


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("typed", ["исполнены частично", "частично исполнены", "Исполнены: частично"])
def test_the_last_word_of_the_title_may_stand_beside_a_choice(typed: str) -> None:
    assert answered("5", typed) == ({"choice": "частично"}, [])


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Кровля и фасад отремонтированы (да / нет / частично)", "кровля да"),
        ("Кровля и фасад отремонтированы (да / нет / частично)", "отремонтированы частично"),
        ("Котельная, теплотрасса проверены (да / нет / частично)", "проверены да"),
        ("Котельная / теплотрасса проверены (да / нет / частично)", "проверены да"),
        ("Питание 1–4 классов организовано (да / нет / частично)", "1–4 да"),
        ("Предписания исполнены (да / нет / частично)", "исполнены частично?"),
        ("Предписания исполнены полностью (да / нет / частично)", "полностью да"),
        ("Второй выход есть (да / нет / частично)", "второй да"),
        ("Нарушения не выявлены (да / нет / частично)", "выявлены частично"),
        ("Предписания исполнены (да / исполнены / частично)", "исполнены частично"),
        ("Предписания исполнены (да / нет / частично)", "нет, исполнены"),
    ],
)
def test_but_none_of_a_part_nor_where_the_title_joins_or_denies(title: str, typed: str) -> None:
    names = title.partition("(")[2].strip(")").split(" / ")
    form = of_item(HEAT, "5", title=title, choices=tuple(Choice(title=name) for name in names))
    answer = read_answer(form.item("5"), Cell(typed), form, Around())
    assert (answer.facts, [one.code for one in answer.remarks]) == ((), ["CHOICE-UNKNOWN"])


@pytest.mark.parametrize("typed", ["не исполнены", "частично не исполнены", "исполнены", "нет предписаний"])
def test_but_none_that_turns_it_round_nor_alone(typed: str) -> None:
    assert answered("5", typed) == ({}, ["CHOICE-UNKNOWN"])


@pytest.mark.parametrize(
    ("number", "typed", "day"),
    [
        ("10/с", "с 01.09.2026", "2026-09-01"),
        ("10/с", "с «1» сентября 2026 г.", "2026-09-01"),
        ("10/срок", "до 01.10.2026", "2026-10-01"),
        ("10/срок", "не позднее 1 октября 2026 г.", "2026-10-01"),
        ("10/с", "до 01.09.2026", None),
        ("10/срок", "с 01.10.2026", None),
        ("10/срок", "до 01.10.2026 или позже", None),
    ],
)
def test_the_word_before_a_date_is_that_of_its_heading(number: str, typed: str, day: str | None) -> None:
    facts, remarks = answered(number, typed)
    assert (facts, remarks) == (({"date": day}, []) if day else ({}, ["DAY-UNREADABLE"]))


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Дата готовности к отопительному сезону", "к 15.09.2026"),  # a promise
        ("Дата встречи с родителями", "с 01.09.2026"),
        ("Дата отказа от питания", "от 01.09.2026"),
        ("Дата устранения (срок — до 01.09.2026)", "до 10.09.2026"),
        ("Дата исполнения в установленный срок", "до 10.09.2026"),
    ],
)
def test_a_word_within_the_title_makes_no_date_of_a_promise(title: str, typed: str) -> None:
    form = of_item(HEAT, "5", title=title, kind=Kind.DATE, choices=(), any_day=True)
    answer = read_answer(form.item("5"), Cell(typed), form, Around())
    assert (answer.facts, [one.code for one in answer.remarks]) == ((), ["DAY-UNREADABLE"])


# ── reports ──────────────────────────────────────────────────────────────────────────────────────────────
BUSES: list[Row] = [
    ("№", "Наименование", "Всего", "из них собственные"),
    ("1", "Автобусов, ед.", 3, 2),
    ("2", "Пробег за месяц, км", "12 450,5 км", 10000),
    ("3", "Средний возраст, лет", "6,5 лет", 7),
]
ITEMS: list[Row] = [
    ("№", "Показатель", "Значение", "Срок"),
    ("4", "Температура наружного воздуха, °С", "+3"),
    ("5", "Предписания надзорных органов исполнены (да / нет / частично)", "частично", "01.09.2026"),
    ("9", "Обучено персонала (чел. / %)", "5 / 100 %", ""),
]
VACANCIES: list[Row] = [
    ("10. Вакансии",),
    ("№", "Должность", "Вакантна с", "Срок закрытия", "Часов в неделю"),
]


def report_of(*lists: Row, items: list[Row] = ITEMS, form: Form = HEAT, heading: list[Row] = VACANCIES) -> FileRead:
    rows: list[Row] = [(HEAT.title,), (f"по состоянию на {DAY:%d.%m.%Y}",), ("в МБОУ СОШ № 1",), ()]
    rows += [*BUSES, (), *items, (), *heading, *lists, (), ("Директор ________ (подпись)",)]
    reports, remarks = read(sheet_of(rows), form=form)
    return FileRead("1.xlsx", "0" * 64, reports, remarks)


@pytest.mark.parametrize("line", [("1", "нет"), ("1", "нет", "–", "–", 0), ("1", "Вакансий нет")])
def test_a_list_whose_first_column_is_a_choice_says_that_there_is_nothing(line: Row) -> None:
    file = report_of(line)
    [report] = file.reports
    assert not [item for item in said(report) if item.startswith("10")]
    found = check([file], {}, HEAT, REGISTRY, load_catalogue()).remarks
    assert not [one for one in found if one.item.startswith("10")]


SPORTS = (
    Column(id="что", kind=Kind.TEXT, title="Соревнование"),
    Column(id="уровень", kind=Kind.CHOICE, title="Уровень", choices=(Choice(title="школа"), Choice(title="район"))),
    Column(id="детей", kind=Kind.NUMBER, title="Детей"),
)


def lines_of(title: str, columns: tuple[Column, ...], line: Row) -> list[str]:
    """What is taken from a list with this title and one line, or told of it."""
    form = replace(HEAT, tables=tuple(replace(t, columns=columns) if t.id == "10" else t for t in HEAT.tables))
    form = of_item(form, "10", title=title)
    heading: list[Row] = [(f"10. {title}",), ("№", *(column.title for column in columns))]
    file = report_of(line, form=form, heading=heading)
    [report] = file.reports
    return [*(item for item in said(report) if item.startswith("10")), *codes(file.remarks)]


@pytest.mark.parametrize(
    ("title", "line", "is_none"),
    [
        ("Соревнования", ("1", "Соревнования не проводились"), True),
        ("Соревнования", ("1", "соревнований нет", "", 0), True),
        ("Соревнования", ("1", "Соревнования не проводились", "", 12), False),
        ("Соревнования", ("1", "Соревнования не проводились в мае"), False),
        ("Соревнования", ("1", "конкурсы не проводились"), False),
        ("Соревнования и конкурсы", ("1", "конкурсы не проводились"), False),
        ("Выявленные нарушения", ("1", "горячее питание не организовано"), False),
        ("Замечания", ("1", "инструктажи не проводились"), False),
        ("Нарушения в организации питания", ("1", "питание не организовано"), False),
        ("Соревнования", ("1", "", "нет"), False),
        ("Соревнования", ("1", "", "отсутствует", 0), False),
        ("Уровень", ("1", "", "уровня нет"), False),
    ],
)
def test_a_line_that_says_that_there_is_nothing_of_the_lists_title_is_no_line(
    title: str, line: Row, *, is_none: bool
) -> None:
    assert bool(lines_of(title, SPORTS, line)) is not is_none


def test_of_a_list_of_two_things_one_may_be_there() -> None:
    columns = HEAT.table("10").columns
    assert not lines_of("Вакансии", columns, ("1", "вакансий нет"))
    has_no = tuple(replace(one, choices=(*one.choices, Choice(title="нет"))) if one.choices else one for one in columns)
    assert lines_of("Вакансии", has_no, ("1", "нет"))
    assert lines_of("Вакансии учителей и логопедов", columns, ("1", "логопедов нет"))


def test_a_figure_under_a_heading_is_told_with_it() -> None:
    heading = replace(HEAT.item("4"), kind=Kind.GROUP, number="4", title="Температура, °С:", unit="", min=0, max=None)
    below = replace(HEAT.item("4"), number="4.1", title="минимальная")
    form = replace(HEAT, items=(*HEAT.items[:3], heading, below, *HEAT.items[4:]))
    assert titles_of(form, below) == ["Температура, °С", "минимальная"]
    assert titles_of(HEAT, HEAT.item("6")) == ["Расход топлива, л"]


@pytest.mark.parametrize(
    ("heading", "due", "is_note"),
    [
        ("Срок", "01.09.2026", False),
        ("Срок", "до 01.09.2026.", False),
        ("Срок исполнения", "до 1 сентября 2026 г.", False),
        ("Срок", "02.09.2026", True),
        ("Срок", "01.09.2026 ✗", True),
        ("Срок", "01.09.2026?", True),
        ("Срок", "01.09.2026 +", True),
        ("Срок", "до 01.09.2026 — ✓", True),
        ("Исполнено", "01.09.2026", True),
    ],
)
def test_the_deadlines_that_the_order_prints_are_no_notes_of_the_school(
    heading: str, due: str, *, is_note: bool
) -> None:
    items: list[Row] = [(*ITEMS[0][:3], heading), ITEMS[1], (*ITEMS[2][:3], due), ITEMS[3]]
    file = report_of(("1", "учитель", "с 01.09.2026", "до 01.10.2026", 18), items=items)
    assert ("NOTE-BESIDE" in codes(file.remarks)) is is_note


def test_remarks_name_the_column_of_answers_as_the_form_does() -> None:
    catalogue = load_catalogue(answers=HEAT.recognise.answer[0])
    said_by = [text for one in catalogue.entries.values() for text in (one.rule, one.message, one.todo)]
    assert not [text for text in said_by if "«Выполнение»" in text]
    assert catalogue.entries["NOTE-BESIDE"].todo.endswith("в столбец «Значение».")
