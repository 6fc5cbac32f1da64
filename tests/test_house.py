"""What keeps the house standing: light workers, docs that agree with the program."""

import ast
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import get_type_hints

import pytest
from pandas import DataFrame

import run
from pipeline.commands.cli import app
from pipeline.measuring.figures import Figures, Reconciliation
from schemas.remarks import load_catalogue
from tests.conftest import Run
from tests.quick import CHOSEN

ROOT = Path(__file__).parent.parent
HEAVY = ("pandas", "pandera", "numpy", "xlsxwriter", "openpyxl", "docx")


def modules_after(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(result.stdout.split())


ON_THE_PATH = ["pipeline.reading.reports", "pipeline.workers", "schemas.form", "schemas.remarks", "run"]


@pytest.mark.parametrize("module", ON_THE_PATH)
def test_nothing_on_the_readers_path_imports_heavy_packages(module):
    """A worker starts in a moment, and a spawned one imports the main module again."""
    assert not modules_after(f"import {module}").intersection(HEAVY)


def test_a_reader_has_imported_all_that_a_registry_and_a_workbook_are_read_with(few: Run):
    code = f"""
import sys
from importlib import import_module
from pathlib import Path
from pipeline.reading import AHEAD
for name in AHEAD:
    import_module(name)
before = set(sys.modules)
from pipeline.reading.reports import FileRead, Inputs, read_file
from pipeline.settings import Limits
from schemas.form import load_form
inputs = Inputs(Path({str(few.input)!r}), load_form("form-547"), Limits())
registry = read_file(inputs, Path("registry.xlsx")).registry
inputs = Inputs(inputs.folder, inputs.form, inputs.limits, registry)
reads = [read_file(inputs, path.relative_to(inputs.folder)) for path in sorted(inputs.folder.rglob("*-*.xlsx"))]
assert sum(len(read.reports) for read in reads) > 3, reads
print(*(name for name in sys.modules.keys() - before if name.startswith("pipeline")))
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not result.stdout.split()


def test_the_door_begins_a_reader_for_the_commands_that_read():
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    others = [[name] for name in commands - {"check"}]
    for words in (*others, ["--help"], ["check", "--help"]):
        assert isinstance(run.reader_ahead(words), nullcontext)
    for words in ([], ["--as-of", "2014-01-30"], ["check", "a.xlsx"]):
        assert not isinstance(run.reader_ahead(words), nullcontext)


def test_the_door_begins_no_reader_for_words_after_which_nothing_is_read():
    for words in (["check"], ["-h"], ["--version"], ["--as-of", "2014-01-30", "--help"]):
        assert isinstance(run.reader_ahead(words), nullcontext)


@pytest.mark.parametrize("own", ["", "4"])
@pytest.mark.parametrize("name", [*run.NO_MATRICES, *run.NO_PLUGINS])
def test_the_door_leaves_what_a_user_has_said_of_libraries(name: str, own: str):
    """Of himself it asks for no threads, and for no plugins."""
    code = "import os, runpy, sys\nsys.argv = ['run.py', '--help']\n"
    code += f"try: runpy.run_path('run.py', run_name='__main__')\nfinally: print(os.environ[{name!r}])"
    environment = {other: value for other, value in os.environ.items() if other != name}
    environment |= {name: own} if own else {}
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == (own or "1")


def test_pandera_comes_without_what_it_needs_for_other_types_and_whoever_wants_that_gets_it():
    found = modules_after("import schemas.lean")
    assert "pandera.pandas" in found
    assert not found.intersection({"asyncio", "unittest", "typeguard", "pydantic", "pydantic_core"})
    code = (
        "import schemas.lean, pydantic, typeguard\nfrom unittest.mock import Mock\n"
        "class Row(pydantic.BaseModel):\n    x: int\n"
        "print(Row(x='5').x, typeguard.check_type(6, int), Mock(x=7).x)"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["5", "6", "7"]


def test_pandera_says_what_it_was_imported_without():
    code = (
        "import schemas.lean, pandas, pandera.pandas as pa\nframe = pandas.DataFrame({'x': [[1]]})\n"
        "pa.DataFrameSchema({'x': pa.Column(list[int])}).validate(frame)"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False).stderr
    assert "ImportError: pandera was imported without" in said


def test_a_run_in_plain_words_imports_none_of_it_and_no_reader_of_other_words(few: Run, tmp_path: Path):
    code = "import sys; from pipeline.commands.door import main\ntry: main()\nfinally: print(*sys.modules)"
    words = ["--input", str(few.input), "--output", str(tmp_path / "output"), "--as-of", few.folder.name]
    command = [sys.executable, "-c", code, *words]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = set(said.split())
    assert "pandera" in found
    assert not found.intersection({"asyncio", "typeguard", "pydantic", "typer"})


def test_help_needs_no_heavy_package():
    statement = (
        "import sys, contextlib, io; sys.argv = ['run.py', '--help']; from pipeline.commands.door import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): main()\nprint('', end='')"
    )
    code = f"{statement}\nprint(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(result.stdout.split()).intersection(HEAVY)


@pytest.mark.parametrize(
    "words",
    [
        "mail --dry-run", "history", "history --school 02", "schedule", "schedule --status", "support", "form"
    ],
)  # fmt: skip
def test_commands_that_measure_nothing_need_no_heavy_package(words: str, few: Run, tmp_path: Path):
    """Nor does any of them start a reader."""
    output = shutil.copytree(few.output, tmp_path / "output")
    code = "import sys; from pipeline.commands.door import main\ntry: main()\nfinally: print(*sys.modules)"
    places = [] if words == "form" else ["--output", str(output)]
    places += ["--input", str(few.input)] if words.startswith(("history", "schedule")) else []
    command = [sys.executable, "-c", code, *words.split(), *places]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    modules = set(result.stdout.split())
    assert not modules.intersection((*HEAVY, "multiprocessing.popen_spawn_posix"))


def test_readme_names_every_command_and_only_those():
    """The help is the truth; README and the office's guide follow it."""
    shown = subprocess.run([sys.executable, "run.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    commands = set(re.findall(r"^  ([a-z][a-z-]+)  ", shown.stdout, re.MULTILINE))
    readme = set(re.findall(r"`python run\.py ([a-z][a-z-]+)", (ROOT / "README.md").read_text("utf-8")))
    assert commands
    assert readme == commands


def test_the_licence_is_named_where_people_and_programs_look_for_it():
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")
    assert "[MIT](LICENSE)" in (ROOT / "README.md").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (project["license"], project["license-files"]) == ("MIT", ["LICENSE"])


def test_every_test_that_is_run_before_a_commit_is_there():
    """One that was renamed would be missed there by its name; here it is found by the whole check."""
    for chosen in CHOSEN:
        name, _, function = chosen.partition("::")
        defined = re.findall(r"^def (test_\w+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)
        assert not function or function in defined, chosen


def test_quick_start_is_exactly_two_commands():
    text = (ROOT / "README.md").read_text("utf-8")
    quick = text.split("## Quick start")[1].split("\n## ")[0]
    blocks = re.findall(r"```bash\n(.*?)\n```", quick, re.DOTALL)
    assert len(blocks) == 2
    assert not any("\n" in block for block in blocks)


def test_python_names_of_the_registry_hosts_are_nowhere():
    """Pins are plain: no address of a package registry, no lock file."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[\w.!+]+", line) for line in lines if line and not line.startswith("#"))


def test_no_assertion_has_a_comparison_for_its_message():
    """`assert x, y == z` holds whatever `y` is: the comma was meant to be another assertion."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assert):
                judged = isinstance(node.msg, ast.Compare | ast.BoolOp)
                assert not judged, f"{path.name}:{node.lineno} asserts nothing of «{ast.unparse(node.msg or node)}»"


def test_every_join_of_frames_says_how_many_rows_may_meet():
    """A join that doubles rows doubles people: `validate=` refuses it."""
    joins = [
        ast.unparse(call)
        for path in (ROOT / "pipeline").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "merge"
    ]
    assert joins
    assert [join for join in joins if "validate=" not in join] == []


def test_the_search_in_contributing_finds_who_raises_any_remark():
    said = re.search(r"`grep -rn --include=\*\.py (\S+) ([\w/ ]+)`", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert said is not None
    sources = "".join(path.read_text("utf-8") for room in said[2].split() for path in (ROOT / room).rglob("*.py"))
    codes = list(load_catalogue().entries)
    assert said[1] in codes
    assert [code for code in codes if f'"{code}"' not in sources] == []


def test_generated_pages_are_current():
    """The catalogue of remarks for the office, the data dictionary for whoever carries the code on."""
    source = ROOT / "docs" / "make_tables.py"
    pages = runpy.run_path(str(source))["pages"]()
    for name, text in pages.items():
        assert (ROOT / "docs" / name).read_text("utf-8") == text, f"python docs/{source.name}"


def test_writing_and_sending_take_typed_rows_of_figures_never_a_frame():
    """No `Any` crosses the border from measuring: who shows figures neither names it nor touches a frame."""
    hints = get_type_hints(Figures) | get_type_hints(Reconciliation)
    frames = {name for name, kind in hints.items() if kind is DataFrame}
    source = "from typing import Any\nbook.figures.totals['percent']\nfound.items\nfound.items()"
    assert sorted(untyped(ast.parse(source), frames)) == ["Any", "book.figures.totals", "found.items"]
    rooms = ("writing", "sending")
    sources = [path for room in rooms for path in (ROOT / "pipeline" / room).rglob("*.py")]
    found = [f"{path.name}: {what}" for path in sources for what in untyped(ast.parse(path.read_text("utf-8")), frames)]
    assert found == []


def untyped(tree: ast.AST, frames: set[str]) -> Iterator[str]:
    """`Any`, `itertuples`, and columns taken from one of the frames of figures."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    owners = ("figures", "own", "before", "reconciliation", "found")
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="typing", names=names) if any(name.name == "Any" for name in names):
                yield "Any"
            case ast.Attribute(attr="itertuples"):
                yield "itertuples"
            case ast.Attribute(value=owner, attr=name) if name in frames and id(node) not in called:
                if ast.unparse(owner).rpartition(".")[2] in owners:
                    yield ast.unparse(node)


def test_gallery_and_readme_show_the_sheets_of_the_table_and_every_picture_is_there():
    source = ROOT / "docs" / "make_gallery.py"
    made = runpy.run_path(str(source))
    for path, text in made["pages"]().items():
        assert path.read_text("utf-8") == text, f"python docs/{source.name}"
    assert {path.stem for path in made["IMAGES"].glob("*.png")} == {picture.name for picture in made["PICTURES"]}


def test_the_drawing_of_the_house_is_the_import_graph():
    """Rooms and arrows in docs/architecture.md are those of the code."""
    source = ROOT / "docs" / "make_house.py"
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert runpy.run_path(str(source))["redrawn"](page) == page, f"python docs/{source.name}"


def test_every_module_has_its_place_in_the_architecture():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("## The rooms")[1]
    named = set(re.findall(r"`([a-z_]+)`", text))
    modules = {path.stem for room in ("schemas", "pipeline") for path in (ROOT / room).rglob("*.py")} - {"__init__"}
    sheets = {path.stem for path in (ROOT / "pipeline/writing").glob("*/*.py") if path.parent.name != "pages"}
    assert not modules - sheets - named
