"""What may leave the office: logs and the file of `support` hold no word of a school, no name of a person or a file."""

import logging
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.commands import console
from pipeline.commands.support import write_support
from pipeline.demo import make
from pipeline.files import OutputError
from pipeline.memory.journal import Journal
from pipeline.settings import Mail, Settings
from schemas.form import load_form
from schemas.strict import UsageError
from tests.conftest import Once
from tests.test_cli import svod
from tests.test_main_job import rows

NOW = datetime(2014, 6, 1, 9, 0, tzinfo=UTC)
AS_OF = "2014-03-20"
PERSON = "Колывагина"  # in the name of a file


@pytest.fixture(scope="module")
def office(once: Once) -> Path:
    return once("an office that asks for help", _summed_up)


def _summed_up(folder: Path) -> Path:
    make(folder, load_form("form-547"), schools=4, dates=2, seed=3)
    (folder / "input" / f"{PERSON} пишет.xlsx").write_bytes(b"PK no workbook")
    report = next(path for path in sorted((folder / "input").rglob("*.xlsx")) if path.name != "registry.xlsx")
    shutil.copy(report, folder / "input" / f"{PERSON} ещё раз.xlsx")
    done = svod("--input", folder / "input", "--output", folder / "output", "--as-of", AS_OF)
    assert done.returncode == 0, done.stderr
    assert PERSON in (folder / "output" / AS_OF / "findings.csv").read_text("utf-8")
    return folder


def words_of_schools(output: Path) -> set[str]:
    """Texts of answers and messages that are long enough to be nobody else's."""
    answers = {row["value"] for row in rows(output / AS_OF / "answers.csv") if row["field"] not in ("date", "count")}
    return {text for text in answers if len(text) > 12 and not text.replace(".", "").isdigit()} | {PERSON}


def test_neither_logs_nor_the_file_of_support_hold_words_or_names(office: Path, tmp_path: Path):
    output = Path(shutil.copytree(office / "output", tmp_path / "output"))
    settings = Settings(mail=Mail(host="smtp.example.ru", user="kolyvagina", sender="kolyvagina@example.ru"))
    written = write_support(output, settings, NOW)
    words = words_of_schools(output)
    assert len(words) > 20
    shared = [written, *(output / "logs").iterdir()]
    assert len(shared) >= 2
    for path in shared:
        text = path.read_text("utf-8")
        assert [word for word in words | {"kolyvagina", "smtp.example"} if word in text] == [], path
    said = written.read_text("utf-8")
    assert "run " in said
    assert "FILE-DAMAGED" in said
    assert "ошибка FILE-DAMAGED: файл в целом" in said  # of the run's log
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_wordings_understood_by_tolerance_lie_beside_the_date_and_not_in_the_logs(office: Path):
    output = office / "output"
    assert not any((output / "logs").glob("strange-*"))
    strange = output / AS_OF / f"strange-{AS_OF}.toml"
    assert not strange.exists() or stat.S_IMODE(strange.stat().st_mode) == 0o600


def fail_in_a_run(output: Path) -> None:
    with console.run_log(output, NOW):
        try:
            raise OutputError(f"Не удалось записать {PERSON}.xlsx")
        except OutputError as error:
            raise KeyError(PERSON) from error


def test_what_an_error_says_does_not_reach_the_log(tmp_path: Path):
    with pytest.raises(KeyError):
        fail_in_a_run(tmp_path)
    (log,) = (tmp_path / "logs").iterdir()
    said = log.read_text("utf-8")
    assert PERSON not in said
    assert "builtins.KeyError" in said
    assert "in fail_in_a_run" in said


def test_logs_are_kept_for_two_years(tmp_path: Path):
    folder = tmp_path / "logs"
    folder.mkdir()
    names = ["svod-2012-05-31-235959.log", "svod-2012-06-01-000000.log", "svod-2014-05-01-090000.log", "svod-notes.log"]
    for name in names:
        (folder / name).touch()
    with console.run_log(tmp_path, NOW):
        logging.getLogger("svod").info("so")
    assert sorted(path.name for path in folder.iterdir()) == sorted([*names[1:], "svod-2014-06-01-090000.log"])


def test_without_results_there_is_nothing_to_be_told(tmp_path: Path):
    with pytest.raises(UsageError, match="сначала сделайте свод"):
        write_support(tmp_path / "нет", Settings(), NOW)


def test_a_damaged_journal_and_damaged_tables_are_no_hindrance(office: Path, tmp_path: Path):
    """What the last copy of the journal knows is told."""
    output = Path(shutil.copytree(office / "output", tmp_path / "output"))
    with Journal.open(output / "journal.db") as journal:
        journal.keep_copy(output / "journal.db", NOW)
    (output / "journal.db").write_bytes(b"no journal" * 100)
    (output / AS_OF / "answers.csv").write_bytes(b"\xff\xfe")
    said = write_support(output, Settings(), NOW).read_text("utf-8")
    assert "Журнал journal.db повреждён: показано по его копии от " in said
    assert f"as of {AS_OF}" in said
    assert "facts 0" in said
    (output / "journal.db").unlink()
    assert "[journal] gone" in write_support(output, Settings(), NOW).read_text("utf-8")


def test_the_command_names_the_file(office: Path):
    done = svod("support", "--output", office / "output")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(office / "output" / "support.txt")
