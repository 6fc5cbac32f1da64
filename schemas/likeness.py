"""Words compared as a person compares them: case, ё, quotes, punctuation and line breaks do not matter."""

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

# Latin letters that look like Cyrillic ones: typed by mistake with the other keyboard layout.
_LATIN = "ABCEHKMOPTXaceopxyk"
_LOOK_ALIKE = str.maketrans(_LATIN, "АВСЕНКМОРТХасеорхук")
_LOOKS_CYRILLIC = re.compile(f"[{_LATIN}]")

# A line of the form at least so alike is that line, if it also says nothing of its own.
_SAME_LINE = 92.0
# A word of at least four letters, mistyped, is still the printed one from here on.
_SAME_WORD = 75.0
_STEM, _LONGER = 5, 4  # letters: of a word's beginning that is compared; of a word that says something
_TICKS = "+✓✔√☑☒✗✘"  # an answer without a letter

# Wordings at least so alike (0–100) are the same item; `docs/reading.md` says how the bound was measured.
SAME_WORDING = 82.0


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Lower case, ё as е, letters and digits only, single spaces; Latin look-alikes as Cyrillic."""
    folded = cyrillic(text).casefold().replace("ё", "е")
    return " ".join(re.findall(r"[^\W_]+", folded))


def begins_with(text: str, phrases: Iterable[str]) -> bool:
    """Is it one of the phrases, alone or with more behind it: «не требуется (закрыто)»."""
    said = f"{plain(text)} "
    return any(said.startswith(f"{plain(phrase)} ") for phrase in phrases)


def cyrillic(text: str) -> str:
    """Latin look-alike letters in words that also hold Cyrillic letters, or in capitals alone, as Cyrillic."""
    if not _LOOKS_CYRILLIC.search(text):  # so are most texts
        return text
    return re.sub(r"[^\W\d_]+", lambda m: _as_cyrillic(m[0]), text)


def _as_cyrillic(word: str) -> str:
    folded = word.translate(_LOOK_ALIKE)
    mixed = re.search("[а-яёА-ЯЁ]", word) is not None
    return folded if mixed or (word.isupper() and not re.search("[a-zA-Z]", folded)) else word


@lru_cache(maxsize=65536)
def likeness(said: str, known: str) -> float:
    """How alike two wordings are, 0–100; a wording cut short at a word's end counts as far as it goes."""
    said, known = plain(said), plain(known)
    if not said or not known:
        return 0.0
    if said == known:
        return 100.0
    whole = fuzz.ratio(said, known)
    if len(said) >= 12 and len(said) < len(known):
        begun = fuzz.ratio(said, known[: len(said)])
        return max(whole, begun - 3)
    if len(known) >= 12 and len(said) > len(known):  # a heading that runs on: «(Ф.И.О., должность)»
        return max(whole, fuzz.ratio(said[: len(known)], known) - 3)
    return whole


@lru_cache(maxsize=65536)
def best_likeness(said: str, known: tuple[str, ...]) -> float:
    return max((likeness(said, one) for one in known), default=0.0)


@lru_cache(maxsize=65536)
def is_one_of(said: str, known: tuple[str, ...], at_least: float = 88.0) -> bool:
    """Is it one of the known spellings as a whole, typing mistakes forgiven. Short ones must agree to the letter."""
    words = plain(said)
    spellings, long = _spellings(known)
    return words in spellings or process.extractOne(words, long, scorer=fuzz.ratio, score_cutoff=at_least) is not None


@lru_cache(maxsize=512)  # lists of spellings: of forms, which are few
def _spellings(known: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """All of them plain; and those that may be mistyped."""
    return frozenset(map(plain, known)), tuple(plain(one) for one in known if len(one) > 4)


@lru_cache(maxsize=65536)
def only_repeats(said: str, printed: str) -> bool:
    """Is it a printed line left standing: cut short or mistyped, perhaps, but without a word, figure or tick added."""
    words, known = plain(said).split(), plain(printed).split()
    if len(words) > len(known) or likeness(said, printed) < _SAME_LINE or any(tick in said for tick in _TICKS):
        return False
    return all(word in known or _mistyped(word, known) for word in words)


@lru_cache(maxsize=65536)
def is_slip(said: str, other: str) -> bool:
    """May one name be the other, mistyped: as many words, each the same or a longer one mistyped, or words run
    together. Figures and short words must agree: «Куст 1» is not «Куст 2», nor «Группа А» «Группа Б»."""
    words, known = plain(said).split(), plain(other).split()
    if words == known or "".join(words) == "".join(known):
        return words != known
    return len(words) == len(known) and all(
        a == b or (len(b) >= 4 and b.isalpha() and _mistyped(a, [b])) for a, b in zip(words, known, strict=True)
    )


@lru_cache(maxsize=65536)
def stems(text: str) -> frozenset[str]:
    """The beginnings of a text's longer words: what it is about, in whatever case. Figures and small words are none."""
    return frozenset(word[:_STEM] for word in plain(text).split() if len(word) >= _LONGER and word.isalpha())


@lru_cache(maxsize=65536)
def of_one_root(one: str, other: str) -> bool:
    """Are two words, lower case and ё as е, perhaps one in two cases: «школы», «школе». Taken widely."""
    alike = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one == other or alike >= min(_STEM, max(_LONGER, min(len(one), len(other))) - 1)


def rest_of(said: str, printed: str) -> str:
    """What follows the printed line with which a text begins; blank where it does not begin so."""
    words = list(re.finditer(r"[^\W_]+", said))
    length = len(plain(printed).split())
    if len(words) <= length:
        return ""
    end = words[length - 1].end()
    return said[end:] if likeness(said[:end], printed) >= _SAME_LINE else ""


def _mistyped(word: str, known: list[str]) -> bool:
    if len(word) < 4 or not word.isalpha():
        return False
    return any(fuzz.ratio(word, one) >= _SAME_WORD for one in known)
