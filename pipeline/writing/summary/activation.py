"""Sheet of the headline item («Активация»): every school's target against its actual share, worst first."""

from datetime import date

from xlsxwriter.utility import xl_col_to_name

from pipeline import wording
from pipeline.measuring.figures import Activation, Figures, Level, Rests, Share, Statement
from pipeline.measuring.rows import coverage_rows, totals_by_item
from pipeline.writing.pages import doubts, theme
from pipeline.writing.pages.charts import ShareOfRows
from pipeline.writing.pages.doubts import marked
from pipeline.writing.pages.page import FIRST_ROW, Column, Page, fraction, said_of_rest, written
from pipeline.writing.pages.theme import Look, Mark
from pipeline.writing.pages.words import (
    IN_TIME_SAID,
    TOO_LATE_SAID,
    headline_range,
    lacking_apart,
    level_said,
    range_said,
    same_schools_said,
    share_decimals,
    why_not_counted,
)

TOTAL_ROW, HEADER_ROW, DATA_ROW = FIRST_ROW, FIRST_ROW + 1, FIRST_ROW + 2

(NUMBER, CODE, SCHOOL, REPORT, TOTAL, COUNT, SHARE, LOW, HIGH, DEVIATION, MISSING, STATE, CHANGE, CHANGE_PEOPLE,
 PER_WEEK, PACE, FORECAST, IN_TIME, BASIS, SOURCE) = range(20)  # fmt: skip

SHARE_TOTAL = f"{xl_col_to_name(SHARE)}{TOTAL_ROW + 1}"

_STATE_LOOKS: dict[Level, tuple[Look, ...]] = {
    Level.BELOW: (theme.ACTION, theme.BOLD),
    Level.ON: (theme.GOOD,),
    Level.ABOVE: (theme.GOOD, theme.BOLD),
}
_SMALL_TEXT = (theme.ROW, theme.SMALL, theme.QUIET, theme.WRAP)


def write(page: Page) -> None:
    figures = page.book.figures
    headline = figures.form.headline
    columns = _columns(figures)
    people = figures.form.base(figures.form.headline_item.base).people[2]
    page.head(
        f"{headline.name}: план и факт на {wording.day(figures.as_of)}",
        f"Сначала отстающие. {headline.share_of} «Не хватает» — сколько ещё {people} {headline.to_act}, "
        "чтобы дойти до нижней границы плана. Итог — по сумме людей, а не среднее процентов. Темп и прогноз — по "
        "прежним отчётам самой школы, в итоге — по итогам муниципалитета; прогноз — когда их не меньше трёх."
        f"{_totals_said(figures)}"
        f"{doubts.legend(figures)}"
        f"{said_of_rest(figures.activation, 'indicators.csv')}",
        columns,
    )
    page.header(HEADER_ROW, columns, height=46)
    notes = _notes(page)
    shown = written(figures.activation)
    for index, activation in enumerate(shown):
        assert activation.school is not None
        _write_school(page, DATA_ROW + index, index + 1, activation)
        _write_basis(page, DATA_ROW + index, activation, notes.get(activation.school.code, []), columns)
    last = DATA_ROW + len(shown) - 1
    _write_total(page, last, columns)
    if last >= DATA_ROW:
        page.data_bars(DATA_ROW, SHARE, last, SHARE)
    page.table(HEADER_ROW, last, len(columns), frozen_columns=SCHOOL + 1)


def _totals_said(figures: Figures) -> str:
    """What the total of «Не хватает» is of; blank where nobody lacks any."""
    if not figures.shortfall:
        return ""
    return f" Итог столбцов «Не хватает» и «Нужно в неделю» — сумма по школам; не хватает: {lacking_apart(figures)}."


def column_of_schools(column: int, first: int, last: int) -> str:
    """Cells of schools `first`…`last` (counted from 0, in the sheet's order) in one column: $O$7:$O$26."""
    letter = xl_col_to_name(column)
    return f"${letter}${DATA_ROW + first + 1}:${letter}${DATA_ROW + last + 1}"


def share_of_rows(figures: Figures) -> ShareOfRows:
    """Σ / Σ over schools of this sheet, for a bar that stands for several of them."""

    def formula(first: int, last: int) -> str:
        sums = (f"SUM('{figures.form.headline.sheet}'!{column_of_schools(c, first, last)})" for c in (COUNT, TOTAL))
        return f"={'/'.join(sums)}"

    return formula


def _columns(figures: Figures) -> list[Column]:
    headline = figures.form.headline
    by = wording.short_day(figures.next_target.by) if figures.next_target else ""
    return [
        Column("№", 3.5),
        Column("Код", 4.5),
        Column("Школа", 25),
        Column("Отчёт|на дату", 10),
        Column(headline.total_column, 9.5),
        Column(headline.count_column, 8.5),
        Column(headline.share_column, 9.5),
        Column("План|от, %", 6),
        Column("План|до, %", 6),
        Column("Отклоне-|ние, п.п.", 8),
        Column("Не хватает|до плана,|чел.", 9),
        Column("Состояние", 17),
        Column("К прошлой|дате, п.п.", 9),
        Column("К прошлой|дате, чел.", 9),
        Column(f"Нужно в|неделю до|{by},|чел." if by else "Нужно в|неделю,|чел.", 9),
        Column("Свой|темп, чел.|в неделю", 8.5),
        Column(f"Прогноз|на {by},|%" if by else "Прогноз,|%", 8.5),
        Column(f"Успеет|к {by}" if by else "Успеет", 11.5),
        Column("Основание", 48),
        Column("Файл, лист и ячейка", 48),
    ]


def _write_school(page: Page, row: int, rank: int, activation: Activation) -> None:
    school = activation.school
    assert school is not None
    below = (theme.BOLD,) if activation.level is Level.BELOW else ()
    doubted = doubts.is_headline_doubted(page.book.figures, school.code)
    page.number(row, NUMBER, rank, *marked(doubted, theme.ROW, theme.CENTRE, theme.QUIET))
    page.text(row, CODE, school.code, theme.ROW, theme.CENTRE, theme.QUIET, theme.TEXT)
    page.text(row, SCHOOL, school.name, theme.ROW, theme.WRAP, *below)
    _write_report_date(page, row, activation.report_date)
    page.number(row, TOTAL, activation.total, theme.ROW, theme.PEOPLE)
    page.number(row, COUNT, activation.covered, theme.ROW, theme.PEOPLE)
    _write_measured(page, row, activation, theme.ROW)
    lacking = (theme.ACTION,) if activation.shortfall else ()
    page.formula(
        row, MISSING,
        _of_row('=IF(OR({share}="",{low}=""),"",MAX(0,ROUNDUP(ROUND({low}*{total}-{count},6),0)))', row),
        activation.shortfall, *marked(doubted, theme.ROW, theme.PEOPLE_QUIET, theme.BOLD, *lacking),
    )  # fmt: skip
    page.formula(
        row, PER_WEEK,
        _of_row(
            '=IF(OR({share}="",След_план_мин=""),"",'
            "ROUNDUP(ROUND(MAX(0,След_план_мин*{total}-{count})/Недель_до_срока,6),0))", row,
        ),
        activation.per_week, *marked(doubted, theme.ROW, theme.PEOPLE_QUIET),
    )  # fmt: skip


def _notes(page: Page) -> dict[str, list[str]]:
    """School code -> what else is to be known of its figure: a count made from a percent, a waiver, a doubt."""
    figures = page.book.figures
    item = figures.form.headline.item
    notes: dict[str, list[str]] = {}
    for row in coverage_rows(figures):
        if row.item == item and row.share == Share.COUNTED and row.derived:
            notes.setdefault(row.school_code, []).append("число по проценту")
    for remark in figures.remarks:
        if remark.item == item and remark.waiver:
            notes.setdefault(remark.school, []).append(f"по исключению: {remark.waiver}")
    for measured in figures.activation:
        if measured.school and (why := _under_question(page, measured)):
            notes.setdefault(measured.school.code, []).append(f"под вопросом: {why}")
    return notes


def _under_question(page: Page, row: Activation) -> str:
    """For which remarks the school's figure, its change or its course is under question; blank where none is."""
    assert row.school is not None
    code, item = row.school.code, page.book.figures.form.headline.item
    statements = Statement(Rests.FIGURE, code, item), Statement(Rests.CHANGE, code, item), Statement(Rests.COURSE, code)
    remarks = (remark for one in statements for remark in page.book.figures.doubts.of(one))
    return doubts.reasons(remarks, row.report_date, page.book.catalogue)


def _write_basis(page: Page, row: int, activation: Activation, notes: list[str], columns: list[Column]) -> None:
    """Whence the figure: which report, why it is not counted, the file and its cell; the row as high as that needs."""
    basis = "отчёт на эту дату"
    if activation.carried and activation.school:
        is_whole = activation.school.code in page.book.figures.carried_reports
        basis = "перенесено с прошлой даты" if is_whole else "прежний ответ: в отчёте его нет"
    basis = why_not_counted(page.book.figures, activation) or basis
    basis = wording.keep_together("; ".join([basis, *notes]))
    source = " · ".join(filter(None, (activation.file, activation.cell and activation.sheet, activation.cell)))
    page.text(row, BASIS, basis, *_SMALL_TEXT, theme.INDENT)
    page.text(row, SOURCE, source, *_SMALL_TEXT)
    texts = {SCHOOL: activation.school.name if activation.school else "", BASIS: basis, SOURCE: source}
    page.fit_row(row, texts | {STATE: str(activation.level)}, columns, small=(BASIS, SOURCE))


def _write_report_date(page: Page, row: int, report_date: date | None) -> None:
    if report_date:
        page.day(row, REPORT, report_date, theme.ROW, theme.CENTRE, theme.DATE)
    else:
        page.text(row, REPORT, "нет отчёта", theme.ROW, theme.CENTRE, theme.QUIET)


def _write_measured(page: Page, row: int, activation: Activation, look: Look) -> None:
    """What a school's row and the municipality's have in common: share, target, deviation, pace, state."""
    figures = page.book.figures
    target, item, code = figures.target, figures.form.headline.item, activation.school.code if activation.school else ""
    doubted = doubts.is_item_doubted(figures, item, code)
    low, high = (fraction(target.min), fraction(target.max)) if target else (None, None)
    exact = theme.exact_share(share_decimals(activation, target))
    share = _of_row('=IF(N({total})=0,"",{count}/{total})', row)
    page.formula(row, SHARE, share, fraction(activation.percent), *marked(doubted, look, exact, theme.BOLD))
    page.formula(row, LOW, '=IF(План_мин="","",План_мин)', low, look, theme.TARGET, theme.CENTRE, theme.QUIET)
    page.formula(row, HIGH, '=IF(План_макс="","",План_макс)', high, look, theme.TARGET, theme.CENTRE, theme.QUIET)
    deviation = _of_row('=IF(OR({share}="",{low}=""),"",ROUND(({share}-{low})*100,9))', row)
    points = theme.POINTS if round(activation.deviation or 0.0, 1) else theme.FINE_POINTS
    page.formula(row, DEVIATION, deviation, activation.deviation, *marked(doubted, look, points))
    moved = Statement(Rests.CHANGE, code, item) in figures.doubts
    _write_or_dash(page, row, CHANGE, activation.change, *marked(moved, look, theme.POINTS))
    _write_or_dash(page, row, CHANGE_PEOPLE, activation.change_people, *marked(moved, look, theme.PEOPLE_CHANGE))
    course = Statement(Rests.COURSE, code) in figures.doubts
    _write_or_dash(page, row, PACE, activation.pace, *marked(course, look, theme.PACE))
    _write_or_dash(page, row, FORECAST, fraction(activation.forecast), *marked(course, look, theme.SHARE))
    _write_in_time(page, row, activation, course, look)
    # Rounded, or a share of 0,41 that is stored as 0,40999999999999998 would be called below 41 %.
    state = _of_row(
        '=IF({share}="","нет данных",IF({low}="","срок не наступил",'
        f'IF(ROUND({{share}}-{{low}},9)<0,"{level_said(Level.BELOW)}",'
        f'IF(ROUND({{share}}-{{high}},9)>0,"{level_said(Level.ABOVE)}","{level_said(Level.ON)}"))))',
        row,
    )
    looks = (look, theme.INDENT, theme.WRAP, *_STATE_LOOKS.get(activation.level, ()))
    page.formula(row, STATE, state, level_said(activation.level), *marked(doubted, *looks))


def _write_in_time(page: Page, row: int, activation: Activation, doubted: bool, look: Look) -> None:
    """Whether the next target will be reached by the forecast; blank where there is no forecast or no target."""
    formula = _of_row(
        '=IF(OR(NOT(ISNUMBER({forecast})),След_план_мин=""),"",'
        f'IF(ROUND({{forecast}}-След_план_мин,9)<0,"{TOO_LATE_SAID}","{IN_TIME_SAID}"))',
        row,
    )
    said = None
    if activation.forecast is not None and page.book.figures.next_target:
        said = TOO_LATE_SAID if activation.will_miss else IN_TIME_SAID
    looks = (look, theme.INDENT, *((theme.ACTION_INK,) if activation.will_miss else ()))
    page.formula(row, IN_TIME, formula, said, *marked(doubted and said is not None, *looks))


def _write_or_dash(page: Page, row: int, column: int, value: float | None, *looks: Look) -> None:
    if value is None:
        page.text(row, column, Mark.NONE, *looks, theme.RIGHT, theme.QUIET)
    else:
        page.number(row, column, value, *looks)


def _write_total(page: Page, last: int, columns: list[Column]) -> None:
    figures = page.book.figures
    for column in (NUMBER, CODE, SOURCE):
        page.number(TOTAL_ROW, column, None, theme.TOTAL)
    page.text(TOTAL_ROW, SCHOOL, "Итого по муниципалитету", theme.TOTAL)
    counted = f"{len(figures.counted)} из {wording.schools(len(figures.schools), wording.Case.GENITIVE)}"
    page.text(TOTAL_ROW, REPORT, counted, theme.TOTAL, theme.CENTRE, theme.SMALL, theme.WRAP)
    sums = {
        TOTAL: figures.municipality.total or 0,
        COUNT: figures.municipality.covered or 0,
        MISSING: figures.shortfall,
        PER_WEEK: sum(row.per_week or 0 for row in figures.counted),
    }
    for column, cached in sums.items():
        doubted = column in (MISSING, PER_WEEK) and doubts.is_headline_doubted(figures)
        letter = xl_col_to_name(column)
        formula = f"=SUM({letter}{DATA_ROW + 1}:{letter}{max(last, DATA_ROW) + 1})"
        page.total(
            TOTAL_ROW, column, formula, cached, figures.activation, *marked(doubted, theme.TOTAL, theme.PEOPLE_QUIET)
        )
    _write_measured(page, TOTAL_ROW, figures.municipality, theme.TOTAL)
    possible = headline_range(figures)
    said = f"с ответами остальных: {range_said(possible, figures.target)}" if possible else ""
    if figures.municipality.change is not None:
        same = same_schools_said(totals_by_item(figures)[figures.form.headline.item])
        said = f"{said}; изменение — {same}" if said else f"изменение — {same}"
    page.text(TOTAL_ROW, BASIS, said, theme.TOTAL, theme.SMALL, theme.WRAP, theme.INDENT)
    page.fit_row(TOTAL_ROW, {REPORT: counted, BASIS: said}, columns, theme.SMALL_SIZE)


def _of_row(formula: str, row: int) -> str:
    """The formula with the cells of that row in place of the names in braces."""
    columns = {"total": TOTAL, "count": COUNT, "share": SHARE, "low": LOW, "high": HIGH, "forecast": FORECAST}
    return formula.format(**{name: f"{xl_col_to_name(column)}{row + 1}" for name, column in columns.items()})
