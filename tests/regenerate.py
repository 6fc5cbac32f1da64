"""Makes the golden workbooks anew, on purpose: `python -m tests.regenerate`; then review the difference.

`tests/README.md` says how.
"""

import tempfile
from pathlib import Path

from tests.conftest import do_main_job
from tests.golden import DEMO, FOLDER, WORKBOOKS, keep, kept, made


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        renew(DEMO, do_main_job(Path(folder)).done.summary.lies_at.read_bytes())
    for name, make in WORKBOOKS.items():
        renew(name, make())
    size = sum(path.stat().st_size for path in FOLDER.rglob("*.txt"))
    print(f"{size / 1e6:.2f} MB in all")


def renew(name: str, book: bytes) -> None:
    before, now = kept(name), made(name, book)
    changed = [part for part in before.keys() | now.keys() if before.get(part) != now.get(part)]
    keep(name, now)
    print(f"{name}: {len(changed)} of {len(now)} parts changed")


if __name__ == "__main__":
    main()
