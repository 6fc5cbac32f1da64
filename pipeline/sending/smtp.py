"""One letter to one recipient over a mail server: always encrypted, the certificate verified, and afterwards it is
known whether it has gone, has not, or may have."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.sending.patience import Answer, Outcome, Patience
from pipeline.settings import Mail
from pipeline.wording import shortened
from schemas.strict import UsageError

# Said to the server as the name of this computer: its own may hold Cyrillic letters, which smtplib cannot say.
HELLO = "[127.0.0.1]"
_LAST_DOT = b".\r\n"
_READY_FOR_DATA = 354
_CLOSING = 421
_PIECE = 2**16  # bytes of a letter that are said at once


class MailServer:
    """The connection is made for the first letter, and again when it broke. A server that cannot be reached, does not
    let us in or is silent is not asked again: every letter left would wait for the same."""

    def __init__(self, mail: Mail, password: str | None, patience: Patience) -> None:
        self._mail = mail
        self._password = password
        self._patience = patience
        self._tls = tls_context(mail)
        self._server: smtplib.SMTP | None = None
        self._barred: Answer | None = None
        self.for_good = False  # trying again without a person's doing would meet the same

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server and kind is None:
            with suppress(OSError):
                self._server.quit()
        self._hang_up()

    def send(self, content: bytes, recipient: str, about_to: Callable[[], object]) -> Answer:
        """Hands one letter over; whatever happens, the next may be tried. `about_to` is called when the server would
        have it, before any of it is said: what it raises is raised, and nothing is sent."""
        if not self._server and not self._barred:
            self._open()
        if self._barred or not self._server:
            assert self._barred
            return self._barred
        try:
            refused = self._addressed(self._server, content, recipient)
        except OSError as error:  # those of smtplib and ssl are OSErrors too
            return self._broken(error)
        if refused:
            return refused
        try:
            about_to()
        except BaseException:
            self._hang_up()
            raise
        return self._handed_over(self._server, content)

    def _addressed(self, server: smtplib.SMTP, content: bytes, recipient: str) -> Answer | None:
        """Who writes to whom; what speaks against it."""
        size = [f"size={len(content)}"] if server.has_extn("size") else []
        said = server.mail(self._mail.sender_address, size)
        if said[0] // 100 != 2:
            answer = self._refused(said, "сервер не принял отправителя: проверьте mail.sender ({})")
            return self._bar(answer.reason, for_good=True) if answer.outcome is Outcome.REFUSED else answer
        said = server.rcpt(recipient)
        if said[0] // 100 != 2:
            return self._refused(said, "сервер не принял адрес: {}")
        return None

    def _handed_over(self, server: smtplib.SMTP, content: bytes) -> Answer:
        """The letter itself. Until its last dot is said the server has nothing that it could deliver."""
        try:
            said = server.docmd("DATA")
            if said[0] != _READY_FOR_DATA:
                return self._refused(said, "сервер не принял письмо ({})")
            stuffed = _stuffed(content)
            for start in range(0, len(stuffed), _PIECE):  # each has the time of an answer
                server.send(stuffed[start : start + _PIECE])
        except OSError as error:
            return self._broken(error)
        try:
            server.send(_LAST_DOT)
            assert server.sock
            server.sock.settimeout(self._patience.after_dot)
            said = server.getreply()
            server.sock.settimeout(self._patience.timeout)
        except OSError as error:
            self._hang_up()
            silent = _is_silence(error)
            why = f"не ответил за {self._patience.after_dot:g} с" if silent else "прервал связь"
            unknown = f"сервер получил письмо целиком и {why}: дошло ли оно, неизвестно"
            if silent:
                self._bar("сервер не отвечает, письмо не передано", for_good=True)
            return Answer(Outcome.UNKNOWN, unknown)
        if said[0] // 100 == 2:
            return Answer(Outcome.SENT)
        if said[0] // 100 in (4, 5):
            return self._refused(said, "сервер не принял письмо ({})")
        self._hang_up()
        reply = _reply(*said)
        return Answer(Outcome.UNKNOWN, f"ответ сервера на письмо непонятен ({reply}): дошло ли оно, неизвестно")

    def _refused(self, said: tuple[int, bytes], why: str) -> Answer:
        """An answer that is no consent: that of a server which closes or is busy may be another one later."""
        code, _ = said
        if code == _CLOSING or code < 0:
            self._hang_up()
        elif self._server:
            try:
                self._server.rset()
            except OSError:
                self._hang_up()
        outcome = Outcome.REFUSED if code // 100 == 5 else Outcome.WAITS
        return Answer(outcome, why.format(_reply(*said)))

    def _broken(self, error: OSError) -> Answer:
        """The connection broke before the server had the whole letter."""
        self._hang_up()
        reason = _reason(error, self._patience.timeout)
        return self._bar(reason) if _is_silence(error) else Answer(Outcome.WAITS, reason)

    def _open(self) -> None:
        try:
            self._server = _logged_in(self._mail, self._password, self._tls, self._patience.timeout)
        except OSError as error:
            self._bar(_reason(error, self._patience.timeout), for_good=_is_for_a_person(error))

    def _bar(self, reason: str, *, for_good: bool = False) -> Answer:
        """Letters that are left wait: the server is not asked for them."""
        self._barred = Answer(Outcome.WAITS, reason)
        self.for_good = for_good
        return self._barred

    def _hang_up(self) -> None:
        if self._server:
            self._server.close()
            self._server = None


def _is_for_a_person(error: OSError) -> bool:
    """Certificates, encryption, a log-in that is refused or not offered."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code // 100 == 5
    return isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError)


def _is_silence(error: BaseException) -> bool:
    """smtplib says of a timeout that the connection was lost."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _stuffed(content: bytes) -> bytes:
    """As it goes over the line: no line of it is the last dot, and a line's end stands before that."""
    stuffed = re.sub(rb"(?m)^\.", b"..", content)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _logged_in(mail: Mail, password: str | None, tls: ssl.SSLContext, timeout: float) -> smtplib.SMTP:
    server: smtplib.SMTP
    if mail.security == "tls":
        server = smtplib.SMTP_SSL(mail.host, mail.server_port, HELLO, timeout=timeout, context=tls)
    else:
        server = smtplib.SMTP(mail.host, mail.server_port, HELLO, timeout=timeout)
    try:
        if mail.security == "starttls":
            server.starttls(context=tls)  # a server that does not offer it is an error: nothing goes in the clear
        server.ehlo_or_helo_if_needed()
        if mail.user and password:
            server.login(mail.user, password)
    except OSError:
        server.close()
        raise
    return server


def tls_context(mail: Mail) -> ssl.SSLContext:
    """The system's trusted certificates and the office's own. Raises UsageError."""
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


def _reason(error: OSError, timeout: float) -> str:
    """What went wrong, as a Russian clause that says where to look."""
    match error:
        case smtplib.SMTPAuthenticationError():
            reply = _reply(error.smtp_code, error.smtp_error)
            return f"сервер не принял имя или пароль: проверьте mail.user и пароль ({reply})"
        case smtplib.SMTPNotSupportedError() if "STARTTLS" in str(error):
            return 'сервер не предлагает STARTTLS: укажите mail.security = "tls" или другой mail.port'
        case smtplib.SMTPNotSupportedError():
            return "сервер не принимает входа по паролю: проверьте mail.host и mail.user"
        case smtplib.SMTPResponseException():
            return f"сервер не готов принимать письма ({_reply(error.smtp_code, error.smtp_error)})"
        case _ if _is_silence(error):
            return f"сервер не ответил за {timeout:g} с: проверьте mail.host, mail.port и сеть"
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
        case _:
            return "нет связи с сервером: проверьте mail.host, mail.port и сеть"


def _reply(code: int, text: bytes | str) -> str:
    """The server's own words, on one line."""
    said = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return shortened(f"{code} {''.join(c if c.isprintable() else ' ' for c in said)}", 120)
