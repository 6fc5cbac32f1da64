"""Tables of the standard form in the order's layout: rows with a number and a title, lists that a school makes longer.

They stand among the items in the form's order, each under headings of its own, by which the reader finds it: the
order's words for the number, the label and every column. «х» stands where a cell takes no answer.
"""

from collections.abc import Mapping, Sequence, Sized
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.writing.form.grid import Block, Span
from pipeline.writing.form.help import CLOSED
from pipeline.writing.form.inputs import Inputs
from pipeline.writing.form.number_checks import NumberChecks
from pipeline.writing.form.paper import AUTO, BORDERS, LEFT, LINE, PANEL, SECTION, Paper, Value
from pipeline.writing.form.prefill import Prefill, entry, lines_of
from pipeline.writing.pages import theme
from pipeline.writing.pages.theme import Look
from schemas import own_form
from schemas.form import Form, Item, Kind, Lines, Table
from schemas.likeness import plain
from schemas.relations import FOLLOWS, relations_of

SPARE_LINES = 10
_HEADING, _TITLE = 30, 22  # points
_BOLDER = 1.12  # bold letters beside others
_COLUMN_NUMBERS = "гр"  # a title that speaks of columns by their numbers


class Part(NamedTuple):
    """Items that stand together: in no table, the rows of one table (`title`: the group over them), or a list."""

    items: tuple[Item, ...]
    table: str = ""
    title: Item | None = None


def parts_of(form: Form) -> list[Part]:
    """The form's items in their order."""
    parts: list[Part] = []
    title: Item | None = None
    for item, after in zip(form.items, (*form.items[1:], None), strict=True):
        last = parts[-1] if parts else Part(())
        is_row = item.kind is Kind.ROW
        if not item.table and after and after.kind is Kind.ROW and after.parent == item.number:
            title = item
        elif is_row and last.table == item.table and not title and last.items[0].table == item.table:
            parts[-1] = last._replace(items=(*last.items, item))
        elif item.table:
            parts.append(Part((item,), item.table, title if is_row else item))
            title = None
        elif last.items and not last.table:
            parts[-1] = last._replace(items=(*last.items, item))
        else:
            parts.append(Part((item,)))
    return parts


class Tables:
    """Writes the tables of one form; their checks when all figures of the form have their place."""

    def __init__(self, form: Form, paper: Paper, inputs: Inputs, checks: NumberChecks, before: Prefill) -> None:
        self.form = form
        self.paper = paper
        self.inputs = inputs
        self.checks = checks
        self.before = before
        self._totals = {held.item.partition("/")[0] for held in relations_of(form) if held.kind in FOLLOWS[:1]}
        self._rows: list[tuple[int, list[Item]]] = []  # row of the sheet, cells of a row with a title
        self._lines: list[tuple[int, list[Item], bool]] = []  # of a list; is the line wanted

    def write(self, part: Part) -> None:
        table, block = self.form.table(part.table), self.paper.grid.blocks[part.table]
        if part.title:
            self._title(part.title)
        else:
            self.paper.starts.append(len(self.paper.heights))
        numbered = _speaks_of_columns(table)
        self._headings(table, block, numbered)
        if part.items[0].kind is Kind.ROWS:
            self._list(part.items[0], table, block)
        else:
            for item in part.items:
                self._row(item, table, block, numbered)

    def write_checks(self) -> None:
        for row, cells in self._rows:
            self.paper.check(row, self.checks.row(cells, self._notes(cells)))
        for row, cells, wanted in self._lines:
            self.paper.check(row, self.checks.line(cells, wanted=wanted, notes=self._notes(cells)))

    def _notes(self, cells: Sequence[Item]) -> Mapping[str, str]:
        said = self.before.notes
        return {item.number: said[item.number] for item in cells if item.number in said}

    # ── above the rows ───────────────────────────────────────────────────────────────────────────────────
    def _title(self, item: Item) -> None:
        paper, at = self.paper, self.paper.grid.plain
        row = paper.row(_TITLE)
        paper.starts.append(row)
        look = paper.formats(BORDERS, theme.CENTRE, SECTION, PANEL)
        paper.text(row, at.number, f"{item.number}.", look)
        said = f"{item.title} ({item.hint.strip('()')})" if item.hint else item.title
        paper.text(row, at.measure.to(at.check), said, paper.formats(BORDERS, LEFT, SECTION, PANEL))

    def _headings(self, table: Table, block: Block, numbered: bool) -> None:
        paper, at = self.paper, self.paper.grid.plain
        spans = [at.number, *([block.label] if block.label else []), *block.columns, at.check]
        label = [table.label[0]] if block.label else []
        words = [self.form.recognise.number[0], *label, *(column.title for column in table.columns), own_form.CHECK]
        heights = (
            theme.text_height(said, paper.grid.width(span) / _BOLDER, 9) + 8
            for span, said in zip(spans, words, strict=True)
        )
        paper.header([*zip(spans, words, strict=True)], max(_HEADING, *heights))
        if numbered:
            self._column_numbers(spans[:-1])

    def _column_numbers(self, spans: Sequence[Span]) -> None:
        """«1 | 2 | 3»: the order speaks of columns by these."""
        paper = self.paper
        row = paper.row(14)
        look = paper.formats(BORDERS, theme.CENTRE, PANEL, {"font_size": 8, "font_color": theme.GREY})
        for n, span in enumerate(spans, start=1):
            paper.text(row, span, str(n), look)
        paper.blank(row, paper.grid.plain.check, look)

    # ── rows with a title ────────────────────────────────────────────────────────────────────────────────
    def _row(self, item: Item, table: Table, block: Block, numbered: bool) -> None:
        paper = self.paper
        bold: list[Look] = [theme.BOLD] if item.number in self._totals else []
        row = paper.row(LINE)
        paper.text(row, paper.grid.plain.number, f"{item.number}.", paper.formats(BORDERS, theme.CENTRE, *bold))
        if block.label:
            paper.titled(row, block.label, item.title, item.hint, *bold)
        cells = {cell.number: cell for cell in self.form.cells_of(item.number)}
        for n, (column, span) in enumerate(zip(table.columns, block.columns, strict=True)):
            number = f"{item.number}/{column.id}"
            if number not in cells:
                paper.text(row, span, CLOSED, paper.formats(BORDERS, theme.CENTRE, AUTO, theme.QUIET))
                continue
            graph = n + (3 if block.label else 2)
            self.checks.names[number] = f"гр. {graph}" if numbered else f"«{_short(column.wordings)}»"
            self._cell(row, span, cells[number], f"Строка {item.number}, графа {graph}", *bold)
        self._rows.append((row, list(cells.values())))
        first = next(iter(cells), None)
        if first:
            paper.answers.setdefault(item.number, paper.answers[first])

    def _cell(self, row: int, span: Span, cell: Item, about: str, *bold: Look) -> None:
        look = {**theme.RIGHT, "indent": 1} if cell.kind is Kind.NUMBER else LEFT
        self.inputs.put(row, span, cell, self._given(cell), about, look, *bold)

    def _given(self, cell: Item) -> Value:
        if cell.number not in self.before.facts:
            return None
        return entry(self.form, cell.number, self.before).answer

    # ── lists ────────────────────────────────────────────────────────────────────────────────────────────
    def _list(self, item: Item, table: Table, block: Block) -> None:
        """As many lines as are filled in already and some to spare, numbered as the reader numbers them."""
        paper = self.paper
        said = lines_of(item.number, self.before)
        wanted = self.form.lists[item.number]
        lines = len(said) + spare_rows(SPARE_LINES, said, wanted)
        columns = {cell.number.partition("/")[2]: cell for cell in self.form.cells_of(item.number)}
        for n in range(1, lines + 1):
            row = paper.row(LINE)
            number = said[n - 1] if n <= len(said) else _free(item.number, n, said)
            paper.text(row, paper.grid.plain.number, f"{item.number}.{n}.", paper.formats(BORDERS, theme.CENTRE))
            cells = [_of_line(cell, number, column) for column, cell in columns.items()]
            for column, (cell, span) in zip(table.columns, zip(cells, block.columns, strict=True), strict=True):
                self.checks.names[cell.number] = f"«{_short(column.wordings)}»"
                self._cell(row, span, cell, f"{item.number}.{n}. {column.title}")
            self._lines.append((row, cells, n <= wanted.at_least))
            paper.answers.setdefault(number, paper.answers[cells[0].number])
            if n == len(said) + 1 or n == lines:
                paper.answers.setdefault(item.number, paper.answers[cells[0].number])


def spare_rows(usual: int, given: Sized, lines: Lines) -> int:
    """Empty rows below those filled in already: the usual number of rows in all or as many as are wanted, but one at
    least; no more than there may be."""
    spare = max(max(usual, lines.at_least) - len(given), 1)
    return spare if lines.at_most is None else max(0, min(spare, lines.at_most - len(given)))


def _speaks_of_columns(table: Table) -> bool:
    titles = [*table.label, *(column.title for column in table.columns)]
    return any(word == _COLUMN_NUMBERS for title in titles for word in plain(title).split())


def _short(wordings: Sequence[str]) -> str:
    return min(wordings[:1] if len(wordings[0]) <= 24 else wordings, key=len)


def _of_line(cell: Item, number: str, column: str) -> Item:
    return replace(cell, number=f"{number}/{column}")


def _free(item: str, n: int, taken: Sequence[str]) -> str:
    """The number of an empty line: the place where it stands, or the next that no line has that was said before."""
    numbers = [f"{item}.{at}" for at in range(1, n + len(taken) + 1)]
    return [number for number in numbers if number not in taken][n - 1 - len(taken)]
