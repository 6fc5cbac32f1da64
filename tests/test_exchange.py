"""A set of files takes its places as one, wherever the run that puts it there is killed."""

import errno
import itertools
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import pytest

from pipeline.exchange import RECORD
from pipeline.files import OutputError, Outputs, lock, settle
from tests.dying import dies_at
from tests.test_files import ROOT, digests, everything_below

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no SIGKILL, no fork there")

OLD = {name: f"old {name}".encode() for name in ("a.csv", "manifest.json", "svod.xlsx", "returns/1.xlsx")} | {
    "returns/2.xlsx": b"old, and no more made"
}
NEW = {name: f"new {name}".encode() for name in ("a.csv", "manifest.json", "svod.xlsx", "returns/1.xlsx", "b.csv")}


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory, where there is such a place: a disk makes every death wait for it."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as made:
        yield Path(made)


@pytest.fixture
def output(folder: Path) -> Path:
    put(OLD, folder / "output")
    return folder / "output"


def put(files: dict[str, bytes], output: Path) -> None:
    with lock(output), Outputs(output, patience=0) as outputs:
        outputs.only("returns")
        outputs.shared("returns", digests(*OLD.values()))
        for name, content in files.items():
            outputs.add(name, content, durable=False)
        outputs.commit()


def results(output: Path) -> dict[str, bytes]:
    """As people see them: by their names, leftovers and what begins with a dot left out."""
    found = everything_below(output)
    return {name: content for name, content in found.items() if not Path(name).name.startswith(".")}


def every_death(output: Path, work: Callable[[], object]) -> Iterator[None]:
    """The folder as it lies after each death of the work, from the first thing it does to the last."""
    with tempfile.TemporaryDirectory(dir=output.parent) as kept:
        shutil.copytree(output, Path(kept, "before"))
        nth = 1
        while dies_at(nth, work):
            yield
            shutil.rmtree(output)
            shutil.copytree(Path(kept, "before"), output)
            nth += 1


def test_wherever_it_is_killed_the_set_is_all_old_or_all_new_at_the_next_touch(output: Path):
    met = {"old": 0, "new": 0, "a mixture before": 0}
    for _ in every_death(output, lambda: put(NEW, output)):
        met["a mixture before"] += results(output) not in (OLD, NEW)
        settle(output)
        assert results(output) in (OLD, NEW)
        met["old" if results(output) == OLD else "new"] += 1
        put(NEW, output)
        assert everything_below(output).keys() - {".svod.lock"} == NEW.keys()  # nothing is left over
    assert min(met.values()) > 3


def test_killed_on_its_way_back_it_is_all_old_at_the_next_touch(output: Path, monkeypatch: pytest.MonkeyPatch):
    """The disk refuses the last file, which nobody could know before."""
    really, failed = os.replace, []

    def replace(source: Path, target: Path) -> None:
        if Path(target).name == "svod.xlsx" and not failed:
            failed.append(target)
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(source), None, str(target))
        really(source, target)

    def fail() -> None:
        with pytest.raises(OutputError, match=r"svod\.xlsx: диск не читается"):
            put(NEW, output)

    monkeypatch.setattr(os, "replace", replace)
    mixtures = 0
    for _ in every_death(output, fail):
        failed[:] = ["once"]
        mixtures += results(output) not in (OLD, NEW)
        settle(output)
        assert results(output) in (OLD, NEW)
        failed.clear()
    assert results(output) == OLD
    assert mixtures > 5


def test_a_disk_that_takes_nothing_any_more_leaves_a_set_that_the_next_touch_completes(
    output: Path, monkeypatch: pytest.MonkeyPatch
):
    """From the n-th rename on it refuses all, the way back too; and again while the way back is gone."""
    met = {"old": 0, "new": 0}
    with tempfile.TemporaryDirectory(dir=output.parent) as kept:
        shutil.copytree(output, Path(kept, "before"))
        for first, last in [(n, m) for n in range(1, 7) for m in (n, n + 2, 99)]:
            with monkeypatch.context() as patched:
                patched.setattr(os, "replace", partial(_refusing, os.replace, itertools.count(1), first, last))
                with pytest.raises(OutputError, match="диск не читается"):
                    put(NEW, output)
            settle(output)
            assert results(output) in (OLD, NEW), (first, last)
            met["old" if results(output) == OLD else "new"] += 1
            put(NEW, output)
            assert everything_below(output).keys() - {".svod.lock"} == NEW.keys()
            shutil.rmtree(output)
            shutil.copytree(Path(kept, "before"), output)
    assert min(met.values()) > 3


def test_where_the_first_file_is_refused_and_the_record_stays_nothing_of_the_old_set_is_lost(
    output: Path, monkeypatch: pytest.MonkeyPatch
):
    """The way forward would take away what only the old set has, and no file of the new one is there any more."""
    really_replace, really_unlink = os.replace, os.unlink

    def replace(source: Path, target: Path) -> None:
        if Path(target).name != RECORD:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(source), None, str(target))
        really_replace(source, target)

    def unlink(path: Path, **words: int) -> None:
        if Path(path).name == RECORD:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        really_unlink(path, **words)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace)
        patched.setattr(os, "unlink", unlink)
        with pytest.raises(OutputError, match="диск не читается"):
            put(NEW, output)
    assert settle(output)
    assert results(output) == OLD
    put(NEW, output)
    assert everything_below(output).keys() - {".svod.lock"} == NEW.keys()


def test_whoever_goes_on_where_the_way_forward_is_left_may_add_the_same_files(
    output: Path, monkeypatch: pytest.MonkeyPatch
):
    with lock(output), Outputs(output, patience=0) as outputs:
        for name in ("a.csv", "svod.xlsx"):
            outputs.add(name, NEW[name], durable=False)
        with monkeypatch.context() as patched:  # the second rename, after that of the record, and all that follow
            patched.setattr(os, "replace", partial(_refusing, os.replace, itertools.count(1), 2, 99))
            with pytest.raises(OutputError, match="диск не читается"):
                outputs.commit()
        assert (output / RECORD).exists()
        outputs.add("a.csv", b"newer")
        outputs.commit()
    assert results(output)["a.csv"] == b"newer"


def _refusing(
    really: Callable[[Path, Path], None], numbers: Iterator[int], first: int, last: int, source: Path, target: Path
) -> None:
    if first <= next(numbers) <= last:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(source), None, str(target))
    really(source, target)


def test_killed_while_it_is_completed_it_is_completed_by_the_next(output: Path):
    killed_between(output)
    deaths = 0
    for _ in every_death(output, lambda: settle(output)):
        deaths += 1
        settle(output)
        assert results(output) == NEW
    assert deaths > 5


def killed_between(output: Path) -> None:
    """Some files have their places, and others not."""
    assert dies_at(_between(), lambda: put(NEW, output))
    assert _is_between(output)


def _is_between(output: Path) -> bool:
    return results(output)["a.csv"] == NEW["a.csv"] and results(output)["svod.xlsx"] == OLD["svod.xlsx"]


@cache
def _between() -> int:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        put(OLD, output)
        deaths = enumerate(every_death(output, lambda: put(NEW, output)), 1)
        return next(nth for nth, _ in deaths if _is_between(output))


def test_what_somebody_wrote_in_meanwhile_is_kept_and_the_new_one_lies_beside_it(output: Path):
    killed_between(output)
    (output / "returns" / "1.xlsx").write_bytes(b"with a note")
    (output / "returns" / "2.xlsx").write_bytes(b"with a note, too")
    assert settle(output)
    assert results(output) == NEW | {
        "returns/1.xlsx": b"with a note",
        "returns/1-новый.xlsx": NEW["returns/1.xlsx"],
        "returns/2.xlsx": b"with a note, too",
    }


def test_once_all_have_their_places_a_disk_that_takes_no_more_is_no_failure(
    output: Path, monkeypatch: pytest.MonkeyPatch
):
    """The set is the new one; what could not be taken away goes with the next."""
    really, refused = os.unlink, []

    def unlink(path: Path, **words: int) -> None:
        name = Path(path).name
        if name in ("2.xlsx", RECORD) or ".old." in name:
            refused.append(name)
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        really(path, **words)

    monkeypatch.setattr(os, "unlink", unlink)
    put(NEW, output)
    assert results(output) == NEW | {"returns/2.xlsx": OLD["returns/2.xlsx"]}
    assert {"2.xlsx", RECORD} < set(refused)
    monkeypatch.undo()
    put(NEW, output)
    assert everything_below(output).keys() - {".svod.lock"} == NEW.keys()


def test_whoever_writes_next_begins_where_the_killed_one_would_have_ended(output: Path):
    killed_between(output)
    with lock(output):
        assert results(output) == NEW


def test_what_a_run_of_one_order_has_made_is_not_swept_from_above(folder: Path):
    """Of several orders each has a folder of its own, below the one that holds their letter."""
    order = folder / "output" / "meals"
    put(OLD, order)
    killed_between(order)
    with lock(folder / "output"), Outputs(folder / "output"):
        pass
    assert settle(folder / "output")
    assert results(order) == NEW


def test_a_run_under_way_is_left_alone_by_whoever_only_looks(output: Path):
    killed_between(output)
    before = everything_below(output)
    holding = f"from filelock import FileLock; held = FileLock({str(output / '.svod.lock')!r}); held.acquire()"
    command = [sys.executable, "-c", f"{holding}; print('held', flush=True); input()"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        assert not settle(output, pytest.fail)  # that run tells of itself
        assert everything_below(output) == before
        other.communicate("\n")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"moves": [{"source": "../a", "place": "b"}]}',
        b'{"moves": [{"source": "a", "place": "/etc/b"}]}',
        b'{"drops": [{"path": "link/a"}]}',
    ],
)
def test_a_record_that_cannot_be_followed_is_refused_and_nothing_is_touched(said: bytes, output: Path):
    (output / "link").symlink_to(output.parent)
    (output.parent / "a").write_bytes(b"not ours")
    (output / RECORD).write_bytes(said)
    before = everything_below(output)
    told: list[str] = []
    assert not settle(output, told.append)
    assert [line.partition(":")[0] for line in told] == ["Файл .svod.commit в папке «output» испорчен"]
    with pytest.raises(OutputError, match=r"Файл \.svod\.commit в папке «output» испорчен.*Удалите этот файл"):
        put(NEW, output)
    assert everything_below(output) == before
    assert (output.parent / "a").exists()
    (output / RECORD).unlink()
    put(NEW, output)
    assert results(output) == NEW


def test_the_record_is_for_its_owner_alone_and_names_that_are_no_text_come_back(output: Path):
    odd = os.fsdecode(b"\xee\xf2.xlsx")
    (output / "returns" / odd).write_bytes(b"old")
    (output / "returns" / f".{odd}.1.tmp").write_bytes(b"new")
    moves = [{"source": f"returns/.{odd}.1.tmp", "place": f"returns/{odd}"}]
    (output / RECORD).write_text(json.dumps({"moves": moves}), "ascii")
    assert settle(output)
    assert (output / "returns" / odd).read_bytes() == b"new"
    for _ in every_death(output, lambda: put(NEW, output)):
        if (output / RECORD).exists():
            assert stat.S_IMODE((output / RECORD).stat().st_mode) == 0o600
            return
    pytest.fail("there never was one")


# ── places that are not to be had ────────────────────────────────────────────────────────────────────────
@pytest.fixture
def fixed(tmp_path: Path, folder: Path) -> Iterator[Path]:
    """A set with a file that the system lets nobody replace: what disks know, and memory does not. A container may be
    refused that: then it is another's, in a folder for everybody."""
    put(OLD, tmp_path / "output")
    place = tmp_path / "output" / "svod.xlsx"
    if subprocess.run(["chattr", "+i", place], capture_output=True).returncode == 0:
        yield place.parent
        subprocess.run(["chattr", "-i", place], check=True)
    else:
        with _as_another(folder / "output"):
            yield folder / "output"


@contextmanager
def _as_another(output: Path) -> Iterator[None]:
    """Whose all of the set is but for the workbook, and not the folder."""
    put(OLD, output)
    output.parent.chmod(0o755)
    for path in output.rglob("*"):
        os.chown(path, 54321, 54321)
    os.chown(output, 12345, 12345)
    output.chmod(0o1777)
    os.chown(output / "svod.xlsx", 12345, 12345)
    (output / "svod.xlsx").chmod(0o644)
    os.seteuid(54321)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="both ask for root on Linux")
def test_a_place_that_is_not_to_be_had_is_known_before_the_first_file_is_touched(
    fixed: Path, monkeypatch: pytest.MonkeyPatch
):
    """Where its own name is not to be had the new one is, and no file has to be put back for that."""
    output = fixed
    tried = []
    really = os.replace

    def replace(source: Path, target: Path) -> None:
        tried.append(Path(target).name)
        really(source, target)

    monkeypatch.setattr(os, "replace", replace)
    put(NEW, output)
    assert "svod.xlsx" not in tried
    assert results(output) == NEW | {"svod.xlsx": OLD["svod.xlsx"], "svod-новый.xlsx": NEW["svod.xlsx"]}


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="another's file is made by root alone")
def test_in_a_folder_for_everybody_the_file_of_another_is_not_to_be_had(folder: Path):
    (folder / "svod.xlsx").write_bytes(b"another's")
    for path, mode in ((folder / "svod.xlsx", 0o644), (folder, 0o1777)):
        os.chown(path, 12345, 12345)
        path.chmod(mode)
    code = (
        "from pathlib import Path; from pipeline.exchange import is_to_be_had; from sys import argv, exit; "
        "import os; os.setuid(54321); exit(is_to_be_had(Path(argv[1]), 0))"
    )
    done = subprocess.run([sys.executable, "-c", code, folder / "svod.xlsx"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_record_that_cannot_be_written_leaves_the_old_set(output: Path):
    """No room for it, or a folder lies there."""
    (output / f"{RECORD}.{os.getpid()}.tmp").mkdir()
    with pytest.raises(OutputError, match=r"\.svod\.commit\.\d+\.tmp: на этом месте лежит папка"):
        put(NEW, output)
    assert results(output) == OLD
