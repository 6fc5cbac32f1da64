"""The registry workbook as plain rows: schools with their bases, who gets the letters, exceptions, papers received."""

import re
from collections.abc import Iterator
from datetime import date

from pipeline.reading.records import Book, Cell, Recipient, Registry, School, Sheet, Spot, Tick, Waiver, address
from pipeline.reading.rows import item_numbers
from pipeline.reading.values import is_blank, read_date
from pipeline.reading.wordings import SAME_WORDING, likeness, plain
from pipeline.reading.yes_no import NO, read_yes_no
from schemas.form import Form
from schemas.remarks import Remark, remark
from schemas.strict import UsageError

FILE = "registry.xlsx"
SCHOOLS, MAILING = "Школы", "Рассылка"
CODE, NAME, FULL_NAME, ALIASES = "Код", "Краткое наименование", "Полное наименование", "Другие названия"
CLASSES, EMAIL, SINCE, UNTIL = "Классов", "Электронная почта", "Действует с", "Действует по"
WAIVERS = "Исключения"
SCHOOL_CODE, ITEM, REMARK, REASON, WHO, VALID_UNTIL = (
    "Код школы", "Пункт", "Код замечания", "Основание", "Кто разрешил", "Действует до",
)  # fmt: skip
TICKS = "Документы"
DOCUMENT, RECEIVED = "Документ", "Получен"
RECIPIENT, WANTS = "Имя", "Что получает"

_MOST_PEOPLE = 1_000_000  # more in one school is a slip of the keyboard


def read_registry(book: Book, form: Form) -> Registry:
    """The registry's schools and recipients with remarks on what could not be used.

    Raises UsageError, one Russian sentence, when no school can be read from it.
    """
    sheet = _sheet(book, SCHOOLS)
    if sheet is None:
        raise UsageError(f"Файл {FILE}: нет листа «{SCHOOLS}». Добавьте его или возьмите образец реестра.")
    columns = _columns(sheet, (CODE, NAME, FULL_NAME, ALIASES, CLASSES, EMAIL, SINCE, UNTIL, *_bases(form)))
    for heading in (CODE, NAME):
        if heading not in columns:
            raise UsageError(f"Файл {FILE}, лист «{SCHOOLS}»: нет столбца «{heading}». Добавьте его.")
    remarks: list[Remark] = []
    schools = _schools(sheet, columns, form, remarks)
    if not schools and remarks:
        raise UsageError(f"Файл {FILE}, лист «{SCHOOLS}»: ни у одной школы нет кода. Заполните столбец «{CODE}».")
    remarks += _shared_names(schools)
    mailing = tuple(_mailing(book, remarks))
    codes = {school.code for school in schools}
    waivers = tuple(_waivers(book, codes, form, remarks))
    return Registry(tuple(schools), mailing, waivers, _ticks(book, codes, form, remarks), tuple(remarks))


def _bases(form: Form) -> dict[str, str]:
    """Heading of the registry's column -> base id."""
    return {base.registry: base.id for base in form.bases}


def _schools(sheet: Sheet, columns: dict[str, int], form: Form, remarks: list[Remark]) -> list[School]:
    schools: dict[str, School] = {}
    for row in _rows(sheet):
        code, name = _text(row, columns, CODE), _text(row, columns, NAME)
        if not code and not name:
            continue
        place = {"file": FILE, "sheet": sheet.name, "cell": address(Spot(row.number, columns[CODE])), "school": code}
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
            remarks.append(remark("REGISTRY-NUMBER", **here, value=str(cell.value), column=heading))
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
        remarks.append(remark("REGISTRY-DATE", **here, value=str(cell.value), column=heading))
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
    sheet = _sheet(book, MAILING)
    if sheet is None:
        return
    columns = _columns(sheet, (RECIPIENT, EMAIL, WANTS))
    for row in _rows(sheet):
        email = _text(row, columns, EMAIL)
        if re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+", email):
            yield Recipient(_text(row, columns, RECIPIENT), email, _text(row, columns, WANTS).casefold() or "сводка")
        elif email:
            cell = address(Spot(row.number, columns[EMAIL]))
            remarks.append(remark("REGISTRY-ADDRESS", file=FILE, sheet=MAILING, cell=cell, value=email))


def _waivers(book: Book, schools: set[str], form: Form, remarks: list[Remark]) -> Iterator[Waiver]:
    sheet = _sheet(book, WAIVERS)
    if sheet is None:
        return
    columns = _columns(sheet, (SCHOOL_CODE, ITEM, REMARK, REASON, WHO, VALID_UNTIL))
    for row in _rows(sheet):
        school, item = _text(row, columns, SCHOOL_CODE), _item(row, columns)
        place = {"file": FILE, "sheet": sheet.name, "cell": address(Spot(row.number, 1)), "school": school}
        if school not in schools or not _is_item(item, form):
            remarks.append(remark("REGISTRY-WAIVER", **place, value=f"{school or '—'}, п. {item or '—'}"))
            continue
        code, reason, who = (_text(row, columns, heading) for heading in (REMARK, REASON, WHO))
        yield Waiver(school, item, code, reason, who, _date(row, columns, VALID_UNTIL, place, remarks))


def _ticks(book: Book, schools: set[str], form: Form, remarks: list[Remark]) -> tuple[Tick, ...] | None:
    """None where there is no such sheet, or nothing but its heading."""
    sheet = _sheet(book, TICKS)
    if sheet is None:
        return None
    columns = _columns(sheet, (SCHOOL_CODE, DOCUMENT, RECEIVED))
    ticks = []
    for row in _rows(sheet):
        school, said = _text(row, columns, SCHOOL_CODE), _text(row, columns, DOCUMENT)
        document = max(form.unseen, key=lambda title: likeness(said, title), default="")
        if school not in schools or likeness(said, document) < SAME_WORDING:
            place = {"file": FILE, "sheet": sheet.name, "cell": address(Spot(row.number, 1)), "school": school}
            remarks.append(remark("REGISTRY-TICK", **place, value=f"{school or '—'}, {said or '—'}"))
            continue
        cell = row.cells.get(columns.get(RECEIVED, 0))
        received = cell is not None and not is_blank(cell) and read_yes_no(str(cell.value)).said != NO
        ticks.append(Tick(school, document, received, read_date(cell) if cell else None))
    return tuple(ticks) or None


def _item(row: "_Row", columns: dict[str, int]) -> str:
    """The item's number; Excel makes a number or a date of it, as it does in the form."""
    numbers = item_numbers(row.cells.get(columns.get(ITEM, 0)))
    return numbers[0] if numbers else ""


def _is_item(number: str, form: Form) -> bool:
    try:
        form.item(number)
    except KeyError:
        return False
    return True


class _Row:
    def __init__(self, number: int, cells: dict[int, Cell]) -> None:
        self.number = number
        self.cells = cells


def _rows(sheet: Sheet) -> Iterator[_Row]:
    """The rows below the heading row."""
    by_row: dict[int, dict[int, Cell]] = {}
    for spot, cell in sorted(sheet.cells.items()):
        by_row.setdefault(spot.row, {})[spot.column] = cell
    for number in list(by_row)[1:]:
        yield _Row(number, by_row[number])


def _sheet(book: Book, name: str) -> Sheet | None:
    return next((s for s in book.sheets if plain(s.name) == plain(name) and s.cells), None)


def _columns(sheet: Sheet, headings: tuple[str, ...]) -> dict[str, int]:
    """Heading -> column. A column belongs to the longest heading that its own begins with, in any order."""
    first = min((spot.row for spot in sheet.cells), default=0)
    found: dict[str, int] = {}
    for spot in sorted(spot for spot in sheet.cells if spot.row == first):
        said = plain(str(sheet.cells[spot].value))
        known = max((h for h in headings if said.startswith(plain(h))), key=len, default="")
        if known:
            found.setdefault(known, spot.column)
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
