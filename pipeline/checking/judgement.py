"""The stage in one page: reports as read -> one judged table with its remarks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from pipeline.checking import contracts, controls
from pipeline.checking.table import Report, answers_table, reports_of
from pipeline.reading.records import FileRead, Registry
from schemas.form import Form
from schemas.remarks import Catalogue, Remark, Severity, remark


@dataclass(frozen=True)
class Checked:
    """answers: `schemas.answers.Answers` and `counted` (False for every fact of an item that bears an error).
    set_aside: (report, item) that bear an error. remarks: graded, in reading order; each on its report's place."""

    reports: tuple[Report, ...]
    answers: pd.DataFrame
    remarks: tuple[Remark, ...]
    set_aside: frozenset[tuple[int, str]]
    empty: frozenset[int]  # reports without a single answer that is due


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
    table = answers_table(reads, form, registry)
    remarks = [*on_folders, *(said for read in reads for said in read.remarks)]
    remarks += contracts.judge(table)
    remarks += controls.check_answers(table, form, registry)
    by_place = {(r.file, r.sheet, r.school, r.as_of): r.number for r in reports}
    set_aside = _errors(catalogue.grade(remarks), by_place)
    remarks += controls.check_between_items(table, form, set_aside)
    remarks += controls.check_against_dates(reports, table, form)
    empty = frozenset(r.number for r in reports if r.usable and controls.is_empty(r, form))
    remarks += [_empty_report(r) for r in reports if r.number in empty]
    graded = catalogue.grade(remarks)
    set_aside = _errors(graded, by_place)
    keys = zip(table["report"], table["item"], strict=True)
    table = table.assign(counted=[key not in set_aside for key in keys])
    return Checked(tuple(reports), table, tuple(graded), frozenset(set_aside), empty)


def _errors(remarks: Iterable[Remark], by_place: dict[tuple[object, ...], int]) -> set[tuple[int, str]]:
    """(report, item) with an error on an item."""
    found = set()
    for said in remarks:
        number = by_place.get((said.file, said.sheet, said.school, said.as_of))
        if said.item and said.severity is Severity.ERROR and number is not None:
            found.add((number, said.item))
    return found


def _empty_report(report: Report) -> Remark:
    return remark("REPORT-EMPTY", file=report.file, sheet=report.sheet, school=report.school, as_of=report.as_of)
