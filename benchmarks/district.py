"""A district's returns for one date: python -m benchmarks.district FOLDER SCHOOLS [SHARE]

`SHARE` of the reports hold one to three wrong answers each (0–1; without it one half). Half of the schools use Svod's
own form, half the order's. The same arguments give the same bytes.
"""

import sys
from pathlib import Path

USUAL = 0.5  # of the reports: what offices see
WORST = 1.0
AS_OF = "2014-01-30"  # the first reporting date of the form


def main(folder: Path, schools: int, faulty: float) -> None:
    from pipeline.demo import make  # here: whoever asks for the date alone needs none of it
    from schemas.form import load_form

    district = make(folder, load_form("form-547"), schools, dates=1, seed=1, faulty=faulty)
    assert district.as_of.isoformat() == AS_OF


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else USUAL)
