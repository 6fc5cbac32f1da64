"""A run that is killed, at whatever it was: the journal opens, and the next run does as if nothing had happened."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.demo import make
from pipeline.memory.journal import Journal
from schemas.form import load_form
from tests.conftest import Once
from tests.killed import AS_OF, MOMENTS
from tests.test_cli import svod

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def made(once: Once) -> Path:
    district = once("four schools", lambda folder: make(folder, load_form("form-547"), schools=4, dates=2, seed=1))
    return district.registry.parent


def run_to_its_end(made: Path, output: Path) -> None:
    done = svod("--input", made, "--output", output, "--as-of", AS_OF)
    assert done.returncode == 0, done.stderr


def kill_when(moment: str, made: Path, output: Path) -> None:
    words = ["tests.killed", moment, output, "--input", made, "--output", output, "--as-of", AS_OF]
    killed = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL


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
    run_to_its_end(made, folder / "output")
    return results(folder / "output")


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_kill_the_journal_opens_and_the_next_run_writes_the_same_bytes(
    moment: str, made: Path, undisturbed: dict[str, bytes], tmp_path: Path
):
    output = tmp_path / "output"
    kill_when(moment, made, output)
    assert finished(output).items() <= undisturbed.items()
    with Journal.copy(output / "journal.db") as journal:
        assert len(journal.runs()) <= 1
    run_to_its_end(made, output)
    assert results(output) == undisturbed
    with Journal.open(output / "journal.db") as journal:
        assert journal.warning == ""
        assert journal.runs()[-1].tally


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_kills_in_a_row_over_earlier_results_leave_these_whole(
    made: Path, undisturbed: dict[str, bytes], tmp_path: Path
):
    output = tmp_path / "output"
    run_to_its_end(made, output)
    for _ in range(2):
        kill_when("a return is made", made, output)
        assert finished(output) == undisturbed
    run_to_its_end(made, output)
    assert results(output) == undisturbed
