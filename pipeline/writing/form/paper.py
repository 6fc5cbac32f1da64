"""The sheet «Отчёт» as something to write on: rows from top to bottom, cells over the columns of a `Grid`, inputs with
their rules, checks beside them."""

from collections.abc import Mapping, Sequence
from datetime import date

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.writing.form.grid import Grid, Span
from pipeline.writing.form.hints import Cell, Hint
from pipeline.writing.pages import theme
from pipeline.writing.pages.theme import Formats, Look, Mark
from schemas import own_form

BORDERS: Look = {"border": 1, "border_color": theme.GRID, "text_wrap": True, "font_size": 9}
LEFT: Look = {"align": "left", "indent": 1}
DEEPER: Look = {"align": "left", "indent": 2}
INPUT: Look = {"bg_color": theme.INPUT, "locked": False}
AUTO: Look = {"bg_color": theme.AUTO}
PANEL: Look = {"bg_color": theme.PANEL}
SMALL: Look = {"font_size": 8, "font_color": theme.GREY}
HINT: Look = {"font_size": 8, "font_color": theme.GREY, "italic": True}
SECTION: Look = {"bold": True, "font_color": theme.NAVY}
GIVEN: Look = {"italic": True}  # said before

LINE, ITEM, WRITING = 18, 24, 36  # least heights in points: a line of its own, an item, room for some sentences
_MOST_TITLE, _MOST_WORDS = 32, 255  # characters that Excel shows when a cell is entered

Value = str | float | date | None


class Paper:
    """Rows and columns count from 0. `heights`: of the rows so far, points. `starts`: rows with which a page may begin.
    `hints`: in the column of checks, as they are now. `answers`: item -> cell, as in `FormWritten`."""

    def __init__(self, book: Workbook, formats: Formats, grid: Grid) -> None:
        self.book = book
        self.sheet = book.add_worksheet(own_form.SHEET)
        self.formats = formats
        self.grid = grid
        self.heights: list[float] = []
        self.starts: list[int] = []
        self.hints: list[str] = []
        self.answers: dict[str, str] = {}
        for column, width in enumerate(grid.widths):
            hidden = {"hidden": True} if column in grid.hidden else {}
            self.sheet.set_column_pixels(column, column, width, None, hidden)

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────────────
    def row(self, height: float) -> int:
        """The next row, `height` points high."""
        row = len(self.heights)
        self.sheet.set_row(row, height)
        self.heights.append(height)
        return row

    def at_least(self, row: int, height: float) -> None:
        self.heights[row] = max(self.heights[row], height)
        self.sheet.set_row(row, self.heights[row])

    def header(self, headings: Sequence[tuple[Span, str]], height: float) -> int:
        row = self.row(height)
        look = self.formats(theme.HEADER)
        for span, heading in headings:
            self.text(row, span, heading, look)
        return row

    # ── cells ────────────────────────────────────────────────────────────────────────────────────────────
    def text(self, row: int, span: Span, text: str, look: Format) -> None:
        self._joined(row, span, look)
        self.sheet.write_string(row, span.first, text, look)

    def blank(self, row: int, span: Span, look: Format) -> None:
        self._joined(row, span, look)
        self.sheet.write_blank(row, span.first, None, look)

    def figure(self, row: int, span: Span, number: float, look: Format) -> None:
        self._joined(row, span, look)
        self.sheet.write_number(row, span.first, number, look)

    def day(self, row: int, span: Span, day: date, look: Format) -> None:
        self._joined(row, span, look)
        self.sheet.write_datetime(row, span.first, day, look)

    def formula(self, row: int, span: Span, formula: str, look: Format, value: str | float) -> None:
        self._joined(row, span, look)
        self.sheet.write_formula(row, span.first, formula, look, value)

    def rich(self, row: int, span: Span, *parts: object) -> None:
        """Text of several looks, the last of `parts` is the cell's."""
        self._joined(row, span, parts[-1])
        self.sheet.write_rich_string(row, span.first, *parts)

    def titled(self, row: int, span: Span, title: str, hint: str, *looks: Look) -> None:
        """The order's words, its hint under them: the answer's cell stays free and a printout explains itself."""
        look = self.formats(BORDERS, LEFT, *looks)
        width = self.grid.width(span)
        height = theme.text_height(title, width, 9) + 6
        if hint:
            self.rich(row, span, self.formats({"font_size": 9}, *looks), f"{title}\n", self.formats(HINT), hint, look)
            height += theme.text_height(hint, width, 8)
        else:
            self.text(row, span, title, look)
        self.at_least(row, height)

    def _joined(self, row: int, span: Span, look: object) -> None:
        if span.first < span.last:
            self.sheet.merge_range(row, span.first, row, span.last, "", look)

    def merged(self, row: int, span: Span, text: str, *looks: Look) -> None:
        look = self.formats(BORDERS, LEFT, *looks)
        if span.first < span.last:
            self._joined(row, span, look)
        else:
            self.sheet.write_blank(row, span.first, None, look)
        if text:
            self.sheet.write_string(row, span.first, text, look)

    def input(self, row: int, span: Span, given: Value, *looks: Look) -> Cell:
        """A cell for the school to write in; what it said before stands there in italics."""
        look = self.formats(BORDERS, *looks, INPUT, *([] if given in (None, "") else [GIVEN]))
        self._joined(row, span, look)
        match given:
            case float():
                self.sheet.write_number(row, span.first, given, look)
            case date():
                self.sheet.write_datetime(row, span.first, given, look)
            case None | "":
                self.sheet.write_blank(row, span.first, None, look)
            case _:
                self.sheet.write_string(row, span.first, given, look)
                self.at_least(row, theme.text_height(given, self.grid.width(span), 9) + 6)
        return Cell(self.ref(row, span), given)

    def ref(self, row: int, span: Span) -> str:
        return str(xl_rowcol_to_cell(row, span.first))

    def answer(self, number: str, cell: Cell) -> Cell:
        """The cell, noted as the one where item `number` is answered."""
        self.answers[number] = cell.ref
        return cell

    # ── what is said of a cell ───────────────────────────────────────────────────────────────────────────
    def check(self, row: int, hint: Hint) -> None:
        span = self.grid.plain.check
        self.sheet.write_formula(row, span.first, hint.formula, self.formats(BORDERS, LEFT, SMALL), hint.text)
        self.hints.append(hint.text)
        self.at_least(row, theme.text_height(hint.longest, self.grid.width(span), 8) + 6)

    def coloured(self, *area: int) -> None:
        """Hints that want action, and those that say it is done; each has its mark as well."""
        looks = {Mark.BELOW: {**theme.ACTION, **theme.BOLD}, Mark.ON_PLAN: {"font_color": theme.NAVY}}
        for mark, look in looks.items():
            begun = {"type": "text", "criteria": "begins with", "value": mark, "format": self.book.add_format(look)}
            self.sheet.conditional_format(*area, begun)

    def prompt(self, row: int, span: Span, title: str, prompt: str) -> None:
        """Words shown when the cell is entered; it takes anything."""
        options = {"validate": "any", "input_title": _cut(title, _MOST_TITLE), "input_message": _cut(prompt)}
        self.sheet.data_validation(row, span.first, row, span.first, options)

    def validate(self, row: int, span: Span, rule: Mapping[str, object], *, title: str, prompt: str, stop: str) -> None:
        title = _cut(title, _MOST_TITLE)
        words = {"input_title": title, "input_message": _cut(prompt), "error_title": title, "error_message": _cut(stop)}
        self.sheet.data_validation(row, span.first, row, span.first, {**rule, **words})


def _cut(words: str, most: int = _MOST_WORDS) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
