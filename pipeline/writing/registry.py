"""The registry as a workbook: a template or a draft for the office to fill in, the demo's district as it stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from pipeline.writing import registry_cells as cells
from pipeline.writing.pages import theme
from pipeline.writing.pages.theme import Formats, Look
from schemas import registry_book as book_of
from schemas.district import Recipient, Registry, School, Topic, by_group
from schemas.explained import Asked, remembered
from schemas.form import Form
from schemas.registry_book import Column, Need, Table

_LOOK_ALIKES = "Похожие (если это одна школа, объедините)"  # in a draft
_LEGEND = (
    "В каждой занятой строке заполните жёлтые ячейки, остальные — если есть что написать. Что писать, сказано над "
    "заголовком."
)
_TO_TICK = (
    "Это пояснения школ к замечаниям: пока они не приняты, замечания стоят. Принимаете — впишите «Кто разрешил», при "
    "необходимости исправьте срок и скопируйте строку целиком на лист «Исключения» реестра, вместе с заголовками, если "
    "их там нет. Не принимаете — ничего не делайте: школа будет спрошена снова."
)
_ABOUT_WHAT = "О чём пояснение"
_LISTS = "Списки"  # a hidden sheet: the words among which Excel lets one choose
_WIDTHS = {
    _LOOK_ALIKES: 40,
    book_of.CODE.heading: 8,
    book_of.NAME.heading: 32,
    book_of.FULL_NAME.heading: 60,
    book_of.ALIASES.heading: 30,
    book_of.EMAIL.heading: 26,
    book_of.GROUP.heading: 20,
}
_FILLING_WIDTHS = {  # where a hint stands over the heading
    **_WIDTHS,
    book_of.CODE.heading: 16,
    book_of.FULL_NAME.heading: 42,
    book_of.DOCUMENT.heading: 60,
    book_of.REASON.heading: 40,
    book_of.WHO.heading: 26,
    book_of.RECIPIENT.heading: 32,
    book_of.WANTS.heading: 26,
    book_of.EXPLANATION.heading: 50,
    _ABOUT_WHAT: 60,
}
_DAY_0 = date(1899, 12, 30)  # from which Excel counts days
_WIDTH = 16
_PIXELS = 7  # of a character of that width
_UNWRITTEN = (book_of.SINCE, book_of.UNTIL)  # nothing is known of them yet: who needs them adds them
_SPARE = {book_of.SCHOOLS.sheet: 40}  # rows below those that are filled in
_FEW_SPARE = 20
_NOTES, _HINTS, _HEADINGS = range(3)  # rows of a sheet that is to be filled in
_HINT: Look = {"font_size": 9, "font_color": theme.GREY, "italic": True, "text_wrap": True, "valign": "bottom"}
_CELL: Look = {"border": 1, "border_color": theme.GRID}
_TO_FILL_IN: Look = {"bg_color": theme.INPUT}

Value = str | float | None


class Beside(NamedTuple):
    """Another order that the registry serves, and the same schools with its people."""

    form: Form
    schools: tuple[School, ...] = ()


def write_registry(
    form: Form,
    registry: Registry,
    created: date,
    doubles: Mapping[str, Sequence[str]] = MappingProxyType({}),
    beside: Sequence[Beside] = (),
) -> bytes:
    """The workbook as `pipeline.reading.registry` reads it.

    Of a draft all sheets are written, to be filled in: with hints, yellow cells and room for more rows; one without
    schools is the template. Else «Школы» (one row a school) and «Рассылка», as they stand. `doubles`: code of a school
    -> those that may be the same one, of a draft. `beside`: the other orders; the columns of their people stand behind
    the form's own.
    """
    target = BytesIO()
    book = theme.open_workbook(target, "Реестр школ", form.office, created)
    formats = Formats(book)
    if registry.draft:
        _write_to_be_filled_in(book, formats, form, registry, doubles, beside)
    else:
        _write_as_it_stands(book, formats, form, registry, beside)
    book.close()
    return target.getvalue()


def write_template(form: Form, created: date, beside: Sequence[Form] = ()) -> bytes:
    """The registry before anything is known: headings, hints and yellow cells. `beside`: forms of the other orders."""
    return write_registry(form, Registry(draft=True), created, beside=[Beside(one) for one in beside])


class Drafted(NamedTuple):
    """A row of «Исключения» that only lacks who allows it. `about`: the remark in words, for the office."""

    asked: Asked
    words: str
    until: date
    about: str


def write_explained(form: Form, drafted: Sequence[Drafted], created: date) -> bytes:
    """The workbook of what schools have explained and nobody has accepted yet: rows for the registry's sheet, which is
    never written."""
    target = BytesIO()
    book = theme.open_workbook(target, "Пояснения школ", form.office, created)
    formats = Formats(book)
    columns = tuple(replace(one, need=Need.EXPECTED) if one == book_of.WHO else one for one in book_of.WAIVERS.columns)
    table = replace(book_of.WAIVERS, about=_TO_TICK, columns=columns)
    sheet = book.add_worksheet(table.sheet)
    codes = list(dict.fromkeys(one.asked.school for one in drafted))
    choices = _choices([form])
    listed = xl_range_abs(0, len(choices), max(len(codes), 1) - 1, len(choices))
    lists = _lists(choices, f"='{_LISTS}'!{listed}")
    _fill_in(sheet, formats, table, [_waiver(one) for one in drafted], lists, spare=0)
    _write_beside(sheet, formats, len(columns), [one.about for one in drafted], _ABOUT_WHAT)
    _write_lists(book, choices, codes)
    book.close()
    return target.getvalue()


def _waiver(one: Drafted) -> list[Value]:
    about = one.asked
    until = float((one.until - _DAY_0).days)
    return [about.school, about.item, about.code, None, None, until, one.words, remembered(about)]


# ── as it stands ─────────────────────────────────────────────────────────────────────────────────────────────


def _write_as_it_stands(
    book: Workbook, formats: Formats, form: Form, registry: Registry, beside: Sequence[Beside]
) -> None:
    unwritten = _UNWRITTEN if by_group(registry.schools) else (*_UNWRITTEN, book_of.GROUP)
    table = _schools_table(form, beside)
    columns = [column for column in table.columns if column not in unwritten]
    schools = book.add_worksheet(book_of.SCHOOLS.sheet)
    schools.set_row(0, 46)
    widths = [_WIDTHS.get(column.heading, _WIDTH) for column in columns]
    rows = _rows_of_schools(columns, form, registry, beside)
    _write(schools, formats, [column.heading for column in columns], widths, rows)
    schools.freeze_panes(1, 2)
    headings = [column.heading for column in book_of.MAILING.columns]
    mailing = book.add_worksheet(book_of.MAILING.sheet)
    _write(mailing, formats, headings, [30] * len(headings), [_recipient(one) for one in registry.mailing])


def _write(
    sheet: Worksheet,
    formats: Formats,
    headings: Sequence[str],
    widths: Sequence[int],
    rows: Iterable[Sequence[Value]],
) -> None:
    """Headings with the widths of their columns, and the rows below them; None leaves its cell empty."""
    for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, formats(theme.HEADER))
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value, formats())
            elif value is not None:
                sheet.write_number(number, column, value, formats())


# ── to be filled in ──────────────────────────────────────────────────────────────────────────────────────────


def _write_to_be_filled_in(
    book: Workbook,
    formats: Formats,
    form: Form,
    registry: Registry,
    doubles: Mapping[str, Sequence[str]],
    beside: Sequence[Beside],
) -> None:
    schools, others = _schools_table(form, beside), book_of.tables(form)[1:]
    known: dict[str, list[list[Value]]] = {
        schools.sheet: _rows_of_schools(schools.columns, form, registry, beside),
        book_of.MAILING.sheet: [_recipient(one) for one in registry.mailing],
    }
    codes = xl_range_abs(_HEADINGS + 1, 0, _HEADINGS + _rows(schools, known), 0)
    choices = _choices([form, *(one.form for one in beside)])
    lists = _lists(choices, f"='{schools.sheet}'!{codes}")
    for table in (schools, *others):
        sheet = book.add_worksheet(table.sheet)
        _fill_in(sheet, formats, table, known.get(table.sheet, []), lists)
        if table is schools and doubles:
            alike = ["; ".join(doubles[school.code]) for school in registry.schools]
            _write_beside(sheet, formats, len(table.columns), alike)
    _write_lists(book, choices)


def _rows(table: Table, known: Mapping[str, Sequence[object]]) -> int:
    """Those that are filled in, and the spare ones below them."""
    return len(known.get(table.sheet, ())) + _SPARE.get(table.sheet, _FEW_SPARE)


def _fill_in(
    sheet: Worksheet,
    formats: Formats,
    table: Table,
    known: Sequence[Sequence[Value]],
    lists: cells.Lists,
    spare: int | None = None,
) -> None:
    """What the sheet is for, a hint over each heading, and below the rows that are known and room for others."""
    last = _HEADINGS + (_rows(table, {table.sheet: known}) if spare is None else len(known) + spare)
    widths = [_FILLING_WIDTHS.get(column.heading, _WIDTH) for column in table.columns]
    _note(sheet, formats, f"{table.about} {_LEGEND}", widths)
    for number, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.set_column(number, number, width)
        sheet.write_string(_HINTS, number, cells.hint(column), formats(_HINT))
        sheet.write_string(_HEADINGS, number, column.heading, formats(theme.HEADER))
        for row in range(_HEADINGS + 1, last + 1):
            here = row - _HEADINGS - 1
            _cell(sheet, formats, row, number, column, known[here][number] if here < len(known) else None)
        sheet.data_validation(_HEADINGS + 1, number, last, number, cells.rule(column, lists))
    for row, values in enumerate(known, start=_HEADINGS + 1):
        shown = [one for one in zip(values, widths, table.columns, strict=True) if one[2] != book_of.ABOUT]
        sheet.set_row(row, max(_height(value, width) for value, width, _ in shown))
    hints = zip(table.columns, widths, strict=True)
    sheet.set_row(_HINTS, max(theme.text_height(cells.hint(column), width * _PIXELS, 8) for column, width in hints) + 4)
    sheet.set_row(_HEADINGS, 46)
    sheet.freeze_panes(_HEADINGS + 1, min(2, len(widths) - 1))
    sheet.ignore_errors({"number_stored_as_text": xl_range(_HEADINGS + 1, 0, last, len(widths) - 1)})
    _print_setup(sheet)


def _height(value: Value, width: int) -> float:
    """Of a row with that text in a column so wide: a long name is not cut."""
    return theme.text_height(value if isinstance(value, str) else "", width * _PIXELS) + 3


def _note(sheet: Worksheet, formats: Formats, text: str, widths: Sequence[int]) -> None:
    """Over the columns that a screen shows at once."""
    shown = min(len(widths), 6)
    sheet.merge_range(_NOTES, 0, _NOTES, shown - 1, "", formats(theme.NOTE))
    sheet.write_string(_NOTES, 0, text, formats(theme.NOTE))
    sheet.set_row(_NOTES, theme.text_height(text, sum(widths[:shown]) * _PIXELS, theme.SMALL_SIZE) + 6)


def _cell(sheet: Worksheet, formats: Formats, row: int, number: int, column: Column, value: Value) -> None:
    """What is known of it; yellow where something is missing."""
    wanted = value in (None, "") and cells.is_wanted(column)
    looks = formats(_CELL, cells.look(column), *([_TO_FILL_IN] if wanted else []))
    match value:
        case None | "":
            sheet.write_blank(row, number, None, looks)
        case str():
            sheet.write_string(row, number, value, looks)
        case _:
            sheet.write_number(row, number, value, looks)


def _write_beside(
    sheet: Worksheet, formats: Formats, column: int, texts: Sequence[str], heading: str = _LOOK_ALIKES
) -> None:
    sheet.set_column(column, column, _FILLING_WIDTHS[heading])
    sheet.write_string(_HEADINGS, column, heading, formats(theme.HEADER))
    for row, text in enumerate(texts, start=_HEADINGS + 1):
        sheet.write_string(row, column, text, formats(theme.WRAP))


def _print_setup(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADINGS)
    sheet.set_footer(theme.footer("Реестр школ"))


Choices = dict[type[Column], Sequence[str]]  # the words among which one chooses, by kind of column


def _choices(forms: Sequence[Form]) -> Choices:
    return {
        book_of.ItemNumber: list(dict.fromkeys(item.number for form in forms for item in form.items)),
        book_of.Title: list(dict.fromkeys(title for form in forms for title in form.unseen)),
    }


def _lists(choices: Choices, codes: str) -> cells.Lists:
    """`codes`: the cells where the codes of the schools stand."""
    places = {
        kind: f"='{_LISTS}'!{xl_range_abs(0, n, max(len(words), 1) - 1, n)}"
        for n, (kind, words) in enumerate(choices.items())
    }
    return {book_of.SchoolCode: codes, **places}


def _write_lists(book: Workbook, choices: Choices, codes: Sequence[str] = ()) -> None:
    """`codes`: of schools, where no sheet of the workbook has them."""
    sheet = book.add_worksheet(_LISTS)
    for number, words in enumerate((*choices.values(), codes)):
        for row, word in enumerate(words):
            sheet.write_string(row, number, word)
    sheet.hide()


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _schools_table(form: Form, beside: Sequence[Beside]) -> Table:
    """Behind the columns of the form's people those of the other orders."""
    table = book_of.schools_table(form)
    here = table.columns.index(book_of.CLASSES)
    more = [column for _, column in book_of.columns_beside([form, *(one.form for one in beside)])]
    return replace(table, columns=(*table.columns[:here], *more, *table.columns[here:]))


def _rows_of_schools(
    columns: Sequence[Column], form: Form, registry: Registry, beside: Sequence[Beside]
) -> list[list[Value]]:
    """A row a school; in another order's column stand the people that it knows."""
    place_of = {column: place for place, column in book_of.columns_beside([form, *(one.form for one in beside)])}
    known = [registry.schools, *(one.schools for one in beside)]
    return [
        [value for column in columns for value in _school(known[place_of.get(column, 0)][n], [column])]
        for n in range(len(registry.schools))
    ]


def _school(school: School, columns: Iterable[Column]) -> Iterable[Value]:
    """What stands in the school's row. When it began and ended is never known of a draft."""
    texts = {
        book_of.CODE: school.code,
        book_of.NAME: school.name,
        book_of.FULL_NAME: school.full_name,
        book_of.ALIASES: "; ".join(school.aliases),
        book_of.EMAIL: school.email,
        book_of.GROUP: school.group,
    }
    for column in columns:
        if isinstance(column, book_of.People):
            yield school.bases.get(column.base)
        elif isinstance(column, book_of.Plan):
            yield school.plans.get(column.item)
        elif column == book_of.CLASSES:
            yield school.classes
        elif column in _UNWRITTEN:
            yield None
        else:
            yield texts[column]


def _recipient(recipient: Recipient) -> list[Value]:
    wants = ", ".join(topic for topic in Topic if topic in recipient.wants)
    return [recipient.name, recipient.email, wants]
