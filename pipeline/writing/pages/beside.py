"""A second table to the right of a sheet's own: the same rows, read over time, and printed on pages of its own.

It begins with a column that names the rows again, for the first table's names are on other pages.
"""

import math
from collections.abc import Sequence

from pipeline.writing.pages import theme
from pipeline.writing.pages.page import NOTE_ROW, TITLE_ROW, USUAL_COLUMN, Area, Column, Page, fitting


def head_beside(
    page: Page, columns: Sequence[Column], title: str, beside: Sequence[Column], notes: Sequence[str]
) -> None:
    """Title, note and widths of the second table, after `Page.head`. `columns`, `beside`: of the first and the second
    table; `notes`: of both, under which the row is as high as the longer needs."""
    first, in_sight = len(columns), fitting(beside)  # of the second table: on its first page
    page.set_widths(first, beside)
    left = int(in_sight < len(beside))  # what stands over the names, which are on each page, would be cut on the next
    page.text(TITLE_ROW, first + left, title, theme.TITLE)
    tables = (columns[: fitting(columns)], beside[left:in_sight])
    heights = (theme.text_height(note, _pixels(table), 9) for note, table in zip(notes, tables, strict=True))
    page.sheet.set_row(NOTE_ROW, max(25.5, *heights))
    page.merged(NOTE_ROW, first + left, first + in_sight - 1, theme.NOTE, theme.TOP)
    page.text(NOTE_ROW, first + left, notes[1], theme.NOTE, theme.TOP)


def print_beside(page: Page, last_row: int, columns: Sequence[Column], beside: Sequence[Column]) -> None:
    """After `Page.table`: the first table, as far as it finds room, on pages of its own, the second on those after
    them, of one scale. Where that takes several pages side by side, its names stand on each."""
    printed = fitting(columns)
    to_fill = max(0, math.ceil((_pixels(columns[:printed]) - _pixels(beside)) / USUAL_COLUMN))  # a title is not cut off
    first = len(columns)
    of_second = Area(0, first, last_row, first + len(beside) + to_fill - 1)
    page.print_areas(Area(0, 0, last_row, printed - 1), of_second)
    if fitting(beside) < len(beside):
        page.sheet.repeat_columns(first, first)


def _pixels(columns: Sequence[Column]) -> float:
    return sum(column.pixels for column in columns)
