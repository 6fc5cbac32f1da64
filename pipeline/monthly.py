"""The main job as a page of calls: the stages in the order of the house. Here, in the two modules below (`month`,
`survey`) and in the commands alone clock, settings, journal and environment are touched; stages get values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline import VERSION
from pipeline.files import Kept, OutputError, Outputs, Written, lock, safe_name
from pipeline.memory import recording
from pipeline.memory.approvals import awaits_approval, how_to_approve
from pipeline.memory.archive import Archive
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.memory.journal import Journal, Result
from pipeline.month import Background, Month, write_month
from pipeline.reading.intake import Progress
from pipeline.sending.delivery import Delivery, LeftOver, deliver, left_over
from pipeline.sending.failures import NAME as FAILURES
from pipeline.sending.failures import Missed, missed_letter, missed_since
from pipeline.sending.outbox import (
    REMINDERS,
    TO_SCHOOLS,
    is_told,
    keys_of,
    put_in_outbox,
    said_before,
    says_digest,
    told_anew,
    withdraw,
)
from pipeline.settings import Settings
from pipeline.survey import (
    Job,
    Survey,
    log_of_readers,
    no_progress,
    require_registry,
    require_schools,
    survey_of,
    take_input,
    take_survey,
)
from pipeline.wording import NBSP, SCHOOL, listed, message, number, todo
from pipeline.workers import import_ahead, need_none_ready
from schemas.district import Registry, Topic

if TYPE_CHECKING:
    from pipeline.measuring.figures import Figures
    from pipeline.sending.letters import Page
    from pipeline.sending.outbox import Letter
    from pipeline.writing.returns import Return

    Returns = Callable[[], Mapping[tuple[str, str], Return]]

__all__ = ["Done", "Job", "Survey", "run", "take_survey"]  # what a run is asked, and what it gives

MB = 2**20
_MOST_NAMED = 5  # schools in a sentence
BIG_ARCHIVE = 500 * MB  # beyond it a run says how much room the archive takes


class Done(msgspec.Struct, frozen=True):
    """What came out of a run. `kept`: files of earlier results that people have written into, left as they were;
    `returned`: how many files go back to schools; `left_over`: letters, of earlier dates too, that wait or are held."""

    survey: Survey
    summary: Written
    kept: tuple[Kept, ...]
    returned: int
    left_over: tuple[LeftOver, ...]
    warnings: tuple[str, ...]
    failures: tuple[str, ...]  # files at which the program failed, one sentence each
    deliveries: tuple[Delivery, ...]
    page: "Page"  # what the letter to leadership is made of
    missed: Missed | None = None  # runs that should have been before
    was_to_send: bool = False  # letters too

    @property
    def figures(self) -> "Figures":
        return self.survey.figures


def run(job: Job, progress: Progress = no_progress) -> Done:
    """Reads, checks, measures, writes, and sends if asked to.

    Raises UsageError (wrong use) and OutputError (nothing was written), each one Russian sentence.
    """
    with lock(job.output, job.wait):
        log = log_of_readers(job.output)
        places = Outputs(job.output), Outputs(job.output)
        with Journal.open(job.output / JOURNAL) as journal, places[0] as outputs, places[1] as originals:
            begun = _begin(job, journal)
            taken = take_input(job, progress, log, journal)
            require_schools(taken.intake)
            require_registry(job, taken.intake, journal)
            import_ahead("pipeline.writing.returned.marking", "pipeline.writing.word.layout")
            with Background(job, taken, _folder(job), outputs, log) as background:
                background.keep_originals(originals)
                survey = survey_of(job, *taken, background.return_files)
                recording.note(journal, begun.number, survey.form, survey.intake, survey.remembered.arrivals)
                gone = recording.gone_reports(journal, survey.intake, survey.figures)
                month, said = _write(job, survey, outputs, background)
                lost = background.lost()
            if not (job.beside or job.settings.mail.reminders):  # for them files are read once more
                need_none_ready()
            said += _write_letters(job, survey, month, journal, outputs, begun.missed)
            result = _expect(job, survey, month, journal, begun.number)
            written = {place.path: place for place in outputs.commit()}
            kept = tuple(outputs.kept)
            untold = _finish(job, result, journal, begun.number)
            sent = _send(job, journal) if job.mail and not untold else []
            # Without a mail server letters are drafts, which a mail program sends: of those before nothing is known.
            mail = job.settings.mail
            withheld = awaits_approval(journal, asked=mail.approval)
            left = left_over(job.output, journal, None if mail.configured else job.as_of, withheld=withheld)
    said = [*filter(None, [journal.warning]), *begun.said, *filter(None, [gone]), *lost, *said, *untold]
    return _done(job, survey, month, written, kept, said, sent, left, begun.missed)


class _Begun(NamedTuple):
    """A run that the journal knows of, by its number. `missed`: those that should have been before; `said`: what is to
    be said of them, of the journal and of the clock."""

    number: int
    missed: Missed | None
    said: list[str]


def _begin(job: Job, journal: Journal) -> _Begun:
    """What earlier runs have left open is completed first."""
    forgotten = recording.forgotten(journal, job.output)
    recording.complete(journal, job.output)
    journal.keep_copy(job.output / JOURNAL, job.now)
    clock, missed = recording.behind_the_journal(journal, job.now), _missed(journal, job)
    number = recording.begin(journal, job.now, VERSION, job.as_of, job.settings)
    return _Begun(number, missed, [*filter(None, (forgotten, clock, missed and missed.said))])


def _done(
    job: Job, survey: Survey, month: Month, written: dict[Path, Written], kept: tuple[Kept, ...], said: list[str],
    sent: list[Delivery], left: list[LeftOver], missed: Missed | None,
) -> Done:  # fmt: skip
    return Done(
        survey=survey,
        summary=written[job.output / month.summary],
        kept=kept,
        returned=sum(name.startswith("returns/") for name in month.digests),
        left_over=tuple(left),
        warnings=(*said, *filter(None, [_big_archive(job)])),
        failures=(*_not_read(survey), *month.failures),
        deliveries=tuple(sent),
        page=month.page,
        missed=missed,
        was_to_send=job.mail,
    )


def _expect(job: Job, survey: Survey, month: Month, journal: Journal, number: int) -> Result:
    """What the journal is to know of the run once its files have their places. It is told before: a run may be killed
    between the two, and letters of what it has made go all the same."""
    end, above = datetime.now(job.settings.zone), bool(job.beside)
    result = recording.result_of(survey.figures, survey.checked.remarks, month.digest, end, told_above=above)
    journal.expect(number, month.manifest, result)
    return result


def _finish(job: Job, result: Result, journal: Journal, number: int) -> list[str]:
    """The set stands, whatever becomes of the journal. What is to be said where it takes no note: then nothing is sent,
    and the next command tells it."""
    try:
        recording.finish(journal, number, job.as_of, result, job.output)
    except OutputError as error:
        waits = " Письма не отправлены." if job.mail else ""
        return [f"Свод сделан. {error} Его дополнит следующая команда.{waits}"]
    return []


def _not_read(survey: Survey) -> list[str]:
    """The program failed at these files."""
    failed = [said for read in survey.intake.reads for said in read.remarks if said.code == "FILE-INTERNAL"]
    return [f"{said.file}: {message(said, survey.catalogue)} {todo(said, survey.catalogue)}" for said in failed]


def _folder(job: Job) -> Path:
    """Of the date, below the output folder."""
    return Path(job.as_of.isoformat())


def _big_archive(job: Job) -> str:
    """What is to be said of an archive that takes much room, else blank."""
    archive = Archive(job.output)
    size = archive.size()
    if size <= BIG_ARCHIVE:
        return ""
    return (
        f"Архив исходных файлов {archive.folder} занимает {number(round(size / MB))}{NBSP}МБ: "
        "что из него можно удалить, сказано в docs/operations.md."
    )


def _write(job: Job, survey: Survey, outputs: Outputs, background: Background) -> tuple[Month, list[str]]:
    """All files of the run, made beside their places, and what is to be said of letters and PDF."""
    from pipeline.sending.letters import nobody_to_tell
    from pipeline.writing.pdf import NotPrintedError, first_page
    from pipeline.writing.strange import strange_toml

    registry = survey.intake.registry
    month = write_month(job, survey, _folder(job), outputs, background)
    strange_file = _folder(job) / f"strange-{job.as_of}.toml"
    outputs.own_or_none(strange_file)
    outputs.own_or_none(Path("logs", strange_file.name))  # where earlier versions put it: it holds words of schools
    if strange := strange_toml(survey.intake.reads, registry):
        outputs.add(strange_file, strange, durable=False)
    printed = month.summary.with_name(f"svodka-{job.as_of}.pdf")
    outputs.own_or_none(printed)
    said = nobody_to_tell(registry)
    if job.settings.pdf:
        try:
            outputs.add(printed, first_page(month.content), durable=False)
        except NotPrintedError as why:
            said.append(f"PDF первой страницы не сделан: {why}.")
    return month, said


def _write_letters(
    job: Job, survey: Survey, month: Month, journal: Journal, outputs: Outputs, missed: Missed | None
) -> list[str]:
    """What waits to be sent; of several orders one alone has no letters of its own. Returns what is to be said."""
    registry = survey.intake.registry
    if survey.intake.inbox.registry:
        journal.note_watchers(one.email for one in registry.mailing if Topic.FAILURES in one.wants)
    _take_back_reminders(job, survey, journal, outputs)
    if job.beside:
        return []
    tell_missed(missed, journal.watchers(), job.as_of, job.settings, journal, outputs)
    said, _ = tell_leadership([month.page], registry, job.as_of, job.settings, job.now, journal, outputs)
    return [*said, *tell_schools(job, survey, lambda: month.returns, journal, outputs)]


def tell_schools(job: Job, survey: Survey, returns: "Returns", journal: Journal, outputs: Outputs) -> list[str]:
    """Letters to schools into the outbox of the reporting date in force, so that another run of it sends none twice.
    Returns what is to be said."""
    if not job.settings.mail.schools:
        return []
    from pipeline.sending.schools import without_address  # here: most offices write to no school

    as_of, said, made = date_of_schools(job), list[str](), set[str]()
    for letter in new_letters(job, survey, returns, journal):
        made.add(safe_name(letter.name))
        before = said_before(journal, job.output, as_of, safe_name(letter.name))
        letter = replace(letter, says=told_anew(letter.says, before).says)
        said += put_in_outbox(letter, as_of, job.settings.mail.sender, journal, outputs)
    withdraw(outputs, as_of, TO_SCHOOLS, made, journal)
    _take_back_reminders(job, survey, journal, outputs)
    if nowhere := [school.name for school in without_address(survey.figures)]:
        names = listed(nowhere, _MOST_NAMED, SCHOOL)
        said.append(f"Писем нет, потому что в реестре нет адреса школы («Электронная почта»): {names}.")
    return said


def _take_back_reminders(job: Job, survey: Survey, journal: Journal, outputs: Outputs) -> None:
    """A school of which something has come is reminded no more, whoever else is written to."""
    reported = {line.school.code for line in survey.figures.submissions if line.has_come}
    owing = {safe_name(f"{REMINDERS}{one.code}") for one in survey.figures.schools if one.code not in reported}
    withdraw(outputs, date_of_schools(job), REMINDERS, owing, journal)


def new_letters(job: Job, survey: Survey, returns: "Returns", journal: Journal) -> "Iterator[Letter]":
    """Letters to schools that say something else than the last one did."""
    from pipeline.sending.schools import school_letters

    def is_new(name: str, says: str) -> bool:
        return not is_told(says, said_before(journal, job.output, date_of_schools(job), safe_name(name)))

    return school_letters(survey.figures, survey.catalogue, returns, job.calendar, job.now.date(), is_new)


def date_of_schools(job: Job) -> date:
    """In whose folder letters to schools wait."""
    return job.calendar.in_force(job.as_of) or job.as_of


def _missed(journal: Journal, job: Job) -> Missed | None:
    last = journal.last_success()
    if last is None:
        return None
    return missed_since(last[0].astimezone(job.settings.zone), job.now.date(), job.calendar.reporting_dates)


def tell_leadership(
    pages: "list[Page]",
    registry: Registry,
    as_of: date,
    settings: Settings,
    now: datetime,
    journal: Journal,
    outputs: Outputs,
    last_report: datetime | None = None,
) -> tuple[list[str], tuple[str, ...]]:
    """Leadership's letter into the outbox, unless it tells nothing else than the last one of its date. `last_report`:
    of several orders, whose own journals know of their reports. Returns what is to be said, and the letter's keys."""
    from pipeline.sending.letters import leadership_letter, told_figures

    earlier = recording.earlier_letters(journal, outputs.root, as_of, last_report or journal.last_report())
    asked = settings.mail.approval
    letter = leadership_letter(pages, registry, earlier, how_to_approve(as_of) if asked else "")
    if letter is None:
        return [], ()
    journal.note_telling(as_of, letter.name, says_digest(letter), now, told_figures(pages))
    said = put_in_outbox(letter, as_of, settings.mail.sender, journal, outputs)
    if asked and journal.approval(as_of) is None:
        said.append(f"Письма на {as_of:%d.%m.%Y} ждут утверждения: {how_to_approve(as_of)}.")
    return said, keys_of(letter, as_of)


def tell_missed(
    missed: Missed | None,
    watchers: Sequence[str],
    as_of: date,
    settings: Settings,
    journal: Journal,
    outputs: Outputs,
) -> None:
    """Of runs that did not happen. This one did: what an earlier failure of it has left in the outbox is no longer
    so; that others did not stays."""
    withdraw(outputs, as_of, FAILURES, (), journal)
    letter = missed_letter(watchers, missed) if missed else None
    if letter:
        put_in_outbox(letter, as_of, settings.mail.sender, journal, outputs)


def _send(job: Job, journal: Journal) -> list[Delivery]:
    mail, patience = job.settings.mail, job.patience
    out = partial(deliver, withheld=awaits_approval(journal, asked=mail.approval), patience=patience)
    sent = out(job.output, mail, job.password, journal, job.now, job.as_of, dry_run=False)
    day = date_of_schools(job)
    if mail.schools and day != job.as_of:
        to_schools = partial(out, only=lambda one: one.name.startswith(TO_SCHOOLS))
        sent += to_schools(job.output, mail, job.password, journal, job.now, day, dry_run=False)
    return sent
