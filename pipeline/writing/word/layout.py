"""A text document for Word: page, named styles, tables, and a package that is the same bytes for the same words."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Row
from docx.text.paragraph import Paragraph

from pipeline.writing.word import (
    BODY,
    BULLET,
    FIGURE_CELL,
    HEADER_CELL,
    HEADING,
    LEAD,
    NOTE,
    NUMBERED,
    OFFICE,
    SIGNATURE,
    TEXT_CELL,
    TITLE,
    Column,
    Passage,
    Table,
    TextDocument,
    ToFillIn,
)
from schemas.text import clean

FACE = "Times New Roman"
_BODY, _IN_TABLE, _SMALL = Pt(12), Pt(10), Pt(9)
_BLACK = RGBColor(0, 0, 0)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

_OWN_STYLES = {
    OFFICE: "SvodOffice", NOTE: "SvodNote", SIGNATURE: "SvodSignature",
    HEADER_CELL: "SvodTableHeader", TEXT_CELL: "SvodTableText", FIGURE_CELL: "SvodTableFigure",
}  # fmt: skip

# What the template's numbering refers to, and what styles rest on; the other hundred and fifty are nobody's.
_KEPT_STYLES = ("Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid", "Footer", "Footer Char",
                TITLE, "Title Char", HEADING, "Heading 1 Char", BODY, "Body Text Char", LEAD)  # fmt: skip
_KEPT_LISTS = (BULLET, NUMBERED)  # and those that begin so

# What the library's template brings along and nobody asked for: a picture of an empty page, who made that page in
# which program, all styles once more for Word 2010. (A relation's kind, by its last word.)
_NOT_OURS = ("thumbnail", "extended-properties", "customXml", "stylesWithEffects")


def laid_down(text: TextDocument) -> bytes:
    """The document. Whatever a school wrote, every text passes `clean`: a character that XML cannot hold must stop no
    run."""
    document: Document = docx.Document()
    _drop_what_is_not_ours(document)
    _set_face(document)
    _set_styles(document)
    _set_page(document)
    _set_properties(document, clean(text.title), clean(text.author), text.as_of)
    for part in text.parts:
        match part:
            case Passage():
                _add_paragraph(document, part)
            case Table():
                _add_table(document, part)
            case ToFillIn(label):
                document.add_paragraph(style=SIGNATURE).add_run(f"{clean(label)}\t\t")
    made = BytesIO()
    document.save(made)
    return _with_fixed_times(made.getvalue())


def _add_paragraph(document: Document, said: Passage) -> None:
    paragraph = document.add_paragraph(style=said.style)
    if said.lead:
        paragraph.add_run(f"{clean(said.lead)} ", style=LEAD)
    paragraph.add_run(clean(said.text))
    if said.with_next:
        paragraph.paragraph_format.keep_with_next = True


def _add_table(document: Document, given: Table) -> None:
    """Its heading is repeated on every page, no row is parted between two; the total stands last, never alone."""
    columns = given.columns
    table = document.add_table(len(given.rows) + 2, len(columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, made in zip(columns, table.columns, strict=True):
        made.width = Mm(column.width)
    header, *body, last = list(table.rows)
    of_heading = _style_id(document, HEADER_CELL)
    of_columns = [_style_id(document, FIGURE_CELL if column.figure else TEXT_CELL) for column in columns]
    _fill(header, columns, [column.heading for column in columns], [of_heading] * len(columns))
    for row, texts in zip(body, given.rows, strict=True):
        _fill(row, columns, texts, of_columns, with_next=row is body[-1])
    _fill(last, columns, given.total, of_columns, bold=True)
    header._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _style_id(document: Document, name: str) -> str:
    """By which a paragraph names its style. The library asks all styles for it, for every cell anew."""
    return str(document.styles[name].style_id)


# ── the look ─────────────────────────────────────────────────────────────────────────────────────────────
def _set_face(document: Document) -> None:
    """The theme's two faces: styles name the theme, so whoever chooses another face chooses it once. And the language,
    or Word underlines every word."""
    theme = next(part for part in _parts_of(document) if part.partname.endswith("theme1.xml"))
    for kind in ("major", "minor"):
        blob = theme.blob
        start = blob.index(b'<a:latin typeface="', blob.index(f"<a:{kind}Font>".encode())) + len(b'<a:latin typeface="')
        theme._blob = blob[:start] + FACE.encode() + blob[blob.index(b'"', start) :]
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}")
    assert defaults is not None
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:val"), "ru-RU")


def _set_styles(document: Document) -> None:
    for style in list(document.styles):
        if style.name not in _KEPT_STYLES and not str(style.name).startswith(_KEPT_LISTS):
            style.delete()
    for name, identifier in _OWN_STYLES.items():
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).style_id = identifier
    normal = _style(document, "Normal", _BODY)
    normal.paragraph_format.line_spacing = 1.0
    normal.paragraph_format.space_after = Pt(0)
    title = _style(document, TITLE, Pt(14), before=6, after=12, centred=True)
    title.font.bold = True
    for decoration in title.element.findall(f".//{qn('w:pBdr')}") + title.element.findall(f".//{qn('w:rPr')}/*"):
        if decoration.tag in (qn("w:pBdr"), qn("w:spacing"), qn("w:kern")):
            decoration.getparent().remove(decoration)
    heading = _style(document, HEADING, _BODY, before=10, after=4)
    heading.font.bold = True
    heading.paragraph_format.keep_with_next = True
    body = _style(document, BODY, _BODY, after=5)
    body.paragraph_format.first_line_indent = Mm(10)
    for name in (BULLET, NUMBERED):
        _style(document, name, _BODY, after=3)
    _style(document, OFFICE, _BODY, centred=True)
    _style(document, NOTE, _SMALL, before=2)
    signature = _style(document, SIGNATURE, _BODY, before=10)
    signature.paragraph_format.keep_with_next = signature.paragraph_format.keep_together = True
    signature.paragraph_format.tab_stops.add_tab_stop(Mm(42))
    signature.paragraph_format.tab_stops.add_tab_stop(Mm(120), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)
    _style(document, HEADER_CELL, _IN_TABLE, centred=True).font.bold = True
    _style(document, TEXT_CELL, _IN_TABLE)
    _style(document, FIGURE_CELL, _IN_TABLE, centred=True)


def _style(
    document: Document, name: str, size: Pt, *, before: float = 0, after: float = 0, centred: bool = False
) -> ParagraphStyle:
    """The style of that name, black, in that size, with its space before and after in points."""
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    style.font.size = size
    style.font.color.rgb = _BLACK
    style.hidden, style.quick_style = False, True
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.0
    if centred:
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return style


def _set_page(document: Document) -> None:
    """A4 upright with the margins of office documents: room on the left to file it. The number of the page below."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = (
        Mm(30),
        Mm(10),
        Mm(20),
        Mm(20),
    )
    section.footer_distance = Mm(10)
    number = section.footer.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_field(number, "PAGE")


def _add_field(paragraph: Paragraph, code: str) -> None:
    """A figure that Word and LibreOffice compute."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)


def _fill(
    row: _Row,
    columns: Sequence[Column],
    texts: Sequence[str],
    styles: Sequence[str],
    *,
    bold: bool = False,
    with_next: bool = False,
) -> None:
    """`styles`: of its cells, by their ids. The width stands at the cells too: one program looks there, another at the
    columns."""
    for cell, column, text, style in zip(row.cells, columns, texts, styles, strict=True):
        cell.width = Mm(column.width)
        paragraph = cell.paragraphs[0]
        paragraph._p.style = style
        paragraph.add_run(clean(text), style=LEAD if bold else None)
        if with_next:
            paragraph.paragraph_format.keep_with_next = True
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


# ── the package ──────────────────────────────────────────────────────────────────────────────────────────
def _set_properties(document: Document, title: str, author: str, as_of: date) -> None:
    """The date of the figures, never the moment of the run: the same figures are the same bytes."""
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title[:255], author[:255], author[:255]
    properties.comments, properties.language, properties.revision = "", "ru-RU", 1
    properties.created = properties.modified = datetime(as_of.year, as_of.month, as_of.day)


def _drop_what_is_not_ours(document: Document) -> None:
    package = document.part.package
    assert package is not None
    for rels in (package.rels, document.part.rels):
        for key in [key for key, rel in rels.items() if rel.reltype.rpartition("/")[2] in _NOT_OURS]:
            del rels[key]


def _parts_of(document: Document) -> list[Part]:
    return [rel.target_part for rel in document.part.rels.values() if not rel.is_external]


def _with_fixed_times(package: bytes) -> bytes:
    """The library stamps every part with the moment of writing, and the system with its own name."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as parts, zipfile.ZipFile(made, "w") as archive:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            archive.writestr(entry, parts.read(name))
    return made.getvalue()
