"""A new form with the school's accepted answers and the remarks, for a school whose own file cannot be given back:
.xls, .ods, .xlsb, .docx, and what `annotated` refuses. Imports xlsxwriter, which `annotated` does not need."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import msgspec

from pipeline import wording
from pipeline.writing.form.prefill import Prefill, accepted
from pipeline.writing.form.workbook import FormWritten, write_form_with_cells
from pipeline.writing.returned.cells import spot
from pipeline.writing.returned.marking import with_remarks
from pipeline.writing.returned.texts import Head, Shown
from schemas import own_form
from schemas.district import School
from schemas.form import Form
from schemas.remarks import Severity
from schemas.reports import ReportRead

_LEGEND = "Курсив — из вашего файла."
_NEW_FORM = (
    "Это новый бланк: принятые ответы перенесены в него из вашего файла (курсив), ошибочные оставлены пустыми. "
    f"Проценты в столбце «{own_form.COUNT}» тоже приняты; если знаете число людей, впишите его."
)
_BLANK_FORM = "Это новый бланк: впишите в него ответы."
_MOST_NOTES = 5


def fresh(
    form: Form,
    school: School | None,
    as_of: date,
    remarks: Sequence[Shown],
    head: Head,
    report: ReportRead | None = None,
) -> bytes:
    """The form for `school` on `as_of` with the sheet «Замечания»; each remark leads to the cell of this form where its
    item is answered, and names the one where it was found. `report`: what was read of the school's file; None where
    that is no report. The date of a report that gives none is left to the school."""
    before = _said_in(report, remarks) if report else Prefill()
    written = write_form_with_cells(form, school, as_of, replace(before, dated=head.as_of is not None))
    moved = [_moved(remark, _places(written, report)) for remark in remarks]
    notes = [_NEW_FORM, *_left_behind(report)] if report else [_BLANK_FORM]
    return with_remarks(written.content, moved, msgspec.structs.replace(head, notes=(*head.notes, *notes)))


def _said_in(report: ReportRead, remarks: Sequence[Shown]) -> Prefill:
    errors = {remark.item: remark.message for remark in reversed(remarks) if remark.severity is Severity.ERROR}
    errors.pop("", None)  # of the report as a whole
    passport = {base: people for base, people, _ in report.bases}
    return replace(accepted(report, errors), bases=passport, legend=_LEGEND)


def _left_behind(report: ReportRead) -> list[str]:
    """What stands beside the school's form, which has no place on this one."""
    notes = [f"«{wording.shortened(str(f.value))}» ({f.cell})" for f in report.facts if f.field == "note"]
    return [f"Записи рядом с формой не перенесены: {wording.listed(notes, _MOST_NOTES)}."] if notes else []


# ── from the school's file to this form ──────────────────────────────────────────────────────────────────
def _places(written: FormWritten, report: ReportRead | None) -> Mapping[str, str]:
    """Item, or cell of the passport in the school's file -> the cell of this form. Without a date nothing but that can
    be wrong with a report as a whole."""
    if report is None:
        return written.answers
    passport = {cell: written.bases[base] for base, _, cell in report.bases}
    return {**written.answers, **passport, **({} if report.as_of else {"": written.as_of})}


def _moved(remark: Shown, places: Mapping[str, str]) -> Shown:
    """An act that this form has no row for is added below the others."""
    acts = remark.item.rpartition(".")[0]
    keys = (remark.cell or remark.item, remark.item, acts or remark.item)
    cell = next((places[key] for key in keys if key in places), "")
    found_in = f"В присланном файле: {_place_said(remark)}" if remark.cell else ""
    follows = tuple(_moved(one, places) for one in remark.follows)
    return msgspec.structs.replace(
        remark, sheet=own_form.SHEET if cell else "", cell=cell, found_in=found_in, follows=follows
    )


def _place_said(remark: Shown) -> str:
    """«лист «Отчёт», C16»; a text document has no cells: «таблица 1, строка 7»."""
    return f"лист{wording.NBSP}«{remark.sheet}», {remark.cell}" if remark.sheet and spot(remark.cell) else remark.cell
