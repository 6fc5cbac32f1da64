"""An order's tables as a school types them: rows of figures under headings, lists with a number a line."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from pipeline.demo.reports import Report
from pipeline.writing.form.help import CLOSED
from pipeline.writing.form.tables import Part
from schemas.form import Form, Item, Kind, Table

Value = str | float | date | None


class Typed(NamedTuple):
    value: Value
    number_format: str = "General"


Number = Callable[[str, date], Typed]  # how a hand writes the number of a row


def table_rows(part: Part, report: Report, form: Form, number: Number) -> Iterator[tuple[Typed, ...]]:
    """The title where there is one, the headings, the rows; a row that the order does not have below its neighbour."""
    table = form.table(part.table)
    if part.title:
        yield (Typed(f"{part.title.number}. {part.title.title}"),)
    label = [Typed(table.label[0])] if table.label else []
    yield Typed(form.recognise.number[0]), *label, *(Typed(column.title) for column in table.columns)
    if part.items[0].kind is Kind.ROWS:
        yield from _lines(part.items[0], table, report)
        return
    for item in part.items:
        cells = _cells(item.number, table, report)
        if any(cell.value not in (None, "", CLOSED) for cell in cells) or not _dropped(item, report):
            yield _numbered(item.number, report, number), Typed(_wording(item, report)), *cells
        if item.number in report.extra_rows:
            more, title = report.extra_rows[item.number]
            yield _numbered(more, report, number), Typed(title), *cells


def _lines(item: Item, table: Table, report: Report) -> Iterator[tuple[Typed, ...]]:
    """Numbered anew from 1, as people do."""
    said = (number.partition("/")[0] for number in report.entries if "/" in number)
    lines = dict.fromkeys(row for row in said if row.rpartition(".")[0] == item.number)
    for n, row in enumerate(lines, start=1):
        yield Typed(n), *_cells(row, table, report)


def _cells(row: str, table: Table, report: Report) -> list[Typed]:
    cells = []
    for column in table.columns:
        number = f"{row}/{column.id}"
        entry = report.entries.get(number)
        blank = CLOSED if number in table.closed else None
        cells.append(Typed(entry.value, entry.number_format) if entry else Typed(blank))
    return cells


def _dropped(item: Item, report: Report) -> bool:
    """A class that the school has not: some hands leave its row out."""
    return report.hand.sloppy and report.hand.dice(f"row {item.number}").random() < 0.5


def _numbered(row: str, report: Report, number: Number) -> Typed:
    """Without Excel's dates: in a table nothing else tells rows apart as well."""
    typed = number(row, report.as_of)
    return typed if isinstance(typed.value, str) else Typed(row)


def _wording(item: Item, report: Report) -> str:
    """The order's words; a sloppy hand takes others that it is known by."""
    spelt = [spelling for spelling in item.spellings if not spelling.isdigit()]
    dice = report.hand.dice(f"wording {item.number}")
    return dice.choice(spelt) if report.hand.sloppy and spelt and dice.random() < 0.5 else item.title
