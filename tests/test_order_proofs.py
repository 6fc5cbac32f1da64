"""Three other orders, each a form by data alone, through the whole main job: what the municipality is told is computed
once more here, from `answers.csv` and the form's own text, by plain Python."""

import csv
import math
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from pipeline import monthly
from pipeline.commands.school import write_school
from pipeline.commands.trace import trace
from pipeline.demo.figure_faults import FIGURE_FAULTS
from pipeline.settings import Settings
from schemas.form import load_form
from tests.conftest import NOW, Once, Run, do_main_job
from tests.test_csv_schemas import TABLES, read

DATA = Path(__file__).parent / "data"
ORDERS = ("31", "88", "12")
OF_547 = ("дневник", "активац", "№ 547", "form-547")  # what the first order speaks of


@pytest.fixture(scope="session", params=ORDERS)
def run(request: pytest.FixtureRequest, once: Once) -> tuple[str, Run]:
    """Eight schools, two periods; some of them err."""
    order = str(request.param)
    path = str(DATA / f"form-{order}.toml")
    return order, once(f"order-{order}", lambda folder: do_main_job(folder, form=path, schools=8, dates=2))


Row = dict[str, str]


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(done: Run) -> dict[tuple[str, str, str, str], str]:
    """item, measure, period, choice -> the municipality's figure."""
    return {
        (row["item"], row["measure"], row["period"], row["choice"]): row["value"]
        for row in rows(done.folder / "indicators.csv")
        if row["scope"] == "municipality"
    }


def figures_of(folder: Path) -> dict[str, dict[str, Fraction]]:
    """item -> school -> the figure that counts."""
    found: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for row in rows(folder / "answers.csv"):
        if row["field"] == "value" and row["counted"] == "true":
            found[row["item"]][row["school_code"]] = Fraction(row["value"])
    return found


def asked(order: str) -> Iterator[tuple[str, dict]]:
    """Number or address, and what the form says of it."""
    form = tomllib.loads((DATA / f"form-{order}.toml").read_text("utf-8"))
    tables = {table["id"]: table for table in form.get("tables", ())}
    tables |= {item["number"]: item for item in form["items"] if "columns" in item}
    for item in form["items"]:
        above = item["number"].rpartition(".")[0]
        if table := tables.get(item.get("table", above)):
            for column in table["columns"]:
                if (address := f"{item['number']}/{column['id']}") not in table.get("closed", ()):
                    yield address, column
        elif item.get("kind") == "number":
            yield item["number"], item


def the_same(said: str, figure: Fraction | None) -> bool:
    if figure is None:
        return said == ""
    return said != "" and math.isclose(float(said), float(figure), rel_tol=1e-9, abs_tol=1e-9)


def test_sums_means_and_ratios_are_those_of_the_answers(run: tuple[str, Run]) -> None:
    order, done = run
    said, figures = told(done), figures_of(done.folder)
    period = next(key[2] for key in said if key[1] in ("sum", "weighted mean", "sum, since the new year"))
    seen = 0
    for number, spec in asked(order):
        values = figures[number]
        way = spec.get("add", "sum")
        since = spec.get("counts") == "since_new_year"
        if way == "ratio":
            row = number.partition("/")[0]
            over, under = (figures[f"{row}/{column}"] for column in spec["ratio"])
            both = over.keys() & under.keys()
            whole = sum(under[code] for code in both)
            figure = sum((over[code] for code in both), Fraction(0)) / whole if whole else None
            key = number, "weighted mean", period, ""
        elif way == "mean":
            figure = sum(values.values(), Fraction(0)) / len(values) if values else None
            key = number, "mean over schools", period, ""
        elif way == "none":
            figure, key = None, (number, "none", period, "")
        else:
            figure = sum(values.values(), Fraction(0)) if values else None
            key = number, "sum, since the new year" if since else "sum", period, ""
        assert the_same(said[key], figure), key
        seen += 1
    assert seen >= 10


def test_choices_and_lists_are_counted(run: tuple[str, Run]) -> None:
    order, done = run
    form, said = load_form(DATA / f"form-{order}.toml"), told(done)
    chosen: Counter[tuple[str, str]] = Counter()
    lines: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows(done.folder / "answers.csv"):
        if row["field"] == "choice" and row["counted"] == "true":
            chosen[row["item"], row["value"]] += 1
        above, slash, _ = row["item"].partition("/")
        if slash:
            lines[above.rpartition(".")[0]].add((row["school_code"], above))
    for item in form.items:
        for choice in item.choices:
            [value] = [v for (number, _, _, title), v in said.items() if (number, title) == (item.number, choice.title)]
            assert int(value) == chosen[item.number, choice.title]
        if item.kind == "rows":
            [value] = [v for (number, measure, _, _), v in said.items() if (number, measure) == (item.number, "rows")]
            assert int(value) == len(lines[item.number])


def test_a_year_of_flows_is_the_sum_of_its_periods(run: tuple[str, Run], tmp_path: Path) -> None:
    order, done = run
    first, *_ = sorted({row["period"] for row in rows(done.folder / "indicators.csv")})
    year = first[:4]
    yearly = {key: value for key, value in told(done).items() if key[2] == year and key[1] == "sum of the periods"}
    assert bool(yearly) is (order != "88")  # whose only flow is a mean of days
    form = str(DATA / f"form-{order}.toml")
    day = load_form(form).order.reporting_dates[0]
    before = monthly.run(monthly.Job.of(done.input, tmp_path / "output", day, Settings(form=form), NOW))
    earlier, now = figures_of(before.summary.lies_at.parent), figures_of(done.folder)
    for (number, *_), value in yearly.items():
        whole = sum([*earlier[number].values(), *now[number].values()], Fraction(0))
        assert the_same(value, whole), number


@pytest.mark.parametrize("name", TABLES)
def test_its_csvs_agree_with_the_schemas_beside_them(name: str, run: tuple[str, Run]) -> None:
    _, done = run
    validator, found = read(done.folder, name)
    assert found
    assert list(validator.iter_errors(found)) == []


def test_what_was_planted_is_found(run: tuple[str, Run]) -> None:
    _, done = run
    names = {fault.name for fault in FIGURE_FAULTS}
    said = {(one.file, one.code) for remark in done.done.figures.remarks for one in remark.told}
    codes = {fault.name: fault.codes for fault in FIGURE_FAULTS}
    planted = [one for one in done.district.planted if one.fault in names and str(done.district.as_of) in one.file]
    assert planted
    for one in planted:
        assert any((one.file, code) in said for code in codes[one.fault]), one.fault


def test_nothing_speaks_of_the_first_order(run: tuple[str, Run]) -> None:
    _, done = run
    for path in sorted(done.folder.rglob("*")):
        if path.is_file():
            words = text_of(path).casefold()
            found = [word for word in OF_547 if word in words]
            assert not found, f"{path.name}: {found}"


def text_of(path: Path) -> str:
    content = path.read_bytes()
    if content[:2] != b"PK":
        return content.decode("utf-8", "replace")
    with ZipFile(BytesIO(content)) as package:
        parts = [name for name in package.namelist() if name.endswith((".xml", ".rels"))]
        return "\n".join(package.read(name).decode("utf-8", "replace") for name in parts)


def test_the_summary_opens_and_has_the_orders_own_table(run: tuple[str, Run]) -> None:
    order, done = run
    book = openpyxl.load_workbook(BytesIO(done.done.summary.lies_at.read_bytes()), data_only=True)
    assert {"Показатели", "По школам"} <= set(book.sheetnames)
    assert not {"Активация", "Охват", "Динамика", "Этапы", "Проблемы"} & set(book.sheetnames)
    shown = {str(cell.value) for row in book["Показатели"].iter_rows() for cell in row if cell.value is not None}
    form = load_form(DATA / f"form-{order}.toml")
    assert {column.title for table in form.tables if table.label for column in table.columns} <= shown


def test_a_school_has_its_page_and_every_figure_its_trace(run: tuple[str, Run], tmp_path: Path) -> None:
    order, done = run
    form = str(DATA / f"form-{order}.toml")
    job = monthly.Job.of(done.input, tmp_path / "output", done.district.as_of, Settings(form=form), NOW)
    figure = next(one for one in done.done.figures.numbers.schools if one.value is not None and "/" in one.item)
    book = openpyxl.load_workbook(BytesIO(write_school(job, figure.school_code).read_bytes()), data_only=True)
    assert book.sheetnames
    said = "\n".join(trace(done.done.survey, figure.school_code, figure.item))
    assert figure.cell in said
    assert figure.file in said
