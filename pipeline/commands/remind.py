"""Reminders to the schools that owe a report, where some are due."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pipeline import monthly
from pipeline.commands import console
from pipeline.commands.forms import answers_before
from pipeline.commands.known import mended, opened
from pipeline.commands.orders import settings_of, share
from pipeline.files import Outputs, lock, safe_name
from pipeline.memory import recording
from pipeline.memory.journal import Journal
from pipeline.sending.delivery import Delivery, deliver
from pipeline.sending.outbox import (
    OUTBOX,
    REMINDERS,
    SAYS_HEADER,
    TO_SCHOOLS,
    Letter,
    put_in_outbox,
    said_before,
    says_digest,
    waiting,
    withdraw,
)
from pipeline.sending.reminders import Due, due_today, owing, reminder
from pipeline.settings import Settings
from pipeline.survey import Job, Survey, require_registry
from pipeline.wording import SCHOOL, count, day, listed
from pipeline.writing.form.workbook import write_form
from schemas.district import School
from schemas.form import load_form

_MOST_NAMED = 5


class Reminded(NamedTuple):
    """Lines to be said, and what became of the letters where they were to be sent."""

    lines: list[str]
    deliveries: list[Delivery]


def remind_all(
    input: Path, output: Path, settings: Settings, now: datetime, *, mail: bool = False, password: str | None = None
) -> Reminded:
    """`remind` of every order in the settings. Raises UsageError and OutputError."""
    if not settings.mail.reminders:
        return Reminded([], [])
    jobs = jobs_of(input, output, settings, now, mail=mail, password=password)
    lines, deliveries = zip(*map(remind, jobs), strict=True)
    return Reminded([one for some in lines for one in some], [one for some in deliveries for one in some])


def jobs_of(
    input: Path, output: Path, settings: Settings, now: datetime, *, mail: bool, password: str | None, wait: float = 0.0
) -> list[Job]:
    """One of every order in the settings, of today. Of several each has what is its own of the folder, which is read
    where something is due. Raises UsageError."""
    from pipeline.reading.orders import others

    forms = [load_form(one) for one in settings.forms]
    jobs = list[Job]()
    for form in forms:
        own = settings_of(form, forms, settings) if len(forms) > 1 else settings
        folder = output / safe_name(form.id) if len(forms) > 1 else output
        options = {"mail": mail, "password": password, "form": form}
        job = Job.of(input, folder, now.date(), own, now, **options)  # type: ignore[arg-type]
        jobs.append(replace(job, beside=others(form, forms), wait=wait))
    if len(jobs) > 1 and any(map(_due, jobs)):
        jobs = [job for job, _ in share([(job, True) for job in jobs], quiet=True)[0]]
    return jobs


def _due(job: Job) -> list[Due]:
    return due_today(job.now.date(), job.calendar, job.settings.holidays) if job.settings.mail.reminders else []


def remind(job: Job) -> Reminded:
    """Reminders that are due today into the outbox of their reporting date, and out where `job.mail` says so. On a day
    on which nothing is due nothing is read and nothing is left behind.

    Raises UsageError and OutputError.
    """
    lines: list[str] = []
    deliveries: list[Delivery] = []
    for due in _due(job):
        said, sent = _remind_of(due, job)
        lines += said
        deliveries += sent
    return Reminded([*lines, *(console.delivery_lines(deliveries) if deliveries else [])], deliveries)


def _remind_of(due: Due, job: Job) -> tuple[list[str], list[Delivery]]:
    mended(job.output, job.wait)
    survey = monthly.take_survey(replace(job, as_of=min(job.now.date(), due.reporting_date - timedelta(days=1))))
    registry = survey.intake.registry
    with recording.known(job.output) as known:
        require_registry(job, survey.intake, known)
        reported = {*_reported(survey, due.reporting_date, job), *_known(known, due.reporting_date, job)}
        schools = [] if registry.draft else owing(registry.schools, due, reported)
        answered = {school.code for school in schools if _is_answered(known, job, due, school)}
    reached = [school for school in schools if school.email]
    said, new = [], 0
    if not reached and not any((job.output / due.reporting_date.isoformat() / OUTBOX).glob(f"{REMINDERS}*")):
        return list(_said(due, 0, schools)), []
    with lock(job.output, job.wait), opened(job.output) as journal:
        answers, waits = answers_before(survey), _said_in_outbox(job.output, due)
        with Outputs(job.output) as outputs:
            for school in reached:
                before = answers.get(school.code)
                blank = write_form(job.form, school, due.reporting_date, before)
                letter = reminder(
                    due, school, job.form, blank, registry,
                    filled=bool(before and before.facts), unclear=bool(survey.figures.unattributed),
                    answered=school.code in answered,
                )  # fmt: skip
                refused = put_in_outbox(letter, due.reporting_date, job.settings.mail.sender, journal, outputs)
                if _is_new(letter, due, waits, job, journal):
                    new += 1
                    said += refused
            owing_still = {safe_name(f"{REMINDERS}{school.code}") for school in reached}
            withdraw(outputs, due.reporting_date, REMINDERS, owing_still, journal)
            outputs.commit()
        sent = _send(due, job, journal) if job.mail else []
    return [*_said(due, new, schools if new or not reached else []), *said], sent


def _said_in_outbox(output: Path, due: Due) -> set[tuple[str, str]]:
    """Names of the letters that wait for that date, and the digests of what they say."""
    return {(one.name, str(one.message[SAYS_HEADER])) for one in waiting(output, due.reporting_date, whole=False)}


def _is_new(letter: Letter, due: Due, waits: Container[tuple[str, str]], job: Job, journal: Journal) -> bool:
    """Has it neither gone nor waited already: in its span a reminder is due on every day, and said on one."""
    name, says = safe_name(letter.name), says_digest(letter)
    return (name, says) not in waits and says not in said_before(journal, job.output, due.reporting_date, name)


def _reported(survey: Survey, reporting_date: date, job: Job) -> Iterator[str]:
    """Codes of the schools of which something has come for that date, be it that it cannot be read: that school has a
    letter of its own."""
    checked, calendar = survey.checked, job.calendar
    for report in checked.reports:
        if report.usable and report.as_of and calendar.belongs_to(report.as_of) == reporting_date:
            yield report.school
    for remark in checked.remarks:
        came = checked.arrivals.get(remark.file)
        for_then = calendar.current_on(came.date()) == reporting_date if came else True
        if remark.school and remark.as_of is None and for_then:
            yield remark.school


def _known(journal: Journal, reporting_date: date, job: Job) -> Iterator[str]:
    """Those that had reported in the last run's picture, whatever has become of the file."""
    for school, as_of in journal.reported():
        if job.calendar.belongs_to(as_of) == reporting_date:
            yield school


def _is_answered(journal: Journal, job: Job, due: Due, school: School) -> bool:
    """Has a letter told the school what has come of it? It is not to be said that nothing has."""
    return bool(said_before(journal, job.output, due.reporting_date, safe_name(f"{TO_SCHOOLS}{school.code}")))


def _send(due: Due, job: Job, journal: Journal) -> list[Delivery]:
    return deliver(
        job.output, job.settings.mail, job.password, journal, job.now, due.reporting_date, dry_run=False,
        only=lambda one: one.name.startswith(REMINDERS), patience=job.patience,
    )  # fmt: skip


def _said(due: Due, new: int, schools: Sequence[School]) -> Iterator[str]:
    """`new`: how many reminders have been made now; `schools`: those that owe."""
    if new:
        yield f"Отчёт на {day(due.reporting_date)}: напоминание ({due.kind.value}) — {count(new, SCHOOL)}."
    if without := [school.name for school in schools if not school.email]:
        names = listed(without, _MOST_NAMED, SCHOOL)
        yield f"Не напомнить, потому что в реестре нет адреса («Электронная почта»): {names}."
