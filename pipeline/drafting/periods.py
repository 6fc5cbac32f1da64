"""The periods that an order asks reports for, where it asks for a month's or a quarter's: their ends and deadlines."""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from pipeline.drafting.dates import days_in
from pipeline.drafting.opening import Row

_MONTHS = ("январ", "феврал", "март", "апрел", "ма[йя]", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")
_OF_A_PERIOD = re.compile(  # above the form: «за ____ 20__ года», «за январь – ____ 2026 г.»
    r"за\s+(?:январь\s*[-–—]\s*)?_+(?P<what>[^_]*)", re.IGNORECASE
)
_SINCE_JANUARY = re.compile(r"за\s+январь\s*[-–—]\s*_|с начала (?:отч[её]тного )?года", re.IGNORECASE)
_OF_A_YEAR = re.compile(r"за\s+(?:20)?_+\s*г(?:од|\.)", re.IGNORECASE)
_QUARTER = re.compile(r"за\s+(IV|I{1,3}|[1-4])(?:-?[його]{1,3})?\s+квартал", re.IGNORECASE)
_QUARTER_OF_YEAR = re.compile(r"за\s+(IV|I{1,3}|[1-4])(?:-?[його]{1,3})?\s+квартал\w*\s+(20\d\d)", re.IGNORECASE)
_SINCE = re.compile(rf"(?:за|начиная с)\s+((?:{'|'.join(_MONTHS)})\w*)\s+(20\d\d)", re.IGNORECASE)
_DAY_AFTER = re.compile(
    r"\b(?:до|не позднее)\s+(\d{1,2})\s*(?:-?го)?\s+числа\s+(?:месяца,?\s+)?следующего", re.IGNORECASE
)
_YEAR = re.compile(r"за\s+(20\d\d)\s*г", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


class Periods(NamedTuple):
    """`ends`: last days; `due`: until when the report of each has to be sent, none where the order does not say it for
    all. `doubt`: why the ends are a guess; blank where the order names each period."""

    every: Literal["month", "quarter", "year"]
    ends: tuple[date, ...]
    due: tuple[date, ...]
    doubt: str
    counts: Literal["flow", "since_new_year"] = "flow"


def periods_of(rows: Sequence[Row], said: Sequence[str], day: date | None) -> Periods | None:
    """None of an order whose form is not headed by a period: its reports are of a date. `said`: what the order says to
    do; `day`: its own, before which no period of it ends."""
    after = day or date.min
    if any(_OF_A_YEAR.match(row.text) for row in rows):
        return _years(said, after)
    head = next((found for row in rows if (found := _OF_A_PERIOD.match(row.text))), None)
    if head is None:
        return None
    periods = _quarters(said, after) if "квартал" in head["what"] else _months(" ".join(said), after)
    return periods._replace(counts="since_new_year" if _SINCE_JANUARY.search(head.string) else "flow")


def _months(text: str, after: date) -> Periods:
    """From the month that the order names to the end of its year."""
    named = ((since[1], int(since[2]), _month(since[1])) for since in _SINCE.finditer(text))
    first = next((one for one in named if _end(*one[1:]) > after), None)
    if first is None:
        return Periods("month", (), (), "отчётных месяцев в приказе не нашлось: впишите последний день каждого")
    word, year, month = first
    ends = tuple(_end(year, one) for one in range(month, 13))
    doubt = f"с месяца «{word}» до конца года: сверьте с приказом, и особые сроки тоже"
    return Periods("month", ends, _due_by_rule(text, ends), doubt)


def _month(word: str) -> int:
    return next(n for n, stem in enumerate(_MONTHS, 1) if re.match(stem, word.casefold()))


def _due_by_rule(text: str, ends: Iterable[date]) -> tuple[date, ...]:
    """«до 5 числа месяца, следующего за отчётным»."""
    rule = _DAY_AFTER.search(text)
    return tuple(_next_month(end, int(rule[1])) for end in ends) if rule else ()


def _quarters(said: Sequence[str], after: date) -> Periods:
    """«за I квартал — до 06.04.2026»: the day is the deadline; the quarter ends before it, or is the year's last."""
    found: dict[date, date] = {}
    for text in said:
        named = [*_QUARTER.finditer(text)]
        ends_of_parts = [*(later.start() for later in named), len(text)][1:]
        for one, end in zip(named, ends_of_parts, strict=True):
            days = days_in(text if len(named) == 1 else text[one.end() : end])
            if len(days) == 1:
                number, due = _quarter(one[1]), days[0].day
                found[_end(due.year - (number == 4 and due.month <= 6), number * 3)] = due
    ends = tuple(sorted(end for end in found if end > after))
    if not ends:
        return _quarters_by_rule(" ".join(said), after)
    return Periods("quarter", ends, tuple(found[end] for end in ends), "")


def _quarters_by_rule(text: str, after: date) -> Periods:
    """«Первый отчёт — за III квартал 2026 года», «до 15 числа месяца, следующего за отчётным кварталом»: to the end of
    that year."""
    named = ((one[1], int(one[2]), _quarter(one[1])) for one in _QUARTER_OF_YEAR.finditer(text))
    first = next((one for one in named if _end(one[1], 3 * one[2]) > after), None)
    if first is None:
        return Periods("quarter", (), (), "отчётных кварталов в приказе не нашлось: впишите последний день каждого")
    word, year, number = first
    ends = tuple(_end(year, 3 * one) for one in range(number, 5))
    doubt = f"с квартала «{word}» до конца года: сверьте с приказом"
    return Periods("quarter", ends, _due_by_rule(text, ends), doubt)


def _quarter(word: str) -> int:
    return _ROMAN.get(word.casefold()) or int(word)


def _years(said: Iterable[str], after: date) -> Periods:
    """«за 2025 год — до 20.01.2026»: the day is the deadline of the year named right before it."""
    found: dict[date, date] = {}
    for text in said:
        named = [*_YEAR.finditer(text)]
        ends = [*(later.start() for later in named), len(text)][1:]
        for one, end in zip(named, ends, strict=True):
            days = [day.day for day in days_in(text[one.end() : end]) if day.day.year > int(one[1])]
            if len(days) == 1:
                found[date(int(one[1]), 12, 31)] = days[0]
    last_days = tuple(sorted(end for end in found if end > after))
    doubt = "" if last_days else "отчётных лет в приказе не нашлось: впишите последний день каждого"
    return Periods("year", last_days, tuple(found[day] for day in last_days), doubt)


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _next_month(end: date, day: int) -> date:
    year, month = (end.year + 1, 1) if end.month == 12 else (end.year, end.month + 1)
    return date(year, month, min(day, monthrange(year, month)[1]))
