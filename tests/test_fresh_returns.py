"""A new form for a school whose own file cannot be given back: its accepted answers stand in it, each remark leads to
the cell to be mended, and sent again it says all that the school has said."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import msgspec
import openpyxl
import pytest
from docx import Document

from pipeline import monthly
from pipeline.files import Outputs
from pipeline.measuring.figures import Figures
from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.grid import open_book
from pipeline.reading.schools import Schools
from pipeline.settings import Limits, Settings
from pipeline.writing.form.prefill import Facts, Prefill
from pipeline.writing.form.workbook import write_form
from pipeline.writing.fresh_form import fresh
from pipeline.writing.pages import colours
from pipeline.writing.registry import write_registry
from pipeline.writing.returned.texts import Head, Shown
from schemas import own_form
from schemas.district import Registry, School
from schemas.remarks import Severity
from schemas.reports import ReportRead
from tests.batch import MARCH
from tests.conftest import NOW
from tests.libreoffice import needs_libreoffice, saved_as
from tests.order_form import ANSWERS, FORM, REGISTRY, OrderForm, read_one
from tests.own_form import ANSWERS as OWN_ANSWERS
from tests.own_form import own_form_file
from tests.test_returned import changed, order_form_file

SCHOOL = REGISTRY.schools[0]
NO_BASES = replace(SCHOOL, bases={})
HEAD = Head(SCHOOL.name, MARCH)
ERROR, WARNING = Severity.ERROR, Severity.WARNING
CHECK = own_form.HEADINGS.index(own_form.CHECK) + 1

# What is wrong, and how the school puts it right in the cell that the remark leads to.
WRONG = {"3": "приказ № 12", "7": "", "8": "281 из 560 (5-9 классы)", "10.2": "104 %", "14": "80–85 %"}
RIGHT = {"3": "приказ № 12 от 05.12.2013", "7": "родительские собрания", "8": 281, "10.2": 287, "14": 244}
OWN_WRONG: dict[str, Facts] = {"3": {"number": "12"}, "10.2": {"count": 600.0}, "14": {"percent": 104.0}}


# ── from the first file to the mended one ────────────────────────────────────────────────────────────────
def order_form_book() -> bytes:
    return order_form_file(OrderForm(answers={**ANSWERS, **WRONG}))


def order_form_document() -> bytes:
    """The same as a text document: the head in paragraphs, the two tables."""
    rows = [
        ["" if value is None else str(value) for value in row] for row in OrderForm(answers={**ANSWERS, **WRONG}).rows
    ]
    first, last = (next(n for n, row in enumerate(rows) if row[:1] == [said]) for said in ("№", FORM.problems.title))
    document = Document()
    for row in rows[:first]:
        document.add_paragraph("".join(row))
    _add_table(document, rows[first : last - 1])
    document.add_paragraph(rows[last][0])
    _add_table(document, [row for row in rows[last + 1 :] if len(row) == 3])
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _add_table(document, rows: list[list[str]]) -> None:
    table = document.add_table(0, 3)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def own_form_book() -> bytes:
    return write_form(FORM, SCHOOL, MARCH, Prefill({**OWN_ANSWERS, **OWN_WRONG}))


def not_to_be_patched() -> bytes:
    """Macros on sheets of their own."""
    parts = {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b'/theme"', b'/xlMacrosheet"')}
    return changed(order_form_book(), parts)


FILES: dict[str, Callable[[Path], bytes]] = {
    "отчёт.xls": lambda folder: saved_as("xls", order_form_book(), folder).read_bytes(),
    "отчёт.ods": lambda folder: saved_as("ods", order_form_book(), folder).read_bytes(),
    "бланк.ods": lambda folder: saved_as("ods", own_form_book(), folder).read_bytes(),
    "отчёт.docx": lambda folder: order_form_document(),
    "отчёт.xlsx": lambda folder: not_to_be_patched(),
}


@dataclass
class Office:
    """An office with one school."""

    folder: Path

    def receives(self, name: str, content: bytes, day: date) -> Figures:
        """The figures after the file's arrival."""
        place = self.folder / "input" / name
        place.parent.mkdir(exist_ok=True)
        (place.parent / "registry.xlsx").write_bytes(write_registry(FORM, Registry((SCHOOL,)), MARCH))
        place.write_bytes(content)
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        os.utime(place, (moment, moment))
        job = monthly.Job.of(self.folder / "input", self.folder / "output", MARCH, Settings(), NOW)
        return monthly.run(job).figures

    @property
    def returned(self) -> Path:
        [path] = (self.folder / "output" / MARCH.isoformat() / "returns").iterdir()
        return path


def to_mend(figures: Figures) -> list[tuple[str, str]]:
    return [(said.item, said.code) for said in figures.remarks if said.severity is not Severity.INFO]


def mended(path: Path) -> tuple[bytes, set[str]]:
    """The returned file with the named cells put right and nothing else touched; the items that were named."""
    book = openpyxl.load_workbook(path)
    items = set()
    for row in book["Замечания"].iter_rows(min_row=2):
        if link := row[3].hyperlink:
            item = row[2].value.removeprefix("п.\u00a0")
            book[own_form.SHEET][link.location.rpartition("!")[2]].value = RIGHT[item]
            items.add(item)
    target = BytesIO()
    book.save(target)
    return target.getvalue(), items


def words_of(figures: Figures) -> dict[tuple[str, str], str]:
    """(item, field) -> what is said in words."""
    said = figures.answers[(figures.answers["text"] != "") & (figures.answers["item"] != "")]
    return dict(zip(zip(said["item"], said["field"], strict=True), said["text"], strict=True))


def shares_of(figures: Figures) -> dict[str, tuple[float, ...]]:
    """Item -> people covered, people in all, percent."""
    known = figures.coverage[figures.coverage["percent"].notna()]
    numbers = known[["covered", "total", "percent"]].fillna(0.0).itertuples(index=False, name=None)
    return dict(zip(known["item"], numbers, strict=True))


@needs_libreoffice
@pytest.mark.parametrize("name", FILES)
def test_mended_in_the_named_cells_and_sent_again_it_says_all_that_was_said(name: str, tmp_path: Path) -> None:
    office = Office(tmp_path)
    before = office.receives(name, FILES[name](tmp_path), date(2014, 3, 18))
    content, items = mended(office.returned)
    after = office.receives("исправлено.xlsx", content, date(2014, 3, 19))

    assert items == {item for item, _ in to_mend(before)} == (set(OWN_WRONG) if "бланк" in name else set(WRONG))
    assert to_mend(after) == []
    assert [line.file for line in after.submissions] == ["исправлено.xlsx"]
    for said in (words_of, shares_of):
        assert {key: value for key, value in said(after).items() if item_of(key) not in items} == {
            key: pytest.approx(value) for key, value in said(before).items() if item_of(key) not in items
        }
    assert {"10.2", "14"} <= shares_of(after).keys()
    assert words_of(after)["problem.1", "problem"] == "Слабый интернет"


def item_of(key: str | tuple[str, str]) -> str:
    return key if isinstance(key, str) else key[0]


def test_a_form_of_an_old_version_is_not_marked_in_the_place_that_a_fresh_one_takes(tmp_path: Path, monkeypatch):
    expected, really = [], Outputs.expect

    def expect(outputs: Outputs, relative: Path) -> Path:
        expected.append(relative.name)
        return really(outputs, relative)

    monkeypatch.setattr(Outputs, "expect", expect)
    office = Office(tmp_path)
    office.receives("бланк.xlsx", own_form_book(), MARCH)
    assert expected == [office.returned.name]
    expected.clear()
    other = msgspec.structs.replace(FORM, version=FORM.version + 1)
    office.receives("бланк.xlsx", write_form(other, SCHOOL, MARCH, Prefill({**OWN_ANSWERS, **OWN_WRONG})), MARCH)
    assert office.returned
    assert expected == []


# ── what stands in it ────────────────────────────────────────────────────────────────────────────────────
def shown(item: str, cell: str, severity: Severity = ERROR, sheet: str = "Лист1") -> Shown:
    return Shown(severity, item, sheet, cell, "80–85 %", "Указан диапазон.", "Впишите точное значение.")


def returned(report: ReportRead | None, *remarks: Shown, head: Head = HEAD) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(fresh(FORM, SCHOOL, MARCH, remarks, head, report)))


def table(book: openpyxl.Workbook) -> list[tuple[str | None, str | None]]:
    """Of each remark what the school wrote and where its link leads."""
    rows = [row for row in book["Замечания"].iter_rows() if isinstance(row[0].value, int)]
    return [(row[4].value, row[3].hyperlink.location if row[3].hyperlink else None) for row in rows]


def row_of(book: openpyxl.Workbook, number: str) -> int:
    return next(cell.row for cell in book[own_form.SHEET]["A"] if str(cell.value).rstrip(".") == number)


def test_a_remark_leads_to_the_new_cell_which_is_marked_and_names_the_old_one() -> None:
    report, _ = read_one(OrderForm())
    book = returned(report, shown("14", "C31"), shown("3", "таблица 1, строка 9", WARNING, "документ"))
    answer, paper = (f"{column}{row_of(book, item)}" for item, column in (("14", "E"), ("3", "C")))
    assert table(book) == [
        ("80–85 %\nВ присланном файле: лист\u00a0«Лист1», C31", f"'Отчёт'!{answer}"),
        ("80–85 %\nВ присланном файле: таблица 1, строка 9", f"'Отчёт'!{paper}"),
    ]
    sheet = book[own_form.SHEET]
    tints = [sheet[cell].fill.fgColor.rgb for cell in (answer, paper)]
    assert tints == [f"FF{colours.ORANGE_TINT[1:]}", f"FF{colours.NAVY_TINT[1:]}"]
    assert sheet[answer].comment.text.startswith("! ОШИБКА\nУказан диапазон.")
    assert sheet[paper].comment.text.startswith("? ПРОВЕРЬТЕ\n")


def test_answers_set_aside_are_empty_with_the_remark_beside_and_all_others_stand_there() -> None:
    report, _ = read_one(OrderForm())
    book = returned(report, shown("10.2", "C24"), shown("6.2", "C16", WARNING))
    sheet = book[own_form.SHEET]
    set_aside, doubtful = row_of(book, "10.2"), row_of(book, "6.2")
    assert sheet.cell(set_aside, 5).value is None
    assert "Указан диапазон." in sheet.cell(set_aside, CHECK).value
    assert sheet.cell(doubtful, 5).value == 331
    assert sheet.cell(row_of(book, "14"), 5).value == "44,5 %"
    assert sheet["D3"].value.endswith("Курсив — из вашего файла.")


def test_an_act_is_found_in_its_row_and_a_missing_one_in_the_first_that_is_free() -> None:
    """Rows are numbered anew: the school's 4.7 is the third of its acts."""
    report, _ = read_one(OrderForm(answers={**ANSWERS, "4.7": "приказ № 17 от 11.12.2013"}))
    book = returned(report, shown("4.7", "C14", WARNING), shown("5.9", "C16", WARNING))
    assert [link for _, link in table(book)] == [f"'Отчёт'!C{row_of(book, number)}" for number in ("4.3", "5.2")]


def test_a_remark_on_the_passport_leads_to_its_figure_which_is_the_schools_own() -> None:
    [report] = own_form_file().reports
    report = replace(report, bases=tuple((base, people + 1, cell) for base, people, cell in report.bases))
    [(people, cell)] = [(people, cell) for base, people, cell in report.bases if base == "parents"]
    book = returned(report, shown("", cell, WARNING))
    [(_, link)] = table(book)
    assert link == f"'Отчёт'!{cell}"
    assert book[own_form.SHEET][cell].value == people == SCHOOL.bases["parents"] + 1


def test_what_stood_beside_the_form_is_named_because_it_has_no_place_in_the_new_one() -> None:
    form = OrderForm()
    form.rows[form.row_of("9")].append("см. письмо")
    report, _ = read_one(form)
    [note] = [
        cell.value for cell in returned(report, shown("14", "C31"))["Замечания"]["A"] if "Записи" in str(cell.value)
    ]
    assert note == f"Записи рядом с формой не перенесены: «см. письмо» (D{form.row_of('9') + 1})."


def test_a_date_that_the_report_does_not_give_is_left_to_the_school() -> None:
    report, _ = read_one(OrderForm(as_of=""))
    book = returned(report, shown("", ""), head=Head(SCHOOL.name))
    assert table(book) == [("80–85 %", "'Отчёт'!C3")]
    assert book[own_form.SHEET]["C3"].value is None
    target = BytesIO()
    book.save(target)
    [again], remarks = read_book(open_book(target.getvalue(), Limits()), FORM, Schools(REGISTRY))
    assert [one.code for one in remarks] == ["DATE-MISSING"]
    assert len(again.facts) >= len(ANSWERS)


def test_without_a_report_it_is_a_blank_form_and_leads_nowhere() -> None:
    """Two sheets that contradict each other are no report."""
    book = returned(None, shown("", "", ERROR))
    assert table(book) == [("80–85 %", None)]
    assert "Это новый бланк: впишите в него ответы." in [cell.value for cell in book["Замечания"]["A"]]
    assert book.sheetnames[:2] == ["Замечания", own_form.SHEET]
    assert [sheet.title for sheet in book if sheet.sheet_view.tabSelected] == ["Замечания"]


# ── figures as words ─────────────────────────────────────────────────────────────────────────────────────
FIGURES: dict[str, tuple[School, str, Facts, str | float]] = {
    "people of the known whole": (SCHOOL, "6.2", {"count": 331.0, "total": 574.0, "percent": 57.7}, 331),
    "people of another whole": (SCHOOL, "6.2", {"count": 331.0, "total": 604.0}, "331 из 604"),
    "all three": (SCHOOL, "6.2", {"count": 331.0, "total": 604.0, "percent": 54.8}, "331 из 604 / 54,8 %"),
    "a percent of another whole": (SCHOOL, "6.2", {"total": 604.0, "percent": 54.8}, "54,8 % из 604"),
    "a percent of an unknown whole": (NO_BASES, "6.2", {"count": 331.0, "percent": 58.0}, "331 чел. / 58 %"),
    "a computed percent": (SCHOOL, "14", {"percent": 57.666666666666664}, "57,666666666667 %"),
    "classes where none are asked for": (
        SCHOOL,
        "6.1",
        {"count": 42.0, "classes": "5-9, 11"},
        "42 чел.; классы: 5-9, 11",
    ),
    "a percent and its class": (SCHOOL, "13", {"percent": 88.0, "classes": "9"}, "88 %; классы: 9"),
}


@pytest.mark.parametrize(("school", "item", "facts", "words"), FIGURES.values(), ids=FIGURES)
def test_figures_that_a_number_cannot_say_stand_there_in_words_and_read_back(
    school: School, item: str, facts: Facts, words: str | float
) -> None:
    content = write_form(FORM, school, MARCH, Prefill({item: facts}))
    book = openpyxl.load_workbook(BytesIO(content))
    assert book[own_form.SHEET].cell(row_of(book, item), 5).value == words
    [report], remarks = read_book(open_book(content, Limits()), FORM, Schools(REGISTRY))
    assert remarks == ()
    read = {fact.field: fact.value for fact in report.facts if fact.item == item}
    said = {name: value for name, value in facts.items() if name != "percent" or isinstance(words, str)}
    assert {name: read.get(name) for name in said} == pytest.approx(said)


def test_what_follows_from_a_remark_leads_to_the_cell_of_its_item() -> None:
    report, _ = read_one(OrderForm())
    follows = msgspec.structs.replace(shown("3", "C9", WARNING), message="Документа нет.")
    book = returned(report, msgspec.structs.replace(shown("", "", WARNING), follows=(follows,)))
    assert "Документа нет." in book[own_form.SHEET][f"C{row_of(book, '3')}"].comment.text
    assert len(table(book)) == 1
