"""An order that asks for a share and says nothing of how much of it by when: no plan is spoken of, met or not."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from docx import Document

from pipeline import monthly
from pipeline.commands.console import _against_target
from pipeline.commands.school import write_school
from pipeline.settings import Settings
from tests.conftest import NOW, Once, Run, do_main_job
from tests.form_variants import GONE, Change, as_toml, changed, good
from tests.test_order_proofs import rows

OF_A_PLAN = re.compile(
    r"план[аеуом]{0,2}\b|планом|не хватает|срок не наступил|прогноз|успе(?:ет|ют)|отклонени|отста", re.I
)


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> str:
    values = changed(good("meals"), Change("no plan", ("targets",), GONE))
    path = tmp_path_factory.mktemp("form") / "form-meals.toml"
    path.write_text(as_toml(values), "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def run(once: Once, form: str) -> Run:
    return once("without-plan", lambda folder: do_main_job(folder, form=form, schools=8, dates=3))


def seen(content: bytes) -> Iterator[str]:
    """Texts of a workbook that a reader sees."""
    for sheet in openpyxl.load_workbook(BytesIO(content), data_only=True).worksheets:
        if sheet.sheet_state == "visible":
            hidden = {n for one in sheet.column_dimensions.values() if one.hidden for n in range(one.min, one.max + 1)}
            yield from (
                str(cell.value)
                for row in sheet.iter_rows()
                for cell in row
                if cell.column not in hidden and isinstance(cell.value, str)
            )


def charted(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page)


def test_its_share_is_told_and_no_plan_is_spoken_of(run: Run) -> None:
    texts = [*seen(run.done.summary.lies_at.read_bytes())]
    assert any("Питание льготников" in text for text in texts)
    assert {text for text in texts if OF_A_PLAN.search(text)} <= {"Выполняется по плану работы школы"}  # says a school
    assert not OF_A_PLAN.search(charted(next(run.folder.glob("*.html")).read_text("utf-8")))
    assert not OF_A_PLAN.search(_against_target(run.done.figures))


def test_charts_have_no_steps_in_their_legend(run: Run) -> None:
    with ZipFile(run.done.summary.lies_at) as book:
        charts = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/charts/chart")]
    trends = [chart for chart in charts if "<c:lineChart>" in chart]
    assert trends
    hidden = re.compile(r'<c:legendEntry><c:idx val="(\d)"/><c:delete val="1"/>')
    assert all({"0", "1"} <= set(hidden.findall(chart)) for chart in trends)


def test_its_status_is_blank(run: Run) -> None:
    said = rows(run.folder / "indicators.csv")
    assert {row["status"] for row in said} == {""}
    assert any(row["item"] == "2.2" and row["percent"] for row in said)


def test_the_memo_says_that_there_is_none_and_shows_no_column_of_it(run: Run) -> None:
    memo = Document(str(next(run.folder.glob("spravka*.docx"))))
    texts = [one.text for one in memo.paragraphs]
    assert [text for text in texts if OF_A_PLAN.search(text.replace("не установлен", ""))] == [
        text for text in texts if "не установлен" in text
    ]
    [table, *_] = memo.tables
    assert [cell.text for cell in table.rows[0].cells] == ["№", "Школа", "Факт", "Примечание"]


def test_a_schools_page_neither(run: Run, form: str, tmp_path: Path) -> None:
    job = monthly.Job.of(run.input, tmp_path / "output", run.district.as_of, Settings(form=form), NOW)
    school = next(one for one in run.done.figures.counted if one.school).school
    assert school is not None
    texts = [*seen(write_school(job, school.code).read_bytes())]
    assert any("Место среди школ" in text for text in texts)
    assert [text for text in texts if OF_A_PLAN.search(text)] == []
