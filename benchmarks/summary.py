"""The summary workbook and the CSVs of many schools: CPU seconds, megabytes, what a school costs against the first
size, and the workbook against bare xlsxwriter that writes the same cells.

From the project's root: python -m benchmarks.summary [schools ...]

The cells are those that stand in the written workbook; a bare workbook with other ones stops the program.
"""

import gc
import re
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_cell_to_rowcol

from benchmarks import district
from pipeline.monthly import Job, Survey, take_survey
from pipeline.settings import Settings
from pipeline.writing.brief import make_brief
from pipeline.writing.csv_files import answers_csv, findings_csv, indicators_csv
from pipeline.writing.summary import write_summary
from run import OBJECTS

ROUNDS = 3
_X = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_LOOK = re.compile(rb'<c r="[A-Z]+\d+" s="(\d+)"')


class Cell(NamedTuple):
    """As a plain program would be given it. `value`: of a formula what was computed, None of an empty cell; `look`: the
    number of its format."""

    row: int
    column: int
    value: str | float | None
    formula: str
    look: int


def main(sizes: list[int]) -> None:
    gc.set_threshold(OBJECTS)  # as in the main job
    first = 0.0
    for schools in sizes:
        with tempfile.TemporaryDirectory() as folder:
            survey = _survey(Path(folder), schools)
        book, seconds = _best(lambda of=survey: _summary(of))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sheets = list(cells_by_sheet(book))
        bare, bare_seconds = _best(lambda same=sheets: write_bare(same))
        if written_cells(bare) != written_cells(book):
            raise AssertionError("the bare workbook has other cells than the summary")
        _, of_csvs = _best(lambda of=survey: _csvs(of))
        first = first or seconds / schools
        print(
            f"{schools} schools: {seconds:.2f} s (a school × {seconds / schools / first:.2f}), "
            f"{sum(map(len, sheets)):,} cells on {len(sheets)} sheets, × {seconds / bare_seconds:.2f} of bare "
            f"xlsxwriter, {len(book) / 1e6:.2f} MB; the CSVs {of_csvs:.2f} s; process so far {peak:.0f} MB",
            flush=True,
        )


def _survey(folder: Path, schools: int) -> Survey:
    """Of a district whose reports lie on a disk, half of them with wrong answers."""
    district.main(folder, schools, district.USUAL)
    as_of = date.fromisoformat(district.AS_OF)
    now = datetime.combine(as_of, datetime.min.time(), UTC)
    return take_survey(Job.of(folder / "input", folder / "output", as_of, Settings(), now, jobs=2))


def _summary(survey: Survey) -> bytes:
    brief = make_brief(survey.figures, survey.catalogue)
    return write_summary(survey.figures, brief, survey.catalogue, "", "")


def _csvs(survey: Survey) -> bytes:
    figures = survey.figures
    return b"".join(chain(answers_csv(figures), findings_csv(figures, survey.catalogue), indicators_csv(figures)))


def _best(work: Callable[[], bytes]) -> tuple[bytes, float]:
    """What is made, and the quickest of some rounds, CPU seconds."""
    took = []
    for _ in range(ROUNDS):
        start = time.process_time()
        made = work()
        took.append(time.process_time() - start)
    return made, min(took)


# ── the same cells, without Svod ─────────────────────────────────────────────────────────────────────────
def cells_by_sheet(book: bytes) -> Iterator[list[Cell]]:
    """All cells of a workbook, sheet by sheet, row by row."""
    with zipfile.ZipFile(BytesIO(book)) as package:
        texts = [_text(one) for one in fromstring(package.read("xl/sharedStrings.xml"))]
        for part in _sheets(package):
            yield [_cell(one, texts) for one in fromstring(package.read(part)).iter(f"{_X}c")]


def write_bare(sheets: list[list[Cell]]) -> bytes:
    """The same cells in as many looks, and nothing else: no widths and heights, no charts, no rules."""
    target = BytesIO()
    book = Workbook(target, {"in_memory": True})
    looks = {
        look: book.add_format({"num_format": f'0"{look}"'})
        for look in sorted({cell.look for cells in sheets for cell in cells} - {0})
    }
    for cells in sheets:
        sheet = book.add_worksheet()
        for row, column, value, formula, number in cells:
            look = looks.get(number)
            if formula:
                sheet.write_formula(row, column, f"={formula}", look, value)
            elif value is None:
                sheet.write_blank(row, column, None, look)
            elif isinstance(value, str):
                sheet.write_string(row, column, value, look)
            else:
                sheet.write_number(row, column, value, look)
    book.close()
    return target.getvalue()


def written_cells(book: bytes) -> dict[str, tuple[int, int, int]]:
    """Of each sheet's part: how many cells and formulas stand in it and in how many looks, told by its bytes alone."""
    with zipfile.ZipFile(BytesIO(book)) as package:
        parts = {part: package.read(part) for part in _sheets(package)}
    return {
        part: (text.count(b"<c "), text.count(b"<f>"), len(set(_LOOK.findall(text)))) for part, text in parts.items()
    }


def _sheets(package: zipfile.ZipFile) -> list[str]:
    numbers = {int(found[1]): part for part in package.namelist() if (found := _SHEET.fullmatch(part))}
    return [numbers[number] for number in sorted(numbers)]


def _cell(element: Element, texts: list[str]) -> Cell:
    row, column = xl_cell_to_rowcol(element.attrib["r"])
    formula, said = element.findtext(f"{_X}f", ""), element.findtext(f"{_X}v")
    value: str | float | None = said
    if element.get("t") == "s":
        value = texts[int(said or "")]
    elif said and element.get("t") is None:
        value = float(said)
    return Cell(row, column, value, formula, int(element.get("s", 0)))


def _text(shared: Element) -> str:
    if shared.find(f"{_X}r") is not None:
        raise ValueError("a text in several looks: to write such ones bare is not known here")
    return shared.findtext(f"{_X}t", "")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [20, 1000])
