"""What a start by the scheduler does: nobody looks on. What it says is kept in a file, it waits for another run instead
of being refused, and a daily one finds out whether anything is due."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import TextIOBase
from pathlib import Path
from typing import IO

from pipeline.commands.daily import wake
from pipeline.commands.failing import failures_told
from pipeline.commands.fetch import fetch_before
from pipeline.commands.known import opened
from pipeline.commands.orders import main_jobs
from pipeline.commands.posting import patient, ready_to_send
from pipeline.commands.refusals import LETTERS_LEFT, refusal
from pipeline.commands.run import require_folders
from pipeline.commands.schedule import SAID, UNDER_WAY
from pipeline.fetching import require_settings
from pipeline.files import OutputError, make_private_folder, open_private
from pipeline.memory import recording
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.memory.journal import Journal
from pipeline.sending.password import fetch_password
from pipeline.settings import Settings, load_settings
from schemas.strict import UsageError

PATIENCE = timedelta(hours=2)  # to wait for another run in the same folder of results


@dataclass(frozen=True)
class Start:
    """What was asked for. `monthly_day`, `since`: of a job that is started daily; None of one that is started once a
    month."""

    input: Path
    output: Path
    as_of: date | str | None
    settings: Path | None
    mail: bool
    jobs: int
    monthly_day: int | None = None
    since: date | None = None


def attempt(start: Start) -> None:
    """Looks for what the start would need, and does nothing. Raises UsageError."""
    settings = load_settings(start.settings)
    require_folders(start.input, start.output)
    if start.mail:
        ready_to_send(settings)
    if settings.fetch.configured:
        require_settings(settings.fetch, fetch_password(settings.fetch))


def run_scheduled(start: Start, patience: timedelta = PATIENCE, began: datetime | None = None) -> int:
    """The main job if it is due, else what is due on any day. Returns the exit code; what is said lies in a file of the
    output folder."""
    under_way = _UnderWay(start, patience.total_seconds(), began or datetime.now(UTC))
    with _kept_in(start.output, under_way.began):
        try:
            under_way.monthly = is_monthly(start, under_way.began.astimezone().date())
            code = _do_what_is_due(under_way)
        except (Exception, KeyboardInterrupt) as error:
            refused = refusal(error)
            print(refused.sentence, file=sys.stderr)
            code = refused.code
        if code is not None:
            under_way.note(code)
        return code or under_way.code


@dataclass
class _UnderWay:
    """A start, and how far it has come. `wait`: seconds, for another run to end; `monthly`: the summary is still to be
    made; `code`: of what is done and noted."""

    start: Start
    wait: float
    began: datetime
    monthly: bool = True
    code: int = 0

    def note(self, code: int) -> None:
        """For the next start and for `schedule --status`. What comes after is noted apart."""
        _note(self.start.output, self.began, code, monthly=self.monthly)
        self.monthly, self.code = False, code


def _do_what_is_due(under_way: _UnderWay) -> int | None:
    """The exit code; None where nothing was due, or nothing more than what is noted."""
    start, wait = under_way.start, under_way.wait
    settings = load_settings(start.settings)
    with _failures_told(start, settings):
        require_folders(start.input, start.output)
        taken = _fetched(start, settings, wait)
        news = has_news(start.input, start.output)  # before a summary, which answers for one date alone
        summed_up = under_way.monthly
        if summed_up:
            # From here on it is done, whatever becomes of the rest: tomorrow it would be another letter.
            _note_beginning(start.output)
            under_way.note(_code(_month(start, settings, wait), taken))
        owed = None if summed_up else summed_up_by_schedule(start.output)
        told = _told(under_way, settings, news=news, owed=owed)
    if told is None and (summed_up or taken is None):
        return None
    return max(under_way.code, _code(told, taken))


def _code(*all_gone: bool | None) -> int:
    return LETTERS_LEFT if False in all_gone else 0


@contextmanager
def _failures_told(start: Start, settings: Settings) -> Iterator[None]:
    """Also of what no summary is made of: nobody looks on."""
    now, password, can_send = datetime.now(settings.zone), None, start.mail
    try:
        password = ready_to_send(settings) if can_send else None
    except UsageError:  # the letter waits; why it does, the start itself says
        can_send = False
    with failures_told(start.output, now.date(), settings, now, password, patient(), mail=can_send, of_summary=False):
        yield


def _fetched(start: Start, settings: Settings, wait: float) -> bool | None:
    """New letters of the mailbox, where one is named. Were all taken? None: nothing was there to take."""
    if not settings.fetch.configured:
        return None
    said, all_taken = fetch_before(start.input, start.output, settings, quiet=True, wait=wait)
    for line in said:
        print(line)
    return all_taken if said else None


def _month(start: Start, settings: Settings, wait: float) -> bool:
    """The summary. Have all letters gone?"""
    why = "сегодня, запуск по расписанию"
    ran = main_jobs(
        start.input, start.output, start.as_of, settings, mail=start.mail, jobs=start.jobs, why=why, wait=wait
    )
    return not ran.letters_left


def _told(under_way: _UnderWay, settings: Settings, *, news: bool, owed: date | None) -> bool | None:
    """Reminders, answers to the schools, and what waits since the last summary. Have all letters gone? None: nothing
    was due."""
    start, now, wait = under_way.start, under_way.began.astimezone(settings.zone), under_way.wait
    password = ready_to_send(settings) if start.mail else None
    done = wake(
        start.input, start.output, settings, now, mail=start.mail, password=password, news=news, wait=wait, owed=owed
    )
    for line in done.lines:
        print(line)
    return all(one.is_done for one in done.deliveries) if done.lines else None


# ── what is due ──────────────────────────────────────────────────────────────────────────────────────────────


def is_monthly(start: Start, today: date) -> bool:
    """Is the summary of the month due: always at a start on its day alone; of daily ones at the first that comes on its
    day or after it, and again on the next day after one that failed."""
    if start.monthly_day is None:
        return True
    due = last_monthly_day(today, start.monthly_day)
    if start.since and due < start.since:
        return False
    try:
        with Journal.copy(start.output / JOURNAL) as journal:
            starts = journal.scheduled()
    except (UsageError, OutputError):  # a run moves it aside, and says so
        return True
    since = [one for one in starts if one.monthly and one.started.astimezone().date() >= due]
    return not any(one.is_done for one in since) and not (since and summed_up_by_schedule(start.output))


def summed_up_by_schedule(output: Path) -> date | None:
    """The date of the summary that the last start of the month has made, be it that it was killed while letters went.
    None where it made none, and of several orders."""
    try:
        with Journal.copy(output / JOURNAL) as journal:
            recording.complete(journal, output)
            begun = [one.started for one in journal.scheduled() if one.monthly and one.code == UNDER_WAY]
            runs = journal.runs()
    except (UsageError, OutputError):
        return None
    return next((run.as_of for run in runs if run.tally and _is_of(begun[-1:], run.started)), None)


def _is_of(begun: list[datetime], started: datetime) -> bool:
    return any(timedelta(0) <= started - one <= PATIENCE for one in begun)


def last_monthly_day(today: date, day: int) -> date:
    """The latest day of that number that is not to come."""
    if today.day >= day:
        return today.replace(day=day)
    return (today.replace(day=1) - timedelta(days=1)).replace(day=day)


def has_news(input: Path, output: Path) -> bool:
    """Has anything in the input folder come, changed or gone since the last start by the scheduler: it has answered
    what there was. A summary that somebody made by hand answers for its own date alone. Only times are looked at: a
    folder's own says that a file has come or gone, whatever time the file bears."""
    last = _last_answered(output)
    return last is None or any(time > last for time in _times(input, output))


def _last_answered(output: Path) -> float | None:
    """When the last start began, if all that was due was done then. None: nothing is known."""
    try:
        with Journal.copy(output / JOURNAL) as journal:
            starts = journal.scheduled()
    except (UsageError, OutputError):
        return None
    return starts[-1].started.timestamp() if starts and starts[-1].is_done else None


def _times(input: Path, output: Path) -> Iterator[float]:
    """When each file and folder was changed or put there, seconds. What says the future says nothing."""
    now = datetime.now(UTC).timestamp()
    results = output.resolve()
    for folder, folders, files in os.walk(input.resolve()):
        folders[:] = [name for name in folders if Path(folder, name) != results]
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            with suppress(OSError):  # gone meanwhile: its folder tells
                of = path.lstat()
                yield from (time for time in (of.st_mtime, of.st_ctime) if time <= now)


# ── what is kept of it ───────────────────────────────────────────────────────────────────────────────────────


class _Kept(TextIOBase):
    """What is said, in a file that is made when the first word comes: a day with nothing due leaves none behind. Where
    it cannot be made the words go where they would have gone, to the scheduler."""

    def __init__(self, path: Path, heading: str, instead: IO[str]) -> None:
        self._path = path
        self._heading = heading
        self._instead = instead
        self._file: IO[str] | None = None

    def write(self, text: str) -> int:
        file = self._file or self._opened()
        file.write(text)
        file.flush()
        return len(text)

    def _opened(self) -> IO[str]:
        try:
            make_private_folder(self._path.parent)
            self._file = open_private(self._path)
        except OSError:
            self._file = self._instead
        else:
            self._file.write(self._heading)
        return self._file

    def close(self) -> None:
        if self._file and self._file is not self._instead:
            self._file.close()
        super().close()


@contextmanager
def _kept_in(output: Path, began: datetime) -> Iterator[None]:
    heading = f"Запуск по расписанию {began.astimezone():%d.%m.%Y %H:%M}\n"
    with _Kept(output / SAID, heading, sys.stderr) as kept, redirect_stdout(kept), redirect_stderr(kept):
        yield


def _note_beginning(output: Path) -> None:
    """So that the next start knows of this one, were it killed. A journal that cannot be used is left to the run, which
    says so."""
    if not (output / JOURNAL).is_file():
        return
    with suppress(OutputError, UsageError):
        with Journal.copy(output / JOURNAL):
            now = datetime.now(UTC)
        _note(output, now, UNDER_WAY, monthly=True)


def _note(output: Path, began: datetime, code: int, *, monthly: bool) -> None:
    """A help, never a condition."""
    if output.is_dir():
        with suppress(OutputError), opened(output) as journal:
            journal.note_start(began, datetime.now(UTC), code, monthly=monthly)
