"""Sheet «Показатели»: the municipality's figures in the layout of the order, its form filled in for the whole district.

Every figure that is added over schools is a live formula over «По школам».
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline import wording
from pipeline.measuring.figures import Figures, Measure, NumberTotal
from pipeline.writing.pages import doubts, theme, titles
from pipeline.writing.pages.figures_said import MEASURES, number_look, titles_of
from pipeline.writing.pages.page import FIRST_ROW, Column, Page
from pipeline.writing.pages.theme import Look, Mark
from pipeline.writing.summary import by_school
from schemas.form import Form, Item, Kind

NUMBER, TITLE, FIRST_FIGURE = 0, 1, 2
_WIDTH = 17.0  # of a column of figures
_LEAST = 3  # columns of figures: of what stands in no table

_CLOSED = "х"  # a cell that takes no answer
_INSTEAD: Look = {"align": "right"}


def write(page: Page) -> None:
    figures = page.book.figures
    form = figures.form
    widest = max([_LEAST, *(len(table.columns) + 1 for table in form.tables)])
    columns = [Column("№", 7), Column("Показатель", 46), *[Column("", _WIDTH)] * widest]
    page.head(
        f"Показатели муниципалитета {wording.on(figures.as_of, figures.every)}",
        "Форма приказа, заполненная по всем школам. Складывается только то, что складывать можно: средние — это Σ ÷ Σ "
        f"по школам, а не среднее школ, если приказ не велит иного; «{Mark.NONE}» — итога нет. «Учтено школ» — сколько "
        f"школ в числе; отложенные из-за замечаний не учтены. По каждой школе — лист «{titles.BY_SCHOOL}»."
        f"{doubts.legend(figures)}",
        columns,
        across=True,
    )
    row = FIRST_ROW
    for table, items in groupby(_shown(form), lambda item: item.table if item.kind is Kind.ROW else ""):
        group = list(items)
        row = _write_table(page, row, table, group) if table else _write_plain(page, row, group)
    page.print_setup(row - 2, len(columns), repeated=TITLE + 1)


def _shown(form: Form) -> Iterator[Item]:
    """What has a municipal figure: rows of tables, numbers, choices, yes or no, lists."""
    return (item for item in form.items if item.kind in (Kind.ROW, Kind.NUMBER, Kind.ROWS) or item.answers)


# ── what stands in no table ──────────────────────────────────────────────────────────────────────────────
def _write_plain(page: Page, row: int, items: Sequence[Item]) -> int:
    """A line for each figure. Index of the row after the block and the blank one below it."""
    figures = page.book.figures
    _header(page, row, ("№", "Показатель", "Что это", "Значение", "Учтено школ"))
    for total in (total for item in items for total in _totals_of(figures, item.number)):
        row += 1
        _write_line(page, row, total)
    return row + 2


def _totals_of(figures: Figures, number: str) -> Iterator[NumberTotal]:
    """Of the item, and of the columns of its list."""
    return (total for total in figures.numbers.totals if total.item.partition("/")[0] == number)


def _write_line(page: Page, row: int, total: NumberTotal) -> None:
    form = page.book.figures.form
    item = form.item(total.item)
    title = ": ".join(titles_of(form, item))
    said = f"{title}: {total.choice}" if total.choice else title
    page.text(row, NUMBER, total.item.partition("/")[0], theme.ROW, theme.TEXT, theme.QUIET)
    page.text(row, TITLE, said, theme.ROW, theme.WRAP)
    page.text(row, FIRST_FIGURE, _measure_said(total), theme.ROW, theme.WRAP, theme.SMALL)
    _write_figure(page, row, FIRST_FIGURE + 1, item, total)
    page.number(row, FIRST_FIGURE + 2, total.counted, theme.ROW, theme.CENTRE, theme.out_of(total.expected))
    columns = {TITLE: said, FIRST_FIGURE: _measure_said(total)}
    page.fit_row(row, columns, [Column("", 7), Column("", 46), Column("", _WIDTH)])


def _measure_said(total: NumberTotal) -> str:
    said = MEASURES[total.measure]
    if total.measure is Measure.PERIODS and total.missing:
        said += f"; нет {wording.count(total.missing, wording.REPORT, wording.Case.GENITIVE)}"
    return said


def _write_figure(page: Page, row: int, column: int, item: Item, total: NumberTotal) -> None:
    doubted = doubts.is_total_doubted(page.book.figures, total)
    look = doubts.marked(doubted, theme.ROW, number_look(item, total.measure), theme.BOLD)
    if total.value is None:
        page.text(row, column, Mark.NONE, theme.ROW, theme.QUIET, _INSTEAD)
        return
    formula = by_school.formula_of(page.book.figures, total)
    if formula:
        page.formula(row, column, formula, total.value, *look)
    else:
        page.number(row, column, total.value, *look)


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────
def _write_table(page: Page, row: int, table_id: str, rows: Sequence[Item]) -> int:
    """The order's table with municipal figures; below it, of flows, the same of the year. Index of the row after them
    and the blank one below."""
    figures = page.book.figures
    row = _write_block(
        page, row, table_id, rows, {t.item: t for t in reversed(figures.numbers.totals) if _is_now(figures, t)}
    )
    of_year = {t.item: t for t in figures.numbers.totals if t.item.partition("/")[0] in {r.number for r in rows}}
    of_year = {number: total for number, total in of_year.items() if not _is_now(figures, total)}
    if not of_year:
        return row
    missing = next(iter(of_year.values())).missing
    year = next(iter(of_year.values())).period
    lacking = f"; нет {wording.count(missing, wording.REPORT, wording.Case.GENITIVE)}" if missing else ""
    page.text(row - 1, TITLE, f"За {year} год: сумма представленных периодов{lacking}", theme.BOLD)
    return _write_block(page, row, table_id, rows, of_year)


def _is_now(figures: Figures, total: NumberTotal) -> bool:
    return total.period == figures.period


def _write_block(page: Page, row: int, table_id: str, rows: Sequence[Item], totals: dict[str, NumberTotal]) -> int:
    form = page.book.figures.form
    table = form.table(table_id)
    titles_of_columns = [column.title for column in table.columns]
    _header(page, row, ("№", next(iter(table.label), "Показатель"), *titles_of_columns, "Учтено школ"))
    for item in rows:
        row += 1
        page.text(row, NUMBER, item.number, theme.ROW, theme.TEXT, theme.QUIET)
        page.text(row, TITLE, wording.unbroken(item.title), theme.ROW, theme.WRAP)
        shown, words = [], dict[int, str]()
        for column, asked in enumerate(table.columns, FIRST_FIGURE):
            address = f"{item.number}/{asked.id}"
            total = totals.get(address)
            if not form.has(address):
                page.text(row, column, _CLOSED, theme.ROW, theme.CENTRE, theme.QUIET)
            elif total is None:
                page.text(row, column, Mark.NONE, theme.ROW, theme.QUIET, _INSTEAD)
            elif total.choice:
                shown.append(total.counted)
                words[column] = _write_answers(page, row, column, address)
            else:
                shown.append(total.counted)
                _write_figure(page, row, column, form.item(address), total)
        said = _counted_said(shown)
        page.text(row, FIRST_FIGURE + len(table.columns), said, theme.ROW, theme.CENTRE, theme.SMALL, theme.QUIET)
        widths = [Column("", 7), Column("", 46), *[Column("", _WIDTH)] * len(table.columns)]
        page.fit_row(row, {TITLE: item.title, **words}, widths)
    return row + 3


def _write_answers(page: Page, row: int, column: int, address: str) -> str:
    """How many schools have chosen each answer, «да — 6; нет — 2», and that text."""
    figures = page.book.figures
    totals = [total for total in figures.numbers.totals if total.item == address and _is_now(figures, total)]
    said = "; ".join(f"{one.choice} — {wording.number(one.value or 0)}" for one in totals if one.value) or Mark.NONE
    doubted = any(doubts.is_total_doubted(figures, total) for total in totals)
    page.text(row, column, doubts.with_mark(said, doubted), theme.ROW, theme.WRAP, _INSTEAD)
    return said


def _counted_said(counted: Sequence[int]) -> str:
    """«8», «7–8»: the least and the most of a row's figures."""
    return "–".join(str(one) for one in dict.fromkeys((min(counted), max(counted)))) if counted else Mark.NONE


def _header(page: Page, row: int, headings: Sequence[str]) -> None:
    page.sheet.set_row(row, 44)
    for column, heading in enumerate(headings):
        page.text(row, column, heading, theme.HEADER)
