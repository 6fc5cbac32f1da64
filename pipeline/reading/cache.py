"""What earlier runs have read: a file whose bytes are known is not read again.

One file in the output folder, safe to delete. A read is found by all that it depends on: the bytes of the school's
file, the form, the limits, the schools of the registry, the program's code and the libraries under it. So it can only
be what reading would give. Where the cache is missing, damaged or of another version, files are simply read.

MessagePack, checked against declared types: what lies there may be wrong, but it can never run.
"""

import hashlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import replace
from datetime import date
from functools import cache, partial
from importlib.metadata import distribution, version
from itertools import chain
from pathlib import Path
from typing import IO

import msgspec

import pipeline
import schemas
from pipeline.files import OutputError, Outputs
from pipeline.reading.inbox import shown_path
from pipeline.reading.opening.guard import Unreadable, look
from pipeline.reading.reports import Inputs, digest_of
from schemas.decided import DecisionsRead
from schemas.explained import Explanation
from schemas.remarks import Remark, Severity
from schemas.reports import FileRead, ReportRead

FILE = "reads"
LIBRARIES = (
    "defusedxml",
    "lxml",
    "msgspec",
    "msoffcrypto-tool",
    "olefile",
    "openpyxl",
    "py7zr",
    "pypdf",
    "python-calamine",
    "python-oxmsg",
    "rapidfuzz",
    "rarfile",
    "tomli",
    "xlrd",
)

_SEAL = hashlib.sha256().digest_size  # bytes


@cache
def version_of(library: str) -> str:
    """As the head of its description has it: `version` alone goes through all of that, whole pages."""
    head = re.match(r"(?:.+\n)*?Version: *(.+)\n", distribution(library).read_text("METADATA") or "")
    return head[1] if head else version(library)


@cache
def code_digest() -> str:
    """Of the program's own files, its data files too, however their lines end. Of those that this process began with:
    it is asked for while readers start."""
    digest = hashlib.sha256()
    for name, path in sorted(files_of_the_program()):
        with open(path, "rb", buffering=0) as file:
            content = file.read().replace(b"\r", b"")
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def program() -> tuple[list[str], str]:
    """What files are read by: Python and the libraries, by their versions, and the program's own code."""
    return [sys.version, *map(version_of, LIBRARIES)], code_digest()


def files_of_the_program() -> Iterator[tuple[str, str]]:
    """Name and path of each. `pathlib` would take as long as to read them."""
    for room in (*pipeline.__path__, *schemas.__path__):
        for folder, below, names in os.walk(room):
            below[:] = [name for name in below if name != "__pycache__"]
            inside = os.path.relpath(folder, os.path.dirname(room)).replace(os.sep, "/")
            for name in names:
                if name.endswith((".py", ".toml", ".html")):
                    yield f"{inside}/{name}", os.path.join(folder, name)


class ReadCache:
    """The reads that earlier runs have kept, and those of this run, which `keep` puts in their place."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` holds the cache and nothing else; with None nothing is known and nothing is kept."""
        self._folder = folder
        self._known = _load(folder / FILE) if folder else {}
        self._used: dict[str, _Held] = {}

    @property
    def knows_files(self) -> bool:
        return bool(self._known)

    def shelf(self, inputs: Inputs) -> "Shelf":
        return Shelf(inputs, self._known, self._used)

    def keep(self) -> None:
        """Keeps the reads that this run has used or made, and forgets all others: nothing grows for ever."""
        if self._folder is None or self._used.keys() == self._known.keys():
            return
        # A help, never a condition: what could not be kept will be read again.
        with suppress(OutputError), Outputs(self._folder) as outputs:
            outputs.add(FILE, partial(_write, self._used), durable=False)
            outputs.commit()


class Shelf:
    """The part of a cache that was read with the same inputs. `known` is looked into, and what is not understood is
    taken out of it; `used` is added to."""

    def __init__(self, inputs: Inputs, known: dict[str, msgspec.Raw], used: dict[str, "_Held"]) -> None:
        self.inputs = inputs
        self._context = _context(inputs)
        self._known = known
        self._used = used

    def within(self, inputs: Inputs) -> "Shelf":
        """The same reads, for files that lie elsewhere."""
        shelf = copy(self)
        shelf.inputs = inputs
        return shelf

    def recall(self, relative: Path) -> FileRead | None:
        """The file as read before, under the name of today. None where a reader has to look at it: its bytes are new,
        or it is no plain file that can be read at all."""
        if not self._known:
            return None
        try:
            digest = digest_of(look(self.inputs.place(relative), self.inputs.limits))
        except Unreadable:
            return None
        key = self._key(digest)
        try:
            kept = msgspec.msgpack.decode(self._known[key], type=_Read)
        except KeyError:
            return None
        except msgspec.MsgspecError:  # of another version of this program
            del self._known[key]  # no longer known, so that `keep` puts the read of this run in its place
            return None
        self._used[key] = self._known[key]
        return _thaw(kept, shown_path(relative), digest)

    def remember(self, read: FileRead) -> None:
        """`read` follows from the file's bytes alone: nothing about it would be otherwise the next time."""
        self._used[self._key(read.digest)] = read

    def _key(self, digest: str) -> str:
        return digest_of(self._context + digest.encode())


# ── all that a read depends on ───────────────────────────────────────────────────────────────────────────────────────


def _context(inputs: Inputs) -> bytes:
    """What a file is read with and by, as one digest. Of the registry, reading knows the schools alone."""
    assert inputs.registry is not None  # the registry itself is never kept
    parts = (*program(), inputs.form, inputs.limits, inputs.registry.schools)
    return hashlib.sha256(msgspec.msgpack.encode(parts)).digest()


# ── a read as it is kept ─────────────────────────────────────────────────────────────────────────────────────────────


class _Day(msgspec.Struct, frozen=True):
    """A date among the figures of a remark, told apart from a text."""

    day: date


class _Remark(msgspec.Struct, frozen=True, array_like=True):
    """A Remark without the file's name."""

    code: str
    sheet: str
    cell: str
    school: str
    as_of: date | None
    item: str
    value: str
    data: tuple[tuple[str, str | int | float | _Day], ...]
    severity: Severity


class _Report(msgspec.Struct, frozen=True, array_like=True):
    """`read` without its `written`, which stands here sorted: the same reads are kept as the same bytes."""

    read: ReportRead
    written: tuple[str, ...]


class _Read(msgspec.Struct, frozen=True, array_like=True):
    reports: tuple[_Report, ...]
    remarks: tuple[_Remark, ...]
    decisions: DecisionsRead | None = None
    explanations: tuple[Explanation, ...] = ()
    words: str | None = None


def _freeze(read: FileRead) -> _Read:
    return _Read(
        tuple(_Report(replace(report, written=frozenset()), tuple(sorted(report.written))) for report in read.reports),
        tuple(map(_freeze_remark, read.remarks)),
        read.decisions,
        read.explanations,
        read.words,
    )


def _freeze_remark(remark: Remark) -> _Remark:
    data = tuple((name, _Day(value) if isinstance(value, date) else value) for name, value in remark.data)
    return _Remark(
        remark.code,
        remark.sheet,
        remark.cell,
        remark.school,
        remark.as_of,
        remark.item,
        remark.value,
        data,
        remark.severity,
    )


def _thaw(kept: _Read, file: str, digest: str) -> FileRead:
    reports = tuple(replace(report.read, written=frozenset(report.written)) for report in kept.reports)
    remarks = tuple(_thaw_remark(remark, file) for remark in kept.remarks)
    return FileRead(file, digest, reports, remarks, kept.decisions, kept.explanations, kept.words)


def _thaw_remark(kept: _Remark, file: str) -> Remark:
    data = tuple((name, value.day if isinstance(value, _Day) else value) for name, value in kept.data)
    return Remark(file=file, **{**msgspec.structs.asdict(kept), "data": data})


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────────────


# Those of this run are put into bytes one by one when they are written, those of earlier runs stay the bytes that they
# were: beside the reads themselves, which the run has anyway, a cache of many files would take more room than they do.
_Held = FileRead | msgspec.Raw


def _write(reads: Mapping[str, _Held], file: IO[bytes]) -> None:
    """The digest of what follows, and the reads by their keys, in the order of these."""
    digest = hashlib.sha256()
    file.write(bytes(_SEAL))
    for part in chain([_map_of(len(reads))], *(_entry(key, reads[key]) for key in sorted(reads))):
        digest.update(part)
        file.write(part)
    file.seek(0)
    file.write(digest.digest())


def _map_of(entries: int) -> bytes:
    """How MessagePack begins a map of so many entries."""
    if entries < 2**4:
        return bytes([0x80 | entries])
    return b"\xde" + entries.to_bytes(2, "big") if entries < 2**16 else b"\xdf" + entries.to_bytes(4, "big")


def _entry(key: str, read: _Held) -> Iterator[bytes]:
    yield msgspec.msgpack.encode(key)
    yield msgspec.msgpack.encode(_freeze(read) if isinstance(read, FileRead) else read)


def _load(path: Path) -> dict[str, msgspec.Raw]:
    """Key -> the bytes of the read. Nothing where there is no cache, or not as it was written."""
    try:
        data = memoryview(path.read_bytes())
    except OSError:
        return {}
    seal, content = data[:_SEAL], data[_SEAL:]
    if hashlib.sha256(content).digest() != seal:
        return {}
    try:
        return msgspec.msgpack.decode(content, type=dict[str, msgspec.Raw])
    except msgspec.MsgspecError:  # of another version of this program
        return {}
