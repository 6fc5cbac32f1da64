"""The registry as a workbook: the draft made of the reports, the demo's district."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from types import MappingProxyType

from pipeline.writing.pages import theme
from schemas import registry_book as columns
from schemas.district import Registry
from schemas.form import Form

_LOOK_ALIKES = "Похожие (если это одна школа, объедините)"  # in a draft
_WIDTHS = {
    _LOOK_ALIKES: 40,
    columns.CODE: 8,
    columns.NAME: 32,
    columns.FULL_NAME: 60,
    columns.ALIASES: 30,
    columns.EMAIL: 26,
}


def write_registry(
    form: Form, registry: Registry, created: date, doubles: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> bytes:
    """Sheets «Школы» (one row a school) and «Рассылка», as `pipeline.reading.registry` reads them. `doubles`: code of a
    school -> those that may be the same one, of a draft."""
    target = BytesIO()
    book = theme.open_workbook(target, "Реестр школ", form.office, created)
    formats = theme.Formats(book)
    sheet = book.add_worksheet(columns.SCHOOLS)
    bases = {base.registry: base.id for base in form.bases}
    headings = [columns.CODE, columns.NAME, columns.FULL_NAME, columns.ALIASES, *bases, columns.CLASSES, columns.EMAIL]
    if doubles:
        headings.append(_LOOK_ALIKES)
    sheet.set_row(0, 46)
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, _WIDTHS.get(heading, 16))
        sheet.write_string(0, column, heading, formats(theme.HEADER))
    for row, school in enumerate(registry.schools, start=1):
        texts = (school.code, school.name, school.full_name, "; ".join(school.aliases))
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, formats())
        for column, base in enumerate(bases.values(), start=len(texts)):
            if base in school.bases:
                sheet.write_number(row, column, school.bases[base], formats())
        if school.classes is not None:
            sheet.write_number(row, headings.index(columns.CLASSES), school.classes, formats())
        sheet.write_string(row, headings.index(columns.EMAIL), school.email, formats())
        if doubles:
            sheet.write_string(row, headings.index(_LOOK_ALIKES), "; ".join(doubles[school.code]), formats())
    sheet.freeze_panes(1, 2)
    mailing = book.add_worksheet(columns.MAILING)
    for column, heading in enumerate((columns.RECIPIENT, columns.EMAIL, columns.WANTS)):
        mailing.set_column(column, column, 30)
        mailing.write_string(0, column, heading, formats(theme.HEADER))
    for row, recipient in enumerate(registry.mailing, start=1):
        for column, text in enumerate(recipient):
            mailing.write_string(row, column, text, formats())
    book.close()
    return target.getvalue()
