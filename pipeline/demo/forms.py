"""Reports onto sheets: Svod's own form filled in, or the order's three-column table in many layouts."""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import NamedTuple, assert_never

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.demo.handwriting import Entry, Hand, in_words
from pipeline.demo.reports import Report, own_form_line
from pipeline.writing.form.workbook import write_form
from schemas import own_form
from schemas.form import Form, Item, Kind, Recognise

Value = str | float | date | None


def workbook_of(report: Report, form: Form) -> bytes:
    """The report as the bytes of its file; the same report, the same bytes."""
    if report.content is not None:
        return report.content
    book = _own_form(report, form) if report.hand.own_form else _order_form(report, form)
    data = settled_bytes(book, report.arrives)
    return data[: len(data) // 2] if report.cut_off else data


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
_MEASURE, _ANSWER, _COUNT, _SHARE = (
    own_form.HEADINGS.index(heading) + 1
    for heading in (own_form.MEASURE, own_form.ANSWER, own_form.COUNT, own_form.SHARE)
)


def _own_form(report: Report, form: Form) -> Workbook:
    book = load_workbook(BytesIO(write_form(form, report.school, report.as_of)))
    sheet = book[own_form.SHEET]
    _fill_head(sheet, report)
    rows = {str(cell.value).rstrip("."): cell.row for cell in sheet["A"] if isinstance(cell.value, str)}
    for number, entry in report.entries.items():
        _fill_row(sheet, rows, form.item(number), number, entry)
    for number, percent in report.typed_shares.items():
        sheet.cell(rows[number], _SHARE, percent / 100)
    lines = [cell.row for cell in sheet["A"] if isinstance(cell.value, int)]
    for row, problem in zip(lines, report.problems, strict=False):
        sheet.cell(row, _MEASURE, problem.problem)
        sheet.cell(row, _ANSWER, problem.solution or None)
    return book


def _fill_head(sheet: Worksheet, report: Report) -> None:
    """Name and date stand there already: only what the school typed over them."""
    midnight = datetime.combine(report.as_of, time())
    typed_over = {own_form_line(report.school): report.school_line, midnight: report.date_line}
    for row in sheet.iter_rows(max_row=5):
        for cell in row:
            if cell.value in typed_over:
                cell.value = typed_over[cell.value] or None


def _fill_row(sheet: Worksheet, rows: dict[str, int], item: Item, number: str, entry: Entry) -> None:
    row = rows[number]
    match item.kind:
        case Kind.COVERAGE if "text" not in entry.facts:
            sheet.cell(row, _COUNT, entry.value)
            if item.classes:
                sheet.cell(row, _ANSWER, entry.beside or None)
        case Kind.VOLUME:
            sheet.cell(row, _SHARE, entry.value)
        case Kind.ACTS if "text" in entry.facts:  # «не требуется» stands where a title would
            sheet.cell(row, _MEASURE, entry.value)
        case Kind.ACTS:
            sheet.cell(row, _MEASURE, entry.beside)
            sheet.cell(row, _ANSWER, entry.value)
        case Kind.YES_NO:
            sheet.cell(row, _ANSWER, entry.value)
            sheet.cell(row + 1, _ANSWER, entry.beside or None)
        case Kind.COVERAGE | Kind.PERSON | Kind.TEXT | Kind.DOCUMENT:
            sheet.cell(row, _ANSWER, entry.value)
        case Kind.GROUP:
            raise AssertionError(f"item {number} is a heading: no answer belongs there")
        case _:
            assert_never(item.kind)


# ── the order's table ────────────────────────────────────────────────────────────────────────────────────────────
class Typed(NamedTuple):
    value: Value
    number_format: str = "General"


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
    _dress(sheet, layout, len(rows))


def _rows(report: Report, form: Form, layout: _Layout) -> Iterator[tuple[Typed, ...]]:
    """The sheet from top to bottom, three cells a row, with a fourth where something is noted beside."""
    yield from ((Typed(line),) for line in _title(form, layout))
    yield from layout.head(form.recognise, report.school_line, report.date_line)
    yield ()
    known = form.recognise
    yield Typed(known.number[0]), Typed(known.measure[0]), Typed(known.answer[0])
    for item in form.items:
        yield from _item(item, report, layout)
    for number, entry in report.again.items():
        yield _row(number, _wording(form.item(number), report.hand), Typed(entry.value), layout, report)
    yield ()
    yield (Typed(form.problems.title),)
    yield Typed(known.number[0]), Typed(form.problems.problem[0]), Typed(form.problems.solution[0])
    for n, problem in enumerate(report.problems, start=1):
        yield Typed(n), Typed(problem.problem), Typed(problem.solution)
    yield ()
    if layout.note_below:
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
_LINE = Side(style="thin")


def _dress(sheet: Worksheet, layout: _Layout, rows: int) -> None:
    """Widths, wrapping, frames round the tables, the title over all three columns."""
    top, left, right = layout.top + 1, layout.left + 1, layout.left + len(_WIDTHS)
    for column, width in enumerate(_WIDTHS, start=left):
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
