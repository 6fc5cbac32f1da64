"""Whose names stand in a text: asked for every remark that a school is told, in which no other school may be named.

Of forty thousand schools each would be told by the names of all the others. So the names are looked up by their first
word, once for all.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.wording import NBSP
from schemas.district import School

_WORDS = re.compile(r"\w+|\W")
_OF_A_WORD = re.compile(r"\w")


class Names:
    """Of schools, as the registry has them, and of files."""

    def __init__(self, schools: Iterable[School], files: Iterable[tuple[str, str]]) -> None:
        """`files`: each with the code of a school whose it is."""
        self._schools: dict[str, list[School]] = {}
        self._files: dict[str, dict[str, set[str]]] = {}  # name -> the files that are called so -> whose they are
        for school in schools:
            for name in (school.name, school.full_name, *school.aliases):
                self._schools.setdefault(_plain(name), []).append(school)
        for file, code in files:
            self._files.setdefault(_plain(file), {}).setdefault(file, set()).add(code)
        self._lengths: dict[str, set[int]] = {}  # first word -> how long the names are that begin with it
        for name in filter(None, self._schools.keys() | self._files.keys()):
            self._lengths.setdefault(_first_word(name), set()).add(len(name))

    def of_others(self, school: School) -> "Others":
        return Others(self, school)

    def standing_in(self, text: str) -> Iterator[str]:
        """The names that stand there as words of their own, as they are compared."""
        text = _plain(text)
        for word in _WORDS.finditer(text):
            start = word.start()
            if lengths := self._lengths.get(word[0]):
                for name in (text[start : start + length] for length in lengths):
                    if (name in self._schools or name in self._files) and _stands_alone(text, start, len(name)):
                        yield name

    def is_anothers(self, name: str, school: School) -> bool:
        """Has another school this name, or a file that is not of this one."""
        files = self._files.get(name, {}).values()
        return any(one != school for one in self._schools.get(name, ())) or any(school.code not in of for of in files)


class Others(NamedTuple):
    """The names of all but one school."""

    names: Names
    school: School

    def are_named_in(self, text: str) -> bool:
        return any(self.names.is_anothers(name, self.school) for name in self.names.standing_in(text))


def _plain(text: str) -> str:
    return " ".join(text.replace(NBSP, " ").casefold().split())


def _first_word(name: str) -> str:
    """Or what it begins with instead of one."""
    return next(_WORDS.finditer(name))[0]


def _stands_alone(text: str, start: int, length: int) -> bool:
    return not (start and _OF_A_WORD.match(text, start - 1)) and not _OF_A_WORD.match(text, start + length)
