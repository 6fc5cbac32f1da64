"""What an .xlsx shows beside its values: struck-out and raised figures, comments, text boxes.

Only a package that holds such things pays for it: most hold none, and a search for a word in the bytes tells.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal, NamedTuple
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from pipeline.reading.opening.book import Aside, Cell, Sheet
from pipeline.reading.opening.cells import as_cell
from pipeline.reading.opening.guard import Unreadable, damaged, part
from pipeline.reading.remembering import once_a_blank
from schemas.addresses import Spot, column_number
from schemas.own_comments import AUTHOR, ours_begins
from schemas.text import clean

Mark = Literal["", "struck", "raised"]

_MARKED = re.compile(rb"<(?:\w+:)?(?:strike|vertAlign)\b")
_RUN_PROPERTIES = re.compile(rb"rPr")  # a pattern finds it three times as fast as `in`


class RichText(NamedTuple):
    """A text with runs that are no part of it. `text`: the others; `asides`: what those say."""

    text: str
    asides: tuple[tuple[Literal["struck", "raised"], str], ...]


def tree(xml: bytes) -> Element:
    """The markup of one part. Raises Unreadable where it is broken."""
    try:
        root: Element = defusedxml.ElementTree.fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):  # the last two: unknown encodings
        raise damaged("внутри него испорчена разметка") from None
    return root


@once_a_blank
def marks_of_styles(styles: bytes) -> tuple[Mark, ...]:
    """How each cell style looks, by its index; none where no font of the book is struck out or raised."""
    if not _is_marked(styles):
        return ()
    root = tree(styles)
    fonts = [_mark(font) for font in root.findall("{*}fonts/{*}font")]
    styled = [_place(xf.get("fontId") or "0") for xf in root.findall("{*}cellXfs/{*}xf")]
    marks: tuple[Mark, ...] = tuple(fonts[font] if font < len(fonts) else "" for font in styled)
    return marks if any(marks) else ()


_PLACE = re.compile("[0-9]{1,9}")


def _place(number: str) -> int:
    """In a list of the workbook."""
    if not _PLACE.fullmatch(number):
        raise damaged("внутри него вместо номера стоит что-то другое")
    return int(number)


def _is_marked(xml: bytes) -> bool:
    # the words first: looking for them takes a small part of the pattern's time, and mostly settles it; for one rare
    # letter takes a small part of that
    return ((b"k" in xml and b"strike" in xml) or b"vertAlign" in xml) and _MARKED.search(xml) is not None


def rich_strings(shared_strings: bytes) -> dict[int, RichText]:
    """The shared strings with struck-out or raised runs, by their index."""
    if not _is_marked(shared_strings):
        return {}
    found = enumerate(rich_text(string) for string in tree(shared_strings).findall("{*}si"))
    return {index: rich for index, rich in found if rich.asides}


def rich_inline(sheet: bytes, end: int) -> dict[Spot, RichText]:
    """The strings that stand in the cells themselves, where they have such runs. `end`: of the cells."""
    if not _RUN_PROPERTIES.search(sheet, 0, end) or not _is_marked(sheet):
        return {}
    cells = (
        (cell, string) for cell in tree(sheet).iter() if cell.tag.endswith("}c") for string in cell.findall("{*}is")
    )
    found = ((_spot(cell.get("r", "")), rich_text(string)) for cell, string in cells)
    return {spot: rich for spot, rich in found if spot and rich.asides}


def rich_text(string: Element) -> RichText:
    """The letters of its runs, apart by how they look; a reading aid over them (`rPh`) is none."""
    kept: list[str] = []
    asides: list[tuple[Literal["struck", "raised"], str]] = []
    for child in string:
        kind = child.tag.rpartition("}")[2]
        if kind not in ("t", "r"):
            continue
        text = (child.text or "") if kind == "t" else "".join(t.text or "" for t in child.findall("{*}t"))
        look = child.find("{*}rPr")
        mark = _mark(look) if look is not None else ""
        if mark:
            asides.append((mark, text))
        else:
            kept.append(text)
    return RichText("".join(kept), tuple((mark, text) for mark, text in asides if text.strip()))


def _mark(font: Element) -> Mark:
    strike = font.find("{*}strike")
    if strike is not None and strike.get("val", "1") not in ("0", "false", "off"):
        return "struck"
    align = font.find("{*}vertAlign")
    return "raised" if align is not None and align.get("val") in ("superscript", "subscript") else ""


def as_seen(
    sheet: Sheet, marks: Mapping[Spot, Mark], rich: Mapping[Spot, RichText], asides: tuple[Aside, ...]
) -> Sheet:
    """The sheet without what is struck out or raised, which stands aside of its cell with all that is told there."""
    if not (marks or rich):
        return sheet._replace(asides=asides) if asides else sheet
    cells, apart = dict(sheet.cells), list(asides)
    for spot, text in rich.items():
        if spot in cells and spot not in marks:
            apart += [Aside(spot, mark, clean(said).strip()) for mark, said in text.asides]
            _put(cells, spot, as_cell(text.text, cells[spot].format))
    for spot, mark in marks.items():
        cell = cells.get(spot)
        if mark and cell and (mark == "struck" or not _is_word(cell)):
            apart.append(Aside(spot, mark, _shown(cell)))
            del cells[spot]
    return sheet._replace(cells=cells, asides=tuple(sorted(apart, key=lambda aside: aside.spot)))


def _put(cells: dict[Spot, Cell], spot: Spot, cell: Cell | None) -> None:
    if cell:
        cells[spot] = cell
    else:
        del cells[spot]


def _is_word(cell: Cell) -> bool:
    """A heading may be raised and is one all the same."""
    return isinstance(cell.value, str) and not re.search("[0-9]", cell.value)


def _shown(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)


# ── comments and text boxes ──────────────────────────────────────────────────────────────────────────────────


def holds_asides(names: Iterable[str]) -> dict[str, str]:
    """The package's parts by their names in lower case; none where it has neither comments nor drawings."""
    parts = {name.lower(): name for name in names}
    return parts if any("comment" in name or "/drawings/drawing" in name for name in parts) else {}


def asides_of_sheet(package: zipfile.ZipFile, sheet: str, names: Mapping[str, str]) -> tuple[Aside, ...]:
    """Comments, threads of comments and text boxes of the sheet that is the part `sheet`.

    `names`: the package's parts by their names in lower case. What is broken there spoils no report.
    """
    try:
        return tuple(_asides(package, sheet, names))
    except (Unreadable, ValueError):
        return ()


def _asides(package: zipfile.ZipFile, sheet: str, names: Mapping[str, str]) -> Iterator[Aside]:
    related = dict(_related(package, sheet, names))
    threads = list(_threads(tree(part(package, related["threadedComment"])))) if "threadedComment" in related else []
    yield from threads
    told = {aside.spot for aside in threads}
    if "comments" in related:
        yield from (a for a in _comments(tree(part(package, related["comments"]))) if a.spot not in told)
    if "drawing" in related:
        yield from _boxes(tree(part(package, related["drawing"])))


def _related(package: zipfile.ZipFile, sheet: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The kind of each part that the sheet refers to, and its name."""
    folder, name = posixpath.split(sheet)
    relations = names.get(f"{folder}/_rels/{name}.rels".lower())
    if relations is None:
        return
    for relation in tree(part(package, relations)):
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        if found := names.get(target.lower()):
            yield relation.get("Type", "").rpartition("/")[2], found


def _threads(root: Element) -> Iterator[Aside]:
    said: dict[Spot, list[str]] = {}
    for comment in root.findall("{*}threadedComment"):
        if spot := _spot(comment.get("ref", "")):
            said.setdefault(spot, []).append(_letters(comment, "{*}text"))
    yield from (Aside(spot, "comment", "\n".join(texts)) for spot, texts in said.items() if any(texts))


def _comments(root: Element) -> Iterator[Aside]:
    authors = [author.text or "" for author in root.findall("{*}authors/{*}author")]
    for comment in root.findall("{*}commentList/{*}comment"):
        author = comment.get("authorId", "")
        name = authors[int(author)] if author.isdigit() and int(author) < len(authors) else ""
        spot = _spot(comment.get("ref", ""))
        if spot and (said := said_in_comment(_letters(comment, ".//{*}t"), name)):
            yield Aside(spot, "comment", said)


# Beside a thread stands a comment for older programs: notices in the language of its writer, then what was said, each
# under a line of its own («Comment:», «Ответ:») and set in.
_OF_A_THREAD = "tc={"
_SAID_IN_A_THREAD = re.compile(r"^[^\s:][^\n:]*:\n {4}", re.MULTILINE)


def said_in_comment(text: str, author: str) -> str:
    """What a person has said in a comment, without the name that Excel puts above it and without what Svod
    has added below."""
    if author == AUTHOR:
        return ""
    text = text[: ours_begins(text)]
    if author.startswith(_OF_A_THREAD):
        said = (one.strip() for one in _SAID_IN_A_THREAD.split(text)[1:])
        return "\n".join(said) or text.strip()
    return text.removeprefix(f"{author}:").strip()


def _boxes(root: Element) -> Iterator[Aside]:
    """The text boxes of a drawing, each at the cell under its upper left corner."""
    for anchor in root:
        corner = anchor.find("{*}from")
        paragraphs = (_letters(p, ".//{*}t") for p in anchor.findall(".//{*}txBody/{*}p"))
        text = "\n".join(filter(None, paragraphs)).strip()
        if corner is not None and text:
            row, column = (int(corner.findtext(f"{{*}}{name}") or 0) + 1 for name in ("row", "col"))
            yield Aside(Spot(row, column), "box", text)


def _spot(reference: str) -> Spot | None:
    found = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", reference)
    return Spot(int(found[2]), column_number(found[1].encode())) if found else None


def _letters(element: Element, path: str) -> str:
    return clean("".join(found.text or "" for found in element.findall(path)))
