"""One report on its way to the office: what stands where on it, and when it arrives."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pipeline.demo.answers import Answer, Covered, Problem
from pipeline.demo.handwriting import Entry, Hand, typed
from schemas import own_form
from schemas.district import School
from schemas.form import Form, Item, Unit


class Truth(NamedTuple):
    """One fact that a careful reader takes from a report; `field` and `value` as in `answers.csv`."""

    file: str
    school: str
    as_of: date
    item: str
    field: str
    value: str | float


@dataclass
class Report:
    """`file` is relative to the input folder, with `/`. `school`: as its own form was handed out. `again`: second
    answers, at the end of the table; `beside`: right of the first ones. `typed_shares`: percents typed over the
    formulas of Svod's own form. `extra_rows`: those that the order's tables
    do not have. `twin`: the report once more, on a second sheet. `foreign`: it answers another order.
    `content`: bytes that are sent instead of a workbook made of the rest."""

    school: School
    as_of: date
    hand: Hand
    file: str
    arrives: datetime
    school_line: str
    date_line: date | str
    answers: dict[str, Answer]
    entries: dict[str, Entry]
    problems: list[Problem]
    again: dict[str, Entry] = field(default_factory=dict)
    beside: dict[str, Entry] = field(default_factory=dict)
    typed_shares: dict[str, int] = field(default_factory=dict)
    extra_rows: dict[str, tuple[str, str]] = field(default_factory=dict)  # row -> number, title of one below it
    twin: "Report | None" = None
    foreign: bool = False
    cut_off: bool = False  # the file's second half did not arrive
    content: bytes | None = None
    corrects: bool = False  # the school sent another file for this date before
    spoilt: set[str] = field(default_factory=set)  # items in which a fault is planted

    def give(self, form: Form, number: str, answer: Answer, *, spelt_out: bool = False) -> None:
        """Puts another answer in the place of the true one, typed by the same hand."""
        self.answers[number] = answer
        item = form.item(number)
        self.entries[number] = typed(item, answer, self.hand, spelt_out=spelt_out, unit=unit_of(item, form))

    def take_out(self, number: str) -> None:
        del self.answers[number], self.entries[number]

    def percent(self, number: str) -> int | None:
        """The true share in whole percent; None where the answer is none."""
        answer = self.answers.get(number)
        if isinstance(answer, Covered):
            return round(100 * answer.count / answer.total)
        return getattr(answer, "percent", None)

    def first_attempt(self) -> "Report":
        """A copy of the report, to be sent two days before it."""
        return replace(
            self,
            arrives=self.arrives - timedelta(days=2),
            answers=dict(self.answers),
            entries=dict(self.entries),
            problems=list(self.problems),
            spoilt=set(),
        )

    def correct(self) -> None:
        """Takes another name than the first attempt's."""
        stem, _, ending = self.file.rpartition(".")
        self.file, self.corrects = f"{stem} испр.{ending}", True

    def truth(self) -> Iterator[Truth]:
        place = (self.file, self.school.code, self.as_of)
        for number, entry in self.entries.items():
            for name, value in entry.facts.items():
                several = value if isinstance(value, tuple) else (value,)
                yield from (Truth(*place, number, name, one) for one in several)
        for n, problem in enumerate(self.problems, start=1):
            yield Truth(*place, f"problem.{n}", "problem", problem.problem)
            if problem.solution:
                yield Truth(*place, f"problem.{n}", "solution", problem.solution)


def unit_of(item: Item, form: Form) -> Unit | None:
    return form.unit(item.unit) if item.unit else None


def own_form_line(school: School) -> str:
    """The school as its own form prints it."""
    return own_form.school_line(school.full_name or school.name, school.code)
