"""The journal as commands open it: what is to be said of one that was damaged or lost is said at once, and what the
results beside it still know is taken back; the run that follows finds it whole and would say nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands import console
from pipeline.files import lock
from pipeline.memory import recording
from pipeline.memory.journal import FILE, Journal
from schemas.strict import UsageError

if TYPE_CHECKING:
    from pipeline.survey import Job, Survey


@contextmanager
def opened(output: Path) -> Iterator[Journal]:
    """The journal of this folder of results; enter it under `lock`. Raises OutputError."""
    with Journal.open(output / FILE) as journal:
        forgotten = recording.forgotten(journal, output)
        for line in filter(None, (journal.warning, forgotten)):
            console.say(line)
        recording.complete(journal, output)
        yield journal


@contextmanager
def looked_into(output: Path) -> Iterator[Journal]:
    """The same for a command that only looks: one that is damaged or gone is stood in for by what is left of it, and
    stays as it is. Raises OutputError where it is held."""
    with recording.known(output) as journal:
        if journal.warning:
            console.say(journal.warning)
        yield journal


def survey_of(job: "Job") -> "Survey":
    """What the input says, for a command that only looks at the journal. Raises UsageError and OutputError."""
    from pipeline.survey import take_survey  # imported here: whoever asks for the journal alone measures nothing

    with looked_into(job.output) as journal:
        return take_survey(job, journal=journal)


def mended(output: Path, wait: float = 0.0) -> None:
    """Before copies of the journal are read: one that is damaged is moved aside, one that is sound or is not there is
    left as it is. `wait`: seconds, for another run to end. Raises OutputError."""
    try:
        Journal.copy(output / FILE).close()
    except UsageError:
        with lock(output, wait), opened(output):
            pass
