"""What the charts of the first page show, whoever draws them: the schools' shares, the way of the municipality."""

import math
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from pipeline import wording
from pipeline.measuring.activation import together
from pipeline.measuring.figures import Activation, Figures, Level, Share
from pipeline.measuring.rows import trend_rows
from pipeline.writing.pages.words import name_within, share_decimals, why_headline_counts_nowhere
from schemas.form import Target


def trend_title(figures: Figures) -> str:
    """Over the chart of the municipality's way; of steps only where the order has a plan."""
    return f"Муниципалитет: {'факт и ступени плана' if figures.form.has_plan else 'доля по отчётам'}"


def why_no_trend(figures: Figures) -> str:
    return f"Нет данных за {wording.times(figures.every).all_past}."


MOST_BARS = 20  # schools that are all drawn; of more
WORST_BARS = 15  # these are drawn, and one bar for the rest
LONGEST_LABEL = 34  # characters of a school's name beside its bar
SHORT_BAR = 0.08  # a shorter one cannot hold its label
FULL = 0.985  # where a target of 100 % is drawn from, so that a sliver of it is seen
DAYS_AFTER = 14  # the trend's axis goes on so long after its last date


class Bar(msgspec.Struct, frozen=True):
    """One school, or the rest of them: its name, share (a fraction), whether it is below plan, and how many people it
    lacks. `rows`: of the rest, the first and last of the table of schools, counted from 0."""

    name: str
    share: float
    below: bool
    shortfall: int = 0
    decimals: int = 1
    rows: tuple[int, int] | None = None

    @property
    def short(self) -> bool:
        return self.share < SHORT_BAR

    @property
    def said(self) -> str:
        return wording.percent(self.share * 100, self.decimals, in_column=True)

    @property
    def label(self) -> str:
        return name_within(self.name, LONGEST_LABEL)

    @property
    def lacks(self) -> str:
        """«ещё 22 чел.»; blank where nobody is missing."""
        return f"ещё {wording.number(self.shortfall)} чел." if self.shortfall else ""


def bars(figures: Figures) -> list[Bar]:
    """Worst first."""
    rows = figures.counted
    shown = rows if len(rows) <= MOST_BARS else rows[:WORST_BARS]
    found = [_bar(row, figures) for row in shown]
    if rest := rows[len(shown) :]:
        found.append(_rest(rest, len(shown), figures))
    return found


def band_of(figures: Figures) -> Target | None:
    """Against which the bars stand: the target in force, or the first one that comes."""
    return figures.target or figures.next_target


def band_name(figures: Figures) -> str:
    """Blank where the order sets no target."""
    band = band_of(figures)
    if band is None:
        return ""
    said = wording.band(band.min, band.max)
    return f"План {said}" if figures.target else f"План к {wording.short_day(band.by)}: {said}"


def drawn_from(target: Target) -> float:
    """Lower edge of the band, a fraction."""
    return min(target.min / 100, FULL)


def why_no_bars(figures: Figures) -> str:
    """What stands in place of the bars where no school is counted."""
    match why_headline_counts_nowhere(figures):
        case Share.NO_REPORT:
            why = "отчётов нет"
        case Share.SET_ASIDE:
            why = "ни один показатель не принят"
        case _:
            why = "в отчётах показателя нет"
    return f"Нет данных для диаграммы: {why}."


def _bar(row: Activation, figures: Figures) -> Bar:
    assert row.school is not None
    assert row.percent is not None
    below = row.level is Level.BELOW
    decimals = share_decimals(row, figures.target)
    return Bar(row.school.name, row.percent / 100, below, row.shortfall or 0, decimals)


def _rest(rows: tuple[Activation, ...], first: int, figures: Figures) -> Bar:
    """Σ / Σ of the schools that have no bar of their own."""
    whole = together(rows, figures.target)
    assert whole.percent is not None
    rest = wording.plural(len(rows), "Остальная", "Остальные", "Остальные")
    return Bar(
        f"{rest} {wording.schools(len(rows))}",
        whole.percent / 100,
        whole.level is Level.BELOW,
        decimals=share_decimals(whole, figures.target),
        rows=(first, first + len(rows) - 1),
    )


# ── the municipality's way along the targets ─────────────────────────────────────────────────────────────
def actual_shares(figures: Figures) -> dict[date, float]:
    """Share of the municipality by date, of a period by its last day; a fraction."""
    return {
        figures.form.periods.last(row.date): row.percent / 100
        for row in trend_rows(figures)
        if not row.school_code and not math.isnan(row.percent)
    }


def share_said(figures: Figures, day: date, share: float, *, in_column: bool = False) -> str:
    """A share of that date beside its point: the last one as the headline says it."""
    decimals = share_decimals(figures.municipality, figures.target) if day == max(actual_shares(figures)) else 1
    return wording.percent(share * 100, decimals, in_column=in_column)


def forecast_shares(figures: Figures) -> dict[date, float]:
    """From the last actual share to the next target; empty where there is no forecast."""
    forecast, target, actual = figures.municipality.forecast, figures.next_target, actual_shares(figures)
    if forecast is None or target is None or not actual:
        return {}
    last, end = max(actual), figures.form.periods.last(target.by)
    return {last: actual[last], end: forecast / 100} if last < end else {}


def axis_days(figures: Figures) -> list[date]:
    """Every day that the trend shows: from the day of a month on which targets fall, so that ticks meet them; where
    reports are about periods the last day of each. Empty where no date has a figure."""
    dates = sorted(actual_shares(figures))
    if not dates:
        return []
    end = max([*dates, figures.as_of, *([figures.next_target.by] if figures.next_target else [])])
    if figures.every != "date":
        return list(_periods(dates[0], end if figures.next_target else dates[-1], figures))
    tick = figures.form.targets[0].by.day if figures.form.targets else dates[0].day
    start = _last_before(dates[0], tick)
    return [start + timedelta(days) for days in range((end - start).days + DAYS_AFTER + 1)]


def _periods(first: date, end: date, figures: Figures) -> Iterator[date]:
    """Last days of the periods from that of `first` to that of `end`."""
    periods = figures.form.periods
    day = periods.last(first)
    while day <= periods.last(end):
        yield day
        day = periods.last(day + timedelta(days=1))


def _last_before(first: date, day_of_month: int) -> date:
    """The last date before `first` that falls on that day of a month (28 at most)."""
    day = first - timedelta(days=1)
    while day.day != min(day_of_month, 28):
        day -= timedelta(days=1)
    return day
