"""A second table to the right of a sheet's own: the same rows, read over time, and printed on pages of its own.

It begins with a column that names the rows again, for the first table's names are on other pages.
"""

import math
from collections.abc import Sequence

from pipeline.writing.pages import theme
from pipeline.writing.pages.page import NOTE_ROW, PAPER, TITLE_ROW, USUAL_COLUMN, Column, Page

SMALLEST_PRINT = 50  # percent: what is wider goes on to one more page
TO_SPARE = 0.95  # of the paper: programs differ by some pixels in how wide they print a column


def head_beside(
    page: Page, columns: Sequence[Column], title: str, beside: Sequence[Column], notes: Sequence[str]
) -> None:
    """Title, note and widths of the second table, after `Page.head`. `columns`, `beside`: of the first and the second
    table; `notes`: of both, under which the row is as high as the longer needs."""
    first = len(columns)
    for index, column in enumerate(beside, first):
        page.sheet.set_column(index, index, column.width)
    page.text(TITLE_ROW, first, title, theme.TITLE)
    heights = (theme.text_height(note, _pixels(table), 9) for note, table in zip(notes, (columns, beside), strict=True))
    page.sheet.set_row(NOTE_ROW, max(25.5, *heights))
    page.merged(NOTE_ROW, first, first + len(beside) - 1, theme.NOTE, theme.TOP)
    page.text(NOTE_ROW, first, notes[1], theme.NOTE, theme.TOP)


def print_beside(page: Page, last_row: int, columns: Sequence[Column], beside: Sequence[Column]) -> None:
    """After `Page.table`: the first table on pages of its own, the second on those after them, of one scale."""
    own, other = _pixels(columns), _pixels(beside)
    scale = int(100 * TO_SPARE * PAPER / max(own, other))
    page.sheet.set_print_scale(max(SMALLEST_PRINT, min(100, scale)))
    page.sheet.set_v_pagebreaks([len(columns)])
    to_fill = max(0, math.ceil((own - other) / USUAL_COLUMN))  # a title is not cut off
    page.sheet.print_area(0, 0, last_row, len(columns) + len(beside) + to_fill - 1)


def _pixels(columns: Sequence[Column]) -> float:
    return sum(column.pixels for column in columns)
