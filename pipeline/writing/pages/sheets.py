"""xlsxwriter's workbook without what it does for every cell again though nothing here asks for it.

What is written stays byte for byte what xlsxwriter itself writes; tests/test_sheets.py writes both and compares.
"""

from collections.abc import Mapping
from typing import Protocol

from xlsxwriter import Workbook
from xlsxwriter.format import Format
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


class Book(Workbook):  # type: ignore[misc]
    """A workbook of such sheets."""

    worksheet_class = Sheet

    def close(self) -> None:
        """A book and its sheets hold each other: all that they are made of would stay until garbage is looked for."""
        super().close()
        for sheet in self.worksheets():
            vars(sheet).clear()
