"""The command `approve`: a person's word that the letters of a date may go; from then on the date is closed."""

from datetime import date, datetime
from pathlib import Path

from pipeline.commands.choosing import last_day_of
from pipeline.commands.known import opened
from pipeline.files import lock
from pipeline.memory.approvals import Approval
from pipeline.sending.outbox import LEADERSHIP, SAYS_HEADER, waiting
from pipeline.settings import Settings
from pipeline.survey import calendar_of
from pipeline.wording import count, day
from schemas.form import load_form
from schemas.strict import UsageError

_LETTER = ("письмо", "письма", "писем")


def approve(output: Path, said: date | str, settings: Settings, now: datetime) -> list[str]:
    """Lines to be said. Raises UsageError where there is nothing to approve, or nobody asks for it."""
    as_of = last_day_of(said)
    if not settings.mail.approval:
        raise UsageError("В настройках утверждение не включено (раздел [mail], approval = true): письма его не ждут.")
    letters = list(waiting(output, as_of)) if output.is_dir() else []
    if not letters and not (output / as_of.isoformat()).is_dir():
        raise UsageError(f"Свода на {day(as_of)} в папке «{output}» нет: сначала сделайте его (--as-of {as_of}).")
    with lock(output), opened(output) as journal:
        before = journal.approval(as_of)
        if before:
            return [f"{day(as_of)}: утверждено раньше, {before.approved_at.astimezone(now.tzinfo):%d.%m.%Y %H:%M}."]
        says = next((str(one.message[SAYS_HEADER]) for one in letters if one.name == LEADERSHIP), "")
        journal.approve(Approval(as_of, _reporting_date(as_of, settings), now, says))
    held = count(len(letters), _LETTER)
    return [
        f"{day(as_of)}: утверждено, дата закрыта. Более поздние исправления уйдут с пометкой «исправлено».",
        f"Ждут отправки: {held}. Отправить: python run.py mail --as-of {as_of}.",
    ]


def _reporting_date(as_of: date, settings: Settings) -> date:
    """Of several orders there are no letters to schools."""
    if len(settings.forms) > 1:
        return as_of
    return calendar_of(load_form(settings.one_form), settings).in_force(as_of) or as_of
