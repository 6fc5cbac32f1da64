"""The summary workbook of many schools: CPU seconds, megabytes, what a school costs against the first size, and the
whole against bare xlsxwriter that writes the same cells.

From the project's root: python -m benchmarks.summary [schools ...]
"""

import gc
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any
from unittest.mock import patch

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.measuring.figures import Figures
from pipeline.writing.brief import make_brief
from pipeline.writing.pages import sheets, theme
from pipeline.writing.summary import write_summary
from run import OBJECTS
from schemas.remarks import load_catalogue
from tests.figures import CASES, PROBLEMS, REMARKS, district

ROUNDS = 3
Cells = list[list[tuple[str, int, int, Any, Any, int]]]  # by sheets: kind, row, column, value, cached value, look


def main(sizes: list[int]) -> None:
    gc.set_threshold(OBJECTS)  # as in the main job
    first = 0.0
    for schools in sizes:
        copies = range(1, schools // len(CASES) + 1)
        figures = district(
            [replace(case, name=f"{case.name} ({copy})") for copy in copies for case in CASES],
            remarks=REMARKS,
            problems=PROBLEMS,
        )
        book = _summary(figures)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cells = _cells(figures)
        seconds, bare = _best(lambda one=figures: _summary(one)), _best(lambda same=cells: _bare(same))
        first = first or seconds / schools
        print(
            f"{len(figures.schools)} schools: {seconds:.2f} s (a school × {seconds / schools / first:.2f}), "
            f"{sum(map(len, cells)):,} cells, × {seconds / bare:.2f} of bare xlsxwriter, "
            f"{len(book) / 1e6:.2f} MB; process so far {peak:.0f} MB",
            flush=True,
        )


def _summary(figures: Figures) -> bytes:
    return write_summary(figures, make_brief(figures, load_catalogue()), load_catalogue(), "", "")


def _best(work: Callable[[], object]) -> float:
    """The quickest of some rounds, CPU seconds."""
    took = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


def _cells(figures: Figures) -> Cells:
    """All that the summary writes, as a plain program would be given it."""
    found: Cells = []

    class Seen(sheets.Book):
        def close(self) -> None:
            texts = {place: text for text, place in self.str_table.string_table.items()}
            found.extend([_plain(*place, cell, texts) for place, cell in _placed(sheet)] for sheet in self.worksheets())
            super().close()

    with patch.object(theme, "Book", Seen):
        _summary(figures)
    return found


def _placed(sheet: Worksheet) -> list[tuple[tuple[int, int], Any]]:
    return [((row, column), cell) for row, cells in sheet.table.items() for column, cell in cells.items()]


def _plain(row: int, column: int, cell: Any, texts: dict[int, str]) -> tuple[str, int, int, Any, Any, int]:
    match type(cell).__name__:
        case "String":
            value, cached = texts[cell.string], None
        case "Formula":
            value, cached = f"={cell.formula}", cell.value
        case "Blank":
            value, cached = None, None
        case _:
            value, cached = cell.number, None
    return type(cell).__name__, row, column, value, cached, id(cell.format)


def _bare(cells: Cells) -> None:
    """The same cells in as many looks, and nothing else: no widths and heights, no charts, no rules."""
    book = Workbook(BytesIO(), {"in_memory": True})
    looks: dict[int, Any] = {}
    for of_sheet in cells:
        sheet = book.add_worksheet()
        for kind, row, column, value, cached, name in of_sheet:
            look = looks.get(name) or looks.setdefault(name, book.add_format({"font_size": 5 + len(looks) % 50}))
            match kind:
                case "String":
                    sheet.write_string(row, column, value, look)
                case "Formula":
                    sheet.write_formula(row, column, value, look, cached)
                case "Blank":
                    sheet.write_blank(row, column, None, look)
                case _:
                    sheet.write_number(row, column, value, look)
    book.close()


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [20, 300, 3000])
