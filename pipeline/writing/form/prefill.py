"""A school's answers as they stand in the standard form handed out anew: each reads back as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple, assert_never

from schemas import own_form
from schemas.form import Form, Item, Kind
from schemas.likeness import is_one_of
from schemas.reports import FORMER, FORMER_DAY, WITHDRAWN, YES, FileRead, ReportRead

_MOST_DECIMALS = 12
SEPARATOR = ";"  # between answers where several are chosen

Facts = Mapping[str, str | float]  # field -> value, as in `schemas.answers`: percent 0–100, dates ISO


@dataclass(frozen=True)
class Prefill:
    """What the school has said.

    facts: item -> what it stated and what was accepted; nothing derived. Rows of acts are `4.1`, problems `problem.1`.
    notes: item -> what is to be said of an answer that was set aside; its cells stay empty.
    bases: base id -> people, where the school's own figures stand in the passport; of the others those of the registry.
    dated: does the report say for when it is; else its date is left to the school.
    legend: what the form says of its italics.
    """

    facts: Mapping[str, Facts] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, float] = field(default_factory=dict)
    dated: bool = True
    legend: str = "Курсив — из прошлого отчёта: обновите."


class Entry(NamedTuple):
    """What stands in the cells of one row; blank or None: left to the school. `title`: of an act or a problem, in the
    column of measures. `beside`: the classes of a coverage, the address of a yes/no item."""

    answer: str | float | date | None = None
    title: str = ""
    beside: str = ""
    note: str = ""


def report_of(read: FileRead, school: str, as_of: date | None) -> ReportRead | None:
    """The school's report for that date in the file. None: the file holds none, or two that contradict each other."""
    return next((report for report in read.reports if (report.school, report.as_of) == (school, as_of)), None)


def accepted(report: ReportRead, errors: Mapping[str, str]) -> Prefill:
    """What the report states, without the items that bear an error. `errors`: item -> what is wrong with it."""
    facts: dict[str, dict[str, str | float]] = {}
    for fact in report.facts:
        if fact.item and fact.item not in errors and fact.basis == "stated" and fact.field != FORMER_DAY:
            name = "text" if fact.field in (FORMER, WITHDRAWN) else fact.field  # «без изменений» reads back as it was
            put(facts.setdefault(fact.item, {}), name, fact.value)
    return Prefill(facts, errors)


def put(facts: dict[str, str | float], field: str, value: str | float) -> None:
    """One more fact of an answer. Of several choices each is one; else the first counts."""
    if field == "choice" and field in facts and value not in str(facts[field]).split(f"{SEPARATOR} "):
        facts[field] = f"{facts[field]}{SEPARATOR} {value}"
    facts.setdefault(field, value)


def of_last_time(form: Form, before: Prefill) -> Prefill:
    """What still says something when the next report is due: not the figures of a period, which are that period's, nor
    its events and explanations, nor lines of lists, which are told anew; of an order whose reports stand alone nothing:
    it would come back unread."""
    return replace(
        before,
        facts={number: facts for number, facts in before.facts.items() if _lasts(form, number)},
        notes={number: note for number, note in before.notes.items() if _lasts(form, number)},
    )


def _lasts(form: Form, number: str) -> bool:
    """Of reports on a date what stands until another answer is given; of a period, of which no answer stands for
    another, what will most likely be said again."""
    try:
        item = form.item(number)
    except KeyError:
        return True  # a problem
    if form.period.every == "date":
        return form.is_cumulative(number)
    row = number.partition("/")[0]
    of_a_list = "/" in number and form.item(row).kind is Kind.ROWS
    told = of_a_list or item.kind in (Kind.TEXT, Kind.DATE, Kind.LINK)
    stands = form.cumulative if item.cumulative is None else item.cumulative
    return stands and form.counts(number) == "stock" and not told


def entry(form: Form, number: str, before: Prefill) -> Entry:
    """The row of item `number` (a row of acts by its own number), of any kind but coverage."""
    facts, note = before.facts.get(number, {}), before.notes.get(number, "")
    kind = form.item(number).kind
    match kind:
        case Kind.VOLUME if "percent" in facts:
            return Entry(float(_decimal(facts["percent"]) / 100), note=note)
        case Kind.YES_NO if "yes" in facts:
            said = own_form.YES if facts["yes"] == YES else own_form.NO
            return Entry(said, beside=_text(facts, "url"), note=note)
        case Kind.PERSON if "text" not in facts:
            return Entry("; ".join(filter(None, (_text(facts, "person"), _text(facts, "position")))), note=note)
        case Kind.DOCUMENT if "text" not in facts:
            return Entry(_paper(facts), note=note)
        case Kind.ACTS:
            return _act(form, form.item(number), facts)._replace(note=note)
        case Kind.VOLUME | Kind.YES_NO | Kind.PERSON | Kind.DOCUMENT | Kind.TEXT:
            return Entry(_text(facts, "text"), note=note)
        case Kind.NUMBER if "value" in facts:
            return Entry(float(facts["value"]), note=note)
        case Kind.CHOICE if "choice" in facts:
            return Entry(_text(facts, "choice"), beside=_text(facts, "url"), note=note)
        case Kind.DATE if "date" in facts:
            return Entry(date.fromisoformat(_text(facts, "date")), note=note)
        case Kind.LINK if "url" in facts:
            return Entry(_text(facts, "url"), note=note)
        case Kind.NUMBER | Kind.CHOICE | Kind.DATE | Kind.LINK:
            return Entry(_text(facts, "text"), note=note)
        case Kind.COVERAGE | Kind.GROUP | Kind.ROW | Kind.ROWS:
            raise AssertionError(f"item {number} has no row of this kind")
        case _:
            assert_never(kind)


def coverage(form: Form, item: Item, before: Prefill, people: float | None) -> Entry:
    """The row of a coverage item. `people`: the whole that the form's passport gives.

    A mere number where that says it all. Else words, until the school gives people: none are guessed from a percent,
    and another whole than the passport's is not lost.
    """
    facts = before.facts.get(item.number, {})
    if "text" in facts:
        return Entry(beside=_text(facts, "text"))
    has_room = item.classes or bool(own_form.exemption(form, item))
    unsaid = "" if has_room else _text(facts, "classes")
    same_whole = facts.get("total", people) == people
    is_enough = "count" in facts and same_whole and not unsaid and (people is not None or "percent" not in facts)
    answer = float(facts["count"]) if is_enough else _figures(facts, unsaid)
    return Entry(answer, beside=_text(facts, "classes") if has_room else "")


def problem(number: str, before: Prefill) -> Entry:
    facts = before.facts.get(number, {})
    return Entry(_text(facts, "solution"), title=_text(facts, "problem"), note=before.notes.get(number, ""))


def rows_of(form: Form, parent: str, before: Prefill) -> list[str]:
    """`parent` (an item of acts, or `problem`) and the numbers under it of which something was said, in order."""
    known = dict.fromkeys((*before.facts, *before.notes))
    said = [number for number in known if parent in (number, number.rpartition(".")[0])]
    return sorted(said, key=form.sort_key)


def lines_of(item: str, before: Prefill) -> list[str]:
    """Numbers of the lines of a list in which something was said, in order."""
    said = {number.partition("/")[0] for number in (*before.facts, *before.notes) if "/" in number}
    return sorted(
        (number for number in said if number.rpartition(".")[0] == item),
        key=lambda number: int(number.rpartition(".")[2]),
    )


def _figures(facts: Facts, classes: str) -> str:
    """«331 из 574 / 57,7 %», «44,5 % из 574», «42 чел.; классы: 5-9»."""
    people = f"{_number(facts['count'])}{'' if 'total' in facts else ' чел.'}" if "count" in facts else ""
    whole = f" из {_number(facts['total'])}" if "total" in facts else ""
    percent = f"{_number(facts['percent'])} %" if "percent" in facts else ""
    said = f"{people}{whole} / {percent}" if people and percent else f"{people or percent}{whole}"
    return f"{said}; классы: {classes}" if classes else said


def _number(value: str | float) -> str:
    """57.666 -> «57,666»; of a computed percent as many decimals as the reader takes for a number."""
    return f"{round(_decimal(value), _MOST_DECIMALS).normalize():f}".replace(".", ",")


def _decimal(value: str | float) -> Decimal:
    return Decimal(repr(float(value)))


def _act(form: Form, item: Item, facts: Facts) -> Entry:
    """«не требуется» stands where the title would."""
    said = _text(facts, "text")
    if said and "title" not in facts and is_one_of(said, (own_form.NO, *own_form.exemptions(form, item))):
        return Entry(title=said)
    return Entry(said or _paper(facts), title=_text(facts, "title"))


def _paper(facts: Facts) -> str:
    number = _text(facts, "number")
    if number and any(character.isdigit() for character in number):
        number = f"№ {number}"
    day = f"от {date.fromisoformat(_text(facts, 'date')):%d.%m.%Y}" if "date" in facts else ""
    return " ".join(filter(None, (number, day)))


def _text(facts: Facts, name: str) -> str:
    return str(facts.get(name, ""))
