"""A process that forks a child for every trial of `tests/test_exactly_once.py`: the imports are paid for once.

It is told `output port ca_file file_limit` on a line, tabs between, says the child's number, and after `go` how that
ended.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from pipeline.files import lock
from pipeline.memory.journal import Journal
from pipeline.sending.delivery import deliver
from pipeline.sending.patience import Patience
from pipeline.settings import Mail
from tests.mail_server import PASSWORD, USER

NOW = datetime(2014, 3, 21, 9, 30, tzinfo=UTC)


def send(output: Path, mail: Mail, file_limit: int) -> None:
    if file_limit:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
    with lock(output), Journal.open(output / "journal.db") as journal:
        deliver(output, mail, PASSWORD, journal, NOW, None, False, patience=Patience(pauses=()))


def trial(line: str) -> None:
    output, port, ca_file, file_limit = line.rstrip("\n").split("\t")
    mail = Mail(host="127.0.0.1", port=int(port), user=USER, sender="Свод <svod@example.ru>", ca_file=ca_file)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            sys.stdin.readline()  # go
            send(Path(output), mail, int(file_limit))
            code = 0
        except Exception as error:
            print(error, file=sys.stderr)
        finally:
            os._exit(code)
    print(child, flush=True)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    sys.stdin = os.fdopen(0, "r", buffering=1)
    while line := sys.stdin.readline():
        trial(line)
