"""xlsxwriter's workbook without what it does for every cell again though nothing here asks for it.

What is written stays byte for byte what xlsxwriter itself writes; tests/test_sheets.py writes both and compares.
"""

from collections.abc import Mapping
from io import StringIO
from types import MappingProxyType
from typing import Protocol

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_rowcol_to_cell, xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet, re_dynamic_function

Sparkline = Mapping[str, str | int]


class _Cell(Protocol):
    """What xlsxwriter keeps of one: each kind a tuple of its own, with one of the two."""

    format: Format | None
    string: int  # its place among the shared strings
    number: float


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose rows and columns are always numbers."""

    table: dict[int, Mapping[int, _Cell]]
    col_info: Mapping[int, object]  # looks and sizes of columns and rows
    row_info: Mapping[int, object]

    # Before every cell xlsxwriter looks whether its place is said as «A1»; these are its own methods behind that look.
    write_string = Worksheet._write_string
    write_number = Worksheet._write_number
    write_blank = Worksheet._write_blank
    write_datetime = Worksheet._write_datetime
    write_formula = Worksheet._write_formula
    write_url = Worksheet._write_url

    def __init__(self) -> None:
        super().__init__()
        self._drawn: dict[frozenset[tuple[str, str | int]], dict[str, object]] = {}  # sparklines, one of each kind
        self._settled: _Text | None = None  # its columns and rows as they will stand in its part

    def settle(self) -> None:
        """Nothing more will be written into it, and no chart is drawn from it: as text its cells take a small part of
        the memory. Sheets are settled in their order, as looks are numbered where they are met first."""
        self.fh = text = _Text()
        self._write_cols()
        self._write_sheet_data()
        self._settled = text
        self.table_cells.clear()  # by which tables are kept from lying upon each other
        # What links are held against when they are written. Rows do not come by themselves any more, and those that
        # stand are read alone: who writes fails.
        links: dict[int, dict[int, object]] = self.hyperlinks
        self.table = {
            row: MappingProxyType({column: self.table[row][column] for column in columns})
            for row, columns in links.items()
        }
        self.col_info, self.row_info = MappingProxyType(self.col_info), MappingProxyType(self.row_info)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Some thirty functions of newer versions get a prefix, each looked for by a pattern of its own: most formulas
        have none of them, which one look tells."""
        if expand_future_functions or self.use_future_functions or re_dynamic_function.search(formula):
            prepared: str = super()._prepare_formula(formula, expand_future_functions)
            return prepared
        return formula.removeprefix("{").removeprefix("=").removesuffix("}")

    def _write_cell(self, row: int, column: int, cell: _Cell) -> None:
        """Nearly all cells have a format and hold a text, a number, a day or nothing: their element is made in one
        piece, not attribute by attribute."""
        content = _content(cell)
        if content and cell.format and not self.constant_memory:  # with it texts stand in their cells
            style = cell.format._get_xf_index()
            self.fh.write(f'<c r="{xl_rowcol_to_cell_fast(row, column)}" s="{style}"{content}')
        else:
            super()._write_cell(row, column, cell)

    def _write_cols(self) -> None:
        if self._settled:
            self.fh.take(self._settled)
        else:
            super()._write_cols()

    def _write_sheet_data(self) -> None:
        if not self._settled:  # else it stands behind the columns
            super()._write_sheet_data()

    def _assemble_xml_file(self) -> None:
        """Its cells are written; while those of the other sheets are, nobody needs them."""
        super()._assemble_xml_file()
        self.table.clear()

    def add_sparkline(self, row: int, column: int, options: Sparkline) -> None:
        """`options` with a `range` that names its sheet. For each xlsxwriter makes the colours of all 36 styles anew:
        one that looks like another is made from that."""
        kind = frozenset((key, value) for key, value in options.items() if key != "range")
        if kind not in self._drawn:
            super().add_sparkline(row, column, options)
            self._drawn[kind] = self.sparklines[-1]
        else:
            cells = str(options["range"]).replace("$", "")
            place = {"locations": [xl_rowcol_to_cell(row, column)], "ranges": [cells]}
            self.sparklines.append(self._drawn[kind] | place)


def _content(cell: _Cell) -> str:
    """The element behind its place and style; blank for other kinds."""
    match type(cell).__name__:
        case "String":
            return f' t="s"><v>{cell.string}</v></c>'
        case "Number" | "Datetime":
            return f"><v>{cell.number:.16G}</v></c>"
        case "Blank":
            return "/>"
        case _:
            return ""


class _Text(StringIO):
    """A part of the package while the others are made, as bytes: half the room of a text with Cyrillic letters."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[str] = []
        self._blocks: list[bytes] = []

    def write(self, text: str) -> int:
        self._waiting.append(text)
        if len(self._waiting) >= _A_BLOCK:
            self._close_block()
        return len(text)

    def take(self, other: "_Text") -> None:
        """What stands in the other, without another copy of it."""
        self._close_block()
        other._close_block()
        self._blocks += other._blocks

    def getvalue(self) -> bytes:  # type: ignore[override]
        self._close_block()
        return b"".join(self._blocks)

    def _close_block(self) -> None:
        self._blocks.append("".join(self._waiting).encode())
        self._waiting.clear()


_A_BLOCK = 2_000  # pieces of text: elements, mostly


class _Parts(Packager):  # type: ignore[misc]
    def _filename(self, xml_filename: str) -> StringIO:
        """The text as bytes: that it is «binary» says no more."""
        text = _Text()
        self.filenames.append((text, xml_filename, True))
        return text


class Book(Workbook):  # type: ignore[misc]
    """A workbook of such sheets, made in memory: nothing that schools have written lies in a folder of the system."""

    worksheet_class = Sheet

    def _get_packager(self) -> Packager:
        return _Parts()

    def close(self) -> None:
        """A book and its sheets hold each other: all that they are made of would stay until garbage is looked for."""
        super().close()
        for sheet in self.worksheets():
            vars(sheet).clear()
