"""Which sheet and which column of the registry workbook is which of its declared tables, and what is not understood."""

from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process

from pipeline.reading.answers.values import as_text
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.wording import shortened
from schemas.addresses import Spot, address
from schemas.likeness import plain
from schemas.registry_book import FILE, Column, Need, Table
from schemas.remarks import Remark, remark

_HEADING_ROWS = 50  # a title and notes may stand above the headings, no more
_NEAR = 75.0  # letters alike, 0–100: from here on a heading or a sheet's name is meant for a known one


class Headings:
    """The columns of a sheet and those of its table.

    A column belongs to the longest known heading with which its own begins; of several that begin alike it is the one
    that says nothing more, or else the one that begins with no other spelling. Where that does not decide, or only a
    misspelt one is there, the column is unclear: «с» and «по» are alike too.
    """

    def __init__(self, table: Table, row: int, cells: dict[int, Cell], beside: Iterable[Column] = ()) -> None:
        """`beside`: columns that other orders need: where they are none of the table's, nothing is said of them."""
        self.table = table
        self.row = row
        self.words = {number: as_text(cell.value) for number, cell in cells.items()}
        self.at: dict[str, int] = {}  # heading -> column
        self.unclear: dict[str, list[int]] = {}  # heading -> the columns that may be meant
        claims: dict[str, list[int]] = {}
        for number, words in self.words.items():
            claims.setdefault(_heading_of(words, table), []).append(number)
        self.others = claims.pop("", [])  # columns that belong to none
        for column in table.columns:
            self._settle(column, claims.get(column.heading, []))
        self.others = [number for number in self.others if not _heading_among(self.words[number], beside)]
        for column in table.columns:
            self._find_misspelt(column)

    def _settle(self, column: Column, numbers: list[int]) -> None:
        said = {number: plain(self.words[number]) for number in numbers}
        exact = [number for number in numbers if said[number] in map(plain, column.headings)]
        usual = [number for number in numbers if _begins(said[number], column.heading)]
        chosen = next((some for some in (exact, usual) if len(some) == 1), numbers)
        if len(chosen) == 1:
            self.at[column.heading] = chosen[0]
        elif chosen:
            self.unclear[column.heading] = chosen
        self.others += [number for number in numbers if number not in chosen]

    def _find_misspelt(self, column: Column) -> None:
        if column.heading in self.at or column.heading in self.unclear:
            return
        meant = [
            number for number in self.others if _nearest_heading(self.words[number], self.table) in column.headings
        ]
        if meant:
            self.unclear[column.heading] = meant
            self.others = [number for number in self.others if number not in meant]

    @property
    def columns(self) -> set[int]:
        """All columns that belong to the table, the unclear ones too."""
        return {*self.at.values(), *(number for numbers in self.unclear.values() for number in numbers)}

    def lacks(self, column: Column) -> str:
        """Why a column is not read, as a clause: «нет столбца «Код» (похож — «Кодд»)»; blank where it is read."""
        if column.heading in self.at:
            return ""
        numbers = self.unclear.get(column.heading, [])
        said = ", ".join(f"«{shortened(self.words[number], 30)}»" for number in numbers)
        if any(_heading_of(self.words[number], self.table) == column.heading for number in numbers):
            return f"неясно, какой столбец — «{column.heading}»: {said}"
        return f"нет столбца «{column.heading}»{f' (похож — {said})' if said else ''}"

    def remarks(self, sheet: str) -> Iterator[Remark]:
        for column in self.table.columns:
            lacks = self.lacks(column)
            if lacks and (column.need is not Need.OPTIONAL or column.heading in self.unclear):
                cell = next((self._address(number) for number in self.unclear.get(column.heading, [])), "")
                yield remark(
                    "REGISTRY-COLUMN", file=FILE, sheet=sheet, cell=cell, what=lacks, meaning=column.unread,
                    column=column.heading,
                )  # fmt: skip
        for number in self.others:
            if near := _nearest_heading(self.words[number], self.table):
                place = {"file": FILE, "sheet": sheet, "cell": self._address(number)}
                yield remark("REGISTRY-HEADING", **place, value=self.words[number], near=near)

    def _address(self, number: int) -> str:
        return address(Spot(self.row, number))


def find_headings(table: Table, by_row: dict[int, dict[int, Cell]], beside: Iterable[Column] = ()) -> Headings:
    """Those of the first of the rows that hold most of the known headings. `by_row`: row -> column -> cell; `beside`:
    columns that other orders need."""

    def fitting(row: int) -> int:
        return len({_heading_of(as_text(cell.value), table) for cell in by_row[row].values()} - {""})

    row = max(list(by_row)[:_HEADING_ROWS], key=fitting)
    return Headings(table, row, by_row[row], beside)


def find_sheet(book: Book, table: Table) -> Sheet | None:
    """None where there is none, or an empty one."""
    return next((sheet for sheet in book.sheets if plain(sheet.name) == plain(table.sheet) and sheet.cells), None)


def near_sheets(book: Book, tables: Iterable[Table]) -> Iterator[tuple[Sheet, Table]]:
    """Sheets that are not read although their name nearly is that of a table."""
    by_name = {table.sheet: table for table in tables}
    read = [find_sheet(book, table) for table in by_name.values()]
    for sheet in book.sheets:
        near = nearest(sheet.name, by_name, _NEAR)
        if near and sheet.cells and not any(sheet is one for one in read):
            yield sheet, by_name[near]


def nearest(said: str, known: Iterable[str], at_least: float) -> str:
    """The known word that is most alike; blank where none is so alike (0–100)."""
    near = process.extractOne(said, list(known), scorer=fuzz.ratio, processor=plain, score_cutoff=at_least)
    return near[0] if near else ""


def _heading_of(words: str, table: Table) -> str:
    return _heading_among(words, table.columns)


def _heading_among(words: str, columns: Iterable[Column]) -> str:
    """The longest heading that the words begin with; blank where there is none."""
    said = plain(words)
    begun = [(len(one), column.heading) for column in columns for one in column.headings if _begins(said, one)]
    return max(begun, default=(0, ""))[1]


def _begins(said: str, heading: str) -> bool:
    return said.startswith(plain(heading))


def _nearest_heading(words: str, table: Table) -> str:
    return nearest(words, [heading for column in table.columns for heading in column.headings], _NEAR)
