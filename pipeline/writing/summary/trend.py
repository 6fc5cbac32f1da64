"""Sheet «Динамика»: the headline share of every school on each date, and the municipality's chart."""

import math
from collections.abc import Iterator, Sequence
from datetime import date

from xlsxwriter.utility import xl_range_abs

from pipeline import wording
from pipeline.measuring.figures import Activation, Figures, Former, Rests, Share, Statement
from pipeline.measuring.rows import TrendRow, totals_by_item, trend_rows
from pipeline.wording import NBSP
from pipeline.writing.pages import doubts, theme, titles
from pipeline.writing.pages.charts import Charts
from pipeline.writing.pages.doubts import is_change_doubted, marked, with_mark
from pipeline.writing.pages.page import FIRST_ROW, Area, Column, Page, fitting, said_of_rest, school_column, written
from pipeline.writing.pages.series import trend_title
from pipeline.writing.pages.theme import Look, Mark
from pipeline.writing.pages.words import (
    BLANK,
    FORMER,
    compared_with,
    points_said,
    risen_since,
    same_schools_said,
    school_name,
    signed,
    told_apart,
)
from pipeline.writing.summary import data

MOVERS_ROW = FIRST_ROW - 1
TOTAL_ROW, HEADER_ROW, DATA_ROW = FIRST_ROW, FIRST_ROW + 1, FIRST_ROW + 2
CODE, SCHOOL, FIRST_DATE = 0, 1, 2

MOST_DATES = 12
MOST_MOVERS = 3  # schools named on each side
MUNICIPALITY = ""  # its school_code in the trend
CHART_WIDTH, CHART_HEIGHT = 560, 330
CHART_COLUMNS = 9  # of 9 characters, that the chart covers


def write(page: Page, charts: Charts) -> None:
    figures = page.book.figures
    dates, times = _dates(figures), wording.times(figures.every)
    columns = [
        Column("Код", 6),
        school_column(figures),
        *(Column(wording.in_heading(day, figures.every), 12) for day in dates),
        Column("Ход", 16),
        Column(f"{times.over_change}, п.п.", 12),
        Column(f"{times.over_change}, чел.", 12),
    ]
    page.head(
        f"Динамика: {wording.lowered(figures.form.lead.name)}",
        f"{wording.unbroken(figures.form.lead.share_column)} {times.each}{_said_of_earlier(figures)}. "
        "Мини-график — ход школы; "
        f"«{Mark.NO_ANSWER}» — отчёта {times.this} не было, «{Mark.ERROR}» — показатель отложен из-за замечания, "
        f"«{BLANK}» — в отчёте нет ответа{_said_of_former(figures, dates)}. Название школы ведёт к её строке на листе "
        f"«{titles.DATA}»."
        f"{doubts.legend(figures)}"
        f"{said_of_rest(figures.schools, 'indicators.csv')}",
        columns,
    )
    _write_movers(page, columns)
    page.header(HEADER_ROW, columns, height=32)
    points = _points(figures)
    page.number(TOTAL_ROW, CODE, None, theme.TOTAL)
    page.text(TOTAL_ROW, SCHOOL, "Муниципалитет", theme.TOTAL)
    _write_row(page, TOTAL_ROW, dates, points.get(MUNICIPALITY, {}), figures.municipality, theme.TOTAL)
    activations = {row.school.code: row for row in figures.activation if row.school}
    shown = written(figures.schools)
    for index, school in enumerate(shown):
        row = DATA_ROW + index
        page.text(row, CODE, school.code, theme.ROW, theme.QUIET, theme.TEXT)
        page.link(row, SCHOOL, titles.DATA, school.name, theme.ROW, cell=data.school_cell(index))
        _write_row(page, row, dates, points.get(school.code, {}), activations[school.code], theme.ROW)
    last = DATA_ROW + len(shown) - 1
    page.table(HEADER_ROW, last, len(columns), frozen_columns=SCHOOL + 1)
    _insert_chart(page, charts, columns, max(last, HEADER_ROW))


def _write_movers(page: Page, columns: list[Column]) -> None:
    """One line above the table, as high as it needs; over the columns that are printed."""
    said, printed = _movers(page.book.figures), fitting(columns)
    page.merged(MOVERS_ROW, 0, printed - 1, theme.WRAP, theme.BOLD)
    page.text(MOVERS_ROW, 0, said, theme.WRAP, theme.BOLD)
    height = theme.text_height(said, sum(column.pixels for column in columns[:printed])) + 4
    page.sheet.set_row(MOVERS_ROW, max(theme.ROW_HEIGHT, height))


def _movers(figures: Figures) -> str:
    """What has moved since the reporting date before; blank where none can be compared."""
    before = compared_with(figures)
    return "" if before is None else " ".join((*_whole_moved(figures, before), *_schools_moved(figures, before)))


def _whole_moved(figures: Figures, before: Former) -> Iterator[str]:
    """The municipality over the schools that are counted on both dates, and why its total tells otherwise."""
    whole, item = figures.municipality, figures.form.headline_number
    since = wording.since(before.as_of, before.every)
    if whole.change is None or whole.change_people is None:
        yield f"Муниципалитет: {since} сравнить не с чем."
        return
    people = f"{signed(round(whole.change_people))}{NBSP}чел."
    same = same_schools_said(totals_by_item(figures)[item], figures.every)
    doubted = ", под вопросом" if is_change_doubted(figures, item) else ""
    yield f"Муниципалитет: {points_said(whole.change)} ({people}) {since} {same}{doubted}."
    if said := told_apart(figures, item):
        yield f"{wording.capital(said)}."


def _schools_moved(figures: Figures, before: Former) -> Iterator[str]:
    """Which schools have moved most. A rise under question is no praise; a fall is told, and that it is one."""
    changes = [(row.change, row) for row in figures.activation if row.change is not None]
    if not changes:
        return
    by_change = [row for _, row in sorted(changes, key=lambda pair: -pair[0])]
    doubted = [row for row in by_change if (row.change or 0) > 0 and _is_doubted(row, figures)]
    sure = [row for row in by_change if (row.change or 0) > 0 and not _is_doubted(row, figures)]
    risen = risen_since(before, sure)
    since_then = {row.school.code for row in risen if row.school}
    longer = [row for row in sure if row.school and row.school.code not in since_then]
    fallen = [row for row in reversed(by_change) if (row.change or 0) < 0]
    if risen:
        names = ", ".join(_moved(row) for row in risen[:MOST_MOVERS])
        yield f"Больше всех прибавили {wording.since(before.as_of, before.every)}: {names}."
    if longer:
        names = wording.listed([school_name(row) for row in longer], MOST_MOVERS, wording.SCHOOL)
        yield f"Прирост с более раннего отчёта: {names}."
    if doubted:
        names = wording.listed([school_name(row) for row in doubted], MOST_MOVERS, wording.SCHOOL)
        yield f"Прирост под вопросом: {names}."
    if fallen:
        said = [with_mark(_moved(row), _is_doubted(row, figures)) for row in fallen]
        yield f"Снизились: {wording.listed(said, MOST_MOVERS, wording.SCHOOL)}."
    if not any(row.change or _is_doubted(row, figures) for row in by_change):
        since = wording.capital(wording.since(before.as_of, before.every))
        yield f"{since} доля не изменилась ни в одной школе."


def _is_doubted(row: Activation, figures: Figures) -> bool:
    assert row.school is not None
    return Statement(Rests.CHANGE, row.school.code, figures.form.headline_number) in figures.doubts


def _moved(row: Activation) -> str:
    """«СОШ № 3 — на 22 п.п. (178 чел.)»"""
    points, people = abs(row.change or 0), abs(round(row.change_people or 0))
    said = f"{school_name(row)} — на {wording.number(round(points, 1))}{NBSP}п.п."
    return f"{said} ({wording.number(people)}{NBSP}чел.)"


def _said_of_former(figures: Figures, dates: list[date]) -> str:
    """What the sign means, where it stands in the table."""
    shown = {school.code for school in figures.schools}
    rows = (row for row in trend_rows(figures) if row.school_code in shown and row.date in dates)
    return f", «{FORMER}» — учтён ответ прежнего отчёта" if any(_point(row) == FORMER for row in rows) else ""


def _said_of_earlier(figures: Figures) -> str:
    earlier = len(_all_dates(figures)) - MOST_DATES
    return f" (показаны последние {MOST_DATES} из {MOST_DATES + earlier})" if earlier > 0 else ""


def _dates(figures: Figures) -> list[date]:
    return sorted(_all_dates(figures))[-MOST_DATES:]


def _all_dates(figures: Figures) -> set[date]:
    return {row.date for row in trend_rows(figures)}


def _points(figures: Figures) -> dict[str, dict[date, float | str]]:
    """School code -> date -> share, or what stands in its place; a figure that was carried forward is no point."""
    points: dict[str, dict[date, float | str]] = {}
    for row in trend_rows(figures):
        points.setdefault(row.school_code, {})[row.date] = _point(row)
    return points


def _point(row: TrendRow) -> float | str:
    if not row.carried and not math.isnan(row.percent):
        return row.percent / 100
    if not row.reported:
        return Mark.NO_ANSWER
    if row.carried and row.share is Share.COUNTED:
        return FORMER
    return {Share.SET_ASIDE: Mark.ERROR, Share.NOT_APPLICABLE: Mark.NONE}.get(row.share, BLANK)


def _write_row(
    page: Page, row: int, dates: list[date], points: dict[date, float | str], activation: Activation, look: Look
) -> None:
    code = activation.school.code if activation.school else MUNICIPALITY
    found = page.book.figures.doubts
    for column, day in enumerate(dates, FIRST_DATE):
        point = points.get(day, Mark.NO_ANSWER)
        if isinstance(point, str):
            page.text(row, column, point, look, theme.CENTRE, theme.QUIET)
        else:
            doubted = Statement(Rests.POINT, code, day=day) in found
            page.number(row, column, point, *marked(doubted, look, theme.SHARE, theme.CENTRE))
    course = FIRST_DATE + len(dates)
    page.number(row, course, None, look)
    if any(isinstance(points.get(day), float) for day in dates):
        area = f"'{titles.TREND}'!{xl_range_abs(row, FIRST_DATE, row, course - 1)}"
        line = {"range": area, "type": "column", "min": 0, "max": 1, "series_color": theme.NAVY}
        page.sheet.add_sparkline(row, course, line)
    changes = ((activation.change, theme.POINTS), (activation.change_people, theme.PEOPLE_CHANGE))
    moved = Statement(Rests.CHANGE, code, page.book.figures.form.headline_number) in found
    for column, (change, form) in enumerate(changes, course + 1):
        if change is None:
            page.text(row, column, Mark.NONE, look, theme.CENTRE, theme.QUIET)
        else:
            page.number(row, column, change, *marked(moved, look, form, theme.CENTRE))


def _insert_chart(page: Page, charts: Charts, columns: Sequence[Column], last: int) -> None:
    """The chart to the right of the table, printed on a page of its own. Below the header, whose rows are repeated on
    every page together with what lies over them."""
    chart = charts.trend(CHART_WIDTH, CHART_HEIGHT)
    if chart is None:
        return
    described = f"{trend_title(page.book.figures)}. {page.book.brief.headline}"
    column = len(columns)
    page.sheet.set_column(column, column + CHART_COLUMNS, 8.43)
    page.text(DATA_ROW, column, trend_title(page.book.figures), theme.BOLD, theme.INDENT, {"font_color": theme.NAVY})
    page.sheet.insert_chart(DATA_ROW + 1, column, chart, {"x_offset": 20, "description": described})
    last = max(last, DATA_ROW + 1 + CHART_HEIGHT // 20)
    page.print_areas(Area(0, 0, last, fitting(columns) - 1), Area(0, column, last, column + CHART_COLUMNS))
