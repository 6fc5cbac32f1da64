"""The reporting dates, and for which of them a report counts. Of a form with periods they are their last days, and a
report counts for its own period alone."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec

from schemas.form import Form
from schemas.periods import Every


class Calendar(msgspec.Struct, frozen=True):
    """Reporting dates of the order and of the office, rising. `days_before`: a report dated so many days before a
    reporting date is the report for it. `dues`: until when the report of a reporting date has to be sent, where that is
    not the date itself."""

    reporting_dates: tuple[date, ...]
    days_before: int
    every: Every = "date"
    dues: Mapping[date, date] = msgspec.field(default_factory=dict)

    @classmethod
    def of(cls, form: Form, own_dates: Iterable[date] = (), days_before: int = 0) -> "Calendar":
        """`own_dates`: those of the office. Nobody reports on a period before its last day."""
        dates = sorted({*form.order.reporting_dates, *own_dates})
        every = form.period.every
        return cls(tuple(dates), days_before if every == "date" else 0, every, form.dues)

    @property
    def of_periods(self) -> bool:
        return self.every != "date"

    def due(self, reporting_date: date) -> date:
        """Until when the report of that date is on time."""
        return self.dues.get(reporting_date, reporting_date)

    def of_year(self, day: date) -> tuple[date, ...]:
        """The reporting dates of the day's year up to it."""
        return tuple(one for one in self.reporting_dates if one.year == day.year and one <= day)

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
        """The reporting date for which a report dated on `day` is; None for one dated too early for the first, and for
        a period of which no report is asked."""
        if self.of_periods:
            return day if day in self.reporting_dates else None
        return self.current_on(day)

    def current_on(self, day: date) -> date | None:
        """The reporting date for which a file that came on `day` is at the latest, if nothing else is known of it."""
        if self.of_periods:
            return self.in_force(day)
        if day >= self.next_from(day):
            return min(d for d in self.reporting_dates if d > day)
        return self.in_force(day)

    def is_odd(self, day: date) -> bool:
        """Neither a reporting date nor within the days before one."""
        return not any(timedelta(0) <= d - day <= timedelta(days=self.days_before) for d in self.reporting_dates)
