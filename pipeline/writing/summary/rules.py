"""Sheet «Правила»: every control in a sentence with an example, how often it fired, how often it was waived;
beside them, how many errors and warnings stood at every reporting date so far."""

from datetime import date

from xlsxwriter.utility import xl_col_to_name, xl_range

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.measuring.rules import Rule
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.beside import head_beside
from pipeline.writing.pages.page import FIRST_ROW, NOT_PRINTED, Column, Page
from pipeline.writing.pages.remark_rows import SEVERITIES
from pipeline.writing.pages.theme import Mark
from schemas.periods import Every
from schemas.remarks import Severity

COLUMNS = (
    Column("Важность", 14),
    Column("Замечание", 30),
    Column("Правило", 48),
    Column("Пример: что сказано, когда оно нарушено", 58),
    Column("Сработало,|раз", 11),
    Column("Из них|исключений", 11),
)
SEVERITY, TITLE, RULE, EXAMPLE, FIRED, WAIVED = range(len(COLUMNS))
TITLE_AGAIN, FIRST_DATE = len(COLUMNS), len(COLUMNS) + 1  # of what stands beside

TOTAL_ROW, HEADER_ROW, DATA_ROW = range(FIRST_ROW, FIRST_ROW + 3)

_OFF = (f"{Mark.NONE} отключено", (theme.QUIET,))


_NOTE = (
    "Ошибка — показатель отложен до исправления; «проверить» — учтён, но просим проверить; «сведение» — исправлений "
    "не требует. Исключения разрешает управление (лист «Исключения» реестра). Числа в примерах вымышлены. Правее — "
    "сколько ошибок и «проверить» стояло "
)


def _note(every: Every) -> str:
    return f"{_NOTE}{wording.times(every).each_reporting}.{NOT_PRINTED}"


def _note_over_time(every: Every, *, public: bool) -> str:
    last, there, of_them = ("последняя дата — дата свода", "на ней", "даты")
    if every != "date":
        last, there, of_them = ("последний столбец — этот свод", "в нём", "периода")
    same = "" if public else f", {there} столько же, сколько на листе «{titles.REMARKS}»"
    return (
        f"По файлам, какие есть сейчас: сколько ошибок и «проверить» {wording.times(every).each_reporting}; "
        f"{last}{same}. «{Mark.NO_ANSWER}» — замечания к файлам, по которым "
        f"{of_them} не узнать: с каких пор они стоят, неизвестно, и в итог они не входят. «Сведения» не считаются."
    )


def write(page: Page) -> None:
    rules, dates = page.book.figures.rules, _dates(page.book.figures)
    beside = (COLUMNS[TITLE], *(Column(wording.in_heading(day, page.book.figures.every), 11) for day in dates))
    every = page.book.figures.every
    note = _note(every)
    when = wording.on(page.book.figures.as_of, page.book.figures.every)
    page.head(f"Правила проверки и как часто они сработали {when}", note, COLUMNS)
    over_time = f"Ошибки и «проверить» {wording.times(every).by}"
    head_beside(page, COLUMNS, over_time, beside, (note, _note_over_time(every, public=page.book.figures.public)))
    page.header(HEADER_ROW, (*COLUMNS, *beside))
    for row, rule in enumerate(rules, DATA_ROW):
        _write_rule(page, row, rule)
    last = DATA_ROW + len(rules) - 1
    _write_total(page, last)
    _write_total_over_time(page, last, dates)
    page.table(HEADER_ROW, last, len(COLUMNS) + len(beside), frozen_columns=TITLE + 1)
    page.keep_from_print()


def _dates(figures: Figures) -> list[date]:
    return sorted({day for rule in figures.rules for day in rule.standing})


def _write_rule(page: Page, row: int, rule: Rule) -> None:
    said, looks = _OFF if rule.off else SEVERITIES[rule.severity]
    cell = (theme.ROW, theme.WRAP, theme.TOP)
    page.text(row, SEVERITY, said, *cell, theme.INDENT, *looks)
    page.text(row, TITLE, rule.title, *cell)
    page.text(row, RULE, rule.rule, *cell)
    page.text(row, EXAMPLE, rule.example, *cell, theme.QUIET)
    page.number(row, FIRED, rule.fired, *cell, theme.CENTRE, theme.PEOPLE_QUIET)
    page.number(row, WAIVED, rule.waived, *cell, theme.CENTRE, theme.PEOPLE_QUIET)
    page.text(row, TITLE_AGAIN, rule.title, *cell)
    for column, day in enumerate(sorted(rule.standing), FIRST_DATE):
        _write_standing(page, row, column, rule, rule.standing[day])
    page.fit_row(row, {TITLE: rule.title, RULE: rule.rule, EXAMPLE: rule.example}, COLUMNS)


def _write_standing(page: Page, row: int, column: int, rule: Rule, standing: int | None) -> None:
    """Blank for a rule that can have none: no error and no warning, switched off or a mere information."""
    cell = (theme.ROW, theme.WRAP, theme.TOP, theme.CENTRE)
    if standing is None:
        page.text(row, column, Mark.NO_ANSWER, *cell, theme.QUIET)
    elif not standing and (rule.off or rule.severity is Severity.INFO):
        page.number(row, column, None, *cell)
    else:
        page.number(row, column, standing, *cell, theme.PEOPLE_QUIET)


def _write_total_over_time(page: Page, last: int, dates: list[date]) -> None:
    page.text(TOTAL_ROW, TITLE_AGAIN, "Всего ошибок и «проверить»", theme.TOTAL)
    for column, day in enumerate(dates, FIRST_DATE):
        cells = xl_range(DATA_ROW, column, last, column)
        cached = sum(rule.standing[day] or 0 for rule in page.book.figures.rules)
        page.formula(TOTAL_ROW, column, f"=SUM({cells})", cached, theme.TOTAL, theme.CENTRE, theme.PEOPLE_QUIET)


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
