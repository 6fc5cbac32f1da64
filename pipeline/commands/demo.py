"""The command `demo`: a fictional district, the main job on it, and which of its planted faults the run has found."""

from pathlib import Path

from pipeline.commands import console
from pipeline.commands.run import main_job
from pipeline.demo import found, make
from pipeline.settings import Settings
from schemas.form import load_form


def run_demo(folder: Path, schools: int, dates: int, seed: int, settings: Settings) -> None:
    district = make(folder, load_form(settings.one_form), schools, dates, seed)
    why = "последняя дата вымышленного района"
    done = main_job(folder / "input", folder / "output", district.as_of, settings, why=why, say_path=False)
    states = {line.school.code: line.state for line in done.figures.submissions}
    console.say_planted(found(district.planted, (*done.survey.checked.remarks, *done.figures.remarks), states))
    console.say_path(done)
