"""One report in several pieces: every example of docs/reading.md, put together from a clean form."""

import re

import pytest

from pipeline.reading.opening.book import Sheet
from tests.order_form import OrderForm, read, said
from tests.test_values import rows_of

WHOLE = OrderForm()
FACTS = said(read(WHOLE.sheet())[0][0])


def part(name: str) -> list[list[object]]:
    """Rows of the clean form."""
    heading = WHOLE.rows.index(["№", "Мероприятия", "Выполнение"])
    problems = WHOLE.rows.index([WHOLE.form.problems.title])
    if items := re.fullmatch(r"items (\d+)-(\d+)", name):
        first, after = WHOLE.row_of(items[1]), str(int(items[2]) + 1)
        return WHOLE.rows[first : WHOLE.row_of(after) if after != "16" else problems]
    known = {
        "head": WHOLE.rows[:heading],
        "heading": WHOLE.rows[heading : heading + 1],
        "problems": WHOLE.rows[problems:],
        "numbers": [[1.0, 2.0, 3.0]],
        "blank": [[]],
    }
    return known[name]


def sheets_of(pieces: str) -> list[Sheet]:
    sheets = []
    for number, names in enumerate(pieces.split(", sheet, "), start=1):
        rows = [list(row) for name in names.split(", ") for row in part(name)]
        sheets.append(OrderForm(rows=rows, name=f"Лист{number}").sheet())
    return sheets


@pytest.mark.parametrize("pieces", [pieces for pieces, _ in rows_of("| pieces | reports |")])
def test_pieces_are_one_report(pieces):
    reports, remarks = read(*sheets_of(pieces))
    assert [said(report) for report in reports] == [FACTS]
    assert [r.code for r in remarks] == []


def test_an_answer_on_another_sheet_is_found_again():
    (report,), _ = read(*sheets_of("head, heading, items 1-9, sheet, heading, items 10-15"))
    cells = {fact.item: fact.cell for fact in report.facts}
    assert (cells["9"], cells["13"]) == ("C21", "Лист2!C11")


def test_a_second_sheet_that_answers_the_same_items_is_no_piece():
    reports, remarks = read(*sheets_of("head, heading, items 1-15, sheet, heading, items 1-7"))
    assert reports == ()
    assert [r.code for r in remarks] == ["FORM-CONFLICT"]
