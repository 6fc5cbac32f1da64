"""Sheet «Данные»: an Excel table with one row a school, for filters, pivots and look-ups."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Literal, NamedTuple, assert_never

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs

from pipeline import wording
from pipeline.measuring.figures import Figures, Share, Submission
from pipeline.measuring.rows import AnswerRow, CoverageRow, answer_rows, coverage_rows, kept_with_them, of_schools
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.figures_said import number_look
from pipeline.writing.pages.page import (
    FIRST_ROW,
    NOT_PRINTED,
    NOT_PROVIDED,
    SMALLEST_PRINT,
    Column,
    Page,
    cell_text,
    said_of_rest,
    written,
)
from pipeline.writing.pages.theme import Look
from pipeline.writing.summary import groups
from schemas.district import NO_GROUP, School
from schemas.form import Item, Kind

HEADER_ROW, DATA_ROW = FIRST_ROW, FIRST_ROW + 1

LONGEST_HEADING = 240  # characters: the table takes 255, and « (2)» may follow

_AT_ONCE = 500  # schools

Value = str | float | date | None
Figure = Literal["covered", "total", "percent"]

_FIGURE_OF: dict[Figure, Callable[[CoverageRow], float]] = {
    "covered": lambda row: row.covered,
    "total": lambda row: row.total,
    "percent": lambda row: row.percent,
}


class Answers(NamedTuple):
    """What is known of one school, ready to be looked up."""

    school: School
    submission: Submission | None
    coverage: dict[str, CoverageRow]  # by item
    facts: dict[tuple[str, str], Value]  # item (`4.2`) and field -> value
    sheet: str
    cells: dict[str, str]  # item -> the cell that says it, the first row of acts for their item


class Field(NamedTuple):
    """One column of the table: heading, width, look of its cells, and how to find the value."""

    heading: str
    width: float
    look: Look
    value: Callable[[Answers], Value]
    figure: tuple[str, Figure] | None = None  # item, and which of its figures


def write(page: Page) -> None:
    figures = page.book.figures
    fields = _with_unique_headings(_columns(figures))
    columns = [Column(field.heading, _width(field)) for field in fields]
    page.head(
        f"Данные школ {wording.on(figures.as_of, figures.every)}",
        f"Одна строка — одна школа. Пусто — нет ответа или показатель отложен; «{NOT_PROVIDED}» — не предусмотрено."
        + said_of_rest(figures.schools, "answers.csv")
        + NOT_PRINTED,
        columns,
        across=True,
    )
    last = DATA_ROW
    formats = _formats(page, fields)
    for last, answers in enumerate(_by_school(figures), DATA_ROW):
        values = [field.value(answers) for field in fields]
        _write_values(page, last, values, formats)
        page.fit_row(last, {column: text for column, text in enumerate(values) if isinstance(text, str)}, columns)
    header = page.formats(theme.HEADER)
    page.sheet.add_table(HEADER_ROW, 0, last, len(fields) - 1, {
        "name": titles.DATA, "style": None, "columns": [{"header": f.heading, "header_format": header} for f in fields],
    })  # fmt: skip
    page.sheet.set_row_pixels(HEADER_ROW, 64)
    page.sheet.freeze_panes(DATA_ROW, 2)
    page.sheet.repeat_rows(HEADER_ROW)
    page.sheet.repeat_columns(0, 1)
    page.print_setup(last, len(fields))
    page.sheet.set_print_scale(SMALLEST_PRINT)  # of what is selected
    page.keep_from_print()


def school_cell(index: int) -> str:
    """Where the row of `figures.schools[index]` begins."""
    return f"A{DATA_ROW + index + 1}"


def sum_of(figures: Figures, item: str, figure: Figure) -> str:
    """Formula of the sum over all schools of a `figure` (covered, total) of a coverage item."""
    return f"SUM({_cells(figures, [field.figure for field in _columns(figures)].index((item, figure)))})"


def sum_of_group(figures: Figures, item: str, figure: Figure, name: str) -> str:
    """The same over the schools of the group that stands in the cell `name`."""
    columns = _columns(figures)
    group = [field.heading for field in columns].index(_GROUP.heading)
    figure_column = [field.figure for field in columns].index((item, figure))
    return groups.sum_of(_cells(figures, group), name, _cells(figures, figure_column))


def _cells(figures: Figures, column: int) -> str:
    """Those of all schools in a column."""
    last = DATA_ROW + max(len(written(figures.schools)), 1) - 1
    return f"'{titles.DATA}'!{xl_range_abs(DATA_ROW, column, last, column)}"


def _width(field: Field) -> float:
    """Wide enough for the heading to find room in its four lines."""
    return max(field.width, len(field.heading) / 4 + 4)


class _Formats(NamedTuple):
    """Looked up once: the sheet has most of the book's cells. `numbers`: column by column."""

    blank: Format
    text: Format
    day: Format
    numbers: tuple[Format, ...]


def _formats(page: Page, fields: Sequence[Field]) -> _Formats:
    return _Formats(
        page.formats(theme.ROW),
        page.formats(theme.ROW, theme.TEXT, theme.WRAP, theme.INDENT),
        page.formats(theme.ROW, theme.DATE, theme.CENTRE),
        tuple(page.formats(theme.ROW, field.look) for field in fields),
    )


def _write_values(page: Page, row: int, values: Sequence[Value], formats: _Formats) -> None:
    """A row from its first column on."""
    for column, value in enumerate(values):
        match value:
            case None:
                page.sheet.write_blank(row, column, None, formats.blank)
            case str():
                page.sheet.write_string(row, column, cell_text(value), formats.text)
            case date():
                page.sheet.write_datetime(row, column, value, formats.day)
            case _:
                page.sheet.write_number(row, column, value, formats.numbers[column])


# ── columns ──────────────────────────────────────────────────────────────────────────────────────────────
_GROUP = Field("Группа", 16, theme.TEXT, lambda of: of.school.group or NO_GROUP)


@kept_with_them  # every formula of a sum asks for them
def _columns(figures: Figures) -> list[Field]:
    form = figures.form
    fields = [
        Field("Код", 6, theme.TEXT, lambda of: of.school.code),
        Field("Школа", 25, theme.TEXT, lambda of: of.school.name),
        *([_GROUP] if figures.grouped else []),
        Field("Состояние отчёта", 26, theme.TEXT, lambda of: str(of.submission.state) if of.submission else None),
        Field("Отчёт на дату", 12, theme.DATE, lambda of: of.submission.as_of if of.submission else None),
    ]
    if not figures.public:
        fields += [
            Field("Файл", 34, theme.TEXT, lambda of: of.submission.file if of.submission else None),
            Field("Лист", 12, theme.TEXT, lambda of: of.sheet),
        ]
    fields += [_base_field(base.id, f"{base.label} (реестр)") for base in form.bases]
    shown = [one for item in form.items for one in (form.cells_of(item.number) if item.kind is Kind.ROW else (item,))]
    for item in shown:
        if not (figures.public and item.kind in _IN_WORDS):
            fields += _item_fields(item, with_words=not figures.public)
    if figures.public:
        return fields
    fields += [_cell_field(item) for item in shown if item.kind not in (Kind.GROUP, Kind.ROWS)]
    return fields


def _base_field(base: str, heading: str) -> Field:
    return Field(heading, 13, theme.PEOPLE, lambda of: of.school.bases.get(base))


def _cell_field(item: Item) -> Field:
    """Where in the school's file the answer stands: no figure without its cell."""
    return Field(f"{item.number}: ячейка", 8, theme.TEXT, lambda of: of.cells.get(item.number))


# Answered in words of the school, or by a person: without figures.
_IN_WORDS = (Kind.PERSON, Kind.TEXT, Kind.DOCUMENT, Kind.ACTS, Kind.DATE, Kind.LINK, Kind.ROWS)


def _item_fields(item: Item, *, with_words: bool = True) -> list[Field]:
    named = f"{item.number} {item.about or item.title}"
    match item.kind:
        case Kind.COVERAGE:
            fields = [
                _share_field(item, f"{named}: охвачено, чел.", "covered", theme.PEOPLE),
                _share_field(item, f"{named}: всего, чел.", "total", theme.PEOPLE),
                _share_field(item, f"{named}, %", "percent", theme.SHARE),
            ]
            return [*fields, _fact_field(item, f"{named}: классы", "classes", 12)] if item.classes else fields
        case Kind.VOLUME:
            return [_share_field(item, f"{named}, %", "percent", theme.SHARE)]
        case Kind.ACTS:
            return [Field(named, 40, theme.TEXT, lambda of: _acts(of, item))]
        case Kind.PERSON | Kind.TEXT | Kind.DOCUMENT | Kind.YES_NO:
            facts = _FACTS[item.kind] if with_words else _FACTS[item.kind][:1]
            return [_fact_field(item, f"{named}{suffix}", field, 26) for field, suffix in facts]
        case Kind.NUMBER:
            return [Field(named, 13, number_look(item), lambda of: of.facts.get((item.number, "value")))]
        case Kind.CHOICE | Kind.DATE | Kind.LINK:
            said = _FACTS[item.kind] + (_ADDRESS if item.asks_address and with_words else ())
            return [_fact_field(item, f"{named}{suffix}", field, 26) for field, suffix in said]
        case Kind.ROWS:
            return [Field(named, 60, theme.TEXT, lambda of: _lines(of, item))]
        case Kind.GROUP | Kind.ROW:
            return []
        case _:
            assert_never(item.kind)


_ADDRESS = (("url", ": адрес"),)
# Kind -> fields of its answer and what is added to the heading.
_FACTS = {
    Kind.PERSON: (("person", ": ФИО"), ("position", ": должность")),
    Kind.TEXT: (("text", ""),),
    Kind.DOCUMENT: (("number", ": номер"), ("date", ": дата")),
    Kind.YES_NO: (("yes", ""), *_ADDRESS),
    Kind.CHOICE: (("choice", ""),),
    Kind.DATE: (("date", ""),),
    Kind.LINK: (("url", ""),),
}


def _fact_field(item: Item, heading: str, field: str, width: float) -> Field:
    return Field(heading, width, theme.TEXT, lambda of: of.facts.get((item.number, field)))


def _share_field(item: Item, heading: str, figure: Figure, look: Look) -> Field:
    """One of the figures of coverage; a volume has no people."""

    def value(of: Answers) -> Value:
        row = of.coverage[item.number]
        if row.share == Share.NOT_APPLICABLE:
            return NOT_PROVIDED
        number = _FIGURE_OF[figure](row)
        if row.share != Share.COUNTED or math.isnan(number):
            return None
        return number / 100 if figure == "percent" else number

    return Field(heading, 13, look, value, (item.number, figure))


def _acts(of: Answers, item: Item) -> str | None:
    """All acts of an item in one cell: «Положение, № 12 от 30.01.2014; …»."""
    rows = dict.fromkeys(number for number, _ in of.facts if item.number in (number, _above(number)))
    said = []
    for number in rows:
        title, document, day = (of.facts.get((number, field)) for field in ("title", "number", "date"))
        details = [f"№ {document}" if document else "", f"от {wording.day(day)}" if isinstance(day, date) else ""]
        parts = [str(title) if title else str(of.facts.get((number, "text")) or ""), " ".join(filter(None, details))]
        said.append(", ".join(filter(None, parts)))
    return "; ".join(filter(None, said)) or None


def _lines(of: Answers, item: Item) -> str | None:
    """All lines of a list in one cell: «13.01.2026, Кросс, 23; …»."""
    lines: dict[str, list[str]] = {}
    for (number, _), value in of.facts.items():
        row, slash, _ = number.partition("/")
        if slash and _above(row) == item.number and value is not None:
            lines.setdefault(row, []).append(_in_line(value))
    return "; ".join(", ".join(said) for said in lines.values()) or None


def _in_line(value: Value) -> str:
    if isinstance(value, date):
        return wording.day(value)
    return wording.number(value) if isinstance(value, float) else str(value)


@cache  # of all items of a form
def _above(number: str) -> str:
    """The item whose part it is: of `4.2` it is `4`; blank for none."""
    return number.rpartition(".")[0]


def _with_unique_headings(fields: list[Field]) -> list[Field]:
    """An Excel table takes no two equal headings, whatever their case, no line breaks, and none that runs on."""
    seen: defaultdict[str, int] = defaultdict(int)
    unique = []
    for field in fields:
        heading = wording.shortened(field.heading, LONGEST_HEADING)
        seen[heading.casefold()] += 1
        times = seen[heading.casefold()]
        unique.append(field._replace(heading=heading if times == 1 else f"{heading} ({times})"))
    return unique


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────
def _by_school(figures: Figures) -> Iterator[Answers]:
    """The schools that the sheet shows; some at a time, for looked up by item and field the answers of all of them take
    many times the room."""
    submissions = {submission.school.code: submission for submission in figures.submissions}
    shown = written(figures.schools)
    for begin in range(0, len(shown), _AT_ONCE):
        schools = shown[begin : begin + _AT_ONCE]
        yield from _looked_up(schools, submissions, of_schools(figures, [school.code for school in schools]))


def _looked_up(schools: Sequence[School], submissions: Mapping[str, Submission], figures: Figures) -> Iterator[Answers]:
    """`figures`: with the answers of these schools."""
    coverage: defaultdict[str, dict[str, CoverageRow]] = defaultdict(dict)
    for answer in coverage_rows(figures):
        coverage[answer.school_code][answer.item] = answer
    facts: defaultdict[str, dict[tuple[str, str], Value]] = defaultdict(dict)
    cells: defaultdict[str, dict[str, str]] = defaultdict(dict)
    sheets: dict[str, str] = {}
    for row in answer_rows(figures):
        sheets[row.school_code] = row.sheet
        own_cells = cells[row.school_code]
        own_cells.setdefault(row.item, row.cell)
        own_cells.setdefault(_above(row.item), row.cell)
        if row.counted:
            own, key, fact = facts[row.school_code], (row.item, row.field), _fact(row)
            own[key] = f"{own[key]}; {fact}" if row.field == "choice" and key in own else own.get(key, fact)
    for school in schools:
        yield Answers(
            school, submissions.get(school.code), coverage[school.code], facts[school.code],
            sheets.get(school.code, ""), cells[school.code],
        )  # fmt: skip


def _fact(row: AnswerRow) -> Value:
    if row.field == "date" and row.text:
        return date.fromisoformat(row.text)
    return row.text or row.number
