"""Sheet «Школа»: where the school stands, how it moves, its coverage beside the municipality's. One page of A4."""

import math
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline import wording
from pipeline.measuring.figures import Figures, Rests, Share, Statement
from pipeline.measuring.peers import PeerStanding
from pipeline.measuring.rows import CoverageRow, coverage_rows, totals_by_item
from pipeline.wording import NBSP
from pipeline.writing.pages import doubts, theme
from pipeline.writing.pages.charts import Charts
from pipeline.writing.pages.doubts import is_item_doubted, marked
from pipeline.writing.pages.page import Column, Page, fraction
from pipeline.writing.pages.panels import SECTION_TITLE, write_across, write_card, write_fitted
from pipeline.writing.pages.theme import Look, Mark
from pipeline.writing.pages.words import (
    IN_TIME_SAID,
    TOO_LATE_SAID,
    UNKNOWN,
    compared_with,
    level_said,
    measured_then,
    share_decimals,
)
from schemas.district import School
from schemas.form import Item
from schemas.remarks import Catalogue

SHEET = "Школа"

COLUMNS = (
    Column("Пункт", 9),
    Column("Показатель", 23),
    Column("Охва-|чено, чел.", 9),
    Column("Всего,|чел.", 9),
    Column("Школа,|%", 9),
    Column("Муници-|палитет, %", 10),
    Column("Середина|по школам, %", 11),
    Column("Место", 9),
    Column("Пояснение", 16),
)
ITEM, ABOUT, COVERED, TOTAL, SHARE, WHOLE, MEDIAN, PLACE, NOTE = range(len(COLUMNS))
LAST = NOTE
WIDTH = sum(column.pixels for column in COLUMNS)
CARDS = {  # columns of each, by how many there are
    2: ((ITEM, SHARE), (WHOLE, NOTE)),
    3: ((ITEM, ABOUT), (COVERED, WHOLE), (MEDIAN, NOTE)),
    4: ((ITEM, ABOUT), (COVERED, SHARE), (WHOLE, MEDIAN), (PLACE, NOTE)),
}

KICKER, TITLE, HEADLINE, SUBLINE = range(4)
CARD = 5  # label, figure, note
SECTION, FIRST_LINE = 9, 10
CHART_ROWS, CHART_GAP = 9, 6  # pixels between its title and the chart
TODO = FIRST_LINE + CHART_ROWS + 1
_PIXELS = {KICKER: 20, 4: 8, CARD: 20, CARD + 1: 38, CARD + 2: 60, 8: 8, SECTION: 20, TODO - 1: 8, TODO: 20}
_ROW_PIXELS = 22
_LEFT, _RIGHT = (ITEM, COVERED), (TOTAL, LAST)  # pace, chart

_CHART_TITLE = "Факт школы и ступени плана"
_CHART_WITHOUT_PLAN = "Доля школы по отчётам"
_NOT_COUNTED = {
    Share.SET_ASIDE: f"{Mark.ERROR} отложено до исправления",
    Share.NOT_APPLICABLE: f"{Mark.NONE} не предусмотрено",
    Share.NO_ANSWER: "нет ответа",
    Share.NO_REPORT: f"{Mark.NO_ANSWER} нет отчёта",
}
_FOOTNOTE = (
    "Доля школы — охвачено / всего; по муниципалитету — сумма охваченных / сумма всех по учтённым школам. Середина — "
    "медиана долей школ: половина школ выше, половина ниже. Место — по доле среди учтённых школ, первое — лучшее."
)


class Line(NamedTuple):
    """One line of the school's pace; a text or a number with its look, None for a figure that is not known; `rests`:
    what it is derived from, None of what is no figure of the school."""

    label: str
    value: float | str | None
    look: Look = MappingProxyType({})
    rests: Rests | None = None


def write(page: Page, school: School, standings: Mapping[str, PeerStanding], charts: Charts) -> None:
    """`standings`: by coverage item."""
    for index, column in enumerate(COLUMNS):
        page.sheet.set_column(index, index, column.width)
    for row in range((TODO if page.book.figures.form.headline else SECTION) + 1):
        page.sheet.set_row_pixels(row, _PIXELS.get(row, _ROW_PIXELS))
    form = page.book.figures.form
    todo = TODO if form.headline else SECTION  # pace and chart are the headline item's
    first = todo + len(page.book.brief.decisions) + 3  # of the table of coverage: its header
    _write_top(page, school)
    _write_cards(page, first)
    if form.headline:
        _write_pace(page)
        _write_chart(page, charts)
    last = _write_todo(page, todo)
    if form.shown_items:
        last = _write_coverage(page, first, standings)
    _print(page, last)
    page.sheet.activate()


def _write_top(page: Page, school: School) -> None:
    brief = page.book.brief
    colour = theme.NAVY if brief.good else theme.ORANGE_INK
    kicker: Look = {"font_size": 9, "bold": True, "font_color": theme.GREY}
    write_across(page, KICKER, (ITEM, SHARE), brief.kicker, kicker)
    dates: Look = {"bold": True, "font_color": theme.NAVY, "align": "right"}
    write_across(page, KICKER, (WHOLE, LAST), brief.dates, dates)
    write_fitted(page, TITLE, COLUMNS, f"{school.name} (код {school.code})", 16, theme.TITLE)
    write_fitted(page, HEADLINE, COLUMNS, brief.headline, 13, theme.BOLD, {"font_color": colour})
    write_fitted(page, SUBLINE, COLUMNS, brief.subline, theme.BODY_SIZE, {"bottom": 2, "bottom_color": colour})


def _write_cards(page: Page, first: int) -> None:
    """The headline figure is that of the table of coverage, whose header is row `first`."""
    form, cards = page.book.figures.form, page.book.brief.cards
    numbers = [item.number for item in form.shown_items]
    told = [form.headline_number] if form.headline else ["", *(card.item for card in form.cards)]
    sources = {
        index: f"={xl_rowcol_to_cell(first + 1 + numbers.index(number), SHARE)}"
        for index, number in enumerate(told)
        if number in numbers
    }
    for index, (columns, card) in enumerate(zip(CARDS[len(cards)], cards, strict=True)):
        pixels = sum(column.pixels for column in COLUMNS[columns[0] : columns[1] + 1])
        write_card(page, CARD, columns, pixels, card, sources.get(index))


# ── pace ─────────────────────────────────────────────────────────────────────────────────────────────────
def _write_pace(page: Page) -> None:
    write_across(page, SECTION, _LEFT, "Темп", SECTION_TITLE)
    row = FIRST_LINE
    for row, line in enumerate(_pace(page.book.figures), FIRST_LINE):
        page.text(row, ITEM, line.label, theme.ROW, theme.SMALL)
        page.number(row, ABOUT, None, theme.ROW)
        looks = marked(_is_doubted(line.rests, page.book.figures), theme.ROW, theme.BOLD, theme.RIGHT, line.look)
        if isinstance(line.value, str):
            page.text(row, COVERED, line.value, *looks)
        elif line.value is None:
            page.text(row, COVERED, UNKNOWN, theme.ROW, theme.QUIET, theme.RIGHT)
        else:
            page.number(row, COVERED, line.value, *looks)
    note = _pace_note(page.book.figures)
    write_across(page, row + 1, _LEFT, note, theme.NOTE, theme.TOP)
    width = sum(column.pixels for column in COLUMNS[: COVERED + 1])
    page.sheet.set_row(row + 1, max(_ROW_PIXELS * 0.75, theme.text_height(note, width, theme.SMALL_SIZE)))


def _is_doubted(rests: Rests | None, own: Figures) -> bool:
    item = own.form.headline_number if rests in (Rests.FIGURE, Rests.CHANGE) else ""
    return rests is not None and Statement(rests, item=item) in own.doubts


def _pace(own: Figures) -> Iterator[Line]:
    row, coming = own.municipality, own.next_target
    since = wording.capital(_since(own))
    yield Line(f"{since}, п.п.", row.change, theme.POINTS, Rests.CHANGE)
    yield Line(f"{since}, чел.", row.change_people, theme.PEOPLE_CHANGE, Rests.CHANGE)
    yield Line("Свой темп, чел. в неделю", row.pace, theme.PACE, Rests.COURSE)
    if coming is None:
        return
    by = wording.short_day(coming.by)
    yield Line(f"Нужно до {by}, чел. в неделю", row.per_week, theme.PEOPLE, Rests.FIGURE)
    yield Line(f"План на {by}", wording.band(coming.min, coming.max))
    decimals = 1 if row.forecast is None else wording.decimals_beside(row.forecast, coming.min, coming.max)
    yield Line(f"Прогноз на {by}", fraction(row.forecast), theme.exact_share(decimals), Rests.COURSE)
    if row.forecast is not None:
        said, look = (TOO_LATE_SAID, theme.ACTION_INK) if row.will_miss else (IN_TIME_SAID, {})
        yield Line(f"К {by}", said, look, Rests.COURSE)


def _since(own: Figures) -> str:
    """Since when a figure has changed that was carried forward to the date before, its school knows."""
    if measured := measured_then(own):
        return wording.since(measured.as_of, own.every, short=True)
    return "с прежнего отчёта" if compared_with(own) else wording.times(own.every).of_last


def _pace_note(own: Figures) -> str:
    row = own.municipality
    if row.carried:
        what = "Отчёт перенесён с прошлой даты" if own.carried_reports else "Ответ перенесён из прошлого отчёта"
        return f"{what}: темп по нему не считается."
    if row.percent is None:
        return f"{'Темп и прогноз появятся' if own.form.has_plan else 'Темп появится'}, когда показатель будет учтён."
    if not own.form.has_plan:
        return "Темп — по ходу прежних отчётов самой школы, когда их не меньше двух."
    if own.next_target is None:
        return "Следующего срока нет: действует последняя ступень плана."
    if row.forecast is None:
        return "Прогноз — когда отчётов не меньше трёх."
    return "Прогноз — по ходу прежних отчётов самой школы."


def _write_chart(page: Page, charts: Charts) -> None:
    title = _CHART_TITLE if page.book.figures.form.has_plan else _CHART_WITHOUT_PLAN
    write_across(page, SECTION, _RIGHT, title, SECTION_TITLE, theme.INDENT)
    width = sum(column.pixels for column in COLUMNS[TOTAL:])
    chart = charts.trend(int(width), CHART_ROWS * _ROW_PIXELS - CHART_GAP)
    if chart:
        described = f"{title}. {page.book.brief.headline}"
        place = {"description": described, "object_position": 2, "y_offset": CHART_GAP}
        page.sheet.insert_chart(FIRST_LINE, TOTAL, chart, place)
    else:
        why = "Учтённых показателей школы за отчётные даты ещё нет: рисовать пока нечего."
        write_across(page, FIRST_LINE + 3, _RIGHT, why, theme.CENTRE, theme.QUIET)


# ── what is to be done ───────────────────────────────────────────────────────────────────────────────────
def _write_todo(page: Page, first: int) -> int:
    """From row `first` on. Index of the last row."""
    brief = page.book.brief
    fill, ink = (theme.NAVY, theme.NAVY) if brief.calm else (theme.ORANGE, theme.ORANGE_INK)
    bar: Look = {"bold": True, "font_color": theme.WHITE, "bg_color": fill}
    write_across(page, first, (ITEM, LAST), brief.decide, bar, theme.INDENT)
    tag: Look = {"bold": True, "font_color": ink}
    width = WIDTH - COLUMNS[ITEM].pixels
    for row, decision in enumerate(brief.decisions, first + 1):
        page.text(row, ITEM, decision.tag, theme.ROW, theme.SMALL, tag)
        write_across(page, row, (ABOUT, LAST), decision.text, theme.ROW, theme.SMALL, theme.WRAP)
        page.sheet.set_row(row, max(theme.ROW_HEIGHT, theme.text_height(decision.text, width, theme.SMALL_SIZE) + 4))
    return first + len(brief.decisions)


# ── coverage ─────────────────────────────────────────────────────────────────────────────────────────────
def _write_coverage(page: Page, header: int, standings: Mapping[str, PeerStanding]) -> int:
    """Index of the last row."""
    own = page.book.figures
    title = f"Охват: школа среди школ муниципалитета {wording.on(own.as_of, own.every)}"
    page.sheet.set_row_pixels(header - 1, 24)
    write_across(page, header - 1, (ITEM, LAST), title, SECTION_TITLE)
    page.header(header, COLUMNS, height=38)
    answers = {row.item: row for row in coverage_rows(own)}
    notes = _notes(own, page.book.catalogue)
    row = header
    for row, item in enumerate(own.form.shown_items, header + 1):
        note = "; ".join([*_basis(answers[item.number], own), *notes.get(item.number, ())])
        page.text(row, ITEM, item.number, theme.ROW, theme.CENTRE, theme.QUIET, theme.TEXT)
        page.text(row, ABOUT, wording.capital(item.about), theme.ROW, theme.SMALL, theme.WRAP)
        _write_answer(page, row, item, answers[item.number])
        _write_others(page, row, item, standings[item.number])
        action = theme.ACTION if answers[item.number].share is Share.SET_ASIDE else theme.QUIET
        page.text(row, NOTE, note, theme.ROW, theme.SMALL, theme.WRAP, theme.INDENT, action)
        page.fit_row(row, {ABOUT: item.about, NOTE: note}, COLUMNS, theme.SMALL_SIZE)
    page.data_bars(header + 1, SHARE, row, SHARE)
    write_fitted(page, row + 1, COLUMNS, f"{_FOOTNOTE}{doubts.legend(own)}", theme.SMALL_SIZE, theme.NOTE)
    return row + 1


def _write_answer(page: Page, row: int, item: Item, answer: CoverageRow) -> None:
    if answer.share is not Share.COUNTED:
        for column in (COVERED, TOTAL, SHARE):
            page.text(row, column, UNKNOWN, theme.ROW, theme.RIGHT, theme.QUIET)
        return
    looks = marked(is_item_doubted(page.book.figures, item.number), theme.ROW, theme.BOLD, _share_look(page, item))
    if not item.base:
        for column in (COVERED, TOTAL):
            page.text(row, column, UNKNOWN, theme.ROW, theme.RIGHT, theme.QUIET)
        page.number(row, SHARE, answer.percent / 100, *looks)
        return
    page.number(row, COVERED, answer.covered, theme.ROW, theme.PEOPLE)
    page.number(row, TOTAL, answer.total, theme.ROW, theme.PEOPLE)
    covered, total = (xl_rowcol_to_cell(row, column) for column in (COVERED, TOTAL))
    formula = f'=IF(N({total})=0,"",{covered}/{total})'
    page.formula(row, SHARE, formula, answer.percent / 100, *looks)


def _share_look(page: Page, item: Item) -> Look:
    """Rounding must not contradict what is said of the headline share."""
    own = page.book.figures
    is_headline = item.number == own.form.headline_number
    return theme.exact_share(share_decimals(own.municipality, own.target)) if is_headline else theme.SHARE


def _write_others(page: Page, row: int, item: Item, standing: PeerStanding) -> None:
    whole = totals_by_item(page.book.figures)[item.number].percent
    doubted = Statement(Rests.PEERS, item=item.number) in page.book.figures.doubts
    shares = {WHOLE: None if math.isnan(whole) else whole, MEDIAN: standing.median}
    for column, percent in shares.items():
        if percent is None:
            page.text(row, column, UNKNOWN, theme.ROW, theme.RIGHT, theme.QUIET)
        else:
            page.number(row, column, percent / 100, *marked(doubted, theme.ROW, theme.SHARE))
    if standing.place is None:
        page.text(row, PLACE, UNKNOWN, theme.ROW, theme.CENTRE, theme.QUIET)
    else:
        looks = marked(doubted, theme.ROW, theme.CENTRE, theme.out_of(standing.schools))
        page.number(row, PLACE, standing.place, *looks)


def _basis(answer: CoverageRow, own: Figures) -> Iterator[str]:
    """Why a share is not counted; of one that is, what is to be known of it."""
    if answer.share is not Share.COUNTED:
        lacks_base = (answer.school_code, answer.item) in own.unbased
        yield f"{Mark.CHECK} в реестре нет числа людей" if lacks_base else _NOT_COUNTED[answer.share]
        return
    if answer.item == own.form.headline_number and own.target:
        yield level_said(own.municipality.level).replace(" ", NBSP)
    if answer.carried and (day := _said_on(answer, own)):
        yield f"{Mark.CARRIED} перенесено с {wording.day(day)}"
    if answer.derived:
        yield "число — по проценту"


def _said_on(answer: CoverageRow, own: Figures) -> date | None:
    """Date of the report that gave a carried answer."""
    if own.carried_reports:
        return own.municipality.report_date or _reported_on(own)
    return next((one.as_of for one in own.reconciliation.taken if one.item == answer.item), None)


def _notes(own: Figures, catalogue: Catalogue) -> dict[str, list[str]]:
    """Item -> the exceptions granted, and why the answer is under question."""
    notes: dict[str, list[str]] = {}
    for remark in own.remarks:
        if remark.waiver:
            notes.setdefault(remark.item, []).append(f"по исключению: {remark.waiver}")
    for item in own.form.shown_items:
        remarks = own.doubts.of(Statement(Rests.FIGURE, item=item.number))
        if why := doubts.reasons(remarks, _reported_on(own), catalogue):
            notes.setdefault(item.number, []).append(f"под вопросом: {why}")
    return notes


def _reported_on(own: Figures) -> date | None:
    (line,) = own.submissions
    return line.as_of


def _print(page: Page, last: int) -> None:
    page.print_setup(last, len(COLUMNS))
    page.sheet.set_portrait()
