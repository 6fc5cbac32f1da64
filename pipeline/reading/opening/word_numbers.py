"""Automatic numbers of paragraphs, counted as Word counts them: «1.», «6.2», «а)». They stand in no text element."""

import re
from typing import NamedTuple

from lxml.etree import _Element

from pipeline.reading.opening.word_package import attribute, child, children, is_on, number

_LATIN, _RUSSIAN = "abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуфхцчшщыэюя"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


class _Level(NamedTuple):
    """`text` is «%1.%2»: a percent sign and the level whose count stands there."""

    start: int
    form: str
    text: str
    legal: bool


class _List(NamedTuple):
    """A list of the document: the lists with one `pattern` count on from one another."""

    pattern: str
    levels: dict[int, _Level]
    restarts: dict[int, int]  # level -> with what this list begins


class Numbers:
    """The lists of one document and how far each has counted."""

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        patterns = {attribute(one, "abstractNumId"): one for one in children(numbering, "abstractNum")}
        shared = {attribute(child(one, "styleLink"), "val"): one for one in patterns.values()}
        self._lists: dict[str, _List] = {}
        for one in children(numbering, "num"):
            pattern = attribute(child(one, "abstractNumId"), "val")
            found = patterns.get(pattern)
            linked = shared.get(attribute(child(found, "numStyleLink"), "val") or "-", found)
            self._lists[attribute(one, "numId")] = _list(pattern, linked, children(one, "lvlOverride"))
        self._styles = {attribute(style, "styleId"): style for style in children(styles, "style")}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()

    def next(self, properties: _Element | None) -> str:
        """The number of the next paragraph with these properties; blank where it has none, or a bullet."""
        code, depth = self._of(properties)
        of_list = self._lists.get(code)
        if of_list is None or depth not in of_list.levels:
            return ""
        counts = self._counts.setdefault(of_list.pattern, {})
        if code not in self._begun:
            self._begun.add(code)
            counts.update({level: start - 1 for level, start in of_list.restarts.items()})
        level = of_list.levels[depth]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        return "" if level.form == "bullet" else _written(level, of_list.levels, counts)

    def _of(self, properties: _Element | None) -> tuple[str, int]:
        """List and level of a paragraph: by its own word, else by its style and those that it is based on."""
        code, depth = attribute(child(properties, "numPr", "numId"), "val"), child(properties, "numPr", "ilvl")
        style, seen = attribute(child(properties, "pStyle"), "val"), set[str]()
        while style in self._styles and style not in seen and not (code and depth is not None):
            seen.add(style)
            given = child(self._styles[style], "pPr", "numPr")
            code = code or attribute(child(given, "numId"), "val")
            depth = depth if depth is not None else child(given, "ilvl")
            style = attribute(child(self._styles[style], "basedOn"), "val")
        return code, number(depth)


def _list(pattern: str, definition: _Element | None, overrides: list[_Element]) -> _List:
    levels = {number(one, "ilvl"): _level(one) for one in children(definition, "lvl")}
    restarts = {}
    for override in overrides:
        depth = number(override, "ilvl")
        if (level := child(override, "lvl")) is not None:
            levels[depth] = _level(level)
        if (start := child(override, "startOverride")) is not None:
            restarts[depth] = number(start, default=1)
    return _List(pattern, levels, restarts)


def _level(element: _Element) -> _Level:
    start, form = number(child(element, "start"), default=1), attribute(child(element, "numFmt"), "val", "decimal")
    return _Level(start, form, attribute(child(element, "lvlText"), "val"), is_on(child(element, "isLgl")))


def _written(level: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    def counted(place: re.Match[str]) -> str:
        depth = int(place[1]) - 1
        above = levels.get(depth, level)
        return _figure(counts.get(depth, above.start), "decimal" if level.legal else above.form)

    return re.sub("%([1-9])", counted, level.text)


def _figure(count: int, form: str) -> str:
    match form:
        case "none":
            return ""
        case "decimalZero":
            return f"{count:02d}"
        case "lowerLetter" | "upperLetter" | "russianLower" | "russianUpper" if count > 0:
            letters = _RUSSIAN if form.startswith("russian") else _LATIN
            said = letters[(count - 1) % len(letters)] * min((count - 1) // len(letters) + 1, 9)
        case "lowerRoman" | "upperRoman" if 0 < count < 4000:
            said = _roman(count)
        case _:
            return str(count)
    return said.upper() if form.startswith("upper") or form.endswith("Upper") else said


def _roman(count: int) -> str:
    said = ""
    for value, letters in _ROMAN:
        said += letters * (count // value)
        count %= value
    return said
