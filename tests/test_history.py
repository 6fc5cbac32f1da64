"""What is remembered from run to run: arrivals, what was told of earlier dates, and how the office looks it up."""

import multiprocessing
import os
import shutil
import signal
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import openpyxl
import pytest
from rich.console import Console

from pipeline import monthly, workers
from pipeline.commands import scheduled
from pipeline.commands.approve import approve
from pipeline.commands.console import left_lines
from pipeline.commands.history import history
from pipeline.commands.mail import send_waiting
from pipeline.demo import make
from pipeline.files import OutputError, Outputs, Written
from pipeline.memory import recording
from pipeline.memory.journal import Journal, Result, Tally
from pipeline.memory.recording import told_figures
from pipeline.sending.delivery import Fate, LeftOver
from pipeline.sending.outbox import Parcel, read
from pipeline.settings import PASSWORD_VARIABLE, Mail, Settings
from schemas.district import Registry
from schemas.form import load_form
from schemas.remarks import Severity, load_catalogue
from schemas.strict import UsageError
from tests import dying
from tests.conftest import Once
from tests.depth import cases
from tests.mail_server import PASSWORD, Post, Serve

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

NOW = datetime(2014, 10, 1, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Vladivostok")
JANUARY, MARCH, MAY = date(2014, 1, 30), date(2014, 3, 20), date(2014, 5, 20)
BETWEEN = date(2014, 4, 15)


@pytest.fixture(scope="module")
def made(once: Once) -> Path:
    """The input of five schools over four reporting dates."""
    district = once("five schools", lambda folder: make(folder, load_form("form-547"), schools=5, dates=4, seed=1))
    return district.registry.parent


@pytest.fixture(scope="module")
def reads(made: Path, once: Once) -> Path:
    """The cache of a run over that input."""

    def make_reads(folder: Path) -> Path:
        monthly.run(job(made, folder, MARCH))
        return folder / "cache"

    return once("reads of five schools", make_reads)


@pytest.fixture
def fresh(reads: Path, tmp_path: Path) -> Path:
    """An output folder of no run yet that knows what the files say: how they are read is asked elsewhere."""
    return Path(shutil.copytree(reads, tmp_path / "output" / "cache")).parent


@pytest.fixture
def district(made: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "input"))


def job(input: Path, output: Path, as_of: date, mail: Mail | None = None) -> monthly.Job:
    settings = Settings(mail=mail) if mail else Settings()
    return monthly.Job.of(input, output, as_of, settings, NOW, mail=bool(mail), password=PASSWORD)


def results(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def reports(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.*")) if path.name != "registry.xlsx")


# ── arrivals ─────────────────────────────────────────────────────────────────────────────────────────────
def arrived(done: monthly.Done | monthly.Survey) -> dict[str, datetime | None]:
    return {line.school.code: line.arrived for line in done.figures.submissions}


def later(path: Path, days: int) -> None:
    moment = path.stat().st_mtime + days * 86_400
    os.utime(path, (moment, moment))


def test_renaming_moving_and_touching_files_changes_no_arrival(district: Path, fresh: Path, tmp_path: Path):
    before = arrived(monthly.run(job(district, fresh, MARCH)))
    for n, path in enumerate(list(reports(district))):
        place = district / "в другой папке" / f"{n:03}{path.suffix}"
        place.parent.mkdir(exist_ok=True)
        later(path.rename(place), days=3)
    known = monthly.run(job(district, fresh, MARCH))
    assert arrived(known) == before
    assert arrived(monthly.take_survey(job(district, tmp_path / "elsewhere", MARCH))) != before


def test_a_later_copy_changes_no_arrival_and_of_two_copies_the_earlier_counts(district: Path, fresh: Path):
    before = monthly.run(job(district, fresh, MARCH))
    line = next(line for line in before.figures.submissions if line.arrived)
    original = district / line.file
    later(Path(shutil.copy2(original, district / "копия.xlsx")), days=5)
    assert arrived(monthly.run(job(district, fresh, MARCH))) == arrived(before)
    later(Path(shutil.copy2(original, district / "раньше.xlsx")), days=-2)
    moved = arrived(monthly.take_survey(job(district, fresh, MARCH)))
    assert moved == {**arrived(before), line.school.code: line.arrived - timedelta(days=2)}


def test_a_file_of_the_future_arrived_by_the_run_that_first_saw_it(district: Path, fresh: Path):
    for path in reports(district):
        later(path, days=3650)
    first = monthly.run(job(district, fresh, MARCH))
    again = monthly.run(replace(job(district, fresh, MARCH), now=NOW + timedelta(days=20)))
    assert set(arrived(first).values()) <= {NOW, None}
    assert arrived(again) == arrived(first)


def test_a_file_of_an_impossible_year_has_no_known_arrival(district: Path, fresh: Path):
    for path in reports(district):
        os.utime(path, (0, 0))
    done = monthly.run(job(district, fresh, MARCH))
    assert set(arrived(done).values()) == {None}


def test_commands_that_only_look_use_the_arrivals_and_make_no_journal(district: Path, tmp_path: Path):
    run = job(district, tmp_path / "output", MARCH)
    looked = monthly.take_survey(run)
    assert not (tmp_path / "output").exists()
    before = monthly.run(run)
    for path in reports(district):
        later(path, days=3)
    journal = tmp_path / "output" / "journal.db"
    kept = journal.read_bytes()
    assert monthly.take_survey(run).figures.submissions == before.figures.submissions == looked.figures.submissions
    assert journal.read_bytes() == kept


# ── what was told ────────────────────────────────────────────────────────────────────────────────────────
def test_runs_in_any_order_of_dates_give_the_same_bytes(made: Path, reads: Path, tmp_path: Path):
    dates = [*load_form("form-547").order.reporting_dates, BETWEEN][-cases(3, 5) :]
    for name, order in (("forth", dates), ("back", dates[::-1])):
        shutil.copytree(reads, tmp_path / name / "cache")
        for day in order:
            monthly.run(job(made, tmp_path / name, day))
    for day in dates:
        assert results(tmp_path / "forth" / str(day)) == results(tmp_path / "back" / str(day))


def test_what_a_later_run_computes_for_an_earlier_date_is_what_the_run_of_that_date_computes(
    made: Path, tmp_path: Path
):
    dates = load_form("form-547").order.reporting_dates
    of_the_last = told_figures(monthly.take_survey(job(made, tmp_path, dates[-1])).figures)
    for day in dates:
        assert told_figures(monthly.take_survey(job(made, tmp_path, day)).figures)[day] == of_the_last[day]


def without_one_report(district: Path, as_of: date, headline: monthly.Done | monthly.Survey) -> None:
    """Takes away the report of that date that counts most."""
    rows = [row for row in headline.figures.activation if row.report_date == as_of and row.covered]
    (district / max(rows, key=lambda row: row.covered).file).unlink()


def test_a_figure_that_changed_is_restated_against_what_was_first_computed(district: Path, fresh: Path):
    january = monthly.run(job(district, fresh, JANUARY))
    without_one_report(district, JANUARY, january)
    march = monthly.run(job(district, fresh, MARCH))
    (restated,) = march.figures.restated
    assert (restated.date, restated.was, restated.sent) == (JANUARY, january.figures.municipality.percent, False)
    again = monthly.run(job(district, fresh, JANUARY))
    assert again.figures.restated == ()
    assert again.figures.municipality.percent == restated.now


def test_what_was_sent_wins_and_a_letter_that_restates_is_sent_once(district: Path, fresh: Path, serve: Serve):
    post, mail = serve("starttls")
    first = monthly.run(job(district, fresh, JANUARY))
    without_one_report(district, JANUARY, first)
    sent = monthly.run(job(district, fresh, JANUARY, mail))
    assert sent.figures.restated == ()
    assert [delivery.fate for delivery in sent.deliveries] == [Fate.SENT]
    without_one_report(district, JANUARY, sent)
    corrected = monthly.run(job(district, fresh, JANUARY, mail))
    (restated,) = corrected.figures.restated
    assert (restated.date, restated.was, restated.sent) == (JANUARY, sent.figures.municipality.percent, True)
    summary = corrected.summary.lies_at.read_bytes()
    again = monthly.run(job(district, fresh, JANUARY, mail))
    assert again.summary.lies_at.read_bytes() == summary
    assert (again.deliveries, len(post.letters)) == ((), 4)  # to two people each
    assert monthly.run(job(district, fresh, MARCH)).figures.restated == ()


def killed_before_it_is_told(job: monthly.Job) -> None:
    """The files of the run have their places, and the journal never hears of it."""

    def work() -> None:
        workers.context = multiprocessing.get_context("fork")
        recording.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        monthly.run(job)

    assert dying.run(work).killed


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
@pytest.mark.parametrize("approval", [False, True])
def test_what_a_killed_run_has_told_is_restated_by_the_next(
    approval: bool, district: Path, fresh: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    post, mail = serve("starttls")
    mail = msgspec.structs.replace(mail, approval=approval)
    first = monthly.take_survey(job(district, fresh, JANUARY))
    killed_before_it_is_told(job(district, fresh, JANUARY, mail))
    settings = Settings(mail=mail)
    with recording.known(fresh) as journal:
        assert journal.runs()[-1].tally  # whoever only looks knows of it
    if approval:
        approve(fresh, JANUARY, settings, NOW)
    assert send_waiting(fresh, None, settings, dry_run=False).all_gone
    assert len(post.letters) == 2  # to two people each
    without_one_report(district, JANUARY, first)
    corrected = monthly.run(job(district, fresh, JANUARY, mail))
    (restated,) = corrected.figures.restated
    assert (restated.date, restated.was, restated.sent) == (JANUARY, first.figures.municipality.percent, True)
    assert new_subjects(post)[-1].startswith("Исправлено (")


def test_of_a_run_whose_files_never_had_their_places_nothing_is_told(
    district: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
):
    def failed(_: Outputs) -> None:
        raise OutputError("")

    first = monthly.run(job(district, fresh, JANUARY))
    without_one_report(district, JANUARY, first)
    with monkeypatch.context() as patched:
        patched.setattr(Outputs, "commit", failed)
        with pytest.raises(OutputError):
            monthly.run(job(district, fresh, JANUARY))
    assert monthly.run(job(district, fresh, MARCH)).figures.restated
    with Journal.open(fresh / "journal.db") as journal:
        assert [bool(run.tally) for run in journal.runs()] == [True, False, True]
        assert journal.expected() == []


def no_room(*_: object) -> None:
    raise OutputError("Журнал journal.db не записан: на диске кончилось место.")


def test_who_opens_the_journal_meanwhile_takes_nothing_from_a_run_under_way(
    district: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
):
    """A start by the scheduler is noted without the lock, between the journal's expecting the files and their taking
    their places; and the run comes to its end without telling it."""
    really = Outputs.commit

    def commit(outputs: Outputs) -> list[Written]:
        if threading.current_thread() is threading.main_thread():  # else originals, which are kept beside
            scheduled._note(fresh, NOW, 0, monthly=False)
        return really(outputs)

    with monkeypatch.context() as patched:
        patched.setattr(Outputs, "commit", commit)
        patched.setattr(Journal, "finish_run", no_room)
        monthly.run(job(district, fresh, JANUARY))
    with recording.known(fresh) as journal:
        assert len(journal.scheduled()) == 1
        assert journal.runs()[-1].tally


@pytest.mark.skipif(sys.platform != "linux", reason="a file that even root cannot read")
def test_a_manifest_that_cannot_be_read_tells_of_no_run_and_stops_nobody(tmp_path: Path):
    (tmp_path / JANUARY.isoformat()).mkdir()
    (tmp_path / JANUARY.isoformat() / "manifest.json").symlink_to("/proc/self/mem")
    with Journal.open(tmp_path / "journal.db") as journal:
        run = journal.begin_run(NOW, "1", JANUARY, "{}")
        journal.expect(run, "digest", Result(NOW, "", Tally(1, 1, 0, 0), {}, (), ()))
        recording.complete(journal, tmp_path)
        assert journal.runs()[-1].tally is None


def test_what_has_arrived_is_known_also_where_it_could_not_be_kept(district: Path, fresh: Path):
    (fresh / "archive").write_bytes(b"no folder")
    with pytest.raises(OutputError, match="на этом месте лежит файл"):
        monthly.run(job(district, fresh, JANUARY))
    with Journal.copy(fresh / "journal.db") as journal:
        assert len(journal.arrivals()) >= len(list(reports(district))) > 0


def test_a_run_that_the_journal_cannot_be_told_of_sends_nothing_and_the_next_command_tells_it(
    district: Path, fresh: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
):
    """A disk that fills up behind the results."""
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    post, mail = serve("starttls")

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "finish_run", no_room)
        done = monthly.run(job(district, fresh, JANUARY, mail))
    assert done.warnings[-1] == (
        "Свод сделан. Журнал journal.db не записан: на диске кончилось место. Его дополнит следующая команда. "
        "Письма не отправлены."
    )
    assert (done.deliveries, post.letters, len(done.left_over)) == ((), [], 1)
    assert send_waiting(fresh, None, Settings(mail=mail), dry_run=False).all_gone
    with Journal.open(fresh / "journal.db") as journal:
        assert journal.runs()[-1].tally
        assert len(journal.sent_for(JANUARY)) == 1


def new_subjects(post: Post) -> list[str]:
    """Of the letters that have come since they were last asked for, one for all its recipients."""
    arrived = [str(read(letter.original_content)["Subject"]) for letter in post.letters]
    post.letters.clear()
    return list(dict.fromkeys(arrived))


def first_line(output: Path, as_of: date, name: str) -> str:
    letter = read((output / as_of.isoformat() / "sent" / name).read_bytes())
    return letter.get_body(("plain",)).get_content().splitlines()[0]


def test_leadership_gets_a_letter_when_it_tells_something_new(district: Path, fresh: Path, serve: Serve):
    post, mail = serve("starttls")

    def sent_on(as_of: date, days: int, folder: Path = fresh) -> list[str]:
        now = NOW + timedelta(days=days)
        monthly.run(replace(job(district, folder, as_of, mail), now=now))
        return new_subjects(post)

    (first,) = sent_on(MARCH, 0)
    assert not first.startswith(("Исправлено", "Уточнено", "Новых отчётов нет"))
    for n, path in enumerate(list(reports(district))):
        path.rename(district / f"переименован {n}{path.suffix}")
    assert sent_on(MARCH, 1) == []

    done = monthly.run(job(district, fresh, MARCH))
    gone = next(district / row.file for row in done.figures.activation if row.report_date == MARCH and row.covered)
    away = gone.rename(fresh.with_name(gone.name))
    (corrected,) = sent_on(MARCH, 2)
    assert corrected.startswith("Исправлено (")
    assert corrected.endswith(str(sent_subject(fresh, "rukovodstvo-2.eml")).rpartition("): ")[2])
    assert " → " in first_line(fresh, MARCH, "rukovodstvo-2.eml")
    assert first_line(fresh, MARCH, "rukovodstvo-2.eml").startswith(
        "Это письмо исправляет отправленное 01.10.2014 09:00."
    )
    assert sent_on(MARCH, 3) == []

    away.rename(gone)
    (back,) = sent_on(MARCH, 4)
    assert back.startswith("Исправлено (")
    assert back.rpartition("): ")[2] == first
    assert sent_on(MARCH, 5) == []

    (silent,) = sent_on(BETWEEN, 6)
    assert silent.startswith("Новых отчётов нет: ")
    assert first_line(fresh, BETWEEN, "rukovodstvo.eml").startswith(
        "Новых отчётов нет: последний учтён в своде, сделанном 01.10.2014"
    )
    assert sent_on(BETWEEN, 7) == []

    for file in fresh.glob("journal.db*"):
        file.unlink()
    assert sent_on(BETWEEN, 8) == []


def sent_subject(output: Path, name: str) -> object:
    return read((output / MARCH.isoformat() / "sent" / name).read_bytes())["Subject"]


def test_a_letter_that_is_no_longer_so_does_not_wait(district: Path, fresh: Path, serve: Serve):
    """Told and corrected, the correction not yet sent, and then it holds again."""
    post, mail = serve("starttls")
    done = monthly.run(job(district, fresh, MARCH, mail))
    gone = next(district / row.file for row in done.figures.activation if row.report_date == MARCH and row.covered)
    content = gone.read_bytes()
    gone.unlink()
    corrected = monthly.run(job(district, fresh, MARCH))
    assert [one.letter for one in corrected.left_over] == ["2014-03-20/outbox/rukovodstvo.eml"]
    gone.write_bytes(content)
    assert monthly.run(job(district, fresh, MARCH)).left_over == ()
    assert len(post.letters) == 2


def test_an_older_letter_does_not_go_with_a_later_run_and_is_named(district: Path, fresh: Path, serve: Serve):
    post, mail = serve("starttls")
    monthly.run(job(district, fresh, JANUARY))
    done = monthly.run(job(district, fresh, MARCH, mail))
    assert {read(one.original_content)["Message-ID"] for one in post.letters} == {
        read((fresh / "2014-03-20" / "sent" / "rukovodstvo.eml").read_bytes())["Message-ID"]
    }
    assert left_lines(done.left_over, MARCH) == [
        "Не отправлены письма прежних сводов: на 30.01.2014 — 1\u00a0письмо. "
        "Нужное отправит python run.py mail --as-of 2014-01-30."
    ]


def test_letters_to_schools_of_the_run_itself_are_none_of_an_earlier_one():
    left = LeftOver("2014-03-20/outbox/shkola-01.eml", MARCH, "", ("s01@example.org",), ())
    assert left_lines([left], date(2014, 3, 25), MARCH) == [
        "Письма школам на 20.03.2014 ждут отправки: 1\u00a0письмо. Отправит python run.py mail --as-of 2014-03-20."
    ]


def test_letters_that_wait_for_approval_are_said_to_go_by_it_and_not_by_the_command_that_would_leave_them():
    why = "дата не утверждена"
    schools = [
        LeftOver(f"2014-03-20/outbox/{name}.eml", MARCH, "", ("s01@example.org",), (), said)
        for name, said in (("napominanie-11", ""), ("shkola-01", why), ("shkola-02", why))
    ]
    earlier = [
        LeftOver(f"{day}/outbox/rukovodstvo.eml", day, "", ("head@example.org",), (), said)
        for day, said in ((JANUARY, ""), (date(2014, 2, 25), why), (date(2014, 3, 25), why))
    ]
    assert left_lines([*earlier, *schools], date(2014, 4, 25), MARCH) == [
        "Письма школам на 20.03.2014 ждут отправки: 1\u00a0письмо. Отправит python run.py mail --as-of 2014-03-20.",
        "Письма школам на 20.03.2014 ждут утверждения: 2\u00a0письма. Утвердит python run.py approve 2014-03-20.",
        "Не отправлены письма прежних сводов: на 30.01.2014 — 1\u00a0письмо. "
        "Нужное отправит python run.py mail --as-of 2014-01-30.",
        "Не утверждены письма прежних сводов: на 25.03.2014 — 1\u00a0письмо, на 25.02.2014 — 1\u00a0письмо. "
        "Нужное утвердит python run.py approve 2014-03-25.",
    ]


# ── reports that are there no more ───────────────────────────────────────────────────────────────────────
def gone(done: monthly.Done) -> list[str]:
    return [said for said in done.warnings if "в папке больше нет" in said]


def test_a_report_that_earlier_runs_have_read_and_that_is_gone_is_named(district: Path, fresh: Path):
    first = monthly.run(job(district, fresh, MARCH))
    assert not gone(first)
    line = next(one for one in first.figures.submissions if one.as_of == MARCH)
    content = (district / line.file).read_bytes()
    (district / line.file).unlink()
    name = line.file.rpartition("/")[2]
    said = [
        f"Прежние своды читали отчёты, которых в папке больше нет: {line.school.name} — на 20.03.2014 («{name}»). "
        "Свод сделан без них. Если они убраны нечаянно, верните их и сделайте свод снова."
    ]
    assert gone(monthly.run(job(district, fresh, MARCH))) == said
    assert gone(monthly.run(job(district, fresh, BETWEEN))) == said
    assert not gone(monthly.run(job(district, fresh, JANUARY)))
    (district / f"вернули {name}").write_bytes(content)
    assert not gone(monthly.run(job(district, fresh, MARCH)))


def test_a_report_in_whose_place_another_of_that_date_or_a_later_one_has_come_is_not_missed(
    district: Path, fresh: Path
):
    first = monthly.run(job(district, fresh, MARCH))
    line = next(one for one in first.figures.submissions if one.as_of == MARCH)
    changed(district / line.file)
    assert not gone(monthly.run(job(district, fresh, MARCH)))
    january = [one for one in first.survey.checked.reports if one.as_of and one.as_of < MARCH]
    file = next(one.file for one in january if one.school == line.school.code)
    (district / file).unlink()
    assert not gone(monthly.run(job(district, fresh, MARCH)))


@pytest.mark.parametrize("damaged", [True, False])
def test_a_file_whose_content_has_been_replaced_is_not_missed(district: Path, fresh: Path, damaged: bool):
    """The school or the date was mended in place, or it was spoilt: whose it is now it says itself."""
    first = monthly.run(job(district, fresh, MARCH))
    one, other = [one for one in first.figures.submissions if one.as_of == MARCH][:2]
    (district / one.file).write_bytes(b"PK spoilt" if damaged else (district / other.file).read_bytes())
    assert not gone(monthly.run(job(district, fresh, MARCH)))
    (district / one.file).unlink()
    assert not gone(monthly.run(job(district, fresh, MARCH)))


def changed(path: Path) -> None:
    """Another content that says the same."""
    with zipfile.ZipFile(path, "a") as book:
        book.comment = b"saved once more"


# ── a clock, and runs that were missed ───────────────────────────────────────────────────────────────────
def test_a_clock_that_stands_before_the_journal_tells_no_arrival_and_that_is_said(district: Path, fresh: Path):
    late = next(reports(district))
    content = late.read_bytes()
    late.unlink()
    before = arrived(monthly.run(job(district, fresh, MARCH)))
    late.write_bytes(content)
    wrong = monthly.run(replace(job(district, fresh, MARCH), now=NOW - timedelta(days=300)))
    assert [said for said in wrong.warnings if "Часы компьютера" in said] == [
        "Часы компьютера показывают 05.12.2013 09:00, а в журнале уже 01.10.2014 09:00: время поступления новых файлов "
        "неизвестно. Проверьте дату и время на компьютере."
    ]
    now = arrived(wrong)
    assert {code for code in now if now[code] != before[code]} <= {code for code in now if now[code] is None}
    known = wrong.survey.remembered.arrivals
    (digest,) = {one.digest for one in wrong.survey.intake.reads if one.file == late.relative_to(district).as_posix()}
    assert (known[digest].arrived, known[digest].first_seen) == (None, NOW)


def test_a_run_that_was_missed_is_told_those_who_want_to_know(district: Path, fresh: Path, serve: Serve):
    post, mail = serve("starttls")
    book = openpyxl.load_workbook(district / "registry.xlsx")
    book["Рассылка"].append(["Системный администратор", "admin@example.org", "сбои"])
    book.save(district / "registry.xlsx")
    monthly.run(replace(job(district, fresh, JANUARY, mail), now=datetime(2014, 2, 10, 9, 0, tzinfo=UTC)))
    assert not [letter for letter in post.letters if letter.rcpt_tos == ["admin@example.org"]]
    late = replace(job(district, fresh, MAY, mail), now=datetime(2014, 5, 25, 9, 0, tzinfo=UTC))
    done = monthly.run(late)
    assert (
        "После свода, сделанного 10.02.2014, запусков не было, и пропущено: отчётная дата 20.03.2014." in done.warnings
    )
    (letter,) = [letter for letter in post.letters if letter.rcpt_tos == ["admin@example.org"]]
    assert read(letter.original_content)["Subject"] == "Сбой Свода: пропущено — отчётная дата 20.03.2014"
    post.letters.clear()
    monthly.run(late)
    assert post.letters == []


def test_without_the_journal_the_summary_is_the_same_and_the_run_says_what_is_lost(made: Path, fresh: Path):
    first = monthly.run(job(made, fresh, MARCH))
    before = results(fresh / str(MARCH))
    assert first.warnings == monthly.run(job(made, fresh, MARCH)).warnings
    for folder, what in ((fresh, "пропал; взята его копия от"), (fresh / "backups", "нет прежних запусков")):
        if folder != fresh:
            shutil.rmtree(folder)
        (fresh / "journal.db").unlink()
        lost = monthly.run(job(made, fresh, MARCH))
        assert results(fresh / str(MARCH)) == before
        (said,) = set(lost.warnings) - set(first.warnings)
        assert "урнал" in said
        assert what in said
    assert monthly.run(job(made, fresh, MARCH)).warnings == first.warnings


def test_a_run_that_fails_stands_as_unfinished(district: Path, tmp_path: Path):
    (district / "registry.xlsx").write_bytes(b"%PDF-1.4")
    with pytest.raises(UsageError):
        monthly.run(job(district, tmp_path / "output", MARCH))
    assert "не завершён" in shown(tmp_path / "output")


def test_no_word_of_a_school_is_in_the_journal(made: Path, fresh: Path):
    """Names, positions and problems stand in the answers; of all that the journal knows only the files' names."""
    done = monthly.run(job(made, fresh, MARCH))
    texts = {text for text in done.figures.answers["text"] if len(text) > 12}
    kept = (fresh / "journal.db").read_bytes().decode("utf-8", "replace")
    assert len(texts) > 10
    assert [text for text in texts if text in kept] == []


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────
def shown(output: Path, school: str = "") -> str:
    console = Console(width=200, record=True, file=StringIO())
    for part in history(output, school, ZONE, load_catalogue(), Registry):
        console.print(part)
    return console.export_text()


@pytest.fixture(scope="module")
def output(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history") / "output"
    for day in (JANUARY, MARCH):
        monthly.run(job(made, folder, day))
    return folder


def test_history_shows_arrivals_runs_and_letters(output: Path):
    with Journal.open(output / "journal.db") as journal:
        journal.mark_sent(
            Parcel("key", "head@example.ru", "Тема письма", MARCH, "", ""), datetime(2014, 3, 20, 22, 0, tzinfo=UTC)
        )
    text = shown(output)
    assert "Запуски: 2\u00a0свода." in text
    assert "01.10.2014 20:00" in text  # the office's time
    assert "Отправлено: 1\u00a0письмо." in text
    assert "21.03.2014 09:00" in text
    assert "Тема письма" in text
    assert "завершён, версия" in text


def test_history_of_a_school_shows_its_files_and_when_its_remarks_were_first_raised(output: Path, made: Path):
    survey = monthly.take_survey(job(made, output, MARCH))
    remarks = [r for r in survey.checked.remarks if r.severity is not Severity.INFO and r.school and r.item]
    said = next(r for r in remarks if r.as_of in (JANUARY, MARCH))
    text = shown(output, said.school)
    assert survey.catalogue.entries[said.code].title in text
    assert said.code not in text
    files = {line.file for line in survey.figures.submissions if line.school.code == said.school}
    assert all(file in text for file in files)
    others = {line.file for line in survey.figures.submissions if line.school.code != said.school and line.file}
    assert not any(file in text for file in others)


def test_history_of_a_school_that_the_journal_does_not_know_names_those_it_knows(output: Path):
    with pytest.raises(UsageError, match=r"«99».*Известны коды: 01, 02"):
        shown(output, "99")


def test_history_without_a_journal_is_one_sentence_and_makes_none(tmp_path: Path):
    with pytest.raises(UsageError, match=r"нет журнала journal\.db"):
        shown(tmp_path)
    assert list(tmp_path.iterdir()) == []
