"""What is left on the sheet when the form has been read: lines that it prints, and notes beside it."""

import re
from collections.abc import Iterable
from datetime import date

from pipeline.reading.answers.dates import read_lone_date
from pipeline.reading.answers.values import is_blank
from pipeline.reading.finding.ledger import Ledger, Role, text_of
from pipeline.reading.finding.rows import Row
from pipeline.reading.finding.signatures import is_signature
from pipeline.reading.finding.tables import FormOnSheet
from pipeline.reading.opening.book import Cell
from pipeline.reading.remembering import once_a_form
from schemas.addresses import Spot
from schemas.form import Form, Kind
from schemas.likeness import only_repeats
from schemas.remarks import remark
from schemas.reports import Fact

_DUE = re.compile(r"\bсрок", re.IGNORECASE)
_NO_MARK = re.compile(r"[\w\s.«»\"]*")
_MOST_CELLS = 12  # named in one remark


def keep_notes(ledger: Ledger, found: FormOnSheet, rows: Iterable[Row], last_row: int) -> None:
    """Every cell from the form's head to `last_row` that has no role yet is printed or a note; one remark for all.
    `rows`: of the items."""
    notes: list[Fact] = []
    dues = {row.row: row.item.due for row in rows if row.item.due}
    headings = ledger.sheet.within(found.items.heading, found.items.heading)
    of_dues = {spot.column for spot, cell in headings if _DUE.search(text_of(cell))}
    unread = ledger.sheet.cells.keys() - ledger.roles.keys()
    for spot in sorted(spot for spot in unread if found.head_first <= spot.row <= last_row):
        cell = ledger.sheet.cells[spot]
        is_printed = _is_printed_line(cell, ledger.form) or _is_printed_number(found, spot, cell)
        if is_blank(cell) or is_printed or (spot.column in of_dues and _is_deadline(cell, dues.get(spot.row))):
            ledger.label([spot])
            continue
        ledger.roles[spot] = Role.NOTE
        notes.append(Fact("", "note", text_of(cell), ledger.sheet.address(spot)))
    ledger.facts += notes
    if notes:
        cells = ", ".join(note.cell for note in notes[:_MOST_CELLS]) + (" …" if len(notes) > _MOST_CELLS else "")
        ledger.remarks.append(remark("NOTE-BESIDE", cell=notes[0].cell, cells=cells))


def _is_printed_line(cell: Cell, form: Form) -> bool:
    text = cell.value if isinstance(cell.value, str) else ""
    return any(only_repeats(text, one) for one in _printed_lines(form)) or is_signature(cell, form)


@once_a_form(maxsize=1)
def _printed_lines(form: Form) -> tuple[str, ...]:
    hints = [item.hint for item in form.items if item.hint]
    problems = (form.problem_table.title,) if form.problem_table else ()
    groups = [f"{item.number} {item.title}" for item in form.items if item.kind is Kind.GROUP]
    return (*form.recognise.note, *problems, form.title, *form.recognise.titles, *hints, *groups)


def _is_deadline(cell: Cell, due: date | None) -> bool:
    """The item's own deadline, «до 01.09.2026» too; a mark beside it is the school's."""
    bare = not isinstance(cell.value, str) or _NO_MARK.fullmatch(cell.value)
    return due is not None and bool(bare) and read_lone_date(cell, None, None, "срок")[0] == due


def _is_printed_number(found: FormOnSheet, spot: Spot, cell: Cell) -> bool:
    """A number of a table's first column whose row holds nothing else: printed, never answered."""
    tables = [t for t in (found.items, found.problems) if t]
    in_column = any(spot.column == t.columns.number and t.first <= spot.row <= t.last for t in tables)
    in_column = in_column or any(spot.column == g.number and g.first <= spot.row <= g.last for g in found.grids)
    return in_column and re.fullmatch(r"\W*\d[\d.,]*\W*", text_of(cell)) is not None
