"""What an answer says in figures: people covered, people in all, percent.

Four steps: tokens to pieces (a number and its unit are one); what makes them unreadable (a range, a bound, a letter for
a digit, a word that is not understood); what each number is by the words beside it; and, for numbers without unit or
word, the one role in which they agree with the rest or with the base. `docs/reading.md` shows the grammar by examples.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import lru_cache
from itertools import permutations
from typing import Literal, NamedTuple

from pipeline.reading.answers.grades import take_classes
from pipeline.reading.answers.tokens import DASHES, Token, tokenize
from pipeline.reading.answers.vocabulary import Sense, kind_of_people, sense

Asks = Literal["people", "percent"]
Unit = Literal["", "people", "other people", "percent"]

_PEOPLE_FROM = 100  # a bare number above it cannot be a percent
_FINEST = 10  # decimals: a percent with more of them was computed, not rounded by a person
_SLIP = 1e-6  # what binary fractions may add, in people or percentage points
_HARMLESS_MARKS = DASHES + "/()[],;:.=|\"«»„“”'’*&•!…%"
_APART = DASHES + "/()[]=|"  # marks between two figures, so that the first does not run on into the second
_FORMAT_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]')
_LIKE_DIGITS = frozenset("зоoliі")


class Figure(NamedTuple):
    """`half`: half a unit of the last digit written; 0 for an exact number."""

    value: float
    half: float = 0.0

    def share(self) -> "Figure":
        """The number as a share of 1, in percent: 0.29 -> 29. The whole of 1 is exact."""
        return Figure(float(Decimal(repr(self.value)) * 100), 0.0 if self.value == 1 else self.half * 100)


@dataclass(frozen=True)
class Coverage:
    """The figures of one answer; `percent` in 0–100."""

    count: Figure | None = None
    total: Figure | None = None
    percent: Figure | None = None


ROLES = tuple(role.name for role in fields(Coverage))


class Refusal(NamedTuple):
    """Why an answer has no figures: the code of a remark and the figures of its message."""

    code: str
    data: tuple[tuple[str, str | float], ...] = ()


class People(NamedTuple):
    """`words`: the form's own words for people, lower case. `kind`: whom the item counts, as `kind_of_people` says."""

    words: frozenset[str]
    kind: str


class Stated(NamedTuple):
    """What signs and words say. `bare`: numbers that have neither. `apart`: marks stand between the figures.
    `unsure`: a bare one stands where people in all are as likely as people covered."""

    known: Coverage
    bare: tuple[Figure, ...]
    apart: bool
    unsure: bool


class Reading(NamedTuple):
    """A text as far as it can be read without the base."""

    stated: Stated | Refusal
    classes: str = ""
    classes_unreadable: bool = False


class _Piece(NamedTuple):
    """A number with its unit, a word with its sense, or a mark (its first character)."""

    kind: Literal["number", "word", "mark", "aside", "broken"]
    text: str
    gap: str
    sense: Sense | None = None
    figure: Figure = Figure(0)
    unit: Unit = ""
    grouped: bool = False


_NOTHING = _Piece("aside", "", "")


@lru_cache(maxsize=8192)
def read_text(text: str, asks: Asks, people: People) -> Reading:
    """The figures and classes of a text."""
    classes, unreadable, tokens = take_classes(tokenize(text), bare=asks == "percent")
    if letter := _letter_for_digit(tokens):
        return Reading(Refusal("NUM-LETTER", (("letter", letter),)), classes, unreadable)
    pieces = list(_pieces(tokens, people))
    code = _unreadable(pieces)
    return Reading(Refusal(code) if code else _stated(pieces), classes, unreadable)


def read_number(value: float, number_format: str | None) -> Stated:
    """The number of a cell, with the unit that its format shows: `0%` makes it a share of 1, `0" чел."` people."""
    shown = _FORMAT_LITERAL.sub("", number_format or "")
    written = "".join("".join(literals) for literals in _FORMAT_LITERAL.findall(number_format or ""))
    figure = _exact(value)
    if "%" in shown:
        return _only(Coverage(percent=_exact(figure.share().value)))
    if "%" in written:
        return _only(Coverage(percent=figure))
    if "чел" in written.casefold():
        return _only(Coverage(count=figure))
    return Stated(Coverage(), (figure,), apart=False, unsure=False)


def settle(stated: Stated, asks: Asks, base: float | None) -> Coverage | Refusal:
    """The figures of the answer, each in its role. `base`: the known whole, people."""
    known, bare = stated.known, stated.bare
    if not bare:
        found: Coverage | Refusal = known
    elif len(bare) == 1 and known == Coverage() and not stated.unsure:
        found = _bare_number(bare[0], asks, base)
    elif len(bare) == 1 and _is_count(stated, asks, base):
        found = replace(known, count=bare[0])
    else:
        found = _consistent(stated, base)
    if isinstance(found, Refusal):
        return found
    if any(people and not people.value.is_integer() for people in (found.count, found.total)):
        return Refusal("NUM-NOT-WHOLE")
    return Refusal("NUM-UNCLEAR") if found.total and not (found.count or found.percent) else found


def _only(known: Coverage) -> Stated:
    return Stated(known, (), apart=False, unsure=False)


def _exact(value: float) -> Figure:
    """A float with as many decimals as it needs."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return Figure(value, _half_unit(-exponent if isinstance(exponent, int) else 0))


def _bare_number(figure: Figure, asks: Asks, base: float | None) -> Coverage | Refusal:
    """A number that stands alone, without a unit (domain.md, «Numbers»)."""
    value = figure.value
    if 0 < value < 1 or (value == 1 and asks == "percent"):
        return _share_or_percent(figure, base)
    if asks == "percent":
        return Coverage(percent=figure) if value <= _PEOPLE_FROM else Refusal("NUM-UNCLEAR")
    are_people = value.is_integer() and (value <= 0 or value > _PEOPLE_FROM)
    return Coverage(count=figure) if are_people else Refusal("NUM-UNCLEAR")


def _half_unit(decimals: int) -> float:
    """Half a unit of the last digit written; a number with more decimals than people write is exact."""
    return 0.5 * 10.0 ** -max(decimals, 0) if decimals <= _FINEST else 0.0


# ── tokens to pieces ─────────────────────────────────────────────────────────────────────────────────────────


def _letter_for_digit(tokens: list[Token]) -> str:
    """The letter that stands in a number (`З0`, `5б`, `ЗО %`), blank if none does."""
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        spelt = token.kind == "word" and after and after.is_mark("%") and set(token.text) <= _LIKE_DIGITS
        spoilt = token.kind == "spoilt_number" or (token.kind == "grade" and not set(token.text) & set(DASHES))
        if spelt or spoilt:
            return next(character for character in token.text if character.isalpha())
    return ""


def _pieces(tokens: list[Token], people: People) -> Iterator[_Piece]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        match token.kind:
            case "number":
                unit, at = _unit(tokens, at, people)
                figure = Figure(token.value, _half_unit(token.decimals))
                yield _Piece("number", token.text, token.gap, None, figure, unit, token.grouped)
            case "word":
                yield _Piece("word", token.text, token.gap, sense(token.text, people.words))
            case "mark":
                yield _Piece("mark", token.text[0], token.gap)
            case "aside":
                yield _Piece("aside", token.text, token.gap)
            case _:
                yield _Piece("broken", token.text, token.gap)


def _unit(tokens: list[Token], at: int, people: People) -> tuple[Unit, int]:
    """The unit that begins at `at`, with where it ends: `%`, «чел.», «(чел.)», «законных представителей»."""
    bracketed = at < len(tokens) and tokens[at].is_mark("(")
    end = at + bracketed
    while end < len(tokens) and tokens[end].kind == "word" and sense(tokens[end].text, people.words) == "adjective":
        end += 1
    closed = end + 1 < len(tokens) and tokens[end + 1].is_mark(")")
    if end == len(tokens) or (bracketed and not closed):
        return "", at
    return (unit, end + 1 + bracketed) if (unit := _unit_of(tokens[end], people)) else ("", at)


def _unit_of(token: Token, people: People) -> Unit:
    if token.is_mark("%"):
        return "percent"
    said = sense(token.text, people.words) if token.kind == "word" else None
    if said == "people":
        others = people.kind and kind_of_people(token.text) not in ("", people.kind)
        return "other people" if others else "people"
    return "percent" if said == "percent" else ""


# ── what makes them unreadable ───────────────────────────────────────────────────────────────────────────────


def _unreadable(pieces: list[_Piece]) -> str:
    """The code of the gravest remark against reading the pieces, blank if there is none."""
    if any(p.sense == "about" or (p.kind == "mark" and p.text in "~≈≃≅±?") for p in pieces):
        return "NUM-ABOUT"
    around = list(zip([_NOTHING, *pieces], pieces, [*pieces[1:], _NOTHING], strict=False))
    if any(_is_range(*three) for three in around):
        return "NUM-RANGE"
    if any(_is_bound(piece, after) for _, piece, after in around):
        return "NUM-BOUND"
    if not any(p.kind in ("number", "broken") for p in pieces):
        return "NUM-NONE"
    if any(_is_not_understood(piece, after) for _, piece, after in around):
        return "NUM-SEVERAL"
    return ""


def _is_range(first: _Piece, link: _Piece, second: _Piece) -> bool:
    """«80–85 %», «80 до 85»; but «245 – 87 %» are two figures."""
    if not first.kind == second.kind == "number":
        return False
    if link.text in ("до", "по"):
        return True
    a, b = first.figure.value, second.figure.value
    if link.kind != "mark" or link.text not in DASHES + ".…" or a == b == 0:
        return False
    match first.unit, second.unit:
        case "", "percent":
            return a <= _PEOPLE_FROM or a < b
        case "percent", "":
            return a < b <= _PEOPLE_FROM
        case ("people", "percent" | "") | ("percent", "people"):
            return False
    return a < b


def _is_bound(piece: _Piece, after: _Piece) -> bool:
    """«более 50», «до 50 %», «от 50 %», «50+»."""
    return (
        piece.sense == "bound"
        or (piece.kind == "mark" and piece.text in "<>≤≥")
        or (piece.kind == "mark" and piece.text == "+" and after.kind != "number")
        or (piece.sense == "upto" and after.kind == "number")
        or (piece.text == "от" and after.unit == "percent")
    )


def _is_not_understood(piece: _Piece, after: _Piece) -> bool:
    match piece.kind:
        case "mark":
            return piece.text not in _HARMLESS_MARKS
        case "number":  # `1 240 %`: two numbers or one? «2 собраниях», pupils instead of parents: others are counted
            two_or_one = piece.grouped and piece.unit == "percent"
            return two_or_one or piece.unit == "other people" or (not piece.unit and after.sense == "noun")
        case "word":
            return piece.sense in ("unknown", "upto")
    return piece.kind == "broken"


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


def _stated(pieces: list[_Piece]) -> Stated | Refusal:
    found = _gather(pieces)
    if found.whole and (found.counts or found.bare or found.totals):
        found.totals += found.whole
    elif found.whole:
        found.bare, found.unsure = found.whole, True
    roles = [list({f.value: f for f in figures}.values()) for figures in (found.counts, found.totals, found.percents)]
    if any(len(figures) > 1 for figures in roles) or len(found.bare) > len(ROLES):
        return Refusal("NUM-SEVERAL")
    known = Coverage(*(figures[0] if figures else None for figures in roles))
    numbers = [at for at, piece in enumerate(pieces) if piece.kind == "number"]
    between = pieces[numbers[0] + 1 : numbers[-1] + 1]
    apart = any((p.kind == "mark" and p.text in _APART) or "\n" in p.gap for p in between)
    return Stated(known, tuple(found.bare), apart, found.unsure)


def _gather(pieces: list[_Piece]) -> _Gathered:
    """A word like «из», «всего», or a `%` before its number, speaks for the next number."""
    found = _Gathered()
    marker = ""
    for piece, after in zip(pieces, [*pieces[1:], _NOTHING], strict=True):
        if marker in ("all_of", "whole") and (piece.text in (",", ";") or piece.kind == "aside" or "\n" in piece.gap):
            marker = ""
        if piece.text == "(" and marker in ("all_of", "whole"):
            marker = "unsure"
        elif piece.text == "%" or piece.sense == "percent":
            marker = "percent"
        elif piece.sense == "all_of":
            marker = "" if after.text in ("них", "которых") else "all_of"
        elif piece.sense == "whole" and not marker:
            marker = "whole"
        elif piece.sense == "done" and marker == "whole":
            marker = ""
        elif piece.kind == "number":
            _put(found, piece, marker)
            marker = ""
    return found


def _put(found: _Gathered, number: _Piece, marker: str) -> None:
    if number.unit == "percent" or (marker == "percent" and not number.unit):
        found.percents.append(number.figure)
    elif marker == "all_of":
        found.totals.append(number.figure)
    elif marker == "whole":
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
    if stated.known.count or stated.unsure:
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
        for figures in _as_people_or_percent(dict(zip(roles, stated.bare, strict=True)))
        if _agree(candidate := replace(stated.known, **figures), base, in_order=roles == ("count", "total"))
    }
    if len(found) == 1:
        return found.pop()
    if len(stated.bare) == 1 and 0 < stated.bare[0].value < 1:
        return _undecided(stated.bare[0])
    return Refusal("NUM-UNCLEAR")


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
