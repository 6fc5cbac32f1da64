"""The command `mail`: sends the letters that wait, and takes a person's word on one of which nobody knows whether it
has gone: it goes again, or it has arrived."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.commands import console
from pipeline.commands.known import opened
from pipeline.commands.posting import patient, ready_to_send
from pipeline.files import lock
from pipeline.memory.approvals import awaits_approval
from pipeline.memory.journal import FILE, Journal
from pipeline.memory.post import AttemptLine
from pipeline.sending.delivery import deliver, keep_arrived, left_over, short
from pipeline.sending.outbox import Waiting, waiting
from pipeline.sending.patience import Patience
from pipeline.settings import Settings
from schemas.strict import UsageError

_MOST_NAMED = 5


class Posted(NamedTuple):
    """What is to be said of it, and whether all that was asked for has gone."""

    lines: list[str]
    all_gone: bool


def send_waiting(
    output: Path,
    as_of: date | None,
    settings: Settings,
    *,
    dry_run: bool,
    again: str = "",
    patience: Patience | None = None,
) -> Posted:
    """Sends what waits for the date, for all dates where it is None. `again`: the beginning of the key of a letter that
    is held: it alone goes. Raises UsageError and OutputError."""
    if not output.is_dir():
        raise UsageError(f"Папки «{output}» нет: сначала сделайте свод или укажите --output.")
    mail, now = settings.mail, datetime.now(settings.zone)
    password = None if dry_run else ready_to_send(settings)
    with lock(output), opened(output) as journal:
        only = _release(journal, output, again, dry_run=dry_run) if again else None
        deliveries = deliver(
            output, mail, password, journal, now, as_of, dry_run,
            only=lambda one: only is None or only in map(one.key, one.recipients), patience=patience or patient(),
            withheld=awaits_approval(journal, asked=mail.approval),
        )  # fmt: skip
        left = left_over(output, journal, as_of)
    lines = [*console.delivery_lines(deliveries), *console.held_lines(left)]
    return Posted(lines, dry_run or (all(one.is_done for one in deliveries) and not any(one.held for one in left)))


def folder_with(key: str, folders: Sequence[Path]) -> Path:
    """In which of these folders of results the held letter lies that is meant: of several orders a letter may wait in
    the folder of one of them. `key`: its beginning. Raises UsageError where none is held, or more than one, and
    OutputError."""
    held: list[tuple[Path, AttemptLine]] = []
    for folder in folders:
        if (folder / FILE).is_file():
            with lock(folder), opened(folder) as journal:
                held += [(folder, one) for one in _all_held(journal)]
    return _meant(key, held)[0]


def take_as_arrived(output: Path, key: str, settings: Settings, *, dry_run: bool) -> Posted:
    """A held letter that its recipient has got, by a person's word: it never goes again. `key`: its beginning. Raises
    UsageError and OutputError."""
    if not output.is_dir():
        raise UsageError(f"Папки «{output}» нет: сначала сделайте свод или укажите --output.")
    with lock(output), opened(output) as journal:
        one = _held(journal, key)
        letters = [letter for letter in waiting(output, one.as_of, whole=False) if _is_of(letter, one.key)]
        if not dry_run:
            journal.mark_arrived(one.key)
            for letter in letters:
                keep_arrived(output, settings.mail, journal, letter, one.recipient, one.begun_at)
        left = left_over(output, journal)
    said = "будет записано" if dry_run else "записано"
    letter_said = f"Письмо {short(one.key)} на {one.as_of:%d.%m.%Y} для {one.recipient}"
    this = f"--arrived {short(one.key)}."  # in a dry run it is held still
    still = [line for line in console.held_lines(left) if not (dry_run and this in line)]
    return Posted([f"{letter_said}: {said}, что оно дошло; снова оно не уйдёт.", *still], True)


def _release(journal: Journal, output: Path, again: str, *, dry_run: bool) -> str:
    """The key of the letter that is meant; it may go again. Raises UsageError where none is, or more than one."""
    one = _held(journal, again)
    if not any(_is_of(letter, one.key) for letter in waiting(output, one.as_of, whole=False)):
        raise UsageError(
            f"Письма {short(one.key)} нет в папке outbox за {one.as_of:%d.%m.%Y}: сделайте свод на эту дату снова "
            f"(--as-of {one.as_of}) и повторите."
        )
    if not dry_run:
        journal.mark_not_sent(one.key)
    return one.key


def _held(journal: Journal, key: str) -> AttemptLine:
    """The letter whose key begins so. Raises UsageError where none does that is held, or more than one."""
    return _meant(key, [(Path(), one) for one in _all_held(journal)])[1]


def _all_held(journal: Journal) -> list[AttemptLine]:
    return [one for one in journal.attempts() if one.refused is None]


def _meant(key: str, held: Sequence[tuple[Path, AttemptLine]]) -> tuple[Path, AttemptLine]:
    """Of these letters, each with its folder. Raises UsageError."""
    begins = key.strip().casefold()
    meant = [(folder, one) for folder, one in held if begins and one.key.startswith(begins)]
    if len(meant) != 1:
        raise UsageError(_not_one(key, [one for _, one in meant], [one for _, one in held]))
    return meant[0]


def _is_of(letter: Waiting, key: str) -> bool:
    return key in map(letter.key, letter.recipients)


def _not_one(again: str, meant: Sequence[AttemptLine], held: Sequence[AttemptLine]) -> str:
    some = ", ".join(f"{short(one.key)} ({one.recipient})" for one in (meant or held)[:_MOST_NAMED])
    if meant:
        return f"Ключ «{again}» подходит нескольким письмам: {some}. Укажите больше знаков ключа."
    if held:
        return f"Удержанного письма с ключом «{again}» нет. Удержаны: {some}."
    return f"Удержанного письма с ключом «{again}» нет: ни одно письмо не удержано."
