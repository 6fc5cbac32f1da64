"""How far the tests go that try what random numbers make: far enough for every day, or all the way.

`SVOD_DEEP=1 python -m tests.quick test` tries as many cases as were tried when the rule was made; so does whoever
changes a rule that such a test holds. Seeds are the same: the first cases of the long way are those of the short one.
"""

import os
from collections.abc import Iterable
from random import Random
from typing import TypeVar

T = TypeVar("T")

DEEP = os.environ.get("SVOD_DEEP", "") not in ("", "0")


def cases(usual: int, deep: int) -> int:
    """How many are tried."""
    return deep if DEEP else usual


def some(all_of_them: Iterable[T], usual: int = 12) -> list[T]:
    """Of many of one kind, each written by hand: a sample, always the same, and on the long way all."""
    every = list(all_of_them)
    chosen = set(Random(547).sample(range(len(every)), min(cases(usual, len(every)), len(every))))
    return [one for n, one in enumerate(every) if n in chosen]
