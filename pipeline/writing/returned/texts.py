"""What is said to the school in its returned file, and how text gets into XML."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline import wording
from schemas.remarks import Severity
from schemas.text import clean

_LONGEST = 32_767  # characters that a cell or a comment can hold
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Shown:
    """A remark in words. `item`: the form's number or `problem.3`, blank for a remark on the file or its head;
    `sheet`, `cell`: where it is in the file that goes to the school, blank where there is no such place; `written`:
    what the school wrote there; `found_in`: where it wrote that, if in another file; `follows`: what follows from it
    alone: marked in its own cell, and listed with this one."""

    severity: Severity
    item: str
    sheet: str
    cell: str
    written: str
    message: str
    todo: str
    found_in: str = ""
    follows: tuple["Shown", ...] = ()


@dataclass(frozen=True)
class Head:
    """What stands above the remarks. `school`, `as_of` blank and None where the report does not tell them; `notes`:
    sentences that belong to no remark."""

    school: str = ""
    as_of: date | None = None
    notes: tuple[str, ...] = ()


def verdict(remarks: Sequence[Shown]) -> str:
    """One sentence or two: is the report accepted, what is to be done with how many answers."""
    errors = sum(remark.severity is Severity.ERROR for remark in remarks)
    warnings = sum(remark.severity is Severity.WARNING for remark in remarks)
    check = f"проверьте{wording.NBSP}— {warnings}" if warnings else ""
    if not errors:
        return f"Отчёт принят; {check}." if check else "Отчёт принят."
    asked = ", ".join(filter(None, [f"исправьте ошибок{wording.NBSP}— {errors}", check]))
    said = f"Отчёт возвращён на доработку: {asked}."
    whole = any(remark.severity is Severity.ERROR and not remark.item for remark in remarks)
    return said if whole else f"{said} Ответы без замечаний приняты, их переписывать не нужно."


def item_said(item: str) -> str:
    """`14` -> «п. 14», `problem.3` -> «проблема 3»; a dash for the file itself."""
    kind, _, number = item.partition(".")
    if kind == "problem":
        return f"проблема{wording.NBSP}{number}" if number else "проблемы"
    return f"п.{wording.NBSP}{item}" if item else wording.DASH


def xml_text(text: str) -> str:
    """The text as an office program shows it: nothing unseen, and `_x0041_` stays what it is instead of an `A`."""
    return _ESCAPE_LIKE.sub("_x005F_", clean(text))[:_LONGEST]
