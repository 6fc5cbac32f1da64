"""Which dates a person has approved: until then their letters wait, and what is told of them later is a restatement."""

import json
import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from pipeline.memory import database as db
from pipeline.sending.outbox import LEADERSHIP, TO_SCHOOLS, Telling, Waiting

# A step of the journal's schema, after those of sending.
SCHEMA = (
    """
    CREATE TABLE approvals (       -- dates whose letters may go
        as_of TEXT PRIMARY KEY,    -- of the summary that was approved
        reporting_date TEXT NOT NULL, -- in force then: the letters to schools are of it
        approved_at TEXT NOT NULL,
        says TEXT NOT NULL         -- what leadership's letter told then; blank where there was none
    ) WITHOUT ROWID
    """,
)


class Approval(NamedTuple):
    as_of: date
    reporting_date: date
    approved_at: datetime
    says: str


class Approvals:
    """The part of the journal that knows of them."""

    def __init__(self, database: sqlite3.Connection, name: str) -> None:
        self._database, self._name = database, name

    def approve(self, approval: Approval) -> None:
        """The first word stands. Raises OutputError."""
        values = [one if isinstance(one, str) else one.isoformat() for one in approval]
        with db.refusals(self._name), db.transaction(self._database):
            self._database.execute("INSERT OR IGNORE INTO approvals VALUES (?, ?, ?, ?)", values)

    def approvals(self) -> list[Approval]:
        """By date."""
        rows = self._database.execute("SELECT as_of, reporting_date, approved_at, says FROM approvals ORDER BY as_of")
        return [
            Approval(date.fromisoformat(as_of), date.fromisoformat(day), datetime.fromisoformat(at), says)
            for as_of, day, at, says in rows
        ]

    def approval(self, as_of: date) -> Approval | None:
        return next((one for one in self.approvals() if one.as_of == as_of), None)

    def approved_telling(self, approval: Approval) -> Telling | None:
        """What leadership's letter told when the date was approved, whether it has gone or not."""
        row = self._database.execute(
            "SELECT made, figures FROM tellings WHERE as_of = ? AND name = ? AND says = ?",
            (approval.as_of.isoformat(), LEADERSHIP, approval.says),
        ).fetchone()
        return Telling(approval.approved_at, datetime.fromisoformat(row[0]), json.loads(row[1])) if row else None


def awaits_approval(approvals: Approvals, *, asked: bool) -> Callable[[Waiting], str]:
    """Why a letter is not yet to go, a Russian clause, blank where it may. `asked`: is approval asked for at all.
    Reminders and word of failures tell no figure: they never wait."""
    given = approvals.approvals() if asked else []
    summaries, reports = {one.as_of for one in given}, {one.reporting_date for one in given}

    def why(letter: Waiting) -> str:
        is_of_figures = letter.name == LEADERSHIP or letter.name.startswith(TO_SCHOOLS)
        if not asked or not is_of_figures or letter.as_of in summaries:
            return ""
        if letter.name.startswith(TO_SCHOOLS) and letter.as_of in reports:
            return ""
        return f"дата не утверждена: {how_to_approve(letter.as_of)}"

    return why


def how_to_approve(as_of: date) -> str:
    return f"python run.py approve {as_of}"
