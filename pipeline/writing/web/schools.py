"""Share of the headline item, school by school, against the band of the target: the worst first, as on «Сводка».

Drawn twice: names beside the bars for a screen and for paper, above them for a telephone.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from pipeline.measuring.figures import Figures
from pipeline.writing.pages.series import Bar, band_name, band_of, bars, drawn_from
from pipeline.writing.pages.words import name_within
from pipeline.writing.web.drawing import Drawing, Entry, Line, Rect, Shape, Text

WIDE, NARROW = 595, 340  # pixels, at which letters have their natural size
_NAMES = 185  # pixels that the names take beside the bars
_TICKS = (0, 0.2, 0.4, 0.6, 0.8, 1)
_AXIS = 20  # pixels below the last bar
_LETTER = 6.3  # pixels that a letter takes
_GAP = 6


class _Scale(NamedTuple):
    """Where 0 and 100 % stand."""

    left: float
    right: float

    def x(self, share: float) -> float:
        return self.left + (self.right - self.left) * min(share, 1)


def wide(figures: Figures) -> Drawing | None:
    """None where no school is counted."""
    step, bar, line = 15, 12, 9.5
    band, shown = band_of(figures), bars(figures)
    end = band.max / 100 if band else 0
    longest = max((len(one.lacks) for one in shown), default=0) * _LETTER
    scale = _Scale(_NAMES, min(WIDE, _NAMES + (WIDE - _NAMES - longest) / max(end, 0.01)))

    def row(one: Bar, y: float) -> Iterator[Shape]:
        yield Text(_NAMES - _GAP, y + line, one.label, "name", "end")
        yield from _bar(one, figures, scale, y, bar)
        if one.short:
            yield Text(scale.x(one.share) + 3, y + line, one.said, "name strong")
        else:
            yield Text(scale.left + 4, y + line, one.said, "within")
        if one.lacks:
            yield Text(scale.x(max(one.share, end)) + _GAP, y + line, one.lacks, "lacks")

    return _drawn("wide", WIDE, step, figures, scale, row)


def narrow(figures: Figures) -> Drawing | None:
    """None where no school is counted."""
    step, bar, name = 34, 10, 16
    scale = _Scale(0, NARROW)

    def row(one: Bar, y: float) -> Iterator[Shape]:
        figure = " · ".join(filter(None, (one.said, one.lacks)))
        room = int((NARROW - len(figure) * _LETTER - _GAP) / _LETTER)
        yield Text(0, y + name - 5, name_within(one.label, room), "name")
        yield Text(NARROW, y + name - 5, figure, "lacks strong" if one.below else "name strong", "end")
        yield from _bar(one, figures, scale, y + name, bar)

    return _drawn("narrow", NARROW, step, figures, scale, row)


def _drawn(
    name: str, width: float, step: float, figures: Figures, scale: _Scale, row: Callable[[Bar, float], Iterable[Shape]]
) -> Drawing | None:
    """`row`: a school's shapes from that height on."""
    shown = bars(figures)
    if not shown:
        return None
    bottom = step * len(shown)
    shapes = [shape for index, one in enumerate(shown) for shape in row(one, index * step)]
    told = "; ".join(_told(one) for one in shown)
    return Drawing(name, width, bottom + _AXIS, told, (*shapes, *_axis(scale, bottom)), _legend(figures, shown))


def _bar(one: Bar, figures: Figures, scale: _Scale, y: float, height: float) -> Iterator[Rect]:
    """The band first: the bar lies over it."""
    if band := band_of(figures):
        first, last = scale.x(drawn_from(band)), scale.x(band.max / 100)
        yield Rect(first, y, last - first, height, "band")
    yield Rect(scale.left, y, scale.x(one.share) - scale.left, height, "below" if one.below else "fact")


def _axis(scale: _Scale, bottom: float) -> Iterator[Shape]:
    yield Line(((scale.left, bottom), (scale.right, bottom)), "axis")
    for share in _TICKS:
        anchor = "start" if not scale.x(share) else "end" if share == 1 else "middle"
        yield Text(scale.x(share), bottom + 14, f"{100 * share:.0f} %", "tick", anchor)


def _legend(figures: Figures, shown: list[Bar]) -> tuple[Entry, ...]:
    below = [Entry("below", "Ниже плана")] if any(one.below for one in shown) else []
    fact = Entry("fact", "По плану и выше" if figures.target else "Факт")
    met = [fact] if not all(one.below for one in shown) else []
    band = [Entry("band", band_name(figures))] if band_of(figures) else []
    return (*below, *met, *band)


def _told(one: Bar) -> str:
    return f"{one.name} — {', '.join(filter(None, (one.said, one.lacks)))}"
