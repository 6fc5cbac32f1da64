"""The life of a remark across reporting dates: new, repeated for the n-th time, corrected.

A remark is the same when school, item and code are. «Last time» is the reporting date before the one in force, never
the run before. Beside it goes how many errors and warnings of each code stood at every date.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from pipeline.checking.table import Place, place_of
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import Identity, Mended, RemarkAge, RemarkHistory
from pipeline.measuring.mended import identity, mended
from pipeline.measuring.picture import Picture
from pipeline.measuring.rules import Standing
from schemas.remarks import Remark, Severity

Raised = dict[Identity, Remark]  # the first remark of each identity


def remark_history(evidence: Evidence, made_good: Iterable[Mended]) -> RemarkHistory:
    """Of the errors and warnings in the picture. `made_good`: `mended` of the same evidence."""
    checked, shown = evidence.checked, evidence.shown
    by_place: dict[Place, list[Remark]] = {}
    told = (one for said in checked.remarks for one in said.told)  # in the words of another one it stands all the same
    for remark in told:
        if remark.severity is not Severity.INFO and remark.school:
            by_place.setdefault(place_of(remark), []).append(remark)
    now = _raised((report.place for report in shown.chosen.values()), by_place)
    times: list[tuple[Picture, Raised]] = [(one, _raised_for(one, evidence, by_place)) for one in evidence.earlier]
    standing = {key: RemarkAge(shown.reporting_date or shown.as_of, 1) for key in now}
    for key in standing:
        for one, raised in reversed(times):
            if key not in raised:
                break
            standing[key] = RemarkAge(one.as_of, standing[key].times + 1)
    last = {key: one for key, one in times[-1][1].items() if one.severity is Severity.ERROR} if times else {}
    mended_ones = {identity(one.remark) for one in made_good}
    corrected = (remark for key, remark in sorted(last.items()) if key not in now and key in mended_ones)
    return RemarkHistory(standing, dict(Counter(school for school, *_ in last)), tuple(corrected))


def standing_by_date(evidence: Evidence, remarks: Iterable[Remark]) -> Standing:
    """How many errors and warnings of each code stand at every reporting date so far, by the files that are there now.
    The last date is that of the picture: there they are those of `remarks`.

    A remark on what tells no date (a file that cannot be read, the registry) has stood nobody knows since when: it
    counts at the last date only, and a code that has such remarks and no others at an earlier date is not known there.
    """
    now = [remark for remark in remarks if remark.severity is not Severity.INFO]
    undated = dict.fromkeys(remark.code for remark in now if remark.as_of is None)
    by_place: dict[Place, list[Remark]] = {}
    for remark in evidence.checked.remarks:
        if remark.severity is not Severity.INFO and remark.as_of:
            by_place.setdefault(place_of(remark), []).append(remark)
    found: dict[date, Mapping[str, int | None]] = {}
    for before, one in enumerate(evidence.earlier):
        at_date = msgspec.structs.replace(evidence, shown=one, earlier=evidence.earlier[:before])
        found[one.as_of] = {**undated, **Counter(remark.code for remark in _standing(at_date, by_place))}
    return {**found, evidence.as_of: Counter(remark.code for remark in now)}


def _standing(evidence: Evidence, by_place: Mapping[Place, Sequence[Remark]]) -> Iterator[Remark]:
    """Those that tell a date and stand at that of the evidence."""
    checked = evidence.checked
    reports = {report.place for report in checked.reports if report.usable and report.number not in checked.empty}
    gave_none = any(place not in reports for place in by_place)  # only what is on such files can be made good here
    made_good = {one.remark for one in mended(evidence)} if gave_none else set()
    for place, remarks in by_place.items():
        if place not in evidence.passed_over and place[-1] and place[-1] <= evidence.as_of:
            yield from (remark for remark in remarks if remark not in made_good)


def _raised_for(one: Picture, evidence: Evidence, by_place: dict[Place, list[Remark]]) -> Raised:
    """On all reports for that reporting date, later replaced ones among them, and on those carried forward to it."""
    sent = [
        report.place
        for report in evidence.checked.reports
        if report.usable and report.as_of and one.current_from <= report.as_of <= one.as_of
    ]
    carried = [report.place for code, report in one.chosen.items() if code in one.carried]
    return _raised([*sent, *carried], by_place)


def _raised(places: Iterable[Place], by_place: dict[Place, list[Remark]]) -> Raised:
    found: Raised = {}
    for place in places:
        for remark in by_place.get(place, ()):
            found.setdefault(identity(remark), remark)
    return found
