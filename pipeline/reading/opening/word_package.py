"""The parts of a Word package: found by what the package says of itself, not by the names that Word gives them.

.docx, .docm, .dotx and .dotm, transitional and strict, are one thing here: all is asked for by local names. Names of
parts are compared as Windows does, without regard to case and slashes.
"""

import posixpath
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from pipeline.reading.opening.guard import damaged, open_zip, part

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # strict
)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


class Relation(NamedTuple):
    """`kind`: the last word of its type (`header`, `styles` …), the same in transitional and strict files."""

    kind: str
    target: str


class WordPackage:
    """An opened document. Raises Unreadable where it holds no text document, or a part of it is damaged."""

    def __init__(self, data: bytes) -> None:
        self._zip = open_zip(data)
        self._names = {_plain_name(name): name for name in self._zip.namelist()}
        roots = self._relations("_rels/.rels").values()
        self._main = next((r.target for r in roots if r.kind == "officeDocument"), "word/document.xml")
        self.relations = self._relations(_relations_of(self._main))
        self.document = self._document()

    def _document(self) -> _Element:
        root = self._tree(self._main)
        if root is None or local(root) != "document" or etree.QName(root).namespace not in _WORD:
            raise damaged("в нём нет текста документа Word")
        return root

    def by_kind(self, kind: str) -> _Element | None:
        """The root of the one part of this kind (`styles`, `footnotes` …); None where the document has none."""
        return next((self._tree(r.target) for r in self.relations.values() if r.kind == kind), None)

    def by_id(self, relation: str) -> _Element | None:
        """The root of a part that the text refers to; None where there is none."""
        return self._tree(self.relations[relation].target) if relation in self.relations else None

    def _relations(self, name: str) -> dict[str, Relation]:
        root = self._tree(name)
        found = {} if root is None else {r.get("Id", ""): r for r in root.iter("{*}Relationship")}
        folder = posixpath.dirname(posixpath.dirname(name))
        return {
            key: Relation(r.get("Type", "").rpartition("/")[2], _resolved(folder, r.get("Target", "")))
            for key, r in found.items()
            if r.get("TargetMode") != "External"
        }

    def _tree(self, name: str) -> _Element | None:
        stored = self._names.get(_plain_name(name))
        if stored is None:
            return None
        try:
            root = etree.fromstring(part(self._zip, stored), _PARSER)
        except (etree.XMLSyntaxError, ValueError):
            raise damaged("внутри него испорчена разметка") from None
        if root.getroottree().docinfo.doctype:
            raise damaged("внутри него объявления (DTD), которых в документах Word не бывает")
        return root


def local(element: _Element) -> str:
    """The name without its namespace; blank for comments and processing instructions."""
    tag = element.tag
    return tag[tag.rfind("}") + 1 :] if isinstance(tag, str) else ""


def children(element: _Element | None, name: str) -> list[_Element]:
    return [] if element is None else [child for child in element if local(child) == name]


def child(element: _Element | None, *path: str) -> _Element | None:
    """The first element on this path of local names."""
    for name in path:
        element = None if element is None else next((one for one in element if local(one) == name), None)
    return element


def attribute(element: _Element | None, name: str, default: str = "") -> str:
    """By its local name, of its element's namespace before any other: prefixes differ from program to program."""
    if element is None:
        return default
    own = element.get(element.tag[: element.tag.rfind("}") + 1] + name)
    if own is not None:
        return str(own)
    return next((str(value) for key, value in element.items() if key.rpartition("}")[2] == name), default)


def is_on(element: _Element | None) -> bool:
    """A property that is there, unless its value takes it back."""
    return element is not None and attribute(element, "val", "1") not in ("0", "false", "off")


def number(element: _Element | None, name: str = "val", default: int = 0) -> int:
    digits = attribute(element, name)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else default


def _relations_of(name: str) -> str:
    folder, file = posixpath.split(name)
    return f"{folder}/_rels/{file}.rels".lstrip("/")


def _resolved(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
