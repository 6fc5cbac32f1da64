"""A thousand and more ways in which a journal comes to grief: bytes, pages, texts, tables."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

PAGE = 4096
_TEXTS = ("", "2014-13-99", "x" * 5000, "\x00", "2014-03-20T09:00", "[]", "{", "-1")


def damage(path: Path, chance: random.Random) -> str:
    """Damages the journal in one of the ways; returns which."""
    way = chance.choice(_WAYS)
    with suppress(sqlite3.Error):  # what its own rules forbid
        way(path, chance)
    return way.__name__


def _flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 8, 200))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _overwrite(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    at = chance.randrange(len(content))
    size = chance.choice((1, 16, PAGE))
    content[at : at + size] = chance.choice((bytes(size), b"\xff" * size, chance.randbytes(size)))
    path.write_bytes(content)


def _cut(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def _swap_pages(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    pages = [content[at : at + PAGE] for at in range(0, len(content), PAGE)]
    a, b = chance.randrange(len(pages)), chance.randrange(len(pages))
    pages[a], pages[b] = pages[b], pages[a]
    path.write_bytes(b"".join(pages))


def _cell(path: Path, chance: random.Random) -> None:
    """Whole for SQLite, and no sense in it."""
    value = chance.choice((*_TEXTS, b"\xff\xfe", 7, 1.5, None))
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        table = chance.choice(tables)
        columns = [name for (name,) in database.execute(f"SELECT name FROM pragma_table_info('{table}')")]
        column = chance.choice(columns)
        if chance.random() < 0.3:  # a text that is none
            value, column = b"\xff\xfe\xd0", f"{column} = CAST(? AS TEXT)"
        else:
            column = f"{column} = ?"
        database.execute(f"UPDATE OR IGNORE {table} SET {column}", (value,))


def _structure(path: Path, chance: random.Random) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        table = chance.choice(tables)
        database.execute(
            chance.choice(
                (
                    f"DROP TABLE {table}",
                    f"ALTER TABLE {table} RENAME TO other",
                    f"ALTER TABLE {table} ADD COLUMN needed TEXT NOT NULL DEFAULT ''",
                    f"CREATE TRIGGER t BEFORE INSERT ON {table} BEGIN SELECT RAISE(FAIL, 'no'); END",
                    f"DELETE FROM {table}",
                    f"PRAGMA user_version = {chance.choice((0, 1, 5, 12, 900))}",
                )
            )
        )


def _foreign(path: Path, chance: random.Random) -> None:
    path.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("CREATE TABLE letters (a)")
        database.execute("CREATE TABLE runs (id TEXT, of_whom TEXT NOT NULL)")
        database.execute(f"PRAGMA user_version = {chance.choice((0, 3, 8, 14, 900))}")


_WAYS: tuple[Callable[[Path, random.Random], None], ...] = (
    _flip, _overwrite, _cut, _swap_pages, _cell, _cell, _structure, _foreign,
)  # fmt: skip
