"""All that a run writes passes here: files are made beside their places and put there together, whole or not at all.

A leaf: imports nothing of the project but the leaf below it.
"""

import errno
import filecmp
import os
import re
import unicodedata
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec
from filelock import FileLock, Timeout

from pipeline.exchange import (
    NEW_NAME,
    RECORD,
    DamagedRecordError,
    Drop,
    Exchange,
    Move,
    Steps,
    complete,
    digest_at,
    is_to_be_had,
    new_names,
    not_to_be_had,
)

Content = bytes | Iterable[bytes] | Callable[[IO[bytes]], object]

_LEFTOVER = re.compile(r"\..+\.\d+\.tmp")
_LOCK = ".svod.lock"
_FEW = 20  # files that are flushed by themselves rather than with all that the system holds
_NOBODYS = re.compile(r"~\$.*|\..*|Thumbs\.db|desktop\.ini", re.IGNORECASE)  # what systems and Excel leave in a folder
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")  # control, bidi and zero-width characters, lone surrogates


class OutputError(Exception):
    """The run writes nothing. The text is one Russian sentence that says why and what to do."""


class HeldError(OutputError):
    """Another run has the folder."""


class Written(msgspec.Struct, frozen=True):
    """One file of a run: where it was to lie, and where it lies when that place was held by another program."""

    path: Path
    lies_at: Path

    @property
    def kept_beside(self) -> bool:
        return self.lies_at != self.path


class Kept(msgspec.Struct, frozen=True):
    """A file in a place where people write that is not as a run wrote it: left as it is. `new`: where what this run
    made for its place lies; None where it made nothing for it."""

    path: Path
    new: Path | None = None


class Outputs:
    """The files of one run below `root`. Made by `add`, they appear under their names at `commit`.

    `kept`: of the last commit, what people have written into and the run has therefore left as it was.

    Left without a commit (a failed run) it takes away what it made; what a killed run left is swept at entry.
    Enter it under `lock`, else another run's unfinished files are taken for leftovers.
    """

    def __init__(self, root: Path, patience: float = 1.0) -> None:
        """`patience`: seconds between two tries to replace a file that another program holds."""
        self._root = root
        self._patience = patience
        self._pending: dict[Path, Path] = {}  # place -> the finished file beside it
        self._names: set[str] = set()  # of the pending places, as `_same_name` has them
        self._unsynced: set[Path] = set()  # of the pending places
        self._expected: set[Path] = set()  # of the pending places: those that another process makes
        self._inside: set[Path] = set()  # folders that lie below the root indeed
        self._swept: set[Path] = set()
        self._dropped: set[Path] = set()
        self._shared = _Shared()
        self.kept: list[Kept] = []

    def __enter__(self) -> Self:
        with _russian_refusal(Path(self._root.name)):
            _complete(self._root)
            _sweep(self._root)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for beside in self._pending.values():
            with suppress(NotADirectoryError):  # a file stands where its folder was to be: nothing was made there
                beside.unlink(missing_ok=True)
        self._pending.clear()

    @property
    def root(self) -> Path:
        return self._root

    def add(self, relative: str | Path, content: Content, *, durable: bool = True) -> None:
        """Makes one file, beside its place: `content` is its bytes, whole or in pieces, or writes them to the binary
        file it is given.

        `durable` waits until the disk has it; not needed for a file that is one of many (`reach_the_disk`). Raises
        OutputError.
        """
        place = self._place(relative)
        self._expected.discard(place)
        beside = self._pend(place)
        if durable:
            self._unsynced.discard(place)
        try:
            with self._refusal(place):
                make_private_folder(place.parent)
                _write(beside, content, durable)
        except BaseException:
            self._forget([place])
            raise

    def expect(self, relative: str | Path) -> Path:
        """Where another process makes one file, by `make_beside`: it stands then as if it had been added without
        `durable`. One that it could not make is added after all, or `unexpect`ed. Raises OutputError."""
        place = self._place(relative)
        if place in self._expected:
            raise ValueError(f"written twice in one run: {relative}")
        with self._refusal(place):
            make_private_folder(place.parent)
        self._expected.add(place)
        return self._pend(place)

    def unexpect(self, relative: str | Path) -> None:
        """Nobody makes this file."""
        self._forget([self._root / relative])

    def reach_the_disk(self) -> None:
        """Waits until the disk has all files made since the last commit: for many at once far quicker than `durable`
        for each of them. A commit does it, too. Raises OutputError."""
        if len(self._unsynced) > _FEW and hasattr(os, "sync"):
            os.sync()
        elif self._unsynced:
            with ThreadPoolExecutor(_FEW) as threads:  # the disk writes once what is asked of it at one time
                for _ in threads.map(self._flush, self._unsynced):
                    pass
        self._unsynced.clear()

    def _flush(self, place: Path) -> None:
        with self._refusal(place), open(self._pending[place], "r+b") as file:
            os.fsync(file.fileno())

    def only(self, folder: str | Path) -> None:
        """At the commit this folder keeps what the run has made for it, and nothing of earlier runs."""
        self._swept.add(self._root / folder)

    def own_or_none(self, relative: str | Path) -> None:
        """At the commit this file of an earlier run is taken away, unless this run has made it anew."""
        self._dropped.add(self._root / relative)

    def shared(self, place: str | Path, written: Container[str]) -> None:
        """People write into this file, or into the files of this folder. At the commit one whose digest (SHA-256) is
        not among `written` is neither replaced nor taken away: what the run has made for its place lies beside it.

        `written`: what earlier runs have put there, and what is not lost without it because it lies elsewhere too.
        """
        self._shared.add(self._root / place, written)

    def commit(self) -> list[Written]:
        """Puts all files made since the last commit into their places: all or none, also where the run is killed
        between two of them (`exchange`). What can be known of a place is known before the first is touched.

        Raises OutputError; what stood in the places stands there again then, and what was made for them is to be added
        anew.
        """
        plan, exchange = _Plan(self._root, self._patience, self._shared), None
        try:
            for place, beside in self._pending.items():
                with self._refusal(place):
                    _refuse_lost(beside)
                    _refuse_folder(place)
            for place, beside in sorted(self._pending.items(), key=itemgetter(0)):
                with self._refusal(place):
                    plan.put(beside, place)
            theirs = plan.drop(self._swept, self._dropped)
            self._unsynced -= plan.same
            self.reach_the_disk()  # no name, and no record, is given to what the disk may still lose
            with _russian_refusal(Path(self._root.name), self._root):
                exchange = Exchange(self._root, plan.steps, self._patience)
                lies_at = exchange.carry_out()
        except BaseException:
            if exchange and exchange.is_left:  # whoever comes next needs them
                self._clear()
            self._forget(list(self._pending))
            raise
        written = [Written(place, lies_at.get(meant, meant)) for place, meant in plan.meant.items()]
        self._clear()
        self.kept = self._shared.kept(written, theirs)
        return written

    def _clear(self) -> None:
        self._pending.clear()
        self._unsynced.clear()
        self._expected.clear()
        self._names.clear()

    def _forget(self, places: Iterable[Path]) -> None:
        """As if it had not been added: whoever goes on after a failure may try again."""
        for place in places:
            beside = self._pending.pop(place)
            self._names.discard(_same_name(place))
            self._unsynced.discard(place)
            self._expected.discard(place)
            with suppress(OSError):  # the next run sweeps it
                beside.unlink(missing_ok=True)

    def _pend(self, place: Path) -> Path:
        """Where the file is made."""
        beside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
        self._pending[place] = beside
        self._names.add(_same_name(place))
        self._unsynced.add(place)
        return beside

    def _place(self, relative: str | Path) -> Path:
        place = self._root / relative
        if not self._is_inside(place) or place == self._root:
            raise ValueError(f"outside the output folder: {relative}")
        if _same_name(place) in self._names and place not in self._expected:
            raise ValueError(f"written twice in one run: {relative}")
        return place

    def _is_inside(self, place: Path) -> bool:
        """Links and dots followed; those of a folder once, for the hundreds of files that it gets."""
        if place.name == ".." or place.is_symlink():
            return place.resolve().is_relative_to(self._root.resolve())
        folder = place.parent
        if folder not in self._inside and folder.resolve().is_relative_to(self._root.resolve()):
            self._inside.add(folder)
        return folder in self._inside

    def _refusal(self, place: Path) -> AbstractContextManager[None]:
        return _russian_refusal(place, below=self._root)


@contextmanager
def lock(root: Path, patience: float = 0.0) -> Iterator[None]:
    """Holds the output folder for one run. The system frees it when the process dies, however it dies; what it was
    putting into its places then is put there first. Raises OutputError where another run holds it, and does not end
    within `patience`, seconds."""
    held = FileLock(root / _LOCK, timeout=patience, mode=0o600)
    with _russian_refusal(Path(root.name)):
        make_private_folder(root)
        try:
            held.acquire()
        except Timeout:
            raise HeldError(
                f"С папкой «{root.name}» уже идёт другой запуск: дождитесь его конца и повторите."
            ) from None
    try:
        with _russian_refusal(Path(root.name)):
            _complete(root)
        yield
    finally:
        held.release()


def _silent(_: str) -> None:
    return None


def settle(root: Path, say: Callable[[str], None] = _silent) -> bool:
    """For whoever only looks: completes what a killed run was putting into its places in that folder or, of several
    orders, below it, unless a run is under way there. Was there anything, and is it all done? `say` is told why it
    cannot be done: what is looked at then may be old by half."""
    begun = [record.parent for record in (root / RECORD, *root.glob(f"*/{RECORD}")) if record.is_file()]
    for folder in begun:
        try:
            with lock(folder):
                pass
        except HeldError:  # that run completes it
            pass
        except OutputError as error:
            say(str(error))
    return bool(begun) and not any((folder / RECORD).exists() for folder in begun)


def _complete(root: Path) -> None:
    """By `lock`, for whoever takes the folder, and again by each `Outputs`: under one lock there are several, and one
    before it may have failed with its record left behind."""
    try:
        complete(root)
    except DamagedRecordError:
        raise OutputError(
            f"Файл {RECORD} в папке «{root.name}» испорчен: прерванный запуск не довести до конца, и его результаты "
            "могли остаться прежними наполовину. Удалите этот файл и сделайте свод на эту дату снова."
        ) from None


def safe_name(text: str, limit: int = 60) -> str:
    """The text as a part of a file name on every system: never a path, at most `limit` letters."""
    text = unicodedata.normalize("NFC", text)
    text = "".join("_" if c in '<>:"/\\|?*' or unicodedata.category(c) in _UNSEEN else c for c in text)
    text = " ".join(text.split())[:limit]
    while len(text.encode()) > 2 * limit:  # a name has 255 bytes on Linux: two for a Cyrillic letter, four for an emoji
        text = text[:-1]
    text = text.strip(". ")
    if re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", text, re.IGNORECASE):  # devices on Windows
        return f"_{text}"
    return text or "_"


def write_new(place: Path, content: bytes) -> bool:
    """Makes a file where there is nothing yet; False where there is something, which stays as it is.

    Raises OutputError.
    """
    with _russian_refusal(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            place.touch(exist_ok=False)
        except FileExistsError:
            return False
        try:
            place.write_bytes(content)
        except OSError:  # a full disk: no half of a file is left
            place.unlink(missing_ok=True)
            raise
    return True


def make_beside(beside: Path, content: bytes) -> bool:
    """One file of a run that waits for it (`Outputs.expect`), made in another process. Says whether it could be: why
    not is found out and told by the run itself. For a run that was killed nothing is made: the folder may be held by
    another one by now."""
    if run_is_gone():
        return False
    try:
        _write(beside, content, durable=False)
    except OSError:
        return False
    return True


def run_is_gone() -> bool:
    """Has the process ended that has started this one, a worker?"""
    from multiprocessing import parent_process  # here: a command without workers has no use for it

    run = parent_process()
    return run is not None and not run.is_alive()


def open_private(path: Path) -> IO[str]:
    """A text to be written anew, for its owner alone."""
    return open(path, "w", encoding="utf-8", errors="replace", opener=_privately)


def _privately(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _write(path: Path, content: Content, durable: bool) -> None:
    with open(path, "w+b", opener=_privately) as file:
        if isinstance(content, bytes):
            file.write(content)
        elif callable(content):
            content(file)
        else:
            file.writelines(content)
        file.flush()
        if durable:
            os.fsync(file.fileno())


class _Shared:
    """The places where people write, files and folders, with the digests of what runs have put there."""

    def __init__(self) -> None:
        self._written: dict[Path, Container[str]] = {}

    def add(self, place: Path, written: Container[str]) -> None:
        self._written[place] = written

    def is_theirs(self, path: Path) -> bool:
        """Does a file lie there that no run has written so. One that cannot be read may be theirs."""
        written = self._written_to(path)
        if written is None or not path.is_file():
            return False
        try:
            return digest_at(path) not in written
        except OSError:
            return True

    def was(self, path: Path) -> str | None:
        """What lies there now, for a record of what is to be done; None where nobody writes."""
        return None if self._written_to(path) is None else digest_at(path)

    def new_names(self, place: Path) -> Iterator[Path]:
        """Where a file is laid when its place is not to be had: as many as are there already, and the next one."""
        for name in new_names(place):
            yield name
            if not name.exists():
                return

    def kept(self, written: Iterable[Written], undropped: Iterable[Path]) -> list[Kept]:
        """What is theirs in the places of what was `written`, or was to be dropped and was not; by path."""
        found = {path: Kept(path) for path in undropped}
        for one in written:
            beside = [path for path in self.new_names(one.path) if path != one.lies_at]
            found |= {path: Kept(path) for path in beside if self.is_theirs(path)}
            if one.kept_beside and self.is_theirs(one.path):
                found[one.path] = Kept(one.path, one.lies_at)
        return sorted((one for one in found.values() if not _NOBODYS.fullmatch(one.path.name)), key=lambda k: k.path)

    def _written_to(self, path: Path) -> Container[str] | None:
        """What runs have put into the place that `path` belongs to; None where it is none of people's."""
        if not self._written:
            return None
        for place in (path, path.parent):
            if place in self._written:
                return self._written[place]
        return self._written.get(path.with_stem(NEW_NAME.sub("", path.stem)))


class _Plan:
    """What a commit is to move and to take away. `meant`: of each place where its file is to lie, in their order;
    `same`: those that hold it already."""

    def __init__(self, root: Path, patience: float, shared: _Shared) -> None:
        self._root = root
        self._patience = patience
        self._shared = shared
        self.meant: dict[Path, Path] = {}
        self.same: set[Path] = set()
        self.moves: list[Move] = []
        self._drops: dict[Path, Drop] = {}

    @property
    def steps(self) -> Steps:
        return Steps(tuple(self.moves), tuple(self._drops.values()))

    def put(self, beside: Path, place: Path) -> None:
        """Into its place, unless that holds the same bytes already, is held or people have written into it."""
        lies_at = place
        if _is_same(beside, place):
            beside.unlink()
            self.same.add(place)
        else:
            if self._shared.is_theirs(place) or not is_to_be_had(place, self._patience):
                lies_at = self._beside(place)
            self.moves.append(Move(self._below(beside), self._below(lies_at), self._shared.was(lies_at)))
        self.meant[place] = lies_at
        for name in self._shared.new_names(place):
            if name != lies_at and not name.is_dir() and not self._shared.is_theirs(name):
                self._take_away(name)

    def drop(self, folders: Iterable[Path], files: Collection[Path]) -> list[Path]:
        """What earlier runs have left in these folders and under these names is taken away; returns what is people's
        and stays."""
        others = {path for folder in folders for path in folder.glob("*")} | set(files)
        others |= {name for path in files for name in self._shared.new_names(path)}
        theirs = []
        for path in sorted(others - set(self.meant.values())):
            if _LEFTOVER.fullmatch(path.name):  # this run's own, still on their way
                continue
            if self._shared.is_theirs(path):
                theirs.append(path)
            else:
                self._take_away(path)
        return theirs

    def _beside(self, place: Path) -> Path:
        """The first name that is to be had: the new name may be open as well, or somebody's."""
        for name in new_names(place):
            if not self._shared.is_theirs(name) and not name.is_dir() and is_to_be_had(name, 0.0):
                return name
        raise not_to_be_had(place)

    def _take_away(self, path: Path) -> None:
        if path.is_file():
            with suppress(OSError):  # it cannot be read, and may be theirs
                self._drops[path] = Drop(self._below(path), self._shared.was(path))

    def _below(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def _is_same(beside: Path, place: Path) -> bool:
    return place.is_file() and filecmp.cmp(beside, place, shallow=False)


def _refuse_lost(beside: Path) -> None:
    """A file that was made and is no longer there: another program has cleared the folder."""
    beside.stat()


def _refuse_folder(place: Path) -> None:
    """What can be known of a place before the first of them is touched; that it can be written to shows in `add`."""
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))


def _sweep(root: Path) -> None:
    """A folder below it that is held for itself is swept by whoever holds that: of several orders each has its own."""
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if not Path(folder, name, _LOCK).exists()]
        for name in names:
            if _LEFTOVER.fullmatch(name):
                Path(folder, name).unlink()


def make_private_folder(folder: Path) -> None:
    """The folder and those over it; new ones are open to their owner alone."""
    if not folder.exists():
        for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)


def _same_name(path: Path) -> str:
    """Equal for names that Windows or macOS take for one."""
    return unicodedata.normalize("NFC", str(path)).casefold()


_CAUSES = {
    errno.ENOSPC: "на диске кончилось место",
    errno.EDQUOT: "на диске кончилось отведённое место",
    errno.EFBIG: "файл больше, чем разрешает система",
    errno.EACCES: "нет прав на запись или файл открыт в другой программе",
    errno.EPERM: "нет прав на запись",
    errno.EROFS: "диск открыт только для чтения",
    errno.EEXIST: "на этом месте лежит файл, а не папка",
    errno.ENOTDIR: "на этом месте лежит файл, а не папка",
    errno.EISDIR: "на этом месте лежит папка",
    errno.ENAMETOOLONG: "слишком длинное имя",
    errno.ELOOP: "ссылки ведут одна на другую",
    errno.ENOENT: "файла или папки нет: возможно, их удалили, пока шла работа",
    errno.EIO: "диск не читается или не пишется",
}


def cause_of(error: OSError) -> str:
    """An everyday trouble of a disk in Russian words; blank for what is none."""
    return _CAUSES.get(error.errno or 0, "")


@contextmanager
def _russian_refusal(shown: Path, root: Path | None = None, *, below: Path | None = None) -> Iterator[None]:
    """The system's refusal as one sentence naming the file as it is `shown`, or as it lies `below` a folder; with
    `root` the one below that which the system names."""
    try:
        yield
    except OSError as error:
        shown = shown.relative_to(below) if below else shown
        named = Path(os.fsdecode(error.filename2 or error.filename or ""))
        if root and named.is_relative_to(root) and named != root:
            shown = named.relative_to(root)
        cause = cause_of(error) or f"ошибка системы {error.errno}"
        raise OutputError(
            f"Не удалось записать {shown.as_posix()}: {cause}. Исправьте это и запустите снова."
        ) from error
