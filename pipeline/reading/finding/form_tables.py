"""Where on a sheet the form's own tables stand: rows and columns, `Form.tables`, found by their headings alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.reading.answers.units import unit_alone, without_unit
from pipeline.reading.finding.headings import meaning_of
from pipeline.reading.opening.book import Sheet
from schemas.addresses import Spot
from schemas.form import Column, Form, Item, Kind, Table
from schemas.likeness import SAME_WORDING, best_likeness, is_one_of, plain

Rows = dict[int, dict[int, str]]  # row -> column -> text, blank for a cell that is no text

_HEADING_ROWS = 3  # a heading has no more
_EXACT, _SAME_CORE, _MISTYPED = 3, 2, 1  # how sure a heading is a column's
_ABOVE = 3  # rows above a heading in which its title may stand


@dataclass(frozen=True)
class Grid:
    """A table of the form on a sheet, rows `first` to `last` below the heading that begins in `heading`.

    `columns`: id of each table of the form that it may be -> column of the sheet -> id of the table's column; several
    where tables are headed alike: the rows tell them apart. `number`, `label`: columns of the rows' numbers and titles,
    0 where there is none. `under`: number of the item that the line above it names, which stands at `title`.
    `strangers`: columns whose heading no table has. `printed`: columns of codes beside the titles, `units`: that of the
    rows' units, 0 where there is none. `headings`: column of the sheet -> its heading in words. `unit`:
    that a line right above names for all of it, «(тыс. руб.)».
    """

    heading: int
    first: int
    last: int
    number: int
    label: int
    columns: Mapping[str, Mapping[int, str]]
    labels: frozenset[Spot]
    headings: Mapping[int, str] = field(default_factory=dict)
    strangers: tuple[int, ...] = ()
    printed: tuple[int, ...] = ()
    units: int = 0
    under: str = ""
    title: Spot | None = None
    unit: str = ""

    @property
    def top(self) -> int:
        """The first row that belongs to it: its title's or its heading's."""
        return self.title.row if self.title else self.heading

    @property
    def values(self) -> list[int]:
        """Columns of the sheet in which answers stand."""
        return sorted({column for columns in self.columns.values() for column in columns})


class _Match(NamedTuple):
    """A table of the form as the headings of a row have it."""

    table: Table
    number: int
    label: int
    columns: dict[int, str]
    deep: int  # rows of the heading
    texts: dict[int, str]


def find_grids(sheet: Sheet, rows: Rows, form: Form) -> list[Grid]:
    """All of them, from top to bottom; each may end where the sheet does."""
    grids: list[Grid] = []
    for row in rows:
        if grids and row < grids[-1].first:
            continue
        matches = [match for table in form.tables if (match := _match(row, sheet, rows, table, form))]
        if matches:
            grids.append(_grid(row, matches, sheet, rows, form))
    return grids


def _grid(row: int, matches: list[_Match], sheet: Sheet, rows: Rows, form: Form) -> Grid:
    """Of tables headed alike all in which most columns are found again."""
    most = max(len(match.columns) for match in matches)
    best = [match for match in matches if len(match.columns) == most]
    first = best[0]
    known = {column for match in best for column in match.columns} | {first.number, first.label}
    heading = range(row, row + first.deep)
    labels = {Spot(r, c) for r in heading for c in rows.get(r, {}) if c in known}
    others = tuple(c for c in first.texts if c not in known and c > first.number)
    units = tuple(c for c in others if _names_units(first.texts[c], form))
    printed = tuple(c for c in others if c in units or is_one_of(first.texts[c], form.recognise.number))
    strangers = tuple(c for c in others if c not in printed)
    over = _unit_above(row, rows, form)
    under, title = _title(over.row if over else row, rows, form)
    labels |= {over} if over else set()
    labels |= {Spot(title.row, c) for c, text in rows[title.row].items() if text} if title else set()
    return Grid(
        row, row + first.deep, max(rows), first.number, first.label,
        {match.table.id: match.columns for match in best},
        frozenset(labels), first.texts, strangers, printed, next(iter(units), 0), under, title,
        unit_alone(rows[over.row][over.column], form) if over else "",
    )  # fmt: skip


def _names_units(heading: str, form: Form) -> bool:
    """«Ед. изм.», «Единица измерения»."""
    meaning = meaning_of(form, heading)
    return meaning is not None and meaning.aside == "unit"


def _match(row: int, sheet: Sheet, rows: Rows, table: Table, form: Form) -> _Match | None:
    """The table whose heading begins in the row, over as many rows as make most of it known."""
    found: _Match | None = None
    for deep in range(1, _HEADING_ROWS + 1):
        if deep > 1 and not _continues(row + deep - 1, found, row, rows):
            break
        match = _match_rows(range(row, row + deep), sheet, rows, table, form)
        if match and (found is None or len(match.columns) > len(found.columns)):
            found = match
    return found if found and _is_enough(found, rows[row], form) else None


def _continues(below: int, found: _Match | None, row: int, rows: Rows) -> bool:
    """May the row below be one of the heading: words alone, and none where numbers and titles of rows stand."""
    cells = rows.get(below, {})
    left = found.label or found.number if found else min(rows[row])
    return bool(cells) and all(cells.values()) and min(cells) > left


def _match_rows(heading: range, sheet: Sheet, rows: Rows, table: Table, form: Form) -> _Match | None:
    cells = {c: text for c, text in rows[heading[0]].items() if text and c not in sheet.hidden_columns}
    paths = {c: _path(c, heading, sheet, rows) for r in heading for c in rows.get(r, {})}
    label = next((c for c, text in cells.items() if is_one_of(text, table.label)), 0) if table.label else 0
    others = {c: path for c, path in paths.items() if c != label and c not in sheet.hidden_columns}
    columns = _columns(others, table, form)
    if not columns:
        return None
    left = label or min(columns)
    number = max((c for c, text in cells.items() if c < left and is_one_of(text, form.recognise.number)), default=0)
    if table.label and not label:
        between = [c for c in cells if number < c < min(columns)]
        label = between[0] if number and between else 0
    return _Match(table, number, label, columns, len(heading), {c: " ".join(path) for c, path in others.items()})


def _is_enough(match: _Match, cells: dict[int, str], form: Form) -> bool:
    """Is it this table for certain: its own column of titles and columns of its own, or most columns."""
    found, asked = len(set(match.columns.values())), len(match.table.columns)
    labelled = bool(match.table.label) and is_one_of(cells.get(match.label, ""), match.table.label)
    if labelled:
        return found >= min(2, asked)
    of_items = any(text and is_one_of(text, form.recognise.measure) for text in cells.values())
    return not of_items and 2 * found >= asked and (found > 1 or (asked == 1 and bool(match.number)))


def _path(column: int, heading: range, sheet: Sheet, rows: Rows) -> list[str]:
    """The headings of a column from top to bottom: one that is merged, or blank to its right where the row below names
    parts, reaches over several."""
    path = []
    for at, row in enumerate(heading):
        text = rows.get(row, {}).get(column, "") or _merged_text(Spot(row, column), sheet, rows)
        below = at + 1 < len(heading) and column in rows.get(heading[at + 1], {})
        if not text and below:
            left = max((c for c in rows.get(row, {}) if c < column), default=0)
            text = rows[row].get(left, "") if left else ""
        if text and text not in path:
            path.append(text)
    return path


def _merged_text(spot: Spot, sheet: Sheet, rows: Rows) -> str:
    for first, last in sheet.merged:
        if first.row <= spot.row <= last.row and first.column <= spot.column <= last.column:
            return rows.get(first.row, {}).get(first.column, "")
    return ""


# ── columns ──────────────────────────────────────────────────────────────────────────────────────────────


def _columns(paths: dict[int, list[str]], table: Table, form: Form) -> dict[int, str]:
    """Column of the sheet -> id of the table's column. Two headed alike are both it: their answers must agree."""
    ranked = {c: found for c, path in paths.items() if (found := _column(path, table, form))}
    best = {name: max(rank for rank, one in ranked.values() if one == name) for _, name in ranked.values()}
    return {c: name for c, (rank, name) in ranked.items() if rank == best[name]}


def _column(path: list[str], table: Table, form: Form) -> tuple[int, str] | None:
    """The one column that a heading is likest to; of a heading in rows also its last row alone."""
    for text in dict.fromkeys((" ".join(path), path[-1])) if path else ():
        ranks = {column.id: rank for column in table.columns if (rank := _rank(text, column, form))}
        best = [name for name, rank in ranks.items() if rank == max(ranks.values())]
        if len(best) == 1:
            return ranks[best[0]], best[0]
    return None


def _rank(heading: str, column: Column, form: Form) -> int:
    if any(plain(heading) == plain(one) for one in column.wordings):
        return _EXACT
    core = plain(without_unit(heading, form))
    if core and any(core == plain(without_unit(one, form)) for one in column.wordings):
        return _SAME_CORE
    same = [one for one in column.wordings if figures_of(one) == figures_of(heading)]
    return _MISTYPED if is_one_of(heading, tuple(same)) else 0


def figures_of(text: str) -> list[str]:
    """All numbers in a wording: «11 класс» is never «1 класс», however alike they are."""
    return [word for word in plain(text).split() if word.isdigit()]


# ── the title above ──────────────────────────────────────────────────────────────────────────────────────


def _unit_above(heading: int, rows: Rows, form: Form) -> Spot | None:
    """Where a line right above the heading says nothing but a unit."""
    row = next((r for r in range(heading - 1, heading - _ABOVE, -1) if rows.get(r)), 0)
    return next((Spot(row, c) for c, text in rows.get(row, {}).items() if text and unit_alone(text, form)), None)


def _title(heading: int, rows: Rows, form: Form) -> tuple[str, Spot | None]:
    """The item that the nearest line above the heading names, «6. Мероприятия квартала», and where it stands."""
    row = next((r for r in range(heading - 1, heading - 1 - _ABOVE, -1) if rows.get(r)), 0)
    texts = [(column, text) for column, text in rows.get(row, {}).items() if text]
    if len(texts) != len(rows.get(row, {})) or not 0 < len(texts) < _ABOVE:
        return "", None
    said = " ".join(text for _, text in texts)
    item = next((item for item in _titled(form) if _names(said, item)), None)
    return (item.number, Spot(row, texts[0][0])) if item else ("", None)


def _titled(form: Form) -> Iterator[Item]:
    """Items that may be printed as the title of a table."""
    yield from (item for item in form.items if item.kind in (Kind.GROUP, Kind.ROWS))


def _names(said: str, item: Item) -> bool:
    number, _, words = said.partition(" ")
    own = number.strip(" .)") == item.number
    return best_likeness(words if own else said, item.wordings) >= SAME_WORDING
