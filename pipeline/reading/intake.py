"""Everything that lies in the input folder, read: the registry first, then the reports, all in worker processes."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec

from pipeline.reading.cache import ReadCache, Shelf
from pipeline.reading.draft import draft_registry
from pipeline.reading.inbox import Inbox, Inside, Spool, shown_path
from pipeline.reading.opening.guard import MB, in_mb, limit_remark, with_key
from pipeline.reading.reports import HOLDERS, Answer, Inputs, Opened, Refused, RegistryRead, read_file
from pipeline.reading.sharing import Shared
from pipeline.settings import Limits
from pipeline.wording import FILE, message, number, todo
from pipeline.wording import count as counted
from pipeline.workers import Outcome, Workers
from schemas.district import Registry
from schemas.form import Form
from schemas.remarks import Catalogue, Remark, remark
from schemas.reports import FileRead
from schemas.strict import UsageError

# What a second look may find mended: the file was still being copied, or another program held it.
_MAY_PASS = ("FILE-DAMAGED", "FILE-EMPTY", "FILE-BUSY")
_OPEN_MARKS = ("~${}", ".~lock.{}#")  # left beside an open file by Excel and by LibreOffice
_FRESH = 10  # seconds since its last change in which a file may still be growing
_PATIENCE = 1.0  # seconds before the second look

Progress = Callable[[int, int], None]  # files read, of how many


class Intake(msgspec.Struct, frozen=True):
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
    spool = Spool(cache_folder)
    inbox = msgspec.structs.replace(inbox, spool=spool)
    inputs = Inputs(inbox.folder, form, limits, elsewhere=inbox.elsewhere, beside=beside, spool=spool.folder)
    cache = ReadCache(cache_folder)
    options = {"seconds": limits.seconds, "memory_mb": limits.memory_mb, "log": log}
    new = 0 if cache.knows_files else len(inbox.reports)  # of a known folder one sees later what is new
    with Workers(read_file, jobs, new, **options) as workers:  # type: ignore[arg-type]
        if inbox.registry:
            allowed = msgspec.structs.replace(inputs, limits=limits.of_registry)
            registry, digest = _registry(workers, allowed, inbox.registry.absolute(), catalogue)
        else:
            registry, digest = Registry(), ""
        if not registry.schools:
            nameless = cache.shelf(msgspec.structs.replace(inputs, registry=Registry()))
            inbox, named = _reports(workers, nameless, inbox, progress, known)
            draft = draft_registry(named, form)
            registry = replace(draft, mailing=registry.mailing, remarks=registry.remarks)
        shelf = cache.shelf(msgspec.structs.replace(inputs, registry=registry))
        inbox, reads = _reports(workers, shelf, inbox, progress, known)
    cache.keep()
    if any(read.words is not None for read in reads):
        # imported here: most folders hold reports alone
        from pipeline.reading.papers import with_papers

        reads = with_papers(inbox, reads, registry, form)
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
            if said.code == "FILE-LIMIT":
                above = dict(said.data)
                why = f"{above['what']} (предел — {above['limit']})"
                is_of_sheets = above["limit"] == with_key(number(inputs.limits.sheets), "sheets")
                to_do = "Оставьте в нём только листы реестра" if is_of_sheets else "Сократите его или увеличьте предел"
                raise UsageError(f"Реестр {path.name} не читается: {why}. {to_do}.")
            raise UsageError(f"Реестр {path.name} не читается. {message(said, catalogue)} {todo(said, catalogue)}")


def _reports(
    workers: "_Readers", shelf: Shelf, inbox: Inbox, progress: Progress, known: Mapping[Path, FileRead]
) -> tuple[Inbox, list[FileRead]]:
    """The inbox with what archives and letters hold in their place, and the reads in its order."""
    reads = {**known, **_without_content(inbox)}
    count = _Count(progress, len(inbox.reports))
    lie = [path for path in inbox.reports if path not in inbox.inside]
    if opened := _read_all(workers, shelf, inbox, lie, reads, count):
        inbox = _with_members(inbox, opened)
        reads |= _without_content(inbox)
        count.of, count.done = len(inbox.reports), count.done - len(opened)
    if within := [path for path in inbox.reports if path in inbox.inside]:
        # what lies in the spool is opened no more: how deep it lay is known no longer
        places = {path: inbox.place(path) for path in within}
        _read_all(
            workers,
            shelf.within(msgspec.structs.replace(shelf.inputs, elsewhere=places, spool=None)),
            inbox,
            within,
            reads,
            count,
        )
    letters = {path for path, found in opened.items() if not found.archive}
    if said := _of_letters(inbox, reads, letters):
        inbox = msgspec.structs.replace(inbox, remarks=[*inbox.remarks, *said])
    return inbox, [reads[path] for path in inbox.reports]


def _without_content(inbox: Inbox) -> dict[Path, FileRead]:
    """What is said of files in archives and letters that could not be taken out."""
    said = {path: (shown_path(path), found.said) for path, found in inbox.inside.items()}
    return {path: FileRead(file, "", remarks=(replace(one, file=file),)) for path, (file, one) in said.items() if one}


class _Count(msgspec.Struct):
    """How many files are read, told to whoever waits."""

    progress: Progress
    of: int
    done: int = 0

    def one_more(self) -> None:
        self.done += 1
        self.progress(self.done, self.of)


def _read_all(
    workers: "_Readers", shelf: Shelf, inbox: Inbox, paths: list[Path], reads: dict[Path, FileRead], count: _Count
) -> dict[Path, Opened]:
    """Adds to `reads` what the files of `paths` say that are not in it yet, and returns those that hold others. Only
    what is neither known nor on the shelf goes to the workers."""
    inputs, shared = shelf.inputs, Shared()
    before = {path: _state(inbox.place(path)) for path in paths}
    answers: dict[Path, FileRead | Opened] = {}
    for path in paths:
        if read := reads.get(path) or shelf.recall(path):
            reads[path] = shared.read(read)
            count.one_more()
    unknown = [path for path in paths if path not in reads]
    for path, outcome in workers.map(unknown, inputs):
        answer = _answer(path, outcome, inputs.limits)
        answers[path] = answer if isinstance(answer, Opened) else shared.read(answer)
        count.one_more()
    unsure = [path for path in unknown if path not in inbox.inside and _may_pass(answers[path])]
    if any(_just_changed(before[path]) for path in unsure):
        time.sleep(_PATIENCE)
    for path, outcome in workers.map(unsure, inputs):
        answers[path] = _held(inbox.place(path), _answer(path, outcome, inputs.limits), before[path])
    for path, answer in answers.items():
        if isinstance(answer, FileRead):
            reads[path] = answer
            if follows_from_the_bytes(answer) and not _may_pass(answer):
                shelf.remember(answer)
    return {path: answer for path, answer in answers.items() if isinstance(answer, Opened)}


def _with_members(inbox: Inbox, opened: Mapping[Path, Opened]) -> Inbox:
    """With what they hold in the place of archives and letters."""
    assert inbox.spool is not None  # without one nothing is opened
    inside = dict(inbox.inside)
    for path, found in opened.items():
        for member in found.members:
            lies = inbox.spool.folder / member.digest
            inside[path / member.path] = Inside(path, lies, member.said, member.times, member.senders, member.sent)
    reports = sorted({*inbox.reports, *inside} - opened.keys())
    passed_over = [path / name for path, found in opened.items() for name in found.passed_over]
    archives = [
        _together(found.file, "архиве", len(found.members)) for _, found in sorted(opened.items()) if found.archive
    ]
    return msgspec.structs.replace(
        inbox, reports=reports, inside=inside, passed_over=[*inbox.passed_over, *passed_over],
        remarks=[*inbox.remarks, *archives],
    )  # fmt: skip


def _together(file: str, where: str, files: int) -> Remark:
    """All files of an archive or a letter came when it came: which of two reports of a school is the later one it does
    not say."""
    return remark("ARCHIVE-OPENED", file=file, where=where, files=counted(files, FILE))


def _of_letters(inbox: Inbox, reads: Mapping[Path, FileRead], letters: Collection[Path]) -> list[Remark]:
    """On letters that brought several reports at one moment: others in a file of letters came at their own."""
    came: dict[Path, Counter[object]] = {}
    for path, inside in inbox.inside.items():
        if inside.holder in letters and reads[path].reports:
            came.setdefault(inside.holder, Counter())[inside.times, inside.sent] += 1
    several = ((letter, sum(n for n in of.values() if n > 1)) for letter, of in sorted(came.items()))
    return [_together(shown_path(letter), "письме", files) for letter, files in several if files]


def follows_from_the_bytes(read: FileRead) -> bool:
    """Would reading the same bytes say the same again? Not so where a file was denied or busy, its reader died or was
    late; nor where it holds files and is not opened: how deep it lies and which programs there are decides that."""
    return bool(read.digest) and not any(remark.code in ("FILE-BUSY", *HOLDERS) for remark in read.remarks)


def _may_pass(read: FileRead | Opened) -> bool:
    return isinstance(read, FileRead) and any(remark.code in _MAY_PASS for remark in read.remarks)


def _held(place: Path, read: FileRead | Opened, before: "_State") -> FileRead | Opened:
    """A file that is still being copied, or open in Excel, is not called broken."""
    if isinstance(read, Opened) or not _may_pass(read):
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


def _answer(path: Path, outcome: Outcome[Answer], limits: Limits) -> FileRead | Opened:
    return outcome.result if isinstance(outcome.result, Opened) else _read(path, outcome, limits)


def _read(path: Path, outcome: Outcome[Answer], limits: Limits) -> FileRead:
    """The file as read; where the reader failed or died of it, that is the one thing to be said about the file."""
    if isinstance(outcome.result, FileRead):
        return outcome.result
    file = shown_path(path)
    if outcome.failed:
        said = remark("FILE-INTERNAL", file=file, where=outcome.failed)
    elif outcome.late:
        said = limit_remark(file, "чтение не закончилось вовремя", f"{limits.seconds} с", "seconds")
    elif outcome.starved:
        limit = in_mb(limits.memory_mb * MB)
        said = limit_remark(file, "на его чтение нужно слишком много памяти", limit, "memory_mb")
    else:
        said = remark("FILE-DAMAGED", file=file, what="программа чтения на нём останавливается")
    return FileRead(file, "", remarks=(said,))


_State = tuple[int, float] | None
_Readers = Workers[Answer]
