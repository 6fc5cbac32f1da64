"""The cards, five at most: the figures that leadership asks for first, each with the change since the last reporting
date."""

import math
from collections.abc import Iterator
from typing import assert_never

from pipeline import wording
from pipeline.measuring.coverage import is_overdue
from pipeline.measuring.figures import Activation, Figures, Former, Level, Share, State
from pipeline.measuring.rows import answer_rows, coverage_rows, totals_by_item
from pipeline.measuring.words import spreads
from pipeline.wording import NBSP
from pipeline.writing.pages import theme
from pipeline.writing.pages.brief import Card
from pipeline.writing.pages.doubts import (
    doubted_schools,
    is_change_doubted,
    is_headline_doubted,
    is_item_doubted,
    is_total_doubted,
    with_mark,
)
from pipeline.writing.pages.figures_said import MEASURES, main_total, rounded_said
from pipeline.writing.pages.theme import Mark
from pipeline.writing.pages.words import (
    UNKNOWN,
    asked,
    compared_with,
    in_state,
    lacking,
    level_said,
    measured_then,
    points_said,
    reported,
    share_decimals,
    signed,
    to_remind,
    why_headline_counts_nowhere,
    why_none_counts,
)
from schemas.form import Item, Kind
from schemas.remarks import Severity
from schemas.reports import YES

CARD_LINE = 38  # characters of one line of a card's note
_NONE_COUNTS = {Share.NO_ANSWER: "ответов нет", Share.NOT_APPLICABLE: "ни к одной школе не относится"}


def make_cards(figures: Figures) -> tuple[Card, ...]:
    form = figures.form
    if form.headline is None:
        shown = [item_card(card.item, card.title, figures) for card in form.cards]
    else:
        shown = [_headline_card(figures), *([_target_card(figures)] if form.has_plan else [])]
        shown += [item_card(card.item, card.title, figures) for card in (form.second_card,) if card]
    return _submission_card(figures), *shown, _remarks_card(figures)


def item_card(number: str, title: str, figures: Figures) -> Card:
    """The municipality's figure of any item or cell, with what stands below it."""
    item = figures.form.item(number)
    match item.kind:
        case Kind.COVERAGE:
            return _coverage_card(item, title, figures)
        case Kind.VOLUME:
            return _volume_card(item, title, figures)
        case Kind.NUMBER:
            return _number_card(number, title, figures)
        case Kind.CHOICE:
            return _choice_card(item, title, figures)
        case Kind.YES_NO:
            return _yes_no_card(item, title, figures)
        case Kind.TEXT | Kind.PERSON | Kind.DOCUMENT | Kind.ACTS | Kind.DATE | Kind.LINK:
            return Card(title, UNKNOWN, ("нет данных",))  # words have no figure
        case Kind.GROUP | Kind.ROW | Kind.ROWS:
            return Card(title, UNKNOWN, ("нет данных",))  # no answer of their own
        case _:
            assert_never(item.kind)


def _number_card(number: str, title: str, figures: Figures) -> Card:
    """The municipality's figure of a number, what it is, and what it was at the date before."""
    total = main_total(figures, number)
    if total is None or total.value is None:
        return Card(title, UNKNOWN, ("нет данных",))
    counted = f"учтено школ: {wording.number(total.counted)} из {wording.number(total.expected)}"
    notes = [MEASURES[total.measure], counted]
    before = main_total(figures.before, number) if figures.before else None
    if figures.before and before and before.value is not None:
        when = wording.on(figures.before.as_of, figures.every, short=True)
        was = with_mark(rounded_said(figures.form, before), is_total_doubted(figures.before, before))
        if _in_figure(figures.before, number) != _in_figure(figures, number):
            was += f" у {wording.schools(before.counted, wording.Case.GENITIVE)}"
        notes.append(f"{when} — {was}")
    return Card(title, rounded_said(figures.form, total), tuple(notes), doubted=is_total_doubted(figures, total))


def _in_figure(figures: Former, number: str) -> set[str]:
    """Codes of the schools whose figure of that item counts: over other ones a figure is no smaller or larger."""
    return {one.school_code for one in figures.numbers.schools if one.item == number and one.share is Share.COUNTED}


def _choice_card(item: Item, title: str, figures: Figures) -> Card:
    """How many of those that answer have done what is asked; where every answer will do, which is given most often."""
    said = {one.choice: one for one in figures.numbers.totals if one.item == item.number and one.choice}
    answered = max((one.counted for one in said.values()), default=0)
    if not answered:
        return Card(title, UNKNOWN, ("нет данных",))
    number = {choice: round(one.value or 0) for choice, one in said.items()}
    shown = [choice.title for choice in item.choices if choice.done]
    if len(shown) == len(item.choices) or item.several:
        shown = [max(number, key=lambda choice: number[choice])]
    part = sum(number[choice] for choice in shown)
    notes = (wording.shortened(", ".join(shown), CARD_LINE), "школ из ответивших")
    return _card_out_of(title, part, answered, notes, needs_action=False, doubted=is_item_doubted(figures, item.number))


def _yes_no_card(item: Item, title: str, figures: Figures) -> Card:
    rows = [row for row in answer_rows(figures) if row.item == item.number and row.field == "yes" and row.counted]
    if not rows:
        return Card(title, UNKNOWN, ("нет данных",))
    yes = sum(row.text == YES for row in rows)
    doubted = is_item_doubted(figures, item.number)
    return _card_out_of(title, yes, len(rows), ("есть: школ из ответивших",), needs_action=False, doubted=doubted)


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
        return wording.times(figures.every).none_yet
    days = [row.days_late for row in reported(figures)]
    late = sum(1 for day in days if day)
    if unknown := days.count(None):
        return f"вовремя {days.count(0)} · позже {late} · неизвестно {unknown}"
    return f"вовремя {days.count(0)} · позже {late}"


def _headline_card(figures: Figures) -> Card:
    label, row, target = figures.form.lead.name, figures.municipality, figures.target
    if row.percent is None:
        return Card(label, UNKNOWN, (_why_unknown(figures, figures.form.lead.item),))
    state = f"{level_said(row.level)} {wording.band(target.min, target.max)}" if target else "план ещё не действует"
    if not figures.form.has_plan:
        number = len(figures.schools)
        state = "по отчёту школы" if number == 1 else wording.counted_of(len(figures.counted), number)
    if row.change_schools is None:  # a school's own page
        (state,) = _with_points((state,), row.change, figures)
    item = figures.form.headline_number
    notes = (state, _covered_said(row, figures), *_changed(item, row.change, row.change_schools, figures))
    needs_action, decimals = row.level is Level.BELOW, share_decimals(row, target)
    return _share_card(label, row.percent, decimals, notes, needs_action, is_headline_doubted(figures))


def _covered_said(row: Activation, figures: Figures) -> str:
    """«4 772 из 8 718 чел. · +1 240 с 30.01»"""
    said = f"{wording.number(round(row.covered or 0))} из {wording.number(round(row.total or 0))}{NBSP}чел."
    before = measured_then(figures)
    if row.change_people is None or before is None:
        return said
    change = with_mark(signed(round(row.change_people)), is_change_doubted(figures, figures.form.headline_number))
    since = wording.since(before.as_of, before.every, short=True)
    (longer,) = _with_addition((said,), f"{change} {since}", change)
    return longer


def _target_card(figures: Figures) -> Card:
    label = "Школ с выполненным планом"
    if not figures.counted:
        return Card(label, UNKNOWN, (_why_unknown(figures, figures.form.lead.item),))
    if figures.target is None:
        return Card(label, UNKNOWN, ("план ещё не действует",))
    counted, behind = len(figures.counted), len(figures.below)
    notes = (*_behind_lines(figures), *_on_target_before(figures))
    return _card_out_of(label, counted - behind, counted, notes, behind > 0, is_headline_doubted(figures))


def _behind_lines(figures: Figures) -> tuple[str, ...]:
    """In one line where the comparison needs the other. What the schools lack is not said beside what the whole
    municipality lacks: that is another number."""
    if not figures.below:
        doubted = len(doubted_schools(figures, figures.form.headline_number))
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


def _coverage_card(item: Item, title: str, figures: Figures) -> Card:
    total = totals_by_item(figures)[item.number]
    percent = total.percent
    if math.isnan(percent):
        return Card(title, UNKNOWN, (_why_unknown(figures, item.number),))
    notes = [wording.counted_of(total.counted, len(figures.schools))]
    overdue = False
    if item.due:
        notes.append(f"цель — {wording.percent(100)} к {wording.day(item.due)}")
        overdue = is_overdue(percent, item.due, figures.as_of)
    decimals = wording.decimals_beside(percent, 100, 100)  # 99,97 % is not said as «100 %»
    change = None if math.isnan(total.change) else total.change
    lines = (*notes, *_changed(item.number, change, total.change_schools, figures))
    return _share_card(title, percent, decimals, lines, overdue, is_item_doubted(figures, item.number))


def _volume_card(item: Item, title: str, figures: Figures) -> Card:
    """No people are behind it, and nothing can be added up: the middle of the schools."""
    spread = next((one for one in spreads(figures) if one.item is item), None)
    if spread is None:
        return Card(title, UNKNOWN, (_why_unknown(figures, item.number),))
    notes = ("середина по школам", wording.counted_of(spread.counted, len(figures.schools)))
    doubted = is_item_doubted(figures, item.number)
    return _share_card(title, spread.median, 1, notes, needs_action=False, doubted=doubted)


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
    elif reported(figures) and not _is_all_set_aside(figures):
        notes = (f"{Mark.ON_PLAN} замечаний нет",)
    else:
        return Card(label, UNKNOWN, ("показатель не принят" if reported(figures) else "нет отчётов",))
    if figures.before and figures.remark_history.raised:
        corrected, raised = (
            wording.number(len(figures.remark_history.corrected)),
            wording.number(figures.remark_history.raised),
        )
        corrected = f"исправлено ошибок {corrected} из {raised}"
        since = wording.since(figures.before.as_of, figures.every, short=True)
        notes = _with_addition(notes, f"{corrected} {since}", corrected)
    return Card(label, wording.number(errors + warnings), notes, errors > 0, errors + warnings, theme.PEOPLE)


def _is_all_set_aside(figures: Figures) -> bool:
    """No figure of the headline item counts: to have no remarks is no praise then."""
    has_headline = figures.form.headline is not None
    return has_headline and not figures.counted and why_headline_counts_nowhere(figures) is Share.SET_ASIDE


def _why_unknown(figures: Figures, item: str) -> str:
    """Why no school's answer to that item counts."""
    if not reported(figures):
        return "нет отчётов"
    of_item = (row.share for row in coverage_rows(figures) if row.item == item)
    return _NONE_COUNTS.get(why_none_counts(of_item), "показатель не принят")


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
    before = measured_then(figures)
    if change is None or before is None:
        return notes
    said = with_mark(points_said(change), is_change_doubted(figures, figures.form.headline_number))
    return _with_addition(notes, f"{said} {wording.since(before.as_of, before.every, short=True)}", said)


def _changed(item: str, change: float | None, schools: int | None, figures: Figures) -> Iterator[str]:
    """«+18,4 п.п. с 20.02 у 18 школ», a line of its own; `schools`: None of a school's own change."""
    before = compared_with(figures)
    if schools is None or before is None:
        return
    since = wording.since(before.as_of, before.every, short=True)
    if change is None:
        yield f"{since} сравнить не с чем"
    else:
        said = with_mark(points_said(change), is_change_doubted(figures, item))
        yield f"{said} {since} у {wording.schools(schools, wording.Case.GENITIVE)}"
