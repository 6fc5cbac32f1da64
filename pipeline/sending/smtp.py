"""Letters from the outboxes to a mail server: always encrypted, the certificate verified, nothing sent twice."""

import smtplib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.files import Outputs
from pipeline.sending.outbox import Refusal, SentBook, Waiting, outgoing, place_in_sent, sorted_out, waiting
from pipeline.settings import PASSWORD_VARIABLE, Mail
from pipeline.wording import shortened
from schemas.strict import UsageError

TIMEOUT = 30  # seconds that the server may take for an answer
# Said to the server as the name of this computer: its own may hold Cyrillic letters, which smtplib cannot say.
HELLO = "[127.0.0.1]"


class Fate(StrEnum):
    SENT = "отправлено"
    SENT_BEFORE = "уже отправлено раньше"
    TO_SEND = "ждёт отправки"  # in a dry run
    NOT_SENT = "не отправлено"


@dataclass(frozen=True)
class Delivery:
    """What became of one letter. `to`: whom it reached now (in a dry run: whom it would reach)."""

    letter: str  # its file, relative to the output folder
    subject: str
    fate: Fate
    to: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()  # whom it did not reach


def deliver(
    output: Path, mail: Mail, password: str | None, journal: SentBook, now: datetime, as_of: date | None, dry_run: bool
) -> list[Delivery]:
    """Sends what waits in the outboxes (of one date, if given) to those who have not got it yet.

    A letter that has reached all its recipients moves to `sent/`; another stays and is tried again the next time.
    `dry_run` opens no connection and changes nothing. Raises UsageError where the settings do not suffice.
    """
    if dry_run:
        addressed = (_addressed(file, journal) for file in waiting(output, as_of))
        return [_delivery(output, letter, letter.due, letter.unusable, Fate.TO_SEND) for letter in addressed]
    _require_settings(mail, password)
    deliveries = []
    with Outputs(output) as outputs, MailServer(mail, password) as server:
        for file in waiting(output, as_of):
            letter = _addressed(file, journal)
            content = outgoing(file.message, mail.sender, letter.sent_at or now)
            refused = server.send(content, letter.due) if letter.due else ()
            missed = {refusal.address for refusal in refused}
            reached = tuple(address for address in letter.due if address not in missed)
            for address in reached:  # before the next letter is sent: a run killed here sends nothing twice
                journal.mark_sent(file.key(address), now, address, file.subject, file.as_of)
            refusals = letter.unusable + refused
            if not refusals:
                place_in_sent(outputs, output, file, content)
            deliveries.append(_delivery(output, letter, reached, refusals, Fate.SENT))
    return deliveries


class MailServer:
    """The connection is made for the first letter, and again when it broke. A server that cannot be reached or does
    not let us in is not asked again: every letter left would wait for the same refusal."""

    def __init__(self, mail: Mail, password: str | None) -> None:
        self._mail = mail
        self._password = password
        self._tls = _tls_context(mail)
        self._server: smtplib.SMTP | None = None
        self._barred = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            with suppress(OSError):
                self._server.quit()

    def send(self, content: bytes, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        """Hands one letter over and gives those whom it does not reach; whatever happens, the next may be tried."""
        if not self._server and not self._barred:
            self._open()
        if not self._server:
            return _to_all(recipients, self._barred)
        try:
            refused = self._server.sendmail(self._mail.sender_address, recipients, content)
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except OSError as error:  # those of smtplib and ssl are OSErrors too
            self._server.close()
            self._server = None
            return _to_all(recipients, _reason(error))
        return tuple(Refusal(address, f"сервер не принял адрес: {_reply(*said)}") for address, said in refused.items())

    def _open(self) -> None:
        try:
            self._server = _logged_in(self._mail, self._password, self._tls)
        except OSError as error:
            self._barred = _reason(error)


def _logged_in(mail: Mail, password: str | None, tls: ssl.SSLContext) -> smtplib.SMTP:
    server: smtplib.SMTP
    if mail.security == "tls":
        server = smtplib.SMTP_SSL(mail.host, mail.server_port, HELLO, timeout=TIMEOUT, context=tls)
    else:
        server = smtplib.SMTP(mail.host, mail.server_port, HELLO, timeout=TIMEOUT)
    try:
        if mail.security == "starttls":
            server.starttls(context=tls)  # a server that does not offer it is an error: nothing goes in the clear
        if mail.user and password:
            server.login(mail.user, password)
    except OSError:
        server.close()
        raise
    return server


def _tls_context(mail: Mail) -> ssl.SSLContext:
    """The system's trusted certificates and the office's own."""
    context = ssl.create_default_context()
    if mail.ca_file:
        try:
            context.load_verify_locations(mail.ca_file)
        except OSError:
            raise UsageError(
                f"Файл сертификата {Path(mail.ca_file).name} (настройки, ключ mail.ca_file) не читается: "
                "нужен файл в виде PEM."
            ) from None
    return context


def _require_settings(mail: Mail, password: str | None) -> None:
    if not mail.configured:
        raise UsageError("Почта не настроена: укажите в settings.toml раздел [mail] с ключами host и sender.")
    if mail.user and not password:
        raise UsageError(f"Нет пароля почты: задайте переменную окружения {PASSWORD_VARIABLE}.")
    if not f"{mail.user}{password or ''}".isascii():
        raise UsageError(
            f"В имени (mail.user) или в пароле почты ({PASSWORD_VARIABLE}) стоит не латинская буква: исправьте."
        )


@dataclass(frozen=True)
class _Addressed:
    """A waiting letter: who is still to get it, which of its addresses are none, since when all others have it."""

    file: Waiting
    due: tuple[str, ...]
    unusable: tuple[Refusal, ...]
    sent_at: datetime | None


def _addressed(file: Waiting, journal: SentBook) -> _Addressed:
    usable, unusable = sorted_out(file.recipients)
    if not file.recipients:
        unusable = [Refusal("", "в письме нет получателей: заполните лист «Рассылка» в реестре")]
    times = {address: journal.sent(file.key(address)) for address in usable}
    due = tuple(address for address, time in times.items() if time is None)
    known = [time for time in times.values() if time is not None]
    return _Addressed(file, due, tuple(unusable), max(known, default=None) if not due else None)


def _delivery(
    output: Path, letter: _Addressed, reached: tuple[str, ...], refusals: tuple[Refusal, ...], fate: Fate
) -> Delivery:
    """`fate` is what the letter has met if it reached anybody."""
    if not reached:
        fate = Fate.NOT_SENT if refusals else Fate.SENT_BEFORE
    name = letter.file.path.relative_to(output).as_posix()
    return Delivery(name, letter.file.subject, fate, reached, refusals)


def _to_all(recipients: Sequence[str], reason: str) -> tuple[Refusal, ...]:
    return tuple(Refusal(address, reason) for address in recipients)


def _reason(error: OSError) -> str:
    """What went wrong, as a Russian clause that says where to look."""
    match error:
        case smtplib.SMTPAuthenticationError():
            reply = _reply(error.smtp_code, error.smtp_error)
            return f"сервер не принял имя или пароль: проверьте mail.user и {PASSWORD_VARIABLE} ({reply})"
        case smtplib.SMTPNotSupportedError() if "STARTTLS" in str(error):
            return 'сервер не предлагает STARTTLS: укажите mail.security = "tls" или другой mail.port'
        case smtplib.SMTPNotSupportedError():
            return "сервер не принимает входа по паролю: проверьте mail.host и mail.user"
        case smtplib.SMTPSenderRefused():
            return f"сервер не принял отправителя: проверьте mail.sender ({_reply(error.smtp_code, error.smtp_error)})"
        case smtplib.SMTPResponseException():
            return f"сервер не принял письмо ({_reply(error.smtp_code, error.smtp_error)})"
        case smtplib.SMTPServerDisconnected():
            return "связь с сервером прервалась"
        case ssl.SSLCertVerificationError():
            return (
                "сертификату сервера нет доверия: проверьте mail.host или укажите сертификат в mail.ca_file "
                f"({error.verify_message})"
            )
        case ssl.SSLError():
            return "защищённое соединение не установлено: проверьте mail.port и mail.security"
        case socket.gaierror():
            return "сервер не найден: проверьте mail.host и сеть"
        case TimeoutError():
            return f"сервер не ответил за {TIMEOUT} с: проверьте mail.host, mail.port и сеть"
        case _:
            return "нет связи с сервером: проверьте mail.host, mail.port и сеть"


def _reply(code: int, text: bytes | str) -> str:
    """The server's own words, on one line."""
    said = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return shortened(f"{code} {''.join(c if c.isprintable() else ' ' for c in said)}", 120)
