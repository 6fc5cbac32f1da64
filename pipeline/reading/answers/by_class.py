"""An answer given class by class: «5 кл. – 50 %, 6 кл. – 70 %», «12 из 24 (5 кл.), 20 из 25 (6 кл.)».

Each part is read as an answer of its own. A figure for all of them follows only where each part says of how many its
people are; shares of classes whose sizes are not known are never added, nor averaged.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipeline.reading.answers.grades import Named, named_classes
from pipeline.reading.answers.pieces import Figure, People
from pipeline.reading.answers.shares import Coverage, Refusal, settle, stated_in
from pipeline.reading.answers.tokens import ASIDE, DASHES, Token, tokenize
from schemas.grades import normal_form

_SLIP = 1e-6  # percentage points that binary fractions may add
_CLASSES = ("кл", "школ", "звен", "парал")
_LETTER = re.compile(r"([0-9]+)\W*([а-я])\W*", re.IGNORECASE)
_GRADE = re.compile("[0-9]+")
_ENDS = DASHES + "/()[],;:.«»\"'"  # marks that may stand before the first and after the last part


class Part(NamedTuple):
    """`classes`: as written where they have letters (`5а, 5б`), else their normal form (`5-9`). `units`: the grades or
    the lettered classes one by one."""

    classes: str
    units: frozenset[str]
    grades: tuple[int, ...]
    figures: Coverage

    @property
    def words(self) -> str:
        """«5 кл. — 12 из 24 (50 %)», «5-9 кл. — 12 чел.»."""
        count, total, percent = self.figures.count, self.figures.total, self.figures.percent
        people = f"{_said(count)} из {_said(total)}" if count and total else f"{_said(count)} чел." if count else ""
        share = f"{_said(percent)} %" if percent else ""
        of_all = f" от {_said(total)} чел." if total and not count else ""
        figures = f"{people} ({share})" if people and share else people or share + of_all
        return f"{self.classes} кл. — {figures}"


@lru_cache(maxsize=8192)
def read_by_class(text: str, people: People) -> tuple[Part, ...]:
    """The parts of an answer in their order, two at least; none where a part of it cannot be read, or where all that
    is said is one and the same share: that holds of all these classes together."""
    if sum(map(text.casefold().count, _CLASSES)) < 2:
        return ()
    tokens = tokenize(text)
    named = named_classes(tokens)
    if len(named) < 2 or any(one.unreadable or not one.grades for one in named):
        return ()
    read = [_part(tokens, one, rest, people) for one, rest in zip(named, _between(tokens, named), strict=False)]
    parts = tuple(part for part in read if part)
    return () if len(parts) < len(named) or _is_one_share(parts) else parts


def together(parts: tuple[Part, ...]) -> tuple[Coverage, str] | None:
    """The people of all parts, covered and in all, and the classes that they are; None where sizes are not known,
    where a class is told twice, or where a part contradicts itself: a sum would hide that."""
    units = [unit for part in parts for unit in part.units]
    whole_grades = {unit for unit in units if unit.isdigit()}
    within = any(_GRADE.match(unit)[0] in whole_grades for unit in units if not unit.isdigit())  # type: ignore[index]
    if within or len(set(units)) < len(units) or not all(_is_sound(part.figures) for part in parts):
        return None
    count = sum(part.figures.count.value for part in parts if part.figures.count)
    total = sum(part.figures.total.value for part in parts if part.figures.total)
    return Coverage(Figure(count), Figure(total)), normal_form(grade for part in parts for grade in part.grades)


def _between(tokens: list[Token], named: list[Named]) -> list[list[Token]]:
    """The tokens that belong to each of the named classes: those behind it, or those before it where figures come
    first. Classes themselves are aside."""
    first, last = named[0], named[-1]
    before, behind = tokens[: first.start], tokens[last.end :]
    gaps = [tokens[one.end : after.start] for one, after in pairwise(named)]
    if any(token.kind == "number" for token in before):
        return [before, *gaps] if all(token.is_mark(_ENDS) for token in behind) else []
    return [[*before, ASIDE, *gaps[0]], *gaps[1:], behind]


def _part(tokens: list[Token], named: Named, rest: list[Token], people: People) -> Part | None:
    """None where the rest is no figure of these classes alone. A number needs its unit here: it may be a class."""
    units = _units(tokens[named.start : named.end], named)
    stated = stated_in(rest, people)
    if not units or isinstance(stated, Refusal) or (stated.bare and stated.known.total is None):
        return None
    found = settle(stated, "people", None)
    if isinstance(found, Refusal):
        return None
    lettered = not all(unit.isdigit() for unit in units)
    classes = ", ".join(units) if lettered else normal_form(named.grades)
    return Part(classes, frozenset(units), named.grades, found)


def _units(tokens: list[Token], named: Named) -> list[str]:
    """«5», «6» of «5–6 кл.», «5а», «5б» of «5а, 5б кл.»; none of what is both, or a range of lettered classes."""
    letters = [m for token in tokens if token.kind == "grade" and (m := _LETTER.fullmatch(token.text))]
    lettered = [f"{m[1]}{m[2].casefold()}" for m in letters if not set(m[0]) & set(DASHES)]
    if not lettered:
        return [str(grade) for grade in dict.fromkeys(named.grades)]
    return lettered if len(lettered) == len(named.grades) else []


def _is_one_share(parts: tuple[Part, ...]) -> bool:
    shares = {part.figures.percent.value for part in parts if part.figures.percent}
    return len(shares) == 1 and not any(part.figures.count or part.figures.total for part in parts)


def _is_sound(figures: Coverage) -> bool:
    """People of a whole, as many as can be, and their share where one is stated."""
    count, total, percent = figures.count, figures.total, figures.percent
    if count is None or total is None or not 0 <= count.value <= total.value or not total.value:
        return False
    return percent is None or abs(100 * count.value / total.value - percent.value) <= percent.half + _SLIP


def _said(figure: Figure | None) -> str:
    return f"{figure.value:.10g}".replace(".", ",") if figure else ""
