"""Which files of the input folder are read as reports, and which are only counted."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from schemas.registry_book import FILE as REGISTRY_FILE
from schemas.remarks import Remark, remark
from schemas.strict import UsageError

# What systems and programs leave behind: the office did not put it there.
_LEFTOVER = re.compile(
    r"~\$.*|\.~lock\..*|\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|.*\.(?:tmp|part|crdownload|bak)|.*~", re.IGNORECASE
)
NAMED_IN_SETTINGS = "(настройки)"  # where a file that the settings name stands among those of the input folder
_OWN_PAGES = re.compile(r"readme(?:\.\w+)?|прочти(?:те)?.*\.(?:md|txt)", re.IGNORECASE)


@dataclass
class Inbox:
    """`reports` are paths relative to the input folder, in a steady order; `passed_over` were only counted.
    `elsewhere`: of a report that does not lie there, where it lies."""

    folder: Path
    registry: Path | None = None
    reports: list[Path] = field(default_factory=list)
    passed_over: list[Path] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    elsewhere: dict[Path, Path] = field(default_factory=dict)

    def place(self, report: Path) -> Path:
        return self.elsewhere.get(report) or self.folder / report

    def add(self, named: Path) -> None:
        """A file that the settings name. One that lies in the folder is there already.

        Raises UsageError where there is none."""
        if not named.is_file():
            raise UsageError(f"Настройки, ключ decisions: файла «{named}» нет. Проверьте путь или уберите этот ключ.")
        if any((self.folder / report).resolve() == named.resolve() for report in self.reports):
            return
        report = Path(NAMED_IN_SETTINGS, named.name)
        self.elsewhere[report] = named
        self.reports = sorted([*self.reports, report])


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
        if own_page or _LEFTOVER.fullmatch(path.name) or "__MACOSX" in relative.parts:
            inbox.passed_over.append(relative)
        else:
            inbox.reports.append(relative)
    return inbox


def shown_path(relative: Path) -> str:
    """The path as the office sees it in the folder, with `/`; a name that is not UTF-8 with marks for the odd bytes."""
    return os.fsencode(relative.as_posix()).decode("utf-8", "replace")


def _files(folder: Path, leave_out: Path, remarks: list[Remark]) -> Iterator[Path]:
    def refused(error: OSError) -> None:
        where = Path(error.filename)
        remarks.append(remark("FILE-DENIED", file=shown_path(where.relative_to(folder)), what="папка закрыта"))

    for here, folders, files in os.walk(folder, onerror=refused, followlinks=False):
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        folders[:] = sorted(n for n in folders if n not in links and Path(here, n).resolve() != leave_out)
        yield from (Path(here) / name for name in [*files, *links])
