"""What the heading of a column says about the cells below it: the answer, its plan, a figure of it, another thing.

A heading is known only if every word of it is. So «Кол-во компьютеров» is no column of people.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, reduce
from typing import NamedTuple

from pipeline.reading.answers.dates import find_dates
from pipeline.reading.answers.values import read_classes
from schemas.form import Form
from schemas.likeness import is_one_of, plain
from schemas.reports import FIRST_YEAR


class Day(NamedTuple):
    """A date in a heading: day or year may be left out, «на 30 января», «март»."""

    month: int
    day: int = 0
    year: int = 0

    def __str__(self) -> str:
        return ".".join(f"{part:02d}" for part in (self.day, self.month, self.year) if part)

    def fits(self, when: date) -> bool:
        """Is it that date, as far as it goes."""
        return self.month == when.month and self.day in (0, when.day) and self.year in (0, when.year)


@dataclass(frozen=True)
class Meaning:
    """`answer`: the column is headed as the answer's. `roles`: figures of an answer that stand in it alone (`count`,
    `total`, `percent`, `classes`). `base`: whose. `grades`: of which classes. `aside`: what else stands there, `plan`,
    `unit`, `note`, or `other` (deadlines, names, figures of others): never the answer."""

    answer: bool = False
    fact: bool = False
    roles: frozenset[str] = frozenset()
    base: str = ""
    grades: str = ""
    day: Day | None = None
    aside: str = ""

    @property
    def role(self) -> str:
        """The one figure that stands in the column; blank where an answer stands there as a whole."""
        return next(iter(self.roles)) if len(self.roles) == 1 else ""

    @property
    def candidate(self) -> bool:
        """May an answer, or one of its figures, stand there?"""
        return not self.aside and bool(self.answer or self.fact or self.roles or self.base or self.grades)

    def under(self, above: "Meaning") -> "Meaning":
        """The meaning of a heading below another one."""
        return Meaning(
            self.answer or above.answer,
            self.fact or above.fact,
            self.roles or above.roles,
            self.base or above.base,
            self.grades or above.grades,
            self.day or above.day,
            self.aside or above.aside,
        )


# First words of headings that are never the answer's, whatever follows: «Срок исполнения», «Среднее по району».
_OTHER = re.compile(
    "срок|ответств|исполнител|фамили|фио|ф и о|должност|средн|район|муницип|город|предыд|прошл|прежн|было$|ранее"
    "|основан|источник|контакт|тел|подпис|дата|норматив|подтвержд"
)
_NOTE = re.compile("примеч|коммент|замеч|поясн|дополнит|заметк|отметки")
_UNIT = re.compile("(?:ед|единиц[аы])(?: (?:изм|измерения|измер))?$|изм$")
_PLAN = re.compile("по плану|план(?!а$|у$)|заплан|целев|цель$|необходимо$|должно|норма$")
_FACT = re.compile("факт|достигн")
_ANSWER = re.compile("выполн|исполн|результат|итог(?:и|о)?$|ответ$")
_FILLER = re.compile(
    "(?:на|по|за|в|о|об|от|и|из|к|с|г|года?|году|отметка|информация|отч[её]т|хода?|сведения|значение|показатель|плану?"
    "|состоянию|кол|во|число|численность|охват|том|числе|школ[аеы]|уч|учебный|пед|законн.*|представител.*|работник.*)$"
)
_ROLES = {
    "count": re.compile("чел(?:овек|овека)?$|количество$|кол$|колво$|численность$"),
    "percent": re.compile("процент(?:ов|а|ы|е|ах)?$|доля$|проц$"),
    "total": re.compile("всего$|общее$|общая$"),
    "classes": re.compile("класс(?:ы|ов|ах)?$|кл$|параллел"),
}
_BASE_STEMS = ("педагог", "учител", "родител", "обучающ", "учащ", "учени")
_DAYS = 31
_NAMED_DAY = re.compile(r"(?:(\d{1,2})\W+)?\b([а-яё]{3,})\b(?:\s+(20\d\d)\s*(?:г(?:ода|\.)?)?)?")
_MONTHS = ("январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")


@lru_cache(maxsize=4096)
def meaning_of(text: str, form: Form) -> Meaning | None:
    """What a heading says; None where a word of it is not known."""
    words = plain(text)
    if not words and "%" not in text:
        return None
    if aside := _aside(words):
        return Meaning(aside=aside)
    if is_one_of(text, form.recognise.answer):
        return Meaning(answer=True)
    if re.search(r"\d\s*(?:[-–—]\s*\d+\s*)?\W*(?:кл|паралл)", text.casefold()) and (classes := read_classes(text)):
        return Meaning(grades=classes)
    day, rest = _take_day(text)
    known, roles = Meaning(day=day), set[str]()
    for word in plain(rest).split():
        found = _meaning_of_word(word, form)
        if found is None:
            return None
        roles |= found.roles
        known = found.under(known)
    known = replace(known, roles=_roles(roles, rest))
    return known if known != Meaning() else None


def _roles(words: set[str], text: str) -> frozenset[str]:
    """«Всего, чел.» is a whole, «Кол-во, %» a share, «чел. / %» an answer of two figures."""
    people = "чел" in text.casefold()
    if "%" in text:
        words = (words if people else words - {"count"}) | {"percent"}
    return frozenset(words - {"count"} if "total" in words else words)


def meaning_of_path(texts: list[str], form: Form) -> Meaning | None:
    """The meaning of headings one under the other, from the top; a word that is not known adds nothing."""
    known = [meaning for text in texts if (meaning := meaning_of(text, form))]
    return reduce(lambda above, below: below.under(above), known) if known else None


def _aside(words: str) -> str:
    for kind, pattern in (("other", _OTHER), ("note", _NOTE), ("unit", _UNIT), ("plan", _PLAN)):
        if pattern.match(words):
            return kind
    later = [word for word in words.split() if _PLAN.match(word)]
    return "plan" if later else ""


def _meaning_of_word(word: str, form: Form) -> Meaning | None:
    for role, pattern in _ROLES.items():
        if pattern.match(word):
            return Meaning(roles=frozenset({role}))
    if _FACT.match(word):
        return Meaning(fact=True)
    if _ANSWER.match(word):
        return Meaning(answer=True)
    if word.startswith(_BASE_STEMS) and (base := _base(word, form)):
        return Meaning(base=base)
    return Meaning() if _FILLER.match(word) else None


def _base(word: str, form: Form) -> str:
    """The whole whose people are called so; pupils are «обучающиеся», «учащиеся» and «ученики»."""
    stem = word[:5]
    named = {"обуча": "учени", "учащи": "учени", "педаг": "учите", "учите": "учите"}.get(stem, stem)
    found = [base.id for base in form.bases if any(people.startswith((named, stem)) for people in base.people)]
    return min(found, key=lambda base: len(form.wholes_of(base)), default="")


def _take_day(text: str) -> tuple[Day | None, str]:
    """The one date in a heading, and the heading without it."""
    for written in find_dates(text, FIRST_YEAR):
        if written.day:
            return Day(written.day.month, written.day.day, written.day.year), _cut(text, written.start, written.end)
    short = re.search(r"(?<!\d)(\d{1,2})[./](\d{1,2})(?!\d)\.?", text)
    if short and 1 <= int(short[1]) <= _DAYS and 1 <= int(short[2]) <= len(_MONTHS):
        return Day(int(short[2]), int(short[1])), _cut(text, short.start(), short.end())
    for named in _NAMED_DAY.finditer(text.casefold()):
        if month := next((i for i, stem in enumerate(_MONTHS, 1) if _is_month(named[2], stem)), 0):
            return Day(month, int(named[1] or 0), int(named[3] or 0)), _cut(text, named.start(), named.end())
    return None, text


def _is_month(word: str, stem: str) -> bool:
    return word.startswith(stem) and len(word) <= len(stem) + 2 and (stem != "ма" or word in ("май", "мая"))


def _cut(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}"
