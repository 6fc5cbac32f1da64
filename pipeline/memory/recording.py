"""Between a run and the journal: what is told of a run there, at its start, once it has read and at its end."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from pipeline.exchange import digest_at
from pipeline.memory.approvals import Approval
from pipeline.memory.backup import copies
from pipeline.memory.journal import FILE, Arrival, Figure, Journal, Raised, Remembered, Result, Tally
from pipeline.memory.manifest import FILE as MANIFEST
from pipeline.memory.manifest import read_manifest, that_count
from pipeline.reading.inbox import Inbox
from pipeline.reading.intake import Intake
from pipeline.sending.outbox import LEADERSHIP, Telling, said_before, sent_letters, waiting
from pipeline.settings import Settings
from pipeline.wording import SCHOOL, listed, on
from schemas.form import Form
from schemas.registry_book import FILE as REGISTRY
from schemas.remarks import Remark, Severity
from schemas.reports import FileRead
from schemas.strict import UsageError

if TYPE_CHECKING:
    from pipeline.measuring.figures import Figures
    from pipeline.sending.letters import Earlier

# No report of a living order arrived before: an older file time says nothing.
_FIRST_YEAR = 2013
_ON_ITS_WAY = timedelta(days=2)  # that a letter may take, by the time that its sender says
_MOST_NAMED = 5  # schools in a sentence
_WHOLE = ""  # the municipality among the scopes


def forgotten(journal: Journal, output: Path) -> str:
    """What is to be said when earlier runs have left results below `output`, but no journal; else blank. A journal that
    is new, or a copy that stands in for it, takes from these results what they tell."""
    is_lost = journal.is_new and any(output.glob("*/svod-*.xlsx"))
    if is_lost or journal.warning:
        _regain(journal, output)
    if not is_lost or journal.warning:
        return ""
    return (
        f"В журнале {FILE} нет прежних запусков: когда поступили файлы, сказано в {MANIFEST} и в их днях изменения, "
        "прежние показатели неизвестны, а об отправленных письмах — только то, что лежит в папках sent."
    )


def known(output: Path) -> Journal:
    """What the journal of that folder knows, to be read only: one that is damaged or gone is stood in for by its last
    copy and by what the results beside it tell. `warning` says so. The folder is left as it is. Raises OutputError
    where the journal is held."""
    path = output / FILE
    with suppress(UsageError):
        if path.exists():
            journal = Journal.copy(path)
            complete(journal, output)
            return journal
    journal = Journal.standing_in(path)
    _regain(journal, output)
    if not journal.warning and not (path.exists() or journal.knows_nothing):
        journal.warning = f"Журнал {FILE} пропал: известно только то, что говорят прежние результаты и папки sent."
    return journal


def folders(output: Path) -> list[Path]:
    """Where there is a journal, or where one is gone that results tell of: the output folder, and of several orders
    those below it."""
    below = {path.parents[1] for path in output.glob(f"*/*/{MANIFEST}") if _is_day(path.parent.name)}
    found = {path.parent for path in output.glob(f"*/{FILE}")} | below
    is_known = (output / FILE).is_file() or any(copies(output / FILE)) or any(output.glob(f"*/{MANIFEST}"))
    own = [output] if is_known or below else []
    return [*own, *sorted(found)]


def _is_day(name: str) -> bool:
    with suppress(ValueError):
        return bool(date.fromisoformat(name))
    return False


def _regain(journal: Journal, output: Path) -> None:
    """When contents arrived, from the manifests; which letters have gone, from `sent/`. What cannot be read tells
    nothing."""
    arrived: dict[str, datetime] = {}
    for folder in sorted(path.parent for path in output.glob(f"*/{MANIFEST}")):
        with suppress(UsageError, OSError):
            for digest, moment in read_manifest(folder).arrivals.items():
                if moment:
                    arrived[digest] = min(moment, arrived.get(digest, moment))
    journal.regain(arrived, sent_letters(output))


def begin(journal: Journal, now: datetime, version: str, as_of: date, settings: Settings) -> int:
    """The run's number."""
    return journal.begin_run(now, version, as_of, json.dumps(that_count(settings), sort_keys=True))


def remembered(
    journal: Journal, intake: Intake, as_of: date, reporting_dates: Iterable[date], now: datetime
) -> Remembered:
    """What the journal knows of this input and of what was told before. `now`: the start of this run."""
    arrivals = first_arrivals(intake, journal.arrivals(), now, journal.last_moment())
    return Remembered(arrivals, journal.told_before(as_of, reporting_dates), journal.sent_for(as_of))


def earlier_letters(journal: Journal, output: Path, as_of: date, last_report: datetime | None) -> "Earlier":
    """What leadership has been told before. `last_report`: when the run began that read the last new report, of all
    orders that the letter tells of."""
    from pipeline.sending.letters import Earlier

    before = journal.told_last(as_of, LEADERSHIP)
    silent = before is not None and (last_report is None or last_report <= before.made)
    said, approval = said_before(journal, output, as_of, LEADERSHIP), journal.approval(as_of)
    if approval and approval.says and approval.says not in said:  # approved, and not sent as it was
        said = [approval.says, *said]
    return Earlier(
        said,
        partial(_telling, journal, as_of, approval),
        (last_report or before.made) if before and silent else None,
        approval.approved_at if approval else None,
    )


def _telling(journal: Journal, as_of: date, approval: Approval | None, says: str) -> Telling | None:
    """Of a letter that has gone, or was approved to go."""
    told = journal.told_in(as_of, LEADERSHIP, says)
    return told or (journal.approved_telling(approval) if approval and approval.says == says else None)


def behind_the_journal(journal: Journal, now: datetime) -> str:
    """What is to be said of a clock that stands before what is known; blank where it may be right."""
    last = journal.last_moment()
    if last is None or now >= last:
        return ""
    known = last.astimezone(now.tzinfo)
    return (
        f"Часы компьютера показывают {now:%d.%m.%Y %H:%M}, а в журнале уже {known:%d.%m.%Y %H:%M}: время поступления "
        "новых файлов неизвестно. Проверьте дату и время на компьютере."
    )


def has_lost_registry(journal: Journal, intake: Intake) -> bool:
    """Is there no registry any more, though the last summary was made with one, of this folder: some of its files are
    there still."""
    if intake.inbox.registry:
        return False
    known = journal.last_inputs()
    return REGISTRY in known and any(read.file in known for read in intake.reads)


def gone_reports(journal: Journal, intake: Intake, figures: "Figures") -> str:
    """What is to be said of schools of which earlier runs have read a later report than the picture has: the file is no
    longer there, and who has sent one is not to be asked for it. Blank where there are none."""
    beside = journal.reports_beside({read.digest for read in intake.reads})
    last = {line.school: line for line in beside if line.as_of and line.as_of <= figures.as_of}
    gone = []
    for row in figures.submissions:
        known = last.get(row.school.code)
        if known and known.as_of and known.as_of > (row.as_of or date.min):
            file = f" («{PurePosixPath(known.file).name}»)" if known.file else ""
            gone.append(f"{row.school.name} — {on(known.as_of, figures.every)}{file}")
    if not gone:
        return ""
    return (
        f"Прежние своды читали отчёты, которых в папке больше нет: {listed(gone, _MOST_NAMED, SCHOOL)}. "
        "Свод сделан без них. Если они убраны нечаянно, верните их и сделайте свод снова."
    )


def first_arrivals(
    intake: Intake, known: Mapping[str, Arrival], now: datetime, last: datetime | None = None
) -> dict[str, Arrival]:
    """Digest -> when that content arrived, over all files that hold it and all runs that read it.

    `known`: what earlier runs found. `now`: the start of this run; where the journal knows a later moment, `last`, the
    clock is wrong, and neither it nor the time of a file tells when a new content arrived.
    """
    is_wrong = last is not None and now < last
    begun = last if last is not None and is_wrong else now
    found: dict[str, Arrival] = {}
    for read, path in zip(intake.reads, intake.inbox.reports, strict=True):
        if read.digest:
            before = found.get(read.digest) or known.get(read.digest) or Arrival(begun, None)
            found[read.digest] = before.or_earlier(None if is_wrong else _came(intake.inbox, path, now))
    return found


def _came(inbox: Inbox, path: Path, now: datetime) -> datetime | None:
    """When the letter came that brought it, where a server says so and it can be true; else the time of the file. What
    the sender says, who may choose it, is taken only where the file bears it out."""
    inside = inbox.inside.get(path)
    by_server = (one.astimezone(UTC) for one in (inside.times if inside else ()))
    if taken := next((one for one in by_server if one.year >= _FIRST_YEAR and one <= now), None):
        return taken
    of_file = _file_time(inbox.came_in(path), now)
    by_sender = (one.astimezone(UTC) for one in (inside.sent if inside else ()))
    borne_out = (one for one in by_sender if of_file and of_file - _ON_ITS_WAY <= one <= of_file)
    return next(borne_out, of_file)


def _file_time(path: Path, now: datetime) -> datetime | None:
    """When the file was last changed; one that says the future has arrived by now. None where it says nothing."""
    try:
        changed = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None
    return min(changed, now.astimezone(UTC)) if changed.year >= _FIRST_YEAR else None


def note(journal: Journal, run: int, form: Form, intake: Intake, arrivals: Mapping[str, Arrival]) -> None:
    """What the run has read, the registry too. `arrivals`: `first_arrivals`."""
    files = {read.file: read.digest for read in intake.reads}
    if intake.inbox.registry:
        files[REGISTRY] = intake.registry_digest
    journal.note_inputs(run, form.id, files, arrivals, _reports(intake.reads))


def result_of(
    figures: "Figures", remarks: Iterable[Remark], summary: str, finished: datetime, *, told_above: bool = False
) -> Result:
    """What a run leaves whose files have their places. `remarks`: on all reports, `summary`: the workbook's digest.
    `told_above`: of several orders, leadership's letter is made afterwards, and `Journal.tell` says what it tells."""
    severities = [said.severity for said in figures.remarks]
    tally = Tally(
        len(figures.counted),
        len(figures.schools),
        severities.count(Severity.ERROR),
        severities.count(Severity.WARNING),
    )
    raised = tuple(_raised(remarks, figures.as_of))
    return Result(finished, summary, tally, told_figures(figures), None if told_above else (), raised)


def finish(journal: Journal, run: int, as_of: date, result: Result, output: Path) -> None:
    """The files of the run have their places: it has been. Raises OutputError."""
    if result.letters is not None:
        result = msgspec.structs.replace(result, letters=_to_leadership(output, as_of))
    journal.finish_run(run, result)


def complete(journal: Journal, output: Path) -> None:
    """What a run has left untold that ended when its files had their places: before a letter of it goes, and before
    another run makes others. One whose files are not there is left alone: it may be under way. Raises OutputError."""
    for one in journal.expected():
        folder = output / one.as_of.isoformat()
        if any(_is_manifest(path, one.manifest) for path in folder.glob(f"{Path(MANIFEST).stem}*.json")):
            finish(journal, one.run, one.as_of, one.result, output)


def _is_manifest(path: Path, digest: str) -> bool:
    """One that cannot be read tells nothing."""
    with suppress(OSError):
        return digest_at(path) == digest
    return False


def _to_leadership(output: Path, as_of: date) -> tuple[str, ...]:
    """Keys of the letters that wait and tell figures."""
    letters = (letter for letter in waiting(output, as_of, whole=False) if letter.name == LEADERSHIP)
    return tuple(letter.key(to) for letter in letters for to in letter.recipients)


def _reports(reads: Iterable[FileRead]) -> Iterator[tuple[str, str, date]]:
    """Digest of the file, school and date of every report whose school and date are known."""
    for read in reads:
        for report in read.reports:
            if read.digest and report.school and report.as_of:
                yield read.digest, report.school, report.as_of


def told_figures(figures: "Figures") -> dict[date, dict[str, Figure]]:
    """Date -> scope -> the headline item, for the picture's own date and the reporting dates before it. A date on which
    nothing was counted tells no figure."""
    from pipeline.measuring.rows import trend_rows

    found: dict[date, dict[str, Figure]] = {}
    for row in trend_rows(figures):
        if row.date < figures.as_of:
            values = (None if math.isnan(value) else value for value in (row.percent, row.covered, row.total))
            found.setdefault(row.date, {})[row.school_code] = Figure(*values)
    found[figures.as_of] = {
        row.school.code if row.school else _WHOLE: Figure(row.percent, row.covered, row.total)
        for row in (*figures.activation, figures.municipality)
    }
    return {day: told for day, told in found.items() if told[_WHOLE].percent is not None}


def _raised(remarks: Iterable[Remark], as_of: date) -> Iterator[Raised]:
    """Errors and warnings on the reports up to that date, each at the earliest of them."""
    first: dict[tuple[str, str, str], date] = {}
    for said in remarks:
        if said.school and said.as_of and said.as_of <= as_of and said.severity is not Severity.INFO:
            identity = said.school, said.item, said.code
            first[identity] = min(said.as_of, first.get(identity, said.as_of))
    for identity, day in sorted(first.items()):
        yield Raised(*identity, day)
