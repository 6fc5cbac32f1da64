"""The monthly job: the entry of each scheduler, and its setting up through the scheduler's own program."""

import os
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest

from pipeline.commands.schedule import (
    Cron,
    Job,
    ScheduleError,
    Systemd,
    TaskScheduler,
    describe,
    install,
    remove,
    status,
)

posix = pytest.mark.skipif(os.name == "nt", reason="schedulers of Unix")
JOB = Job(
    folder=Path("/srv/Управление образования/свод 100%"),
    python=Path("/opt/мой питон/bin/python"),
    log=Path("/srv/Управление образования/свод 100%/output/logs/schedule.log"),
    day=5,
    at=time(7, 30),
    arguments=("--output", "выход $HOME"),
)


@pytest.mark.parametrize("day", [0, 29, 31])
def test_a_day_that_not_every_month_has_is_refused(day: int):
    with pytest.raises(ScheduleError, match=f"числа {day} нет в каждом месяце"):
        Job(folder=JOB.folder, python=JOB.python, log=JOB.log, day=day)


def test_a_line_break_in_a_path_is_refused():
    with pytest.raises(ScheduleError, match="непечатные знаки"):
        Job(folder=Path("/srv/a\n* * * * * rm"), python=JOB.python, log=JOB.log)


@posix
def test_the_crontab_line_starts_the_program_in_its_folder_whatever_its_name(tmp_path: Path):
    folder = tmp_path / "свод 100% 'а' \"б\" $HOME"
    folder.mkdir()
    (folder / "run.py").write_text("import os, sys; print(os.getcwd(), sys.argv, sys.flags.utf8_mode)")
    log = folder / "logs.txt"
    line = Cron().entry(Job(folder, Path(sys.executable), log, day=5, at=time(7, 30), arguments=("--no-mail",)))
    minute, hour, day, month, weekday, command = line.split(" ", 5)
    assert (minute, hour, day, month, weekday) == ("30", "7", "5", "*", "*")
    assert "%" not in command.replace(r"\%", "")
    subprocess.run(["sh", "-c", command.replace(r"\%", "%")], check=True)  # what cron does with the rest of a line
    assert log.read_text(encoding="utf-8").strip() == f"{folder} ['run.py', '--no-mail'] 1"


def test_the_units_of_systemd_are_quoted_by_its_rules():
    entry = Systemd().entry(JOB).splitlines()
    assert "WorkingDirectory=/srv/Управление образования/свод 100%%" in entry
    assert 'ExecStart="/opt/мой питон/bin/python" "-X" "utf8" "run.py" "--output" "выход $$HOME"' in entry
    assert "StandardOutput=append:/srv/Управление образования/свод 100%%/output/logs/schedule.log" in entry
    assert "OnCalendar=*-*-05 07:30:00" in entry


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
def test_systemd_itself_finds_no_fault_in_the_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: "Programs"
):
    programs("systemctl", "")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    Systemd().install(Job(tmp_path, Path(sys.executable), tmp_path / "свод 100%.log", arguments=("$HOME", '"', "\\")))
    units = [str(unit) for unit in (tmp_path / "systemd" / "user").iterdir()]
    verdict = subprocess.run(["systemd-analyze", "verify", "--user", *units], capture_output=True, text=True)
    assert (verdict.returncode, verdict.stderr) == (0, "")


def test_the_task_of_windows_names_day_time_folder_and_log():
    task = ET.fromstring(TaskScheduler().entry(JOB).encode("utf-16"))
    said = {element.tag.rpartition("}")[2]: element.text for element in task.iter()}
    assert said["StartBoundary"] == "2014-01-01T07:30:00"
    assert said["Day"] == "5"
    assert {"January", "June", "December"} <= set(said)
    assert said["WorkingDirectory"] == str(JOB.folder)
    assert said["Command"] == "cmd.exe"
    assert said["Arguments"] == (f'/d /s /c ""{JOB.python}" -X utf8 run.py --output "выход $HOME" >> "{JOB.log}" 2>&1"')


# ── setting up, through programs of the schedulers' names that stand first on the PATH ───────────────────

Programs = Callable[[str, str], Path]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Puts a shell script on the PATH that writes down what it is called with; gives that record."""
    if os.name == "nt":
        pytest.skip("shell scripts")
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def put(name: str, script: str) -> Path:
        record = tmp_path / f"{name}.calls"
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "$@" >> {shlex.quote(str(record))}\n{script}\n')
        program.chmod(0o755)
        return record

    return put


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path, Path(sys.executable), tmp_path / "output" / "logs" / "schedule.log")


@pytest.fixture
def crontab(tmp_path: Path, programs: Programs) -> Path:
    """A computer with cron and without systemd; the table of its user."""
    table = tmp_path / "table"
    programs("systemctl", "exit 1")
    programs(
        "crontab",
        f"""table={shlex.quote(str(table))}
        if [ "$1" = - ]; then cat > "$table"
        elif [ -e "$table" ]; then cat "$table"
        else echo "no crontab for $USER" >&2; exit 1
        fi""",
    )
    return table


def test_cron_gets_one_line_however_often_it_is_installed_and_keeps_the_users_own(crontab: Path, job: Job):
    crontab.write_text("0 1 * * * резервная копия\n")
    install(Job(job.folder, job.python, job.log, day=1))
    said = install(job)
    assert "каждый месяц 25-го числа в 09:00" in said
    assert crontab.read_text().splitlines() == ["0 1 * * * резервная копия", Cron().entry(job)]
    assert job.log.parent.is_dir()


def test_the_job_in_cron_is_shown_and_removed(crontab: Path, job: Job):
    assert status() == "Задание не установлено (cron)."
    assert remove() == "Задания и не было (cron)."
    install(job)
    assert Cron().entry(job) in status()
    assert remove() == "Задание удалено (cron)."
    assert crontab.read_text() == ""


def test_a_crontab_that_cannot_be_read_is_not_overwritten(crontab: Path, job: Job, programs: Programs):
    calls = programs("crontab", 'echo "you are not allowed" >&2; exit 1')
    with pytest.raises(ScheduleError, match="crontab отказала: you are not allowed"):
        install(job)
    assert calls.read_text().splitlines() == ["-l"]


def test_where_there_is_no_scheduler_the_entry_is_shown_and_installing_says_what_is_missing(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Cron().entry(job) in describe(job)
    with pytest.raises(ScheduleError, match="Программы crontab на этом компьютере нет"):
        install(job)


def test_systemd_gets_a_timer_that_is_enabled_shown_and_removed(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: Programs
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    calls = programs("systemctl", '[ "$2" = list-timers ] && echo "Tue 2014-03-25 svod.timer"; exit 0')
    assert "systemd" in describe(job)
    assert status() == "Задание не установлено (systemd, таймер пользователя)."
    install(job)
    units = tmp_path / "config" / "systemd" / "user"
    assert "OnCalendar=*-*-25 09:00:00" in (units / "svod.timer").read_text()
    assert status().endswith("Tue 2014-03-25 svod.timer")
    remove()
    assert list(units.iterdir()) == []
    done = [call for call in calls.read_text().splitlines() if "show-environment" not in call]
    assert done == [
        "--user daemon-reload",
        "--user enable --now svod.timer",
        "--user list-timers --all --no-pager svod.timer",
        "--user list-timers --all --no-pager svod.timer",
        "--user disable --now svod.timer",
        "--user daemon-reload",
    ]


def test_windows_gets_the_task_as_a_file_in_its_own_encoding(job: Job, tmp_path: Path, programs: Programs):
    given = tmp_path / "given.xml"
    calls = programs("schtasks", f'[ "$1" = /Create ] && cp "$5" {shlex.quote(str(given))}; exit 0')
    scheduler = TaskScheduler()
    scheduler.install(job)
    scheduler.remove()
    assert given.read_text(encoding="utf-16") == scheduler.entry(job)
    created, deleted = calls.read_text().splitlines()
    assert created.startswith("/Create /TN Svod /XML ")
    assert created.endswith(" /F")
    assert deleted == "/Delete /TN Svod /F"


def test_a_task_that_windows_does_not_know_is_not_installed(programs: Programs):
    programs("schtasks", "exit 1")
    assert TaskScheduler().installed() == ""
    programs("schtasks", "echo 'TaskName: Svod'")
    assert TaskScheduler().installed() == "TaskName: Svod"
