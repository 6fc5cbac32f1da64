"""A Word document is read as its reader sees it in the end: every rule of docs/reading.md, and every place of text."""

import re
from datetime import date

import pytest

from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book, Sheet
from pipeline.reading.opening.grid import open_book
from pipeline.reading.opening.guard import Unreadable
from pipeline.settings import Limits
from schemas.addresses import Spot
from tests.order_form import ANSWERS, FORM, SCHOOLS, OrderForm, said
from tests.test_values import rows_of, unescaped
from tests.word import (
    STRICT,
    answered,
    order_form_body,
    package,
    paragraph,
    part,
    run,
    table,
    text_box,
    texts,
    word_file,
)

STYLES = """
<docDefaults><rPrDefault><rPr/></rPrDefault></docDefaults>
<style type="character" styleId="Unseen"><rPr><vanish/></rPr></style>
<style type="paragraph" styleId="AllUnseen"><rPr><vanish/></rPr></style>
<style type="character" styleId="Wrong"><basedOn val="Struck"/></style>
<style type="character" styleId="Struck"><basedOn val="Wrong"/><rPr><strike/></rPr></style>
<style type="character" styleId="Mark"><rPr><vertAlign val="superscript"/></rPr></style>
"""
NOTES = {
    "footnotes": '<footnote id="2"><p><r><footnoteRef/></r><r><t>на 15 марта</t></r></p></footnote>',
    "comments": '<comment id="0"><p><r><annotationRef/></r><r><t>уточнить</t></r></p></comment>',
}
TEXTS = rows_of("| what | written | read | beside |")
TABLES = rows_of("| what | written | read |")


def sheet_of(data: bytes) -> Sheet:
    [sheet] = open_book(data, Limits()).sheets
    return sheet


def read_rows(data: bytes) -> list[list[str]]:
    return texts(sheet_of(data).cells)


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as raised:
        open_book(data, Limits())
    return raised.value.remark.code


# ── the rules of the guide ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("what", "written", "read", "beside"), TEXTS, ids=[row[0] for row in TEXTS])
def test_the_text_of_a_cell_is_what_the_reader_of_the_final_document_sees(what, written, read, beside):
    blocks = written if re.match("<p>|<p/>|<tbl>|<sdt><sdtContent><p>", written) else f"<p>{written}</p>"
    sheet = sheet_of(word_file(table([blocks, paragraph("next")]), styles=STYLES, **NOTES))
    cell = sheet.cells.get(Spot(1, 1))
    assert (cell.value.strip("\n") if cell else "") == unescaped(read).replace(r"\t", "\t")
    assert [f"{aside.kind}: `{aside.text}`".replace(" ``", "") for aside in sheet.asides] == (
        [beside] if beside else []
    )
    assert all(aside.spot == Spot(1, 1) for aside in sheet.asides)
    assert sheet.cells[Spot(1, 2)].value == "next"


@pytest.mark.parametrize(("what", "written", "read"), TABLES, ids=[row[0] for row in TABLES])
def test_rows_and_cells_are_those_of_the_final_document(what, written, read):
    rows = re.sub("<c>(.*?)</c>", r"<tc><p><r><t>\1</t></r></p></tc>", written)
    sheet = sheet_of(word_file(f"<tbl><tblGrid/>{rows}</tbl>"))
    shown = []
    for row in range(1, len(sheet.places)):  # the last place parts off the footers
        columns = range(1, 1 + max((spot.column for spot in sheet.cells if spot.row == row), default=0))
        shown.append(
            " ".join(str(sheet.cells[s].value) if (s := Spot(row, c)) in sheet.cells else "·" for c in columns)
        )
    assert " / ".join(shown) == read


def test_a_merged_area_is_told_with_its_first_and_last_cell():
    merged = '<tc><tcPr><gridSpan val="2"/><vMerge val="restart"/></tcPr><p/></tc>'
    below = '<tc><tcPr><gridSpan val="2"/><vMerge/></tcPr><p/></tc>'
    body = f"<tbl><tr>{merged}<tc><p/></tc></tr><tr>{below}<tc><p/></tc></tr><tr>{'<tc><p/></tc>' * 3}</tr></tbl>"
    assert sheet_of(word_file(body)).merged == ((Spot(1, 1), Spot(2, 2)),)


# ── where the text stands ────────────────────────────────────────────────────────────────────────────────

HEADER = (
    '<sectPr><headerReference type="default" r:id="header"/><footerReference type="default" r:id="footer"/></sectPr>'
)


def test_headers_stand_above_the_text_and_footers_below():
    body = paragraph("отчёт") + table([paragraph("1"), paragraph("да")]) + HEADER
    document = word_file(body, header=paragraph("МБОУ СОШ № 1"), footer=paragraph("исп. Иванова"))
    assert read_rows(document) == [["МБОУ СОШ № 1"], ["отчёт"], ["1", "да"], ["исп. Иванова"]]


def test_the_head_may_stand_in_a_table_of_the_header():
    header = table([paragraph("в"), paragraph("МБОУ СОШ № 1")])
    assert read_rows(word_file(paragraph("отчёт") + HEADER, header=header))[0] == ["в", "МБОУ СОШ № 1"]


@pytest.mark.parametrize(("title_page", "rows"), [("<titlePg/>", [["на 20.03.2014"], ["отчёт"]]), ("", [["отчёт"]])])
def test_the_header_of_the_first_page_is_read_where_it_is_shown(title_page, rows):
    body = paragraph("отчёт") + f'<sectPr><headerReference type="first" r:id="header"/>{title_page}</sectPr>'
    assert read_rows(word_file(body, header=paragraph("на 20.03.2014"))) == rows


@pytest.mark.parametrize(("settings", "rows"), [("<evenAndOddHeaders/>", [["чётная"], ["отчёт"]]), ("", [["отчёт"]])])
def test_the_header_of_even_pages_is_read_where_it_is_shown(settings, rows):
    body = paragraph("отчёт") + '<sectPr><headerReference type="even" r:id="header"/></sectPr>'
    assert read_rows(word_file(body, header=paragraph("чётная"), settings=settings)) == rows


def test_a_header_of_several_sections_is_told_once_and_another_stands_above_its_own_section():
    def ends(relation: str) -> str:
        return f'<sectPr><headerReference type="default" r:id="{relation}"/></sectPr>'

    first, second = (f"<p><pPr>{ends('header')}</pPr>{run(text)}</p>" for text in ("первый", "второй"))
    document = word_file(first + second + paragraph("третий") + ends("other"), header=paragraph("шапка"), other="")
    assert read_rows(document) == [["шапка"], ["первый"], ["второй"], ["третий"]]


def test_a_text_box_above_the_table_is_read_as_the_head_and_told():
    sheet = sheet_of(word_file(box(paragraph("МБОУ СОШ № 1")) + table([paragraph("1")])))
    assert texts(sheet.cells) == [["МБОУ СОШ № 1"], ["1"]]
    assert [(aside.spot.row, aside.kind, aside.text) for aside in sheet.asides] == [(1, "box", "МБОУ СОШ № 1")]


def test_a_text_box_below_the_table_is_told_only():
    sheet = sheet_of(word_file(table([paragraph("1")]) + box(paragraph("45 %"))))
    assert texts(sheet.cells) == [["1"]]
    assert [(aside.kind, aside.text) for aside in sheet.asides] == [("box", "45 %")]


def test_cells_stand_row_by_row_where_a_box_is_read_as_rows_of_its_own():
    framed = box(table([paragraph("2"), paragraph("да")]))
    sheet = sheet_of(word_file(paragraph("отчёт") + table([paragraph("1"), paragraph("нет")]) + framed))
    assert list(sheet.cells) == sorted(sheet.cells)


def test_a_table_in_a_text_box_is_read_in_its_place():
    assert read_rows(word_file(table([paragraph("1")]) + box(table([paragraph("2"), paragraph("да")])))) == [
        ["1"],
        ["2", "да"],
    ]


def test_what_is_struck_out_in_a_text_box_is_apart_from_its_text():
    sheet = sheet_of(word_file(table([box(f"<p>{run('30 %', '<strike/>')}{run('45 %')}</p>")])))
    assert [(aside.kind, aside.text) for aside in sheet.asides] == [("box", "45 %"), ("struck", "30 %")]


def box(blocks: str) -> str:
    return f"<p>{text_box(blocks)}</p>"


FORM_TABLE = table(*([paragraph(str(n)), paragraph("да")] for n in range(1, 4)))


@pytest.mark.parametrize(
    ("framed", "above"),
    [
        (table([paragraph("отчёт") + FORM_TABLE]), [["отчёт"]]),
        (table([paragraph("отчёт"), paragraph("школы")], [FORM_TABLE, "<p/>"]), [["отчёт", "школы"]]),
        (table([table([paragraph("отчёт") + FORM_TABLE])]), [["отчёт"]]),
        (table([paragraph("отчёт") + f"<sdt><sdtContent>{FORM_TABLE}</sdtContent></sdt>"]), [["отчёт"]]),
    ],
    ids=["one cell", "a row of its own", "two frames", "in a content control"],
)
def test_a_table_that_only_lays_out_the_page_gives_way_to_the_form_in_it(framed, above):
    sheet = sheet_of(word_file(framed))
    assert texts(sheet.cells) == [*above, ["1", "да"], ["2", "да"], ["3", "да"]]
    [first] = {sheet.address(spot) for spot, cell in sheet.cells.items() if cell.value == "1"}
    assert re.fullmatch("таблица [12], строка 1", first)


def test_a_smaller_table_in_a_cell_is_the_text_of_that_cell():
    inner = table([paragraph("педагоги"), paragraph("родители")], [paragraph("45"), paragraph("240")])
    outer = table(*([paragraph(str(n)), inner if n == 2 else paragraph("да")] for n in range(1, 4)))
    assert read_rows(word_file(outer))[1] == ["2", "педагоги\tродители\n45\t240"]


def test_no_row_parts_two_words_that_a_reader_sees_apart():
    """Cells of a nested table are parted by a tab: «1» and «240» beside each other are not 1 240."""
    [[text]] = read_rows(word_file(table([table([paragraph("1"), paragraph("240")]), paragraph("")])))
    assert text == "1\t240"


# ── packages that Word opens, and such that it does not ──────────────────────────────────────────────────

BODY = table([paragraph("1"), paragraph("45 %")])


@pytest.mark.parametrize(
    "document",
    [
        word_file(BODY, namespace=STRICT),
        word_file(BODY, main="word/document2.xml"),
        word_file(BODY, main="text/main.xml"),
        word_file(BODY, content_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
        word_file(
            BODY, content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
        ),
        word_file(BODY, content_type="application/vnd.ms-word.template.macroEnabledTemplate.main+xml"),
        package({"word\\document.xml": part("document", f"<body>{BODY}</body>")}),
        package({"Word/Document.xml": part("document", f"<body>{BODY}</body>")}),
    ],
    ids=["strict", "numbered", "elsewhere", "docm", "dotx", "dotm", "backslashes", "letter case"],
)
def test_a_document_is_read_whatever_its_package_calls_it(document):
    assert read_rows(document) == [["1", "45 %"]]


@pytest.mark.parametrize(
    "document",
    [
        word_file(BODY, namespace="urn:no-namespace-of-word"),
        package({"word/document.xml": "<document><body/></document>"}),
        package({"word/document.xml": part("document", "")}),
        package({"word/document.xml": part("document", "<body>")}),
        package({"word/document.xml": "не XML"}),
        package({"word/document.xml": ""}),
        package(
            {"word/document.xml": '<!DOCTYPE d [<!ENTITY a "b">]>' + part("document", "<body/>").partition("?>")[2]}
        ),
        package({"word/documents.xml": part("document", f"<body>{BODY}</body>")}),
        word_file(BODY, styles="<style>"),
    ],
    ids=["foreign", "no namespace", "no body", "cut off", "no XML", "empty", "DTD", "no main part", "styles cut off"],
)
def test_a_package_without_a_text_document_is_called_damaged(document):
    assert refusal(document) == "FILE-DAMAGED"


def test_another_document_put_in_as_a_file_is_told_and_not_opened():
    body = BODY + '<altChunk r:id="chunk"/>'
    sheet = sheet_of(word_file(body, relations={"chunk": ("aFChunk", "chunk.html")}))
    assert texts(sheet.cells) == [["1", "45 %"]]
    assert [aside.kind for aside in sheet.asides] == ["chunk"]


TEXT = paragraph("45 %")


def nested(opening: str, inside: str, closing: str, times: int) -> str:
    return opening * times + inside + closing * times


def nested_tables(depth: int) -> str:
    return nested("<tbl><tr><tc>", TEXT, "</tc></tr></tbl>", depth)


def alternatives(depth: int) -> str:
    inside = nested("<mc:AlternateContent><mc:Choice>", "<t>45 %</t>", "</mc:Choice></mc:AlternateContent>", depth)
    return f"<p><r>{inside}</r></p>"


def with_span(columns: str) -> str:
    return f'<tbl><tr><tc><tcPr><gridSpan val="{columns}"/></tcPr>{TEXT}</tc></tr></tbl>'


HOSTILE = {
    "tables as deep as XML may be": nested_tables(80),
    "controls as deep as XML may be": nested("<sdt><sdtContent>", TEXT, "</sdtContent></sdt>", 120),
    "alternatives in alternatives": alternatives(120),
    "a span without end": with_span("99999999999"),
    "a span below one": with_span("-3"),
    "a field that ends before it begins": f'<p><r><fldChar fldCharType="end"/><fldChar/></r>{run("45 %")}</p>',
    "a symbol without a code": f'<p><r><sym font="Wingdings" char="-"/></r></p>{TEXT}',
    "a table without rows": f"<tbl/><tbl><tr/></tbl>{TEXT}",
    "text where none belongs": "<t>4</t>" + run("45 %"),
    "paragraphs in a paragraph": f"<p>{TEXT}</p>",
}


@pytest.mark.parametrize("fault", HOSTILE)
def test_odd_markup_is_read_or_passed_over_and_ends_nothing(fault):
    cells = [text for row in read_rows(word_file(HOSTILE[fault])) for text in row]
    assert "45 %" in " ".join(cells)


def test_deeper_markup_than_any_program_writes_is_called_damaged():
    assert refusal(word_file(nested_tables(200))) == "FILE-DAMAGED"


# ── what becomes of it in a report ───────────────────────────────────────────────────────────────────────


def figures(document: bytes, item: str) -> tuple[dict[str, str | float], list[str]]:
    """Facts of an item, and the codes of all remarks on it and on the file."""
    [report], remarks = read_book(open_book(document, Limits()), FORM, SCHOOLS)
    codes = [remark.code for remark in remarks if remark.item in ("", item)]
    return {fact.field: fact.value for fact in report.facts if fact.item == item}, codes


PERCENT = f"{run('88')}{run(' %')}"


@pytest.mark.parametrize(
    ("answer", "facts", "codes"),
    [
        (PERCENT, {"percent": 88.0}, []),
        (run("30 %", "<strike/>") + PERCENT, {"percent": 88.0}, ["TEXT-ASIDE"]),
        (run("88 %", "<strike/>"), {}, ["ANSWER-ASIDE"]),
        (run("88 %", '<vertAlign val="superscript"/>'), {}, ["ANSWER-ASIDE"]),
        (run("44 %", "<vanish/>"), {}, []),
        (text_box(paragraph("88 %")), {}, ["ANSWER-ASIDE"]),
        (PERCENT + text_box(paragraph("44 %")), {"percent": 88.0}, ["TEXT-UNREAD"]),
        ('<r><drawing><a:blip r:embed="rId9"/></drawing></r>', {}, ["ANSWER-ASIDE"]),
        (PERCENT + '<r><drawing><a:blip r:embed="rId9"/></drawing></r>', {"percent": 88.0}, []),
    ],
    ids=["plain", "partly struck out", "struck out", "raised", "hidden", "in a box", "under a box", "picture", "stamp"],
)
def test_an_answer_that_is_no_text_of_its_cell_is_never_counted_and_always_told(answer, facts, codes):
    assert figures(answered("13", answer), "13") == (facts, codes)


def test_a_struck_out_name_of_a_system_is_no_answer():
    assert figures(answered("2", run("Дневник.ру", "<strike/>") + run("ЭлЖур")), "2")[0] == {"text": "ЭлЖур"}


@pytest.mark.parametrize("where", ["header", "box", "frame"])
def test_the_head_of_a_report_may_stand_apart_from_its_body(where):
    form = OrderForm()
    head = "".join(paragraph(str(row[0])) for row in form.rows[2:4])
    del form.rows[2:4]
    body = order_form_body(form)
    match where:
        case "header":
            document = word_file(body + HEADER, header=head, footer="")
        case "box":
            document = word_file(box(head) + body)
        case "frame":
            document = word_file(table([head + body]))
    [report], remarks = read_book(open_book(document, Limits()), FORM, SCHOOLS)
    assert (report.school, report.as_of) == ("01", date(2014, 3, 20))
    assert not remarks


def test_borders_dragged_by_a_few_millimetres_part_no_column():
    """A merged row above, and below it a border that was dragged: the grid has four columns, a reader sees three."""
    grid = "".join(f'<gridCol w="{width}"/>' for width in (900, 4000, 250, 3000))
    merged = f'<tr><tc><tcPr><gridSpan val="4"/></tcPr>{paragraph("отчёт")}</tc></tr>'
    rows = [(1, 1, 2), (1, 2, 1)]
    spans = "".join(
        "<tr>" + "".join(f'<tc><tcPr><gridSpan val="{span}"/></tcPr>{paragraph("x")}</tc>' for span in row) + "</tr>"
        for row in rows
    )
    sheet = sheet_of(word_file(f"<tbl><tblGrid>{grid}</tblGrid>{merged}{spans}</tbl>"))
    assert [spot for spot in sheet.cells if spot.row > 1] == [Spot(r, c) for r in (2, 3) for c in (1, 2, 3)]


def test_a_narrow_cell_keeps_a_column_of_its_own():
    grid = '<tblGrid><gridCol w="200"/><gridCol w="200"/><gridCol w="5000"/></tblGrid>'
    merged = f'<tr><tc><tcPr><gridSpan val="3"/></tcPr>{paragraph("отчёт")}</tc></tr>'
    body = f"<tbl>{grid}{merged}<tr>{''.join(f'<tc>{paragraph(t)}</tc>' for t in '123')}</tr></tbl>"
    assert read_rows(word_file(body)) == [["отчёт"], ["1", "2", "3"]]


# ── automatic numbers ────────────────────────────────────────────────────────────────────────────────────

NUMBERING = """
<abstractNum abstractNumId="0">
<lvl ilvl="0"><start val="1"/><numFmt val="decimal"/><lvlText val="%1."/></lvl>
<lvl ilvl="1"><start val="1"/><numFmt val="decimal"/><lvlText val="%1.%2"/></lvl>
<lvl ilvl="2"><start val="3"/><numFmt val="russianLower"/><lvlText val="%3)"/></lvl>
</abstractNum>
<abstractNum abstractNumId="1"><lvl ilvl="0"><numFmt val="bullet"/><lvlText val="•"/></lvl></abstractNum>
<num numId="1"><abstractNumId val="0"/></num>
<num numId="2"><abstractNumId val="0"/><lvlOverride ilvl="0"><startOverride val="1"/></lvlOverride></num>
<num numId="3"><abstractNumId val="1"/></num>
"""
STYLE_WITH_NUMBERS = '<style styleId="List"><pPr><numPr><numId val="1"/></numPr></pPr></style>'


def counted(code: int, depth: int = 0, mark: str = "") -> str:
    return f'<p><pPr><numPr><ilvl val="{depth}"/><numId val="{code}"/></numPr><rPr>{mark}</rPr></pPr></p>'


@pytest.mark.parametrize(
    ("paragraphs", "numbers"),
    [
        ([counted(1), counted(1), counted(1, 1), counted(1, 1), counted(1), counted(1, 1)],
         ["1.", "2.", "2.1", "2.2", "3.", "3.1"]),
        ([counted(1), counted(1, 2), counted(1, 2)], ["1.", "в)", "г)"]),
        ([counted(1), counted(2), counted(2)], ["1.", "1.", "2."]),
        ([counted(1), counted(3), counted(1)], ["1.", "", "2."]),
        ([counted(1), counted(0), counted(1)], ["1.", "", "2."]),
        ([counted(1), '<p><pPr><pStyle val="List"/></pPr></p>'], ["1.", "2."]),
        ([counted(1), paragraph("5"), counted(1)], ["1.", "5", "2."]),
        ([counted(1), counted(1, mark="<del/>") + counted(1), counted(1)], ["1.", "2.", "3."]),
    ],
    ids=["levels", "letters from the third", "begun anew", "bullet", "none", "by style", "typed", "deleted"],
)  # fmt: skip
def test_the_automatic_number_of_a_row_is_read_where_its_first_cell_is_blank(paragraphs, numbers):
    body = table(*([one, paragraph("да")] for one in paragraphs))
    sheet = sheet_of(word_file(body, numbering=NUMBERING, styles=STYLE_WITH_NUMBERS))
    first = [sheet.cells.get(Spot(row, 1)) for row in range(1, len(paragraphs) + 1)]
    assert [cell.value if cell else "" for cell in first] == numbers


def test_the_rows_of_a_deleted_change_are_not_counted():
    gone = f"<tr><trPr><del/></trPr><tc>{counted(1)}</tc></tr>"
    rows = f"<tr><tc>{counted(1)}</tc></tr>{gone}<tr><tc>{counted(1)}</tc></tr>"
    assert read_rows(word_file(f"<tbl>{rows}</tbl>", numbering=NUMBERING)) == [["1."], ["2."]]


def test_an_automatic_number_beside_an_answer_is_no_part_of_it():
    answer = f'<p><pPr><numPr><numId val="1"/></numPr></pPr>{run("45 %")}</p>'
    body = table([paragraph("1"), answer], [paragraph("2"), counted(1)])
    assert read_rows(word_file(body, numbering=NUMBERING)) == [["1", "45 %"], ["2"]]


def test_a_form_whose_items_are_numbered_by_word_is_read_without_a_remark():
    form = OrderForm()
    depths = {form.row_of(n): n.count(".") for n in (*ANSWERS, "4", "5", "6", "10", "12")}
    rows = [
        [counted(1, depths[n]) if n in depths else paragraph(str(row[0])), *(paragraph(str(t or "")) for t in row[1:])]
        for n, row in enumerate(form.rows)
        if len(row) == 3
    ]
    document = word_file(paragraph("в МБОУ СОШ № 1 по состоянию на 20.03.2014") + table(*rows), numbering=NUMBERING)
    [report], remarks = read_book(open_book(document, Limits()), FORM, SCHOOLS)
    [plain], _ = read_book(Book((form.sheet(),)), FORM, SCHOOLS)
    assert said(report) == said(plain)
    assert not remarks
