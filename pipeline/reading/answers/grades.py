"""Which classes an answer is about: «1–4 кл.», «с 5 по 11 класс», «(5-9, 11)», «все классы».

Numbers of classes are taken out of the tokens here, before figures are looked for among the rest: so neither can be
read as the other.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from pipeline.reading.answers.dates import LONGEST
from pipeline.reading.answers.tokens import ASIDE, DASHES, NOTHING, Token, tokenize
from pipeline.reading.answers.vocabulary import is_unit
from schemas.grades import normal_form

ALL = "все"  # the whole school; which grades that are depends on the school
_LAST_GRADE = 11

_CLASS_WORD = re.compile("кл|класс(?:ы|а|ов|ах|ам|ами|е|у|ом)?|паралл?ел[а-я]+|звен[а-я]+")
_ADJECTIVE = re.compile("(?:начальн|средн|старш|младш|выпускн|профильн|остальн|некотор|отдельн|коррекц)[а-я]*")
# «средняя школа» may be grades 5–9, 10–11 or the whole school.
_PART = re.compile("(начальн|основн|старш|средн)(?:ая|ой|ую|яя|ей|юю)")
_GRADES_OF_PART = {"начальн": (1, 2, 3, 4), "основн": (5, 6, 7, 8, 9), "старш": (10, 11)}
_PRIMARY = re.compile("начальн(?:ые|ых|ым|ыми|ого|ое)")
_ALL_OF = ("все", "всех", "всем", "всеми")
_WHOLE, _SCHOOL = ("вся", "всей", "всю"), ("школа", "школе", "школы", "школу")
_EXCEPT = ("кроме", "исключая", "исключением", "без")
_FROM, _TO = ("с", "от"), ("по", "до")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11}
_CYRILLIC_IN_ROMAN = str.maketrans("хі", "xi")


class Classes(NamedTuple):
    """`classes`: normal form (`5-9, 11`), ALL, or blank. `unreadable`: some are named, but which ones is unclear.
    `rest`: the tokens without those that name classes."""

    classes: str
    unreadable: bool
    rest: list[Token]


class Named(NamedTuple):
    """tokens[start:end] name these grades; none where they name ALL, or say nothing readable."""

    start: int
    end: int
    grades: tuple[int, ...] = ()
    everyone: bool = False
    unreadable: bool = False


class _Run(NamedTuple):
    """tokens[start:end] are grades side by side, in `parts` single grades and ranges."""

    start: int
    end: int
    grades: tuple[int, ...]
    parts: int
    has_range: bool


def take_classes(tokens: list[Token], *, bare: bool) -> Classes:
    """The classes that the tokens name. `bare`: also without the word «классы», as in `87 % (5-9)`."""
    found = named_classes(tokens) or (_bare(tokens) if bare else [])
    grades = {grade for named in found for grade in named.grades}
    everyone = any(named.everyone for named in found)
    unreadable = any(named.unreadable for named in found)
    classes = "" if unreadable else normal_form(grades) if grades else ALL if everyone else ""
    return Classes(classes, unreadable, _without(tokens, found))


def named_classes(tokens: list[Token]) -> list[Named]:
    """Where the tokens name classes with the word for them, from left to right."""
    found: list[Named] = []
    for at, token in enumerate(tokens):
        end = found[-1].end if found else 0
        if at >= end and token.kind == "word" and _may_name(token.text) and (named := _named_at(tokens, at, end)):
            found.append(named)
    return found


@lru_cache(maxsize=4_096)  # cells beside figures: most schools have the same classes
def read_classes(text: str) -> str | None:
    """What a text that names classes and nothing else says: `5-9, 11`, ALL; None where it cannot be read."""
    tokens = tokenize(text) if len(text) <= LONGEST else []
    if [token.text for token in tokens] in ([ALL], ["вся", "школа"]):
        return ALL
    run = _run_from(tokens, 0)
    if run and run.end == len(tokens):
        return normal_form(run.grades)
    classes, unreadable, rest = take_classes(tokens, bare=False)
    return classes if classes and not unreadable and all(t in (ASIDE, Token("mark", ".")) for t in rest) else None


def _named_at(tokens: list[Token], at: int, first: int) -> Named | None:
    """What the word at `at` names with its neighbours from `first` on; None if it is no word for classes."""
    word = tokens[at].text
    if word in _WHOLE and _at(tokens, at + 1).text in _SCHOOL:
        return Named(at, at + 2, everyone=True)
    if part := _part_of_school(tokens, at):
        return part
    if not _CLASS_WORD.fullmatch(word):
        return None
    named = _named_before(tokens, at, first) or _named_after(tokens, at) or _unclear_before(tokens, at, first)
    return _with_exception(tokens, _with_whole(tokens, named or Named(at, at + 1), first))


@lru_cache(maxsize=4_096)  # words beside figures: nearly all of them are none of these
def _may_name(word: str) -> bool:
    return word in _WHOLE or bool(_PART.fullmatch(word) or _CLASS_WORD.fullmatch(word))


def _part_of_school(tokens: list[Token], at: int) -> Named | None:
    """«начальная школа»; but «основная школа № 11» is a school's name."""
    part = _PART.fullmatch(tokens[at].text)
    if part is None or _at(tokens, at + 1).text not in _SCHOOL or _at(tokens, at + 2).kind == "aside":
        return None
    grades = _GRADES_OF_PART.get(part[1], ())
    return Named(at, at + 2, grades, unreadable=not grades)


def _named_before(tokens: list[Token], at: int, first: int) -> Named | None:
    """«5–9 и 11 кл.», «все классы»."""
    if at > first and tokens[at - 1].text in _ALL_OF:
        return Named(at - 1, at + 1, everyone=True)
    runs = (_run_from(tokens, start) for start in range(first, at))
    run = next((run for run in runs if run and run.end == at), None)
    if run is None:
        return None
    start, end = _unclear_from(tokens, run.start), _unclear_to(tokens, at + 1)
    unclear = (start, end) != (run.start, at + 1) or _is_number_of_classes(tokens[run.start], run, tokens[at].text)
    return Named(start, end, () if unclear else run.grades, unreadable=unclear)


def _named_after(tokens: list[Token], at: int) -> Named | None:
    """«классы: 5–9, 11»."""
    start = at + 1
    while _at(tokens, start).is_mark(f".:({DASHES}"):
        start += 1
    run = _run_from(tokens, start)
    if run is None:
        return None
    end = _unclear_to(tokens, run.end)
    return Named(at, end, () if end > run.end else run.grades, unreadable=end > run.end)


def _unclear_before(tokens: list[Token], at: int, first: int) -> Named | None:
    """«22 класса», «12 кл.», «старшие классы»: something is said of classes, but not which."""
    if at == first:
        return None
    if _PRIMARY.fullmatch(tokens[at - 1].text):
        return Named(at - 1, at + 1, _GRADES_OF_PART["начальн"])
    if _ADJECTIVE.fullmatch(tokens[at - 1].text):
        return Named(at - 1, at + 1, unreadable=True)
    start = at
    while start > first and tokens[start - 1].kind == "number":
        start -= 1 + (start - 2 > first and tokens[start - 2].is_mark(DASHES))
    return Named(start, at + 1, unreadable=True) if start < at else None


def _with_whole(tokens: list[Token], named: Named, first: int) -> Named:
    """«12 из 14 классов», «12 классов из 14»: both numbers count classes."""
    start, end = named.start, named.end
    if start - 2 >= first and tokens[start - 1].text == "из" and tokens[start - 2].kind == "number":
        start -= 2
    whole, unit = _at(tokens, end + 1), _at(tokens, end + 2)
    counts_people = unit.kind == "word" and is_unit(unit.text)
    if _at(tokens, end).text == "из" and whole.kind == "number" and not counts_people:
        end += 2
    return named if (start, end) == named[:2] else Named(start, end, unreadable=True)


def _with_exception(tokens: list[Token], named: Named) -> Named:
    """«1–4 кл. кроме 1б» names classes that cannot be put into numbers of grades."""
    at = next((i for i in range(named.end, min(named.end + 4, len(tokens))) if tokens[i].text in _EXCEPT), None)
    if at is None:
        return named
    run = _run_from(tokens, at + 1)
    end = run.end if run else at + 1
    end += bool(_CLASS_WORD.fullmatch(_at(tokens, end).text))
    return named._replace(end=end, unreadable=True)


def _bare(tokens: list[Token]) -> list[Named]:
    """Grades without the word: in brackets of their own beside a figure; a range or three of them beside a percent."""
    has_percent = any(token.is_mark("%") for token in tokens)
    for start in range(len(tokens)):
        run = _run_from(tokens, start)
        if run is None or (run.parts < 2 and not run.has_range):
            continue
        before, after = _at(tokens, start - 1), _at(tokens, run.end)
        beside_figure = any(t.kind == "number" for t in tokens[:start] + tokens[run.end :])
        enclosed = before.is_mark("(") and after.is_mark(")")
        alone = (run.has_range or run.parts > 2) and before.kind != "number" and not after.is_mark("/")
        if beside_figure and (enclosed or (has_percent and alone and not before.is_mark(f"/{DASHES}"))):
            return [Named(start, run.end, run.grades)]
    return []


def _run_from(tokens: list[Token], start: int) -> _Run | None:
    """The longest rising run of grades that begins at `start`: «с 5 по 9, 10 и 11»."""
    opened = _at(tokens, start).text in _FROM
    at = start + opened
    grades: list[int] = []
    parts, end, has_range = 0, at, False
    while (grade := _grade(tokens, at)) and (not grades or grade > grades[-1] or _same_grade(tokens, at, grades)):
        last = _grade(tokens, at + 2) if _at(tokens, at + 1).is_mark(DASHES) or _at(tokens, at + 1).text in _TO else 0
        is_range = last > grade
        if opened and not parts and not is_range:
            return None
        grades += range(grade, last + 1) if is_range else [grade]
        parts, end, has_range = parts + 1, at + (3 if is_range else 1), has_range or is_range
        at = _after_separator(tokens, end)
    return _Run(start, end, tuple(grades), parts, has_range) if grades else None


def _grade(tokens: list[Token], at: int) -> int:
    """The grade that the token is, 0 if it is none; a number with a unit of its own is none, nor is «8 из 12»."""
    grade = _said_by(_at(tokens, at))
    if not grade:
        return 0
    unit = _at(tokens, at + 1)
    if unit.is_mark("%") or (unit.kind == "word" and is_unit(unit.text)):
        return 0
    is_whole = _at(tokens, at - 1).text == "из" and _at(tokens, at - 2).kind == "number"
    return 0 if is_whole or (unit.text == "из" and _at(tokens, at + 2).kind == "number") else grade


def _said_by(token: Token) -> int:
    if token.kind == "number":
        return int(token.value) if token.text.isdigit() and 1 <= token.value <= _LAST_GRADE else 0
    if token.kind == "grade":
        return int(token.value)
    return _ROMAN.get(token.text.translate(_CYRILLIC_IN_ROMAN), 0) if token.kind == "word" else 0


def _same_grade(tokens: list[Token], at: int, grades: list[int]) -> bool:
    """5а, 5б: another class of the same grade."""
    return tokens[at].kind == "grade" and int(tokens[at].value) == grades[-1]


def _after_separator(tokens: list[Token], at: int) -> int:
    at += _at(tokens, at).is_mark(",;")
    return at + (_at(tokens, at).text == "и")


def _is_number_of_classes(token: Token, run: _Run, word: str) -> bool:
    """«5 классов», «3 класса»: how many they are, or may be, not which."""
    if run.parts > 1 or run.has_range or token.kind != "number":
        return False
    return word == "классов" or (word == "класса" and 2 <= token.value <= 4)


def _unclear_from(tokens: list[Token], start: int) -> int:
    """Where something begins that makes the run at `start` unclear; `start` itself where nothing does.

    «с 5 класса», «до 4 класса»: the other end is not said. «0-4 кл.»: a glued dash makes one of both numbers.
    «10, 5-9 кл.»: a figure or a class out of order.
    """
    before = _at(tokens, start - 1)
    if before.text in (*_FROM, "до", "начиная"):
        return start - 1
    if before.is_mark(DASHES) and not before.gap and not tokens[start].gap and _at(tokens, start - 2).kind == "number":
        return start - 2
    parted = before.is_mark(f",;{DASHES}") or before.text == "и"
    return start - 2 if parted and start >= 2 and _grade(tokens, start - 2) else start


def _unclear_to(tokens: list[Token], end: int) -> int:
    """Where numbers end that may be classes or a figure, right after what ends at `end`: «5-9 классы, 11»."""
    at = end
    while _at(tokens, at).is_mark(f".,;:{DASHES}") or _at(tokens, at).text == "и":
        at += 1
    run = _run_from(tokens, at)
    return end if run is None or _CLASS_WORD.fullmatch(_at(tokens, run.end).text) else run.end


def _without(tokens: list[Token], found: Iterable[Named]) -> list[Token]:
    rest: list[Token] = []
    end = 0
    for named in sorted(found):
        rest += [*tokens[end : named.start], ASIDE]
        end = named.end
    return rest + tokens[end:]


def _at(tokens: list[Token], at: int) -> Token:
    return tokens[at] if 0 <= at < len(tokens) else NOTHING
