"""One cause, one remark: what only follows from a copied report is folded into the remark that says so.

A report in which another school's answers stand falls behind the school's own former ones, and the report after it
falls behind those. Each such remark says the same once more: together they are one, which names their items and cells.
What stood on the report before the copy tells its own matter.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from itertools import pairwise

from pipeline.checking.carrying import Key
from pipeline.checking.table import Place, Report, place_of
from schemas.answers import Why
from schemas.remarks import Catalogue, Remark, Severity

_CAUSE, _AFTER = "SAME-ANSWERS", "AFTER-SAME-ANSWERS"
_MANY = 2  # so many on the report after: one alone tells its own matter better

Judge = Callable[[Iterable[Remark]], list[Remark]]  # graded, and lowered where the office has waived
Following = Mapping[Place, Sequence[Remark]]  # a report -> the remarks on it that may follow from a copy
Taken = Mapping[Key, tuple[int, Why]]


def fold(
    graded: Sequence[Remark], counting: Sequence[Report], taken: Taken, catalogue: Catalogue, judge: Judge
) -> list[Remark]:
    """The remarks with those that follow from a copied report in the one of their cause. What sets a figure aside or
    has been waived stays what it is, and so does everything where the cause is switched off or waived itself.

    `counting`: one report a school and date, in their order. `taken`: `judgement.Checked.taken`."""
    causes: dict[Place, Remark] = {}  # a copied report -> the first remark that says so: it may repeat several others
    for said in graded:
        if said.code == _CAUSE and _is_open(said):
            causes.setdefault(place_of(said), said)
    if not causes:
        return list(graded)
    follows = _following(graded, catalogue)
    new = _new(follows, causes.keys(), counting)
    on_copies = {cause: new[place] for place, cause in causes.items() if place in new}
    carriers = list(_after(causes.keys(), follows, counting, taken, judge))
    folded = {said for remarks in on_copies.values() for said in remarks}
    folded |= {said for carrier in carriers for said in carrier.folded}
    with_causes = (replace(said, folded=tuple(on_copies.get(said, ()))) for said in graded if said not in folded)
    return [*with_causes, *carriers]


def _following(graded: Sequence[Remark], catalogue: Catalogue) -> Following:
    """Those that may follow from a copy."""
    found: dict[Place, list[Remark]] = {}
    for said in graded:
        if _CAUSE in catalogue.entries[said.code].follows and _may_fold(said):
            found.setdefault(place_of(said), []).append(said)
    return found


def _new(follows: Following, copies: Set[Place], counting: Sequence[Report]) -> Following:
    """Those of them that did not stand on the school's report before, when it was not copied. What compares with that
    report tells another matter every time."""
    before = {now.place: last.place for last, now in pairwise(counting) if last.school == now.school}
    stood = {(place, said.item, said.code) for place in follows.keys() - copies for said in follows[place]}
    return {
        place: [one for one in remarks if _day(one) or (before.get(place), one.item, one.code) not in stood]
        for place, remarks in follows.items()
    }


def _day(said: Remark) -> date | None:
    """Of the former report with which it compares its own; None where it compares with none."""
    return next((value for name, value in said.data if name == "day"), None)  # type: ignore[return-value]


def _after(
    copies: Set[Place], follows: Following, counting: Sequence[Report], taken: Taken, judge: Judge
) -> Iterator[Remark]:
    """On a report after a copied one, in place of what compares it with an answer of that: the last report gave it, or
    has taken it over itself."""
    reports = {report.number: report for report in counting}
    for before, now in pairwise(counting):
        if before.school != now.school or now.place in copies:
            continue
        compared: dict[int, list[Remark]] = {}
        for said in follows.get(now.place, ()):
            number, _ = taken.get((before.number, said.item), (before.number, None))
            giver = reports.get(number)
            if giver and giver.place in copies and _day(said) in (before.as_of, giver.as_of):
                compared.setdefault(number, []).append(said)
        for number, remarks in compared.items():
            if len(remarks) >= _MANY:
                carriers = judge([now.remark(_AFTER, day=reports[number].as_of)])
                yield from (replace(one, folded=tuple(remarks)) for one in carriers if _is_open(one))


def _is_open(said: Remark) -> bool:
    return said.severity is not Severity.INFO and not said.waiver


def _may_fold(said: Remark) -> bool:
    return said.severity is not Severity.ERROR and not said.waiver
