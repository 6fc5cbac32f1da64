"""Lines that a school adds: acts, documents with more beside them, problems. One form by data alone, from what people
type to what leadership is told."""

import csv
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from pipeline.checking.judgement import check
from pipeline.commands.form import described
from pipeline.measuring.rules import about_nothing
from pipeline.writing.form.prefill import Prefill, accepted, of_last_time
from pipeline.writing.form.workbook import write_form_with_cells
from schemas import own_form
from schemas.district import Registry, School
from schemas.form import PROBLEM, Form, Kind, Period, load_form
from schemas.form_figures import figure_refusals
from schemas.remarks import Severity, load_catalogue
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests.conftest import Once, Run, do_main_job
from tests.form_variants import DATA
from tests.libreoffice import needs_libreoffice, shown_together
from tests.order_form import FORM as ORDER_547
from tests.table_forms import Row, codes, read, said, sheet_of

PATH = DATA / "form-papers.toml"
PAPERS = load_form(PATH)
DAY = PAPERS.order.reporting_dates[-1]
REGISTRY = Registry((School("01", "МБОУ СОШ № 1"),))
CATALOGUE = load_catalogue()

ITEMS: Row = ("№", "Показатель", "Сведения")
ACTS: list[Row] = [
    ITEMS,
    ("1", "Приказы о подготовке к отопительному сезону"),
    ("1.1", "О назначении ответственного", "приказ № 41 от 15.06.2026"),
    ("1.2", "О создании комиссии", "приказ № 42 от 16.06.2026"),
]
CHECKED: list[Row] = [
    ("2. Акты проверки оборудования",),
    ("№", "Что проверено", "Номер и дата акта", "Действует до", "Проверяющих, чел."),
    ("1", "Котёл", "акт № 7 от 01.07.2026", "01.07.2027", 3),
    ("2", "Тепловой узел", "№ 8 от 02.07.2026", "02.07.2027"),
]
TRAINED: list[Row] = [ITEMS, ("3", "Обучено персонала, чел.", 4)]
IN_THE_WAY: list[Row] = [
    ("4. Что мешает подготовке",),
    ("№", "Проблема", "Как решается", "Срок решения", "Нужно, тыс. руб."),
    ("1", "Текут трубы в подвале", "Подана заявка", "20.09.2026", 120.5),
    ("2", "Не хватает средств", "Письмо учредителю", "", 40),
]


def file_of(
    acts: list[Row] = ACTS,
    checked: list[Row] = CHECKED,
    problems: list[Row] = IN_THE_WAY,
    form: Form = PAPERS,
    name: str = "1.xlsx",
) -> FileRead:
    day = form.order.reporting_dates[-1]
    rows: list[Row] = [(form.title,), (f"по состоянию на {day:%d.%m.%Y}",), ("в МБОУ СОШ № 1",), ()]
    rows += [*acts, (), *checked, (), *TRAINED, (), *problems, (), ("Директор ________ (подпись)",)]
    reports, remarks = read(sheet_of(rows), form=form)
    return FileRead(name, sha256(name.encode()).hexdigest(), reports, remarks)


def found(file: FileRead, form: Form = PAPERS) -> list[tuple[str, str]]:
    """Codes and items of all that is remarked, but for what is no more than information."""
    remarks = check([file], {}, form, REGISTRY, CATALOGUE).remarks
    return sorted((one.code, one.item) for one in remarks if one.severity is not Severity.INFO)


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────
def test_documents_and_problems_are_read_with_what_stands_beside_them() -> None:
    [report] = file_of().reports
    answers = {(fact.item, fact.field): fact.value for fact in report.facts}
    assert (answers["1.2", "number"], answers["1.2", "date"]) == ("42", "2026-06-16")
    assert (answers["2.1/акт", "number"], answers["2.1/акт", "date"]) == ("7", "2026-07-01")
    assert answers["2.2/действует", "date"] == "2027-07-02"
    assert (answers["4.1/проблема", "text"], answers["4.1/деньги", "value"]) == ("Текут трубы в подвале", 120.5)
    assert found(file_of()) == []
    assert codes(file_of().remarks) == []  # no title of a list is a note, no act another order's item


def test_a_line_that_says_there_is_no_problem_is_none() -> None:
    [report] = file_of(problems=[*IN_THE_WAY[:2], ("1", "проблем нет", "–", "", "")]).reports
    assert not [item for item in said(report) if item.startswith("4")]


@pytest.mark.parametrize(
    ("acts", "remarks"),
    [
        (ACTS, []),
        (ACTS[:3], [("LIST-SHORT", "1")]),
        ([*ACTS[:3], ("1.2", "", "нет")], [("LIST-SHORT", "1")]),
        ([*ACTS, *[(f"1.{n}", f"О котле {n}", f"приказ № {n} от 17.06.2026") for n in (3, 4)]], [("LIST-LONG", "1")]),
    ],
)
def test_acts_are_counted_as_lines_of_a_list_are(acts: list[Row], remarks: list[tuple[str, str]]) -> None:
    assert [one for one in found(file_of(acts)) if one[0].startswith("LIST")] == remarks


def test_an_act_that_is_not_understood_is_a_line_all_the_same() -> None:
    """It has a remark of its own; that it is missing would be wrong."""
    assert found(file_of([*ACTS[:3], ("1.2", "", "приказ директора")])) == [("DOC-INCOMPLETE", "1.2")]


def test_of_acts_that_are_not_required_no_number_is_asked() -> None:
    items = tuple(replace(one, may_be_not_required=one.kind is Kind.ACTS) for one in PAPERS.items)
    form = replace(PAPERS, items=items)
    assert found(file_of([*ACTS[:2], ("1.1", "", "не требуется")], form=form), form) == []
    assert ("LIST-SHORT", "1") in found(file_of([*ACTS[:2], ("1.1", "", "нет")], form=form), form)


@pytest.mark.parametrize(
    ("checked", "problems", "remarks"),
    [
        (CHECKED[:2], IN_THE_WAY, [("LIST-SHORT", "2")]),
        ([*CHECKED[:2], ("1", "Котёл", "акт проверки", "01.07.2027")], IN_THE_WAY, [("DOC-INCOMPLETE", "2.1/акт")]),
        (CHECKED, [*IN_THE_WAY[:2], *(("", f"Течёт труба {n}", "Ждём") for n in range(5))], [("LIST-LONG", "4")]),
    ],
)
def test_lines_are_judged_by_the_kind_of_their_columns(
    checked: list[Row], problems: list[Row], remarks: list[tuple[str, str]]
) -> None:
    assert found(file_of(ACTS, checked, problems)) == remarks


def test_a_problem_without_a_solution_is_told_where_that_belongs() -> None:
    unsolved = file_of(problems=[*IN_THE_WAY[:3], ("2", "Не хватает средств", "", "", 40)])
    remarks = check([unsolved], {}, PAPERS, REGISTRY, CATALOGUE).remarks
    assert [(one.code, one.item, one.value) for one in remarks if one.code == "PROBLEM-NO-SOLUTION"] == [
        ("PROBLEM-NO-SOLUTION", "4.2/решение", "Не хватает средств")
    ]


def test_problems_below_the_items_are_counted_too() -> None:
    assert ORDER_547.problems
    form = replace(ORDER_547, problems=replace(ORDER_547.problems, at_least=1, at_most=2))
    assert form.lists[PROBLEM][1:] == (1, 2)
    assert {"LIST-SHORT", "LIST-LONG"} <= about_nothing(ORDER_547, CATALOGUE)
    assert not {"LIST-SHORT", "LIST-LONG"} & about_nothing(form, CATALOGUE)


def test_of_a_period_a_term_may_lie_outside_and_an_event_may_not() -> None:
    """A document may be older than the period too."""
    order = replace(PAPERS.order, reporting_dates=(date(2026, 7, 31), date(2026, 8, 31)))
    of_months = replace(PAPERS, period=Period(every="month"), order=order)
    assert not [one for one in found(file_of(form=of_months), of_months) if one[0] == "DAY-OUTSIDE"]
    tables = tuple(
        replace(table, columns=tuple(replace(column, any_day=False) for column in table.columns))
        for table in PAPERS.tables
    )
    within = replace(of_months, tables=tables)
    outside = [one for one in found(file_of(form=within), within) if one[0] == "DAY-OUTSIDE"]
    assert outside == [("DAY-OUTSIDE", f"{line}") for line in ("2.1/действует", "2.2/действует", "4.1/срок")]


def test_lines_are_told_anew_in_every_report_and_acts_stand() -> None:
    """The second line of one report is not that of the next: nothing of it is mixed in, or added up once more."""
    first, last = PAPERS.order.reporting_dates
    before = file_of(form=replace(PAPERS, order=replace(PAPERS.order, reporting_dates=(first,))))
    later = file_of(ACTS[:2], CHECKED[:3], IN_THE_WAY[:3], name="2.xlsx")
    checked = check([before, later], {}, PAPERS, REGISTRY, CATALOGUE)
    [here] = [report.number for report in checked.reports if report.as_of == last]
    table = checked.answers[checked.answers["report"] == here]
    rows = {item.partition("/")[0] for item in table["item"]}
    assert rows == {"1.1", "1.2", "2.1", "3", "4.1"}
    assert ("LIST-SHORT", "1") not in {(one.code, one.item) for one in checked.remarks}  # two acts stand


def test_lines_are_not_handed_out_again_and_acts_are() -> None:
    """A line of the last report would be counted once more in this one."""
    [report] = file_of().reports
    kept = of_last_time(PAPERS, accepted(report, {})).facts
    assert {one.partition("/")[0] for one in kept} == {"1.1", "1.2", "3"}
    items = tuple(replace(one, cumulative=False if one.number == "1" else one.cumulative) for one in PAPERS.items)
    assert of_last_time(replace(PAPERS, items=items), accepted(report, {})).facts.keys() == {"3"}


def test_the_forms_description_says_that_lines_are_told_anew() -> None:
    lines = [one.strip() for one in described(PAPERS)]
    anew = "строки прошлого отчёта не переходят: вписываются в каждом отчёте заново"
    assert sum(anew in one for one in lines) == sum(one.kind is Kind.ROWS for one in PAPERS.items) > 0


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ('["4/проблема"]', "нужны две графы одного списка"),
        ('["4/проблема", "4/проблема"]', "уже есть"),
        ('["4/проблема", "2/оборудование"]', "нужны две графы одного списка"),
        ('["4/проблема", "4/деньги"]', "«4/деньги» — не графа вида text"),
        ('["4/проблема", "4/ришение"]', "может быть, «4/решение»"),
        ('["4/проблема", "4/решение"]\ntitle = "Проблемы"', "ключ problems.title: проблемы — графы списка"),
        ('["4/проблема", "4/решение"]\nat_least = 1', "ключ problems.at_least: проблемы — графы списка"),
    ],
)
def test_columns_that_tell_no_problems_are_refused(columns: str, said: str, tmp_path: Path) -> None:
    text = PATH.read_text("utf-8")
    changed = tmp_path / PATH.name
    changed.write_text(text.replace('columns = ["4/проблема", "4/решение"]', f"columns = {columns}"), "utf-8")
    with pytest.raises(UsageError, match="problems") as refused:
        load_form(changed)
    assert said in str(refused.value)


@pytest.mark.parametrize("number", ["1", "2"])
def test_lines_that_have_to_be_there_are_not_optional(number: str) -> None:
    assert PAPERS.lists[number].at_least > 0
    items = tuple(replace(one, optional=one.number == number) for one in PAPERS.items)
    [refused] = figure_refusals(replace(PAPERS, items=items))
    assert (refused.keys[-1], "необязателен" in refused.why) == ("optional", True)


# ── what a school fills in ───────────────────────────────────────────────────────────────────────────────
WRITTEN = write_form_with_cells(PAPERS, None, DAY, Prefill())


def texts(content: bytes) -> list[list[str]]:
    sheet = openpyxl.load_workbook(BytesIO(content), data_only=True)[own_form.SHEET]
    return [[str(cell.value) for cell in row if cell.value not in (None, "")] for row in sheet.iter_rows()]


def test_the_form_has_as_many_lines_as_there_may_be() -> None:
    numbers = [row[0] for row in texts(WRITTEN.content) if row]
    assert [number for number in numbers if number.startswith("1.")] == ["1.", "1.1.", "1.2.", "1.3."]
    assert [number for number in numbers if number.startswith("4.")] == ["4.", "4.1.", "4.2.", "4.3.", "4.4."]
    assert "2.10." in numbers


def test_lines_that_have_to_be_there_are_asked_for() -> None:
    hints = {row[0]: row[-1] for row in texts(WRITTEN.content) if row}
    assert [hints[f"1.{n}."] for n in (1, 2, 3)] == ["▼ заполните строку", "▼ заполните строку", "–"]
    assert [hints["2.1."], hints["2.2."], hints["4.1."]] == ["▼ заполните строку", "–", "–"]


@needs_libreoffice
def test_the_form_says_of_a_document_what_the_pipeline_says(tmp_path: Path) -> None:
    cells = {"оборудование": {"text": "Котёл"}, "действует": {"date": "2027-07-01"}}
    line = {f"2.1/{column}": facts for column, facts in cells.items()}
    papers = {"whole": {"number": "7", "date": "2026-07-01"}, "words": {"text": "акт проверки"}}
    made = {
        name: write_form_with_cells(PAPERS, None, DAY, Prefill({**line, "2.1/акт": facts}))
        for name, facts in papers.items()
    }
    shown = dict(zip(made, shown_together([one.content for one in made.values()], tmp_path), strict=True))
    for name, hint in {"whole": "● заполнено", "words": "▼ нужно: № … от ДД.ММ.ГГГГ: «Номер и дата акта»"}.items():
        row = openpyxl.utils.cell.coordinate_from_string(made[name].answers["2.1/акт"])[1]
        assert shown[name][row - 1][-1] == hint
        assert hint in texts(made[name].content)[row - 1]


# ── the whole main job ───────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def done(once: Once) -> Run:
    return once("papers", lambda folder: do_main_job(folder, form=str(PATH), schools=8, dates=2))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_invented_schools_fill_in_what_their_columns_ask_for(done: Run) -> None:
    answers = rows(done.folder / "answers.csv")
    dated = {row["item"] for row in answers if row["field"] == "date" and row["item"].endswith("/акт")}
    assert dated
    assert {row["item"] for row in answers if row["item"].endswith("/акт")} == dated
    now = [one for one in done.district.planted if one.file.startswith(str(DAY))]
    told = {(one.file, one.code) for one in done.done.figures.remarks}
    assert now
    assert all({(one.file, code) for code in one.codes} & told for one in now)
    remarks = {row["code"] for row in rows(done.folder / "findings.csv")}
    assert not remarks & {"FORM-OTHER-ORDER", "NOTE-BESIDE", "DOC-INCOMPLETE", "LIST-SHORT", "LIST-LONG"}


def test_problems_of_a_list_are_grouped_and_shown_to_leadership(done: Run) -> None:
    answers = rows(done.folder / "answers.csv")
    named = {(row["school_code"], row["value"]) for row in answers if row["item"].endswith("/проблема")}
    told = done.done.figures.problems
    assert {(one.school.code, one.problem) for one in told} == named
    assert {one.group for one in told} <= {group.title for group in PAPERS.problem_groups}
    money = sum(float(row["value"]) for row in answers if row["item"].endswith("/деньги") and row["counted"] == "true")
    indicators = rows(done.folder / "indicators.csv")
    [shown] = [row["value"] for row in indicators if (row["scope"], row["item"]) == ("municipality", "4/деньги")]
    assert float(shown) == pytest.approx(money)
