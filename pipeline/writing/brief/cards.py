"""The five cards: the figures that leadership asks for first, each with the change since the last reporting date."""

import math
from collections.abc import Iterator

from pipeline import wording
from pipeline.measuring.coverage import is_overdue
from pipeline.measuring.figures import Activation, Figures, Level, State
from pipeline.measuring.rows import totals_by_item
from pipeline.wording import NBSP
from pipeline.writing.pages import theme
from pipeline.writing.pages.brief import Card
from pipeline.writing.pages.doubts import (
    doubted_schools,
    is_change_doubted,
    is_headline_doubted,
    is_item_doubted,
    with_mark,
)
from pipeline.writing.pages.theme import Mark
from pipeline.writing.pages.words import (
    UNKNOWN,
    asked,
    compared_with,
    in_state,
    lacking,
    level_said,
    points_said,
    reported,
    share_decimals,
    signed,
    to_remind,
)
from schemas.remarks import Severity

CARD_LINE = 38  # characters of one line of a card's note


def make_cards(figures: Figures) -> tuple[Card, ...]:
    return (
        _submission_card(figures),
        _headline_card(figures),
        _target_card(figures),
        _second_card(figures),
        _remarks_card(figures),
    )


def _submission_card(figures: Figures) -> Card:
    label = "Отчиталось школ"
    if not figures.schools:
        return Card(label, UNKNOWN, ("реестр пуст",), needs_action=True)
    silent, unread = to_remind(figures, State.NOT_SUBMITTED), in_state(figures, State.UNREADABLE)
    notes: tuple[str, ...] = (_punctuality(figures), *_absent_said(figures))
    if before := compared_with(figures):
        was, whole = (wording.number(len(who)) for who in (reported(before), asked(before)))
        notes = _with_addition(notes, f"было {was} из {whole}", f"было {was}")
    part, whole_now = len(reported(figures)), len(asked(figures))
    return _card_out_of(label, part, whole_now, notes, needs_action=bool(silent or unread))


def _absent_said(figures: Figures) -> Iterator[str]:
    """«не представили: 1 · перенесены: 2», in shorter words where all of them would not fit; nothing of nobody."""
    numbers = (
        figures.unattributed_files,
        len(to_remind(figures, State.NOT_SUBMITTED)),
        len(in_state(figures, State.CARRIED)),
        len(in_state(figures, State.UNREADABLE)),
    )
    for words in (
        ("неопознанных файлов:", "не представили:", "перенесены:", "не прочитаны:"),
        ("неопознано", "нет", "перенесены", "не прочитаны"),
    ):
        said = " · ".join(f"{word} {number}" for word, number in zip(words, numbers, strict=True) if number)
        if len(said) <= CARD_LINE:
            break
    if said:
        yield said


def _punctuality(figures: Figures) -> str:
    if figures.reporting_date is None:
        return "отчётной даты ещё не было"
    days = [row.days_late for row in reported(figures)]
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
    if row.change_schools is None:  # a school's own page
        (state,) = _with_points((state,), row.change, figures)
    item = figures.form.headline.item
    notes = (state, _covered_said(row, figures), *_changed(item, row.change, row.change_schools, figures))
    needs_action, decimals = row.level is Level.BELOW, share_decimals(row, target)
    return _share_card(label, row.percent, decimals, notes, needs_action, is_headline_doubted(figures))


def _covered_said(row: Activation, figures: Figures) -> str:
    """«4 772 из 8 718 чел. · +1 240 с 30.01»"""
    said = f"{wording.number(round(row.covered or 0))} из {wording.number(round(row.total or 0))}{NBSP}чел."
    before = compared_with(figures)
    if row.change_people is None or before is None:
        return said
    change = with_mark(signed(round(row.change_people)), is_change_doubted(figures, figures.form.headline.item))
    (longer,) = _with_addition((said,), f"{change} с {wording.short_day(before.as_of)}", change)
    return longer


def _target_card(figures: Figures) -> Card:
    label = "Школ с выполненным планом"
    if not figures.counted:
        return Card(label, UNKNOWN, (_why_unknown(figures),))
    if figures.target is None:
        return Card(label, UNKNOWN, ("план ещё не действует",))
    counted, behind = len(figures.counted), len(figures.below)
    notes = (*_behind_lines(figures), *_on_target_before(figures))
    return _card_out_of(label, counted - behind, counted, notes, behind > 0, is_headline_doubted(figures))


def _behind_lines(figures: Figures) -> tuple[str, ...]:
    """In one line where the comparison needs the other. What the schools lack is not said beside what the whole
    municipality lacks: that is another number."""
    if not figures.below:
        doubted = len(doubted_schools(figures, figures.form.headline.item))
        return (
            f"{Mark.CHECK} под вопросом: {wording.number(doubted)}" if doubted else f"{Mark.ON_PLAN} отстающих нет",
        )
    behind = f"{Mark.BELOW} ниже плана: {wording.number(len(figures.below))}"
    if figures.municipality.level is Level.BELOW:
        return (behind,)
    if not any(_on_target_before(figures)):
        return behind, f"не хватает {lacking(figures.shortfall, figures.form)}"
    missing = f"не хватает {wording.number(figures.shortfall)}"
    return _with_addition((behind,), f"{missing}{NBSP}чел.", missing)


def _on_target_before(figures: Figures) -> Iterator[str]:
    """How many schools were on the plan at the reporting date before: it may have been another plan."""
    before = compared_with(figures)
    if before and before.target and before.counted:
        plan = wording.band(before.target.min, before.target.max)
        met = wording.number(len(before.counted) - len(before.below))
        said = with_mark(f"было {met} из {wording.number(len(before.counted))}", is_headline_doubted(before))
        yield said if before.target == figures.target else f"{said} при плане {plan}"


def _second_card(figures: Figures) -> Card:
    card = figures.form.second_card
    item, total = figures.form.item(card.item), totals_by_item(figures)[card.item]
    percent = total.percent
    if math.isnan(percent):
        return Card(card.title, UNKNOWN, (_why_unknown(figures),))
    notes = [wording.counted_of(total.counted, len(figures.schools))]
    overdue = False
    if item.due:
        notes.append(f"цель — {wording.percent(100)} к {wording.day(item.due)}")
        overdue = is_overdue(percent, item.due, figures.as_of)
    decimals = wording.decimals_beside(percent, 100, 100)  # 99,97 % is not said as «100 %»
    change = None if math.isnan(total.change) else total.change
    lines = (*notes, *_changed(card.item, change, total.change_schools, figures))
    return _share_card(card.title, percent, decimals, lines, overdue, is_item_doubted(figures, card.item))


def _remarks_card(figures: Figures) -> Card:
    label = "Замечания к отчётам"
    errors = sum(1 for remark in figures.remarks if remark.severity is Severity.ERROR)
    warnings = sum(1 for remark in figures.remarks if remark.severity is Severity.WARNING)
    notes: tuple[str, ...]
    if errors:
        notes = (f"{Mark.ERROR} ошибок {wording.number(errors)}", f"проверить {wording.number(warnings)}")
        if figures.reconciliation.set_aside:
            aside = wording.number(len(figures.reconciliation.set_aside))
            notes = _with_addition(notes, f"отложено показателей {aside}", f"отложено {aside}")
    elif warnings:
        notes = (f"{Mark.ON_PLAN} ошибок нет", f"проверить {wording.number(warnings)}")
    elif reported(figures) and figures.counted:
        notes = (f"{Mark.ON_PLAN} замечаний нет",)
    else:
        return Card(label, UNKNOWN, (_why_unknown(figures),))
    if figures.before and figures.remark_history.raised:
        corrected, raised = (
            wording.number(len(figures.remark_history.corrected)),
            wording.number(figures.remark_history.raised),
        )
        corrected = f"исправлено ошибок {corrected} из {raised}"
        notes = _with_addition(notes, f"{corrected} с {wording.short_day(figures.before.as_of)}", corrected)
    return Card(label, wording.number(errors + warnings), notes, errors > 0, errors + warnings, theme.PEOPLE)


def _why_unknown(figures: Figures) -> str:
    return "показатель не принят" if reported(figures) else "нет отчётов"


# ── how a card is made ───────────────────────────────────────────────────────────────────────────────────
def _card_out_of(
    label: str, part: int, whole: int, notes: tuple[str, ...], needs_action: bool, doubted: bool = False
) -> Card:
    said = f"{wording.number(part)} из {wording.number(whole)}"
    return Card(label, said, notes, needs_action, part, theme.out_of(whole), doubted)


def _share_card(
    label: str, percent: float, decimals: int, notes: tuple[str, ...], needs_action: bool, doubted: bool = False
) -> Card:
    look = theme.exact_share(decimals)
    return Card(label, wording.percent(percent, decimals), notes, needs_action, percent / 100, look, doubted)


def _with_addition(notes: tuple[str, ...], *wordings: str) -> tuple[str, ...]:
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
    said = with_mark(points_said(change), is_change_doubted(figures, figures.form.headline.item))
    return _with_addition(notes, f"{said} с {wording.short_day(before.as_of)}", said)


def _changed(item: str, change: float | None, schools: int | None, figures: Figures) -> Iterator[str]:
    """«+18,4 п.п. с 20.02 у 18 школ», a line of its own; `schools`: None of a school's own change."""
    before = compared_with(figures)
    if schools is None or before is None:
        return
    since = f"с {wording.short_day(before.as_of)}"
    if change is None:
        yield f"{since} сравнить не с чем"
    else:
        said = with_mark(points_said(change), is_change_doubted(figures, item))
        yield f"{said} {since} у {wording.schools(schools, wording.Case.GENITIVE)}"
