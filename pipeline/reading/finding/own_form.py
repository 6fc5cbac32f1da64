"""Svod's own form: the passport above it, and columns of their own for people and shares (`schemas/own_form.py`)."""

import re
from typing import assert_never

from pipeline.reading.answers.values import is_blank, read_answer, read_classes
from pipeline.reading.finding.items import figures_in, read_act
from pipeline.reading.finding.ledger import Ledger, Role, text_of
from pipeline.reading.finding.rows import Row
from pipeline.reading.finding.tables import Columns, FormOnSheet
from pipeline.reading.opening.book import Cell
from schemas import own_form
from schemas.addresses import Spot, spot_at
from schemas.form import Item, Kind
from schemas.likeness import is_one_of, only_repeats, plain
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
            document = spot_at(row.row, columns.answer)
            read_act(ledger, row, document, lambda: ledger.answer(row.item, row.number, document))
            return
        item, number = row.item, row.number
        answer = spot_at(row.row, columns.answer)
        match item.kind:
            case Kind.COVERAGE:
                self._read_coverage(ledger, columns, row)
            case Kind.VOLUME:
                ledger.answer(item, number, spot_at(row.row, columns.percent))
                _read_guide(ledger, item, number, answer)
            case Kind.GROUP | Kind.ACTS:
                self._read_guide_of_rows(ledger, item, answer)
            case Kind.YES_NO:
                ledger.answer(item, number, answer)
                _read_address(ledger, columns, number, row.row + 1)
            case Kind.ROW | Kind.ROWS:
                pass  # its table is read as such
            case Kind.PERSON | Kind.TEXT | Kind.DOCUMENT | Kind.NUMBER | Kind.CHOICE | Kind.DATE | Kind.LINK:
                ledger.answer(item, number, answer)
                if item.asks_address:
                    _read_address(ledger, columns, number, row.row + 1)
            case _:
                assert_never(item.kind)

    def _read_guide_of_rows(self, ledger: Ledger, item: Item, spot: Spot) -> None:
        """How to fill in the rows below, as printed; anything else there is an answer to none of them."""
        cell = ledger.sheet.cells.get(spot)
        if cell is None or is_blank(cell) or only_repeats(text_of(cell), own_form.guide(ledger.form, item)):
            ledger.label([spot])
        elif item.kind is Kind.GROUP:
            ledger.in_headings.append((item.number, spot))

    def _read_coverage(self, ledger: Ledger, columns: Columns, row: Row) -> None:
        """People in their own column, classes in the answer's; «не предусмотрено» may stand in either."""
        item, number = row.item, row.number
        people_spot, words_spot = spot_at(row.row, columns.count), spot_at(row.row, columns.answer)
        share_spot = spot_at(row.row, columns.percent)
        people, words = _typed(ledger, people_spot, faults=True), ledger.sheet.cells.get(words_spot)
        if words is not None and (words.value == own_form.COVERED or is_blank(words)):
            ledger.label([words_spot])
            words = None
        if people is not None:
            ledger.answer(item, number, people_spot, _as_people(people))
            self._hold_share(ledger, columns, row, people)
        elif _typed(ledger, share_spot) is not None:
            ledger.answer(item, number, share_spot)
        else:
            _read_words_alone(ledger, item, number, words_spot if words is not None else None, people_spot)
            words = None
        if words is not None:
            ledger.roles[words_spot] = Role.ANSWER
            _read_classes_beside(ledger, number, words_spot, words)
        self._take_total(ledger, item, number, spot_at(row.row, columns.total))

    def _hold_share(self, ledger: Ledger, columns: Columns, row: Row, people: Cell) -> None:
        """«Доля» computes itself. What was typed over it is another answer where it says something else."""
        spot = spot_at(row.row, columns.percent)
        share = _typed(ledger, spot)
        whole = self._whole(ledger, row.item, spot_at(row.row, columns.total))
        if share is not None and not _follows(ledger, row, share, people, whole):
            ledger.answer(row.item, row.number, spot)
        else:
            ledger.label([spot])

    def _whole(self, ledger: Ledger, item: Item, total: Spot) -> float | None:
        """What «Доля» is computed of: «Всего», which is the passport's figure, or else the registry's."""
        typed = _typed(ledger, total)
        if typed is not None and isinstance(typed.value, float):
            return typed.value
        stated = next((people for base, people, _ in self.passport if base == item.base), None)
        return stated if stated is not None else ledger.bases.get(item.base)

    def _take_total(self, ledger: Ledger, item: Item, number: str, spot: Spot) -> None:
        """«Всего» repeats the passport. Another figure typed over it is the school's own."""
        fields = {f.field for f in ledger.facts if f.item == number}
        known = [(people, cell) for base, people, cell in self.passport if base == item.base]
        typed = _typed(ledger, spot)
        printed = typed is None or typed.value in [people for people, _ in known]
        if printed:
            ledger.label([spot])
        if not fields & {"count", "percent"} or "total" in fields:
            return
        if typed is not None and not printed and isinstance(typed.value, float):
            ledger.roles[spot] = Role.ANSWER
            ledger.add(number, [Fact(number, "total", typed.value, ledger.sheet.address(spot))])
        else:
            ledger.add(number, [Fact(number, "total", people, cell, basis="derived") for people, cell in known])


_ROUNDED = 0.5  # percentage points: a share written without its fraction is the same
_NO_FRACTION = r"[.,]0+$"  # «12,00» are twelve people


def _people_of_passport(cell: Cell) -> float | None:
    """A number of people or classes, typed as a number or with its words («36 чел.»)."""
    if isinstance(cell.value, str):
        found = re.fullmatch(r"\s*(\d[\d\s]*?)(?:[.,]0+)?\s*(?:чел\w*|кл\w*|уч\w*|род\w*|пед\w*)?\.?\s*", cell.value)
        return float(re.sub(r"\s", "", found[1])) if found else None
    value = cell.value
    return value if isinstance(value, float) and value >= 0 and value.is_integer() else None


def _read_passport(ledger: Ledger, found: FormOnSheet) -> tuple[tuple[str, float, str], ...]:
    """The label of a base, its figure in the cell below."""
    labels = {plain(base.label): base.id for base in ledger.form.bases} | {plain(own_form.CLASSES): ""}
    passport = []
    for spot, cell in ledger.sheet.within(found.head_first, found.head_last):
        ledger.label([spot])  # the head of the own form is printed, all of it
        base = labels.get(plain(re.sub(r"-\n|\n|\u00ad", "", str(cell.value))))
        below = spot_at(spot.row + 1, spot.column)
        figure = ledger.sheet.cells.get(below)
        if not base or figure is None or figure.fault or is_blank(figure):
            continue
        people = _people_of_passport(figure)
        if people is None:
            said = remark(
                "PASSPORT-UNREADABLE", cell=ledger.sheet.address(below), value=text_of(figure), label=cell.value
            )
            ledger.remarks.append(said)
        else:
            passport.append((base, people, ledger.sheet.address(below)))
    return tuple(passport)


def _leave_printed(ledger: Ledger, columns: Columns, row: Row) -> None:
    """Columns that compute or check, as long as they hold no more than that. Beside a coverage, what was typed over
    them is read; elsewhere it is a note."""
    spots = (spot_at(row.row, column) for column in range(columns.total, columns.percent + 1))
    ledger.label([spot for spot in spots if spot in ledger.sheet.cells and _typed(ledger, spot) is None])
    check = spot_at(row.row, columns.percent + 1)
    said = ledger.sheet.cells.get(check)
    if said is None or said.fault or is_blank(said) or own_form.is_check(text_of(said)):
        ledger.label([check])


def _typed(ledger: Ledger, spot: Spot, *, faults: bool = False) -> Cell | None:
    """What stands in a cell; None where nothing does. `faults`: also an error, or a formula without a value; where the
    form itself computes these are its own."""
    cell = ledger.sheet.cells.get(spot)
    return None if cell is None or (cell.fault and not faults) or is_blank(cell) else cell


def _read_words_alone(ledger: Ledger, item: Item, number: str, words: Spot | None, people: Spot) -> None:
    """Nothing in figures: «не предусмотрено», or classes that lack their people."""
    said = ledger.sheet.cells[words] if words else None
    if words and said and item.classes and read_classes(text_of(said)):
        ledger.roles[words] = Role.ANSWER
        ledger.written.add(number)
        ledger.say(number, words, [remark("COUNT-MISSING", value=text_of(said))])
    else:
        ledger.answer(item, number, words or people)
    ledger.answer_cells[number] = ledger.sheet.address(people)


def _follows(ledger: Ledger, row: Row, share: Cell, people: Cell, whole: float | None) -> bool:
    """Is it the share of the people beside it, to the rounding."""
    facts = read_answer(row.item, share, ledger.form, whole).facts
    read = [f.value for f in ledger.facts if (f.item, f.field) == (row.number, "count")]
    count = people.value if isinstance(people.value, float) else next(iter(read), None)
    if not whole or not isinstance(count, float) or [fact.field for fact in facts] != ["percent"]:
        return False
    [percent] = facts
    allowed = max(percent.half, _ROUNDED)
    return isinstance(percent.value, float) and abs(percent.value - 100 * count / whole) <= allowed


def _as_people(cell: Cell) -> Cell:
    """The column says that a bare number is people."""
    if isinstance(cell.value, float) and not cell.percent_format:
        return Cell(f"{cell.value:.10g} чел.")
    if isinstance(cell.value, str) and re.fullmatch(r"\s*\d[\d\s]*(?:[.,]\d+)?\s*", cell.value):
        return Cell(f"{re.sub(_NO_FRACTION, '', cell.value.strip())} чел.")
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
    """The row for a page's address below a yes/no item, or a choice that asks for one."""
    label = ledger.sheet.cells.get(spot_at(row, columns.measure))
    if label is None or not is_one_of(str(label.value), (own_form.ADDRESS,)):
        return
    spot = spot_at(row, columns.answer)
    ledger.label(spot_at(row, c) for c in range(columns.number, columns.percent + 2) if c != columns.answer)
    cell = ledger.sheet.cells.get(spot)
    if cell is not None and not is_blank(cell):
        ledger.roles[spot] = Role.ANSWER
        ledger.add(number, [Fact(number, "url", text_of(cell), ledger.sheet.address(spot))])
