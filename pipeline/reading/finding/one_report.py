"""One report a workbook: which of the forms found in it counts, and what is said of the others."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from schemas.remarks import Remark, remark
from schemas.reports import ReportRead

_MOST_SHEETS = 4  # named in one sentence


@dataclass(frozen=True, eq=False)
class FormRead:
    """One form on one sheet, as read. `answered`: an item that is due one day has an answer. `hidden`: its sheet is."""

    report: ReportRead
    remarks: tuple[Remark, ...]
    answered: bool
    hidden: bool


def one_report(forms: list[FormRead]) -> tuple[tuple[ReportRead, ...], tuple[Remark, ...]]:
    """The report of a workbook, none where its forms contradict one another, and the remarks on it.

    A hidden form beside a visible one, a blank one beside one filled in, and the same report once more are passed over.
    """
    shown = [form for form in forms if not form.hidden] or forms
    filled_in = [form for form in shown if form.answered] or shown[:1]
    first = next((form for form in filled_in if form.report.school and form.report.as_of), filled_in[0])
    unused = tuple(_unused(form, first.report) for form in forms if form not in filled_in)
    if differ := _differ([form.report for form in filled_in]):
        return (), (*_conflict([form.report for form in filled_in], differ), *unused)
    hidden = (_on(first.report, "FORM-HIDDEN"),) if first.hidden else ()
    again = tuple(_again(form.report, first.report) for form in filled_in if form is not first)
    return (first.report,), (*first.remarks, *hidden, *again, *unused)


def _differ(reports: list[ReportRead]) -> str:
    """In what they contradict one another. A head without a school or a date contradicts none."""
    schools = {report.school or report.school_as_written for report in reports} - {""}
    dates = {report.as_of for report in reports} - {None}
    differ = [what for what, said in (("школы", schools), ("даты", dates)) if len(said) > 1]
    return " и ".join(differ) or ("ответы" if len({_answers(report) for report in reports}) > 1 else "")


def _conflict(reports: list[ReportRead], differ: str) -> Iterator[Remark]:
    """One remark for each school and date that the workbook names: none of them has a report from it."""
    sheets = list(dict.fromkeys(f"«{report.sheet}»" for report in reports))
    named = ", ".join(sheets[:_MOST_SHEETS]) + (" …" if len(sheets) > _MOST_SHEETS else "")
    owners: dict[tuple[str, date | None], ReportRead] = {}
    for report in reports:
        owners.setdefault((report.school, report.as_of), report)
    for report in owners.values():
        yield _on(report, "FORM-CONFLICT", sheets=named, what=differ)


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
