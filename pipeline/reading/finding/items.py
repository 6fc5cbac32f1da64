"""The table of items, row by row: what is printed, and what only the reader of its form can say, the answer."""

import re
from collections.abc import Callable

from pipeline.reading.answers.documents import holds_details
from pipeline.reading.answers.values import is_blank
from pipeline.reading.finding.ledger import Ledger, Role, is_hint, text_of
from pipeline.reading.finding.rows import Row, find_rows
from pipeline.reading.finding.tables import Columns, Table
from pipeline.reading.opening.book import Cell
from schemas.addresses import Spot
from schemas.likeness import is_one_of, plain, rest_of
from schemas.remarks import remark
from schemas.reports import Fact, Strange

ReadRow = Callable[[Ledger, Columns, Row], None]  # reads the answer that stands on a row of an item or of an act


def read_items(ledger: Ledger, table: Table, read_row: ReadRow) -> int:
    """All rows that answer an item, into the ledger. Returns the last of them."""
    last = table.first - 1
    ledger.label(table.labels)
    for row in find_rows(ledger.sheet, table, ledger.form):
        last = row.row
        ledger.label([Spot(row.row, table.columns.number)])
        if row.act:
            read_row(ledger, table.columns, row)
            continue
        ledger.label([Spot(row.row, table.columns.measure)])
        _tell_of_wording(ledger, table.columns, row)
        read_row(ledger, table.columns, row)
        _read_wording(ledger, table.columns, row)
    return last


def read_act(ledger: Ledger, columns: Columns, row: Row) -> None:
    """A row of acts: the title where the wording of an item stands, the document's details in the answer's column or,
    if that is blank, behind the title."""
    title_spot, document_spot = Spot(row.row, columns.measure), Spot(row.row, columns.answer)
    title, document = ledger.sheet.cells.get(title_spot), ledger.sheet.cells.get(document_spot)
    if title is not None and _says_no_acts(ledger, title) and (document is None or is_blank(document)):
        ledger.answer(row.item, row.number, title_spot)
        return
    if title is not None and not is_blank(title):
        ledger.roles[title_spot] = Role.ANSWER
        ledger.add(row.number, [Fact(row.number, "title", text_of(title), ledger.sheet.address(title_spot))])
        if (document is None or is_blank(document)) and holds_details(text_of(title)):
            ledger.label([document_spot])
            ledger.answer(row.item, row.number, title_spot)
            return
        if document is None or is_blank(document):
            example = f"{ledger.form.order.date:%d.%m.%Y}"
            what = remark("DOC-INCOMPLETE", value=text_of(title), what="номер и дата", example=example)
            ledger.say(row.number, document_spot, [what])
    else:
        ledger.label([title_spot])
    ledger.answer(row.item, row.number, document_spot)


def figures_in(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def _says_no_acts(ledger: Ledger, title: Cell) -> bool:
    """«нет» or «не требуется» where a document's title belongs: an answer, not a title."""
    return is_one_of(text_of(title), ("нет", *ledger.form.recognise.not_required))


def _tell_of_wording(ledger: Ledger, columns: Columns, row: Row) -> None:
    """A row found by a wording that contradicts its number, and a wording that no list knows."""
    if row.doubtful:
        cell = ledger.sheet.address(Spot(row.row, columns.measure))
        ledger.remarks.append(remark("ITEM-BY-WORDING", item=row.number, cell=cell, value=row.words))
    known = columns.own_form or any(plain(row.words) == plain(one) for one in row.item.wordings)
    if row.words and not known:
        ledger.strange.append(Strange("item", row.words, row.number))


def _read_wording(ledger: Ledger, columns: Columns, row: Row) -> None:
    """What a school has written into the item's wording: the answer in its blank, or a note."""
    spot = Spot(row.row, columns.measure)
    filled_in = _filled_blank(row)
    if filled_in and row.number not in ledger.answered:
        ledger.answer(row.item, row.number, spot, Cell(filled_in))
    elif filled_in:
        if plain(filled_in) not in plain(ledger.answered[row.number].words):
            del ledger.roles[spot]
    elif figures_in(row.words) - figures_in(" ".join(row.item.wordings)):
        del ledger.roles[spot]


def _filled_blank(row: Row) -> str:
    """«Сетевой город» of a wording that ends in «___________»; blank where the blank was left as it is."""
    if not row.item.blank:
        return ""
    rest = rest_of(row.words, row.item.title).replace(row.item.hint, "").strip(' _«»"\n')
    return "" if is_hint(row.item, Cell(rest)) else rest
