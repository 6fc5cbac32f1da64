"""Whose names stand in a text, against a search for each of them."""

import re
from random import Random

import pytest

from pipeline.measuring.names import Names
from schemas.district import School

NAMES = ["СОШ № 1", "СОШ № 12", "№ 1", "«Лицей»", "Лицей", "школа", "МБОУ  СОШ\u00a0№ 1", "1", "(вечерняя)", "СОШ", ""]
FILES = [
    ("01.xlsx", "01"),
    ("2014/СОШ № 1.xlsx", "02"),
    ("5", "03"),
    ("5", "01"),
    ("01.XLSX", "02"),
    ("ничей.xlsx", ""),
]
PIECES = [*"ab 1«».-", "\u00a0", " ", *NAMES, *(file for file, _ in FILES)]
SCHOOLS = [
    School(f"{number:02}", name, NAMES[(7 * number) % len(NAMES)], (NAMES[(3 * number) % len(NAMES)],))
    for number, name in enumerate(NAMES)
]


@pytest.mark.parametrize("seed", range(20))
def test_names_of_others_are_those_that_a_search_for_each_finds(seed: int) -> None:
    dice = Random(seed)
    names = Names(SCHOOLS, FILES)
    for _ in range(100):
        text = "".join(dice.choices(PIECES, k=dice.randint(1, 4)))
        school = dice.choice(SCHOOLS)
        found = any(stands_in(name, text) for name in names_of_others(school))
        assert names.of_others(school).are_named_in(text) == found, (text, school)


def names_of_others(school: School) -> list[str]:
    others = [name for one in SCHOOLS if one != school for name in (one.name, one.full_name, *one.aliases)]
    own = {file for file, code in FILES if code == school.code}
    return [name for name in (*others, *(file for file, _ in FILES if file not in own)) if name]


def stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(plain(name))}(?!\w)", plain(text)) is not None


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").casefold().split())
