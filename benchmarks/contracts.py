"""What pandera's judging costs, and that it grows no faster than the rows: python benchmarks/contracts.py [rows ...]

One lazy validation of the whole batch, of reports without a mistake and with one figure in fifty impossible.
"""

import sys
import time
from datetime import date

import numpy as np
import pandas as pd

from pipeline.checking.contracts import judge_facts
from schemas.answers import empty_answers

SIZES = (10_000, 100_000)
WRONG = 50  # one figure in so many, in the spoilt table
ANSWERS = 24  # of one report
ROUNDS = 5


def main(sizes: tuple[int, ...]) -> None:
    print(f"best of {ROUNDS} rounds, ms for 10,000 answers; × against the smallest table")
    for name, wrong in (("without a mistake", 0), (f"one figure in {WRONG} wrong", WRONG)):
        costs = [_best(_table(rows, wrong)) / rows * 10_000 for rows in sizes]
        print(f"  {name}")
        for rows, cost in zip(sizes, costs, strict=True):
            print(f"    {rows:9,} rows {1000 * cost:7.1f}  × {cost / costs[0]:.2f}")


def _table(rows: int, wrong: int) -> pd.DataFrame:
    """Percents of many schools' reports as `answers_table` makes them; every `wrong`-th is above 100 (0: none)."""
    number = np.arange(rows)
    report = number // ANSWERS
    figures = 40.0 + number % 50
    if wrong:
        figures[::wrong] = 104.0
    blank = empty_answers()
    school = pd.Series(report).astype("str")
    columns = {
        "report": report,
        "file": school + ".xlsx",
        "sheet": "Отчёт",
        "cell": "E" + pd.Series(number % ANSWERS + 8).astype("str"),
        "school_code": school,
        "as_of": date(2014, 3, 20).isoformat(),
        "item": pd.Series(number % ANSWERS + 1).astype("str"),
        "field": "percent",
        "text": "",
        "number": figures,
        "half": 0.5,
        "basis": "stated",
    }
    return pd.DataFrame(columns)[list(blank.columns)].astype(blank.dtypes.to_dict())


def _best(table: pd.DataFrame) -> float:
    """The quickest of some rounds, seconds of this process."""
    return min(_round(table) for _ in range(ROUNDS))


def _round(table: pd.DataFrame) -> float:
    start = time.process_time()
    judge_facts(table)
    return time.process_time() - start


if __name__ == "__main__":
    main(tuple(int(word) for word in sys.argv[1:]) or SIZES)
