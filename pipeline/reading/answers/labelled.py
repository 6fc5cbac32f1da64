"""A cell of two figures that each bear their own word: «план 60 %, факт 45 %», «было 40 чел., стало 45 чел.».

Nothing else may stand there, and both are in percent or both in people: beside anything looser the second figure may be
a share of the plan, what came to the first, or a day, and the grammar of `shares` refuses what cannot be told apart.
"""

import re

_FACT = r"(?:факт(?:ически)?|по\s+факту|стало|сейчас|теперь)"
_OTHER = r"(?:(?:по\s+)?план|было|ранее|раньше)"
_IS = r"(?:\s*[:=]\s*|\s+[–—-]\s+|\s+)"  # a dash that touches the figure may be its sign
_PAIRS = [
    re.compile(pair.format(fact=rf"{_FACT}{_IS}(?P<own>{figure})", other=rf"{_OTHER}{_IS}{figure}"), re.IGNORECASE)
    for figure in (r"\d{1,3}(?:,\d+)?\s*%", r"\d{1,5}\s*чел(?:овека?|\.)?")
    for pair in (r"{other}[\s,;/(]+{fact}[\s.)]*", r"{fact}[\s,;/(]+{other}[\s.)]*")
]


def own_part(text: str) -> str:
    """The figure of the fact, or of now, as it is written; blank where the cell is not such a one."""
    return next((pair["own"] for pattern in _PAIRS if (pair := pattern.fullmatch(text))), "")
