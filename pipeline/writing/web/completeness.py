"""How every reporting date has been met: a column a date, of as many parts as there are ways to meet it."""

from collections.abc import Iterator

from pipeline import wording
from pipeline.measuring.figures import Delivery, Figures
from pipeline.writing.pages.completeness import SHOWN, MetDate, met_dates, named
from pipeline.writing.web.drawing import Drawing, Entry, Rect, Shape, Text

WIDTH, HEIGHT = 340, 172  # pixels
_TOP, _BOTTOM = 8, 150
_WIDEST = 48
_LETTER_HEIGHT = 12  # a lower part cannot hold its number
_LOOKS = {
    Delivery.ON_TIME: "fact",
    Delivery.LATE: "late",
    Delivery.UNKNOWN: "band",
    Delivery.TO_CORRECT: "below",
    Delivery.MISSING: "missing",
}
_MOST_PERIODS = 4  # named below the axis
_ON_DARK = ("fact", "below")


def draw(figures: Figures) -> Drawing | None:
    """None where no date has come yet."""
    dates = met_dates(figures)
    most = max((sum(one.schools) for one in dates), default=0)
    if not most:
        return None
    named_each = 1 if figures.every == "date" else -(-len(dates) // _MOST_PERIODS)
    shapes = [
        *(shape for index, one in enumerate(dates) for shape in _column(one, index, len(dates), most)),
        *(_tick(one, index, len(dates)) for index, one in enumerate(dates) if not index % named_each),
    ]
    seen = [delivery for n, delivery in enumerate(SHOWN) if any(one.schools[n] for one in dates)]
    legend = tuple(Entry(_LOOKS[delivery], named(delivery)) for delivery in seen)
    return Drawing("any", WIDTH, HEIGHT, "; ".join(one.told for one in dates), tuple(shapes), legend)


def _column(one: MetDate, index: int, columns: int, most: int) -> Iterator[Shape]:
    width, middle = min(_WIDEST, WIDTH / columns * 0.8), _middle(index, columns)
    bottom = float(_BOTTOM)
    for delivery, schools in zip(SHOWN, one.schools, strict=True):
        if not schools:
            continue
        height, look = (_BOTTOM - _TOP) * schools / most, _LOOKS[delivery]
        yield Rect(middle - width / 2, bottom - height, width, height, look)
        if height >= _LETTER_HEIGHT:
            text = "within" if look in _ON_DARK else "name"
            yield Text(middle, bottom - height / 2 + 4, str(schools), text, "middle")
        bottom -= height


def _tick(one: MetDate, index: int, columns: int) -> Text:
    return Text(_middle(index, columns), _BOTTOM + 15, wording.on_axis(one.day, one.every), "tick", "middle")


def _middle(index: int, columns: int) -> float:
    return WIDTH / columns * (index + 0.5)
