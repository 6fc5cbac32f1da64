"""Which school a heading names: registry names and other names, as people write them."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz

from schemas.district import Registry, School
from schemas.likeness import plain
from schemas.school_names import Name, parse, plain_as_typed

# A place's name declines («посёлка Майский», «в п. Майском»): alike from here on is the same place.
_SAME_WORD = 75.0
# Names without a common number must agree closer, and no other school may come near.
_NEAR_NAME = 88.0
_MARGIN = 6.0


class Match(NamedTuple):
    """`school` when exactly one is meant. Else `candidates`: several that fit, or the nearest ones of none."""

    school: School | None
    candidates: tuple[School, ...] = ()
    ambiguous: bool = False
    latin: bool = False  # Latin letters stood in for Cyrillic ones
    exact: bool = False  # the registry knows this very name


@dataclass(frozen=True)
class Schools:
    """Answers «which school is meant» for one registry."""

    registry: Registry

    def match(self, said: str) -> Match:
        """The school a heading means. '№ 1' never becomes '№ 10': the numbers must be the same ones."""
        name = parse(said)
        if name == Name("", frozenset(), ()):
            return Match(None)
        latin = plain(said) != plain_as_typed(said)
        exact = self._by_exact.get(name, ())
        if len(exact) == 1:
            return Match(exact[0], latin=latin, exact=True)
        if exact:
            return Match(None, exact, ambiguous=True)
        fitting = _distinct([s for known, s in self._names if _fits(name, known)])
        if len(fitting) == 1:
            elsewhere = self._place_of_another(name, fitting[0])
            if elsewhere:
                return Match(None, (fitting[0], *elsewhere), ambiguous=True)
            return Match(fitting[0], latin=latin)
        if fitting:
            return Match(None, fitting, ambiguous=True)
        return self._nearest(name, said, latin)

    def by_code(self, code: str) -> School | None:
        """The school of that code; leading zeros do not matter («1» written for «01»)."""
        code = code.strip()
        return self._by_code.get(code) or (self._by_code.get(code.lstrip("0") or "0") if code else None)

    def _nearest(self, name: "Name", said: str, latin: bool) -> Match:
        scored: dict[str, tuple[float, School]] = {}
        for known, school in self._names:
            if known.numbers != name.numbers or not _kinds_agree(name, known):
                continue
            score = fuzz.ratio(name.spoken, known.spoken)
            if score > scored.get(school.code, (0.0, school))[0]:
                scored[school.code] = score, school
        ranked = sorted(scored.values(), key=lambda pair: (-pair[0], pair[1].code))
        if ranked and ranked[0][0] >= _NEAR_NAME and (len(ranked) == 1 or ranked[1][0] < ranked[0][0] - _MARGIN):
            return Match(ranked[0][1], latin=latin)
        near = [s for known, s in self._names if name.numbers and known.numbers == name.numbers]
        near += [s for known, s in self._names if name.words and _all_among(name.words, known.words)]
        return Match(None, _distinct(near)[:3])

    def _place_of_another(self, name: "Name", school: School) -> tuple[School, ...]:
        """Schools whose place is named although the number is another school's: «СОШ № 14 п. Майский»."""
        own = [known.words for known, s in self._names if s == school]
        odd = [w for w in name.words if not any(_all_among((w,), words) for words in own)]
        return _distinct([s for known, s in self._names for w in odd if _all_among((w,), known.words)])

    @cached_property
    def _names(self) -> list[tuple["Name", School]]:
        names = []
        for school in self.registry.schools:
            kind = parse(school.name).kind or parse(school.full_name).kind
            for text in (school.name, school.full_name, *school.aliases):
                if text:
                    name = parse(text)
                    names.append((name._replace(kind=name.kind or kind), school))
        return names

    @cached_property
    def _by_exact(self) -> dict["Name", tuple[School, ...]]:
        known: dict[Name, tuple[School, ...]] = {}
        for name, school in self._names:
            if school not in known.get(name, ()):
                known[name] = (*known.get(name, ()), school)
        return known

    @cached_property
    def _by_code(self) -> dict[str, School]:
        short = {s.code.lstrip("0") or "0": s for s in self.registry.schools}
        return short | {s.code: s for s in self.registry.schools}


def _kinds_agree(said: Name, known: Name) -> bool:
    return not said.kind or not known.kind or said.kind == known.kind


def _fits(said: Name, known: Name) -> bool:
    """Same numbers, agreeing kinds, and the words of one are all among the words of the other."""
    if said.numbers != known.numbers or not _kinds_agree(said, known):
        return False
    fewer, more = sorted((said.words, known.words), key=len)
    if not said.numbers and (not fewer or said.kind != known.kind):
        # without a number the words must carry it, or the kind alone: «Гимназия»
        return bool(fewer) and _all_among(fewer, more)
    return _all_among(fewer, more)


def _all_among(fewer: tuple[str, ...], more: tuple[str, ...]) -> bool:
    return all(any(_same_word(a, b) for b in more) for a in fewer)


def _same_word(a: str, b: str) -> bool:
    return a == b or (a[:3] == b[:3] and fuzz.ratio(a, b) >= _SAME_WORD)


def _distinct(schools: list[School]) -> tuple[School, ...]:
    return tuple({s.code: s for s in schools}.values())
