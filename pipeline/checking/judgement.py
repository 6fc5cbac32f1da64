"""The stage in one page: reports as read -> one judged table with its remarks."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import msgspec
import pandas as pd

from pipeline.checking import between, consequences, contracts, controls, lineage, numbers
from pipeline.checking.carrying import Carried, Carrying, Key
from pipeline.checking.table import (
    Place,
    Report,
    StatedFact,
    answers_table,
    coverage_of,
    of_keys,
    place_of,
    reports_of,
    stated_facts,
)
from pipeline.checking.waivers import waive
from schemas.answers import Why
from schemas.district import Registry
from schemas.form import Form
from schemas.remarks import Catalogue, Remark, Severity
from schemas.reports import FileRead

# What cannot be. Where the office has waived the remark all the same, the figure counts as it is written.
_IMPOSSIBLE = frozenset({"NUM-NEGATIVE", "PCT-ABOVE-100", "COUNT-ABOVE-TOTAL", "NUM-BELOW-MIN", "NUM-ABOVE-BASE"})


class Checked(msgspec.Struct, frozen=True, dict=True):
    """answers: `schemas.answers.Answers`, `counted` (False for every fact of an item that bears an error) and `waived`
    (True for every fact of an item with an impossible figure that the office lets count).
    remarks: on reports, files and folders, graded, each on its report's place; what only follows from one of them is
    in it. on_registry: those on the registry. set_aside: (report, item) that bear an error. empty: reports without a
    single answer that is due. taken: (report, item) that takes an answer over -> number of the report whose answer that
    is, and why. arrivals: file -> when it came."""

    reports: tuple[Report, ...]  # by number
    answers: pd.DataFrame
    remarks: tuple[Remark, ...]
    on_registry: tuple[Remark, ...]
    set_aside: frozenset[Key]
    empty: frozenset[int]
    taken: Mapping[Key, tuple[int, Why]] = msgspec.field(default_factory=dict)
    arrivals: Mapping[str, datetime | None] = msgspec.field(default_factory=dict)

    @cached_property
    def counting(self) -> tuple[Report, ...]:
        """One report a school and date, by school and date. An empty one takes no place, nor that of another."""
        return tuple(lineage.counting(self._filled))

    @cached_property
    def superseded(self) -> dict[int, Report]:
        """Number of a superseded report -> the one that counts in its place."""
        return lineage.superseded(self._filled)

    @cached_property
    def answered(self) -> tuple[frozenset[str], ...]:
        """By the number of a report the items that it answers itself, readable or not, or by an answer taken over."""
        more: dict[int, set[str]] = {}
        for number, item in self.taken:
            more.setdefault(number, set()).add(item)
        return tuple(one.written | more[one.number] if one.number in more else one.written for one in self.reports)

    @cached_property
    def in_part(self) -> frozenset[int]:
        """Superseded reports of which an answer still counts, in the report that followed for the same date."""
        return frozenset(source for source, why in self.taken.values() if why is Why.PARTIAL)

    @cached_property
    def stated(self) -> dict[int, frozenset[StatedFact]]:
        """Number of a report -> what it states itself."""
        return stated_facts(self.answers)

    @property
    def _filled(self) -> list[Report]:
        return [report for report in self.reports if report.number not in self.empty]


def check(
    reads: list[FileRead],
    arrivals: dict[str, datetime | None],
    form: Form,
    registry: Registry,
    catalogue: Catalogue,
    on_folders: Iterable[Remark] = (),
) -> Checked:
    """Every report judged: contracts first, then controls. A figure with an error is set aside, never dropped.

    `on_folders`: what is to be said of the input folder itself.
    """
    reports = reports_of(reads, arrivals)
    by_place = {report.place: report.number for report in reports}
    office = _Office(registry, catalogue, by_place)
    empty = frozenset(report.number for report in reports if report.usable and controls.is_empty(report, form))
    filled = [report for report in reports if report.number not in empty]
    own = answers_table(reads, form, registry)
    remarks = [*on_folders, *(remark for read in reads for remark in read.remarks)]
    remarks += (said for said in contracts.judge_facts(own) if not _is_in_time(said, form))
    remarks += controls.check_passports(reports, own, form, registry)
    remarks += numbers.check_numbers(own, form, registry, reports)
    of_own = coverage_of(own, form)
    remarks += controls.check_answers(of_own, own, form, registry, reports)
    before_carrying = _Own(own, of_own, reports, filled, remarks)
    carried, coverage, remarks = _carried(before_carrying, form, office.errors)
    table = carried.table
    remarks += controls.check_against_dates(reports, table, form, registry, carried.items)
    remarks += numbers.check_complete(filled, table, form, registry, carried.items)
    remarks += [report.remark("REPORT-EMPTY") for report in reports if report.number in empty]
    counting, graded = lineage.counting(filled), office.judged(remarks)
    wrong = _with_errors(graded, by_place)
    accepted = coverage[~of_keys(coverage, wrong)]
    beside = between.check_between_reports(counting, accepted, table, form, reports)
    beside += between.check_between_schools(counting, coverage, accepted, table, form)
    beside += numbers.check_grown(counting, table, form, reports, wrong)
    graded += office.judged(beside)
    set_aside = _with_errors(graded, by_place)
    waived = _impossible([*remarks, *beside], by_place) - set_aside
    return Checked(
        reports=tuple(reports),
        answers=table.assign(counted=~of_keys(table, set_aside), waived=of_keys(table, waived)),
        remarks=tuple(consequences.fold(graded, counting, carried.taken, catalogue, office.judged)),
        on_registry=tuple(catalogue.grade([*registry.remarks, *contracts.judge_registry(registry, form)])),
        set_aside=set_aside,
        empty=empty,
        taken=carried.taken,
        arrivals=arrivals,
    )


class _Office(NamedTuple):
    """How grave the office takes a remark to be. `by_place`: place of a report -> its number."""

    registry: Registry
    catalogue: Catalogue
    by_place: dict[Place, int]

    def judged(self, remarks: Iterable[Remark]) -> list[Remark]:
        return waive(self.catalogue.grade(remarks), self.registry, self.catalogue)

    def errors(self, remarks: Iterable[Remark]) -> frozenset[Key]:
        """(report, item) that bear one. A waiver makes a remark less, never more."""
        entries = self.catalogue.entries
        grave = (said for said in remarks if entries[said.code].severity is Severity.ERROR)
        return _with_errors(self.judged(grave), self.by_place)


def _is_in_time(said: Remark, form: Form) -> bool:
    """May the day be after the report's: one that the form lets lie outside of it, «окончание работ (прогноз)»; a paper
    that is named in the report of a period may be signed until that has to be sent."""
    if said.code != "DOC-AFTER-REPORT":
        return False
    item = form.item(said.item)
    if item.any_day or said.as_of not in form.dues or not item.documented:
        return item.any_day
    return dict(said.data)["day"] <= form.dues[said.as_of]  # type: ignore[operator]


class _Own(NamedTuple):
    """What the reports say themselves. coverage: `coverage_of` the table; filled: the reports that take a place."""

    table: pd.DataFrame
    coverage: pd.DataFrame
    reports: list[Report]
    filled: list[Report]
    remarks: list[Remark]


def _carried(
    own: _Own, form: Form, errors: Callable[[Iterable[Remark]], frozenset[Key]]
) -> tuple[Carried, pd.DataFrame, list[Remark]]:
    """What the reports take over, `coverage_of` it, and all remarks by then, those between items among them: until no
    error is new.

    An answer that bears an error is handed on to no other date; and an answer taken over may contradict another item of
    the report that takes it. `errors`: (report, item) that bear one.
    """
    superseded = lineage.superseded(own.filled)
    by_place = {report.place: report.number for report in own.reports}
    wrong = errors(own.remarks)
    carrying = Carrying(own.table, own.filled, form)
    while True:
        carried = carrying.carried(wrong)
        remarks = carried.all_remarks(own.remarks, own.reports)
        coverage = coverage_of(carried.table, form) if carried.taken else own.coverage
        standing = coverage[~coverage["report"].isin(list(superseded))]
        found = errors(remarks)
        alone = found | _impossible(remarks, by_place)
        between_items = controls.check_between_items(standing, carried.table, form, own.reports, alone)
        between_items += numbers.check_relations(carried.table, form, own.reports, superseded, alone)
        found |= errors(between_items)
        if found <= wrong:
            return carried, coverage, remarks + between_items
        wrong |= found


def _impossible(remarks: Iterable[Remark], by_place: dict[Place, int]) -> frozenset[Key]:
    return _on_items((remark for remark in remarks if remark.code in _IMPOSSIBLE), by_place)


def _with_errors(remarks: Iterable[Remark], by_place: dict[Place, int]) -> frozenset[Key]:
    """(report, item) with an error on the item. `by_place`: place of a report -> its number."""
    return _on_items((remark for remark in remarks if remark.severity is Severity.ERROR), by_place)


def _on_items(remarks: Iterable[Remark], by_place: dict[Place, int]) -> frozenset[Key]:
    """(report, item) on which these remarks stand."""
    on_reports = [remark for remark in remarks if remark.item and place_of(remark) in by_place]
    return frozenset((by_place[place_of(remark)], remark.item) for remark in on_reports)
