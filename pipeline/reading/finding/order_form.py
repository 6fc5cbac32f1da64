"""The order's three-column form: the answer of an item stands beside its wording."""

from pipeline.reading.finding.items import read_act
from pipeline.reading.finding.ledger import Ledger
from pipeline.reading.finding.rows import Row
from pipeline.reading.finding.tables import Columns
from schemas.addresses import Spot


def read_row(ledger: Ledger, columns: Columns, row: Row) -> None:
    """The answer of one row of an item, or of an act."""
    if row.act:
        read_act(ledger, columns, row)
    else:
        ledger.answer(row.item, row.number, Spot(row.row, columns.answer))
