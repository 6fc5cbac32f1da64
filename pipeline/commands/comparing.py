"""Where two files that should be the same differ first, for people: sheet and cell, line and column."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import zip_longest
from zipfile import BadZipFile, ZipFile

from pipeline.reading.opening.book import Book, Sheet, Value
from pipeline.reading.opening.grid import open_book
from pipeline.reading.opening.guard import Unreadable
from pipeline.settings import Limits
from pipeline.wording import day, shortened

_BEFORE = 20  # letters shown before the place where two texts part
# Our own workbooks and those that have passed a school's limits: none is too big.
_NO_LIMITS = Limits(file_mb=10**4, unpacked_mb=10**5, zip_entries=10**6, sheets=10**4, cells=10**9)


def first_difference(name: str, was: bytes, now: bytes) -> str:
    """A Russian clause: the first place at which the file called so differs, what stood and what stands there."""
    kind = name.rpartition(".")[2]
    return _WAYS.get(kind, _of_bytes)(was, now)


def _of_workbooks(was: bytes, now: bytes) -> str:
    try:
        before, after = open_book(was, _NO_LIMITS), open_book(now, _NO_LIMITS)
    except Unreadable:
        return _of_bytes(was, now)
    return next(_in_cells(before, after), "") or _of_packages(was, now)


def _of_documents(was: bytes, now: bytes) -> str:
    """Text documents are read as rows and columns too; an address in them («абзац 6») is on no sheet."""
    said = _of_workbooks(was, now)
    return said.partition(", ячейка ")[2] or said


def _in_cells(was: Book, now: Book) -> Iterator[str]:
    """By sheets in their order, by rows."""
    for before, after in zip_longest(was.sheets, now.sheets):
        if before is None or after is None or before.name != after.name:
            yield f"листы: {_was_and_is(_title(before), _title(after))}"
            return
        for spot in sorted(before.cells.keys() | after.cells.keys()):
            values = [sheet.cells[spot].value if spot in sheet.cells else None for sheet in (before, after)]
            if values[0] != values[1]:
                yield f"лист «{before.name}», ячейка {before.address(spot)}: {_values(*values)}"


def _values(was: Value | None, now: Value | None) -> str:
    """What stood and what stands; of long texts the words around the place where they part."""
    if isinstance(was, str) and isinstance(now, str):
        start = was.rfind(" ", 0, max(0, _parting(was, now) - _BEFORE)) + 1
        cut = "…" if start else ""
        return _was_and_is(*(f"«{cut}{shortened(text[start:])}»" for text in (was, now)))
    return _was_and_is(_shown(was), _shown(now))


def _title(sheet: Sheet | None) -> str:
    return f"«{sheet.name}»" if sheet else "нет"


def _shown(value: Value | None) -> str:
    """So exactly that two values that differ look different."""
    match value:
        case None:
            return "пусто"
        case bool():
            return "ИСТИНА" if value else "ЛОЖЬ"
        case float():
            return f"{value:.17g}".replace(".", ",")
        case datetime() | time():
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        case date():
            return day(value)
    return f"«{shortened(value)}»"


def _of_packages(was: bytes, now: bytes) -> str:
    """All cells say the same: the looks, formulas or charts differ, and lie in some part of the package."""
    try:
        before, after = ZipFile(io.BytesIO(was)), ZipFile(io.BytesIO(now))
        for name in dict.fromkeys((*before.namelist(), *after.namelist())):
            parts = [package.read(name) if name in package.namelist() else None for package in (before, after)]
            if parts[0] != parts[1]:
                return f"ячейки говорят то же, отличается оформление или формулы (часть файла {name})"
    except BadZipFile:
        return _of_bytes(was, now)
    return "содержание то же, файл иначе сжат"


def _of_tables(was: bytes, now: bytes) -> str:
    """CSV: the line, counted as an editor counts records, and the column by its heading."""
    before, after = (list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""))) for data in (was, now))
    heading = before[0] if before else []
    for number, (old, new) in enumerate(zip_longest(before, after), start=1):
        if old != new:
            return f"строка {number}{_in_row(heading, old, new)}"
    return _of_bytes(was, now)


def _in_row(heading: Sequence[str], was: Sequence[str] | None, now: Sequence[str] | None) -> str:
    if was is None or now is None:
        return ": " + ("прежде её не было" if was is None else "теперь её нет")
    for column, (old, new) in enumerate(zip_longest(was, now)):
        if old != new:
            name = heading[column] if column < len(heading) else str(column + 1)
            return f", столбец {name}: {_values(old, new)}"
    return ""


def _of_json(was: bytes, now: bytes) -> str:
    before, after, keys = json.loads(was), json.loads(now), list[str]()
    while isinstance(before, dict) and isinstance(after, dict) and before != after:
        key = next(key for key in (*before, *after) if before.get(key) != after.get(key))
        keys.append(key)
        before, after = before.get(key), after.get(key)
    return f"ключ {'.'.join(keys)}" if keys else _of_bytes(was, now)


def _of_lines(was: bytes, now: bytes) -> str:
    for number, (old, new) in enumerate(zip_longest(*(data.decode("utf-8").splitlines() for data in (was, now))), 1):
        if old != new:
            return f"строка {number}: {_values(old, new)}"
    return _of_bytes(was, now)


def _of_bytes(was: bytes, now: bytes) -> str:
    return f"байт {_parting(was, now) + 1}"


def _parting(was: Sequence[object], now: Sequence[object]) -> int:
    """How far both are the same."""
    return next((n for n, (old, new) in enumerate(zip(was, now, strict=False)) if old != new), min(len(was), len(now)))


def _was_and_is(was: str, now: str) -> str:
    return f"было {was}, стало {now}"


_WAYS: dict[str, Callable[[bytes, bytes], str]] = {
    "xlsx": _of_workbooks,
    "docx": _of_documents,
    "csv": _of_tables,
    "json": _of_json,
    "html": _of_lines,
}
