"""The letter to those who are told of failures: a run that failed, or one that did not happen. Nobody takes silence for
«all is well» then."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import NamedTuple

from pipeline.sending.outbox import Letter
from pipeline.wording import day, named

NAME = "sboi"
MISSED_NAME = "propusk"


def failure_letter(
    to: Sequence[str], as_of: date, now: datetime, why: str, *, of_summary: bool = True
) -> Letter | None:
    """`why`: the sentence that the user is told; `of_summary`: that there is none for that date is all that is known.
    None where nobody wants to know. One of its kind a day."""
    if not of_summary:
        lines = [
            f"Запуск по расписанию {now:%d.%m.%Y в %H:%M}: не всё, чему подошёл срок, сделано.",
            why,
            "Прежние результаты на месте. Следующий запуск сделает то, что осталось, если причина устранена.",
        ]
        return _letter(NAME, to, "Сбой Свода: запуск по расписанию не завершён", lines, f"{now.date()} {why}")
    lines = [
        f"Свод на {day(as_of)}, начатый {now:%d.%m.%Y в %H:%M}, не сделан.",
        why,
        "Прежние результаты на месте. Когда причина устранена, сделайте свод снова: python run.py.",
    ]
    return _letter(NAME, to, f"Сбой Свода: свод на {day(as_of)} не сделан", lines, f"{now.date()} {why}")


class Missed(NamedTuple):
    """What no run was made for after the last one: «отчётная дата 20.03.2014»."""

    last: datetime
    what: tuple[str, ...]

    @property
    def said(self) -> str:
        what = ", ".join(self.what).removesuffix(".")  # «июнь 2014 г.» ends a sentence
        return f"После свода, сделанного {self.last:%d.%m.%Y}, запусков не было, и пропущено: {what}."


def missed_letter(to: Sequence[str], missed: Missed) -> Letter | None:
    """None where nobody wants to know."""
    lines = [
        missed.said,
        "Этот свод сделан, но те не были: проверьте, включён ли в назначенное время компьютер и стоит ли задание "
        "(python run.py schedule --status). Свод на прошлую дату: python run.py --as-of ГГГГ-ММ-ДД.",
    ]
    says = f"пропущено {'; '.join(missed.what)}"
    return _letter(MISSED_NAME, to, f"Сбой Свода: пропущено — {missed.what[0]}", lines, says)


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


def _letter(name: str, to: Sequence[str], subject: str, lines: Sequence[str], says: str) -> Letter | None:
    if not to:
        return None
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    page = f'<!DOCTYPE html>\n<html lang="ru"><head><meta charset="utf-8"></head><body>{html}</body></html>'
    return Letter(tuple(to), subject, "\n\n".join(lines), page, name=name, says=says)
