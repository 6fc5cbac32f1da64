"""The order's form is found and read wherever it stands on a sheet and however its rows were handled."""

import re
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from pipeline.reading.answers.values import refers_elsewhere
from pipeline.reading.finding.head import Meta
from pipeline.reading.finding.layouts import read_book, readers
from pipeline.reading.finding.ledger import Role
from pipeline.reading.opening.book import Aside, Cell
from pipeline.reading.opening.grid import open_book
from pipeline.settings import Limits
from pipeline.wording import message, todo
from pipeline.writing.form.workbook import write_form
from schemas.addresses import Spot
from schemas.form import Kind
from schemas.likeness import only_repeats
from tests.batch import CATALOGUE
from tests.order_form import ANSWERS, FORM, REGISTRY, SCHOOLS, OrderForm, notes, read, read_one, said

PLAIN, PLAIN_REMARKS = read_one(OrderForm())
FACTS = said(PLAIN)


def codes(remarks):
    return {r.code for r in remarks}


def test_a_clean_form_gives_every_fact_and_no_remark():
    assert PLAIN_REMARKS == []
    assert (PLAIN.school, PLAIN.as_of) == ("01", date(2014, 3, 20))
    assert {item for item, _ in FACTS} == {*ANSWERS, "problem.1"}
    assert (FACTS["6.2", "count"], FACTS["6.2", "total"]) == (331.0, 574.0)
    assert notes(PLAIN) == []


def test_rows_under_a_renumbered_heading_are_its_own():
    """«10.1» under «10. Ознакомление …» answers 6.1, whatever else the form calls 10.1; so do acts under «8.»."""
    form = OrderForm(answers={number: words for number, words in ANSWERS.items() if not number.startswith("10.")})
    numbers = {"4": "8", "4.1": "8.1", "4.2": "8.2", "6": "10", "6.1": "10.1", "6.2": "10.2", "6.3": "10.3"}
    numbers |= {"8": "12", "10": "14", "10.1": "14.1", "10.2": "14.2", "10.3": "14.3"}
    form.rows = [[numbers.get(str(row[0]), row[0]), *row[1:]] if row else row for row in form.rows]
    report, remarks = read_one(form)
    assert said(report) == {(item, name): value for (item, name), value in FACTS.items() if not item.startswith("10.")}
    assert codes(remarks) == {"ITEM-BY-WORDING"}


def test_roman_numbers_are_those_of_the_form_where_the_words_agree():
    """«VI.1» is 6.1 though 10.1 is worded alike; a «II» over other words heads a section and answers nothing."""
    form = OrderForm()
    roman = {"6": "VI", "10": "X", "11": "XI"}
    for row in form.rows:
        first, dot, rest = str(row[0]).partition(".") if row else ("", "", "")
        if first in roman:
            row[0] = f"{roman[first]}{dot}{rest}"
    form.rows.insert(form.row_of("3"), ["II", "Организационные мероприятия", ""])
    report, remarks = read_one(form)
    assert said(report) == FACTS
    assert codes(remarks) == {"NOTE-BESIDE"}  # the section alone


@pytest.mark.parametrize("number", [item.number for item in FORM.items[1:] if item.number not in ("4", "5")])
def test_the_heading_may_stand_once_more_above_any_row(number):
    """Whatever stands in the row before it («Наличие на сайте …», «на собраниях») is no head of another report."""
    form = OrderForm()
    form.rows[form.row_of("7")][2] = "на собраниях"
    heading = next(row for row in form.rows if row[1:2] == ["Мероприятия"])
    form.rows.insert(form.row_of(number), list(heading))
    report, remarks = read_one(form)
    assert said(report) == {**FACTS, ("7", "text"): "на собраниях"}
    assert remarks == []


@pytest.mark.parametrize(
    ("label", "typed", "expected", "codes_said"),
    [
        ("родители (законные представители), 574 чел.", "", {}, set()),
        ("родители (законные представители) (всего 574)", 287, {"count": 287.0}, set()),
        ("родители (законные представители) - 287 чел.", "", {"count": 287.0}, {"ANSWER-BESIDE"}),
        (
            "родители (законные представители) - 574 чел. (100 %)",
            "",
            {"count": 574.0, "percent": 100.0},
            {"ANSWER-BESIDE"},
        ),
    ],
)
def test_how_many_there_are_behind_the_words_for_whom_is_no_answer(label, typed, expected, codes_said):
    form = OrderForm(answers={**ANSWERS, "10.2": typed})
    form.rows[form.row_of("10.2")][1] = label
    report, remarks = read_one(form)
    assert {name: value for (item, name), value in said(report).items() if item == "10.2"} == expected
    assert codes(remarks) - {"NOTE-BESIDE"} == codes_said


@pytest.mark.parametrize(
    ("item", "label"),
    [
        ("12.1", "родители (законные представители), кроме филиала"),
        ("13", "Доля педагогических работников, не работающих в информационной системе электронного дневника"),
        ("6.2", "Не ознакомлено родителей (законных представителей)"),
        ("14", "Активация пользователей (родителей) в информационной системе на 30.01.2014"),
        ("13", "Доля педагогических работников (на 30.01.2014), работающих в ИС ЭД"),
        ("9", "Заполнение необходимых баз данных информационной системы электронного дневника на 01.09.2014 г."),
        ("8", "Приём и регистрация заявлений родителей – отказы"),
    ],
)
def test_a_label_that_speaks_of_a_part_or_another_time_takes_its_answer_with_it(item, label):
    form = OrderForm()
    form.rows[form.row_of(item)][1] = label
    report, remarks = read_one(form)
    assert {(one.code, one.item) for one in remarks if one.code != "NOTE-BESIDE"} == {("ROW-UNKNOWN", item)}
    assert said(report) == {key: value for key, value in FACTS.items() if key[0] != item}


@pytest.mark.parametrize("typed", ["58 %", "", "of all"])
@pytest.mark.parametrize(
    ("item", "label"),
    [
        ("6.1", "педагогические работники (учителя начальных классов)"),
        ("6.2", "родители (законные представители) 1-4 классов"),
        ("10.3", "обучающиеся 9-11 классов"),
        ("6.1", "педагогические работники филиала"),
        ("6.2", "родители (законные представители) учащихся начальных классов"),
    ],
)
def test_an_answer_beside_a_label_of_a_part_counts_where_people_and_percent_bear_out_the_whole(item, label, typed):
    of_all = {"6.1": "42 чел. / 100 %", "6.2": "331 чел. / 58 %", "10.3": "306 чел. / 50 %"}[item]
    form = OrderForm(answers={**ANSWERS, item: of_all if typed == "of all" else typed})
    form.rows[form.row_of(item)][1] = label
    report, remarks = read_one(form)
    told = [one for one in remarks if one.code != "NOTE-BESIDE"]
    assert [(one.code, one.item) for one in told] == ([("ROW-UNKNOWN", item)] if typed == "58 %" else [])
    assert not told or "строка лишь о части того, о чём пункт" in message(told[0], CATALOGUE)  # its number is right
    assert ((item, "percent") in said(report)) == (typed == "of all")


@pytest.mark.parametrize(
    ("item", "label"),
    [
        ("6.1", "Педагоги (учителя)"),
        ("6.2", "родители (законные представители) обучающихся 1-11 классов"),
        ("10.3", "обучающиеся (1–11 кл.), чел./%"),
        ("12.3", "обучающиеся (если не предусмотрено – указать)"),
        ("13", "Доля педагогических работников, работающих в ИС ЭД, на 20.03.2014"),
        ("14", "Активация родителей в электронном дневнике (март)"),
        ("14", "Активация пользователей (родителей) в 2013-2014 учебном году, % (срок – до 01.09.2014)"),
        ("9", "Заполнение необходимых баз данных информационной системы электронного дневника (до 01.09.2014)"),
        ("6.1", "педагогические работники (всего, включая филиал)"),
        ("6.1", "педагогические работники (с учётом филиала)"),
        ("6.1", "педагогические работники (школа + филиал)"),
        ("6.1", "педагогические работники главного корпуса и филиала"),
        ("6.1", "педагоги (оба здания)"),
        ("6.1", "педагогические работники начального, основного и среднего звена"),
        ("6.1", "педагогические работники (в т. ч. вновь принятые)"),
        ("6.1", "педагогические работники и старшие воспитатели"),
        ("6.1", "педагогические работники (план – 100 %)"),
        ("6.1", "педагогические работники, не только учителя"),
        ("6.1", "педагогические работники (не включая обслуживающий персонал)"),
        ("6.1", "педагогические работники (1.5 ставки)"),
        ("6.1", "педагогические работники (6.1)"),
        ("6.1", "педагогические работники на 1.5 ставки"),
        ("6.1", "педагогические работники (10.01.2014 проведён педсовет)"),
        ("6.1", "педагогические работники (на 01.09.2013 - 42 чел.)"),
        ("6.1", "педагогические работники (январь – март)"),
        ("6.2", "родители (законные представители) обучающихся начальной, основной и средней школы"),
        ("6.2", "родители (законные представители), дети которых учатся в 1-11 классах"),
        ("6.2", "родители (отв. учителя)"),
        ("6.3", "обучающиеся (отв. – учителя)"),
        ("10.1", "педагогические работники, обучающиеся на курсах"),
        ("10.1", "педагоги, обучающиеся"),
        ("13", "Доля педагогических работников, работающих в ИС ЭД (не реже 1 раза в неделю)"),
        ("13", "Доля педагогических работников, работающих в информационной системе электронного дневника в планшетах"),
        ("14", "Активация пользователей (родителей) в информационной системе (целевой показатель 41-60 %)"),
        (
            "14",
            "Активация пользователей (родителей) в информационной системе электронного дневника"
            " (на 20.02.2014 – 30-40 %, на 20.03.2014 – 41-60 %)",
        ),
        ("9", "Заполнение базы данных (календарно-тематическое планирование)"),
        ("9", "Заполнение баз данных (поурочные планы)"),
    ],
)
def test_a_label_in_other_words_for_the_same_keeps_its_answer(item, label):
    form = OrderForm()
    form.rows[form.row_of(item)][1] = label
    report, remarks = read_one(form)
    assert said(report) == FACTS
    assert codes(remarks) <= {"NOTE-BESIDE", "ITEM-BY-WORDING"}


def test_a_label_of_a_part_is_told_as_one_though_it_is_unlike_the_forms_words():
    form = OrderForm()
    form.rows[form.row_of("6.1")][1] = "учителя начальных классов"
    [told] = [one for one in read_one(form)[1] if one.item == "6.1"]
    assert "лишь о части того, о чём пункт" in message(told, CATALOGUE)
    assert todo(told, CATALOGUE) == "Проверьте название строки."


@pytest.mark.parametrize("label", ["обучающиеся начальной школы", "обучающиеся 1–9 классов"])
def test_a_level_is_all_of_a_school_that_has_no_other(label):
    form = OrderForm(school="МБОУ НОШ № 12")
    whole = said(read_one(form)[0])
    form.rows[form.row_of("6.3")][1] = label
    assert said(read_one(form)[0]) == whole


@pytest.mark.parametrize(
    ("number", "label"),
    [
        ("6.1–6.3", "педагогические работники, родители (законные представители), обучающиеся"),
        ("6.1., 6.2., 6.3.", "педагоги, родители, дети"),
        ("6.1 - 6.3", ""),
        ("6.1", "педагогические работники, родители (законные представители), обучающиеся"),
    ],
)
def test_one_row_for_several_items_answers_none_of_them(number, label):
    form = OrderForm(answers={**ANSWERS, "6.1": "100 %"})
    at = form.row_of("6.1")
    form.rows[at][:2] = [number, label]
    del form.rows[at + 1 : at + 3]
    report, remarks = read_one(form)
    three = ("6.1", "6.2", "6.3")
    assert {(one.code, one.item) for one in remarks if one.code != "NOTE-BESIDE"} == {
        ("ANSWER-MERGED", n) for n in three
    }
    assert said(report) == {key: value for key, value in FACTS.items() if key[0] not in three}


@pytest.mark.parametrize("typed", [FORM.item("6").hint, ""])
@pytest.mark.parametrize("number", ["6–6.3", "6.1–6.3", "6, 6.1, 6.2, 6.3"])
def test_a_heading_may_be_numbered_as_the_rows_below_it(number, typed):
    form = OrderForm()
    heading = form.rows[form.row_of("6")]
    heading[0], heading[2] = number, typed
    report, remarks = read_one(form)
    assert said(report) == FACTS
    assert codes(remarks) == {"ITEM-BY-WORDING"}


def test_one_row_for_several_items_is_of_those_that_have_no_other():
    form = OrderForm(answers={**ANSWERS, "6.2": "58 %"})
    form.rows[form.row_of("6.1")][:2] = ["6.1–6.3", "педагогические работники, родители, обучающиеся"]
    del form.rows[form.row_of("6.2") + 1]
    report, remarks = read_one(form)
    assert {(one.code, one.item) for one in remarks if one.code != "NOTE-BESIDE"} == {
        ("ANSWER-MERGED", "6.1"),
        ("ANSWER-MERGED", "6.3"),
    }
    assert said(report)["6.2", "percent"] == 58.0


@pytest.mark.parametrize(
    ("above", "number"), [("5.1", "4.2"), ("5.1", "4.3"), ("5.1", 4.2), ("4.2", "5.1"), ("4.2", "5.3")]
)
def test_an_act_under_the_number_of_others_that_have_their_heading_is_none_of_theirs(above, number):
    form = OrderForm()
    form.rows.insert(form.row_of(above) + 1, [number, "Приказ о дневнике", "приказ № 99 от 20.12.2013"])
    report, remarks = read_one(form)
    assert said(report) == FACTS
    assert codes(remarks) == {"NOTE-BESIDE"}


@pytest.mark.parametrize("left_out", [("4", "5"), ("5",), ("4", "5", "6", "10", "12")])
def test_rows_of_acts_and_items_need_no_heading_above_them(left_out):
    form = OrderForm()
    form.rows = [row for row in form.rows if not row or row[0] not in left_out]
    report, _ = read_one(form)
    assert said(report) == FACTS


@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("first", ["1", "8"])
def test_answers_that_were_pushed_into_other_rows_are_nobodys(by, first):
    """A cell was inserted or deleted: the order's own hint stands in a row that is not its."""
    form = OrderForm()
    for group in (item for item in FORM.items if item.kind is Kind.GROUP):
        form.rows[form.row_of(group.number)][2] = group.hint
    shares = {item.number for item in FORM.items if item.measured}
    at, end = form.row_of(first), form.row_of("15")
    cells = [[*row, "", "", ""][2] for row in form.rows[at : end + 1]]
    pushed = ["", *cells[:-1]] if by == 1 else [*cells[1:], ""]
    for row, typed in zip(form.rows[at : end + 1], pushed, strict=True):
        row[2:] = [typed]
    report, remarks = read_one(form)
    assert not {item for item, _ in said(report)} & shares
    assert "ANSWERS-SHIFTED" in codes(remarks)


@pytest.mark.parametrize("typed", ["100 %", "проведено", "1-11 классы"])
@pytest.mark.parametrize("at", [("6.1",), ("12.1",), ("6.1", "10.1", "12.1"), ("5.1", "9", "11")])
def test_a_hint_printed_beside_its_heading_moves_nothing_that_stands_right(at, typed):
    """Of each heading only the row with its hint has no answer."""
    groups = {number: FORM.item(number.partition(".")[0]) for number in at}
    groups |= {number: FORM.item(group) for number, group in (("5.1", "6"), ("9", "10"), ("11", "12")) if number in at}
    form = OrderForm(answers={number: words for number, words in ANSWERS.items() if number not in at})
    if "5.1" in at:
        form.rows.insert(form.row_of("5") + 1, ["5.1", "Должностная инструкция учителя", ""])
    for number, group in groups.items():
        form.rows[form.row_of(number)][2] = group.hint
        form.rows[form.row_of(group.number)][2] = typed
    report, remarks = read_one(form)
    assert "ANSWERS-SHIFTED" not in codes(remarks)
    shares = {item.number for item in FORM.items if item.measured} - {*at, "12.3"}
    assert shares <= {item for item, name in said(report) if name == "percent"}


def test_a_hint_that_the_office_prints_at_each_item_of_a_group_moves_nothing():
    form = OrderForm()
    hint = FORM.item("10").hint
    for number in ("10", "10.1", "10.2", "10.3"):
        form.rows[form.row_of(number)][2] = hint
    report, _ = read_one(form)
    assert said(report) == {key: value for key, value in FACTS.items() if not key[0].startswith("10.")}
    form.rows[form.row_of("10")][2] = "100 %"
    assert "ANSWERS-SHIFTED" not in codes(read_one(form)[1])


@pytest.mark.parametrize("label", ["на 30.01.2014", "январь"])
def test_the_only_answer_in_a_row_of_another_day_is_told(label):
    form = OrderForm(answers={**ANSWERS, "13": ""})
    form.rows.insert(form.row_of("13") + 1, ["", label, "88 %"])
    report, remarks = read_one(form)
    assert said(report) == {key: value for key, value in FACTS.items() if key[0] != "13"}
    [told] = remarks
    assert (told.code, told.item, told.value) == ("NUM-OTHER-DATE", "13", f"{label}: 88 %")


def test_a_plan_that_stands_alone_below_an_item_is_a_note():
    form = OrderForm()
    number = form.row_of("13")
    form.rows[number][2] = ""
    form.rows.insert(number + 1, ["", "по плану", "28 чел."])
    (report,), remarks = read(form.sheet())
    assert not {field: value for (item, field), value in said(report).items() if item == "13"}
    assert [one.code for one in remarks] == ["NOTE-BESIDE"]
    assert [note.value for note in notes(report)] == ["28 чел."]


@pytest.mark.parametrize(
    "heading", ["Форма 11", "№ 10", "Данные школы 10", "Информация школы по п. 10", "Школа № 1", "МБОУ СОШ № 1"]
)
def test_a_number_in_the_heading_names_no_other_school(heading):
    form = OrderForm()
    next(row for row in form.rows if "Выполнение" in row)[2] = heading
    report, remarks = read_one(form)
    assert said(report) == FACTS
    assert codes(remarks) <= {"NOTE-BESIDE"}


@pytest.mark.parametrize("typed", ["100 %", "21/50% 287/50% 306/50%", "все обучены"])
def test_an_answer_in_the_row_of_a_heading_is_told_at_each_item_without_one(typed):
    left = {number: words for number, words in ANSWERS.items() if number not in ("10.2", "10.3")}
    form = OrderForm(answers={**left, "10": typed})
    report, remarks = read_one(form)
    assert {(one.code, one.item) for one in remarks if one.code != "NOTE-BESIDE"} == {
        ("ANSWER-IN-HEADING", "10.2"), ("ANSWER-IN-HEADING", "10.3")
    }  # fmt: skip
    assert said(report)["10.1", "percent"] == 50.0


@pytest.mark.parametrize("typed", ["охват (в %) с указанием классов 1-11", "охват в %", "(1-11 классы)"])
def test_a_hint_filled_in_with_classes_is_no_answer(typed):
    _, remarks = read_one(OrderForm(answers={**ANSWERS, "12.2": "", "12": typed}))
    assert "ANSWER-IN-HEADING" not in codes(remarks)


@pytest.mark.parametrize(("heading", "of_the_school"), [("СОШ № 1", True), ("СОШ № 10", False), ("Корпус А", False)])
def test_a_column_under_the_name_of_the_school_itself_is_no_part_of_it(heading, of_the_school):
    form = OrderForm()
    form.rows[form.row_of("13")].append("проверено")
    form.rows.insert(form.row_of("1"), ["", "", heading, "отметка УО"])
    report, remarks = read_one(form)
    assert (said(report) == FACTS, "COLUMN-UNKNOWN" not in codes(remarks)) == (of_the_school, of_the_school)


@pytest.mark.parametrize(("first", "last"), [("10.1", "10.3"), ("10", "10.3"), ("13", "14"), ("7", "8"), ("1", "2")])
def test_one_cell_for_the_answers_of_several_items_answers_none(first, last):
    form = OrderForm()
    rows = range(form.row_of(first), form.row_of(last) + 1)
    for row in rows:
        form.rows[row][2] = "100 %" if row == rows[0] else ""
    items = {str(form.rows[row][0]) for row in rows} - {"10"}
    area = (Spot(rows[0] + 1, 3), Spot(rows[-1] + 1, 3))
    (report,), remarks = read(form.sheet()._replace(merged=(area,)))
    assert not items & {item for item, _ in said(report)}
    assert {(one.code, one.item) for one in remarks if one.code != "NOTE-BESIDE"} == {
        ("ANSWER-MERGED", item) for item in items
    }


def test_a_cell_that_an_item_shares_with_one_that_need_not_be_answered_is_its_own():
    form = OrderForm()
    area = (Spot(form.row_of("14") + 1, 3), Spot(form.row_of("15") + 1, 3))
    (report,), remarks = read(form.sheet()._replace(merged=(area,)))
    assert (said(report), remarks) == (FACTS, ())


def test_a_number_that_nobody_sees_is_no_answer_and_is_told():
    report, remarks = read_one(OrderForm(answers={**ANSWERS, "14": Cell(0.0, "0%;-0%;")}))
    assert ("14", "percent") not in said(report)
    assert [(one.code, one.item, dict(one.data)["what"]) for one in remarks] == [
        ("ANSWER-ASIDE", "14", "число 0, которого в ячейке не видно")
    ]


@given(top=st.integers(1, 40), left=st.integers(1, 12))
def test_the_form_may_stand_anywhere_on_the_sheet(top, left):
    report, remarks = read_one(OrderForm(top=top, left=left))
    assert said(report) == FACTS
    assert remarks == []


@given(where=st.lists(st.integers(5, 40), max_size=6))
def test_blank_rows_may_be_inserted(where):
    order_form = OrderForm()
    for row in where:
        order_form.rows.insert(min(row, len(order_form.rows)), [])
    report, remarks = read_one(order_form)
    assert said(report) == FACTS
    assert remarks == []


def test_a_blank_column_between_wording_and_answer():
    order_form = OrderForm()
    order_form.rows = [[*row[:2], "", *row[2:]] for row in order_form.rows]
    assert said(read_one(order_form)[0]) == FACTS


def test_columns_beside_the_form_are_notes_and_one_remark():
    order_form = OrderForm()
    for number in ("6.1", "8"):
        order_form.rows[order_form.row_of(number)].append("уточнить")
    report, remarks = read_one(order_form)
    assert said(report) == FACTS
    assert [n.value for n in notes(report)] == ["уточнить", "уточнить"]
    assert [r.code for r in remarks] == ["NOTE-BESIDE"]


EXCEL_DATES = {"6.1": datetime(2014, 1, 6), "10.2": datetime(2014, 2, 10), "4.1": datetime(2014, 1, 4)}


@pytest.mark.parametrize(
    "as_typed",
    [
        lambda n: f"{n}.",
        lambda n: f" {n} ",
        lambda n: f"п. {n}",
        lambda n: float(n) if n.count(".") <= 1 else n,
        lambda n: Cell(EXCEL_DATES[n], "DD.MMM") if n in EXCEL_DATES else n,
        lambda n: n.replace(".", ","),
        lambda n: f"{n})",
    ],
)
def test_item_numbers_as_people_and_excel_write_them(as_typed):
    order_form = OrderForm()
    for row in order_form.rows[6:]:
        if row and isinstance(row[0], str) and row[0][:1].isdigit():
            row[0] = as_typed(row[0])
    report, remarks = read_one(order_form)
    assert said(report) == FACTS
    assert remarks == []


def test_rows_whose_number_is_missing_are_found_by_their_wording():
    order_form = OrderForm()
    for row in order_form.rows[6:]:
        if row and isinstance(row[0], str) and row[0][:1].isdigit():
            row[0] = ""
    report, _ = read_one(order_form)
    assert said(report) == FACTS


def test_number_and_wording_may_stand_in_one_cell():
    order_form = OrderForm()
    for row in order_form.rows[6:]:
        if len(row) == 3 and isinstance(row[0], str) and row[0][:1].isdigit() and "." in row[0]:
            row[0], row[1] = "", f"{row[0]}. {row[1]}"
    found = said(read_one(order_form)[0])
    assert {k: v for k, v in found.items() if k[1] != "title"} == {k: v for k, v in FACTS.items() if k[1] != "title"}


@given(st.data())
def test_any_one_number_may_be_missing(data):
    number = data.draw(st.sampled_from([i.number for i in FORM.items]))
    order_form = OrderForm()
    order_form.rows[order_form.row_of(number)][0] = ""
    assert said(read_one(order_form)[0]) == FACTS


@given(st.data())
def test_a_damaged_wording_beside_its_number_changes_nothing(data):
    number = data.draw(st.sampled_from([i.number for i in FORM.items]))
    order_form = OrderForm()
    row = order_form.rows[order_form.row_of(number)]
    letters = list(row[1])
    for _ in range(data.draw(st.integers(1, 6))):
        del letters[data.draw(st.integers(0, len(letters) - 1))]
    row[1] = "".join(letters)
    assert said(read_one(order_form)[0]) == FACTS


@given(st.permutations([i.number for i in FORM.items if not i.parent and i.number not in ("4", "5", "6", "10", "12")]))
def test_items_out_of_order_keep_their_answers(order):
    order_form = OrderForm()
    places = sorted(order_form.row_of(n) for n in order)
    rows = {n: order_form.rows[order_form.row_of(n)] for n in order}
    for place, number in zip(places, order, strict=True):
        order_form.rows[place] = rows[number]
    assert said(read_one(order_form)[0]) == FACTS


def test_a_table_without_its_heading_row_is_found_by_the_wording():
    order_form = OrderForm()
    del order_form.rows[5]
    report, _ = read_one(order_form)
    assert said(report) == FACTS


@given(st.sets(st.sampled_from(sorted(ANSWERS)), max_size=8))
def test_an_emptied_answer_is_no_answer_and_moves_no_other(emptied):
    order_form = OrderForm()
    for number in emptied:
        order_form.rows[order_form.row_of(number)][2] = ""
    found = said(read_one(order_form)[0])
    assert {k: v for k, v in found.items() if k[0] not in emptied} == {
        k: v for k, v in FACTS.items() if k[0] not in emptied
    }
    assert not {k for k in found if k[0] in emptied and k[1] != "title"}


@pytest.mark.parametrize("blank", ["-", "—", "____", "(реквизиты утверждения)", "% родителей (__________ классы)"])
def test_dashes_underscores_and_the_orders_hints_are_blanks(blank):
    order_form = OrderForm()
    for number in ("3", "8"):
        order_form.rows[order_form.row_of(number)][2] = blank
    report, remarks = read_one(order_form)
    if blank.startswith("("):  # the hint of item 3 is no hint of item 8
        assert not {k for k in said(report) if k[0] == "3"}
    elif blank.startswith("%"):
        assert not {k for k in said(report) if k[0] == "8"}
    else:
        assert not {k for k in said(report) if k[0] in ("3", "8")}
        assert remarks == []


HINTED = [item for item in FORM.items if item.hint]
FILLINGS = [
    "50", "5", "43,5 %", "100%", "30/75 %", "1-4", "5-9, 11", "все", "начальные", "Сетевой город", "Дневник.ру", "+",
    "приказ № 5 от 01.02.2014", "б/н", "Иванова М.П., завуч", "Ли Виктория", "завуч", "есть", "нет", "не требуется",
]  # fmt: skip


@given(st.sampled_from(HINTED), st.sampled_from(FILLINGS), st.data())
def test_a_hint_that_was_filled_in_is_never_passed_over(item, filling, data):
    words = item.hint.split(" ")
    at = data.draw(st.integers(0, len(words)))
    in_place = data.draw(st.booleans())
    assume(not in_place or filling not in item.hint)  # a word of the hint in place of itself is the hint
    text = " ".join([*words[:at], filling, *words[at + in_place :]])
    order_form = OrderForm(answers=ANSWERS | {item.number: text})
    report, remarks = read_one(order_form)
    answer = f"C{order_form.row_of(item.number) + 1}"
    assert answer in {fact.cell for fact in report.facts} | {remark.cell for remark in remarks}


@given(st.sampled_from(HINTED), st.data())
def test_a_hint_that_was_left_standing_is_no_answer_however_it_is_mistyped(item, data):
    letters = [at for at, letter in enumerate(item.hint) if letter.isalpha()]
    words = [word for word in re.findall(r"\w+", item.hint) if len(word) > 7]
    mistyped = item.hint
    if words:
        at = item.hint.index(words[0]) + data.draw(st.integers(1, 6))
        mistyped = item.hint[:at] + item.hint[at + 1 :]
    assert letters
    order_form = OrderForm(answers=ANSWERS | {item.number: mistyped})
    report, remarks = read_one(order_form)
    answer = f"C{order_form.row_of(item.number) + 1}"
    assert answer not in {fact.cell for fact in report.facts} | {remark.cell for remark in remarks}


@pytest.mark.parametrize(
    ("said", "printed", "only"),
    [
        ("% от необходимого обьема", "% от необходимого объёма", True),
        ("% от имеющих возможность", "% от имеющих возможность воспользоваться услугой", True),
        ("10 % необходимого объёма", "% от необходимого объёма", False),
        ("% от необходимого объёма базы", "% от необходимого объёма", False),
        ("есть, нет, не предусмотрено: нет", "(есть, нет, не предусмотрено)", False),
        ("есть +, нет", "(есть, нет)", False),
    ],
)
def test_a_line_that_adds_anything_to_the_printed_one_is_not_printed(said, printed, only):
    assert only_repeats(said, printed) is only


SYSTEM = next(item for item in FORM.items if item.blank)


@pytest.mark.parametrize(
    ("in_wording", "in_column", "expected", "noted"),
    [
        ("«Сетевой город»", "", "Сетевой город", 0),
        ("«Сетевой город»", "Сетевой город", "Сетевой город", 0),
        ("«Сетевой город»", "Дневник.ру", "Дневник.ру", 1),
        (SYSTEM.blank, "Дневник.ру", "Дневник.ру", 0),
        (f"{SYSTEM.blank} {SYSTEM.hint}", "", None, 0),
        ("Сетевой город (название системы)", "", "Сетевой город", 0),
    ],
)
def test_the_blank_in_a_wording_is_a_place_for_the_answer(in_wording, in_column, expected, noted):
    order_form = OrderForm(answers=ANSWERS | {SYSTEM.number: in_column})
    order_form.rows[order_form.row_of(SYSTEM.number)][1] = f"{SYSTEM.title} {in_wording}"
    report, _ = read_one(order_form)
    assert said(report).get((SYSTEM.number, "text")) == expected
    assert len(notes(report)) == noted


@pytest.mark.parametrize(
    ("behind", "in_column", "expected", "told"),
    [
        (" – 42 чел. (100 %)", "", 42.0, {"ANSWER-BESIDE"}),
        (" – 42 чел. (100 %)", "42/100%", 42.0, set()),
        (" – 42 чел. (100 %)", "21/50%", 21.0, {"ANSWER-TWICE"}),
        (", 2 корпус", "42/100%", 42.0, {"NOTE-BESIDE"}),
        (", 2 корпус", "", None, {"NOTE-BESIDE"}),
    ],
)
def test_an_answer_written_behind_its_wording_is_never_just_a_note(behind, in_column, expected, told):
    order_form = OrderForm(answers=ANSWERS | {"6.1": in_column})
    order_form.rows[order_form.row_of("6.1")][1] += behind
    report, remarks = read_one(order_form)
    assert said(report).get(("6.1", "count")) == expected
    assert codes(remarks) == told


def test_a_figure_behind_a_title_is_a_note():
    order_form = OrderForm()
    order_form.rows[1] = [f"{order_form.rows[1][0]} 5"]
    report, _ = read_one(order_form)
    assert [note.cell for note in notes(report)] == ["A2"]


def test_words_behind_the_orders_note_are_a_note():
    (printed,) = FORM.recognise.note
    order_form = OrderForm()
    order_form.rows += [[printed], [f"{printed}. Просим помочь с интернетом"]]
    report, _ = read_one(order_form)
    assert [note.cell for note in notes(report)] == [f"A{len(order_form.rows)}"]


def test_rows_of_acts_without_numbers_are_numbered_in_their_order():
    order_form = OrderForm()
    for number in ("4.1", "4.2"):
        order_form.rows[order_form.row_of(number)][0] = ""
    assert said(read_one(order_form)[0]) == FACTS


def test_an_item_answered_twice_and_differently_is_an_error():
    order_form = OrderForm()
    order_form.rows.insert(order_form.row_of("14") + 1, ["13", "", "70%"])
    _, remarks = read_one(order_form)
    assert [(r.code, r.item) for r in remarks] == [("ANSWER-TWICE", "13")]


def test_an_item_answered_twice_alike_is_one_answer():
    order_form = OrderForm()
    order_form.rows.insert(order_form.row_of("14") + 1, ["13", "", "88 %"])
    report, remarks = read_one(order_form)
    assert said(report) == FACTS
    assert remarks == []


@pytest.mark.parametrize(
    "lines",
    [
        [["Директор школы", "", "Иванова М.П."]],
        [["Директор", "", "А.А. Петрова"], ["", "", "20.03.2014"]],
        [["", "Директор школы", "А.А. Петрова"]],
        [["", "Директор школы"], ["", "", "Петрова Анна Андреевна"]],
        [["", "", "Директор школы А.А. Петрова"]],
        [["Директор ____________ /Петрова/"], ["М.П."], ["«20» марта 2014 г."]],
        [["Исполнитель: Иванова, тел. 2-34-56"]],
        [["", "Ответственный за введение: Иванова М.П.", "8 (42138) 4-56-78"]],
        [["", "", Cell(datetime(2014, 3, 20), "DD.MM.YYYY")]],
        [["", "", "20.03.2014"]],
        [["", "", "8 (42138) 4-56-78"]],
        [["", "Петрова А.А."]],
    ],
)
@pytest.mark.parametrize("with_problems", [True, False])
def test_a_signature_below_the_tables_is_neither_a_problem_nor_a_note(lines, with_problems):
    order_form = OrderForm()
    if not with_problems:
        order_form.rows = order_form.rows[: order_form.row_of("15") + 2]
    order_form.rows[-1:] = [[], *lines]
    report, remarks = read_one(order_form)
    assert {key: value for key, value in said(report).items() if key[0] != "problem.1"} == {
        key: value for key, value in FACTS.items() if key[0] != "problem.1"
    }
    assert ("problem.1", "problem") in said(report) or not with_problems
    assert (notes(report), remarks) == ([], [])


@pytest.mark.parametrize(
    "line", [["", "Директор школы", "А.А. Петрова"], [2.0, "Директор ________ А.А. Петрова"], ["", "", "Директор"]]
)
def test_a_signature_right_below_the_last_problem_is_none_either(line):
    order_form = OrderForm()
    order_form.rows[-2:] = [line]
    report, _ = read_one(order_form)
    assert said(report) == FACTS


@pytest.mark.parametrize(
    ("number", "problem", "solution"),
    [
        (2.0, "Директор не выделяет средства", "Обратились в управление"),
        (2.0, "Ответственный Иванова М.П. уволилась", "Ищем"),
        (2.0, "Не назначен ответственный", "Ответственный – Иванова М.П."),
        ("", "Нет компьютеров", "20.03.2014"),
    ],
)
def test_a_problem_that_speaks_of_those_who_sign_is_a_problem(number, problem, solution):
    order_form = OrderForm()
    order_form.rows[-2:-2] = [[number, problem, solution]]
    report, remarks = read_one(order_form)
    assert said(report) == FACTS | {("problem.2", "problem"): problem, ("problem.2", "solution"): solution}
    assert remarks == []


def test_a_name_beside_whoever_signs_ends_problems_without_numbers():
    order_form = OrderForm()
    order_form.rows[-3][0] = ""
    order_form.rows[-2:] = [["", "Директор школы", "А.А. Петрова"]]
    report, _ = read_one(order_form)
    assert said(report) == FACTS


def test_a_sentence_about_whoever_signs_below_the_problems_is_not_lost():
    order_form = OrderForm()
    order_form.rows[-1:] = [["", "Руководитель не выделяет средства на интернет"]]
    report, remarks = read_one(order_form)
    assert [note.value for note in notes(report)] == ["Руководитель не выделяет средства на интернет"]
    assert codes(remarks) == {"NOTE-BESIDE"}


def test_problems_without_numbers_may_begin_like_a_signature():
    problems = [("Слабый интернет", "Заявка"), ("Руководитель не выделяет средства", "Обратились в управление")]
    order_form = OrderForm(problems=problems)
    for row in order_form.rows[-4:-2]:
        row[0] = ""
    report, _ = read_one(order_form)
    assert said(report)["problem.2", "problem"] == "Руководитель не выделяет средства"


def test_the_details_of_an_act_behind_its_title_are_its_details():
    order_form = OrderForm()
    row = order_form.rows[order_form.row_of("4.1")]
    row[1], row[2] = f"{row[1]} (приказ № 208 от 13.12.2013)", ""
    report, remarks = read_one(order_form)
    assert (said(report)["4.1", "number"], said(report)["4.1", "date"]) == ("208", "2013-12-13")
    assert remarks == []


def test_an_answer_that_refers_to_a_note_is_told_with_the_note():
    order_form = OrderForm()
    order_form.rows[order_form.row_of("13")][2] = "см. примечание"
    sheet = order_form.sheet()
    spot = next(spot for spot, cell in sheet.cells.items() if cell.value == "см. примечание")
    _, remarks = read(sheet._replace(asides=(Aside(spot, "comment", "64 %"),)))
    at_item = {r.code: dict(r.data) for r in remarks if r.item == "13"}
    assert "64 %" in str(at_item["ANSWER-ASIDE"]["what"])


WORDS = [item.number for item in FORM.items if item.kind in ("person", "text", "document")]


@pytest.mark.parametrize("item", WORDS)
@pytest.mark.parametrize(
    ("note", "what"),
    [(None, "отсылка «см. примечание»"), ("Сетевой город", "примечание «Сетевой город»")],
    ids=["without a note", "with a note"],
)
def test_where_words_are_asked_for_see_the_note_is_no_answer(item, note, what):
    order_form = OrderForm()
    order_form.rows[order_form.row_of(item)][2] = "см. примечание"
    sheet = order_form.sheet()
    spot = next(spot for spot, cell in sheet.cells.items() if cell.value == "см. примечание")
    (report,), remarks = read(sheet._replace(asides=(Aside(spot, "comment", note),) if note else ()))
    assert [field for number, field in said(report) if number == item] == []
    assert [(r.code, dict(r.data)["what"]) for r in remarks if r.item == item] == [("ANSWER-ASIDE", what)]


@pytest.mark.parametrize(
    "words", ["(см. комментарий)", "смотрите в примечании", "Ответ в примечании 1", "См. приложение № 2", "см.ниже"]
)
def test_words_that_refer_elsewhere(words):
    assert refers_elsewhere(Cell(words))


@pytest.mark.parametrize("words", ["Выше", "Сетевой город, см. примечание", "приложение «Дневник»", "Рядова Анна"])
def test_words_that_say_something_refer_nowhere(words):
    assert not refers_elsewhere(Cell(words))


def test_no_problems_are_said_with_a_dash_or_the_word():
    for word in ("нет", "-", "Проблем нет"):
        report, _ = read_one(OrderForm(problems=[(word, "")]))
        assert not [f for f in report.facts if f.item.startswith("problem")]


def test_a_sheet_that_is_no_form_is_left_alone():
    other = OrderForm(name="Список").sheet()._replace(cells={Spot(1, 1): Cell("Телефоны"), Spot(2, 1): Cell(42.0)})
    reports, remarks = read(OrderForm().sheet(), other)
    assert len(reports) == 1
    assert remarks == ()


def test_a_workbook_without_a_form_says_what_was_looked_for():
    other = OrderForm(name="Список").sheet()._replace(cells={Spot(1, 1): Cell("Телефоны")})
    reports, remarks = read(other)
    assert reports == ()
    assert [(r.code, dict(r.data)["sheets"]) for r in remarks] == [("FILE-NO-FORM", "«Список»")]


TITLED = OrderForm(school="____________", as_of="________", answers={"4.1": ""}, problems=[], name="бланк")
BLANK = OrderForm(school="____________", as_of="________", answers={}, problems=[], name="бланк")


def test_one_report_a_workbook_the_same_form_on_two_sheets_counts_once():
    reports, remarks = read(OrderForm().sheet(), OrderForm(name="Лист2").sheet())
    assert [said(report) for report in reports] == [FACTS]
    assert [(r.code, r.sheet) for r in remarks] == [("FORM-TWICE", "Лист2")]


def test_a_copy_whose_head_was_left_blank_is_the_same_report():
    copy = OrderForm(school="____________", as_of="________", name="Лист2")
    for sheets in ((OrderForm().sheet(), copy.sheet()), (copy.sheet(), OrderForm().sheet())):
        reports, remarks = read(*sheets)
        assert [(r.school, r.as_of) for r in reports] == [("01", date(2014, 3, 20))]
        assert [(r.code, r.sheet) for r in remarks] == [("FORM-TWICE", "Лист2")]


@pytest.mark.parametrize(
    ("school", "as_of"),
    [
        ("МБОУ СОШ № 1", "30.01.2014"),
        ("МБОУ СОШ № 10", "20.03.2014"),
        ("МБОУ СОШ № 99", "20.03.2014"),
        ("МБОУ СОШ № 10", "30.01.2014"),
    ],
)
@pytest.mark.parametrize("stacked", [False, True])
def test_reports_of_different_schools_or_dates_in_one_workbook_are_each_counted(school, as_of, stacked):
    other = OrderForm(school=school, as_of=as_of, name="Лист2", top=80 if stacked else 1).sheet()
    sheet = OrderForm().sheet()
    if stacked:
        sheet.cells.update(other.cells)
    reports, remarks = read(*((sheet,) if stacked else (sheet, other)))
    assert [said(report) for report in reports] == [FACTS, FACTS]
    assert [report.as_of for report in reports] == [
        date(2014, 3, 20),
        date(2014, 3 if as_of[3:5] == "03" else 1, int(as_of[:2])),
    ]
    assert [report.school for report in reports] == ["01", school.rpartition(" ")[2].zfill(2).replace("99", "")]
    assert codes(remarks) <= {"SCHOOL-UNKNOWN"}


@pytest.mark.parametrize("hidden", [False, True])
def test_one_school_and_date_answered_twice_and_differently_counts_not_at_all(hidden):
    other = OrderForm(answers=ANSWERS | {"13": "12 %"}, name="Лист2")
    january = OrderForm(as_of="30.01.2014", name="Лист3")
    reports, remarks = read(OrderForm().sheet(hidden), other.sheet(hidden), january.sheet(hidden))
    assert [report.as_of for report in reports] == [date(2014, 1, 30)]
    assert [(r.code, r.school, r.as_of) for r in remarks if r.code == "FORM-CONFLICT"] == [
        ("FORM-CONFLICT", "01", date(2014, 3, 20))
    ]


@pytest.mark.parametrize(
    "hidden",
    [OrderForm(answers=ANSWERS | {"13": "12 %"}), OrderForm(as_of="30.01.2014"), OrderForm(school="МБОУ СОШ № 10")],
)
def test_beside_a_visible_form_a_hidden_one_is_passed_over(hidden):
    hidden.name = "старый"
    reports, remarks = read(hidden.sheet(hidden=True), OrderForm().sheet())
    assert [(report.sheet, said(report)) for report in reports] == [("Лист1", FACTS)]
    assert [(r.code, r.sheet, r.school, r.as_of) for r in remarks] == [
        ("FORM-UNUSED", "старый", "01", date(2014, 3, 20))
    ]


def test_a_form_on_a_hidden_sheet_alone_counts_with_a_remark():
    reports, remarks = read(OrderForm().sheet(hidden=True))
    assert [said(report) for report in reports] == [FACTS]
    assert codes(remarks) == {"FORM-HIDDEN"}


@pytest.mark.parametrize(
    "sheets", [(OrderForm(), BLANK), (BLANK, OrderForm()), (OrderForm(), TITLED)], ids=["behind", "before", "titled"]
)
def test_a_form_left_blank_beside_one_filled_in_is_passed_over(sheets):
    reports, remarks = read(*(form.sheet() for form in sheets))
    assert [said(report) for report in reports] == [FACTS]
    assert [(r.code, r.sheet) for r in remarks] == [("FORM-UNUSED", "бланк")]


@pytest.mark.parametrize(
    ("head", "school"),
    [
        (["Форма отчёта о введении электронных дневников учащихся в МБОУ СОШ № 1 по состоянию на 20.03.2014"], "01"),
        (
            [
                "Форма отчёта",
                "о введении электронных дневников учащихся\nв МБОУ СОШ № 1\nпо состоянию на 20.03.2014 г.",
            ],
            "01",
        ),
        (["Школа: МБОУ СОШ № 10", "по состоянию на 20 марта 2014 года"], "10"),
        (["МБОУ СОШ № 10", "По состоянию на: 20.03.14"], "10"),
        (["Форма отчёта", "МБОУ СОШ № 10", "на 20.03.2014 г."], "10"),
        (["в МБОУ «Основной общеобразовательной школе № 11»", "по состоянию на «20» марта 2014 г."], "11"),
    ],
)
def test_heads_as_people_write_them(head, school):
    order_form = OrderForm()
    order_form.rows[:4] = [[line] for line in head]
    report, remarks = read_one(order_form)
    assert (report.school, report.as_of) == (school, date(2014, 3, 20))
    assert remarks == []
    assert notes(report) == []


def test_label_and_value_in_cells_of_their_own():
    order_form = OrderForm()
    order_form.rows[2:4] = [["в", "МБОУ СОШ № 1"], ["по состоянию на", Cell(datetime(2014, 3, 20), "DD.MM.YYYY")]]
    report, remarks = read_one(order_form)
    assert (report.school, report.as_of, remarks) == ("01", date(2014, 3, 20), [])


@pytest.mark.parametrize(
    ("school", "code"),
    [("МБОУ СОШ № 99", "SCHOOL-UNKNOWN"), ("____________", "SCHOOL-MISSING"), ("МБОУ ООШ № 1", "SCHOOL-UNKNOWN")],
)
def test_a_school_that_is_not_known_is_an_error_and_never_a_neighbour(school, code):
    report, remarks = read_one(OrderForm(school=school))
    assert report.school == ""
    assert codes(remarks) == {code}


@pytest.mark.parametrize(("as_of", "code"), [("____", "DATE-MISSING"), ("31.02.2014", "DATE-UNREADABLE")])
def test_a_report_without_a_readable_date_is_an_error(as_of, code):
    report, remarks = read_one(OrderForm(as_of=as_of))
    assert report.as_of is None
    assert codes(remarks) == {code}


# ── nothing is lost ──────────────────────────────────────────────────────────────────────────────────────


def unaccounted(sheet):
    """Cells of a sheet with forms that are no label, no note, and said by no fact and no remark."""
    lost = set(sheet.cells)
    for reader in readers((sheet,), FORM, SCHOOLS, Meta()):
        report = reader.read()
        said = {f.cell for f in report.facts} | {r.cell for r in reader.remarks}
        named = {spot for spot in reader.ledger.roles if sheet.address(spot) in said}
        lost -= {spot for spot, role in reader.ledger.roles.items() if role is Role.LABEL or spot in named}
    return {sheet.address(spot) for spot in lost}


@given(
    st.dictionaries(
        st.tuples(st.integers(1, 60), st.integers(1, 8)),
        st.sampled_from(["уточнить", "тел. 2-33-44", "87 %", "6.1", "нет", "1", "—", "приказ", "М.П.", "Иванова М.П."]),
        max_size=12,
    )
)
@example(written={(29, 1): "6.1", (29, 4): "87 %"})  # an item answered twice, the second time not to be decided
def test_every_cell_is_a_label_an_answer_a_note_or_a_remark(written):
    """Whatever is written over the form and beside it."""
    sheet = OrderForm().sheet()
    sheet.cells.update({Spot(*spot): Cell(text) for spot, text in written.items()})
    assert unaccounted(sheet) == set()


# ── Svod's own form ──────────────────────────────────────────────────────────────────────────────────────


def own_form(changes: dict[str, object]):
    """The standard form of school 01 with some of its cells filled in."""
    data = write_form(FORM, REGISTRY.schools[0], date(2014, 3, 20))
    book = load_workbook(BytesIO(data), rich_text=True)
    for cell, value in changes.items():
        book["Отчёт"][cell] = value
    saved = BytesIO()
    book.save(saved)
    reports, remarks = read_book(open_book(saved.getvalue(), Limits()), FORM, SCHOOLS)
    return reports[0], [r.code for r in remarks]


def rows_of(form_sheet):
    """Item's number -> its row on the own form; the table of problems below numbers its rows alike."""
    numbered = [(str(row[0].value).rstrip("."), row[0].row) for row in form_sheet.iter_rows(max_col=1) if row[0].value]
    return dict(reversed(numbered))


OWN_ROWS = rows_of(load_workbook(BytesIO(write_form(FORM, REGISTRY.schools[0], date(2014, 3, 20))))["Отчёт"])


@pytest.mark.parametrize(
    ("people", "classes", "expected", "said_of_it"),
    [
        (300, "1-11", {"count": 300.0, "total": 574.0, "classes": "1-11"}, []),
        (300, "все", {"count": 300.0, "total": 574.0, "classes": "1-11"}, []),
        ("87 %", "все классы", {"percent": 87.0, "total": 574.0, "classes": "1-11"}, []),
        (300, "кроме малышей", {"count": 300.0, "total": 574.0}, ["CLASSES-UNREADABLE"]),
        ("80-85 %", "1-11", {"classes": "1-11"}, ["NUM-RANGE"]),
        (None, None, {}, []),
    ],
)
def test_people_and_classes_of_the_own_form(people, classes, expected, said_of_it):
    row = OWN_ROWS["8"]
    report, codes_said = own_form({f"E{row}": people, f"C{row}": classes})
    assert {field: value for (item, field), value in said(report).items() if item == "8"} == expected
    assert codes_said == said_of_it


def test_not_provided_and_not_required_on_the_own_form():
    rows = {f"C{OWN_ROWS['12.3']}": "не предусмотрено", f"B{OWN_ROWS['4.1']}": "не требуется"}
    report, codes_said = own_form(rows)
    assert said(report) == {("12.3", "text"): "не предусмотрено", ("4.1", "text"): "не требуется"}
    assert codes_said == []


def test_a_blank_own_form_is_no_answer_and_no_remark():
    report, codes_said = own_form({})
    assert (report.school, report.as_of, said(report), codes_said) == ("01", date(2014, 3, 20), {}, [])


@pytest.mark.parametrize(
    ("guide", "share", "expected", "said_of_it"),
    [
        (None, 0.5, 50.0, []),
        ("50 % от необходимого объёма →", None, 50.0, []),
        ("50 % от необходимого объёма →", 0.5, 50.0, []),
        ("60 % от необходимого объёма →", 0.5, 50.0, ["ANSWER-TWICE"]),
    ],
)
def test_a_share_may_stand_in_its_column_or_among_the_words_that_lead_there(guide, share, expected, said_of_it):
    row = OWN_ROWS["9"]
    cells = {f"C{row}": guide, f"F{row}": share}
    report, codes_said = own_form({cell: value for cell, value in cells.items() if value is not None})
    assert said(report) == {("9", "percent"): expected}
    assert codes_said == said_of_it
