"""Every school and item with a due date, every measure of the order's stages: done, in progress, overdue, under
question, not applicable, unknown; a measure that no report shows is never called done by itself."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple, assert_never

import pandas as pd

from pipeline.checking.carrying import Key
from pipeline.checking.judgement import Checked
from pipeline.checking.table import Report, frame_of, values_of
from pipeline.measuring.activation import reaches
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import Milestone, Share
from pipeline.reading.answers.yes_no import read_yes_no
from schemas.district import Paper, Received, School
from schemas.form import Form, Item, Kind, Measure, Target
from schemas.likeness import plain
from schemas.own_names import PAPERS
from schemas.reports import NO, YES

Facts = dict[str, dict[str, str]]  # row -> field -> words
Settled = Mapping[int, Milestone | None]  # by the number of every report that counts for a date

_MILESTONES = {
    "school_code": "str", "item": "str", "due": "object", "state": "object", "days_late": "int64",
    "done_since": "object",
}  # fmt: skip
_MEASURES = {
    "school_code": "str", "stage": "str", "measure": "str", "due": "object", "items": "object", "state": "object",
    "done_since": "object",
}  # fmt: skip
_AND = "\n"  # between choices, of which an answer may have several
_SETTLED = frozenset({Milestone.DONE, Milestone.NOT_APPLICABLE})
_SETTLED_OR_UNDER_QUESTION = _SETTLED | {Milestone.UNDER_QUESTION}


def milestones(standings: "Milestones") -> pd.DataFrame:
    """One row a school expected and item with a due date (`Figures.milestones`). A deadline has passed from the day
    after it."""
    evidence = standings.evidence
    columns = [
        (item, (evidence.as_of - item.due).days, standings.of_item(item))
        for item in evidence.form.due_items
        if item.due
    ]
    rows = []
    for school in evidence.shown.schools:
        for item, days, of_schools in columns:
            state, since = of_schools[school.code]
            late = days if state is Milestone.OVERDUE else 0
            rows.append((school.code, item.number, item.due, state, late, since))
    return frame_of(rows, _MILESTONES)


def measures(standings: "Milestones") -> pd.DataFrame:
    """One row a school and measure of the order's stages, papers first (`Figures.measures`)."""
    form = standings.evidence.form
    papers = (
        (PAPERS, paper.title, paper.due, (), standings.of_unseen(paper.title, paper.due)) for paper in form.order.papers
    )
    of_stages = (
        (stage.title, measure.title, measure.due, measure.items, standings.of_measure(measure))
        for stage in form.stages
        for measure in stage.measures
    )
    columns = [*papers, *of_stages]
    return frame_of(
        (
            (school.code, *words, *of_schools[school.code])
            for school in standings.evidence.shown.schools
            for *words, of_schools in columns
        ),
        _MEASURES,
    )


class Standing(NamedTuple):
    """Where a milestone stands; since when it counts as done, None where it does not or nobody knows."""

    state: Milestone
    since: date | None = None


OfSchools = Mapping[str, Standing]  # by the code of every school expected
_UNKNOWN, _NOT_APPLICABLE = Standing(Milestone.UNKNOWN), Standing(Milestone.NOT_APPLICABLE)


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
        self._standings: dict[str, OfSchools] = {}
        self._proofs: dict[str, dict[str, list[Report]]] = {}

    def of_item(self, item: Item) -> OfSchools:
        if item.number not in self._standings:  # asked once for the item and once more for its measure
            settled, proofs = self._of_reports.settled(item), self.proofs(item)
            people = self._form.people_of(item.number)
            still_open = Standing(self._open(item.due))
            self._standings[item.number] = {
                school.code: self._of_item(school, item, settled, proofs, people) or still_open
                for school in self._shown.schools
            }
        return self._standings[item.number]

    def _of_item(
        self, school: School, item: Item, settled: Settled, proofs: Mapping[str, list[Report]], people: str
    ) -> Standing | None:
        """None: it is still to be done. `people`: of whom the item is."""
        report = self._shown.chosen.get(school.code)
        if report is None:
            return _UNKNOWN
        if (school.code, item.number) in self.evidence.left_out:
            return _NOT_APPLICABLE
        now = settled[report.number]
        if now is Milestone.NOT_APPLICABLE or (now is None and school.has_none(people)):
            return _NOT_APPLICABLE
        if of_school := proofs.get(school.code):
            return Standing(Milestone.DONE, of_school[0].as_of)
        return Standing(now) if now else None

    def of_measure(self, measure: Measure) -> OfSchools:
        """By the items that show it: done when all of them are that apply. One of a later stage is not done before."""
        if measure.since and self._shown.as_of < measure.since:
            return dict.fromkeys(self._codes, Standing(Milestone.NOT_BEGUN))
        if not measure.items:
            return self.of_unseen(measure.title, measure.due)
        columns = [self.of_item(self._form.item(number)) for number in measure.items]
        still_open = Standing(self._open(measure.due))
        return {code: _together([column[code] for column in columns]) or still_open for code in self._codes}

    def of_unseen(self, title: str, due: date | None) -> OfSchools:
        """A paper or measure that no report shows, by the office's ticks. A paper of the order is asked of every
        school once the office ticks off anything, a measure once it ticks off that measure. A tick that is not
        understood asks nobody, and of its own school nothing is known then."""
        own: dict[str, list[Paper]] = {}
        for paper in self._papers:
            if paper.document == title:
                own.setdefault(paper.school, []).append(paper)
        unticked = Standing(self._open(due) if title in self._asked else Milestone.NOT_CHECKED)
        return {code: self._by_ticks(own[code], unticked) if code in own else unticked for code in self._codes}

    def _by_ticks(self, own: list[Paper], unticked: Standing) -> Standing:
        received = [paper for paper in own if self._has_come(paper) is Received.YES]
        if received:
            return Standing(Milestone.DONE, min((paper.day for paper in received if paper.day), default=None))
        if any(self._has_come(paper) is Received.UNKNOWN for paper in own):
            return Standing(Milestone.NOT_CHECKED)
        return unticked

    @cached_property
    def _codes(self) -> list[str]:
        return [school.code for school in self._shown.schools]

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
            settled = self._of_reports.settled(item)
            found: dict[str, list[Report]] = {}
            for report in self._reports_until_now:
                if settled[report.number] is Milestone.DONE:
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
                if self._of_reports.shares[report.number, self._form.headline_number][0] is Share.COUNTED:
                    standing.append(report)
                elif standing and self._of_reports.ends_proof(report, self._form.headline_item):
                    standing.clear()
        return found

    def _percent(self, report: Report) -> float:
        _, percent = self._of_reports.shares[report.number, self._form.headline_number]
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
        self._checked, self._form = checked, form
        keys, columns = answered.index.tolist(), (answered[name].tolist() for name in ("share", "percent"))
        self.shares: dict[Key, tuple[Share, float]] = dict(zip(keys, zip(*columns, strict=True), strict=True))
        self._settled: dict[str, Settled] = {}

    def settled(self, item: Item) -> Settled:
        """Number of every report that counts for a date -> DONE, NOT_APPLICABLE or UNDER_QUESTION by that report, None
        when none of them."""
        if item.number not in self._settled:  # it is asked again at every date, and among the proofs
            judged = self._of_share if item.measured else self._judged
            self._settled[item.number] = {report.number: judged(report, item) for report in self._checked.counting}
        return self._settled[item.number]

    def _of_share(self, report: Report, item: Item) -> Milestone | None:
        return _of_share(item, *self.shares[report.number, item.number])

    def _judged(self, report: Report, item: Item) -> Milestone | None:
        if item.kind in (Kind.ROW, Kind.ROWS):
            return self._of_cells(report, item)
        if (report.number, item.number) in self._checked.set_aside:
            return Milestone.UNDER_QUESTION
        if item.kind is Kind.NUMBER and item.done_at is not None and item.number in report.written:
            return self._of_figure(report, item)
        rows = self._rows.get((report.number, item.number), {})
        accepted = [said for row, said in rows.items() if (report.number, row) not in self._checked.set_aside]
        settled = _of_words(item, accepted, self._form)
        if settled is None and (len(accepted) < len(rows) or any(_is_not_understood(item, said) for said in accepted)):
            return Milestone.UNDER_QUESTION
        return settled

    def _of_figure(self, report: Report, item: Item) -> Milestone | None:
        value = self._values.get((report.number, item.number))
        if value is None:
            return Milestone.UNDER_QUESTION
        return Milestone.DONE if item.is_done_at(value) else None

    def _of_cells(self, report: Report, item: Item) -> Milestone | None:
        """A row of a table is done once what it has to say is there, a list once it has its lines."""
        form, wrong = self._form, self._checked.set_aside
        cells = form.cells_of(item.number)
        if item.kind is Kind.ROWS:
            own = {cell.number for cell in cells}
            lines = {one.partition("/")[0] for one in report.written if "/" in one and form.answered_by(one) in own}
            wanted = max(1, form.lists[item.number].at_least)
            return Milestone.DONE if len(lines) >= wanted else None
        written = [cell.number for cell in cells if cell.number in report.written]
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
        for counting in self._checked.counting:
            for row in counting.written:
                if (number := self._form.answered_by(row)) in in_words:
                    found.setdefault((counting.number, number), {})[row] = {}
        words = table[(table["text"] != "") & table["item"].isin(list(answered))]
        for report, row, field, text in values_of(words, "report", "item", "field", "text"):
            said = found.setdefault((report, answered[row]), {}).setdefault(row, {})
            said[field] = f"{said[field]}{_AND}{text}" if field == "choice" and field in said else text
        return found


def _together(each: Sequence[Standing]) -> Standing | None:
    """Where a measure stands by the items that show it; None: it is still to be done."""
    states = {standing.state for standing in each}
    if Milestone.UNKNOWN in states:
        return _UNKNOWN
    if states == {Milestone.NOT_APPLICABLE}:
        return _NOT_APPLICABLE
    if states <= _SETTLED:
        return Standing(Milestone.DONE, max(standing.since for standing in each if standing.since))
    return Standing(Milestone.UNDER_QUESTION) if states <= _SETTLED_OR_UNDER_QUESTION else None


def _of_share(item: Item, share: Share, percent: float) -> Milestone | None:
    """DONE, NOT_APPLICABLE or UNDER_QUESTION, None when none of them."""
    match share:
        case Share.NOT_APPLICABLE:
            return Milestone.NOT_APPLICABLE
        case Share.SET_ASIDE:
            return Milestone.UNDER_QUESTION
        case Share.COUNTED:
            return Milestone.DONE if item.is_done_at(percent) else None
        case Share.NO_ANSWER | Share.NO_REPORT:
            return None
        case _:
            assert_never(share)


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
