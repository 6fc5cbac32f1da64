"""Sheet «Замечания»: every remark with its place, what to do and how long it has stood, the gravest first."""

import math
from collections.abc import Iterator, Sequence

from pipeline import wording
from pipeline.measuring.figures import Figures, RemarkAge
from pipeline.measuring.mended import identity
from pipeline.measuring.rows import ReconciledItem, reconciled_items
from pipeline.wording import NBSP
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.page import FIRST_ROW, LINK_ROW, Book, Column, Page, said_of_rest, written
from pipeline.writing.pages.remark_rows import SEVERITIES, WAIVED, Line, lines
from pipeline.writing.pages.theme import Look
from schemas.explained import WORDS
from schemas.remarks import Remark, Severity
from schemas.reports import PROBLEM

COLUMNS = (
    Column("Важность", 14),
    Column("Код", 6),
    Column("Школа", 21),
    Column("Пункт", 11),
    Column("Лист", 10),
    Column("Ячейка", 8),
    Column("Замечание", 47),
    Column("Что сделать", 39),
    Column("Ответ школы", 28),
    Column("Стоит с", 11),
    Column("Который раз|подряд", 13),
    Column("Файл", 26),
)
EXPLAINED_COLUMN = Column(WORDS, 30)  # where a school has explained something
SEVERITY, CODE, SCHOOL, ITEM, SHEET, CELL, MESSAGE, TODO, VALUE, SINCE, TIMES, FILE, EXPLAINED = range(len(COLUMNS) + 1)

SUMMARY_ROW = LINK_ROW + 1
TOTAL_ROW, HEADER_ROW, DATA_ROW = range(FIRST_ROW, FIRST_ROW + 3)

_IN_TOTAL = {Severity.ERROR: "Ошибок", Severity.WARNING: "проверить", Severity.INFO: "сведений"}


def write(page: Page) -> None:
    figures = page.book.figures
    listed = lines(page.book)
    columns = (*COLUMNS, EXPLAINED_COLUMN) if figures.explanations else COLUMNS
    page.head(
        "Замечания к отчётам",
        "Ошибка — показатель отложен до исправления; «проверить» — учтён, но просим проверить; «сведение» — "
        f"исправлений не требует; «{WAIVED}» — исключение управления, показатель учтён. «Стоит с» — отчётная дата, "
        "с которой замечание повторяется."
        f"{''.join(_not_standing(listed, figures))}{said_of_rest(listed, 'findings.csv')}",
        columns,
    )
    page.sheet.set_row(SUMMARY_ROW, 22)
    page.text(SUMMARY_ROW, 0, " ".join(_summary(figures)), theme.BOLD)
    page.header(HEADER_ROW, columns)
    row = DATA_ROW - 1
    for row, line in enumerate(written(listed), DATA_ROW):
        _write_remark(page, row, line, figures.name_by_code.get(line.remark.school, ""))
    if row < DATA_ROW:
        row = DATA_ROW
        page.text(row, SEVERITY, "Замечаний нет.", theme.QUIET)
    _write_total(page, row, listed, len(columns))
    page.table(HEADER_ROW, row, len(columns), frozen_columns=SCHOOL + 1)


def places(book: Book) -> dict[Remark, str]:
    """Remark -> the cell of this sheet in which its row begins, for links; those that stand, of the rows written."""
    rows = enumerate(written(lines(book)), DATA_ROW)
    return {line.remark: f"A{row + 1}" for row, line in rows if line.stands}


def _not_standing(listed: Sequence[Line], figures: Figures) -> Iterator[str]:
    """Which of the rows asks nothing any more, and what has no row."""
    if figures.mended:
        yield " «Исправлено» — замечание прежнего файла: в более позднем отчёте школы его нет; в итоги не входит."
    if sum(line.stands for line in listed) < len(figures.remarks):
        yield f" Прежние отчёты школ здесь не перечислены: они — на листе «{titles.METHOD}», в источниках."


def _summary(figures: Figures) -> Iterator[str]:
    """What has been corrected, and what the headline share would be with the figures that are set aside."""
    remark_history, found = figures.remark_history, figures.reconciliation
    if remark_history.raised:
        when = "прошлой отчётной даты" if figures.every == "date" else "за прошлый период"
        yield f"Исправлено ошибок {when}: {len(remark_history.corrected)} из {remark_history.raised}."
    if not found.set_aside:
        return
    aside = wording.count(len(found.set_aside), ("показатель", "показателя", "показателей"))
    said = f"Отложено до исправления: {aside}"
    headline = reconciled_items(found).get(figures.form.headline_number)
    if headline and not math.isnan(headline.percent):
        said += f"; {_with_set_aside(headline, figures)}"
    yield f"{said}."


def _with_set_aside(headline: ReconciledItem, figures: Figures) -> str:
    """What the headline share would be. Of a figure that cannot be read nobody knows what it would make of it."""
    name, unread = wording.lowered(figures.form.lead.name), figures.reconciliation.unread(headline.item)
    if math.isnan(headline.percent_with_set_aside):
        return f"каким с ними станет итог ({name}), неизвестно: непрочитанных показателей — {unread}"
    was, would_be = wording.percent(headline.percent), wording.percent(headline.percent_with_set_aside)
    shares = f"останется {was}" if would_be == was else f"— {would_be} вместо {was}"
    without = f" (без непрочитанных показателей: {unread})" if unread else ""
    return f"если отложенное верно, {name} {shares}{without}"


def _write_total(page: Page, last: int, listed: Sequence[Line], columns: int) -> None:
    """«Ошибок: 2 · проверить: 2 · сведений: 1 · исправлено: 3», live."""
    states = {SEVERITIES[severity][0]: said for severity, said in _IN_TOTAL.items()}
    if any(not line.stands for line in listed):
        states[wording.MENDED] = "исправлено"
    area = f"A{DATA_ROW + 1}:A{last + 1}"
    counted = [f'"{said}: "&COUNTIF({area},"{state.replace("?", "~?")}*")' for state, said in states.items()]
    numbers = {said: sum(line.state.startswith(state) for line in listed) for state, said in states.items()}
    value = " · ".join(f"{said}: {number}" for said, number in numbers.items())
    for column in range(columns):
        page.number(TOTAL_ROW, column, None, theme.TOTAL)
    page.total(TOTAL_ROW, SEVERITY, "=" + '&" · "&'.join(counted), value, listed, theme.TOTAL)


def _write_remark(page: Page, row: int, line: Line, school: str) -> None:
    remark, cell = line.remark, (theme.ROW, theme.WRAP, theme.TOP)
    texts = {
        SEVERITY: line.state,
        SCHOOL: school,
        SHEET: remark.sheet,
        CELL: remark.cell,
        MESSAGE: wording.message(remark, page.book.catalogue),
        TODO: line.todo(page.book.catalogue),
        VALUE: remark.value,
        FILE: remark.file,
    }
    page.text(row, SEVERITY, texts[SEVERITY], *cell, theme.INDENT, *line.looks)
    page.text(row, CODE, remark.school, *cell, theme.QUIET, theme.TEXT)
    page.text(row, SCHOOL, school, *cell)
    page.text(row, ITEM, item_said(remark.item), *cell, theme.CENTRE, theme.TEXT)
    page.text(row, SHEET, remark.sheet, *cell, theme.TEXT)
    page.text(row, CELL, remark.cell, *cell, theme.CENTRE, theme.TEXT)
    page.text(row, MESSAGE, texts[MESSAGE], *cell)
    page.text(row, TODO, texts[TODO], *cell)
    page.text(row, VALUE, remark.value, *cell, theme.TEXT)
    standing = page.book.figures.remark_history.standing
    _write_life(page, row, standing.get(identity(remark)) if line.stands else None, *cell)
    page.text(row, FILE, remark.file, *cell, theme.SMALL, theme.QUIET)
    columns: tuple[Column, ...] = COLUMNS
    if page.book.figures.explanations:
        explained = page.book.figures.explained_of(remark) if line.stands else None
        texts[EXPLAINED] = explained.said if explained else ""
        page.text(row, EXPLAINED, texts[EXPLAINED], *cell, theme.TEXT)
        columns = (*COLUMNS, EXPLAINED_COLUMN)
    page.fit_row(row, texts, columns, small=(FILE,))


def _write_life(page: Page, row: int, life: RemarkAge | None, *cell: Look) -> None:
    """Of errors and warnings that stand."""
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
