"""Nothing damaged or hostile goes back to a school: every part of its file is looked at, the copied ones too."""

from pipeline.writing.returned.package import Package, Unpatchable

# Parts about the file that no cell needs: where one is unsound all of its folder are left out.
_ABOUT = ("docProps/", "customXml/")
# What a program runs: none belongs in a report, and what is in it nobody sees.
_FOREIGN = ("xl/embeddings/", "xl/activex/")
_FOREIGN_KINDS = {"oleobject", "package", "control", "activexcontrolbinary"}  # of relations: wherever it lies
_DECLARES = (b"<!DOCTYPE", b"<!ENTITY")
_SHEETS = "xl/worksheets/sheet"


def make_sound(package: Package) -> None:
    """Leaves out what only tells about the file and cannot be read. Raises Unpatchable where anything else cannot, or
    where the file holds what runs: a fresh form goes back in its place. Of sheets see below."""
    for name in sorted(package.names):
        if name.lower().startswith(_FOREIGN):
            raise Unpatchable
    unsound = [name for name in sorted(package.names) if not name.startswith(_SHEETS) and not _is_sound(package, name)]
    if any(not name.startswith(_ABOUT) for name in unsound):
        raise Unpatchable
    for folder in {name.partition("/")[0] for name in unsound}:
        package.leave_out([name for name in package.names if name.startswith(f"{folder}/")])


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
        return b"\0" not in content  # in UTF-16, which no program writes there, it would not be seen what it declares
    return package.is_well_formed(name) and not (called.endswith(".rels") and package.kinds(name) & _FOREIGN_KINDS)


def _declares(content: bytes) -> bool:
    return b"!" in content and any(word in content for word in _DECLARES)  # the sign stands in few parts at all
