"""A run that is killed, at whatever it was: the journal opens, and the next run does as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.demo import make
from pipeline.memory.journal import Journal
from schemas.form import load_form
from tests.conftest import Once

ROOT = Path(__file__).parent.parent
AS_OF = "2014-03-20"


@pytest.fixture(scope="module")
def made(once: Once) -> Path:
    district = once("four schools", lambda folder: make(folder, load_form("form-547"), schools=4, dates=2, seed=1))
    return district.registry.parent


def start(input: Path, output: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "run.py", "--input", input, "--output", output, "--as-of", AS_OF]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def results(output: Path) -> dict[str, bytes]:
    """The files under their own names, and leftovers: `.name.<process>.tmp`."""
    folder = output / AS_OF
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def finished(output: Path) -> dict[str, bytes]:
    return {name: content for name, content in results(output).items() if not name.endswith(".tmp")}


@pytest.fixture(scope="module")
def undisturbed(made: Path, once: Once) -> dict[str, bytes]:
    return once("undisturbed", lambda folder: undisturbed_in(folder, made))


def undisturbed_in(folder: Path, made: Path) -> dict[str, bytes]:
    assert start(made, folder / "output").wait() == 0
    return results(folder / "output")


def has_read(output: Path) -> bool:
    """The run has noted what it has read: a table of the journal has its first row."""
    if not (output / "journal.db").exists():
        return False
    try:
        with Journal.copy(output / "journal.db") as journal:
            return not journal.is_new
    except ValueError:  # the file is there, its first page not yet
        return False


MOMENTS: dict[str, Callable[[Path], object]] = {
    "the folder is held": lambda output: (output / ".svod.lock").exists(),
    "the journal is there": lambda output: (output / "journal.db").exists(),
    "the journal is written": lambda output: (output / "journal.db-wal").exists(),
    "all is read": has_read,
    "the first result is made": lambda output: any(output.glob(f"{AS_OF}/.*.tmp")),
    "a return is made": lambda output: any(output.glob(f"{AS_OF}/returns/.*.tmp")),
    "the first result has its place": lambda output: any(output.glob(f"{AS_OF}/*.csv")),
    "the summary has its place": lambda output: (output / AS_OF / f"svod-{AS_OF}.xlsx").exists(),
}


def kill_when(process: "subprocess.Popen[bytes]", seen: Callable[[Path], object], output: Path) -> None:
    while not seen(output):
        assert process.poll() is None, "the run has ended before"
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_kill_the_journal_opens_and_the_next_run_writes_the_same_bytes(
    moment: str, made: Path, undisturbed: dict[str, bytes], tmp_path: Path
):
    output = tmp_path / "output"
    kill_when(start(made, output), MOMENTS[moment], output)
    assert finished(output).items() <= undisturbed.items()
    with Journal.copy(output / "journal.db") as journal:
        assert len(journal.runs()) <= 1
    assert start(made, output).wait() == 0
    assert results(output) == undisturbed
    with Journal.open(output / "journal.db") as journal:
        assert journal.warning == ""
        assert journal.runs()[-1].tally


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_kills_in_a_row_over_earlier_results_leave_these_whole(
    made: Path, undisturbed: dict[str, bytes], tmp_path: Path
):
    output = tmp_path / "output"
    assert start(made, output).wait() == 0
    for _ in range(2):
        kill_when(start(made, output), MOMENTS["a return is made"], output)
        assert finished(output) == undisturbed
    assert start(made, output).wait() == 0
    assert results(output) == undisturbed
