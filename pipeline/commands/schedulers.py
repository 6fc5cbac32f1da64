"""The schedulers of a computer (systemd, cron, Windows Task Scheduler): how each is told of a job, and asked for it.

An entry is known by its name, which is made of the folder of Svod and the folder of results: jobs of other folders, and
whatever else stands there, are not touched.
"""

import hashlib
import ntpath
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path, PurePath
from typing import ClassVar, Protocol

from pipeline.settings import PASSWORD_VARIABLE
from schemas.strict import UsageError

LAST_DAY = 28  # every month has it

_FORMER = "svod"  # what a job was called while a computer could have one only


class ScheduleError(UsageError):
    """The job cannot be set up. The text is one Russian sentence that says what to do."""


@dataclass(frozen=True)
class Place:
    """Whose job it is: the folder of `run.py`, and the folder of results. Both are full paths."""

    folder: PurePath
    output: PurePath

    @property
    def name(self) -> str:
        """The same for the same two folders, whatever else of the job changes."""
        both = "\n".join(map(os.path.normcase, (str(self.folder), str(self.output))))
        return f"{_FORMER}-{hashlib.sha256(both.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Job:
    """What is to be started and when: `run.py` of the place with `arguments`, on that day of every month. `since`: it
    is started daily, from that day on, and finds out for itself what is due; None: on the day of the month alone."""

    place: Place
    python: PurePath
    day: int = 25
    at: time = time(9, 0)  # by this computer's clock
    arguments: tuple[str, ...] = ()
    since: date | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.day <= LAST_DAY:
            raise ScheduleError(f"День должен быть от 1 до {LAST_DAY}: числа {self.day} нет в каждом месяце.")
        for text in (str(self.place.output), *self.command):
            if not text.isprintable():
                raise ScheduleError(f"В пути или параметре {text!r} есть непечатные знаки: переименуйте папку.")

    @property
    def command(self) -> tuple[str, ...]:
        """Paths are full ones: a scheduler starts it wherever it likes. Without UTF-8 mode Python would speak in the
        code page of the old Windows."""
        daily = ("--monthly-day", str(self.day), "--since", self.since.isoformat()) if self.since else ()
        program = str(self.place.folder / "run.py")
        return (str(self.python), "-X", "utf8", program, *self.arguments, "--scheduled", *daily)


class Scheduler(Protocol):
    """One of the schedulers; it holds at most one job of a place."""

    name: ClassVar[str]
    runs_when: ClassVar[str]  # a Russian sentence: in what state the computer must be
    password_goes: ClassVar[str]  # where the password is to be put, so that the job finds it

    def entry(self, job: Job) -> str: ...

    def install(self, job: Job) -> None:
        """In the place of an earlier one of that place."""
        ...

    def installed(self, place: Place) -> str:
        """The entry as the scheduler shows it; blank when there is none."""
        ...

    def remove(self, place: Place) -> None: ...

    def environment(self, place: Place) -> dict[str, str]:
        """The variables that the job will find when it is started."""
        ...


def scheduler_here() -> Scheduler:
    if os.name == "nt":
        return TaskScheduler()
    if shutil.which("systemctl") and _run("systemctl", "--user", "show-environment").returncode == 0:
        return Systemd()
    return Cron()


# ── cron ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Cron:
    name: ClassVar = "cron"
    runs_when: ClassVar = "В это время компьютер должен быть включён."
    password_goes: ClassVar = f"впишите строку {PASSWORD_VARIABLE}=пароль в начало таблицы (crontab -e)"

    def entry(self, job: Job) -> str:
        command = f"cd {shlex.quote(str(job.place.folder))} && {shlex.join(job.command)}"
        escaped = command.replace("%", r"\%")  # cron takes a bare one for a line break
        day = "*" if job.since else job.day
        return f"{job.at.minute} {job.at.hour} {day} * * {escaped} # {job.place.name}"

    def install(self, job: Job) -> None:
        """Where the earlier one stood: what stands above it (variables) holds for it, what is below does not."""
        lines = self._lines()
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        ours = [at for at, line in enumerate(lines) if self._is_of(job.place, line)]
        kept = [line for at, line in enumerate(lines) if at not in ours]
        kept.insert(ours[0] if ours else len(kept), f"{self.entry(job)}\n")
        self._write(kept)

    def installed(self, place: Place) -> str:
        return "".join(line for line in self._lines() if self._is_of(place, line)).rstrip("\n")

    def remove(self, place: Place) -> None:
        self._write([line for line in self._lines() if not self._is_of(place, line)])

    def environment(self, place: Place) -> dict[str, str]:
        """What cron gives to every job, and what the table sets above its line."""
        variables = {"SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
        variables |= {name: os.environ[name] for name in ("HOME", "LOGNAME") if name in os.environ}
        for line in self._lines():
            if self._is_of(place, line):
                break
            if found := re.fullmatch(r"\s*([\"']?)([A-Za-z_]\w*)\1\s*=\s*(.*?)\s*", line):
                value = found[3]
                is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
                variables[found[2]] = value[1:-1] if is_quoted else value
        return variables

    @staticmethod
    def _is_of(place: Place, line: str) -> bool:
        """Not one that was turned into a comment: that is the user's now."""
        if line.lstrip().startswith("#"):
            return False
        if line.rstrip("\n").endswith(f" # {place.name}"):
            return True
        *times, command = line.rstrip("\n").split(" ", 5)
        if len(times) != 5 or not command.endswith(f" # {_FORMER}"):
            return False
        try:
            words = shlex.split(command.replace(r"\%", "%"))
        except ValueError:
            return False
        return words[:3] == ["cd", str(place.folder), "&&"]

    def _lines(self) -> list[str]:
        """With their ends, and with every byte of them: what is not ours goes back as it came."""
        table = _run("crontab", "-l")
        if table.returncode == 0:
            return table.stdout.decode("utf-8", "surrogateescape").splitlines(keepends=True) if table.stdout else []
        if b"no crontab for" in table.stderr:
            return []
        raise _failure("crontab", table)  # not taken for an empty table: writing ours would wipe out the user's

    def _write(self, lines: list[str]) -> None:
        _succeed("crontab", "-", given="".join(lines).encode("utf-8", "surrogateescape"))


# ── systemd ──────────────────────────────────────────────────────────────────────────────────────────────────


class Systemd:
    name: ClassVar = "systemd, таймер пользователя"
    runs_when: ClassVar = (
        "Пропущенный запуск повторится при включении. "
        "Чтобы таймер работал и без входа в систему, выполните: loginctl enable-linger"
    )
    password_goes: ClassVar = (
        f"впишите строку {PASSWORD_VARIABLE}=пароль в файл ~/.config/environment.d/svod.conf, который можете читать "
        "только вы, и войдите в систему заново"
    )

    def entry(self, job: Job) -> str:
        return "\n".join(f"# {name}\n{text}" for name, text in self._units(job).items())

    def install(self, job: Job) -> None:
        self._remove_former(job.place)
        folder = self._folder()
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self._units(job).items():
            (folder / name).write_text(text, encoding="utf-8")
        _succeed("systemctl", "--user", "daemon-reload")
        _succeed("systemctl", "--user", "enable", "--now", f"{job.place.name}.timer")

    def installed(self, place: Place) -> str:
        names = [f"{name}.timer" for name in self._names(place)]
        return _succeed("systemctl", "--user", "list-timers", "--all", "--no-pager", *names) if names else ""

    def remove(self, place: Place) -> None:
        for name in self._names(place):
            self._remove(name)

    def environment(self, place: Place) -> dict[str, str]:
        """Of all services of the user, and what a drop-in sets for this one."""
        told = [_unquoted(line) for line in _succeed("systemctl", "--user", "show-environment").splitlines()]
        own = _run("systemctl", "--user", "show", "--property", "Environment", f"{place.name}.service")
        told += shlex.split(_text(own.stdout).strip().removeprefix("Environment="))
        return dict(pair.split("=", 1) for pair in told if "=" in pair)

    def _names(self, place: Place) -> list[str]:
        """Of the jobs of that place that stand there."""
        names = [place.name] if (self._folder() / f"{place.name}.timer").exists() else []
        return [*names, _FORMER] if self._is_former(place) else names

    def _is_former(self, place: Place) -> bool:
        try:
            text = (self._folder() / f"{_FORMER}.service").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return False
        return f"WorkingDirectory={self._path(place.folder)}" in text.splitlines()

    def _remove_former(self, place: Place) -> None:
        if self._is_former(place):
            self._remove(_FORMER)

    def _remove(self, name: str) -> None:
        _succeed("systemctl", "--user", "disable", "--now", f"{name}.timer")
        for kind in ("timer", "service"):
            (self._folder() / f"{name}.{kind}").unlink(missing_ok=True)
        _succeed("systemctl", "--user", "daemon-reload")

    def _units(self, job: Job) -> dict[str, str]:
        """File name -> text (man systemd.service, systemd.timer)."""
        words = job.command
        if set(words[0]) & set("'\"\\"):  # signs that no program's path may have here
            words = ("/bin/sh", "-c", 'exec "$0" "$@"', *words)
        # A dollar is left alone only behind a colon, which systemd before 244 does not know: where it is needed only.
        literal = ":" if any("$" in word for word in words) else ""
        command = literal + " ".join(map(self._word, words))
        service = (
            f"[Unit]\nDescription=Svod: {self._path(job.place.output)}\n\n"
            f"[Service]\nType=oneshot\nWorkingDirectory={self._path(job.place.folder)}\nExecStart={command}\n"
        )
        day = "*-*-*" if job.since else f"*-*-{job.day:02}"
        timer = (
            f"[Unit]\nDescription=Svod, {'daily' if job.since else 'monthly'}: {self._path(job.place.output)}\n\n"
            f"[Timer]\nOnCalendar={day} {job.at:%H:%M}:00\nPersistent=true\n\n"
            "[Install]\nWantedBy=timers.target\n"
        )
        return {f"{job.place.name}.service": service, f"{job.place.name}.timer": timer}

    def _folder(self) -> Path:
        config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return Path(config, "systemd", "user")

    @staticmethod
    def _path(path: PurePath) -> str:
        return str(path).replace("%", "%%")

    @staticmethod
    def _word(word: str) -> str:
        for special, escaped in (("\\", r"\\"), ('"', r"\""), ("%", "%%")):
            word = word.replace(special, escaped)
        return f'"{word}"'


def _unquoted(line: str) -> str:
    """A variable as `systemctl show-environment` says it: a value that is more than a word to a shell stands in $''."""
    found = re.fullmatch(r"(\w+)=\$'(.*)'", line)
    if not found:
        return line
    value = re.sub(r"\\(.)", r"\1", found[2])
    return f"{found[1]}={value}"


# ── Windows ──────────────────────────────────────────────────────────────────────────────────────────────────


class TaskScheduler:
    name: ClassVar = "Планировщик заданий Windows"
    runs_when: ClassVar = "Задание идёт, пока вы вошли в систему; пропущенный запуск повторится при следующем входе."
    password_goes: ClassVar = f"выполните setx {PASSWORD_VARIABLE} пароль"

    _NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
    _MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
    # Left out, a task stops on battery, is lost when the computer is off at its hour or when one is under way.
    _SETTINGS = (
        ("MultipleInstancesPolicy", "Queue"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("StartWhenAvailable", "true"),
        ("ExecutionTimeLimit", "PT12H"),
    )

    def entry(self, job: Job) -> str:
        task = self._task(job)
        ET.indent(task)
        return f'<?xml version="1.0" encoding="UTF-16"?>\n{ET.tostring(task, encoding="unicode")}'

    def install(self, job: Job) -> None:
        self._require_no_variables(job)
        with tempfile.TemporaryDirectory() as folder:
            definition = Path(folder, "svod.xml")
            definition.write_text(self.entry(job), encoding="utf-16")  # as schtasks itself exports tasks
            _succeed("schtasks", "/Create", "/TN", job.place.name, "/XML", str(definition), "/F")
        if self._is_former(job.place):
            _succeed("schtasks", "/Delete", "/TN", _FORMER, "/F")

    def installed(self, place: Place) -> str:
        tasks = [_run("schtasks", "/Query", "/TN", name, "/FO", "LIST") for name in self._names(place)]
        return "\n".join(_text(task.stdout).strip() for task in tasks)

    def remove(self, place: Place) -> None:
        for name in self._names(place):
            _succeed("schtasks", "/Delete", "/TN", name, "/F")

    def environment(self, place: Place) -> dict[str, str]:
        """Of the user, not of this window: what was set in it alone the task will not find."""
        variables = {name: value for name, value in os.environ.items() if name.upper() != PASSWORD_VARIABLE}
        kept = _run("reg", "query", r"HKCU\Environment", "/v", PASSWORD_VARIABLE)
        if found := re.search(rf"^\s*{PASSWORD_VARIABLE}\s+REG_(?:EXPAND_)?SZ\s+(.+?)\s*$", _text(kept.stdout), re.M):
            variables[PASSWORD_VARIABLE] = found[1]
        return variables

    def _names(self, place: Place) -> list[str]:
        names = [place.name] if _run("schtasks", "/Query", "/TN", place.name).returncode == 0 else []
        return [*names, _FORMER] if self._is_former(place) else names

    def _is_former(self, place: Place) -> bool:
        """Does a task of the former name start the `run.py` of that folder."""
        task = _run("schtasks", "/Query", "/TN", _FORMER, "/XML")
        found = re.search(r"<WorkingDirectory>(.*?)</WorkingDirectory>", _text(task.stdout), re.S)
        if task.returncode or not found:
            return False
        folder = ET.fromstring(f"<x>{found[1]}</x>").text or ""
        return ntpath.normcase(folder) == ntpath.normcase(str(place.folder))

    @staticmethod
    def _require_no_variables(job: Job) -> None:
        """The task is started without a shell, but what looks like a variable is one there, and nothing undoes it."""
        for word in (*job.command, str(job.place.folder)):
            if found := re.search(r"%[^%]+%|\$\(Arg\d+\)", word):
                raise ScheduleError(
                    f"В пути или параметре «{word}» планировщик Windows примет «{found[0]}» за переменную: "
                    "переименуйте папку и поставьте задание снова."
                )

    def _task(self, job: Job) -> ET.Element:
        """Without cmd.exe, to which «&» and «%» of a path say something."""
        task = ET.Element("Task", version="1.2", xmlns=self._NAMESPACE)
        ET.SubElement(ET.SubElement(task, "RegistrationInfo"), "Description").text = f"Свод: {job.place.output}"
        trigger = ET.SubElement(ET.SubElement(task, "Triggers"), "CalendarTrigger")
        ET.SubElement(trigger, "StartBoundary").text = f"2014-01-01T{job.at:%H:%M}:00"  # any day gone by
        if job.since:
            ET.SubElement(ET.SubElement(trigger, "ScheduleByDay"), "DaysInterval").text = "1"
        else:
            monthly = ET.SubElement(trigger, "ScheduleByMonth")
            ET.SubElement(ET.SubElement(monthly, "DaysOfMonth"), "Day").text = str(job.day)
            months = ET.SubElement(monthly, "Months")
            for month in self._MONTHS:
                ET.SubElement(months, month)
        settings = ET.SubElement(task, "Settings")
        for key, value in self._SETTINGS:
            ET.SubElement(settings, key).text = value
        action = ET.SubElement(ET.SubElement(task, "Actions"), "Exec")
        program, *words = job.command
        ET.SubElement(action, "Command").text = program
        ET.SubElement(action, "Arguments").text = subprocess.list2cmdline(words)
        ET.SubElement(action, "WorkingDirectory").text = str(job.place.folder)
        return task


# ── their programs ───────────────────────────────────────────────────────────────────────────────────────────


def _run(program: str, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [program, *arguments], input=given, capture_output=True, env={**os.environ, "LC_ALL": "C"}, check=False
        )
    except FileNotFoundError:
        raise ScheduleError(f"Программы {program} на этом компьютере нет: установите её или планировщик.") from None


def _succeed(program: str, *arguments: str, given: bytes = b"") -> str:
    result = _run(program, *arguments, given=given)
    if result.returncode:
        raise _failure(program, result)
    return _text(result.stdout).strip()


def _failure(program: str, result: subprocess.CompletedProcess[bytes]) -> ScheduleError:
    said = " ".join(_text(result.stderr or result.stdout).split())
    return ScheduleError(f"Программа {program} отказала: {said or f'код {result.returncode}'}")


def _text(said: bytes) -> str:
    """schtasks speaks in the code page of the console."""
    return said.decode("oem" if os.name == "nt" else "utf-8", "replace")
