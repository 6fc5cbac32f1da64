"""What a number format adds to its number: `0" чел."` shows 24 as «24 чел.», `0" из 24"` shows 17 as «17 из 24».

ECMA-376 part 1, 18.8.31. Only what stands beside the digits is taken from the format; the digits are those of the
value, not rounded to what is shown.
"""

import operator
import re
from functools import lru_cache
from typing import NamedTuple

_DIGITS = 13  # significant: what a share times 100 adds behind them is no digit of the value
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[_*].|\[[^\]]*\]|[^;"\\_*\[])+', re.DOTALL)
_DURATION = re.compile(r"\[(?:h+|m+|s+|ч+|м+|с+)\]", re.IGNORECASE)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)\]")
_MEETS = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_PART = re.compile(
    r"""
      "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | (?P<space>[_*].) | \[[^\]]*\]
    | (?P<digits> General | [0#?](?:[0#?.,\ ]*[0#?.,])? )
    | (?P<percent> % )
    | (?P<code> [A-Za-z@]+ )                                # of dates, exponents, text
    | (?P<literal> . )
    """,
    re.VERBOSE | re.DOTALL,
)


class _Added(NamedTuple):
    """What stands before and behind the digits. `is_share`: the value is shown times 100."""

    before: str
    after: str
    is_share: bool


def shows_duration(number_format: str | None) -> bool:
    """«[h]:mm», «[мм]:сс»: hours or minutes, of more than a day."""
    return bool(number_format and "[" in number_format and _DURATION.search(number_format))


def shown_with_words(value: float, number_format: str | None) -> str:
    """The number as people see it, where its format adds words or a written % to it; blank where it does not."""
    sections = _SECTION.findall(number_format or "")
    at = _section_of(value, tuple(sections))
    added = _added(sections[at]) if sections else None
    if added is None:
        return ""
    value = abs(value) if at else value  # a section of its own for negative numbers writes their sign itself
    digits = f"{value * 100 if added.is_share else value:.{_DIGITS}g}".replace(".", ",")
    return "" if "e" in digits else f"{added.before}{digits}{added.after}"


@lru_cache(maxsize=2_048)
def shows_nothing(value: float, number_format: str | None) -> bool:
    """Is the cell blank to whoever looks at it: zero in `0%;-0%;`, what `#` rounds to zero, any number in `;;;`."""
    if not number_format:
        return False
    sections = _sections(number_format)
    section = sections[_section_of(value, tuple(sections))]
    shown = [part for part in _PART.finditer(section) if not part["space"] and part[0][0] != "["]
    return not any(_is_seen(part, value) for part in shown)


def _is_seen(part: re.Match[str], value: float) -> bool:
    if part["digits"]:
        decimals = sum(digit in "0#?" for digit in part["digits"].partition(".")[2])
        return abs(value) >= 0.5 * 10.0**-decimals or part["digits"].strip("#?, .") != ""
    return bool((part["quoted"] or part["escaped"] or part["percent"] or part["code"] or part["literal"] or "").strip())


def _sections(number_format: str) -> list[str]:
    """Also those with nothing in them."""
    found, end = [], 0
    while end <= len(number_format):
        section = _SECTION.match(number_format, end)
        found.append(section[0] if section else "")
        end += len(found[-1]) + 1
    return found


def _section_of(value: float, sections: tuple[str, ...]) -> int:
    """Positive, negative, zero in this order, or the first whose condition is met."""
    conditions = [_CONDITION.search(section) for section in sections]
    if any(conditions):
        met = (at for at, found in enumerate(conditions) if not found or _MEETS[found[1]](value, float(found[2])))
        return next(met, len(sections) - 1)
    at = 1 if value < 0 else 2 if value == 0 else 0
    return at if at < len(sections) else 0


@lru_cache(maxsize=512)
def _added(section: str) -> _Added | None:
    """None where it adds nothing that says more than the number, or is no plain number."""
    sides, is_share = [""], False
    for part in _PART.finditer(section):
        if part["code"] or (part["digits"] and len(sides) > 1):
            return None
        if part["digits"]:
            sides.append("")
            continue
        is_share = is_share or bool(part["percent"])
        said = part["quoted"] or part["escaped"] or part["percent"] or part["literal"] or ""
        sides[-1] += " " if part["space"] else said
    if len(sides) == 1:
        return None
    written = sides[0] + sides[1]
    says_more = any(letter.isalpha() for letter in written) or ("%" in written and not is_share)
    return _Added(sides[0], sides[1], is_share) if says_more else None
