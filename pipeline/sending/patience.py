"""How long a mail server is waited for, and what may become of a letter that it is handed. Imports nothing that speaks
to one."""

import time
from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

import msgspec


class Outcome(Enum):
    SENT = auto()
    WAITS = auto()  # it certainly has not gone, and may be tried again
    REFUSED = auto()  # the server will not have it
    UNKNOWN = auto()  # it was handed over whole, and no answer came


class Answer(NamedTuple):
    """What became of it; `reason`: a Russian clause, blank where it was sent."""

    outcome: Outcome
    reason: str = ""


class Patience(msgspec.Struct, frozen=True):
    """Seconds: `timeout` for an answer, `after_dot` for the one that matters (by RFC 5321 a server may take ten
    minutes to store a letter), `pauses` before what may be tried again is tried again."""

    timeout: float = 60
    after_dot: float = 600
    pauses: tuple[float, ...] = (15, 60, 240)
    sleep: Callable[[float], object] = time.sleep


USUAL = Patience()
