"""The summary workbook of many schools: seconds, megabytes, and what a school costs against the first size.

From the project's root: PYTHONPATH=. python benchmarks/summary.py [schools ...]
"""

import resource
import sys
import time
from dataclasses import replace

from pipeline.writing.brief import make_brief
from pipeline.writing.summary import write_summary
from schemas.remarks import load_catalogue
from tests.figures import CASES, PROBLEMS, REMARKS, district


def main(sizes: list[int]) -> None:
    first = 0.0
    for schools in sizes:
        copies = range(1, schools // len(CASES) + 1)
        figures = district(
            [replace(case, name=f"{case.name} ({copy})") for copy in copies for case in CASES],
            remarks=REMARKS,
            problems=PROBLEMS,
        )
        start = time.perf_counter()
        book = write_summary(figures, make_brief(figures, load_catalogue()), load_catalogue(), "", "")
        seconds = time.perf_counter() - start
        first = first or seconds / schools
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{len(figures.schools)} schools: {seconds:.1f} s (a school × {seconds / schools / first:.2f}), "
            f"{len(book) / 1e6:.2f} MB; process so far {peak:.0f} MB"
        )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [20, 300, 3000])
