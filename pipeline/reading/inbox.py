"""Which files of the input folder are read as reports, and which are only counted."""

import os
import re
import secrets
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from pipeline.reading.opening.leftovers import is_leftover
from schemas.registry_book import FILE as REGISTRY_FILE
from schemas.remarks import Remark, remark
from schemas.strict import UsageError, is_file
from schemas.text import visible

_MEMBERS = "members"  # in the cache's folder
NAMED_IN_SETTINGS = "(настройки)"  # where a file that the settings name stands among those of the input folder
_OWN_PAGES = re.compile(r"readme(?:\.\w+)?|прочти(?:те)?.*\.(?:md|txt)", re.IGNORECASE)


class Inside(msgspec.Struct, frozen=True):
    """Where a file comes from that lies in an archive or a letter. `holder`: the file of the folder, relative to it;
    `lies`: where its content lies while the run goes on; there is none where `said` tells why. Of the letters on the
    way: `times` of the outermost, when servers say that it came, and `sent`, when its sender does; `senders`, the
    outermost first."""

    holder: Path
    lies: Path
    said: Remark | None = None
    times: tuple[datetime, ...] = ()
    senders: tuple[str, ...] = ()
    sent: tuple[datetime, ...] = ()


class Inbox(msgspec.Struct):
    """`reports` are paths relative to the input folder, in a steady order; `passed_over` were only counted.
    `elsewhere`: of a report that does not lie there, where it lies. `inside`: of the reports that lie in a file of the
    folder; their paths go through it, `архив.zip/отчёт.xlsx`, and it is no report itself."""

    folder: Path
    registry: Path | None = None
    reports: list[Path] = msgspec.field(default_factory=list)
    passed_over: list[Path] = msgspec.field(default_factory=list)
    remarks: list[Remark] = msgspec.field(default_factory=list)
    elsewhere: dict[Path, Path] = msgspec.field(default_factory=dict)
    inside: dict[Path, Inside] = msgspec.field(default_factory=dict)
    spool: "Spool | None" = None

    def place(self, report: Path) -> Path:
        """Where its bytes are to be read."""
        if report in self.inside:
            return self.inside[report].lies
        return self.elsewhere.get(report) or self.folder / report

    def came_in(self, report: Path) -> Path:
        """The file by which it came: itself, or the one that it lies in."""
        return self.folder / self.inside[report].holder if report in self.inside else self.place(report)

    def add(self, named: Path) -> None:
        """A file that the settings name. One that lies in the folder is there already.

        Raises UsageError where there is none."""
        if not is_file(named):
            raise UsageError(f"Настройки, ключ decisions: файла «{named}» нет. Проверьте путь или уберите этот ключ.")
        if any((self.folder / report).resolve() == named.resolve() for report in self.reports):
            return
        report = Path(NAMED_IN_SETTINGS, named.name)
        self.elsewhere[report] = named
        self.reports = sorted([*self.reports, report])


class Spool:
    """The folder in which contents of archives and letters lie while a run needs them. It comes into being with the
    first of them, and goes with the last user of this object, or with the process; what a killed one has left goes
    when the next begins."""

    def __init__(self, cache: Path | None) -> None:
        """`cache`: the folder of the run's cache; without one it is a folder of the system."""
        own = f"{os.getpid()}-{secrets.token_hex(8)}"
        if cache:
            shutil.rmtree(cache / _MEMBERS, ignore_errors=True)
            self.folder = cache / _MEMBERS / own
        else:
            self.folder = Path(tempfile.gettempdir(), f"svod-{own}")
        weakref.finalize(self, _sweep, self.folder)


def _sweep(spool: Path) -> None:
    shutil.rmtree(spool, ignore_errors=True)
    if spool.parent.name == _MEMBERS:
        with suppress(OSError):  # another's lies there
            spool.parent.rmdir()


def look_into(folder: Path, leave_out: Path) -> Inbox:
    """Everything below `folder`, at any depth. Links are not followed, `leave_out` (the output) is not entered.

    Raises UsageError where what is named as the registry is no file: a district is not told without it by mistake."""
    inbox = Inbox(folder)
    registry = folder / REGISTRY_FILE
    if registry.is_symlink():
        raise UsageError(f"«{registry}» — ссылка, а не файл: положите в папку сам файл реестра.")
    if registry.is_dir():
        raise UsageError(f"«{registry}» — папка, а не файл: переименуйте её и положите на её место реестр.")
    inbox.registry = registry if registry.is_file() else None
    for path in sorted(_files(folder, leave_out, inbox.remarks)):
        if path == registry:
            continue
        relative = path.relative_to(folder)
        own_page = len(relative.parts) == 1 and _OWN_PAGES.fullmatch(path.name)
        if own_page or is_leftover(relative.parts):
            inbox.passed_over.append(relative)
        else:
            inbox.reports.append(relative)
    return inbox


def shown_path(relative: Path) -> str:
    """The path as the office sees it in the folder, with `/`; a name that is not UTF-8 with marks for the odd bytes,
    and what nobody sees or what would turn the text around by its number, `⟨202E⟩`."""
    return visible(os.fsencode(relative.as_posix()).decode("utf-8", "replace"))


def _files(folder: Path, leave_out: Path, remarks: list[Remark]) -> Iterator[Path]:
    def refused(error: OSError) -> None:
        where = Path(error.filename)
        remarks.append(remark("FILE-DENIED", file=shown_path(where.relative_to(folder)), what="папка закрыта"))

    for here, folders, files in os.walk(folder, onerror=refused, followlinks=False):
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        folders[:] = sorted(n for n in folders if n not in links and Path(here, n).resolve() != leave_out)
        yield from (Path(here) / name for name in [*files, *links])
