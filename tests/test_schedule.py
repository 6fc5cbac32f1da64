"""The monthly job: the entry of each scheduler, and its setting up through the scheduler's own program."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from pipeline.commands.schedule import describe, install, is_daily, job_of, remove, settings_file, status
from pipeline.commands.schedulers import Cron, Job, Place, ScheduleError, Systemd, TaskScheduler
from pipeline.memory.journal import Journal
from pipeline.settings import Mail, Settings
from schemas.strict import UsageError
from tests.cron_room import ODD, SINCE, Room

posix = pytest.mark.skipif(os.name == "nt", reason="schedulers of Unix")
DATA = Path(__file__).parent / "data" / "schedule"
PLACE = Place(PurePosixPath("/srv/свод 100% $HOME"), PurePosixPath("/srv/итоги & письма"))
JOB = Job(PLACE, PurePosixPath("/opt/мой питон/bin/python"), 5, time(7, 30), ("--output", str(PLACE.output)))

# A `run.py` that says what it was started with; with --try it asks for the password, as the real one does.
STUB = """
import os, sys
if "--try" in sys.argv:
    sys.exit(None if "--mail" not in sys.argv or os.environ.get("SVOD_SMTP_PASSWORD") == "тайна 1%"
        else "Пароль почты не найден.")
open(sys.argv[sys.argv.index("--output") + 1] + "/said", "w").write(repr((sys.argv[1:], sys.flags.utf8_mode)))
"""


def job_in(folder: Path, *more: str, output: Path | None = None) -> Job:
    """Of a checkout that holds the stub."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.py").write_text(STUB, encoding="utf-8")
    output = output or folder / "output"
    output.mkdir(parents=True, exist_ok=True)
    return Job(Place(folder, output), Path(sys.executable), arguments=("--output", str(output), *more))


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return job_in(tmp_path / "checkout")


# ── what is said of the job ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("day", [0, 29, 31])
def test_a_day_that_not_every_month_has_is_refused(day: int):
    with pytest.raises(ScheduleError, match=f"числа {day} нет в каждом месяце"):
        replace(JOB, day=day)


def test_a_line_break_in_a_path_is_refused():
    with pytest.raises(ScheduleError, match="непечатные знаки"):
        replace(JOB, place=Place(PurePosixPath("/srv/a\n* * * * * rm"), PLACE.output))


def test_two_checkouts_and_two_folders_of_results_are_jobs_of_their_own():
    places = [
        PLACE,
        Place(PurePosixPath("/srv/другой"), PLACE.output),
        Place(PLACE.folder, PurePosixPath("/srv/другие итоги")),
    ]
    names = {place.name for place in places}
    assert len(names) == len(places)
    assert all(re.fullmatch(r"svod-[0-9a-f]{8}", name) for name in names)
    assert replace(JOB, day=1, arguments=("--mail",)).place.name == PLACE.name


def test_the_job_carries_full_paths_whatever_folder_it_is_installed_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    here = tmp_path / "где-то"
    here.mkdir()
    monkeypatch.chdir(here)
    (here / "settings.toml").write_text('[mail]\nhost = "smtp.example.ru"\nsender = "svod@example.ru"\n')
    place = Place(tmp_path / "checkout", (here / "выход"))
    job = job_of(place, Path("отчёты"), settings_file(None, place), None, time(9))
    assert job.command[1:] == (
        "-X", "utf8", str(tmp_path / "checkout" / "run.py"), "--input", str(here / "отчёты"),
        "--output", str(here / "выход"), "--settings", str(here / "settings.toml"), "--mail", "--scheduled",
    )  # fmt: skip
    assert Path(job.command[0]).is_absolute()
    assert job.day == 25


def test_the_settings_beside_svod_are_those_of_a_job_installed_from_a_folder_without_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    place = Place(tmp_path / "checkout", tmp_path / "output")
    assert settings_file(None, place) is None
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / "settings.toml").touch()
    assert settings_file(None, place) == tmp_path / "checkout" / "settings.toml"
    assert settings_file(Path("мои.toml"), place) == tmp_path / "мои.toml"


def test_a_form_beside_the_settings_is_found_from_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    office = tmp_path / "office"
    office.mkdir()
    shutil.copy(Path(__file__).parent / "data" / "form-31.toml", office)
    (office / "settings.toml").write_text('form = ["form-31.toml", "form-547"]')
    monkeypatch.chdir(tmp_path)
    place = Place(tmp_path, tmp_path / "output")
    assert job_of(place, Path("input"), office / "settings.toml", None, time(9)).day != 25  # by the form's periods
    assert job_of(place, Path("input"), office / "settings.toml", 7, time(9)).day == 7


def test_letters_that_do_not_wait_for_the_day_of_the_month_wake_it_daily():
    def settings(host: str = "smtp.example.org", **keys: bool) -> Settings:
        return Settings(mail=Mail(host=host, sender="svod@example.org", **keys))

    assert not is_daily(settings())
    assert is_daily(settings(schools=True))
    assert is_daily(settings(reminders=True))
    assert not is_daily(settings(host="", reminders=True))  # they could not go


# ── entries ──────────────────────────────────────────────────────────────────────────────────────────────
DAILY = replace(JOB, since=date(2014, 3, 2))


@posix
def test_the_crontab_line_starts_the_program_whatever_its_paths(tmp_path: Path):
    job = replace(job_in(tmp_path / ODD, "--mail", output=tmp_path / "итоги 50%"), day=5, at=time(7, 30))
    line = Cron().entry(job)
    minute, hour, day, month, weekday, command = line.split(" ", 5)
    assert (minute, hour, day, month, weekday) == ("30", "7", "5", "*", "*")
    assert "%" not in command.replace(r"\%", "")
    subprocess.run(["sh", "-c", command.replace(r"\%", "%")], check=True, cwd="/")  # as cron does with the line's rest
    expected = (["--output", str(job.place.output), "--mail", "--scheduled"], 1)
    assert (tmp_path / "итоги 50%" / "said").read_text() == repr(expected)


def test_a_daily_line_of_cron_names_the_day_of_the_summary():
    assert Cron().entry(DAILY).startswith("30 7 * * * cd ")
    assert Cron().entry(DAILY).endswith(f" --scheduled --monthly-day 5 --since 2014-03-02 # {PLACE.name}")


def test_the_units_of_systemd_are_quoted_by_its_rules():
    entry = Systemd().entry(JOB).splitlines()
    assert "WorkingDirectory=/srv/свод 100%% $HOME" in entry
    assert (
        'ExecStart=:"/opt/мой питон/bin/python" "-X" "utf8" "/srv/свод 100%% $HOME/run.py" "--output" '
        '"/srv/итоги & письма" "--scheduled"'
    ) in entry
    assert "OnCalendar=*-*-05 07:30:00" in entry
    assert "Persistent=true" in entry


def test_a_daily_timer_of_systemd():
    assert "OnCalendar=*-*-* 07:30:00" in Systemd().entry(DAILY).splitlines()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
@pytest.mark.parametrize("since", [None, date(2014, 3, 2)])
def test_systemd_itself_finds_no_fault_in_the_units(
    since: date | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: "Programs"
):
    programs("systemctl", "")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    odd = tmp_path / f"{ODD} \\ %h"
    odd.mkdir()
    python = odd / "python"
    python.symlink_to(sys.executable)
    Systemd().install(replace(job_in(odd, "$HOME", '"', "\\"), python=python, since=since))
    units = [str(unit) for unit in (tmp_path / "systemd" / "user").iterdir()]
    verdict = subprocess.run(["systemd-analyze", "verify", "--user", *units], capture_output=True, text=True)
    assert (verdict.returncode, verdict.stdout, verdict.stderr) == (0, "", "")


# Folder of Svod, of results, of Python: none of their signs may reach a shell, for there is none.
TASKS = {
    "plain": ("C:\\Svod", "C:\\Svod\\output", "C:\\Svod\\.venv\\Scripts\\python.exe"),
    "odd": (
        "D:\\Свод & Ко (100%) ^ <1>",
        "\\\\server\\отчёты\\итоги; «март»",
        "C:\\Program Files\\Python 3.12\\python.exe",
    ),
}


def windows_job(folder: str, output: str, python: str) -> Job:
    words = ("--input", f"{folder}\\input", "--output", output, "--mail")
    return Job(Place(PureWindowsPath(folder), PureWindowsPath(output)), PureWindowsPath(python), 5, time(7, 30), words)


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("since", [None, date(2014, 3, 2)])
def test_the_task_of_windows_is_the_kept_one(name: str, since: date | None):
    """`python -m tests.test_schedule` writes the kept ones anew."""
    kept = DATA / f"{name}-{'daily' if since else 'monthly'}.xml"
    assert TaskScheduler().entry(replace(windows_job(*TASKS[name]), since=since)) == kept.read_text("utf-8")


@pytest.mark.parametrize("folder", ["C:\\свод %TEMP% 1", "C:\\свод $(Arg0)"])
def test_what_windows_would_take_for_a_variable_is_refused(folder: str, programs: "Programs"):
    calls = programs("schtasks", "exit 0")
    with pytest.raises(ScheduleError, match=r"примет «.+» за переменную"):
        TaskScheduler().install(windows_job(folder, "C:\\output", "C:\\python.exe"))
    assert not calls.exists()


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


def test_cron_gets_one_line_however_often_it_is_installed(crontab: Path, job: Job):
    install(replace(job, day=1))
    said = install(job)
    assert "каждый месяц 25-го числа в 09:00" in said
    assert crontab.read_text() == f"{Cron().entry(job)}\n"


OTHERS = (
    b'# \xd0\xbc\xd0\xbe\xd1\x91\r\n\xff\xfe no UTF-8 \x0b\n\nMAILTO=""\n\t5 1 * * *  backup  # svod\n',
    b"#0 9 25 * * cd /srv # svod-00000000\n0 9 25 * * cd /other && /p/python -X utf8 run.py >> /l 2>&1 # svod\n  \n",
)


def test_what_else_stands_in_the_crontab_is_kept_byte_for_byte(crontab: Path, job: Job, tmp_path: Path):
    other = job_in(tmp_path / "second")
    crontab.write_bytes(OTHERS[0] + f"{Cron().entry(other)}\n".encode() + OTHERS[1])
    around = crontab.read_bytes()
    install(job)
    assert crontab.read_bytes() == around + f"{Cron().entry(job)}\n".encode()
    install(replace(other, day=3))
    remove(job.place)
    assert crontab.read_bytes() == OTHERS[0] + f"{Cron().entry(replace(other, day=3))}\n".encode() + OTHERS[1]
    remove(other.place)
    assert crontab.read_bytes() == b"".join(OTHERS)


def test_a_line_of_the_former_name_is_replaced_if_it_is_of_this_checkout(crontab: Path, tmp_path: Path):
    job = job_in(tmp_path / "свод 100%")
    former = f"0 9 25 * * cd {shlex.quote(str(job.place.folder))} && /p/python -X utf8 run.py >> /l 2>&1 # svod"
    crontab.write_text("A=1\n" + former.replace("%", r"\%") + "\nB=2\n")
    install(job)
    assert crontab.read_text() == f"A=1\n{Cron().entry(job)}\nB=2\n"


def test_the_job_in_cron_is_shown_and_removed(crontab: Path, job: Job):
    assert status(job.place) == f"Задание для папки результатов {job.place.output} не установлено (cron)."
    assert remove(job.place).startswith("Задания и не было (cron).")
    install(job)
    assert Cron().entry(job) in status(job.place)
    assert remove(job.place) == f"Задание {job.place.name} удалено (cron)."
    assert crontab.read_text() == ""


def test_status_tells_the_last_start_and_its_end(crontab: Path, job: Job):
    install(job)
    began = datetime(2014, 3, 25, 9, tzinfo=UTC)
    with Journal.open(Path(job.place.output) / "journal.db") as journal:
        journal.note_start(began, began + timedelta(minutes=2), 3, monthly=True)
        journal.begin_run(began, "1", date(2014, 3, 25), "{}")
    start, run = status(job.place).splitlines()[-2:]
    here = began.astimezone()
    ended = here + timedelta(minutes=2)
    assert start == (
        f"Последний запуск по расписанию: {here:%d.%m.%Y %H:%M}, окончен {ended:%d.%m.%Y %H:%M}, "
        "код 3 (свод не сделан)."
    )
    assert run == f"Последний свод: начат {here:%d.%m.%Y %H:%M}, на 25.03.2014, не завершён."


def test_status_of_a_damaged_journal_tells_what_its_copy_knows(crontab: Path, job: Job):
    output, began = Path(job.place.output), datetime(2014, 3, 25, 9, tzinfo=UTC)
    path = output / "journal.db"
    with Journal.open(path) as journal:
        journal.note_start(began, began, 0, monthly=True)
        run = journal.begin_run(began, "1", date(2014, 3, 25), "{}")
        journal.note_inputs(run, "form", {"a.xlsx": "digest"}, {}, [])
        journal.keep_copy(path, began)
    for damage in (lambda: path.write_text("no journal"), path.unlink):
        damage()
        (output / "2014-03-25").mkdir(exist_ok=True)
        (output / "2014-03-25" / "manifest.json").touch()
        warning, start, run_said = status(job.place).splitlines()[-3:]
        assert re.match(r"Журнал journal\.db (повреждён|пропал): показано по его копии от ", warning)
        assert start.endswith("код 0 (всё сделано).")
        assert run_said.endswith("на 25.03.2014, не завершён.")


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


# ── the trial: with what the job will find, and not with what this window has ────────────────────────────
def test_a_password_that_only_this_window_knows_is_not_found_by_cron(
    crontab: Path, job: Job, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SVOD_SMTP_PASSWORD", "тайна 1%")
    mailing = replace(job, arguments=(*job.arguments, "--mail"))
    with pytest.raises(ScheduleError, match=r"Пароль почты не найден\. .*впишите строку SVOD_SMTP_PASSWORD=пароль"):
        install(mailing)
    assert not crontab.exists()
    install(job)
    crontab.write_text(crontab.read_text() + 'SVOD_SMTP_PASSWORD = "тайна 1%"\n')  # below: it does not hold there
    with pytest.raises(ScheduleError, match="Пароль почты не найден"):
        install(mailing)
    crontab.write_text('SVOD_SMTP_PASSWORD = "тайна 1%"\n')
    install(mailing)
    assert Cron().entry(mailing) in status(mailing.place)


def test_a_job_that_cannot_be_started_is_not_installed(crontab: Path, job: Job):
    with pytest.raises(ScheduleError, match="не запускается /no/python"):
        install(replace(job, python=Path("/no/python")))
    (Path(job.place.folder) / "run.py").write_text("raise SystemExit('Библиотеки нет.')")
    with pytest.raises(ScheduleError, match=r"сказано: Библиотеки нет\."):
        install(job)
    assert not crontab.exists()


def test_systemd_is_asked_for_the_variables_of_its_services(job: Job, programs: Programs):
    programs("systemctl", "case \"$2\" in show-environment) printf \"%s\\n\" HOME=/h \"X=\\$'a b\\\\'c'\";; "
             "show) echo 'Environment=SVOD_SMTP_PASSWORD=t \"Y=1 2\"';; esac")  # fmt: skip
    found = Systemd().environment(job.place)
    assert found == {"HOME": "/h", "X": "a b'c", "SVOD_SMTP_PASSWORD": "t", "Y": "1 2"}


def test_windows_is_asked_for_the_variables_that_it_keeps(
    job: Job, programs: Programs, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SVOD_SMTP_PASSWORD", "of this window")
    programs("reg", "exit 1")
    assert "SVOD_SMTP_PASSWORD" not in TaskScheduler().environment(job.place)
    programs("reg", "printf '\\r\\nHKEY\\r\\n    SVOD_SMTP_PASSWORD    REG_SZ    two words\\r\\n'")
    assert TaskScheduler().environment(job.place)["SVOD_SMTP_PASSWORD"] == "two words"


# ── systemd, Windows ─────────────────────────────────────────────────────────────────────────────────────
def test_systemd_gets_a_timer_that_is_enabled_shown_and_removed(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: Programs
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    calls = programs("systemctl", '[ "$2" = list-timers ] && echo "Tue 2014-03-25 svod.timer"; exit 0')
    assert "systemd" in describe(job)
    assert "не установлено (systemd, таймер пользователя)" in status(job.place)
    install(job)
    units, name = tmp_path / "config" / "systemd" / "user", job.place.name
    assert "OnCalendar=*-*-25 09:00:00" in (units / f"{name}.timer").read_text()
    assert status(job.place).endswith("Tue 2014-03-25 svod.timer")
    remove(job.place)
    assert list(units.iterdir()) == []
    done = [call for call in calls.read_text().splitlines() if "show" not in call]
    assert done == [
        "--user daemon-reload",
        f"--user enable --now {name}.timer",
        f"--user list-timers --all --no-pager {name}.timer",
        f"--user list-timers --all --no-pager {name}.timer",
        f"--user disable --now {name}.timer",
        "--user daemon-reload",
    ]


@pytest.mark.parametrize("is_ours", [True, False])
def test_units_of_the_former_name_are_replaced_if_they_are_of_this_checkout(
    is_ours: bool, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: Programs
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    programs("systemctl", "")
    units = tmp_path / "config" / "systemd" / "user"
    units.mkdir(parents=True)
    (units / "svod.timer").write_text("[Timer]\n")
    folder = job.place.folder if is_ours else tmp_path
    (units / "svod.service").write_text(f"[Service]\nWorkingDirectory={folder}\n")
    install(job)
    former = set() if is_ours else {"svod.timer", "svod.service"}
    assert {unit.name for unit in units.iterdir()} == former | {f"{job.place.name}.{k}" for k in ("timer", "service")}


def test_windows_gets_the_task_as_a_file_in_its_own_encoding(job: Job, tmp_path: Path, programs: Programs):
    given = tmp_path / "given.xml"
    calls = programs("schtasks", f'[ "$1" = /Create ] && cp "$5" {shlex.quote(str(given))}; exit 0')
    scheduler = TaskScheduler()
    scheduler.install(job)
    scheduler.remove(job.place)
    assert given.read_text(encoding="utf-16") == scheduler.entry(job)
    created, *_, deleted = calls.read_text().splitlines()
    assert created.startswith(f"/Create /TN {job.place.name} /XML ")
    assert created.endswith(" /F")
    assert deleted == f"/Delete /TN {job.place.name} /F"


@pytest.mark.parametrize("folder", ["C:\\Свод &amp; Ко", "C:\\other"])
def test_a_task_of_the_former_name_is_replaced_if_it_is_of_this_checkout(folder: str, programs: Programs):
    task = f"<Exec>\\n<WorkingDirectory>{folder}</WorkingDirectory>".replace("\\", "\\\\").replace("\\\\n", "\\n")
    calls = programs("schtasks", f'[ "$3" = svod ] && [ "$1" = /Query ] && printf {shlex.quote(task)}; exit 0')
    TaskScheduler().install(windows_job("c:\\свод & ко", "C:\\output", "C:\\python.exe"))
    is_deleted = "/Delete /TN svod /F" in calls.read_text().splitlines()
    assert is_deleted is folder.startswith("C:\\Свод")


def test_a_task_that_windows_does_not_know_is_not_installed(programs: Programs):
    programs("schtasks", "exit 1")
    assert TaskScheduler().installed(PLACE) == ""
    programs("schtasks", '[ "$3" = svod ] && exit 1; echo "TaskName: $3"')
    assert TaskScheduler().installed(PLACE) == f"TaskName: {PLACE.name}"


# ── cron itself ──────────────────────────────────────────────────────────────────────────────────────────
@posix
@pytest.mark.skipif(not all(map(shutil.which, ("cron", "crontab", "unshare"))), reason="no cron, or no unshare")
def test_cron_itself_runs_the_installed_line(cron_room: Room | None):
    if cron_room is None:
        pytest.skip("no rights to a room of its own")
    started, job = cron_room
    out, err = started.communicate(timeout=300)
    words = [*job.arguments, "--scheduled", "--monthly-day", "1", "--since", SINCE.isoformat()]
    assert (started.returncode, out, err) == (0, repr((str(job.place.folder), words, 1)), "")


def test_a_job_in_a_folder_without_reports_is_refused_before_it_is_installed(tmp_path: Path):
    from pipeline.commands.scheduled import Start, attempt

    with pytest.raises(UsageError, match="нет: создайте её"):
        attempt(Start(tmp_path / "нет", tmp_path / "output", None, None, mail=False, jobs=1))


if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    for name, folders in TASKS.items():
        for since in (None, date(2014, 3, 2)):
            text = TaskScheduler().entry(replace(windows_job(*folders), since=since))
            (DATA / f"{name}-{'daily' if since else 'monthly'}.xml").write_text(text, "utf-8")
