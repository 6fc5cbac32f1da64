"""Figures with a unit: what each control finds, and what the municipality's figure is made of."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from pipeline.checking.judgement import check
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.figures import Figures, Measure, NumberTotal, Share
from pipeline.measuring.measure import measure
from pipeline.writing.csv_files import indicators_with_numbers
from schemas.district import Registry
from schemas.form import Form
from schemas.relations import relations_of
from schemas.remarks import Severity, load_catalogue
from schemas.reports import FileRead
from tests import figure_reports as given
from tests.figure_reports import (
    FEBRUARY,
    HEALTH,
    JANUARY,
    MEALS,
    OF_HEALTH,
    OF_MEALS,
    SPRING,
    SUMMER,
    Said,
    file_of,
    registry,
    school_of_meals,
    unreadable,
)
from tests.workbooks import summary_workbook

CATALOGUE = load_catalogue({"SAME-ANSWERS": "off"})  # these schools answer alike on purpose


def found(files: list[FileRead], form: Form, known: Registry | None = None) -> list[tuple[str, str]]:
    """Code and item of every error."""
    checked = check(files, {}, form, known or registry(form), CATALOGUE)
    return sorted((one.code, one.item) for one in checked.remarks if one.severity is Severity.ERROR)


def measured(files: list[FileRead], form: Form, as_of: date, known: Registry) -> Figures:
    checked = check(files, {}, form, known, CATALOGUE)
    return measure(checked, files, known, form, CATALOGUE, as_of, Calendar.of(form))


# ── controls ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("said", "form", "day"), [(OF_MEALS, MEALS, JANUARY), (OF_HEALTH, HEALTH, SPRING)])
def test_a_report_in_which_all_agrees_has_no_error(said: Said, form: Form, day: date) -> None:
    assert found([file_of(said, day)], form) == []


MEALS_FAULTS: dict[str, tuple[Said, list[tuple[str, str]]]] = {
    "below zero": ({"5": -1}, [("NUM-BELOW-MIN", "5")]),
    "more days than a month has": ({"5": 45}, [("NUM-ABOVE-MAX", "5")]),
    "more children than the school has": ({"1/дети": 121, "4/дети": 221}, [("NUM-ABOVE-BASE", "1/дети")]),
    "a total that is no sum": ({"4/дети": 201}, [("SUM-DISAGREES", "4/дети")]),
    "a product that is off by more than a rouble": (
        {"2/сумма": 120_301.5, "4/сумма": 289_051.5, "4/цена": 96.35}, [("PRODUCT-DISAGREES", "2/сумма")],
    ),
    "a product that is off by less than a rouble": ({"2/сумма": 120_300.9, "4/сумма": 289_050.9}, []),
    "a plain mean of the prices": ({"4/цена": 100.25}, [("RATIO-DISAGREES", "4/цена")]),
    "a mean that rounding explains": ({"4/цена": 96.40}, []),
    "a part above its whole": ({"1.1/дети": 101}, [("PART-ABOVE-WHOLE", "1.1/дети")]),
    "a cell left blank in a row that is used": ({"3/дето-дни": None}, [("ANSWER-REQUIRED", "3/дето-дни")]),
    "what every report answers left blank": ({"6": None}, [("ANSWER-REQUIRED", "6")]),
    "a row of classes that the school has not": (
        {f"{row}/{column}": None for row in ("3", "3.1") for column in ("дети", "цена", "дето-дни", "сумма")
         if f"{row}/{column}" in OF_MEALS}
        | {"4/дети": 180, "4/дето-дни": 2700, "4/сумма": 256_050, "4/цена": 94.83},
        [],
    ),
    "a row of zeros with a blank price": (
        {"3/дети": 0, "3/цена": None, "3/дето-дни": 0, "3/сумма": 0, "3.1/дети": 0, "3.1/дето-дни": 0, "3.1/сумма": 0}
        | {"4/дети": 180, "4/дето-дни": 2700, "4/сумма": 256_050, "4/цена": 94.83},
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", MEALS_FAULTS)
def test_meals(fault: str) -> None:
    changes, errors = MEALS_FAULTS[fault]
    assert found([file_of({**OF_MEALS, **changes}, JANUARY)], MEALS) == errors


HEALTH_FAULTS: dict[str, tuple[Said, list[tuple[str, str]]]] = {
    "girls above all": ({"1.5/девочки": 21, "1.12/девочки": 111}, [("PART-ABOVE-WHOLE", "1.5/девочки")]),
    "one grade left blank": ({"1.3/всего": None}, [("ANSWER-REQUIRED", "1.3/всего")]),
    "a plan missed without a reason": ({"5": 4.6}, [("REASON-MISSING", "5.1")]),
    "a plan missed with a reason": ({"5": 4.6, "5.1": "карантин"}, []),
    "a plan just kept": ({"5": 4.5}, []),
    "no event": ({"6.1/дата": None, "6.1/название": None, "6.1/участники": None}, [("LIST-SHORT", "6")]),
    "an event without its visitors": ({"6.1/участники": None}, [("ANSWER-REQUIRED", "6.1/участники")]),
    "an event of another quarter": ({"6.1/дата": "2025-12-30"}, [("DAY-OUTSIDE", "6.1/дата")]),
    "nothing chosen": ({"2": None}, [("ANSWER-REQUIRED", "2")]),
}


@pytest.mark.parametrize("fault", HEALTH_FAULTS)
def test_health(fault: str) -> None:
    changes, errors = HEALTH_FAULTS[fault]
    assert found([file_of({**OF_HEALTH, **changes}, SPRING)], HEALTH) == errors


def test_what_has_happened_since_the_new_year_does_not_fall() -> None:
    files = [file_of(OF_HEALTH, SPRING), file_of({**OF_HEALTH, "4": 5, "6.1/дата": "2026-05-01"}, SUMMER)]
    assert found(files, HEALTH) == [("YEAR-FELL", "4")]


def test_of_whom_the_school_has_none_nothing_is_asked() -> None:
    small = Registry((school_of_meals(senior=0),))
    said = {**OF_MEALS, "3/дети": 1, "4/дети": 181, "3/цена": None, "3/дето-дни": None, "3/сумма": None}
    codes = found([file_of(said, JANUARY)], MEALS, small)
    assert ("NUM-ABOVE-BASE", "3/дети") in codes
    assert not [item for code, item in codes if code == "ANSWER-REQUIRED"]


def test_a_figure_that_bears_an_error_is_held_against_no_other() -> None:
    """Of a price that cannot be the total's sum is not judged."""
    said = {**OF_MEALS, "1/дети": -5}
    assert found([file_of(said, JANUARY)], MEALS) == [("NUM-BELOW-MIN", "1/дети")]


def test_prices_are_in_no_sum_and_closed_cells_in_no_relation() -> None:
    places = {(held.kind, held.item) for held in relations_of(MEALS)}
    assert ("sum", "4/сумма") in places
    assert ("sum", "4/цена") not in places
    assert ("of_which", "1.1/цена") not in places


# ── the municipality's figures ───────────────────────────────────────────────────────────────────────────
def total(figures: Figures, item: str, measure_of: Measure, period: str = "", choice: str = "") -> NumberTotal:
    [one] = [
        one
        for one in figures.numbers.totals
        if (one.item, one.measure, one.choice) == (item, measure_of, choice) and period in ("", one.period)
    ]
    return one


def test_what_bears_an_error_is_added_to_nothing() -> None:
    files = [file_of(OF_MEALS, JANUARY, "01"), file_of({**OF_MEALS, "4/дети": 999}, JANUARY, "02")]
    figures = measured(files, MEALS, JANUARY, registry(MEALS, "01", "02", "03"))
    assert total(figures, "1/дети", Measure.SUM)[2:5] == (200, 2, 3)
    assert total(figures, "4/дети", Measure.SUM)[2:5] == (200, 1, 3)
    shares = {one.school_code: one.share for one in figures.numbers.schools if one.item == "4/дети"}
    assert shares == {"01": Share.COUNTED, "02": Share.SET_ASIDE, "03": Share.NO_REPORT}


def test_a_mean_is_that_of_all_the_days_and_not_of_the_schools() -> None:
    other = {**OF_MEALS, "1/цена": 50, "1/дето-дни": 100, "1/сумма": 5_000, "4/дето-дни": 1600, "4/сумма": 158_300}
    other["4/цена"] = 98.94
    files = [file_of(OF_MEALS, JANUARY, "01"), file_of(other, JANUARY, "02")]
    figures = measured(files, MEALS, JANUARY, registry(MEALS, "01", "02"))
    assert total(figures, "1/цена", Measure.RATIO, "2026-01").value == pytest.approx(140_750 / 1600)


def test_a_year_s_mean_is_of_the_schools_whose_days_and_money_it_is_made_of() -> None:
    """Not of those who have said their own mean: here nobody has."""
    files = [file_of({**OF_MEALS, "4/цена": None}, JANUARY, code) for code in ("01", "02")]
    figures = measured(files, MEALS, JANUARY, registry(MEALS, "01", "02", "03"))
    for period in ("2026-01", "2026"):
        mean = total(figures, "4/цена", Measure.RATIO, period)
        assert (mean.value, mean.counted, mean.expected) == (pytest.approx(289_050 / 3000), 2, 3)
    assert len(indicators_with_numbers(figures))


def test_a_year_is_the_sum_of_its_months_and_says_what_it_lacks() -> None:
    files = [file_of(OF_MEALS, day, code) for day, code in ((JANUARY, "01"), (JANUARY, "02"), (FEBRUARY, "01"))]
    figures = measured(files, MEALS, FEBRUARY, registry(MEALS, "01", "02"))
    year = total(figures, "1/сумма", Measure.PERIODS, "2026")
    assert (year.value, year.counted, year.missing) == (3 * 135_750, 2, 1)
    assert not [one for one in figures.numbers.totals if one.item == "1/дети" and one.period == "2026"]
    assert total(figures, "1/сумма", Measure.SUM, "2026-02").value == 135_750


def test_a_school_closed_within_the_year_is_among_those_of_the_year() -> None:
    """Its months are in the sum, so it is one of the schools expected, and the tables hold."""
    known = registry(MEALS, "01", "02")
    closed = replace(
        known, schools=tuple(replace(one, until=JANUARY if one.code == "02" else None) for one in known.schools)
    )
    files = [file_of(OF_MEALS, day, code) for day, code in ((JANUARY, "01"), (JANUARY, "02"), (FEBRUARY, "01"))]
    figures = measured(files, MEALS, FEBRUARY, closed)
    year = total(figures, "1/сумма", Measure.PERIODS, "2026")
    assert (year.value, year.counted, year.expected, year.missing) == (3 * 135_750, 2, 2, 0)
    assert total(figures, "1/сумма", Measure.SUM, "2026-02").expected == 1
    assert not indicators_with_numbers(figures).empty


def test_items_in_which_two_reports_differ_are_told_in_one_order() -> None:
    """Of the columns of one row none comes first by its number."""
    other = {**OF_MEALS, "1/дети": 90, "1/дето-дни": 1_400, "1/цена": 91, "1/сумма": 127_400}
    files = [file_of(OF_MEALS, JANUARY, name="а.xlsx"), file_of(other, JANUARY, name="б.xlsx")]
    checked = check(files, {}, MEALS, registry(MEALS), CATALOGUE)
    figures = measure(checked, files, registry(MEALS), MEALS, CATALOGUE, JANUARY, Calendar.of(MEALS))
    [said] = (one for one in figures.remarks if one.code == "REPORT-SUPERSEDED")
    assert dict(said.data)["differ"] == "разные ответы: п. 1/дети, п. 1/дето-дни, п. 1/сумма и\xa0ещё\xa01"


def test_days_of_meals_are_added_over_no_schools() -> None:
    figures = measured([file_of(OF_MEALS, JANUARY)], MEALS, JANUARY, registry(MEALS))
    assert [one.value for one in figures.numbers.totals if one.item == "5"] == [None]


def test_a_quarter_is_what_has_come_since_the_one_before() -> None:
    later = {**OF_HEALTH, "4": 11, "6.1/дата": "2026-05-01"}
    files = [file_of(OF_HEALTH, SPRING, "01"), file_of(later, SUMMER, "01"), file_of(later, SUMMER, "02")]
    figures = measured(files, HEALTH, SUMMER, registry(HEALTH, "01", "02"))
    assert total(figures, "4", Measure.SINCE_NEW_YEAR)[2:4] == (22, 2)
    assert total(figures, "4", Measure.DIFFERENCE)[2:4] == (5, 1)
    first = measured(files, HEALTH, SPRING, registry(HEALTH, "01", "02"))
    assert total(first, "4", Measure.DIFFERENCE)[2:4] == (6, 1)


@pytest.mark.parametrize("item", ["4", "2"])
def test_an_unreadable_answer_taken_over_is_set_aside_and_not_unanswered(item: str) -> None:
    """A figure; a choice. A partial correction leaves the item blank."""
    files = [
        unreadable(file_of(OF_HEALTH, SPRING, name="1.xlsx"), item),
        file_of({**OF_HEALTH, item: None}, SPRING, name="2.xlsx"),
    ]
    figures = measured(files, HEALTH, SPRING, registry(HEALTH))
    assert [one.share for one in figures.numbers.schools if one.item == item] == [Share.SET_ASIDE]
    assert figures.reconciliation.items["holds"].all()


def test_plans_choices_and_lists() -> None:
    missed = {**OF_HEALTH, "2": ["комбинат питания"], "3": ["конкурсы"], "5": 5.0, "5.1": "грипп"}
    missed |= {"6.2/дата": "2026-02-01", "6.2/название": "Лыжи", "6.2/участники": 15}
    files = [file_of(OF_HEALTH, SPRING, "01"), file_of(missed, SPRING, "02")]
    figures = measured(files, HEALTH, SPRING, registry(HEALTH, "01", "02", "03"))
    assert total(figures, "5", Measure.MEAN)[2:4] == (pytest.approx(4.55), 2)
    assert total(figures, "5", Measure.ABOVE_PLAN)[2:4] == (1, 2)
    assert total(figures, "2", Measure.SCHOOLS, choice="школа")[2:4] == (1, 2)
    assert total(figures, "2", Measure.SCHOOLS, choice="предприниматель")[2:4] == (0, 2)
    assert total(figures, "3", Measure.SCHOOLS, choice="конкурсы")[2:4] == (2, 2)
    assert total(figures, "6", Measure.LINES)[2:4] == (3, 2)
    assert total(figures, "6/участники", Measure.LIST_SUM)[2:4] == (95, 2)


def test_the_fixture_speaks_of_all_that_the_forms_ask() -> None:
    asked = {item.number for item in (*MEALS.questions, *HEALTH.questions)}
    said = {*given.OF_MEALS, *given.OF_HEALTH}
    assert asked - said == {"5.1", "6/дата", "6/название", "6/участники", "6/ссылка"}


def test_the_notes_say_what_a_figure_that_is_set_aside_is_of_and_what_was_read() -> None:
    known = registry(MEALS, "01", "02")
    files = [file_of(OF_MEALS | {"4/сумма": 1}, JANUARY), file_of(OF_MEALS, JANUARY, "02")]
    book = openpyxl.load_workbook(BytesIO(summary_workbook(measured(files, MEALS, JANUARY, known))))
    rows = [tuple(str(value or "").replace("\xa0", " ") for value in row[:3]) for row in book["О расчёте"].values]
    place = next(n for n, row in enumerate(rows) if row[0] == "п. 4/сумма")
    of_item, of_school = rows[place : place + 2]
    assert of_item[2].startswith("Всего (стр. 1 + стр. 2 + стр. 3) — Всего, руб. (гр. 4 × гр. 5): ")
    assert of_item[2].endswith("не считается (1 школа)")
    assert re.match(r"1(,00)? руб\. \w", of_school[2])
