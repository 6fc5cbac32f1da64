"""Originals: every content that a run has read, once, under its digest, so that its month can be made again.

Contents lie there as they came and are never replaced. Nothing of them is believed before its digest was computed anew.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pipeline.files import OutputError, Outputs
from pipeline.memory.copies import Copy, copied, still
from pipeline.reading.intake import Intake, follows_from_the_bytes
from pipeline.reading.reports import digest_of
from pipeline.settings import Limits
from pipeline.workers import Workers, WorkersError
from schemas.registry_book import FILE as REGISTRY

FOLDER = "archive"

_FEW = 32  # contents: so many are copied here, and by a worker at a time
_DIGEST = 64  # letters of a name: SHA-256 in hexadecimal


class Archive:
    """The contents kept below an output folder. There is no folder before the first of them is kept."""

    def __init__(self, output: Path) -> None:
        self.folder = output / FOLDER

    def keep(
        self, intake: Intake, data: Iterable[bytes], limits: Limits, outputs: Outputs, log: Path | None = None
    ) -> list[str]:
        """What the run has read and what does not lie there yet, and `data`, contents that came by no file: made beside
        their places, which they take when `outputs` are committed. Many are copied in a worker process, whose failures
        go to `log`.

        Returns the files that have changed since they were read: what they held then cannot be kept any more.
        Raises OutputError.
        """
        kept = self.contents()
        new = {name: original for name, original in _originals(intake).items() if name not in kept}
        for name in _copied_by_a_worker(new, limits, outputs, log) if len(new) > _FEW else ():
            del new[name]
        lost = []
        for name, (file, path) in new.items():
            content = still(path, name, limits)
            if content is None:
                lost.append(file)
            else:
                outputs.add(Path(FOLDER, name), content, durable=False)
        for content in data:
            if digest_of(content) not in kept:
                outputs.add(Path(FOLDER, digest_of(content)), content, durable=False)
        return lost

    def size(self) -> int:
        """Of all contents, bytes."""
        return sum(size for _, size in self._entries())

    def contents(self) -> set[str]:
        """Digests of all contents, as their names say."""
        return {name for name, _ in self._entries()}

    def damaged(self) -> set[str]:
        """Names under which other bytes lie, or none that can be read. Every byte of the archive is looked at."""
        return {name for name in self.contents() if self._read(name) is None}

    def content(self, name: str) -> bytes:
        """The bytes of that digest. Raises OutputError where others lie in their place, or none."""
        content = self._read(name)
        if content is None:
            raise OutputError(f"Файл архива {FOLDER}/{name} пропал или испорчен: верните его из резервной копии.")
        return content

    def _read(self, name: str) -> bytes | None:
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            return None
        return content if digest_of(content) == name else None

    def _entries(self) -> Iterator[tuple[str, int]]:
        """Name and size, bytes. What else lies in the folder is none of ours."""
        if self.folder.is_dir():
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if len(entry.name) == _DIGEST and not entry.name.startswith("."):
                        yield entry.name, entry.stat(follow_symlinks=False).st_size


def _originals(intake: Intake) -> dict[str, tuple[str, Path]]:
    """Digest -> a file of the inbox that holds it, by its name for people and by its path."""
    inbox = intake.inbox
    found = {
        read.digest: (read.file, inbox.place(path))
        for path, read in zip(inbox.reports, intake.reads, strict=True)
        if follows_from_the_bytes(read)
    }
    if inbox.registry:
        found[intake.registry_digest] = REGISTRY, inbox.registry
    return found


def _copied_by_a_worker(
    originals: Mapping[str, tuple[str, Path]], limits: Limits, outputs: Outputs, log: Path | None
) -> set[str]:
    """The digests of those that a worker has copied. To read and write them takes so many calls of the system that the
    process which counts meanwhile would lose as much time by it again."""
    copies = [Copy(name, path, outputs.expect(Path(FOLDER, name))) for name, (_, path) in originals.items()]
    parts = [copies[start : start + _FEW] for start in range(0, len(copies), _FEW)]
    made: set[str] = set()
    seconds = limits.seconds * _FEW  # it is asked for a part, not for a file
    with (
        suppress(WorkersError, OSError),  # where the system gives no process nothing is lost but time
        Workers(copied, seconds=seconds, memory_mb=limits.memory_mb, log=log) as workers,
    ):
        for _, outcome in workers.map(parts, limits):
            made |= outcome.result or frozenset()
    for name in originals.keys() - made:  # its disk is full, or the file has changed: said where it is tried again
        outputs.unexpect(Path(FOLDER, name))
    return made
