"""Check boxes in an answer: «☑», «☐ нет ☑ да», «[x] есть [ ] нет».

A box belongs to the word behind it where the answer begins with a box, to the word before it where it ends with one.
What is chosen is read only where every option has its box and one alone is marked.
"""

import re
from typing import Literal, NamedTuple, cast

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
_PLUS_AND_MINUS = re.compile(r"\+\s*[/\\|]?\s*[-‐‑‒–—―−]|[-‐‑‒–—―−]\s*[/\\|]?\s*\+|±")


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
