"""Exceptions that the office has granted: a remark lowered to information, with who allowed it and why."""

from collections.abc import Iterable
from dataclasses import replace

from schemas.district import Registry, Waiver
from schemas.remarks import Remark, Severity


def lowered(remarks: Iterable[Remark], registry: Registry) -> list[Remark]:
    """The remarks with those that an exception covers as information: the figure counts, the reason stands beside it.

    An exception expires by itself: it covers reports dated not later than its «Действует до».
    """
    by_school: dict[str, list[Waiver]] = {}
    for waiver in registry.waivers:
        by_school.setdefault(waiver.school, []).append(waiver)
    return [_lowered(said, by_school.get(said.school, [])) for said in remarks]


def _lowered(said: Remark, waivers: list[Waiver]) -> Remark:
    if said.severity is Severity.INFO or said.as_of is None:
        return said
    waiver = next((w for w in waivers if w.covers(said.item, said.as_of) and w.code in ("", said.code)), None)
    if waiver is None:
        return said
    return replace(said, severity=Severity.INFO, data=(*said.data, ("exception", waiver.words)))
