"""A damaged, foreign or lost journal: moved aside, said, and the run goes on; its copies stand in for it."""

import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.demo import make
from pipeline.files import Outputs
from pipeline.memory import backup, recording
from pipeline.memory.journal import _SCHEMA, Arrival, Figure, Journal, Raised, Result, Tally
from pipeline.sending.outbox import Letter, Parcel, Waiting, compose, keep_as_sent, outgoing, read
from schemas.form import load_form
from tests.conftest import Once
from tests.damages import damage
from tests.depth import cases
from tests.test_cli import svod

WHEN = datetime(2014, 3, 21, 9, 30, tzinfo=UTC)
JANUARY, MARCH = date(2014, 1, 30), date(2014, 3, 20)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def live(journal: Journal, n: int) -> None:
    """All that a run and its letters do with it."""
    key = f"letter {n}"
    journal.is_new  # noqa: B018
    journal.last_moment()
    journal.last_inputs()
    journal.note_watchers(["head@example.ru"])
    run = journal.begin_run(WHEN + timedelta(days=n), "0.1", MARCH, "{}")
    digests = {f"{school}.xlsx": f"digest {school} {n % 3}" for school in range(40)}
    arrivals = {digest: Arrival(WHEN, WHEN) for digest in digests.values()}
    journal.note_inputs(run, "form", digests, {**journal.arrivals(), **arrivals}, [(d, "01", MARCH) for d in arrivals])
    told = {day: {str(code): Figure(1.5, 2.0, None) for code in range(40)} for day in (JANUARY, MARCH)}
    journal.note_telling(MARCH, "rukovodstvo", key, WHEN, {"a": "b"})
    raised = (Raised("01", "14", "NUM-BOUND", MARCH),)
    journal.finish_run(run, Result(WHEN, "digest", Tally(1, 1, 0, 0), told, (key,), raised))
    journal.told_before(date(2014, 4, 1), (JANUARY, MARCH))
    journal.sent_for(MARCH)
    parcel = Parcel(key, "head@example.ru", "тема", MARCH, "rukovodstvo", key)
    if not journal.sent(key):
        journal.about_to_send(parcel, WHEN)
        journal.mark_sent(parcel, WHEN)
    journal.mark_refused(parcel._replace(key=f"other {n}"), WHEN, "550")
    journal.told_last(date(2014, 4, 1), "rukovodstvo")
    journal.note_start(WHEN, WHEN, 0, monthly=True)
    for reads in (journal.runs, journal.letters, journal.files, journal.schools, journal.attempts, journal.scheduled):
        reads()
    journal.first_raised("01")


def lived(path: Path, runs: int) -> bytes:
    """A journal of so many runs with their letters, made there, all of it in one file."""
    for n in range(runs):
        with Journal.open(path) as journal:
            live(journal, n)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return lived(tmp_path_factory.mktemp("whole") / "journal.db", 4)


@pytest.mark.parametrize("seed", range(cases(6, 20)))
def test_no_damage_of_a_journal_ends_a_run(seed: int, whole: bytes, tmp_path: Path):
    """Fifty a seed: three hundred of them, on the long way a thousand."""
    chance = random.Random(seed)
    path = tmp_path / "anew" / "journal.db"
    for _ in range(50):
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        path.write_bytes(whole)
        how = damage(path, chance)
        with Journal.open(path) as journal:
            said = bool(journal.warning)
            try:
                live(journal, 9)
            except Exception as error:
                raise AssertionError(f"{how}, moved aside: {said}") from error
        assert any(path.parent.glob("*.damaged-*")) is said


def test_a_damaged_journal_is_known_again_from_its_copy_of_the_month(path: Path):
    with Journal.open(path) as journal:
        live(journal, 1)
        journal.keep_copy(path, WHEN)
        live(journal, 2)
    path.write_bytes(b"no journal" * 1000)
    with Journal.open(path) as journal:
        assert "отложен как journal.db.damaged-1; взята его копия от " in journal.warning
        assert journal.sent("letter 1")
        assert not journal.sent("letter 2")


def test_a_lost_journal_is_known_again_from_the_last_copy_that_can_be_used(path: Path):
    for n, month in enumerate((1, 2, 3)):
        with Journal.open(path) as journal:
            live(journal, n)
            journal.keep_copy(path, datetime(2014, month, 20, tzinfo=UTC))
    (path.parent / backup.FOLDER / "journal-2014-03.db").write_bytes(b"no journal" * 1000)
    path.unlink()
    with Journal.open(path) as journal:
        assert journal.warning.startswith("Журнал journal.db пропал; взята его копия от ")
        assert journal.sent("letter 1")
        assert not journal.sent("letter 2")


def test_arrivals_and_letters_are_known_again_from_manifests_and_from_what_lies_in_sent(tmp_path: Path, once: Once):
    output = Path(shutil.copytree(once("a summary", _summed_up) / "output", tmp_path / "output"))
    letter = Letter(("head@example.ru", "zam@example.ru"), "тема", "текст", "<p>текст</p>", name="rukovodstvo")
    content, _ = compose(letter, MARCH, "svod@example.ru")
    waits = Waiting(output / str(MARCH) / "outbox" / "rukovodstvo.eml", MARCH, read(content))
    with Outputs(output) as outputs:
        keep_as_sent(outputs, waits, outgoing(waits.message, "svod@example.ru", WHEN), ["head@example.ru"])
    with Journal.open(output / "journal.db") as journal:
        known = {digest: one.arrived for digest, one in journal.arrivals().items()}
    (output / "journal.db").unlink()
    with Journal.open(output / "journal.db") as journal:
        assert "нет прежних запусков" in recording.forgotten(journal, output)
        assert {digest: one.arrived for digest, one in journal.arrivals().items()} == known
        assert journal.sent(waits.key("head@example.ru")) == WHEN
        assert journal.sent(waits.key("zam@example.ru")) is None


def _summed_up(folder: Path) -> Path:
    make(folder, load_form("form-547"), schools=2, dates=1, seed=1)
    done = svod("--input", folder / "input", "--output", folder / "output", "--as-of", str(MARCH))
    assert done.returncode == 0, done.stderr
    return folder


def test_a_copy_is_made_once_a_month_and_two_years_of_them_are_kept(path: Path):
    folder = path.parent / backup.FOLDER
    with Journal.open(path) as journal:
        journal.keep_copy(path, WHEN)
        assert not folder.exists()  # it knows nothing yet
        live(journal, 0)
        for month in range(30):
            journal.keep_copy(path, datetime(2014 + month // 12, month % 12 + 1, 1, tzinfo=UTC))
        names = sorted(file.name for file in folder.iterdir())
        assert (names[0], names[-1], len(names)) == ("journal-2014-07.db", "journal-2016-06.db", 24)
        before = (folder / names[-1]).read_bytes()
        live(journal, 1)
        journal.keep_copy(path, datetime(2016, 6, 30, tzinfo=UTC))
        assert (folder / names[-1]).read_bytes() == before


def test_a_journal_is_copied_before_its_schema_changes(path: Path):
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute(_SCHEMA[0])
        old.execute("INSERT INTO letters VALUES ('a', ?, 'head@example.ru', 'тема', '2014-03-20')", (WHEN.isoformat(),))
        old.execute("PRAGMA user_version = 1")
    with Journal.open(path) as journal:
        live(journal, 1)
    kept = path.parent / backup.FOLDER / "journal-schema-1.db"
    shutil.copy(kept, path)
    for beside in path.parent.glob("journal.db-*"):
        beside.unlink()
    with closing(sqlite3.connect(path)) as old:
        assert old.execute("SELECT count(*) FROM letters").fetchone() == (1,)
        assert old.execute("PRAGMA user_version").fetchone() == (1,)


def test_without_room_for_a_copy_there_is_none(path: Path):
    (path.parent / backup.FOLDER).write_text("a file in its place")
    with Journal.open(path) as journal:
        journal.keep_copy(path, WHEN)
        live(journal, 1)


# ── commands that only look ──────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def damaged(tmp_path: Path, once: Once) -> Path:
    """A folder with `input` and `output`, whose journal cannot be used any more."""
    folder = Path(shutil.copytree(once("a summary", _summed_up), tmp_path / "folder"))
    (folder / "output" / "journal.db").write_bytes("это не журнал".encode() * 1000)
    return folder


def _everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


LOOKING = {
    "history": (),
    "trace": ("1", "14", "--as-of", str(MARCH)),
}


@pytest.mark.parametrize("command", LOOKING)
def test_a_command_that_only_looks_goes_on_without_a_journal_says_so_and_leaves_it(command: str, damaged: Path):
    words = [command, *LOOKING[command], "--input", damaged / "input", "--output", damaged / "output"]
    before = _everything(damaged)
    done = svod(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Журнал journal.db повреждён, и копии его нет: известно только то, что говорят")
    assert _everything(damaged) == before
    assert "Поступления: " in done.stdout or "Муниципалитет: " in done.stdout


def test_what_trace_shows_without_a_journal_is_what_it_shows_with_one(damaged: Path, once: Once):
    words = ["trace", *LOOKING["trace"], "--input", damaged / "input", "--output"]
    whole = svod(*words, once("a summary", _summed_up) / "output").stdout
    assert svod(*words, damaged / "output").stdout.splitlines()[1:] == whole.splitlines()
    assert len(whole.splitlines()) > 3


@pytest.mark.parametrize("fate", ["повреждён", "пропал"])
def test_history_shows_what_the_last_copy_knows(fate: str, damaged: Path):
    path = damaged / "output" / "journal.db"
    journal_copy = damaged / "output" / backup.FOLDER / "journal-2014-03.db"
    journal_copy.parent.mkdir(exist_ok=True)
    with Journal.open(journal_copy) as journal:
        live(journal, 1)
    if fate == "пропал":
        path.unlink()
    done = svod("history", "--input", damaged / "input", "--output", damaged / "output")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Журнал journal.db {fate}: показано по его копии от ")
    assert "Отправлено: 1\xa0письмо." in done.stdout
    assert path.exists() is (fate == "повреждён")


def test_a_lost_journal_without_copies_is_said_where_results_tell_of_it_and_refused_where_none_do(damaged: Path):
    (damaged / "output" / "journal.db").unlink()
    done = svod("history", "--output", damaged / "output")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Журнал journal.db пропал: известно только то, что говорят прежние результаты")
    refused = svod("history", "--output", damaged / "nothing")
    assert refused.returncode == 2
    assert "он появится после первого свода" in refused.stderr


@pytest.mark.parametrize("command", [("school", "--all"), ("forms",)])
def test_commands_that_write_beside_the_summary_go_on_without_a_journal_too(command: tuple[str, ...], damaged: Path):
    place = ["--input", damaged / "input", "--output", damaged / "output", "--as-of", str(MARCH)]
    done = svod(*command, *place)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Журнал journal.db повреждён, и копии его нет" in done.stdout
    assert (damaged / "output" / "journal.db").read_bytes().startswith("это не журнал".encode())


def test_a_journal_of_letters_and_approvals_alone_is_copied_once_a_month(path: Path):
    """That of several orders knows of no run."""
    with Journal.open(path) as journal:
        journal.note_watchers(["head@example.ru"])
        journal.keep_copy(path, WHEN)
        assert not (path.parent / backup.FOLDER).exists()
        journal.note_telling(MARCH, "rukovodstvo", "says", WHEN, {"a": "b"})
        journal.keep_copy(path, WHEN)
    assert [one.name for one in (path.parent / backup.FOLDER).iterdir()] == ["journal-2014-03.db"]
