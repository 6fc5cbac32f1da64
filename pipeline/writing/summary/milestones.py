"""Sheet «Этапы»: which school has done what of the order, and what is overdue."""

from xlsxwriter.utility import xl_col_to_name

from pipeline import wording
from pipeline.measuring.figures import Milestone
from pipeline.writing import theme
from pipeline.writing.summary.page import FIRST_ROW, Column, Page, rows, school_column
from pipeline.writing.theme import Look, Mark
from schemas.form import Item

DUE_ROW, HEADER_ROW, TOTAL_ROW, DATA_ROW = range(FIRST_ROW, FIRST_ROW + 4)
CODE, SCHOOL, FIRST_ITEM = 0, 1, 2

_MARKS: dict[Milestone, tuple[str, tuple[Look, ...]]] = {
    Milestone.DONE: (Mark.ON_PLAN, (theme.GOOD,)),
    Milestone.IN_PROGRESS: (Mark.IN_PROGRESS, (theme.QUIET,)),
    Milestone.OVERDUE: (Mark.ERROR, (theme.ACTION, theme.BOLD)),
    Milestone.NOT_APPLICABLE: (Mark.NONE, (theme.QUIET,)),
    Milestone.UNKNOWN: (Mark.NO_ANSWER, (theme.QUIET,)),
}
_LEGEND = {
    Milestone.DONE: "сделано",
    Milestone.IN_PROGRESS: "в работе, срок не вышел",
    Milestone.OVERDUE: "просрочено",
    Milestone.NOT_APPLICABLE: "не предусмотрено",
    Milestone.UNKNOWN: "отчёта нет",
}
_QUIET_COUNT: Look = {"num_format": f'0;;"{Mark.NONE}"', "align": "center"}


def write(page: Page) -> None:
    figures = page.book.figures
    items = figures.form.due_items
    columns = [
        Column("Код", 6),
        school_column(figures),
        *(Column(f"{item.number}|{item.short}", 7.6) for item in items),
        Column("Сделано", 9.5),
        Column("Просро-|чено", 9.5),
    ]
    legend = "      ".join(f"{_MARKS[state][0]} {said}" for state, said in _LEGEND.items())
    page.head(
        f"Этапы приказа: что сделано и что просрочено на {wording.day(figures.as_of)}",
        f"{legend}.   Охват считается сделанным при 100 %.",
        columns,
    )
    page.header(HEADER_ROW, columns, height=36)
    for column, item in enumerate(items, FIRST_ITEM):
        page.text(HEADER_ROW, column, columns[column].heading.replace("|", "\n"), theme.HEADER, {"font_size": 8})
        _write_due(page, column, item)
    page.text(DUE_ROW, SCHOOL, "Срок по приказу", theme.SMALL, theme.QUIET, theme.RIGHT)
    last = _write_schools(page)
    _write_totals(page, last)
    page.table(TOTAL_ROW, last, len(columns), frozen_columns=SCHOOL + 1)


def _write_due(page: Page, column: int, item: Item) -> None:
    assert item.due is not None
    look: Look = {"font_size": 8, "align": "center", "num_format": "dd.mm.yy", "font_color": theme.GREY}
    if item.due < page.book.figures.as_of:
        look = {**look, "bold": True, "font_color": theme.ORANGE_INK, "bottom": 2, "bottom_color": theme.ORANGE}
    page.day(DUE_ROW, column, item.due, look)


def _write_schools(page: Page) -> int:
    """Index of the last row."""
    figures = page.book.figures
    items = figures.form.due_items
    states = {(row.school_code, row.item): row.state for row in rows(figures.milestones)}
    cell: Look = {"border": 1, "border_color": theme.LINE, "align": "center"}
    first, after = xl_col_to_name(FIRST_ITEM), FIRST_ITEM + len(items)
    row = DATA_ROW - 1
    for row, school in enumerate(figures.schools, DATA_ROW):
        page.text(row, CODE, school.code, theme.ROW, theme.QUIET, theme.TEXT)
        page.text(row, SCHOOL, school.name, theme.ROW)
        of_school = [states[school.code, item.number] for item in items]
        for column, state in enumerate(of_school, FIRST_ITEM):
            mark, looks = _MARKS[state]
            page.text(row, column, mark, cell, *looks)
        area = f"{first}{row + 1}:{xl_col_to_name(after - 1)}{row + 1}"
        done, overdue = of_school.count(Milestone.DONE), of_school.count(Milestone.OVERDUE)
        page.formula(row, after, _counted(area, Milestone.DONE), done, theme.ROW, theme.CENTRE)
        looks = (theme.ROW, theme.BOLD, theme.ACTION_INK, _QUIET_COUNT)
        page.formula(row, after + 1, _counted(area, Milestone.OVERDUE), overdue, *looks)
    return row


def _write_totals(page: Page, last: int) -> None:
    figures = page.book.figures
    overdue = figures.milestones[figures.milestones["state"] == Milestone.OVERDUE]
    by_item = overdue["item"].value_counts()
    after = FIRST_ITEM + len(figures.form.due_items)
    last = max(last, DATA_ROW)
    page.number(TOTAL_ROW, CODE, None, theme.TOTAL)
    page.text(TOTAL_ROW, SCHOOL, "Просрочили, школ", theme.TOTAL)
    for column, item in enumerate(figures.form.due_items, FIRST_ITEM):
        formula = _counted(_rows(column, last), Milestone.OVERDUE)
        page.formula(TOTAL_ROW, column, formula, int(by_item.get(item.number, 0)), theme.TOTAL, _QUIET_COUNT)
    page.number(TOTAL_ROW, after, None, theme.TOTAL)
    whole = f"=SUM({_rows(after + 1, last)})"
    page.formula(TOTAL_ROW, after + 1, whole, len(overdue), theme.TOTAL, theme.ACTION_INK, _QUIET_COUNT)


def _rows(column: int, last: int) -> str:
    letter = xl_col_to_name(column)
    return f"{letter}{DATA_ROW + 1}:{letter}{last + 1}"


def _counted(area: str, state: Milestone) -> str:
    return f'=COUNTIF({area},"{_MARKS[state][0]}")'
