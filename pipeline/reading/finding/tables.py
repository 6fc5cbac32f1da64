"""Where on a sheet the form's tables stand: found by their headings and wording, never by fixed addresses."""

from dataclasses import dataclass, field

from pipeline.reading.opening.book import Sheet
from schemas import own_form
from schemas.addresses import Spot
from schemas.form import Form, Kind
from schemas.likeness import SAME_WORDING, best_likeness, is_one_of, plain

# So many different items must be recognised by wording for a table without a heading to be the form's.
_ENOUGH_ITEMS = 4


@dataclass(frozen=True)
class Columns:
    """Columns of a table; 0 where there is none. The last three stand only in Svod's own form."""

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
    """The rows from `first` to `last`, below the heading row (0 where the table has none)."""

    columns: Columns
    heading: int
    first: int
    last: int
    problems: bool = False
    labels: frozenset[Spot] = field(default_factory=frozenset)


@dataclass(frozen=True)
class FormOnSheet:
    """One form: the head above its table of items, that table, and the table of problems, if there."""

    head_first: int
    head_last: int
    items: Table
    problems: Table | None


def find_forms(sheet: Sheet, form: Form) -> list[FormOnSheet]:
    """All forms on the sheet, from top to bottom."""
    tables = _tables(sheet, form)
    found: list[FormOnSheet] = []
    head_first = 1
    for here, table in enumerate(tables):
        if table.problems:
            head_first = table.last + 1
            continue
        after = tables[here + 1] if here + 1 < len(tables) else None
        problems = after if after and after.problems else None
        found.append(FormOnSheet(head_first, (table.heading or table.first) - 1, table, problems))
        head_first = (problems or table).last + 1
    return found


def _tables(sheet: Sheet, form: Form) -> list[Table]:
    rows = _by_row(sheet)
    starts: list[tuple[int, Columns, bool, frozenset[Spot]]] = []
    for row, columns in rows.items():
        if (found := _items_heading(row, columns, form)) or (found := _problems_heading(row, columns, form)):
            starts.append((row, *found))
    if not any(not problems for _, _, problems, _ in starts):
        starts += _table_without_heading(rows, form)
        starts.sort(key=lambda start: start[0])
    return [_bounded(start, after, rows, form) for start, after in zip(starts, [*starts, None][1:], strict=True)]


def _bounded(
    start: tuple[int, Columns, bool, frozenset[Spot]],
    after: tuple[int, Columns, bool, frozenset[Spot]] | None,
    rows: dict[int, dict[int, str]],
    form: Form,
) -> Table:
    """The table from its heading to the next one, the next one's own title and head lines left out."""
    row, columns, problems, labels = start
    last = after[0] - 1 if after else max(rows)
    while last > row and after and _is_head_line(rows.get(last, {}), after[2], form):
        last -= 1
    headless = not labels
    return Table(columns, 0 if headless else row, row if headless else row + 1, last, problems, labels)


def _is_head_line(columns: dict[int, str], of_problems: bool, form: Form) -> bool:
    """Does the row belong to the head of the table below it: blank, its title, the school, the date."""
    if not columns:
        return True
    words = [text for text in columns.values() if text]
    if of_problems:
        return any(is_one_of(text, (form.problems.title,)) for text in words)
    heads = (*form.recognise.titles, *form.recognise.as_of, form.title)
    return any(
        is_one_of(text, heads) or plain(text).startswith(("в ", *(plain(h) for h in heads))) or plain(text) == "в"
        for text in words
    )


def _by_row(sheet: Sheet) -> dict[int, dict[int, str]]:
    """row -> column -> text (blank for a cell that is no text), rows in order."""
    rows: dict[int, dict[int, str]] = {}
    for spot in sorted(sheet.cells):
        value = sheet.cells[spot].value
        rows.setdefault(spot.row, {})[spot.column] = value if isinstance(value, str) else ""
    return rows


def _items_heading(row: int, columns: dict[int, str], form: Form) -> tuple[Columns, bool, frozenset[Spot]] | None:
    known = form.recognise
    measure = _first(columns, known.measure)
    answer = _first(columns, known.answer, after=measure)
    if not measure or not answer:
        return None
    number = _first(columns, known.number) or max(measure - 1, 0)
    own = {key: _first(columns, (heading,)) for key, heading in _OWN_COLUMNS.items()}
    if not all(own.values()):
        own = {}
    labels = frozenset(Spot(row, c) for c in columns if c <= answer or own)
    return Columns(number, measure, answer, **own), False, labels


_OWN_COLUMNS = {"total": own_form.TOTAL, "count": own_form.COUNT, "percent": own_form.SHARE}


def _problems_heading(row: int, columns: dict[int, str], form: Form) -> tuple[Columns, bool, frozenset[Spot]] | None:
    problem = _first(columns, form.problems.problem)
    solution = _first(columns, form.problems.solution, after=problem)
    if not problem or not solution:
        return None
    number = _first(columns, form.recognise.number) or max(problem - 1, 0)
    return Columns(number, problem, solution), True, frozenset(Spot(row, c) for c in columns)


def _first(columns: dict[int, str], known: tuple[str, ...], after: int = 0) -> int:
    return next((c for c, text in columns.items() if c > after and text and is_one_of(text, known)), 0)


def _table_without_heading(
    rows: dict[int, dict[int, str]], form: Form
) -> list[tuple[int, Columns, bool, frozenset[Spot]]]:
    """The column in which most of the form's long wordings stand is the column of measures."""
    known = [item for item in form.items if len(item.title) > 30 or item.kind is Kind.GROUP]
    hits: dict[int, dict[str, int]] = {}
    for row, columns in rows.items():
        for column, text in columns.items():
            if len(text) < 12:
                continue
            for item in known:
                if best_likeness(text, item.wordings) >= SAME_WORDING:
                    hits.setdefault(column, {}).setdefault(item.number, row)
    column, items = max(hits.items(), key=lambda hit: len(hit[1]), default=(0, {}))
    if len(items) < min(_ENOUGH_ITEMS, len(known)):
        return []
    return [(min(items.values()), Columns(max(column - 1, 0), column, column + 1), False, frozenset())]
