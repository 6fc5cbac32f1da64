"""The table of problems with their solutions, and the signature that closes the form."""

import re

from pipeline.reading.answers.former import former_day
from pipeline.reading.answers.problems import says_no_problems
from pipeline.reading.answers.values import is_blank
from pipeline.reading.finding.ledger import Ledger, Role, text_of
from pipeline.reading.finding.signatures import closing_row, signature_cells
from pipeline.reading.finding.tables import FormOnSheet, Table
from pipeline.reading.opening.book import Cell
from schemas import own_form
from schemas.addresses import spot_at
from schemas.form import Form
from schemas.reports import FORMER, PROBLEM, Fact


def read_problems(ledger: Ledger, found: FormOnSheet, last_item: int) -> None:
    """All problems, into the ledger; `last_item` is the last row that answers an item."""
    closing = _find_signature(ledger, found, last_item)
    table = found.problems
    if table is None:
        return
    ledger.label(table.labels)
    counted = sum(number.startswith("problem.") for number in ledger.answer_cells)  # by a piece before
    for row in range(table.first, closing):
        if found.items.columns.own_form:
            ledger.label([spot_at(row, found.items.columns.percent + 1)])  # the column of checks
        counted += _read_problem(ledger, table, row, counted + 1)


def _find_signature(ledger: Ledger, found: FormOnSheet, last_item: int) -> int:
    """The row with which it begins below the last table."""
    table = found.problems or found.items
    first = table.first if table.problems else last_item + 1
    if found.items.columns.own_form and (block := _own_block(ledger, found, first, table.last)):
        return block
    closing = closing_row(ledger.sheet, first, table.last, table.columns, ledger.form)
    ledger.label(signature_cells(ledger.sheet, closing, table.last, table.columns, ledger.form))
    return closing


def _own_block(ledger: Ledger, found: FormOnSheet, first: int, last: int) -> int:
    """The row of the block that closes Svod's own form, which answers nothing; 0 where there is none."""
    columns = found.items.columns
    titles = (ledger.sheet.cells.get(spot_at(row, columns.number)) for row in range(first, last + 1))
    row = next((row for row, cell in enumerate(titles, first) if cell and cell.value == own_form.SIGNED), 0)
    if row:
        rows = range(row, row + 1 + 2 * len(own_form.SIGNERS))
        ledger.label(spot_at(r, c) for r in rows for c in range(columns.number, columns.percent + 2))
    return row


def _read_problem(ledger: Ledger, table: Table, row: int, counted: int) -> bool:
    """One row: is it a problem?"""
    sheet, number = ledger.sheet, spot_at(row, table.columns.number)
    spots = {"problem": spot_at(row, table.columns.measure), "solution": spot_at(row, table.columns.answer)}
    if (label := sheet.cells.get(number)) and re.fullmatch(r"\W*\d+\W*", text_of(label)):
        ledger.label([number])
    if label and number not in ledger.roles and spots["problem"] not in sheet.cells:
        return False  # words where a number belongs, and no problem beside them: a line below the table
    texts = {
        name: spot
        for name, spot in spots.items()
        if spot in sheet.cells and not _says_none(sheet.cells[spot], ledger.form)
    }
    ledger.label(spots.values())
    ledger.roles.update(dict.fromkeys(texts.values(), Role.ANSWER))
    if not texts:
        if any(spot in sheet.cells for spot in spots.values()):
            ledger.written.add(PROBLEM)  # that there are none
        return False
    if all(former_day(text_of(sheet.cells[spot]), ledger.form) is not None for spot in texts.values()):
        spot = next(iter(texts.values()))
        ledger.add(PROBLEM, [Fact(PROBLEM, FORMER, text_of(sheet.cells[spot]), sheet.address(spot))])
        return False
    item = f"problem.{counted}"
    ledger.answer_cells[item] = sheet.address(spots["solution"])
    ledger.add(
        item, [Fact(item, name, text_of(sheet.cells[spot]), sheet.address(spot)) for name, spot in texts.items()]
    )
    return True


def _says_none(cell: Cell, form: Form) -> bool:
    """A blank, or the word that there are no problems."""
    return is_blank(cell) or says_no_problems(text_of(cell), form.words_beside)
