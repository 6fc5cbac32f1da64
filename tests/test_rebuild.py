"""Originals are kept, and a month is made again from them byte by byte, or it is said what differs or is spoilt."""

import ast
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from importlib.metadata import packages_distributions
from multiprocessing import parent_process, spawn
from pathlib import Path
from random import Random

import openpyxl
import pytest

from pipeline import monthly, workers
from pipeline.commands.comparing import first_difference
from pipeline.commands.door import main
from pipeline.commands.rebuild import Rebuilt, rebuild
from pipeline.demo import make
from pipeline.files import OutputError, Outputs, make_beside
from pipeline.memory import archive
from pipeline.memory.archive import _FEW, Archive
from pipeline.memory.copies import Copy, copied
from pipeline.memory.manifest import LIBRARIES
from pipeline.reading.inbox import Inbox
from pipeline.reading.intake import Intake
from pipeline.reading.reports import digest_of
from pipeline.settings import Limits, Mail, Settings
from pipeline.workers import Workers
from schemas.district import Registry
from schemas.form import load_form
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests.conftest import MEALS, NOW

ROOT = Path(__file__).parent.parent
FORM = load_form("form-547")
JANUARY, MARCH = date(2014, 1, 30), date(2014, 3, 20)


def run(folder: Path, as_of: date = MARCH, settings: Settings | None = None) -> monthly.Done:
    return monthly.run(monthly.Job.of(folder / "input", folder / "output", as_of, settings or Settings(), NOW))


def again(folder: Path, as_of: date = MARCH) -> Rebuilt:
    return rebuild(folder / "output", as_of, lambda done, of: None)


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def month(folder: Path, as_of: date = MARCH) -> dict[str, bytes]:
    """What a run has written for its date, but letters and what was rebuilt."""
    found = files(folder / "output" / as_of.isoformat())
    return {name: data for name, data in found.items() if not name.startswith(("outbox/", "rebuilt/"))}


def rebuilt(folder: Path, as_of: date = MARCH) -> dict[str, bytes]:
    return files(folder / "output" / as_of.isoformat() / "rebuilt")


def overwrite(folder: Path) -> None:
    """Every file of the input holds something else, in its very place, and has another time."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.write_bytes(b"something else")
            os.utime(path, (NOW.timestamp(), NOW.timestamp()))


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> Path:
    """Three schools, two dates, and files that cannot be read: damaged, empty, no workbook, too big."""
    folder = tmp_path_factory.mktemp("district")
    make(folder, FORM, schools=3, dates=2, seed=3)
    for name, content in {
        "обрыв.xlsx": b"PK\x03\x04" + bytes(200),
        "пусто.xlsx": b"",
        "скан.pdf": b"%PDF-1.4 no workbook",
        "копия обрыва.xlsx": b"PK\x03\x04" + bytes(200),
    }.items():
        (folder / "input" / name).write_bytes(content)
        os.utime(folder / "input" / name, (NOW.timestamp() - 999, NOW.timestamp() - 999))
    run(folder)
    return folder


@pytest.fixture
def own(district: Path, tmp_path: Path) -> Path:
    """A copy of its own, with its times."""
    return Path(shutil.copytree(district, tmp_path / "district"))


def test_after_the_inputs_were_overwritten_a_rebuild_gives_the_same_bytes(own: Path):
    overwrite(own / "input")
    done = again(own)
    assert done.is_the_same
    assert re.fullmatch(
        r"Свод на 20\.03\.2014 собран заново из архива и совпадает байт в байт: \d+\xa0файл\w*\.", *done.lines
    )
    assert rebuilt(own) == month(own)
    assert {"manifest.json", "spravka-2014-03-20.docx"} <= rebuilt(own).keys()
    assert any(name.startswith("returns/") for name in rebuilt(own))


def test_a_rebuild_touches_nothing_but_its_own_folder(own: Path):
    overwrite(own / "input")
    before = files(own)
    again(own)
    after = {name: data for name, data in files(own).items() if "/rebuilt/" not in name and ".svod.lock" not in name}
    assert after == {name: data for name, data in before.items() if ".svod.lock" not in name}


def test_a_rebuild_needs_neither_input_nor_journal_nor_cache(own: Path):
    shutil.rmtree(own / "input")
    shutil.rmtree(own / "output" / "cache")
    (own / "output" / "journal.db").unlink()
    assert again(own).is_the_same


def test_what_a_killed_rebuild_left_does_no_harm_and_is_taken_away(own: Path):
    left = own / "output" / ".rebuild"
    left.mkdir()
    (left / "чужой отчёт.xlsx").write_bytes(b"left")
    assert again(own).is_the_same
    assert not left.exists()


def test_what_an_earlier_rebuild_wrote_and_this_one_does_not_is_taken_away(own: Path):
    again(own)
    stale = own / "output" / MARCH.isoformat() / "rebuilt" / "старое.csv"
    stale.write_bytes(b"stale")
    again(own)
    assert not stale.exists()


@pytest.mark.skipif(os.name == "nt", reason="names of bytes and links are those of POSIX")
def test_links_and_names_that_are_no_text_are_rebuilt_as_they_were(own: Path):
    (own / "input" / "ссылка.xlsx").symlink_to("registry.xlsx")
    report = next(path for path in (own / "input").rglob("*.xlsx") if "2014-03-20" in path.parts)
    report.rename(report.with_name(os.fsdecode(b"\xee\xf2\xf7\xb8\xf2.xlsx")))
    run(own)
    shutil.rmtree(own / "input")
    assert again(own).is_the_same
    assert rebuilt(own) == month(own)


def test_without_a_registry_and_with_a_form_that_is_gone_the_month_is_rebuilt(tmp_path: Path):
    form = Path(shutil.copy(MEALS, tmp_path / "form-meals.toml"))
    as_of = make(tmp_path, load_form(form), schools=2, dates=1, seed=1).as_of
    (tmp_path / "input" / "registry.xlsx").unlink()
    run(tmp_path, as_of, Settings(form=str(form)))
    form.unlink()
    overwrite(tmp_path / "input")
    assert again(tmp_path, as_of).is_the_same
    assert "registry.xlsx" in rebuilt(tmp_path, as_of)


def test_a_figure_that_was_told_before_and_restated_is_rebuilt_as_it_was_told(tmp_path: Path):
    make(tmp_path, FORM, schools=4, dates=2, seed=1)
    reports = tmp_path / "input" / "2014-01-30"
    late = sorted(reports.iterdir())[:2]
    aside = [path.rename(tmp_path / path.name) for path in late]
    run(tmp_path, JANUARY)
    for path in aside:
        path.rename(reports / path.name)
    done = run(tmp_path)
    assert [one.date for one in done.figures.restated] == [JANUARY]
    first = month(tmp_path)
    run(tmp_path)
    assert month(tmp_path) == first  # the second run of the date knows more of what was told, and says the same
    (tmp_path / "output" / "journal.db").unlink()
    overwrite(tmp_path / "input")
    assert again(tmp_path).is_the_same


def test_a_month_with_the_edition_for_a_wider_mailing_is_rebuilt_with_it(tmp_path: Path):
    make(tmp_path, FORM, schools=2, dates=1, seed=1)
    run(tmp_path, JANUARY, Settings(mail=Mail(edition="public")))
    overwrite(tmp_path / "input")
    assert again(tmp_path, JANUARY).is_the_same
    assert "svod-2014-01-30-bez-imyon.xlsx" in rebuilt(tmp_path, JANUARY)


# ── the archive ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_content_that_was_read_lies_once_by_its_digest(own: Path):
    kept = files(own / "output" / "archive")
    assert all(digest_of(data) == name for name, data in kept.items())
    read = {digest_of(data) for data in files(own / "input").values() if data}
    (form,) = kept.keys() - read
    assert read <= kept.keys()
    assert json.loads(kept[form])["id"] == "form-547"


def test_what_lies_there_is_not_written_again(own: Path):
    before = {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in (own / "output" / "archive").iterdir()}
    (own / "input" / "скан.pdf").rename(own / "input" / "скан с другим именем.pdf")
    run(own)
    assert {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in (own / "output" / "archive").iterdir()} == before


def test_one_flipped_byte_anywhere_in_the_archive_is_named(own: Path):
    chance = Random(547)
    written = files(own / "output")
    for path in sorted((own / "output" / "archive").iterdir()):
        data = bytearray(path.read_bytes())
        place = chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        sound = path.read_bytes()
        path.write_bytes(data)
        with pytest.raises(OutputError) as said:
            again(own)
        path.write_bytes(sound)
        assert f"archive/{path.name} (" in str(said.value)
    assert {k: v for k, v in files(own / "output").items() if ".svod.lock" not in k} == {
        k: v for k, v in written.items() if ".svod.lock" not in k
    }


def test_a_flipped_byte_in_a_content_of_another_month_is_named_too(own: Path):
    other = own / "output" / "archive" / digest_of(b"of another month")
    other.write_bytes(b"of anothER month")
    done = again(own)
    assert rebuilt(own) == month(own)
    assert not done.is_the_same
    assert f"archive/{other.name} испорчен" in done.lines[-1]


@pytest.mark.parametrize("cut", [b"", b"half"])
def test_a_content_that_is_gone_or_cut_short_is_named_with_its_file(own: Path, cut: bytes):
    registry = own / "output" / "archive" / digest_of((own / "input" / "registry.xlsx").read_bytes())
    if cut:
        registry.write_bytes(cut)
    else:
        registry.unlink()
    with pytest.raises(OutputError, match=rf"archive/{registry.name} \(registry.xlsx\)"):
        again(own)
    assert not rebuilt(own)


def test_a_content_that_was_taken_away_comes_back_with_the_next_run(own: Path):
    for path in (own / "output" / "archive").iterdir():
        path.unlink()
    run(own)
    assert again(own).is_the_same


def test_switched_off_there_is_no_folder_and_a_rebuild_says_so(own: Path):
    shutil.rmtree(own / "output")
    run(own, settings=Settings(archive=False))
    assert not (own / "output" / "archive").exists()
    with pytest.raises(UsageError, match=r"без архива \(archive = false в настройках\)"):
        again(own)


def test_switched_off_every_result_is_the_same(own: Path):
    before = {name: data for name, data in month(own).items() if name != "manifest.json"}
    run(own, settings=Settings(archive=False))
    assert {name: data for name, data in month(own).items() if name != "manifest.json"} == before


def test_a_file_that_changes_while_the_run_goes_on_is_said(tmp_path: Path):
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "отчёт.xlsx").write_bytes(b"saved a moment later")
    read = FileRead("отчёт.xlsx", digest_of(b"as it was read"))
    intake = Intake(Inbox(tmp_path / "input", None, [Path("отчёт.xlsx")]), Registry(), [read])
    with Outputs(tmp_path / "output") as outputs:
        assert Archive(tmp_path / "output").keep(intake, [], Limits(), outputs) == ["отчёт.xlsx"]
        outputs.commit()
    assert Archive(tmp_path / "output").contents() == set()


def originals(folder: Path, contents: list[bytes]) -> Intake:
    """Read, one file each."""
    folder.mkdir()
    for number, content in enumerate(contents):
        (folder / f"{number}.xlsx").write_bytes(content)
    paths = [Path(f"{number}.xlsx") for number in range(len(contents))]
    reads = [FileRead(path.name, digest_of(content)) for path, content in zip(paths, contents, strict=True)]
    return Intake(Inbox(folder, None, paths), Registry(), reads)


MANY = [b"%d" % number for number in range(_FEW + 1)]


def test_many_originals_are_copied_by_a_worker(tmp_path: Path):
    intake = originals(tmp_path / "input", MANY)
    (tmp_path / "input" / "7.xlsx").write_bytes(b"saved a moment later")
    with Outputs(tmp_path / "output") as outputs:
        assert Archive(tmp_path / "output").keep(intake, [b"7"], Limits(), outputs) == ["7.xlsx"]
        outputs.commit()
    assert files(tmp_path / "output" / "archive") == {digest_of(one): one for one in MANY}


class NoProcess:
    """A system that gives none."""

    def __getattr__(self, name: str) -> None:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))


@pytest.mark.parametrize("how", ["none is given", "it ends at its start"])
def test_where_no_worker_can_be_had_originals_are_copied_all_the_same(how: str, tmp_path: Path, monkeypatch, spawned):
    if how == "none is given":
        monkeypatch.setattr(workers, "context", NoProcess())
    else:
        monkeypatch.setattr(spawn, "get_executable", lambda: os.fsencode(tmp_path / "no-python"))
    intake = originals(tmp_path / "input", MANY)
    with Outputs(tmp_path / "output") as outputs:
        assert Archive(tmp_path / "output").keep(intake, [], Limits(), outputs) == []
        outputs.commit()
    assert files(tmp_path / "output" / "archive") == {digest_of(one): one for one in MANY}


def test_a_part_of_the_originals_may_take_as_long_as_its_files(tmp_path: Path, monkeypatch):
    asked = []

    class Asked(Workers):
        def __init__(self, *arguments, seconds, **bounds) -> None:
            asked.append(seconds)
            super().__init__(*arguments, seconds=seconds, **bounds)

    monkeypatch.setattr(archive, "Workers", Asked)
    with Outputs(tmp_path / "output") as outputs:
        intake = originals(tmp_path / "input", MANY)
        assert Archive(tmp_path / "output").keep(intake, [], Limits(seconds=2), outputs) == []
    assert asked == [2 * _FEW]


def test_what_a_worker_cannot_write_is_said_in_one_sentence(tmp_path: Path):
    intake = originals(tmp_path / "input", MANY)
    name = digest_of(MANY[7])
    (tmp_path / "output" / "archive" / f".{name}.{os.getpid()}.tmp").mkdir(parents=True)
    said = rf"Не удалось записать archive/{name}: на этом месте лежит папка"
    with Outputs(tmp_path / "output") as outputs, pytest.raises(OutputError, match=said):
        Archive(tmp_path / "output").keep(intake, [], Limits(), outputs)
    assert files(tmp_path / "output") == {}


def test_what_a_worker_copies_is_what_was_read(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"another")
    asked = [Copy(digest_of(name.encode()), tmp_path / name, tmp_path / f"{name}.tmp") for name in "abc"]
    assert copied(Limits(), asked) == {digest_of(b"a")}
    assert files(tmp_path) == {"a": b"a", "a.tmp": b"a", "b": b"another"}


def copied_for_a_killed_run(limits: Limits, copies: list[Copy]) -> None:
    """Tells what it has made, and which originals it has opened for it."""
    opened = []
    sys.addaudithook(lambda event, what: opened.append(str(what[0])) if event == "open" else None)
    run = parent_process()
    os.kill(run.pid, signal.SIGKILL)
    run.join()
    made = copied(limits, copies), make_beside(copies[0].beside, b"")
    os.write(1, repr((made, [path for path in opened if path.endswith("original")])).encode())


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_worker_makes_nothing_for_a_run_that_was_killed(tmp_path: Path):
    (tmp_path / "original").write_bytes(b"a")
    code = f"""
from pathlib import Path
from pipeline.memory.copies import Copy
from pipeline.settings import Limits
from pipeline.workers import Workers
from tests.test_rebuild import copied_for_a_killed_run
copies = [Copy({digest_of(b"a")!r}, Path({str(tmp_path)!r}, "original"), Path({str(tmp_path)!r}, "beside"))]
with Workers(copied_for_a_killed_run) as workers:
    list(workers.map([copies], Limits()))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "((frozenset(), False), [])"), done.stderr
    assert files(tmp_path) == {"original": b"a"}


def test_above_500_megabytes_a_run_says_how_much_room_the_archive_takes(own: Path):
    assert not any("Архив" in line for line in run(own).warnings)
    with (own / "output" / "archive" / ("0" * 64)).open("wb") as sparse:
        sparse.truncate(612 * 2**20)
    assert re.search(r"Архив исходных файлов .*archive занимает 612\xa0МБ", run(own).warnings[-1])


# ── what differs ─────────────────────────────────────────────────────────────────────────────────────────


def change(folder: Path, how: Callable[[dict], None]) -> None:
    """Another manifest than the run has written: as if the month had been made from something else."""
    place = folder / "output" / MARCH.isoformat() / "manifest.json"
    told = json.loads(place.read_text("utf-8"))
    how(told)
    place.write_text(json.dumps(told), encoding="utf-8")


def all_late(told: dict) -> None:
    told["arrivals"] = dict.fromkeys(told["arrivals"], "2014-05-30T00:00:00Z")


def test_results_that_differ_are_told_by_the_first_sheet_and_cell(own: Path):
    change(own, all_late)
    done = again(own)
    assert not done.is_the_same
    assert re.search(r"собран заново из архива, но отличается: \d+ из \d+\xa0файл", done.lines[0])
    assert re.match(r"  svod-2014-03-20\.xlsx: лист «[^»]+», ячейка [A-Z]+\d+: было .+, стало ", done.lines[1])
    assert done.lines[-1] == "Программа и библиотеки те же, что при том своде: передайте это разработчику."


def test_libraries_of_other_versions_are_named_where_bytes_differ(own: Path):
    change(own, all_late)
    change(own, lambda told: told["libraries"].update(xlsxwriter="0.1", numpy="0.2"))
    said = again(own).lines[-1]
    assert re.fullmatch(r"С тех пор изменились: numpy 0\.2 → \S+, xlsxwriter 0\.1 → \S+\.", said)


def test_a_program_of_other_code_is_named_where_bytes_differ(own: Path):
    change(own, all_late)
    change(own, lambda told: told.update(code="0" * 64))
    assert again(own).lines[-1].startswith("С тех пор изменились: файлы программы (версия ")


def test_a_result_that_was_changed_after_the_run_is_said_and_lies_rebuilt(own: Path):
    (own / "output" / MARCH.isoformat() / "answers.csv").write_bytes(b"touched")
    done = again(own)
    assert done.is_the_same
    assert done.lines[-1] == (
        "Файл 2014-03-20/answers.csv изменён после свода: собранный заново лежит в 2014-03-20/rebuilt."
    )


def workbook(path: Path, **cells: object) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Лист"
    book.properties.created = book.properties.modified = datetime(2014, 1, 1)
    for name, value in cells.items():
        book.active[name] = value
    book.save(path)
    return path.read_bytes()


def test_workbooks_are_compared_by_sheet_and_cell_and_then_by_their_parts(tmp_path: Path):
    was = workbook(tmp_path / "a.xlsx", A1="один", C7=41.2, D9="x")
    now = workbook(tmp_path / "b.xlsx", A1="один", C7=43, D9="y")
    assert first_difference("x.xlsx", was, now) == "лист «Лист», ячейка C7: было 41,200000000000003, стало 43"
    fewer = workbook(tmp_path / "c.xlsx", A1="один", C7=41.2)
    assert first_difference("x.xlsx", was, fewer) == "лист «Лист», ячейка D9: было «x», стало пусто"
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book.active.column_dimensions["A"].width = 40
    book.save(tmp_path / "d.xlsx")
    said = first_difference("x.xlsx", was, (tmp_path / "d.xlsx").read_bytes())
    assert said.startswith("ячейки говорят то же, отличается оформление или формулы (часть файла ")
    book.create_sheet("Второй")
    book.save(tmp_path / "e.xlsx")
    said = first_difference("x.xlsx", was, (tmp_path / "e.xlsx").read_bytes())
    assert said == "листы: было нет, стало «Второй»"


def test_tables_are_compared_by_line_and_column():
    was = "file,value\nа,1\nб,2\n".encode()
    assert first_difference("a.csv", was, "file,value\nа,1\nб,3\n".encode()) == (
        "строка 3, столбец value: было «2», стало «3»"
    )
    assert first_difference("a.csv", was, "file,value\nа,1\n".encode()) == "строка 3: теперь её нет"
    assert first_difference("a.json", b'{"a": {"b": 1, "c": 1}}', b'{"a": {"b": 1, "c": 2}}') == "ключ a.c"


def test_long_texts_are_shown_where_they_part(tmp_path: Path):
    same = "Каждая школа и каждый файл либо учтены, либо названы; "
    was, now = (workbook(tmp_path / f"{word}.xlsx", A2=f"{same}{word}") for word in ("перенос", "остаток"))
    assert first_difference("x.xlsx", was, now) == (
        "лист «Лист», ячейка A2: было «…учтены, либо названы; перенос», стало «…учтены, либо названы; остаток»"
    )


# ── the manifest, and the door ───────────────────────────────────────────────────────────────────────────


def test_the_manifest_names_every_library_that_computes_or_writes():
    rooms = [ROOT / "schemas", *(ROOT / "pipeline" / room for room in ("reading", "checking", "measuring", "writing"))]
    imported = set()
    for path in (path for room in rooms for path in room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            imported |= {name.split(".")[0] for name in names}
    distributions = packages_distributions()
    of_no_month = {"svod", "markdown-it-py"}  # the guide is written by `init` alone
    needed = {distributions[name][0].lower() for name in imported if name in distributions} - of_no_month
    assert {"pandas", "xlsxwriter"} < needed
    assert needed <= set(LIBRARIES)


def door(monkeypatch, capsys, *words: str | Path) -> tuple[object, str, str]:
    monkeypatch.setattr(sys, "argv", ["run.py", "rebuild", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, *capsys.readouterr()


def test_the_last_line_is_the_folder_and_the_code_says_what_came_of_it(own: Path, monkeypatch, capsys):
    code, out, _ = door(monkeypatch, capsys, "2014-03-20", "--output", own / "output")
    assert (code, out.splitlines()[-1]) == (0, str(own / "output" / "2014-03-20" / "rebuilt"))
    change(own, all_late)
    assert door(monkeypatch, capsys, "20.03.2014", "--output", own / "output")[0] == 1
    next((own / "output" / "archive").iterdir()).unlink()
    code, out, said = door(monkeypatch, capsys, "2014-03-20", "--output", own / "output")
    assert (code, out, said.count("\n")) == (3, "", 1)


@pytest.mark.parametrize(
    ("how", "named"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "нет файла manifest.json"),
        (lambda folder: (folder / "manifest.json").write_bytes(b"\xff{"), "испорчен или записан другой версией"),
        (lambda folder: (folder / "manifest.json").write_bytes(b'{"as_of": "2014-03-20"}'), "другой версией"),
    ],
)
def test_without_a_manifest_that_can_be_used_there_is_one_sentence(own: Path, monkeypatch, capsys, how, named):
    how(own / "output" / "2014-03-20")
    code, out, said = door(monkeypatch, capsys, "2014-03-20", "--output", own / "output")
    assert (code, out, said.count("\n")) == (2, "", 1)
    assert named in said


def test_a_manifest_that_names_a_place_outside_the_input_is_refused(own: Path):
    def outside(told: dict) -> None:
        told["inputs"]["../../чужое.xlsx"] = told["registry"]

    change(own, outside)
    with pytest.raises(UsageError, match="чужое"):
        again(own)
    assert not list(own.rglob("чужое.xlsx"))
