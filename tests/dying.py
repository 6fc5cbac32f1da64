"""Ends a piece of work (SIGKILL) at the n-th thing that it does with files, the journal or a mail server: as Python
audits it, and at every flush, statement and word.

POSIX alone: the work is done in a fork of the process that asks, so that nothing has to be imported anew.
"""

import os
import select
import signal
import smtplib
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

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


def run(work: Callable[[], object], nth: int = 0, seconds: float | None = None) -> Ended:
    """Does it in a process group of its own, of which nothing is left then. `nth`: the thing at which the group is
    killed, `seconds`: when."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        os.close(reader)
        os._exit(_do(work, nth, writer))
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


def _do(work: Callable[[], object], nth: int, writer: int) -> int:
    count = _Count(nth)
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
    os.write(writer, str(count.done).encode())
    return code


class _Count:
    def __init__(self, nth: int) -> None:
        self._nth = nth
        self._group = os.getpid()
        self.done = 0

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

    def _counted(self, really: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            self._one()
            return really(*arguments)

        return call

    def _one(self) -> None:
        if os.getpid() != self._group:  # a reader, forked
            return
        self.done += 1
        if self.done == self._nth:
            os.killpg(self._group, signal.SIGKILL)
