"""Last time's answers as they stand in the standard form handed out anew: each reads back as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from pipeline.reading.yes_no import YES
from schemas import own_form
from schemas.form import Form, Kind

Facts = Mapping[str, str | float]  # field -> value, as in `schemas.answers`: percent 0–100, dates ISO


@dataclass(frozen=True)
class Prefill:
    """What the school said last time.

    facts: item -> what it stated and what was accepted; nothing derived. Rows of acts are `4.1`, problems `problem.1`.
    notes: item -> what is to be said of an answer that was set aside; its cells stay empty.
    """

    facts: Mapping[str, Facts] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


class Entry(NamedTuple):
    """What stands in the cells of one row; blank or None: left to the school. `title`: of an act or a problem, in the
    column of measures. `beside`: the classes of a coverage, the address of a yes/no item."""

    answer: str | float | None = None
    title: str = ""
    beside: str = ""
    note: str = ""


def entry(form: Form, number: str, before: Prefill) -> Entry:
    """The row of item `number` (a row of acts by its own number)."""
    facts, note = before.facts.get(number, {}), before.notes.get(number, "")
    match form.item(number).kind:
        case Kind.COVERAGE:
            return _coverage(facts)._replace(note=note)
        case Kind.VOLUME if "percent" in facts:
            return Entry(round(float(facts["percent"]) / 100, 12), note=note)
        case Kind.YES_NO if "yes" in facts:
            said = own_form.YES if facts["yes"] == YES else own_form.NO
            return Entry(said, beside=_text(facts, "url"), note=note)
        case Kind.PERSON if "text" not in facts:
            return Entry("; ".join(filter(None, (_text(facts, "person"), _text(facts, "position")))), note=note)
        case Kind.DOCUMENT if "text" not in facts:
            return Entry(_paper(facts), note=note)
        case Kind.ACTS:
            return _act(facts)._replace(note=note)
    return Entry(_text(facts, "text"), note=note)


def problem(number: str, before: Prefill) -> Entry:
    facts = before.facts.get(number, {})
    return Entry(_text(facts, "solution"), title=_text(facts, "problem"), note=before.notes.get(number, ""))


def rows_of(form: Form, parent: str, before: Prefill) -> list[str]:
    """`parent` (an item of acts, or `problem`) and the numbers under it of which something was said, in order."""
    said = {number for number in (*before.facts, *before.notes) if parent in (number, number.rpartition(".")[0])}
    return sorted(said, key=form.sort_key)


def _coverage(facts: Facts) -> Entry:
    """People where they were stated; a percent alone stays a text: the form asks for people, and none are guessed."""
    if "text" in facts:
        return Entry(beside=_text(facts, "text"))
    answer: str | float | None = None
    if "count" in facts:
        answer = float(facts["count"])
    elif "percent" in facts:
        answer = f"{facts['percent']:.10g} %".replace(".", ",")
    return Entry(answer, beside=_text(facts, "classes"))


def _act(facts: Facts) -> Entry:
    """«не требуется» stands where the title would."""
    if "text" in facts and "title" not in facts:
        return Entry(title=_text(facts, "text"))
    return Entry(_text(facts, "text") or _paper(facts), title=_text(facts, "title"))


def _paper(facts: Facts) -> str:
    number = _text(facts, "number")
    if number and any(character.isdigit() for character in number):
        number = f"№ {number}"
    day = f"от {date.fromisoformat(_text(facts, 'date')):%d.%m.%Y}" if "date" in facts else ""
    return " ".join(filter(None, (number, day)))


def _text(facts: Facts, name: str) -> str:
    return str(facts.get(name, ""))
