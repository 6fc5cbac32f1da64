"""The words that may stand beside a figure without changing what it means. Any other word makes the answer unreadable.
Here stands what is Russian; what is a form's own comes with it.

Words come as `tokens` gives them: lower case, ё as е.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from schemas.form import Form, Item
from schemas.likeness import of_one_root, stems
from schemas.meaning import changes_meaning

Sense = Literal[
    "people", "percent", "adjective", "done", "all_of", "whole", "upto", "bound", "about", "harmless", "noun",
    "unknown", "left out"
]  # fmt: skip

# After a number these are its unit: people.
_PEOPLE = re.compile(
    r"чел|человека?|люд(?:и|ей)|(?:родител|представител|учител|преподавател)(?:ь|и|я|ей|ям|ями|ях)"
    r"|(?:педагог|работник|сотрудник|ученик|школьник|опекун)(?:и|а|у|ов|ам|ами|ы)?|учениц(?:а|ы|ам|ами)?"
    r"|(?:учащ|обучающ)[а-я]{2,3}ся|дет(?:и|ей|ям|ьми)|ребен(?:ок|ка)|участник(?:и|а|ов|ам)?|имеющ(?:ие|их|им)"
)
# Their usual abbreviations. Before another word they may be its beginning: «на 3 род. собраниях».
_PEOPLE_ABBREVIATED = re.compile(
    r"чел-[а-я]{1,5}|ч(?:-ка?)?|род(?:ит|-л[а-я]+|ит-л[а-я]+)?|предст(?:авит?|-л[а-я]+)?|уч|учит?|учен|учащ|уч-[а-я]+|учащ-[а-я]+"
    r"|об-(?:ся|хся)|обуч(?:-[а-я]+)?|дет|пед(?:-[а-я]+|аг|раб[а-я]*)|преп(?:од(?:ав)?|-[а-я]+)?|раб(?:от(?:н)?|-[а-я]+)?"
    r"|сотр(?:удн|-[а-я]+)?"
)
_KINDS_OF_PEOPLE = {
    "teachers": ("учит", "уч-л", "пед", "преп", "раб", "сотр"),
    "pupils": ("учен", "учащ", "уч-с", "уч-х", "уч-щ", "уч-к", "уч-ч", "об-", "обуч", "школьник", "дет", "ребен"),
    "parents": ("род", "предст", "опекун"),
}
# May stand between a number and its people: «245 законных представителей».
_ADJECTIVE = re.compile(r"зак|законн[а-я]*|педагогическ(?:их|ие|им|ого|ий)|пед|школьн(?:ых|ые|ым)")
_PERCENT = re.compile(r"процент(?:а|ы|ов|ах|ам|е)?|проц")
# What was done with the people; may follow a bare number: «245 ознакомлены», «245 заявлений».
_DONE = re.compile(
    r"(?:охвач|охват|ознаком|обучен|обучил|прош(?:ел|едш|л[аои](?![а-я]))|выда[нл]|получ(?:ил|ен)"
    r"|заявл|ознак|пода[нл]|принят|собран[оы]|работа[юе]т|работающ|пользую|использу|заполн|внес[её]?н|имеют|имеет"
    r"|выполн|состав(?:ил|ля)|вовлеч|участв)[а-я]*"
)
# Other nouns and adjectives of such answers. After a bare number they would be its unit: «на 2 собраниях».
_NOUN = re.compile(
    r"(?:общ(?:ая|его|ее|ий|ему)|числ|количеств|контингент|школ|оу|учрежден|организац|образоват|собран|родительск|систем"
    r"|сайт|возможност|воспользов|услуг|необходим|объем|баз[аыеу]?$|данн|дол[яиюе]|педсовет"
    r"|педагогическ|совет|совещан|семинар|инструктаж|консультац|подпис|роспис|протокол|приказ|ведомост|доступ|учебн|час(?:а|ов|ы|ам)?(?![а-я])"
    r"|классн|сегодня|момент|дат[аеуы]|состояни|настоящ|отчет|результат|показател|факт|коллектив|муниципал|инд?ивидуальн)[а-я]*"
)
_INSTITUTION = re.compile(r"школ(?!ьник)|(?:м[бк]?)?оу(?!\w)|[сон]ош(?!\w)|учрежден|организаци")
_AT_HOME = stems("дома дому надомно дистанционно")
_HARMLESS = re.compile(
    "в|во|на|по|у|за|и|с|со|к|ко|о|об|для|при|через|что|это|то|есть|их|них|которых|все|всех|всем|весь|вся|всей"
    "|да|только|лишь|уже|ровно|сейчас|итог|кол|г|гг|год|года|году|ооо"
)
_BOUND = re.compile("более|больше|менее|меньше|свыше|минимум|максимум|мин|макс|половины|большинство|большая|меньшая")
_ABOUT = re.compile(
    r"около|примерн[а-я]*|приблизительн[а-я]*|ориентировочн[а-я]*|порядка|почти|практически|прим|чуть|ок"
)


class Own(NamedTuple):
    """What a form brings for one of its items. `people`: its words for people, lower case; `stems`: how the words begin
    in which it speaks of the item (`Form.own_stems`); `beside`, `done`: its `[words]`. `left_out`: words of what it
    names as a part of the item or leaves out (`Form.left_out`), `asked`: how those begin that it asks for all the
    same, of the item's own title and of the people of its base."""

    people: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


NO_FORM = Own()  # where no form stands behind the words


def own_words(item: Item, form: Form) -> Own:
    """What the form brings for the item, but for its words for people and what was done with them: those of a share."""
    left_out, asked = form.left_out(item.number), form.asked_stems(item.number)
    return Own(stems=form.own_stems(item.number), beside=form.words_beside, left_out=left_out, asked=asked)


@lru_cache(maxsize=16384)
def sense(word: str, own: Own) -> Sense:
    """What a word does to the figures beside it. What may turn an answer round is never harmless, though a title has
    it; nor is what the form leaves out of the item, though Svod knows it: «в школе 20 %» is not «вне школы»."""
    plainly = _sense(word, own)
    speaks = plainly in ("people", "adjective", "done", "noun", "unknown")
    return "left out" if speaks and is_left_out(word, own) else plainly


def _sense(word: str, own: Own) -> Sense:
    if word in own.people or _PEOPLE.fullmatch(word):
        return "people"
    if _PEOPLE_ABBREVIATED.fullmatch(word):
        return "people"
    if _PERCENT.fullmatch(word):
        return "percent"
    if _ADJECTIVE.fullmatch(word):
        return "adjective"
    if word in ("из", "от"):
        return "all_of"
    if word in ("всего", "итого"):
        return "whole"
    if word == "до":
        return "upto"
    if _BOUND.fullmatch(word):
        return "bound"
    if _ABOUT.fullmatch(word):
        return "about"
    if _HARMLESS.fullmatch(word):
        return "harmless"
    if _DONE.fullmatch(word) or is_among(word, own.done):
        return "done"
    return "noun" if _NOUN.fullmatch(word) or is_of_form(word, own) else "unknown"


def is_of_form(word: str, own: Own) -> bool:
    """Is it one of the form's words about the item, which says nothing new beside its answer."""
    if is_left_out(word, own):
        return False
    return is_among(word, own.beside) or (bool(stems(word) & own.stems) and not changes_meaning(word))


@lru_cache(maxsize=16384)
def is_left_out(word: str, own: Own) -> bool:
    """Is it one of the words, in whatever case, of what the form names as a mere part of the item or leaves out. The
    institution itself goes by many names, and what is done at home is not done there."""
    if is_any_people(word) or stems(word) & own.asked:
        return False
    if _INSTITUTION.match(word) and (own.asked & _AT_HOME or any(_INSTITUTION.match(one) for one in own.left_out)):
        return True
    return any(of_one_root(word, one) for one in own.left_out)


def is_among(word: str, known: frozenset[str]) -> bool:
    """`дневник*` is any word that begins so, but for those that may turn an answer round."""
    return bool(known) and _pattern(known).fullmatch(word) is not None and not changes_meaning(word)


@lru_cache(maxsize=64)
def _pattern(known: frozenset[str]) -> re.Pattern[str]:
    said = (word.casefold().replace("ё", "е") for word in known)
    return re.compile("|".join(re.escape(word.removesuffix("*")) + r"\w*" * word.endswith("*") for word in said))


def kinds_of_people(word: str) -> tuple[str, ...]:
    """Which people the word may name; none for «чел.» and for words that belong to one form only."""
    if word == "уч":  # учителей, учеников
        return ("teachers", "pupils")
    return next(((kind,) for kind, stems in _KINDS_OF_PEOPLE.items() if word.startswith(stems)), ())


def is_abbreviated(word: str) -> bool:
    """May the word be the beginning of another, people only where none follows."""
    return bool(_PEOPLE_ABBREVIATED.fullmatch(word))


def is_hours_too(word: str) -> bool:
    """«140 ч.» is 140 people or 140 hours."""
    return word == "ч"


def is_at_work(word: str) -> bool:
    """«из 40 работающих»: all of the staff, where not the item asks who works."""
    return word.startswith("работающ")


def speaks_of_hours(word: str) -> bool:
    """What takes hours: «обучение 72 ч.»."""
    return word.startswith(("обуч", "инструктаж", "консультац", "семинар", "час", "объем", "учебн"))


def is_any_people(word: str) -> bool:
    """«чел.», «человек»: people of whatever kind."""
    return word.startswith(("чел", "люд")) or word in ("ч", "ч-к", "ч-ка")


@lru_cache(maxsize=16384)
def is_unit(word: str) -> bool:
    """Does the word, after a number, say that it counts people or percent."""
    return bool(_PEOPLE.fullmatch(word) or _PERCENT.fullmatch(word) or _ADJECTIVE.fullmatch(word))
