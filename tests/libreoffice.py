"""Headless LibreOffice for the tests. Each call has its own profile, so that tests run side by side."""

import shutil
import subprocess
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")

# LibreOffice trusts the values in a workbook unless it is told to compute them anew.
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")


def recalculated(book: bytes, folder: Path) -> Path:
    """The workbook as LibreOffice saves it after computing every formula anew."""
    return _converted(book, folder, "xlsx")


def printed(book: bytes, folder: Path) -> Path:
    """The workbook as a PDF."""
    return _converted(book, folder, "pdf")


def _converted(book: bytes, folder: Path, kind: str) -> Path:
    assert SOFFICE is not None
    source = folder / "book.xlsx"
    source.write_bytes(book)
    target = folder / "converted"
    user = folder / "profile" / "user"
    user.mkdir(parents=True, exist_ok=True)
    (user / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, "utf-8")
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(target),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return target / f"book.{kind}"
