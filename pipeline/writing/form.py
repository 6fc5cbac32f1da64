"""The standard form that a school fills in: one workbook a school. `schemas/own_form.py` says how it lies on its sheet.

The order's own table in the order's own words; yellow is filled in by the school, grey is computed. Items, bases,
hints and targets come from the Form: nothing here knows a particular order.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from pipeline.reading.records import School
from pipeline.writing import theme
from pipeline.writing.theme import Formats, Look
from schemas import own_form
from schemas.form import Form, Item, Kind
from schemas.own_form import Meta


def write_form(form: Form, school: School | None, as_of: date) -> bytes:
    """The form for `school` on `as_of` as the bytes of an .xlsx file; None: a blank one for any school."""
    target = BytesIO()
    book = theme.open_workbook(target, title=form.title, author=form.office, created=as_of)
    formats = Formats(book)
    _ReportSheet(book, formats, form, school, as_of).write()
    _write_help(book, formats, form)
    _write_meta(book, form, school, as_of)
    book.close()
    return target.getvalue()


# ── looks ────────────────────────────────────────────────────────────────────────────────────────────────
_GRID: Look = {"border": 1, "border_color": theme.GRID, "text_wrap": True, "font_size": 9}
_LEFT: Look = {"align": "left", "indent": 1}
_DEEPER: Look = {"align": "left", "indent": 2}
_INPUT: Look = {"bg_color": theme.INPUT, "locked": False}
_AUTO: Look = {"bg_color": theme.AUTO}
_PANEL: Look = {"bg_color": theme.PANEL}
_SMALL: Look = {"font_size": 8, "font_color": theme.GREY}
_HINT: Look = {"font_size": 7, "font_color": theme.GREY, "italic": True}
_PASSPORT_LABEL: Look = {"font_size": 7, "align": "center"}
_SECTION: Look = {"bold": True, "font_color": theme.NAVY}
_CLASSES: Look = {"num_format": '"классы: "@'}  # the cell's value is the classes alone

# ── the sheet's measures ─────────────────────────────────────────────────────────────────────────────────
_NUMBER, _MEASURE, _ANSWER, _TOTAL, _COUNT, _SHARE, _CHECK = range(7)
_WIDTHS = (44, 326, 210, 66, 66, 68, 190)  # pixels
_ANSWER_WIDTH = sum(_WIDTHS[_ANSWER:])
_LINE, _ITEM, _WRITING = 18, 24, 36  # least heights in points: a line of its own, an item, room for some sentences
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
    f"Нужно целое число людей от 0 до «{own_form.TOTAL}», без слов и процентов. "
    f"Если «{own_form.TOTAL}» пусто, сначала впишите сведения о школе вверху листа."
)
_CLASSES_PROMPT = "Классы через тире и запятую: 1–11 или 5–9, 11."
_CLASSES_STOP = "Впишите классы текстом: «1–11», «5–9, 11»; один класс — «9 класс»."


class _Figure(NamedTuple):
    """A figure of the passport. `name`: the defined name of its cell, blank where nothing refers to it."""

    label: str
    name: str
    people: float | None


class _ReportSheet:
    """The sheet «Отчёт», written from top to bottom. Rows and columns count from 0."""

    def __init__(self, book: Workbook, formats: Formats, form: Form, school: School | None, as_of: date) -> None:
        self.book = book
        self.sheet = book.add_worksheet(own_form.SHEET)
        self.formats = formats
        self.form = form
        self.school = school
        self.as_of = as_of
        self.heights: list[float] = []  # of the rows so far, points
        self.starts: dict[int, Item] = {}  # row -> the item without a parent that begins there

    def write(self) -> None:
        for column, width in enumerate(_WIDTHS):
            self.sheet.set_column_pixels(column, column, width)
        self._head()
        self._passport()
        header = self._header(own_form.HEADINGS, 32)
        self.sheet.freeze_panes(header + 1, 0)
        for item in self.form.items:
            self._item(item)
        self._problems()
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
        guide = self._row(22)
        text = f"Заполните жёлтые ячейки сверху вниз. Как именно — на листе «{own_form.HELP_SHEET}»."
        self.sheet.merge_range(guide, _NUMBER, guide, _CHECK, text, self.formats(theme.GOOD, theme.BOLD, _LEFT))

    def _school(self, row: int) -> None:
        self._head_label(row, self.form.recognise.school[0])
        if self.school:
            line = own_form.school_line(self.school.full_name or self.school.name, self.school.code)
            self._merged(row, _ANSWER, _CHECK, line, _AUTO, theme.BOLD)
        else:
            self._merged(row, _ANSWER, _CHECK, "", _INPUT, theme.BOLD)
            self._prompt(row, _ANSWER, "Школа", "Название школы, как в её документах.")

    def _as_of(self, row: int) -> None:
        self._head_label(row, self.form.recognise.as_of[0])
        look = self.formats(_GRID, _LEFT, _INPUT, theme.BOLD, theme.DATE)
        self.sheet.write_datetime(row, _ANSWER, self.as_of, look)
        self._merged(row, _TOTAL, _CHECK, "Жёлтое заполняете вы, серое считается само.", _SMALL)
        self._validate(
            row,
            _ANSWER,
            {"validate": "date", "criteria": "between", "minimum": self.form.order.date, "maximum": _LAST_DAY},
            title="Дата отчёта",
            prompt="Дата, на которую составлен отчёт: ДД.ММ.ГГГГ.",
            stop=f"Впишите дату как ДД.ММ.ГГГГ, не раньше {self.form.order.date:%d.%m.%Y}.",
        )

    def _head_label(self, row: int, text: str) -> None:
        look = self.formats(theme.BOLD, theme.RIGHT, {"font_size": 9, "indent": 1})
        self.sheet.merge_range(row, _NUMBER, row, _MEASURE, text, look)

    def _passport(self) -> None:
        """Labels over figures, the first and the last of a row in its wide cells: wholes, classes, parts of wholes."""
        figures = [
            *(_Figure(b.label, b.name, self._people(b.id)) for b in self.form.bases if not b.part_of),
            _Figure(own_form.CLASSES, "", self.school.classes if self.school else None),
            *(_Figure(b.label, b.name, self._people(b.id)) for b in self.form.bases if b.part_of),
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
        if figure.name:
            self.book.define_name(figure.name, f"={_place(own_form.SHEET, row, column)}")
        self._validate(
            row,
            column,
            {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": _MOST_PEOPLE},
            title="Сведения о школе",
            prompt=f"{figure.label}: целое число.",
            stop=f"Впишите целое число от 0 до {_MOST_PEOPLE}, без слов.",
        )

    def _people(self, base: str) -> float | None:
        return self.school.bases.get(base) if self.school else None

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
            self.starts[row] = item
        self._number(row, item.number)
        self._measure(row, item)
        match item.kind:
            case Kind.GROUP:
                self._merged(row, _ANSWER, _CHECK, self._guide(item), _PANEL, _SMALL)
            case Kind.PERSON | Kind.TEXT | Kind.DOCUMENT:
                self._text(row, item)
            case Kind.COVERAGE:
                self._coverage(row, item)
            case Kind.VOLUME:
                self._volume(row, item)
            case Kind.YES_NO:
                self._yes_no(row, item)
            case Kind.ACTS:
                self._merged(row, _ANSWER, _CHECK, self._guide(item), _PANEL, _SMALL)
                self._acts(item)

    def _item_height(self, item: Item) -> float:
        width = _WIDTHS[_MEASURE]
        measure = theme.text_height(_title(item), width, 9) + 6
        if hint := self._hint(item):
            measure += theme.text_height(hint, width, 7)
        guide = theme.text_height(self._guide(item), _ANSWER_WIDTH, 8) + 6
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
        if exemption := _exemption(self.form, item):
            hint = f"{hint} или впишите «{exemption}»".strip()
        return hint

    def _guide(self, item: Item) -> str:
        """What stands to the right of an item that is answered in the rows below it."""
        if item.kind is Kind.GROUP:
            counted = any(below.parent == item.number and below.kind is Kind.COVERAGE for below in self.form.items)
            return ": ".join(filter(None, [item.hint, "впишите число людей, процент посчитается" if counted else ""]))
        if item.kind is not Kind.ACTS:
            return ""
        details = item.hint.strip("()") or "реквизиты"
        guide = f"Слева — название, справа — {details}: № … от ДД.ММ.ГГГГ. Лишние строки оставьте пустыми."
        if exemption := _exemption(self.form, item):
            guide += f" Если документы не нужны, впишите в первую строку «{exemption}»."
        return guide

    # ── answers by kind ──────────────────────────────────────────────────────────────────────────────────
    def _text(self, row: int, item: Item) -> None:
        self._merged(row, _ANSWER, _SHARE, "", _INPUT)
        self._prompt(row, _ANSWER, _about(item), _TEXT_PROMPTS[item.kind] + self._or_exemption(item))
        self._check(row)

    def _acts(self, item: Item) -> None:
        for n in range(1, own_form.ACT_ROWS + 1):
            row = self._row(_LINE)
            self._number(row, f"{item.number}.{n}")
            self.sheet.write_blank(row, _MEASURE, None, self.formats(_GRID, _LEFT, _INPUT))
            exempt = self._or_exemption(item) if n == 1 else ""
            self._prompt(row, _MEASURE, _about(item), f"Название документа.{exempt}")
            self._merged(row, _ANSWER, _SHARE, "", _INPUT)
            self._prompt(row, _ANSWER, _about(item), _TEXT_PROMPTS[Kind.DOCUMENT])
            self._check(row)

    def _coverage(self, row: int, item: Item) -> None:
        self._beside_count(row, item)
        self._total(row, item)
        self._count(row, item)
        self._share(row)
        self._check(row)

    def _total(self, row: int, item: Item) -> None:
        name, people = self.form.base(item.base).name, self._people(item.base)
        look = self.formats(_GRID, theme.CENTRE, _AUTO, theme.PEOPLE)
        self.sheet.write_formula(row, _TOTAL, f'=IF({name}="","",{name})', look, "" if people is None else people)

    def _count(self, row: int, item: Item) -> None:
        self.sheet.write_blank(row, _COUNT, None, self.formats(_GRID, theme.CENTRE, _INPUT, theme.PEOPLE))
        total, count = xl_rowcol_to_cell(row, _TOTAL), xl_rowcol_to_cell(row, _COUNT)
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

    def _share(self, row: int) -> None:
        total, count = xl_rowcol_to_cell(row, _TOTAL), xl_rowcol_to_cell(row, _COUNT)
        rule = f'=IF(AND(ISNUMBER({count}),N({total})>0),{count}/{total},"")'
        look = self.formats(_GRID, theme.CENTRE, _AUTO, theme.BOLD, theme.SHARE)
        self.sheet.write_formula(row, _SHARE, rule, look, "")

    def _beside_count(self, row: int, item: Item) -> None:
        """In «Выполнение»: the classes, or room for «не предусмотрено», or a mere label."""
        if item.classes:
            self._classes(row, item)
        elif _exemption(self.form, item):
            self._merged(row, _ANSWER, _ANSWER, "", _INPUT, theme.TEXT)
            self._prompt(row, _ANSWER, _about(item), self._or_exemption(item).strip())
        else:
            self._merged(row, _ANSWER, _ANSWER, own_form.COVERED, _SMALL, theme.RIGHT)

    def _classes(self, row: int, item: Item) -> None:
        self._merged(row, _ANSWER, _ANSWER, "", _INPUT, _CLASSES)
        # Text only: Excel would make a date of «5-9».
        rule = {"validate": "custom", "value": f"=ISTEXT({xl_rowcol_to_cell(row, _ANSWER)})"}
        prompt = _CLASSES_PROMPT + self._or_exemption(item)
        self._validate(row, _ANSWER, rule, title=_about(item), prompt=prompt, stop=_CLASSES_STOP)
        if exemption := _exemption(self.form, item):
            plain = self.book.add_format(dict(theme.TEXT))  # shown without «классы:» before it
            instead = {"type": "cell", "criteria": "==", "value": f'"{exemption}"', "format": plain}
            self.sheet.conditional_format(row, _ANSWER, row, _ANSWER, instead)

    def _volume(self, row: int, item: Item) -> None:
        self._merged(row, _ANSWER, _COUNT, f"{item.hint or 'процент'} →", _SMALL, theme.RIGHT)
        self.sheet.write_blank(row, _SHARE, None, self.formats(_GRID, theme.CENTRE, _INPUT, theme.BOLD, theme.SHARE))
        cell = xl_rowcol_to_cell(row, _SHARE)
        allowed = f"AND(ISNUMBER({cell}),{cell}>=0,{cell}<=1)"
        if exemption := _exemption(self.form, item):
            allowed = f'OR({cell}="{exemption}",{allowed})'
        self._validate(
            row,
            _SHARE,
            {"validate": "custom", "value": f"={allowed}"},
            title=_about(item),
            prompt=f"Процент от 0 до 100, например 83 %.{self._or_exemption(item)}",
            stop="Впишите процент от 0 до 100 со знаком «%», например 83 %.",
        )
        self._check(row)

    def _yes_no(self, row: int, item: Item) -> None:
        exemption = _exemption(self.form, item)
        choices = [own_form.YES, own_form.NO, *([exemption] if exemption else [])]
        said = ", ".join(f"«{choice}»" for choice in choices)
        self._merged(row, _ANSWER, _SHARE, "", _INPUT)
        self._validate(
            row,
            _ANSWER,
            {"validate": "list", "source": choices},
            title=_about(item),
            prompt=f"Выберите из списка: {said}.",
            stop=f"Здесь может стоять только {said}: выберите из списка.",
        )
        self._check(row)
        address = self._row(_LINE)
        self.sheet.write_blank(address, _NUMBER, None, self.formats(_GRID))
        self.sheet.write_string(address, _MEASURE, own_form.ADDRESS, self.formats(_GRID, _DEEPER))
        self._merged(address, _ANSWER, _SHARE, "", _INPUT)
        self._prompt(address, _ANSWER, _about(item), "Адрес страницы, если он есть: https://…")
        self._check(address)

    def _or_exemption(self, item: Item) -> str:
        exemption = _exemption(self.form, item)
        return f" Или впишите «{exemption}»." if exemption else ""

    # ── below the table ──────────────────────────────────────────────────────────────────────────────────
    def _problems(self) -> None:
        problems = self.form.problems
        title = self._row(22)
        self.sheet.write_string(title, _NUMBER, problems.title, self.formats(_SECTION))
        header = self._header(
            (own_form.NUMBER, problems.problem[0], problems.solution[0], "", "", "", own_form.CHECK), _LINE
        )
        self.sheet.merge_range(header, _ANSWER, header, _SHARE, problems.solution[0], self.formats(theme.HEADER))
        for n in range(1, own_form.PROBLEM_ROWS + 1):
            row = self._row(2 * 14)
            self.sheet.write_number(row, _NUMBER, n, self.formats(_GRID, theme.CENTRE))
            self.sheet.write_blank(row, _MEASURE, None, self.formats(_GRID, _LEFT, _INPUT))
            self._prompt(row, _MEASURE, "Проблема", "Одна проблема в строке. Нет проблем — оставьте пустым.")
            self._merged(row, _ANSWER, _SHARE, "", _INPUT)
            self._prompt(row, _ANSWER, "Решение", "Что сделано или что нужно, чтобы проблему решить.")
            self._check(row)
        note = self._row(_LINE)
        self.sheet.write_string(note, _NUMBER, self.form.recognise.note[0], self.formats(_SMALL))

    def _print_setup(self, header: int) -> None:
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.set_portrait()
        sheet.set_paper(9)  # A4
        sheet.center_horizontally()
        sheet.set_margins(left=0.4, right=0.4, top=0.45, bottom=0.55)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, _NUMBER, len(self.heights) - 1, _CHECK)
        sheet.repeat_rows(header)
        sheet.set_h_pagebreaks(self._page_breaks())
        sheet.set_footer(theme.footer(f"Форма {self.form.order.number}, версия {self.form.version}"))

    def _page_breaks(self) -> list[int]:
        """The row that begins page two: the first group of items past the middle, else the first item past it."""
        late = [row for row in self.starts if sum(self.heights[:row]) > sum(self.heights) / 2]
        groups = [row for row in late if self.starts[row].kind is Kind.GROUP]
        return (groups or late)[:1]

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

    def _check(self, row: int) -> None:
        self.sheet.write_blank(row, _CHECK, None, self.formats(_GRID, _LEFT, _SMALL))

    def _prompt(self, row: int, column: int, title: str, prompt: str) -> None:
        """Words shown when the cell is entered; it takes anything."""
        options = {"validate": "any", "input_title": title, "input_message": prompt}
        self.sheet.data_validation(row, column, row, column, options)

    def _validate(
        self, row: int, column: int, rule: Mapping[str, object], *, title: str, prompt: str, stop: str
    ) -> None:
        words = {"input_title": title, "input_message": prompt, "error_title": title, "error_message": stop}
        self.sheet.data_validation(row, column, row, column, {**rule, **words})


def _title(item: Item) -> str:
    """The order's words with what it prints after them to be filled in."""
    return f"{item.title} {item.blank}".strip()


def _exemption(form: Form, item: Item) -> str:
    """What a school may write instead of an answer; blank where the order asks for one in any case."""
    if item.may_be_not_provided:
        return form.recognise.not_provided[0]
    return form.recognise.not_required[0] if item.may_be_not_required else ""


def _about(item: Item) -> str:
    return f"Пункт {item.number}"


def _place(sheet: str, row: int, column: int) -> str:
    """The cell for a defined name: 'Отчёт'!$C$6."""
    return f"{quote_sheetname(sheet)}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"


# ── the other sheets ─────────────────────────────────────────────────────────────────────────────────────
def _write_help(book: Workbook, formats: Formats, form: Form) -> None:
    sheet = book.add_worksheet(own_form.HELP_SHEET)
    sheet.hide_gridlines(2)
    sheet.set_column_pixels(0, 0, 34)
    sheet.set_column_pixels(1, 1, 640)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, own_form.HELP_SHEET, formats(theme.TITLE))
    for n, sentence in enumerate(_instructions(form), start=1):
        sheet.set_row(n, theme.text_height(sentence, 640) + 8)
        sheet.write_string(n, 0, f"{n}.", formats(theme.BOLD, {"font_color": theme.NAVY, "valign": "top"}))
        sheet.write_string(n, 1, sentence, formats(theme.WRAP, {"valign": "top"}))
    sheet.set_portrait()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(theme.footer(f"Форма {form.order.number}, версия {form.version}"))
    sheet.protect()


def _instructions(form: Form) -> Iterator[str]:
    """How to fill in the form, a sentence each; what the form does not ask for is not explained."""
    kinds = {item.kind for item in form.items}
    yield "Заполняйте только жёлтые ячейки: серые считаются сами; выберите ячейку, и появится подсказка."
    yield f"Проверьте дату «{form.recognise.as_of[0]}» над таблицей: все ответы дайте на эту дату."
    yield (
        "Проверьте сведения о школе над таблицей и исправьте, если они изменились: "
        f"от них считаются «{own_form.TOTAL}» и «{own_form.SHARE}»."
    )
    if Kind.COVERAGE in kinds:
        yield (
            f"Там, где спрашивают об охвате, впишите целое число людей в столбец «{own_form.COUNT}»: "
            "процент посчитается сам."
        )
    if any(item.classes for item in form.items):
        yield "Классы перечисляйте через тире и запятую: «1–11» или «5–9, 11»."
    if kinds & {Kind.DOCUMENT, Kind.ACTS}:
        yield "У документа укажите вид, номер и дату: «приказ № 12 от ДД.ММ.ГГГГ», каждый документ — в своей строке."
    exemptions = dict.fromkeys(filter(None, (_exemption(form, item) for item in form.items)))
    if exemptions:
        words = " или ".join(f"«{exemption}»" for exemption in exemptions)
        yield f"Где подсказка предлагает {words}, впишите эти слова вместо ответа, если отвечать не о чем."
    yield (
        "Пишите точные числа, без «около», «более» и диапазонов; если ничего не сделано — 0 или «нет»: "
        "пустая ячейка значит, что ответа нет."
    )
    yield "Проблемы впишите в таблицу внизу листа, по одной в строке, а рядом — их решение."
    yield "Сохраните файл книгой Excel (.xlsx), не меняя листов, строк и столбцов, и отправьте туда, откуда получили."


def _write_meta(book: Workbook, form: Form, school: School | None, as_of: date) -> None:
    """What the reader is told about this copy of the form; nobody sees it."""
    target = form.target_on(as_of)
    values: dict[Meta, str | float | None] = {
        Meta.FORM: form.id,
        Meta.VERSION: form.version,
        Meta.SCHOOL: school.code if school else None,
        Meta.AS_OF: as_of.isoformat(),
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
