"""Pictures and pages of the gallery: who cannot draw is told why, and what README shows is the demo of today."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.writing.pages import titles

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "docs" / "make_gallery.py"


@pytest.fixture(scope="module")
def gallery() -> dict:
    return runpy.run_path(str(SCRIPT))


def test_the_picture_in_readme_says_what_the_demo_says_today(gallery: dict) -> None:
    assert titles.FRONT not in gallery["stale"](), "docs/images/svodka.png is old: python -m tests.quick gallery"


def test_a_picture_is_old_by_what_it_says_and_not_by_its_looks(gallery: dict, tmp_path: Path) -> None:
    golden = tmp_path / "xl"
    shutil.copytree(gallery["GOLDEN"], golden)
    before = gallery["digests"](golden)
    sheet = golden / "worksheets" / f"{titles.FRONT}.xml.txt"
    chart = golden / "charts" / f"{titles.FRONT}.xml.txt"

    def changed(path: Path, this: str, to: str) -> set[str]:
        text = path.read_text("utf-8")
        assert this in text
        path.write_text(text.replace(this, to, 1), "utf-8")
        now = gallery["digests"](golden)
        path.write_text(text, "utf-8")
        return {title for title in now if now[title] != before[title]}

    assert changed(sheet, " s=#", " s=#other") == set()
    assert changed(sheet, "v=Отчиталось школ", "v=Отчитались школы") == {titles.FRONT}
    assert changed(chart, "c:v=МБОУ", "c:v=МКОУ") == {titles.FRONT}
    rules = golden / "worksheets" / f"{titles.RULES}.xml.txt"
    assert changed(rules, "v=Важность", "v=Тяжесть") == {titles.RULES}


def test_without_the_programs_nothing_is_begun_and_they_are_named(gallery: dict, tmp_path: Path) -> None:
    pictures = {path: path.read_bytes() for path in gallery["IMAGES"].iterdir()}
    nowhere = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, SCRIPT], env=nowhere, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "The pages are written, the pictures are not: soffice (LibreOffice), pdftocairo (poppler-utils), pdftotext "
        "(poppler-utils), chromium (Chromium, for the letter and the first page) not found on the PATH."
    ]
    assert {path: path.read_bytes() for path in gallery["IMAGES"].iterdir()} == pictures


def test_pages_alone_need_no_program(gallery: dict, tmp_path: Path) -> None:
    nowhere = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, SCRIPT, "pages"], env=nowhere, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
