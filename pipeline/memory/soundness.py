"""Can the journal be used: its tables are there, and every value in them is what the program takes it for.

SQLite itself proves only that its pages hang together; a flipped bit in a text, or a journal of another program, would
end a run long after it was opened.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, datetime

_MOMENTS = ("sent_at", "started", "finished", "first_seen", "arrived", "begun_at", "made")
_DAYS = ("as_of",)
_JSON = ("settings", "figures", "result")
_RUNS = frozenset({"run", "first_run", "last_run"})


class UnusableError(sqlite3.DatabaseError):
    """What is wrong with it, for a developer."""


def require_usable(database: sqlite3.Connection, schema: Sequence[str]) -> None:
    """All that the schema's steps make is there; a later version may have added to it. Raises UnusableError."""
    (triggers,) = database.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()
    if triggers:
        raise UnusableError("triggers of somebody else")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        for step in schema:
            fresh.execute(step)
        tables = [name for (name,) in fresh.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        expected = {table: _columns(fresh, table) for table in tables}
    for table, columns in expected.items():
        _require_columns(database, table, columns)
        _require_values(database, table, columns)
    for table, columns in expected.items():
        for column in columns.keys() & _RUNS:
            _require_runs(database, table, column)


def _columns(database: sqlite3.Connection, table: str) -> dict[str, tuple[str, bool]]:
    """Name -> declared type, and is it part of the primary key."""
    described = database.execute(f"SELECT name, type, pk FROM pragma_table_info('{table}')")
    return {name: (kind, bool(key)) for name, kind, key in described}


def _require_columns(database: sqlite3.Connection, table: str, columns: dict[str, tuple[str, bool]]) -> None:
    (tables,) = database.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()
    found = _columns(database, table)
    if not tables or columns.keys() - found.keys():
        raise UnusableError(f"{table}: columns are missing")
    if [name for name, (_, key) in columns.items() if key] != [name for name, (_, key) in found.items() if key]:
        raise UnusableError(f"{table}: another key")
    (needed,) = database.execute(
        f"SELECT count(*) FROM pragma_table_info('{table}') WHERE \"notnull\" AND dflt_value IS NULL"
        f" AND name NOT IN ({', '.join('?' * len(columns))})",
        tuple(columns),
    ).fetchone()
    if needed:
        raise UnusableError(f"{table}: columns that this version does not fill in")


def _require_values(database: sqlite3.Connection, table: str, columns: dict[str, tuple[str, bool]]) -> None:
    checks = [_check_of(name, kind) for name, (kind, _) in columns.items()]
    text, database.text_factory = database.text_factory, bytes
    try:
        for row in database.execute(f"SELECT {', '.join(columns)} FROM {table}"):
            for check, value in zip(checks, row, strict=True):
                if value is not None:
                    check(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise UnusableError(f"{table}: {error}") from error
    finally:
        database.text_factory = text


def _require_runs(database: sqlite3.Connection, table: str, column: str) -> None:
    """A run that is no longer there would give its number, and what is known of it, to the next."""
    query = f"SELECT 1 FROM {table} WHERE {column} NOT IN (SELECT id FROM runs) LIMIT 1"
    if database.execute(query).fetchone():
        raise UnusableError(f"{table}: of a run that is not there")


def _check_of(name: str, kind: str) -> Callable[[object], object]:
    """Raises ValueError, TypeError or AttributeError of a value that is none of the column's."""
    if kind == "INTEGER":
        return _whole
    if kind == "REAL":
        return _number
    if name in _MOMENTS:
        return _moment
    if name in _DAYS:
        return lambda value: date.fromisoformat(_text(value))
    if name in _JSON:
        return lambda value: json.loads(_text(value)).items()
    return _text


def _text(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError("no text")
    return value.decode()


def _whole(value: object) -> None:
    if not isinstance(value, int):
        raise TypeError("no whole number")


def _number(value: object) -> None:
    if not isinstance(value, (int, float)):
        raise TypeError("no number")


def _moment(value: object) -> None:
    if datetime.fromisoformat(_text(value)).tzinfo is None:
        raise ValueError("a moment without its zone")
