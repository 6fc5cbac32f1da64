"""What every sheet of the summary shares: head, header and total rows, safe cells, frozen panes, print set-up."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.theme import Formats, Look
from schemas.remarks import Catalogue

TITLE_ROW, NOTE_ROW, LINK_ROW = 0, 1, 2
FIRST_ROW = 4  # of the table: its total, or its header where it has no total

A4 = 9
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.45, "bottom": 0.55}  # inches
PAPER = 1046  # pixels of A4 landscape between the margins at 100 %
USUAL_COLUMN = 64  # pixels of a column whose width nobody has set
HIGHEST_ROW = 409  # points
SCREEN = 1300  # pixels of a sheet that a screen of 1366 × 768 shows at 100 %
SMALLEST_ZOOM = 75  # percent: smaller text is not read; a wider sheet is scrolled
MOST_ROWS = 5_000  # of a table: a longer one is opened and scrolled by nobody, and stands in the CSVs
LONGEST_TEXT = 32_767  # characters that a cell holds
CUT = "… обрезано"
NOT_PROVIDED = "н/п"

T = TypeVar("T")


@dataclass(frozen=True)
class Book:
    """The workbook being written and everything that is said in it. `sheets`: titles of those that are seen, in the
    order of their tabs."""

    workbook: Workbook
    formats: Formats
    figures: Figures
    brief: Brief
    catalogue: Catalogue
    version: str
    sheets: tuple[str, ...]


class Column(NamedTuple):
    """`width` in characters, as Excel shows it. A `|` in the heading is a line break put by hand."""

    heading: str
    width: float

    @property
    def pixels(self) -> float:
        return self.width * 7 + 5


def school_column(figures: Figures) -> Column:
    """Wide enough for the schools' names."""
    longest = max((len(school.name) for school in figures.schools), default=0)
    return Column("Школа", min(max(longest * 1.1, 25), 60))


class Page:
    """One worksheet. Rows and columns are counted from 0; a cell is written as what it is, never guessed."""

    def __init__(self, book: Book, sheet: Worksheet) -> None:
        self.book = book
        self.sheet = sheet
        self.formats = book.formats
        self._pixels: list[float] = []  # widths of the table's columns

    # ── cells ────────────────────────────────────────────────────────────────────────────────────────────
    def text(self, row: int, column: int, text: str, *looks: Look) -> None:
        self.sheet.write_string(row, column, cell_text(text), self.formats(*looks))

    def number(self, row: int, column: int, value: float | None, *looks: Look) -> None:
        """A number, or an empty cell of the same look where there is none."""
        if value is None:
            self.sheet.write_blank(row, column, None, self.formats(*looks))
        else:
            self.sheet.write_number(row, column, value, self.formats(*looks))

    def day(self, row: int, column: int, value: date | datetime, *looks: Look) -> None:
        self.sheet.write_datetime(row, column, value, self.formats(*looks))

    def formula(self, row: int, column: int, formula: str, cached: float | str | None, *looks: Look) -> None:
        """A live formula with the measured figure as its value; None is a formula that gives an empty text."""
        self.sheet.write_formula(row, column, formula, self.formats(*looks), "" if cached is None else cached)

    def total(
        self, row: int, column: int, formula: str, value: float | str, table: Sequence[object], *looks: Look
    ) -> None:
        """A live formula over the rows of `table`, or the figure itself where not all of them are `written`."""
        if len(table) <= MOST_ROWS:
            self.formula(row, column, formula, value, *looks)
        elif isinstance(value, str):
            self.text(row, column, value, *looks)
        else:
            self.number(row, column, value, *looks)

    def link(self, row: int, column: int, sheet: str, text: str, *looks: Look, cell: str = "A1") -> None:
        url = f"internal:'{sheet}'!{cell}"
        self.sheet.write_url(row, column, url, self.formats(theme.LINK, *looks), cell_text(text))

    def merged(self, row: int, first: int, last: int, *looks: Look) -> None:
        """Join the cells `first`…`last` of the row; what stands in them is then written into the first."""
        if last > first:
            self.sheet.merge_range(row, first, row, last, "", self.formats(*looks))

    # ── a table with its head ────────────────────────────────────────────────────────────────────────────
    def head(self, title: str, note: str, columns: Sequence[Column]) -> None:
        """Title, how to read the sheet, the way back; widths of the columns."""
        self.sheet.set_default_row(theme.ROW_HEIGHT)
        for index, column in enumerate(columns):
            self.sheet.set_column(index, index, column.width)
        self.sheet.set_row(TITLE_ROW, 24)
        self.text(TITLE_ROW, 0, title, theme.TITLE)
        self._pixels = [column.pixels for column in columns]
        width = sum(self._pixels)
        self.sheet.set_zoom(max(SMALLEST_ZOOM, min(100, int(100 * SCREEN / width))))
        self.sheet.set_row(NOTE_ROW, max(25.5, theme.text_height(note, width, 9)))
        self.merged(NOTE_ROW, 0, len(columns) - 1, theme.NOTE, theme.TOP)
        self.text(NOTE_ROW, 0, note, theme.NOTE, theme.TOP)
        self.link(LINK_ROW, 0, titles.FRONT, f"{theme.Mark.BACK} к сводке")

    def header(self, row: int, columns: Sequence[Column], height: float = 30) -> None:
        self.sheet.set_row(row, height)
        for index, column in enumerate(columns):
            self.text(row, index, column.heading.replace("|", "\n"), theme.HEADER)

    def fit_row(
        self,
        row: int,
        texts: Mapping[int, str],
        columns: Sequence[Column],
        size: float = theme.BODY_SIZE,
        small: Collection[int] = (),
    ) -> None:
        """As high as the longest of the wrapped texts (column -> text) of that size needs. `small`: columns whose text
        is smaller than that of the row."""
        heights = (
            theme.text_height(cell_text(text), columns[column].pixels, theme.SMALL_SIZE if column in small else size)
            for column, text in texts.items()
        )
        self.sheet.set_row(row, min(HIGHEST_ROW, max(theme.ROW_HEIGHT, *(height + 3 for height in heights))))

    def table(
        self,
        header: int,
        last: int,
        columns: int,
        frozen_columns: int,
        *,
        repeated: bool = True,
        top: int = FIRST_ROW,
    ) -> None:
        """Filter, frozen panes and print set-up of a table: data begin below `header` and end with row `last`.
        `repeated`: its header is printed on every page. `top`: its first row; what stands above it is not kept in
        sight."""
        self.sheet.autofilter(header, 0, max(last, header), columns - 1)
        self.sheet.freeze_panes(header + 1 if top == FIRST_ROW else 0, frozen_columns)
        cells = xl_range(header + 1, 0, max(last, header + 1), columns - 1)
        self.sheet.ignore_errors({"number_stored_as_text": cells})  # codes of schools, numbers of items
        if repeated:
            self.sheet.repeat_rows(top, header)
        self.print_setup(max(last, header), columns)

    def print_setup(self, last_row: int, columns: int, height: int = 0) -> None:
        """A4 landscape, one page wide and `height` pages high (0: as many as it takes)."""
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.set_margins(**MARGINS)
        self.sheet.fit_to_pages(1, height)
        self.sheet.print_area(0, 0, last_row, columns + self._to_fill_paper(columns) - 1)
        form = self.book.figures.form
        self.sheet.set_footer(theme.footer(f"{form.office} · приказ № {form.order.number}"))

    def _to_fill_paper(self, columns: int) -> int:
        """How many empty columns a narrow table is printed with, so that its title is not cut and nothing is blown up
        to the paper's width."""
        if not self._pixels:
            return 0
        width = sum(self._pixels[:columns]) + USUAL_COLUMN * max(0, columns - len(self._pixels))
        return max(0, math.ceil((PAPER - width) / USUAL_COLUMN))

    def data_bars(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Bars over fractions, of one scale on every sheet."""
        self.sheet.conditional_format(
            first_row, first_column, last_row, last_column,
            {
                "type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": theme.BAR,
                "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1,
            },
        )  # fmt: skip


def written(table: Sequence[T]) -> Sequence[T]:
    """The rows of a table that a sheet shows; beside them goes `said_of_rest`, above them `Page.total`."""
    return table[:MOST_ROWS]


def said_of_rest(table: Sequence[object], file: str) -> str:
    """For the sheet's note: that the table is cut, and in which CSV of the run all of it stands; blank where it is
    whole."""
    if len(table) <= MOST_ROWS:
        return ""
    shown, whole = wording.number(MOST_ROWS), wording.number(len(table))
    return f" Показаны первые {shown} строк из {whole}; все — в файле {file} рядом с этой книгой."


def cell_text(text: str) -> str:
    """What a cell can hold of a text; a longer one is cut, and says so."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(CUT)] + CUT


def fraction(percent: float | None) -> float | None:
    """Cells with a percent format hold fractions."""
    return None if percent is None else percent / 100


def address(sheet: str, cell: str) -> str:
    """A reference to one cell of another sheet: 'Охват'!$C$7."""
    row, column = xl_cell_to_rowcol(cell)
    return f"'{sheet}'!${xl_col_to_name(column)}${row + 1}"
