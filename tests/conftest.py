"""Shared fixtures: the demo's district with its main job done once for the whole session."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import monthly
from pipeline.demo import District, make
from pipeline.settings import Settings
from schemas.form import load_form
from tests.mail_server import authority, ca_file, serve  # noqa: F401 - fixtures

NOW = datetime(2014, 6, 1, 9, 0, tzinfo=UTC)
MEALS = Path(__file__).parent / "data" / "form-meals.toml"


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
def demo(tmp_path_factory) -> Run:
    """Twenty schools, three reporting dates."""
    return do_main_job(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def meals(tmp_path_factory) -> Run:
    """The second form: other items, other bases, other targets."""
    return do_main_job(tmp_path_factory.mktemp("meals"), form=str(MEALS), schools=8, dates=2)
