"""The hidden sheet `_графики` with the charts' data, and the native charts drawn from it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from xlsxwriter.chart import Chart

from pipeline import wording
from pipeline.measuring.activation import together
from pipeline.measuring.figures import Activation, Figures, Level
from pipeline.measuring.rows import trend_rows
from pipeline.wording import NBSP
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.page import Book, Page, written
from pipeline.writing.pages.words import share_decimals
from schemas.form import Target

MOST_BARS = 20  # schools that are all drawn; of more
WORST_BARS = 15  # these are drawn, and one bar for the rest
LONGEST_LABEL = 34  # characters of a school's name beside its bar
# Up to so many bars: the gap between two, percent of a bar. Few bars stay bars and do not fill the chart.
_GAPS = ((2, 300), (4, 120), (8, 60), (MOST_BARS, 35))
SHORT_BAR = 0.08  # a shorter one cannot hold its label
FULL = 0.985  # where a target of 100 % is drawn from, so that a sliver of it is seen
NO_NAME = " "  # a series that explains nothing: LibreOffice takes the wrong one out of a legend

TREND_TITLE = "Муниципалитет: факт и ступени плана"

NAME, UPPER, LOWER, ON_PLAN, BELOW = range(5)
DAY, FLOOR, STEP, ACTUAL, FORECAST = range(6, 11)
FIRST_ROW = 1

DAYS_AFTER = 14  # the trend's axis goes on so long after its last date

Options = dict[str, object]  # of a chart, as xlsxwriter takes them
ShareOfRows = Callable[[int, int], str]  # first and last row, counted from 0 -> formula

_SHARE_LABEL = '0.0" "%'


def _font(size: float, color: str = theme.GREY, bold: bool = False) -> Options:
    return {"name": theme.FONT, "size": size, "color": color, "bold": bold}


@dataclass(frozen=True)
class Bar:
    """One school, or the rest of them: its name, share, whether it is below plan, and how many people it lacks."""

    name: str
    share: float
    below: bool
    shortfall: int = 0
    decimals: int = 1
    formula: str = ""  # of the share, for the rest

    @property
    def short(self) -> bool:
        return self.share < SHORT_BAR

    @property
    def said(self) -> str:
        return wording.percent(self.share * 100, self.decimals)

    @property
    def category(self) -> str:
        """Name for the axis; takes the percent along where the bar cannot hold it."""
        name = wording.shortened(self.name, LONGEST_LABEL)
        if self.short:
            name += f" · {self.said}"
        return name.replace(" ", NBSP)  # a label of two lines makes LibreOffice drop every second one

    @property
    def own_label(self) -> Options | None:
        """What stands in the bar in place of its share with one decimal; None where that is right."""
        if self.short:
            return {"delete": True}
        return {"value": self.said} if self.decimals > 1 else None


class Charts:
    """Draws charts from the data that it lays out on the hidden sheet."""

    def __init__(self, book: Book, share_of_rows: ShareOfRows | None = None) -> None:
        """`share_of_rows`: formula for the share of the schools from the first to the last row of the sheet that lists
        them; without it the bar of the rest is a figure."""
        self._book = book
        self._bars = _bars(book.figures, share_of_rows)[::-1]  # a bar chart draws its first category at the bottom
        self._band = book.figures.target or book.figures.next_target
        self._days = _axis_days(book.figures)

    def lay_out(self) -> None:
        """Adds the hidden sheet with the data of all charts."""
        page = Page(self._book, self._book.workbook.add_worksheet(titles.CHARTS))
        self._write_bars(page)
        self._write_trend(page)
        page.sheet.hide()

    # ── share of the headline item, school by school ─────────────────────────────────────────────────────
    def schools(self, width: int, height: int) -> Chart | None:
        """Bars against the band of the target: between a bar below plan and the band one sees the shortfall.

        None where no school is counted.
        """
        if not self._bars:
            return None
        chart = self._book.workbook.add_chart({"type": "bar"})
        gap = next(gap for most, gap in _GAPS if len(self._bars) <= most)
        for series in self._bar_series():
            chart.add_series({**series, "overlap": 100, "gap": gap})
        top = 1.2 if self._band and self._band.max > 85 else 1
        chart.set_x_axis({
            "min": 0, "max": top, "major_unit": 0.2, "num_format": '[<=1]0" "%;;', "num_font": _font(8),
            "major_gridlines": {"visible": False}, "line": {"color": theme.LINE},
        })  # fmt: skip
        chart.set_y_axis({
            "interval_unit": 1, "num_font": _font(8, theme.INK), "major_gridlines": {"visible": False},
            "line": {"color": theme.LINE}, "major_tick_mark": "none",
        })  # fmt: skip
        return _finished(chart, width, height)

    def _bar_series(self) -> list[Options]:
        """Each is drawn over the one before: the band, white up to its lower bound, then the bars."""
        band = self._band_series() if self._band else []
        if self._book.figures.target is None:
            return [*band, self._share_series(ON_PLAN, "Факт", theme.NAVY)]
        met = self._share_series(ON_PLAN, "По плану и выше", theme.NAVY)
        return [*band, met, self._share_series(BELOW, "Ниже плана", theme.ORANGE)]

    def _band_series(self) -> list[Options]:
        lacking = [
            {"value": f"ещё {wording.number(bar.shortfall)} чел."} if bar.shortfall else {"delete": True}
            for bar in self._bars
        ]
        labels = {"value": True, "custom": lacking, "position": "outside_end", "font": _font(8, theme.ORANGE_INK)}
        upper = {**self._column(UPPER, self._band_name()), **_filled(theme.BAND), "data_labels": labels}
        return [upper, {**self._column(LOWER, NO_NAME), **_filled(theme.WHITE)}]

    def _share_series(self, column: int, name: str, color: str) -> Options:
        labels = {
            "value": True,
            "custom": [bar.own_label for bar in self._bars],
            "position": "inside_base",
            "num_format": _SHARE_LABEL,
            "font": _font(8, theme.WHITE, bold=True),
        }
        return {**self._column(column, name), **_filled(color), "data_labels": labels}

    def _column(self, column: int, name: str) -> Options:
        last = FIRST_ROW + len(self._bars) - 1
        return {
            "name": name,
            "categories": [titles.CHARTS, FIRST_ROW, NAME, last, NAME],
            "values": [titles.CHARTS, FIRST_ROW, column, last, column],
        }

    def _band_name(self) -> str:
        assert self._band is not None
        said = wording.band(self._band.min, self._band.max)
        if self._book.figures.target:
            return f"План {said}"
        return f"План к {wording.short_day(self._band.by)} (ещё не действует): {said}"

    def _write_bars(self, page: Page) -> None:
        for column, heading in enumerate(("Школа", "План до", "План от", "По плану и выше", "Ниже плана")):
            page.text(0, column, heading, theme.BOLD)
        for row, bar in enumerate(self._bars, FIRST_ROW):
            page.text(row, NAME, bar.category)
            if self._band:
                page.number(row, UPPER, self._band.max / 100)
                page.number(row, LOWER, min(self._band.min / 100, FULL))
            column = BELOW if bar.below else ON_PLAN
            if bar.formula:
                page.formula(row, column, bar.formula, bar.share)
            else:
                page.number(row, column, bar.share)

    # ── the municipality's way along the targets ─────────────────────────────────────────────────────────
    def trend(self, width: int, height: int) -> Chart | None:
        """The municipality's share on each date over the steps of the plan, and where it is heading.

        None where no date has a figure.
        """
        if not self._days:
            return None
        workbook = self._book.workbook
        chart = workbook.add_chart({"type": "column", "subtype": "stacked"})
        chart.add_series({**self._dated(FLOOR, NO_NAME), "fill": {"none": True}, "border": {"none": True}, "gap": 0})
        chart.add_series({**self._dated(STEP, "План"), **_filled(theme.BAND)})
        line = workbook.add_chart({"type": "line"})
        line.add_series(self._actual_series())
        if _forecast(self._book.figures):
            line.add_series(self._forecast_series())
        chart.combine(line)
        chart.show_blanks_as("span")
        chart.set_x_axis({
            "date_axis": True, "min": self._days[0], "max": self._days[-1], "major_unit": 1,
            "major_unit_type": "months", "num_format": "dd.mm", "num_font": _font(8), "line": {"color": theme.LINE},
            "major_tick_mark": "outside",
        })  # fmt: skip
        chart.set_y_axis({
            "min": 0, "max": 1, "major_unit": 0.25, "num_format": '0" "%', "num_font": _font(8),
            "major_gridlines": {"visible": True, "line": {"color": theme.LINE, "width": 0.5}}, "line": {"none": True},
        })  # fmt: skip
        return _finished(chart, width, height, hidden_entries=[0])

    def _actual_series(self) -> Options:
        labels = {"value": True, "position": "above", "num_format": _SHARE_LABEL, "font": _font(9, theme.NAVY, True)}
        marker = {"type": "circle", "size": 7, **_filled(theme.NAVY)}
        line = {"color": theme.NAVY, "width": 2.5}
        return {**self._dated(ACTUAL, "Факт"), "line": line, "marker": marker, "data_labels": labels}

    def _forecast_series(self) -> Options:
        """Labelled at its end only, with a whole percent: a forecast is no measurement."""
        start = min(_forecast(self._book.figures))
        labels = {"value": True, "position": "above", "num_format": '0" "%', "font": _font(9)}
        labels["custom"] = [{"delete": True} if day == start else None for day in self._days]
        marker = {"type": "diamond", "size": 6, **_filled(theme.NAVY)}
        line = {"color": theme.NAVY, "width": 1.5, "dash_type": "dash"}
        return {**self._dated(FORECAST, "Прогноз"), "line": line, "marker": marker, "data_labels": labels}

    def _dated(self, column: int, name: str) -> Options:
        last = FIRST_ROW + len(self._days) - 1
        return {
            "name": name,
            "categories": [titles.CHARTS, FIRST_ROW, DAY, last, DAY],
            "values": [titles.CHARTS, FIRST_ROW, column, last, column],
        }

    def _write_trend(self, page: Page) -> None:
        """One row a day: only so the steps of the plan come out upright and as wide as they last."""
        figures = self._book.figures
        for column, heading in enumerate(("Дата", "План от", "Полоса плана", "Факт", "Прогноз"), DAY):
            page.text(0, column, heading, theme.BOLD)
        actual, forecast = _actual(figures), _forecast(figures)
        for row, day in enumerate(self._days, FIRST_ROW):
            page.day(row, DAY, day, theme.DATE)
            if target := figures.form.target_on(day):
                low = _drawn_from(target)
                page.number(row, FLOOR, low)
                page.number(row, STEP, target.max / 100 - low)
            if day in actual:
                page.number(row, ACTUAL, actual[day])
            if day in forecast:
                page.number(row, FORECAST, forecast[day])


def _finished(chart: Chart, width: int, height: int, hidden_entries: list[int] | None = None) -> Chart:
    legend: Options = {"position": "bottom", "font": _font(8)}
    if hidden_entries:
        legend["delete_series"] = hidden_entries
    chart.set_legend(legend)
    chart.set_title({"none": True})
    chart.set_chartarea({"border": {"none": True}})
    chart.show_hidden_data()
    chart.set_size({"width": width, "height": height})
    return chart


def _filled(color: str) -> Options:
    return {"fill": {"color": color}, "border": {"none": True}}


def _drawn_from(target: Target) -> float:
    return min(target.min / 100, FULL)


def _bars(figures: Figures, share_of_rows: ShareOfRows | None) -> list[Bar]:
    """Worst first."""
    rows = figures.counted
    shown = rows if len(rows) <= MOST_BARS else rows[:WORST_BARS]
    bars = [_bar(row, figures) for row in shown]
    if rest := rows[len(shown) :]:
        bars.append(_rest(rest, len(shown), figures, share_of_rows))
    return bars


def _bar(row: Activation, figures: Figures) -> Bar:
    assert row.school is not None
    assert row.percent is not None
    below = row.level is Level.BELOW
    decimals = share_decimals(row, figures.target)
    return Bar(row.school.name, row.percent / 100, below, row.shortfall or 0, decimals)


def _rest(rows: tuple[Activation, ...], first: int, figures: Figures, share_of_rows: ShareOfRows | None) -> Bar:
    """Σ / Σ of the schools that have no bar of their own, as a formula over the sheet that lists them."""
    listed = len(written(figures.activation)) == len(figures.activation)
    whole = together(rows, figures.target)
    assert whole.percent is not None
    rest = wording.plural(len(rows), "Остальная", "Остальные", "Остальные")
    return Bar(
        f"{rest} {wording.schools(len(rows))}",
        whole.percent / 100,
        whole.level is Level.BELOW,
        decimals=share_decimals(whole, figures.target),
        formula=share_of_rows(first, first + len(rows) - 1) if share_of_rows and listed else "",
    )


def _actual(figures: Figures) -> dict[date, float]:
    """Share of the municipality by date."""
    return {
        row.date: row.percent / 100
        for row in trend_rows(figures)
        if not row.school_code and not math.isnan(row.percent)
    }


def _forecast(figures: Figures) -> dict[date, float]:
    """From the last actual share to the next target; empty where there is no forecast."""
    forecast, target, actual = figures.municipality.forecast, figures.next_target, _actual(figures)
    if forecast is None or target is None or not actual:
        return {}
    return {max(actual): actual[max(actual)], target.by: forecast / 100}


def _axis_days(figures: Figures) -> list[date]:
    """Every day that the trend shows: from the day of a month on which targets fall, so that ticks meet them."""
    dates = sorted(_actual(figures))
    if not dates:
        return []
    tick = figures.form.targets[0].by.day if figures.form.targets else dates[0].day
    start = _last_before(dates[0], tick)
    end = max([*dates, figures.as_of, *([figures.next_target.by] if figures.next_target else [])])
    return [start + timedelta(days) for days in range((end - start).days + DAYS_AFTER + 1)]


def _last_before(first: date, day_of_month: int) -> date:
    """The last date before `first` that falls on that day of a month (28 at most)."""
    day = first - timedelta(days=1)
    while day.day != min(day_of_month, 28):
        day -= timedelta(days=1)
    return day
