"""However columns and rows of a form are moved, added, hidden, merged or doubled, nothing counts that was not there."""

from dataclasses import dataclass
from random import Random

import pytest

from pipeline.reading.opening.book import Cell, Sheet
from schemas.addresses import Spot
from schemas.form import Kind
from schemas.remarks import Severity, load_catalogue
from tests.depth import cases
from tests.order_form import ANSWERS, FORM, OrderForm, read, said

SEEDS = range(20)
CHANGES = cases(25, 101)  # for each seed: 500 or 2,020 in all
CATALOGUE = load_catalogue()
# None that makes an answer of what is added: those are in docs/reading.md.
HEADINGS = [
    "",
    "",
    "Срок",
    "Примечание",
    "План",
    "Ед. изм.",
    "Сведения",
    "Среднее по району",
    "Выполнение на 30.01.2014",
    "Кто",
]
WORDS = [
    "", "", "", "87 %", "45", "12 чел.", "120 чел. / 60 %", "да", "нет", "до 23.12.2013", "уточнить",
    "1-4 кл. – 73 %", "приказ № 7 от 01.02.2014", "100 %",
]  # fmt: skip


@dataclass
class Grid:
    """A form as rows of equal length, whose columns and rows are changed."""

    rows: list[list[object]]
    heading: int
    merged: list[tuple[Spot, Spot]]
    hidden: set[int]

    @property
    def width(self) -> int:
        return len(self.rows[self.heading])

    def sheet(self) -> Sheet:
        cells = {
            Spot(r, c): Cell(value)  # type: ignore[arg-type]
            for r, row in enumerate(self.rows, start=1)
            for c, value in enumerate(row, start=1)
            if value != ""
        }
        return Sheet("Лист1", cells, merged=tuple(self.merged), hidden_columns=frozenset(self.hidden))


def random_form(random: Random) -> Grid:
    """A clean form with some of its items left blank, some of its figures changed."""
    answers: dict[str, str | float] = dict(ANSWERS)
    for number in random.sample(sorted(answers), random.randint(0, 6)):
        answers[number] = ""
    for item in FORM.items:
        if item.measured and answers.get(item.number):
            answers[item.number] = random.choice([f"{random.randint(2, 99)} %", f"{random.randint(2, 40)} чел."])
    if any(item.kind is Kind.VOLUME for item in FORM.items):
        answers["9"] = random.choice(["", f"{random.randint(2, 99)} %"])
    form = OrderForm(answers=answers)
    rows = [[*row, *[""] * (3 - len(row))] for row in form.rows]
    return Grid(rows, rows.index(["№", "Мероприятия", "Выполнение"]), [], set())


def add_column(grid: Grid, random: Random) -> None:
    at, heading = random.randint(2, grid.width), random.choice(HEADINGS)
    for number, row in enumerate(grid.rows):
        below = number > grid.heading
        row.insert(
            at, heading if number == grid.heading else random.choice(WORDS) if below and random.random() < 0.3 else ""
        )


def double_column(grid: Grid, random: Random) -> None:
    at = random.randrange(2, grid.width)
    for row in grid.rows:
        row.insert(at, row[at])


def move_column(grid: Grid, random: Random) -> None:
    here, there = random.randrange(grid.width), random.randrange(grid.width)
    for row in grid.rows[grid.heading :]:
        row.insert(there, row.pop(here))


def hide_column(grid: Grid, random: Random) -> None:
    grid.hidden.add(random.randint(3, grid.width))


def merge_heading(grid: Grid, random: Random) -> None:
    at = random.randint(3, grid.width)
    headings = grid.rows[grid.heading]
    if at < grid.width and headings[at] == headings[at - 1]:
        grid.rows[grid.heading][at] = ""
        grid.merged.append((Spot(grid.heading + 1, at), Spot(grid.heading + 1, at + 1)))


def add_row(grid: Grid, random: Random) -> None:
    at = random.randint(grid.heading + 1, len(grid.rows) - 6)
    words = [random.choice(["", "", *WORDS]) for _ in range(grid.width)]
    words[0] = ""
    grid.rows.insert(at, words)


def double_row(grid: Grid, random: Random) -> None:
    at = random.randint(grid.heading, len(grid.rows) - 6)
    row = list(grid.rows[at])
    if row[-1] != "" and random.random() < 0.3:
        row[-1] = random.choice(WORDS)
    grid.rows.insert(random.randint(grid.heading + 1, len(grid.rows) - 6), row)


def move_row(grid: Grid, random: Random) -> None:
    here, there = (random.randint(grid.heading + 1, len(grid.rows) - 6) for _ in range(2))
    grid.rows.insert(there, grid.rows.pop(here))


def merge_rows(grid: Grid, random: Random) -> None:
    """The number and the wording of a row are lost under those of the row above."""
    at = random.randint(grid.heading + 2, len(grid.rows) - 6)
    grid.rows[at][:2] = ["", ""]
    grid.merged += [(Spot(at, column), Spot(at + 1, column)) for column in (1, 2)]


CHANGED_BY = [
    add_column,
    double_column,
    move_column,
    hide_column,
    merge_heading,
    add_row,
    double_row,
    move_row,
    merge_rows,
]


def counted(sheet: Sheet) -> set[tuple[str, str, str | float]]:
    """What the reports of a sheet say, without the items that are remarked on, and without files that bear an error."""
    reports, remarks = read(sheet)
    said_of = {r.item for r in remarks if CATALOGUE.entries[r.code].severity is not Severity.INFO}
    if "" in said_of:
        return set()
    figures = [(item, name, value) for report in reports for (item, name), value in said(report).items()]
    return {one for one in figures if one[0] not in said_of and one[1] in ("count", "percent", "total", "yes")}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_form_counts_nothing_that_it_did_not_hold(seed):
    random = Random(seed)
    for _ in range(CHANGES):
        grid = random_form(random)
        held = counted(grid.sheet())
        applied = [random.choice(CHANGED_BY) for _ in range(random.randint(1, 2))]
        for change in applied:
            change(grid, random)
        invented = counted(grid.sheet()) - held  # held is read off the form before it was changed
        assert not invented, ([change.__name__ for change in applied], invented)
