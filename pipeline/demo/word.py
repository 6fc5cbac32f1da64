"""A report as a text document: the least that Word opens, written without a library."""

import zipfile
from collections.abc import Iterable
from io import BytesIO
from xml.sax.saxutils import escape

from pipeline.demo.reports import Report
from schemas.form import Form

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
    """The order's form in Word; the answer to this item is struck out."""
    known = form.recognise
    head = [form.title, f"{known.school[0]} {report.school_line}", f"{known.as_of[0]} {report.as_of:%d.%m.%Y}"]
    rows = [_row(known.number[0], known.measure[0], known.answer[0])]
    for item in form.items:
        entry = report.entries.get(item.number)
        answer = str(entry.value) if entry else ""
        rows.append(_row(item.number, item.title, answer, struck=item.number == number))
    return _document("".join(map(_paragraph, head)) + f"<w:tbl>{''.join(rows)}</w:tbl>" + _paragraph(""))


def _row(number: str, measure: str, answer: str, *, struck: bool = False) -> str:
    cells: Iterable[str] = (_paragraph(number), _paragraph(measure), _paragraph(answer, struck=struck))
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
