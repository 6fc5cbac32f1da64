"""Sheet «Сводка», the page that leadership reads: are we on target, who is behind, who is silent, what hinders.

A grid of 30 columns of 35 pixels, the printable width of A4 landscape.
"""

import math
from collections.abc import Iterator, Sequence

from xlsxwriter.chart import Chart

from pipeline import wording
from pipeline.measuring.figures import Level
from pipeline.writing.pages import doubts, theme, titles
from pipeline.writing.pages.brief import Brief, Decision
from pipeline.writing.pages.charts import Charts
from pipeline.writing.pages.completeness import (
    AWAITED_TITLE,
    awaited,
    awaited_said,
    met_title,
    none_met,
    why_none_awaited,
)
from pipeline.writing.pages.doubts import marked
from pipeline.writing.pages.matrix import MatrixCell, coverage_matrix
from pipeline.writing.pages.page import HIGHEST_PRINT, Page, address, written
from pipeline.writing.pages.panels import SECTION_TITLE, write_across, write_card
from pipeline.writing.pages.series import trend_title, why_no_bars, why_no_trend
from pipeline.writing.pages.theme import Look
from pipeline.writing.pages.words import UNKNOWN, level_said
from pipeline.writing.summary import activation, coverage
from schemas.form import Form, Kind
from schemas.own_names import MATRIX_COLUMNS

COLUMNS, COLUMN_PIXELS = 30, 35
ZOOM = 100  # at which a screen of 1366 × 768 shows all columns
LAST = COLUMNS - 1
LEFT, RIGHT = (0, 16), (18, LAST)  # first and last column of the two halves

KICKER, HEADLINE, SUBLINE = 0, 1, 2
CARD_LABEL, CARD_FIGURE, CARD_NOTE = 4, 5, 6
SECTION, CHART, MATRIX_SECTION, MATRIX = 8, 9, 17, 18
DECISIONS = 25
_HEIGHTS = {KICKER: 20, HEADLINE: 50, SUBLINE: 36, 3: 8, CARD_LABEL: 20, CARD_FIGURE: 36, CARD_NOTE: 60, 7: 8,
            SECTION: 20, MATRIX: 32, DECISIONS: 20}  # fmt: skip
ROW_PIXELS, DECISION_PIXELS, LINK_PIXELS, USUAL_PIXELS = 21, 20, 24, 20
HEADLINE_SIZE = 16
POINTS_A_PIXEL = 0.75

SCHOOLS_CHART = (595, 333)
TREND_CHART = (420, 165)
_BELOW_LINE = 3  # pixels that the line under a title of a section needs, or a chart lies over it

AWAITED_NAME = 9  # the last column of a school's name among those whose report is awaited
MATRIX_LABEL_COLUMNS = 4
LINKS = (2, LAST)  # first and last column of the links to the other sheets
LINK_LETTER = 6  # pixels


def write(page: Page, charts: Charts) -> None:
    for row in range(decisions_row(page.book.figures.form)):
        page.sheet.set_row_pixels(row, _HEIGHTS.get(row, ROW_PIXELS))
    page.sheet.set_column_pixels(0, LAST, COLUMN_PIXELS)
    page.sheet.set_zoom(ZOOM)
    _write_top(page)
    _write_cards(page)
    if page.book.figures.form.headline:
        _write_schools(page, charts)
        _write_trend(page, charts)
    else:
        _write_awaited(page)
        _write_completeness(page, charts)
    if page.book.figures.form.has_matrix:
        _write_matrix(page)
    _print(page, _write_foot(page, _write_decisions(page)))
    page.sheet.activate()


def decisions_row(form: Form) -> int:
    """Where the decisions begin: higher up where neither the headline's charts nor the matrix stand above them."""
    return DECISIONS if form.headline or form.has_matrix else MATRIX_SECTION


def _write_top(page: Page) -> None:
    brief = page.book.brief
    colour = theme.NAVY if brief.good else theme.ORANGE_INK
    write_across(page, KICKER, LEFT, brief.kicker, {"font_size": 9, "bold": True, "font_color": theme.GREY})
    dates: Look = {"bold": True, "font_color": theme.NAVY}
    write_across(page, KICKER, (LEFT[1] + 1, LAST), brief.dates, theme.RIGHT, dates)
    headline: Look = {"font_size": HEADLINE_SIZE, "bold": True, "font_color": colour, "text_wrap": True}
    write_across(page, HEADLINE, (0, LAST), brief.headline, headline)
    rule: Look = {"bottom": 2, "bottom_color": colour}
    write_across(page, SUBLINE, (0, LAST), brief.subline, theme.WRAP, rule)
    _fit(page, HEADLINE, brief.headline, HEADLINE_SIZE)
    _fit(page, SUBLINE, brief.subline, theme.BODY_SIZE)


def _fit(page: Page, row: int, text: str, size: float) -> None:
    page.sheet.set_row(row, _fitting(row, text, size))


def _fitting(row: int, text: str, size: float) -> float:
    """Points: higher than usual where the text needs it."""
    return max(_HEIGHTS[row] * POINTS_A_PIXEL, theme.text_height(text, COLUMNS * COLUMN_PIXELS, size))


# ── cards ────────────────────────────────────────────────────────────────────────────────────────────────
def _write_cards(page: Page) -> None:
    cards = page.book.brief.cards
    edges = [index * COLUMNS // len(cards) for index in range(len(cards) + 1)]
    for index, (card, source) in enumerate(zip(cards, (None, *_sources(page), None), strict=True)):
        columns, pixels = (edges[index], edges[index + 1] - 1), (edges[index + 1] - edges[index]) * COLUMN_PIXELS
        write_card(page, CARD_LABEL, columns, pixels, card, source)


def _sources(page: Page) -> Iterator[str | None]:
    """Formulas of the cards but the first and the last."""
    form = page.book.figures.form
    if form.headline is None:
        yield from (_item_source(card.item, page) for card in form.cards)
        return
    yield _headline_source(page)
    if form.has_plan:
        yield _on_target_source(page)
    if form.second_card:
        yield _item_source(form.second_card.item, page)


def _headline_source(page: Page) -> str:
    return f"={address(page.book.figures.form.lead.sheet, activation.share_total(page.book.figures))}"


def _on_target_source(page: Page) -> str | None:
    figures = page.book.figures
    if len(written(figures.activation)) < len(figures.activation):
        return None
    cells = activation.column_of_schools(activation.places(figures).state, 0, len(figures.activation) - 1)
    states = f"'{figures.form.lead.sheet}'!{cells}"
    return "=" + "+".join(f'COUNTIF({states},"{level_said(level)}")' for level in (Level.ON, Level.ABOVE))


def _item_source(number: str, page: Page) -> str | None:
    """The cell of «Охват» with the total, of an item that has one."""
    form = page.book.figures.form
    if form.item(number).kind is not Kind.COVERAGE:
        return None
    return f"={address(titles.COVERAGE, coverage.total_cell(form, number))}"


# ── charts and the small matrix ──────────────────────────────────────────────────────────────────────────
def _write_schools(page: Page, charts: Charts) -> None:
    write_across(page, SECTION, LEFT, page.book.figures.form.lead.chart, SECTION_TITLE)
    chart = charts.schools(*SCHOOLS_CHART)
    if chart:
        described = f"{page.book.figures.form.lead.chart}. {page.book.brief.headline}"
        _insert_chart(page, LEFT, chart, described)
    else:
        _write_no_chart(page, LEFT, why_no_bars(page.book.figures))


def _write_trend(page: Page, charts: Charts) -> None:
    write_across(page, SECTION, RIGHT, trend_title(page.book.figures), SECTION_TITLE)
    chart = charts.trend(*TREND_CHART)
    if chart:
        described = f"{trend_title(page.book.figures)}. {page.book.brief.headline}"
        _insert_chart(page, RIGHT, chart, described)
    else:
        _write_no_chart(page, RIGHT, why_no_trend(page.book.figures))


def _write_awaited(page: Page) -> None:
    """In place of the schools' shares where no item is the headline: whom to ask for a report."""
    figures = page.book.figures
    write_across(page, SECTION, LEFT, AWAITED_TITLE, SECTION_TITLE)
    lines = awaited(figures)
    if not lines:
        _write_no_chart(page, LEFT, why_none_awaited(figures))
    room = decisions_row(figures.form) - CHART - 1
    shown = lines if len(lines) <= room else lines[: room - 1]
    for row, line in enumerate(shown, CHART):
        write_across(page, row, (LEFT[0], LEFT[0] + AWAITED_NAME), line.school.name, theme.ROW, theme.SMALL)
        said = (LEFT[0] + AWAITED_NAME + 1, LEFT[1])
        write_across(page, row, said, awaited_said(line), theme.ROW, theme.SMALL, theme.ACTION_INK)
    if rest := lines[len(shown) :]:
        more = f"и ещё {wording.schools(len(rest))} — лист «{titles.SUBMISSIONS}»"
        write_across(page, CHART + len(shown), LEFT, more, theme.SMALL, theme.QUIET)


def _write_completeness(page: Page, charts: Charts) -> None:
    write_across(page, SECTION, RIGHT, met_title(page.book.figures), SECTION_TITLE)
    chart = charts.completeness(*TREND_CHART)
    if chart:
        _insert_chart(page, RIGHT, chart, f"{met_title(page.book.figures)}. {page.book.brief.headline}")
    else:
        _write_no_chart(page, RIGHT, none_met(page.book.figures))


def _insert_chart(page: Page, columns: tuple[int, int], chart: Chart, described: str) -> None:
    options = {"description": described, "object_position": 2, "y_offset": _BELOW_LINE}
    page.sheet.insert_chart(CHART, columns[0], chart, options)


def _write_no_chart(page: Page, columns: tuple[int, int], why: str) -> None:
    write_across(page, CHART + 3, columns, why, theme.CENTRE, theme.QUIET)


def _write_matrix(page: Page) -> None:
    """Coverage by group of people: the municipality's shares, taken from «Охват»."""
    matrix = coverage_matrix(page.book.figures)
    write_across(page, MATRIX_SECTION, RIGHT, matrix.title, SECTION_TITLE)
    first = RIGHT[0] + MATRIX_LABEL_COLUMNS
    width = MATRIX_COLUMNS // len(matrix.columns)
    spans = [(first + index * width, first + (index + 1) * width - 1) for index in range(len(matrix.columns))]
    heading: Look = {"font_size": 9, "font_color": theme.GREY, "text_wrap": True, "align": "center"}
    for columns, title in zip(spans, matrix.columns, strict=True):
        write_across(page, MATRIX, columns, title.replace("|", "\n"), heading)
    for row, (label, cells) in enumerate(matrix.rows, MATRIX + 1):
        write_across(page, row, (RIGHT[0], first - 1), label, theme.BOLD, theme.SMALL)
        for columns, cell in zip(spans, cells, strict=True):
            _write_share(page, row, columns, cell)
    page.data_bars(MATRIX + 1, first, MATRIX + len(matrix.rows), LAST)


def _write_share(page: Page, row: int, columns: tuple[int, int], cell: MatrixCell) -> None:
    look: Look = {"align": "center", "border": 1, "border_color": theme.WHITE, "bold": cell.on_card}
    write_across(page, row, columns, UNKNOWN, look, theme.SHARE)
    if cell.item:
        figures, number = page.book.figures, cell.item.number
        source = f"={address(titles.COVERAGE, coverage.total_cell(figures.form, number))}"
        share = coverage.municipal_share(figures, number)
        page.formula(row, columns[0], source, share, *marked(cell.doubted, look, theme.SHARE))


# ── decisions, links, print ──────────────────────────────────────────────────────────────────────────────
def _write_decisions(page: Page) -> int:
    """Index of the last line."""
    brief, first = page.book.brief, decisions_row(page.book.figures.form)
    bar: Look = {"bold": True, "font_color": theme.WHITE, "bg_color": theme.NAVY if brief.calm else theme.ORANGE}
    write_across(page, first, (0, LAST), brief.decide, bar, theme.INDENT)
    for row, decision in enumerate(brief.decisions, first + 1):
        page.sheet.set_row_pixels(row, DECISION_PIXELS)
        _write_decision(page, row, decision)
    return first + len(brief.decisions)


def _write_decision(page: Page, row: int, decision: Decision) -> None:
    ink = theme.NAVY if page.book.brief.calm else theme.ORANGE_INK
    tag: Look = {"bold": True, "font_color": ink}
    write_across(page, row, (0, 2), decision.tag, theme.ROW, theme.SMALL, theme.INDENT, tag)
    write_across(page, row, (3, 25), decision.text, theme.ROW, theme.SMALL)
    page.merged(row, 26, LAST, theme.ROW, theme.RIGHT)
    if decision.sheet in page.book.sheets:
        page.link(row, 26, decision.sheet, f"лист «{decision.sheet}»", theme.ROW, theme.RIGHT)


def _write_foot(page: Page, decided: int) -> int:
    """Links to all other sheets, in as many lines as they take; below them, how many answers are counted. Index of
    that last line."""
    small: Look = {"font_size": 9, "font_color": theme.GREY}
    write_across(page, decided + 1, (0, LINKS[0] - 1), "Листы:", small)
    lines = lines_of_links(page.book.sheets[1:])
    for row, line in enumerate(lines, decided + 1):
        page.sheet.set_row_pixels(row, LINK_PIXELS)
        for sheet, (first, end) in line.items():
            page.merged(row, first, end, theme.LINK)
            page.link(row, first, sheet, sheet)
    foot = decided + len(lines) + 1
    write_across(page, foot, (0, LAST), f"{page.book.brief.footer}{doubts.legend(page.book.figures)}".strip(), small)
    return foot


def lines_of_links(sheets: Sequence[str]) -> list[dict[str, tuple[int, int]]]:
    """Sheet -> first and last column of its link, a line each: what does not fit beside the others begins a new line,
    because behind the last column nothing is printed."""
    lines: list[dict[str, tuple[int, int]]] = [{}]
    column = LINKS[0]
    for sheet in sheets:
        width = max(2, math.ceil(len(sheet) * LINK_LETTER / COLUMN_PIXELS))
        if column + width - 1 > LINKS[1]:
            lines.append({})
            column = LINKS[0]
        lines[-1][sheet] = (column, column + width - 1)
        column += width
    return lines


def _print(page: Page, last: int) -> None:
    figures, brief = page.book.figures, page.book.brief
    first = decisions_row(figures.form)
    page.print_setup(last, COLUMNS, height=1)
    if _height(brief, first, last) > HIGHEST_PRINT:
        page.sheet.fit_to_pages(1, 0)
        page.sheet.set_h_pagebreaks([first])
    day = wording.on(figures.as_of, figures.every)
    source = f"Источник: отчёты школ по приказу № {figures.form.order.number}, {day}"
    edition = f"Без персональных данных, svod-{figures.as_of}" if figures.public else f"Файл svod-{figures.as_of}.xlsx"
    file = f"{edition} · отчётов: {brief.cards[0].figure}"
    page.footer(source, file)


def _height(brief: Brief, first: int, last: int) -> float:
    """Pixels of all rows to the last one, which has the usual height. `first`: of the decisions."""
    texts = _fitting(HEADLINE, brief.headline, HEADLINE_SIZE) + _fitting(SUBLINE, brief.subline, theme.BODY_SIZE)
    above = sum(_HEIGHTS.get(row, ROW_PIXELS) for row in range(first + 1) if row not in (HEADLINE, SUBLINE))
    links = last - first - len(brief.decisions) - 1
    below = len(brief.decisions) * DECISION_PIXELS + links * LINK_PIXELS + USUAL_PIXELS
    return texts / POINTS_A_PIXEL + above + below
