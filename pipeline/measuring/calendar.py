"""The reporting dates, and for which of them a report counts."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Calendar:
    """Reporting dates of the order and of the office, rising. `days_before`: a report dated so many days before a
    reporting date is the report for it."""

    reporting_dates: tuple[date, ...]
    days_before: int

    def in_force(self, day: date) -> date | None:
        """The last reporting date not later than `day`."""
        return max((d for d in self.reporting_dates if d <= day), default=None)

    def before(self, reporting_date: date) -> date | None:
        """The reporting date before that one."""
        return self.in_force(reporting_date - timedelta(days=1))

    def until(self, reporting_date: date | None) -> list[date]:
        """The reporting dates before that one, oldest first; none before the first."""
        return [day for day in self.reporting_dates if reporting_date and day < reporting_date]

    def current_from(self, day: date) -> date:
        """From which date on a report counts as current on `day`. One dated on the reporting date before belongs to
        that, however near the two are."""
        in_force = self.in_force(day)
        if in_force is None:
            return date.min
        earliest = in_force - timedelta(days=self.days_before)
        before = self.before(in_force)
        return max(earliest, before + timedelta(days=1)) if before else earliest

    def next_from(self, day: date) -> date:
        """From which date on a report is the one for the reporting date after that in force on `day`."""
        following = min((d for d in self.reporting_dates if d > day), default=None)
        return self.current_from(following) if following else date.max

    def belongs_to(self, day: date) -> date | None:
        """The reporting date for which a report dated on `day` is; None for one dated too early for the first."""
        if day >= self.next_from(day):
            return min(d for d in self.reporting_dates if d > day)
        return self.in_force(day)

    def is_odd(self, day: date) -> bool:
        """Neither a reporting date nor within the days before one."""
        return not any(timedelta(0) <= d - day <= timedelta(days=self.days_before) for d in self.reporting_dates)
