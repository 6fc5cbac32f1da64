"""What a folder of results was made from: `manifest.json`, by which two of them are compared (docs/operations.md)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import msgspec

from pipeline.settings import Settings
from schemas.form import Form
from schemas.reports import FileRead

FILE = "manifest.json"


def manifest(
    as_of: date,
    form: Form,
    settings: Settings,
    version: str,
    registry: Path | None,
    reads: Iterable[FileRead],
    outputs: Mapping[str, str],
) -> bytes:
    """The manifest as JSON: no moment, no path of this computer, so that the same input gives the same bytes.

    `outputs`: file, relative to the folder -> digest. A digest of null: the file could not be read, or is not there.
    """
    told = {
        "as_of": as_of.isoformat(),
        "form": {"id": form.id, "version": form.version, "digest": digest(_canonical(form))},
        "inputs": {read.file: read.digest or None for read in reads},
        "outputs": dict(outputs),
        "program": version,
        "registry": digest_of_file(registry),
        "settings": that_count(settings),
    }
    return (json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8")


def that_count(settings: Settings) -> dict[str, object]:
    """The settings that can change a figure: none of the mail's, and the form stands for itself."""
    values: dict[str, object] = msgspec.to_builtins(settings)
    return {key: value for key, value in values.items() if key not in ("form", "mail")}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _canonical(form: Form) -> bytes:
    """What the form says, whatever its file looks like."""
    return msgspec.json.encode(form, order="sorted")


def digest_of_file(path: Path | None) -> str | None:
    """None where there is no such file."""
    if path is None:
        return None
    try:
        return digest(path.read_bytes())
    except OSError:  # taken away since it was read
        return None
