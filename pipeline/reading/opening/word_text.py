"""One pass that makes a Word document anew as what the reader of the final document sees: nothing else is ever read.

Containers of every kind (insertions, content controls, smart tags, hyperlinks, wrappers that no program of today
writes) are taken off; what was deleted, moved away or hidden is left out; a field is its result; of alternatives one is
taken. What a reader sees beside the text (struck out, raised, in a box, in a footnote) is kept apart as asides.
`docs/reading.md`, «A text document», is the table of rules.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from lxml.etree import _Element

from pipeline.reading.opening.book import AsideKind
from pipeline.reading.opening.word_looks import Looks
from pipeline.reading.opening.word_numbers import Numbers
from pipeline.reading.opening.word_package import attribute, child, children, is_on, local, number
from pipeline.reading.opening.word_symbols import TICKED, UNTICKED, in_font, symbol

MOST_COLUMNS = 63  # of a table in Word


class Piece(NamedTuple):
    """A stretch of a paragraph. `kind` is blank for its text, else the aside that it belongs to; of a note the text is
    the number by which the document keeps it."""

    text: str
    kind: AsideKind | None = None


class Paragraph(NamedTuple):
    """`boxes`: what stands in the text boxes anchored in it. `section`: its `sectPr`, where it ends a section.
    `runs_on`: its mark is deleted or hidden, the next paragraph belongs to it. `number`: its automatic number."""

    pieces: tuple[Piece, ...]
    boxes: tuple[tuple["Block", ...], ...] = ()
    section: _Element | None = None
    runs_on: bool = False
    number: str = ""

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces if piece.kind is None)

    @property
    def asides(self) -> list[tuple[AsideKind, str]]:
        """Neighbouring stretches of one kind are one aside."""
        return [(kind, "".join(p.text for p in run)) for kind, run in groupby(self.pieces, lambda p: p.kind) if kind]


class TableCell(NamedTuple):
    """`span`: columns of the grid. `below`: it continues the cell above it, whose text is shown for both."""

    blocks: tuple["Block", ...]
    span: int = 1
    below: bool = False
    beside: bool = False  # the same of the cell on its left


class TableRow(NamedTuple):
    """`before`: columns of the grid that it leaves out on its left."""

    cells: tuple[TableCell, ...]
    before: int = 0


class Table(NamedTuple):
    """`grid`: widths of its columns as the document gives them, in twentieths of a point."""

    rows: tuple[TableRow, ...]
    grid: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return sum(len(row.cells) for row in self.rows)


Block = Paragraph | Table

_GONE = {"del", "moveFrom", "delText", "instrText", "delInstrText", "Choice", "Fallback"}
_DRAWN = {"drawing", "pict", "object", "txbxContent"}
_PICTURES = {"blip", "imagedata", "OLEObject", "chart", "relIds"}
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTES: dict[str, AsideKind] = {
    "footnoteReference": "footnote",
    "endnoteReference": "endnote",
    "commentReference": "comment",
}
# Fields that say something else on every page: furniture of the page, no text of the document.
_OF_THE_PAGE = {"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES"}
_KNOWN = ("http://schemas.microsoft.com/", "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/")


def visible(story: _Element, looks: Looks, numbers: Numbers) -> tuple[Block, ...]:
    """The paragraphs and tables of a body, a header, a note, top to bottom."""
    return _Story(story, looks, numbers).blocks_of(story)


@dataclass
class _Field:
    """A complex field whose end has not been reached. `shown`: its result has begun and is to be read."""

    instruction: str = ""
    filled_in: bool = False  # a form field that has told what it shows
    shown: bool = False


@dataclass
class _Written:
    """What of a paragraph has been written so far."""

    pieces: list[Piece] = field(default_factory=list)
    boxes: list[tuple[Block, ...]] = field(default_factory=list)


class _Story:
    """The pass over one story. Elements are asked by local names, so strict files and any prefix are read alike."""

    def __init__(self, story: _Element, looks: Looks, numbers: Numbers) -> None:
        self._looks, self._numbers = looks, numbers
        self._fields: list[_Field] = []
        self._whole = _marks_of_whole_fields(story)
        self._table_style = self._paragraph_style = ""
        self._prompt = False  # inside a content control that nobody has filled in
        self._tick: list[str] | None = None  # inside a check box: its state, until it has been told
        self._kind: AsideKind | None = None  # of all text below an element that raises it

    # ── blocks ───────────────────────────────────────────────────────────────────────────────────────────

    def blocks_of(self, container: _Element) -> tuple[Block, ...]:
        return tuple(_joined(self._blocks(container)))

    def _blocks(self, container: _Element) -> Iterator[Block]:
        for element in self._shown(container):
            match local(element):
                case "p":
                    yield self._paragraph(element)
                case "tbl":
                    yield self._table(element)
                case "sectPr":
                    yield Paragraph((), section=element)
                case "r" | "altChunk" | "subDoc" | "drawing" | "pict" | "object" | "txbxContent":
                    written = _Written()
                    self._part(element, written)
                    yield Paragraph(tuple(written.pieces), tuple(written.boxes))
                case _:
                    with self._inside(element):
                        yield from self._blocks(element)

    def _shown(self, parent: _Element) -> Iterator[_Element]:
        """The children that are there in the final document; of alternatives those of the one taken."""
        for element in parent:
            name = local(element)
            if name == "AlternateContent":
                yield from self._shown(_chosen(element))
            elif name and name not in _GONE and not (name.endswith(("Pr", "PrEx")) and name != "sectPr"):
                yield element

    def _table(self, table: _Element) -> Table:
        around, self._table_style = self._table_style, attribute(child(table, "tblPr", "tblStyle"), "val")
        rows = tuple(self._row(row) for row in self._parts(table, "tr") if not _is_gone_row_or_cell(row))
        self._table_style = around
        return Table(rows, tuple(number(column, "w") for column in children(child(table, "tblGrid"), "gridCol")))

    def _row(self, row: _Element) -> TableRow:
        cells = [self._cell(cell) for cell in self._parts(row, "tc") if not _is_gone_row_or_cell(cell)]
        before = min(number(child(row, "trPr", "gridBefore")), MOST_COLUMNS)
        return TableRow(tuple(cells[: MOST_COLUMNS + 1]), before)

    def _parts(self, parent: _Element, name: str) -> Iterator[_Element]:
        """Rows of a table, cells of a row: through whatever is wrapped around them."""
        for element in self._shown(parent):
            if local(element) == name:
                yield element
            elif local(element) not in ("p", "tbl", "tblGrid"):
                with self._inside(element):
                    yield from self._parts(element, name)

    def _cell(self, cell: _Element) -> TableCell:
        properties = child(cell, "tcPr")
        span = min(max(number(child(properties, "gridSpan"), default=1), 1), MOST_COLUMNS)
        below, beside = (_continues(child(properties, name)) for name in ("vMerge", "hMerge"))
        return TableCell(self.blocks_of(cell), span, below, beside)

    # ── paragraphs ───────────────────────────────────────────────────────────────────────────────────────

    def _paragraph(self, paragraph: _Element) -> Paragraph:
        properties = child(paragraph, "pPr")
        around, self._paragraph_style = self._paragraph_style, attribute(child(properties, "pStyle"), "val")
        written = _Written()
        self._inline(paragraph, written)
        self._paragraph_style = around
        runs_on = self._runs_on(properties)
        counted = "" if runs_on else self._numbers.next(properties)
        section = child(properties, "sectPr")
        return Paragraph(tuple(written.pieces), tuple(written.boxes), section, runs_on, counted)

    def _runs_on(self, properties: _Element | None) -> bool:
        """Is the paragraph's mark deleted, moved away or hidden."""
        mark = child(properties, "rPr")
        gone = any(child(mark, name) is not None for name in ("del", "moveFrom"))
        style = attribute(child(properties, "pStyle"), "val")
        return gone or self._looks.of(mark, style, self._table_style).hidden

    def _inline(self, parent: _Element, written: _Written) -> None:
        for element in self._shown(parent):
            self._part(element, written)

    def _part(self, element: _Element, written: _Written) -> None:
        """One child of a paragraph, or of what is wrapped around a part of it."""
        match local(element):
            case "r":
                self._run(element, written)
            case "fldSimple":
                self._simple_field(element, written)
            case "sup" | "rt":  # raised in a formula, a reading above its word
                self._kind, around = "raised", self._kind
                self._inline(element, written)
                self._kind = around
            case "f":
                self._between(element, written, "", "/", "")
            case "d":
                self._between(element, written, "(", ";", ")")
            case "altChunk" | "subDoc":
                written.pieces.append(Piece(attribute(element, "id"), "chunk"))
            case name if name in _DRAWN:
                self._box(element, written)
            case "p" | "tbl":  # where none belongs: read all the same
                block = self._paragraph(element) if local(element) == "p" else self._table(element)
                written.pieces += flat([block]).pieces
            case _:
                with self._inside(element):
                    self._inline(element, written)

    @contextmanager
    def _inside(self, element: _Element) -> Iterator[None]:
        """What a content control makes of its text: a prompt that nobody has answered is none, of a check box its state
        is told and not the sign that some program has drawn for it."""
        around = self._prompt, self._tick
        self._prompt |= is_on(child(element, "sdtPr", "showingPlcHdr"))
        if (box := child(element, "sdtPr", "checkbox")) is not None:
            self._prompt, self._tick = around[0], [TICKED if is_on(child(box, "checked")) else UNTICKED]
        yield
        self._prompt, self._tick = around

    def _simple_field(self, element: _Element, written: _Written) -> None:
        if _keyword(attribute(element, "instr")) not in _OF_THE_PAGE:
            if told := _told_by_form(element):
                self._write(told, written)
            else:
                self._inline(element, written)

    def _between(self, element: _Element, written: _Written, opening: str, between: str, closing: str) -> None:
        """Parts of a formula: a numerator over its denominator, what stands in brackets."""
        for number_of_part, part in enumerate(self._shown(element)):
            self._write(between if number_of_part else opening, written)
            self._inline(part, written)
        self._write(closing, written)

    # ── runs ─────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, run: _Element, written: _Written) -> None:
        properties = next(iter(children(run, "rPr")[-1:]), None)  # in a formula the last of two
        look = self._looks.of(properties, self._paragraph_style, self._table_style)
        around = self._kind
        self._kind = "struck" if look.struck else "raised" if look.raised else around
        hidden = _Written() if look.hidden else written
        for element in self._shown(run):
            self._part_of_run(element, hidden, look.font)
        self._kind = around

    def _part_of_run(self, element: _Element, written: _Written, font: str) -> None:
        match local(element):
            case "t":
                self._write(in_font(element.text or "", font), written)
            case "sym" | "symEx":
                self._write(symbol(element), written)
            case "fldChar":
                self._mark_of_field(element, written)
            case name if name in _BREAKS:
                self._write(_BREAKS[name], written)
            case name if name in _NOTES:
                if self._is_shown():
                    written.pieces.append(Piece(attribute(element, "id"), _NOTES[name]))
            case name if name in _DRAWN or name in ("r", "p", "tbl", "f", "d", "sup", "rt"):
                self._part(element, written)
            case _:
                with self._inside(element):
                    for inner in self._shown(element):
                        self._part_of_run(inner, written, font)

    def _write(self, text: str, written: _Written) -> None:
        if self._tick is not None:
            text = self._tick.pop() if text and self._tick else ""
        if text and self._is_shown():
            written.pieces.append(Piece(text, self._kind))

    def _is_shown(self) -> bool:
        return not self._prompt and all(one.shown for one in self._fields)

    def _mark_of_field(self, mark: _Element, written: _Written) -> None:
        """`begin`, `separate` or `end` of a complex field. One that never ends hides nothing."""
        if mark not in self._whole:
            return
        match attribute(mark, "fldCharType"):
            case "begin":
                told = _told_by_form(mark)
                self._write(told, written)
                self._fields.append(_Field(self._whole[mark], filled_in=bool(told)))
            case "separate" if self._fields:
                last = self._fields[-1]
                last.shown = not last.filled_in and _keyword(last.instruction) not in _OF_THE_PAGE
            case "end" if self._fields:
                self._fields.pop()

    def _box(self, element: _Element, written: _Written) -> None:
        """Text boxes of a drawing, each once; a drawing without a word is a picture."""
        if not self._is_shown() or any(attribute(one, "hidden") in ("1", "true") for one in element.iter("{*}docPr")):
            return
        boxes = [element] if local(element) == "txbxContent" else self._outermost(element, "txbxContent")
        found = [
            _Story(box, self._looks, self._numbers).blocks_of(box) for box in boxes
        ]  # with fields and styles of its own
        if not found and (words := [t.text for t in self._outermost(element, "t") if t.text]):
            found = [(Paragraph((Piece(" ".join(words)),)),)]
        if found:
            written.boxes += found
        elif any(local(one) in _PICTURES for one in element.iter()):
            written.pieces.append(Piece("", "picture"))

    def _outermost(self, parent: _Element, name: str) -> Iterator[_Element]:
        for element in self._shown(parent):
            if local(element) == name:
                yield element
            else:
                yield from self._outermost(element, name)


# ── paragraphs that have become one ──────────────────────────────────────────────────────────────────────


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """A paragraph whose mark is gone runs on into the next; where nothing of it is left there is no line."""
    held: Paragraph | None = None
    for block in blocks:
        if isinstance(block, Table):
            yield from _not_blank(held)
            held = None
            yield block
            continue
        if held:
            block = block._replace(pieces=held.pieces + block.pieces, boxes=held.boxes + block.boxes)
            held = None
        if block.runs_on and block.section is None:
            held = block
        else:
            yield block
    yield from _not_blank(held)


def _not_blank(paragraph: Paragraph | None) -> Iterator[Paragraph]:
    if paragraph and (paragraph.pieces or paragraph.boxes):
        yield paragraph


def flat(blocks: Iterable[Block]) -> Paragraph:
    """Blocks as one text: paragraphs and rows of inner tables one under the other, cells parted by a tab."""
    pieces: list[Piece] = []
    boxes: list[tuple[Block, ...]] = []
    for place, line in enumerate(_lines(blocks)):
        pieces += [Piece("\n")] * bool(place)
        for column, part in enumerate(line):
            pieces += [Piece("\t")] * bool(column)
            pieces += part.pieces
            boxes += part.boxes
    return Paragraph(tuple(pieces), tuple(boxes))


def _lines(blocks: Iterable[Block]) -> Iterator[list[Paragraph]]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield [block]
        else:
            for row in block.rows:
                yield [flat(cell.blocks) for cell in row.cells if not (cell.below or cell.beside)]


# ── what single elements say ─────────────────────────────────────────────────────────────────────────────


def _chosen(alternates: _Element) -> _Element:
    """The first choice that Word understands and that holds something, else the fallback: never both."""
    choices = [c for c in children(alternates, "Choice") if len(c) and _is_understood(c)]
    return next(iter([*choices, *children(alternates, "Fallback")]), alternates)


def _is_understood(choice: _Element) -> bool:
    required = [choice.nsmap.get(prefix) or "" for prefix in attribute(choice, "Requires").split()]
    return all(namespace.startswith(_KNOWN) for namespace in required)


def _is_gone(row: _Element | None) -> bool:
    """A row that a tracked change deletes, or that is hidden; `row`: its properties."""
    return child(row, "del") is not None or is_on(child(row, "hidden"))


def _is_gone_row_or_cell(element: _Element) -> bool:
    match local(element):
        case "tr":
            return _is_gone(child(element, "trPr"))
        case "tc":
            return child(element, "tcPr", "cellDel") is not None
    return False


def _continues(merge: _Element | None) -> bool:
    return merge is not None and attribute(merge, "val", "continue") == "continue"


def _told_by_form(element: _Element) -> str:
    """What a legacy form field shows: a ticked or empty box, the entry chosen from its list; blank for all others."""
    box, entries = child(element, "ffData", "checkBox"), child(element, "ffData", "ddList")
    if box is not None:
        state = child(box, "checked")
        return TICKED if is_on(child(box, "default") if state is None else state) else UNTICKED
    listed = [attribute(entry, "val") for entry in children(entries, "listEntry")]
    chosen = child(entries, "result")
    place = number(child(entries, "default") if chosen is None else chosen)
    return listed[place] if place < len(listed) else ""


def _keyword(instruction: str) -> str:
    return next(iter(instruction.split()), "").upper()


def _marks_of_whole_fields(story: _Element) -> dict[_Element, str]:
    """The marks of the complex fields that have both ends in this story, with the instruction of each."""
    whole: dict[_Element, str] = {}
    if story.find(".//{*}fldChar") is None:
        return whole
    open_fields: list[tuple[list[_Element], list[str]]] = []
    for element in _not_deleted(story):
        name = local(element)
        if name == "instrText" and open_fields:
            open_fields[-1][1].append(element.text or "")
        elif name == "fldChar":
            kind = attribute(element, "fldCharType")
            if kind == "begin":
                open_fields.append(([], []))
            if open_fields:
                marks, instruction = open_fields[-1]
                marks.append(element)
                if kind == "end":
                    whole.update(dict.fromkeys(marks, "".join(instruction)))
                    open_fields.pop()
    return whole


def _not_deleted(element: _Element) -> Iterator[_Element]:
    """All elements below that no tracked change deletes, outside text boxes; of alternatives the one taken."""
    for inner in element:
        name = local(inner)
        if name == "AlternateContent":
            yield from _not_deleted(_chosen(inner))
        elif not (name in (*_GONE - {"instrText"}, "txbxContent") or _is_gone_row_or_cell(inner)):
            yield inner
            yield from _not_deleted(inner)
