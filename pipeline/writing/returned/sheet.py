"""The first sheet of a returned file, «Замечания»: is the report accepted, and every remark with a link to its cell and
a box to be ticked off, grouped by what is to be done. What is right all the same the school explains in column H.

Two columns are hidden. Column I holds, one a row, the address of each marked cell in the look that the cell had before:
office programs keep looks of cells whatever they renumber, so the next return can take the marks off again. Column J
says of each remark's row what an explanation in it is about (`schemas.explained`).
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby

import msgspec

from pipeline import wording
from pipeline.writing.pages import colours
from pipeline.writing.pages.fitting import text_height
from pipeline.writing.returned.cells import Cells, spot
from pipeline.writing.returned.package import MAIN
from pipeline.writing.returned.styles import MARKS, Look, Styles
from pipeline.writing.returned.texts import (
    Head,
    Shown,
    item_said,
    others_accepted,
    to_do,
    verdict,
    xml_attribute,
    xml_text,
)
from pipeline.writing.returned.workbook import quoted
from schemas.addresses import Spot, address
from schemas.explained import MEMORY, WORDS
from schemas.remarks import Severity

_COLUMNS = ("№", "Готово", "Пункт", "Ячейка", "Вы указали", "Замечание", "Что сделать", WORDS)
_WIDTHS = (5, 8, 11, 11, 20, 44, 34, 26)  # characters: printed at 9 points they are 8
_DONE, _CELL, _WRITTEN, _MESSAGE, _TODO, _WORDS, _MARKS, _ABOUT = 2, 4, 5, 6, 7, 8, 9, 10
_MARKS_BEFORE = 8  # where they stood while there was no column for the school's words
_TO_DO_BOX, _DONE_BOX = "□■"  # both in Arial's own set
_LAST = address(Spot(1, len(_COLUMNS)))[:-1]
_LETTERS = [address(Spot(1, column))[:-1] for column in range(1, _ABOUT + 1)]
_LONGEST_ANSWER = 150

_VERDICT = Look(size=16, bold=True, indent=1)
_NOTE = Look(colour=colours.GREY)
_GROUP = Look(size=colours.BODY_SIZE, bold=True)
_HEADER = Look(bold=True, colour=colours.WHITE, fill=colours.NAVY, align="center")
_ROW = Look(rule=colours.LINE, indent=1)
_CENTRED = _ROW._replace(align="center", indent=0)
_TO_FILL_IN = _ROW._replace(text=True, fill=colours.INPUT, unlocked=True)
_AS_TYPED = _ROW._replace(text=True)
_ASKED = _ROW._replace(bold=True)
_LINK = _CENTRED._replace(bold=True, underlined=True, colour=colours.NAVY)


class Marked(msgspec.Struct, frozen=True):
    """A cell that bears a mark, and the style that it had without it."""

    sheet: str
    place: Spot
    style: int


class _Row(msgspec.Struct):
    """`cells`: their XML; `height`: points; `merged`: into one area over the table's width."""

    cells: list[str]
    height: float = 15
    merged: bool = False

    def xml(self, number: int) -> str:
        return f'<row r="{number}" ht="{self.height:g}" customHeight="1">{"".join(self.cells)}</row>'


class RemarksSheet(msgspec.Struct):
    """The sheet's XML, made from top to bottom. `sheets`: the file's others, name -> part."""

    head: Head
    remarks: Sequence[Shown]
    sheets: Mapping[str, str]
    styles: Styles
    rows: list[_Row] = msgspec.field(default_factory=list)
    links: list[str] = msgspec.field(default_factory=list)
    boxes: list[str] = msgspec.field(default_factory=list)
    abouts: dict[int, str] = msgspec.field(default_factory=dict)  # row -> what an explanation in it is about
    header: int = 0
    _end: int = 0  # the table's last row

    def xml(self, marked: Sequence[Marked]) -> bytes:
        self._above()
        self.header = self._row([self._text(n, name, _HEADER) for n, name in enumerate(_COLUMNS, 1)], 30)
        self.abouts[self.header] = MEMORY
        numbered = enumerate(self.remarks, 1)
        for severity, group in groupby(numbered, key=lambda one: one[1].severity):
            self._group(severity, list(group))
        self._end = len(self.rows)
        self._remember(marked)
        for number, about in self.abouts.items():
            place = address(Spot(number, _ABOUT))
            self.rows[number - 1].cells.append(_text(place, about, self.styles.look(_NOTE)))
        merged = [f"A{n}:{_LAST}{n}" for n, row in enumerate(self.rows, 1) if row.merged]
        return _WORKSHEET.format(
            header=self.header,
            top=address(Spot(self.header + 1, 1)),
            columns=_columns(),
            rows="".join(row.xml(number) for number, row in enumerate(self.rows, 1)),
            merged="".join(f'<mergeCell ref="{area}"/>' for area in merged),
            boxes=_VALIDATION.format(cells=" ".join(self.boxes)),
            links=f"<hyperlinks>{''.join(self.links)}</hyperlinks>" if self.links else "",
            footer=xml_text(_footer("Замечания к отчёту", "Лист &P из &N")),
        ).encode()

    @property
    def printed(self) -> str:
        return f"$A$1:${_LAST}${self._end}"

    @property
    def repeated(self) -> str:
        return f"${self.header}:${self.header}"

    @property
    def _sent_back(self) -> bool:
        return any(remark.severity is Severity.ERROR for remark in self.remarks)

    # ── above the table ──────────────────────────────────────────────────────────────────────────────────
    def _above(self) -> None:
        mark = MARKS[Severity.ERROR if self._sent_back else Severity.WARNING]
        self._line(verdict(self.remarks), _VERDICT._replace(colour=mark.ink, fill=mark.tint), 30)
        as_of = f"отчёт {self.head.when}" if self.head.when else ""
        self._line(" · ".join(filter(None, [self.head.school, as_of])), _NOTE, 18)
        for note in filter(None, (others_accepted(self.remarks), self._guide(), *self.head.notes)):
            self._line(note, _NOTE, 18)
        self._row([], 8)

    def _line(self, text: str, look: Look, height: float = 15) -> None:
        """A sentence over the table's whole width."""
        row, style = len(self.rows) + 1, self.styles.look(look)
        rest = "".join(f'<c r="{column}{row}" s="{style}"/>' for column in _LETTERS[1 : len(_COLUMNS)])
        cells = [_text(f"A{row}", text, style), rest]
        self._row(cells, max(height, text_height(text, _WIDTH, look.size) + 4), merged=True)

    def _guide(self) -> str:
        named = list(dict.fromkeys(remark.sheet for remark in self.remarks if self._place(remark)))
        where = f"нужное место листа «{named[0]}»" if len(named) == 1 else "нужное место отчёта"
        link = f"Нажмите на адрес ячейки — откроется {where}. " if named else ""
        box = f"Что сделано, отмечайте в столбце «{_COLUMNS[_DONE - 1]}»: {_DONE_BOX}."
        wrong = "Исправьте" if self._sent_back else "Если что-то неверно, исправьте"
        asks = any(remark.memory for remark in self.remarks)
        explain = f" Если ответ верен, объясните почему в столбце «{WORDS}»." if asks else ""
        return f"{link}{wrong} прямо в этом файле и отправьте его снова.{explain} {box}"

    # ── the table ────────────────────────────────────────────────────────────────────────────────────────
    def _group(self, severity: Severity, numbered: Sequence[tuple[int, Shown]]) -> None:
        """Under a line that says what to do with them."""
        mark = MARKS[severity]
        sign = wording.SEVERITIES[severity].partition(" ")[0]
        said = f"{sign} {to_do([remark for _, remark in numbered])}"
        self._line(said, _GROUP._replace(colour=mark.ink, fill=mark.tint), 20)
        first = len(self.rows) + 1
        for number, remark in numbered:
            self._remark(number, remark)
        self.boxes.append(f"{address(Spot(first, _DONE))}:{address(Spot(len(self.rows), _DONE))}")

    def _remark(self, number: int, remark: Shown) -> None:
        box = _box(remark.severity)
        written = "\n".join(filter(None, [wording.shortened(remark.written, _LONGEST_ANSWER), remark.found_in]))
        texts = {_WRITTEN: written, _MESSAGE: remark.message, _TODO: remark.todo, _WORDS: remark.explained}
        row = self._row(
            [
                self._number(1, number, _CENTRED),
                self._text(_DONE, _TO_DO_BOX, box),
                self._text(3, item_said(remark.item), _CENTRED),
                self._text(_CELL, self._cell_said(remark), _LINK if self._place(remark) else _CENTRED),
                self._text(_WRITTEN, written, _AS_TYPED),
                self._text(_MESSAGE, remark.message, _ROW),
                self._text(_TODO, remark.todo, _ASKED),
                self._text(_WORDS, remark.explained, _TO_FILL_IN if remark.memory else _AS_TYPED),
            ],
            max(25, *(self._height(text, column) for column, text in texts.items())),
        )
        if remark.memory:
            self.abouts[row] = remark.memory
        if self._place(remark):
            location = xml_attribute(f"{quoted(remark.sheet)}!{remark.cell}")
            self.links.append(f'<hyperlink ref="{address(Spot(row, _CELL))}" location={location}/>')

    def _height(self, text: str, column: int) -> float:
        """Bold letters are as wide as others of the next size."""
        size = _ROW.size + (column == _TODO)
        return text_height(text, _pixels(_WIDTHS[column - 1]) - 8, size) + 6

    def _place(self, remark: Shown) -> Spot | None:
        """The remark's cell, where it is one of this file."""
        return spot(remark.cell) if remark.sheet in self.sheets else None

    def _cell_said(self, remark: Shown) -> str:
        """Its address, with the sheet where the remarks are on several."""
        sheets = {other.sheet for other in self.remarks if other.cell}
        if not remark.sheet or len(sheets) == 1:
            return remark.cell or wording.DASH
        return f"{remark.sheet}!{remark.cell}" if remark.cell else wording.DASH

    def _remember(self, marked: Sequence[Marked]) -> None:
        for number, cell in enumerate(marked, 1):
            if number > len(self.rows):
                self.rows.append(_Row([]))
            place = f"{quoted(cell.sheet)}!{address(cell.place)}"
            self.rows[number - 1].cells.append(_text(address(Spot(number, _MARKS)), place, cell.style))

    # ── cells ────────────────────────────────────────────────────────────────────────────────────────────
    def _row(self, cells: list[str], height: float, merged: bool = False) -> int:
        """Adds the next row; returns its number."""
        self.rows.append(_Row(cells, height, merged))
        return len(self.rows)

    def _text(self, column: int, text: str, look: Look) -> str:
        """A cell of the row that is being made."""
        return _text(f"{_LETTERS[column - 1]}{len(self.rows) + 1}", text, self.styles.look(look))

    def _number(self, column: int, number: int, look: Look) -> str:
        place = f"{_LETTERS[column - 1]}{len(self.rows) + 1}"
        return f'<c r="{place}" s="{self.styles.look(look)}"><v>{number}</v></c>'


def remembered(cells: Cells, shared_strings: list[str]) -> list[Marked]:
    """What an earlier return's sheet remembers in its hidden column."""
    found = []
    rows = range(1, cells.last_row() + 1)
    with_words = any(cells.text(Spot(row, _WORDS), shared_strings) == WORDS for row in rows)
    for row in rows:
        place = Spot(row, _MARKS if with_words else _MARKS_BEFORE)
        if said := re.fullmatch(r"'((?:[^']|'')+)'!([A-Z]+\d+)", cells.text(place, shared_strings)):
            cell = spot(said[2])
            if cell:
                found.append(Marked(said[1].replace("''", "'"), cell, cells.style(place)))
    return found


@cache
def _box(severity: Severity) -> Look:
    return _CENTRED._replace(size=14, colour=MARKS[severity].ink)


# ── XML ──────────────────────────────────────────────────────────────────────────────────────────────────
_WORKSHEET = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}">'
    f'<sheetPr><tabColor rgb="FF{colours.ORANGE[1:]}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
    '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
    '<pane ySplit="{header}" topLeftCell="{top}" activePane="bottomLeft" state="frozen"/>'
    '<selection pane="bottomLeft" activeCell="{top}" sqref="{top}"/></sheetView></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{rows}</sheetData>'
    "<mergeCells>{merged}</mergeCells>{boxes}{links}"
    '<printOptions horizontalCentered="1"/>'
    '<pageMargins left="0.4" right="0.4" top="0.45" bottom="0.55" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    "<headerFooter><oddFooter>{footer}</oddFooter></headerFooter></worksheet>"
)

_VALIDATION = (
    '<dataValidations count="1"><dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="{cells}">'
    f'<formula1>"{_TO_DO_BOX},{_DONE_BOX}"</formula1></dataValidation></dataValidations>'
)


def _text(place: str, text: str, style: int) -> str:
    """A cell that holds this text and nothing that could be computed."""
    if not text:
        return f'<c r="{place}" s="{style}"/>'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{xml_text(text)}</t></is></c>'


@cache
def _columns() -> str:
    shown = (
        f'<col min="{number}" max="{number}" width="{width + 0.71}" customWidth="1"/>'
        for number, width in enumerate(_WIDTHS, 1)
    )
    return f'{"".join(shown)}<col min="{_MARKS}" max="{_ABOUT}" width="9.14" hidden="1"/>'


def _pixels(characters: float) -> float:
    return characters * 7 + 5


def _footer(left: str, right: str) -> str:
    font = f'&"{colours.FONT},Regular"&9'
    return f"&L{font}{left}&R{font}{right}"


_WIDTH = sum(map(_pixels, _WIDTHS))  # of the whole table
