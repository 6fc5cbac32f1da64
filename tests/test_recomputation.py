"""The indicators, computed once more by other means: plain Python over `answers.csv` and the registry workbook.

Neither pandas nor anything of `measuring` is used here: the rules are those of the order and of docs/measuring.md.
"""

import csv
import math
import tomllib
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import MEALS, Run

FORM_547 = Path(__file__).parent.parent / "schemas" / "form-547.toml"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bases_of(registry: Path, form: dict) -> dict[str, dict[str, int]]:
    """school code -> base id -> people."""
    sheet = openpyxl.load_workbook(registry)["Школы"]
    lines = list(sheet.iter_rows(values_only=True))
    heading = {base["id"]: lines[0].index(base["registry"]) for base in form["bases"]}
    return {str(line[0]): {base: line[column] for base, column in heading.items()} for line in lines[1:]}


def recomputed(run: Run, form: dict) -> dict[tuple[str, str], dict[str, object]]:
    """(scope, item) -> covered, total, percent, counted: Σ covered / Σ total over the schools counted."""
    bases = bases_of(run.district.registry, form)
    figures: dict[tuple[str, str], dict[str, Fraction]] = {}
    for row in rows(run.folder / "answers.csv"):
        if row["counted"] == "true" and row["field"] in ("count", "total", "percent"):
            own = row["basis"] == "stated" or row["basis"] == "carried"
            if own:
                figures.setdefault((row["school_code"], row["item"]), {})[row["field"]] = Fraction(row["value"])
    found: dict[tuple[str, str], dict[str, object]] = {}
    for item in form["items"]:
        if item["kind"] not in ("coverage", "volume"):
            continue
        covered_all, total_all, counted = Fraction(0), Fraction(0), 0
        for school, base in bases.items():
            said = figures.get((school, item["number"]), {})
            if item["kind"] == "volume":
                if "percent" in said:
                    found[school, item["number"]] = {"percent": said["percent"]}
                    counted += 1
                continue
            total = said.get("total", Fraction(base[item["base"]]))
            covered = said.get("count")
            if covered is None and "percent" in said:
                covered = said["percent"] * total / 100
            if covered is None:
                continue
            found[school, item["number"]] = {"covered": covered, "total": total, "percent": covered * 100 / total}
            covered_all, total_all, counted = covered_all + covered, total_all + total, counted + 1
        whole: dict[str, object] = {"counted": counted}
        if counted and item["kind"] == "coverage":
            whole |= {"covered": covered_all, "total": total_all, "percent": covered_all * 100 / total_all}
        found["municipality", item["number"]] = whole
    return found


@pytest.mark.parametrize(("which", "form_file"), [("demo", FORM_547), ("meals", MEALS)])
def test_every_indicator_agrees_with_plain_python(which, form_file, request):
    run: Run = request.getfixturevalue(which)
    form = tomllib.loads(form_file.read_text("utf-8"))
    expected = recomputed(run, form)
    indicators = rows(run.folder / "indicators.csv")
    schools = len(bases_of(run.district.registry, form))
    assert len(indicators) == (schools + 1) * len({item for scope, item in expected if scope == "municipality"})
    for row in indicators:
        mine = expected.get((row["scope"], row["item"]), {})
        for figure in ("covered", "total", "percent"):
            if figure in mine:
                assert math.isclose(float(row[figure]), mine[figure], rel_tol=1e-9), (row, figure)
            else:
                assert row[figure] == "", (row, figure)
        if row["scope"] == "municipality":
            assert int(row["schools_counted"]) == mine["counted"]
            assert int(row["schools_expected"]) == schools


@pytest.mark.parametrize(("which", "form_file"), [("demo", FORM_547), ("meals", MEALS)])
def test_target_deviation_and_shortfall_agree_with_plain_python(which, form_file, request):
    run: Run = request.getfixturevalue(which)
    form = tomllib.loads(form_file.read_text("utf-8"))
    target = max((t for t in form["targets"] if t["by"] <= run.district.as_of), key=lambda t: t["by"], default=None)
    checked = 0
    for row in rows(run.folder / "indicators.csv"):
        if row["item"] != form["headline"]["item"]:
            assert row["status"] == row["target_min"] == row["shortfall"] == ""
            continue
        if row["percent"] == "":
            assert row["status"] == row["deviation_pp"] == row["shortfall"] == ""
            continue
        share = Fraction(row["covered"]) * 100 / Fraction(row["total"])
        if target is None:
            assert row["status"] == "срок не наступил"
            continue
        low, high = Fraction(target["min"]), Fraction(target["max"])
        near = Fraction(1, 10**9)
        level = "ниже плана" if share < low - near else "выше плана" if share > high + near else "по плану"
        missing = low / 100 * Fraction(row["total"]) - Fraction(row["covered"])
        assert row["status"] == level
        assert math.isclose(float(row["deviation_pp"]), share - low, abs_tol=1e-9)
        assert int(row["shortfall"]) == max(0, math.ceil(round(missing, 6)))
        checked += 1
    assert checked >= 3 or target is None
