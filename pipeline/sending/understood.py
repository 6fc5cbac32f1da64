"""A school's report as it was understood: each answer with its value, its cell, and what was not taken as it stands."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.measuring.figures import Figures
from pipeline.measuring.rows import AnswerRow, answer_rows
from pipeline.wording import NBSP, day, listed, message, number, percent, shortened
from pipeline.writing.pages.figures_said import value_said
from schemas.answers import Why
from schemas.form import Form, Kind
from schemas.remarks import Catalogue, Severity

_MOST_CELLS = 3
_LONGEST = 300  # characters of what a school has written
_NOTE = "note"
_FIELDS = {"count": "число людей", "total": "всего", "percent": "процент"}
_TAKEN = {
    Why.PARTIAL: "взято из прежнего файла на ту же дату: в новом ответа нет",
    Why.BLANK: "взято из отчёта на {day}: в новом пусто",
    Why.REFERENCE: "взято из отчёта на {day}: новый на него ссылается",
}


class Understood(NamedTuple):
    """An answer as it is counted. `item`: «п. 6.2»; `about`: the item's words; `cell`: blank where there is none;
    `notes`: what was carried forward or computed; `aside`: why it was set aside, blank where it counts."""

    item: str
    about: str
    said: str
    cell: str
    notes: tuple[str, ...]
    aside: str = ""


def understood(own: Figures, catalogue: Catalogue) -> list[Understood]:
    """In the form's order, what stands beside the form last. `own`: of the school alone."""
    found: dict[str, list[AnswerRow]] = {}
    for row in answer_rows(own):
        found.setdefault(row.item, []).append(row)
    items = sorted(found, key=lambda item: (not item, own.form.sort_key(item)))
    sheets = {row.sheet for rows in found.values() for row in rows}
    return [_understood(item, found[item], own, catalogue, len(sheets) > 1) for item in items]


def _understood(
    item: str, rows: Sequence[AnswerRow], own: Figures, catalogue: Catalogue, several_sheets: bool
) -> Understood:
    cells = dict.fromkeys(f"{row.sheet}!{row.cell}" if several_sheets else row.cell for row in rows if row.cell)
    said = ", ".join(dict.fromkeys([*_people(rows), *(_value(row, own.form) for row in _others(rows))]))
    notes = tuple(dict.fromkeys(_notes(item, rows, own)))
    where, aside = listed(list(cells), _MOST_CELLS), _aside(item, rows, own, catalogue)
    return Understood(_item_said(item), _about(item, own.form), shortened(said, _LONGEST), where, notes, aside)


def _people(rows: Sequence[AnswerRow]) -> Iterator[str]:
    """«331 из 574 чел.»; «≈» before people that were computed of a share."""
    count, total = (next((row for row in rows if row.field == field), None) for field in ("count", "total"))
    about = "≈" if count and count.basis == "derived" else ""
    of = f"из{NBSP}{number(total.number)}{NBSP}чел." if total else "чел."
    if count:
        yield f"{about}{number(round(count.number))}{NBSP}{of}"
    elif total:
        yield of


def _others(rows: Sequence[AnswerRow]) -> list[AnswerRow]:
    shown = [row for row in rows if row.field not in ("count", "total")]
    return sorted(shown, key=lambda row: row.field != "percent")


def _value(row: AnswerRow, form: Form) -> str:
    match row.field:
        case "percent":
            return percent(row.number)
        case "classes":
            return f"классы {row.text}"
        case "number" if row.text:
            return f"№{NBSP}{row.text}"
        case _ if row.text:
            return _day_said(row.text)
        case _:
            return value_said(form, row.item, row.number)


def _day_said(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def _aside(item: str, rows: Sequence[AnswerRow], own: Figures, catalogue: Catalogue) -> str:
    if all(row.counted for row in rows):
        return ""
    errors = [one for remark in own.remarks for one in remark.told if one.severity is Severity.ERROR]
    why = " ".join(message(one, catalogue) for one in errors if one.item == item)
    return f"отложено, в расчёт не входит: {why}"


def _notes(item: str, rows: Sequence[AnswerRow], own: Figures) -> Iterator[str]:
    if any(row.field == _NOTE for row in rows):
        yield "записано рядом с формой, в расчёт не входит"
    derived = [_FIELDS.get(row.field, row.field) for row in rows if row.basis == "derived"]
    if derived:
        yield f"вычислено или взято из сведений о школе: {', '.join(dict.fromkeys(derived))}"
    for taken in own.reconciliation.taken:
        if taken.item == item:
            yield _TAKEN[taken.why].format(day=day(taken.as_of) if taken.as_of else "прежнюю дату")
    yield from (f"учтено по разрешению: {one.waiver}" for one in own.remarks if one.waiver and one.item == item)


def _item_said(item: str) -> str:
    kind, _, row = item.partition(".")
    if kind == "problem":
        return f"проблема{NBSP}{row}" if row else "проблемы"
    return f"п.{NBSP}{item}" if item else ""


def _about(item: str, form: Form) -> str:
    """The item's own words; of a row of documents that of the whole list, of what is no item none."""
    try:
        known = form.item(item)
    except KeyError:
        return ""
    return known.about or known.title if known.kind is not Kind.ACTS or known.number == item else known.about
