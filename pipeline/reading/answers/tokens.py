"""An answer about figures, cut into tokens: numbers, words and marks. `grades` and `figures` say what they mean."""

import re
from typing import Literal

import msgspec
from msgspec.structs import replace

from pipeline.reading.answers.dates import DATE, DAY_AND_MONTH, DAYS_OR_FIGURES

DASHES = "-‐‑‒–—―−"  # hyphens, dashes and the minus sign: people type any of them for any other

Kind = Literal["number", "grade", "spoilt_number", "cut_number", "aside", "day", "word", "mark"]

_MINUS = "−"
_MOST_DIGITS = 15  # what Excel keeps of a number
_LIKE = "[ЗзЭэОоOolIiІіБбBВЧчSsZz]"  # letters that are taken for digits
_SPOILT = f"(?=[0-9]*{_LIKE})(?:[0-9]|{_LIKE})+"  # digits with such a letter among them, or such letters alone
_GRADE = "(?:1[01]|[1-9])"
_AS_BEFORE = (
    r"без\s+(?:изменени|замечани)[йя]|(?:изменени|замечани)[йя]\s+нет|нет\s+(?:изменени|замечани)[йя]|по-прежнему"
)
_CONTRACTED = r"(?<![^\W_])(?:чел|ч|уч|об|обуч|учащ|пед|преп|раб|сотр|род|родит|предст)-[а-я]{1,6}(?![^\W_])"  # уч-ся
_PATTERN = re.compile(
    rf"""
      (?P<days_or_figures> {DAYS_OR_FIGURES} )
    | (?P<aside> {DATE}                                                              # a date beside the figures
        | (?:19|20)[0-9]{{2}} (?:\s*[{DASHES}/]\s*(?:20)?[0-9]{{2}})?                   # a year, a school year
          \s*(?:уч[а-я]*\.?\s*)? г(?:г|од[а-я]*)?(?![^\W_])\.?
        | №\s*[0-9][\w/.\-]*                                                         # a document's number
        | (?<![^\W_])(?:{_AS_BEFORE})(?![^\W_]) )
    | (?P<day> {DAY_AND_MONTH} )                                                     # 12.03. or a decimal number
    | (?P<grade> {_GRADE}\s?[{DASHES}](?:го|й|ый|ого|х|ых|е|ые|м|ом|ми)(?![^\W_])     # 5-го, 11-й
        | {_GRADE}(?:[а-ежиклм]|\s?["«][а-ежиклм]["»])(?![^\W_]) )                    # 5а, 5 «А»
    | (?P<spoilt_number> (?: [0-9]+[.,]{_SPOILT} | {_SPOILT}[.,][0-9]+
        | (?={_LIKE}*[0-9]){_SPOILT}(?:[.,](?:[0-9]|{_LIKE})+)? ) (?![^\W_]) )        # З0, 8О,5
    | (?P<cut_number> (?<![^\s(/])[.,][0-9]+                                          # ,5: what stood before it is lost
        | [0-9]+(?:\.[0-9]+){{2,}} )                                                   # 12.03.54: a date or a figure
    | (?P<number> (?:20|1?[0-9])[^\S\n\t][0-9]{{3}}(?![0-9])(?:[.,][0-9]+)?           # 1 240: no school has over 20 999
        | [0-9]+(?:[.,][0-9]+)? )
    | (?P<word> {_CONTRACTED} | [^\W\d_]+ )
    | (?P<mark> \.{{2,}} | %+ | \S )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Full-width and other forms of the same sign; the form's underscores are empty space.
_SAME_SIGN = str.maketrans("０１２３４５６７８９％﹪٪／⁄∕（）：，．＝_", "0123456789%%%///():,.= ")
# «10,11 кл.»: before the word for classes a comma parts them, it is no decimal comma.
_CLASSES_IN_A_ROW = re.compile(rf"(?<![\d.,]){_GRADE}(?:,{_GRADE})+(?=\s*(?:-?[а-я]{{1,2}}\s*)?кл)", re.IGNORECASE)


class Token(msgspec.Struct, frozen=True):
    """`gap` is the white space before it. `decimals`: digits after the point. `grouped`: written as `1 240`."""

    kind: Kind
    text: str
    gap: str = ""
    value: float = 0.0
    decimals: int = 0
    grouped: bool = False

    def is_mark(self, marks: str) -> bool:
        return self.kind == "mark" and self.text[0] in marks


NOTHING = Token("mark", " ")  # stands for the token before the first and after the last
ASIDE = Token("aside", "")  # stands for what has been taken out


def tokenize(text: str) -> list[Token]:
    """The answer's tokens, words in lower case with ё as е; a minus is part of its number."""
    text = _CLASSES_IN_A_ROW.sub(lambda row: row[0].replace(",", ", "), text.translate(_SAME_SIGN))
    tokens: list[Token] = []
    end = 0
    for found in _PATTERN.finditer(text):
        tokens.append(_token(found, text[end : found.start()]))
        end = found.end()
        if tokens[-1].kind == "number" and _is_minus(tokens):
            number, minus = tokens.pop(), tokens.pop()
            tokens.append(replace(number, value=-number.value, text=f"-{number.text}", gap=minus.gap))
    kinds = [token.kind for token in tokens]
    if "day" not in kinds:
        return tokens
    return [_day_or_number(token, "number" in kinds) if token.kind == "day" else token for token in tokens]


def _day_or_number(token: Token, beside_figures: bool) -> Token:
    """«12.03.» beside figures is a day; alone it is the one figure that there is, with its full stop."""
    if beside_figures:
        return replace(token, kind="aside")
    digits = token.text.rstrip(".")
    return Token("number", digits, token.gap, float(digits), len(digits.partition(".")[2]))


def _token(found: "re.Match[str]", gap: str) -> Token:
    kind: Kind = found.lastgroup  # type: ignore[assignment]
    text = found[0]
    if kind == "word":
        return Token(kind, text.casefold().replace("ё", "е"), gap)
    if found.lastgroup == "days_or_figures":
        return Token("cut_number", text, gap)
    if kind == "grade":
        return Token(kind, text, gap, value=float(re.match("[0-9]+", text)[0]))  # type: ignore[index]
    if kind != "number":
        return Token(kind, text, gap)
    digits = "".join(text.split()).replace(",", ".")
    if len(digits) > _MOST_DIGITS:
        return Token("cut_number", text, gap)
    decimals = len(digits.partition(".")[2])
    return Token(kind, text, gap, float(digits), decimals, grouped=digits != text.replace(",", "."))


def _is_minus(tokens: list[Token]) -> bool:
    """Is the dash before the last number its minus: glued to it, with no number before that it could part it from.

    A dash with a space after it is a list's or a sentence's dash; the real minus sign is always a minus there.
    """
    if len(tokens) < 2 or not tokens[-2].is_mark(DASHES):
        return False
    before = tokens[-3] if len(tokens) > 2 else NOTHING
    glued = not tokens[-1].gap or tokens[-2].text == _MINUS
    parts_figures = any(t.kind in ("number", "grade") for t in tokens[:-2])
    after_word = before.kind == "word" and not tokens[-2].gap
    return glued and not after_word and (before.is_mark("(:=/") or not parts_figures)
