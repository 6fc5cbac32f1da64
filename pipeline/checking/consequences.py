"""One cause, one remark: what only follows from a copied report is folded into the remark that says so.

A report in which another school's answers stand falls behind the school's own former ones, and the report after it
falls behind those. Each such remark says the same once more: together they are one, which names their items and cells.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.checking.table import Place, Report, place_of
from schemas.remarks import Catalogue, Remark, Severity

_CAUSE, _AFTER = "SAME-ANSWERS", "AFTER-SAME-ANSWERS"
_MANY = 2  # so many on the report after: one alone tells its own matter better

Judge = Callable[[Iterable[Remark]], list[Remark]]  # graded, and lowered where the office has waived
Following = Mapping[Place, Sequence[Remark]]  # a report -> the remarks on it that follow from a copy


def fold(graded: Sequence[Remark], counting: Sequence[Report], catalogue: Catalogue, judge: Judge) -> list[Remark]:
    """The remarks with those that follow from a copied report in the one of their cause. What sets a figure aside or
    has been waived stays what it is, and so does everything where the cause is switched off or waived itself.

    `counting`: one report a school and date, in their order."""
    copies = {place_of(said) for said in graded if said.code == _CAUSE and _is_open(said)}
    if not copies:
        return list(graded)
    follows = _by_report(said for said in graded if _CAUSE in catalogue.entries[said.code].follows and _may_fold(said))
    on_copies = {place: follows[place] for place in copies if place in follows}
    carriers = list(_after(copies, follows, counting, judge))
    folded = {said for remarks in on_copies.values() for said in remarks}
    folded |= {said for carrier in carriers for said in carrier.folded}
    return [*(_with(said, on_copies) for said in graded if said not in folded), *carriers]


def _with(said: Remark, on_copies: Following) -> Remark:
    if said.code != _CAUSE or not _is_open(said):
        return said
    return replace(said, folded=tuple(on_copies.get(place_of(said), ())))


def _after(copies: set[Place], follows: Following, counting: Sequence[Report], judge: Judge) -> Iterator[Remark]:
    """On the report after a copied one, in place of what compares it with that."""
    for before, now in pairwise(counting):
        if before.school != now.school or before.place not in copies or now.place in copies:
            continue
        compared = [said for said in follows.get(now.place, ()) if dict(said.data).get("day") == before.as_of]
        if len(compared) >= _MANY:
            carriers = judge([now.remark(_AFTER, day=before.as_of)])
            yield from (replace(one, folded=tuple(compared)) for one in carriers if _is_open(one))


def _by_report(remarks: Iterable[Remark]) -> Following:
    found: dict[Place, list[Remark]] = {}
    for said in remarks:
        found.setdefault(place_of(said), []).append(said)
    return found


def _is_open(said: Remark) -> bool:
    return said.severity is not Severity.INFO and not said.waiver


def _may_fold(said: Remark) -> bool:
    return said.severity is not Severity.ERROR and not said.waiver
