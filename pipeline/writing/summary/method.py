"""Sheet «О расчёте»: the named cells that formulas use, the rules in plain words, targets, sources, versions."""

from collections.abc import Sequence
from datetime import date

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.writing import theme
from pipeline.writing.summary.page import FIRST_ROW, METHOD, Column, Page, fraction
from pipeline.writing.theme import Look

COLUMNS = (Column("Имя ячейки", 34), Column("Значение", 16), Column("Что это", 92))
NAME, VALUE, MEANING = range(len(COLUMNS))
HEADER_ROW = FIRST_ROW

RULES = (
    "Итог муниципалитета — сумма охваченных, делённая на сумму всех, по школам, чей ответ учтён; среднее из процентов "
    "не берётся.",
    "Рядом с итогом стоит, сколько школ из скольких учтено.",
    "Если школа указала только процент, число людей посчитано по нему от числа «всего» в том же ответе, а если его "
    "нет — от числа в реестре. Такое число не округляется до целых людей.",
    "Показатель с замечанием «ошибка» откладывается и в расчёт не входит; остальные ответы школы учитываются. "
    "Показатель с замечанием «проверить» учитывается.",
    "Если на отчётную дату отчёта нет, берётся последний прежний отчёт школы; он помечен «перенесено с прошлой даты».",
    "Из двух отчётов школы на одну дату учитывается тот, что пришёл позже.",
    "«Не хватает» — сколько ещё человек нужно, чтобы дойти до нижней границы плана, с округлением вверх.",
    "Проценты сравниваются с планом без округления, показываются с одним знаком после запятой.",
    "Прогноз — прямая через прежние отчёты школы (их нужно не меньше трёх), продолженная до следующего срока.",
    "Срок пункта считается пропущенным со следующего дня; охват считается сделанным при 100 %.",
)


def write(page: Page) -> None:
    page.head(
        "О расчёте",
        "Из чего и по каким правилам посчитан свод. Ячейки с именами используются в формулах других листов.",
        COLUMNS,
    )
    page.header(HEADER_ROW, COLUMNS, height=20)
    row = _write_named_cells(page, HEADER_ROW + 1)
    row = _write_rules(page, row + 1)
    row = _write_dates(page, row + 1)
    row = _write_sources(page, row + 1)
    row = _write_versions(page, row + 1)
    page.sheet.freeze_panes(HEADER_ROW + 1, 0)
    page.print_setup(row, len(COLUMNS))


def _write_named_cells(page: Page, row: int) -> int:
    """Index of the row after them."""
    for name, value, look, meaning in _named_cells(page.book.figures):
        page.text(row, NAME, name, theme.ROW)
        if isinstance(value, date):
            page.day(row, VALUE, value, theme.ROW, theme.CENTRE, look)
        else:
            page.number(row, VALUE, value, theme.ROW, theme.CENTRE, look)
        page.text(row, MEANING, meaning, theme.ROW)
        page.book.workbook.define_name(name, f"='{METHOD}'!$B${row + 1}")
        row += 1
    return row


def _named_cells(figures: Figures) -> list[tuple[str, float | date | None, Look, str]]:
    """Name, value (None leaves the cell empty), look and meaning."""
    target, coming = figures.target, figures.next_target
    weeks = (coming.by - figures.as_of).days / 7 if coming else None
    return [
        ("Дата_отчёта", figures.as_of, theme.DATE, "на какую дату составлен свод"),
        ("План_мин", fraction(target.min) if target else None, theme.TARGET, "нижняя граница действующего плана"),
        ("План_макс", fraction(target.max) if target else None, theme.TARGET, "верхняя граница действующего плана"),
        ("След_срок", coming.by if coming else None, theme.DATE, "срок следующей ступени плана"),
        ("След_план_мин", fraction(coming.min) if coming else None, theme.TARGET, "нижняя граница следующей ступени"),
        ("Недель_до_срока", weeks, {"num_format": "0.0"}, "недель от даты отчёта до следующего срока"),
    ]


def _write_section(page: Page, row: int, title: str) -> int:
    page.text(row, NAME, title, theme.BOLD, {"font_color": theme.NAVY})
    return row + 1


def _write_rules(page: Page, row: int) -> int:
    row = _write_section(page, row, "Правила")
    width = sum(column.pixels for column in COLUMNS)
    for rule in RULES:
        page.merged(row, NAME, MEANING, theme.ROW, theme.WRAP)
        page.text(row, NAME, rule, theme.ROW, theme.WRAP)
        page.sheet.set_row(row, max(theme.ROW_HEIGHT, theme.text_height(rule, width) + 3))
        row += 1
    return row


def _write_dates(page: Page, row: int) -> int:
    """Targets, reporting dates, due dates of the items: all that the form says about time."""
    figures = page.book.figures
    headline = figures.form.headline
    row = _write_section(page, row, "Сроки и план")
    for target in figures.form.targets:
        band = wording.band(target.min, target.max)
        _write_line(page, row, f"{headline.name}: {band}", target.by, f"п. {headline.item}, план с этого дня")
        row += 1
    for day in figures.reporting_dates:
        in_force = "по ней считается, кто отчитался" if day == figures.reporting_date else ""
        _write_line(page, row, "Отчётная дата", day, in_force)
        row += 1
    for item in figures.form.due_items:
        assert item.due is not None
        _write_line(page, row, f"Срок п. {item.number}", item.due, item.about)
        row += 1
    return row


def _write_sources(page: Page, row: int) -> int:
    row = _write_section(page, row, "Источники: файл, дата отчёта, что с ним")
    names = {school.code: school.name for school in page.book.figures.schools}
    for source in page.book.figures.sources:
        what = [names.get(source.school_code, ""), source.outcome]
        _write_line(page, row, source.file, source.as_of, ": ".join(filter(None, what)))
        row += 1
    return row


def _write_line(page: Page, row: int, name: str, day: date | None, meaning: str) -> None:
    texts: Sequence[tuple[int, str]] = ((NAME, name), (MEANING, meaning))
    for column, text in texts:
        page.text(row, column, wording.keep_together(text), theme.ROW, theme.WRAP)
    if day:
        page.day(row, VALUE, day, theme.ROW, theme.CENTRE, theme.DATE)
    else:
        page.number(row, VALUE, None, theme.ROW)
    page.fit_row(row, dict(texts), COLUMNS)


def _write_versions(page: Page, row: int) -> int:
    """Index of the last row."""
    form = page.book.figures.form
    _write_section(page, row, f"Форма {form.id}, версия {form.version}; программа Свод, версия {page.book.version}")
    return row
