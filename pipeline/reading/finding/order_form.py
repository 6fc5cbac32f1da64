"""The order's three-column form: the answer stands beside the item's wording, in the column that its headings name."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from pipeline.reading.answers.values import is_blank
from pipeline.reading.finding.answer_columns import choose_columns, reads_as_answer
from pipeline.reading.finding.items import read_act
from pipeline.reading.finding.ledger import Ledger, is_hint, text_of
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
        self._moved = self._moved_hints(rows)

    def read_row(self, row: Row) -> None:
        """The answer of one row of an item, or of an act."""
        if row.several:
            self._refuse_shared(row)
            return
        if self._moved and row.item.measured and (answer := self._answer_of(row)):
            stands, of = self._moved
            value = text_of(self.ledger.sheet.cells[answer])
            self.ledger.refuse(row.number, [answer], remark("ANSWERS-SHIFTED", value=value, stands=stands, of=of))
            return
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

    def _refuse_shared(self, row: Row) -> None:
        """One answer for several items that have no row of their own: nobody can see what it says of each."""
        answer = self._answer_of(row)
        if answer is None or self._is_printed(row.item, answer):
            return
        said = remark("ANSWER-MERGED", value=text_of(self.ledger.sheet.cells[answer]))
        for number in row.several:
            self.ledger.refuse(number, [answer], said)

    def _is_printed(self, item: Item, answer: Spot) -> bool:
        """Is it the hint of the item or of its heading."""
        cell = self.ledger.sheet.cells[answer]
        return any(is_hint(one, cell) for one in self.ledger.form.items if one.number in (item.number, item.parent))

    def _answer_of(self, row: Row) -> Spot | None:
        """The first filled cell of its answer."""
        return next((spot for c in self.columns.of(row.item) if self._is_filled(spot := Spot(row.row, c))), None)

    def _moved_hints(self, rows: list[Row]) -> tuple[str, str] | None:
        """Numbers of a row and of the heading whose hint it holds, where a cell was inserted or deleted: at least two
        headings have given their hint to the row on the same side and taken the answer of the row on the other, and
        nothing from there on stands in its place."""
        headings = [at for at, row in enumerate(rows) if row.item.kind is Kind.GROUP and row.item.hint]
        for by in (1, -1):
            moved = [at for at in headings if 0 < at < len(rows) - 1 and self._has_moved(rows, at, by)]
            below = range(moved[0], len(rows) - 1) if len(moved) > 1 else ()
            if below and not any(self._stands_right(rows[at], rows[at - by].item) for at in below):
                return rows[moved[0] + by].number, rows[moved[0]].number
        return None

    def _has_moved(self, rows: list[Row], at: int, by: int) -> bool:
        return self._holds(rows[at + by], rows[at].item) and self._answers(rows[at], rows[at - by].item)

    def _stands_right(self, row: Row, beside: Item) -> bool:
        """A heading with its hint, or an answer that answers its item and not the one beside it."""
        if row.item.kind is Kind.GROUP:
            return self._holds(row, row.item)
        return self._answers(row, row.item) and not self._answers(row, beside)

    def _holds(self, row: Row, heading: Item) -> bool:
        """Does the heading's hint stand where the row's answer belongs."""
        answer = self._answer_of(row)
        return answer is not None and is_hint(heading, self.ledger.sheet.cells[answer])

    def _answers(self, row: Row, item: Item) -> bool:
        """Does what stands in the row answer the item."""
        answer = self._answer_of(row)
        return answer is not None and reads_as_answer(item, self.ledger.sheet.cells[answer], self.ledger.form)

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
        return row_meaning(label.value, row.item, self.ledger) is not None or reads_as_answer(
            row.item, label, self.ledger.form
        )

    def _is_filled(self, spot: Spot) -> bool:
        cell = self.ledger.sheet.cells.get(spot)
        return cell is not None and not is_blank(cell)
