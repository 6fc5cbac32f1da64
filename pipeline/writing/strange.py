"""What was understood only by tolerance, each with the ready line that would make it known."""

from collections.abc import Iterable

from schemas.district import Registry
from schemas.reports import FileRead

_HEAD = """\
# Написания, которых нет в списках Свода: они поняты по сходству. Чтобы сделать их известными, перенесите строки:
# spellings — в файл формы (schemas/form-*.toml) к пункту, названия школ — в реестр, столбец «Другие названия».
"""


def strange_toml(reads: Iterable[FileRead], registry: Registry) -> bytes:
    """The log of strange wordings and names as TOML; empty where there are none."""
    met = {(s.kind, s.means, " ".join(s.written.split())) for read in reads for r in read.reports for s in r.strange}
    items = sorted((means, written) for kind, means, written in met if kind == "item")
    schools = sorted((means, written) for kind, means, written in met if kind == "school")
    names = {school.code: school.name for school in registry.schools}
    lines = [f"# [[items]] number = {_quoted(number)}\nspellings = [{_quoted(words)}]" for number, words in items]
    lines += [f"# реестр: школа {code} ({names[code]}) — Другие названия: {written}" for code, written in schools]
    return "\n".join([_HEAD, *lines, ""]).encode() if lines else b""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
