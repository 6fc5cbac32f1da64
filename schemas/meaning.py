"""Words that may take an answer back, put it off or narrow it, and what the texts of a form leave out by such words.

What a school adds behind a complete answer, «80 % (без изменений)», «245 чел. / 87 %; списки прилагаются», is no part
of the figure and need not be understood, unless it has one of these words; a form may not call one harmless. They are
known by their beginnings; the lists are wide on purpose: a harmless note with such a word costs a remark, a harmful one
without it a wrong figure.
"""

import re
from functools import lru_cache
from typing import NamedTuple

_STEMS = {
    "denied": (
        "не без кроме исключ минус против вместо отказ отсутств осталь остал нужд отста отчисл выбы боле отрица лишен "
        "деактив сброш приостан прекращ удалены удалена удалено"
    ),
    "to come": (
        "план заплан прогноз цел будет будут будем ожид предпол предвар предсто ориент долж намеч намер хот желат "
        "желаю обещ обяз стрем задач проект норм треб допуст вероят наверн возмож може могут могл думаем кажет "
        "видим якоб если услови после позж довед достиг достич добь добив завтра скор следующ перспектив потенциал "
        "готовит готовя начн начат заверш законч срок конец конц перенес контрольн рекоменд надея надее постара "
        "обеспечим сделаем выполним отложен рассчитываем"
    ),
    "elsewhere": (
        "прошл предыдущ прежн раньш ранее был бывш стар четверт полугод квартал вчера осен весн летом зим месяц "
        "январ феврал март апрел июн июл август сентябр октябр ноябр декабр район города городу городск округ "
        "област регион муницип край краю краев посел сельск друг чуж филиал садик ясл"
    ),
    "in part": (
        "част полов трет отдельн мног мало больш меньш ниже выше средн рост прирост увелич сниж сокра умен упал "
        "вырос плюс дополнит еще выбороч опрос опрош оцен округл примерн приблиз около поряд почти мальч девоч "
        "юнош девуш женщ мужч матерей отцов мамы папы семь семе внешт совмест класс звен групп параллел начальн "
        "старш младш новых новые первоклас наполов"
    ),
    "doubtful": (
        "ошиб исправи исправьт исправля уточня уточни провер перепровери пересчитат чернов фиктив ложн вроде теорет "
        "или либо однако хотя зачерк аннулир отмен пример образ шаблон сомн вопрос "
        "расхожд спорн устн"
    ),
    "figures in words": (
        "нол один одна одно одни двое двум двух дваж двест трое трех трем три четыр пять пяти шест семи семн восем "
        "восьм девят десят сорок тысяч полтор"
    ),
}
_WORDS = frozenset(
    [
        "ни",
        "нету",
        "а",
        "но",
        "до",
        "к",
        "ко",
        "перед",
        "сто",
        "сбой",
        "сотни",
        "сотня",
        "два",
        "две",
        "обе",
        "оба",
        "мая",
        "май",
        "мае",
    ]
)
_BEGINNINGS = tuple(stem for stems in _STEMS.values() for stem in stems.split())
# Behind a figure they say that it is of a part of the people, of another whole, or not to be relied on. A form may well
# speak of these itself («надомники», «корпус»): of its own words none narrows anything.
_NARROWING = (
    "вновь прибывш выпускн присутствующ присутствовавш явивш пришед имеющ имевш получивш подавш матери отцы "
    "отцов инвалид надомн штатные штатных предметн воспитатели воспитателей корпус опечат устар расчетн экспертн "
    "условн основном формальн номинальн утеряны утрачены заблок "
    "льготник подвоз отличник кадет родком пилотн эксперимент спецкласс коррекцион"
)
_NARROWINGS = tuple(_NARROWING.split())


@lru_cache(maxsize=16_384)  # words beside figures
def changes_meaning(word: str) -> bool:
    """May the word, lower case and ё as е, make another answer of the one that it follows."""
    return word in _WORDS or word.startswith(_BEGINNINGS)


def narrows(word: str) -> bool:
    """Does the word, behind a figure and none of the form's, say that the figure is of a part or hardly one."""
    return word == "ср" or (word.startswith(_NARROWINGS) and not word.endswith("ся"))  # «имеющиеся»


class Told(NamedTuple):
    """What a text of a form speaks of, and what it names as a mere part of that or leaves out."""

    said: str
    left_out: str


_PART = r"(?:в том числе|в т\.\s?ч\.?|из них|из которых|включая)(?!\w)"
_LESS = r"(?:не|ни|без|вне|кроме|помимо|вместо|взамен|минус|за вычетом|за предел\w*|(?:за )?искл\w*)(?!\w)"
_BEGINS = re.compile(rf"[\s(]*{_PART}", re.IGNORECASE)
# To the end of its brackets or of all.
_TAIL = re.compile(rf"(?<!\w)(?:{_PART}|{_LESS})(?:[^()]*(?=\))|.*)", re.IGNORECASE | re.DOTALL)
_SENTENCE = re.compile(r"(?:(?<=[а-яё]{4}[.])|(?<=[!?]))\s+(?=[А-ЯЁA-Z])")  # behind an abbreviation none ends
_FORBIDS = re.compile(rf"(?<!\w)(?:{_LESS}|(?:нельзя|запрещ|вычит|вычесть|отдельн)\w*)", re.IGNORECASE)


# Of them none speaks of anything by itself: «да, на сайте» answers «есть/нет, не на бумаге».
SMALL_WORDS = frozenset(
    "а без бы в во вне да для до же за и из или к ко ли на над не ни но о об от по под при про с со у".split()  # noqa: SIM905
)


def told_by_title(title: str) -> Told:
    """«На дому 20 %» is no answer to «Питание (в том числе на дому)», nor to «Питание, не считая надомников». Of a
    title that begins as a part, «из них на дому», the part is what is asked for."""
    return _cut(_BEGINS.sub("", title, count=1) if _BEGINS.match(title) else title)


def told_by_hint(hint: str) -> Told:
    """A sentence of a hint that forbids or leaves out anything says nothing of what is asked for: what stands before
    the word may be meant as well, «надомников не указывайте»."""
    said, left_out = [], []
    for sentence in _SENTENCE.split(hint):
        told = Told("", sentence) if _FORBIDS.search(sentence) else _cut(sentence)
        said.append(told.said)
        left_out.append(told.left_out)
    return Told(" ".join(said), " ".join(left_out))


def _cut(text: str) -> Told:
    return Told(_TAIL.sub(" ", text), " ".join(found[0] for found in _TAIL.finditer(text)))
