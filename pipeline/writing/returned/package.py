"""An OOXML file as a package of parts: those that change are parsed and written anew, all others are copied as they
are, still compressed. Relations and content types (ECMA-376 part 2) are kept in step.
"""

import posixpath
import struct
import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from pipeline.reading.opening.guard import MB, Unreadable, kind_of, open_zip, part
from pipeline.settings import Limits

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"  # the transitional kind, which Excel writes
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_CONTENT_TYPES = "[Content_Types].xml"

_LIMITS = Limits()
_LARGEST = 10 * MB  # of a part that is parsed: its tree takes ten times as much memory; a form's sheet has 30 kB
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_MOST_KEPT = 4 * MB  # of bytes that are looked at again, in all; what a school fills in has 100 kB
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same input gives the same bytes


class Unpatchable(Exception):  # noqa: N818 - what is said of a school's file, no fault of the program
    """The file cannot be changed with certainty that all else in it stays as it was."""


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
        try:
            if kind_of(data, _LIMITS) != "xlsx":
                raise Unpatchable
            self._archive = open_zip(data)
        except Unreadable:
            raise Unpatchable from None
        self._data = data
        self._names = {entry.filename for entry in self._archive.infolist()}
        self._trees: dict[str, _Element] = {}
        self._contents: dict[str, bytes] = {}
        # What has been inflated and parsed to be looked at: every part is, for its soundness, and relations again.
        self._inflated: dict[str, bytes] = {}
        self._looked_at: dict[str, _Element] = {}
        self._room = _MOST_KEPT
        self._types = self.tree(_CONTENT_TYPES)

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
            content = self._inflate(name)
            if len(content) > self._room:
                return content
            self._room -= len(content)
            self._inflated[name] = content
        return self._inflated[name]

    def _inflate(self, name: str) -> bytes:
        try:
            return part(self._archive, name)
        except Unreadable:
            raise Unpatchable from None

    def tree(self, name: str) -> _Element:
        """The root of the part's XML; what is changed in it will be written."""
        if name not in self._trees:
            self._trees[name] = self.parsed(name)
            self._looked_at.pop(name, None)
        return self._trees[name]

    def parsed(self, name: str) -> _Element:
        """The root of the part's XML to look at; the part stays as it is."""
        if name in self._looked_at:
            return self._looked_at[name]
        root = _parsed(self.read(name))
        if name in self._inflated:
            self._looked_at[name] = root
        return root

    def put(self, name: str, content: bytes, content_type: str) -> None:
        """A new part, or new bytes for one that is there."""
        self._drop(name)
        self._names.add(name)
        self._contents[name] = content
        self.declare(name, content_type)

    def remove(self, name: str) -> None:
        """Takes the part out with its relations and its content type."""
        self._drop(name)
        self.forget_relations(name)
        for override in self._overrides(name):
            self._types.remove(override)

    def leave_out(self, names: Iterable[str]) -> None:
        """Takes these parts out, and every relation that leads to one of them."""
        gone = set(names)
        for name in gone & self._names:
            self.remove(name)
        for rels in [name for name in self._names if name.endswith(".rels")]:
            part = _source_of(rels)
            if any(relation.target in gone for relation in self.relations(part)):
                root = self.tree(rels)
                for element in _relation_elements(root):
                    if _absolute(posixpath.dirname(part), element.get("Target", "")) in gone:
                        root.remove(element)

    def _drop(self, name: str) -> None:
        self._names.discard(name)
        self._trees.pop(name, None)
        self._contents.pop(name, None)
        self._inflated.pop(name, None)
        self._looked_at.pop(name, None)

    def free_name(self, pattern: str) -> str:
        """The first of `xl/comments1.xml`, `xl/comments2.xml` … that no part has."""
        taken = {name.lower() for name in self._names}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    # ── content types ────────────────────────────────────────────────────────────────────────────────────
    def declare(self, name: str, content_type: str) -> None:
        overrides = self._overrides(name)
        if not overrides:
            overrides = [etree.SubElement(self._types, f"{{{_TYPES}}}Override", PartName=f"/{name}")]
        overrides[0].set("ContentType", content_type)

    def forget_default(self, content_type: str) -> None:
        """No file extension stands for this type any longer."""
        for default in self._types.findall(f"{{{_TYPES}}}Default"):
            if default.get("ContentType") == content_type:
                self._types.remove(default)

    def _overrides(self, name: str) -> list[_Element]:
        place = f"/{name}".lower()
        overrides = self._types.findall(f"{{{_TYPES}}}Override")
        return [override for override in overrides if override.get("PartName", "").lower() == place]

    # ── relations ────────────────────────────────────────────────────────────────────────────────────────
    def relations(self, name: str) -> list[Relation]:
        """From this part to others of the package; a blank name stands for the package itself."""
        part = _relations_part(name)
        if part not in self._names:
            return []
        folder = posixpath.dirname(name)
        return [
            Relation(element.get("Id", ""), _last_word(element), _absolute(folder, element.get("Target", "")))
            for element in _relation_elements(self._trees[part] if part in self._trees else self.parsed(part))
            if element.get("TargetMode") != "External"
        ]

    def related(self, name: str, kind: str) -> str:
        """The first part related in this way; blank where there is none."""
        return next((relation.target for relation in self.relations(name) if relation.kind == kind), "")

    def relate(self, name: str, kind: str, target: str) -> str:
        """A new relation; returns its id."""
        part = _relations_part(name)
        if part not in self._names:
            self._names.add(part)
            empty = etree.Element(f"{{{_PACKAGE_RELATIONS}}}Relationships", nsmap={None: _PACKAGE_RELATIONS})
            self._trees[part] = empty
        root = self.tree(part)
        taken = {element.get("Id") for element in _relation_elements(root)}
        number = 1 + len(taken)
        while f"rId{number}" in taken:
            number += 1
        described = {"Id": f"rId{number}", "Type": f"{RELATIONS}/{kind}", "Target": f"/{target}"}
        etree.SubElement(root, f"{{{_PACKAGE_RELATIONS}}}Relationship", described)
        return f"rId{number}"

    def unrelate(self, name: str, kind: str) -> None:
        root = self.tree(_relations_part(name))
        for element in _relation_elements(root):
            if _last_word(element) == kind:
                root.remove(element)

    def forget_relations(self, name: str) -> None:
        """The part is related to nothing any longer."""
        self._drop(_relations_part(name))

    # ── the file ─────────────────────────────────────────────────────────────────────────────────────────
    def to_bytes(self) -> bytes:
        """The archive in the order of the one it came from, new parts at the end."""
        changed = self._contents | {name: _written(name, root) for name, root in self._trees.items()}
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry in self._archive.infolist():
                if entry.filename in changed:
                    _add(archive, entry.filename, changed.pop(entry.filename))
                elif entry.filename in self._names:
                    _copy(self._data, entry, archive)
            for name, content in changed.items():
                _add(archive, name, content)
        return target.getvalue()


def _parsed(xml: bytes) -> _Element:
    if len(xml) > _LARGEST:
        raise Unpatchable
    try:
        root = etree.fromstring(xml, _PARSER)
    except etree.XMLSyntaxError:
        raise Unpatchable from None
    if root.getroottree().docinfo.doctype:
        raise Unpatchable
    return root


def _written(name: str, root: _Element) -> bytes:
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


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _ZIP_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _copy(data: bytes, entry: zipfile.ZipInfo, archive: zipfile.ZipFile) -> None:
    """Copies an entry of the archive `data` without inflating it, which zipfile has no call for: a fresh local header,
    then the bytes behind the old one, whose name and extra field may be longer than the directory's."""
    name_length, extra_length = struct.unpack_from("<HH", data, entry.header_offset + 26)
    start = entry.header_offset + zipfile.sizeFileHeader + name_length + extra_length  # type: ignore[attr-defined]
    copy = zipfile.ZipInfo(entry.filename, entry.date_time)
    for stays in ("create_system", "external_attr", "compress_type", "CRC", "compress_size", "file_size"):
        setattr(copy, stays, getattr(entry, stays))
    assert archive.fp is not None
    copy.header_offset = archive.fp.tell()
    archive.fp.write(copy.FileHeader() + data[start : start + entry.compress_size])
    archive.start_dir = archive.fp.tell()
    archive.filelist.append(copy)
    archive.NameToInfo[copy.filename] = copy
