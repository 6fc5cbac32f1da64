"""Does a cell say that there are none: of problems «Проблем не возникало», of whatever a school lists «нет»."""

import re

from pipeline.reading.answers.vocabulary import is_among
from schemas.form import Form
from schemas.likeness import begins_with, plain

_PHRASES = {
    "subject": r"(?:проблем|трудност|затруднени|сложност|вопрос|замечани|препятстви|недостатк|неполад|жалоб)[а-я]*",
    "lacking": r"нету?|без|отсутству[а-я]+",
    "denied": (
        r"не (?:было|будет|стоит|(?:возник|име[ею]|выявл|обнаруж|наблюда|испыт|зафиксирова|отмеч"
        r"|установлен|встре[тч]|существу|поступ|определ)[а-я]*)"
    ),
    "neutral": (
        r"никаких|каких|либо|пока|еще|на|в|за|данн[а-я]+|момент|сегодня|сегодняшний|день|настоящ[а-я]+|врем[а-я]+|отчетн[а-я]+"
        r"|период[а-я]*|тоже|также|и"
    ),
}
# Where problems are named, it may be said with what there are none: «нет электронного дневника» is one.
_SCOPE = (
    r"у|нас|с|со|по|при|в|нашей|школ[а-я]+|оу|учреждени[а-я]+|ход[а-я]+|процесс[а-я]*|работ[а-я]+|введени[а-я]+|внедрени[а-я]+"
    r"|ведени[а-я]+|использовани[а-я]+|заполнени[а-я]+|систем[а-я]+"
)


def says_no_problems(text: str, of_form: frozenset[str] = frozenset()) -> bool:
    """Every word of it says so, and once; none names a problem or what is lacking: «проблема: нет дневника».
    `of_form`: its words of what there may be none."""
    words = " ".join(re.findall(r"[^\W\d_]+|[0-9]+", text.casefold().replace("ё", "е")))
    said: list[str | None] = []
    at = 0
    while at < len(words):
        found, word = _KNOWN.match(words, at), words[at:].partition(" ")[0]
        if found:
            said.append(found.lastgroup)
        elif is_among(word, of_form):
            said.append("scope")
        else:
            return False
        at = found.end() + 1 if found else at + len(word) + 1
    if sum(sense in ("lacking", "denied") for sense in said) != 1 or ("scope" in said and "subject" not in said):
        return False
    after = said[said.index("lacking") + 1 :] if "lacking" in said else []
    named = after.index("subject") if "subject" in after else len(after)
    return "scope" not in after[:named]


_NOT_DONE = re.compile(r"не (?:требу|провод|предусм|планир|поступ|приобр|осуществл)[а-я]*")


def says_none(text: str, form: Form) -> bool:
    """In a line that a school adds: that there is nothing to add, «нет», «не проводились», «не требуется (закрыто)»."""
    exempt = begins_with(text, form.recognise.not_required)
    return exempt or bool(_NOT_DONE.fullmatch(plain(text))) or says_no_problems(text, form.words_beside)


_KNOWN = re.compile(
    "(?:" + "|".join(f"(?P<{name}>{phrases})" for name, phrases in {**_PHRASES, "scope": _SCOPE}.items()) + r")(?= |\Z)"
)
