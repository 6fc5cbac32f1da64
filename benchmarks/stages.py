"""The main job with its stages timed: what `compare.py` starts for the table of stages.

Each stage is a function of the project, wrapped from outside, in a process such as the door makes: what is measured is
what runs, and the product knows nothing of it. But all is imported before the first file is read. A stage's CPU is that
of its own thread, and of those that workers do (never two at a time) that of the worker processes too.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import psutil

from run import prepare, reader_ahead

STAGES = {  # what it is called -> where it stands
    "reading": ("pipeline.survey", "take_in"),
    "checking": ("pipeline.checking.judgement", "check"),
    "measuring": ("pipeline.measuring.measure", "measure"),
    "workbook": ("pipeline.writing.summary", "write_summary"),
    "returned files": ("pipeline.writing.returns", "make_returns"),
    "answers.csv": ("pipeline.writing.csv_files", "answers_csv"),
    "findings.csv": ("pipeline.writing.csv_files", "findings_csv"),
    "indicators.csv": ("pipeline.writing.csv_files", "indicators_csv"),
    "web page": ("pipeline.writing.web", "write_web_page"),
    "memo": ("pipeline.month", "Background.document"),
    "archive": ("pipeline.month", "_keep_originals"),
    "journal": ("pipeline.memory.recording", "finish"),
}
OF_WORKERS = ("reading", "returned files", "memo")


def main() -> None:
    report, *given = sys.argv[1:]
    started = time.perf_counter(), time.process_time()
    costs: dict[str, list[float]] = {}
    prepare()
    try:
        with reader_ahead(given):
            import_module("schemas.lean")  # before pandera, as a run has it
            for name in STAGES:
                place, function = place_of(name)
                setattr(place, function, _timed(getattr(place, function), name, costs))
            sys.argv = ["run.py", *given]
            import_module("pipeline.commands.door").main()
    finally:
        whole = time.perf_counter() - started[0], time.process_time() - started[1]
        costs["main process as a whole"] = list(whole)
        Path(report).write_text(json.dumps(costs), "utf-8")


def place_of(stage: str) -> tuple[Any, str]:
    """The module or the class that it stands in, and its name there."""
    module, function = STAGES[stage]
    *within, name = function.split(".")
    return reduce(getattr, within, import_module(module)), name


def _timed(function: Callable[..., Any], name: str, costs: dict[str, list[float]]) -> Callable[..., Any]:
    def timed(*args: Any, **named: Any) -> Any:
        before = _now(name)
        result = function(*args, **named)
        if isinstance(result, Iterator):  # it works while it is asked
            result = iter(list(result))
        costs[name] = [after - then for after, then in zip(_now(name), before, strict=True)]
        return result

    return timed


def _now(stage: str) -> tuple[float, float]:
    """Clock; CPU of this thread and, where the stage has them, of worker processes, those that have ended too."""
    others = 0.0
    if stage in OF_WORKERS:
        ended = psutil.Process().cpu_times()
        living = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
        others = ended.children_user + ended.children_system + sum(one.user + one.system for one in living)
    return time.perf_counter(), time.thread_time() + others
