"""What a live hint of the standard form is made of: questions and texts as Excel computes them, each with what it is
when the form is handed out. Functions of Excel 2007 alone."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pipeline.wording import NBSP, plural
from pipeline.writing.pages.theme import Mark

DONE = f"{Mark.ON_PLAN} заполнено"
NOT_A_NUMBER = f"{Mark.BELOW} нужно число, без слов"
NO_ANSWER = " \xa0_.…-–—"  # a cell with nothing but these is blank to the pipeline too

_CELL_ERROR = f"{Mark.BELOW} исправьте ошибку в ячейке"
_PIECE = 120  # characters of one literal; Excel takes 255, doubled quotes among them
_MOST = 20_000  # people of a school


class Cell(NamedTuple):
    """A cell of the form (a range, an expression), and what is there when the form is handed out."""

    ref: str
    value: str | float | date | None = None

    @property
    def text(self) -> str:
        return "" if self.value is None else f"{self.value:.15g}" if isinstance(self.value, float) else str(self.value)

    @property
    def number(self) -> float | None:
        return self.value if isinstance(self.value, float) else None


class Condition(NamedTuple):
    """A question as Excel asks it, and whether it holds when the form is handed out."""

    excel: str
    holds: bool


class Hint(NamedTuple):
    """A text as Excel makes it, and as it is when the form is handed out. `longest`: of all that it may become, for
    which its row needs room."""

    excel: str
    text: str
    longest: str

    @property
    def formula(self) -> str:
        """For the cell; an answer that is itself an error (#REF!) is said, not passed on."""
        return f"=IFERROR({self.excel},{literal(_CELL_ERROR)})"


Case = tuple[Condition, Hint]


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────
def blank(cell: Cell) -> Condition:
    return Condition(f'{stripped(cell.ref)}=""', not cell.text.strip(NO_ANSWER))


def all_blank(area: Cell) -> Condition:
    """Of a whole range; its `value` is all that stands in it."""
    return Condition(f"SUMPRODUCT(LEN({stripped(area.ref)}))=0", not area.text.strip(NO_ANSWER))


def stripped(ref: str) -> str:
    for character in NO_ANSWER:
        ref = f'SUBSTITUTE({ref},"{character}","")'
    return ref


def one_of(cell: Cell, words: tuple[str, ...]) -> Condition:
    said = cell.text.strip().casefold()
    return Condition(
        f"ISNUMBER(MATCH(TRIM({cell.ref}),{array(words)},0))", any(said == word.casefold() for word in words)
    )


def has_any(cell: Cell, parts: tuple[str, ...]) -> Condition:
    """Does one of the parts stand in the text."""
    said = cell.text.casefold()
    return Condition(
        f"SUMPRODUCT(--ISNUMBER(SEARCH({array(parts)},{cell.ref})))>0", any(part in said for part in parts)
    )


def not_a_number(cell: Cell) -> Condition:
    """To be asked before any comparison: in Excel text is greater than any number."""
    return Condition(f"NOT(ISNUMBER({cell.ref}))", cell.number is None)


def both(first: Condition, second: Condition) -> Condition:
    return Condition(f"AND({first.excel},{second.excel})", first.holds and second.holds)


def either(first: Condition, second: Condition) -> Condition:
    return Condition(f"OR({first.excel},{second.excel})", first.holds or second.holds)


def how_many(hints: str, shown: Sequence[str], beginnings: tuple[str, ...]) -> Hint:
    """How many hints begin so."""
    begun = array(tuple(f"{beginning}*" for beginning in beginnings))
    return whole_number(f"SUMPRODUCT(COUNTIF({hints},{begun}))", sum(hint.startswith(beginnings) for hint in shown))


def is_none(counted: Hint) -> Condition:
    return Condition(f"{counted.excel}=0", counted.text == "0")


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────
def choose(*cases: Case, otherwise: Hint) -> Hint:
    """The hint of the first case that holds."""
    excel = otherwise.excel
    for condition, hint in reversed(cases):
        excel = f"IF({condition.excel},{hint.excel},{excel})"
    text = next((hint.text for condition, hint in cases if condition.holds), otherwise.text)
    longest = max((hint.longest for hint in (*(hint for _, hint in cases), otherwise)), key=len)
    return Hint(excel, text, longest)


def say(text: str) -> Hint:
    return Hint(literal(text), text, text)


def whole_number(excel: str, number: int) -> Hint:
    return Hint(excel, str(number), "0" * len(str(_MOST)))


def with_noun(number: Hint, one: str, few: str, many: str) -> Hint:
    """«1 ответ», «2 ответа», «5 ответов», «11 ответов», «21 ответ»."""
    n = number.excel
    by_last_digit = f"INDEX({array((many, one, *[few] * 3, *[many] * 5))},1+MOD({n},10))"
    excel = f'{n}&"{NBSP}"&IF(AND(MOD({n},100)>10,MOD({n},100)<15),{quoted(many)},{by_last_digit})'
    said = f"{number.text}{NBSP}{plural(int(number.text), one, few, many)}"
    return Hint(excel, said, f"{number.longest}{NBSP}{max(one, few, many, key=len)}")


def join(*parts: Hint) -> Hint:
    excel = "&".join(part.excel for part in parts)
    return Hint(excel, "".join(part.text for part in parts), "".join(part.longest for part in parts))


def noted(hint: str, note: str) -> str:
    return f"{hint}\n{note}" if note else hint


def literal(text: str) -> str:
    """The text in a formula; a line break is no part of a literal."""
    return "&CHAR(10)&".join(quoted(line) for line in text.split("\n"))


def quoted(line: str) -> str:
    pieces = [line[at : at + _PIECE] for at in range(0, len(line), _PIECE)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def array(words: tuple[str, ...]) -> str:
    return "{" + ",".join(quoted(word) for word in words) + "}"
