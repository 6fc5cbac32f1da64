"""The command `school`: what one school gets back of the picture, as a workbook."""

from pathlib import Path

from pipeline import monthly
from pipeline.commands.choosing import school_named
from pipeline.files import Outputs, lock, safe_name
from pipeline.measuring.alone import alone
from pipeline.measuring.peers import peer_standings
from pipeline.monthly import Job
from pipeline.writing.brief import make_brief
from pipeline.writing.school import write_school_page


def write_school(job: Job, said: str) -> Path:
    """Writes the page of the school of that code or name into `<output>/<as_of>/schools/`; returns where it lies.

    Raises UsageError (no such school) and OutputError (nothing was written).
    """
    survey = monthly.take_survey(job)
    school = school_named(survey, said)
    own, standings = alone(survey.figures, school), peer_standings(survey.figures.coverage, school.code)
    page = write_school_page(own, standings, make_brief(own, survey.catalogue), survey.catalogue)
    name = f"{safe_name(school.code)}-{safe_name(school.name)}.xlsx"
    with lock(job.output), Outputs(job.output) as outputs:
        place = Path(job.as_of.isoformat(), "schools", name)
        outputs.add(place, page)
        (written,) = outputs.commit()
    return written.lies_at
