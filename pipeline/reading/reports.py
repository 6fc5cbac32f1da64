"""What a worker does: one file of the inbox in, plain tuples out. A bad file is a remark, never an exception."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.reading.inbox import shown_path
from pipeline.reading.opening.guard import Unreadable, look
from pipeline.settings import Limits
from schemas.district import Registry
from schemas.explained import Explanation
from schemas.form import Form
from schemas.remarks import Remark, remark
from schemas.reports import FileRead, ReportRead
from schemas.strict import UsageError

if TYPE_CHECKING:
    from pipeline.reading.opening.book import Book
    from pipeline.reading.schools import Schools


@dataclass(frozen=True)
class Inputs:
    """What every file of a run is read with. `registry` is None while it is the registry that is read; `elsewhere`: of
    files that do not lie in the folder, where they lie; `beside`: forms of the other orders whose registry
    it is too."""

    folder: Path
    form: Form
    limits: Limits
    registry: Registry | None = None
    elsewhere: Mapping[Path, Path] = field(default_factory=dict)
    beside: tuple[Form, ...] = ()

    def place(self, relative: Path) -> Path:
        return self.elsewhere.get(relative) or self.folder / relative


class RegistryRead(NamedTuple):
    """The registry, and the digest of the bytes that it was read from."""

    registry: Registry
    digest: str


class Refused(NamedTuple):
    """The registry opens but cannot be used: one Russian sentence that says what to do."""

    sentence: str


def read_file(inputs: Inputs, relative: Path) -> FileRead | RegistryRead | Refused:
    """The reports of one file with their remarks, the decisions of a summary workbook, or the registry.

    `relative` is its path below the input folder."""
    # Imported here, in the worker: the process that hands out the files has no use for the readers.
    from pipeline.reading.decided import find_decisions
    from pipeline.reading.explained import find_explanations
    from pipeline.reading.finding.layouts import read_book
    from pipeline.reading.opening.grid import open_book

    file = shown_path(relative)
    digest = ""
    try:
        data = look(inputs.place(relative), inputs.limits)
        digest = digest_of(data)
        book = open_book(data, inputs.limits)
    except Unreadable as unreadable:
        return FileRead(file, digest, remarks=(replace(unreadable.remark, file=file),))
    if inputs.registry is None:
        return _registry(book, inputs, digest)
    if decided := find_decisions(book, inputs.form):
        return FileRead(file, digest, (), _on(file, decided.remarks), decided.read)
    reports, remarks = read_book(book, inputs.form, _schools(inputs.registry))
    explained, astray = _told_apart(find_explanations(book), reports)
    return FileRead(file, digest, reports, _on(file, (*remarks, *astray)), explanations=explained)


def _told_apart(
    found: tuple[Explanation, ...], reports: tuple[ReportRead, ...]
) -> tuple[tuple[Explanation, ...], list[Remark]]:
    """The explanations of the schools whose reports the file holds, and a remark on those of any other. Where no report
    tells its school, the remarks that are explained do."""
    schools = {report.school for report in reports} - {""}
    astray = [one for one in found if schools and one.asked.school not in schools]
    said = [
        remark("EXPLANATION-ASTRAY", sheet=one.sheet, cell=one.cell, school=reports[0].school, value=one.words)
        for one in astray
    ]
    return tuple(one for one in found if one not in astray), said


def _on(file: str, remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    return tuple(replace(remark, file=file) for remark in remarks)


def digest_of(data: bytes) -> str:
    """By which a file is known again, whatever its name."""
    return hashlib.sha256(data).hexdigest()


def _registry(book: "Book", inputs: Inputs, digest: str) -> RegistryRead | Refused:
    from pipeline.reading.registry import read_registry

    try:
        return RegistryRead(read_registry(book, inputs.form, inputs.beside), digest)
    except UsageError as error:
        return Refused(str(error))


_last: "tuple[Registry, Schools] | None" = None


def _schools(registry: Registry) -> "Schools":
    """The names taken apart once for all files that a worker reads."""
    from pipeline.reading.schools import Schools

    global _last
    if _last is None or _last[0] is not registry:
        _last = registry, Schools(registry)
    return _last[1]
