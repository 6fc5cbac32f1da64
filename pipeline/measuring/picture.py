"""The picture as of a date: for every school its latest report not later than that date; of a form with periods the one
of the last of them. A pure function of (checked reports, date), called alike for today, for the trend and for last
time's figure."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property

import msgspec

from pipeline.checking.judgement import Checked
from pipeline.checking.table import Report
from pipeline.measuring.calendar import Calendar
from pipeline.wording import item_in_text, listed
from schemas.district import Registry, School
from schemas.form import Form
from schemas.remarks import Remark
from schemas.reports import answer_of

_MOST_ITEMS = 3  # named where two reports disagree


class Picture(msgspec.Struct, frozen=True, dict=True):
    """schools: in being at that date. chosen: code -> its report. carried: codes whose report is an older one.
    current_from, next_from: between them lie the reports for the reporting date in force, `next_from` not among them.
    """

    as_of: date
    reporting_date: date | None
    current_from: date
    next_from: date
    schools: tuple[School, ...]
    chosen: dict[str, Report]
    carried: frozenset[str]

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(school.code for school in self.schools)

    @cached_property
    def reports(self) -> dict[int, Report]:
        """Number of a report in the picture -> the report."""
        return {report.number: report for report in self.chosen.values()}


class Outcome(StrEnum):
    """What became of a report at a date."""

    COUNTED = "учтён"
    CARRIED = "учтён, перенесён с прошлой даты"
    UNUSABLE = "не учтён: неизвестны школа или дата"
    EMPTY = "не учтён: не заполнен"
    SUPERSEDED = "заменён более поздним файлом"
    IN_PART = "учтён частично: дополняет более поздний файл"
    FUTURE = "не учтён: дата позже даты свода"
    NOT_IN_BEING = "не учтён: школа на эту дату не действует"
    OLDER = "прежний отчёт школы"


# Of such a report nothing is said but why it is not in the picture.
PASSED_OVER = (Outcome.SUPERSEDED, Outcome.IN_PART, Outcome.FUTURE, Outcome.NOT_IN_BEING, Outcome.OLDER)


def picture(checked: Checked, registry: Registry, as_of: date, calendar: Calendar) -> Picture:
    """Empty reports take no place in it: the one before is carried forward, but never from another period."""
    schools = tuple(school for school in registry.schools if school.in_being(as_of))
    codes = {school.code for school in schools}
    known = [report for report in checked.counting if report.school in codes]
    chosen = {report.school: report for report in known if report.as_of and report.as_of <= as_of}  # the latest stays
    current_from = calendar.current_from(as_of)
    if calendar.of_periods:
        chosen = {code: report for code, report in chosen.items() if report.as_of == calendar.in_force(as_of)}
    carried = frozenset(code for code, report in chosen.items() if report.as_of and report.as_of < current_from)
    next_from = calendar.next_from(as_of)
    return Picture(as_of, calendar.in_force(as_of), current_from, next_from, schools, chosen, carried)


def outcomes_of(checked: Checked, shown: Picture) -> dict[int, Outcome]:
    """Number of a report -> what became of it in the picture."""
    return {report.number: outcome(report, checked, shown) for report in checked.reports}


def outcome(report: Report, checked: Checked, shown: Picture) -> Outcome:
    """What became of the report in the picture."""
    if not report.usable or report.as_of is None:
        return Outcome.UNUSABLE
    if report.as_of > shown.as_of:
        return Outcome.FUTURE
    if report.number in checked.empty:
        return Outcome.EMPTY
    if report.number in checked.superseded:
        if report.number not in checked.in_part:
            return Outcome.SUPERSEDED
        # the two are one report, and what becomes of the later one becomes of both
        later = outcome(checked.superseded[report.number], checked, shown)
        return Outcome.IN_PART if later in (Outcome.COUNTED, Outcome.CARRIED) else later
    if report.school not in shown.codes:
        return Outcome.NOT_IN_BEING
    if report.number not in shown.reports:
        return Outcome.OLDER
    return Outcome.CARRIED if report.school in shown.carried else Outcome.COUNTED


def said_of_outcomes(
    outcomes: Mapping[int, Outcome], checked: Checked, shown: Picture, calendar: Calendar, form: Form
) -> Iterator[Remark]:
    """Why a report is not in the picture, and odd dates of those that are. `outcomes`: by the number of a report."""
    for report in checked.reports:
        match outcomes[report.number]:
            case Outcome.SUPERSEDED:
                newer = checked.superseded[report.number]
                differ = _difference(checked, report, newer, form)
                yield report.remark("REPORT-SUPERSEDED", this=report.file, other=newer.file, differ=differ)
            case Outcome.FUTURE:
                yield report.remark("DATE-FUTURE")
            case Outcome.NOT_IN_BEING:
                yield report.remark("SCHOOL-NOT-IN-BEING", day=shown.as_of)
            case Outcome.OLDER:
                in_place = shown.chosen.get(report.school)
                yield report.remark("REPORT-OLDER", newer=in_place.as_of if in_place else shown.as_of)
            case Outcome.COUNTED | Outcome.CARRIED if report.as_of and calendar.is_odd(report.as_of):
                yield report.remark("DATE-ODD")


def _difference(checked: Checked, report: Report, newer: Report, form: Form) -> str:
    """In which items two reports of one school and date disagree, in words."""
    disagree = checked.stated.get(report.number, frozenset()) ^ checked.stated.get(newer.number, frozenset())
    items = {answer_of(item) for item, *_ in disagree}
    if not items:
        return "ответы одинаковы"
    said = map(item_in_text, sorted(items, key=lambda item: (form.sort_key(item), item)))
    return f"разные ответы: {listed(list(said), _MOST_ITEMS)}"
