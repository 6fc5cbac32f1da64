"""The commands as the office types them: one Russian sentence and the right exit code for every slip."""

import errno
import io
import re
import shutil
import sqlite3
import subprocess
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pipeline.commands import cli, door
from pipeline.commands.door import main
from pipeline.commands.form import KINDS
from pipeline.commands.refusals import refusal
from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.grid import open_book
from pipeline.reading.schools import Schools
from pipeline.settings import Limits
from pipeline.wording import NBSP
from pipeline.workers import WorkersError
from schemas.form import FORMS, load_form
from tests.conftest import Run

ROOT = Path(__file__).parent.parent


def svod(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The door in this process. A warning, which a process of its own would print, is an error here; what else such a
    one adds is held by the tests that start it."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr(sys, "argv", [str(ROOT / "run.py"), *map(str, words)])
        patch.chdir(cwd)
        warnings.simplefilter("error")
        for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", kind)  # as in a process of its own
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    return subprocess.CompletedProcess(words, ended.value.code, out.getvalue(), err.getvalue())


def svod_by_itself(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`python run.py` as the office starts it: a process of its own, which takes seconds to start."""
    command = [sys.executable, str(ROOT / "run.py"), *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)


def one_russian_sentence(text: str) -> bool:
    line = text.strip()
    return "\n" not in line and re.search("[а-я]", line) is not None and "Traceback" not in line


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--as-of", "2014-02-30"], "2014-02-30"),
        (["--as-of", "завтра"], "завтра"),
        (["--as-of", "9999-12-31"], "9999-12-31"),
        (["--as-of", "0001-01-01"], "0001-01-01"),
        (["forms", "--as-of", "2100-01-01"], "2100-01-01"),
        (["--input", "input", "forms"], "--input"),
        (["--mail", "check", "отчёт.xlsx"], "--mail"),
        (["--no-mail", "demo"], "--no-mail"),
        (["--jobs", "0"], "--jobs"),
        (["--jobs", "много"], "--jobs"),
        (["--input", "нет такой папки"], "нет такой папки"),
        (["--inptu", "input"], "--inptu"),
        (["свести"], "свести"),
        (["--as-of"], "--as-of"),
        (["--settings", "нет.toml"], "нет.toml"),
        (["schedule", "--day", "40"], "--day"),
        (["schedule", "--day", "30"], "28"),
        (["schedule", "--time", "девять"], "девять"),
        (["schedule", "--install", "--remove"], "--install"),
        (["demo", "--schools", "0"], "--schools"),
        (["form", "нет-формы.toml"], "нет-формы"),
        (["form", "form-548"], "form-548"),
        (["mail", "--output", "нет такой папки"], "нет такой папки"),
        (["forms", "--input", "нет", "--school", "99", "--output", "OUT"], "99"),
        (["rebuild", "2014-03-20", "--output", "OUT"], "manifest.json"),
        (["rebuild", "март", "--output", "OUT"], "март"),
        (["rebuild"], "ДАТА"),
        (["mail", "лишнее"], "Лишнее в команде: «лишнее»"),
    ],
)
def test_wrong_use_is_one_sentence_and_code_2(words, named, tmp_path):
    said = svod(*(tmp_path / word if word == "OUT" else word for word in words), cwd=tmp_path)
    assert (said.returncode, said.stdout) == (2, "")
    assert one_russian_sentence(said.stderr), said.stderr
    assert named in said.stderr


@pytest.mark.parametrize(
    ("words", "is_plain"),
    [
        ([], True),
        (["--as-of", "2014-01-30"], True),
        (["--as-of", "2014-Q1", "--settings", "своё.toml", "--output", "итоги 2014", "--input", "../отчёты"], True),
        (["--input", "a", "--input", "b"], False),
        (["--input=a"], False),
        (["--input", "--mail"], False),
        (["--output", "%TEMP%"], False),
        (["--mail", "--jobs", "3"], False),
    ],
)
def test_plain_words_mean_what_typer_takes_them_for(words: list[str], is_plain: bool, monkeypatch: pytest.MonkeyPatch):
    assert (door.in_plain_words(words) is not None) == is_plain
    asked = []
    monkeypatch.setattr(cli, "do", asked.append)
    monkeypatch.setattr(sys, "argv", ["run.py", *words])
    cli.command()
    assert door.in_plain_words(words) in (None, *asked)
    assert all(door.in_plain_words([option, value]) is None for option in ("--inptu", "forms") for value in words)


@pytest.mark.parametrize("words", [[], ["--debug"]])
def test_whoever_reads_what_is_said_may_go(words: list[str], few: Run, tmp_path: Path):
    """`python run.py | head -1`"""
    command = [sys.executable, str(ROOT / "run.py"), "--input", few.input, "--output", tmp_path / "output", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout
        run.stdout.close()
        assert run.stderr
        assert (run.stderr.read(), run.wait()) == ("", 1)


def test_a_pipe_of_another_file_that_breaks_is_told(monkeypatch: pytest.MonkeyPatch):
    def broken(_: object) -> int:
        raise BrokenPipeError(32, "Broken pipe", "svod.xlsx")

    monkeypatch.setattr(door, "do", broken)
    said = svod()
    assert said.returncode == 3
    assert one_russian_sentence(said.stderr)


@pytest.mark.parametrize("words", [[], ["--no-mail"]])
def test_ctrl_c_is_answered(words: list[str], monkeypatch: pytest.MonkeyPatch):
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(door, "do", interrupted)
    monkeypatch.setattr(cli, "do", interrupted)
    said = svod(*words)
    assert (said.returncode, said.stderr) == (3, "Прервано: сделано, возможно, не всё. Запустите снова.\n")


def test_an_empty_input_folder_is_code_2(tmp_path):
    (tmp_path / "input").mkdir()
    result = svod_by_itself("--input", tmp_path / "input", "--output", tmp_path / "output")
    assert result.returncode == 2
    assert one_russian_sentence(result.stderr)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (b'reportng_dates = ["2014-04-20"]\n', "reporting_dates"),
        (b"[mail]\npassword = 'x'\n", "SVOD_SMTP_PASSWORD"),
        ("form = «».".encode("cp1251"), "UTF-8"),
        (b'[controls]\nNO-SUCH = "off"\n', "NO-SUCH"),
        (b'form = "form-999"\n', "form-999"),
    ],
)
def test_settings_that_cannot_be_used_name_the_key(settings, named, tmp_path):
    (tmp_path / "settings.toml").write_bytes(settings)
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "a.xlsx").write_bytes(b"x")
    result = svod(cwd=tmp_path)
    assert result.returncode == 2
    assert one_russian_sentence(result.stderr), result.stderr
    assert named in result.stderr


@pytest.mark.parametrize(("input", "output"), [("a", "a"), ("a/input", "a")])
def test_input_inside_output_is_refused(input, output, tmp_path):
    (tmp_path / input).mkdir(parents=True)
    result = svod("--input", tmp_path / input, "--output", tmp_path / output)
    assert (result.returncode, one_russian_sentence(result.stderr)) == (2, True)


def test_output_inside_input_is_not_read_as_reports(few: Run, tmp_path):
    shutil.copytree(few.input, tmp_path / "input")
    words = ["--input", tmp_path / "input", "--output", tmp_path / "input" / "output", "--as-of", few.folder.name]
    first, second = svod(*words), svod(*words)
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout


def test_a_run_says_its_date_and_closes_with_the_path_of_the_summary(few: Run, tmp_path):
    result = svod_by_itself(
        "--input", few.input, "--output", tmp_path / "output", "--as-of", few.folder.name, "--no-mail"
    )
    assert result.returncode == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Свод на 20.05.2014 (указана в --as-of)")
    assert "20.09.2014" in lines[1]
    assert Path(lines[-1]).is_file()
    assert any("при плане 61–100\u00a0%" in line for line in lines)
    (log,) = (tmp_path / "output" / "logs").glob("svod-*.log")
    people = {p.text.split()[0] for p in _persons(few)}
    assert people
    assert not any(name in log.read_text("utf-8") for name in people)


def _persons(few: Run):
    answers = few.done.figures.answers
    return list(answers[answers["field"] == "person"].itertuples())


def test_an_output_that_cannot_be_written_is_code_3(few: Run, tmp_path):
    output = tmp_path / "output"
    output.mkdir()
    (output / few.folder.name).write_text("здесь файл, а не папка")
    result = svod("--input", few.input, "--output", output, "--as-of", few.folder.name)
    assert result.returncode == 3
    assert one_russian_sentence(result.stderr), result.stderr


@pytest.mark.parametrize("word", ["remind", "ничего"])
def test_a_command_that_there_is_not_is_named_as_it_was_typed(word: str):
    refused = svod(word)
    assert (refused.returncode, refused.stderr) == (
        2, f"Команды «{word}» нет. Список команд: python run.py --help.\n"
    )  # fmt: skip


def test_help_is_in_russian_and_names_the_commands():
    shown = svod_by_itself("--help")
    assert shown.returncode == 0
    for english in ("Options", "Commands", "Show this message", "default"):
        assert english not in shown.stdout
    commands = re.findall(r"^  ([a-z-]+) ", shown.stdout.partition("Команды:")[2], re.MULTILINE)
    assert {"forms", "mail", "schedule", "demo"} < set(commands)
    for command in commands:
        own = svod_by_itself(command, "--help")
        assert own.returncode == 0
        for foreign in ("Usage", "Arguments", "Options", "Show this message", "required", "<", "{", "...."):
            assert foreign not in own.stdout, command
        without_a_date = {"mail": "иначе — все, что ждут", "run": "иначе — сегодня", "forms": "иначе — сегодня"}
        assert without_a_date.get(command, "") in " ".join(own.stdout.split())


OTHER_ORDERS = [ROOT / "tests" / "data" / f"form-{name}.toml" for name in ("meals", "31", "88", "12")]


@pytest.mark.parametrize("path", [FORMS / "form-547.toml", *OTHER_ORDERS], ids=lambda path: path.stem)
def test_form_tells_an_order_s_form_as_people_read_it(path: Path):
    result = svod("form", path)
    assert result.returncode == 0, result.stderr
    form, said = load_form(path), " ".join(result.stdout.replace(NBSP, " ").split())
    assert max(map(len, result.stdout.splitlines())) <= 100
    assert f"№ {form.order.number} от {form.order.date:%d.%m.%Y}" in said
    for word in (form.office, *(f"{day:%d.%m.%Y}" for day in form.order.reporting_dates)):
        assert word in said
    for item in form.items:
        assert f"{item.number}. {' '.join(item.title.split())} {KINDS[item.kind]}" in said
        assert not item.due or f"срок {item.due:%d.%m.%Y}" in said
    assert all(f"«{base.registry}»" in said for base in form.bases)
    assert all(f"с {target.by:%d.%m.%Y} — {target.min:g}" in said for target in form.targets)
    assert all(control.reason in said for control in form.controls)
    for table in form.tables:
        assert all(f"{column.id}: «{column.title}» — {KINDS[column.kind]}" in said for column in table.columns)
    assert all(choice.title in said for item in form.items for choice in item.choices)
    assert all(f"{relation.item} " in said for relation in form.relations)
    assert all(f"{due:%d.%m.%Y}" in said for due in form.period.due)
    assert ("План нет" in said) == (not form.targets and not form.asks_for_figures)
    assert re.search(r"Форма верна: \d+ пункт", said.splitlines()[-1])


def test_form_without_a_file_is_that_of_the_settings(tmp_path: Path):
    settings = tmp_path / "settings.toml"
    settings.write_text(f'form = "{(ROOT / "tests" / "data" / "form-meals.toml").as_posix()}"', "utf-8")
    assert "Форма form-meals" in svod("form", "--settings", settings).stdout


def test_form_refuses_what_contradicts_itself_with_the_line_and_the_key(tmp_path: Path):
    changed = tmp_path / "form-changed.toml"
    changed.write_text((FORMS / "form-547.toml").read_text("utf-8").replace('base = "able"', 'base = "abel"'), "utf-8")
    result = svod("form", changed)
    assert (result.returncode, result.stdout) == (2, "")
    assert re.fullmatch(
        r"Файл form-changed\.toml, строка \d+: пункт 14, ключ base: неизвестная основа «abel» — может быть, «able»\?",
        result.stderr.strip(),
    )


def test_forms_makes_one_workbook_a_school(few: Run, tmp_path):
    result = svod_by_itself("forms", "--input", few.input, "--output", tmp_path, "--as-of", "2014-09-20")
    assert result.returncode == 0, result.stderr
    forms = sorted((tmp_path / "2014-09-20" / "forms").glob("*.xlsx"))
    assert len(forms) == 6
    assert result.stdout.splitlines()[0] == "На 20.09.2014: 6\u00a0бланков."
    book = openpyxl.load_workbook(forms[0])
    meta = {row[0].value: row[1].value for row in book["_meta"].iter_rows(max_col=2)}
    assert (meta["school"], meta["as_of"]) == ("01", "2014-09-20")


def test_forms_hold_last_times_answers_and_read_back_as_they_were(few: Run, tmp_path):
    """A school whose report has nothing against it gets its stated answers again; those set aside stay empty."""
    as_of = date(2014, 9, 20)
    svod("forms", "--input", few.input, "--output", tmp_path, "--as-of", as_of.isoformat())
    line = next(s for s in few.done.figures.submissions if s.state.name == "ACCEPTED" and not s.warnings)
    answers = few.done.figures.answers
    rows = answers[(answers["school_code"] == line.school.code) & (answers["basis"] == "stated")]
    rows = rows[rows["item"] != ""]
    columns = (rows[name] for name in ("item", "field", "text", "number"))
    before = {(item, field): text or number for item, field, text, number in zip(*columns, strict=True)}
    (path,) = (tmp_path / as_of.isoformat() / "forms").glob(f"{line.school.code}-*.xlsx")
    registry = few.done.survey.intake.registry
    reports, _ = read_book(open_book(path.read_bytes(), Limits()), few.done.survey.form, Schools(registry))
    now = {(f.item, f.field): f.value for f in reports[0].facts if f.basis == "stated"}
    assert len(before) > 20
    assert now == before
    assert reports[0].as_of == as_of


def test_forms_for_one_school_and_without_a_registry(few: Run, tmp_path):
    one = svod("forms", "--input", few.input, "--output", tmp_path / "one", "--school", "03")
    blank = svod("forms", "--input", tmp_path / "nothing", "--output", tmp_path / "blank")
    assert one.stdout.splitlines()[0].endswith("1\u00a0бланк.")
    assert len(list((tmp_path / "one").rglob("*.xlsx"))) == 1
    assert [path.name for path in (tmp_path / "blank").rglob("*.xlsx")] == ["бланк.xlsx"]
    assert blank.returncode == 0


def test_mail_without_settings_says_what_is_missing_and_a_dry_run_what_waits(few: Run, tmp_path):
    shutil.copytree(few.output, tmp_path / "output")
    refused = svod("mail", "--output", tmp_path / "output", cwd=tmp_path)
    assert refused.returncode == 2
    assert one_russian_sentence(refused.stderr)
    dry = svod("mail", "--dry-run", "--output", tmp_path / "output", cwd=tmp_path)
    assert dry.returncode == 0
    assert "ждёт отправки" in dry.stdout


def test_schedule_shows_the_job_with_the_right_folder_and_log(tmp_path):
    shown = svod_by_itself("schedule", "--day", "5", "--time", "08:30", "--output", tmp_path / "результаты")
    assert shown.returncode == 0, shown.stderr
    assert str(ROOT) in shown.stdout
    assert str(tmp_path / "результаты" / "schedule.log") in shown.stdout
    assert "8:30" in shown.stdout or "08:30" in shown.stdout


def test_demo_says_what_it_planted_and_what_was_found(tmp_path):
    result = svod("demo", "--dir", tmp_path / "demo", "--schools", "6", "--dates", "2")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert any(re.fullmatch(r"Подложено ошибок: \d+, найдено: \d+\.", line) for line in lines)
    assert Path(lines[-1]).is_file()


def full_database() -> sqlite3.OperationalError:
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(sqlite3.OperationalError) as full:
        database.execute("CREATE TABLE t (x)")
    database.close()
    return full.value


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "no space", "o/cache/reads"), "«o/cache/reads»: на диске кончилось место."),
        (OSError(errno.EROFS, "read-only"), "Не удалось прочитать или записать: диск открыт только для чтения."),
        (FileNotFoundError(errno.ENOENT, "gone", "o/x"), "возможно, их удалили, пока шла работа"),
        (full_database(), "Не удалось записать журнал journal.db"),
        (WorkersError("a worker process did not start"), "Закройте лишние программы и запустите снова."),
    ],
)
def test_an_everyday_trouble_of_a_disk_is_one_sentence_and_exit_code_3(error, said):
    refused = refusal(error)
    assert said in refused.sentence
    assert refused.code == 3


def test_a_mistake_of_ours_is_called_one():
    assert refusal(ValueError("x")).sentence.startswith("Сбой программы (ValueError)")


@pytest.mark.parametrize("words", [(), ("forms",), ("school", "--all"), ("history",), ("trace", "1", "14")])
def test_a_damaged_record_of_a_killed_run_is_said_once(words: tuple[str, ...], few: Run, tmp_path: Path):
    """By a command that only looks, and goes on, as by one that cannot write without it."""
    output = Path(shutil.copytree(few.output, tmp_path / "output"))
    (output / ".svod.commit").write_bytes(b"no record")
    more = () if words == ("history",) else ("--as-of", "2014-03-20")
    done = svod(*words, "--input", few.input, "--output", output, *more)
    assert done.stderr.count("Файл .svod.commit в папке «output» испорчен") == 1
    assert ".svod.commit" not in done.stdout
    assert done.returncode == (0 if words[:1] in (("history",), ("trace",)) else 3)


def test_a_demo_of_an_order_with_fewer_dates_than_usual_takes_those(tmp_path: Path):
    settings = tmp_path / "settings.toml"
    settings.write_text(f'form = "{Path(__file__).parent / "data" / "form-site.toml"}"\n', "utf-8")
    result = svod("demo", "--dir", tmp_path / "demo", "--schools", "2", "--settings", settings)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "demo" / "output" / "2026-06-01").is_dir()
