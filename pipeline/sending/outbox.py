"""Letters as files: `<as-of>/outbox/*.eml` wait, `<as-of>/sent/*.eml` have gone.

A letter is made of its contents alone: the same letter gives the same bytes, whenever it is made.
"""

import hashlib
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import NamedTuple, Protocol

from pipeline.files import Outputs
from pipeline.sending.headers import LOSSLESS, check_headers

OUTBOX = "outbox"
SENT = "sent"

DRAFT_HEADER = "X-Unsent"  # Outlook and Thunderbird open such a file ready to be edited and sent


class Attachment(NamedTuple):
    name: str  # Latin letters: mail programs and servers still damage others
    content: bytes
    media_type: str  # `application/pdf`


@dataclass(frozen=True)
class Letter:
    """`to`: addresses without names; those that are none are left out by `compose`, with a reason."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class Refusal(NamedTuple):
    """An address that a letter does not reach, and why: a Russian clause."""

    address: str
    reason: str


@dataclass(frozen=True)
class Waiting:
    """One letter in an outbox. `path` is its file, `as_of` the date of its folder."""

    path: Path
    as_of: date
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def recipients(self) -> tuple[str, ...]:
        return tuple(mailbox.addr_spec for mailbox in self.message["To"].addresses) if self.message["To"] else ()

    def key(self, recipient: str) -> str:
        return letter_key(self.message, self.as_of, recipient)


class SentBook(Protocol):
    """What knows which letters have gone: the journal."""

    def sent(self, key: str) -> datetime | None: ...

    def mark_sent(self, key: str, when: datetime, recipient: str, subject: str, as_of: date) -> None: ...


def compose(letter: Letter, as_of: date, sender: str = "") -> tuple[bytes, list[Refusal]]:
    """The letter as the bytes of an .eml file, and the addresses left out of it.

    Without a `sender` it is a draft: a mail program opens it ready to be sent from the user's own address. Raises
    HeaderLostError where a header would not read as it is meant.
    """
    recipients, refusals = sorted_out(letter.to)
    message = _message(letter)
    if recipients:
        message["To"] = ", ".join(recipients)
    message["Date"] = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    message["Message-ID"] = f"<{letter_key(message, as_of, ', '.join(recipients))[:32]}@svod.invalid>"
    if sender:
        message["From"] = sender
    else:
        message[DRAFT_HEADER] = "1"
    _fix_boundaries(message)
    content = message.as_bytes()
    check_headers(message, content)
    return content, refusals


def read(content: bytes) -> EmailMessage:
    """The bytes of an .eml file as a message."""
    return BytesParser(EmailMessage, policy=LOSSLESS).parsebytes(content)  # type: ignore[return-value]


def waiting(output: Path, as_of: date | None = None) -> Iterator[Waiting]:
    """The letters that wait in the outboxes below the output folder, oldest date first; of one date if one is given."""
    for folder in sorted(output.glob(f"*/{OUTBOX}")):
        try:
            day = date.fromisoformat(folder.parent.name)
        except ValueError:
            continue  # not a folder of ours
        if as_of in (None, day):
            for path in sorted(folder.glob("*.eml")):
                yield Waiting(path, day, read(path.read_bytes()))


def number_waiting(output: Path, as_of: date) -> int:
    """How many letters of that date wait."""
    return sum(1 for _ in (output / as_of.isoformat() / OUTBOX).glob("*.eml"))


def has_gone(content: bytes, as_of: date, journal: SentBook) -> bool:
    """Have all recipients got the letter of these bytes? Then it need not wait in the outbox again."""
    letter = Waiting(Path(), as_of, read(content))
    return bool(letter.recipients) and all(journal.sent(letter.key(address)) for address in letter.recipients)


def outgoing(message: EmailMessage, sender: str, when: datetime) -> bytes:
    """The letter as it leaves: from the office's address, dated with its sending, no draft any more."""
    sent = deepcopy(message)
    for header, value in (("From", sender), ("Date", when), (DRAFT_HEADER, None)):
        del sent[header]
        if value is not None:
            sent[header] = value
    return sent.as_bytes()


def place_in_sent(outputs: Outputs, output: Path, letter: Waiting, content: bytes) -> None:
    """Puts the letter as it left into `sent/`, beside earlier ones of its name, and takes it out of the outbox."""
    folder = letter.path.parent.with_name(SENT)
    place = folder / letter.path.name
    n = 2
    while place.exists():
        place = folder / f"{letter.path.stem}-{n}.eml"
        n += 1
    outputs.add(place.relative_to(output), content)
    outputs.commit()
    letter.path.unlink()


def letter_key(message: EmailMessage, as_of: date, recipient: str) -> str:
    """What the journal knows a letter to one recipient by: his address, the date, subject and contents.

    Draft or not, whoever sends it and whenever: the key stays the same.
    """
    told = "\n".join((recipient.casefold(), as_of.isoformat(), _content_digest(message)))
    return hashlib.sha256(told.encode()).hexdigest()


def sorted_out(addresses: Sequence[str]) -> tuple[list[str], list[Refusal]]:
    """Usable addresses, each once, and the others with their reasons."""
    usable: dict[str, None] = {}
    refusals = []
    for address in addresses:
        try:
            usable[checked_address(address)] = None
        except ValueError as error:
            refusals.append(Refusal(address, str(error)))
    return list(usable), refusals


def checked_address(text: str) -> str:
    """The address as a mail server wants it, all ASCII. Raises ValueError with a Russian clause."""
    try:
        mailbox = Address(addr_spec=text.strip())
        domain = mailbox.domain.encode("idna").decode("ascii")
    except (MessageError, ValueError, IndexError):
        raise ValueError("это не адрес электронной почты") from None
    if not mailbox.username or not domain or "." not in domain:
        raise ValueError("это не адрес электронной почты")
    return Address(username=mailbox.username, domain=domain).addr_spec


def _message(letter: Letter) -> EmailMessage:
    """Subject and contents, without a header that depends on who sends it."""
    message = EmailMessage(LOSSLESS)
    message["Subject"] = " ".join(_encodable(letter.subject).split())  # a line break would begin a header of its own
    message.set_content(_encodable(letter.text), cte="base64")
    message.add_alternative(_encodable(letter.html), subtype="html", cte="base64")
    for attachment in letter.attachments:
        maintype, subtype = attachment.media_type.split("/")
        message.add_attachment(attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name)
    return message


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _content_digest(message: EmailMessage) -> str:
    """Of the subject and all that the letter carries, as its reader gets it."""
    digest = hashlib.sha256(str(message["Subject"]).encode())
    for part in message.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)  # what `decode` gives for a part without parts
            heading = f"\n{part.get_content_type()} {part.get_filename()} {len(payload)}\n"
            digest.update(heading.encode() + payload)
    return digest.hexdigest()


def _fix_boundaries(message: EmailMessage) -> None:
    """Between the parts of a letter the library puts random lines; ours follow from the contents."""
    digest = _content_digest(message)[:32]
    for n, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"svod-{digest}-{n}")
