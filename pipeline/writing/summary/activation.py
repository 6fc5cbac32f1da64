"""Sheet of the headline item («Активация»): every school's target against its actual share, worst first."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cache

import msgspec
from xlsxwriter.utility import xl_col_to_name

from pipeline import wording
from pipeline.measuring.figures import Activation, Figures, Level, Rests, Share, Statement
from pipeline.measuring.rows import GroupRow, coverage_rows, group_rows, totals_by_item
from pipeline.writing.pages import doubts, theme
from pipeline.writing.pages.charts import ShareOfRows
from pipeline.writing.pages.doubts import marked, with_mark
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
from pipeline.writing.summary import groups
from schemas.district import NO_GROUP

TOTAL_ROW, HEADER_ROW, DATA_ROW = FIRST_ROW, FIRST_ROW + 1, FIRST_ROW + 2


class Places(msgspec.Struct, frozen=True):
    """Which column is which; `group`: None where no school has one."""

    number: int
    code: int
    school: int
    group: int | None
    report: int
    total: int
    count: int
    share: int
    low: int
    high: int
    deviation: int
    missing: int
    state: int
    change: int
    change_people: int
    per_week: int
    pace: int
    forecast: int
    in_time: int
    basis: int
    source: int


_PLAIN = Places(0, 1, 2, None, *range(3, 20))
_GROUPED = Places(*range(21))

_STATE_LOOKS: dict[Level, tuple[Look, ...]] = {
    Level.BELOW: (theme.ACTION, theme.BOLD),
    Level.ON: (theme.GOOD,),
    Level.ABOVE: (theme.GOOD, theme.BOLD),
}
_COURSE_SAID = (
    "Темп и прогноз — по прежним отчётам самой школы, в итоге — по итогам муниципалитета; прогноз — когда их не "
    "меньше трёх."
)
_PACE_SAID = "Темп — по прежним отчётам самой школы, в итоге — по итогам муниципалитета."
_SMALL_TEXT = (theme.ROW, theme.SMALL, theme.QUIET, theme.WRAP)


def places(figures: Figures) -> Places:
    return _GROUPED if figures.grouped else _PLAIN


def share_total(figures: Figures) -> str:
    """Where the municipality's share stands on this sheet."""
    return f"{xl_col_to_name(places(figures).share)}{TOTAL_ROW + 1}"


def write(page: Page) -> None:
    figures = page.book.figures
    at = places(figures)
    headline = figures.form.lead
    columns = _columns(figures)
    people = figures.form.base(figures.form.headline_item.base).people[2]
    lacking = f" «Не хватает» — сколько ещё {people} {headline.to_act}, чтобы дойти до нижней границы плана."
    has_plan = figures.form.has_plan
    page.head(
        f"{headline.name}: {'план и факт' if has_plan else 'по школам'} {wording.on(figures.as_of, figures.every)}",
        f"{'Сначала отстающие' if has_plan else 'Сначала наименьшие доли'}. {headline.share_of}"
        f"{lacking if has_plan else ''} Итог — по сумме людей, а не среднее процентов. "
        f"{_COURSE_SAID if has_plan else _PACE_SAID}"
        f"{_totals_said(figures)}"
        f"{_groups_said(figures)}"
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
        page.data_bars(DATA_ROW, at.share, last, at.share)
    page.table(HEADER_ROW, last, len(columns), frozen_columns=at.school + 1)
    if figures.grouped:
        page.print_setup(_write_groups(page, last, columns), len(columns))


def _totals_said(figures: Figures) -> str:
    """What the total of «Не хватает» is of; blank where nobody lacks any."""
    if not figures.shortfall:
        return ""
    return f" Итог столбцов «Не хватает» и «Нужно в неделю» — сумма по школам; не хватает: {lacking_apart(figures)}."


def _groups_said(figures: Figures) -> str:
    """What the subtotals are of; blank where there are none."""
    if not figures.grouped:
        return ""
    said = f" {groups.TITLE} — под таблицей: по сумме людей учтённых школ"
    return f"{said}; «Не хватает» там — до плана группы в целом." if figures.form.has_plan else f"{said}."


def column_of_schools(column: int, first: int, last: int) -> str:
    """Cells of schools `first`…`last` (counted from 0, in the sheet's order) in one column: $O$7:$O$26."""
    letter = xl_col_to_name(column)
    return f"${letter}${DATA_ROW + first + 1}:${letter}${DATA_ROW + last + 1}"


def share_of_rows(figures: Figures) -> ShareOfRows:
    """Σ / Σ over schools of this sheet, for a bar that stands for several of them."""

    def formula(first: int, last: int) -> str:
        at = places(figures)
        columns = at.count, at.total
        sums = (f"SUM('{figures.form.lead.sheet}'!{column_of_schools(one, first, last)})" for one in columns)
        return f"={'/'.join(sums)}"

    return formula


def _columns(figures: Figures) -> list[Column]:
    headline = figures.form.lead
    by = wording.short_day(figures.next_target.by) if figures.next_target else ""
    group = [Column("Группа", _width_of_groups(figures))] if figures.grouped else []
    columns = [
        Column("№", 3.5),
        Column("Код", 4.5),
        Column("Школа", 25),
        *group,
        Column("Отчёт|на дату", 10),
        Column(headline.total_column, 9.5),
        Column(headline.count_column, 8.5),
        Column(headline.share_column, 9.5),
        Column("План|от, %", 6),
        Column("План|до, %", 6),
        Column("Отклоне-|ние, п.п.", 8),
        Column("Не хватает|до плана,|чел.", 9),
        Column("Состояние", 17),
        Column(f"{wording.times(figures.every).over_change}, п.п.", 9),
        Column(f"{wording.times(figures.every).over_change}, чел.", 9),
        Column(f"Нужно в|неделю до|{by},|чел." if by else "Нужно в|неделю,|чел.", 9),
        Column("Свой|темп, чел.|в неделю", 8.5),
        Column(f"Прогноз|на {by},|%" if by else "Прогноз,|%", 8.5),
        Column(f"Успеет|к {by}" if by else "Успеет", 11.5),
        Column("Основание", 48),
        *([] if figures.public else [Column("Файл, лист и ячейка", 48)]),
    ]
    hidden = () if figures.form.has_plan else _of_plan(places(figures))
    return [column._replace(width=0) if n in hidden else column for n, column in enumerate(columns)]


def _of_plan(at: Places) -> tuple[int, ...]:
    """Columns that say nothing where the order has no plan."""
    return at.low, at.high, at.deviation, at.missing, at.state, at.per_week, at.forecast, at.in_time


def _width_of_groups(figures: Figures) -> float:
    """Wide enough for the longest word, and for short names on one line."""
    longest = max(max(map(len, name.split())) for name in figures.grouped)
    return min(max(map(len, figures.grouped)), max(longest, 12)) * 1.05 + 2 if longest < 20 else 22


def _write_school(page: Page, row: int, rank: int, activation: Activation) -> None:
    at, school = places(page.book.figures), activation.school
    assert school is not None
    below = (theme.BOLD,) if activation.level is Level.BELOW else ()
    doubted = doubts.is_headline_doubted(page.book.figures, school.code)
    page.number(row, at.number, rank, *marked(doubted, theme.ROW, theme.CENTRE, theme.QUIET))
    page.text(row, at.code, school.code, theme.ROW, theme.CENTRE, theme.QUIET, theme.TEXT)
    page.text(row, at.school, school.name, theme.ROW, theme.WRAP, *below)
    if at.group is not None:
        page.text(row, at.group, school.group or NO_GROUP, *_SMALL_TEXT)
    _write_report_date(page, row, activation.report_date)
    page.number(row, at.total, activation.total, theme.ROW, theme.PEOPLE)
    page.number(row, at.count, activation.covered, theme.ROW, theme.PEOPLE)
    _write_measured(page, row, activation, theme.ROW)
    _write_missing(page, row, activation, doubted)
    page.formula(
        row, at.per_week,
        _of_row(
            '=IF(OR({share}="",След_план_мин=""),"",'
            "ROUNDUP(ROUND(MAX(0,След_план_мин*{total}-{count})/Недель_до_срока,6),0))", row, at,
        ),
        activation.per_week, *marked(doubted, theme.ROW, theme.PEOPLE_QUIET),
    )  # fmt: skip


def _write_missing(page: Page, row: int, activation: Activation, doubted: bool) -> None:
    at = places(page.book.figures)
    formula = _of_row('=IF(OR({share}="",{low}=""),"",MAX(0,ROUNDUP(ROUND({low}*{total}-{count},6),0)))', row, at)
    looks = (theme.ROW, theme.PEOPLE_QUIET, theme.BOLD, *((theme.ACTION,) if activation.shortfall else ()))
    page.formula(row, at.missing, formula, activation.shortfall, *marked(doubted, *looks))


def _notes(page: Page) -> dict[str, list[str]]:
    """School code -> what else is to be known of its figure: a count made from a percent, a waiver, a doubt."""
    figures = page.book.figures
    item = figures.form.headline_number
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
    code, item = row.school.code, page.book.figures.form.headline_number
    statements = Statement(Rests.FIGURE, code, item), Statement(Rests.CHANGE, code, item), Statement(Rests.COURSE, code)
    remarks = (remark for one in statements for remark in page.book.figures.doubts.of(one))
    return doubts.reasons(remarks, row.report_date, page.book.catalogue)


def _write_basis(page: Page, row: int, activation: Activation, notes: list[str], columns: list[Column]) -> None:
    """Whence the figure: which report, why it is not counted, the file and its cell; the row as high as that needs."""
    at, basis = places(page.book.figures), "отчёт на эту дату"
    if activation.carried and activation.school:
        is_whole = activation.school.code in page.book.figures.carried_reports
        basis = "перенесено с прошлой даты" if is_whole else "прежний ответ: в отчёте его нет"
    basis = why_not_counted(page.book.figures, activation) or basis
    basis = wording.keep_together("; ".join([basis, *notes]))
    source = " · ".join(filter(None, (activation.file, activation.cell and activation.sheet, activation.cell)))
    page.text(row, at.basis, basis, *_SMALL_TEXT, theme.INDENT)
    texts = {at.school: activation.school.name if activation.school else "", at.basis: basis}
    if not page.book.figures.public:
        page.text(row, at.source, source, *_SMALL_TEXT)
        texts[at.source] = source
    small = [at.basis, at.source]
    if at.group is not None and activation.school:
        texts[at.group] = activation.school.group
        small.append(at.group)
    state = {at.state: str(activation.level)} if page.book.figures.form.has_plan else {}
    page.fit_row(row, texts | state, columns, small=small)


def _write_report_date(page: Page, row: int, report_date: date | None) -> None:
    at = places(page.book.figures)
    if report_date:
        page.day(row, at.report, report_date, theme.ROW, theme.CENTRE, theme.DATE)
    else:
        page.text(row, at.report, "нет отчёта", theme.ROW, theme.CENTRE, theme.QUIET)


def _write_measured(page: Page, row: int, activation: Activation, look: Look) -> None:
    """What a school's row and the municipality's have in common: share, target, deviation, pace, state."""
    figures = page.book.figures
    at, item, code = places(figures), figures.form.headline_number, activation.school.code if activation.school else ""
    _write_against_plan(page, row, activation, doubts.is_item_doubted(figures, item, code), look)
    moved = Statement(Rests.CHANGE, code, item) in figures.doubts
    _write_or_dash(page, row, at.change, activation.change, *marked(moved, look, theme.POINTS))
    _write_or_dash(page, row, at.change_people, activation.change_people, *marked(moved, look, theme.PEOPLE_CHANGE))
    course = Statement(Rests.COURSE, code) in figures.doubts
    _write_or_dash(page, row, at.pace, activation.pace, *marked(course, look, theme.PACE))
    _write_or_dash(page, row, at.forecast, fraction(activation.forecast), *marked(course, look, theme.SHARE))
    _write_in_time(page, row, activation, course, look)


def _write_against_plan(page: Page, row: int, activation: Activation, doubted: bool, look: Look) -> None:
    """Share, target, deviation and state, by the people of that row: of a school, a group or the municipality."""
    at, target = places(page.book.figures), page.book.figures.target
    low, high = (fraction(target.min), fraction(target.max)) if target else (None, None)
    exact = theme.exact_share(share_decimals(activation, target))
    share = _of_row('=IF(N({total})=0,"",{count}/{total})', row, at)
    page.formula(row, at.share, share, fraction(activation.percent), *marked(doubted, look, exact, theme.BOLD))
    page.formula(row, at.low, '=IF(План_мин="","",План_мин)', low, look, theme.TARGET, theme.CENTRE, theme.QUIET)
    page.formula(row, at.high, '=IF(План_макс="","",План_макс)', high, look, theme.TARGET, theme.CENTRE, theme.QUIET)
    deviation = _of_row('=IF(OR({share}="",{low}=""),"",ROUND(({share}-{low})*100,9))', row, at)
    points = theme.POINTS if round(activation.deviation or 0.0, 1) else theme.FINE_POINTS
    page.formula(row, at.deviation, deviation, activation.deviation, *marked(doubted, look, points))
    # Rounded, or a share of 0,41 that is stored as 0,40999999999999998 would be called below 41 %.
    state = _of_row(
        '=IF({share}="","нет данных",IF({low}="","срок не наступил",'
        f'IF(ROUND({{share}}-{{low}},9)<0,"{level_said(Level.BELOW)}",'
        f'IF(ROUND({{share}}-{{high}},9)>0,"{level_said(Level.ABOVE)}","{level_said(Level.ON)}"))))',
        row, at,
    )  # fmt: skip
    looks = (look, theme.INDENT, theme.WRAP, *_STATE_LOOKS.get(activation.level, ()))
    page.formula(row, at.state, state, level_said(activation.level), *marked(doubted, *looks))


def _write_in_time(page: Page, row: int, activation: Activation, doubted: bool, look: Look) -> None:
    """Whether the next target will be reached by the forecast; blank where there is no forecast or no target."""
    at = places(page.book.figures)
    formula = _of_row(
        '=IF(OR(NOT(ISNUMBER({forecast})),След_план_мин=""),"",'
        f'IF(ROUND({{forecast}}-След_план_мин,9)<0,"{TOO_LATE_SAID}","{IN_TIME_SAID}"))',
        row, at,
    )  # fmt: skip
    said = None
    if activation.forecast is not None and page.book.figures.next_target:
        said = TOO_LATE_SAID if activation.will_miss else IN_TIME_SAID
    looks = (look, theme.INDENT, *((theme.ACTION_INK,) if activation.will_miss else ()))
    page.formula(row, at.in_time, formula, said, *marked(doubted and said is not None, *looks))


def _write_or_dash(page: Page, row: int, column: int, value: float | None, *looks: Look) -> None:
    if value is None:
        page.text(row, column, Mark.NONE, *looks, theme.RIGHT, theme.QUIET)
    else:
        page.number(row, column, value, *looks)


def _write_total(page: Page, last: int, columns: list[Column]) -> None:
    figures = page.book.figures
    at = places(figures)
    blank = [at.number, at.code, *([] if figures.public else [at.source]), *([] if at.group is None else [at.group])]
    for column in blank:
        page.number(TOTAL_ROW, column, None, theme.TOTAL)
    page.text(TOTAL_ROW, at.school, "Итого по муниципалитету", theme.TOTAL)
    counted = f"{len(figures.counted)} из {wording.schools(len(figures.schools), wording.Case.GENITIVE)}"
    page.text(TOTAL_ROW, at.report, counted, theme.TOTAL, theme.CENTRE, theme.SMALL, theme.WRAP)
    sums = {
        at.total: figures.municipality.total or 0,
        at.count: figures.municipality.covered or 0,
        at.missing: figures.shortfall,
        at.per_week: sum(row.per_week or 0 for row in figures.counted),
    }
    for column, cached in sums.items():
        doubted = column in (at.missing, at.per_week) and doubts.is_headline_doubted(figures)
        letter = xl_col_to_name(column)
        formula = f"=SUM({letter}{DATA_ROW + 1}:{letter}{max(last, DATA_ROW) + 1})"
        page.total(
            TOTAL_ROW, column, formula, cached, figures.activation, *marked(doubted, theme.TOTAL, theme.PEOPLE_QUIET)
        )
    _write_measured(page, TOTAL_ROW, figures.municipality, theme.TOTAL)
    possible = headline_range(figures)
    said = f"с ответами остальных: {range_said(possible, figures.target)}" if possible else ""
    if figures.municipality.change is not None:
        same = same_schools_said(totals_by_item(figures)[figures.form.headline_number], figures.every)
        said = f"{said}; изменение — {same}" if said else f"изменение — {same}"
    page.text(TOTAL_ROW, at.basis, said, theme.TOTAL, theme.SMALL, theme.WRAP, theme.INDENT)
    page.fit_row(TOTAL_ROW, {at.report: counted, at.basis: said}, columns, theme.SMALL_SIZE)


def _write_groups(page: Page, last: int, columns: list[Column]) -> int:
    """A row a group below the schools, whose last row is `last`. Index of the last row."""
    figures = page.book.figures
    at, title = places(figures), last + 2
    groups.write_title(page, title, at.report, figures.form.lead.sheet)
    of_headline = [row for row in group_rows(figures) if row.item == figures.form.headline_number]
    lacking: Counter[str] = Counter()  # group -> people missing in its schools, each for itself
    for one in figures.below:
        lacking[(one.school and one.school.group) or NO_GROUP] += one.shortfall or 0
    end = title
    for end, row in enumerate(of_headline, title + 1):
        _write_group(page, end, last, row, lacking[row.group], columns)
    page.data_bars(title + 1, at.share, end, at.share)
    return end


def _write_group(page: Page, row: int, last: int, group: GroupRow, lacking: int, columns: Sequence[Column]) -> None:
    """`lacking`: people missing in its schools, each for itself."""
    figures = page.book.figures
    at, measured = places(figures), _as_activation(group)
    doubted = doubts.is_group_doubted(figures, group.item, group.group)
    for column in range(at.source):
        page.number(row, column, None, theme.ROW)
    page.text(row, at.school, group.group, theme.ROW, theme.WRAP, theme.BOLD)
    counted = f"{group.counted} из {wording.schools(group.expected, wording.Case.GENITIVE)}"
    page.text(row, at.report, counted, theme.ROW, theme.CENTRE, theme.SMALL, theme.WRAP)
    for column, people in ((at.total, measured.total), (at.count, measured.covered)):
        formula = _sum_of_group(row, last, column, at)
        groups.write_subtotal(page, row, column, formula, people, theme.ROW, theme.PEOPLE)
    _write_against_plan(page, row, measured, doubted, theme.ROW)
    _write_missing(page, row, measured, doubted)
    each = f"до плана каждой школы — {with_mark(wording.number(lacking), doubted)}"
    page.text(row, at.basis, each if lacking > (measured.shortfall or 0) else "", *_SMALL_TEXT, theme.INDENT)
    page.fit_row(row, {at.school: group.group, at.report: counted}, columns, small=(at.report,))


def _as_activation(group: GroupRow) -> Activation:
    """The row of a group's headline item, where it is told as that of a school is."""
    covered, total, percent, deviation = (
        None if math.isnan(figure) else figure
        for figure in (group.covered, group.total, group.percent, group.deviation)
    )
    shortfall = None if math.isnan(group.shortfall) else int(group.shortfall)
    level = group.level or Level.UNKNOWN
    return Activation(
        None, level, covered=covered, total=total, percent=percent, deviation=deviation, shortfall=shortfall
    )


def _sum_of_group(row: int, last: int, column: int, at: Places) -> str:
    """Blank where no school of the group is counted: nobody knows of anybody."""
    assert at.group is not None
    names, name = column_of_schools(at.group, 0, last - DATA_ROW), f"{xl_col_to_name(at.school)}{row + 1}"
    people = column_of_schools(column, 0, last - DATA_ROW)
    counted = groups.sum_of(names, name, f"--ISNUMBER({people})")
    return f'=IF({counted}=0,"",{groups.sum_of(names, name, people)})'


def _of_row(formula: str, row: int, at: Places) -> str:
    """The formula with the cells of that row in place of the names in braces."""
    return formula.format(**{name: f"{letters}{row + 1}" for name, letters in _named_columns(at).items()})


@cache
def _named_columns(at: Places) -> dict[str, str]:
    """Those that formulas name, by Excel's letters."""
    named = "total", "count", "share", "low", "high", "forecast"
    return {name: xl_col_to_name(getattr(at, name)) for name in named}
