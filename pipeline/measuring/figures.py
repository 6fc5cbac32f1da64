"""What measuring hands on: every figure that a workbook, a CSV or a letter shows, computed once.

Percent is 0–100 unrounded, people are unrounded floats (a count derived from a percent stays a fraction),
dates are dates. `None` is «no figure», never zero.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import pandas as pd

from pipeline.reading.records import School
from schemas.form import Form, Target
from schemas.remarks import Remark


class State(StrEnum):
    """State of a school's report."""

    ACCEPTED = "принят"
    ACCEPTED_WITH_REMARKS = "принят с замечаниями"
    TO_CORRECT = "на доработку"
    UNREADABLE = "не прочитан"
    CARRIED = "перенесён с прошлой даты"
    NOT_SUBMITTED = "не представлен"


class Share(StrEnum):
    """What became of one school's answer to one coverage item."""

    COUNTED = "counted"
    SET_ASIDE = "set_aside"  # bears an error
    NOT_APPLICABLE = "not_applicable"  # «не предусмотрено»
    NO_ANSWER = "no_answer"
    NO_REPORT = "no_report"


class Level(StrEnum):
    """Actual share against the target in force."""

    BELOW = "ниже плана"
    ON = "по плану"
    ABOVE = "выше плана"
    NOT_YET = "срок не наступил"
    UNKNOWN = "нет данных"


class Milestone(StrEnum):
    DONE = "done"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"  # no report: unknown is not overdue


@dataclass(frozen=True)
class Submission:
    """One school's line on «Сдача отчётов»."""

    school: School
    state: State
    file: str = ""
    as_of: date | None = None  # as written in the report
    arrived: datetime | None = None
    days_late: int | None = None  # 0 = on time; None = not known or nothing is owed
    errors: int = 0
    warnings: int = 0
    superseded: tuple[tuple[str, datetime | None], ...] = ()  # older files for the same date: file, arrival


@dataclass(frozen=True)
class Activation:
    """Headline item of one school, or of the municipality (`school` is None): target against actual."""

    school: School | None
    level: Level
    covered: float | None = None
    total: float | None = None
    percent: float | None = None
    deviation: float | None = None  # percentage points from the lower bound
    shortfall: int | None = None  # people missing to the lower bound, 0 when reached
    change: float | None = None  # percentage points since the last reporting date; None when first or carried
    per_week: int | None = None  # people a week needed to reach the next target's lower bound in time
    forecast: float | None = None  # percent where the trend stands at the next target's date
    report_date: date | None = None
    carried: bool = False
    share: Share = Share.COUNTED
    file: str = ""
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Problem:
    """One problem in a school's own words. `solution` is blank where none is given."""

    group: str
    school: School
    problem: str
    solution: str
    since: date


@dataclass(frozen=True)
class Source:
    """One file of the inbox and what became of it, for «О расчёте»."""

    file: str
    outcome: str  # Russian: «учтён», «заменён более поздним», «не прочитан» …
    as_of: date | None = None
    school_code: str = ""


@dataclass(frozen=True)
class Figures:
    """All figures of the picture as of a date.

    coverage: one row a school and coverage item — school_code, item, share (Share), covered, total, percent,
        derived (the count is computed from a percent), carried, file, sheet, cell.
    totals: one row a coverage item (index: item) — covered, total, percent (Σ/Σ; NaN for a volume),
        counted, carried, derived, set_aside, not_applicable, no_answer, no_report (schools), expected.
    milestones: one row a school and item with a due date — school_code, item, due, state (Milestone), days_late.
    trend: one row a date and school — date, school_code (blank: the municipality), covered, total, percent, carried.
    bases: base id -> people over the schools expected.
    answers: the facts behind the figures, for «Данные» — school_code, item, field, text, number, counted, basis.
    """

    form: Form
    as_of: date
    reporting_date: date | None  # the one in force
    reporting_dates: tuple[date, ...]  # all of them, the office's own among them
    schools: tuple[School, ...]  # those expected: in being at that date
    draft_registry: bool
    target: Target | None
    next_target: Target | None
    submissions: tuple[Submission, ...]
    coverage: pd.DataFrame
    totals: pd.DataFrame
    activation: tuple[Activation, ...]  # worst first, those without a figure last
    municipality: Activation
    milestones: pd.DataFrame
    trend: pd.DataFrame
    problems: tuple[Problem, ...]  # by group, the largest first
    remarks: tuple[Remark, ...]
    sources: tuple[Source, ...]
    bases: dict[str, float]
    answers: pd.DataFrame

    @property
    def counted(self) -> tuple[Activation, ...]:
        """Schools whose headline figure is counted, worst first."""
        return tuple(row for row in self.activation if row.percent is not None)

    @property
    def below(self) -> tuple[Activation, ...]:
        """Schools below the target, largest shortfall first."""
        behind = [row for row in self.activation if row.level is Level.BELOW]
        return tuple(sorted(behind, key=lambda row: (-(row.shortfall or 0), row.school.code if row.school else "")))
