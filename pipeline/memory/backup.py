"""Copies of the journal, each whole and usable: one a month, and one before its schema changes. They stand in for a
journal that was damaged or lost."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from pipeline.files import make_private_folder

FOLDER = "backups"  # beside the journal

_KEPT = 24  # of the months
_MONTHLY = re.compile(r".+-\d{4}-\d\d\.db")


def keep_monthly(database: sqlite3.Connection, path: Path, now: datetime) -> None:
    """The copy of this month, where there is none yet. `path`: of the journal. A help: where there is no room for it
    there is none."""
    place = path.parent / FOLDER / f"{path.stem}-{now:%Y-%m}.db"
    if place.exists():
        return
    _copy(database, place)
    with suppress(OSError):
        for old in sorted(file for file in place.parent.iterdir() if _MONTHLY.fullmatch(file.name))[:-_KEPT]:
            old.unlink()


def keep_before_step(database: sqlite3.Connection, path: Path, step: int) -> None:
    """The journal as a version left it that knew so many steps of the schema."""
    _copy(database, path.parent / FOLDER / f"{path.stem}-schema-{step}.db")


def copies(path: Path) -> Iterator[Path]:
    """The last one made first."""
    found = []
    for copy in (path.parent / FOLDER).glob(f"{path.stem}-*.db"):
        with suppress(OSError):
            found.append((copy.stat().st_mtime, copy))
    yield from (copy for _, copy in sorted(found, reverse=True))


def put_back(copy: Path, path: Path) -> bool:
    """The copy in the journal's place, where nothing lies; False where that cannot be."""
    try:
        with closing(sqlite3.connect(copy)) as source:
            _copy(source, path)
    except sqlite3.Error:
        return False
    return path.exists()


def _copy(database: sqlite3.Connection, place: Path) -> None:
    """Whole or not at all."""
    beside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        make_private_folder(place.parent)
        beside.unlink(missing_ok=True)
        os.close(os.open(beside, os.O_CREAT | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(beside)) as target:
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()  # `backup` would wait without end
            database.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        os.replace(beside, place)
    except (OSError, sqlite3.Error):
        with suppress(OSError):
            beside.unlink(missing_ok=True)
