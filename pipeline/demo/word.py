"""A report as a text document: the least that Word opens, written without a library."""

import zipfile
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from io import BytesIO
from xml.sax.saxutils import escape

from pipeline import wording
from pipeline.demo.handwriting import Entry
from pipeline.demo.reports import Report
from pipeline.demo.tables import Typed, Value, table_rows
from pipeline.writing.form.tables import Part, parts_of
from schemas.form import Form, Item, Kind

_OFFICE, _PACKAGE = "http://schemas.openxmlformats.org", "application/vnd.openxmlformats"
_WORD = f"{_PACKAGE}-officedocument.wordprocessingml.document.main+xml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_OFFICE}/package/2006/content-types">'
    f'<Default Extension="rels" ContentType="{_PACKAGE}-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
}


def letter(text: str) -> bytes:
    """A document of one paragraph."""
    return _document(_paragraph(text))


def form_with_struck_answer(report: Report, form: Form, number: str) -> bytes:
    """The order's form in Word, with its tables; the answer to this item, or in this cell, is struck out."""
    known = form.recognise
    said = f"{report.as_of:%d.%m.%Y}" if form.period.every == "date" else wording.named(report.as_of, form.period.every)
    head = [form.title, f"{known.school[0]} {report.school_line}", f"{known.as_of[0]} {said}"]
    parts = (_part(part, report, form, number) for part in parts_of(form))
    return _document("".join([*map(_paragraph, head), *parts]))


def _part(part: Part, report: Report, form: Form, struck: str) -> str:
    if part.table:
        return _table_of_columns(part, report, form, struck)
    known = form.recognise
    rows = [_row([known.number[0], known.measure[0], known.answer[0]])]
    for item in part.items:
        entry = report.entries.get(item.number)
        answer = _said(item, entry) if entry else ""
        rows.append(_row([item.number, item.title, answer], struck={2} if item.number == struck else set()))
    return _table(rows)


def _table_of_columns(part: Part, report: Report, form: Form, struck: str) -> str:
    """Its title stands above it."""
    columns = form.table(part.table).columns
    typed = table_rows(part, report, form, _numbered)
    title = _paragraph(_as_typed(next(typed)[0].value)) if part.title else ""
    rows = []
    for cells in typed:
        texts = [_as_typed(cell.value) for cell in cells]
        here = {
            len(texts) - len(columns) + at
            for at, column in enumerate(columns)
            if _is_row(struck, texts[0], part) and struck.endswith(f"/{column.id}")
        }
        rows.append(_row(texts, struck=here))
    return title + _table(rows)


def _is_row(struck: str, number: str, part: Part) -> bool:
    """Of a list the lines are numbered from 1."""
    row = struck.partition("/")[0]
    above, _, line = row.rpartition(".")
    return number == (line if part.items[0].kind is Kind.ROWS and above == part.items[0].number else row)


def _numbered(number: str, day: date) -> Typed:
    return Typed(number)


def _said(item: Item, entry: Entry) -> str:
    return _as_typed(entry.value) if item.kind in (Kind.NUMBER, Kind.DATE) else str(entry.value)


def _as_typed(value: Value) -> str:
    """«12», «1234,5», «31.01.2026»."""
    match value:
        case None:
            return ""
        case date():
            return f"{value:%d.%m.%Y}"
        case float():
            return f"{value:.10g}".replace(".", ",")
        case _:
            return str(value)


def _table(rows: Iterable[str]) -> str:
    """With a blank line behind it: two tables that touch are one in Word."""
    return f"<w:tbl>{''.join(rows)}</w:tbl>{_paragraph('')}"


def _row(texts: Sequence[str], struck: Collection[int] = ()) -> str:
    """`struck`: which of the cells are struck out."""
    cells = (_paragraph(text, struck=at in struck) for at, text in enumerate(texts))
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def _paragraph(text: str, *, struck: bool = False) -> str:
    look = "<w:rPr><w:strike/></w:rPr>" if struck else ""
    return f"<w:p><w:r>{look}<w:t>{escape(text)}</w:t></w:r></w:p>"


def _document(body: str) -> bytes:
    document = f'<w:document xmlns:w="{_OFFICE}/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in {**_PARTS, "word/document.xml": document}.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return target.getvalue()
