"""What measuring hands on: every figure that a workbook, a CSV or a letter shows, computed once.

Percent is 0–100 unrounded, people are unrounded floats (a count derived from a percent stays a fraction),
dates are dates. `None` is «no figure», never zero.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import msgspec
import pandas as pd

from pipeline.measuring.names import Names
from pipeline.measuring.rules import Rule
from schemas.answers import Why
from schemas.decided import Decided
from schemas.district import School, Waiver, by_group
from schemas.explained import Asked, asked
from schemas.form import Form, Target
from schemas.periods import Every
from schemas.remarks import Remark


class State(StrEnum):
    """State of a school's report."""

    ACCEPTED = "принят"
    ACCEPTED_WITH_REMARKS = "принят с замечаниями"
    TO_CORRECT = "на доработку"
    UNREADABLE = "не прочитан"
    CARRIED = "перенесён с прошлой даты"
    NOT_SUBMITTED = "не представлен"


class Share(StrEnum):
    """What became of one school's answer to one coverage item."""

    COUNTED = "counted"
    SET_ASIDE = "set_aside"  # bears an error
    NOT_APPLICABLE = "not_applicable"  # «не предусмотрено»
    NO_ANSWER = "no_answer"
    NO_REPORT = "no_report"


SHARES = pd.CategoricalDtype(pd.Index(list(Share), dtype="object"))  # in a frame


class Level(StrEnum):
    """Actual share against the target in force."""

    BELOW = "ниже плана"
    ON = "по плану"
    ABOVE = "выше плана"
    NOT_YET = "срок не наступил"
    UNKNOWN = "нет данных"


class Milestone(StrEnum):
    DONE = "done"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"
    UNDER_QUESTION = "under_question"  # answered, but set aside, not understood, or without a base: not overdue
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"  # no report: unknown is not overdue
    NOT_CHECKED = "not_checked"  # no report shows it, and the office has not ticked it off
    NOT_BEGUN = "not_begun"  # a measure of a later stage


MILESTONES = pd.CategoricalDtype(pd.Index(list(Milestone), dtype="object"))


class Deadline(NamedTuple):
    """What the order asks by a date. `item`: blank for a paper or measure that no report shows, which `title` names.
    `least`: percent that the item has to reach by then, of a step of the headline item; None: all of it."""

    due: date
    item: str = ""
    least: float | None = None
    title: str = ""

    @property
    def step(self) -> date | None:
        """Its date where it is a step of the headline item."""
        return None if self.least is None else self.due


class Submission(msgspec.Struct, frozen=True):
    """One school's line on «Сдача отчётов»."""

    school: School
    state: State
    file: str = ""
    as_of: date | None = None  # as written in the report
    arrived: datetime | None = None
    days_late: int | None = None  # 0 = on time; None = not known or nothing is owed
    errors: int = 0
    warnings: int = 0
    superseded: tuple[tuple[str, datetime | None], ...] = ()  # older files for the same date: file, arrival
    owes: bool = True  # a report for the date in force: the school was in being then

    @property
    def to_remind(self) -> bool:
        """Has the school to be reminded now: of a report that it owes, or of mistakes to correct."""
        return self.state in TO_REMIND and (self.owes or self.state in (State.TO_CORRECT, State.UNREADABLE))

    @property
    def has_come(self) -> bool:
        """Has something come of the school for the date in force."""
        return bool(self.file) and self.state not in (State.NOT_SUBMITTED, State.CARRIED)


# In which states a school may have to be rung up, the most urgent first.
TO_REMIND = (State.NOT_SUBMITTED, State.TO_CORRECT, State.UNREADABLE, State.CARRIED)


class Delivery(StrEnum):
    """How a school has met a reporting date."""

    ON_TIME = "вовремя"
    LATE = "позже"
    TO_CORRECT = "на доработку"  # what stands for that date bears an error, or could not be read
    MISSING = "нет"  # a report that is carried forward to that date is none for it
    UNKNOWN = "неизвестно"  # an acceptable report of which nobody knows when it came
    NOT_OWED = "не требуется"  # the school was not in being
    TO_COME = "ещё не наступила"  # the reporting date


class Punctuality(msgspec.Struct, frozen=True):
    """Of the reporting dates past at which something was owed and is known: how many were met in time."""

    on_time: int
    judged: int

    @property
    def percent(self) -> float | None:
        """0–100; None where nothing is judged."""
        return 100 * self.on_time / self.judged if self.judged else None


class SchoolYear(msgspec.Struct, frozen=True):
    """One school at all reporting dates, `deliveries` in the order of `Year.dates`."""

    school: School
    deliveries: tuple[Delivery, ...]

    @property
    def punctuality(self) -> Punctuality:
        return punctuality_of(self.deliveries)


class Year(msgspec.Struct, frozen=True):
    """All reporting dates of the order and of the office, rising, those to come among them. schools: those expected
    now, by the registry, then those that were in being at an earlier date only."""

    dates: tuple[date, ...] = ()
    schools: tuple[SchoolYear, ...] = ()

    @property
    def punctuality(self) -> Punctuality:
        """Of the municipality: sums over the schools, never the mean of their rates."""
        return punctuality_of(delivery for one in self.schools for delivery in one.deliveries)

    def punctuality_at(self, index: int) -> Punctuality:
        """Of the municipality at `dates[index]`."""
        return punctuality_of(one.deliveries[index] for one in self.schools)


# What a rate is taken over: neither praised nor blamed is what is unknown, not owed or still to come.
JUDGED = (Delivery.ON_TIME, Delivery.LATE, Delivery.TO_CORRECT, Delivery.MISSING)


def punctuality_of(deliveries: Iterable[Delivery]) -> Punctuality:
    judged = [delivery for delivery in deliveries if delivery in JUDGED]
    return Punctuality(judged.count(Delivery.ON_TIME), len(judged))


class Activation(msgspec.Struct, frozen=True):
    """Headline item of one school, or of the municipality (`school` is None): target against actual."""

    school: School | None
    level: Level
    covered: float | None = None
    total: float | None = None
    percent: float | None = None
    deviation: float | None = None  # percentage points from the lower bound
    shortfall: int | None = None  # people missing to the lower bound, 0 when reached
    change: float | None = None  # percentage points since the last reporting date; None when first or carried
    change_people: float | None = None  # the same in people
    change_schools: int | None = None  # of the municipality alone: over how many schools, those counted on both dates
    change_of_totals: float | None = None  # of the municipality alone: whichever schools were counted on each date
    pace: float | None = None  # people a week by the trend of the own reports; None below two of them
    per_week: int | None = None  # people a week needed to reach the next target's lower bound in time
    forecast: float | None = None  # percent where the trend stands at the next target's date
    will_miss: bool = False  # the forecast stays below the next target's lower bound
    report_date: date | None = None
    carried: bool = False
    share: Share = Share.COUNTED
    file: str = ""
    sheet: str = ""
    cell: str = ""


class Problem(msgspec.Struct, frozen=True):
    """One row of a school's table of problems, in its own words.

    problem: blank where only a solution is written. solution: blank where none is given; `offered` then holds what
    other schools of the same group wrote. since: the school's first report that names it.
    """

    group: str
    school: School
    problem: str
    solution: str
    since: date
    offered: tuple[tuple[School, str], ...] = ()


# What became of a file that gave no report (`Source.outcome`).
UNREAD, NOT_A_FORM, FORMER_SUMMARY = "не прочитан", "не форма отчёта", "прежний свод: прочитаны решения"
PAPER, HOLDS_NOTHING = "документ школы", "без вложенных файлов"


class Source(msgspec.Struct, frozen=True):
    """One file of the inbox and what became of it, for «О расчёте»."""

    file: str
    outcome: str  # Russian: «учтён», «заменён более поздним», «не прочитан» …
    as_of: date | None = None
    school_code: str = ""


class Unattributed(NamedTuple):
    """A file, or a report in it, of which the school or the date is not known. school: as it was read, blank where
    nothing was; remark: why, with what to do."""

    file: str
    school: str
    as_of: date | None
    remark: Remark


class SetAside(NamedTuple):
    """One answer with a share that is not counted, with what the school said; None: no readable figure.

    remarks: the reasons, each with its cell. percent_with_it: what the municipality's percent would be with this answer
    alone counted as the school gave it.
    """

    school: School
    item: str
    covered: float | None
    total: float | None
    percent: float | None
    remarks: tuple[Remark, ...]
    percent_with_it: float | None


class Taken(NamedTuple):
    """An answer that a report of the picture takes over from another of its school: in which words, from where; `file`:
    of the report that takes it."""

    school: School
    item: str
    answer: str
    as_of: date | None
    source: str
    sheet: str
    cell: str
    why: Why
    file: str


class Reconciliation(msgspec.Struct, frozen=True, eq=False):  # told by identity: frames have no truth
    """Proof that nothing has disappeared between the files and the municipality's figures.

    items: one row a coverage item (index: item) —
        expected = counted (carried among them) + set_aside + not_applicable + no_answer + no_report, schools;
        read = counted + set_aside + answered_not_applicable + elsewhere, answers in all files: `elsewhere` are those
        in superseded, older, future and other reports that are not in the picture, and not taken over into it;
        people_read = people_counted + people_set_aside, people of the picture's reports (NaN for a volume);
        percent, percent_with_set_aside (what it would be if those set aside were right; those that cannot be read are
        left out, see `unread`, and where none can be it is NaN),
        percent_low, percent_high: where it can lie whatever the schools that are not counted answer, by their bases
        (NaN where a base is not known). holds: all three equations.
    taken: the answers that the picture's reports take over from others, in the form's order.
    recognised: by what a report's items and columns were known, in words -> how many reports.
    outcomes: what became of a report (`Source.outcome`) -> how many; together the `sources`.
    """

    items: pd.DataFrame
    set_aside: tuple[SetAside, ...]
    outcomes: dict[str, int]
    files: int  # in the inbox
    sources: int  # reports, and files that gave none
    taken: tuple[Taken, ...] = ()
    recognised: dict[str, int] = {}

    def unread(self, item: str) -> int:
        """Of the item's answers that are set aside those without a readable figure: nobody knows what they would
        make of its share."""
        return sum(one.percent_with_it is None for one in self.set_aside if one.item == item)


class RemarkAge(NamedTuple):
    """How long a remark has stood: since which reporting date, at how many in a row, this one among them."""

    since: date
    times: int


class Fate(StrEnum):
    """What became of a decision of the management."""

    DONE = "выполнено"  # by the reports
    TICKED = "выполнено по отметке"  # by the office's own word
    DOUBTED = "под вопросом"  # by answers under question
    NOT_DONE = "не выполнено"
    OVERDUE = "просрочено"
    UNKNOWN = "не проверить"  # no report shows it, or none that counts


SETTLED = (Fate.DONE, Fate.TICKED)


class Gain(NamedTuple):
    """People that a school covers more since a decision (fewer: below zero), unrounded."""

    school: str
    people: float
    doubted: bool


class Followed(msgspec.Struct, frozen=True):
    """A decision of an earlier summary and what became of it. late: its day has passed and it is not settled;
    contradicted: ticked off as done, while the reports show that it is not. gains: of the schools that it is about, as
    far as they were counted then and have reported since."""

    decided: Decided
    fate: Fate
    late: bool = False
    contradicted: bool = False
    gains: tuple[Gain, ...] = ()


Identity = tuple[str, str, str]  # of a remark, the same at every date: school, item, code


class Mended(NamedTuple):
    """An error, or a warning on a file that gave no report, that a later report of its school has made good:
    «исправлено». `file`, `as_of`: of that report."""

    remark: Remark
    file: str
    as_of: date


class RemarkHistory(msgspec.Struct, frozen=True):
    """The life of errors and warnings from reporting date to reporting date.

    raised_by: code of the school -> how many errors were raised at the last reporting date; corrected: those among them
    that are `Mended`. Of warnings neither: no later report tells whether the school did what was asked.
    """

    standing: dict[Identity, RemarkAge]
    raised_by: dict[str, int] = {}
    corrected: tuple[Remark, ...] = ()

    @property
    def raised(self) -> int:
        return sum(self.raised_by.values())


class Told(NamedTuple):
    """The headline item of a school or of the municipality as a run has told it for a date: percent, people."""

    percent: float | None
    covered: float | None
    total: float | None
    sent: bool  # in a letter; else first computed


class Restated(msgspec.Struct, frozen=True):
    """An earlier date whose municipal percent is another now than was told: reports were corrected."""

    date: date
    was: float | None
    now: float | None
    sent: bool
    schools: tuple[School, ...]  # whose figure of that date has changed


class Rests(StrEnum):
    """What a derived statement rests on."""

    # The accepted answer: share, rank, level, shortfall, pace needed. Of the municipality all of them: each may be the
    # one below the target, of what those lack together and of the fewest that should catch up.
    FIGURE = "figure"
    MILESTONE = "milestone"  # the reports that show it as done, or the accepted answer where none does
    PEERS = "peers"  # all accepted answers to an item: place and middle among the schools
    CHANGE = "change"  # the answer and that of the last reporting date
    COURSE = "course"  # all answers of the trend, of the headline item: own pace, forecast
    POINT = "point"  # the headline item on an earlier or this date, in the trend
    YEAR = "year"  # the answers of all periods of the year up to this one


class Statement(NamedTuple):
    """A derived statement, by what it rests on. school: code, blank for the municipality; item: of a coverage item,
    blank where it is about the headline item alone; day: of a point, or of a step of the headline item."""

    rests: Rests
    school: str = ""
    item: str = ""
    day: date | None = None


class Doubts(msgspec.Struct, frozen=True):
    """Derived statement -> the open remarks of the answers on which it rests; what rests on none is not in it. On a
    school's own page what is said of the others is left out, and may leave nothing of a statement's remarks."""

    found: Mapping[Statement, tuple[Remark, ...]] = {}

    def __contains__(self, statement: Statement) -> bool:
        return statement in self.found

    def of(self, statement: Statement) -> tuple[Remark, ...]:
        return self.found.get(statement, ())


class Measure(StrEnum):
    """What a municipal figure of a number, choice or list is."""

    SUM = "sum"
    MEAN = "mean over schools"
    RATIO = "weighted mean"  # Σ ÷ Σ
    NONE = "none"  # it must not be added: there is no such figure
    SINCE_NEW_YEAR = "sum, since the new year"
    DIFFERENCE = "this period by difference"
    PERIODS = "sum of the periods"  # of a year
    ABOVE_PLAN = "schools above their plan"
    BELOW_PLAN = "schools below their plan"
    SCHOOLS = "schools"  # that have chosen the answer
    LINES = "rows"  # of a list
    LIST_SUM = "sum over free rows"


class SchoolNumber(NamedTuple):
    """One school's figure of a NUMBER item, in the item's unit, or the answers that it has chosen, in the order's
    words. Neither: not counted, and why."""

    school_code: str
    item: str
    value: float | None
    share: Share
    file: str = ""
    sheet: str = ""
    cell: str = ""
    chosen: tuple[str, ...] = ()


class NumberTotal(NamedTuple):
    """One municipal figure of an item. counted: schools in it, of those expected; period: `Period.key`, or a year;
    choice: the answer that schools have chosen; missing: reports that are not in a year's sum."""

    item: str
    measure: Measure
    value: float | None
    counted: int
    expected: int
    period: str
    choice: str = ""
    missing: int = 0


class Numbers(msgspec.Struct, frozen=True):
    """schools: in the order of the schools, then of the form; totals: in the form's order."""

    schools: tuple[SchoolNumber, ...] = ()
    totals: tuple[NumberTotal, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.totals)


class Heard(StrEnum):
    """What has become of a school's explanation."""

    ACCEPTED = "принято"
    WAITS = "не принято"
    NOT_NEEDED = "не требуется"  # the remark it was given to stands no more: mended, or the answer is another now


class Explained(NamedTuple):
    """What a school has said to a remark on its report in the picture."""

    asked: Asked
    words: str
    heard: Heard

    @property
    def said(self) -> str:
        """«Выбыли два класса (не принято)»"""
        return f"{self.words} ({self.heard.value})"


class Measured(NamedTuple):
    """What is made of the answers of a picture; each as `Figures` has it."""

    coverage: pd.DataFrame
    totals: pd.DataFrame
    groups: pd.DataFrame
    trend: pd.DataFrame
    activation: tuple[Activation, ...]
    municipality: Activation


_NO_NUMBERS, _NO_DOUBTS = Numbers(), Doubts()


@dataclass(frozen=True, kw_only=True, eq=False)  # told by identity: frames have no truth
class Reported:
    """Who has reported as of a date."""

    form: Form
    as_of: date
    schools: tuple[School, ...]  # those expected: in being at that date
    submissions: tuple[Submission, ...]

    @property
    def every(self) -> Every:
        """What the reports are about: how things stand on a date, or a period."""
        return self.form.period.every


@dataclass(frozen=True, kw_only=True, eq=False)
class Remarked(Reported):
    """Who has reported as of a date and what is to be said of it: known before anything is counted.

    remarks: those that stand. mended: those that a later report has made good. sources: what became of every file.
    explanations: what schools have said to the remarks on their reports in the picture.
    """

    remarks: tuple[Remark, ...]
    sources: tuple[Source, ...]
    mended: tuple[Mended, ...] = ()
    explanations: tuple[Explained, ...] = ()

    @property
    def spoken_of(self) -> tuple[School, ...]:
        """Schools that what is said may name."""
        return self.schools

    @cached_property
    def names(self) -> Names:
        """By which one school would be told of another."""
        return Names(self.spoken_of, ((source.file, source.school_code) for source in self.sources))

    @cached_property
    def explained(self) -> dict[Asked, Explained]:
        return {one.asked: one for one in self.explanations}

    def explained_of(self, remark: Remark) -> Explained | None:
        """What the school has said to the remark."""
        about = asked(remark) if self.explanations else None
        return self.explained.get(about) if about else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Former(Reported):
    """The figures of a reporting date as far as those of the next are held against them; each as `Figures` has it.

    No page reads `groups` and `trend` of the date before: they are made with the rest, and judged."""

    reporting_date: date | None  # the one in force
    draft_registry: bool
    target: Target | None
    coverage: pd.DataFrame
    totals: pd.DataFrame
    groups: pd.DataFrame
    trend: pd.DataFrame
    activation: tuple[Activation, ...]  # worst first, those without a figure last
    municipality: Activation
    numbers: Numbers = _NO_NUMBERS
    doubts: Doubts = _NO_DOUBTS
    undoubted: "Former | None" = None

    @property
    def period(self) -> str:
        """For when they are, as programs write it (`Period.key`)."""
        return self.form.period.key(self.reporting_date or self.as_of)

    @cached_property
    def grouped(self) -> dict[str, list[School]]:
        """Group -> its schools, in the order of `groups`; empty where no school has a group, and for one school
        alone."""
        return {} if self.groups.empty else by_group(self.schools)

    @property
    def counted(self) -> tuple[Activation, ...]:
        """Schools whose headline figure is counted, worst first."""
        return tuple(row for row in self.activation if row.percent is not None)

    @property
    def below(self) -> tuple[Activation, ...]:
        """Schools below the target, largest shortfall first."""
        behind = [row for row in self.activation if row.level is Level.BELOW]
        return tuple(sorted(behind, key=lambda row: (-(row.shortfall or 0), row.school.code if row.school else "")))


@dataclass(frozen=True, kw_only=True, eq=False)
class Figures(Remarked, Former):
    """All figures of the picture as of a date.

    coverage: one row a school and coverage item — school_code, item, share (Share), covered, total, percent,
        derived (the count is computed from a percent), carried, file, sheet, cell.
    totals: one row a coverage item (index: item) — covered, total, percent (Σ/Σ; NaN for a volume),
        change (percentage points since the last reporting date, over the schools counted on both dates; NaN where
        there is none), change_people (the same in people), change_schools (how many these schools are),
        change_of_totals (between the two percents, whichever schools were counted on each date), and in schools:
        counted, carried, derived, set_aside, not_applicable, no_answer, no_report, expected.
    groups: one row a group of schools and coverage item, groups in the registry's order, `NO_GROUP` last — group,
        item, what `totals` has but for the change, and of the headline item level (Level), deviation, shortfall (of
        the group as a whole, as those of the municipality). Empty where no school has a group.
    milestones: one row a school and item with a due date — school_code, item, due, state (Milestone), days_late,
        done_since (date of the first report in which it counted as done, None elsewhere).
    steps: one row a school and target — school_code, by, min, max, state: is the headline item there by now?
    measures: one row a school and measure of the order's stages, papers first — school_code, stage, measure (titles),
        due (None: no deadline), items (tuple of numbers, empty: no report shows it), state, done_since.
    trend: one row a date and school — date, school_code (blank: the municipality), covered, total, percent, carried,
        share (Share), reported (a report was sent for that date, whatever it says of the headline item).
    bases: base id -> people over the schools expected.
    unattributed: what came and belongs to nobody.
    unbased: school and item of the answers that lack only the registry's base: they are set aside, and no fault of the
        school.
    waivers: the office's exceptions in force at that date, of the schools expected.
    doubts: which statements rest on an answer under question. undoubted: the same figures with what is `Measured`
        anew without these answers; None where nothing is under question.
    answers: the facts behind the figures — school_code, item, field, text, number, counted, basis, waived
        (`Checked.answers`).
    registered: all schools of the registry, also those closed or not yet open.
    public: no person is in them and no word of a school (`measuring.public`).
    """

    reporting_dates: tuple[date, ...]  # all of them, the office's own among them
    next_target: Target | None
    year: Year
    milestones: pd.DataFrame
    problems: tuple[Problem, ...]  # by group, the largest first
    bases: dict[str, float]
    answers: pd.DataFrame
    steps: pd.DataFrame
    measures: pd.DataFrame
    reconciliation: Reconciliation
    remark_history: RemarkHistory
    rules: tuple[Rule, ...]
    registered: tuple[School, ...] = ()
    unattributed: tuple[Unattributed, ...] = ()
    unbased: frozenset[tuple[str, str]] = frozenset()
    waivers: tuple[Waiver, ...] = ()
    restated: tuple[Restated, ...] = ()
    followed: tuple[Followed, ...] = ()  # decisions of earlier summaries, by the date of the summary
    undoubted: "Figures | None" = None
    before: Former | None = None  # those of the reporting date before the one in force
    public: bool = False

    @property
    def files_read(self) -> int:
        """Files that gave a report, in the picture or not."""
        return len({source.file for source in self.sources if source.outcome not in (UNREAD, NOT_A_FORM)})

    @property
    def unattributed_files(self) -> int:
        return len({one.file for one in self.unattributed})

    @cached_property
    def carried_reports(self) -> frozenset[str]:
        """Codes of the schools whose whole report is an older one."""
        return frozenset(line.school.code for line in self.submissions if line.state is State.CARRIED)

    @property
    def shortfall(self) -> int:
        """People missing in the schools below the target, together: more than the municipality's own shortfall."""
        return sum(row.shortfall or 0 for row in self.below)

    @property
    def spoken_of(self) -> tuple[School, ...]:
        """Those closed since the date before, too."""
        expected = {school.code for school in self.schools}
        then = self.before.schools if self.before else ()
        return (*self.schools, *(school for school in then if school.code not in expected))

    @cached_property
    def name_by_code(self) -> dict[str, str]:
        """Code -> name: of all schools of the registry, whenever they are in being."""
        return {school.code: school.name for school in (*self.registered, *self.schools)}

    @property
    def problem_groups(self) -> dict[str, int]:
        """Group -> how many schools name a problem of it, in the order of `problems`; one who only offers a solution
        names none."""
        naming = dict.fromkeys((problem.group, problem.school.code) for problem in self.problems if problem.problem)
        return dict(Counter(group for group, _ in naming))

    @cached_property
    def overdue(self) -> dict[Deadline, tuple[str, ...]]:
        """Deadline that has been missed -> codes of the schools that have missed it; the earliest first.

        Items, steps of the headline item, papers and measures that the office ticks off. A measure that items show is
        overdue by them and not counted once more.
        """
        return self._in_state(Milestone.OVERDUE)

    @property
    def overdue_total(self) -> int:
        return sum(map(len, self.overdue.values()))

    @cached_property
    def questioned(self) -> dict[Deadline, tuple[str, ...]]:
        """As `overdue`, of the milestones under question, whether or not their deadline has passed."""
        return self._in_state(Milestone.UNDER_QUESTION)

    @property
    def questioned_total(self) -> int:
        return sum(map(len, self.questioned.values()))

    def _in_state(self, state: Milestone) -> dict[Deadline, tuple[str, ...]]:
        found: dict[Deadline, list[str]] = {}
        for deadline, code in self._deadlines(state):
            found.setdefault(deadline, []).append(code)
        in_order = sorted(found, key=lambda one: (one.due, self.form.sort_key(one.item), one.title))
        return {deadline: tuple(found[deadline]) for deadline in in_order}

    def _deadlines(self, state: Milestone) -> Iterator[tuple[Deadline, str]]:
        items, steps, measures = (
            frame[frame["state"] == state] for frame in (self.milestones, self.steps, self.measures)
        )
        for code, item, due in zip(items["school_code"], items["item"], items["due"], strict=True):
            yield Deadline(due, item), code
        for code, by, least in zip(steps["school_code"], steps["by"], steps["min"], strict=True):
            yield Deadline(by, self.form.headline_number, least), code
        unseen = measures[measures["items"].map(len) == 0]
        for code, title, due in zip(unseen["school_code"], unseen["measure"], unseen["due"], strict=True):
            yield Deadline(due, title=title), code
