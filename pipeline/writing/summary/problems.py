"""Sheet «Проблемы»: what gets in the schools' way, in their own words, by group, and how others solved it."""

from collections.abc import Sequence

from pipeline import wording
from pipeline.measuring.figures import Problem
from pipeline.writing.pages import theme
from pipeline.writing.pages.page import FIRST_ROW, Column, Page, said_of_rest, written
from pipeline.writing.pages.theme import Look

COLUMNS = (
    Column("Группа", 20),
    Column("Школ", 7),
    Column("Школа", 21),
    Column("Проблема", 35),
    Column("Решение", 31),
    Column("Как решили другие", 32),
    Column("Стоит с", 11),
)
GROUP, SCHOOLS, SCHOOL, PROBLEM, SOLUTION, OFFERED, SINCE = range(len(COLUMNS))

HEADER_ROW, DATA_ROW = FIRST_ROW, FIRST_ROW + 1
CELL = (theme.ROW, theme.WRAP, theme.TOP)
NOT_SAID: Look = {**theme.QUIET, "italic": True}


def write(page: Page) -> None:
    if page.book.figures.public:
        _write_groups(page)
    else:
        _write_words(page)


def _write_words(page: Page) -> None:
    figures = page.book.figures
    page.head(
        "Проблемы и решения — словами школ",
        "Похожие формулировки сведены в группы (слева — группа и число школ). Текст школ не изменён. Где своего решения"
        f" нет, показано, как ту же проблему решили другие школы.{said_of_rest(figures.problems, 'answers.csv')}",
        COLUMNS,
    )
    page.header(HEADER_ROW, COLUMNS)
    naming = figures.problem_groups
    row, group = DATA_ROW - 1, None
    for row, problem in enumerate(written(figures.problems), DATA_ROW):
        _write_problem(page, row, problem, naming.get(problem.group, 0), first=problem.group != group)
        group = problem.group
    if not figures.problems:
        row = DATA_ROW
        page.text(row, GROUP, "Проблем нет.", theme.QUIET)
    page.table(HEADER_ROW, row, len(COLUMNS), frozen_columns=SCHOOL + 1)


# ── in no school's words ─────────────────────────────────────────────────────────────────────────────────
GROUP_COLUMNS = (
    Column("Группа", 44),
    Column("Школ", 7),
    Column("Какие школы", 64),
    Column("Из них|с решением", 11),
    Column("Стоит с", 11),
)
OF_SCHOOLS, SOLVED, GROUP_SINCE = range(2, len(GROUP_COLUMNS))


def _write_groups(page: Page) -> None:
    figures = page.book.figures
    page.head(
        "Проблемы школ по группам",
        "Сколько школ и какие назвали проблему, сколько из них пишут, как её решают, с какой отчётной даты она стоит.",
        GROUP_COLUMNS,
    )
    page.header(HEADER_ROW, GROUP_COLUMNS)
    row = DATA_ROW - 1
    for row, (group, schools) in enumerate(figures.problem_groups.items(), DATA_ROW):
        _write_group(page, row, group, schools, [one for one in figures.problems if one.group == group and one.problem])
    if not figures.problem_groups:
        row = DATA_ROW
        page.text(row, GROUP, "Проблем нет.", theme.QUIET)
    page.table(HEADER_ROW, row, len(GROUP_COLUMNS), frozen_columns=SCHOOLS + 1)


def _write_group(page: Page, row: int, group: str, schools: int, problems: Sequence[Problem]) -> None:
    names = ", ".join(dict.fromkeys(wording.keep_together(one.school.name) for one in problems))
    page.text(row, GROUP, group, *CELL, theme.BOLD)
    page.number(row, SCHOOLS, schools, *CELL, theme.CENTRE, theme.PEOPLE_QUIET)
    page.text(row, OF_SCHOOLS, names, *CELL)
    solved = len({one.school.code for one in problems if one.solution})
    page.number(row, SOLVED, solved, *CELL, theme.CENTRE, theme.PEOPLE_QUIET)
    page.day(row, GROUP_SINCE, min(one.since for one in problems), *CELL, theme.CENTRE, theme.DATE)
    page.fit_row(row, {GROUP: group, OF_SCHOOLS: names}, GROUP_COLUMNS)


# ── as the schools say it ────────────────────────────────────────────────────────────────────────────────
def _write_problem(page: Page, row: int, problem: Problem, schools: int, first: bool) -> None:
    """`first`: of its group, whose name is repeated in grey below because filters need it."""
    group_look: Look = {"bold": True, "font_color": theme.NAVY} if first else theme.QUIET
    offered = "\n".join(f"{school.name}: {solution}" for school, solution in problem.offered)
    page.text(row, GROUP, problem.group, *CELL, group_look)
    page.number(row, SCHOOLS, schools, *CELL, theme.CENTRE, theme.PEOPLE_QUIET, group_look)
    page.text(row, SCHOOL, problem.school.name, *CELL)
    _write_said(page, row, PROBLEM, problem.problem, "— проблема не названа")
    _write_said(page, row, SOLUTION, problem.solution, "— решение не указано")
    if offered:
        page.text(row, OFFERED, offered, *CELL)
    else:
        page.number(row, OFFERED, None, *CELL)
    page.day(row, SINCE, problem.since, *CELL, theme.CENTRE, theme.DATE)
    texts = {GROUP: problem.group, SCHOOL: problem.school.name, PROBLEM: problem.problem, SOLUTION: problem.solution}
    page.fit_row(row, {**texts, OFFERED: offered}, COLUMNS)


def _write_said(page: Page, row: int, column: int, words: str, missing: str) -> None:
    if words:
        page.text(row, column, words, *CELL)
    else:
        page.text(row, column, missing, *CELL, NOT_SAID)
