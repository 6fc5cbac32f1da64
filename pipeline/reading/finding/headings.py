"""What the heading of a column says about the cells below it: the answer, its plan, a figure of it, another thing.

A heading is known only if every word of it is. So «Кол-во компьютеров» is no column of people.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, reduce
from typing import NamedTuple

from pipeline.reading.answers.dates import find_dates, school_year_of
from pipeline.reading.answers.spans import find_spans
from pipeline.reading.answers.values import read_classes
from pipeline.reading.remembering import once_a_form
from schemas.form import Form
from schemas.likeness import is_one_of, plain
from schemas.reports import FIRST_YEAR


class Day(NamedTuple):
    """A date in a heading: day or year may be left out, «на 30 января», «март»; without a month a school year, by the
    year in which it begins. `months`: how many a longer time has, a quarter or a year, that begins with `month`.
    `said`: the words of a time that is no day."""

    month: int
    day: int = 0
    year: int = 0
    months: int = 1
    said: str = ""

    def __str__(self) -> str:
        if self.said:
            return self.said
        if not self.month:
            return f"{self.year}/{(self.year + 1) % 100:02d}"
        return ".".join(f"{part:02d}" for part in (self.day, self.month, self.year) if part)

    def fits(self, when: date) -> bool:
        """Is it that date, as far as it goes; of a longer time, does the date lie in it."""
        if not self.month:
            return self.year == school_year_of(when)
        within = self.month <= when.month < self.month + self.months
        return within and self.day in (0, when.day) and self.year in (0, when.year)


@dataclass(frozen=True)
class Meaning:
    """`answer`: the column is headed as the answer's. `roles`: figures of an answer that stand in it alone (`count`,
    `total`, `percent`, `classes`). `base`: whose. `grades`: of which classes. `aside`: what else stands there, `plan`,
    `unit`, `note`, or `other` (deadlines, names, figures of others): never the answer; `denied`: what stands there is
    said to be lacking («нет», «не выполнено»). `odd`: words below the answer's heading that nobody knows."""

    answer: bool = False
    fact: bool = False
    roles: frozenset[str] = frozenset()
    base: str = ""
    grades: str = ""
    day: Day | None = None
    aside: str = ""
    denied: bool = False
    odd: str = ""

    @cached_property
    def role(self) -> str:
        """The one figure that stands in the column; blank where an answer stands there as a whole."""
        return next(iter(self.roles)) if len(self.roles) == 1 else ""

    @property
    def candidate(self) -> bool:
        """May an answer, or one of its figures, stand there?"""
        return not self.aside and bool(self.answer or self.fact or self.roles or self.base or self.grades)

    def under(self, above: "Meaning") -> "Meaning":
        """The meaning of a heading below another one."""
        return Meaning(
            self.answer or above.answer,
            self.fact or above.fact,
            self.roles or above.roles,
            self.base or above.base,
            self.grades or above.grades,
            self.day or above.day,
            self.aside or above.aside,
            self.denied or above.denied,
            self.odd or above.odd,
        )


# First words of headings that are never the answer's, whatever follows: «Срок исполнения», «Среднее по району».
_OTHER = re.compile(
    "срок|ответств|исполнител|фамили|фио|ф и о|должност|средн|район|муницип|город|предыд|прошл|прежн|было$|ранее"
    "|(?:на|за|в|по) (?:предыд|прошл|прежн)|аппг|аналогичн|рейтинг|место$|балл|сравнени|в сравнении"
    "|основан|источник|контакт|тел|подпис|дата|норматив|подтвержд"
)
# The whole heading: «Не охвачено».
_LACKING = re.compile(r"нет|отсутству\w*|не (?!менее|более|позднее|ниже|выше)\w.*")
# Wherever they stand in one without a date or a word of the answer's: «Доля отказов», «Прирост, %», «Осталось».
# A change may be all that the school says on the day («Изменения на 20.03.2014»): evidence, as what nobody knows.
_NO_ANSWER = re.compile(
    r"(?<!\w)(?:не (?!менее|более|позднее|ниже|выше)|неохвач|невыполн|отказ|остат|остал|недоста|прирост|сниж"
    r"|отклонен|разниц|разрыв|расхожд|потребн)"
)
_NOTE = re.compile("примеч|коммент|замеч|поясн|дополнит|заметк|отметки")
_UNIT = re.compile("(?:ед|единиц[аы])(?: (?:изм|измерения|измер))?$|изм$")
_PLAN = re.compile(
    "по плану|план(?!а$|у$)|заплан|целев|цель$|необходимо$|должно|норма$|прогноз|ожида|предполаг|предстоит"
)
_FACT = re.compile("факт|достигн")
_ANSWER = re.compile(
    "выполн|исполн|результат|итог(?:и|о)?$|ответ$|есть$|имеется$|да$"
    "|охвачен|ознакомлен[оы]|обучен[оы]|активирован|выдан[оы]|подан[оы]"
)
# Parts of a school.
_PART = re.compile(
    r"(?<!\w)(?:корпус|здани[ея]|филиал|подразделени|отделени|смен[аы]\b|дошкольн|детск\w* сад|в т ч|в том числе"
    r"|(?:начальн|основн|старш)\w* (?:школ|звен|ступен))"
)
# It begins so, and is of something else for certain: of a plan, of what is lacking or came to it, of a part, of a wider
# whole, not yet sure; unless it has a word of an answer's, or of more.
_ANOTHER = re.compile(
    r"(?:(?:планов|планируем|ожидаем|предполагаем|целев|предварительн)(?:ый|ая|ое|ые)|(?:по )?план|планируется"
    r"|запланировано|цель|норма|норматив|прогноз|предварительно|черновик|образец|пример"
    r"|(?:было|ранее|нет|среднее(?: значение)?)$|отсутству(?:ет|ют)|не (?!заполн)\w+(?:ен|ан|ят)[оаы]?|осталось|остаток"
    r"|отказы?|прирост|снижение|отклонение|разница|потребность|корпус|здание|филиал|подразделение|отделение"
    r"|по (?:району|городу|округу|краю))(?!\w)"
)
_OF_AN_ANSWER = re.compile("выполн|исполн|факт|достигн|результат|охват|отметк|отчет|информац|показател|сведен")
_OF_MORE = re.compile(r"(?<!\w)(?:с|со|и|все[мх]?|вся|оба|обе|обоих|включая|в т ч|в том числе|да|есть)(?!\w)")
_WHOLE = re.compile(
    r"(?:итого|всего|в целом)(?: по (?:школе|учреждению|организации|оу|оо))?|(?:по )?школ[еа] (?:в целом|всего|итого)"
)
_FILLER = re.compile(
    "(?:на|по|за|в|о|об|от|и|из|к|с|г|года?|году|отметка|информация|отч[её]т|хода?|сведения|значение|показатель|плану?"
    "|состоянию|данные|отчетн..|текущ..|дату|реквизиты|текст|цифр[аы]|заполняет(?:ся)?|оу|кол|во|число|численность|охват|охвата|том|числе|школ[аеы]|уч|учебный|пед|законн.*|представител.*|работник.*)$"
)
_ROLES = {
    "count": re.compile("чел(?:овек|овека)?$|количество$|кол$|колво$|численность$|абс(?:олютн..)?$|шт(?:ук)?$"),
    "percent": re.compile("процент(?:ов|а|ы|е|ах)?$|доля$|проц$|отн(?:осит|осительн..)?$"),
    "total": re.compile("всего$|общее$|общая$"),
    "classes": re.compile("класс(?:ы|ов|ах)?$|кл$|параллел"),
}
_BASE_STEMS = ("педагог", "учител", "родител", "обучающ", "учащ", "учени")
_DAYS = 31
_SCHOOL_YEAR = re.compile(
    r"(?<![\d.])(20\d\d)\s*[-–—/]\s*(20\d\d|\d\d)(?![\d.])(?:\s*уч\w*\.?)?(?:\s*г(?:ода?|оду|г)?(?!\w)\.?)?"
)
_A_YEAR, _HALF_YEAR = re.compile(r"20\d\d"), re.compile("полуг", re.IGNORECASE)
_DATED = re.compile(r"(?<!\w)(?:на|за)\W*$", re.IGNORECASE)
_OF_A_DATE = re.compile(r"(?<!\w)(?:от|со?|ко?|до)\W*$", re.IGNORECASE)
_NAMED_DAY = re.compile(r"(?:(\d{1,2})\W+)?\b([а-яё]{3,})\b(?:\s+(20\d\d)\s*(?:г(?:ода|\.)?)?)?")
_MONTHS = ("январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")


@once_a_form(maxsize=4_096)
def meaning_of(form: Form, text: str) -> Meaning | None:
    """What a heading says; None where a word of it is not known."""
    words = plain(text)
    if not words and "%" not in text:
        return None
    if aside := _aside(words) or ("other" if _is_no_answer(text, form) else ""):
        return Meaning(aside=aside, denied=_LACKING.fullmatch(words) is not None)
    if is_one_of(text, form.recognise.answer):
        return Meaning(answer=True)
    if re.search(r"\d\s*(?:[-–—]\s*\d+\s*)?\W*(?:кл|паралл)", text.casefold()) and (classes := read_classes(text)):
        return Meaning(grades=classes)
    day, rest = day_in(text)
    known, roles = Meaning(day=day), set[str]()
    for word in plain(rest).split():
        found = _meaning_of_word(word, form)
        if found is None:
            return None
        roles |= found.roles
        known = found.under(known)
    known = replace(known, roles=_roles(roles, rest))
    return known if known != Meaning() else None


def _roles(words: set[str], text: str) -> frozenset[str]:
    """«Всего, чел.» is a whole, «Кол-во, %» a share, «чел. / %» an answer of two figures."""
    people = "чел" in text.casefold()
    if "%" in text:
        words = (words if people else words - {"count"}) | {"percent"}
    return frozenset(words - {"count"} if "total" in words else words)


def meaning_of_path(texts: list[str], form: Form) -> Meaning | None:
    """The meaning of headings one under the other, from the top; a word that is not known adds nothing."""
    known = [meaning for text in texts if (meaning := meaning_of(form, text))]
    if not known:
        return None
    meaning = reduce(lambda above, below: below.under(above), known)
    first = next((at for at, text in enumerate(texts) if meaning_of(form, text)), 0)
    odd = next((text for text in texts[first + 1 :] if _is_odd(text, form)), "")
    return replace(meaning, odd=odd) if odd and meaning.candidate else meaning


def _is_odd(text: str, form: Form) -> bool:
    """Words that nobody knows; «сведения», «3» and the form's hints say nothing. What begins as a figure or as the
    answer says enough, «% участников», «Выполнение с изменениями»; «Корпус А, %» begins with a part."""
    words = plain(text).split()
    if not any(not word.isdigit() and not _FILLER.match(word) for word in words):
        return False
    known = (_ANSWER, *_ROLES.values())
    begins = text.lstrip().startswith(("(", "%")) or any(pattern.match(words[0]) for pattern in known)
    return not begins and meaning_of(form, text) is None


def _aside(words: str) -> str:
    for kind, pattern in (("other", _OTHER), ("note", _NOTE), ("unit", _UNIT), ("plan", _PLAN)):
        if pattern.match(words):
            return kind
    if _LACKING.fullmatch(words):
        return "other"
    later = [word for word in words.split() if _PLAN.match(word)]
    return "plan" if later else ""


def _is_no_answer(text: str, form: Form) -> bool:
    words = plain(text)
    if not _NO_ANSWER.search(words) or day_in(text)[0]:
        return False
    said = re.sub(r"\bне \w+", "", words)  # «не выполнено» says nothing of the answer
    named = any(label in said for label in map(plain, form.recognise.answer))
    return not named and not any(map(_ANSWER.match, said.split()))


def _meaning_of_word(word: str, form: Form) -> Meaning | None:
    for role, pattern in _ROLES.items():
        if pattern.match(word):
            return Meaning(roles=frozenset({role}))
    if _FACT.match(word):
        return Meaning(fact=True)
    if _ANSWER.match(word):
        return Meaning(answer=True)
    if word.startswith(_BASE_STEMS) and (base := _base(word, form)):
        return Meaning(base=base)
    return Meaning() if _FILLER.match(word) else None


def _base(word: str, form: Form) -> str:
    """The whole whose people are called so; pupils are «обучающиеся», «учащиеся» and «ученики»."""
    stem = word[:5]
    named = {"обуча": "учени", "учащи": "учени", "педаг": "учите", "учите": "учите"}.get(stem, stem)
    found = [base.id for base in form.bases if any(people.startswith((named, stem)) for people in base.people)]
    return min(found, key=lambda base: len(form.wholes_of(base)), default="")


def day_in(text: str) -> tuple[Day | None, str]:
    """The one date in a heading, and the heading without it: a space in its place."""
    day, start, end = _find_day(text)
    return day, f"{text[:start]} {text[end:]}" if day else text


def is_dated(text: str) -> bool:
    """Is the column of the date in its heading, though that has no word of the answer's: «Данные на 30.01»? Without its
    year it may be the number of something («Показатель 1.2»), behind «от» it is a paper's, behind «с» or «к» no day."""
    day, start, end = _find_day(text)
    if day is None:
        return False
    before, alone = text[:start], not re.search(r"\w", text[:start] + text[end:])
    return alone or bool(_DATED.search(before)) or (day.year > 0 and not _OF_A_DATE.search(before))


def _find_day(text: str) -> tuple[Day | None, int, int]:
    """The date in a heading, and where it begins and ends."""
    for years in _SCHOOL_YEAR.finditer(text):
        if (int(years[1]) + 1) % 100 == int(years[2]) % 100:
            return Day(0, 0, int(years[1])), *years.span()
    for written in find_dates(text, FIRST_YEAR):
        if written.day:
            return Day(written.day.month, written.day.day, written.day.year), written.start, written.end
    short = re.search(r"(?<!\d)(\d{1,2})[./](\d{1,2})(?!\d)\.?", text)
    if short and 1 <= int(short[1]) <= _DAYS and 1 <= int(short[2]) <= len(_MONTHS):
        return Day(int(short[2]), int(short[1])), *short.span()
    for named in _NAMED_DAY.finditer(text.casefold()):
        if month := next((i for i, stem in enumerate(_MONTHS, 1) if _is_month(named[2], stem)), 0):
            day = Day(month, int(named[1] or 0), int(named[3] or 0))
            said = "" if day.day or day.year else named[2]
            return day._replace(said=said), *named.span()
    return _find_span(text)


def _find_span(text: str) -> tuple[Day | None, int, int]:
    """«IV квартал 2013 г.», «2013 год»: whole months, of one year. A half-year is none: those of a school begin in
    autumn, and so may its quarters where no year is named."""
    span = next(find_spans(text), None) if _A_YEAR.search(text) and not _HALF_YEAR.search(text) else None
    if span and span.first and span.last and span.first.day == 1 and span.first.year == span.last.year:
        months = span.last.month - span.first.month + 1
        said = text[span.start : span.end].strip()
        return Day(span.first.month, 0, span.first.year, months, said), span.start, span.end
    return None, 0, 0


def says_of_another(text: str) -> bool:
    """Is a column headed so, though its cells read as answers, for certain not about the whole school on the report's
    date: «План», «Не охвачено», «Корпус 2»; but not «План / факт»."""
    words = plain(text)
    said = re.sub(r"\bне \w+", "", words)  # «не выполнено» says nothing of the answer
    return bool(_ANOTHER.match(words)) and not _OF_AN_ANSWER.search(said) and not _OF_MORE.search(words)


def is_of_the_whole(text: str) -> bool:
    """«Итого», «Всего по школе»."""
    return _WHOLE.fullmatch(plain(text)) is not None


def is_of_a_part(text: str) -> bool:
    """«Корпус 2», «1 смена», «в т. ч. филиал»."""
    return _PART.search(plain(text)) is not None


def _is_month(word: str, stem: str) -> bool:
    return word.startswith(stem) and len(word) <= len(stem) + 2 and (stem != "ма" or word in ("май", "мая"))
