"""What a user is told when a command fails: one Russian sentence, and the exit code."""

import errno
import sqlite3
import sys
from typing import NamedTuple

from pipeline import INTERRUPTED
from pipeline.files import OutputError, cause_of
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.wording import shortened
from pipeline.workers import WorkersError
from schemas.strict import UsageError

WRONG_USE, FAILED = 2, 3
_OF_THE_NAME = (errno.ENAMETOOLONG, errno.ELOOP)
_LONGEST_NAME = 100  # letters
LETTERS_LEFT = 4  # all else was done
_OF_THE_DISK = tuple(f"SQLITE_{what}" for what in ("FULL", "READONLY", "BUSY", "LOCKED", "CANTOPEN", "IOERR"))


class Refusal(NamedTuple):
    sentence: str
    code: int


def refusal(error: BaseException) -> Refusal:
    """A user's mistake, a failed run, or a mistake of ours: that is not hidden, but told in the user's language. With
    --debug the error goes on, so that the whole way of it is shown."""
    if "--debug" in sys.argv:
        raise error
    return told(error)


def told(error: BaseException) -> Refusal:
    """What is said of it."""
    match error:
        case UsageError():
            return Refusal(str(error), WRONG_USE)
        case OutputError():
            return Refusal(str(error), FAILED)
        case OSError() if cause := cause_of(error):
            where = f" «{shortened(str(error.filename), _LONGEST_NAME)}»" if error.filename else ""
            said = f"Не удалось прочитать или записать{where}: {cause}. Исправьте это и запустите снова."
            return Refusal(said, WRONG_USE if error.errno in _OF_THE_NAME else FAILED)
        case sqlite3.OperationalError() if getattr(error, "sqlite_errorname", "").startswith(_OF_THE_DISK):
            why = "нет места, нет прав на запись или его держит другая программа"
            return Refusal(f"Не удалось записать журнал {JOURNAL}: {why}. Исправьте это и запустите снова.", FAILED)
        case UnicodeEncodeError() if sys.getfilesystemencoding() != "utf-8":
            return Refusal(
                "Система не принимает русские имена файлов: запустите Свод с переменной PYTHONUTF8=1.", WRONG_USE
            )
        case WorkersError():
            why = "читающий процесс не запустился: компьютер занят или не хватает памяти"
            return Refusal(f"Свод не сделан, {why}. Закройте лишние программы и запустите снова.", FAILED)
        case KeyboardInterrupt():
            return Refusal(INTERRUPTED, FAILED)
        case _:
            kind = type(error).__name__
            return Refusal(f"Сбой программы ({kind}): повторите с --debug и передайте текст разработчику.", FAILED)
