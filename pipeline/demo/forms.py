"""Reports onto sheets: Svod's own form filled in, or the order's three-column table in many layouts."""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any, assert_never

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.demo.handwriting import Entry, Hand, in_words
from pipeline.demo.reports import Report, own_form_line
from pipeline.demo.tables import Typed, Value, table_rows
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.tables import parts_of
from pipeline.writing.form.workbook import write_form_with_cells
from schemas import own_form
from schemas.district import School
from schemas.form import Form, Item, Kind, Recognise


class Forms:
    """Reports as the bytes of their files; the same report, the same bytes.

    Svod's own form is loaded once a date and emptied again after each report: loading it is the dear part.
    """

    def __init__(self, form: Form) -> None:
        self._form = form
        self._own: dict[date, _OwnForm] = {}

    def workbook_of(self, report: Report) -> bytes:
        if report.content is not None:
            return report.content
        data = self._own_form(report) if report.hand.own_form else self._order_form(report)
        return data[: len(data) // 2] if report.cut_off else data

    def _own_form(self, report: Report) -> bytes:
        if report.as_of not in self._own:
            self._own[report.as_of] = _OwnForm(self._form, report.school, report.as_of)
        return self._own[report.as_of].filled_in(report)

    def _order_form(self, report: Report) -> bytes:
        return settled_bytes(_order_form(report, self._form), report.arrives)


def settled_bytes(book: Workbook, saved: datetime) -> bytes:
    """The workbook saved at that moment. openpyxl stamps the clock's time: it is put right in the archive."""
    target, settled = BytesIO(), BytesIO()
    book.properties.created = saved
    book.save(target)
    with zipfile.ZipFile(target) as source, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{saved:%Y-%m-%dT%H:%M:%SZ}".encode(), part)
            archive.writestr(zipfile.ZipInfo(name, saved.timetuple()[:6]), part, zipfile.ZIP_DEFLATED)
    return settled.getvalue()


# ── Svod's own form ──────────────────────────────────────────────────────────────────────────────────────────────
_HEAD_ROWS = 12  # name, date and passport stand above


class _OwnForm:
    """The form as it is handed out for a date, for one school after another."""

    def __init__(self, form: Form, school: School, as_of: date) -> None:
        self._form = form
        self._as_of = as_of
        written = write_form_with_cells(form, school, as_of, Prefill())
        self._book = load_workbook(BytesIO(written.content))
        self._sheet = self._book[own_form.SHEET]
        self._meta = self._book[own_form.META_SHEET]
        self._passport = written.bases
        self._places = written.answers
        headings = dict(zip(own_form.headings(form), own_form.HEADINGS, strict=True))
        columns = {headings.get(str(cell.value)): cell.column for row in self._sheet for cell in row if cell.column}
        self._column = {heading: columns.get(heading) or 0 for heading in own_form.HEADINGS}
        self._school_line = own_form_line(school)
        self._head = [cell for row in self._sheet.iter_rows(max_row=_HEAD_ROWS) for cell in row]
        self._classes = _below(self._sheet, own_form.CLASSES)
        first_column = [(cell.value, cell.row) for cell in self._sheet["A"]]
        self._rows = {value.rstrip("."): row for value, row in first_column if isinstance(value, str)}
        self._lines = [row for value, row in first_column if isinstance(value, int)]  # of problems
        self._before: list[tuple[Cell | MergedCell, Any]] = []  # what stood where something is written

    def filled_in(self, report: Report) -> bytes:
        self._hand_out(report)
        for number, entry in report.entries.items():
            self._fill_row(self._form.item(number), number, entry)
        for number, percent in report.typed_shares.items():
            self._type(self._rows[number], own_form.SHARE, percent / 100)
        for row, problem in zip(self._lines, report.problems, strict=False):
            self._type(row, own_form.MEASURE, problem.problem)
            self._type(row, own_form.ANSWER, problem.solution)
        data = settled_bytes(self._book, report.arrives)
        self._empty()
        return data

    def _hand_out(self, report: Report) -> None:
        """The school's own figures; name and date as it has typed them over what stood there."""
        midnight = datetime.combine(self._as_of, time())
        typed_over = {self._school_line: report.school_line, midnight: report.date_line}
        for cell in self._head:
            if cell.value in typed_over:
                self._put(cell, typed_over[cell.value])
        for base, place in self._passport.items():
            self._put(self._sheet[place], report.school.bases.get(base))
        if self._classes:
            self._put(self._classes, report.school.classes)
        for key, value in self._meta.iter_rows(max_col=2):
            if key.value == own_form.Meta.SCHOOL:
                self._put(value, report.school.code)

    def _fill_row(self, item: Item, number: str, entry: Entry) -> None:
        if "/" in number:
            self._put(self._sheet[self._places[number]], entry.value)
            return
        row = self._rows[number]
        match item.kind:
            case Kind.COVERAGE if "text" not in entry.facts:
                self._type(row, own_form.COUNT, entry.value)
                if item.classes:
                    self._type(row, own_form.ANSWER, entry.beside)
            case Kind.VOLUME:
                self._type(row, own_form.SHARE, entry.value)
            case Kind.ACTS if "text" in entry.facts:  # «не требуется» stands where a title would
                self._type(row, own_form.MEASURE, entry.value)
            case Kind.ACTS:
                self._type(row, own_form.MEASURE, entry.beside)
                self._type(row, own_form.ANSWER, entry.value)
            case Kind.YES_NO:
                self._type(row, own_form.ANSWER, entry.value)
                self._type(row + 1, own_form.ANSWER, entry.beside)
            case Kind.COVERAGE | Kind.PERSON | Kind.TEXT | Kind.DOCUMENT:
                self._type(row, own_form.ANSWER, entry.value)
            case Kind.NUMBER | Kind.CHOICE | Kind.DATE | Kind.LINK:
                self._type(row, own_form.ANSWER, entry.value)
                if item.asks_address:
                    self._type(row + 1, own_form.ANSWER, entry.beside)
            case Kind.GROUP | Kind.ROW | Kind.ROWS:
                raise AssertionError(f"item {number} is a heading: no answer belongs there")
            case _:
                assert_never(item.kind)

    def _type(self, row: int, heading: str, value: Value) -> None:
        self._put(self._sheet.cell(row, self._column[heading]), value)

    def _put(self, cell: Cell | MergedCell, value: Value) -> None:
        self._before.append((cell, cell.value))
        cell.value = None if value == "" else value

    def _empty(self) -> None:
        """As it was before the report. Backwards: of two values in one cell the first is put back last."""
        while self._before:
            cell, value = self._before.pop()
            cell.value = value
        for sheet in self._book.worksheets:
            sheet.column_dimensions.max_outline = None  # openpyxl notes it while it saves


def _below(sheet: Worksheet, label: str) -> Cell | MergedCell | None:
    """The cell under a label of the head; None where the form does not ask for it."""
    cells = (cell for row in sheet.iter_rows(max_row=_HEAD_ROWS) for cell in row if cell.value == label)
    place = next(cells, None)
    return sheet.cell(place.row + 1, place.column) if place else None


# ── the order's table ────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class _Layout:
    """How a school has typed the order's form. `top`, `left`: blank rows and columns before it."""

    sheet: str
    top: int
    left: int
    number: Callable[[str, date], Typed]
    head: Callable[[Recognise, str, date | str], list[tuple[Typed, ...]]]
    title_in_lines: bool
    hints: bool
    merged: bool
    extra_sheets: tuple[str, ...]
    note_beside: str
    note_below: bool


def _layout(hand: Hand) -> _Layout:
    dice = hand.dice("layout")
    heads = (_head_in_lines, _head_in_cells, *((_head_labelled,) if hand.sloppy else ()))
    return _Layout(
        sheet=dice.choice(("Лист1", "Sheet1", "Отчёт", "форма")),
        top=dice.choice((0, 0, 1, 3)),
        left=dice.choice((0, 0, 1, 2)),
        number=dice.choice((_with_dot, _as_text, _as_number, _as_date)),
        head=dice.choice(heads),
        title_in_lines=dice.random() < 0.6,
        hints=dice.random() < 0.5,
        merged=dice.random() < 0.5,
        extra_sheets=dice.choice(((), ("Лист2", "Лист3"), ("Расписание",))),
        note_beside=dice.choice(("Данные уточняются", "см. приложение")) if hand.sloppy and dice.random() < 0.4 else "",
        note_below=dice.random() < 0.5,
    )


def _order_form(report: Report, form: Form) -> Workbook:
    layout = _layout(report.hand)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = layout.sheet
    for name in layout.extra_sheets:
        book.create_sheet(name)
    _write(sheet, report, form, layout)
    if report.twin:
        _write(book.create_sheet(f"{layout.sheet} (2)"), report.twin, form, layout)
    return book


def _write(sheet: Worksheet, report: Report, form: Form, layout: _Layout) -> None:
    rows = list(_foreign_rows(report, form) if report.foreign else _rows(report, form, layout))
    for row, cells in enumerate(rows, start=layout.top + 1):
        for column, typed in enumerate(cells, start=layout.left + 1):
            if typed.value not in (None, ""):
                sheet.cell(row, column, typed.value).number_format = typed.number_format
    _dress(sheet, layout, len(rows), max(map(len, rows)) if form.tables else len(_WIDTHS))


def _rows(report: Report, form: Form, layout: _Layout) -> Iterator[tuple[Typed, ...]]:
    """The sheet from top to bottom, three cells a row, with a fourth where something is noted beside."""
    yield from ((Typed(line),) for line in _title(form, layout))
    head = layout.head if form.period.every == "date" else _head_in_lines  # a span of time stands behind its label
    yield from head(form.recognise, report.school_line, report.date_line)
    known = form.recognise
    for part in parts_of(form):
        yield ()
        if part.table:
            yield from table_rows(part, report, form, layout.number)
            continue
        yield Typed(known.number[0]), Typed(known.measure[0]), Typed(known.answer[0])
        for item in part.items:
            yield from _item(item, report, layout)
    for number, entry in report.again.items():
        yield _row(number, _wording(form.item(number), report.hand), Typed(entry.value), layout, report)
    yield ()
    if form.problem_table:
        yield (Typed(form.problem_table.title),)
        yield Typed(known.number[0]), Typed(form.problem_table.problem[0]), Typed(form.problem_table.solution[0])
        for n, problem in enumerate(report.problems, start=1):
            yield Typed(n), Typed(problem.problem), Typed(problem.solution)
        yield ()
    if layout.note_below and known.note:
        yield (Typed(known.note[0]),)
    yield (Typed(f"{known.signatures[0]} ____________ /______________/"),)


# Of an order that no form here knows: what a school reports before winter.
_WINTER = (
    "Акт готовности котельной подписан",
    "Промывка и опрессовка системы отопления",
    "Запас топлива на складе, тонн",
    "Утеплено окон и дверей",
    "Проверено огнетушителей",
    "Поверка приборов учёта тепла",
    "Очищено ливневых стоков",
    "Обучено операторов котельной",
    "Паспорт готовности к зиме получен",
)


def _foreign_rows(report: Report, form: Form) -> Iterator[tuple[Typed, ...]]:
    """A form of another order under this one's headings; its rows bear the numbers of this one's."""
    known, dice = form.recognise, report.hand.dice("foreign")
    yield (Typed("Отчёт о подготовке к отопительному сезону"),)
    yield from _head_in_lines(known, report.school_line, report.date_line)
    yield Typed(known.number[0]), Typed(known.measure[0]), Typed(known.answer[0])
    for item, wording in zip(form.items, _WINTER, strict=False):
        yield Typed(f"{item.number}."), Typed(wording), Typed(f"{dice.randint(20, 99)} %")


def _title(form: Form, layout: _Layout) -> list[str]:
    """In one line, or in the lines that the form knows it by."""
    lines = [line for line in form.recognise.titles if line != form.title and line in form.title]
    return lines if layout.title_in_lines and " ".join(lines) == form.title else [form.title]


def _item(item: Item, report: Report, layout: _Layout) -> Iterator[tuple[Typed, ...]]:
    entry = report.entries.get(item.number)
    hint = Typed(item.hint if layout.hints else "")
    answer = Typed(entry.value, entry.number_format) if entry else hint
    cells = _row(item.number, _wording(item, report.hand), answer, layout, report)
    if beside := report.beside.get(item.number):
        yield *cells, Typed(beside.value)
    else:
        yield (*cells, Typed(layout.note_beside)) if item.kind is Kind.VOLUME else cells
    if item.kind is Kind.ACTS:
        for number, act in report.entries.items():
            if number.rpartition(".")[0] == item.number:
                yield _row(number, act.beside, Typed(act.value), layout, report)


def _row(number: str, wording: str, answer: Typed, layout: _Layout, report: Report) -> tuple[Typed, ...]:
    lost = report.hand.sloppy and len(wording) > 60 and report.hand.dice(f"number {number}").random() < 0.2
    return Typed("") if lost else layout.number(number, report.as_of), Typed(wording), answer


def _wording(item: Item, hand: Hand) -> str:
    """The order's words; a sloppy hand shortens the long ones, drops ё or takes another word for the short ones."""
    if not hand.sloppy:
        return f"{item.title} {item.blank}".strip()
    dice = hand.dice(f"wording {item.number}")
    words = item.title.split(" ")
    if len(words) > 8 and dice.random() < 0.5:
        return " ".join(words[: len(words) * 2 // 3])
    if len(words) < 4 and item.spellings and dice.random() < 0.5:
        return dice.choice(item.spellings)
    return item.title.replace("ё", "е") if dice.random() < 0.5 else item.title.replace(" ", "  ", 2)


# ── numbers of items, heads ──────────────────────────────────────────────────────────────────────────────────────
def _with_dot(number: str, day: date) -> Typed:
    return Typed(f"{number}.")


def _as_text(number: str, day: date) -> Typed:
    return Typed(number)


def _as_number(number: str, day: date) -> Typed:
    """`6.1` as a number; one that a number would spoil (`4.10`) stays text."""
    return Typed(float(number)) if number.count(".") < 2 and f"{float(number):g}" == number else Typed(number)


def _as_date(number: str, day: date) -> Typed:
    """What Excel makes of `6.1`: 6 January of this year."""
    first, _, month = number.partition(".")
    if month.isdecimal() and 1 <= int(month) <= 12 and int(first) <= 28:
        return Typed(date(day.year, int(month), int(first)), "D.MMM")
    return Typed(f"{number}.")


def _head_in_lines(known: Recognise, school: str, day: date | str) -> list[tuple[Typed, ...]]:
    said = f"{day:%d.%m.%Y}" if isinstance(day, date) else day
    return [(Typed(f"{known.school[0]} {school or '_' * 30}"),), (Typed(f"{known.as_of[0]} {said or '_' * 14}"),)]


def _head_in_cells(known: Recognise, school: str, day: date | str) -> list[tuple[Typed, ...]]:
    return [(Typed(known.school[0]), Typed(school)), (Typed(known.as_of[0]), Typed(day, "DD.MM.YYYY"))]


def _head_labelled(known: Recognise, school: str, day: date | str) -> list[tuple[Typed, ...]]:
    said = in_words(day) if isinstance(day, date) else day
    label = max(known.school, key=len).capitalize()
    return [(Typed(f"{label}: {school}"),), (Typed(f"{known.as_of[0]}: {said}"),)]


# ── looks ────────────────────────────────────────────────────────────────────────────────────────────────────────
_WIDTHS = (7, 62, 44)
_TABLE_WIDTH = 20
_LINE = Side(style="thin")


def _dress(sheet: Worksheet, layout: _Layout, rows: int, columns: int) -> None:
    """Widths, wrapping, frames round the tables, the title over all columns."""
    top, left, right = layout.top + 1, layout.left + 1, layout.left + columns
    widths = _WIDTHS if columns <= len(_WIDTHS) else (*_WIDTHS[:2], *[_TABLE_WIDTH] * (columns - 2))
    for column, width in enumerate(widths, start=left):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for cells in sheet.iter_rows(top, layout.top + rows, left, right):
        in_table = cells[1].value is not None
        for cell in cells:
            cell.alignment = Alignment(wrap_text=in_table, vertical="top")
            if in_table:
                cell.border = Border(_LINE, _LINE, _LINE, _LINE)
    sheet.cell(top, left).font = Font(bold=True, size=13)
    if layout.merged:
        sheet.merge_cells(start_row=top, end_row=top, start_column=left, end_column=right)
