"""What the management has decided, as it stands on the sheet «Решения» of a summary workbook: shared by the writer of
that sheet and by its reader.

A row says what it is about in a cell of its own (`MEMORY`), so that rows may be sorted and columns moved. No pandas:
workers import this.
"""

import re
from datetime import date
from enum import StrEnum

import msgspec

from schemas.own_names import DECISIONS

SHEET = DECISIONS


# Headings by which the columns are found again.
SINCE, TAG, TEXT, SCHOOLS = "Свод на", "Тема", "Что требует решения", "Кого касается"
DECISION, WHO, DUE, DONE = "Решение", "Ответственный", "Срок исполнения", "Отметка об исполнении"
FATE, GAINED, MEMORY = "Что стало", "Прибавилось людей", "Служебное: не менять"
TYPED = (DECISION, WHO, DUE, DONE)  # what the office fills in
HEADINGS = (SINCE, TAG, TEXT, SCHOOLS, *TYPED, FATE, GAINED, MEMORY)
NEEDED = (DECISION, WHO, DUE, MEMORY)  # without one of them the sheet is not read

MOST = 100  # decisions of one workbook that are read
LONGEST = 500  # characters of what the office has typed into a cell

_SEAL = re.compile(r"svod (?P<form>\S+) (?P<as_of>\d{4}-\d{2}-\d{2})")


class Matter(StrEnum):
    """What a line of decision is about: by it the next months tell what became of it."""

    REGISTRY = "registry"
    PLAN = "plan"  # schools that have to catch up
    GROUPS = "groups"  # groups of schools that have to, each as a whole
    REPORTS = "reports"  # schools that have not reported
    ERRORS = "errors"
    DEADLINES = "deadlines"
    HINDERS = "hinders"
    OWN = "own"  # the office's own, about nothing that a report shows


class Concerned(msgspec.Struct, frozen=True, array_like=True):
    """A school by its code, and how many people it covered then (None: not counted); `doubted`: under question."""

    code: str
    covered: float | None = None
    doubted: bool = False


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What a row remembers of the line that was to be decided. as_of: of the summary in which it first stood; key: the
    same in all workbooks that carry the decision on; papers: of the deadlines some were of papers or measures that no
    report shows; settled: it has been shown as done already."""

    key: str
    as_of: date
    matter: Matter
    tag: str
    text: str
    schools: tuple[Concerned, ...] = ()
    papers: bool = False
    settled: bool = False


class Decided(msgspec.Struct, frozen=True):
    """A decision as the office has typed it. due: None where the cell is blank or says no one day, `due_as_typed` is
    then all that is known; done: the tick, `да`, `нет` or blank, `done_as_typed` where it is neither."""

    memory: Memory
    decision: str
    who: str = ""
    due: date | None = None
    due_as_typed: str = ""
    done: str = ""
    done_as_typed: str = ""


class DecisionsRead(msgspec.Struct, frozen=True):
    """The decisions of one summary workbook of that date."""

    as_of: date
    decisions: tuple[Decided, ...] = ()


def seal(form: str, as_of: date) -> str:
    """The text over the column `MEMORY`, by which a workbook is known as a summary of that form and date."""
    return f"svod {form} {as_of.isoformat()}"


def sealed(text: str, form: str) -> date | None:
    """The date of the summary whose seal that is; None where it is none, or of another form."""
    found = _SEAL.fullmatch(text)
    if found is None or found["form"] != form:
        return None
    try:
        return date.fromisoformat(found["as_of"])
    except ValueError:
        return None


def remembered(memory: Memory) -> str:
    """As text for a cell."""
    return msgspec.json.encode(memory).decode()


def recalled(text: str) -> Memory | None:
    """None where the cell is blank, or is not as it was written."""
    try:
        return msgspec.json.decode(text, type=Memory)
    except (msgspec.MsgspecError, RecursionError):
        return None
