"""Of whom a share is: the words by which an order calls people, and the base that stands for them."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from pipeline import wording
from pipeline.reading.answers.grades import ALL, read_classes
from schemas.form import Base
from schemas.likeness import plain


class People(NamedTuple):
    """`words`: how a word for them begins. `spellings`: how a row of a form that names them alone may call them."""

    base: Base
    words: re.Pattern[str]
    spellings: tuple[str, ...]


def _people(id: str, registry: str, group: str, forms: wording.Noun, words: str, spellings: tuple[str, ...]) -> People:
    name = wording.capital(forms[2]).replace(" ", "_")
    base = Base(id=id, registry=registry, label=registry, group=group, people=forms, name=name)
    return People(base, re.compile(rf"\b(?:{words})", re.IGNORECASE), spellings)


KNOWN = (
    _people(
        "teachers", "Педагогических работников", "Учителя", ("учитель", "учителя", "учителей"),
        r"пед(?:агог|\.?\s?работ)|учител",
        ("педагогические работники", "педагоги", "учителя", "педагогический коллектив", "пед. работники"),
    ),
    _people(
        "parents", "Родителей", "Родители", ("родитель", "родителя", "родителей"), r"родител|законн\w+ представител",
        ("родители (законные представители)", "родители", "законные представители"),
    ),
    _people(
        "pupils", "Обучающихся", "Ученики", ("ученик", "ученика", "учеников"),
        r"обучающ|учащ|учени[кц]|школьник|дет(?:ей|и|ям|ьми)\b|воспитанник",
        ("обучающиеся", "учащиеся", "ученики", "дети", "школьники"),
    ),
    _people(
        "staff", "Работников всего", "Работники", ("работник", "работника", "работников"), r"работник|сотрудник",
        ("работники", "сотрудники"),
    ),
)  # fmt: skip
PUPILS = next(one for one in KNOWN if one.base.id == "pupils")
_HAVING = re.compile(r"имеющих\s+([^()%/;,]+)", re.IGNORECASE)
_UNKNOWN = People(
    Base(id="", registry="", label="", group="Люди", people=("человек", "человека", "человек"), name=""),
    re.compile("$^"),
    (),
)


class Whom(NamedTuple):
    """The people that a text names first, those of whom it speaks only in part («имеющих право …»), and whether it
    names others too."""

    people: People | None
    having: str
    others: bool


def named_in(text: str) -> Whom:
    found = sorted(
        (match.start(), index) for index, one in enumerate(KNOWN) if (match := one.words.search(text)) is not None
    )
    kinds = [KNOWN[index] for _, index in found if KNOWN[index].base.id != "staff" or len(found) == 1]
    having = _HAVING.search(text)
    return Whom(kinds[0] if kinds else None, having[1].strip() if having else "", len(kinds) > 1)


def part_of(people: People | None, having: str, number: int) -> Base:
    """The base of those people who have what is said: «имеющих право на льготу» -> «Имеют право на льготу»."""
    whole = (people or _UNKNOWN).base
    words = having.split()
    return msgspec.structs.replace(
        whole,
        id="able" if number == 1 else f"able{number}",
        registry=f"Имеют {having}",
        label=f"{wording.capital(whole.people[2])}, имеющих {having}",
        name="_".join(["Имеют", *re.findall(r"[^\W\d_]+", " ".join(words[:1]))]) + ("" if number == 1 else str(number)),
        part_of=whole.id,
    )


def in_grades(whole: Base, grades: str, beside_whole: bool) -> Base:
    """Those of the people that are in these grades. `beside_whole`: has the form the whole too, whose column in the
    registry must not begin as theirs does."""
    said = grades.replace("-", "–")
    return msgspec.structs.replace(
        whole,
        id=f"{whole.id}-{grades.replace(', ', '-')}",
        registry=f"В {said} классах {wording.lowered(whole.registry)}"
        if beside_whole
        else f"{whole.registry} {said} классов",
        label=f"{whole.label} {said} классов",
        name=f"{whole.name}_{re.sub('[^0-9]+', '_', grades)}",
        part_of=whole.id if beside_whole else "",
        grades=grades,
    )


_GRADE = r"\d{1,2}(?:-?[а-яё]{1,2}\b)?"
_RUN = rf"{_GRADE}(?:\s*(?:[-–—,]|и|по)\s*{_GRADE})*"
_GRADES = re.compile(
    rf"(?:(?P<before>[а-яё]+)\.?\s+)?(?<![\d.,])(?:(?P<run>{_RUN})\s+класс(?P<ending>[а-яё]*)"
    rf"|\bкласс(?P<ended>[а-яё]*)\s+(?P<behind>{_RUN})(?![\d.,]))",
    re.IGNORECASE,
)
_FROM_TO = re.compile(rf"({_GRADE})\s*по\s*({_GRADE})", re.IGNORECASE)
# Behind them stands the number of something else, or grades that begin or end there.
_UNCLEAR = re.compile(
    r"п|пп|пунк\w+|стр\w*|гр|граф\w*|числ\w+|колич\w+|до|после|кроме|без|не|стар\w+|млад\w+|[вн]ыше|ниже"
)


def grades_in(text: str) -> str:
    """The grades that a text names: `1-4`; blank where it names none, some in one place and others in another, or they
    cannot be read."""
    named = {_grades_of(found) for found in _GRADES.finditer(text.casefold())}
    return named.pop() if len(named) == 1 else ""


def _grades_of(found: re.Match[str]) -> str:
    """Of one mention; blank where it may be anything else: «в 3 классах» are so many, «с 5 класса» is no end."""
    before, run = found["before"] or "", found["run"] or found["behind"]
    ending = found["ending"] or found["ended"] or ""
    may_count = ending[:1] in ("о", "ы") or ending[:2] in ("ам", "ах") or (ending == "а" and run in ("2", "3", "4"))
    may_count = may_count and run.isdigit() and not any(one.words.match(before) for one in KNOWN)
    if before in ("с", "со"):
        run = _FROM_TO.sub(r"\1-\2", run)
        if run.isdigit():
            return ""
    if "по" in run or _UNCLEAR.fullmatch(before) or may_count:
        return ""
    grades = read_classes(f"{run} класс")
    return "" if grades is None or grades == ALL else grades


def spellings_of(base_id: str, title: str) -> tuple[str, ...]:
    """Other words for a row that names these people alone."""
    people = next((one for one in KNOWN if one.base.id == base_id), None)
    bare = plain(re.sub(r"\(.*?\)", "", title))
    if people is None or bare not in {plain(re.sub(r"\(.*?\)", "", one)) for one in people.spellings}:
        return ()
    return tuple(one for one in people.spellings if plain(one) != plain(title))


def whole_of(bases: Iterable[Base]) -> Iterator[Base]:
    """Bases with the wholes that they are a part of, each once, in the order of `KNOWN`."""
    wanted = {base.id: base for base in bases}
    for base in list(wanted.values()):
        if base.part_of:
            whole = next(one.base for one in KNOWN if one.base.id == base.part_of)
            wanted.setdefault(whole.id, whole)
    order = [one.base.id for one in KNOWN]
    return iter(sorted(wanted.values(), key=lambda base: order.index(base.id) if base.id in order else len(order)))
