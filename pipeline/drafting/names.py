"""Short names made of an item's own words: headings of columns, and what it is about in a sentence."""

import re

from pipeline.drafting.items import Found
from pipeline.wording import capital, lowered

_VOWELS = "аеёиоуыэюя"
_LONG = 9  # letters of a word that a narrow column still holds
_SMALL = {"и", "в", "во", "на", "с", "со", "за", "о", "об", "по", "для", "их", "к", "от", "до", "при", "из", "у"}


def phrase(title: str, longest: int) -> str:
    """The beginning of the title, whole words: without brackets, to the first comma or colon."""
    words = re.split(r"[,:;(«]", re.sub(r"\([^)]*\)", "", title))[0].split() or title.split()
    said = ""
    for word in words:
        if said and len(said) + 1 + len(word) > longest:
            break
        said = f"{said} {word}".strip()
    kept = said.split()
    if len(kept) < len(words):  # cut short: what hangs on the last preposition goes with it
        ends = (n for n in range(len(kept) - 1, 1, -1) if kept[n].lower() in _SMALL)
        kept = kept[: next(ends, len(kept))]
    return " ".join(kept)[:longest].strip(" .-–—")


def about(item: Found, above: Found | None) -> str:
    """«ознакомление: педагогические работники», «доля педагогических работников»."""
    own = lowered(phrase(item.title, 60))
    return f"{lowered(first_word(above.title))}: {own}" if above else own


def first_word(title: str) -> str:
    words = re.findall(r"[^\W\d_]{3,}(?:-[^\W\d_]+)?", title)
    return capital(next((word for word in words if word.lower() not in _SMALL), "Показатель"))


def heading(item: Found, above: Found | None) -> str:
    """Two words, one below the other, long ones parted: «Ознаком-|ление|родители»."""
    if above:
        whom = item.asked.whom.people
        parts = [first_word(above.title), lowered(whom.base.group if whom else first_word(item.title))]
    else:
        words = [w for w in re.findall(r"[^\W_]+", phrase(item.title, 60)) if w.lower() not in _SMALL]
        parts = words[:2] or [f"П. {item.number}"]
    return "|".join(map(_parted, parts))


def _parted(word: str) -> str:
    """A long word with a break by hand, where a syllable ends."""
    if len(word) <= _LONG:
        return word
    ends = (n for n in range(8, 2, -1) if word[n] not in f"{_VOWELS}ьъй" and word[n + 1 : n + 2] in _VOWELS)
    end = next((n for n in ends if len(word) - n > 2), 7)
    return f"{word[:end]}-|{_parted(word[end:])}"


def sheet_title(title: str) -> str:
    """A name that Excel takes."""
    return re.sub(r"[\[\]:*?/\\']", "", first_word(title))[:31]
