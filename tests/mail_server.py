"""A real mail server on this computer: encrypted, with a log-in; keeps what it receives and plays what servers do."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum, auto
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pipeline.memory.journal import Journal
from pipeline.settings import Mail

USER, PASSWORD = "svod", "a right password"


class Act(Enum):
    """What the server does in place of an answer."""

    DROP = auto()  # the connection breaks
    SILENCE = auto()


# Where a letter is, and to whom: MAIL, RCPT, DATA (it asks), BODY (it is let in), DOT (it has come
# whole), STORED (it is accepted, the answer not yet said). An answer, an act, or None for a server that is content.
Play = Callable[[str, str], "str | Act | None"]


def content(step: str, recipient: str) -> None:
    pass


class Post:
    """What the server does with letters: keeps them, refuses some recipients and some letters; `play` before that."""

    def __init__(self, play: Play = content) -> None:
        self.letters: list[Envelope] = []
        self.play = play
        self.slow = 0.0  # seconds before each answer

    async def played(self, server: SMTP, step: str, recipient: str) -> str | None:
        if self.slow:
            await asyncio.sleep(self.slow)
        match self.play(step, recipient):
            case Act.DROP:
                server.transport.abort()
                raise ConnectionResetError
            case Act.SILENCE:
                await asyncio.Event().wait()
            case str() as said:
                return said
        return None

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if said := await self.played(server, "MAIL", ""):
            return said
        if address.startswith("stranger"):
            return "550 5.7.1 not yours"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if said := await self.played(server, "RCPT", address):
            return said
        if address.startswith("unknown"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        if said := await self.played(server, "DOT", recipient):
            return said
        if b"unwanted@" in envelope.original_content:
            return "554 5.7.1 looks like spam"
        self.letters.append(envelope)
        if b"hang-up@" in envelope.original_content:
            server.transport.close()
        return await self.played(server, "STORED", recipient) or "250 OK"

    @property
    def received(self) -> list[list[str]]:
        """The recipients of each letter."""
        return [letter.rcpt_tos for letter in self.letters]


class _Server(SMTP):
    """Plays also where the handler is not asked: before a letter is let in, and while it comes."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if said := await self.event_handler.played(self, "DATA", self.envelope.rcpt_tos[0]):
            await self.push(said)
        else:
            await super().smtp_DATA(arg)

    async def push(self, status: str | bytes) -> None:
        await super().push(status)
        if status[:3] == "354":
            await self.event_handler.played(self, "BODY", self.envelope.rcpt_tos[0])


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


Serve = Callable[..., tuple[Post, Mail]]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    folder.mkdir()
    return folder


@pytest.fixture
def journal(output: Path) -> Iterator[Journal]:
    with Journal.open(output / "journal.db") as journal:
        yield journal


@pytest.fixture
def serve(authority: trustme.CA, ca_file: Path) -> Iterator[Serve]:
    """Starts a mail server and gives what it receives, with the settings that fit it."""
    with ExitStack() as stack:

        def start(security: str = "starttls", certified: str = "127.0.0.1", tls: bool = True) -> tuple[Post, Mail]:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            authority.issue_cert(certified).configure_cert(context)
            if security == "tls":
                encryption = {"ssl_context": context, "auth_require_tls": False}  # the port itself is encrypted
            else:
                encryption = {"tls_context": context if tls else None, "require_starttls": tls}
            post, port = Post(), free_port()
            server = _Controller(post, "127.0.0.1", port, authenticator=_authenticate, auth_required=tls, **encryption)
            server.start()
            stack.callback(server.stop)
            mail = Mail(
                host="127.0.0.1",
                port=port,
                security=security,  # type: ignore[arg-type]
                user=USER,
                sender="Свод <svod@example.ru>",
                ca_file=str(ca_file),
            )
            return post, mail

        yield start


@contextmanager
def serving(authority: trustme.CA) -> Iterator[tuple[Post, int]]:
    """A server with STARTTLS that is content with everything, and its port: for whoever is no test."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    post, port = Post(), free_port()
    encryption = {"tls_context": context, "require_starttls": True}
    server = _Controller(post, "127.0.0.1", port, authenticator=_authenticate, auth_required=True, **encryption)
    server.start()
    try:
        yield post, port
    finally:
        server.stop()


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
