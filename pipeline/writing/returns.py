"""The schools' files with their remarks: one for each report in the picture that has an error or a warning."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.files import safe_name
from pipeline.measuring.alone import naming_nobody
from pipeline.measuring.figures import Remarked
from pipeline.settings import Limits
from pipeline.wording import ERROR, message, noun, todo
from pipeline.workers import Workers
from pipeline.writing.returned.in_worker import Made, ReturnTask, annotate
from pipeline.writing.returned.texts import Head, Shown
from schemas.explained import asked, asks, remembered
from schemas.remarks import Catalogue, Remark, Severity
from schemas.reports import FileRead

_WORTH_A_START = 200  # files for each of which one more process is started: it takes as long as marking half of them
_SUFFIX = "-замечания.xlsx"
_ISO_DAY = re.compile(r"\A(\d{4})-(\d\d)-(\d\d)\Z")  # how a date stands in the tables
_ACCEPTED = "принят"
# What `_names` puts around the name of the school's file, behind the school's code.
_NAMED_BY_US = re.compile(r"-(?P<stem>.+?)(-[0-9a-f]{6})?-(\d+-ошиб(ка|ки|ок)|принят)-замечания(-новый(-\d+)?)?")
# Said to a school only because the office has no registry yet.
_OF_THE_OFFICE = "BASE-NO-REGISTRY"

# file -> its path below the input folder, where its bytes lie, and what was read from it
Files = Mapping[str, tuple[Path, Path, FileRead]]


class Return(NamedTuple):
    """`content`: None where the file has been made in its place; its `digest` is told then. `failed`: the program
    failed at marking the school's own file (which exception, and where). `school`: the code of that which it goes to;
    `shared`: the file holds reports of others too, which a fresh form does not."""

    name: str
    content: bytes | None
    file: str
    failed: str = ""
    school: str = ""
    shared: bool = False
    digest: str = ""


def make_returns(
    remarked: Remarked,
    catalogue: Catalogue,
    files: Files,
    limits: Limits,
    log: Path | None = None,
    jobs: int | Callable[[], int] = 1,
    expect: Callable[[str], Path] | None = None,
) -> Iterator[Return]:
    """Each return: the school's own .xlsx or .xlsm marked, in one of at most `jobs` worker processes (`Workers`); for
    other formats, forms of an old version, and where marking fails, a fresh form with its answers and the same
    remarks. What they say is put into words now, they are made from the first step on. `expect`: where a worker makes
    the file of that name, if it is to."""
    tasks = list(tasks_of(remarked, catalogue, files))
    names, old = _names(tasks), _of_an_old_version(remarked)
    if expect:
        pairs = zip(tasks, names, strict=True)
        tasks = [task if _is_of(task, old) else replace(task, beside=expect(name)) for task, name in pairs]
    return _made(tasks, names, old, remarked, files, limits, log, jobs) if tasks else iter(())


def _made(
    tasks: Sequence[ReturnTask],
    names: Sequence[str],
    old: set[tuple[str, str]],
    remarked: Remarked,
    files: Files,
    limits: Limits,
    log: Path | None,
    jobs: int | Callable[[], int],
) -> Iterator[Return]:
    bounds = {"seconds": limits.seconds, "memory_mb": limits.memory_mb, "worth": _WORTH_A_START}
    with Workers(annotate, jobs, len(tasks), **bounds, log=log, give_way=True) as workers:
        for name, (task, outcome) in zip(names, workers.map(tasks, limits), strict=True):
            marked = None if _is_of(task, old) else outcome.result
            content, digest = (None, marked.digest) if isinstance(marked, Made) else (marked, "")
            if marked is None:
                content = _fresh(remarked, files, task)
            shared = marked is not None and _is_shared(files[task.file][2])
            yield Return(name, content, task.file, outcome.failed, task.school.code, shared, digest)


def _of_an_old_version(remarked: Remarked) -> set[tuple[str, str]]:
    """File and code of a school: whatever a worker makes of it, a fresh form takes its place."""
    return {(said.file, said.school) for said in remarked.remarks if said.code == "FORM-OTHER-VERSION"}


def _is_of(task: ReturnTask, reports: set[tuple[str, str]]) -> bool:
    return (task.file, task.school.code) in reports


def _is_shared(read: FileRead) -> bool:
    return len({report.school or report.school_as_written for report in read.reports}) > 1


def shown_by_report(remarked: Remarked, catalogue: Catalogue) -> dict[tuple[str, str], list[Shown]]:
    """File and code of a school -> what the school is told of its report there, in words that name no other school."""
    said: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarked.remarks:
        if remark.code != _OF_THE_OFFICE and not catalogue.is_quiet(remark):
            said.setdefault((remark.file, remark.school), []).append(remark)
    schools = {school.code: school for school in remarked.schools}
    found = {}
    for (file, code), remarks in said.items():
        told = naming_nobody(remarks, schools[code], remarked) if code in schools else remarks
        pairs = zip(remarks, told, strict=True)
        found[file, code] = [_shown(one, catalogue, words=alone, remarked=remarked) for one, alone in pairs]
    return found


def tasks_of(remarked: Remarked, catalogue: Catalogue, files: Files) -> Iterator[ReturnTask]:
    """What there is to give back, by schools, with all that is said in it."""
    said = shown_by_report(remarked, catalogue)
    for line in remarked.submissions:
        remarks = said.get((line.file, line.school.code), ())
        if any(remark.severity is not Severity.INFO for remark in remarks) and line.file in files:
            path, place, read = files[line.file]
            head = Head(line.school.full_name or line.school.name, line.as_of, remarked.every)
            yield ReturnTask(line.school, line.file, path, place, read.digest, tuple(remarks), head)


def _fresh(remarked: Remarked, files: Files, task: ReturnTask) -> bytes:
    # imported here: as a rule every file can be marked
    from pipeline.writing.form.prefill import report_of
    from pipeline.writing.fresh_form import fresh

    school, head = task.school, task.head
    report = report_of(files[task.file][2], school.code, head.as_of)
    return fresh(remarked.form, school, head.as_of or remarked.as_of, task.remarks, head, report)


def _shown(
    remark: Remark, catalogue: Catalogue, words: Remark | None = None, remarked: Remarked | None = None
) -> Shown:
    """`стр. 2!C11`: the cell of a report's second sheet. `words`: the remark as it is put into words, where that is
    another; `remarked`: they know what the school has said to it so far."""
    told = words or remark
    explained = remarked.explained_of(remark) if remarked else None
    written = _ISO_DAY.sub(r"\3.\2.\1", remark.value)
    sheet, _, cell = remark.cell.rpartition("!")
    follows = tuple(_shown(one, catalogue) for one in told.folded)
    about = asked(remark) if asks(remark) else None
    memory = remembered(about) if about else ""
    place = sheet or remark.sheet, cell
    said = message(told, catalogue), todo(told, catalogue)
    so_far = explained.words if explained else ""
    return Shown(remark.severity, remark.item, *place, written, *said, follows=follows, memory=memory, explained=so_far)


def _names(tasks: Sequence[ReturnTask]) -> list[str]:
    """`08-отчёт-2-ошибки-замечания.xlsx`, `08-отчёт-принят-замечания.xlsx`; a short hash of the path where two would
    share a name."""
    plain = [f"{safe_name(task.school.code)}-{safe_name(_stem(task))}" for task in tasks]
    times = Counter(name.casefold() for name in plain)
    return [
        f"{name}{f'-{_short_hash(task.path)}' if times[name.casefold()] > 1 else ''}-{_status(task)}{_SUFFIX}"
        for name, task in zip(plain, tasks, strict=True)
    ]


def _stem(task: ReturnTask) -> str:
    """What the school has called its file: one that was returned and comes again under the name that it got then would
    else tell two numbers of errors."""
    stem, code = task.path.stem, safe_name(task.school.code)
    ours = _NAMED_BY_US.fullmatch(stem, len(code)) if stem.startswith(code) else None
    return ours["stem"] if ours else stem


def _status(task: ReturnTask) -> str:
    errors = sum(remark.severity is Severity.ERROR for remark in task.remarks)
    return f"{errors}-{noun(errors, ERROR)}" if errors else _ACCEPTED


def _short_hash(path: Path) -> str:
    return hashlib.sha256(path.as_posix().encode("utf-8", "surrogateescape")).hexdigest()[:6]
