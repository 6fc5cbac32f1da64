"""The order's three-column form: the answer stands beside the item's wording, in the column that its headings name."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from pipeline.reading.answers.values import is_blank
from pipeline.reading.finding.answer_columns import choose_columns, reads_as_answer
from pipeline.reading.finding.items import read_act
from pipeline.reading.finding.ledger import Ledger, text_of
from pipeline.reading.finding.row_answers import RowReader, row_meaning
from pipeline.reading.finding.rows import Row
from pipeline.reading.finding.signatures import is_signature
from pipeline.reading.finding.tables import Table
from schemas.addresses import Spot
from schemas.form import Item, Kind
from schemas.remarks import remark


class OrderForm:
    """Reads the rows of one table; `columns` says which of its columns hold the answers."""

    def __init__(self, ledger: Ledger, table: Table, rows: list[Row], as_of: date | None) -> None:
        self.ledger, self.table = ledger, table
        self.columns = choose_columns(ledger.sheet, table, rows, ledger.form, as_of)
        self.reader = RowReader(ledger, table, self.columns)
        self._merged = dict(self._merged_answers(rows))
        self._taken = {row.row for row in rows}
        self._items = {row.item.number for row in rows}
        self._after = dict(pairwise(item.number for item in ledger.form.items))

    def read_row(self, row: Row) -> None:
        """The answer of one row of an item, or of an act."""
        if (merged := self._merged.get(row.row)) and row.item.kind is not Kind.GROUP:
            value = text_of(self.ledger.sheet.cells[merged])
            self.ledger.refuse(row.number, [merged], remark("ANSWER-MERGED", value=value))
            return
        if row.act:
            filled = (spot for c in self.columns.of(row.item) if self._is_filled(spot := Spot(row.row, c)))
            document = next(filled, Spot(row.row, self.columns.first))
            read_act(self.ledger, row, document, lambda: self._read(row, [row.row]))
        elif not row.shared:
            self._read(row, [row.row, *self._rows_below(row)])

    def _merged_answers(self, rows: list[Row]) -> Iterator[tuple[int, Spot]]:
        """Rows of items that have one cell for their answers, with that cell: whose answer it is nobody can see."""
        asked = [row for row in rows if row.item.measured or not (row.item.optional or row.item.kind is Kind.ACTS)]
        for first, last in self.ledger.sheet.merged:
            if first.row == last.row or first.column not in self.columns.answers or not self._is_filled(first):
                continue
            inside = [row for row in asked if first.row <= row.row <= last.row]
            if len({row.item.number for row in inside}) > 1:
                yield from ((row.row, first) for row in inside)

    def _read(self, row: Row, rows: list[int]) -> None:
        self.reader.read(row.item, row.number, rows, row.wording, sure=self._has_next(row.item))

    def _has_next(self, item: Item) -> bool:
        """Does the item after it stand in the table? If not, a row without words below may be that item's."""
        after = self._after.get(item.number)
        return after is None or after in self._items

    def _rows_below(self, row: Row) -> list[int]:
        """Rows added right below an item: without a number, and without words but for «чел.», «1-4 классы»."""
        below: list[int] = []
        if row.item.kind in (Kind.GROUP, Kind.ACTS):
            return below
        for number in range(row.row + 1, self.table.last + 1):
            if number in self._taken or not self._continues(row, number):
                break
            below.append(number)
        return below

    def _continues(self, row: Row, number: int) -> bool:
        cells = {spot.column: self.ledger.sheet.cells[spot] for spot in self.ledger.on_row(number)}
        if not cells or self.table.columns.number in cells:
            return False
        if any(is_signature(cell, self.ledger.form) for cell in cells.values()):
            return False
        label = cells.get(row.wording)
        if label is None or not isinstance(label.value, str):
            return label is None
        return row_meaning(label.value, self.ledger) is not None or reads_as_answer(row.item, label, self.ledger.form)

    def _is_filled(self, spot: Spot) -> bool:
        cell = self.ledger.sheet.cells.get(spot)
        return cell is not None and not is_blank(cell)
