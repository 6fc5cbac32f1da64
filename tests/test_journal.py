"""The journal: remembers which letters went out, and never stands in the way of a run."""

import os
import sqlite3
import stat
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pipeline.files import OutputError
from pipeline.journal import Journal

WHEN = datetime(2014, 3, 21, 9, 30, tzinfo=timezone(timedelta(hours=11)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def mark(journal: Journal, key: str) -> None:
    journal.mark_sent(key, WHEN, "head@example.ru", "Активация 54,7 %", date(2014, 3, 20))


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
        later.execute("CREATE TABLE runs (at TEXT)")
        later.execute("PRAGMA user_version = 7")
    later.close()
    with Journal.open(path) as journal:
        assert journal.sent("a") == WHEN
    with sqlite3.connect(path) as later:
        assert later.execute("PRAGMA user_version").fetchone() == (7,)
    later.close()


def test_a_journal_that_cannot_be_opened_is_one_russian_sentence(path: Path):
    path.mkdir()
    with pytest.raises(OutputError, match=r"Журнал journal\.db не открывается"):
        Journal.open(path)


@pytest.mark.skipif(os.name == "nt", reason="file modes of POSIX")
def test_the_journal_is_for_its_owner_alone(path: Path):
    Journal.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
