"""What every derived statement would be without the answers under question: the lines of that part of «О расчёте»."""

import math
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from pipeline import wording
from pipeline.measuring.activation import first_to_catch_up
from pipeline.measuring.figures import Activation, Figures, Rests, Share, Statement
from pipeline.measuring.rows import coverage_rows, totals_by_item, trend_rows
from pipeline.wording import NBSP
from pipeline.writing.pages import theme
from pipeline.writing.pages.doubts import doubted_schools, headline_doubted, named, reasons
from pipeline.writing.pages.theme import Look
from pipeline.writing.pages.words import MOST_NAMED, points_said, school_name
from schemas.form import Item
from schemas.remarks import Catalogue

_EXACT = theme.exact_share(2)  # one school may move the municipality by less than a tenth
_NOTHING_LEFT = "без них показателя нет"


class Line(NamedTuple):
    """A statement, its figure without the answers under question (None: there is none, or it is no figure), what it is
    as it stands and why it is under question."""

    name: str
    value: float | None
    meaning: str
    look: Look = _EXACT


def lines(figures: Figures, catalogue: Catalogue) -> Iterator[Line]:
    """Of the statements under question: of the municipality item by item, of the headline item, of its schools."""
    left = figures.undoubted
    if left is None:
        return
    yield from _totals(figures, left)
    yield from _headline(figures, left)
    yield from _schools(figures, left, catalogue)


# ── item by item ─────────────────────────────────────────────────────────────────────────────────────────
def _totals(figures: Figures, left: Figures) -> Iterator[Line]:
    for item in figures.form.coverage_items:
        doubted = doubted_schools(figures, item.number)
        changed = Statement(Rests.CHANGE, item=item.number) in figures.doubts
        if not doubted and not changed:
            continue
        about = figures.form.item(item.number).about
        name = f"п. {item.number}: {'итог' if item.base else 'середина по школам'}"
        now, without = (_share(one, item) for one in (figures, left))
        parts = [f"{about}: сейчас {_percent(now)}"]
        if doubted:
            parts.append(f"под вопросом {wording.schools(len(doubted))} ({named(doubted, MOST_NAMED)})")
        if changed:
            was, would_be = (totals_by_item(one)[item.number].change for one in (figures, left))
            parts.append(f"изменение {points_said(was)}, без них {_points(would_be)}")
        if without is None:
            parts.append(_NOTHING_LEFT)
        yield Line(name, _fraction(without), "; ".join(parts))


def _share(figures: Figures, item: Item) -> float | None:
    """Percent of the municipality; of what has no total the middle of the schools."""
    if item.base:
        percent = totals_by_item(figures)[item.number].percent
        return None if math.isnan(percent) else percent
    return _middle(figures, item.number)


def _middle(figures: Figures, item: str) -> float | None:
    rows = (row for row in coverage_rows(figures) if row.item == item and row.share == Share.COUNTED)
    percents = [row.percent for row in rows]
    return median(percents) if percents else None


# ── the headline item ────────────────────────────────────────────────────────────────────────────────────
def _headline(figures: Figures, left: Figures) -> Iterator[Line]:
    doubts, item = figures.doubts, figures.form.headline.item
    yield from _points_of_trend(figures, left)
    if Statement(Rests.COURSE) in doubts and figures.municipality.forecast is not None and figures.next_target:
        yield _forecast(f"Прогноз на {wording.day(figures.next_target.by)}", figures.municipality, left.municipality)
    if figures.target and headline_doubted(figures):
        yield from _against_target(figures, left)
    if Statement(Rests.BEHIND) in doubts:
        meaning = f"сейчас {_people(figures.shortfall)} в {_behind(figures)}, без них в {_behind(left)}"
        yield Line("Не хватает отстающим, чел.", left.shortfall, meaning, theme.PEOPLE)
    if Statement(Rests.CATCH_UP) in doubts:
        yield Line("Кому догонять сначала", None, f"сейчас {_catching_up(figures)}; без них {_catching_up(left)}")
    if Statement(Rests.PEERS, item=item) in doubts:
        now, without = _middle(figures, item), _middle(left, item)
        yield Line("Середина по школам", _fraction(without), f"сейчас {_percent(now)}")
    if any(one.rests is Rests.CHANGE and one.school for one in doubts.found):
        yield Line("Больше всех прибавили", None, f"со всеми ответами {_risen(figures)}; без них {_risen(left)}")


def _points_of_trend(figures: Figures, left: Figures) -> Iterator[Line]:
    """Of the dates before: that of today is the item's own."""
    now, without = (
        {row.date: row.percent for row in trend_rows(one) if not row.school_code} for one in (figures, left)
    )
    for day in sorted(day for day in now if day < figures.as_of and Statement(Rests.POINT, day=day) in figures.doubts):
        name = f"Итог на {wording.day(day)}"
        share = None if math.isnan(without[day]) else without[day]
        yield Line(name, _fraction(share), f"{figures.form.headline.name}, «Динамика»: сейчас {_percent(now[day])}")


def _forecast(name: str, now: Activation, without: Activation | None) -> Line:
    share = without.forecast if without else None
    meaning = f"сейчас {_percent(now.forecast)}{'' if share is not None else '; без них прогноза нет'}"
    return Line(name, _fraction(share), meaning)


def _against_target(figures: Figures, left: Figures) -> Iterator[Line]:
    now, without = (f"{len(one.counted) - len(one.below)} из {len(one.counted)}" for one in (figures, left))
    yield Line("Школ с выполненным планом", None, f"сейчас {now}, без них {without}")
    lacking, would_lack = figures.municipality.shortfall, left.municipality.shortfall
    if lacking or would_lack:
        meaning = f"муниципалитету в целом: сейчас {_people(lacking or 0)}"
        yield Line("Не хватает до плана, чел.", would_lack, meaning, theme.PEOPLE)


def _behind(figures: Figures) -> str:
    """«7 школах»"""
    return wording.count(len(figures.below), ("школе", "школах", "школах"))


def _catching_up(figures: Figures) -> str:
    if not figures.below:
        return "некому: отстающих нет"
    chosen, people, _ = first_to_catch_up(figures.below, figures.municipality)
    return f"{wording.listed([school_name(row) for row in chosen], MOST_NAMED)} ({_people(people)})"


def _risen(figures: Figures) -> str:
    risen = sorted((row for row in figures.activation if (row.change or 0) > 0), key=lambda row: -(row.change or 0))
    said = [f"{school_name(row)} ({points_said(row.change or 0)})" for row in risen[:MOST_NAMED]]
    return ", ".join(said) or "никто"


# ── its schools ──────────────────────────────────────────────────────────────────────────────────────────
def _schools(figures: Figures, left: Figures, catalogue: Catalogue) -> Iterator[Line]:
    """Rank and forecast of each school under question, worst first."""
    without = {row.school.code: row for row in left.activation if row.school}
    counted = len(figures.counted)
    for place, row in enumerate(figures.counted, 1):
        assert row.school is not None
        code = row.school.code
        figure = figures.doubts.of(Statement(Rests.FIGURE, code, figures.form.headline.item))
        course = figures.doubts.of(Statement(Rests.COURSE, code))
        if not figure and not course:
            continue
        sheet = figures.form.headline.sheet
        parts = [f"«{sheet}», № {place} из {counted}: без этого показателя места нет"] if figure else []
        if row.forecast is not None and course:
            parts.append(f"прогноз {_percent(row.forecast)}, без них {_percent(without[code].forecast)}")
        parts.append(f"под вопросом: {reasons((*figure, *course), row.report_date, catalogue)}")
        value = None if figure else without[code].forecast
        yield Line(f"{row.school.name} ({code})", _fraction(value), "; ".join(parts))


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────
def _percent(percent: float | None) -> str:
    return "нет" if percent is None else wording.percent(percent, 2)


def _points(points: float) -> str:
    return "сравнить не с чем" if math.isnan(points) else points_said(points)


def _people(people: int) -> str:
    return f"{wording.number(people)}{NBSP}чел."


def _fraction(percent: float | None) -> float | None:
    return None if percent is None else percent / 100
