"""How far the tests go that try what random numbers make: far enough for every day, or all the way.

`SVOD_DEEP=1 python -m tests.quick test` tries as many cases as were tried when the rule was made; so does whoever
changes a rule that such a test holds. Seeds are the same: the first cases of the long way are those of the short one.
"""

import os

DEEP = os.environ.get("SVOD_DEEP", "") not in ("", "0")


def cases(usual: int, deep: int) -> int:
    """How many are tried."""
    return deep if DEEP else usual
