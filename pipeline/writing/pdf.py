"""The first page as PDF, printed from the summary workbook by LibreOffice where it is installed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

# Where its installers put it without telling the PATH.
_USUAL_PLACES = (
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_PAGES = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1-%d"}}'
_SECONDS = 120  # a start on an old machine takes half a minute


class NotPrintedError(Exception):
    """Why there is no PDF: a Russian clause."""


def first_page(book: bytes) -> bytes:
    """«Сводка» as it is printed, mostly one page of paper. Another PDF each time: it bears its moment.

    Raises NotPrintedError.
    """
    program = shutil.which("soffice") or next(filter(os.path.exists, _USUAL_PLACES), None)
    if program is None:
        raise NotPrintedError("LibreOffice не найден, установите его или уберите из настроек pdf = true")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder, "svod.xlsx")
        source.write_bytes(book)
        # a profile of its own: a LibreOffice that somebody has open would take the order and print nothing
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        _call([program, profile, "--headless", "--convert-to", _PAGES % _pages(book), "--outdir", folder, str(source)])
        try:
            return source.with_suffix(".pdf").read_bytes()
        except OSError:
            raise NotPrintedError("LibreOffice не смог открыть книгу свода") from None


def _pages(book: bytes) -> int:
    """Of paper that the first sheet takes: it is as wide as one, and parted where it would be too high for one."""
    with ZipFile(BytesIO(book)) as package:
        return 1 + package.read("xl/worksheets/sheet1.xml").count(b"<brk ")


def _call(command: list[str]) -> None:
    own_group = sys.platform != "win32"  # the program is a script that starts another one: both are ended together
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=own_group
        )
    except OSError as error:
        raise NotPrintedError(f"LibreOffice не запускается ({error.strerror})") from None
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise NotPrintedError(f"LibreOffice не ответил за {_SECONDS} с") from None
