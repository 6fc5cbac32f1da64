"""Nothing damaged or hostile goes back to a school: every part of its file is looked at, the copied ones too."""

import re
from html import unescape

from pipeline.writing.returned.package import Package, Unpatchable

# Parts about the file that no cell needs: where one is unsound all of its folder are left out.
_ABOUT = ("docProps/", "customXml/")
# What a program runs: none belongs in a report, and what is in it nobody sees.
_FOREIGN = ("xl/embeddings/", "xl/activex/")
# Of relations, in small letters: what they lead to is left out, wherever it lies. No cell names any of these, so that
# all else stays as it is: macros with their signatures, buttons of a ribbon or a toolbar, panels of add-ins, signatures
# of the file, which is no longer what was signed.
_MACROS = {"vbaproject", "vbaprojectsignature", "vbaprojectsignatureagile", "vbaprojectsignaturev3", "wordvbadata"}
_AROUND = {"extensibility", "attachedtoolbars", "webextensiontaskpanes", "origin"}
# Of relations that something else in the file names: programs in it, data that Excel fetches anew by itself.
_FOREIGN_KINDS = {"oleobject", "package", "control", "activexcontrolbinary"}
_FETCHING_KINDS = {"connections", "querytable", "volatiledependencies", "webextension"}
_MACRO_SHEETS = {"xlmacrosheet", "xlintlmacrosheet"}
_REFUSED_KINDS = _FOREIGN_KINDS | _FETCHING_KINDS | _MACRO_SHEETS | _MACROS | _AROUND
# Outside the file these wait for a click, or Excel asks first; all else is fetched by whoever opens it.
_WAITING = {"hyperlink", "externallinkpath", "externallinklongpath"}
_WAITING |= {"xlpathmissing", "xlstartup", "xlalternatestartup", "xllibrary"}
_DECLARES = (b"<!DOCTYPE", b"<!ENTITY")
_SHEETS = "xl/worksheets/sheet"
# Encodings in which what a drawing declares is seen in its bytes: not UTF-7, UTF-16 or those of big computers.
_READABLE = re.compile(rb"utf-8|us-ascii|windows-125\d|iso-8859-\d+|koi8-[ru]", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_OTHER_MARKS = (b"+/v", b"\xff\xfe", b"\xfe\xff")  # at the beginning of a text in UTF-7 or UTF-16
# In a drawing of the old kind: a picture that lies elsewhere. A link that is followed by a click is none.
_FETCHED = re.compile(r"\b(src|althref)\s*=\s*[\"']\s*([a-z][a-z0-9+.-]+:|//|\\\\)|\bhref\s*=", re.IGNORECASE)
_CLICKED = re.compile(r"(<(?:a|\w+:(?:shape|rect|group))\s(?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*?)\bhref\b", re.IGNORECASE)


def make_sound(package: Package) -> bool:
    """Leaves out what acts by itself where no cell needs it, and what only tells about the file and cannot be read.
    Raises Unpatchable where anything else cannot be read, or where the file holds what runs or fetches: a fresh form
    goes back in its place. Of sheets see below. Were there macros?"""
    _leave_out_unsound(package)
    had_macros = _leave_out_acting(package)
    for name in sorted(package.names):
        if name.lower().startswith(_FOREIGN):
            raise Unpatchable
        if not name.startswith((*_ABOUT, _SHEETS)) and not _is_sound(package, name):
            raise Unpatchable
    return had_macros


def _leave_out_unsound(package: Package) -> None:
    """Of what only tells about the file."""
    about = [name for name in package.names if name.startswith(_ABOUT)]
    for folder in {name.partition("/")[0] for name in about if not _is_sound(package, name)}:
        package.leave_out([name for name in about if name.startswith(f"{folder}/")])


def _leave_out_acting(package: Package) -> bool:
    """Were there macros?"""
    macros = {name for name in package.names if name.lower().endswith("vbaproject.bin")} | _related(package, _MACROS)
    acting = macros | _related(package, _AROUND)
    if acting:
        package.leave_out(_with_all_of_theirs(package, acting))
    return bool(macros)


def _with_all_of_theirs(package: Package, gone: set[str]) -> set[str]:
    """And the parts to which nothing but these leads."""
    while True:
        by_gone, by_others = (
            {one.target for part in parts for one in package.relations(part)}
            for parts in (gone, {"", *package.names} - gone)
        )
        theirs = by_gone & package.names - by_others - gone
        if not theirs:
            return gone
        gone = gone | theirs


def _related(package: Package, kinds: set[str]) -> set[str]:
    """The parts to which a relation of these kinds leads."""
    rels = (name for name in package.names if name.lower().endswith(".rels") and package.kinds(name) & kinds)
    found = {one.target for name in rels for one in package.relations_in(name) if one.kind.lower() in kinds}
    return found & package.names


def require_sound_sheets(package: Package) -> None:
    """To be asked once the remarked ones have been given out as trees: to parse a sheet is most of what a file costs,
    and nothing is parsed twice. Raises Unpatchable."""
    if not all(_is_sound(package, name) for name in package.names if name.startswith(_SHEETS)):
        raise Unpatchable


def _is_sound(package: Package, name: str) -> bool:
    """Pictures and printers' settings are no XML; drawings in VML need not be well-formed. What a part is Excel takes
    from its declared type, other programs from its name: each may be the one that reads it."""
    called = name.lower()
    is_xml = called.endswith((".xml", ".rels")) or package.is_declared(name, ("+xml", "/xml"))
    if not (is_xml or called.endswith(".vml") or package.is_declared(name, (".vmldrawing",))):
        return True
    content = package.read(name)
    if _declares(content):
        return False
    if not is_xml:
        return _is_sound_drawing(content)
    if not package.is_well_formed(name):
        return False
    return not called.endswith(".rels") or _leads_to_what_is_sound(package, name)


def _leads_to_what_is_sound(package: Package, relations: str) -> bool:
    return not package.kinds(relations) & _REFUSED_KINDS and not package.kinds_outside(relations) - _WAITING


def _is_sound_drawing(content: bytes) -> bool:
    """Of the old kind. In another encoding, which no program writes there, it would not be seen what it declares."""
    encoding = _ENCODING.match(content.lstrip(b"\xef\xbb\xbf \r\n\t"))
    if encoding and not _READABLE.fullmatch(encoding[1]):
        return False
    if b"\0" in content or content.startswith(_OTHER_MARKS):
        return False
    return not _FETCHED.search(unescape(_CLICKED.sub(r"\1", content.decode("latin-1"))))


def _declares(content: bytes) -> bool:
    return b"!" in content and any(word in content for word in _DECLARES)  # the sign stands in few parts at all
