"""Whose report it is and for when: the lines above the form's table, and Svod's own `_meta`."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from pipeline.reading.answers.dates import find_dates
from pipeline.reading.answers.values import read_date
from pipeline.reading.finding.times import times_of
from pipeline.reading.opening.book import Cell, Sheet
from pipeline.reading.remembering import once_a_form
from pipeline.reading.schools import Schools
from schemas import own_form
from schemas.addresses import Spot
from schemas.form import Form
from schemas.likeness import is_one_of, likeness, only_repeats, plain
from schemas.reports import FIRST_YEAR
from schemas.school_names import is_addressee, mentions, parse, parts_named

# What a line of a part begins with: «филиал», «структурное подразделение», «по начальной школе».
_PART = re.compile(
    r"\W*(?:(?:[\w-]+(?:ая|ое|ый|ий|ые)\s+){0,2}(?:филиал|подразделение|отделение|группы|сад|школа|[но]ош)(?!\w)"
    r"|(?:в|по)\s+(?:[\w-]+(?:ой|[ео]м|[оеы]му|[иы]мм?|[иы]х)\s+){0,2}(?:филиал|подразделени|отделени|групп|сад|школ))",
    re.IGNORECASE,
)
# The whole school after all, or nothing of it: what is included or denied, several kinds, firms, offices, persons.
_NO_PART = re.compile(
    r"(?i:\b(?:уч[её]том|включая|вместе|вс[ея]\w{0,2}|нет|не|без|кроме|отсутств\w*|закрыт\w*)\b|школ.*\bи\b|\bи\b.*школ"
    r"|школ\w*\s*,.*школ|банк|\b(?:[опз]?ао|ооо|связи)\b|почт|управлени|администраци|директор|заместител|\bзам\b|учител"
    r"|заведующ|ответственн|исполнител)|[А-ЯЁ]\.\s*[А-ЯЁ]\."
)
_BANK = re.compile(r"\bбик\b|\b[крл]/сч?\b|банк", re.IGNORECASE)
_BRANCH = re.compile(r"(?!.*школ)[\W\d]*(?:[\w-]+\s+)?(?:филиал|отделение)(?!\w)", re.IGNORECASE)
_SHORTEST_ACCOUNT = 8  # digits
_OF_A_LETTER = re.compile(r"\W*(?:на|от|исх|вх)\b", re.IGNORECASE)  # «На № 3 от 10.03.2014»: no school 3
# A title with a school's name behind it must not pass for the title alone.
_SAME_TITLE = 95.0


@dataclass(frozen=True)
class Said:
    """Words of the head and the cell they stand in; blank where nothing is said."""

    text: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Head:
    """`schools`, `dates`: all that the head names, each once; of a certain head there is one of each."""

    schools: tuple[Said, ...]
    dates: tuple[tuple[Said, date | None], ...]
    labels: frozenset[Spot]


@dataclass(frozen=True)
class Meta:
    """What Svod's own form remembers of its making."""

    form: str = ""
    version: str = ""
    school: str = ""
    as_of: date | None = None


def read_head(sheet: Sheet, first: int, last: int, form: Form, schools: Schools) -> Head:
    """Schools and dates from the rows `first`–`last` above the table, in one cell or in many."""
    return _HeadReader(sheet, first, last, form, schools).read()


class _Named(NamedTuple):
    """Words that may name the school. `labelled`: they stand where the school belongs («в …», «Школа: …»)."""

    said: Said
    spot: Spot
    labelled: bool


class _HeadReader:
    def __init__(self, sheet: Sheet, first: int, last: int, form: Form, schools: Schools) -> None:
        self.sheet, self.form, self.schools, self.times = sheet, form, schools, times_of(form)
        self.lines = dict(sheet.within(first, last))
        self.labels: set[Spot] = set()
        self.dates: list[tuple[Said, date | None]] = []
        self.named: list[_Named] = []

    def read(self) -> Head:
        for spot, cell in self.lines.items():
            if spot in self.labels:
                continue
            if isinstance(cell.value, str):
                self._read_line(spot, cell.value)
            elif self.times.stands_alone(cell):
                self._read_time(spot, cell)
        named = self._certain()
        self.labels |= {one.spot for one in named}
        return Head(tuple(one.said for one in named), self._days(), frozenset(self.labels))

    # ── a line ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_line(self, spot: Spot, text: str) -> None:
        line = (_line_again if len(text) <= _SHORT else _line)(self.form, text)
        if line.heading:
            return
        if line.label is not None:
            self._read_time(spot, Cell(line.after))
            self._name_within(spot, line.after)
        rest, name = line.rest, line.name
        if not rest:
            self.labels.add(spot)
            return
        if line.addressed:
            self.labels.add(spot)
            self._name_within(spot, re.split(r"\bот\b", rest, maxsplit=1)[-1] if re.search(r"\bот\b", rest) else "")
            return
        if name is None:
            self._name_within(spot, rest)
            return
        self.labels.add(spot)
        for value_spot, value in _values(Cell(name), spot, self.lines)[:1]:
            if isinstance(value.value, str) and not _only_blanks(value.value):
                self.labels.add(value_spot)
                self._name_labelled(value_spot, name or value.value.strip())

    def _read_time(self, spot: Spot, after: Cell) -> None:
        """`after`: what its own cell says of the time."""
        self.labels.add(spot)
        cells = _values(after, spot, self.lines)
        said = self.times.read([cell for _, cell in cells]) if cells else None
        if said:
            first, cell = cells[0]
            self.labels |= {one for one, _ in cells[: said.cells]}
            text = said.text if isinstance(cell.value, str) else str(after.value) or said.text
            self.dates.append((Said(text.strip(), self.sheet.address(first)), said.day))

    def _name_labelled(self, spot: Spot, text: str) -> None:
        """The words behind a label; of a sentence («… о введении …») the institutions that it names."""
        inside = mentions(text)
        whole = len(inside) < 2 and (self.schools.match(text).school is not None or not inside)
        for name in [text] if whole else inside:
            self.named.append(_Named(Said(name, self.sheet.address(spot)), spot, labelled=True))

    def _name_within(self, spot: Spot, text: str) -> None:
        """Institutions that a line names although nothing says that a school belongs there; no bank's branch."""
        for name in mentions(text):
            if _BANK.search(text) and _is_branch(name):
                continue
            self.named.append(_Named(Said(name, self.sheet.address(spot)), spot, labelled=False))

    # ── all lines ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _certain(self) -> list[_Named]:
        """Each institution once: those that the registry knows and those that are surely one; else what stands where
        the school belongs; else a line that is a known school's name without calling itself a school."""
        sure = [one for one in self.named if self._is_institution(one)]
        labelled = [one for one in self.named if one.labelled]
        named = sure or labelled[:1] or [one for one in self.named if parse(one.said.text).kinds][:1]
        if not named:
            lines = [(s, c.value) for s, c in self.lines.items() if s not in self.labels and isinstance(c.value, str)]
            known = [(s, text) for s, text in lines if not _is_of_a_letter(text) and self.schools.match(text).school]
            named = [_Named(Said(text.strip(), self.sheet.address(spot)), spot, False) for spot, text in known]
        named += [one for one in self.named if one not in named and self._is_part(one, named)]
        return list({self._who(one.said.text): one for one in reversed(named)}.values())[::-1]

    def _is_institution(self, one: _Named) -> bool:
        name = parse(one.said.text)
        if self.schools.match(one.said.text).school:
            return True
        return bool(name.numbers and name.said) or (one.labelled and bool(name.kinds))

    def _is_part(self, one: _Named, named: list[_Named]) -> bool:
        """«Филиал в с. Верхнее», «начальная школа» on a line of its own: the report is not the whole school's. What the
        school itself is, in one of its names or as it is said here, is no part of it."""
        line = str(self.lines[one.spot].value)
        is_own = _PART.match(line) and not _NO_PART.search(line)
        parts = parts_named(one.said.text) if is_own else frozenset()
        return bool(parts) and bool(named) and not any(parts & self._kinds_of(other.said.text) for other in named)

    def _kinds_of(self, text: str) -> frozenset[str]:
        school = self.schools.match(text).school
        return parse(text).kinds.union(*self.schools.kinds_of(school)) if school else parse(text).kinds

    def _who(self, text: str) -> object:
        match = self.schools.match(text)
        return match.school.code if match.school else parse(text).key

    def _days(self) -> tuple[tuple[Said, date | None], ...]:
        """Each date once. One that cannot be read beside one that can is another date."""
        return tuple({day or said.text: (said, day) for said, day in reversed(self.dates)}.values())[::-1]


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


class _Line(NamedTuple):
    """A line of the head taken apart. `heading`: it is one of the table; `label`, `after`: of its date, and what stands
    behind that; `rest`: what is left before it; `addressed`: to whom the report is sent; `name`: as `_school_name`."""

    heading: bool = False
    label: str | None = None
    after: str = ""
    rest: str = ""
    addressed: bool = False
    name: str | None = None


def _is_branch(text: str) -> bool:
    """Beside words of a bank: «Отделение Хабаровск, БИК 040813001» and nothing that a school is called by."""
    name = parse(text)
    accounts = all(len(number) >= _SHORTEST_ACCOUNT for number in name.numbers)
    return accounts and len(name.kinds) == 1 and _BRANCH.match(text) is not None


def _is_of_a_letter(text: str) -> bool:
    """A number that a letter bears, with its day or to be filled in by hand."""
    return _OF_A_LETTER.match(text) is not None or any(find_dates(text, FIRST_YEAR))


_SHORT = 200  # characters: longer lines are not remembered, they hardly come twice


def _line(form: Form, text: str) -> _Line:
    before, label, after = times_of(form).part(text, _without_titles(text.strip(), form))
    if is_one_of(before, (*form.recognise.measure, *form.recognise.answer)):
        return _Line(heading=True)  # «Выполнение на 20.03.2014»
    rest = _without_titles(before, form)
    addressed = bool(rest) and is_addressee(rest)
    return _Line(False, label, after, rest, addressed, None if addressed or not rest else _school_name(rest, form))


_line_again = once_a_form(maxsize=4_096)(_line)  # title and date are the same in every file of a batch


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
        if found := _behind(label).match(text):
            short = len(label) <= 2
            if short or ":" in found[0]:
                return text[found.end() :].strip().strip("_").strip()
    return None


@lru_cache(maxsize=256)  # labels of forms
def _behind(label: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(label)}(?:\s*:\s*|\s+(?=\S))", re.IGNORECASE)


def _values(after: Cell, spot: Spot, lines: dict[Spot, Cell]) -> list[tuple[Spot, Cell]]:
    """What a label says: the rest of its own cell, and the cells to the right on its row, the nearest first."""
    own = [] if isinstance(after.value, str) and _only_blanks(after.value) else [(spot, after)]
    return own + [(s, cell) for s, cell in sorted(lines.items()) if s.row == spot.row and s.column > spot.column]


def _only_blanks(text: str) -> bool:
    return not re.sub(r"[\s_.\-–—«»\"]", "", text)


def _text(cell: Cell | None) -> str:
    if cell is None:
        return ""
    value = cell.value
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
