"""Which school or date a command is about, as people say it."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from pipeline.measuring.calendar import Calendar
from pipeline.reading.inbox import Inbox
from pipeline.reading.intake import take_in
from pipeline.reading.schools import Match, Schools
from pipeline.settings import Settings
from pipeline.survey import Survey
from pipeline.wording import on
from schemas.district import Registry, School
from schemas.form import Form, load_form
from schemas.periods import Every, Periods
from schemas.registry_book import FILE
from schemas.remarks import load_catalogue
from schemas.reports import FIRST_YEAR, LAST_YEAR
from schemas.strict import UsageError

REGISTRY = Path("input", FILE)  # where it lies as a rule
_MOST_NAMED = 20  # schools in one sentence


def school_of(registry: Registry, said: str) -> School:
    """The registry's school of that code or name. Raises UsageError."""
    return _one_of(registry.schools, registry, said, "в реестре")


def school_named(survey: Survey, said: str) -> School:
    """The school of that code or name that is in being at the survey's date. Raises UsageError."""
    return _one_of(survey.figures.schools, survey.intake.registry, said, "в реестре на эту дату")


def registry_in(input: Path, settings: Settings) -> Registry:
    """What the registry of that folder says; an empty one where there is none. Raises UsageError where it cannot be
    used."""
    path = input / FILE
    if not path.is_file():
        return Registry()
    form, *beside = map(load_form, settings.forms)
    catalogue = load_catalogue(settings.controls, form.period.every, form.recognise.answer[0])
    inbox = Inbox(input, path)
    return take_in(
        inbox, form, settings.limits, catalogue, 1, None, lambda done, of: None, beside=tuple(beside)
    ).registry


def day_said(text: str) -> date:
    """A date as ГГГГ-ММ-ДД or ДД.ММ.ГГГГ. Raises UsageError."""
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            day = datetime.strptime(text.strip(), pattern).date()
        except ValueError:
            continue
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
        raise UsageError(f"Свода на «{text}» не бывает: укажите дату с {FIRST_YEAR} по {LAST_YEAR} год.")
    raise UsageError(f"Даты «{text}» нет: укажите её как ГГГГ-ММ-ДД, например 2014-03-20.")


def day_or_period(text: str) -> date | str:
    """A date, or the words of a period («2026-01», «2026-Q1», «январь 2026»): which it is, only a form tells. Raises
    UsageError of what is neither."""
    try:
        return day_said(text)
    except UsageError:
        if _last_days(text):
            return text.strip()
        raise


def last_day_of(said: date | str) -> date:
    """The date by which results are called: of a period, whatever form it is of, its last day."""
    return said if isinstance(said, date) else _last_days(said)[0]


def _last_days(text: str) -> list[date]:
    from pipeline.reading.answers.spans import whole_period  # here: a date in figures needs no reader of words

    return [day for every in _PERIODS if (day := whole_period(text, Periods(every)))]


def as_of_meant(said: date | str | None, form: Form, calendar: Calendar, today: date) -> date:
    """The date of the picture: of a form with periods the last day of the one that is meant, without a word the last
    that is past. Raises UsageError."""
    if not calendar.of_periods:
        return day_said(said) if isinstance(said, str) else said or today
    if said is None:
        past = [day for day in calendar.reporting_dates if day < today]
        return past[-1] if past else calendar.reporting_dates[0]
    from pipeline.reading.answers.spans import whole_period

    day = whole_period(said, form.periods) if isinstance(said, str) else said
    if day is None or form.periods.last(day) != day:
        raise UsageError(
            f"«{said}» — не {_PERIODS[calendar.every]} целиком, а отчёты сдаются за такие периоды: "
            f"укажите период, например, как {_example(calendar)}."
        )
    if day not in calendar.reporting_dates:
        first, last = (on(one, calendar.every) for one in (calendar.reporting_dates[0], calendar.reporting_dates[-1]))
        raise UsageError(
            f"Отчёт {on(day, calendar.every)} не сдаётся: первый по приказу — {first}, последний — {last}; "
            "другие отчётные даты задаёт ключ reporting_dates в настройках."
        )
    return day


_PERIODS: dict[Every, str] = {"week": "неделя", "month": "месяц", "quarter": "квартал", "year": "год"}


def _example(calendar: Calendar) -> str:
    """How the first period is said in a command, and by its last day."""
    day = calendar.reporting_dates[0]
    said = {"month": f"{day:%Y-%m}", "quarter": f"{day.year}-Q{(day.month + 2) // 3}", "year": str(day.year)}
    return " или ".join(filter(None, (said.get(calendar.every), day.isoformat())))


def _one_of(some: Sequence[School], registry: Registry, said: str, where: str) -> School:
    schools = Schools(registry)
    match = schools.match(said)
    school = schools.by_code(said) or match.school
    if school is None or school not in some:
        raise UsageError(_unknown(some, said, match, where))
    return school


def _unknown(some: Sequence[School], said: str, match: Match, where: str) -> str:
    """Who may be meant, or who there is."""
    if not some:
        return f"Школы «{said}» {where} нет: в нём нет ни одной школы."
    near = [school for school in match.candidates if school in some]
    if match.ambiguous and near:
        return f"Название «{said}» подходит нескольким школам: {_named(near)}. Укажите код."
    if near:
        return f"Школы «{said}» {where} нет, похожие: {_named(near)}. Укажите код или название из реестра."
    more = f" и ещё {len(some) - _MOST_NAMED}" if len(some) > _MOST_NAMED else ""
    return f"Школы «{said}» {where} нет. Коды: {', '.join(s.code for s in some[:_MOST_NAMED])}{more}."


def _named(schools: Sequence[School]) -> str:
    return ", ".join(f"{school.name} ({school.code})" for school in schools)
