"""Typer speaks English; those who type these commands read Russian. Its few sentences are said here."""

import re

from typer import rich_utils

_HEADINGS = {
    "ARGUMENTS_PANEL_TITLE": "Аргументы",
    "OPTIONS_PANEL_TITLE": "Параметры",
    "COMMANDS_PANEL_TITLE": "Команды",
    "DEFAULT_STRING": "[по умолчанию: {}]",
    "REQUIRED_LONG_STRING": "[обязательно]",
}
HELP_OPTION = "Показать эту справку."


def speak_russian() -> None:
    """Headings of `--help` in Russian."""
    for name, text in _HEADINGS.items():
        setattr(rich_utils, name, text)


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
        word = re.search(r"'(.*)'", said)
        return f"Команды «{word[1] if word else ''}» нет. Список команд: python run.py --help."
    if extra := re.match(r"Got unexpected extra arguments? \((.*)\)", said):
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
    return names[0] if names else str(parameter.name).upper()
