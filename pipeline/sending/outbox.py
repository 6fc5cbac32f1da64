"""Letters as files: `<as-of>/outbox/*.eml` wait, `<as-of>/sent/*.eml` have gone, with whom each has reached.

A letter is made of its contents alone: the same letter gives the same bytes, whenever it is made.
"""

import glob
import hashlib
import itertools
from collections.abc import Container, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from pipeline.files import Outputs, safe_name
from pipeline.sending.headers import LOSSLESS, check_headers
from pipeline.sending.recipients import Refusal, mailbox, sorted_out

OUTBOX = "outbox"
SENT = "sent"
LEADERSHIP = "rukovodstvo"  # the name of leadership's letter
TO_SCHOOLS, REMINDERS = "shkola-", "napominanie-"  # how the names of letters to a school begin, before its code

DRAFT_HEADER = "X-Unsent"  # Outlook and Thunderbird open such a file ready to be edited and sent
# By these two headers outbox, `sent/` and journal speak of the same letter, whatever its file is called there.
NAME_HEADER = "X-Svod-Letter"
SAYS_HEADER = "X-Svod-Says"
SENT_TO_HEADER = "X-Svod-Sent-To"  # in `sent/` alone, above the letter as it left


class Attachment(NamedTuple):
    name: str  # Latin letters: mail programs and servers still damage others
    content: bytes
    media_type: str  # `application/pdf`


@dataclass(frozen=True)
class Letter:
    """`to`: addresses without names; those that are none are left out by `compose`, with a reason. `name`: of its file
    in the outbox, without suffix. `says`: what it tells, for a comparison; two letters of one name and date that say
    the same are one, however their bytes differ. Blank: all that it carries."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    name: str = field(kw_only=True)
    says: str = field(default="", kw_only=True)


class Waiting(msgspec.Struct, frozen=True):
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

    @property
    def name(self) -> str:
        return str(self.message[NAME_HEADER] or "")

    def key(self, recipient: str) -> str:
        return letter_key(self.message, self.as_of, recipient)

    def parcel(self, recipient: str) -> "Parcel":
        says = str(self.message[SAYS_HEADER] or "")
        return Parcel(self.key(recipient), recipient, self.subject, self.as_of, self.name, says)


class Parcel(NamedTuple):
    """A letter to one recipient. `name` and `says` are blank where the letter bears none."""

    key: str
    recipient: str
    subject: str
    as_of: date
    name: str
    says: str


class Telling(NamedTuple):
    """What was told in a letter that has gone, and when the run began that made it. `figures`: what a figure is of ->
    how it was said."""

    sent_at: datetime
    made: datetime
    figures: Mapping[str, str]


class SentBook(Protocol):
    """What knows which letters have gone: the journal (`pipeline.memory.post`). What writes raises OutputError."""

    def sent(self, key: str) -> datetime | None: ...

    def held(self, key: str) -> datetime | None: ...

    def said(self, as_of: date, name: str) -> list[str]: ...

    def about_to_send(self, parcel: Parcel, when: datetime) -> None: ...

    def mark_sent(self, parcel: Parcel, when: datetime) -> None: ...

    def mark_not_sent(self, key: str) -> None: ...

    def mark_refused(self, parcel: Parcel, when: datetime, words: str) -> None: ...


def compose(letter: Letter, as_of: date, sender: str = "") -> tuple[bytes, list[Refusal]]:
    """The letter as the bytes of an .eml file, and the addresses left out of it.

    Without a `sender` it is a draft: a mail program opens it ready to be sent from the user's own address. Raises
    HeaderLostError where a header would not read as it is meant.
    """
    recipients, refusals = sorted_out(letter.to)
    message = _message(letter)
    message[NAME_HEADER] = safe_name(letter.name)
    message[SAYS_HEADER] = _digest(letter.says) if letter.says else _content_digest(message)
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


def waiting(output: Path, as_of: date | None = None, *, whole: bool = True) -> Iterator[Waiting]:
    """The letters that wait in the outboxes below the output folder, oldest date first; of one date if one is given.

    Not `whole`: their headers alone, for whoever only asks which they are and whom they go to.
    """
    for folder in sorted(output.glob(f"*/{OUTBOX}")):
        try:
            day = date.fromisoformat(folder.parent.name)
        except ValueError:
            continue  # not a folder of ours
        if as_of in (None, day):
            yield from _in_folder(folder, day, whole=whole)


def put_in_outbox(letter: Letter, as_of: date, sender: str, journal: SentBook, outputs: Outputs) -> list[str]:
    """The letter as a file that waits, unless it has reached everybody. What waited under its name and tells what is
    no longer so is taken away; but a letter of which it is not known whether it has gone stays, beside the new one:
    only a person can say. Returns what is wrong with addresses."""
    content, refusals = compose(letter, as_of, sender)
    folder, name = Path(as_of.isoformat(), OUTBOX), safe_name(letter.name)
    made = Waiting(Path(), as_of, read(content.partition(b"\r\n\r\n")[0]))  # its headers tell which letter it is
    taken = set()
    for other in _in_folder(outputs.root / folder, as_of, name):
        is_another = other.key("") != made.key("")
        if other.name not in ("", name) or (is_another and is_held(other, journal)):
            taken.add(other.path.name)
        else:
            outputs.own_or_none(folder / other.path.name)
    if not has_gone(made, journal, outputs.root):
        outputs.add(folder / next(free for free in _names(name) if free not in taken), content)
    return [f"Письмо не уйдёт по адресу {address}: {reason}." for address, reason in refusals]


def withdraw(outputs: Outputs, as_of: date, beginning: str, keep: Container[str], journal: SentBook) -> None:
    """Takes away what waits under names that begin so and is no longer to be said, but for the names of `keep`; of a
    letter that is held only a person can say."""
    folder = Path(as_of.isoformat(), OUTBOX)
    for letter in _in_folder(outputs.root / folder, as_of, beginning):
        if letter.name.startswith(beginning) and letter.name not in keep and not is_held(letter, journal):
            outputs.own_or_none(folder / letter.path.name)


def has_gone(letter: Waiting, journal: SentBook, output: Path) -> bool:
    """Have all recipients got the letter? Then it need not wait in the outbox again."""
    left = {letter.key(address) for address in letter.recipients if not journal.sent(letter.key(address))}
    return bool(letter.recipients) and (not left or left <= kept_as_sent(output, letter).keys())


def is_held(letter: Waiting, journal: SentBook) -> bool:
    """Is it not known of somebody whether he has got the letter?"""
    return any(journal.held(letter.key(address)) for address in letter.recipients)


class Anew(NamedTuple):
    """What a letter says that always tells the newest, and the digest of what the letter before it said, which it
    corrects; blank for the first."""

    says: str
    corrects: str


def told_anew(says: str, said: Sequence[str]) -> Anew:
    """`said`: what the letters before it said, the last one last (`SentBook.said`).

    What was told, then corrected, and holds again is news: it differs by what it corrects from the letter that told it
    first. What was told last is none.
    """
    for corrects in ("", *said[:-1]):
        if said and said[-1] == _digest(_correcting(says, corrects)):
            return Anew(_correcting(says, corrects), corrects)
    corrects = said[-1] if said else ""
    return Anew(_correcting(says, corrects), corrects)


def is_told(says: str, said: Sequence[str]) -> bool:
    """Is that what the last letter said? `said`: as `told_anew` takes it."""
    return bool(said) and said[-1] == _digest(told_anew(says, said).says)


def _correcting(says: str, corrects: str) -> str:
    return f"{says}\n{corrects}" if corrects else says


def said_before(journal: SentBook, output: Path, as_of: date, name: str) -> list[str]:
    """What letters of that name said that have gone for that date, the last one last: as the journal knows, and
    where it was lost the letters themselves."""
    if known := journal.said(as_of, name):
        return known
    kept = (one for one in _in_folder(output / as_of.isoformat() / SENT, as_of, name) if one.name == name)
    return list(dict.fromkeys(str(one.message[SAYS_HEADER]) for one in sorted(kept, key=_left_at)))


def outgoing(message: EmailMessage, sender: str, when: datetime) -> bytes:
    """The letter as it leaves: from the office's address, dated with its sending, no draft any more."""
    sent = deepcopy(message)
    for header, value in (("From", sender), ("Date", when), (DRAFT_HEADER, None)):
        del sent[header]
        if value is not None:
            sent[header] = value
    return sent.as_bytes()


def keep_as_sent(outputs: Outputs, letter: Waiting, content: bytes, reached: Sequence[str]) -> None:
    """The letter as it left, in `sent/` beside earlier ones of its name, headed by all whom it has reached: `content`
    where none of them had got it before. Raises OutputError."""
    folder = letter.path.parent.with_name(SENT)
    place, n = folder / letter.path.name, 2
    while place.exists():
        kept = Waiting(place, letter.as_of, _headers(place))
        if kept.key("") == letter.key(""):
            content = _without_heading(place.read_bytes())
            reached = [*_reached(kept), *reached]
            break
        place = folder / f"{letter.path.stem}-{n}.eml"
        n += 1
    usable, _ = sorted_out(reached)
    heading = f"{SENT_TO_HEADER}: {', '.join(usable)}\r\n".encode()
    outputs.add(place.relative_to(outputs.root), heading + content)
    outputs.commit()


def kept_as_sent(output: Path, letter: Waiting) -> dict[str, datetime]:
    """Keys under which letters of that name and date lie in `sent/`, and when they left: a second witness beside the
    journal, which may be lost."""
    found = {}
    for kept in _in_folder(output / letter.as_of.isoformat() / SENT, letter.as_of, letter.name):
        for address in _reached(kept):
            found[kept.key(address)] = _left_at(kept)
    return found


def sent_letters(output: Path) -> Iterator[tuple[Parcel, datetime]]:
    """All that lie in `sent/`, to each whom they have reached, and when they left."""
    for folder in sorted(output.glob(f"*/{SENT}")):
        try:
            day = date.fromisoformat(folder.parent.name)
        except ValueError:
            continue  # not a folder of ours
        for kept in _in_folder(folder, day):
            for address in _reached(kept):
                yield kept.parcel(address), _left_at(kept)


def _reached(kept: Waiting) -> Sequence[str]:
    """A letter of an earlier version lies in `sent/` when it has reached all whom it names."""
    said = kept.message[SENT_TO_HEADER]
    return str(said).split(", ") if said else kept.recipients


def _without_heading(content: bytes) -> bytes:
    heading, _, rest = content.partition(b"\r\n")
    return rest if heading.startswith(SENT_TO_HEADER.encode()) else content


def _left_at(kept: Waiting) -> datetime:
    said = kept.message["Date"]
    left = said.datetime if said else None
    return left if left and left.tzinfo else datetime(kept.as_of.year, kept.as_of.month, kept.as_of.day, tzinfo=UTC)


def _in_folder(folder: Path, as_of: date, name: str = "", *, whole: bool = False) -> Iterator[Waiting]:
    """The letters in it whose file name begins so, by name."""
    for path in sorted(folder.glob(f"{glob.escape(name)}*.eml")):
        yield Waiting(path, as_of, read(path.read_bytes()) if whole else _headers(path))


def _headers(path: Path) -> EmailMessage:
    """All that tells what letter it is; of one that is known by its contents these too."""
    head = b""
    with path.open("rb") as file:
        while (line := file.readline()).strip():
            head += line
    message = read(head)
    return message if message[SAYS_HEADER] else read(path.read_bytes())


def _names(stem: str) -> Iterator[str]:
    """`a.eml`, and where that is taken `a~2.eml`, `a~3.eml`…"""
    yield f"{stem}.eml"
    yield from (f"{stem}~{n}.eml" for n in itertools.count(2))


def letter_key(message: EmailMessage, as_of: date, recipient: str) -> str:
    """What the journal knows a letter to one recipient by: his mailbox, the date, its name and what it says.

    Draft or not, whoever sends it and whenever: the key stays the same. One that bears no name (of a version that gave
    none, or a person's own) is known by its contents.
    """
    if message[SAYS_HEADER] is None:
        return _digest("\n".join((recipient.casefold(), as_of.isoformat(), _content_digest(message))))
    return _key(recipient, as_of, str(message[NAME_HEADER]), str(message[SAYS_HEADER]))


def keys_of(letter: Letter, as_of: date) -> tuple[str, ...]:
    """What the journal will know a letter by that says what it tells, each recipient's."""
    recipients, _ = sorted_out(letter.to)
    return tuple(_key(one, as_of, safe_name(letter.name), says_digest(letter)) for one in recipients)


def _key(recipient: str, as_of: date, name: str, says: str) -> str:
    return _digest("\n".join((mailbox(recipient), as_of.isoformat(), name, says)))


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


def says_digest(letter: Letter) -> str:
    """What the journal knows it by beside date and name, where the letter says what it tells."""
    return _digest(letter.says)


def _digest(text: str) -> str:
    return hashlib.sha256(_encodable(text).encode()).hexdigest()


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
