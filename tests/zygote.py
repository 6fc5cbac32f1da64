"""A process that has imported the commands, and forks a child for every run: the imports are paid for once.

It is told `[words, nth, seconds, how]` as a line of JSON and answers `[code, things, said, refused]` (`dying.run`).
"""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from pipeline.settings import PASSWORD_VARIABLE
from tests.dying import How
from tests.mail_server import PASSWORD

ROOT = Path(__file__).parent.parent


class Run(NamedTuple):
    """`code`: of the exit, negative for a signal. `things`: that were done (`dying`), where it was not killed. `said`,
    `refused`: on the two streams."""

    code: int
    things: int
    said: str
    refused: str

    @property
    def killed(self) -> bool:
        return self.code == -9


class Zygote:
    def __init__(self, *before: object) -> None:
        """`before`: a command that starts another one, with its words, such as `unshare --mount`."""
        command = [*map(str, before), sys.executable, "-m", "tests.zygote"]
        environment = os.environ | {PASSWORD_VARIABLE: PASSWORD}
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.run("--help")  # it is there

    @property
    def root(self) -> Path:
        """The file system as it sees it."""
        return Path(f"/proc/{self._process.pid}/root")

    def run(self, *words: object, nth: int = 0, seconds: float | None = None, how: How = "killed") -> Run:
        """`run.py` with these words. `nth`, `seconds`, `how`: as `dying.run` takes them."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([[str(word) for word in words], nth, seconds, how]) + "\n")
        self._process.stdin.flush()
        return Run(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()


def main() -> None:
    from pipeline import workers
    from pipeline.checking import judgement  # noqa: F401
    from pipeline.commands import approve, cli, daily, door, forms, mail, orders, rebuild, school, trace  # noqa: F401
    from pipeline.memory import database
    from pipeline.writing import brief, csv_files, memo, summary, web  # noqa: F401

    workers.context = multiprocessing.get_context("fork")  # type: ignore[assignment]
    database._PATIENCE = 0  # who holds the journal in a test does not let go of it
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    for line in sys.stdin:
        answers.write(json.dumps(_answer(door.main, *json.loads(line))) + "\n")
        answers.flush()


def _answer(command, words: list[str], nth: int, seconds: float | None, how: How) -> Run:  # type: ignore[no-untyped-def]
    from tests import dying

    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as refused:

        def work() -> None:
            os.dup2(said.fileno(), 1)
            os.dup2(refused.fileno(), 2)
            sys.argv = ["run.py", *words]
            command()
            sys.stdout.flush()

        ended = dying.run(work, nth, seconds, how)
        said.seek(0)
        refused.seek(0)
        return Run(ended.code, ended.things, said.read(), refused.read())


if __name__ == "__main__":
    main()
