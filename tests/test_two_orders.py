"""Two orders side by side: one input folder, each file goes to its order, one workbook an order, one letter."""

import csv
import email
import email.policy
import json
import multiprocessing
import os
import shutil
import signal
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import openpyxl
import pytest
from msgspec.structs import replace as with_fields
from typer.testing import CliRunner

from pipeline import workers
from pipeline.commands import orders
from pipeline.commands.cli import app
from pipeline.commands.orders import main_jobs
from pipeline.commands.remind import jobs_of
from pipeline.demo import make
from pipeline.files import HeldError, Outputs, Written, lock
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.memory.journal import Journal
from pipeline.reading.inbox import Inbox
from pipeline.reading.intake import Intake
from pipeline.reading.orders import share_out
from pipeline.sending.outbox import Letter, Parcel, put_in_outbox, waiting
from pipeline.settings import PASSWORD_VARIABLE, Mail, load_settings
from schemas.district import Registry
from schemas.form import load_form
from schemas.remarks import Remark
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests import dying
from tests.conftest import NOW, Once
from tests.holders import zipped
from tests.mail_server import PASSWORD, Serve

DATA = Path(__file__).parent / "data"
MEALS, SERVICES = DATA / "form-31.toml", DATA / "form-12.toml"
DAY = "2026-03-31"  # both a month and a quarter are over


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def settings_of(folder: Path, *forms: Path) -> Path:
    listed = ", ".join(f'"{form.as_posix()}"' for form in forms)
    path = folder / "settings.toml"
    path.write_text(f"form = [{listed}]\n" if len(forms) > 1 else f"form = {listed}\n", "utf-8")
    return path


def run(folder: Path, output: str, *forms: Path) -> str:
    """What the console says."""
    settings = settings_of(folder, *forms)
    words = ["--input", str(folder / "input"), "--output", str(folder / output), "--as-of", DAY]
    done = CliRunner().invoke(app, [*words, "--settings", str(settings)], catch_exceptions=False)
    return done.output


def make_office(folder: Path) -> Path:
    """Six schools that report on meals in three months and on services in a quarter, all in one folder; the runs of
    both orders together and of each alone."""
    office = folder / "office"
    for form, dates in ((MEALS, 3), (SERVICES, 1)):
        district = folder / form.stem
        make(district, load_form(form), schools=6, dates=dates, seed=1)
        shutil.copytree(district / "input", office / "input" / form.stem)
        (office / "input" / form.stem / "registry.xlsx").unlink()
    both = make_registry(folder)
    shutil.copy(both, office / "input" / "registry.xlsx")
    run(office, "both", MEALS, SERVICES)
    run(office, "meals", MEALS)
    return office


def make_registry(folder: Path) -> Path:
    """The schools of both districts are the same; each order's columns stand in the one registry."""
    book = openpyxl.load_workbook(folder / MEALS.stem / "input" / "registry.xlsx")
    more = openpyxl.load_workbook(folder / SERVICES.stem / "input" / "registry.xlsx")["Школы"]
    sheet = book["Школы"]
    known = {cell.value for cell in sheet[1]}
    for column in more.iter_cols():
        if column[0].value not in known:
            at = sheet.max_column + 1
            for cell in column:
                sheet.cell(cell.row, at, cell.value)
    path = folder / "registry.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="session")
def office(once: Once) -> Path:
    return once("two-orders", make_office)


def test_each_file_goes_to_its_order(office: Path) -> None:
    for form in (MEALS, SERVICES):
        files = {row["file"].partition("/")[0] for row in rows(office / "both" / form.stem / DAY / "answers.csv")}
        assert files == {form.stem}


def test_a_file_of_the_other_order_is_no_fault(office: Path) -> None:
    for form in (MEALS, SERVICES):
        said = rows(office / "both" / form.stem / DAY / "findings.csv")
        assert not [row for row in said if row["code"] in ("FILE-NO-FORM", "FORM-OTHER-ORDER")]
    alone = rows(office / "meals" / DAY / "findings.csv")
    assert [row for row in alone if row["code"] == "FILE-NO-FORM"]


@pytest.mark.parametrize(
    ("said", "kept", "nobodys"),
    [
        (("FILE-NO-FORM", "FILE-NO-FORM"), [1, 1], 1),
        (("FILE-REGISTRY", "FILE-REGISTRY"), [1, 1], 0),
        (("FILE-NO-FORM", "FILE-REGISTRY"), [0, 1], 0),
    ],
)
def test_a_copy_of_the_registry_is_told_by_those_that_know_it(said: tuple[str, str], kept: list[int], nobodys: int):
    inbox = Inbox(Path("input"), reports=[Path("копия.xlsx")])
    reads = [FileRead("копия.xlsx", "", remarks=(Remark(code, file="копия.xlsx"),)) for code in said]
    shared = share_out([load_form(MEALS), load_form(SERVICES)], [Intake(inbox, Registry(), [read]) for read in reads])
    assert [len(one.reads) for one in shared.intakes] == kept
    assert len(shared.nobodys) == nobodys


@pytest.mark.parametrize("file", ["answers.csv", "indicators.csv"])
def test_an_orders_figures_are_those_of_the_order_alone(file: str, office: Path) -> None:
    together, alone = office / "both" / MEALS.stem / DAY / file, office / "meals" / DAY / file
    assert together.read_bytes() == alone.read_bytes()


def test_one_letter_has_both_first_pages_and_both_workbooks(office: Path) -> None:
    letters = list((office / "both").rglob("*.eml"))
    assert len(letters) == 1
    letter = email.message_from_bytes(letters[0].read_bytes(), policy=email.policy.default)
    body = letter.get_body(("plain",))
    assert body
    text = body.get_content()
    for form in (MEALS, SERVICES):
        subject = load_form(form).subject
        assert subject in text
        assert subject in letter["subject"]
    assert len(list(letter.iter_attachments())) == 2


def test_a_file_is_checked_by_the_order_whose_report_it_is(office: Path) -> None:
    files = [next((office / "input" / form.stem).rglob("*.xlsx")) for form in (MEALS, SERVICES)]
    settings = settings_of(office, MEALS, SERVICES)
    words = ["check", *map(str, files), "--input", str(office / "input"), "--settings", str(settings), "--json"]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert not {one["code"] for one in json.loads(done.output)} & {"FILE-NO-FORM", "FORM-OTHER-ORDER"}


@pytest.mark.parametrize(("written", "said"), [("form = []", "form"), ('form = ["form-547", "form-547"]', "form-547")])
def test_a_list_that_names_no_form_or_one_twice_is_refused(written: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(written, "utf-8")
    with pytest.raises(UsageError, match=said):
        load_settings(path)


def test_a_list_of_one_is_that_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('form = ["form-547"]', "utf-8")
    assert load_settings(path).form == "form-547"


def test_reports_of_several_orders_in_one_archive_go_to_their_orders(office: Path, tmp_path: Path) -> None:
    inside = {
        path.relative_to(office / "input").as_posix(): path.read_bytes()
        for form in (MEALS, SERVICES)
        for path in sorted((office / "input" / form.stem).rglob("*"))
        if path.is_file()
    }
    (tmp_path / "input").mkdir()
    shutil.copy(office / "input" / "registry.xlsx", tmp_path / "input" / "registry.xlsx")
    (tmp_path / "input" / "все.zip").write_bytes(zipped(inside))
    run(tmp_path, "both", MEALS, SERVICES)
    for form in (MEALS, SERVICES):
        made, alone = (folder / "both" / form.stem / DAY for folder in (tmp_path, office))
        found = rows(made / "answers.csv")
        assert all(row["file"].startswith("все.zip/") for row in found)
        assert [{**row, "file": row["file"].removeprefix("все.zip/")} for row in found] == rows(alone / "answers.csv")
        assert {path.name for path in (made / "returns").iterdir()} == {p.name for p in (alone / "returns").iterdir()}


# ── the other commands, over all of them ─────────────────────────────────────────────────────────────────
def said_by(office: Path, output: Path, *words: str) -> tuple[str, int]:
    settings = settings_of(office, MEALS, SERVICES)
    folders = [] if words[0] in ("rebuild", "mail") else ["--input", str(office / "input")]
    known = [] if words[0] == "rebuild" else ["--settings", str(settings)]
    done = CliRunner().invoke(app, [*words, *folders, "--output", str(output), *known])
    said = done.output + (str(done.exception) if isinstance(done.exception, UsageError) else "")
    return said, done.exit_code


def in_both(said: str) -> bool:
    return all(load_form(form).subject in said for form in (MEALS, SERVICES))


@pytest.fixture
def output(office: Path, tmp_path: Path) -> Path:
    """A copy of what the run of both has left."""
    return Path(shutil.copytree(office / "both", tmp_path / "output"))


def test_a_school_gets_a_page_of_each_order_and_forms_for_each(office: Path, output: Path) -> None:
    for words, folder in ((("school", "01"), "schools"), (("forms", "--school", "01"), "forms")):
        said, code = said_by(office, output, *words, "--as-of", DAY)
        assert code == 0, said
        assert in_both(said)
        assert {path.parents[2].name for path in output.glob(f"*/*/{folder}/*.xlsx")} == {MEALS.stem, SERVICES.stem}


def test_history_tells_of_each_order_and_of_the_letters_about_all(office: Path, output: Path) -> None:
    said, code = said_by(office, output, "history")
    assert code == 0, said
    assert in_both(said)
    assert "Письма обо всех приказах" in said
    said, code = said_by(office, output, "history", "--school", "01")
    assert code == 0, said
    assert said.count("Поступления") == 2


def test_mail_shows_the_one_letter(office: Path, output: Path) -> None:
    said, code = said_by(office, output, "mail", "--dry-run")
    assert code == 0, said
    assert said.count(".eml") == 1


def test_trace_knows_whose_an_item_is_and_asks_where_two_have_it(office: Path, output: Path) -> None:
    said, code = said_by(office, output, "trace", "01", "1/дети", "--as-of", DAY)  # of meals alone
    assert code == 0, said
    said, code = said_by(office, output, "trace", "01", "5", "--as-of", DAY)
    assert code != 0
    assert "есть в нескольких приказах" in said
    assert "--order" in said
    for order, words in (("12-п", "Как родители узнают"), ("form-31", "Число дней питания")):
        said, code = said_by(office, output, "trace", "01", "5", "--as-of", DAY, "--order", order)
        assert code == 0, said
        assert words in said
    said, code = said_by(office, output, "trace", "01", "77", "--as-of", DAY)
    assert "нет ни в одном приказе" in said
    said, code = said_by(office, output, "trace", "01", "5", "--as-of", DAY, "--order", "100")
    assert "Приказа «100» в настройках нет" in said


def test_rebuild_asks_which_order_where_two_have_that_date(office: Path, output: Path) -> None:
    said, code = said_by(office, output, "rebuild", DAY)
    assert code != 0
    assert "есть у нескольких приказов" in said
    for order in ("12-п", MEALS.stem):
        said, code = said_by(office, output, "rebuild", DAY, "--order", order)
        assert code == 0, said
        assert "совпадает байт в байт" in said


def test_what_has_been_sent_of_all_is_known_to_each_order(office: Path, output: Path) -> None:
    """The letter stands in the journal above; each order's next run learns of it."""
    folder = output / MEALS.stem
    with Journal.open(folder / JOURNAL) as own, Journal.open(output / JOURNAL) as above:
        run = own._database.execute("SELECT max(id) FROM runs").fetchone()[0]
        own._database.execute("INSERT INTO figures VALUES (?, ?, '', 41.0, 41, 100)", (DAY, run))
        own.tell(["a key"], date.fromisoformat(DAY))
        own.take_sent(above)
        assert own.sent_for(date.fromisoformat(DAY)) == []
        above.mark_sent(Parcel("a key", "head@example.org", "Свод", date(2026, 4, 2), "rukovodstvo", "1"), NOW)
        own.take_sent(above)
        own.take_sent(above)  # once
        [told] = own.sent_for(date.fromisoformat(DAY))
        assert told[""].percent == 41.0


def test_who_is_reminded_has_its_orders_files_and_no_others(office: Path, tmp_path: Path) -> None:
    """A report of the other order is not one of which nobody knows whose it is."""
    settings = load_settings(settings_of(tmp_path, MEALS, SERVICES))
    settings = with_fields(settings, mail=Mail(reminders=True))
    now = datetime(2026, 4, 2, 9, tzinfo=UTC)
    jobs = jobs_of(office / "input", tmp_path / "output", settings, now, mail=False, password=None)
    for job in jobs:
        assert job.intake is not None
        assert {read.file.partition("/")[0] for read in job.intake.reads} == {job.form.id}
        assert [one.id for one in job.beside] == [one.form.id for one in jobs if one is not job]


def test_that_schools_get_no_letters_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = with_fields(load_settings(settings_of(tmp_path, MEALS, SERVICES)), mail=Mail(schools=True))
    (tmp_path / "input").mkdir()
    with pytest.raises(UsageError):
        main_jobs(tmp_path / "input", tmp_path / "output", DAY, settings)
    assert capsys.readouterr().out.count("Писем школам не будет") == 1


def test_a_letter_that_waits_is_known_to_each_order_wherever_the_run_was_killed(office: Path, tmp_path: Path) -> None:
    """Killed as soon as the letter waits: it goes all the same, and a later run has to know whose figures it told. Word
    of a failure, which waits there too, tells none."""
    shutil.copytree(office / "both", tmp_path / "both")
    output = tmp_path / "both"
    for letter in output.glob("*/outbox/*.eml"):
        letter.unlink()
    day = date.fromisoformat(DAY)
    with Journal.open(output / JOURNAL) as above, Outputs(output) as outputs:
        failure = Letter(("admin@example.org",), "Сбой", "", "", name="sboi", says="сбой")
        put_in_outbox(failure, day, "", above, outputs)
        outputs.commit()
    for form in (MEALS, SERVICES):
        with Journal.open(output / form.stem / JOURNAL) as own:
            run = own._database.execute("SELECT max(id) FROM runs").fetchone()[0]
            own._database.execute("INSERT OR IGNORE INTO figures VALUES (?, ?, '', 41.0, 41, 100)", (DAY, run))
            own._database.execute("DELETE FROM told")

    def work() -> None:
        workers.context = multiprocessing.get_context("fork")
        really = Outputs.commit

        def commit(outputs: Outputs) -> list[Written]:
            written = really(outputs)
            if outputs.root == output:
                os.kill(os.getpid(), signal.SIGKILL)
            return written

        Outputs.commit = commit  # type: ignore[method-assign]
        main_jobs(office / "input", output, DAY, load_settings(settings_of(tmp_path, MEALS, SERVICES)))

    assert dying.run(work).killed
    (letter,) = (one for one in waiting(output, day) if one.name == "rukovodstvo")
    for form in (MEALS, SERVICES):
        with Journal.copy(output / form.stem / JOURNAL) as own:
            told = {key for (key,) in own._database.execute("SELECT key FROM told")}
            assert told == {letter.key(to) for to in letter.recipients} != set()


def test_an_orders_journal_is_not_opened_while_another_run_has_its_folder(tmp_path: Path) -> None:
    """What would be found in it belongs to that run."""
    folder = tmp_path / "meals"
    done: Any = SimpleNamespace(
        figures=SimpleNamespace(form=SimpleNamespace(id="meals"), as_of=date.fromisoformat(DAY)),
        summary=SimpleNamespace(path=folder / DAY / "svod.xlsx"),
    )
    with lock(folder):
        for ask in (
            lambda: orders._note_whose_figures([done], ["a key"], tmp_path, 0.0),
            lambda: orders._last_report(done, 0.0),
        ):
            with pytest.raises(HeldError):
                ask()
    assert orders._last_report(done, 0.0) is None


def test_a_damaged_journal_of_all_orders_stops_no_run(office: Path, tmp_path: Path, output: Path) -> None:
    (output / JOURNAL).write_bytes(b"no journal" * 1000)
    shutil.copytree(office / "input", tmp_path / "input")
    said = run(tmp_path, "output", MEALS, SERVICES)
    assert f"Журнал {JOURNAL} повреждён и отложен" in said
    assert len(list(output.glob("*/outbox/*.eml"))) == 1


def test_without_a_registry_those_of_the_last_one_are_still_told_of_failures(office: Path, tmp_path: Path) -> None:
    shutil.copytree(office / "input", tmp_path / "input")
    (tmp_path / "input" / "registry.xlsx").unlink()
    (tmp_path / "output").mkdir()
    with Journal.open(tmp_path / "output" / JOURNAL) as above:
        above.note_watchers(["admin@example.org"])
    run(tmp_path, "output", MEALS, SERVICES)
    with Journal.open(tmp_path / "output" / JOURNAL) as above:
        assert above.watchers() == ("admin@example.org",)


def held_in(own: Path) -> str:
    """A letter of which nobody knows whether it has arrived; its key."""
    day = date.fromisoformat(DAY)
    with Journal.open(own / JOURNAL) as journal, Outputs(own) as outputs:
        letter = Letter(("head@example.org",), "Свод", "", "", name="rukovodstvo", says="прежде")
        put_in_outbox(letter, day, "", journal, outputs)
        outputs.commit()
        (held,) = waiting(own, day)
        journal.about_to_send(held.parcel("head@example.org"), NOW)
        return held.key("head@example.org")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("word", ["--again", "--arrived"])
def test_a_persons_word_reaches_a_letter_that_is_held_in_an_orders_own_folder(
    word: str, office: Path, tmp_path: Path, output: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, mail = serve()
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    key = held_in(output / MEALS.stem)
    settings = settings_of(tmp_path, MEALS, SERVICES)
    lines = [
        f"{name} = {value!r}"
        for name in ("host", "port", "user", "sender", "ca_file")
        if (value := getattr(mail, name))
    ]
    settings.write_text("\n".join([settings.read_text("utf-8"), "[mail]", *lines]), "utf-8")
    words = ["mail", word, key[:8], "--output", str(output), "--settings", str(settings)]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert len(post.letters) == (word == "--again")
    assert [path.parent.name for path in (output / MEALS.stem / DAY).rglob("rukovodstvo*.eml")] == ["sent"]
    assert isinstance(CliRunner().invoke(app, words).exception, UsageError)  # it is held no more


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_letter_that_is_held_in_an_orders_own_folder_is_left(
    office: Path, tmp_path: Path, output: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter of all has gone, and it is not known of another whether it has."""
    _, mail = serve()
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    own = output / MEALS.stem
    held_in(own)
    settings = load_settings(settings_of(tmp_path, MEALS, SERVICES))
    settings = msgspec.structs.replace(settings, mail=mail)
    ran = main_jobs(office / "input", output, DAY, settings, mail=True)
    assert [len(one.left_over) for one in ran.done] == [1, 0]
    assert ran.letters_left
    for folder in (output, own):  # what cannot be made again is copied once a month
        assert len(list((folder / "backups").glob("journal-????-??.db"))) == 1
