"""The main job, and what goes with it: what a killed run has left, new letters of the mailbox, reminders."""

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from pipeline import files
from pipeline.commands.refusals import LETTERS_LEFT
from pipeline.reading import AHEAD
from pipeline.settings import Settings, load_settings
from pipeline.workers import one_kept_ready

CORES = min(8, os.cpu_count() or 1)  # more readers would wait for the disk and for the one process that writes

# What this command has said already of a folder in which a killed run's files cannot have their places.
unsettled: list[str] = []


class Asked(NamedTuple):
    """What is asked of the main job, and what is meant where nothing is said. `settings`: their file; `jobs`: how many
    processes read; `fetch`: letters of the mailbox first."""

    input: Path = Path("input")
    output: Path = Path("output")
    as_of: date | str | None = None
    settings: Path | None = None
    mail: bool = False
    jobs: int = CORES
    fetch: bool = False


def do(asked: Asked) -> int:
    """Returns the exit code. Raises UsageError and OutputError."""
    settle(asked.output)
    with one_kept_ready(*AHEAD):  # where `run.py` has not begun it
        from pipeline.commands.orders import main_jobs

        settings = load_settings(asked.settings)
        all_taken = _fetch_before(asked, settings) if asked.fetch else True
        ran = main_jobs(asked.input, asked.output, asked.as_of, settings, mail=asked.mail, jobs=asked.jobs)
        all_gone = _remind(asked, settings) if settings.mail.reminders else True
        return LETTERS_LEFT if ran.letters_left or not (all_gone and all_taken) else 0


def settle(output: Path) -> None:
    """What a killed run was putting into its places is put there, by whichever command comes next."""

    def complain(line: str) -> None:
        unsettled.append(line)
        print(line, file=sys.stderr, flush=True)

    if files.settle(output, complain):
        from pipeline.commands import console

        console.say("Прошлый запуск прервался, когда его файлы занимали свои места: теперь они на местах все.")


def _fetch_before(asked: Asked, settings: Settings) -> bool:
    """Have all new letters been taken?"""
    from pipeline.commands import console
    from pipeline.commands.fetch import fetch_before

    said, all_taken = fetch_before(asked.input, asked.output, settings)
    for line in said:
        console.say(line)
    return all_taken


def _remind(asked: Asked, settings: Settings) -> bool:
    """Reminders that are due today. Has all gone that was to go?"""
    from pipeline.commands.posting import ready_to_send
    from pipeline.commands.remind import remind_all

    password = ready_to_send(settings) if asked.mail else None
    now = datetime.now(settings.zone)
    reminded = remind_all(asked.input, asked.output, settings, now, mail=asked.mail, password=password)
    for line in reminded.lines:
        print(line)
    return all(one.is_done for one in reminded.deliveries)
