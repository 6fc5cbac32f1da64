"""Which errors a later report of the same school has made good.

They are told as «исправлено», with the file that corrects them, and count among no errors. Where it is not known which
of two files came first, or whose a file is, nothing is called corrected.
"""

from collections.abc import Iterator, Set
from datetime import date
from functools import cached_property

from pipeline.checking.table import Place, Report, place_of, values_of
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import Identity, Mended
from schemas.answers import Why
from schemas.remarks import Remark, Severity
from schemas.reports import answer_of


def mended(evidence: Evidence) -> tuple[Mended, ...]:
    """Errors and warnings on files that gave no report, and errors of the reports of late that are not in the picture:
    those for the reporting date in force, for the one before, and carried forward to that. Of these an error is told
    once, however many files bear it. What a report's warning asked to check the next report does not tell."""
    on_files, on_reports = _to_be_mended(evidence)
    later = _LaterReports(evidence, {remark.school for remark in (*on_files, *on_reports)})
    found = [one for one in map(later.mending, on_files) if one]
    once: dict[Identity, Mended] = {}
    for one in filter(None, map(later.mending, on_reports)):
        once.setdefault(identity(one.remark), one)
    return (*found, *once.values())


def identity(remark: Remark) -> Identity:
    return remark.school, remark.item, remark.code


def _to_be_mended(evidence: Evidence) -> tuple[list[Remark], list[Remark]]:
    """What is on files that gave no report, and on reports of late that others have replaced; of schools with a report
    in the picture, and not on that."""
    shown, of_late = evidence.shown, set(_of_late(evidence))
    on_files, on_reports = [], []
    for remark in evidence.checked.remarks:
        place, report = place_of(remark), shown.chosen.get(remark.school)
        if report is None or place == report.place or remark.severity is Severity.INFO:
            continue
        if place not in evidence.passed_over:
            on_files.append(remark)
        elif place in of_late and remark.severity is Severity.ERROR:
            on_reports.append(remark)
    return on_files, on_reports


def _of_late(evidence: Evidence) -> Iterator[Place]:
    shown = evidence.shown
    last = evidence.earlier[-1] if evidence.earlier else shown
    for report in evidence.checked.reports:
        if report.as_of and last.current_from <= report.as_of <= shown.as_of:
            yield report.place
    for code in last.carried:
        yield last.chosen[code].place


class _LaterReports:
    """The reports in the picture, as corrections of what came before them. `Calendar.current_on` says for which
    reporting date a file without a date was meant at the latest: by the day when it came."""

    def __init__(self, evidence: Evidence, schools: Set[str]) -> None:
        """`schools`: codes of those that are asked about, each with a report in the picture."""
        self.evidence, self.checked = evidence, evidence.checked
        self._numbers = [evidence.shown.chosen[code].number for code in schools]
        self._said: dict[Place, set[tuple[str, str]]] = {}  # item and code of all remarks on a report, waived ones too
        self._wrong: dict[Place, set[str]] = {}  # items with an error; blank: the report as a whole
        places = {evidence.shown.chosen[code].place for code in schools}
        for remark in evidence.checked.remarks:
            if (place := place_of(remark)) in places:
                self._said.setdefault(place, set()).add((answer_of(remark.item), remark.code))
                if remark.severity is Severity.ERROR:
                    self._wrong.setdefault(place, set()).add(answer_of(remark.item))

    def mending(self, remark: Remark) -> Mended | None:
        """The report that makes the remark good; None where none does, or it is not known."""
        report, item = self.evidence.shown.chosen[remark.school], answer_of(remark.item)
        by = self._giver(report, item)
        if by.as_of is None or not self._is_good(report, item, remark.code):
            return None
        return Mended(remark, by.file, by.as_of) if self._came_after(by, by.as_of, remark) else None

    def _giver(self, report: Report, item: str) -> Report:
        """Whose answer counts: the report's own, or that of the earlier file for its date that it corrects in part."""
        source, why = self.checked.taken.get((report.number, item), (report.number, None))
        return self.checked.reports[source] if why is Why.PARTIAL else report

    def _is_good(self, report: Report, item: str, code: str) -> bool:
        """No error there, not the same remark (not even a waived one), and the item is answered anew or taken back."""
        wrong = self._wrong.get(report.place, set())
        if (item, code) in self._said.get(report.place, ()):
            return False
        if not item:
            return "" not in wrong
        answered = self._answered.get(report.number, set()) | report.withdrawn
        return any(_is_under(one, item) for one in answered) and not any(_is_under(one, item) for one in wrong)

    def _came_after(self, by: Report, day: date, remark: Remark) -> bool:
        """For a later date, and not known to have come before; for the same or an unknown one it must be known
        to have come after. A report of another period makes nothing good. `day`: of the report."""
        came, before = by.arrived, self.checked.arrivals.get(remark.file)
        if remark.as_of and remark.as_of != day:
            is_earlier = remark.as_of < day and not self.evidence.calendar.of_periods
            return is_earlier and not (came and before and came < before)
        if came is None or before is None or came <= before:
            return False
        return bool(remark.as_of) or self._reporting_date(before.date()) <= self._reporting_date(day)

    def _reporting_date(self, day: date) -> date:
        return self.evidence.calendar.current_on(day) or date.min

    @cached_property
    def _answered(self) -> dict[int, set[str]]:
        """Number of a report -> items whose counted answer is not merely what stood in the report for an earlier date
        and was left blank."""
        table = self.checked.answers
        chosen = table["report"].isin(self._numbers) & table["counted"]
        rows = table.loc[chosen & (table["carried"] != Why.BLANK), ["report", "item"]]
        found: dict[int, set[str]] = {}
        for number, item in dict.fromkeys(values_of(rows, "report", "item")):
            found.setdefault(number, set()).add(answer_of(item))
        return found


def _is_under(item: str, above: str) -> bool:
    """The item itself, or one of the rows under a heading."""
    return item == above or item.startswith(f"{above}.")
