"""Nothing damaged or hostile goes back to a school: every part of its file is looked at, the copied ones too."""

from pipeline.reading.remembering import once_a_part
from pipeline.writing.returned.archive import SMALL
from pipeline.writing.returned.package import Package, Unpatchable

# Parts about the file that no cell needs: where one is unsound all of its folder are left out.
_ABOUT = ("docProps/", "customXml/")
# What a program runs: none belongs in a report, and what is in it nobody sees.
_FOREIGN = ("xl/embeddings/", "xl/activeX/")
_COMMANDS = (b"<ddeLink", b"<oleLink")  # of a link to another workbook: programs that Excel is to ask
_DECLARES = (b"<!DOCTYPE", b"<!ENTITY")


def make_sound(package: Package) -> None:
    """Leaves out what only tells about the file and cannot be read. Raises Unpatchable where anything else cannot, or
    where the file holds what runs: a fresh form goes back in its place."""
    for name in sorted(package.names):
        if name.startswith(_FOREIGN):
            raise Unpatchable
    unsound = [name for name in sorted(package.names) if not _is_sound(package, name)]
    if any(not name.startswith(_ABOUT) for name in unsound):
        raise Unpatchable
    for folder in {name.partition("/")[0] for name in unsound}:
        package.leave_out([name for name in package.names if name.startswith(f"{folder}/")])


def _is_sound(package: Package, name: str) -> bool:
    """Pictures and printers' settings are no XML; drawings in VML need not be well-formed."""
    if not name.endswith((".xml", ".rels", ".vml")):
        return True
    if _holds(package.read(name), _DECLARES + _COMMANDS if name.startswith("xl/externalLinks/") else _DECLARES):
        return False
    return name.endswith(".vml") or package.is_well_formed(name)


@once_a_part(SMALL)
def _holds(content: bytes, words: tuple[bytes, ...]) -> bool:
    return any(word[1:] in content and word in content for word in words)  # `<` stands at every turn: searched last
