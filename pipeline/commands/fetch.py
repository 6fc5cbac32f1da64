"""The command `fetch`: new letters of the mailbox into the input folder."""

from pathlib import Path

from pipeline.commands.known import opened
from pipeline.fetching import FOLDER, Fetched, fetch_letters
from pipeline.files import OutputError, lock
from pipeline.sending.password import fetch_password
from pipeline.settings import Settings
from pipeline.wording import count
from schemas.strict import UsageError


def fetch_new(input: Path, output: Path, settings: Settings, wait: float = 0.0) -> Fetched:
    """`wait`: seconds, for another run to end. Raises UsageError where the settings do not suffice, OutputError where
    the mailbox cannot be read."""
    if not input.is_dir():
        raise UsageError(f"Папки «{input}» нет: создайте её или укажите --input.")
    with lock(output, wait), opened(output) as journal:
        return fetch_letters(input, settings.fetch, fetch_password(settings.fetch), journal)


def lines(fetched: Fetched, input: Path) -> list[str]:
    """What is to be said of it."""
    if not fetched.files:
        return ["Новых писем в ящике нет.", *fetched.too_big]
    letters = count(len(fetched.files), ("новое письмо", "новых письма", "новых писем"))
    return [f"Взято из ящика: {letters} — в папке {input / FOLDER}.", *fetched.too_big]


def fetch_before(
    input: Path, output: Path, settings: Settings, *, quiet: bool = False, wait: float = 0.0
) -> tuple[list[str], bool]:
    """For a run: what is to be said, and was all of it taken. `quiet`: of no letters nothing is said. A mailbox that
    cannot be read stops no summary of what lies in the folder. Raises UsageError where the settings do not suffice:
    before the work."""
    try:
        fetched = fetch_new(input, output, settings, wait)
    except OutputError as error:
        return [f"{error} Свод делается по тому, что лежит в папке."], False
    nothing = quiet and not fetched.files and not fetched.too_big
    return [] if nothing else lines(fetched, input), not fetched.too_big
