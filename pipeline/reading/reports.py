"""What a worker does: one file of the inbox in, plain tuples out. A bad file is a remark, never an exception."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

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
    from pipeline.reading.opening.unpacking import Member
    from pipeline.reading.schools import Schools

HOLDERS = ("FILE-ARCHIVE", "FILE-LETTER")  # what the look says of a file that holds others


class Inputs(msgspec.Struct, frozen=True):
    """What every file of a run is read with. `registry` is None while it is the registry that is read; `elsewhere`: of
    files that do not lie in the folder, where they lie; `beside`: forms of the other orders whose registry
    it is too; `spool`: where contents of archives and letters are laid; None where none is opened, as when they are
    read themselves."""

    folder: Path
    form: Form
    limits: Limits
    registry: Registry | None = None
    elsewhere: Mapping[Path, Path] = msgspec.field(default_factory=dict)
    beside: tuple[Form, ...] = ()
    spool: Path | None = None

    def place(self, relative: Path) -> Path:
        return self.elsewhere.get(relative) or self.folder / relative


class RegistryRead(NamedTuple):
    """The registry, and the digest of the bytes that it was read from."""

    registry: Registry
    digest: str


class Refused(NamedTuple):
    """The registry opens but cannot be used: one Russian sentence that says what to do."""

    sentence: str


class Opened(NamedTuple):
    """A file that holds others: each of its `members` is a file of the inbox in its place. `passed_over`: leftovers.
    `archive`: it is no letter."""

    file: str
    archive: bool
    members: "tuple[Member, ...]"
    passed_over: tuple[str, ...]


Answer = FileRead | RegistryRead | Refused | Opened


def read_file(inputs: Inputs, relative: Path) -> Answer:
    """The reports of one file with their remarks, the decisions of a summary workbook, what an archive or a letter
    holds, or the registry.

    `relative` is its path below the input folder."""
    # Imported here, in the worker: the process that hands out the files has no use for the readers.
    from pipeline.reading.decided import find_decisions
    from pipeline.reading.explained import find_explanations
    from pipeline.reading.finding.layouts import read_book
    from pipeline.reading.opening.grid import open_book
    from pipeline.reading.opening.papers import words_of_document, words_of_file
    from pipeline.reading.registry import registry_sheet

    file = shown_path(relative)
    digest = ""
    try:
        data = look(inputs.place(relative), inputs.limits)
        digest = digest_of(data)
        book = open_book(data, inputs.limits)
    except Unreadable as unreadable:
        if unreadable.remark.code in HOLDERS and inputs.registry is not None and inputs.spool:
            return _opened(data, file, unreadable, inputs.limits, inputs.spool)
        unread = _unread(file, digest, unreadable)
        return replace(unread, words=words_of_file(data, unreadable.remark)) if digest else unread
    if inputs.registry is None:
        return _registry(book, inputs, digest)
    if decided := find_decisions(book, inputs.form):
        return FileRead(file, digest, (), _on(file, decided.remarks), decided.read)
    reports, remarks = read_book(book, inputs.form, _schools(inputs.registry))
    if not reports and (sheet := registry_sheet(book, inputs.form)):
        remarks = (remark("FILE-REGISTRY", sheet=sheet),)
    explained, astray = _told_apart(find_explanations(book), reports)
    words = None if reports else words_of_document(book)
    return FileRead(file, digest, reports, _on(file, (*remarks, *astray)), explanations=explained, words=words)


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


def _opened(data: bytes, file: str, called: Unreadable, limits: Limits, spool: Path) -> FileRead | Opened:
    # imported here: most folders hold no archive and no letter
    from pipeline.reading.opening.unpacking import unpack

    try:
        found = unpack(data, called, limits, spool)
    except Unreadable as unreadable:
        return _unread(file, digest_of(data), unreadable)
    return Opened(file, called.remark.code == "FILE-ARCHIVE", found.members, found.passed_over)


def _unread(file: str, digest: str, unreadable: Unreadable) -> FileRead:
    return FileRead(file, digest, remarks=(replace(unreadable.remark, file=file),))


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
