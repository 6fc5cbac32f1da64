"""What the management has decided, read from the sheet «Решения» of a summary workbook that has come back."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from msgspec import structs

from pipeline.reading.answers.dates import find_dates, read_date
from pipeline.reading.answers.values import as_text, is_blank
from pipeline.reading.answers.yes_no import read_yes_no
from pipeline.reading.opening.book import Book, Cell, Sheet
from schemas.decided import (
    DECISION,
    DONE,
    DUE,
    HEADINGS,
    LONGEST,
    MEMORY,
    MOST,
    NEEDED,
    SHEET,
    TEXT,
    TYPED,
    WHO,
    Decided,
    DecisionsRead,
    Matter,
    Memory,
    recalled,
    sealed,
)
from schemas.form import Form
from schemas.likeness import plain
from schemas.remarks import Remark, remark
from schemas.reports import FIRST_YEAR

_HIGHEST = 60  # rows in which seal and headings are looked for
_LONGEST_HEADING = 60  # characters
_BESIDE_A_DATE = {"до", "к", "не", "позднее", "позже", "по", "срок", "включительно"}  # «не позднее 15.04.2014»
_NO_VALUE = "формула без значения"
_OWN = "Своё"  # tag of a decision about no line of the summary

Row = dict[str, Cell]  # heading -> its cell


@dataclass(frozen=True)
class DecisionsFound:
    """What a summary workbook says, and the remarks on it; these lack only the file's name."""

    read: DecisionsRead
    remarks: tuple[Remark, ...]


def find_decisions(book: Book, form: Form) -> DecisionsFound | None:
    """The decisions of a summary workbook of that form. None where the book is none, whatever its sheets are called."""
    for sheet in (one for one in book.sheets if plain(one.name) == plain(SHEET)):
        if as_of := _seal_of(sheet, form):
            return _decisions(sheet, as_of)
    return None


def _seal_of(sheet: Sheet, form: Form) -> date | None:
    for spot, cell in sheet.cells.items():
        if spot.row <= _HIGHEST and isinstance(cell.value, str) and (day := sealed(cell.value.strip(), form.id)):
            return day
    return None


def _decisions(sheet: Sheet, as_of: date) -> DecisionsFound:
    rows = _by_row(sheet)
    header = max(list(rows)[:_HIGHEST], key=lambda number: len(_headings(rows[number])))
    columns = _headings(rows[header])
    if lacking := [heading for heading in NEEDED if heading not in columns]:
        names = ", ".join(f"«{heading}»" for heading in lacking)
        said = remark("DECISIONS-UNREADABLE", sheet=sheet.name, day=as_of, columns=names)
        return DecisionsFound(DecisionsRead(as_of), (said,))
    below = (cells for number, cells in rows.items() if number > header)
    typed = list(_typed({name: cells[at] for name, at in columns.items() if at in cells} for cells in below))
    found = _told_apart([_decided(row, words, as_of) for row, words in typed[:MOST]])
    remarks = [remark("DECISIONS-READ", sheet=sheet.name, day=as_of, count=len(found))]
    if len(typed) > MOST:
        remarks.append(remark("DECISIONS-MANY", sheet=sheet.name, most=MOST, count=len(typed)))
    return DecisionsFound(DecisionsRead(as_of, found), tuple(remarks))


def _by_row(sheet: Sheet) -> dict[int, dict[int, Cell]]:
    """Row -> column -> cell, top to bottom; never empty, for the seal stands on the sheet."""
    found: dict[int, dict[int, Cell]] = {}
    for spot, cell in sorted(sheet.cells.items()):
        found.setdefault(spot.row, {})[spot.column] = cell
    return found


def _headings(cells: dict[int, Cell]) -> dict[str, int]:
    """Heading -> its column, in a row; of two alike the first."""
    known = {plain(heading): heading for heading in HEADINGS}
    found: dict[str, int] = {}
    for column, cell in cells.items():
        words = as_text(cell.value)
        if len(words) <= _LONGEST_HEADING and (heading := known.get(plain(words))):
            found.setdefault(heading, column)
    return found


def _typed(rows: Iterator[Row]) -> Iterator[tuple[Row, dict[str, str]]]:
    """The rows in which the office has decided something, with what it has typed there, by heading.

    A tick alone decides nothing, nor do headings once more."""
    for row in rows:
        typed = {heading: _words(row.get(heading)) for heading in TYPED}
        written = [words for heading, words in typed.items() if words and heading != DONE]
        if written and typed[DECISION] != DECISION:
            yield row, typed


def _decided(row: Row, typed: dict[str, str], as_of: date) -> Decided:
    due, done = _day(row.get(DUE)), read_yes_no(typed[DONE]).said
    return Decided(
        memory=_memory(row, typed, as_of),
        decision=typed[DECISION],
        who=typed[WHO],
        due=due,
        due_as_typed="" if due else typed[DUE],
        done=done,
        done_as_typed="" if done else typed[DONE],
    )


def _memory(row: Row, typed: dict[str, str], as_of: date) -> Memory:
    """What the row was about; without a memory of its own, or with one that cannot be, it is a row of the office's."""
    cell = row.get(MEMORY)
    memory = recalled(cell.value) if cell and isinstance(cell.value, str) else None
    if memory and memory.key and memory.as_of.year >= FIRST_YEAR and memory.as_of <= as_of:
        return structs.replace(memory, key=_cut(memory.key), tag=_cut(memory.tag), text=_cut(memory.text))
    key = f"{as_of.isoformat()} {Matter.OWN} {_mark_of(typed[DECISION] or typed[WHO] or typed[DUE])}"
    return Memory(key=key, as_of=as_of, matter=Matter.OWN, tag=_OWN, text=_words(row.get(TEXT)))


def _told_apart(decisions: list[Decided]) -> tuple[Decided, ...]:
    """A row that was copied, so that one line has two decisions: each keeps a key of its own."""
    keys: set[str] = set()
    found = []
    for one in decisions:
        if one.memory.key in keys:
            apart = structs.replace(one.memory, key=f"{one.memory.key} {_mark_of(one.decision)}")
            one = structs.replace(one, memory=apart)
        if one.memory.key not in keys:
            found.append(one)
        keys.add(one.memory.key)
    return tuple(found)


def _mark_of(words: str) -> str:
    """The same for the same words, whatever row they stand in."""
    return hashlib.sha256(plain(words).encode()).hexdigest()[:8]


def _words(cell: Cell | None) -> str:
    """What stands in a cell, on one line and bounded; blank where nothing does."""
    if cell is None or is_blank(cell):
        return ""
    return _cut(_NO_VALUE if cell.fault == "no_value" else as_text(cell.value))


def _cut(text: str) -> str:
    line = " ".join(text[: 4 * LONGEST].split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _day(cell: Cell | None) -> date | None:
    """The one day that the cell says; words beside it that may mean another leave it unread."""
    if cell is None or cell.fault:
        return None
    if isinstance(cell.value, str):
        text = cell.value[: 4 * LONGEST]
        for written in find_dates(text, FIRST_YEAR):
            text = text.replace(written.text, " ")
        if not set(re.findall(r"[^\W_]+|[^\w\s.,;()]", text.casefold())) <= _BESIDE_A_DATE:
            return None
    return read_date(cell)
