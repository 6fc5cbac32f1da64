"""What surrounds a command is against it: rights, room, the clock, who holds the journal, another file system. One
Russian sentence, nothing lost, and undisturbed it gives what it would have given."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from pipeline import monthly
from pipeline.demo import make
from pipeline.files import settle
from pipeline.memory.journal import Journal
from pipeline.sending.outbox import NAME_HEADER, SAYS_HEADER, read
from pipeline.settings import PASSWORD_VARIABLE, Settings
from schemas.form import load_form
from tests.conftest import Once
from tests.depth import cases
from tests.kills import AS_OF, everything, journal_knows, results
from tests.mail_server import PASSWORD, Post, Serve
from tests.zygote import ROOT, Run, Zygote

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts and rights of Linux")

MB = 2**20
ROOM = 24 * MB
# `unshare` lets an ordinary user mount, too, where the system lets him.
OWN_MOUNTS = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
MOUNTED = 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"'
# Root without its powers: what the modes of a file say holds for it as for anybody.
ORDINARY = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []


@pytest.fixture(scope="module")
def district(once: Once) -> Path:
    """`input`, `older` and `newer`: results of the same date without a school's report, and with it."""
    return once("district in trouble", _make)


def _make(folder: Path) -> Path:
    input = make(folder, load_form("form-547"), schools=2, dates=2, seed=1).registry.parent
    odd = next(path for path in sorted(input.rglob("*.xlsx")) if AS_OF in path.parts)
    (folder / "older").mkdir()
    shutil.move(odd, folder / odd.name)
    with closing(Zygote()) as zygote:
        assert _run(zygote, input, folder / "older").code == 0
        shutil.move(folder / odd.name, odd)
        shutil.copytree(folder / "older", folder / "newer")
        assert _run(zygote, input, folder / "newer").code == 0
        shutil.copytree(folder / "newer", folder / "rebuilt")
        assert zygote.run("rebuild", AS_OF, "--output", folder / "rebuilt").code == 0
    return folder


def _run(zygote: Zygote, input: Path, output: Path) -> Run:
    return zygote.run("--input", input, "--output", output, "--as-of", AS_OF)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with closing(Zygote()) as made:
        yield made


def is_as_undisturbed(output: Path, wanted: Path) -> None:
    assert everything(output) == everything(wanted)
    assert journal_knows(output) == journal_knows(wanted)


def one_sentence(ran: Run, code: int = 3) -> str:
    assert ran.code == code, ran
    assert ran.refused.count("\n") == 1, ran.refused
    assert "Сбой программы" not in ran.refused
    return ran.refused


# ── rights ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def ordinary() -> Iterator[Zygote]:
    with closing(Zygote(*ORDINARY)) as made:
        yield made


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    below = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in below}
    for path in below:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def test_an_ordinary_user_needs_no_right_to_write_the_input(ordinary: Zygote, district: Path, tmp_path: Path):
    input = Path(shutil.copytree(district / "input", tmp_path / "input"))
    output = Path(shutil.copytree(district / "older", tmp_path / "output"))
    with read_only(input):
        assert _run(ordinary, input, output).code == 0
    is_as_undisturbed(output, district / "newer")


@pytest.mark.parametrize("command", [(), ("forms",), ("school", "--all"), ("mail",), ("approve", AS_OF)])
def test_an_output_folder_without_rights_is_one_sentence(
    command: tuple[str, ...], ordinary: Zygote, district: Path, tmp_path: Path
):
    output = Path(shutil.copytree(district / "newer", tmp_path / "output"))
    settings = tmp_path / "settings.toml"
    settings.write_text('[mail]\nhost = "127.0.0.1"\nport = 9\nsender = "svod@example.ru"\napproval = true\n')
    words = [*command, "--output", output, "--settings", settings]
    words += ["--input", district / "input"] if command[:1] not in (("mail",), ("approve",)) else []
    words += ["--as-of", AS_OF] if command[:1] != ("approve",) else []
    with read_only(output):
        assert "прав" in one_sentence(ordinary.run(*words))
    is_as_undisturbed(output, district / "newer")


@pytest.mark.parametrize("command", [("history",), ("trace", "1", "14", "--as-of", AS_OF)])
def test_whoever_only_looks_needs_no_right_to_write(
    command: tuple[str, ...], ordinary: Zygote, district: Path, tmp_path: Path
):
    output = Path(shutil.copytree(district / "newer", tmp_path / "output"))
    words = [*command, "--output", output, "--input", district / "input"]
    wanted = ordinary.run(*words)
    assert (wanted.code, wanted.refused) == (0, "")
    with read_only(output):
        assert ordinary.run(*words)[2:] == wanted[2:]


def test_a_report_that_may_not_be_read_is_a_remark_on_it(ordinary: Zygote, district: Path, tmp_path: Path):
    input = Path(shutil.copytree(district / "input", tmp_path / "input"))
    next(path for path in sorted(input.rglob("*.xlsx")) if AS_OF in path.parts).chmod(0)
    assert _run(ordinary, input, tmp_path / "output").code == 0
    assert "Нет прав на чтение" in (tmp_path / "output" / AS_OF / "findings.csv").read_text("utf-8")


# ── room ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Zygote, Path, Path]]:
    """A process that has a disk of its own, the folder under which it sees it, and where the test sees that."""
    (tmp_path / "disk").mkdir()
    in_a_room = [*OWN_MOUNTS, "sh", "-c", MOUNTED, str(ROOM), tmp_path / "disk"]
    if subprocess.run([*in_a_room, "true"], capture_output=True).returncode != 0:
        pytest.skip("no rights to a room of its own")
    with closing(Zygote(*in_a_room)) as zygote:
        yield zygote, tmp_path / "disk", zygote.root / (tmp_path / "disk").relative_to("/")


def fill_up(disk: Path, left: int) -> Path:
    """All but so many bytes are taken."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        free = os.statvfs(disk)
        os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - left))
    return ballast


# What lies there before and after, the command, and bytes that are more than enough for it.
COMMANDS = {
    "main": ("older", "newer", (), ("--as-of", AS_OF), MB),
    "rebuild": ("newer", "rebuilt", ("rebuild", AS_OF), (), MB // 2),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_whatever_room_a_disk_has_left_nothing_is_lost(
    command: str, small_disk: tuple[Zygote, Path, Path], district: Path, tmp_path: Path
):
    """From none to more than is needed: it ends at whatever is being written then."""
    before, after, words, more, needed = COMMANDS[command]
    zygote, folder, disk = small_disk
    input = () if command == "rebuild" else ("--input", district / "input")
    refused = 0
    for step in range(steps := cases(4, 60)):
        output = Path(shutil.copytree(district / before, disk / "output"))
        ballast = fill_up(disk, needed * step // (steps - 1))
        ran = zygote.run(*words, *input, "--output", folder / "output", *more)
        if ran.code:
            refused += 1
            assert "на диске кончилось место" in one_sentence(ran)
        assert results(output) == results(district / (before if ran.code else after))
        ballast.unlink()
        assert zygote.run(*words, *input, "--output", folder / "output", *more).code == 0
        # SQLite follows the way to a disk that only another process sees to one of this process
        is_as_undisturbed(Path(shutil.copytree(output, tmp_path / f"seen-{step}")), district / after)
        shutil.rmtree(output)
    assert 0 < refused < steps


# ── the clock ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_clock_set_forward_and_back_changes_no_result(district: Path, tmp_path: Path):
    """Ten years ahead, then right again, then a year behind."""
    output = Path(shutil.copytree(district / "older", tmp_path / "output"))
    now = datetime.now(UTC)
    for away in (timedelta(days=3650), timedelta(0), timedelta(days=-365)):
        as_of = datetime.fromisoformat(AS_OF).date()
        done = monthly.run(monthly.Job.of(district / "input", output, as_of, Settings(), now + away))
        assert any("Часы компьютера показывают" in said for said in done.warnings) is (away <= timedelta(0))
        assert results(output) == results(district / "newer")
    assert journal_knows(output) == journal_knows(district / "newer")


@pytest.fixture
def settings(serve: Serve, tmp_path: Path) -> tuple[Post, Path]:
    """A mail server, and settings that send there."""
    post, mail = serve()
    path = tmp_path / "settings.toml"
    keys = {name: getattr(mail, name) for name in ("host", "port", "user", "sender", "ca_file")}
    path.write_text("[mail]\nschools = true\n" + "".join(f"{name} = {value!r}\n" for name, value in keys.items()))
    return post, path


@pytest.mark.skipif(shutil.which("faketime") is None, reason="no faketime")
def test_the_clock_of_the_computer_set_back_and_forward_changes_no_result_and_no_letter(
    zygote: Zygote, district: Path, settings: tuple[Post, Path], tmp_path: Path
):
    """A month back, then ten years ahead when a report and its letters come, then right again."""
    post, file = settings
    input = Path(shutil.copytree(district / "input", tmp_path / "input"))
    odd = next(path for path in sorted(input.rglob("*.xlsx")) if AS_OF in path.parts)

    def live(output: Path, *, disturbed: bool) -> Counter[tuple[str, str, str]]:
        main = ("--input", input, "--output", output, "--as-of", AS_OF, "--settings", file)
        then = partial(at_another_time, "+3650d") if disturbed else zygote.run
        post.letters.clear()
        shutil.move(odd, tmp_path / odd.name)
        assert not _tells_of_the_clock(zygote.run(*main, "--mail"))
        if disturbed:
            assert _tells_of_the_clock(at_another_time("-30d", *main, "--mail"))
        shutil.move(tmp_path / odd.name, odd)
        for words in (main, ("mail", "--output", output, "--settings", file)):
            assert not _tells_of_the_clock(then(*words))
        if disturbed:
            assert _tells_of_the_clock(zygote.run(*main, "--mail"))
        return _arrived(post)

    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    wanted = live(undisturbed, disturbed=False)
    assert set(wanted.values()) == {1}
    assert live(disturbed, disturbed=True) == wanted
    assert results(disturbed) == results(undisturbed)
    assert journal_knows(disturbed) == journal_knows(undisturbed)


def at_another_time(away: str, *words: object) -> Run:
    """`run.py` in a process of its own, for which the computer's clock stands so far away; times of files do not."""
    surroundings = os.environ | {"NO_FAKE_STAT": "1", "DONT_FAKE_MONOTONIC": "1", PASSWORD_VARIABLE: PASSWORD}
    command = ["faketime", "-f", away, sys.executable, "run.py", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, encoding="utf-8", check=False)
    return Run(done.returncode, 0, done.stdout, done.stderr)


def _arrived(post: Post) -> Counter[tuple[str, str, str]]:
    """Letter, what it says and recipient: how often."""
    letters = [(read(one.original_content), to) for one in post.letters for to in one.rcpt_tos]
    return Counter((str(letter[NAME_HEADER]), str(letter[SAYS_HEADER]), to) for letter, to in letters)


def _tells_of_the_clock(ran: Run) -> bool:
    assert (ran.code, ran.refused) == (0, "")
    return "Часы компьютера показывают" in ran.said


# ── the journal ──────────────────────────────────────────────────────────────────────────────────────────
@contextmanager
def held(output: Path) -> Iterator[None]:
    """Another program writes the journal and does not come to an end."""
    with closing(sqlite3.connect(output / "journal.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield


@pytest.mark.parametrize("command", [(), ("forms",), ("school", "--all"), ("history",), ("trace", "1", "14")])
def test_a_journal_that_another_program_holds_is_one_sentence(
    command: tuple[str, ...], zygote: Zygote, district: Path, tmp_path: Path
):
    output = Path(shutil.copytree(district / "older", tmp_path / "output"))
    words = [*command, "--input", district / "input", "--output", output]
    words += ["--as-of", AS_OF] if command != ("history",) else []
    before = results(output)
    with held(output):
        assert "закройте программу" in one_sentence(zygote.run(*words))
        assert results(output) == before
    assert _run(zygote, district / "input", output).code == 0
    is_as_undisturbed(output, district / "newer")


# ── another file system ──────────────────────────────────────────────────────────────────────────────────
# In memory and on the disk: the tests' own files lie on one of them, which depends on how they are started.
FILE_SYSTEMS = [place for place in ("/dev/shm", "/var/tmp") if os.access(place, os.W_OK)]


@pytest.mark.skipif(len({os.stat(place).st_dev for place in FILE_SYSTEMS}) < 2, reason="no other file system at hand")
def test_results_on_another_file_system_than_input_and_temporary_files_are_the_same(
    zygote: Zygote, district: Path, settings: tuple[Post, Path], tmp_path: Path
):
    """Summary, forms and letters."""
    post, file = settings

    def live(output: Path) -> Counter[tuple[str, str, str]]:
        shutil.copytree(district / "older", output)
        post.letters.clear()
        day = ("--output", output, "--as-of", AS_OF, "--settings", file)
        for words in ((), ("forms",), ("mail",)):
            ran = zygote.run(*words, *day, *(() if words == ("mail",) else ("--input", district / "input")))
            assert (ran.code, ran.refused) == (0, "")
        return _arrived(post)

    here = tmp_path / "output"
    wanted = live(here)
    other = next(place for place in FILE_SYSTEMS if os.stat(place).st_dev != (district / "input").stat().st_dev)
    with tempfile.TemporaryDirectory(dir=other) as made:
        output = Path(made, "output")
        assert live(output) == wanted != Counter()
        assert results(output) == results(here)
        assert everything(output).keys() == everything(here).keys()
        assert journal_knows(output) == journal_knows(here)
        assert not settle(output)
        with Journal.copy(output / "journal.db") as journal:
            assert journal.warning == ""
