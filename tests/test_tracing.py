"""`trace`: from the school's cell to the municipality's percentage; the log of what was understood by tolerance."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest

from pipeline.commands.trace import trace
from pipeline.writing.strange import strange_toml
from schemas.form import Kind
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests.batch import MARCH
from tests.conftest import Run
from tests.order_form import REGISTRY, OrderForm, read_one
from tests.test_school_letters import Office


def a_counted_school(demo: Run):
    headline = demo.done.survey.form.headline.item
    row = next(row for row in demo.done.figures.activation if row.percent is not None and not row.carried)
    assert row.school
    return row, headline


def test_the_way_of_a_figure_names_file_sheet_cell_and_both_shares(demo: Run):
    row, headline = a_counted_school(demo)
    lines = trace(demo.done.survey, row.school.code, headline)
    text = "\n".join(lines)
    assert row.file in text
    assert f"лист «{row.sheet}»" in text
    assert f"  {row.cell}: " in text
    whole = demo.done.figures.municipality
    assert lines[-2].startswith("Школа:")
    assert lines[-1].startswith("Муниципалитет:")
    assert f"{whole.percent:.2f}".replace(".", ",") in lines[-1]


def test_it_says_why_this_school_order_and_column_were_taken(demo: Run):
    survey = demo.done.survey
    headline = survey.form.headline.item
    reports = {(read.file, report.school): report for read in survey.intake.reads for report in read.reports}
    row = next(r for r in demo.done.figures.activation if r.school and reports.get((r.file, r.school.code)) and (
        reports[r.file, r.school.code].columns))  # fmt: skip
    assert row.school
    text = "\n".join(trace(survey, row.school.code, headline))
    assert f"школа «{reports[row.file, row.school.code].school_as_written}»" in text
    assert f"приказ № {survey.form.order.number} (" in text
    assert reports[row.file, row.school.code].columns in text


def test_every_report_that_was_read_is_counted_by_what_it_was_recognised(demo: Run):
    reports = [report for read in demo.done.survey.intake.reads for report in read.reports]
    recognised = demo.done.figures.reconciliation.recognised
    assert sum(recognised.values()) == len(reports)
    assert recognised["бланк Свода"] == sum(report.own_form for report in reports)


def test_the_file_is_said_to_be_of_its_own_date_where_a_later_report_refers_to_it(tmp_path: Path):
    office = Office(tmp_path)
    office.receives("01", date(2014, 1, 30))
    office.receives("01", MARCH, **{"14": "без изменений"})
    office.keeps()
    survey = office.runs().survey
    head = "Файл: 01 {}.xlsx, лист «Отчёт», отчёт на {:%d.%m.%Y}"
    assert trace(survey, "01", "14")[1] == head.format("2014-01-30", date(2014, 1, 30))
    assert trace(survey, "01", "13")[1] == head.format("2014-03-20", MARCH)


@pytest.mark.parametrize(
    ("days", "answers"),
    [
        ((date(2013, 12, 30), date(2014, 1, 30)), {"14": "без изменений"}),  # refers to what refers
        ((date(2014, 1, 30),), {"14": "без изменений"}),
    ],
)
def test_the_date_of_the_file_is_that_of_the_report_in_it(tmp_path: Path, days: tuple[date, ...], answers):
    """However many reports have handed its answer on: the last of March says nothing of the item itself."""
    office = Office(tmp_path)
    for day in days:
        office.receives("01", day, **({} if day == days[0] else answers))
    office.receives("01", MARCH, name="1.xlsx", **answers)
    office.receives("01", MARCH, name="2.xlsx", **{"14": ""})
    office.keeps()
    head = f"Файл: 01 {days[0]}.xlsx, лист «Отчёт», отчёт на {days[0]:%d.%m.%Y}"
    assert trace(office.runs().survey, "01", "14")[1] == head


def test_a_school_may_be_named_and_an_item_end_with_a_dot(demo: Run):
    row, headline = a_counted_school(demo)
    by_code = trace(demo.done.survey, row.school.code, headline)
    assert trace(demo.done.survey, row.school.name, f"{headline}.") == by_code


def test_a_figure_set_aside_says_why_and_what_to_do(demo: Run):
    said = next(r for r in demo.done.figures.remarks if r.code == "ABOVE-LIMIT")
    text = "\n".join(trace(demo.done.survey, said.school, said.item))
    assert "! ошибка" in text
    assert "отложено из-за замечания" in text


def test_acts_that_stand_in_rows_under_their_item_are_shown_row_by_row(demo: Run):
    answers = demo.done.figures.answers
    acts = next(item.number for item in demo.done.survey.form.items if item.kind is Kind.ACTS)
    school, report = next(iter(answers[answers["item"].str.startswith(f"{acts}.")].groupby("school_code")))
    rows = report[report["item"].str.startswith(f"{acts}.")]
    lines = trace(demo.done.survey, school, acts)
    assert [line for line in lines if line.startswith("п. ")] == [f"п. {row}:" for row in dict.fromkeys(rows["item"])]
    assert [line.split(":")[0].strip() for line in lines if line.startswith("  ")][: len(rows)] == list(rows["cell"])
    assert not any("нет" in line for line in lines)
    first = rows["item"].iloc[0]
    assert trace(demo.done.survey, school, first)[1:] == lines[2 : 2 + len(trace(demo.done.survey, school, first)) - 1]


def test_a_heading_shows_every_item_that_stands_under_it(demo: Run):
    form = demo.done.survey.form
    group = next(item.number for item in form.items if item.kind is Kind.GROUP)
    below = [item for item in form.items if item.parent == group]
    row, _ = a_counted_school(demo)
    lines = trace(demo.done.survey, row.school.code, group)
    assert [line for line in lines if line.startswith("п. ")] == [
        f"п. {i.number} ({i.about or i.title}):" for i in below
    ]
    assert len([line for line in lines if line.startswith("Муниципалитет:")]) == len([i for i in below if i.measured])


def test_a_heading_without_any_answer_below_says_so_of_every_item(demo: Run):
    silent = next(line for line in demo.done.figures.submissions if line.state.name == "NOT_SUBMITTED")
    form = demo.done.survey.form
    acts = next(item.number for item in form.items if item.kind is Kind.ACTS)
    assert "нет" in trace(demo.done.survey, silent.school.code, acts)[1]


def test_of_21_schools_is_said_in_the_genitive(demo: Run):
    row, headline = a_counted_school(demo)
    figures = demo.done.figures
    totals = figures.totals.copy()
    totals.loc[headline, ["counted", "expected"]] = 1, 21
    survey = msgspec.structs.replace(demo.done.survey, figures=replace(figures, totals=totals))
    assert trace(survey, row.school.code, headline)[-1].endswith("учтена 1 из 21\u00a0школы")


@pytest.mark.parametrize(("school", "item"), [("999", "14"), ("01", "16"), ("01", "6.9")])
def test_what_is_not_known_is_one_sentence(demo: Run, school, item):
    with pytest.raises(UsageError, match="нет"):
        trace(demo.done.survey, school, item)


def test_strange_wordings_and_names_come_with_the_line_that_accepts_them():
    order_form = OrderForm(school="средняя школа №1 им. Ю. А. Гагарина")
    order_form.rows[order_form.row_of("9")][1] = 'Заполнение баз данных "Дневника"'
    report, _ = read_one(order_form)
    log = strange_toml([FileRead("a.xlsx", "", (report,))], REGISTRY).decode()
    line = next(line for line in log.splitlines() if line.startswith("spellings"))
    assert tomllib.loads(line) == {"spellings": ['Заполнение баз данных "Дневника"']}
    assert '[[items]] number = "9"' in log
    assert "школа 01 (МБОУ СОШ № 1) — Другие названия: средняя школа №1 им. Ю. А. Гагарина" in log


def test_a_form_as_the_order_has_it_is_not_strange():
    report, _ = read_one(OrderForm())
    assert strange_toml([FileRead("a.xlsx", "", (report,))], REGISTRY) == b""
