"""The command `schedule`: Svod started by the scheduler of this computer, every month or, where letters go to schools,
every day."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from pipeline.commands.schedulers import LAST_DAY, Job, Place, ScheduleError, Scheduler, scheduler_here
from pipeline.files import OutputError
from pipeline.memory import recording
from pipeline.memory.journal import StartLine
from pipeline.settings import DEFAULT_PATH, Settings, load_settings
from pipeline.wording import day
from schemas.form import Form, load_form

SAID = "schedule.log"  # in the folder of results: what the last start by the scheduler has said
UNDER_WAY = -1  # in the journal: a start of the month that is not known to have ended
_USUAL_DAY = 25


def usual_day(forms: Iterable[Form]) -> int | None:
    """Of forms with periods, the day of the month after that on which reports are due as a rule, the latest of them;
    None where no form has periods."""
    return max((day for day in map(_usual_day, forms) if day), default=None)


def _usual_day(form: Form) -> int | None:
    if form.period.every == "date":
        return None
    [(due, _)] = Counter(form.dues.get(day, day).day for day in form.order.reporting_dates).most_common(1)
    return due + 1 if due < LAST_DAY else 1


def settings_file(named: Path | None, place: Place) -> Path | None:
    """The settings that the job is given by their full path: those that were named, that lie in the current folder, or
    beside Svod."""
    if named:
        return named.absolute()
    return next((path for path in (DEFAULT_PATH.absolute(), Path(place.folder, DEFAULT_PATH)) if path.is_file()), None)


def job_of(place: Place, input: Path, settings: Path | None, day: int | None, at: time) -> Job:
    """The main job in the folders that were named here. `day`: None for the usual one. Raises UsageError."""
    chosen = load_settings(settings)
    arguments = ["--input", str(input.absolute()), "--output", str(place.output)]
    if settings:
        arguments += ["--settings", str(settings)]
    if chosen.mail.configured:
        arguments.append("--mail")
    usual = usual_day(load_form(one) for one in chosen.forms)
    since = _first_start(datetime.now(), at) if is_daily(chosen) else None
    return Job(place, Path(sys.executable), day or usual or _USUAL_DAY, at, tuple(arguments), since)


def _first_start(now: datetime, at: time) -> date:
    """The first day on which a daily job is started."""
    return now.date() if now.time() < at else now.date() + timedelta(days=1)


def is_daily(settings: Settings) -> bool:
    """Are there letters that may be due on any day, and may they go."""
    return settings.mail.configured and (settings.mail.schools or settings.mail.reminders)


def describe(job: Job) -> str:
    """What `install` would set up here, in Russian, with the scheduler's own entry."""
    scheduler = scheduler_here()
    return (
        f"Свод будет запускаться {_when(job)}.\n"
        f"Папка: {job.place.folder}\n"
        f"Результаты: {job.place.output}\n"
        f"Python: {job.python}\n"
        f"Что сказал последний запуск: {job.place.output / SAID}\n"
        f"Планировщик: {scheduler.name}, задание {job.place.name}\n\n"
        f"{scheduler.entry(job)}"
    )


def install(job: Job) -> str:
    """Sets the job up, in the place of an earlier one, and says so. Raises ScheduleError, too where the job would not
    find what it needs."""
    scheduler = scheduler_here()
    _attempt(job, scheduler)
    scheduler.install(job)
    return f"Задание {job.place.name} установлено ({scheduler.name}): {_when(job)}. {scheduler.runs_when}"


def status(place: Place) -> str:
    """What the scheduler knows of the job, in its own words, and what came of its last start."""
    scheduler = scheduler_here()
    known = scheduler.installed(place)
    said = f"Задание {place.name} установлено ({scheduler.name}):\n{known}" if known else _none(place, scheduler)
    return "\n".join([said, *_last_runs(Path(place.output))])


def remove(place: Place) -> str:
    """Takes the job away, if there is one. Raises ScheduleError."""
    scheduler = scheduler_here()
    if not scheduler.installed(place):
        return f"Задания и не было ({scheduler.name}). Искали для папки результатов {place.output}."
    scheduler.remove(place)
    return f"Задание {place.name} удалено ({scheduler.name})."


def _none(place: Place, scheduler: Scheduler) -> str:
    return f"Задание для папки результатов {place.output} не установлено ({scheduler.name})."


def _attempt(job: Job, scheduler: Scheduler) -> None:
    """The command of the job, with the variables that it will find: it looks for what it needs, and does no more."""
    command = [*job.command, "--try"]
    variables = {**scheduler.environment(job.place), "PYTHONIOENCODING": "utf-8"}
    try:
        tried = subprocess.run(command, cwd=job.place.folder, env=variables, capture_output=True, check=False)
    except OSError as error:
        raise ScheduleError(f"Задание не установлено: не запускается {job.python} ({error.strerror}).") from error
    if tried.returncode:
        said = tried.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1] if said else f"код {tried.returncode}"
        raise ScheduleError(
            f"Задание не установлено: при пробном запуске — так, как его начнёт планировщик, — сказано: {why} "
            f"Если дело в пароле почты: {scheduler.password_goes}."
        )


def _last_runs(output: Path) -> Iterator[str]:
    """How the last start by the scheduler ended, and the last summary of every order."""
    for folder in recording.folders(output):
        order = "" if folder == output else f" ({folder.name})"
        try:
            with recording.known(folder) as journal:
                starts, runs, warning = journal.scheduled(), journal.runs(), journal.warning
        except OutputError as error:
            yield str(error)
            continue
        if warning:
            yield f"{warning[:-1]}{order}."
        if starts:
            last = starts[-1]
            yield (
                f"Последний запуск по расписанию{order}: {_moment(last.started)}, "
                f"окончен {_moment(last.finished)}, код {last.code} ({_end(last)})."
            )
        if runs:
            ended = "завершён" if runs[-1].tally else "не завершён"
            yield f"Последний свод{order}: начат {_moment(runs[-1].started)}, на {day(runs[-1].as_of)}, {ended}."


def _end(start: StartLine) -> str:
    """What its exit code means: a daily start makes no summary."""
    not_all = "не все письма отправлены или взяты из ящика"
    ends = {
        UNDER_WAY: "начат, не окончен",
        0: "всё сделано",
        2: "не хватает нужного",
        3: "свод не сделан" if start.monthly else "сбой",
        4: f"свод сделан, {not_all}" if start.monthly else not_all,
    }
    return ends.get(start.code, "сбой")


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone():%d.%m.%Y %H:%M}"


def _when(job: Job) -> str:
    if job.since:
        return f"каждый день в {job.at:%H:%M}: {job.day}-го числа — свод, в другие дни — только то, чему подошёл срок"
    return f"каждый месяц {job.day}-го числа в {job.at:%H:%M}"
