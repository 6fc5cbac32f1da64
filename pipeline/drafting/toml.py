"""Keys as TOML text, a line each, with the mark of a guess behind it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

Value = str | int | bool | date | Sequence["Value"] | Mapping[str, "Value"]
CHECK = "проверить:"
_WIDEST = 110  # of a list on one line


class Toml:
    """The text as it grows. A `doubt` says in Russian why a value is a guess, or what to do where there is none."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.doubts = 0

    def text(self) -> str:
        return "\n".join([*self._lines, ""])

    def note(self, text: str) -> None:
        self._lines.append(f"# {text}")

    def space(self) -> None:
        self._lines.append("")

    def section(self, name: str, doubt: str = "", *, repeated: bool = False) -> None:
        self._lines += ["", f"[[{name}]]" if repeated else f"[{name}]"]
        self._mark(doubt)

    def key(self, name: str, value: Value, doubt: str = "") -> None:
        self._lines.append(f"{name} = {_said(value)}")
        self._mark(doubt)

    def missing(self, name: str, doubt: str) -> None:
        """A key of which nothing is known: it is left out, so that the form does not load before it is written."""
        self._lines.append(f"# {name} = ")
        self._mark(doubt)

    def optional(self, name: str, value: Value, doubt: str = "") -> None:
        """Nothing where there is no value."""
        if value:
            self.key(name, value, doubt)

    def _mark(self, doubt: str) -> None:
        if doubt:
            self._lines[-1] += f"  # {CHECK} {doubt}"
            self.doubts += 1


def _said(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case Mapping():
            return f"{{ {', '.join(f'{key} = {_said(one)}' for key, one in value.items())} }}"
        case _:
            line = f"[{', '.join(map(_said, value))}]"
            if len(line) <= _WIDEST or not value:
                return line
            return "\n".join(["[", *_wrapped([*value]), "]"])


def _wrapped(values: list[Value]) -> Iterator[str]:
    """Lines of a list: words one after the other, tables one a line."""
    line = ""
    for value in values:
        said = f"{_said(value)},"
        if line and (isinstance(value, Mapping) or len(line) + 1 + len(said) > _WIDEST):
            yield line
            line = ""
        line = f"{line} {said}" if line else f"    {said}"
    yield line
