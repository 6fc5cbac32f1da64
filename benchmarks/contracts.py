"""What checking costs, and that it grows no faster than the answers: python -m benchmarks.contracts [reports ...]

The whole stage, every pandera model once over the whole batch: of reports without a mistake and with one figure in
fifty impossible.
"""

import sys
import time
from collections.abc import Iterator
from datetime import date
from itertools import count

from pipeline.checking.judgement import check
from schemas.district import Registry, School
from schemas.form import Form, load_form
from schemas.remarks import load_catalogue
from schemas.reports import Fact, FileRead, ReportRead

SIZES = (400, 4_000)  # reports
WRONG = 50  # one figure in so many, in the spoilt batch
ROUNDS = 3
AS_OF = date(2014, 3, 20)


def main(sizes: tuple[int, ...]) -> None:
    form = load_form("form-547")
    print(f"best of {ROUNDS} rounds, ms for 10,000 answers; × against the smallest batch")
    for name, wrong in (("without a mistake", 0), (f"one figure in {WRONG} wrong", WRONG)):
        costs = [_best(reports, wrong, form) for reports in sizes]
        print(f"  {name}")
        for reports, cost in zip(sizes, costs, strict=True):
            answers = reports * len(form.coverage_items)
            print(f"    {answers:9,} answers {1000 * cost:7.1f}  × {cost / costs[0]:.2f}")


def _best(reports: int, wrong: int, form: Form) -> float:
    """The quickest of some rounds, seconds of this process for 10,000 answers."""
    registry = Registry(tuple(_schools(reports, form)))
    reads = list(_reads(reports, wrong, form))
    took = min(_round(reads, form, registry) for _ in range(ROUNDS))
    return took / (reports * len(form.coverage_items)) * 10_000


def _round(reads: list[FileRead], form: Form, registry: Registry) -> float:
    start = time.process_time()
    check(reads, {}, form, registry, load_catalogue())
    return time.process_time() - start


def _schools(number: int, form: Form) -> Iterator[School]:
    bases = {base.id: 200.0 for base in form.bases}
    return (School(str(code), f"СОШ № {code}", bases=bases) for code in range(1, number + 1))


def _reads(number: int, wrong: int, form: Form) -> Iterator[FileRead]:
    """A percent at every coverage item, another in every report; every `wrong`-th is above 100 (0: none)."""
    figures = count()
    for code in range(1, number + 1):
        facts = tuple(
            Fact(item.number, "percent", 104.0 if wrong and n % wrong == 0 else float(40 + n % 50), f"C{row}", 0.5)
            for row, (item, n) in enumerate(zip(form.coverage_items, figures, strict=False), 8)
        )
        yield FileRead(f"{code}.xlsx", f"{code:064x}", (ReportRead("Отчёт", str(code), "", AS_OF, facts),))


if __name__ == "__main__":
    main(tuple(int(word) for word in sys.argv[1:]) or SIZES)
