"""Spans of time as people write them: a month, a quarter, a year, «с … по …», and which of them is one whole period."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.reading.answers.dates import MONTH, month_named
from schemas.periods import Periods, last_of_month
from schemas.reports import FIRST_YEAR, LAST_YEAR

LONGEST = 400  # characters of a head's line that are searched


class Span(NamedTuple):
    """A stretch of time in a text. `first`, `last` are None where it is not said which: no year, no such day."""

    first: date | None
    last: date | None
    start: int
    end: int

    @property
    def days(self) -> tuple[date | None, date | None]:
        return self.first, self.last


class Spoken(NamedTuple):
    """What a text says that begins with a span: the last day of the one whole period that it is, None where it is none
    or names another beside it. `rest`: what stands behind it. `is_date`: it is a single day."""

    day: date | None
    rest: str
    is_date: bool

    @property
    def is_bare(self) -> bool:
        """Does nothing stand behind the span but what belongs to it: «месяц», «год», a full stop."""
        return not _BELONGS.sub("", self.rest)


_BELONGS = re.compile(r"(?<![^\W_])(?:месяц[а-я]*|года?|г|отч[её]тн[а-я]+|период[а-я]*)(?![^\W_])|[\W_]")


def spoken_period(text: str, periods: Periods) -> Spoken | None:
    """Of a text that begins with a span («январь 2026 г.», «период с … по …»); None of any other."""
    if len(text) > LONGEST:
        return None
    text, inside = _plain(text)
    spans = list(find_spans(text))
    if not spans or spans[0].start > 0:
        return None
    said, *others = spans
    beside = [one for one in others if not _of_a_paper(text, one)]
    beside += [one for one in find_spans(inside, said.last.year if said.last else None) if not _of_a_paper(inside, one)]
    sure = all(one.days == said.days for one in beside)
    day = _meant(said.first, said.last, periods) if sure and said.first and said.last else None
    return Spoken(day, text[said.end :], bool(_ONE_DAY.fullmatch(text[said.start : said.end].strip())))


def _meant(first: date, last: date, periods: Periods) -> date | None:
    """The period from the one day to the other; of a single day that which it closes."""
    if first == last:
        return last if periods.last(last) == last else None
    return periods.whole(first, last)


def _plain(text: str) -> tuple[str, str]:
    """The text without quotation marks, brackets and «за отчётный период» before it; what the brackets hold."""
    text = re.sub(r"[«»\"“”„]|(?<![0-9_])_+", " ", text).strip()  # but «20__ г.» is no year
    text = re.sub(r"(?<=[^\W\d_]{3})(?=[0-9])", " ", text)  # «февраль2026»
    inside = " ".join(re.findall(r"\(([^()]*)\)", text))
    return _LEADING.sub("", re.sub(r"\s*\([^()]*\)", "", text), count=1), inside


def whole_period(text: str, periods: Periods) -> date | None:
    """The last day of the one whole period that a text is and nothing besides."""
    said = spoken_period(text, periods)
    return said.day if said and said.is_bare else None


def find_spans(text: str, year: int | None = None) -> Iterator[Span]:
    """All spans in order, none within another. `year`: of those that name none."""
    at = 0
    while found := min(_found(text, at), key=lambda one: one[0].start(), default=None):
        match, read = found
        yield _span(match, read, year)
        at = match.end()


def _found(text: str, at: int) -> Iterator[tuple[re.Match[str], "_Read"]]:
    """The first of each shape; of those that begin together `min` keeps the one that stands first."""
    for pattern, read in _SHAPES:
        if match := pattern.search(text, at):
            yield match, read


def _span(match: re.Match[str], read: "_Read", year: int | None) -> Span:
    said = {name: text for name, text in match.groupdict().items() if text}
    if year:
        said.setdefault("year", str(year))
    try:
        first, last = read(said)
    except (ValueError, KeyError):  # a day that no calendar has; no year
        return Span(None, None, match.start(), match.end())
    sure = first <= last and FIRST_YEAR <= first.year <= last.year <= LAST_YEAR
    return Span(first if sure else None, last if sure else None, match.start(), match.end())


def _of_a_paper(text: str, span: Span) -> bool:
    """«приказ от 15.12.2025»"""
    return re.search(r"(?<![^\W_])от\s*$", text[: span.start]) is not None


# ── what each shape says ─────────────────────────────────────────────────────────────────────────────────────────────
_Said = dict[str, str]
_Read = Callable[[_Said], tuple[date, date]]


def _year(text: str) -> int:
    year = int(re.findall("[0-9]+", text)[0])
    return year if year > 99 else 2000 + year


def _days(said: _Said) -> tuple[date, date]:
    """What the first day leaves out is that of the second."""
    last = _parts(said["to"])
    first = _parts(said["from"])
    return date(*(first + last[len(first) :])[::-1]), date(*last[::-1])


def _day(said: _Said) -> tuple[date, date]:
    day = date(*_parts(said["day"])[::-1])
    return day, day


def _parts(text: str) -> tuple[int, ...]:
    """Day, month, year, as many as are written."""
    parts = [int(digits) for digits in re.findall("[0-9]+", text)]
    if month := month_named(text):
        parts.insert(1, month)
    if parts[0] > 31:
        parts.reverse()
    return tuple(part + 2000 if index == 2 and part < 100 else part for index, part in enumerate(parts))


def _months(said: _Said) -> tuple[date, date]:
    first, last = month_named(said["first"]) or 0, month_named(said["last"]) or 0
    year = _year(said["year"])
    return date(_year(said.get("first_year", said["year"])), first, 1), last_of_month(year, last)


def _listed(said: _Said) -> tuple[date, date]:
    """«январь, февраль, март 2026»: one after the other."""
    months = [month_named(word) or 0 for word in re.split(r",|\sи\s", said["listed"])]
    if months != list(range(months[0], months[0] + len(months))):
        raise ValueError
    return date(_year(said["year"]), months[0], 1), last_of_month(_year(said["year"]), months[-1])


def _month(said: _Said) -> tuple[date, date]:
    year, name = _year(said["year"]), said["month"]
    month = int(name) if name.isdigit() else month_named(name) or 0
    return date(year, month, 1), last_of_month(year, month)


def _part(months: int) -> _Read:
    """One of the equal parts of a year, so many months each."""

    def read(said: _Said) -> tuple[date, date]:
        year, number = _year(said["year"]), _number(said["number"])
        return date(year, months * (number - 1) + 1, 1), last_of_month(year, months * number)

    return read


def _from_new_year(said: _Said) -> tuple[date, date]:
    year = _year(said["year"])
    return date(year, 1, 1), last_of_month(year, int(said["number"]))


def _whole_year(said: _Said) -> tuple[date, date]:
    return date(_year(said["year"]), 1, 1), date(_year(said["year"]), 12, 31)


def _iso_week(said: _Said) -> tuple[date, date]:
    monday = date.fromisocalendar(_year(said["year"]), int(said["number"]), 1)
    return monday, monday + timedelta(days=6)


def _unknown(said: _Said) -> tuple[date, date]:
    """A span that is no period of any form: a school year, a week by its number in words."""
    raise ValueError


def _number(text: str) -> int:
    """Of a quarter: «II», «2-й», «второй»; Roman figures are often typed in Cyrillic letters."""
    if text[0].isdigit():
        return int(text[0])
    word = text.casefold()
    for number, stem in enumerate(("перв", "втор", "трет", "четв"), start=1):
        if word.startswith(stem):
            return number
    roman = text.upper().replace("П", "II").replace("Ш", "III").replace("І", "I")
    return {"I": 1, "II": 2, "III": 3, "IV": 4}[roman]


# ── the shapes, of those that begin at one place the first ───────────────────────────────────────────────────────────
_DASH = r"\s*[-‐‑‒–—―−]\s*"
_TO = rf"(?:{_DASH}|\s+по\s+|\s+до\s+)"
_YEAR_WORD = r"(?:года?|г)(?![^\W_])\.?"
_FULL_YEAR = r"(?<![0-9.,/№])(?:19|20)[0-9]{2}(?![0-9]|[.,/][0-9])"
_YEAR = rf"(?:{_FULL_YEAR}(?:\s*{_YEAR_WORD})?|(?<![0-9])[0-9]{{2}}\s*{_YEAR_WORD})"
_SOME_DAY = r"(?:[12][0-9]|3[01]|0?[1-9])(?![0-9])"
_QUOTED_DAY = rf"[«\"“„]?\s*{_SOME_DAY}\s*[»\"”“]?"
_SHORT_DAY = rf"(?<![0-9.,/])(?:{_SOME_DAY}\.(?:1[0-2]|0?[1-9])(?![0-9])\.?|{_QUOTED_DAY}\s*{MONTH})"
_FULL_DAY = (
    rf"(?<![0-9.,/])(?:[0-9]{{1,2}}[./][0-9]{{1,2}}[./](?:[0-9]{{4}}|[0-9]{{2}})(?![0-9])(?:\s*{_YEAR_WORD})?"
    rf"|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?![0-9])|{_QUOTED_DAY}\s*{MONTH}\s*{_YEAR})"
)
_A_MONTH = rf"{MONTH}(?:\s+месяц[еау]?)?"
_NUMBER = (
    r"(?:(?:III|II|IV|I|ІІІ|ІІ|ІV|І|П|Ш)(?:-?(?:ый|ой|ий|й))?|[1-4](?:-?(?:ый|ой|ий|й|го))?"
    r"|(?:перв|втор|трет|четв[её]рт)[а-яё]+)"
)
_QUARTER = r"(?:квартал[ауе]?|кв)(?![^\W_])\.?"
_OF_YEAR = rf"(?:\s*,?\s*(?:за\s+)?(?P<year>{_YEAR}))?"
_TO_YEAR = r"\s*[-‐‑‒–—―−/]\s*(?:20)?[0-9]{2}"
_BEGIN = r"(?<![^\W_])"

_PATTERNS: tuple[tuple[str, _Read], ...] = (
    (rf"(?:{_BEGIN}с\s+)?(?P<from>{_FULL_DAY}|{_SHORT_DAY}){_TO}(?P<to>{_FULL_DAY})", _days),
    (rf"(?:{_BEGIN}с\s+)?(?<![0-9.,/])(?P<from>{_SOME_DAY}){_TO}(?P<to>{_FULL_DAY})", _days),
    (rf"(?P<day>{_FULL_DAY})", _day),
    (rf"{_BEGIN}(?P<number>{_NUMBER})\s*{_QUARTER}{_OF_YEAR}", _part(3)),
    (rf"(?P<year>{_YEAR})\s*[,-]?\s*(?P<number>{_NUMBER})\s*{_QUARTER}", _part(3)),
    (r"(?<![0-9])(?P<year>20[0-9]{2})\s*-?\s*[QКq](?P<number>[1-4])(?![0-9])", _part(3)),
    (rf"{_BEGIN}(?P<number>{_NUMBER})\s*полугоди[еяию]{_OF_YEAR}", _part(6)),
    (rf"(?<![0-9])(?P<number>[0-9]{{1,2}})\s*(?:месяц(?:а|ев)?|мес\.?)(?![^\W_]){_OF_YEAR}", _from_new_year),
    (
        rf"(?:{_BEGIN}с\s+)?{_BEGIN}(?P<first>{_A_MONTH})(?:\s*(?P<first_year>{_YEAR}))?{_TO}(?P<last>{_A_MONTH}){_OF_YEAR}",
        _months,
    ),
    (rf"{_BEGIN}(?P<listed>{_A_MONTH}(?:(?:\s*,\s*|\s+и\s+){_A_MONTH})+){_OF_YEAR}", _listed),
    (rf"{_BEGIN}(?P<month>{_A_MONTH}){_OF_YEAR}", _month),
    (r"(?<![0-9.,/])(?P<month>0[1-9]|1[0-2])\s?[./]\s?(?P<year>20[0-9]{2})(?![0-9.,/])", _month),
    (r"(?<![0-9])(?P<year>20[0-9]{2})-(?P<month>0[1-9]|1[0-2])(?![0-9-])", _month),
    (r"(?<![0-9])(?P<year>20[0-9]{2})-[WwН](?P<number>[0-5][0-9])(?![0-9])", _iso_week),
    (rf"20[0-9]{{2}}(?:{_TO_YEAR})?\s*(?:г\.|гг\.|года?)?\s*уч(?:ебн[а-яё]*|\.)(?:\s*год[а-яё]*)?", _unknown),
    (rf"20[0-9]{{2}}{_TO_YEAR}(?![0-9])", _unknown),
    (r"(?<![0-9])[0-9]{1,2}(?:-?[а-яё]{1,2})?\s+недел[а-яё]+", _unknown),
    (rf"(?P<year>{_YEAR})", _whole_year),
)  # fmt: skip
_SHAPES = tuple((re.compile(pattern, re.IGNORECASE), read) for pattern, read in _PATTERNS)
_ONE_DAY = re.compile(_FULL_DAY, re.IGNORECASE)
_LEADING = re.compile(
    r"^\s*(?:(?:за|отч[её]тн[а-яё]+|период[а-яё]*|месяц|квартал|год|недел[юяи])(?![^\W_])\s*:?\s*)*", re.IGNORECASE
)
