"""What the journal knows of letters: which have gone, which may have, what they told and whom a failure is told."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

from pipeline.memory import database as db
from pipeline.sending.outbox import Parcel, Telling

# Steps of the journal's schema, after those of the runs.
SCHEMA = (
    "ALTER TABLE letters ADD COLUMN name TEXT NOT NULL DEFAULT ''",  # blank: of an earlier version
    "ALTER TABLE letters ADD COLUMN says TEXT NOT NULL DEFAULT ''",
    """
    CREATE TABLE attempts (        -- letters about to be sent, or so when the program ended; refused ones
        key TEXT PRIMARY KEY,      -- as in `letters`, where one that has gone stands
        begun_at TEXT NOT NULL,
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        as_of TEXT NOT NULL,
        name TEXT NOT NULL,
        says TEXT NOT NULL,
        refused TEXT               -- the server's words; empty: whether it has arrived is not known
    )
    """,
    """
    CREATE TABLE tellings (        -- what a letter to leadership tells
        as_of TEXT NOT NULL,
        name TEXT NOT NULL,
        says TEXT NOT NULL,
        made TEXT NOT NULL,        -- start of the run that first made it
        figures TEXT NOT NULL,     -- JSON: what a figure is of -> how it is said
        PRIMARY KEY (as_of, name, says)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE watchers (        -- who is told of failures, by the last registry that was read
        email TEXT PRIMARY KEY
    ) WITHOUT ROWID
    """,
)

_ATTEMPT = "(key, begun_at, recipient, subject, as_of, name, says, refused)"


class LetterLine(NamedTuple):
    sent_at: datetime
    recipient: str
    subject: str
    as_of: date


class AttemptLine(NamedTuple):
    """A letter that may have gone; or was refused, with the server's words."""

    key: str
    begun_at: datetime
    recipient: str
    subject: str
    as_of: date
    refused: str | None


class Post:
    """The part of the journal that sending asks (`pipeline.sending.outbox.SentBook`)."""

    def __init__(self, database: sqlite3.Connection, name: str) -> None:
        self._database = database
        self._name = name

    def sent(self, key: str) -> datetime | None:
        """When the letter of that key went out; None when it did not, or nobody knows. Raises OutputError."""
        with db.refusals(self._name):
            row = self._database.execute("SELECT sent_at FROM letters WHERE key = ?", (key,)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def held(self, key: str) -> datetime | None:
        """Since when it is not known whether the letter has gone; None where that is known. Raises OutputError."""
        asked = "SELECT begun_at FROM attempts WHERE key = ? AND refused IS NULL"
        with db.refusals(self._name):
            row = self._database.execute(asked, (key,)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def about_to_send(self, parcel: Parcel, when: datetime) -> None:
        """On the disk at the moment of return: whatever happens then, it is known that the letter may have gone.
        Raises OutputError."""
        with self._transaction():
            self._database.execute(
                f"INSERT OR REPLACE INTO attempts {_ATTEMPT} VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                (parcel.key, when.isoformat(), *_told_of(parcel)),
            )

    def mark_sent(self, parcel: Parcel, when: datetime) -> None:
        """Holds from the moment of return, a killed process included. `when` carries its zone. Raises OutputError."""
        with self._transaction():
            self._database.execute("DELETE FROM attempts WHERE key = ?", (parcel.key,))
            self._database.execute(
                "INSERT INTO letters (key, sent_at, recipient, subject, as_of, name, says)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (parcel.key, when.isoformat(), *_told_of(parcel)),
            )

    def mark_not_sent(self, key: str) -> None:
        """It certainly has not gone, or a person says that it may go again. Raises OutputError."""
        with self._transaction():
            self._database.execute("DELETE FROM attempts WHERE key = ?", (key,))

    def mark_arrived(self, key: str) -> None:
        """A person says that the letter of that key, which is held, has arrived: it went when it was being sent. Raises
        OutputError."""
        told = "recipient, subject, as_of, name, says"
        with self._transaction():
            self._database.execute(
                f"INSERT INTO letters (key, sent_at, {told}) SELECT key, begun_at, {told} FROM attempts WHERE key = ?",
                (key,),
            )
            self._database.execute("DELETE FROM attempts WHERE key = ?", (key,))

    def mark_refused(self, parcel: Parcel, when: datetime, words: str) -> None:
        """The server will not have it. Raises OutputError."""
        with self._transaction():
            self._database.execute(
                f"INSERT OR REPLACE INTO attempts {_ATTEMPT} VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (parcel.key, when.isoformat(), *_told_of(parcel), words),
            )

    def said(self, as_of: date, name: str) -> list[str]:
        """What letters of that name said that have gone for that date, the last one last."""
        rows = self._database.execute(
            "SELECT says FROM letters WHERE as_of = ? AND name = ? GROUP BY says ORDER BY max(rowid)",
            (as_of.isoformat(), name),
        )
        return [says for (says,) in rows]

    # ── what was told ────────────────────────────────────────────────────────────────────────────────────
    def note_telling(self, as_of: date, name: str, says: str, made: datetime, figures: Mapping[str, str]) -> None:
        """What the letter tells, as it was first made. Raises OutputError."""
        told = json.dumps(dict(figures), ensure_ascii=False)
        with self._transaction():
            self._database.execute(
                "INSERT OR IGNORE INTO tellings (as_of, name, says, made, figures) VALUES (?, ?, ?, ?, ?)",
                (as_of.isoformat(), name, says, made.isoformat(), told),
            )

    def told_in(self, as_of: date, name: str, says: str) -> Telling | None:
        """Of a letter that has gone; None where none has, or what it told was never noted."""
        return self._telling("as_of = ? AND name = ? AND says = ?", as_of.isoformat(), name, says)

    def told_last(self, before: date, name: str) -> Telling | None:
        """Of the last letter that has gone for an earlier date."""
        return self._telling("as_of < ? AND name = ?", before.isoformat(), name)

    def _telling(self, which: str, *values: str) -> Telling | None:
        row = self._database.execute(
            "SELECT letters.sent_at, made, figures FROM tellings JOIN letters USING (as_of, name, says)"
            f" WHERE {which} ORDER BY letters.rowid DESC LIMIT 1",
            values,
        ).fetchone()
        return (
            Telling(datetime.fromisoformat(row[0]), datetime.fromisoformat(row[1]), json.loads(row[2])) if row else None
        )

    # ── whom a failure is told ───────────────────────────────────────────────────────────────────────────
    def note_watchers(self, emails: Iterable[str]) -> None:
        """Raises OutputError."""
        with self._transaction():
            self._database.execute("DELETE FROM watchers")
            self._database.executemany(
                "INSERT OR IGNORE INTO watchers (email) VALUES (?)", [(email,) for email in emails]
            )

    def watchers(self) -> tuple[str, ...]:
        return tuple(email for (email,) in self._database.execute("SELECT email FROM watchers ORDER BY email"))

    # ── for people ───────────────────────────────────────────────────────────────────────────────────────
    def letters(self) -> list[LetterLine]:
        """In the order in which they went."""
        rows = self._database.execute(
            "SELECT sent_at, recipient, subject, as_of FROM letters ORDER BY julianday(sent_at), recipient"
        )
        return [
            LetterLine(datetime.fromisoformat(at), to, subject, date.fromisoformat(day))
            for at, to, subject, day in rows
        ]

    def attempts(self) -> list[AttemptLine]:
        """In the order in which they were made."""
        rows = self._database.execute(
            "SELECT key, begun_at, recipient, subject, as_of, refused FROM attempts ORDER BY rowid"
        )
        return [
            AttemptLine(key, datetime.fromisoformat(at), to, subject, date.fromisoformat(day), refused)
            for key, at, to, subject, day, refused in rows
        ]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with db.refusals(self._name), db.transaction(self._database):
            yield


def _told_of(parcel: Parcel) -> Sequence[str]:
    """All of it but its key, in the order of the columns."""
    return parcel.recipient, parcel.subject, parcel.as_of.isoformat(), parcel.name, parcel.says
