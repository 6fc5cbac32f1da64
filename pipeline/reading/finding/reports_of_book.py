"""The reports of a workbook: which of the forms found in it count, and what is said of the others."""

from dataclasses import dataclass, replace

from schemas.remarks import Remark, remark
from schemas.reports import ReportRead

_MOST_SHEETS = 4  # named in one sentence


@dataclass(frozen=True, eq=False)
class FormRead:
    """One form, as read. `answered`: an item that is due one day has an answer. `hidden`: its sheet is."""

    report: ReportRead
    remarks: tuple[Remark, ...]
    answered: bool
    hidden: bool


def reports_of_book(forms: list[FormRead]) -> tuple[tuple[ReportRead, ...], tuple[Remark, ...]]:
    """One report for each school and date of a workbook, none where its forms contradict one another, and the remarks.

    A hidden form beside a visible one, a blank one beside one filled in, and the same report once more are passed over.
    """
    shown = [form for form in forms if not form.hidden] or forms
    filled_in = [form for form in shown if form.answered] or shown[:1]
    reports: list[ReportRead] = []
    remarks: list[Remark] = []
    groups = _by_school_and_date(filled_in)
    for group in groups:
        first = _named_first(group)
        if len(group) > 1 and len({_answers(form.report) for form in group}) > 1:
            remarks.append(_conflict(first.report, group))
            continue
        reports.append(first.report)
        remarks += first.remarks
        if first.hidden:
            remarks.append(_on(first.report, "FORM-HIDDEN"))
        remarks += [_again(form.report, first.report) for form in group if form is not first]
    counted = _named_first(groups[0]).report
    remarks += [_unused(form, counted) for form in forms if form not in filled_in]
    return tuple(reports), tuple(remarks)


def _by_school_and_date(forms: list[FormRead]) -> list[list[FormRead]]:
    """The forms of each school and date. A head without one of them is that of the form whose head it does not
    contradict: the one with the same answers, or else the only one."""
    groups: list[list[FormRead]] = []
    for form in sorted(forms, key=lambda form: not _is_named(form.report)):  # stable: those with a whole head first
        fitting = [group for group in groups if _fits(form.report, group[0].report)]
        alike = [group for group in fitting if _answers(group[0].report) == _answers(form.report)]
        if alike or len(fitting) == 1:
            (alike or fitting)[0].append(form)
        else:
            groups.append([form])
    order = {id(form): at for at, form in enumerate(forms)}
    groups = [sorted(group, key=lambda form: order[id(form)]) for group in groups]
    return sorted(groups, key=lambda group: order[id(group[0])])


def _is_named(report: ReportRead) -> bool:
    return bool(_school(report)) and report.as_of is not None


def _school(report: ReportRead) -> str:
    return report.school or report.school_as_written


def _fits(report: ReportRead, other: ReportRead) -> bool:
    """May both be of one school and date?"""
    schools = {_school(report), _school(other)} - {""}
    return len(schools) < 2 and len({report.as_of, other.as_of} - {None}) < 2


def _named_first(group: list[FormRead]) -> FormRead:
    return next((form for form in group if form.report.school and form.report.as_of), group[0])


def _conflict(report: ReportRead, group: list[FormRead]) -> Remark:
    """The school has no report for that date from this workbook."""
    sheets = list(dict.fromkeys(f"«{form.report.sheet}»" for form in group))
    named = ", ".join(sheets[:_MOST_SHEETS]) + (" …" if len(sheets) > _MOST_SHEETS else "")
    return _on(report, "FORM-CONFLICT", sheets=named)


def _unused(form: FormRead, counted: ReportRead) -> Remark:
    why = "её лист скрыт, а в книге есть видимый" if form.answered else "в ней нет ответов"
    return replace(_on(counted, "FORM-UNUSED", why=why), sheet=form.report.sheet)


def _again(report: ReportRead, counted: ReportRead) -> Remark:
    return replace(_on(counted, "FORM-TWICE", first=counted.sheet), sheet=report.sheet)


def _on(report: ReportRead, code: str, **data: str) -> Remark:
    return remark(code, sheet=report.sheet, school=report.school, as_of=report.as_of, **data)


def _answers(report: ReportRead) -> tuple[tuple[str, str, str | float], ...]:
    """All that is answered, wherever it stands."""
    return tuple(sorted(((f.item, f.field, f.value) for f in report.facts if f.field != "note"), key=str))
