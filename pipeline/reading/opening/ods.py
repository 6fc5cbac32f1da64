"""OpenDocument spreadsheets (.ods), by one pass of our own over their content.

calamine would read them, but glues what a line break or a tab in a cell keeps apart («245⏎87 %» becomes 24587), reads
error cells as blank, loses untyped text, and never comes back from some damaged files. What it does not tell at all,
percent or not, needs a pass over the same XML anyway.
"""

import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.sax
from defusedxml import DefusedXmlException

from pipeline.reading.opening.book import Aside, AsideKind, Book, Cell, Sheet
from pipeline.reading.opening.cells import Raw, as_cell, cell_without_value, error_cell, without_zeros
from pipeline.reading.opening.guard import check_sheets, damaged, open_zip, part, too_many_cells
from pipeline.reading.opening.ods_styles import CELL, TEXT, Styles
from pipeline.reading.opening.xlsx_looks import Mark, as_seen
from pipeline.settings import Limits
from schemas.addresses import LAST_COLUMN, Spot
from schemas.text import clean

GENERAL, PERCENT = "General", "0%"


def read(data: bytes, limits: Limits) -> Book:
    """The workbook. Raises Unreadable where it is damaged or breaks a limit."""
    with open_zip(data) as package:
        parts = [part(package, "styles.xml")] if "styles.xml" in package.namelist() else []
        parts.append(_content(package))
        settings = part(package, "settings.xml") if "settings.xml" in package.namelist() else b""
    handler = _Content(limits)
    try:
        for xml in parts:
            defusedxml.sax.parseString(xml, handler, forbid_dtd=True)
    except (SAXException, DefusedXmlException, ValueError, OverflowError, LookupError):
        raise damaged("внутри него испорчена разметка") from None
    check_sheets(len(handler.sheets), limits)
    if _NO_ZEROS.search(settings):  # of all sheets: which of them a later program means by it is not told
        return Book(tuple(sheet._replace(cells=without_zeros(dict(sheet.cells))) for sheet in handler.sheets))
    return Book(tuple(handler.sheets))


def _content(package: zipfile.ZipFile) -> bytes:
    if "content.xml" not in package.namelist():
        raise damaged("в нём нет содержимого (content.xml)")
    return part(package, "content.xml")


_NO_ZEROS = re.compile(rb"""\bname\s*=\s*["']ShowZeroValues["'][^<>]*>\s*(?:false|0)\s*<""")
_ASIDE = frozenset({"office:annotation", "text:note", "text:ruby-text", "table:table"})
_SPACES = re.compile(r"[ \t\r\n]+")
_LONGEST_GAP = 1_000  # spaces: `text:c` may claim any number


class _Content(ContentHandler):
    """Collects styles and sheets while the parser goes through styles.xml and content.xml; tags have the prefixes that
    all programs write."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self._limits = limits
        self._styles = Styles()
        self._table: _Table | None = None
        self._cell: dict[str, str] | None = None  # attributes of the cell that is open
        self._paragraphs: list[str] = []
        self._in_paragraph = False
        self._aside = 0  # open tags within a comment, a drawing or the like: their text is not the cell's
        self._spans: list[Mark] = []  # of the spans that are open
        self._apart: list[tuple[AsideKind, str]] = []  # what the open cell shows beside its value
        self._aside_kind: AsideKind | None = None  # what is open and will be told; its paragraphs:
        self._said: list[str] = []
        self._in_said = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        inside = self._cell is not None and (name in _ASIDE or name.startswith("draw:"))
        if self._aside or inside or (self._table and name == "table:shapes"):
            self._start_aside(name)
            return
        if self._table is None:
            self._styles.start(name, attrs)
        match name:
            case "table:table":
                hidden = attrs.get("table:style-name") in self._styles.hidden_tables
                self._table = _Table(attrs.get("table:name", ""), hidden, self._styles, self._limits)
            case "table:table-source" if self._table:
                self._table.is_copy = True
            case "table:table-column" if self._table:
                hidden = attrs.get("table:visibility", "visible") != "visible"
                style = attrs.get("table:default-cell-style-name", "")
                self._table.add_columns(_times(attrs, "table:number-columns-repeated"), hidden, style)
            case "table:table-row" if self._table:
                style = attrs.get("table:default-cell-style-name", "")
                self._table.open_row(_times(attrs, "table:number-rows-repeated"), style)
            case "table:table-cell" | "table:covered-table-cell":
                self._cell, self._paragraphs, self._apart, self._spans = dict(attrs.items()), [], [], []
            case _ if self._cell is not None:
                self._start_of_text(name, attrs)

    def _start_aside(self, name: str) -> None:
        if not self._aside:
            drawn = name.startswith("draw:") or name == "table:shapes"
            self._aside_kind = "comment" if name == "office:annotation" else "box" if drawn else None
            self._said = []
        self._aside += 1
        if name == "text:p":
            self._said.append("")
            self._in_said = True

    def _end_aside(self, name: str) -> None:
        self._aside -= 1
        if name == "text:p":
            self._in_said = False
        if not self._aside and self._aside_kind:
            said = clean("\n".join(filter(str.strip, self._said)).strip())
            if said and self._cell is not None:
                self._apart.append((self._aside_kind, said))
            elif said and self._table:
                self._table.boxes.append(said)

    def _start_of_text(self, name: str, attrs: AttributesImpl) -> None:
        match name:
            case "text:p" | "text:h":
                self._paragraphs.append("")
                self._in_paragraph = True
            case "text:span":
                self._spans.append(self._styles.mark(TEXT, attrs.get("text:style-name", "")))
            case "text:s":
                self._write(" " * min(_times(attrs, "text:c"), _LONGEST_GAP))
            case "text:tab":
                self._write("\t")
            case "text:line-break":
                self._write("\n")

    def characters(self, content: str) -> None:
        if self._table is None:
            self._styles.characters(content)
        elif not self._aside:
            self._write(_SPACES.sub(" ", content))
        elif self._in_said:
            self._said[-1] += content

    def _write(self, text: str) -> None:
        mark: Mark = next((mark for mark in self._spans if mark), "")
        if self._in_paragraph and mark and text.strip():
            self._apart.append((mark, clean(text).strip()))
        elif self._in_paragraph:
            self._paragraphs[-1] += text

    def endElement(self, name: str) -> None:  # noqa: N802
        if self._aside:
            self._end_aside(name)
            return
        if self._table is None:
            self._styles.end(name)
        match name:
            case "text:span" if self._spans:
                self._spans.pop()
            case "text:p" | "text:h":
                self._in_paragraph = False
            case "table:table-cell" | "table:covered-table-cell":
                if self._table and self._cell is not None:
                    self._table.add(self._cell, "\n".join(self._paragraphs), self._apart)
                self._cell = None
            case "table:table-row" if self._table:
                self._table.close_row()
            case "table:table" if self._table:
                if not self._table.is_copy:
                    self.sheets.append(self._table.sheet())
                self._table = None


class _Table:
    """One sheet as it grows. Rows and cells may be repeated; only those that hold something are kept."""

    def __init__(self, name: str, hidden: bool, styles: Styles, limits: Limits) -> None:
        self.is_copy = False  # of a sheet of another workbook, kept for its links
        self.boxes: list[str] = []  # text boxes that lie on the sheet and belong to no cell
        self._name, self._hidden, self._styles, self._limits = name, hidden, styles, limits
        self._row = self._column = 1
        self._repeats = 1  # of the row that is open
        self._row_style = ""
        self._column_styles: dict[int, str] = {}
        self._row_cells: dict[int, Cell] = {}
        self._row_marks: dict[int, Mark] = {}
        self._cells: dict[Spot, Cell] = {}
        self._merged: list[tuple[Spot, Spot]] = []
        self._marks: dict[Spot, Mark] = {}
        self._asides: list[Aside] = []
        self._columns = 0  # declared so far
        self._hidden_columns: set[int] = set()

    def add_columns(self, repeats: int, hidden: bool, style: str) -> None:
        """The next columns, `style` that of their cells; they are declared before the rows."""
        last = min(self._columns + repeats, LAST_COLUMN)
        if hidden:
            self._hidden_columns.update(range(self._columns + 1, last + 1))
        if style:
            self._column_styles |= dict.fromkeys(range(self._columns + 1, last + 1), style)
        self._columns = last

    def open_row(self, repeats: int, style: str) -> None:
        self._repeats, self._row_style = repeats, style
        self._row_cells, self._row_marks, self._column = {}, {}, 1

    def add(self, attributes: Mapping[str, str], text: str, apart: Sequence[tuple[AsideKind, str]]) -> None:
        """The next cell of the row, as often as it is repeated; what it shows beside its value stands at the first."""
        self._asides += [Aside(Spot(self._row, self._column), kind, said) for kind, said in apart]
        if any(kind in ("struck", "raised") for kind, _ in apart):
            attributes = {name: value for name, value in attributes.items() if name != "office:string-value"}
        repeats = _times(attributes, "table:number-columns-repeated")
        if cell := _as_cell(attributes, text):
            self._refuse_above_limit(len(self._row_cells) + repeats)
            for column in range(self._column, self._column + repeats):
                self._put(column, cell, attributes.get("table:style-name", ""))
        columns = _times(attributes, "table:number-columns-spanned")
        rows = _times(attributes, "table:number-rows-spanned")
        if columns > 1 or rows > 1:
            last = Spot(self._row + rows - 1, self._column + columns - 1)
            self._merged.append((Spot(self._row, self._column), last))
        self._column += repeats

    def _put(self, column: int, cell: Cell, style: str) -> None:
        """A cell without a style of its own has that of its row, or of its column."""
        style = style or self._row_style or self._column_styles.get(column, "")
        words = self._styles.number_format(style) if isinstance(cell.value, float) and cell.format == GENERAL else ""
        self._row_cells[column] = cell._replace(format=words) if words else cell
        if mark := self._styles.mark(CELL, style):
            self._row_marks[column] = mark

    def close_row(self) -> None:
        self._refuse_above_limit(len(self._cells) + len(self._row_cells) * self._repeats)
        if self._row_cells:
            for row in range(self._row, self._row + self._repeats):
                self._cells.update((Spot(row, column), cell) for column, cell in self._row_cells.items())
                self._marks.update((Spot(row, column), mark) for column, mark in self._row_marks.items())
        self._row += self._repeats

    def _refuse_above_limit(self, cells: int) -> None:
        if cells > self._limits.cells:
            raise too_many_cells(self._limits)

    def sheet(self) -> Sheet:
        sheet = Sheet(self._name, self._cells, self._hidden, tuple(self._merged))
        sheet = sheet._replace(hidden_columns=frozenset(self._hidden_columns))
        corner = min(self._cells, default=Spot(1, 1))
        return as_seen(sheet, self._marks, {}, (*self._asides, *(Aside(corner, "box", said) for said in self.boxes)))


def _times(attributes: Mapping[str, str] | AttributesImpl, name: str) -> int:
    return max(1, int(attributes.get(name, "1")))


# ── one cell ─────────────────────────────────────────────────────────────────────────────────────────────

_ERROR_SHOWN = re.compile(r"#\S+|(?:Err|Ошибка):\d+")  # what a formula shows where its file does not call it an error
_VALUE_ATTRIBUTES = {
    "percentage": "office:value",
    "float": "office:value",
    "currency": "office:value",
    "boolean": "office:boolean-value",
    "date": "office:date-value",
    "time": "office:time-value",
}


def _as_cell(attributes: Mapping[str, str], text: str) -> Cell | None:
    """The cell of `table:table-cell`'s attributes and the text that it shows."""
    kind, formula = attributes.get("office:value-type", ""), "table:formula" in attributes
    if attributes.get("calcext:value-type") == "error" or (formula and _ERROR_SHOWN.fullmatch(text.strip())):
        return error_cell(text.strip())
    if formula and not kind and not text:
        return cell_without_value()
    written = attributes.get(_VALUE_ATTRIBUTES.get(kind, ""))
    if written is None:
        # What is shown may hold words of the cell's format («классы: 1-4»); then the text itself stands beside it.
        return as_cell(attributes.get("office:string-value") or text)
    try:
        value = _value(kind, written)
    except ValueError:  # no such number or day: the text that the cell shows is all there is
        return as_cell(text)
    match kind:
        case "percentage":
            return as_cell(value, PERCENT)
        case "date" | "time":
            return as_cell(value, None)  # its format stands in a style that is not looked up
    return as_cell(value)


def _value(kind: str, written: str) -> Raw:
    match kind:
        case "boolean":
            return written == "true"
        case "date":
            moment = datetime.fromisoformat(written)
            return moment.date() if moment.time() == time() else moment
        case "time":
            return _time(written)
    return float(written)


_DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+(?:\.\d+)?)S")


def _time(written: str) -> time | timedelta:
    """PT12H30M00S -> 12:30; a day and more stays a duration."""
    found = _DURATION.fullmatch(written)
    if not found:
        raise ValueError(written)
    duration = timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=float(found[3]))
    return (datetime.min + duration).time() if duration < timedelta(days=1) else duration
