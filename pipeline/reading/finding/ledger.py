"""What is found out about one form on one sheet: the role of each cell, the facts, the remarks.

Every non-empty cell of a sheet with a form ends as a label, as an answer (facts or a remark), or as a note.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

import msgspec

from pipeline.reading.answers.tokens import DASHES
from pipeline.reading.answers.values import NOTHING_AROUND, Answer, Around, is_blank, is_said_by_dash, read_answer
from pipeline.reading.opening.book import Cell, Sheet
from schemas.addresses import Spot
from schemas.form import Form, Item, Kind
from schemas.grades import normal_form
from schemas.likeness import only_repeats
from schemas.remarks import Remark, remark
from schemas.reports import WITHDRAWN, Fact, Strange


class Role(StrEnum):
    """What a non-empty cell of a sheet with a form is to us."""

    LABEL = "label"  # printed by the form, its head included, or a blank left standing
    ANSWER = "answer"  # facts, or a remark
    NOTE = "note"  # beside the form


class Answered(msgspec.Struct, frozen=True):
    """What an item has been answered with: fields and values, the words as typed, their cell."""

    values: list[tuple[str, str | float]]
    words: str
    cell: str


@dataclass
class Ledger:
    """Facts and remarks of one form; `roles` says what became of each cell: at the end none is missing."""

    sheet: Sheet
    form: Form
    bases: dict[str, float] = field(default_factory=dict)  # base -> people, of the passport or the registry
    grades: range = range(1, 12)  # that «все классы» means
    facts: list[Fact] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    roles: dict[Spot, Role] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    answer_cells: dict[str, str] = field(default_factory=dict)
    answer_spots: dict[Spot, str] = field(default_factory=dict)  # whose answer stands, or would stand, in the cell
    answered: dict[str, Answered] = field(default_factory=dict)
    strange: list[Strange] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)  # item -> the unit that its heading names, if not the form's
    when: Around = NOTHING_AROUND  # the time that the report is about, where it is certain
    in_headings: list[tuple[str, Spot]] = field(default_factory=list)  # headings in whose row something stands
    refused: set[str] = field(default_factory=set)  # items that the sheet answers in two ways: nothing is counted

    @cached_property
    def _rows(self) -> dict[int, list[Spot]]:
        rows: dict[int, list[Spot]] = {}
        for spot in self.sheet.cells:
            rows.setdefault(spot.row, []).append(spot)
        return rows

    def on(self, sheet: Sheet) -> "Ledger":
        """The same ledger for a piece of the form on another sheet, whose name stands in every address."""
        named = sheet._replace(prefix=f"{sheet.name}!")
        return replace(self, sheet=named, roles={}, answer_spots={})

    def on_row(self, row: int) -> list[Spot]:
        """The non-empty cells of a row, from left to right."""
        return self._rows.get(row, [])

    def label(self, spots: Iterable[Spot]) -> None:
        """These cells are the form's own, where there are any."""
        cells, roles = self.sheet.cells, self.roles
        for spot in spots:
            if spot in cells:
                roles[spot] = Role.LABEL

    def add(self, number: str, facts: Iterable[Fact]) -> None:
        """Facts of an item. Of one whose answer is only taken back nothing is written."""
        facts = list(facts)
        self.facts += facts
        if {fact.field for fact in facts} != {WITHDRAWN}:
            self.written.add(number)

    def say(self, number: str, spot: Spot, remarks: Iterable[Remark]) -> None:
        """Remarks on an item at its cell."""
        self.remarks += [replace(r, item=number, cell=self.sheet.address(spot)) for r in remarks]

    def refuse(self, number: str, spots: list[Spot], why: Remark) -> None:
        """Nothing that the item is answered with counts. `spots`: the cells that say so; the remark is on the first."""
        self.facts[:] = [fact for fact in self.facts if fact.item != number or fact.field == "title"]
        self.refused.add(number)
        self.written.add(number)
        answered = {self.answered[number].cell} if number in self.answered else set()
        before = [spot for spot, role in self.roles.items() if self.sheet.address(spot) in answered]
        for spot in (*before, *spots):
            self.roles.pop(spot, None)  # a note, so that the report still tells what stands there
        self.roles[spots[0]] = Role.ANSWER
        self.answer_cells[number] = self.sheet.address(spots[0])
        self.say(number, spots[0], [why])

    def answer(
        self,
        item: Item,
        number: str,
        spot: Spot,
        cell: Cell | None = None,
        places: Mapping[str, Spot] | None = None,
        said: Answer | None = None,
    ) -> None:
        """Read what stands at `spot`, or `cell` in its place, as the answer of an item. `places`: field -> its cell,
        where figures of one answer stand in several. `said`: what the cell has been read as already."""
        cell, place = cell or self.sheet.cells.get(spot), self.sheet.address(spot)
        self.answer_cells.setdefault(number, place)
        self.answer_spots.setdefault(spot, number)
        if cell is None:
            return
        if (is_blank(cell) and not is_said_by_dash(item, cell, self.form)) or is_hint(item, cell):
            self.label([spot])
            self.take_back(item, number, spot)
            self.tell_unseen(number, spot)
            return
        if item.kind is Kind.GROUP:
            return  # no answer belongs here: what stands here is a note
        if number in self.refused:
            return  # a note
        places = places or {}
        for one in (spot, *places.values()):
            self.roles[one] = Role.ANSWER
        answer = said or read_answer(item, cell, self.form, self.bases.get(item.base), self.around(number))
        if not answer.facts and not answer.remarks:  # «х»: nothing belongs there, and nothing is answered
            self.label([spot])
            return
        facts = [self.named(fact, number, places.get(fact.field, spot)) for fact in answer.facts]
        if number in self.answered:
            self._say_again(number, facts, cell, spot)
            return
        self.answer_cells[number] = place
        self.answered[number] = Answered(_values(facts), text_of(cell), place)
        self.add(number, facts)
        self.say(number, spot, answer.remarks)

    def around(self, number: str) -> Around:
        """What is known around the answer of an item."""
        unit = self.units.get(number)
        return self.when._replace(unit=unit) if unit else self.when

    def tell_unseen(self, number: str, spot: Spot) -> None:
        """A number that the cell's format does not show, where no other answer stands."""
        cell = self.sheet.cells.get(spot)
        if cell is not None and isinstance(cell.value, float) and number not in self.answered.keys() | self.refused:
            what = f"число {text_of(cell)}, которого в ячейке не видно"
            self.say(number, spot, [remark("ANSWER-ASIDE", value=text_of(cell), what=what)])

    def take_back(self, item: Item, number: str, spot: Spot) -> None:
        """A dash where nothing need be said: a former answer does not stand."""
        cell = self.sheet.cells.get(spot)
        if item.optional and cell is not None and text_of(cell) in tuple(DASHES):
            self.add(number, [Fact(number, WITHDRAWN, text_of(cell), self.sheet.address(spot))])

    def named(self, fact: Fact, number: str, spot: Spot) -> Fact:
        """A fact with its item and cell; «все» classes are those that a school of this kind has."""
        if fact.field == "classes" and fact.value == "все":
            grades = self.form.grades_of_base(self.form.item(number).base, self.grades)
            fact = fact._replace(value=normal_form(grades or self.grades))
        _, name, value, _, half, basis = fact  # `_replace` costs three times as much, and this is done to every fact
        return Fact(number, name, value, self.sheet.address(spot), half, basis)

    def _say_again(self, number: str, facts: list[Fact], cell: Cell, spot: Spot) -> None:
        """An item answered a second time: the same is passed over, another answer is a remark. Never added."""
        first = self.answered[number]
        if first.values == _values(facts):
            self.label([spot])  # it says nothing new
        else:
            twice = remark("ANSWER-TWICE", value=text_of(cell), first=first.words, first_cell=first.cell)
            self.say(number, spot, [twice])


def is_hint(item: Item, cell: Cell) -> bool:
    """The order's own hint, left standing where the answer belongs."""
    return bool(item.hint) and isinstance(cell.value, str) and only_repeats(cell.value, item.hint)


def text_of(cell: Cell) -> str:
    """A cell as a person would type it: «45», «4,5», «да», «20.03.2014»."""
    value = cell.value
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else f"{value:.10g}".replace(".", ",")
    if isinstance(value, bool):
        return "да" if value else "нет"
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value).strip()


def _values(facts: Iterable[Fact]) -> list[tuple[str, str | float]]:
    return [(fact.field, fact.value) for fact in facts]
