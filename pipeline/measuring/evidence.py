"""What every measure of a picture is taken from, in one object: made once a picture, asked by all."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

import msgspec
import pandas as pd

from pipeline.checking.carrying import Key
from pipeline.checking.judgement import Checked
from pipeline.checking.table import Place
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.coverage import rows_of
from pipeline.measuring.picture import PASSED_OVER, Outcome, Picture, outcomes_of, picture
from schemas.district import Registry, Waiver
from schemas.form import Form
from schemas.remarks import Catalogue, Remark
from schemas.reports import FileRead

Doubted = Mapping[Key, tuple[Remark, ...]]  # (report, item) with an accepted answer -> why it is under question


class Evidence(msgspec.Struct, frozen=True, dict=True):
    """reads: all files as they were read; checked: the judged batch; answered: its shares, `coverage.answered_shares`.

    shown: the picture that is measured. earlier: those of the reporting dates before the one in force, oldest first.
    doubted: the answers of the batch that are under question (`doubt.doubted_answers`).
    """

    reads: Sequence[FileRead]
    checked: Checked
    answered: pd.DataFrame
    registry: Registry
    form: Form
    catalogue: Catalogue
    calendar: Calendar
    shown: Picture
    earlier: tuple[Picture, ...]
    doubted: Doubted = msgspec.field(default_factory=dict)

    @property
    def as_of(self) -> date:
        return self.shown.as_of

    @property
    def before(self) -> "Evidence | None":
        """The same of the last reporting date before the one in force; None before the first."""
        return (
            msgspec.structs.replace(self, shown=self.earlier[-1], earlier=self.earlier[:-1]) if self.earlier else None
        )

    @property
    def earlier_of_its_year(self) -> tuple[Picture, ...]:
        """Those of `earlier` that are of the shown picture's year."""
        days = self.calendar.of_year(self.shown.reporting_date or self.as_of)
        return tuple(one for one in self.earlier if one.as_of in days)

    @cached_property
    def waivers(self) -> tuple[Waiver, ...]:
        """The office's exceptions in force at the picture's date, of the schools expected."""
        in_being = (waiver for waiver in self.registry.waivers if waiver.school in self.shown.codes)
        return tuple(waiver for waiver in in_being if waiver.covers(waiver.item, self.as_of))

    @cached_property
    def left_out(self) -> frozenset[tuple[str, str]]:
        """School and item of the measures that the office has left out of a school's plan."""
        given = ((waiver, item.number) for waiver in self.waivers for item in self.form.items)
        return frozenset((waiver.school, item) for waiver, item in given if not waiver.code and waiver.is_about(item))

    @cached_property
    def own_percents(self) -> dict[int, float]:
        """Number of a report -> what it says of the headline item itself."""
        if self.form.headline is None:
            return {}
        shares = rows_of(self.answered, range(len(self.checked.reports)), [self.form.headline.item])
        own = shares["percent"].mask(shares["carried"]).tolist()
        return {number: percent for number, percent in enumerate(own) if not math.isnan(percent)}

    @cached_property
    def unbased(self) -> frozenset[tuple[str, str]]:
        """School and item of the picture's answers that lack only the registry's base."""
        codes = {report.number: code for code, report in self.shown.chosen.items()}
        lacking = self.answered.index[self.answered["unbased"]]
        return frozenset((codes[number], item) for number, item in lacking if number in codes)

    @cached_property
    def passed_over(self) -> frozenset[Place]:
        """The reports of which nothing is said but why they are not in the picture."""
        reports = self.checked.reports
        return frozenset(one.place for one in reports if self.outcomes[one.number] in PASSED_OVER)

    @cached_property
    def outcomes(self) -> Mapping[int, Outcome]:
        """Number of a report -> what became of it in the picture."""
        return outcomes_of(self.checked, self.shown)

    @cached_property
    def belonging(self) -> dict[date, date | None]:
        """Date of a report -> the reporting date for which it is (`Calendar.belongs_to`)."""
        days = {report.as_of for report in self.checked.reports if report.as_of}
        return {day: self.calendar.belongs_to(day) for day in days}

    def picture_on(self, day: date) -> Picture:
        return picture(self.checked, self.registry, day, self.calendar)
