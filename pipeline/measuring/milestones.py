"""Every school and item with a due date, every measure of the order's stages: done, in progress, overdue, under
question, not applicable, unknown; a measure that no report shows is never called done by itself."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, assert_never

import numpy as np
import pandas as pd

from pipeline.checking.carrying import Key
from pipeline.checking.judgement import Checked
from pipeline.checking.table import Report, categories, frame_of, values_of
from pipeline.measuring.activation import reaches
from pipeline.measuring.coverage import rows_of
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import MILESTONES, Milestone, Share
from pipeline.reading.answers.yes_no import read_yes_no
from schemas.district import Paper, Received, School
from schemas.form import Form, Item, Kind, Measure, Target
from schemas.likeness import plain
from schemas.own_names import PAPERS
from schemas.reports import NO, YES

Array = np.ndarray[Any, Any]
Facts = dict[str, dict[str, str]]  # row -> field -> words
# By the number of every report of the batch: its state as a place in `Milestone`, of which a report knows three: DONE,
# NOT_APPLICABLE, UNDER_QUESTION; `_NONE` where it is none of them, of a report that does not count, and of no report.
Settled = Array

_MILESTONES = ["school_code", "item", "due", "state", "days_late", "done_since"]
_MEASURES = ["school_code", "stage", "measure", "due", "items", "state", "done_since"]
_AND = "\n"  # between choices, of which an answer may have several
_CODES = {state: code for code, state in enumerate(MILESTONES.categories)}
_NONE = -1  # no state; no report, which stands behind all others
_NEVER = 0  # in the place of a day


def milestones(standings: "Milestones") -> pd.DataFrame:
    """One row a school expected and item with a due date (`Figures.milestones`). A deadline has passed from the day
    after it."""
    items = [
        (item, (standings.evidence.as_of - item.due).days) for item in standings.evidence.form.due_items if item.due
    ]
    columns = frame_of(
        ((item.number, item.due, days) for item, days in items),
        {"item": "category", "due": "object", "days_late": "int64"},
    )
    found = _of_schools(standings, columns, [standings.of_item(item) for item, _ in items])
    found["days_late"] = found["days_late"].where(found["state"] == Milestone.OVERDUE, 0)
    return found[_MILESTONES]


def measures(standings: "Milestones") -> pd.DataFrame:
    """One row a school and measure of the order's stages, papers first (`Figures.measures`)."""
    form = standings.evidence.form
    of_stages = [(stage.title, measure) for stage in form.stages for measure in stage.measures]
    columns = frame_of(
        [
            *((PAPERS, paper.title, paper.due, ()) for paper in form.order.papers),
            *((title, measure.title, measure.due, measure.items) for title, measure in of_stages),
        ],
        {"stage": "category", "measure": "category", "due": "object", "items": "object"},
    )
    papers = [standings.of_unseen(paper.title, paper.due) for paper in form.order.papers]
    found = _of_schools(standings, columns, [*papers, *(standings.of_measure(measure) for _, measure in of_stages)])
    return found[_MEASURES]


def _of_schools(standings: "Milestones", columns: pd.DataFrame, stands: "Sequence[Standings]") -> pd.DataFrame:
    """A row a school and column, with `school_code`, `state` and `done_since`. `columns`: what is told of each;
    `stands`: where each of them stands."""
    schools, many = len(standings.codes), len(columns)
    found = columns.take(np.tile(np.arange(many), schools)).reset_index(drop=True)
    codes, days = (
        np.array([getattr(one, name) for one in stands], int).reshape(many, schools).T.ravel()
        for name in Standings._fields
    )
    known = {day: date.fromordinal(day) if day != _NEVER else None for day in set(days.tolist())}
    return found.assign(
        school_code=categories(standings.codes)[np.repeat(np.arange(schools), many)],
        state=pd.Categorical.from_codes(codes, dtype=MILESTONES),
        done_since=pd.Series([known[day] for day in days.tolist()], dtype="object"),
    )


class Standings(NamedTuple):
    """Of all schools expected, in their order: where a milestone stands, as a place in `Milestone`; since which day
    (ordinal) it counts as done, `_NEVER` where it does not or nobody knows."""

    states: Array
    since: Array


class Milestones:
    """What has become of a school's milestones in the picture, and which reports show them as done.

    Reports are cumulative: what an accepted one has shown as done stays done, though the answer of the next is set
    aside, not understood or somewhat less, until one says «нет» or takes the answer back.
    """

    def __init__(self, evidence: Evidence, of_reports: "OfReports"):
        self.evidence = evidence
        self._checked = evidence.checked
        self._of_reports = of_reports
        self._shown = evidence.shown
        self._form = evidence.form
        self._papers = evidence.registry.papers or ()
        self._standings: dict[str, Standings] = {}
        self._proofs: dict[str, dict[str, list[Report]]] = {}

    def of_item(self, item: Item) -> Standings:
        if item.number not in self._standings:  # asked once for the item and once more for its measure
            proofs, nobody = self.proofs(item), self._nobody(self._form.people_of(item.number))
            left_out = [(code, item.number) in self.evidence.left_out for code in self.codes]
            first = [proofs[code][0].as_of if code in proofs else None for code in self.codes]
            since = np.array([day.toordinal() if day else _NEVER for day in first], int)
            now = self._of_reports.settled(item)[self._numbers]
            cases = (
                (self._numbers == _NONE, Milestone.UNKNOWN),
                (np.array(left_out, bool), Milestone.NOT_APPLICABLE),
                (now == _CODES[Milestone.NOT_APPLICABLE], Milestone.NOT_APPLICABLE),
                ((now == _NONE) & nobody, Milestone.NOT_APPLICABLE),
                ((since != _NEVER) | (now == _CODES[Milestone.DONE]), Milestone.DONE),
                (now == _CODES[Milestone.UNDER_QUESTION], Milestone.UNDER_QUESTION),
            )
            self._standings[item.number] = _first_case(cases, self._open(item.due), since)
        return self._standings[item.number]

    def of_measure(self, measure: Measure) -> Standings:
        """By the items that show it: done when all of them are that apply. One of a later stage is not done before."""
        if measure.since and self._shown.as_of < measure.since:
            return self._all(Milestone.NOT_BEGUN)
        if not measure.items:
            return self.of_unseen(measure.title, measure.due)
        columns = [self.of_item(self._form.item(number)) for number in measure.items]
        states = np.array([column.states for column in columns])

        def each(*among: Milestone) -> Array:
            found = np.isin(states, [_CODES[state] for state in among])
            return np.asarray(found.all(axis=0))

        settled = Milestone.DONE, Milestone.NOT_APPLICABLE
        cases = (
            ((states == _CODES[Milestone.UNKNOWN]).any(axis=0), Milestone.UNKNOWN),
            (each(Milestone.NOT_APPLICABLE), Milestone.NOT_APPLICABLE),
            (each(*settled), Milestone.DONE),
            (each(*settled, Milestone.UNDER_QUESTION), Milestone.UNDER_QUESTION),
        )
        return _first_case(cases, self._open(measure.due), np.max([column.since for column in columns], axis=0))

    def of_unseen(self, title: str, due: date | None) -> Standings:
        """A paper or measure that no report shows, by the office's ticks. A paper of the order is asked of every
        school once the office ticks off anything, a measure once it ticks off that measure. A tick that is not
        understood asks nobody, and of its own school nothing is known then."""
        own: dict[str, list[Paper]] = {}
        for paper in self._papers:
            if paper.document == title:
                own.setdefault(paper.school, []).append(paper)
        states, since = self._all(self._open(due) if title in self._asked else Milestone.NOT_CHECKED)
        for place, code in enumerate(self.codes):
            state, day = self._by_ticks(own[code]) if code in own else (None, None)
            if state:
                states[place], since[place] = _CODES[state], day.toordinal() if day else _NEVER
        return Standings(states, since)

    def _by_ticks(self, own: list[Paper]) -> tuple[Milestone | None, date | None]:
        """None: nothing is ticked off."""
        received = [paper for paper in own if self._has_come(paper) is Received.YES]
        if received:
            return Milestone.DONE, min((paper.day for paper in received if paper.day), default=None)
        unknown = any(self._has_come(paper) is Received.UNKNOWN for paper in own)
        return Milestone.NOT_CHECKED if unknown else None, None

    def _all(self, state: Milestone) -> Standings:
        return Standings(np.full(len(self.codes), _CODES[state], "int8"), np.full(len(self.codes), _NEVER))

    @cached_property
    def codes(self) -> list[str]:
        """Of the schools expected."""
        return [school.code for school in self._shown.schools]

    @cached_property
    def _numbers(self) -> Array:
        """Of the schools' reports in the picture; `_NONE` where there is none."""
        chosen = self._shown.chosen
        return np.array([chosen[code].number if code in chosen else _NONE for code in self.codes], int)

    def _nobody(self, people: str) -> Array:
        """Which schools have none of these people."""
        return np.array([school.has_none(people) for school in self._shown.schools], bool)

    @cached_property
    def _asked(self) -> frozenset[str]:
        """Titles of the papers and measures that the office ticks off. One that came as a file says nothing of the
        others: they may have been handed over."""
        by_hand = (paper for paper in self._papers if not paper.file)
        ticked = {paper.document for paper in by_hand if paper.received is not Received.UNKNOWN}
        return frozenset(ticked | {paper.title for paper in self._form.order.papers} if ticked else ())

    def _has_come(self, paper: Paper) -> Received:
        """By the picture's date."""
        match paper.received:
            case Received.YES:
                return Received.NO if paper.day and paper.day > self._shown.as_of else Received.YES
            case Received.NO | Received.UNKNOWN:
                return paper.received
            case _:
                assert_never(paper.received)

    def _open(self, due: date | None) -> Milestone:
        return Milestone.OVERDUE if due and self._shown.as_of > due else Milestone.IN_PROGRESS

    def proofs(self, item: Item) -> Mapping[str, list[Report]]:
        """By the code of their school the accepted reports that show the item as done, oldest first; only of schools
        that have such."""
        if item.number not in self._proofs:
            done = (self._of_reports.settled(item) == _CODES[Milestone.DONE]).tolist()
            found: dict[str, list[Report]] = {}
            for report in self._reports_until_now:
                if done[report.number]:
                    found.setdefault(report.school, []).append(report)
                elif report.school in found and self._of_reports.ends_proof(report, item):
                    del found[report.school]
            self._proofs[item.number] = found
        return self._proofs[item.number]

    def proofs_of_step(self, school: School, target: Target) -> list[Report]:
        """The same of a step of the headline item."""
        return [report for report in self._of_headline.get(school.code, ()) if reaches(self._percent(report), target)]

    @cached_property
    def shown(self) -> dict[str, float]:
        """Code -> the highest percent of the headline item that one of the school's accepted reports has shown."""
        return {code: max(map(self._percent, reports)) for code, reports in self._of_headline.items() if reports}

    @cached_property
    def _of_headline(self) -> dict[str, list[Report]]:
        """Code -> its reports with an accepted answer to the headline item that stands."""
        found: dict[str, list[Report]] = {}
        for code, reports in self._reports.items() if self._form.headline else ():
            standing = found.setdefault(code, [])
            for report in reports:
                if self._of_reports.headline[report.number][0] is Share.COUNTED:
                    standing.append(report)
                elif standing and self._of_reports.ends_proof(report, self._form.headline_item):
                    standing.clear()
        return found

    def _percent(self, report: Report) -> float:
        _, percent = self._of_reports.headline[report.number]
        return percent

    @cached_property
    def _reports(self) -> dict[str, list[Report]]:
        """Code -> its counting reports up to the picture's date, oldest first."""
        found: dict[str, list[Report]] = {}
        for report in self._reports_until_now:
            found.setdefault(report.school, []).append(report)
        return found

    @cached_property
    def _reports_until_now(self) -> list[Report]:
        """Of each school the oldest first."""
        return [one for one in self._checked.counting if one.as_of and one.as_of <= self._shown.as_of]


class OfReports:
    """What each report shows of each item, whatever the date: the same in every picture. `answered`:
    `coverage.answered_shares`."""

    def __init__(self, checked: Checked, answered: pd.DataFrame, form: Form) -> None:
        self._checked, self._shares, self._form = checked, answered[["share", "percent"]], form
        self._settled: dict[str, Settled] = {}

    def settled(self, item: Item) -> Settled:
        if item.number not in self._settled:  # it is asked again at every date, and among the proofs
            self._settled[item.number] = self._of_shares(item) if item.measured else self._of_each(item)
        return self._settled[item.number]

    @cached_property
    def headline(self) -> list[tuple[Share, float]]:
        """By the number of a report: what became of its answer to the headline item, and the percent."""
        return list(values_of(self._shares_of(self._form.headline_item), "share", "percent"))

    def _shares_of(self, item: Item) -> pd.DataFrame:
        return rows_of(self._shares, [*range(len(self._checked.reports)), _NONE], [item.number])

    def _of_shares(self, item: Item) -> Settled:
        rows = self._shares_of(item)
        is_done: Callable[[Any], Any] = item.is_done_at  # asked of all of them at once
        cases = (
            (rows["share"] == Share.NOT_APPLICABLE, Milestone.NOT_APPLICABLE),
            (rows["share"] == Share.SET_ASIDE, Milestone.UNDER_QUESTION),
            ((rows["share"] == Share.COUNTED) & is_done(rows["percent"]), Milestone.DONE),
        )
        return _first_case(cases, None, np.zeros(len(rows), int)).states

    def _of_each(self, item: Item) -> Settled:
        states = np.full(len(self._checked.reports) + 1, _NONE, "int8")
        for report in self._checked.counting:
            if state := self._judged(report, item):
                states[report.number] = _CODES[state]
        return states

    def _judged(self, report: Report, item: Item) -> Milestone | None:
        if item.kind in (Kind.ROW, Kind.ROWS):
            return self._of_cells(report, item)
        wrong = self._set_aside.get(report.number, set())
        if item.number in wrong:
            return Milestone.UNDER_QUESTION
        if (
            item.kind is Kind.NUMBER
            and item.done_at is not None
            and item.number in self._checked.answered[report.number]
        ):
            return self._of_figure(report, item)
        rows = self._rows.get((report.number, item.number))
        if rows is None:
            return None
        accepted = [said for row, said in rows.items() if row not in wrong]
        settled = _of_words(item, accepted, self._form)
        if settled is None and (len(accepted) < len(rows) or any(_is_not_understood(item, said) for said in accepted)):
            return Milestone.UNDER_QUESTION
        return settled

    @cached_property
    def _set_aside(self) -> dict[int, set[str]]:
        """Number of a report -> its items that are."""
        found: dict[int, set[str]] = {}
        for number, item in self._checked.set_aside:
            found.setdefault(number, set()).add(item)
        return found

    def _of_figure(self, report: Report, item: Item) -> Milestone | None:
        value = self._values.get((report.number, item.number))
        if value is None:
            return Milestone.UNDER_QUESTION
        return Milestone.DONE if item.is_done_at(value) else None

    def _of_cells(self, report: Report, item: Item) -> Milestone | None:
        """A row of a table is done once what it has to say is there, a list once it has its lines."""
        form, wrong = self._form, self._checked.set_aside
        cells, answered = form.cells_of(item.number), self._checked.answered[report.number]
        if item.kind is Kind.ROWS:
            own = {cell.number for cell in cells}
            lines = {one.partition("/")[0] for one in answered if "/" in one and form.answered_by(one) in own}
            wanted = max(1, form.lists[item.number].at_least)
            return Milestone.DONE if len(lines) >= wanted else None
        written = [cell.number for cell in cells if cell.number in answered]
        if any((report.number, number) in wrong for number in written):
            return Milestone.UNDER_QUESTION
        missing = [cell for cell in cells if form.column_of(cell.number).required and cell.number not in written]
        return Milestone.DONE if written and not missing else None

    def ends_proof(self, report: Report, item: Item) -> bool:
        """Is what the reports before have shown of an item no longer so by this one."""
        if not self._form.is_cumulative(item.number):
            return True
        taken_back = {row for row in report.withdrawn if self._form.answered_by(row) == item.number}
        rows = self._rows.get((report.number, item.number), {})
        denied = {row for row, said in rows.items() if said.get("yes") == NO or says_no(said.get("text", ""))}
        return any((report.number, row) not in self._checked.set_aside for row in taken_back | denied)

    @cached_property
    def _values(self) -> dict[Key, float]:
        """(report, item) -> its figure that is accepted."""
        table = self._checked.answers
        rows = table[(table["field"] == "value") & table["counted"]]
        return {(report, item): number for report, item, number in values_of(rows, "report", "item", "number")}

    @cached_property
    def _asked(self) -> frozenset[str]:
        """Numbers of the items that are held against a date."""
        return self._form.shown | {item.number for item in self._form.due_items} | {self._form.headline_number}

    @cached_property
    def _rows(self) -> dict[Key, Facts]:
        """(report, item) -> what is written in answer to it: by rows, of which acts have several."""
        table, found = self._checked.answers, dict[Key, Facts]()
        answered = {
            row: number for row in table["item"].unique() if (number := self._form.answered_by(row)) in self._asked
        }
        in_words = {number for number in self._asked if self._form.has(number) and not self._form.item(number).measured}
        answered_by = self._checked.answered
        written = frozenset[str]().union(*(answered_by[report.number] for report in self._checked.counting))
        of_rows = {row: number for row in written if (number := self._form.answered_by(row)) in in_words}
        for report in self._checked.counting:
            for row in answered_by[report.number] & of_rows.keys():
                found.setdefault((report.number, of_rows[row]), {})[row] = {}
        words = table[(table["text"] != "") & table["item"].isin(list(answered))]
        for report, row, field, text in values_of(words, "report", "item", "field", "text"):
            said = found.setdefault((report, answered[row]), {}).setdefault(row, {})
            said[field] = f"{said[field]}{_AND}{text}" if field == "choice" and field in said else text
        return found


Case = tuple["Array | pd.Series[bool]", Milestone]  # which of them, and how they stand


def _first_case(cases: Sequence[Case], otherwise: Milestone | None, since: Array) -> Standings:
    """Each by the first case that it is; `otherwise`: by none of them. `since`: ordinals, if it is done."""
    rest = _NONE if otherwise is None else _CODES[otherwise]
    states = np.select([which for which, _ in cases], [_CODES[state] for _, state in cases], rest).astype("int8")
    return Standings(states, np.where(states == _CODES[Milestone.DONE], since, _NEVER))


def _is_not_understood(item: Item, said: dict[str, str]) -> bool:
    """Is a written answer one in which nothing was found that its kind is made of, nor «нет». `said`: its facts."""
    match item.kind:
        case Kind.PERSON | Kind.DOCUMENT | Kind.ACTS:
            return not said.keys() & {"person", "position", "number", "date"} and not says_no(said.get("text", ""))
        case Kind.TEXT | Kind.YES_NO | Kind.GROUP | Kind.COVERAGE | Kind.VOLUME:
            return not said
        case Kind.NUMBER | Kind.CHOICE | Kind.DATE | Kind.LINK | Kind.ROW | Kind.ROWS:
            return not said
        case _:
            assert_never(item.kind)


def _of_words(item: Item, rows: list[dict[str, str]], form: Form) -> Milestone | None:
    """DONE or NOT_APPLICABLE, None when neither. A typed «нет» is an answer: not done. `rows`: the facts of the answer;
    of acts those of each row."""
    if sum({"number", "date"} <= row.keys() for row in rows) >= max(1, item.at_least):
        return Milestone.DONE  # a document; of acts as many as are asked for, one at least
    if item.may_be_not_required and any(_not_required(row.get("text", ""), form) for row in rows):
        return Milestone.NOT_APPLICABLE
    match item.kind:
        case Kind.PERSON:
            done = any("person" in row for row in rows)
        case Kind.YES_NO:
            done = any(row.get("yes") == YES for row in rows)
        case Kind.TEXT:
            done = any("text" in row and not says_no(row["text"]) for row in rows)
        case Kind.NUMBER | Kind.DATE | Kind.LINK:
            done = bool(rows)
        case Kind.CHOICE:
            said = {title for row in rows if "choice" in row for title in row["choice"].split(_AND)}
            done = len([one for one in item.choices if one.done and one.title in said]) >= (item.done_at or 1)
        case Kind.DOCUMENT | Kind.ACTS | Kind.GROUP | Kind.COVERAGE | Kind.VOLUME | Kind.ROW | Kind.ROWS:
            done = False  # a document without number and date is none; a heading has no answer, a share is not words
        case _:
            assert_never(item.kind)
    return Milestone.DONE if done else None


def says_no(text: str) -> bool:
    """«нет» typed where words are asked for."""
    return read_yes_no(text).said == NO


def _not_required(text: str, form: Form) -> bool:
    """«не требуется», also with a reason after it."""
    return any(f"{plain(text)} ".startswith(f"{plain(words)} ") for words in form.recognise.not_required)
