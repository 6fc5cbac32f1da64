"""Sheet «Сдача отчётов»: whose report has come, in which state, what to ask of the school now; first those that have to
be rung up. Beside it stands the year."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

from pipeline import wording
from pipeline.measuring.figures import Figures, SchoolYear, State, Submission
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.beside import head_beside, print_beside
from pipeline.writing.pages.page import FIRST_ROW, Book, Column, Page, said_of_rest, school_column, written
from pipeline.writing.pages.theme import Look, Mark
from pipeline.writing.summary import remarks, unattributed, year
from schemas.district import School
from schemas.remarks import Severity

CODE, SCHOOL, STATE, REMIND, REPORT, ARRIVED, LATE, ERRORS, WARNINGS, FILE = range(10)

NOTHING = "—"
NOT_IN_BEING = f"{Mark.NONE} не действует"
NOT_ASKED = f"{Mark.NONE} отчёт не требуется"
ON_TIME = f"{Mark.ON_PLAN} вовремя"
REPLACED = "заменён более поздним"

# Mark and look of each state.
_STATES: dict[State, tuple[str, tuple[Look, ...]]] = {
    State.NOT_SUBMITTED: (Mark.OVERDUE, (theme.ACTION, theme.BOLD)),
    State.UNREADABLE: (Mark.ERROR, (theme.ACTION, theme.BOLD)),
    State.TO_CORRECT: (Mark.ERROR, (theme.ACTION, theme.BOLD)),
    State.CARRIED: (Mark.CARRIED, (theme.GOOD,)),
    State.ACCEPTED_WITH_REMARKS: (Mark.ON_PLAN, ()),
    State.ACCEPTED: (Mark.ON_PLAN, ()),
}
# Those of the total, with their words there.
_IN_TOTAL = {State.NOT_SUBMITTED: "не представлены", State.UNREADABLE: "не прочитаны", State.CARRIED: "перенесены"}


class Rows(NamedTuple):
    """Where the table of schools stands: below what belongs to nobody. `last`: of its lines, the header's where there
    are none."""

    total: int
    header: int
    first: int
    last: int

    @classmethod
    def of(cls, top: int, lines: int) -> "Rows":
        return cls(top, top + 1, top + 2, top + 1 + lines)

    def of_lines(self, column: int) -> str:
        letter = xl_col_to_name(column)
        return f"{letter}{self.first + 1}:{letter}{max(self.last, self.first) + 1}"


class Line(NamedTuple):
    """One row: a school's submission, an older file that it replaces, or the year of a school that is no more."""

    submission: Submission | None
    replaced: tuple[str, datetime | None] | None = None  # file, arrival
    year: SchoolYear | None = None


def write(page: Page) -> None:
    figures = page.book.figures
    times = wording.times(figures.every)
    columns = (
        Column("Код", 6),
        school_column(figures),
        Column("Состояние", 26),
        Column("Напомнить", 27),
        Column(times.over_report, 11),
        Column("Получен", 15),
        Column("Срок", 21),
        Column("Ошибок", 9),
        Column("Проверить", 11),
        *(() if figures.public else (Column("Файл", 44),)),
    )
    beside = year.columns_of(figures)
    lines = list(_lines(figures))
    leads_to = "" if figures.public else " Число ошибок ведёт к замечаниям школы."
    note = (
        f"Первыми — школы, с которыми надо связаться. Срок считается по первому поступлению файла.{leads_to} "
        f"Правее — год: те же школы {_by_all(figures)}.{_which_date(figures)}{_left_out(figures)}"
        f"{said_of_rest(lines, 'indicators.csv')}"
    )
    page.head(f"Сдача отчётов {wording.on(figures.as_of, figures.every)}", note, columns)
    head_beside(page, columns, year.title(figures), beside, (note, year.note(figures)))
    top = FIRST_ROW
    if figures.unattributed and not figures.public:
        top = unattributed.write(page, FIRST_ROW, columns) + 2
    rows = Rows.of(top, len(written(lines)))
    page.header(rows.header, (*columns, *beside))
    places = {} if figures.public else _first_remarks(page.book)
    for row, line in enumerate(written(lines), rows.first):
        _write_line(page, row, line, places)
        if not figures.public:
            page.fit_row(row, {FILE: _file(line)}, columns, theme.SMALL_SIZE)
    _write_total(page, rows, lines)
    year.write_total(page, rows.total, len(columns), (rows.first, max(rows.last, rows.first)), lines)
    page.table(rows.header, rows.last, len(columns) + len(beside), SCHOOL + 1, top=rows.total)
    print_beside(page, rows.last, columns, beside)


def _lines(figures: Figures) -> Iterator[Line]:
    years = {one.school.code: one for one in figures.year.schools}
    for submission in figures.submissions:
        yield Line(submission, year=years.pop(submission.school.code))
        yield from (Line(submission, replaced) for replaced in submission.superseded)
    yield from (Line(None, year=one) for one in years.values())


def _file(line: Line) -> str:
    if line.replaced:
        return line.replaced[0]
    return line.submission.file if line.submission else ""


def _by_all(figures: Figures) -> str:
    return "по всем отчётным датам" if figures.every == "date" else wording.times(figures.every).by_reporting


def _which_date(figures: Figures) -> str:
    """For which reporting date the sheet is, where that is not the date of the summary."""
    if figures.reporting_date is None:
        first = min(figures.reporting_dates, default=None)
        if first and figures.every != "date":
            return wording.one_stop(f" Первый отчёт сдаётся {wording.on(first, figures.every)}.")
        return f" Отчётных дат ещё не было{f': первая — {wording.day(first)}' if first else ''}."
    if figures.reporting_date == figures.as_of:
        return ""
    if figures.every != "date":
        return wording.one_stop(f" Отчёты сдаются {wording.on(figures.reporting_date, figures.every)}.")
    return f" Отчёты сдаются на отчётную дату {wording.day(figures.reporting_date)}: она последняя перед датой свода."


def _left_out(figures: Figures) -> str:
    """How many errors of «Замечания» are none of the reports of this list; blank where there are no others."""
    errors = sum(one.severity is Severity.ERROR for one in figures.remarks)
    others = errors - sum(of.errors for of in figures.submissions)
    if others <= 0:
        return ""
    where = "" if figures.public else f": лист «{titles.REMARKS}»"
    return f" Ошибок в других файлах и в реестре — {wording.number(others)}{where}."


def _first_remarks(book: Book) -> dict[tuple[str, str], str]:
    """School and file -> the cell of «Замечания» where its remarks begin, the gravest first."""
    first: dict[tuple[str, str], str] = {}
    for remark, cell in remarks.places(book).items():
        first.setdefault((remark.school, remark.file), cell)
    return first


def _write_total(page: Page, rows: Rows, lines: list[Line]) -> None:
    """How many schools are in the states that leadership asks about, and how many mistakes there are."""
    submissions = page.book.figures.submissions
    for column in (CODE, REMIND, REPORT, ARRIVED, *_file_column(page)):
        page.number(rows.total, column, None, theme.TOTAL)
    page.text(rows.total, SCHOOL, f"Всего: {wording.schools(len(submissions))}", theme.TOTAL)
    states = Counter(map(_state_said, submissions))
    late = sum(bool(submission.days_late) for submission in submissions)
    on_time = sum(submission.days_late == 0 for submission in submissions)
    parts = [(words, _said(state), states[_said(state)]) for state, words in _IN_TOTAL.items()]
    _write_tally(page, STATE, rows, lines, parts)
    _write_tally(page, LATE, rows, lines, [("вовремя", ON_TIME, on_time), ("позже", Mark.BELOW, late)])
    sums = {ERRORS: sum(of.errors for of in submissions), WARNINGS: sum(of.warnings for of in submissions)}
    for column, value in sums.items():
        formula = f"=SUM({rows.of_lines(column)})"
        page.total(rows.total, column, formula, value, lines, theme.TOTAL, theme.CENTRE, theme.PEOPLE_QUIET)


def _write_tally(page: Page, column: int, rows: Rows, lines: list[Line], parts: list[tuple[str, str, int]]) -> None:
    """«вовремя: 15 · позже: 2», live. `parts`: words, what the cells that are counted begin with, number of them."""
    counted = [f'"{words}: "&COUNTIF({rows.of_lines(column)},"{begins}*")' for words, begins, _ in parts]
    value = " · ".join(f"{words}: {number}" for words, _, number in parts)
    page.total(rows.total, column, "=" + '&" · "&'.join(counted), value, lines, theme.TOTAL)


def _write_line(page: Page, row: int, line: Line, places: dict[tuple[str, str], str]) -> None:
    """`places`: `_first_remarks`."""
    beside = FILE if page.book.figures.public else FILE + 1  # the first column of the year
    if line.year:
        year.write_line(page, row, beside, line.year)
    else:
        year.write_blank(page, row, beside, page.book.figures.year)
    if line.submission and line.replaced:
        _write_replaced(page, row, line.submission, *line.replaced)
    elif line.submission:
        _write_submission(page, row, line.submission, places)
    elif line.year:
        _write_gone(page, row, line.year.school)


def _write_submission(page: Page, row: int, submission: Submission, places: dict[tuple[str, str], str]) -> None:
    """`places`: `_first_remarks`."""
    figures = page.book.figures
    first_remark = places.get((submission.school.code, submission.file))
    _, looks = _STATES[submission.state]
    said = _state_said(submission)
    page.text(row, CODE, submission.school.code, theme.ROW, theme.QUIET, theme.TEXT)
    page.text(row, SCHOOL, submission.school.name, theme.ROW)
    page.text(row, STATE, said, theme.ROW, theme.INDENT, *((theme.QUIET,) if said == NOT_ASKED else looks))
    page.text(row, REMIND, _reminder(submission, figures), theme.ROW)
    if submission.as_of:
        page.day(row, REPORT, submission.as_of, theme.ROW, theme.DATE, theme.CENTRE)
    else:
        page.text(row, REPORT, NOTHING, theme.ROW, theme.CENTRE, theme.QUIET)
    _write_arrival(page, row, submission.arrived)
    _write_lateness(page, row, submission.days_late)
    for column, number in ((ERRORS, submission.errors), (WARNINGS, submission.warnings)):
        looks = (theme.ROW, theme.PEOPLE_QUIET, theme.CENTRE)
        if number and first_remark:
            page.link(row, column, titles.REMARKS, "", cell=first_remark)
            looks = (theme.LINK, *looks)
        page.number(row, column, number, *looks)
    for column in _file_column(page):
        page.text(row, column, submission.file, theme.ROW, theme.WRAP, theme.SMALL, theme.QUIET)


def _file_column(page: Page) -> tuple[int, ...]:
    """None in the edition for a wider mailing: the name of a file is a school's word."""
    return () if page.book.figures.public else (FILE,)


def _said(state: State) -> str:
    return f"{_STATES[state][0]} {state}"


def _state_said(submission: Submission) -> str:
    if submission.state is State.NOT_SUBMITTED and not submission.owes:
        return NOT_ASKED
    return _said(submission.state)


def _reminder(submission: Submission, figures: Figures) -> str:
    """What to ask of the school now; blank for nothing."""
    if not submission.to_remind:
        return ""
    match submission.state:
        case State.UNREADABLE:
            return "прислать файл снова: не прочитан"
        case State.TO_CORRECT:
            return f"исправить ошибок: {submission.errors}"
        case _:
            assert figures.reporting_date is not None  # nothing else is owed
            return f"прислать отчёт {wording.on(figures.reporting_date, figures.every)}"


def _write_arrival(page: Page, row: int, arrived: datetime | None) -> None:
    if arrived:
        page.day(row, ARRIVED, arrived.replace(tzinfo=None), theme.ROW, theme.MOMENT, theme.CENTRE)
    else:
        page.text(row, ARRIVED, NOTHING, theme.ROW, theme.CENTRE, theme.QUIET)


def _write_lateness(page: Page, row: int, days_late: int | None) -> None:
    if days_late is None:
        page.text(row, LATE, NOTHING, theme.ROW, theme.QUIET)
    elif days_late > 0:
        said = f"{Mark.BELOW} позже на {wording.count(days_late, wording.DAY)}"
        page.text(row, LATE, said, theme.ROW, theme.ACTION_INK)
    else:
        page.text(row, LATE, ON_TIME, theme.ROW)


def _write_replaced(page: Page, row: int, submission: Submission, file: str, arrived: datetime | None) -> None:
    grey = (theme.ROW, theme.QUIET)
    page.text(row, CODE, submission.school.code, *grey, theme.TEXT)
    page.text(row, SCHOOL, submission.school.name, *grey)
    page.text(row, STATE, REPLACED, *grey, theme.INDENT)
    _write_arrival(page, row, arrived)
    for column in (REMIND, REPORT, LATE, ERRORS, WARNINGS):
        page.number(row, column, None, *grey)
    for column in _file_column(page):
        page.text(row, column, file, *grey, theme.WRAP, theme.SMALL)


def _write_gone(page: Page, row: int, school: School) -> None:
    """A school that is no more: only its year is told."""
    grey = (theme.ROW, theme.QUIET)
    page.text(row, CODE, school.code, *grey, theme.TEXT)
    page.text(row, SCHOOL, school.name, *grey)
    page.text(row, STATE, NOT_IN_BEING, *grey, theme.INDENT)
    for column in (REMIND, REPORT, ARRIVED, LATE, ERRORS, WARNINGS, *_file_column(page)):
        page.number(row, column, None, *grey)
