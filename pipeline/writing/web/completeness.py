"""How every reporting date has been met: a column a date, of as many parts as there are ways to meet it."""

from collections.abc import Iterator

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
_ON_DARK = ("fact", "below")


def draw(figures: Figures) -> Drawing | None:
    """None where no date has come yet."""
    dates = met_dates(figures)
    most = max((sum(one.schools) for one in dates), default=0)
    if not most:
        return None
    shapes = [shape for index, one in enumerate(dates) for shape in _column(one, index, len(dates), most)]
    seen = [delivery for n, delivery in enumerate(SHOWN) if any(one.schools[n] for one in dates)]
    legend = tuple(Entry(_LOOKS[delivery], named(delivery)) for delivery in seen)
    return Drawing("any", WIDTH, HEIGHT, "; ".join(one.told for one in dates), tuple(shapes), legend)


def _column(one: MetDate, index: int, columns: int, most: int) -> Iterator[Shape]:
    step = WIDTH / columns
    width, middle = min(_WIDEST, step * 0.8), step * (index + 0.5)
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
    yield Text(middle, _BOTTOM + 15, f"{one.day:%d.%m}", "tick", "middle")
