"""`manifest.json`: names all that a folder of results was made from, and nothing that differs without a reason."""

import hashlib
import json
import shutil
from datetime import date, timedelta
from pathlib import Path

from pipeline import VERSION, monthly
from pipeline.memory.manifest import that_count, written_into
from pipeline.settings import Mail, Settings
from tests.conftest import MEALS, NOW, Run


def told(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text("utf-8"))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_input_and_every_result_stands_in_it_with_the_digest_of_its_bytes(few: Run):
    """But for letters, and for what was understood by likeness: neither follows from the figures."""
    manifest = told(few.folder)
    files = [path for path in few.input.rglob("*") if path.is_file()]
    reports = {p.relative_to(few.input).as_posix(): digest(p) for p in files if p.name != "registry.xlsx"}
    assert manifest["inputs"] == reports
    assert manifest["registry"] == digest(few.input / "registry.xlsx")
    made = {p.relative_to(few.folder).as_posix(): digest(p) for p in few.folder.rglob("*") if p.is_file()}
    apart = ("manifest.json", "outbox/", "strange-")
    assert manifest["outputs"] == {name: one for name, one in made.items() if not name.startswith(apart)}
    assert (manifest["program"], manifest["as_of"]) == (VERSION, few.district.as_of.isoformat())


def test_another_moment_folder_and_mailbox_leave_it_as_it_is(few: Run, tmp_path: Path):
    shutil.copytree(few.input, tmp_path / "input")
    mail = Mail(host="smtp.example.ru", sender="svod@example.ru", user="svod")
    settings = Settings(mail=mail)
    job = monthly.Job.of(tmp_path / "input", tmp_path / "there", few.district.as_of, settings, NOW + timedelta(days=9))
    done = monthly.run(job)
    there = done.summary.path.parent / "manifest.json"
    assert there.read_bytes() == (few.folder / "manifest.json").read_bytes()


def test_a_setting_that_can_change_a_figure_shows_in_it(few: Run, tmp_path: Path):
    settings = Settings(reporting_dates=(date(2014, 4, 20),), controls={"PROBLEM-NO-SOLUTION": "off"})
    job = monthly.Job.of(few.input, tmp_path, few.district.as_of, settings, NOW)
    monthly.run(job)
    here, there = told(few.folder), told(tmp_path / few.folder.name)
    assert {key for key in here if here[key] != there[key]} == {"settings", "sources", "outputs"}
    assert there["settings"]["reporting_dates"] == ["2014-04-20"]


def test_another_form_shows_by_its_name_and_what_it_says(few: Run, meals: Run):
    assert told(meals.folder)["form"]["id"] != told(few.folder)["form"]["id"]
    assert str(MEALS) not in (meals.folder / "manifest.json").read_text("utf-8")


def test_no_address_and_no_name_of_the_mail_is_in_it():
    mail = Mail(host="smtp.example.ru", sender="svod@example.ru", user="svod")
    assert that_count(Settings(mail=mail)) == that_count(Settings())


def test_a_file_that_cannot_be_read_stands_in_it_without_a_digest(few: Run, tmp_path: Path):
    shutil.copytree(few.input, tmp_path / "input")
    (tmp_path / "input" / "ссылка.xlsx").symlink_to("registry.xlsx")
    job = monthly.Job.of(tmp_path / "input", tmp_path / "output", few.district.as_of, Settings(), NOW)
    monthly.run(job)
    assert told(tmp_path / "output" / few.folder.name)["inputs"]["ссылка.xlsx"] is None


def test_what_a_run_has_written_is_known_whatever_version_wrote_the_manifest_and_not_guessed_without(tmp_path: Path):
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"outputs": {"a.csv": "7f"}, "of another version": 1}', "utf-8")
    assert written_into(tmp_path) == {"a.csv": "7f"}
    manifest.write_text('{"outputs": ["a.csv"]}', "utf-8")
    assert written_into(tmp_path) == {}
    manifest.unlink()
    assert written_into(tmp_path) == {}
