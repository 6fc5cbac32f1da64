"""The school's own file back with its remarks: all of it kept, its cells marked, our sheet first."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import msgspec
import openpyxl
import pytest
import xlsxwriter
from lxml import etree
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import save_workbook

from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Sheet
from pipeline.reading.opening.grid import open_book
from pipeline.settings import Limits
from pipeline.writing.form.workbook import write_form
from pipeline.writing.pages import colours
from pipeline.writing.returned.archive import Archive
from pipeline.writing.returned.in_worker import ReturnTask
from pipeline.writing.returned.marking import annotated
from pipeline.writing.returned.package import Package, Unpatchable
from pipeline.writing.returned.texts import Head, Shown
from pipeline.writing.returns import _names, _shown
from schemas.district import School
from schemas.remarks import Severity
from tests.batch import CATALOGUE
from tests.conftest import Once
from tests.libreoffice import needs_libreoffice, printed_together, saved_together
from tests.order_form import FORM, REGISTRY, SCHOOLS, OrderForm, said

ROOT = Path(__file__).parent.parent
HEAD = Head("МБОУ «Средняя школа № 8»", date(2014, 3, 20))
ERROR, WARNING, INFO = Severity
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PICTURE = (ROOT / "docs/images/svodka.png").read_bytes()

# Parts that hold the marks; `sheet1.xml` is the remarked sheet of all workbooks made here.
OURS_TO_CHANGE = re.compile(
    r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml|xl/worksheets/sheet1\.xml|"
    r"xl/worksheets/_rels/sheet1\.xml\.rels|xl/comments1\.xml|xl/(drawings/)?vmlDrawing1\.vml"
)


# ── remarks and files ────────────────────────────────────────────────────────────────────────────────────
def shown(cell: str = "B2", severity: Severity = ERROR, sheet: str = "Отчёт", **words: str) -> Shown:
    about = {"item": "14", "written": "281", "message": "Логинов выдано 258.", "todo": "Исправьте число в п. 14."}
    return Shown(severity, sheet=sheet, cell=cell, **{**about, **words})


def returned(data: bytes, *remarks: Shown, head: Head = HEAD) -> bytes:
    result = annotated(data, remarks or [shown()], head)
    assert result is not None
    return result


def by_xlsxwriter(fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], object] = lambda *_: None):
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": date(2014, 3, 20)})
    sheet = book.add_worksheet("Отчёт")
    sheet.write_string("A1", "Мероприятия")
    sheet.write_number("B2", 281)
    fill(book, sheet)
    book.close()
    return target.getvalue()


def by_openpyxl(fill: Callable[[openpyxl.Workbook, Worksheet], object] = lambda *_: None) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Отчёт"
    book.active["A1"], book.active["B2"] = "Мероприятия", 281
    fill(book, book.active)
    target = BytesIO()
    save_workbook(book, target)
    return target.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package(contents: Mapping[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return target.getvalue()


def changed(data: bytes, changes: Mapping[str, Callable[[bytes], bytes | None]]) -> bytes:
    """The package with some parts rewritten; None takes a part out."""
    contents = parts(data)
    for name, change in changes.items():
        if (content := change(contents.pop(name))) is not None:
            contents[name] = content
    return package(contents)


def opened(data: bytes, **options: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(data), **options)


def links(book: openpyxl.Workbook) -> list[str]:
    """Where the remarks' sheet leads."""
    return [cell.hyperlink.location for row in book["Замечания"] for cell in row if cell.hyperlink]


def sheets(data: bytes) -> dict[str, Sheet]:
    """What Svod reads, the remarks' sheet left out."""
    read = {sheet.name: sheet for sheet in open_book(data, Limits()).sheets}
    read.pop("Замечания", None)
    return read


# ── odd workbooks ────────────────────────────────────────────────────────────────────────────────────────
def _everything(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    lists = book.add_worksheet("Списки")
    lists.write_column("A1", ["есть", "нет"])
    lists.repeat_rows(0)
    lists.activate()
    meta = book.add_worksheet("_meta")
    meta.write_string("A1", "form")
    meta.very_hidden()
    sheet.write_rich_string("A2", book.add_format({"bold": True}), "Срок", " — 20.03.2014")
    sheet.write_formula("B3", "=B2*2", None, 562)
    sheet.write_datetime("B4", date(2014, 3, 20), book.add_format({"num_format": "dd.mm.yyyy"}))
    sheet.merge_range("C5:E6", "объединено", book.add_format({"border": 1}))
    sheet.data_validation("B2", {"validate": "list", "source": "=Списки!$A$1:$A$2"})
    sheet.conditional_format("B2:B9", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("B2", {"type": "cell", "criteria": ">", "value": 5, "format": book.add_format()})
    sheet.insert_image("G2", "svodka.png", {"image_data": BytesIO(PICTURE), "x_scale": 0.1, "y_scale": 0.1})
    sheet.write_comment("A1", "Записка школы", {"author": "Директор"})
    sheet.write_comment("B2", "Перепроверить", {"author": "Директор"})
    sheet.set_header("&L&G", {"image_left": "svodka.png", "image_data_left": BytesIO(PICTURE)})
    sheet.write_url("A9", "https://example.org/")
    sheet.protect("", {"format_columns": True})
    sheet.repeat_rows(0)
    sheet.autofilter("A1:B9")


def _x14(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    book.add_worksheet("Списки").write_column("A1", ["есть", "нет"])
    sheet.add_sparkline("C2", {"range": "Отчёт!A1:B2"})


def _with_x14_validation(data: bytes) -> bytes:
    """Excel's own way of a list from another sheet, which neither library writes."""
    validation = (
        b'<ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        b'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations count="1" '
        b'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" '
        b'allowBlank="1"><x14:formula1><xm:f>\xd0\xa1\xd0\xbf\xd0\xb8\xd1\x81\xd0\xba\xd0\xb8!$A$1:$A$2</xm:f>'
        b"</x14:formula1><xm:sqref>B2</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    return changed(data, {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"</extLst>", validation)})


def _prefixed(xml: bytes) -> bytes:
    """The same XML with `x:` before each tag of the main namespace, as the Open XML SDK writes it."""
    root = etree.fromstring(xml)
    namespaces = {("x" if uri == MAIN else prefix): uri for prefix, uri in root.nsmap.items()}
    copy = etree.Element(root.tag, root.attrib, nsmap=namespaces)
    copy.extend(list(root))
    etree.cleanup_namespaces(copy, keep_ns_prefixes=["x"])
    assert b"<x:" in etree.tostring(copy)
    return etree.tostring(copy, encoding="UTF-8", xml_declaration=True, standalone=True)


def _without_styles(data: bytes) -> bytes:
    return changed(
        data,
        {
            "xl/styles.xml": lambda _: None,
            "[Content_Types].xml": lambda xml: re.sub(rb'<Override PartName="/xl/styles.xml"[^>]*/>', b"", xml),
            "xl/_rels/workbook.xml.rels": lambda xml: re.sub(rb'<Relationship [^>]*"styles.xml"/>', b"", xml),
        },
    )


def _without_addresses(xml: bytes) -> bytes:
    """Rows and cells may leave their places to be counted."""
    return re.sub(rb'(<row|<c) r="[A-Z0-9]+"', rb"\1", xml)


SHEET = "xl/worksheets/sheet1.xml"
PREFIXED = {SHEET: _prefixed, "xl/workbook.xml": _prefixed, "xl/styles.xml": _prefixed}
ODD: dict[str, Callable[[], bytes]] = {
    "plain": by_xlsxwriter,
    "everything": lambda: by_xlsxwriter(_everything),
    "x14 validation": lambda: _with_x14_validation(by_xlsxwriter(_x14)),
    "openpyxl": by_openpyxl,
    "prefixed": lambda: changed(by_xlsxwriter(), PREFIXED),
    "no styles": lambda: _without_styles(by_xlsxwriter()),
    "no shared strings": lambda: by_xlsxwriter(lambda book, sheet: sheet.write_blank("A1", None)),
    "no addresses": lambda: changed(
        by_openpyxl(lambda book, sheet: sheet.append([None, 5])), {SHEET: _without_addresses}
    ),
    "own form": lambda: write_form(FORM, REGISTRY.schools[0], date(2014, 3, 20)),
}


@cache
def odd(name: str) -> bytes:
    return ODD[name]()


RESAVED = ("everything", "own form")


class Resaved(NamedTuple):
    """As LibreOffice saves the file that came and the one given back, and as it prints this one."""

    received: bytes
    returned: bytes
    pdf: bytes


@pytest.fixture(scope="module")
def resaved(once: Once) -> dict[str, Resaved]:
    """By name of the odd workbook. LibreOffice takes longer to start than to save or print one."""
    return once("resaved", resaved_in)


def resaved_in(folder: Path) -> dict[str, Resaved]:
    received = [odd(name) for name in RESAVED]
    marked = [returned(data, shown("E32"), shown("C12")) for data in received]
    folder.mkdir()
    saved = [path.read_bytes() for path in saved_together([*received, *marked], folder)]
    pdfs = [path.read_bytes() for path in printed_together(marked, folder)]
    each = zip(saved[: len(received)], saved[len(received) :], pdfs, strict=True)
    return {name: Resaved(*made) for name, made in zip(RESAVED, each, strict=True)}


# ── all of the file is kept ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ODD)
def test_the_reader_finds_the_same_cells_as_before(name: str) -> None:
    before, after = sheets(odd(name)), sheets(returned(odd(name), shown(), shown("F40"), shown("A7", WARNING)))
    assert after == before
    assert before["Отчёт"].cells


@pytest.mark.parametrize("name", ODD)
def test_parts_without_a_mark_are_copied_byte_for_byte(name: str) -> None:
    data = odd(name)
    before, after = parts(data), parts(returned(data))
    kept = [part for part in before if not OURS_TO_CHANGE.fullmatch(part)]
    # A sheet that was the active one loses that.
    differing = [part for part in kept if after[part].replace(b' tabSelected="1"', b"") != before[part]]
    selected = [part for part in kept if b'tabSelected="1"' in before[part]]
    assert [part for part in differing if part not in selected] == []
    assert list(after)[: len(before)] == list(before)


@pytest.mark.parametrize("name", ODD)
def test_openpyxl_opens_it_and_sees_comment_and_link(name: str) -> None:
    book = opened(returned(odd(name), shown("E32")))
    assert book.sheetnames[0] == book.active.title == "Замечания"
    assert book["Отчёт"]["E32"].comment.text.endswith(
        "! ОШИБКА\nЛогинов выдано 258.\nЧто сделать: Исправьте число в п. 14."
    )
    assert links(book) == ["'Отчёт'!E32"]


def test_what_a_sheet_holds_beside_its_cells_stays() -> None:
    """Each in its element of the sheet's XML, in the order that Excel demands."""
    for name, kept in {
        "everything": (
            "dataValidations", "conditionalFormatting", "sheetProtection", "autoFilter", "drawing", "legacyDrawingHF",
            "hyperlinks", "mergeCells", "headerFooter", "extLst",
        ),
        "x14 validation": ("extLst",),
    }.items():  # fmt: skip
        before, after = (etree.fromstring(parts(data)[SHEET]) for data in (odd(name), returned(odd(name))))
        for tag in kept:
            elements = [root.findall(f"{{{MAIN}}}{tag}") for root in (before, after)]
            assert elements[0]
            written = [[etree.tostring(e, method="c14n") for e in found] for found in elements]
            assert written[0] == written[1]
        order = [child.tag for child in after if not child.tag.endswith("}legacyDrawing")]
        assert order == [child.tag for child in before if not child.tag.endswith("}legacyDrawing")]


def test_other_sheets_keep_their_state_and_their_names() -> None:
    book = opened(returned(odd("everything")))
    assert book.sheetnames == ["Замечания", "Отчёт", "Списки", "_meta"]
    assert book["_meta"].sheet_state == "veryHidden"
    assert [book[name].print_title_rows for name in ("Отчёт", "Списки")] == ["$1:$1", "$1:$1"]


def test_only_the_remarks_sheet_is_selected() -> None:
    """Two selected sheets are a group: what is typed into one goes into the other."""
    book = opened(returned(odd("everything")))
    assert [sheet.title for sheet in book if sheet.sheet_view.tabSelected] == ["Замечания"]


def test_the_same_input_gives_the_same_bytes() -> None:
    assert returned(odd("everything")) == returned(odd("everything"))


def test_macros_are_left_out_and_the_sheet_says_so() -> None:
    data = by_xlsxwriter(lambda book, sheet: book.add_vba_project(BytesIO(b"macros"), is_stream=True))
    assert b"macroEnabled" in parts(data)["[Content_Types].xml"]
    result = returned(data)
    assert not any(b"macroEnabled" in content or b"vbaProject" in content for content in parts(result).values())
    assert "xl/vbaProject.bin" not in parts(result)
    assert any("Макросы из файла убраны" in text for text in column(result, "A"))
    assert not any("Макросы" in text for text in column(returned(by_xlsxwriter()), "A"))


def macros_twice(name: str) -> bytes:
    """A second relation to macros, which lie in a part of that name, signed."""
    data = by_xlsxwriter(lambda book, sheet: book.add_vba_project(BytesIO(b"macros"), is_stream=True))
    rels = {"xl/_rels/workbook.xml.rels": lambda xml: with_relation(xml, "relationships/vbaProject", name)}
    signed = with_relation(b"<Relationships></Relationships>", "relationships/vbaProjectSignature", "signed.bin")
    own = signed.replace(b"<Relationships>", f'<Relationships xmlns="{PACKAGE_RELATIONS}">'.encode())
    more = {f"xl/{name}": b"more", f"xl/_rels/{name}.rels": own, "xl/signed.bin": b"s"}
    return package({**parts(changed(data, rels)), **more})


def with_relation(xml: bytes, kind: str, target: str) -> bytes:
    relation = f'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2006/{kind}" Target="{target}"/>'
    return xml.replace(b"</Relationships>", f"{relation}</Relationships>".encode())


@pytest.mark.parametrize("name", ["other.bin", "vbaProject2.bin"])
def test_all_macros_are_left_out_and_their_signatures(name: str) -> None:
    result = returned(macros_twice(name))
    assert not any(b"vbaProject" in content for content in parts(result).values())
    assert not any(part.endswith(".bin") or name in part for part in parts(result))
    assert any("Макросы из файла убраны" in text for text in column(result, "A"))


@pytest.mark.parametrize("kind", ["ui/extensibility", "relationships/attachedToolbars", "webextensiontaskpanes"])
def test_buttons_and_panes_that_come_with_a_file_are_left_out(kind: str) -> None:
    more = {"_rels/.rels": lambda xml: with_relation(xml, kind, "custom/ui.xml")}
    result = returned(package({**parts(changed(by_xlsxwriter(), more)), "custom/ui.xml": b"<customUI onLoad='run'/>"}))
    assert "custom/ui.xml" not in parts(result)
    assert b"rId99" not in parts(result)["_rels/.rels"]


@pytest.mark.parametrize("drawing", ['<xml><a href="https://example.org/">х</a></xml>', "<fill " * 50_000])
def test_a_drawing_with_no_picture_from_elsewhere_stays(drawing: str) -> None:
    assert annotated(with_part("xl/drawings/vmlDrawing9.vml", drawing.encode()), [shown()], HEAD)


def test_what_is_signed_or_shown_by_parts_that_are_left_out_goes_with_them() -> None:
    """And nothing to which other parts lead."""
    theirs = with_relation(
        with_relation(b"<Relationships></Relationships>", "x/image", "own.png"), "x/image", "/xl/a.png"
    )
    theirs = theirs.replace(b"<Relationships>", f'<Relationships xmlns="{PACKAGE_RELATIONS}">'.encode())
    contents = parts(
        changed(
            by_xlsxwriter(),
            {
                "_rels/.rels": lambda xml: with_relation(xml, "ui/extensibility", "custom/ui.xml").replace(
                    b"</Relationships>",
                    f'<Relationship Id="rId98" Type="{PACKAGE_RELATIONS}/digital-signature/origin" '
                    'Target="_xmlsignatures/origin.sigs"/></Relationships>'.encode(),
                ),
                "xl/_rels/workbook.xml.rels": lambda xml: with_relation(xml, "x/image", "a.png"),
            },
        )
    )
    more = {"custom/ui.xml": b"<x/>", "custom/_rels/ui.xml.rels": theirs, "custom/own.png": b"x", "xl/a.png": b"x"}
    result = parts(returned(package({**contents, **more, "_xmlsignatures/origin.sigs": b""})))
    assert [name for name in result if name.startswith(("custom/", "_xml"))] == []
    assert "xl/a.png" in result


def test_a_file_that_asks_nobody_before_it_looks_into_others_asks_again() -> None:
    always = {"xl/workbook.xml": lambda xml: xml.replace(b"<workbookPr ", b'<workbookPr updateLinks="always" ')}
    assert b"updateLinks" not in parts(returned(changed(by_xlsxwriter(), always)))["xl/workbook.xml"]


def test_broken_relations_of_what_only_tells_about_the_file_are_left_out() -> None:
    result = returned(package({**parts(by_xlsxwriter()), "customXml/_rels/item1.xml.rels": b"<Relationships"}))
    assert not any(name.startswith("customXml/") for name in parts(result))


@pytest.mark.parametrize("name", ["5|6 классы", "IMAGE (2)", "Call (звонки)"])
def test_the_name_of_a_sheet_that_looks_like_a_call_stays(name: str) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        other = book.add_worksheet(name)
        other.print_area(0, 0, 1, 1)
        other.autofilter(0, 0, 1, 1)
        sheet.write_formula("F9", f"='{name}'!A1")
        column = {"header": "x", "formula": "=[@[Охват | чел.]]*2"}
        sheet.add_table(10, 0, 13, 1, {"columns": [{"header": "Охват | чел."}, column]})

    assert annotated(by_xlsxwriter(fill), [shown()], HEAD)


def test_words_that_look_like_a_call_stay() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_formula("F9", '=IF(A1="a|b","IMAGE(1)",RECALL(1))')
        sheet.write_string("F10", "=cmd|'/c calc'!A0")
        sheet.write_url("F11", "https://example.org/image")

    assert annotated(by_xlsxwriter(fill), [shown()], HEAD)


# ── marks on cells ───────────────────────────────────────────────────────────────────────────────────────
def styled(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet["B2"].font = Font(name="Georgia", size=13, italic=True, color="FF0000FF")
    sheet["B2"].number_format = "0.0%"
    sheet["B2"].alignment = Alignment(horizontal="center", wrap_text=True)
    sheet["B2"].protection = Protection(locked=False)
    sheet["B2"].fill = PatternFill("solid", fgColor="FFFFF7CF")
    sheet["B3"].style = "Good"


@pytest.mark.parametrize(
    ("severity", "border", "tint", "ink"),
    [
        (ERROR, colours.ORANGE, colours.ORANGE_TINT, colours.ORANGE_INK),
        (WARNING, colours.NAVY, colours.NAVY_TINT, colours.NAVY),
    ],
)
def test_a_mark_lies_over_the_cells_own_look(severity: Severity, border: str, tint: str, ink: str) -> None:
    cell = opened(returned(by_openpyxl(styled), shown(severity=severity)))["Отчёт"]["B2"]
    for line in (cell.border.left, cell.border.right, cell.border.top, cell.border.bottom):
        assert (line.style, line.color.rgb) == ("medium", f"FF{border[1:]}")
    assert (cell.fill.fgColor.rgb, cell.font.color.rgb, cell.font.b) == (f"FF{tint[1:]}", f"FF{ink[1:]}", True)
    assert (cell.font.name, cell.font.sz, cell.font.i) == ("Georgia", 13, True)
    assert (cell.number_format, cell.alignment.horizontal, cell.alignment.wrap_text) == ("0.0%", "center", True)
    assert not cell.protection.locked


def test_what_is_only_information_has_a_comment_and_no_colour() -> None:
    """A yellow cell stays one to be filled in."""
    data = by_openpyxl(styled)
    first = returned(data, shown(severity=INFO))
    before, after, again = (opened(one)["Отчёт"]["B2"] for one in (data, first, returned(first, shown("A1"))))
    assert look(after) == look(before) == look(again)
    assert after.comment.text.startswith("· СВЕДЕНИЕ")
    assert again.comment is None


def look(cell: Cell) -> list[str]:
    return [repr(part) for part in (cell.font, cell.fill, cell.border, cell.alignment, cell.number_format, cell.style)]


def test_cells_without_a_mark_keep_their_look() -> None:
    data, places = by_openpyxl(styled), ("B2", "B3", "A5")
    before, after = opened(data)["Отчёт"], opened(returned(data, shown("A1")))["Отчёт"]
    assert [look(after[place]) for place in places] == [look(before[place]) for place in places]
    assert look(after["A1"]) != look(before["A1"])


def test_two_remarks_on_one_cell_are_one_comment_in_the_graver_colour() -> None:
    warning = shown(severity=WARNING, message="Год позже даты отчёта.", todo="Проверьте год.")
    sheet = opened(returned(by_xlsxwriter(), warning, shown()))["Отчёт"]
    assert sheet["B2"].comment.text == (
        "! ОШИБКА\nЛогинов выдано 258.\nЧто сделать: Исправьте число в п. 14.\n\n"
        "? ПРОВЕРЬТЕ\nГод позже даты отчёта.\nЧто сделать: Проверьте год."
    )
    assert sheet["B2"].fill.fgColor.rgb == f"FF{colours.ORANGE_TINT[1:]}"


@pytest.mark.parametrize("cell", ["C5", "D6"])
def test_a_merged_area_is_marked_all_over_and_commented_where_it_shows_its_value(cell: str) -> None:
    result = returned(odd("everything"), shown(cell))
    styles = {cell.get("r"): cell.get("s") for cell in etree.fromstring(parts(result)[SHEET]).iter(f"{{{MAIN}}}c")}
    assert [place for place in styles if styles[place] == styles["C5"]] == ["C5", "D5", "E5", "C6", "D6", "E6"]
    assert opened(result)["Отчёт"]["C5"].comment


def test_an_empty_place_gets_a_cell_with_the_look_of_its_row_or_column() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.set_column("D:D", 20, book.add_format({"num_format": "0.00"}))
        sheet.set_row(6, None, book.add_format({"num_format": "0%"}))
        sheet.write_string("F4", "дальше")

    result = returned(by_xlsxwriter(fill), *(shown(cell) for cell in ("D4", "D7", "D2", "G20", "C5")))
    sheet = opened(result)["Отчёт"]
    assert [sheet[cell].number_format for cell in ("D2", "D4", "D7", "C5")] == ["0.00", "0.00", "0%", "General"]
    rows = etree.fromstring(parts(result)[SHEET]).iter(f"{{{MAIN}}}row")
    places = [[cell.get("r") for cell in row] for row in rows]
    assert places == [["A1"], ["B2", "D2"], ["D4", "F4"], ["C5"], ["D7"], ["G20"]]


def test_a_comment_is_320_by_120_pixels_whatever_the_columns() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.set_column_pixels("C:C", 100)
        sheet.set_column_pixels("D:D", 300)

    vml = parts(returned(by_xlsxwriter(fill), shown("B9")))["xl/drawings/vmlDrawing1.vml"].decode()
    assert "width:240pt;height:90pt" in vml
    # From pixel 15 of column C: 85 pixels of it and 235 of column D; from pixel 10 of row 8, 20 pixels each.
    assert "<x:Anchor>2, 15, 7, 10, 3, 235, 13, 10</x:Anchor>" in vml


# ── comments that the school has ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["everything", "openpyxl"])
def test_the_schools_comments_stay_and_ours_is_written_on(name: str) -> None:
    def commented(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet["A1"].comment, sheet["B2"].comment = (
            Comment("Записка школы", "Директор"),
            Comment("Перепроверить", "Директор"),
        )

    data = odd(name) if name == "everything" else by_openpyxl(commented)
    result = returned(data, shown("B2"), shown("B3"))
    sheet = opened(result)["Отчёт"]
    assert sheet["A1"].comment.text == "Записка школы"
    assert sheet["B2"].comment.text.startswith("Перепроверить\n\n! ОШИБКА\n")
    assert sheet["B3"].comment.text.startswith("! ОШИБКА\n")
    boxes = b"".join(content for part, content in parts(result).items() if part.endswith(".vml"))
    assert boxes.count(b'ObjectType="Note"') == 3


def test_a_thread_of_replies_is_left_alone() -> None:
    def thread(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet["B2"].comment = Comment("[Цепочка примечаний]", "tc={6F1A}")

    sheet = opened(returned(by_openpyxl(thread)))["Отчёт"]
    assert sheet["B2"].comment.text == "[Цепочка примечаний]"
    assert sheet["B2"].border.left.style == "medium"


# ── the sheet «Замечания» ────────────────────────────────────────────────────────────────────────────────
def column(data: bytes, letter: str, sheet: str = "Замечания") -> list[str]:
    return [str(cell.value) for cell in opened(data)[sheet][letter] if cell.value is not None]


def test_the_sheet_names_school_date_verdict_and_each_remark() -> None:
    warning = shown("A1", WARNING, item="problem.3", written="", message="Решение не указано.", todo="Впишите решение.")
    info = shown("A1", INFO, item="1", written="Ким", message="Ответственных двое.", todo="Оставьте одного.")
    sheet = opened(returned(by_xlsxwriter(), info, warning, shown()))["Замечания"]
    rows = [[cell.value for cell in row[:7]] for row in sheet.iter_rows()]
    assert [row[0] for row in rows[:4]] == [
        "На доработку: исправьте 1\u00a0ошибку, проверьте 1\u00a0ответ",
        "МБОУ «Средняя школа № 8» · отчёт по состоянию на 20.03.2014",
        "Ответы без замечаний приняты, их переписывать не нужно.",
        "Нажмите на адрес ячейки — откроется нужное место листа «Отчёт». Исправьте прямо в этом файле и отправьте его "
        "снова. Что сделано, отмечайте в столбце «Готово»: ■.",
    ]
    assert rows[5:] == [
        ["№", "Готово", "Пункт", "Ячейка", "Вы указали", "Замечание", "Что сделать"],
        ["! Исправьте 1\u00a0ошибку", *[None] * 6],
        [1, "□", "п.\u00a014", "B2", "281", "Логинов выдано 258.", "Исправьте число в п. 14."],
        ["? Проверьте 1\u00a0ответ", *[None] * 6],
        [2, "□", "проблема\u00a03", "A1", None, "Решение не указано.", "Впишите решение."],
        ["· К сведению", *[None] * 6],
        [3, "□", "п.\u00a01", "A1", "Ким", "Ответственных двое.", "Оставьте одного."],
    ]
    [rule] = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.type, rule.formula1) == ("B8 B10 B12", "list", '"□,■"')


@pytest.mark.parametrize(
    ("remarks", "sentence"),
    [
        ([shown(severity=WARNING)], "Отчёт принят: проверьте 1\u00a0ответ"),
        ([shown(severity=INFO)], "Отчёт принят"),
        ([shown(), shown()], "На доработку: исправьте 2\u00a0ошибки"),
        (
            [shown()] * 5 + [shown(severity=WARNING)] * 2,
            "На доработку: исправьте 5\u00a0ошибок, проверьте 1\u00a0ответ",
        ),
        ([shown(severity=WARNING, item=item) for item in ("", "3")], "Отчёт принят: проверьте 2\u00a0замечания"),
    ],
)
def test_the_verdict_fits_the_remarks(remarks: list[Shown], sentence: str) -> None:
    assert column(returned(by_xlsxwriter(), *remarks), "A")[0] == sentence


def test_a_report_that_is_accepted_need_not_be_sent_again() -> None:
    guides = [column(returned(by_xlsxwriter(), shown(severity=severity)), "A") for severity in (ERROR, WARNING)]
    said = [" Исправьте прямо в этом файле", " Если что-то неверно, исправьте прямо в этом файле"]
    assert [sum(words in line for line in lines) for lines, words in zip(guides, said, strict=True)] == [1, 1]


def test_an_error_on_the_report_as_a_whole_leaves_no_answer_that_was_accepted() -> None:
    said = {item: " ".join(column(returned(by_xlsxwriter(), shown(item=item)), "A")) for item in ("", "14")}
    assert ["Ответы без замечаний приняты" in said[item] for item in ("", "14")] == [False, True]


def test_it_prints_on_a4_without_the_hidden_column() -> None:
    sheet = opened(returned(by_xlsxwriter(), *(shown(f"B{row}") for row in range(2, 62))))["Замечания"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
    assert (sheet.print_area, sheet.print_title_rows) == ("'Замечания'!$A$1:$H$67", "$6:$6")
    assert sheet.column_dimensions["I"].hidden
    assert sheet.column_dimensions["I"].max == 10


def test_sixty_remarks_are_sixty_rows_links_and_comments() -> None:
    remarks = [shown(f"{letter}{row}") for letter in "BC" for row in range(2, 32)]
    book = opened(returned(by_xlsxwriter(), *remarks))
    assert [book["Замечания"].cell(row, 1).value for row in range(8, 68)] == list(range(1, 61))
    assert links(book) == [f"'Отчёт'!{remark.cell}" for remark in remarks]
    assert all(book["Отчёт"][remark.cell].comment for remark in remarks)


def test_a_remark_without_a_cell_has_no_link() -> None:
    elsewhere = [shown(cell=""), shown(cell="таблица 1, строка 7"), shown(sheet="Нет такого"), shown("XFE1048577")]
    result = returned(by_xlsxwriter(), *elsewhere)
    assert links(opened(result)) == []
    assert "—" in column(result, "D")
    assert "xl/comments1.xml" not in parts(result)


@pytest.mark.parametrize("name", ["Отчёт школы", "д'Артаньян", "Лист '1'!A1", "A1", "<&>"])
def test_links_find_sheets_of_every_name(name: str) -> None:
    data = by_openpyxl(lambda book, sheet: setattr(sheet, "title", name.replace("!", "")))
    name = name.replace("!", "")
    book = opened(returned(data, shown(sheet=name)))
    quoted = name.replace("'", "''")
    assert links(book) == [f"'{quoted}'!B2"]
    assert book[name]["B2"].comment


def test_a_taken_name_gets_a_number() -> None:
    data = by_openpyxl(lambda book, sheet: [book.create_sheet("замечания"), book.create_sheet("Замечания (2)")])
    assert opened(returned(data)).sheetnames == ["Замечания (3)", "Отчёт", "замечания", "Замечания (2)"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "=1+1"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("до\x00\x1b\u202eпосле\ud800", "допосле"),
        ("_x0041_", "_x005F_x0041_"),  # openpyxl shows the file's own spelling; Excel and Svod show the text
    ],
)
def test_words_of_the_school_stay_words(text: str, expected: str) -> None:
    result = returned(by_xlsxwriter(), shown(written=text, message=text))
    [row] = opened(result)["Замечания"].iter_rows(min_row=8)
    assert [(cell.value, cell.data_type) for cell in (row[4], row[5])] == [(expected, "s")] * 2
    assert opened(result)["Отчёт"]["B2"].comment.text.startswith(f"! ОШИБКА\n{expected}\n")


# ── returned once more ───────────────────────────────────────────────────────────────────────────────────
def test_a_second_return_replaces_the_first() -> None:
    data = odd("everything")
    first = returned(data, shown("B2"), shown("C5"), shown("A1", WARNING))
    second = returned(first, shown("B4", WARNING))
    assert opened(second).sheetnames == ["Замечания", "Отчёт", "Списки", "_meta"]
    before, after = opened(data)["Отчёт"], opened(second)["Отчёт"]
    for place in ("B2", "C5", "D6", "A1"):
        assert look(after[place]) == look(before[place])
    assert [after[place].comment.text for place in ("A1", "B2")] == ["Записка школы", "Перепроверить"]
    assert after["C5"].comment is None
    assert after["B4"].comment.text.startswith("? ПРОВЕРЬТЕ")
    boxes = b"".join(content for part, content in parts(second).items() if part.endswith(".vml"))
    assert boxes.count(b'ObjectType="Note"') == 3


@needs_libreoffice
def test_marks_come_off_after_another_program_has_saved_the_file(resaved: dict[str, Resaved]) -> None:
    """It numbers styles, strings and parts anew."""
    sheet = opened(returned(resaved["own form"].returned, shown("E31")))["Отчёт"]
    assert {sheet[place].fill.fgColor.rgb for place in ("E32", "C12")} == {f"FF{colours.INPUT[1:]}"}
    assert [place for place in ("E31", "E32", "C12") if sheet[place].comment] == ["E31"]


def test_a_cell_that_the_school_has_painted_itself_stays_so() -> None:
    book = opened(returned(by_openpyxl()))
    book["Отчёт"]["B2"].fill = PatternFill("solid", fgColor="FF00FF00")
    target = BytesIO()
    book.save(target)
    assert opened(returned(target.getvalue(), shown("A1")))["Отчёт"]["B2"].fill.fgColor.rgb == "FF00FF00"


def order_form_file(form: OrderForm) -> bytes:
    def fill(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.delete_rows(1, 2)
        for row in form.rows:
            sheet.append([value if value != "" else None for value in row] or [None])

    return by_openpyxl(fill)


def test_mended_and_sent_again_it_is_read_as_a_report_without_the_mistake() -> None:
    form = OrderForm()
    form.rows[form.row_of("14")][2] = "80–85 %"
    data = order_form_file(form)
    [report], remarks = read_book(open_book(data, Limits()), FORM, SCHOOLS)
    faulty = [remark for remark in remarks if remark.item == "14"]
    assert faulty
    book = opened(returned(data, *(shown(remark.cell, sheet=remark.sheet) for remark in faulty)))
    book["Отчёт"][faulty[0].cell].value = "44,5% (1-11 классы)"
    target = BytesIO()
    book.save(target)

    [mended], remarks = read_book(open_book(target.getvalue(), Limits()), FORM, SCHOOLS)
    assert [remark for remark in remarks if remark.item == "14"] == []
    [clean], _ = read_book(open_book(order_form_file(OrderForm()), Limits()), FORM, SCHOOLS)
    assert said(mended) == said(clean)
    assert mended.school == report.school


# ── LibreOffice ──────────────────────────────────────────────────────────────────────────────────────────
@needs_libreoffice
@pytest.mark.parametrize("name", RESAVED)
def test_libreoffice_opens_it_and_loses_no_value(name: str, resaved: dict[str, Resaved]) -> None:
    received, saved, pdf = resaved[name]
    assert sheets(saved).keys() == sheets(odd(name)).keys()
    assert values(saved) == values(received)
    assert opened(saved)["Отчёт"]["C12"].comment.text.startswith("! ОШИБКА")
    assert links(opened(saved)) == ["'Отчёт'!E32", "'Отчёт'!C12"]
    assert pdf.startswith(b"%PDF")


def values(data: bytes) -> dict[str, list[object]]:
    return {name: [(spot, cell.value) for spot, cell in sheet.cells.items()] for name, sheet in sheets(data).items()}


# ── what cannot be patched ───────────────────────────────────────────────────────────────────────────────
def strict(xml: bytes) -> bytes:
    return xml.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")


def with_entity(xml: bytes) -> bytes:
    return re.sub(rb"(<\?xml.*?\?>)", rb'\1<!DOCTYPE x [<!ENTITY e "e">]>', xml)


UNPATCHABLE: dict[str, Callable[[], bytes]] = {
    "strict": lambda: changed(by_xlsxwriter(), {"xl/workbook.xml": strict, SHEET: strict}),
    "entities": lambda: changed(by_xlsxwriter(), {SHEET: with_entity}),
    "macro sheet": lambda: changed(
        by_xlsxwriter(), {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b'/theme"', b'/xlMacrosheet"')}
    ),
    "text of a cell that declares entities": lambda: changed(by_xlsxwriter(), {"xl/sharedStrings.xml": with_entity}),
    "damaged sheet without a remark": lambda: changed(
        by_xlsxwriter(lambda book, _: book.add_worksheet()), {"xl/worksheets/sheet2.xml": lambda xml: xml[:-9]}
    ),
    "embedded program": lambda: package({**parts(by_xlsxwriter()), "xl/embeddings/oleObject1.bin": b"MZ"}),
    "control that runs": lambda: package({**parts(by_xlsxwriter()), "xl/activeX/activeX1.bin": b"\xd0\xcf"}),
    "link that asks a program": lambda: with_part(LINK, ASKING),
    "link that asks a program, its names prefixed": lambda: with_part(LINK, _prefixed_link()),
    "link that asks a program, in UTF-16": lambda: with_part(LINK, ASKING.decode().encode("utf-16")),
    "link that asks a program, in another folder": lambda: with_part("xl/foo.xml", ASKING),
    "link that asks a program, named as a sheet": lambda: with_part("xl/worksheets/sheet7.xml", ASKING),
    "link that asks a program, named as a drawing": lambda: with_part("xl/link.vml", ASKING, LINK_TYPE),
    "link that asks a program, named as none": lambda: with_part("xl/link", ASKING, LINK_TYPE),
    "link that asks a program, its name spelt differently where it is declared": lambda: changed(
        with_part("xl/links.x", ASKING, LINK_TYPE),
        {"[Content_Types].xml": lambda xml: xml.replace(b"links.x", b"link%73.x")},
    ),
    "control in another folder, where other programs are offered another relation": lambda: related_to(
        "control", "../media/image1.bin", around="Choice"
    ),
    "sheet that declares entities, named as data": lambda: with_second_sheet_named("sheet2.dat"),
    "sheet that declares entities, named in capitals": lambda: with_second_sheet_named("sheet2.XML"),
    "embedded program, its folder in capitals": lambda: with_part("xl/Embeddings/oleObject1.bin", b"MZ"),
    "embedded program in another folder": lambda: related_to("oleObject", "../media/image1.bin"),
    "linked program": lambda: related_to("oleObject", "file:///C:/calc.exe", "External"),
    "control in another folder": lambda: related_to("control", "../media/image1.bin"),
    "data that are fetched anew": lambda: related_to("connections", "../connections.xml"),
    "table of such data": lambda: related_to("queryTable", "../queryTables/queryTable1.xml"),
    "figures of a server": lambda: related_to("volatileDependencies", "../volatileDependencies.xml"),
    "macro sheet, in small letters": lambda: related_to("xlmacrosheet", "../macrosheets/sheet1.xml"),
    "picture that lies elsewhere": lambda: related_to("image", "https://example.org/pixel.png", "External"),
    "ribbon that lies elsewhere": lambda: related_to("extensibility", "https://example.org/ribbon.xml", "External"),
    **{
        f"formula {formula}": lambda formula=formula: by_xlsxwriter(lambda _, sheet: sheet.write_formula("F9", formula))
        for formula in (
            "=_xlfn.WEBSERVICE(A1)",
            '=1+IMAGE ("x")',
            '=RTD("a",,"b")',
            "=cmd|'/c calc'!A0",
            '=DDE("a","b")',
            '=_xlfn._xlws.WEBSERVICE("x")',
            '=IMPORTTEXT("x")',
            '=IMPORTCSV("x")',
            '=STOCKHISTORY("x",1)',
            """="it's"&WEBSERVICE("x's")""",
            """='a"b'!A1&WEBSERVICE("x")""",
            "='cmd'|'/c calc'!A0",
            "=Таблица[Охват]&WEBSERVICE(A1)",
        )
    },
    **{
        f"formula with {inside} in it": lambda inside=inside: changed(
            by_xlsxwriter(lambda _, sheet: sheet.write_formula("F9", "=1+2")),
            {SHEET: lambda xml: xml.replace(b"<f>1+2</f>", f'<f>WEB{inside}SERVICE("x")</f>'.encode())},
        )
        for inside in ("<!-- -->", "<?x y?>")
    },
    **{
        f"rule {rule}": lambda rule=rule: changed(
            by_xlsxwriter(), {SHEET: lambda xml: xml.replace(b"<pageMargins", rule.encode() + b"<pageMargins")}
        )
        for rule in (
            '<conditionalFormatting sqref="A1"><cfRule type="expression"><formula>WEBSERVICE("x")</formula>'
            "</cfRule></conditionalFormatting>",
            '<dataValidations><dataValidation sqref="A1"><formula1>WEBSERVICE("x")</formula1></dataValidation>'
            "</dataValidations>",
            f'<extLst><ext><x:f xmlns:x="{MAIN}/x">WEBSERVICE("x")</x:f></ext></extLst>',
        )
    },
    **{
        f"name {asking}": lambda asking=asking: by_xlsxwriter(lambda book, _: book.define_name("x", asking))
        for asking in ('=INITIATE("a","b")', '=EXECUTE(1,"x")', '=SQL.REQUEST("DSN=x")')
    },
    **{
        f"picture linked by a relation called {kind}": lambda kind=kind: with_linked_picture(kind)
        for kind in ("image", "hyperlink", "foo")
    },
    "something else that lies elsewhere": lambda: related_to("foo", "https://example.org/", "External"),
    "name that asks a program": lambda: by_xlsxwriter(lambda book, _: book.define_name("x", "=cmd|'/c calc'!A0")),
    **{
        f"drawing with {words}": lambda words=words: with_part("xl/drawings/vmlDrawing9.vml", words.encode())
        for words in (
            '<xml><v:imagedata src="https://example.org/pixel.png"/></xml>',
            r"<xml><v:imagedata src = '\\example\share\pixel.png'/></xml>",
            '<xml><v:fill type="frame" o:href="file:///c:/pixel.png"/></xml>',
            '<xml><v:fill a=">" o:href="file:///c:/pixel.png"/></xml>',
            '<xml><a:fill o:href="file:///c:/pixel.png"/></xml>',
            '<xml><v:imagedata src="&#104;ttp://example.org/pixel.png"/></xml>',
            r'<xml><v:imagedata src="&#92;&#92;example\share\pixel.png"/></xml>',
            '<?xml version="1.0" encoding="UTF-7"?><xml/>',
            "+/v8-<xml/>",
        )
    },
    "drawing that declares entities, in UTF-16": lambda: with_part(
        "xl/drawings/vmlDrawing9.vml", "<!DOCTYPE x><xml/>".encode("utf-16")
    ),
    "drawing that declares entities": lambda: package(
        {**parts(by_xlsxwriter()), "xl/drawings/vmlDrawing9.vml": b"<!DOCTYPE x><xml/>"}
    ),
    "drawing that declares entities, named as data": lambda: with_part(
        "xl/drawings/drawing.dat", b"<!DOCTYPE x><xml/>", "application/vnd.openxmlformats-officedocument.vmlDrawing"
    ),
    "huge sheet": lambda: changed(by_xlsxwriter(), {SHEET: lambda xml: xml + b" " * 11_000_000}),
    "compound file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "not a workbook": lambda: package({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
    "another name before the part": lambda: by_xlsxwriter().replace(b"xl/styles.xml", b"xl/stylex.xml", 1),
    "another name before a part that is no XML": lambda: with_printer().replace(PRINTER, PRINTER[::-1], 1),
    "part that is no XML and ends behind the file": lambda: with_directory_changed(with_printer(), PRINTER, at=22),
    "size that is a lie": lambda: with_directory_changed(by_xlsxwriter(), at=24),
    "checksum that is a lie": lambda: with_directory_changed(by_xlsxwriter(), at=16),
    "sheet that is the style sheet, too": lambda: changed(
        by_xlsxwriter(),
        {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b'"styles.xml"', b'"worksheets/sheet1.xml"')},
    ),
    "cut off": lambda: by_xlsxwriter()[:-900],
    "no bytes": lambda: b"",
}


def with_linked_picture(kind: str) -> bytes:
    data = by_xlsxwriter(lambda _, sheet: sheet.insert_image("C12", "picture.png", {"image_data": BytesIO(PICTURE)}))
    linked = f'<Relationship Id="rId9" Type="{DOCUMENT}/{kind}" Target="https://example.org/" TargetMode="External"/>'
    return changed(
        data,
        {
            "xl/drawings/drawing1.xml": lambda xml: xml.replace(b'r:embed="rId1"', b'r:link="rId9"'),
            "xl/drawings/_rels/drawing1.xml.rels": lambda xml: xml.replace(
                b"</Relationships>", f"{linked}</Relationships>".encode()
            ),
        },
    )


PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
LINK = "xl/externalLinks/externalLink1.xml"
LINK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
ASKING = f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'.encode()


def with_part(name: str, content: bytes, content_type: str = "") -> bytes:
    declared = f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>' if content_type else "</Types>"
    types = {"[Content_Types].xml": lambda xml: xml.replace(b"</Types>", declared.encode())}
    return package({**parts(changed(by_xlsxwriter(), types)), name: content})


def _prefixed_link() -> bytes:
    return (
        ASKING.replace(b"<e", b"<x:e").replace(b"<d", b"<x:d").replace(b"</e", b"</x:e").replace(b"xmlns", b"xmlns:x")
    )


def with_second_sheet_named(name: str) -> bytes:
    """A sheet without a remark."""
    contents = parts(by_xlsxwriter(lambda book, _: book.add_worksheet()))
    contents[f"xl/worksheets/{name}"] = with_entity(contents.pop("xl/worksheets/sheet2.xml"))
    for part in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        contents[part] = contents[part].replace(b"sheet2.xml", name.encode())
    return package(contents)


def related_to(kind: str, target: str, mode: str = "Internal", around: str = "") -> bytes:
    """The first sheet to that place, by a relation of that kind."""
    own = "http://schemas.openxmlformats.org/package/2006/relationships"
    relation = f'<Relationship Id="rId1" Type="{DOCUMENT}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    if around:
        relation = f"<{around}>{relation}</{around}>"
    relations = f'<Relationships xmlns="{own}">{relation}</Relationships>'
    return package(
        {
            **parts(by_xlsxwriter()),
            "xl/worksheets/_rels/sheet1.xml.rels": relations.encode(),
            "xl/media/image1.bin": b"MZ",
        }
    )


PRINTER = b"xl/printerSettings/printerSettings1.bin"


def with_printer() -> bytes:
    return package({**parts(by_xlsxwriter()), PRINTER.decode(): b"HP LaserJet"})


def with_directory_changed(data: bytes, name: bytes = b"xl/styles.xml", *, at: int) -> bytes:
    """The byte of the entry of that part, counted from its beginning (46 bytes before the name), one more."""
    place = data.rindex(name) - 46 + at
    return data[:place] + bytes([(data[place] + 1) % 256]) + data[place + 1 :]


@pytest.mark.parametrize("name", UNPATCHABLE)
def test_what_cannot_be_patched_with_certainty_is_not(name: str) -> None:
    returned(by_xlsxwriter())  # whose parts have been found sound
    assert annotated(UNPATCHABLE[name](), [shown()], HEAD) is None


def test_links_to_other_workbooks_and_pages_stay() -> None:
    """They ask no program."""
    asking_none = f'<externalLink xmlns="{MAIN}"><externalBook/></externalLink>'.encode()
    assert parts(returned(with_part(LINK, asking_none, LINK_TYPE)))[LINK] == asking_none
    assert annotated(related_to("hyperlink", "https://example.org/", "External"), [shown()], HEAD)


def test_printers_settings_are_copied_as_they_are() -> None:
    assert parts(returned(with_printer()))[PRINTER.decode()] == b"HP LaserJet"


def test_a_part_that_many_files_share_is_inflated_once_and_a_big_one_is_not_held() -> None:
    """However small it is packed: it would stay in the worker to its end."""
    archive = Archive(package({**parts(by_xlsxwriter()), "xl/big.xml": bytes(1_000_000)}))
    assert archive.content("xl/styles.xml") is archive.content("xl/styles.xml")
    assert archive.content("xl/big.xml") is not archive.content("xl/big.xml")


def test_a_part_with_new_bytes_is_looked_at_anew() -> None:
    received = Package(by_xlsxwriter())
    assert received.parsed(SHEET).tag == f"{{{MAIN}}}worksheet"
    received.replace(SHEET, b"<new/>")
    assert (received.read(SHEET), received.parsed(SHEET).tag) == (b"<new/>", "new")


def test_what_is_changed_in_a_part_is_never_lost_to_new_bytes() -> None:
    received = Package(by_xlsxwriter())
    received.tree(SHEET).set("changed", "1")
    with pytest.raises(Unpatchable):
        received.replace(SHEET, b"<new/>")


ABOUT_THE_FILE: dict[str, Callable[[], bytes]] = {
    "properties cut off": lambda: changed(by_xlsxwriter(), {"docProps/core.xml": lambda xml: xml[:-20]}),
    "properties with entities": lambda: changed(by_xlsxwriter(), {"docProps/app.xml": with_entity}),
    "another program's data": lambda: package({**parts(by_xlsxwriter()), "customXml/item1.xml": b"<a>&b;</a>"}),
}


@pytest.mark.parametrize("name", ABOUT_THE_FILE)
def test_an_unsound_part_about_the_file_is_left_out_and_the_rest_goes_back(name: str) -> None:
    data = ABOUT_THE_FILE[name]()
    result = returned(data)
    folder = "customXml/" if "another" in name else "docProps/"
    assert [part for part in parts(data) if part.startswith(folder)]
    assert [part for part in parts(result) if part.startswith(folder)] == []
    assert folder.encode() not in parts(result)["_rels/.rels"] + parts(result)["[Content_Types].xml"]
    assert values(result)["Отчёт"] == values(data)["Отчёт"]
    assert opened(result)["Отчёт"]["B2"].comment.text.startswith("! ОШИБКА")


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "gone": lambda xml: None,
    "empty": lambda xml: b"",
    "other root": lambda xml: b"<other/>",
    "cut": lambda xml: xml[: len(xml) // 2],
    "numbers": lambda xml: re.sub(rb'="\d+"', b'="-7"', xml),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_part_never_raises(damage: str) -> None:
    whole = returned(odd("everything"))  # with all that a second return has to understand
    for part in parts(whole):
        result = annotated(changed(whole, {part: DAMAGES[damage]}), [shown(), shown("C5")], HEAD)
        assert result is None or "xl/workbook.xml" in parts(result)


# ── workers ──────────────────────────────────────────────────────────────────────────────────────────────
def test_workers_import_no_heavy_package() -> None:
    code = "import pipeline.writing.returned.marking, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(loaded.stdout.split()) & {"pandas", "pandera", "numpy", "xlsxwriter", "openpyxl"}


def test_what_follows_from_a_remark_is_marked_in_its_own_cell_and_listed_with_it():
    follows = shown("B2", WARNING, item="3", message="В этом отчёте документа нет.")
    cause = msgspec.structs.replace(
        shown("", WARNING, item="", message="Те же ответы. Возможно, поэтому же: п. 3 (B2)."), follows=(follows,)
    )
    book = opened(returned(by_xlsxwriter(), cause))
    assert "В этом отчёте документа нет." in book["Отчёт"]["B2"].comment.text
    texts = [cell.value for row in book["Замечания"] for cell in row if isinstance(cell.value, str)]
    assert "Те же ответы. Возможно, поэтому же: п. 3 (B2)." in texts
    assert not any("документа нет" in text for text in texts)
    assert "Отчёт принят: проверьте 1\u00a0замечание" in texts


def test_a_date_is_told_as_people_write_it() -> None:
    said = CATALOGUE.example("DOC-AFTER-REPORT")
    assert _shown(replace(said, value="2014-04-09"), CATALOGUE).written == "09.04.2014"
    assert _shown(replace(said, value="от 2014-04-09"), CATALOGUE).written == "от 2014-04-09"


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("file", "remarks", "name"),
    [
        ("отчёт.xlsx", [shown()], "08-отчёт-1-ошибка-замечания.xlsx"),
        ("отчёт.xlsx", [shown(), shown(), shown(severity=WARNING)], "08-отчёт-2-ошибки-замечания.xlsx"),
        ("отчёт.xlsx", [shown()] * 11, "08-отчёт-11-ошибок-замечания.xlsx"),
        ("отчёт.xlsx", [shown(severity=WARNING)], "08-отчёт-принят-замечания.xlsx"),
        ("08-отчёт-2-ошибки-замечания.xlsx", [shown()], "08-отчёт-1-ошибка-замечания.xlsx"),
        ("08-отчёт-a1b2c3-принят-замечания-новый.xlsx", [shown()], "08-отчёт-1-ошибка-замечания.xlsx"),
        ("07-отчёт-2-ошибки-замечания.xlsx", [shown()], "08-07-отчёт-2-ошибки-замечания-1-ошибка-замечания.xlsx"),
    ],
)
def test_the_name_tells_whose_file_it_is_and_how_many_errors_are_in_it(
    file: str, remarks: list[Shown], name: str
) -> None:
    task = ReturnTask(School("08", "СОШ № 8"), file, Path(file), Path(file), "", tuple(remarks), HEAD)
    assert _names([task]) == [name]


def test_two_files_of_one_name_are_told_apart() -> None:
    tasks = [
        ReturnTask(School("08", "СОШ № 8"), "", Path(folder, "отчёт.xlsx"), Path("отчёт.xlsx"), "", (shown(),), HEAD)
        for folder in ("март", "май")
    ]
    assert all(re.fullmatch("08-отчёт-[0-9a-f]{6}-1-ошибка-замечания.xlsx", name) for name in _names(tasks))
    assert len(set(_names(tasks))) == 2
