"""The door: words of the command line in, an exit code out.

The main job is asked for in plain words as a rule. They are read here: to import what reads all others, and says its
help, takes as long as to read dozens of files.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.commands.main_job import Asked, do, unsettled
from pipeline.commands.refusals import refusal

# Signs by which a value is no plain text: Typer unfolds them on Windows, where no shell does.
_UNFOLDED = frozenset("*?[~$%")


def main() -> None:
    """Runs a command. A user's mistake is one Russian sentence and exit code 2, a failed run one and 3; with --debug
    the whole way of the error is shown."""
    _use_utf8()
    unsettled.clear()
    try:
        code = _command(sys.argv[1:])
    except (Exception, KeyboardInterrupt) as error:
        code = _nobody_listens() if isinstance(error, BrokenPipeError) and error.filename is None else _refuse(error)
    sys.exit(code)


def _nobody_listens() -> int:
    """Whoever read what is said has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _refuse(error: BaseException) -> int:
    refused = refusal(error)
    if refused.sentence not in unsettled:
        print(refused.sentence, file=sys.stderr)
    return refused.code


def _command(words: Sequence[str]) -> int:
    if (asked := in_plain_words(words)) is not None:
        return do(asked)
    from pipeline.commands.cli import command

    code = command()
    return code if isinstance(code, int) else 0


def in_plain_words(words: Sequence[str]) -> Asked | None:
    """What they ask of the main job, where all are options of it, each with a value behind it. All else is Typer's,
    slips of the pen above all. Raises UsageError of a date that is none."""
    given = dict(zip(words[::2], words[1::2], strict=False))
    if 2 * len(given) != len(words) or not given.keys() <= _READ.keys() or not all(map(_is_plain, given.values())):
        return None
    return Asked(**{option.removeprefix("--").replace("-", "_"): _READ[option](given[option]) for option in given})


def _is_plain(value: str) -> bool:
    return bool(value) and not value.startswith("-") and _UNFOLDED.isdisjoint(value)


def _day(text: str) -> object:
    from pipeline.commands.choosing import day_or_period

    return day_or_period(text)


_READ: Mapping[str, Callable[[str], Any]] = {"--input": Path, "--output": Path, "--as-of": _day, "--settings": Path}


def _use_utf8() -> None:
    """A Windows console of the old code page cannot say «№»: what it cannot show is replaced, never an error. One that
    is told of no language at all would show question marks alone."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8" if stream.encoding.lower() in _NO_LANGUAGE else None, errors="replace")


_NO_LANGUAGE = ("ascii", "us-ascii", "ansi_x3.4-1968", "646")
