"""The registry as a workbook: the draft made of the reports, the demo's district."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from types import MappingProxyType

from xlsxwriter.worksheet import Worksheet

from pipeline.writing.pages import theme
from schemas import registry_book as book_of
from schemas.district import Recipient, Registry, School, Topic
from schemas.form import Form

_LOOK_ALIKES = "Похожие (если это одна школа, объедините)"  # in a draft
_WIDTHS = {
    _LOOK_ALIKES: 40,
    book_of.CODE.heading: 8,
    book_of.NAME.heading: 32,
    book_of.FULL_NAME.heading: 60,
    book_of.ALIASES.heading: 30,
    book_of.EMAIL.heading: 26,
}
_UNWRITTEN = (book_of.SINCE, book_of.UNTIL)  # nothing is known of them yet: who needs them adds them

Value = str | float | None


def write_registry(
    form: Form, registry: Registry, created: date, doubles: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> bytes:
    """Sheets «Школы» (one row a school) and «Рассылка», as `pipeline.reading.registry` reads them. `doubles`: code of a
    school -> those that may be the same one, of a draft."""
    target = BytesIO()
    book = theme.open_workbook(target, "Реестр школ", form.office, created)
    formats = theme.Formats(book)
    columns = [column for column in book_of.schools_table(form).columns if column not in _UNWRITTEN]
    headings = [column.heading for column in columns]
    schools = book.add_worksheet(book_of.SCHOOLS.sheet)
    schools.set_row(0, 46)
    rows = [[*_school(school, columns)] for school in registry.schools]
    if doubles:
        headings.append(_LOOK_ALIKES)
        for school, row in zip(registry.schools, rows, strict=True):
            row.append("; ".join(doubles[school.code]))
    _write(schools, formats, [(heading, _WIDTHS.get(heading, 16)) for heading in headings], rows)
    schools.freeze_panes(1, 2)
    mailing = book.add_worksheet(book_of.MAILING.sheet)
    _write(
        mailing,
        formats,
        [(column.heading, 30) for column in book_of.MAILING.columns],
        [_recipient(one) for one in registry.mailing],
    )
    book.close()
    return target.getvalue()


def _school(school: School, columns: Iterable[book_of.Column]) -> Iterable[Value]:
    """What stands in the school's row."""
    texts = {
        book_of.CODE: school.code,
        book_of.NAME: school.name,
        book_of.FULL_NAME: school.full_name,
        book_of.ALIASES: "; ".join(school.aliases),
        book_of.EMAIL: school.email,
    }
    for column in columns:
        if isinstance(column, book_of.People):
            yield school.bases.get(column.base)
        elif column == book_of.CLASSES:
            yield school.classes
        else:
            yield texts[column]


def _recipient(recipient: Recipient) -> list[Value]:
    wants = ", ".join(topic for topic in Topic if topic in recipient.wants)
    return [recipient.name, recipient.email, wants]


def _write(
    sheet: Worksheet,
    formats: theme.Formats,
    headings: Iterable[tuple[str, int]],
    rows: Iterable[Sequence[Value]],
) -> None:
    """Headings with the widths of their columns, and the rows below them; None leaves its cell empty."""
    for column, (heading, width) in enumerate(headings):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, formats(theme.HEADER))
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value, formats())
            elif value is not None:
                sheet.write_number(number, column, value, formats())
