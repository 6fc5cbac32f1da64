"""What must be remembered from run to run: SQLite in the output folder. This version knows the letters.

A help, never a condition: a damaged journal is moved aside and a new one begun. No clock here: times are given.
"""

import sqlite3
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.files import OutputError

# The schema as steps: `PRAGMA user_version` counts those that are done. A later version adds steps at the end.
_MIGRATIONS = (
    """
    CREATE TABLE letters (
        key TEXT PRIMARY KEY,      -- digest of one letter to one recipient
        sent_at TEXT NOT NULL,     -- ISO, with the zone
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        as_of TEXT NOT NULL        -- ISO: the date of the picture that the letter shows
    )
    """,
)

# Primary result codes of SQLite: an input/output error (a file over its limit), a full disk.
_NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)


class Journal:
    """`warning` is one Russian sentence when the journal was found damaged, else blank."""

    def __init__(self, database: sqlite3.Connection, warning: str = "") -> None:
        self._database = database
        self.warning = warning

    @classmethod
    def open(cls, path: Path) -> Self:
        """The journal at `path`; a new one where there is none or a damaged one. Raises OutputError."""
        try:
            try:
                return cls(_connect(path))
            except sqlite3.OperationalError:
                raise  # held, or no rights: the file itself may be whole
            except sqlite3.DatabaseError:
                aside = _move_aside(path)
                return cls(
                    _connect(path),
                    f"Журнал {path.name} повреждён и отложен как {aside.name}; "
                    "начат новый, отправленных раньше писем он не знает.",
                )
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in _NO_ROOM:
                raise OutputError(f"Журнал {path.name} не записан: на диске кончилось место.") from error
            raise OutputError(
                f"Журнал {path.name} не открывается: проверьте права на папку и закройте программу, что его держит."
            ) from error

    def sent(self, key: str) -> datetime | None:
        """When the letter of that key went out; None when it did not."""
        row = self._database.execute("SELECT sent_at FROM letters WHERE key = ?", (key,)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def mark_sent(self, key: str, when: datetime, recipient: str, subject: str, as_of: date) -> None:
        """Holds from the moment of return, a killed process included. `when` carries its zone."""
        self._database.execute(
            "INSERT INTO letters VALUES (?, ?, ?, ?, ?)",
            (key, when.isoformat(), recipient, subject, as_of.isoformat()),
        )

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _connect(path: Path) -> sqlite3.Connection:
    """The database, sound and of the newest schema; every statement is a transaction of its own."""
    database = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        path.chmod(0o600)
        (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        _migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def _migrate(database: sqlite3.Connection) -> None:
    database.execute("BEGIN IMMEDIATE")
    (done,) = database.execute("PRAGMA user_version").fetchone()
    for step in _MIGRATIONS[done:]:
        database.execute(step)
    database.execute(f"PRAGMA user_version = {max(done, len(_MIGRATIONS))}")
    database.execute("COMMIT")


def _move_aside(path: Path) -> Path:
    n = 1
    while (aside := path.with_name(f"{path.name}.damaged-{n}")).exists():
        n += 1
    path.rename(aside)
    return aside
