"""How a true answer is typed by a person: clean or sloppy, on Svod's own form or on the order's table.

A hand keeps its ways: what a school types at an item looks alike at every date.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from pipeline.demo.answers import Act, Answer, Covered, Document, Exempt, Person, Volume, Words, YesNo
from pipeline.demo.figures import Chosen, Day, Link, Number
from pipeline.writing.form.prefill import SEPARATOR
from schemas import own_form
from schemas.form import Item, Unit

_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip


@dataclass(frozen=True)
class Hand:
    """Who fills in. `sloppy`: odd spacing, abbreviations, shortened wording."""

    own_form: bool
    sloppy: bool
    seed: str

    def dice(self, what: str) -> Random:
        return Random(f"{self.seed}/{what}")


@dataclass(frozen=True)
class Entry:
    """What is typed for one item. `beside` is the answer's second cell: an act's title, on the own form also classes
    and the address of a page. `facts`: what the answer says, field -> value as in `answers.csv`, several of one
    field together; none where a careful reader takes none."""

    value: str | float | date
    number_format: str = "General"
    beside: str = ""
    facts: Mapping[str, str | float | tuple[str, ...]] = field(default_factory=dict)


def typed(item: Item, answer: Answer, hand: Hand, *, spelt_out: bool = False, unit: Unit | None = None) -> Entry:
    """The answer as this hand types it. `spelt_out`: coverage with count and total, nothing rounded away."""
    dice = hand.dice(item.number)
    match answer:
        case Covered() if hand.own_form:
            return _covered_on_own_form(answer, hand, dice)
        case Covered() if spelt_out:
            words = f"{answer.count} из {answer.total}"
            return Entry(words, facts={"count": answer.count, "total": answer.total})
        case Covered() if item.asks == "people" and dice.random() < 0.75:
            return _people_and_percent(answer, hand, dice)
        case Covered():
            return _percent_alone(item, answer, hand, dice)
        case Volume(percent) if hand.own_form:
            return Entry(percent / 100, facts={"percent": percent})
        case Volume(percent):
            return _percent(percent, 0, _ALONE, hand, dice)
        case Person(name, position):
            separator = dice.choice((", ", " - ", "; ")) if hand.sloppy and not hand.own_form else "; "
            return Entry(f"{name}{separator}{position}", facts={"person": name, "position": position})
        case Document():
            return Entry(_document(answer, hand, dice), facts=_document_facts(answer))
        case Act(title, document):
            said = _document(document, hand, dice)
            return Entry(said, beside=title, facts={"title": title, **_document_facts(document)})
        case YesNo():
            return _yes_no(answer, hand)
        case Words(words) | Exempt(words):
            return Entry(words, facts={"text": words})
        case Number(value):
            return Entry(_number(value, item.decimals, unit, hand, dice), facts={"value": value})
        case Chosen(titles, page):
            said, beside = _chosen(item, titles, hand, dice), page if hand.own_form else ""
            facts = {"choice": titles} | ({"url": page} if page else {})
            return Entry(f"{said}, {page}" if page and not beside else said, beside=beside, facts=facts)
        case Day(day):
            as_text = hand.sloppy and not hand.own_form
            return Entry(f"{day:%d.%m.%Y}" if as_text else day, "DD.MM.YYYY", facts={"date": day.isoformat()})
        case Link(url):
            return Entry(url, facts={"url": url})


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────
_CLEAN_PEOPLE = ("{c}/{p}%", "{c} чел. / {p} %", "{c} из {t} ({p}%)", "{p}% ({c} чел.)", "{c} чел. ({p} %)")
_SLOPPY_PEOPLE = ("{c}чел./{p}%", "{c}  чел. - {p} %", "{c} человек из {t}, {p} %", "{p} % ({c} из {t})")
_CLEAN_PERCENT = ("{p}%", "{p} %")
_SLOPPY_PERCENT = ("{p}  %", "{p}\N{NO-BREAK SPACE}%", "{p} процентов", "{p}% ")
_CLEAN_CLASSES = (" ({k} классы)", " (все классы)")
_SLOPPY_CLASSES = (", {k} кл.", " ({k} кл.)", " ({k}  классы)")


def _covered_on_own_form(answer: Covered, hand: Hand, dice: Random) -> Entry:
    """People in their column, classes beside; the whole stands in the passport."""
    facts: dict[str, str | float] = {"count": answer.count, "total": answer.total, **_classes_fact(answer)}
    pasted = hand.sloppy and dice.random() < 0.3
    people = f"{answer.count} чел." if pasted else answer.count
    return Entry(people, beside=answer.classes.replace("-", "–"), facts=facts)


def _people_and_percent(answer: Covered, hand: Hand, dice: Random) -> Entry:
    pattern = dice.choice(_SLOPPY_PEOPLE if hand.sloppy else _CLEAN_PEOPLE)
    percent = _rounded(answer, dice.choice((0, 0, 1)))
    facts = {"count": answer.count, "percent": percent} | ({"total": answer.total} if "{t}" in pattern else {})
    return Entry(pattern.format(c=answer.count, t=answer.total, p=_comma(percent)), facts=facts)


def _percent_alone(item: Item, answer: Covered, hand: Hand, dice: Random) -> Entry:
    decimals = dice.choice((0, 0, 1))
    percent = _rounded(answer, decimals)
    if not answer.classes:  # a bare number would be people where people are asked for
        return _percent(percent, decimals, _ALONE if item.asks == "percent" else _ALONE[:-1], hand, dice)
    classes = dice.choice(_SLOPPY_CLASSES if hand.sloppy else _CLEAN_CLASSES)
    classes = (classes if answer.whole else _CLEAN_CLASSES[0]).format(k=answer.classes)
    entry = _percent(percent, decimals, ("text",), hand, dice)
    return replace(entry, value=f"{entry.value}{classes}", facts={**entry.facts, **_classes_fact(answer)})


_ALONE = ("text", "text", "cell", "bare")


def _percent(percent: float, decimals: int, ways: tuple[str, ...], hand: Hand, dice: Random) -> Entry:
    """As text with its sign, as a number in a percent cell, or bare."""
    facts = {"percent": percent}
    way = dice.choice(ways)
    if way == "cell":
        return Entry(round(percent / 100, 4), "0.0%" if decimals else "0%", facts=facts)
    if way == "bare" and percent > 1:  # 1 could also be the whole
        return Entry(percent, facts=facts)
    pattern = dice.choice(_SLOPPY_PERCENT if hand.sloppy else _CLEAN_PERCENT)
    return Entry(pattern.format(p=_comma(percent)), facts=facts)


def _classes_fact(answer: Covered) -> dict[str, str | float]:
    return {"classes": answer.classes} if answer.classes else {}


def _rounded(answer: Covered, decimals: int) -> float:
    return round(100 * answer.count / answer.total, decimals)


def _comma(number: float) -> str:
    return f"{number:g}".replace(".", ",")


# ── figures, choices ─────────────────────────────────────────────────────────────────────────────────────────────
_AS_TEXT, _WITH_UNIT = 0.3, 0.2  # of a sloppy hand's figures


def _number(value: float, decimals: int, unit: Unit | None, hand: Hand, dice: Random) -> str | float:
    """A number; a sloppy hand types some as text, with spaces between thousands and the unit behind."""
    chance = dice.random()
    if hand.own_form or not hand.sloppy or chance > _AS_TEXT + _WITH_UNIT:
        return int(value) if float(value).is_integer() else value
    said = f"{value:,.{decimals}f}".replace(",", dice.choice((" ", "\N{NO-BREAK SPACE}"))).replace(".", ",")
    return f"{said} {unit.short}" if unit and chance < _WITH_UNIT else said


def _chosen(item: Item, titles: tuple[str, ...], hand: Hand, dice: Random) -> str:
    if hand.own_form:
        return f"{SEPARATOR} ".join(titles)
    known = {choice.title: choice for choice in item.choices}
    said = [dice.choice(spellings) if hand.sloppy and (spellings := known[t].spellings) else t for t in titles]
    return dice.choice((", ", "; ")).join(said)


# ── documents, yes and no ────────────────────────────────────────────────────────────────────────────────────────
def _document(document: Document, hand: Hand, dice: Random) -> str:
    number, day = document.number, document.day
    ways = [f"приказ № {number} от {day:%d.%m.%Y}", f"Приказ от {day:%d.%m.%Y} г. № {number}"]
    if hand.sloppy:
        ways = [f"пр. №{number} от {day:%d.%m.%y}", f"приказ  № {number} от {in_words(day)}"]
    return dice.choice(ways)


def _document_facts(document: Document) -> dict[str, str]:
    return {"number": document.number, "date": document.day.isoformat()}


def in_words(day: date) -> str:
    """«5 декабря 2013 г.»"""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} г."


def _yes_no(answer: YesNo, hand: Hand) -> Entry:
    said = own_form.YES if answer.yes else own_form.NO
    facts = {"yes": "да" if answer.yes else "нет"} | ({"url": answer.url} if answer.url else {})
    if hand.own_form:
        return Entry(said, beside=answer.url, facts=facts)
    return Entry(f"{said}, {answer.url}" if answer.url else said, facts=facts)
