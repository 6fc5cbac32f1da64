"""Which of the order's own answers a cell chooses: «Комбинат», «классные часы; конкурсы», «1, 2, 5»."""

import re
from typing import NamedTuple

from pipeline.reading.answers.boxes import chosen
from schemas.form import Asked, Choice, Item
from schemas.likeness import best_likeness, is_slip, plain

_LIST_MARK = re.compile(r"^\s*(?:[-–—•·*▪●]\s+|\d{1,2}\s*[.)]\s*)")  # «1) классные часы», «– конкурсы»
_NUMBERS = re.compile(r"\s*\d{1,2}(?:\s*(?:[,;\n]|\sи\s)\s*\d{1,2})+\s*\.?\s*")
_PARTICIPLE = re.compile("[а-я]{3,}[нт][аоы]?")
_JOINS_OR_DENIES = re.compile(r"[,;/+?]|(?<!\w)(?:и|или|либо|не|ни|без|нет)(?!\w)", re.IGNORECASE)
# From the surest separator to that which may stand inside a title, too.
_SEPARATORS = (r"[;\n]+", r"\s*[,/+]\s*", r"\s+и\s+")


class Chosen(NamedTuple):
    """`titles` in the order's words and its order. `unknown`: what is none of the choices, as typed; `nearest`: the
    title that it may mean."""

    titles: tuple[str, ...] = ()
    unknown: str = ""
    nearest: str = ""


def read_choices(item: Item, text: str) -> Chosen:
    """All that is chosen, or the first part of the answer that nobody knows."""
    words, ticked, unclear = chosen(text)
    if ticked or unclear:
        return Chosen(unknown=text)
    if item.several and _NUMBERS.fullmatch(words):
        return _by_number(item, words)
    found = _parts(words.strip(), item.choices, _SEPARATORS)
    if any(choice is None for _, choice in found) and (bare := _without_title(words, item)):
        found = [(bare, choice)] if (choice := _exactly(bare, item.choices)) else found
    unknown = next((part for part, choice in found if choice is None), "")
    if unknown or not found:
        return Chosen(unknown=unknown or text, nearest=_nearest(unknown or text, item.choices))
    titles = {choice.title for _, choice in found if choice}
    return Chosen(tuple(choice.title for choice in item.choices if choice.title in titles))


def is_choice(asked: Asked, text: str) -> bool:
    return _choice(text, asked.choices) is not None


def _by_number(item: Item, words: str) -> Chosen:
    """By their numbers in the order's list. One number alone may be how many there are: never that."""
    numbers = [int(digits) for digits in re.findall(r"\d+", words)]
    if sorted(set(numbers)) != sorted(numbers) or not all(0 < n <= len(item.choices) for n in numbers):
        return Chosen(unknown=words)
    return Chosen(tuple(choice.title for at, choice in enumerate(item.choices, 1) if at in numbers))


def _parts(text: str, choices: tuple[Choice, ...], separators: tuple[str, ...]) -> list[tuple[str, Choice | None]]:
    """The text as one choice, else its parts; what no separator makes known stays whole and unknown."""
    said = _LIST_MARK.sub("", text).strip(' .,;:«»"')
    if not said:
        return []
    if choice := _choice(said, choices):
        return [(said, choice)]
    for at, separator in enumerate(separators):
        pieces = [piece for piece in re.split(separator, text) if piece.strip()]
        if len(pieces) > 1:
            return [found for piece in pieces for found in _parts(piece, choices, separators[at:])]
    return [(said, None)]


def _without_title(text: str, item: Item) -> str:
    """«частично» of «исполнены частично» under «Предписания исполнены»: without the participle that the title ends
    with. Blank where title or answer may speak of several things, or deny, and where the word is a choice's."""
    title = item.title.partition("(")[0].strip(" :.")
    done = plain(title).rpartition(" ")[2]
    of_choices = {word for one in item.choices for name in (one.title, *one.spellings) for word in plain(name).split()}
    if done in of_choices or not _PARTICIPLE.fullmatch(done) or _JOINS_OR_DENIES.search(f"{title} {text}"):
        return ""
    return " ".join(word for word in plain(text).split() if word != done)


def _exactly(said: str, choices: tuple[Choice, ...]) -> Choice | None:
    named = {choice.title: choice for choice in choices if said in map(plain, (choice.title, *choice.spellings))}
    return next(iter(named.values())) if len(named) == 1 else None


def _choice(said: str, choices: tuple[Choice, ...]) -> Choice | None:
    """The one so called, to the letter; else the one whose name is mistyped, where it can be only that."""
    spelled = [(choice, name) for choice in choices for name in (choice.title, *choice.spellings)]
    exact = {choice.title: choice for choice, name in spelled if plain(name) == plain(said)}
    alike = exact or {choice.title: choice for choice, name in spelled if is_slip(said, name)}
    return next(iter(alike.values())) if len(alike) == 1 else None


def _nearest(said: str, choices: tuple[Choice, ...]) -> str:
    scored = [(best_likeness(said, (choice.title, *choice.spellings)), choice.title) for choice in choices]
    score, title = max(scored, default=(0.0, ""))
    return title if score >= _NEAR else ""


_NEAR = 60.0
