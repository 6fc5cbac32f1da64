"""Workbooks made of figures as the main job and the command `school` make them."""

from functools import cache

import msgspec

from pipeline.measuring.alone import alone
from pipeline.measuring.figures import Figures
from pipeline.measuring.peers import peer_standings
from pipeline.writing.brief import make_brief
from pipeline.writing.school import write_school_page
from pipeline.writing.summary import write_summary
from schemas.district import School
from schemas.remarks import Catalogue, load_catalogue
from tests.figures import STATES

VERSION = "0.1.0"
SOURCES = 64 * "0"  # digest of what a workbook was made from


def summary_workbook(figures: Figures, catalogue: Catalogue | None = None) -> bytes:
    catalogue = catalogue or load_catalogue()
    return write_summary(figures, make_brief(figures, catalogue), catalogue, VERSION, SOURCES)


@cache
def summary_of(state: str) -> bytes:
    """Of a state of `tests.figures`, written once for all tests of a process."""
    return summary_workbook(STATES[state]())


@cache
def summary_with_decisions(lines: int) -> bytes:
    """Of twenty schools, whose first page has so many lines to decide."""
    figures, catalogue = STATES["twenty-schools"](), load_catalogue()
    brief = make_brief(figures, catalogue)
    crowded = msgspec.structs.replace(brief, decisions=(brief.decisions * lines)[:lines])
    return write_summary(figures, crowded, catalogue, VERSION, SOURCES)


def school_workbook(figures: Figures, school: School) -> bytes:
    own, catalogue = alone(figures, school), load_catalogue()
    standings = peer_standings(figures.coverage, school.code)
    return write_school_page(own, standings, make_brief(own, catalogue), catalogue)
