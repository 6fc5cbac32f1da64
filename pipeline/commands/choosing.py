"""Which school a command is about."""

from pipeline.monthly import Survey
from pipeline.reading.schools import Schools
from schemas.district import School
from schemas.strict import UsageError


def school_named(survey: Survey, said: str) -> School:
    """The school of that code or name that is in being at the survey's date. Raises UsageError."""
    schools = Schools(survey.intake.registry)
    school = schools.by_code(said) or schools.match(said).school
    if school is None or school not in survey.figures.schools:
        known = ", ".join(s.code for s in survey.figures.schools) or "в реестре нет ни одной школы"
        raise UsageError(f"Школы «{said}» в реестре на эту дату нет. Коды: {known}.")
    return school
