"""The tokens of an answer as pieces: a number with its unit, a word with its sense, a mark."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from pipeline.reading.answers.tokens import DASHES, Token
from pipeline.reading.answers.vocabulary import Own, Sense, is_abbreviated, is_any_people, kinds_of_people, sense

Unit = Literal["", "people", "other people", "able", "percent"]

_FINEST = 10  # decimals: a percent with more of them was computed, not rounded by a person
_LIKE_DIGITS = frozenset("зоoliі")


class Figure(NamedTuple):
    """`half`: half a unit of the last digit written; 0 for an exact number."""

    value: float
    half: float = 0.0

    def share(self) -> "Figure":
        """The number as a share of 1, in percent: 0.29 -> 29. The whole of 1 is exact."""
        return Figure(float(Decimal(repr(self.value)) * 100), 0.0 if self.value == 1 else self.half * 100)


class People(NamedTuple):
    """`own`: the form's words about the item. `kind`: whom the item counts, as `kinds_of_people` says. `at_work`: it
    asks who of them works (in a system), as `is_at_work` tells."""

    own: Own
    kind: str
    at_work: bool = False


class Piece(msgspec.Struct, frozen=True):
    """A number with its unit, a word with its sense, or a mark (its first character).

    `counted`: the word that makes people of a number. Its unit is `able` where they are those who could be covered
    («190 имеющих возможность»), not those who were.
    """

    kind: Literal["number", "word", "mark", "aside", "broken"]
    text: str
    gap: str
    sense: Sense | None = None
    figure: Figure = Figure(0)
    unit: Unit = ""
    grouped: bool = False
    counted: str = ""

    @property
    def counts_people(self) -> bool:
        return self.unit in ("people", "able")


NOTHING = Piece("aside", "", "")


def half_unit(decimals: int) -> float:
    """Half a unit of the last digit written; a number with more decimals than people write is exact."""
    return 0.5 * 10.0 ** -max(decimals, 0) if decimals <= _FINEST else 0.0


def letter_for_digit(tokens: list[Token]) -> str:
    """The letter that stands in a number (`З0`, `5б`, `ЗО %`), blank if none does."""
    for behind, token in enumerate(tokens, 1):
        like_digits = token.kind == "word" and behind < len(tokens) and _LIKE_DIGITS.issuperset(token.text)
        spelt = like_digits and tokens[behind].is_mark("%")
        spoilt = token.kind == "spoilt_number" or (token.kind == "grade" and not set(token.text) & set(DASHES))
        if spelt or spoilt:
            return next(character for character in token.text if character.isalpha())
    return ""


def pieces_of(tokens: list[Token], people: People) -> Iterator[Piece]:
    """The pieces from left to right. `people`: whom the item counts."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        match token.kind:
            case "number":
                unit, counted, at = _unit(tokens, at, people)
                figure = Figure(token.value, half_unit(token.decimals))
                yield Piece("number", token.text, token.gap, None, figure, unit, token.grouped, counted)
            case "word":
                yield Piece("word", token.text, token.gap, sense(token.text, people.own))
            case "mark":
                yield Piece("mark", token.text[0], token.gap)
            case "aside":
                yield Piece("aside", token.text, token.gap)
            case _:
                yield Piece("broken", token.text, token.gap)


def _unit(tokens: list[Token], at: int, people: People) -> tuple[Unit, str, int]:
    """The unit that begins at `at`, its word, and where it ends: `%`, «чел.», «(чел.)», «пед.раб.»."""
    bracketed = at < len(tokens) and tokens[at].is_mark("(")
    end = at + bracketed
    last = ""  # «пед.»: an adjective that may stand for its people
    while end < len(tokens) and tokens[end].kind == "word" and sense(tokens[end].text, people.own) == "adjective":
        last = tokens[end].text
        end += 1
        if end + 1 < len(tokens) and tokens[end].is_mark(".") and tokens[end + 1].kind == "word":
            end += 1
    if last == "пед" and not _word_follows(tokens, end):
        end -= 1
    if end == len(tokens) or not (unit := _unit_of(tokens, end, people)):
        return "", "", at
    after = end + 1
    if bracketed:  # «(чел)», «(чел.)»
        after += after < len(tokens) and tokens[after].is_mark(".")
        if after == len(tokens) or not tokens[after].is_mark(")"):
            return "", "", at
        after += 1
    return unit, tokens[end].text, after


def _unit_of(tokens: list[Token], at: int, people: People) -> Unit:
    token = tokens[at]
    if token.is_mark("%"):
        return "percent"
    if token.kind != "word":
        return ""
    said = "people" if token.text == "пед" else sense(token.text, people.own)
    if said == "people":
        if token.text not in people.own.people and is_abbreviated(token.text) and _is_cut_off(tokens, at + 1, people):
            return ""
        if token.text.startswith("имеющ") and at + 1 < len(tokens) and tokens[at + 1].text.startswith("возможност"):
            return "able"
        kinds = () if is_any_people(token.text) else kinds_of_people(token.text)
        return "other people" if people.kind and kinds and people.kind not in kinds else "people"
    return "percent" if said == "percent" else ""


def _is_cut_off(tokens: list[Token], at: int, people: People) -> bool:
    """Is the abbreviation before `at` the beginning of what another noun names: «род. собраниях», «уч. год»."""
    if not _word_follows(tokens, at):
        return False
    at += tokens[at].is_mark(".")
    word = tokens[at].text
    return word.startswith("год") or sense(word, people.own) in ("noun", "adjective", "unknown", "left out")


def _word_follows(tokens: list[Token], at: int) -> bool:
    at += at < len(tokens) and tokens[at].is_mark(".")
    return at < len(tokens) and tokens[at].kind == "word"
