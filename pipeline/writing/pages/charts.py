"""The hidden sheet `_графики` with the charts' data, and the native charts drawn from it."""

from collections.abc import Callable

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from pipeline import wording
from pipeline.measuring.figures import Delivery
from pipeline.wording import NBSP
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.completeness import SHOWN, met_dates, named
from pipeline.writing.pages.page import Book, Page, written
from pipeline.writing.pages.series import (
    FULL,
    MOST_BARS,
    Bar,
    actual_shares,
    axis_days,
    band_name,
    band_of,
    bars,
    drawn_from,
    forecast_shares,
    share_said,
)

# Up to so many bars: the gap between two, percent of a bar. Few bars stay bars and do not fill the chart.
_GAPS = ((2, 300), (4, 120), (8, 60), (MOST_BARS, 35))
_LETTER = 6.6  # pixels that a letter of a name takes
_PLOT_HEIGHT = 0.86  # of a chart of schools; below it stand the axis and the legend
NO_NAME = " "  # a series that explains nothing: LibreOffice takes the wrong one out of a legend

NAME, UPPER, LOWER, ON_PLAN, BELOW = range(5)
DAY, FLOOR, STEP, ACTUAL, FORECAST = range(6, 11)
FIRST_MET = 1  # of the columns with how the reporting dates have been met
FIRST_ROW = 1
_FEW_DATES = 3  # columns that would be blocks
_MOST_PERIODS = 6  # named below the axis
_MET_COLOURS = {  # of a part and of its number
    Delivery.ON_TIME: (theme.NAVY, theme.WHITE),
    Delivery.LATE: (theme.BAR, theme.INK),
    Delivery.UNKNOWN: (theme.BAND, theme.INK),
    Delivery.TO_CORRECT: (theme.ORANGE, theme.WHITE),
    Delivery.MISSING: (theme.ORANGE_TINT, theme.ORANGE_INK),
}

Options = dict[str, object]  # of a chart, as xlsxwriter takes them
ShareOfRows = Callable[[int, int], str]  # first and last row, counted from 0 -> formula

_SHARE_LABEL = '0.0" "%'


def _font(size: float, color: str = theme.GREY, bold: bool = False) -> Options:
    return {"name": theme.FONT, "size": size, "color": color, "bold": bold}


class Charts:
    """Draws charts from the data that it lays out on the hidden sheet."""

    def __init__(self, book: Book, share_of_rows: ShareOfRows | None = None) -> None:
        """`share_of_rows`: formula for the share of the schools from the first to the last row of the sheet that lists
        them; without it the bar of the rest is a figure."""
        self._book = book
        self._bars = bars(book.figures)[::-1]  # a bar chart draws its first category at the bottom
        self._share_of_rows = share_of_rows
        self._band = band_of(book.figures)
        self._days = axis_days(book.figures)

    def lay_out(self) -> None:
        """Adds the hidden sheet with the data of all charts."""
        page = Page(self._book, self._book.workbook.add_worksheet(titles.CHARTS, Worksheet))
        if self._book.figures.form.headline:
            self._write_bars(page)
            self._write_trend(page)
        else:
            self._write_completeness(page)
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
            "min": 0, "max": top, "major_unit": 0.2, "num_format": '[<=1]0" "%;;', "num_font": _font(9),
            "major_gridlines": {"visible": False}, "line": {"color": theme.LINE},
        })  # fmt: skip
        chart.set_y_axis({
            "interval_unit": 1, "num_font": _font(9, theme.INK), "major_gridlines": {"visible": False},
            "line": {"color": theme.LINE}, "major_tick_mark": "none",
        })  # fmt: skip
        # The plot as high as it can be: where names and figures find no room, every second name is left out.
        names = (max(len(_category(bar)) for bar in self._bars) * _LETTER + _LETTER) / width
        chart.set_plotarea({"layout": {"x": names, "y": 0.01, "width": 0.98 - names, "height": _PLOT_HEIGHT}})
        return _finished(chart, width, height)

    def _bar_series(self) -> list[Options]:
        """Each is drawn over the one before: the band, white up to its lower bound, then the bars."""
        band = self._band_series() if self._band else []
        if self._book.figures.target is None:
            return [*band, self._share_series(ON_PLAN, "Факт", theme.NAVY)]
        met = self._share_series(ON_PLAN, "По плану и выше", theme.NAVY)
        return [*band, met, self._share_series(BELOW, "Ниже плана", theme.ORANGE)]

    def _band_series(self) -> list[Options]:
        lacking = [{"value": bar.lacks} if bar.lacks else {"delete": True} for bar in self._bars]
        labels = {"value": True, "custom": lacking, "position": "outside_end", "font": _font(9, theme.ORANGE_INK)}
        upper = {**self._column(UPPER, band_name(self._book.figures)), **_filled(theme.BAND), "data_labels": labels}
        return [upper, {**self._column(LOWER, NO_NAME), **_filled(theme.WHITE)}]

    def _share_series(self, column: int, name: str, color: str) -> Options:
        labels = {
            "value": True,
            "custom": [_own_label(bar) for bar in self._bars],
            "position": "inside_base",
            "num_format": _SHARE_LABEL,
            "font": _font(9, theme.WHITE, bold=True),
        }
        return {**self._column(column, name), **_filled(color), "data_labels": labels}

    def _column(self, column: int, name: str) -> Options:
        last = FIRST_ROW + len(self._bars) - 1
        return {
            "name": name,
            "categories": [titles.CHARTS, FIRST_ROW, NAME, last, NAME],
            "values": [titles.CHARTS, FIRST_ROW, column, last, column],
        }

    def _write_bars(self, page: Page) -> None:
        for column, heading in enumerate(("Школа", "План до", "План от", "По плану и выше", "Ниже плана")):
            page.text(0, column, heading, theme.BOLD)
        for row, bar in enumerate(self._bars, FIRST_ROW):
            page.text(row, NAME, _category(bar))
            if self._band:
                page.number(row, UPPER, self._band.max / 100)
                page.number(row, LOWER, min(self._band.min / 100, FULL))
            column = BELOW if bar.below else ON_PLAN
            if formula := self._formula(bar):
                page.formula(row, column, formula, bar.share)
            else:
                page.number(row, column, bar.share)

    def _formula(self, bar: Bar) -> str:
        """Of the share of the rest, over the sheet that lists them; blank where a figure has to do."""
        table = self._book.figures.activation
        if bar.rows is None or self._share_of_rows is None or len(written(table)) < len(table):
            return ""
        return self._share_of_rows(*bar.rows)

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
        if forecast_shares(self._book.figures):
            line.add_series(self._forecast_series())
        chart.combine(line)
        chart.show_blanks_as("span")
        chart.set_x_axis(self._days_axis() if self._book.figures.every == "date" else self._periods_axis())
        chart.set_y_axis({
            "min": 0, "max": 1, "major_unit": 0.25, "num_format": '0" "%', "num_font": _font(9),
            "major_gridlines": {"visible": True, "line": {"color": theme.LINE, "width": 0.5}}, "line": {"none": True},
        })  # fmt: skip
        return _finished(chart, width, height, hidden_entries=[0] if self._book.figures.form.has_plan else [0, 1])

    def _days_axis(self) -> Options:
        return {
            "date_axis": True, "min": self._days[0], "max": self._days[-1], "major_unit": 1,
            "major_unit_type": "months", "num_format": "dd.mm", "num_font": _font(9), "line": {"color": theme.LINE},
            "major_tick_mark": "outside",
        }  # fmt: skip

    def _periods_axis(self) -> Options:
        each = -(-len(self._days) // _MOST_PERIODS)
        look = {"num_font": _font(9), "line": {"color": theme.LINE}, "major_tick_mark": "none"}
        return {"interval_unit": each, **look}

    def _actual_series(self) -> Options:
        labels = {"value": True, "position": "above", "num_format": _SHARE_LABEL, "font": _font(9, theme.NAVY, True)}
        figures = self._book.figures
        last, share = max(actual_shares(figures).items())
        if (said := share_said(figures, last, share, in_column=True)) != wording.percent(share * 100, in_column=True):
            labels["custom"] = [{"value": said} if day == last else None for day in self._days]
        marker = {"type": "circle", "size": 7, **_filled(theme.NAVY)}
        line = {"color": theme.NAVY, "width": 2.5}
        return {**self._dated(ACTUAL, "Факт"), "line": line, "marker": marker, "data_labels": labels}

    def _forecast_series(self) -> Options:
        """Labelled at its end only, with a whole percent: a forecast is no measurement."""
        start = min(forecast_shares(self._book.figures))
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
        """One row a day: only so the steps of the plan come out upright and as wide as they last; of periods one."""
        figures = self._book.figures
        for column, heading in enumerate(
            ("Дата" if figures.every == "date" else "Период", "План от", "Полоса плана", "Факт", "Прогноз"), DAY
        ):
            page.text(0, column, heading, theme.BOLD)
        actual, forecast = actual_shares(figures), forecast_shares(figures)
        for row, day in enumerate(self._days, FIRST_ROW):
            if figures.every == "date":
                page.day(row, DAY, day, theme.DATE)
            else:
                page.text(row, DAY, wording.on_axis(day, figures.every))
            if target := figures.form.target_on(day):
                low = drawn_from(target)
                page.number(row, FLOOR, low)
                page.number(row, STEP, target.max / 100 - low)
            if day in actual:
                page.number(row, ACTUAL, actual[day])
            if day in forecast:
                page.number(row, FORECAST, forecast[day])

    # ── how the reporting dates have been met ────────────────────────────────────────────────────────────
    def completeness(self, width: int, height: int) -> Chart | None:
        """A column a reporting date, of as many parts as there are ways to meet it. None where no date has come."""
        dates = met_dates(self._book.figures)
        if not any(sum(one.schools) for one in dates):
            return None
        chart = self._book.workbook.add_chart({"type": "column", "subtype": "stacked"})
        for index, delivery in enumerate(SHOWN):
            if any(one.schools[index] for one in dates):
                chart.add_series(self._met_series(index, delivery, len(dates)))
        chart.set_x_axis({"num_font": _font(9), "line": {"color": theme.LINE}, "major_tick_mark": "none"})
        chart.set_y_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
        return _finished(chart, width, height)

    def _met_series(self, index: int, delivery: Delivery, dates: int) -> Options:
        fill, ink = _MET_COLOURS[delivery]
        labels = {"value": True, "num_format": "0;;", "font": _font(9, ink, bold=True)}
        column = FIRST_MET + index
        return {
            "name": named(delivery),
            "categories": [titles.CHARTS, FIRST_ROW, NAME, FIRST_ROW + dates - 1, NAME],
            "values": [titles.CHARTS, FIRST_ROW, column, FIRST_ROW + dates - 1, column],
            **_filled(fill),
            "gap": 300 if dates <= _FEW_DATES else 60,
            "data_labels": labels,
        }

    def _write_completeness(self, page: Page) -> None:
        every = self._book.figures.every
        page.text(0, NAME, "Отчётная дата" if every == "date" else "Отчётный период", theme.BOLD)
        for column, delivery in enumerate(SHOWN, FIRST_MET):
            page.text(0, column, named(delivery), theme.BOLD)
        for row, one in enumerate(met_dates(self._book.figures), FIRST_ROW):
            page.text(row, NAME, wording.on_axis(one.day, every))
            for column, schools in enumerate(one.schools, FIRST_MET):
                page.number(row, column, schools)


def _finished(chart: Chart, width: int, height: int, hidden_entries: list[int] | None = None) -> Chart:
    legend: Options = {"position": "bottom", "font": _font(9)}
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


def _category(bar: Bar) -> str:
    """Name for the axis; takes the percent along where the bar cannot hold it."""
    name = f"{bar.label} · {bar.said}" if bar.short else bar.label
    return name.replace(" ", NBSP)  # a label of two lines makes LibreOffice drop every second one


def _own_label(bar: Bar) -> Options | None:
    """What stands in the bar in place of its share with one decimal; None where that is right."""
    if bar.short:
        return {"delete": True}
    return {"value": bar.said} if bar.decimals > 1 else None
