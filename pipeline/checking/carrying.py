"""What a report takes over from the former ones of its school.

Reports are cumulative, item by item: of several files for one date each item's last answer counts, whichever file holds
it; what the date leaves blank stands as it stood in the report before; «без изменений» takes the former answer over. An
answer that bears an error is handed on to no other date. Every answer taken over keeps its own file and cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import NamedTuple

import msgspec
import pandas as pd

from pipeline.checking.lineage import in_order
from pipeline.checking.table import FactRow, Report, answer_in_words, place_of, values_of
from pipeline.wording import item_in_text
from schemas.answers import FIGURES, Why
from schemas.form import Form
from schemas.remarks import Remark
from schemas.reports import PROBLEM, answer_of

Key = tuple[int, str]  # number of a report, item

_OPEN_ACT = frozenset({"title"})  # of an act: its title stands, its details are left blank
_OF_TAKING = ("ANSWER-GONE", "ANSWER-FORMER", "ANSWER-CHANGED")  # said where an answer is taken over, and only there


class Carried(msgspec.Struct):
    """table: the facts, those taken over among them, under the number of the report that takes them. remarks: what is
    to be said of it. taken: (report, item) that takes an answer over -> number of the report whose answer that is, and
    why. completed: (report, act) whose title stood alone and whose details are taken over."""

    table: pd.DataFrame
    remarks: list[Remark] = msgspec.field(default_factory=list)
    taken: dict[Key, tuple[int, Why]] = msgspec.field(default_factory=dict)
    completed: set[Key] = msgspec.field(default_factory=set)

    @property
    def items(self) -> dict[int, frozenset[str]]:
        """Number of a report -> items whose answer it takes over."""
        found: dict[int, set[str]] = {}
        for number, item in self.taken:
            found.setdefault(number, set()).add(item)
        return {number: frozenset(items) for number, items in found.items()}

    def all_remarks(self, said: Sequence[Remark], reports: Sequence[Report]) -> list[Remark]:
        """`said`, what is to be said of taking over, and the remarks on answers taken over once more where the school
        has to look: in the report that takes them. What was blank is remarked as such. `reports`: by their numbers."""
        numbers = {report.place: report.number for report in reports}
        on_answers: dict[Key, list[Remark]] = {}
        found = []
        for remark in (*said, *self.remarks):
            key = numbers.get(place_of(remark), -1), remark.item
            if remark.code == "DOC-INCOMPLETE" and key in self.completed:
                continue
            found.append(remark)
            if remark.code not in _OF_TAKING:
                on_answers.setdefault(key, []).append(remark)
        for (number, item), (source, why) in self.taken.items():
            if why is not Why.BLANK:
                here = reports[number]
                cell = here.answer_cells.get(item, "")
                again = [
                    replace(one, file=here.file, sheet=here.sheet, cell=cell, as_of=here.as_of)
                    for one in on_answers.get((source, item), ())
                ]
                on_answers.setdefault((number, item), []).extend(again)  # the next may take it over from here
                found += again
        return found


class Held(NamedTuple):
    """An answer: its rows in the table, and the report that gives it."""

    rows: tuple[int, ...]
    by: Report


Answers = dict[str, Held]  # item -> its answer; the table of problems as one


class Said:
    """What each report says itself, by report and item. `table`: the facts.

    Made once: what is taken over is gone through until no error is new."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        self._columns = [table[name].tolist() for name in FactRow._fields]
        self._rows: dict[int, dict[str, list[int]]] = {}
        self._answers: dict[int, Answers] = {}
        for row, (report, item, name) in enumerate(values_of(table, "report", "item", "field")):
            if name != "note":
                self._rows.setdefault(report, {}).setdefault(answer_of(item), []).append(row)

    def answers_of(self, report: Report) -> Mapping[str, Held]:
        """What the report answers itself, readable or not."""
        if report.number not in self._answers:
            said = self._rows.get(report.number, {})
            units = dict.fromkeys([*said, *map(answer_of, report.written)])
            self._answers[report.number] = {unit: Held(tuple(said.get(unit, ())), report) for unit in units}
        return self._answers[report.number]

    def facts(self, answer: Held) -> list[FactRow]:
        return [FactRow._make(column[row] for column in self._columns) for row in answer.rows]


def carry(said: Said, reports: Iterable[Report], form: Form, wrong: frozenset[Key]) -> Carried:
    """`reports`: those that take a place. `wrong`: (report, item) that bear an error."""
    batch = _Batch(said, form, wrong)
    for _, of_school in groupby(in_order(reports), key=lambda report: report.school):
        school = _School(batch)
        for _, files in groupby(of_school, key=lambda report: report.as_of):
            school.report(list(files))
    return Carried(batch.completed_table(), batch.remarks, batch.taken, batch.completed)


class _Batch:
    """What the reports say, and what is found out about it."""

    def __init__(self, said: Said, form: Form, wrong: frozenset[Key]) -> None:
        self.said, self.form, self.wrong = said, form, wrong
        self.remarks: list[Remark] = []
        self.taken: dict[Key, tuple[int, Why]] = {}
        self.completed: set[Key] = set()
        self._copies: list[tuple[int, Report, Why]] = []

    def take(self, report: Report, unit: str, source: Held, why: Why) -> list[int]:
        """Takes over what the report does not say itself; of an answer in figures all or nothing. The rows taken."""
        own = self.said.answers_of(report).get(unit)
        said = {(fact.item, fact.field) for fact in self.facts(own)} if own else set()
        if any(name in (*FIGURES, "value") for _, name in said):
            return []
        facts = zip(source.rows, self.facts(source), strict=True)
        rows = [row for row, fact in facts if (fact.item, fact.field) not in said]
        self._copies += [(row, report, why) for row in rows]
        self.taken[report.number, unit] = source.by.number, why
        return rows

    def facts(self, answer: Held) -> list[FactRow]:
        return self.said.facts(answer)

    def fields(self, answer: Held) -> set[str]:
        return {fact.field for fact in self.facts(answer)}

    def stated(self, answer: Held) -> set[tuple[str, str, str]]:
        """What was said in so many words, whichever cell it stands in."""
        return {(f.item, f.field, f.written.casefold()) for f in self.facts(answer) if f.basis == "stated"}

    def names(self, answer: Held) -> set[tuple[str, str]]:
        """What a document is known by."""
        return {(fact.field, fact.text.casefold()) for fact in self.facts(answer) if fact.field in ("number", "title")}

    def completed_table(self) -> pd.DataFrame:
        """A reference says that the answer holds at its own date; what is kept for a blank is as old as it is."""
        table = self.said.table
        if not self._copies:
            return table
        copies = table.loc[[row for row, _, _ in self._copies]]
        days = [
            report.as_of.isoformat() if why is Why.REFERENCE and report.as_of else day
            for (_, report, why), day in zip(self._copies, copies["as_of"], strict=True)
        ]
        numbers, whys = [report.number for _, report, _ in self._copies], [why.value for _, _, why in self._copies]
        copies = copies.assign(report=numbers, as_of=days, carried=whys)
        types = table.dtypes.to_dict()
        return pd.concat([table, copies], ignore_index=True).astype(types)


class _School:
    """The reports of one school in their order. `held`: what stands by the last one, accepted."""

    def __init__(self, batch: _Batch) -> None:
        self.batch = batch
        self.held: Answers = {}
        self._by_day: dict[date, Answers] = {}

    def report(self, files: Sequence[Report]) -> None:
        """The files for one date, the one that counts last."""
        *earlier, last = files
        now: Answers = {}
        for file in earlier:
            now = self._answered(file, now)
        before, now = now, self._answered(last, now)
        self._tell_changes(before, now, last)
        self._keep_earlier(now, last)
        blank = {unit: answer for unit, answer in self.held.items() if self._is_left_blank(unit, answer, now)}
        for unit, answer in blank.items():
            self._carry_blank(unit, answer, last)
        if self.batch.form.period.every != "date":
            return  # what stood for a period stands for no other
        self.held = {unit: answer for unit, answer in (now | blank).items() if self._is_accepted(unit, answer, last)}
        if last.as_of:
            self._by_day[last.as_of] = self.held

    def _answered(self, report: Report, before: Answers) -> Answers:
        """Item by item what counts after this file: its own answers, else those of the files before it."""
        said = self.batch.said.answers_of(report)
        own = {unit: answer for unit, answer in said.items() if not self._is_open(unit, answer, before)}
        own |= {unit: self._referred(report, unit, own.get(unit), before) for unit in report.references}
        own |= {unit: Held((), report) for unit in report.withdrawn}
        return {unit: answer for unit, answer in before.items() if not self._displaced(unit, answer, own)} | own

    def _is_open(self, unit: str, answer: Held, before: Answers) -> bool:
        """Does an act's title stand alone where the former answer, of the same title, has its details."""
        former = before.get(unit) or self.held.get(unit)
        if not former or not answer.rows or self.batch.fields(answer) != _OPEN_ACT:
            return False
        is_same = self.batch.names(answer) <= self.batch.names(former) and former.by is not answer.by
        if is_same:
            self.batch.completed.add((answer.by.number, unit))
        return is_same

    def _referred(self, report: Report, unit: str, own: Held | None, before: Answers) -> Held:
        """The former answer that a reference takes over; where there is none, the reference bears an error."""
        reference = report.references[unit]
        place = {"item": unit, "cell": reference.cell, "value": reference.words}
        own = own or Held((), report)
        former = self._former(unit, reference.day, before)
        if former is None or not former.rows:
            self.batch.remarks.append(report.remark("ANSWER-NO-FORMER", **place))
            return own
        rows = self.batch.take(report, unit, former, Why.REFERENCE)
        if not rows:
            return own
        earlier = answer_in_words(self.batch.facts(former))
        self.batch.remarks.append(report.remark("ANSWER-FORMER", **place, earlier=earlier, day=former.by.as_of))
        return Held((*own.rows, *rows), report)

    def _former(self, unit: str, day: str, before: Answers) -> Held | None:
        """By the last report, of this date or an earlier one; or by that of the day that is named."""
        if not day:
            return before.get(unit) or self.held.get(unit)
        meant = [one for one in self._by_day if _is_day(one, day)]
        return self._by_day[max(meant)].get(unit) if meant else None

    def _displaced(self, unit: str, answer: Held, own: Answers) -> bool:
        """Is the answer given anew in other rows: acts by their item or the item by its acts; a document elsewhere."""
        if unit in own:
            return True
        above = unit.rpartition(".")[0]
        if above in own or any(one.rpartition(".")[0] == unit for one in own):
            return True
        names = self.batch.names(answer) if above else set()
        acts = (other for one, other in own.items() if one.rpartition(".")[0] == above)
        return bool(names) and any(names & self.batch.names(other) for other in acts)

    def _keep_earlier(self, now: Answers, last: Report) -> None:
        """A partial correction: what only an earlier file of the date answers stays, and one warning lists it."""
        kept = {u: answer for u, answer in now.items() if answer.by is not last and u not in answer.by.withdrawn}
        if not kept:
            return
        for unit, answer in kept.items():
            self.batch.take(last, unit, answer, Why.PARTIAL)
        items = ", ".join(map(item_in_text, sorted(kept, key=self.batch.form.sort_key)))
        other = next(answer.by.file for answer in kept.values())
        self.batch.remarks.append(last.remark("REPORT-PARTIAL", other=other, items=items))

    def _tell_changes(self, before: Answers, now: Answers, last: Report) -> None:
        """What an earlier file for the date says otherwise, old and new."""
        for unit, answer in now.items():
            former = before.get(unit)
            if former is None or answer.by is not last or unit == PROBLEM or unit in last.references:
                continue
            if self.batch.stated(former) != self.batch.stated(answer) and former.rows and answer.rows:
                facts = self.batch.facts(answer)
                words = {"value": answer_in_words(facts), "earlier": answer_in_words(self.batch.facts(former))}
                place = {"item": unit, "cell": last.answer_cells.get(unit, facts[0].cell)}
                remark = last.remark("ANSWER-CHANGED", **place, **words, other=former.by.file)
                self.batch.remarks.append(remark)

    def _is_left_blank(self, unit: str, answer: Held, now: Answers) -> bool:
        return self.batch.form.is_cumulative(unit) and not self._displaced(unit, answer, now)

    def _carry_blank(self, unit: str, answer: Held, last: Report) -> None:
        """A document that is missing is remarked as such (DOC-GONE)."""
        self.batch.take(last, unit, answer, Why.BLANK)
        if self.batch.form.item(unit).documented and self.batch.names(answer) and unit not in last.written:
            return
        facts = self.batch.facts(answer)
        cell = last.answer_cells.get(unit, last.answer_cells.get(unit.rpartition(".")[0], ""))
        words = {"earlier": answer_in_words(facts), "day": answer.by.as_of}
        self.batch.remarks.append(last.remark("ANSWER-GONE", item=unit, cell=cell, **words))

    def _is_accepted(self, unit: str, answer: Held, last: Report) -> bool:
        wrong = self.batch.wrong
        return bool(answer.rows) and (answer.by.number, unit) not in wrong and (last.number, unit) not in wrong


def _is_day(one: date, day: str) -> bool:
    """`day`: `2014-03-20`, `03-20`, `2014-03`, `03`."""
    written = one.isoformat()
    return written.startswith(day) or (not day.startswith("20") and written[5:].startswith(day))
