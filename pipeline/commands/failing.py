"""Whoever wants to know of failures is told that a run has failed, before the user is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from pipeline.commands import console
from pipeline.commands.known import opened
from pipeline.commands.refusals import told
from pipeline.files import OutputError, Outputs, lock
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.sending.delivery import deliver
from pipeline.sending.failures import NAME, failure_letter
from pipeline.sending.outbox import put_in_outbox
from pipeline.sending.patience import Patience
from pipeline.settings import Settings
from schemas.strict import UsageError

_TOLD = "the office was told"  # noted on an error


@contextmanager
def failures_told(
    output: Path,
    as_of: date,
    settings: Settings,
    now: datetime,
    password: str | None,
    patience: Patience,
    *,
    mail: bool,
    of_summary: bool = True,
) -> Iterator[None]:
    """The letter lies in the outbox of that date when the run has failed, and with `mail` it goes. To whom, the journal
    knows: of this run's registry where it was read, else of the last one that was. What was told within is not told
    again. `of_summary`: no summary was made; else something else of a start by the scheduler was not done."""
    try:
        yield
    except Exception as error:
        if _TOLD in getattr(error, "__notes__", ()):
            raise
        error.add_note(_TOLD)
        why = told(error).sentence
        try:
            lines = _tell(
                output, as_of, settings, now, why, password if mail else None, patience, mail=mail,
                of_summary=of_summary,
            )  # fmt: skip
        except (UsageError, OutputError, OSError) as other:
            lines = [f"Письмо о сбое не сделано: {other}"] if str(other) != str(error) else []
        for line in lines:
            console.say(line)
        raise


def _tell(
    output: Path, as_of: date, settings: Settings, now: datetime, why: str, password: str | None, patience: Patience,
    *, mail: bool, of_summary: bool,
) -> list[str]:  # fmt: skip
    """Where nothing was done before there is nobody who waits for a summary. Returns what is to be said."""
    if not (output / JOURNAL).is_file():
        return []
    with lock(output), opened(output) as journal:
        letter = failure_letter(journal.watchers(), as_of, now, why, of_summary=of_summary)
        if letter is None:
            return []
        with Outputs(output) as outputs:
            said = put_in_outbox(letter, as_of, settings.mail.sender, journal, outputs)
            outputs.commit()
        if mail:
            sent = deliver(
                output,
                settings.mail,
                password,
                journal,
                now,
                as_of,
                False,
                only=lambda one: one.name == NAME,
                patience=patience,
            )
            said += console.delivery_lines(sent)
    return said
