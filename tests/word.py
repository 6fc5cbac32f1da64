"""Word documents written by hand, a fault each: the XML of a paragraph, a cell, a table, without the prefix `w:`."""

import zipfile
from collections.abc import Callable
from io import BytesIO

from docx import Document
from lxml import etree
from lxml.etree import _Element

from schemas.addresses import Spot
from tests.order_form import OrderForm

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
NAMESPACES = {
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "r": f"{_OFFICE}/relationships",
    "m": f"{_OFFICE}/math",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "v": "urn:schemas-microsoft-com:vml",
    "x": "urn:a-program-of-tomorrow",
}
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def part(name: str, inside: str, namespace: str = W) -> str:
    """A part with this root element; `w:` is the default namespace."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{namespace}" {declared}>{inside}</{name}>'


def package(parts: dict[str, str] | dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def word_file(
    body: str,
    *,
    main: str = "word/document.xml",
    namespace: str = W,
    content_type: str = MAIN_TYPE,
    relations: dict[str, tuple[str, str]] | None = None,
    **others: str,
) -> bytes:
    """A package with this body. `others`: `styles`, `settings`, `footnotes` … with the inside of their root; a relation
    to each. `relations`: more of them, id -> kind and target."""
    folder, _, name = main.rpartition("/")
    targets = {kind: (kind, f"{kind}.xml") for kind in others} | (relations or {})
    return package(
        {
            "[Content_Types].xml": f'<Types><Override PartName="/{main}" ContentType="{content_type}"/></Types>',
            "_rels/.rels": _relations({"1": ("officeDocument", main)}),
            f"{folder}/_rels/{name}.rels": _relations(targets),
            main: part("document", f"<body>{body}</body>", namespace),
            **{f"{folder}/{k}.xml": part(_ROOTS.get(k, k), inside, namespace) for k, inside in others.items()},
        }
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    """id -> kind and target."""
    listed = [f'<Relationship Id="{i}" Type="{_OFFICE}/{k}" Target="{target}"/>' for i, (k, target) in targets.items()]
    return f"<Relationships>{''.join(listed)}</Relationships>"


_ROOTS = {"header": "hdr", "footer": "ftr"}


def run(text: str, properties: str = "") -> str:
    return f'<r><rPr>{properties}</rPr><t xml:space="preserve">{text}</t></r>'


def paragraph(text: str) -> str:
    return f"<p>{run(text)}</p>"


def text_box(blocks: str) -> str:
    inside = f"<wps:txbx><txbxContent>{blocks}</txbxContent></wps:txbx>"
    return f"<r><drawing><wp:anchor>{inside}</wp:anchor></drawing></r>"


def table(*rows: list[str]) -> str:
    """Rows of cells, each the XML of its blocks."""
    return "<tbl>" + "".join(f"<tr>{''.join(f'<tc>{c}</tc>' for c in row)}</tr>" for row in rows) + "</tbl>"


def order_form_body(order_form: OrderForm) -> str:
    """The order's form as the body of a document: every text a paragraph, the two tables."""
    body = ""
    rows: list[list[str]] = []
    for row in [*order_form.rows, []]:
        if len(row) == 3:
            rows.append([paragraph(str(text or "")) for text in row])
            continue
        body += table(*rows) if rows else ""
        rows = []
        body += paragraph("".join(str(text or "") for text in row))
    return body


def order_form_document(order_form: OrderForm) -> bytes:
    """The order's form as a text document of Word: the head in paragraphs, the two tables."""
    document = Document()
    rows = [["" if value is None else str(value) for value in row] for row in order_form.rows]
    held: list[list[str]] = []
    for row in [*rows, []]:
        if len(row) == 3:
            held.append(row)
            continue
        if held:
            inside = document.add_table(0, 3)
            for texts in held:
                for cell, text in zip(inside.add_row().cells, texts, strict=True):
                    cell.text = text
            held = []
        document.add_paragraph("".join(row))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def texts(cells: dict[Spot, object]) -> list[list[str]]:
    """The texts of a sheet, row by row from left to right, blank rows left out."""
    rows: dict[int, list[str]] = {}
    for spot in sorted(cells):
        rows.setdefault(spot.row, []).append(str(cells[spot].value))  # type: ignore[attr-defined]
    return list(rows.values())


def changed(document: bytes, change: Callable[[_Element], None], name: str = "word/document.xml") -> bytes:
    """The document with one of its parts changed."""
    with zipfile.ZipFile(BytesIO(document)) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    root = etree.fromstring(parts[name])
    change(root)
    parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return package(parts)


def elements(xml: str) -> list[_Element]:
    """The elements of XML without the prefix `w:`."""
    return list(etree.fromstring(part("p", xml).partition("?>")[2]))


def answered(number: str, xml: str, order_form: OrderForm | None = None) -> bytes:
    """The order's form as a document; `xml`: the inside of the paragraph that answers an item."""

    def change(root: _Element) -> None:
        [row] = [r for r in root.iter(f"{{{W}}}tr") if "".join(r[-3].itertext()) == number]
        paragraph = row[-1].find(f"{{{W}}}p")
        paragraph[:] = elements(xml)

    return changed(order_form_document(order_form or OrderForm()), change)
