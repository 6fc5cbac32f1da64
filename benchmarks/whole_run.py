"""The main job as a whole process on districts of several sizes: python -m benchmarks.whole_run [schools ...]."""

import resource
import shutil
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
            cache = Path(folder, "output", "cache")
            words = ["--input", f"{folder}/input", "--output", f"{folder}/output", "--as-of", str(district.as_of)]
            command = [sys.executable, "run.py", *words]
            cold, warm = (min(_seconds(command, cache, kept) for _ in range(3)) for kept in (False, True))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{schools} schools: {cold:.2f} s, from the cache {warm:.2f} s; largest process so far {peak:.0f} MB")


def _seconds(command: list[str], cache: Path, kept: bool) -> float:
    if not kept:
        shutil.rmtree(cache, ignore_errors=True)
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [20])
