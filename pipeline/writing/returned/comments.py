"""Comments on cells as all office programs know them: the text in one part (ECMA-376 part 1, 18.7), the box that shows
it in a VML drawing (part 4, 19). A sheet may have both, one or none; what is there stays.
"""

import re
from collections.abc import Mapping, Sequence

from lxml import etree
from lxml.etree import _Element

from pipeline.writing.pages import colours
from pipeline.writing.returned.cells import Cells
from pipeline.writing.returned.package import MAIN, RELATIONS, Package, Unpatchable, q, whole_number
from pipeline.writing.returned.styles import MARKS
from pipeline.writing.returned.texts import Shown, xml_text
from schemas.addresses import LAST_COLUMN, Spot, address
from schemas.own_comments import AUTHOR, CAPTIONS, ours_begins

_WIDTH, _HEIGHT = 320, 120  # pixels; the height for each remark
_MOST_HEIGHTS = 4

_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_AFTER_DRAWING = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"  # of controls
_THREAD = "tc="  # the author of a comment that only stands in for a thread of replies


class Comments:
    """The comments of one worksheet, which is the part `sheet`."""

    def __init__(self, package: Package, sheet: str, worksheet: _Element) -> None:
        self._package = package
        self._sheet = sheet
        self._worksheet = worksheet
        self._part = package.related(sheet, "comments")

    def add(self, remarks: Mapping[Spot, Sequence[Shown]], cells: Cells) -> None:
        """One comment on each cell, with all its remarks; a comment that is there is written on."""
        if self._part:
            boxes = self._write_on(remarks)
        else:
            boxes = dict(remarks)
            self._part = self._package.free_name("xl/comments{}.xml")
            entries = "".join(_comment(place, 0, about) for place, about in remarks.items())
            self._package.put(self._part, _NEW_COMMENTS.format(entries=entries).encode(), _COMMENTS)
            self._package.relate(self._sheet, "comments", self._part)
        if boxes:
            self._draw(boxes, cells)

    def cut(self, places: Sequence[Spot]) -> None:
        """Takes our words out of the comments on these cells; where nothing else was said, the comment too."""
        if not self._part:
            return
        entries = _list(self._package.tree(self._part))
        there = {entry.get("ref"): entry for entry in entries}
        bare = []
        for place in places:
            entry = there.get(address(place))
            ours = None if entry is None else ours_begins("".join(entry.itertext(q("t"))))
            if entry is not None and ours is not None:
                _shorten(entry, ours)
                if not ours:
                    entries.remove(entry)
                    bare.append(place)
        self._erase(bare)

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────
    def _write_on(self, remarks: Mapping[Spot, Sequence[Shown]]) -> dict[Spot, Sequence[Shown]]:
        """Into the comments that are there; returns those for which there is no box yet."""
        root = self._package.tree(self._part)
        author = _author(root)
        entries = _list(root)
        there = {entry.get("ref"): entry for entry in entries}
        new = {}
        for place, about in remarks.items():
            entry = there.get(address(place))
            if entry is None:
                entries.extend(_elements(_comment(place, author, about)))
                new[place] = about
            elif not _is_thread(root, entry):
                _add_words(entry, about)
        return new

    # ── boxes ────────────────────────────────────────────────────────────────────────────────────────────
    def _draw(self, boxes: Mapping[Spot, Sequence[Shown]], cells: Cells) -> None:
        drawing = self._drawing()
        if not drawing:
            drawn = "".join(_box(number, *box, cells) for number, box in enumerate(boxes.items(), _FIRST_BOX))
            self._put_drawing(_NEW_DRAWING.format(boxes=drawn).encode())
            return
        root = self._package.tree(drawing)
        if root.find(f"{_V}shapetype[@id='{_BOX_TYPE}']") is None:
            root.extend(_vml(_BOX_TYPE_DEFINED))
        names = (re.fullmatch(r"_x0000_s(\d{1,9})", shape.get("id", "")) for shape in root.iter(f"{_V}shape"))
        last = max((int(name[1]) for name in names if name), default=_FIRST_BOX - 1)
        for number, box in enumerate(boxes.items(), last + 1):
            root.extend(_vml(_box(number, *box, cells)))

    def _drawing(self) -> str:
        """The sheet's VML drawing; blank where it has none. Raises Unpatchable where it names one that is not there."""
        element = self._worksheet.find(q("legacyDrawing"))
        if element is None:
            return ""
        number = element.get(f"{{{RELATIONS}}}id")
        found = next((one.target for one in self._package.relations(self._sheet) if one.id == number), "")
        if not self._package.has(found):
            raise Unpatchable
        return found

    def _put_drawing(self, content: bytes) -> None:
        drawing = self._package.free_name("xl/drawings/vmlDrawing{}.vml")
        self._package.put(drawing, content, _VML)
        element = etree.Element(q("legacyDrawing"))
        element.set(f"{{{RELATIONS}}}id", self._package.relate(self._sheet, "vmlDrawing", drawing))
        later = [*map(q, _AFTER_DRAWING), _ALTERNATIVE]
        follower = next((child for child in self._worksheet if child.tag in later), None)
        if follower is None:
            self._worksheet.append(element)
        else:
            follower.addprevious(element)

    def _erase(self, places: Sequence[Spot]) -> None:
        """Takes the boxes of these cells' comments out of the drawing."""
        drawing = self._drawing() if places else ""
        if not drawing:
            return
        gone = {(str(place.row - 1), str(place.column - 1)) for place in places}
        root = self._package.tree(drawing)
        for shape in root.findall(f"{_V}shape"):
            note = shape.find(f"{_X}ClientData[@ObjectType='Note']")
            if note is not None and (note.findtext(f"{_X}Row"), note.findtext(f"{_X}Column")) in gone:
                root.remove(shape)


def _list(root: _Element) -> _Element:
    entries = root.find(q("commentList"))
    if entries is None:
        raise Unpatchable
    return entries


def _author(root: _Element) -> int:
    """The place of our name in the list of authors."""
    authors = root.find(q("authors"))
    if authors is None:
        raise Unpatchable
    names = [author.text for author in authors]
    if AUTHOR not in names:
        names.append(AUTHOR)
        etree.SubElement(authors, q("author")).text = AUTHOR
    return names.index(AUTHOR)


def _is_thread(root: _Element, entry: _Element) -> bool:
    authors = root.findall(f"{q('authors')}/{q('author')}")
    number = whole_number(entry.get("authorId"))
    return number < len(authors) and (authors[number].text or "").startswith(_THREAD)


def _add_words(entry: _Element, about: Sequence[Shown]) -> None:
    text = entry.find(q("text"))
    if text is None:
        raise Unpatchable
    for plain in text.findall(q("t")):  # a text has plain words or runs, not both
        run = etree.Element(q("r"))
        plain.addprevious(run)
        run.append(plain)
    text.extend(_elements(_words(about, follow=bool(text.findall(q("r"))))))


def _shorten(entry: _Element, length: int) -> None:
    """Leaves so many characters of the comment."""
    for words in list(entry.iter(q("t"))):
        text = words.text or ""
        words.text = text[:length]
        if not length:
            run = words.getparent()
            run.getparent().remove(run)
        length -= len(words.text)


# ── XML ──────────────────────────────────────────────────────────────────────────────────────────────────
_NEW_COMMENTS = (
    f"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<comments xmlns=\"{MAIN}\">"
    f"<authors><author>{AUTHOR}</author></authors><commentList>{{entries}}</commentList></comments>"
)
_FONT = f'<sz val="9"/><color rgb="FF{colours.INK[1:]}"/><rFont val="{colours.FONT}"/><family val="2"/>'


def _comment(place: Spot, author: int, about: Sequence[Shown]) -> str:
    return f'<comment ref="{address(place)}" authorId="{author}"><text>{_words(about)}</text></comment>'


def _words(about: Sequence[Shown], follow: bool = False) -> str:
    """What is said, run by run; `follow`: other words stand before."""
    runs: list[str] = []
    for remark in about:
        gap = "\n\n" if follow or runs else ""
        runs.append(_run(f"{gap}{CAPTIONS[remark.severity]}", "<b/>"))
        runs.append(_run(f"\n{remark.message}\nЧто сделать: {remark.todo}"))
    return "".join(runs)


def _run(words: str, bold: str = "") -> str:
    return f'<r><rPr>{bold}{_FONT}</rPr><t xml:space="preserve">{xml_text(words)}</t></r>'


def _elements(xml: str) -> list[_Element]:
    return list(etree.fromstring(f'<in xmlns="{MAIN}">{xml}</in>'))


# ── VML ──────────────────────────────────────────────────────────────────────────────────────────────────
_NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_V, _X = "{urn:schemas-microsoft-com:vml}", "{urn:schemas-microsoft-com:office:excel}"
_BOX_TYPE = "_x0000_t202"
_BOX_TYPE_DEFINED = (
    f'<v:shapetype id="{_BOX_TYPE}" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_NEW_DRAWING = (
    f'<xml {_NAMESPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    f"{_BOX_TYPE_DEFINED}{{boxes}}</xml>"
)
_FIRST_BOX = 1025


def _vml(xml: str) -> list[_Element]:
    return list(etree.fromstring(f"<xml {_NAMESPACES}>{xml}</xml>"))


def _box(number: int, place: Spot, about: Sequence[Shown], cells: Cells) -> str:
    height = _HEIGHT * min(len(about), _MOST_HEIGHTS)
    tint = MARKS[about[0].severity].tint
    anchor = ", ".join(map(str, _anchor(place, height, cells)))
    return (
        f'<v:shape id="_x0000_s{number}" type="#{_BOX_TYPE}" style="position:absolute;margin-left:60pt;margin-top:2pt;'
        f'width:{_WIDTH * 3 // 4}pt;height:{height * 3 // 4}pt;z-index:{number % 1024};visibility:hidden" '
        f'fillcolor="{tint.lower()}" o:insetmode="auto"><v:fill color2="{tint.lower()}"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{place.row - 1}</x:Row><x:Column>{place.column - 1}</x:Column>"
        "</x:ClientData></v:shape>"
    )


def _anchor(place: Spot, height: int, cells: Cells) -> tuple[int, ...]:
    """First column, pixels into it, first row, pixels into it, the same of the last, counted from 0: to the right of
    the cell, a row above it."""
    column, row = min(cells.area(place)[-1].column + 1, LAST_COLUMN), max(place.row - 1, 1)
    last_column, right = column, 15 + _WIDTH
    while right > (width := cells.column_width(last_column)) and last_column < LAST_COLUMN:
        right -= width
        last_column += 1
    last_row, bottom = row, 10 + height
    while bottom > (tall := cells.row_height(last_row)):
        bottom -= tall
        last_row += 1
    return column - 1, 15, row - 1, 10, last_column - 1, right, last_row - 1, bottom
