"""Which school a heading names: registry names and other names, as people write them."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

import msgspec

from schemas.district import Registry, School
from schemas.likeness import plain
from schemas.school_names import Name, parse, plain_as_typed, same_word

_MOST_OFFERED = 3  # names that are like one that nobody knows


class Match(NamedTuple):
    """`school` when exactly one is meant. Else `candidates`: several that fit, or the nearest ones of none."""

    school: School | None
    candidates: tuple[School, ...] = ()
    ambiguous: bool = False
    latin: bool = False  # Latin letters stood in for Cyrillic ones
    exact: bool = False  # the registry knows this very name


class Schools(msgspec.Struct, frozen=True, dict=True):
    """Answers «which school is meant» for one registry."""

    registry: Registry

    def match(self, said: str) -> Match:
        """The school a heading means: its number, its kind and every word that tells it apart are that school's own.

        '№ 1' never becomes '№ 10', a kindergarten or another place's school never the school of its number.
        """
        return self._matched(said)

    def _match(self, said: str) -> Match:
        name = parse(said)
        if not (name.numbers or name.kinds or name.words or name.honour):
            return Match(None)
        latin = plain(said) != plain_as_typed(said)
        exact = tuple(s for s in self._by_key.get((name.key, name.honour), ()) if self._described_alike(name, s))
        fitting = exact or _distinct([s for s in self._of_numbers(name) if self._fits(name, s)])
        if len(fitting) == 1:
            return Match(fitting[0], latin=latin, exact=bool(exact))
        if fitting:
            return Match(None, fitting, ambiguous=True)
        return Match(None, self._nearest(name))

    def kinds_of(self, school: School) -> list[frozenset[str]]:
        """What its names call it, name by name."""
        return [name.kinds for name in self._names[school.code]]

    def by_code(self, code: str) -> School | None:
        """The school of that code; leading zeros do not matter («1» written for «01»)."""
        code = code.strip()
        return self._by_code.get(code) or (self._by_code.get(code.lstrip("0") or "0") if code else None)

    # ── does a name fit a school ─────────────────────────────────────────────────────────────────────────────────────

    def _fits(self, said: Name, school: School) -> bool:
        return (
            _kinds_agree(said, self._names[school.code])
            and all(self._knows(school, word) for word in said.words)
            and self._told_apart(said, school)
            and self._described_alike(said, school)
        )

    def _told_apart(self, said: Name, school: School) -> bool:
        """A number tells it apart. Where the school has none, all the words of one of its names must; a name that is
        a kind alone («Гимназия») takes the kind."""
        if said.numbers:
            return True
        words = (*said.words, *said.honour)
        return any(
            not known.numbers
            and _all_among(known.key[2], words)
            and (known.key[2] or (known.kinds and known.kinds == said.kinds))
            for known in self._names[school.code]
        )

    def _described_alike(self, said: Name, school: School) -> bool:
        """Honour and town may be told of a school that is known without; what contradicts it may not."""
        for told, known in ((said.honour, self._honours[school.code]), (said.towns, self._words[school.code])):
            if told and not any(same_word(a, b) for a in told for b in known):
                strangers = (code for word in told for code in self._knowing(word) if code != school.code)
                if known or next(strangers, None) is not None:
                    return False
        return True

    def _knows(self, school: School, word: str) -> bool:
        return any(same_word(word, known) for known in self._all_words[school.code])

    def _knowing(self, word: str) -> Iterator[str]:
        """Codes of the schools that know such a word."""
        return (code for known in self._alike(word) for code in self._by_word[known])

    def _of_numbers(self, said: Name) -> list[School]:
        return self._by_numbers.get(said.numbers, [])

    def _nearest(self, said: Name) -> tuple[School, ...]:
        """Schools of that number, then those that know one of its words."""
        near = [s for s in self._of_numbers(said) if said.numbers]
        words = (*said.words, *said.honour)
        knowing = {code for word in words for code in self._knowing(word)}
        near += [s for s in self.registry.schools if s.code in knowing]
        return _distinct(near)[:_MOST_OFFERED]

    # ── what the registry knows ──────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _matched(self) -> Callable[[str], Match]:
        """The head of one file is asked about several times; the heads of others are mostly of other schools."""
        return lru_cache(maxsize=1_024)(self._match)

    @cached_property
    def _alike(self) -> Callable[[str], list[str]]:
        """The same word as the registry has it. A place is met in the heads of many files."""
        return lru_cache(maxsize=1_024)(lambda word: [known for known in self._by_word if same_word(word, known)])

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for code, words in self._all_words.items():
            for word in words:
                found.setdefault(word, []).append(code)
        return found

    @cached_property
    def _names(self) -> dict[str, list[Name]]:
        """Code -> the school's names; one that leaves the kind out has that of the others."""
        return {school.code: _names_of(school) for school in self.registry.schools}

    @cached_property
    def _by_key(self) -> dict[object, tuple[School, ...]]:
        known: dict[object, dict[str, School]] = {}
        for school in self.registry.schools:
            for name in self._names[school.code]:
                known.setdefault((name.key, name.honour), {})[school.code] = school
        return {key: tuple(schools.values()) for key, schools in known.items()}

    @cached_property
    def _by_numbers(self) -> dict[frozenset[str], list[School]]:
        known: dict[frozenset[str], list[School]] = {}
        for school in self.registry.schools:
            for numbers in {name.numbers for name in self._names[school.code]}:
                known.setdefault(numbers, []).append(school)
        return known

    # As tuples: of a large registry most are empty, and an empty set takes two hundred bytes.

    @cached_property
    def _words(self) -> dict[str, tuple[str, ...]]:
        return {code: _each_once(w for n in names for w in (*n.words, *n.towns)) for code, names in self._names.items()}

    @cached_property
    def _honours(self) -> dict[str, tuple[str, ...]]:
        return {code: _each_once(w for n in names for w in n.honour) for code, names in self._names.items()}

    @cached_property
    def _all_words(self) -> dict[str, tuple[str, ...]]:
        return {code: _each_once((*words, *self._honours[code])) for code, words in self._words.items()}

    @cached_property
    def _by_code(self) -> dict[str, School]:
        short = {s.code.lstrip("0") or "0": s for s in self.registry.schools}
        return short | {s.code: s for s in self.registry.schools}


def _names_of(school: School) -> list[Name]:
    names = [parse(text) for text in (school.name, school.full_name, *school.aliases) if text]
    kinds = next((name.kinds for name in names if name.kinds), frozenset())
    return [name if name.kinds else name._replace(kinds=kinds) for name in names]


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _kinds_agree(said: Name, known: list[Name]) -> bool:
    """The kind is one of the school's own. «Школа» may be a school of any kind, no other institution."""
    if not said.kinds:
        return not any(name.other for name in known)
    return any(said.kinds == name.kinds or (not name.kinds and not said.other) for name in known)


def _all_among(fewer: tuple[str, ...], more: tuple[str, ...]) -> bool:
    return all(any(same_word(a, b) for b in more) for a in fewer)


def _distinct(schools: list[School]) -> tuple[School, ...]:
    return tuple({s.code: s for s in schools}.values())
