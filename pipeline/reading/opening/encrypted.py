"""Workbooks that Excel opens without asking: encrypted with the password that it tries before it asks for one.

A workbook saved with a password for changing it alone, or with its structure protected, is encrypted so ([MS-OFFCRYPTO]
2.3.7.6, [MS-XLS] 2.2.10). Whoever has sent it has set no password for opening it, and knows of none.
"""

from io import BytesIO

import msoffcrypto
import olefile

from pipeline.reading.opening.guard import Unreadable, unreadable

_TRIED_BY_EXCEL = "VelvetSweatshop"
_MOST_SPINS = 1_000_000  # rounds of hashing, a second or two; Excel writes 100 000
_LARGEST_DESCRIPTION = 100_000  # bytes; Excel's have some thousand
_INFO = "EncryptionInfo"


def decrypted(data: bytes) -> bytes:
    """The workbook in clear: a zip archive, or a compound file whose stream is no longer encrypted.

    Raises Unreadable (FILE-ENCRYPTED) where Excel would ask for a password.
    """
    try:
        _check_description(data)
        locked = msoffcrypto.OfficeFile(BytesIO(data))
        if getattr(locked, "info", {}).get("spinValue", 0) > _MOST_SPINS:
            raise unreadable("FILE-ENCRYPTED")
        locked.load_key(password=_TRIED_BY_EXCEL)
        locked.decrypt(clear := BytesIO())
        if locked.format == "ooxml" and not clear.getvalue().startswith(b"PK"):  # encrypted once more, and once more …
            raise unreadable("FILE-ENCRYPTED")
    except (MemoryError, Unreadable):
        raise
    except Exception:  # another password; and on damaged files the library raises whatever their bytes lead it to
        raise unreadable("FILE-ENCRYPTED") from None
    return clear.getvalue()


def _check_description(data: bytes) -> None:
    """Raises Unreadable where the XML that says how the file is encrypted is not as any office program writes it."""
    with olefile.OleFileIO(BytesIO(data)) as container:
        if container.exists(_INFO):
            description = container.openstream(_INFO).read()
            if len(description) > _LARGEST_DESCRIPTION or b"<!" in description:  # entities to be expanded
                raise unreadable("FILE-ENCRYPTED")
