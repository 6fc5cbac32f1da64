"""What came and belongs to nobody: files of which the school or the date is not known. Before anybody is called silent,
they are to be looked at."""

from collections.abc import Iterator, Sequence
from datetime import date
from operator import attrgetter

from pipeline.checking.table import Place, place_of
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import Unattributed
from schemas.remarks import Remark, Severity
from schemas.reports import FileRead

_GRAVEST_FIRST = list(Severity)
_NO_REPORTS = {"FILE-HOLDS-NOTHING", "FILE-REGISTRY"}


def unattributed(evidence: Evidence, remarks: Sequence[Remark]) -> tuple[Unattributed, ...]:
    """By file, of those that may be a report for the date in force. `remarks`: those that stand (`Figures.remarks`);
    what a later file has made good has found its school."""
    found = (one for one in _found(evidence, _on_files(remarks)) if _may_be_for_now(one, evidence))
    return tuple(sorted(found, key=attrgetter("file")))


def _may_be_for_now(one: Unattributed, evidence: Evidence) -> bool:
    """By its date, or by when it came: a date may be one that somebody forgot to change."""
    in_force, arrived = evidence.shown.reporting_date, evidence.checked.arrivals.get(one.file)
    if in_force is None or arrived is None:
        return True
    told = evidence.calendar.belongs_to(one.as_of) if one.as_of else None
    return any((day or date.min) >= in_force for day in (told, evidence.calendar.current_on(arrived.date())))


def _found(evidence: Evidence, said: dict[Place, Remark]) -> Iterator[Unattributed]:
    names = {school.code: school.name for school in evidence.registry.schools}
    for read in evidence.reads:
        for report in read.reports:
            place = read.file, report.sheet, report.school, report.as_of
            if (not report.school or report.as_of is None) and place in said:
                name = names.get(report.school, report.school_as_written)
                yield Unattributed(read.file, name, report.as_of, said[place])
        if _may_be_a_report(read) and (read.file, "", "", None) in said:
            yield Unattributed(read.file, "", None, said[read.file, "", "", None])


def _may_be_a_report(read: FileRead) -> bool:
    """Of a file that gave none. A letter without a file hides nothing, a copy of the registry neither, and a paper is
    known for what it is, but where its text alone says so."""
    if read.reports or read.decisions:
        return False
    if read.papers:
        return any(said.code == "PAPER-BY-TEXT" for said in read.remarks)
    return all(said.code not in _NO_REPORTS for said in read.remarks)


def _on_files(remarks: Sequence[Remark]) -> dict[Place, Remark]:
    """The gravest remark on each report as a whole, and on each file that gave none."""
    found: dict[Place, Remark] = {}
    for remark in sorted(remarks, key=lambda one: _GRAVEST_FIRST.index(one.severity)):
        if remark.file and not remark.item and (not remark.school or remark.as_of is None):
            found.setdefault(place_of(remark), remark)
            found.setdefault((remark.file, "", "", None), remark)
    return found
