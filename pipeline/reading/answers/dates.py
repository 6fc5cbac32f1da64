"""Dates as people write them: in digits, with the month's name, in a date cell."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.reading.opening.book import Cell, Value
from schemas.reports import FIRST_YEAR, LAST_YEAR

LONGEST = 2_000  # characters that are searched: nobody writes more, and the time grows with their square

FIRST_YEAR_OF_DOCUMENT = 1992
SCHOOL_YEAR = (9, 1), (8, 31)  # its first day and its last: month, day
_EXCEL_DAY_ZERO = date(1899, 12, 30)

_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
MONTH = (  # a pattern without groups, for longer ones to build in
    r"(?:янв(?:ар[ья])?|фев(?:рал[ья])?|мар(?:та?)?|апр(?:ел[ья])?|ма[йя]|июн[ья]?|июл[ья]?"
    r"|авг(?:уста?)?|сент?(?:ябр[ья])?|окт(?:ябр[ья])?|ноя(?:бр[ья])?|дек(?:абр[ья])?)(?![^\W_])\.?"
)
_MONTH_NAMED = re.compile(MONTH, re.IGNORECASE)
# Shapes that cannot be figures or lists of classes.
_CERTAIN = (
    r"[0-9]{1,2}\.\s?[0-9]{1,2}\.\s?(?:[0-9]{4}|[0-9]{2})",
    *(rf"[0-9]{{1,2}}\s?{mark}\s?[0-9]{{1,2}}\s?{mark}\s?[0-9]{{4}}" for mark in ("/", "-", ",")),
    *(rf"[0-9]{{4}}{mark}[0-9]{{1,2}}{mark}[0-9]{{1,2}}" for mark in (r"\.", "/", "-")),
    rf"[«\"“„]?\s*[0-9]{{1,2}}(?:-?(?:е|го|ое))?\s*[»\"”“]?\s*{MONTH}\s*(?:[0-9]{{4}}|[0-9]{{2}})",
)
_SHORT_YEAR = tuple(rf"[0-9]{{1,2}}{mark}[0-9]{{1,2}}{mark}[0-9]{{2}}" for mark in ("/", "-"))
# Digits that run on make it another number.
_DATE = (
    r"(?<![0-9])(?<![0-9][.,/\-])(?:{})(?![0-9])(?![.,/\-][0-9])"
    r"(?:\s*(?:года?|г)(?![^\W_])\.?)?"
)
# ── beside figures: where digits after a day and a month may be the answer, not a year ──
_DAY = r"(?:[12][0-9]|3[01]|0?[1-9])"
_OF_MONTH = (
    r"(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
    r"|янв|фев|мар|апр|авг|сент?|окт|ноя|дек)(?![^\W_])\.?"
)
_MONTH_NUMBER = r"(?:0[1-9]|1[0-2])"
_YEAR_WORD = r"(?:года?|гг?)(?![^\W_])\.?"
_NOT_COUNTED = r"(?!\s*\(?(?:%|проц|чел))"
# Two digits are a year only of this age, and only where no people follow: «12.03.54», «12.03.22 педагога».
_SHORT = r"[0-2][0-9](?!\s*\(?(?:%|проц|чел|ч\b|люд|дет|учи|учен|учащ|уч\b|обуч|пед|преп|род|законн|раб|сотр|участ))"
_YEAR = (
    rf"(?:\s*(?:19|20)[0-9]{{2}}(?![0-9]|[.,/][0-9]){_NOT_COUNTED}(?:\s*{_YEAR_WORD})?|\s*[0-9]{{2}}\s*{_YEAR_WORD})"
)
_DAY_AND_MONTH = rf"{_DAY}\.{_MONTH_NUMBER}"
_BESIDE_FIGURES = (
    # «с 12 по 15 марта», «12–15 марта 2014 г.»
    rf"(?:с\s+{_DAY}\s*(?:по|до|[-‐‑‒–—―−])|{_DAY}(?:\s+по\s|[-‐‑‒–—―−]))\s*{_DAY}\s*{_OF_MONTH}{_YEAR}?(?![0-9])",
    rf"с\s+{_DAY}\s+(?:по|до)\s+{_DAY_AND_MONTH}(?:\.(?:20)?[0-9]{{2}})?(?![0-9])(?!,[0-9]){_NOT_COUNTED}\.?",
    rf"[«\"“„]?\s*{_DAY}(?:-?го)?\s*[»\"”“]?\s*{_OF_MONTH}(?:{_YEAR}|(?!\s*[0-9]{{1,2}}\s+[0-9]))(?![0-9])",
    rf"[0-9]{{1,2}}\.\s?[0-9]{{1,2}}\.(?:\s?[0-9]{{4}}(?![0-9]|[.,/\-][0-9])|{_SHORT}(?![0-9]|[.,/\-][0-9]))"
    rf"(?:\s*{_YEAR_WORD})?",
    *(rf"{certain}(?![0-9]|[.,/\-][0-9])(?:\s*{_YEAR_WORD})?" for certain in _CERTAIN[1:-1]),
)
# Patterns without groups, for the tokenizer to build in. A day and a month alone may be a decimal number, too.
DATE = rf"(?<![0-9])(?<![0-9][.,/\-])(?:{'|'.join(_BESIDE_FIGURES)})"
DAYS_OR_FIGURES = rf"(?<![0-9.,/]){_DAY}\s*(?:,|\s[-‐‑‒–—―−]|\sи\s)\s*{_DAY}\s*{_OF_MONTH}"  # «обучено 12, 15 марта»
DAY_AND_MONTH = (
    rf"(?<![0-9])(?<![0-9][.,/\-])(?:{_DAY_AND_MONTH}\.(?![0-9])"
    rf"|(?:(?<=\bна\s)|(?<=\bс\s)|(?<=\bпо\s)|(?<=\bот\s)){_DAY_AND_MONTH}(?![0-9.,/])){_NOT_COUNTED}"
)
# Blanks between the digits, where a date is asked for: «20 03 2014».
_BLANK_BETWEEN = re.compile(r"(?<![0-9])(?<![0-9] )([0-9]{2}) ([0-9]{2}) (20[0-9]{2})(?![0-9]| [0-9])")
_DAY_WITHOUT_YEAR = re.compile(rf"[«\"“„]?\s*([0-9]{{1,2}}\s*[»\"”“]?\s*{_OF_MONTH})\s*", re.IGNORECASE)
_ANY_DATE = re.compile(_DATE.replace("{}", "|".join(_CERTAIN + _SHORT_YEAR)), re.IGNORECASE)
_FORMAT_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DAY_OR_YEAR = re.compile(r"(?<![^\W_])(?:d{1,4}|y{2,4}|д{1,2}|г{2,4})(?![^\W_])", re.IGNORECASE)


_TIME = re.compile(
    r"\b(?:в\s+)?[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?\b(?:\s*ч(?:ас[а-я]*)?\b)?|\bв\s+[0-2]?[0-9][.-][0-5][0-9]\b"
)
_BEFORE_DATE = re.compile(r"(со?|от|до|к|не\s+позднее)\s+(?=[0-9«\"])", re.IGNORECASE)


class Written(NamedTuple):
    """A date in a text. `day` is None where no calendar has such a day (31.02.2013) or the year cannot be meant."""

    day: date | None
    text: str
    start: int
    end: int


def school_year_of(day: date) -> int:
    """The year in which it begins."""
    return day.year - ((day.month, day.day) < SCHOOL_YEAR[0])


def read_date(said: Cell | str, first_year: int = FIRST_YEAR) -> date | None:
    """The one date that a cell or text says, from `first_year` on (a report's); None where it says none or two.

    A number is a date only where its format shows it as one.
    """
    value: Value | None = said.value if isinstance(said, Cell) else said
    if isinstance(value, datetime):
        value = value.date()
    elif isinstance(value, float) and isinstance(said, Cell) and shown_as_date(said.format):
        value = _from_serial(value)
    if isinstance(value, str) and len(value) <= LONGEST:
        days = {written.day for written in find_dates(_BLANK_BETWEEN.sub(r"\1.\2.\3", value), first_year)}
        value = days.pop() if len(days) == 1 else None
    return value if isinstance(value, date) and first_year <= value.year <= LAST_YEAR else None


def read_lone_date(cell: Cell, since: date | None, until: date | None, title: str = "") -> tuple[date | None, bool]:
    """The date that is all that a cell says, and whether its year had to be taken from the span `since`–`until`: a day
    without a year is read only where it falls into that span once. The time of day may stand beside it. `title`: of
    what is asked; «с 01.09.2026» says no more than the date under «Вакантна с», «до 01.10.2026» under «Срок»."""
    if not isinstance(cell.value, str):
        return read_date(cell), False
    text = _without_word(cell.value.strip(), title)
    found = list(find_dates(text, FIRST_YEAR)) if len(text) <= LONGEST else []
    if found:
        [first, *others] = found
        rest = _TIME.sub(" ", f"{text[: first.start]} {text[first.end :]}", count=1)
        return (None if others or re.search(r"\w", rest) else first.day), False
    short = _DAY_WITHOUT_YEAR.fullmatch(text)
    if not short or since is None or until is None:
        return None, False
    days = [day for year in range(since.year, until.year + 1) if (day := _day(f"{short[1]} {year}", FIRST_YEAR))]
    within = [day for day in days if since <= day <= until]
    return (within[0] if len(within) == 1 else None), True


def _without_word(text: str, title: str) -> str:
    """Without the word before the date that the title ends with, or means: elsewhere «к 15.09.2026» is a promise."""
    begins = _BEFORE_DATE.match(text)
    if begins is None:
        return text
    word, words = begins[1].casefold(), re.findall(r"\w+", title.casefold())
    is_deadline = word not in ("с", "со", "от") and words[:1] == ["срок"]
    return text[begins.end() :] if is_deadline or words[-1:] == [word] else text


def find_dates(text: str, first_year: int) -> Iterator[Written]:
    """All that has the shape of a date, in order."""
    for found in _ANY_DATE.finditer(text):
        yield Written(_day(found[0], first_year), found[0].strip(), found.start(), found.end())


@lru_cache(maxsize=4096)
def _day(written: str, first_year: int) -> date | None:
    parts = [int(digits) for digits in re.findall("[0-9]+", written)]
    if named := month_named(written):
        parts.insert(1, named)
    day, month, year = parts if parts[0] <= 31 else reversed(parts)
    year += 2000 if year < 100 else 0
    try:
        return date(year, month, day) if first_year <= year <= LAST_YEAR else None
    except ValueError:
        return None


def month_named(text: str) -> int | None:
    """The month whose name stands first in a text."""
    named = _MONTH_NAMED.search(text)
    return 1 + next(i for i, stem in enumerate(_MONTHS) if named[0].casefold().startswith(stem)) if named else None


def shown_as_date(number_format: str | None) -> bool:
    return bool(number_format and _DAY_OR_YEAR.search(_FORMAT_LITERALS.sub(" ", number_format)))


def shown_without_day(number_format: str | None) -> Literal["month", "year"] | None:
    """What a date's format shows of it where that is no day: «янв.26», «2026»."""
    letters = _FORMAT_LITERALS.sub(" ", number_format or "").casefold()
    if not re.search("[yг]", letters) or re.search("[dд]", letters):
        return None
    return "month" if re.search("[mм]", letters) else "year"


def _from_serial(serial: float) -> date | None:
    """Days since Excel's day zero; None beyond the calendar."""
    try:
        return _EXCEL_DAY_ZERO + timedelta(days=int(serial))
    except (OverflowError, ValueError):
        return None
