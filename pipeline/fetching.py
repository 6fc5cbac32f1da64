"""New letters of a mailbox into a folder, by IMAP: always encrypted, the certificate verified, only read, none twice.

A letter lies in its folder whole before it is remembered as taken. One that was taken is not taken again, though its
file was moved or removed since, and though the server counts its letters anew.
"""

import email
import email.message
import hashlib
import imaplib
import os
import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from imap_tools import AND, BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls

from pipeline.files import OutputError, Outputs
from pipeline.settings import FETCH_PASSWORD_VARIABLE, Fetch
from pipeline.wording import NBSP, number
from schemas.strict import UsageError

FOLDER = "почта"  # in the input folder
TIMEOUT = 30  # seconds that the server may take for an answer
MB = 2**20
MOST = 100 * MB  # of one letter


class FetchedBook(Protocol):
    """What the journal remembers of letters taken."""

    def fetched(self, box: str, validity: int) -> frozenset[int]: ...

    def is_fetched(self, letter: str) -> bool: ...

    def mark_fetched(self, box: str, validity: int, uid: int, letter: str, file: str) -> None: ...


@dataclass(frozen=True)
class Fetched:
    """`files`: the letters taken now, relative to the input folder. `too_big`: what is to be said of those left."""

    files: tuple[str, ...]
    too_big: tuple[str, ...] = ()


def require_settings(fetch: Fetch, password: str | None) -> str:
    """The password. Raises UsageError where the settings do not suffice."""
    if not fetch.configured:
        raise UsageError("В настройках нет раздела [fetch] с ключом «host»: впишите, с какого сервера брать письма.")
    if not password:
        raise UsageError(
            f"Нет пароля почтового ящика: задайте его переменной окружения {FETCH_PASSWORD_VARIABLE}, сохраните его в "
            f"хранилище паролей системы (keyring set svod {fetch.user}@{fetch.host}) или назовите файл с ним в ключе "
            "fetch.password_file."
        )
    return password


def fetch_letters(input: Path, fetch: Fetch, password: str | None, journal: FetchedBook) -> Fetched:
    """Takes what is new. Raises UsageError where the settings do not suffice, OutputError where the server cannot be
    reached, does not let us in or breaks off: what was taken by then is taken."""
    password = require_settings(fetch, password)
    files, too_big = [], []
    try:
        with _mailbox(fetch, password) as mailbox, Outputs(input / FOLDER) as outputs:
            box = f"{fetch.user}@{fetch.host}/{fetch.folder}"
            validity = int(mailbox.client.response("UIDVALIDITY")[1][0])
            for uid in _new(mailbox, fetch, journal.fetched(box, validity)):
                size = _size(mailbox, uid)
                if size > MOST:
                    too_big.append(
                        f"Письмо № {uid} занимает {number(size // MB)}{NBSP}МБ и не взято: сохраните его сами."
                    )
                    continue
                content, came = _letter(mailbox, uid)
                if content is None:
                    continue  # it was removed meanwhile
                known = _identity(content)
                name = "" if journal.is_fetched(known) else _name(content, came)
                if name:
                    outputs.add(name, content)
                    for written in outputs.commit():
                        _dated(written.lies_at, came)
                    files.append(f"{FOLDER}/{name}")
                journal.mark_fetched(box, validity, uid, known, name and f"{FOLDER}/{name}")
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        raise OutputError(_refusal(error, fetch)) from error
    return Fetched(tuple(files), tuple(too_big))


def _mailbox(fetch: Fetch, password: str) -> BaseMailBox:
    """Logged in, its folder opened to be read only."""
    try:
        tls = ssl.create_default_context()
        if fetch.ca_file:
            tls.load_verify_locations(fetch.ca_file)
    except OSError as error:
        raise UsageError(
            f"Настройки, ключ fetch.ca_file: сертификат «{fetch.ca_file}» не читается ({error.strerror or error})."
        ) from error
    kind = MailBox if fetch.security == "tls" else MailBoxStartTls
    mailbox = kind(fetch.host, fetch.server_port, timeout=TIMEOUT, ssl_context=tls)
    if password.isascii() and fetch.user.isascii():
        mailbox.login(fetch.user, password, initial_folder=None)
    else:
        mailbox.login_utf8(fetch.user, password, initial_folder=None)
    mailbox.folder.set(fetch.folder, readonly=True)
    return mailbox


def _new(mailbox: BaseMailBox, fetch: Fetch, known: frozenset[int]) -> Iterator[int]:
    """Numbers of the letters that were not taken yet, in their order."""
    wanted = AND(date_gte=fetch.since) if fetch.since else "ALL"
    yield from sorted({int(uid) for uid in mailbox.uids(wanted)} - known)


def _size(mailbox: BaseMailBox, uid: int) -> int:
    _, answer = mailbox.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
    return _size_said(answer)


def _size_said(answer: Iterable[bytes | tuple[bytes, ...] | None]) -> int:
    """The size in a server's answer. Parts with a literal stand in it as tuples."""
    parts = (b" ".join(part) if isinstance(part, tuple) else part or b"" for part in answer)
    found = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(parts))
    return int(found[1]) if found else 0


def _letter(mailbox: BaseMailBox, uid: int) -> tuple[bytes | None, datetime | None]:
    """As it lies there, and when the server got it. PEEK: it stays as unread as it was."""
    _, answer = mailbox.client.uid("FETCH", str(uid), "(INTERNALDATE BODY.PEEK[])")
    for part in answer:
        if isinstance(part, tuple):
            came = imaplib.Internaldate2tuple(part[0])
            return part[1], datetime(*came[:6]) if came else None
    return None, None


def _dated(path: Path, came: datetime | None) -> None:
    """The file is as old as the letter on the server: where no line of the letter's head tells when it came, that is
    when it did."""
    if came:
        with suppress(OSError):  # a disk that keeps no such time: the letter is as old as its file then
            os.utime(path, (came.timestamp(), came.timestamp()))


def _identity(content: bytes) -> str:
    """By which a letter is known again: servers add lines to its head, and give it other numbers."""
    head = email.message_from_bytes(content.partition(b"\r\n\r\n")[0])
    named = f"{head.get('Message-ID', '')} {head.get('From', '')}".encode("utf-8", "replace")
    body = content.partition(b"\r\n\r\n")[2]
    return hashlib.sha256(named + b"\0" + hashlib.sha256(body).digest()).hexdigest()


def _name(content: bytes, came: datetime | None) -> str:
    """`2014-03-20-1a2b3c4d5e6f.eml`: nobody's address, for the name stands wherever results name a file."""
    day = f"{came:%Y-%m-%d}-" if came else ""
    return f"{day}{hashlib.sha256(content).hexdigest()[:12]}.eml"


def _refusal(error: Exception, fetch: Fetch) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = "сертификат сервера не проверен: впишите его в ключ fetch.ca_file или исправьте fetch.host"
    elif type(error).__name__ == "MailboxLoginError" or "AUTHENTICATIONFAILED" in str(error):
        why = "сервер не принял имя или пароль"
    elif type(error).__name__ == "MailboxFolderSelectError":
        why = f"в ящике нет папки «{fetch.folder}»"
    elif type(error).__name__ == "MailboxStarttlsError":
        why = "сервер не умеет защищать соединение (STARTTLS)"
    elif isinstance(error, OSError):
        why = f"сервер {fetch.host} не отвечает ({error.strerror or type(error).__name__})"
    else:
        why = f"сервер {fetch.host} прервал разговор ({type(error).__name__})"
    return f"Почта не прочитана: {why}. Исправьте это и повторите: python run.py fetch."
