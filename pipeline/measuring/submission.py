"""Who has reported, on time or late, in what state."""

from collections import Counter
from datetime import date, datetime

from pipeline.checking.judgement import Checked
from pipeline.checking.lineage import superseded
from pipeline.measuring.figures import State, Submission
from pipeline.measuring.picture import Picture
from pipeline.reading.records import School
from schemas.remarks import Severity

# First those who have to be rung up.
_ORDER = (
    State.NOT_SUBMITTED,
    State.TO_CORRECT,
    State.UNREADABLE,
    State.CARRIED,
    State.ACCEPTED_WITH_REMARKS,
    State.ACCEPTED,
)


def submissions(checked: Checked, shown: Picture) -> tuple[Submission, ...]:
    """One line a school expected, those to be rung up first; accepted ones by code."""
    tally = Counter((r.file, r.sheet, r.school, r.severity) for r in checked.remarks)
    lines = [_submission(school, checked, shown, tally) for school in shown.schools]
    return tuple(sorted(lines, key=lambda line: (min(_ORDER.index(line.state), 4), line.school.code)))


def _submission(
    school: School, checked: Checked, shown: Picture, tally: "Counter[tuple[str, str, str, Severity]]"
) -> Submission:
    report = shown.chosen.get(school.code)
    if report is None:
        unread = next((r for r in checked.reports if r.school == school.code and not r.usable), None)
        state = State.UNREADABLE if unread else State.NOT_SUBMITTED
        return Submission(school, state, unread.file if unread else "")
    errors = tally[report.file, report.sheet, report.school, Severity.ERROR]
    warnings = tally[report.file, report.sheet, report.school, Severity.WARNING]
    carried = school.code in shown.carried
    if carried:
        state = State.CARRIED
    elif errors:
        state = State.TO_CORRECT
    else:
        state = State.ACCEPTED_WITH_REMARKS if warnings else State.ACCEPTED
    replaced = superseded(checked.reports)
    older = sorted(
        (r.file, r.arrived) for r in checked.reports if r.number in replaced and replaced[r.number] is report
    )
    return Submission(
        school,
        state,
        report.file,
        report.as_of,
        report.arrived,
        None if carried else days_late(report.arrived, shown.reporting_date),
        errors,
        warnings,
        tuple(older),
    )


def days_late(arrived: datetime | None, reporting_date: date | None) -> int | None:
    """Days after the reporting date, 0 on time; None where nothing is owed or the arrival is not known.
    `arrived` is in the office's own time zone."""
    if arrived is None or reporting_date is None:
        return None
    return max(0, (arrived.date() - reporting_date).days)
