"""What can be read of a paper that is no report, a document or a scan: its first words, as a reader sees them."""

import re
from io import BytesIO

from pipeline.reading.opening.book import Book
from schemas.remarks import Remark
from schemas.text import clean

_PAGES = 3
_LONGEST = 4_000  # letters: enough to tell which document it is
# Kinds of files that papers are sent as, by what the look calls them.
_KINDS = re.compile(r"документ (PDF|Word|RTF|OpenDocument)|снимок")


_WITH_TEXT = (b"/Font", b"/ObjStm")  # fonts, or what may hold them; a scan has none


def words_of_file(data: bytes, said: Remark) -> str | None:
    """Of a file that is no workbook; `said`: what the look has called it. Blank where it has no text layer, None where
    it is nothing that a paper would be sent as."""
    if said.code != "FILE-KIND" or not _KINDS.match(str(dict(said.data)["what"])):
        return None
    return _words_of_pdf(data) if data.startswith(b"%PDF") else ""


def words_of_document(book: Book) -> str | None:
    """Of a text document; None of a workbook."""
    if not book.sheets or any(sheet.places is None for sheet in book.sheets):
        return None
    lines: dict[tuple[int, int], list[str]] = {}
    for n, sheet in enumerate(book.sheets):
        for spot, cell in sorted(sheet.cells.items()):
            lines.setdefault((n, spot.row), []).append(str(cell.value))
    return "\n".join(" ".join(words) for words in lines.values())[:_LONGEST]


def _words_of_pdf(data: bytes) -> str:
    if not any(sign in data for sign in _WITH_TEXT):
        return ""
    # imported here: few files need it
    import logging

    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # of every fault in a file
    try:
        pages = pypdf.PdfReader(BytesIO(data)).pages[:_PAGES]
        text = "\n".join(page.extract_text() for page in pages)
    except Exception:  # the library raises whatever comes of a damaged file: it has no text then
        return ""
    return clean(text)[:_LONGEST]
