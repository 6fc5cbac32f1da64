"""Check boxes in an answer: «☑», «☐ нет ☑ да», «[x] есть [ ] нет».

A box belongs to the word behind it where the answer begins with a box, to the word before it where it ends with one.
What is chosen is read only where every option has its box and one alone is marked.
"""

import re
from enum import Enum
from typing import Literal, NamedTuple, cast

from schemas.likeness import plain

Box = Literal["ticked", "crossed", "empty", "struck"]

# Wingdings are letters in the file («ü»), or stand in the private area of Unicode.
_MARKS: dict[Box, str] = {
    "ticked": "☑✓✔√✅🗹🗸●◉⦿\uf0fc\uf0feüþ",
    "crossed": "☒🗵🗷\uf0fdý",  # how Word shows a box that is ticked
    "empty": "☐□▢⬜❏❑❐❒○◯\uf0a8\uf06f\uf071\uf0a1¨",
    "struck": "✗✘✕✖❌╳\uf0fbû",  # a tick to one writer, «no» to another
}
_BOX_OF: dict[str, Box] = {mark: box for box, marks in _MARKS.items() for mark in marks}
_BOX = re.compile(
    rf"[{''.join(_BOX_OF)}]\ufe0f?"
    rf"|\[\s*(?P<ticked>[vV+*{_MARKS['ticked']}])\s*\]"
    rf"|\[\s*(?P<crossed>[xXхХ{_MARKS['crossed']}])\s*\]"
    r"|\[(?P<empty>[\s_]*)\]"
)
_TICK_ALONE = re.compile(r"[vV]")
_MARKED = re.compile(r"(?:[vVxXхХ+*1]|да|есть)\.?", re.IGNORECASE)  # in a column headed with an answer
_NOT_MARKED = re.compile(r"(?:0|нет)\.?", re.IGNORECASE)
_NEITHER = re.compile(
    r"частично|не полностью|в (?:работе|процессе|стадии \w+)|планируется|запланировано"
    r"|не (?:требуется|предусмотрено|применимо|известно)|нет данных|н д|затрудняюсь(?: ответить)?|иное|другое"
)
_PLUS_AND_MINUS = re.compile(r"\+\s*[/\\|]?\s*[-‐‑‒–—―−]|[-‐‑‒–—―−]\s*[/\\|]?\s*\+|±")


class Tick(Enum):
    """What a cell says below a heading that is itself an answer."""

    MARKED = "marked"
    EMPTY = "empty"
    DENIED = "denied"
    WORDS = "words"


class Chosen(NamedTuple):
    """`words`: what the boxes leave. `ticked`: a tick stands alone. `unclear`: the boxes do not decide."""

    words: str
    ticked: bool = False
    unclear: bool = False


def chosen(text: str) -> Chosen:
    """The option whose box is marked; the text itself where it has no boxes."""
    if _PLUS_AND_MINUS.search(text):
        return Chosen("", unclear=True)
    if _TICK_ALONE.fullmatch(text.strip()):
        return Chosen("", ticked=True)
    boxes = [_kind(found) for found in _BOX.finditer(text)]
    if not boxes:
        return Chosen(text)
    words = [part.strip(" \t\n,;/|") for part in _BOX.sub("\0", text).split("\0")]
    return _of_options(boxes, words)


def tick_of(text: str, heading: str) -> Tick:
    """Is the answer that heads the column marked: «✓», «+», «х», «1», «да», the answer once more. «нет», 0 and an empty
    box say that it is not; a «✗» is either, to one writer or another: words."""
    said = text.strip()
    boxes = [_kind(found) for found in _BOX.finditer(said)] if _BOX.fullmatch(said) else []
    if boxes in (["ticked"], ["crossed"]) or plain(said) == plain(heading) or _MARKED.fullmatch(said):
        return Tick.MARKED
    if boxes == ["empty"]:
        return Tick.EMPTY
    return Tick.DENIED if _NOT_MARKED.fullmatch(said) else Tick.WORDS


def is_neither(heading: str) -> bool:
    """Is the heading of a column an answer, and neither «да» nor «нет»."""
    return _NEITHER.fullmatch(plain(heading)) is not None


def _kind(found: "re.Match[str]") -> Box:
    return _BOX_OF.get(found[0][0]) or cast(Box, found.lastgroup)


def _of_options(boxes: list[Box], words: list[str]) -> Chosen:
    """`words` stand before, between and behind the boxes."""
    if not any(words):
        return Chosen("", ticked=boxes == ["ticked"], unclear=boxes != ["ticked"])
    options = words[1:] if not words[0] else words[:-1] if not words[-1] else []
    marked = [at for at, box in enumerate(boxes) if box != "empty"]
    if not options or not all(options) or len(marked) != 1 or boxes[marked[0]] == "struck":
        return Chosen("", unclear=True)
    return Chosen(options[marked[0]])
