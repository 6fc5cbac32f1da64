"""A file that holds others, and those within them, to plain files: each known by its way, `архив.zip/отчёт.xlsx`.

What an archive or a letter calls its entries is a name for people and never a place on disk: contents lie in a folder
of the run, under their digests.
"""

import os
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pipeline.reading.opening.archives import open_archive
from pipeline.reading.opening.guard import Unreadable, kind_of, unreadable
from pipeline.reading.opening.holders import Entry, Holder, Room
from pipeline.reading.opening.leftovers import is_leftover
from pipeline.reading.opening.letters import open_letter
from pipeline.settings import Limits
from schemas.remarks import Remark, remark

_HOLDERS = ("FILE-ARCHIVE", "FILE-LETTER")  # what the look says of a file that holds others
_DEEPEST = 2  # a holder in a holder in a holder is opened, what lies in that is not
_LONGEST = 100  # letters of a part of a name


class Member(NamedTuple):
    """A file inside another. `path`: its way from there, with `/`. `digest`: blank where `said` tells why there is no
    content. Of the letters on the way: `times` of the outermost, when servers say that it came, and `sent`, when its
    sender does; `senders`, the outermost first."""

    path: str
    digest: str
    said: Remark | None = None
    times: tuple[datetime, ...] = ()
    senders: tuple[str, ...] = ()
    sent: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Unpacked:
    """`passed_over`: leftovers of systems and programs, by their way."""

    members: tuple[Member, ...]
    passed_over: tuple[str, ...]


def unpack(data: bytes, called: Unreadable, limits: Limits, spool: Path) -> Unpacked:
    """`called`: what the look has said of `data`. Contents are laid into `spool`, under their digests.

    Raises Unreadable where it cannot be opened: damaged, locked, above the limits, of a kind that is not read.
    """
    room = Room(limits)
    way = _Way(spool, limits, room)
    way.follow(_opened(data, called, limits, room), PurePosixPath(), 0)
    if not way.members:
        what = "В письме нет вложений" if called.remark.code == "FILE-LETTER" else "В архиве нет файлов"
        raise unreadable("FILE-HOLDS-NOTHING", what=what)
    return Unpacked(tuple(way.members), tuple(way.passed_over))


def _opened(data: bytes, called: Unreadable, limits: Limits, room: Room) -> Holder:
    if called.remark.code == "FILE-ARCHIVE":
        holder = open_archive(data, limits, room)
    else:
        holder = None if _is_winmail(data) else open_letter(data, room)
    if holder is None:
        raise called
    return holder


def _is_winmail(data: bytes) -> bool:
    return data.startswith(b"\x78\x9f\x3e\x22")


class _Way:
    """Down through the holders, with what was found."""

    def __init__(self, spool: Path, limits: Limits, room: Room) -> None:
        self.members: list[Member] = []
        self.passed_over: list[str] = []
        self._spool = spool
        self._limits = limits
        self._room = room
        self._names = _Names()

    def follow(
        self,
        holder: Holder,
        within: PurePosixPath,
        depth: int,
        times: tuple[datetime, ...] = (),
        senders: tuple[str, ...] = (),
        sent: tuple[datetime, ...] = (),
    ) -> None:
        """`within`: the holder's own way; `times`, `senders`, `sent`: of the letters that it came in."""
        if not times and not sent:
            times, sent = holder.times, holder.sent
        senders = (*senders, holder.sender) if holder.sender else senders
        for entry in holder.entries:
            path = within / clean_path(entry.name)
            if is_leftover(path.parts):
                self.passed_over.append(path.as_posix())
                continue
            inner, said = self._within(entry, depth)
            path = self._names.unique(path, is_folder=inner is not None)
            if inner is not None:
                before = len(self.members)
                self.follow(inner, path, depth + 1, times, senders, sent)
                if len(self.members) > before:
                    continue
                said = remark("FILE-HOLDS-NOTHING", what="В письме или архиве нет вложенных файлов")
            digest = self._lay(entry.content) if said is None and isinstance(entry.content, bytes) else ""
            self.members.append(Member(path.as_posix(), digest, said, times, senders, sent))

    def _within(self, entry: Entry, depth: int) -> tuple[Holder | None, Remark | None]:
        """The entry opened, if it holds files itself; what is to be said where it cannot be."""
        if isinstance(entry.content, Holder):
            if depth < _DEEPEST:
                return entry.content, None
            return None, remark("FILE-LETTER", what=f"письмо {_TOO_DEEP}")
        if entry.content is None:
            return None, entry.said or remark("FILE-DAMAGED", what="его содержимое испорчено")
        try:
            kind_of(entry.content, self._limits)
        except Unreadable as called:
            if called.remark.code not in _HOLDERS:
                return None, None  # said when it is read
            if depth >= _DEEPEST:
                return None, replace(called.remark, data=(("what", f"{dict(called.remark.data)['what']} {_TOO_DEEP}"),))
            try:
                return _opened(entry.content, called, self._limits, self._room), None
            except Unreadable as why:
                return None, why.remark
        return None, None

    def _lay(self, content: bytes) -> str:
        digest = sha256(content).hexdigest()
        place = self._spool / digest
        if not place.exists():
            self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = self._spool / f"{digest}.{os.getpid()}"
            beside.write_bytes(content)
            os.replace(beside, place)
        return digest


_TOO_DEEP = "на третьем уровне вложения"


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────


def clean_path(name: str) -> PurePosixPath:
    """The name as a way that leads nowhere but down: no root, no drive, no `..`, no sign that no name may have."""
    parts = [_clean(part) for part in re.split(r"[/\\]", re.sub(r"^[A-Za-z]:", "", name))]
    return PurePosixPath(*([part for part in parts if part not in ("", ".", "..")] or ["без имени"]))


def _clean(part: str) -> str:
    part = unicodedata.normalize("NFC", part)
    part = "".join("_" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") else c for c in part).strip()
    if len(part) <= _LONGEST and len(part.encode()) <= 2 * _LONGEST:
        return part
    stem, dot, ending = part.rpartition(".")
    ending = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
    stem = part[: _LONGEST - len(ending)]
    while len(stem.encode()) > 2 * _LONGEST - len(ending.encode()):
        stem = stem[:-1]
    return f"{stem}{ending}"


class _Names:
    """No two members share a name, as no system tells them apart by their letters' case; and none is called like the
    folder of another."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._tried: dict[PurePosixPath, int] = {}  # how often a name was met

    def unique(self, path: PurePosixPath, is_folder: bool) -> PurePosixPath:
        n = self._tried.get(path, 1)
        found = path if n == 1 else self._numbered(path, n)
        while self._is_taken(found):
            n += 1
            found = self._numbered(path, n)
        self._tried[path] = n
        (self._folders if is_folder else self._files).add(_key(found))
        self._folders |= _above(found)
        return found

    def _is_taken(self, path: PurePosixPath) -> bool:
        key = _key(path)
        return key in self._files or key in self._folders or not self._files.isdisjoint(_above(path))

    def _numbered(self, path: PurePosixPath, n: int) -> PurePosixPath:
        """`отчёт (2).xlsx`; where a folder on its way is called like a file, that folder."""
        for above in reversed(path.parents[:-1]):
            if _key(above) in self._files:
                return above.with_name(f"{above.name} ({n})") / path.relative_to(above)
        return path.with_name(f"{path.stem} ({n}){path.suffix}")


def _key(path: PurePosixPath) -> str:
    return path.as_posix().casefold()


def _above(path: PurePosixPath) -> set[str]:
    return {_key(one) for one in path.parents[:-1]}
