"""Which tables of the order are its form, its stages, its table of problems: told by their headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from pipeline.drafting.opening import NUMBER_HEADING, Row

_DUE = re.compile(r"\bсрок(?!\w*\s+(?:эксплуат|служб|действи|хранени|полезн|годност))", re.IGNORECASE)
_WHO = re.compile(r"ответственн|исполнител", re.IGNORECASE)
_ANSWER = re.compile(r"выполнени|исполнени[ея]|отметк|ответ\b|информаци|результат|значени|сведени|примечани", re.I)
_MEASURE = re.compile(r"мероприяти|показател|наименовани|содержани|вопрос|критери|перечень", re.IGNORECASE)
PROBLEM = re.compile(r"проблем|трудност|затруднени", re.IGNORECASE)
SOLUTION = re.compile(r"решени|результат|принят|меры", re.IGNORECASE)


class Use(Enum):
    FORM = "form"
    STAGES = "stages"
    PROBLEMS = "problems"
    OTHER = "other"


@dataclass(frozen=True)
class Table:
    """`start`: number of its heading among the order's rows. `number`: its column of numbers; None where numbers stand
    before the words. `due`: its column of deadlines. `answers`: columns to be filled in. `who`: columns that
    name those in charge."""

    use: Use
    start: int
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    number: int | None
    measure: int
    due: int | None
    answers: tuple[int, ...]
    who: tuple[int, ...]


def tables_of(rows: Sequence[Row]) -> list[Table]:
    return [_table(start, cells) for start, cells in _groups(rows)]


def _groups(rows: Sequence[Row]) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
    """Rows of one table, its heading first; a heading in their midst begins another one."""
    start, held = 0, list[tuple[str, ...]]()
    for number, row in enumerate(rows):
        begins = row.is_table and any(NUMBER_HEADING.fullmatch(cell) for cell in row.cells)
        if held and (begins or not row.is_table):
            yield start, _squeezed(held)
            held = []
        if row.is_table:
            start = start if held else number
            held.append(row.cells)
    if held:
        yield start, _squeezed(held)


def _squeezed(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """All rows as long, without columns in which nothing stands."""
    width = max(map(len, rows))
    full = [(*cells, *[""] * (width - len(cells))) for cells in rows]
    used = [column for column in range(width) if any(cells[column] for cells in full)]
    return [tuple(cells[column] for column in used) for cells in full]


def _table(start: int, cells: list[tuple[str, ...]]) -> Table:
    heading = cells[0]
    columns = range(len(heading))
    number = next((n for n in columns if NUMBER_HEADING.fullmatch(heading[n])), None)
    others = [n for n in columns if n != number and heading[n]]
    due = next((n for n in others if _DUE.search(heading[n])), None)
    measure = next((n for n in others if _MEASURE.search(heading[n])), others[0] if others else 0)
    if number is not None and measure != number + 1 and number + 1 in others:
        measure = number + 1
    answers = [n for n in others if n not in (measure, due) and n > measure and not _WHO.search(heading[n])]
    who = tuple(n for n in others if n != measure and _WHO.search(heading[n]))
    is_blank = not any(row[measure] for row in cells[1:] if len(row) > measure)  # to be filled in, line by line
    use = _use(heading, number, due, answers, is_blank=is_blank)
    return Table(use, start, heading, tuple(cells[1:]), number, measure, due, tuple(answers), who)


def _use(heading: tuple[str, ...], number: int | None, due: int | None, answers: list[int], *, is_blank: bool) -> Use:
    is_answered = any(_ANSWER.search(heading[n]) for n in answers)
    if any(map(PROBLEM.search, heading)) and sum(bool(SOLUTION.search(cell)) for cell in heading):
        return Use.PROBLEMS
    if due is not None and not is_answered and not is_blank:
        return Use.STAGES
    if answers and (number is not None or (is_answered and any(map(_MEASURE.search, heading)))):
        return Use.FORM
    return Use.OTHER
