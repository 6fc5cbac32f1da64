"""A small sample of `python -m tests.kills`: whenever a command is killed, nothing is torn, lost or sent twice."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.depth import DEEP, cases
from tests.kills import AS_OF, Case, Prepared, after_the_kill, fill, kill, prepared

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no SIGKILL, no fork there")


@pytest.fixture(scope="module")
def made() -> Iterator[Prepared]:
    with prepared() as made:
        yield made


def test_killed_at_random_moments_nothing_is_torn_lost_or_sent_twice(made: Prepared):
    assert kill(made, cases(5, 60), seed=17).wrong == []


def test_wherever_the_disk_is_full_nothing_is_torn_lost_or_sent_twice(made: Prepared):
    """On the long way at each thing that needs room on it."""
    assert fill(made, None if DEEP else 3, seed=17).wrong == []


def test_a_mixture_is_seen(tmp_path: Path):
    """What holds the commands can fail."""
    for name, contents in {"old": ("1", "1"), "new": ("2", "2"), "killed": ("1", "2")}.items():
        folder = tmp_path / name / AS_OF
        folder.mkdir(parents=True)
        for file, content in zip(("answers.csv", "manifest.json"), contents, strict=True):
            (folder / file).write_text(content, "ascii")
    case = Case("main", tmp_path / "old", tmp_path / "new")
    assert list(after_the_kill(case, tmp_path / "old")) == list(after_the_kill(case, tmp_path / "new")) == []
    (said,) = after_the_kill(case, tmp_path / "killed")
    assert said == "neither old nor new: ['manifest.json'] / ['answers.csv']"
