"""Sheet «Сдача отчётов»: whose report has come and in which state; first those that have to be rung up."""

from datetime import datetime

from pipeline import wording
from pipeline.measuring.figures import State, Submission
from pipeline.writing import theme
from pipeline.writing.summary.page import FIRST_ROW, Column, Page, school_column
from pipeline.writing.theme import Look, Mark

CODE, SCHOOL, STATE, REPORT, ARRIVED, LATE, ERRORS, WARNINGS, FILE = range(9)

HEADER_ROW = FIRST_ROW
NOTHING = "—"

# Mark and look of each state.
_STATES: dict[State, tuple[str, tuple[Look, ...]]] = {
    State.NOT_SUBMITTED: (Mark.NOT_SUBMITTED, (theme.ACTION, theme.BOLD)),
    State.UNREADABLE: (Mark.ERROR, (theme.ACTION, theme.BOLD)),
    State.TO_CORRECT: (Mark.ERROR, (theme.ACTION, theme.BOLD)),
    State.CARRIED: (Mark.CARRIED, (theme.GOOD,)),
    State.ACCEPTED_WITH_REMARKS: (Mark.ON_PLAN, ()),
    State.ACCEPTED: (Mark.ON_PLAN, ()),
}


def write(page: Page) -> None:
    figures = page.book.figures
    columns = (
        Column("Код", 6),
        school_column(figures),
        Column("Состояние", 28),
        Column("Отчёт на дату", 13),
        Column("Получен", 17),
        Column("Срок", 18),
        Column("Ошибок", 9),
        Column("Проверить", 11),
        Column("Файл", 38),
    )
    page.head(
        f"Сдача отчётов на {wording.day(figures.as_of)}",
        "Первыми — школы, с которыми надо связаться. Срок считается по первому поступлению файла.",
        columns,
    )
    page.header(HEADER_ROW, columns)
    row = HEADER_ROW
    for submission in figures.submissions:
        row += 1
        _write_submission(page, row, submission)
        page.fit_row(row, {FILE: submission.file}, columns)
        for file, arrived in submission.superseded:
            row += 1
            _write_superseded(page, row, submission, file, arrived)
            page.fit_row(row, {FILE: file}, columns)
    page.table(HEADER_ROW, row, len(columns), frozen_columns=SCHOOL + 1)


def _write_submission(page: Page, row: int, submission: Submission) -> None:
    mark, looks = _STATES[submission.state]
    page.text(row, CODE, submission.school.code, theme.ROW, theme.QUIET, theme.TEXT)
    page.text(row, SCHOOL, submission.school.name, theme.ROW)
    page.text(row, STATE, f"{mark} {submission.state}", theme.ROW, theme.INDENT, *looks)
    if submission.as_of:
        page.day(row, REPORT, submission.as_of, theme.ROW, theme.DATE, theme.CENTRE)
    else:
        page.text(row, REPORT, NOTHING, theme.ROW, theme.CENTRE, theme.QUIET)
    _write_arrival(page, row, submission.arrived)
    _write_lateness(page, row, submission.days_late)
    page.number(row, ERRORS, submission.errors, theme.ROW, theme.PEOPLE_QUIET, theme.CENTRE)
    page.number(row, WARNINGS, submission.warnings, theme.ROW, theme.PEOPLE_QUIET, theme.CENTRE)
    page.text(row, FILE, submission.file, theme.ROW, theme.WRAP, theme.SMALL, theme.QUIET)


def _write_arrival(page: Page, row: int, arrived: datetime | None) -> None:
    if arrived:
        page.day(row, ARRIVED, arrived.replace(tzinfo=None), theme.ROW, theme.MOMENT, theme.CENTRE)
    else:
        page.text(row, ARRIVED, NOTHING, theme.ROW, theme.CENTRE, theme.QUIET)


def _write_lateness(page: Page, row: int, days_late: int | None) -> None:
    if days_late is None:
        page.text(row, LATE, NOTHING, theme.ROW, theme.QUIET)
    elif days_late > 0:
        page.text(row, LATE, f"{Mark.BELOW} позже на {days_late} дн.", theme.ROW, theme.ACTION_INK)
    else:
        page.text(row, LATE, f"{Mark.ON_PLAN} вовремя", theme.ROW)


def _write_superseded(page: Page, row: int, submission: Submission, file: str, arrived: datetime | None) -> None:
    grey = (theme.ROW, theme.QUIET)
    page.text(row, CODE, submission.school.code, *grey, theme.TEXT)
    page.text(row, SCHOOL, submission.school.name, *grey)
    page.text(row, STATE, "заменён более поздним", *grey, theme.INDENT)
    _write_arrival(page, row, arrived)
    for column in (REPORT, LATE, ERRORS, WARNINGS):
        page.number(row, column, None, *grey)
    page.text(row, FILE, file, *grey, theme.WRAP, theme.SMALL)
