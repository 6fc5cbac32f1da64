"""An SQLite file that outlives its runs: opened sound and of the newest schema, or moved aside; refusals in Russian.

A schema is given as steps: `PRAGMA user_version` counts those that are done.
"""

import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from pipeline.files import OutputError
from pipeline.memory.backup import keep_before_step
from pipeline.memory.soundness import UnusableError, require_usable

# Primary result codes of SQLite: an input/output error (a file over its limit), a full disk.
_NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
_NO_RIGHTS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
_PATIENCE = 10  # seconds to wait for another program that holds the file
# Kinds of file systems whose files may lie on another computer.
_REMOTE = re.compile(r"nfs|cifs|smb|9p|fuse|afs|ceph|gluster|lustre|davfs|ncpfs|vboxsf|virtiofs")


def connect(path: Path, schema: Sequence[str]) -> sqlite3.Connection:
    """The database at `path`, made where there is none; every statement is a transaction of its own."""
    database = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    with _closed_on_failure(database):
        path.chmod(0o600)
        _require_sound(database)
        # With a write-ahead log readers and the run do not wait for each other, but it needs memory shared by all who
        # open the file: on a network folder the plain rollback journal, also for a file that was moved there.
        database.execute(f"PRAGMA journal_mode = {'WAL' if _is_local(path.parent) else 'DELETE'}")
        # What is committed is on the disk, whatever the system's SQLite was built with: a letter is sent on its word.
        database.execute("PRAGMA synchronous = EXTRA")
        done = _steps_done(database)
        if 0 < done < len(schema):
            keep_before_step(database, path, done)
        _migrate(database, schema)
        require_usable(database, schema)
    return database


def copy(path: Path, schema: Sequence[str]) -> sqlite3.Connection:
    """A copy in memory: the file is neither changed nor made. Empty where there is none."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    with _closed_on_failure(database):
        if path.is_file():
            _take_over(path, database)
            _require_sound(database)
        _migrate(database, schema)
        require_usable(database, schema)
    return database


def _take_over(path: Path, database: sqlite3.Connection) -> None:
    """All of the file. A write-ahead log asks even its readers for a file beside it: where they may make none, both
    are read elsewhere."""
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as source:
            # Python's `backup` waits without end for a file that another program holds: to begin reading does not.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(database)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _NO_RIGHTS or os.access(path.parent, os.W_OK):
            raise
        with tempfile.TemporaryDirectory(prefix="svod-") as folder:
            for part in (path, path.with_name(path.name + "-wal")):
                if part.is_file():
                    (Path(folder) / part.name).write_bytes(part.read_bytes())
            with closing(sqlite3.connect(Path(folder) / path.name)) as source:
                source.backup(database)


def empty(schema: Sequence[str]) -> sqlite3.Connection:
    """One in memory that knows nothing."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    _migrate(database, schema)
    return database


@contextmanager
def _closed_on_failure(database: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        database.close()
        if isinstance(error, UnicodeDecodeError):  # a name in the schema, or what SQLite says of the damage
            raise UnusableError(str(error)) from error
        raise


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, on the disk at its end."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


@contextmanager
def refusals(name: str) -> Iterator[None]:
    """What the system refuses, as one sentence; what SQLite itself calls an error is a mistake of ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        cause = error.sqlite_errorcode & 0xFF
        if cause == sqlite3.SQLITE_ERROR:
            raise
        if cause in _NO_ROOM:
            raise OutputError(f"Журнал {name} не записан: на диске кончилось место.") from error
        raise OutputError(
            f"Журнал {name} не открывается: проверьте права на папку и закройте программу, что его держит."
        ) from error


def move_aside(path: Path) -> Path:
    """The file and its write-ahead log, which must not be taken for that of the file that comes in its place."""
    n = 1
    while (aside := path.with_name(f"{path.name}.damaged-{n}")).exists():
        n += 1
    for part in ("-wal", "-shm"):
        beside = path.with_name(path.name + part)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + part))
    path.rename(aside)
    return aside


def _require_sound(database: sqlite3.Connection) -> None:
    (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _migrate(database: sqlite3.Connection, schema: Sequence[str]) -> None:
    with transaction(database):
        done = _steps_done(database)
        for step in schema[done:]:
            database.execute(step)
        database.execute(f"PRAGMA user_version = {max(done, len(schema))}")


def _steps_done(database: sqlite3.Connection) -> int:
    (done,) = database.execute("PRAGMA user_version").fetchone()
    return int(done)


def is_damage(error: sqlite3.Error) -> bool:
    """Is it the file that cannot be used, rather than the disk, its rights or another program that holds it."""
    if not isinstance(error, sqlite3.OperationalError):
        return True
    return (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF == sqlite3.SQLITE_ERROR


def _is_local(folder: Path) -> bool:
    """Known to lie on a disk of this computer. Windows shows a network folder, a mapped drive too, in the full path;
    Linux in its table of mounts; of other systems nothing is known."""
    full = folder.resolve()
    if os.name == "nt":
        return not str(full).startswith("\\\\")
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    kinds = {_unescaped(place): kind for _, place, kind, *_ in map(str.split, mounts)}
    kind = next((kinds[str(place)] for place in (full, *full.parents) if str(place) in kinds), None)
    return kind is not None and not _REMOTE.match(kind)


def _unescaped(place: str) -> str:
    r"""A folder in the table of mounts: `\040` is a space there."""
    return re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), place)
