"""What a school has truly done by a date, before anybody writes it down.

Schools move at their own pace along what the form asks for: an item with a due date is nearly done by then, the
headline item follows its targets. Figures only grow from date to date; documents stay.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import assert_never

from pipeline.demo.figures import Chosen, Day, Figure, Figures, Link, Number
from schemas.district import School
from schemas.form import Control, Form, Item, Kind
from schemas.school_names import whole_school


@dataclass(frozen=True)
class Person:
    name: str
    position: str


@dataclass(frozen=True)
class Words:
    words: str


@dataclass(frozen=True)
class Exempt:
    """«не предусмотрено», «не требуется»: the form's own words for it."""

    words: str


@dataclass(frozen=True)
class Document:
    number: str
    day: date


@dataclass(frozen=True)
class Act:
    title: str
    document: Document


@dataclass(frozen=True)
class YesNo:
    yes: bool
    url: str = ""


@dataclass(frozen=True)
class Volume:
    percent: int


@dataclass(frozen=True)
class Covered:
    """People. `classes` in the normal form (`1-11`), blank where the item asks for none; `whole`: the school has no
    others."""

    count: int
    total: int
    classes: str = ""
    whole: bool = True


Answer = Person | Words | Exempt | Document | Act | YesNo | Volume | Covered | Number | Chosen | Day | Link


@dataclass(frozen=True)
class Problem:
    """`solution`: blank where the school knows none."""

    problem: str
    solution: str


@dataclass(frozen=True)
class Conduct:
    """How a school goes about the order. `pace`: 1 is the usual one. `seed`: its own dice, the same on every date."""

    school: School
    pace: float
    seed: str

    def dice(self, what: str) -> Random:
        return Random(f"{self.seed}/{what}")


def answers_on(day: date, conduct: Conduct, form: Form) -> dict[str, Answer]:
    """The school's answers as of `day` by item number, in the form's order; a row of acts under its own number."""
    answers: dict[str, Answer] = {}
    figures = Figures(form, conduct.school, conduct.seed, day)
    for item in form.items:
        match item.kind:
            case Kind.ACTS:
                answers |= _acts(item, day, conduct, form)
            case Kind.GROUP:
                pass  # a heading
            case Kind.NUMBER | Kind.CHOICE | Kind.DATE | Kind.LINK | Kind.ROW | Kind.ROWS:
                answers |= _in_full(figures.answers_in(item), day, conduct, form)
            case Kind.PERSON | Kind.TEXT | Kind.DOCUMENT | Kind.COVERAGE | Kind.VOLUME | Kind.YES_NO:
                if not (item.optional and conduct.dice(item.number).random() < 0.6):
                    answers[item.number] = _answer(item, day, conduct, form)
            case _:
                assert_never(item.kind)
    for control in form.controls:
        _keep(control, answers)
    return answers


def _in_full(figures: Mapping[str, Figure | str], day: date, conduct: Conduct, form: Form) -> dict[str, Answer]:
    """What a table asks for beside its figures: words, documents, persons, in a list of problems these."""
    return {
        number: _of_cell(number, day, conduct, form) if isinstance(answer, str) else answer
        for number, answer in figures.items()
    }


def _of_cell(number: str, day: date, conduct: Conduct, form: Form) -> Answer:
    item, of_problems = form.item(number), form.problems.columns if form.problems else ()
    if item.number in of_problems and (known := _known_problems(form)):
        line = int(number.partition("/")[0].rpartition(".")[2])
        problem = known[(conduct.dice("problems").randrange(len(known)) + line) % len(known)]
        return Words((problem.problem, problem.solution)[of_problems.index(item.number)])
    answer = _answer(item.at(number), day, conduct, form)
    return replace(answer, url="") if isinstance(answer, YesNo) else answer


_SOLVED = 0.7  # of the problems have a solution


def problems_on(day: date, conduct: Conduct, form: Form) -> list[Problem]:
    """What stands in the school's way as of `day`: a problem once named stays, and one may join it at each date. Some
    schools know no solution."""
    if not form.problem_table:
        return []
    dice, known = conduct.dice("problems"), _known_problems(form)
    first = dice.choice((0, 0, 1, 1, 2))
    later = sum(reporting < day and dice.random() < 0.4 for reporting in form.order.reporting_dates)
    least, most = form.problem_table.at_least, form.problem_table.at_most
    count = max(least, first + later if most is None else min(most, first + later))
    named = dice.sample(known, min(len(known), count))
    return [p if conduct.dice(p.problem).random() < _SOLVED else replace(p, solution="") for p in named]


def _known_problems(form: Form) -> list[Problem]:
    known = [p for p in _PROBLEMS if _belongs(p.problem, form)]
    return known or [Problem(f"{g.title}: нужна помощь", "Обратились в управление") for g in form.problem_groups]


# ── one answer ───────────────────────────────────────────────────────────────────────────────────────────────────
def _answer(item: Item, day: date, conduct: Conduct, form: Form) -> Answer:
    dice = conduct.dice(item.number)
    if item.may_be_not_provided and dice.random() < 0.4:
        return Exempt(form.recognise.not_provided[0])
    match item.kind:
        case Kind.PERSON:
            return _person(dice)
        case Kind.DOCUMENT:
            return _document(item, day, dice, form)
        case Kind.COVERAGE:
            return _covered(item, day, conduct, form)
        case Kind.VOLUME:
            return Volume(max(1, round(100 * _share(item, day, conduct, form))))
        case Kind.YES_NO:
            yes = bool(item.due and day > item.due) or _share(item, day, conduct, form) > dice.uniform(0.2, 0.7)
            return YesNo(yes, f"http://school{conduct.school.code}.example.org/dnevnik" if yes else "")
        case Kind.TEXT:
            return Words(dice.choice(_words_for(item)))
        case Kind.NUMBER | Kind.CHOICE | Kind.DATE | Kind.LINK:
            raise AssertionError(f"item {item.number} is one of the figures")
        case Kind.GROUP | Kind.ACTS | Kind.ROW | Kind.ROWS:
            raise AssertionError(f"item {item.number} is answered in the rows under it")
        case _:
            assert_never(item.kind)


def _covered(item: Item, day: date, conduct: Conduct, form: Form) -> Covered:
    total = round(conduct.school.bases[item.base])
    share = _share(item, day, conduct, form)
    count = min(total, round(total * share))
    if not item.classes:
        return Covered(count, total)
    own, grades = whole_school(conduct.school.full_name), _grades(conduct, share)
    return Covered(count, total, f"{grades[0]}-{grades[-1]}", whole=grades == own)


_BEGIN_BELOW = 0.2  # of the schools: they come to the upper classes last


def _grades(conduct: Conduct, share: float) -> range:
    """The whole school, or as many of its grades from the lowest on as its share allows."""
    grades = whole_school(conduct.school.full_name)
    if share < 1 and conduct.dice("classes").random() < _BEGIN_BELOW:
        grades = grades[: max(2, math.ceil(len(grades) * share))]
    return grades


def _share(item: Item, day: date, conduct: Conduct, form: Form) -> float:
    """How far the school is with the item, 0–1; never less on a later day."""
    pace = conduct.pace if item.number == form.headline_number else conduct.pace**0.4
    share = _usual(item, day, form) * pace * conduct.dice(item.number).uniform(0.95, 1.05)
    return 1.0 if share > 0.96 else share


def _usual(item: Item, day: date, form: Form) -> float:
    """The share that a school of the usual pace has reached: the bounds met so far, and its way to the next one."""
    start, reached = form.order.date, 0.0
    for by, share, haste in _bounds(item, form):
        if day < by:
            elapsed: float = (day - start) / (by - start)
            return reached + (share - reached) * math.pow(elapsed, haste)
        start, reached = by, share
    return reached


# Above the lower bound of a target a usual school comes by so much of 1, where the band is that wide.
_ABOVE_LOWER_BOUND = 0.14
_LATE_RUSH, _EARLY_START = 2.0, 0.5  # exponents of time: most of the way at the end, or at the beginning


def _bounds(item: Item, form: Form) -> list[tuple[date, float, float]]:
    """By when, which share, and how the way there is gone."""
    if item.number == form.headline_number and form.targets:
        return [(t.by, min(t.min / 100 + _ABOVE_LOWER_BOUND, (t.min + t.max) / 200), _LATE_RUSH) for t in form.targets]
    due = item.due or form.order.reporting_dates[-1]
    return [(max(due, form.order.date + timedelta(days=1)), 1.0, _EARLY_START)]


def _keep(control: Control, answers: dict[str, Answer]) -> None:
    """More people than the control allows cannot be true: the wider figure is lifted above the narrower one."""
    item, limit = answers.get(control.item), answers.get(control.limit)
    if not isinstance(item, Covered) or not isinstance(limit, Covered):
        return
    wider = min(limit.total, max(limit.count, round(item.count * 1.08) + 2))
    answers[control.limit] = replace(limit, count=wider)
    answers[control.item] = replace(item, count=min(item.count, wider))


def _acts(item: Item, day: date, conduct: Conduct, form: Form) -> Mapping[str, Answer]:
    dice = conduct.dice(item.number)
    if item.may_be_not_required and dice.random() < 0.15:
        return {f"{item.number}.1": Exempt(form.recognise.not_required[0])}
    least = max(1, item.at_least)
    most = max(3, least) if item.at_most is None else item.at_most
    titles = dice.sample(_ACTS, min(len(_ACTS), dice.randint(least, most)))
    return {f"{item.number}.{n}": Act(t, _document(item, day, dice, form)) for n, t in enumerate(titles, start=1)}


def _document(item: Item, day: date, dice: Random, form: Form) -> Document:
    """Signed between the order and the item's due date, before the first report."""
    last = min(item.due or day, form.order.reporting_dates[0])
    signed = form.order.date + timedelta(days=dice.randint(0, max(0, (last - form.order.date).days)))
    return Document(dice.choice(("{}", "{}", "{}", "{}-од")).format(dice.randint(12, 240)), signed)


def _person(dice: Random) -> Person:
    man = dice.random() < 0.2
    surname = dice.choice(_SURNAMES)
    name = f"{surname if man else surname + 'а'} {dice.choice(_MEN if man else _WOMEN)}"
    return Person(name, dice.choice(_POSITIONS))


def _belongs(problem: str, form: Form) -> bool:
    """Does a word of the problem begin with a stem of the form's groups."""
    stems = tuple(stem for group in form.problem_groups for stem in group.stems)
    return any(word.startswith(stems) for word in problem.casefold().split())


def _words_for(item: Item) -> tuple[str, ...]:
    """What people write where words are asked for, by what the item's title speaks of."""
    title = item.title.casefold()
    return next((words for stem, words in _WORDS if stem in title), ("Выполняется по плану работы школы",))


# ── what people write; all names are invented ────────────────────────────────────────────────────────────────────
_SURNAMES = (
    "Берёзкин", "Лугов", "Снегирёв", "Ольхин", "Рощин", "Ветров", "Клёнов", "Журавлёв", "Полянов", "Ручьёв", "Осокин",
    "Туманов", "Вербин", "Калинин", "Озеров", "Соболев",
)  # fmt: skip
_WOMEN = (
    "Анна Павловна", "Елена Сергеевна", "Ольга Викторовна", "Наталья Андреевна", "Ирина Олеговна", "Вера Николаевна",
    "Светлана Юрьевна", "Татьяна Ивановна", "Мария Дмитриевна",
)  # fmt: skip
_MEN = ("Андрей Петрович", "Сергей Ильич", "Павел Олегович", "Дмитрий Юрьевич")
_POSITIONS = (
    "заместитель директора по УВР", "учитель информатики", "зам. директора по НМР", "инженер-программист", "методист",
    "системный администратор",
)  # fmt: skip
_ACTS = (
    "Положение о рабочей группе", "Положение о защите персональных данных", "Правила внутреннего распорядка",
    "Должностная инструкция классного руководителя", "Должностная инструкция учителя", "Инструкция для администратора",
    "Порядок предоставления информации родителям", "Регламент работы с информационной системой",
)  # fmt: skip
_WORDS = (
    ("формы", (
        "Родительские собрания, педсовет, классные часы", "Общешкольное собрание, памятки, сайт школы",
        "Педагогический совет, собрания по классам, индивидуальные беседы", "Классные часы, листовки, стенд в холле",
    )),
    ("дополнительн", (
        "Занятия для родителей проходят по субботам", "Техника обновлена в двух кабинетах", "Нужны курсы для учителей",
    )),
    ("причин", ("Карантин по гриппу в двух классах", "Рост заболеваемости ОРВИ в начальной школе")),
    ("назван", (
        "День здоровья", "Лыжные гонки", "Весёлые старты", "Встреча с врачом", "Неделя здорового питания", "Кросс",
    )),
    ("систем", (
        "Дневник.ру", "ИС «Дневник.ру»", "дневник ру", "Сетевой город. Образование",
        "АИС «Сетевой Город. Образование»", "ЭлЖур", "«ЭлЖур»", "БАРС. Образование", "Школьный офис",
        "система «Школьный офис»",
    )),
)  # fmt: skip
_PROBLEMS = (
    Problem("Часть родителей отказывается давать согласие на обработку данных", "Проводим разъяснительные беседы"),
    Problem("Низкая скорость интернета в вечерние часы", "Направлена заявка провайдеру"),
    Problem("Нет связи в двух отдалённых посёлках", "Открыт пункт доступа в библиотеке"),
    Problem("Не хватает компьютеров в учительской", "Включены в план закупок"),
    Problem("У старшего поколения учителей мало навыков", "Назначены наставники"),
    Problem("Большая нагрузка на классных руководителей", "Часть записей передана секретарю"),
    Problem("Родители привыкли к бумажному дневнику", "На собраниях показываем, как смотреть оценки"),
    Problem("Родители не видят пользы", "Рассылаем памятки с примерами"),
    Problem("Сбои при входе в часы пик", "Обратились в службу поддержки"),
    Problem("Родители забывают пароль", "Памятка и повторная выдача по средам"),
)
