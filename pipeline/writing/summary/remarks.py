"""Sheet «Замечания»: every remark with its place, what to do and how long it has stood, the gravest first."""

import math
from collections import Counter
from collections.abc import Iterator

from pipeline import wording
from pipeline.measuring.figures import Figures, RemarkAge
from pipeline.measuring.remark_history import identity
from pipeline.measuring.rows import reconciled_items
from pipeline.wording import NBSP
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.page import FIRST_ROW, LINK_ROW, Book, Column, Page, said_of_rest, written
from pipeline.writing.pages.remark_rows import SEVERITIES, WAIVED, listed
from pipeline.writing.pages.theme import Look
from schemas.remarks import Remark, Severity
from schemas.reports import PROBLEM

COLUMNS = (
    Column("Важность", 13),
    Column("Код", 6),
    Column("Школа", 22),
    Column("Пункт", 12),
    Column("Лист", 10),
    Column("Ячейка", 9),
    Column("Замечание", 54),
    Column("Что сделать", 44),
    Column("Ответ школы", 28),
    Column("Стоит с", 11),
    Column("Который раз|подряд", 13),
    Column("Файл", 26),
)
SEVERITY, CODE, SCHOOL, ITEM, SHEET, CELL, MESSAGE, TODO, VALUE, SINCE, TIMES, FILE = range(len(COLUMNS))

SUMMARY_ROW = LINK_ROW + 1
TOTAL_ROW, HEADER_ROW, DATA_ROW = range(FIRST_ROW, FIRST_ROW + 3)

_IN_TOTAL = {Severity.ERROR: "Ошибок", Severity.WARNING: "проверить", Severity.INFO: "сведений"}


def write(page: Page) -> None:
    figures = page.book.figures
    remarks = listed(page.book)
    elsewhere = ""
    if len(remarks) < len(figures.remarks):
        elsewhere = f" Прежние отчёты школ здесь не перечислены: они — на листе «{titles.METHOD}», в источниках."
    page.head(
        "Замечания к отчётам",
        "Ошибка — показатель отложен до исправления; «проверить» — учтён, но просим проверить; «сведение» — действий "
        f"не требует; «{WAIVED}» — исключение управления, показатель учтён. «Стоит с» — отчётная дата, с которой "
        f"замечание повторяется.{elsewhere}{said_of_rest(remarks, 'findings.csv')}",
        COLUMNS,
    )
    page.sheet.set_row(SUMMARY_ROW, 22)
    page.text(SUMMARY_ROW, 0, " ".join(_summary(figures)), theme.BOLD)
    page.header(HEADER_ROW, COLUMNS)
    names = {school.code: school.name for school in figures.schools}
    row = DATA_ROW - 1
    for row, remark in enumerate(written(remarks), DATA_ROW):
        _write_remark(page, row, remark, names.get(remark.school, ""))
    if row < DATA_ROW:
        row = DATA_ROW
        page.text(row, SEVERITY, "Замечаний нет.", theme.QUIET)
    _write_total(page, row, remarks)
    page.table(HEADER_ROW, row, len(COLUMNS), frozen_columns=SCHOOL + 1)


def places(book: Book) -> dict[Remark, str]:
    """Remark -> the cell of this sheet in which its row begins, for links; those of the rows that are written."""
    return {remark: f"A{row + 1}" for row, remark in enumerate(written(listed(book)), DATA_ROW)}


def _summary(figures: Figures) -> Iterator[str]:
    """What has been corrected, and what the headline share would be with the figures that are set aside."""
    remark_history, found = figures.remark_history, figures.reconciliation
    if remark_history.raised:
        yield f"Исправлено с прошлой отчётной даты: {len(remark_history.corrected)} из {remark_history.raised}."
    if not found.set_aside:
        return
    aside = wording.count(len(found.set_aside), ("показатель", "показателя", "показателей"))
    said = f"Отложено до исправления: {aside}"
    headline = reconciled_items(found)[figures.form.headline.item]
    counted, with_aside = headline.percent, headline.percent_with_set_aside
    if not math.isnan(counted):
        was, would_be = wording.percent(counted), wording.percent(with_aside)
        shares = f"останется {was}" if would_be == was else f"— {would_be} вместо {was}"
        said += f"; если отложенное верно, {wording.lowered(figures.form.headline.name)} {shares}"
    yield f"{said}."


def _write_total(page: Page, last: int, remarks: list[Remark]) -> None:
    """«Ошибок: 2 · проверить: 2 · сведений: 1», live."""
    by_severity = Counter(remark.severity for remark in remarks)
    area = f"A{DATA_ROW + 1}:A{last + 1}"
    counted = [
        f'"{said}: "&COUNTIF({area},"{SEVERITIES[severity][0].replace("?", "~?")}*")'
        for severity, said in _IN_TOTAL.items()
    ]
    value = " · ".join(f"{said}: {by_severity[severity]}" for severity, said in _IN_TOTAL.items())
    for column in range(len(COLUMNS)):
        page.number(TOTAL_ROW, column, None, theme.TOTAL)
    page.total(TOTAL_ROW, SEVERITY, "=" + '&" · "&'.join(counted), value, remarks, theme.TOTAL)


def _write_remark(page: Page, row: int, remark: Remark, school: str) -> None:
    said, looks = SEVERITIES[remark.severity]
    cell = (theme.ROW, theme.WRAP, theme.TOP)
    texts = {
        SEVERITY: f"{said}, {WAIVED}" if remark.waiver else said,
        SCHOOL: school,
        SHEET: remark.sheet,
        CELL: remark.cell,
        MESSAGE: wording.message(remark, page.book.catalogue),
        TODO: wording.todo(remark, page.book.catalogue),
        VALUE: remark.value,
        FILE: remark.file,
    }
    page.text(row, SEVERITY, texts[SEVERITY], *cell, theme.INDENT, *looks)
    page.text(row, CODE, remark.school, *cell, theme.QUIET, theme.TEXT)
    page.text(row, SCHOOL, school, *cell)
    page.text(row, ITEM, item_said(remark.item), *cell, theme.CENTRE, theme.TEXT)
    page.text(row, SHEET, remark.sheet, *cell, theme.TEXT)
    page.text(row, CELL, remark.cell, *cell, theme.CENTRE, theme.TEXT)
    page.text(row, MESSAGE, texts[MESSAGE], *cell)
    page.text(row, TODO, texts[TODO], *cell)
    page.text(row, VALUE, remark.value, *cell, theme.TEXT)
    _write_life(page, row, page.book.figures.remark_history.standing.get(identity(remark)), *cell)
    page.text(row, FILE, remark.file, *cell, theme.SMALL, theme.QUIET)
    page.fit_row(row, texts, COLUMNS, small=(FILE,))


def _write_life(page: Page, row: int, life: RemarkAge | None, *cell: Look) -> None:
    """Of errors and warnings only."""
    if life is None:
        page.number(row, SINCE, None, *cell)
        page.number(row, TIMES, None, *cell)
        return
    page.day(row, SINCE, life.since, *cell, theme.DATE, theme.CENTRE)
    again = () if life.times == 1 else (theme.BOLD, theme.ACTION_INK)
    said = "впервые" if life.times == 1 else f"{life.times}-й{NBSP}раз"
    page.text(row, TIMES, said, *cell, theme.CENTRE, *again)


def item_said(item: str) -> str:
    """`problem.1` -> «проблема 1»."""
    return item.replace(f"{PROBLEM}.", f"проблема{wording.NBSP}").replace(PROBLEM, "проблемы")
