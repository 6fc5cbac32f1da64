"""Reading against the bare reader: python -m benchmarks.reading [number of schools]

Every file is read once by each reader, in a worker that does nothing else, as in a run: what is remembered of the texts
of other files helps with it, what is remembered of itself cannot. The first hundred, which pay for patterns, names and
imports, are told apart; of the pieces into which the others are cut that with the middle ratio counts.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineWorkbook

from benchmarks.district import USUAL
from pipeline.demo import make
from pipeline.reading.cache import ReadCache
from pipeline.reading.opening.grid import open_book
from pipeline.reading.opening.guard import look
from pipeline.reading.reports import Inputs, RegistryRead, read_file
from pipeline.settings import Limits
from pipeline.workers import Workers
from schemas.form import load_form
from schemas.reports import FileRead

ROUNDS = 5  # so many pieces, too
_HANDFUL = 20  # files, read before another reader has its turn
_WARM_UP = 5 * _HANDFUL  # files
_LEAST = _WARM_UP + _HANDFUL * ROUNDS


def main(schools: int = 500) -> None:
    form = load_form("form-547")
    with tempfile.TemporaryDirectory() as folder:
        district = make(Path(folder), form, schools, dates=1, seed=1, faulty=USUAL)
        inputs = Inputs(district.registry.parent, form, Limits())
        read = read_file(inputs, Path(district.registry.name))
        assert isinstance(read, RegistryRead)
        inputs = Inputs(inputs.folder, form, inputs.limits, read.registry)
        broken = {p.file for p in district.planted if not p.item}  # what no reader opens tells nothing of speed
        relatives = sorted(
            p.relative_to(inputs.folder) for p in inputs.folder.rglob("*.xlsx") if p != district.registry
        )
        relatives = [p for p in relatives if p.as_posix() not in broken]
        del relatives[len(relatives) // _HANDFUL * _HANDFUL :]  # whole handfuls are read
        if len(relatives) < _LEAST:
            sys.exit(f"{len(relatives)} files are too few: {_LEAST} at least")
        costs = {name: _costs(name, inputs, relatives) for name in _READERS}
        recalled = _recalled(Path(folder) / "cache", inputs, relatives[:_WARM_UP])
    print(f"{len(relatives)} files, none read twice; CPU, ms a file: middle of {ROUNDS} pieces · first {_WARM_UP}")
    costs["from the cache"] = [Cost(recalled, cost.bare) for cost in costs["whole reading"]]
    for name, (cold, *pieces) in costs.items():
        warm = sorted(pieces, key=lambda piece: piece.ratio)[len(pieces) // 2]
        print(f"  {name:20} {warm} · {cold}")


class Cost(NamedTuple):
    """CPU seconds a file, and those of bare calamine for the same files in the same moments."""

    seconds: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.bare

    def __str__(self) -> str:
        return f"{1000 * self.seconds:6.2f}  × {self.ratio:.2f}"


def _costs(reader: str, inputs: Inputs, relatives: list[Path]) -> list[Cost]:
    """Of the warm-up, and of each piece of the files behind it."""
    handfuls = [relatives[at : at + _HANDFUL] for at in range(0, len(relatives), _HANDFUL)]
    with Workers(cost_of, 1) as worker:
        each = [outcome.result for _, outcome in worker.map(handfuls, reader, inputs)]
    assert None not in each  # no reader failed
    first, size = _WARM_UP // _HANDFUL, (len(each) - _WARM_UP // _HANDFUL) // ROUNDS
    pieces = [each[:first], *(each[at : at + size] for at in range(first, len(each) - size + 1, size))]
    return [Cost(*(sum(costs) / len(piece) for costs in zip(*piece, strict=True))) for piece in pieces]


def cost_of(reader: str, inputs: Inputs, handful: list[Path]) -> tuple[float, float]:
    """What these files cost; called in a worker. By turns with bare calamine, so that both meet whatever else the
    machine does."""
    bare, seconds = (_seconds_of(_READERS[name], inputs, handful) for name in ("bare calamine", reader))
    return seconds, bare


def _seconds_of(read: Callable[[Inputs, Path], object], inputs: Inputs, handful: list[Path]) -> float:
    start = time.process_time()
    for relative in handful:
        read(inputs, relative)
    return (time.process_time() - start) / len(handful)


def _bare(inputs: Inputs, relative: Path) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(inputs.place(relative).read_bytes()))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _cells(inputs: Inputs, relative: Path) -> None:
    open_book(look(inputs.place(relative), inputs.limits), inputs.limits)


_READERS: dict[str, Callable[[Inputs, Path], object]] = {
    "bare calamine": _bare,
    "cells with formats": _cells,
    "whole reading": read_file,
}


def _recalled(folder: Path, inputs: Inputs, relatives: list[Path]) -> float:
    """CPU seconds a file of a second run, which recalls what it read; opening the cache included."""
    cold = ReadCache(folder)
    shelf = cold.shelf(inputs)
    for relative in relatives:
        read = read_file(inputs, relative)
        assert isinstance(read, FileRead)
        shelf.remember(read)
    cold.keep()

    def recall_all(_: Path) -> None:
        warm = ReadCache(folder).shelf(inputs)
        assert all(warm.recall(relative) for relative in relatives)

    return best(recall_all, [folder]) / len(relatives)


def best(read: Callable[[Path], object], paths: list[Path]) -> float:
    """The quickest of some rounds over all files, seconds."""
    return min(_round(read, paths) for _ in range(ROUNDS))


def _round(read: Callable[[Path], object], paths: list[Path]) -> float:
    start = time.process_time()
    for path in paths:
        read(path)
    return time.process_time() - start


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
