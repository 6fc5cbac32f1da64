"""Templates of pages and letters in HTML: whatever is put into them is escaped, and what is lacking raises."""

import sys
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

_SEAL = sha256().digest_size


def templates(folder: Path) -> Environment:
    """Those that lie in a folder of the program."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        bytecode_cache=None if sys.dont_write_bytecode else _Compiled(folder),
    )


class _Compiled(BytecodeCache):
    """Templates once compiled, beside the modules that Python has compiled: to compile takes far longer than to fill
    one in. A seal tells what was not kept whole, or has changed: that is compiled anew, and so is what another version
    of Jinja or of this module has made. Where nothing can be kept, everything is."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(cache_from_source(str(folder / "page.py"))).parent
        self._made_by = sha256(version("jinja2").encode() + Path(__file__).read_bytes()).digest()

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            kept = self._place(bucket).read_bytes()
            seal, code = kept[:_SEAL], kept[_SEAL:]
            if seal == self._seal(code):
                bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        code = bucket.bytecode_to_string()
        with suppress(OSError):
            self._place(bucket).write_bytes(self._seal(code) + code)

    def _place(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.jinja"

    def _seal(self, code: bytes) -> bytes:
        return sha256(self._made_by + code).digest()
