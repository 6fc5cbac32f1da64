"""Doubt is inherited by figures with a unit as by shares: sums, Σ ÷ Σ, differences, years, cards and what they would be
without the answers under question."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import msgspec
import pytest
from openpyxl import load_workbook

from pipeline.measuring.alone import alone
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.figures import Figures, Measure
from pipeline.measuring.measure import measure
from pipeline.writing.brief import make_brief
from pipeline.writing.brief.cards import item_card
from pipeline.writing.pages.doubts import is_item_doubted, is_total_doubted
from pipeline.writing.pages.theme import Mark
from pipeline.writing.school.brief import own_item_card
from pipeline.writing.summary.undoubted import lines
from schemas.form import Choice
from schemas.remarks import load_catalogue, remark
from schemas.reports import FileRead
from tests.batch import checked
from tests.figure_reports import (
    FEBRUARY,
    HEALTH,
    JANUARY,
    MEALS,
    OF_HEALTH,
    OF_MEALS,
    SPRING,
    SUMMER,
    file_of,
    registry,
)
from tests.workbooks import summary_workbook

CATALOGUE = load_catalogue({"SAME-ANSWERS": "off", "FAR-FROM-PEERS": "off"})
OTHER_UNIT = remark(
    "NUM-OTHER-UNIT", item="1/сумма", value="135,75 тыс. руб.", unit="тыс. руб.", want="руб.", counted=1.0
)


def with_remark(file: FileRead, item: str) -> FileRead:
    """The report with one warning on that item."""
    [report] = file.reports
    place = {"file": file.file, "sheet": report.sheet, "school": report.school, "as_of": report.as_of}
    said = replace(OTHER_UNIT, item=item, cell=report.answer_cells[item], **place)
    return replace(file, remarks=(said,))


def of_meals(doubted: str, *, on_january: bool = False) -> Figures:
    """Two schools, two months; the first school's figure is under question in one of them."""
    codes = ("01", "02")
    files = [file_of(OF_MEALS, day, code) for day in (JANUARY, FEBRUARY) for code in codes]
    at = 0 if on_january else 2
    files[at] = with_remark(files[at], doubted)
    return figures(files, MEALS, FEBRUARY, codes)


def figures(files: list[FileRead], form, day, codes) -> Figures:  # type: ignore[no-untyped-def]
    known = registry(form, *codes)
    return measure(checked(files, known, None, CATALOGUE, form), files, known, form, CATALOGUE, day, Calendar.of(form))


def doubted_totals(found: Figures) -> set[tuple[str, Measure, str]]:
    return {(one.item, one.measure, one.period) for one in found.numbers.totals if is_total_doubted(found, one)}


def test_a_sum_over_a_doubted_figure_is_under_question_and_nothing_else() -> None:
    found = of_meals("1/сумма")
    assert doubted_totals(found) == {
        ("1/сумма", Measure.SUM, "2026-02"),
        ("1/сумма", Measure.PERIODS, "2026"),
        ("1/цена", Measure.RATIO, "2026-02"),
        ("1/цена", Measure.RATIO, "2026"),
    }
    assert is_item_doubted(found, "1/сумма", "01")
    assert not is_item_doubted(found, "1/сумма", "02")


def test_of_an_earlier_month_only_the_year_is_under_question() -> None:
    assert doubted_totals(of_meals("1/сумма", on_january=True)) == {
        ("1/сумма", Measure.PERIODS, "2026"),
        ("1/цена", Measure.RATIO, "2026"),
    }


def test_what_the_sum_would_be_without_it() -> None:
    found = of_meals("4/сумма")
    assert found.undoubted is not None
    now, without = ({(t.item, t.measure): t for t in one.numbers.totals} for one in (found, found.undoubted))
    key = "4/сумма", Measure.SUM
    assert (now[key].value, now[key].counted) == (578_100, 2)
    assert (without[key].value, without[key].counted) == (289_050, 1)


def test_the_card_the_page_and_the_sheets_bear_the_mark() -> None:
    found = of_meals("4/сумма")
    brief = make_brief(found, CATALOGUE)
    [card] = [card for card in brief.cards if card.label == "Расходы на питание"]
    assert card.doubted
    assert card.said.endswith(Mark.CHECK)
    assert "Расходы на питание: под вопросом 1 школа (СОШ № 1), без неё — 289 050 руб." in brief.subline.replace(
        "\xa0", " "
    )
    [clean] = [card for card in brief.cards if card.label == "Питались"]
    assert not clean.doubted
    own = alone(found, found.schools[0])
    assert own_item_card("4/сумма", "Расходы", own).doubted
    assert not own_item_card("4/дети", "Питались", own).doubted


@pytest.mark.parametrize(
    ("january", "february", "was"),
    [
        (("01", "02"), ("01", "02"), "за январь — 578 100 руб."),
        (("01", "02", "03"), ("01", "02"), "за январь — 867 150 руб. у 3 школ"),
        (("01", "03"), ("01", "02"), "за январь — 578 100 руб. у 2 школ"),
        (("03",), ("01", "02"), "за январь — 289 050 руб. у 1 школы"),
    ],
)
def test_a_card_says_of_how_many_schools_the_figure_before_is_where_it_is_not_of_the_same(
    january: tuple[str, ...], february: tuple[str, ...], was: str
) -> None:
    files = [
        file_of(OF_MEALS, day, code) for day, codes in ((JANUARY, january), (FEBRUARY, february)) for code in codes
    ]
    found = figures(files, MEALS, FEBRUARY, ("01", "02", "03"))
    card = item_card("4/сумма", "Расходы на питание", found)
    assert card.note_lines[-1].replace("\xa0", " ") == was


def marks(found: Figures, sheet: str) -> Iterator[str]:
    book = load_workbook(BytesIO(summary_workbook(found)))
    for row in book[sheet].iter_rows():
        for cell in row:
            if cell.value is not None and Mark.CHECK in cell.number_format:
                yield cell.coordinate


@pytest.mark.parametrize(("sheet", "cells"), [("По школам", 3), ("Показатели", 3)])
def test_the_mark_stands_on_the_sheets_with_its_legend(sheet: str, cells: int) -> None:
    """By schools: the school's sum, the sum of all, the mean made of it. In the order's table: both, and the year's."""
    found = of_meals("4/сумма")
    assert len(list(marks(found, sheet))) >= cells
    book = load_workbook(BytesIO(summary_workbook(found)))
    said = " ".join(str(cell.value) for row in book[sheet].iter_rows(max_row=4) for cell in row if cell.value)
    assert "под вопросом" in said
    assert not list(marks(of_health(), sheet))


def of_health() -> Figures:
    return figures([file_of(OF_HEALTH, SPRING)], HEALTH, SPRING, ("01",))


def test_a_difference_rests_on_both_dates_and_a_list_on_its_lines() -> None:
    before = with_remark(file_of(OF_HEALTH, SPRING), "4")
    now = file_of({**OF_HEALTH, "4": 9, "6.1/дата": "2026-05-01"}, SUMMER)
    found = figures([before, with_remark(now, "6.1/участники")], HEALTH, SUMMER, ("01",))
    said = {(item, measure) for item, measure, _ in doubted_totals(found)}
    assert ("4", Measure.DIFFERENCE) in said
    assert ("4", Measure.SINCE_NEW_YEAR) not in said
    assert ("6/участники", Measure.LIST_SUM) in said
    assert ("6", Measure.LINES) not in said


def test_the_sheet_of_the_method_tells_what_each_total_would_be() -> None:
    said = {line.name: (line.value, line.meaning) for line in lines(of_meals("4/сумма"), CATALOGUE)}
    value, meaning = said["п. 4/сумма: сумма по школам"]
    assert value == 289_050
    assert "сейчас 578 100 руб." in meaning.replace("\xa0", " ")
    assert "под вопросом 1 школа (СОШ № 1): другая единица" in meaning.replace("\xa0", " ")


def test_a_card_of_a_choice_tells_who_has_done_it_or_what_is_said_most() -> None:
    files = [file_of({**OF_HEALTH, "2": [said]}, SPRING, code) for code, said in (("01", "школа"), ("02", "школа"))]
    files.append(file_of({**OF_HEALTH, "2": ["предприниматель"]}, SPRING, "03"))
    found = figures(files, HEALTH, SPRING, ("01", "02", "03"))
    card = item_card("2", "Кто кормит", found)
    assert (card.figure, card.note_lines[0]) == ("2 из 3", "школа")
    undone = msgspec.structs.replace(
        HEALTH,
        items=tuple(
            msgspec.structs.replace(
                one, choices=(Choice("школа", done=False), Choice("предприниматель"), Choice("никто"))
            )
            if one.number == "2"
            else one
            for one in HEALTH.items
        ),
    )
    card = item_card("2", "Кто кормит", figures(files, undone, SPRING, ("01", "02", "03")))
    assert (card.figure, card.note_lines[0]) == ("1 из 3", "предприниматель, никто")
