"""An institution's name taken apart: kind, number, the words that tell it from others; and what a kind says of grades.

The words are data (`institutions.toml`). Three rules: a word of a kind, a number and every word that no list knows
tell an institution apart; legal form, address, people and ways to reach them only describe it; whom it is named in
honour of describes it as long as nothing known contradicts.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from rapidfuzz.distance import OSA

from schemas.likeness import cyrillic
from schemas.strict import load

INSTITUTIONS = Path(__file__).with_name("institutions.toml")
_WORDS = 65536  # whose places in the lists are kept: the names of a district share most of theirs


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    words: tuple[str, ...]


class _Described(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    honour: tuple[str, ...]
    study: tuple[str, ...]
    street: tuple[str, ...]
    contact: tuple[str, ...]


class _Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    signs: tuple[str, ...]
    nouns: tuple[str, ...]
    adjectives: tuple[str, ...]


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: tuple[str, ...]


class _Short(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    letters: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]


class _Kinds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kinds: tuple[str, ...]


class _Institutions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    legal: tuple[str, ...]
    general: tuple[str, ...]
    of_schools: tuple[str, ...]
    schools: tuple[_Kind, ...]
    others: tuple[_Kind, ...]
    parts: _Kinds
    short: _Short
    addressee: _Words
    described: _Described
    places: _Places
    report: _Words


@cache
def _known() -> _Institutions:
    """Raises UsageError where the file has an unknown or a missing key."""
    return load(INSTITUTIONS, _Institutions)


class Name(NamedTuple):
    """`kinds`: of schools one at most, of other institutions as many as are named. `words` tell it apart, places among
    them; `honour`: whom it is named after; `towns`: places of its address. `said`: some word calls it an institution.
    """

    kinds: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    honour: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    said: bool = False

    @property
    def kind(self) -> str:
        """The kind of school; blank for «школа» and for every other institution."""
        return next((kind.id for kind in _known().schools if kind.id in self.kinds), "")

    @property
    def other(self) -> bool:
        """Is it called an institution that is no school."""
        return any(kind.id in self.kinds for kind in _known().others)

    @property
    def spoken(self) -> str:
        return " ".join((*sorted(self.kinds), *self.words)).strip()

    @property
    def key(self) -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
        """By which one name is the same as another, whatever describes it. Without a number the honour tells it apart:
        «школа имени Пушкина»."""
        return self.kinds, self.numbers, self.words if self.numbers else (*self.words, *self.honour)


_CLAUSE_ENDS = re.compile(r"[,;()\[\]\n]|\s[-–—]\s")


@lru_cache(maxsize=65536)
def parse(text: str) -> Name:
    """«МБОУ СОШ №5 р.п. Заозёрный, ул. Мира, 7» -> kind сош, number 5, words (заозерный)."""
    text = _without_descriptions(cyrillic(text))
    address = _has_address(text)
    found = _Found()
    for clause in _CLAUSE_ENDS.split(text):
        named = _PERSON.search(clause) and not _is_in_honour(clause)
        _read_clause(_PERSON.sub(" ", clause) if named else clause, address, found)
    school = [kind.id for kind in _known().schools if kind.id in found.kinds]
    others = [kind.id for kind in _known().others if kind.id in found.kinds]
    return Name(
        _held_once(frozenset([*school[-1:], *others])),
        _held_once(frozenset(n.lstrip("0") or "0" for n in found.numbers)),
        tuple(found.words),
        tuple(found.honour),
        tuple(found.towns),
        found.said,
    )


@lru_cache(maxsize=_WORDS)
def _held_once(words: frozenset[str]) -> frozenset[str]:
    """Of equal sets the first: the names of a school, and of all schools of a kind, have theirs in common."""
    return words


@lru_cache(maxsize=8192)
def mentions(text: str) -> tuple[str, ...]:
    """The institutions that a line of a head names, each from its first word to the end of what belongs to it.

    «Отчёт МБОУ СОШ № 8 о введении …» -> «МБОУ СОШ № 8». Several where each has a number of its own.
    """
    # the letters folded are as many: a place in the one text is that place in the other
    words = [(m.start(), m.end(), _plain(m[0])) for m in re.finditer(r"[^\W\d_]+|\d+|[,;()\n«»\"]", cyrillic(text))]
    bare = [word for _, _, word in words]
    anchors = [i for i in range(len(words)) if _is_anchor(bare, i)]
    if not anchors:
        return ()
    starts = anchors[:1]
    for here in anchors[1:]:
        if _has_number(words, starts[-1], here) and _has_number(words, here, len(words)):
            starts.append(here)
    found = []
    for start, after in zip(starts, [*starts[1:], len(words)], strict=True):
        first = _leftmost(words, start)
        last = next((i for i in range(start, after) if words[i][2] in _STOPS), after)
        last = _leftmost(words, last) if last == after and after < len(words) else last
        found.append(text[words[first][0] : words[max(last, start + 1) - 1][1]].strip(' ,;(«"\n'))
    return tuple(found)


@lru_cache(maxsize=8192)
def is_addressee(text: str) -> bool:
    """«В управление образования …»: whom the report is sent to."""
    words = re.findall(r"[^\W\d_]+", _plain(cyrillic(text)))
    words = words[1:] if words[:1] and words[0] in ("в", "во", "кому") else words
    return any(_stands_at(words, 0, phrase.split()) for phrase in _known().addressee.words)


@lru_cache(maxsize=8192)
def parts_named(text: str) -> frozenset[str]:
    """The kinds that name a part of the school beside whose name the text stands: «филиал», «начальная школа». None
    of an institution with a number of its own; a kind of school («основной этап») only of a school."""
    words = re.findall(r"[^\W\d_]+", _plain(cyrillic(text)))
    if parse(text).numbers:
        return frozenset()
    return frozenset(
        kind
        for at, word in enumerate(words)
        for kind, phrase in _phrases_from(word)
        if kind in _known().parts.kinds
        and _stands_at(words, at, phrase)
        and _is_of_institution(words, at, phrase, kind)
    )


def _is_of_institution(words: list[str], at: int, phrase: Sequence[str], kind: str) -> bool:
    if all(kind != school.id for school in _known().schools) or not _ADJECTIVE.fullmatch(words[at]):
        return True
    behind = [word for word in words[at + len(phrase) :] if not any(_like(word, one) for one in _known().of_schools)]
    return any(_like(word, one) for word in behind[:1] for one in _known().general)


@lru_cache(maxsize=8192)
def in_short(text: str) -> str:
    """«Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 4»» -> «МБОУ «СОШ
    № 4»»; what is no such name stays as it is."""
    words, legal = text.split(), _legal_form(text)
    letters = dict(_known().short.letters)
    said = " ".join(["".join(map(letters.__getitem__, legal)), *words[len(legal) :]] if legal else words)
    for phrase, kind in _known().short.kinds:
        said = re.sub(rf"\b{phrase}\b", kind, said, flags=re.IGNORECASE)
    return said


def is_of_charter(text: str) -> bool:
    """Does it begin with a legal form in full?"""
    return bool(_legal_form(text))


def _legal_form(text: str) -> list[str]:
    """Its words where it stands in full before a name; none where it does not."""
    letters = _known().short.letters
    words = list(map(_plain, text.split()))
    legal = list(takewhile(dict(letters).__contains__, words))
    return legal if len(legal) > 1 and legal[-1] == letters[-1][0] and len(legal) < len(words) else []


def same_word(a: str, b: str) -> bool:
    """One name in two cases («Майский», «Майского»), as an adjective («Кедровка», «Кедровская»), or mistyped once."""
    if a == b:
        return True
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if any(_same_ends(a[at:], b[at:]) for at in range(common, 2, -1) if 2 * at >= min(len(a), len(b))):
        return True
    return min(len(a), len(b)) >= 7 and a[:3] == b[:3] and OSA.distance(a, b, score_cutoff=1) <= 1


def plain_as_typed(text: str) -> str:
    """`plain` without folding Latin look-alikes."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold().replace("ё", "е")))


def whole_school(name: str) -> range:
    """Its grades: 1–4 for a начальная, 1–9 for an основная, else 1–11."""
    last = {"нош": 4, "оош": 9}.get(parse(name).kind, 11)
    return range(1, last + 1)


# ── one clause ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Found(msgspec.Struct):
    kinds: set[str] = msgspec.field(default_factory=set)
    numbers: list[str] = msgspec.field(default_factory=list)
    words: list[str] = msgspec.field(default_factory=list)
    honour: list[str] = msgspec.field(default_factory=list)
    towns: list[str] = msgspec.field(default_factory=list)
    said: bool = False


_SMALL = {"в", "во", "на", "о", "об", "по", "за", "от", "и", "к", "из", "у", "а", "n", "no", "номер", "является", "с"}
_OF_A_NAME = re.compile(r"\d+[абв]?(?![^\W\d_])|[^\W\d_]+|\d+|№|»|\"")
_HOUSE = re.compile(r"\s*(?:(?:д|дом|корп|корпус|стр|кв|оф|офис|каб)\.?\s*)?\d*\s*[а-я]?(?:\s*[/-]\s*\d+)?\.?\s*")


def _read_clause(clause: str, address: bool, found: _Found) -> None:
    if (address and _HOUSE.fullmatch(clause.casefold())) or _only_describes(clause):
        return
    if not clause.isupper():
        clause = _INITIAL.sub(" ", clause)
    words = _OF_A_NAME.findall(_plain(clause))
    own = not found.said  # the clause of the name itself
    mode, at = "", 0
    while at < len(words):
        word = words[at]
        if word in ("№", "»", '"'):
            mode, at = ("" if word == "№" or mode != "address" else mode), at + 1
            continue
        kind, length = _kind_at(words, at)
        known = _known()
        if kind and mode in ("", "study"):
            found.kinds.add(kind)
            found.said = own = True
            mode, at = "", at + length
        elif _any_stands_at(words, at, "street"):
            mode, at = "address", at + 1
        elif _any_stands_at(words, at, "contact"):
            return
        elif mode == "address":
            at += 1
        elif word[0].isdigit():
            if mode != "honour" or (at and words[at - 1] == "№"):
                found.numbers.append(word)
            at += 1
        elif word in known.described.honour:
            mode, at = "honour", at + 1
        elif _is_of_study(word):
            mode, at = "study", at + 1
        elif _names_no_one(word):
            found.said = found.said or _calls(word)
            mode = "" if mode == "honour" and _is_sign(words, at) else mode
            at += 1
        elif mode == "study":
            at += 1
        elif mode == "honour":
            found.honour.append(word)
            at += 1
        else:
            in_address = address and not own and bool(found.numbers or found.kinds)
            (found.towns if in_address else found.words).append(word)
            at += 1


@lru_cache(maxsize=_WORDS)
def _is_of_study(word: str) -> bool:
    return any(_like(word, one) for one in _known().described.study)


def _is_sign(words: list[str], at: int) -> bool:
    """A sign of a place behind a person's name. One letter alone is one, beside another an initial."""
    if not any(_like(words[at], one) for one in _known().places.signs):
        return False
    beside = (words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else "")
    return len(words[at]) > 1 or min(map(len, beside)) > 2


@lru_cache(maxsize=_WORDS)
def _names_no_one(word: str) -> bool:
    known = _known()
    lists = (known.legal, known.general, known.of_schools, known.places.signs, known.report.words)
    if word in _SMALL or any(_like(word, one) for words in lists for one in words):
        return True
    return any(_mistyped(word, one) for words in lists[:3] for one in words)


@lru_cache(maxsize=_WORDS)
def _calls(word: str) -> bool:
    known = _known()
    return any(_like(word, one) or _mistyped(word, one) for one in (*known.general, *known.legal))


def _kind_at(words: list[str], at: int) -> tuple[str, int]:
    """The kind that is named from this word on, and by how many words."""
    best = ("", 0)
    for named, phrase in _phrases_from(words[at]):
        if len(phrase) > best[1] and _stands_at(words, at, phrase):
            best = named, len(phrase)
    if best[0]:
        return best
    mistyped = _kind_mistyped(words[at])
    return (mistyped, 1) if mistyped else best


@lru_cache(maxsize=_WORDS)
def _phrases_from(word: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Those that begin with this word."""
    return tuple((kind, phrase) for kind, phrase in _phrases_by_letter().get(word[0], ()) if _like(word, phrase[0]))


@lru_cache(maxsize=_WORDS)
def _kind_mistyped(word: str) -> str:
    """The kind whose word this is but for one slip of the keyboard; blank where a word is known as it stands."""
    if not word[:1].isalpha() or _exactly_known(word):  # a number is no kind: every school has another
        return ""
    kinds = (*_known().schools, *_known().others)
    return next((kind.id for kind in kinds if any(_mistyped(word, one) for one in kind.words)), "")


def _exactly_known(word: str) -> bool:
    known = _known()
    lists = (known.legal, known.general, known.of_schools, known.places.signs, known.report.words)
    return any(_like(word, one) for words in lists for one in words)


@cache
def _phrases() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each by which a kind is called, as its words."""
    kinds = (*_known().others, *_known().schools)
    return tuple((kind.id, tuple(phrase.split())) for kind in kinds for phrase in kind.words)


@cache
def _phrases_by_letter() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """By the first letter: every number of a school would be held against all of them."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for kind, phrase in _phrases():
        found.setdefault(phrase[0][0], []).append((kind, phrase))
    return found


def _any_stands_at(words: list[str], at: int, described: Literal["street", "contact"]) -> bool:
    begun = _begun_by(words[at], described)
    return bool(begun) and any(_stands_at(words, at, phrase) for phrase in begun)


@lru_cache(maxsize=_WORDS)
def _begun_by(word: str, described: Literal["street", "contact"]) -> tuple[tuple[str, ...], ...]:
    """The phrases, as their words, that begin with this word: of most words none."""
    phrases: tuple[str, ...] = getattr(_known().described, described)
    return tuple(tuple(phrase.split()) for phrase in phrases if phrase[0] == word[0] and _like(word, phrase.split()[0]))


def _stands_at(words: list[str], at: int, phrase: Sequence[str]) -> bool:
    if at + len(phrase) > len(words) or not _like(words[at], phrase[0]):  # of most phrases the first word is not there
        return False
    return all(map(_like, words[at + 1 : at + len(phrase)], phrase[1:]))


def _like(word: str, known: str) -> bool:
    return word.startswith(known[:-1]) if known.endswith("*") else word == known


def _mistyped(word: str, known: str) -> bool:
    """One slip of the keyboard in the beginning of a word of some length."""
    stem = known.removesuffix("*")
    if len(stem) < 5 or " " in stem or word[:1] != stem[:1] or not known.endswith("*"):
        return False
    return min(OSA.distance(word[: len(stem) + more], stem, score_cutoff=1) for more in (-1, 0, 1)) <= 1


def _same_ends(a: str, b: str) -> bool:
    places = _known().places
    if (a in places.nouns and b in places.nouns) or (a in places.adjectives and b in places.adjectives):
        return True
    pairs = ((a, b), (b, a))
    return any(x.startswith("ск") and x[2:] in places.adjectives and y in places.nouns for x, y in pairs)


# ── what only describes ──────────────────────────────────────────────────────────────────────────────────────────────

_MONTHS = "январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр"
_SIGN = re.compile("[@.:/–—-]")
# Each with whether it holds such a sign wherever it stands.
_DESCRIPTIONS = (
    (False, r"\(?\bкод\s*[\w-]+\s*\)?"),
    (True, r"\S+@\S+|https?://\S+|www\.\S+|\b[\w-]+\.(?:ru|рф|su|com|org|net|info)\b\S*"),
    (False, r"\b(?:инн|кпп|огрн|окпо)\b\W*\d+"),
    (
        True,
        r"(?:\b(?:тел|телефон\w*|факс|моб|сот|т)\b\.?\s*/?\s*(?:факс\w*)?\s*:?\s*)?(?:\+?[78][\s(-]*)?"
        r"(?:\(?\d{3,5}\)?[\s-]*)?\b\d{1,3}[\s-]\d{2}-\d{2}\b",
    ),
    (False, r"\b(?:тел|телефон\w*|факс|моб|сот)\b\.?\s*:?\s*[+\d][\d\s()-]{4,}"),
    (True, r"\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b(?:\s*г(?:ода?|\.)?(?![а-я]))?"),
    (False, rf"\b\d{{1,2}}\s+(?:{_MONTHS})\w*(?:\s+\d{{4}})?(?:\s*г(?:ода?|\.)?(?![а-я]))?"),
    (
        True,
        r"\b(?:19|20)\d\d\s*[-–—/]\s*(?:19|20)?\d\d\b(?:\s*уч\w*\.?)?(?:\s*г(?:од\w*|\.)?(?![а-я]))?",
    ),
    (False, r"\b20\d\d\b(?:\s*уч\w*\.?)?\s*г(?:од\w*|\.)?(?![а-я])"),
    (True, r"\b\d{1,2}\s*[-–—]\s*\d{1,2}\s*кл\w*\.?"),
)
_DESCRIBED = re.compile("|".join(pattern for _, pattern in _DESCRIPTIONS), re.IGNORECASE)
# The same in a text without those signs, in less than half of the time: most names are such.
_DESCRIBED_IN_WORDS = re.compile("|".join(pattern for signed, pattern in _DESCRIPTIONS if not signed), re.IGNORECASE)
_LETTERS, _LETTERS_OR_FIGURES = re.compile(r"[^\W\d_]+"), re.compile(r"[^\W\d_]+|\d+")
_INDEX = re.compile(r"\b\d{6}\b")
_INDEX_ALONE = re.compile(r"\s*\d{6}\s*")
_INITIAL = re.compile(r"\b[А-ЯЁ]\.")
_PERSON = re.compile(
    r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?\s+[А-ЯЁ]\.\s*[А-ЯЁ]\.?|[А-ЯЁ]\.\s*[А-ЯЁ]\.\s*[А-ЯЁ][а-яё]+"
    r"|[А-ЯЁ][а-яё]+\s+[А-ЯЁ][а-яё]+\s+[А-ЯЁ][а-яё]+(?:вич|вна|чна|шна|вича|вны|чны|вичу|вне)(?![а-яё])"
)


def _without_descriptions(text: str) -> str:
    if not _SIGN.search(text):
        return _DESCRIBED_IN_WORDS.sub(" , ", text)
    return (
        re.sub(r"\b(пр|б)-(т|р)\b", r"\1-\2 ", _DESCRIBED.sub(" , ", text))
        .replace("пр-т", "просп")
        .replace("б-р", "бульвар")
    )


def _has_address(text: str) -> bool:
    words = _LETTERS.findall(_plain(text))
    return _INDEX.search(text) is not None or any(map(_is_street, words))


@lru_cache(maxsize=_WORDS)
def _is_street(word: str) -> bool:
    return any(_like(word, one) for one in _known().described.street)


def _is_in_honour(clause: str) -> bool:
    return any(word in _known().described.honour for word in re.findall(r"[^\W\d_]+", _plain(clause)))


def _only_describes(clause: str) -> bool:
    """A clause about a person or the way to reach one, or an index."""
    words = _LETTERS_OR_FIGURES.findall(_plain(clause))
    if "№" in clause or any(_kind_at(words, at)[0] for at in range(len(words))):
        return False
    if _INDEX_ALONE.fullmatch(clause) or any(_any_stands_at(words, at, "contact") for at in range(len(words))):
        return True
    return _PERSON.match(clause.strip()) is not None


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е")


# ── names within a sentence ──────────────────────────────────────────────────────────────────────────────────────────

_STOPS = {"о", "об", "по", "за", "на", "от"}  # prepositions that lead on in a sentence
_ADJECTIVE = re.compile(r".{3,}(?:ая|яя|ой|ую|ое|ого|ом|ий|ый|ей)")
_Spans = list[tuple[int, int, str]]


def _is_anchor(words: list[str], at: int) -> bool:
    """A word that calls something an institution: its kind, «школа», or a legal form in short."""
    word = words[at]
    known = _known()
    short_legal = word in known.legal and len(word) > 2
    return bool(_kind_at(words, at)[0]) or word in known.general or short_legal


def _has_number(words: _Spans, first: int, end: int) -> bool:
    return any(words[i][2].isdigit() for i in range(first, end))


def _leftmost(words: _Spans, start: int) -> int:
    """Adjectives, legal form and an ordinal right before the word belong to the name."""
    while start:
        word = words[start - 1][2]
        if not _leads_to_a_name(word):
            return start
        start -= 1
    return start


@lru_cache(maxsize=_WORDS)
def _leads_to_a_name(word: str) -> bool:
    legal = any(_like(word, one) for one in (*_known().legal, *_known().general, *_known().of_schools))
    return bool(_ADJECTIVE.fullmatch(word)) or legal or word in ("«", '"', "я", "й") or word.isdigit()
