"""A real IMAP server on this computer, Dovecot: encrypted, with a log-in, keeping what is put into its mailbox."""

import getpass
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from pipeline.settings import Fetch
from tests.mail_server import PASSWORD, free_port

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
USER = "otchet@example.ru"

_CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.key
disable_plaintext_auth = yes
auth_mechanisms = plain
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 0
mail_location = maildir:{home}/mail
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={mail_uid} gid={mail_gid} home={home}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Mailbox:
    """The mailbox, seen by whoever writes to it."""

    fetch: Fetch
    home: Path

    def put(self, *letters: bytes, folder: str = "INBOX") -> None:
        with self._open() as box:
            for letter in letters:
                assert box.append(folder, "", None, letter)[0] == "OK"  # type: ignore[arg-type]

    def seen(self) -> bytes:
        """Numbers of the letters that somebody has read."""
        with self._open() as box:
            box.select("INBOX", readonly=True)
            return bytes(box.search(None, "SEEN")[1][0])

    def number_anew(self) -> None:
        """As after a move to another server: the same letters under other numbers."""
        for name in (
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
            "dovecot-uidvalidity",
        ):
            for path in (self.home / "mail").rglob(f"{name}*"):
                path.unlink()

    def _open(self) -> imaplib.IMAP4_SSL:
        tls = ssl.create_default_context(cafile=self.fetch.ca_file)
        box = imaplib.IMAP4_SSL("127.0.0.1", self.fetch.server_port, ssl_context=tls, timeout=20)
        box.login(USER, PASSWORD)
        return box


Serve = Callable[..., Mailbox]


@pytest.fixture
def mailbox(authority: trustme.CA, ca_file: Path) -> Iterator[Serve]:
    """Starts the server and gives its mailbox, with the settings that fit it."""
    if DOVECOT is None:
        pytest.skip("there is no Dovecot here")
    with ExitStack() as stack:

        def start(security: str = "tls", certified: str = "127.0.0.1") -> Mailbox:
            home = Path(tempfile.mkdtemp(prefix="svod-imap-"))
            stack.callback(shutil.rmtree, home, ignore_errors=True)
            home.chmod(0o755)
            (home / "mail").mkdir()
            owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
            if os.getuid() == 0:
                os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
            certificate = authority.issue_cert(certified)
            certificate.cert_chain_pems[0].write_to_path(home / "server.pem")
            certificate.private_key_pem.write_to_path(home / "server.key")
            port, plain = free_port(), free_port()
            config = home / "dovecot.conf"
            (home / "users").write_text(f"{USER}:{PASSWORD}\n")
            me = "dovecot" if os.getuid() == 0 else getpass.getuser()
            group = "dovecot" if os.getuid() == 0 else str(os.getgid())
            config.write_text(
                _CONFIG.format(
                    home=home, user=me, group=group, port=port, plain_port=plain,
                    mail_uid=owner.pw_uid, mail_gid=owner.pw_gid,
                )
            )  # fmt: skip
            process = subprocess.Popen([str(DOVECOT), "-F", "-c", str(config)])
            stack.callback(_stop, process)
            chosen = port if security == "tls" else plain
            _wait(process, chosen, home / "log")
            fetch = Fetch(host="127.0.0.1", port=chosen, security=security, user=USER, ca_file=str(ca_file))  # type: ignore[arg-type]
            return Mailbox(fetch, home)

        yield start


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until it listens."""
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
    raise RuntimeError(log.read_text() if log.exists() else "dovecot did not start")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(20)
