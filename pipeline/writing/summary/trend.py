"""Sheet «Динамика»: the headline share of every school on each date, and the municipality's chart."""

import math
from datetime import date

from xlsxwriter.utility import xl_range_abs

from pipeline import wording
from pipeline.measuring.figures import Activation, Figures
from pipeline.writing import theme
from pipeline.writing.summary.charts import Charts
from pipeline.writing.summary.page import FIRST_ROW, TREND, Column, Page, rows, school_column
from pipeline.writing.theme import Look, Mark

TOTAL_ROW, HEADER_ROW, DATA_ROW = FIRST_ROW, FIRST_ROW + 1, FIRST_ROW + 2
CODE, SCHOOL, FIRST_DATE = 0, 1, 2

MOST_DATES = 12
MUNICIPALITY = ""  # its school_code in the trend
CHART_WIDTH, CHART_HEIGHT = 560, 330
CHART_COLUMNS = 9  # of 9 characters, that the chart covers


def write(page: Page, charts: Charts) -> None:
    figures = page.book.figures
    dates = _dates(figures)
    columns = [
        Column("Код", 6),
        school_column(figures),
        *(Column(wording.day(day), 12) for day in dates),
        Column("Ход", 16),
        Column("Прирост|за период, п.п.", 12),
    ]
    page.head(
        f"Динамика: {wording.lowered(figures.form.headline.name)}",
        f"{figures.form.headline.share_column} на каждую дату. Мини-график — ход школы; «{Mark.NO_ANSWER}» — отчёта на "
        "эту дату не было; прирост — к прошлой дате.",
        columns,
    )
    page.header(HEADER_ROW, columns, height=32)
    shares = _shares(figures)
    page.number(TOTAL_ROW, CODE, None, theme.TOTAL)
    page.text(TOTAL_ROW, SCHOOL, "Муниципалитет", theme.TOTAL)
    _write_row(page, TOTAL_ROW, dates, shares.get(MUNICIPALITY, {}), figures.municipality, theme.TOTAL)
    last = TOTAL_ROW
    activations = {row.school.code: row for row in figures.activation if row.school}
    for last, school in enumerate(figures.schools, DATA_ROW):
        page.text(last, CODE, school.code, theme.ROW, theme.QUIET, theme.TEXT)
        page.text(last, SCHOOL, school.name, theme.ROW)
        _write_row(page, last, dates, shares.get(school.code, {}), activations[school.code], theme.ROW)
    page.table(HEADER_ROW, last, len(columns), frozen_columns=SCHOOL + 1)
    _insert_chart(page, charts, len(columns), max(last, HEADER_ROW))


def _dates(figures: Figures) -> list[date]:
    return sorted(set(figures.trend["date"]))[-MOST_DATES:]


def _shares(figures: Figures) -> dict[str, dict[date, float]]:
    """School code -> date -> share; without figures that were carried forward."""
    shares: dict[str, dict[date, float]] = {}
    for row in rows(figures.trend):
        if not row.carried and not math.isnan(row.percent):
            shares.setdefault(row.school_code, {})[row.date] = row.percent / 100
    return shares


def _write_row(
    page: Page, row: int, dates: list[date], shares: dict[date, float], activation: Activation, look: Look
) -> None:
    for column, day in enumerate(dates, FIRST_DATE):
        if day in shares:
            page.number(row, column, shares[day], look, theme.SHARE, theme.CENTRE)
        else:
            page.text(row, column, Mark.NO_ANSWER, look, theme.CENTRE, theme.QUIET)
    course = FIRST_DATE + len(dates)
    page.number(row, course, None, look)
    if any(day in shares for day in dates):
        area = f"'{TREND}'!{xl_range_abs(row, FIRST_DATE, row, course - 1)}"
        line = {"range": area, "type": "column", "min": 0, "max": 1, "series_color": theme.NAVY}
        page.sheet.add_sparkline(row, course, line)
    if activation.change is None:
        page.text(row, course + 1, Mark.NONE, look, theme.CENTRE, theme.QUIET)
    else:
        page.number(row, course + 1, activation.change, look, theme.POINTS, theme.CENTRE)


def _insert_chart(page: Page, charts: Charts, column: int, last: int) -> None:
    """The chart to the right of the table, and a print area that takes it in."""
    chart = charts.trend(CHART_WIDTH, CHART_HEIGHT)
    if chart is None:
        return
    described = f"Муниципалитет: факт и ступени плана. {page.book.brief.headline}"
    page.sheet.set_column(column, column + CHART_COLUMNS, 8.43)
    page.sheet.insert_chart(TOTAL_ROW, column, chart, {"x_offset": 20, "description": described})
    page.sheet.print_area(0, 0, max(last, TOTAL_ROW + CHART_HEIGHT // 20), column + CHART_COLUMNS)
