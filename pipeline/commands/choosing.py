"""Which school or date a command is about, as people say it."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from pipeline.monthly import Survey
from pipeline.reading.inbox import Inbox
from pipeline.reading.intake import take_in
from pipeline.reading.schools import Match, Schools
from pipeline.settings import Settings
from schemas.district import Registry, School
from schemas.form import load_form
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
    catalogue = load_catalogue(settings.controls)
    form = load_form(settings.form)
    return take_in(Inbox(input, path), form, settings.limits, catalogue, 1, None, lambda done, of: None).registry


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
