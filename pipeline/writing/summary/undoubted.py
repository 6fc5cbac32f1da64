"""What every derived statement would be without the answers under question: the lines of that part of «О расчёте»."""

import math
from collections.abc import Iterable, Iterator
from datetime import date
from statistics import median
from typing import NamedTuple, TypeVar

from pipeline import wording
from pipeline.measuring.activation import first_to_catch_up
from pipeline.measuring.figures import Activation, Figures, Milestone, Rests, Share, Statement
from pipeline.measuring.rows import (
    MilestoneRow,
    StepRow,
    coverage_rows,
    milestone_rows,
    step_rows,
    totals_by_item,
    trend_rows,
)
from pipeline.wording import NBSP
from pipeline.writing.pages import theme
from pipeline.writing.pages.doubts import (
    doubted_schools,
    is_change_doubted,
    is_course_doubted,
    is_headline_doubted,
    is_milestone_doubted,
    is_total_doubted,
    named,
    reasons,
    titles_of,
)
from pipeline.writing.pages.figures_said import MEASURES, figure_said, number_look
from pipeline.writing.pages.theme import Look
from pipeline.writing.pages.words import MOST_NAMED, compared_with, points_said, risen_since, school_name
from schemas.remarks import Catalogue

Key = TypeVar("Key", str, date)

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
    yield from _totals(figures, left, catalogue)
    yield from _figures(figures, left, catalogue)
    yield from _milestones(figures, catalogue)
    yield from _headline(figures, left)
    yield from _schools(figures, left, catalogue)


# ── item by item ─────────────────────────────────────────────────────────────────────────────────────────
def _totals(figures: Figures, left: Figures, catalogue: Catalogue) -> Iterator[Line]:
    both = figures, left
    totals, middles = [totals_by_item(one) for one in both], [_middles(one) for one in both]
    for item in figures.form.coverage_items:
        doubted = doubted_schools(figures, item.number)
        changed = is_change_doubted(figures, item.number)
        if not doubted and not changed:
            continue
        about = figures.form.item(item.number).about
        name = f"п. {item.number}: {'итог' if item.base else 'середина по школам'}"
        middle = [percents.get(item.number) for percents in middles]
        now, without = (_known(one[item.number].percent) for one in totals) if item.base else middle
        parts = [f"{about}: сейчас {_percent(now)}"]
        if doubted and item.base:
            parts.append("середина по школам {}, без них {}".format(*map(_percent, middle)))
        if changed:
            was, would_be = (one[item.number].change for one in totals)
            parts.append(f"изменение {points_said(was)}, без них {_points(would_be)}")
        if without is None:
            parts.append(_NOTHING_LEFT)
        parts.append(_doubted_said(figures, item.number, catalogue))
        yield Line(name, _fraction(without), "; ".join(filter(None, parts)))


def _figures(figures: Figures, left: Figures, catalogue: Catalogue) -> Iterator[Line]:
    """Figures with a unit."""
    without = {(one.item, one.measure, one.period, one.choice): one for one in left.numbers.totals}
    for now in (one for one in figures.numbers.totals if is_total_doubted(figures, one)):
        then = without[now.item, now.measure, now.period, now.choice]
        item = figures.form.item(now.item)
        what = " — ".join(filter(None, (wording.shortened(wording.unbroken(item.title), 60), now.choice)))
        parts = [f"{what}: сейчас {figure_said(figures.form, now)}", _doubted_said(figures, now.item, catalogue)]
        if then.value is None:
            parts.insert(1, _NOTHING_LEFT)
        name = f"п. {now.item}: {MEASURES[now.measure]}"
        yield Line(name, then.value, "; ".join(filter(None, parts)), number_look(item, now.measure))


def _doubted_said(figures: Figures, item: str, catalogue: Catalogue) -> str:
    """«под вопросом 2 школы (СОШ № 3, ООШ № 7): меньше, чем в прошлом отчёте»; blank where only a former answer is."""
    doubted = doubted_schools(figures, item)
    if not doubted:
        return ""
    who = f"под вопросом {wording.schools(len(doubted))} ({named(doubted, MOST_NAMED)})"
    return f"{who}: {titles_of(figures.doubts.of(Statement(Rests.FIGURE, item=item)), catalogue)}"


def _middles(figures: Figures) -> dict[str, float]:
    """Item -> the middle of the schools' percents; what no school is counted in is left out."""
    percents: dict[str, list[float]] = {}
    for row in coverage_rows(figures):
        if row.share == Share.COUNTED:
            percents.setdefault(row.item, []).append(row.percent)
    return {item: median(found) for item, found in percents.items()}


# ── milestones ───────────────────────────────────────────────────────────────────────────────────────────
def _milestones(figures: Figures, catalogue: Catalogue) -> Iterator[Line]:
    """What would be called done without them: an answer that is not accepted proves nothing. Of the items with a due
    date, then of the steps of the headline item."""
    done = _done((row.item, row) for row in milestone_rows(figures))
    for item in figures.form.due_items:
        for codes, said in _without(figures, item.number, None, done.get(item.number, set())):
            parts = f"{item.about}: {said}", _doubted_said(figures, item.number, catalogue)
            yield Line(f"п. {item.number}: сделано", codes, "; ".join(parts), theme.PEOPLE)
    headline, steps = figures.form.headline_number, _done((row.by, row) for row in step_rows(figures))
    for target in figures.form.targets:
        for codes, said in _without(figures, headline, target.by, steps.get(target.by, set())):
            yield Line(f"п. {headline} до {wording.percent(target.min)}: сделано", codes, said, theme.PEOPLE)


def _done(rows: Iterable[tuple[Key, MilestoneRow | StepRow]]) -> dict[Key, set[str]]:
    """Item or date of a step -> codes of the schools that have done it."""
    done: dict[Key, set[str]] = {}
    for key, row in rows:
        if row.state == Milestone.DONE:
            done.setdefault(key, set()).add(row.school_code)
    return done


def _without(figures: Figures, item: str, step: date | None, done: set[str]) -> Iterator[tuple[int, str]]:
    """How many schools would be left, and that in words; nothing where all would be."""
    left = {code for code in done if not is_milestone_doubted(figures, item, step, code)}
    if left != done:
        now, without = (wording.schools(len(codes), wording.Case.GENITIVE) for codes in (done, left))
        yield len(left), f"сейчас у {now}, без них у {without}"


# ── the headline item ────────────────────────────────────────────────────────────────────────────────────
def _headline(figures: Figures, left: Figures) -> Iterator[Line]:
    yield from _points_of_trend(figures, left)
    if is_course_doubted(figures):
        yield from _course(figures, left)
    if is_headline_doubted(figures):
        yield from _against_target(figures, left if left.counted else None)
    if any(one.rests is Rests.CHANGE and one.school for one in figures.doubts.found):
        yield Line("Больше всех прибавили", None, f"со всеми ответами {_risen(figures)}; без них {_risen(left)}")


def _points_of_trend(figures: Figures, left: Figures) -> Iterator[Line]:
    """Of the dates before: that of today is the item's own."""
    now, without = (
        {row.date: row.percent for row in trend_rows(one) if not row.school_code} for one in (figures, left)
    )
    for day in sorted(day for day in now if day < figures.as_of and Statement(Rests.POINT, day=day) in figures.doubts):
        name = f"Итог {wording.on(day, figures.every)}"
        yield Line(
            name,
            _fraction(_known(without[day])),
            f"{figures.form.lead.name}, «Динамика»: сейчас {_percent(now[day])}",
        )


def _course(figures: Figures, left: Figures) -> Iterator[Line]:
    now, without, coming = figures.municipality, left.municipality, figures.next_target
    meaning = f"сейчас {_pace(now.pace)}{_if_none(without.pace)}"
    yield Line("Свой темп, чел. в неделю", without.pace, meaning, theme.PACE)
    if coming and now.forecast is not None:
        meaning = f"сейчас {_percent(now.forecast)}{_if_none(without.forecast)}"
        yield Line(f"Прогноз на {wording.day(coming.by)}", _fraction(without.forecast), meaning)


def _against_target(figures: Figures, left: Figures | None) -> Iterator[Line]:
    """`left`: None where no school is left."""
    if figures.target:
        now = _on_target(figures)
        without = f", без них {_on_target(left)}" if left else f"; {_NOTHING_LEFT}"
        yield Line("Школ с выполненным планом", None, f"сейчас {now}{without}")
        lacking, would_lack = (one.municipality.shortfall if one else None for one in (figures, left))
        if lacking or would_lack:
            meaning = f"муниципалитету в целом: сейчас {_people(lacking or 0)}{_if_none(would_lack)}"
            yield Line("Не хватает до плана, чел.", would_lack, meaning, theme.PEOPLE)
    if figures.below:
        without = f", без них в {_behind(left)}" if left else f"; {_NOTHING_LEFT}"
        meaning = f"сейчас {_people(figures.shortfall)} в {_behind(figures)}{without}"
        yield Line("Не хватает отстающим, чел.", left.shortfall if left else None, meaning, theme.PEOPLE)
        without = f"без них {_catching_up(left)}" if left else _NOTHING_LEFT
        yield Line("Кому догонять сначала", None, f"сейчас {_catching_up(figures)}; {without}")
    if coming := figures.next_target:
        would_need = _needed(left) if left else None
        meaning = f"сейчас {_people(_needed(figures))}{_if_none(would_need)}"
        yield Line(f"Нужно в неделю до {wording.day(coming.by)}, чел.", would_need, meaning, theme.PEOPLE)


def _on_target(figures: Figures) -> str:
    return f"{len(figures.counted) - len(figures.below)} из {len(figures.counted)}"


def _needed(figures: Figures) -> int:
    """People a week."""
    return sum(row.per_week or 0 for row in figures.counted)


def _behind(figures: Figures) -> str:
    """«7 школах»"""
    return wording.count(len(figures.below), ("школе", "школах", "школах"))


def _catching_up(figures: Figures) -> str:
    if not figures.below:
        return "некому: отстающих нет"
    chosen, people, _ = first_to_catch_up(figures.below, figures.municipality)
    return f"{wording.listed([school_name(row) for row in chosen], MOST_NAMED)} ({_people(people)})"


def _risen(figures: Figures) -> str:
    risen = sorted(risen_since(compared_with(figures), figures.activation), key=lambda row: -(row.change or 0))
    said = [f"{school_name(row)} ({points_said(row.change or 0)})" for row in risen[:MOST_NAMED]]
    return ", ".join(said) or "никто"


# ── its schools ──────────────────────────────────────────────────────────────────────────────────────────
def _schools(figures: Figures, left: Figures, catalogue: Catalogue) -> Iterator[Line]:
    """What is said of each school under question, worst first."""
    without = {row.school.code: row for row in left.activation if row.school}
    counted = len(figures.counted)
    for place, row in enumerate(figures.counted, 1):
        assert row.school is not None
        code = row.school.code
        figure = figures.doubts.of(Statement(Rests.FIGURE, code, figures.form.headline_number))
        change = figures.doubts.of(Statement(Rests.CHANGE, code, figures.form.headline_number))
        course = figures.doubts.of(Statement(Rests.COURSE, code))
        if not (figure or change or course):
            continue
        sheet, left_of = figures.form.lead.sheet, without[code]
        parts = []
        if figure:
            lost = "нет ни места, ни отклонения" if figures.form.has_plan else "места нет"
            parts.append(f"«{sheet}», № {place} из {counted}: без этого показателя {lost}")
        if change:
            would_be = math.nan if left_of.change is None else left_of.change
            parts.append(f"изменение {points_said(row.change or 0)}, без них {_points(would_be)}")
        if course:
            parts += _own_course(row, left_of)
        parts.append(f"под вопросом: {reasons((*figure, *change, *course), row.report_date, catalogue)}")
        value = None if figure else left_of.percent
        yield Line(f"{row.school.name} ({code})", _fraction(value), "; ".join(parts))


def _own_course(now: Activation, without: Activation) -> Iterator[str]:
    yield f"свой темп {_pace(now.pace)}, без них {_pace(without.pace)}"
    if now.forecast is not None:
        yield f"прогноз {_forecast(now)}, без них {_forecast(without)}"


def _forecast(row: Activation) -> str:
    """«62,1 %, успеет»"""
    if row.forecast is None:
        return "нет"
    return f"{_percent(row.forecast)}, {'не ' if row.will_miss else ''}успеет"


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────
def _known(percent: float) -> float | None:
    return None if math.isnan(percent) else percent


def _percent(percent: float | None) -> str:
    return "нет" if percent is None else wording.percent(percent, 2)


def _points(points: float) -> str:
    return "сравнить не с чем" if math.isnan(points) else points_said(points)


def _pace(people: float | None) -> str:
    return "нет" if people is None else f"{wording.number(round(people, 1))}{NBSP}чел. в неделю"


def _if_none(without: float | None) -> str:
    return f"; {_NOTHING_LEFT}" if without is None else ""


def _people(people: int) -> str:
    return f"{wording.number(people)}{NBSP}чел."


def _fraction(percent: float | None) -> float | None:
    return None if percent is None else percent / 100
