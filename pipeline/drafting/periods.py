"""The periods that an order asks reports for, where it asks for a month's or a quarter's: their ends and deadlines."""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from pipeline.drafting.dates import days_in
from pipeline.drafting.opening import Row

_MONTHS = ("январ", "феврал", "март", "апрел", "ма[йя]", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")
_OF_A_PERIOD = re.compile(r"за\s+_+(?P<what>[^_]*)", re.IGNORECASE)  # above the form: «за ____ 20__ года»
_QUARTER = re.compile(r"за\s+(IV|I{1,3}|[1-4])(?:-?[його]{1,3})?\s+квартал", re.IGNORECASE)
_SINCE = re.compile(rf"за\s+((?:{'|'.join(_MONTHS)})\w*)\s+(20\d\d)", re.IGNORECASE)
_DAY_AFTER = re.compile(
    r"\b(?:до|не позднее)\s+(\d{1,2})\s*(?:-?го)?\s+числа\s+(?:месяца,?\s+)?следующего", re.IGNORECASE
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


class Periods(NamedTuple):
    """`ends`: last days; `due`: until when the report of each has to be sent, none where the order does not say it for
    all. `doubt`: why the ends are a guess; blank where the order names each period."""

    every: Literal["month", "quarter"]
    ends: tuple[date, ...]
    due: tuple[date, ...]
    doubt: str


def periods_of(rows: Sequence[Row]) -> Periods | None:
    """None of an order whose form is not headed by a period: its reports are of a date."""
    head = next((found for row in rows if (found := _OF_A_PERIOD.match(row.text))), None)
    if head is None:
        return None
    return _quarters(rows) if "квартал" in head["what"] else _months(" ".join(row.text for row in rows))


def _months(text: str) -> Periods:
    """From the month that the order names to the end of its year."""
    since = _SINCE.search(text)
    if since is None:
        return Periods("month", (), (), "отчётных месяцев в приказе не нашлось: впишите последний день каждого")
    first = next(n for n, stem in enumerate(_MONTHS, 1) if re.match(stem, since[1].casefold()))
    year = int(since[2])
    ends = tuple(_end(year, month) for month in range(first, 13))
    after = _DAY_AFTER.search(text)
    due = tuple(_next_month(end, int(after[1])) for end in ends) if after else ()
    return Periods("month", ends, due, f"с месяца «{since[1]}» до конца года: сверьте с приказом, и особые сроки тоже")


def _quarters(rows: Iterable[Row]) -> Periods:
    """«за I квартал — до 06.04.2026»: the day is the deadline; the quarter ends before it, or is the year's last."""
    found: dict[date, date] = {}
    for row in rows:
        named, days = _QUARTER.search(row.text), days_in(row.text)
        if named and len(days) == 1:
            number = _ROMAN.get(named[1].casefold()) or int(named[1])
            due = days[0].day
            found[_end(due.year - (number == 4 and due.month <= 6), number * 3)] = due
    ends = tuple(sorted(found))
    doubt = "" if ends else "отчётных кварталов в приказе не нашлось: впишите последний день каждого"
    return Periods("quarter", ends, tuple(found[end] for end in ends), doubt)


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _next_month(end: date, day: int) -> date:
    year, month = (end.year + 1, 1) if end.month == 12 else (end.year, end.month + 1)
    return date(year, month, min(day, monthrange(year, month)[1]))
