"""Words that are no answer of their own: «без изменений» leads to the former one, «снято» takes it back.

Which words these are is data of the form (`[recognise]`: `former`, `former_beside`, `withdrawn`). Nothing is taken over
here: a reader sees one file, the former answer stands in another (`checking.carrying`).
"""

import re
from functools import lru_cache

from pipeline.reading.answers.tokens import DASHES
from schemas.form import Form

_DAY = "день"  # stands for a date among the words
_MONTHS = (
    "январ",
    "феврал",
    "март",
    "апрел",
    "ма[йяе]",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
)
_YEAR = r"(?:\s*г(?:ода?)?(?![^\W_]))?\.?"
_DATE = re.compile(
    rf"(?<![0-9.])(?P<day>[0-3]?[0-9])\.(?P<number>0[1-9]|1[0-2])(?:\.(?P<year>(?:20)?[0-9]{{2}}))?{_YEAR}(?![0-9])"
    rf"|(?:(?<![0-9.])(?P<of>[0-3]?[0-9])\s+)?(?<![^\W_])(?P<month>{'|'.join(_MONTHS)})[а-я]*(?:\s+(?P<in>20[0-9]{{2}}){_YEAR})?",
    re.IGNORECASE,
)
_LONGEST = 120  # characters; nobody refers in more
_BREAK = r"[(;,:\n]|\s[-‐‑‒–—―−]\s"  # before or behind the words, when an answer stands beside them


def former_day(text: str, form: Form) -> str | None:
    """None: the words are no reference to a former answer. Blank: to the last one; else the day of the report that it
    names, `2014-03-20`, without its year `03-20`, or of its month alone `03`, `2014-03`."""
    if len(text) > _LONGEST:
        return None
    if _mark(text) in _marks(form.recognise.former):
        return ""
    words, day = _words_and_day(text)
    return day if _says(words, form.recognise.former, form.recognise.former_beside) else None


def is_withdrawn(text: str, form: Form) -> bool:
    """«снято»: an answer that stood here is taken back, and none given."""
    if len(text) > _LONGEST:
        return False
    return _says(_words_and_day(text)[0], form.recognise.withdrawn, form.recognise.former_beside)


def without_reference(text: str, form: Form) -> str:
    """The answer alone where one stands beside the words: «приказ № 3 (без изменений)», «то же: приказ № 3»."""
    behind = re.fullmatch(rf"(.*\S)\s*(?:{_BREAK})\s*([^(;,:\n]*?)[\s).]*", text, re.DOTALL)
    if behind and former_day(behind[2], form) is not None:
        return behind[1].rstrip(" (;,:")
    before = re.fullmatch(rf"\s*([^(;,:\n]*?)\s*(?:{_BREAK})\s*(.*\S)\s*", text, re.DOTALL)
    if before and former_day(before[1], form) is not None:
        return before[2].strip(" ()")
    return text


def _words_and_day(text: str) -> tuple[str, str]:
    """Lower-case words with one space between; a date among them as one word, and which it is."""
    found = _DATE.search(text)
    if not found:
        return _words(text), ""
    named = next((at for at, stem in enumerate(_MONTHS, 1) if re.fullmatch(stem, found["month"] or "", re.I)), None)
    year, month, day = found["year"] or found["in"] or "", named or int(found["number"]), found["day"] or found["of"]
    parts = [year if len(year) != 2 else f"20{year}", f"{month:02}", f"{int(day):02}" if day else ""]
    text = f"{text[: found.start()]} {_DAY} {text[found.end() :]}"
    return _words(text), "-".join(filter(None, parts))


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold().replace("ё", "е")))


def _says(words: str, phrases: tuple[str, ...], beside: tuple[str, ...]) -> bool:
    """Nothing but these phrases, and words that may stand beside them."""
    whole, phrase = _patterns(phrases, beside)
    return bool(words and whole.fullmatch(words) and phrase.search(words))


@lru_cache(maxsize=16)
def _patterns(phrases: tuple[str, ...], beside: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    word = rf"(?<!\S)(?:{'|'.join(_pattern(one) for one in beside) or '(?!)'})(?!\S)"
    said = [_pattern(one, rf"\s(?:{word}\s)*") for one in phrases if re.search(r"[^\W_]", one)] or ["(?!)"]
    phrase = rf"(?<!\S)(?:{'|'.join(said)})(?!\S)"
    return re.compile(rf"(?:(?:{phrase}|{word})\s?)+"), re.compile(phrase)


def _pattern(phrase: str, gap: str = r"\s") -> str:
    """`прошл*` is any word that begins so, `{day}` a date. `gap`: what may stand between two of its words."""
    words = phrase.casefold().replace("ё", "е").replace("{day}", _DAY).split()
    return gap.join(rf"{re.escape(word[:-1])}\w*" if word.endswith("*") else re.escape(word) for word in words)


@lru_cache(maxsize=16)
def _marks(phrases: tuple[str, ...]) -> frozenset[str]:
    """Those without a letter: «-//-», «—"—»."""
    return frozenset(_mark(one) for one in phrases if not re.search(r"[^\W_]", one))


def _mark(text: str) -> str:
    """Ditto marks as people type them, in one way: any dash, any quotes, any number of both."""
    one = re.sub(rf"[{DASHES}]+", "-", re.sub(r"\s+", "", text))
    return re.sub(r"/+", "/", re.sub(r"[\"'«»“”„″〃‘’]+", '"', one))
