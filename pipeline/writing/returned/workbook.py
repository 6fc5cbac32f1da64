"""What the workbook says of itself: its sheets and their order, its names."""

import re

from lxml import etree
from lxml.etree import _Element

from pipeline.writing.returned.package import RELATIONS, Package, Unpatchable, q, whole_number

SHEET_NAME = "Замечания"
_MARKER = (
    "_svod_remarks"  # hidden defined name of our sheet's first cell: office programs keep it, whatever they rename
)
_RELATION_ID = f"{{{RELATIONS}}}id"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_VBA_TYPE = "application/vnd.ms-office.vbaProject"
# Sheets that are macros themselves, and the history of a shared workbook, which lists every sheet.
_NOT_TO_BE_CHANGED = ("xlMacrosheet", "xlIntlMacrosheet", "revisionHeaders")


class Workbook:
    """The workbook's own part. `sheets`: name -> part, ours not among them; `ours`: the part of the remarks' sheet that
    an earlier return put in, blank where there is none."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.path = package.related("", "officeDocument")
        self._root = package.tree(self.path)
        if self._root.tag != q("workbook"):  # strict OOXML has other names for everything
            raise Unpatchable
        relations = {relation.id: relation for relation in package.relations(self.path)}
        if any(relation.kind in _NOT_TO_BE_CHANGED for relation in relations.values()):
            raise Unpatchable
        try:
            self._list = self._root.findall(q("sheets"))[0]
            elements = list(self._list.iterchildren(q("sheet")))
            self.sheets = {sheet.get("name", ""): relations[sheet.get(_RELATION_ID)].target for sheet in elements}
        except LookupError:  # no list, or a sheet whose part is not named
            raise Unpatchable from None
        if not elements:
            raise Unpatchable
        self.our_name = _sheet_of(self._name_element(_MARKER), self.sheets)
        self.ours = self.sheets.pop(self.our_name, "")

    # ── the remarks' sheet ───────────────────────────────────────────────────────────────────────────────
    def first_sheet(self) -> str:
        """Makes our sheet the first and the active one; returns its part, which has to be put into the package."""
        before = list(self._list.iterchildren(q("sheet")))
        if self.ours:
            self._package.forget_relations(self.ours)
        else:
            self._add_sheet(before)
        sheet = next(s for s in self._list.iterchildren(q("sheet")) if s.get("name") == self.our_name)
        sheet.attrib.pop("state", None)
        self._list.insert(0, sheet)
        self._renumber_names(before)
        self._activate_first()
        return self.ours

    def name_our_sheet(self, printed: str, repeated: str) -> None:
        """Our sheet's names: the marker, and the areas to print and to repeat on each page (`$A$1:$G$9`, `$6:$6`)."""
        place = quoted(self.our_name)
        self._define(_MARKER, f"{place}!$A$1", hidden="1")
        self._define("_xlnm.Print_Area", f"{place}!{printed}", localSheetId="0")
        self._define("_xlnm.Print_Titles", f"{place}!{repeated}", localSheetId="0")

    def _add_sheet(self, others: list[_Element]) -> None:
        taken = {name.lower() for name in self.sheets}
        self.our_name, number = SHEET_NAME, 1
        while self.our_name.lower() in taken:
            number += 1
            self.our_name = f"{SHEET_NAME} ({number})"
        self.ours = self._package.free_name("xl/worksheets/sheet{}.xml")
        self._package.put(self.ours, b"", _WORKSHEET)
        sheet = etree.SubElement(self._list, q("sheet"), name=self.our_name)
        sheet.set("sheetId", str(1 + max(whole_number(other.get("sheetId")) for other in others)))
        sheet.set(_RELATION_ID, self._package.relate(self.path, "worksheet", self.ours))

    def _activate_first(self) -> None:
        for view in self._root.iterfind(f"{q('bookViews')}/{q('workbookView')}"):
            view.set("activeTab", "0")
            view.set("firstSheet", "0")
        for part in self.sheets.values():
            if b"tabSelected" in self._package.read(part):  # with ours they would be a group: typed in one, in all
                for view in self._package.tree(part).iterfind(f"{q('sheetViews')}/{q('sheetView')}"):
                    view.attrib.pop("tabSelected", None)

    # ── defined names ────────────────────────────────────────────────────────────────────────────────────
    def _renumber_names(self, before: list[_Element]) -> None:
        """Names of one sheet give its place in the order of sheets."""
        after = list(self._list.iterchildren(q("sheet")))
        for name in self._root.iterfind(f"{q('definedNames')}/{q('definedName')}"):
            if (local := name.get("localSheetId")) is not None:
                place = whole_number(local)
                if place >= len(before):
                    raise Unpatchable
                name.set("localSheetId", str(after.index(before[place])))

    def _define(self, name: str, place: str, **attributes: str) -> None:
        names = self._root.find(q("definedNames"))
        if names is None:
            names = etree.Element(q("definedNames"))
            before = [e for e in self._root if e.tag in (q("sheets"), q("functionGroups"), q("externalReferences"))]
            before[-1].addnext(names)
        element = self._name_element(name, attributes.get("localSheetId"))
        if element is None:
            element = etree.SubElement(names, q("definedName"), name=name)
        element.attrib.update(attributes)
        element.text = place

    def _name_element(self, name: str, local: str | None = None) -> _Element | None:
        for element in self._root.iterfind(f"{q('definedNames')}/{q('definedName')}"):
            if element.get("name") == name and element.get("localSheetId") == local:
                return element
        return None

    def make_plain(self) -> None:
        """A plain workbook, whatever it was: with macros, which have been left out, or a template. Excel asks before it
        looks into other workbooks."""
        for about in self._root.iterfind(q("workbookPr")):
            about.attrib.pop("updateLinks", None)
        self._package.declare(self.path, _WORKBOOK)
        self._package.forget_default(_VBA_TYPE)


def quoted(sheet: str) -> str:
    """The sheet's name as it stands in a reference."""
    return "'" + sheet.replace("'", "''") + "'"


def _sheet_of(name: _Element | None, sheets: dict[str, str]) -> str:
    """The sheet that a defined name points to; blank where it is gone."""
    found = re.fullmatch(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?A\$?1", (name.text or "") if name is not None else "")
    if not found:
        return ""
    sheet = found[2] or found[1].replace("''", "'")
    return sheet if sheet in sheets else ""
