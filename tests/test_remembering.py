"""What is remembered over a batch never answers for another form, another kind of value or a big part."""

import pickle
import sys
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from pipeline.reading.answers.shares import by_grammar, read_text
from pipeline.reading.answers.values import _people, read_answer
from pipeline.reading.opening.book import Cell
from pipeline.reading.opening.guard import open_zip
from pipeline.reading.opening.xlsx import notes_on_sheets, parts_of
from pipeline.reading.remembering import once_a_blank, once_a_form
from pipeline.settings import Limits
from schemas.form import Form, load_form
from schemas.reports import Fact, ReportRead

FORM = load_form("form-547")
OTHER = load_form(Path(__file__).parent / "data" / "form-meals.toml")


def test_each_form_is_answered_by_itself_and_asked_once() -> None:
    asked = []

    @once_a_form(maxsize=8)
    def title(form: Form, word: str) -> str:
        asked.append((form.id, word))
        return f"{word} {form.id}"

    assert [title(form, "а") for form in (FORM, FORM, OTHER, OTHER)] == [
        f"а {FORM.id}",
        f"а {FORM.id}",
        f"а {OTHER.id}",
        f"а {OTHER.id}",
    ]
    assert asked == [(FORM.id, "а"), (OTHER.id, "а")]


def test_parts_of_a_blank_are_kept_and_big_ones_are_not() -> None:
    seen = []

    @once_a_blank
    def length(part: bytes) -> int:
        seen.append(len(part))
        return len(part)

    small, big = b"a" * 1_000, b"a" * 300_000
    assert [length(small), length(small), length(big), length(big)] == [1_000, 1_000, 300_000, 300_000]
    assert seen == [1_000, 300_000, 300_000]


def test_what_equals_another_value_is_not_taken_for_it() -> None:
    """1, 1.0, true and «1» are one key to Python; a cell that says «да» by a tick states no people."""
    item = next(one for one in FORM.items if one.measured)
    number, text, tick = (read_answer(item, Cell(value), FORM, 100.0) for value in (1.0, "1 чел.", True))
    assert number != tick
    assert [remark.code for remark in tick.remarks] == ["NUM-NONE"]
    assert [fact.value for fact in text.facts] == [1.0]


def test_an_answer_is_remembered_with_its_whole() -> None:
    """«0,5» of ten people is half of them; of a thousand it may be five people or five hundred."""
    item = next(one for one in FORM.items if one.measured)
    of_ten, of_thousand = (read_answer(item, Cell("0,5"), FORM, whole) for whole in (10.0, 1_000.0))
    assert [(fact.field, fact.value) for fact in of_ten.facts] == [("percent", 50.0)]
    assert [remark.code for remark in of_thousand.remarks] == ["NUM-FRACTION"]


def test_people_alone_are_read_as_the_grammar_reads_them() -> None:
    """Years, grades and days of a month among them."""
    numbers = [*range(0, 120), 365, 999, 1_000, 1_240, 1_998, 2_014, 12_122, 20_999, 99_999]
    for item in (item for form in (FORM, OTHER) for item in form.items if item.measured):
        form = FORM if item in FORM.items else OTHER
        people = _people(form, item.base, item.number)
        for text in (f"{number} чел." for number in numbers):
            for asks in ("people", "percent"):
                assert read_text(text, asks, people) == by_grammar(text, asks, people), (item.number, text)


@pytest.mark.parametrize("big", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_big_description_of_a_workbook_is_held_by_nobody(big: str) -> None:
    package = open_zip(with_comment_in(big, 300_000))
    contents = {name: package.read(name) for name in package.namelist()}
    held = sys.getrefcount(contents[big])
    parts = parts_of(package, contents.__getitem__)
    assert [sheet.path for sheet in parts.sheets] == ["xl/worksheets/sheet1.xml"]
    holding = sys.getrefcount(contents[big])
    assert holding == held


def with_comment_in(part: str, length: int) -> bytes:
    """A workbook of which this part is longer by so many bytes."""
    target, plain = BytesIO(), BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet().write(0, 0, "текст")
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b"<!--" + b" " * length + b"-->" if name == part else b""))
    return target.getvalue()


def test_strings_and_styles_are_let_go_with_the_pass_that_needs_them() -> None:
    """calamine builds its own of them next."""
    package = open_zip(with_comment_in("", 0))
    asked = []

    def read(name: str) -> bytes:
        asked.append(name)
        return package.read(name)

    assert len(notes_on_sheets(package, read, Limits())) == 1
    assert set(asked) == {"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}


def test_a_report_crosses_the_border_of_a_process_as_it_is() -> None:
    facts = (Fact("6.1", "percent", 87.0, "C16", 0.5), Fact("6.1", "count", 245.0, "C16", basis="derived"))
    report = ReportRead("Лист1", "01", "МБОУ СОШ № 1", date(2014, 1, 30), facts, {"6.1": "C16"}, frozenset({"6.1"}))
    arrived = pickle.loads(pickle.dumps(report))
    assert arrived == report
    assert {type(fact) for fact in arrived.facts} == {Fact}
