"""xlsxwriter's workbook without what it does for every cell again though nothing here asks for it.

What is written stays byte for byte what xlsxwriter itself writes; tests/test_sheets.py writes both and compares.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache
from io import StringIO
from itertools import chain
from types import MappingProxyType

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import ColumnInfo, RowInfo, Worksheet, re_dynamic_function

Sparkline = Mapping[str, str | int]
OUTSIDE = -1  # of the sheet, as xlsxwriter says it
Cell = tuple[Format | None, str]  # its look, and its element from behind the look on


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose rows and columns are always numbers, whose links stay in the book, and of whose cells no chart
    is drawn: what else xlsxwriter can do, or passes over in silence (a cell outside of the sheet), fails here.

    What a cell's element says is written down at once, its place and look when all rows are there: looks are numbered
    in the order of the cells. Cells of rare kinds are kept and written as xlsxwriter does."""

    table: Mapping[int, dict[int, Cell]]
    col_info: Mapping[int, ColumnInfo]  # looks and sizes of columns and rows
    row_info: Mapping[int, RowInfo]

    def __init__(self) -> None:
        super().__init__()
        self._drawn: dict[frozenset[tuple[str, str | int]], dict[str, object]] = {}  # sparklines, one of each kind
        self._settled: _Text | None = None  # its columns and rows as they will stand in its part

    # ── cells ────────────────────────────────────────────────────────────────────────────────────────────
    # xlsxwriter's own methods call those with the underscore.
    def _write_string(self, row: int, column: int, text: str, look: Format | None = None) -> None:
        if len(text) > self.xls_strmax // 2:  # maybe longer than a cell holds
            if super()._write_string(row, column, text, look) == OUTSIDE:
                raise ValueError(f"no cell of a sheet: row {row}, column {column}")
        else:
            index = self.str_table._get_shared_string_index(text)
            self.table[row][column] = look, f' t="s"><v>{index}</v></c>'

    def _write_number(self, row: int, column: int, number: float, look: Format | None = None) -> None:
        if not math.isfinite(number):
            raise TypeError(f"no figure: {number}")
        self.table[row][column] = look, f"><v>{number:.16G}</v></c>"

    def _write_blank(self, row: int, column: int, _: object, look: Format | None = None) -> None:
        if look:
            self.table[row][column] = look, "/>"

    def _write_datetime(self, row: int, column: int, day: date, look: Format | None = None) -> None:
        number = self._convert_date_time(day)
        self.table[row][column] = look or self.default_date_format, f"><v>{number:.16G}</v></c>"

    def _write_formula(
        self, row: int, column: int, formula: str, look: Format | None = None, value: float | str = 0
    ) -> None:
        """Functions of newer versions get a prefix, each of some thirty looked for by a pattern of its own: most
        formulas have none of them, which one look tells."""
        if formula.startswith("{") or self.use_future_functions or isinstance(value, bool) or _has_newer(formula):
            super()._write_formula(row, column, formula, look, value)
        else:
            said = f"<f>{self._escape_data(formula.removeprefix('='))}</f><v>{self._escape_data(value)}</v></c>"
            self.table[row][column] = look, f"{_kind(value)}>{said}"

    write_string, write_number, write_blank = _write_string, _write_number, _write_blank
    write_datetime, write_formula = _write_datetime, _write_formula

    def _write_url(self, row: int, column: int, url: str, look: Format | None = None, text: str | None = None) -> None:
        if not url.startswith("internal:"):
            raise ValueError(f"a link out of the book: {url}")
        super()._write_url(row, column, url, look, text)

    write_url = _write_url

    def autofit(self, *_: int) -> None:
        raise TypeError("widths are set, not measured by cells")

    def _get_range_data(self, *_: int) -> list[str]:
        raise TypeError("a chart is drawn from a sheet of xlsxwriter's own")

    # ── its part of the package ──────────────────────────────────────────────────────────────────────────
    def settle(self) -> None:
        """Nothing more will be written into it: as text its cells take a small part of the memory. Sheets are settled
        in their order, as looks are numbered where they are met first."""
        self._find_dimensions()
        self.fh = text = _Text()
        self._write_cols()
        self._write_sheet_data()
        self._settled = text
        self.table_cells.clear()  # by which tables are kept from lying upon each other
        self.table = MappingProxyType({})  # rows do not come by themselves any more: who writes fails
        self.col_info, self.row_info = MappingProxyType(self.col_info), MappingProxyType(self.row_info)

    def _find_dimensions(self) -> None:
        """Between which rows and columns its cells stand: xlsxwriter asks with each of them."""
        if rows := {row: cells for row, cells in self.table.items() if cells}:
            first, last = min(map(min, rows.values())), max(map(max, rows.values()))
            for row, column in ((min(rows), first), (max(rows), last)):
                if self._check_dimensions(row, column):
                    raise ValueError(f"no cell of a sheet: row {row}, column {column}")

    def _write_dimension(self) -> None:
        if not self._settled:
            self._find_dimensions()
        super()._write_dimension()

    def _write_rows(self) -> None:
        """Those that there are: xlsxwriter asks of each place in the sheet's area twice whether a cell stands there."""
        self._calculate_spans()
        for row in sorted(self.table.keys() | self.row_info.keys() | self.comments.keys()):
            cells, spans, info = self.table.get(row), self.row_spans.get(row // 16), self.row_info.get(row)
            if cells:
                self._write_row(row, spans, info)
                self._write_cells(row, cells)
                self._xml_end_tag("row")
            elif info or row in self.comments:
                self._write_empty_row(row, spans, info)

    def _calculate_spans(self) -> None:
        """The first and the last column of every sixteen rows."""
        ends: defaultdict[int, set[int]] = defaultdict(set)
        for row, cells in chain(self.table.items(), self.comments.items()):
            if cells:
                ends[row // 16] |= {min(cells), max(cells)}
        self.row_spans = {block: f"{min(columns) + 1}:{max(columns) + 1}" for block, columns in ends.items()}

    def _write_cells(self, row: int, cells: Mapping[int, Cell]) -> None:
        add, number = self.fh.add, row + 1
        for column in sorted(cells):
            cell = cells[column]
            if type(cell) is not tuple:
                self._write_cell(row, column, cell)
            elif look := cell[0] or self._look_around(row, column):
                add(f'<c r="{_letters(column)}{number}" s="{look.xf_index or look._get_xf_index()}"{cell[1]}')
            else:
                add(f'<c r="{_letters(column)}{number}"{cell[1]}')

    def _look_around(self, row: int, column: int) -> Format | None:
        """Of the row or the column, for a cell that has none of its own."""
        of_row, of_column = self.row_info.get(row), self.col_info.get(column)
        return (of_row and of_row.row_format) or (of_column and of_column.column_format)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Of rules too."""
        if expand_future_functions or self.use_future_functions or _has_newer(formula):
            prepared: str = super()._prepare_formula(formula, expand_future_functions)
            return prepared
        return formula.removeprefix("{").removeprefix("=").removesuffix("}")

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
        self.table = {}

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


_letters = cache(xl_col_to_name)  # of a column
_has_newer = re_dynamic_function.search  # functions
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")


def _kind(value: float | str) -> str:
    """The attribute that tells of which kind a formula's value is: blank for a number, and for an empty text."""
    if not isinstance(value, str) or not value:
        return ""
    return ' t="e"' if value in _ERRORS else ' t="str"'


class _Text(StringIO):
    """A part of the package while the others are made, as bytes: half the room of a text with Cyrillic letters."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[str] = []
        self._blocks: list[bytes] = []
        self.add = self._waiting.append  # many short pieces, before one that is written

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
