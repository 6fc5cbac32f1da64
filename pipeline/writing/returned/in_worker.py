"""What a worker does: one school's file in, the same file with its remarks out."""

import hashlib
from pathlib import Path

import msgspec

from pipeline.settings import Limits
from pipeline.writing.returned.texts import Head, Shown
from schemas.district import School


class ReturnTask(msgspec.Struct, frozen=True):
    """One report to give back. `file`: as reports name it; `path` is below the input folder, `place` where its bytes
    lie, `digest` that of the file as it was read; `beside`: where the marked file is made (`Outputs.expect`); None asks
    for its bytes."""

    school: School
    file: str
    path: Path
    place: Path
    digest: str
    remarks: tuple[Shown, ...]
    head: Head
    beside: Path | None = None


class Made(msgspec.Struct, frozen=True):
    """The marked file, where the task says. `digest`: of it."""

    digest: str


def annotate(limits: Limits, task: ReturnTask) -> Made | bytes | None:
    """The marked file, or its bytes where it cannot be made there; None where it cannot be marked, or is no longer the
    one that was read."""
    # imported here, in the worker: whoever asks it has no use for what it does that with
    from pipeline.files import make_beside
    from pipeline.reading.opening.guard import Unreadable, look
    from pipeline.writing.returned.marking import annotated

    try:
        data = look(task.place, limits)
    except Unreadable:
        return None
    if hashlib.sha256(data).hexdigest() != task.digest:
        return None
    marked = annotated(data, task.remarks, task.head)
    if marked and task.beside and make_beside(task.beside, marked):
        return Made(hashlib.sha256(marked).hexdigest())
    return marked
