"""What calamine does not tell of an .xlsx: number formats, error cells, formulas without a value, and the size of the
grid it is about to build. One pass over each sheet's XML, before calamine opens the file.

The pass is a regular expression (a tenth of the price of an XML parser) and is trusted only where it cannot err: UTF-8,
no comments or CDATA, every cell in the shape that all spreadsheet programs write. Anything else is `NotPlain` and goes
to the second reader, which is slower and sparse.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from pipeline.reading.opening.book import Aside, Cell
from pipeline.reading.opening.cells import cell_without_value, error_cell
from pipeline.reading.opening.guard import check_sheets, damaged, part
from pipeline.reading.opening.xlsx_looks import (
    Mark,
    RichText,
    asides_of_sheet,
    holds_asides,
    marks_of_styles,
    rich_inline,
    rich_strings,
    tree,
)
from pipeline.reading.opening.xlsx_names import ReadPart
from pipeline.reading.remembering import once_a_blank
from pipeline.settings import Limits
from schemas.addresses import LAST_COLUMN, Spot, column_number, exists, spot_at

GENERAL = "General"


class NotPlain(Exception):  # noqa: N818 - as Unreadable: an answer, no fault of the program
    """The workbook is written in a way that this pass, or calamine, would misread or die of."""


@dataclass
class SheetNotes:
    """What is to be said of one sheet beside its values."""

    formats: dict[Spot, str] = field(default_factory=dict)  # of the cells with a value, where it is not General
    errors: dict[Spot, Cell] = field(default_factory=dict)
    never_calculated: dict[Spot, Cell] = field(default_factory=dict)
    marks: dict[Spot, Mark] = field(default_factory=dict)  # cells struck out or raised as a whole
    rich: dict[Spot, RichText] = field(default_factory=dict)  # cells of which runs are so
    asides: tuple[Aside, ...] = ()
    hidden_columns: frozenset[int] = frozenset()
    hides_zeros: bool = False


class Looks(NamedTuple):
    """What cells refer to by number: formats and marks of the cell styles, shared strings with marked runs."""

    formats: tuple[str, ...]
    marks: tuple[Mark, ...]
    rich: Mapping[int, RichText]


class SheetPart(NamedTuple):
    name: str
    path: str


class Parts(NamedTuple):
    """Where in the archive the workbook keeps what is read here; a path is blank where it declares none."""

    sheets: tuple[SheetPart, ...]
    styles: str
    shared_strings: str


def notes_on_sheets(package: zipfile.ZipFile, read: ReadPart, limits: Limits) -> list[SheetNotes]:
    """The notes on every sheet, in the order of the workbook. `read`: its parts.

    Raises NotPlain where the second reader has to take over, Unreadable where none can read it.
    """
    names = frozenset(package.namelist())
    parts = parts_of(package, read)
    check_sheets(len(parts.sheets), limits)
    if not names.issuperset(sheet.path for sheet in parts.sheets):
        raise NotPlain
    # not by `read`, which would hold these two while calamine builds its own of them
    shared = part(package, parts.shared_strings) if parts.shared_strings in names else b""
    if shared:
        _check_shared_strings(shared)
    styles = part(package, parts.styles) if parts.styles in names else b""
    formats, marks = (_formats(styles), marks_of_styles(styles)) if styles else ((GENERAL,), ())
    looks = Looks(formats, marks, rich_strings(shared))
    kinds: dict[bytes, Looked] = {}
    notes = [_notes(part(package, sheet.path), looks, kinds, limits) for sheet in parts.sheets]
    if asides_beside := holds_asides(names):
        for noted, sheet in zip(notes, parts.sheets, strict=True):
            noted.asides = asides_of_sheet(package, sheet.path, asides_beside)
    return notes


def parts_of(package: zipfile.ZipFile, read: ReadPart) -> Parts:
    """What the workbook declares. `read`: its parts. Raises Unreadable where it has no description of itself."""
    names = package.namelist()
    workbook = _workbook_path(read("_rels/.rels")) if "_rels/.rels" in names else "xl/workbook.xml"
    folder, name = posixpath.split(workbook)
    relations = f"{folder}/_rels/{name}.rels".lstrip("/")
    if workbook not in names or relations not in names:
        raise damaged("в нём нет описания книги")
    described, related = read(workbook), read(relations)
    by_id, by_kind = _paths(related, folder)
    sheets = (SheetPart(name, by_id.get(relation_id, "")) for name, relation_id in _declared_sheets(described))
    return Parts(tuple(sheets), by_kind.get("styles", ""), by_kind.get("sharedStrings", ""))


@once_a_blank
def _workbook_path(relations: bytes) -> str:
    kinds = {_kind(relation.get("Type", "")): relation.get("Target", "") for relation in tree(relations)}
    return kinds.get("officeDocument", "xl/workbook.xml").lstrip("/")


@once_a_blank
def _paths(relations: bytes, folder: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The parts by the relation's id, and by its kind."""
    by_id, by_kind = {}, {}
    for relation in tree(relations):
        path = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        by_id[relation.get("Id", "")] = by_kind[_kind(relation.get("Type", ""))] = path
    return by_id, by_kind


@once_a_blank
def _declared_sheets(workbook: bytes) -> tuple[tuple[str, str], ...]:
    """Name of each sheet and id of its relation."""
    return tuple(
        (sheet.get("name", ""), next((value for key, value in sheet.items() if key.endswith("}id")), ""))
        for sheet in tree(workbook).findall("{*}sheets/{*}sheet")
    )


def _kind(uri: str) -> str:
    """The kind of a relation: the last word of its type, the same in transitional and strict files. Other programs may
    use it for parts of their own, which are none of these."""
    of, _, kind = uri.rpartition("/")
    return kind if of in _OF_OFFICE else uri


_OF_OFFICE = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)


# ── number formats ───────────────────────────────────────────────────────────────────────────────────────

# ECMA-376 part 1, 18.8.30: the formats that a file names by number alone.
_BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0",
    48: "##0.0E+0", 49: "@",
}  # fmt: skip


@once_a_blank
def _formats(styles: bytes) -> tuple[str, ...]:
    """The number format of each cell style, by its index (`s` of a cell)."""
    root = tree(styles)
    codes = {str(number): code for number, code in _BUILT_IN.items()}
    for element in root.findall("{*}numFmts/{*}numFmt"):
        codes[element.get("numFmtId", "")] = element.get("formatCode", GENERAL)
    return tuple(codes.get(xf.get("numFmtId", "0"), GENERAL) for xf in root.findall("{*}cellXfs/{*}xf")) or (GENERAL,)


# ── what would mislead the pass, or end calamine ─────────────────────────────────────────────────────────

_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
_DECLARED_COUNT = re.compile(rb"""\b(?:uniqueCount|count)\s*=\s*["'](\d+)""")
_SMALLEST_STRING = len("<si/>")
_HARMLESS_COUNT = 100_000  # a few megabytes: some programs count carelessly


def _check_shared_strings(xml: bytes) -> None:
    """calamine reserves memory for as many strings as are declared, however few there are, and dies of it."""
    _check_encoding(xml)
    declared = _DECLARED_COUNT.findall(xml[:1_000].partition(b"<si")[0])
    if any(int(n) > max(len(xml) // _SMALLEST_STRING, _HARMLESS_COUNT) for n in declared):
        raise NotPlain


def _check_encoding(xml: bytes) -> None:
    if _declares(xml) and b"<!DOCTYPE" in xml:
        raise damaged("внутри него объявления (DTD), которых в книгах Excel не бывает")
    declared = _ENCODING.match(xml.removeprefix(b"\xef\xbb\xbf"))
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise NotPlain


def _declares(xml: bytes) -> bool:
    """Is there anything in it that begins with `<!`. One rare letter is found faster than two of which one is not."""
    return b"!" in xml and b"<!" in xml


# ── the pass ─────────────────────────────────────────────────────────────────────────────────────────────


Looked = tuple[str, Mark, str]  # number format, mark and `t` of a cell


def _notes(xml: bytes, looks: Looks, kinds: dict[bytes, Looked], limits: Limits) -> SheetNotes:
    """The notes on one sheet. `kinds`: what attributes of cells have been found to say; added to."""
    _check_encoding(xml)
    if _declares(xml):  # in comments and CDATA stand cells that are none
        raise NotPlain
    end = xml.rfind(b"sheetData")  # behind the cells stands a quarter of the form: what may be typed, how it looks
    end = end if xml.find(b"sheetData") < end else len(xml)
    rich = rich_inline(xml, end)
    notes = SheetNotes(rich=rich, hidden_columns=_hidden_columns(xml), hides_zeros=_hides_zeros(xml))
    rows, columns = set[bytes](), set[bytes]()
    for letters, digits, attributes, empty, formula, holder, value in _cells(xml, end):
        if not letters:
            raise NotPlain
        looked = kinds.get(attributes)
        if looked is None:
            looked = kinds[attributes] = _format_mark_and_type(attributes, looks)
        number_format, mark, kind = looked
        if empty and kind != "e":  # most cells of a blank form: styled, and nothing in them
            continue
        if holder:
            rows.add(digits)
            columns.add(letters)
        if number_format != GENERAL:
            notes.formats[_spot(letters, digits)] = number_format
        if mark and holder:
            notes.marks[_spot(letters, digits)] = mark
        if kind == "s":
            if not (value.isdigit() and len(value) < _MOST_DIGITS):
                raise NotPlain  # calamine takes what is no number for the first text of the book
            if looks.rich and (text := looks.rich.get(int(value))):
                notes.rich[_spot(letters, digits)] = text
        elif kind == "e":
            notes.errors[_spot(letters, digits)] = error_cell(value.decode("utf-8", "replace"), number_format)
        elif formula and not value and kind != "str":  # `str` with an empty value is a formula that gives ""
            notes.never_calculated[_spot(letters, digits)] = cell_without_value(number_format)
    if rows and not _fits({int(row) for row in rows}, {column_number(column) for column in columns}, limits):
        raise NotPlain  # calamine builds the whole rectangle
    return notes


def _cells(xml: bytes, end: int) -> Iterable[tuple[bytes, ...]]:
    """The cells before `end`, taken apart as `_cell_pattern` says."""
    root = _ROOT.search(xml[:4_096])
    cell = _cell_pattern(root[1] if root else b"")
    if len(xml) <= _AT_ONCE:
        return cell.findall(xml, 0, end)  # in a third less time
    return (match.groups(b"") for match in cell.finditer(xml, 0, end))  # all at once would take more room than the text


_AT_ONCE = 2**20  # bytes of a sheet
_MOST_DIGITS = 10  # of the number of a shared string
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^<>]*)>")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")


def _hidden_columns(xml: bytes) -> frozenset[int]:
    """They are declared before the cells."""
    before = xml[: max(xml.find(b"sheetData"), 0)]
    if b"hidden" not in before:  # so are most sheets
        return frozenset()
    hidden: set[int] = set()
    for declared in _COLUMN.findall(before):
        given = dict(_ATTRIBUTE.findall(declared))
        first, last = given.get(b"min", b""), given.get(b"max", b"")
        if _HIDDEN.search(declared) and first.isdigit() and last.isdigit():
            hidden.update(range(int(first), min(int(last), LAST_COLUMN) + 1))
    return frozenset(hidden)


_NO_ZEROS = re.compile(rb"""<(?:\w+:)?sheetView\s[^<>]*\bshowZeros\s*=\s*["'](?:0|false)["']""")


def _hides_zeros(xml: bytes) -> bool:
    """«Показывать нули» is switched off for the sheet."""
    return _NO_ZEROS.search(xml, 0, max(xml.find(b"sheetData"), 0)) is not None


@lru_cache(maxsize=16_384)  # places of a form, as `spot_at`
def _spot(letters: bytes, digits: bytes) -> Spot:
    return spot_at(int(digits), column_number(letters))


def _fits(rows: set[int], columns: set[int], limits: Limits) -> bool:
    """Do these rows and columns exist in Excel, and is the rectangle that they span within the limit."""
    first, last = Spot(min(rows), min(columns)), Spot(max(rows), max(columns))
    area = (last.row - first.row + 1) * (last.column - first.column + 1)
    return exists(first) and exists(last) and area <= limits.cells


_ROOT = re.compile(rb"<(\w+:)?(?:work|chart|dialog|macro)sheet\b")


@cache
def _cell_pattern(prefix: bytes | None) -> re.Pattern[bytes]:
    """A cell in a sheet that writes its tags with this namespace prefix (`x:`, mostly none). Groups: column, row,
    other attributes, the end of a cell without anything in it, that of a formula, tag that holds the value, value; none
    of them takes part for a cell in any but the usual shape."""
    p = re.escape(prefix or b"")
    address = rb' r="([A-Z]{1,3})([0-9]{1,7})"([^<>/]*)'
    formula = rb"(?:<" + p + rb"f\b[^<>]*(?:/|>[^<]*</" + p + rb"f)(>)\s*)?"
    value = rb"(?:<" + p + rb"(v|is)\b[^<>]*(?:/>|>([^<]*)))?"
    return re.compile(rb"<" + p + rb"c(?=[\s/>])(?:" + address + rb"(?:(/>)|>\s*" + formula + value + rb"))?")


_STYLE = re.compile(rb"\d{1,6}")
_ATTRIBUTE = re.compile(rb"""(?<![\w:])(\w+)\s*=\s*["']([^"']*)""")


def _format_mark_and_type(attributes: bytes, looks: Looks) -> Looked:
    """From the attributes of a cell."""
    style, kind = (_again if len(attributes) <= _SHORT else _style_and_type)(attributes)
    if not 0 <= style < len(looks.formats):
        raise NotPlain
    return looks.formats[style], looks.marks[style] if looks.marks else "", kind


def _style_and_type(attributes: bytes) -> tuple[int, str]:
    """`s` and `t` of a cell; -1 for a style that is no number."""
    given = dict(_ATTRIBUTE.findall(attributes))
    style = given.get(b"s", b"0")
    return int(style) if _STYLE.fullmatch(style) else -1, given.get(b"t", b"n").decode("utf-8", "replace")


_SHORT = 64  # bytes: so long the attributes of cells are, which are mostly the same in all files of a batch
_again = lru_cache(maxsize=4_096)(_style_and_type)
