"""New files for old ones, a whole set at once. What is to be moved and taken away stands in a record before the first
of it is: whoever opens the folder after a kill carries it to its end.

A leaf: imports nothing of the project.
"""

import errno
import hashlib
import itertools
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

RECORD = ".svod.commit"  # in the folder whose files are exchanged

NEW = "-новый"
NEW_NAME = re.compile(rf"{NEW}(?:-\d+)?$")
_NEW_NAMES = 99  # that are tried beside a place that is not to be had
_BUSY_TRIES = 3


class DamagedRecordError(Exception):
    """What stands in the record was not written by Svod, or has not come whole from the disk."""


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`source` takes the place of `place`, both below the folder. `was`: where people write, the digest (SHA-256) of
    what lay there, blank for nothing; what has another one by then is theirs. None: nobody writes there."""

    source: str
    place: str
    was: str | None = None


class Drop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`path`, below the folder, is taken away. `was`: as of a move."""

    path: str
    was: str | None = None


class Steps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In this order: all moves, then all drops."""

    moves: tuple[Move, ...] = ()
    drops: tuple[Drop, ...] = ()


class Exchange:
    """Carries out the steps, all or none; after a kill `complete` does."""

    def __init__(self, root: Path, steps: Steps, patience: float = 0.0) -> None:
        """`patience`: seconds between two tries to replace a file that another program holds."""
        self._root = root
        self._steps = steps
        self._patience = patience
        self.is_left = False  # after a failure: some places have their new files, and `complete` is to do the rest
        self._former: dict[Path, Path | None] = {}  # a place that has its new file -> the old one; None: there was none

    def carry_out(self) -> dict[Path, Path]:
        """Where each file of the moves lies then, by its place: another program may have taken hold of that by now.
        Raises OSError; what stood in the places stands there again then, unless `is_left`."""
        recorded = len(self._steps.moves) + len(self._steps.drops) > 1  # one rename is whole by itself
        try:
            if recorded:
                _write_record(self._root, self._steps)
            lies_at = {
                self._root / move.place: _place(self._root, move, self._replace, self._patience)
                for move in self._steps.moves
            }
        except BaseException:
            self._undo(recorded=recorded)
            raise
        for former in filter(None, self._former.values()):
            _unlink(former)
        for drop in self._steps.drops:
            _drop(self._root, drop)
        if recorded:
            with suppress(OSError):  # whoever comes next finds all moves done, and tries the rest again
                _remove_record(self._root, self._steps)
        return lies_at

    def _replace(self, source: Path, place: Path) -> None:
        former = _second_name(place) if place.exists() else None
        try:
            os.replace(source, place)
        except OSError:
            if former:
                former.unlink(missing_ok=True)
            raise
        self._former[place] = former

    def _undo(self, *, recorded: bool) -> None:
        """Killed meanwhile, it is the way back that is carried to its end; where a file cannot go back, that is left to
        whoever comes next. Without room for the record of it there is no way back: the way forward is left then. It is
        written also where no file has its place yet: the way forward must not stay, its new files go."""
        back = Steps(
            tuple(Move(self._below(former), self._below(place)) for place, former in self._former.items() if former),
            tuple(Drop(self._below(place)) for place, former in self._former.items() if not former),
        )
        if recorded:
            try:
                _write_record(self._root, back)
            except OSError:
                self.is_left = (self._root / RECORD).exists()
                return
        are_back = [self._goes_back(move) for move in back.moves]
        for drop in back.drops:
            _unlink(self._root / drop.path)
        if recorded and all(are_back):
            with suppress(OSError):
                _remove_record(self._root, back)

    def _goes_back(self, move: Move) -> bool:
        try:
            os.replace(self._root / move.source, self._root / move.place)
        except OSError:
            return False
        return True

    def _below(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def complete(root: Path) -> bool:
    """Carries to its end what a killed run has begun to exchange in that folder; was there anything. Enter it under
    `lock`. Raises OSError, and DamagedRecordError for a record that cannot be followed."""
    try:
        said = (root / RECORD).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return False
    steps = _steps_of(root, said)
    for move in steps.moves:
        if (root / move.source).exists():  # else it has its place
            _place(root, move, os.replace, 0.0)
    for drop in steps.drops:
        _drop(root, drop)
    _remove_record(root, steps)
    return True


# ── one place ────────────────────────────────────────────────────────────────────────────────────────────


def is_to_be_had(path: Path, patience: float) -> bool:
    """Can a file be put there: asked of the system without touching what lies there. Excel on Windows holds the
    workbook that it shows; elsewhere a file may be made unchangeable, or be another's in a folder for everybody."""
    for attempt in range(_BUSY_TRIES):
        if attempt:
            time.sleep(patience)
        try:
            if path.exists():
                os.rename(path, path)  # changes nothing; asks for the right to
                _require_changeable(path)
        except PermissionError:
            continue
        return True
    return False


def new_names(place: Path) -> Iterator[Path]:
    """`a-новый.xlsx`, `a-новый-2.xlsx`, …"""
    for n in itertools.islice(itertools.count(1), _NEW_NAMES):
        yield place.with_stem(f"{place.stem}{NEW}{f'-{n}' if n > 1 else ''}")


def not_to_be_had(place: Path) -> PermissionError:
    return PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))


def digest_at(path: Path) -> str:
    """Of the file that lies there; blank where none does. Raises OSError where it cannot be read."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_changeable(path: Path) -> None:
    """POSIX asks neither of these when a file is renamed to its own name. Raises PermissionError."""
    if os.name == "nt":
        return
    folder, own = path.parent.stat(), path.lstat()
    if folder.st_mode & stat.S_ISVTX and os.geteuid() not in (0, folder.st_uid, own.st_uid):
        raise not_to_be_had(path)
    if stat.S_ISREG(own.st_mode):
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_NOFOLLOW))
        except OSError as error:
            if error.errno == errno.EPERM:  # not for want of rights: the file is immutable
                raise


def _place(root: Path, move: Move, replace: Callable[[Path, Path], object], patience: float) -> Path:
    """Where the file lies then: in its place, or beside it where that is held or somebody has written into it. Under a
    name that is free: what lies there may have to be taken away."""
    source, place = root / move.source, root / move.place
    if not has_changed_since(place, move.was):
        for attempt in range(_BUSY_TRIES):
            if attempt:
                time.sleep(patience)
            with suppress(PermissionError):
                replace(source, place)
                return place
    own = place.with_stem(NEW_NAME.sub("", place.stem))
    for name in new_names(own):
        if not name.exists():
            with suppress(PermissionError):
                replace(source, name)
                return name
    raise not_to_be_had(own)


def has_changed_since(path: Path, was: str | None) -> bool:
    """Has somebody written into it. One that cannot be read may be theirs."""
    if was is None:
        return False
    try:
        return digest_at(path) not in ("", was)
    except OSError:
        return True


def _drop(root: Path, drop: Drop) -> None:
    path = root / drop.path
    if path.is_file() and not has_changed_since(path, drop.was):
        _unlink(path)


def _unlink(path: Path) -> None:
    with suppress(OSError):  # open in Excel, or a disk that takes no more: the next run takes it away
        path.unlink(missing_ok=True)


def _second_name(path: Path) -> Path:
    """The file under a name that is swept as a leftover: at its own name it is never missing, not for a moment."""
    second = path.with_name(f".{path.name}.old.{os.getpid()}.tmp")
    try:
        os.link(path, second)
    except OSError:  # a disk without links
        try:
            shutil.copy2(path, second)
        except OSError:  # no half of it takes room
            _unlink(second)
            raise
    return second


# ── the record ───────────────────────────────────────────────────────────────────────────────────────────


def _write_record(root: Path, steps: Steps) -> None:
    """On the disk, whole, before it returns. JSON in ASCII: a name that is no proper text comes back as it was."""
    beside = root / f"{RECORD}.{os.getpid()}.tmp"
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(json.dumps(msgspec.to_builtins(steps)).encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, root / RECORD)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _reach_the_disk([root])


def _remove_record(root: Path, steps: Steps) -> None:
    """Once the disk has what it says."""
    folders = {path.rpartition("/")[0] for path in _paths(steps)}
    _reach_the_disk(root / folder for folder in folders)
    (root / RECORD).unlink(missing_ok=True)


def _reach_the_disk(folders: Iterable[Path]) -> None:
    """The names in them. Windows lets no folder be opened, and keeps the order by itself."""
    if os.name == "nt":
        return
    for folder in folders:
        with suppress(OSError):  # a file system that knows no such thing, or a folder that has gone meanwhile
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _steps_of(root: Path, said: bytes) -> Steps:
    """Raises DamagedRecordError."""
    try:
        steps = msgspec.convert(json.loads(said), Steps)
        inside = root.resolve()
        if any(not (root / path).parent.resolve().is_relative_to(inside) for path in _paths(steps)):
            raise ValueError("outside the folder")
    except (ValueError, RecursionError) as error:
        raise DamagedRecordError(str(error)) from error
    return steps


def _paths(steps: Steps) -> Iterator[str]:
    for move in steps.moves:
        yield from (move.source, move.place)
    for drop in steps.drops:
        yield drop.path
