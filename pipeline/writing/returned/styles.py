"""Cell styles (ECMA-376 part 1, 18.8): looks of our own, and looks of the school's cells with a mark laid over them.

Nothing that is there changes; what is missing is appended, once.
"""

from copy import deepcopy
from functools import cache
from typing import NamedTuple

import msgspec
from lxml import etree
from lxml.etree import _Element

from pipeline.writing.pages import colours
from pipeline.writing.returned.package import MAIN, Package, Unpatchable, q, whole_number
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
    """The style sheet of one workbook. A style is known by its index, `s` of a cell."""

    def __init__(self, package: Package, workbook: str) -> None:
        part = package.related(workbook, "styles")
        if not part:
            part = "xl/styles.xml"  # the only name that openpyxl looks for
            package.put(part, f'<styleSheet xmlns="{MAIN}"/>'.encode(), _STYLES)
            package.relate(workbook, "styles", part)
        self._root = package.tree(part)
        self._fonts = self._collection("fonts", _font(Look(size=colours.BODY_SIZE)))
        self._fills = self._collection("fills", _fill(""), '<fill><patternFill patternType="gray125"/></fill>')
        self._borders = self._collection("borders", _border())
        self._collection("cellStyleXfs", '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>')
        self._styles = self._collection("cellXfs", '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>')
        self._looks: dict[Look, int] = {}
        self._marked: dict[tuple[int, Severity], int] = {}

    def look(self, look: Look) -> int:
        """The style of a cell of our own."""
        if look not in self._looks:
            protection = '<protection locked="0"/>' if look.unlocked else ""
            applied = ' applyProtection="1"' if look.unlocked else ""
            self._looks[look] = self._styles.index(
                f'<xf numFmtId="{_TEXT_FORMAT if look.text else 0}" fontId="{self._fonts.index(_font(look))}" '
                f'fillId="{self._fills.index(_fill(look.fill))}" '
                f'borderId="{self._borders.index(_border("thin", look.rule, ("bottom",)))}" xfId="0" '
                'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
                f'{applied}><alignment horizontal="{look.align}" vertical="center" wrapText="1" '
                f'indent="{look.indent}"/>{protection}</xf>'
            )
        return self._looks[look]

    def marked(self, style: int, severity: Severity) -> int:
        """The style with a mark over it: border, tint, bold; number format, alignment, protection, font stay."""
        if (style, severity) not in self._marked:
            mark = MARKS[severity]
            xf = deepcopy(self._styles.at(style))
            font = self._fonts.at(whole_number(xf.get("fontId")))
            xf.set("fontId", str(self._fonts.append(_bold(font, mark.ink))))
            xf.set("fillId", str(self._fills.index(_fill(mark.tint))))
            xf.set("borderId", str(self._borders.index(_border("medium", mark.border))))
            for applied in ("applyFont", "applyFill", "applyBorder"):
                xf.set(applied, "1")
            self._marked[style, severity] = self._styles.append(xf)
        return self._marked[style, severity]

    def is_marked(self, style: int) -> bool:
        """Does the style bear one of our marks, whichever program has saved it since."""
        xf = self._styles.at(style)
        tint = self._fills.at(whole_number(xf.get("fillId"))).find(f"{q('patternFill')}/{q('fgColor')}")
        left = self._borders.at(whole_number(xf.get("borderId"))).find(q("left"))
        if tint is None or left is None or left.get("style") != "medium":
            return False
        border = left.find(q("color"))
        shown = (tint.get("rgb"), border.get("rgb") if border is not None else None)
        return shown in {(_rgb(mark.tint), _rgb(mark.border)) for mark in MARKS.values()}

    def _collection(self, tag: str, *defaults: str) -> "_Collection":
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
        collection = _Collection(element)
        if not collection.size:
            for entry in defaults:
                collection.index(entry)
        return collection


class _Collection:
    """A list of the style sheet whose entries are referred to by their place."""

    def __init__(self, element: _Element) -> None:
        self._element = element
        self._entries = list(element.iterchildren("*"))
        self._places: dict[str, int] = {}

    @property
    def size(self) -> int:
        return len(self._entries)

    def at(self, place: int) -> _Element:
        if place >= len(self._entries):
            raise Unpatchable
        return self._entries[place]

    def append(self, entry: _Element) -> int:
        """Returns the place of the new entry."""
        self._element.append(entry)
        self._entries.append(entry)
        self._element.set("count", str(len(self._entries)))
        return len(self._entries) - 1

    def index(self, xml: str) -> int:
        """The place of an entry of ours, which is appended when it is asked for first."""
        if xml not in self._places:
            self._places[xml] = self.append(etree.fromstring(f'<in xmlns="{MAIN}">{xml}</in>')[0])
        return self._places[xml]


# Our own looks are few, and the same in every file: what they are as XML is put together once.
@cache
def _font(look: Look) -> str:
    bold, underlined = "<b/>" if look.bold else "", "<u/>" if look.underlined else ""
    rest = f'<sz val="{look.size:g}"/>{_colour("color", look.colour)}<name val="{colours.FONT}"/><family val="2"/>'
    return f"<font>{bold}{underlined}{rest}</font>"


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
