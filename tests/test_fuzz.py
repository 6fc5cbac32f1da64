"""A small sample of `python -m tests.fuzz`: files damaged in every way that it knows do no harm."""

import warnings
from collections import Counter

from tests.fuzz import DIED, HELD, READ, results

SAMPLE, SEED = 160, 547


def test_damaged_files_registries_settings_caches_and_journals_do_no_harm():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # two parts of one name are damage too
        found = list(results(SAMPLE, SEED))
    assert Counter(case.kind for case, _ in found).keys() == {*READ, *HELD, "registry"}
    assert [(case.name, case.kind, case.how, fault) for case, fault in found if fault not in ("", DIED)] == []
