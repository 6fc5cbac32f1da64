"""The table of items, row by row: what is printed, and what only the reader of its form can say, the answer."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from pipeline.reading.answers.documents import holds_details
from pipeline.reading.answers.former import former_day, is_withdrawn
from pipeline.reading.answers.units import unit_of_heading
from pipeline.reading.answers.values import is_blank, read_answer
from pipeline.reading.finding.answer_columns import reads_as_answer
from pipeline.reading.finding.labels import is_worded_otherwise, speaks_of_a_part, speaks_of_another
from pipeline.reading.finding.ledger import Ledger, Role, is_hint, text_of
from pipeline.reading.finding.rows import Row
from pipeline.reading.finding.tables import Columns, Table, numbers_columns
from pipeline.reading.opening.book import Cell
from schemas.addresses import Spot, spot_at
from schemas.form import Item
from schemas.likeness import is_one_of, plain, rest_of
from schemas.remarks import Remark, remark
from schemas.reports import Fact, Strange

_ALL_OF_THEM = re.compile(r"\W*(?:всего|итого|общее)(?!\w)", re.IGNORECASE)
ReadRow = Callable[[Row], None]  # reads the answer that stands on a row of an item or of an act


def read_items(ledger: Ledger, table: Table, rows: Sequence[Row], read_row: ReadRow) -> None:
    """All rows that answer an item, into the ledger."""
    ledger.label(table.labels)
    answering = {row.row for row in rows}
    for at in range(table.first, table.last + 1):
        if at not in answering and numbers_columns(ledger.sheet, at, table.columns, table.width):
            ledger.label(ledger.on_row(at))
    for row in rows:
        number = spot_at(row.row, table.columns.number)
        ledger.label([number] if row.act else [number, spot_at(row.row, row.wording)])
        if row.act:
            read_row(row)
            continue
        if row.several:
            read_row(row)
            continue
        odd = is_worded_otherwise(row.item, row.words)
        if row.unknown or (odd and speaks_of_another(ledger.form, row.item.number, row.words, ledger.when.as_of)):
            _say_unknown(ledger, row)
            continue
        _tell_of_wording(ledger, table.columns, row)
        if unit := unit_of_heading(row.words, row.item, ledger.form):
            ledger.units[row.number] = unit
        read_row(row)
        _read_wording(ledger, row)
        if odd and speaks_of_a_part(ledger.form, row.item.number, row.words, ledger.grades):
            _refuse_part(ledger, row)


def _is_of_all(ledger: Ledger, row: Row) -> bool:
    """Do people and percent of the answer bear each other out on all of the base, whatever its row says."""
    said = {fact.field: fact for fact in ledger.facts if fact.item == row.number}
    count, percent, base = said.get("count"), said.get("percent"), ledger.bases.get(row.item.base)
    if not (count and percent and base):
        return False
    return abs(100 * float(count.value) / base - float(percent.value)) <= percent.half


def _refuse_part(ledger: Ledger, row: Row) -> None:
    """What was answered of a part is none of the item's, unless the figures bear out the whole."""
    if row.number in ledger.answered and row.number not in ledger.refused and not _is_of_all(ledger, row):
        ledger.refuse(row.number, [Spot(row.row, row.wording)], _unknown(ledger, row))


def read_act(ledger: Ledger, row: Row, document_spot: Spot, read_document: Callable[[], None]) -> None:
    """A row of acts: the title where the wording of an item stands, the document's details where an answer does or,
    if that is blank, behind the title."""
    title_spot = Spot(row.row, row.wording)
    title, document = ledger.sheet.cells.get(title_spot), ledger.sheet.cells.get(document_spot)
    if title is not None and _says_of_all_acts(ledger, title) and (document is None or is_blank(document)):
        ledger.answer(row.item, row.number, title_spot)
        return
    if document is not None and is_withdrawn(text_of(document), ledger.form):
        ledger.label([title_spot])  # of what is taken back nothing stands, its title neither
        read_document()
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
    read_document()


def tell_headings(ledger: Ledger, rows: Sequence[Row], *, last: bool) -> None:
    """What was typed into a heading's row, once the rows below are read: an error on each item below it that has no
    answer of its own; where all have, it is a note. `last`: what is not among the rows stands on none to come."""
    here = {row.number for row in rows}
    for heading, spot in ledger.in_headings:
        below = [i.number for i in ledger.form.items if i.parent == heading and (last or i.number in here)]
        open_items = [number for number in below if number not in ledger.written]
        if not open_items:
            continue
        ledger.roles[spot] = Role.ANSWER
        value = text_of(ledger.sheet.cells[spot])
        for number in open_items:
            ledger.written.add(number)
            ledger.say(number, spot, [remark("ANSWER-IN-HEADING", value=value, heading=heading)])
    ledger.in_headings.clear()


@lru_cache(maxsize=8_192)  # wordings of items: mostly those that the form prints
def figures_in(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+", text))


@lru_cache(maxsize=1_024)  # items of forms
def _figures_of(wordings: tuple[str, ...]) -> frozenset[str]:
    return figures_in(" ".join(wordings))


def _says_of_all_acts(ledger: Ledger, title: Cell) -> bool:
    """«нет», «не требуется», «без изменений» or «снято» where a document's title belongs: an answer, not a title."""
    said, form = text_of(title), ledger.form
    refers = former_day(said, form) is not None or is_withdrawn(said, form)
    return refers or is_one_of(said, ("нет", *form.recognise.not_required))


def _say_unknown(ledger: Ledger, row: Row) -> None:
    """The item's number before words of something else: the item has an error, and what stands beside
    them is a note."""
    ledger.written.add(row.number)
    ledger.say(row.number, Spot(row.row, row.wording), [_unknown(ledger, row)])


def _unknown(ledger: Ledger, row: Row) -> Remark:
    """Where the words only narrow the item its number is right."""
    odd = is_worded_otherwise(row.item, row.words)
    if odd and speaks_of_a_part(ledger.form, row.item.number, row.words, ledger.grades):
        return remark("ROW-UNKNOWN", value=row.words, what="лишь о части того, о чём пункт", check="название")
    return remark("ROW-UNKNOWN", value=row.words, what="о другом", check="номер и название")


def _tell_of_wording(ledger: Ledger, columns: Columns, row: Row) -> None:
    """A row found by a wording that contradicts its number, and a wording that no list knows."""
    if row.doubtful:
        cell = ledger.sheet.address(Spot(row.row, row.wording))
        ledger.remarks.append(remark("ITEM-BY-WORDING", item=row.number, cell=cell, value=row.words))
    wordings = row.item.wordings
    known = columns.own_form or row.words in wordings or plain(row.words) in map(plain, wordings)
    if row.words and not known:
        ledger.strange.append(Strange("item", row.words, row.number))


def _read_wording(ledger: Ledger, row: Row) -> None:
    """What a school has written into the item's wording: the answer, or a note."""
    spot = spot_at(row.row, row.wording)
    filled_in = _filled_blank(row)
    if filled_in and row.number not in ledger.answered:
        ledger.answer(row.item, row.number, spot, Cell(filled_in))
    elif filled_in:
        if plain(filled_in) not in plain(ledger.answered[row.number].words):
            del ledger.roles[spot]
    elif figures_in(row.words) - _figures_of(row.item.wordings):
        _read_behind(ledger, row, spot)


def _read_behind(ledger: Ledger, row: Row, spot: Spot) -> None:
    """An answer typed behind the words of its item: taken where the item is blank, an error where it says another."""
    item, number = row.item, row.number
    behind = next((rest for words in item.wordings if (rest := rest_of(row.words, words))), "").strip(" :;.,–—-\n")
    behind = re.sub(r"^\)[\s:;.,–—-]*", "", behind)  # of a wording that the form knows without its brackets
    reads = item.measured and reads_as_answer(item, Cell(behind), ledger.form, ledger.bases.get(item.base))
    reads = reads and not _says_how_many_there_are(ledger, item, behind)
    first = ledger.answered.get(number)
    if reads and first is None and number not in ledger.refused:
        ledger.answer(item, number, spot, Cell(behind))
        ledger.say(number, spot, [remark("ANSWER-BESIDE", value=behind)])
        return
    del ledger.roles[spot]
    if reads and first and number not in ledger.refused:
        ledger.answer(item, number, spot, Cell(behind))  # the same once more, or two different answers


def _says_how_many_there_are(ledger: Ledger, item: Item, behind: str) -> bool:
    """«родители (всего 574)», «педагогические работники, 42 чел.»: all of them, behind the words for whom."""
    base = ledger.bases.get(item.base)
    facts = read_answer(item, Cell(behind), ledger.form, base).facts
    counts = [fact.value for fact in facts if fact.field == "count"]
    return len(counts) == len(facts) == 1 and (counts[0] == base or _ALL_OF_THEM.match(behind) is not None)


def _filled_blank(row: Row) -> str:
    """«Сетевой город» of a wording that ends in «___________»; blank where the blank was left as it is."""
    if not row.item.blank:
        return ""
    rest = rest_of(row.words, row.item.title).replace(row.item.hint, "").strip(' _«»"\n')
    return "" if is_hint(row.item, Cell(rest)) else rest
