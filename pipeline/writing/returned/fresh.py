"""A new form with the remarks, for a school whose own file cannot be given back: .xls, .ods, .xlsb, .docx, and what
`annotated` refuses. Imports xlsxwriter, which `annotated` does not need."""

from collections.abc import Sequence
from datetime import date

from pipeline.reading.records import School
from pipeline.writing.form import write_form
from pipeline.writing.returned import Head, Shown, with_remarks
from schemas.form import Form


def fresh(form: Form, school: School | None, as_of: date, remarks: Sequence[Shown], head: Head) -> bytes:
    """The form for `school` on `as_of` with the sheet «Замечания», which names the cells of the school's own file."""
    return with_remarks(write_form(form, school, as_of), remarks, head, own_file=False)
