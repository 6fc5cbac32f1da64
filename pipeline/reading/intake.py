"""Everything that lies in the input folder, read: the registry first, then the reports, all in worker processes."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from pipeline.reading.cache import ReadCache, Shelf
from pipeline.reading.draft import draft_registry
from pipeline.reading.inbox import Inbox, shown_path
from pipeline.reading.reports import Inputs, Refused, RegistryRead, read_file
from pipeline.settings import Limits
from pipeline.wording import message, todo
from pipeline.workers import Outcome, Workers
from schemas.district import Registry
from schemas.form import Form
from schemas.remarks import Catalogue, remark
from schemas.reports import FileRead
from schemas.strict import UsageError

# What a second look may find mended: the file was still being copied, or another program held it.
_MAY_PASS = ("FILE-DAMAGED", "FILE-EMPTY", "FILE-BUSY")
_OPEN_MARKS = ("~${}", ".~lock.{}#")  # left beside an open file by Excel and by LibreOffice
_FRESH = 10  # seconds since its last change in which a file may still be growing
_PATIENCE = 1.0  # seconds before the second look

Progress = Callable[[int, int], None]  # files read, of how many


@dataclass(frozen=True)
class Intake:
    """`reads`: in the order of the inbox. `registry_digest`: of the bytes that the registry was read from, blank where
    there is none."""

    inbox: Inbox
    registry: Registry
    reads: list[FileRead]
    registry_digest: str = ""


def take_in(
    inbox: Inbox,
    form: Form,
    limits: Limits,
    catalogue: Catalogue,
    jobs: int,
    log: Path | None,
    progress: Progress,
    cache_folder: Path | None = None,
    known: Mapping[Path, FileRead] = MappingProxyType({}),
    beside: tuple[Form, ...] = (),
) -> Intake:
    """The registry and all reports of the inbox. Without a registry, or where it names no school yet (a template that
    nobody has filled in), the schools are those that the reports name.

    `cache_folder`: what earlier runs have read and this one leaves to the next; None reads everything and leaves
    nothing. `known`: what is to be said of files that are not to be read, by their path in the inbox. `beside`:
    forms of the other orders whose registry it is too. Raises UsageError, one Russian sentence, where there is a
    registry that cannot be used.
    """
    inputs = Inputs(inbox.folder, form, limits, elsewhere=inbox.elsewhere, beside=beside)
    cache = ReadCache(cache_folder)
    options = {"seconds": limits.seconds, "memory_mb": limits.memory_mb, "log": log}
    new = 0 if cache.knows_files else len(inbox.reports)  # of a known folder one sees later what is new
    with Workers(read_file, jobs, new, **options) as workers:  # type: ignore[arg-type]
        if inbox.registry:
            registry, digest = _registry(workers, inputs, inbox.registry.absolute(), catalogue)
        else:
            registry, digest = Registry(), ""
        if not registry.schools:
            nameless = cache.shelf(replace(inputs, registry=Registry()))
            draft = draft_registry(_reports(workers, nameless, inbox, progress, known), form)
            registry = replace(draft, mailing=registry.mailing, remarks=registry.remarks)
        reads = _reports(workers, cache.shelf(replace(inputs, registry=registry)), inbox, progress, known)
    cache.keep()
    return Intake(inbox, registry, reads, digest)


def _registry(workers: "_Readers", inputs: Inputs, path: Path, catalogue: Catalogue) -> RegistryRead:
    [(_, outcome)] = workers.map([path], inputs)
    match outcome.result:
        case RegistryRead() as read:
            return read
        case Refused(sentence):
            raise UsageError(sentence)
        case _:
            said = _read(path, outcome, inputs.limits).remarks[0]
            raise UsageError(f"Реестр {path.name} не читается. {message(said, catalogue)} {todo(said, catalogue)}")


def _reports(
    workers: "_Readers", shelf: Shelf, inbox: Inbox, progress: Progress, known: Mapping[Path, FileRead]
) -> list[FileRead]:
    """In the order of the inbox; only what is neither known nor on the shelf goes to the workers."""
    inputs = shelf.inputs
    before = {path: _state(inbox.place(path)) for path in inbox.reports}
    reads: dict[Path, FileRead] = {}
    for path in inbox.reports:
        if read := known.get(path) or shelf.recall(path):
            reads[path] = read
            progress(len(reads), len(inbox.reports))
    unknown = [path for path in inbox.reports if path not in reads]
    for path, outcome in workers.map(unknown, inputs):
        reads[path] = _read(path, outcome, inputs.limits)
        progress(len(reads), len(inbox.reports))
    unsure = [path for path in unknown if _may_pass(reads[path])]
    if any(_just_changed(before[path]) for path in unsure):
        time.sleep(_PATIENCE)
    for path, outcome in workers.map(unsure, inputs):
        reads[path] = _held(inbox.place(path), _read(path, outcome, inputs.limits), before[path])
    for path in unknown:
        if follows_from_the_bytes(reads[path]) and not _may_pass(reads[path]):
            shelf.remember(reads[path])
    return [reads[path] for path in inbox.reports]


def follows_from_the_bytes(read: FileRead) -> bool:
    """Would reading the same bytes say the same again? Not so where a file was denied or busy, or its reader died or
    was late."""
    return bool(read.digest) and not any(remark.code == "FILE-BUSY" for remark in read.remarks)


def _may_pass(read: FileRead) -> bool:
    return any(remark.code in _MAY_PASS for remark in read.remarks)


def _held(place: Path, read: FileRead, before: "_State") -> FileRead:
    """A file that is still being copied, or open in Excel, is not called broken."""
    if not _may_pass(read):
        return read
    if _state(place) != before:
        what = "он ещё копируется"
    elif any((place.parent / mark.format(place.name)).exists() for mark in _OPEN_MARKS):
        what = "он открыт в другой программе"
    else:
        return read
    return FileRead(read.file, read.digest, remarks=(remark("FILE-BUSY", file=read.file, what=what),))


def _state(path: Path) -> "_State":
    """Size and time of change, by which one sees that a file is still being written; None where it is gone."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size, found.st_mtime


def _just_changed(state: "_State") -> bool:
    return state is not None and abs(time.time() - state[1]) < _FRESH


def _read(path: Path, outcome: "Outcome[FileRead | RegistryRead | Refused]", limits: Limits) -> FileRead:
    """The file as read; where the reader failed or died of it, that is the one thing to be said about the file."""
    if isinstance(outcome.result, FileRead):
        return outcome.result
    file = shown_path(path)
    if outcome.failed:
        said = remark("FILE-INTERNAL", file=file, where=outcome.failed)
    elif outcome.late:
        said = remark("FILE-LIMIT", file=file, what="чтение не закончилось вовремя", limit=f"{limits.seconds} с")
    else:
        said = remark("FILE-DAMAGED", file=file, what="программа чтения на нём останавливается")
    return FileRead(file, "", remarks=(said,))


_State = tuple[int, float] | None
_Readers = Workers[FileRead | RegistryRead | Refused]
