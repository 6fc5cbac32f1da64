"""Svod, a user's script and the bare reader over the same files: python -m benchmarks.compare [schools ...]

Whole processes, cold, in turn; of each the quickest of some rounds. `--write` keeps the figures in `figures.json` and
draws `docs/performance.md` from them; `--beside` prints this run's ratios beside those. `--kept FOLDER`: where the
districts are made, and left for another time: forty thousand reports take long to be made.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from benchmarks.district import AS_OF, USUAL, WORST

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "benchmarks" / "figures.json"
SIZES = (20, 1_000)
ROUNDS = {20: 5, 1_000: 3}  # once where nothing is said
SCRIPT_TO = 1_000  # schools: beyond it the script, whose cost a file is known by then, is not run
WORST_AT = 1_000  # schools: where the worst case is measured too
# The registry of so many schools takes some seconds to be read: on a busy machine the time that a file usually has may
# not do, and the run ends with the sentence that names this key.
LARGE, SETTINGS_OF_LARGE = 20_000, "[limits]\nseconds = 120\n"
# Seconds between two looks at the memory, of a long process a part of its time: a look goes over all processes of the
# machine, and takes a part of a core from what is measured.
SAMPLED, SAMPLED_OF_LONG, SAMPLED_AT_LEAST = 0.02, 1 / 500, 0.5

# As a user has it: with modules that stay compiled.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

SVOD, SCRIPT, FLOOR, IMPORTS = "Svod, all outputs", "user's script", "python-calamine alone", "the imports alone"
IMPORTED = "import pandas, pandera.pandas, xlsxwriter"
BARE = """
import sys
from pathlib import Path
from python_calamine import CalamineWorkbook
for path in Path(sys.argv[1]).rglob("*.xlsx"):
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    except Exception:
        continue
"""
# Without a file of its own: processes that it starts would import that file again.
STAGED = "from benchmarks.stages import main; main()"


class Cost(NamedTuple):
    """Seconds by the clock, CPU seconds of the process and its children, megabytes of all of them together."""

    clock: float
    cpu: float
    peak: float


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory() as made:
        _compare(asked, asked.kept or Path(made))


def _compare(asked: argparse.Namespace, kept: Path) -> None:
    print(f"{_machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if find_spec("hypothesis"):
        print("hypothesis is installed, and pandera imports it: Svod and the script take longer than an office waits")
    if asked.beside:
        measured = [_measured(_district(kept, size, USUAL), size, USUAL) for size in asked.schools]
        _print_beside(measured, json.loads(FIGURES.read_text("utf-8"))["districts"])
        return
    districts = []
    for size, faulty in _cases(asked.schools):
        districts.append(_measured(_district(kept, size, faulty), size, faulty))
        _print_costs(districts[-1])
    if asked.write:
        from benchmarks.report import main as write_report  # here: it takes names from this module

        made = {"machine": _machine(), "cores": os.cpu_count(), "python": platform.python_version()}
        FIGURES.write_text(json.dumps({**made, "districts": districts}, indent=1, ensure_ascii=False) + "\n", "utf-8")
        write_report()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("schools", nargs="*", type=int, default=SIZES)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--beside", action="store_true")
    return parser.parse_args()


def _cases(sizes: Sequence[int]) -> list[tuple[int, float]]:
    return [(size, faulty) for size in sizes for faulty in ((USUAL, WORST) if size == WORST_AT else (USUAL,))]


def _machine() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _district(kept: Path, schools: int, faulty: float) -> Path:
    """Its folder; made in a process of its own: what this one weighs would count as the weight of those it starts."""
    folder = kept / f"{schools}-{faulty:g}"
    if not (folder / "made").exists():
        command = [sys.executable, "-m", "benchmarks.district", str(folder), str(schools), str(faulty)]
        subprocess.run(command, cwd=ROOT, check=True)
        (folder / "made").touch()
    return folder


def _measured(folder: Path, schools: int, faulty: float) -> dict[str, Any]:
    """All that is told of a district: its files, the costs, and Svod's stages (name, clock and CPU seconds)."""
    source, target = str(folder / "input"), folder / "output"
    given = ["--input", source, "--output", str(target), "--as-of", AS_OF, *settings_of(folder, schools)]
    commands = {
        SVOD: [sys.executable, "run.py", *given],
        SCRIPT: [sys.executable, "benchmarks/script.py", source, str(target)],
        FLOOR: [sys.executable, "-c", BARE, source],
        IMPORTS: [sys.executable, "-c", IMPORTED],
    }
    if schools > SCRIPT_TO:
        del commands[SCRIPT]
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    # Whatever is compiled or fetched from the disk the first time alone; of a large district the files are what counts.
    _cost(commands[SVOD if schools <= SCRIPT_TO else FLOOR])
    for _ in range(ROUNDS.get(schools, 1)):
        for name, command in commands.items():  # in turn, so that what else the machine does falls on all alike
            shutil.rmtree(target, ignore_errors=True)
            found[name].append(_cost(command))
    costs = {name: min(costs) for name, costs in found.items()}
    shutil.rmtree(target, ignore_errors=True)
    return {
        "schools": schools,
        "faulty": faulty,
        "files": len(list((folder / "input").rglob("*.*"))) - 1,
        "costs": {name: cost._asdict() for name, cost in costs.items()},
        "stages": _stages(folder, given, target) if schools < LARGE else {},  # or all would be done a second time
        "settings": SETTINGS_OF_LARGE if schools >= LARGE else "",
    }


def settings_of(folder: Path, schools: int) -> list[str]:
    """The option with which they are given, where the district needs any."""
    if schools < LARGE:
        return []
    (folder / "settings.toml").write_text(SETTINGS_OF_LARGE, "utf-8")
    return ["--settings", str(folder / "settings.toml")]


def _cost(command: list[str]) -> Cost:
    started = time.perf_counter()
    child = psutil.Popen(command, cwd=ROOT, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while True:
        peak = max(peak, _weight(child))
        ended, status, used = os.wait4(child.pid, os.WNOHANG)
        if ended:
            break
        time.sleep(min(max(SAMPLED, (time.perf_counter() - started) * SAMPLED_OF_LONG), SAMPLED_AT_LEAST))
    took = time.perf_counter() - started
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return Cost(took, used.ru_utime + used.ru_stime, max(peak / 2**20, used.ru_maxrss / 1024))


def _weight(process: psutil.Process) -> int:
    """Bytes of the process and all below it; what they share counts for each of them."""
    total = 0
    try:
        for one in (process, *process.children(recursive=True)):
            total += one.memory_info().rss
    except psutil.Error:  # one of them has ended meanwhile
        pass
    return total


def _stages(folder: Path, given: list[str], target: Path) -> dict[str, list[float]]:
    report = folder / "stages.json"
    command = [sys.executable, "-c", STAGED, str(report), *given]
    subprocess.run(command, cwd=ROOT, env=_ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(target, ignore_errors=True)
    stages: dict[str, list[float]] = json.loads(report.read_text("utf-8"))
    return stages


def _print_costs(district: dict[str, Any]) -> None:
    print(f"\n{district['schools']} schools, {district['files']} files, {district['faulty']:.0%} with wrong answers")
    print(f"{'':24} | clock, s | CPU, s | memory, MB")
    for name, cost in district["costs"].items():
        print(f"{name:24} | {cost['clock']:8.2f} | {cost['cpu']:6.2f} | {cost['peak']:6.0f}")
    for name, (clock, cpu) in district["stages"].items():
        print(f"  {name:22} | {clock:8.2f} | {cpu:6.2f} |")
    for name, ratio in ratios(district).items():
        print(f"{name:40} {ratio:.2f}", flush=True)


def _print_beside(measured: list[dict[str, Any]], known: list[dict[str, Any]]) -> None:
    """Nothing fails on time: machines differ, ratios less so, and whoever reads the check sees them. A stage is told
    against the imports: both are CPU of one process in one run."""
    for district in measured:
        before = next((ratios(one) | _of_stages(one) for one in known if _is_like(one, district)), {})
        for name, ratio in (ratios(district) | _of_stages(district)).items():
            said = f"{before[name]:.2f}" if name in before else "not known"
            print(f"{district['schools']} schools: {name} {ratio:.2f} (in the repository {said})")


def _of_stages(district: dict[str, Any]) -> dict[str, float]:
    imports = district["costs"][IMPORTS]["cpu"]
    return {f"{name} : the imports, by CPU": cpu / imports for name, (_, cpu) in district["stages"].items()}


def _is_like(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (one["schools"], one["faulty"]) == (other["schools"], other["faulty"])


def ratios(district: dict[str, Any]) -> dict[str, float]:
    """What the figures of one run say of each other: those that hold on other machines too."""
    costs = district["costs"]
    svod, floor, imports = costs[SVOD], costs[FLOOR], costs[IMPORTS]
    found = {
        "Svod : the imports, by the clock": svod["clock"] / imports["clock"],
        "Svod : calamine, by the clock": svod["clock"] / floor["clock"],
        "cores used": svod["cpu"] / svod["clock"],
    }
    if script := costs.get(SCRIPT):
        found["script : Svod, by the clock"] = script["clock"] / svod["clock"]
        found["script : Svod, by CPU"] = script["cpu"] / svod["cpu"]
    return found


if __name__ == "__main__":
    main()
