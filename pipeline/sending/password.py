"""Where a password is kept: the environment, the system's keyring, or a file that its owner alone can read.

The one place of the stages that looks at the environment: whoever needs a password asks here, and no one else.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.settings import PASSWORD_VARIABLE, Mail
from schemas.strict import UsageError

SERVICE = "svod"  # by which the keyring knows it


class Found(NamedTuple):
    """`where`: a Russian clause."""

    password: str
    where: str


def find_password(variable: str, account: str, file: str) -> Found | None:
    """The first that there is: the environment's `variable`, the keyring's for `account` (`user@host`), the first line
    of `file`. Raises UsageError where the file is named and cannot be used."""
    return next(_places(variable, account, file), None)


def mail_password(mail: Mail) -> str | None:
    """None where there is none. Raises UsageError."""
    found = _of_mail(mail)
    return found.password if found else None


def found_where(mail: Mail) -> str:
    """Where the password of the mail is found, a Russian clause; blank where none is needed. Raises UsageError."""
    found = _of_mail(mail)
    require_password(mail, found.password if found else None)
    return found.where if found else ""


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


def _of_mail(mail: Mail) -> Found | None:
    return find_password(PASSWORD_VARIABLE, _account(mail), mail.password_file)


def _account(mail: Mail) -> str:
    return f"{mail.user}@{mail.host}"


def _places(variable: str, account: str, file: str) -> Iterator[Found]:
    if password := os.environ.get(variable):
        yield Found(password, f"в переменной окружения {variable}")
    if password := _in_keyring(account):
        yield Found(password, f"в хранилище паролей системы ({SERVICE} {account})")
    if file:
        yield Found(_in_file(Path(file)), f"в файле {file}")


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
