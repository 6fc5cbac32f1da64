"""The command `demo`: a fictional district, the main job on it, and which of its planted faults the run has found."""

from pathlib import Path

from pipeline.commands import console
from pipeline.commands.orders import forms_of, main_jobs
from pipeline.demo import District, found, make, make_of_several
from pipeline.monthly import Done
from pipeline.settings import Settings

_WHY = "последний отчётный срок вымышленного района"  # a date or a period


_USUAL_DATES = 3


def run_demo(folder: Path, schools: int, dates: int | None, seed: int, settings: Settings) -> None:
    """Of several orders the job as the office would do it, and each order's faults below its heading. `dates`: None
    for the usual number, or as many as an order has."""
    forms = forms_of(settings)
    several = len(forms) > 1
    dates = dates or (_USUAL_DATES if several else min(_USUAL_DATES, len(forms[0].order.reporting_dates)))
    districts = (
        make_of_several(folder, forms, schools, dates, seed)
        if several
        else [make(folder, forms[0], schools, dates, seed)]
    )
    by_id = dict(zip((form.id for form in forms), districts, strict=True))

    def tell(done: Done) -> None:
        _say_planted(by_id[done.figures.form.id], done)
        console.say_path(done)

    last = districts[0].as_of
    main_jobs(folder / "input", folder / "output", last, settings, why=_WHY, tell=tell)


def _say_planted(district: District, done: Done) -> None:
    states = {line.school.code: line.state for line in done.figures.submissions}
    console.say_planted(found(district.planted, (*done.survey.checked.remarks, *done.figures.remarks), states))
