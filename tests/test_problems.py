"""Problems in the schools' own words: which group each falls into, since when it stands, how others solved it."""

import random
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import product

import openpyxl
import pytest
from rapidfuzz import fuzz

from pipeline.measuring.figures import Problem
from pipeline.measuring.problems import OTHER, alike, group_of, groups_by_likeness, words_of
from pipeline.writing.pages.page import MOST_ROWS
from schemas.district import Registry
from schemas.form import load_form
from schemas.likeness import plain
from schemas.reports import FileRead
from tests import figures as given
from tests.batch import MARCH, file_of, measured, order_form, school
from tests.workbooks import summary_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

FORM = load_form("form-547")
JANUARY = date(2014, 1, 30)
REGISTRY = Registry(tuple(school(f"{number:02d}") for number in range(1, 6)))
CONSENT, STAFF, INTERNET, COMPUTERS, PARENTS, SYSTEM = (group.title for group in FORM.problem_groups)

# Problems as schools word them, with the group that a person would choose.
GROUPED = {
    CONSENT: (
        "Отказ родителей от согласия на обработку персональных данных",
        "Часть родителей отказывается давать согласие",
        "Родители не согласны на передачу сведений",
        "Несогласие законных представителей",
        "Опасения за сохранность персональных данных детей",
        "Не подают заявления о предоставлении информации",
    ),
    STAFF: (
        "Нет специалиста по информационным технологиям",
        "Возраст учителей: половина — пенсионеры",
        "Низкая компьютерная грамотность педагогов",
        "Учителя не умеют работать в системе",
        "Большая нагрузка на классных руководителей",
        "Двойная работа: и бумажный журнал, и электронный",
        "В связи с загруженностью у учителей не хватает времени",
        "Требуется обучение учителей начальных классов",
        "Не хватает кадров",
        "Слабые навыки работы в интернете",
    ),
    INTERNET: (
        "Слабый интернет",
        "Низкая скорость подключения",
        "Не все родители имеют доступ к интернету",
        "Нет связи в двух посёлках",
        "Плохой вай-фай в кабинетах",
        "Wi-Fi не берёт на третьем этаже",
        "Закончился трафик",
        "Не проложена локальная сеть",
        "Провайдер не может увеличить канал",
        "Сотовое покрытие есть не везде",
    ),
    COMPUTERS: (
        "Не хватает компьютеров",
        "Старая техника",
        "Недостаточно ПК в учительской",
        "Слабая материально-техническая база",
        "Нет оргтехники",
        "Не у всех учителей есть рабочие места с ноутбуком",
        "Устаревшее оборудование",
        "Один принтер на школу",
    ),
    PARENTS: (
        "Родители не видят пользы",
        "Родители привыкли к бумажному дневнику",
        "Низкая активность родителей",
        "Логины получены, но родители не активируют их",
        "Отсутствие мотивации у родителей",
        "Родители не пользуются дневником",
        "Нет желания регистрироваться",
    ),
    SYSTEM: (
        "Сбои при входе в часы пик",
        "Родители забывают пароль",
        "Программа часто зависает",
        "Не приходят логины",
        "Технические неполадки на портале",
        "Ошибки при добавлении пользователей",
        "Сервер недоступен по вечерам",
    ),
    OTHER: (
        "Не хватает кабинетов",
        "Бессвязные жалобы",
        "Согласование расписания автобусов",
        "Сбор денег",
        "Современной литературы нет",
        "В связи с ремонтом закрыт второй этаж",
    ),
}

LIKE = (
    ("Не хватает кабинетов", "нехватка кабинетов"),
    ("Мало кабинетов", "Недостаточно кабинетов!"),
    ("Нехватка кабинетов", "Нехватка кабинентов"),
    ("Частые отключения электричества", "Отключение электричества"),
    ("Отключения электричества в школе", "Постоянно отключают электричество"),
    ("Ремонт в здании школы", "В здании идёт ремонт"),
    ("Удалённость от центра", "удаленность от центра."),
    ("Не работает отопление", "Отопление не работает"),
    ("Нет школьного автобуса", "Отсутствие автобуса"),
    ("Отсутствие методической литературы", "Не хватает методической литературы"),
    ("Недостаток финансирования", "Недостаточное финансирование"),
)
UNLIKE = (
    ("Не хватает кабинетов", "Не хватает учебников"),
    ("Нехватка учебников", "Нехватка учеников"),
    ("Идёт ремонт", "Нет ремонта"),
    ("Не работает отопление", "Не работает вентиляция"),
    ("Не работает отопление", "Отопление дорого"),
    ("Нет столов", "Нет столовой"),
    ("Нет парт", "Нет карт"),
    ("Нет света", "Нет совета"),
    ("Не хватает кабинетов", "Кабинеты закрыты на ремонт"),
    ("Второй месяц в здании не работает отопление", "Второй месяц в здании не работает вентиляция"),
    ("Нет автобуса", "Автобус сломан"),
    ("Частая смена расписания", "Частая смена учителей"),
    ("Не хватает", "Нет возможности"),
)


def reported(code: str, *said: tuple[str, str], day: date = MARCH) -> FileRead:
    form = replace(order_form(day, code), problems=list(said), rows=[])
    return file_of(form, f"{code}-{day}.xlsx", REGISTRY)


def problems_of(*files: FileRead, as_of: date = MARCH) -> tuple[Problem, ...]:
    return measured(files, REGISTRY, as_of).problems


def brief(found: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    return [(p.group, p.school.code, p.problem) for p in found]


# ── groups by stems ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("group", "problem"), [(g, words) for g, said in GROUPED.items() for words in said])
def test_a_problem_falls_into_the_group_that_a_person_would_choose(group: str, problem: str) -> None:
    assert group_of(problem, FORM) == group


# ── groups by likeness ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("one", "other"), LIKE)
def test_wordings_that_say_the_same_are_one_group(one: str, other: str) -> None:
    groups = groups_by_likeness([("01", one), ("02", other)])
    assert groups.keys() == {one, other}
    assert len(set(groups.values())) == 1


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_two_problems_are_never_one_group(one: str, other: str) -> None:
    assert groups_by_likeness([("01", one), ("02", other)]) == {}


@pytest.mark.parametrize("scorer", [fuzz.ratio, fuzz.token_sort_ratio, fuzz.token_set_ratio])
def test_no_bound_on_the_letters_of_whole_wordings_tells_the_pairs_apart(scorer) -> None:
    """Why likeness goes word by word: by letters «Нехватка учебников» is nearer to «Нехватка учеников» than «Нет
    школьного автобуса» to «Отсутствие автобуса»."""
    like = [scorer(plain(one), plain(other)) for one, other in LIKE]
    unlike = [scorer(plain(one), plain(other)) for one, other in UNLIKE]
    assert min(like) < max(unlike)


def test_a_group_is_named_by_its_most_frequent_wording_else_by_the_shortest() -> None:
    said = [("01", "мало кабинетов"), ("02", "Не хватает кабинетов."), ("03", "не хватает кабинетов")]
    assert set(groups_by_likeness(said).values()) == {"Не хватает кабинетов"}
    assert set(groups_by_likeness(said[:2]).values()) == {"Мало кабинетов"}


def test_grouping_does_not_depend_on_the_order_of_the_schools() -> None:
    said = [(f"{number:02d}", words) for number, words in enumerate(word for pair in LIKE + UNLIKE for word in pair)]
    expected = groups_by_likeness(said)
    for seed in range(5):
        assert groups_by_likeness(random.Random(seed).sample(said, len(said))) == expected
    assert {plain(words) for words in expected} >= {plain(word) for pair in LIKE for word in pair}


def test_likeness_is_mutual() -> None:
    wordings = [words_of(word) for pair in LIKE + UNLIKE for word in pair]
    assert all(alike(one, other) == alike(other, one) for one, other in product(wordings, wordings))


def test_a_wording_of_one_school_alone_stays_unsorted_after_all_groups() -> None:
    found = problems_of(
        reported("01", ("Гололёд", ""), ("нехватка кабинетов", ""), ("Мало кабинетов", "")),
        reported("02", ("Не хватает кабинетов", ""), ("Протечка крыши", "")),
        reported("03", ("Далеко ездить", "")),
        reported("04", ("Нет интернета", "")),
    )
    assert brief(found) == [
        ("Мало кабинетов", "01", "Мало кабинетов"),
        ("Мало кабинетов", "01", "нехватка кабинетов"),
        ("Мало кабинетов", "02", "Не хватает кабинетов"),
        (INTERNET, "04", "Нет интернета"),
        (OTHER, "01", "Гололёд"),
        (OTHER, "02", "Протечка крыши"),
        (OTHER, "03", "Далеко ездить"),
    ]


# ── since when ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("january", "march"),
    [
        ("Слабый интернет", "слабый интернет!"),
        ("Слабый интернет", "Слабый интернет в вечерние часы"),
        ("Не хватает компьютеров в учительской", "Нехватка компьютеров"),
        ("Нет связи в посёлке", "Отсутствие связи в поселке"),
    ],
)
def test_a_problem_retyped_keeps_the_date_of_the_first_report_that_names_it(january: str, march: str) -> None:
    (found,) = problems_of(reported("01", (january, ""), day=JANUARY), reported("01", (march, "")))
    assert (found.problem, found.since) == (march, JANUARY)


@pytest.mark.parametrize(
    ("january", "march"),
    [
        ("Слабый интернет", "Нет интернета у родителей"),
        ("Сломан принтер", "Не хватает компьютеров"),
        ("Нет интернета", "Нет интернета и согласия родителей"),  # of another group
    ],
)
def test_another_problem_begins_with_its_own_first_report(january: str, march: str) -> None:
    (found,) = problems_of(reported("01", (january, ""), day=JANUARY), reported("01", (march, "")))
    assert found.since == MARCH


def test_another_schools_report_dates_nothing() -> None:
    found = problems_of(reported("01", ("Слабый интернет", ""), day=JANUARY), reported("02", ("Слабый интернет", "")))
    assert [(p.school.code, p.since) for p in found] == [("01", JANUARY), ("02", MARCH)]


# ── solutions ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_problem_without_a_solution_is_offered_those_of_other_schools_in_its_group() -> None:
    found = problems_of(
        reported("01", ("Слабый интернет", "")),
        reported("02", ("Низкая скорость", "Заявка провайдеру")),
        reported("03", ("Нет компьютеров", "Куплены три")),
    )
    offered = {p.school.code: [(of.code, words) for of, words in p.offered] for p in found}
    assert offered == {"01": [("02", "Заявка провайдеру")], "02": [], "03": []}


def test_offered_first_is_what_solved_the_same_words_then_what_most_schools_wrote_each_once() -> None:
    found = problems_of(
        reported("01", ("Слабый интернет", "")),
        reported("02", ("Нет связи", "Пункт доступа")),
        reported("03", ("Низкая скорость", "Заявка провайдеру")),
        reported("04", ("Плохой вай-фай", "заявка провайдеру.")),
        reported("05", ("слабый интернет!", "Второй канал")),
    )
    first = next(p for p in found if p.school.code == "01")
    assert [(of.code, words) for of, words in first.offered] == [("05", "Второй канал"), ("03", "Заявка провайдеру")]


def test_a_school_is_not_offered_its_own_solution_nor_that_of_another_problem() -> None:
    found = problems_of(
        reported("01", ("Слабый интернет", ""), ("Низкая скорость", "Заявка провайдеру")),
        reported("02", ("Гололёд", "")),
        reported("03", ("Протечка крыши", "Вызван мастер")),
    )
    assert not any(p.offered for p in found)


def test_a_solution_without_a_problem_is_not_lost() -> None:
    found = problems_of(
        reported("01", ("", "Куплены три компьютера"), day=JANUARY),
        reported("01", ("Гололёд", ""), ("", "куплены три компьютера")),
    )
    assert [(p.group, p.problem, p.solution, p.since) for p in found] == [
        (OTHER, "Гололёд", "", MARCH),
        (OTHER, "", "куплены три компьютера", JANUARY),
    ]


# ── the sheet ────────────────────────────────────────────────────────────────────────────────────────────
def sheet_of(*problems: Problem) -> list[tuple[object, ...]]:
    """Rows of «Проблемы» below its header."""
    book = summary_workbook(replace(given.twenty_schools(), problems=problems))
    return list(openpyxl.load_workbook(BytesIO(book))["Проблемы"].iter_rows(min_row=6, values_only=True))


def test_the_sheet_shows_how_others_solved_it_with_their_names() -> None:
    first, second, third, *_ = given.twenty_schools().schools
    problem = Problem(INTERNET, first, "Слабый интернет", "", MARCH, ((second, "Заявка"), (third, "Второй канал")))
    (row,) = sheet_of(problem)
    assert row[3:6] == ("Слабый интернет", "— решение не указано", "СОШ № 2: Заявка\nСОШ № 3: Второй канал")


def test_the_sheet_shows_a_solution_without_a_problem() -> None:
    school, *_ = given.twenty_schools().schools
    (row,) = sheet_of(Problem(OTHER, school, "", "Куплены три компьютера", MARCH))
    assert row[3:6] == ("— проблема не названа", "Куплены три компьютера", None)


def test_a_sheet_too_long_to_be_read_is_cut() -> None:
    school, *_ = given.twenty_schools().schools
    problem = Problem(INTERNET, school, "Слабый интернет", "Заявка", MARCH)
    assert len(sheet_of(*[problem] * (MOST_ROWS + 1))) == MOST_ROWS
