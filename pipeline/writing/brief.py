"""What leadership is told in half a minute: headline, sub-line, cards, lines of decision.

Made once from the figures and said in two places: on «Сводка» and in the letter.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline import wording
from pipeline.measuring.activation import level
from pipeline.measuring.figures import Activation, Figures, Level, Milestone, Restated, State, Submission
from pipeline.measuring.problems import OTHER
from pipeline.wording import NBSP
from pipeline.writing import theme
from pipeline.writing.theme import Look, Mark
from schemas.form import Form, Target
from schemas.remarks import Catalogue, Remark, Severity

DECISION_LENGTH = 125  # characters of one line on «Сводка», not wrapped
CARD_LINE = 38  # characters of one line of a card's note
MOST_NAMES = 4  # in a line of decision; fewer where the line would be too long
CATCHING_UP = 0.6  # of the whole shortfall: the schools that leadership should talk to first
UNKNOWN = "—"

SUBMISSIONS_SHEET = "Сдача отчётов"
REMARKS_SHEET = "Замечания"
MILESTONES_SHEET = "Этапы"
PROBLEMS_SHEET = "Проблемы"


@dataclass(frozen=True)
class Card:
    """One card. `value` is the figure as a number for a cell of the format `look`, a fraction for a share;
    None where it is not known."""

    label: str
    figure: str
    note_lines: tuple[str, ...]
    needs_action: bool = False
    value: float | None = None
    look: Look = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """One line of «Требует решения управления»; `sheet` is where to read on, blank for none."""

    tag: str
    text: str
    sheet: str = ""


@dataclass(frozen=True)
class Brief:
    """`dates`: which date it tells of, and which one it is compared with; `good`: the municipality is not below its
    plan; `calm`: nothing is left to decide."""

    kicker: str
    dates: str
    headline: str
    good: bool
    subline: str
    cards: tuple[Card, ...]
    decisions: tuple[Decision, ...]
    calm: bool
    footer: str


def make_brief(figures: Figures, catalogue: Catalogue) -> Brief:
    order = figures.form.order
    decisions = tuple(_decisions(figures, catalogue))
    return Brief(
        kicker=f"{figures.form.subject} · приказ №{NBSP}{order.number} от {wording.day(order.date)}".upper(),
        dates=_dates(figures),
        headline=_headline(figures),
        good=figures.municipality.level is not Level.BELOW,
        subline=_subline(figures),
        cards=(
            _submission_card(figures),
            _headline_card(figures),
            _target_card(figures),
            _second_card(figures),
            _remarks_card(figures),
        ),
        decisions=decisions or (_NOTHING_TO_DECIDE,),
        calm=not decisions,
        footer=_footer(figures),
    )


def _dates(figures: Figures) -> str:
    said, before = f"по состоянию на {wording.day(figures.as_of)}", compared_with(figures)
    return f"{said} · сравнение с {wording.day(before.as_of)}" if before else said


def compared_with(figures: Figures) -> Figures | None:
    """The figures of the reporting date before, where anybody had reported by then."""
    before = figures.before
    return before if before and any(row.as_of for row in before.submissions) else None


# ── headline ─────────────────────────────────────────────────────────────────────────────────────────────
def _headline(figures: Figures) -> str:
    if figures.municipality.percent is None:
        return _nothing_counted(figures)
    decimals = share_decimals(figures.municipality, figures.target)
    said = f"{figures.form.headline.name} — {wording.percent(figures.municipality.percent, decimals)}"
    target, coming = figures.target, figures.next_target
    if target:
        said = f"{said} при плане {wording.band(target.min, target.max)}: {_verdict(figures)}"
    elif coming:
        said += f". План ещё не действует: к {wording.day(coming.by)} нужно {wording.band(coming.min, coming.max)}."
    else:
        said += "."
    return said if _reported(figures) else f"{said} На {_asked_for(figures)} отчётов нет: данные прежние."


def share_decimals(row: Activation, target: Target | None) -> int:
    """Decimals of a share of the headline item: rounding must not contradict the verdict beside it."""
    if row.percent is None or target is None:
        return 1
    return wording.decimals_beside(row.percent, target.min, target.max)


def _nothing_counted(figures: Figures) -> str:
    if not figures.schools:
        return "Нет ни одной школы в реестре."
    if not _reported(figures):
        whole = len(figures.schools)
        nobody = "Школа" if whole == 1 else f"Ни одна школа из {wording.number(whole)}"
        return f"{nobody} не отчиталась на {_asked_for(figures)} — показателей пока нет."
    return f"Отчёты есть, но ни один показатель «{figures.form.headline.name}» не принят: смотрите замечания."


def _asked_for(figures: Figures) -> str:
    """The date for which the reports are."""
    return wording.day(figures.reporting_date or figures.as_of)


def _verdict(figures: Figures) -> str:
    """The municipality's, then how many schools it does not hold for; of one school the first says it all."""
    counted = len(figures.counted)
    alone = counted == len(figures.schools) == 1
    if figures.municipality.level is Level.BELOW:
        missing = wording.lacking(figures.municipality.shortfall or 0, _people(figures.form))
        said = f"план не выполнен, не хватает {missing}."
        return said if alone else f"{said} {wording.capital(_behind_of(figures))}."
    met = "план перевыполнен" if figures.municipality.level is Level.ABOVE else "план выполнен"
    if alone:
        return f"{met}."
    if figures.below:
        return f"{met}, но {_behind_of(figures)}."
    if counted == len(figures.schools):
        return f"{met} во всех школах."
    return f"{met}, отстающих нет; {_counted_of(counted, len(figures.schools))}."


def _behind_of(figures: Figures) -> str:
    counted, behind = len(figures.counted), len(figures.below)
    if behind == counted == len(figures.schools):
        return f"ниже плана все {wording.schools(counted)}"
    return f"{wording.schools(behind)} из {wording.number(counted)} ниже плана"


# ── sub-line ─────────────────────────────────────────────────────────────────────────────────────────────
def _subline(figures: Figures) -> str:
    if not figures.schools:
        return "Внесите школы в реестр и запустите свод снова."
    if not _reported(figures) and figures.municipality.percent is None:
        if not any(row.to_remind for row in figures.submissions):
            return "Отчётной даты ещё не было."
        return f"Запросите отчёты: список школ и сроков — на листе «{SUBMISSIONS_SHEET}»."
    shortcomings = [*_behind_said(figures), *_submissions_said(figures)]
    parts = [
        *_date_of_reports_said(figures),
        *_range_said(figures),
        *(shortcomings or [_all_reported(figures)]),
        *_late_by_forecast_said(figures),
        *(restated_said(one) for one in figures.restated),
    ]
    return " ".join(filter(None, parts))


def _date_of_reports_said(figures: Figures) -> Iterator[str]:
    """Between reporting dates: for which one the schools have reported."""
    day = figures.reporting_date
    if day is None or day == figures.as_of or not _reported(figures):
        return
    later = any(row.as_of and row.as_of > day for row in _reported(figures))
    yield f"Показатели школ — по отчётам на {wording.day(day)}{' и более поздним' if later else ''}."


def _range_said(figures: Figures) -> Iterator[str]:
    """Where the municipality's share can lie, and whether its verdict hangs on those who have not answered."""
    share_range = headline_range(figures)
    if share_range is None:
        return
    doubt = ""
    worst, best = (level(bound, figures.target) for bound in share_range)
    if figures.municipality.level is not Level.BELOW and worst is Level.BELOW:
        doubt = ", план может оказаться не выполнен"
    elif figures.municipality.level is Level.BELOW and best is not Level.BELOW:
        doubt = ", план может оказаться выполнен"
    yield f"С учётом тех, чьих ответов нет, — {range_said(share_range, figures.target)}{doubt}."


def headline_range(figures: Figures) -> tuple[float, float] | None:
    """Between which percentages the municipality's share lies whatever the schools that are not counted answer.

    None where all are counted, where nobody is, and where the registry does not know how many people are missing.
    """
    low, high = (
        float(figures.reconciliation.items[name][figures.form.headline.item])
        for name in ("percent_low", "percent_high")
    )
    if figures.municipality.percent is None or math.isnan(low) or math.isclose(low, high):
        return None
    return low, high


def range_said(share_range: tuple[float, float], target: Target | None) -> str:
    """«от 52,1 до 58,3 %», never rounded across a bound of the target."""
    bounds = (target.min, target.max) if target else (0.0, 100.0)
    low, high = (wording.percent(one, wording.decimals_beside(one, *bounds)) for one in share_range)
    return f"от {low.removesuffix(f'{NBSP}%')} до {high}"


def _behind_said(figures: Figures) -> Iterator[str]:
    if figures.below:
        missing = wording.lacking(_shortfall(figures), _people(figures.form))
        names = [f"{_name(row)} — {wording.number(row.shortfall or 0)}" for row in figures.below]
        whom = "Отстающей" if len(names) == 1 else "Отстающим"
        yield f"{whom} не хватает {missing}: {wording.listed(names, 3, ('школа', 'школы', 'школ'))}."


def _submissions_said(figures: Figures) -> Iterator[str]:
    if silent := _names(_to_remind(figures, State.NOT_SUBMITTED)):
        verb = "Не отчиталась" if len(silent) == 1 else "Не отчитались"
        yield f"{verb}: {wording.listed(silent, 3)}."
    if unread := _names(_in_state(figures, State.UNREADABLE)):
        yield f"{'Не прочитан отчёт' if len(unread) == 1 else 'Не прочитаны отчёты'}: {wording.listed(unread, 3)}."
    if carried := _names(_in_state(figures, State.CARRIED)):
        yield f"{'Взята' if len(carried) == 1 else 'Взяты'} с прошлой даты: {wording.listed(carried, 2)}."


def _all_reported(figures: Figures) -> str:
    """What is to be said where nobody is behind, silent, unread or carried forward."""
    if figures.reporting_date is None:
        return "Отчётной даты ещё не было."
    who = "Отчитались все школы"
    if len(figures.schools) == 1:
        who = "Школа отчиталась"
    elif len(_reported(figures)) < len(figures.schools):
        who = "Отчитались все, от кого отчёт нужен"
    return f"{who}, отстающих нет." if figures.target and len(figures.schools) > 1 else f"{who}."


def _late_by_forecast_said(figures: Figures) -> Iterator[str]:
    """Who will miss the next target, where nobody is behind today."""
    late = [_name(row) for row in figures.activation if row.will_miss]
    if late and figures.next_target and not figures.below:
        verb = "не дойдёт" if len(late) == 1 else "не дойдут"
        day, least = wording.short_day(figures.next_target.by), wording.percent(figures.next_target.min)
        yield f"По прогнозу к {day} до {least} {verb}: {wording.listed(late, 3, ('школа', 'школы', 'школ'))}."


def restated_said(one: Restated) -> str:
    """«41 % на 30.01 теперь 39,6 %: изменились данные — СОШ № 3.» with as many decimals as tell the two apart."""
    decimals = 1
    if one.was is not None and one.now is not None:
        decimals = next((n for n in (1, 2, 3) if round(one.was, n) != round(one.now, n)), 4)
    was, now = (UNKNOWN if share is None else wording.percent(share, decimals) for share in (one.was, one.now))
    names = [wording.keep_together(school.name) for school in one.schools]
    who = f": изменились данные — {wording.listed(names, 3)}" if names else ""
    return f"{'Сообщённые ' if one.sent else ''}{was} на {wording.short_day(one.date)} теперь {now}{who}."


# ── cards ────────────────────────────────────────────────────────────────────────────────────────────────
def _submission_card(figures: Figures) -> Card:
    label = "Отчитались школ"
    if not figures.schools:
        return Card(label, UNKNOWN, ("реестр пуст",), needs_action=True)
    silent, unread = _to_remind(figures, State.NOT_SUBMITTED), _in_state(figures, State.UNREADABLE)
    carried = len(_in_state(figures, State.CARRIED))
    absent = f"не представили: {len(silent)} · перенесены: {carried}"
    if unread:
        absent = f"нет {len(silent)} · перенесены {carried} · не прочитаны {len(unread)}"
    notes: tuple[str, ...] = (_punctuality(figures), absent)
    if before := compared_with(figures):
        was, whole = (wording.number(len(who)) for who in (_reported(before), _asked(before)))
        notes = _with_change(notes, f"было {was} из {whole}", f"было {was}")
    part, whole_now = len(_reported(figures)), len(_asked(figures))
    return _card_out_of(label, part, whole_now, notes, needs_action=bool(silent or unread))


def _with_change(notes: tuple[str, ...], *wordings: str) -> tuple[str, ...]:
    """The lines with the first of these wordings that finds room after one of them; unchanged where none does."""
    for said in wordings:
        for index, line in enumerate(notes):
            longer = f"{line} · {said}"
            if len(longer) <= CARD_LINE:
                return (*notes[:index], longer, *notes[index + 1 :])
    return notes


def _with_points(notes: tuple[str, ...], change: float | None, figures: Figures) -> tuple[str, ...]:
    """`change`: percentage points since the reporting date before."""
    before = compared_with(figures)
    if change is None or before is None:
        return notes
    said = f"{_signed(round(change, 1))}{NBSP}п.п."
    return _with_change(notes, f"{said} с {wording.short_day(before.as_of)}", said)


def _signed(value: float) -> str:
    return f"+{wording.number(value)}" if value > 0 else wording.number(value)


def _card_out_of(label: str, part: int, whole: int, notes: tuple[str, ...], needs_action: bool) -> Card:
    said = f"{wording.number(part)} из {wording.number(whole)}"
    return Card(label, said, notes, needs_action, part, theme.out_of(whole))


def _share_card(label: str, percent: float, decimals: int, notes: tuple[str, ...], needs_action: bool) -> Card:
    look = theme.exact_share(decimals)
    return Card(label, wording.percent(percent, decimals), notes, needs_action, percent / 100, look)


def _punctuality(figures: Figures) -> str:
    if figures.reporting_date is None:
        return "отчётной даты ещё не было"
    days = [row.days_late for row in _reported(figures)]
    late = sum(1 for day in days if day)
    if unknown := days.count(None):
        return f"вовремя {days.count(0)} · позже {late} · неизвестно {unknown}"
    return f"вовремя {days.count(0)} · позже {late}"


def _headline_card(figures: Figures) -> Card:
    label, row, target = figures.form.headline.name, figures.municipality, figures.target
    if row.percent is None:
        return Card(label, UNKNOWN, (_why_unknown(figures),))
    state = f"{level_said(row.level)} {wording.band(target.min, target.max)}" if target else "план ещё не действует"
    if target is None and figures.next_target is None:
        state = "без плана"
    (first,) = _with_points((state,), row.change, figures)
    notes = (first, _covered_said(row, figures))
    return _share_card(label, row.percent, share_decimals(row, target), notes, row.level is Level.BELOW)


def level_said(level: Level) -> str:
    """«▼ ниже плана», «● по плану», «▲ выше плана»."""
    marks = {Level.BELOW: Mark.BELOW, Level.ON: Mark.ON_PLAN, Level.ABOVE: Mark.ABOVE}
    return f"{marks[level]} {level}" if level in marks else str(level)


def _covered_said(row: Activation, figures: Figures) -> str:
    """«4 772 из 8 718 чел. · +1 240 с 30.01»"""
    said = f"{wording.number(round(row.covered or 0))} из {wording.number(round(row.total or 0))}{NBSP}чел."
    before = compared_with(figures)
    if row.change_people is None or before is None:
        return said
    change = _signed(round(row.change_people))
    (longer,) = _with_change((said,), f"{change} с {wording.short_day(before.as_of)}", change)
    return longer


def _target_card(figures: Figures) -> Card:
    label = "Школ с выполненным планом"
    if not figures.counted:
        return Card(label, UNKNOWN, (_why_unknown(figures),))
    if figures.target is None:
        return Card(label, UNKNOWN, ("план ещё не действует",))
    counted, behind = len(figures.counted), len(figures.below)
    notes = (*_behind_lines(figures), *_on_target_before(figures))
    return _card_out_of(label, counted - behind, counted, notes, needs_action=behind > 0)


def _behind_lines(figures: Figures) -> tuple[str, ...]:
    """In one line where the comparison needs the other."""
    if not figures.below:
        return (f"{Mark.ON_PLAN} отстающих нет",)
    behind = f"{Mark.BELOW} ниже плана: {wording.number(len(figures.below))}"
    if not any(_on_target_before(figures)):
        return behind, f"не хватает {wording.lacking(_shortfall(figures), _people(figures.form))}"
    missing = f"не хватает {wording.number(_shortfall(figures))}"
    return _with_change((behind,), f"{missing}{NBSP}чел.", missing)


def _on_target_before(figures: Figures) -> Iterator[str]:
    """How many schools were on the plan at the reporting date before: it may have been another plan."""
    before = compared_with(figures)
    if before and before.target and before.counted:
        plan = wording.band(before.target.min, before.target.max)
        met = wording.number(len(before.counted) - len(before.below))
        said = f"было {met} из {wording.number(len(before.counted))}"
        yield said if before.target == figures.target else f"{said} при плане {plan}"


def _second_card(figures: Figures) -> Card:
    card = figures.form.second_card
    item, percent = figures.form.item(card.item), float(figures.totals["percent"][card.item])
    if math.isnan(percent):
        return Card(card.title, UNKNOWN, (_why_unknown(figures),))
    notes = [_counted_of(int(figures.totals["counted"][card.item]), len(figures.schools))]
    overdue = False
    if item.due:
        notes.append(f"цель — {wording.percent(100)} к {wording.day(item.due)}")
        overdue = item.due < figures.as_of and percent < 100
    decimals = wording.decimals_beside(percent, 100, 100)  # 99,97 % is not said as «100 %»
    lines = _with_points(tuple(notes), points_since(figures, card.item), figures)
    return _share_card(card.title, percent, decimals, lines, overdue)


def points_since(figures: Figures, item: str) -> float | None:
    """Percentage points by which the municipality's coverage has changed since the reporting date before."""
    if figures.before is None:
        return None
    change = float(figures.totals["percent"][item]) - float(figures.before.totals["percent"][item])
    return None if math.isnan(change) else change


def _remarks_card(figures: Figures) -> Card:
    label = "Замечания к отчётам"
    errors = sum(1 for remark in figures.remarks if remark.severity is Severity.ERROR)
    warnings = sum(1 for remark in figures.remarks if remark.severity is Severity.WARNING)
    notes: tuple[str, ...]
    if errors:
        notes = (f"{Mark.ERROR} ошибок {errors} — показатели отложены", f"проверить {warnings}")
    elif warnings:
        notes = (f"{Mark.ON_PLAN} ошибок нет", f"проверить {warnings}")
    elif _reported(figures):
        notes = (f"{Mark.ON_PLAN} замечаний нет",)
    else:
        return Card(label, UNKNOWN, (_why_unknown(figures),))
    if figures.before and figures.lives.raised:
        corrected, raised = wording.number(len(figures.lives.corrected)), wording.number(figures.lives.raised)
        corrected = f"исправлено {corrected} из {raised}"
        notes = _with_change(notes, f"{corrected} с {wording.short_day(figures.before.as_of)}", corrected)
    return Card(label, wording.number(errors + warnings), notes, errors > 0, errors + warnings, theme.PEOPLE)


def _why_unknown(figures: Figures) -> str:
    return "показатель не принят" if _reported(figures) else "нет отчётов"


# ── what the management has to decide ────────────────────────────────────────────────────────────────────
_NOTHING_TO_DECIDE = Decision("Итог", "Решений не требуется: все отчёты сданы, отстающих и просроченных этапов нет.")


def _decisions(figures: Figures, catalogue: Catalogue) -> Iterator[Decision]:
    if not figures.schools:
        yield Decision("Реестр", "В реестре нет ни одной школы: внесите школы и запустите свод снова.")
    if figures.below:
        yield Decision(figures.form.headline.sheet, _who_should_catch_up(figures), figures.form.headline.sheet)
    if any(_to_remind(figures, state) for state in _ABSENT):
        yield Decision("Отчёты", _fitted(lambda shown: _who_is_absent(figures, shown)), SUBMISSIONS_SHEET)
    if errors := [remark for remark in figures.remarks if remark.severity is Severity.ERROR]:
        yield Decision("Ошибки", _gravest_error(errors, figures, catalogue), REMARKS_SHEET)
    if Milestone.OVERDUE in set(figures.milestones["state"]):
        yield Decision("Сроки", _fitted(lambda _: _most_overdue(figures)), MILESTONES_SHEET)
    if figures.problems:
        yield Decision("Мешает", _fitted(lambda shown: _what_hinders(figures, min(shown, 3))), PROBLEMS_SHEET)


def _fitted(*wordings: Callable[[int], str]) -> str:
    """The first wording that fits into a line, each with four names, then with three down to one; the last one cut if
    none does."""
    for shown in range(MOST_NAMES, 0, -1):
        for said in wordings:
            text = wording.capital(said(shown))
            if len(text) <= DECISION_LENGTH:
                return text
    return f"{text[: DECISION_LENGTH - 1].rstrip()}…"


def _who_should_catch_up(figures: Figures) -> str:
    whole, chosen = _shortfall(figures), _first_to_catch_up(figures)
    part = sum(row.shortfall or 0 for row in chosen)
    verb = wording.plural(len(chosen), "даёт", "дают", "дают")
    people = f"{wording.number(part)} из {wording.number(whole)}{NBSP}чел."
    said = f"{wording.schools(len(chosen))} {verb} {wording.percent(100 * part / whole, 0)} нехватки ({people})"
    if len(chosen) == len(figures.below):
        said = f"До плана не хватает {wording.lacking(whole, _people(figures.form))}"
    names, coming = [_name(row) for row in chosen], _what_comes_next(figures)
    return _fitted(
        lambda shown: f"{said}: {wording.listed(names, shown)}.{coming}{_late_by_forecast_counted(figures)}",
        lambda shown: f"{said}: {wording.listed(names, shown)}.{coming}",
    )


def _first_to_catch_up(figures: Figures) -> list[Activation]:
    """The fewest schools whose catching-up brings the municipality to its plan, or makes up most of the shortfall."""
    needed: float = CATCHING_UP * _shortfall(figures)
    if figures.municipality.level is Level.BELOW:
        needed = figures.municipality.shortfall or 0
    chosen: list[Activation] = []
    for row in figures.below:
        chosen.append(row)
        needed -= row.shortfall or 0
        if needed <= 0:
            break
    return chosen


def _what_comes_next(figures: Figures) -> str:
    target, forecast = figures.next_target, figures.municipality.forecast
    if target is None:
        return ""
    said = f" К {wording.short_day(target.by)} план {wording.percent(target.min)}"
    if forecast is not None:
        decimals = wording.decimals_beside(forecast, target.min, target.max, least=0)
        said += f", прогноз {wording.percent(forecast, decimals)}"
    return f"{said}."


def _late_by_forecast_counted(figures: Figures) -> str:
    late = sum(row.will_miss for row in figures.activation)
    verb = wording.plural(late, "успеет", "успеют", "успеют")
    return f" По прогнозу не {verb} {wording.schools(late)}." if late else ""


_ABSENT = {
    State.NOT_SUBMITTED: "нет отчёта",
    State.UNREADABLE: "отчёт не прочитан",
    State.CARRIED: "данные прошлой даты",
}


def _who_is_absent(figures: Figures, shown: int) -> str:
    absent = {said: names for state, said in _ABSENT.items() if (names := _names(_to_remind(figures, state)))}
    parts = (f"{said}: {wording.listed(names, shown)}" for said, names in absent.items())
    whom = "директору" if sum(map(len, absent.values())) == 1 else "директорам"
    return f"{'; '.join(parts)}. Нужен запрос {whom}."


def _gravest_error(errors: Sequence[Remark], figures: Figures, catalogue: Catalogue) -> str:
    """The kind of error that most schools have: first of schools that are known, one on the headline item before
    others."""
    kinds: defaultdict[tuple[str, str, str], list[Remark]] = defaultdict(list)
    for error in errors:
        kinds[error.code, error.item, _limiting_item(error)].append(error)
    kind = min(kinds, key=lambda kind: _by_gravity(kind[1], kinds[kind], figures))
    subjects = _subjects(kinds[kind], figures)
    matter = _matter(kinds[kind][0], figures.form, catalogue)
    return _fitted(lambda shown: f"{_and_others(subjects, shown)}: {matter}")


def _by_gravity(item: str, errors: Sequence[Remark], figures: Figures) -> tuple[bool, bool, bool, int, str, str]:
    """To be sorted by: the gravest kind of error first."""
    codes = {school.code for school in figures.schools}
    nobodys = not any(error.school in codes for error in errors)
    return nobodys, item != figures.form.headline.item, not item, -len(errors), errors[0].code, item


def _limiting_item(error: Remark) -> str:
    """Number of the item that a control between items holds this one against; blank for other remarks."""
    return str(dict(error.data).get("other", ""))


def _subjects(errors: Sequence[Remark], figures: Figures) -> list[str]:
    """Whom the errors are about: the schools, or the files where no school is known."""
    names = {school.code: wording.keep_together(school.name) for school in figures.schools}
    return list(dict.fromkeys(names.get(error.school) or f"файл «{error.file}»" for error in errors))


def _and_others(names: Sequence[str], shown: int) -> str:
    said = ", ".join(names[:shown])
    return f"{said} и др." if len(names) > shown else said


def _matter(error: Remark, form: Form, catalogue: Catalogue) -> str:
    limit = _limiting_item(error)
    control = next((c for c in form.controls if c.item == error.item and c.limit == limit), None)
    essence = control.brief if control else wording.lowered(catalogue.entries[error.code].title)
    if not error.item:
        return f"{essence} — нужно исправить."
    where = f"п.{NBSP}{error.item}{f' и {limit}' if control else ''}"
    comma = "," if ", " in essence else ""
    return f"{essence} ({where}){comma} — показатель отложен до исправления."


def _most_overdue(figures: Figures) -> str:
    overdue = figures.milestones[figures.milestones["state"] == Milestone.OVERDUE]
    by_item = Counter(overdue["item"])
    worst = max(figures.form.due_items, key=lambda item: by_item[item.number])  # of equal ones the form's first
    assert worst.due is not None
    return (
        f"Просрочено чаще всего: п.{NBSP}{worst.number} ({worst.about}, срок {wording.day(worst.due)}) — "
        f"{wording.schools(by_item[worst.number])}; всего просроченных этапов — {len(overdue)}."
    )


def _what_hinders(figures: Figures, shown: int) -> str:
    first, *others = problem_groups(figures)[:shown]
    said = [f"{first[0]} — {wording.schools(first[1])}"]
    said += [f"{wording.lowered(group)} — {schools}" for group, schools in others]
    return f"{'; '.join(said)}."


def problem_groups(figures: Figures) -> list[tuple[str, int]]:
    """Groups of problems with the number of schools that name them, the largest first, the unsorted ones last."""
    schools: defaultdict[str, set[str]] = defaultdict(set)
    for problem in figures.problems:
        schools[problem.group].add(problem.school.code)
    return sorted(
        ((group, len(codes)) for group, codes in schools.items()), key=lambda pair: (pair[0] == OTHER, -pair[1])
    )


# ── shared words ─────────────────────────────────────────────────────────────────────────────────────────
def _footer(figures: Figures) -> str:
    counted, expected = len(figures.counted), len(figures.schools)
    derived = int(figures.totals["derived"][figures.form.headline.item])
    by_percent = f", у {wording.number(derived)} — по проценту" if derived else ""
    verb = "Учтён ответ" if wording.plural(counted, "1", "", "") else "Учтены ответы"
    return f"{verb} {wording.number(counted)} из {wording.of_schools(expected)}{by_percent}; итог — по сумме людей."


def _counted_of(counted: int, expected: int) -> str:
    return f"{wording.plural(counted, 'учтена', 'учтены', 'учтены')} {counted} из {wording.of_schools(expected)}"


def _people(form: Form) -> tuple[str, str, str]:
    return form.base(form.headline_item.base).people


def _shortfall(figures: Figures) -> int:
    """People missing in the schools below plan, together."""
    return sum(row.shortfall or 0 for row in figures.below)


def _reported(figures: Figures) -> list[Submission]:
    came = (State.ACCEPTED, State.ACCEPTED_WITH_REMARKS, State.TO_CORRECT)
    return [row for row in figures.submissions if row.state in came]


def _asked(figures: Figures) -> list[Submission]:
    """Schools that owe a report for the date in force or have sent one; before the first date all of them."""
    if figures.reporting_date is None:
        return list(figures.submissions)
    reported = _reported(figures)
    return [row for row in figures.submissions if row.owes or row in reported]


def _in_state(figures: Figures, state: State) -> list[Submission]:
    return [row for row in figures.submissions if row.state is state]


def _to_remind(figures: Figures, state: State) -> list[Submission]:
    """A school that owes nothing is not silent."""
    return [row for row in _in_state(figures, state) if row.to_remind]


def _names(rows: Sequence[Submission]) -> list[str]:
    return [wording.keep_together(row.school.name) for row in rows]


def _name(row: Activation) -> str:
    assert row.school is not None
    return wording.keep_together(row.school.name)
