"""Which tables of the order are its form, its stages, its table of problems: told by their headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from pipeline.drafting.opening import NUMBER_HEADING, Row

_DUE = re.compile(r"\bсрок(?!\w*\s+(?:эксплуат|служб|действи|хранени|полезн|годност))", re.IGNORECASE)
_UNIT = re.compile(r"(?:ед|единиц[аы])\.?\s*изм", re.IGNORECASE)
_MARK = re.compile(r"[хx–—-]", re.IGNORECASE)  # stands where nothing is to be filled in
_HEADING_ROWS = 3  # no heading has more
_WHO = re.compile(r"ответственн|исполнител", re.IGNORECASE)
_ANSWER = re.compile(r"выполнени|исполнени[ея]|отметк|ответ\b|информаци|результат|значени|сведени|примечани", re.I)
_MEASURE = re.compile(r"мероприяти|показател|наименовани|содержани|вопрос|критери|перечень", re.IGNORECASE)
NO_ITEM = re.compile(  # lines of signatures, and of another form's head
    r"директор|руководит|исполнит|ответствен|заведующ|заместит|подпис|фамили|\bдата|телефон|состояни|учрежден|организац"
    r"|школ|приказ|\bотч[её]т|^(?:зав\. |социальн\w+ педагог|главн\w+ бухгалтер|бухгалтер|секретар\w+|председатель)\b",
    re.IGNORECASE,
)
NOTE = re.compile(r"^(?:примечани|комментари|пояснени)", re.IGNORECASE)
_SIGNED = re.compile("подпис", re.IGNORECASE)
_OF_UNIT = re.compile(
    r"(?:чел|(?:тыс\.?\s*)?руб|ед|шт|экз|%|проц|мест|час|дн|дней|км|кг|л|м|кв\.?\s*м)\.?", re.IGNORECASE
)
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
    name those in charge. `unit`: its column of units, «Ед. изм.»."""

    use: Use
    start: int
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    number: int | None
    measure: int
    due: int | None
    answers: tuple[int, ...]
    who: tuple[int, ...]
    unit: int | None = None


def tables_of(rows: Sequence[Row]) -> list[Table]:
    return [_table(start, cells) for start, cells in _groups(rows)]


def _groups(rows: Sequence[Row]) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
    """Rows of one table, its heading first; a heading in their midst begins another one."""
    start, held = 0, list[tuple[str, ...]]()
    for number, row in enumerate(rows):
        is_other = number > 0 and row.table != rows[number - 1].table
        begins = row.is_table and (is_other or any(NUMBER_HEADING.fullmatch(cell) for cell in row.cells))
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
    heading, cells = _headed(cells)
    columns = range(len(heading))
    number = next((n for n in columns if NUMBER_HEADING.fullmatch(heading[n])), None)
    others = [n for n in columns if n != number and heading[n]]
    due = next((n for n in others if _DUE.search(heading[n])), None)
    measure = next((n for n in others if _MEASURE.search(heading[n])), others[0] if others else 0)
    if number is not None and measure > number and measure != number + 1 and number + 1 in others:
        measure = number + 1
    if number and not any(row[number - 1].isdecimal() for row in cells):  # «Показатели | Ед. изм. | Код строки | Всего»
        measure = others[0]
    unit = next((n for n in others if _UNIT.match(heading[n])), None)
    behind = max(measure, number or 0)
    answers = [n for n in others if n not in (measure, due, unit) and n > behind and not _WHO.search(heading[n])]
    who = tuple(n for n in others if n != measure and _WHO.search(heading[n]))
    is_blank = not any(row[measure] for row in cells if len(row) > measure)  # to be filled in, line by line
    use = _use(heading, number, due, answers, is_blank=is_blank)
    is_signed = any(map(_SIGNED.search, heading)) or all(NO_ITEM.search(row[measure]) for row in cells)
    if use is Use.OTHER and not is_signed and _is_to_fill_in(cells, measure, answers):
        use = Use.FORM
    return Table(use, start, heading, tuple(cells), number, measure, due, tuple(answers), who, unit)


def _headed(cells: list[tuple[str, ...]]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The heading and the rows below it. Rows that name parts of headings («Получили оценку» — «5», «4») or their units
    and nothing in the column of the titles belong to it: «Получили оценку «5», чел.»."""
    heading, rows = cells[0], cells[1:]
    while len(cells) - len(rows) < _HEADING_ROWS and rows and _names_parts(rows[0], heading):
        over, joined = "", []
        for above, part in zip(heading, rows[0], strict=True):
            over = above or (over if part else "")
            joined.append(f"{over}{',' * bool(_OF_UNIT.fullmatch(part))} {part}".strip(" ,") if part else above)
        heading, rows = tuple(joined), rows[1:]
    return heading, rows


def _names_parts(row: tuple[str, ...], heading: tuple[str, ...]) -> bool:
    """Words in several columns, none in the first, and one below a heading that reaches over more columns than one; or
    units alone."""
    named = [n for n, cell in enumerate(row) if cell]
    reaches = any(n + 1 < len(heading) and heading[n] and not heading[n + 1] for n in range(len(heading)))
    in_words = all(re.search(r"[^\W\d_]|[«\"–—-]", row[n]) and not _MARK.fullmatch(row[n]) for n in named)
    of_units = all(_OF_UNIT.fullmatch(row[n]) for n in named)
    return len(named) > 1 and named[0] > 0 and (of_units or (reaches and in_words))


def _is_to_fill_in(rows: Sequence[tuple[str, ...]], measure: int, answers: list[int]) -> bool:
    """Rows with a title each and nothing where answers go: a table of the form, though nothing numbers its rows."""
    is_open = all(not row[n] or _MARK.fullmatch(row[n]) for row in rows for n in answers)
    return bool(answers) and len(rows) > 1 and is_open and all(row[measure] for row in rows)


def _use(heading: tuple[str, ...], number: int | None, due: int | None, answers: list[int], *, is_blank: bool) -> Use:
    is_answered = any(_ANSWER.search(heading[n]) for n in answers)
    if any(map(PROBLEM.search, heading)) and sum(bool(SOLUTION.search(cell)) for cell in heading):
        return Use.PROBLEMS
    if due is not None and not is_answered and not is_blank:
        return Use.STAGES
    if answers and (number is not None or (is_answered and any(map(_MEASURE.search, heading)))):
        return Use.FORM
    return Use.OTHER
