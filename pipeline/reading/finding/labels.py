"""What the words of a row say against its being all of its item: a part of the people, another day, several items.

Only what is certain is told: one phrase that says so, beside words that the form itself uses. What else a school writes
there («включая филиал», «план – 100 %», «на семинаре 12.12.2013») says nothing against its answer.
"""

import re
from datetime import date

from pipeline.reading.answers.dates import Written, find_dates
from pipeline.reading.answers.grades import ALL, take_classes
from pipeline.reading.answers.tokens import tokenize
from pipeline.reading.remembering import once_a_form
from schemas.form import Form, Item
from schemas.grades import grades_of
from schemas.likeness import plain, stems

_LONGEST = 400  # characters of a label that are searched
_LONGEST_NUMBER = 40  # characters
_FIRST_YEAR = 2000  # of a date that a label may name
# Phrases in plain words. A level is all of a school that has no other grades.
_LEVELS = (
    (re.compile(r"\b(?:(?:начальных|младших) классов|начальн(?:ой|ая) школ[ыа]|первоклассников)\b"), range(1, 5)),
    (re.compile(r"\b(?:(?:старших|выпускных) классов|старш(?:ей|ая) школ[ыа]|выпускников)\b"), range(10, 12)),
)
_PART = re.compile(r"\b(?:филиала?|(?:корпуса?|здани[ея]) \d+)\b|\b(?:кроме|за исключением|за вычетом) .+")
_OTHERS = re.compile(r"\b(?:отказ(?:ы|ов)?|остальны[ех])\b")
_DENIED = re.compile(
    r"\bне ?(?:(?:охвачен|ознакомлен|обучен|активирован|зарегистрирован)(?:о|ы|ны[ех])|(?:работающи|получивши)[ех])\b"
)
_ON = re.compile(r"(\(\s*)?(?:по состоянию\s+)?\bна\s+$", re.IGNORECASE)
_BEHIND_DAY = re.compile(r"\s*(?:г(?:ода|\.)?)?\s*(\)?)[\s.:;,]*")
_SAYS_NOTHING = frozenset(("чел", "человек", "количество", "число", "доля", "процент", "охват"))
_NUMBER = r"\d{1,2}(?:\.\d{1,2})?"
_NUMBERS = re.compile(rf"\W*{_NUMBER}\.?\)?(?:\s*(?:[-–—,;и/]|по|до)\s*{_NUMBER}\.?\)?)+\W*")


def is_worded_otherwise(item: Item, words: str) -> bool:
    """May the words of a row say something against its item: only of a share of people, and not in the form's words."""
    return item.measured and words not in item.wordings and len(words) <= _LONGEST


@once_a_form(maxsize=1_024)
def speaks_of_another(form: Form, number: str, words: str, as_of: date | None) -> bool:
    """Do the words of a row deny what its item asks for, or name another day than the report's? `as_of`: of a state on
    a day."""
    known, said = _Known(form.item(number), form), plain(words)
    others = _OTHERS.search(said)
    if known.denies(said) or (others and known.holds_all_but(said, others)):
        return True
    return as_of is not None and _is_of_another_day(words, as_of)


@once_a_form(maxsize=1_024)
def speaks_of_a_part(form: Form, number: str, words: str, whole: range) -> bool:
    """Do the words of a row narrow what its item asks for? `whole`: all grades of the school."""
    if "+" in words:  # «школа + филиал»
        return False
    known, said, grades = _Known(form.item(number), form), plain(words), frozenset(whole)
    narrowing = [_PART.search(said)]
    narrowing += [level.search(said) for level, of_level in _LEVELS if not grades <= frozenset(of_level)]
    if any(phrase and known.holds_all_but(said, phrase) for phrase in narrowing):
        return True
    classes, unreadable, rest = take_classes(tokenize(words), bare=False)
    if not classes or classes == ALL or unreadable or form.item(number).classes:
        return False
    return not grades <= grades_of(classes) and known.holds(plain(" ".join(token.text for token in rest)))


class _Known:
    """The words that the form uses of an item, of its group and its people."""

    def __init__(self, item: Item, form: Form) -> None:
        near = [one for one in form.items if one is item or (item.parent and item.parent in (one.number, one.parent))]
        said = [part for one in near for part in (*one.wordings, one.hint, one.short, one.about)]
        if item.base:
            said += [form.base(item.base).label, *form.base(item.base).people]
        own = plain(" ".join(said))
        self.words, self.beginnings = frozenset(own.split()) | _SAYS_NOTHING, stems(own)

    def holds(self, said: str) -> bool:
        return all(word in self.words or stems(word) & self.beginnings for word in said.split())

    def holds_all_but(self, said: str, phrase: re.Match[str]) -> bool:
        return not self.holds(phrase[0]) and self.holds(f"{said[: phrase.start()]} {said[phrase.end() :]}")

    def denies(self, said: str) -> bool:
        """«не работающих» right behind the item's own words, which do not say «работающих» themselves."""
        phrase = _DENIED.search(said)
        if phrase is None or "не" in self.words:
            return False
        before, word = said[: phrase.start()], phrase[0].removeprefix("не").strip()
        return self.holds(before) and word[:-2] not in before


def _is_of_another_day(words: str, as_of: date) -> bool:
    dates = [written for written in find_dates(words, _FIRST_YEAR) if written.day]
    return all(written.day != as_of for written in dates) and any(_is_of_all(words, written) for written in dates)


def _is_of_all(words: str, day: Written) -> bool:
    """«на 30.01.2014» at the end of the words, or alone in brackets."""
    on, behind = _ON.search(words[: day.start]), _BEHIND_DAY.match(words, day.end)
    if on is None or behind is None:
        return False
    return behind[1] == ")" if on[1] else not behind[1] and behind.end() == len(words)


# ── several items ────────────────────────────────────────────────────────────────────────────────────────────


def items_between(form: Form, number: str) -> tuple[Item, ...]:
    """The items of shares of people that a number like «6.1–6.3» or «6.1., 6.2» names; none of any other."""
    if len(number) > _LONGEST_NUMBER or not _NUMBERS.fullmatch(number):
        return ()
    named = [form.numbered(one) for one in re.findall(_NUMBER, number)]
    if len(named) < 2 or None in named:
        return ()
    places = [form.items.index(item) for item in named if item]
    is_span = len(named) == 2 and not re.search(r"[,;и/]", number)
    found = form.items[places[0] : places[1] + 1] if is_span else tuple(item for item in named if item)
    measured = tuple(item for item in found if item.measured)
    return measured if len(measured) > 1 else ()


def named_beside(form: Form, item: Item, words: str) -> tuple[Item, ...]:
    """The items of the same group that the words name beside the item, in a list of people and nothing else:
    «педагогические работники, родители …, обучающиеся»."""
    return _named_beside(form, item.number, words) if item.parent and is_worded_otherwise(item, words) else ()


@once_a_form(maxsize=1_024)
def _named_beside(form: Form, number: str, words: str) -> tuple[Item, ...]:
    group = form.item(number).parent
    named = {plain(words): one for one in form.items if one.parent == group and one.measured for words in one.wordings}
    listed = [part for part in map(plain, re.split(r"[,;\n]|\bи\b", words)) if part]
    if not all(part in named for part in listed):
        return ()
    found = {named[part].number: named[part] for part in listed}
    return tuple(one for one in found.values() if one.number != number)
