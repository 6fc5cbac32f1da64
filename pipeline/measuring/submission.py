"""Who has reported, on time or late, in what state."""

from collections import Counter

import msgspec

from pipeline.checking.judgement import Checked
from pipeline.checking.table import Place, Report, place_of
from pipeline.measuring.deliveries import arrivals_by_date, lateness, refused
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
    refused_files = {remark.school: remark for remark in refused(checked)}
    older = _superseded(checked)
    arrivals, day = arrivals_by_date(evidence), shown.reporting_date
    due = evidence.calendar.due(day) if day else None
    lines = []
    for school in shown.schools:
        report = shown.chosen.get(school.code)
        if report is None:
            line = _without_report(school, refused_files.get(school.code), tally)
        else:
            late = lateness(arrivals.get((school.code, day), ()), due)
            line = _with_report(school, report, shown, tally, late, older.get(report.number, []))
        lines.append(msgspec.structs.replace(line, owes=day is not None and school.in_being(day)))
    return tuple(sorted(lines, key=_rung_up_first))


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


def _superseded(checked: Checked) -> dict[int, list[Report]]:
    """Number of a report -> those that it supersedes."""
    found: dict[int, list[Report]] = {}
    for number, winner in checked.superseded.items():
        found.setdefault(winner.number, []).append(checked.reports[number])
    return found


def _rung_up_first(line: Submission) -> tuple[int, str]:
    """Accepted ones, with remarks or without, go by code."""
    return TO_REMIND.index(line.state) if line.to_remind else len(TO_REMIND), line.school.code
