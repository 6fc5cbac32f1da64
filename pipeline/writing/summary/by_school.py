"""Sheet «По школам»: every figure with a unit of every school, and above it what the municipality makes of them."""

from xlsxwriter.utility import xl_range_abs

from pipeline import wording
from pipeline.measuring.figures import Figures, Measure, NumberTotal, SchoolNumber, Share
from pipeline.writing.pages import doubts, theme, titles
from pipeline.writing.pages.doubts import marked
from pipeline.writing.pages.figures_said import main_total, number_look, titles_of
from pipeline.writing.pages.page import (
    FIRST_ROW,
    MOST_ROWS,
    NOT_PROVIDED,
    Column,
    Page,
    said_of_rest,
    school_column,
    written,
)
from pipeline.writing.pages.theme import Look, Mark
from pipeline.writing.pages.words import BLANK
from schemas.form import Item, Kind

HEADER_ROW, TOTAL_ROW, COUNTED_ROW, DATA_ROW = range(FIRST_ROW, FIRST_ROW + 4)
CODE, SCHOOL, FIRST_ITEM = 0, 1, 2
_INSTEAD = {
    Share.SET_ASIDE: (Mark.ERROR, (theme.ACTION, theme.BOLD)),
    Share.NOT_APPLICABLE: (NOT_PROVIDED, (theme.QUIET,)),
    Share.NO_ANSWER: (BLANK, (theme.QUIET,)),
    Share.NO_REPORT: (Mark.NO_ANSWER, (theme.QUIET,)),
}


def write(page: Page) -> None:
    figures = page.book.figures
    items = shown_items(figures)
    columns = [Column("Код", 6), school_column(figures), *(Column(_heading(figures, item), 13) for item in items)]
    not_asked = any(item.may_be_not_required or item.may_be_not_provided for item in items)
    none = "таких классов или людей в школе нет" + (" либо это от неё не требуется" if not_asked else "")
    page.head(
        f"Показатели по школам {wording.on(figures.as_of, figures.every)}",
        f"Что указала каждая школа. «{Mark.ERROR}» — показатель отложен из-за замечания, «{NOT_PROVIDED}» — {none}, "
        f"«{BLANK}» — в отчёте нет ответа, «{Mark.NO_ANSWER}» — нет отчёта. Итог "
        "складывается по учтённым школам, среднее — Σ ÷ Σ, если приказ не велит иного."
        f"{said_of_rest(figures.schools, 'indicators.csv')}{doubts.legend(figures)}",
        columns,
        across=True,
    )
    page.header(HEADER_ROW, columns, height=92)
    _write_totals(page, items)
    last = _write_schools(page, items)
    page.table(COUNTED_ROW, last, len(columns), frozen_columns=SCHOOL + 1)


def shown_items(figures: Figures) -> list[Item]:
    """Whatever a school has one figure of, a choice, a yes or no, in the form's order."""
    form = figures.form
    asked = (item for item in form.questions if item.counted_over_schools)
    return [item for item in asked if form.item(item.number.partition("/")[0]).kind is not Kind.ROWS]


def formula_of(figures: Figures, total: NumberTotal) -> str:
    """The municipality's figure over the schools of this sheet; blank where it is none of them, or not all are here."""
    numbers = [item.number for item in shown_items(figures)]
    if (
        total.item not in numbers
        or total.period != figures.period
        or not figures.schools
        or len(figures.schools) > MOST_ROWS
    ):
        return ""
    match total.measure:
        case Measure.SUM | Measure.SINCE_NEW_YEAR:
            return f"=SUM({_area(figures, numbers.index(total.item))})"
        case Measure.MEAN:
            return f"=AVERAGE({_area(figures, numbers.index(total.item))})"
        case Measure.RATIO:
            row = total.item.partition("/")[0]
            over, under = (
                _area(figures, numbers.index(f"{row}/{column}")) for column in figures.form.item(total.item).ratio
            )
            return f"=SUMPRODUCT({over},--ISNUMBER({under}))/SUMPRODUCT({under},--ISNUMBER({over}))"
        case _:
            return ""


def _area(figures: Figures, index: int) -> str:
    column = FIRST_ITEM + index
    return f"'{titles.BY_SCHOOL}'!{xl_range_abs(DATA_ROW, column, DATA_ROW + len(figures.schools) - 1, column)}"


def _heading(figures: Figures, item: Item) -> str:
    form = figures.form
    row, slash, _ = item.number.partition("/")
    if not slash:
        *over, title = titles_of(form, item)
        return "|".join([row, *(wording.shortened(one, 40) for one in over), wording.shortened(title, 60)])
    named = form.item(row).title, form.column_of(item.number).title
    return f"{row}|{'|'.join(wording.shortened(wording.unbroken(said), 40) for said in named)}"


def _write_totals(page: Page, items: list[Item]) -> None:
    figures = page.book.figures
    page.number(TOTAL_ROW, CODE, None, theme.TOTAL)
    page.text(TOTAL_ROW, SCHOOL, "Муниципалитет", theme.TOTAL)
    page.number(COUNTED_ROW, CODE, None, theme.ROW)
    page.text(COUNTED_ROW, SCHOOL, "учтено школ / всего", theme.ROW, theme.SMALL, theme.QUIET)
    for column, item in enumerate(items, FIRST_ITEM):
        total = main_total(figures, item.number)
        if total is None or total.value is None or item.answers:  # which answer how often: «Показатели»
            page.text(TOTAL_ROW, column, Mark.NONE, theme.TOTAL, theme.CENTRE)
        else:
            look = marked(doubts.is_total_doubted(figures, total), theme.TOTAL, number_look(item, total.measure))
            _write_total(page, column, formula_of(figures, total), total.value, look)
        counted = total.counted if total else 0
        quiet = theme.ROW, theme.CENTRE, theme.SMALL, theme.QUIET, theme.out_of(len(figures.schools))
        page.number(COUNTED_ROW, column, counted, *quiet)


def _write_total(page: Page, column: int, formula: str, value: float, looks: tuple[Look, ...]) -> None:
    if formula:
        page.formula(TOTAL_ROW, column, formula, value, *looks)
    else:
        page.number(TOTAL_ROW, column, value, *looks)


def _write_schools(page: Page, items: list[Item]) -> int:
    """Index of the last row."""
    figures = page.book.figures
    said = {(one.school_code, one.item): one for one in figures.numbers.schools}
    row = DATA_ROW - 1
    for row, school in enumerate(written(figures.schools), DATA_ROW):
        page.text(row, CODE, school.code, theme.ROW, theme.QUIET, theme.TEXT)
        page.text(row, SCHOOL, school.name, theme.ROW)
        for column, item in enumerate(items, FIRST_ITEM):
            doubted = doubts.is_item_doubted(figures, item.number, school.code)
            _write_answer(page, row, column, item, said[school.code, item.number], doubted)
    return row


def _write_answer(page: Page, row: int, column: int, item: Item, answer: SchoolNumber, doubted: bool) -> None:
    if answer.value is not None:
        page.number(row, column, answer.value, *marked(doubted, theme.ROW, number_look(item)))
    elif answer.chosen:
        page.text(row, column, "; ".join(answer.chosen), *marked(doubted, theme.ROW, theme.SMALL, theme.WRAP))
    else:
        text, looks = _INSTEAD[answer.share]
        page.text(row, column, text, theme.ROW, theme.CENTRE, *looks)
