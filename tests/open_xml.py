"""A workbook as its Open XML parts, and the rules of those parts that make Excel offer a repair when they are broken.

Limits are those of «Excel specifications and limits» and of ECMA-376, part 1, section 18. A rule takes a package and
names every place that breaks it; `breaches` asks all of them.
"""

import math
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from io import BytesIO
from itertools import combinations, pairwise
from typing import NamedTuple

from lxml import etree
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import FORMULAE, column_index_from_string, get_column_letter, range_boundaries
from openpyxl.utils.exceptions import CellCoordinatesException

from schemas.remarks import load_catalogue

COLUMNS, ROWS = 16_384, 1_048_576
LONGEST_TEXT = 32_767
LONGEST_FORMULA = 8_192
LONGEST_LIST = 255
LONGEST_PROMPT, LONGEST_PROMPT_TITLE = 255, 32
LONGEST_FOOTER = 255
LONGEST_SHEET_NAME = 31
LONGEST_NAME = 255
LONGEST_NUMBER_FORMAT = 255
LONGEST_LINK = 2_079
MOST_LINKS = 65_530
MOST_FORMATS = 64_000
WIDEST_COLUMN, HIGHEST_ROW = 255, 409

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = {
    "m": _MAIN,
    "r": _DOCUMENT,
    "ct": f"{_PACKAGE}/content-types",
    "pr": f"{_PACKAGE}/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "xdr": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "x": "urn:schemas-microsoft-com:office:excel",
    "xm": "http://schemas.microsoft.com/office/excel/2006/main",
    "x14": "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main",
    "dc": "http://purl.org/dc/elements/1.1/",
    "cp": f"{_PACKAGE}/metadata/core-properties",
}

Element = etree._Element
Area = tuple[int, int, int, int]  # first column, first row, last column, last row


# ── the package ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Relation(NamedTuple):
    kind: str  # the last step of its type: `worksheet`, `chart`, `hyperlink` …
    target: str  # a part of the package, or an address outside of it
    external: bool


class Cell(NamedTuple):
    """`text`: what a text cell shows, or the text that a formula was computed to; None for all others."""

    address: str
    type: str
    value: str | None
    formula: str | None
    text: str | None


class Package:
    """The parts of a workbook by name."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            self.entries = archive.namelist()
            self.parts = {name: archive.read(name) for name in self.entries}
        self._parsed: dict[str, Element] = {}

    def xml(self, part: str) -> Element:
        if part not in self._parsed:
            self._parsed[part] = etree.fromstring(self.parts[part])
        return self._parsed[part]

    def found(self, part: str, path: str) -> list[Element]:
        return found(self.xml(part), path) if part in self.parts else []

    def relations(self, part: str) -> dict[str, Relation]:
        """By id."""
        folder, name = posixpath.split(part)
        related = self.found(posixpath.join(folder, "_rels", f"{name}.rels"), "pr:Relationship")
        return {each.get("Id", ""): _relation(each, folder) for each in related}

    @cached_property
    def workbook(self) -> str:
        return next(each.target for each in self.relations("").values() if each.kind == "officeDocument")

    @cached_property
    def sheets(self) -> list["Sheet"]:
        """Worksheets in the order of their tabs."""
        parts = self.relations(self.workbook)
        listed = self.found(self.workbook, "m:sheets/m:sheet")
        return [Sheet(self, each, parts[each.get(f"{{{_DOCUMENT}}}id", "")].target) for each in listed]

    @cached_property
    def sheet_names(self) -> set[str]:
        return {sheet.name for sheet in self.sheets}

    @cached_property
    def shared_strings(self) -> list[str]:
        return [shown_text(each) for each in self.found(self._of_workbook("sharedStrings"), "m:si")]

    @cached_property
    def styles(self) -> str:
        return self._of_workbook("styles")

    @property
    def defined_names(self) -> list[Element]:
        return self.found(self.workbook, "m:definedNames/m:definedName")

    def parts_of_type(self, ending: str) -> list[str]:
        """Parts whose content type ends so."""
        types = self.found("[Content_Types].xml", "ct:Override")
        return [each.get("PartName", "")[1:] for each in types if each.get("ContentType", "").endswith(ending)]

    def _of_workbook(self, kind: str) -> str:
        return next((each.target for each in self.relations(self.workbook).values() if each.kind == kind), "")


def _relation(element: Element, folder: str) -> Relation:
    kind, target = element.get("Type", "").rpartition("/")[2], element.get("Target", "")
    if element.get("TargetMode") == "External":
        return Relation(kind, target, True)
    return Relation(kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"), False)


class Sheet:
    """One worksheet: its element in the workbook's list and its own part."""

    def __init__(self, package: Package, listed: Element, part: str) -> None:
        self.package = package
        self.part = part
        self.name = listed.get("name", "")
        self.id = listed.get("sheetId", "")
        self.state = listed.get("state", "visible")

    @property
    def root(self) -> Element:
        return self.package.xml(self.part)

    def found(self, path: str) -> list[Element]:
        return found(self.root, path)

    def related(self, kind: str) -> list[str]:
        """Parts of that kind that the sheet leads to."""
        return [each.target for each in self.package.relations(self.part).values() if each.kind == kind]

    @cached_property
    def cells(self) -> list[Cell]:
        return [self._cell(element) for element in self.found("m:sheetData/m:row/m:c")]

    def _cell(self, element: Element) -> Cell:
        kind = element.get("t", "n")
        value, formula = (element.findtext(f"{{{_MAIN}}}{tag}") for tag in ("v", "f"))
        text = None
        if kind == "s" and value is not None and int(value) < len(self.package.shared_strings):
            text = self.package.shared_strings[int(value)]
        elif kind == "inlineStr":
            text = shown_text(element.find(f"{{{_MAIN}}}is"))
        elif kind == "str":
            text = value
        return Cell(element.get("r", ""), kind, value, formula, text)

    @property
    def tables(self) -> list[Element]:
        return [self.package.xml(part) for part in self.related("table")]

    @property
    def merged(self) -> list[str]:
        return [each.get("ref", "") for each in self.found("m:mergeCells/m:mergeCell")]


def found(root: Element, path: str) -> list[Element]:
    return list(root.iterfind(path, _NAMESPACES))


def shown_text(element: Element | None) -> str:
    """Of a plain or a rich string, its phonetic reading left out."""
    if element is None:
        return ""
    return "".join(each.text or "" for each in element.xpath(".//m:t[not(ancestor::m:rPh)]", namespaces=_NAMESPACES))


# ── all that is said, all that is computed ───────────────────────────────────────────────────────────────────────────


def texts(package: Package) -> Iterator[tuple[str, str]]:
    """Every text that a person can come to see, with its place; very hidden sheets are not for people."""
    for sheet in package.sheets:
        if sheet.state != "veryHidden":
            yield sheet.name, sheet.name
            yield from ((f"{sheet.name}!{where}", text) for where, text in _texts_of_sheet(sheet))
    for name in package.defined_names:
        yield "имя ячейки", name.get("name", "").removeprefix("_xlnm.")
    for number_format in package.found(package.styles, "m:numFmts/m:numFmt"):
        yield "числовой формат", " ".join(re.findall(r'"([^"]*)"', number_format.get("formatCode", "")))
    for part in package.parts_of_type("core-properties+xml"):
        yield from ((part, text) for text in package.xml(part).itertext())


def _hidden_columns(sheet: Sheet) -> set[int]:
    hidden = [one for one in sheet.found("m:cols/m:col") if one.get("hidden") in ("1", "true")]
    return {number for one in hidden for number in range(int(one.get("min", 0)), int(one.get("max", 0)) + 1)}


def _texts_of_sheet(sheet: Sheet) -> Iterator[tuple[str, str]]:
    hidden = _hidden_columns(sheet)  # in them Svod remembers what its own rows are about
    for cell in sheet.cells:
        if cell.text is not None and column_index_from_string(cell.address.rstrip("0123456789")) not in hidden:
            yield cell.address, cell.text
        if cell.type in ("b", "e"):
            yield cell.address, {"0": "False", "1": "True"}.get(cell.value or "", cell.value or "")
    for formula in _formulas_of_sheet(sheet):
        for token in _tokens(formula.text):
            if token.subtype in (Token.TEXT, Token.LOGICAL):
                yield f"{formula.place}, {formula.text}", token.value
    for rule in sheet.found("m:dataValidations/m:dataValidation"):
        yield from ((rule.get("sqref", ""), rule.get(name, "")) for name in _PROMPTS)
    for link in sheet.found("m:hyperlinks/m:hyperlink"):
        yield from ((link.get("ref", ""), link.get(name, "")) for name in ("display", "tooltip"))
    for part in sheet.found("m:headerFooter/*"):
        yield etree.QName(part).localname, _FOOTER_CODE.sub(" ", part.text or "")
    for comment in _comments(sheet):
        yield comment.get("ref", ""), shown_text(comment)
    for part in _drawn(sheet):
        yield from ((part, each.text or "") for each in sheet.package.xml(part).iterfind(".//a:t", _NAMESPACES))
        yield from ((part, each.text or "") for each in sheet.package.xml(part).iterfind(".//c:v", _NAMESPACES))
        yield from ((part, each.get("descr", "")) for each in sheet.package.xml(part).iter("{*}cNvPr"))


def machine_words(data: bytes) -> list[str]:
    """Texts that speak of the program's inside: marks of an empty value, codes, field names, unfilled templates."""
    return [f"{place}: {text}" for place, text in texts(Package(data)) if _MACHINE_WORD.search(text)]


# The columns and fields of the CSVs, of which people see none in a workbook.
_FIELDS = (
    "school_code as_of item field value basis counted severity code message scope group covered total percent "
    "schools_counted schools_expected target_min target_max deviation_pp shortfall status person position text title "
    "number count classes yes url problem solution note stated derived carried set_aside no_report no_answer "
    "not_applicable in_progress not_yet overdue error warning info"
)
_EMPTY = "None nan NaN NAN NaT NAType null inf Infinity True False TRUE FALSE"
_WORDS = "|".join(map(re.escape, (*_FIELDS.split(), *_EMPTY.split(), *load_catalogue().entries)))
_MACHINE_WORD = re.compile(rf"(?<![\w./@-])(?:{_WORDS})(?![\w@-]|\.\w)|[{{}}]|_x00|<\w+\.\w+")

_FOOTER_CODE = re.compile(r'&(?:"[^"]*"|\d+|[A-Z&])')
_PROMPTS = ("promptTitle", "prompt", "errorTitle", "error")


class Formula(NamedTuple):
    """Without the equals sign."""

    place: str
    text: str


def formulas(package: Package) -> Iterator[Formula]:
    """Of cells, conditional formats, validations, sparklines, charts and defined names."""
    for sheet in package.sheets:
        for place, text in _formulas_of_sheet(sheet):
            yield Formula(f"{sheet.name}!{place}", text)
        for part in _drawn(sheet):
            yield from (Formula(part, each.text or "") for each in package.xml(part).iterfind(".//c:f", _NAMESPACES))
    for name in package.defined_names:
        yield Formula(name.get("name", ""), name.text or "")


def _formulas_of_sheet(sheet: Sheet) -> Iterator[Formula]:
    yield from (Formula(cell.address, cell.formula) for cell in sheet.cells if cell.formula)
    for rule in sheet.found("m:conditionalFormatting"):
        yield from (Formula(rule.get("sqref", ""), each.text or "") for each in found(rule, "m:cfRule/m:formula"))
    for rule in sheet.found("m:dataValidations/m:dataValidation"):
        yield from (Formula(rule.get("sqref", ""), each.text or "") for each in found(rule, "*"))
    yield from (Formula("extLst", each.text or "") for each in sheet.root.iterfind(".//xm:f", _NAMESPACES))


def _tokens(formula: str) -> list[Token]:
    return list(Tokenizer(f"={formula}").items)


def _comments(sheet: Sheet) -> list[Element]:
    return [each for part in sheet.related("comments") for each in sheet.package.found(part, "m:commentList/m:comment")]


def _drawn(sheet: Sheet) -> list[str]:
    """Drawings of the sheet and the charts on them."""
    drawings = sheet.related("drawing")
    charts = [each.target for part in drawings for each in sheet.package.relations(part).values()]
    return [*drawings, *(part for part in charts if part in sheet.package.parts_of_type("chart+xml"))]


# ── rules of the package ─────────────────────────────────────────────────────────────────────────────────────────────


def entries_are_unique(package: Package) -> Iterator[str]:
    yield from (f"{name}: дважды" for name in _repeated(package.entries))


def parts_have_content_types(package: Package) -> Iterator[str]:
    types = "[Content_Types].xml"
    endings = {each.get("Extension", "").lower() for each in package.found(types, "ct:Default")}
    parts = [each.get("PartName", "")[1:] for each in package.found(types, "ct:Override")]
    yield from (f"{types}: {name} дважды" for name in _repeated(parts))
    yield from (f"{types}: нет части {name}" for name in parts if name not in package.parts)
    for name in package.parts:
        if name not in (types, *parts) and name.rpartition(".")[2].lower() not in endings:
            yield f"{name}: вид содержимого не назван"


def relations_lead_somewhere(package: Package) -> Iterator[str]:
    """Every target is a part, every id that a part uses is one of its relations."""
    for part in ("", *package.parts):
        relations = package.relations(part)
        for key, relation in relations.items():
            if not relation.external and relation.target not in package.parts:
                yield f"{part} {key}: нет части {relation.target}"
        if part.endswith(".xml"):
            used = package.xml(part).xpath("//@r:id | //@r:embed", namespaces=_NAMESPACES)
            yield from (f"{part}: нет связи {key}" for key in used if key not in relations)


def elements_stand_in_order(package: Package) -> Iterator[str]:
    """The schema's sequence; Excel repairs a sheet whose elements stand otherwise."""
    ordered = [(sheet.part, _ORDER_OF_SHEET) for sheet in package.sheets]
    for part, sequence in (*ordered, (package.workbook, _ORDER_OF_WORKBOOK), (package.styles, _ORDER_OF_STYLES)):
        order = sequence.split()
        tags = [etree.QName(child).localname for child in package.xml(part) if isinstance(child.tag, str)]
        yield from (f"{part}: чужой элемент {tag}" for tag in tags if tag not in order)
        places = [order.index(tag) for tag in tags if tag in order]
        yield from (f"{part}: {order[b]} после {order[a]}" for a, b in pairwise(places) if a > b)
        once = [tag for tag in tags if tag != "conditionalFormatting"]
        yield from (f"{part}: {tag} дважды" for tag in _repeated(once))


_ORDER_OF_SHEET = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations "
    "hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches "
    "ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst"
)
_ORDER_OF_WORKBOOK = (
    "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences "
    "definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing "
    "fileRecoveryPr webPublishObjects extLst"
)
_ORDER_OF_STYLES = "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"


def nothing_unseen_is_written(package: Package) -> Iterator[str]:
    """Control characters stand in XML as `_x0001_`; a text that only looks so begins with `_x005F_`."""
    for part in package.parts:
        if part.endswith(".xml"):
            for text in package.xml(part).itertext():
                if _CONTROL.search(text):
                    yield f"{part}: управляющий знак в {text[:40]!r}"


_CONTROL = re.compile(r"(?<!_x005F)_x00(?:0[0-8BCEF]|[18][0-9A-F]|7F|9[0-9A-F])_|[\x7f-\x9f\ufffe\uffff]")


# ── rules of the workbook ────────────────────────────────────────────────────────────────────────────────────────────


def sheets_are_named_as_excel_allows(package: Package) -> Iterator[str]:
    names = [sheet.name for sheet in package.sheets]
    for name in names:
        if not 0 < len(name) <= LONGEST_SHEET_NAME or re.search(r"[\[\]:*?/\\]|^'|'$", name):
            yield f"имя листа {name!r}"
    yield from (f"имя листа {name!r} дважды" for name in _repeated(names))
    yield from (f"номер листа {number} дважды" for number in _repeated(sheet.id for sheet in package.sheets))
    if not any(sheet.state == "visible" for sheet in package.sheets):
        yield "нет видимого листа"


def names_are_valid_and_unique(package: Package) -> Iterator[str]:
    for element in package.defined_names:
        name = element.get("name", "")
        if len(name) > LONGEST_NAME or not _NAME.fullmatch(name) or _LIKE_AN_ADDRESS.fullmatch(name):
            yield f"имя ячейки {name!r}"
    scoped = [f"{each.get('name', '')} (лист {each.get('localSheetId', '—')})" for each in package.defined_names]
    yield from (f"имя ячейки {name} дважды" for name in _repeated(scoped))


_NAME = re.compile(r"[^\W\d][\w.\\?]*|\\[\w.\\?]*")
_LIKE_AN_ADDRESS = re.compile(r"\$?[A-Z]{1,3}\$?\d{1,7}|(?:R\d*)?(?:C\d*)?", re.IGNORECASE)


def names_of_a_sheet_lie_on_it(package: Package) -> Iterator[str]:
    """Print areas, repeated rows, filters: each on the sheet that it belongs to."""
    for element in package.defined_names:
        local = element.get("localSheetId")
        if local is None:
            continue
        if int(local) >= len(package.sheets):
            yield f"{element.get('name')}: нет листа № {local}"
            continue
        own = package.sheets[int(local)].name
        for reference in _references(element.text or ""):
            if reference.sheet != own:
                yield f"{element.get('name')} листа {own!r}: {element.text}"


def formats_are_within_bounds(package: Package) -> Iterator[str]:
    formats = package.found(package.styles, "m:cellXfs/m:xf")
    if len(formats) > MOST_FORMATS:
        yield f"форматов ячеек {len(formats)}"
    for element in package.found(package.styles, "m:numFmts/m:numFmt"):
        if not 0 < len(element.get("formatCode", "")) <= LONGEST_NUMBER_FORMAT:
            yield f"числовой формат {element.get('formatCode')!r}"
    ids = [each.get("numFmtId", "") for each in package.found(package.styles, "m:numFmts/m:numFmt")]
    yield from (f"числовой формат № {number} дважды" for number in _repeated(ids))
    for name, path in (("fontId", "m:fonts/m:font"), ("fillId", "m:fills/m:fill"), ("borderId", "m:borders/m:border")):
        known = len(package.found(package.styles, path))
        yield from (f"{name} {xf.get(name)} из {known}" for xf in formats if int(xf.get(name, "0")) >= known)


def formats_used_exist(package: Package) -> Iterator[str]:
    formats, differing = (len(package.found(package.styles, path)) for path in ("m:cellXfs/m:xf", "m:dxfs/m:dxf"))
    for sheet in package.sheets:
        for path, name in (("m:sheetData/m:row/m:c", "s"), ("m:sheetData/m:row", "s"), ("m:cols/m:col", "style")):
            for element in sheet.found(path):
                if int(element.get(name, "0")) >= formats:
                    yield f"{sheet.name}!{element.get('r', '')}: формат {element.get(name)} из {formats}"
        for rule in sheet.found("m:conditionalFormatting/m:cfRule"):
            if int(rule.get("dxfId", "-1")) >= differing:
                yield f"{sheet.name}: условный формат {rule.get('dxfId')} из {differing}"


# ── rules of cells ───────────────────────────────────────────────────────────────────────────────────────────────────


def cells_stand_in_their_places(package: Package) -> Iterator[str]:
    """Rows and their cells ascend, each once, within the grid."""
    for sheet in package.sheets:
        rows = sheet.found("m:sheetData/m:row")
        numbers = [int(row.get("r", "0")) for row in rows]
        yield from (f"{sheet.name}: строка {b} после {a}" for a, b in pairwise([0, *numbers]) if b <= a)
        for row, number in zip(rows, numbers, strict=True):
            areas = [_area(cell.get("r", "")) for cell in found(row, "m:c")]
            yield from (f"{sheet.name}: ячейка вне строки {number}" for a in areas if a is None or a[1] != number)
            columns = [area[0] for area in areas if area]
            yield from (f"{sheet.name}, строка {number}: столбец {b} после {a}" for a, b in pairwise(columns) if b <= a)


def values_fit_their_types(package: Package) -> Iterator[str]:
    for sheet in package.sheets:
        for cell in sheet.cells:
            if cell.type == "s" and not 0 <= int(cell.value or "-1") < len(package.shared_strings):
                yield f"{sheet.name}!{cell.address}: нет строки {cell.value}"
            if cell.type == "n" and cell.value and not _is_finite(cell.value):
                yield f"{sheet.name}!{cell.address}: число {cell.value}"


def texts_fit_into_cells(package: Package) -> Iterator[str]:
    for sheet in package.sheets:
        for cell in sheet.cells:
            if len(cell.text or "") > LONGEST_TEXT:
                yield f"{sheet.name}!{cell.address}: {len(cell.text or '')} знаков"


def formulas_are_such_as_excel_2007_reads(package: Package) -> Iterator[str]:
    """English functions, commas between arguments; sheets and names that there are."""
    names = {each.get("name", "").casefold() for each in package.defined_names}
    for place, text in formulas(package):
        if not 0 < len(text) <= LONGEST_FORMULA:
            yield f"{place}: формула длиной {len(text)}"
        depth = 0
        for token in _tokens(text):
            depth += (token.type == Token.ARRAY) * (1 if token.subtype == Token.OPEN else -1)
            if token.type == Token.FUNC and token.subtype == Token.OPEN and token.value[:-1] not in FORMULAE:
                yield f"{place}: функция {token.value[:-1]}"
            if token.subtype == Token.ERROR:
                yield f"{place}: {token.value} в формуле {text}"
            if token.type == Token.SEP and token.subtype == Token.ROW and not depth:
                yield f"{place}: точка с запятой между аргументами: {text}"
        for reference in _references(text):
            yield from (f"{place}: {fault}" for fault in _faults_of(reference, package, names))


def _faults_of(reference: "Reference", package: Package, names: set[str]) -> Iterator[str]:
    if reference.sheet and reference.sheet not in package.sheet_names:
        yield f"нет листа {reference.sheet!r}"
    area = _area(reference.place)
    if area is None and "[" not in reference.place and reference.place.casefold() not in names:
        yield f"{reference.place!r}: ни ячейка, ни имя"


# ── rules of what lies over the cells ────────────────────────────────────────────────────────────────────────────────


def areas_do_not_overlap(package: Package) -> Iterator[str]:
    """Merged cells and tables, each of more than one cell."""
    for sheet in package.sheets:
        taken = [*sheet.merged, *(table.get("ref", "") for table in sheet.tables)]
        areas = {place: area for place in taken if (area := _area(place))}
        yield from (f"{sheet.name}!{place}: не область" for place in taken if ":" not in place or place not in areas)
        yield from (f"{sheet.name}!{place}: дважды" for place in _repeated(taken))
        for a, b in combinations(areas, 2):
            if _overlap(areas[a], areas[b]):
                yield f"{sheet.name}: {a} и {b}"


def tables_agree_with_their_cells(package: Package) -> Iterator[str]:
    tables = [table for sheet in package.sheets for table in sheet.tables]
    names = [each.get("name", "") for each in package.defined_names if each.get("localSheetId") is None]
    names += [table.get("displayName", "") for table in tables]
    yield from (f"таблица {name}: имя дважды" for name in _repeated(names))
    yield from (f"таблица № {number} дважды" for number in _repeated(table.get("id", "") for table in tables))
    for sheet in package.sheets:
        listed = len(sheet.found("m:tableParts/m:tablePart"))
        if listed != len(sheet.tables):
            yield f"{sheet.name}: таблиц {len(sheet.tables)}, названо {listed}"
        for table in sheet.tables:
            yield from (f"таблица {table.get('displayName')}: {fault}" for fault in _faults_of_table(sheet, table))


def _faults_of_table(sheet: Sheet, table: Element) -> Iterator[str]:
    name = table.get("displayName", "")
    if not _NAME.fullmatch(name) or _LIKE_AN_ADDRESS.fullmatch(name):
        yield "имя не годится"
    area = _area(table.get("ref", ""))
    if area is None or area[3] <= area[1]:
        yield f"область {table.get('ref')} без строк"
        return
    headings = [each.get("name", "") for each in found(table, "m:tableColumns/m:tableColumn")]
    yield from (f"столбец {heading!r} дважды" for heading in _repeated(headings))
    if len(headings) != area[2] - area[0] + 1:
        yield f"столбцов {len(headings)} в области {table.get('ref')}"
    header = {cell.address: cell.text for cell in sheet.cells}
    for column, heading in enumerate(headings, area[0]):
        shown = header.get(f"{_letters(column)}{area[1]}")
        if shown != _unescaped(heading):
            yield f"столбец {heading!r} назван в ячейке {shown!r}"


def filters_lie_on_their_sheets(package: Package) -> Iterator[str]:
    """A filter is also a hidden name; it never lies over a table, which has its own."""
    named = {
        (each.get("localSheetId"), (each.text or "").rpartition("!")[2].replace("$", ""))
        for each in package.defined_names
        if each.get("name") == "_xlnm._FilterDatabase"
    }
    for number, sheet in enumerate(package.sheets):
        for element in sheet.found("m:autoFilter"):
            place = element.get("ref", "")
            area = _area(place)
            if area is None or (str(number), place) not in named:
                yield f"{sheet.name}: фильтр {place} без имени"
            elif any(_overlap(area, _area(table.get("ref", "")) or area) for table in sheet.tables):
                yield f"{sheet.name}: фильтр {place} на таблице"


def conditional_formats_are_whole(package: Package) -> Iterator[str]:
    for sheet in package.sheets:
        for element in sheet.found("m:conditionalFormatting"):
            place = element.get("sqref", "")
            if not place or not all(_area(part) for part in place.split()):
                yield f"{sheet.name}: условный формат на {place!r}"
        rules = sheet.found("m:conditionalFormatting/m:cfRule")
        yield from (f"{sheet.name}: очередь {n} дважды" for n in _repeated(rule.get("priority", "") for rule in rules))
        ids = {each.text for each in sheet.root.iterfind(".//m:cfRule//x14:id", _NAMESPACES)}
        drawn = {each.get("id") for each in sheet.root.iterfind(".//x14:cfRule", _NAMESPACES)}
        yield from (f"{sheet.name}: нет полосы {key}" for key in sorted(ids - drawn, key=str))


def validations_are_within_bounds(package: Package) -> Iterator[str]:
    for sheet in package.sheets:
        for rule in sheet.found("m:dataValidations/m:dataValidation"):
            place = f"{sheet.name}!{rule.get('sqref')}"
            if not rule.get("sqref") or not all(_area(part) for part in rule.get("sqref", "").split()):
                yield f"{place}: нет такой области"
            for name in _PROMPTS:
                most = LONGEST_PROMPT_TITLE if name.endswith("Title") else LONGEST_PROMPT
                if len(_unescaped(rule.get(name, ""))) > most:
                    yield f"{place}: {name} длиннее {most}: {rule.get(name)!r}"
            for formula in found(rule, "*"):
                if len(formula.text or "") > LONGEST_LIST:
                    yield f"{place}: условие длиннее {LONGEST_LIST}: {formula.text!r}"


def links_are_within_bounds(package: Package) -> Iterator[str]:
    for sheet in package.sheets:
        links = sheet.found("m:hyperlinks/m:hyperlink")
        if len(links) > MOST_LINKS:
            yield f"{sheet.name}: ссылок {len(links)}"
        yield from (f"{sheet.name}!{place}: две ссылки" for place in _repeated(link.get("ref", "") for link in links))
        outside = package.relations(sheet.part)
        for link in links:
            where, target = f"{sheet.name}!{link.get('ref')}", link.get("location", "")
            if link.get(f"{{{_DOCUMENT}}}id") is None and not _leads_to_a_cell(target, package):
                yield f"{where}: нет места {target!r}"
            address = outside.get(link.get(f"{{{_DOCUMENT}}}id", ""), Relation("", "", True)).target
            if len(address) > LONGEST_LINK or len(link.get("tooltip", "")) > LONGEST_PROMPT:
                yield f"{where}: слишком длинная ссылка"


def _leads_to_a_cell(location: str, package: Package) -> bool:
    names = {each.get("name", "").casefold() for each in package.defined_names}
    references = list(_references(location))
    return bool(references) and not any(fault for each in references for fault in _faults_of(each, package, names))


def comments_have_shapes(package: Package) -> Iterator[str]:
    """A comment is text in one part and a box in another; without the box Excel drops it."""
    for sheet in package.sheets:
        comments = [each.get("ref", "") for each in _comments(sheet)]
        yield from (f"{sheet.name}!{place}: два примечания" for place in _repeated(comments))
        for comment in _comments(sheet):
            if len(shown_text(comment)) > LONGEST_TEXT:
                yield f"{sheet.name}!{comment.get('ref')}: примечание слишком длинное"
        boxes = set(_boxes(sheet)) if sheet.found("m:legacyDrawing") else set()
        yield from (f"{sheet.name}!{place}: примечание без рамки" for place in comments if place not in boxes)


def _boxes(sheet: Sheet) -> Iterator[str]:
    for part in sheet.related("vmlDrawing"):
        for box in sheet.package.xml(part).iterfind(".//x:ClientData[@ObjectType='Note']", _NAMESPACES):
            row, column = (int(box.findtext(f"x:{tag}", "0", _NAMESPACES)) for tag in ("Row", "Column"))
            yield f"{_letters(column + 1)}{row + 1}"


def drawings_hold_what_they_show(package: Package) -> Iterator[str]:
    """Every anchor within the grid, every frame with its chart, every series with its data."""
    charts = package.parts_of_type("chart+xml")
    for sheet in package.sheets:
        for part in sheet.related("drawing"):
            relations = package.relations(part)
            frames = [each.get(f"{{{_DOCUMENT}}}id", "") for each in package.xml(part).iter("{*}chart")]
            yield from (f"{part}: нет диаграммы {key}" for key in frames if relations[key].target not in charts)
            for corner in (*package.found(part, "*/xdr:from"), *package.found(part, "*/xdr:to")):
                column, row = (int(corner.findtext(f"xdr:{tag}", "0", _NAMESPACES)) for tag in ("col", "row"))
                if not (0 <= column < COLUMNS and 0 <= row < ROWS):
                    yield f"{part}: рисунок вне листа"
            names = [each.get("id", "") for each in package.xml(part).iter("{*}cNvPr")]
            yield from (f"{part}: рисунок № {number} дважды" for number in _repeated(names))
    for part in charts:
        for series in package.xml(part).iterfind(".//c:ser", _NAMESPACES):
            if series.find("c:val//c:f", _NAMESPACES) is None:
                yield f"{part}: ряд без данных"


def columns_and_rows_are_within_bounds(package: Package) -> Iterator[str]:
    for sheet in package.sheets:
        spans = [(int(each.get("min", "0")), int(each.get("max", "0"))) for each in sheet.found("m:cols/m:col")]
        ends = [end for span in spans for end in span]
        if (
            ends != sorted(ends)
            or any(b <= a for (_, a), (b, _) in pairwise(spans))
            or not all(1 <= end <= COLUMNS for end in ends)
        ):
            yield f"{sheet.name}: столбцы {spans}"
        for element in sheet.found("m:cols/m:col"):
            if not 0 <= float(element.get("width", "0")) <= WIDEST_COLUMN:
                yield f"{sheet.name}: столбец шириной {element.get('width')}"
        for element in sheet.found("m:sheetData/m:row"):
            if not 0 <= float(element.get("ht", "0")) <= HIGHEST_ROW:
                yield f"{sheet.name}: строка {element.get('r')} высотой {element.get('ht')}"


def headers_and_footers_fit(package: Package) -> Iterator[str]:
    for sheet in package.sheets:
        for element in sheet.found("m:headerFooter/*"):
            if len(element.text or "") > LONGEST_FOOTER:
                yield f"{sheet.name}: {etree.QName(element).localname}: {len(element.text or '')} знаков"


Rule = Callable[[Package], Iterable[str]]

RULES: tuple[Rule, ...] = (
    entries_are_unique,
    parts_have_content_types,
    relations_lead_somewhere,
    elements_stand_in_order,
    nothing_unseen_is_written,
    sheets_are_named_as_excel_allows,
    names_are_valid_and_unique,
    names_of_a_sheet_lie_on_it,
    formats_are_within_bounds,
    formats_used_exist,
    cells_stand_in_their_places,
    values_fit_their_types,
    texts_fit_into_cells,
    formulas_are_such_as_excel_2007_reads,
    areas_do_not_overlap,
    tables_agree_with_their_cells,
    filters_lie_on_their_sheets,
    conditional_formats_are_whole,
    validations_are_within_bounds,
    links_are_within_bounds,
    comments_have_shapes,
    drawings_hold_what_they_show,
    columns_and_rows_are_within_bounds,
    headers_and_footers_fit,
)


def breaches(data: bytes) -> list[str]:
    """All that Excel would mend or refuse: the rule and the place."""
    package = Package(data)
    return [f"{rule.__name__}: {fault}" for rule in RULES for fault in rule(package)]


# ── references ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Reference(NamedTuple):
    """`sheet` is blank where a formula means its own. `place`: an address, or a name."""

    sheet: str
    place: str


def _references(formula: str) -> Iterator[Reference]:
    for token in _tokens(formula):
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            sheet, _, place = token.value.rpartition("!")
            yield Reference(sheet.removeprefix("'").removesuffix("'").replace("''", "'"), place)


def _area(place: str) -> Area | None:
    """`$A$1:C3`, `A:B` or `5:6` as numbers; None for what is no place on the grid."""
    try:
        ends = range_boundaries(place)
    except (ValueError, CellCoordinatesException):
        return None
    left, top, right, bottom = (
        whole if end is None else end for end, whole in zip(ends, (1, 1, COLUMNS, ROWS), strict=True)
    )
    within = 1 <= left <= right <= COLUMNS and 1 <= top <= bottom <= ROWS
    return (left, top, right, bottom) if within else None


def _overlap(a: Area, b: Area) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _letters(column: int) -> str:
    return str(get_column_letter(column))


def _unescaped(text: str) -> str:
    """`_x000a_` in an attribute stands for the character."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), text)


def _is_finite(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def _repeated(names: Iterable[str]) -> list[str]:
    """Those that stand more than once, upper and lower case being one."""
    return [name for name, times in Counter(name.casefold() for name in names).items() if times > 1]
