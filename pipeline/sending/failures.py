"""The letter to those who are told of failures: a run that failed, or one that did not happen. Nobody takes silence for
«all is well» then."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import NamedTuple

from pipeline.sending.outbox import Letter
from pipeline.wording import day, named

NAME = "sboi"


def failure_letter(to: Sequence[str], as_of: date, now: datetime, why: str) -> Letter | None:
    """`why`: the sentence that the user is told. None where nobody wants to know. One of its kind a day."""
    lines = [
        f"Свод на {day(as_of)}, начатый {now:%d.%m.%Y в %H:%M}, не сделан.",
        why,
        "Прежние результаты на месте. Когда причина устранена, сделайте свод снова: python run.py.",
    ]
    return _letter(to, f"Сбой Свода: свод на {day(as_of)} не сделан", lines, f"{now.date()} {why}")


class Missed(NamedTuple):
    """What no run was made for after the last one: «отчётная дата 20.03.2014»."""

    last: datetime
    what: tuple[str, ...]

    @property
    def said(self) -> str:
        return f"После свода, сделанного {self.last:%d.%m.%Y}, запусков не было, и пропущено: {', '.join(self.what)}."


def missed_letter(to: Sequence[str], missed: Missed) -> Letter | None:
    """None where nobody wants to know."""
    lines = [
        missed.said,
        "Этот свод сделан, но те не были: проверьте, включён ли в назначенное время компьютер и стоит ли задание "
        "(python run.py schedule --status). Свод на прошлую дату: python run.py --as-of ГГГГ-ММ-ДД.",
    ]
    return _letter(to, f"Сбой Свода: пропущено — {missed.what[0]}", lines, f"пропущено {'; '.join(missed.what)}")


def missed_since(last: datetime, today: date, reporting_dates: Iterable[date]) -> Missed | None:
    """Reporting dates between the day of the last run and today after which another came without a run; and where none
    was missed, whole months without one. `last`: in the office's time."""
    begun = last.date()
    past = [one for one in sorted(reporting_dates) if begun < one <= today]
    what = [f"отчётная дата {day(one)}" for one in past[:-1]]
    month = _next_month(begun)
    while not past[:-1] and _next_month(month) <= today:
        what.append(named(_next_month(month) - timedelta(days=1), "month"))
        month = _next_month(month)
    return Missed(last, tuple(what)) if what else None


def _next_month(one: date) -> date:
    return (one.replace(day=1) + timedelta(days=32)).replace(day=1)


def _letter(to: Sequence[str], subject: str, lines: Sequence[str], says: str) -> Letter | None:
    if not to:
        return None
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    page = f'<!DOCTYPE html>\n<html lang="ru"><head><meta charset="utf-8"></head><body>{html}</body></html>'
    return Letter(tuple(to), subject, "\n\n".join(lines), page, name=NAME, says=says)
