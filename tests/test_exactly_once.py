"""Whatever a mail server does, and whenever the program ends: a letter arrives once, waits, or is held."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Timer

import pytest

from pipeline.files import Outputs
from pipeline.memory import database
from pipeline.memory.journal import Journal
from pipeline.sending.delivery import Delivery, Fate, deliver, left_over
from pipeline.sending.outbox import Attachment, Letter, Waiting, compose, put_in_outbox, read, told_anew
from pipeline.sending.patience import Outcome, Patience
from pipeline.settings import Mail
from tests.depth import cases
from tests.mail_server import PASSWORD, Act, Post, Serve

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

ROOT = Path(__file__).parent.parent
AS_OF = date(2014, 3, 20)
NOW = datetime(2014, 3, 21, 9, 30, tzinfo=UTC)
HEAD, DEPUTY = "head@example.ru", "deputy@example.ru"
LETTER = Letter((HEAD, DEPUTY), "План выполнен", "Текст.", "<p>Текст.</p>", name="rukovodstvo", says="54,7 %")
BIG = replace(LETTER, to=(HEAD,), attachments=(Attachment("svod.xlsx", bytes(6 * 2**20), "application/zip"),))


@dataclass
class Script:
    """What the server says to a step, once each, in this order; then it is content."""

    answers: dict[tuple[str, str], list[str | Act]]
    seen: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, step: str, recipient: str) -> str | Act | None:
        self.seen.append((step, recipient))
        left = self.answers.get((step, recipient), [])
        return left.pop(0) if left else None


@dataclass
class Pauses:
    """Patience whose pauses take no time."""

    taken: list[float] = field(default_factory=list)

    def patience(self, **changes: object) -> Patience:
        return Patience(pauses=(15, 60), sleep=self.taken.append, **changes)  # type: ignore[arg-type]


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


def put(output: Path, letter: Letter = LETTER, as_of: date = AS_OF) -> Path:
    path = output / as_of.isoformat() / "outbox" / f"{letter.name}.eml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(compose(letter, as_of)[0])
    return path


def post_all(output: Path, mail: Mail, journal: Journal, patience: Patience, **more: object) -> list[Delivery]:
    return deliver(output, mail, PASSWORD, journal, NOW, None, False, patience=patience, **more)  # type: ignore[arg-type]


def missed(delivery: Delivery) -> dict[str, Outcome]:
    return {one.address: one.outcome for one in delivery.missed}


# ── what servers do ──────────────────────────────────────────────────────────────────────────────────────
PASSING: dict[str, tuple[str, str | Act]] = {
    "greylisting": ("RCPT", "450 4.2.0 greylisted, try again"),
    "a server that closes": ("RCPT", "421 4.3.2 shutting down"),
    "a server without room": ("DATA", "452 4.3.1 insufficient storage"),
    "a letter not taken now": ("DOT", "451 4.3.0 try again later"),
    "broken before the envelope": ("MAIL", Act.DROP),
    "broken after the recipient": ("RCPT", Act.DROP),
    "broken before DATA": ("DATA", Act.DROP),
}


@pytest.mark.parametrize("trouble", PASSING)
def test_what_passes_is_tried_again_after_a_pause_and_arrives_once(
    trouble: str, serve: Serve, output: Path, journal: Journal, pauses: Pauses
):
    step, said = PASSING[trouble]
    post, mail = serve()
    post.play = Script({(step, "" if step == "MAIL" else HEAD): [said]})
    waiting = put(output)
    (delivery,) = post_all(output, mail, journal, pauses.patience())
    assert sorted(post.received) == [[DEPUTY], [HEAD]]
    assert (delivery.fate, delivery.missed, sorted(delivery.to)) == (Fate.SENT, (), [DEPUTY, HEAD])
    assert pauses.taken == [15]
    assert not waiting.exists()
    assert journal.attempts() == []


def test_what_does_not_pass_is_left_after_growing_pauses(serve: Serve, output: Path, journal: Journal, pauses: Pauses):
    post, mail = serve()
    post.play = Script({("RCPT", HEAD): ["450 4.2.0 greylisted"] * 3})
    waiting = put(output)
    (delivery,) = post_all(output, mail, journal, pauses.patience())
    assert missed(delivery) == {HEAD: Outcome.WAITS}
    assert delivery.missed[0].reason == "сервер не принял адрес: 450 4.2.0 greylisted"
    assert post.received == [[DEPUTY]]
    assert pauses.taken == [15, 60]
    (left,) = left_over(output, journal)
    assert (left.due, left.held) == ((HEAD,), ())
    assert waiting.exists()


def test_after_421_only_those_are_noted_who_have_got_it(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    post.play = Script({("RCPT", DEPUTY): ["421 4.3.2 shutting down"]})
    put(output)
    (delivery,) = post_all(output, mail, journal, Patience(pauses=()))
    assert (delivery.to, missed(delivery)) == ((HEAD,), {DEPUTY: Outcome.WAITS})
    assert [line.recipient for line in journal.letters()] == [HEAD]
    (later,) = post_all(output, mail, journal, Patience(pauses=()))
    assert later.to == (DEPUTY,)
    assert post.received == [[HEAD], [DEPUTY]]


def test_broken_while_the_letter_is_said_it_has_not_gone(serve: Serve, output: Path, journal: Journal, pauses: Pauses):
    """Too big to lie whole on the way when the connection breaks: its last dot is never said."""
    post, mail = serve()
    post.play = Script({("BODY", HEAD): [Act.DROP]})
    put(output, BIG)
    (delivery,) = post_all(output, mail, journal, pauses.patience())
    assert (delivery.fate, delivery.missed) == (Fate.SENT, ())
    assert (post.received, pauses.taken) == ([[HEAD]], [15])


UNANSWERED = {
    "broken, not stored": ("DOT", Act.DROP, "прервал связь", 0),
    "broken, stored": ("STORED", Act.DROP, "прервал связь", 1),
    "silent, not stored": ("DOT", Act.SILENCE, "не ответил за 0.2 с", 0),
    "silent, stored": ("STORED", Act.SILENCE, "не ответил за 0.2 с", 1),
    "an answer that is none": ("STORED", "привет", "ответ сервера на письмо непонятен", 1),
}


@pytest.mark.parametrize("trouble", UNANSWERED)
def test_a_letter_without_an_answer_is_held_and_goes_again_on_a_persons_word_alone(
    trouble: str, serve: Serve, output: Path, journal: Journal, pauses: Pauses
):
    step, act, reason, stored = UNANSWERED[trouble]
    post, mail = serve()
    post.play = Script({(step, HEAD): [act]})
    waiting = put(output, replace(LETTER, to=(HEAD,)))
    (delivery,) = post_all(output, mail, journal, pauses.patience(after_dot=0.2))
    assert (delivery.fate, missed(delivery)) == (Fate.HELD, {HEAD: Outcome.UNKNOWN})
    assert reason in delivery.missed[0].reason
    assert pauses.taken == []
    (later,) = post_all(output, mail, journal, pauses.patience())
    assert (later.fate, len(post.letters)) == (Fate.HELD, stored)
    (left,) = left_over(output, journal)
    assert [held.key for held in left.held] == [later.missed[0].key]
    assert waiting.exists()
    journal.mark_not_sent(later.missed[0].key)
    (again,) = post_all(output, mail, journal, pauses.patience())
    assert (again.fate, len(post.letters)) == (Fate.SENT, stored + 1)
    assert len({read(one.original_content)["Message-ID"] for one in post.letters}) == 1


def test_after_silence_the_other_letters_wait_and_none_is_lost(
    serve: Serve, output: Path, journal: Journal, pauses: Pauses
):
    post, mail = serve()
    post.play = Script({("DOT", HEAD): [Act.SILENCE]})
    put(output)
    (delivery,) = post_all(output, mail, journal, pauses.patience(after_dot=0.2))
    assert missed(delivery) == {HEAD: Outcome.UNKNOWN, DEPUTY: Outcome.WAITS}
    assert pauses.taken == []
    (later,) = post_all(output, mail, journal, pauses.patience())
    assert (later.to, missed(later)) == ((DEPUTY,), {HEAD: Outcome.UNKNOWN})


def test_a_refused_letter_is_kept_with_the_servers_words(serve: Serve, output: Path, journal: Journal, pauses: Pauses):
    post, mail = serve()
    post.play = Script({("DOT", HEAD): ["554 5.7.1 looks like spam"]})
    put(output, replace(LETTER, to=(HEAD,)))
    (delivery,) = post_all(output, mail, journal, pauses.patience())
    assert (delivery.fate, missed(delivery), pauses.taken) == (Fate.NOT_SENT, {HEAD: Outcome.REFUSED}, [])
    (line,) = journal.attempts()
    assert (line.recipient, line.refused) == (HEAD, "сервер не принял письмо (554 5.7.1 looks like spam)")
    (later,) = post_all(output, mail, journal, pauses.patience())  # the next time the server may have been mended
    assert (later.fate, journal.attempts()) == (Fate.SENT, [])


def test_a_slow_server_gets_its_letters_to_their_end(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    post.slow = 0.05
    put(output)
    (delivery,) = post_all(output, mail, journal, Patience(pauses=()))
    assert (delivery.fate, len(post.letters)) == (Fate.SENT, 2)


def test_a_server_that_is_not_there_is_asked_again(output: Path, journal: Journal, serve: Serve, pauses: Pauses):
    """It comes while the run waits."""
    post, mail = serve()
    away = Mail(**{name: getattr(mail, name) for name in mail.__struct_fields__} | {"host": "mail.invalid"})
    put(output)
    (delivery,) = post_all(output, away, journal, pauses.patience())
    assert set(missed(delivery).values()) == {Outcome.WAITS}
    assert pauses.taken == [15, 60]
    assert post.letters == []


@pytest.mark.parametrize("wrong", ["password", "certificate", "encryption"])
def test_what_only_a_person_mends_is_not_tried_again(
    wrong: str, serve: Serve, output: Path, journal: Journal, pauses: Pauses
):
    post, mail = serve(tls=wrong != "encryption")
    if wrong == "certificate":
        mail = Mail(**{name: getattr(mail, name) for name in mail.__struct_fields__} | {"ca_file": ""})
    put(output)
    password = "wrong" if wrong == "password" else PASSWORD
    (delivery,) = deliver(output, mail, password, journal, NOW, None, False, patience=pauses.patience())
    assert set(missed(delivery).values()) == {Outcome.WAITS}
    assert (pauses.taken, post.letters, journal.attempts()) == ([], [], [])


def test_a_withheld_letter_waits_and_says_why(serve: Serve, output: Path, journal: Journal, pauses: Pauses):
    post, mail = serve()
    put(output)
    put(output, replace(LETTER, name="sboi", to=(HEAD,)))

    def withheld(letter: Waiting) -> str:
        return "дата ещё не утверждена" if letter.name == "rukovodstvo" else ""

    leadership, failure = post_all(output, mail, journal, pauses.patience(), withheld=withheld)
    assert (leadership.fate, {one.reason for one in leadership.missed}) == (Fate.TO_SEND, {"дата ещё не утверждена"})
    assert (failure.fate, post.received, pauses.taken) == (Fate.SENT, [[HEAD]], [])


def test_a_newer_letter_goes_beside_one_that_is_held_and_takes_the_place_of_one_that_waits(
    serve: Serve, output: Path, journal: Journal, pauses: Pauses
):
    post, mail = serve()
    post.play = Script({("STORED", HEAD): [Act.DROP], ("RCPT", HEAD): []})
    put(output, replace(LETTER, to=(HEAD,)))
    post_all(output, mail, journal, pauses.patience())
    folder = output / AS_OF.isoformat() / "outbox"
    for says in ("39 %", "40 %"):
        with Outputs(output) as outputs:
            put_in_outbox(replace(LETTER, to=(HEAD,), says=says, subject=says), AS_OF, "", journal, outputs)
            outputs.commit()
        assert sorted(path.name for path in folder.iterdir()) == ["rukovodstvo.eml", "rukovodstvo~2.eml"]
    held, newer = post_all(output, mail, journal, pauses.patience())
    assert (held.fate, newer.fate, newer.subject) == (Fate.HELD, Fate.SENT, "40 %")
    assert [path.name for path in folder.iterdir()] == ["rukovodstvo.eml"]


# ── the second witness ───────────────────────────────────────────────────────────────────────────────────
def test_what_lies_in_sent_is_known_when_the_journal_was_lost(serve: Serve, output: Path, pauses: Pauses):
    post, mail = serve()
    post.play = Script({("RCPT", DEPUTY): ["550 5.1.1 no such user"]})
    put(output)
    with Journal.open(output / "journal.db") as journal:
        post_all(output, mail, journal, pauses.patience())
    for file in output.glob("journal.db*"):
        file.unlink()
    with Journal.open(output / "journal.db") as journal:
        (delivery,) = post_all(output, mail, journal, pauses.patience())
        assert delivery.to == (DEPUTY,)
        assert {line.recipient: line.sent_at for line in journal.letters()} == {HEAD: NOW, DEPUTY: NOW}
    assert post.received == [[HEAD], [DEPUTY]]
    kept = [path.name for path in (output / AS_OF.isoformat() / "sent").iterdir()]
    assert kept == ["rukovodstvo.eml"]


# ── the journal fails ────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_PATIENCE", 0)


def held_by_another(output: Path) -> sqlite3.Connection:
    """A program that writes the journal and does not come to an end."""
    other = sqlite3.connect(output / "journal.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


@pytest.mark.usefixtures("impatient")
def test_without_a_mark_in_the_journal_nothing_is_sent(serve: Serve, output: Path, pauses: Pauses):
    post, mail = serve()
    put(output)
    with Journal.open(output / "journal.db") as journal, closing(held_by_another(output)):
        (delivery,) = post_all(output, mail, journal, pauses.patience())
    assert set(missed(delivery).values()) == {Outcome.WAITS}
    assert {one.reason for one in delivery.missed} == {
        "журнал journal.db не открывается: проверьте права на папку и закройте программу, что его держит"
    }
    assert (post.letters, pauses.taken) == ([], [])


@pytest.mark.usefixtures("impatient")
def test_a_letter_that_went_while_the_journal_was_locked_is_known_by_sent(serve: Serve, output: Path, pauses: Pauses):
    post, mail = serve()
    others = []

    def lock(step: str, recipient: str) -> None:
        if (step, recipient) == ("STORED", HEAD):
            others.append(held_by_another(output))

    post.play = lock
    put(output)
    with Journal.open(output / "journal.db") as journal:
        (delivery,) = post_all(output, mail, journal, pauses.patience())
        assert (delivery.to, missed(delivery)) == ((HEAD,), {DEPUTY: Outcome.WAITS})
        assert delivery.note.startswith("Письмо ушло (head@example.ru), но это не записано")
        assert [line.refused for line in journal.attempts()] == [None]
        for other in others:
            other.close()
        post.play = Script({})
        (later,) = post_all(output, mail, journal, pauses.patience())
        assert (later.to, later.missed, journal.attempts()) == ((DEPUTY,), (), [])
    assert post.received == [[HEAD], [DEPUTY]]


def test_the_mark_is_on_the_disk_before_the_letter_is_said(serve: Serve, output: Path, journal: Journal):
    """Another process sees it while the server still waits for the letter."""
    post, mail = serve()
    marks = {}

    def look(step: str, recipient: str) -> None:
        if step in ("RCPT", "DATA", "STORED"):
            with Journal.copy(output / "journal.db") as known:
                marks[step] = [line.refused for line in known.attempts()]

    post.play = look
    put(output, replace(LETTER, to=(HEAD,)))
    post_all(output, mail, journal, Patience(pauses=()))
    assert marks == {"RCPT": [], "DATA": [None], "STORED": [None]}
    assert journal._database.execute("PRAGMA synchronous").fetchone() == (3,)


# ── the program ends ─────────────────────────────────────────────────────────────────────────────────────
PEOPLE = (("a@example.ru", "b@example.ru"), ("c@example.ru",), ("d@example.ru",))
STEPS = ("MAIL", "RCPT", "DATA", "BODY", "DOT", "STORED", "any step", "soon after any step")


class Sender:
    """A process that has imported all that sending needs, and forks a child for every trial."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.sender"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, output: Path, mail: Mail, file_limit: int = 0) -> int:
        """The child, which waits for `go`. `file_limit`: bytes beyond which it can write no file."""
        self._say(f"{output}\t{mail.port}\t{mail.ca_file}\t{file_limit}")
        return int(self._line())

    def go(self) -> int:
        """Its exit code, negative for a signal."""
        self._say("go")
        return int(self._line())

    def close(self) -> None:
        self._process.communicate()

    def _say(self, text: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    if os.name == "nt":
        pytest.skip("no fork there")
    with closing(Sender()) as sender:
        yield sender


def three_letters(folder: Path) -> Path:
    folder.mkdir()
    for n, people in enumerate(PEOPLE):
        put(folder, replace(LETTER, name=f"shkola-{n}", to=people))
    return folder


def killer(child: int, step: str, nth: int, soon: float = 0) -> Callable[[str, str], None]:
    """Ends the child when the server is at that step for the nth time, or at its nth doing of any kind; `soon`: so many
    seconds later, when the child is at something that the server knows nothing of."""
    left = nth

    def play(now_at: str, _: str) -> None:
        nonlocal left
        left -= now_at == step or step.endswith("any step")
        if left == 0 and soon:
            Timer(soon, end, [child]).start()
        elif left == 0:
            end(child)

    return play


def end(child: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def once_or_held(output: Path, mail: Mail, post: Post) -> None:
    """After another run: everybody has got his letter once, or it is held; and the run after that changes nothing."""
    for later in (1, 2):
        with Journal.open(output / "journal.db") as journal:
            now = NOW + timedelta(hours=later)
            deliver(output, mail, PASSWORD, journal, now, None, False, patience=Patience(pauses=()))
            held = {held.recipient for one in left_over(output, journal) for held in one.held}
            due = {address for one in left_over(output, journal) for address in one.due}
        arrived = Counter(address for letter in post.letters for address in letter.rcpt_tos)
        everybody = {address for people in PEOPLE for address in people}
        assert not due
        assert max(arrived.values()) == 1
        assert everybody - held <= set(arrived)
        assert len(held) <= 1


@pytest.mark.parametrize("seed", range(cases(2, 4)))
def test_killed_at_25_moments_every_letter_arrives_once_or_is_held(
    seed: int, sender: Sender, serve: Serve, tmp_path: Path
):
    random, killed, trial = Random(seed), 0, 0
    post, mail = serve()
    while killed < 25:
        trial += 1
        output = three_letters(tmp_path / f"output-{trial}")
        post.letters.clear()
        step = random.choice(STEPS)
        child = sender.begin(output, mail)
        soon = random.random() / 100 if step.startswith("soon") else 0
        post.play = killer(child, step, random.randint(1, 20 if step.endswith("any step") else 4), soon)
        killed += sender.go() == -signal.SIGKILL
        assert killed == trial or soon
        post.play = Script({})
        once_or_held(output, mail, post)


def test_killed_between_the_servers_acceptance_and_the_note_it_is_held_and_told(
    sender: Sender, serve: Serve, tmp_path: Path
):
    post, mail = serve()
    output = three_letters(tmp_path / "output")
    child = sender.begin(output, mail)
    post.play = killer(child, "STORED", 2)
    assert sender.go() == -signal.SIGKILL
    post.play = Script({})
    with Journal.open(output / "journal.db") as journal:
        first, *_ = deliver(output, mail, PASSWORD, journal, NOW, None, False, patience=Patience(pauses=()))
    assert missed(first) == {"b@example.ru": Outcome.UNKNOWN}
    assert first.missed[0].reason == "дошло ли оно, неизвестно с 21.03.2014 09:30"
    once_or_held(output, mail, post)


@pytest.mark.parametrize("seed", range(2))
def test_with_a_disk_that_fills_up_every_letter_arrives_once_or_is_held(
    seed: int, sender: Sender, serve: Serve, tmp_path: Path
):
    """The log of the journal comes to its end at whatever is being written."""
    random, troubled = Random(seed), 0
    post, mail = serve()
    post.play = Script({})
    for n in range(12):
        output = three_letters(tmp_path / f"output-{n}")
        Journal.open(output / "journal.db").close()
        post.letters.clear()
        sender.begin(output, mail, file_limit=random.randint(40, 120) * 1024)
        assert sender.go() in (0, 1)
        troubled += len(post.letters) < 4
        once_or_held(output, mail, post)
    assert troubled > 2


# ── what is new ──────────────────────────────────────────────────────────────────────────────────────────
def test_what_holds_again_after_a_correction_is_news_and_what_was_told_last_is_none():
    def digest(text: str) -> str:
        return str(read(compose(replace(LETTER, says=text), AS_OF)[0])["X-Svod-Says"])

    said: list[str] = []
    told = []
    for figure in ("41 %", "41 %", "39 %", "39 %", "41 %", "41 %", "39 %"):
        anew = told_anew(figure, said)
        told.append(digest(anew.says) not in said)
        if told[-1]:
            assert anew.corrects == (said[-1] if said else "")
            said.append(digest(anew.says))
    assert told == [True, False, True, False, True, False, True]
