"""How every school has met every reporting date: the year of reports, and the lateness that «Сдача отчётов» tells.

A report is the one for the reporting date that `Calendar.belongs_to` gives. Judged is what stands now for that date: a
correction that came later makes nobody late, and makes good what had been sent back.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

import msgspec

from pipeline.checking.judgement import Checked
from pipeline.checking.table import Report, place_of
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import Delivery, SchoolYear, Year
from schemas.district import School
from schemas.remarks import Remark, Severity

Owed = tuple[str, date | None]  # code of a school, reporting date
Arrivals = Mapping[Owed, Collection[datetime | None]]  # of all files for that date; None: when is not known


def year_of_reports(evidence: Evidence) -> Year:
    """Every school that owed a report at a reporting date until now, at all reporting dates."""
    dates, shown = evidence.calendar.reporting_dates, evidence.shown
    past = [day for day in dates if day <= shown.as_of]
    gone = [school for school in evidence.registry.schools if school.code not in shown.codes]
    schools = (*shown.schools, *(school for school in gone if any(map(school.in_being, past))))
    known = _known(evidence)
    lines = (SchoolYear(school, tuple(_delivery(school, day, known) for day in dates)) for school in schools)
    return Year(dates, tuple(lines))


def lateness(arrivals: Collection[datetime | None], due: date | None) -> int | None:
    """Days after `due` (`Calendar.due`) at which the first file came, 0 on time; None where nothing is owed or it is
    not known: a file of which nobody knows when it came may have been there before a late one."""
    known = [moment for moment in arrivals if moment]
    late = days_late(min(known, default=None), due)
    return None if late and len(known) < len(arrivals) else late


def days_late(arrived: datetime | None, due: date | None) -> int | None:
    """Days after `due`, 0 on time; None where nothing is owed or the arrival is not known. `arrived` is in the office's
    own time zone."""
    if arrived is None or due is None:
        return None
    return max(0, (arrived.date() - due).days)


def arrivals_by_date(evidence: Evidence) -> Arrivals:
    """When the reports for each reporting date came, the superseded ones among them, empty ones not."""
    found: dict[Owed, list[datetime | None]] = {}
    for report in evidence.checked.reports:
        if report.usable and report.number not in evidence.checked.empty and _by_now(report, evidence):
            found.setdefault(_owed(report, evidence), []).append(report.arrived)
    return found


def refused(checked: Checked) -> Iterator[Remark]:
    """Errors for which what a file says of a school could not be taken as a report at all."""
    taken = {report.place for report in checked.reports if report.usable}
    for remark in checked.remarks:
        if remark.severity is Severity.ERROR and remark.school and not remark.item and place_of(remark) not in taken:
            yield remark


class _Known(msgspec.Struct, frozen=True):
    """What has come until `as_of`. standing: the report that stands for a date; sent_back: those whose report bears an
    error or could not be read; begun: code -> its first reporting date with a report, where nobody has told since when
    the school is in being (a draft registry); None where somebody has."""

    as_of: date
    arrivals: Arrivals
    standing: Collection[Owed]
    sent_back: Collection[Owed]
    begun: Mapping[str, date] | None
    in_force: date | None
    calendar: Calendar

    def owes(self, school: School, day: date) -> bool:
        """A draft registry knows of a school no more than its reports tell."""
        if self.begun is not None and day != self.in_force and day < self.begun.get(school.code, date.max):
            return False
        return school.in_being(day)


def _known(evidence: Evidence) -> _Known:
    by_now = (report for report in evidence.checked.counting if _by_now(report, evidence))
    standing = {_owed(report, evidence): report for report in by_now}  # the latest stays
    begun: dict[str, date] = {}
    for school, day in standing:
        if day:
            begun[school] = min(day, begun.get(school, day))
    return _Known(
        evidence.as_of,
        arrivals_by_date(evidence),
        standing.keys(),
        _sent_back(evidence, standing),
        begun if evidence.registry.draft else None,
        evidence.shown.reporting_date,
        evidence.calendar,
    )


def _sent_back(evidence: Evidence, standing: Mapping[Owed, Report]) -> set[Owed]:
    """Where the report that stands bears an error, or none stands and a file of the school was refused: for the date
    that the file tells, or else for the one in force, where nothing of the school is in the picture."""
    checked, shown = evidence.checked, evidence.shown
    wrong = {place_of(remark) for remark in checked.remarks if remark.severity is Severity.ERROR}
    found = {owed for owed, report in standing.items() if report.place in wrong}
    for remark in refused(checked):
        if remark.as_of:
            owed = remark.school, evidence.calendar.belongs_to(remark.as_of)
        elif remark.school in shown.chosen:
            continue
        else:
            owed = remark.school, shown.reporting_date
        if owed not in standing:
            found.add(owed)
    return found


def _delivery(school: School, day: date, known: _Known) -> Delivery:
    owed = school.code, day
    if day > known.as_of:
        return Delivery.TO_COME
    if not known.owes(school, day):
        return Delivery.NOT_OWED
    if owed in known.sent_back:
        return Delivery.TO_CORRECT
    if owed not in known.standing:
        return Delivery.MISSING
    match lateness(known.arrivals.get(owed, ()), known.calendar.due(day)):
        case None:
            return Delivery.UNKNOWN
        case 0:
            return Delivery.ON_TIME
        case _:
            return Delivery.LATE


def _owed(report: Report, evidence: Evidence) -> Owed:
    assert report.as_of is not None  # usable
    return report.school, evidence.belonging[report.as_of]


def _by_now(report: Report, evidence: Evidence) -> bool:
    return report.as_of is not None and report.as_of <= evidence.as_of
