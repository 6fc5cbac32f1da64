"""Svod's own form: the passport above it, and columns of their own for people and shares (`schemas/own_form.py`)."""

import re
from typing import assert_never

from pipeline.reading.answers.values import is_blank, read_classes
from pipeline.reading.finding.items import figures_in, read_act
from pipeline.reading.finding.ledger import Ledger, Role, text_of
from pipeline.reading.finding.rows import Row
from pipeline.reading.finding.tables import Columns, FormOnSheet
from pipeline.reading.opening.book import Cell
from schemas import own_form
from schemas.addresses import Spot
from schemas.form import Item, Kind
from schemas.likeness import is_one_of, plain
from schemas.remarks import remark
from schemas.reports import Fact


class OwnForm:
    """Reads the rows of one form; `passport`: base, people and cell of each whole that the school has stated."""

    def __init__(self, ledger: Ledger, found: FormOnSheet) -> None:
        self.ledger, self.columns = ledger, found.items.columns
        self.passport = _read_passport(ledger, found)

    def read_row(self, row: Row) -> None:
        """The answer of one row of an item, or of an act, with the cells that the form computes beside it."""
        ledger, columns = self.ledger, self.columns
        _leave_printed(ledger, columns, row)
        if row.act:
            document = Spot(row.row, columns.answer)
            read_act(ledger, row, document, lambda: ledger.answer(row.item, row.number, document))
            return
        item, number = row.item, row.number
        answer = Spot(row.row, columns.answer)
        match item.kind:
            case Kind.COVERAGE:
                self._read_coverage(ledger, columns, row)
            case Kind.VOLUME:
                ledger.answer(item, number, Spot(row.row, columns.percent))
                _read_guide(ledger, item, number, answer)
            case Kind.GROUP | Kind.ACTS:
                ledger.label([answer])  # how to fill in the rows below
            case Kind.YES_NO:
                ledger.answer(item, number, answer)
                _read_address(ledger, columns, number, row.row + 1)
            case Kind.PERSON | Kind.TEXT | Kind.DOCUMENT:
                ledger.answer(item, number, answer)
            case _:
                assert_never(item.kind)

    def _read_coverage(self, ledger: Ledger, columns: Columns, row: Row) -> None:
        """People in their own column, classes in the answer's; «не предусмотрено» may stand in either."""
        item, number = row.item, row.number
        people_spot, words_spot = Spot(row.row, columns.count), Spot(row.row, columns.answer)
        people, words = ledger.sheet.cells.get(people_spot), ledger.sheet.cells.get(words_spot)
        if words is not None and (words.value == own_form.COVERED or is_blank(words)):
            ledger.label([words_spot])
            words = None
        if people is None or is_blank(people):
            ledger.answer(item, number, words_spot if words is not None else people_spot)
            ledger.answer_cells[number] = ledger.sheet.address(people_spot)
            return
        ledger.answer(item, number, people_spot, _as_people(people))
        if words is not None:
            ledger.roles[words_spot] = Role.ANSWER
            _read_classes_beside(ledger, number, words_spot, words)
        self._take_total(ledger, item, number)

    def _take_total(self, ledger: Ledger, item: Item, number: str) -> None:
        fields = {f.field for f in ledger.facts if f.item == number}
        for base, people, cell in self.passport:
            if base == item.base and fields & {"count", "percent"} and "total" not in fields:
                ledger.add(number, [Fact(number, "total", people, cell, basis="derived")])


def _read_passport(ledger: Ledger, found: FormOnSheet) -> tuple[tuple[str, float, str], ...]:
    """The label of a base, its figure in the cell below."""
    labels = {plain(base.label): base.id for base in ledger.form.bases} | {plain(own_form.CLASSES): ""}
    passport = []
    for spot, cell in sorted(ledger.sheet.cells.items()):
        if not found.head_first <= spot.row <= found.head_last:
            continue
        ledger.label([spot])  # the head of the own form is printed, all of it
        base = labels.get(plain(re.sub(r"-\n|\n|\u00ad", "", str(cell.value))))
        below = Spot(spot.row + 1, spot.column)
        figure = ledger.sheet.cells.get(below)
        if base and figure and isinstance(figure.value, float) and figure.value >= 0:
            passport.append((base, figure.value, ledger.sheet.address(below)))
    return tuple(passport)


def _leave_printed(ledger: Ledger, columns: Columns, row: Row) -> None:
    """Columns that compute or check: printed, never read."""
    people = columns.count if row.item.kind is Kind.COVERAGE else 0
    ledger.label(Spot(row.row, c) for c in range(columns.total, columns.percent + 2) if c != people)


def _as_people(cell: Cell) -> Cell:
    """The column says that a bare number is people."""
    if isinstance(cell.value, float) and not cell.percent_format:
        return Cell(f"{cell.value:.10g} чел.")
    if isinstance(cell.value, str) and re.fullmatch(r"[\d\s]+", cell.value):
        return Cell(f"{cell.value} чел.")
    return cell


def _read_classes_beside(ledger: Ledger, number: str, spot: Spot, words: Cell) -> None:
    classes = read_classes(text_of(words))
    if classes:
        ledger.add(number, [ledger.named(Fact(number, "classes", classes, ""), number, spot)])
    else:
        ledger.say(number, spot, [remark("CLASSES-UNREADABLE", value=text_of(words))])


def _read_guide(ledger: Ledger, item: Item, number: str, spot: Spot) -> None:
    """The words that lead to the column of shares: printed, unless a figure has been written among them."""
    guide = ledger.sheet.cells.get(spot)
    if guide is not None and figures_in(text_of(guide)):
        ledger.answer(item, number, spot, Cell(text_of(guide).rstrip("→ ")))
    else:
        ledger.label([spot])


def _read_address(ledger: Ledger, columns: Columns, number: str, row: int) -> None:
    """The row for a page's address below a yes/no item."""
    label = ledger.sheet.cells.get(Spot(row, columns.measure))
    if label is None or not is_one_of(str(label.value), (own_form.ADDRESS,)):
        return
    spot = Spot(row, columns.answer)
    ledger.label(Spot(row, c) for c in range(columns.number, columns.percent + 2) if c != columns.answer)
    cell = ledger.sheet.cells.get(spot)
    if cell is not None and not is_blank(cell):
        ledger.roles[spot] = Role.ANSWER
        ledger.add(number, [Fact(number, "url", text_of(cell), ledger.sheet.address(spot))])
