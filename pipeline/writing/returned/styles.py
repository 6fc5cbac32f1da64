"""Cell styles (ECMA-376 part 1, 18.8): looks of our own, and looks of the school's cells with a mark laid over them.

Nothing that is there changes; what is missing is appended, once.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import NamedTuple

import msgspec
from lxml import etree
from lxml.etree import _Element

from pipeline.reading.remembering import once_a_part
from pipeline.writing.pages import colours
from pipeline.writing.returned.archive import SMALL
from pipeline.writing.returned.package import MAIN, Package, Unpatchable, parsed, q, whole_number, written
from schemas.remarks import Severity

_STYLES = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_TEXT_FORMAT = 49  # the built-in «@»

_CHILDREN = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip
_FONT_CHILDREN = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family",
    "charset", "scheme",
)  # fmt: skip


class Look(NamedTuple):
    """A cell of the remarks' sheet. Colours as in `colours`; `fill` and `rule` (a line below) blank for none."""

    size: float = 9
    bold: bool = False
    underlined: bool = False
    colour: str = colours.INK
    fill: str = ""
    rule: str = ""
    align: str = "left"
    indent: int = 0
    text: bool = False  # stays text when somebody edits it
    unlocked: bool = False  # to be typed into, whatever is protected


class MarkLook(msgspec.Struct, frozen=True):
    border: str
    tint: str
    ink: str


MARKS = {
    Severity.ERROR: MarkLook(colours.ORANGE, colours.ORANGE_TINT, colours.ORANGE_INK),
    Severity.WARNING: MarkLook(colours.NAVY, colours.NAVY_TINT, colours.NAVY),
    Severity.INFO: MarkLook(colours.GREY, colours.PANEL, colours.GREY),
}


class Styles:
    """The style sheet of one workbook. A style is known by its index, `s` of a cell. What is asked for is appended, and
    stands in the package after `put_into`."""

    def __init__(self, package: Package, workbook: str) -> None:
        self._part = package.related(workbook, "styles")
        if not self._part:
            self._part = "xl/styles.xml"  # the only name that openpyxl looks for
            package.put(self._part, f'<styleSheet xmlns="{MAIN}"/>'.encode(), _STYLES)
            package.relate(workbook, "styles", self._part)
        self._base = _style_sheet(package.read(self._part))
        self._added = {tag: _Added(entries) for tag, entries in self._base.lists.items()}
        self._looks: dict[Look, int] = {}
        self._marked: dict[tuple[int, Severity], int] = {}

    def put_into(self, package: Package) -> None:
        package.replace(self._part, self._base.with_added(self._added))

    def look(self, look: Look) -> int:
        """The style of a cell of our own."""
        if look not in self._looks:
            border = _border("thin", look.rule, ("bottom",))
            font, fill = self._place("fonts", _font(look)), self._place("fills", _fill(look.fill))
            self._looks[look] = self._place("cellXfs", _xf(look, font, fill, self._place("borders", border)))
        return self._looks[look]

    def marked(self, style: int, severity: Severity) -> int:
        """The style with a mark over it: border, tint, bold; number format, alignment, protection, font stay.

        Of the file's own styles: raises Unpatchable for any other. So a file ends as a fresh form where merged areas
        overlap and both are remarked, for their common cells would be marked twice.
        """
        if (style, severity) not in self._marked:
            mark, (font, xf) = MARKS[severity], self._base.marked(style, severity)
            places = {
                _FONT_PLACE: self._added["fonts"].append(font),
                _FILL_PLACE: self._place("fills", _fill(mark.tint)),
                _BORDER_PLACE: self._place("borders", _border("medium", mark.border)),
            }
            for name, place in places.items():
                xf = xf.replace(name, str(place))
            self._marked[style, severity] = self._added["cellXfs"].append(xf)
        return self._marked[style, severity]

    def is_marked(self, style: int) -> bool:
        """Does the style bear one of our marks, whichever program has saved it since."""
        return self._base.is_marked(style)

    def _place(self, tag: str, xml: str) -> int:
        """Of an entry of ours, which is appended when it is asked for first."""
        added = self._added[tag]
        if xml not in added.places:
            added.places[xml] = added.append(self._base.written(tag, xml))
        return added.places[xml]


class _Added:
    """What is appended to a list of the style sheet, whose entries are referred to by their place. `places`: of entries
    of ours by their XML."""

    def __init__(self, before: "_List") -> None:
        self._size = len(before.entries)
        self.entries: list[str] = []
        self.places = dict(before.places)

    def append(self, entry: str) -> int:
        """Returns the place of the new entry."""
        self.entries.append(entry)
        return self.size - 1

    @property
    def size(self) -> int:
        return self._size + len(self.entries)


class _StyleSheet:
    """A style sheet as it came, with all lists that we append to: the same in many files, so it is parsed once for all
    of them, and nothing in it changes any more."""

    def __init__(self, content: bytes) -> None:
        self._root = parsed(content)
        self._list("cellStyleXfs", '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>')
        self.lists = {
            "fonts": self._list("fonts", _font(Look(size=colours.BODY_SIZE))),
            "fills": self._list("fills", _fill(""), '<fill><patternFill patternType="gray125"/></fill>'),
            "borders": self._list("borders", _border()),
            "cellXfs": self._list("cellXfs", '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'),
        }
        self._pieces = self._cut()
        self._written: dict[tuple[str, str], str] = {}  # our own looks are few
        self._marked: dict[tuple[int, Severity], tuple[str, str]] = {}

    def with_added(self, added: Mapping[str, _Added]) -> bytes:
        """The style sheet's XML."""
        written = {}
        for tag, one in added.items():
            written[_SIZE + tag] = str(one.size)
            written[_END + tag] = "".join(one.entries)
        return "".join(written.get(piece, piece) for piece in self._pieces).encode()

    def written(self, tag: str, xml: str) -> str:
        """An entry of ours as it is written in that list."""
        if (tag, xml) not in self._written:
            self._written[tag, xml] = self.lists[tag].written(etree.fromstring(f'<in xmlns="{MAIN}">{xml}</in>')[0])
        return self._written[tag, xml]

    def marked(self, style: int, severity: Severity) -> tuple[str, str]:
        """The font and the style of a marked cell; in the style, names stand for the places of font, fill, border."""
        if (style, severity) not in self._marked:
            xf = deepcopy(self._at("cellXfs", style))
            font = self._at("fonts", whole_number(xf.get("fontId")))
            bold = self.lists["fonts"].written(_bold(font, MARKS[severity].ink))
            for attribute, place in (("fontId", _FONT_PLACE), ("fillId", _FILL_PLACE), ("borderId", _BORDER_PLACE)):
                xf.set(attribute, place)
            for applied in ("applyFont", "applyFill", "applyBorder"):
                xf.set(applied, "1")
            self._marked[style, severity] = bold, self.lists["cellXfs"].written(xf)
        return self._marked[style, severity]

    def is_marked(self, style: int) -> bool:
        xf = self._at("cellXfs", style)
        tint = self._at("fills", whole_number(xf.get("fillId"))).find(f"{q('patternFill')}/{q('fgColor')}")
        left = self._at("borders", whole_number(xf.get("borderId"))).find(q("left"))
        if tint is None or left is None or left.get("style") != "medium":
            return False
        border = left.find(q("color"))
        shown = (tint.get("rgb"), border.get("rgb") if border is not None else None)
        return shown in {(_rgb(mark.tint), _rgb(mark.border)) for mark in MARKS.values()}

    def _at(self, tag: str, place: int) -> _Element:
        entries = self.lists[tag].entries
        if place >= len(entries):
            raise Unpatchable
        return entries[place]

    def _list(self, tag: str, *defaults: str) -> "_List":
        """`fonts`, `fills` …; where the file has none, one with the entries that the first places stand for."""
        element = self._root.find(q(tag))
        if element is None:
            element = etree.Element(q(tag))
            later = [q(name) for name in _CHILDREN[_CHILDREN.index(tag) + 1 :]]
            follower = next((child for child in self._root if child.tag in later), None)
            if follower is None:
                self._root.append(element)
            else:
                follower.addprevious(element)
        entries = list(element.iterchildren("*"))
        if entries:
            return _List(element, entries, {})
        for entry in defaults:
            element.append(etree.fromstring(f'<in xmlns="{MAIN}">{entry}</in>')[0])
        element.set("count", str(len(defaults)))
        return _List(element, list(element.iterchildren("*")), {entry: place for place, entry in enumerate(defaults)})

    def _cut(self) -> list[str]:
        """The XML, where sizes and ends of the lists that we append to are pieces of their own, by their names."""
        for tag, one in self.lists.items():
            one.element.set("count", _SIZE + tag)
            one.element.append(etree.ProcessingInstruction(_END + tag))
        pieces = [piece for piece in _NAMES.split(written("", self._root).decode()) if piece is not None]
        if len(pieces) != 4 * len(self.lists) + 1:
            raise Unpatchable  # it says these names itself
        return pieces


_style_sheet = once_a_part(SMALL)(_StyleSheet)

# What stands in for what is known in the end.
_SIZE, _END = "svod-size-", "svod-end-"
_NAMES = re.compile(rf"({_SIZE}\w+)|<\?({_END}\w+) \?>")
_FONT_PLACE, _FILL_PLACE, _BORDER_PLACE = "svod-font", "svod-fill", "svod-border"


class _List(NamedTuple):
    """A list of the style sheet. `places`: of the entries that we have put there, by their XML."""

    element: _Element
    entries: list[_Element]
    places: dict[str, int]

    def written(self, entry: _Element) -> str:
        """An entry's XML as it stands in this list."""
        around = etree.Element(self.element.tag, nsmap=self.element.nsmap)
        around.append(entry)
        xml: str = etree.tostring(around, encoding="unicode")
        return xml[xml.index(">") + 1 : xml.rindex("</")]


# Our own looks are few, and the same in every file: what they are as XML is put together once.
@cache
def _font(look: Look) -> str:
    bold, underlined = "<b/>" if look.bold else "", "<u/>" if look.underlined else ""
    rest = f'<sz val="{look.size:g}"/>{_colour("color", look.colour)}<name val="{colours.FONT}"/><family val="2"/>'
    return f"<font>{bold}{underlined}{rest}</font>"


def _xf(look: Look, font: int, fill: int, border: int) -> str:
    protection = '<protection locked="0"/>' if look.unlocked else ""
    applied = ' applyProtection="1"' if look.unlocked else ""
    return (
        f'<xf numFmtId="{_TEXT_FORMAT if look.text else 0}" fontId="{font}" fillId="{fill}" borderId="{border}" '
        'xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
        f'{applied}><alignment horizontal="{look.align}" vertical="center" wrapText="1" indent="{look.indent}"/>'
        f"{protection}</xf>"
    )


def _bold(font: _Element, ink: str) -> _Element:
    """The font in bold and in this ink; name, size and the rest stay."""
    bold = deepcopy(font)
    for child in bold.findall(q("b")) + bold.findall(q("color")):
        bold.remove(child)
    etree.SubElement(bold, q("b"))
    etree.SubElement(bold, q("color"), rgb=_rgb(ink))
    order = [q(tag) for tag in _FONT_CHILDREN]
    bold[:] = sorted(bold, key=lambda child: order.index(child.tag) if child.tag in order else len(order))
    return bold


@cache
def _fill(colour: str) -> str:
    if not colour:
        return '<fill><patternFill patternType="none"/></fill>'
    inside = f'{_colour("fgColor", colour)}<bgColor indexed="64"/>'
    return f'<fill><patternFill patternType="solid">{inside}</patternFill></fill>'


_SIDES = ("left", "right", "top", "bottom")


@cache
def _border(style: str = "", colour: str = "", sides: tuple[str, ...] = _SIDES) -> str:
    line, none = f'<{{0}} style="{style}">{_colour("color", colour)}</{{0}}>', "<{0}/>"
    drawn = (line if colour and side in sides else none for side in _SIDES)
    lines = (template.format(side) for template, side in zip(drawn, _SIDES, strict=True))
    return f"<border>{''.join(lines)}<diagonal/></border>"


def _colour(tag: str, colour: str) -> str:
    return f'<{tag} rgb="{_rgb(colour)}"/>'


def _rgb(colour: str) -> str:
    return f"FF{colour[1:]}"
