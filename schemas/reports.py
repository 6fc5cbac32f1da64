"""What a report says, as read: the facts of its cells, nothing judged yet.

Plain tuples and frozen dataclasses only: all of it crosses the border of a worker process.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any, Literal, NamedTuple

from schemas.decided import DecisionsRead
from schemas.explained import Explanation
from schemas.form import NO as NO
from schemas.form import PROBLEM as PROBLEM
from schemas.form import YES as YES
from schemas.remarks import Remark

FIRST_YEAR, LAST_YEAR = 2013, 2099  # a report of another year, or a picture of its date, cannot be meant
# Fields of what is said of an answer instead of one: that the former stands (in which words; the day of the report that
# is meant, where it is named), that it is taken back. None is a fact of the long table.
FORMER, FORMER_DAY, WITHDRAWN = INSTEAD_OF_ANSWERS = "former", "former_day", "withdrawn"
PROBLEM_FIELDS = "problem", "solution"


@lru_cache(maxsize=8192)  # asked of every answer of every report
def answer_of(item: str) -> str:
    """The item that is answered as one: of a row of the table of problems the whole of it."""
    return PROBLEM if item.startswith(PROBLEM) else item


class Fact(NamedTuple):
    """One thing that a cell says. `value`: text, or a number (people; percent 0–100); dates in ISO form.

    `half` is half a unit of the last digit written, in percentage points (0 for an exact number): 87 % is 86,5–87,5.
    """

    item: str
    field: str
    value: str | float
    cell: str
    half: float = 0.0
    basis: str = "stated"


class Strange(NamedTuple):
    """A wording or a school's name that no list knows, understood all the same. `means`: an item's number, or the
    code of a school."""

    kind: Literal["item", "school"]
    written: str
    means: str


@dataclass(frozen=True)
class ReportRead:
    """One form on one sheet, as read: nothing judged yet beyond what could not be read."""

    sheet: str
    school: str  # code in the registry; blank when unknown
    school_as_written: str
    as_of: date | None
    facts: tuple[Fact, ...]
    answer_cells: dict[str, str] = field(default_factory=dict)  # item -> the cell where its answer belongs
    written: frozenset[str] = frozenset()  # items whose answer cell is not blank, readable or not
    bases: tuple[tuple[str, float, str], ...] = ()  # base, people, cell: the passport of Svod's own form
    own_form: bool = False
    strange: tuple[Strange, ...] = ()
    title: str = ""  # what the lines above its table call it
    columns: str = ""  # in which columns the answers were read, and why, for people

    def __reduce__(self) -> tuple[object, ...]:
        """Between processes facts are plain tuples: pickle would call a function for each of them, at either end."""
        told = dict(vars(self))
        return _arrived, (tuple(map(tuple, told.pop("facts"))), told)


def _arrived(facts: tuple[tuple[str | float, ...], ...], told: dict[str, Any]) -> ReportRead:
    return ReportRead(facts=tuple(map(partial(tuple.__new__, Fact), facts)), **told)


class PaperRead(NamedTuple):
    """A paper that a school has sent. `document`: its title in the form; `number` and `day` blank where they cannot be
    read; `item`: whose answer names the same paper, blank for none."""

    school: str
    document: str
    number: str
    day: date | None
    item: str


@dataclass(frozen=True)
class FileRead:
    """What came out of one file of the inbox. `file` is relative to the input folder, with `/`. `decisions`: of a
    summary workbook that has come back; it gives no report. `explanations`: of a returned file, to its remarks.
    `words`: of a file that may be a paper beside a report its first words, as far as they can be read; `papers`: which
    of those that the order asks for it is."""

    file: str
    digest: str
    reports: tuple[ReportRead, ...] = ()
    remarks: tuple[Remark, ...] = ()
    decisions: DecisionsRead | None = None
    explanations: tuple[Explanation, ...] = ()
    words: str | None = None
    papers: tuple[PaperRead, ...] = ()
