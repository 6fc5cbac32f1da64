"""Waivers that the office has granted: a remark becomes information, with who allowed it and why."""

from collections.abc import Iterable
from dataclasses import replace

from schemas.district import Registry, Waiver
from schemas.explained import figure_of
from schemas.remarks import Catalogue, Remark, Severity


def waive(remarks: Iterable[Remark], registry: Registry, catalogue: Catalogue) -> list[Remark]:
    """The remarks with those that a waiver covers as information: the figure counts, the reason stands beside it. What
    is information already is covered where it puts a figure under question.

    A waiver expires by itself: it covers reports dated not later than its «Действует до». One that accepts a school's
    explanation stands for the answer that was explained: another answer is asked about anew.
    """
    by_school: dict[str, list[Waiver]] = {}
    for waiver in registry.waivers:
        by_school.setdefault(waiver.school, []).append(waiver)
    return [
        _waived(remark, by_school[remark.school])
        if remark.school in by_school and (remark.severity is not Severity.INFO or catalogue.doubted_by(remark))
        else remark
        for remark in remarks
    ]


def _waived(remark: Remark, waivers: list[Waiver]) -> Remark:
    if remark.as_of is None:
        return remark
    granted = (w for w in waivers if w.covers(remark.item, remark.as_of) and w.code in ("", remark.code))
    waiver = next((w for w in granted if w.figure in ("", figure_of(remark))), None)
    if waiver is None:
        return remark
    return replace(remark, severity=Severity.INFO, data=(*remark.data, ("waiver", waiver.words)))
