"""Raw cells of a workbook: their addresses, values, formats and faults, whatever the format of the file."""

import random
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
import xlwt
from xlwt.CompoundDoc import XlsDoc

from pipeline.reading.answers.number_formats import shown_with_words
from pipeline.reading.answers.values import is_blank
from pipeline.reading.opening import xlsx_second
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.opening.grid import open_book
from pipeline.reading.opening.guard import Unreadable, open_zip
from pipeline.settings import Limits
from schemas.addresses import Spot
from schemas.text import clean

LIMITS = Limits()


def xlsx(fill: Callable[[xlsxwriter.Workbook], None], **options: object) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, options) as book:
        fill(book)
    return file.getvalue()


def patched(data: bytes, name: str, edit: Callable[[str], str | bytes] | None) -> bytes:
    """The workbook with one part of its archive changed, or taken out."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
            elif edit:
                new.writestr(part, edit(old.read(part).decode()))
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def with_rows(rows: str, wrapped: str = "<worksheet{ns}>{data}</worksheet>") -> bytes:
    """A workbook of one sheet with these rows, as XML."""
    blank = xlsx(lambda book: book.add_worksheet("Лист1"))
    main = ' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return patched(blank, SHEET, lambda _: wrapped.format(ns=main, data=f"<sheetData>{rows}</sheetData>"))


def cells(data: bytes) -> dict[str, Cell]:
    """The cells of the first sheet by address."""
    return by_address(open_book(data, LIMITS).sheets[0])


def by_address(sheet: Sheet) -> dict[str, Cell]:
    return {f"{openpyxl.utils.get_column_letter(c)}{r}": cell for (r, c), cell in sheet.cells.items()}


def values(data: bytes) -> dict[str, object]:
    return {address: cell.value for address, cell in cells(data).items()}


def refusal(data: bytes, limits: Limits = LIMITS) -> tuple[str, dict[str, object]]:
    with pytest.raises(Unreadable) as raised:
        open_book(data, limits)
    return raised.value.remark.code, dict(raised.value.remark.data)


# ── .xlsx: values and where they stand ───────────────────────────────────────────────────────────────────


def test_addresses_are_right_where_the_used_area_begins_far_from_a1() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write("B3", "Мероприятия")
        sheet.write("D7", 63)

    assert values(xlsx(fill)) == {"B3": "Мероприятия", "D7": 63.0}


def test_cells_stand_row_by_row_in_whatever_order_they_are_found() -> None:
    rows = (
        '<row r="1"><c r="C1"><f>A1</f></c><c r="A1"><v>2</v></c></row>'
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2" t="e"><v>#REF!</v></c></row><row r="4"><c r="B4"><v>3</v></c></row>'
    )
    sheet = open_book(with_rows(rows), LIMITS).sheets[0]
    assert list(sheet.cells) == [Spot(1, 1), Spot(1, 3), Spot(2, 1), Spot(2, 2), Spot(4, 2)]
    assert [spot for spot, _ in sheet.within(2, 3)] == [Spot(2, 1), Spot(2, 2)]
    assert list(sheet.within(3, 3)) == []


def test_numbers_are_floats_and_truth_values_stay_such() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row("A1", [1, 0.5, True])

    found = values(xlsx(fill))
    assert found == {"A1": 1.0, "B1": 0.5, "C1": True}
    assert [type(value) for value in found.values()] == [float, float, bool]


def test_zero_is_unseen_on_a_sheet_that_shows_no_zeros() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.hide_zero()
        sheet.write_column("A1", [0, 5])

    found = cells(xlsx(fill))
    assert [is_blank(found[address]) for address in ("A1", "A2")] == [True, False]


def test_zero_is_unseen_in_an_old_book_and_in_a_text_of_tables_that_show_none() -> None:
    book, target = xlwt.Workbook(), BytesIO()
    for name, shown in (("А", False), ("Б", True)):
        sheet = book.add_sheet(name)
        sheet.show_zero_values = shown
        sheet.write(0, 0, 0)
        sheet.write(1, 0, 5)
    book.save(target)
    seen = {
        sheet.name: [is_blank(cell) for cell in sheet.cells.values()]
        for sheet in open_book(target.getvalue(), LIMITS).sheets
    }
    assert seen == {"А": [True, False], "Б": [False, False]}
    zero = ods(row(cell('office:value-type="float" office:value="0"', "<text:p>0</text:p>")))
    for shown in ("false", "true"):
        package = BytesIO(zero)
        with zipfile.ZipFile(package, "a") as changed:
            changed.writestr("settings.xml", SHOW_ZEROS.format(shown=shown))
        assert is_blank(cells(package.getvalue())["A1"]) == (shown == "false")


def test_blank_cells_and_white_space_are_no_cells() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write("A1", "да")
        sheet.write_blank("A2", None, book.add_format({"bold": True}))
        sheet.write_string("A3", " \u00a0\n")
        sheet.write_formula("A4", '=""', value="")

    assert values(patched(xlsx(fill), SHEET, lambda xml: xml.replace('r="A4"', 'r="A4" t="str"'))) == {"A1": "да"}


@pytest.mark.parametrize(
    ("code", "is_percent"),
    [("0%", True), ("0.00%", True), ('0.0" "%', True), ("General", False), ("0.0", False), ("#,##0", False)],
)
def test_a_number_says_whether_it_is_shown_as_a_percent(code: str, is_percent: bool) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write("A1", 0.87, book.add_format({"num_format": code}))

    assert cells(xlsx(fill))["A1"] == Cell(0.87, code)
    assert cells(xlsx(fill))["A1"].percent_format is is_percent


@pytest.mark.parametrize("base_1904", [False, True])
def test_a_number_that_excel_shows_as_a_date_is_a_date_with_its_format(base_1904: bool) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        short = book.add_format({"num_format": "dd.mmm"})
        sheet.write_datetime("A1", datetime(2014, 1, 6), short)
        sheet.write_datetime("A2", datetime(2014, 1, 6, 12, 30), short)
        sheet.write_datetime("A3", time(12, 30), book.add_format({"num_format": "hh:mm"}))

    assert list(cells(xlsx(fill, date_1904=base_1904)).values())[:2] == [
        Cell(date(2014, 1, 6), "dd.mmm"),
        Cell(datetime(2014, 1, 6, 12, 30), "dd.mmm"),
    ]


def test_a_duration_is_a_number_of_days() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write("A1", 1.5, book.add_format({"num_format": "[h]:mm"}))

    assert values(xlsx(fill)) == {"A1": 1.5}


def test_the_parts_of_rich_text_are_one_text() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write_rich_string("A1", "245 чел. ", book.add_format({"bold": True}), "/ 87 %")

    assert values(xlsx(fill)) == {"A1": "245 чел. / 87 %"}


def test_every_worksheet_is_read_and_says_whether_it_is_hidden() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Отчёт").write("A1", 1)
        book.add_chartsheet("График")
        book.add_worksheet("Скрытый").hide()
        book.add_worksheet("Глубоко скрытый").very_hidden()

    sheets = open_book(xlsx(fill), LIMITS).sheets
    assert [(s.name, s.hidden) for s in sheets] == [("Отчёт", False), ("Скрытый", True), ("Глубоко скрытый", True)]


def test_merged_areas_are_told_by_their_corners() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().merge_range("B2:D3", "Форма отчёта")

    (sheet,) = open_book(xlsx(fill), LIMITS).sheets
    assert sheet.merged == ((Spot(2, 2), Spot(3, 4)),)
    assert by_address(sheet) == {"B2": Cell("Форма отчёта")}


# ── .xlsx: faults of a cell ──────────────────────────────────────────────────────────────────────────────


def test_an_error_value_is_not_a_blank() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        percent = book.add_format({"num_format": 9})
        book.add_worksheet().write_formula("C5", "=1/0", percent, "#DIV/0!")

    assert cells(xlsx(fill)) == {"C5": Cell("#DIV/0!", "0%", "error")}


def test_an_error_value_in_russian_costs_the_cell_not_the_file() -> None:
    data = with_rows('<row r="1"><c r="A1" t="e"><v>#ССЫЛКА!</v></c><c r="B1"><v>5</v></c></row>')
    assert cells(data) == {"A1": Cell("#ССЫЛКА!", fault="error"), "B1": Cell(5.0)}


@pytest.mark.parametrize("cached", ["", "<v></v>", "<v/>"])
@pytest.mark.parametrize(
    "formula", ["<f>1+1</f>", '<f t="shared" ref="A1:A3" si="0">1+1</f>', '<f t="shared" si="0"/>']
)
def test_a_formula_that_was_never_calculated_is_told_from_a_blank(formula: str, cached: str) -> None:
    assert cells(with_rows(f'<row r="1"><c r="A1">{formula}{cached}</c></row>')) == {
        "A1": Cell("", fault="no_value"),
    }


def test_a_calculated_formula_is_its_value() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write_formula("A1", "=1+1", value=2)

    assert cells(xlsx(fill)) == {"A1": Cell(2.0)}


@pytest.mark.parametrize("number", ["1e309", "-1e309", "NaN", "inf"])
def test_no_number_is_infinite_or_no_number(number: str) -> None:
    assert cells(with_rows(f'<row r="1"><c r="A1"><v>{number}</v></c></row>')) == {"A1": Cell("#NUM!", fault="error")}


# ── .xlsx: written in unusual ways ───────────────────────────────────────────────────────────────────────

ONE_PERCENT = '<row r="2"><c r="B2" s="1"><v>0.5</v></c></row>'


def percent_book(sheet: str | bytes) -> bytes:
    """A workbook whose style 1 is a percent, with this sheet."""

    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write("A1", 1, book.add_format({"num_format": 9}))

    return patched(xlsx(fill), SHEET, lambda _: sheet)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PREFIXED = ONE_PERCENT.replace("<", "<x:").replace("<x:/", "</x:")
TEXT = f'<worksheet xmlns="{MAIN}"><sheetData>{ONE_PERCENT}</sheetData></worksheet>'


@pytest.mark.parametrize(
    "sheet",
    [
        TEXT,
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{PREFIXED}</x:sheetData></x:worksheet>',
        TEXT.replace('r="B2" s="1"', 's="1" r="B2"'),
        TEXT.replace('r="B2" s="1"', "r='B2'  s='1'"),
        TEXT.replace('<c r="B2"', "<c/><c"),
        TEXT.replace("<v>", "<?x?><v>"),
        TEXT.replace("<v>", "<f>1/2</f><v>"),
        TEXT.replace("<v>", "<f>1/2</f ><v>"),
        TEXT.replace("<v>", "<f>1<?x?>/2</f><v>"),
        TEXT.replace("<v>", "<x:v>").replace("</v>", "</x:v>").replace("<worksheet", f'<worksheet xmlns:x="{MAIN}"'),
        TEXT.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'),
        TEXT.replace("<row", '<!-- <c r="A9" t="e"><v>#REF!</v></c> --><row'),
        ('<?xml version="1.0" encoding="UTF-16"?>' + TEXT).encode("utf-16"),
        ('<?xml version="1.0" encoding="windows-1251"?>' + TEXT).encode("cp1251"),
    ],
)
def test_a_cell_is_the_same_however_its_xml_is_written(sheet: str | bytes) -> None:
    assert cells(percent_book(sheet)) == {"B2": Cell(0.5, "0%")}


def test_letters_are_right_in_an_old_encoding() -> None:
    sheet = TEXT.replace(ONE_PERCENT, '<row r="1"><c r="A1" t="inlineStr"><is><t>Приказ № 5</t></is></c></row>')
    xml = f'<?xml version="1.0" encoding="windows-1251"?>{sheet}'.encode("cp1251")
    assert values(percent_book(xml)) == {"A1": "Приказ № 5"}


def test_strict_open_xml_is_read() -> None:
    strict = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
            "http://purl.oclc.org/ooxml/officeDocument/relationships"
        ),
    }

    def as_strict(xml: str) -> str:
        for transitional, name in strict.items():
            xml = xml.replace(transitional, name)
        return xml

    data = percent_book(TEXT)
    for part in ("_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", SHEET):
        data = patched(data, part, as_strict)
    assert cells(data) == {"B2": Cell(0.5, "0%")}


def test_both_readers_of_xlsx_say_the_same() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Отчёт")
        sheet.merge_range("B2:D2", "Форма\r\nотчёта")
        sheet.write_row("B3", [1, 0.25, True, "текст"])
        sheet.write("B4", 0.87, book.add_format({"num_format": "0.0%"}))
        sheet.write_datetime("B5", datetime(2014, 3, 20), book.add_format({"num_format": "dd.mm.yyyy"}))
        sheet.write_formula("B6", "=1/0", None, "#DIV/0!")
        sheet.write_formula("B7", "=B3", None, "")
        book.add_worksheet("Скрытый").hide()

    data = xlsx(fill)
    with open_zip(data) as package:
        assert xlsx_second.read(package, data, LIMITS) == open_book(data, LIMITS)


# ── .xlsx: what is seen and is no part of a value ────────────────────────────────────────────────────────────


def marked_book(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Отчёт")
    struck, raised = book.add_format({"font_strikeout": True}), book.add_format({"font_script": 1})
    sheet.write_rich_string("A1", "66", raised, "1", " %")
    sheet.write_rich_string("A2", struck, "50 %", " 60 %")
    sheet.write("A3", 70, struck)
    sheet.write("A4", 2, raised)
    sheet.write("A5", "Мероприятия", raised)
    sheet.write("A6", "87 %")


MARKED_CELLS = {"A1": "66 %", "A2": " 60 %", "A5": "Мероприятия", "A6": "87 %"}
MARKED_ASIDES = [("A1", "raised", "1"), ("A2", "struck", "50 %"), ("A3", "struck", "70"), ("A4", "raised", "2")]


def asides(sheet: Sheet) -> list[tuple[str, str, str]]:
    return [(sheet.address(aside.spot), aside.kind, aside.text) for aside in sheet.asides]


@pytest.mark.parametrize("in_memory", [True, False], ids=["shared strings", "strings in their cells"])
def test_what_is_struck_out_or_raised_is_no_part_of_a_value_but_is_told(in_memory: bool) -> None:
    data = xlsx(marked_book, constant_memory=not in_memory)
    (sheet,) = open_book(data, LIMITS).sheets
    assert {place: cell.value for place, cell in by_address(sheet).items()} == MARKED_CELLS
    assert asides(sheet) == MARKED_ASIDES


def test_a_style_whose_font_is_no_number_is_damage() -> None:
    data = patched(xlsx(marked_book), "xl/styles.xml", lambda xml: xml.replace('fontId="1"', 'fontId="один"'))
    assert refusal(data)[0] == "FILE-DAMAGED"


@pytest.mark.parametrize("index", ["один", "9" * 5_000], ids=["a-word", "of-no-end"])
def test_a_text_that_is_nowhere_among_the_shared_ones_is_damage(index: str) -> None:
    """And not the first of them, for which calamine takes it."""
    for fill in (marked_book, lambda book: book.add_worksheet().write("A1", "да")):
        data = patched(xlsx(fill), SHEET, lambda xml: xml.replace('t="s"><v>0<', f't="s"><v>{index}<'))
        assert refusal(data)[0] == "FILE-DAMAGED"


def test_the_second_reader_sees_the_same_marks() -> None:
    data = xlsx(marked_book)
    with open_zip(data) as package:
        assert xlsx_second.read(package, data, LIMITS) == open_book(data, LIMITS)


def test_comments_and_text_boxes_stand_aside_of_their_cells() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Отчёт")
        sheet.write("B2", "см. примечание")
        sheet.write_comment("B2", "64 % (1-11 классы)", {"author": "Иванова"})
        sheet.write_comment("B3", "Непонятно, люди или проценты", {"author": "Свод"})
        sheet.insert_textbox("C5", "70 %\nдля п. 14")

    (sheet,) = open_book(xlsx(fill), LIMITS).sheets
    assert asides(sheet) == [("B2", "comment", "64 % (1-11 классы)"), ("C5", "box", "70 %\nдля п. 14")]


def with_thread(data: bytes) -> bytes:
    """The same with the thread itself; what stands in the comment of B2 is its copy for older programs."""
    thread = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="B2" id="{1}"><text>64 %</text></threadedComment>'
        '<threadedComment ref="B2" id="{2}" parentId="{1}"><text>Без 1 класса</text></threadedComment>'
        "</ThreadedComments>"
    )
    relation = (
        '<Relationship Id="rIdT" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" '
        'Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    )
    with zipfile.ZipFile(file := BytesIO(data), "a") as package:
        package.writestr("xl/threadedComments/threadedComment1.xml", thread)
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    return patched(file.getvalue(), rels, lambda xml: xml.replace("</Relationships>", relation))


COPY_OF_THREAD = (
    "[Цепочка примечаний]\n\nВаша версия Excel позволяет читать эту цепочку примечаний. Подробнее: "
    "https://go.microsoft.com/fwlink/?linkid=870924\n\nПримечание:\n    64 %\nОтвет:\n    Без 1 класса"
)


@pytest.mark.parametrize("saved", [with_thread, bytes], ids=["with its thread", "by a program that knows no threads"])
def test_of_a_thread_of_comments_is_told_what_people_have_said(saved: Callable[[bytes], bytes]) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Отчёт")
        sheet.write("B2", "см. примечание")
        sheet.write_comment("B2", COPY_OF_THREAD, {"author": "tc={5A1C}"})

    (sheet,) = open_book(saved(xlsx(fill)), LIMITS).sheets
    assert asides(sheet) == [("B2", "comment", "64 %\nБез 1 класса")]


def renamed(data: bytes, name_of: Callable[[str], str], targets: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as package, zipfile.ZipFile(changed := BytesIO(), "w") as anew:
        for name in package.namelist():
            content = package.read(name)
            entry = zipfile.ZipInfo("part")
            entry.filename = name_of(name)  # as it is: the constructor would turn backslashes on Windows
            anew.writestr(entry, targets(content) if name.endswith(".rels") else content)
    return changed.getvalue()


@pytest.mark.parametrize(
    ("name_of", "targets"),
    [
        (lambda name: name.replace("/", "\\"), lambda rels: rels),
        (str.upper, lambda rels: rels),
        (str.lower, lambda rels: rels),
        (lambda name: name.replace("sheet1", "Sheet1"), lambda rels: rels),
        (lambda name: name, lambda rels: rels.replace(b'"worksheets/', b'"worksheets\\')),
        (lambda name: name, lambda rels: rels.replace(b'"worksheets/', b'"/xl/worksheets/')),
    ],
    ids=["backslashes", "capitals", "small letters", "a sheet's case", "targets with backslashes", "absolute targets"],
)
def test_parts_are_found_as_excel_finds_them(name_of: Callable[[str], str], targets: Callable[[bytes], bytes]) -> None:
    data = xlsx(marked_book)
    assert open_book(renamed(data, name_of, targets), LIMITS) == open_book(data, LIMITS)


# ── .xlsx: what would end a reader ───────────────────────────────────────────────────────────────────────


def test_a_stray_value_in_the_last_cell_of_the_sheet_is_read_like_any_other() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert values(with_rows(rows)) == {"A1": 1.0, "XFD1048576": 2.0}


@pytest.mark.parametrize("count", ["99999999999", "1000000000000000000"])
def test_a_false_count_of_strings_does_not_reserve_memory(count: str) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write("A1", "да")

    lying = patched(xlsx(fill), STRINGS, lambda xml: xml.replace('uniqueCount="1"', f'uniqueCount="{count}"'))
    assert values(lying) == {"A1": "да"}


def test_a_column_formatted_to_its_end_is_no_reason_to_refuse() -> None:
    empty = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(2, 100_000))
    assert values(with_rows(f'<row r="1"><c r="A1"><v>1</v></c></row>{empty}')) == {"A1": 1.0}


def test_more_values_than_any_report_holds_are_refused() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="B{n}"><v>1</v></c></row>' for n in range(1, 60))
    code, data = refusal(with_rows(rows), Limits(cells=100))
    assert code == "FILE-LIMIT"
    assert data["what"] == "на одном листе слишком много ячеек"


def test_a_merged_sheet_is_not_given_to_the_reader_that_makes_an_object_of_every_cell() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    merged = '<worksheet{ns}>{data}<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
    assert refusal(with_rows(far, merged))[0] == "FILE-LIMIT"
    assert values(with_rows('<row r="1"><c r="A1"><v>1</v></c></row>', merged)) == {"A1": 1.0}


@pytest.mark.parametrize("address", ["ZZZZZZZZ1", "A99999999999999999999", "XFE1", "A1048577", "A0", "1A"])
def test_an_address_outside_the_sheet_is_damage(address: str) -> None:
    assert refusal(with_rows(f'<row r="1"><c r="{address}"><v>1</v></c></row>'))[0] == "FILE-DAMAGED"


def test_more_sheets_than_any_report_has_are_refused() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for _ in range(61):
            book.add_worksheet()

    assert refusal(xlsx(fill))[0] == "FILE-LIMIT"


@pytest.mark.parametrize("part", [SHEET, STRINGS, "xl/styles.xml", "xl/workbook.xml"])
def test_entities_are_never_expanded(part: str) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write("A1", "да")

    def with_entities(xml: str) -> str:
        head, body = xml.split("\n", 1)
        return f'{head}<!DOCTYPE x [<!ENTITY a "{"ha" * 100}"><!ENTITY b "{"&a;" * 100}">]>{body}'

    assert refusal(patched(xlsx(fill), part, with_entities))[0] == "FILE-DAMAGED"


# ── .xlsx: damage ────────────────────────────────────────────────────────────────────────────────────────


def percent() -> bytes:
    return xlsx(lambda book: book.add_worksheet().write_number("A1", 0.45, book.add_format({"num_format": "0%"})))


OURS = "http://example.org/ours"
OTHER_STYLES = b"<styleSheet><cellXfs><xf/><xf/></cellXfs></styleSheet>"


@pytest.mark.parametrize(
    "relation",
    [
        f'<Relationship Id="styles" Type="{OURS}/looks" Target="ours.xml"/>',
        f'<Relationship Id="r9" Type="{OURS}/styles" Target="ours.xml"/>',
    ],
    ids=["called-so", "of-another-program"],
)
def test_the_styles_of_a_workbook_are_those_that_excel_takes(relation: str) -> None:
    data = BytesIO(
        patched(percent(), "xl/_rels/workbook.xml.rels", lambda xml: xml.replace("</Rel", f"{relation}</Rel"))
    )
    with zipfile.ZipFile(data, "a") as package:
        package.writestr("xl/ours.xml", OTHER_STYLES)
    assert cells(data.getvalue())["A1"] == Cell(0.45, "0%")


def test_an_attribute_of_another_program_says_nothing_of_a_cell() -> None:
    def noted(xml: str) -> str:
        return xml.replace("<worksheet", f'<worksheet xmlns:q="{OURS}"').replace(' s="1"', ' s="1" q:s="0"')

    assert cells(patched(percent(), SHEET, noted))["A1"] == Cell(0.45, "0%")


def test_a_missing_sheet_is_not_passed_over() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Отчёт").write("A1", 1)
        book.add_worksheet("Проблемы").write("A1", 2)

    code, data = refusal(patched(xlsx(fill), "xl/worksheets/sheet2.xml", None))
    assert (code, data) == ("FILE-DAMAGED", {"what": "в нём не хватает листа «Проблемы»"})


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET])
def test_a_workbook_without_a_part_that_it_needs_is_damaged(part: str) -> None:
    data = patched(percent_book(TEXT), part, None)
    with zipfile.ZipFile(file := BytesIO(data), "a") as package:
        package.writestr("xl/workbook.rest", "")  # still recognisable as a workbook
    assert refusal(file.getvalue())[0] == "FILE-DAMAGED"


def test_a_sheet_that_breaks_off_is_damaged() -> None:
    assert refusal(percent_book(TEXT[: TEXT.index("</row>")]))[0] == "FILE-DAMAGED"


# ── .xls ─────────────────────────────────────────────────────────────────────────────────────────────────


def xls(fill: Callable[[xlwt.Workbook], None]) -> bytes:
    book = xlwt.Workbook()
    fill(book)
    book.save(file := BytesIO())
    return file.getvalue()


def old_form(book: xlwt.Workbook) -> None:
    sheet = book.add_sheet("Отчёт")
    sheet.write_merge(1, 1, 1, 3, "Форма отчёта")
    sheet.write(2, 1, 0.87, xlwt.easyxf(num_format_str="0%"))
    sheet.write(3, 1, 0.87)
    sheet.write(4, 1, date(2014, 1, 6), xlwt.easyxf(num_format_str="DD.MMM"))
    sheet.row(5).set_cell_error(1, "#REF!")
    sheet.write(6, 1, True)
    book.add_sheet("Скрытый").visibility = 1


def test_an_old_workbook_tells_formats_errors_and_hidden_sheets() -> None:
    form, hidden = open_book(xls(old_form), LIMITS).sheets
    assert by_address(form) == {
        "B2": Cell("Форма отчёта"),
        "B3": Cell(0.87, "0%"),
        "B4": Cell(0.87),
        "B5": Cell(date(2014, 1, 6), "DD.MMM"),
        "B6": Cell("#REF!", fault="error"),
        "B7": Cell(True),
    }
    assert form.merged == ((Spot(2, 2), Spot(2, 4)),)
    assert (form.hidden, hidden.hidden) == (False, True)


def old_marked_form(book: xlwt.Workbook) -> None:
    sheet = book.add_sheet("Отчёт")
    struck, raised = xlwt.easyxf("font: struck_out true"), xlwt.easyxf("font: escapement superscript")
    sheet.write_rich_text(0, 0, ["\N{SLIGHTLY SMILING FACE} 66", ("1", raised.font), (" %", xlwt.Font())])
    sheet.write_rich_text(1, 0, [("50 %", struck.font), (" 60 %", xlwt.Font())])
    sheet.write(2, 0, 70, struck)
    sheet.write(3, 0, 2, raised)
    sheet.write(4, 0, "Мероприятия", raised)
    sheet.write(5, 0, "87 %")


def test_what_is_struck_out_or_raised_in_an_old_workbook_stands_aside() -> None:
    (sheet,) = open_book(xls(old_marked_form), LIMITS).sheets
    read = {place: cell.value for place, cell in by_address(sheet).items()}
    assert read == MARKED_CELLS | {"A1": "\N{SLIGHTLY SMILING FACE} 66 %"}
    assert asides(sheet) == MARKED_ASIDES


def old_comment(row: int, column: int, text: str, author: str) -> bytes:
    """A comment's records ([MS-XLS] 2.4.181, 2.4.329, 2.4.179): what it is, what it says, where it stands."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    letters, name = text.encode("utf-16-le"), author.encode("utf-16-le")
    what = struct.pack("<HHHHH12x", 0x15, 18, 0x19, 1, 0x11) + bytes(4)
    says = struct.pack("<HH6sHHH4x", 0x212, 0, bytes(6), len(text), 16, 0)
    fonts = struct.pack("<HH4xHH4x", 0, 0, len(text), 0)
    where = struct.pack("<HHHHHB", row, column, 0, 1, len(author), 1) + name + b"\0"
    said = record(0x1B6, says) + record(0x3C, b"\1" + letters) + record(0x3C, fonts)
    return record(0x5D, what) + said + record(0x1C, where)


def test_a_comment_of_an_old_workbook_stands_aside_of_its_cell() -> None:
    book = xlwt.Workbook()
    book.add_sheet("Отчёт").write(1, 1, "см. примечание")
    stream, end = book.get_biff_data(), struct.pack("<HH", 0x0A, 0)
    assert stream.endswith(end)
    told = old_comment(1, 1, "Иванова:\n64 %", "Иванова")
    XlsDoc().save(file := BytesIO(), stream.removesuffix(end) + told + end)
    (sheet,) = open_book(file.getvalue(), LIMITS).sheets
    assert asides(sheet) == [("B2", "comment", "64 %")]


def test_an_old_workbook_cut_short_is_damaged() -> None:
    assert refusal(xls(old_form)[:2_000])[0] == "FILE-DAMAGED"


# ── .ods ─────────────────────────────────────────────────────────────────────────────────────────────────


NAMESPACES = {
    "office": "office",
    "table": "table",
    "text": "text",
    "style": "style",
    "number": "datastyle",
    "draw": "drawing",
}


SHOW_ZEROS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-settings '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0"><office:settings>'
    '<config:config-item config:name="ShowZeroValues" config:type="boolean">{shown}</config:config-item>'
    "</office:settings></office:document-settings>"
)


def ods(rows: str, *, before: str = "", styles: str = "") -> bytes:
    namespaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in {
            "office": "office",
            "table": "table",
            "text": "text",
            "style": "style",
            "number": "datastyle",
            "draw": "drawing",
        }.items()
    )
    with zipfile.ZipFile(file := BytesIO(), "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {namespaces} '
            'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
            f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
            f'<table:table table:name="Лист1" table:style-name="ta1">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return file.getvalue()


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def cell(attributes: str, text: str = "") -> str:
    return f"<table:table-cell {attributes}>{text}</table:table-cell>"


@pytest.mark.parametrize(
    ("attributes", "text", "expected"),
    [
        ('office:value-type="percentage" office:value="0.87"', "<text:p>87%</text:p>", Cell(0.87, "0%")),
        ('office:value-type="float" office:value="0.87"', "<text:p>0,87</text:p>", Cell(0.87)),
        ('office:value-type="float" office:value="1e999"', "", Cell("#NUM!", fault="error")),
        ('office:value-type="float"', "<text:p>87</text:p>", Cell("87")),
        ('office:value-type="boolean" office:boolean-value="true"', "", Cell(True)),
        ('office:value-type="date" office:date-value="2014-01-06"', "", Cell(date(2014, 1, 6), None)),
        ('office:value-type="date" office:date-value="2014-01-06T00:00:00"', "", Cell(date(2014, 1, 6), None)),
        ('office:value-type="date" office:date-value="52014-01-06"', "<text:p>6.1</text:p>", Cell("6.1")),
        ('office:value-type="time" office:time-value="PT12H30M00S"', "", Cell(time(12, 30), None)),
        ('office:value-type="time" office:time-value="PT36H00M00S"', "", Cell(1.5, None)),
        ('office:value-type="string"', "<text:p>245</text:p><text:p>87 %</text:p>", Cell("245\n87 %")),
        ('office:value-type="string"', "<text:p>245<text:line-break/>87 %</text:p>", Cell("245\n87 %")),
        ('office:value-type="string"', "<text:p>245<text:tab/>87 %</text:p>", Cell("245\t87 %")),
        ('office:value-type="string"', '<text:p>а<text:s text:c="3"/>б</text:p>', Cell("а   б")),
        ('office:value-type="string"', "<text:p>8<text:span>7</text:span> %</text:p>", Cell("87 %")),
        ('office:value-type="string" office:string-value="да"', "", Cell("да")),
        ('office:value-type="string" office:string-value="1-4"', "<text:p>классы: 1-4</text:p>", Cell("1-4")),
        ("", "<text:p>без типа</text:p>", Cell("без типа")),
        (
            'office:value-type="string"',
            "<office:annotation><text:p>примечание</text:p></office:annotation><text:p>ответ</text:p>",
            Cell("ответ"),
        ),
        (
            'table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"',
            "<text:p>#ДЕЛ/0!</text:p>",
            Cell("#ДЕЛ/0!", fault="error"),
        ),
        (
            'table:formula="of:=1/0" office:value-type="float" office:value="0"',
            "<text:p>Err:502</text:p>",
            Cell("Err:502", fault="error"),
        ),
        ('table:formula="of:=1+1"', "", Cell("", fault="no_value")),
    ],
)
def test_a_cell_of_an_open_document(attributes: str, text: str, expected: Cell) -> None:
    assert cells(ods(row(cell(attributes, text)))) == {"A1": expected}


def test_marks_and_comments_of_an_open_document_stand_aside_of_their_cells() -> None:
    styles = (
        '<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/>'
        '</style:style><style:style style:name="ce1" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    )
    rich = '<text:p>66<text:span text:style-name="T1">1</text:span> %</text:p>'
    comment = "<office:annotation><dc:creator>Иванова</dc:creator><text:p>64 %</text:p></office:annotation>"
    comment = comment.replace("dc:creator", "text:creator")  # the fixture declares no namespace for it
    rows = row(
        cell('office:value-type="string"', rich),
        cell('table:style-name="ce1" office:value-type="float" office:value="70"', "<text:p>70</text:p>"),
        cell('office:value-type="string"', f"{comment}<text:p>см. примечание</text:p>"),
    )
    (sheet,) = open_book(ods(rows, styles=styles), LIMITS).sheets
    assert {place: cell.value for place, cell in by_address(sheet).items()} == {"A1": "66 %", "C1": "см. примечание"}
    assert asides(sheet) == [("A1", "raised", "1"), ("B1", "struck", "70"), ("C1", "comment", "64 %")]


UNIT_STYLES = (
    '<number:number-style style:name="N1"><number:number number:min-integer-digits="1"/>'
    "<number:text> чел.</number:text></number:number-style>"
    '<style:style style:name="people" style:family="table-cell" style:data-style-name="N1"/>'
    '<number:number-style style:name="N2P0"><number:number/>'
    "<number:text> из &quot;24&quot;</number:text></number:number-style>"
    '<number:number-style style:name="N2"><style:text-properties style:color="red"/><number:text>-</number:text>'
    '<number:number/><style:map style:condition="value()&gt;=0" style:apply-style-name="N2P0"/></number:number-style>'
    '<style:style style:name="of" style:family="table-cell" style:data-style-name="N2"/>'
    '<style:style style:name="heir" style:family="table-cell" style:parent-style-name="people"/>'
    '<style:style style:name="gone" style:family="table-cell"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
)


@pytest.mark.parametrize(
    ("columns", "row_style", "cell_style", "shown"),
    [
        ("", "", 'table:style-name="people"', "17 чел."),
        ("", "", 'table:style-name="heir"', "17 чел."),
        ("", "", 'table:style-name="of"', '17 из "24"'),
        ("", 'table:default-cell-style-name="people"', "", "17 чел."),
        ('<table:table-column table:default-cell-style-name="people"/>', "", "", "17 чел."),
    ],
    ids=["the cell's", "that of its parent", "with a condition", "the row's", "the column's"],
)
def test_words_of_a_number_format_of_an_open_document(
    columns: str, row_style: str, cell_style: str, shown: str
) -> None:
    number = cell(f'{cell_style} office:value-type="float" office:value="17"', "<text:p>17 чел.</text:p>")
    rows = f"{columns}<table:table-row {row_style}>{number}</table:table-row>"
    read = cells(ods(rows, styles=UNIT_STYLES))["A1"]
    assert (read.value, shown_with_words(17.0, read.format)) == (17.0, shown)


def test_a_struck_out_cell_is_struck_out_in_every_row_that_it_is_repeated_in() -> None:
    number = cell('office:value-type="float" office:value="17"')
    column = '<table:table-column table:default-cell-style-name="gone"/>'
    rows = f'{column}<table:table-row table:number-rows-repeated="2">{number}</table:table-row>'
    (sheet,) = open_book(ods(rows, styles=UNIT_STYLES), LIMITS).sheets
    assert (sheet.cells, asides(sheet)) == ({}, [("A1", "struck", "17"), ("A2", "struck", "17")])


def test_text_boxes_of_an_open_document_are_told() -> None:
    box = "<draw:frame><draw:text-box><text:p>70 %</text:p><text:p>для п. 14</text:p></draw:text-box></draw:frame>"
    loose = f"<table:shapes>{box.replace('70', '80')}</table:shapes>"
    rows = row(cell("")) + row(cell("", box + "<text:p>да</text:p>"))
    (sheet,) = open_book(ods(loose + rows), LIMITS).sheets
    assert sheet.cells == {Spot(2, 1): Cell("да")}
    assert sorted(asides(sheet)) == [("A2", "box", "70 %\nдля п. 14"), ("A2", "box", "80 %\nдля п. 14")]


def test_a_style_of_an_open_document_may_come_from_its_common_styles() -> None:
    common = (
        '<office:document-styles xmlns:office="urn:o" xmlns:style="urn:s"><office:styles>'
        '<style:style style:name="gone" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
        "</office:styles></office:document-styles>"
    )
    heir = '<style:style style:name="ce1" style:family="table-cell" style:parent-style-name="gone"/>'
    data = ods(row(cell('table:style-name="ce1" office:value-type="float" office:value="70"')), styles=heir)
    with zipfile.ZipFile(file := BytesIO(data), "a") as package:
        package.writestr("styles.xml", common)
    (sheet,) = open_book(file.getvalue(), LIMITS).sheets
    assert asides(sheet) == [("A1", "struck", "70")]


def test_repeated_rows_and_cells_move_the_addresses() -> None:
    rows = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>',
        row(
            '<table:table-cell table:number-columns-repeated="2"/>',
            cell('office:value-type="float" office:value="5" table:number-columns-repeated="2"'),
            cell('office:value-type="float" office:value="6"'),
        ),
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>',
        row(cell('office:value-type="float" office:value="7"')),
    )
    assert values(ods("".join(rows))) == {"C3": 5.0, "D3": 5.0, "E3": 6.0, "A1000004": 7.0}


def test_a_value_repeated_over_the_whole_sheet_is_refused() -> None:
    full = cell('office:value-type="float" office:value="5" table:number-columns-repeated="1024"')
    rows = f'<table:table-row table:number-rows-repeated="1048576">{full}</table:table-row>'
    assert refusal(ods(rows))[0] == "FILE-LIMIT"


def test_merged_and_hidden_are_told_of_open_documents_too() -> None:
    hidden = '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>'
    merged = cell('table:number-columns-spanned="3" table:number-rows-spanned="2"', "<text:p>Форма</text:p>")
    (sheet,) = open_book(ods(row(merged), styles=hidden), LIMITS).sheets
    assert (sheet.hidden, sheet.merged) == (True, ((Spot(1, 1), Spot(2, 3)),))


def test_the_copy_of_a_linked_workbook_is_no_sheet() -> None:
    assert open_book(ods("<table:table-source/>" + row(cell("", "<text:p>чужое</text:p>"))), LIMITS) == Book(())


@pytest.mark.parametrize("damage", [("</table:table>", "</tabke:table>"), ('repeated="2"', 'repeated="два"')])
def test_an_open_document_with_broken_markup_is_damaged(damage: tuple[str, str]) -> None:
    data = ods(row('<table:table-cell table:number-columns-repeated="2"/>'))
    assert refusal(patched(data, "content.xml", lambda xml: xml.replace(*damage)))[0] == "FILE-DAMAGED"


def test_entities_of_an_open_document_are_never_expanded() -> None:
    assert refusal(ods(row(cell("", "<text:p>&a;</text:p>")), before='<!DOCTYPE x [<!ENTITY a "x">]>')) == (
        "FILE-DAMAGED",
        {"what": "внутри него испорчена разметка"},
    )


# ── any format ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", [lambda: percent_book(TEXT), lambda: ods(row(cell("", "<text:p>да</text:p>")) * 9)])
def test_damage_anywhere_in_the_file_is_a_remark_or_changes_nothing(make: Callable[[], bytes]) -> None:
    good = make()
    expected = open_book(good, LIMITS)
    chance = random.Random(547)
    refused = 0
    for _ in range(150):
        damaged = bytearray(good)
        place = chance.randrange(len(good))
        damaged[place] ^= 1 << chance.randrange(8)
        try:
            assert open_book(bytes(damaged), LIMITS) == expected
        except Unreadable:
            refused += 1
    assert refused


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("245\r\n87 %", "245\n87 %"),
        ("245\x0b87 %", "245\n87 %"),
        ("а\tб", "а\tб"),
        ("87\u00a0%", "87\u00a0%"),
        ("\ufeffда\u200b", "да"),
        ("\u202e12\u202c", "12"),
        ("до\u00adговор", "договор"),
        ("и\u0306", "й"),
        ("да\x00\x1b\ud800\uffff", "да"),
    ],
)
def test_text_is_cleaned_of_what_nobody_sees(written: str, read: str) -> None:
    assert clean(written) == read
