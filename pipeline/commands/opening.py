"""A workbook or a folder is shown to whoever sits at this computer."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path


def open_for_user(path: Path) -> None:
    """In the program that the system has for it. Where it has none, or nobody sits there, nothing happens."""
    with suppress(OSError):
        if sys.platform == "win32":
            os.startfile(path.absolute())
        elif opener := _opener():
            quiet = subprocess.DEVNULL
            subprocess.Popen([opener, str(path.absolute())], stdin=quiet, stdout=quiet, stderr=quiet)


def _opener() -> str | None:
    """On Linux only where there is a screen: without one xdg-open looks for browsers of the terminal."""
    if sys.platform == "darwin":
        return shutil.which("open")
    has_screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return shutil.which("xdg-open") if has_screen else None
