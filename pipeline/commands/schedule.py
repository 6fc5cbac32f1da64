"""The monthly job: Svod started by the scheduler of this computer (systemd, cron or Windows Task Scheduler)."""

import os
import shlex
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import ClassVar, Protocol

from schemas.form import Form

LAST_DAY = 28  # every month has it


def usual_day(form: Form) -> int | None:
    """Of a form with periods, the day of the month after that on which reports are due as a rule; None of any other."""
    if form.period.every == "date":
        return None
    [(due, _)] = Counter(form.dues.get(day, day).day for day in form.order.reporting_dates).most_common(1)
    return due + 1 if due < LAST_DAY else 1


class ScheduleError(ValueError):
    """The job cannot be set up. The text is one Russian sentence that says what to do."""


@dataclass(frozen=True)
class Job:
    """What is to be started and when: `python run.py arguments` in `folder`, its words appended to `log`."""

    folder: Path
    python: Path
    log: Path
    day: int = 25  # of every month
    at: time = time(9, 0)  # by this computer's clock
    arguments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.day <= LAST_DAY:
            raise ScheduleError(f"День должен быть от 1 до {LAST_DAY}: числа {self.day} нет в каждом месяце.")
        for text in (str(self.folder), str(self.python), str(self.log), *self.arguments):
            if not text.isprintable():
                raise ScheduleError(f"В пути или параметре {text!r} есть непечатные знаки: переименуйте папку.")

    @property
    def command(self) -> tuple[str, ...]:
        """Without UTF-8 mode Python would write Russian into the log in the code page of the old Windows."""
        return (str(self.python), "-X", "utf8", "run.py", *self.arguments)


def describe(job: Job) -> str:
    """What `install` would set up here, in Russian, with the scheduler's own entry."""
    scheduler = scheduler_here()
    return (
        f"Свод будет запускаться {_when(job)}.\n"
        f"Папка: {job.folder}\n"
        f"Python: {job.python}\n"
        f"Протокол: {job.log}\n"
        f"Планировщик: {scheduler.name}\n\n"
        f"{scheduler.entry(job)}"
    )


def install(job: Job) -> str:
    """Sets the job up, in the place of an earlier one, and says so. Raises ScheduleError."""
    scheduler = scheduler_here()
    job.log.parent.mkdir(parents=True, exist_ok=True)  # the schedulers open the log, but make no folder
    scheduler.install(job)
    return f"Задание установлено ({scheduler.name}): {_when(job)}. {scheduler.runs_when}"


def status() -> str:
    """What the scheduler knows of the job, in its own words."""
    scheduler = scheduler_here()
    if not (known := scheduler.installed()):
        return f"Задание не установлено ({scheduler.name})."
    return f"Задание установлено ({scheduler.name}):\n{known}"


def remove() -> str:
    """Takes the job away, if there is one. Raises ScheduleError."""
    scheduler = scheduler_here()
    if not scheduler.installed():
        return f"Задания и не было ({scheduler.name})."
    scheduler.remove()
    return f"Задание удалено ({scheduler.name})."


class Scheduler(Protocol):
    """One of the schedulers; it holds at most one job of ours."""

    name: ClassVar[str]
    runs_when: ClassVar[str]  # a Russian sentence: in what state the computer must be

    def entry(self, job: Job) -> str: ...

    def install(self, job: Job) -> None: ...

    def installed(self) -> str:
        """The entry as the scheduler shows it; blank when there is none."""
        ...

    def remove(self) -> None: ...


def scheduler_here() -> Scheduler:
    if os.name == "nt":
        return TaskScheduler()
    if shutil.which("systemctl") and _run("systemctl", "--user", "show-environment").returncode == 0:
        return Systemd()
    return Cron()


class Cron:
    name: ClassVar = "cron"
    runs_when: ClassVar = "В это время компьютер должен быть включён."

    _MARK = "# svod"  # ends our line, by which it is found again

    def entry(self, job: Job) -> str:
        command = f"cd {shlex.quote(str(job.folder))} && {shlex.join(job.command)} >> {shlex.quote(str(job.log))} 2>&1"
        escaped = command.replace("%", r"\%")  # cron takes a bare one for a line break
        return f"{job.at.minute} {job.at.hour} {job.day} * * {escaped} {self._MARK}"

    def install(self, job: Job) -> None:
        self._write([*self._others(), self.entry(job)])

    def installed(self) -> str:
        return "\n".join(line for line in self._lines() if line.endswith(self._MARK))

    def remove(self) -> None:
        self._write(self._others())

    def _others(self) -> list[str]:
        return [line for line in self._lines() if not line.endswith(self._MARK)]

    def _lines(self) -> list[str]:
        table = _run("crontab", "-l")
        if table.returncode == 0:
            return table.stdout.splitlines()
        if "no crontab for" in table.stderr:
            return []
        raise _failure("crontab", table)  # not taken for an empty table: writing ours would wipe out the user's

    def _write(self, lines: list[str]) -> None:
        _succeed("crontab", "-", text="".join(f"{line}\n" for line in lines))


class Systemd:
    name: ClassVar = "systemd, таймер пользователя"
    runs_when: ClassVar = (
        "Пропущенный запуск повторится при включении. "
        "Чтобы таймер работал и без входа в систему, выполните: loginctl enable-linger"
    )

    _TIMER = "svod.timer"
    _SERVICE = "svod.service"

    def entry(self, job: Job) -> str:
        return "\n".join(f"# {name}\n{text}" for name, text in self._units(job).items())

    def install(self, job: Job) -> None:
        folder = self._folder()
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self._units(job).items():
            (folder / name).write_text(text, encoding="utf-8")
        _succeed("systemctl", "--user", "daemon-reload")
        _succeed("systemctl", "--user", "enable", "--now", self._TIMER)

    def installed(self) -> str:
        if not (self._folder() / self._TIMER).exists():
            return ""
        return _succeed("systemctl", "--user", "list-timers", "--all", "--no-pager", self._TIMER)

    def remove(self) -> None:
        _succeed("systemctl", "--user", "disable", "--now", self._TIMER)
        for name in (self._TIMER, self._SERVICE):
            (self._folder() / name).unlink(missing_ok=True)
        _succeed("systemctl", "--user", "daemon-reload")

    def _units(self, job: Job) -> dict[str, str]:
        """File name -> text (man systemd.service, systemd.timer)."""
        command = " ".join(self._word(word) for word in job.command)
        service = (
            "[Unit]\nDescription=Svod\n\n"
            f"[Service]\nType=oneshot\nWorkingDirectory={self._path(job.folder)}\nExecStart={command}\n"
            f"StandardOutput=append:{self._path(job.log)}\nStandardError=inherit\n"
        )
        timer = (
            "[Unit]\nDescription=Svod, monthly\n\n"
            f"[Timer]\nOnCalendar=*-*-{job.day:02} {job.at:%H:%M}:00\nPersistent=true\n\n"
            "[Install]\nWantedBy=timers.target\n"
        )
        return {self._SERVICE: service, self._TIMER: timer}

    def _folder(self) -> Path:
        config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return Path(config, "systemd", "user")

    @staticmethod
    def _path(path: Path) -> str:
        return str(path).replace("%", "%%")

    @staticmethod
    def _word(word: str) -> str:
        for special, escaped in (("\\", r"\\"), ('"', r"\""), ("%", "%%"), ("$", "$$")):
            word = word.replace(special, escaped)
        return f'"{word}"'


class TaskScheduler:
    name: ClassVar = "Планировщик заданий Windows"
    runs_when: ClassVar = "Задание идёт, пока вы вошли в систему; пропущенный запуск повторится при следующем входе."

    _TASK = "Svod"
    _NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
    _MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905

    def entry(self, job: Job) -> str:
        task = self._task(job)
        ET.indent(task)
        return f'<?xml version="1.0" encoding="UTF-16"?>\n{ET.tostring(task, encoding="unicode")}'

    def install(self, job: Job) -> None:
        with tempfile.TemporaryDirectory() as folder:
            definition = Path(folder, "svod.xml")
            definition.write_text(self.entry(job), encoding="utf-16")  # as schtasks itself exports tasks
            _succeed("schtasks", "/Create", "/TN", self._TASK, "/XML", str(definition), "/F")

    def installed(self) -> str:
        task = _run("schtasks", "/Query", "/TN", self._TASK, "/FO", "LIST")
        return task.stdout.strip() if task.returncode == 0 else ""

    def remove(self) -> None:
        _succeed("schtasks", "/Delete", "/TN", self._TASK, "/F")

    def _task(self, job: Job) -> ET.Element:
        task = ET.Element("Task", version="1.2", xmlns=self._NAMESPACE)
        trigger = ET.SubElement(ET.SubElement(task, "Triggers"), "CalendarTrigger")
        ET.SubElement(trigger, "StartBoundary").text = f"2014-01-01T{job.at:%H:%M}:00"  # any day gone by
        monthly = ET.SubElement(trigger, "ScheduleByMonth")
        ET.SubElement(ET.SubElement(monthly, "DaysOfMonth"), "Day").text = str(job.day)
        months = ET.SubElement(monthly, "Months")
        for month in self._MONTHS:
            ET.SubElement(months, month)
        settings = ET.SubElement(task, "Settings")
        ET.SubElement(settings, "DisallowStartIfOnBatteries").text = "false"
        ET.SubElement(settings, "StartWhenAvailable").text = "true"
        action = ET.SubElement(ET.SubElement(task, "Actions"), "Exec")
        ET.SubElement(action, "Command").text = "cmd.exe"
        ET.SubElement(
            action, "Arguments"
        ).text = f'/d /s /c "{subprocess.list2cmdline(job.command)} >> "{job.log}" 2>&1"'  # /s: the outer quotes go
        ET.SubElement(action, "WorkingDirectory").text = str(job.folder)
        return task


def _when(job: Job) -> str:
    return f"каждый месяц {job.day}-го числа в {job.at:%H:%M}"


def _run(program: str, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    encoding = "oem" if os.name == "nt" else "utf-8"  # schtasks speaks in the code page of the console
    try:
        return subprocess.run(
            [program, *arguments],
            input=text,
            capture_output=True,
            encoding=encoding,
            errors="replace",
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise ScheduleError(f"Программы {program} на этом компьютере нет: установите её или планировщик.") from None


def _succeed(program: str, *arguments: str, text: str = "") -> str:
    result = _run(program, *arguments, text=text)
    if result.returncode:
        raise _failure(program, result)
    return result.stdout.strip()


def _failure(program: str, result: subprocess.CompletedProcess[str]) -> ScheduleError:
    said = " ".join((result.stderr or result.stdout).split())
    return ScheduleError(f"Программа {program} отказала: {said or f'код {result.returncode}'}")
