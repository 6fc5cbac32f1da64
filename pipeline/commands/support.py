"""The command `support`: one file to be sent when asking for help. Versions, counts, codes and cells: no word of a
school, no name of a person, no name of a file, no address."""

import csv
import platform
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipeline import VERSION
from pipeline.files import OutputError, Outputs, lock
from pipeline.memory import recording
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.memory.journal import Journal
from pipeline.memory.manifest import libraries
from pipeline.reading.cache import code_digest
from pipeline.settings import Settings
from schemas.remarks import known_codes
from schemas.strict import UsageError

SUPPORT = "support.txt"

_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".docx"})
_LAST_RUNS = 30
_LAST_DATES = 6
_LAST_LINES = 200  # of a log


def write_support(output: Path, settings: Settings, now: datetime) -> Path:
    """Makes the file in the output folder, anew. Raises UsageError and OutputError."""
    if not output.is_dir():
        raise UsageError(f"Папки «{output}» нет: сначала сделайте свод или укажите --output.")
    lines = [*_program(now), *_settings(settings), *_journals(output), *_dates(output), *_logs(output)]
    with lock(output), Outputs(output) as outputs:
        outputs.add(SUPPORT, ("\n".join(lines) + "\n").encode("utf-8", "replace"))
        (written,) = outputs.commit()
    return written.lies_at


def _program(now: datetime) -> Iterator[str]:
    yield f"svod {VERSION}, code {code_digest()[:16]}, {now:%Y-%m-%d %H:%M %z}"
    yield f"python {platform.python_version()} {sys.implementation.name}, {platform.system()} {platform.release()}"
    yield from (f"{name} {version}" for name, version in sorted(libraries().items()))


def _settings(settings: Settings) -> Iterator[str]:
    """Figures and switches as they are; of what the office has typed only that it is there."""
    yield f"\n[settings] timezone {settings.timezone}, forms {len(settings.forms)}, days_before {settings.days_before}"
    yield f"archive {settings.archive}, pdf {settings.pdf}, decisions {bool(settings.decisions)}"
    yield f"reporting_dates {', '.join(map(str, settings.reporting_dates))}"
    mail = settings.mail
    yield f"mail: host {bool(mail.host)}, user {bool(mail.user)}, ca_file {bool(mail.ca_file)}, {mail.security}"
    limits = {key: getattr(settings.limits, key) for key in settings.limits.__struct_fields__}
    yield f"limits {limits}"
    yield f"controls {dict(sorted(settings.controls.items()))}"


def _journals(output: Path) -> Iterator[str]:
    for folder in recording.folders(output):
        path = folder / JOURNAL
        size = f"{path.stat().st_size} bytes" if path.is_file() else "gone"
        yield f"\n[journal] {size}, damaged before: {len([*folder.glob('*.damaged-?')])}"
        try:
            with recording.known(folder) as journal:
                yield from filter(None, [journal.warning])
                yield from _journal(journal)
        except OutputError as error:
            yield type(error).__name__


def _journal(journal: Journal) -> Iterator[str]:
    attempts = journal.attempts()
    refused = sum(one.refused is not None for one in attempts)
    yield f"letters sent {len(journal.letters())}, refused {refused}, held {len(attempts) - refused}"
    for run in journal.runs()[-_LAST_RUNS:]:
        ended = "unfinished"
        if run.tally:
            ended = "schools {} of {}, errors {}, warnings {}".format(*run.tally)
        yield f"run {run.started:%Y-%m-%d %H:%M} as of {run.as_of}, {run.version}: files {run.files}, {ended}"
    for start in journal.scheduled()[-_LAST_RUNS:]:
        yield f"scheduled {start.started:%Y-%m-%d %H:%M} - {start.finished:%H:%M}, code {start.code}"


def _dates(output: Path) -> Iterator[str]:
    """How many remarks of each code, facts of each kind, files of each suffix the last dates have."""
    known = known_codes()
    for path in sorted([*output.glob("*/findings.csv"), *output.glob("*/*/findings.csv")])[-_LAST_DATES:]:
        yield f"\n[{len(path.relative_to(output).parts) - 1}] {path.parent.name[:10]}"
        rows = _rows(path)
        remarks = Counter((row.get("severity", ""), row.get("code", "")) for row in rows if row.get("code") in known)
        yield from (f"{severity} {code} {number}" for (severity, code), number in sorted(remarks.items()))
        answers = _rows(path.with_name("answers.csv"))
        yield f"facts {len(answers)}, not counted {sum(row.get('counted') == 'false' for row in answers)}"
        suffixes = Counter(_suffix(row.get("file", "")) for row in answers)
        yield f"suffixes {dict(sorted(suffixes.items()))}"
        yield f"others {sum(one.is_file() for one in path.parent.rglob('*'))} files"


def _suffix(file: str) -> str:
    """What stands behind the dot of a name may be a word of the school."""
    suffix = Path(file).suffix.casefold()
    return suffix if suffix in _SUFFIXES else "other"


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def _logs(output: Path) -> Iterator[str]:
    """The end of the last run's log and of the readers', which hold no words themselves."""
    for folder in [output / "logs", *output.glob("*/logs")]:
        for path in [*sorted(folder.glob("svod-*.log"))[-1:], folder / "reading.log"]:
            if path.is_file():
                lines = path.read_text("utf-8", "replace").splitlines()
                yield f"\n[{path.name}] {len(lines)} lines"
                yield from lines[-_LAST_LINES:]
