"""Outputs: whole or not at all, nowhere but below the output folder, one run at a time."""

import errno
import hashlib
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from pipeline.files import Kept, OutputError, Outputs, Written, lock, make_beside, safe_name

ROOT = Path(__file__).parents[1]
posix = pytest.mark.skipif(os.name == "nt", reason="file modes of POSIX")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def everything_below(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_files_appear_at_the_end_of_the_run_and_not_before(output: Path):
    with Outputs(output) as outputs:
        outputs.add("2014-03-20/svod.xlsx", b"summary")
        outputs.add("2014-03-20/answers.csv", lambda file: file.write(b"answers"), durable=False)
        assert not (output / "2014-03-20" / "svod.xlsx").exists()
        written = outputs.commit()
    assert everything_below(output) == {"2014-03-20/svod.xlsx": b"summary", "2014-03-20/answers.csv": b"answers"}
    assert [w.path.name for w in written] == ["answers.csv", "svod.xlsx"]
    assert not any(w.kept_beside for w in written)


def test_a_failed_run_leaves_yesterdays_files_and_nothing_else(output: Path):
    with Outputs(output) as outputs:
        outputs.add("a.csv", b"yesterday")
        outputs.commit()
    with Outputs(output) as outputs:
        outputs.add("a.csv", b"today")
        with pytest.raises(ZeroDivisionError):
            outputs.add("b.csv", lambda file: 1 / 0)
    assert everything_below(output) == {"a.csv": b"yesterday"}


def test_what_a_killed_run_left_is_swept_by_the_next(output: Path):
    killed = (
        "import os, pathlib, signal\n"
        "from pipeline.files import Outputs\n"
        f"outputs = Outputs(pathlib.Path({str(output)!r})).__enter__()\n"
        "outputs.add('2014-03-20/a.csv', b'today')\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", killed], cwd=ROOT, check=False)
    (leftover,) = everything_below(output)
    assert leftover.endswith(".tmp")
    (output / "2014-03-20" / ".mine.tmp").write_bytes(b"not ours")
    with Outputs(output):
        assert list(everything_below(output)) == ["2014-03-20/.mine.tmp"]


def test_a_file_with_the_same_bytes_is_not_touched(output: Path):
    for _ in range(2):
        with Outputs(output) as outputs:
            outputs.add("a.csv", b"same")
            outputs.commit()
            os.utime(output / "a.csv", (1_000_000_000, 1_000_000_000))
    with Outputs(output) as outputs:
        outputs.add("a.csv", b"same")
        (written,) = outputs.commit()
    assert written == Written(output / "a.csv", output / "a.csv")
    assert (output / "a.csv").stat().st_mtime == 1_000_000_000
    assert list(everything_below(output)) == ["a.csv"]


def test_a_single_changed_file_is_on_the_disk_before_it_takes_its_name(output: Path, monkeypatch: pytest.MonkeyPatch):
    done: list[tuple[str, int]] = []
    really_fsync, really_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        done.append(("on the disk", os.fstat(descriptor).st_ino))
        really_fsync(descriptor)

    def replace(source: Path, target: Path) -> None:
        done.append(("named", os.stat(source).st_ino))
        really_replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    with lock(output), Outputs(output) as outputs:
        outputs.add("manifest.json", b"new", durable=False)
        outputs.commit()
    file = (output / "manifest.json").stat().st_ino
    assert done == [("on the disk", file), ("named", file)]


def test_of_many_files_some_have_the_same_bytes(output: Path):
    for made in ({"a.csv": b"same", "b.csv": b"old", "c.csv": b"old"}, {"a.csv": b"same", "b.csv": b"", "c.csv": b""}):
        with Outputs(output) as outputs:
            for name, content in made.items():
                outputs.add(name, content, durable=False)
            outputs.commit()
        assert everything_below(output) == made


EVERY_NAME = {"svod.xlsx", "svod-новый.xlsx", *(f"svod-новый-{n}.xlsx" for n in range(2, 100))}


@pytest.fixture
def held_by_excel(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names that cannot be replaced, as on Windows while Excel shows the file; no other system holds files so."""
    held: set[str] = set()

    def holding(really: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
        def replace(source: Path, target: Path) -> None:
            if Path(target).name in held:
                raise PermissionError(13, "used by another process")
            really(source, target)

        return replace

    for name in ("replace", "rename"):
        monkeypatch.setattr(os, name, holding(getattr(os, name)))
    return held


def test_a_workbook_that_is_open_in_excel_is_kept_beside_it_and_reported(output: Path, held_by_excel: set[str]):
    def run(content: bytes) -> Written:
        with Outputs(output, patience=0) as outputs:
            outputs.add("svod.xlsx", content)
            (written,) = outputs.commit()
        return written

    run(b"yesterday")
    held_by_excel.add("svod.xlsx")
    written = run(b"today")
    assert written.kept_beside
    assert written.lies_at == output / "svod-новый.xlsx"
    assert everything_below(output) == {"svod.xlsx": b"yesterday", "svod-новый.xlsx": b"today"}
    held_by_excel.clear()
    assert not run(b"tomorrow").kept_beside
    assert everything_below(output) == {"svod.xlsx": b"tomorrow"}  # the new one no longer misleads


def test_where_the_new_name_is_open_too_a_third_is_used(output: Path, held_by_excel: set[str]):
    with Outputs(output) as outputs:
        outputs.add("svod.xlsx", b"yesterday")
        outputs.commit()
    (output / "svod-новый.xlsx").write_bytes(b"opened this morning")
    held_by_excel |= {"svod.xlsx", "svod-новый.xlsx"}
    (output / "svod-новый-2.xlsx").mkdir()
    with Outputs(output, patience=0) as outputs:
        outputs.add("svod.xlsx", b"today")
        (written,) = outputs.commit()
    assert written.lies_at == output / "svod-новый-3.xlsx"
    assert written.lies_at.read_bytes() == b"today"


def test_a_finished_file_that_has_gone_is_found_before_the_first_takes_its_place(output: Path):
    with Outputs(output) as outputs:
        outputs.add("a.csv", b"yesterday")
        outputs.commit()
    with Outputs(output) as outputs:
        outputs.add("a.csv", b"today")
        outputs.add("b.csv", b"today")
        next(output.glob(".b.csv.*.tmp")).unlink()
        with pytest.raises(OutputError, match=r"b\.csv"):
            outputs.commit()
    assert everything_below(output) == {"a.csv": b"yesterday"}


def test_where_not_even_a_new_name_can_be_written_the_run_says_so(output: Path, held_by_excel: set[str]):
    held_by_excel |= EVERY_NAME
    with Outputs(output, patience=0) as outputs:
        outputs.add("svod.xlsx", b"today")
        with pytest.raises(OutputError, match=r"svod\.xlsx: нет прав на запись или файл открыт"):
            outputs.commit()
    assert everything_below(output) == {}


@pytest.fixture
def last_month(output: Path) -> dict[str, bytes]:
    """A whole set of an earlier run."""
    with Outputs(output) as outputs:
        for name in ("answers.csv", "findings.csv", "svod.xlsx"):
            outputs.add(name, b"old")
        outputs.commit()
    return everything_below(output)


def fails(output: Path, *names: str) -> None:
    with Outputs(output, patience=0) as outputs:
        for name in names:
            outputs.add(name, b"new")
        with pytest.raises(OutputError, match=r"svod\.xlsx"):
            outputs.commit()


def test_new_tables_never_lie_beside_the_old_workbook(
    output: Path, last_month: dict[str, bytes], held_by_excel: set[str]
):
    held_by_excel |= EVERY_NAME
    fails(output, "answers.csv", "findings.csv", "manifest.json", "svod.xlsx")
    assert everything_below(output) == last_month


def test_a_held_place_is_found_before_the_first_file_is_touched(
    output: Path, last_month: dict[str, bytes], held_by_excel: set[str], monkeypatch: pytest.MonkeyPatch
):
    for name in EVERY_NAME:
        (output / name).write_bytes(b"open")
    held_by_excel |= EVERY_NAME
    monkeypatch.setattr(os, "replace", lambda *_: pytest.fail("a file was touched"))
    fails(output, "answers.csv", "svod.xlsx")


def test_they_do_not_on_a_disk_without_links_either(
    output: Path, last_month: dict[str, bytes], held_by_excel: set[str], monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links on this disk")

    monkeypatch.setattr(os, "link", refuse)
    held_by_excel |= EVERY_NAME
    fails(output, "answers.csv", "svod.xlsx")
    assert everything_below(output) == last_month


def test_a_place_where_a_folder_stands_is_found_before_the_first_file_is_touched(
    output: Path, monkeypatch: pytest.MonkeyPatch
):
    (output / "svod.xlsx").mkdir(parents=True)
    monkeypatch.setattr(os, "replace", lambda *_: pytest.fail("a file was touched"))
    fails(output, "answers.csv", "svod.xlsx")


def test_a_workbook_kept_beside_is_restored_with_the_rest(
    output: Path, last_month: dict[str, bytes], held_by_excel: set[str]
):
    held_by_excel.add("answers.csv")
    with Outputs(output, patience=0) as outputs:
        outputs.add("answers.csv", b"kept beside")
        outputs.commit()
    before = everything_below(output)
    held_by_excel |= EVERY_NAME
    fails(output, "answers.csv", "svod.xlsx")
    assert everything_below(output) == before


def test_a_file_that_only_an_earlier_run_had_is_taken_away(output: Path, last_month: dict[str, bytes]):
    (output / "answers-новый.csv").write_bytes(b"kept beside")
    for made in ({"findings.csv": b"new"}, {}):
        with Outputs(output) as outputs:
            for name in ("answers.csv", "findings.csv"):
                outputs.own_or_none(name)
            for name, content in made.items():
                outputs.add(name, content)
            outputs.commit()
        assert everything_below(output) == {"svod.xlsx": b"old"} | made


# ── where people write ───────────────────────────────────────────────────────────────────────────────────
def digests(*contents: bytes) -> set[str]:
    return {hashlib.sha256(content).hexdigest() for content in contents}


def run_shared(output: Path, written: set[str], **made: bytes) -> list[Kept]:
    """A run that makes these returns (`.xlsx`), after one that has written what has these digests."""
    with Outputs(output, patience=0) as outputs:
        outputs.only("returns")
        outputs.shared("returns", written)
        for name, content in made.items():
            outputs.add(f"returns/{name}.xlsx", content)
        outputs.commit()
    return [Kept(one.path.relative_to(output), one.new and one.new.relative_to(output)) for one in outputs.kept]


def test_a_file_that_somebody_wrote_into_stays_and_the_new_one_lies_beside_it(output: Path):
    run_shared(output, set(), a=b"old", b=b"old too")
    (output / "returns" / "a.xlsx").write_bytes(b"old, with a note")
    kept = run_shared(output, digests(b"old", b"old too"), a=b"new", b=b"new too")
    assert kept == [Kept(Path("returns/a.xlsx"), Path("returns/a-новый.xlsx"))]
    assert everything_below(output) == {
        "returns/a.xlsx": b"old, with a note",
        "returns/a-новый.xlsx": b"new",
        "returns/b.xlsx": b"new too",
    }


def test_a_file_that_somebody_wrote_into_stays_where_the_run_makes_none_for_its_place(output: Path):
    run_shared(output, set(), a=b"old", b=b"old too")
    (output / "returns" / "a.xlsx").write_bytes(b"old, with a note")
    (output / "returns" / "~$b.xlsx").write_bytes(b"left behind by Excel")
    assert run_shared(output, digests(b"old", b"old too")) == [Kept(Path("returns/a.xlsx"))]
    assert everything_below(output) == {
        "returns/a.xlsx": b"old, with a note",
        "returns/~$b.xlsx": b"left behind by Excel",
    }


def run_beside_a_note(output: Path) -> None:
    """Somebody has written into the first run's file, and the second has laid its own beside it."""
    run_shared(output, set(), a=b"1")
    (output / "returns" / "a.xlsx").write_bytes(b"1, with a note")
    run_shared(output, digests(b"1"), a=b"2")


def test_the_new_one_beside_is_itself_kept_once_somebody_wrote_into_it(output: Path):
    run_beside_a_note(output)
    (output / "returns" / "a-новый.xlsx").write_bytes(b"2, with a note")
    kept = run_shared(output, digests(b"2"), a=b"3")
    assert kept == [
        Kept(Path("returns/a-новый.xlsx")),
        Kept(Path("returns/a.xlsx"), Path("returns/a-новый-2.xlsx")),
    ]
    assert everything_below(output) == {
        "returns/a.xlsx": b"1, with a note",
        "returns/a-новый.xlsx": b"2, with a note",
        "returns/a-новый-2.xlsx": b"3",
    }


def test_a_new_one_beside_is_replaced_by_the_next_and_goes_when_the_place_is_free_again(output: Path):
    run_beside_a_note(output)
    run_shared(output, digests(b"2"), a=b"3")
    assert everything_below(output) == {"returns/a.xlsx": b"1, with a note", "returns/a-новый.xlsx": b"3"}
    (output / "returns" / "a.xlsx").unlink()
    assert run_shared(output, digests(b"3"), a=b"4") == []
    assert everything_below(output) == {"returns/a.xlsx": b"4"}


def test_a_single_file_that_people_fill_in_is_kept_against_all_that_sweeps(output: Path):
    def run(written: set[str], *, makes: bytes | None) -> list[Kept]:
        with Outputs(output) as outputs:
            outputs.only("day")
            outputs.own_or_none("day/registry.xlsx")
            outputs.shared("day/registry.xlsx", written)
            if makes:
                outputs.add("day/registry.xlsx", makes)
            outputs.commit()
        return outputs.kept

    place, beside = output / "day" / "registry.xlsx", output / "day" / "registry-новый.xlsx"
    run(set(), makes=b"draft")
    place.write_bytes(b"draft, filled in")
    (output / "day" / "old.csv").write_bytes(b"of an earlier run")
    assert run(digests(b"draft"), makes=b"another draft") == [Kept(place, beside)]
    assert everything_below(output) == {
        "day/registry.xlsx": b"draft, filled in",
        "day/registry-новый.xlsx": b"another draft",
    }
    assert run(digests(b"another draft"), makes=None) == [Kept(place)]
    assert everything_below(output) == {"day/registry.xlsx": b"draft, filled in"}


def test_a_failed_run_leaves_what_people_wrote_and_what_lay_beside_it(output: Path, held_by_excel: set[str]):
    run_beside_a_note(output)
    before = everything_below(output)
    held_by_excel |= EVERY_NAME
    with Outputs(output, patience=0) as outputs:
        outputs.only("returns")
        outputs.shared("returns", digests(b"2"))
        outputs.add("returns/a.xlsx", b"3")
        outputs.add("svod.xlsx", b"new")
        with pytest.raises(OutputError, match=r"svod\.xlsx"):
            outputs.commit()
    assert everything_below(output) == before


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file may grow beyond 8 kB: the system refuses the rest as on a full disk."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_one_russian_sentence_and_nothing_is_torn(output: Path, full_disk: None):
    with Outputs(output) as outputs:
        outputs.add("small.csv", b"x")
        with pytest.raises(OutputError, match=r"Не удалось записать 2014-03-20/svod\.xlsx: файл больше"):
            outputs.add("2014-03-20/svod.xlsx", b"x" * 100_000)
    assert everything_below(output) == {}


def test_an_output_folder_that_is_a_file_is_named(output: Path):
    output.write_text("")
    with pytest.raises(OutputError, match=r"Не удалось записать output: .* файл, а не папка"), lock(output):
        pass
    with pytest.raises(OutputError, match="файл, а не папка"), Outputs(output) as outputs:
        outputs.add("a/b.csv", b"")


@pytest.mark.parametrize("name", ["../a.csv", "a/../../b.csv", "/tmp/a.csv", ".", "link/a.csv"])
def test_nothing_is_written_outside_the_output_folder(name: str, output: Path, tmp_path: Path):
    output.mkdir()
    (output / "link").symlink_to(tmp_path)
    with Outputs(output) as outputs, pytest.raises(ValueError, match="outside"):
        outputs.add(name, b"")
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.parametrize("other", ["a/СОШ й.csv", "a/сош Й.csv", "a/СОШ и\u0306.csv"])
def test_two_files_that_some_system_takes_for_one_are_refused(other: str, output: Path):
    with Outputs(output) as outputs:
        outputs.add("a/СОШ й.csv", b"")
        with pytest.raises(ValueError, match="twice"):
            outputs.add(other, b"")


@posix
def test_what_is_written_is_for_its_owner_alone(output: Path):
    with lock(output), Outputs(output) as outputs:
        outputs.add("2014-03-20/a.csv", b"")
        outputs.commit()
    for path in (output, *output.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_second_run_on_the_same_folder_is_told_so_and_a_killed_one_frees_it(output: Path):
    holding = (
        "import pathlib\n"
        "from pipeline.files import lock\n"
        f"with lock(pathlib.Path({str(output)!r})):\n"
        "    print('held', flush=True)\n"
        "    input()\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", holding], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(OutputError, match="уже идёт другой запуск"), lock(output):
            pass
        first.kill()
    with lock(output):
        pass


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("МБОУ «СОШ № 1»", "МБОУ «СОШ № 1»"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a<b>c:d"e/f\\g|h?i*j', "a_b_c_d_e_f_g_h_i_j"),
        ("отчёт. ", "отчёт"),
        ("  два   пробела ", "два пробела"),
        ("строка\nи\x1b[31m", "строка_и_[31m"),
        ("налево\u202eоварпан", "налево_оварпан"),
        ("имя\udcff", "имя_"),
        ("CON", "_CON"),
        ("lpt1.xlsx", "_lpt1.xlsx"),
        ("и\u0306", "й"),
        ("...", "_"),
        ("", "_"),
    ],
)
def test_a_safe_name_is_one_part_of_a_path_on_every_system(text: str, name: str):
    assert safe_name(text) == name


def test_a_safe_name_fits_with_room_for_what_is_put_around_it():
    assert len(safe_name("Ж" * 300)) == 60
    assert len(safe_name("😀" * 300).encode()) <= 120
    assert safe_name("Ж" * 300, limit=10) == "Ж" * 10


def test_what_could_not_be_written_may_be_tried_again(tmp_path: Path):
    """The sending keeps each letter anew after a pause: the disk may have room by then."""
    with Outputs(tmp_path) as outputs:
        for _ in range(2):
            with pytest.raises(OutputError):
                outputs.add("a.eml", _full)
        assert list(tmp_path.iterdir()) == []
        (tmp_path / "b.eml").mkdir()
        for _ in range(2):
            outputs.add("b.eml", b"b")
            with pytest.raises(OutputError):
                outputs.commit()
        (tmp_path / "b.eml").rmdir()
        outputs.add("a.eml", b"a")
        assert [one.path.name for one in outputs.commit()] == ["a.eml"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.eml"]


def test_a_file_may_be_made_by_another_process(output: Path):
    with Outputs(output) as outputs:
        beside = outputs.expect("archive/a")
        assert make_beside(beside, b"a")
        with pytest.raises(ValueError, match="twice"):
            outputs.add("archive/A", b"")
        assert everything_below(output) == {f"archive/{beside.name}": b"a"}
        assert [one.path.name for one in outputs.commit()] == ["a"]
        outputs.expect("archive/a")
    assert everything_below(output) == {"archive/a": b"a"}
    if os.name == "posix":
        assert stat.S_IMODE((output / "archive" / "a").stat().st_mode) == 0o600


def test_what_was_made_here_after_all_is_not_made_a_second_time(output: Path):
    with Outputs(output) as outputs:
        outputs.expect("a")
        outputs.add("a", b"a")
        for again in (lambda: outputs.add("a", b"another"), lambda: outputs.expect("a")):
            with pytest.raises(ValueError, match="twice"):
                again()
        outputs.commit()
    assert everything_below(output) == {"a": b"a"}


def test_what_one_process_makes_is_not_asked_of_another(output: Path):
    with Outputs(output) as outputs:
        outputs.expect("a")
        with pytest.raises(ValueError, match="twice"):
            outputs.expect("a")


def test_what_another_process_could_not_make_is_made_here_or_by_nobody(output: Path, full_disk: None):
    with Outputs(output) as outputs:
        assert not make_beside(outputs.expect("a"), b"a" * 100_000)
        outputs.add("a", b"a")
        assert not make_beside(outputs.expect("b"), b"b" * 100_000)
        outputs.unexpect("b")
        outputs.commit()
        assert everything_below(output) == {"a": b"a"}
        outputs.expect("c")
        outputs.add("a", b"anew")
        with pytest.raises(OutputError, match="Не удалось записать c: файла или папки нет"):
            outputs.commit()
    assert everything_below(output) == {"a": b"a"}


def _full(file: BinaryIO) -> None:
    file.write(b"half")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
