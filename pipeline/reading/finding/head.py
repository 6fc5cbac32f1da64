"""Whose report it is and for when: the lines above the form's table, and Svod's own `_meta`."""

import re
from dataclasses import dataclass
from datetime import date

from pipeline.reading.answers.values import read_date
from pipeline.reading.opening.book import Cell, Sheet
from pipeline.reading.schools import Schools
from schemas import own_form
from schemas.addresses import Spot
from schemas.form import Form
from schemas.likeness import likeness, only_repeats, plain

# A title with a school's name behind it must not pass for the title alone.
_SAME_TITLE = 95.0
# A label so short («на») is one only right before a date.
_SHORT = 3


@dataclass(frozen=True)
class Said:
    """Words of the head and the cell they stand in; blank where nothing is said."""

    text: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Head:
    school: Said
    as_of: Said
    as_of_date: date | None
    labels: frozenset[Spot]


@dataclass(frozen=True)
class Meta:
    """What Svod's own form remembers of its making."""

    form: str = ""
    version: str = ""
    school: str = ""
    as_of: date | None = None


def read_head(sheet: Sheet, first: int, last: int, form: Form, schools: Schools) -> Head:
    """School and date from the rows `first`–`last` above the table, in one cell or in many."""
    lines = {spot: cell for spot, cell in sorted(sheet.cells.items()) if first <= spot.row <= last}
    labels: set[Spot] = set()
    school, as_of, found_date = Said(), Said(), None
    for spot, cell in lines.items():
        if spot in labels or not isinstance(cell.value, str):
            continue
        before, label, after = _split(cell.value, form.recognise.as_of)
        if label and not as_of.text:
            labels.add(spot)
            value_spot, value = _value(after, spot, lines)
            if value is not None and _may_be_a_date(value):
                labels.add(value_spot)
                found_date = read_date(value)
                shown = value.value if isinstance(value.value, str) else after or _shown(value)
                as_of = Said(shown.strip(), sheet.address(value_spot))
        rest = _without_titles(before, form)
        if not rest:
            labels.add(spot)
            continue
        if school.text:
            continue
        name = _school_name(rest, form)
        if name is None:
            continue
        labels.add(spot)
        value_spot, value = _value(name, spot, lines)
        if value is not None and isinstance(value.value, str) and not _only_blanks(value.value):
            labels.add(value_spot)
            school = Said(name or value.value.strip(), sheet.address(value_spot))
    if not school.text:
        school = _known_name(sheet, lines, labels, schools)
        labels |= {spot for spot in lines if sheet.address(spot) == school.cell}
    return Head(school, as_of, found_date, frozenset(labels))


def read_meta(sheets: tuple[Sheet, ...]) -> Meta:
    """`_meta` of Svod's own form; blank where there is none."""
    for sheet in sheets:
        if sheet.name == own_form.META_SHEET:
            pairs = {
                str(cell.value): sheet.cells.get(Spot(spot.row, spot.column + 1))
                for spot, cell in sheet.cells.items()
                if spot.column == 1
            }
            return Meta(
                _text(pairs.get("form")),
                _text(pairs.get("version")),
                _text(pairs.get("school")),
                read_date(as_of) if (as_of := pairs.get("as_of")) else None,
            )
    return Meta()


def _split(text: str, labels: tuple[str, ...]) -> tuple[str, str, str]:
    """Text before a label, the label as it stands, text after it; no label: all of it is before."""
    for label in labels:
        pattern = r"\s+".join(re.escape(word) for word in label.split()).replace("ё", "[её]")
        found = re.search(rf"(?<!\w){pattern}(?!\w)\s*:?", text, re.IGNORECASE)
        if found and (len(label) > _SHORT or read_date(text[found.end() :].strip())):
            return text[: found.start()].strip(), found[0], text[found.end() :].strip()
    return text.strip(), "", ""


def _without_titles(text: str, form: Form) -> str:
    """What is left of a head line when the form's own title is taken off its beginning."""
    titles = (form.title, *form.recognise.titles)
    if any(only_repeats(text, title) for title in titles):
        return ""
    for line in text.split("\n"):
        if line != text and any(only_repeats(line, title) for title in titles):
            return _without_titles(text.replace(line, "", 1).strip(), form)
    for title in titles:
        head, tail = text[: len(title)], text[len(title) :]
        if tail[:1].isspace() and likeness(head, title) >= _SAME_TITLE:
            return _without_titles(tail.strip(), form)
    return text


def _school_name(text: str, form: Form) -> str | None:
    """The name that follows «в …» or «Школа: …»; blank when the label stands alone; None when it is no such line."""
    for label in form.recognise.school:
        if plain(text) == plain(label):
            return ""
        if found := re.match(rf"{re.escape(label)}(?:\s*:\s*|\s+(?=\S))", text, re.IGNORECASE):
            short = len(label) <= 2
            if short or ":" in found[0]:
                return text[found.end() :].strip().strip("_").strip()
    return None


def _value(after: str, spot: Spot, lines: dict[Spot, Cell]) -> tuple[Spot, Cell | None]:
    """What a label says: the rest of its own cell, else the next cell to the right on its row."""
    if after and not _only_blanks(after):
        return spot, Cell(after)
    right = sorted(s for s in lines if s.row == spot.row and s.column > spot.column)
    return (right[0], lines[right[0]]) if right else (spot, None)


def _known_name(sheet: Sheet, lines: dict[Spot, Cell], labels: set[Spot], schools: Schools) -> Said:
    """A line of the head that is a school's name without any «в»."""
    for spot, cell in lines.items():
        if spot not in labels and isinstance(cell.value, str) and schools.match(cell.value).school:
            return Said(cell.value.strip(), sheet.address(spot))
    return Said()


def _may_be_a_date(cell: Cell) -> bool:
    """A hint beside an empty date cell is no date: a date has digits."""
    return not isinstance(cell.value, str) or re.search(r"\d", cell.value) is not None


def _only_blanks(text: str) -> bool:
    return not re.sub(r"[\s_.\-–—«»\"]", "", text)


def _shown(cell: Cell) -> str:
    return f"{cell.value:%d.%m.%Y}" if isinstance(cell.value, date) else str(cell.value)


def _text(cell: Cell | None) -> str:
    if cell is None:
        return ""
    value = cell.value
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
