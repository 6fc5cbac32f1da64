"""The fictional district under orders that ask for figures, choices and tables: what its schools state is true, and
what is planted in it stands in the files."""

from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import openpyxl
import pytest

from pipeline.demo import District, _reports, make
from pipeline.demo.district import make_schools
from pipeline.demo.figure_faults import FIGURE_FAULTS, faults_of
from pipeline.demo.figures import Number
from pipeline.demo.forms import Forms
from pipeline.demo.reports import Report
from pipeline.demo.word import form_with_struck_answer
from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.grid import open_book
from pipeline.reading.schools import Schools
from pipeline.settings import Limits
from schemas import own_form
from schemas.district import Registry
from schemas.form import Form, load_form
from schemas.relations import relations_of
from tests.libreoffice import needs_libreoffice, shown_together
from tests.test_form_tables_workbook import health, meals

FORMS = pytest.mark.parametrize("form", [meals(), health()], ids=lambda form: form.id)


@cache
def true_reports(form_id: str) -> list[Report]:
    form = meals() if form_id == "form-31" else health()
    dice, days = Random(3), form.order.reporting_dates[:3]
    schools = make_schools(form, 12, dice)
    return [one for n, school in enumerate(schools) for one in _reports(school, days, n % 2 == 0, form, dice)]


def figures(report: Report) -> dict[str, float]:
    return {number: answer.value for number, answer in report.answers.items() if isinstance(answer, Number)}


# ── what is true ─────────────────────────────────────────────────────────────────────────────────────────
@FORMS
def test_sums_products_means_and_parts_agree(form: Form) -> None:
    seen = set()
    for report in true_reports(form.id):
        stated = figures(report)
        for held in relations_of(form):
            parts = [stated[number] for number in held.of if number in stated]
            if held.item not in stated or not parts:
                continue
            seen.add(held.kind)
            figure = stated[held.item]
            match held.kind:
                case "sum":
                    assert figure == pytest.approx(sum(parts))
                case "product":
                    assert figure == pytest.approx(parts[0] * parts[1], abs=0.01)
                case "ratio":
                    assert figure == pytest.approx(parts[0] / parts[1], abs=0.01)
                case "of_which":
                    assert figure <= parts[0]
    assert seen == {held.kind for held in relations_of(form)}


def test_nobody_is_counted_who_is_not_in_the_school() -> None:
    for report in true_reports("form-31"):
        for number, value in figures(report).items():
            base = meals().item(number).base
            assert not base or value <= report.school.bases[base]
        if not report.school.bases["senior"]:
            assert not [number for number in report.answers if number.startswith("3/")]


def test_a_school_without_the_upper_classes_leaves_their_rows_blank() -> None:
    short = [report for report in true_reports("form-88") if "НОШ" in report.school.name]
    assert short
    for report in short:
        assert "1.4/всего" in report.answers
        assert "1.5/всего" not in report.answers


def test_what_is_counted_since_the_new_year_never_falls() -> None:
    counted: dict[str, list[float]] = defaultdict(list)
    for report in true_reports("form-88"):
        counted[report.school.code].append(figures(report)["4"])
    assert all(values == sorted(values) and values[0] < values[-1] for values in counted.values())


def test_the_head_of_the_orders_form_names_the_period() -> None:
    lines = {report.date_line for report in true_reports("form-31") if not report.hand.own_form}
    assert lines == {f"{month} 2026\u00a0г." for month in ("январь", "февраль", "март")}
    assert {type(report.date_line) for report in true_reports("form-31") if report.hand.own_form} == {date}


def test_events_lie_within_their_quarter() -> None:
    for report in true_reports("form-88"):
        days = [fact.value for fact in report.truth() if fact.field == "date"]
        assert days
        assert all(str(report.as_of.replace(month=report.as_of.month - 2, day=1)) <= str(day) for day in days)
        assert all(str(day) <= str(report.as_of) for day in days)


# ── how it stands in the files ───────────────────────────────────────────────────────────────────────────
@needs_libreoffice
@FORMS
def test_the_own_form_filled_in_truly_may_be_sent(form: Form, tmp_path: Path) -> None:
    own = [report for report in true_reports(form.id) if report.hand.own_form][:6]
    forms = Forms(form)
    for shown in shown_together([forms.workbook_of(report) for report in own], tmp_path):
        assert shown[3][0] == "● Можно отправлять: все обязательные пункты заполнены"


@FORMS
def test_the_orders_table_holds_every_figure_under_its_heading(form: Form, tmp_path: Path) -> None:
    report = next(one for one in true_reports(form.id) if not one.hand.own_form and not one.hand.sloppy)
    path = tmp_path / "report.xlsx"
    path.write_bytes(Forms(form).workbook_of(report))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    cells = [[cell.value for cell in row if cell.value is not None] for row in sheet]
    table = next(table for table in form.tables if table.label)
    assert [form.recognise.number[0], table.label[0], *(column.title for column in table.columns)] in cells
    row = next(item for item in form.items if item.table == table.id)
    stated = [report.answers[f"{row.number}/{column.id}"] for column in table.columns]
    assert [one.value for one in stated if isinstance(one, Number)] in [line[-len(table.columns) :] for line in cells]


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────
@cache
def planted(form_id: str, folder: Path) -> District:
    return make(folder, meals() if form_id == "form-31" else health(), schools=20, dates=2, seed=4)


def test_every_fault_of_figures_finds_its_place_in_one_of_the_orders(tmp_path: Path) -> None:
    names = {p.fault for form in ("form-31", "form-88") for p in planted(form, tmp_path / form).planted}
    assert {fault.name for fault in FIGURE_FAULTS} <= names
    assert "сумма не сходится" not in {fault.name for fault in faults_of(load_form("form-547"))}


def test_a_row_that_the_order_does_not_have_stands_in_the_file(tmp_path: Path) -> None:
    district = planted("form-31", tmp_path)
    [one, *_] = [p for p in district.planted if p.fault == "строка, которой нет в форме"]
    sheet = openpyxl.load_workbook(tmp_path / "input" / one.file).worksheets[0]
    words = [cell.value for row in sheet for cell in row]
    assert "в том числе дети работников школы" in words


@FORMS
def test_a_report_in_word_has_the_tables_and_all_but_what_is_struck_out_is_read(form: Form) -> None:
    """Each of the figures in turn, of a table's row, of a list's line, alone; the remark is on that very cell."""
    report = next(one for one in true_reports(form.id) if not one.hand.sloppy)
    names = {"choice", "value", "date", "text", "url"}
    stated = {(fact.item, fact.field, fact.value) for fact in report.truth() if fact.field in names}
    struck = [number for number, answer in report.answers.items() if isinstance(answer, Number)]
    assert len(struck) > 10
    for number in (*struck[::7], struck[-1]):
        book = open_book(form_with_struck_answer(report, form, number), Limits())
        [read], remarks = read_book(book, form, Schools(Registry((report.school,))))
        facts = {(fact.item, fact.field, fact.value) for fact in read.facts if fact.field in names}
        assert read.as_of == report.as_of
        assert {one for one in stated if one[0] != number} - facts == set()
        assert not [one for one in facts if one[0] == number]
        assert [one.item for one in remarks if one.code == "ANSWER-ASIDE"] == [number]


def test_no_file_is_named_after_another_order(tmp_path: Path) -> None:
    files = {fact.file for fact in planted("form-31", tmp_path).truth}
    assert not [file for file in files if "дневник" in file]
    assert [file for file in files if "питание" in file]


def test_svods_own_form_is_among_the_files(tmp_path: Path) -> None:
    files = {fact.file for fact in planted("form-88", tmp_path).truth}
    paths = [tmp_path / "input" / file for file in sorted(files)[:8]]
    sheets = [openpyxl.load_workbook(path, read_only=True).sheetnames for path in paths]
    assert any(own_form.META_SHEET in names for names in sheets)


def test_a_figure_that_is_all_that_its_row_says_is_not_left_out(tmp_path: Path) -> None:
    """Without it nothing is asked of the row: no run could find that."""
    text = (Path(__file__).parent / "data" / "form-site.toml").read_text("utf-8")
    closed = [f"{row}/{column}" for row in "34" for column in ("младшие", "средние")]
    text = text.replace('id = "места"\n', f'id = "места"\nclosed = {closed}\n'.replace("'", '"'))
    text = text.replace('kind = "number", title = "Всего"', 'kind = "number", title = "Всего", required = true')
    path = tmp_path / "form-site.toml"
    path.write_text(text, "utf-8")
    form = load_form(path)
    planted = [one for seed in range(4) for one in make(tmp_path / f"{seed}", form, 8, 2, seed).planted]
    assert planted
    assert not [one for one in planted if one.item in ("3/всего", "4/всего") and "обязательное" in one.fault]
