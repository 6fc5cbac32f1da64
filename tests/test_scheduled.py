"""A start by the scheduler: what is due, what it leaves, and that it waits for another run."""

import os
import shutil
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.commands.schedule import SAID, UNDER_WAY
from pipeline.commands.scheduled import (
    Start,
    attempt,
    has_news,
    is_monthly,
    last_monthly_day,
    run_scheduled,
    summed_up_by_schedule,
)
from pipeline.demo import make
from pipeline.files import lock
from pipeline.memory.journal import Journal
from pipeline.sending.outbox import read
from schemas.form import load_form
from schemas.strict import UsageError
from tests.conftest import Once
from tests.test_cli import svod

DAY = "2014-03-20"
NEVER = date(2000, 1, 1)


@pytest.fixture(scope="module")
def district(once: Once) -> Path:
    return once("a scheduled summary", _summed_up)


def _summed_up(folder: Path) -> Path:
    make(folder, load_form("form-547"), schools=3, dates=2, seed=1)
    done = svod("--input", folder / "input", "--output", folder / "output", "--as-of", DAY)
    assert done.returncode == 0, done.stderr
    begin(folder, datetime.now(UTC))
    return folder


@pytest.fixture
def office(district: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(district, tmp_path / "office"))


def start(office: Path, monthly_day: int | None = None, since: date = NEVER, settings: Path | None = None) -> Start:
    as_of = date.fromisoformat(DAY)
    return Start(office / "input", office / "output", as_of, settings, False, 1, monthly_day, since)


def reminding(office: Path) -> Path:
    """Settings by which schools are reminded today, of a report that was due three days ago."""
    then = datetime.now(UTC).date() - timedelta(days=3)
    (office / "settings.toml").write_text(
        f"reporting_dates = [{then}]\n"
        '[mail]\nhost = "smtp.example.org"\nsender = "svod@example.org"\nreminders = true\n'
    )
    return office / "settings.toml"


def begin(office: Path, moment: datetime, code: int = 0, *, monthly: bool = True) -> None:
    with Journal.open(office / "output" / "journal.db") as journal:
        journal.note_start(moment, moment, code, monthly=monthly)


# ── what is due ──────────────────────────────────────────────────────────────────────────────────────────
def test_the_last_day_of_the_month_that_is_not_to_come():
    assert last_monthly_day(date(2014, 3, 25), 25) == date(2014, 3, 25)
    assert last_monthly_day(date(2014, 3, 24), 25) == date(2014, 2, 25)
    assert last_monthly_day(date(2014, 1, 1), 28) == date(2013, 12, 28)


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time()).astimezone() + timedelta(hours=12)


@pytest.mark.parametrize(
    ("today", "since", "starts", "due"),
    [
        ("2014-03-25", "2014-03-01", [], True),
        ("2014-03-24", "2014-03-01", [], False),  # the day before it was installed is none
        ("2014-03-27", "2014-03-01", [], True),  # the computer was off on the day itself
        ("2014-03-27", "2014-03-26", [], False),  # installed after it
        ("2014-03-27", "2014-03-01", [("2014-03-25", 0, True)], False),
        ("2014-03-27", "2014-03-01", [("2014-03-25", 4, True)], False),  # letters wait: the summary is there
        ("2014-03-27", "2014-03-01", [("2014-03-25", 3, True)], True),  # it failed
        ("2014-03-27", "2014-03-01", [("2014-03-26", 0, False)], True),  # only what came in between
        ("2014-04-24", "2014-03-01", [("2014-03-27", 0, True)], False),
        ("2014-04-25", "2014-03-01", [("2014-03-27", 0, True)], True),
    ],
)
def test_when_the_summary_of_the_month_is_due(
    today: str, since: str, starts: list[tuple[str, int, bool]], due: bool, tmp_path: Path
):
    (tmp_path / "output").mkdir()
    for day, code, monthly in starts:
        begin(tmp_path, noon(day), code, monthly=monthly)
    assert is_monthly(start(tmp_path, 25, date.fromisoformat(since)), date.fromisoformat(today)) is due


def test_without_a_journal_that_can_be_read_the_summary_is_due(office: Path):
    (office / "output" / "journal.db").write_bytes(b"no journal" * 100)
    assert is_monthly(start(office, date.today().day if date.today().day < 28 else 28), date.today())
    assert has_news(office / "input", office / "output")


def test_whatever_comes_changes_or_goes_is_news(district: Path, tmp_path: Path):
    office = Path(shutil.copytree(district, tmp_path / "office"))
    input, output = office / "input", office / "output"
    assert has_news(input, output)  # copied since: by the folder's time of change alone
    assert not has_news(district / "input", district / "output")


def test_a_time_in_the_future_is_no_news(district: Path, once: Once):
    folder = once("a report from the future", _with_a_future_report)
    assert not has_news(folder / "input", folder / "output")


def _with_a_future_report(folder: Path) -> Path:
    make(folder, load_form("form-547"), schools=2, dates=1, seed=1)
    report = next(path for path in (folder / "input").rglob("*.xlsx") if path.name != "registry.xlsx")
    ahead = datetime.now(UTC).timestamp() + 10**6
    os.utime(report, (ahead, ahead))
    done = svod("--input", folder / "input", "--output", folder / "output", "--as-of", DAY)
    assert done.returncode == 0, done.stderr
    begin(folder, datetime.now(UTC))
    return folder


def test_results_below_the_input_folder_are_no_news(once: Once):
    folder = once("results below the input", _with_results_below)
    (folder / "input" / "итоги" / "logs" / "later").touch()
    assert has_news(folder / "input", folder / "input" / "итоги")  # a run by hand has answered nothing
    with Journal.open(folder / "input" / "итоги" / "journal.db") as journal:
        moment = datetime.now(UTC)
        journal.note_start(moment, moment, 0, monthly=True)
    assert not has_news(folder / "input", folder / "input" / "итоги")


def _with_results_below(folder: Path) -> Path:
    make(folder, load_form("form-547"), schools=2, dates=1, seed=1)
    (folder / "input" / "итоги").mkdir()
    done = svod("--input", folder / "input", "--output", folder / "input" / "итоги", "--as-of", DAY)
    assert done.returncode == 0, done.stderr
    return folder


# ── what it leaves ───────────────────────────────────────────────────────────────────────────────────────
def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_day_with_nothing_due_leaves_nothing_behind(district: Path, capsys: pytest.CaptureFixture[str]):
    before = tree(district)
    assert run_scheduled(start(district, 1)) == 0
    assert tree(district) == before
    assert capsys.readouterr() == ("", "")


def test_a_start_keeps_what_is_said_and_how_it_ended(office: Path, capsys: pytest.CaptureFixture[str]):
    shutil.rmtree(office / "output" / "logs")
    assert run_scheduled(start(office)) == 0
    assert run_scheduled(start(office)) == 0
    assert capsys.readouterr() == ("", "")
    said = (office / "output" / SAID).read_text("utf-8").splitlines()
    assert said[0].startswith("Запуск по расписанию ")
    assert said[-1].endswith(f"svod-{DAY}.xlsx")
    assert sum(line.startswith("Запуск по расписанию") for line in said) == 1
    with Journal.copy(office / "output" / "journal.db") as journal:
        ended = [one for one in journal.scheduled() if one.code != UNDER_WAY]
        assert [(one.code, one.monthly, one.is_done) for one in ended[1:]] == [(0, True, True)] * 2


def test_what_is_due_between_the_months_is_done_and_the_month_stays_due_as_it_was(office: Path):
    assert run_scheduled(start(office, 1, settings=reminding(office))) == 0
    assert "напоминание" in (office / "output" / SAID).read_text("utf-8")
    with Journal.copy(office / "output" / "journal.db") as journal:
        assert [one.monthly for one in journal.scheduled()] == [True, False]


def test_a_start_that_fails_says_why_and_gives_the_code(office: Path, capsys: pytest.CaptureFixture[str]):
    wrong = office / "settings.toml"
    wrong.write_text("archiv = true")
    assert run_scheduled(start(office, settings=wrong)) == 2
    assert "archiv" in (office / "output" / SAID).read_text("utf-8").splitlines()[-1]
    assert capsys.readouterr() == ("", "")
    with Journal.copy(office / "output" / "journal.db") as journal:
        assert journal.scheduled()[-1].code == 2


def test_where_nothing_can_be_kept_the_scheduler_is_told(office: Path, capsys: pytest.CaptureFixture[str]):
    output = office / "file"
    output.write_text("a file, no folder")
    assert run_scheduled(Start(office / "input", output, None, None, mail=False, jobs=1)) == 2
    assert "файл, а не папка" in capsys.readouterr().err


def test_the_command_line_of_a_job_is_understood(office: Path):
    words = ("--input", office / "input", "--output", office / "output", "--as-of", DAY, "--scheduled")
    tried = svod(*words, "--try")
    assert (tried.returncode, tried.stdout, tried.stderr) == (0, "", "")
    assert not (office / "output" / SAID).exists()
    done = svod(*words, "--settings", reminding(office), "--monthly-day", "1", "--since", "2014-01-01")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (office / "output" / SAID).exists()


def test_a_trial_says_what_is_missing(office: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SVOD_SMTP_PASSWORD", raising=False)
    settings = office / "settings.toml"
    settings.write_text('[mail]\nhost = "smtp.example.ru"\nuser = "svod"\nsender = "svod@example.ru"\n')
    mailing = Start(office / "input", office / "output", None, settings, mail=True, jobs=1)
    with pytest.raises(UsageError, match="Нет пароля почты"):
        attempt(mailing)
    monkeypatch.setenv("SVOD_SMTP_PASSWORD", "secret")
    attempt(mailing)
    with pytest.raises(UsageError, match="нет: создайте её"):
        attempt(Start(office / "нет", office / "output", None, None, mail=False, jobs=1))


# ── what follows the summary, and what fails ─────────────────────────────────────────────────────────────
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)


def reminding_of(office: Path, day: str, more: str = "") -> Path:
    (office / "settings.toml").write_text(
        f'reporting_dates = [{day}]\n{more}\n[mail]\nhost = "smtp.example.org"\nsender = "svod@example.org"\n'
        "reminders = true\n"
    )
    return office / "settings.toml"


def starts(office: Path) -> list[tuple[int, bool]]:
    with Journal.copy(office / "output" / "journal.db") as journal:
        return [(one.code, one.monthly) for one in journal.scheduled()[1:] if one.code != UNDER_WAY]


def test_a_summary_that_is_made_is_done_whatever_becomes_of_what_follows(office: Path):
    settings = reminding_of(office, "2026-11-27")
    (office / "output" / "2026-11-27").write_text("a file where reminders are to lie")
    code = run_scheduled(start(office, settings=settings), began=MONDAY)
    assert code not in (0, 4)
    assert starts(office) == [(0, True), (code, False)]
    assert has_news(office / "input", office / "output")  # nobody was answered


def test_a_start_that_was_killed_while_letters_went_has_made_the_summary(office: Path):
    due = datetime.now(UTC)
    daily = start(office, 1, last_monthly_day(date.today(), 1))
    with Journal.open(office / "output" / "journal.db") as journal:
        journal._database.execute("DELETE FROM scheduled")
        made = journal.runs()[-1].started
    assert is_monthly(daily, due.date())
    begin(office, made - timedelta(seconds=1), UNDER_WAY)
    assert not is_monthly(daily, due.date())
    assert summed_up_by_schedule(office / "output") == date.fromisoformat(DAY)
    begin(office, due, UNDER_WAY)  # killed before it made one
    assert is_monthly(daily, due.date())


def test_reminders_go_on_the_day_of_the_summary_and_the_day_after_has_nothing_due(office: Path):
    settings = reminding_of(office, "2026-11-27")
    assert run_scheduled(start(office, settings=settings), began=MONDAY) == 0
    assert starts(office) == [(0, True), (0, False)]
    assert "напоминание" in (office / "output" / SAID).read_text("utf-8")
    (office / "output" / SAID).unlink()
    tomorrow = MONDAY + timedelta(days=1)
    assert run_scheduled(start(office, 28, MONDAY.date(), settings), began=tomorrow) == 0
    assert not (office / "output" / SAID).exists()
    assert len(starts(office)) == 2


@pytest.mark.parametrize("monthly_day", [None, 28])
def test_whoever_wants_to_know_of_failures_hears_of_a_start_that_could_not_begin(
    office: Path, monthly_day: int | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("SVOD_IMAP_PASSWORD", raising=False)
    with Journal.open(office / "output" / "journal.db") as journal:
        journal.note_watchers(["admin@example.org"])
    settings = office / "settings.toml"
    settings.write_text('[fetch]\nhost = "imap.example.org"\nuser = "svod"\n')
    assert run_scheduled(start(office, monthly_day, MONDAY.date(), settings), began=MONDAY) == 2
    [letter] = (office / "output").rglob("sboi.eml")
    told = read(letter.read_bytes())
    assert told["To"] == "admin@example.org"
    assert "запуск по расписанию" in told["Subject"]


def test_a_summary_that_fails_is_told_once(office: Path):
    with Journal.open(office / "output" / "journal.db") as journal:
        journal.note_watchers(["admin@example.org"])
    shutil.rmtree(office / "input")
    (office / "input").mkdir()
    assert run_scheduled(start(office), began=MONDAY) == 2
    [letter] = (office / "output").rglob("sboi.eml")
    assert "не сделан" in read(letter.read_bytes())["Subject"]


# ── two at once ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_start_waits_for_the_run_that_is_under_way(office: Path):
    """However slow this computer is it is never red: refused at once is what it holds."""
    is_held = threading.Event()

    def other_run() -> None:
        with lock(office / "output"):
            is_held.set()
            threading.Event().wait(1)

    other = threading.Thread(target=other_run)
    other.start()
    is_held.wait()
    assert run_scheduled(start(office)) == 0
    other.join()


def test_a_start_that_has_waited_long_enough_is_refused(office: Path):
    with lock(office / "output"):
        assert run_scheduled(start(office), patience=timedelta(0)) == 3
    assert "уже идёт другой запуск" in (office / "output" / SAID).read_text("utf-8")
