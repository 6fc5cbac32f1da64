"""What all parts of the brief share: names of sheets, whom they speak of, and how that is said."""

from collections.abc import Sequence

from pipeline import wording
from pipeline.measuring.figures import Activation, Figures, State, Submission
from schemas.form import Form, Target

UNKNOWN = "—"

SUBMISSIONS_SHEET = "Сдача отчётов"
REMARKS_SHEET = "Замечания"
MILESTONES_SHEET = "Этапы"
PROBLEMS_SHEET = "Проблемы"


def compared_with(figures: Figures) -> Figures | None:
    """The figures of the reporting date before, where anybody had reported by then."""
    before = figures.before
    return before if before and any(row.as_of for row in before.submissions) else None


def share_decimals(row: Activation, target: Target | None) -> int:
    """Decimals of a share of the headline item: rounding must not contradict the verdict beside it."""
    if row.percent is None or target is None:
        return 1
    return wording.decimals_beside(row.percent, target.min, target.max)


def counted_of(counted: int, expected: int) -> str:
    return f"{wording.plural(counted, 'учтена', 'учтены', 'учтены')} {counted} из {wording.of_schools(expected)}"


def lacking(missing: int, form: Form) -> str:
    """After «не хватает»: people of the headline item's base, «118 родителей»."""
    return wording.lacking(missing, form.base(form.headline_item.base).people)


def before_first_date(figures: Figures) -> str:
    """«первая отчётная дата — 30.01.2014»"""
    first = min(figures.reporting_dates, default=None)
    return f"первая отчётная дата — {wording.day(first)}" if first else "отчётной даты ещё не было"


# ── schools ──────────────────────────────────────────────────────────────────────────────────────────────
def reported(figures: Figures) -> list[Submission]:
    """Schools whose report for the date in force has come."""
    came = (State.ACCEPTED, State.ACCEPTED_WITH_REMARKS, State.TO_CORRECT)
    return [row for row in figures.submissions if row.state in came]


def asked(figures: Figures) -> list[Submission]:
    """Schools that owe a report for the date in force or have sent one; before the first date all of them."""
    if figures.reporting_date is None:
        return list(figures.submissions)
    came = reported(figures)
    return [row for row in figures.submissions if row.owes or row in came]


def in_state(figures: Figures, state: State) -> list[Submission]:
    return [row for row in figures.submissions if row.state is state]


def to_remind(figures: Figures, state: State) -> list[Submission]:
    """A school that owes nothing is not silent."""
    return [row for row in in_state(figures, state) if row.to_remind]


def school_names(rows: Sequence[Submission]) -> list[str]:
    return [wording.keep_together(row.school.name) for row in rows]


def school_name(row: Activation) -> str:
    """Of a row that is a school's."""
    assert row.school is not None
    return wording.keep_together(row.school.name)
