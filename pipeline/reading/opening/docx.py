"""A text document as a sheet: its paragraphs and tables one under the other, so that the same layout rules read it.

What is text is settled before (`word_text`): this module only gives it rows and columns.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate, pairwise

from lxml.etree import _Element

from pipeline.reading.opening.book import Aside, AsideKind, Book, Cell, Sheet
from pipeline.reading.opening.cells import as_cell
from pipeline.reading.opening.guard import damaged, too_many_cells
from pipeline.reading.opening.word_looks import Looks
from pipeline.reading.opening.word_numbers import Numbers
from pipeline.reading.opening.word_package import WordPackage, attribute, child, children, is_on
from pipeline.reading.opening.word_text import Block, Paragraph, Piece, Table, TableCell, TableRow, flat, visible
from pipeline.settings import Limits
from schemas.addresses import Spot
from schemas.text import clean

NAME = "документ"
_HEADER, _FOOTER, _BOX = "верхний колонтитул", "нижний колонтитул", "надпись"


def read(data: bytes, limits: Limits) -> Book:
    """One sheet with all text of the document, top to bottom: headers of the pages first, their footers last.

    Raises Unreadable.
    """
    document = _Document(data)
    page = _Page(document.note, limits)
    for section in document.sections:
        for header in document.new_stories("header", section):
            page.add(header, _HEADER)
        page.add(section.blocks)
    footers = [f for section in document.sections for f in document.new_stories("footer", section)]
    page.skip_row()  # a footer stands apart
    for footer in footers:
        page.add(footer, _FOOTER)
    return Book((page.sheet(),))


# ── the document and its stories ─────────────────────────────────────────────────────────────────────────


class _Section:
    """Blocks with the headers and footers of their pages: kind and type (`default`, `first`, `even`) -> relation."""

    def __init__(self, blocks: list[Block], properties: _Element | None, before: "_Section | None") -> None:
        self.blocks = blocks
        self.first_page_differs = is_on(child(properties, "titlePg"))
        self.stories: dict[tuple[str, str], str] = dict(before.stories) if before else {}
        for kind in ("header", "footer"):
            for reference in children(properties, f"{kind}Reference"):
                self.stories[kind, attribute(reference, "type", "default")] = attribute(reference, "id")


class _Document:
    def __init__(self, data: bytes) -> None:
        self._package = WordPackage(data)
        styles = self._package.by_kind("styles")
        self._looks = Looks(styles)
        self._numbers = Numbers(self._package.by_kind("numbering"), styles)
        self._told: set[str] = set()
        body = child(self._package.document, "body")
        if body is None:
            raise damaged("в нём нет текста документа Word")
        self.sections = list(_sections(visible(body, self._looks, self._numbers)))

    def new_stories(self, kind: str, section: _Section) -> Iterator[tuple[Block, ...]]:
        """The headers or footers that a reader sees in the section and has not seen before."""
        types = ["first"] * section.first_page_differs + ["default"] + ["even"] * self._even_pages_differ
        for relation in (section.stories.get((kind, one), "") for one in types):
            if relation not in self._told and (root := self._package.by_id(relation)) is not None:
                self._told.add(relation)
                yield visible(root, self._looks, self._numbers)

    def note(self, kind: AsideKind, code: str) -> str:
        """The text of a footnote, an endnote, a comment; blank where it is lost."""
        root = self._notes.get(kind)
        found = next((note for note in children(root, kind) if attribute(note, "id") == code), None)
        return "" if found is None else clean(flat(visible(found, self._looks, self._numbers)).text).strip()

    @cached_property
    def _notes(self) -> dict[AsideKind, _Element | None]:
        kinds: tuple[AsideKind, ...] = ("footnote", "endnote", "comment")
        return {kind: self._package.by_kind(f"{kind}s") for kind in kinds}

    @cached_property
    def _even_pages_differ(self) -> bool:
        return is_on(child(self._package.by_kind("settings"), "evenAndOddHeaders"))


def _sections(blocks: Iterable[Block]) -> Iterator[_Section]:
    held: list[Block] = []
    last: _Section | None = None
    for block in blocks:
        held.append(block)
        if isinstance(block, Paragraph) and block.section is not None:
            yield (last := _Section(held, block.section, last))
            held = []
    if held or last is None:
        yield _Section(held, None, last)


# ── rows and columns ─────────────────────────────────────────────────────────────────────────────────────


class _Page:
    """Gives every paragraph and every row of a table a row of the sheet."""

    def __init__(self, note: Callable[[AsideKind, str], str], limits: Limits) -> None:
        self._note, self._limits = note, limits
        self._cells: dict[Spot, Cell] = {}
        self._places: dict[int, str] = {}
        self._merged: list[tuple[Spot, Spot]] = []
        self._asides: list[Aside] = []
        self._paragraphs = self._tables = 0

    def sheet(self) -> Sheet:
        cells = dict(sorted(self._cells.items()))
        return Sheet(NAME, cells, merged=tuple(self._merged), places=self._places, asides=tuple(self._asides))

    def skip_row(self) -> None:
        self._places[len(self._places) + 1] = ""

    def add(self, blocks: Iterable[Block], story: str = "") -> None:
        """`story`: where the blocks stand if not in the body."""
        for block in _opened(blocks):
            if isinstance(block, Table):
                self._add_table(block, story)
            else:
                self._add_paragraph(block, story)

    def _add_paragraph(self, paragraph: Paragraph, story: str) -> None:
        above = not self._tables  # a box above the tables is likely a part of the head, and read as one
        boxes = [box for box in paragraph.boxes if above or any(isinstance(block, Table) for block in box)]
        for box in boxes:
            first = len(self._places) + 1
            self.add(box, _BOX)
            self._asides += [
                Aside(spot, "box", str(cell.value)) for spot, cell in self._cells.items() if spot.row >= first and above
            ]
        if paragraph.section is not None and not paragraph.pieces:
            return
        self._paragraphs += not story
        self._places[len(self._places) + 1] = story or f"абзац {self._paragraphs}"
        beside = tuple(box for box in paragraph.boxes if box not in boxes)
        self._put(Spot(len(self._places), 1), paragraph._replace(boxes=beside))

    def _add_table(self, table: Table, story: str) -> None:
        self._tables += not story
        top = len(self._places) + 1
        for number in range(1, len(table.rows) + 1):
            self._places[len(self._places) + 1] = story or f"таблица {self._tables}, строка {number}"
        areas = _areas(table)
        for (row, column), (last_row, last_column, paragraph) in areas.items():
            first, last = Spot(top + row, column), Spot(top + last_row, last_column)
            self._put(first, paragraph)
            if first != last:
                self._merged.append((first, last))

    def _put(self, spot: Spot, paragraph: Paragraph) -> None:
        if cell := as_cell(paragraph.text):
            self._cells[spot] = cell
        if len(self._cells) > self._limits.cells:
            raise too_many_cells(self._limits)
        for kind, text in _asides(paragraph):
            said = self._note(kind, text) if kind in ("footnote", "endnote", "comment") else clean(text).strip()
            if said or kind == "picture":
                self._asides.append(Aside(spot, kind, said))


def _asides(paragraph: Paragraph) -> Iterator[tuple[AsideKind, str]]:
    yield from paragraph.asides
    for box in paragraph.boxes:
        inside = flat(box)
        yield "box", inside.text
        yield from _asides(inside)


def _opened(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, those in a table that only lays out the page in its place."""
    for block in blocks:
        if not (isinstance(block, Table) and _is_frame(block)):
            yield block
            continue
        for row in block.rows:
            if any(_inner_tables(row)):
                for cell in row.cells:
                    yield from _opened(cell.blocks)
            else:
                yield Table((row,), block.grid)


def _is_frame(table: Table) -> bool:
    """Does a table inside it hold more cells than it has itself: then it lays out the page and asks nothing."""
    return any(inner.size > table.size for row in table.rows for inner in _inner_tables(row))


def _inner_tables(row: TableRow) -> Iterator[Table]:
    """Tables in its cells, at any depth."""
    for cell in row.cells:
        for block in cell.blocks:
            if isinstance(block, Table):
                yield block
                for inner in block.rows:
                    yield from _inner_tables(inner)


def _areas(table: Table) -> dict[tuple[int, int], tuple[int, int, Paragraph]]:
    """First row (from 0) and column (from 1) of each cell -> its last ones and its text. Merged cells are one."""
    places = _columns(table)
    areas: dict[tuple[int, int], tuple[int, int, Paragraph]] = {}
    above: dict[int, tuple[int, int]] = {}  # column -> the area that reaches the row above it
    for number, row in enumerate(table.rows):
        reached: dict[int, tuple[int, int]] = {}
        edge = row.before  # of the grid
        for n, cell in enumerate(row.cells):
            column, last = (n + 1, n + 1) if places is None else (places(edge), places(edge + cell.span) - 1)
            edge += cell.span
            start = (number, column)
            if cell.beside and column - 1 in reached:
                start = reached[column - 1]
                areas[start] = (areas[start][0], last, areas[start][2])
            elif cell.below and column in above and above[column][1] == column:
                start = above[column]
                areas[start] = (number, max(last, areas[start][1]), areas[start][2])
            else:
                areas[start] = (number, last, _text_of(cell, first=n == 0))
            reached.update(dict.fromkeys(range(column, last + 1), start))
        above = reached
    return areas


def _columns(table: Table) -> Callable[[int], int] | None:
    """Which column (from 1) begins at an edge of the grid; None where the n-th cell simply is in the n-th column.

    That is so where all rows have as many cells. Elsewhere the edges are counted that lie further apart than a hand
    drags a border by mistake.
    """
    if len({len(row.cells) for row in table.rows}) == 1 and not any(row.before for row in table.rows):
        return None
    if not table.grid or any(_last_edge(row) > len(table.grid) for row in table.rows):
        return lambda edge: edge + 1
    columns = _apart(sorted({edge for row in table.rows for edge in _edges(row)}), table.grid)
    if any(columns[a] == columns[b] for row in table.rows for a, b in pairwise(_edges(row))):
        return lambda edge: edge + 1  # a cell narrower than that
    return columns.__getitem__


_DRAGGED = 340  # twentieths of a point, 6 mm: a column narrower than that holds no answer


def _apart(edges: list[int], grid: tuple[int, ...]) -> dict[int, int]:
    """Edge of the grid -> number of the column that begins there; edges close together begin one column."""
    positions = list(accumulate(grid, initial=0))
    columns: dict[int, int] = {}
    column, begun = 0, -_DRAGGED - 1
    for edge in edges:
        if positions[edge] - begun > _DRAGGED:
            column, begun = column + 1, positions[edge]
        columns[edge] = column
    return columns


def _edges(row: TableRow) -> Iterator[int]:
    """The edges of the grid at which its cells begin and end."""
    return accumulate((cell.span for cell in row.cells), initial=row.before)


def _last_edge(row: TableRow) -> int:
    return max(_edges(row))


def _text_of(cell: TableCell, first: bool) -> Paragraph:
    """The text of a cell; the automatic number where the first cell of a row holds nothing else."""
    text = flat(cell.blocks)
    number = next((block.number for block in cell.blocks if isinstance(block, Paragraph) and block.number), "")
    return text._replace(pieces=(Piece(number), *text.pieces)) if first and number and not text.text.strip() else text
