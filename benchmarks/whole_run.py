"""The main job as a whole process on districts of several sizes: python benchmarks/whole_run.py [schools ...]."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipeline.demo import make
from schemas.form import load_form

ROOT = Path(__file__).resolve().parent.parent


def main(sizes: list[int]) -> None:
    for schools in sizes:
        with tempfile.TemporaryDirectory() as folder:
            district = make(Path(folder), load_form("form-547"), schools, 1, 1)
            words = ["--input", f"{folder}/input", "--output", f"{folder}/output", "--as-of", str(district.as_of)]
            times = [_seconds([sys.executable, "run.py", *words]) for _ in range(3)]
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        shown = ", ".join(f"{seconds:.2f}" for seconds in sorted(times))
        print(f"{schools} schools: {shown} s; largest process so far {peak:.0f} MB")


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [20])
