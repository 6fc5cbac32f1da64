"""The journal: what it keeps from run to run, and that it never stands in the way of one."""

import os
import sqlite3
import stat
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pipeline.files import OutputError
from pipeline.memory import database, recording
from pipeline.memory.journal import _SCHEMA, Arrival, Figure, Journal, Raised, Result, Tally
from pipeline.sending.outbox import Parcel, Telling
from schemas.strict import UsageError

WHEN = datetime(2014, 3, 21, 9, 30, tzinfo=timezone(timedelta(hours=11)))
JANUARY, FEBRUARY, MARCH = date(2014, 1, 30), date(2014, 2, 15), date(2014, 3, 20)
REPORTING = (JANUARY, MARCH)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def mark(journal: Journal, key: str) -> None:
    journal.mark_sent(Parcel(key, "head@example.ru", "Активация 54,7 %", date(2014, 3, 20), "", ""), WHEN)


def test_what_was_marked_sent_is_known_in_the_next_run_with_its_time_and_zone(path: Path):
    with Journal.open(path) as journal:
        assert journal.sent("a") is None
        mark(journal, "a")
    with Journal.open(path) as journal:
        assert journal.sent("a") == WHEN
        assert journal.sent("a").utcoffset() == timedelta(hours=11)
        assert journal.sent("b") is None
        assert journal.warning == ""


def test_a_mark_holds_at_once_though_the_run_is_killed(path: Path):
    running = Journal.open(path)
    mark(running, "a")
    with Journal.open(path) as other:
        assert other.sent("a") == WHEN
    running.close()


def damaged(whole: bytes) -> dict[str, bytes]:
    return {
        "no database": "это не журнал".encode() * 100,
        "cut in half": whole[: len(whole) // 2],
        "a page of zeros": whole[:4096] + bytes(4096) + whole[8192:],
    }


@pytest.mark.parametrize("how", damaged(b""))
def test_a_damaged_journal_is_moved_aside_with_a_warning_and_a_new_one_begun(how: str, path: Path):
    with Journal.open(path) as journal:
        for n in range(200):
            mark(journal, str(n))
    content = damaged(path.read_bytes())[how]
    path.write_bytes(content)
    with Journal.open(path) as journal:
        assert "journal.db.damaged-1" in journal.warning
        assert journal.sent("0") is None
        mark(journal, "0")
    assert path.with_name("journal.db.damaged-1").read_bytes() == content
    path.write_bytes(content)
    with Journal.open(path) as journal:
        assert "journal.db.damaged-2" in journal.warning


def test_a_journal_of_a_later_version_is_used_and_not_set_back(path: Path):
    with Journal.open(path) as journal:
        mark(journal, "a")
    with sqlite3.connect(path) as later:
        later.execute("CREATE TABLE what_comes (at TEXT)")
        later.execute("PRAGMA user_version = 700")
    later.close()
    with Journal.open(path) as journal:
        assert journal.sent("a") == WHEN
    with sqlite3.connect(path) as later:
        assert later.execute("PRAGMA user_version").fetchone() == (700,)
    later.close()


def test_a_journal_of_a_version_that_knew_of_letters_alone_keeps_them(path: Path):
    database.connect(path, _SCHEMA[:1]).close()
    with sqlite3.connect(path) as earlier:
        letter = ("a", WHEN.isoformat(), "head@example.ru", "тема", "2014-03-20")
        earlier.execute("INSERT INTO letters VALUES (?, ?, ?, ?, ?)", letter)
    earlier.close()
    with Journal.open(path) as journal:
        assert (journal.warning, journal.sent("a"), journal.said(date(2014, 3, 20), "rukovodstvo")) == ("", WHEN, [])
        mark(journal, "b")
        assert [line.recipient for line in journal.letters()] == ["head@example.ru"] * 2


# ── letters about to be sent ─────────────────────────────────────────────────────────────────────────────
def parcel(key: str, says: str = "x", name: str = "rukovodstvo", as_of: date = date(2014, 3, 20)) -> Parcel:
    return Parcel(key, "head@example.ru", "тема", as_of, name, says)


def test_a_letter_that_may_have_gone_is_held_until_it_is_known(path: Path):
    with Journal.open(path) as journal:
        journal.about_to_send(parcel("a"), WHEN)
        journal.about_to_send(parcel("b"), WHEN)
        journal.mark_refused(parcel("c"), WHEN, "550 нет такого")
    with Journal.open(path) as journal:
        assert [journal.held(key) for key in "abc"] == [WHEN, WHEN, None]
        journal.mark_sent(parcel("a"), WHEN)
        journal.mark_not_sent("b")
        journal.about_to_send(parcel("c"), WHEN)
        assert [journal.held(key) for key in "abc"] == [None, None, WHEN]
        assert [journal.sent(key) for key in "abc"] == [WHEN, None, None]
        assert [(line.key, line.refused) for line in journal.attempts()] == [("c", None)]


def test_what_was_said_is_known_in_the_order_in_which_it_last_went(path: Path):
    with Journal.open(path) as journal:
        for n, says in enumerate(("one", "two", "one", "three")):
            journal.mark_sent(parcel(str(n), says), WHEN)
        journal.mark_sent(parcel("other", "other", name="shkola-08"), WHEN)
        assert journal.said(date(2014, 3, 20), "rukovodstvo") == ["two", "one", "three"]


def test_what_a_letter_told_is_known_once_it_has_gone_as_it_was_first_made(path: Path):
    day = date(2014, 3, 20)
    with Journal.open(path) as journal:
        journal.note_telling(day, "rukovodstvo", "x", WHEN, {"Активация": "41 %"})
        journal.note_telling(day, "rukovodstvo", "x", WHEN + timedelta(days=1), {"Активация": "0 %"})
        assert journal.told_in(day, "rukovodstvo", "x") is None
        journal.mark_sent(parcel("a"), WHEN + timedelta(days=2))
        told = Telling(WHEN + timedelta(days=2), WHEN, {"Активация": "41 %"})
        assert journal.told_in(day, "rukovodstvo", "x") == told
        assert journal.told_last(date(2014, 4, 20), "rukovodstvo") == told
        assert journal.told_last(day, "rukovodstvo") is None


def test_a_journal_that_cannot_be_opened_is_one_russian_sentence(path: Path):
    path.mkdir()
    with pytest.raises(OutputError, match=r"Журнал journal\.db не открывается"):
        Journal.open(path)


@pytest.mark.skipif(os.name == "nt", reason="file modes of POSIX")
def test_the_journal_is_for_its_owner_alone(path: Path):
    Journal.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# ── figures told ─────────────────────────────────────────────────────────────────────────────────────────
def finish(journal: Journal, as_of: date, figures: dict[date, float], letters: tuple[str, ...] | None = ()) -> int:
    """A whole run that computed these municipal percentages and left these letters in the outbox."""
    run = journal.begin_run(WHEN, "0.1", as_of, "{}")
    told = {day: {"": Figure(percent, percent, 100.0)} for day, percent in figures.items()}
    journal.finish_run(run, Result(WHEN, "digest", Tally(1, 1, 0, 0), told, letters, ()))
    return run


def send(journal: Journal, key: str, as_of: date, days_later: int = 0) -> None:
    journal.mark_sent(Parcel(key, "head@example.ru", "тема", as_of, "", ""), WHEN + timedelta(days=days_later))


def told(journal: Journal, as_of: date) -> dict[date, tuple[float | None, bool]]:
    """Date -> municipal percent, sent or not."""
    return {day: (at[""].percent, at[""].sent) for day, at in journal.told_before(as_of, REPORTING).items()}


def test_of_an_earlier_date_the_figure_first_computed_is_told_whoever_computed_it(path: Path):
    with Journal.open(path) as journal:
        finish(journal, MARCH, {JANUARY: 41.0, MARCH: 50.0})
        finish(journal, JANUARY, {JANUARY: 39.6})
        finish(journal, MARCH, {JANUARY: 39.6, MARCH: 51.0})
        assert told(journal, MARCH) == {JANUARY: (41.0, False)}


def test_what_was_last_sent_wins_over_what_was_first_computed(path: Path):
    with Journal.open(path) as journal:
        finish(journal, JANUARY, {JANUARY: 41.0}, ("first",))
        finish(journal, JANUARY, {JANUARY: 39.6}, ("second",))
        assert told(journal, MARCH) == {JANUARY: (41.0, False)}
        send(journal, "second", JANUARY, days_later=1)
        assert told(journal, MARCH) == {JANUARY: (39.6, True)}
        send(journal, "first", JANUARY, days_later=2)
        assert told(journal, MARCH) == {JANUARY: (41.0, True)}
        assert [at[""].percent for at in journal.sent_for(JANUARY)] == [41.0, 39.6]


def test_a_letter_tells_the_figures_of_the_run_that_first_made_it(path: Path):
    with Journal.open(path) as journal:
        finish(journal, JANUARY, {JANUARY: 41.0}, ("one",))
        finish(journal, JANUARY, {JANUARY: 41.0}, ("one",))
        send(journal, "one", JANUARY)
        assert len(journal.sent_for(JANUARY)) == 1


def test_a_date_without_a_report_due_is_told_only_when_a_letter_of_it_has_gone(path: Path):
    with Journal.open(path) as journal:
        finish(journal, FEBRUARY, {FEBRUARY: 45.0}, ("one",))
        assert told(journal, MARCH) == {}
        send(journal, "one", FEBRUARY)
        assert told(journal, MARCH) == {FEBRUARY: (45.0, True)}


def test_a_date_tells_nothing_of_itself_nor_of_later_ones(path: Path):
    with Journal.open(path) as journal:
        finish(journal, MARCH, {JANUARY: 41.0, MARCH: 50.0}, ("one",))
        send(journal, "one", MARCH)
        assert told(journal, MARCH) == {JANUARY: (41.0, False)}
        assert told(journal, JANUARY) == {}


def test_a_figure_comes_back_to_the_last_bit_and_none_as_none(path: Path):
    figures = {"": Figure(100 / 3, 0.1 + 0.2, 3.0), "01": Figure(None, None, None)}
    with Journal.open(path) as journal:
        run = journal.begin_run(WHEN, "0.1", JANUARY, "{}")
        journal.finish_run(run, Result(WHEN, "digest", Tally(1, 2, 0, 0), {JANUARY: figures}, (), ()))
    with Journal.open(path) as journal:
        kept = journal.told_before(MARCH, REPORTING)[JANUARY]
    assert {school: one[:3] for school, one in kept.items()} == figures


# ── runs, arrivals, remarks ──────────────────────────────────────────────────────────────────────────────
def note(journal: Journal, files: dict[str, str], arrivals: dict[str, Arrival] | None = None) -> int:
    run = journal.begin_run(WHEN, "0.1", MARCH, "{}")
    known = arrivals or {digest: Arrival(WHEN, WHEN) for digest in files.values()}
    journal.note_inputs(run, "form", files, known, [(digest, "01", MARCH) for digest in files.values()])
    return run


def test_a_run_that_wrote_no_summary_stands_as_unfinished(path: Path):
    with Journal.open(path) as journal:
        note(journal, {"a.xlsx": "1"})
        finish(journal, MARCH, {})
        assert [line.tally for line in journal.runs()] == [None, Tally(1, 1, 0, 0)]


def test_of_each_run_is_known_how_many_files_it_read_and_how_many_were_new(path: Path):
    with Journal.open(path) as journal:
        note(journal, {"a.xlsx": "1", "b.xlsx": "2"})
        note(journal, {"a.xlsx": "1", "b.xlsx": "3"})
        note(journal, {"a.xlsx": "1"})
        note(journal, {"a.xlsx": "1", "b.xlsx": "2"})
        assert [(line.files, line.new) for line in journal.runs()] == [(2, 2), (2, 1), (1, 0), (2, 1)]


def test_a_content_is_listed_once_under_its_last_name(path: Path):
    with Journal.open(path) as journal:
        note(journal, {"a.xlsx": "1"})
        note(journal, {"z/старое имя.xlsx": "1"})
        note(journal, {"new.xlsx": "1"})
        assert [line.file for line in journal.files("01")] == ["new.xlsx"]
        assert journal.files("02") == []


ARRIVED = datetime(2014, 3, 19, 16, 0, tzinfo=timezone(timedelta(hours=11)))


def test_an_arrival_is_the_earliest_time_of_a_file_never_later_than_the_first_run():
    new = Arrival(WHEN, None)
    assert new.or_earlier(None) == new
    assert new.or_earlier(WHEN + timedelta(days=1)) == new
    assert new.or_earlier(ARRIVED).or_earlier(WHEN) == Arrival(WHEN, ARRIVED)
    assert new.or_earlier(WHEN).or_earlier(ARRIVED) == Arrival(WHEN, ARRIVED)


def test_arrivals_are_kept_with_their_zone_and_may_become_known_or_earlier(path: Path):
    with Journal.open(path) as journal:
        note(journal, {"a.xlsx": "1"}, {"1": Arrival(WHEN, None)})
        assert journal.arrivals() == {"1": Arrival(WHEN, None)}
        note(journal, {"a.xlsx": "1"}, {"1": Arrival(WHEN, ARRIVED)})
    with Journal.open(path) as journal:
        assert journal.arrivals() == {"1": Arrival(WHEN, ARRIVED)}


def test_a_remark_is_known_by_the_run_that_raised_it_first(path: Path):
    raised = Raised("01", "14", "NUM-BOUND", JANUARY)
    with Journal.open(path) as journal:
        for days, as_of in ((0, JANUARY), (30, MARCH)):
            run = journal.begin_run(WHEN + timedelta(days=days), "0.1", as_of, "{}")
            one = raised._replace(as_of=as_of)
            journal.finish_run(run, Result(WHEN, "digest", Tally(1, 1, 1, 0), {}, (), (one,)))
        (line,) = journal.first_raised("01")
    assert (line.item, line.code, line.as_of, line.run_started) == ("14", "NUM-BOUND", JANUARY, WHEN)


def tell_above(own: Journal, above: Journal, key: str, as_of: date, days_later: int) -> None:
    """The one letter of several orders, sent under its own date: the last of theirs."""
    own.tell([key], as_of)
    above.mark_sent(Parcel(key, "head@example.ru", "тема", MARCH, "", ""), WHEN + timedelta(days=days_later))
    own.take_sent(above)


def test_of_several_orders_a_corrected_letter_tells_the_corrected_figures(path: Path):
    """No letter lies in the order's own folder: what it tells is the last run's."""
    with Journal.open(path) as own, Journal.open(path.with_name("above.db")) as above:
        for n, percent in enumerate((40.0, 45.0, 45.0, 40.0)):
            finish(own, MARCH, {MARCH: percent}, None)
            tell_above(own, above, f"letter {n}", MARCH, n)
        assert [at[""].percent for at in own.sent_for(MARCH)] == [40.0, 45.0, 40.0]
        assert own._row("SELECT count(DISTINCT run) FROM figures") == (3,)  # what is as it was is not kept twice


def test_of_several_orders_a_letter_that_is_made_again_tells_the_later_figures_until_it_goes(path: Path):
    with Journal.open(path) as own, Journal.open(path.with_name("above.db")) as above:
        for percent in (40.0, 45.0):
            finish(own, MARCH, {MARCH: percent}, None)
            own.tell(["letter"], MARCH)
        tell_above(own, above, "letter", MARCH, 1)
        finish(own, MARCH, {MARCH: 50.0}, None)
        own.tell(["letter"], MARCH)
        assert [at[""].percent for at in own.sent_for(MARCH)] == [45.0]


def test_of_several_orders_a_journal_that_is_gone_is_listed_with_those_below(path: Path):
    for form in ("form-a", "form-b"):
        (path.parent / form / "2014-01-30").mkdir(parents=True)
        (path.parent / form / "2014-01-30" / "manifest.json").touch()
    assert recording.folders(path.parent) == [path.parent, path.parent / "form-a", path.parent / "form-b"]


def test_a_journal_that_is_gone_is_listed_where_there_is_a_copy_of_it(path: Path):
    with Journal.open(path) as journal:
        journal.mark_fetched("box", 1, 1, "letter", "file")
        journal.keep_copy(path, WHEN)
    path.unlink()
    assert recording.folders(path.parent) == [path.parent]


def test_of_several_orders_a_letter_on_an_earlier_date_is_known_under_that_date(path: Path):
    """The later run had told that date's figures first."""
    with Journal.open(path) as own, Journal.open(path.with_name("above.db")) as above:
        finish(own, MARCH, {JANUARY: 40.0, MARCH: 50.0}, None)
        finish(own, JANUARY, {JANUARY: 40.0}, None)
        tell_above(own, above, "a", JANUARY, 1)
        assert [at[""].percent for at in own.sent_for(JANUARY)] == [40.0]
        assert own.sent_for(MARCH) == []


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────
def test_the_facts_of_a_run_are_kept_all_or_none(path: Path):
    """Killed in the middle: here by a figure that cannot be stored."""
    with Journal.open(path) as journal:
        run = journal.begin_run(WHEN, "0.1", JANUARY, "{}")
        odd = Figure(object(), None, None)  # type: ignore[arg-type]
        result = Result(WHEN, "digest", Tally(1, 1, 0, 0), {JANUARY: {"": odd}}, ("key",), ())
        with pytest.raises(sqlite3.Error):
            journal.finish_run(run, result)
        assert journal.runs()[0].tally is None
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM told").fetchone() == (0,)
    database.close()


def test_on_a_disk_of_this_computer_readers_and_a_run_do_not_wait_for_each_other(path: Path):
    with Journal.open(path) as journal:
        mark(journal, "a")
        with sqlite3.connect(path, isolation_level=None) as run:
            run.execute("BEGIN IMMEDIATE")
            run.execute("DELETE FROM letters")
            with Journal.copy(path) as reader:
                assert reader.sent("a") == WHEN
            run.execute("ROLLBACK")
        run.close()


def test_a_journal_on_a_network_folder_has_no_write_ahead_log(path: Path, monkeypatch: pytest.MonkeyPatch):
    Journal.open(path).close()
    monkeypatch.setattr(database, "_is_local", lambda folder: False)
    with Journal.open(path) as journal:
        mark(journal, "a")
        assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be renamed there")
def test_a_damaged_journal_takes_its_write_ahead_log_along(path: Path):
    """The log stays beside the file as long as somebody has it open."""
    Journal.open(path).close()
    with Journal.open(path) as held:
        mark(held, "a")
        log = path.with_name("journal.db-wal").read_bytes()
        path.write_bytes("это не журнал".encode() * 1000)
        with Journal.open(path) as journal:
            assert journal.sent("a") is None
            mark(journal, "b")
        assert path.with_name("journal.db.damaged-1-wal").read_bytes() == log
    with Journal.open(path) as journal:
        assert journal.sent("b") == WHEN


def test_a_copy_to_read_from_makes_no_journal_and_changes_none(path: Path):
    with Journal.copy(path) as nothing:
        assert nothing.is_new
    assert not path.exists()
    old = sqlite3.connect(path)  # of the first version: it knew letters alone
    old.execute("CREATE TABLE letters (key TEXT PRIMARY KEY, sent_at TEXT, recipient TEXT, subject TEXT, as_of TEXT)")
    old.execute("INSERT INTO letters VALUES ('a', ?, 'head@example.ru', 'тема', '2014-03-20')", (WHEN.isoformat(),))
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    before = path.read_bytes()
    with Journal.copy(path) as known:
        assert known.sent("a") == WHEN
        assert known.arrivals() == {}
    assert path.read_bytes() == before
    with Journal.open(path) as journal:
        assert journal.sent("a") == WHEN
        finish(journal, MARCH, {MARCH: 50.0})


def test_a_copy_of_a_damaged_journal_is_refused_in_one_sentence_and_left_as_it_is(path: Path):
    path.write_bytes("это не журнал".encode() * 100)
    with pytest.raises(UsageError, match=r"Журнал journal\.db повреждён: сделайте свод"):
        Journal.copy(path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_copy_of_a_journal_that_is_held_is_refused_and_does_not_wait_without_end(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database, "_PATIENCE", 0)
    with Journal.open(path) as journal:
        mark(journal, "a")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OutputError, match="закройте программу"):
            Journal.copy(path)
    with Journal.copy(path) as known:
        assert known.sent("a") == WHEN
