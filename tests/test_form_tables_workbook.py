"""The standard form of orders with figures, choices and tables: what a school finds in it, and what it is told."""

import re
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.writing.form.prefill import Prefill, accepted, of_last_time
from pipeline.writing.form.workbook import FormWritten, write_form, write_form_with_cells
from schemas import own_form
from schemas.district import School
from schemas.form import Column, Form, Item, Kind, Table, load_form
from schemas.relations import relations_of
from schemas.reports import Fact, ReportRead
from tests.libreoffice import needs_libreoffice, shown_together
from tests.test_form_workbook import validation
from tests.test_paper import too_small

DATA = Path(__file__).parent / "data"
MEALS_DAY, HEALTH_DAY = date(2026, 1, 31), date(2026, 3, 31)
SCHOOL = School("05", "СОШ № 5", "МБОУ «Средняя школа № 5»", bases={"junior": 100.0, "middle": 200.0, "senior": 0.0})
DONE = "● заполнено"

Answers = dict[str, str | float | date]


@cache
def meals() -> Form:
    return load_form(DATA / "form-31.toml")


@cache
def health() -> Form:
    return load_form(DATA / "form-88.toml")


@cache
def written(form_id: str) -> FormWritten:
    form, day = {"31": (meals(), MEALS_DAY), "88": (health(), HEALTH_DAY)}[form_id]
    return write_form_with_cells(form, SCHOOL, day, Prefill())


def book(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def sheet_of(form_id: str) -> Worksheet:
    return book(written(form_id).content)[own_form.SHEET]


def texts(sheet: Worksheet, row: int) -> list[object]:
    return [cell.value for cell in sheet[row] if cell.value is not None]


def row_with(sheet: Worksheet, *first: str) -> int:
    """The row whose texts begin so."""
    return next(row for row in range(1, sheet.max_row + 1) if texts(sheet, row)[: len(first)] == [*first])


# ── the order's layout ───────────────────────────────────────────────────────────────────────────────────
def test_a_table_stands_under_the_orders_headings_with_a_column_of_checks() -> None:
    sheet = sheet_of("31")
    header = row_with(sheet, "№ п/п", "Категория обучающихся")
    titles = [column.title for column in meals().table("meals").columns]
    assert texts(sheet, header) == ["№ п/п", "Категория обучающихся", *titles, own_form.CHECK]
    assert texts(sheet, header + 1) == ["1", "2", "3", "4", "5", "6"]  # the headings speak of «гр. 4 × гр. 5»


def test_rows_stand_in_the_orders_words_each_cell_below_its_heading() -> None:
    sheet, form = sheet_of("31"), meals()
    header = row_with(sheet, "№ п/п", "Категория обучающихся")
    columns = {cell.value: cell.column_letter for cell in sheet[header]}
    for item in form.items:
        if item.kind is Kind.ROW:
            row = row_with(sheet, f"{item.number}.", item.title)
            for column in form.table("meals").columns:
                place = f"{columns[column.title]}{row}"
                if f"{item.number}/{column.id}" in form.table("meals").closed:
                    assert (sheet[place].value, sheet[place].protection.locked) == ("х", True)
                else:
                    assert written("31").answers[f"{item.number}/{column.id}"] == place
                    assert not sheet[place].protection.locked


def test_parts_stand_in_the_order_of_the_forms_items_each_under_its_headings() -> None:
    sheet, form = sheet_of("88"), health()
    rows = [
        row_with(sheet, "1.", "Занимаются в спортивных секциях и кружках, чел."),
        row_with(sheet, "№", "Класс", "Всего", "из них девочек", "из них с ОВЗ"),
        row_with(sheet, "1.12.", "Итого"),
        row_with(sheet, "№", "Показатель", "Сведения"),
        row_with(sheet, "2.", f"{form.item('2').title}\n{form.item('2').hint}"),
        row_with(sheet, "6.", "Мероприятия квартала"),
        row_with(sheet, "№", "Дата", "Название", "Участников", "Ссылка на публикацию"),
        row_with(sheet, "6.1."),
        row_with(sheet, "6.10."),
    ]
    assert rows == sorted(rows)


def test_every_question_has_its_cell() -> None:
    for form_id, form in (("31", meals()), ("88", health())):
        answers = written(form_id).answers
        for item in form.questions:
            assert re.sub("^6/", "6.1/", item.number) in answers  # of a list the first line
    assert written("88").answers["6.10/ссылка"] != written("88").answers["6.1/ссылка"]


def test_headings_that_ask_for_people_and_shares_are_kept_for_the_reader_but_shown_to_nobody() -> None:
    sheet = sheet_of("31")
    header = row_with(sheet, "№ п/п", "Показатель", "Значение")
    assert texts(sheet, header) == [*own_form.headings(meals())]
    hidden = {
        get_column_letter(column)
        for one in sheet.column_dimensions.values()
        if one.hidden
        for column in range(one.min, one.max + 1)
    }
    assert {cell.column_letter for cell in sheet[header] if cell.value in own_form.HEADINGS[3:6]} == hidden


def test_a_form_without_bases_problems_and_note_has_no_room_for_them() -> None:
    words = [str(cell.value) for row in sheet_of("88") for cell in row if cell.value is not None]
    assert not [word for word in words if word.startswith("Сведения о школе") or word == own_form.CLASSES]
    assert not [word for word in words if "проблем" in word.casefold()]


def test_the_head_shows_the_period_and_keeps_its_last_day() -> None:
    for form_id, shown in (("31", '"январь 2026\u00a0г."'), ("88", '"I\u00a0квартал 2026\u00a0г."')):
        sheet = sheet_of(form_id)
        cell = sheet[written(form_id).as_of]
        assert isinstance(cell.value, datetime)
        rules = [rule for area in sheet.conditional_formatting if cell.coordinate in area.sqref for rule in area.rules]
        formats = {int(rule.formula[0]): rule.dxf.numFmt.formatCode for rule in rules}
        assert formats[(cell.value - datetime(1899, 12, 30)).days] == shown


@pytest.mark.parametrize("form_id", ["31", "88"])
def test_no_letter_of_a_table_is_smaller_than_eight_points_on_paper(form_id: str) -> None:
    assert not too_small(sheet_of(form_id))


def test_six_columns_fit_across_a4_with_their_words_whole() -> None:
    columns = tuple(Column(id=str(n), kind=Kind.NUMBER, title=f"Стоимость {n}") for n in range(6))
    table = Table(id="wide", label=("Категория",), columns=columns)
    items = (Item(number="1", kind=Kind.ROW, table="wide", title="Первая"), *meals().items[-2:])
    form = replace(meals(), tables=(table,), items=items, relations=(), cards=())
    sheet = book(write_form(form, SCHOOL, MEALS_DAY))[own_form.SHEET]
    assert not too_small(sheet)


# ── hard to fill in wrongly ──────────────────────────────────────────────────────────────────────────────
def test_figures_choices_and_dates_are_held_to_their_kind() -> None:
    meals_sheet, health_sheet = sheet_of("31"), sheet_of("88")
    places = written("31").answers
    days = validation(meals_sheet, places["5"])
    assert (days.type, days.formula1, days.formula2) == ("whole", "0", "31")
    assert validation(meals_sheet, places["6"]).type == "decimal"
    assert meals_sheet[places["6"]].number_format == "#,##0.00"
    assert "<=N(" in validation(meals_sheet, places["1/дети"]).formula1
    places = written("88").answers
    assert validation(health_sheet, places["2"]).formula1 == '"школа,комбинат питания,предприниматель"'
    assert "«конкурсы»" in validation(health_sheet, places["3"]).prompt
    assert validation(health_sheet, places["6.3/дата"]).type == "date"


def test_choices_too_long_for_a_rule_stand_on_the_hidden_sheet() -> None:
    choices = tuple(replace(health().item("2").choices[0], title=f"Ответ, который длинен, № {n}") for n in range(9))
    items = tuple(replace(item, choices=choices) if item.number == "2" else item for item in health().items)
    form = write_form_with_cells(replace(health(), items=items), SCHOOL, HEALTH_DAY, Prefill())
    rule = validation(book(form.content)[own_form.SHEET], form.answers["2"])
    sheet, _, area = rule.formula1.rpartition("!")
    cells = book(form.content)[sheet.strip("'")][area.replace("$", "")]
    assert [cell.value for (cell,) in cells] == [choice.title for choice in choices]


# ── what is still to be done ─────────────────────────────────────────────────────────────────────────────
RIGHT_MEALS: Answers = {
    "1/дети": 90, "1/цена": 95.5, "1/дето-дни": 1500, "1/сумма": 143250, "2/дети": 150, "2/цена": 101.25,
    "2/дето-дни": 2400, "2/сумма": 243000.9, "4/дети": 240, "4/цена": 99.04, "4/дето-дни": 3900, "4/сумма": 386250.9,
    "5": 17, "6": 120.55,
}  # fmt: skip
RIGHT_HEALTH: Answers = {
    **{f"1.{n}/{column}": 10 - below for n in range(1, 10) for below, column in enumerate(("всего", "девочки", "овз"))},
    "1.12/всего": 90, "1.12/девочки": 81, "1.12/овз": 72, "2": "школа", "3": "конкурсы; Классные часы",
    "4": 12, "5": 2.5,
    "6.1/дата": date(2026, 2, 14), "6.1/название": "Лыжня", "6.1/участники": 40, "6.1/ссылка": "https://school.example",
}  # fmt: skip


def filled(form_id: str, answers: Answers) -> bytes:
    opened = book(written(form_id).content)
    for number, value in answers.items():
        opened[own_form.SHEET][written(form_id).answers[number]].value = value
    target = BytesIO()
    opened.save(target)
    return target.getvalue()


def said(form_id: str, number: str, shown: list[list[str]]) -> str:
    """What the column of checks says in the item's row."""
    _, row = coordinate_from_string(written(form_id).answers[number])
    return shown[row - 1][-1]


WRONG: tuple[tuple[str, Answers, str, str], ...] = (
    ("31", {"1/дети": "много"}, "1/дети", "▼ нужно число, без слов: гр. 3"),
    ("31", {"1/дети": 90.5}, "1/дети", "▼ нужно целое число: гр. 3"),
    ("31", {"1/дето-дни": -1}, "1/дети", "▼ нужно от 0: гр. 5"),
    ("31", {"1/дети": 101}, "1/дети", "▼ больше, чем всего в школе: гр. 3"),
    ("31", {"1/сумма": 143252}, "1/дети", "▼ исправьте гр. 6: по умножению 143250,00"),
    ("31", {"1/сумма": 143251}, "1/дети", DONE),  # a rouble is within the tolerance
    ("31", {"4/дети": 241}, "4/дети", "▼ исправьте гр. 3: сумма строк 1, 2, 3 — 240"),
    ("31", {"4/цена": 100}, "4/дети", "▼ исправьте гр. 4: по делению 99,04"),
    ("31", {"4/сумма": ""}, "4/дети", "▼ укажите гр. 6"),
    ("31", {"1.1/дети": 91}, "1.1/дети", "▼ больше, чем в строке 1: гр. 3"),
    ("31", {"1.1/дети": 7}, "1.1/дети", DONE),
    ("31", {"2/цена": ""}, "2/дети", "▼ укажите гр. 4"),
    ("31", {"5": 32}, "5", "▼ больше 31"),
    ("31", {"6": "сто"}, "6", "▼ нужно число, без слов"),
    ("31", {"6": ""}, "6", "▼ укажите число, тыс. руб."),
    ("88", {"1.3/девочки": 11, "1.12/девочки": 83}, "1.3/всего", "▼ больше, чем «Всего»: «из них девочек»"),
    ("88", {"1.12/всего": 91}, "1.12/всего", "▼ исправьте «Всего»: сумма строк 1.1–1.11 — 90"),
    ("88", {"1.4/овз": ""}, "1.4/всего", "▼ укажите «из них с ОВЗ»"),
    ("88", {"1.10/всего": 0}, "1.10/всего", DONE),  # of a row of zeros no blank is asked for
    ("88", {"1.10/всего": 1, "1.12/всего": 91}, "1.10/всего", "▼ укажите «из них девочек»"),
    ("88", {"2": "столовая"}, "2", "▼ нужно из списка"),
    ("88", {"2": ""}, "2", "▼ выберите из списка"),
    ("88", {"3": "конкурсы; чаепитие"}, "3", "▼ нужно из списка"),
    ("88", {"3": "конкурсы ;классные часы;"}, "3", DONE),
    ("88", {"4": ""}, "4", "▼ укажите число, ед."),
    ("88", {"6.1/дата": date(2026, 4, 1)}, "6.1/дата", "▼ нужна дата в отчётном периоде: «Дата»"),
    ("88", {"6.1/дата": "в феврале"}, "6.1/дата", "▼ нужна дата ДД.ММ.ГГГГ: «Дата»"),
    ("88", {"6.1/ссылка": "есть"}, "6.1/дата", "▼ нужно: https://…: «Ссылка на публикацию»"),
    ("88", {"6.1/ссылка": "—"}, "6.1/дата", DONE),
    ("88", {"6.1/название": ""}, "6.1/дата", "▼ укажите «Название»"),
    ("88", {"6.2/название": "Кросс"}, "6.2/дата", "▼ укажите «Дата»"),
)


@needs_libreoffice
def test_what_is_right_and_what_is_wrong_is_said_beside_it(tmp_path: Path) -> None:
    right: dict[str, Answers] = {"31": RIGHT_MEALS, "88": RIGHT_HEALTH}
    changed = [filled(form_id, {**right[form_id], **wrong}) for form_id, wrong, _, _ in WRONG]
    unchanged = [filled(form_id, answers) for form_id, answers in right.items()]
    shown = shown_together([*changed, *unchanged], tmp_path)
    found = [
        (wrong, said(form_id, number, rows))
        for (form_id, wrong, number, _), rows in zip(WRONG, shown[: len(WRONG)], strict=True)
    ]
    assert found == [(wrong, hint) for _, wrong, _, hint in WRONG]
    for form_id, rows in zip(right, shown[len(WRONG) :], strict=True):
        assert rows[3][0] == "● Можно отправлять: все обязательные пункты заполнены"
        numbers = {number.partition("/")[0] for number in right[form_id]}
        assert {said(form_id, number, rows) for number in numbers} == {DONE}
    assert said("31", "3/дети", shown[-2]) == "–"  # the school has nobody there
    assert said("88", "1.10/всего", shown[-1]) == "○ пусто; если нет, можно 0"


def prefilled(answers: Answers) -> Prefill:
    fields = {date: "date", str: "text", float: "value", int: "value"}
    words = {"2": "choice", "3": "choice", "6.1/ссылка": "url"}
    return Prefill(
        {
            number: {
                words.get(number, fields[type(value)]): str(value) if isinstance(value, str | date) else float(value)
            }
            for number, value in answers.items()
        }
    )


@needs_libreoffice
def test_every_hint_is_written_as_excel_computes_it(tmp_path: Path) -> None:
    fillings = {"31": [RIGHT_MEALS], "88": [RIGHT_HEALTH]}
    for form_id, wrong, _, _ in WRONG:
        right = RIGHT_MEALS if form_id == "31" else RIGHT_HEALTH
        kept = {number: value for number, value in {**right, **wrong}.items() if value != ""}
        if all(isinstance(value, float | int) for number, value in wrong.items() if value != ""):
            fillings[form_id].append(kept)
    days = {"31": (meals(), MEALS_DAY), "88": (health(), HEALTH_DAY)}
    contents = [
        write_form(form, SCHOOL, day, prefilled(answers))
        for form_id, (form, day) in days.items()
        for answers in ({}, *fillings[form_id])
    ]
    assert len(contents) > 15
    for content, shown in zip(contents, shown_together(contents, tmp_path), strict=True):
        values = load_workbook(BytesIO(content), data_only=True)[own_form.SHEET]
        formulas = book(content)[own_form.SHEET]
        for row in formulas:
            for cell in row:
                if cell.data_type == "f":
                    assert shown[cell.row - 1][cell.column - 1] == values[cell.coordinate].value, cell.coordinate


@pytest.mark.parametrize("form_id", ["31", "88"])
def test_no_formula_is_longer_or_deeper_than_excel_takes(form_id: str) -> None:
    formulas = [str(cell.value) for row in sheet_of(form_id) for cell in row if cell.data_type == "f"]
    assert max(map(len, formulas)) < 8192
    assert max(formula.count("IF(") for formula in formulas) < 120


# ── last time's answers ──────────────────────────────────────────────────────────────────────────────────
def test_a_flow_of_the_last_period_is_not_handed_out_again_a_choice_is() -> None:
    lasting = msgspec.structs.replace(health(), cumulative=True)
    kept = of_last_time(lasting, prefilled(RIGHT_HEALTH)).facts
    assert {"2", "3", "1.1/всего"} <= kept.keys()
    assert not {"4", "5", "6.1/дата", "6.1/участники"} & kept.keys()
    assert of_last_time(meals(), prefilled(RIGHT_MEALS)).facts == {}


def test_of_reports_that_stand_alone_nothing_is_handed_out_again() -> None:
    """Last year's figures would come back unread, and look like this year's."""
    assert of_last_time(health(), prefilled(RIGHT_HEALTH)).facts == {}


def test_of_several_choices_all_are_kept() -> None:
    facts = tuple(Fact("3", "choice", title, "C5") for title in ("конкурсы", "классные часы"))
    report = ReportRead(own_form.SHEET, "05", "", HEALTH_DAY, facts)
    assert accepted(report, {}).facts == {"3": {"choice": "конкурсы; классные часы"}}


def test_a_returned_form_holds_all_that_was_accepted() -> None:
    form = write_form_with_cells(health(), SCHOOL, HEALTH_DAY, prefilled(RIGHT_HEALTH))
    sheet = book(form.content)[own_form.SHEET]
    assert sheet[form.answers["6.1/дата"]].value == datetime(2026, 2, 14)
    assert sheet[form.answers["4"]].value == 12
    assert sheet[form.answers["3"]].font.i


# ── relations ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_star_stands_for_every_row_and_column_but_closed_cells_and_means() -> None:
    held = {(one.kind, one.item) for one in relations_of(meals())}
    assert {("sum", "4/дети"), ("sum", "4/сумма"), ("ratio", "4/цена"), ("product", "3/сумма")} <= held
    assert not {("sum", "4/цена"), ("product", "4/сумма"), ("of_which", "1.1/цена")} & held


def test_a_form_of_one_table_has_the_columns_that_it_had() -> None:
    sheet = book(write_form(load_form("form-547"), None, date(2014, 3, 20)))[own_form.SHEET]
    assert sheet.max_column == len(own_form.HEADINGS)
