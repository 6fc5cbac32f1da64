"""What Svod is made of: every library at the version that was checked, under a licence that lets an office use it."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent

# As people name them in «License-Expression», in «License» or in a classifier. Weak copyleft is none for a library that
# is imported as it comes.
ALLOWED = re.compile(
    r"\b(?:MIT|MIT-0|BSD|0BSD|BSD-[23]-Clause|Apache(?:-2\.0)?|ISC|ISCL|PSF-2\.0|PSFL|Python Software Foundation|Zlib"
    r"|CC0-1\.0|Public Domain|MPL-2\.0|LGPL-2\.1(?:-or-later)?|LGPLv2\+)",
    re.IGNORECASE,
)


def test_what_is_installed_is_what_is_pinned():
    pins = _pins()
    other = {
        name: (found.version, pins.get(name)) for name, found in _closure().items() if pins.get(name) != found.version
    }
    assert other == {}


def test_every_library_that_is_asked_for_is_pinned():
    """Those of development and of the check of the supply chain too, which need not be installed here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *(one for some in project["optional-dependencies"].values() for one in some)]
    assert [name for name in map(_name, asked) if name not in _pins()] == []


def test_every_library_is_under_a_licence_that_an_office_may_use():
    assert {name: _licence(found) for name, found in _closure().items() if not ALLOWED.search(_licence(found))} == {}


def test_a_licence_that_binds_who_uses_it_is_none_of_them():
    assert not ALLOWED.search("GPL-3.0-or-later")
    assert not ALLOWED.search("GNU Affero General Public License v3")
    assert not ALLOWED.search("")


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return {canonicalize_name(name): version for name, _, version in (one.partition("==") for one in lines) if version}


def _closure() -> dict[str, Distribution]:
    """All that a run imports, whoever asks for it, by its canonical name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: dict[str, Distribution] = {}
    asked = [Requirement(one) for one in project["dependencies"]]
    while asked:
        one = asked.pop()
        name = canonicalize_name(one.name)
        if name not in found:
            found[name] = distribution(one.name)
            asked += _needed_by(found[name], one.extras)
    return found


def _needed_by(library: Distribution, extras: set[str]) -> Iterator[Requirement]:
    for line in library.requires or ():
        needed = Requirement(line)
        if any(needed.marker is None or needed.marker.evaluate({"extra": extra}) for extra in (extras or {""})):
            yield needed


def _licence(library: Distribution) -> str:
    about = library.metadata
    if expression := about.get("License-Expression"):
        return expression
    classifiers = [one for one in about.get_all("Classifier") or () if one.startswith("License ::")]
    return "; ".join([(about.get("License") or "")[:40], *classifiers])


def _name(requirement: str) -> str:
    return canonicalize_name(Requirement(requirement).name)
