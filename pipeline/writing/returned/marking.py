"""The school's own file back with its remarks: a first sheet «Замечания», and in its sheets every remarked cell marked
and commented.

The package is patched: of the parts that are there only the workbook's description, the style sheet, the remarked
sheets and their comments are written anew, all others are copied as they are. Runs in worker processes: neither
xlsxwriter, openpyxl nor pandas is imported here (`fresh` apart).

A file that was returned before and comes again with new mistakes gets its old marks taken off first.
"""

from collections.abc import Sequence

import msgspec

from pipeline.writing.returned.cells import Cells, spot
from pipeline.writing.returned.comments import Comments
from pipeline.writing.returned.package import Package, Unpatchable, q
from pipeline.writing.returned.sheet import Marked, RemarksSheet, remembered
from pipeline.writing.returned.soundness import make_sound, require_sound_sheets
from pipeline.writing.returned.styles import Styles
from pipeline.writing.returned.texts import Head, Shown
from pipeline.writing.returned.workbook import Workbook
from schemas.addresses import Spot
from schemas.remarks import Severity

_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_GRAVITY = list(Severity)
_MACROS = "Макросы из файла убраны: для отчёта они не нужны."


def annotated(data: bytes, remarks: Sequence[Shown], head: Head) -> bytes | None:
    """The bytes of the .xlsx file for the school; `data`: its .xlsx or .xlsm as received.

    None where the file cannot be patched with certainty: `fresh` makes one in its place.
    """
    try:
        return with_remarks(data, remarks, head)
    except Unpatchable:
        return None


def with_remarks(data: bytes, remarks: Sequence[Shown], head: Head) -> bytes:
    """The file with the sheet «Замечания» and its cells marked. Raises Unpatchable."""
    remarks = sorted(remarks, key=_gravity)
    package = Package(data)
    had_macros = make_sound(package)
    workbook = Workbook(package)
    workbook.make_plain()
    styles = Styles(package, workbook.path)
    if had_macros:
        head = msgspec.structs.replace(head, notes=(*head.notes, _MACROS))
    _unmark(package, workbook, styles)
    marked = _mark(package, workbook, styles, remarks)
    require_sound_sheets(package)
    sheet = RemarksSheet(head, remarks, workbook.sheets, styles)
    part = workbook.first_sheet()
    package.put(part, sheet.xml(marked), _WORKSHEET)
    styles.put_into(package)
    workbook.name_our_sheet(sheet.printed, sheet.repeated)
    return package.to_bytes()


def _gravity(remark: Shown) -> int:
    return _GRAVITY.index(remark.severity)


def _mark(package: Package, workbook: Workbook, styles: Styles, remarks: Sequence[Shown]) -> list[Marked]:
    """Marks and comments every remarked cell; returns the marked cells, those of merged areas too. What is only
    information has a comment and no colour: a yellow cell would no longer look as if it were to be filled in."""
    marked = []
    told = sorted((one for remark in remarks for one in (remark, *remark.follows)), key=_gravity)
    for name, part in workbook.sheets.items():
        about = [remark for remark in told if remark.sheet == name and spot(remark.cell)]
        if about:
            worksheet = package.tree(part)
            cells = Cells(worksheet)
            by_cell = _by_cell(about, cells)
            for place, said in by_cell.items():
                area = cells.area(place)
                marked += [Marked(name, cell, cells.style(cell)) for cell in area]
                if said[0].severity is not Severity.INFO:
                    for cell in area:
                        cells.set_style(cell, styles.marked(cells.style(cell), said[0].severity))
            Comments(package, part, worksheet).add(by_cell, cells)
    return marked


def _by_cell(remarks: Sequence[Shown], cells: Cells) -> dict[Spot, list[Shown]]:
    """The remarks on each cell, the gravest first; those inside a merged area are on the cell that shows its value."""
    found: dict[Spot, list[Shown]] = {}
    for remark in remarks:
        if place := spot(remark.cell):
            found.setdefault(cells.area(place)[0], []).append(remark)
    return found


# ── marks of an earlier return ───────────────────────────────────────────────────────────────────────────


def _unmark(package: Package, workbook: Workbook, styles: Styles) -> None:
    if not workbook.ours:
        return
    strings = _shared_strings(package, workbook)
    before = remembered(Cells(package.tree(workbook.ours)), strings)
    for name, part in workbook.sheets.items():
        places = {mark.place: mark.style for mark in before if mark.sheet == name}
        if not places:
            continue
        worksheet = package.tree(part)
        cells = Cells(worksheet)
        for place, style in places.items():
            if styles.is_marked(cells.style(place)):
                cells.set_style(place, style)
        Comments(package, part, worksheet).cut(list(places))


def _shared_strings(package: Package, workbook: Workbook) -> list[str]:
    part = package.related(workbook.path, "sharedStrings")
    if not part:
        return []
    return ["".join(string.itertext(q("t"))) for string in package.parsed(part).iterchildren(q("si"))]
