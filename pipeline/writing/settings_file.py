"""`settings.toml` with every key that there is, each commented out: made of the declared settings, so that a key that
is added, renamed or changed stands there too."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import inspect

from pipeline.settings import FETCH_PASSWORD_VARIABLE, PASSWORD_VARIABLE, Settings

_EXAMPLE = " (здесь — пример)"
_HEAD = (
    "Настройки Свода. Все они необязательны: пока строка начинается с «#», действует обычное значение.",
    "Чтобы изменить настройку, уберите «#» перед её именем и впишите своё значение.",
    f"Пароль почты сюда не пишут: он в переменной окружения {PASSWORD_VARIABLE}, в хранилище паролей системы или в",
    "файле password_file.",
    f"Пароль ящика, из которого берутся письма, — так же: переменная {FETCH_PASSWORD_VARIABLE}, хранилище или файл.",
)


def settings_toml(forms: Sequence[str] = ()) -> str:
    """The text of the file. As it stands it says nothing: the defaults hold. Words stand behind `# `, a key behind `#`
    alone. `forms`: those that it names in force, where they are not the usual one."""
    root = inspect.type_info(Settings)
    assert isinstance(root, inspect.StructType)
    text = "\n".join([*(f"# {line}" for line in _HEAD), *_lines(root), ""])
    if not forms or tuple(forms) == Settings().forms:
        return text
    usual = f"\n#form = {_toml(Settings().form)}\n"
    return text.replace(usual, f"\nform = {_toml(forms[0] if len(forms) == 1 else tuple(forms))}\n")


class _Key(NamedTuple):
    """`kind` of its values, what it is for, and what stands behind the sign of equation."""

    name: str
    kind: inspect.Type
    about: str
    value: object
    is_example: bool


def _lines(table: inspect.StructType) -> Iterator[str]:
    """The keys of a table, and below them its sections. Their headings are no comments: a key that is freed of its
    sign belongs to its section."""
    for key in map(_key, table.fields):
        match key.kind:
            case inspect.StructType():
                yield from ("", "", f"# {key.about}.", f"[{key.name}]", *_lines(key.kind))
            case inspect.DictType() if isinstance(key.value, dict):
                some = (f"#{name} = {_toml(value)}" for name, value in key.value.items())
                yield from ("", "", f"# {key.about}{_EXAMPLE}.", f"[{key.name}]", *some)
            case _:
                yield from ("", f"# {key.about}{_EXAMPLE if key.is_example else ''}.")
                yield f"#{key.name} = {_toml(key.value)}"


def _key(field: inspect.Field) -> _Key:
    """A key without a description is a mistake of whoever has added it."""
    kind = field.type
    assert isinstance(kind, inspect.Metadata), field.name
    assert kind.extra_json_schema, field.name
    said = kind.extra_json_schema
    examples = said.get("examples", [])
    value = examples[0] if examples else field.default
    return _Key(field.encode_name, kind.type, said["description"], value, bool(examples))


def _toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case int() | str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            raise TypeError(f"a setting of another kind: {value!r}")
