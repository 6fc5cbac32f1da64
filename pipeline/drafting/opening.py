"""The order's file as rows from top to bottom: paragraphs and rows of tables, whatever program has written it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from pipeline.reading.opening import guard
from pipeline.reading.opening.book import Sheet, Value
from pipeline.reading.opening.grid import open_book
from pipeline.settings import Limits
from pipeline.wording import day, lowered, message
from pipeline.workers import Workers
from schemas.remarks import Remark, load_catalogue
from schemas.strict import UsageError
from schemas.text import clean

_TEXT = ".txt"
_HINT = "сохраните приказ как .docx, .xlsx или .txt и повторите"


class Row(NamedTuple):
    """A paragraph (one cell) or a row of a table, blank cells in their places. White space is one space each. `table`:
    which one of a text document it is."""

    cells: tuple[str, ...]
    is_table: bool = False
    table: str = ""

    @property
    def text(self) -> str:
        return " ".join(filter(None, self.cells))


def read_order(path: Path, limits: Limits) -> list[Row]:
    """Rows that say something, in their order. Raises UsageError where the file cannot be read."""
    if not path.is_file():
        raise UsageError(f"Файла «{path}» нет: проверьте имя.")
    rows = _read_text(path, limits) if path.suffix.casefold() == _TEXT else _read_outside(path, limits)
    if isinstance(rows, Remark):
        why = lowered(message(rows, load_catalogue())).rstrip(".")
        raise UsageError(f"Приказ «{path.name}» не читается: {why}; {_HINT}.")
    if not rows:
        raise UsageError(f"В файле «{path.name}» нет текста (возможно, это снимок страниц): {_HINT}.")
    return rows


def _read_outside(path: Path, limits: Limits) -> list[Row] | Remark:
    """By a process that may die: whoever has sent the order, its file may be spoilt."""
    with Workers(rows_of_file, 1, 1, seconds=limits.seconds, memory_mb=limits.memory_mb) as workers:
        [(_, outcome)] = workers.map([path], limits)
    if outcome.failed:
        raise RuntimeError(outcome.failed)
    if outcome.late or outcome.starved:
        what, limit, key = ("времени", f"{limits.seconds} с", "seconds")
        if outcome.starved:
            what, limit, key = ("памяти", guard.in_mb(limits.memory_mb * guard.MB), "memory_mb")
        said = f"на чтение нужно слишком много {what} (предел — {guard.with_key(limit, key)})"
        raise UsageError(f"Приказ «{path.name}» не читается: {said}; {_HINT}.")
    if outcome.result is None:
        raise UsageError(f"Приказ «{path.name}» не читается: программа чтения с ним не справилась; {_HINT}.")
    return outcome.result


def rows_of_file(limits: Limits, path: Path) -> list[Row] | Remark:
    """The rows of a workbook or a text document, or why there are none. Runs in a worker."""
    try:
        book = open_book(guard.look(path, limits), limits)
    except guard.Unreadable as unread:
        return unread.remark
    return [row for sheet in book.sheets if not sheet.hidden for row in rows_of_sheet(sheet)]


def _read_text(path: Path, limits: Limits) -> list[Row] | Remark:
    try:
        return rows_of_text(_decoded(guard.look(path, limits), path.name))
    except guard.Unreadable as unread:
        return unread.remark


def _decoded(data: bytes, name: str) -> str:
    """UTF-8, else what Windows calls Unicode or its own code page."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1251"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UsageError(f"Файл «{name}» — не текст: {_HINT}.")


# ── a workbook or a text document ────────────────────────────────────────────────────────────────────────
def rows_of_sheet(sheet: Sheet) -> list[Row]:
    """Of a text document its tables are known; of a workbook a row of several cells is one of a table, and one of a
    single cell that follows it without a gap."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), cell in sheet.cells.items():
        by_row.setdefault(row, {})[column] = said(_said(cell.value))
    rows: list[Row] = []
    last_of_table = -1
    for number in sorted(by_row):
        cells = by_row[number]
        if sheet.places is None:
            is_table = len(cells) > 1 or number == last_of_table + 1
        else:
            is_table = sheet.places.get(number, "").startswith("таблица")
        last_of_table = number if is_table else last_of_table
        width = max(cells) if is_table else 0
        texts = [cells.get(column, "") for column in range(1, width + 1)] or [" ".join(cells.values())]
        place = sheet.places.get(number, "").partition(",")[0] if sheet.places and is_table else ""
        rows.append(Row(tuple(texts), is_table, place))
    return [row for row in rows if row.text]


def _said(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return day(value) if isinstance(value, date) else str(value)


def said(text: str) -> str:
    """One line without characters that nobody sees, or that a form cannot hold."""
    return " ".join(clean(text.replace("\t", " ").replace("|", "/")).split())


# ── plain text ───────────────────────────────────────────────────────────────────────────────────────────
def rows_of_text(text: str) -> list[Row]:
    """Tables as programs put them into text: columns parted by `|` or tabs, a cell a line behind a tab, or a cell a
    line under the table's heading."""
    barred = [line.strip() for line in text.splitlines() if "|" in line]
    is_framed = all(line.startswith("|") for line in barred)  # else a bar at the beginning follows a blank cell
    rows = [*_rows(text.splitlines(), is_framed)]
    return rows if any(row.is_table for row in rows) else [*_stacked(rows)]


def _rows(lines: Sequence[str], is_framed: bool) -> Iterator[Row]:
    held: list[str] = []  # cells of a row that stand a line each
    gap = 1
    was_row = False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if not line.strip(" \n\r\xa0"):
            gap += 1
            continue
        is_row = "\t" in line[1:]
        if line.startswith("\t") and not is_row:
            if held and gap and not _is_number_alone(held):
                yield Row(tuple(held), True)
                held = []
            held.append(said(line))
        elif held and not gap and not is_row:  # a cell that runs on
            held[-1] = said(f"{held[-1]} {line}")
        else:
            if held:
                yield Row(tuple(held), True)
                held = []
            is_amid = was_row and not gap and re.search(r"[|\t]", following) is not None  # of merged cells
            yield from _row_of_a_line(line, is_framed, is_amid)
        was_row = re.search(r"[|\t]", line) is not None
        gap = 0
    if held:
        yield Row(tuple(held), True)


def _is_number_alone(cells: list[str]) -> bool:
    return len(cells) == 1 and NUMBER.fullmatch(cells[0]) is not None


def _row_of_a_line(line: str, is_framed: bool, is_amid: bool) -> Iterator[Row]:
    parted = re.search(r"[|\t]", line)
    if not parted:
        yield Row((said(line),), is_amid)
        return
    inner = line.strip().removeprefix("|").removesuffix("|") if is_framed and parted[0] == "|" else line
    cells = [said(cell) for cell in inner.split(parted[0])]
    if any(cell.strip("-–—:=+ ") for cell in cells):  # no ruled line
        yield Row(tuple(cells), True)


NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\)?")
NUMBER_HEADING = re.compile(
    r"(?:№|N|№№|номер|код)\s*(?:п\.?\s*/?\s*п\.?|строки|стр\.?|пункта|показателя)?|п\s*/\s*п", re.IGNORECASE
)
_LONGEST_HEADING = 60
_BELOW = re.compile(r"примечание:|директор\b|руководитель\b|исполнитель\b", re.IGNORECASE)


def _stacked(rows: list[Row]) -> Iterator[Row]:
    """Paragraphs under «№», «Мероприятия», «Выполнение» are cells: each row of them begins with its number."""
    start = next((n for n, row in enumerate(rows) if NUMBER_HEADING.fullmatch(row.text)), None)
    if start is None:
        yield from rows
        return
    yield from rows[:start]
    below = rows[start + 1 :]
    heading = [*takewhile(lambda r: not NUMBER.match(r.text) and len(r.text) <= _LONGEST_HEADING, below)]
    width = len(heading) + 1
    cells = [rows[start].text, *(row.text for row in heading)]
    for row in below[len(heading) :]:
        numbered = re.fullmatch(rf"{NUMBER.pattern}(?:\s+(.+))?", row.text)
        begins = NUMBER_HEADING.fullmatch(row.text) is not None  # of another table: its title stands before it
        if numbered or begins:
            yield from _row_and_rest(cells, width - 1 if begins else width)
            cells = [numbered[1], *filter(None, [numbered[2]])] if numbered else [row.text]
        else:
            cells.append(row.text)
    yield from _row_and_rest(cells, width)


def _row_and_rest(cells: list[str], width: int) -> Iterator[Row]:
    """A row of so many cells, and what stands below the table. A line that goes on with the cell before it belongs to
    that."""
    row: list[str] = []
    rest: list[str] = []
    for cell in cells:
        if row and not rest and re.match(r"[(а-яё%]", cell) and len(row) >= width:
            row[-1] = f"{row[-1]} {cell}"
        elif len(row) < width and not _BELOW.match(cell):
            row.append(cell)
        else:
            rest.append(cell)
    yield Row(tuple(row), True)
    yield from (Row((text,)) for text in rest)
