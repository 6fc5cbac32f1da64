"""What a worker does for the archive: contents copied that still are what was read."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.files import make_beside, run_is_gone
from pipeline.reading.opening.guard import Unreadable, look
from pipeline.reading.reports import digest_of
from pipeline.settings import Limits


class Copy(msgspec.Struct, frozen=True):
    """`digest`: of the content; `path`: the file that held it; `beside`: where its copy is made."""

    digest: str
    path: Path
    beside: Path


def copied(limits: Limits, copies: Sequence[Copy]) -> frozenset[str]:
    """Makes the copies; returns the digests of those that could be made."""
    return frozenset(copy.digest for copy in copies if _is_made(copy, limits))


def _is_made(copy: Copy, limits: Limits) -> bool:
    content = None if run_is_gone() else still(copy.path, copy.digest, limits)
    return content is not None and make_beside(copy.beside, content)


def still(path: Path, digest: str, limits: Limits) -> bytes | None:
    """The content of that digest, if the file still holds it."""
    try:
        content = look(path, limits)
    except Unreadable:
        return None
    return content if digest_of(content) == digest else None
