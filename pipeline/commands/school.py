"""The command `school`: what one school, or each of them, gets back of the picture, as a workbook."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.commands.choosing import school_named
from pipeline.commands.known import survey_of
from pipeline.files import Outputs, Written, lock, safe_name
from pipeline.measuring.alone import alone
from pipeline.measuring.peers import peer_standings
from pipeline.survey import Job, Survey
from pipeline.writing.brief import make_brief
from pipeline.writing.school import write_school_page
from schemas.district import School


def write_school(job: Job, said: str) -> Path:
    """Writes the page of the school of that code or name into `<output>/<as_of>/schools/`; returns where it lies.

    Raises UsageError (no such school) and OutputError (nothing was written).
    """
    survey = survey_of(job)
    (written,) = _write(job, survey, [school_named(survey, said)])
    return written.lies_at


def write_all_schools(job: Job) -> Path:
    """The same of every school of the picture, all pages or none; returns their folder. Raises OutputError."""
    survey = survey_of(job)
    _write(job, survey, survey.figures.schools)
    return job.output / _folder(job)


def _write(job: Job, survey: Survey, schools: Sequence[School]) -> list[Written]:
    with lock(job.output), Outputs(job.output) as outputs:
        for school in schools:
            name = f"{safe_name(school.code)}-{safe_name(school.name)}.xlsx"
            outputs.add(_folder(job) / name, _page(survey, school), durable=False)
        outputs.reach_the_disk()
        return outputs.commit()


def _page(survey: Survey, school: School) -> bytes:
    own, standings = alone(survey.figures, school), peer_standings(survey.figures.coverage, school.code)
    return write_school_page(own, standings, make_brief(own, survey.catalogue), survey.catalogue)


def _folder(job: Job) -> Path:
    return Path(job.as_of.isoformat(), "schools")
