"""What is printed can be read: no letter is smaller than eight points, however wide the sheet is, and nothing that
stands on a printed page is cut off without being said."""

import re
import subprocess
from dataclasses import replace
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.measuring.figures import Figures
from pipeline.writing.form.workbook import write_form
from pipeline.writing.pages.page import MARGINS, Column, fitting
from schemas.form import load_form
from tests.figures import CASES, STATES, district
from tests.libreoffice import needs_libreoffice, printed
from tests.test_form_workbook import AS_OF, BEFORE, SCHOOL
from tests.workbooks import school_workbook, summary_of, summary_with_decisions, summary_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*(extension is not supported|Unable to read chart)")

SMALLEST = 8  # points
KEPT_FROM_PRINT = {"Правила", "Данные", "О расчёте"}
A4 = {"landscape": (11.69, 8.27), "portrait": (8.27, 11.69)}  # inches
USUAL_WIDTH, USUAL_HEIGHT = 64, 15  # of a column, pixels; of a row, points


@cache
def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def areas(sheet: Worksheet) -> list[tuple[int, int, int, int]]:
    """First column and row, last column and row of each."""
    return [range_boundaries(area.rpartition("!")[2]) for area in sheet.print_area.split(",")]


def width(sheet: Worksheet, first: int, last: int) -> float:
    """Pixels; one dimension may stand for several columns."""
    widths = {
        number: one.width * 7 for one in sheet.column_dimensions.values() for number in range(one.min, one.max + 1)
    }
    return sum(widths.get(number, USUAL_WIDTH) for number in range(first, last + 1))


def scale(sheet: Worksheet) -> float:
    """At which a program prints the sheet, 1 at most."""
    if not (sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage):
        return (sheet.page_setup.scale or 100) / 100
    across, up = A4[sheet.page_setup.orientation or "portrait"]
    margins = sheet.page_margins
    (left, first, right, last) = areas(sheet)[0]
    found = min(1, (across - margins.left - margins.right) * 96 / width(sheet, left, right))
    if sheet.page_setup.fitToHeight == 1 or sheet.page_setup.fitToHeight is None:
        high = sum(sheet.row_dimensions[row].height or USUAL_HEIGHT for row in range(first, last + 1))
        found = min(found, (up - margins.top - margins.bottom) * 72 / high)
    return found


def too_small(sheet: Worksheet) -> set[tuple[float, str]]:
    """Size on paper and one of the texts of that size, below eight points; a hundredth is lost by whole percents."""
    found = {}
    for left, first, right, last in areas(sheet):
        for row in sheet.iter_rows(first, last, left, right):
            for cell in row:
                size = (cell.font.sz or 11) * scale(sheet)
                if cell.value is not None and size < SMALLEST - 0.05:
                    found[round(size, 1)] = f"{cell.coordinate}: {str(cell.value)[:40]}"
    return set(found.items())


@pytest.mark.parametrize("state", STATES)
def test_no_letter_of_the_summary_is_smaller_than_eight_points_on_paper(state: str) -> None:
    seen = 0
    for sheet in book(summary_of(state)).worksheets[:-1]:
        if sheet.title not in KEPT_FROM_PRINT:
            seen += 1
            assert not too_small(sheet), sheet.title
    assert seen == len(book(summary_of(state)).worksheets) - 1 - len(KEPT_FROM_PRINT)


@pytest.mark.parametrize("state", ["twenty-schools", "nobody-reported", "another-form"])
def test_no_letter_of_a_schools_page_is_smaller_than_eight_points_on_paper(state: str) -> None:
    figures = STATES[state]()
    for sheet in book(school_workbook(figures, figures.schools[0])).worksheets:
        if sheet.sheet_state == "visible":
            assert not too_small(sheet), sheet.title


SPARE = 0.95  # LibreOffice prints columns of Arial wider than Excel does
LONG = tuple(replace(case, name=f"МБОУ {case.name} городского поселения Верхние Сосновки") for case in CASES)


@pytest.mark.parametrize("figures", [*(STATES[state]() for state in STATES), district(LONG)], ids=[*STATES, "long"])
def test_the_measures_of_the_order_take_no_second_page_across(figures: Figures) -> None:
    sheet = book(summary_workbook(figures))["Этапы"]
    assert bool(figures.schools) == (len(areas(sheet)) == 2)
    for left, _, right, _ in areas(sheet)[1:]:
        across = (A4["landscape"][0] - sheet.page_margins.left - sheet.page_margins.right) * 96 * SPARE
        assert width(sheet, left, right) * scale(sheet) <= across + 1


@pytest.mark.parametrize("before", [None, BEFORE])
def test_no_letter_of_the_form_is_smaller_than_eight_points_on_paper(before) -> None:
    for sheet in book(write_form(load_form("form-547"), SCHOOL, AS_OF, before)).worksheets:
        if sheet.sheet_state == "visible" and sheet.print_area:
            assert not too_small(sheet), sheet.title


@pytest.mark.parametrize("state", STATES)
def test_no_letter_of_a_chart_is_smaller_than_eight_points_on_paper(state: str) -> None:
    smallest = scale(book(summary_of(state))["Сводка"])
    with ZipFile(BytesIO(summary_of(state))) as package:
        charts = [package.read(part).decode() for part in package.namelist() if part.startswith("xl/charts/chart")]
    sizes = [int(size) / 100 for chart in charts for size in re.findall(r' sz="(\d+)"', chart)]
    assert all(size * smallest >= SMALLEST - 0.05 for size in sizes)


def test_a_sheet_that_is_read_on_the_screen_prints_a_blank_cell_of_the_whole_book_and_says_so() -> None:
    for title in KEPT_FROM_PRINT:
        sheet = book(summary_of("twenty-schools"))[title]
        ((left, first, right, last),) = areas(sheet)
        assert (left, first) == (right, last)
        assert sheet.cell(first, left).value is None
        assert "Со всей книгой лист не печатается" in sheet["A2"].value


@pytest.mark.parametrize(
    ("title", "left_out"),
    [("Активация", "Файл, лист и ячейка"), ("Сдача отчётов", "Файл"), ("Замечания", "Файл")],
)
def test_what_paper_leaves_out_is_named_in_the_sheets_note(title: str, left_out: str) -> None:
    sheet = book(summary_of("twenty-schools"))[title]
    (said,) = re.findall(r"На бумагу не выход(?:ит столбец|ят столбцы) .*?»\.", sheet["A2"].value)
    assert said.endswith(f"«{left_out}».")


@pytest.mark.parametrize("title", ["Охват", "Этапы"])
def test_of_a_table_that_takes_several_pages_the_schools_stand_on_each(title: str) -> None:
    figures = district([replace(case, name=f"{case.name} имени Героя Советского Союза") for case in CASES])
    sheet = book(summary_workbook(figures))[title]
    assert sheet.print_title_cols == "$A:$B"
    assert max(area[2] for area in areas(sheet)) == range_boundaries(sheet.auto_filter.ref)[2]


def test_as_many_columns_are_printed_as_letters_of_eight_points_leave_room_for() -> None:
    assert fitting([Column("", 10)] * 100) == 15  # 75 pixels each; A4 has 1,064 at its own size
    assert fitting([Column("", 400)]) == 1
    assert MARGINS["left"] + MARGINS["right"] == 0.6


@pytest.mark.parametrize(("lines", "pages"), [(4, 1), (6, 1), (7, 2), (12, 2)])
def test_much_to_decide_lies_on_a_page_of_its_own_rather_than_in_small_letters(lines: int, pages: int) -> None:
    sheet = book(summary_with_decisions(lines))["Сводка"]
    assert not too_small(sheet)
    breaks = [one.id for one in sheet.row_breaks.brk]
    assert len(breaks) == pages - 1
    assert all(sheet.cell(above + 1, 1).value == "Требует решения управления" for above in breaks)


@needs_libreoffice
def test_libreoffice_prints_no_letter_smaller_than_eight_points(tmp_path) -> None:
    """Measured on the pages: a line of Arial is 1,158 of its size high. «Сводка» takes one of them."""
    pdf = printed(summary_of("twenty-schools"), tmp_path)
    words = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    pages = words.split("<page ")[1:]
    heights = [
        float(bottom) - float(top)
        for top, bottom in re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)"', words)
    ]
    assert len(heights) > 2000
    assert min(heights) / 1.158 > SMALLEST - 0.1
    assert "Активация" in pages[1]
    assert "Сводка" not in pages[1]
