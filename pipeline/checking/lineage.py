"""A school's reports in their order: which one counts for a date, which are superseded, which came before."""

from collections.abc import Iterable
from datetime import date, datetime

from pipeline.checking.table import Report


def in_order(reports: Iterable[Report]) -> list[Report]:
    """Usable reports by school, date and arrival. Of one moment the later by name comes later."""
    return sorted((r for r in reports if r.usable), key=_key)


def counting(reports: Iterable[Report]) -> list[Report]:
    """One report a school and date, in their order: the one that arrived last."""
    return list({(r.school, r.as_of): r for r in in_order(reports)}.values())


def superseded(reports: Iterable[Report]) -> dict[int, Report]:
    """Number of a superseded report -> the one that counts in its place."""
    ordered = in_order(reports)
    winners = {(r.school, r.as_of): r for r in ordered}
    return {r.number: winners[r.school, r.as_of] for r in ordered if winners[r.school, r.as_of] is not r}


def _key(report: Report) -> tuple[str, date, float, str, str]:
    assert report.as_of is not None  # usable
    return report.school, report.as_of, _moment(report.arrived), report.file, report.sheet


def _moment(arrived: datetime | None) -> float:
    return arrived.timestamp() if arrived else 0.0
