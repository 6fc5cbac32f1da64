"""What schools have explained about the reports in the picture, and what has become of it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import Explained, Heard
from schemas.explained import Asked, Explanation, asked
from schemas.remarks import Remark


def explanations(evidence: Evidence, remarks: Sequence[Remark]) -> tuple[Explained, ...]:
    """Of the schools' reports in the picture, by school, item and code; of several to one remark that which came last.
    `remarks`: those that stand."""
    dates = {code: report.as_of for code, report in evidence.shown.chosen.items()}
    latest = {one.asked: one.words for one in _in_order(evidence) if dates.get(one.asked.school) == one.asked.as_of}
    standing = dict(_standing(remarks)) if latest else {}
    found = [Explained(about, words, _heard(standing.get(about))) for about, words in latest.items()]
    form = evidence.form
    return tuple(sorted(found, key=lambda one: (one.asked.school, form.sort_key(one.asked.item), one.asked.code)))


def _in_order(evidence: Evidence) -> list[Explanation]:
    """As they came; those of which that is not known first."""
    unknown = datetime.min.replace(tzinfo=UTC)
    arrivals = evidence.checked.arrivals
    files = sorted(evidence.reads, key=lambda read: (arrivals.get(read.file) or unknown, read.file))
    return [one for read in files for one in read.explanations]


def _standing(remarks: Iterable[Remark]) -> Iterator[tuple[Asked, Remark]]:
    for remark in remarks:
        for one in remark.told:
            if about := asked(one):
                yield about, one


def _heard(remark: Remark | None) -> Heard:
    if remark is None:
        return Heard.NOT_NEEDED
    return Heard.ACCEPTED if remark.waiver else Heard.WAITS
