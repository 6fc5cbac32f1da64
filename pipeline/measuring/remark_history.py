"""The life of a remark across reporting dates: new, repeated for the n-th time, corrected.

A remark is the same when school, item and code are. «Last time» is the reporting date before the one in force, never
the run before.
"""

from collections.abc import Iterable

from pipeline.checking.table import Place, place_of
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import Identity, RemarkAge, RemarkHistory
from pipeline.measuring.picture import Picture
from schemas.remarks import Remark, Severity

Raised = dict[Identity, Remark]  # the first remark of each identity


def identity(remark: Remark) -> Identity:
    return remark.school, remark.item, remark.code


def remark_history(evidence: Evidence) -> RemarkHistory:
    """Of the errors and warnings in the picture."""
    checked, shown = evidence.checked, evidence.shown
    by_place: dict[Place, list[Remark]] = {}
    for remark in checked.remarks:
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
    last = times[-1][1] if times else {}
    return RemarkHistory(standing, len(last), tuple(remark for key, remark in sorted(last.items()) if key not in now))


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
