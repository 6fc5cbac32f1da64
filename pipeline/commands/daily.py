"""What is done on a day on which no summary is made: schools are reminded, and those that have sent something are told
what was understood of it. A day with nothing due leaves nothing behind."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

from pipeline import monthly
from pipeline.commands import console
from pipeline.commands.remind import Reminded, jobs_of, remind
from pipeline.files import Outputs, lock
from pipeline.memory.approvals import awaits_approval
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.memory.journal import Journal
from pipeline.monthly import Job
from pipeline.sending.delivery import Delivery, deliver
from pipeline.sending.outbox import TO_SCHOOLS
from pipeline.settings import Settings
from pipeline.writing.returns import Return, make_returns


def wake(
    input: Path, output: Path, settings: Settings, now: datetime, *, mail: bool = False, password: str | None = None,
    news: bool = True, wait: float = 0.0,
) -> Reminded:  # fmt: skip
    """Does what is due today, for every order. Lines to be said, none where nothing was due; and what became of the
    letters, where they were to be sent. `news`: has anything come, so that it is worth reading; `wait`: seconds, for
    another run to end. Raises UsageError and OutputError."""
    lines: list[str] = []
    deliveries: list[Delivery] = []
    jobs = [replace(job, wait=wait) for job in jobs_of(input, output, settings, now, mail=mail, password=password)]
    for job in jobs:
        for done in (remind(job), answer(job) if news and len(jobs) == 1 else Reminded([], [])):
            lines += done.lines
            deliveries += done.deliveries
    return Reminded(lines, deliveries)


def answer(job: Job) -> Reminded:
    """Letters to the schools of which something has come since the last one, without a summary. Raises UsageError and
    OutputError."""
    if not job.settings.mail.schools:
        return Reminded([], [])
    today = job.now.date()  # a report may come some days before its date
    job = replace(job, as_of=max(today, job.calendar.current_on(today) or today))
    survey = monthly.take_survey(job)

    @cache
    def returns() -> Mapping[tuple[str, str], Return]:
        inbox, reads = survey.intake.inbox, survey.intake.reads
        files = {read.file: (path, inbox.place(path), read) for path, read in zip(inbox.reports, reads, strict=True)}
        made = make_returns(survey.figures, survey.catalogue, files, job.settings.limits)
        return {(one.file, one.school): one for one in made}

    with Journal.copy(job.output / JOURNAL) as known:
        monthly.require_registry(job, survey.intake, known)
        if next(monthly.new_letters(job, survey, returns, known), None) is None:
            return Reminded([], [])
    with lock(job.output, job.wait), Journal.open(job.output / JOURNAL) as journal:
        with Outputs(job.output) as outputs:
            said = monthly.tell_schools(job, survey, returns, journal, outputs)
            outputs.commit()
        sent = _send(job, journal) if job.mail else []
    return Reminded([*said, *(console.delivery_lines(sent) if sent else [])], sent)


def _send(job: Job, journal: Journal) -> list[Delivery]:
    mail = job.settings.mail
    return deliver(
        job.output, mail, job.password, journal, job.now, monthly.date_of_schools(job), dry_run=False,
        only=lambda one: one.name.startswith(TO_SCHOOLS), patience=job.patience,
        withheld=awaits_approval(journal, asked=mail.approval),
    )  # fmt: skip
