"""Which item a row of the form answers: by its number, by its wording, by what stands above it."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from pipeline.reading.finding.labels import items_between, named_beside
from pipeline.reading.finding.tables import Table, numbers_columns
from pipeline.reading.opening.book import Cell, Sheet
from pipeline.reading.remembering import once_a_form
from schemas.addresses import Spot, spot_at
from schemas.form import Form, Item, Kind, in_digits
from schemas.likeness import SAME_WORDING, best_likeness, plain, stems

# A number and a wording that contradict each other: the wording must be this alike to win.
_SURE_WORDING = 92.0
# A wording beside a known number may be this odd before it is worth telling.
_ODD_WORDING = 60.0

_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


class Row(msgspec.Struct, frozen=True):
    """A row that belongs to an item. `number` is the item's, or a row's of acts (`4.2`); `words` its wording as typed.

    `doubtful`: number and wording do not say the same, or one of them is lost. `unknown`: the number is an item's, but
    the words are like nothing in the form: whose answer stands there nobody knows. `wording` is the column in which the
    words stand. `shared`: an item of its group stands on the same row, and the row's answer is that item's. `several`:
    the items that have no other row than this one, where they are more than one.
    """

    row: int
    item: Item
    number: str
    act: bool = False
    words: str = ""
    doubtful: bool = False
    wording: int = 0
    shared: bool = False
    unknown: bool = False
    several: tuple[str, ...] = ()


def find_rows(sheet: Sheet, table: Table, form: Form, before: Item | None = None) -> list[Row]:
    """The rows of the table that answer an item, top to bottom. A row that answers none is left out.

    `before`: the last item of the table that this one continues.
    """
    rows = list(_rows(sheet, table, form, before, frozenset()))
    if not any(row.several for row in rows):
        return rows
    return list(_rows(sheet, table, form, before, frozenset(row.item.number for row in rows if not row.several)))


def _rows(sheet: Sheet, table: Table, form: Form, before: Item | None, own: frozenset[str]) -> Iterator[Row]:
    """`own`: items that have a row of their own."""
    cells, columns = sheet.cells, table.columns
    context = _Context(form, before, sheet, table)
    for row in range(table.first, table.last + 1):
        number, measure = cells.get(spot_at(row, columns.number)), cells.get(spot_at(row, columns.measure))
        if measure is not None and numbers_columns(sheet, row, columns, table.width):
            continue
        part = cells.get(Spot(row, table.parts)) if table.parts else None
        part_words = part.value if part and isinstance(part.value, str) else ""
        if number is None and measure is None and not part_words:
            if context.acts and Spot(row, columns.answer) in cells:
                yield context.next_act(row, set())
            continue
        words = measure.value if measure and isinstance(measure.value, str) else ""
        said = number.value if number and isinstance(number.value, str) else ""
        if said and len(several := _without_rows(_items_of_number(form, said), own)) > 1:
            yield context.row_of_several(row, several, words, columns.measure)
            continue
        numbers = item_numbers(number)
        if not numbers:
            numbers, words = _number_before(words)
        if said and not numbers:
            numbers = _roman_number(form, said, words)
        asked = numbers or words or not part_words
        found = context.row_of(row, numbers, words, columns.measure) if asked else None
        inner = context.part_of(row, part_words)
        if found:
            found = _with_others(found, form, own)
            yield found if inner is None else replace(found, shared=True)
        if inner:
            yield replace(inner, wording=table.parts)


def _with_others(row: Row, form: Form, own: frozenset[str]) -> Row:
    """The row, of several items where its words name others that have none."""
    others = () if row.act else _without_rows(named_beside(form, row.item, row.words), own)
    if not others or row.item.number in own:
        return row
    return replace(row, several=(row.number, *(item.number for item in others)))


def _without_rows(items: tuple[Item, ...], own: frozenset[str]) -> tuple[Item, ...]:
    return tuple(item for item in items if item.number not in own)


# Words in which every report is worded: they say nothing about which item is meant.
_OF_ANY_ITEM = stems("количество процент доля охват охвачено число всего человек наличие информация школа школы")
_OWN_SHARE = 0.5  # of a row's words must be the item's


def speaks_against(words: str, item: Item, form: Form) -> bool:
    """Are the words about something else than the item: neither like one of its wordings nor mostly of its words."""
    said = stems(words) - _OF_ANY_ITEM
    if not said or best_likeness(words, item.wordings) >= _ODD_WORDING:
        return False
    return len(said & _words_of(item, form)) < _OWN_SHARE * len(said)


def _words_of(item: Item, form: Form) -> frozenset[str]:
    """All in which the form speaks of the item: its own words, those of its group and of the people whom it counts."""
    group = next((one for one in form.items if one.number == item.parent), item)
    said = [part for one in (item, group) for part in (*one.wordings, one.hint, one.short, one.about, one.column)]
    if item.base:
        base = form.base(item.base)
        said += [base.label, base.group, *base.people]
    return stems(" ".join(said).replace("-|", "").replace("|", " "))


@once_a_form(maxsize=1_024)  # cells of numbers: mostly those that the form prints
def _items_of_number(form: Form, text: str) -> tuple[Item, ...]:
    """Where the cell of the number names several items."""
    return () if form.numbered(_number_in(text)) else items_between(form, text)


def _roman_number(form: Form, number: str, words: str) -> list[str]:
    """«II.1» for 2.1, where the words are that item's: «II» of other words heads a section."""
    item = form.numbered(in_digits(number))
    return [item.number] if item and best_likeness(words, item.wordings) >= SAME_WORDING else []


def item_numbers(cell: Cell | None) -> list[str]:
    """Item numbers that the cell may hold, likeliest first. Excel turns `6.1` into 6 January, `4.10` into 4.1."""
    if cell is None or cell.fault:
        return []
    value = cell.value
    if isinstance(value, str):
        return [number] if (number := _number_in(value)) else []
    if isinstance(value, date):
        return [f"{value.day}.{value.month}"]
    if isinstance(value, bool):
        return []
    return list(_numbers_of(float(value))) if isinstance(value, float | int) else []


@lru_cache(maxsize=1_024)
def _numbers_of(value: float) -> tuple[str, ...]:
    text = repr(round(value, 4)).removesuffix(".0")
    return (text, f"{text}0") if re.fullmatch(r"\d+\.[1-9]", text) else (text,)


@lru_cache(maxsize=16_384)
def _number_in(text: str) -> str:
    """«п. 6.1.», «6.янв», «06.01.2014» -> 6.1; blank where the text is no number of an item."""
    text = re.sub(r"^(?:пункт|п\.?|№)\s*", "", text.strip().casefold())
    if exact := re.fullmatch(r"(\d{1,2})(?:\s*[.,]\s*(\d{1,2}))?\s*[.,)]*", text):
        return f"{int(exact[1])}.{int(exact[2])}" if exact[2] else str(int(exact[1]))
    if named := re.fullmatch(r"(\d{1,2})[.\s-]+([а-я]{2,8})\.?(?:\s*\d{2,4}\s*г?\.?)?", text):
        month = next((i for i, m in enumerate(_MONTHS, 1) if named[2].startswith(m)), 0)
        return f"{int(named[1])}.{month}" if month else ""
    dated = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](?:19|20)\d\d(?: 00:00(?::00)?)?", text)
    return f"{int(dated[1])}.{int(dated[2])}" if dated else ""


def _number_before(words: str) -> tuple[list[str], str]:
    """Number and wording typed into one cell: «6.1. педагогические работники»."""
    parts = re.match(r"\s*(\d{1,2}(?:[.,]\d{1,2})?)[.)]?\s+(?=[^\W\d])(.*)", words, re.DOTALL)
    return (item_numbers(Cell(parts[1])), parts[2]) if parts else ([], words)


@once_a_form(maxsize=4_096)  # rows: those of a form that schools were sent are worded alike
def _worded_alike(form: Form, words: str) -> tuple[float, tuple[Item, ...]]:
    """How alike the words are to those of the likeliest item, and all items that are nearly so."""
    scored = [(best_likeness(words, item.wordings), item) for item in form.items]
    top = max(score for score, _ in scored)
    return top, tuple(item for score, item in scored if score >= top - 1)


class _Context:
    """What has been read above: the order of items gives sense to a row whose number or wording is lost."""

    def __init__(self, form: Form, before: Item | None, sheet: Sheet, table: Table) -> None:
        self.form, self.sheet, self.table = form, sheet, table
        self.last = before
        self.acts: Item | None = None
        self.act_rows: dict[str, list[str]] = {}
        self.printed = ""  # the number before the heading that rows stand under, where the form has another for it

    def row_of(self, row: int, numbers: list[str], words: str, wording: int) -> Row | None:
        """`wording`: the column in which the words stand."""
        item, doubtful = self._item(numbers, words)
        if item:
            self.last = item
            self.acts = item if item.kind is Kind.ACTS else None
            if not item.parent:
                self.printed = numbers[0] if numbers and item.number not in numbers else ""
            unknown = doubtful and item.number in numbers and speaks_against(words, item, self.form)
            return Row(row, item, item.number, False, words, doubtful and not unknown, wording, unknown=unknown)
        if self._belongs_to_acts(numbers, words):
            return self.next_act(row, set(numbers), wording)
        return None

    def row_of_several(self, row: int, items: tuple[Item, ...], words: str, wording: int) -> Row:
        """The row of all these items."""
        self.last, self.acts = items[-1], None
        several = tuple(item.number for item in items)
        return Row(row, items[0], items[0].number, words=words, wording=wording, several=several)

    def part_of(self, row: int, words: str) -> Row | None:
        """The item that a part of a measure names in a column of its own: «педагоги», «родители» of one group."""
        if not words or self.last is None or not (self.last.kind is Kind.GROUP or self.last.parent):
            return None
        item, score = self._by_wording(words)
        if item is None or score < SAME_WORDING:
            return None
        self.last = item
        return Row(row, item, item.number, words=words)

    def next_act(self, row: int, numbers: set[str], wording: int = 0) -> Row:
        """A row of acts under its own number where it has a right one, else numbered in its order."""
        assert self.acts is not None
        used = self.act_rows.setdefault(self.acts.number, [])
        expected = f"{self.acts.number}.{len(used) + 1}"
        own = sorted(n for n in numbers if n.rpartition(".")[0] == self.acts.number and n not in used)
        number = expected if expected in own or not own else own[0]
        used.append(number)
        return Row(row, self.acts, number, act=True, wording=wording)

    def _item(self, numbers: list[str], words: str) -> tuple[Item | None, bool]:
        """The item, and whether there is a doubt about it."""
        if self._is_renumbered(numbers):
            if self.acts:
                return None, False
            if item := self._of_this_heading(words):
                return item, True
        by_number = next(filter(None, map(self.form.numbered, numbers)), None)
        own = best_likeness(words, by_number.wordings) if by_number and words else 100.0
        if by_number and own >= SAME_WORDING:
            return by_number, False
        if by_number is None and self._numbered_act(numbers):
            return None, False
        likely, score = self._by_wording(words)
        if by_number is None:
            # under acts any title may stand: only a wording of the form's own ends them
            bound = _SURE_WORDING if self.acts else SAME_WORDING
            return (None, False) if likely is None or score < bound else (likely, True)
        if likely is None or likely is by_number or score < _SURE_WORDING:
            return by_number, own < _ODD_WORDING
        return likely, True

    def _is_renumbered(self, numbers: list[str]) -> bool:
        """Does the row carry on the number of a heading that itself is known by its words: «10.1» under «10.
        Ознакомление …», which is the form's 6."""
        return bool(self.printed) and any(n.rpartition(".")[0] == self.printed for n in numbers)

    def _of_this_heading(self, words: str) -> Item | None:
        likely, _ = self._by_wording(words)
        group = self.last.parent or self.last.number if self.last else ""
        return likely if likely and likely.parent == group else None

    def _by_wording(self, words: str) -> tuple[Item | None, float]:
        """The item so worded. Where several share a wording (teachers, parents, pupils), the one whose turn it is."""
        if len(plain(words)) < 4:
            return None, 0.0
        top, alike = _worded_alike(self.form, words)
        return (self._whose_turn(alike), top) if top >= SAME_WORDING else (None, top)

    def _whose_turn(self, alike: tuple[Item, ...]) -> Item | None:
        if len(alike) == 1:
            return alike[0]
        if self.last is None:
            return None
        group = self.last.number if self.last.kind is Kind.GROUP else self.last.parent
        return next((item for item in alike if item.parent == group), None)

    def _numbered_act(self, numbers: list[str]) -> bool:
        own = self.acts is not None and any(n.rpartition(".")[0] == self.acts.number for n in numbers)
        return own or (self.acts is not None and self._is_renumbered(numbers))

    def _belongs_to_acts(self, numbers: list[str], words: str) -> bool:
        if self.acts and self._numbered_act(numbers):
            return True
        number = next((n.rpartition(".")[0] for n in numbers if "." in n), "")
        above = next((i for i in self.form.items if i.number == number and i.kind is Kind.ACTS), None)
        if above is not None and (self.acts is None or self._is_left_out(above)):
            self.acts = self.last = above  # the acts' own heading row is missing
            return True
        return self.acts is not None and not numbers and bool(words.strip())

    def _is_left_out(self, acts: Item) -> bool:
        """Does no row of the table head these acts: else their number is mistyped below other acts."""
        cells, columns = self.sheet.cells, self.table.columns
        for row in range(self.table.first, self.table.last + 1):
            measure = cells.get(spot_at(row, columns.measure))
            words = measure.value if measure and isinstance(measure.value, str) else ""
            headed = acts.number in item_numbers(cells.get(spot_at(row, columns.number)))
            if headed or best_likeness(words, acts.wordings) >= SAME_WORDING:
                return False
        return True
