"""Reminders to the schools that owe a report: before its deadline, on the day after, and a week after.

What is due is a pure function of the day, the calendar and who has reported. None falls on a day off.
"""

from collections.abc import Container, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from pipeline.files import safe_name
from pipeline.measuring.calendar import Calendar
from pipeline.sending.outbox import REMINDERS, Attachment, Letter
from pipeline.sending.told import Told, as_html, as_text
from pipeline.wording import NBSP, day, on
from schemas.district import Registry, School, Topic
from schemas.form import Form

BEFORE, WEEK = timedelta(days=5), timedelta(days=7)
_DAY = timedelta(days=1)
_STILL = timedelta(days=3)  # after which the last one says nothing new: the computer was off that long
_SATURDAY = 5
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Reminder(StrEnum):
    """Which of a reporting date's reminders."""

    BEFORE = "за пять дней"
    AFTER = "на другой день"
    WEEK = "через неделю"


class Due(NamedTuple):
    """What schools are to be reminded of: the reporting date, and the last day on which its report is on time."""

    kind: Reminder
    reporting_date: date
    deadline: date


def due_today(today: date, calendar: Calendar, holidays: Container[date] = ()) -> list[Due]:
    """What schools that have not reported are to be reminded of on that day; nothing on a day off.

    The first moves to a working day before, the others to one after. Each is due from its day until the next one's, so
    that a computer that was switched off misses none: it is sent once whatever."""
    if _is_off(today, holidays):
        return []
    return [due for one in calendar.reporting_dates for due in _due(today, one, calendar.due(one), holidays)]


def _due(today: date, reporting_date: date, deadline: date, holidays: Container[date]) -> Iterator[Due]:
    before = _moved(deadline - BEFORE, -_DAY, holidays)
    after, week = (_moved(deadline + one, _DAY, holidays) for one in (_DAY, WEEK))
    spans = {
        Reminder.BEFORE: (before, deadline + _DAY),
        Reminder.AFTER: (after, week),
        Reminder.WEEK: (week, week + _STILL),
    }
    for kind, (first, then) in spans.items():
        if first <= today < then:
            yield Due(kind, reporting_date, deadline)


def _moved(one: date, step: timedelta, holidays: Container[date]) -> date:
    while _is_off(one, holidays):
        one += step
    return one


def _is_off(one: date, holidays: Container[date]) -> bool:
    return one.weekday() >= _SATURDAY or one in holidays


def reminder(
    due: Due, school: School, form: Form, blank: bytes, registry: Registry, *,
    filled: bool, unclear: bool, answered: bool,
) -> Letter:  # fmt: skip
    """To the school's address; the last one to leadership too. `blank`: the form as it is handed out, `filled` with
    what was accepted before; `unclear`: something has come of which nobody knows whose it is; `answered`: a letter has
    told the school what has come of it."""
    told = _told(due, school, form, filled, unclear, answered)
    copy = (one.email for one in registry.mailing if Topic.SUMMARY in one.wants) if due.kind is Reminder.WEEK else ()
    subject = f"{school.name}: {told.headline.removesuffix('.')}"
    code = safe_name(school.code) if school.code.isascii() else "shkola"
    return Letter(
        tuple(dict.fromkeys((school.email, *copy))),
        subject.replace(NBSP, " "),
        as_text(told),
        as_html(told),
        (Attachment(f"{code}-blank.xlsx", blank, _XLSX),),
        name=f"{REMINDERS}{school.code}",
        says=f"{school.code} {due.reporting_date} {due.kind.name}",
    )


def _told(due: Due, school: School, form: Form, filled: bool, unclear: bool, answered: bool) -> Told:
    when, until = on(due.reporting_date, form.period.every), day(due.deadline)
    lacks = "не принят" if answered else "не получен"
    match due.kind:
        case Reminder.BEFORE:
            headline = f"Отчёт {when} — до {until}."
        case Reminder.AFTER:
            headline = f"Отчёт {when} {lacks}."
        case Reminder.WEEK:
            headline = f"Отчёт {when} {lacks}: после срока прошла неделя."
    return Told(
        where=f"{form.subject} · приказ №{NBSP}{form.order.number}",
        headline=headline,
        good=due.kind is Reminder.BEFORE,
        subline=f"{school.full_name or school.name} · срок — {until}",
        todo=list(_todo(due, unclear, answered)),
        remarks=[],
        explanations=[],
        understood=[],
        last=f"Во вложении — бланк школы{' с тем, что принято из прежнего отчёта' if filled else ''}. "
        "Это напоминание приходит один раз.",
    )


def _todo(due: Due, unclear: bool, answered: bool) -> Iterator[str]:
    until = f" до {day(due.deadline)}" if due.kind is Reminder.BEFORE else ", как только сможете"
    yield f"Заполните приложенный бланк и пришлите его в управление{until}."
    if answered:
        yield "На присланное вам уже ответили, но принятого отчёта школы пока нет."
    elif due.kind is not Reminder.BEFORE:
        yield "Если вы отчёт уже отправили, сообщите об этом: до управления он не дошёл или не узнан."
    if unclear:
        yield "Пришли файлы, по которым не понять, чьи они: возможно, среди них ваш. Проверьте название школы и дату."


def owing(schools: Sequence[School], due: Due, reported: Container[str]) -> list[School]:
    """Those in being then, of which nothing has come for that date."""
    return [school for school in schools if school.in_being(due.reporting_date) and school.code not in reported]
