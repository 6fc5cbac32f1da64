"""Every key of a form told: what it takes, from the schema itself, and what it says, from `form_keys.toml`."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Template
from types import NoneType, UnionType
from typing import Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from schemas.form import Kind
from schemas.form_figures import KINDS_OF_KEY, MOST_CARDS, MOST_DECIMALS, MOST_LINES
from schemas.form_texts import LONGEST, WITH_BREAKS
from schemas.form_written import WrittenForm, WrittenItem
from schemas.own_names import MATRIX_COLUMNS, MATRIX_ROWS
from schemas.strict import convert, read_toml

FILE = Path(__file__).with_suffix(".toml")
_NUMBERS = {
    "MOST_CARDS": MOST_CARDS,
    "MOST_DECIMALS": MOST_DECIMALS,
    "MOST_LINES": MOST_LINES,
    "MATRIX_ROWS": MATRIX_ROWS,
    "MATRIX_COLUMNS": MATRIX_COLUMNS,
}


class Key(NamedTuple):
    """One key as it is told. `takes`: types and allowed values; `left_out`: what stands where it is not written."""

    name: str
    takes: str
    left_out: str
    what: str
    rule: str


class Section(NamedTuple):
    """The keys that one class of the schema has beside those of its base. `places`: where it stands in a form."""

    name: str
    places: tuple[str, ...]
    keys: tuple[Key, ...]


class KindTold(NamedTuple):
    """How an item of that kind is answered, and when its milestone is done."""

    kind: Kind
    how: str
    done: str


def kinds(file: Path = FILE) -> tuple[KindTold, ...]:
    """All kinds of answers. LookupError where one has no line in the file, or a line no kind."""
    told = _told(file)[Kind.__name__]
    _require_the_same({f"Kind.{kind}" for kind in Kind}, {Kind.__name__: told})
    return tuple(KindTold(kind, *told[kind]) for kind in Kind)


def sections(file: Path = FILE) -> tuple[Section, ...]:
    """All keys of a form, in the order of the file. LookupError where a key of the schema has no line there, or a line
    no key."""
    told, places = {name: keys for name, keys in _told(file).items() if name != Kind.__name__}, _places()
    found = {owner.__name__: _own_keys(owner) for kind in places for owner in _owners(kind)}
    _require_the_same({f"{name}.{key}" for name, keys in found.items() for key in keys}, told)
    return tuple(_section(name, found[name], lines, places) for name, lines in told.items())


def _section(
    name: str, fields: dict[str, "_Field"], lines: dict[str, tuple[str, str]], places: dict[type, list["_Place"]]
) -> Section:
    of_class = [place for kind, own in places.items() if name in _names(kind) for place in own]
    keys = []
    for key, (what, rule) in lines.items():
        said = [*_limits(key, of_class), Template(rule).substitute(_NUMBERS)]
        keys.append(Key(key, _takes(fields[key].type), fields[key].left_out, what, "; ".join(filter(None, said))))
    return Section(name, tuple(place.said for place in of_class), tuple(keys))


def _told(file: Path) -> dict[str, dict[str, tuple[str, str]]]:
    return convert(read_toml(file), dict[str, dict[str, tuple[str, str]]], file.name)


def _require_the_same(keys: set[str], told: dict[str, dict[str, tuple[str, str]]]) -> None:
    lines = {f"{name}.{key}" for name, section in told.items() for key in section}
    if keys != lines:
        without, of_none = sorted(keys - lines), sorted(lines - keys)
        raise LookupError(f"Keys without a line: {without}; lines without a key: {of_none}")


# ── the schema walked through ────────────────────────────────────────────────────────────────────────────
class _Field(NamedTuple):
    type: object
    left_out: str


class _Place(NamedTuple):
    """`keys`: the way to a section of the file; `said`: as it is written there."""

    keys: tuple[str, ...]
    said: str


def _places() -> dict[type, list[_Place]]:
    """Classes -> where in a form they stand, the form itself first."""
    found: dict[type, list[_Place]] = {}

    def walk(kind: type, place: _Place) -> None:
        found.setdefault(kind, []).append(place)
        hints = get_type_hints(kind)
        for field in msgspec.structs.fields(kind):
            for inner in _parts(hints[field.name]):
                if not (isinstance(inner, type) and issubclass(inner, msgspec.Struct)):
                    continue
                keys = (*place.keys, field.encode_name)
                listed = get_origin(_without_none(hints[field.name])) is tuple
                walk(inner, _Place(keys, f"[[{'.'.join(keys)}]]" if listed else f"[{'.'.join(keys)}]"))

    walk(WrittenForm, _Place((), ""))
    return found


def _owners(kind: type) -> Iterator[type]:
    """The class itself and those that it has its keys from."""
    yield from (one for one in kind.__mro__ if issubclass(one, msgspec.Struct) and _own_keys(one))


def _names(kind: type) -> set[str]:
    return {owner.__name__ for owner in _owners(kind)}


@cache
def _own_keys(kind: type) -> dict[str, _Field]:
    """Those that no class below it has."""
    if kind is msgspec.Struct:
        return {}
    inherited = {field.name for base in kind.__bases__ if base is not msgspec.Struct for field in _fields(base)}
    hints = get_type_hints(kind)
    return {
        field.encode_name: _Field(hints[field.name], "" if _may_be_unsaid(field, kind) else _left_out(field))
        for field in _fields(kind)
        if field.name not in inherited
    }


def _may_be_unsaid(field: msgspec.structs.FieldInfo, kind: type) -> bool:
    """Need an item, as it is written, not have it."""
    written = next((one for one in _fields(WrittenItem) if one.name == field.name), None)
    return field.required and issubclass(WrittenItem, kind) and written is not None and not written.required


def _fields(kind: type) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind) if issubclass(kind, msgspec.Struct) and kind is not msgspec.Struct else ()


# ── types in words ───────────────────────────────────────────────────────────────────────────────────────
_TYPES = {"str": "text", "int": "whole number", "float": "number", "bool": "`true`, `false`", "date": "date"}


def _takes(type_: object) -> str:
    type_ = _without_none(type_)
    if get_origin(type_) is tuple:
        inner, *rest = get_args(type_)
        if rest == [...]:
            return "sections" if _is_section(inner) else f"list: {_takes(inner)}"
        return f"list of {1 + len(rest)}: {_takes(inner)}"
    if get_origin(type_) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(type_) if value)
    if isinstance(type_, type) and issubclass(type_, StrEnum):
        return ", ".join(f"`{member}`" for member in type_)
    return "section" if _is_section(type_) else _TYPES[getattr(type_, "__name__", "")]


def _parts(type_: object) -> Iterator[object]:
    """The type, or what a list of it holds, without None."""
    type_ = _without_none(type_)
    yield from get_args(type_) if get_origin(type_) is tuple else (type_,)


def _without_none(type_: object) -> object:
    if get_origin(type_) not in (Union, UnionType):
        return type_
    (one,) = (one for one in get_args(type_) if one is not NoneType)
    return one


def _is_section(type_: object) -> bool:
    return isinstance(type_, type) and issubclass(type_, msgspec.Struct)


def _left_out(field: msgspec.structs.FieldInfo) -> str:
    """What a key is where it is not written; «must be there» where it has to."""
    if field.required:
        return "must be there"
    match field.default:
        case bool() as value:
            return f"`{str(value).lower()}`"
        case int() | float() as value:
            return f"`{value:g}`"
        case str() as value if value:
            return f"`{value}`"
    return ""


def _limits(key: str, places: list[_Place]) -> Iterator[str]:
    """What the proofs hold of the key wherever it stands: kinds that know it, its length, breaks in it."""
    known = KINDS_OF_KEY.get(key) if {place.keys for place in places} & _ASKED else None
    if known and len(known) > len(Kind) / 2:
        yield f"not of {', '.join(f'`{kind}`' for kind in Kind if kind not in known)}"
    elif known:
        yield f"only of {', '.join(f'`{kind}`' for kind in Kind if kind in known)}"
    ways = [(*place.keys, key) for place in places]
    if longest := {LONGEST[way] for way in ways if way in LONGEST}:
        yield f"{min(longest)} characters at most"
    if broken := [place.said for place, way in zip(places, ways, strict=True) if way in WITH_BREAKS]:
        yield f"{'' if len(broken) == len(places) else f'of `{broken[0]}` '}a `|` is a line break"


_ASKED = {("items",), ("items", "columns"), ("tables", "columns")}
