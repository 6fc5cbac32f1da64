"""Data files (TOML) to frozen typed objects; a key that is unknown, missing or of the wrong kind is refused by name."""

import re
import stat
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec
import msgspec.inspect
import msgspec.structs
import tomli
from rapidfuzz import fuzz, process

T = TypeVar("T")


class UsageError(ValueError):
    """Settings, registry, form, folder or arguments cannot be used. The text is one Russian sentence that says what to
    do, naming file and key where there are any."""


Keys = tuple[str | int, ...]  # the way to a key: ("items", 3, "due"); entries count from 0


def load(path: Path, kind: type[T]) -> T:
    """The TOML file as a `kind`. Raises UsageError naming the file, the line and the key."""
    text = _read(path)
    return convert(_parsed(text, path.name), kind, path.name, text)


def read_toml(path: Path) -> dict[str, object]:
    """The TOML file as plain values. Raises UsageError naming the file and, where known, the line."""
    return _parsed(_read(path), path.name)


def convert(values: dict[str, object], kind: type[T], file: str, text: str = "") -> T:
    """Plain values as a `kind`; `file` is named in the refusal, and its line where the `text` is given."""
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        where = said_line(text, _keys_of(str(error)))
        raise UsageError(f"Файл {file}{where}: {_in_russian(str(error), kind, values)}") from None


def said_line(text: str, keys: Keys) -> str:
    """«, строка 12»: where the key stands in the text of a TOML file, else what it belongs to; blank where neither
    does."""
    lines = _lines(text)
    line = next((lines[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in lines), None)
    return f", строка {line}" if line else ""


@cache
def fields_of(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """To find them out takes long: msgspec reads all annotations of the kind anew."""
    return msgspec.structs.fields(kind)


_MOST_MB = 5  # of a text that people have written


def _read(path: Path) -> str:
    """A device or a pipe would never end, and is not opened."""
    unread = UsageError(f"Файл {path.name} не читается: проверьте, что он есть и доступен.")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise unread
        if status.st_size > _MOST_MB * 2**20:
            raise UsageError(f"Файл {path.name} больше {_MOST_MB} МБ: это не тот файл, проверьте его имя.")
        return path.read_bytes().decode("utf-8-sig")
    except UsageError:
        raise
    except UnicodeDecodeError:
        raise UsageError(f"Файл {path.name} записан не в UTF-8: сохраните его в кодировке UTF-8.") from None
    except (OSError, ValueError):  # a name with a null is none
        raise unread from None


def is_file(path: Path) -> bool:
    """A name that no file can have is that of none."""
    try:
        return path.is_file()
    except OSError:
        return False


_DEEPEST = 20  # tables within tables, lists within lists


def _parsed(text: str, file: str) -> dict[str, object]:
    try:
        values = tomli.loads(text)
        if not _is_shallow(values):
            raise RecursionError
        return values
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError
        line = re.search(r"line (\d+)", str(error))
        where = f", строка {line[1]}" if line else ""
        if re.search(r"overwrite|twice", str(error)) and line:
            key = re.search(r"[\w.-]+", text.splitlines()[int(line[1]) - 1])
            said = f"«{key[0]}»" if key else "такой ключ"
            raise UsageError(f"Файл {file}{where}: {said} уже есть выше, уберите повтор.") from None
        raise UsageError(f"Файл {file}{where}: запись не по правилам TOML, исправьте её.") from None


def _is_shallow(values: object) -> bool:
    level = [values]
    for _ in range(_DEEPEST):
        inner = [list(one.values()) if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [value for some in inner for value in some]
    return not level


def _lines(text: str) -> dict[Keys, int]:
    """Keys -> the line on which they stand, for sections and for keys that begin a line; those inside of a list in
    braces are told by the line of the list."""
    lines: dict[Keys, int] = {}
    entries: dict[Keys, int] = {}  # of a `[[section]]` so far
    section: Keys = ()
    in_text = False  # between the quotes of a text of several lines
    for number, line in enumerate(text.splitlines(), start=1):
        if not in_text and (found := re.match(r"\s*(\[{1,2})\s*([\w.-]+)\s*\]", line)):
            section = ()
            for name in found[2].split("."):
                section = (*section, name)
                if section in entries:
                    section = (*section, entries[section])
            if found[1] == "[[":
                name = section if isinstance(section[-1], str) else section[:-1]
                entries[name] = entries.get(name, -1) + 1
                section = (*name, entries[name])
            lines.setdefault(section, number)
        elif not in_text and (found := re.match(r"\s*([\w-]+)\s*=", line)):
            lines.setdefault((*section, found[1]), number)
        in_text ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return lines


def _keys_of(message: str) -> Keys:
    """Where msgspec's refusal points to: `… - at `$.items[0].due`` and the key that is unknown there."""
    problem, _, path = message.partition(" - at `$")
    unknown = re.search(r"unknown field `(.*?)`", problem)
    steps = [*re.findall(r"\d+(?=\])|[^.\[\]`]+", path), *([unknown[1]] if unknown else [])]
    return tuple(int(step) if step.isdigit() else step for step in steps)


def _in_russian(message: str, kind: type, values: object) -> str:
    """msgspec's refusal in Russian, to the end of the sentence: what is wrong, and at which key."""
    problem, _, path = message.partition(" - at `$")
    path = path.strip("`.")
    where = _counted_from_one(path, values)
    section = f" в разделе [{where}]" if path else ""
    if unknown := re.search(r"unknown field `(.*?)`", problem):
        keys = _keys_at(kind, path)
        instead = nearest(unknown[1], keys) or f"; возможны: {', '.join(keys)}."
        return f"неизвестный ключ «{unknown[1]}»{section}{instead}"
    if missing := re.search(r"missing required field `(.*?)`", problem):
        return f"не хватает ключа «{missing[1]}»{section}."
    if choice := re.fullmatch(r"Invalid enum value (.*)", problem):
        return f"ключ {where}: вместо {choice[1]} укажите {' или '.join(_choices_at(kind, path))}."
    return f"ключ {where}: {_wrong_value(problem)}."


def _counted_from_one(path: str, values: object) -> str:
    """`items[0].due` -> `items, запись 1 («6.1»), due`, with what the entry calls itself; a key that the file itself
    names (`[...]`) stays unnamed."""
    said = ""
    for step in re.findall(r"\d+(?=\])|[^.\[\]]+", path.replace("[...]", "")):
        if step.isdigit() and isinstance(values, list):
            values = values[int(step)]
            said += f", запись {int(step) + 1}{_own_name(values)}, "
        else:
            values = values.get(step) if isinstance(values, dict) else None
            said += f"{'.' if said and said[-1] != ' ' else ''}{step}"
    return said.removesuffix(", ")


def _own_name(entry: object) -> str:
    names = (entry.get(key) for key in ("number", "id", "title")) if isinstance(entry, dict) else ()
    name = next((name for name in names if isinstance(name, str) and name), "")
    return f" («{name}»)" if name else ""


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
        if isinstance(node, msgspec.inspect.UnionType):  # what may be left out, `Headline | None`
            node = next(one for one in node.types if not isinstance(one, msgspec.inspect.NoneType))
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
    if length := re.fullmatch(r"Expected `array` of length (\d+), got (\d+)", problem):
        return f"в списке нужно значений: {length[1]}, а стоит: {length[2]}"
    if "encoded date" in problem:
        return f"нужно: {_KINDS['date']}, без кавычек"
    return f"неподходящее значение ({problem})"
