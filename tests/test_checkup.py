"""`check`: the same remarks as the main job's, at once, for any file."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from pipeline.commands.check import as_json, check_files
from pipeline.settings import Settings
from tests.conftest import Run
from tests.form_variants import DATA
from tests.test_cli import svod, svod_by_itself

HEAT = str(DATA / "form-heat.toml")


def a_school_to_correct(few: Run):
    return next(line for line in few.done.figures.submissions if line.errors)


def test_a_faulty_file_is_exit_1_with_cells_and_what_to_do(few: Run):
    line = a_school_to_correct(few)
    result = svod_by_itself("check", few.input / line.file, "--input", few.input)
    assert result.returncode == 1, result.stderr
    errors = [r for r in few.done.figures.remarks if r.file == line.file and r.severity.value == "error"]
    assert f"из них ошибок — {len(errors)}" in result.stdout
    for remark in errors:
        assert f" {remark.cell} " in result.stdout


def test_a_clean_file_is_exit_0(few: Run):
    remarked = {r.file for r in few.done.survey.checked.remarks}
    clean = next(s.file for s in few.done.figures.submissions if s.file and s.file not in remarked)
    result = svod("check", few.input / clean, "--input", few.input)
    assert (result.returncode, result.stdout.strip().endswith("замечаний нет.")) == (0, True)


def test_json_says_what_findings_say(few: Run):
    line = a_school_to_correct(few)
    result = svod("check", few.input / line.file, "--json", "--input", few.input)
    said = {(r["code"], r["item"], r["cell"]) for r in json.loads(result.stdout) if r["severity"] == "error"}
    errors = [r for r in few.done.figures.remarks if r.file == line.file and r.severity.value == "error"]
    assert said == {(r.code, r.item, r.cell) for r in errors}


@pytest.mark.parametrize("forms", [("form-547", HEAT), (HEAT, "form-547")])
def test_of_several_orders_each_speaks_of_its_own_column(few: Run, forms: tuple[str, str], tmp_path: Path):
    path = tmp_path / "отчёт.xlsx"
    reports = [line.file for line in few.done.figures.submissions if line.file.endswith(".xlsx")]
    book = openpyxl.load_workbook(few.input / reports[0])
    book.worksheets[0].cell(10, 12).value = "см. приложение к письму"
    book.save(path)
    found = check_files([path], few.input, Settings(form=forms))
    [todo] = [one["todo"] for one in json.loads(as_json(found)) if one["code"] == "NOTE-BESIDE"]
    assert todo.endswith("в столбец «Выполнение».")


def test_it_works_without_a_registry_and_writes_nothing(few: Run, tmp_path):
    line = a_school_to_correct(few)
    shutil.copy2(few.input / line.file, tmp_path / "отчёт.xlsx")
    result = svod("check", "отчёт.xlsx", cwd=tmp_path)
    assert result.returncode in (0, 1), result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["отчёт.xlsx"]


def test_without_a_registry_a_clean_report_is_not_blamed_for_it(demo: Run, tmp_path):
    remarked = {r.file for r in demo.done.survey.checked.remarks}
    in_percent = set(demo.done.figures.answers.query("basis == 'derived' and field == 'count'")["file"])
    clean = next(s.file for s in demo.done.figures.submissions if s.file in in_percent - remarked)
    shutil.copy2(demo.input / clean, tmp_path / "отчёт.xlsx")
    result = svod("check", "отчёт.xlsx", cwd=tmp_path)
    assert result.returncode == 0, result.stdout
    assert result.stdout.startswith("отчёт.xlsx: замечаний нет.\nРеестра школ нет:")


def test_a_file_that_cannot_be_read_is_an_error_and_one_that_is_not_there_wrong_use(tmp_path):
    (tmp_path / "снимок.xlsx").write_bytes(b"%PDF-1.4")
    assert svod("check", "снимок.xlsx", cwd=tmp_path).returncode == 1
    missing = svod("check", "нет.xlsx", cwd=tmp_path)
    assert (missing.returncode, "нет.xlsx" in missing.stderr) == (2, True)
