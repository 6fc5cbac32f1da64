"""Typer speaks English; those who type these commands read Russian. Its few words are said here."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_IN_HELP = (
    ("Usage:", "Вызов:"),
    ("[OPTIONS] COMMAND [ARGS]...", "[ПАРАМЕТРЫ] [КОМАНДА]"),
    ("[OPTIONS]", "[ПАРАМЕТРЫ]"),
    ("Arguments:", "Аргументы:"),
    ("Options:", "Параметры:"),
    ("Commands:", "Команды:"),
    ("Show this message and exit.", "Показать эту справку."),
    ("[default: ", "[по умолчанию: "),
    ("[required]", "[обязательно]"),
)
# What Typer tells of an argument in Python's words («ФАЙЛ <path>»), and the braces around one that must be given.
_PROGRAMMERS = re.compile(r"(?<=\S) <(?:list\[)?[A-Za-z]+\]?>(?=  )|[{}]")


class _RussianHelp:
    """The help as Typer makes it, its own words in Russian."""

    def get_help(self, ctx: Any) -> str:
        text = str(super().get_help(ctx))  # type: ignore[misc]
        for english, russian in _IN_HELP:
            text = text.replace(english, russian)
        return _PROGRAMMERS.sub("", text)


class Command(_RussianHelp, TyperCommand):
    pass


class Group(_RussianHelp, TyperGroup):
    pass


def complaint(error: Exception) -> str:
    """What is wrong with the words of a command, and what to do: one sentence."""
    kind = type(error).__name__
    said = str(getattr(error, "message", "")) or str(error)
    name = getattr(error, "option_name", "") or _parameter(error)
    if kind == "NoSuchOption":
        return f"Параметра {name} нет. Список параметров: python run.py --help."
    if kind == "MissingParameter":
        return f"Не указано обязательное: {name}. Справка: python run.py --help."
    if re.match(r"No such command", said):
        word = re.search(r"'(.*?)'(?=\.|$)", said)  # Typer may go on with those that look like it
        return f"Команды «{word[1] if word else ''}» нет. Список команд: python run.py --help."
    if extra := re.match(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", said):
        return f"Лишнее в команде: «{extra[1]}». Справка: python run.py --help."
    if re.search(r"requires an? (?:argument|value)", said):
        return f"После {name} нужно значение. Справка: python run.py --help."
    if re.search(r"[а-яё]", said):
        return said
    return f"Неподходящее значение {name}. Справка: python run.py --help.".replace("  ", " ")


def _parameter(error: Exception) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return ""
    names = [n for n in parameter.opts if n.startswith("--")]
    return names[0] if names else str(parameter.metavar or parameter.name).upper()
