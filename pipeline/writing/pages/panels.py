"""Parts of a page that is read at a glance, «Сводка» or a school's own: wide cells, titles of sections, cards."""

from collections.abc import Sequence

from pipeline.writing.pages import theme
from pipeline.writing.pages.brief import Card
from pipeline.writing.pages.doubts import marked, with_mark
from pipeline.writing.pages.page import HIGHEST_ROW, Column, Page, cell_text
from pipeline.writing.pages.theme import Look

SECTION_TITLE: Look = {"bold": True, "font_color": theme.NAVY, "bottom": 1, "bottom_color": theme.NAVY, "font_size": 10}


def write_across(page: Page, row: int, columns: tuple[int, int], text: str, *looks: Look) -> None:
    """A text over the cells from the first to the last of `columns`."""
    page.merged(row, *columns, *looks)
    page.text(row, columns[0], text, *looks)


def write_fitted(page: Page, row: int, columns: Sequence[Column], text: str, size: float, *looks: Look) -> None:
    """A text over all the columns of the page, wrapped, the row as high as it needs."""
    write_across(page, row, (0, len(columns) - 1), text, *looks, theme.WRAP, {"font_size": size})
    width = sum(column.pixels for column in columns)
    page.sheet.set_row(row, min(HIGHEST_ROW, theme.text_height(cell_text(text), width, size) + 6))


_CARD_SIZES = (22, 18, 15, 12, 10)  # of the figure: a card has no more room than its columns


def write_card(
    page: Page, row: int, columns: tuple[int, int], pixels: float, card: Card, source: str | None = None
) -> None:
    """Three rows from `row` on. `pixels`: how wide the columns are together; `source`: formula of the figure, where it
    is taken from another cell."""
    edge, ink = (theme.ORANGE, theme.ORANGE_INK) if card.needs_action else (theme.NAVY, theme.NAVY)
    panel: Look = {"bg_color": theme.PANEL, "left": 5, "left_color": edge, **theme.INDENT}
    label: Look = {"font_size": 9, "bold": True, "font_color": theme.GREY}
    write_across(page, row, columns, card.label, panel, label)
    size = theme.fitting_size(with_mark(card.figure, card.doubted), pixels, _CARD_SIZES)
    figure: Look = {**panel, "font_size": size, "bold": True, "font_color": ink}
    if size == _CARD_SIZES[-1]:
        figure = {**figure, "text_wrap": True}
    looks = marked(card.doubted, figure, card.look)
    write_across(page, row + 1, columns, card.figure, *looks)
    if card.value is not None and source:
        page.formula(row + 1, columns[0], source, card.value, *looks)
    elif card.value is not None:
        page.number(row + 1, columns[0], card.value, *looks)
    note: Look = {"font_size": 9, "text_wrap": True, "valign": "top"}
    write_across(page, row + 2, columns, "\n".join(card.note_lines), panel, note)
