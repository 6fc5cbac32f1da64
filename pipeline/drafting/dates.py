"""Days and shares as orders write them: «30.01.2014 г.», «до 30 января 2014 года», «от 30 % до 40 %»."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple

_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip
_DATE = re.compile(
    r"(?<![\d.])(?:(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./ ]\s?(?P<y>\d{4}|\d{2}(?=\D|$))"
    rf"|[«\"“„]?(?P<dw>\d{{1,2}})[»\"”“]?\s+(?P<mw>{'|'.join(_MONTHS)})(?:\s+(?P<yw>\d{{4}}))?)(?!\d)"
    r"(?:\s*(?:года|г\b\.?))?",
    re.IGNORECASE,
)
_SHARE = re.compile(r"(?:(\d{1,3})\s*%?\s*(?:до|[-–—])\s*)?(\d{1,3})\s*%")


class Day(NamedTuple):
    """A date found in a text: which, where it stands, and does «с» stand before it (from when on)."""

    day: date
    start: int
    end: int
    is_from: bool


class Led(NamedTuple):
    """A day of a sentence. `before`: the words between the day before and this one. `lead`: «на» or «до», where that
    stands right before it or before the days in a row that it ends. `follows`: does it stand in a row with the day
    before."""

    day: Day
    before: str
    lead: str
    follows: bool


_LEAD = re.compile(r"(?:^|\W)(на|до|к|позднее)\s*$", re.IGNORECASE)
_IN_A_ROW = re.compile(r"[\s,]*(?:и\s+)?(?:по состоянию\s+|в срок\s+)?(?:(?:на|до|к|не позднее)\s+)?", re.IGNORECASE)


def days_in(text: str) -> list[Day]:
    """All dates of the text. One without a year («30 января, 20 марта 2014 г.») has the year of the next one; where
    none follows it is no date, for nobody says which."""
    found: list[Day] = []
    year = ""
    for match in reversed(list(_DATE.finditer(text))):
        year = match["y"] or match["yw"] or year
        month = int(match["m"]) if match["m"] else _MONTHS.index(match["mw"].lower()) + 1
        if year:
            with suppress(ValueError):  # the 31st of February is no day: it stays a text
                day = date(int(year) + 2000 * (len(year) == 2), month, int(match["d"] or match["dw"]))
                is_from = re.search(r"\b[сc]\s*$", text[: match.start()], re.IGNORECASE) is not None
                found.append(Day(day, match.start(), match.end(), is_from))
    return found[::-1]


def unclear_in(text: str) -> list[str]:
    """What looks like a date and is none: without a year, or no day of the calendar."""
    known = {one.start for one in days_in(text)}
    return [match[0].strip() for match in _DATE.finditer(text) if match.start() not in known]


def without_days(text: str) -> str:
    return _DATE.sub(" ", text)


def shares_in(text: str) -> list[tuple[int, int]]:
    """«от 30 % до 40 %», «30–40 %» as (30, 40), «100 %» as (100, 100); dates are no shares."""
    found = ((int(low or high), int(high)) for low, high in _SHARE.findall(without_days(text)))
    return [(low, high) for low, high in found if low <= high <= 100]


_END_OF_CLAUSE = re.compile(r";|(?<=\D)\.\s+(?=[А-ЯЁ])")


def clauses(text: str) -> Iterator[str]:
    """Parts of a sentence that say a thing each."""
    return (part for part in _END_OF_CLAUSE.split(text) if part.strip())


def days_by_clause(text: str, days: Sequence[Day]) -> Iterator[tuple[str, list[Led]]]:
    """Each part of the sentence that has any of the days, and these, with what leads to them."""
    start = 0
    for end in [*(one.start() for one in _END_OF_CLAUSE.finditer(text)), len(text)]:
        led: list[Led] = []
        for one in (day for day in days if start <= day.start < end):
            before = text[led[-1].day.end if led else start : one.start]
            lead, row = _LEAD.search(before), _IN_A_ROW.fullmatch(before) if led else None
            word = lead[1].lower() if lead else led[-1].lead if row else ""
            led.append(Led(one, before, word, row is not None))
        if led:
            yield text[start:end], led
        start = end
