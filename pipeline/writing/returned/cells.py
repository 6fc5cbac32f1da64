"""The cells of one worksheet: found, or made where the sheet has none, with their merged areas and their measures."""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice

from lxml import etree
from lxml.etree import _Element

from pipeline.writing.returned.package import Unpatchable, q, whole_number
from schemas.addresses import Spot, address, column_number, exists

_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LARGEST_AREA = 1_000  # cells: of a greater merged area only so many are marked
_COLUMN_WIDTH, _ROW_HEIGHT = 64, 20  # pixels, where the sheet says nothing


@lru_cache(maxsize=16_384)
def spot(text: str) -> Spot | None:
    """`B7` -> Spot(7, 2); None for what is no address of a cell."""
    if not (found := _ADDRESS.fullmatch(text)):
        return None
    place = Spot(int(found[2]), column_number(found[1].encode()))
    return place if exists(place) else None


class Cells:
    """The worksheet's cells by their places."""

    def __init__(self, worksheet: _Element) -> None:
        self._worksheet = worksheet
        data = worksheet.find(q("sheetData"))
        if worksheet.tag != q("worksheet") or data is None:
            raise Unpatchable
        self._data = data
        self._rows = dict(_numbered_rows(data))
        self._widths: dict[int, int] = {}
        self._areas: dict[Spot, list[Spot]] = {}
        areas = (
            area.get("ref", "").partition(":") for area in worksheet.iterfind(f"{q('mergeCells')}/{q('mergeCell')}")
        )
        self._merged = [(a, b) for first, _, last in areas if (a := spot(first)) and (b := spot(last))]

    def style(self, place: Spot) -> int:
        """The cell's style, or that which an empty place has from its row or column."""
        cell = self._find(place)
        if cell is not None:
            return whole_number(cell.get("s"))
        row = self._rows.get(place.row)
        if row is not None and row.get("customFormat") in ("1", "true"):
            return whole_number(row.get("s"))
        column = self._column(place.column)
        return whole_number(column.get("style")) if column is not None else 0

    def set_style(self, place: Spot, style: int) -> None:
        """Gives the cell this style; an empty place gets a cell."""
        cell = self._find(place)
        if cell is None:
            cell = self._insert(place)
        cell.set("s", str(style))

    def text(self, place: Spot, shared_strings: list[str]) -> str:
        """The text of a cell; blank where it holds none."""
        cell = self._find(place)
        if cell is None:
            return ""
        written = "".join(cell.itertext(q("t"), q("v")))
        if cell.get("t") != "s":
            return written
        index = whole_number(written)
        return shared_strings[index] if index < len(shared_strings) else ""

    def last_row(self) -> int:
        return max(self._rows, default=0)

    def area(self, place: Spot) -> list[Spot]:
        """The cells of the merged area that holds this place, the one that shows its value first; else the place."""
        if place not in self._areas:
            self._areas[place] = self._area(place)
        return self._areas[place]

    def _area(self, place: Spot) -> list[Spot]:
        for first, last in self._merged:
            if first.row <= place.row <= last.row and first.column <= place.column <= last.column:
                columns = range(first.column, last.column + 1)
                cells = (Spot(row, column) for row in range(first.row, last.row + 1) for column in columns)
                return list(islice(cells, _LARGEST_AREA))
        return [place]

    # ── measures, pixels ─────────────────────────────────────────────────────────────────────────────────
    def column_width(self, number: int) -> int:
        if number not in self._widths:
            self._widths[number] = _width(self._column(number))
        return self._widths[number]

    def row_height(self, number: int) -> int:
        row = self._rows.get(number)
        if row is None or (height := _decimal(row.get("ht"))) is None:
            return _ROW_HEIGHT
        return 0 if row.get("hidden") in ("1", "true") else round(height * 4 / 3)  # 96 pixels are 72 points

    # ── elements ─────────────────────────────────────────────────────────────────────────────────────────
    def _find(self, place: Spot) -> _Element | None:
        row = self._rows.get(place.row)
        return None if row is None else next((c for n, c in _numbered_cells(row) if n == place.column), None)

    def _insert(self, place: Spot) -> _Element:
        row = self._rows.get(place.row)
        if row is None:
            row = etree.SubElement(self._data, q("row"), r=str(place.row))
            if later := [number for number in self._rows if number > place.row]:
                self._rows[min(later)].addprevious(row)
            self._rows[place.row] = row
        row.attrib.pop("spans", None)  # a hint that may be wrong now
        cell = etree.SubElement(row, q("c"), r=address(place))
        follower = next((c for n, c in _numbered_cells(row) if n > place.column), None)
        if follower is not None:
            follower.addprevious(cell)
        return cell

    def _column(self, number: int) -> _Element | None:
        return next((column for first, last, column in self._columns if first <= number <= last), None)

    @cached_property
    def _columns(self) -> list[tuple[int, int, _Element]]:
        columns = self._worksheet.iterfind(f"{q('cols')}/{q('col')}")
        return [(whole_number(one.get("min")), whole_number(one.get("max")), one) for one in columns]


def _numbered_rows(data: _Element) -> Iterator[tuple[int, _Element]]:
    """A row without a number follows the one before it."""
    number = 0
    for row in data.iterchildren(q("row")):
        number = whole_number(row.get("r"), number + 1)
        yield number, row


def _numbered_cells(row: _Element) -> Iterator[tuple[int, _Element]]:
    """A cell without an address follows the one before it."""
    number = 0
    for cell in row.iterchildren(q("c")):
        place = spot(cell.get("r", ""))
        number = place.column if place else number + 1
        yield number, cell


def _width(column: _Element | None) -> int:
    if column is None or (width := _decimal(column.get("width"))) is None:
        return _COLUMN_WIDTH
    return 0 if column.get("hidden") in ("1", "true") else round(width * 7)  # 7 pixels a digit


def _decimal(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"\d{1,4}(\.\d+)?", text) else None
