"""Templates of pages and letters: compiled once, never out of date, and no worse off where nothing can be kept."""

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError

from pipeline.writing.pages.templates import templates


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a package with one template, whose modules Python has compiled."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "page.html").write_text("<b>{{ said }}</b>", "utf-8")
    return tmp_path


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the templates, as often as they are compiled."""
    names: list[str] = []
    real = Environment.compile

    def counting(self: Environment, source: str, name: str, *rest: object) -> object:
        names.append(name)
        return real(self, source, name, *rest)

    monkeypatch.setattr(Environment, "compile", counting)
    return names


def page(folder: Path, said: str = "5 < 6") -> str:
    """As another process makes it."""
    return templates(folder).get_template("page.html").render(said=said)


def test_a_template_is_compiled_once(folder: Path, compiled: list[str]) -> None:
    assert page(folder) == page(folder) == "<b>5 &lt; 6</b>"
    assert compiled == ["page.html"]


def test_a_template_that_has_changed_is_compiled_again(folder: Path) -> None:
    page(folder)
    (folder / "page.html").write_text("<i>{{ said }}</i>", "utf-8")
    assert page(folder) == "<i>5 &lt; 6</i>"


@pytest.mark.parametrize("left", [0, 10, 30, 60, -1])
def test_what_was_not_kept_whole_is_compiled_again(folder: Path, compiled: list[str], left: int) -> None:
    page(folder)
    [kept] = (folder / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes()[:left])
    assert page(folder) == "<b>5 &lt; 6</b>"
    assert compiled == ["page.html"] * 2


@pytest.mark.parametrize("at", [0, 16, 40, 60, -60, -1])
def test_what_has_changed_since_it_was_kept_is_compiled_again(folder: Path, compiled: list[str], at: int) -> None:
    page(folder)
    [kept] = (folder / "__pycache__").iterdir()
    code = bytearray(kept.read_bytes())
    code[at] ^= 1
    kept.write_bytes(code)
    assert page(folder) == page(folder) == "<b>5 &lt; 6</b>"
    assert compiled == ["page.html"] * 2


def test_a_file_in_the_place_of_the_folder_does_no_harm(folder: Path) -> None:
    (folder / "__pycache__").rmdir()
    (folder / "__pycache__").write_text("не папка", "utf-8")
    assert page(folder) == "<b>5 &lt; 6</b>"


def test_where_nothing_can_be_kept_a_template_is_compiled_each_time(folder: Path, compiled: list[str]) -> None:
    (folder / "__pycache__").rmdir()
    assert page(folder) == page(folder) == "<b>5 &lt; 6</b>"
    assert compiled == ["page.html"] * 2
    assert [one.name for one in folder.iterdir()] == ["page.html"]


def test_where_python_is_told_to_keep_nothing_templates_are_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    page(folder)
    assert not any((folder / "__pycache__").iterdir())


def test_what_a_template_lacks_raises(folder: Path) -> None:
    with pytest.raises(UndefinedError):
        templates(folder).get_template("page.html").render()
