"""What an answer cell says about its item: the one door from raw cells to facts.

Everything readable is read exactly; anything else gets a remark and no value. `docs/reading.md` shows both by examples.
"""

import re
from datetime import date, datetime, time
from itertools import chain
from typing import NamedTuple, assert_never

from pipeline.reading.answers.by_class import Part, read_by_class, together
from pipeline.reading.answers.choices import read_choices
from pipeline.reading.answers.dates import LONGEST, read_date, read_lone_date
from pipeline.reading.answers.documents import Document, is_not_in_force, read_document
from pipeline.reading.answers.former import former_day, is_withdrawn, without_reference
from pipeline.reading.answers.grades import read_classes
from pipeline.reading.answers.labelled import own_part
from pipeline.reading.answers.number_formats import shown_with_words, shows_duration, shows_nothing
from pipeline.reading.answers.numbers import read_figure, takes_no_answer
from pipeline.reading.answers.other_times import of_another_time
from pipeline.reading.answers.persons import read_person
from pipeline.reading.answers.pieces import People
from pipeline.reading.answers.shares import (
    ROLES,
    Asks,
    Coverage,
    Reading,
    Refusal,
    read_number,
    read_text,
    settle,
)
from pipeline.reading.answers.tokens import DASHES
from pipeline.reading.answers.vocabulary import is_at_work, kinds_of_people, own_words
from pipeline.reading.answers.yes_no import addresses_in, read_yes_no, without_addresses
from pipeline.reading.opening.book import Cell, Value
from pipeline.reading.remembering import once_a_form
from schemas.form import Form, Item, Kind
from schemas.remarks import Remark, remark
from schemas.reports import FORMER, FORMER_DAY, NO, WITHDRAWN, Fact
from schemas.text import clean

__all__ = [
    "Answer",
    "as_text",
    "clean",
    "is_blank",
    "read_answer",
    "read_classes",
    "read_date",
    "read_document",
    "refers_elsewhere",
]

_NOTHING_WRITTEN = re.compile(rf"[{DASHES}\s_.…·]*")
_DIGIT, _WORD = re.compile("[0-9]"), re.compile(r"\w+")
_DASH = re.compile(rf"\s*[{DASHES}]{{1,3}}\s*")
# Both signs in an order's words; a dash that only joins is none: «Имеется («+» – да)».
_PLUS = re.compile(r"(?<![\w+])\+|\bплюс\b", re.IGNORECASE)
_MINUS = re.compile(
    rf"[«\"„“]\s*[{DASHES}]\s*[»\"“”]|(?:[(,;/]|\bили|\bлибо)\s*[{DASHES}]|\w\s+[{DASHES}]\s*[),;/]|\+[{DASHES}]|[{DASHES}]\s*/\s*\+|\bминус\b",
    re.IGNORECASE,
)
_UNFILLED = re.compile(rf"(?=[^_]*_)[{DASHES}\s_.…·/%№()«»\"]*")
_SEE = r"(?:(?:см|смотри(?:те)?)\b\.?\s*(?:в\s+)?|в\s+)"
_REFERS = re.compile(
    r"\(?\s*(?:(?:ответ|указан[оаы]?|написан[оаы]?|данные)\s+)?"
    rf"(?:{_SEE}?(?:примечани|комментари|сноск|надпис)[а-яё]*|{_SEE}(?:приложени|вложени|письм)[а-яё]*|{_SEE}(?:ниже|выше|рядом))"
    r"(?:\s+к\s+ячейке)?\s*(?:№?\s*\d{1,2})?\s*[.!)]*",
    re.IGNORECASE,
)
# An error value that was typed or pasted as text is one all the same.
_ERROR_VALUE = re.compile(
    r"#(?:(?:ДЕЛ|DIV)/0!|Н/Д|N/A|(?:ССЫЛКА|REF|ЗНАЧ|VALUE|ЧИСЛО|NUM|ПУСТО|NULL|ПЕРЕНОС|SPILL|ВЫЧИСЛ|CALC)!|(?:ИМЯ|NAME)\?|#{3,})",
    re.IGNORECASE,
)


class Answer(NamedTuple):
    """Facts and remarks of one cell; their item and place are filled in by the caller."""

    facts: tuple[Fact, ...] = ()
    remarks: tuple[Remark, ...] = ()


class Around(NamedTuple):
    """What is known around a cell. `unit`: that its heading names instead of the form's; `since`, `until`: the days
    that its report is about, where they are certain; `as_of`: the one day, where it tells how things stand on a day."""

    unit: str = ""
    since: date | None = None
    until: date | None = None
    as_of: date | None = None


NOTHING_AROUND = Around()
_SHORT = 200  # characters: longer answers are not remembered, they hardly come twice


def read_answer(item: Item, cell: Cell, form: Form, base: float | None, around: Around | None = None) -> Answer:
    """What one answer cell says about an item, by the item's kind (any but GROUP). A row of acts is read by its item.

    `base`: the known whole of the item's base, people.
    """
    whole, around = base if item.measured else None, around or NOTHING_AROUND
    if isinstance(cell.value, str) and len(cell.value) <= _SHORT:
        return _read_again(form, item, cell, whole, around)
    return _read(form, item, cell, whole, around)


def _read(form: Form, item: Item, cell: Cell, base: float | None, around: Around) -> Answer:
    if cell.fault == "error":
        return Answer((), (remark("CELL-ERROR", value=str(cell.value)),))
    if cell.fault == "no_value":
        return Answer((), (remark("CELL-NO-VALUE"),))
    if is_said_by_dash(item, cell, form):
        return Answer((_fact("yes", NO) if item.kind is Kind.YES_NO else _fact("value", 0.0),))
    if is_blank(cell) or (item.kind is Kind.NUMBER and takes_no_answer(cell)):
        return Answer()
    text = _as_shown(cell) if item.measured or item.kind is Kind.NUMBER else as_text(cell.value)
    if cell_error := _ERROR_VALUE.search(text):
        return Answer((), (remark("CELL-ERROR", value=cell_error[0]),))
    if _does_not_apply(item, text, form):
        return Answer((_fact("text", text),))
    if (day := former_day(text, form)) is not None:
        return Answer((_fact(FORMER, text), *((_fact(FORMER_DAY, day),) if day else ())))
    if is_withdrawn(text, form):
        return Answer((_fact(WITHDRAWN, text),))
    if not item.measured:
        text = without_reference(text, form)
    match item.kind:
        case Kind.COVERAGE | Kind.VOLUME:
            return _read_coverage(item, cell, text, form, base, around.as_of)
        case Kind.DOCUMENT | Kind.ACTS | Kind.PERSON | Kind.TEXT if refers_elsewhere(cell):  # any words would be taken
            return Answer((), (remark("ANSWER-ASIDE", value=text, what=f"отсылка «{text}»"),))
        case Kind.DOCUMENT | Kind.ACTS:
            return _read_document(text, form)
        case Kind.PERSON:
            return _read_person(item, text)
        case Kind.YES_NO:
            return _read_yes_no(item, text, form)
        case Kind.TEXT:
            return Answer((_fact("text", text),))
        case Kind.NUMBER:
            return _read_number(item, cell, text, form, around.unit)
        case Kind.CHOICE:
            return _read_choices(item, text)
        case Kind.DATE:
            return _read_date(item, cell, text, around)
        case Kind.LINK:
            return _read_link(text)
        case Kind.GROUP | Kind.ROW | Kind.ROWS:
            raise AssertionError(f"item {item.number} is a heading: no answer belongs there")
        case _:
            assert_never(item.kind)


# Of texts alone: of numbers, dates and yes/no the one may equal the other and still be shown otherwise. A cell is read
# more than once, as an answer and as evidence, and many schools write the same.
_read_again = once_a_form(maxsize=8_192)(_read)


def is_blank(cell: Cell) -> bool:
    """Nothing is answered: a dash, dots, the form's own underscores. «нет» and 0 are answers; so is an error cell. A
    number that its format does not show is none: nobody sees it."""
    value = cell.value
    if isinstance(value, float):
        return not cell.fault and shows_nothing(value, cell.format)
    if not isinstance(value, str) or value[:1].isalnum() or cell.fault:
        return False
    return bool(_NOTHING_WRITTEN.fullmatch(value) or _UNFILLED.fullmatch(value))


def is_said_by_dash(item: Item, cell: Cell, form: Form) -> bool:
    """A dash that is an answer: 0 in a table of figures, where the order says so; «нет» where it asks for «+», «−»."""
    if not isinstance(cell.value, str) or _DASH.fullmatch(cell.value) is None:
        return False
    if item.kind is Kind.YES_NO:
        return any(_PLUS.search(words) and _MINUS.search(words) for words in (*item.wordings, item.hint))
    return form.recognise.dash_is_zero and item.kind is Kind.NUMBER and item.number in form.cells_of_rows


def refers_elsewhere(cell: Cell) -> bool:
    """«см. примечание», and nothing else: the answer stands in another place."""
    return isinstance(cell.value, str) and _REFERS.fullmatch(cell.value.strip()) is not None


def _does_not_apply(item: Item, text: str, form: Form) -> bool:
    """«не предусмотрено», «не требуется», where the item allows it and nothing in figures is said beside it."""
    allowed = form.recognise.not_provided if item.may_be_not_provided else ()
    allowed += form.recognise.not_required if item.may_be_not_required else ()
    if not allowed or _DIGIT.search(text):
        return False
    said = " ".join(_WORD.findall(text.casefold()))
    return any(said == words or said.startswith(f"{words} ") for words in allowed)


def as_text(value: Value) -> str:
    """The value in the words that a person sees in the cell: 31.0 -> «31», 0.5 -> «0,5», a date -> «08.12.2013»."""
    match value:
        case str():
            return value.strip().strip("_").strip()
        case bool():
            return "ИСТИНА" if value else "ЛОЖЬ"
        case datetime() | date():
            return f"{value:%d.%m.%Y}"
        case time():
            return f"{value:%H:%M}"
    return str(int(value)) if value.is_integer() else repr(value).replace(".", ",")


def _as_shown(cell: Cell) -> str:
    """As `as_text`, with the words that stand only in the number format."""
    shown = shown_with_words(cell.value, cell.format) if isinstance(cell.value, float) else ""
    return shown.strip() or as_text(cell.value)


def _fact(field: str, value: str | float, half: float = 0.0) -> Fact:
    return Fact("", field, value, "", half)


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────────


def _read_coverage(item: Item, cell: Cell, text: str, form: Form, base: float | None, as_of: date | None) -> Answer:
    """The figure of the fact where a plan stands beside it, else those of the whole cell."""
    own = own_part(text) if isinstance(cell.value, str) else ""
    said = _read_measured(item, Cell(own) if own else cell, own or text, form, base)
    return _of_this_time(said, item, text, form, as_of)


def _read_measured(item: Item, cell: Cell, text: str, form: Form, base: float | None) -> Answer:
    if parts := classes_apart(item, cell, text, form):
        return _read_parts(item, parts)
    asks: Asks = "people" if item.asks == "people" else "percent"
    stated, classes, unreadable = _read_figures(cell, text, asks, item, form)
    found = stated if isinstance(stated, Refusal) else settle(stated, asks, base)
    if item.kind is Kind.VOLUME and isinstance(found, Coverage) and (found.count or found.total):
        found = Refusal("NUM-SEVERAL")
    if isinstance(found, Refusal):
        return Answer((), (remark(found.code, value=text, want=_wanted(item), **dict(found.data)),))
    facts = _figures(found, classes)
    return Answer(facts, (remark("CLASSES-UNREADABLE", value=text),) if unreadable else ())


def _of_this_time(answer: Answer, item: Item, text: str, form: Form, as_of: date | None) -> Answer:
    """The answer, unless it says that it is of another time. That nothing has been done is not taken back by when it
    will be: «0 % (активация с 01.09.2014)»."""
    if as_of is None or not answer.facts:
        return answer
    when = of_another_time(text, as_of, form.order, (*item.wordings, item.hint))
    if when is None:
        return answer
    none_yet = any(fact.value == 0 for fact in answer.facts if fact.field in ("count", "percent"))
    if when.later and none_yet:
        return answer
    return Answer((), (remark("NUM-OTHER-DATE", value=text, when=when.text, as_of=as_of),))


def _figures(found: Coverage, classes: str) -> tuple[Fact, ...]:
    facts = [
        _fact(role, figure.value, figure.half if role == "percent" else 0.0)
        for role in ROLES
        if (figure := getattr(found, role))
    ]
    return (*facts, _fact("classes", classes)) if classes else tuple(facts)


def classes_apart(item: Item, cell: Cell, text: str, form: Form) -> tuple[Part, ...]:
    """The parts of an answer that is given class by class; none where it is not."""
    is_words = isinstance(cell.value, str) and len(text) <= LONGEST
    return read_by_class(text, _people(form, item.base, item.number)) if is_words else ()


def _read_parts(item: Item, parts: tuple[Part, ...]) -> Answer:
    """Facts by class. They are added up where each says of how many, and the item asks for classes: teachers of one
    class teach another too."""
    by_class = tuple(_fact("by_class", part.words) for part in parts)
    words = "; ".join(part.words for part in parts)
    summed = together(parts) if item.classes else None
    if summed is None:
        return Answer(by_class, (remark("CLASSES-APART", value=words),))
    found, classes = summed
    said = {role: getattr(found, role).value for role in ("count", "total")}
    return Answer((*_figures(found, classes), *by_class), (remark("CLASSES-SUMMED", value=words, **said),))


def _read_figures(cell: Cell, text: str, asks: Asks, item: Item, form: Form) -> Reading:
    """A date, hours or a true/false cell say no figure: Excel made them of something else."""
    if isinstance(cell.value, float) and shows_duration(cell.format):
        return Reading(Refusal("NUM-NONE"))
    if isinstance(cell.value, float) and text == as_text(cell.value):
        return Reading(read_number(cell.value, cell.format))
    if not isinstance(cell.value, str | float):
        return Reading(Refusal("NUM-NONE"))
    if len(text) > LONGEST:
        return Reading(Refusal("NUM-SEVERAL"))
    return read_text(text, asks, _people(form, item.base, item.number))


@once_a_form(maxsize=512)
def _people(form: Form, base: str, number: str) -> People:
    """The form's words about an item of that base, and of which kind the people of its base are."""
    said_of = {one.id: [word for said in one.people for word in _words(said)] for one in form.bases}
    kinds = {kind for word in said_of.get(base, ()) for kind in kinds_of_people(word)}
    words = frozenset(chain(*said_of.values()))
    item = form.item(number)
    own = own_words(item, form)._replace(people=words, done=form.words_done)
    at_work = any(is_at_work(word) for said in item.wordings for word in _words(said))
    return People(own, kinds.pop() if len(kinds) == 1 else "", at_work)


def _words(text: str) -> list[str]:
    return text.casefold().replace("ё", "е").split()


def _wanted(item: Item) -> str:
    if item.asks == "people":
        return "число людей и процент, например 245 чел. / 87 %"
    return "процент и классы, например 87 % (1–11 классы)" if item.classes else "процент, например 87 %"


def _read_number(item: Item, cell: Cell, text: str, form: Form, heading_unit: str) -> Answer:
    figure = read_figure(item, cell, form, heading_unit)
    want = f"одно число ({form.unit(item.unit).short})" if item.unit else "одно число"
    if isinstance(figure, Refusal):
        return Answer((), (remark(figure.code, value=text, **{"want": want} | dict(figure.data)),))
    if not figure.unit or not figure.value:
        return Answer((_fact("value", figure.value),))
    said, asked = form.unit(figure.unit).short, form.unit(item.unit).short
    other = remark("NUM-OTHER-UNIT", value=text, unit=said, want=asked, counted=figure.value)
    return Answer((_fact("value", figure.value),), (other,))


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_document(text: str, form: Form) -> Answer:
    document = read_document(text[:LONGEST])
    facts = []
    if document.number:
        facts.append(_fact("number", document.number))
    if document.day:
        facts.append(_fact("date", document.day.isoformat()))
    if not facts:
        facts.append(_fact("text", text))
        if read_yes_no(text[:LONGEST]).said == NO:
            return Answer(tuple(facts))
    remarks = []
    if missing := _missing(document):
        remarks.append(remark("DOC-INCOMPLETE", value=text, what=missing, example=f"{form.order.date:%d.%m.%Y}"))
    if document.number and document.day and (what := _no_document_of_school(text, document, form)):
        remarks.append(remark("DOC-NOT-IN-FORCE", value=text, what=what))
    if document.several:
        remarks.append(remark("DOC-SEVERAL", value=text))
    return Answer(tuple(facts), tuple(remarks))


def _no_document_of_school(text: str, document: Document, form: Form) -> str:
    """Why the paper does not show that the school has one; blank where it does."""
    if is_not_in_force(text[:LONGEST], several=document.several):
        return "Сказано, что документ не действует"
    ours = not document.several and (document.number, document.day) == (form.order.number, form.order.date)
    return "Это приказ, по которому составлен отчёт" if ours else ""


def _missing(document: Document) -> str:
    day = f"дата ({document.impossible} — такой даты нет)" if document.impossible else "дата"
    return " и ".join(what for what, found in (("номер", document.number), (day, document.day)) if not found)


def _read_person(item: Item, text: str) -> Answer:
    person = read_person(text[:LONGEST])
    said = (("person", person.name, "фамилия, имя, отчество"), ("position", person.position, "должность"))
    facts = [_fact(field, words) for field, words, _ in said if words]
    asked = said if item.asks_position else said[:1]
    remarks = []
    if missing := " и ".join(what for _, words, what in asked if not words):
        remarks.append(remark("PERSON-INCOMPLETE", value=text, what=missing))
    if person.several:
        remarks.append(remark("PERSON-SEVERAL", value=text))
    return Answer(tuple(facts) or (_fact("text", text),), tuple(remarks))


def _read_yes_no(item: Item, text: str, form: Form) -> Answer:
    said, url = read_yes_no(text, own_words(item, form)) if len(text) <= LONGEST else ("", "")
    if not said:
        return Answer((), (remark("YES-NO-UNREADABLE", value=text),))
    return Answer((_fact("yes", said), _fact("url", url)) if url else (_fact("yes", said),))


def _read_choices(item: Item, text: str) -> Answer:
    pages, bare = (addresses_in(text), without_addresses(text)) if item.asks_address else ([], text)
    with_page = [choice.title for choice in item.choices if choice.address]
    if pages and not re.search(r"\w", bare) and len(with_page) == 1:
        bare = with_page[0]  # an address alone says that there is a page
    found = read_choices(item, bare[:LONGEST])
    if found.unknown:
        near = f"может быть, «{found.nearest}»" if found.nearest else "; ".join(one.title for one in item.choices)
        return Answer((), (remark("CHOICE-UNKNOWN", value=found.unknown, near=near),))
    if len(found.titles) > 1 and not item.several:
        return Answer((), (remark("CHOICE-ONE", value=text, said="; ".join(found.titles)),))
    urls = (_fact("url", pages[0]),) if pages else ()
    return Answer((*(_fact("choice", title) for title in found.titles), *urls))


def _read_date(item: Item, cell: Cell, text: str, around: Around) -> Answer:
    """Of a day that need not lie within what the report is for the report does not tell the year."""
    since, until = (None, None) if item.any_day else (around.since, around.until)
    day, year_taken = read_lone_date(cell, since, until, item.title.rpartition(" — ")[2])
    if day is None:
        return Answer((), (remark("DAY-UNREADABLE", value=text),))
    taken = (remark("DAY-YEAR", value=text, day=day),) if year_taken else ()
    return Answer((_fact("date", day.isoformat()),), taken)


def _read_link(text: str) -> Answer:
    """All addresses of the cell; «нет» is none."""
    if found := addresses_in(text[:LONGEST]):
        return Answer((_fact("url", "; ".join(found)),))
    return Answer() if read_yes_no(text[:LONGEST]).said == NO else Answer((), (remark("LINK-UNREADABLE", value=text),))
