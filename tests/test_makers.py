"""Every kind of hostile file that costs little, all of them at once in one small district (`python -m tests.makers`
tries each by itself, the dear ones among them)."""

import os
from pathlib import Path

import pytest

from tests import makers


@pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")
def test_whatever_else_comes_the_others_figures_are_the_same(tmp_path: Path):
    makers.district(tmp_path / "undisturbed")
    makers.main_job(tmp_path / "undisturbed")
    undisturbed = makers.figures_of_others(tmp_path / "undisturbed")
    assert len(undisturbed) > 20
    folder = tmp_path / "disturbed"
    makers.district(folder)
    own = makers.contents(folder)
    for _, make in makers.makers(dear=False):
        make(folder / "input")
    laid = makers.contents(folder)
    assert len(laid) > len(own) + 90
    done, _, peak = makers.main_job(folder)
    assert done.returncode == 0, done.stdout
    assert not any(word in done.stdout for word in ("Traceback", "panicked", "Сбой программы"))
    assert makers.figures_of_others(folder) == undisturbed
    assert makers.contents(folder) == laid
    assert peak < 2_000  # MB
    named = makers.named_in_results(folder)
    plain = {Path(path).name for path in laid.keys() - own.keys() if Path(path).name.startswith(("hostile-", "other-"))}
    told = {file.partition("/")[0] for file in named}
    assert plain - told == set()
