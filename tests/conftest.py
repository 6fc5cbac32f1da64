"""Shared fixtures: the demo's district with its main job done once for the whole session."""

import gc
import multiprocessing
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock
from hypothesis import settings

from pipeline import monthly, workers
from pipeline.demo import District, make
from pipeline.settings import Settings
from schemas import form_proofs
from schemas.form import Form, load_form
from tests.cron_room import cron_room, early  # noqa: F401 - fixtures
from tests.depth import cases
from tests.mail_server import authority, ca_file, journal, output, serve  # noqa: F401 - fixtures

settings.register_profile("svod", deadline=None, max_examples=cases(50, 500))  # no deadline: machines are busy
settings.load_profile("svod")

NOW = datetime(2014, 6, 1, 9, 0, tzinfo=UTC)
MEALS = Path(__file__).parent / "data" / "form-meals.toml"
Made = TypeVar("Made")


# A worker that is spawned imports its readers anew, a third of what a main job of few schools costs. Where the system
# can, they are forked from one process that has imported them. Where it may matter (fixture `spawned`), and where a
# test starts the program by itself, they are spawned as users' are.
if "forkserver" in multiprocessing.get_all_start_methods():
    workers.context = multiprocessing.get_context("forkserver")
    multiprocessing.set_forkserver_preload(["pipeline.reading.intake", "pipeline.writing.returned.marking"])


# A form is read and proved anew by every command, and what is worked out from one (words of its items, its headings) is
# remembered by the object. In a process of tests the same file with the same text is the same object.
def _proved_once(really: Callable[[Path], Form]) -> Callable[[Path], Form]:
    known: dict[tuple[Path, Path, bytes], Form] = {}

    def proved(path: Path) -> Form:
        try:
            key = form_proofs.FORMS, path.resolve(), path.read_bytes()  # those there are called as their files
        except OSError:
            return really(path)
        if key not in known:
            known[key] = really(path)
        return known[key]

    return proved


form_proofs.proved = _proved_once(form_proofs.proved)


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes start as they do for users: afresh, with the environment of today."""
    monkeypatch.setattr(workers, "context", multiprocessing.get_context("spawn"))


def pytest_collection_finish() -> None:
    """A process of tests holds a million objects, of libraries and of workbooks that many tests look at: to go through
    all of them for garbage, as often as a small program does, took a tenth of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 10)


@dataclass(frozen=True)
class Once:
    """What is dear to make is made once a session, by the process of pytest-xdist that asks first, for all of them.

    Its files are everybody's: a test that changes them takes a copy (`shutil.copytree`).
    """

    folder: Path

    def __call__(self, name: str, make: Callable[[Path], Made]) -> Made:
        """What `make` makes of a folder of its own; the same name, the same thing."""
        kept = self.folder / f"{name}.pickle"
        with FileLock(self.folder / f"{name}.lock"):
            if not kept.exists():
                kept.write_bytes(pickle.dumps(make(self.folder / name)))
        made: Made = pickle.loads(kept.read_bytes())
        return made


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    folder.mkdir(exist_ok=True)
    return Once(folder)


@dataclass(frozen=True)
class Run:
    """A finished main job: `folder` is the output of its date."""

    district: District
    done: monthly.Done
    input: Path
    output: Path

    @property
    def folder(self) -> Path:
        return self.output / self.district.as_of.isoformat()


def do_main_job(folder: Path, form: str = "form-547", schools: int = 20, dates: int = 3, seed: int = 1) -> Run:
    district = make(folder, load_form(form), schools, dates, seed)
    job = monthly.Job.of(folder / "input", folder / "output", district.as_of, Settings(form=form), NOW)
    return Run(district, monthly.run(job), folder / "input", folder / "output")


@pytest.fixture(scope="session")
def demo(once: Once) -> Run:
    """Twenty schools, three reporting dates."""
    return once("demo", do_main_job)


@pytest.fixture(scope="session")
def few(once: Once) -> Run:
    """Six schools, the dates of the demo: for what has to run the main job once more."""
    return once("few", lambda folder: do_main_job(folder, schools=6))


@pytest.fixture(scope="session")
def meals(once: Once) -> Run:
    """The second form: other items, other bases, other targets."""
    return once("meals", lambda folder: do_main_job(folder, form=str(MEALS), schools=8, dates=2))
