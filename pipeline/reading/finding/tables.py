"""Where on a sheet the form's tables stand: found by their headings and wording, never by fixed addresses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from pipeline.reading.finding.form_tables import Grid, Rows, find_grids
from pipeline.reading.finding.headings import Meaning, meaning_of, meaning_of_path
from pipeline.reading.finding.times import spoken_period
from pipeline.reading.opening.book import Cell, Sheet
from pipeline.reading.remembering import once_a_form
from schemas import own_form
from schemas.addresses import Spot, spot_at
from schemas.form import Form, Item, Kind
from schemas.likeness import SAME_WORDING, best_likeness, is_one_of, plain

# So many different items must be recognised by wording for a table without a heading to be the form's.
_ENOUGH_ITEMS = 4
_ENOUGH_FOR_A_PART = 2  # on a sheet beside the one with the form
_LONG_TEXT = 12  # characters from which on a text may be an item's wording
# A heading has no more rows than this.
_HEADING_ROWS = 3
_NUMBER = re.compile(r"\s*(?:п(?:ункт|\.)?\s*)?(?:\d{1,2}(?:[.,]\d{1,2})?[\s.,)]*)?")  # of an item, or none


@dataclass(frozen=True)
class Columns:
    """Columns of a table; 0 where there is none. The last three stand only in Svod's own form.

    `answer` is the first column headed as the answer's; which of several is read is decided by `answer_columns`.
    """

    number: int
    measure: int
    answer: int
    total: int = 0
    count: int = 0
    percent: int = 0

    @property
    def own_form(self) -> bool:
        return bool(self.count)


@dataclass(frozen=True)
class Table:
    """The rows from `first` to `last`, below the heading, whose first row is `heading` (0 where the table has none).

    `meanings`: column -> what its heading says, where that is known. `width`: the last column that belongs to the
    table; another stands right of it. `parts`: the column in which a measure is split up («педагоги», «родители»).
    `named`: column -> the lowest words of its heading, `above`: column -> those above them, from the top.
    """

    columns: Columns
    heading: int
    first: int
    last: int
    problems: bool = False
    labels: frozenset[Spot] = field(default_factory=frozenset)
    meanings: Mapping[int, Meaning] = field(default_factory=dict)
    width: int = 0
    parts: int = 0
    named: Mapping[int, str] = field(default_factory=dict)
    above: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def headed(self) -> bool:
        """Does a heading name the answer's column?"""
        return self.columns.own_form or any(meaning.candidate for meaning in self.meanings.values())


@dataclass(frozen=True)
class FormOnSheet:
    """One form: the head above its tables, the table of items (no rows where there is none), that of problems, if
    there, and the form's own tables."""

    head_first: int
    head_last: int
    items: Table
    problems: Table | None
    grids: tuple[Grid, ...] = ()


class _Start(NamedTuple):
    """A table as far as its heading tells; `first` is the row below the heading."""

    heading: int
    first: int
    columns: Columns
    problems: bool
    labels: frozenset[Spot]
    meanings: Mapping[int, Meaning]
    width: int = 0
    parts: int = 0
    named: Mapping[int, str] = MappingProxyType({})
    above: Mapping[int, tuple[str, ...]] = MappingProxyType({})


def find_forms(sheet: Sheet, form: Form) -> list[FormOnSheet]:
    """All forms on the sheet, from top to bottom."""
    if form.tables:
        return _with_grids(_tables_of_all_kinds(sheet, form))
    return _forms(_tables(sheet, form, _ENOUGH_ITEMS))


def find_parts(sheet: Sheet, form: Form) -> list[FormOnSheet]:
    """What may be a part of a form that stands on another sheet: few items without a heading, or problems alone."""
    tables = _tables(sheet, form, _ENOUGH_FOR_A_PART)
    if found := _forms(tables):
        return found
    none = [(Table(one.columns, 0, one.first, one.first - 1), one) for one in tables]
    return [FormOnSheet(1, problems.heading - 1, items, problems) for items, problems in none[:1]]


def _forms(tables: list[Table]) -> list[FormOnSheet]:
    """Tables of items, each with its head and the table of problems that follows it."""
    found: list[FormOnSheet] = []
    head_first = 1
    for here, table in enumerate(tables):
        if table.problems:
            head_first = max(head_first, table.last + 1)
            continue
        after = tables[here + 1] if here + 1 < len(tables) else None
        problems = after if after and after.problems else None
        found.append(FormOnSheet(head_first, (table.heading or table.first) - 1, table, problems))
        head_first = (problems or table).last + 1
    return found


def _tables(sheet: Sheet, form: Form, enough: int) -> list[Table]:
    rows = _by_row(sheet)
    starts = _starts(sheet, rows, form, enough)
    return [_bounded(start, starts[here + 1 :], rows, form) for here, start in enumerate(starts)]


def _starts(sheet: Sheet, rows: Rows, form: Form, enough: int) -> list[_Start]:
    starts: list[_Start] = []
    heads_a_table = _heads(form)
    for row, columns in rows.items():
        if not any(map(heads_a_table, columns.values())):
            continue
        problems = _problems_heading(row, columns, form)
        starts += [start for start in (_items_heading(row, sheet, rows, form, problems), problems) if start]
    if not any(not start.problems for start in starts):
        starts += _table_without_heading(sheet, rows, form, enough)
        starts.sort(key=lambda start: start.heading or start.first)
    return starts


@once_a_form(maxsize=1)
def _heads(form: Form) -> Callable[[str], bool]:
    """Is a text a heading of measures or of problems: on a row without either no table begins. Every cell is asked."""
    heads = (*form.recognise.measure, *(form.problems.problem if form.problems else ()))
    return lru_cache(maxsize=16_384)(lambda text: is_one_of(text, heads))


def _bounded(start: _Start, later: list[_Start], rows: Rows, form: Form) -> Table:
    """The table from its heading to the next one, the next one's own title and head lines left out."""
    after = next((one for one in later if one.heading > start.heading), None)
    last = after.heading - 1 if after else max(rows)
    while last > start.heading and after and _is_head_line(cells := rows.get(last, {}), after.problems, form):
        if _is_of_an_item(cells, start.columns):
            break
        last -= 1
    return _ended(start, last)


def _ended(start: _Start, last: int) -> Table:
    return Table(
        start.columns, start.heading, start.first, last, start.problems, start.labels, start.meanings, start.width,
        start.parts, start.named, start.above,
    )  # fmt: skip


def _is_head_line(columns: dict[int, str], of_problems: bool, form: Form) -> bool:
    """Does the row belong to the head of the table below it: blank, its title, the school, the date."""
    if not columns:
        return True
    words = [text for text in columns.values() if text]
    if of_problems and form.problem_table:
        return any(is_one_of(text, (form.problem_table.title,)) for text in words)
    if form.period.every != "date" and any(spoken_period(text, form.periods) for text in words):
        return True
    heads = (*form.recognise.titles, *form.recognise.as_of, form.title)
    return any(
        is_one_of(text, heads) or plain(text).startswith(("в ", *(plain(h) for h in heads))) or plain(text) == "в"
        for text in words
    )


def _is_of_an_item(cells: dict[int, str], columns: Columns) -> bool:
    """A number before words, as in no head: «11. Наличие на сайте …» begins as «на 20.03.2014» does. A number of Excel
    has no text."""
    number = cells.get(columns.number)
    return number is not None and bool(cells.get(columns.measure)) and bool(_NUMBER.fullmatch(number))


def _by_row(sheet: Sheet) -> Rows:
    rows: Rows = {}
    for spot, cell in sheet.cells.items():
        value = cell.value
        rows.setdefault(spot.row, {})[spot.column] = value if isinstance(value, str) else ""
    return rows


# ── tables of rows and columns among the others ──────────────────────────────────────────────────────────


def _tables_of_all_kinds(sheet: Sheet, form: Form) -> "list[Table | Grid]":
    """From top to bottom, each down to the next, or to the title of the form that stands once more below it."""
    rows = _by_row(sheet)
    grids = find_grids(sheet, rows, form)
    within = {row for grid in grids for row in range(grid.heading, grid.first)}
    others = [one for one in _starts(sheet, rows, form, _ENOUGH_ITEMS) if (one.heading or one.first) not in within]
    tables: list[Grid | _Start] = sorted([*grids, *others], key=_begin)
    bounded: list[Table | Grid] = []
    for here, table in enumerate(tables):
        below = _begin(tables[here + 1]) - 1 if here + 1 < len(tables) else max(rows)
        titled = (row for row in range(table.first, below + 1) if _is_titled(rows.get(row, {}), form))
        last = next(titled, below + 1) - 1
        bounded.append(replace(table, last=last) if isinstance(table, Grid) else _ended(table, last))
    return bounded


def _begin(table: "Grid | _Start | Table") -> int:
    return table.top if isinstance(table, Grid) else table.heading or table.first


def _is_titled(cells: dict[int, str], form: Form) -> bool:
    titles = (form.title, *form.recognise.titles)
    return any(text and is_one_of(text.split("\n")[0], titles) for text in cells.values())


def _with_grids(tables: "list[Table | Grid]") -> list[FormOnSheet]:
    """Tables of all kinds as forms: another begins where a table would stand twice, or a title stands between."""
    groups: list[list[Table | Grid]] = []
    for table in tables:
        before = groups[-1][-1] if groups else None
        twice = groups and any(_is_same(one, table) for one in groups[-1])
        if before is None or twice or before.last + 1 < _begin(table):
            groups.append([])
        groups[-1].append(table)
    found: list[FormOnSheet] = []
    head_first = 1
    for group in groups:
        grids = tuple(table for table in group if isinstance(table, Grid))
        others = [table for table in group if isinstance(table, Table)]
        items = next((table for table in others if not table.problems), None) or _no_items(group)
        problems = next((table for table in others if table.problems), None)
        found.append(FormOnSheet(head_first, _begin(group[0]) - 1, items, problems, grids))
        head_first = group[-1].last + 1
    return found


def _is_same(one: "Table | Grid", other: "Table | Grid") -> bool:
    if isinstance(one, Grid) and isinstance(other, Grid):
        return one.columns.keys() == other.columns.keys() and one.under == other.under
    return isinstance(one, Table) and isinstance(other, Table) and one.problems == other.problems


def _no_items(group: "list[Table | Grid]") -> Table:
    """A table of items without rows, below the others."""
    first, last = group[0], group[-1].last
    if isinstance(first, Table):
        return Table(first.columns, 0, last + 1, last)
    left = first.label or min(first.values)
    return Table(Columns(first.number or max(left - 1, 1), left, max(first.values)), 0, last + 1, last)


# ── headings ─────────────────────────────────────────────────────────────────────────────────────────────


def _items_heading(row: int, sheet: Sheet, rows: Rows, form: Form, beside: _Start | None) -> _Start | None:
    """The heading whose row of «Мероприятия» this is; its other rows lie above and below."""
    columns, known = rows[row], form.recognise
    measure = _first(columns, known.measure)
    if not measure:
        return None
    number = _last_before(columns, known.number, measure) or max(measure - 1, 0)
    own = {key: _first(columns, (heading,)) for key, heading in _OWN_COLUMNS.items()}
    if all(own.values()):
        answer = _first(columns, known.answer, after=measure)
        labels = frozenset(Spot(row, column) for column in columns)
        return _Start(row, row + 1, Columns(number, measure, answer, **own), False, labels, {}) if answer else None
    width = beside.columns.number - 1 if beside and beside.columns.number > measure else 0
    return _headed(row, Columns(number, measure, 0), width, sheet, rows, form)


_OWN_COLUMNS = {"total": own_form.TOTAL, "count": own_form.COUNT, "percent": own_form.SHARE}


def _headed(row: int, columns: Columns, width: int, sheet: Sheet, rows: Rows, form: Form) -> _Start | None:
    """The table below the heading of which `row` is one row; None where no column is headed as the answer's."""
    heading = _heading_rows(row, columns, rows, form)
    last = width or max(spot.column for spot in sheet.cells)
    others = [column for column in range(1, last + 1) if column != columns.measure]
    paths = {column: _path(column, heading, columns, sheet, rows) for column in others}
    meanings = {c: meaning for c, path in paths.items() if (meaning := meaning_of_path(path, form))}
    named = {column: path[-1] for column, path in paths.items() if path}
    answers = [c for c, meaning in meanings.items() if not meaning.aside and (meaning.answer or meaning.fact)]
    choices = _columns_of_choices(named, form)
    if not answers and len(choices) > 1:  # «Готов | Не готов | Частично»: each holds a mark
        answers = sorted(choices)
        meanings |= dict.fromkeys(answers, Meaning(answer=True))
    if not answers:
        return None
    labels = {Spot(r, c) for r in heading for c in rows[r] if c <= columns.measure or c in meanings or c in choices}
    parts = _parts_column(columns.measure, answers[0], paths, form)
    number = 0 if columns.number in answers else columns.number
    full = Columns(number, columns.measure, answers[0])
    above = {column: tuple(path[:-1]) for column, path in paths.items() if path[:-1]}
    return _Start(heading[0], heading[-1] + 1, full, False, frozenset(labels), meanings, width, parts, named, above)


def _columns_of_choices(named: Mapping[int, str], form: Form) -> set[int]:
    """Columns headed with an answer of an item of which another of its answers heads another column."""
    of_items = (columns_of_choices(item, named) for item in form.items if item.kind is Kind.CHOICE)
    return {column for columns in of_items for column in columns}


def columns_of_choices(item: Item, named: Mapping[int, str]) -> dict[int, str]:
    """Column -> the item's answer that heads it, «Да | Нет | Частично»: of all columns two at least."""
    titles = {plain(name): one.title for one in item.choices for name in (one.title, *one.spellings)}
    found = {column: titles[plain(words)] for column, words in sorted(named.items()) if plain(words) in titles}
    return found if len(set(found.values())) > 1 else {}


def _heading_rows(row: int, columns: Columns, rows: Rows, form: Form) -> list[int]:
    """The rows of the heading: the one that names the measure, those above and below that name parts of the answer."""
    found = [row]
    if row - 1 in rows and _names_parts(rows[row - 1], columns, form, answer=True):
        found.insert(0, row - 1)
    while len(found) < _HEADING_ROWS and _names_parts(rows.get(found[-1] + 1, {}), columns, form, answer=False):
        found.append(found[-1] + 1)
    return found


def _names_parts(cells: dict[int, str], columns: Columns, form: Form, *, answer: bool) -> bool:
    """A row with headings of the answer's columns and nothing before them. Above, most of its words are known; below,
    several cells name parts also in words that nobody knows: «Корпус А», «Корпус Б»."""
    if not cells or min(cells) <= columns.measure or not all(cells.values()):
        return False
    known = [meaning for text in cells.values() if (meaning := meaning_of(form, text))]
    if not answer and len(cells) > 1:
        return True
    return 2 * len(known) >= len(cells) and (not answer or any(one.answer for one in known))


def _path(column: int, heading: list[int], columns: Columns, sheet: Sheet, rows: Rows) -> list[str]:
    """The headings of a column from top to bottom: merged cells reach over all their columns, and a heading that is
    not merged over the blank ones right of it where the row below names their parts."""
    path = []
    for at, row in enumerate(heading):
        text = rows[row].get(column, "") or _merged_text(Spot(row, column), sheet, rows)
        below = at + 1 < len(heading) and column in rows[heading[at + 1]]
        left = max((c for c in rows[row] if columns.measure < c < column), default=0)
        if not text and below and left and not _is_merged(Spot(row, left), sheet):
            text = rows[row][left]
        path.append(text)
    return [text for text in path if text]


def _merged_text(spot: Spot, sheet: Sheet, rows: Rows) -> str:
    for first, last in sheet.merged:
        if first.row <= spot.row <= last.row and first.column <= spot.column <= last.column:
            return rows.get(first.row, {}).get(first.column, "")
    return ""


def _is_merged(spot: Spot, sheet: Sheet) -> bool:
    return any(first == spot and last.column > first.column for first, last in sheet.merged)


def _parts_column(measure: int, answer: int, paths: dict[int, list[str]], form: Form) -> int:
    """The first column between the measure and the answer whose heading is the measure's own, or that has none."""
    measures = form.recognise.measure
    between = [c for c in range(measure + 1, answer) if all(is_one_of(text, measures) for text in paths[c])]
    return between[0] if between else 0


def _problems_heading(row: int, columns: dict[int, str], form: Form) -> _Start | None:
    if form.problem_table is None:
        return None
    problem = _first(columns, form.problem_table.problem)
    solution = _first(columns, form.problem_table.solution, after=problem)
    if not problem or not solution:
        return None
    number = _last_before(columns, form.recognise.number, problem) or max(problem - 1, 0)
    labels = frozenset(Spot(row, c) for c in columns if number <= c <= solution or not _is_items_row(columns, form))
    return _Start(row, row + 1, Columns(number, problem, solution), True, labels, {})


def _is_items_row(columns: dict[int, str], form: Form) -> bool:
    return bool(_first(columns, form.recognise.measure))


def _first(columns: dict[int, str], known: tuple[str, ...], after: int = 0) -> int:
    for column, text in columns.items():  # no generator: this is asked of every row
        if column > after and text and is_one_of(text, known):
            return column
    return 0


def _last_before(columns: dict[int, str], known: tuple[str, ...], before: int) -> int:
    return max((c for c, text in columns.items() if c < before and text and is_one_of(text, known)), default=0)


# ── the row of column numbers ────────────────────────────────────────────────────────────────────────────


def numbers_columns(sheet: Sheet, row: int, columns: Columns, width: int = 0) -> bool:
    """Is it the row «1 | 2 | 3» or «А | Б | 1» that is printed below a heading?"""
    if not _is_mark(sheet.cells.get(spot_at(row, columns.measure))):
        return False
    last = width or max(spot.column for spot in sheet.cells)
    cells = {c: cell for c in range(1, last + 1) if (cell := sheet.cells.get(spot_at(row, c)))}
    return all(map(_is_mark, cells.values())) and _count_up([_mark(cells[c]) for c in sorted(cells)])


def _is_mark(cell: Cell | None) -> bool:
    return cell is not None and isinstance(cell.value, str | float) and len(_mark(cell)) in (1, 2)


def _mark(cell: Cell) -> str:
    return (cell.value if isinstance(cell.value, str) else f"{cell.value:g}").strip(" .()")


def _count_up(marks: list[str]) -> bool:
    """Letters first, then numbers from 1 on, one more in each column."""
    letters = [mark for mark in marks if re.fullmatch("[A-Za-zА-Яа-я]", mark)]
    numbers = marks[len(letters) :]
    counted = [str(n) for n in range(1, len(numbers) + 1)]
    return len(marks) > 1 and marks[: len(letters)] == letters and numbers == counted


# ── a table without a heading ────────────────────────────────────────────────────────────────────────────


def _table_without_heading(sheet: Sheet, rows: Rows, form: Form, enough: int) -> list[_Start]:
    """The column in which most of the form's long wordings stand is the column of measures."""
    hits: dict[int, dict[str, int]] = {}
    for row, columns in rows.items():
        for column, text in columns.items():
            for number in _worded_so(form, text) if len(text) >= _LONG_TEXT else ():
                hits.setdefault(column, {}).setdefault(number, row)
    column, items = max(hits.items(), key=lambda hit: len(hit[1]), default=(0, {}))
    if not items or len(items) < min(enough, len(_told_by_wording(form))):
        return []
    first = min(items.values())
    return [_below_unknown_heading(first, column, sheet, rows, form)]


@once_a_form(maxsize=4_096)  # texts: as above
def _worded_so(form: Form, text: str) -> tuple[str, ...]:
    """Numbers of the items of long wordings that the text is like."""
    return tuple(i.number for i in _told_by_wording(form) if best_likeness(text, i.wordings) >= SAME_WORDING)


@once_a_form(maxsize=1)
def _told_by_wording(form: Form) -> tuple[Item, ...]:
    """Items whose wording is long enough to be no other text, or that head others."""
    of_tables = (Kind.ROW, Kind.ROWS)
    return tuple(i for i in form.items if (len(i.title) > 30 or i.kind is Kind.GROUP) and i.kind not in of_tables)


def _below_unknown_heading(first: int, measure: int, sheet: Sheet, rows: Rows, form: Form) -> _Start:
    """The table from its first item on; the row above it may be a heading that names the answer in unknown words."""
    columns = Columns(max(measure - 1, 0), measure, measure + 1)
    above = first - 1
    if numbers_columns(sheet, above, columns):
        above -= 1
    cells = rows.get(above, {})
    if measure not in cells or not any(c > measure for c in cells):
        return _Start(0, first, columns, False, frozenset(), {})
    if headed := _headed(above, columns, 0, sheet, rows, form):
        return headed
    meanings = {c: meaning for c, text in cells.items() if c > measure and (meaning := meaning_of(form, text))}
    labels = frozenset(Spot(above, c) for c in cells if c <= measure or c in meanings)
    return _Start(above, above + 1, columns, False, labels, meanings, named=cells)
