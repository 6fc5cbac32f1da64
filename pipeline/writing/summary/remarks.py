"""Sheet «Замечания»: every remark with its place and what to do, the gravest first."""

from pipeline import wording
from pipeline.writing import theme
from pipeline.writing.summary.page import FIRST_ROW, Column, Page
from pipeline.writing.theme import Look, Mark
from schemas.remarks import Remark, Severity

COLUMNS = (
    Column("Важность", 13),
    Column("Код", 6),
    Column("Школа", 22),
    Column("Пункт", 12),
    Column("Лист", 10),
    Column("Ячейка", 9),
    Column("Замечание", 58),
    Column("Что сделать", 48),
    Column("Ответ школы", 20),
    Column("Файл", 26),
)
SEVERITY, CODE, SCHOOL, ITEM, SHEET, CELL, MESSAGE, TODO, VALUE, FILE = range(len(COLUMNS))

HEADER_ROW, DATA_ROW = FIRST_ROW, FIRST_ROW + 1
PROBLEM = "problem"  # an item of the table of problems is numbered `problem.3`

_SEVERITIES: dict[Severity, tuple[str, tuple[Look, ...]]] = {
    Severity.ERROR: (f"{Mark.ERROR} ошибка", (theme.ACTION, theme.BOLD)),
    Severity.WARNING: (f"{Mark.CHECK} проверить", (theme.GOOD,)),
    Severity.INFO: (f"{Mark.NO_ANSWER} сведение", (theme.QUIET,)),
}


def write(page: Page) -> None:
    page.head(
        "Замечания к отчётам",
        "Ошибка — показатель отложен до исправления; «проверить» — учтён, но просим проверить; «сведение» — действий "
        "не требует.",
        COLUMNS,
    )
    page.header(HEADER_ROW, COLUMNS)
    names = {school.code: school.name for school in page.book.figures.schools}
    row = DATA_ROW - 1
    for row, remark in enumerate(_in_order(page), DATA_ROW):
        _write_remark(page, row, remark, names.get(remark.school, ""))
    if row < DATA_ROW:
        row = DATA_ROW
        page.text(row, SEVERITY, "Замечаний нет.", theme.QUIET)
    page.table(HEADER_ROW, row, len(COLUMNS), frozen_columns=SCHOOL + 1)


def _in_order(page: Page) -> list[Remark]:
    """Errors first, then by school and item."""
    severities, form = list(_SEVERITIES), page.book.figures.form
    return sorted(
        page.book.figures.remarks,
        key=lambda r: (severities.index(r.severity), r.school, r.file, form.sort_key(r.item), r.code, r.sheet, r.cell),
    )


def _write_remark(page: Page, row: int, remark: Remark, school: str) -> None:
    said, looks = _SEVERITIES[remark.severity]
    cell = (theme.ROW, theme.WRAP, theme.TOP)
    message = wording.message(remark, page.book.catalogue)
    todo = wording.todo(remark, page.book.catalogue)
    page.text(row, SEVERITY, said, *cell, theme.INDENT, *looks)
    page.text(row, CODE, remark.school, *cell, theme.QUIET, theme.TEXT)
    page.text(row, SCHOOL, school, *cell)
    page.text(row, ITEM, _item_said(remark.item), *cell, theme.CENTRE, theme.TEXT)
    page.text(row, SHEET, remark.sheet, *cell, theme.TEXT)
    page.text(row, CELL, remark.cell, *cell, theme.CENTRE, theme.TEXT)
    page.text(row, MESSAGE, message, *cell)
    page.text(row, TODO, todo, *cell)
    page.text(row, VALUE, remark.value, *cell, theme.TEXT)
    page.text(row, FILE, remark.file, *cell, theme.SMALL, theme.QUIET)
    texts = {SCHOOL: school, SHEET: remark.sheet, CELL: remark.cell, MESSAGE: message, TODO: todo,
             VALUE: remark.value, FILE: remark.file}  # fmt: skip
    page.fit_row(row, texts, COLUMNS)


def _item_said(item: str) -> str:
    return item.replace(f"{PROBLEM}.", f"проблема{wording.NBSP}").replace(PROBLEM, "проблемы")
