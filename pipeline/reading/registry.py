"""The registry workbook as plain rows: schools with their bases, who gets the letters, exceptions, papers received."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.reading.answers.values import as_text, is_blank, read_date
from pipeline.reading.answers.yes_no import read_yes_no
from pipeline.reading.finding.rows import item_numbers
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.schools import Schools
from schemas.addresses import Spot, address
from schemas.district import Paper, Recipient, Registry, School, Waiver
from schemas.form import Form
from schemas.likeness import SAME_WORDING, likeness, plain
from schemas.registry_book import (
    ALIASES,
    CLASSES,
    CODE,
    DOCUMENT,
    EMAIL,
    FILE,
    FULL_NAME,
    ITEM,
    MAILING,
    NAME,
    PAPERS,
    REASON,
    RECEIVED,
    RECIPIENT,
    REMARK,
    SCHOOL_CODE,
    SCHOOLS,
    SINCE,
    UNTIL,
    VALID_UNTIL,
    WAIVERS,
    WANTS,
    WHO,
)
from schemas.remarks import Remark, remark
from schemas.reports import NO
from schemas.strict import UsageError

_MOST_PEOPLE = 1_000_000  # more in one school is a slip of the keyboard


def read_registry(book: Book, form: Form) -> Registry:
    """The registry's schools and recipients with remarks on what could not be used.

    Raises UsageError, one Russian sentence, when no school can be read from it.
    """
    table = _table(book, SCHOOLS, (CODE, NAME, FULL_NAME, ALIASES, CLASSES, EMAIL, SINCE, UNTIL, *_bases(form)))
    if table is None:
        raise UsageError(f"Файл {FILE}: нет листа «{SCHOOLS}». Добавьте его или возьмите образец реестра.")
    for heading in (CODE, NAME):
        if heading not in table.columns:
            raise UsageError(f"Файл {FILE}, лист «{SCHOOLS}»: нет столбца «{heading}». Добавьте его.")
    remarks: list[Remark] = []
    schools = _schools(table, form, remarks)
    if not schools and remarks:
        raise UsageError(f"Файл {FILE}, лист «{SCHOOLS}»: ни у одной школы нет кода. Заполните столбец «{CODE}».")
    remarks += _shared_names(schools)
    mailing = tuple(_mailing(book, remarks))
    known = Schools(Registry(tuple(schools)))
    waivers = tuple(_waivers(book, known, form, remarks))
    return Registry(tuple(schools), mailing, waivers, _papers(book, known, form, remarks), tuple(remarks))


def _bases(form: Form) -> dict[str, str]:
    """Heading of the registry's column -> base id."""
    return {base.registry: base.id for base in form.bases}


def _schools(table: "_Table", form: Form, remarks: list[Remark]) -> list[School]:
    schools: dict[str, School] = {}
    columns = table.columns
    for row in table.rows:
        code, name = _text(row, columns, CODE), _text(row, columns, NAME)
        if not code and not name:
            continue
        place = {"file": FILE, "sheet": table.name, "cell": address(Spot(row.number, columns[CODE])), "school": code}
        if not code:
            remarks.append(remark("REGISTRY-CODE", **place, what=f"у школы «{name}» нет кода, она не учтена"))
        elif code in schools:
            what = f"код {code} у школ «{schools[code].name}» и «{name}», вторая не учтена"
            remarks.append(remark("REGISTRY-CODE", **place, what=what))
        else:
            schools[code] = School(
                code,
                name or code,
                _text(row, columns, FULL_NAME),
                tuple(a.strip() for a in _text(row, columns, ALIASES).split(";") if a.strip()),
                dict(_people(row, columns, form, place, remarks)),
                _classes(row, columns),
                _text(row, columns, EMAIL),
                _date(row, columns, SINCE, place, remarks),
                _date(row, columns, UNTIL, place, remarks),
            )
    return list(schools.values())


def _people(
    row: "_Row", columns: dict[str, int], form: Form, place: dict[str, str], remarks: list[Remark]
) -> Iterator[tuple[str, float]]:
    for heading, base in _bases(form).items():
        cell = row.cells.get(columns.get(heading, 0))
        if cell is None or is_blank(cell):
            continue
        people = _whole_number(cell)
        if people is None:
            here = place | {"cell": address(Spot(row.number, columns[heading]))}
            remarks.append(remark("REGISTRY-NUMBER", **here, value=as_text(cell.value), column=heading))
        else:
            yield base, people


def _whole_number(cell: Cell) -> float | None:
    value = cell.value
    if isinstance(value, str) and re.fullmatch(r"\d[\d\s]*", value):
        value = float(re.sub(r"\s", "", value))
    if not isinstance(value, float) or not value.is_integer() or not 0 <= value <= _MOST_PEOPLE:
        return None
    return value


def _classes(row: "_Row", columns: dict[str, int]) -> int | None:
    cell = row.cells.get(columns.get(CLASSES, 0))
    number = _whole_number(cell) if cell else None
    return None if number is None else int(number)


def _date(
    row: "_Row", columns: dict[str, int], heading: str, place: dict[str, str], remarks: list[Remark]
) -> date | None:
    cell = row.cells.get(columns.get(heading, 0))
    if cell is None or is_blank(cell):
        return None
    found = read_date(cell)
    if found is None:
        here = place | {"cell": address(Spot(row.number, columns[heading]))}
        remarks.append(remark("REGISTRY-DATE", **here, value=as_text(cell.value), column=heading))
    return found


def _shared_names(schools: list[School]) -> Iterator[Remark]:
    owners: dict[str, list[School]] = {}
    for school in schools:
        for name in {plain(n): n for n in (school.name, *school.aliases) if n}.values():
            owners.setdefault(plain(name), []).append(school)
    for name, several in owners.items():
        if len(several) > 1:
            codes = ", ".join(school.code for school in several)
            yield remark("REGISTRY-NAME", file=FILE, sheet=SCHOOLS, value=name, candidates=codes)


def _mailing(book: Book, remarks: list[Remark]) -> Iterator[Recipient]:
    table = _table(book, MAILING, (RECIPIENT, EMAIL, WANTS))
    if table is None:
        return
    columns = table.columns
    for row in table.rows:
        email = _text(row, columns, EMAIL)
        if re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+", email):
            yield Recipient(_text(row, columns, RECIPIENT), email, _text(row, columns, WANTS).casefold() or "сводка")
        elif email:
            cell = address(Spot(row.number, columns[EMAIL]))
            remarks.append(remark("REGISTRY-ADDRESS", file=FILE, sheet=MAILING, cell=cell, value=email))


def _waivers(book: Book, schools: Schools, form: Form, remarks: list[Remark]) -> Iterator[Waiver]:
    table = _table(book, WAIVERS, (SCHOOL_CODE, ITEM, REMARK, REASON, WHO, VALID_UNTIL))
    if table is None:
        return
    columns = table.columns
    for row in table.rows:
        said, item = _text(row, columns, SCHOOL_CODE), _item(row, columns)
        school = schools.by_code(said)
        code, reason, who = (_text(row, columns, heading) for heading in (REMARK, REASON, WHO))
        place = {"file": FILE, "sheet": table.name, "cell": address(Spot(row.number, 1)), "school": said}
        if school is None or not (_is_item(item, form) or (code and not item)):
            remarks.append(remark("REGISTRY-WAIVER", **place, value=f"{said or '—'}, п. {item or '—'}"))
            continue
        until = _date(row, columns, VALID_UNTIL, place, remarks)
        yield Waiver(school.code, item, code.upper(), reason, who, until)


def _papers(book: Book, schools: Schools, form: Form, remarks: list[Remark]) -> tuple[Paper, ...] | None:
    """None where there is no such sheet, or nothing but its heading."""
    table = _table(book, PAPERS, (SCHOOL_CODE, DOCUMENT, RECEIVED))
    if table is None:
        return None
    columns = table.columns
    papers = []
    for row in table.rows:
        code, said = _text(row, columns, SCHOOL_CODE), _text(row, columns, DOCUMENT)
        school = schools.by_code(code)
        document = max(form.unseen, key=lambda title: likeness(said, title), default="")
        if school is None or likeness(said, document) < SAME_WORDING:
            place = {"file": FILE, "sheet": table.name, "cell": address(Spot(row.number, 1)), "school": code}
            remarks.append(remark("REGISTRY-TICK", **place, value=f"{code or '—'}, {said or '—'}"))
            continue
        cell = row.cells.get(columns.get(RECEIVED, 0))
        received = cell is not None and not is_blank(cell) and read_yes_no(str(cell.value)).said != NO
        papers.append(Paper(school.code, document, received, read_date(cell) if cell else None))
    return tuple(papers) or None


def _item(row: "_Row", columns: dict[str, int]) -> str:
    """The item's number; Excel makes a number or a date of it, as it does in the form. Else what stands there."""
    numbers = item_numbers(row.cells.get(columns.get(ITEM, 0)))
    return numbers[0] if numbers else _text(row, columns, ITEM)


def _is_item(number: str, form: Form) -> bool:
    try:
        form.item(number)
    except KeyError:
        return False
    return True


@dataclass(frozen=True)
class _Row:
    number: int
    cells: dict[int, Cell]


@dataclass(frozen=True)
class _Table:
    """A sheet of the registry. `columns`: heading -> column; `rows`: those below the headings."""

    name: str
    columns: dict[str, int]
    rows: list[_Row]


def _table(book: Book, name: str, headings: tuple[str, ...]) -> _Table | None:
    """The sheet of that name. Its heading row is the first that holds the first two headings, else its first row."""
    sheet = next((s for s in book.sheets if plain(s.name) == plain(name) and s.cells), None)
    if sheet is None:
        return None
    rows = _rows(sheet)
    found = (here for here, row in enumerate(rows) if _columns(row, headings).keys() >= set(headings[:2]))
    heading = next(found, 0)
    return _Table(sheet.name, _columns(rows[heading], headings), rows[heading + 1 :])


def _rows(sheet: Sheet) -> list[_Row]:
    by_row: dict[int, dict[int, Cell]] = {}
    for spot, cell in sorted(sheet.cells.items()):
        by_row.setdefault(spot.row, {})[spot.column] = cell
    return [_Row(number, cells) for number, cells in by_row.items()]


def _columns(row: _Row, headings: tuple[str, ...]) -> dict[str, int]:
    """Heading -> column. A column belongs to the longest heading that its own begins with, in any order."""
    found: dict[str, int] = {}
    for column, cell in row.cells.items():
        said = plain(str(cell.value))
        known = max((h for h in headings if said.startswith(plain(h))), key=len, default="")
        if known:
            found.setdefault(known, column)
    return found


def _text(row: _Row, columns: dict[str, int], heading: str) -> str:
    """The cell as text; a number as its digits, with the zeros that its format shows («01»)."""
    cell = row.cells.get(columns.get(heading, 0))
    if cell is None or cell.fault:
        return ""
    if isinstance(cell.value, float) and cell.value.is_integer():
        zeros = re.fullmatch(r"0+", cell.format or "")
        return f"{int(cell.value):0{len(zeros[0]) if zeros else 1}d}"
    return str(cell.value).strip()
