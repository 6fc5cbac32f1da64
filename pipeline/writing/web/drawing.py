"""A picture as shapes whose look is named and whose places are numbers; the template makes SVG of it."""

from typing import NamedTuple


class Rect(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    look: str
    kind: str = "rect"


class Text(NamedTuple):
    """`anchor`: what of the text stands at `x`: start, middle, end."""

    x: float
    y: float
    said: str
    look: str
    anchor: str = "start"
    kind: str = "text"


class Line(NamedTuple):
    points: tuple[tuple[float, float], ...]
    look: str
    kind: str = "line"

    @property
    def path(self) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)


class Dot(NamedTuple):
    x: float
    y: float
    look: str
    kind: str = "dot"


Shape = Rect | Text | Line | Dot


class Entry(NamedTuple):
    """Of a legend: what a look means."""

    look: str
    said: str


class Drawing(NamedTuple):
    """`width`, `height`: in pixels at its natural size; `told`: all of it in words, for who cannot see it; `name`: when
    it is shown (`wide`, `narrow`, `any`)."""

    name: str
    width: float
    height: float
    told: str
    shapes: tuple[Shape, ...]
    legend: tuple[Entry, ...]
