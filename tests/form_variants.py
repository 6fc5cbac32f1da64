"""Forms that differ from a good one in one thing: by the way to a key, and what is put there."""

import copy
import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from schemas.form import FORMS

DATA = Path(__file__).parent / "data"
GOOD = {"547": FORMS / "form-547.toml", "meals": DATA / "form-meals.toml"}
OF_FIGURES = {"31": DATA / "form-31.toml", "88": DATA / "form-88.toml"}  # tables, choices, lists; no headline
GONE = object()  # put there, it takes the key away

Values = dict[str, Any]
Keys = tuple[str | int, ...]


class Change(NamedTuple):
    """One thing put into a form. `what`: the one contradiction, or the harmless difference."""

    what: str
    keys: Keys
    value: Any

    def __str__(self) -> str:
        return f"{self.what} at {'.'.join(map(str, self.keys))}"


def good(name: str) -> Values:
    """A form that loads, as plain values."""
    return tomllib.loads({**GOOD, **OF_FIGURES}[name].read_text("utf-8"))


def changed(values: Values, *changes: Change) -> Values:
    values = copy.deepcopy(values)
    for change in changes:
        if not change.keys:
            return copy.deepcopy(change.value)  # the whole of it
        *way, last = change.keys
        place: Any = values
        for key in way:
            place = place[key]
        if change.value is GONE:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(change.value)
        else:
            place[last] = change.value
    return values


def as_toml(values: Values) -> str:
    return "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())


def _toml(value: Any) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case bool() | int() | float():
            return str(value).lower()
        case date():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            return f"{{{', '.join(f'{key} = {_toml(one)}' for key, one in value.items())}}}"
        case _:
            raise TypeError(value)


def leaves(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Every text, number and date with the way to it."""
    match value:
        case dict():
            for key, one in value.items():
                yield from leaves(one, (*keys, key))
        case list():
            for index, one in enumerate(value):
                yield from leaves(one, (*keys, index))
        case _:
            yield keys, value
