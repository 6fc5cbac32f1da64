"""What a report takes over from the former ones of its school.

Reports are cumulative, item by item: of several files for one date each item's last answer counts, whichever file holds
it; what the date leaves blank stands as it stood in the report before; «без изменений» takes the former answer over. An
answer that bears an error is handed on to no other date. Every answer taken over keeps its own file and cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, groupby, pairwise
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pandas as pd

from pipeline.checking.lineage import in_order
from pipeline.checking.table import FactRow, Report, answer_in_words, place_of, values_of, with_facts
from pipeline.wording import item_in_text
from schemas.answers import FIGURES, Why
from schemas.form import Form
from schemas.remarks import Remark
from schemas.reports import PROBLEM, answer_of

Key = tuple[int, str]  # number of a report, item
Array = np.ndarray[Any, Any]

_OPEN_ACT = "title"  # of an act: its title stands, its details are left blank
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


class Held(msgspec.Struct, frozen=True, gc=False):
    """An answer: its rows in the table, and the report that gives it."""

    rows: tuple[int, ...]
    by: Report


Answers = dict[str, Held]  # item -> its answer; the table of problems as one


class Said:
    """What each of these reports says itself, by report and item. `table`: their facts, each told by its position."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        self._columns = {name: table[name].tolist() for name in FactRow._fields}
        self._rows: dict[int, dict[str, list[int]]] = {}
        self._answers: dict[int, Answers] = {}
        units = {item: answer_of(item) for item in dict.fromkeys(self._columns["item"])}
        number, said = -1, dict[str, list[int]]()
        for row, (report, item, name) in enumerate(values_of(table, "report", "item", "field")):
            if report != number:  # those of a report mostly stand together
                number, said = report, self._rows.setdefault(report, {})
            if name != "note":
                said.setdefault(units[item], []).append(row)

    def open_acts(self, report: Report) -> Sequence[str]:
        """Acts of which the title stands alone."""
        fields, said = self._columns["field"], self._rows.get(report.number, {})
        begun = (unit for unit, rows in said.items() if fields[rows[0]] == _OPEN_ACT)
        return [unit for unit in begun if all(fields[row] == _OPEN_ACT for row in said[unit])]

    def answers_of(self, report: Report) -> Mapping[str, Held]:
        """What the report answers itself, readable or not."""
        if report.number not in self._answers:
            said = self._rows.get(report.number, {})
            units = dict.fromkeys([*said, *map(answer_of, report.written)])
            self._answers[report.number] = {unit: Held(tuple(said.get(unit, ())), report) for unit in units}
        return self._answers[report.number]

    def facts(self, answer: Held) -> list[FactRow]:
        return [FactRow._make(column[row] for column in self._columns.values()) for row in answer.rows]


class Carrying:
    """Goes through the reports of every school in which anything may be taken over, in their order; where an error has
    come to light since, once more through those of its school alone."""

    def __init__(self, table: pd.DataFrame, reports: Iterable[Report], form: Form) -> None:
        """`reports`: those that take a place."""
        self._table, self._form = table, form
        ordered = in_order(reports)
        taking = _that_may_take(ordered, table, form)
        of_schools = groupby((one for one in ordered if one.school in taking), key=lambda report: report.school)
        self._reports = {code: tuple(reports) for code, reports in of_schools}
        numbers = [report.number for reports in self._reports.values() for report in reports]
        self._said = Said(table[table["report"].isin(numbers)])
        self._schools: dict[str, _School] = {}
        self._wrong: frozenset[Key] = frozenset()

    def carried(self, wrong: frozenset[Key]) -> Carried:
        """`wrong`: (report, item) that bear an error."""
        changed = {number for number, _ in wrong ^ self._wrong}
        for code, reports in self._reports.items():
            if code not in self._schools or any(report.number in changed for report in reports):
                self._schools[code] = _School.of(reports, self._said, self._form, wrong)
        self._wrong = wrong
        schools = self._schools.values()
        return Carried(
            table=_with_copies(self._table, self._said.table, [copy for school in schools for copy in school.copies]),
            remarks=[remark for school in schools for remark in school.remarks],
            taken={key: whence for school in schools for key, whence in school.taken.items()},
            completed={key for school in schools for key in school.completed},
        )


def _that_may_take(ordered: Sequence[Report], table: pd.DataFrame, form: Form) -> set[str]:
    """Codes of the schools in whose reports anything may be taken over: by a reference, from another file for the same
    date, the details of an act, or an answer that stands until another is given. Of all others every report answers
    itself whatever the one before it answers. `ordered`: the reports in their order."""
    taking = {report.school for report in ordered if report.references}
    pairs = [(before, now) for before, now in pairwise(ordered) if before.school == now.school]
    if not pairs:
        return taking
    units, answers, begins_act = _answers_of_all(ordered, table)
    before, now = (np.array([report.number for report in of_pairs]) for of_pairs in zip(*pairs, strict=True))
    left_out = answers[before] & ~answers[now]
    anywhere = left_out.any(axis=0).tolist()
    standing = [is_left and form.is_cumulative(unit) for unit, is_left in zip(units, anywhere, strict=True)]
    may = left_out[:, standing].any(axis=1) | begins_act[now]
    return taking | {
        last.school for (first, last), one in zip(pairs, may.tolist(), strict=True) if one or first.as_of == last.as_of
    }


def _answers_of_all(reports: Sequence[Report], table: pd.DataFrame) -> tuple[list[str], Array, Array]:
    """What `Said` tells of each report, of all at once: the units; by the number of a report which of them it answers
    itself, readable or not; and whether the title of an act stands alone in it."""
    written = {report.number: report.written for report in reports}
    said = table[(table["field"] != "note") & table["report"].isin(list(written))]
    codes, items = pd.factorize(said["item"])
    several = {tuple(items), *written.values()}  # most reports have answered the same items
    units = list(dict.fromkeys(map(answer_of, chain.from_iterable(several))))
    place = {unit: at for at, unit in enumerate(units)}
    places = {of_one: np.array([place[answer_of(item)] for item in of_one], int) for of_one in several}
    numbers, of_facts = said["report"].to_numpy(), places[tuple(items)][codes]
    answers, titles = np.zeros((2, max(written) + 1, len(units)), bool)
    answers[numbers, of_facts] = True
    for number, of_one in written.items():
        answers[number, places[of_one]] = True
    is_title = (said["field"] == _OPEN_ACT).to_numpy()
    titles[numbers[is_title], of_facts[is_title]] = True
    titles[numbers[~is_title], of_facts[~is_title]] = False
    return units, answers, np.asarray(titles.any(axis=1))


class _Copy(NamedTuple):
    """A fact that a report takes over: its row of what is said."""

    row: int
    by: Report
    why: Why


def _with_copies(table: pd.DataFrame, said: pd.DataFrame, copies: Sequence[_Copy]) -> pd.DataFrame:
    """A reference says that the answer holds at its own date; what is kept for a blank is as old as it is."""
    if not copies:
        return table
    facts = said.iloc[[one.row for one in copies]]
    days = [
        one.by.as_of.isoformat() if one.why is Why.REFERENCE and one.by.as_of else day
        for one, day in zip(copies, facts["as_of"].tolist(), strict=True)
    ]
    facts = facts.assign(
        report=[one.by.number for one in copies], as_of=days, carried=[one.why.value for one in copies]
    )
    return with_facts(table, facts)


class _School:
    """The reports of one school in their order, and what is found out about them. `held`: what stands by the last one,
    accepted."""

    def __init__(self, said: Said, form: Form, wrong: frozenset[Key]) -> None:
        self.said, self.form, self.wrong = said, form, wrong
        self.remarks: list[Remark] = []
        self.taken: dict[Key, tuple[int, Why]] = {}
        self.completed: set[Key] = set()
        self.copies: list[_Copy] = []
        self.held: Answers = {}
        self._by_day: dict[date, Answers] = {}

    @classmethod
    def of(cls, reports: Sequence[Report], said: Said, form: Form, wrong: frozenset[Key]) -> "_School":
        school = cls(said, form, wrong)
        for _, files in groupby(reports, key=lambda report: report.as_of):
            school.report(list(files))
        return school

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
        if self.form.period.every != "date":
            return  # what stood for a period stands for no other
        self.held = {unit: answer for unit, answer in (now | blank).items() if self._is_accepted(unit, answer, last)}
        if last.as_of:
            self._by_day[last.as_of] = self.held

    def _answered(self, report: Report, before: Answers) -> Answers:
        """Item by item what counts after this file: its own answers, else those of the files before it."""
        said = self.said.answers_of(report)
        completed = {unit for unit in self.said.open_acts(report) if self._is_completed(unit, said[unit], before)}
        own = {unit: answer for unit, answer in said.items() if unit not in completed}
        own |= {unit: self._referred(report, unit, own.get(unit), before) for unit in report.references}
        own |= {unit: Held((), report) for unit in report.withdrawn}
        return {unit: answer for unit, answer in before.items() if not self._displaced(unit, answer, own)} | own

    def _is_completed(self, unit: str, answer: Held, before: Answers) -> bool:
        """Has the former answer the details of an act, of the same title, of which the title alone stands here."""
        former = before.get(unit) or self.held.get(unit)
        if not former:
            return False
        is_same = self._names(answer) <= self._names(former) and former.by is not answer.by
        if is_same:
            self.completed.add((answer.by.number, unit))
        return is_same

    def _referred(self, report: Report, unit: str, own: Held | None, before: Answers) -> Held:
        """The former answer that a reference takes over; where there is none, the reference bears an error."""
        reference = report.references[unit]
        place = {"item": unit, "cell": reference.cell, "value": reference.words}
        own = own or Held((), report)
        former = self._former(unit, reference.day, before)
        if former is None or not former.rows:
            self.remarks.append(report.remark("ANSWER-NO-FORMER", **place))
            return own
        rows = self._take(report, unit, former, Why.REFERENCE)
        if not rows:
            return own
        earlier = answer_in_words(self.said.facts(former))
        self.remarks.append(report.remark("ANSWER-FORMER", **place, earlier=earlier, day=former.by.as_of))
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
        names = self._names(answer) if above else set()
        acts = (other for one, other in own.items() if one.rpartition(".")[0] == above)
        return bool(names) and any(names & self._names(other) for other in acts)

    def _keep_earlier(self, now: Answers, last: Report) -> None:
        """A partial correction: what only an earlier file of the date answers stays, and one warning lists it."""
        kept = {u: answer for u, answer in now.items() if answer.by is not last and u not in answer.by.withdrawn}
        if not kept:
            return
        for unit, answer in kept.items():
            self._take(last, unit, answer, Why.PARTIAL)
        items = ", ".join(map(item_in_text, sorted(kept, key=self.form.sort_key)))
        other = next(answer.by.file for answer in kept.values())
        self.remarks.append(last.remark("REPORT-PARTIAL", other=other, items=items))

    def _tell_changes(self, before: Answers, now: Answers, last: Report) -> None:
        """What an earlier file for the date says otherwise, old and new."""
        for unit, answer in now.items() if before else ():
            former = before.get(unit)
            if former is None or answer.by is not last or unit == PROBLEM or unit in last.references:
                continue
            if self._stated(former) != self._stated(answer) and former.rows and answer.rows:
                facts = self.said.facts(answer)
                words = {"value": answer_in_words(facts), "earlier": answer_in_words(self.said.facts(former))}
                place = {"item": unit, "cell": last.answer_cells.get(unit, facts[0].cell)}
                remark = last.remark("ANSWER-CHANGED", **place, **words, other=former.by.file)
                self.remarks.append(remark)

    def _is_left_blank(self, unit: str, answer: Held, now: Answers) -> bool:
        return unit not in now and self.form.is_cumulative(unit) and not self._displaced(unit, answer, now)

    def _carry_blank(self, unit: str, answer: Held, last: Report) -> None:
        """A document that is missing is remarked as such (DOC-GONE)."""
        self._take(last, unit, answer, Why.BLANK)
        if self.form.item(unit).documented and self._names(answer) and unit not in last.written:
            return
        facts = self.said.facts(answer)
        cell = last.answer_cells.get(unit, last.answer_cells.get(unit.rpartition(".")[0], ""))
        words = {"earlier": answer_in_words(facts), "day": answer.by.as_of}
        self.remarks.append(last.remark("ANSWER-GONE", item=unit, cell=cell, **words))

    def _is_accepted(self, unit: str, answer: Held, last: Report) -> bool:
        wrong = self.wrong
        return bool(answer.rows) and (answer.by.number, unit) not in wrong and (last.number, unit) not in wrong

    def _take(self, report: Report, unit: str, source: Held, why: Why) -> list[int]:
        """Takes over what the report does not say itself; of an answer in figures all or nothing. The rows taken."""
        own = self.said.answers_of(report).get(unit)
        said = {(fact.item, fact.field) for fact in self.said.facts(own)} if own else set()
        if any(name in (*FIGURES, "value") for _, name in said):
            return []
        facts = zip(source.rows, self.said.facts(source), strict=True)
        rows = [row for row, fact in facts if (fact.item, fact.field) not in said]
        self.copies += [_Copy(row, report, why) for row in rows]
        self.taken[report.number, unit] = source.by.number, why
        return rows

    def _stated(self, answer: Held) -> set[tuple[str, str, str]]:
        """What was said in so many words, whichever cell it stands in."""
        return {(f.item, f.field, f.written.casefold()) for f in self.said.facts(answer) if f.basis == "stated"}

    def _names(self, answer: Held) -> set[tuple[str, str]]:
        """What a document is known by."""
        return {
            (fact.field, fact.text.casefold()) for fact in self.said.facts(answer) if fact.field in ("number", "title")
        }


def _is_day(one: date, day: str) -> bool:
    """`day`: `2014-03-20`, `03-20`, `2014-03`, `03`."""
    written = one.isoformat()
    return written.startswith(day) or (not day.startswith("20") and written[5:].startswith(day))
