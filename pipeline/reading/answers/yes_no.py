"""Is it there: «есть», «нет», «размещена на сайте», an address, a check mark."""

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.reading.answers.boxes import chosen
from pipeline.reading.answers.vocabulary import NO_FORM, Own, is_left_out, is_of_form
from schemas.likeness import cyrillic
from schemas.reports import NO, YES

_URL = re.compile(
    r"(?:https?://|www\.)[^\s,;()<>«»\"]+|(?<![\w@.])(?:[\w-]+\.)+(?:ru|su|com|org|net|edu|info|рф|дети|онлайн)(?![\w.-]*\w)(?:/[^\s,;()<>«»\"]*)?",
    re.IGNORECASE,
)
_QUOTED = re.compile('«[^»]*»|"[^"]*"')
_WORD = re.compile(r"[^\W\d_]+|[0-9]+|\+")
_SCHOOL_NUMBER = re.compile(r"№\s*[0-9]+")
_DONE = r"(?:име|размещ|опубликов|выложен|установлен|добавлен|создан|работа|действу|активн|присутств)[а-я]*"
_ACTING = r"(?:будет|будут|планиру[а-я]+|готовит[а-я]*|ожидает[а-я]*)"
_MONTH = "(?:январе|феврале|марте|апреле|мае|июне|июле|августе|сентябре|октябре|ноябре|декабре)"
_PHRASES = {
    "yes": rf"да|есть|истина|в наличии|\+|{_DONE}",
    "no": rf"нет|ложь|отсутств[а-я]*|не {_DONE}|не в наличии",
    "later": rf"{_ACTING}(?: {_DONE}| размест[а-я]*)?|в (?:разработке|процессе|работе|{_MONTH})"
    "|ведется(?: работа)?|разрабатыва[а-я]+|частично",
    "harmless": "без изменений|по прежнему|пока|еще|уже|тоже|также|это|на|в|во|по|с|и|к|для|его|ее|меню|веб|интернет"
    "|оу|мбоу|мкоу|моу|сош|оош|нош"
    "|(?:адрес|ссылк|баннер|сайт|официальн|школ|образовательн|организаци|учреждени|раздел|вкладк|страниц|главн|систем)[а-я]*",
}
_SENSES = {name: re.compile(rf"(?:{phrases})(?= |\Z)") for name, phrases in _PHRASES.items()}


class YesNo(NamedTuple):
    """`said`: YES, NO, or blank where the answer says neither, or both."""

    said: str
    url: str = ""


@lru_cache(maxsize=8192)
def read_yes_no(text: str, own: Own = NO_FORM) -> YesNo:
    """A bare address is a yes; «нет, будет в мае» is a no as of today; «будет» alone is neither. `own`: the form's
    words about the item, which may stand beside it."""
    address = _URL.search(text)
    url = address[0].rstrip(".,;:!") if address else ""
    words, ticked, unclear = chosen(_URL.sub(" ", text))
    senses = {"yes"} if ticked else None if unclear else _senses(cyrillic(words), own)
    if senses is None or {"yes", "no"} <= senses or {"yes", "later"} <= senses:
        return YesNo("", url)
    if "no" in senses:
        return YesNo(NO, url)
    return YesNo(YES if "yes" in senses or (url and "later" not in senses) else "", url)


def addresses_in(text: str) -> list[str]:
    """All web addresses of a text, in order."""
    return [found.rstrip(".,;:!") for found in _URL.findall(text)]


def without_addresses(text: str) -> str:
    """The words beside them."""
    return re.sub(r"\(\s*\)", " ", _URL.sub(" ", text)).strip(" ,;:–—-")


def _senses(text: str, own: Own) -> set[str] | None:
    """What its words say; None when one of them is not understood, or in doubt: «есть?»."""
    for aside in (_QUOTED, _SCHOOL_NUMBER):
        text = aside.sub(" ", text)
    if "?" in text:
        return None
    words = " ".join(_WORD.findall(text.casefold().replace("ё", "е")))
    senses: set[str] = set()
    at = 0
    while at < len(words):
        found = {name: match.end() for name, pattern in _SENSES.items() if (match := pattern.match(words, at))}
        if not found:
            word = words[at:].partition(" ")[0]
            if not is_of_form(word, own):
                return None
            at += len(word) + 1
            continue
        name = max(found, key=lambda sense: found[sense])
        if name == "harmless" and any(is_left_out(word, own) for word in words[at : found[name]].split()):
            return None
        senses.add(name)
        at = found[name] + 1
    return senses
