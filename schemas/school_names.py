"""A school's name taken apart: kind, number, other words; and what the kind says of its grades."""

import re
from functools import lru_cache
from typing import NamedTuple

from schemas.likeness import plain


class Name(NamedTuple):
    """A school's name taken apart: its kind (`сош`, `гимназия` …; blank for «школа»), numbers and other words."""

    kind: str
    numbers: frozenset[str]
    words: tuple[str, ...]

    @property
    def spoken(self) -> str:
        return " ".join((self.kind, *self.words)).strip()


# What stands for the legal form says nothing about which school it is.
_LEGAL = re.compile(
    r"\b(?:[мгко][абк]?[оу]{1,2}у?|мбоу|мкоу|маоу|мoу|гбоу|гкоу|моу|мбу|мку|ноу|чоу)\b"
    r"|\b(?:муниципальн|государственн|бюджетн|казенн|автономн|общеобразовательн|образовательн|учрежден|организаци)\w*"
)
_KINDS = (
    ("сош", r"\bсош\b|\bсредн\w*(?:\s+школ\w*)?"),
    ("оош", r"\bоош\b|\bосновн\w*(?:\s+школ\w*)?"),
    ("нош", r"\bнош\b|\bначальн\w*(?:\s+школ\w*)?"),
    ("гимназия", r"\bгимнази\w*"),
    ("лицей", r"\bлице\w*"),
    ("интернат", r"\b(?:школ\w*\s+)?интернат\w*"),
    ("вечерняя", r"\bвсош\b|\bвечерн\w*"),
)
_FILLER = re.compile(
    r"\b(?:школ\w*|ош|сш|имени|им|номер|n|no|рабоч\w*|посел(?:ок|ка|ке)|сел(?:о|а|е|ьск\w*)|поселени\w*"
    r"|город\w*|район\w*|муниципальн\w*|рп|р|п|пос|с|г|гор|д|дер|деревн\w*|ст|станци\w*|пгт|в|код)\b"
)


@lru_cache(maxsize=65536)
def parse(text: str) -> Name:
    """«МБОУ СОШ №5 р.п. Заозёрный» -> kind сош, numbers {5}, words (заозерный)."""
    text = re.sub(r"\(?\s*код\s*[\w-]+\s*\)?", " ", text, flags=re.IGNORECASE)
    words = plain(re.sub(r"(?<=\D)(?=\d)|(?<=\d)(?=\D)", " ", text))
    words = re.sub(r"\bn\b|\bno\b", " ", words)
    words = _LEGAL.sub(" ", words)
    kind = ""
    for name, pattern in reversed(_KINDS):  # «вечерняя средняя» is an evening school first
        if re.search(pattern, words):
            kind = name
            words = re.sub(pattern, " ", words)
            break
    numbers = frozenset(n.lstrip("0") or "0" for n in re.findall(r"\d+", words))
    words = _FILLER.sub(" ", re.sub(r"\d+", " ", words))
    for _, pattern in _KINDS:
        words = re.sub(pattern, " ", words)
    return Name(kind, numbers, tuple(words.split()))


def plain_as_typed(text: str) -> str:
    """`plain` without folding Latin look-alikes."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold().replace("ё", "е")))


def whole_school(name: str) -> range:
    """Its grades: 1–4 for a начальная, 1–9 for an основная, else 1–11."""
    last = {"нош": 4, "оош": 9}.get(parse(name).kind, 11)
    return range(1, last + 1)
