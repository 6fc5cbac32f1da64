"""Which of a table's columns the answers stand in: by the headings, the report's date, and what is hidden.

Never by position. A column that no heading names is chosen only where no heading names another, and by what its cells
read as.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline.reading.answers.values import is_blank, read_answer
from pipeline.reading.finding.headings import Meaning, is_dated, is_of_a_part, is_of_the_whole, says_of_another
from pipeline.reading.finding.rows import Row
from pipeline.reading.finding.tables import Table
from pipeline.reading.opening.book import Cell, Sheet
from schemas.addresses import Spot, address
from schemas.form import Form, Item, Kind
from schemas.reports import INSTEAD_OF_ANSWERS


@dataclass(frozen=True)
class AnswerColumns:
    """`answers`: column -> what its heading says. `unit`: the column of units, 0 where there is none. `settled`: those
    that hold something else for certain. A cell in any other column is evidence: it may contradict the answer.

    `denied`: columns under «нет», «не выполнено», where a mark denies. `odd`: columns below the answer's heading with
    words of their own that nobody knows, and these words.

    `foreign`: the dates that all answers' columns are headed with where none is the report's; `heading`: of the only
    column with answers, where no list knows it; `other`: does it say that they are of something else; `why`, for
    people. `parts`: columns of parts of the school beside the one of all of it.
    """

    answers: Mapping[int, Meaning]
    unit: int = 0
    settled: frozenset[int] = frozenset()
    foreign: tuple[str, ...] = ()
    why: str = ""
    denied: frozenset[int] = frozenset()
    odd: Mapping[int, str] = field(default_factory=dict)
    heading: str = ""
    other: bool = False
    parts: frozenset[int] = frozenset()

    @property
    def first(self) -> int:
        return min(self.answers)

    def of(self, item: Item) -> Mapping[int, Meaning]:
        """The columns of its answer. Where no share, number or yes is asked for, words below the answer's heading that
        nobody knows do no harm: «Реквизиты»."""
        if not self.odd or item.measured or item.kind is Kind.YES_NO:
            return self.answers
        return dict(sorted({**dict.fromkeys(self.odd, Meaning(answer=True)), **self.answers}.items()))


@dataclass
class _Choice:
    """The candidates, as they become fewer; what they are settled to be instead, and by which rules."""

    candidates: dict[int, Meaning]
    settled: set[int] = field(default_factory=set)
    rules: list[str] = field(default_factory=list)

    def keep(self, columns: Iterable[int], rule: str) -> None:
        kept = set(columns)
        if kept and kept < self.candidates.keys():
            self.settled |= self.candidates.keys() - kept
            self.candidates = {column: self.candidates[column] for column in sorted(kept)}
            self.rules.append(rule)


def choose_columns(sheet: Sheet, table: Table, rows: list[Row], form: Form, as_of: date | None) -> AnswerColumns:
    """The columns of a table's answers. `rows`: those that answer an item."""
    meanings = table.meanings
    settled = {column for column, meaning in meanings.items() if meaning.aside in ("plan", "unit", "other")}
    settled |= sheet.hidden_columns
    unit = next((column for column, meaning in meanings.items() if meaning.aside == "unit"), 0)
    if not table.headed:
        return _unheaded(sheet, table, rows, form, as_of, unit, settled)
    choice = _Choice({column: meaning for column, meaning in meanings.items() if meaning.candidate})
    odd = {c: m.odd for c, m in choice.candidates.items() if m.odd and _is_filled(c, sheet, rows)}
    parts = _keep_whole(choice, sheet, table, rows)
    odd |= parts
    _keep_answers(choice)
    choice.keep((c for c in choice.candidates if c not in sheet.hidden_columns), "видимый, а не скрытый")
    foreign = _keep_date(choice, as_of)
    if any(meaning.fact for meaning in choice.candidates.values()):
        choice.keep((c for c, m in choice.candidates.items() if m.fact or m.roles), "факт, а не план")
    named = ", ".join(_letters(column) for column in choice.candidates)
    why = "; ".join([f"столбец {named}: по заголовку", *choice.rules])
    settled = (settled - choice.candidates.keys()) | choice.settled
    denied = frozenset(column for column, meaning in meanings.items() if meaning.denied)
    return AnswerColumns(choice.candidates, unit, frozenset(settled), foreign, why, denied, odd, parts=frozenset(parts))


def _unheaded(
    sheet: Sheet, table: Table, rows: list[Row], form: Form, as_of: date | None, unit: int, settled: set[int]
) -> AnswerColumns:
    """No heading names the answer's column: it is the one whose cells read as answers, unless its own heading says that
    they are of another time or of something else."""
    column = _best_reading(sheet, table, rows, form, settled)
    why = f"столбец {_letters(column)}: заголовок не узнан, ответы узнаны по виду"
    dated = {c: m for c, m in table.meanings.items() if m.day and not m.aside and c not in settled}
    dated = {c: m for c, m in dated.items() if any(map(is_dated, (*table.above.get(c, ()), table.named.get(c, ""))))}
    if column in dated:
        choice = _Choice(dated)
        foreign = _keep_date(choice, as_of)
        why = "; ".join([f"столбец {', '.join(map(_letters, choice.candidates))}: по дате в заголовке", *choice.rules])
        settled = (settled - choice.candidates.keys()) | choice.settled
        return AnswerColumns(choice.candidates, unit, frozenset(settled), foreign, why)
    heading = table.named.get(column, "")
    others, other = frozenset(settled - {column}), says_of_another(heading)
    return AnswerColumns({column: Meaning(answer=True)}, unit, others, why=why, heading=heading, other=other)


def _keep_whole(choice: _Choice, sheet: Sheet, table: Table, rows: list[Row]) -> dict[int, str]:
    """«Корпус А», «Корпус Б», «Итого»: of the whole school is the last. Returns the columns of parts beside such a one,
    with their headings."""
    seen = {c: words for c, words in table.named.items() if c > table.columns.measure and c not in sheet.hidden_columns}
    unknown = {c: words for c, words in seen.items() if (m := table.meanings.get(c)) is None or m.odd}
    parts = {c: words for c, words in unknown.items() if is_of_a_part(words) and _is_filled(c, sheet, rows)}
    others = choice.candidates.keys() - parts.keys()
    if not parts or len(others) != 1 or not is_of_the_whole(table.named.get(next(iter(others)), "")):
        return {}
    choice.candidates = dict.fromkeys(others, Meaning(answer=True))
    choice.rules.append("за всю школу, а не за её часть")
    return parts


def _is_filled(column: int, sheet: Sheet, rows: list[Row]) -> bool:
    cells = (sheet.cells.get(Spot(row.row, column)) for row in rows)
    return any(cell is not None and not is_blank(cell) for cell in cells)


def _keep_answers(choice: _Choice) -> None:
    """A heading with a date alone, or with people alone, is one only below or beside the answer's. So is one with
    words that nobody knows."""
    lone = {c for c, m in choice.candidates.items() if not (m.answer or m.fact or m.roles) or m.odd}
    if len(lone) < len(choice.candidates):
        for column in lone:
            del choice.candidates[column]  # not settled: what stands there may contradict


def _keep_date(choice: _Choice, as_of: date | None) -> tuple[str, ...]:
    """The column of the report's date; the dates of all where none is it."""
    dated = {column: m.day for column, m in choice.candidates.items() if m.day}
    if not dated or as_of is None:
        return ()
    own = {column for column, day in dated.items() if day.fits(as_of)}
    if own:
        choice.keep(own, "на дату отчёта")
        return ()
    choice.keep(choice.candidates.keys() - dated.keys(), "без чужой даты")
    if choice.candidates.keys() - dated.keys():
        return ()
    return tuple(dict.fromkeys(str(day) for day in dated.values()))


def _best_reading(sheet: Sheet, table: Table, rows: list[Row], form: Form, settled: set[int]) -> int:
    """The column in which most cells read as an answer to the item of their row; where several do, the first."""
    last = table.width or max((spot.column for spot in sheet.cells), default=0)
    taken = {table.columns.number, table.columns.measure, *settled}
    open_columns = [c for c in range(1, last + 1) if c not in taken]
    noted = {c for c, meaning in table.meanings.items() if meaning.aside == "note"}

    def answered(column: int) -> tuple[int, bool]:
        cells = ((row.item, sheet.cells.get(Spot(row.row, column))) for row in rows)
        return sum(reads_as_answer(item, cell, form) for item, cell in cells if cell), column not in noted

    return max(open_columns, key=answered, default=table.columns.answer)


def reads_as_answer(item: Item, cell: Cell, form: Form, base: float | None = None) -> bool:
    """Would the cell be a whole answer to the item wherever it stood? Any words would be one of a text: never that."""
    if item.kind in (Kind.GROUP, Kind.TEXT) or is_blank(cell):
        return False
    answer = read_answer(item, cell, form, base)
    fields = {fact.field for fact in answer.facts}.difference(INSTEAD_OF_ANSWERS)
    whole = {"number", "date"} if item.kind in (Kind.DOCUMENT, Kind.ACTS) else set[str]()
    return bool(fields & {"count", "percent", "yes"}) or (bool(fields) and whole <= fields and not answer.remarks)


def _letters(column: int) -> str:
    return address(Spot(1, column))[:-1]
