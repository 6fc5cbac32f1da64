"""The picture as of a date: for every school its latest report not later than that date. A pure function of
(checked reports, date), called alike for today, for the trend and for last time's figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.checking.judgement import Checked
from pipeline.checking.lineage import counting, superseded
from pipeline.checking.table import Report
from pipeline.reading.records import Registry, School
from schemas.remarks import Remark, remark


@dataclass(frozen=True)
class Calendar:
    """Reporting dates of the order and of the office. `days_before`: a report dated so many days before a reporting
    date is the report for it."""

    reporting_dates: tuple[date, ...]
    days_before: int

    def in_force(self, day: date) -> date | None:
        """The last reporting date not later than `day`."""
        return max((d for d in self.reporting_dates if d <= day), default=None)

    def current_from(self, day: date) -> date:
        """From which date on a report counts as current on `day`."""
        in_force = self.in_force(day)
        return in_force - timedelta(days=self.days_before) if in_force else date.min

    def is_odd(self, day: date) -> bool:
        """Neither a reporting date nor within the days before one."""
        return not any(timedelta(0) <= d - day <= timedelta(days=self.days_before) for d in self.reporting_dates)


@dataclass(frozen=True)
class Picture:
    """schools: in being at that date. chosen: code -> its report. carried: codes whose report is an older one."""

    as_of: date
    reporting_date: date | None
    schools: tuple[School, ...]
    chosen: dict[str, Report]
    carried: frozenset[str]

    @property
    def numbers(self) -> dict[int, Report]:
        return {report.number: report for report in self.chosen.values()}


def picture(checked: Checked, registry: Registry, as_of: date, calendar: Calendar) -> Picture:
    """Empty reports take no place in it: the one before is carried forward."""
    schools = tuple(s for s in registry.schools if s.in_being(as_of))
    codes = {school.code for school in schools}
    chosen: dict[str, Report] = {}
    for report in counting(checked.reports):
        if report.school in codes and report.as_of and report.as_of <= as_of and report.number not in checked.empty:
            chosen[report.school] = report  # in order of dates: the latest stays
    current_from = calendar.current_from(as_of)
    carried = frozenset(c for c, r in chosen.items() if r.as_of and r.as_of < current_from)
    return Picture(as_of, calendar.in_force(as_of), schools, chosen, carried)


def left_out(checked: Checked, shown: Picture, calendar: Calendar) -> Iterator[Remark]:
    """Why a report is not in the picture, and odd dates of those that are."""
    replaced = superseded(checked.reports)
    for report in checked.reports:
        if not report.usable or report.as_of is None:
            continue
        place = {"file": report.file, "sheet": report.sheet, "school": report.school, "as_of": report.as_of}
        chosen = shown.chosen.get(report.school)
        if report.number in replaced:
            yield remark("REPORT-SUPERSEDED", **place, other=replaced[report.number].file)
        elif report.as_of > shown.as_of:
            yield remark("DATE-FUTURE", **place)
        elif report.school not in {s.code for s in shown.schools}:
            yield remark("SCHOOL-NOT-IN-BEING", **place)
        elif chosen is not None and chosen is not report and report.number not in checked.empty:
            yield remark("REPORT-OLDER", **place, newer=chosen.as_of)
        if report is chosen and calendar.is_odd(report.as_of):
            yield remark("DATE-ODD", **place)
