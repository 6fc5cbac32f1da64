"""The command `demo`: a fictional district, the main job on it, and which of its planted faults the run has found."""

from pathlib import Path

from pipeline.commands import console
from pipeline.commands.orders import forms_of, main_jobs
from pipeline.commands.run import main_job
from pipeline.demo import District, found, make, make_of_several
from pipeline.monthly import Done
from pipeline.settings import Settings
from schemas.form import load_form


def run_demo(folder: Path, schools: int, dates: int, seed: int, settings: Settings) -> None:
    if len(settings.forms) > 1:
        _run_several(folder, schools, dates, seed, settings)
        return
    district = make(folder, load_form(settings.one_form), schools, dates, seed)
    why = "последняя дата вымышленного района"
    done = main_job(folder / "input", folder / "output", district.as_of, settings, why=why, say_path=False)
    _say_planted(district, done)
    console.say_path(done)


def _run_several(folder: Path, schools: int, dates: int, seed: int, settings: Settings) -> None:
    """Of several orders the job as the office would do it, and each order's faults below its heading."""
    districts = make_of_several(folder, forms_of(settings), schools, dates, seed)
    ran = main_jobs(folder / "input", folder / "output", districts[0].as_of, settings)
    for district, done in zip(districts, ran.done, strict=True):
        console.say_order(done.figures.form)
        _say_planted(district, done)
        console.say_path(done)


def _say_planted(district: District, done: Done) -> None:
    states = {line.school.code: line.state for line in done.figures.submissions}
    console.say_planted(found(district.planted, (*done.survey.checked.remarks, *done.figures.remarks), states))
