"""«Слова»: what the answers in words say is counted right, nothing said is lost, and what is unknown is said so."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measuring.words import Said, Spread, What, spreads, words
from pipeline.writing.summary.words import _MOST_LETTERS, _in_rows
from schemas.district import Registry, School
from schemas.form import Item, Kind
from tests.batch import file_of, measured, order_form, school
from tests.figures import AS_OF, twenty_schools
from tests.order_form import FORM
from tests.test_summary import opened, summary

NAME, LIST = (next(item for item in FORM.items if item.gather == kind) for kind in ("name", "list"))
FREE = next(item for item in FORM.items if item.kind is Kind.TEXT and not item.gather)
PAGE = next(item for item in FORM.items if item.kind is Kind.YES_NO)
CLASSES = FORM.headline_item
VOLUME = next(item for item in FORM.items if item.kind is Kind.VOLUME)


def district(answers: dict[str, str], item: Item, *silent: str, **kinds: str) -> tuple[Said, ...]:
    """What is told of an item that schools (by code) answer so; `silent` have sent nothing. `kinds`: full names."""
    codes = sorted({*answers, *silent})
    registry = Registry(tuple(school(code, full_name=kinds.get(f"s{code}", "")) for code in codes))
    files = [
        file_of(order_form(code=code, answers={item.number: said}), f"{code}.xlsx", registry)
        for code, said in answers.items()
    ]
    return tuple(said for said in words(measured(files, registry)) if said.item == item)


def told(rows: tuple[Said, ...]) -> list[tuple[What, str, list[str]]]:
    return [(said.what, said.title, [one.code for one in said.schools]) for said in rows]


# ── names and lists ──────────────────────────────────────────────────────────────────────────────────────
def test_spellings_of_one_system_are_one_line_with_the_schools_that_use_it():
    rows = district({"01": "Дневник.ру", "02": "ИС «дневник ру»", "03": "DNEVNIK.RU", "04": "ЭлЖур"}, NAME)
    assert told(rows) == [(What.NAMED, "Дневник.ру", ["01", "02", "03"]), (What.NAMED, "ЭлЖур", ["04"])]
    assert rows[0].written == ("Дневник.ру", "ИС «дневник ру»", "DNEVNIK.RU")


def test_a_system_that_the_form_does_not_know_is_grouped_by_likeness():
    rows = district({"01": "Виртуальная школа", "02": "«Виртуальная Школа»", "03": "виртуальнная школа"}, NAME)
    assert [(said.what, len(said.schools)) for said in rows] == [(What.NAMED, 3)]


def test_words_of_the_items_own_title_make_no_other_system():
    rows = district({"01": "Аверс", "02": "информационная система Аверс", "03": "электронный дневник «Аверс»"}, NAME)
    assert [len(said.schools) for said in rows] == [3]


def test_two_systems_are_not_one():
    assert len(district({"01": "Аверс", "02": "Виртуальная школа"}, NAME)) == 2


def test_a_school_that_names_two_systems_uses_both():
    rows = district({"01": "Дневник.ру и ЭлЖур", "02": "ЭлЖур"}, NAME)
    assert Counter({said.title: len(said.schools) for said in rows}) == {"ЭлЖур": 2, "Дневник.ру": 1}


def test_forms_are_counted_one_by_one_and_each_school_once():
    rows = district(
        {"01": "собрания, педсовет; классные часы, собрания по классам", "02": "общешкольное собрание"}, LIST
    )
    assert {said.title: len(said.schools) for said in rows} == {
        "Собрания родителей": 2, "Педсоветы и совещания": 1, "Классные часы, уроки": 1,
    }  # fmt: skip
    assert rows[0].written == ("собрания", "собрания по классам", "общешкольное собрание")


def test_a_form_that_nobody_foresaw_stands_with_its_own_words():
    rows = district({"01": "собрания, ярмарка идей", "02": "Ярмарка идей."}, LIST)
    assert (What.NAMED, "Ярмарка идей", ["01", "02"]) in told(rows)


def test_a_typed_no_is_no_system():
    assert told(district({"01": "нет", "02": "ЭлЖур"}, NAME)) == [
        (What.NAMED, "ЭлЖур", ["02"]),
        (What.NO, "", ["01"]),
    ]


# ── as they are, addresses ───────────────────────────────────────────────────────────────────────────────
def test_what_schools_add_is_told_school_by_school_unchanged():
    rows = district({"01": "Техника обновлена, в двух кабинетах.", "02": ""}, FREE)
    assert rows[0].written == ("Техника обновлена, в двух кабинетах.",)
    assert told(rows) == [(What.TOLD, "", ["01"]), (What.NO_ANSWER, "", ["02"])]


def test_addresses_are_told_and_a_page_of_several_schools_once():
    rows = district(
        {"01": "есть, http://www.dnevnik.example", "02": "есть, https://dnevnik.example/", "03": "есть", "04": "нет"},
        PAGE,
    )
    assert told(rows) == [
        (What.ADDRESS, "dnevnik.example", ["01", "02"]),
        (What.YES, "", ["03"]),
        (What.NO, "", ["04"]),
    ]


# ── classes ──────────────────────────────────────────────────────────────────────────────────────────────
PRIMARY, BASIC = "Начальная общеобразовательная школа", "Основная общеобразовательная школа"


def test_classes_are_held_against_the_grades_of_the_schools_kind():
    rows = district(
        {"01": "50 % (1-11 классы)", "02": "50 % (1-4 классы)", "03": "50 % (1-4 классы)", "04": "50 % (1-4, 11 кл.)"},
        CLASSES,
        s02=PRIMARY,
        s03=BASIC,
    )
    assert told(rows) == [
        (What.EVERY_GRADE, "", ["01", "02", "03", "04"]),
        (What.WHOLE_SCHOOL, "", ["01", "02"]),
        (What.MISSING, "5-10", ["04"]),
        (What.MISSING, "5-9", ["03"]),
    ]


def test_grades_that_no_school_names_are_told_with_the_schools_that_have_them():
    rows = district({"01": "50 % (1-9 классы)", "02": "50 % (1-4 классы)"}, CLASSES, s02=PRIMARY)
    assert told(rows)[0] == (What.NOBODY, "10-11", ["01"])


def test_grades_that_a_school_has_not_are_told():
    rows = district({"01": "50 % (1-9 классы)"}, CLASSES, s01=PRIMARY)
    assert (What.BEYOND, "5-9", ["01"]) in told(rows)


def test_where_no_school_names_classes_nothing_is_said_of_classes_that_nobody_names():
    assert told(district({"01": "50 %"}, CLASSES, "02")) == [
        (What.NO_CLASSES, "", ["01"]),
        (What.NO_REPORT, "", ["02"]),
    ]


@pytest.mark.parametrize(
    ("answer", "what"),
    [("5 кл. – 50 %, 6 кл. – 70 %", What.APART), ("5 кл. – 12 из 24, 6 кл. – 20 из 25", What.BY_CLASS)],
)
def test_figures_by_class_are_told(answer, what):
    (row,) = (said for said in district({"01": answer}, CLASSES) if said.what is what)
    assert "; ".join(row.written).replace("—", "–") == answer.replace(", ", "; ")


# ── nobody is lost, nobody is blamed ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("item", [NAME, LIST, FREE, PAGE, CLASSES], ids=lambda item: item.number)
def test_of_a_blank_a_set_aside_answer_and_a_missing_report_it_is_said_that_it_is_unknown(item):
    unreadable = {PAGE: "в разработке", CLASSES: "80–85 %"}.get(item, "см. примечание")
    rows = district({"01": "", "02": unreadable}, item, "03")
    assert told(rows) == [(What.SET_ASIDE, "", ["02"]), (What.NO_ANSWER, "", ["01"]), (What.NO_REPORT, "", ["03"])]


ANSWERS = {
    NAME: ["ЭлЖур", "нет", "Аверс", "", "см. примечание"],
    LIST: ["собрания", "ярмарка", "", "нет"],
    PAGE: ["есть", "нет", "есть, http://a.example", "", "в разработке"],
    CLASSES: ["50 %", "50 % (1-4 классы)", "около 50 %", "5 кл. – 50 %, 6 кл. – 70 %", ""],
}


@pytest.mark.parametrize("item", ANSWERS, ids=lambda item: item.number)
def test_every_school_stands_somewhere(item):
    rows = district({f"{n:02}": said for n, said in enumerate(ANSWERS[item], start=1)}, item, "20")
    together = (What.NOBODY, What.EVERY_GRADE)
    standing = {one.code for said in rows if said.what not in together for one in said.schools}
    assert standing == {*(f"{n:02}" for n in range(1, len(ANSWERS[item]) + 1)), "20"}


# ── shares without people ────────────────────────────────────────────────────────────────────────────────
def shares(*said: str) -> tuple[Spread, ...]:
    registry = Registry(tuple(school(f"{n:02}") for n in range(1, len(said) + 1)))
    files = [
        file_of(order_form(code=one.code, answers={VOLUME.number: words}), f"{one.code}.xlsx", registry)
        for one, words in zip(registry.schools, said, strict=True)
    ]
    return spreads(measured(files, registry))


def test_a_volume_has_a_median_its_lowest_schools_and_those_that_are_done():
    (spread,) = shares("100 %", "40 %", "70 %", "40 %", "100 %", "")
    assert (spread.median, spread.least, spread.full, spread.counted) == (70, 40, 2, 5)
    assert [one.code for one in spread.lowest] == ["02", "04"]


def test_where_no_volume_is_counted_nothing_is_said():
    assert shares("", "около 50 %") == ()


# ── the sheet ────────────────────────────────────────────────────────────────────────────────────────────
@given(st.text(st.sampled_from("абв ,.\n"), max_size=4000))
def test_a_long_text_is_cut_into_rows_between_words_and_none_of_it_is_lost(text):
    rows = _in_rows(text)
    assert all(len(row) <= _MOST_LETTERS for row in rows)
    assert "".join("".join(rows).split()) == "".join(text.split())


def test_the_sheet_counts_schools_and_names_no_more_of_them_than_can_be_read():
    figures = twenty_schools()
    sheet = opened(summary(figures), values=True)["Слова"]
    assert sheet["A1"].value == f"Что сказано словами на {AS_OF:%d.%m.%Y}"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
    of_name = [row for row in rows if str(row[0]).startswith(f"п.\N{NO-BREAK SPACE}{NAME.number} ")]
    assert sum(row[2] for row in of_name) >= len(figures.schools)
    assert any("ещё" in str(row[4]) for row in of_name)


def test_another_orders_words_have_their_sheet_without_a_number_in_the_code():
    from tests.figures import another_form

    figures = another_form()
    optional = next(item for item in figures.form.items if item.kind is Kind.TEXT)
    assert {said.what for said in words(figures) if said.item == optional} == {What.TOLD, What.NO_REPORT}


def test_a_school_named_only_in_short_has_the_grades_of_its_kind():
    primary = School("12", "МБОУ НОШ № 12", bases={"able": 50, "parents": 55})
    figures = replace(twenty_schools(), schools=(primary,))
    assert all(said.schools in ((primary,), ()) for said in words(figures))
