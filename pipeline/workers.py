"""Run a function on items in processes that may die: one item is guilty, the others come to no harm.

A reader of untrusted files can abort its process, loop for ever or eat all memory, and no `except` helps. So it runs
outside, in processes that are started afresh (`spawn`, the only way Windows has) and import only what the module of
the function imports. A worker that dies or is late is replaced, and the item that it was at is answered with that.

Within `one_kept_ready` one process is started ahead and handed on, so that nobody waits for its start twice.

A leaf: imports nothing of the project.
"""

import gc
import math
import multiprocessing
import os
import pickle
import re
import signal
import sys
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Generic, NamedTuple, Self, TypeVar

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

R = TypeVar("R")
T = TypeVar("T")

_BATCH = 64  # items sent at once: a small file takes a millisecond, a message to and fro a good part of one
_FEW = 8  # items of a worker that are not parted any further
_WORTH_A_START = 48  # items for each of which one more process is started: it takes as long as reading so many
_MUCH = 2_000  # items: whoever has answered more holds, in what it remembers of them, more than its start is worth
_START_SECONDS = 60  # a worker that has not started by then never will
# Objects made, and not yet let go of, before garbage in circles is looked for. By Python's own 700 that is done several
# times a file, and finds next to nothing.
_CALM = 50_000
# Items after which a process has made what it keeps. To look through that takes as long as to read two files.
_SETTLED = 48
_NICE = 3  # steps of priority: two processes of it weigh as much as one without
_FRAMES = 10  # at either end of a traceback

# How a process is started: afresh. Tests that ask nothing about it start hundreds, and let them fork where they can.
context: "SpawnContext | ForkServerContext" = multiprocessing.get_context("spawn")


class Outcome(NamedTuple, Generic[R]):
    """What became of one item: a result, an exception, or the end of the worker that was at it."""

    result: R | None = None
    died: bool = False  # aborted or panicked
    starved: bool = False  # wanted more memory than the process may have
    late: bool = False  # was stopped at the time limit
    failed: str = ""  # the function raised: which exception, and where, without a word of the item


class WorkersError(RuntimeError):
    """The workers cannot be started at all."""


@contextmanager
def one_kept_ready(*modules: str) -> Iterator[None]:
    """Starts a process now, which imports `modules` while the caller does something else. The first `Workers` that need
    one take it, and leave it to the next when they end. Where the system gives none now, those that need one say so.
    Where one is kept ready already nothing happens."""
    global _reserve
    if _reserve:
        yield
        return
    _reserve = _Reserve()
    with suppress(OSError):
        _reserve.worker = _Worker(modules)
    try:
        yield
    finally:
        left, _reserve = [_reserve.worker, *_reserve.leaving], None
        for one in filter(None, left):
            one.stop()


def import_ahead(*modules: str) -> None:
    """The process that is kept ready imports them while nobody asks anything of it."""
    if _reserve and _reserve.worker:
        _reserve.worker.import_ahead(_Ahead(modules))


def need_none_ready() -> None:
    """The process that is kept ready takes its leave while the caller does something else: to free its memory takes the
    system as long as to read a file."""
    if _reserve and _reserve.worker:
        _reserve.worker.end()
        _reserve.leaving.append(_reserve.worker)
        _reserve.worker = None


class Workers(Generic[R]):
    """Processes that call `function(*constants, item)`; they start when entered, before anything is asked of them: as
    many as so many `items` are `worth` a start, one at least, `count` at most. Others follow where more is asked of
    them, or where `count`, a function then, says that there may be more by now.

    `function` stands at the top level of its module. An exception in it is a programmer's mistake, and it is that
    item's alone: this is the one place where it is caught. Its traceback goes to `log` without a value, for values are
    people's words. `seconds` is the limit for one item, `memory_mb` that of a process (Linux only). What libraries
    write to stderr may hold such words too: of it the log is told where they failed, and no more. `give_way`: the
    caller has work of its own, and more of it than they have; they take what it leaves of the cores.
    """

    def __init__(
        self,
        function: Callable[..., R],
        count: int | Callable[[], int] = 1,
        items: int = sys.maxsize,
        *,
        worth: int = _WORTH_A_START,
        seconds: float = 15,
        memory_mb: int = 1_024,
        log: Path | None = None,
        give_way: bool = False,
    ) -> None:
        self._task = _Task(function, memory_mb, log, give_way)
        self._count = count if callable(count) else lambda: count
        self._items = items
        self._worth = worth
        self._seconds = seconds
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        self._top_up(self._items)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            if not (_reserve and _reserve.keeps(worker)):
                worker.stop()
        self._workers.clear()

    def map(self, items: Iterable[T], *constants: object) -> Iterator[tuple[T, Outcome[R]]]:
        """Each item with its outcome, in the order of the items. Work begins with this call, not with the first step.

        `constants` (a registry, the limits) go to every worker once.
        """
        job: _Job[T, R] = _Job(list(items), constants)
        self._hand_out(job)
        return self._outcomes(job)

    def _outcomes(self, job: "_Job[T, R]") -> Iterator[tuple[T, Outcome[R]]]:
        try:
            for index, item in enumerate(job.items):
                while index not in job.outcomes:
                    self._hear(job)
                    self._hand_out(job)
                yield item, job.outcomes.pop(index)
        finally:
            for worker in self._busy():  # where the caller stopped half-way
                self._dismiss(worker)

    def _hand_out(self, job: "_Job[T, R]") -> None:
        if job.waiting:
            self._top_up(len(job.waiting), beside=len(self._busy()))
        for worker in list(self._workers):
            if job.waiting and not worker.batch:
                if worker.answered and job.waiting[0] in job.again:
                    self._dismiss(worker)
                    worker = self._start(_Worker())
                worker.give(job, job.next_batch(len(self._workers)), self._seconds)

    def _hear(self, job: "_Job[T, R]") -> None:
        """Waits for the next word of a busy worker, or for its time limit."""
        busy = self._busy()
        patience = min(worker.deadline for worker in busy) - time.monotonic()
        spoken = wait([worker.pipe for worker in busy], max(0.0, patience))
        for worker in busy:
            if worker.pipe in spoken:  # asked first: who has answered is not late, however long nobody listened
                self._listen(worker, job)
            elif worker.deadline <= time.monotonic():
                self._give_up(worker, job, Outcome(late=True))

    def _listen(self, worker: "_Worker", job: "_Job[T, R]") -> None:
        try:
            answer = pickle.loads(worker.pipe.recv_bytes())
        except (EOFError, OSError):  # nobody at the other end
            starved = worker.complaints.tell_of_memory()
            self._give_up(worker, job, Outcome(died=not starved, starved=starved))
            return
        worker.deadline = time.monotonic() + self._seconds
        if answer is None:
            worker.ready = True
            return
        worker.answered = True
        worker.served += 1
        result, failed = answer
        job.outcomes[worker.batch.popleft()] = Outcome(result, failed=failed)

    def _give_up(self, worker: "_Worker", job: "_Job[T, R]", outcome: Outcome[R]) -> None:
        """The item that the worker was at is guilty; the rest of its batch waits again. One that was not at any yet is
        replaced where it has lived before, as it may have ended meanwhile."""
        if not (worker.ready or worker.has_served):
            raise WorkersError("a worker process did not start")
        if outcome.starved and worker.answered:  # what it remembers of others weighs too: a fresh one is asked
            job.again.add(worker.batch[0])
        elif worker.ready:
            job.outcomes[worker.batch.popleft()] = outcome
        job.waiting.extendleft(reversed(worker.batch))
        self._dismiss(worker)

    def _busy(self) -> list["_Worker"]:
        return [worker for worker in self._workers if worker.batch]

    def _top_up(self, items: int, beside: int = 0) -> None:
        """Processes for so many items that wait, beside those that are busy."""
        wanted = min(self._count(), max(1, beside + items // self._worth))
        while len(self._workers) < wanted:
            self._start((_reserve and _reserve.take(self._task)) or _Worker())

    def _start(self, worker: "_Worker") -> "_Worker":
        worker.begin(self._task)
        self._workers.append(worker)
        return worker

    def _dismiss(self, worker: "_Worker") -> None:
        self._workers.remove(worker)
        worker.stop()


class _Job(Generic[T, R]):
    """One call of `map`: what waits to be handed out, and the outcomes that have come but are not yet due."""

    def __init__(self, items: list[T], constants: tuple[object, ...]) -> None:
        self.items = items
        self.constants = constants
        self.waiting = deque(range(len(items)))
        self.outcomes: dict[int, Outcome[R]] = {}
        self.again: set[int] = set()  # those that are handed to a fresh process

    def next_batch(self, workers: int) -> deque[int]:
        """For one of so many that work: half of its share of what is left, or a few where that is more. They never grow
        towards the end, so that no worker is long at work when the others have nothing left."""
        left = len(self.waiting)
        share = math.ceil(left / workers)
        size = min(_BATCH, share, max(_FEW, math.ceil(left / (2 * workers))))
        return deque(self.waiting.popleft() for _ in range(size))


class _Task(NamedTuple):
    """What a process is told before its first item."""

    function: Callable[..., object]
    memory_mb: int
    log: Path | None
    give_way: bool

    def is_like(self, other: "_Task") -> bool:
        """May a process that has served the one serve the other? Its bounds stay as they are."""
        return self.memory_mb == other.memory_mb and self.give_way <= other.give_way


class _Ahead(NamedTuple):
    """What a process imports before it is told what for."""

    modules: tuple[str, ...]


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """A process begun meanwhile hears no Ctrl-C before it has been told to pass it over: it would show a traceback."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """One process, seen from here. It answers the items of its batch one by one, so it is at the first unanswered."""

    def __init__(self, ahead: tuple[str, ...] = ()) -> None:
        """`ahead`: modules to be imported before there is a task."""
        _start_no_tracker()
        self.pipe, far_end = context.Pipe()
        self.complaints = _Complaints()
        given = far_end, ahead, self.complaints.place
        self._process = context.Process(target=_serve, args=given, daemon=True)
        with _no_interrupt():
            self._process.start()
        far_end.close()
        self.task: _Task | None = None
        self.ready = False  # it has its task
        self.has_served = bool(ahead)  # it has lived before it had this task
        self.answered = False
        self.served = 0  # items
        self.deadline = 0.0
        self.batch: deque[int] = deque()  # places of the items that it has not answered
        self._job: object = None  # whose constants it has

    def begin(self, task: _Task) -> None:
        if self.task:
            self.complaints.tell(self.task.log)
        self.task, self._job = task, None
        self.has_served, self.ready = self.has_served or self.ready, False
        self.deadline = time.monotonic() + _START_SECONDS
        self._send(task)

    def import_ahead(self, ahead: _Ahead) -> None:
        self._send(ahead)

    def give(self, job: "_Job[T, R]", batch: deque[int], seconds: float) -> None:
        constants = None if self._job is job else job.constants
        self._job, self.batch = job, batch
        if self.ready:
            self.deadline = time.monotonic() + seconds
        self._send((constants, [job.items[i] for i in batch]))

    def _send(self, message: object) -> None:
        data = pickle.dumps(message)
        with suppress(OSError):  # nobody at the other end: found out when its answer is listened to
            self.pipe.send_bytes(data)

    def end(self) -> None:
        """Also where it is busy or not yet there. An idle one would take its leave for as long as it reads a few files,
        and leaves nothing that is not done."""
        self.pipe.close()
        self._process.kill()

    def stop(self) -> None:
        """Ends it, and waits until it is gone."""
        self.end()
        self._process.join()
        self._process.close()
        self.complaints.tell(self.task.log if self.task else None)
        self.complaints.close()


@cache
def _start_no_tracker() -> None:
    """Before its first process `multiprocessing` starts one more, which takes away semaphores and shared memory that
    others leave behind. Here there are none, and it starts as long as five files are read, on the core of the first
    reader. Whoever asks for the way to it gets one that leads nowhere. On Windows there is no such process."""
    if os.name != "nt":
        from multiprocessing import resource_tracker

        nowhere = os.open(os.devnull, os.O_WRONLY)
        resource_tracker.getfd = lambda: nowhere


class _Complaints:
    """What libraries write to a worker's stderr past Python (backtraces of panics): in a file without a name, which the
    process opens by way of this one. The log is told of it when the worker is gone."""

    def __init__(self) -> None:
        self._file: IO[bytes] = self._made()
        place = Path(f"/proc/{os.getpid()}/fd/{self._file.fileno()}")
        self.place = place if place.exists() else Path(os.devnull)

    def tell_of_memory(self) -> bool:
        """Has the process asked for memory and got none: libraries say so, and then abort."""
        return bool(_NO_MEMORY.search(self._all()))

    def tell(self, log: Path | None) -> None:
        """What has been said since it was last told."""
        said = self._all()
        harmless = [one.decode("ascii", "replace") for one in _HARMLESS.findall(said)]
        if log and said:
            _note(log, "".join(f"library: {one}\n" for one in harmless or ["wrote to stderr"]))
            self._file.truncate(0)

    def close(self) -> None:
        self._file.close()

    @staticmethod
    def _made() -> IO[bytes]:
        try:
            return tempfile.TemporaryFile()
        except OSError:  # no room for it: nothing is told then
            return open(os.devnull, "w+b")

    def _all(self) -> bytes:
        self._file.seek(0)
        return self._file.read(_MOST_COMPLAINTS)


_NO_MEMORY = re.compile(rb"memory allocation of \d+ bytes failed|std::bad_alloc|builtins\.MemoryError")
_HARMLESS = re.compile(rb"panicked at [\w./\\-]+:\d+(?::\d+)?|" + _NO_MEMORY.pattern)
_MOST_COMPLAINTS = 2**20


def _note(log: Path, text: str) -> None:
    """A log never prevents anything."""
    with suppress(OSError), open(log, "a", encoding="utf-8", errors="replace", opener=_open_for_owner) as file:
        file.write(text)


def _open_for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _Reserve:
    """Room for one process that waits for its next task. All others end with their work: they hold memory."""

    def __init__(self) -> None:
        self.worker: _Worker | None = None
        self.leaving: list[_Worker] = []  # those that have been ended, and are not waited for

    def take(self, task: _Task) -> _Worker | None:
        found = self.worker
        if found is None or (found.task and not found.task.is_like(task)):
            return None
        self.worker = None
        return found

    def keeps(self, worker: _Worker) -> bool:
        """Only one that waits for work, with little in its memory: it has said that it is ready, and owes no answer."""
        if self.worker or worker.batch or not worker.ready or worker.served > _MUCH:
            return False
        self.worker = worker
        return True


_reserve: _Reserve | None = None  # within `one_kept_ready`


# ── within the process ───────────────────────────────────────────────────────────────────────────────────


def _serve(pipe: Connection, ahead: tuple[str, ...], complaints: Path) -> None:
    """The worker's whole life: for each task says that it is ready, then answers batch after batch until nobody asks
    any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer; it ends the workers
    _turn_away_stderr(complaints)
    gc.set_threshold(_CALM)  # importing makes objects by the ten thousand, and lets go of hardly any
    for module in ahead:
        import_module(module)
    task: _Task | None = None
    constants: tuple[object, ...] = ()
    served = 0  # items
    try:
        while True:
            message = pickle.loads(pipe.recv_bytes())
            if isinstance(message, _Ahead):
                for module in message.modules:
                    import_module(module)
                continue
            if isinstance(message, _Task):
                if task is None:
                    _limit_memory(message.memory_mb)
                if message.give_way and not (task and task.give_way):
                    _give_way()
                task = message
                pipe.send_bytes(pickle.dumps(None))
                continue
            assert task is not None  # before the first batch
            new_constants, items = message
            constants = constants if new_constants is None else new_constants
            for item in items:
                pipe.send_bytes(_answer(task.function, constants, item, task.log))
            before, served = served, served + len(items)
            if before < _SETTLED <= served:
                _leave_what_stays()
    except (EOFError, OSError):  # the parent is gone, or needs no more
        gc.freeze()  # nothing is taken apart: the system frees it with the process


def _leave_what_stays() -> None:
    """What has been made by now, modules mostly, stays; it is not looked through any more."""
    gc.collect()
    gc.freeze()


def _answer(function: Callable[..., object], constants: tuple[object, ...], item: object, log: Path | None) -> bytes:
    """The result, or where the function failed; pickled. A panic of a Rust library is no Exception and ends the
    process, like an abort."""
    try:
        return pickle.dumps((function(*constants, item), ""))
    except MemoryError as error:  # the item's fault, not the programmer's
        os.write(2, trace_of(error).encode("utf-8", "replace"))
        raise
    except Exception as error:
        if log:
            _note(log, trace_of(error))
        return pickle.dumps((None, _where(error)))


def _where(error: BaseException) -> str:
    """«KeyError, rows.py:57»: the exception's name and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    line = f", {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{line}"


def trace_of(error: BaseException) -> str:
    """The traceback of the error and of those it came from, the first cause first. What an exception says is left out,
    and so are the lines of code: only names of exceptions, files and functions stand here."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.insert(0, cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "".join(map(_frames, chain))


def _frames(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    # of endless recursion the two ends tell all
    shown = [*frames[:_FRAMES], *frames[-_FRAMES:]] if len(frames) > 2 * _FRAMES else frames
    # the last parts of a path: those before them may be called after a person
    lines = [f"  {'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} in {frame.name}\n" for frame in shown]
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}\n{''.join(lines)}"


def _turn_away_stderr(complaints: Path) -> None:
    """Libraries write to file descriptor 2 past Python: not onto the office's screen."""
    try:
        target = os.open(complaints, os.O_WRONLY | os.O_APPEND)
    except OSError:
        target = os.open(os.devnull, os.O_WRONLY)
    os.dup2(target, 2)
    os.close(target)


def _give_way() -> None:
    """Where the system knows of it: as many as there are cores then leave a whole one to the process that started
    them, and have all of them once it waits."""
    if hasattr(os, "nice"):
        os.nice(_NICE)


def _limit_memory(memory_mb: int) -> None:
    if sys.platform == "linux":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no core file in the office's folder
