"""What is said to the school in its returned file, and how text gets into XML."""

import re
from collections.abc import Sequence
from datetime import date
from html import escape  # that of xml.sax imports urllib

import msgspec

from pipeline import wording
from schemas.periods import Every
from schemas.remarks import Severity
from schemas.text import clean

_LONGEST = 32_767  # characters that a cell or a comment can hold
_ERRORS = "ошибку", "ошибки", "ошибок"  # исправьте
_ANSWERS = "ответ", "ответа", "ответов"  # проверьте
_IN_ATTRIBUTE = str.maketrans({"\n": "&#10;", "\r": "&#13;", "\t": "&#9;", '"': "&quot;"})
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class Shown(msgspec.Struct, frozen=True):
    """A remark in words. `item`: the form's number or `problem.3`, blank for a remark on the file or its head;
    `sheet`, `cell`: where it is in the file that goes to the school, blank where there is no such place; `written`:
    what the school wrote there; `found_in`: where it wrote that, if in another file; `follows`: what follows from it
    alone: marked in its own cell, and listed with this one; `memory`: by which an explanation of the school is known to
    belong to it, blank where none is asked for; `explained`: what the school has said to it so far."""

    severity: Severity
    item: str
    sheet: str
    cell: str
    written: str
    message: str
    todo: str
    found_in: str = ""
    follows: tuple["Shown", ...] = ()
    memory: str = ""
    explained: str = ""


class Head(msgspec.Struct, frozen=True):
    """What stands above the remarks. `school`, `as_of` blank and None where the report does not tell them; `notes`:
    sentences that belong to no remark."""

    school: str = ""
    as_of: date | None = None
    every: Every = "date"
    notes: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """«по состоянию на 30.01.2014», «за январь 2014 г.»; blank where it is not told."""
        if self.as_of is None:
            return ""
        said = wording.on(self.as_of, self.every)
        return f"по состоянию {said}" if self.every == "date" else said


def verdict(remarks: Sequence[Shown]) -> str:
    """«На доработку: исправьте 2 ошибки, проверьте 1 ответ»: is the report accepted, and what is to be done."""
    groups = [[remark for remark in remarks if remark.severity is one] for one in (Severity.ERROR, Severity.WARNING)]
    asked = [wording.lowered(to_do(group)) for group in groups if group]
    state = "На доработку" if groups[0] else "Отчёт принят"
    return f"{state}: {', '.join(asked)}" if asked else state


def to_do(remarks: Sequence[Shown]) -> str:
    """«Исправьте 2 ошибки», «Проверьте 1 ответ», «К сведению»: what a school does with remarks of one severity. Several
    on one answer ask to check one answer; those on the report as a whole are no answers."""
    match remarks[0].severity:
        case Severity.ERROR:
            return f"Исправьте {wording.count(len(remarks), _ERRORS)}"
        case Severity.WARNING if all(remark.item for remark in remarks):
            return f"Проверьте {wording.count(len({remark.item for remark in remarks}), _ANSWERS)}"
        case Severity.WARNING:
            return f"Проверьте {wording.count(len(remarks), wording.REMARK)}"
        case Severity.INFO:
            return "К сведению"


def others_accepted(remarks: Sequence[Shown]) -> str:
    """What is to be said of the answers without a remark; blank where an error is on the report as a whole."""
    errors = [remark for remark in remarks if remark.severity is Severity.ERROR]
    if not errors or not all(remark.item for remark in errors):
        return ""
    return "Ответы без замечаний приняты, их переписывать не нужно."


def item_said(item: str) -> str:
    """`14` -> «п. 14», `problem.3` -> «проблема 3»; a dash for the file itself."""
    kind, _, number = item.partition(".")
    if kind == "problem":
        return f"проблема{wording.NBSP}{number}" if number else "проблемы"
    return f"п.{wording.NBSP}{item}" if item else wording.DASH


def xml_text(text: str) -> str:
    """The text in XML, such that an office program shows it: nothing unseen, and `_x0041_` stays what it is instead of
    an `A`."""
    return escape(_ESCAPE_LIKE.sub("_x005F_", clean(text))[:_LONGEST], quote=False)


def xml_attribute(text: str) -> str:
    """The text as an attribute's value in its quotes."""
    return f'"{escape(text, quote=False).translate(_IN_ATTRIBUTE)}"'
