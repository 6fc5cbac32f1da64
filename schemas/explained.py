"""What a school says to a remark: the cell «Пояснение школы» beside it on the sheet «Замечания» of its returned file,
shared by the writer of that sheet and by its reader, and by the registry's sheet «Исключения», where the office allows
what has been explained.

A row says what it is about in a cell of its own (`MEMORY`), so that rows may be sorted and columns moved. No pandas:
workers import this.
"""

import hashlib
from datetime import date

import msgspec

from schemas.remarks import Remark, Severity

# Headings by which the columns are found again.
WORDS, MEMORY = "Пояснение школы", "Служебное: не менять"

MOST = 300  # explanations of one workbook that are read
LONGEST = 500  # characters of what a school has typed into a cell

_WAIVER = "waiver"  # what the office says of a remark changes no figure
_DIGITS = 16  # of the digest


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """What is to be explained. `figure`: the digest of all that the remark tells, so that another figure is asked
    about anew."""

    school: str
    code: str
    item: str
    as_of: date
    figure: str


class Explanation(msgspec.Struct, frozen=True):
    """In the school's words; `sheet`, `cell`: where they stand."""

    asked: Asked
    words: str
    sheet: str = ""
    cell: str = ""


def asked(remark: Remark) -> Asked | None:
    """What a school would explain; None of a remark of no known school or date."""
    if not remark.school or remark.as_of is None:
        return None
    return Asked(remark.school, remark.code, remark.item, remark.as_of, figure_of(remark))


def asks(remark: Remark) -> bool:
    """Is the school to mend or to check something, and may explain instead?"""
    return remark.severity is not Severity.INFO and asked(remark) is not None


def figure_of(remark: Remark) -> str:
    """The same as long as the remark tells the same: what the school wrote, and all figures of the message."""
    told = [remark.value, *(f"{name}={_said(value)}" for name, value in sorted(remark.data) if name != _WAIVER)]
    return hashlib.sha256("\n".join(told).encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def _said(value: object) -> str:
    """A number as a number, whatever it has been kept as since it was read."""
    return f"{float(value):.10g}" if isinstance(value, int | float) else str(value)


def remembered(about: Asked) -> str:
    """As text for a cell."""
    return msgspec.json.encode(about).decode()


def recalled(text: str) -> Asked | None:
    """None where the cell is blank, or is not as it was written."""
    try:
        return msgspec.json.decode(text.strip(), type=Asked)
    except (msgspec.MsgspecError, RecursionError):
        return None
