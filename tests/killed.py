"""`run.py` that kills itself (SIGKILL) at a moment: `python -m tests.killed MOMENT OUTPUT run's arguments…`.

A moment is something that is seen in the output folder. It is looked for at whatever the run does with files next, so
that a run dies at the same place every time.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.memory.journal import Journal

AS_OF = "2014-03-20"
_OF_FILES = frozenset({"open", "os.rename", "os.mkdir", "os.remove", "os.listdir", "os.scandir", "sqlite3.connect"})


def _has_read(output: Path) -> bool:
    """The run has noted what it has read: a table of the journal has its first row."""
    if not (output / "journal.db").exists():
        return False
    try:
        with Journal.copy(output / "journal.db") as journal:
            return not journal.is_new
    except ValueError:  # the file is there, its first page not yet
        return False


MOMENTS: dict[str, Callable[[Path], object]] = {
    "the folder is held": lambda output: (output / ".svod.lock").exists(),
    "the journal is there": lambda output: (output / "journal.db").exists(),
    "the journal is written": lambda output: (output / "journal.db-wal").exists(),
    "all is read": _has_read,
    "the first result is made": lambda output: any(output.glob(f"{AS_OF}/.*.tmp")),
    "a return is made": lambda output: any(output.glob(f"{AS_OF}/returns/.*.tmp")),
    "the first result has its place": lambda output: any(output.glob(f"{AS_OF}/*.csv")),
    "the summary has its place": lambda output: (output / AS_OF / f"svod-{AS_OF}.xlsx").exists(),
}


class _Watch:
    """An audit hook: the end of the run at its moment."""

    def __init__(self, moment: str, output: Path) -> None:
        self._seen = MOMENTS[moment]
        self._output = output
        self._looking = False

    def __call__(self, event: str, _: object) -> None:
        if event not in _OF_FILES or self._looking:  # looking opens files, too
            return
        self._looking = True
        if self._seen(self._output):
            os.kill(os.getpid(), signal.SIGKILL)
        self._looking = False


if __name__ == "__main__":
    from pipeline.commands.door import main

    name, folder, *sys.argv[1:] = sys.argv[1:]
    sys.addaudithook(_Watch(name, Path(folder)))
    main()
