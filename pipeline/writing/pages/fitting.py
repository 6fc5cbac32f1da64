"""How much room wrapped text takes: writers compute no auto-height. Imports no writer of workbooks."""

import math
import textwrap
from functools import lru_cache

from pipeline.writing.pages.colours import BODY_SIZE


@lru_cache(maxsize=16_384)  # many rows of a workbook say the same
def text_height(text: str, width: float, size: float = BODY_SIZE) -> float:
    """Height in points that `text` takes, wrapped in a column `width` pixels wide."""
    padding, points_per_pixel, letter = 10, 0.75, 0.57  # a Cyrillic letter of Arial is 0,57 of the size wide
    per_line = max(1, math.floor((width - padding) * points_per_pixel / (size * letter)))
    return sum(_lines(paragraph, per_line) for paragraph in text.split("\n")) * size * 1.28


def _lines(paragraph: str, per_line: int) -> int:
    if len(paragraph.expandtabs()) <= per_line:  # most of them: to wrap one takes a hundred times longer
        return 1
    return max(1, len(textwrap.wrap(paragraph, per_line)))
