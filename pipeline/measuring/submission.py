"""Who has reported, on time or late, in what state."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime

from pipeline.checking.judgement import Checked
from pipeline.checking.table import Place, Report, place_of
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import TO_REMIND, State, Submission
from pipeline.measuring.picture import Picture
from schemas.district import School
from schemas.remarks import Remark, Severity

Tally = Counter[tuple[Place, Severity]]


def submissions(evidence: Evidence) -> tuple[Submission, ...]:
    """One line a school expected, those to be rung up first."""
    checked, shown = evidence.checked, evidence.shown
    tally = Counter((place_of(remark), remark.severity) for remark in checked.remarks)
    refused = _refused(checked)
    older = _superseded(checked)
    arrivals = _first_arrivals(checked, shown)
    lines = []
    for school in shown.schools:
        report = shown.chosen.get(school.code)
        if report is None:
            line = _without_report(school, refused.get(school.code), tally)
        else:
            late = days_late(arrivals.get(school.code), shown.reporting_date)
            line = _with_report(school, report, shown, tally, late, older.get(report.number, []))
        lines.append(replace(line, owes=shown.reporting_date is not None and school.in_being(shown.reporting_date)))
    return tuple(sorted(lines, key=_rung_up_first))


def days_late(arrived: datetime | None, reporting_date: date | None) -> int | None:
    """Days after the reporting date, 0 on time; None where nothing is owed or the arrival is not known.
    `arrived` is in the office's own time zone."""
    if arrived is None or reporting_date is None:
        return None
    return max(0, (arrived.date() - reporting_date).days)


def _without_report(school: School, refused: Remark | None, tally: Tally) -> Submission:
    if refused is None:
        return Submission(school, State.NOT_SUBMITTED)
    return Submission(school, State.UNREADABLE, refused.file, errors=tally[place_of(refused), Severity.ERROR])


def _with_report(
    school: School, report: Report, shown: Picture, tally: Tally, late: int | None, older: list[Report]
) -> Submission:
    errors, warnings = tally[report.place, Severity.ERROR], tally[report.place, Severity.WARNING]
    if school.code in shown.carried:
        state = State.CARRIED
    elif errors:
        state = State.TO_CORRECT
    else:
        state = State.ACCEPTED_WITH_REMARKS if warnings else State.ACCEPTED
    return Submission(
        school,
        state,
        report.file,
        report.as_of,
        report.arrived,
        late,
        errors,
        warnings,
        tuple((one.file, one.arrived) for one in sorted(older, key=lambda one: (one.file, one.sheet))),
    )


def _refused(checked: Checked) -> dict[str, Remark]:
    """Code -> an error for which what a file says of that school could not be taken as a report at all."""
    taken = {report.place for report in checked.reports if report.usable}
    errors = (
        remark for remark in checked.remarks if remark.severity is Severity.ERROR and remark.school and not remark.item
    )
    return {remark.school: remark for remark in errors if place_of(remark) not in taken}


def _superseded(checked: Checked) -> dict[int, list[Report]]:
    """Number of a report -> those that it supersedes."""
    found: dict[int, list[Report]] = {}
    for number, winner in checked.superseded.items():
        found.setdefault(winner.number, []).append(checked.reports[number])
    return found


def _first_arrivals(checked: Checked, shown: Picture) -> dict[str, datetime]:
    """Code -> when the first report for the reporting date in force arrived: a file that is corrected later does not
    make its school late, nor does a report of a later date or for the next reporting date."""
    first: dict[str, datetime] = {}
    for report in checked.reports:
        if not report.usable or report.as_of is None or report.arrived is None or report.number in checked.empty:
            continue
        if shown.current_from <= report.as_of < shown.next_from and report.as_of <= shown.as_of:
            first[report.school] = min(report.arrived, first.get(report.school, report.arrived))
    return first


def _rung_up_first(line: Submission) -> tuple[int, str]:
    """Accepted ones, with remarks or without, go by code."""
    return TO_REMIND.index(line.state) if line.to_remind else len(TO_REMIND), line.school.code
