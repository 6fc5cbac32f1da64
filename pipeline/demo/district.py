"""The schools of a fictional district with their people, and who gets its letters.

Places and schools are invented. How many people a school has follows from its kind and place; which groups of people
are counted comes from the form's bases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from types import MappingProxyType
from typing import NamedTuple

from schemas.district import Recipient, School
from schemas.form import Form
from schemas.grades import grades_of
from schemas.likeness import plain
from schemas.school_names import whole_school

MAILING = (
    Recipient("Начальник управления", "head@example.org"),
    Recipient("Заместитель начальника", "deputy@example.org"),
)


def make_schools(form: Form, number: int, dice: Random) -> tuple[School, ...]:
    """So many schools of all kinds, big and small, in town and in the country."""
    return make_schools_of([form], number, dice)[0]


def make_schools_of(forms: Sequence[Form], number: int, dice: Random) -> list[tuple[School, ...]]:
    """The same schools for each order, with the people that it asks of: those whose column of the registry is the same
    are as many."""
    width = max(2, len(str(number)))
    made = [_school(forms, n, f"{n:0{width}d}", dice) for n in range(1, number + 1)]
    return [tuple(one[place] for one in made) for place in range(len(forms))]


class _Kind(NamedTuple):
    """`pupils`: fewest and most. `able`: the least and greatest share of people who are part of a wider base."""

    short: str
    full: str
    pupils: tuple[int, int]
    able: tuple[float, float]
    rural: bool = False
    numbered: bool = True
    state: str = "бюджетное"


_TOWN, _COUNTRY = (0.88, 0.97), (0.35, 0.8)
_MIDDLE = _Kind("СОШ № {n}", "Средняя общеобразовательная школа № {n}", (380, 820), _TOWN)
_MIDDLE_IN_SETTLEMENT = _MIDDLE._replace(pupils=(160, 330), able=(0.7, 0.9), rural=True)
_MIDDLE_IN_VILLAGE = _Kind("СОШ", "Средняя общеобразовательная школа", (60, 130), _COUNTRY, True, False, "казённое")
_BASIC = _Kind("ООШ № {n}", "Основная общеобразовательная школа № {n}", (120, 260), _TOWN)
_BASIC_IN_VILLAGE = _BASIC._replace(pupils=(45, 110), able=_COUNTRY, rural=True, state="казённое")
_PRIMARY = _Kind("НОШ № {n}", "Начальная общеобразовательная школа № {n}", (90, 180), _TOWN)
_PRIMARY_IN_VILLAGE = _PRIMARY._replace(pupils=(24, 70), able=_COUNTRY, rural=True, state="казённое")
_GYMNASIUM = _Kind("«Гимназия № {n}»", "Гимназия № {n}", (560, 900), _TOWN)
_LYCEUM = _Kind("«Лицей № {n}»", "Лицей № {n}", (420, 760), _TOWN)
_EVENING = _Kind("ВСОШ № {n}", "Вечерняя (сменная) общеобразовательная школа № {n}", (60, 120), (0.5, 0.7))
_BOARDING = _Kind("«Школа-интернат № {n}»", "Школа-интернат № {n}", (110, 190), (0.5, 0.75), state="казённое")
# What a district of twenty schools is made of; a bigger one has the same mix.
_MIX = (
    _MIDDLE, _MIDDLE, _GYMNASIUM, _BASIC, _MIDDLE_IN_SETTLEMENT, _MIDDLE, _PRIMARY_IN_VILLAGE, _LYCEUM, _MIDDLE,
    _BASIC_IN_VILLAGE, _MIDDLE, _EVENING, _MIDDLE_IN_VILLAGE, _MIDDLE, _BASIC, _MIDDLE_IN_SETTLEMENT, _PRIMARY,
    _BOARDING, _MIDDLE, _BASIC_IN_VILLAGE,
)  # fmt: skip
_PLACES = (
    ("с.", "села", "Кедровка"), ("п.", "посёлка", "Заозёрный"), ("с.", "села", "Устье"), ("с.", "села", "Верхний Ключ"),
    ("п.", "посёлка", "Маячный"), ("с.", "села", "Тихая Падь"), ("п.", "посёлка", "Рябиновый"),
)  # fmt: skip


def _school(forms: Sequence[Form], n: int, code: str, dice: Random) -> list[School]:
    cycle, place = divmod(n - 1, len(_MIX))
    kind = _MIX[place]
    if not kind.numbered and cycle:  # one such school a place: another one is told apart by its number
        kind = kind._replace(short=f"{kind.short} № {{n}}", full=f"{kind.full} № {{n}}", numbered=True)
    legal = "МБОУ" if kind.state == "бюджетное" else "МКОУ"
    short, full = kind.short.format(n=n), kind.full.format(n=n)
    aliases = [short.strip("«»")]
    if kind.rural:
        sign, settlement, name = _PLACES[(n - 1) % len(_PLACES)]
        aliases = [f"{short} {sign} {name}"]
        short = short if kind.numbered else f"{short} {sign} {name}"
        full = f"{full} {settlement} {name}"
    pupils = dice.randint(*kind.pupils)
    first = School(
        code,
        f"{legal} {short}",
        f"Муниципальное {kind.state} общеобразовательное учреждение «{full}»",
        tuple(aliases),
        _bases(forms[0], pupils, kind, dice),
        classes=max(4, round(pupils / 23)),
        email=f"school{code}@example.org",
    )
    known = {plain(base.registry): first.bases[base.id] for base in forms[0].bases}
    schools = [first]
    for form in forms[1:]:
        given = {base.id: known[plain(base.registry)] for base in form.bases if plain(base.registry) in known}
        bases = _bases(form, pupils, kind, Random(f"{code} {pupils} {form.id}"), given)
        known |= {plain(base.registry): bases[base.id] for base in form.bases}
        schools.append(replace(first, bases=bases))
    return schools


# People for one pupil, by the first words that the form has for them.
_FOR_ONE_PUPIL = (("учител", 0.065), ("педагог", 0.065), ("работник", 0.08), ("родител", 0.94), ("учен", 1.0))
_OTHERS = 0.7


def _in_grades(grades: frozenset[int], pupils: int, kind: _Kind, dice: Random) -> float:
    """Pupils of these grades: none where the school has none of them."""
    own = whole_school(kind.full)
    taught = [grade for grade in own if grade in grades]
    return float(round(pupils * len(taught) / len(own) * dice.uniform(0.92, 1.08)))


def _bases(
    form: Form, pupils: int, kind: _Kind, dice: Random, given: Mapping[str, float] = MappingProxyType({})
) -> dict[str, float]:
    """`given`: base id -> people that another order has told already. A whole has no fewer people than such a part."""
    people: dict[str, float] = {}
    for base in sorted(form.bases, key=lambda base: len(form.wholes_of(base.id))):
        if base.id in given:
            people[base.id] = given[base.id]
        elif base.grades:
            people[base.id] = _in_grades(grades_of(base.grades), pupils, kind, dice)
        elif base.part_of:
            people[base.id] = float(round(people[base.part_of] * dice.uniform(*kind.able)))
        else:
            ratio = next((r for stem, r in _FOR_ONE_PUPIL if base.people[2].casefold().startswith(stem)), _OTHERS)
            people[base.id] = float(round(pupils * ratio * dice.uniform(0.96, 1.04)) + 3)
    for part in given:
        for whole in (one for one in form.wholes_of(part) if one not in given):
            people[whole] = max(people[whole], people[part])
    return people
