"""What must hold between the lines of a list and a figure beside it, and between the columns of each line."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_from_string

from pipeline.checking.judgement import check
from pipeline.commands.form import checked as told
from pipeline.wording import message
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import write_form_with_cells
from schemas import own_form
from schemas.form import Column, Form, Item, Kind, Relation
from schemas.form_figures import figure_refusals
from schemas.remarks import Remark, Severity
from schemas.reports import FileRead
from tests.conftest import Run, do_main_job
from tests.figure_reports import HEALTH, OF_HEALTH, SPRING, Said, file_of, registry
from tests.form_variants import as_toml, good
from tests.libreoffice import needs_libreoffice, shown_together
from tests.table_forms import EVENTS as ROWS
from tests.table_forms import SIGNATURE, Row, head, health, read, said, sheet_of
from tests.test_figures_of_orders import CATALOGUE

TOTAL = Item(number="7", kind=Kind.NUMBER, title="Всего участников", unit="people", required=True)
COLUMNS = (
    Column(id="цена", kind=Kind.NUMBER, title="Взнос", unit="people"),
    Column(id="сбор", kind=Kind.NUMBER, title="Собрано", unit="people"),
)
RELATIONS = (
    Relation(kind="sum", item="7", of=("6/участники",)),
    Relation(kind="product", item="6/сбор", of=("6/участники", "6/цена")),
)


def with_lists(*relations: Relation) -> Form:
    tables = tuple(
        msgspec.structs.replace(table, columns=(*table.columns, *COLUMNS)) if table.id == "6" else table
        for table in HEALTH.tables
    )
    return msgspec.structs.replace(
        HEALTH, items=(*HEALTH.items, TOTAL), tables=tables, relations=(*HEALTH.relations, *relations)
    )


FORM = with_lists(*RELATIONS)
RIGHT: Said = {
    **OF_HEALTH, "6.1/цена": 2, "6.1/сбор": 80, "7": 65,
    "6.2/дата": "2026-02-01", "6.2/название": "Лыжня", "6.2/участники": 25,
}  # fmt: skip


def found(changes: Said) -> list[tuple[str, str]]:
    read = file_of({**RIGHT, **changes}, SPRING, form=FORM)
    checked = check([read], {}, FORM, registry(HEALTH), CATALOGUE)
    return sorted((one.code, one.item) for one in checked.remarks if one.severity is Severity.ERROR)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, []),
        ({"7": 64}, [("SUM-DISAGREES", "7")]),
        ({"6.2/участники": 26}, [("SUM-DISAGREES", "7")]),
        ({"6.2/участники": None}, [("ANSWER-REQUIRED", "6.2/участники")]),  # of a sum that lacks a part nothing is said
        ({"6.1/сбор": 81}, [("PRODUCT-DISAGREES", "6.1/сбор")]),
        ({"6.2/цена": 3, "6.2/сбор": 80}, [("PRODUCT-DISAGREES", "6.2/сбор")]),  # each line by itself
        ({"6.1/цена": None}, []),
    ],
)
def test_a_figure_is_the_sum_of_a_list_and_each_line_holds_by_itself(
    changes: Said, errors: list[tuple[str, str]]
) -> None:
    assert found(changes) == errors


@pytest.mark.parametrize(
    ("relation", "why"),
    [
        (Relation(kind="product", item="7", of=("6/участники", "6/цена")), "одна сумма"),
        (Relation(kind="equal", item="7", of=("6/участники",)), ""),
        (Relation(kind="of_which", item="6/сбор", of=("7",)), ""),
    ],
)
def test_what_a_list_cannot_be_held_against_is_refused(relation: Relation, why: str) -> None:
    said = [refusal.why for refusal in figure_refusals(with_lists(relation))]
    assert (why in " ".join(said)) if why else said == []


# ── how many lines there are ─────────────────────────────────────────────────────────────────────────────
EVENTS = Item(number="7", kind=Kind.NUMBER, title="Число мероприятий", unit="people", required=True)
WON = Item(number="8", kind=Kind.NUMBER, title="Из них с призами", unit="people")


def with_counts(*relations: Relation) -> Form:
    own = relations or (
        Relation(kind="equal", item="7", of=("6/#",)),
        Relation(kind="of_which", item="8", of=("6/#",)),
    )
    return msgspec.structs.replace(HEALTH, items=(*HEALTH.items, EVENTS, WON), relations=(*HEALTH.relations, *own))


COUNTED: Said = {
    **OF_HEALTH, "6.2/дата": "2026-02-01", "6.2/название": "Лыжня", "6.2/участники": 25, "7": 2, "8": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "errors", "said"),
    [
        ({}, [], ""),
        ({"7": 3}, [("EQUAL-DISAGREES", "7")], "Указано 3 чел., а в списке п. 6 — строк: 2"),
        ({"8": 3}, [("PART-ABOVE-WHOLE", "8")], "Указано 3 чел., а всего (в списке п. 6) — строк: 2"),
        ({"8": 0}, [], ""),
        ({one: None for one in COUNTED if one.startswith("6.")}, [], ""),  # the list itself is what is missing
    ],
)
def test_a_figure_is_held_against_the_number_of_lines(changes: Said, errors: list[tuple[str, str]], said: str) -> None:
    form = with_counts()
    read = file_of({**COUNTED, **changes}, SPRING, form=form)
    checked = check([read], {}, form, registry(HEALTH), CATALOGUE)
    remarks = [one for one in checked.remarks if one.severity is Severity.ERROR and one.item in ("7", "8")]
    assert [(one.code, one.item) for one in remarks] == errors
    assert all(message(one, CATALOGUE).replace("\u00a0", " ").startswith(said) for one in remarks)


@pytest.mark.parametrize(
    ("relation", "why"),
    [
        (Relation(kind="equal", item="7", of=("6/#",)), ""),
        (Relation(kind="of_which", item="7", of=("6/#",)), ""),
        (Relation(kind="sum", item="7", of=("6/#",)), "нужен kind = «equal» или «of_which»"),
        (Relation(kind="equal", item="6/#", of=("7",)), "его не вписывают"),
        (Relation(kind="equal", item="7", of=("1/#",)), "может быть, «6/#»"),
        (Relation(kind="of_which", item="6/участники", of=("6/#",)), "вне списков"),
        (Relation(kind="of_which", item="1.1/*", of=("6/#",)), "вне списков"),
    ],
)
def test_the_number_of_lines_is_held_against_one_figure_outside_of_lists(relation: Relation, why: str) -> None:
    said = [refusal.why for refusal in figure_refusals(with_counts(relation))]
    assert (why in " ".join(said)) if why else said == []


def events_of(*rows: Row) -> set[str]:
    """Lines of the list that are read."""
    [report] = read(health(events=[*ROWS[:2], *rows]), form=HEALTH)[0]
    assert "6" in report.written or len(said(report))
    return {one.partition("/")[0] for one in {*said(report), *report.written} if one.startswith("6.")}


@pytest.mark.parametrize("none", ["нет", "Не было", "не проводились", "не требуется"])
def test_a_line_that_says_there_is_nothing_to_list_is_no_line(none: str) -> None:
    """Nobody is blamed for «0» beside it, and so many lines are asked for all the same."""
    form = msgspec.structs.replace(
        HEALTH, recognise=msgspec.structs.replace(HEALTH.recognise, not_required=("не требуется",))
    )
    for row in (("1", "", none), ("1", none, none, none, none), ("1", "", none, 0)):
        reports, remarks = read(health(events=[*ROWS[:2], row]), form=form)
        assert not [one for one in (*said(reports[0]), *reports[0].written) if one.startswith("6.")], row
        assert not [one for one in remarks if one.item.startswith("6")]
        assert "6" in reports[0].written
    assert events_of(("1", "13.01.2026", none)) == events_of(("1", "", "Кросс", none)) == {"6.1"}


def test_a_report_that_has_nothing_to_list_is_not_empty() -> None:
    [report] = read(sheet_of([*head(HEALTH.title), *ROWS[:2], ("1", "", "нет"), *SIGNATURE]), form=HEALTH)[0]
    read_file = FileRead("1.xlsx", "", (report,))
    assert "REPORT-EMPTY" not in {
        one.code for one in check([read_file], {}, HEALTH, registry(HEALTH), CATALOGUE).remarks
    }


def test_a_figure_beside_a_list_of_many_lines_has_a_formula_that_excel_takes() -> None:
    form = with_counts()
    tables = tuple(msgspec.structs.replace(one, at_least=100 if one.id == "6" else 0) for one in form.tables)
    made = write_form_with_cells(msgspec.structs.replace(form, tables=tables), None, SPRING, Prefill())
    sheet = load_workbook(BytesIO(made.content))[own_form.SHEET]
    formulas = [cell.value for row in sheet for cell in row if isinstance(cell.value, str) and cell.value[:1] == "="]
    assert any("SUMPRODUCT" in one for one in formulas)
    assert max(map(len, formulas)) <= 8192


@needs_libreoffice
def test_the_form_counts_the_lines_as_excel_does(tmp_path: Path) -> None:
    cases: dict[str, Said] = {"right": {}, "three": {"7": 3}, "part": {"8": 3}, "none": {"6.3/название": "нет"}}
    places = {"7": "▼ исправьте: строк в п. 6 — 2", "8": "▼ больше, чем строк в п. 6"}
    wrong = {"right": (), "three": ("7",), "part": ("8",), "none": ()}
    hints_are(with_counts(), {name: {**COUNTED, **one} for name, one in cases.items()}, places, wrong, tmp_path)


def test_invented_schools_count_their_lines_and_the_form_tells_it(tmp_path: Path) -> None:
    done = invented("Число мероприятий", {"kind": "equal", "item": "7", "of": ["6/#"]}, tmp_path)
    assert "7 = число строк списка 6" in "\n".join(told(tmp_path / "form-89.toml"))
    assert disagreeing(done, "EQUAL-DISAGREES") == []
    assert any(one.item == "7" and one.value for one in done.done.figures.numbers.schools)


def invented(title: str, relation: dict[str, object], folder: Path) -> Run:
    """Four schools of the demo, of a form that asks for one figure more."""
    values = good("88")
    values["items"].append({"number": "7", "kind": "number", "title": title, "unit": "people", "required": True})
    values["relations"].append(relation)
    path = folder / "form-89.toml"
    path.write_text(as_toml({**values, "id": "form-89"}), "utf-8")
    return do_main_job(folder, form=str(path), schools=4, dates=1)


def disagreeing(done: Run, code: str) -> list[Remark]:
    """Of that figure, in reports in which nothing is planted."""
    planted = {one.file for one in done.district.planted}
    remarks = [one for one in done.done.figures.remarks if one.item == "7" and one.file not in planted]
    return [one for one in remarks if one.code == code]


def prefilled(said: Said) -> Prefill:
    facts = {}
    for number, value in said.items():
        field = {"2": "choice", "3": "choice"}.get(number) or ("value" if isinstance(value, int | float) else "")
        field = field or ("date" if number.endswith("дата") else "text")
        facts[number] = {field: "; ".join(value) if isinstance(value, list) else value}
    return Prefill(facts)


@needs_libreoffice
def test_the_form_says_so_as_excel_computes_it(tmp_path: Path) -> None:
    cases: dict[str, Said] = {"right": {}, "sum": {"7": 64}, "product": {"6.1/сбор": 81}}
    places = {"7": "▼ исправьте: сумма пп. 6 — 65", "6.1/дата": "▼ исправьте «Собрано»: по умножению 80"}
    wrong = {"right": (), "sum": ("7",), "product": ("6.1/дата",)}
    hints_are(FORM, {name: {**RIGHT, **one} for name, one in cases.items()}, places, wrong, tmp_path)


def hints_are(
    form: Form, cases: Mapping[str, Said], places: Mapping[str, str], wrong: Mapping[str, tuple[str, ...]], folder: Path
) -> None:
    """`places`: item or cell -> the hint where the answer is wrong; `wrong`: where it is, by case. As LibreOffice
    computes it, and as it stands in the form before any program has."""
    made = {name: write_form_with_cells(form, None, SPRING, prefilled(said)) for name, said in cases.items()}
    shown = dict(zip(made, shown_together([one.content for one in made.values()], folder), strict=True))
    for name, of in made.items():
        kept = load_workbook(BytesIO(of.content), data_only=True)[own_form.SHEET]
        for number, hint in places.items():
            row = coordinate_from_string(of.answers[number])[1]
            expected = hint if number in wrong[name] else "● заполнено"
            assert shown[name][row - 1][-1] == expected
            assert str(kept.cell(row, kept.max_column).value) == expected


def test_invented_schools_keep_to_it(tmp_path: Path) -> None:
    done = invented("Всего участников", {"kind": "sum", "item": "7", "of": ["6/участники"]}, tmp_path)
    assert disagreeing(done, "SUM-DISAGREES") == []
    assert any(one.item == "7" and one.value for one in done.done.figures.numbers.schools)
    assert date(2026, 3, 31) == done.district.as_of
