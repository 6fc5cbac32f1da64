"""Sheet «Что исправить»: what is overdue, the remarks with what to do, the problems with what others did about them."""

from collections.abc import Sequence

from pipeline import wording
from pipeline.measuring.figures import Deadline, Figures, Milestone, Problem, RemarkAge, Share
from pipeline.measuring.mended import identity
from pipeline.measuring.rows import coverage_rows, milestone_rows
from pipeline.wording import NBSP
from pipeline.writing.pages import theme
from pipeline.writing.pages.doubts import is_item_doubted, is_milestone_doubted, with_mark
from pipeline.writing.pages.page import Column, Page
from pipeline.writing.pages.panels import SECTION_TITLE, write_across, write_fitted
from pipeline.writing.pages.remark_rows import Line, lines
from pipeline.writing.pages.theme import Mark
from pipeline.writing.school.brief import deadline_about
from schemas.explained import WORDS
from schemas.remarks import Remark
from schemas.reports import PROBLEM

SHEET = "Что исправить"

# The three tables stand one below another in the same columns.
_WIDTHS = (14, 15, 36, 35, 13)
OVERDUE, REMARKS, PROBLEMS = (
    tuple(map(Column, headings, _WIDTHS))
    for headings in (
        ("Пункт", "Срок", "Что просрочено", "Сейчас", "Просрочено,|дней"),
        ("Важность", "Где", "Что не так", "Что сделать", "Стоит с"),
        ("Стоит с", "Группа", "Проблема", "Решение", "Своё|решение"),
    )
)
FIRST, SECOND, THIRD, FOURTH, LAST = range(len(_WIDTHS))

_QUESTIONED = f"{Mark.CHECK} ответ есть, но не учтён: смотрите замечания"

_CELL = (theme.ROW, theme.WRAP, theme.TOP, theme.SMALL)


def write(page: Page) -> None:
    own = page.book.figures
    for index, width in enumerate(_WIDTHS):
        page.sheet.set_column(index, index, width)
    write_fitted(page, 0, OVERDUE, f"{own.schools[0].name}: что исправить", 16, theme.TITLE)
    row = _write_overdue(page, 2) + 2 if own.form.has_milestones else 2
    row = _write_remarks(page, row, lines(page.book))
    if own.form.problems:
        row = _write_problems(page, row + 2, own.problems)
    page.print_setup(row, len(_WIDTHS))
    page.sheet.set_portrait()


def _open_table(page: Page, row: int, title: str, columns: Sequence[Column], nothing: str) -> int:
    """Title and header, or the title and the words for `nothing`; index of the row last written."""
    write_across(page, row, (FIRST, LAST), title, SECTION_TITLE)
    if nothing:
        page.text(row + 1, FIRST, nothing, theme.QUIET)
    else:
        page.header(row + 1, columns)
    return row + 1


# ── what is overdue ──────────────────────────────────────────────────────────────────────────────────────
def _write_overdue(page: Page, row: int) -> int:
    """Index of the last row."""
    own = page.book.figures
    late = [*own.overdue, *own.questioned]
    title = f"Просрочено{' и под вопросом' if own.questioned else ''} {wording.on(own.as_of, own.every)}"
    above = _open_table(page, row, title, OVERDUE, "" if late else _why_nothing_is_late(own))
    now = _now(own)
    for row, one in enumerate(late, above + 1):
        is_overdue = one in own.overdue
        about, state = wording.capital(deadline_about(one, own.form)), _QUESTIONED
        if is_overdue:
            state = now.get(one.item) or _not_done(one, own)
        page.text(row, FIRST, one.item or "документ", *_CELL, theme.TEXT)
        page.day(row, SECOND, one.due, *_CELL, theme.DATE, theme.INDENT)
        page.text(row, THIRD, about, *_CELL)
        page.text(row, FOURTH, state, *_CELL)
        if is_overdue:
            page.number(row, LAST, (own.as_of - one.due).days, *_CELL, theme.BOLD, theme.ACTION_INK, theme.CENTRE)
        else:
            page.text(row, LAST, Mark.CHECK, *_CELL, theme.BOLD, theme.CENTRE)
        page.fit_row(row, {THIRD: about, FOURTH: state}, OVERDUE, theme.SMALL_SIZE)
    return above + len(late)


def _not_done(one: Deadline, own: Figures) -> str:
    return with_mark("не сделано", is_milestone_doubted(own, one.item, one.step))


def _why_nothing_is_late(own: Figures) -> str:
    if any(row.state is Milestone.UNKNOWN for row in milestone_rows(own)):
        return "Отчёта нет: что сделано, неизвестно."
    return "Просроченных мероприятий нет."


def _now(own: Figures) -> dict[str, str]:
    """Item -> the school's share in words, or why it is not counted."""
    instead = {Share.NO_ANSWER: "нет ответа"}
    return {
        row.item: with_mark(
            wording.percent(row.percent, wording.decimals_beside(row.percent, 0, 100)), is_item_doubted(own, row.item)
        )
        if row.share is Share.COUNTED
        else instead.get(row.share, "")
        for row in coverage_rows(own)
    }


# ── remarks ──────────────────────────────────────────────────────────────────────────────────────────────
def _write_remarks(page: Page, row: int, listed: Sequence[Line]) -> int:
    """Index of the last row."""
    above = _open_table(page, row, "Замечания к отчёту", REMARKS, "" if listed else "Замечаний нет.")
    for row, line in enumerate(listed, above + 1):
        _write_remark(page, row, line)
    return above + len(listed)


def _write_remark(page: Page, row: int, line: Line) -> None:
    remark, standing = line.remark, page.book.figures.remark_history.standing
    texts = {
        FIRST: line.state,
        SECOND: _place(remark) if line.stands else ", ".join(dict.fromkeys((_place(remark), remark.file))),
        THIRD: wording.message(remark, page.book.catalogue),
        FOURTH: "\n".join(filter(None, (line.todo(page.book.catalogue), _explained(line, page)))),
        LAST: _standing(standing.get(identity(remark)) if line.stands else None),
    }
    for column, text in texts.items():
        page.text(row, column, text, *_CELL, *(line.looks if column == FIRST else ()))
    page.fit_row(row, texts, REMARKS, theme.SMALL_SIZE)


def _explained(line: Line, page: Page) -> str:
    explained = page.book.figures.explained_of(line.remark) if line.stands else None
    return f"{WORDS}: {explained.said}" if explained else ""


def _place(remark: Remark) -> str:
    """«п. 14, лист «Отчёт», D51»; of a remark on the whole file its name."""
    number = remark.item.removeprefix(PROBLEM).removeprefix(".")
    what = f"проблема {number}".strip() if remark.item.startswith(PROBLEM) else remark.item and f"п.{NBSP}{remark.item}"
    sheet = remark.sheet and f"лист «{remark.sheet}»"
    return ", ".join(filter(None, (what, sheet, remark.cell))) or remark.file


def _standing(life: RemarkAge | None) -> str:
    """Since which reporting date; of errors and warnings only."""
    if life is None:
        return ""
    since = wording.day(life.since)
    return since if life.times == 1 else f"{since}\n{life.times}-й{NBSP}раз подряд"


# ── problems ─────────────────────────────────────────────────────────────────────────────────────────────
def _write_problems(page: Page, row: int, problems: Sequence[Problem]) -> int:
    """Index of the last row."""
    title = "Проблемы школы и решения, которые нашли другие школы"
    above = _open_table(page, row, title, PROBLEMS, "" if problems else "Проблем школа не назвала.")
    for row, problem in enumerate(problems, above + 1):
        texts = {SECOND: problem.group, THIRD: problem.problem or "— проблема не названа", FOURTH: _solution(problem)}
        page.day(row, FIRST, problem.since, *_CELL, theme.DATE, theme.INDENT)
        for column, text in texts.items():
            page.text(row, column, text, *_CELL)
        own, looks = ("есть", ()) if problem.solution else ("нет", (theme.ACTION_INK,))
        page.text(row, LAST, own, *_CELL, theme.CENTRE, *looks)
        page.fit_row(row, texts, PROBLEMS, theme.SMALL_SIZE)
    return above + len(problems)


def _solution(problem: Problem) -> str:
    """The school's own; where it has none, what others do about the same."""
    if problem.solution:
        return problem.solution
    if not problem.offered:
        return "— решение не указано"
    return "\n".join(["Решения других школ:", *(words for _, words in problem.offered)])
