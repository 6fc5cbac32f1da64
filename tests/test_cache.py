"""The read cache: a warm run gives what a cold one gives, byte for byte, and does not read what it knows."""

import ast
import hashlib
import io
import os
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import msgspec
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from pipeline import monthly
from pipeline.demo import make
from pipeline.memory import manifest
from pipeline.reading import cache as cache_module
from pipeline.reading.cache import FILE, LIBRARIES, ReadCache, code_digest, files_of_the_program, version_of
from pipeline.reading.inbox import look_into
from pipeline.reading.intake import Intake, take_in
from pipeline.reading.reports import Inputs, digest_of
from pipeline.settings import Limits, Settings
from schemas.district import Registry, School
from schemas.form import load_form
from schemas.remarks import Remark, load_catalogue
from schemas.reports import Fact, FileRead, ReportRead, Strange
from tests.conftest import NOW, Once

ROOT = Path(__file__).parent.parent
READING = ROOT / "pipeline" / "reading"
FORM = load_form("form-547")


class Done(NamedTuple):
    """A run over the input of four schools with faults, two dates."""

    input: Path
    output: Path
    written: dict[str, str]


@pytest.fixture(scope="module")
def done(once: Once) -> Done:
    return once("read by the cache", done_in)


def done_in(folder: Path) -> Done:
    make(folder, FORM, schools=4, dates=2, seed=3)
    return Done(folder / "input", folder / "output", run(folder / "input", folder / "output"))


@pytest.fixture
def inbox_folder(done, tmp_path) -> Path:
    return Path(shutil.copytree(done.input, tmp_path / "input"))


@pytest.fixture
def cache(done, tmp_path) -> Path:
    """What that run has left, in an output folder that holds nothing else."""
    return Path(shutil.copytree(done.output / "cache", tmp_path / "output" / "cache"))


def run(folder: Path, output: Path) -> dict[str, str]:
    """The main job; path of every file of its date -> digest."""
    as_of = date(2014, 6, 1)
    monthly.run(monthly.Job.of(folder, output, as_of, Settings(), NOW))
    written = output / as_of.isoformat()
    files = sorted(path for path in written.rglob("*") if path.is_file())
    return {str(path.relative_to(written)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def take(folder: Path, cache: Path | None, limits: Limits | None = None) -> Intake:
    inbox = look_into(folder, leave_out=folder / "none")
    return take_in(inbox, FORM, limits or Limits(), load_catalogue(), 1, None, lambda done, of: None, cache)


def read_cold(folder: Path) -> tuple[Registry, list[FileRead]]:
    """Registry and reports with nothing known of them."""
    intake = take(folder, None)
    return intake.registry, list(intake.reads)


# ── cold and warm give the same bytes ────────────────────────────────────────────────────────────────────────────────


def test_a_warm_run_writes_what_the_cold_one_wrote(done, cache):
    assert run(done.input, cache.parent) == done.written


def rename_all(folder: Path) -> None:
    for number, path in enumerate(reports_in(folder)):
        path.rename(folder / f"{number:03d}{path.suffix}")


def change_the_registry(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "registry.xlsx")
    for row in book["Школы"].iter_rows(min_row=2):
        row[1].value = f"Бывшая {row[1].value}"
    book.save(folder / "registry.xlsx")


def change_one_byte(folder: Path) -> None:
    path = reports_in(folder)[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("change", [rename_all, change_the_registry, change_one_byte])
def test_over_a_changed_input_a_warm_run_reads_what_a_cold_one_reads(
    change: Callable[[Path], None], done, inbox_folder, cache
):
    """All that a run writes is made of this, and of nothing else that it keeps in the cache."""
    change(inbox_folder)
    warm = take(inbox_folder, cache)
    assert (warm.registry, warm.reads) == read_cold(inbox_folder)
    assert (warm.registry, warm.reads) != read_cold(done.input)


def change_a_figure(cache: Path) -> None:
    data = (cache / FILE).read_bytes()
    changed = data.replace(struct.pack(">d", 100), struct.pack(">d", 99))
    assert changed != data
    (cache / FILE).write_bytes(changed)


def cut_off(cache: Path) -> None:
    (cache / FILE).write_bytes((cache / FILE).read_bytes()[:-1])


def of_another_version(cache: Path) -> None:
    content = msgspec.msgpack.encode({"key": ["reports"]})
    (cache / FILE).write_bytes(hashlib.sha256(content).digest() + content)


def one_read_of_another_version(cache: Path) -> None:
    """What the others say stays known."""
    reads = msgspec.msgpack.decode((cache / FILE).read_bytes()[hashlib.sha256().digest_size :])
    content = msgspec.msgpack.encode({**reads, min(reads): ["reports"]})
    (cache / FILE).write_bytes(hashlib.sha256(content).digest() + content)


def a_folder_in_its_place(cache: Path) -> None:
    (cache / FILE).unlink()
    (cache / FILE).mkdir()


def a_file_for_a_folder(cache: Path) -> None:
    shutil.rmtree(cache)
    cache.write_bytes(b"")


DAMAGES = [
    change_a_figure, cut_off, of_another_version, one_read_of_another_version, a_folder_in_its_place,
    a_file_for_a_folder, shutil.rmtree,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_an_empty_one(damage: Callable[[Path], None], done, cache):
    damage(cache)
    intake = take(done.input, cache)
    assert (intake.registry, intake.reads) == read_cold(done.input)


def test_a_read_that_is_not_understood_is_read_once_and_kept_anew(done, cache):
    kept = (cache / FILE).read_bytes()
    one_read_of_another_version(cache)
    take(done.input, cache)
    assert (cache / FILE).read_bytes() == kept


@pytest.mark.parametrize("damage", [change_a_figure, a_file_for_a_folder])
def test_over_a_damaged_cache_a_run_writes_what_the_cold_one_wrote(damage: Callable[[Path], None], done, cache):
    damage(cache)
    assert run(done.input, cache.parent) == done.written


def test_the_same_input_leaves_the_same_cache(done, tmp_path):
    """Written by processes that put their sets into another order."""
    code = "import sys; from pathlib import Path; from tests.test_cache import take; take(*map(Path, sys.argv[1:]))"
    for seed in ("1", "2"):
        command = [sys.executable, "-c", code, done.input, tmp_path / seed]
        subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True)
    assert (tmp_path / "1" / FILE).read_bytes() == (tmp_path / "2" / FILE).read_bytes()


# ── what is known is not read, what is not known is ──────────────────────────────────────────────────────────────────

MARK = "прочитано раньше"


def reports_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "registry.xlsx")


def plant(folder: Path, cache_folder: Path) -> None:
    """A cache that holds a marked read of every file: where the mark turns up, nobody has read the file again."""
    intake = take(folder, None)
    cache = ReadCache(cache_folder)
    shelf = cache.shelf(Inputs(folder, FORM, Limits(), intake.registry))
    for read in intake.reads:
        shelf.remember(replace(read, remarks=(Remark("FILE-NO-FORM", value=MARK),)))
    cache.keep()


def unknown(reads: Iterable[FileRead]) -> list[str]:
    return [read.file for read in reads if [said.value for said in read.remarks] != [MARK]]


@pytest.fixture
def planted(inbox_folder, tmp_path) -> Path:
    plant(inbox_folder, tmp_path / "cache")
    return tmp_path / "cache"


def test_a_known_file_is_not_read_again(inbox_folder, planted):
    assert unknown(take(inbox_folder, planted).reads) == []


def test_a_renamed_file_is_known_by_its_bytes_and_bears_the_name_of_today(inbox_folder, planted):
    rename_all(inbox_folder)
    reads = take(inbox_folder, planted).reads
    assert unknown(reads) == []
    assert [read.file for read in reads] == [path.name for path in reports_in(inbox_folder)]
    assert all(said.file == read.file for read in reads for said in read.remarks)


def test_a_changed_file_alone_is_read_again(inbox_folder, planted):
    change_one_byte(inbox_folder)
    changed = reports_in(inbox_folder)[0].relative_to(inbox_folder).as_posix()
    reads = take(inbox_folder, planted).reads
    assert unknown(reads) == [changed]
    assert [read.file for read in reads] == [p.relative_to(inbox_folder).as_posix() for p in reports_in(inbox_folder)]


def test_another_registry_has_every_file_read_again(inbox_folder, planted):
    change_the_registry(inbox_folder)
    assert len(unknown(take(inbox_folder, planted).reads)) == len(reports_in(inbox_folder))


def test_a_new_address_of_a_recipient_has_no_file_read_again(inbox_folder, planted):
    book = openpyxl.load_workbook(inbox_folder / "registry.xlsx")
    book["Рассылка"].append(["Отдел", "new@example.org"])
    book.save(inbox_folder / "registry.xlsx")
    assert unknown(take(inbox_folder, planted).reads) == []


def test_other_limits_have_every_file_read_again(inbox_folder, planted):
    reads = take(inbox_folder, planted, Limits(sheets=59)).reads
    assert len(unknown(reads)) == len(reports_in(inbox_folder))


def test_another_form_has_every_file_read_again(inbox_folder, planted):
    changed = msgspec.structs.replace(FORM, title=f"{FORM.title}.")
    inputs = Inputs(inbox_folder, FORM, Limits(), take(inbox_folder, None).registry)
    path = reports_in(inbox_folder)[0].relative_to(inbox_folder)
    cache = ReadCache(planted)
    assert cache.shelf(inputs).recall(path)
    assert cache.shelf(msgspec.structs.replace(inputs, form=changed)).recall(path) is None


def test_without_a_registry_both_readings_are_known(inbox_folder, tmp_path):
    (inbox_folder / "registry.xlsx").unlink()
    cold = take(inbox_folder, tmp_path / "cache")
    kept = (tmp_path / "cache" / FILE).read_bytes()
    warm = take(inbox_folder, tmp_path / "cache")
    assert (warm.registry, warm.reads) == (cold.registry, cold.reads)
    assert (tmp_path / "cache" / FILE).read_bytes() == kept


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────────


def kept(cache: Path, folder: Path, registry: Registry, limits: Limits | None = None) -> list[str]:
    """Names of the files that a next run would not read."""
    shelf = ReadCache(cache).shelf(Inputs(folder, FORM, limits or Limits(), registry))
    return [path.name for path in reports_in(folder) if shelf.recall(path.relative_to(folder))]


def test_what_may_be_otherwise_the_next_time_is_never_kept(inbox_folder, tmp_path):
    take(inbox_folder, tmp_path / "without")
    (inbox_folder / "обрыв.xlsx").write_bytes(b"PK\x03\x04" + b"\x00" * 300)
    (inbox_folder / "нули.xlsx").write_bytes(bytes(300))
    (inbox_folder / "пусто.xlsx").write_bytes(b"")
    (inbox_folder / "ссылка.xlsx").symlink_to(reports_in(inbox_folder)[0])
    reads = take(inbox_folder, tmp_path / "with").reads
    assert {said.code for read in reads for said in read.remarks} >= {"FILE-DAMAGED", "FILE-EMPTY", "FILE-LINK"}
    assert (tmp_path / "with" / FILE).read_bytes() == (tmp_path / "without" / FILE).read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is limited on Linux only")
def test_a_file_that_its_reader_died_of_is_never_kept(inbox_folder, tmp_path):
    place = inbox_folder / "тяжёлый.xlsx"
    place.write_bytes(with_an_endless_string(inbox_folder / "registry.xlsx"))
    narrow = Limits(memory_mb=300)
    intake = take(inbox_folder, tmp_path / "cache", narrow)
    (said,) = next(read.remarks for read in intake.reads if read.file == place.name)
    assert said.code == "FILE-LIMIT"
    assert dict(said.data)["limit"] == "300\u00a0МБ; увеличить: ключ memory_mb в [limits] файла settings.toml"
    assert place.name not in kept(tmp_path / "cache", inbox_folder, intake.registry, narrow)


def with_an_endless_string(path: Path) -> bytes:
    """The workbook with 90 MB of shared strings, packed small: one text, for a reader of many takes longer to die."""
    target = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            data = source.read(name)
            package.writestr(name, data.replace(b"</sst>", b"<si><t>" + b"a" * 90_000_000 + b"</t></si></sst>"))
    return target.getvalue()


def test_what_a_run_did_not_use_is_forgotten(inbox_folder, tmp_path):
    path = reports_in(inbox_folder)[0]
    registry = take(inbox_folder, tmp_path / "cache").registry
    data = path.read_bytes()
    path.unlink()
    take(inbox_folder, tmp_path / "cache")
    path.write_bytes(data)
    assert path.name not in kept(tmp_path / "cache", inbox_folder, registry)
    assert kept(tmp_path / "cache", inbox_folder, registry)


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_the_cache_is_open_to_its_owner_alone(inbox_folder, tmp_path):
    take(inbox_folder, tmp_path / "cache")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "cache", tmp_path / "cache" / FILE)]
    assert modes == [0o700, 0o600]


def test_a_survey_leaves_no_cache(inbox_folder, tmp_path):
    """`trace` and `forms` look at the input without the output folder's lock."""
    monthly.take_survey(monthly.Job.of(inbox_folder, tmp_path / "output", date(2014, 6, 1), Settings(), NOW))
    assert not (tmp_path / "output").exists()


# ── what is kept is what was read ────────────────────────────────────────────────────────────────────────────────────

NUMBERS = st.floats(allow_nan=False)
FIGURES = st.text() | NUMBERS | st.integers(-(2**53), 2**53) | st.dates()
NAME = "отчёт.xlsx"


def with_every_field(kind: type, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A new field is filled in as well, so that none is forgotten where reads are kept."""
    return st.builds(kind, **{name: given.get(name, st.from_type(hint)) for name, hint in get_type_hints(kind).items()})


def several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values, max_size=3).map(tuple)


REMARKS = with_every_field(  # none is folded while files are read
    Remark, file=st.just(NAME), data=several(st.tuples(st.text(), FIGURES)), folded=st.just(())
)
REPORTS = with_every_field(
    ReportRead,
    facts=several(with_every_field(Fact, value=st.text() | NUMBERS, half=NUMBERS)),
    bases=several(st.tuples(st.text(), NUMBERS, st.text())),
    strange=several(with_every_field(Strange)),
)


@given(reports=several(REPORTS), remarks=several(REMARKS))
def test_a_read_comes_back_as_it_was(tmp_path_factory, reports, remarks):
    folder = tmp_path_factory.mktemp("kept")
    (folder / NAME).write_bytes(b"bytes")
    read = FileRead(NAME, digest_of(b"bytes"), reports, remarks)
    inputs = Inputs(folder, FORM, Limits(), Registry((School("01", "СОШ № 1"),)))
    cache = ReadCache(folder / "cache")
    cache.shelf(inputs).remember(read)
    cache.keep()
    again = ReadCache(folder / "cache").shelf(inputs).recall(Path(NAME))
    assert again == read
    assert repr(again.remarks) == repr(remarks)  # 1 and 1.0 are equal, and written differently


# ── all that a read depends on is in its key ─────────────────────────────────────────────────────────────────────────


def test_every_module_that_a_reader_uses_is_in_the_key():
    lazily = ("decided", "explained", "finding.layouts", "opening.grid", "registry", "schools")  # within a worker
    code = f"import {', '.join(f'pipeline.reading.{one}' for one in ('reports', *lazily))}, sys; "
    code += "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith("
    code += "('pipeline', 'schemas'))), sep='\\n')"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    used = {Path(line) for line in shown.stdout.splitlines()}
    assert len(used) > 20
    assert used <= {Path(path) for _, path in files_of_the_program()}


def test_what_readers_know_from_data_files_is_in_the_key():
    known = {path.relative_to(ROOT).as_posix() for path in (ROOT / "schemas").rglob("*.toml")}
    assert len(known) > 3
    assert known <= {name for name, _ in files_of_the_program()}


def test_the_key_follows_each_word_of_the_program_and_not_how_lines_end(tmp_path: Path, monkeypatch: Any):
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    monkeypatch.setattr(schemas, "__path__", [str(tmp_path / "schemas")])
    data = tmp_path / "schemas" / "institutions.toml"
    first, content = code_digest.__wrapped__(), data.read_bytes()
    data.write_bytes(content.replace(b"\n", b"\r\n"))
    assert code_digest.__wrapped__() == first
    data.write_bytes(content + b"# one word more\n")
    assert code_digest.__wrapped__() != first
    data.write_bytes(content)
    data.rename(data.with_name("others.toml"))
    assert code_digest.__wrapped__() != first


def test_every_library_that_a_reader_uses_is_in_the_key():
    imported = set()
    for path in READING.rglob("*.py"):
        if path.name != Path(cache_module.__file__).name:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                imported |= {name.split(".")[0] for name in names}
    distributions = packages_distributions()
    libraries = {distributions[name][0].lower() for name in imported if name in distributions} - {"svod"}
    assert len(libraries) > 4
    assert libraries <= set(LIBRARIES)


@pytest.mark.parametrize("library", manifest.LIBRARIES)
def test_the_version_of_a_library_is_what_its_description_says(library: str):
    assert version_of.__wrapped__(library) == version(library)
