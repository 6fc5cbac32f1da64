"""Units of figures as people write them, «тыс.руб», «дето-дн.», and what a figure in one is in another."""

import re
from decimal import Decimal
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from schemas.form import Asked, Form, Unit
from schemas.likeness import plain

UNKNOWN = "?"  # a unit that the form does not know
MULTIPLES = ("тыс", "млн", "милл", "млрд", "сот", "дюж", "пол", "деся")  # words that change a figure, as they begin


class NamedUnit(NamedTuple):
    """A unit in a text: its id and where it stands."""

    unit: str
    start: int
    end: int


def units_in(text: str, units: tuple[Unit, ...]) -> list[NamedUnit]:
    """All units of the form that a text names; «тыс. руб.» is one unit, not two."""
    found: list[NamedUnit] = []
    for pattern, unit in _patterns(units):
        for match in pattern.finditer(text):
            if all(match.end() <= one.start or match.start() >= one.end for one in found):
                found.append(NamedUnit(unit, match.start(), match.end()))
    return sorted(found, key=lambda one: one.start)


def factor(said: str, asked: str, form: Form) -> Decimal | None:
    """By how much a figure in one unit grows in another; None where they count different things."""
    root, made_of = _root(said, form)
    other, of_asked = _root(asked, form)
    return made_of / of_asked if root == other else None


def unit_of_heading(heading: str, asked: Asked, form: Form) -> str:
    """The unit that a heading or a wording names where the form's own names another; blank where it names none or the
    form's. UNKNOWN where words of its own stand in the place of the unit: «Всего, коп.»."""
    if not asked.unit or any(plain(heading) == plain(one) for one in asked.wordings):
        return ""
    if _is_multiplied(heading, asked, form):
        return UNKNOWN
    said = {one.unit for one in units_in(heading, form.units)}
    printed = {one.unit for words in asked.wordings for one in units_in(words, form.units)}
    if asked.unit in said:
        return "" if not said - printed - {asked.unit} else UNKNOWN
    others = said - printed
    if len(others) == 1:
        return others.pop()
    return UNKNOWN if others or (asked.unit in printed and _own_words(heading, asked, form)) else ""


def unit_alone(text: str, form: Form) -> str:
    """The unit that is all that a line says: «(тыс. руб.)», «Единица измерения: руб.»; UNKNOWN where it is none of the
    form's, blank where the line says more."""
    found = units_in(text, form.units)
    rest = text
    for one in reversed(found):
        rest = f"{rest[: one.start]} {rest[one.end :]}"
    words = _UNIT_LINE.sub("", plain(rest)).split()
    if not found:
        return UNKNOWN if words and _UNIT_LINE.match(plain(text)) else ""
    if len(found) == 1 and words in ([], ["в"]):
        return found[0].unit
    return UNKNOWN if all(word == "в" or word.startswith(MULTIPLES) for word in words) else ""


_UNIT_LINE = re.compile("^(?:единиц[аы]|ед) (?:измерения|изм)")


def _is_multiplied(heading: str, asked: Asked, form: Form) -> bool:
    """Has it a word like «млн» that belongs to none of the form's units."""
    rest = heading
    for one in units_in(heading, form.units):
        rest = rest[: one.start] + " " * (one.end - one.start) + rest[one.end :]
    printed = {word for words in asked.wordings for word in plain(words).split()}
    return any(word.startswith(MULTIPLES) and word not in printed for word in plain(rest).split())


def without_unit(heading: str, form: Form) -> str:
    """A heading as it would stand without its unit and without what is bracketed: «Всего, руб. (гр. 4)» → «Всего»."""
    text = re.sub(r"\([^)]*\)", " ", heading)
    for one in reversed(units_in(text, form.units)):
        if re.search(r"[,(/:]\s*(?:в\s+)?$", text[: one.start]):  # «Питались, чел.», never «день» of «в день»
            text = f"{text[: one.start]} {text[one.end :]}"
    return " ".join(text.split()).strip(" ,.;:/")


def _own_words(heading: str, asked: Asked, form: Form) -> list[str]:
    """Words of a heading that no wording of the form has."""
    printed = {word for words in asked.wordings for word in plain(words).split()}
    return [word for word in plain(without_unit(heading, form)).split() if word not in printed]


def _root(unit_id: str, form: Form) -> tuple[str, Decimal]:
    """The smallest unit that a unit is made of, and how many of them."""
    made_of = Decimal(1)
    for _ in form.units:  # a ring in `of` ends as well
        unit = form.unit(unit_id)
        if not unit.of:
            break
        made_of *= Decimal(repr(unit.factor))
        unit_id = unit.of
    return unit_id, made_of


@lru_cache(maxsize=64)
def _patterns(units: tuple[Unit, ...]) -> list[tuple["re.Pattern[str]", str]]:
    """The longest spelling first, so that it is not taken for a shorter one."""
    spelled = {spelling: unit.id for unit in units for spelling in (unit.short, *unit.words, *unit.spellings)}
    cases = {_in_any_case(unit): unit.id for unit in units}
    known = {_pattern(words): unit for words, unit in spelled.items()} | cases
    return [(re.compile(words, re.IGNORECASE), known[words]) for words in sorted(known, key=len, reverse=True)]


def _in_any_case(unit: Unit) -> str:
    """Its words in all cases, «в тысячах рублей», where what they have in common is long enough to be a word."""
    forms = [re.findall(r"[^\W_]+", words.casefold()) for words in unit.words]
    stems = [_begun(one) for one in zip(*forms, strict=False)] if len({len(one) for one in forms}) == 1 else []
    if not stems or any(len(stem) < _STEM for stem in stems):
        return _pattern(unit.short)
    return _bounded(r"[\s\-]+".join(rf"{re.sub('[её]', '[её]', stem)}[а-яё]{{0,3}}" for stem in stems))


def _begun(words: tuple[str, ...]) -> str:
    """With what all of them begin."""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*words, strict=False))
    return "".join(letters[0] for letters in same)


def _pattern(spelling: str) -> str:
    """Dots and spaces between its words may be left out or added."""
    words = re.findall(r"[^\W_]+|[^\w\s.\-/]", spelling.casefold())
    return _bounded(r"[\s.\-‐‑–/]*".join(re.sub("[её]", "[её]", re.escape(word)) for word in words))


def _bounded(pattern: str) -> str:
    """Letters before or behind make it another word."""
    return rf"(?<![^\W\d_]){pattern}(?![^\W_])\.?"


_STEM = 4  # letters
