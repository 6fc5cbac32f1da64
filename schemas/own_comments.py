"""The comments that Svod writes on the cells of a returned file: shared by their writer and by those who read them."""

import re

from schemas.remarks import Severity

AUTHOR = "Свод"
CAPTIONS = {Severity.ERROR: "! ОШИБКА", Severity.WARNING: "? ПРОВЕРЬТЕ", Severity.INFO: "· СВЕДЕНИЕ"}

_OURS = re.compile(rf"(?:^|\n+)(?:{'|'.join(map(re.escape, CAPTIONS.values()))})\n")


def ours_begins(text: str) -> int | None:
    """Where Svod's remarks begin, behind what a person has said in the same comment; None where there are none."""
    ours = _OURS.search(text)
    return ours.start() if ours else None
