"""The municipality's share on each date over the steps of the plan, and where it is heading."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.writing.pages.series import actual_shares, axis_days, drawn_from, forecast_shares, share_said
from pipeline.writing.web.drawing import Dot, Drawing, Entry, Line, Rect, Shape, Text
from schemas.periods import Every

WIDTH, HEIGHT = 340, 172  # pixels
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 330, 14, 150
_TICKS = (0, 0.25, 0.5, 0.75, 1)
_MOST_DAYS, _MOST_PERIODS = 7, 4  # named below the axis
_APART = 46  # pixels between the middles of two figures that do not touch


class _Axis(NamedTuple):
    """Days as far apart as they are, or periods side by side, each known by its last day."""

    days: list[date]
    every: Every

    def x(self, day: date) -> float:
        """Of a period its middle."""
        if self.every == "date":
            return _LEFT + (_RIGHT - _LEFT) * (day - self.days[0]).days / (self.days[-1] - self.days[0]).days
        return _LEFT + self._period * (self.days.index(day) + 0.5)

    def edges(self, first: date, last: date) -> tuple[float, float]:
        """Where the days, or periods, from the first to the last begin and end."""
        if self.every == "date":
            return self.x(first), self.x(min(last + timedelta(1), self.days[-1]))
        return self.x(first) - self._period / 2, self.x(last) + self._period / 2

    @property
    def _period(self) -> float:
        return (_RIGHT - _LEFT) / len(self.days)

    @property
    def named(self) -> list[date]:
        """As many as find room: days of the month on which targets fall, or periods."""
        ticks = [day for day in self.days if day.day == self.days[0].day] if self.every == "date" else self.days
        most = _MOST_DAYS if self.every == "date" else _MOST_PERIODS
        return ticks[:: -(-len(ticks) // most)]


def draw(figures: Figures) -> Drawing | None:
    """None where no date has a figure."""
    days = axis_days(figures)
    if not days:
        return None
    axis = _Axis(days, figures.every)
    actual, forecast = actual_shares(figures), forecast_shares(figures)
    shapes = (
        *_plan(figures, axis),
        *_grid(),
        *(Text(axis.x(day), _BOTTOM + 15, wording.on_axis(day, axis.every), "tick", "middle") for day in axis.named),
        *_way(forecast, axis, "ahead"),
        *_way(actual, axis, "way"),
        *_said(figures, actual, forecast, axis),
    )
    steps = [Entry("band", "План")] if any(shape.look == "band" for shape in shapes) else []
    ahead = [Entry("ahead", "Прогноз")] if forecast else []
    told = _told(figures, actual, forecast)
    return Drawing("any", WIDTH, HEIGHT, told, shapes, (*steps, Entry("way", "Факт"), *ahead))


def _y(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * min(share, 1)


def _plan(figures: Figures, axis: _Axis) -> Iterator[Shape]:
    """A step as wide as it lasts, up to the next one."""
    for target, in_force in groupby(axis.days, figures.form.target_on):
        if target:
            first, *_, last = (day for day in in_force for _ in (1, 2))  # of a single day too
            left, right = axis.edges(first, last)
            low, high = _y(drawn_from(target)), _y(target.max / 100)
            yield Rect(left, high, right - left, low - high, "band")


def _grid() -> Iterator[Shape]:
    for share in _TICKS:
        yield Line(((_LEFT, _y(share)), (_RIGHT, _y(share))), "grid" if share else "axis")
        yield Text(_LEFT - 6, _y(share) + 4, f"{100 * share:.0f} %", "tick", "end")


def _way(shares: dict[date, float], axis: _Axis, look: str) -> Iterator[Shape]:
    points = [(axis.x(day), _y(share)) for day, share in sorted(shares.items())]
    if len(points) > 1:
        yield Line(tuple(points), look)
    for x, y in points:
        yield Dot(x, y, look)


def _said(figures: Figures, actual: dict[date, float], forecast: dict[date, float], axis: _Axis) -> Iterator[Shape]:
    """The last figure always, those before it where they find room; a forecast is no measurement, and said whole."""
    nearest = axis.x(max(forecast)) if forecast else _RIGHT + _APART
    if forecast:
        ahead = forecast[max(forecast)]
        yield Text(nearest, _y(ahead) - 8, wording.percent(100 * ahead, 0), "tick", _anchor(nearest))
    for index, (day, share) in enumerate(sorted(actual.items(), reverse=True)):
        x = axis.x(day)
        if index == 0 or nearest - x >= _APART:
            said = share_said(figures, day, share, in_column=True)
            yield Text(x, _y(share) - 9, said, "fact strong", _anchor(x))
            nearest = x


def _anchor(x: float) -> str:
    return "end" if x > _RIGHT - _APART / 2 else "middle"


def _told(figures: Figures, actual: dict[date, float], forecast: dict[date, float]) -> str:
    every = figures.every
    said = [f"{wording.named(day, every)} — {share_said(figures, day, share)}" for day, share in sorted(actual.items())]
    if forecast:
        end = max(forecast)
        said.append(f"прогноз {wording.on(end, every)} — {wording.percent(100 * forecast[end], 0)}")
    return "; ".join(said)
