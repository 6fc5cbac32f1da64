"""A person and a position, in either order and with any separator: «Иванова М. П., учитель»."""

import re
from functools import lru_cache
from typing import NamedTuple

_POSITION = re.compile(
    r"(?:дире?к|завуч|зам|заместит|учител|педагог|инженер|методист|лаборант|техник|программист|секретар|психолог|библиотекар"
    r"|социальн|воспитател|преподават|руководител|оператор|админист|специалист|делопроизв|завед|ответствен|куратор|старш|главн"
    r"|систем|тьютор|логопед|вожат|бухгалтер|документовед|модератор|координатор)",
    re.IGNORECASE,
)
_PATRONYMIC = re.compile(r"(?:[оеё]вич|ич|[оеё]вна|ична|инишна)$", re.IGNORECASE)
_SON_OR_DAUGHTER = ("оглы", "оглу", "углы", "кызы", "гызы", "уулу", "улы")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑–'’][^\W\d_]+)*")
_SURNAME = r"[А-ЯЁ][А-ЯЁа-яё]+(?:[-‐‑–][А-ЯЁ][А-ЯЁа-яё]+)*"
_INITIALS = re.compile(
    rf"(?P<last>{_SURNAME})\s+[А-ЯЁ]\.\s?(?:[А-ЯЁ]\b\.?)?|[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.)?\s?(?P<first>{_SURNAME})"
)
_PART_ENDS = re.compile(r"[;,\n()]|\s[-‐‑–—]\s?")
_AROUND = " \t\n,;:.-‐‑–—"


class Person(NamedTuple):
    """`several`: more than one person is named; this is the first."""

    name: str = ""
    position: str = ""
    several: bool = False


class _Span(NamedTuple):
    start: int
    end: int


@lru_cache(maxsize=8192)
def read_person(text: str) -> Person:
    """Name and position, each blank where it is not said."""
    names = sorted(_names(text)) or _plain_names(text)
    if not names:
        return Person(position=_tidy(text) if _POSITION.search(text) else "")
    start, end = names[0]
    following = names[1].start if len(names) > 1 else len(text)
    before, after = _tidy(text[:start]), _tidy(text[end:following])
    position = before or after if len(names) > 1 else ", ".join(part for part in (before, after) if part)
    return Person(" ".join(text[start:end].split()), position, len(names) > 1)


@lru_cache(maxsize=8192)  # lines below a table: mostly those that the form prints
def is_name(text: str) -> bool:
    """A name that a patronymic or initials give away, and nothing beside it."""
    names = _names(text)
    return len(names) == 1 and not _WORD.search(text[: names[0].start] + text[names[0].end :])


def _names(text: str) -> list[_Span]:
    """Names that a patronymic or initials give away."""
    return _full_names(text) or [
        _Span(found.start(), found.end())
        for found in _INITIALS.finditer(text)
        if not _POSITION.match(found["last"] or found["first"])
    ]


def _full_names(text: str) -> list[_Span]:
    """«Фамилия Имя Отчество» and «Имя Отчество Фамилия», the surname possibly missing."""
    words = list(_WORD.finditer(text))
    spans: list[_Span] = []
    for at, word in enumerate(words):
        patronymic_from = at - 1 if word[0].casefold() in _SON_OR_DAUGHTER else at
        is_patronymic = patronymic_from < at or (_PATRONYMIC.search(word[0]) is not None)
        given = patronymic_from - 1
        if (
            not is_patronymic
            or not _are_one_name(text, words, given, at)
            or (spans and words[given].start() < spans[-1].end)
        ):
            continue
        first, last = given, at
        if _are_one_name(text, words, given - 1, given):
            first = given - 1
        elif _are_one_name(text, words, at, at + 1):
            last = at + 1
        spans.append(_Span(words[first].start(), words[last].end()))
    return spans


def _are_one_name(text: str, words: "list[re.Match[str]]", first: int, last: int) -> bool:
    """Are the words from `first` to `last` capitalised, no part of a position, with nothing but space between them."""
    if first < 0 or last >= len(words):
        return False
    said = [word[0] for word in words[first : last + 1]]
    abbreviated = not text.isupper() and any(word.isupper() and len(word) > 1 for word in said)  # УВР
    named = not abbreviated and all(word[0].isupper() or word.casefold() in _SON_OR_DAUGHTER for word in said)
    positions = any(_POSITION.match(word) for word in said)
    between = [text[a.end() : b.start()] for a, b in zip(words[first:last], words[first + 1 : last + 1], strict=True)]
    return named and not positions and all(gap.isspace() and "\n" not in gap for gap in between)


def _plain_names(text: str) -> list[_Span]:
    """«Ли Виктория»: a part of two or three capitalised words and nothing else. One word may as well be a position."""
    ends = [0, *(found.end() for found in _PART_ENDS.finditer(text))]
    starts = [*(found.start() for found in _PART_ENDS.finditer(text)), len(text)]
    for start, end in zip(ends, starts, strict=True):
        words = list(_WORD.finditer(text, start, end))
        if len(words) in (2, 3) and _are_one_name(text, words, 0, len(words) - 1):
            return [_Span(words[0].start(), words[-1].end())]
    return []


def _tidy(text: str) -> str:
    """The words without the separators around them, a bracket around the whole included."""
    words = " ".join(text.split()).strip(_AROUND)
    if words.count("(") != words.count(")") or (words.startswith("(") and words.find(")") == len(words) - 1):
        words = words.strip("()").strip(_AROUND)
    return words
