"""How much room wrapped text takes: writers compute no auto-height. Imports no writer of workbooks."""

import math
import textwrap
from collections.abc import Sequence
from functools import lru_cache

from pipeline.writing.pages.colours import BODY_SIZE


def text_height(text: str, width: float, size: float = BODY_SIZE) -> float:
    """Height in points that `text` takes, wrapped in a column `width` pixels wide."""
    letters, lines = _letters(width, size), 1
    if len(text) > letters or "\n" in text or "\t" in text:  # not most of them
        lines = sum(_wrapped(paragraph, letters) for paragraph in text.split("\n"))
    return lines * size * 1.28


def fitting_size(text: str, width: float, sizes: Sequence[float]) -> float:
    """The first of `sizes`, in points and descending, in which the text stands on one line; else the last."""
    return next((size for size in sizes if len(text) <= _letters(width, size)), sizes[-1])


@lru_cache  # a sheet has few widths
def _letters(width: float, size: float) -> int:
    """How many of a text of that size find room side by side."""
    padding, points_per_pixel, letter = 10, 0.75, 0.57  # a Cyrillic letter of Arial is 0,57 of the size wide
    return max(1, math.floor((width - padding) * points_per_pixel / (size * letter)))


@lru_cache(maxsize=16_384)  # many rows of a workbook say the same
def _wrapped(paragraph: str, letters: int) -> int:
    if len(paragraph.expandtabs()) <= letters:  # to wrap one takes a hundred times longer
        return 1
    return max(1, len(textwrap.wrap(paragraph, letters)))
