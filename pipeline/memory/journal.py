"""What must be remembered from run to run: SQLite in the output folder. Arrivals, runs, figures told, remarks, letters.

A help, never a condition: a damaged journal is moved aside and a new one begun. Digests, codes, dates and people are
kept, never a school's words. No clock here: times are given, with their zone.
"""

import sqlite3
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import msgspec

from pipeline.memory import database as db
from pipeline.memory.approvals import SCHEMA as APPROVALS_SCHEMA
from pipeline.memory.approvals import Approvals
from pipeline.memory.backup import copies, keep_monthly, put_back
from pipeline.memory.post import SCHEMA as POST_SCHEMA
from pipeline.memory.post import Post
from pipeline.sending.outbox import Parcel
from schemas.strict import UsageError

if TYPE_CHECKING:
    from pipeline.measuring.figures import Told

FILE = "journal.db"

# The schema as steps: `PRAGMA user_version` counts those that are done. A later version adds steps at the end.
# Dates and moments are in ISO form, moments with their zone.
_FETCHED = """
    CREATE TABLE fetched (         -- letters taken from a mailbox
        box TEXT NOT NULL,         -- whose: user, server, folder
        validity INTEGER NOT NULL, -- of its numbers: when the server gives others, it says another validity
        uid INTEGER NOT NULL,      -- the letter's number
        letter TEXT NOT NULL,      -- digest of the letter, whatever its number
        file TEXT NOT NULL,        -- where it was put, below the input folder
        PRIMARY KEY (box, validity, uid)
    ) WITHOUT ROWID
    """

_SCHEMA = (
    """
    CREATE TABLE letters (
        key TEXT PRIMARY KEY,      -- digest of one letter to one recipient
        sent_at TEXT NOT NULL,     -- ISO, with the zone
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        as_of TEXT NOT NULL        -- ISO: the date of the picture that the letter shows
    )
    """,
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        started TEXT NOT NULL,
        version TEXT NOT NULL,     -- of the program
        as_of TEXT NOT NULL,
        settings TEXT NOT NULL,    -- JSON with sorted keys: those that can change a figure
        form TEXT,                 -- empty in a run that read nothing
        finished TEXT,             -- this and what follows is empty in a run that failed or was killed
        summary TEXT,              -- digest of the workbook
        counted INTEGER,           -- schools whose headline figure counts
        expected INTEGER,          -- schools
        errors INTEGER,
        warnings INTEGER
    )
    """,
    """
    CREATE TABLE inputs (
        file TEXT NOT NULL,        -- relative to the input folder
        digest TEXT NOT NULL,      -- of its content; blank when it could not be read
        first_run INTEGER NOT NULL, -- all runs from this one
        last_run INTEGER NOT NULL,  -- to this one found it so
        PRIMARY KEY (file, digest, first_run)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE arrivals (
        digest TEXT PRIMARY KEY,
        first_seen TEXT NOT NULL,  -- start of the run that first read this content
        arrived TEXT               -- empty: not known
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE reports (         -- whose reports a content holds, as the last run saw it
        digest TEXT NOT NULL,
        school TEXT NOT NULL,
        as_of TEXT NOT NULL,
        PRIMARY KEY (digest, school, as_of)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE figures (         -- the headline item: of a date what was first computed, and what a letter tells
        as_of TEXT NOT NULL,
        run INTEGER NOT NULL,
        school TEXT NOT NULL,      -- blank: the municipality
        percent REAL,
        covered REAL,
        total REAL,
        PRIMARY KEY (as_of, run, school)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE told (            -- which run's figures a letter tells
        key TEXT PRIMARY KEY,      -- as in `letters`
        run INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE remarks (         -- errors and warnings, when first raised
        school TEXT NOT NULL,
        item TEXT NOT NULL,
        code TEXT NOT NULL,
        as_of TEXT NOT NULL,       -- of the report
        run INTEGER NOT NULL,
        PRIMARY KEY (school, item, code)
    ) WITHOUT ROWID
    """,
    *POST_SCHEMA,
    *APPROVALS_SCHEMA,
    _FETCHED,
    """
    CREATE TABLE scheduled (       -- starts by the scheduler of the computer that had something to do
        started TEXT NOT NULL,
        finished TEXT NOT NULL,
        code INTEGER NOT NULL,     -- the exit code
        monthly INTEGER NOT NULL   -- 1: the summary of the month was due, 0: only what came in between
    )
    """,
    """
    CREATE TABLE expected (        -- what is to be known of a run once its files have their places
        run INTEGER PRIMARY KEY,
        manifest TEXT NOT NULL,    -- digest of the manifest that lies among them
        result TEXT NOT NULL       -- JSON
    )
    """,
)

# A journal that knows none of this is as good as a new one.
_NOT_MADE_AGAIN = ("inputs", "letters", "approvals", "fetched", "tellings")

# Of those for the date itself that have kept its figures: a run for a later date tells its own beside them.
_LAST_RUN = (
    "SELECT max(run) AS last FROM figures JOIN runs ON runs.id = run WHERE figures.as_of = ?1 AND runs.as_of = ?1"
)


class Arrival(NamedTuple):
    """When a content arrived (None: not known), and the start of the run that first read it: never before that."""

    first_seen: datetime
    arrived: datetime | None

    def or_earlier(self, time: datetime | None) -> "Arrival":
        """With a file of that content that has this time: one after the first run says nothing new."""
        if time is None or time > self.first_seen:
            return self
        return self._replace(arrived=min(time, self.arrived or time))


class Figure(NamedTuple):
    """The headline item of a school or of the municipality: percent, people."""

    percent: float | None
    covered: float | None
    total: float | None


class Raised(NamedTuple):
    """A remark and the date of the report on which it stands."""

    school: str
    item: str
    code: str
    as_of: date


class Remembered(msgspec.Struct, frozen=True):
    """All that a run takes from the journal, and its results with it. `arrivals`: by digest of the content. `told`:
    what was told of dates before the run's own, by date and scope. `sent`: all that was sent for that date, the last
    first."""

    arrivals: Mapping[str, Arrival]
    told: "Mapping[date, Mapping[str, Told]]"
    sent: "Sequence[Mapping[str, Told]]"


class Tally(NamedTuple):
    """Schools whose headline figure counts, of how many; remarks on the reports in the picture."""

    counted: int
    expected: int
    errors: int
    warnings: int


class Result(msgspec.Struct, frozen=True):
    """What a run that wrote its summary leaves. `figures`: by date and scope (a school's code, blank for the
    municipality). `letters`: keys of those that wait with the figures of the run's own date; None where they are made
    above, of several orders: `Journal.tell` says of those that they tell this run's figures."""

    finished: datetime
    summary: str  # digest of the workbook
    tally: Tally
    figures: Mapping[date, Mapping[str, Figure]]
    letters: tuple[str, ...] | None
    raised: tuple[Raised, ...]


class Expected(NamedTuple):
    """A run that was to put its files into their places. `manifest`: the digest of theirs."""

    run: int
    as_of: date
    manifest: str
    result: Result


class RunLine(NamedTuple):
    """`new`: files that the run before did not find so. `tally`: None in a run that wrote no summary."""

    started: datetime
    as_of: date
    version: str
    settings: str
    files: int
    new: int
    tally: Tally | None


class StartLine(NamedTuple):
    """A start by the scheduler of the computer, and how it ended."""

    started: datetime
    finished: datetime
    code: int
    monthly: bool

    @property
    def is_done(self) -> bool:
        """The summary was written; letters of it may wait."""
        return self.code in (0, 4)


class FileLine(NamedTuple):
    """A content that arrived, under its last name (blank: none is known any more); `school` and `as_of` blank where it
    holds no usable report."""

    file: str
    school: str
    as_of: date | None
    arrival: Arrival


class RemarkLine(NamedTuple):
    item: str
    code: str
    as_of: date
    run_started: datetime


class Journal(Post, Approvals):
    """`warning` is one Russian sentence when the journal was found damaged, else blank."""

    def __init__(self, database: sqlite3.Connection, name: str = FILE, warning: str = "") -> None:
        super().__init__(database, name)
        self.warning = warning

    @classmethod
    def open(cls, path: Path) -> Self:
        """The journal at `path`; where there is none or a damaged one its last copy, else a new one. Raises
        OutputError."""
        with db.refusals(path.name):
            if not path.exists():
                return cls._instead(path, f"Журнал {path.name} пропал", "")
            try:
                return cls(db.connect(path, _SCHEMA), path.name)
            except sqlite3.Error as error:
                if not db.is_damage(error):
                    raise  # held, or no rights: the file itself may be whole
                why = f"Журнал {path.name} повреждён и отложен как {db.move_aside(path).name}"
                unknown = "времени поступления файлов, прежних показателей и отправленных писем он не знает"
                return cls._instead(path, why, f"{why}; начат новый: {unknown}.")

    @classmethod
    def _instead(cls, path: Path, why: str, where_none: str) -> Self:
        """The last copy that can be used, else a new journal with the warning for `where_none` is."""
        for copy in copies(path):
            try:
                if put_back(copy, path):
                    made = date.fromtimestamp(copy.stat().st_mtime)
                    warning = f"{why}; взята его копия от {made:%d.%m.%Y}: что было позже, он знает не всё."
                    return cls(db.connect(path, _SCHEMA), path.name, warning)
            except sqlite3.Error as error:
                if not db.is_damage(error):
                    raise
                path.unlink()
        return cls(db.connect(path, _SCHEMA), path.name, where_none)

    def keep_copy(self, path: Path, now: datetime) -> None:
        """The copy of this month, where there is none yet, and something to be kept. `path`: of the journal. That of
        several orders knows letters, approvals and what was fetched, of no run."""
        queries = (f"SELECT 1 FROM {table}" for table in _NOT_MADE_AGAIN)
        if any(self._database.execute(f"{query} LIMIT 1").fetchone() for query in queries):
            keep_monthly(self._database, path, now)

    @classmethod
    def copy(cls, path: Path) -> Self:
        """What the journal at `path` knows, to be read only: the file is neither changed nor made, and where there is
        none the copy knows nothing. Raises UsageError when it is damaged, OutputError when it is held."""
        with db.refusals(path.name):
            try:
                return cls(db.copy(path, _SCHEMA), path.name)
            except sqlite3.Error as error:
                if not db.is_damage(error):
                    raise
                raise UsageError(
                    f"Журнал {path.name} повреждён: сделайте свод — он отложит его в сторону и начнёт новый."
                ) from None

    @classmethod
    def standing_in(cls, path: Path) -> Self:
        """For a journal that is damaged or gone: what its last copy that can be used knows, to be read only, else one
        that knows nothing. Nothing is moved or made. `warning` is blank where nothing is known of an earlier one."""
        is_there = path.exists()
        why = f"Журнал {path.name} {'повреждён' if is_there else 'пропал'}"
        with db.refusals(path.name):
            for copy in copies(path):
                with suppress(sqlite3.DatabaseError):
                    made = date.fromtimestamp(copy.stat().st_mtime)
                    said = f"{why}: показано по его копии от {made:%d.%m.%Y}, что было позже, она знает не всё."
                    return cls(db.copy(copy, _SCHEMA), path.name, said)
            known = f"{why}, и копии его нет: известно только то, что говорят прежние результаты и папки sent."
            return cls(db.empty(_SCHEMA), path.name, known if is_there else "")

    @property
    def knows_nothing(self) -> bool:
        """Neither of a run and its letters, nor of a content that has arrived."""
        return self.is_new and not self.arrivals()

    @property
    def is_new(self) -> bool:
        """No run has read anything yet, and no letter has gone."""
        (known,) = self._row("SELECT EXISTS (SELECT 1 FROM inputs) OR EXISTS (SELECT 1 FROM letters)")
        return not known

    # ── what runs leave ──────────────────────────────────────────────────────────────────────────────────
    def begin_run(self, started: datetime, version: str, as_of: date, settings: str) -> int:
        """The run's number. Until `finish_run` it stands as unfinished."""
        with self._transaction():
            added = self._database.execute(
                "INSERT INTO runs (started, version, as_of, settings) VALUES (?, ?, ?, ?)",
                (started.isoformat(), version, as_of.isoformat(), settings),
            )
        assert added.lastrowid is not None  # one row was added
        return added.lastrowid

    def note_inputs(
        self,
        run: int,
        form: str,
        files: Mapping[str, str],
        arrivals: Mapping[str, Arrival],
        reports: Iterable[tuple[str, str, date]],
    ) -> None:
        """What the run has read. `files`: name -> digest, `arrivals`: by digest, `reports`: digest, school, date."""
        with self._transaction():
            self._database.execute("UPDATE runs SET form = ? WHERE id = ?", (form, run))
            self._note_files(run, files)
            self._database.executemany(
                "INSERT INTO arrivals (digest, first_seen, arrived) VALUES (?, ?, ?)"
                " ON CONFLICT (digest) DO UPDATE SET arrived = excluded.arrived",
                [(digest, a.first_seen.isoformat(), _iso(a.arrived)) for digest, a in arrivals.items()],
            )
            self._database.executemany("DELETE FROM reports WHERE digest = ?", [(digest,) for digest in arrivals])
            self._database.executemany(
                "INSERT OR IGNORE INTO reports (digest, school, as_of) VALUES (?, ?, ?)",
                [(digest, school, as_of.isoformat()) for digest, school, as_of in reports],
            )

    def regain(self, arrived: Mapping[str, datetime], sent: Iterable[tuple[Parcel, datetime]]) -> None:
        """What it does not know any more. `arrived`: by digest of the content, `sent`: letters, and when they left."""
        with self._transaction():
            self._database.executemany(
                "INSERT OR IGNORE INTO arrivals (digest, first_seen, arrived) VALUES (?, ?, ?)",
                [(digest, moment.isoformat(), moment.isoformat()) for digest, moment in arrived.items()],
            )
        for parcel, left in sent:
            if not self.sent(parcel.key):
                self.mark_sent(parcel, left)

    def last_inputs(self) -> set[str]:
        """Files of the input folder that the last run with a summary has read."""
        (last,) = self._row("SELECT max(id) FROM runs WHERE summary IS NOT NULL")
        query = "SELECT file FROM inputs WHERE ? BETWEEN first_run AND last_run"
        return {file for (file,) in self._database.execute(query, (last,))}

    def expect(self, run: int, manifest: str, result: Result) -> None:
        """What `finish_run` is to be told once the files of the run have their places, should it not get so far. Only
        what is not known yet. Of a run before, whose files never got there, nothing is expected any more: enter it
        under `lock`, so that run has ended. Raises OutputError."""
        (as_of,) = self._row("SELECT as_of FROM runs WHERE id = ?", run)
        known = set(self._database.execute("SELECT school, item, code FROM remarks"))
        new = msgspec.structs.replace(
            result,
            figures={
                day: figures
                for day, figures in result.figures.items()
                if day.isoformat() == as_of or not self._has_figures(day)
            },
            raised=tuple(one for one in result.raised if (one.school, one.item, one.code) not in known),
        )
        row = (run, manifest, msgspec.json.encode(new).decode())
        with self._transaction():
            self._database.execute("DELETE FROM expected")
            self._database.execute("INSERT INTO expected (run, manifest, result) VALUES (?, ?, ?)", row)

    def expected(self) -> list[Expected]:
        """Runs of which nobody has said whether their files have got their places. What cannot be understood of one is
        left out."""
        found = []
        rows = self._database.execute(
            "SELECT run, as_of, manifest, result FROM expected JOIN runs ON runs.id = run ORDER BY run"
        )
        for run, as_of, manifest, result in rows:
            with suppress(msgspec.MsgspecError):
                told = msgspec.json.decode(result, type=Result)
                found.append(Expected(run, date.fromisoformat(as_of), manifest, told))
        return found

    def finish_run(self, run: int, result: Result) -> None:
        """The facts of a run whose summary is written, all or none."""
        (as_of,) = self._row("SELECT as_of FROM runs WHERE id = ?", run)
        with self._transaction():
            tells_new = result.letters is not None and self._note_letters(run, result.letters)
            for day, figures in result.figures.items():
                is_own = day.isoformat() == as_of
                is_told = is_own and (tells_new or (result.letters is None and figures != self._last_figures(day)))
                if is_told or not self._has_figures(day):
                    self._database.executemany(
                        "INSERT INTO figures (as_of, run, school, percent, covered, total) VALUES (?, ?, ?, ?, ?, ?)",
                        [(day.isoformat(), run, school, *figure) for school, figure in figures.items()],
                    )
            self._database.executemany(
                "INSERT OR IGNORE INTO remarks (school, item, code, as_of, run) VALUES (?, ?, ?, ?, ?)",
                [(one.school, one.item, one.code, one.as_of.isoformat(), run) for one in result.raised],
            )
            self._database.execute(
                "UPDATE runs SET finished = ?, summary = ?, counted = ?, expected = ?, errors = ?, warnings = ?"
                " WHERE id = ?",
                (result.finished.isoformat(), result.summary, *result.tally, run),
            )
            self._database.execute("DELETE FROM expected WHERE run = ?", (run,))

    def _note_files(self, run: int, files: Mapping[str, str]) -> None:
        """What was there at the run before is prolonged, the rest begins."""
        (before,) = self._row("SELECT max(last_run) FROM inputs")
        known = set(self._database.execute("SELECT file, digest FROM inputs WHERE last_run = ?", (before,)))
        found = set(files.items())
        self._database.executemany(
            "UPDATE inputs SET last_run = ? WHERE file = ? AND digest = ? AND last_run = ?",
            [(run, *one, before) for one in found & known],
        )
        new = [(*one, run, run) for one in found - known]
        self._database.executemany("INSERT INTO inputs (file, digest, first_run, last_run) VALUES (?, ?, ?, ?)", new)

    def _note_letters(self, run: int, keys: Iterable[str]) -> bool:
        """Is there one among them that no run has made before?"""
        before = self._database.total_changes
        self._database.executemany("INSERT OR IGNORE INTO told (key, run) VALUES (?, ?)", [(key, run) for key in keys])
        return self._database.total_changes > before

    def _has_figures(self, day: date) -> bool:
        return bool(self._database.execute("SELECT 1 FROM figures WHERE as_of = ?", (day.isoformat(),)).fetchone())

    def _last_figures(self, day: date) -> dict[str, Figure]:
        """That runs for that day itself have found, the last of them that was kept: scope -> figure."""
        rows = self._database.execute(
            f"SELECT school, percent, covered, total FROM figures WHERE as_of = ?1 AND run = ({_LAST_RUN})",
            (day.isoformat(),),
        )
        return {school: Figure(*values) for school, *values in rows}

    # ── what later runs take from it ─────────────────────────────────────────────────────────────────────
    def fetched(self, box: str, validity: int) -> frozenset[int]:
        """Numbers of the letters that were taken from a mailbox."""
        rows = self._database.execute("SELECT uid FROM fetched WHERE box = ? AND validity = ?", (box, validity))
        return frozenset(uid for (uid,) in rows)

    def is_fetched(self, letter: str) -> bool:
        """Was that letter taken, under whatever number."""
        return self._database.execute("SELECT 1 FROM fetched WHERE letter = ?", (letter,)).fetchone() is not None

    def mark_fetched(self, box: str, validity: int, uid: int, letter: str, file: str) -> None:
        with db.refusals(self._name):
            row = (box, validity, uid, letter, file)
            self._database.execute("INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?, ?)", row)

    def arrivals(self) -> dict[str, Arrival]:
        """By digest of the content."""
        rows = self._database.execute("SELECT digest, first_seen, arrived FROM arrivals")
        return {digest: _arrival(first_seen, arrived) for digest, first_seen, arrived in rows}

    def told_before(self, as_of: date, reporting_dates: Iterable[date]) -> "dict[date, dict[str, Told]]":
        """Date before `as_of` -> scope -> what was last sent for it or, of a reporting date of which nothing was sent,
        first computed."""
        sent = {day: runs[0] for day, runs in self._sent_runs().items()}
        first = {day: run for day, run in self._first_runs().items() if day in set(reporting_dates)}
        told = {day: run for day, run in {**first, **sent}.items() if day < as_of}
        return {day: self._figures(day, run, sent=day in sent) for day, run in told.items()}

    def sent_for(self, as_of: date) -> "list[dict[str, Told]]":
        """All that was sent for that date, the last first."""
        return [self._figures(as_of, run, sent=True) for run in self._sent_runs().get(as_of, [])]

    def _sent_runs(self) -> dict[date, list[int]]:
        """Date -> the runs whose letters have gone, the last sent first."""
        runs: dict[date, list[int]] = {}
        for day, run in self._database.execute(
            "SELECT letters.as_of, told.run FROM told JOIN letters USING (key)"
            " WHERE EXISTS (SELECT 1 FROM figures WHERE figures.as_of = letters.as_of AND figures.run = told.run)"
            " GROUP BY told.run ORDER BY max(letters.rowid) DESC, told.run DESC"
        ):
            runs.setdefault(date.fromisoformat(day), []).append(run)
        return runs

    def _first_runs(self) -> dict[date, int]:
        rows = self._database.execute("SELECT as_of, min(run) FROM figures GROUP BY as_of")
        return {date.fromisoformat(day): run for day, run in rows}

    def _figures(self, day: date, run: int, *, sent: bool) -> "dict[str, Told]":
        from pipeline.measuring.figures import Told  # brings pandas: whoever asks for this has begun to measure

        rows = self._database.execute(
            "SELECT school, percent, covered, total FROM figures WHERE as_of = ? AND run = ?", (day.isoformat(), run)
        )
        return {school: Told(percent, covered, total, sent) for school, percent, covered, total in rows}

    def last_moment(self) -> datetime | None:
        """The latest that is known: no clock that is right stands before it."""
        rows = self._database.execute("SELECT started FROM runs UNION SELECT sent_at FROM letters")
        return max((datetime.fromisoformat(moment) for (moment,) in rows), default=None)

    def last_report(self) -> datetime | None:
        """When the run with a summary began that was the first to tell of the report that came last; where none has
        told of it yet, when it was read. None where there is no report."""
        rows = self._database.execute("SELECT DISTINCT first_seen FROM arrivals JOIN reports USING (digest)")
        read = max((datetime.fromisoformat(moment) for (moment,) in rows), default=None)
        begun = self._database.execute("SELECT started FROM runs WHERE finished IS NOT NULL")
        after = (moment for (text,) in begun if read and (moment := datetime.fromisoformat(text)) >= read)
        return min(after, default=read)

    def last_success(self) -> tuple[datetime, date] | None:
        """Of the last run with a summary: when it began, and its date."""
        row = self._database.execute(
            "SELECT started, as_of FROM runs WHERE finished IS NOT NULL ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return (datetime.fromisoformat(row[0]), date.fromisoformat(row[1])) if row else None

    def tell(self, keys: Iterable[str], as_of: date) -> None:
        """Letters of these keys tell the figures of the last run for that date; one that has gone, those that it told
        then."""
        with self._transaction():
            self._database.executemany(
                f"INSERT INTO told SELECT ?2, last FROM ({_LAST_RUN}) WHERE last IS NOT NULL"
                " ON CONFLICT (key) DO UPDATE SET run = excluded.run WHERE key NOT IN (SELECT key FROM letters)",
                [(as_of.isoformat(), key) for key in keys],
            )

    def take_sent(self, above: "Journal") -> None:
        """Which of the letters that tell this order's figures have gone, by the journal of all orders. Each bears the
        date of the figures here."""
        told = self._database.execute(
            "SELECT told.key, max(figures.as_of) FROM told JOIN figures USING (run)"
            " WHERE told.key NOT IN (SELECT key FROM letters) GROUP BY told.key"
        ).fetchall()
        for key, as_of in told:
            row = above._database.execute(
                "SELECT sent_at, recipient, subject, name, says FROM letters WHERE key = ?", (key,)
            ).fetchone()
            if row:
                sent_at, recipient, subject, name, says = row
                parcel = Parcel(key, recipient, subject, date.fromisoformat(as_of), name, says)
                self.mark_sent(parcel, datetime.fromisoformat(sent_at))

    # ── starts by a scheduler ────────────────────────────────────────────────────────────────────────────
    def note_start(self, started: datetime, finished: datetime, code: int, *, monthly: bool) -> None:
        with self._transaction():
            self._database.execute(
                "INSERT INTO scheduled (started, finished, code, monthly) VALUES (?, ?, ?, ?)",
                (started.isoformat(), finished.isoformat(), code, monthly),
            )

    def scheduled(self) -> list[StartLine]:
        """In the order in which they ended."""
        rows = self._database.execute("SELECT started, finished, code, monthly FROM scheduled ORDER BY rowid")
        return [
            StartLine(datetime.fromisoformat(started), datetime.fromisoformat(finished), code, bool(monthly))
            for started, finished, code, monthly in rows
        ]

    # ── for people ───────────────────────────────────────────────────────────────────────────────────────
    def runs(self) -> list[RunLine]:
        """The earliest first."""
        rows = self._database.execute(
            "SELECT started, as_of, version, settings,"
            " (SELECT count(*) FROM inputs WHERE id BETWEEN first_run AND last_run),"
            " (SELECT count(*) FROM inputs WHERE first_run = id),"
            " finished IS NOT NULL, counted, expected, errors, warnings FROM runs ORDER BY id"
        )
        return [
            RunLine(
                datetime.fromisoformat(started),
                date.fromisoformat(as_of),
                version,
                settings,
                files,
                new,
                Tally(*tally) if finished else None,
            )
            for started, as_of, version, settings, files, new, finished, *tally in rows
        ]

    def files(self, school: str | None = None) -> list[FileLine]:
        """All that arrived, or what holds a report of that school; by school, date and arrival."""
        names: dict[str, str] = dict(self._database.execute("SELECT digest, file FROM inputs ORDER BY last_run, file"))
        rows = self._database.execute(
            "SELECT digest, first_seen, arrived, coalesce(school, ''), as_of"
            " FROM arrivals LEFT JOIN reports USING (digest)"
            " WHERE ?1 IS NULL OR school = ?1 ORDER BY 4, as_of, julianday(arrived), digest",
            (school,),
        )
        return [
            FileLine(names.get(digest, ""), code, _day(as_of), _arrival(first_seen, arrived))
            for digest, first_seen, arrived, code, as_of in rows
        ]

    def reported(self) -> list[tuple[str, date]]:
        """School and date of every report that a run has read, as the last run saw them."""
        rows = self._database.execute("SELECT DISTINCT school, as_of FROM reports ORDER BY school, as_of")
        return [(school, date.fromisoformat(as_of)) for school, as_of in rows]

    def reports_beside(self, present: Container[str]) -> list[FileLine]:
        """Reports that runs have read in other contents than these (digests), each under its last name; by school and
        date. Without those whose file has held another content since: it has been mended or overwritten."""
        held = self._database.execute("SELECT digest, file FROM inputs ORDER BY last_run, file").fetchall()
        names: dict[str, str] = dict(held)
        last = {file: digest for digest, file in held}
        rows = self._database.execute(
            "SELECT digest, first_seen, arrived, school, as_of FROM arrivals JOIN reports USING (digest)"
            " ORDER BY school, as_of, digest"
        )
        return [
            FileLine(names.get(digest, ""), school, _day(as_of), _arrival(first_seen, arrived))
            for digest, first_seen, arrived, school, as_of in rows
            if digest not in present and last.get(names.get(digest, ""), digest) == digest
        ]

    def schools(self) -> list[str]:
        """Codes of the schools of which a report or a remark is known."""
        rows = self._database.execute("SELECT school FROM reports UNION SELECT school FROM remarks ORDER BY 1")
        return [code for (code,) in rows]

    def first_raised(self, school: str) -> list[RemarkLine]:
        """The remarks of that school, as first raised; the earliest first."""
        rows = self._database.execute(
            "SELECT item, code, remarks.as_of, started FROM remarks JOIN runs ON runs.id = run"
            " WHERE school = ? ORDER BY remarks.as_of, run, item, code",
            (school,),
        )
        return [RemarkLine(i, code, date.fromisoformat(day), datetime.fromisoformat(at)) for i, code, day, at in rows]

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _row(self, query: str, *values: object) -> tuple[object, ...]:
        row: tuple[object, ...] = self._database.execute(query, values).fetchone()
        return row


def _arrival(first_seen: str, arrived: str | None) -> Arrival:
    return Arrival(datetime.fromisoformat(first_seen), _moment(arrived))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
