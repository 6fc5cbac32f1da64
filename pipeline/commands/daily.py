"""What is done on a day on which no summary is made: schools are reminded, and those that have sent something are told
what was understood of it. A day with nothing due leaves nothing behind."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path

from pipeline import monthly
from pipeline.commands import console
from pipeline.commands.known import mended, opened
from pipeline.commands.remind import Reminded, jobs_of, remind
from pipeline.files import Outputs, lock
from pipeline.memory import recording
from pipeline.memory.approvals import awaits_approval
from pipeline.memory.journal import Journal
from pipeline.month import files_of
from pipeline.sending.delivery import Delivery, LeftOver, deliver, left_over
from pipeline.sending.outbox import OUTBOX, REMINDERS, TO_SCHOOLS, Waiting, waiting
from pipeline.settings import Settings
from pipeline.survey import Job, require_registry
from pipeline.wording import count
from pipeline.writing.returns import Return, make_returns

_LETTER = ("письмо", "письма", "писем")


def wake(
    input: Path, output: Path, settings: Settings, now: datetime, *, mail: bool = False, password: str | None = None,
    news: bool = True, wait: float = 0.0, owed: date | None = None,
) -> Reminded:  # fmt: skip
    """Does what is due today, for every order. Lines to be said, none where nothing was due; and what became of the
    letters, where they were to be sent. `news`: has anything come, so that it is worth reading; `wait`: seconds, for
    another run to end; `owed`: of the summary whose letters were to be sent by the scheduler. Raises UsageError
    and OutputError."""
    lines: list[str] = []
    deliveries: list[Delivery] = []
    jobs = jobs_of(input, output, settings, now, mail=mail, password=password, wait=wait)
    for job in jobs:
        for due in (remind, answer if news else _nothing, partial(send_what_waits, owed=owed)):
            done = due(job)
            lines += done.lines
            deliveries += done.deliveries
    return Reminded([*lines, *_left_of_summaries(output, jobs)], deliveries)


def _nothing(_: Job) -> Reminded:
    return Reminded([], [])


def answer(job: Job) -> Reminded:
    """Letters to the schools of which something has come since the last one, into the outbox and without a summary; of
    several orders there are none. Raises UsageError and OutputError."""
    if not job.settings.mail.schools or job.beside:
        return Reminded([], [])
    job = _ahead(job)
    mended(job.output, job.wait)
    survey = monthly.take_survey(job)

    @cache
    def returns() -> Mapping[tuple[str, str], Return]:
        made = make_returns(survey.figures, survey.catalogue, files_of(survey.intake), job.settings.limits)
        return {(one.file, one.school): one for one in made}

    with recording.known(job.output) as known:
        require_registry(job, survey.intake, known)
        new = sum(1 for _ in monthly.new_letters(job, survey, returns, known))
        if not new and not _waits(job, monthly.date_of_schools(job)):
            return Reminded([], [])
    with lock(job.output, job.wait), opened(job.output) as journal, Outputs(job.output) as outputs:
        said = monthly.tell_schools(job, survey, returns, journal, outputs)
        outputs.commit()
    told = [f"Письма школам о том, что от них пришло: {count(new, _LETTER)}."] if new else []
    return Reminded([*told, *(said if new else [])], [])


def send_what_waits(job: Job, owed: date | None = None) -> Reminded:
    """Letters to schools, those too that an earlier start or a run without sending has left, and all but reminders of
    the date `owed`. Where nothing is sent they are named. Raises OutputError."""
    mail = job.settings.mail
    dates = sorted({monthly.date_of_schools(job), monthly.date_of_schools(_ahead(job))})
    dates = [one for one in dates if mail.schools and _waits(job, one)]
    dates += [owed] if owed and owed not in dates and any(waiting(job.output, owed, whole=False)) else []
    if not dates or not mail.configured or job.beside:
        return Reminded([], [])
    with lock(job.output, job.wait), opened(job.output) as journal:
        if not job.mail:
            withheld = awaits_approval(journal, asked=mail.approval)
            left = [one for day in dates for one in left_over(job.output, journal, day, withheld=withheld)]
            return Reminded([line for day in dates for line in _of_schools(left, day)], [])
        sent = [one for day in dates for one in _send(job, day, journal, all_kinds=day == owed)]
    return Reminded(console.delivery_lines(sent) if sent else [], sent)


def _of_schools(left: list[LeftOver], day: date) -> list[str]:
    own = [one for one in left if one.as_of == day and console.is_to_a_school(one.letter)]
    return console.left_lines(own, date.max, day)


def _left_of_summaries(output: Path, jobs: list[Job]) -> list[str]:
    """What is said of leadership's letters that a summary since the last reporting date has left: only a person sends
    them, for he may have made it to look at."""
    if not any(job.mail for job in jobs) or not any(output.glob(f"*/{OUTBOX}")):
        return []
    since = min(monthly.date_of_schools(job) for job in jobs)
    with recording.known(output) as journal:
        withheld = awaits_approval(journal, asked=any(job.settings.mail.approval for job in jobs))
        left = left_over(output, journal, withheld=withheld)
    left = [one for one in left if one.as_of >= since and not console.is_to_a_school(one.letter)]
    return console.left_lines(left, date.max)


def _ahead(job: Job) -> Job:
    """A report may come some days before its date."""
    today = job.now.date()
    return replace(job, as_of=max(today, job.calendar.current_on(today) or today))


def _waits(job: Job, day: date) -> bool:
    return any(one.name.startswith(TO_SCHOOLS) for one in waiting(job.output, day, whole=False))


def _send(job: Job, day: date, journal: Journal, *, all_kinds: bool) -> list[Delivery]:
    mail = job.settings.mail

    def is_meant(one: Waiting) -> bool:
        return one.name.startswith(TO_SCHOOLS) or (all_kinds and not one.name.startswith(REMINDERS))

    return deliver(
        job.output, mail, job.password, journal, job.now, day, dry_run=False,
        only=is_meant, patience=job.patience,
        withheld=awaits_approval(journal, asked=mail.approval),
    )  # fmt: skip
