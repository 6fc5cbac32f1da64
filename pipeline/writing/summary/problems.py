"""Sheet «Проблемы»: what gets in the schools' way, in their own words, by group."""

from pipeline.measuring.figures import Problem
from pipeline.writing import theme
from pipeline.writing.brief import problem_groups
from pipeline.writing.summary.page import FIRST_ROW, Column, Page
from pipeline.writing.theme import Look

COLUMNS = (
    Column("Группа", 30),
    Column("Школ", 8),
    Column("Школа", 25),
    Column("Проблема", 58),
    Column("Решение", 58),
    Column("Стоит с", 12),
)
GROUP, SCHOOLS, SCHOOL, PROBLEM, SOLUTION, SINCE = range(len(COLUMNS))

HEADER_ROW, DATA_ROW = FIRST_ROW, FIRST_ROW + 1
CELL = (theme.ROW, theme.WRAP, theme.TOP)


def write(page: Page) -> None:
    figures = page.book.figures
    page.head(
        "Проблемы и решения — словами школ",
        "Похожие формулировки сведены в группы (слева — группа и число школ). Текст школ не изменён.",
        COLUMNS,
    )
    page.header(HEADER_ROW, COLUMNS)
    schools = dict(problem_groups(figures))
    row, group = DATA_ROW - 1, None
    for row, problem in enumerate(figures.problems, DATA_ROW):
        _write_problem(page, row, problem, schools[problem.group], first=problem.group != group)
        group = problem.group
    if not figures.problems:
        row = DATA_ROW
        page.text(row, GROUP, "Проблем нет.", theme.QUIET)
    page.table(HEADER_ROW, row, len(COLUMNS), frozen_columns=SCHOOL + 1)


def _write_problem(page: Page, row: int, problem: Problem, schools: int, first: bool) -> None:
    """`first`: of its group, whose name is repeated in grey below because filters need it."""
    group_look: Look = {"bold": True, "font_color": theme.NAVY} if first else theme.QUIET
    page.text(row, GROUP, problem.group, *CELL, group_look)
    page.number(row, SCHOOLS, schools, *CELL, theme.CENTRE, theme.PEOPLE, group_look)
    page.text(row, SCHOOL, problem.school.name, *CELL)
    page.text(row, PROBLEM, problem.problem, *CELL)
    if problem.solution:
        page.text(row, SOLUTION, problem.solution, *CELL)
    else:
        page.text(row, SOLUTION, "— решение не указано", *CELL, theme.QUIET, {"italic": True})
    page.day(row, SINCE, problem.since, *CELL, theme.CENTRE, theme.DATE)
    page.fit_row(row, {GROUP: problem.group, SCHOOL: problem.school.name, PROBLEM: problem.problem,
                       SOLUTION: problem.solution}, COLUMNS)  # fmt: skip
