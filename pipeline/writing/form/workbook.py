"""The standard form that a school fills in: one workbook a school. `schemas/own_form.py` says how it lies on its sheet.

The order's own table in the order's own words; yellow is filled in by the school, grey is computed. Items, bases,
hints and targets come from the Form: nothing here knows a particular order. What the school has said before may stand
in it already, in italics.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from itertools import accumulate
from typing import NamedTuple, assert_never

from xlsxwriter import Workbook
from xlsxwriter.utility import quote_sheetname, xl_range, xl_range_abs, xl_rowcol_to_cell

from pipeline import wording
from pipeline.writing.form import prefill
from pipeline.writing.form.checks import Checks, Covered
from pipeline.writing.form.grid import Grid, Span
from pipeline.writing.form.help import write_help
from pipeline.writing.form.hints import Cell
from pipeline.writing.form.inputs import LAST_DAY, LISTS, PROMPTS, Inputs, prompt_of
from pipeline.writing.form.number_checks import NumberChecks
from pipeline.writing.form.paper import (
    AUTO,
    BORDERS,
    DEEPER,
    HINT,
    INPUT,
    ITEM,
    LEFT,
    LINE,
    PANEL,
    SECTION,
    SMALL,
    WRITING,
    Paper,
    Value,
)
from pipeline.writing.form.prefill import Entry, Prefill
from pipeline.writing.form.tables import Tables, parts_of, spare_rows
from pipeline.writing.pages import theme
from pipeline.writing.pages.theme import Formats, Look
from schemas import own_form
from schemas.district import School
from schemas.form import Form, Item, Kind, Problems
from schemas.own_form import Meta
from schemas.reports import PROBLEM

BLANK = "бланк.xlsx"  # the form that is for no school


class FormWritten(NamedTuple):
    """The bytes of an .xlsx file, and which cells of its sheet «Отчёт» are whose.

    answers: item -> the cell of its answer. An act or a problem goes by the number that it had in the `Prefill`; the
    number of the acts together leads to their first empty row. bases: base id -> its figure in the passport. as_of: the
    cell of the report's date.
    """

    content: bytes
    as_of: str
    answers: Mapping[str, str]
    bases: Mapping[str, str]


def write_form(form: Form, school: School | None, as_of: date, before: Prefill | None = None) -> bytes:
    """The form for `school` on `as_of` as the bytes of an .xlsx file; None: a blank one for any school.

    `before`: what the school said last time, to be confirmed or changed.
    """
    return write_form_with_cells(form, school, as_of, before or Prefill()).content


def write_form_with_cells(form: Form, school: School | None, as_of: date, before: Prefill) -> FormWritten:
    """`write_form`, with the cells to lead the school to."""
    target = BytesIO()
    book = theme.open_workbook(target, title=form.title, author=form.office, created=as_of)
    formats = Formats(book)
    report = _ReportSheet(book, formats, form, school, as_of, before)
    report.write()
    write_help(book, formats, form)
    _write_meta(book, form, school, as_of, before.dated, report.inputs.lists)
    book.close()
    return FormWritten(
        target.getvalue(), report.paper.ref(_AS_OF, report.at.answer), report.paper.answers, report.bases
    )


# ── looks ────────────────────────────────────────────────────────────────────────────────────────────────
_PASSPORT_LABEL: Look = {"font_size": 8, "align": "center"}
_CLASSES: Look = {"num_format": f'"{own_form.CLASSES_SHOWN}"@'}  # the cell's value is the classes alone

# ── the sheet's measures ─────────────────────────────────────────────────────────────────────────────────
_TITLE, _SCHOOL, _AS_OF, _STATUS = range(4)  # rows above the passport
_BOLD_SIZE = 10  # bold letters of 9 points are as wide as others of 10
_LABEL, _SIGNING = 14, 24
_BETWEEN = 8  # two tables
_A4_WIDTH, _A4_HEIGHT, _SIDE, _TOP, _BOTTOM = 11.69, 8.27, 0.4, 0.4, 0.5  # inches: the sheet and its margins
_PIXELS, _POINTS = 96, 72  # of an inch
_SAFE = 0.98  # of a page: no program measures rows and columns quite as another
_FULL = 0.75
_MOST_PEOPLE = 20_000

# Said when a cell that takes any text is entered.
_COUNT_PROMPT = f"Целое число людей, не больше «{own_form.TOTAL}»; процент посчитается сам."
_COUNT_STOP = (
    f"Нужно целое число людей от 0 до «{own_form.TOTAL}», без слов и процентов. Если людей стало больше или "
    f"«{own_form.TOTAL}» пусто, сначала исправьте сведения о школе вверху листа: «{own_form.TOTAL}» берётся оттуда."
)
_CLASSES_PROMPT = "Классы через тире и запятую: 1–11 или 5–9, 11."
_CLASSES_STOP = "Впишите классы текстом: «1–11», «5–9, 11»; один класс — «9 класс»."


_SIGNED_ON = "дата"
_SIGNED_PROMPTS = {  # label -> what is said when the cell under it is entered; without one it is left to the pen
    "Руководитель: должность": "Должность того, кто подписывает отчёт: директор, и. о. директора.",
    "Исполнитель: должность": "Должность того, кто заполнил отчёт.",
    "фамилия, имя, отчество": "Фамилия, имя, отчество полностью.",
    "телефон": "Телефон, по которому можно уточнить ответы.",
    _SIGNED_ON: "День, когда отчёт подписан: ДД.ММ.ГГГГ.",
}


class _Figure(NamedTuple):
    """A figure of the passport. `base`: its id, blank for a figure that is no base."""

    label: str
    base: str
    people: float | None


class _ReportSheet:
    """The sheet «Отчёт», written from top to bottom. Rows and columns count from 0."""

    def __init__(
        self, book: Workbook, formats: Formats, form: Form, school: School | None, as_of: date, before: Prefill
    ) -> None:
        self.book = book
        self.paper = Paper(book, formats, Grid(form))
        self.sheet = self.paper.sheet
        self.grid = self.paper.grid
        self.at = self.grid.plain
        self.formats = formats
        self.wide = self.grid.width(self.at.answer.to(self.at.check))
        self.form = form
        self.school = school
        self.as_of = as_of if before.dated else None
        self.before = before
        target = form.target_on(as_of)
        plan = Cell(own_form.TARGET_NAME, target.min / 100 if target else None)
        day = Cell(xl_rowcol_to_cell(_AS_OF, self.at.answer.first, row_abs=True, col_abs=True), self.as_of)
        self.checks = Checks(form, day, plan)
        passport = {base.id: Cell(base.name, self._people(base.id)) for base in form.bases}
        self.numbers = NumberChecks(form, self.checks, passport)
        self.inputs = Inputs(form, self.paper, self.numbers)
        self.tables = Tables(form, self.paper, self.inputs, self.numbers, before)
        self.figures: list[tuple[Item, int]] = []  # items answered by a figure, a choice, a date, with their rows
        self.covered: dict[str, tuple[int, Covered]] = {}  # item -> row and cells of a coverage answer
        self.bases: dict[str, str] = {}

    def write(self) -> None:
        self._head()
        if self.form.bases or self.grid.simple:
            self._passport()
        header = self._parts()
        self._coverage_checks()
        for item, row in self.figures:
            self.paper.check(row, self.numbers.item(item, self.before.notes.get(item.number, "")))
        self.tables.write_checks()
        if self.form.problem_table:
            self._problems(self.form.problem_table)
        self._status(header)
        self._signatures()
        self._print_setup(header)
        self.sheet.protect("", {"format_columns": True, "format_rows": True})

    def _parts(self) -> int:
        """All items, each part under its headings; returns the row of the first heading."""
        parts = parts_of(self.form)
        first = len(self.paper.heights)
        self.several = len(parts) > 1 or bool(parts[0].table)
        self.sheet.freeze_panes((_STATUS if self.several else first) + 1, 0)
        for n, part in enumerate(parts):
            if n:
                self.paper.row(_BETWEEN)
            if part.table:
                self.tables.write(part)
                continue
            headings = [*zip(self.at, own_form.headings(self.form), strict=True)]
            header = self.paper.header(headings, 32 if self.grid.simple else 22)
            if self.several:
                self.paper.starts.append(header)
            for item in part.items:
                self._item(item, begins=not item.parent and not (self.several and item is part.items[0]))
        return first

    # ── above the table ──────────────────────────────────────────────────────────────────────────────────
    def _head(self) -> None:
        title = self.paper.row(30)
        look = self.formats(theme.TITLE, {"font_size": 13}, theme.CENTRE)
        self.sheet.merge_range(title, 0, title, self.at.check.last, self.form.title, look)
        self._school(self.paper.row(20))
        self._as_of(self.paper.row(20))
        self.paper.row(22)  # the status line: written when all is known that it counts

    def _school(self, row: int) -> None:
        self._head_label(row, self.form.recognise.school[0])
        if self.school:
            line = own_form.school_line(self.school.full_name or self.school.name, self.school.code)
            self.paper.merged(row, self.at.answer.to(self.at.check), line, AUTO, theme.BOLD)
            self.paper.at_least(row, theme.text_height(line, self.wide, _BOLD_SIZE) + 6)
        else:
            self.paper.merged(row, self.at.answer.to(self.at.check), "", INPUT, theme.BOLD)
            self.paper.prompt(row, self.at.answer, "Школа", "Название школы, как в её документах.")

    def _as_of(self, row: int) -> None:
        self._head_label(row, own_form.date_label(self.form))
        look = self.formats(BORDERS, LEFT, INPUT, theme.BOLD, theme.DATE)
        place, beside = self.grid.halves
        if self.as_of:
            self.paper.day(row, place, self.as_of, look)
        else:
            self.paper.blank(row, place, look)
        self._periods(row, place)
        more = self.before.legend if self.before.facts else f"Как — лист «{own_form.HELP_SHEET}»."
        self.paper.merged(row, beside.to(self.at.check), f"Жёлтое заполняете вы. {more}", SMALL)
        day = "Дата, на которую составлен отчёт"
        if self.form.period.every != "date":
            day = "Последний день периода, за который составлен отчёт"
        self.paper.validate(
            row,
            self.at.answer,
            {"validate": "date", "criteria": "between", "minimum": self.form.order.date, "maximum": LAST_DAY},
            title="Дата отчёта",
            prompt=f"{day}: ДД.ММ.ГГГГ.",
            stop=f"Впишите дату как ДД.ММ.ГГГГ, не раньше {self.form.order.date:%d.%m.%Y}.",
        )

    def _periods(self, row: int, place: Span) -> None:
        """The last day of a period is shown as the period, whichever of the order's is written there."""
        if self.form.period.every == "date":
            return
        for last in self.form.order.reporting_dates:
            said = self.book.add_format({"num_format": f'"{wording.named(last, self.form.period.every)}"'})
            shown = {"type": "date", "criteria": "==", "value": datetime.combine(last, time()), "format": said}
            self.sheet.conditional_format(row, place.first, row, place.first, shown)

    def _status(self, header: int) -> None:
        """How much is still to be filled in and to be corrected; the column of checks says where."""
        column = self.at.check.last
        hints = xl_range_abs(header + 1, column, len(self.paper.heights) - 1, column)
        school = None if self.school else Cell(self.paper.ref(_SCHOOL, self.at.answer))
        status = self.checks.status(hints, self.paper.hints, school)
        look = self.formats(theme.GOOD, theme.BOLD, LEFT)
        self.paper.formula(_STATUS, self.at.number.to(self.at.check), f"={status.excel}", look, status.text)
        self.paper.coloured(_STATUS, 0, _STATUS, column)
        self.paper.coloured(header + 1, column, len(self.paper.heights) - 1, column)

    def _head_label(self, row: int, text: str) -> None:
        look = self.formats(theme.BOLD, theme.RIGHT, {"font_size": 9, "indent": 1})
        self.paper.text(row, self.at.number.to(self.at.measure), text, look)

    def _passport(self) -> None:
        """Labels over figures, the first and the last of a row in its wide cells: wholes, classes, parts of wholes."""
        classes = _Figure(own_form.CLASSES, "", self.school.classes if self.school else None)
        figures = [
            *(_Figure(b.label, b.id, self._people(b.id)) for b in self.form.bases if not b.part_of),
            *([classes] if self.grid.simple else []),
            *(_Figure(b.label, b.id, self._people(b.id)) for b in self.form.bases if b.part_of),
        ]
        columns = self.grid.passport
        for first in range(0, len(figures), len(columns)):
            row = self.paper.row(34)
            self.paper.row(LINE)
            self._passport_row(row, columns, figures[first : first + len(columns)])

    def _passport_row(self, row: int, columns: Sequence[Span], figures: Sequence[_Figure]) -> None:
        use = "от них считаются доли" if self.grid.simple else "с ними сверяются ответы"
        explained = f"Сведения о школе: {use}.\nПроверьте и исправьте, если они изменились."
        look = self.formats(BORDERS, LEFT, PANEL, SMALL)
        self.sheet.merge_range(row, 0, row + 1, self.at.measure.last, explained, look)
        used = [*columns[: len(figures) - 1], columns[-1]] if self.grid.simple else columns[: len(figures)]
        for column in columns:
            if column not in used:
                area = row, column.first, row + 1, column.last
                self.sheet.merge_range(*area, "", self.formats(BORDERS, PANEL))
        for column, figure in zip(used, figures, strict=True):
            self.paper.text(row, column, figure.label, self.formats(BORDERS, PANEL, _PASSPORT_LABEL))
            self._passport_figure(row + 1, column, figure)

    def _passport_figure(self, row: int, column: Span, figure: _Figure) -> None:
        look = self.formats(BORDERS, theme.CENTRE, INPUT, theme.PEOPLE)
        if figure.people is None:
            self.paper.blank(row, column, look)
        else:
            self.paper.figure(row, column, figure.people, look)
        if figure.base:
            self.bases[figure.base] = self.paper.ref(row, column)
            self.book.define_name(self.form.base(figure.base).name, f"={_place(own_form.SHEET, row, column.first)}")
        self.paper.validate(
            row,
            column,
            {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": _MOST_PEOPLE},
            title="Сведения о школе",
            prompt=f"{figure.label}: целое число.",
            stop=f"Впишите целое число от 0 до {_MOST_PEOPLE}, без слов.",
        )

    def _people(self, base: str) -> float | None:
        by_registry = self.school.bases.get(base) if self.school else None
        return self.before.bases.get(base, by_registry)

    # ── the table ────────────────────────────────────────────────────────────────────────────────────────
    def _item(self, item: Item, begins: bool) -> None:
        row = self.paper.row(self._item_height(item))
        if begins:
            self.paper.starts.append(row)
        self._number(row, item.number)
        self._measure(row, item)
        match item.kind:
            case Kind.GROUP:
                self.paper.merged(row, self.at.answer.to(self.at.check), own_form.guide(self.form, item), PANEL, SMALL)
            case Kind.PERSON | Kind.TEXT | Kind.DOCUMENT:
                self._text(row, item)
            case Kind.NUMBER | Kind.CHOICE | Kind.DATE | Kind.LINK:
                self._figure(row, item)
            case Kind.ROW | Kind.ROWS:
                raise AssertionError(f"item {item.number} stands in a table")
            case Kind.COVERAGE:
                self._coverage(row, item)
            case Kind.VOLUME:
                self._volume(row, item)
            case Kind.YES_NO:
                self._yes_no(row, item)
            case Kind.ACTS:
                self.paper.merged(row, self.at.answer.to(self.at.check), own_form.guide(self.form, item), PANEL, SMALL)
                self._acts(item)
            case _:
                assert_never(item.kind)

    def _item_height(self, item: Item) -> float:
        width = self.grid.width(self.at.measure)
        measure = theme.text_height(_title(item), width, 9) + 6
        if hint := self._hint(item):
            measure += theme.text_height(hint, width, 8)
        guide = theme.text_height(own_form.guide(self.form, item), self.wide, 8) + 6
        least = WRITING if item.kind is Kind.TEXT else LINE if item.parent else ITEM
        return max(measure, guide, least)

    def _number(self, row: int, number: str) -> None:
        self.paper.text(row, self.at.number, f"{number}.", self.formats(BORDERS, theme.CENTRE))

    def _measure(self, row: int, item: Item) -> None:
        """The order's words, its hint under them: the answer's cell stays free and a printout explains itself."""
        look = self.formats(BORDERS, DEEPER if item.parent else LEFT)
        if hint := self._hint(item):
            title = self.formats({"font_size": 9})
            self.paper.rich(row, self.at.measure, title, f"{_title(item)}\n", self.formats(HINT), hint, look)
        else:
            self.paper.text(row, self.at.measure, _title(item), look)

    def _hint(self, item: Item) -> str:
        """What stands in small print under the item; the other kinds say it beside the item."""
        if item.kind in (Kind.GROUP, Kind.ACTS):
            return ""
        hint = "" if item.kind is Kind.VOLUME else item.hint
        if item.kind is Kind.NUMBER:
            hint = " ".join(filter(None, (item.hint, self._unit(item))))
        if item.several:
            known = ", ".join(choice.title for choice in item.choices)
            hint = f"несколько ответов — через «{prefill.SEPARATOR}»: {known}"
        if exemption := own_form.exemption(self.form, item):
            hint = f"{hint} или впишите «{exemption}»".strip()
        return hint

    def _unit(self, item: Item) -> str:
        """What a figure is counted in, where the order's words do not say it."""
        short = self.form.unit(item.unit).short if item.unit else ""
        return "" if short.rstrip(".") in item.title else short

    # ── answers by kind ──────────────────────────────────────────────────────────────────────────────────
    def _text(self, row: int, item: Item) -> None:
        given = prefill.entry(self.form, item.number, self.before)
        answer = self.paper.answer(
            item.number, self.paper.input(row, self.at.answer.to(self.at.share), given.answer, LEFT)
        )
        self.paper.prompt(row, self.at.answer, _about(item), prompt_of(item) + self._or_exemption(item))
        check = {Kind.PERSON: self.checks.person, Kind.TEXT: self.checks.text, Kind.DOCUMENT: self.checks.document}
        self.paper.check(row, check[item.kind](item, answer, given.note))

    def _figure(self, row: int, item: Item) -> None:
        """A figure, a choice, a date, an address: checked when all figures have their place."""
        given = prefill.entry(self.form, item.number, self.before)
        self.inputs.put(row, self.at.answer.to(self.at.share), item, given.answer, _about(item), LEFT)
        self.figures.append((item, row))
        if item.asks_address:
            self._address(self.paper.row(LINE), item, given.beside)

    def _acts(self, item: Item) -> None:
        said = prefill.rows_of(self.form, item.number, self.before)
        given = [prefill.entry(self.form, number, self.before) for number in said]
        lines = self.form.lists[item.number]
        given += [Entry()] * spare_rows(own_form.ACT_ROWS, given, lines)
        first = len(self.paper.heights)
        answers = []
        area = Cell(
            xl_range(first, self.at.measure.first, first + len(given) - 1, self.at.answer.first),
            "".join(f"{act.title}{act.answer or ''}" for act in given),
        )
        titles = []
        for n, act in enumerate(given, start=1):
            row = self.paper.row(LINE)
            self._number(row, f"{item.number}.{n}")
            title = self.paper.input(row, self.at.measure, act.title, LEFT)
            titles.append(title)
            exempt = self._or_exemption(item) if n == 1 else ""
            self.paper.prompt(row, self.at.measure, _about(item), f"Название документа.{exempt}")
            details = self.paper.input(row, self.at.answer.to(self.at.share), act.answer, LEFT)
            answers.append(details.ref)
            self.paper.prompt(row, self.at.answer, _about(item), PROMPTS[Kind.DOCUMENT])
            wanted = titles[0] if n <= lines.at_least else None
            self.paper.check(row, self.checks.act(item, title, details, area if n == 1 else None, act.note, wanted))
        self.paper.answers |= zip(dict.fromkeys([*said, item.number]), answers, strict=False)

    def _coverage(self, row: int, item: Item) -> None:
        given = prefill.coverage(self.form, item, self.before, self._people(item.base))
        words = self._beside_count(row, item, given.beside)
        self.covered[item.number] = row, Covered(words, self._total(row, item), self._count(row, item, given.answer))
        self._share(row, self.covered[item.number][1])

    def _coverage_checks(self) -> None:
        """Written when all counts have their place: the form's controls hold them against each other."""
        for number, (row, cells) in self.covered.items():
            limits = [
                (control.hint, self.covered[control.limit][1])
                for control in self.form.controls
                if control.item == number
            ]
            note = self.before.notes.get(number, "")
            self.paper.check(row, self.checks.coverage(self.form.item(number), cells, limits, note))

    def _total(self, row: int, item: Item) -> Cell:
        name, people = self.form.base(item.base).name, self._people(item.base)
        look = self.formats(BORDERS, theme.CENTRE, AUTO, theme.PEOPLE)
        self.paper.formula(row, self.at.total, f'=IF({name}="","",{name})', look, "" if people is None else people)
        return Cell(self.paper.ref(row, self.at.total), None if people is None else float(people))

    def _count(self, row: int, item: Item, given: Value) -> Cell:
        cell = self.paper.answer(item.number, self.paper.input(row, self.at.people, given, theme.CENTRE, theme.PEOPLE))
        total, count = self.paper.ref(row, self.at.total), cell.ref
        # ISNUMBER too: Excel takes any text for greater than any number.
        rule = f"=AND(ISNUMBER({count}),{count}=INT({count}),{count}>=0,{count}<=N({total}))"
        self.paper.validate(
            row,
            self.at.people,
            {"validate": "custom", "value": rule},
            title=_about(item),
            prompt=f"{self.form.base(item.base).group}. {_COUNT_PROMPT}",
            stop=_COUNT_STOP,
        )
        return cell

    def _share(self, row: int, cells: Covered) -> None:
        total, count = cells.total, cells.count
        rule = f'=IF(AND(ISNUMBER({count.ref}),N({total.ref})>0),{count.ref}/{total.ref},"")'
        look = self.formats(BORDERS, theme.CENTRE, AUTO, theme.BOLD, theme.SHARE)
        share = count.number / total.number if count.number is not None and total.number else ""
        self.paper.formula(row, self.at.share, rule, look, share)

    def _beside_count(self, row: int, item: Item, given: str) -> Cell | None:
        """In «Выполнение»: the classes, or room for «не предусмотрено», or a mere label (None)."""
        if item.classes:
            return self._classes(row, item, given)
        if own_form.exemption(self.form, item):
            cell = self.paper.input(row, self.at.answer, given, LEFT, theme.TEXT)
            self.paper.prompt(row, self.at.answer, _about(item), self._or_exemption(item).strip())
            return cell
        self.paper.merged(row, self.at.answer, own_form.COVERED, SMALL, theme.RIGHT)
        return None

    def _classes(self, row: int, item: Item, given: str) -> Cell:
        cell = self.paper.input(row, self.at.answer, given, LEFT, _CLASSES)
        if not given:
            self.paper.text(row, self.at.answer, own_form.CLASSES_WANTED, self.formats(BORDERS, LEFT, _CLASSES, INPUT))
        # Text only: Excel would make a date of «5-9».
        rule = {"validate": "custom", "value": f"=ISTEXT({cell.ref})"}
        prompt = _CLASSES_PROMPT + self._or_exemption(item)
        self.paper.validate(row, self.at.answer, rule, title=_about(item), prompt=prompt, stop=_CLASSES_STOP)
        wanted = {"type": "cell", "criteria": "==", "value": f'"{own_form.CLASSES_WANTED}"'}
        place = row, self.at.answer.first, row, self.at.answer.first
        self.sheet.conditional_format(*place, {**wanted, "format": self.book.add_format(SMALL)})
        if exemption := own_form.exemption(self.form, item):
            plain = self.book.add_format(dict(theme.TEXT))  # shown without «классы:» before it
            instead = {"type": "cell", "criteria": "==", "value": f'"{exemption}"', "format": plain}
            self.sheet.conditional_format(*place, instead)
        return cell

    def _volume(self, row: int, item: Item) -> None:
        given = prefill.entry(self.form, item.number, self.before)
        self.paper.merged(row, self.at.answer.to(self.at.people), f"{item.hint or 'процент'} →", SMALL, theme.RIGHT)
        looks = theme.CENTRE, theme.BOLD, theme.SHARE
        share = self.paper.answer(item.number, self.paper.input(row, self.at.share, given.answer, *looks))
        allowed = f"AND(ISNUMBER({share.ref}),{share.ref}>=0,{share.ref}<=1)"
        if exemption := own_form.exemption(self.form, item):
            allowed = f'OR({share.ref}="{exemption}",{allowed})'
        self.paper.validate(
            row,
            self.at.share,
            {"validate": "custom", "value": f"={allowed}"},
            title=_about(item),
            prompt=f"Процент от 0 до 100, например 83 %.{self._or_exemption(item)}",
            stop="Впишите процент от 0 до 100 со знаком «%», например 83 %.",
        )
        self.paper.check(row, self.checks.volume(item, share, given.note))

    def _yes_no(self, row: int, item: Item) -> None:
        given = prefill.entry(self.form, item.number, self.before)
        exemption = own_form.exemption(self.form, item)
        choices = [own_form.YES, own_form.NO, *([exemption] if exemption else [])]
        said = ", ".join(f"«{choice}»" for choice in choices)
        answer = self.paper.answer(
            item.number, self.paper.input(row, self.at.answer.to(self.at.share), given.answer, LEFT)
        )
        self.paper.validate(
            row,
            self.at.answer,
            {"validate": "list", "source": choices},
            title=_about(item),
            prompt=f"Выберите из списка: {said}.",
            stop=f"Здесь может стоять только {said}: выберите из списка.",
        )
        self.paper.check(row, self.checks.yes_no(item, answer, given.note))
        self._address(self.paper.row(LINE), item, given.beside)

    def _address(self, row: int, item: Item, given: str) -> None:
        self.paper.blank(row, self.at.number, self.formats(BORDERS))
        self.paper.text(row, self.at.measure, own_form.ADDRESS, self.formats(BORDERS, DEEPER))
        address = self.paper.input(row, self.at.answer.to(self.at.share), given, LEFT)
        self.paper.prompt(row, self.at.answer, _about(item), "Адрес страницы, если он есть: https://…")
        self.paper.check(row, self.checks.address(address))

    def _or_exemption(self, item: Item) -> str:
        exemption = own_form.exemption(self.form, item)
        return f" Или впишите «{exemption}»." if exemption else ""

    # ── below the table ──────────────────────────────────────────────────────────────────────────────────
    def _problems(self, problems: Problems) -> None:
        title = self.paper.row(22)
        self.paper.starts.append(title)
        self.sheet.write_string(title, 0, problems.title, self.formats(SECTION))
        number, problem, solution = self.form.recognise.number[0], problems.problem[0], problems.solution[0]
        if self.grid.simple:
            headings = number, problem, solution, "", "", "", own_form.CHECK
            header = self.paper.header([*zip(self.at, headings, strict=True)], LINE)
            self.paper.text(header, self.at.answer.to(self.at.share), solution, self.formats(theme.HEADER))
        else:
            columns = self.at.number, self.at.measure, self.at.answer.to(self.at.share), self.at.check
            self.paper.header([*zip(columns, (number, problem, solution, own_form.CHECK), strict=True)], LINE)
        said = prefill.rows_of(self.form, PROBLEM, self.before)
        given = {number: prefill.problem(number, self.before) for number in said}
        for n, (number, entry) in enumerate(given.items(), start=1):
            self.paper.answers[number] = self._problem(n, entry).ref
        lines = self.form.lists[PROBLEM]
        for n in range(len(given) + 1, len(given) + 1 + spare_rows(own_form.PROBLEM_ROWS, given, lines)):
            self._problem(n, Entry())

    def _problem(self, n: int, given: Entry) -> Cell:
        """A row of its own; returns the cell of the solution."""
        row = self.paper.row(2 * 14)
        self.sheet.write_number(row, 0, n, self.formats(BORDERS, theme.CENTRE))
        problem = self.paper.input(row, self.at.measure, given.title, LEFT)
        self.paper.prompt(row, self.at.measure, "Проблема", "Одна проблема в строке. Нет проблем — оставьте пустым.")
        solution = self.paper.input(row, self.at.answer.to(self.at.share), given.answer, LEFT)
        self.paper.prompt(row, self.at.answer, "Решение", "Что сделано или что нужно, чтобы проблему решить.")
        wanted = n <= self.form.lists[PROBLEM].at_least
        self.paper.check(row, self.checks.problem(problem, solution, wanted=wanted))
        return solution

    def _signatures(self) -> None:
        """Below the order's own note: whoever signs, on paper or not, and whoever can be asked."""
        self.paper.starts.append(len(self.paper.heights))
        for note in self.form.recognise.note[:1]:
            self.sheet.write_string(self.paper.row(LINE), 0, note, self.formats(SMALL))
        title = self.paper.row(22)
        self.sheet.write_string(title, 0, own_form.SIGNED, self.formats(SECTION))
        for labels in own_form.SIGNERS:
            row = self.paper.row(_LABEL)
            self.paper.row(_SIGNING)
            columns = self.at.number.to(self.at.measure), *self.grid.halves, self.at.check
            for label, span in zip(labels, columns, strict=True):
                self._signed_in(row, span, label)

    def _signed_in(self, row: int, span: Span, label: str) -> None:
        """A label with room to write under it; a signature is written on paper."""
        self.paper.merged(row, span, label, PANEL, SMALL)
        below, prompt = row + 1, _SIGNED_PROMPTS.get(label, "")
        if not prompt:
            self.paper.merged(below, span, "")
            return
        self.paper.input(below, span, None, LEFT, theme.DATE if label == _SIGNED_ON else theme.TEXT)
        if label == _SIGNED_ON:
            rule = {"validate": "date", "criteria": "between", "minimum": self.form.order.date, "maximum": LAST_DAY}
            self.paper.validate(below, span, rule, title=own_form.SIGNED, prompt=prompt, stop=prompt)
        else:
            self.paper.prompt(below, span, own_form.SIGNED, prompt)

    def _print_setup(self, header: int) -> None:
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.set_landscape()  # at its own size: upright its letters would be printed too small to be read
        sheet.set_paper(9)  # A4
        sheet.center_horizontally()
        sheet.set_margins(left=_SIDE, right=_SIDE, top=_TOP, bottom=_BOTTOM)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, len(self.paper.heights) - 1, self.at.check.last)
        if not self.several:
            sheet.repeat_rows(header)
        scale = min(
            1,
            math.floor(100 * (_A4_WIDTH - 2 * _SIDE) * _PIXELS / self.grid.width(self.at.number.to(self.at.check)))
            / 100,
        )
        room = (_A4_HEIGHT - _TOP - _BOTTOM) * _POINTS / scale * _SAFE
        repeated = 0 if self.several else self.paper.heights[header]
        sheet.set_h_pagebreaks(page_breaks(self.paper.heights, self.paper.starts, room, repeated))
        sheet.set_footer(theme.footer(f"Форма {self.form.order.number}, версия {self.form.version}"))


def page_breaks(heights: Sequence[float], starts: Sequence[int], room: float, repeated: float) -> list[int]:
    """The rows that begin the second page and those after it. A page ends before the last of `starts` that it reaches,
    but is three quarters full at least: where it would not be, it ends in between.

    `heights`, `room` (of a page) and `repeated` (rows that stand on every page but the first) in points.
    """
    breaks: list[int] = []
    first = 0
    while True:
        left = room - (repeated if breaks else 0)
        filled = list(accumulate(heights[first:]))
        if filled[-1] <= left:
            return breaks
        past = first + max(1, sum(height <= left for height in filled))  # the first row that has no room
        full = [row for row in starts if first < row <= past and filled[row - first - 1] >= _FULL * left]
        first = max(full, default=past)
        breaks.append(first)


def _title(item: Item) -> str:
    """The order's words with what it prints after them to be filled in."""
    return f"{item.title} {item.blank}".strip()


def _about(item: Item) -> str:
    return f"Пункт {item.number}"


def _place(sheet: str, row: int, column: int) -> str:
    """The cell for a defined name: 'Отчёт'!$C$6."""
    return f"{quote_sheetname(sheet)}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"


# ── the hidden sheet ─────────────────────────────────────────────────────────────────────────────────────
def _write_meta(
    book: Workbook, form: Form, school: School | None, as_of: date, dated: bool, lists: Sequence[Sequence[str]]
) -> None:
    """What the reader is told about this copy of the form; nobody sees it. `lists`: choices that no rule has room
    for."""
    target = form.target_on(as_of)
    values: dict[Meta, str | float | None] = {
        Meta.FORM: form.id,
        Meta.VERSION: form.version,
        Meta.SCHOOL: school.code if school else None,
        Meta.AS_OF: as_of.isoformat() if dated else None,
        Meta.PLAN_MIN: target.min / 100 if target else None,
        Meta.PLAN_MAX: target.max / 100 if target else None,
    }
    sheet = book.add_worksheet(own_form.META_SHEET)
    for row, (key, value) in enumerate(values.items()):
        sheet.write_string(row, 0, key)
        if isinstance(value, str):
            sheet.write_string(row, 1, value)
        elif value is not None:
            sheet.write_number(row, 1, value)
        if key is Meta.PLAN_MIN:
            book.define_name(own_form.TARGET_NAME, f"={_place(own_form.META_SHEET, row, 1)}")
    for column, words in enumerate(lists, start=LISTS):
        sheet.write_column(0, column, words)
    sheet.protect()
    sheet.very_hidden()
