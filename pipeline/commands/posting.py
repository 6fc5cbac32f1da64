"""What sending needs of this computer and of its user: a password, and patience."""

import time

from pipeline.commands import console
from pipeline.sending.delivery import require_ready
from pipeline.sending.password import mail_password
from pipeline.sending.patience import Patience
from pipeline.settings import Settings
from pipeline.wording import count

_SECOND = ("секунду", "секунды", "секунд")


def ready_to_send(settings: Settings) -> str | None:
    """The password, where all is there that sending needs; known before the work. Raises UsageError."""
    password = mail_password(settings.mail)
    require_ready(settings.mail, password)
    return password


def patient() -> Patience:
    """Waits as the server asks, and says so."""
    return Patience(sleep=_pause)


def _pause(seconds: float) -> None:
    console.say(f"Не все письма ушли: новая попытка через {count(round(seconds), _SECOND)}.")
    time.sleep(seconds)
