"""Svod, a user's script and the bare reader over the same files: python benchmarks/compare.py [schools ...]

Whole processes, cold, in turn; of each the quickest of some rounds. What stands in docs/performance.md is what this
prints on the machine that it names.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SIZES = (20, 1_000)
ROUNDS = 3
SMALL = 100  # schools: beyond it one round tells enough

AS_OF = "2014-01-30"  # the first reporting date of the form
# In a process of its own: what this one weighs would count as the weight of those that it starts.
MAKE = """
import sys
from pathlib import Path
from pipeline.demo import make
from schemas.form import load_form
make(Path(sys.argv[1]), load_form("form-547"), int(sys.argv[2]), 1, 1)
"""
IMPORTS = "import pandas, pandera.pandas, xlsxwriter"
FLOOR = """
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


class Cost(NamedTuple):
    """Seconds by the clock, CPU seconds of the process and its children, megabytes of the largest of them."""

    clock: float
    cpu: float
    peak: float


def main(sizes: tuple[int, ...]) -> None:
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for schools in sizes:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-c", MAKE, folder, str(schools)], cwd=ROOT, check=True)
            files = len(list(Path(folder, "input").rglob("*.xlsx"))) - 1
            print(f"\n{schools} schools, {files} files | clock, s | CPU, s | largest process, MB | clock × script")
            costs = _costs(Path(folder), ROUNDS if schools <= SMALL else 1)
            script = costs["user's script"].clock
            for name, cost in costs.items():
                print(
                    f"{name:20} | {cost.clock:.2f} | {cost.cpu:.2f} | {cost.peak:.0f} | {script / cost.clock:.1f}",
                    flush=True,
                )


def _costs(folder: Path, rounds: int) -> dict[str, Cost]:
    """In turn, so that what else the machine does falls on all alike."""
    source, target = str(folder / "input"), folder / "output"
    commands = {
        "Svod": [sys.executable, "run.py", "--input", source, "--output", str(target), "--as-of", AS_OF],
        "user's script": [sys.executable, "benchmarks/script.py", source, str(target)],
        "calamine alone": [sys.executable, "-c", FLOOR, source],
        "imports alone": [sys.executable, "-c", IMPORTS],
    }
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            shutil.rmtree(target, ignore_errors=True)
            found[name].append(_cost(command))
    return {name: min(costs) for name, costs in found.items()}


def _cost(command: list[str]) -> Cost:
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    took = time.perf_counter() - started
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return Cost(took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    main(tuple(int(word) for word in sys.argv[1:]) or SIZES)
