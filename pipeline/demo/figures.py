"""What a school truly counts and chooses: figures that agree with each other, choices, the lines of lists.

A figure that others make up is computed from them, a part is a share of its whole, whoever is counted is among the
school's own people. What is counted since the new year only grows within the year.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import assert_never

from schemas.district import School
from schemas.form import Form, Item, Kind
from schemas.periods import first_day
from schemas.relations import FOLLOWS, Held, counts_lines, list_of, relations_of
from schemas.school_names import whole_school


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Chosen:
    titles: tuple[str, ...]
    page: str = ""


@dataclass(frozen=True)
class Day:
    day: date


@dataclass(frozen=True)
class Link:
    url: str


Figure = Number | Chosen | Day | Link

_LEFT_OUT = 0.3  # of the rows that nobody must fill in
_PART, _MOST = (0.05, 0.45), (0.7, 0.92)  # of a whole, of all people
_GROWTH = 0.02  # from report to report, of what stands
_UNDONE = 0.15
_PUBLISHED = 0.7
_LINES = 3  # more than there have to be
# What is counted, by a stem of its unit; a price is in the smallest unit, a sum in a bigger one.
_USUAL = (
    ("тыс", 10, 90), ("руб", 70, 140), ("дето", 300, 2400), ("мероприят", 1, 6), ("дн", 2, 6), ("дне", 2, 6),
    ("человек", 6, 40),
)  # fmt: skip
_OTHERS = 1, 40
_BY_PEOPLE, _DAYS = "дето", (12, 18)  # child-days: so many days of each


class Figures:
    """All figures of one school's report. `seed`: the school's own dice, the same at every date."""

    def __init__(self, form: Form, school: School, seed: str, day: date) -> None:
        self._form = form
        self._school = school
        self._seed = seed
        self._day = day
        self._items = {item.number: item for item in form.questions}
        self._held: dict[str, list[Held]] = {}
        for held in relations_of(form):
            self._held.setdefault(held.item, []).append(held)
        self._known: dict[str, float | None] = {}

    def dice(self, what: str) -> Random:
        return Random(f"{self._seed}/{what}")

    # ── one figure ───────────────────────────────────────────────────────────────────────────────────────
    def value(self, number: str) -> float | None:
        """The figure at an address; None where the school gives none."""
        if number not in self._known:
            self._known[number] = None  # of a ring of relations the first gives way
            self._known[number] = self._value(number) if number in self._items and self._answers(number) else None
        return self._known[number]

    def _answers(self, number: str) -> bool:
        """Does the school fill in that row: has it such classes and such people."""
        item, row = self._items[number], number.partition("/")[0]
        of_whom = item.base or (self._form.item(row).base if "/" in number else "")
        if of_whom and not self._school.bases.get(of_whom, 0):
            return False
        title = self._form.item(row).title if "/" in number else ""
        grades = re.match(r"(\d+)\s+класс", title)
        if grades and int(grades[1]) not in whole_school(self._school.full_name):
            return False
        return not (item.optional and self.dice(f"row {row}").random() < _LEFT_OUT)

    def _value(self, number: str) -> float | None:
        item, held = self._items[number], self._held.get(number, [])
        follows = next((one for one in held if one.kind in (*FOLLOWS, "equal")), None)
        if follows:
            found = self._computed(follows)
            return None if found is None else round(found, item.decimals)
        of_which = [one for one in held if one.kind == "of_which"]
        wholes = [self.value(one.of[0]) for one in of_which]
        if of_which:
            row = number.partition("/")[0]
            of_its_row = of_which[0].of[0].partition("/")[0] == row  # else it is the same share in every column
            share = self.dice(f"part {number if of_its_row else row} {self._day}").uniform(*_PART)
            return None if None in wholes else _down(min(w for w in wholes if w is not None) * share, item.decimals)
        return self._counted(item)

    def _computed(self, held: Held) -> float | None:
        parts = [self._part(number) for number in held.of]
        known = [part for part in parts if part is not None]
        match held.kind:
            case "sum":
                return sum(known) if known else None
            case "ratio":
                return parts[0] / parts[1] if len(known) == len(parts) and parts[0] is not None and parts[1] else None
            case _ if len(known) < len(parts):
                return None
            case "product":
                product = 1.0
                for part in known:
                    product *= part
                return product
            case _:
                return known[0]

    def _part(self, number: str) -> float | None:
        """Of a list's column all its lines together, or how many they are."""
        if not (own := list_of(number, self._form)):
            return self.value(number)
        column = number.partition("/")[2]
        lines = self._lines(self._form.item(own))
        if counts_lines(number):
            return float(len({at.partition("/")[0] for at, _ in lines}))
        return sum(one.value for at, one in lines if at.partition("/")[2] == column and isinstance(one, Number))

    def _counted(self, item: Item) -> float:
        counts = self._form.counts(item.number)
        if counts == "since_new_year":
            days = [day for day in self._form.order.reporting_dates if day.year == self._day.year and day <= self._day]
            return round(sum(self._one(item, self.dice(f"{item.number} {day}")) for day in days), item.decimals)
        if counts == "flow":
            return round(self._one(item, self.dice(f"{item.number} {self._day}")), item.decimals)
        before = sum(day < self._day for day in self._form.order.reporting_dates)
        return round(self._one(item, self.dice(item.number)) * (1 + _GROWTH * min(before, 3)), item.decimals)

    def _one(self, item: Item, dice: Random) -> float:
        """Of one report: of the base, of the people beside it, of what may be at most, or as its unit is usual."""
        if item.base:
            return int(self._school.bases[item.base] * dice.uniform(*_MOST))
        unit = self._form.unit(item.unit) if item.unit else None
        said = f"{unit.short} {unit.words[0]}".casefold() if unit else ""
        people = self._people_beside(item)
        if _BY_PEOPLE in said and people:
            return people * dice.randint(*_DAYS)
        if item.max is not None:
            return dice.uniform(0.4, 0.8) * item.max
        low, high = next(((low, high) for stem, low, high in _USUAL if stem in said), _OTHERS)
        return round(dice.uniform(low, high), item.decimals) if item.decimals else dice.randint(low, high)

    def _people_beside(self, item: Item) -> float | None:
        """Whoever is counted in the same row, of a base."""
        row, slash, _ = item.number.partition("/")
        if not slash:
            return None
        beside = [one.number for one in self._form.cells_of(row) if one.base and one.number != item.number]
        return self.value(beside[0]) if beside else None

    # ── all of them ──────────────────────────────────────────────────────────────────────────────────────
    def answers_in(self, item: Item) -> Mapping[str, Figure | str]:
        """Address -> figure, choice, date, link, or words, at an item or in its row."""
        if item.kind is Kind.ROWS:
            return dict(self._lines(item))
        here = self._form.cells_of(item.number) if item.kind is Kind.ROW else (item,)
        found = ((one.number, self.answer(one, self.dice(f"{one.number} {self._kept(one)}"))) for one in here)
        return {number: answer for number, answer in found if answer is not None}

    def _kept(self, item: Item) -> str:
        return "" if self._form.counts(item.number) == "stock" else str(self._day)

    def answer(self, item: Item, dice: Random) -> Figure | str | None:
        """None where the school has none; words, where they are asked for, are left to whoever knows some."""
        match item.kind:
            case Kind.NUMBER:
                value = self.value(item.number)
                return None if value is None else Number(value)
            case Kind.CHOICE:
                return self._with_page(item, Chosen(_choose(item, dice)))
            case Kind.DATE:
                start = max(first_day(self._form.period.every, self._day), self._form.order.date)
                return Day(start + timedelta(days=dice.randint(0, max(0, (self._day - start).days))))
            case Kind.LINK:
                page = f"https://school{self._school.code}.example.org/news/{dice.randint(100, 900)}"
                return Link(page) if dice.random() < _PUBLISHED else None
            case (
                Kind.GROUP
                | Kind.PERSON
                | Kind.TEXT
                | Kind.DOCUMENT
                | Kind.ACTS
                | Kind.COVERAGE
                | Kind.VOLUME
                | Kind.YES_NO
                | Kind.ROW
                | Kind.ROWS
            ):
                return ""
            case _:
                assert_never(item.kind)

    def _with_page(self, item: Item, chosen: Chosen) -> Chosen:
        """The address of a page, where what is chosen asks for it."""
        if not any(choice.address and choice.title in chosen.titles for choice in item.choices):
            return chosen
        return replace(chosen, page=f"https://school{self._school.code}.example.org/{item.number}")

    def _lines(self, item: Item) -> Iterator[tuple[str, Figure | str]]:
        table = self._form.table(item.table)
        most = min(table.at_least + _LINES, table.at_most or table.at_least + _LINES)
        lines = self.dice(f"{item.number} {self._day}").randint(max(1, table.at_least), max(1, most))
        for n in range(1, lines + 1):
            dice = self.dice(f"{item.number}.{n} {self._day}")
            line: dict[str, Figure | str] = {}
            for cell in self._form.cells_of(item.number):
                figure = Number(self._one(cell, dice)) if cell.kind is Kind.NUMBER else self.answer(cell, dice)
                if figure is not None:
                    line[cell.number] = figure
            self._keep_relations(line)
            yield from ((f"{item.number}.{n}/{at.partition('/')[2]}", figure) for at, figure in line.items())

    def _keep_relations(self, line: dict[str, Figure | str]) -> None:
        """What follows from others of its line does, and a part is none above its whole."""
        for held in (held for at in tuple(line) for held in self._held.get(at, ())):
            beside = [line.get(number) for number in held.of]
            values = [one.value for one in beside if isinstance(one, Number)]
            if len(values) < len(beside):
                continue
            own, decimals = line[held.item], self._items[held.item].decimals
            match held.kind:
                case "product":
                    line[held.item] = Number(round(math.prod(values), decimals))
                case "sum":
                    line[held.item] = Number(round(math.fsum(values), decimals))
                case "of_which" if isinstance(own, Number):
                    line[held.item] = Number(min(own.value, values[0]))
                case "ratio":
                    line[held.item] = Number(round(values[0] / values[1], decimals)) if values[1] else own
                case _:
                    line[held.item] = Number(values[0])


def _choose(item: Item, dice: Random) -> tuple[str, ...]:
    titles = [choice.title for choice in item.choices if choice.done or dice.random() < _UNDONE]
    chosen = dice.sample(titles, dice.randint(1, min(3, len(titles)))) if item.several else [dice.choice(titles)]
    return tuple(title for title in (choice.title for choice in item.choices) if title in chosen)


def _down(value: float, decimals: int) -> float:
    """Rounded down: a part of a part stays one."""
    steps: float = 10.0**decimals
    return int(value * steps) / steps
