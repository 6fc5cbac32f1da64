"""Workers: an item that ends its process is the only one that suffers."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import workers as processes
from pipeline.workers import Outcome, Workers, WorkersError, import_ahead, need_none_ready, one_kept_ready

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.usefixtures("spawned")


class PanicException(BaseException):
    """Like that of a Rust library: no Exception."""


def behave(item: str) -> str:
    """What a reader may do with a file; a name it does not know is a good file."""
    match item:
        case "abort":
            os.abort()
        case "panic":
            raise PanicException
        case "memory":
            bytearray(4 * 2**30)
        case "endless":
            while True:
                pass
        case "stderr":
            os.write(2, b"thread '<unnamed>' panicked at src/xlsx/mod.rs:12:3:\n")
            os.write(2, "called `Option::unwrap()` on «Иванова»\n".encode())
        case "words":
            os.write(2, "UserWarning: Иванова".encode())
        case "no room":
            os.write(2, b"memory allocation of 17179869184 bytes failed\n")
            os.abort()
    return item.upper()


_KEPT: list[bytearray] = []


def remember(megabytes: int) -> int:
    """A reader that remembers something of every file."""
    _KEPT.append(bytearray(megabytes * 2**20))
    return megabytes


def add(base: int, item: int) -> int:
    return base + item


def divide(number: float, item: int) -> float:
    if item == 0:
        os.abort()
    return number / item


def fail(item: str) -> str:
    raise ZeroDivisionError(f"деление в {item}")


def divide_by(item: int) -> float:
    return 1 / item


def fail_of_another_failure(item: str) -> str:
    try:
        return fail(item)
    except ZeroDivisionError as error:
        raise KeyError(item) from error


def fail_for_ever(item: str) -> str:
    return fail_for_ever(item)


class NoTravellerError(Exception):
    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)


def fail_untransportably(item: str) -> str:
    raise NoTravellerError(item, item)


def loaded_packages(item: str) -> set[str]:
    import pipeline.reading.opening.grid  # noqa: F401 - what reading brings along

    return {name.partition(".")[0] for name in sys.modules}


def loaded_modules(item: str) -> list[str]:
    """And the process itself, last."""
    return [*sys.modules, str(os.getpid())]


def priority_of(item: int) -> int:
    return os.nice(item)


def write_to(path: Path) -> None:
    path.write_text("begun")


def process_of(item: int) -> int:
    return os.getpid()


class EndsWhenUnpickled:
    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)

    def __call__(self, item: object) -> None:
        raise AssertionError("never called")


def test_results_come_in_the_order_of_the_items() -> None:
    items = [f"файл {n}" for n in range(300)]
    with Workers(behave, 2) as workers:
        assert list(workers.map(items)) == [(item, Outcome(item.upper())) for item in items]


@pytest.mark.parametrize("end", ["abort", "panic"])
def test_an_item_that_ends_its_process_is_the_only_one_without_a_result(end: str) -> None:
    with Workers(behave) as workers:
        outcomes = dict(workers.map(["a", end, "b", "c"]))
    assert outcomes == {"a": Outcome("A"), end: Outcome(died=True), "b": Outcome("B"), "c": Outcome("C")}


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is limited on Linux only")
@pytest.mark.parametrize("end", ["memory", "no room"])
def test_an_item_for_which_the_memory_does_not_suffice_is_told_from_one_of_which_a_reader_dies(end: str) -> None:
    with Workers(behave) as workers:
        outcomes = dict(workers.map(["a", end, "b", "abort"]))
    assert outcomes == {"a": Outcome("A"), end: Outcome(starved=True), "b": Outcome("B"), "abort": Outcome(died=True)}


def test_an_item_that_never_ends_is_stopped_at_the_time_limit() -> None:
    with Workers(behave, seconds=3) as workers:  # of a busy computer too: the others end within it
        outcomes = dict(workers.map(["a", "endless", "b"]))
    assert outcomes == {"a": Outcome("A"), "endless": Outcome(late=True), "b": Outcome("B")}


def test_every_item_may_be_guilty() -> None:
    with Workers(behave, 2) as workers:
        assert [outcome.died for _, outcome in workers.map(["abort", "panic", "abort"])] == [True, True, True]


def test_without_items_nothing_is_waited_for() -> None:
    with Workers(behave) as workers:
        assert list(workers.map([])) == []


def test_constants_go_before_the_item_and_belong_to_one_map() -> None:
    with Workers(add) as workers:
        assert [outcome.result for _, outcome in workers.map([1, 2], 10)] == [11, 12]
        assert [outcome.result for _, outcome in workers.map([1, 2], 20)] == [21, 22]


def test_constants_reach_the_worker_that_takes_the_place_of_a_dead_one() -> None:
    with Workers(divide) as workers:
        outcomes = [outcome for _, outcome in workers.map([1, 0, 2], 10.0)]
    assert outcomes == [Outcome(10.0), Outcome(died=True), Outcome(5.0)]


def test_an_item_at_which_the_program_fails_is_the_only_one_without_a_result(tmp_path: Path) -> None:
    with Workers(divide_by) as workers:
        outcomes = [outcome for _, outcome in workers.map([1, 0, 2])]
    assert [outcome.result for outcome in outcomes] == [1.0, None, 0.5]
    assert re.fullmatch(r"ZeroDivisionError, test_workers\.py:\d+", outcomes[1].failed)
    assert outcomes[1] == Outcome(failed=outcomes[1].failed)


@pytest.mark.parametrize("function", [fail, fail_untransportably, fail_of_another_failure, fail_for_ever])
def test_the_log_tells_where_the_program_failed_and_never_what_the_item_says(
    function: Callable[[str], str], tmp_path: Path
) -> None:
    with Workers(function, log=tmp_path / "log") as workers:
        ((_, outcome),) = workers.map(["Иванова"])
    log = (tmp_path / "log").read_text("utf-8")
    assert outcome.failed.partition(",")[0] in log
    assert f"in {function.__name__}" in log
    assert "Иванова" not in log + outcome.failed
    assert len(log.splitlines()) < 30


def test_the_log_tells_the_cause_before_what_came_of_it(tmp_path: Path) -> None:
    with Workers(fail_of_another_failure, log=tmp_path / "log") as workers:
        list(workers.map(["x"]))
    assert re.findall(r"^\S+Error", (tmp_path / "log").read_text("utf-8"), re.M) == [
        "builtins.ZeroDivisionError",
        "builtins.KeyError",
    ]


def test_a_map_left_half_way_leaves_no_answers_for_the_next() -> None:
    with Workers(behave) as workers:
        half = workers.map([f"старый {n}" for n in range(100)])
        next(half)
        half.close()  # type: ignore[attr-defined]
        new = [f"новый {n}" for n in range(100)]
        assert list(workers.map(new)) == [(item, Outcome(item.upper())) for item in new]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a named pipe")
def test_work_begins_with_the_call_before_any_outcome_is_asked_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with Workers(write_to) as workers:
        outcomes = workers.map([pipe])
        assert pipe.read_text() == "begun"  # waits for the worker
        assert list(outcomes) == [(pipe, Outcome(None))]


def test_all_workers_are_used() -> None:
    with Workers(process_of, 2) as workers:
        assert len({outcome.result for _, outcome in workers.map(range(2))}) == 2


def test_few_items_are_worth_one_start() -> None:
    with Workers(process_of, 2, 0) as workers:
        assert len({outcome.result for _, outcome in workers.map(range(5))}) == 1
        assert len({outcome.result for _, outcome in workers.map(range(120))}) == 2


def test_others_join_once_there_may_be_more() -> None:
    """The one that is there has its batch of 64 when the second is asked for."""
    free = [1]
    with Workers(process_of, lambda: free[0], worth=20) as workers:
        answers = workers.map(range(200))
        first = {next(answers)[1].result}
        free[0] = 2
        assert len(first | {outcome.result for _, outcome in answers}) == 2
    with Workers(process_of, lambda: 2, 0, worth=201) as workers:
        assert len({outcome.result for _, outcome in workers.map(range(200))}) == 1


def test_a_worker_that_reads_workbooks_imports_no_pandas() -> None:
    with Workers(loaded_packages) as workers:
        ((_, outcome),) = workers.map(["x"])
    assert outcome.result is not None
    assert "python_calamine" in outcome.result
    assert outcome.result.isdisjoint({"pandas", "pandera", "numpy", "xlsxwriter", "openpyxl"})


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is not kept at all")
def test_of_what_a_library_writes_to_stderr_the_log_is_told_where_it_failed_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for item in ("stderr", "words"):
        with Workers(behave, log=tmp_path / "log") as workers:
            list(workers.map([item]))
    log = (tmp_path / "log").read_text("utf-8")
    assert log == "library: panicked at src/xlsx/mod.rs:12:3\nlibrary: wrote to stderr\n"
    assert capfd.readouterr().err == ""


def test_workers_that_cannot_start_are_an_error_not_an_endless_try() -> None:
    with pytest.raises(WorkersError), Workers(EndsWhenUnpickled()) as workers:
        list(workers.map(["x"]))


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C cannot be put off")
def test_a_process_that_is_only_starting_passes_ctrl_c_over(capfd: pytest.CaptureFixture[str]) -> None:
    with one_kept_ready("pipeline.workers"):
        worker = processes._reserve.worker
        os.kill(worker._process.pid, signal.SIGINT)
        with Workers(process_of) as workers:
            ((_, outcome),) = workers.map([1])
        assert outcome.result == worker._process.pid
    assert capfd.readouterr().err == ""


def test_no_process_is_left_behind() -> None:
    with Workers(process_of, 2) as workers:
        processes = {outcome.result for _, outcome in workers.map(range(2))}
    assert not [pid for pid in processes if pid and Path(f"/proc/{pid}").exists()]


def test_a_process_started_ahead_is_handed_on_and_ends_with_the_last() -> None:
    with one_kept_ready("pipeline.reading.reports"):
        with Workers(loaded_modules) as first:
            ((_, ahead),) = first.map(["x"])
        with Workers(process_of) as second:
            ((_, of_second),) = second.map([1])
        with Workers(process_of, 2) as third:
            of_third = {outcome.result for _, outcome in third.map(range(2))}
        assert ahead.result is not None
        assert "pipeline.reading.reports" in ahead.result
        assert ahead.result[-1] == str(of_second.result)
        assert of_second.result in of_third
        assert len(of_third) == 2
        assert alive(of_third) == {of_second.result}  # one waits, the other holds no memory
    assert alive(of_third) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="it is started on POSIX only")
def test_no_process_is_started_beside_the_workers() -> None:
    code = "import psutil\nfrom pipeline.workers import one_kept_ready\nwith one_kept_ready('pipeline.workers'):"
    code += " print(len(psutil.Process().children(recursive=True)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_where_one_is_kept_ready_already_it_stays_the_one() -> None:
    with one_kept_ready("pipeline.workers"):
        kept = processes._reserve
        with one_kept_ready("pipeline.workers"):
            assert processes._reserve is kept
        with Workers(process_of) as workers:
            ((_, outcome),) = workers.map([1])
        assert alive({outcome.result}) == {outcome.result}
    assert alive({outcome.result}) == set()


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_batches_never_grow_towards_the_end(workers: int) -> None:
    for items in range(1, 1_200):
        job: processes._Job[int, int] = processes._Job(list(range(items)), ())
        sizes = []
        while job.waiting:
            sizes.append(len(job.next_batch(workers)))
        assert sizes == sorted(sizes, reverse=True)
        assert sum(sizes) == items
        assert max(sizes) <= -(-items // workers)


def test_the_process_that_is_kept_imports_what_its_next_task_needs() -> None:
    import_ahead("tomllib")  # nothing is kept ready: nothing to do
    with one_kept_ready("pipeline.workers"):
        with Workers(loaded_modules) as first:
            ((_, before),) = first.map(["x"])
        import_ahead("pipeline.writing.returned.marking")
        with Workers(loaded_modules) as second:
            ((_, after),) = second.map(["x"])
    assert before.result is not None
    assert after.result is not None
    assert before.result[-1] == after.result[-1]  # the same process
    assert "pipeline.writing.returned.marking" in set(after.result) - set(before.result)


def test_one_that_remembers_much_is_not_handed_on(monkeypatch) -> None:
    monkeypatch.setattr(processes, "_MUCH", 3)
    with one_kept_ready("pipeline.workers"):
        with Workers(process_of) as workers:
            list(workers.map(range(3)))
        with Workers(process_of) as workers:
            first = {outcome.result for _, outcome in workers.map([4])}
        assert alive(first) == set()
        with Workers(process_of) as workers:
            assert {outcome.result for _, outcome in workers.map([5])} != first


def test_one_that_nobody_needs_any_more_is_gone_at_the_end_and_serves_nobody() -> None:
    need_none_ready()  # where none is kept
    with one_kept_ready("pipeline.workers"):
        with Workers(process_of) as workers:
            ((_, first),) = workers.map([1])
        need_none_ready()
        with Workers(process_of) as workers:
            ((_, second),) = workers.map([2])
    assert first.result != second.result
    assert alive({first.result, second.result}) == set()


def test_constants_and_function_are_those_of_the_task_at_hand() -> None:
    with one_kept_ready("pipeline.workers"):
        for number in (1, 2):
            with Workers(add) as workers:
                assert [outcome.result for _, outcome in workers.map([5], number)] == [5 + number]
        with Workers(behave) as workers:
            assert list(workers.map(["а"])) == [("а", Outcome("А"))]


def test_a_process_of_other_bounds_is_not_handed_on(tmp_path: Path) -> None:
    """Its memory stays as it was set."""
    with one_kept_ready("pipeline.workers"):
        with Workers(process_of) as workers:
            ((_, first),) = workers.map([1])
        with Workers(behave, log=tmp_path / "log", memory_mb=512) as workers:
            assert list(workers.map(["memory"])) == [("memory", Outcome(starved=True))]
            assert alive({first.result}) == {first.result}
            list(workers.map(["stderr"]))
    assert "library: panicked at src/xlsx/mod.rs:12:3" in (tmp_path / "log").read_text("utf-8")


@pytest.mark.skipif(not hasattr(os, "nice"), reason="the system knows no such priority")
def test_who_gives_way_does_so_once_and_serves_nobody_who_waits_for_it() -> None:
    own = os.nice(0)
    with one_kept_ready("pipeline.workers"):
        for give_way, priority in ((False, own), (True, own + 3), (True, own + 3), (False, own)):
            with Workers(priority_of, give_way=give_way) as workers:
                assert [outcome.result for _, outcome in workers.map([0])] == [min(priority, 19)]


def test_one_that_has_ended_while_it_waited_is_replaced() -> None:
    with one_kept_ready("pipeline.workers"):
        with Workers(process_of) as workers:
            ((_, first),) = workers.map([1])
        assert first.result
        os.kill(first.result, signal.SIGKILL)
        with Workers(behave) as workers:
            assert list(workers.map(["а", "abort"])) == [("а", Outcome("А")), ("abort", Outcome(died=True))]
        with Workers(behave) as workers:  # the one that was at «abort» is not handed on
            assert list(workers.map(["б"])) == [("б", Outcome("Б"))]


def test_what_a_process_remembers_of_others_makes_no_item_guilty() -> None:
    """The seventh would be too much for one process; four gigabytes are for any."""
    items = [100, 100, 100, 100, 100, 100, 100, 4096, 100, 100]
    with Workers(remember, memory_mb=700) as workers:
        outcomes = [outcome for _, outcome in workers.map(items)]
    assert outcomes == [Outcome(starved=True) if item == 4096 else Outcome(item) for item in items]


def test_a_process_that_ended_before_its_first_task_is_replaced() -> None:
    with one_kept_ready("pipeline.workers"):
        kept = processes._reserve
        assert kept is not None
        assert kept.worker is not None
        kept.worker._process.kill()
        kept.worker._process.join()
        with Workers(behave) as workers:
            assert list(workers.map(["а"])) == [("а", Outcome("А"))]


def alive(processes: set[int | None]) -> set[int | None]:
    return {pid for pid in processes if pid and Path(f"/proc/{pid}").exists()}
