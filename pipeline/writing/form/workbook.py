"""The standard form that a school fills in: one workbook a school. `schemas/own_form.py` says how it lies on its sheet.

The order's own table in the order's own words; yellow is filled in by the school, grey is computed. Items, bases,
hints and targets come from the Form: nothing here knows a particular order. What the school has said before may stand
in it already, in italics.
"""

import math
from collections.abc import Mapping, Sequence, Sized
from datetime import date
from io import BytesIO
from itertools import accumulate
from typing import NamedTuple, assert_never

from xlsxwriter import Workbook
from xlsxwriter.utility import quote_sheetname, xl_range, xl_range_abs, xl_rowcol_to_cell

from pipeline.writing.form import prefill
from pipeline.writing.form.checks import Cell, Checks, Covered, Hint
from pipeline.writing.form.help import write_help
from pipeline.writing.form.prefill import Entry, Prefill
from pipeline.writing.pages import theme
from pipeline.writing.pages.theme import Formats, Look, Mark
from schemas import own_form
from schemas.district import School
from schemas.form import Form, Item, Kind
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
    _write_meta(book, form, school, as_of, before.dated)
    book.close()
    return FormWritten(target.getvalue(), xl_rowcol_to_cell(_AS_OF, _ANSWER), report.answers, report.bases)


# ── looks ────────────────────────────────────────────────────────────────────────────────────────────────
_GRID: Look = {"border": 1, "border_color": theme.GRID, "text_wrap": True, "font_size": 9}
_LEFT: Look = {"align": "left", "indent": 1}
_DEEPER: Look = {"align": "left", "indent": 2}
_INPUT: Look = {"bg_color": theme.INPUT, "locked": False}
_AUTO: Look = {"bg_color": theme.AUTO}
_PANEL: Look = {"bg_color": theme.PANEL}
_SMALL: Look = {"font_size": 8, "font_color": theme.GREY}
_HINT: Look = {"font_size": 8, "font_color": theme.GREY, "italic": True}
_PASSPORT_LABEL: Look = {"font_size": 8, "align": "center"}
_SECTION: Look = {"bold": True, "font_color": theme.NAVY}
_GIVEN: Look = {"italic": True}  # said before
_CLASSES: Look = {"num_format": '"классы: "@'}  # the cell's value is the classes alone

# ── the sheet's measures ─────────────────────────────────────────────────────────────────────────────────
_TITLE, _SCHOOL, _AS_OF, _STATUS = range(4)  # rows above the passport
_NUMBER, _MEASURE, _ANSWER, _TOTAL, _COUNT, _SHARE, _CHECK = range(7)
_WIDTHS = (44, 326, 200, 76, 66, 68, 190)  # pixels
_ANSWER_WIDTH = sum(_WIDTHS[_ANSWER:])
_BOLD_SIZE = 10  # bold letters of 9 points are as wide as others of 10
_LINE, _ITEM, _WRITING = 18, 24, 36  # least heights in points: a line of its own, an item, room for some sentences
_LABEL, _SIGNING = 14, 24
_SIGNED_IN = (_NUMBER, _MEASURE), (_ANSWER, _ANSWER), (_TOTAL, _SHARE), (_CHECK, _CHECK)  # columns, first and last
_A4_WIDTH, _A4_HEIGHT, _SIDE, _TOP, _BOTTOM = 11.69, 8.27, 0.4, 0.4, 0.5  # inches: the sheet and its margins
_PIXELS, _POINTS = 96, 72  # of an inch
_SAFE = 0.98  # of a page: no program measures rows and columns quite as another
_FULL = 0.75
_MOST_PEOPLE = 20_000
_LAST_DAY = date(2099, 12, 31)

# Said when a cell that takes any text is entered.
_TEXT_PROMPTS = {
    Kind.PERSON: "Фамилия, имя, отчество; после точки с запятой — должность.",
    Kind.TEXT: "Ответ словами.",
    Kind.DOCUMENT: "Вид документа, номер и дата: приказ № 12 от ДД.ММ.ГГГГ.",
}
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
        self.sheet = book.add_worksheet(own_form.SHEET)
        self.formats = formats
        self.form = form
        self.school = school
        self.as_of = as_of if before.dated else None
        self.before = before
        target = form.target_on(as_of)
        plan = Cell(own_form.TARGET_NAME, target.min / 100 if target else None)
        day = Cell(xl_rowcol_to_cell(_AS_OF, _ANSWER, row_abs=True, col_abs=True), self.as_of)
        self.checks = Checks(form, day, plan)
        self.hints: list[str] = []  # in the column of checks, as they are now
        self.covered: dict[str, tuple[int, Covered]] = {}  # item -> row and cells of a coverage answer
        self.heights: list[float] = []  # of the rows so far, points
        self.starts: list[int] = []  # rows with which a page may begin
        self.answers: dict[str, str] = {}  # as in `FormWritten`
        self.bases: dict[str, str] = {}

    def write(self) -> None:
        for column, width in enumerate(_WIDTHS):
            self.sheet.set_column_pixels(column, column, width)
        self._head()
        self._passport()
        header = self._header(own_form.headings(self.form), 32)
        self.sheet.freeze_panes(header + 1, 0)
        for item in self.form.items:
            self._item(item)
        self._coverage_checks()
        self._problems()
        self._status(header)
        self._signatures()
        self._print_setup(header)
        self.sheet.protect("", {"format_columns": True, "format_rows": True})

    # ── above the table ──────────────────────────────────────────────────────────────────────────────────
    def _head(self) -> None:
        title = self._row(30)
        self.sheet.merge_range(
            title, _NUMBER, title, _CHECK, self.form.title, self.formats(theme.TITLE, {"font_size": 13}, theme.CENTRE)
        )
        self._school(self._row(20))
        self._as_of(self._row(20))
        self._row(22)  # the status line: written when all is known that it counts

    def _school(self, row: int) -> None:
        self._head_label(row, self.form.recognise.school[0])
        if self.school:
            line = own_form.school_line(self.school.full_name or self.school.name, self.school.code)
            self._merged(row, _ANSWER, _CHECK, line, _AUTO, theme.BOLD)
            self._at_least(row, theme.text_height(line, _ANSWER_WIDTH, _BOLD_SIZE) + 6)
        else:
            self._merged(row, _ANSWER, _CHECK, "", _INPUT, theme.BOLD)
            self._prompt(row, _ANSWER, "Школа", "Название школы, как в её документах.")

    def _as_of(self, row: int) -> None:
        self._head_label(row, self.form.recognise.as_of[0])
        look = self.formats(_GRID, _LEFT, _INPUT, theme.BOLD, theme.DATE)
        if self.as_of:
            self.sheet.write_datetime(row, _ANSWER, self.as_of, look)
        else:
            self.sheet.write_blank(row, _ANSWER, None, look)
        more = self.before.legend if self.before.facts else f"Как — лист «{own_form.HELP_SHEET}»."
        self._merged(row, _TOTAL, _CHECK, f"Жёлтое заполняете вы. {more}", _SMALL)
        self._validate(
            row,
            _ANSWER,
            {"validate": "date", "criteria": "between", "minimum": self.form.order.date, "maximum": _LAST_DAY},
            title="Дата отчёта",
            prompt="Дата, на которую составлен отчёт: ДД.ММ.ГГГГ.",
            stop=f"Впишите дату как ДД.ММ.ГГГГ, не раньше {self.form.order.date:%d.%m.%Y}.",
        )

    def _status(self, header: int) -> None:
        """How much is still to be filled in and to be corrected; the column of checks says where."""
        hints = xl_range_abs(header + 1, _CHECK, len(self.heights) - 1, _CHECK)
        school = None if self.school else Cell(xl_rowcol_to_cell(_SCHOOL, _ANSWER))
        status = self.checks.status(hints, self.hints, school)
        look = self.formats(theme.GOOD, theme.BOLD, _LEFT)
        self.sheet.merge_range(_STATUS, _NUMBER, _STATUS, _CHECK, "", look)
        self.sheet.write_formula(_STATUS, _NUMBER, f"={status.excel}", look, status.text)
        self._coloured(_STATUS, _NUMBER, _STATUS, _CHECK)
        self._coloured(header + 1, _CHECK, len(self.heights) - 1, _CHECK)

    def _head_label(self, row: int, text: str) -> None:
        look = self.formats(theme.BOLD, theme.RIGHT, {"font_size": 9, "indent": 1})
        self.sheet.merge_range(row, _NUMBER, row, _MEASURE, text, look)

    def _passport(self) -> None:
        """Labels over figures, the first and the last of a row in its wide cells: wholes, classes, parts of wholes."""
        figures = [
            *(_Figure(b.label, b.id, self._people(b.id)) for b in self.form.bases if not b.part_of),
            _Figure(own_form.CLASSES, "", self.school.classes if self.school else None),
            *(_Figure(b.label, b.id, self._people(b.id)) for b in self.form.bases if b.part_of),
        ]
        columns = range(_ANSWER, _CHECK + 1)
        for first in range(0, len(figures), len(columns)):
            row = self._row(34)
            self._row(_LINE)
            self._passport_row(row, columns, figures[first : first + len(columns)])

    def _passport_row(self, row: int, columns: range, figures: Sequence[_Figure]) -> None:
        explained = "Сведения о школе: от них считаются доли.\nПроверьте и исправьте, если они изменились."
        look = self.formats(_GRID, _LEFT, _PANEL, _SMALL)
        self.sheet.merge_range(row, _NUMBER, row + 1, _MEASURE, explained, look)
        used = [*columns[: len(figures) - 1], columns[-1]]
        for column in columns:
            if column not in used:
                self.sheet.merge_range(row, column, row + 1, column, "", self.formats(_GRID, _PANEL))
        for column, figure in zip(used, figures, strict=True):
            self.sheet.write_string(row, column, figure.label, self.formats(_GRID, _PANEL, _PASSPORT_LABEL))
            self._passport_figure(row + 1, column, figure)

    def _passport_figure(self, row: int, column: int, figure: _Figure) -> None:
        look = self.formats(_GRID, theme.CENTRE, _INPUT, theme.PEOPLE)
        if figure.people is None:
            self.sheet.write_blank(row, column, None, look)
        else:
            self.sheet.write_number(row, column, figure.people, look)
        if figure.base:
            self.bases[figure.base] = xl_rowcol_to_cell(row, column)
            self.book.define_name(self.form.base(figure.base).name, f"={_place(own_form.SHEET, row, column)}")
        self._validate(
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
    def _header(self, headings: Sequence[str], height: float) -> int:
        row = self._row(height)
        look = self.formats(theme.HEADER)
        for column, heading in enumerate(headings):
            self.sheet.write_string(row, column, heading, look)
        return row

    def _item(self, item: Item) -> None:
        row = self._row(self._item_height(item))
        if not item.parent:
            self.starts.append(row)
        self._number(row, item.number)
        self._measure(row, item)
        match item.kind:
            case Kind.GROUP:
                self._merged(row, _ANSWER, _CHECK, own_form.guide(self.form, item), _PANEL, _SMALL)
            case Kind.PERSON | Kind.TEXT | Kind.DOCUMENT:
                self._text(row, item)
            case Kind.COVERAGE:
                self._coverage(row, item)
            case Kind.VOLUME:
                self._volume(row, item)
            case Kind.YES_NO:
                self._yes_no(row, item)
            case Kind.ACTS:
                self._merged(row, _ANSWER, _CHECK, own_form.guide(self.form, item), _PANEL, _SMALL)
                self._acts(item)
            case _:
                assert_never(item.kind)

    def _item_height(self, item: Item) -> float:
        width = _WIDTHS[_MEASURE]
        measure = theme.text_height(_title(item), width, 9) + 6
        if hint := self._hint(item):
            measure += theme.text_height(hint, width, 8)
        guide = theme.text_height(own_form.guide(self.form, item), _ANSWER_WIDTH, 8) + 6
        least = _WRITING if item.kind is Kind.TEXT else _LINE if item.parent else _ITEM
        return max(measure, guide, least)

    def _number(self, row: int, number: str) -> None:
        self.sheet.write_string(row, _NUMBER, f"{number}.", self.formats(_GRID, theme.CENTRE))

    def _measure(self, row: int, item: Item) -> None:
        """The order's words, its hint under them: the answer's cell stays free and a printout explains itself."""
        look = self.formats(_GRID, _DEEPER if item.parent else _LEFT)
        if hint := self._hint(item):
            title = self.formats({"font_size": 9})
            self.sheet.write_rich_string(row, _MEASURE, title, f"{_title(item)}\n", self.formats(_HINT), hint, look)
        else:
            self.sheet.write_string(row, _MEASURE, _title(item), look)

    def _hint(self, item: Item) -> str:
        """What stands in small print under the item; the other kinds say it beside the item."""
        if item.kind in (Kind.GROUP, Kind.ACTS):
            return ""
        hint = "" if item.kind is Kind.VOLUME else item.hint
        if exemption := own_form.exemption(self.form, item):
            hint = f"{hint} или впишите «{exemption}»".strip()
        return hint

    # ── answers by kind ──────────────────────────────────────────────────────────────────────────────────
    def _text(self, row: int, item: Item) -> None:
        given = prefill.entry(self.form, item.number, self.before)
        answer = self._answer(item.number, self._input(row, _ANSWER, _SHARE, given.answer, _LEFT))
        self._prompt(row, _ANSWER, _about(item), _TEXT_PROMPTS[item.kind] + self._or_exemption(item))
        check = {Kind.PERSON: self.checks.person, Kind.TEXT: self.checks.text, Kind.DOCUMENT: self.checks.document}
        self._check(row, check[item.kind](item, answer, given.note))

    def _acts(self, item: Item) -> None:
        said = prefill.rows_of(self.form, item.number, self.before)
        given = [prefill.entry(self.form, number, self.before) for number in said]
        given += [Entry()] * _spare_rows(own_form.ACT_ROWS, given)
        first = len(self.heights)
        answers = []
        area = Cell(
            xl_range(first, _MEASURE, first + len(given) - 1, _ANSWER),
            "".join(f"{act.title}{act.answer or ''}" for act in given),
        )
        for n, act in enumerate(given, start=1):
            row = self._row(_LINE)
            self._number(row, f"{item.number}.{n}")
            title = self._input(row, _MEASURE, _MEASURE, act.title, _LEFT)
            exempt = self._or_exemption(item) if n == 1 else ""
            self._prompt(row, _MEASURE, _about(item), f"Название документа.{exempt}")
            details = self._input(row, _ANSWER, _SHARE, act.answer, _LEFT)
            answers.append(details.ref)
            self._prompt(row, _ANSWER, _about(item), _TEXT_PROMPTS[Kind.DOCUMENT])
            self._check(row, self.checks.act(item, title, details, area if n == 1 else None, act.note))
        self.answers |= zip(dict.fromkeys([*said, item.number]), answers, strict=False)

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
            self._check(row, self.checks.coverage(self.form.item(number), cells, limits, note))

    def _total(self, row: int, item: Item) -> Cell:
        name, people = self.form.base(item.base).name, self._people(item.base)
        look = self.formats(_GRID, theme.CENTRE, _AUTO, theme.PEOPLE)
        self.sheet.write_formula(row, _TOTAL, f'=IF({name}="","",{name})', look, "" if people is None else people)
        return Cell(xl_rowcol_to_cell(row, _TOTAL), None if people is None else float(people))

    def _count(self, row: int, item: Item, given: str | float | None) -> Cell:
        cell = self._answer(item.number, self._input(row, _COUNT, _COUNT, given, theme.CENTRE, theme.PEOPLE))
        total, count = xl_rowcol_to_cell(row, _TOTAL), cell.ref
        # ISNUMBER too: Excel takes any text for greater than any number.
        rule = f"=AND(ISNUMBER({count}),{count}=INT({count}),{count}>=0,{count}<=N({total}))"
        self._validate(
            row,
            _COUNT,
            {"validate": "custom", "value": rule},
            title=_about(item),
            prompt=f"{self.form.base(item.base).group}. {_COUNT_PROMPT}",
            stop=_COUNT_STOP,
        )
        return cell

    def _share(self, row: int, cells: Covered) -> None:
        total, count = cells.total, cells.count
        rule = f'=IF(AND(ISNUMBER({count.ref}),N({total.ref})>0),{count.ref}/{total.ref},"")'
        look = self.formats(_GRID, theme.CENTRE, _AUTO, theme.BOLD, theme.SHARE)
        share = count.number / total.number if count.number is not None and total.number else ""
        self.sheet.write_formula(row, _SHARE, rule, look, share)

    def _beside_count(self, row: int, item: Item, given: str) -> Cell | None:
        """In «Выполнение»: the classes, or room for «не предусмотрено», or a mere label (None)."""
        if item.classes:
            return self._classes(row, item, given)
        if own_form.exemption(self.form, item):
            cell = self._input(row, _ANSWER, _ANSWER, given, _LEFT, theme.TEXT)
            self._prompt(row, _ANSWER, _about(item), self._or_exemption(item).strip())
            return cell
        self._merged(row, _ANSWER, _ANSWER, own_form.COVERED, _SMALL, theme.RIGHT)
        return None

    def _classes(self, row: int, item: Item, given: str) -> Cell:
        cell = self._input(row, _ANSWER, _ANSWER, given, _LEFT, _CLASSES)
        if not given:
            self.sheet.write_string(row, _ANSWER, own_form.CLASSES_WANTED, self.formats(_GRID, _LEFT, _CLASSES, _INPUT))
        # Text only: Excel would make a date of «5-9».
        rule = {"validate": "custom", "value": f"=ISTEXT({cell.ref})"}
        prompt = _CLASSES_PROMPT + self._or_exemption(item)
        self._validate(row, _ANSWER, rule, title=_about(item), prompt=prompt, stop=_CLASSES_STOP)
        wanted = {"type": "cell", "criteria": "==", "value": f'"{own_form.CLASSES_WANTED}"'}
        self.sheet.conditional_format(row, _ANSWER, row, _ANSWER, {**wanted, "format": self.book.add_format(_SMALL)})
        if exemption := own_form.exemption(self.form, item):
            plain = self.book.add_format(dict(theme.TEXT))  # shown without «классы:» before it
            instead = {"type": "cell", "criteria": "==", "value": f'"{exemption}"', "format": plain}
            self.sheet.conditional_format(row, _ANSWER, row, _ANSWER, instead)
        return cell

    def _volume(self, row: int, item: Item) -> None:
        given = prefill.entry(self.form, item.number, self.before)
        self._merged(row, _ANSWER, _COUNT, f"{item.hint or 'процент'} →", _SMALL, theme.RIGHT)
        looks = theme.CENTRE, theme.BOLD, theme.SHARE
        share = self._answer(item.number, self._input(row, _SHARE, _SHARE, given.answer, *looks))
        allowed = f"AND(ISNUMBER({share.ref}),{share.ref}>=0,{share.ref}<=1)"
        if exemption := own_form.exemption(self.form, item):
            allowed = f'OR({share.ref}="{exemption}",{allowed})'
        self._validate(
            row,
            _SHARE,
            {"validate": "custom", "value": f"={allowed}"},
            title=_about(item),
            prompt=f"Процент от 0 до 100, например 83 %.{self._or_exemption(item)}",
            stop="Впишите процент от 0 до 100 со знаком «%», например 83 %.",
        )
        self._check(row, self.checks.volume(item, share, given.note))

    def _yes_no(self, row: int, item: Item) -> None:
        given = prefill.entry(self.form, item.number, self.before)
        exemption = own_form.exemption(self.form, item)
        choices = [own_form.YES, own_form.NO, *([exemption] if exemption else [])]
        said = ", ".join(f"«{choice}»" for choice in choices)
        answer = self._answer(item.number, self._input(row, _ANSWER, _SHARE, given.answer, _LEFT))
        self._validate(
            row,
            _ANSWER,
            {"validate": "list", "source": choices},
            title=_about(item),
            prompt=f"Выберите из списка: {said}.",
            stop=f"Здесь может стоять только {said}: выберите из списка.",
        )
        self._check(row, self.checks.yes_no(item, answer, given.note))
        self._address(self._row(_LINE), item, given.beside)

    def _address(self, row: int, item: Item, given: str) -> None:
        self.sheet.write_blank(row, _NUMBER, None, self.formats(_GRID))
        self.sheet.write_string(row, _MEASURE, own_form.ADDRESS, self.formats(_GRID, _DEEPER))
        address = self._input(row, _ANSWER, _SHARE, given, _LEFT)
        self._prompt(row, _ANSWER, _about(item), "Адрес страницы, если он есть: https://…")
        self._check(row, self.checks.address(address))

    def _or_exemption(self, item: Item) -> str:
        exemption = own_form.exemption(self.form, item)
        return f" Или впишите «{exemption}»." if exemption else ""

    # ── below the table ──────────────────────────────────────────────────────────────────────────────────
    def _problems(self) -> None:
        problems = self.form.problems
        title = self._row(22)
        self.starts.append(title)
        self.sheet.write_string(title, _NUMBER, problems.title, self.formats(_SECTION))
        header = self._header(
            (self.form.recognise.number[0], problems.problem[0], problems.solution[0], "", "", "", own_form.CHECK),
            _LINE,
        )
        self.sheet.merge_range(header, _ANSWER, header, _SHARE, problems.solution[0], self.formats(theme.HEADER))
        said = prefill.rows_of(self.form, PROBLEM, self.before)
        given = {number: prefill.problem(number, self.before) for number in said}
        for n, (number, entry) in enumerate(given.items(), start=1):
            self.answers[number] = self._problem(n, entry).ref
        for n in range(len(given) + 1, len(given) + 1 + _spare_rows(own_form.PROBLEM_ROWS, given)):
            self._problem(n, Entry())

    def _problem(self, n: int, given: Entry) -> Cell:
        """A row of its own; returns the cell of the solution."""
        row = self._row(2 * 14)
        self.sheet.write_number(row, _NUMBER, n, self.formats(_GRID, theme.CENTRE))
        problem = self._input(row, _MEASURE, _MEASURE, given.title, _LEFT)
        self._prompt(row, _MEASURE, "Проблема", "Одна проблема в строке. Нет проблем — оставьте пустым.")
        solution = self._input(row, _ANSWER, _SHARE, given.answer, _LEFT)
        self._prompt(row, _ANSWER, "Решение", "Что сделано или что нужно, чтобы проблему решить.")
        self._check(row, self.checks.problem(problem, solution))
        return solution

    def _signatures(self) -> None:
        """Below the order's own note: whoever signs, on paper or not, and whoever can be asked."""
        note = self._row(_LINE)
        self.starts.append(note)
        self.sheet.write_string(note, _NUMBER, self.form.recognise.note[0], self.formats(_SMALL))
        title = self._row(22)
        self.sheet.write_string(title, _NUMBER, own_form.SIGNED, self.formats(_SECTION))
        for labels in own_form.SIGNERS:
            row = self._row(_LABEL)
            self._row(_SIGNING)
            for label, (first, last) in zip(labels, _SIGNED_IN, strict=True):
                self._signed_in(row, first, last, label)

    def _signed_in(self, row: int, first: int, last: int, label: str) -> None:
        """A label with room to write under it; a signature is written on paper."""
        self._merged(row, first, last, label, _PANEL, _SMALL)
        below, prompt = row + 1, _SIGNED_PROMPTS.get(label, "")
        if not prompt:
            self._merged(below, first, last, "")
            return
        self._input(below, first, last, None, _LEFT, theme.DATE if label == _SIGNED_ON else theme.TEXT)
        if label == _SIGNED_ON:
            rule = {"validate": "date", "criteria": "between", "minimum": self.form.order.date, "maximum": _LAST_DAY}
            self._validate(below, first, rule, title=own_form.SIGNED, prompt=prompt, stop=prompt)
        else:
            self._prompt(below, first, own_form.SIGNED, prompt)

    def _print_setup(self, header: int) -> None:
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.set_landscape()  # at its own size: upright its letters would be printed too small to be read
        sheet.set_paper(9)  # A4
        sheet.center_horizontally()
        sheet.set_margins(left=_SIDE, right=_SIDE, top=_TOP, bottom=_BOTTOM)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, _NUMBER, len(self.heights) - 1, _CHECK)
        sheet.repeat_rows(header)
        scale = min(1, math.floor(100 * (_A4_WIDTH - 2 * _SIDE) * _PIXELS / sum(_WIDTHS)) / 100)
        room = (_A4_HEIGHT - _TOP - _BOTTOM) * _POINTS / scale * _SAFE
        sheet.set_h_pagebreaks(page_breaks(self.heights, self.starts, room, self.heights[header]))
        sheet.set_footer(theme.footer(f"Форма {self.form.order.number}, версия {self.form.version}"))

    # ── cells ────────────────────────────────────────────────────────────────────────────────────────────
    def _row(self, height: float) -> int:
        """The next row, `height` points high."""
        row = len(self.heights)
        self.sheet.set_row(row, height)
        self.heights.append(height)
        return row

    def _merged(self, row: int, first: int, last: int, text: str, *looks: Look) -> None:
        look = self.formats(_GRID, _LEFT, *looks)
        if first < last:
            self.sheet.merge_range(row, first, row, last, "", look)
        else:
            self.sheet.write_blank(row, first, None, look)
        if text:
            self.sheet.write_string(row, first, text, look)

    def _input(self, row: int, first: int, last: int, given: str | float | None, *looks: Look) -> Cell:
        """A cell for the school to write in; what it said before stands there in italics."""
        look = self.formats(_GRID, *looks, _INPUT, *([] if given in (None, "") else [_GIVEN]))
        if first < last:
            self.sheet.merge_range(row, first, row, last, "", look)
        match given:
            case float():
                self.sheet.write_number(row, first, given, look)
            case None | "":
                self.sheet.write_blank(row, first, None, look)
            case _:
                self.sheet.write_string(row, first, given, look)
                self._at_least(row, theme.text_height(given, sum(_WIDTHS[first : last + 1]), 9) + 6)
        return Cell(xl_rowcol_to_cell(row, first), given)

    def _answer(self, number: str, cell: Cell) -> Cell:
        """The cell, noted as the one where item `number` is answered."""
        self.answers[number] = cell.ref
        return cell

    def _check(self, row: int, hint: Hint) -> None:
        self.sheet.write_formula(row, _CHECK, hint.formula, self.formats(_GRID, _LEFT, _SMALL), hint.text)
        self.hints.append(hint.text)
        self._at_least(row, theme.text_height(hint.longest, _WIDTHS[_CHECK], 8) + 6)

    def _coloured(self, *area: int) -> None:
        """Hints that want action, and those that say it is done; each has its mark as well."""
        looks = {Mark.BELOW: {**theme.ACTION, **theme.BOLD}, Mark.ON_PLAN: {"font_color": theme.NAVY}}
        for mark, look in looks.items():
            begun = {"type": "text", "criteria": "begins with", "value": mark, "format": self.book.add_format(look)}
            self.sheet.conditional_format(*area, begun)

    def _at_least(self, row: int, height: float) -> None:
        self.heights[row] = max(self.heights[row], height)
        self.sheet.set_row(row, self.heights[row])

    def _prompt(self, row: int, column: int, title: str, prompt: str) -> None:
        """Words shown when the cell is entered; it takes anything."""
        options = {"validate": "any", "input_title": title, "input_message": prompt}
        self.sheet.data_validation(row, column, row, column, options)

    def _validate(
        self, row: int, column: int, rule: Mapping[str, object], *, title: str, prompt: str, stop: str
    ) -> None:
        words = {"input_title": title, "input_message": prompt, "error_title": title, "error_message": stop}
        self.sheet.data_validation(row, column, row, column, {**rule, **words})


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


def _spare_rows(usual: int, given: Sized) -> int:
    """Empty rows below those filled in already: the usual number of rows in all, but one at least."""
    return max(usual - len(given), 1)


def _about(item: Item) -> str:
    return f"Пункт {item.number}"


def _place(sheet: str, row: int, column: int) -> str:
    """The cell for a defined name: 'Отчёт'!$C$6."""
    return f"{quote_sheetname(sheet)}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"


# ── the hidden sheet ─────────────────────────────────────────────────────────────────────────────────────
def _write_meta(book: Workbook, form: Form, school: School | None, as_of: date, dated: bool) -> None:
    """What the reader is told about this copy of the form; nobody sees it."""
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
    sheet.protect()
    sheet.very_hidden()
