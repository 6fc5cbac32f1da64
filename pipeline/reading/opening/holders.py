"""What holds other files, an archive or a letter, seen from outside: its entries one by one, and the room they may
take."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pipeline.reading.opening.guard import MB, in_mb, unreadable, with_key
from pipeline.settings import Limits
from pipeline.wording import count, number
from schemas.remarks import Remark


@dataclass
class Holder:
    """Of a letter: `times` when servers say that it came, the most trustworthy first; `sent` when its sender says so,
    who may choose that; `sender` its address, blank where unknown."""

    entries: Iterator["Entry"]
    times: tuple[datetime, ...] = ()
    sent: tuple[datetime, ...] = ()
    sender: str = ""


class Entry(NamedTuple):
    """`name`: as the holder writes it, nothing made sure of. `content`: the bytes, or a letter within the letter; None
    where `said` tells why there is none."""

    name: str
    content: bytes | Holder | None = None
    said: Remark | None = None


class Room:
    """What all that lies in one file of the folder may take together, however it is nested."""

    def __init__(self, limits: Limits) -> None:
        self._entries = limits.zip_entries
        self._octets = limits.unpacked_mb * MB
        self._limits = limits

    def take(self, entries: int, octets: int) -> None:
        """Raises Unreadable where there is not so much left; nothing is taken then."""
        if entries > self._entries:
            what = count(entries, ("файл", "файла", "файлов"))
            raise unreadable(
                "ARCHIVE-LIMIT", what=what, limit=with_key(number(self._limits.zip_entries), "zip_entries")
            )
        if octets > self._octets:
            limit = with_key(in_mb(self._limits.unpacked_mb * MB), "unpacked_mb")
            raise unreadable("ARCHIVE-LIMIT", what=in_mb(octets), limit=limit)
        self._entries -= entries
        self._octets -= octets
