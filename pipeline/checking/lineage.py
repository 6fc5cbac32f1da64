"""A school's reports in their order: which one counts for a date, which are superseded, which came before."""

from collections.abc import Iterable
from datetime import datetime

from pipeline.checking.table import Report


def in_order(reports: Iterable[Report]) -> list[Report]:
    """Usable reports by school, date and arrival. Of one moment the later by name comes later."""
    return sorted((r for r in reports if r.usable), key=_key)


def counting(reports: Iterable[Report]) -> list[Report]:
    """One report a school and date: the one that arrived last."""
    last: dict[tuple[str, object], Report] = {}
    for report in in_order(reports):
        last[report.school, report.as_of] = report
    return list(last.values())


def superseded(reports: Iterable[Report]) -> dict[int, Report]:
    """Number of a superseded report -> the one that counts in its place."""
    reports = in_order(reports)
    winners = {(r.school, r.as_of): r for r in counting(reports)}
    return {r.number: winners[r.school, r.as_of] for r in reports if winners[r.school, r.as_of] is not r}


def _key(report: Report) -> tuple[str, object, float, str, str]:
    return report.school, report.as_of, _moment(report.arrived), report.file, report.sheet


def _moment(arrived: datetime | None) -> float:
    return arrived.timestamp() if arrived else 0.0
