"""Templates of pages and letters in HTML: whatever is put into them is escaped, and what is lacking raises."""

import sys
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from pickle import UnpicklingError

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket


def templates(folder: Path) -> Environment:
    """Those that lie in a folder of the program."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        bytecode_cache=None if sys.dont_write_bytecode else _kept_in(folder / "__pycache__"),
    )


def _kept_in(folder: Path) -> "_Compiled":
    """Jinja knows a compiled template by its text; by what else it was made, its name tells."""
    made_by = sha256(version("jinja2").encode() + Path(__file__).read_bytes()).hexdigest()
    return _Compiled(str(folder), f"%s-{made_by[:16]}.jinja")


class _Compiled(FileSystemBytecodeCache):
    """Templates once compiled, where Python keeps modules once compiled: to compile takes ten times as long as to fill
    one in. What cannot be kept, or was not kept whole, is compiled anew."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(EOFError, UnpicklingError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)
