"""The sub-line: who is behind, silent or carried forward, within what bounds the share lies, what was restated."""

from collections.abc import Iterator

from pipeline import wording
from pipeline.measuring.figures import Activation, Figures, Level, State
from pipeline.measuring.groups import apart_by_plan, large_spread
from pipeline.writing.pages import titles
from pipeline.writing.pages.doubts import is_course_doubted, is_headline_doubted, with_mark
from pipeline.writing.pages.words import (
    MOST_NAMED,
    doubted_said,
    group_said,
    in_state,
    lacking,
    lacking_apart,
    possible_said,
    reported,
    restatements,
    school_name,
    school_names,
    to_remind,
    told_apart,
    unattributed_said,
)


def make_subline(figures: Figures) -> str:
    if not figures.schools:
        return "Внесите школы в реестр и запустите свод снова."
    nothing_known = not reported(figures) and figures.municipality.percent is None
    if nothing_known and figures.unattributed:
        return f"Сначала проверьте неопознанное: что прочитано, сказано на листе «{titles.SUBMISSIONS}»."
    if nothing_known and figures.reporting_date and any(row.to_remind for row in figures.submissions):
        return f"Запросите отчёты: список школ и сроков — на листе «{titles.SUBMISSIONS}»."
    shortcomings = [*_behind_said(figures), *_submissions_said(figures)]
    if figures.form.headline is None:
        shortcomings += _accepted_said(figures)  # the headline has said who has reported
    parts = [
        *_date_of_reports_said(figures),
        possible_said(figures),
        doubted_said(figures),
        *_told_apart_said(figures),
        *(shortcomings or [_all_reported(figures)]),
        *_groups_said(figures),
        *_late_by_forecast_said(figures),
        *restatements(figures),
    ]
    return " ".join(filter(None, parts))


def _date_of_reports_said(figures: Figures) -> Iterator[str]:
    """Between reporting dates: for which one the schools have reported."""
    day = figures.reporting_date
    if day is None or day == figures.as_of or not reported(figures):
        return
    later = any(row.as_of and row.as_of > day for row in reported(figures))
    whose = wording.on(day, figures.every)
    yield wording.one_stop(f"Показатели школ — по отчётам {whose}{' и более поздним' if later else ''}.")


def _told_apart_said(figures: Figures) -> Iterator[str]:
    """Of the two shares that the cards compare with the last reporting date."""
    headline, second = figures.form.headline, figures.form.second_card
    names = {headline.item: headline.name} if headline else {}
    names |= {second.item: second.title} if second else {}
    for item, name in names.items():
        if said := told_apart(figures, item):
            yield f"{name}: {said}."


def _behind_said(figures: Figures) -> Iterator[str]:
    """Together they may lack more than the municipality: where it is below its plan, both are said by their names."""
    if not figures.form.headline:
        return
    missing = with_mark(lacking(figures.shortfall, figures.form), is_headline_doubted(figures))
    names = [f"{school_name(row)} — {_missing_said(row, figures)}" for row in figures.below]
    if len(names) == 1:
        yield f"Отстаёт {school_name(figures.below[0])}: не хватает {missing}."
    elif figures.municipality.level is Level.BELOW:
        people = figures.form.base(figures.form.headline_item.base).people[2]
        yield f"Не хватает {people}: {lacking_apart(figures)}. Больше всего: {', '.join(names[:MOST_NAMED])}."
    elif names:
        yield f"Отстающим не хватает {missing}: {wording.listed(names, MOST_NAMED, wording.SCHOOL)}."


def _missing_said(row: Activation, figures: Figures) -> str:
    assert row.school is not None
    return with_mark(wording.number(row.shortfall or 0), is_headline_doubted(figures, row.school.code))


def _submissions_said(figures: Figures) -> Iterator[str]:
    """What belongs to nobody before anybody is called silent."""
    if figures.unattributed:
        yield f"{wording.capital(unattributed_said(figures))}."
    if silent := school_names(to_remind(figures, State.NOT_SUBMITTED)):
        verb = "Не отчиталась" if len(silent) == 1 else "Не отчитались"
        yield f"{verb}: {wording.listed(silent, MOST_NAMED)}."
    if unread := school_names(in_state(figures, State.UNREADABLE)):
        which = "Не прочитан отчёт" if len(unread) == 1 else "Не прочитаны отчёты"
        yield f"{which}: {wording.listed(unread, MOST_NAMED)}."
    if carried := school_names(in_state(figures, State.CARRIED)):
        taken = "Взята" if len(carried) == 1 else "Взяты"
        yield f"{taken} с {wording.times(figures.every).last}: {wording.listed(carried, 2)}."


def _accepted_said(figures: Figures) -> Iterator[str]:
    """Of the reports that have come: whose has errors."""
    if to_correct := school_names(in_state(figures, State.TO_CORRECT)):
        which = "На доработке отчёт" if len(to_correct) == 1 else "На доработке отчёты"
        yield f"{which}: {wording.listed(to_correct, MOST_NAMED)}."
    elif reported(figures):
        yield "Все пришедшие отчёты приняты."
    else:
        yield _all_reported(figures)


def _all_reported(figures: Figures) -> str:
    """What is to be said where nobody is behind, silent, unread or carried forward."""
    if figures.reporting_date is None:
        return wording.capital(f"{wording.times(figures.every).none_yet}, отчёты пока не требуются.")
    if figures.draft_registry:  # whoever has sent nothing is not known
        return "Отчитались ли все, неизвестно: реестра нет."
    who = "Отчитались все школы"
    if len(figures.schools) == 1:
        who = "Школа отчиталась"
    elif len(reported(figures)) < len(figures.schools):
        who = "Отчитались все, от кого отчёт нужен"
    praised = figures.target and figures.counted and len(figures.schools) > 1 and not is_headline_doubted(figures)
    return f"{who}, отстающих нет." if praised else f"{who}."


def _groups_said(figures: Figures) -> Iterator[str]:
    """Groups of schools far apart, where they do not differ by the plan: of those that do a decision tells."""
    spread = large_spread(figures)
    if spread and not apart_by_plan(figures):
        low, high = (group_said(row, figures) for row in spread)
        yield f"{figures.form.lead.name} заметно различается по группам школ: {low} и {high}."


def _late_by_forecast_said(figures: Figures) -> Iterator[str]:
    """Who will miss the next target, where nobody is behind today."""
    rows = [row for row in figures.activation if row.will_miss]
    late = [with_mark(school_name(row), is_course_doubted(figures, row.school.code)) for row in rows if row.school]
    if late and figures.next_target and not figures.below:
        verb = "не дойдёт" if len(late) == 1 else "не дойдут"
        day, least = wording.short_day(figures.next_target.by), wording.percent(figures.next_target.min)
        yield f"По прогнозу к {day} до {least} {verb}: {wording.listed(late, MOST_NAMED, wording.SCHOOL)}."
