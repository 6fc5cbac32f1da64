"""Every workbook that Svod writes opens in Excel without a repair; every rule that says so is seen to find a breach."""

import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from io import BytesIO
from typing import NamedTuple

import pytest
import xlsxwriter

from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import write_form
from pipeline.writing.fresh_form import fresh
from pipeline.writing.registry import write_registry, write_template
from pipeline.writing.returned.marking import annotated
from pipeline.writing.returned.texts import Head, Shown
from schemas.district import Recipient, Registry, School
from schemas.form import load_form
from schemas.remarks import Severity
from tests import figures as given
from tests import open_xml
from tests.conftest import Run
from tests.figures import STATES
from tests.open_xml import RULES, Package, Rule, breaches, formulas, machine_words
from tests.workbooks import summary_of, summary_workbook

FORM = load_form("form-547")
AS_OF = date(2014, 3, 20)
NAMES = ("=1+1", "+7 914 000", "-5 классов", "@SUM(A1)")


# ── every workbook ───────────────────────────────────────────────────────────────────────────────────────────────────
def summary_of_odd_names() -> bytes:
    cases = [given.Case(name, 100 + 10 * n, (20.0, 30.0, 40.0)) for n, name in enumerate(NAMES)]
    problems = [(name, n, name, name) for n, name in enumerate(NAMES)]
    return summary_workbook(given.district(cases, problems=problems))


def school(name: str = "СОШ № 8") -> School:
    bases = {base.id: 100.0 for base in FORM.bases}
    return School("08", name, name, (name,), bases=bases, classes=11, email="school@example.org")


def form_of_odd_answers() -> bytes:
    facts = {"1": {"person": NAMES[0], "position": NAMES[1]}, "2": {"text": NAMES[0]}, "15": {"text": NAMES[3]}}
    facts |= {f"problem.{n}": {"problem": name, "solution": name} for n, name in enumerate(NAMES, 1)}
    return write_form(FORM, school(NAMES[0]), AS_OF, Prefill(facts, {"14": NAMES[2]}))


def registry_of_odd_names() -> bytes:
    schools = tuple(School(f"0{n}", name, name, (name,), email=name) for n, name in enumerate(NAMES))
    return write_registry(FORM, Registry(schools, (Recipient(NAMES[0], NAMES[1]),), draft=True), AS_OF)


def remarks() -> list[Shown]:
    places = ("C6", "", "C20", "D31")
    return [Shown(severity, "14", "Отчёт" if place else "", place, name, name, name)
            for severity, place, name in zip((*Severity, Severity.INFO), places, NAMES, strict=True)]  # fmt: skip


def returned_with_odd_remarks() -> bytes:
    result = annotated(form_of_odd_answers(), remarks(), Head(NAMES[0], AS_OF, NAMES))
    assert result is not None
    return result


ODD: dict[str, Callable[[], bytes]] = {
    "summary": summary_of_odd_names,
    "form": form_of_odd_answers,
    "registry": registry_of_odd_names,
    "returned": returned_with_odd_remarks,
    "fresh return": lambda: fresh(FORM, school(NAMES[0]), AS_OF, remarks(), Head(NAMES[0], AS_OF, NAMES)),
}
USUAL: dict[str, Callable[[], bytes]] = {
    "blank form": lambda: write_form(FORM, None, AS_OF),
    "form of a school": lambda: write_form(FORM, school(), AS_OF),
    "registry": lambda: write_registry(FORM, Registry((school(),)), AS_OF),
    "registry's template": lambda: write_template(FORM, AS_OF),
    **{f"summary, {state}": (lambda state=state: summary_of(state)) for state in STATES},
}
WORKBOOKS = {**USUAL, **{f"{name} of odd texts": make for name, make in ODD.items()}}


@cache
def workbook(name: str) -> bytes:
    return WORKBOOKS[name]()


@pytest.mark.parametrize("name", WORKBOOKS)
def test_excel_opens_it_without_a_repair(name: str) -> None:
    assert breaches(workbook(name)) == []


@pytest.mark.parametrize("name", WORKBOOKS)
def test_no_machine_word_is_shown(name: str) -> None:
    assert machine_words(workbook(name)) == []


def test_all_workbooks_of_the_demo_are_whole_and_speak_russian(demo: Run) -> None:
    written = sorted(demo.output.rglob("*.xlsx"))
    assert len(written) > 5
    for path in written:
        data = path.read_bytes()
        assert (path.name, breaches(data), machine_words(data)) == (path.name, [], [])


@pytest.mark.parametrize("name", ODD)
def test_a_text_that_looks_like_a_formula_stays_a_text(name: str) -> None:
    package = Package(ODD[name]())
    said = {cell.text for sheet in package.sheets for cell in sheet.cells if cell.formula is None}
    assert {text for text in said if text and text[0] in "=+-@"} >= set(NAMES)
    assert not {name.lstrip("=+-@") for name in NAMES} & {formula.text.lstrip("=+-@") for formula in formulas(package)}


# ── every rule sees a breach ─────────────────────────────────────────────────────────────────────────────────────────
@cache
def sound() -> bytes:
    """A workbook with something for every rule to look at."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet, data = book.add_worksheet("Отчёт"), book.add_worksheet("Данные")
    people = book.add_format({"num_format": '0" чел."', "bold": True})
    sheet.write_row("A1", ["Школа", "Охвачено"])
    sheet.write_row("A2", ["СОШ", 5], people)
    sheet.write_formula("C2", '=IF(Отчёт!B2>0,ROUND(B2,1),"мало")', None, 5)
    sheet.merge_range("D4:E5", "объединено")
    sheet.set_column("A:B", 12)
    sheet.set_row(1, 20)
    sheet.autofilter("A1:B2")
    sheet.print_area("A1:E9")
    sheet.set_footer("&LЛист &P")
    sheet.write_url("A7", "internal:'Данные'!A1", string="к данным")
    sheet.write_comment("B2", "Проверьте", {"author": "Свод"})
    sheet.data_validation("B3", {"validate": "list", "source": ["есть", "нет"], "input_title": "Ответ"})
    sheet.conditional_format("B2:B9", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("C2:C9", {"type": "cell", "criteria": ">", "value": 5, "format": people})
    data.add_table("A1:B3", {"name": "Данные", "columns": [{"header": "Код"}, {"header": "Доля"}]})
    book.define_name("План_мин", "=Отчёт!$B$2")
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"name": "Охват", "values": "=Отчёт!$B$2:$B$3"})
    sheet.insert_chart("G2", chart)
    book.close()
    return target.getvalue()


class Change(NamedTuple):
    """One place of the sound workbook, spoiled."""

    part: str
    old: str
    new: str


def changed(change: Change) -> bytes:
    with zipfile.ZipFile(BytesIO(sound())) as archive:
        text = archive.read(change.part).decode()
    assert change.old in text
    return with_part(change.part, text.replace(change.old, change.new, 1).encode())


def with_part(part: str, content: bytes | None) -> bytes:
    """The sound workbook with other content in a part; None leaves the part out."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(sound())) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            if name != part:
                archive.writestr(name, source.read(name))
            elif content is not None:
                archive.writestr(name, content)
    return target.getvalue()


BOOK, STYLES, STRINGS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
SHEET, DATA = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
TABLE, CHART, DRAWING = "xl/tables/table1.xml", "xl/charts/chart1.xml", "xl/drawings/drawing1.xml"
COMMENTS, SHAPES = "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"
TYPES, CHARTS_OF_DRAWING = "[Content_Types].xml", "xl/drawings/_rels/drawing1.xml.rels"
LINK = '<hyperlink ref="A7" location="\'Данные\'!A1" display="к данным"/>'
NAME = '<definedName name="ПЛАН_МИН">1</definedName>'
MERGED = '<mergeCells><mergeCell ref="B3:C4"/></mergeCells>'

BROKEN: dict[Rule, list[Change]] = {
    open_xml.parts_have_content_types: [
        Change(TYPES, 'PartName="/xl/comments1.xml"', 'PartName="/xl/c.xml"'),
    ],
    open_xml.relations_lead_somewhere: [
        Change(SHEET, '<drawing r:id="rId', '<drawing r:id="rId9'),
        Change(CHARTS_OF_DRAWING, "chart1.xml", "chart2.xml"),
    ],
    open_xml.elements_stand_in_order: [
        Change(SHEET, "<sheetData>", "<mergeCells/><sheetData>"),
        Change(SHEET, "<sheetData>", "<cells/><sheetData>"),
    ],
    open_xml.nothing_unseen_is_written: [
        Change(STRINGS, "<t>СОШ", "<t>СОШ_x0007_"),
        Change(STRINGS, "<t>СОШ", "<t>СОШ\x85"),
    ],
    open_xml.sheets_are_named_as_excel_allows: [
        Change(BOOK, 'name="Отчёт"', 'name="Отчёт: март"'),
        Change(BOOK, 'name="Отчёт"', f'name="{"щ" * 32}"'),
        Change(BOOK, 'name="Отчёт"', 'name="ДАННЫЕ"'),
    ],
    open_xml.names_are_valid_and_unique: [
        Change(BOOK, 'name="План_мин"', 'name="План мин"'),
        Change(BOOK, 'name="План_мин"', 'name="AB12"'),
        Change(BOOK, "<definedNames>", f"<definedNames>{NAME}"),
    ],
    open_xml.names_of_a_sheet_lie_on_it: [
        Change(BOOK, "Отчёт!$A$1:$E$9", "Данные!$A$1:$E$9"),
        Change(BOOK, 'localSheetId="0"', 'localSheetId="7"'),
    ],
    open_xml.formats_are_within_bounds: [
        Change(STYLES, "</cellXfs>", '<xf numFmtId="0"/>' * 64_000 + "</cellXfs>"),
        Change(STYLES, 'formatCode="', f'formatCode="{"0" * 255}'),
        Change(STYLES, 'fontId="1"', 'fontId="9"'),
    ],
    open_xml.formats_used_exist: [
        Change(SHEET, '<c r="A2" s="1"', '<c r="A2" s="99"'),
        Change(SHEET, 'dxfId="0"', 'dxfId="1"'),
    ],
    open_xml.cells_stand_in_their_places: [
        Change(SHEET, '<c r="B1"', '<c r="A1"'),
        Change(SHEET, '<c r="B1"', '<c r="B2"'),
        Change(SHEET, '<row r="2"', '<row r="1"'),
    ],
    open_xml.values_fit_their_types: [
        Change(SHEET, "<v>5</v>", "<v>nan</v>"),
        Change(SHEET, '<c r="A1" t="s"><v>0<', '<c r="A1" t="s"><v>99<'),
    ],
    open_xml.texts_fit_into_cells: [
        Change(STRINGS, "<t>СОШ", f"<t>{'щ' * 32_768}"),
    ],
    open_xml.formulas_are_such_as_excel_2007_reads: [
        Change(SHEET, "ROUND(B2,1)", "ОКРУГЛ(B2,1)"),
        Change(SHEET, "ROUND(B2,1)", "ROUND(B2;1)"),
        Change(SHEET, "ROUND(B2,1)", "IFNA(B2,1)"),
        Change(SHEET, "ROUND(B2,1)", "План_макс"),
        Change(SHEET, "Отчёт!B2", "Отчет!B2"),
        Change(SHEET, '"мало"', f'"мало"{"&amp;1" * 5_000}'),
        Change(BOOK, "Отчёт!$B$2<", "#REF!$B$2<"),
    ],
    open_xml.areas_do_not_overlap: [
        Change(SHEET, "</mergeCells>", '<mergeCell ref="E5:F6"/></mergeCells>'),
        Change(SHEET, "</mergeCells>", '<mergeCell ref="G7"/></mergeCells>'),
        Change(DATA, "<tableParts", f"{MERGED}<tableParts"),
    ],
    open_xml.tables_agree_with_their_cells: [
        Change(TABLE, 'name="Код"', 'name="Номер"'),
        Change(TABLE, 'name="Код"', 'name="доля"'),
        Change(TABLE, 'ref="A1:B3"', 'ref="A1:C3"'),
        Change(TABLE, 'ref="A1:B3"', 'ref="A1:B1"'),
        Change(TABLE, 'displayName="Данные"', 'displayName="План_мин"'),
        Change(DATA, "<tablePart ", "<part "),
    ],
    open_xml.filters_lie_on_their_sheets: [
        Change(SHEET, '<autoFilter ref="A1:B2"', '<autoFilter ref="A1:B9"'),
    ],
    open_xml.conditional_formats_are_whole: [
        Change(SHEET, 'sqref="C2:C9"', 'sqref=""'),
        Change(SHEET, 'priority="2"', 'priority="1"'),
        Change(SHEET, "<x14:id>{DA7ABA51", "<x14:id>{DA7ABA52"),
    ],
    open_xml.validations_are_within_bounds: [
        Change(SHEET, 'promptTitle="', f'promptTitle="{"щ" * 32}'),
        Change(SHEET, 'promptTitle="', f'prompt="{"щ" * 256}" promptTitle="'),
        Change(SHEET, "есть,нет", "есть," * 60),
        Change(SHEET, 'sqref="B3"', 'sqref="B0"'),
    ],
    open_xml.links_are_within_bounds: [
        Change(SHEET, LINK, LINK * 65_531),
        Change(SHEET, "location=\"'Данные'", "location=\"'Данные 2'"),
        Change(SHEET, 'display="к данным"', f'tooltip="{"щ" * 256}"'),
    ],
    open_xml.comments_have_shapes: [
        Change(COMMENTS, 'ref="B2"', 'ref="B3"'),
        Change(COMMENTS, "Проверьте", "щ" * 32_768),
        Change(SHEET, "<legacyDrawing ", "<legacyDrawingHF "),
        Change(SHAPES, "<x:Row>1<", "<x:Row>5<"),
    ],
    open_xml.drawings_hold_what_they_show: [
        Change(CHARTS_OF_DRAWING, "charts/chart1", "comments1"),
        Change(DRAWING, "<xdr:col>6<", "<xdr:col>16384<"),
        Change(CHART, "<c:f>Отчёт!$B$2:$B$3</c:f>", ""),
    ],
    open_xml.columns_and_rows_are_within_bounds: [
        Change(SHEET, ' width="12', ' width="312'),
        Change(SHEET, ' ht="', ' ht="4'),
        Change(SHEET, '<col min="1" max="2"', '<col min="2" max="1"'),
    ],
    open_xml.headers_and_footers_fit: [
        Change(SHEET, "Лист &amp;P", "Лист &amp;P" * 50),
    ],
}


def test_a_sound_workbook_breaks_no_rule() -> None:
    assert breaches(sound()) == []


@pytest.mark.parametrize("rule", BROKEN, ids=lambda rule: rule.__name__)
def test_a_rule_sees_all_that_breaks_it(rule: Rule) -> None:
    for change in BROKEN[rule]:
        assert list(rule(Package(changed(change)))), change


def test_a_part_that_is_missing_is_seen() -> None:
    assert list(open_xml.relations_lead_somewhere(Package(with_part(CHART, None))))
    assert list(open_xml.parts_have_content_types(Package(with_part(CHART, None))))


def test_a_part_that_is_in_the_archive_twice_is_seen() -> None:
    target = BytesIO(sound())
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, b"<worksheet/>")
    assert list(open_xml.entries_are_unique(Package(target.getvalue())))


def test_every_rule_is_seen_to_find_a_breach() -> None:
    assert {*BROKEN, open_xml.entries_are_unique} == set(RULES)


SHOWN: dict[str, Change] = {
    "a cell": Change(STRINGS, "<t>СОШ", "<t>None"),
    "a number": Change(CHART, "<c:v>5</c:v>", "<c:v>nan</c:v>"),
    "a truth": Change(SHEET, '<c r="A1" t="s"', '<c r="A1" t="b"'),
    "a formula": Change(SHEET, '"мало"', '"no_report"'),
    "a comment": Change(COMMENTS, "Проверьте", "Проверьте NUM-LETTER"),
    "a prompt": Change(SHEET, 'promptTitle="Ответ"', 'promptTitle="{item}"'),
    "a chart": Change(CHART, "<c:v>Охват</c:v>", "<c:v>school_code</c:v>"),
    "a footer": Change(SHEET, "Лист &amp;P", "as_of"),
    "a sheet's name": Change(BOOK, 'name="Отчёт"', 'name="NaT"'),
    "a link": Change(SHEET, 'display="к данным"', 'display="null"'),
    "a number's format": Change(STYLES, " чел.", " Share.COUNTED total"),
}


@pytest.mark.parametrize("place", SHOWN)
def test_a_machine_word_is_seen_wherever_people_can_see_it(place: str) -> None:
    assert machine_words(sound()) == []
    assert machine_words(changed(SHOWN[place]))


def test_words_that_only_contain_a_machine_word_are_let_through() -> None:
    said = changed(Change(STRINGS, "<t>СОШ", "<t>report_01.xlsx, http://item.example, info@example.org, Nanny"))
    assert machine_words(said) == []
