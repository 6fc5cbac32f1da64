"""What an answer says in figures: people covered, people in all, percent.

Three steps from the pieces of an answer: what makes them unreadable (a range, a bound, a letter for a digit, a word
that is not understood); what each number is by the words beside it; and, for numbers without unit or word, the one role
in which they agree with the rest or with the base. `docs/reading.md` shows the grammar by examples.
"""

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import permutations
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from pipeline.reading.answers.grades import take_classes
from pipeline.reading.answers.pieces import NOTHING, Figure, People, Piece, half_unit, letter_for_digit, pieces_of
from pipeline.reading.answers.tokens import DASHES, Token, tokenize
from pipeline.reading.answers.vocabulary import (
    is_any_people,
    is_at_work,
    is_hours_too,
    kinds_of_people,
    speaks_of_hours,
)
from schemas.meaning import changes_meaning, narrows

Asks = Literal["people", "percent"]

_PEOPLE_FROM = 100  # a bare number above it cannot be a percent
_SLIP = 1e-6  # what binary fractions may add, in people or percentage points
_HARMLESS_MARKS = DASHES + "/()[],;:.=|\"«»„“”'’*&•!…%"
_APART = DASHES + "/()[]=|"  # marks between two figures, so that the first does not run on into the second
_SEPARATES = DASHES + "(,;:."  # what an afterword may begin with
_ACTS = re.compile("(?:обучил|ознакомил|охватил|вовлек|выдал|пров[её]л)[аи]?")  # on others
_MOST_PEOPLE = 99_999  # no school has more of any
_HALF_PERCENT = 0.5  # what a percent without decimals may be rounded by
_ROUND = 5  # percent: both ends of a range are mostly multiples of it


class Coverage(msgspec.Struct, frozen=True):
    """The figures of one answer; `percent` in 0–100."""

    count: Figure | None = None
    total: Figure | None = None
    percent: Figure | None = None


ROLES = Coverage.__struct_fields__


class Refusal(NamedTuple):
    """Why an answer has no figures: the code of a remark and the figures of its message."""

    code: str
    data: tuple[tuple[str, str | float], ...] = ()


class Stated(NamedTuple):
    """What signs and words say. `bare`: numbers that have neither. `apart`: marks stand between the figures.

    `unsure`: a bare one stands where people in all are as likely as people covered. `bracketed`: the last bare one
    stands in brackets of its own and may be a percent. `to_prove`: the code of the remark, unless the figures bear one
    another out: they may also be a range, or others of whom the second is a part. `doubted`: words say that they are of
    a part or of others, unless the base bears them out.
    """

    known: Coverage
    bare: tuple[Figure, ...]
    apart: bool = False
    unsure: bool = False
    bracketed: bool = False
    to_prove: str = ""
    doubted: bool = False


class Reading(NamedTuple):
    """A text as far as it can be read without the base."""

    stated: Stated | Refusal
    classes: str = ""
    classes_unreadable: bool = False


_NOW = re.compile(r"\b(?:в\s+настоящее|на\s+(?:настоящее|текущее|данное|сегодняшнее))\s+время\b", re.IGNORECASE)
# «245 чел.»: so the column of people of Svod's own form is said, and many an answer of the order's form; every school
# has other numbers. No grammar is needed for it, and a test holds that the grammar says the same.
_PEOPLE_ALONE = re.compile(r"(0|[1-9][0-9]{0,4}) чел\.")


@lru_cache(maxsize=8192)
def read_text(text: str, asks: Asks, people: People) -> Reading:
    """The figures and classes of a text."""
    if alone := _PEOPLE_ALONE.fullmatch(text):
        return Reading(Stated(Coverage(Figure(float(alone[1]), half_unit(0))), ()))
    return by_grammar(text, asks, people)


def by_grammar(text: str, asks: Asks, people: People) -> Reading:
    """As `read_text`, token by token."""
    classes, unreadable, tokens = take_classes(tokenize(_NOW.sub("сейчас", text)), bare=asks == "percent")
    return Reading(stated_in(tokens, people), classes, unreadable)


def stated_in(tokens: list[Token], people: People) -> Stated | Refusal:
    """What tokens without classes say in figures."""
    if letter := letter_for_digit(tokens):
        return Refusal("NUM-LETTER", (("letter", letter),))
    pieces = list(pieces_of(tokens, people))
    if code := _about_or_bound(pieces):
        return Refusal(code)
    answer = _without_afterword(pieces)
    if code := _unreadable(answer):
        return Refusal(code)
    stated = _stated(answer)
    narrowed = _is_of_a_part(pieces) or _is_narrowed(pieces[len(answer) :]) or _is_of_those_done(pieces, people)
    doubted = narrowed or _is_of_others(pieces, people.kind)
    return stated._replace(doubted=True) if doubted and not isinstance(stated, Refusal) else stated


def read_number(value: float, number_format: str | None) -> Stated:
    """The number of a cell whose format adds no words; a percent format makes it a share of 1."""
    figure = _exact(value)
    if "%" in (number_format or ""):
        return Stated(Coverage(percent=_exact(figure.share().value)), ())
    return Stated(Coverage(), (figure,))


def settle(stated: Stated, asks: Asks, base: float | None) -> Coverage | Refusal:
    """The figures of the answer, each in its role. `base`: the known whole, people."""
    known, bare = stated.known, stated.bare
    found: Coverage | Refusal
    if stated.to_prove:
        found = _proved(stated, base)
    elif not bare:
        found = known
    elif len(bare) == 1 and known == Coverage() and not stated.unsure:
        found = _bare_number(bare[0], asks, base)
    elif len(bare) == 1 and _is_count(stated, asks, base):
        found = replace(known, count=bare[0])
    else:
        found = _consistent(stated, base)
    if isinstance(found, Refusal):
        return found
    if stated.doubted and not _is_of_all(found, base):
        return Refusal("NUM-SEVERAL")
    if asks == "people" and not bare and _may_be_people_and_percent(found, base):
        return Refusal("NUM-UNCLEAR")
    if any(people and not people.value.is_integer() for people in (found.count, found.total)):
        return Refusal("NUM-NOT-WHOLE")
    return Refusal("NUM-UNCLEAR") if found.total and not (found.count or found.percent) else found


def _is_of_all(found: Coverage, base: float | None) -> bool:
    """Do the figures bear one another out on all of the base."""
    if not base or not (found.percent or found.total) or (found.total and found.total.value != base):
        return False
    return _agree(found, base, in_order=False)


def _may_be_people_and_percent(found: Coverage, base: float | None) -> bool:
    """«42,100%» of 42: the comma may part people from their percent. Nobody writes a whole share with three zeros."""
    if found.percent is None or found.count or found.total or not found.percent.half:
        return False
    if not 0 <= found.percent.value <= _MOST_PEOPLE:
        return False
    decimals = round(-math.log10(2 * found.percent.half))
    people = math.floor(found.percent.value)
    share = round((found.percent.value - people) * 10**decimals)
    if decimals < 2 or share > _PEOPLE_FROM or not base:
        return decimals > 2 and share == _PEOPLE_FROM
    may_be_both = people <= base and abs(100 * people / base - share) <= _HALF_PERCENT + _SLIP
    return may_be_both and not _is_whole_people(found.percent, base)


def _exact(value: float) -> Figure:
    """A float with as many decimals as it needs."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return Figure(value, half_unit(-exponent if isinstance(exponent, int) else 0))


def _bare_number(figure: Figure, asks: Asks, base: float | None) -> Coverage | Refusal:
    """A number that stands alone, without a unit (domain.md, «Numbers»)."""
    value = figure.value
    if 0 < value < 1 or (value == 1 and asks == "percent"):
        return _share_or_percent(figure, base)
    if asks == "percent":
        return Coverage(percent=figure) if value <= _PEOPLE_FROM else Refusal("NUM-UNCLEAR")
    are_people = value.is_integer() and (value <= 0 or value > _PEOPLE_FROM)
    return Coverage(count=figure) if are_people else Refusal("NUM-UNCLEAR")


# ── what makes them unreadable ───────────────────────────────────────────────────────────────────────────────


def _about_or_bound(pieces: list[Piece]) -> str:
    """The code of the remark against words and marks that spoil a figure wherever they stand."""
    if any(p.sense == "about" or (p.kind == "mark" and p.text in "~≈≃≅±?") for p in pieces):
        return "NUM-ABOUT"
    threes = list(_in_threes(pieces))
    if any(_is_range(*three) for three in threes):
        return "NUM-RANGE"
    if any(_is_bound(piece, after) for _, piece, after in threes):
        return "NUM-BOUND"
    return ""


def _unreadable(pieces: list[Piece]) -> str:
    """The code of the remark against words that are not understood, blank if there is none."""
    if not any(p.kind in ("number", "broken") for p in pieces):
        return "NUM-NONE"
    if any(_is_not_understood(piece, after) for _, piece, after in _in_threes(pieces)):
        return "NUM-SEVERAL"
    return ""


def _in_threes(pieces: list[Piece]) -> Iterator[tuple[Piece, Piece, Piece]]:
    """Each piece with the one before and the one after it."""
    return zip([NOTHING, *pieces], pieces, [*pieces[1:], NOTHING], strict=False)


def _is_range(first: Piece, link: Piece, second: Piece) -> bool:
    """«80–85 %», «80 до 85»; but «245 – 87 %» are two figures."""
    if not first.kind == second.kind == "number":
        return False
    if link.text in ("до", "по"):
        return True
    a, b = first.figure.value, second.figure.value
    if link.kind != "mark" or link.text not in DASHES + ".…" or a == b == 0:
        return False
    match first.unit, second.unit:
        case ("", "percent") | ("percent", "") if _may_be_two(first, second):
            return False
        case "", "percent":
            return a <= _PEOPLE_FROM or a < b
        case "percent", "":
            return a < b <= _PEOPLE_FROM
        case ("people" | "able", "percent" | "") | ("percent", "people" | "able"):
            return False
    return a < b


def _may_be_two(first: Piece, second: Piece) -> bool:
    """«17–71 %»: a range, or people and their percent: only the base can tell. «60–80 %» is round as a range is."""
    people, percent = (second, first) if first.unit == "percent" else (first, second)
    a, b = people.figure.value, percent.figure.value
    is_round = not a % _ROUND and not b % _ROUND and b < _PEOPLE_FROM
    return a.is_integer() and 0 < a <= _PEOPLE_FROM and not is_round


def _needs_proof(first: Piece, link: Piece, second: Piece) -> bool:
    """Is it what `_is_range` left to the base."""
    if not first.kind == second.kind == "number" or link.kind != "mark" or link.text not in DASHES + ".…":
        return False
    a, b = first.figure.value, second.figure.value
    if (first.unit, second.unit) == ("percent", ""):
        return a < b <= _PEOPLE_FROM
    return (first.unit, second.unit) == ("", "percent") and 0 < a <= _PEOPLE_FROM


def _is_bound(piece: Piece, after: Piece) -> bool:
    """«более 50», «до 50 %», «от 50 %», «50+»."""
    return (
        piece.sense == "bound"
        or (piece.kind == "mark" and piece.text in "<>≤≥")
        or (piece.kind == "mark" and piece.text == "+" and after.kind != "number")
        or (piece.sense == "upto" and after.kind == "number")
        or (piece.text == "от" and after.unit == "percent")
    )


def _is_not_understood(piece: Piece, after: Piece) -> bool:
    match piece.kind:
        case "mark":
            return piece.text not in _HARMLESS_MARKS
        case "number":  # `1 240 %`: two numbers or one? «2 собраниях», «2 пед. советах», pupils instead of parents
            two_or_one = piece.grouped and piece.unit == "percent"
            counts_others = not piece.unit and after.sense in ("noun", "people", "adjective")
            return two_or_one or piece.unit == "other people" or counts_others
        case "word":
            is_term = piece.text in ("к", "ко") and after.kind == "aside" and bool(after.text)  # «к 20 марта»
            return piece.sense in ("unknown", "left out", "upto") or is_term
    return piece.kind == "broken"


def _without_afterword(pieces: list[Piece]) -> list[Piece]:
    """The pieces without words that follow a complete answer and change nothing: «80 % (работа продолжается)»."""
    last = max((at for at, p in enumerate(pieces) if p.kind in ("number", "broken")), default=-1)
    if last < 0 or not (pieces[last].counts_people or pieces[last].unit == "percent"):
        return pieces
    unknown = next((at for at in range(last + 1, len(pieces)) if pieces[at].sense == "unknown"), len(pieces))
    starts = (at for at in range(last + 1, unknown) if _separates(pieces[at]))
    start = next(starts, unknown + 1 if unknown < len(pieces) and "\n" not in pieces[unknown].gap else unknown)
    tail = pieces[last + 1 :]
    kept = start > unknown or any(p.text and p.kind == "aside" for p in tail) or not _is_harmless(tail)
    return pieces if kept else pieces[:start]


def _separates(piece: Piece) -> bool:
    """Does the afterword begin here: with a bracket, a comma, a dash that is no hyphen, on a line of its own."""
    is_hyphen = piece.text in DASHES and not piece.gap
    return "\n" in piece.gap or (piece.kind == "mark" and piece.text in _SEPARATES and not is_hyphen)


def _is_harmless(tail: list[Piece]) -> bool:
    """Nothing in it may change the answer before it; marks are those of a sentence."""
    marks = all(piece.text in _HARMLESS_MARKS for piece in tail if piece.kind == "mark")
    return marks and not any(changes_meaning(piece.text) or piece.sense in ("upto", "left out") for piece in tail)


def _is_of_a_part(pieces: list[Piece]) -> bool:
    """Is the share said to be of a part: «от выданных логинов»."""
    parts = (pieces[at:] for at, piece in enumerate(pieces) if piece.text in ("от", "из", "среди"))
    return any(map(_is_share_of_a_part, parts))


def _is_narrowed(afterword: list[Piece]) -> bool:
    """«(выпускники)», but not «(в т. ч. выпускники)», «(включая надомников)»."""
    for before, piece, after in _in_threes(afterword):
        if piece.text == "включая" or (before.text == "в" and piece.text in ("т", "том")):
            return False
        if _narrows(piece, after):
            return True
    return False


def _narrows(piece: Piece, after: Piece) -> bool:
    """«от имеющих возможность» says of whom the share is, as the order does; the form's own words say what is asked."""
    asked = piece.sense in ("noun", "adjective", "done") or _names_the_able(piece, after)
    return piece.kind == "word" and not asked and narrows(piece.text)


def _is_share_of_a_part(pieces: list[Piece]) -> bool:
    """«от выданных логинов», «из обученных»: words for what was done, where the people in all belong. A number among
    them is itself the whole."""
    for piece in pieces[1:]:
        is_other = piece.text in ("них", "которых") or len(piece.text) <= _PREPOSITION
        if piece.kind != "word" or piece.sense in ("people", "unknown") or is_other:
            return False
        if piece.sense == "done":
            return not piece.text.endswith(("ции", "ния"))  # «из журнала регистрации»
    return False


def _is_of_those_done(pieces: list[Piece], people: People) -> bool:
    """«из 331 выданных логинов», «выдано 331, активировано 244»: people with whom something else was done, as a whole.
    «из 282 ознакомлены 245» tells of the 245, and «из 40 работающих» of all, but where the item asks who works."""
    words = {
        next((at for at in (here - 1, here + 1) if 0 <= at < len(pieces) and _is_done(pieces[at], people)), -1)
        for here, piece in enumerate(pieces)
        if piece.kind == "number" and not piece.unit
    }
    of_done = (
        number.kind == "number" and _is_done(word, people) and _OF_SUCH.search(word.text)
        for before, number, word in _in_threes(pieces)
        if before.sense == "all_of"
    )
    return len(words - {-1}) > 1 or any(of_done)


def _is_done(piece: Piece, people: People) -> bool:
    return piece.sense == "done" and (people.at_work or not is_at_work(piece.text))


_OF_SUCH = re.compile("(?:[ыи]х|ого|его|ов|ей)$")
_PREPOSITION = 2  # letters
_JOINED = frozenset(("и", ",", ";", "+", "/"))


def _is_of_others(pieces: list[Piece], kind: str) -> bool:
    """Are other people than the item's (`kind`; blank: of whatever kind) named before the first figure as those whom it
    counts: not as those who did it, nor beside the item's own, of whom 100 % holds as well."""
    numbers = [at for at, piece in enumerate(pieces) if piece.kind == "number"]
    if not kind or not numbers:
        return False
    first = numbers[0]
    told = [at for at in range(first) if pieces[at].sense == "people" and kinds_of_people(pieces[at].text)]
    others = [at for at in told if kind not in kinds_of_people(pieces[at].text) and not _are_doers(pieces[:first], at)]
    if not others:
        return False
    behind = (pieces[first].counted, *(piece.text for piece in pieces[first + 1 : first + 2]))
    if any(kind in kinds_of_people(word) for word in behind):
        return False
    joined = any(_JOINED.intersection(piece.text for piece in pieces[max(at - 1, 0) : at + 2]) for at in others)
    if joined and len(others) < len(told):
        return not all(pieces[at].unit == "percent" and pieces[at].figure.value == _PEOPLE_FROM for at in numbers)
    return joined or len(others) == len(told)


def _are_doers(pieces: list[Piece], at: int) -> bool:
    """«учителями ознакомлены», «через учеников», «педагоги обучили»."""
    by = pieces[at].text.endswith(("ми", "мися")) or (at and pieces[at - 1].text == "через")
    return bool(by) or any(_ACTS.fullmatch(piece.text) for piece in pieces[at + 1 :])


# ── what each number is by the words beside it ───────────────────────────────────────────────────────────────


class _Gathered:
    """Numbers by their roles, in the order in which they were met."""

    def __init__(self) -> None:
        self.counts: list[Figure] = []
        self.totals: list[Figure] = []
        self.percents: list[Figure] = []
        self.bare: list[Figure] = []
        self.whole: list[Figure] = []  # «всего 245»: in all, or all that were covered
        self.unsure = False
        self.part_of: list[Figure] = []  # «24 чел., из них …»: in all, if what follows bears it out
        self.other_part = False  # «… из них 20 опекунов»


def _stated(pieces: list[Piece]) -> Stated | Refusal:
    found = _gather(pieces)
    if found.whole and (found.counts or found.bare or found.totals):
        found.totals += found.whole
    elif found.whole:
        found.bare, found.unsure = found.whole, True
    found.totals += found.part_of
    roles = [list({f.value: f for f in figures}.values()) for figures in (found.counts, found.totals, found.percents)]
    if found.other_part or any(len(figures) > 1 for figures in roles) or len(found.bare) > len(ROLES):
        return Refusal("NUM-SEVERAL")
    known = Coverage(*(figures[0] if figures else None for figures in roles))
    if _may_be_hours(pieces, known):
        return Refusal("NUM-UNCLEAR")
    numbers = [at for at, piece in enumerate(pieces) if piece.kind == "number"]
    between = pieces[numbers[0] + 1 : numbers[-1] + 1]
    apart = any((p.kind == "mark" and p.text in _APART) or "\n" in p.gap for p in between)
    ranged = any(_needs_proof(*three) for three in _in_threes(pieces))
    to_prove = "NUM-RANGE" if ranged else "NUM-SEVERAL" if found.part_of else ""
    bracketed = known.percent is None and len(numbers) > 1 and _is_bracketed(pieces, numbers[-1])
    return Stated(known, tuple(found.bare), apart, found.unsure, bracketed, to_prove)


def _may_be_hours(pieces: list[Piece], known: Coverage) -> bool:
    """«обучение 72 ч.»: a number alone whose people may be hours."""
    hours = any(piece.unit == "people" and is_hours_too(piece.counted) for piece in pieces)
    alone = known.percent is None and known.total is None
    return hours and alone and any(piece.kind == "word" and speaks_of_hours(piece.text) for piece in pieces)


def _is_bracketed(pieces: list[Piece], at: int) -> bool:
    """«260 (100)»: a bare number that may be a percent, alone in its brackets."""
    before, after = pieces[at - 1], pieces[at + 1] if at + 1 < len(pieces) else NOTHING
    number = pieces[at]
    return not number.unit and number.figure.value <= _PEOPLE_FROM and (before.text, after.text) == ("(", ")")


def _gather(pieces: list[Piece]) -> _Gathered:
    """A word like «из», «всего», or a `%` before its number, speaks for the next number."""
    found = _Gathered()
    marker = ""
    for at, piece in enumerate(pieces):
        after = pieces[at + 1] if at + 1 < len(pieces) else NOTHING
        if marker in ("all_of", "whole") and (piece.text in (",", ";") or piece.kind == "aside" or "\n" in piece.gap):
            marker = ""
        if piece.text == "(" and marker in ("all_of", "whole"):
            marker = "unsure"
        elif piece.text == "%" or piece.sense == "percent":
            marker = "percent"
        elif piece.text == "из" and after.text in ("них", "которых"):
            marker = ""
            _divide(found, pieces[:at], pieces[at:])
        elif piece.sense == "all_of":
            marker = "all_of"
        elif (piece.sense == "whole" or _names_the_able(piece, after)) and not marker:
            marker = "whole"
        elif piece.sense == "done" and marker == "whole":
            marker = ""
        elif piece.kind == "number":
            _put(found, piece, marker)
            marker = ""
    return found


def _names_the_able(piece: Piece, after: Piece) -> bool:
    """«имеющих возможность - 190»: who could be covered, before their number."""
    return piece.text.startswith("имеющ") and after.text.startswith("возможност")


def _divide(found: _Gathered, before: list[Piece], after: list[Piece]) -> None:
    """«24 чел., из них 17 (71 %)»: the people before are all, if nothing says that they were covered, and of them only
    people of the same kind are told."""
    if len(found.counts) != 1 or found.totals or found.whole or found.bare or found.percents:
        return
    if any(piece.sense == "done" for piece in before) or any(_names_others(piece) for piece in after):
        found.other_part = True
    found.part_of, found.counts = found.counts, []


def _names_others(piece: Piece) -> bool:
    """«опекунов», but not «чел.»."""
    said = piece.text if piece.sense == "people" else ""
    word = piece.counted if piece.counts_people else said
    return bool(word) and not is_any_people(word)


def _put(found: _Gathered, number: Piece, marker: str) -> None:
    if number.unit == "percent" or (marker == "percent" and not number.unit):
        found.percents.append(number.figure)
    elif marker == "all_of":
        found.totals.append(number.figure)
    elif marker == "whole" or (number.unit == "able" and marker != "unsure"):
        found.whole.append(number.figure)
    elif number.unit == "people" and marker != "unsure":
        found.counts.append(number.figure)
    else:
        found.bare.append(number.figure)
        found.unsure = found.unsure or marker == "unsure"


# ── numbers without unit or word ─────────────────────────────────────────────────────────────────────────────


def _is_count(stated: Stated, asks: Asks, base: float | None) -> bool:
    """Is the one bare number, beside a known total or percent, the people covered without further proof.

    Where a percent is asked for and no base can tell, `87 / 90 %` may be two percents; they would not be written as
    `60 / 60,0 %`.
    """
    (figure,) = stated.bare
    if stated.known.count or stated.unsure or stated.bracketed:
        return False
    if stated.known.total or figure.value > _PEOPLE_FROM:
        return True
    if asks == "people":
        return stated.apart
    percent = stated.known.percent
    return base is None and stated.apart and percent is not None and percent.half < figure.half


def _consistent(stated: Stated, base: float | None) -> Coverage | Refusal:
    """The known figures with the bare ones in the only roles in which all agree."""
    free = [role for role in ROLES if getattr(stated.known, role) is None]
    found = {
        candidate
        for roles in permutations(free, len(stated.bare))
        if not stated.bracketed or roles[-1] == "percent"
        for figures in _as_people_or_percent(dict(zip(roles, stated.bare, strict=True)))
        if _agree(candidate := replace(stated.known, **figures), base, in_order=roles == ("count", "total"))
    }
    if len(found) == 1:
        return found.pop()
    if len(stated.bare) == 1 and 0 < stated.bare[0].value < 1:
        return _undecided(stated.bare[0])
    return Refusal("NUM-UNCLEAR")


def _proved(stated: Stated, base: float | None) -> Coverage | Refusal:
    """The figures where people and all of them, or the base, agree with the percent, or all of them are the base."""
    found = _consistent(stated, base)
    if isinstance(found, Refusal) or found.count is None:
        return Refusal(stated.to_prove)
    of_a_part = stated.to_prove != "NUM-RANGE"
    if of_a_part and found.total and base is not None and found.total.value != base:
        return Refusal(stated.to_prove)
    return found if found.percent or of_a_part else Refusal(stated.to_prove)


def _as_people_or_percent(figures: dict[str, Figure]) -> Iterator[dict[str, Figure]]:
    """The figures, exact where they are people; a percent in (0, 1] also as a share."""
    people = {role: Figure(figure.value) for role, figure in figures.items() if role != "percent"}
    percent = figures.get("percent")
    if percent is None:
        yield people
        return
    yield people | {"percent": percent}
    if 0 < percent.value <= 1:
        yield people | {"percent": percent.share()}


def _agree(found: Coverage, base: float | None, *, in_order: bool) -> bool:
    """Do the figures bear one another out, or does the base. `in_order`: only `245/282`, as a fraction is said."""
    count, total, percent = found.count, found.total, found.percent
    whole = total.value if total else base
    if count is None or not whole or count.value % 1 or whole % 1:
        return False
    if not 0 <= count.value <= whole:
        return False
    if percent:
        return abs(100 * count.value / whole - percent.value) <= percent.half + _SLIP
    return whole == base or (in_order and count.value > _PEOPLE_FROM)  # neither can be a percent then


def _share_or_percent(figure: Figure, base: float | None) -> Coverage | Refusal:
    """A number in (0, 1]: the reading in which it is a whole number of people of the base."""
    possible = [reading for reading in (figure, figure.share()) if base and _is_whole_people(reading, base)]
    return Coverage(percent=possible[0]) if len(possible) == 1 else _undecided(figure)


def _is_whole_people(percent: Figure, base: float) -> bool:
    least, most = ((percent.value + half) * base / 100 for half in (-percent.half, percent.half))
    return math.floor(most + _SLIP) >= math.ceil(least - _SLIP)


def _undecided(figure: Figure) -> Refusal:
    return Refusal("NUM-FRACTION", (("as_percent", figure.value), ("as_share", figure.share().value)))
