"""An OOXML file as a package of parts: those that change are parsed and written anew, all others are copied as they
are, still compressed. Relations and content types (ECMA-376 part 2) are kept in step.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Concatenate, NamedTuple, ParamSpec
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element

from pipeline.reading.opening.guard import MB
from pipeline.reading.remembering import once_a_part
from pipeline.writing.returned.archive import SMALL, Archive, NewArchive
from pipeline.writing.returned.archive import Unpatchable as Unpatchable

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"  # the transitional kind, which Excel writes
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_CONTENT_TYPES = "[Content_Types].xml"

_LARGEST = 10 * MB  # of a part that is parsed: its tree takes ten times as much memory; a form's sheet has 30 kB
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, collect_ids=False)
_COMMANDS = ("{*}ddeLink", "{*}oleLink")  # of a link to another workbook: programs that Excel is to ask
_SHOWN = ("{*}blip", "{*}svgBlip", "{*}audioFile", "{*}videoFile", "{*}quickTimeFile")  # may lie elsewhere: `r:link`
# Functions that fetch something or run a program as soon as they are computed; what stands before them («_xlfn.») is a
# part of their names. Besides, Excel asks a program in a way of its own («cmd|'/c calc'!A1»). Texts and names of sheets
# or columns may hold all of that.
_ASKING = frozenset(
    {
        *("WEBSERVICE", "IMAGE", "IMPORTTEXT", "IMPORTCSV", "STOCKHISTORY", "TRANSLATE", "COPILOT", "PY", "RTD", "DDE"),
        *("INITIATE", "POKE", "REQUEST", "SQL", "CALL", "EXEC", "EXECUTE", "RUN", "EVALUATE", "FILES", "OPEN", "FOPEN"),
        "REGISTER",
    }
)
_CALLED = re.compile(r"(?<![\w.])[A-Z_a-z][\w.]*+(?=\s*\()", re.ASCII)
_FORMULAS = tuple(
    f"{{*}}{name}"
    for name in ("f", "definedName", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula")
)
_QUOTED = re.compile(r""""[^"]*"|'[^']*'|\[(?:[^\[\]']|'.)*\]""")
_MOST_KEPT = 4 * MB  # of bytes that are looked at again, in all; what a school fills in has 100 kB


P = ParamSpec("P")


class Relation(NamedTuple):
    """A relation inside the package. `kind`: the last word of its type, `worksheet`; `target`: name of a part."""

    id: str
    kind: str
    target: str


def q(tag: str) -> str:
    """The tag in the main namespace, as lxml names it."""
    return f"{{{MAIN}}}{tag}"


def whole_number(text: str | None, otherwise: int = 0) -> int:
    """A number that the file gives in an attribute; `otherwise` where it gives none."""
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit()):
        raise Unpatchable
    return int(text)


class Package:
    """The parts of one file by their names (`xl/workbook.xml`)."""

    def __init__(self, data: bytes) -> None:
        """Raises Unpatchable for what is no OOXML workbook or breaks a limit."""
        self._archive = Archive(data)
        self._names = set(self._archive.entries)
        self._trees: dict[str, _Element] = {}
        self._contents: dict[str, bytes] = {}
        self._inflated: dict[str, bytes] = {}  # to be looked at: every part is, for its soundness, and sheets again
        self._room = _MOST_KEPT
        if _CONTENT_TYPES not in self._names:
            raise Unpatchable

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._names)

    def has(self, name: str) -> bool:
        return name in self._names

    def read(self, name: str) -> bytes:
        """The part's bytes as they came or were put."""
        if name in self._contents:
            return self._contents[name]
        if name not in self._names:
            raise Unpatchable
        if name not in self._inflated:
            content = self._archive.content(name)
            if len(content) > self._room:
                return content
            self._room -= len(content)
            self._inflated[name] = content
        return self._inflated[name]

    def tree(self, name: str) -> _Element:
        """The root of the part's XML; what is changed in it will be written."""
        if name not in self._trees:
            self._trees[name] = self.parsed(name)
        return self._trees[name]

    def parsed(self, name: str) -> _Element:
        """The root of the part's XML to look at; the part stays as it is."""
        return parsed(self.read(name))

    def is_well_formed(self, name: str) -> bool:
        """Does the part parse, and declares nothing and asks no program."""
        return name in self._trees or _is_well_formed(self.read(name))

    def put(self, name: str, content: bytes, content_type: str) -> None:
        """A new part, or new bytes for one that is there."""
        self._drop(name)
        self._names.add(name)
        self._contents[name] = content
        self.declare(name, content_type)

    def replace(self, name: str, content: bytes) -> None:
        """New bytes for a part that stays what it is. Raises Unpatchable for one that `tree` has given out: a file may
        name one part for two things, and what is changed in its tree would be lost."""
        if name in self._trees:
            raise Unpatchable
        self._inflated.pop(name, None)
        self._contents[name] = content

    def remove(self, name: str) -> None:
        """Takes the part out with its relations and its content type."""
        self._drop(name)
        self.forget_relations(name)
        self._edit(_CONTENT_TYPES, _undeclared, name)

    def leave_out(self, names: Iterable[str]) -> None:
        """Takes these parts out, and every relation that leads to one of them."""
        gone = set(names)
        for name in gone & self._names:
            self.remove(name)
        for rels in [name for name in self._names if name.endswith(".rels")]:
            part = _source_of(rels)
            if any(relation.target in gone for relation in self.relations(part)):
                self._edit(rels, _unrelated_to, posixpath.dirname(part), frozenset(gone))

    def _drop(self, name: str) -> None:
        self._names.discard(name)
        self._trees.pop(name, None)
        self._contents.pop(name, None)
        self._inflated.pop(name, None)

    def free_name(self, pattern: str) -> str:
        """The first of `xl/comments1.xml`, `xl/comments2.xml` … that no part has."""
        taken = {name.lower() for name in self._names}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    # ── content types ────────────────────────────────────────────────────────────────────────────────────
    def is_declared(self, name: str, endings: tuple[str, ...]) -> bool:
        """Does a type that is declared for the part or for its extension end so (in small letters)."""
        declared = _types_declared(self.read(_CONTENT_TYPES))
        place = unquote(name).lower()
        types = declared.get(place, ()) + declared.get(f".{place.rpartition('.')[2]}", ())
        return any(said.endswith(endings) for said in types)

    def declare(self, name: str, content_type: str) -> None:
        self._edit(_CONTENT_TYPES, _declared, name, content_type)

    def forget_default(self, content_type: str) -> None:
        """No file extension stands for this type any longer."""
        self._edit(_CONTENT_TYPES, _without_default, content_type)

    # ── relations ────────────────────────────────────────────────────────────────────────────────────────
    def relations(self, name: str) -> tuple[Relation, ...]:
        """From this part to others of the package; a blank name stands for the package itself."""
        part = _relations_part(name)
        if part not in self._names:
            return ()
        return _relations(self.read(part), posixpath.dirname(name))

    def relations_in(self, relations: str) -> tuple[Relation, ...]:
        """To other parts, of the part with these relations."""
        return _relations(self.read(relations), posixpath.dirname(_source_of(relations)))

    def kinds_outside(self, relations: str) -> frozenset[str]:
        """Of the relations in that part that lead out of the package, in small letters."""
        return _kinds_outside(self.read(relations))

    def kinds(self, relations: str) -> frozenset[str]:
        """Of the relations in that part, those that lead out of the package among them, in small letters."""
        return _kinds(self.read(relations))

    def related(self, name: str, kind: str) -> str:
        """The first part related in this way; blank where there is none."""
        return next((relation.target for relation in self.relations(name) if relation.kind == kind), "")

    def relate(self, name: str, kind: str, target: str) -> str:
        """A new relation; returns its id."""
        part = _relations_part(name)
        if part not in self._names:
            self._names.add(part)
            self._contents[part] = _NO_RELATIONS
        taken = _ids(self.read(part))
        number = 1 + len(taken)
        while f"rId{number}" in taken:
            number += 1
        self._edit(part, _related, f"rId{number}", kind, target)
        return f"rId{number}"

    def unrelate(self, name: str, kind: str) -> None:
        self._edit(_relations_part(name), _unrelated, kind)

    def forget_relations(self, name: str) -> None:
        """The part is related to nothing any longer."""
        self._drop(_relations_part(name))

    def _edit(self, name: str, edited: Callable[Concatenate[bytes, P], bytes], *how: P.args, **named: P.kwargs) -> None:
        """A part that `tree` has not given out."""
        self.replace(name, edited(self.read(name), *how, **named))

    # ── the file ─────────────────────────────────────────────────────────────────────────────────────────
    def to_bytes(self) -> bytes:
        """The archive in the order of the one it came from, new parts at the end. Raises Unpatchable where a part that
        stays is not where the file says it is."""
        changed = self._contents | {name: written(name, root) for name, root in self._trees.items()}
        archive = NewArchive()
        for name in self._archive.entries:
            if name in changed:
                archive.add(name, changed.pop(name))
            elif name in self._names:
                archive.copy(self._archive, name)
        for name, content in changed.items():
            archive.add(name, content)
        return archive.to_bytes()


@once_a_part(SMALL)
def _is_well_formed(xml: bytes) -> bool:
    try:
        parsed(xml)
    except Unpatchable:
        return False
    return True


def parsed(xml: bytes) -> _Element:
    """The root. Raises Unpatchable for what is no XML, is too large, declares something, or asks a program: of that
    the tree is asked, since bytes have many encodings and prefixes."""
    if len(xml) > _LARGEST:
        raise Unpatchable
    try:
        root = etree.fromstring(xml, _PARSER)
    except etree.XMLSyntaxError:
        raise Unpatchable from None
    if root.getroottree().docinfo.doctype or next(root.iter(*_COMMANDS), None) is not None:
        raise Unpatchable
    if any(_is_linked(shown) for shown in root.iter(*_SHOWN)) or any(_asks(formula) for formula in _formulas(root)):
        raise Unpatchable
    return root


def _is_linked(shown: _Element) -> bool:
    return any(name.endswith("}link") for name in shown.attrib)


def _formulas(root: _Element) -> Iterator[str]:
    for element in root.iter(*_FORMULAS):
        yield (element.text or "") if len(element) == 0 else element.xpath("string()")  # without comments in it
    for bound in root.iter("{*}cfvo"):
        yield bound.get("val", "")


@lru_cache(maxsize=1_024)  # a form's formulas are the same in every file of a batch
def _asks(formula: str) -> bool:
    return _seems_to_ask(formula) and _seems_to_ask(_QUOTED.sub(" ", formula))


def _seems_to_ask(formula: str) -> bool:
    return "|" in formula or any(not _ASKING.isdisjoint(name.upper().split(".")) for name in _CALLED.findall(formula))


def written(name: str, root: _Element) -> bytes:
    """The XML of that part."""
    declared = not name.endswith(".vml")  # no program writes the XML declaration there
    written: bytes = etree.tostring(
        root.getroottree(), encoding="UTF-8", xml_declaration=declared, standalone=declared or None
    )
    return written


def _relations_part(name: str) -> str:
    folder, last = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{last}.rels")


def _source_of(relations: str) -> str:
    """The part whose relations these are; blank for those of the package."""
    folder, last = posixpath.split(relations)
    return posixpath.join(posixpath.dirname(folder), last.removesuffix(".rels"))


def _absolute(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _relation_elements(root: _Element) -> list[_Element]:
    return list(root.findall(f"{{{_PACKAGE_RELATIONS}}}Relationship"))


def _last_word(relation: _Element) -> str:
    word: str = relation.get("Type", "").rpartition("/")[2]
    return word


# ── content types and relations: of few kinds among the files of a district, and so are the changes ──────


@once_a_part(SMALL)
def _types_declared(types: bytes) -> dict[str, tuple[str, ...]]:
    """By the name of a part or by an extension (`.xml`), all in small letters."""
    found: dict[str, tuple[str, ...]] = {}
    for element in parsed(types).iterchildren(f"{{{_TYPES}}}Override", f"{{{_TYPES}}}Default"):
        place = unquote(element.get("PartName", "")).lstrip("/") or f".{element.get('Extension', '')}"
        said = element.get("ContentType", "").partition(";")[0].strip().lower()
        found[place.lower()] = (*found.get(place.lower(), ()), said)
    return found


@once_a_part(SMALL)
def _declared(types: bytes, name: str, content_type: str) -> bytes:
    root = parsed(types)
    overrides = _overrides(root, name) or [etree.SubElement(root, f"{{{_TYPES}}}Override", PartName=f"/{name}")]
    overrides[0].set("ContentType", content_type)
    return written(_CONTENT_TYPES, root)


@once_a_part(SMALL)
def _undeclared(types: bytes, name: str) -> bytes:
    root = parsed(types)
    for override in _overrides(root, name):
        root.remove(override)
    return written(_CONTENT_TYPES, root)


@once_a_part(SMALL)
def _without_default(types: bytes, content_type: str) -> bytes:
    root = parsed(types)
    for default in root.findall(f"{{{_TYPES}}}Default"):
        if default.get("ContentType") == content_type:
            root.remove(default)
    return written(_CONTENT_TYPES, root)


def _overrides(types: _Element, name: str) -> list[_Element]:
    place = f"/{name}".lower()
    overrides = types.findall(f"{{{_TYPES}}}Override")
    return [override for override in overrides if override.get("PartName", "").lower() == place]


_NO_RELATIONS = f'<Relationships xmlns="{_PACKAGE_RELATIONS}"/>'.encode()


@once_a_part(SMALL)
def _relations(relations: bytes, folder: str) -> tuple[Relation, ...]:
    return tuple(
        Relation(element.get("Id", ""), _last_word(element), _absolute(folder, element.get("Target", "")))
        for element in _relation_elements(parsed(relations))
        if element.get("TargetMode") != "External"
    )


@once_a_part(SMALL)
def _kinds(relations: bytes) -> frozenset[str]:
    return frozenset(_last_word(element).lower() for element in parsed(relations).iter("{*}Relationship"))


@once_a_part(SMALL)
def _kinds_outside(relations: bytes) -> frozenset[str]:
    elements = parsed(relations).iter("{*}Relationship")
    return frozenset(_last_word(one).lower() for one in elements if one.get("TargetMode", "").lower() == "external")


@once_a_part(SMALL)
def _ids(relations: bytes) -> frozenset[str | None]:
    return frozenset(element.get("Id") for element in _relation_elements(parsed(relations)))


@once_a_part(SMALL)
def _related(relations: bytes, name: str, kind: str, target: str) -> bytes:
    root = parsed(relations)
    described = {"Id": name, "Type": f"{RELATIONS}/{kind}", "Target": f"/{target}"}
    etree.SubElement(root, f"{{{_PACKAGE_RELATIONS}}}Relationship", described)
    return written(".rels", root)


@once_a_part(SMALL)
def _unrelated(relations: bytes, kind: str) -> bytes:
    root = parsed(relations)
    for element in _relation_elements(root):
        if _last_word(element) == kind:
            root.remove(element)
    return written(".rels", root)


@once_a_part(SMALL)
def _unrelated_to(relations: bytes, folder: str, targets: frozenset[str]) -> bytes:
    root = parsed(relations)
    for element in _relation_elements(root):
        if _absolute(folder, element.get("Target", "")) in targets:
            root.remove(element)
    return written(".rels", root)
