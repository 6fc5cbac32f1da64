"""Cell text as it comes from a file, made into text that is safe to match, store and show.

The one door for text: everything that `grid` hands on has gone through `clean`.
"""

import re
import unicodedata

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls but tab and line feed, soft hyphen, zero-width and bidi marks, byte-order mark, non-characters, surrogates.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """A name with its unseen characters shown: two names that differ by them alone stay two."""
    if text.isprintable():
        return text
    return "".join(f"⟨{ord(c):04X}⟩" if _UNSEEN.match(c) or c in "\t\n" or _LINE_BREAKS.match(c) else c for c in text)


def clean(text: str) -> str:
    """The text without characters that nobody sees, line breaks as `\\n`, composed (NFC). Spaces stay as they are."""
    if not text.isprintable():  # line breaks, no-break spaces and all that has to go are "not printable"
        text = _UNSEEN.sub("", _LINE_BREAKS.sub("\n", text))
    return unicodedata.normalize("NFC", text)
