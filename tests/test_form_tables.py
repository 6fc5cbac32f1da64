"""Tables of rows and columns on a sheet: found by their headings, read cell by cell, whatever their layout."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.form import Column, Form, Item, Kind, Table, Unit
from tests.table_forms import (
    EVENTS,
    GRADES,
    HEALTH,
    HEALTH_ITEMS,
    MEALS,
    MEALS_HEADINGS,
    MEALS_ITEMS,
    MEALS_ROWS,
    SIGNATURE,
    codes,
    head,
    health,
    meals,
    read,
    read_one,
    said,
    sheet_of,
    with_cell,
)

MEALS_SAID = {
    "1/дети": 213, "1/цена": 97.26, "1/дето-дни": 2801, "1/сумма": 272425.26,
    "1.1/дети": 13, "1.1/дето-дни": 190, "1.1/сумма": 18479.4,
    "2/дети": 211, "2/цена": 107.85, "2/дето-дни": 2909, "2/сумма": 313735.65,
    "2.2/дети": 15, "2.2/дето-дни": 225, "2.2/сумма": 24266.25,
    "4/дети": 424, "4/цена": 102.66, "4/дето-дни": 5710, "4/сумма": 586160.91,
    "5": 15, "6": 40.08,
}  # fmt: skip
HEALTH_SAID = {
    "1.1/всего": 29, "1.1/девочки": 14, "1.1/овз": 1, "1.10/всего": 17, "1.10/девочки": 7, "1.10/овз": 0,
    "1.12/всего": 46, "1.12/девочки": 21, "1.12/овз": 1,
    "2": "комбинат питания", "3": "классные часы; спортивные соревнования; работа с родителями", "4": 6, "5": 5.3,
    "6.1/дата": "2026-01-13", "6.1/название": "Кросс", "6.1/участники": 23,
    "6.1/ссылка": "https://school03.example.org/news/746",
    "6.2/дата": "2026-02-21", "6.2/название": "День здоровья", "6.2/участники": 30,
}  # fmt: skip


def reordered(rows, order):
    return [tuple(row[at] for at in order if at < len(row)) for row in rows]


# ── one report ───────────────────────────────────────────────────────────────────────────────────────────


def test_tables_and_plain_items_on_one_sheet_are_one_report():
    report, remarks = read_one(meals(), form=MEALS)
    assert (said(report), remarks) == (MEALS_SAID, [])
    assert (report.school, report.as_of) == ("01", date(2026, 3, 31))


def test_a_table_plain_items_and_a_list_are_one_report():
    report, remarks = read_one(health(), form=HEALTH)
    assert (said(report), remarks) == (HEALTH_SAID, [])


def test_every_cell_of_a_table_has_its_place_also_where_it_is_blank():
    rows = with_cell(with_cell(MEALS_ROWS, "1", 4, ""), "2", 2, "х")
    report, _ = read_one(meals(rows), form=MEALS)
    assert report.answer_cells["1/дето-дни"] == "E6"
    assert "1/дето-дни" not in report.written
    assert "2/дети" not in report.written  # «х»: nothing belongs there, and nothing is answered
    assert {"1/дето-дни", "2/дети"}.isdisjoint(said(report))


def test_a_form_of_tables_alone_is_a_report():
    alone = replace_items(MEALS, [item for item in MEALS.items if item.kind is Kind.ROW])
    report, remarks = read_one(meals(items=()), form=alone)
    assert said(report) == {number: value for number, value in MEALS_SAID.items() if "/" in number}
    assert remarks == []


def test_a_report_with_no_cell_of_a_table_filled_in_is_passed_over_for_one_that_has():
    blank = [(*row[:2], "", "", "", "") for row in MEALS_ROWS]
    nothing = sheet_of(
        [*head(MEALS.title), MEALS_HEADINGS, *blank, (), *with_cell(MEALS_ITEMS[:1], "5", 2, "")], "Бланк"
    )
    report, remarks = read_one(nothing, meals(), form=MEALS)
    assert (report.sheet, codes(remarks)) == ("Отчёт", ["FORM-UNUSED"])


def test_the_whole_form_once_more_on_a_second_sheet_is_told_and_counted_once():
    report, remarks = read_one(meals(), meals()._replace(name="Копия"), form=MEALS)
    assert (said(report), codes(remarks)) == (MEALS_SAID, ["FORM-TWICE"])


def test_two_reports_on_one_sheet_are_two():
    one = [*head(MEALS.title), MEALS_HEADINGS, *MEALS_ROWS, (), *MEALS_ITEMS, *SIGNATURE, ()]
    other = [*head(MEALS.title, "МБОУ СОШ № 2"), MEALS_HEADINGS, *with_cell(MEALS_ROWS, "1", 2, 99), (), *MEALS_ITEMS]
    reports, _ = read(sheet_of([*one, *other]), form=MEALS)
    assert [(report.school, said(report)["1/дети"]) for report in reports] == [("01", 213), ("02", 99)]


def test_a_table_whose_heading_is_repeated_on_the_next_page_goes_on():
    pages = [*MEALS_ROWS[:2], (), MEALS_HEADINGS, *MEALS_ROWS[2:]]
    report, remarks = read_one(meals(pages), form=MEALS)
    assert (said(report), remarks) == (MEALS_SAID, [])


def test_a_table_on_a_second_sheet_belongs_to_the_report_on_the_first():
    report, remarks = read_one(
        sheet_of([*head(HEALTH.title), *GRADES, (), *HEALTH_ITEMS]), sheet_of(EVENTS, "Лист2"), form=HEALTH
    )
    assert (said(report), remarks) == (HEALTH_SAID, [])
    assert report.answer_cells["6.2/дата"] == "Лист2!B4"


# ── columns ──────────────────────────────────────────────────────────────────────────────────────────────


def test_columns_in_any_order_are_found_by_their_headings():
    order = (0, 1, 5, 3, 2, 4)
    [headings] = reordered([MEALS_HEADINGS], order)
    report, remarks = read_one(meals(reordered(MEALS_ROWS, order), headings), form=MEALS)
    assert (said(report), remarks) == (MEALS_SAID, [])


def test_the_row_of_column_numbers_is_no_row_of_the_table():
    numbers = ("1", "2", "3", "4", "5", "6")
    report, remarks = read_one(meals([numbers, *MEALS_ROWS]), form=MEALS)
    assert (said(report), remarks) == (MEALS_SAID, [])


def test_a_heading_of_two_rows_is_one():
    rows = [("№", "Класс", "Всего", "из них", ""), ("", "", "", "девочек", "с ОВЗ"), *GRADES[2:]]
    report, remarks = read_one(health(rows), form=HEALTH)
    assert (said(report), remarks) == (HEALTH_SAID, [])


def test_a_figure_under_another_unit_is_converted_and_told():
    headings = (*MEALS_HEADINGS[:5], "Всего, тыс. руб.")
    report, remarks = read_one(meals(with_cell(MEALS_ROWS, "1", 5, 272.42526), headings), form=MEALS)
    assert said(report)["1/сумма"] == 272425.26
    assert ("NUM-OTHER-UNIT", "1/сумма", "F6") in [(one.code, one.item, one.cell) for one in remarks]


def test_a_figure_that_names_its_unit_is_not_converted_by_its_heading():
    headings = (*MEALS_HEADINGS[:5], "Всего, тыс. руб.")
    report, _ = read_one(meals(with_cell(MEALS_ROWS, "1", 5, "272 425,26 руб."), headings), form=MEALS)
    assert said(report)["1/сумма"] == 272425.26


@pytest.mark.parametrize("unit", ["коп.", "чел.", "млн руб.", "сотен рублей"])
def test_under_a_unit_that_is_not_the_form_s_nothing_counts(unit):
    headings = (*MEALS_HEADINGS[:3], f"Стоимость питания в день, {unit}", *MEALS_HEADINGS[4:])
    report, remarks = read_one(meals(headings=headings), form=MEALS)
    assert not [item for item in said(report) if item.endswith("/цена")]
    assert codes(remarks) in (["NUM-FOREIGN-UNIT"] * 3, ["COLUMN-FOREIGN"])


@pytest.mark.parametrize("line", ["тыс. руб.", "(в тысячах рублей)", "Единица измерения: тыс. руб."])
def test_a_unit_in_a_line_above_the_table_is_that_of_headings_without_one(line):
    headings = (*MEALS_HEADINGS[:5], "Всего")
    rows = [("", "", "", "", "", line), headings, *with_cell(MEALS_ROWS, "1", 5, 272.42526)]
    report, remarks = read_one(sheet_of([*head(MEALS.title), *rows, *SIGNATURE]), form=MEALS)
    assert said(report)["1/сумма"] == 272425.26
    assert said(report)["1/дети"] == 213
    assert not [item for item in said(report) if item.endswith("/цена")]  # «руб.» in its heading, «тыс. руб.» above
    assert set(codes(remarks)) == {"NUM-OTHER-UNIT", "NUM-FOREIGN-UNIT"}


@pytest.mark.parametrize(
    ("unit", "value", "told"),
    [("тыс. руб.", 40.08, []), ("руб.", 0.04008, ["NUM-OTHER-UNIT"]), ("млн руб.", None, ["NUM-FOREIGN-UNIT"])],
)
def test_a_unit_in_a_column_of_its_own_is_minded(unit, value, told):
    items = [("№ п/п", "Показатель", "Ед. изм.", "Значение"), ("5", MEALS_ITEMS[1][1], "дней", 15)]
    items.append(("6", "Поступило родительской платы", unit, 40.08))
    report, remarks = read_one(meals(items=items), form=MEALS)
    assert (said(report)["5"], said(report).get("6"), codes(remarks)) == (15, value, told)


def test_the_unit_in_the_wording_of_a_plain_item_is_minded_too():
    items = [*MEALS_ITEMS[:2], ("6", "Поступило родительской платы, руб.", 40080)]
    report, remarks = read_one(meals(items=items), form=MEALS)
    assert (said(report)["6"], codes(remarks)) == (40.08, ["NUM-OTHER-UNIT"])


def test_a_column_of_an_unknown_heading_is_told_where_one_of_the_form_s_is_missing():
    headings = (*MEALS_HEADINGS[:5], "Израсходовано")
    report, remarks = read_one(meals(headings=headings), form=MEALS)
    assert [(one.code, one.cell) for one in remarks] == [("COLUMN-FOREIGN", "F5")]
    assert not [item for item in said(report) if item.endswith("/сумма")]


def test_two_columns_headed_alike_must_agree():
    headings, rows = (*MEALS_HEADINGS, MEALS_HEADINGS[2]), [(*row, row[2]) for row in MEALS_ROWS]
    assert read_one(meals(rows, headings), form=MEALS)[1] == []
    _, remarks = read_one(meals(with_cell(rows, "1", 6, 200), headings), form=MEALS)
    assert [(one.code, one.item) for one in remarks] == [("ANSWER-TWICE", "1/дети")]


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_in_any_order_with_blank_lines_between_are_found():
    rows = [MEALS_ROWS[4], (), *MEALS_ROWS[2:4], (), *MEALS_ROWS[:2]]
    report, remarks = read_one(meals(rows), form=MEALS)
    assert (said(report), remarks) == (MEALS_SAID, [])


@pytest.mark.parametrize("title", ["1-4 кл.", "1–4 класс", "1 - 4 КЛАССЫ", "1—4 кл", ""])
def test_a_row_s_title_may_be_written_otherwise(title):
    report, remarks = read_one(meals(with_cell(MEALS_ROWS, "1", 1, title)), form=MEALS)
    assert (said(report), remarks) == (MEALS_SAID, [])


@pytest.mark.parametrize("number", ["1.", 1.0, "", "1)", "стр. 1", "I", "І."])
def test_a_row_s_number_may_be_written_otherwise(number):
    report, remarks = read_one(meals(with_cell(MEALS_ROWS, "1", 0, number)), form=MEALS)
    assert (said(report), codes(remarks)) == (MEALS_SAID, [])


def test_a_number_that_excel_has_cut_is_told_apart_by_the_words():
    rows = [(float(row[0]) if row[0] in ("1.1", "1.10") else row[0], *row[1:]) for row in GRADES]
    report, remarks = read_one(health(rows), form=HEALTH)
    assert (said(report), remarks) == (HEALTH_SAID, [])


def test_the_words_decide_where_the_number_is_another_s():
    report, remarks = read_one(meals(with_cell(MEALS_ROWS, "2", 0, "3")), form=MEALS)
    assert (said(report), codes(remarks)) == (MEALS_SAID, ["ITEM-BY-WORDING"])


def test_rows_worded_alike_are_told_apart_by_what_stands_above():
    rows = [("" if row[0] in ("1.1", "2.2") else row[0], *row[1:]) for row in MEALS_ROWS]
    report, remarks = read_one(meals(rows), form=MEALS)
    assert (said(report), remarks) == (MEALS_SAID, [])


def test_rows_worded_alike_are_told_apart_by_roman_numbers_too():
    roman = {"1.1": "I.1", "2.2": "II.2"}
    rows = [(roman.get(row[0], row[0]), *row[1:]) for row in reversed(MEALS_ROWS)]
    report, remarks = read_one(meals(rows), form=MEALS)
    assert (said(report), remarks) == (MEALS_SAID, [])


def test_rows_worded_alike_below_something_else_answer_nothing():
    rows = [MEALS_ROWS[4], ("", *MEALS_ROWS[1][1:]), MEALS_ROWS[0], *MEALS_ROWS[2:4]]
    report, remarks = read_one(meals(rows), form=MEALS)
    assert codes(remarks) == ["ROW-FOREIGN"]
    assert not [item for item in said(report) if item.startswith("1.1/")]


@pytest.mark.parametrize("number", ["", "4", "1.2", "5"])
def test_a_row_that_the_form_lacks_is_told_and_counts_nowhere(number):
    rows = [*MEALS_ROWS[:4], (number, "Дошкольная группа при школе", 15, 150, 225, 33750), MEALS_ROWS[4]]
    report, remarks = read_one(meals(rows), form=MEALS)
    assert (said(report), codes(remarks)) == (MEALS_SAID, ["ROW-FOREIGN"])


def test_a_class_that_the_form_lacks_is_never_one_that_is_written_alike():
    rows = [*GRADES[:4], ("1.11", "12 класс", 5, 2, 0), GRADES[4]]
    report, remarks = read_one(health(rows), form=HEALTH)
    assert (said(report), codes(remarks)) == (HEALTH_SAID, ["ROW-FOREIGN"])


def test_a_row_that_stands_twice_must_say_the_same():
    again = (*MEALS_ROWS[0][:2], 99, *MEALS_ROWS[0][3:])
    _, remarks = read_one(meals([*MEALS_ROWS, again]), form=MEALS)
    assert [(one.code, one.item) for one in remarks] == [("ANSWER-TWICE", "1/дети")]


@pytest.mark.parametrize("cross", ["х", "x", "Х", "X", "-", "", 0])
def test_in_a_cell_that_takes_no_answer_a_cross_says_nothing(cross):
    report, remarks = read_one(meals(with_cell(MEALS_ROWS, "1.1", 3, cross)), form=MEALS)
    assert (said(report), remarks) == (MEALS_SAID, [])


def test_a_figure_in_a_cell_that_takes_no_answer_is_told_and_counts_nowhere():
    report, remarks = read_one(meals(with_cell(MEALS_ROWS, "1.1", 3, 97.26)), form=MEALS)
    assert (said(report), [(one.code, one.cell) for one in remarks]) == (MEALS_SAID, [("CELL-CLOSED", "D7")])


def test_a_dash_is_zero_in_a_row_of_figures_alone_and_only_where_the_order_says_so():
    rows = with_cell(MEALS_ROWS, "1", 2, "–")
    assert said(read_one(meals(rows), form=MEALS)[0])["1/дети"] == 0
    items = with_cell(MEALS_ITEMS, "5", 2, "–")
    assert "5" not in said(read_one(meals(items=items), form=MEALS)[0])
    other = replace_recognise(MEALS, dash_is_zero=False)
    assert "1/дети" not in said(read_one(meals(rows), form=other)[0])


def test_a_row_that_is_called_like_a_signer_is_a_row():
    items = [item if item.number != "3" else msgspec.structs.replace(item, title="Директор") for item in MEALS.items]
    form = replace_items(MEALS, items)
    rows = [*MEALS_ROWS[:4], ("", "Директор", 1, 2.5, 3, 7.5), MEALS_ROWS[4]]
    report, remarks = read_one(meals(rows), form=form)
    assert (said(report)["3/сумма"], said(report)["4/дети"], remarks) == (7.5, 424, [])


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_may_have_lines_left_blank_and_no_numbers():
    events = [*EVENTS[:2], *[("", *row[1:]) for row in EVENTS[2:]], ("3",), ("4",)]
    report, remarks = read_one(health(events=events), form=HEALTH)
    assert (said(report), remarks) == (HEALTH_SAID, [])


def test_a_line_below_a_blank_one_still_counts():
    events = [*EVENTS[:3], (), *EVENTS[3:]]
    report, remarks = read_one(health(events=events), form=HEALTH)
    assert (said(report), remarks) == (HEALTH_SAID, [])


def test_what_is_signed_below_a_list_is_no_line_of_it():
    signed = sheet_of([*head(HEALTH.title), *EVENTS, ("Директор школы", "", "Петрова А.А.")])
    report, remarks = read_one(signed, form=HEALTH)
    assert (len([item for item in said(report) if item.startswith("6.")]), remarks) == (7, [])


def test_a_line_that_sums_a_list_up_is_none_of_its_lines():
    report, remarks = read_one(health(events=[*EVENTS, ("", "Итого", "", 53, "")]), form=HEALTH)
    assert (said(report), codes(remarks)) == (HEALTH_SAID, [])
    report, remarks = read_one(health(events=[*EVENTS, ("", "Итого", "", 54, "")]), form=HEALTH)
    assert (said(report), codes(remarks)) == (HEALTH_SAID, ["LIST-SUM"])


def test_a_day_without_a_year_takes_that_of_the_quarter_it_falls_into():
    report, remarks = read_one(health(events=with_cell(EVENTS, "1", 1, "21 марта")), form=HEALTH)
    assert (said(report)["6.1/дата"], codes(remarks)) == ("2026-03-21", ["DAY-YEAR"])


def test_of_a_day_that_may_lie_outside_of_the_period_no_year_is_taken() -> None:
    """«15 февраля» under «Действует до» may be next year's."""
    tables = tuple(
        msgspec.structs.replace(
            one, columns=tuple(msgspec.structs.replace(c, any_day=c.kind is Kind.DATE) for c in one.columns)
        )
        for one in HEALTH.tables
    )
    form = msgspec.structs.replace(HEALTH, tables=tables)
    report, remarks = read_one(health(events=with_cell(EVENTS, "1", 1, "21 марта")), form=form)
    assert "6.1/дата" not in said(report)
    assert codes(remarks) == ["DAY-UNREADABLE"]


def test_a_day_without_a_year_outside_the_quarter_is_no_day():
    report, remarks = read_one(health(events=with_cell(EVENTS, "1", 1, "21 мая")), form=HEALTH)
    assert ("6.1/дата" in said(report), codes(remarks)) == (False, ["DAY-UNREADABLE"])


# ── any form, any layout ─────────────────────────────────────────────────────────────────────────────────

UNITS = (
    Unit("people", "чел.", ("человек", "человека", "человек")),
    Unit("roubles", "руб.", ("рубль", "рубля", "рублей"), ("₽",)),
    Unit("thousands", "тыс. руб.", ("тысяча рублей", "тысячи рублей", "тысяч рублей"), of="roubles", factor=1000),
)
COLUMNS = ("Питались", "Израсходовано", "Начислено", "Обучено", "Заявлено")
ROWS = ("1 класс", "2 класс", "11 класс", "Старшие группы", "в том числе приёмные дети", "Итого по школе")


@st.composite
def forms(draw):
    names = draw(st.lists(st.sampled_from(COLUMNS), min_size=2, max_size=4, unique=True))
    units = [draw(st.sampled_from(UNITS[:2])) for _ in names]
    columns = tuple(
        Column(
            id=f"c{at}", kind=Kind.NUMBER, title=f"{name}, {unit.short}", unit=unit.id, decimals=2 * (unit is UNITS[1])
        )
        for at, (name, unit) in enumerate(zip(names, units, strict=True))
    )
    titles = draw(st.lists(st.sampled_from(ROWS), min_size=2, max_size=5, unique=True))
    items = [Item(number=f"1.{at}", kind=Kind.ROW, table="t", title=title) for at, title in enumerate(titles, start=1)]
    table = Table("t", columns, label=("Показатели",))
    return msgspec.structs.replace(
        MEALS, items=tuple(items), tables=(table,), units=UNITS, bases=(), relations=(), cards=()
    )


@st.composite
def as_written(draw, value, unit, of_column):
    """A figure as people type it, under a heading of that unit. Where they name another unit, it is in that one."""
    shown = of_column if draw(st.booleans()) else ""
    if unit == "roubles" and draw(st.integers(0, 9)) == 0:
        shown, value = "тыс. руб.", value / 1000
    elif of_column == "тыс. руб.":
        value /= 1000
    if not shown and draw(st.booleans()):
        return round(value, 8)
    digits = f"{value:.8f}".rstrip("0").rstrip(".")
    whole, _, fraction = digits.partition(".")
    if draw(st.booleans()):
        whole = f"{int(whole):,}".replace(",", draw(st.sampled_from(" \u00a0\u202f\u2009")))
    mark = draw(st.sampled_from(".,"))
    return f"{whole}{mark if fraction else ''}{fraction} {shown}".strip()


@given(st.data())
def test_what_was_written_is_what_is_read_or_a_remark_tells(data):
    form = data.draw(forms())
    [table] = form.tables
    over = {
        c.id: data.draw(st.sampled_from(["", *(u.short for u in UNITS[1:])])) if c.unit == "roubles" else ""
        for c in table.columns
    }
    columns = data.draw(st.permutations(table.columns))
    rows = data.draw(st.permutations(form.items))
    headings = [f"{c.title.partition(',')[0]}, {over[c.id] or form.unit(c.unit).short}" for c in columns]
    written, sheet = {}, [*head(form.title), ("№ п/п", "Показатели", *headings)]
    for row in rows:
        cells = []
        for column in columns:
            value = data.draw(
                st.integers(0, 99_999) if column.unit == "people" else st.integers(0, 9_999_999).map(lambda n: n / 100)
            )
            written[f"{row.number}/{column.id}"] = value
            of_column = over[column.id] or form.unit(column.unit).short
            cells.append(data.draw(as_written(value, column.unit, of_column)))
        number = data.draw(st.sampled_from([row.number, f"{row.number}.", float(row.number)]))
        sheet += [(number, row.title, *cells), *[()] * data.draw(st.integers(0, 1))]
    report, remarks = read_one(sheet_of([*sheet, *SIGNATURE], top=data.draw(st.integers(1, 3))), form=form)
    found, told = said(report), {one.item for one in remarks if one.code != "NUM-OTHER-UNIT"}
    assert {number: value for number, value in written.items() if number not in told} == pytest.approx(found)
    assert {one.code for one in remarks} <= {"NUM-OTHER-UNIT", "NUM-MARK"}
    assert len(told) < len(written) or len(written) < 5


def replace_items(form: Form, items: list[Item]) -> Form:
    return msgspec.structs.replace(form, items=tuple(items))


def replace_recognise(form: Form, **changes: object) -> Form:
    return msgspec.structs.replace(form, recognise=msgspec.structs.replace(form.recognise, **changes))


@pytest.mark.parametrize(("number", "standing"), [("2", "одно из трёх"), ("3", "Из перечня."), ("3", "(из перечня)")])
def test_the_orders_own_hint_left_standing_is_no_answer(number: str, standing: str) -> None:
    """Whoever has left it has answered nothing, and nothing wrong."""
    report, remarks = read_one(health(items=with_cell(HEALTH_ITEMS, number, 2, standing)), form=HEALTH)
    assert not [fact for fact in report.facts if fact.item == number]
    assert not [one for one in remarks if one.item == number]
    assert number not in report.written
