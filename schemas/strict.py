"""Data files (TOML) to frozen typed objects; a key that is unknown, missing or of the wrong kind is refused by name."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import msgspec.inspect
from rapidfuzz import fuzz, process

T = TypeVar("T")


class UsageError(ValueError):
    """Settings, registry, form, folder or arguments cannot be used. The text is one Russian sentence that says what to
    do, naming file and key where there are any."""


def load(path: Path, kind: type[T]) -> T:
    """The TOML file as a `kind`. Raises UsageError naming the file and the key."""
    return convert(read_toml(path), kind, path.name)


def read_toml(path: Path) -> dict[str, object]:
    """The TOML file as plain values. Raises UsageError naming the file and, where known, the line."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError(f"Файл {path.name} записан не в UTF-8: сохраните его в кодировке UTF-8.") from None
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError
        line = re.search(r"line (\d+)", str(error))
        where = f", строка {line[1]}" if line else ""
        raise UsageError(f"Файл {path.name}{where}: запись не по правилам TOML, исправьте её.") from None
    except OSError:
        raise UsageError(f"Файл {path.name} не читается: проверьте, что он есть и доступен.") from None


def convert(values: dict[str, object], kind: type[T], file: str) -> T:
    """Plain values as a `kind`; `file` is named in the refusal."""
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"Файл {file}: {_in_russian(str(error), kind)}") from None


def _in_russian(message: str, kind: type) -> str:
    """msgspec's refusal in Russian, to the end of the sentence: what is wrong, and at which key."""
    problem, _, path = message.partition(" - at `$")
    path = path.strip("`.")
    if unknown := re.search(r"unknown field `(.*?)`", problem):
        keys = _keys_at(kind, path)
        instead = nearest(unknown[1], keys) or f"; возможны: {', '.join(keys)}."
        return f"неизвестный ключ «{unknown[1]}»{_section(path)}{instead}"
    if missing := re.search(r"missing required field `(.*?)`", problem):
        return f"не хватает ключа «{missing[1]}»{_section(path)}."
    if choice := re.fullmatch(r"Invalid enum value (.*)", problem):
        return f"ключ {_counted_from_one(path)}: вместо {choice[1]} укажите {' или '.join(_choices_at(kind, path))}."
    return f"ключ {_counted_from_one(path)}: {_wrong_value(problem)}."


def _section(path: str) -> str:
    return f" в разделе [{_counted_from_one(path)}]" if path else ""


def _counted_from_one(path: str) -> str:
    """`items[0].due` -> `items, запись 1, due`; a key that the file itself names (`[...]`) stays unnamed."""
    path = re.sub(r"\[(\d+)\]\.?", lambda index: f", запись {int(index[1]) + 1}, ", path)
    return path.replace("[...]", "").removesuffix(", ")


def nearest(wrong: str, known: Sequence[str]) -> str:
    """« — может быть, «sender»?» where one of the known words is near enough; blank where none is."""
    near = process.extractOne(wrong, known, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=60)
    return f" — может быть, «{near[0]}»?" if near else ""


def _keys_at(kind: type, path: str) -> list[str]:
    node = _type_at(kind, path)
    assert isinstance(node, msgspec.inspect.StructType)  # only a table refuses a key
    return [field.encode_name for field in node.fields]


def _choices_at(kind: type, path: str) -> list[str]:
    node = _type_at(kind, path)
    if isinstance(node, msgspec.inspect.EnumType):
        return [str(member.value) for member in node.cls]
    assert isinstance(node, msgspec.inspect.LiteralType)
    return [str(value) for value in node.values if value]


def _type_at(kind: type, path: str) -> msgspec.inspect.Type:
    """What belongs at a path of msgspec's (`coverage.groups[0].title`; blank for the whole file)."""
    node = msgspec.inspect.type_info(kind)
    for step in re.findall(r"\[[^\]]*\]|[^.\[\]]+", path):
        match node:
            case msgspec.inspect.StructType():
                node = next(field.type for field in node.fields if field.encode_name == step)
            case msgspec.inspect.VarTupleType():
                node = node.item_type
            case msgspec.inspect.DictType():
                node = node.value_type
        if isinstance(node, msgspec.inspect.Metadata):  # a description beside it
            node = node.type
    return node


_KINDS = {
    "int": "целое число",
    "float": "число",
    "str": "текст в кавычках",
    "bool": "true или false",
    "date": "дата вида 2014-03-20",
    "datetime": "дата со временем",
    "time": "время",
    "array": "список в квадратных скобках",
    "object": "раздел с ключами",
}


def _wrong_value(problem: str) -> str:
    if bound := re.fullmatch(r"Expected `\w+` (<=|>=) (\S+)", problem):
        return f"нужно число {'не больше' if bound[1] == '<=' else 'не меньше'} {bound[2]}"
    if kinds := re.fullmatch(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`", problem):
        return f"нужно: {_KINDS.get(kinds[1], kinds[1])}, а стоит: {_KINDS.get(kinds[2], kinds[2])}"
    if "encoded date" in problem:
        return f"нужно: {_KINDS['date']}, без кавычек"
    return f"неподходящее значение ({problem})"
