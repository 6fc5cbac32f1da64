"""Block «Файлы без школы или даты», the first thing on «Сдача отчётов»: what came and belongs to nobody."""

import re
from collections.abc import Sequence

from pipeline import wording
from pipeline.measuring.figures import Unattributed
from pipeline.writing.pages import theme
from pipeline.writing.pages.page import HIGHEST_ROW, Column, Page, cell_text, written
from pipeline.writing.pages.panels import write_across
from pipeline.writing.pages.theme import Look
from schemas.remarks import Catalogue

# First and last column of each text, on the grid of the schools' table.
_COLUMNS = {"Файл": (0, 1), "Что прочитано": (2, 3), "Ближайшее название": (4, 5), "Что сделать": (6, 8)}
_HEAD: Look = {"bold": True, "font_color": theme.WHITE, "bg_color": theme.ORANGE}
_CELL = (theme.ROW, theme.WRAP, theme.TOP, theme.SMALL)
_NAMES = ("near", "candidates", "named")  # figures of the remarks that name schools


def write(page: Page, row: int, columns: Sequence[Column]) -> int:
    """From `row` on. Index of the last row."""
    figures = page.book.figures
    width = max(last for _, last in _COLUMNS.values())
    title = f"Файлы без школы или даты — {wording.number(figures.unattributed_files)}: сначала проверьте, чьи они"
    write_across(page, row, (0, width), title, _HEAD, theme.INDENT)
    for heading, across in _COLUMNS.items():
        write_across(page, row + 1, across, heading, theme.HEADER)
    shown = written(figures.unattributed)
    for line, one in enumerate(shown, row + 2):
        _write_one(page, line, one, columns)
    return row + 1 + len(shown)


def _write_one(page: Page, row: int, one: Unattributed, columns: Sequence[Column]) -> None:
    catalogue, heights = page.book.catalogue, []
    texts = one.file, _read(one, catalogue), _nearest(one), wording.todo(one.remark, catalogue)
    for (first, last), text in zip(_COLUMNS.values(), texts, strict=True):
        write_across(page, row, (first, last), text, *_CELL)
        pixels = sum(column.pixels for column in columns[first : last + 1])
        heights.append(theme.text_height(cell_text(text), pixels, theme.SMALL_SIZE) + 3)
    page.sheet.set_row(row, min(HIGHEST_ROW, max(theme.ROW_HEIGHT, *heights)))


def _read(one: Unattributed, catalogue: Catalogue) -> str:
    """«Школа не найдена: «МБОУ ООШ № 8», на 20.03.2014»"""
    school = f"«{one.school}»" if one.school else ""
    day = wording.on(one.as_of, catalogue.every) if one.as_of else ""
    said = ", ".join(filter(None, (school, day)))
    title = catalogue.entries[one.remark.code].title
    return f"{title}: {said}" if said else title


def _nearest(one: Unattributed) -> str:
    figures = dict(one.remark.data)
    said = next((str(figures[name]) for name in _NAMES if figures.get(name)), "—")
    return re.sub(r"^\s*Похожие: |\.$", "", said)
