"""The main job on real files: what it promises to the office, end to end."""

import csv
import hashlib
import json
import os
import re
import shutil
from dataclasses import fields, replace
from pathlib import Path

import msgspec
import openpyxl
import pytest

from pipeline import monthly, wording
from pipeline.commands import console
from pipeline.commands.run import main_job
from pipeline.demo import make
from pipeline.files import OutputError
from pipeline.measuring.figures import Remarked, State
from pipeline.memory.journal import Journal
from pipeline.sending.delivery import Fate, deliver
from pipeline.sending.outbox import read
from pipeline.settings import Settings
from pipeline.survey import survey_of
from pipeline.writing.returns import make_returns
from schemas.contracts import judged_by
from schemas.form import load_form
from schemas.strict import UsageError
from tests.batch import CATALOGUE
from tests.conftest import NOW, Run, do_main_job
from tests.mail_server import PASSWORD, Serve
from tests.test_intake import MISTAKEN

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contents(folder: Path) -> dict[str, str]:
    """Relative path -> digest of every file, logs and journal left out."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".log", ".db", ".lock") and not path.name.startswith("journal.db")
    }


def run_again(run: Run, output: Path, input: Path | None = None, **changes: object) -> monthly.Done:
    job = monthly.Job.of(input or run.input, output, run.district.as_of, Settings(), NOW)
    return monthly.run(replace(job, **changes))  # type: ignore[arg-type]


def test_every_file_stands_in_answers_or_findings(demo: Run):
    named = {row["file"] for name in ("answers.csv", "findings.csv") for row in rows(demo.folder / name)}
    files = {path.relative_to(demo.input).as_posix() for path in demo.input.rglob("*") if path.is_file()}
    assert files - named == {"registry.xlsx"}


def test_columns_are_exactly_those_of_the_doors(demo: Run):
    headers = {
        "answers.csv": "file,sheet,cell,school_code,as_of,item,field,value,basis,counted",
        "findings.csv": "file,sheet,cell,school_code,as_of,item,code,severity,message,value",
        "indicators.csv": "as_of,scope,item,group,covered,total,percent,schools_counted,schools_expected,"
        "target_min,target_max,deviation_pp,shortfall,status",
    }
    for name, header in headers.items():
        assert (demo.folder / name).read_text("utf-8").splitlines()[0] == header


def test_a_second_run_writes_the_same_bytes_and_changes_no_input(demo: Run, tmp_path: Path):
    before = contents(demo.input)
    run_again(demo, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(demo.output)
    assert contents(demo.input) == before


@pytest.mark.usefixtures("spawned")
def test_a_run_in_another_time_zone_of_the_computer_writes_the_same_bytes(few: Run, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    run_again(few, tmp_path / "there")
    assert contents(tmp_path / "there") == contents(few.output)


@pytest.mark.usefixtures("spawned")
def test_more_processes_change_nothing(few: Run, tmp_path: Path):
    run_again(few, tmp_path / "two", jobs=2)
    assert contents(tmp_path / "two") == contents(few.output)


def test_a_file_at_which_the_program_fails_is_named_at_the_end_and_the_summary_is_written(few: Run, tmp_path: Path):
    shutil.copytree(few.input, tmp_path / "input")
    (tmp_path / "input" / "registry.xlsx").unlink()  # the mistake planted here shows at every archive
    settings = msgspec.structs.replace(Settings(), limits=MISTAKEN)
    done = run_again(few, tmp_path / "output", tmp_path / "input", settings=settings)
    assert done.summary.lies_at.is_file()
    failed = {
        row["file"] for row in rows(tmp_path / "output" / few.folder.name / "findings.csv") if "INTERNAL" in row["code"]
    }
    assert len(failed) == len(done.failures) > 10
    assert all(any(line.startswith(file) for file in failed) for line in done.failures)
    assert "Внутренняя ошибка программы (TypeError, guard.py:" in done.failures[0]
    log = (tmp_path / "output" / "logs" / "reading.log").read_text("utf-8")
    assert log.count("builtins.TypeError") == 2 * len(failed)  # read for the draft registry, and again with it


def test_what_stands_of_the_reports_is_told_before_the_figures_and_is_what_they_hold(demo: Run):
    survey, told = demo.done.survey, list[Remarked]()
    job = monthly.Job.of(demo.input, demo.output, demo.district.as_of, Settings(), NOW)
    figures = survey_of(job, survey.catalogue, survey.intake, survey.remembered, told.append).figures
    [remarked] = told
    assert type(remarked) is Remarked  # nothing is counted in it
    assert remarked.remarks
    assert remarked.sources
    assert [getattr(remarked, one.name) for one in fields(Remarked)] == [
        getattr(figures, one.name) for one in fields(Remarked)
    ]


def test_a_file_at_whose_marking_the_program_fails_is_given_back_on_a_fresh_form(demo: Run, tmp_path: Path):
    intake = demo.done.survey.intake
    files = {read.file: (path, None, read) for path, read in zip(intake.inbox.reports, intake.reads, strict=True)}
    log = tmp_path / "log"
    made = list(make_returns(demo.done.figures, CATALOGUE, files, Settings().limits, log))  # type: ignore[arg-type]
    assert {one.name for one in made} == {path.name for path in (demo.folder / "returns").iterdir()}
    assert all(one.failed.startswith("TypeError, guard.py:") and one.content for one in made)
    assert log.read_text("utf-8").count("builtins.TypeError") == len(made)


def test_files_that_letters_take_along_are_those_that_workers_make_in_their_places(few: Run, tmp_path: Path):
    settings = msgspec.structs.replace(Settings(), mail=msgspec.structs.replace(Settings().mail, schools=True))
    done = run_again(few, tmp_path / "output", settings=settings)
    folder = tmp_path / "output" / few.folder.name
    assert done.returned > 1
    assert contents(folder / "returns") == contents(few.folder / "returns")
    told = [json.loads((one / "manifest.json").read_text("utf-8"))["outputs"] for one in (folder, few.folder)]
    ours = [{name: digest for name, digest in of.items() if name.startswith("returns/")} for of in told]
    assert ours[0] == ours[1] == {f"returns/{name}": d for name, d in contents(folder / "returns").items()}


def test_a_returned_file_that_no_worker_can_write_is_tried_here_and_said(few: Run, tmp_path: Path):
    name = min(path.name for path in (few.folder / "returns").iterdir())
    returns = tmp_path / "output" / few.folder.name / "returns"
    (returns / f".{name}.{os.getpid()}.tmp").mkdir(parents=True)
    (returns / f".{name}.{os.getpid()}.tmp" / "somebody's").touch()
    with pytest.raises(OutputError, match=rf"Не удалось записать .*/{re.escape(name)}: на этом месте лежит папка"):
        run_again(few, tmp_path / "output")
    assert [path.name for path in returns.iterdir()] == [f".{name}.{os.getpid()}.tmp"]


BROKEN = {
    "обрыв.xlsx": b"PK\x03\x04" + b"\x00" * 200,
    "снимок.xlsx": b"%PDF-1.4 no workbook",
    "пусто.xlsx": b"",
    "=cmd.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
}


def test_a_broken_file_is_one_remark_and_changes_no_other_figure(few: Run, tmp_path: Path):
    folder = tmp_path / "input"
    shutil.copytree(few.input, folder)
    for name, data in BROKEN.items():
        (folder / name).write_bytes(data)
    run_again(few, tmp_path / "output", folder)
    out = tmp_path / "output" / few.folder.name
    for name in ("answers.csv", "indicators.csv"):
        assert (out / name).read_bytes() == (few.folder / name).read_bytes()
    findings = rows(out / "findings.csv")
    for name in BROKEN:
        shown = f"'{name}" if name.startswith("=") else name
        assert [row["severity"] for row in findings if row["file"] == shown] == ["error"]
    others = [row for row in findings if row["file"].lstrip("'") not in BROKEN]
    assert others == rows(few.folder / "findings.csv")


def test_files_may_be_renamed_and_moved(few: Run, tmp_path: Path):
    folder = tmp_path / "input"
    for number, path in enumerate(sorted(few.input.rglob("*.*"))):
        name = path.name if path.name == "registry.xlsx" else f"{number % 3}/{number:03d}{path.suffix}"
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)
    run_again(few, tmp_path / "output", folder)
    moved = tmp_path / "output" / few.folder.name / "indicators.csv"
    assert moved.read_bytes() == (few.folder / "indicators.csv").read_bytes()


def test_nothing_of_input_that_the_office_did_not_put_there_is_read(few: Run, tmp_path: Path):
    folder = tmp_path / "input"
    shutil.copytree(few.input, folder)
    for name in ("~$отчёт.xlsx", ".~lock.отчёт.ods#", "Thumbs.db", "отчёт.xlsx.crdownload", "README.md"):
        (folder / name).write_bytes(b"x")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "._отчёт.xlsx").write_bytes(b"x")
    done = run_again(few, tmp_path / "output", folder)
    assert len(done.survey.intake.inbox.passed_over) == 6
    assert contents(tmp_path / "output").keys() == contents(few.output).keys()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_links_and_pipes_are_said_and_never_followed(few: Run, tmp_path: Path):
    folder = tmp_path / "input"
    shutil.copytree(few.input, folder)
    (folder / "ссылка.xlsx").symlink_to("/etc/hostname")
    (folder / "папка").symlink_to("/etc")
    os.mkfifo(folder / "труба.xlsx")
    run_again(few, tmp_path / "output", folder)
    findings = rows(tmp_path / "output" / few.folder.name / "findings.csv")
    said = {row["file"]: row["code"] for row in findings if row["file"] in ("ссылка.xlsx", "папка", "труба.xlsx")}
    assert said == dict.fromkeys(("ссылка.xlsx", "папка", "труба.xlsx"), "FILE-LINK")


def test_a_registry_without_any_report_is_a_run_like_every_other(few: Run, tmp_path: Path):
    (tmp_path / "input").mkdir()
    shutil.copy2(few.district.registry, tmp_path / "input" / "registry.xlsx")
    done = run_again(few, tmp_path / "output", tmp_path / "input")
    assert {line.state for line in done.figures.submissions} == {State.NOT_SUBMITTED}
    assert done.summary.lies_at.is_file()


def test_without_a_registry_a_draft_is_written_that_gives_the_same_figures(few: Run, tmp_path: Path):
    folder = tmp_path / "input"
    shutil.copytree(few.input, folder)
    (folder / "registry.xlsx").unlink()
    done = run_again(few, tmp_path / "first", folder)
    draft = tmp_path / "first" / few.folder.name / "registry.xlsx"
    assert done.figures.draft_registry
    shutil.copy2(draft, folder / "registry.xlsx")
    run_again(few, tmp_path / "second", folder)
    name = f"{few.folder.name}/indicators.csv"
    assert (tmp_path / "second" / name).read_bytes() == (tmp_path / "first" / name).read_bytes()


def test_a_draft_registry_and_a_strange_file_of_an_earlier_run_are_taken_away(tmp_path: Path):
    district = make(tmp_path, load_form("form-547"), schools=1, dates=1, seed=1)
    output, day = tmp_path / "output", district.as_of.isoformat()
    name = f"strange-{day}.toml"
    stale = [output / day / "registry.xlsx", output / day / name, output / "logs" / name]
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"of an earlier run")
    manifest = {"outputs": {"registry.xlsx": hashlib.sha256(b"of an earlier run").hexdigest()}}
    (output / day / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    monthly.run(monthly.Job.of(tmp_path / "input", output, district.as_of, Settings(), NOW))
    assert [path for path in stale if path.exists()] == []


def test_a_registry_that_was_there_last_time_and_is_gone_stops_the_run(tmp_path: Path):
    district = make(tmp_path, load_form("form-547"), schools=1, dates=1, seed=1)
    job = monthly.Job.of(tmp_path / "input", tmp_path / "output", district.as_of, Settings(), NOW)
    before = monthly.run(job).summary.path.read_bytes()
    district.registry.unlink()
    with pytest.raises(UsageError, match=r"В прошлый раз реестр школ был.*верните его"):
        monthly.run(job)
    assert (tmp_path / "output" / district.as_of.isoformat() / f"svod-{district.as_of}.xlsx").read_bytes() == before


def test_another_folder_may_have_no_registry(tmp_path: Path):
    district = make(tmp_path, load_form("form-547"), schools=1, dates=1, seed=1)
    monthly.run(monthly.Job.of(tmp_path / "input", tmp_path / "output", district.as_of, Settings(), NOW))
    other = make(tmp_path / "other", load_form("form-547"), schools=1, dates=1, seed=2)
    other.registry.unlink()
    for path in (tmp_path / "other" / "input").rglob("*.xlsx"):
        path.rename(path.with_name(f"другой {path.name}"))
    done = monthly.run(
        monthly.Job.of(tmp_path / "other" / "input", tmp_path / "output", district.as_of, Settings(), NOW)
    )
    assert done.figures.draft_registry


@pytest.mark.parametrize("place", ["logs", "logs/reading.log"])
def test_a_log_that_cannot_be_written_prevents_no_run(tmp_path: Path, capfd: pytest.CaptureFixture[str], place: str):
    """A file where its folder should be, and a folder where it should be itself."""
    district = make(tmp_path, load_form("form-547"), schools=1, dates=1, seed=1)
    output = tmp_path / "output"
    if place == "logs":
        output.mkdir()
        (output / "logs").write_bytes(b"")
    else:
        (output / place).mkdir(parents=True)
    done = main_job(tmp_path / "input", output, district.as_of, Settings())
    assert done.summary.lies_at.is_file()
    said = capfd.readouterr()
    assert "Traceback" not in said.out + said.err
    assert ("не ведётся: на этом месте лежит файл, а не папка" in said.out) == (place == "logs")


def test_the_log_is_read_by_people_and_holds_no_words_of_a_school(tmp_path: Path):
    district = make(tmp_path, load_form("form-547"), schools=1, dates=1, seed=1)
    main_job(tmp_path / "input", tmp_path / "output", district.as_of, Settings())
    (log,) = (tmp_path / "output" / "logs").glob("svod-*.log")
    said = [line.partition(" ")[2].partition(" ")[2] for line in log.read_text("utf-8").splitlines()]
    assert said[0] == f"Свод на {wording.day(district.as_of)}: файлов 1."
    assert said[1].startswith("Отчёт ")
    assert all(re.fullmatch(r"(ошибка|проверить|сведение) [A-Z-]+: .+", line) for line in said[2:])


def test_the_end_of_a_run_is_twelve_lines_that_say_who_what_and_where(demo: Run, capfd: pytest.CaptureFixture[str]):
    console.say_result(demo.done)
    lines = capfd.readouterr().out.splitlines()
    said = dict(line.split(": ", 1) for line in lines)
    assert len(lines) <= 9  # two above tell the date, one below where the summary lies
    silent = [line.school.name for line in demo.done.figures.submissions if line.state is State.NOT_SUBMITTED]
    assert all(name in said["Нужны отчёты"].replace("\u00a0", " ") for name in silent)
    assert said["Вернуть школам"].endswith(f"папка {demo.folder / 'returns'}")
    assert said["Ждут отправки"].startswith("1\u00a0письмо")
    strangers = {one.file for one in demo.done.figures.unattributed}
    assert strangers
    assert all(file in said["Сначала проверьте файлы без школы или даты"] for file in strangers)


def test_a_registry_that_cannot_be_used_stops_with_one_sentence(few: Run, tmp_path: Path):
    folder = tmp_path / "input"
    folder.mkdir()
    (folder / "registry.xlsx").write_bytes(b"%PDF-1.4")
    with pytest.raises(UsageError, match=r"Реестр registry\.xlsx не читается.*PDF"):
        run_again(few, tmp_path / "output", folder)
    assert not list((tmp_path / "output").rglob("*.xlsx"))


def test_every_report_with_an_error_or_a_warning_is_given_back(demo: Run):
    wanted = {line.file for line in demo.done.figures.submissions if line.errors or line.warnings}
    returned = sorted((demo.folder / "returns").iterdir())
    assert len(returned) == len(wanted) > 3
    assert all(path.name.endswith("-замечания.xlsx") for path in returned)


def test_a_return_mended_and_sent_again_is_accepted_and_its_remarks_are_gone(demo: Run, tmp_path: Path):
    """One mistake of the demo, mended in the returned file itself; what was returned for it is taken away."""
    folder = tmp_path / "input"
    shutil.copytree(demo.input, folder)
    said = next(r for r in demo.done.figures.remarks if r.code == "NUM-RANGE")
    (path,) = (demo.folder / "returns").glob(f"{said.school}-*")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "Замечания"
    only = [r for r in demo.done.figures.remarks if r.file == said.file and r.cell and r.severity.value != "info"]
    for remark in only:
        book[remark.sheet][remark.cell] = 1
    (folder / said.file).unlink()
    book.save(folder / "исправлено.xlsx")
    done = run_again(demo, tmp_path / "output", folder)
    (line,) = [line for line in done.figures.submissions if line.school.code == said.school]
    assert (line.file, line.errors) == ("исправлено.xlsx", 0)
    names = [path.name for path in (tmp_path / "output" / demo.folder.name / "returns").iterdir()]
    assert not any(name.startswith(f"{said.school}-{Path(said.file).stem}") for name in names)


def test_pandera_finds_at_least_half_of_the_faults_planted_in_answers(demo: Run):
    """The others lie in what is no row of a table: words that give no figure, a cell that holds none. Which cell
    answers an item, or that one is left blank, is no question of values."""
    judged = judged_by().keys()
    remarks = (one for said in demo.done.survey.checked.remarks for one in said.told)
    said = {(r.file, r.code, r.item) for r in remarks if r.code in judged}
    no_value = {"ANSWER-DISPUTED", "ANSWER-ASIDE", "ANSWER-GONE"}
    planted = [p for p in demo.district.planted if p.item and not p.codes & no_value]
    by_pandera = [p for p in planted if any((p.file, code, p.item) in said for code in p.codes)]
    assert len(planted) >= 20
    assert len(by_pandera) >= len(planted) / 2


def test_the_demo_finds_what_it_planted(demo: Run):
    """All faults that this version looks for; those between reports and schools come with a later one."""
    from pipeline.demo import found

    states = {line.school.code: line.state for line in demo.done.figures.submissions}
    remarks = (*demo.done.survey.checked.remarks, *demo.done.figures.remarks)
    missed = [p for p, was_found in found(demo.district.planted, remarks, states) if not was_found]
    known = set(demo.done.survey.catalogue.entries)
    assert [p.fault for p in missed if p.codes & known or p.state] == []


def test_what_the_schools_wrote_is_what_is_read(demo: Run):
    """The truth that the demo keeps, against every fact of every report, of every date."""
    said = {(row["file"], row["item"], row["field"]): row["value"] for row in rows(demo.folder / "answers.csv")}
    in_picture = {line.file for line in demo.done.figures.submissions if line.file}
    truth = [fact for fact in demo.district.truth if fact.file in in_picture]
    assert len(truth) > 300
    for fact in truth:
        value = said.get((fact.file, fact.item, fact.field))
        assert value is not None, fact
        if isinstance(fact.value, int | float):
            assert float(value) == pytest.approx(fact.value), fact
        else:
            assert value == fact.value, fact


def test_the_letter_arrives_once_over_tls_with_the_workbook_byte_for_byte(few: Run, tmp_path: Path, serve: Serve):
    post, mail = serve("starttls")
    settings = Settings(mail=mail)
    output = tmp_path / "output"
    job = monthly.Job.of(few.input, output, few.district.as_of, settings, NOW, mail=True, password=PASSWORD)
    done = monthly.run(job)
    assert [delivery.fate for delivery in done.deliveries] == [Fate.SENT]
    letter, other = post.letters
    assert [*letter.rcpt_tos, *other.rcpt_tos] == ["head@example.org", "deputy@example.org"]
    (attached,) = read(letter.original_content).iter_attachments()
    assert attached.get_filename() == done.summary.path.name
    assert attached.get_content() == done.summary.lies_at.read_bytes()

    again = monthly.run(job)
    with Journal.open(output / "journal.db") as journal:
        later = deliver(output, mail, PASSWORD, journal, NOW, None, dry_run=False)
    assert (again.deliveries, later, len(post.letters)) == ((), [], 2)


def test_the_letter_says_in_plain_text_what_it_says_in_html(demo: Run):
    letter = read((demo.folder / "outbox" / "rukovodstvo.eml").read_bytes())
    text = letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    brief_words = [line for line in text.splitlines() if line.startswith("  ")]
    assert brief_words
    assert str(letter["Subject"]).replace("\u00a0", " ") in text.replace("\u00a0", " ")
    assert "<img" not in html
    assert "class=" not in html
    assert letter["X-Unsent"] == "1"


def test_a_second_form_goes_through_the_whole_job_unchanged(meals: Run):
    indicators = rows(meals.folder / "indicators.csv")
    assert {row["item"] for row in indicators} == {"2.1", "2.2", "3"}
    headline = next(row for row in indicators if row["scope"] == "municipality" and row["item"] == "2.2")
    assert float(headline["percent"]) > 0
    assert (meals.folder / f"svod-{meals.district.as_of}.xlsx").is_file()


def test_another_seed_is_another_district(tmp_path: Path):
    one = do_main_job(tmp_path / "one", schools=4, dates=1, seed=1)
    two = do_main_job(tmp_path / "two", schools=4, dates=1, seed=2)
    assert contents(one.input) != contents(two.input)
