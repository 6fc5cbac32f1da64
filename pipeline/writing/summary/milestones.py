"""Sheet «Этапы»: which school has done what of the order, stage by stage, what is overdue and what is under question;
below it every measure of the order, with how many schools have done it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

from pipeline import wording
from pipeline.measuring.figures import Deadline, Figures, Milestone
from pipeline.measuring.rows import measure_rows, milestone_rows, step_rows
from pipeline.writing.pages import doubts, theme, titles
from pipeline.writing.pages.doubts import is_milestone_doubted, is_overdue_doubted, marked
from pipeline.writing.pages.marks import LEGEND, MARKS, QUIET_COUNT
from pipeline.writing.pages.page import FIRST_ROW, LINK_ROW, Area, Column, Page, said_of_rest, school_column, written
from pipeline.writing.pages.theme import Look
from pipeline.writing.summary import data, measures
from schemas.form import Form, Item
from schemas.own_names import NO_STAGE

STAGE_ROW, DUE_ROW, HEADER_ROW, OVERDUE_ROW, QUESTIONED_ROW, DATA_ROW = range(FIRST_ROW, FIRST_ROW + 6)
CODE, SCHOOL, FIRST_MARK = 0, 1, 2

_MARK_WIDTH = 6.86  # the measures below take as many columns as then find room on one page
_TICKED_OFF, _TICKED_OFF_WIDTH = "Документы", 13  # what has no short name
_HEADER_HEIGHT = 46
# What the last columns count of a school, with their looks.
_COUNTED: dict[Milestone, tuple[Look, ...]] = {
    Milestone.DONE: (theme.CENTRE,),
    Milestone.OVERDUE: (theme.BOLD, theme.ACTION_INK, QUIET_COUNT),
    Milestone.UNDER_QUESTION: (QUIET_COUNT,),
}
_ONE_PAGE = 30  # schools: more of them run over pages, and their header has to be repeated


class Milestones(NamedTuple):
    """One column. `states`: school code -> state; `stage` is blank but in its stage's first."""

    heading: str
    deadline: Deadline
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
        Column("Под воп-|росом", 8),
    ]
    legend = "      ".join(f"{MARKS[state][0]} {said}" for state, said in LEGEND.items())
    if any(Milestone.NOT_CHECKED in column.states.values() for column in marks):
        legend += "      пусто — не отмечено и файлом не пришло"
    leads_to = "ответам" if figures.public else "файлу и ячейкам"
    page.head(
        f"Этапы приказа: что сделано и что просрочено {wording.on(figures.as_of, figures.every)}",
        f"{legend}.   {_when_done(figures.form)}. Название школы ведёт к её {leads_to}."
        + doubts.legend(figures)
        + said_of_rest(figures.schools, "answers.csv"),
        columns,
        across=True,
    )
    page.header(HEADER_ROW, columns, height=max([_HEADER_HEIGHT, *map(_height, marks)]))
    for index, column in enumerate(marks, FIRST_MARK):
        if column.stage:
            page.text(STAGE_ROW, index, column.stage, theme.GROUP)
        _write_due(page, index, column.deadline.due)
    page.text(DUE_ROW, SCHOOL, "Срок по приказу", theme.SMALL, theme.QUIET, theme.RIGHT)
    last = _write_schools(page, marks)
    _write_totals(page, marks, last)
    repeated = len(figures.schools) > _ONE_PAGE  # the measures have another header
    page.table(QUESTIONED_ROW, last, len(columns), frozen_columns=SCHOOL + 1, repeated=repeated)
    if next(measure_rows(figures), None):  # an order may have deadlines and neither stages nor papers
        page.link(LINK_ROW, FIRST_MARK, titles.MILESTONES, "к мероприятиям приказа", cell=f"A{last + 4}")
        of_measures = measures.write(page, last + 3)
        page.print_areas(Area(0, 0, last, len(columns) - 1), of_measures)


# ── columns ──────────────────────────────────────────────────────────────────────────────────────────────
def _columns(figures: Figures) -> Iterator[Milestones]:
    """Papers and measures if the office ticks them off, then the stages: an item under the first stage that names it,
    the steps of the headline item in its place; last the items that no stage names."""
    form = figures.form
    yield from _under(_TICKED_OFF, _ticked_off(figures))
    of_item: dict[str, dict[str, Milestone]] = {item.number: {} for item in form.due_items}
    for row in milestone_rows(figures):
        of_item[row.item][row.school_code] = row.state
    left = {item.number: item for item in form.items if item.number in of_item or item.number == form.headline_number}
    for stage in form.stages:
        numbers = [number for measure in stage.measures for number in measure.items]
        items = [left.pop(number) for number in numbers if number in left]
        yield from _under(stage.title, _of_items(items, of_item, figures))
    yield from _under(NO_STAGE if form.stages else "", _of_items(list(left.values()), of_item, figures))


def _under(stage: str, columns: Iterator[Milestones]) -> Iterator[Milestones]:
    for index, column in enumerate(columns):
        yield column if index else column._replace(stage=stage)


def _ticked_off(figures: Figures) -> Iterator[Milestones]:
    """What has a deadline and is seen in no report, once the office ticks it off."""
    asked: dict[Deadline, dict[str, Milestone]] = {}
    for row in measure_rows(figures):
        if row.due and not row.items:
            asked.setdefault(Deadline(row.due, title=row.measure), {})[row.school_code] = row.state
    for deadline, states in asked.items():
        if set(states.values()) - {Milestone.NOT_CHECKED}:
            yield Milestones(deadline.title, deadline, states, width=_TICKED_OFF_WIDTH)


def _of_items(
    items: Sequence[Item], of_item: dict[str, dict[str, Milestone]], figures: Figures
) -> Iterator[Milestones]:
    for item in items:
        if item.number == figures.form.headline_number:
            yield from _steps(figures)
        if item.due:
            yield Milestones(f"{item.number}|{item.short}", Deadline(item.due, item.number), of_item[item.number])


def _steps(figures: Figures) -> Iterator[Milestones]:
    """One column a target of the headline item."""
    for target in figures.form.targets:
        states = {row.school_code: row.state for row in step_rows(figures) if row.by == target.by}
        step = Deadline(target.by, figures.form.headline_number, target.min)
        yield Milestones(f"{step.item}|→ {wording.percent(target.min)}", step, states)


def _when_done(form: Form) -> str:
    sooner = any(item.done_at is not None for item in form.due_items)
    return f"Охват считается сделанным при 100 %{', если по форме пункт не сделан раньше' if sooner else ''}"


def _height(column: Milestones) -> float:
    """Points that the heading needs."""
    return theme.text_height(column.heading.replace("|", "\n"), Column("", column.width).pixels, theme.SMALL_SIZE)


def _write_due(page: Page, column: int, due: date) -> None:
    look: Look = {**theme.SMALL, "align": "center", "num_format": "dd.mm.yy", "font_color": theme.GREY}
    if due < page.book.figures.as_of:
        look = {**look, "bold": True, "font_color": theme.ORANGE_INK, "bottom": 2, "bottom_color": theme.ORANGE}
    page.day(DUE_ROW, column, due, look)


# ── schools ──────────────────────────────────────────────────────────────────────────────────────────────
def _write_schools(page: Page, marks: list[Milestones]) -> int:
    """Index of the last row."""
    cell: Look = {"border": 1, "border_color": theme.LINE, "align": "center"}
    first, after = xl_col_to_name(FIRST_MARK), FIRST_MARK + len(marks)
    asked = [(column.deadline.item, column.deadline.step) for column in marks]
    row = DATA_ROW - 1
    for number, school in enumerate(written(page.book.figures.schools)):
        row = DATA_ROW + number
        page.text(row, CODE, school.code, theme.ROW, theme.QUIET, theme.TEXT)
        page.link(row, SCHOOL, titles.DATA, school.name, theme.ROW, cell=data.school_cell(number))
        doubted = [is_milestone_doubted(page.book.figures, *one, school.code) for one in asked]
        of_school = [column.states[school.code] for column in marks]
        for index, (state, is_doubted) in enumerate(zip(of_school, doubted, strict=True), FIRST_MARK):
            mark, looks = MARKS[state]
            page.text(row, index, mark, *marked(is_doubted, cell, *looks))
        area = f"{first}{row + 1}:{xl_col_to_name(after - 1)}{row + 1}"
        for index, (state, counted) in enumerate(_COUNTED.items(), after):
            looks = marked(any(doubted) and state is not Milestone.UNDER_QUESTION, theme.ROW, *counted)
            page.formula(row, index, _counted(area, state), of_school.count(state), *looks)
    return row


def _write_totals(page: Page, marks: list[Milestones], last: int) -> None:
    figures = page.book.figures
    after, last = FIRST_MARK + len(marks), max(last, DATA_ROW)
    totals = (
        (OVERDUE_ROW, "Просрочили, школ", Milestone.OVERDUE, figures.overdue, figures.overdue_total),
        (QUESTIONED_ROW, "Под вопросом, школ", Milestone.UNDER_QUESTION, figures.questioned, figures.questioned_total),
    )
    for row, said, state, schools, whole in totals:
        page.number(row, CODE, None, theme.TOTAL)
        page.text(row, SCHOOL, said, theme.TOTAL)
        is_overdue = state is Milestone.OVERDUE
        for index, column in enumerate(marks, FIRST_MARK):
            doubted = is_milestone_doubted(figures, column.deadline.item, column.deadline.step)
            looks = marked(is_overdue and doubted, theme.TOTAL, QUIET_COUNT)
            formula = _counted(_rows(index, last), state)
            page.total(row, index, formula, len(schools.get(column.deadline, ())), figures.schools, *looks)
        for index, counted in enumerate(_COUNTED, after):
            if counted is not state:
                page.number(row, index, None, theme.TOTAL)
            else:
                looks = marked(is_overdue and is_overdue_doubted(figures), theme.TOTAL, *_COUNTED[state])
                page.total(row, index, f"=SUM({_rows(index, last)})", whole, figures.schools, *looks)


def _rows(column: int, last: int) -> str:
    letter = xl_col_to_name(column)
    return f"{letter}{DATA_ROW + 1}:{letter}{last + 1}"


def _counted(area: str, state: Milestone) -> str:
    """A question mark alone would count any mark."""
    return f'=COUNTIF({area},"{MARKS[state][0].replace("?", "~?")}")'
