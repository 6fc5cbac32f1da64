"""The first page as PDF: asked for, made by LibreOffice, and never a reason for which a run fails."""

import os
import re
import select
from pathlib import Path

import pytest

from pipeline import monthly
from pipeline.settings import Settings
from pipeline.writing import pdf
from tests.conftest import NOW, Run
from tests.libreoffice import needs_libreoffice
from tests.workbooks import summary_of, summary_with_decisions

PAGE = re.compile(rb"/Type\s*/Page\b")


def run(few: Run, folder: Path, settings: Settings) -> monthly.Done:
    return monthly.run(monthly.Job.of(few.input, folder, few.district.as_of, settings, NOW))


@needs_libreoffice
def test_it_is_the_first_page_alone_beside_the_summary_and_stands_in_no_manifest(few: Run, tmp_path: Path) -> None:
    done = run(few, tmp_path, Settings(pdf=True))
    folder = done.summary.path.parent
    content = (folder / f"svodka-{few.district.as_of}.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert len(PAGE.findall(content)) == 1
    assert ".pdf" not in (folder / "manifest.json").read_text("utf-8")
    assert not [said for said in done.warnings if "PDF" in said]


@needs_libreoffice
def test_decisions_that_lie_on_a_page_of_their_own_are_part_of_it() -> None:
    assert len(PAGE.findall(pdf.first_page(summary_with_decisions(7)))) == 2


def test_without_libreoffice_the_run_says_so_and_the_page_of_an_earlier_run_is_gone(
    few: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    old = tmp_path / few.district.as_of.isoformat() / f"svodka-{few.district.as_of}.pdf"
    old.parent.mkdir()
    old.write_bytes(b"%PDF of last time")
    done = run(few, tmp_path, Settings(pdf=True))
    assert done.summary.path.exists()
    assert not old.exists()
    assert (
        "PDF первой страницы не сделан: LibreOffice не найден, установите его или уберите из настроек pdf = true."
        in done.warnings
    )


@pytest.mark.parametrize(
    ("program", "said"),
    [("#!/bin/sh\nexit 1\n", "LibreOffice не смог открыть книгу свода"), ("no program", "LibreOffice не запускается")],
    ids=["fails", "cannot be started"],
)
def test_a_program_that_gives_no_page_is_told(
    program: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "soffice"
    path.write_text(program)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pdf.NotPrintedError, match=said):
        pdf.first_page(summary_of("three-schools"))


def test_a_program_that_does_not_end_is_ended_with_all_that_it_has_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "soffice"
    path.write_text(f"#!/bin/sh\n/bin/sh -c 'echo $$ > {tmp_path}/started; exec /bin/tail -f /dev/null'\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "_SECONDS", 1)
    with pytest.raises(pdf.NotPrintedError, match="LibreOffice не ответил за 1 с"):
        pdf.first_page(summary_of("three-schools"))
    assert ends(int((tmp_path / "started").read_text()))


def ends(process: int) -> bool:
    """Has it come to its end, or does so within a minute: a signal that was sent has yet to arrive."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 60)[0])
    finally:
        os.close(descriptor)
