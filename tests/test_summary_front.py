"""The summary's sheets that answer where leadership stands: «Сводка», «Активация», «Охват», «Динамика», «О расчёте».

Rows and columns are found by what stands in them, so that a new column breaks no test that is not about it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.measuring.figures import Figures, Restated
from pipeline.writing.pages import page, theme
from schemas.district import Waiver
from schemas.remarks import Remark, Severity, remark
from tests import figures as given
from tests.figures import AS_OF, HISTORY, STATES, Case, district
from tests.test_summary import book_of as state
from tests.workbooks import summary_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*(extension is not supported|Unable to read chart)")


def book_of(figures: Figures, values: bool = True) -> Workbook:
    return openpyxl.load_workbook(BytesIO(summary_workbook(figures)), data_only=values)


def shown(value: object) -> str:
    """As one types it: ordinary spaces, one line."""
    return " ".join(str(value if value is not None else "").replace("\u00a0", " ").split())


def texts(sheet: Worksheet) -> list[str]:
    return [shown(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def row_of(sheet: Worksheet, name: str, column: int) -> int:
    return next(row for row in range(1, sheet.max_row + 1) if shown(sheet.cell(row, column).value) == name)


def by_heading(sheet: Worksheet, header: int, row: int) -> dict[str, Any]:
    """Heading -> the cell's value in that row."""
    return {shown(cell.value): sheet.cell(row, cell.column).value for cell in sheet[header]}


def activation_of(book: Workbook, school: str) -> dict[str, Any]:
    sheet = book["Активация"]
    return by_heading(sheet, 6, row_of(sheet, school, 3))


def links(sheet: Worksheet) -> Iterator[tuple[str, str]]:
    for row in sheet.iter_rows():
        yield from ((shown(cell.value), cell.hyperlink.location) for cell in row if cell.hyperlink)


# ── «Сводка» ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", STATES)
def test_front_links_to_every_sheet_whatever_there_is_to_decide(name: str) -> None:
    book = state(name)
    leads_to = {location.split("!")[0].strip("'") for _, location in links(book["Сводка"])}
    visible = {sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"}
    assert leads_to == visible - {"Сводка"}


def test_front_tells_its_date_and_the_one_it_is_compared_with() -> None:
    assert "по состоянию на 20.03.2014 · сравнение с 20.02.2014" in texts(state("twenty-schools")["Сводка"])


def test_a_row_grows_with_the_words_that_it_has_to_hold() -> None:
    figures = given.twenty_schools()
    many = tuple(Restated(day, 41.0, 39.6, True, figures.schools[:3]) for day in HISTORY)
    usual, longer = (
        book_of(each)["Сводка"].row_dimensions[3].height for each in (figures, replace(figures, restated=many))
    )
    assert usual == 27
    assert longer > 1.5 * usual


@pytest.mark.parametrize("name", STATES)
def test_a_screen_of_1366_pixels_shows_what_fits_and_text_stays_readable(name: str) -> None:
    zooms = {sheet.title: sheet.sheet_view.zoomScale for sheet in state(name).worksheets[:-1]}
    assert zooms["Сводка"] in (None, 100)
    assert all(zoom is None or 75 <= zoom <= 100 for zoom in zooms.values())


# ── «Активация» ──────────────────────────────────────────────────────────────────────────────────────────
def test_own_pace_stands_beside_the_needed_one() -> None:
    headings = [shown(cell.value) for cell in state("twenty-schools")["Активация"][6]]
    at = headings.index("Нужно в неделю до 20.04, чел.")
    assert headings[at : at + 4] == [
        "Нужно в неделю до 20.04, чел.",
        "Свой темп, чел. в неделю",
        "Прогноз на 20.04, %",
        "Успеет к 20.04",
    ]


def test_a_school_is_told_how_far_it_has_come_and_whether_it_will_be_in_time() -> None:
    row = activation_of(state("twenty-schools"), "СОШ № 8")
    assert row["К прошлой дате, п.п."] == pytest.approx(9.0)
    assert row["К прошлой дате, чел."] == pytest.approx(0.09 * 455)
    assert row["Свой темп, чел. в неделю"] == pytest.approx(0.09 * 455 / 4)
    assert row["Успеет к 20.04"] == "▼ не успеет"
    assert activation_of(state("twenty-schools"), "Гимназия № 1")["Успеет к 20.04"] == "● успеет"


def test_nothing_is_foretold_of_a_school_that_did_not_report() -> None:
    row = activation_of(state("twenty-schools"), "ООШ № 7")
    assert [row[name] for name in ("Свой темп, чел. в неделю", "Прогноз на 20.04, %", "Успеет к 20.04")] == [
        "–",
        "–",
        None,
    ]


def test_after_the_last_target_nobody_has_anything_left_to_reach_in_time() -> None:
    row = activation_of(state("target-of-hundred"), "СОШ № 8")
    assert [row[name] for name in ("Нужно в неделю, чел.", "Прогноз, %", "Успеет")] == [None, "–", None]


def test_basis_says_when_people_were_computed_from_a_percent_and_where_the_cell_is() -> None:
    row = activation_of(state("twenty-schools"), "ООШ № 7")
    assert row["Основание"] == "перенесено с прошлой даты; число по проценту"
    assert row["Файл, лист и ячейка"] == "otchet-11.xlsx · Отчёт · D51"


def waived() -> Remark:
    """The order's control on the headline item, lowered by the office."""
    said = remark("ABOVE-LIMIT", file="otchet-01.xlsx", sheet="Отчёт", cell="D51", school="01", as_of=AS_OF, item="14",
                  value="31", said="Активировано", count=31.0, limit_said="логины выданы", limit=24.0, other="12.1",
                  reason="активных не может быть больше, чем логинов",
                  waiver="логины выдал прежний оператор (Петрова А. А.)")  # fmt: skip
    return replace(said, severity=Severity.INFO)


def test_an_exception_stands_beside_the_figure_that_it_lets_count_and_on_the_sheet_of_method() -> None:
    book = book_of(replace(given.twenty_schools(), remarks=(waived(),)))
    row = activation_of(book, "СОШ № 1")
    assert "по исключению: логины выдал прежний оператор (Петрова А. А.)" in row["Основание"]
    assert any(said.endswith("логины выдал прежний оператор (Петрова А. А.)") for said in texts(book["О расчёте"]))


def test_total_row_says_where_the_share_can_lie_while_schools_are_missing() -> None:
    basis = by_heading(state("twenty-schools")["Активация"], 6, 5)["Основание"]
    assert shown(basis) == "с ответами остальных: от 53,9 до 55,5 %; изменение — у 18 школ с показателем на обе даты"
    said = by_heading(state("three-schools")["Активация"], 6, 5)["Основание"]
    assert shown(said) == "изменение — у 3 школ с показателем на обе даты"


@pytest.mark.parametrize("name", ["twenty-schools", "long names"])
def test_paper_leaves_out_where_the_figure_stands_and_can_be_read(name: str) -> None:
    """However long the schools' names are; the note says what is left out."""
    figures = given.twenty_schools()
    if name == "long names":
        figures = district([replace(case, name=f"{case.name} имени Героя Советского Союза") for case in given.CASES])
    sheet = book_of(figures)["Активация"]
    printed = sheet[sheet.print_area.split("!")[1]][5]
    headings = [shown(cell.value) for cell in printed]
    assert headings == [shown(cell.value) for cell in sheet[6]][: len(headings)]
    assert "Состояние" in headings
    assert not {"Основание", "Файл, лист и ячейка"} & set(headings)
    assert "и «Файл, лист и ячейка»" in sheet["A2"].value or "до «Файл, лист и ячейка»" in sheet["A2"].value
    assert sheet["A2"].coordinate in sheet.merged_cells
    assert all(area.max_col <= len(printed) for area in sheet.merged_cells.ranges)


@pytest.mark.parametrize("name", ["all-well", "nobody-reported", "twenty-schools"])
def test_the_total_row_is_high_enough_for_how_many_schools_are_counted(name: str) -> None:
    """«18 из 20 школ» takes two lines of its narrow column."""
    sheet = state(name)["Активация"]
    assert "из" in by_heading(sheet, 6, 5)["Отчёт на дату"]
    assert (sheet.row_dimensions[5].height or 0) >= 2 * theme.SMALL_SIZE * 1.28


FINE, POINTS = (look["num_format"] for look in (theme.FINE_POINTS, theme.POINTS))


@pytest.mark.parametrize(("percent", "said"), [(40.97, FINE), (41.0, FINE), (38.0, POINTS)])
def test_a_school_just_below_plan_is_not_shown_to_be_without_deviation(percent: float, said: str) -> None:
    sheet = book_of(district([Case("СОШ № 1", 10_000, (percent,))], history=(AS_OF,)))["Активация"]
    column = [shown(cell.value) for cell in sheet[6]].index("Отклоне- ние, п.п.") + 1
    assert sheet.cell(7, column).number_format == said


def test_a_binary_fraction_is_no_deviation_when_excel_computes_it() -> None:
    """(0,41 − 0,41) of people would be shown as «−0,0»."""
    sheet = state("exactly-on-target", values=False)["Активация"]
    formulas = [str(cell.value) for row in sheet.iter_rows(min_row=7) for cell in row if "*100" in str(cell.value)]
    assert formulas
    assert all(",ROUND((" in formula for formula in formulas)


# ── «Охват» ──────────────────────────────────────────────────────────────────────────────────────────────
def test_totals_of_coverage_are_live_and_equal_the_measured_share() -> None:
    figures = given.twenty_schools()
    formulas, values = state("twenty-schools", values=False)["Охват"], state("twenty-schools")["Охват"]
    for cell in values[6][2:]:
        item = str(cell.value).split("\n")[0]
        formula, total = (sheet.cell(7, cell.column).value for sheet in (formulas, values))
        if figures.form.item(item).base:
            assert formula.count("SUM('Данные'!") == 3
            assert total == pytest.approx(figures.totals["percent"][item] / 100)
        else:
            assert total == formula == "—"


def test_coverage_says_how_it_has_changed_since_the_date_before() -> None:
    figures = given.twenty_schools()
    sheet = state("twenty-schools")["Охват"]
    assert sheet.cell(9, 2).value == "с 20.02.2014, п.п."
    last = max(cell.column for cell in sheet[6])
    assert sheet.cell(9, last).value == pytest.approx(figures.municipality.change)
    assert sheet.cell(10, 2).value == "у школ, учтённых на обе даты"
    assert sheet.cell(10, last).value == figures.municipality.change_schools == 18
    assert [cell.value for cell in state("no-history")["Охват"][9][2:]] == ["–"] * (last - 2)


@pytest.mark.parametrize(("name", "column"), [("Охват", 2), ("Динамика", 2)])
def test_two_clicks_lead_from_the_front_to_a_schools_file_and_cells(name: str, column: int) -> None:
    book = state("twenty-schools")
    assert name in dict(links(book["Сводка"]))
    sheet = book[name]
    link = sheet.cell(row_of(sheet, "ВСОШ", column), column).hyperlink.location
    data, cell = link.split("!")
    found = by_heading(book[data.strip("'")], 5, book[data.strip("'")][cell].row)
    assert found["Школа"] == "ВСОШ"
    assert found["Файл"] == "otchet-19.xlsx"
    assert found["1: ячейка"] == "C7"


def test_a_narrow_table_is_printed_as_wide_as_the_paper_so_that_its_title_is_whole() -> None:
    sheet = state("another-form")["Охват"]
    of_the_table, printed = sheet.max_column, range_boundaries(sheet.print_area.split("!")[1])[2]
    widths = {letter: column.width for letter, column in sheet.column_dimensions.items()}
    usual = 8.43  # characters of a column whose width nobody has set
    printed_width = sum(widths.get(get_column_letter(number), usual) for number in range(1, printed + 1)) * 7
    assert printed > of_the_table
    assert printed_width == pytest.approx(page.PAPER, rel=0.1)
    assert sheet["A1"].value == "Охват по школам и пунктам отчёта на 15.11.2025"


# ── «Динамика» ───────────────────────────────────────────────────────────────────────────────────────────
def test_the_schools_that_moved_most_are_named_above_the_table() -> None:
    cases = [
        Case("СОШ № 1", 100, (20.0, 30.0)),
        Case("СОШ № 2", 200, (20.0, 45.0)),
        Case("СОШ № 3", 100, (20.0, 22.0)),
        Case("СОШ № 4", 100, (20.0, 21.0)),
        Case("СОШ № 5", 1000, (20.0, 17.5)),
    ]
    sheet = book_of(district(cases, history=HISTORY[1:]))["Динамика"]
    assert shown(sheet["A4"].value) == (
        "Муниципалитет: +2,5 п.п. (+38 чел.) с 20.02.2014 у 5 школ с показателем на обе даты. "
        "Больше всех прибавили с 20.02.2014: СОШ № 2 — на 25 п.п. (50 чел.), СОШ № 1 — на 10 п.п. (10 чел.), "
        "СОШ № 3 — на 2 п.п. (2 чел.). Снизились: СОШ № 5 — на 2,5 п.п. (25 чел.)."
    )


def test_nobody_is_said_to_have_moved_where_there_is_nothing_to_compare() -> None:
    assert not state("no-history")["Динамика"]["A4"].value
    still = district([Case("СОШ № 1", 100, (30.0, 30.0))], history=HISTORY[1:])
    assert shown(book_of(still)["Динамика"]["A4"].value) == (
        "Муниципалитет: 0 п.п. (0 чел.) с 20.02.2014 у 1 школы с показателем на обе даты. "
        "С 20.02.2014 доля не изменилась ни в одной школе."
    )


def test_dates_that_are_left_out_are_admitted() -> None:
    days = [date(2013, month, 25) for month in range(1, 13)] + [AS_OF]
    case = Case("СОШ № 1", 100, tuple(float(3 * n) for n in range(13)))
    sheet = book_of(district([case], history=days))["Динамика"]
    assert "(показаны последние 12 из 13)" in sheet["A2"].value
    printed = range_boundaries(sheet.print_area.split(",")[0].rpartition("!")[2])[2]
    assert printed < sheet.max_column  # and what moved is not cut at the edge of the paper
    assert [area.max_col for area in sheet.merged_cells.ranges if area.min_row == 4] == [printed]


def test_nothing_of_the_trend_lies_over_rows_that_are_repeated_on_every_page() -> None:
    """A slice of the chart would be printed on each of them."""
    sheet = state("three-hundred-schools")["Динамика"]
    last_repeated = int(sheet.print_title_rows.rpartition("$")[2])
    (chart,) = sheet._charts
    assert chart.anchor._from.row >= last_repeated


# ── «О расчёте» ──────────────────────────────────────────────────────────────────────────────────────────
def method_row(book: Workbook, name: str) -> tuple[Any, Any]:
    """Value and meaning of a line."""
    sheet = book["О расчёте"]
    row = row_of(sheet, name, 1)
    return sheet.cell(row, 2).value, sheet.cell(row, 3).value


def test_method_shows_what_the_figures_set_aside_would_make_of_the_share() -> None:
    """40 of 80 people of «ВСОШ» are set aside."""
    book, whole = state("twenty-schools"), given.twenty_schools().municipality
    assert whole.covered is not None
    assert whole.total is not None
    with_it = (whole.covered + 40) / (whole.total + 80)
    assert method_row(book, "п. 14: со всеми")[0] == pytest.approx(with_it)
    value, meaning = method_row(book, "ВСОШ (19)")
    assert value == pytest.approx(with_it)
    assert shown(meaning).startswith("40 из 80 чел. (50 %). Активировано 31 чел., но логины выданы 24")


def test_method_tells_the_range_and_that_no_real_year_has_tested_the_forecast() -> None:
    book = state("twenty-schools")
    low, high = (method_row(book, f"Активация родителей: не {bound}")[0] for bound in ("ниже", "выше"))
    assert (low, high) == (pytest.approx(0.539, abs=5e-4), pytest.approx(0.555, abs=5e-4))
    assert any("На настоящем учебном годе прогноз ещё не проверен" in said for said in texts(book["О расчёте"]))


def test_method_lists_every_exception_in_force_whether_it_was_needed_or_not() -> None:
    waivers = (
        Waiver("01", "7", "", "сделано в 2012 году", "Иванова"),
        Waiver("02", "6.2", "PCT-DISAGREES", "опечатка", "Петрова", date(2014, 4, 1)),
        Waiver("03", "14", "PCT-DISAGRES", "описка в коде"),
    )
    book = book_of(replace(given.twenty_schools(), waivers=waivers))
    assert "Исключения, которые действуют на эту дату: школа, до какого дня, что разрешено" in texts(book["О расчёте"])
    lines = [method_row(book, name) for name in ("СОШ № 1 (01)", "СОШ № 2 (02)", "СОШ № 3 (03)")]
    assert [(until, shown(meaning)) for until, meaning in lines] == [
        (None, "п. 7, пункт исключён из плана школы: сделано в 2012 году (Иванова); бессрочно"),
        (datetime(2014, 4, 1), "п. 6.2, процент не сходится с числом людей: опечатка (Петрова)"),
        (None, "п. 14, замечания «PCT-DISAGRES» в перечне нет, исключение не сработает: описка в коде; бессрочно"),
    ]


@pytest.mark.parametrize(("sent", "told"), [(True, "сообщён в письме"), (False, "посчитан впервые")])
def test_method_lists_what_earlier_dates_were_told_to_be(sent: bool, told: str) -> None:
    figures = given.twenty_schools()
    restated = Restated(HISTORY[0], 41.0, 39.6, sent, (figures.schools[2],))
    said = texts(book_of(replace(figures, restated=(restated,)))["О расчёте"])
    assert any("был 41 %, стал 39,6 %" in line and line.endswith(f"Прежний итог был {told}.") for line in said)


@pytest.mark.parametrize(
    "said", ["Отложенных показателей нет.", "Исключений нет.", "Исключения не понадобились.", "Таких нет."]
)
def test_method_keeps_a_section_that_has_nothing_to_tell(said: str) -> None:
    assert said in texts(state("three-schools")["О расчёте"])


# ── more schools than a sheet shows ──────────────────────────────────────────────────────────────────────
def test_sheets_that_would_be_too_long_say_so_and_keep_the_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_ROWS", 5)
    figures = given.twenty_schools()
    book, formulas = book_of(figures), book_of(figures, values=False)
    for name in ("Активация", "Охват", "Динамика"):
        assert "Показаны первые 5 строк из 20; все — в файле indicators.csv" in shown(book[name]["A2"].value)
    assert book["Активация"]["E5"].value == formulas["Активация"]["E5"].value == pytest.approx(8718)
    assert book["Сводка"]["M6"].value == formulas["Сводка"]["M6"].value == 11
    assert book["Охват"].max_row == 10 + 5
    assert len([name for name in book["Данные"]["A"][5:] if name.value]) == 5
