"""What schools have explained and nobody has accepted yet, as rows for the registry's sheet «Исключения»."""

from datetime import date

from pipeline.measuring.figures import Figures, Heard
from pipeline.wording import message
from pipeline.writing.registry import Drafted
from schemas.explained import asked
from schemas.remarks import Catalogue


def drafted_waivers(figures: Figures, catalogue: Catalogue) -> list[Drafted]:
    """By school, item and code. Each would hold up to the reporting date after the explained one, for the same answer:
    then the school is asked again."""
    remarks = {asked(one): one for remark in figures.remarks for one in remark.told}
    waiting = [one for one in figures.explanations if one.heard is Heard.WAITS]
    names = {school.code: school.name for school in figures.schools}
    return [
        Drafted(
            one.asked,
            one.words,
            _until(one.asked.as_of, figures),
            f"{names.get(one.asked.school, one.asked.school)}: {message(remarks[one.asked], catalogue)}",
        )
        for one in waiting
    ]


def _until(as_of: date, figures: Figures) -> date:
    return min((day for day in figures.reporting_dates if day > as_of), default=as_of)
