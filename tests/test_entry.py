"""The way in without a command line: the scripts that are double-clicked, what they install, and the menu."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipeline import INTERRUPTED, start
from pipeline.commands.opening import open_for_user
from pipeline.writing.form.workbook import write_form
from pipeline.writing.registry import write_registry
from schemas.district import Registry, School
from schemas.form import load_form
from tests.test_cli import ROOT, one_russian_sentence, svod

posix = pytest.mark.skipif(os.name == "nt", reason="shell scripts")
FORM = load_form("form-547")
CMD, NO_PYTHON, SH = ROOT / "Свод.cmd", ROOT / "docs" / "no-python.ru.txt", ROOT / "svod.sh"
SUITS = "import sys; sys.exit(sys.version_info < (3, 11))"


# ── the scripts ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_script_of_windows_is_plain_letters_with_its_own_line_ends():
    """cmd.exe reads a script by the code page of the day; labels are lost where lines end as on Linux."""
    script = CMD.read_bytes()
    assert script.isascii()
    for content in (script, NO_PYTHON.read_bytes()):
        assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r") > 5
    kept = (ROOT / ".gitattributes").read_text("utf-8").splitlines()
    assert {"*.cmd -text", "docs/no-python.ru.txt -text"} <= set(kept)


def test_the_script_of_windows_knows_its_labels_and_shows_russian_by_its_code_page():
    lines = CMD.read_text("ascii").splitlines()
    gone_to = {word for line in lines for word in re.findall(r"\bgoto (\w+)", line)}
    assert gone_to == {line[1:] for line in lines if line.startswith(":")}
    shown = lines.index(f"type {NO_PYTHON.relative_to(ROOT)}".replace("/", "\\"))
    assert lines[shown - 1].startswith("chcp 65001")
    assert "Python 3.11" in NO_PYTHON.read_text("utf-8")
    assert lines[3:5] == ["setlocal", 'pushd "%~dp0"']  # cd knows no network folder
    assert "%python% -m pipeline.start %*" in lines


def test_what_starts_svod_is_understood_by_old_pythons_and_asks_for_no_library():
    for path in (ROOT / "run.py", ROOT / "pipeline" / "start.py", ROOT / "pipeline" / "__init__.py"):
        tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 6))
        kinds = {type(one) for node in ast.walk(tree) for one in annotations(node)}
        assert kinds <= {ast.Name, ast.Constant}  # what stands in quotes is not looked up
        top = {name.name for node in tree.body if isinstance(node, ast.Import) for name in node.names}
        top |= {str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)}
        assert {name.partition(".")[0] for name in top} <= sys.stdlib_module_names


def test_the_door_takes_nothing_from_a_module_before_it_has_looked_at_the_version():
    """What a module of that name did not have yet would be a traceback, where a sentence is to be."""
    body = ast.parse((ROOT / "run.py").read_text("utf-8")).body
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert all(isinstance(node, ast.Import) for node in imports)
    assert {name.name for node in imports for name in node.names} <= {"atexit", "gc", "os", "sys"}


def annotations(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.FunctionDef):
        return [one for one in (node.returns, *(arg.annotation for arg in node.args.args)) if one]
    return [node.annotation] if isinstance(node, ast.AnnAssign) else []


def test_what_a_python_lacks_is_what_the_project_names_and_it_has_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert start.missing() == []
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    with monkeypatch.context() as here:
        here.setattr(sys, "path", [])
        assert start.missing() == [re.split(r"[^\w.-]", line)[0] for line in dependencies]
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    more = text.replace("dependencies = [", 'dependencies = [\n"no-such.library[of-ours]>=1", # ...', 1)
    (tmp_path / "pyproject.toml").write_text(more, "utf-8")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    assert start.missing() == ["no-such.library"]
    described = tmp_path / "by an old installer"
    (described / "no_such.library.egg-info").mkdir(parents=True)
    (described / "no_such.library.egg-info" / "PKG-INFO").write_text("Name: no-such.library\nVersion: 1\n", "utf-8")
    with monkeypatch.context() as here:
        here.setattr(sys, "path", [*sys.path, str(described)])
        assert start.missing() == []
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path), str(tmp_path / "no folder")])
    (tmp_path / "No_Such_library-1.0.dist-info").mkdir()
    assert start.missing() == []
    assert tuple(map(int, re.findall(r'requires-python = ">=(\d+)\.(\d+)"', text)[0])) == start.NEEDED


Programs = Callable[[str, str], None]


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """Puts a shell script into `bin`; nothing else is found there but what svod.sh itself needs."""
    if os.name == "nt":
        pytest.skip("shell scripts")
    folder = tmp_path / "bin"
    folder.mkdir()
    for needed in ("sh", "dirname", "readlink", "cat", "touch"):
        (folder / needed).symlink_to(str(shutil.which(needed)))

    def put(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return put


def python_of(version: tuple[int, int]) -> str:
    """A Python that knows its version, and says what it is started with."""
    return f"""case "$2" in
    *"(3, 11)"*) exit {int(version < (3, 11))};;
    *"(3, 6)"*) exit {int(version < (3, 6))};;
    esac
    printf '{version[0]}.{version[1]}'; printf '[%s]' "$@"; pwd"""


def start_by_shell(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """By the strictest shell that there is, from another folder, through a link: as desktops do."""
    home = tmp_path / "Свод школ & 'район'"
    home.mkdir(exist_ok=True)
    shutil.copy(SH, home)
    link = tmp_path / "ссылка"
    link.unlink(missing_ok=True)
    link.symlink_to(home / SH.name)
    shell = shutil.which("dash") or "/bin/sh"
    path = {"PATH": str(tmp_path / "bin")}
    return subprocess.run([shell, link, *words], cwd="/", env=path, stdin=subprocess.DEVNULL, capture_output=True,
                          encoding="utf-8", check=False)  # fmt: skip


def test_the_script_of_linux_takes_a_python_that_suits_and_hands_its_words_on(tmp_path: Path, programs: Programs):
    programs("python3", python_of((3, 9)))
    programs("python3.12", python_of((3, 12)))
    started = start_by_shell(tmp_path, "check", "отчёт 1.xlsx", "$HOME", "")
    assert started.stdout.startswith("3.12[-X][utf8][-m][pipeline.start][check][отчёт 1.xlsx][$HOME][]")
    assert started.stdout.strip().endswith("Свод школ & 'район'")


def test_an_old_python_is_let_say_so_and_none_at_all_is_said_by_the_script(tmp_path: Path, programs: Programs):
    none = start_by_shell(tmp_path)
    programs("python3", python_of((3, 5)))
    too_old = start_by_shell(tmp_path)
    programs("python3", python_of((3, 9)))
    old = start_by_shell(tmp_path, "x")
    assert old.stdout.startswith("3.9[-X][utf8][-m][pipeline.start][x]")
    for refused in (none, too_old):
        assert (refused.returncode, refused.stderr) == (3, "")
        assert "нет Python, а Своду нужен Python 3.11" in refused.stdout


# ── what it installs ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder of Svod with what starts it, whose environment has a Python of our own: it lacks libraries until pip has
    run, and pip fails as long as there is a file `offline`."""
    if os.name == "nt":
        pytest.skip("shell scripts")
    house = tmp_path / "Свод школ"
    (house / "pipeline").mkdir(parents=True)
    for name in ("run.py", "pipeline/__init__.py", "pipeline/start.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, house / name)
    python = house / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        """#!/bin/sh
        case "$2" in pip)
            echo "$@" >> pip.calls
            [ ! -e offline ] || { echo "Retrying after NewConnectionError"; exit 1; }
            touch installed; exit;;
        esac
        [ "$2" != "import pip" ] || exit 0
        case "$1" in -c)
            [ -e installed ] || echo pandas typer
            exit;;
        esac
        printf '[%s]' "$@"
        exit 5
        """
    )
    python.chmod(0o755)
    return house


def started(house: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline.start", *map(str, words)]
    return subprocess.run(
        command, cwd=house, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )


def calls_of_pip(house: Path) -> int:
    return len((house / "pip.calls").read_text().splitlines())


def test_what_failed_to_install_is_tried_again_and_what_succeeded_is_not(house: Path):
    (house / "offline").touch()
    mark = house / ".venv" / start.MARK
    failed = started(house, "forms", "--school", "СОШ № 1")
    assert (failed.returncode, failed.stdout) == (3, "")
    assert "Нет связи с сервером библиотек Python" in failed.stderr
    assert not mark.exists()
    (house / "offline").unlink()
    again, usual = (started(house, "forms", "--school", "СОШ № 1") for _ in range(2))
    assert again.returncode == usual.returncode == 5
    assert again.stdout == usual.stdout == f"[-X][utf8][{house / 'run.py'}][forms][--school][СОШ № 1]"
    assert (usual.stderr, calls_of_pip(house), mark.exists()) == ("", 2, True)


def test_an_update_of_svod_installs_anew_and_without_a_network_works_on(house: Path):
    started(house, "x")
    (house / "constraints.txt").write_text("другие версии\n")
    (house / "offline").touch()
    without = started(house, "x")
    assert without.returncode == 5
    assert "Пока Свод работает с прежними библиотеками." in without.stderr
    (house / "offline").unlink()
    started(house, "x")
    started(house, "x")
    assert calls_of_pip(house) == 3


def test_an_environment_that_somebody_has_made_by_hand_is_taken_as_it_is(house: Path):
    (house / "installed").touch()
    assert started(house, "x").returncode == 5
    assert not (house / "pip.calls").exists()


def without_any_index(house: Path, monkeypatch: pytest.MonkeyPatch) -> subprocess.CompletedProcess[str]:
    """Started with a real pip that may not look anywhere."""
    for variable in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return started(house, "x")


def test_a_dead_environment_is_made_anew_and_a_failure_leads_to_what_pip_said(house: Path, monkeypatch):
    """Its Python was taken away. Here a real environment is made, and a real pip that may not look anywhere."""
    dead = house / ".venv" / "bin" / "python"
    dead.unlink()
    dead.symlink_to("/нет/такого/python")
    failed = without_any_index(house, monkeypatch)
    assert failed.returncode == 3
    assert f"покажите файл {house / '.venv' / start.LOG}" in failed.stderr
    assert "Could not find a version" in (house / ".venv" / start.LOG).read_text("utf-8")
    assert start.missing_in(house / ".venv" / "bin" / "python")  # it starts now
    assert not (house / ".venv" / start.MARK).exists()


def test_an_environment_whose_making_was_interrupted_gets_its_pip(house: Path, monkeypatch):
    shutil.rmtree(house / ".venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", house / ".venv"], check=True)
    failed = without_any_index(house, monkeypatch)
    assert "Could not find a version" in (house / ".venv" / start.LOG).read_text("utf-8")
    assert failed.returncode == 3


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'", "Нет связи"),
        ("socket.gaierror: [Errno 11001] getaddrinfo failed", "Нет связи"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))", "прокси"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "кончилось место"),
        ("Error: [WinError 5] Отказано в доступе: 'C:\\\\Program Files\\\\svod'", "Нет прав"),
        ("PermissionError: [Errno 13] Permission denied: '/opt/svod/.venv'", "Нет прав"),
        ("The virtual environment was not created successfully because ensurepip is not available.", "python3-venv"),
        ("error: metadata-generation-failed", "покажите файл"),
    ],
)
def test_what_pip_says_is_told_in_russian_with_what_to_do(said: str, told: str):
    assert told in start._why(said)


@posix
def test_files_that_are_dropped_and_no_words_at_all_lead_to_the_menu(house: Path, tmp_path: Path):
    (house / "installed").touch()
    report = tmp_path / "отчёт школы & 1.xlsx"
    report.touch()
    begun = f"[-X][utf8][{house / 'run.py'}]"
    assert started(house).stdout == f"{begun}[menu]"
    assert started(house, report, report).stdout == f"{begun}[menu][{report}][{report}]"
    assert started(house, "check", report).stdout == f"{begun}[check][{report}]"
    assert started(house, "pipeline").stdout == f"{begun}[pipeline]"  # a folder of that name is no file dropped


# ── run.py by another Python ─────────────────────────────────────────────────────────────────────────────────


def by_another_python(house: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One that has the standard library alone."""
    command = [sys.executable, "-S", str(house / "run.py"), *words]
    return subprocess.run(command, cwd=house.parent, capture_output=True, encoding="utf-8", check=False)


def test_run_py_finds_its_environment_by_itself(house: Path):
    (house / "installed").touch()
    (house.parent / "installed").touch()
    found = by_another_python(house, "--as-of", "2014-03-20", "а б")
    assert (found.returncode, found.stderr) == (5, "")
    assert found.stdout == f"[-X][utf8][{house / 'run.py'}][--as-of][2014-03-20][а б]"


@pytest.mark.parametrize("state", ["none", "unfinished", "dead"])
def test_run_py_says_what_to_start_where_there_is_no_environment_to_find(state: str, house: Path):
    if state == "none":
        shutil.rmtree(house / ".venv")
    elif state == "dead":
        (house / ".venv" / "bin" / "python").write_text("#!/нет/такого\n")
    said = by_another_python(house, "--help")
    assert (said.returncode, said.stdout) == (2, "")
    assert one_russian_sentence(said.stderr)
    assert str(house / "svod.sh") in said.stderr


# ── the desktop ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_desktop_file_quotes_whatever_the_folder_is_called():
    text = start.desktop_file(Path('/home/и "я"/свод 100% $HOME'))
    assert r'Exec="/home/и \\"я\\"/свод 100%% \\$HOME/svod.sh" %F' in text.splitlines()
    assert "Terminal=true" in text


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="no desktop-file-utils")
def test_the_desktop_itself_finds_no_fault_in_it(tmp_path: Path):
    place = tmp_path / "svod.desktop"
    place.write_text(start.desktop_file(Path('/home/и "я"/свод 100% $HOME')), "utf-8")
    verdict = subprocess.run(["desktop-file-validate", place], capture_output=True, text=True)
    assert (verdict.returncode, verdict.stdout, verdict.stderr) == (0, "", "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="desktop files are Linux's")
def test_a_first_start_leaves_a_desktop_file_that_can_be_started(house: Path):
    (house / "installed").touch()
    started(house, "x")
    made = house / "svod.desktop"
    assert made.read_text("utf-8") == start.desktop_file(house)
    assert os.access(made, os.X_OK)


# ── the menu ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Three schools, no report yet."""
    folder = tmp_path / "управление"
    (folder / "input").mkdir(parents=True)
    schools = tuple(School(f"0{n}", f"СОШ № {n}", bases={"parents": 100.0}) for n in (1, 2, 3))
    (folder / "input" / "registry.xlsx").write_bytes(write_registry(FORM, Registry(schools), date(2014, 1, 1)))
    return folder


def typed(office: Path, *lines: str, words: tuple[str | Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    """What the menu says to these lines; what it opens is written down in `opened`."""
    opener = office.parent / "bin" / "xdg-open"
    opener.parent.mkdir(exist_ok=True)
    opener.write_text(f'#!/bin/sh\necho "$1" >> "{office.parent}/opened"\n')
    opener.chmod(0o755)
    environment = {**os.environ, "DISPLAY": ":0", "PATH": f"{opener.parent}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, str(ROOT / "run.py"), "menu", *map(str, words)]
    typed_in = "".join(f"{line}\n" for line in lines)
    return subprocess.run(command, cwd=office, env=environment, input=typed_in, capture_output=True, encoding="utf-8",
                          check=False)  # fmt: skip


@posix
def test_the_menu_has_six_lines_each_does_its_work_and_shows_what_came_of_it(office: Path):
    form = office.parent / "отчёт.xlsx"
    form.write_bytes(write_form(FORM, None, date(2014, 3, 20)))
    said = typed(office, "2", "20.03.2014", "3", "20.05.2014", "4", f'"{form}"', "5", "сош 2", "6", "1", "")
    assert (said.returncode, said.stderr) == (0, "")
    assert re.findall(r"^  (\d)  ", said.stdout, re.MULTILINE) == list("123456") * 7
    assert "Свод на 20.03.2014 (по выбору в меню)." in said.stdout
    assert "На 20.05.2014: 3\u00a0бланка." in said.stdout
    assert f"{form}: " in said.stdout
    opened = (office.parent / "opened").read_text("utf-8").splitlines()
    summary, forms, page, last, today = (Path(line).relative_to(office) for line in opened)
    assert summary == last == Path("output", "2014-03-20", "svod-2014-03-20.xlsx")
    assert forms == Path("output", "2014-05-20", "forms")
    assert (page.parts[-2], page.name) == ("schools", "02-СОШ № 2.xlsx")
    assert today.name.startswith("svod-20")


@posix
def test_a_mistake_is_told_and_the_menu_comes_again(office: Path):
    said = typed(office, "7", "шесть", "6", "2", "30.02.2014", "2", "", "5", "СОШ № 99", "4", "нет.xlsx")
    assert (said.returncode, said.stderr) == (0, "")
    for sentence in (
        "Нужно число от 1 до 6.",
        "Сводов в папке «output» ещё нет",
        "Даты «30.02.2014» нет",
        "Школы «СОШ № 99» в реестре на эту дату нет",
        "Файла «нет.xlsx» нет",
    ):
        assert sentence in said.stdout
    assert "Traceback" not in said.stdout
    assert "Реестра школ" not in said.stdout  # there is one: nothing is offered
    assert not (office.parent / "opened").exists()


@posix
def test_before_there_is_a_registry_the_menu_offers_a_beginning(tmp_path: Path):
    empty = tmp_path / "пусто"
    empty.mkdir()
    for said in (typed(empty, "н", ""), typed(empty)):  # refused; nobody there
        assert (said.returncode, list(empty.iterdir())) == (0, [])
    begun = typed(empty, "", "")
    assert begun.returncode == 0
    assert (empty / "input" / "registry.xlsx").is_file()
    assert (tmp_path / "opened").read_text("utf-8").split() == [str(empty)]


@posix
def test_a_file_or_a_folder_dropped_is_checked_and_the_window_waits(office: Path):
    folder = office.parent / "прислано"
    folder.mkdir()
    (folder / "отчёт.xlsx").write_bytes(write_form(FORM, None, date(2014, 3, 20)))
    (folder / "текст.xlsx").write_text("не книга")
    dropped = typed(office, "", words=(folder / "отчёт.xlsx", folder))
    lost = typed(office, "", words=(folder / "нет.xlsx",))
    assert dropped.stdout.count(f"{folder / 'отчёт.xlsx'}: ") == 2
    assert f"{folder / 'текст.xlsx'}: 1\u00a0замечание, из них ошибок — 1." in dropped.stdout
    assert (dropped.returncode, lost.returncode) == (1, 2)
    for said in (dropped, lost):
        assert said.stdout.rstrip().endswith("Нажмите Enter, чтобы закрыть окно.")
        assert said.stderr == ""


@posix
def test_what_cannot_be_opened_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":0")
    open_for_user(tmp_path)
    (tmp_path / "xdg-open").write_text("#!/нет/такого\n")
    (tmp_path / "xdg-open").chmod(0o755)
    open_for_user(tmp_path)
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    open_for_user(tmp_path)


def test_the_menu_is_a_command_like_others():
    assert "Меню" in svod("menu", "--help").stdout


INTERRUPTING = """
import runpy, sys
import {module} as module
def interrupted(*_, **__): raise KeyboardInterrupt
module.{name} = interrupted
sys.argv = ["run.py", "support", "--output", "nowhere"]
runpy.run_path("run.py", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("module", "name"), [("pipeline.start", "hand_over"), ("pipeline.commands.support", "write_support")]
)
def test_an_interrupt_is_one_sentence_whenever_it_comes(module: str, name: str):
    code = INTERRUPTING.format(module=module, name=name)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, f"{INTERRUPTED}\n")
