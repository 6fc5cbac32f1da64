"""Ends a piece of work (SIGKILL) at the n-th thing that it does with files, the journal or a mail server: as Python
audits it, and at every flush, statement and word. Or lets the disk be full (ENOSPC) at the n-th thing that needs room
on it, for once or from then on.

POSIX alone: the work is done in a fork of the process that asks, so that nothing has to be imported anew.
"""

import builtins
import errno
import io
import os
import select
import signal
import smtplib
import sqlite3
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, NamedTuple

How = Literal["killed", "full once", "full from then on"]

_OF_FILES = frozenset({"open", "os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "socket.connect"})


class Ended(NamedTuple):
    """`code`: of the exit, negative for a signal."""

    code: int
    things: int  # that were done, where it was not killed

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


def dies_at(nth: int, work: Callable[[], object]) -> bool:
    """Was it killed, or had it ended before; the first thing it does is 1. What fails in it fails the test."""
    ended = run(work, nth)
    assert ended.code in (0, -signal.SIGKILL)
    return ended.killed


_tell = os.write  # the disk is full for the work alone


def run(work: Callable[[], object], nth: int = 0, seconds: float | None = None, how: How = "killed") -> Ended:
    """Does it in a process group of its own, of which nothing is left then. `nth`: the thing at which the group is
    killed or the disk is full, `seconds`: when it is killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        os.close(reader)
        watch = _Count(nth) if how == "killed" else _Full(nth, stays=how == "full from then on")
        os._exit(_do(work, watch, writer))
    os.close(writer)
    ended = os.pidfd_open(child)
    try:
        if not select.select([ended], [], [], seconds)[0]:
            _end_group(child)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        _end_group(child)
        return Ended(code, int(os.read(reader, 20) or b"0"))
    finally:
        os.close(ended)
        os.close(reader)


def _end_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _do(work: Callable[[], object], count: "_Watch", writer: int) -> int:
    count.watch()
    try:
        work()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        code = 101
    else:
        code = 0
    _tell(writer, str(count.done).encode())
    return code


class _Watch(ABC):
    """Counts what the process that was forked does, and at the n-th thing lets happen what is to happen."""

    def __init__(self, nth: int) -> None:
        self._nth = nth
        self._process = os.getpid()
        self.done = 0

    @abstractmethod
    def watch(self) -> None: ...

    @abstractmethod
    def _one(self) -> None: ...

    def _counted(self, really: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            self._one()
            return really(*arguments)

        return call


class _Count(_Watch):
    def watch(self) -> None:
        for module, name in ((os, "fsync"), (smtplib.SMTP, "send"), (smtplib.SMTP, "getreply")):
            setattr(module, name, self._counted(getattr(module, name)))
        sqlite3.connect = self._traced(sqlite3.connect)
        sys.addaudithook(self._audited)

    def _audited(self, event: str, _: object) -> None:
        if event in _OF_FILES:
            self._one()

    def _traced(self, really: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
        def connect(*arguments: object, **named: object) -> sqlite3.Connection:
            connection = really(*arguments, **named)
            connection.set_trace_callback(lambda _: self._one())
            return connection

        return connect

    def _one(self) -> None:
        if os.getpid() != self._process:  # a reader, forked
            return
        self.done += 1
        if self.done == self._nth:
            os.killpg(self._process, signal.SIGKILL)


_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_OF_ROOM = frozenset({"os.rename", "os.link", "os.mkdir"})
_READS = ("SELECT", "PRAGMA", "ROLLBACK")


class _Full(_Watch):
    """Counts what needs room on a disk: a file opened to be written, each of its writes and flushes, a name given, a
    statement that changes the journal. Of its n-th (`full once`), or all from it on, the disk has none."""

    def __init__(self, nth: int, *, stays: bool) -> None:
        super().__init__(nth)
        self._stays = stays

    def watch(self) -> None:
        full = self

        class Raw(io.FileIO):
            def write(self, content: Any) -> int:
                full._one()
                return super().write(content)

        class Connection(sqlite3.Connection):
            def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
                full._one_of_the_journal(statement)
                return super().execute(statement, *values)

            def executemany(self, statement: str, *values: Any) -> sqlite3.Cursor:
                full._one_of_the_journal(statement)
                return super().executemany(statement, *values)

        connect = sqlite3.connect
        sqlite3.connect = lambda *values, **named: connect(*values, **{"factory": Connection} | named)
        builtins.open = io.open = _opening(io.open, Raw)  # type: ignore[assignment]
        for name in ("fsync", "sendfile", "write"):
            setattr(os, name, self._counted(getattr(os, name)))
        sys.addaudithook(self._audited)

    def _audited(self, event: str, values: tuple[Any, ...]) -> None:
        if event in _OF_ROOM or (event == "open" and _is_to_be_written(*values)):
            self._one()

    def _is_full(self) -> bool:
        if os.getpid() != self._process:  # a reader, forked
            return False
        self.done += 1
        return self.done == self._nth or (self._stays and 0 < self._nth < self.done)

    def _one(self) -> None:
        if self._is_full():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _one_of_the_journal(self, statement: str) -> None:
        if not statement.lstrip().startswith(_READS) and self._is_full():
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"
            raise error


def _is_to_be_written(path: object, _: object, flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & _WRITES) and _is_on_disk(path)


def _is_on_disk(path: object) -> bool:
    name = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
    return not name.startswith(("/dev/", "/proc/")) and not name.endswith(".pyc") and ".pyc." not in name


def _opening(really: Callable[..., Any], raw_file: type[io.FileIO]) -> Callable[..., Any]:
    """`open`, with files to be written over `raw_file`."""

    def opened(
        file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None, errors: str | None = None,
        newline: str | None = None, closefd: bool = True, opener: Any = None,
    ) -> Any:  # fmt: skip
        if not set(mode) & set("wax+") or not _is_on_disk(file) or buffering == 0:
            return really(file, mode, buffering, encoding, errors, newline, closefd, opener)
        raw = raw_file(file, mode.replace("b", "").replace("t", ""), closefd, opener)
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

    return opened
