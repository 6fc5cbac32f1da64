"""Subtotals of groups of schools, below a sheet's table of schools: what «Активация» and «Охват» share."""

from pipeline.measuring.figures import Figures
from pipeline.writing.pages import theme
from pipeline.writing.pages.page import LINK_ROW, Page, written
from pipeline.writing.pages.theme import Look

TITLE = "Итоги по группам школ"

# Names that are compared whenever the workbook is opened, a column of figures: with more of them it would open slowly.
_MOST_COMPARED = 250_000


def write_title(page: Page, row: int, link_column: int, sheet: str) -> None:
    """Above the subtotals, and a link to it from the sheet's head, which stays in sight."""
    page.sheet.set_row(row, theme.ROW_HEIGHT)
    page.text(row, 0, TITLE, theme.BOLD, {"font_color": theme.NAVY})
    page.link(LINK_ROW, link_column, sheet, f"{TITLE} — под таблицей", cell=f"A{row + 1}")


def sum_of(names: str, name: str, figures: str) -> str:
    """Sum of the cells `figures` whose neighbour among `names` says what the cell `name` says. Compared as they stand:
    SUMIF would take «*» and «>5» for what they mean to it, and «01» for «1»."""
    return f"SUMPRODUCT(--({names}={name}),{figures})"


def write_subtotal(page: Page, row: int, column: int, formula: str, value: float | str | None, *looks: Look) -> None:
    """A live formula over the schools' rows, or the figure itself where not all of them are written or the groups are
    too many."""
    if _are_live(page.book.figures):
        page.formula(row, column, formula, value, *looks)
    elif isinstance(value, str):
        page.text(row, column, value, *looks)
    else:
        page.number(row, column, value, *looks)


def _are_live(figures: Figures) -> bool:
    schools = len(figures.schools)
    return schools == len(written(figures.schools)) and schools * len(figures.grouped) <= _MOST_COMPARED
