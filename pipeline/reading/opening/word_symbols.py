"""Characters of symbol fonts as the signs that they show: a tick, a box, a bullet."""

from lxml.etree import _Element

from pipeline.reading.opening.word_package import attribute

TICKED, UNTICKED = "☑", "☐"
UNKNOWN = "\ufffd"  # a sign that the table does not know must not vanish, nor be taken for a letter or a figure
_PRIVATE = 0xF000  # fonts of symbols keep their signs in the private area; the last two digits count

_TICKS: dict[str, dict[str, str]] = {
    "wingdings": {
        "✓": "\xfc", "✗": "\xfb", TICKED: "\xfe", "☒": "\xfd\x78", UNTICKED: "\xa8\x6f\x71\x72\x70",
        "•": "\x9f\x9e\x6c\xa7\x6e\x75\x76\xd8\xe0\xe8\xf0",
    },
    "wingdings 2": {
        "✓": "\x50", "✗": "\x4f", TICKED: "\x52", "☒": "\x51\x53\x54", UNTICKED: "\xa3\x2a\x30", "•": "\x97\x98",
    },
    "wingdings 3": {"•": "\x7d\x84\x86"},
    "webdings": {"✓": "\x61", "✗": "\x72", UNTICKED: "\x63", "•": "\x3d\x67\x6e"},
    "symbol": {
        "≤": "\xa3", "≥": "\xb3", "±": "\xb1", "•": "\xb7", "√": "\xd6", "×": "\xb4", "÷": "\xb8", "−": "\x2d",
        "≈": "\xbb", "≠": "\xb9", "∼": "\x7e", "…": "\xbc", "°": "\xb0", "→": "\xae",
        **{sign: sign for sign in " 0123456789%()[]+,./:;<=>?!|_"},
    },
}  # fmt: skip
_SIGNS = {font: {ord(code): sign for sign, codes in signs.items() for code in codes} for font, signs in _TICKS.items()}


def in_font(text: str, font: str) -> str:
    """The text of a run as its font shows it; of a usual font the text itself."""
    signs = _SIGNS.get(font.casefold())
    return text if signs is None else "".join(_sign(ord(letter), signs) for letter in text)


def symbol(element: _Element) -> str:
    """Of `w:sym` (and `w16se:symEx`): a font and the code of a character in it."""
    try:
        code = int(attribute(element, "char"), 16)
    except ValueError:
        return UNKNOWN
    signs = _SIGNS.get(attribute(element, "font").casefold())
    if signs is not None:
        return _sign(code, signs)
    code -= _PRIVATE if _PRIVATE <= code <= _PRIVATE + 0xFF else 0
    return chr(code) if 0x20 <= code < 0x11_0000 else UNKNOWN


def _sign(code: int, signs: dict[int, str]) -> str:
    if code in (0x20, 0xA0, 0x09, 0x0A):
        return chr(code)
    return signs.get(code & 0xFF, UNKNOWN) if code < 0x100 or _PRIVATE <= code <= _PRIVATE + 0xFF else chr(code)
