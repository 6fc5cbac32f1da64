"""How an item is answered, guessed from its words. What the hint in brackets says is taken for certain; what only the
title suggests is a guess, and said to be one."""

import re
from typing import NamedTuple

from pipeline.drafting import columns, people
from schemas.form import Kind


class Asked(NamedTuple):
    """`asks`, `classes`, `whom`: of a coverage; `unit`, `decimals`, `is_added`: of a number; `choices`: of a choice.
    `doubt`: why it is a guess, in Russian; blank where it is none."""

    kind: Kind
    doubt: str = ""
    asks: str = ""
    classes: bool = False
    whom: people.Whom = people.Whom(None, "", False)
    unit: str = ""
    decimals: int = 0
    is_added: bool = True
    choices: tuple[str, ...] = ()
    several: bool = False


def _re(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


_PERSON = _re(r"ф\.?\s?и\.?\s?о\b|фамили|должност")
_YES_NO = _re(r"\b(?:есть|да|имеется|имеются)\s*(?:[,/;–—-]|или)\s*(?:нет|не имеется|отсутству)")
_DOCUMENT = _re(r"реквизит|(?:номер|№).{0,20}\bдат|\bдат\w*.{0,20}(?:номер|№)")
_SEVERAL = _re(r"указать названи|\bакт(?:ов|ы)\b|документ(?:ов|ы)\b|акты,|перечислить")
_SHARE = _re(r"%|процент|\bохват|\bдол[яиюе]\b")
_VOLUME = _re(r"объ[её]м")
_COUNT = _re(r"_+\s*/|\bчел\b|человек|количеств|\bчисло\b|численност")
_CLASSES = _re(r"\bкласс")
_WORDS = _re(r"назван|указать|перечислить|описа|\bтекст|наименован")
_FIGURE = _re(r"%|\bколичеств|\bчисло\b|\bсколько|\bчел\b|\bруб|\bед\.|\bшт\b|\bсумм|стоимост|\bдней\b|час(?:ов|ы)\b")
_CHOICE = _re(r"одно из|из перечня|выбрать|нужное подчеркнуть|несколько")
_PERSON_IN_TITLE = _re(r"^(?:назначени\w+\s+)?ответственн\w+|^кто\b|ф\.?\s?и\.?\s?о\b")
_DOCUMENT_IN_TITLE = _re(r"^(?:наличи\w+|издани\w+|утверждени\w+)\s.*(?:приказ|план|положени|программ|договор)")
_YES_NO_IN_TITLE = _re(r"^(?:наличи\w+|размещен\w+|имеет)\b|\bли\b")
_DAY_IN_TITLE = _re(r"^(?:если да,?\s+)?дата\b")
_MORE_THAN_ONE = _re(r"\bнесколько\b")
_GUESSED = "вид ответа угадан по названию"
_OF_TITLE = "ответы взяты из названия: их написания и «готово» (done) — за вами"
_TWO = 2  # «да» and «нет»
_PIECES = _re(  # of one answer, or figures side by side: nothing to choose from
    r"(?:всего|итого|план|факт|отклонение|число|месяц|год|день|дата|время|номер|фамилия|имя|отчество|девочек|девочки"
    r"|мальчиков|мальчики|количество|сумма|адрес|телефон|чел)\b"
)
_FREE = _re(r"дополнительн|примечан|по усмотрению|иное|предложени|формы\b")


def asked(title: str, hint: str, rows_below: bool = False) -> Asked:
    """`hint`: what stands where the answer goes, of the group where the item has none. `rows_below`: blank rows with
    numbers follow, to be filled in."""
    answer, both = f" {hint} ", f"{title} {hint}"
    if _PERSON.search(answer):
        return Asked(Kind.PERSON)
    said = choices_in(title) or choices_in(f"({hint.strip(' ()')})")
    if len(said) > _TWO and not (_SHARE.search(both) or _DOCUMENT.search(both)):
        return Asked(Kind.CHOICE, _OF_TITLE, choices=said, several=_MORE_THAN_ONE.search(both) is not None)
    if _YES_NO.search(both):
        return Asked(Kind.YES_NO)
    if _DOCUMENT.search(answer):
        return Asked(Kind.ACTS if rows_below or _SEVERAL.search(title) else Kind.DOCUMENT)
    if _SHARE.search(answer) or re.search(r"\bчел\b", answer):
        return _share(title, hint, "")
    if rows_below:
        return Asked(Kind.ACTS, "под пунктом пустые строки — названия документов ли в них")
    if (_CHOICE.search(both) or re.search(r"\bкто\b|\bкак\w*\b", title, re.IGNORECASE)) and (said := choices_in(title)):
        return Asked(Kind.CHOICE, _OF_TITLE, choices=said, several=_MORE_THAN_ONE.search(both) is not None)
    if _CHOICE.search(answer):
        return Asked(Kind.TEXT, "ответ выбирают из перечня: Свод прочтёт его как слова")
    return _by_title(title, hint)


def choices_in(title: str) -> tuple[str, ...]:
    """«(школа / комбинат питания / предприниматель)»: two at least; «(план / факт)» are none."""
    found = re.search(r"\(([^()/]+(?:/[^()/]+)+)\)", title)
    parts = [part.strip() for part in found[1].split("/")] if found else []
    differ = len({part.casefold() for part in parts}) == len(parts) and all(parts)
    return tuple(parts) if differ and not any(map(_PIECES.match, parts)) else ()


def _by_title(title: str, hint: str) -> Asked:
    brackets = " ".join(re.findall(r"\(([^()]*)\)", title))  # what other orders print where the answer goes
    if _SHARE.search(title):
        return _share(title, hint or brackets, _GUESSED)
    if _DOCUMENT.search(brackets):
        return Asked(Kind.DOCUMENT, _GUESSED)
    if _DAY_IN_TITLE.search(title):
        return Asked(Kind.DATE, "вид ответа угадан по названию; если день не из отчётного периода — any_day = true")
    if _FIGURE.search(f"{title} {hint}"):
        return number_in(f"{title} {hint}")
    if _PERSON_IN_TITLE.search(title):
        return Asked(Kind.PERSON, _GUESSED)
    if _DOCUMENT_IN_TITLE.search(title):
        return Asked(Kind.DOCUMENT, _GUESSED)
    if _YES_NO_IN_TITLE.search(title):
        return Asked(Kind.YES_NO, _GUESSED)
    if "," in title and columns.unit_of(title[title.rindex(",") :])[0]:
        return number_in(f"{title} {hint}")
    if _WORDS.search(hint) or _FREE.search(title):
        return Asked(Kind.TEXT)
    return Asked(Kind.TEXT, "какой нужен ответ, приказ не говорит: взято «ответ словами»")


def number_in(words: str) -> Asked:
    """A figure, in the unit that the words name."""
    unit, decimals = columns.unit_of(words)
    added = unit != "percent" and not columns.is_no_sum(words)
    doubt = "число с единицей угадано по названию" if unit else "число угадано по названию, единицы в нём нет"
    return Asked(Kind.NUMBER, doubt, unit=unit, decimals=decimals, is_added=added)


def _share(title: str, hint: str, doubt: str) -> Asked:
    """A share of people where some are named, the hint's before the title's; of a volume where it says so, or nobody
    is."""
    if _VOLUME.search(hint):
        return Asked(Kind.VOLUME, doubt)
    of_hint, of_title = people.named_in(hint), people.named_in(title)
    whom = of_hint if of_hint.people or of_hint.having else of_title
    if whom.having and whom.people is None:
        whom = whom._replace(people=of_title.people)
    if whom.people is None and not whom.having and people.grades_in(title):
        whom, doubt = whom._replace(people=people.PUPILS), doubt or "названы одни классы: взяты обучающиеся"
    if whom.people is None and not whom.having:
        if _SHARE.search(f"{title} {hint}"):
            return Asked(Kind.VOLUME, "людей в пункте не названо: взят процент объёма")
        return Asked(Kind.TEXT, "ответ — число людей, а каких, не сказано: взято «ответ словами»")
    if whom.others:
        doubt = doubt or "в пункте названы разные люди: проверьте основу base"
    asks = "people" if _COUNT.search(hint) else "percent"
    of_classes = whom.people is None or whom.people.base.id in ("parents", "pupils")
    return Asked(Kind.COVERAGE, doubt, asks, bool(_CLASSES.search(hint)) and of_classes, whom)
