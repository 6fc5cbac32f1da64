"""For when a head says its report is: a date behind its label, or of a form with periods the whole period."""

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pipeline.reading.answers.dates import find_dates, read_date, shown_without_day
from pipeline.reading.opening.book import Cell
from schemas import own_form
from schemas.form import Form
from schemas.likeness import plain
from schemas.periods import Periods, first_day
from schemas.reports import FIRST_YEAR

if TYPE_CHECKING:
    from pipeline.reading.answers.spans import Spoken

# How a period is called on for, whatever else an order calls it.
_FOR = (
    "за отчётный период", "отчётный период", "отчётный месяц", "отчётный квартал", "отчётный год", "за период", "за",
)  # fmt: skip


class Parted(NamedTuple):
    """A line of the head: what stands before its date, the label as it stands (None: there is none), what follows."""

    before: str
    label: str | None
    after: str


class Said(NamedTuple):
    """What cells say of the report's time: as it is written, the date (None where it cannot be read), and how many of
    the cells say it."""

    text: str
    day: date | None
    cells: int = 1


class Times(Protocol):
    def part(self, text: str, untitled: str) -> Parted:
        """`untitled`: the same line without the form's title."""
        ...

    def read(self, cells: list[Cell]) -> Said | None:
        """What stands behind the label, cell by cell on its row; None where that says no time at all."""
        ...

    def stands_alone(self, cell: Cell) -> bool:
        """Does the cell, no text, say by itself for when the report is."""
        ...


def times_of(form: Form) -> Times:
    return _Dates(form) if form.period.every == "date" else _Spans(form)


class _Dates:
    """Of a form that asks how things stand on a date."""

    def __init__(self, form: Form) -> None:
        self.labels = form.recognise.as_of

    def part(self, text: str, untitled: str) -> Parted:
        """«На» is no label where a paper stands before the date: «На № 12 от 10.03.2014» and «на основании приказа
        от …» say when something else was written."""
        for label in self.labels:
            for found in _pattern(label).finditer(text):
                if len(label) > own_form.SHORT_LABEL or _says_when(text[found.end() :]):
                    return _parted(text, found)
        return Parted(text.strip(), None, "")

    def read(self, cells: list[Cell]) -> Said | None:
        """A hint beside an empty date cell is no date: a date has digits."""
        [cell, *_] = cells
        if isinstance(cell.value, str) and not re.search(r"\d", cell.value):
            return None
        return Said(_shown(cell), read_date(cell))

    def stands_alone(self, cell: Cell) -> bool:
        return False


class _Spans:
    """Of a form with periods: what is not exactly one of them is no date."""

    def __init__(self, form: Form) -> None:
        self.labels, self.periods = (*form.recognise.as_of, *_FOR), form.periods

    def part(self, text: str, untitled: str) -> Parted:
        """The period may stand alone under the title, or right behind it. A date alone may be that of signing."""
        said = spoken_period(untitled, self.periods)
        if said and said.is_bare and not said.is_date:
            return Parted("", "", untitled)
        for label in self.labels:
            for found in _pattern(label).finditer(text):
                if spoken_period(text[found.end() :], self.periods):
                    return _parted(text, found)
        for label in self.labels:
            begins = _pattern(label).match(text.strip())
            if begins and (len(label) > own_form.SHORT_LABEL or plain(text) == plain(label)):
                return _parted(text.strip(), begins)
        return Parted(text.strip(), None, "")

    def read(self, cells: list[Cell]) -> Said | None:
        """The nearest cell, or where it says no whole period all of the row: «январь» beside «2026 г.»."""
        nearest = self._cell(cells[0])
        if nearest and nearest.day:
            return nearest
        row = " ".join(map(_in_words, cells))
        said = spoken_period(row, self.periods) if len(cells) > 1 else None
        return Said(row, said.day, len(cells)) if said and said.day else nearest

    def _cell(self, cell: Cell) -> Said | None:
        if isinstance(cell.value, str):
            said = spoken_period(cell.value, self.periods)
            if said is None and not re.search(r"\d", cell.value):
                return None
            return Said(cell.value, said.day if said else None)
        day = read_date(cell)
        return Said(_shown(cell), self._closed(day, cell.format) if day else None)

    def _closed(self, day: date, number_format: str | None) -> date | None:
        """The period in which the date of a cell lies. One shown as «январь 2026» says a month, not a day."""
        shows = shown_without_day(number_format)
        if not shows:
            return self.periods.last(day)
        last = Periods(shows).last(day)
        return self.periods.whole(first_day(shows, last), last)

    def stands_alone(self, cell: Cell) -> bool:
        return read_date(cell) is not None and shown_without_day(cell.format) is not None


_PAPER = re.compile(r"№|\b(?:исх|вх|письм|основани|приказ)", re.IGNORECASE)


def _says_when(text: str) -> bool:
    first = next(find_dates(text, FIRST_YEAR), None)
    if first is None or _PAPER.search(text[: first.start]):
        return False
    return read_date(text.strip()) is not None or not re.search(r"\w", text[: first.start])


def spoken_period(text: str, periods: Periods) -> "Spoken | None":
    """As `spans` has it."""
    # imported here: its patterns take a while to compile, and most forms ask how things stand on a date
    from pipeline.reading.answers import spans

    return spans.spoken_period(text, periods)


def _shown(cell: Cell) -> str:
    return f"{cell.value:%d.%m.%Y}" if isinstance(cell.value, date) else str(cell.value)


def _in_words(cell: Cell) -> str:
    value = cell.value
    return str(int(value)) if isinstance(value, float) and value.is_integer() else _shown(cell)


@lru_cache(maxsize=256)  # labels of forms
def _pattern(label: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in label.split()).replace("ё", "[её]")
    return re.compile(rf"(?<!\w){words}(?!\w)\s*:?", re.IGNORECASE)


def _parted(text: str, found: re.Match[str]) -> Parted:
    return Parted(text[: found.start()].strip(), found[0], text[found.end() :].strip())
