"""Headers of a letter that read as they were meant: folded without loss, and read again before the letter waits.

The standard library folds a long header that is not ASCII between encoded words and, where it has put one there in
place of a space, mail programs show none: «план не выполнен» leaves as «план невыполнен».
"""

import re
from email.header import Header, decode_header, make_header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formataddr

_CHARSET = "utf-8"
_AROUND = dict.fromkeys(map(ord, '"<>'))


class HeaderLostError(Exception):
    """A header of a letter does not read as it was meant."""


class _Lossless(EmailPolicy):
    """What is not ASCII becomes one run of encoded words, spaces within them."""

    def fold(self, name: str, value: str) -> str:
        return _folded(name, value, self.linesep) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return _folded(name, value, self.linesep).encode("ascii") or super().fold_binary(name, value)


LOSSLESS = _Lossless(linesep="\r\n")


def _folded(name: str, value: str, linesep: str) -> str:
    """Blank where the standard way loses nothing."""
    if value.isascii() or not hasattr(value, "name"):  # as it was read from a file
        return ""
    if hasattr(value, "addresses"):
        lines = f",{linesep} ".join(_mailbox(one.display_name, one.addr_spec, linesep) for one in value.addresses)
    else:
        lines = _encoded(value, name, linesep)
    return f"{name}: {lines}{linesep}"


def _mailbox(name: str, address: str, linesep: str) -> str:
    if name.isascii():
        return formataddr((name, address))
    return f"{_encoded(name, 'From', linesep)}{linesep} <{address}>"


def _encoded(text: str, name: str, linesep: str) -> str:
    return Header(str(text), _CHARSET, header_name=name).encode(linesep=linesep)


def check_headers(message: EmailMessage, content: bytes) -> None:
    """Reads the headers in the bytes of a letter as a mail program does, which knows nothing of how they were folded.
    Raises HeaderLostError."""
    head, _, _ = content.decode("ascii", "replace").replace("\r\n", "\n").partition("\n\n")
    unfolded = re.sub(r"\n(?=[ \t])", "", head)
    read = dict(line.partition(": ")[::2] for line in unfolded.split("\n"))
    for name, meant in message.items():
        found = str(make_header(decode_header(read.get(name, ""))))
        if _bare(found) != _bare(meant):
            raise HeaderLostError(f"{name}: {meant!r} reads as {found!r}")


def _bare(value: str) -> list[str]:
    """Words without what merely surrounds a name or an address."""
    return value.translate(_AROUND).split()
