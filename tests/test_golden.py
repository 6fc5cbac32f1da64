"""The workbooks are, part by part, those that were looked at and kept; `tests/README.md` says what to do when not."""

import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from difflib import unified_diff
from functools import partial
from io import BytesIO

import pytest
import xlsxwriter

from tests.golden import DEMO, FOLDER, WORKBOOKS, difference, keep, kept, made, parts
from tests.test_summary import summary_of

NOT_AS_KEPT = "Not the golden workbook. Meant so? `python -m tests.regenerate`, then review the difference.\n"
SHEET, STYLES = "xl/worksheets/sheet2.xml", "xl/styles.xml"
KEPT_SHEET = "xl/worksheets/Активация.xml"
WHOLE = 100_000  # lines


def assert_as_kept(name: str, book: bytes) -> None:
    assert kept(name), f"tests/golden/{name} is missing: `python -m tests.regenerate`"
    if changed := difference(kept(name), made(name, book)):
        pytest.fail(f"{NOT_AS_KEPT}{changed}", pytrace=False)


def test_the_demos_summary_is_as_kept(demo) -> None:
    assert_as_kept(DEMO, demo.done.summary.lies_at.read_bytes())


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_workbook_is_as_kept(name: str) -> None:
    assert_as_kept(name, WORKBOOKS[name]())


def test_nothing_is_kept_that_no_workbook_is_compared_with() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {DEMO, *WORKBOOKS}


# ── what the comparison sees, and what it does not mind ──────────────────────────────────────────────────
def patched(change: Callable[[str, str], str]) -> bytes:
    """A summary of three schools, each part's XML changed: `change(part, xml)`."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(summary_of("three-schools"))) as source, zipfile.ZipFile(target, "w") as package:
        for part in source.namelist():
            package.writestr(part, change(part, source.read(part).decode()))
    return target.getvalue()


def replaced(before: str, after: str, within: str) -> bytes:
    """A pattern replaced in one part."""
    return patched(lambda part, xml: re.sub(before, after, xml) if part == within else xml)


def seen(changed: bytes, lines: int = WHOLE) -> str:
    return difference(parts(summary_of("three-schools"), lines), parts(changed, lines))


@pytest.mark.parametrize(
    ("part", "before", "after", "kept_as", "shown"),
    [
        (SHEET, r'<col min="3" max="3" width="[\d.]+"', '<col min="3" max="3" width="9"', KEPT_SHEET, "width=9"),
        (SHEET, r"<f>SUM\(E7:E9\)</f>", "<f>SUM(E7:E8)</f>", KEPT_SHEET, "f=SUM(E7:E8)"),
        (SHEET, r"<pageSetup [^>]*/>", "", KEPT_SHEET, "pageSetup"),
        (STYLES, "FF1F4E79", "FF1F4E78", STYLES, "FF1F4E78"),
        ("xl/charts/chart1.xml", r'<c:gapWidth val="\d+"/>', '<c:gapWidth val="99"/>', "xl/charts/Сводка.xml", "=99"),
        ("xl/worksheets/_rels/sheet1.xml.rels", "drawing1", "drawing9", "xl/worksheets/_rels/Сводка.xml.rels",
         "drawing9"),
        ("xl/workbook.xml", 'name="Охват"', 'name="Объём"', "xl/workbook.xml", "name=Объём"),
        ("xl/workbook.xml", 'localSheetId="1"', 'localSheetId="2"', "xl/workbook.xml", "localSheetId=Охват"),
    ],
)  # fmt: skip
def test_a_change_is_seen_and_its_part_named(part: str, before: str, after: str, kept_as: str, shown: str) -> None:
    said = seen(replaced(before, after, part))
    assert f"── {kept_as}\n" in said
    assert shown in said


def test_a_changed_text_is_seen_in_the_cell_that_shows_it() -> None:
    said = seen(replaced("Итого по муниципалитету", "Всего", "xl/sharedStrings.xml"))
    assert re.search(rf"── {KEPT_SHEET}\n.*^\+   c r=C5 s=#\w+ v=Всего$", said, re.DOTALL | re.MULTILINE)


def test_a_change_below_the_lines_that_are_kept_is_seen_all_the_same() -> None:
    said = seen(replaced(r"SUM\(E7:E9\)", "SUM(E7:E8)", SHEET), lines=20)
    assert re.fullmatch(rf"── {KEPT_SHEET}\n[^─]*sha256[^─]*", said)


def test_how_formats_are_numbered_does_not_matter() -> None:
    """One more format at the front: every cell's number of its format is another one."""

    def renumbered(part: str, xml: str) -> str:
        if part == STYLES:
            return re.sub(r"(<cellXfs [^>]*>)(<xf [^>]*?/>)", r"\1\2\2", xml)
        if part.startswith("xl/worksheets/sheet"):
            return re.sub(r' (s|style)="(\d+)"', lambda m: f' {m[1]}="{int(m[2]) + 1}"', xml)
        return xml

    assert patched(renumbered) != summary_of("three-schools")
    assert seen(patched(renumbered)) == ""


def test_a_new_sheet_brings_its_own_part_and_lines_of_the_index_alone() -> None:
    """The sheet behind it and its chart are as they were, though all parts are numbered anew."""
    before, now = (parts(book_of_sheets(*titles), WHOLE) for titles in ("АБ", "АНБ"))
    assert {part for part in before if before[part] != now.get(part)} == {
        "[Content_Types].xml", "docProps/app.xml", "xl/_rels/workbook.xml.rels", "xl/workbook.xml",
    }  # fmt: skip
    assert now.keys() - before.keys() == {"xl/worksheets/Н.xml"}
    index = unified_diff(before["xl/workbook.xml"].splitlines(), now["xl/workbook.xml"].splitlines(), n=0, lineterm="")
    assert [line for line in index if not line.startswith(("---", "+++", "@@"))] == [
        "+  sheet name=Н id=worksheets/Н.xml",
        "+  definedName name=_xlnm.Print_Area localSheetId=Н Н!$A$1:$J$10",
    ]


def book_of_sheets(*titles: str) -> bytes:
    """A workbook with a chart on its last sheet."""
    target = BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        workbook.set_properties({"created": datetime(2014, 3, 20)})
        look = workbook.add_format({"num_format": "0.000"})
        for title in titles:
            sheet = workbook.add_worksheet(title)
            sheet.write(0, 0, title, look)
            sheet.print_area(0, 0, 9, 9)
        chart = workbook.add_chart({"type": "bar"})
        chart.add_series({"values": [titles[-1], 0, 0, 2, 0]})
        sheet.insert_chart("B1", chart)
    return target.getvalue()


def test_the_last_bits_of_a_number_do_not_matter() -> None:
    with_last = partial(re.sub, r"<v>(\d+\.\d{14,})\d</v>")
    one, other = (patched(lambda part, xml, d=digit: with_last(rf"<v>\g<1>{d}</v>", xml)) for digit in "19")
    assert one != other
    assert difference(parts(one, WHOLE), parts(other, WHOLE)) == ""


def test_a_part_that_is_missing_or_new_is_named(tmp_path) -> None:
    book = parts(summary_of("three-schools"), WHOLE)
    keep("book", {part: text for part, text in book.items() if part != STYLES}, tmp_path)
    assert difference(kept("book", tmp_path), book) == f"── {STYLES}\nis new"
    assert difference(book, kept("book", tmp_path)) == f"── {STYLES}\nis missing"


def test_what_is_no_xml_is_compared_by_its_digest() -> None:
    def with_picture(picture: bytes) -> bytes:
        book = BytesIO(summary_of("three-schools"))
        with zipfile.ZipFile(book, "a") as package:
            package.writestr("xl/media/image1.png", picture)
        return book.getvalue()

    assert difference(parts(with_picture(b"\x89PNG1"), WHOLE), parts(with_picture(b"\x89PNG1"), WHOLE)) == ""
    said = difference(parts(with_picture(b"\x89PNG1"), WHOLE), parts(with_picture(b"\x89PNG2"), WHOLE))
    assert said.startswith("── xl/media/image1.png\n")
    assert "sha256" in said


def test_what_is_kept_replaces_what_was_kept_and_is_read_back(tmp_path) -> None:
    book = parts(summary_of("three-schools"), WHOLE)
    keep("book", {**book, "xl/old.xml": "gone\n"}, tmp_path)
    keep("book", book, tmp_path)
    assert kept("book", tmp_path) == book
