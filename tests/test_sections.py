"""Sections that an order does not have are left out: no sheet, card, sentence or cell speaks of what is not there, and
the main job goes through."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from pipeline.commands.console import say_result
from pipeline.commands.school import write_all_schools
from pipeline.commands.trace import trace
from pipeline.settings import Settings
from pipeline.survey import Job
from schemas.form import load_form
from schemas.own_names import COVERAGE, MILESTONES, PROBLEMS, TREND
from schemas.strict import UsageError
from tests.conftest import NOW, Once, Run, do_main_job
from tests.form_variants import GONE, Change, Values, as_toml, changed, good

HEADLINE_SHEET = good("meals")["headline"]["sheet"]
HEADLINE = [Change("without", (key,), GONE) for key in ("headline", "targets", "second_card")]
CARDS = Change("cards", ("cards",), [{"item": "2.2", "title": "Льготники с питанием"}])
MATRIX = [Change("without", ("coverage",), GONE)]
STAGES = [Change("without", ("stages",), GONE)]
TABLE_OF_PROBLEMS = [Change("without", (key,), GONE) for key in ("problems", "problem_groups")]
NO_DEADLINES = [
    Change("without", ("items", n, "due"), GONE) for n, item in enumerate(good("meals")["items"]) if "due" in item
]
NO_NOTE = Change("no note", ("recognise", "note"), [])
VARIANTS = {
    "headline": [*HEADLINE, CARDS],
    "matrix": MATRIX,
    "stages": STAGES,
    "problems": TABLE_OF_PROBLEMS,
    "all": [*HEADLINE, *MATRIX, *STAGES, *TABLE_OF_PROBLEMS, *NO_DEADLINES, NO_NOTE],
}
# What no output may speak of then.
OF_PLAN = r"(?<!по )план(?!ир)|отста[юё]|не хватает|прогноз|темп|динамик"
OF_MILESTONES = r"этап|просроч[^к]"
OF_PROBLEMS = r"проблем"
SILENT = {
    "headline": OF_PLAN,
    "matrix": None,
    "stages": r"вне этапов",
    "problems": OF_PROBLEMS,
    "all": "|".join((OF_PLAN, OF_MILESTONES, OF_PROBLEMS)),
}
SHEETS_GONE = {
    "headline": {HEADLINE_SHEET, TREND},
    "problems": {PROBLEMS},
    "all": {HEADLINE_SHEET, TREND, MILESTONES, PROBLEMS},
}


def written_form(folder: Path, values: Values) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "form-less.toml"
    path.write_text(as_toml(values), "utf-8")
    return path


def whole_job(folder: Path, variant: str) -> Run:
    """With the page of every school."""
    form = written_form(folder, changed(good("meals"), *VARIANTS[variant]))
    done = do_main_job(folder, form=str(form), schools=8, dates=2)
    write_all_schools(job_of(done))
    return done


@pytest.fixture
def run(request: pytest.FixtureRequest, once: Once) -> Run:
    return once(f"less-{request.param}", lambda folder: whole_job(folder, request.param))


def job_of(run: Run) -> Job:
    settings = Settings(form=str(run.input.parent / "form-less.toml"))
    return Job.of(run.input, run.output, run.district.as_of, settings, NOW)


each = pytest.mark.parametrize(("run", "variant"), [(name, name) for name in VARIANTS], indirect=["run"])


@each
def test_the_summary_has_the_sheets_for_which_the_form_has_something(run: Run, variant: str) -> None:
    titles = set(openpyxl.load_workbook(run.done.summary.lies_at).sheetnames)
    assert not titles & SHEETS_GONE.get(variant, set())
    assert COVERAGE in titles  # there are shares in all of these forms
    left = {HEADLINE_SHEET, TREND, MILESTONES, PROBLEMS} - SHEETS_GONE.get(variant, set())
    assert left <= titles


@each
def test_every_school_gets_its_page_and_every_figure_its_way(run: Run, variant: str) -> None:
    assert len(list((run.folder / "schools").glob("*.xlsx"))) == len(run.done.figures.schools)
    for item in run.done.figures.form.items:
        assert trace(run.done.survey, run.done.figures.schools[0].code, item.number)


@each
def test_no_output_speaks_of_what_the_form_does_not_have(
    run: Run, variant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say_result(run.done)
    console = capsys.readouterr().out
    if SILENT[variant] is None:
        return
    own_words = words_of_schools(run)
    said = [("console", console), *(text for path in outputs(run) for text in texts_of(path))]
    wrong = [
        f"{where}: {text[:200]}"
        for where, text in said
        if re.search(SILENT[variant], text, re.IGNORECASE) and text not in own_words
    ]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def outputs(run: Run) -> Iterator[Path]:
    for path in sorted(run.folder.rglob("*")):
        if path.suffix in (".xlsx", ".docx", ".html", ".csv", ".eml", ".md") and "returns" not in path.parts:
            yield path


def words_of_schools(run: Run) -> set[str]:
    """What schools have written is theirs."""
    return set(run.done.survey.checked.answers["text"])


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    match path.suffix:
        case ".xlsx":
            book = openpyxl.load_workbook(BytesIO(path.read_bytes()))
            yield from ((f"{path.name}, defined names", name) for name in book.defined_names)
            for sheet in book:
                yield f"{path.name}, sheets", sheet.title
                for row in sheet.iter_rows():
                    for cell in row:
                        if isinstance(cell.value, str):
                            yield f"{path.name}, {sheet.title}!{cell.coordinate}", cell.value
        case ".docx":
            with zipfile.ZipFile(path) as package:
                xml = package.read("word/document.xml").decode()
            yield from ((path.name, re.sub("<[^>]*>", "", one)) for one in re.split("</w:p>", xml))
        case ".csv":
            yield from ((path.name, cell) for line in path.read_text("utf-8").splitlines() for cell in line.split(","))
        case _:
            yield from ((path.name, line) for line in path.read_text("utf-8").splitlines())


# ── what cannot stand without another ────────────────────────────────────────────────────────────────────
BESIDE = {
    "targets": [Change("without", (key,), GONE) for key in ("headline", "second_card")],
    "second_card": [Change("without", (key,), GONE) for key in ("headline", "targets")],
    "problem_groups": [Change("without", ("problems",), GONE)],
    "cards": [CARDS],
}


@pytest.mark.parametrize("key", BESIDE)
def test_what_cannot_stand_alone_is_refused_by_name(key: str, tmp_path: Path) -> None:
    path = written_form(tmp_path, changed(good("meals"), *BESIDE[key]))
    with pytest.raises(UsageError, match=rf"ключ {key}\b.*[.]$"):
        load_form(path)


@pytest.mark.parametrize("name", ["form-31", "form-88"])
def test_a_form_with_none_of_these_sections_loads(name: str) -> None:
    form = load_form(Path(__file__).parent / "data" / f"{name}.toml")
    assert form.headline is None
    assert form.problems is None
    assert not form.has_milestones
    assert not form.has_matrix
