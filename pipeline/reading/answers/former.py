"""Words that are no answer of their own: «без изменений» leads to the former one, «снято» takes it back.

Which words these are is data of the form (`[recognise]`: `former`, `former_beside`, `withdrawn`). Nothing is taken over
here: a reader sees one file, the former answer stands in another (`checking.carrying`).
"""

import re
from functools import lru_cache
from string import digits
from typing import Literal

from pipeline.reading.answers.tokens import DASHES
from pipeline.reading.remembering import once_a_form
from schemas.form import Form

_WORD = re.compile(r"[^\W_]+")
_DAY = "день"  # stands for a date among the words
_MONTHS = (
    "январ", "феврал", "март", "апрел", "ма[йяе]", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"
)  # fmt: skip
_YEAR = r"(?:\s*г(?:ода?)?(?![^\W_]))?\.?"
_DATE = re.compile(
    rf"(?<![0-9.])(?P<day>[0-3]?[0-9])\.(?P<number>0[1-9]|1[0-2])(?:\.(?P<year>(?:20)?[0-9]{{2}}))?{_YEAR}(?![0-9])"
    rf"|(?:(?<![0-9.])(?P<of>[0-3]?[0-9])\s+)?(?<![^\W_])(?P<month>{'|'.join(_MONTHS)})[а-я]*(?:\s+(?P<in>20[0-9]{{2}}){_YEAR})?",
    re.IGNORECASE,
)
_What = Literal["former", "withdrawn"]
_LONGEST = 120  # characters; nobody refers in more
# Before or behind the words, when an answer stands beside them. Of a dash the space before it may be another's end.
_BREAK = re.compile(rf"(?=([(;,:\n]|\s[{DASHES}]\s))")


def former_day(text: str, form: Form) -> str | None:
    """None: the words are no reference to a former answer. Blank: to the last one; else the day of the report that it
    names, `2014-03-20`, without its year `03-20`, or of its month alone `03`, `2014-03`."""
    if len(text) > _LONGEST:
        return None
    if _WORD.search(text) is None:
        return "" if _mark(text) in _marks(form.recognise.former) else None
    return _said(form, text, "former")


def is_withdrawn(text: str, form: Form) -> bool:
    """«снято»: an answer that stood here is taken back, and none given."""
    return len(text) <= _LONGEST and _said(form, text, "withdrawn") is not None


def without_reference(text: str, form: Form) -> str:
    """The answer alone where one stands beside the words: «приказ № 3 (без изменений)», «то же: приказ № 3»."""
    breaks = [found.span(1) for found in _BREAK.finditer(text)]
    if not breaks:
        return text
    (first_start, first_end), (last_start, last_end) = breaks[0], breaks[-1]
    behind = text[last_end:].strip()
    while behind != (behind := behind.rstrip(").").rstrip()):
        pass
    if (answer := text[:last_start].rstrip(" (;,:")) and former_day(behind, form) is not None:
        return answer
    if (answer := text[first_end:].strip().strip(" ()")) and former_day(text[:first_start].strip(), form) is not None:
        return answer
    return text


def _said(form: Form, text: str, what: _What) -> str | None:
    """The day among the words, blank without one, where they are nothing but these phrases and words that may stand
    beside them; None where they are not."""
    if not _may_be_said(form, _without_digits(text), what):
        return None
    whole, phrase = _all_words(*_phrases(form, what))
    words, day = _words_and_day(text)
    return day if whole.fullmatch(words) and phrase.search(words) else None


def _phrases(form: Form, what: _What) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = form.recognise
    return known.former if what == "former" else known.withdrawn, known.former_beside


@once_a_form(maxsize=16_384)  # answers: most differ from others in their digits alone
def _may_be_said(form: Form, bare: tuple[str, ...], what: _What) -> bool:
    """Are these words without their digits such phrases, in whatever order. Most answers are told by their first."""
    phrases, beside = _phrases(form, what)
    word, first = _single_words(phrases, beside)
    if not all(map(word.fullmatch, bare)) or not any(map(first.fullmatch, bare)):
        return False
    return any(all(any(map(one.fullmatch, bare)) for one in known) for known in _words_of_each(phrases))


@lru_cache(maxsize=16_384)  # a text is asked about twice, of former answers and of those taken back
def _without_digits(text: str) -> tuple[str, ...]:
    return tuple(one.strip(digits) for one in _words(text))


def _words_and_day(text: str) -> tuple[str, str]:
    """The words with one space between; a date among them as one word, and which it is."""
    found = _DATE.search(text)
    if not found:
        return " ".join(_words(text)), ""
    named = next((at for at, stem in enumerate(_MONTHS, 1) if re.fullmatch(stem, found["month"] or "", re.I)), None)
    year, month, day = found["year"] or found["in"] or "", named or int(found["number"]), found["day"] or found["of"]
    parts = [year if len(year) != 2 else f"20{year}", f"{month:02}", f"{int(day):02}" if day else ""]
    text = f"{text[: found.start()]} {_DAY} {text[found.end() :]}"
    return " ".join(_words(text)), "-".join(filter(None, parts))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("ё", "е"))


@lru_cache(maxsize=16)
def _all_words(phrases: tuple[str, ...], beside: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of all the words, and of one phrase among them. Making them takes as long as reading a dozen files: it
    is done for the first text that holds all words of a phrase, in whatever order."""
    word = rf"(?<!\S)(?:{'|'.join(_pattern(one) for one in beside) or '(?!)'})(?!\S)"
    said = [_pattern(one, rf"\s(?:{word}\s)*") for one in phrases if _WORD.search(one)] or ["(?!)"]
    phrase = rf"(?<!\S)(?:{'|'.join(said)})(?!\S)"
    return re.compile(rf"(?:(?:{phrase}|{word})\s?)+"), re.compile(phrase)


@lru_cache(maxsize=16)
def _words_of_each(phrases: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], ...], ...]:
    """Patterns of the words of each phrase, without their digits; of a day among them, which is written in digits, of
    any word."""
    known = [[one.strip(digits) for one in phrase.split()] for phrase in phrases if _WORD.search(phrase)]
    return tuple(tuple(re.compile(".*" if "{" in one else _pattern(one)) for one in words) for words in known)


@lru_cache(maxsize=16)
def _single_words(phrases: tuple[str, ...], beside: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of each single word without its digits, and of one that begins a phrase."""
    single = {_pattern(one) for known in (*phrases, *beside) for one in known.split() if _WORD.search(one)}
    of_dates = ("", "г(?:ода?)?", rf"(?:{'|'.join(_MONTHS)})[а-я]*")
    begins = {_pattern(one.split()[0]) for one in phrases if _WORD.search(one)}
    if _DAY in begins:
        begins.update(of_dates)
    each, first = ("|".join(sorted(known)) or "(?!)" for known in (single.union(of_dates), begins))
    return re.compile(each), re.compile(first)


def _pattern(phrase: str, gap: str = r"\s") -> str:
    """`прошл*` is any word that begins so, `{day}` a date. `gap`: what may stand between two of its words."""
    words = phrase.casefold().replace("ё", "е").replace("{day}", _DAY).split()
    return gap.join(rf"{re.escape(word[:-1])}\w*" if word.endswith("*") else re.escape(word) for word in words)


@lru_cache(maxsize=16)
def _marks(phrases: tuple[str, ...]) -> frozenset[str]:
    """Those without a letter: «-//-», «—"—»."""
    return frozenset(_mark(one) for one in phrases if not _WORD.search(one))


def _mark(text: str) -> str:
    """Ditto marks as people type them, in one way: any dash, any quotes, any number of both."""
    one = re.sub(rf"[{DASHES}]+", "-", re.sub(r"\s+", "", text))
    return re.sub(r"/+", "/", re.sub(r"[\"'«»“”„″〃‘’]+", '"', one))
