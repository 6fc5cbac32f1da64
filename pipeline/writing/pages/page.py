"""What every sheet of the summary shares: head, header and total rows, safe cells, frozen panes, print set-up."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import NamedTuple, TypeVar

import msgspec
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name, xl_range, xl_range_abs
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
MARGINS = {"left": 0.3, "right": 0.3, "top": 0.35, "bottom": 0.5}  # inches
PAPER = 1064  # pixels of A4 landscape between the margins at 100 %
SMALLEST_PRINT = 89  # percent: the smallest letters of a sheet, nine points, are eight on paper
TO_SPARE = 0.95  # of the paper: LibreOffice prints columns of Arial wider than Excel does
WIDEST_PRINT = PAPER * TO_SPARE * 100 / SMALLEST_PRINT  # pixels
HIGHEST_PRINT = 712 * 100 / SMALLEST_PRINT  # pixels: of A4 landscape between the margins
# For the note of a sheet that is read on the screen and kept out of the book's print.
NOT_PRINTED = " Со всей книгой лист не печатается: выделите нужное и выберите «Напечатать выделенный фрагмент»."
USUAL_COLUMN = 64  # pixels of a column whose width nobody has set
HIGHEST_ROW = 409  # points
SCREEN = 1300  # pixels of a sheet that a screen of 1366 × 768 shows at 100 %
SMALLEST_ZOOM = 75  # percent: smaller text is not read; a wider sheet is scrolled
MOST_ROWS = 5_000  # of a table: a longer one is opened and scrolled by nobody, and stands in the CSVs
LONGEST_TEXT = 32_767  # characters that a cell holds
CUT = "… обрезано"
NOT_PROVIDED = "н/п"

T = TypeVar("T")


class Book(msgspec.Struct, frozen=True):
    """The workbook being written and everything that is said in it. `sheets`: titles of those that are seen, in the
    order of their tabs."""

    workbook: Workbook
    formats: Formats
    figures: Figures
    brief: Brief
    catalogue: Catalogue
    version: str
    sheets: tuple[str, ...]


class Area(NamedTuple):
    """Of cells: the first and the last one, rows and columns counted from 0."""

    row: int
    column: int
    last_row: int
    last_column: int


class Column(NamedTuple):
    """`width` in characters, as Excel shows it; 0 hides the column. A `|` in the heading is a line break put by
    hand."""

    heading: str
    width: float

    @property
    def pixels(self) -> float:
        return self.width * 7 + 5 if self.width else 0

    @property
    def spoken(self) -> str:
        """The heading in a sentence, its words whole."""
        return self.heading.replace("-|", "").replace("|", " ")


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
        self._printed = 0  # how many of them are, 0 for all

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
    def head(self, title: str, note: str, columns: Sequence[Column], *, across: bool = False) -> None:
        """Title, how to read the sheet, the way back; widths of the columns.

        What is wider than letters of eight points let it be is printed as far as it finds room, or, `across`, on
        several pages side by side.
        """
        self.sheet.set_default_row(theme.ROW_HEIGHT)
        self.set_widths(0, columns)
        self.sheet.set_row(TITLE_ROW, 24)
        self.text(TITLE_ROW, 0, title, theme.TITLE)
        self.sheet.set_zoom(max(SMALLEST_ZOOM, min(100, int(100 * SCREEN / sum(self._pixels)))))
        on_paper = columns[: fitting(columns)]
        if len(on_paper) < len(columns) and not across:
            self._printed = len(on_paper)
            note += _left_off_paper(columns[len(on_paper) :])
        self.sheet.set_row(NOTE_ROW, max(25.5, theme.text_height(note, sum(one.pixels for one in on_paper), 9)))
        self.merged(NOTE_ROW, 0, len(on_paper) - 1, theme.NOTE, theme.TOP)
        self.text(NOTE_ROW, 0, note, theme.NOTE, theme.TOP)
        self.link(LINK_ROW, 0, titles.FRONT, f"{theme.Mark.BACK} к сводке")

    def set_widths(self, first: int, columns: Sequence[Column]) -> None:
        """Of the columns from the `first` on, which is the next one after those that have theirs."""
        for index, column in enumerate(columns, first):
            self.sheet.set_column(index, index, column.width, None, {} if column.width else {"hidden": True})
        self._pixels[first:] = [column.pixels for column in columns]

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
        heights = [
            theme.text_height(text, columns[column].pixels, theme.SMALL_SIZE if column in small else size)
            for column, text in texts.items()
        ]
        self.sheet.set_row(row, min(HIGHEST_ROW, max(theme.ROW_HEIGHT, max(heights, default=0) + 3)))

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
        self.print_setup(max(last, header), columns, repeated=frozen_columns)

    def print_setup(self, last_row: int, columns: int, height: int = 0, *, repeated: int = 0) -> None:
        """A4 landscape, one page wide and `height` pages high (0: as many as it takes). `repeated`: columns that stand
        on every page where it takes several side by side."""
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.set_margins(**MARGINS)
        self.sheet.fit_to_pages(1, height)
        columns = min(columns, self._printed or columns)
        if self._pixels and self.width(columns) > WIDEST_PRINT:
            self.sheet.set_print_scale(SMALLEST_PRINT)
            if repeated:
                self.sheet.repeat_columns(0, repeated - 1)
        self.sheet.print_area(0, 0, last_row, columns + self._to_fill_paper(columns) - 1)
        form = self.book.figures.form
        self.footer(f"{form.office} · приказ № {form.order.number}")

    def footer(self, left: str, centre: str = "&A") -> None:
        """Of one size however small the sheet is printed, where the program can do that (LibreOffice cannot)."""
        self.sheet.set_footer(theme.footer(left, centre), {"scale_with_doc": False})

    def print_areas(self, *areas: Area) -> None:
        """After `print_setup`: each of them on pages of its own, all of one scale. xlsxwriter itself knows one area."""
        widest = max(self.width(area.last_column + 1) - self.width(area.column) for area in areas)
        self.sheet.set_print_scale(max(SMALLEST_PRINT, min(100, int(100 * TO_SPARE * PAPER / widest))))
        title = f"'{self.sheet.get_name()}'"
        self.sheet.print_area_range = ",".join(f"{title}!{xl_range_abs(*area)}" for area in areas)

    def keep_from_print(self) -> None:
        """After `print_setup`: of the whole book's print the sheet is no part. A print area cannot be empty: it is a
        blank cell."""
        self.sheet.print_area(FIRST_ROW - 1, 2, FIRST_ROW - 1, 2)
        self.sheet.set_footer("")

    def _to_fill_paper(self, columns: int) -> int:
        """How many empty columns a narrow table is printed with, so that its title is not cut and nothing is blown up
        to the paper's width."""
        if not self._pixels or self._printed:
            return 0
        return max(0, math.ceil((PAPER - self.width(columns)) / USUAL_COLUMN))

    def width(self, columns: int) -> float:
        """Pixels of the first columns; nothing is known of a sheet without a head."""
        return sum(self._pixels[:columns]) + USUAL_COLUMN * max(0, columns - len(self._pixels))

    def data_bars(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Bars over fractions, of one scale on every sheet."""
        self.sheet.conditional_format(
            first_row, first_column, last_row, last_column,
            {
                "type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": theme.BAR,
                "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1,
            },
        )  # fmt: skip


def fitting(columns: Sequence[Column]) -> int:
    """How many of the columns, from the first on, find room on one page with letters of eight points."""
    widths = accumulate(column.pixels for column in columns)
    return max(1, sum(width <= WIDEST_PRINT for width in widths))


def _left_off_paper(columns: Sequence[Column]) -> str:
    names = [f"«{column.spoken}»" for column in columns if column.width]
    if len(names) > 1:
        names = [f"{', '.join(names[:-1])} и {names[-1]}"] if len(names) < 5 else [f"от {names[0]} до {names[-1]}"]
    return f" На бумагу не {'выходит столбец' if len(columns) == 1 else 'выходят столбцы'} {names[0]}."


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
