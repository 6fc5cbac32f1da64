"""Sheet «Этапы»: which school has done what of the order, stage by stage, and what is overdue; below it every measure
of the order, with how many schools have done it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from pipeline import wording
from pipeline.measuring.figures import Figures, Milestone
from pipeline.writing import theme
from pipeline.writing.brief import MILESTONES_SHEET
from pipeline.writing.summary import data
from pipeline.writing.summary.page import (
    DATA,
    FIRST_ROW,
    LINK_ROW,
    Column,
    Page,
    rows,
    said_of_rest,
    school_column,
    written,
)
from pipeline.writing.theme import Look, Mark
from schemas.form import Item

STAGE_ROW, DUE_ROW, HEADER_ROW, TOTAL_ROW, DATA_ROW = range(FIRST_ROW, FIRST_ROW + 5)
CODE, SCHOOL, FIRST_MARK = 0, 1, 2
MEASURES = "Мероприятия приказа"
NO_STAGE = "Вне этапов"

_MARK_WIDTH = 6.5
_PAPERS, _PAPER_WIDTH = "Документы", 13  # a paper has no short name
_ONE_PAGE = 30  # schools: more of them run over pages, and their header has to be repeated

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
    Milestone.NOT_APPLICABLE: "не требуется или не предусмотрено",
    Milestone.UNKNOWN: "отчёта нет",
}
_QUIET_COUNT: Look = {"num_format": f'0;;"{Mark.NONE}"', "align": "center"}
_TINY: Look = {"font_size": 7.5}
_SHORT_DATE: Look = {"num_format": "dd.mm.yy", "align": "center"}
_EDGE: Look = {"left": 1, "left_color": theme.BAND, "bold": True, "font_size": 9, "font_color": theme.NAVY}

# The measures of the order below, each text over several columns of marks.
TITLE, ITEMS, DUE, *_COUNTS, FIRST, LAST = 0, 12, 14, *range(16, 23)
_OTHERS = ("В работе", "Просро-|чили", "Не тре-|буется", "Отчёта|нет")  # than those that have done it, as in _LEGEND
_NOT_CHECKED = "отчётом не проверяется"
_OPEN_HEADER: Look = {"align": "left", "border": 0, "text_wrap": False}
_MEASURES_NOTE = (
    "Сколько школ сделали мероприятие; пункты отчёта, по которым это видно. «с …» — ведётся постоянно с этого дня. "
    "Даты — отчёты, в которых мероприятие впервые сделано: у первой и у последней из сделавших школ."
)


class Milestones(NamedTuple):
    """One column of the upper table. `states`: school code -> state; `stage` is blank but in its stage's first."""

    heading: str
    due: date
    states: dict[str, Milestone]
    stage: str = ""
    width: float = _MARK_WIDTH


def write(page: Page) -> None:
    figures = page.book.figures
    marks = list(_columns(figures))
    columns = [
        Column("Код", 6),
        school_column(figures),
        *(Column(column.heading, column.width) for column in marks),
        Column("Сделано", 8),
        Column("Просро-|чено", 8),
    ]
    legend = "      ".join(f"{_MARKS[state][0]} {said}" for state, said in _LEGEND.items())
    page.head(
        f"Этапы приказа: что сделано и что просрочено на {wording.day(figures.as_of)}",
        f"{legend}.   Охват считается сделанным при 100 %. Название школы ведёт к её файлу и ячейкам."
        + said_of_rest(figures.schools, "answers.csv"),
        columns,
    )
    page.header(HEADER_ROW, columns, height=46)
    for index, column in enumerate(marks, FIRST_MARK):
        page.text(HEADER_ROW, index, column.heading.replace("|", "\n"), theme.HEADER, _TINY)
        if column.stage:
            page.text(STAGE_ROW, index, column.stage, _EDGE)
        _write_due(page, index, column.due)
    page.text(DUE_ROW, SCHOOL, "Срок по приказу", theme.SMALL, theme.QUIET, theme.RIGHT)
    last = _write_schools(page, marks)
    _write_totals(page, marks, last)
    repeated = len(figures.schools) > _ONE_PAGE  # the measures have another header
    page.table(TOTAL_ROW, last, len(columns), frozen_columns=SCHOOL + 1, repeated=repeated)
    if figures.schools:
        page.link(LINK_ROW, FIRST_MARK, MILESTONES_SHEET, "к мероприятиям приказа", cell=f"A{last + 4}")
        page.sheet.set_h_pagebreaks([last + 3])
        _write_measures(page, last + 3, len(columns))


# ── schools ──────────────────────────────────────────────────────────────────────────────────────────────
def _columns(figures: Figures) -> Iterator[Milestones]:
    """Papers if the office ticks them off, then the stages: an item under the first stage that names it, the steps of
    the headline item in its place; last the items that no stage names."""
    form = figures.form
    yield from _under(_PAPERS, _papers(figures))
    of_item: dict[str, dict[str, Milestone]] = {item.number: {} for item in form.due_items}
    for row in rows(figures.milestones):
        of_item[row.item][row.school_code] = row.state
    left = {item.number: item for item in form.items if item.number in of_item or item is form.headline_item}
    for stage in form.stages:
        numbers = [number for measure in stage.measures for number in measure.items]
        items = [left.pop(number) for number in numbers if number in left]
        yield from _under(stage.title, _of_items(items, of_item, figures))
    yield from _under(NO_STAGE, _of_items(list(left.values()), of_item, figures))


def _under(stage: str, columns: Iterator[Milestones]) -> Iterator[Milestones]:
    for index, column in enumerate(columns):
        yield column if index else column._replace(stage=stage)


def _papers(figures: Figures) -> Iterator[Milestones]:
    for paper in figures.form.order.papers:
        of_paper = figures.measures[figures.measures["measure"] == paper.title]
        states = dict(zip(of_paper["school_code"], of_paper["state"], strict=True))
        if set(states.values()) - {Milestone.NOT_CHECKED}:
            yield Milestones(paper.title, paper.due, states, width=_PAPER_WIDTH)


def _of_items(
    items: Sequence[Item], of_item: dict[str, dict[str, Milestone]], figures: Figures
) -> Iterator[Milestones]:
    for item in items:
        if item is figures.form.headline_item:
            yield from _steps(figures)
        if item.due:
            yield Milestones(f"{item.number}|{item.short}", item.due, of_item[item.number])


def _steps(figures: Figures) -> Iterator[Milestones]:
    """One column a target of the headline item."""
    for target in figures.form.targets:
        of_step = figures.steps[figures.steps["by"] == target.by]
        states = dict(zip(of_step["school_code"], of_step["state"], strict=True))
        yield Milestones(f"{figures.form.headline.item}|→ {wording.percent(target.min)}", target.by, states)


def _write_due(page: Page, column: int, due: date) -> None:
    look: Look = {"font_size": 7.5, "align": "center", "num_format": "dd.mm.yy", "font_color": theme.GREY}
    if due < page.book.figures.as_of:
        look = {**look, "bold": True, "font_color": theme.ORANGE_INK, "bottom": 2, "bottom_color": theme.ORANGE}
    page.day(DUE_ROW, column, due, look)


def _write_schools(page: Page, marks: list[Milestones]) -> int:
    """Index of the last row."""
    cell: Look = {"border": 1, "border_color": theme.LINE, "align": "center"}
    first, after = xl_col_to_name(FIRST_MARK), FIRST_MARK + len(marks)
    row = DATA_ROW - 1
    for number, school in enumerate(written(page.book.figures.schools)):
        row = DATA_ROW + number
        page.text(row, CODE, school.code, theme.ROW, theme.QUIET, theme.TEXT)
        page.link(row, SCHOOL, DATA, school.name, theme.ROW, cell=data.school_cell(number))
        of_school = [column.states[school.code] for column in marks]
        for index, state in enumerate(of_school, FIRST_MARK):
            mark, looks = _MARKS[state]
            page.text(row, index, mark, cell, *looks)
        area = f"{first}{row + 1}:{xl_col_to_name(after - 1)}{row + 1}"
        done, overdue = of_school.count(Milestone.DONE), of_school.count(Milestone.OVERDUE)
        page.formula(row, after, _counted(area, Milestone.DONE), done, theme.ROW, theme.CENTRE)
        looks = (theme.ROW, theme.BOLD, theme.ACTION_INK, _QUIET_COUNT)
        page.formula(row, after + 1, _counted(area, Milestone.OVERDUE), overdue, *looks)
    return row


def _write_totals(page: Page, marks: list[Milestones], last: int) -> None:
    schools = page.book.figures.schools
    after, last = FIRST_MARK + len(marks), max(last, DATA_ROW)
    page.number(TOTAL_ROW, CODE, None, theme.TOTAL)
    page.text(TOTAL_ROW, SCHOOL, "Просрочили, школ", theme.TOTAL)
    overdue = [list(column.states.values()).count(Milestone.OVERDUE) for column in marks]
    for index, schools_late in enumerate(overdue, FIRST_MARK):
        formula = _counted(_rows(index, last), Milestone.OVERDUE)
        page.total(TOTAL_ROW, index, formula, schools_late, schools, theme.TOTAL, _QUIET_COUNT)
    page.number(TOTAL_ROW, after, None, theme.TOTAL)
    whole = f"=SUM({_rows(after + 1, last)})"
    page.total(TOTAL_ROW, after + 1, whole, sum(overdue), schools, theme.TOTAL, theme.ACTION_INK, _QUIET_COUNT)


def _rows(column: int, last: int) -> str:
    letter = xl_col_to_name(column)
    return f"{letter}{DATA_ROW + 1}:{letter}{last + 1}"


def _counted(area: str, state: Milestone) -> str:
    return f'=COUNTIF({area},"{_MARKS[state][0]}")'


# ── measures of the order ────────────────────────────────────────────────────────────────────────────────
def _write_measures(page: Page, row: int, columns: int) -> None:
    """On the grid of the schools' table, whose columns are narrow: a text runs on into the empty cells beside it."""
    figures = page.book.figures
    since = {(stage.title, measure.title): measure.since for stage in figures.form.stages for measure in stage.measures}
    page.text(row, 0, MEASURES, theme.BOLD, {"font_color": theme.NAVY, "font_size": 12})
    page.text(row + 1, 0, _MEASURES_NOTE, theme.SMALL, theme.QUIET)
    row += 2
    _write_measures_header(page, row)
    under = ""
    groups = figures.measures.groupby(["stage", "measure"], sort=False)
    for (stage, title), schools in ((tuple(map(str, key)), schools) for key, schools in groups):
        if stage != under:
            under, row = stage, row + 1
            page.text(row, TITLE, stage, theme.BOLD, {"font_color": theme.NAVY})
        row += 1
        _write_measure(page, row, title, since.get((stage, title)), schools)
    page.print_setup(row, max(LAST + 1, columns))


def _write_measures_header(page: Page, row: int) -> None:
    of_schools = f"Сделали,|из {wording.number(len(page.book.figures.schools))}"
    headings = {TITLE: "Мероприятие", ITEMS: "Пункты отчёта", DUE: "Срок", FIRST: "Первая|школа", LAST: "Послед-|няя"}
    headings |= dict(zip(_COUNTS, (of_schools, *_OTHERS), strict=True))
    page.sheet.set_row(row, 30)
    for column in range(LAST + 1):
        wide = column < _COUNTS[0]
        looks = (theme.HEADER, _TINY, _OPEN_HEADER) if wide else (theme.HEADER, _TINY)
        page.text(row, column, headings.get(column, "").replace("|", "\n"), *looks)


def _write_measure(page: Page, row: int, title: str, since: date | None, schools: pd.DataFrame) -> None:
    """`schools`: the rows of `Figures.measures` of this measure."""
    first = schools.iloc[0]
    states = schools["state"].value_counts()
    for column in range(LAST + 1):
        page.number(row, column, None, theme.ROW)
    page.text(row, TITLE, title, theme.ROW, theme.SMALL)
    page.text(row, ITEMS, ", ".join(first["items"]) or Mark.NONE, theme.ROW, theme.SMALL)
    if first["due"]:
        page.text(row, DUE, f"до {wording.day(first['due'])}", theme.ROW, theme.SMALL)
    elif since:
        page.text(row, DUE, f"с {wording.day(since)}", theme.ROW, theme.SMALL)
    if Milestone.NOT_CHECKED in states:
        page.text(row, _COUNTS[0], _NOT_CHECKED, theme.ROW, theme.SMALL, theme.QUIET)
        return
    for column, state in zip(_COUNTS, _LEGEND, strict=True):
        number = int(states.get(state, 0))
        looks = _MARKS[state][1] if number else (theme.QUIET,)
        page.number(row, column, number, theme.ROW, *looks, _QUIET_COUNT)
    days = [day for day in schools["done_since"] if day]
    for column, day in ((FIRST, min(days)), (LAST, max(days))) if days else ():
        page.day(row, column, day, theme.ROW, _TINY, _SHORT_DATE)
