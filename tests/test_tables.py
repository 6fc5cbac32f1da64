"""The CSVs: exact columns, one fact a row, sorted, figures unrounded, and nothing in them that Excel would run."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaError

from pipeline.measuring.figures import Figures
from pipeline.writing import csv_files
from pipeline.writing.csv_files import answers_csv, findings_csv, indicators, indicators_csv
from schemas.answers import FIELDS
from schemas.district import Registry, Waiver
from schemas.remarks import remark
from schemas.reports import Fact, FileRead
from tests.batch import CATALOGUE, MARCH, file_of, measured, order_form, school
from tests.order_form import FORM

JANUARY = date(2014, 1, 30)
TWO = Registry((school("01"), school("02")))


def rows(pieces: Iterable[bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8"), newline="")))


def header(pieces: Iterable[bytes]) -> str:
    return b"".join(pieces).decode("utf-8").partition("\n")[0]


def sent(code: str = "01", day: date = MARCH, name: str = "", **answers: str) -> FileRead:
    changed = {item[1:].replace("_", "."): words for item, words in answers.items()}
    return file_of(order_form(day, code, changed), name or f"{code}.xlsx", TWO)


@cache
def of(day: date = MARCH, **answers: str) -> Figures:
    """Figures of one report with these answers, of two schools."""
    return measured([sent(day=day, **answers)], TWO, day)


@cache
def empty() -> Figures:
    return measured([], TWO)


@cache
def with_a_note() -> Figures:
    read = sent()
    noted = replace(read.reports[0], facts=(Fact("", "note", "заметка", "H1"),))
    return measured([replace(read, reports=(noted,))], TWO)


def noting(words: Sequence[str]) -> Figures:
    """Figures of one report with these notes beside the form."""
    noted = with_a_note()
    notes = noted.answers.iloc[[0] * len(words)].reset_index(drop=True)
    return replace(noted, answers=notes.assign(text=list(words)))


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────


def test_answers_have_exactly_these_columns():
    assert header(answers_csv(empty())) == "file,sheet,cell,school_code,as_of,item,field,value,basis,counted"


def of_item(figures: Figures, item: str, code: str = "01") -> list[tuple[str, str, str, str]]:
    """Field, value, basis, counted."""
    found = [row for row in rows(answers_csv(figures)) if (row["school_code"], row["item"]) == (code, item)]
    return [(row["field"], row["value"], row["basis"], row["counted"]) for row in found]


def test_a_fact_a_row_stated_and_derived_apart():
    assert of_item(measured([sent(i14="44,5% (1-11 классы)")], TWO), "14") == [
        ("count", "243.86", "derived", "true"),
        ("total", "548", "derived", "true"),
        ("percent", "44.5", "stated", "true"),
        ("classes", "1-11", "stated", "true"),
    ]


def test_figures_are_unrounded():
    assert of_item(measured([sent(i10_1="20 из 42")], TWO), "10.1")[-1] == (
        "percent",
        repr(20 / 42 * 100),
        "derived",
        "true",
    )


def test_dates_are_iso_and_yes_is_a_word():
    figures = measured([sent(i3="приказ № 12-од от 5 декабря 2013 г.")], TWO)
    assert of_item(figures, "3") == [("number", "12-од", "stated", "true"), ("date", "2013-12-05", "stated", "true")]
    assert of_item(figures, "11") == [("yes", "да", "stated", "true")]


def test_every_fact_of_an_item_with_an_error_is_not_counted():
    assert {row[3] for row in of_item(measured([sent(i6_2="331 из 574 (59%)")], TWO), "6.2")} == {"false"}
    assert {row[3] for row in of_item(measured([sent(i6_2="331 из 570 (58%)")], TWO), "6.2")} == {"true"}


def test_every_fact_of_a_carried_report_is_carried():
    figures = measured([sent("01", JANUARY), sent("02")], TWO)
    assert {row["basis"] for row in rows(answers_csv(figures)) if row["school_code"] == "01"} == {"carried"}
    assert {row["basis"] for row in rows(answers_csv(figures)) if row["school_code"] == "02"} == {"stated", "derived"}


def test_only_reports_in_the_picture_have_rows():
    figures = measured([sent(day=JANUARY, name="январь.xlsx"), sent(name="март.xlsx")], TWO)
    assert {row["file"] for row in rows(answers_csv(figures))} == {"март.xlsx"}


def test_answers_stand_in_the_order_of_the_form():
    found = rows(answers_csv(measured([sent("02", name="б.xlsx"), sent("01", name="а.xlsx")], TWO)))
    order = [(row["file"], FORM.sort_key(row["item"]), FIELDS.index(row["field"])) for row in found]
    assert order == sorted(order)


def test_sorted_some_files_at_a_time_answers_stand_in_the_same_order(monkeypatch):
    figures = measured([sent("02", name="б.xlsx"), sent("01", name="а.xlsx")], TWO)
    at_once = rows(answers_csv(figures))
    monkeypatch.setattr(csv_files, "_AT_ONCE", 3)
    pieces = list(answers_csv(figures))
    assert rows(pieces) == at_once
    assert len(pieces) > len(at_once) // 3  # each of a few lines: a large table is never whole in memory


def test_an_unreadable_answer_has_no_row():
    assert of_item(measured([sent(i14="более 50 %")], TWO), "14") == []


def test_what_is_not_provided_is_a_row_of_text():
    assert of_item(measured([sent()], TWO), "12.3") == [("text", "не предусмотрено", "stated", "true")]


# ── nothing runs ─────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1), min_size=1, max_size=8))
def test_taking_the_apostrophe_off_gives_the_exact_text_back(words):
    written = [row["value"] for row in rows(answers_csv(noting(words)))]
    assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in written)
    assert [value.removeprefix("'") for value in written] == words


@pytest.mark.parametrize("text", ["=1+1", "+7 914 000", "-5", "@имя", "\tтекст", "'цитата", "\rстрока"])
def test_what_excel_would_run_gets_an_apostrophe(text):
    assert [row["value"] for row in rows(answers_csv(noting([text])))] == [f"'{text}"]


def test_a_figure_below_zero_is_a_number_and_gets_none():
    assert of_item(measured([sent(i13="-5 %")], TWO), "13")[-1] == ("percent", "-5", "stated", "false")


def test_names_of_files_are_text_too():
    figures = measured([sent(name="=1+1.xlsx", i6_2="более 50 %")], TWO)
    assert {row["file"] for row in rows(answers_csv(figures))} == {"'=1+1.xlsx"}
    assert {row["file"] for row in rows(findings_csv(figures, CATALOGUE))} == {"'=1+1.xlsx"}


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────────


def test_findings_have_exactly_these_columns():
    expected = "file,sheet,cell,school_code,as_of,item,code,severity,message,value"
    assert header(findings_csv(empty(), CATALOGUE)) == expected


def test_a_finding_names_its_cell_and_says_it_in_russian():
    [row] = rows(findings_csv(measured([sent(i6_2="575 из 574")], TWO), CATALOGUE))
    assert row == {
        "file": "01.xlsx", "sheet": "Лист1", "cell": "C17", "school_code": "01", "as_of": "2014-03-20", "item": "6.2",
        "code": "COUNT-ABOVE-TOTAL", "severity": "error", "value": "575",
        "message": "Охвачено 575\N{NO-BREAK SPACE}чел., а всего 574: охваченных не может быть больше.",
    }  # fmt: skip


def test_a_value_below_zero_is_the_schools_text_here():
    [row] = rows(findings_csv(measured([sent(i13="-5 %")], TWO), CATALOGUE))
    assert row["value"] == "'-5 %"


@pytest.mark.parametrize(("words", "value"), [("-3 чел.", "-3"), ("-3,5 %", "'-3,5 %"), ("-3 из 574", "-3")])
def test_a_bare_number_below_zero_is_no_formula_and_gets_no_apostrophe(words, value):
    found = rows(findings_csv(measured([sent(i10_2=words)], TWO), CATALOGUE))
    assert [row["value"] for row in found] == [value]


@pytest.mark.parametrize("value", ["-3+1", "-", "=-3", "+3", "--3", "-3,"])
def test_a_value_that_only_begins_like_a_number_is_text(value):
    figures = replace(empty(), remarks=(remark("NUM-NONE", value=value, want="процент"),))
    assert [row["value"] for row in rows(findings_csv(figures, CATALOGUE))] == [f"'{value}"]


def test_findings_are_sorted_whatever_order_they_were_made_in():
    figures = measured([sent("02", i13="-5 %", i9="101 %"), sent("01", i6_2="575 из 574")], TWO)
    shuffled = replace(figures, remarks=figures.remarks[::-1])
    assert list(findings_csv(shuffled, CATALOGUE)) == list(findings_csv(figures, CATALOGUE))
    assert [row["item"] for row in rows(findings_csv(figures, CATALOGUE))] == ["6.2", "9", "13"]


def test_a_remark_on_a_file_has_blanks_where_there_is_nothing_to_say():
    read = FileRead("фото.jpg", "", remarks=(remark("FILE-KIND", file="фото.jpg", what="картинка"),))
    [row] = rows(findings_csv(measured([read], TWO), CATALOGUE))
    assert [row[name] for name in ("sheet", "cell", "school_code", "as_of", "item", "value")] == [""] * 6


# ── indicators ───────────────────────────────────────────────────────────────────────────────────────────


def test_indicators_have_exactly_these_columns():
    assert header(indicators_csv(empty())) == (
        "as_of,scope,item,group,covered,total,percent,schools_counted,schools_expected,"
        "target_min,target_max,deviation_pp,shortfall,status"
    )


def test_one_row_for_every_scope_and_item_the_municipality_first():
    reversed_order = Registry(TWO.schools[::-1])
    found = [(row["scope"], row["item"]) for row in rows(indicators_csv(measured([sent("02")], reversed_order)))]
    items = [item.number for item in FORM.coverage_items]
    assert found == [(scope, item) for scope in ("municipality", "01", "02") for item in items]


def indicator(figures: Figures, scope: str, item: str) -> str:
    """The row behind the group, as one line."""
    [row] = [r for r in rows(indicators_csv(figures)) if (r["scope"], r["item"]) == (scope, item)]
    return ",".join(list(row.values())[4:])


# Name of the case: answers (None: no report), scope, item, and the row from `covered` on.
INDICATORS = {
    "people": ({}, "01", "6.2", f"331,574,{33100 / 574!r},1,1,,,,,"),
    "derived-people": ({"i14": "44 %"}, "01", "14", "241.12,548,44,1,1,41,60,3,0,по плану"),
    "below-plan": ({"i14": "30 %"}, "01", "14", "164.4,548,30,1,1,41,60,-11,61,ниже плана"),
    "volume-of-a-school": ({}, "01", "9", ",,31,1,1,,,,,"),
    "volume-of-the-municipality": ({}, "municipality", "9", ",,,1,2,,,,,"),
    "municipality": ({"i14": "44 %"}, "municipality", "14", "241.12,548,44,1,2,41,60,3,0,по плану"),
    "no-report": ({}, "02", "6.2", ",,,0,1,,,,,"),
    "no-report-headline": ({}, "02", "14", ",,,0,1,41,60,,,"),
    "set-aside": ({"i14": "105 %"}, "01", "14", ",,,0,1,41,60,,,"),
    "not-provided": ({}, "01", "12.3", ",,,0,1,,,,,"),
    "nobody-reported": (None, "municipality", "14", ",,,0,2,41,60,,,"),
    "before-the-first-target": ({"i14": "25 %"}, "municipality", "14", "137,548,25,1,2,,,,,срок не наступил"),
}  # fmt: skip


@pytest.mark.parametrize("case", INDICATORS)
def test_a_row_of_indicators(case):
    answers, scope, item, expected = INDICATORS[case]
    day = JANUARY if case == "before-the-first-target" else MARCH
    assert indicator(empty() if answers is None else of(day, **answers), scope, item) == expected


def test_the_group_names_whose_coverage_it_is():
    groups = {row["item"]: row["group"] for row in rows(indicators_csv(empty()))}
    assert groups["13"] == "Педагогических работников"
    assert groups["14"] == "Родителей, имеющих возможность пользоваться услугой"
    assert groups["9"] == ""


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda sums: sums.assign(counted=sums["counted"] + 9),
        lambda sums: sums.assign(covered=sums["total"] + 1),
        lambda sums: sums.assign(percent=101.0),
    ],
    ids=["more-schools-counted-than-expected", "more-people-than-there-are", "more-than-100-percent"],
)
def test_an_impossible_indicator_never_leaves_the_house(spoilt):
    figures = measured([sent()], TWO)
    with pytest.raises(SchemaError):
        indicators(replace(figures, totals=spoilt(figures.totals)))


SPOILT_ROWS = {
    "more-people-than-there-are": ("total", "covered", 1),
    "more-than-100-percent": ("percent", "percent", 60),
    "fewer-than-nobody": ("covered", "covered", -400),
}


@pytest.mark.parametrize(("whole", "column", "more"), SPOILT_ROWS.values(), ids=SPOILT_ROWS)
def test_an_exception_for_one_item_lets_no_other_row_out(whole, column, more):
    """The office has allowed 104 % at item 10.2 of the first school: that row and the municipality's pass."""
    allowing = Registry(TWO.schools, waivers=(Waiver("01", "10.2", "PCT-ABOVE-100"),))
    figures = measured([sent("01", i10_2="104 %"), sent("02")], allowing)
    assert indicator(figures, "01", "10.2").startswith("596.96,574,104,")
    shares = figures.coverage
    for here in ((shares["school_code"] == "01") & (shares["item"] == "6.2"), shares["school_code"] == "02"):
        wrong = shares.assign(**{column: shares[column].mask(here, shares[whole] + more)})
        with pytest.raises(SchemaError):
            indicators(replace(figures, coverage=wrong))


def test_the_same_figures_give_the_same_bytes():
    files = [sent("02", i13="-5 %"), sent("01")]
    first, again = measured(files, TWO), measured(files[::-1], TWO)
    assert list(answers_csv(first)) == list(answers_csv(again))
    assert list(findings_csv(first, CATALOGUE)) == list(findings_csv(again, CATALOGUE))
    assert list(indicators_csv(first)) == list(indicators_csv(again))
