"""What a school explains in its returned file, on the sheet «Замечания»: words beside a remark, never a figure."""

from collections.abc import Iterator

from pipeline.reading.answers.values import as_text, is_blank
from pipeline.reading.opening.book import Book, Cell, Sheet
from schemas.addresses import Spot, address
from schemas.explained import LONGEST, MEMORY, MOST, WORDS, Explanation, recalled


def find_explanations(book: Book) -> tuple[Explanation, ...]:
    """The explanations of a returned file, one a remark; none where no sheet of it asks for them."""
    found: dict[object, Explanation] = {}
    for sheet in book.sheets:
        for one in _explained(sheet):
            found.setdefault(one.asked, one)
    return tuple(found.values())[:MOST]


def _explained(sheet: Sheet) -> Iterator[Explanation]:
    seal = next((spot for spot, cell in sheet.cells.items() if cell.value == MEMORY), None)
    if seal is None:
        return
    beside = (spot for spot in sheet.cells if spot.row == seal.row and sheet.cells[spot].value == WORDS)
    column = next((spot.column for spot in beside), None)
    for spot, cell in sorted(sheet.cells.items()) if column else ():
        if spot.column == seal.column and spot.row > seal.row and isinstance(cell.value, str):
            asked, place = recalled(cell.value), Spot(spot.row, column or 0)
            if asked and (words := _words(sheet.cells.get(place))):
                yield Explanation(asked, words, sheet.name, address(place))


def _words(cell: Cell | None) -> str:
    """What stands in a cell, on one line and bounded; blank where nothing does, a dash or an error value."""
    if cell is None or cell.fault or is_blank(cell):
        return ""
    line = " ".join(as_text(cell.value)[: 4 * LONGEST].split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
