"""What became of the decisions that the management has written into earlier summaries: done or not by the reports, by
its own tick, or nobody can know; and how many people the schools that they are about cover more since."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from enum import Enum, auto
from functools import cached_property
from typing import NamedTuple, assert_never

from pipeline.measuring.activation import reaches
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import (
    SETTLED,
    Fate,
    Figures,
    Followed,
    Gain,
    Milestone,
    Rests,
    State,
    Statement,
)
from pipeline.measuring.rows import measure_rows, milestone_rows, step_rows
from schemas.decided import Decided, DecisionsRead, Matter, Memory
from schemas.remarks import Remark, Severity, remark
from schemas.reports import NO, YES

_MATTERS = list(Matter)  # in the order in which a summary asks for decisions


def followed(evidence: Evidence, figures: Figures) -> tuple[Followed, ...]:
    """The decisions of all earlier summaries in the inbox, those of the earliest first. One that several workbooks hold
    is as the newest of them says; one that was shown as done is not shown again."""
    latest = {decided.memory.key: decided for book in _earlier(evidence) for decided in book.decisions}
    standing = [one for one in latest.values() if not one.memory.settled or one.done == NO]
    follower = _Follower(figures)
    in_order = sorted(standing, key=lambda one: (one.memory.as_of, _MATTERS.index(one.memory.matter), one.memory.key))
    return tuple(map(follower.follow, in_order))


def said_of_decisions(evidence: Evidence) -> Iterator[Remark]:
    """Why a summary's decisions are not followed, and where two workbooks of one date differ."""
    for book in _books(evidence):
        if book.as_of >= evidence.as_of:
            yield remark("DECISIONS-LATER", file=book.file, day=book.as_of, this=evidence.as_of)
    last: dict[tuple[date, str], tuple[_Book, Decided]] = {}
    for book in _earlier(evidence):
        for decided in book.decisions:
            key = book.as_of, decided.memory.key
            before, said = last.get(key, (book, decided))
            if _typed(said) != _typed(decided):
                yield remark("DECISIONS-DIFFER", file=before.file, other=book.file, tag=said.memory.tag)
            last[key] = book, decided


class _Book(NamedTuple):
    as_of: date
    arrived: datetime
    file: str
    decisions: tuple[Decided, ...]


def _earlier(evidence: Evidence) -> Iterator[_Book]:
    """Summaries of dates before this one, the newest last; of one date the one that came last."""
    return (book for book in _books(evidence) if book.as_of < evidence.as_of)


def _books(evidence: Evidence) -> list[_Book]:
    return sorted(_book(read.decisions, read.file, evidence) for read in evidence.reads if read.decisions)


def _book(read: DecisionsRead, file: str, evidence: Evidence) -> _Book:
    arrived = evidence.checked.arrivals.get(file) or datetime.min.replace(tzinfo=UTC)
    return _Book(read.as_of, arrived, file, read.decisions)


def _typed(decided: Decided) -> tuple[object, ...]:
    """What the office wrote, whatever the row remembers."""
    one = decided
    return one.decision, one.who, one.due, one.due_as_typed, one.done, one.done_as_typed


class _Verdict(Enum):
    """What the reports say of one school."""

    YES = auto()
    NO = auto()
    DOUBTED = auto()
    UNKNOWN = auto()


class _Follower:
    """Holds decisions against the figures of this date."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._rows = {row.school.code: row for row in figures.activation if row.school}
        self._states = {line.school.code: line for line in figures.submissions}

    def follow(self, decided: Decided) -> Followed:
        """The office's own tick stands before what the reports show, and is told apart from it."""
        by_reports = self._by_reports(decided.memory)
        fate = by_reports
        if decided.done == YES and by_reports is not Fate.DONE:
            fate = Fate.TICKED
        elif decided.done == NO:
            fate = Fate.NOT_DONE
        late = fate not in SETTLED and decided.due is not None and decided.due < self._figures.as_of
        if late and fate is Fate.NOT_DONE:
            fate = Fate.OVERDUE
        contradicted = fate is Fate.TICKED and by_reports is Fate.NOT_DONE
        return Followed(decided, fate, late, contradicted, tuple(self._gains(decided.memory)))

    def _by_reports(self, memory: Memory) -> Fate:
        """DONE, NOT_DONE, DOUBTED or UNKNOWN."""
        match memory.matter:
            case Matter.PLAN:
                return _of_all(self._is_on_plan(one.code, memory.as_of) for one in memory.schools)
            case Matter.REPORTS:
                return self._unless(bool(self._figures.unattributed), map(self._has_reported, _codes(memory)))
            case Matter.ERRORS:
                return self._unless(self._has_errors_of_nobody, map(self._is_corrected, _codes(memory)))
            case Matter.DEADLINES:
                return _of_all(self._has_caught_up(code, memory) for code in _codes(memory))
            case Matter.REGISTRY | Matter.GROUPS | Matter.HINDERS | Matter.OWN:  # groups may be redrawn by then
                return Fate.UNKNOWN
            case _:
                assert_never(memory.matter)

    def _unless(self, unknown: bool, verdicts: Iterable[_Verdict]) -> Fate:
        """What came and belongs to nobody may be of one of these schools: nothing is called done then."""
        fate = _of_all(verdicts)
        return Fate.UNKNOWN if unknown and fate is Fate.DONE else fate

    def _is_on_plan(self, code: str, then: date) -> _Verdict:
        """On the plan of the day on which it was decided: a later plan has a line of its own."""
        row, target = self._rows.get(code), self._figures.form.target_on(then)
        if row is None or row.percent is None or target is None:
            return _Verdict.UNKNOWN
        if Statement(Rests.FIGURE, code, self._figures.form.headline_number) in self._figures.doubts:
            return _Verdict.DOUBTED
        return _Verdict.YES if reaches(row.percent, target) else _Verdict.NO

    def _has_reported(self, code: str) -> _Verdict:
        """For the reporting date in force now."""
        line = self._states.get(code)
        if line is None or not line.owes:
            return _Verdict.UNKNOWN
        absent = line.state in (State.NOT_SUBMITTED, State.UNREADABLE, State.CARRIED)
        return _Verdict.NO if absent else _Verdict.YES

    def _is_corrected(self, code: str) -> _Verdict:
        """Has the school's report for the date in force no errors. A report that is carried forward corrects none."""
        match self._states[code].state if code in self._states else None:
            case State.ACCEPTED | State.ACCEPTED_WITH_REMARKS:
                return _Verdict.YES
            case State.TO_CORRECT | State.UNREADABLE:
                return _Verdict.NO
        return _Verdict.UNKNOWN

    @cached_property
    def _has_errors_of_nobody(self) -> bool:
        return any(one.severity is Severity.ERROR and one.school not in self._rows for one in self._figures.remarks)

    def _has_caught_up(self, code: str, memory: Memory) -> _Verdict:
        """Is nothing overdue any more of what was due by the day on which it was decided."""
        states = {state for due, state, _ in self._deadlines.get(code, ()) if due < memory.as_of}
        doubted = any(doubted for due, _, doubted in self._deadlines.get(code, ()) if due < memory.as_of)
        if Milestone.OVERDUE in states:
            return _Verdict.NO
        if doubted or Milestone.UNDER_QUESTION in states:
            return _Verdict.DOUBTED
        unchecked = memory.papers and Milestone.NOT_CHECKED in states
        return _Verdict.UNKNOWN if not states or unchecked or Milestone.UNKNOWN in states else _Verdict.YES

    @cached_property
    def _deadlines(self) -> dict[str, list[tuple[date, Milestone, bool]]]:
        """Code -> all that the school has to do by a day: that day, the state, is it done by answers under question."""
        figures, found = self._figures, dict[str, list[tuple[date, Milestone, bool]]]()

        def add(code: str, due: date | None, state: Milestone, item: str = "", step: date | None = None) -> None:
            doubted = state is Milestone.DONE and Statement(Rests.MILESTONE, code, item, step) in figures.doubts
            if due:
                found.setdefault(code, []).append((due, state, doubted))

        for row in milestone_rows(figures):
            add(row.school_code, row.due, row.state, row.item)
        for step in step_rows(figures):
            add(step.school_code, step.by, step.state, figures.form.headline_number, step.by)
        for measure in measure_rows(figures):
            if not measure.items:
                add(measure.school_code, measure.due, measure.state)
        return found

    def _gains(self, memory: Memory) -> Iterator[Gain]:
        """Of a school that has not reported since, nothing is known: its figure is that of then."""
        for one in memory.schools:
            row = self._rows.get(one.code)
            if row and row.covered is not None and one.covered is not None and not row.carried:
                statement = Statement(Rests.FIGURE, one.code, self._figures.form.headline_number)
                yield Gain(one.code, row.covered - one.covered, one.doubted or statement in self._figures.doubts)


def _codes(memory: Memory) -> list[str]:
    return [one.code for one in memory.schools]


def _of_all(verdicts: Iterable[_Verdict]) -> Fate:
    """Not done where one school has not; done where all have, one at least."""
    found = set(verdicts)
    if _Verdict.NO in found:
        return Fate.NOT_DONE
    if _Verdict.DOUBTED in found:
        return Fate.DOUBTED
    return Fate.DONE if found == {_Verdict.YES} else Fate.UNKNOWN
