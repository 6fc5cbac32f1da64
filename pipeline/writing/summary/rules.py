"""Sheet «Правила»: every control in a sentence with an example, how often it fired, how often it was waived."""

from xlsxwriter.utility import xl_col_to_name

from pipeline import wording
from pipeline.measuring.rules import Rule
from pipeline.writing.pages import theme
from pipeline.writing.pages.page import FIRST_ROW, Column, Page
from pipeline.writing.pages.remark_rows import SEVERITIES
from pipeline.writing.pages.theme import Mark

COLUMNS = (
    Column("Важность", 14),
    Column("Замечание", 30),
    Column("Правило", 48),
    Column("Пример: что сказано, когда оно нарушено", 58),
    Column("Сработало,|раз", 11),
    Column("Из них|исключений", 11),
)
SEVERITY, TITLE, RULE, EXAMPLE, FIRED, WAIVED = range(len(COLUMNS))

TOTAL_ROW, HEADER_ROW, DATA_ROW = range(FIRST_ROW, FIRST_ROW + 3)

_OFF = (f"{Mark.NONE} отключено", (theme.QUIET,))


def write(page: Page) -> None:
    figures = page.book.figures
    page.head(
        f"Правила проверки и как часто они сработали на {wording.day(figures.as_of)}",
        "Ошибка — показатель отложен до исправления; «проверить» — учтён, но просим проверить; «сведение» — действий "
        "не требует. Исключения разрешает управление (лист «Исключения» реестра). Числа в примерах вымышлены.",
        COLUMNS,
    )
    page.header(HEADER_ROW, COLUMNS)
    for row, rule in enumerate(figures.rules, DATA_ROW):
        _write_rule(page, row, rule)
    last = DATA_ROW + len(figures.rules) - 1
    _write_total(page, last)
    page.table(HEADER_ROW, last, len(COLUMNS), frozen_columns=TITLE + 1)


def _write_rule(page: Page, row: int, rule: Rule) -> None:
    said, looks = _OFF if rule.off else SEVERITIES[rule.severity]
    cell = (theme.ROW, theme.WRAP, theme.TOP)
    page.text(row, SEVERITY, said, *cell, theme.INDENT, *looks)
    page.text(row, TITLE, rule.title, *cell)
    page.text(row, RULE, rule.rule, *cell)
    page.text(row, EXAMPLE, rule.example, *cell, theme.QUIET)
    page.number(row, FIRED, rule.fired, *cell, theme.CENTRE, theme.PEOPLE_QUIET)
    page.number(row, WAIVED, rule.waived, *cell, theme.CENTRE, theme.PEOPLE_QUIET)
    page.fit_row(row, {TITLE: rule.title, RULE: rule.rule, EXAMPLE: rule.example}, COLUMNS)


def _write_total(page: Page, last: int) -> None:
    rules = page.book.figures.rules
    for column in (SEVERITY, RULE, EXAMPLE):
        page.number(TOTAL_ROW, column, None, theme.TOTAL)
    page.text(TOTAL_ROW, TITLE, "Всего замечаний", theme.TOTAL)
    sums = {FIRED: sum(rule.fired for rule in rules), WAIVED: sum(rule.waived for rule in rules)}
    for column, cached in sums.items():
        letter = xl_col_to_name(column)
        cells = f"{letter}{DATA_ROW + 1}:{letter}{last + 1}"
        page.formula(TOTAL_ROW, column, f"=SUM({cells})", cached, theme.TOTAL, theme.CENTRE, theme.PEOPLE_QUIET)
