"""docs/performance.md quotes what the benchmarks have printed, and nothing else."""

import json
from io import BytesIO
from pathlib import Path

from xlsxwriter import Workbook

from benchmarks.compare import FIGURES, FLOOR, IMPORTS, LARGE, SCRIPT, SVOD, ratios, settings_of
from benchmarks.district import USUAL
from benchmarks.report import BEGIN, END, PAGE, page_of
from benchmarks.stages import STAGES, place_of
from benchmarks.summary import cells_by_sheet, write_bare, written_cells
from pipeline.settings import Limits, load_settings


def test_the_page_is_made_of_the_figures():
    page = PAGE.read_text("utf-8")
    assert page_of(json.loads(FIGURES.read_text("utf-8")), page) == page


def test_a_figure_typed_into_the_page_does_not_stay():
    page = f"before\n{BEGIN}\n0.01 s\n{END}\nafter\n"
    made = page_of(json.loads(FIGURES.read_text("utf-8")), page)
    assert "0.01 s\n" not in made
    assert made.startswith("before\n")
    assert made.endswith("after\n")


def test_ratios_say_how_often_one_goes_into_the_other():
    cost = {"clock": 2.0, "cpu": 3.0, "peak": 0.0}
    costs = {SVOD: cost, SCRIPT: {**cost, "clock": 24.0, "cpu": 21.0}, FLOOR: {**cost, "clock": 0.5}, IMPORTS: cost}
    assert ratios({"costs": costs}) == {
        "Svod : the imports, by the clock": 1.0,
        "Svod : calamine, by the clock": 4.0,
        "cores used": 1.5,
        "script : Svod, by the clock": 12.0,
        "script : Svod, by CPU": 7.0,
    }


def test_every_stage_that_is_timed_is_there():
    assert [stage for stage in STAGES if not hasattr(*place_of(stage))] == []


def test_the_summary_is_held_against_a_bare_workbook_of_the_same_cells():
    """Or a ratio would be told of other cells."""
    target = BytesIO()
    book = Workbook(target, {"in_memory": True})
    bold, quiet = book.add_format({"bold": True}), book.add_format({"italic": True})
    for name in ("Сводка", "Данные"):
        sheet = book.add_worksheet(name)
        sheet.write_string(0, 0, "Школа", bold)
        sheet.write_number(0, 1, 17.5)
        sheet.write_blank(1, 0, None, quiet)
        sheet.write_formula(1, 1, "=B1*2", bold, 35)
        sheet.write_formula(2, 1, '=IF(B1="","","да")', quiet, "да")
    book.close()
    whole = target.getvalue()
    cells = list(cells_by_sheet(whole))
    assert [list(cell) for cell in cells[1]] == [
        [0, 0, "Школа", "", 1],
        [0, 1, 17.5, "", 0],
        [1, 0, None, "", 2],
        [1, 1, 35.0, "B1*2", 1],
        [2, 1, "да", 'IF(B1="","","да")', 2],
    ]
    assert written_cells(write_bare(cells)) == written_cells(whole)
    for missed in range(5):
        assert written_cells(write_bare([cells[0], [*cells[1][:missed], *cells[1][missed + 1 :]]])) != written_cells(
            whole
        )


def test_growth_is_told_of_a_file_against_a_thousand_schools():
    shares = {name: {"clock": 1.0, "cpu": 1.0, "peak": 10.0} for name in (FLOOR, IMPORTS)}
    of_thousand = {**shares, SVOD: {"clock": 10.0, "cpu": 20.0, "peak": 300.0}}
    of_many = {**shares, SVOD: {"clock": 200.0, "cpu": 200.0, "peak": 400.0}}
    district = {"faulty": USUAL, "stages": {}}
    figures = {
        "machine": "", "cores": 2, "python": "",
        "districts": [
            {**district, "schools": 1_000, "files": 1_000, "costs": of_thousand},
            {**district, "schools": 40_000, "files": 11_000, "costs": of_many, "settings": "[limits]\nseconds = 120\n"},
        ],
    }  # fmt: skip
    page = page_of(figures, f"{BEGIN}\n{END}\n")
    assert "| 1,000 | 1,000 | 10.0 | 1.00 | 20.0 | 1.00 | 300 |  |\n" in page
    assert "| 40,000 | 11,000 | 18.2 | 1.82 | 18.2 | 0.91 | 400 | 10 |\n" in page
    assert "Svod was run with `[limits] seconds = 120` in its settings." in page


def test_a_large_district_is_run_with_settings_of_its_own(tmp_path: Path):
    assert settings_of(tmp_path, LARGE - 1) == []
    option, file = settings_of(tmp_path, LARGE)
    assert option == "--settings"
    assert load_settings(Path(file)).limits.seconds > Limits().seconds
