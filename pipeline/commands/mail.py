"""The command `mail`: sends the letters that wait."""

import os
from datetime import date, datetime
from pathlib import Path

from pipeline.commands.console import delivery_lines
from pipeline.files import lock
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.memory.journal import Journal
from pipeline.sending.smtp import deliver
from pipeline.settings import PASSWORD_VARIABLE, Settings
from schemas.strict import UsageError


def send_waiting(output: Path, as_of: date | None, settings: Settings, *, dry_run: bool) -> list[str]:
    """Sends what waits for the date, for all dates where it is None; returns what is to be said of it."""
    if not output.is_dir():
        raise UsageError(f"Папки «{output}» нет: сначала сделайте свод или укажите --output.")
    password = os.environ.get(PASSWORD_VARIABLE)
    now = datetime.now(settings.zone)
    with lock(output), Journal.open(output / JOURNAL) as journal:
        deliveries = deliver(output, settings.mail, password, journal, now, as_of, dry_run)
        warning = journal.warning
    return [*filter(None, (warning,)), *delivery_lines(deliveries)]
