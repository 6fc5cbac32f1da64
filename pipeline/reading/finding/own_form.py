"""Svod's own form: the passport above it, and columns of their own for people and shares (`schemas/own_form.py`)."""

import math
import re
from dataclasses import replace
from typing import assert_never

from pipeline.reading.answers.values import Answer, is_blank, read_answer, read_classes
from pipeline.reading.finding.items import figures_in, read_act
from pipeline.reading.finding.ledger import Ledger, Role, text_of
from pipeline.reading.finding.rows import Row
from pipeline.reading.finding.tables import Columns, FormOnSheet
from pipeline.reading.opening.book import Cell
from schemas import own_form
from schemas.addresses import Spot, spot_at
from schemas.form import Form, Item, Kind
from schemas.likeness import is_one_of, only_repeats, plain
from schemas.remarks import Remark, remark
from schemas.reports import WITHDRAWN, Fact


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
        people, words = _typed(ledger, people_spot, faults=True), _words_at(ledger, words_spot)
        if people is not None and words is not None and _is_nobody(people) and _exempts(ledger.form, item, words):
            ledger.label([people_spot])
            people = None
        if people is not None:
            _read_people(ledger, item, number, people_spot, people)
            self._hold_share(ledger, columns, row, people)
        elif _typed(ledger, share_spot) is not None:
            ledger.answer(item, number, share_spot)
        else:
            _read_words_alone(ledger, item, number, words_spot, words, people_spot)
            words = None
        if words is not None:
            whole = self._whole(ledger, item, spot_at(row.row, columns.total))
            _read_words_beside(ledger, item, number, words_spot, words, whole)
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
        if typed is not None and (people := _whole_of(typed)) is not None:
            return people
        stated = next((people for base, people, _ in self.passport if base == item.base), None)
        return stated if stated is not None else ledger.bases.get(item.base)

    def _take_total(self, ledger: Ledger, item: Item, number: str, spot: Spot) -> None:
        """«Всего» repeats the passport. Another figure typed over it is the school's own."""
        fields = {f.field for f in ledger.facts if f.item == number}
        known = [(people, cell) for base, people, cell in self.passport if base == item.base]
        typed = _typed(ledger, spot)
        whole = None if typed is None else _whole_of(typed)
        printed = typed is None or whole in [people for people, _ in known]
        if printed:
            ledger.label([spot])
        if not fields & {"count", "percent"} or "total" in fields:
            return
        if whole is not None and not printed:
            ledger.roles[spot] = Role.ANSWER
            ledger.add(number, [Fact(number, "total", whole, ledger.sheet.address(spot))])
        else:
            ledger.add(number, [Fact(number, "total", people, cell, basis="derived") for people, cell in known])


_ROUNDED = 0.5  # percentage points: a share written without its fraction is the same
_AS_COMPUTED = 1e-9  # what programs write of a fraction, 15 digits
_SAY_WHAT_IS_WANTED = frozenset({"NUM-NONE", "NUM-UNCLEAR", "NUM-SEVERAL", "NUM-FOREIGN-UNIT"})
_WANTED = "число людей, например 245"
_PERCENT = re.compile(r"%|процент", re.IGNORECASE)
_NAMES_CLASSES = re.compile(r"\bкл(?:асс|\b)|\d\s*[-–—]\s*\d", re.IGNORECASE)
_NO_FRACTION = r"[.,]0+$"  # «12,00» are twelve people


def _people_of_passport(cell: Cell) -> float | None:
    """A number of people or classes, typed as a number or with its words («36 чел.»)."""
    if isinstance(cell.value, str):
        found = re.fullmatch(r"\s*(\d[\d\s]*?)(?:[.,]0+)?\s*(?:чел\w*|кл\w*|уч\w*|род\w*|пед\w*)?\.?\s*", cell.value)
        return float(re.sub(r"\s", "", found[1])) if found else None
    value = cell.value
    return value if isinstance(value, float) and value >= 0 and value.is_integer() else None


def _whole_of(cell: Cell) -> float | None:
    """The people of «Всего», typed as a number or with its words."""
    return cell.value if isinstance(cell.value, float) else _people_of_passport(cell)


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
    form itself computes these are its own, as is the 0 that LibreOffice keeps in an .xls for a formula without one."""
    cell = ledger.sheet.cells.get(spot)
    if cell is None or (cell.fault and not faults) or is_blank(cell):
        return None
    return None if not faults and spot in ledger.sheet.zeros else cell


def _words_at(ledger: Ledger, spot: Spot) -> Cell | None:
    """The words beside the people, without those that the cell's format shows before them and a copy into a text
    document has typed; None where they are the form's own or none."""
    cell = ledger.sheet.cells.get(spot)
    if cell is not None and isinstance(cell.value, str) and not cell.fault:
        cell = cell._replace(value=cell.value.removeprefix(own_form.CLASSES_SHOWN).strip())
        if str(cell.value).startswith(own_form.COVERED):  # «охват, чел. → 28»
            cell = _as_people(cell._replace(value=str(cell.value).removeprefix(own_form.COVERED).strip()))
    if cell is not None and (cell.value in ("", own_form.COVERED) or is_blank(cell)):
        ledger.label([spot])
        return None
    return cell


def _is_nobody(people: Cell) -> bool:
    return _people_of_passport(people) == 0


def _exempts(form: Form, item: Item, words: Cell) -> bool:
    """«не предусмотрено», where the item allows it."""
    return [fact.field for fact in read_answer(item, words, form, None).facts] == ["text"]


def _read_people(ledger: Ledger, item: Item, number: str, spot: Spot, typed: Cell) -> None:
    """What is remarked on it asks for what the column asks for, not for all that the order does."""
    people = _as_people(typed)
    said = read_answer(item, people, ledger.form, ledger.bases.get(item.base), ledger.around(number))
    if any(one.code in _SAY_WHAT_IS_WANTED for one in said.remarks):
        said = said._replace(remarks=tuple(_asking_for_people(one) for one in said.remarks))
    ledger.answer(item, number, spot, people, said=said)


def _asking_for_people(said: Remark) -> Remark:
    return replace(said, data=tuple((name, _WANTED if name == "want" else told) for name, told in said.data))


def _read_words_alone(ledger: Ledger, item: Item, number: str, spot: Spot, words: Cell | None, people: Spot) -> None:
    """Nothing in figures: «не предусмотрено», or classes that lack their people."""
    if words is not None and item.classes and read_classes(text_of(words)):
        ledger.roles[spot] = Role.ANSWER
        ledger.written.add(number)
        ledger.say(number, spot, [remark("COUNT-MISSING", value=text_of(words))])
    elif words is not None and _as_people(words) is not words:  # where no sign says what a number is
        unclear = remark("NUM-UNCLEAR", value=text_of(words), want=_WANTED)
        ledger.answer(item, number, spot, words, said=Answer(remarks=(unclear,)))
    else:
        ledger.answer(item, number, spot if words is not None else people, words)
    ledger.answer_cells[number] = ledger.sheet.address(people)


def _follows(ledger: Ledger, row: Row, share: Cell, people: Cell, whole: float | None) -> bool:
    """Is it the share of the people beside it, to the rounding. Values pasted without their formats are fractions."""
    facts = read_answer(row.item, share, ledger.form, whole).facts
    read = [f.value for f in ledger.facts if (f.item, f.field) == (row.number, "count")]
    count = people.value if isinstance(people.value, float) else next(iter(read), None)
    if not whole or not isinstance(count, float):
        return False
    if isinstance(share.value, float) and not share.percent_format and abs(share.value - count / whole) < _AS_COMPUTED:
        return True
    if [fact.field for fact in facts] != ["percent"]:
        return False
    [percent] = facts
    allowed = max(percent.half, _ROUNDED)
    return isinstance(percent.value, float) and abs(percent.value - 100 * count / whole) <= allowed


def _as_people(cell: Cell) -> Cell:
    """The column says that a bare number is people."""
    if isinstance(cell.value, float) and not cell.percent_format:
        return Cell(f"{text_of(cell)} чел.")
    if isinstance(cell.value, str) and re.fullmatch(r"\s*\d[\d\s]*(?:[.,]\d+)?\s*", cell.value):
        return Cell(f"{re.sub(_NO_FRACTION, '', cell.value.strip())} чел.")
    return cell


def _read_words_beside(ledger: Ledger, item: Item, number: str, spot: Spot, words: Cell, whole: float | None) -> None:
    """Classes, beside the figure; or an answer once more, which is another where it says something else."""
    words = words if item.classes else _as_people(words)  # a bare number is no class there
    said = text_of(words)
    if item.classes and (classes := read_classes(said)):
        ledger.roles[spot] = Role.ANSWER
        ledger.add(number, [ledger.named(Fact(number, "classes", classes, ""), number, spot)])
        return
    facts = _told_in_words(ledger, item, words, whole)
    told = [fact for fact in facts if fact.field != "classes"]
    of_some = item.classes and _NAMES_CLASSES.search(said)  # of these alone may any figure be, a share above all
    is_same = bool(told) and all(_is_borne_out(ledger, number, fact, whole) for fact in told)
    if is_same and not (of_some and {fact.field for fact in told} != {"count"}):
        ledger.label([spot])  # it says nothing new, but of which classes
        ledger.add(number, [ledger.named(fact, number, spot) for fact in facts if fact.field == "classes"])
    elif told and not of_some:
        ledger.answer(item, number, spot, words)
    else:
        ledger.roles[spot] = Role.ANSWER
        ledger.say(number, spot, [remark("CLASSES-UNREADABLE" if item.classes else "WORDS-BESIDE", value=said)])


def _told_in_words(ledger: Ledger, item: Item, words: Cell, whole: float | None) -> tuple[Fact, ...]:
    """An answer that says itself what its figures are; of a bare number it is not known."""
    facts = read_answer(item, words, ledger.form, whole).facts
    is_bare = text_of(words).isdigit() or (
        "percent" in {fact.field for fact in facts} and not words.percent_format and not _PERCENT.search(text_of(words))
    )
    fields = ("count", "percent", "total", "text", "classes", WITHDRAWN)
    return () if is_bare else tuple(fact for fact in facts if fact.field in fields)


def _is_borne_out(ledger: Ledger, number: str, fact: Fact, whole: float | None) -> bool:
    """Does what has been read of the item say the same. A share is rounded or cut."""
    read = {f.field: f.value for f in ledger.facts if f.item == number}
    if fact.field == "total":
        return fact.value == whole
    count, percent = read.get("count"), read.get("percent")
    if fact.field == "percent" and percent is None and whole and isinstance(count, float):
        percent = 100 * count / whole
    known = {"count": count, "percent": percent}.get(fact.field)
    if not isinstance(known, float) or not isinstance(fact.value, float):
        return False
    if fact.field == "percent":
        return abs(known - fact.value) <= max(fact.half, _ROUNDED) or math.floor(known) == fact.value
    return known == fact.value


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
