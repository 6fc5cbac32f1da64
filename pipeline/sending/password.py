"""Where a password is kept: the environment, the system's keyring, or a file that its owner alone can read.

Whoever needs a password asks here.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline.settings import FETCH_PASSWORD_VARIABLE, PASSWORD_VARIABLE, Fetch, Mail
from schemas.strict import UsageError

SERVICE = "svod"  # by which the keyring knows it


def find_password(variable: str, account: str, file: str) -> str | None:
    """The first that there is: the environment's `variable`, the keyring's for `account` (`user@host`), the first line
    of `file`. Raises UsageError where the file is named and cannot be used."""
    return next(_places(variable, account, file), None)


def mail_password(mail: Mail) -> str | None:
    """None where there is none. Raises UsageError."""
    return find_password(PASSWORD_VARIABLE, _account(mail), mail.password_file)


def fetch_password(fetch: Fetch) -> str | None:
    """Of the mailbox; None where there is none. Raises UsageError."""
    return find_password(FETCH_PASSWORD_VARIABLE, _account(fetch), fetch.password_file)


def require_password(mail: Mail, password: str | None) -> None:
    """Raises UsageError where the server asks for one and there is none that can be said to it."""
    if mail.user and not password:
        raise UsageError(
            f"Нет пароля почты: задайте переменную окружения {PASSWORD_VARIABLE}, сохраните его в хранилище паролей "
            f"системы (keyring set {SERVICE} {_account(mail)}) или назовите файл с ним в ключе mail.password_file."
        )
    if not f"{mail.user}{password or ''}".isascii():
        raise UsageError(
            f"В имени (mail.user) или в пароле почты ({PASSWORD_VARIABLE}) стоит не латинская буква: исправьте."
        )


def _account(of: Mail | Fetch) -> str:
    return f"{of.user}@{of.host}"


def _places(variable: str, account: str, file: str) -> Iterator[str]:
    if password := os.environ.get(variable):
        yield password
    if password := _in_keyring(account):
        yield password
    if file:
        yield _in_file(Path(file))


def _in_keyring(account: str) -> str:
    """Blank where there is none, or no keyring: under cron nobody has unlocked it."""
    try:
        import keyring  # brings the system's services: only whoever sends needs them
    except ImportError:
        return ""
    try:
        return keyring.get_password(SERVICE, account) or ""
    except Exception:  # each system's keyring has errors of its own, and any of them means that it tells nothing
        return ""


def _in_file(path: Path) -> str:
    said = f"Файл с паролем {path} (настройки, ключ password_file)"
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise UsageError(f"{said} не найден: создайте его или уберите ключ.") from None
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{said} не читается: нужен текстовый файл с паролем в первой строке.") from None
    if os.name == "posix" and mode & 0o077:
        raise UsageError(f"{said} открыт и другим пользователям: выполните chmod 600 «{path}».")
    password = lines[0].strip() if lines else ""
    if not password:
        raise UsageError(f"{said} пуст: впишите пароль в первую строку.")
    return password
