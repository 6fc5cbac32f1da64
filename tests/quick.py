"""The errands of whoever changes the code: `python -m tests.quick`, then one of the words below.

`quick`, the usual one, takes under a minute on two cores: it finds most slips before the whole check (`.ci/run`) does.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
Command = Sequence[str]

# A hundred promises, some of every room, none of which needs the demo or LibreOffice.
CHOSEN = (
    "tests/test_house.py",
    "tests/test_form.py",
    "tests/test_grid.py::test_a_formula_that_was_never_calculated_is_told_from_a_blank",
    "tests/test_grid.py::test_an_error_value_is_not_a_blank",
    "tests/test_grid.py::test_an_old_workbook_tells_formats_errors_and_hidden_sheets",
    "tests/test_grid.py::test_repeated_rows_and_cells_move_the_addresses",
    "tests/test_layouts.py::test_a_clean_form_gives_every_fact_and_no_remark",
    "tests/test_layouts.py::test_a_school_that_is_not_known_is_an_error_and_never_a_neighbour",
    "tests/test_layouts.py::test_heads_as_people_write_them",
    "tests/test_layouts.py::test_items_out_of_order_keep_their_answers",
    "tests/test_values.py::test_the_guide_has_examples_of_every_kind_of_answer",
    "tests/test_registry.py::test_what_is_written_is_read_back",
    "tests/test_catalogue.py::test_every_code_in_the_program_is_in_the_catalogue_and_the_reverse",
    "tests/test_contracts.py::test_a_broken_contract_is_one_remark_at_its_cell",
    "tests/test_controls.py::test_an_error_sets_every_fact_of_its_item_aside_and_nothing_else",
    "tests/test_controls.py::test_what_is_not_stated_is_derived_and_said_to_be",
    "tests/test_between.py::test_a_count_that_falls",
    "tests/test_between.py::test_the_same_answers_sent_by_two_schools_are_remarked_on_both",
    "tests/test_waivers.py::test_an_error_with_an_exception_is_information_and_its_figure_counts",
    "tests/test_measuring.py::test_the_municipality_is_the_sum_over_the_sum_and_never_the_mean",
    "tests/test_measuring.py::test_target_against_actual",
    "tests/test_measuring.py::test_what_became_of_an_answer",
    "tests/test_picture.py::test_of_two_files_of_one_date_the_one_that_arrived_last_counts",
    "tests/test_wording.py::test_a_noun_goes_with_its_number_in_the_case_that_is_asked_for",
    "tests/test_wording.py::test_nothing_has_no_sign",
    "tests/test_brief.py::test_headline_says_the_verdict_in_one_sentence",
    "tests/test_summary.py::test_sheets_stand_in_the_order_of_reading_and_chart_data_is_hidden",
    "tests/test_tables.py::test_what_excel_would_run_gets_an_apostrophe",
    "tests/test_files.py::test_new_tables_never_lie_beside_the_old_workbook",
    "tests/test_journal.py::test_the_facts_of_a_run_are_kept_all_or_none",
    "tests/test_sending.py::test_nothing_is_sent_twice",
    "tests/test_settings.py::test_a_password_is_refused_and_not_repeated",
)

LEAST_COVERAGE = "90"  # percent of lines and branches together

# The tests start hundreds of processes: without compiled files each would compile the program anew.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
if os.name == "nt":  # slipcover reads our sources in the encoding of the system, which is not theirs there
    ENVIRONMENT["PYTHONUTF8"] = "1"

# Beside one another: the first lane waits for nothing that the second does.
QUICK: tuple[tuple[Command, ...], ...] = (
    (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("lint-imports",), ("mypy",)),
    (("pytest", "-q", "-x", "-n", "2", *CHOSEN),),
)
ERRANDS: dict[str, tuple[tuple[Command, ...], ...]] = {
    "quick": QUICK,
    "test": (
        (
            ("python", "-m", "slipcover", "-m", "pytest", "-q", "-n", "auto"),
            ("python", "-m", "slipcover", "--merge", ".coverage.json", "--fail-under", LEAST_COVERAGE),
        ),
    ),
    "pages": (
        (
            ("python", "docs/make_tables.py"),
            ("python", "docs/make_house.py"),
            ("python", "docs/make_gallery.py", "pages"),
        ),
    ),
    "gallery": ((("python", "docs/make_gallery.py"),),),
    "golden": ((("python", "-m", "tests.regenerate"), ("python", "docs/make_gallery.py", "stale")),),
}


def main(words: Sequence[str]) -> int:
    """Exit code 0 where all went well, 1 where something did not, 2 for a word that is none."""
    word = words[0] if words else "quick"
    if word not in ERRANDS or len(words) > 1:
        print(f"python -m tests.quick [{' | '.join(ERRANDS)}]", file=sys.stderr)
        return 2
    lanes = ERRANDS[word]
    with _room_in_memory() as room, ThreadPoolExecutor(len(lanes)) as threads:
        results = list(
            threads.map(lambda lane: [_run(command, room, aloud=len(lanes) == 1) for command in lane], lanes)
        )
    return 0 if all(went_well for lane in results for went_well in lane) else 1


MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30  # bytes: more than all that the tests leave lying


@contextmanager
def _room_in_memory() -> Iterator[dict[str, str]]:
    """The environment in which temporary files lie in memory: a run flushes what it writes to the disk, and hundreds of
    runs, each of half a second's work, wait for it as long again. Nothing, where no such place has room."""
    if not is_roomy(MEMORY):
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="svod-", dir=MEMORY, ignore_cleanup_errors=True) as room:
        os.chmod(room, 0o711)  # servers that tests start give up their rights, and go through it to their own folders
        # So the tests' folders have short paths: programs make sockets in them, whose names end at 108 bytes.
        yield {"TMPDIR": room, "PYTEST_ADDOPTS": f"{os.environ.get('PYTEST_ADDOPTS', '')} --basetemp={room}/t"}


def is_roomy(place: Path) -> bool:
    """Can it be written, does it let programs run (tests write some), and is there room, in it and in memory?"""
    if not (sys.platform == "linux" and place.is_dir() and os.access(place, os.W_OK)):
        return False
    system = os.statvfs(place)
    free = min(system.f_bavail * system.f_frsize, psutil.virtual_memory().available)
    return free >= ROOM and not system.f_flag & os.ST_NOEXEC


def _run(command: Command, room: dict[str, str], aloud: bool) -> bool:
    """`room`: where temporary files lie. `aloud`: its output as it comes; else at its end, so that what runs beside it
    is not mixed in."""
    name, *arguments = command
    program = sys.executable if name == "python" else shutil.which(name, path=str(Path(sys.executable).parent))
    if program is None:
        print(f"{name} is not installed beside this Python: pip install -c constraints.txt -e '.[dev]'")
        return False
    done = subprocess.run(
        [program, *arguments], cwd=ROOT, env=ENVIRONMENT | room, check=False, text=True, capture_output=not aloud
    )
    if not aloud:
        print(f"── {name} {arguments[0] if arguments else ''}\n{done.stdout}{done.stderr}".rstrip(), flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
