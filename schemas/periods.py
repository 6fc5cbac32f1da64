"""The spans that reports are about: weeks, months, quarters, years. Each is known by its last day."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, NamedTuple

Every = Literal["date", "week", "month", "quarter", "year"]

_WEEK = timedelta(days=6)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def last_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def first_day(every: Every, last: date) -> date:
    """Of the period that ends on `last`; of a form without periods the day itself."""
    if every == "date":
        return last
    if every == "week":
        return last - _WEEK
    return date(last.year, last.month - _MONTHS[every] + 1, 1)


class Periods(NamedTuple):
    """The periods of a form. `week_ends`: on which day of the week its weeks do (Monday is 0). `since_new_year`: a
    report tells all of the year until its last day, and may say so: «за январь–июнь»."""

    every: Every
    week_ends: int = 6
    since_new_year: bool = False

    def last(self, day: date) -> date:
        """The last day of the period that the day lies in."""
        if self.every == "date":
            return day
        if self.every == "week":
            return day + timedelta(days=(self.week_ends - day.weekday()) % 7)
        length = _MONTHS[self.every]
        return last_of_month(day.year, (day.month - 1) // length * length + length)

    def whole(self, first: date, last: date) -> date | None:
        """The last day of the one whole period from `first` to `last`; None where they are no such period. A week may
        begin on its Monday, whatever day it ends on."""
        if self.last(last) != last:
            return None
        starts = {first_day(self.every, last)}
        if self.every == "week":
            starts.add(last - timedelta(days=last.weekday()))
        if self.since_new_year:
            starts.add(date(last.year, 1, 1))
        return last if first in starts else None
