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
from pipeline.commands.fetch import fetch_before
from pipeline.commands.orders import main_jobs
from pipeline.commands.posting import ready_to_send
from pipeline.commands.refusals import LETTERS_LEFT, refusal
from pipeline.commands.run import require_folders
from pipeline.commands.schedule import SAID
from pipeline.fetching import require_settings
from pipeline.files import OutputError, make_private_folder, open_private
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.memory.journal import Journal
from pipeline.settings import FETCH_PASSWORD_VARIABLE, Settings, load_settings
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
        require_settings(settings.fetch, os.environ.get(FETCH_PASSWORD_VARIABLE))


def run_scheduled(start: Start, patience: timedelta = PATIENCE) -> int:
    """The main job if it is due, else what is due on any day. Returns the exit code; what is said lies in a file of the
    output folder."""
    began = datetime.now(UTC)
    monthly, code = True, 0
    with _kept_in(start.output, began):
        try:
            settings = load_settings(start.settings)
            monthly = is_monthly(start, date.today())
            wait = patience.total_seconds()
            taken = _fetched(start, settings, wait)
            gone = _month(start, settings, wait) if monthly else _day(start, settings, wait)
            if gone is None and taken is None:
                return 0
            code = 0 if gone is not False and taken is not False else LETTERS_LEFT
        except (Exception, KeyboardInterrupt) as error:
            refused = refusal(error)
            print(refused.sentence, file=sys.stderr)
            code = refused.code
        _note(start.output, began, code, monthly=monthly)
        return code


def _fetched(start: Start, settings: Settings, wait: float) -> bool | None:
    """New letters of the mailbox, where one is named. Were all taken? None: nothing was there to take."""
    if not settings.fetch.configured:
        return None
    said, all_taken = fetch_before(start.input, start.output, settings, quiet=True, wait=wait)
    for line in said:
        print(line)
    return all_taken if said else None


def _month(start: Start, settings: Settings, wait: float) -> bool:
    """The summary, and reminders that are due on its day. Have all letters gone?"""
    why = "сегодня, запуск по расписанию"
    ran = main_jobs(
        start.input, start.output, start.as_of, settings, mail=start.mail, jobs=start.jobs, why=why, wait=wait
    )
    return not ran.letters_left and _told(start, settings, wait, news=False) is not False


def _day(start: Start, settings: Settings, wait: float) -> bool | None:
    """What is due on a day without a summary. Have all letters gone? None: nothing was due."""
    return _told(start, settings, wait, news=has_news(start.input, start.output))


def _told(start: Start, settings: Settings, wait: float, *, news: bool) -> bool | None:
    now = datetime.now(settings.zone)
    password = ready_to_send(settings) if start.mail else None
    done = wake(start.input, start.output, settings, now, mail=start.mail, password=password, news=news, wait=wait)
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
    return not any(one.monthly and one.is_done and one.started.astimezone().date() >= due for one in starts)


def last_monthly_day(today: date, day: int) -> date:
    """The latest day of that number that is not to come."""
    if today.day >= day:
        return today.replace(day=day)
    return (today.replace(day=1) - timedelta(days=1)).replace(day=day)


def has_news(input: Path, output: Path) -> bool:
    """Has anything in the input folder come, changed or gone since the last summary was begun. Only times are looked
    at: a folder's own says that a file has come or gone, whatever time the file bears."""
    last = _last_summary(output)
    return last is None or any(time > last for time in _times(input, output))


def _last_summary(output: Path) -> float | None:
    """When the run that made it began; of several orders the one that is longest ago. None: nothing is known."""
    begun = []
    for path in (output / JOURNAL, *output.glob(f"*/{JOURNAL}")):
        try:
            with Journal.copy(path) as journal:
                begun += [run.started for run in journal.runs() if run.tally][-1:]
        except (UsageError, OutputError):
            return None
    return min(begun).timestamp() if begun else None


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


def _note(output: Path, began: datetime, code: int, *, monthly: bool) -> None:
    """For the next start and for `schedule --status`. A help, never a condition."""
    if output.is_dir():
        with suppress(OutputError), Journal.open(output / JOURNAL) as journal:
            journal.note_start(began, datetime.now(UTC), code, monthly=monthly)
