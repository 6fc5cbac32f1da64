"""Letters saved as files: .eml, .msg of Outlook and .mbox: their attachments, who sent them, when they came.

What a letter shows itself is no attachment: its text, the pictures in it, signatures of mail programs.
"""

import email
import email.header
import email.message
import email.utils
import re
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from pipeline.reading.opening.guard import damaged
from pipeline.reading.opening.holders import Entry, Holder, Room
from schemas.remarks import remark

_OLE = b"\xd0\xcf\x11\xe0"
_NAMELESS = "вложение"
_LETTER = "письмо"
# Parts that mail programs add: signatures, cards, reports of delivery.
_OF_THE_PROGRAM = re.compile(
    r"application/(x-)?(pkcs7|pgp)-signature|text/(x-)?vcard|text/calendar|message/(?!rfc822).*"
)


def open_letter(data: bytes, room: Room) -> Holder:
    """`data`: what the look has called a letter. Raises Unreadable where it cannot be taken apart."""
    if data.startswith(_OLE):
        return _of_outlook(data, room)
    letters = _letters_of_box(data)
    if len(letters) == 1:
        return _of_mail(_parsed(letters[0]), room)
    room.take(len(letters), 0)
    digits = len(str(len(letters)))
    return Holder(Entry(f"{_LETTER} {n:0{digits}}", letter) for n, letter in enumerate(letters, start=1))


# ── .eml, .mbox ──────────────────────────────────────────────────────────────────────────────────────────

_BORDER = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From \S+[^\n]*\d{4}[^\n]*\r?\n(?=[!-9;-~]+:)")


def _letters_of_box(data: bytes) -> list[bytes]:
    """The letters of an .mbox; of another file itself."""
    if not data.startswith(b"From "):
        return [data]
    borders = list(_BORDER.finditer(data))
    if not borders:
        return [data.partition(b"\n")[2]]
    ends = [border.start() for border in borders[1:]] + [len(data)]
    return [data[border.end() : end] for border, end in zip(borders, ends, strict=True)]


def _parsed(data: bytes) -> email.message.Message:
    try:
        return email.message_from_bytes(data)
    except RecursionError:
        raise damaged("письмо вложено само в себя слишком много раз") from None


def _of_mail(letter: email.message.Message, room: Room) -> Holder:
    parts = list(_attached(letter))
    room.take(len(parts), 0)  # it holds no more than its own bytes
    return Holder(
        (_entry(part, n, room) for n, part in enumerate(parts, start=1)),
        _last_taken(letter.get_all("Received", [])),
        _moments(letter.get_all("Date", [])[:1]),
        _address(_header(letter, "From")),
    )


def _attached(letter: email.message.Message) -> Iterator[email.message.Message]:
    """The parts that are files, in the letter's order."""
    waiting: list[tuple[email.message.Message, bool]] = [(letter, False)]
    while waiting:
        part, shown = waiting.pop()
        kind = part.get_content_type()
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            related = kind == "multipart/related"
            waiting += reversed([(one, related or shown) for one in inner if isinstance(one, email.message.Message)])
        elif _is_file(part, kind, shown):
            yield part


def _is_file(part: email.message.Message, kind: str, shown: bool) -> bool:
    """`shown`: it stands among the parts of the letter's page."""
    if _OF_THE_PROGRAM.fullmatch(kind):
        return False
    if kind == "message/rfc822":
        return True
    named, attached = bool(part.get_filename()), part.get_content_disposition() == "attachment"
    if kind.startswith("image/"):
        return (attached or named) and not (shown and part["Content-ID"])
    return named or attached or not kind.startswith("text/")


def _entry(part: email.message.Message, n: int, room: Room) -> Entry:
    name = _decoded(part.get_filename() or "")
    inner = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(inner, list) and inner:
        letter = inner[0]
        assert isinstance(letter, email.message.Message)
        return Entry(name or f"{_header(letter, 'Subject') or f'{_LETTER} {n}'}.eml", _of_mail(letter, room))
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return Entry(name or f"{_NAMELESS} {n}", said=remark("FILE-DAMAGED", what="вложение в письме испорчено"))
    return Entry(name or f"{_NAMELESS} {n}", content)


def _header(letter: email.message.Message, name: str) -> str:
    return _decoded(str(letter.get(name, "")))


def _decoded(text: str) -> str:
    """«=?koi8-r?B?…?=» as people read it; as it stands where it cannot be decoded."""
    try:
        return " ".join(str(email.header.make_header(email.header.decode_header(text))).split())
    except (LookupError, ValueError, email.errors.HeaderParseError):
        return text


def _address(written: str) -> str:
    address = email.utils.parseaddr(written)[1]
    return address.casefold() if "@" in address else ""


def _last_taken(received: Sequence[str]) -> tuple[datetime, ...]:
    """When the last server that says so took the letter: servers write their lines above those of the sender."""
    return _moments([str(line).rpartition(";")[2] for line in received])[:1]


def _moments(said: Sequence[str]) -> tuple[datetime, ...]:
    return tuple(moment for moment in map(_moment, map(str, said)) if moment)


def _moment(said: str) -> datetime | None:
    try:
        found = email.utils.parsedate_to_datetime(said.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


# ── .msg ─────────────────────────────────────────────────────────────────────────────────────────────────

_BROKEN = "письмо Outlook испорчено или записано не до конца"
_DELIVERED = 0x0E06  # PidTagMessageDeliveryTime
_SHOWN_IN_TEXT = 0x3712  # PidTagAttachContentId: a picture of the letter's page
_FAULTS = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, struct.error)


def _of_outlook(data: bytes, room: Room) -> Holder:
    # imported here: few files need it
    from oxmsg import Message

    try:
        letter = Message.load(data)
        headers = {name.casefold(): value for name, value in letter.message_headers.items()}
        attached = [one for one in letter.attachments if not _is_shown(one)]
        entries = [_from_outlook(one, n) for n, one in enumerate(attached, start=1)]
        taken = _last_taken([headers[n] for n in ("received",) if n in headers])
        delivered, sent_date = letter.properties.date_prop_value(_DELIVERED), letter.sent_date
        times = (*taken, *([delivered] if delivered else []))
        sent = (*_moments([headers.get("date", "")]), *([sent_date] if sent_date else []))
        sender = _address(_decoded(str(letter.sender or "")))
    except _FAULTS:  # the library knows no damaged files
        raise damaged(_BROKEN) from None
    room.take(len(entries), 0)
    return Holder(iter(entries), times, sent, sender)


def _is_shown(attachment: object) -> bool:
    kind = str(attachment.mime_type or "")  # type: ignore[attr-defined]
    shown = attachment.properties.str_prop_value(_SHOWN_IN_TEXT)  # type: ignore[attr-defined]
    return bool(_OF_THE_PROGRAM.fullmatch(kind) or (kind.startswith("image/") and shown))


def _from_outlook(attachment: object, n: int) -> Entry:
    name = str(attachment.file_name or f"{_NAMELESS} {n}")  # type: ignore[attr-defined]
    content = attachment.file_bytes  # type: ignore[attr-defined]
    if content is None:
        return Entry(name, said=remark("FILE-LETTER", what="вложение Outlook, в котором нет самого файла"))
    return Entry(name, content)
