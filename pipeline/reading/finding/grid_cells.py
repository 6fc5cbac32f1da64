"""The form's own tables, cell by cell, into the ledger."""

import math
import re

from pipeline.reading.answers.choices import is_choice
from pipeline.reading.answers.numbers import takes_no_answer
from pipeline.reading.answers.problems import says_none
from pipeline.reading.answers.units import UNKNOWN, factor, unit_alone, unit_of_heading, units_in
from pipeline.reading.answers.values import Around, is_blank, read_answer
from pipeline.reading.finding.form_tables import Grid
from pipeline.reading.finding.grid_rows import GridRow, closing_of, column_numbers, find_grid_rows, is_named
from pipeline.reading.finding.ledger import Ledger, Role, text_of
from pipeline.reading.finding.rows import item_numbers
from pipeline.reading.finding.signatures import signature_cells
from pipeline.reading.finding.tables import Columns, FormOnSheet
from pipeline.reading.opening.book import Cell
from schemas import own_form
from schemas.addresses import Spot
from schemas.form import Column, Item, Kind
from schemas.likeness import plain, stems
from schemas.remarks import remark
from schemas.reports import Strange

_CODE = re.compile(r"\d+(?:\.\d+)*\.?")  # of a row


def read_grids(ledger: Ledger, found: FormOnSheet) -> None:
    """All tables of a piece."""
    for grid in found.grids:
        _GridCells(ledger, grid).read()


class _GridCells:
    def __init__(self, ledger: Ledger, grid: Grid) -> None:
        self.ledger, self.grid, self.form = ledger, grid, ledger.form
        self.closing = closing_of(ledger.sheet, grid, ledger.form)

    def read(self) -> None:
        self.ledger.label(self.grid.labels)
        self._label_printed()
        for row in find_grid_rows(self.ledger.sheet, self.grid, self.form):
            self._label_title(row)
            if row.sums_up and (sums := self._sums(row, row.sums_up)):
                self._read_sums(row, row.sums_up, sums)
            elif row.item is None:
                self._say_foreign(row)
            elif row.item.kind is Kind.ROWS:
                self._read_line(row, row.item)
            else:
                self._tell_of_wording(row, row.item)
                self._read_cells(row, row.item, row.item.number)
        self._tell_strangers()

    def _label_printed(self) -> None:
        """Numbers of columns, the column in which Svod's own form checks, who signs."""
        ledger, grid, sheet = self.ledger, self.grid, self.ledger.sheet
        if row := column_numbers(sheet, grid):
            ledger.label(ledger.on_row(row))
        printed = (Spot(row, c) for c in grid.printed for row in range(grid.first, self.closing))
        ledger.label(Spot(row, c) for c in grid.printed for row in range(grid.heading, grid.first))
        ledger.label(spot for spot in printed if spot in sheet.cells and self._is_printed(spot))
        checks = [c for c, text in grid.headings.items() if plain(text) == plain(own_form.CHECK)]
        ledger.label(Spot(row, c) for c in checks for row in range(grid.heading, grid.first))
        for spot in (Spot(row, c) for c in checks for row in range(grid.first, self.closing)):
            if (cell := sheet.cells.get(spot)) and own_form.is_check(text_of(cell)):
                ledger.label([spot])
        columns = Columns(grid.number or 1, grid.label or min(grid.values), max(grid.values))
        ledger.label(signature_cells(sheet, self.closing, grid.last, columns, self.form))
        block = sheet.cells.get(Spot(self.closing, columns.number))
        if block is not None and block.value == own_form.SIGNED:
            rows = range(self.closing, self.closing + 1 + 2 * len(own_form.SIGNERS))
            ledger.label(spot for row in rows for spot in ledger.on_row(row))

    def _is_printed(self, spot: Spot) -> bool:
        """Is it a unit that the form knows, or a code: of a row with answers, or one of the form's; anything else may
        be an answer in the wrong column."""
        cell = self._cells[spot]
        if is_blank(cell):
            return True
        if spot.column == self.grid.units:
            return unit_alone(text_of(cell), self.form) not in ("", UNKNOWN)
        answers = (self._cells.get(Spot(spot.row, at)) for at in self.grid.values)
        known = any(map(self.form.numbered, item_numbers(cell)))
        is_of_row = known or any(answer is not None and not is_blank(answer) for answer in answers)
        return is_of_row and _CODE.fullmatch(text_of(cell)) is not None

    def _label_title(self, row: GridRow) -> None:
        self.ledger.label(Spot(row.row, column) for column in (self.grid.number, self.grid.label) if column)

    def _next_line(self, item: Item) -> str:
        """The number of a list's next line, those of the pieces before it counted."""
        lines = {cell.partition("/")[0] for cell in self.ledger.answer_cells}
        return f"{item.number}.{1 + sum(line.rpartition('.')[0] == item.number for line in lines)}"

    def _read_line(self, row: GridRow, item: Item) -> None:
        if self._says_none(row, item):
            self.ledger.label(Spot(row.row, at) for at in row.columns)
            self.ledger.written.add(item.number)  # that there is nothing to list is an answer
        else:
            self._read_cells(row, item, self._next_line(item))

    def _sums(self, row: GridRow, item: Item) -> list[tuple[Spot, Column]]:
        """The figures that are added up of a line «Итого», «Всего по школе» below a list; none where it says something
        else besides."""
        if plain(row.words).split()[1:2] not in ([], ["по"]):
            return []
        columns = {column.id: column for column in self.form.table(item.table).columns}
        spots = {Spot(row.row, at): columns[name] for at, name in sorted(row.columns.items())}
        filled = [(s, one) for s, one in spots.items() if s in self._cells and not _says_nothing(self._cells[s])]
        sums = [(spot, one) for spot, one in filled if one.kind is Kind.NUMBER and one.add == "sum"]
        others = [text_of(self._cells[one[0]]) for one in filled if one not in sums]
        return sums if others in ([], [row.words.strip()]) else []

    def _read_sums(self, row: GridRow, item: Item, sums: list[tuple[Spot, Column]]) -> None:
        """Nothing of it counts; told where it says something else than the lines do together."""
        wrong = [(spot, column, lines) for spot, column in sums if (lines := self._other_sum(item, column, spot))]
        self.ledger.label(self.ledger.on_row(row.row))
        for spot, column, lines in wrong:
            self.ledger.roles[spot] = Role.ANSWER
            cell, value = self.ledger.sheet.address(spot), text_of(self._cells[spot])
            said = remark("LIST-SUM", cell=cell, value=value, column=column.title, lines=lines)
            self.ledger.remarks.append(said)

    def _other_sum(self, item: Item, column: Column, spot: Spot) -> str:
        """What the lines are together where the cell says something else; blank where it says so, or a line could not
        be read."""
        cell, asked = self._cells[spot], self.form.item(f"{item.number}/{column.id}")
        of_column = re.compile(rf"{re.escape(item.number)}\.\d+/{re.escape(column.id)}")
        read = {
            one.item: one.value for one in self.ledger.facts if one.field == "value" and of_column.fullmatch(one.item)
        }
        if any(of_column.fullmatch(one.item) and one.item not in read for one in self.ledger.remarks):
            return ""
        said = read_answer(asked, cell, self.form, None, Around(self._unit_of(spot.column, column))).facts
        lines = round(math.fsum(map(float, read.values())), column.decimals)
        agrees = len(said) == 1 and round(float(said[0].value), column.decimals) == lines
        return "" if agrees else text_of(Cell(lines))

    def _says_none(self, row: GridRow, item: Item) -> bool:
        """Does a line say that there is nothing to list, and nothing else: beside the words there may be zeros. A «нет»
        that answers a question, is it there or is it one of the choices, says no such thing by itself; in the list's
        first column a choice says what the line is about."""
        columns = {column.id: column for column in self.form.table(item.table).columns}
        spots = {Spot(row.row, at): columns[name] for at, name in row.columns.items()}
        cells = [(cell, one) for spot, one in spots.items() if (cell := self._cells.get(spot)) and not is_blank(cell)]
        texts = [(_without_title(text_of(cell), item), one) for cell, one in cells]
        said = [(text, one) for text, one in texts if says_none(text, self.form)]
        zeros = sum(one.kind is Kind.NUMBER and cell.value in (0.0, "0") for cell, one in cells)
        first = next(iter(columns.values()))
        return len(said) + zeros == len(cells) and not all(_may_answer(one, text, first) for text, one in said)

    def _tell_of_wording(self, row: GridRow, item: Item) -> None:
        """A row under another's number, and a title that no list knows."""
        if row.doubtful:
            cell = self.ledger.sheet.address(Spot(row.row, self.grid.label))
            self.ledger.remarks.append(remark("ITEM-BY-WORDING", item=item.number, cell=cell, value=row.words))
        if row.words and not is_named(row.words, item):
            self.ledger.strange.append(Strange("item", row.words, item.number))

    def _read_cells(self, row: GridRow, item: Item, number: str) -> None:
        table = self.form.table(item.table)
        for at, name in sorted(row.columns.items()):
            column = next(column for column in table.columns if column.id == name)
            spot, address = Spot(row.row, at), f"{item.number}/{name}"
            if address in table.closed:
                self._leave_closed(address, spot)
            else:
                self._read_cell(self.form.item(address), f"{number}/{name}", column, spot)

    def _read_cell(self, cell: Item, number: str, column: Column, spot: Spot) -> None:
        if unit := self._unit_of(spot.column, column) or self._unit_of_row(spot.row, cell, column):
            self.ledger.units[number] = unit
        self.ledger.answer(cell, number, spot)

    def _unit_of(self, at: int, column: Column) -> str:
        """The other unit that stands over a column: in its heading, or above the table for headings without one."""
        heading, over = self.grid.headings.get(at, ""), self.grid.unit
        if over in ("", column.unit) or not column.unit:
            return unit_of_heading(heading, column, self.form)
        if over != UNKNOWN and factor(over, column.unit, self.form) is None:
            return unit_of_heading(heading, column, self.form)  # said of columns of another kind
        return UNKNOWN if over == UNKNOWN or units_in(heading, self.form.units) else over

    def _unit_of_row(self, row: int, cell: Item, column: Column) -> str:
        """The other unit that the row names in a column of units, for figures of which the column names none."""
        said = self._cells.get(Spot(row, self.grid.units))
        if said is None or is_blank(said) or column.unit or not cell.unit:
            return ""
        unit = unit_alone(text_of(said), self.form) or UNKNOWN
        return "" if unit == cell.unit else unit

    def _leave_closed(self, number: str, spot: Spot) -> None:
        """«х», a dash or 0 where no answer belongs; anything else is told and counts nowhere."""
        cell = self.ledger.sheet.cells.get(spot)
        if cell is None:
            return
        if is_blank(cell) or takes_no_answer(cell) or cell.value in (0.0, "0"):
            self.ledger.label([spot])
            return
        self.ledger.roles[spot] = Role.ANSWER
        self.ledger.say(number.partition("/")[0], spot, [remark("CELL-CLOSED", value=text_of(cell))])

    def _say_foreign(self, row: GridRow) -> None:
        """A row that the form lacks: told at its first cell, and nothing of it counts."""
        columns = sorted({self.grid.number, self.grid.label, *row.columns} - {0})
        spots = [spot for column in columns if (spot := Spot(row.row, column)) in self.ledger.sheet.cells]
        for spot in spots:
            if self.ledger.roles.get(spot) is not Role.LABEL:
                self.ledger.roles[spot] = Role.ANSWER
        said = row.words or text_of(self.ledger.sheet.cells[spots[0]])
        cell = self.ledger.sheet.address(spots[0])
        self.ledger.remarks.append(remark("ROW-FOREIGN", cell=cell, value=said))

    def _tell_strangers(self) -> None:
        """Headings of no column of the form, where one of its columns is missing: told at the heading."""
        for table_id, columns in self.grid.columns.items():
            lacking = [one for one in self.form.table(table_id).columns if one.id not in columns.values()]
            for at in self.grid.strangers if lacking else ():
                spots = [spot for row in range(self.grid.first, self.closing) if (spot := Spot(row, at)) in self._cells]
                if not any(not is_blank(self._cells[spot]) for spot in spots):
                    continue
                self.ledger.roles |= dict.fromkeys(spots, Role.ANSWER)
                heading = self.grid.headings[at]
                head = next(spot for row in range(self.grid.first - 1, 0, -1) if (spot := Spot(row, at)) in self._cells)
                self.ledger.roles[head] = Role.ANSWER
                cell, near = self.ledger.sheet.address(head), lacking[0].title
                self.ledger.remarks.append(remark("COLUMN-FOREIGN", cell=cell, value=heading, near=near))

    @property
    def _cells(self) -> dict[Spot, Cell]:
        return self.ledger.sheet.cells


def _may_answer(column: Column, none: str, first: Column) -> bool:
    """May words that there is nothing be the answer to what the column asks."""
    is_choices = column.kind is Kind.CHOICE and (column is not first or is_choice(column, none))
    return column.kind in (Kind.YES_NO, Kind.LINK) or is_choices


def _says_nothing(cell: Cell) -> bool:
    return is_blank(cell) or takes_no_answer(cell)


def _without_title(text: str, item: Item) -> str:
    """«не проводились» of «Соревнования не проводились» under «Соревнования». Of one of two things in the title the
    other may be there, and what another line lacks is what it tells: «питание не организовано»."""
    own = stems(item.title)
    return " ".join(word for word in text.split() if not stems(word) & own) if own <= stems(text) else text
