"""Which order a form answers: what its `_meta`, its title and its rows say of it.

A number alone proves nothing: every order's form has an item 14.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

from pipeline.reading.finding.head import Meta
from pipeline.reading.finding.rows import item_numbers, speaks_against
from pipeline.reading.finding.tables import FormOnSheet
from pipeline.reading.opening.book import Sheet
from pipeline.reading.remembering import once_a_form
from schemas.addresses import spot_at
from schemas.form import Form, known_forms
from schemas.likeness import SAME_WORDING, best_likeness, likeness, stems
from schemas.remarks import Remark, remark

# Words of every report's title, whatever it is about.
_OF_ANY_TITLE = stems("отчёт отчёта форма информация сведения данные мониторинг школа школы учреждения организации год")
_TITLE = re.compile(r"отч[её]т|форма|информаци|сведени|мониторинг|данные", re.IGNORECASE)
_SAME_FORM = 85.0  # a title so alike names that form


def of_another_order(meta: Meta, form: Form) -> Remark | None:
    """Svod's own form of another order, whatever its rows say."""
    if not meta.form or meta.form == form.id:
        return None
    title = next((known.title for known in known_forms() if known.id == meta.form), "")
    return _other(title or meta.form, form)


Part = tuple[Sheet, FormOnSheet]


def speaks_of_another(parts: Sequence[Part], title: str, form: Form) -> Remark | None:
    """A report whose numbered rows mostly speak of other things; where its title does too, fewer rows are enough.
    `parts`: the pieces of the report, the one with the head, and the `title`, first."""
    foreign_title = bool(title) and not (stems(title) - _OF_ANY_TITLE) & _of_the_title(form)
    rows = chain.from_iterable(_numbered_rows(*part) for part in parts)
    stands = [_stand(form, tuple(numbers), words) for numbers, words in rows]
    against, doubtful, agreeing = (stands.count(one) for one in ("against", "doubtful", "agreeing"))
    if against > agreeing + doubtful or (foreign_title and against + doubtful > agreeing):
        return replace(_other(_name(title, form), form), sheet=parts[0][0].name)
    return None


@once_a_form(maxsize=4_096)  # rows: those of a form that schools were sent are worded alike
def _stand(form: Form, numbers: tuple[str, ...], words: str) -> Literal["agreeing", "against", "doubtful", ""]:
    """Does a row speak of what the form asks under its number; blank where that says nothing."""
    item = next(filter(None, map(form.numbered, numbers)), None)
    if best_likeness(words, form.all_wordings) >= SAME_WORDING:
        return "agreeing"
    if item is None and any(form.answered_by(number) != number for number in numbers):
        return ""  # a row of acts bears any title
    return "against" if item is None or speaks_against(words, item, form) else "doubtful"


def order_in_title(title: str, forms: Sequence[Form]) -> Form | None:
    """Which of these forms a report's title names: the only one whose title it is, or else the only one whose words it
    bears. None where that does not decide."""
    bearing = [form for form in forms if best_likeness(title, (form.title, *form.recognise.titles)) >= _SAME_FORM]
    if len(bearing) != 1:
        said = stems(title)
        others = {form.id: [_of_the_title(one) for one in forms if one is not form] for form in forms}
        bearing = [form for form in forms if said & _of_the_title(form).difference(*others[form.id])]
    return bearing[0] if len(bearing) == 1 else None


def _other(name: str, form: Form) -> Remark:
    return remark("FORM-OTHER-ORDER", other=f" («{name}»)" if name else "", subject=form.subject)


def _numbered_rows(sheet: Sheet, found: FormOnSheet) -> Iterator[tuple[list[str], str]]:
    """Numbers and words of the rows that claim an item by its number; rows of acts bear any title."""
    table = found.items
    for row in range(table.first, table.last + 1):
        words = sheet.cells.get(spot_at(row, table.columns.measure))
        if words is None or not isinstance(words.value, str):
            continue
        if numbers := item_numbers(sheet.cells.get(spot_at(row, table.columns.number))):
            yield numbers, words.value


def title_above(sheet: Sheet, found: FormOnSheet) -> str:
    """What the lines above the table call the report; blank where none does."""
    head = sheet.within(found.head_first, found.head_last)
    lines = [cell.value for _, cell in head if isinstance(cell.value, str)]
    first = next((at for at, line in enumerate(lines) if _TITLE.search(line)), None)
    return "" if first is None else " ".join(lines[first : first + 2])


@once_a_form(maxsize=1)
def _of_the_title(form: Form) -> frozenset[str]:
    return stems(" ".join((form.title, form.subject, *form.recognise.titles))) - _OF_ANY_TITLE


def _name(title: str, form: Form) -> str:
    """The form that the title names, as it is known; else the title as it stands."""
    known = [(likeness(title, other.title), other.title) for other in known_forms() if other.id != form.id]
    score, name = max(known, default=(0.0, ""))
    return name if score >= _SAME_FORM else " ".join(title.split())[:80]
