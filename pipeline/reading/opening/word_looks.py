"""How a run of a Word document looks, as far as it decides what is read: hidden, struck out, raised, in which font.

Properties come from the defaults of the document, the styles of table, paragraph and run, and from the run itself
(ECMA-376 part 1, 17.7.2 and 17.7.3): a toggle that is on in two styles is off again; the run's own word is the last.
"""

from functools import cache
from typing import NamedTuple

from lxml.etree import _Element

from pipeline.reading.opening.word_package import attribute, child, children, is_on, local

_TOGGLES = ("vanish", "strike", "dstrike")


class Look(NamedTuple):
    hidden: bool = False
    struck: bool = False
    raised: bool = False
    font: str = ""


_Properties = dict[str, bool | str]  # what one place says, and only that


class _Style(NamedTuple):
    own: _Properties
    based_on: str


class Looks:
    """The styles of one document. `of` answers for a run by its properties and the styles around it."""

    def __init__(self, styles: _Element | None) -> None:
        self._defaults = _read(child(styles, "docDefaults", "rPrDefault", "rPr"))
        self._styles: dict[str, _Style] = {}
        self._default_style: dict[str, str] = {}  # kind of style -> its id
        for style in children(styles, "style"):
            code = attribute(style, "styleId")
            self._styles[code] = _Style(_read(child(style, "rPr")), attribute(child(style, "basedOn"), "val"))
            if attribute(style, "default") in ("1", "true", "on"):
                self._default_style[attribute(style, "type")] = code
        self._by_styles = cache(self._of_styles)

    def of(self, run: _Element | None, paragraph_style: str, table_style: str) -> Look:
        """`run`: its `rPr`."""
        styled = self._by_styles(attribute(child(run, "rStyle"), "val"), paragraph_style, table_style)
        found = styled | _read(run)
        struck = bool(found.get("strike") or found.get("dstrike"))
        return Look(bool(found.get("vanish")), struck, found.get("align") == "superscript", str(found.get("font", "")))

    def _of_styles(self, run: str, paragraph: str, table: str) -> _Properties:
        levels = [
            self._chain(code or self._default_style.get(kind, ""))
            for kind, code in (("table", table), ("paragraph", paragraph), ("character", run))
        ]
        found = dict(self._defaults)
        for level in levels:
            found |= level
        return found | {name: self._toggled(name, levels) for name in _TOGGLES}

    def _toggled(self, name: str, levels: list[_Properties]) -> bool:
        on = sum(bool(level.get(name)) for level in levels)
        return bool(self._defaults.get(name)) or on % 2 == 1

    def _chain(self, code: str) -> _Properties:
        """The style over those that it is based on, each asked once."""
        found, seen = _Properties(), set[str]()
        while code in self._styles and code not in seen:
            seen.add(code)
            found = self._styles[code].own | found
            code = self._styles[code].based_on
        return found


def _read(properties: _Element | None) -> _Properties:
    """Only its own children: below `rPrChange` stands what was before a tracked change."""
    found: _Properties = {}
    for element in () if properties is None else properties:
        match local(element):
            case name if name in _TOGGLES:
                found[name] = is_on(element)
            case "vertAlign":
                found["align"] = attribute(element, "val")
            case "rFonts" if font := attribute(element, "ascii") or attribute(element, "hAnsi"):
                found["font"] = font
    return found
