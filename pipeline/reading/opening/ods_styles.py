"""How the cells of an OpenDocument spreadsheet look: what is struck out or raised, which words a number format adds."""

from collections.abc import Mapping
from typing import NamedTuple
from xml.sax.xmlreader import AttributesImpl

from pipeline.reading.opening.xlsx_looks import Mark

CELL, TEXT = "table-cell", "text"  # families of styles


class _Name(NamedTuple):
    """Names of styles are unique within their family alone."""

    family: str
    name: str


class Styles:
    """Collects the styles while a parser goes through styles.xml and content.xml."""

    def __init__(self) -> None:
        self.hidden_tables: set[str] = set()
        self._open: _Name | None = None
        self._parents: dict[_Name, str] = {}
        self._marks: dict[_Name, Mark] = {}
        self._numbers: dict[str, str] = {}  # cell style -> its number style
        self._formats: dict[str, _NumberStyle] = {}
        self._number: _NumberStyle | None = None  # that is open
        self._in_words = False

    def start(self, name: str, attrs: AttributesImpl) -> None:
        if self._number:
            self._start_in_number(self._number, name, attrs)
            return
        match name:
            case "style:style":
                self._open_style(attrs)
            case "style:table-properties" if self._open and attrs.get("table:display") == "false":
                self.hidden_tables.add(self._open.name)
            case "style:text-properties" if self._open:
                mark = _mark(attrs)
                if mark is not None:
                    self._marks[self._open] = mark
            case "number:number-style":
                self._number = self._formats[attrs.get("style:name", "")] = _NumberStyle()

    def _open_style(self, attrs: AttributesImpl) -> None:
        self._open = _Name(attrs.get("style:family", ""), attrs.get("style:name", ""))
        if parent := attrs.get("style:parent-style-name"):
            self._parents[self._open] = parent
        if self._open.family == CELL and (number := attrs.get("style:data-style-name")):
            self._numbers[self._open.name] = number

    def _start_in_number(self, number: "_NumberStyle", name: str, attrs: AttributesImpl) -> None:
        match name:
            case "number:text":
                number.parts.append(_Words(""))
                self._in_words = True
            case "number:number":
                number.parts.append("0")
            case "style:map":
                condition = attrs.get("style:condition", "").replace("value()", "").replace("!=", "<>")
                number.cases.append((condition, attrs.get("style:apply-style-name", "")))
            case "style:text-properties":
                pass
            case _:
                number.is_plain = False

    def characters(self, content: str) -> None:
        if self._in_words and self._number:
            self._number.parts[-1] = _Words(self._number.parts[-1] + content)

    def end(self, name: str) -> None:
        match name:
            case "style:style":
                self._open = None
            case "number:text":
                self._in_words = False
            case "number:number-style":
                self._number = None

    def mark(self, family: str, name: str) -> Mark:
        """Whether the text of a style is struck out or raised: what it says itself, or the style that it comes from."""
        for style in self._line(_Name(family, name)):
            if style in self._marks:
                return self._marks[style]
        return ""

    def number_format(self, name: str) -> str:
        """The number format of a cell style as Excel writes it, where it adds words to the number; else blank."""
        number = next((self._numbers[s.name] for s in self._line(_Name(CELL, name)) if s.name in self._numbers), "")
        found = self._formats.get(number)
        if found is None:
            return ""
        cases = [(condition, self._formats.get(of)) for condition, of in found.cases]
        sections = [f"[{condition}]{of.code()}" for condition, of in cases if of] + [found.code()]
        plain = all(of and of.is_plain for of in (found, *(of for _, of in cases)))
        return ";".join(sections) if plain and '"' in "".join(sections) else ""

    def _line(self, style: _Name) -> list[_Name]:
        """The style and those that it comes from, the nearest first."""
        line = [style]
        while (parent := self._parents.get(line[-1])) and _Name(style.family, parent) not in line:
            line.append(_Name(style.family, parent))
        return line


class _Words(str):
    """What a number format writes beside the digits."""

    __slots__ = ()


class _NumberStyle:
    """One format. `cases`: condition and name of the format that is used in its place. `is_plain`: it holds digits and
    words alone."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.cases: list[tuple[str, str]] = []
        self.is_plain = True

    def code(self) -> str:
        return "".join(_quoted(part) if isinstance(part, _Words) else part for part in self.parts)


def _quoted(words: str) -> str:
    return f'"{words.replace(_QUOTE, _ESCAPED)}"' if words else ""


_QUOTE, _ESCAPED = '"', '"\\""'


def _mark(look: Mapping[str, str] | AttributesImpl) -> Mark | None:
    """Of text properties: ODF 1.2 part 1, 20.380 and 20.384. None where they say nothing of it."""
    line = look.get("style:text-line-through-style", look.get("style:text-line-through-type"))
    position = look.get("style:text-position", "").split()
    if line not in (None, "none"):
        return "struck"
    if position:
        return "raised" if position[0] not in ("0%", "auto") else ""
    return None if line is None else ""
