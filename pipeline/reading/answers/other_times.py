"""An answer that says of itself that it is of another time than its report: «100 % с 01.09.2014».

A date beside a figure mostly tells when something was done («обучены 12.03.2014»), and changes nothing. It is another
time where it lies behind the report's date, where it says «на» and belongs to a report before this one, and where its
years end before the order began, unless it says «с» or what is done once for all: «обучены в 2012 г.».
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from pipeline.reading.answers.dates import SCHOOL_YEAR, find_dates, month_named, school_year_of
from pipeline.reading.answers.tokens import NOTHING, tokenize
from schemas.form import Order

_FIRST_YEAR = 2000
_TOLD = re.compile(
    r"20\d\d|\d\.\s?\d|\d\s*[»\"”]?\s*(?:янв|фев|мар|апр|ма[йя]|ию[нл]|авг|сен|окт|ноя|дек)", re.IGNORECASE
)
_SINCE, _AS_OF = "с", "на"
# Before a day, and behind one: it is that of the whole, or of a paper, not of the answer.
_OF_THE_WHOLE = re.compile(r"\bиз\s+\d|\bот\s+(?:\w+\s+)?чис(?:ла|ленн)|\b(?:численност|приказ)", re.IGNORECASE)
_WHOLE = re.compile(r"\W*(?:г(?:ода)?\W+)?численност", re.IGNORECASE)
_YEARS = re.compile(r"(20\d\d)(?:\D+(?:20)?(\d\d))?\D*")
_DONE_FOR_GOOD = re.compile(r"\b(?:обуч|ознаком|прошли|выда[нл]|получ|заполн|внес|провед|курс|семинар)", re.IGNORECASE)


class When(NamedTuple):
    """`later`: behind the report's date; else before what the report is about."""

    text: str
    later: bool


def of_another_time(text: str, as_of: date, order: Order, printed: Iterable[str]) -> When | None:
    """What the text names as its time, if it is not the report's. `printed`: what the form itself says of the item: a
    time that stands there is asked for."""
    if not _TOLD.search(text):
        return None
    asked = "\n".join(printed)
    return next((when for when in _told(text, as_of, order) if when.text not in asked), None)


def _told(text: str, as_of: date, order: Order) -> Iterator[When]:
    former = max((day for day in order.reporting_dates if day < as_of), default=date.min)
    tokens = tokenize(text)
    for before, token in zip([NOTHING, *tokens], tokens, strict=False):
        if token.kind != "aside":
            continue
        said, leads = token.text.strip(), before.text
        days = [written.day for written in find_dates(said, _FIRST_YEAR) if written.day]
        if any(day > as_of for day in days):
            yield When(said, later=True)
        elif leads == _AS_OF and any(day <= former for day in days):
            yield When(said, later=False)
        elif not days and leads in (_SINCE, _AS_OF) and (day := _day_without_year(said, as_of)):
            earlier = leads == _AS_OF and day <= former and not _is_of_the_whole(said, text)
            yield from [When(f"{leads} {said}", later=day > as_of)] if day > as_of or earlier else []
        elif years := _YEARS.fullmatch(said):
            begins, ends = _span(int(years[1]), years[2])
            lasting = leads == _SINCE or _DONE_FOR_GOOD.search(text)
            yield from [When(said, begins > as_of)] if begins > as_of or (ends < order.date and not lasting) else []


def _is_of_the_whole(day: str, text: str) -> bool:
    """«597 из 612 (на 1 января)», «от численности на 1 января», «(на 15 января численность 612)»."""
    before, _, behind = text.partition(day)
    return bool(_OF_THE_WHOLE.search(before) or _WHOLE.match(behind))


def _day_without_year(said: str, as_of: date) -> date | None:
    """«23 декабря», «23.12»: the last one before the report within its school year, else the one of its year. «с 1
    сентября» may be of either year."""
    digits = [int(one) for one in re.findall(r"\d+", said)]
    month = month_named(said)
    parts = [*digits, month] if month else digits
    if len(parts) != 2:
        return None
    began = date(school_year_of(as_of), *SCHOOL_YEAR[0])
    try:
        this, former = (date(year, parts[1], parts[0]) for year in (as_of.year, as_of.year - 1))
    except ValueError:
        return None
    return former if this > as_of and former > began else this


def _span(first: int, last: str | None) -> tuple[date, date]:
    """The days of a year, or of a school year."""
    if last is None:
        return date(first, 1, 1), date(first, 12, 31)
    begins, ends = SCHOOL_YEAR
    return date(first, *begins), date(first - first % 100 + int(last), *ends)
