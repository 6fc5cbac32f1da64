"""Table «Мероприятия приказа» below the schools of «Этапы»: how many of them have done each measure of the order."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pipeline import wording
from pipeline.measuring.figures import Milestone
from pipeline.measuring.rows import MeasureRow, measure_rows
from pipeline.writing.pages import theme
from pipeline.writing.pages.doubts import is_milestone_doubted, marked
from pipeline.writing.pages.marks import LEGEND, MARKS, QUIET_COUNT
from pipeline.writing.pages.page import WIDEST_PRINT, Area, Page
from pipeline.writing.pages.theme import Look, Mark

HEADING = "Мероприятия приказа"
_TITLE = 0
_OF_TITLE, _LEAST_OF_TITLE = 7, 2  # columns
# Than those that have done it, as in LEGEND.
_OTHERS = ("В работе", "Просро-|чили", "Под воп-|росом", "Не тре-|буется", "Отчёта|нет")
# Said once for all schools, in place of their numbers.
_UNCOUNTED = {Milestone.NOT_CHECKED: "отчётом не проверяется", Milestone.NOT_BEGUN: "ещё не начато"}
_SHORT_DATE: Look = {"num_format": "dd.mm.yy", "align": "center"}
_NOTE = (
    "Сколько школ сделали мероприятие; пункты отчёта, по которым это видно. «с …» — ведётся постоянно с этого дня. "
    "Даты — отчёты, в которых мероприятие впервые сделано: у первой и у последней из сделавших школ."
)


class _Places(NamedTuple):
    """Columns. The first three texts stand over several of those that hold marks above."""

    items: int
    due: int
    counts: range
    first: int
    last: int


def _places(page: Page) -> _Places:
    """All of it on one printed page: the wider the names of the schools, the fewer columns the title stands over."""
    for items in range(_OF_TITLE, _LEAST_OF_TITLE - 1, -1):
        due, counted = items + 2, items + 4
        first = counted + 1 + len(_OTHERS)
        at = _Places(items, due, range(counted, first), first, first + 1)
        if page.width(at.last + 1) <= WIDEST_PRINT:
            break
    return at


def write(page: Page, row: int) -> Area:
    """From `row` on, on the grid of the schools' table, whose columns are narrow: a text runs on into the empty cells
    beside it. What it has taken."""
    figures, at, top = page.book.figures, _places(page), row
    since = {(stage.title, measure.title): measure.since for stage in figures.form.stages for measure in stage.measures}
    page.text(row, 0, HEADING, theme.BOLD, {"font_color": theme.NAVY, "font_size": 12})
    page.merged(row + 1, 0, at.last, theme.NOTE, theme.TOP)
    page.text(row + 1, 0, _NOTE, theme.NOTE, theme.TOP)
    page.sheet.set_row(row + 1, theme.text_height(_NOTE, page.width(at.last + 1), theme.SMALL_SIZE) + 3)
    row += 2
    _write_header(page, row, at)
    under = ""
    of_measure: dict[tuple[str, str], list[MeasureRow]] = {}
    for of_school in measure_rows(figures):
        of_measure.setdefault((of_school.stage, of_school.measure), []).append(of_school)
    for (stage, title), schools in of_measure.items():
        if stage != under:
            under, row = stage, row + 1
            page.text(row, _TITLE, stage, theme.BOLD, {"font_color": theme.NAVY})
        row += 1
        _write_measure(page, row, at, title, since.get((stage, title)), schools)
    return Area(top, 0, row, at.last)


def _write_header(page: Page, row: int, at: _Places) -> None:
    of_schools = f"Сделали|из {wording.number(len(page.book.figures.schools))}"
    headings = {_TITLE: "Мероприятие", at.items: "Пункты отчёта", at.due: "Срок"}
    headings |= {at.first: "Первая|школа", at.last: "Послед-|няя"}
    headings |= dict(zip(at.counts, (of_schools, *_OTHERS), strict=True))
    page.sheet.set_row(row, 30)
    for column in range(at.last + 1):
        wide = column < at.counts[0]
        looks = (theme.HEADER, theme.OPEN_HEADER) if wide else (theme.HEADER,)
        page.text(row, column, headings.get(column, "").replace("|", "\n"), *looks)


def _write_measure(
    page: Page, row: int, at: _Places, title: str, since: date | None, schools: Sequence[MeasureRow]
) -> None:
    """`schools`: where each of them, one at least, stands with this measure."""
    first = schools[0]
    states = Counter(school.state for school in schools)
    doubted = any(is_milestone_doubted(page.book.figures, item) for item in first.items)
    for column in range(at.last + 1):
        page.number(row, column, None, theme.ROW)
    page.merged(row, _TITLE, at.items - 1, theme.ROW, theme.SMALL, theme.WRAP)
    page.text(row, _TITLE, title, theme.ROW, theme.SMALL, theme.WRAP)
    page.sheet.set_row(row, max(theme.ROW_HEIGHT, theme.text_height(title, page.width(at.items), theme.SMALL_SIZE) + 3))
    page.text(row, at.items, ", ".join(first.items) or Mark.NONE, theme.ROW, theme.SMALL)
    if first.due:
        page.text(row, at.due, f"до {wording.day(first.due)}", theme.ROW, theme.SMALL)
    elif since:
        page.text(row, at.due, f"с {wording.day(since)}", theme.ROW, theme.SMALL)
    for state, said in _UNCOUNTED.items():
        if states[state] == len(schools):
            page.text(row, at.counts[0], said, theme.ROW, theme.SMALL, theme.QUIET)
            return
    for column, state in zip(at.counts, LEGEND, strict=True):
        number = states[state]
        looks = MARKS[state][1] if number else (theme.QUIET,)
        is_doubted = doubted and number > 0 and state not in (Milestone.UNDER_QUESTION, Milestone.UNKNOWN)
        page.number(row, column, number, *marked(is_doubted, theme.ROW, *looks, QUIET_COUNT))
    days = [school.done_since for school in schools if school.done_since]
    for column, day in ((at.first, min(days)), (at.last, max(days))) if days else ():
        page.day(row, column, day, theme.ROW, theme.SMALL, _SHORT_DATE)
