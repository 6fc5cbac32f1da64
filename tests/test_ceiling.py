"""Beyond one machine: districts run apart, and an existing engine adds them up."""

import csv
from pathlib import Path
from shutil import copy2

import duckdb
import pytest

from pipeline import monthly
from pipeline.demo import District, make
from pipeline.settings import Settings
from pipeline.writing.registry import write_registry
from schemas.district import MUNICIPALITY, Registry
from schemas.form import load_form
from tests.conftest import NOW

ADD_UP = Path(__file__).parents[1] / "docs" / "add-up.sql"
DISTRICTS = 3


def test_districts_run_apart_add_up_to_one_run_over_all_their_files(tmp_path):
    made = make(tmp_path, load_form("form-547"), schools=12, dates=2, seed=4, faulty=0.4)
    whole = _main_job(tmp_path, made.as_of)
    for folder in _apart(whole, made, tmp_path):
        assert len(_main_job(folder, made.as_of).figures.schools) == 12 // DISTRICTS

    added = duckdb.sql(ADD_UP.read_text("utf-8"), params={"answers": f"{tmp_path}/apart/*/output/*/answers.csv"})

    expected = _municipality(tmp_path / "output" / made.as_of.isoformat() / "indicators.csv")
    assert len(expected) > 10
    assert {row[0]: row[1:] for row in added.fetchall()} == {
        item: pytest.approx(figures) for item, figures in expected.items()
    }


def _main_job(folder, as_of):
    return monthly.run(monthly.Job.of(folder / "input", folder / "output", as_of, Settings(form="form-547"), NOW))


def _apart(whole: monthly.Done, made: District, folder: Path) -> list[Path]:
    """The same files in one folder a district, each with a registry of its own schools."""
    schools = whole.survey.intake.registry.schools
    folders = [folder / "apart" / str(number) for number in range(DISTRICTS)]
    where = {school.code: folders[place % DISTRICTS] for place, school in enumerate(schools)}
    for one in folders:
        (one / "input").mkdir(parents=True)
        ours = Registry(tuple(school for school in schools if where[school.code] == one))
        (one / "input" / "registry.xlsx").write_bytes(write_registry(whole.survey.form, ours, made.as_of))
    for file, code in {(fact.file, fact.school) for fact in made.truth}:
        (where[code] / "input" / file).parent.mkdir(exist_ok=True)
        copy2(folder / "input" / file, where[code] / "input" / file)
    return folders


def _municipality(path: Path) -> dict[str, tuple[float, ...]]:
    """Item -> people covered, people in all, percent, schools counted."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["scope"] == MUNICIPALITY and row["covered"]]
    columns = ("covered", "total", "percent", "schools_counted")
    return {row["item"]: tuple(float(row[column]) for column in columns) for row in rows}
