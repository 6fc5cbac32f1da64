"""The summary workbook, opened as people and programs open it: sheets, live formulas, charts, text that stays text."""

import math
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.measuring.figures import Figures, Share
from pipeline.writing.brief import make_brief
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.charts import Charts
from pipeline.writing.pages.page import LONGEST_TEXT, Book, Page
from pipeline.writing.summary import activation, data, front, write_summary
from pipeline.writing.summary.contents import sheets
from schemas.form import load_form
from schemas.remarks import load_catalogue
from tests import figures as given
from tests.conftest import Once
from tests.figures import AS_OF, STATES
from tests.libreoffice import needs_libreoffice, recalculated, saved_together
from tests.workbooks import VERSION, summary_of, summary_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*(extension is not supported|Unable to read chart)")

ROOT = Path(__file__).parent.parent
CONTENTS = sheets(load_form("form-547"))
SHEETS = [*(sheet.title for sheet in CONTENTS), titles.CHARTS]
KEPT_FROM_PRINT = {"Правила", "Данные", "О расчёте"}  # of the whole book
TABLES = {"Активация": 6, "Охват": 10, "Этапы": 9, "Динамика": 6, "Сдача отчётов": 6, "Проблемы": 5, "Замечания": 6}


def summary(figures: Figures) -> bytes:
    return summary_workbook(figures)


def opened(book: bytes, values: bool = True) -> Workbook:
    """With the values of formulas, or with the formulas."""
    return openpyxl.load_workbook(BytesIO(book), data_only=values)


@cache
def book_of(state: str, values: bool = True) -> Workbook:
    return opened(summary_of(state), values)


def cells(book: Workbook) -> Iterator[Cell]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def column(sheet: Worksheet, heading: str, header: int) -> list[Any]:
    """Values under a heading."""
    found = next(cell.column for cell in sheet[header] if str(cell.value or "").replace("\n", " ") == heading)
    return [row[0] for row in sheet.iter_rows(header + 1, sheet.max_row, found, found, values_only=True)]


def drawings(book: bytes) -> str:
    with zipfile.ZipFile(BytesIO(book)) as package:
        return "".join(package.read(n).decode() for n in package.namelist() if n.startswith("xl/drawings/drawing"))


def charts(book: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(book)) as package:
        return [package.read(n).decode() for n in sorted(package.namelist()) if n.startswith("xl/charts/chart")]


# ── the workbook ─────────────────────────────────────────────────────────────────────────────────────────
def test_sheets_stand_in_the_order_of_reading_and_chart_data_is_hidden() -> None:
    book = book_of("twenty-schools")
    assert book.sheetnames == SHEETS
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"] == ["_графики"]
    assert book.active.title == "Сводка"


def test_the_front_links_to_every_other_sheet_that_is_seen_in_the_order_of_the_tabs() -> None:
    links = links_at_the_foot(book_of("twenty-schools")["Сводка"])
    assert [link.value for link in links] == SHEETS[1:-1]
    assert all(link.hyperlink.location == f"'{link.value}'!A1" for link in links)


@pytest.mark.parametrize("more", [0, 1, 3, 20])
def test_however_many_sheets_there_are_the_links_to_them_are_printed(more: int) -> None:
    """What does not fit beside the others stands in a line of its own."""
    tabs = [*SHEETS[:-1], *(f"Лист {'подлиннее ' * (number % 3)}{number}" for number in range(more))]
    sheet = sheet_of(given.twenty_schools(), tabs, front.write)
    printed = CellRange(sheet.print_area.split("!")[1])
    links = links_at_the_foot(sheet)
    assert [link.value for link in links] == tabs[1:]
    joined = {area.coord.split(":")[0]: area for area in sheet.merged_cells.ranges}
    taken = [joined[link.coordinate] for link in links]
    assert all(printed.issuperset(area) for area in taken)
    assert not [pair for pair in combinations(taken, 2) if not pair[0].isdisjoint(pair[1])]
    footer = sheet.cell(sheet.max_row, 1)
    assert str(footer.value).startswith("Активация родителей (п.\u00a014): учтены ответы")
    assert printed.max_row == footer.row > taken[-1].max_row


def test_the_skeleton_of_a_sheet_in_extending_writes_a_sheet() -> None:
    page = (ROOT / "docs" / "extending.md").read_text("utf-8")
    skeleton: dict[str, Any] = {}
    exec(page.split("<!-- skeleton: begin -->\n```python\n")[1].split("```\n<!-- skeleton: end -->")[0], skeleton)
    sheet = sheet_of(given.twenty_schools(), ["Новый"], lambda page, _: skeleton["write"](page))
    header = skeleton["HEADER_ROW"] + 1
    assert sheet.auto_filter.ref == f"A{header}:C{header + 20}"
    assert [cell.value for cell in sheet["B"][header:]] == [school.name for school in given.twenty_schools().schools]


def sheet_of(figures: Figures, tabs: Sequence[str], write: Callable[[Page, Charts], None]) -> Worksheet:
    """The first sheet, so written, of a workbook with these; the others are blank."""
    target = BytesIO()
    workbook = theme.open_workbook(target, "", "", figures.as_of)
    catalogue = load_catalogue()
    brief = make_brief(figures, catalogue)
    book = Book(workbook, theme.Formats(workbook), figures, brief, catalogue, VERSION, tuple(tabs))
    charts = Charts(book, activation.share_of_rows(figures))
    first, *_ = [Page(book, workbook.add_worksheet(title)) for title in tabs]
    charts.lay_out()
    write(first, charts)
    workbook.close()
    return opened(target.getvalue())[tabs[0]]


def links_at_the_foot(sheet: Worksheet) -> list[Cell]:
    """In the order of reading."""
    rows = list(sheet.iter_rows())
    foot = next(index for index, row in enumerate(rows) if row[0].value == "Листы:")
    return [cell for row in rows[foot:] for cell in row if cell.hyperlink]


def test_tabs_wear_the_colours_of_the_table_of_sheets() -> None:
    book = book_of("twenty-schools")
    colours = {sheet.title: sheet.tab for sheet in CONTENTS}
    assert {name: f"#{book[name].sheet_properties.tabColor.rgb[2:]}" for name in colours} == colours
    assert len(set(colours.values())) == 3  # the front and the remarks stand out


def test_same_figures_give_the_same_bytes() -> None:
    anew = given.district(given.CASES, remarks=given.REMARKS, problems=given.PROBLEMS)
    assert summary(anew) == summary_of("twenty-schools")


@pytest.mark.parametrize("state", STATES)
def test_every_link_leads_to_a_sheet(state: str) -> None:
    book = book_of(state)
    targets = [cell.hyperlink.location for cell in cells(book) if cell.hyperlink]
    assert len(targets) > len(book.worksheets)
    for target in targets:
        assert target.split("!")[0].strip("'") in book.sheetnames


def test_document_is_titled_and_dated_by_its_figures() -> None:
    properties = book_of("twenty-schools").properties
    assert properties.title == "Электронные дневники: свод на 20.03.2014"
    assert properties.created == datetime(2014, 3, 20)


@pytest.mark.parametrize("state", STATES)
def test_every_sheet_prints_on_landscape_a4(state: str) -> None:
    for sheet in book_of(state).worksheets[:-1]:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.print_area
        if sheet.title not in KEPT_FROM_PRINT:
            assert "Лист &P из &N" in sheet.oddFooter.right.text


@pytest.mark.parametrize(("name", "header"), TABLES.items())
def test_filters_and_frozen_panes_leave_totals_alone(name: str, header: int) -> None:
    sheet = book_of("twenty-schools")[name]
    first, last = (int(re.sub(r"\D", "", end)) for end in sheet.auto_filter.ref.split(":"))
    assert (first, last) == (header, 29 if name == "Этапы" else sheet.max_row)  # the measures stand below the schools
    assert int(re.sub(r"\D", "", sheet.freeze_panes)) == header + 1
    assert not [area for area in sheet.merged_cells.ranges if 5 <= area.max_row <= last]


# ── live formulas ────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def computed_anew(once: Once) -> dict[str, Path]:
    return once("every state computed anew", lambda folder: dict(zip(STATES, all_computed_in(folder), strict=True)))


def all_computed_in(folder: Path) -> list[Path]:
    folder.mkdir()
    return saved_together(map(summary_of, STATES), folder)


@needs_libreoffice
@pytest.mark.parametrize("state", STATES)
def test_recalculation_changes_no_value(state: str, computed_anew: dict[str, Path]) -> None:
    formulas, cached = book_of(state, values=False), book_of(state)
    computed = openpyxl.load_workbook(computed_anew[state], data_only=True)
    seen = 0
    for cell in cells(formulas):
        if cell.data_type != "f":
            continue
        seen += 1
        was, now = (book[cell.parent.title][cell.coordinate].value for book in (cached, computed))
        where = f"{cell.parent.title}!{cell.coordinate} {cell.value}"
        if isinstance(was, int | float):
            assert now == pytest.approx(was, abs=1e-9), where
        else:
            assert (now or "") == (was or ""), where
    assert seen > 10


@needs_libreoffice
def test_recalculation_really_computes(tmp_path: Path) -> None:
    """A wrong value in the file is put right, so that the test above can fail."""
    book = summary_of("three-schools")
    parts = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as source, zipfile.ZipFile(parts, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b"<v>55</v>", b"<v>77</v>"))
    wrong = opened(parts.getvalue())["Активация"]["K5"].value
    right = openpyxl.load_workbook(recalculated(parts.getvalue(), tmp_path), data_only=True)["Активация"]["K5"].value
    assert (wrong, right) == (77, 55)


def test_named_cells_hold_the_plan_and_stay_empty_where_there_is_none() -> None:
    def named(state: str) -> dict[str, Any]:
        book = book_of(state)
        found = {}
        for name, defined in book.defined_names.items():
            sheet, cell = next(defined.destinations)
            found[name] = book[sheet][cell.replace("$", "")].value
        return found

    usual = named("twenty-schools")
    assert usual.pop("Недель_до_срока") == pytest.approx(31 / 7)
    assert usual == {
        "Дата_отчёта": datetime(2014, 3, 20),
        "План_мин": 0.41,
        "План_макс": 0.6,
        "След_срок": datetime(2014, 4, 20),
        "След_план_мин": 0.61,
    }
    assert named("before-the-first-target")["План_мин"] is None
    last = named("target-of-hundred")
    assert [last[name] for name in ("След_срок", "След_план_мин", "Недель_до_срока")] == [None, None, None]


def test_cards_on_the_front_refer_to_the_sheets_behind_them() -> None:
    front = book_of("twenty-schools", values=False)["Сводка"]
    assert front["G6"].value == "='Активация'!$G$5"
    assert front["M6"].value.startswith("=COUNTIF('Активация'!$L$7:$L$26,")
    assert front["S6"].value == "='Охват'!$N$7"
    assert book_of("twenty-schools")["Сводка"]["M6"].value == 11


# ── sheet by sheet ───────────────────────────────────────────────────────────────────────────────────────
def test_activation_lists_the_worst_first_and_those_without_a_figure_last() -> None:
    sheet = book_of("twenty-schools")["Активация"]
    assert column(sheet, "Школа", 6)[:3] == ["СОШ с. Кедровка", "ООШ с. Белый Мыс", "СОШ № 8"]
    assert column(sheet, "Состояние", 6)[6:9] == ["▼ ниже плана", "● по плану", "● по плану"]
    assert column(sheet, "Основание", 6)[-2:] == ["п.\u00a014 отложен: замечание", "отчёт не представлен"]
    assert sheet["K5"].value == 118


def test_a_share_just_below_plan_is_not_shown_as_the_plan() -> None:
    close = given.district([given.Case("СОШ № 1", 10_000, (40.97,))], history=(given.AS_OF,))
    sheet = opened(summary(close))["Активация"]
    assert sheet["G7"].number_format == '0.00" "%'
    assert sheet["L7"].value == "▼ ниже плана"


def test_coverage_tells_apart_what_is_not_counted() -> None:
    sheet = book_of("twenty-schools")["Охват"]
    by_item = {cell.value.split("\n")[0]: cell.column for cell in sheet[6][2:]}
    assert sheet.cell(17, by_item["12.3"]).value == "н/п"
    assert sheet.cell(29, by_item["14"]).value == "!"
    assert sheet.cell(30, by_item["14"]).value == "·"
    assert sheet.cell(7, by_item["9"]).value == "—"
    counted = sheet.cell(8, by_item["14"])
    assert (counted.value, counted.number_format) == (18, '0" из 20"')


def test_trend_leaves_out_what_was_carried_forward() -> None:
    sheet = book_of("twenty-schools")["Динамика"]
    row = next(row for row in sheet.iter_rows(7, values_only=True) if row[1] == "ООШ № 7")
    assert row[2:5] == (pytest.approx(0.219), pytest.approx(0.338), "·")
    assert row[6] == "–"


def test_trend_tells_a_report_without_a_figure_from_no_report() -> None:
    figures = given.twenty_schools()
    trend = figures.trend.copy()
    at_last = (trend["date"] == AS_OF) & (trend["school_code"] == "01")
    trend.loc[at_last, ["covered", "total", "percent", "share"]] = [math.nan, math.nan, math.nan, Share.NO_ANSWER]
    sheet = opened(summary(replace(figures, trend=trend)))["Динамика"]
    last = {row[1]: row[4] for row in sheet.iter_rows(7, values_only=True)}
    assert (last["СОШ № 1"], last["ВСОШ"], last["НОШ с. Устье"]) == ("пусто", "!", "·")


def test_trend_shows_the_last_twelve_dates() -> None:
    days = [datetime(2013, month, 25).date() for month in range(1, 13)] + [given.AS_OF]
    case = given.Case("СОШ № 1", 100, tuple(float(3 * n) for n in range(13)))
    header = next(opened(summary(given.district([case], history=days)))["Динамика"].iter_rows(6, 6, values_only=True))
    assert header[2] == "25.02.2013"
    assert header[13] == "20.03.2014"


def test_problems_keep_the_schools_words_and_repeat_the_group() -> None:
    sheet = book_of("twenty-schools")["Проблемы"]
    assert column(sheet, "Группа", 5)[:4] == ["Интернет и связь"] * 3 + ["Родители не видят пользы"]
    assert column(sheet, "Решение", 5)[1] == "— решение не указано"


@pytest.mark.parametrize(("name", "said"), [("Замечания", "Замечаний нет."), ("Проблемы", "Проблем нет.")])
def test_an_empty_sheet_keeps_its_header_and_says_so(name: str, said: str) -> None:
    sheet = book_of("all-well")[name]
    assert sheet.cell(TABLES[name] + 1, 1).value == said
    assert sheet.cell(TABLES[name], 1).value


def test_data_is_one_table_of_a_row_a_school() -> None:
    sheet = book_of("twenty-schools")["Данные"]
    table = sheet.tables["Данные"]
    headings = [table_column.name for table_column in table.tableColumns]
    assert len(set(headings)) == len(headings)
    assert column(sheet, "Код", 5) == [f"{number:02d}" for number in range(1, 21)]
    assert column(sheet, "3 план работы: дата", 5)[0] == datetime(2013, 12, 20)
    assert column(sheet, "4 локальные акты", 5)[0] == "Положение о дневнике, № 7 от 15.01.2014"
    assert column(sheet, "12.3 логины ученикам, %", 5)[6] == "н/п"
    assert column(sheet, "14 активация родителей, %", 5)[18] is None  # set aside


@pytest.mark.parametrize("at_once", [1, 7])
def test_however_many_schools_are_looked_up_at_once_the_workbook_is_the_same(monkeypatch, at_once: int) -> None:
    whole = summary_of("twenty-schools")
    monkeypatch.setattr(data, "_AT_ONCE", at_once)
    assert summary(STATES["twenty-schools"]()) == whole


def test_method_lists_every_source_and_the_versions() -> None:
    said = list(book_of("twenty-schools")["О расчёте"].iter_rows(values_only=True))
    assert ("otchet-01.xlsx", datetime(2014, 3, 20), "СОШ №\u00a01: учтён") in said
    assert said[-1][0] == "Форма form-547, версия 1; программа Свод, версия 0.1.0"


# ── text stays text ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("text", ["=1+1", "+7 914", "-5", "@SUM(A1)", "http://example.org", "'кавычка", "0123"])
def test_text_from_a_school_is_never_a_formula_a_link_or_a_number(text: str) -> None:
    figures = given.twenty_schools()
    problem = msgspec.structs.replace(figures.problems[0], problem=text, solution=text)
    cell = opened(summary(replace(figures, problems=(problem,))), values=False)["Проблемы"]["D6"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    figures = given.twenty_schools()
    endless = msgspec.structs.replace(figures.problems[0], problem="щ" * (LONGEST_TEXT + 1))
    value = opened(summary(replace(figures, problems=(endless,))))["Проблемы"]["D6"].value
    assert len(value) == LONGEST_TEXT
    assert value.endswith("… обрезано")


# ── charts ───────────────────────────────────────────────────────────────────────────────────────────────
def test_three_native_charts_draw_hidden_data_and_are_described_for_those_who_cannot_see() -> None:
    book = summary_of("twenty-schools")
    assert len(charts(book)) == 3
    assert all('<c:plotVisOnly val="0"/>' in chart or "plotVisOnly" not in chart for chart in charts(book))
    described = re.findall(r'descr="([^"]+)"', drawings(book))
    assert len(described) == 3
    assert "план выполнен, но" in described[0]


def test_bars_stand_best_first_so_that_the_worst_is_drawn_on_top() -> None:
    sheet = book_of("twenty-schools")["_графики"]
    names = [sheet.cell(row, 1).value.replace("\u00a0", " ") for row in range(2, 20)]
    assert (names[0], names[-1]) == ("Гимназия № 1", "СОШ с. Кедровка")
    assert (sheet["D19"].value, sheet["E19"].value) == (None, pytest.approx(0.242))


def test_a_bar_just_below_plan_is_not_labelled_with_the_plan() -> None:
    close = given.district([given.Case("СОШ № 1", 10_000, (40.97,))], history=(given.AS_OF,))
    assert sum("40,97\u00a0%" in chart for chart in charts(summary(close))) == 3  # the bars, and the way on two sheets


def test_of_many_schools_the_fifteen_worst_and_the_rest_are_drawn() -> None:
    sheet = book_of("three-hundred-schools")["_графики"]
    names = [sheet.cell(row, 1).value for row in range(2, 18)]
    assert names[0].replace("\u00a0", " ") == "Остальные 255 школ"
    assert sheet.cell(18, 1).value is None


def test_a_bar_too_short_for_its_label_takes_the_percent_into_its_name() -> None:
    sheet = book_of("before-the-first-target")["_графики"]
    assert sheet.cell(20, 1).value.replace("\u00a0", " ") == "СОШ с. Кедровка · 7,8 %"


def test_without_reports_words_stand_in_place_of_charts() -> None:
    book = summary_of("nobody-reported")
    assert charts(book) == []
    front = opened(book)["Сводка"]
    assert front["A13"].value == "Нет данных для диаграммы: отчётов нет."
    assert front["S13"].value == "Нет данных за прошлые даты."


# ── whatever the form ────────────────────────────────────────────────────────────────────────────────────
def test_another_form_leaves_no_word_of_order_547() -> None:
    book = book_of("another-form")
    assert book.sheetnames[1] == "Питание"
    foreign = re.compile(r"547|ктивац|родител|дневник", re.IGNORECASE)
    of_any_form = "Правила"  # its examples are the catalogue's own
    for cell in (cell for cell in cells(book) if isinstance(cell.value, str) and cell.parent.title != of_any_form):
        assert not foreign.search(str(cell.value)), f"{cell.parent.title}!{cell.coordinate}: {cell.value}"


def test_writing_knows_no_item_number_of_any_form() -> None:
    numbers = {item.number for item in load_form("form-547").items}
    for module in (Path(write_summary.__code__.co_filename).parent).glob("*.py"):
        quoted = set(re.findall(r'"(\d+(?:\.\d+)?)"', module.read_text("utf-8")))
        assert not quoted & numbers, module.name
