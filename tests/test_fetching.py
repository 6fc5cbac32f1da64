"""Letters of a mailbox: taken once, whole, without a trace in the mailbox; against a real server on this computer."""

import multiprocessing
import os
import re
import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline import fetching
from pipeline.commands.door import main
from pipeline.commands.fetch import fetch_before
from pipeline.fetching import Fetched, fetch_letters
from pipeline.files import OutputError
from pipeline.memory.journal import Journal
from pipeline.reading.inbox import look_into
from pipeline.sending.outbox import Letter, compose
from pipeline.settings import FETCH_PASSWORD_VARIABLE, Fetch, Settings
from schemas.strict import UsageError
from tests.holders import mailed
from tests.mail_server import PASSWORD
from tests.mailbox_server import Serve
from tests.mailbox_server import mailbox as mailbox  # a fixture

PDF = b"%PDF-1.4 no workbook"
LETTERS = [mailed({f"скан {n}.pdf": PDF}, f"school{n}@example.org").replace(b"\n", b"\r\n") for n in range(3)]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "journal.db") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "input").mkdir()
    return tmp_path / "input"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "почта").iterdir()}


def test_new_letters_are_taken_once_as_they_are_and_stay_unread(mailbox: Serve, journal: Journal, folder: Path):
    box = mailbox()
    box.put(*LETTERS[:2])
    taken = fetch_letters(folder, box.fetch, PASSWORD, journal)
    assert sorted(files(folder).values()) == sorted(LETTERS[:2])
    assert {f"почта/{name}" for name in files(folder)} == set(taken.files)
    assert all(re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}-[0-9a-f]{12}\.eml", name) for name in files(folder))
    assert [path.parts[0] for path in look_into(folder, folder / "none").reports] == ["почта"] * 2
    assert fetch_letters(folder, box.fetch, PASSWORD, journal) == Fetched(())
    box.put(LETTERS[2])
    assert len(fetch_letters(folder, box.fetch, PASSWORD, journal).files) == 1
    assert box.seen() == b""


def test_the_file_of_a_letter_is_as_old_as_the_letter_on_the_server(mailbox: Serve, journal: Journal, folder: Path):
    box, came = mailbox(), datetime(2014, 3, 20, 6, 30, tzinfo=UTC)
    with closing(fetching._mailbox(box.fetch, PASSWORD).client) as client:
        assert client.append("INBOX", "", came, LETTERS[0])[0] == "OK"
    (name,) = fetch_letters(folder, box.fetch, PASSWORD, journal).files
    assert (folder / name).stat().st_mtime == came.timestamp()


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        ([b"1 (UID 7 RFC822.SIZE 2048)"], 2048),
        ([(b"1 (X-NOTE {3}", b"abc"), b" UID 7 RFC822.SIZE 2048)"], 2048),
        ([(b"1 (RFC822.SIZE 2048 X-NOTE {3}", b"abc"), b")"], 2048),
        ([None], 0),
    ],
)
def test_the_size_is_found_in_an_answer_of_several_parts(answer: list[bytes | tuple[bytes, ...] | None], size: int):
    assert fetching._size_said(answer) == size


def test_a_letter_whose_file_was_removed_is_not_taken_again(mailbox: Serve, journal: Journal, folder: Path):
    box = mailbox()
    box.put(*LETTERS)
    for name in fetch_letters(folder, box.fetch, PASSWORD, journal).files:
        (folder / name).unlink()
    assert fetch_letters(folder, box.fetch, PASSWORD, journal).files == ()
    box.number_anew()
    assert fetch_letters(folder, box.fetch, PASSWORD, journal).files == ()


def test_a_folder_with_a_russian_name_over_starttls_since_a_date(mailbox: Serve, journal: Journal, folder: Path):
    box = mailbox("starttls")
    other = msgspec.structs.replace(box.fetch, folder="Отчёты школ")
    with pytest.raises(OutputError, match="в ящике нет папки «Отчёты школ»"):
        fetch_letters(folder, other, PASSWORD, journal)
    with closing(fetching._mailbox(box.fetch, PASSWORD).client) as client:
        assert client.create('"&BB4EQgRHBFEEQgRL- &BEgEOgQ+BDs-"')[0] == "OK"
        assert client.append('"&BB4EQgRHBFEEQgRL- &BEgEOgQ+BDs-"', "", None, LETTERS[0])[0] == "OK"
    later = msgspec.structs.replace(other, since=date(2099, 1, 1))
    assert fetch_letters(folder, later, PASSWORD, journal).files == ()
    assert len(fetch_letters(folder, other, PASSWORD, journal).files) == 1


@pytest.mark.parametrize(
    ("changed", "password", "why"),
    [
        ({}, "wrong", "сервер не принял имя или пароль"),
        ({}, "неверный", "сервер не принял имя или пароль"),
        ({"ca_file": ""}, PASSWORD, "сертификат сервера не проверен"),
        ({"port": 1}, PASSWORD, "сервер 127.0.0.1 не отвечает"),
        ({"folder": "Нет"}, PASSWORD, "в ящике нет папки «Нет»"),
    ],
)
def test_what_keeps_us_out_is_one_sentence(
    mailbox: Serve, journal: Journal, folder: Path, changed: dict[str, object], password: str, why: str
):
    fetch = msgspec.structs.replace(mailbox().fetch, **changed)
    with pytest.raises(OutputError, match=f"^Почта не прочитана: {why}"):
        fetch_letters(folder, fetch, password, journal)


def test_what_settings_lack_is_said_before_anything_is_asked(journal: Journal, folder: Path):
    with pytest.raises(UsageError, match=r"нет раздела \[fetch\]"):
        fetch_letters(folder, Fetch(), PASSWORD, journal)
    with pytest.raises(UsageError, match=FETCH_PASSWORD_VARIABLE):
        fetch_letters(folder, Fetch(host="imap.example.ru", user="a"), None, journal)
    with pytest.raises(UsageError, match=r"ключ fetch\.ca_file"):
        fetch_letters(folder, Fetch(host="imap.example.ru", user="a", ca_file="нет.pem"), PASSWORD, journal)


def test_a_letter_above_all_measure_stays_and_is_named_every_time(
    mailbox: Serve, journal: Journal, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    box = mailbox()
    box.put(LETTERS[0])
    monkeypatch.setattr(fetching, "MOST", 10)
    for _ in range(2):
        taken = fetch_letters(folder, box.fetch, PASSWORD, journal)
        assert (taken.files, len(taken.too_big)) == ((), 1)


def _killed_in_between(folder: Path, journal: Path, fetch: Fetch) -> None:
    """Dies when the letter lies in its folder and nothing is noted yet."""

    class Dying(Journal):
        def mark_fetched(self, *row: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

    with Dying.open(journal) as opened:
        fetch_letters(folder, fetch, PASSWORD, opened)


def test_killed_between_file_and_note_a_letter_is_there_once(mailbox: Serve, tmp_path: Path, folder: Path):
    box = mailbox()
    box.put(*LETTERS)
    arguments = (folder, tmp_path / "journal.db", box.fetch)
    process = multiprocessing.get_context("spawn").Process(target=_killed_in_between, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert list(files(folder).values()) == [LETTERS[0]]
    with Journal.open(tmp_path / "journal.db") as journal:
        fetch_letters(folder, box.fetch, PASSWORD, journal)
        assert sorted(files(folder).values()) == sorted(LETTERS)
        assert fetch_letters(folder, box.fetch, PASSWORD, journal).files == ()


def test_a_mailbox_that_cannot_be_read_stops_no_summary(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(FETCH_PASSWORD_VARIABLE, PASSWORD)
    settings = Settings(fetch=Fetch(host="127.0.0.1", port=1, user="a"))
    said, all_taken = fetch_before(folder, tmp_path / "output", settings)
    assert (len(said), all_taken) == (1, False)
    assert said[0].endswith("Свод делается по тому, что лежит в папке.")


def test_what_a_lost_journal_knew_is_taken_back_before_the_run_and_told(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The run that follows finds a journal, and takes it for whole."""
    monkeypatch.setenv(FETCH_PASSWORD_VARIABLE, PASSWORD)
    month = tmp_path / "output" / "2014-03-20"
    (month / "sent").mkdir(parents=True)
    (month / "svod-2014-03-20.xlsx").touch()
    letter = Letter(("head@example.ru",), "Свод", "", "", name="rukovodstvo", says="54,7 %")
    (month / "sent" / "rukovodstvo.eml").write_bytes(compose(letter, date(2014, 3, 20))[0])
    fetch_before(folder, tmp_path / "output", Settings(fetch=Fetch(host="127.0.0.1", port=1, user="a")))
    assert "В журнале journal.db нет прежних запусков" in capsys.readouterr().out
    with Journal.copy(tmp_path / "output" / "journal.db") as journal:
        assert [one.recipient for one in journal.letters()] == ["head@example.ru"]


def test_the_commands_take_letters_and_tell_of_them(
    mailbox: Serve, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    box = mailbox()
    box.put(*LETTERS)
    monkeypatch.setenv(FETCH_PASSWORD_VARIABLE, PASSWORD)
    monkeypatch.chdir(tmp_path)
    values = {key: value for key, value in msgspec.to_builtins(box.fetch).items() if value is not None}
    lines = [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in values.items()]
    (tmp_path / "settings.toml").write_text("\n".join(["[fetch]", *lines]), "utf-8")
    assert command(monkeypatch, "fetch") == 0
    assert capsys.readouterr().out.replace("\xa0", " ") == "Взято из ящика: 3 новых письма — в папке input/почта.\n"
    assert command(monkeypatch, "--fetch", "--as-of", "2014-03-20") == 0
    findings = (tmp_path / "output" / "2014-03-20" / "findings.csv").read_text("utf-8-sig")
    assert findings.count(".eml/скан ") == 3
    assert "Новых писем в ящике нет." in capsys.readouterr().out


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["run.py", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code
