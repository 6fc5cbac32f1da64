"""Reading against the bare reader: python -m benchmarks.reading [number of schools]."""

import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineWorkbook

from pipeline.demo import make
from pipeline.reading.cache import ReadCache
from pipeline.reading.opening.grid import open_book
from pipeline.reading.opening.guard import look
from pipeline.reading.reports import Inputs, RegistryRead, read_file
from pipeline.settings import Limits
from schemas.form import load_form
from schemas.reports import FileRead

ROUNDS = 5


def main(schools: int) -> None:
    form = load_form("form-547")
    with tempfile.TemporaryDirectory() as folder:
        district = make(Path(folder), form, schools, 1, 1)
        limits = Limits()
        inputs = Inputs(district.registry.parent, form, limits)
        read = read_file(inputs, Path(district.registry.name))
        assert isinstance(read, RegistryRead)
        inputs = Inputs(inputs.folder, form, limits, read.registry)
        broken = {p.file for p in district.planted if not p.item}  # what no reader opens tells nothing of speed
        paths = sorted(p for p in inputs.folder.rglob("*.xlsx") if p != district.registry)
        paths = [p for p in paths if p.relative_to(inputs.folder).as_posix() not in broken]
        bare = best(lambda p: _bare(p.read_bytes()), paths)
        cells = best(lambda p: open_book(look(p, limits), limits), paths)
        whole = best(lambda p: read_file(inputs, p.relative_to(inputs.folder)), paths)
        warm = _best_from_the_cache(Path(folder) / "cache", inputs, [p.relative_to(inputs.folder) for p in paths])
    print(f"{len(paths)} files, best of {ROUNDS} rounds, ms a file")
    rows = (("bare calamine", bare), ("cells with formats", cells), ("whole reading", whole), ("from the cache", warm))
    for name, seconds in rows:
        print(f"  {name:20} {1000 * seconds / len(paths):6.2f}  × {seconds / bare:.2f}")


def _best_from_the_cache(folder: Path, inputs: Inputs, relatives: list[Path]) -> float:
    """Opening the cache included."""
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

    return best(recall_all, [folder])


def best(read: Callable[[Path], object], paths: list[Path]) -> float:
    """The quickest of some rounds over all files, seconds."""
    return min(_round(read, paths) for _ in range(ROUNDS))


def _round(read: Callable[[Path], object], paths: list[Path]) -> float:
    start = time.process_time()
    for path in paths:
        read(path)
    return time.process_time() - start


def _bare(data: bytes) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
