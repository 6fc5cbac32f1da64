"""What systems and programs leave behind, in a folder and in an archive of it: nobody put it there."""

import re

_LEFTOVER = re.compile(
    r"~\$.*|\.~lock\..*|\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|.*\.(?:tmp|part|crdownload|bak)|.*~", re.IGNORECASE
)


def is_leftover(parts: tuple[str, ...]) -> bool:
    """`parts`: of the path, the file's name last."""
    return bool(_LEFTOVER.fullmatch(parts[-1])) or "__MACOSX" in parts
