"""Sheet «Охват»: a heat table of schools and coverage items, with Σ covered / Σ total above it."""

import math
from collections.abc import Sequence

from xlsxwriter.utility import xl_col_to_name

from pipeline import wording
from pipeline.measuring.figures import Figures, Share
from pipeline.measuring.rows import CoverageRow, GroupRow, coverage_rows, group_rows, totals_by_item
from pipeline.measuring.words import Spread, spreads
from pipeline.wording import NBSP
from pipeline.writing.pages import doubts, theme, titles
from pipeline.writing.pages.doubts import is_change_doubted, is_item_doubted, marked
from pipeline.writing.pages.page import (
    FIRST_ROW,
    HIGHEST_ROW,
    NOT_PROVIDED,
    Column,
    Page,
    fraction,
    said_of_rest,
    school_column,
    written,
)
from pipeline.writing.pages.theme import Look, Mark
from pipeline.writing.pages.words import BLANK, compared_with, told_apart
from pipeline.writing.summary import data, groups
from schemas.form import Form, Item

APART_ROW = FIRST_ROW - 1
GROUP_ROW, HEADER_ROW, TOTAL_ROW, COUNTED_ROW, CHANGE_ROW, COMPARED_ROW, DATA_ROW = range(FIRST_ROW, FIRST_ROW + 7)
CODE, SCHOOL, FIRST_ITEM = 0, 1, 2

_MOST_LOWEST = 3  # schools named beside the lowest share
NO_TOTAL = "—"  # an item without a headcount, or without one that is counted
_INSTEAD: dict[Share, tuple[str, tuple[Look, ...]]] = {
    Share.SET_ASIDE: (Mark.ERROR, (theme.ACTION, theme.BOLD)),
    Share.NOT_APPLICABLE: (NOT_PROVIDED, (theme.QUIET,)),
    Share.NO_ANSWER: (BLANK, (theme.QUIET,)),
    Share.NO_REPORT: (Mark.NO_ANSWER, (theme.QUIET,)),
}
_CELL: Look = {"border": 1, "border_color": theme.WHITE, "align": "center", "font_size": 9}
_QUIET = (theme.ROW, theme.CENTRE, theme.SMALL, theme.QUIET)
# Fill from this share on, and the colour of the text on it.
_HEAT = (
    (0.95, "#2F639A", theme.WHITE),
    (0.75, "#9DBBD8", theme.INK),
    (0.5, "#C9DAEA", theme.INK),
    (0, "#EDF2F8", theme.INK),
)


def write(page: Page) -> None:
    figures = page.book.figures
    items = figures.form.shown_items
    columns = [Column("Код", 6), school_column(figures), *(Column(f"{i.number}|{i.column}", 8.9) for i in items)]
    page.head(
        f"Охват по школам и пунктам отчёта {wording.on(figures.as_of, figures.every)}",
        f"Доля охваченных в школе. Чем темнее клетка, тем выше охват; «{Mark.BELOW}» — меньше 50 %, «{NOT_PROVIDED}» — "
        f"не предусмотрено, «{Mark.ERROR}» — показатель отложен из-за замечания, «{BLANK}» — в отчёте нет ответа, "
        f"«{Mark.NO_ANSWER}» — нет отчёта{_said_of_bases(figures)}. "
        "Итог — Σ охвачено / Σ всего по учтённым школам. Название школы ведёт к её строке на листе "
        f"«{titles.DATA}»: там люди, файл и ячейки.{doubts.legend(figures)}{_said_of_volumes(figures)}"
        f"{said_of_rest(figures.schools, 'indicators.csv')}",
        columns,
        across=True,
    )
    _write_apart(page, columns)
    _write_groups(page)
    page.header(HEADER_ROW, columns, height=52)
    _write_totals(page, items)
    _write_changes(page, items)
    last = _write_schools(page, items)
    _colour(page, last, len(columns) - 1)
    page.table(COMPARED_ROW, last, len(columns), frozen_columns=SCHOOL + 1)
    if figures.grouped:
        page.print_setup(_write_groups_of_schools(page, last, items, columns), len(columns), repeated=SCHOOL + 1)


def total_cell(form: Form, item: str) -> str:
    """Where the municipality's share of an item stands on this sheet."""
    column = FIRST_ITEM + [shown.number for shown in form.shown_items].index(item)
    return f"{xl_col_to_name(column)}{TOTAL_ROW + 1}"


def municipal_share(figures: Figures, item: str) -> float | str:
    """The value of `total_cell`."""
    percent = totals_by_item(figures)[item].percent
    return NO_TOTAL if math.isnan(percent) else percent / 100


def _said_of_volumes(figures: Figures) -> str:
    """What stands for a total where no people are behind the shares; blank where the form has no such item."""
    return wording.keep_together("".join(f" {_said_of(spread, figures)}" for spread in spreads(figures)))


def _said_of(spread: Spread, figures: Figures) -> str:
    lowest = wording.listed([school.name for school in spread.lowest], _MOST_LOWEST, wording.SCHOOL)
    full = f"100 % — {wording.schools(spread.full)}" if spread.full else "100 % нет ни у одной школы"
    return (
        f"П. {spread.item.number} ({spread.item.about}) не складывается: медиана {wording.percent(spread.median)}, "
        f"наименьшая доля {wording.percent(spread.least)} ({lowest}), {full}; "
        f"{wording.counted_of(spread.counted, len(figures.schools))}{_said_of_doubt(spread.item, figures)}."
    )


def _said_of_bases(figures: Figures) -> str:
    return f", «{Mark.CHECK}» в клетке — в реестре нет числа людей" if figures.unbased else ""


def _said_of_doubt(item: Item, figures: Figures) -> str:
    number = len(doubts.doubted_schools(figures, item.number))
    return f", из них под вопросом {wording.number(number)}" if number else ""


def _write_groups(page: Page) -> None:
    column = FIRST_ITEM
    for group in page.book.figures.form.coverage_groups:
        page.text(GROUP_ROW, column, group.title, theme.GROUP)
        column += len(group.items)


def _write_totals(page: Page, items: list[Item]) -> None:
    figures = page.book.figures
    expected = len(figures.schools)
    page.number(TOTAL_ROW, CODE, None, theme.TOTAL)
    page.text(TOTAL_ROW, SCHOOL, "Итого, % (Σ / Σ)", theme.TOTAL)
    page.number(COUNTED_ROW, CODE, None, theme.ROW)
    page.text(COUNTED_ROW, SCHOOL, "учтено школ / всего", theme.ROW, theme.SMALL, theme.QUIET)
    totals = totals_by_item(figures)
    for column, item in enumerate(items, FIRST_ITEM):
        _write_share(page, column, item)
        page.number(COUNTED_ROW, column, totals[item.number].counted, *_QUIET, theme.out_of(expected))


def _write_share(page: Page, column: int, item: Item) -> None:
    """Σ / Σ as a formula over the people of «Данные»."""
    figures = page.book.figures
    looks = marked(is_item_doubted(figures, item.number) and bool(item.base), theme.TOTAL, theme.CENTRE, theme.SHARE)
    share = municipal_share(figures, item.number)
    if item.base:
        covered, total = (data.sum_of(figures, item.number, figure) for figure in ("covered", "total"))
        formula = f'=IF({total}=0,"{NO_TOTAL}",{covered}/{total})'
        page.total(TOTAL_ROW, column, formula, share, figures.schools, *looks)
    else:
        page.text(TOTAL_ROW, column, NO_TOTAL, *looks)


def _write_apart(page: Page, columns: list[Column]) -> None:
    """One line above the table, as high as it needs: which totals have changed otherwise than the same schools."""
    figures = page.book.figures
    apart = ((item.number, told_apart(figures, item.number)) for item in figures.form.shown_items)
    said = [f"П.{NBSP}{number}: {why}." for number, why in apart if why]
    page.merged(APART_ROW, 0, len(columns) - 1, theme.WRAP, theme.SMALL)
    page.text(APART_ROW, 0, "\n".join(said), theme.WRAP, theme.SMALL)
    width = sum(column.pixels for column in columns)
    height = sum(theme.text_height(line, width, theme.SMALL_SIZE) for line in said) + 4
    page.sheet.set_row(APART_ROW, min(HIGHEST_ROW, max(theme.ROW_HEIGHT, height)))


def _write_changes(page: Page, items: list[Item]) -> None:
    """Percentage points since the reporting date before, over the schools that are counted on both, and how many they
    are."""
    before, times = compared_with(page.book.figures), wording.times(page.book.figures.every)
    page.number(CHANGE_ROW, CODE, None, theme.ROW)
    said = f"{wording.since(before.as_of, before.every)}, п.п." if before else f"{times.against_last}, п.п."
    page.text(CHANGE_ROW, SCHOOL, said, theme.ROW, theme.SMALL, theme.QUIET)
    page.number(COMPARED_ROW, CODE, None, theme.ROW)
    page.text(COMPARED_ROW, SCHOOL, f"у школ, учтённых {times.both}", theme.ROW, theme.SMALL, theme.QUIET)
    totals = totals_by_item(page.book.figures)
    for column, item in enumerate(items, FIRST_ITEM):
        points = totals[item.number].change
        if math.isnan(points):
            page.text(CHANGE_ROW, column, Mark.NONE, *_QUIET)
            page.text(COMPARED_ROW, column, Mark.NONE, *_QUIET)
        else:
            doubted = is_change_doubted(page.book.figures, item.number)
            page.number(CHANGE_ROW, column, points, *marked(doubted, *_QUIET, theme.POINTS))
            page.number(COMPARED_ROW, column, totals[item.number].change_schools, *_QUIET, theme.PEOPLE)


def _write_schools(page: Page, items: list[Item]) -> int:
    """Index of the last row."""
    figures = page.book.figures
    answers = {(row.school_code, row.item): row for row in coverage_rows(figures)}
    row = DATA_ROW - 1
    for index, school in enumerate(written(figures.schools)):
        row = DATA_ROW + index
        page.text(row, CODE, school.code, theme.ROW, theme.QUIET, theme.TEXT)
        page.link(row, SCHOOL, titles.DATA, school.name, theme.ROW, cell=data.school_cell(index))
        for column, item in enumerate(items, FIRST_ITEM):
            _write_answer(page, row, column, answers[school.code, item.number])
    return row


def _write_answer(page: Page, row: int, column: int, answer: CoverageRow) -> None:
    if answer.share == Share.COUNTED:
        doubted = is_item_doubted(page.book.figures, answer.item, answer.school_code)
        page.number(row, column, fraction(answer.percent), *marked(doubted, _CELL, theme.HEAT))
    else:
        text, looks = _INSTEAD[answer.share]
        if (answer.school_code, answer.item) in page.book.figures.unbased:
            text, looks = Mark.CHECK, (theme.PANEL_FILL, theme.BOLD)
        page.text(row, column, text, _CELL, *looks)


def _write_groups_of_schools(page: Page, last: int, items: list[Item], columns: Sequence[Column]) -> int:
    """Two rows a group below the schools, whose last row is `last`: Σ / Σ, and how many are counted. Index of the last
    row."""
    figures = page.book.figures
    groups.write_title(page, last + 2, FIRST_ITEM, titles.COVERAGE)
    of_group: dict[str, dict[str, GroupRow]] = {}
    for one in group_rows(figures):
        of_group.setdefault(one.group, {})[one.item] = one
    formulas = {item.number: _share_of_group(figures, item) for item in items if item.base}
    row = last + 1
    for name in figures.grouped:
        row += 2
        page.number(row, CODE, None, theme.ROW)
        page.text(row, SCHOOL, name, theme.ROW, theme.WRAP, theme.BOLD)
        page.fit_row(row, {SCHOOL: name}, columns)
        page.number(row + 1, CODE, None, theme.ROW)
        page.text(row + 1, SCHOOL, "учтено школ / всего", theme.ROW, theme.SMALL, theme.QUIET)
        for column, item in enumerate(items, FIRST_ITEM):
            _write_share_of_group(page, row, column, formulas.get(item.number, ""), of_group[name][item.number])
    return row + 1


def _share_of_group(figures: Figures, item: Item) -> str:
    """Σ / Σ over the schools of a group, with `{name}` in place of the cell that names it."""
    covered, total = (data.sum_of_group(figures, item.number, figure, "{name}") for figure in ("covered", "total"))
    return f'=IF({total}=0,"{NO_TOTAL}",{covered}/{total})'


def _write_share_of_group(page: Page, row: int, column: int, formula: str, group: GroupRow) -> None:
    """`formula`: blank for an item without people."""
    doubted = formula != "" and doubts.is_group_doubted(page.book.figures, group.item, group.group)
    looks = marked(doubted, theme.ROW, theme.CENTRE, theme.SHARE, theme.BOLD)
    if formula:
        share = NO_TOTAL if math.isnan(group.percent) else group.percent / 100
        name = f"${xl_col_to_name(SCHOOL)}${row + 1}"
        groups.write_subtotal(page, row, column, formula.format(name=name), share, *looks)
    else:
        page.text(row, column, NO_TOTAL, *looks)
    page.number(row + 1, column, group.counted, *_QUIET, theme.out_of(group.expected))


def _colour(page: Page, last_row: int, last_column: int) -> None:
    if last_row < DATA_ROW:
        return
    area = (DATA_ROW, FIRST_ITEM, last_row, last_column)
    first = f"{xl_col_to_name(FIRST_ITEM)}{DATA_ROW + 1}"
    for least, fill, ink in _HEAT:
        look = page.book.workbook.add_format({"bg_color": fill, "font_color": ink})
        criteria = f"=AND(ISNUMBER({first}),{first}>={least})"
        rule = {"type": "formula", "criteria": criteria, "format": look, "stop_if_true": True}
        page.sheet.conditional_format(*area, rule)
