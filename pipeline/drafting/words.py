"""Words by which an order's form says what was done with the people that a figure counts: «245 зарегистрировано»."""

import re
from collections.abc import Iterable, Iterator

from pipeline.reading.answers.vocabulary import NO_FORM, sense
from schemas.form_texts import says_something
from schemas.likeness import plain
from schemas.meaning import told_by_hint, told_by_title

# «зарегистрировано», «подключены»: the word without its last letter; «питаются», «питались», «посещают»: its stem.
_PARTICIPLE = re.compile(r"([а-я]{4,}(?:ова|ена|ен|ан)н?)[оаы]")
_VERB = re.compile(r"([а-я]{4,})(?:[юуя]тся|атся|лись|лось|ют)")
_OF_PAPERS = re.compile(
    "указ|прилож|прилаг|заполн|утвержд|установ|согласов|опублик|размещ|представл|предостав|назнач|предусмотр"
)


def done_words(items: Iterable[tuple[str, str]]) -> Iterator[str]:
    """From titles and hints: words that Svod does not know by itself, as `[words] done` of a form has them."""
    texts = (told.said for title, hint in items for told in (told_by_title(title), told_by_hint(hint)))
    yield from dict.fromkeys(filter(None, (_done(word) for text in texts for word in plain(text).split())))


def _done(word: str) -> str:
    """`питаются` -> `пита*`; blank where it is no such word."""
    found = _PARTICIPLE.fullmatch(word) or _VERB.fullmatch(word)
    if found is None or _OF_PAPERS.match(word) or sense(word, NO_FORM) != "unknown":
        return ""
    return "" if says_something(found[1], begins=True) else f"{found[1]}*"
