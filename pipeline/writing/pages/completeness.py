"""What the first page shows in place of shares where the form has no headline item: whose report is awaited, and how
every reporting date so far has been met."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from pipeline import wording
from pipeline.measuring.figures import TO_REMIND, Delivery, Figures, Submission
from schemas.periods import Every

AWAITED_TITLE = "Чьи отчёты нужны"
NONE_AWAITED = "Все отчёты сданы, исправлять в них нечего."
NOBODY_KNOWN = "Реестра нет: чьи отчёты ещё нужны, неизвестно."


def met_title(figures: Figures) -> str:
    return f"Сдача отчётов {wording.times(figures.every).by_reporting}, школ"


def none_met(figures: Figures) -> str:
    return wording.capital(f"{wording.times(figures.every).none_yet}.")


MOST_DATES = 12  # the last ones
SHOWN = (Delivery.ON_TIME, Delivery.LATE, Delivery.UNKNOWN, Delivery.TO_CORRECT, Delivery.MISSING)


class MetDate(NamedTuple):
    """A reporting date, or a period by its last day: of how many schools each of `SHOWN` is so."""

    day: date
    schools: tuple[int, ...]
    every: Every

    @property
    def told(self) -> str:
        said = (f"{named(delivery)} {number}" for delivery, number in zip(SHOWN, self.schools, strict=True) if number)
        return f"{wording.named(self.day, self.every)} — {', '.join(said)}"


def named(delivery: Delivery) -> str:
    """In a legend, away from any school."""
    return "нет отчёта" if delivery is Delivery.MISSING else str(delivery)


def awaited(figures: Figures) -> list[Submission]:
    """Schools that have to be reminded, the most urgent first."""
    return [line for state in TO_REMIND for line in figures.submissions if line.state is state and line.to_remind]


def awaited_said(line: Submission) -> str:
    """What is asked of the school."""
    errors = f": {wording.count(line.errors, wording.ERROR)}" if line.errors else ""
    return f"{line.state}{errors}"


def why_none_awaited(figures: Figures) -> str:
    if figures.reporting_date is None:
        return none_met(figures)
    return NOBODY_KNOWN if figures.draft_registry else NONE_AWAITED


def met_dates(figures: Figures) -> list[MetDate]:
    """The reporting dates until now, rising."""
    found = []
    for index, day in enumerate(figures.year.dates):
        counted = Counter(one.deliveries[index] for one in figures.year.schools)
        if day <= figures.as_of:
            found.append(MetDate(day, tuple(counted[delivery] for delivery in SHOWN), figures.every))
    return found[-MOST_DATES:]
