"""What the input says as of a date: read, checked, measured. Nothing is written but what readers keep for the next run.

What is asked of a run (`Job`) is told here, too: of the modules that touch clock, settings and journal this is the
lowest.
"""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline.files import lock
from pipeline.measuring.calendar import Calendar
from pipeline.memory import recording
from pipeline.memory.journal import Journal, Remembered
from pipeline.reading.cache import program
from pipeline.reading.inbox import look_into
from pipeline.reading.intake import Intake, Progress, take_in
from pipeline.room import give_back
from pipeline.sending.patience import USUAL, Patience
from pipeline.settings import Settings
from pipeline.wording import message
from schemas.decided import SHEET as DECISIONS
from schemas.district import Paper, Received, Registry
from schemas.form import Form, load_form
from schemas.registry_book import FILE as REGISTRY
from schemas.remarks import Catalogue, load_catalogue, remark
from schemas.reports import FileRead
from schemas.strict import UsageError

if TYPE_CHECKING:
    from pipeline.checking.judgement import Checked
    from pipeline.measuring.figures import Figures, Remarked

    OnRemarked = Callable[[Remarked], None]


@dataclass(frozen=True, repr=False)  # it holds the password
class Job:
    """What a run is asked to do. `now` is the moment it was started, with a zone. `form` and `calendar` are those that
    the settings name: `Job.of` reads them, once. `beside`: of several orders in one folder the others; then `intake` is
    what is this order's of it, and the letter is one for all of them. `wait`: seconds, for another run to end."""

    input: Path
    output: Path
    as_of: date
    settings: Settings
    now: datetime
    form: Form
    calendar: Calendar
    mail: bool = False
    password: str | None = None
    jobs: int = 1
    patience: Patience = USUAL
    beside: tuple[Form, ...] = ()
    intake: "Intake | None" = None
    wait: float = 0.0

    @classmethod
    def of(
        cls,
        input: Path,
        output: Path,
        as_of: date,
        settings: Settings,
        now: datetime,
        *,
        mail: bool = False,
        password: str | None = None,
        jobs: int = 1,
        form: Form | None = None,
    ) -> "Job":
        """`form`: another than the settings name. Raises UsageError where theirs cannot be used."""
        form = form or load_form(settings.one_form)
        calendar = calendar_of(form, settings)
        return cls(input, output, as_of, settings, now, form, calendar, mail, password, jobs)


def calendar_of(form: Form, settings: Settings) -> Calendar:
    """Raises UsageError where a reporting date of the office ends no period of the form."""
    for day in settings.reporting_dates:
        if form.periods.last(day) != day:
            raise UsageError(
                f"Настройки, ключ reporting_dates: {day:%d.%m.%Y} — не последний день периода, за который по форме "
                f"«{form.id}» сдаётся отчёт; он кончается {form.periods.last(day):%d.%m.%Y}."
            )
    return Calendar.of(form, settings.reporting_dates, settings.days_before)


class Survey(msgspec.Struct, frozen=True):
    """What the input says as of a date, before anything is written. `remembered`: what the journal said to it."""

    form: Form
    catalogue: Catalogue
    intake: Intake
    remembered: Remembered
    checked: "Checked"
    figures: "Figures"


def no_progress(done: int, of: int) -> None:
    pass


def take_survey(
    job: Job, progress: Progress = no_progress, log: Path | None = None, journal: Journal | None = None
) -> Survey:
    """Reads, checks and measures; writes nothing (but what the readers say of themselves, to `log`).

    `journal`: without one, what that of the output folder knows is taken from a copy, or from what is left of it.
    """
    if journal is None:
        with recording.known(job.output) as known:
            return take_survey(job, progress, log, known)
    return survey_of(job, *take_input(job, progress, log, journal))


class Taken(NamedTuple):
    """What a survey is made of."""

    catalogue: Catalogue
    intake: Intake
    remembered: Remembered


def take_input(job: Job, progress: Progress, log: Path | None, journal: Journal) -> Taken:
    catalogue = load_catalogue(job.settings.controls, job.form.period.every, job.form.recognise.answer[0])
    intake = job.intake or _read(job, catalogue, progress, log)
    _require_decisions(intake, catalogue)
    remembered = recording.remembered(journal, intake, job.as_of, job.calendar.reporting_dates, job.now)
    return Taken(catalogue, intake, remembered)


def survey_of(
    job: Job, catalogue: Catalogue, intake: Intake, remembered: Remembered, on_remarked: "OnRemarked | None" = None
) -> Survey:
    """What was read, checked and measured: a pure function of what it is given. `on_remarked`: told on the way what
    stands of the reports (`measure`)."""
    from pipeline.checking.judgement import check
    from pipeline.measuring.measure import measure

    form, arrivals = job.form, remembered.arrivals
    known_files = [read for read in intake.reads if read.digest]
    arrived = {read.file: _in_zone(arrivals[read.digest].arrived, job.settings) for read in known_files}
    registry = _with_papers(intake, arrived)
    checked = check(intake.reads, arrived, form, registry, catalogue, intake.inbox.remarks)
    give_back()
    told, sent = remembered.told, remembered.sent
    figures = measure(
        checked, intake.reads, registry, form, catalogue, job.as_of, job.calendar, told, sent, on_remarked
    )
    give_back()
    return Survey(form, catalogue, intake, remembered, checked, figures)


def _with_papers(intake: Intake, arrived: Mapping[str, datetime | None]) -> Registry:
    """The registry, and the papers that came as files as if somebody had ticked them off on the day they came."""
    came = [(read.file, paper) for read in intake.reads for paper in read.papers]
    if not came:
        return intake.registry
    days = {file: moment.date() for file, moment in arrived.items() if moment}
    papers = (Paper(one.school, one.document, Received.YES, days.get(file), file) for file, one in came)
    return replace(intake.registry, papers=(*(intake.registry.papers or ()), *papers))


def _in_zone(moment: datetime | None, settings: Settings) -> datetime | None:
    """In the office's time."""
    return moment.astimezone(settings.zone) if moment else None


def read_all(job: Job, progress: Progress = no_progress) -> Intake:
    """All that lies in the input folder, read with the job's form; whose it is remains to be said."""
    with lock(job.output, job.wait):
        catalogue = load_catalogue(job.settings.controls, job.form.period.every, job.form.recognise.answer[0])
        return _read(job, catalogue, progress, log_of_readers(job.output))


def _read(job: Job, catalogue: Catalogue, progress: Progress, log: Path | None) -> Intake:
    """Workers read while this process imports pandas: neither waits for the other."""
    results = job.output.parent if job.beside else job.output
    inbox = look_into(job.input, leave_out=results.resolve())
    if job.settings.decisions:
        inbox.add(Path(job.settings.decisions))
    if not inbox.registry and not inbox.reports and not inbox.remarks:
        raise UsageError(f"В папке «{job.input}» нет ни реестра, ни отчётов: положите в неё файлы школ.")
    cache = job.output / "cache" if log else None  # what writes nothing keeps nothing
    if cache:
        program()  # asked for beside the imports it would wait for its turn at each file, and take three times as long
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(
            take_in, inbox, job.form, job.settings.limits, catalogue, job.jobs, log, progress, cache, {}, job.beside
        )
        _prepare_what_follows()
        return reading.result()


def _prepare_what_follows() -> None:
    """All that a run uses once its files are read: nobody waits for it here."""
    import schemas.lean  # noqa: F401, I001 - before pandera

    import pipeline.checking.judgement
    import pipeline.measuring.measure
    import pipeline.sending.letters
    import pipeline.writing.brief
    import pipeline.writing.csv_files
    import pipeline.writing.csv_schemas
    import pipeline.writing.memo
    import pipeline.writing.returns
    import pipeline.writing.summary
    import pipeline.writing.web  # noqa: F401


def log_of_readers(output: Path) -> Path:
    """Where readers write what went wrong with them; where that cannot be, nowhere: a log never prevents a run."""
    log = output / "logs" / "reading.log"
    try:
        log.parent.mkdir(exist_ok=True)
        log.open("ab").close()
    except OSError:
        return Path(os.devnull)
    return log


def _require_decisions(intake: Intake, catalogue: Catalogue) -> None:
    """What the settings name as a summary with decisions is one: no report is counted by mistake."""
    reads = dict(zip(intake.inbox.reports, intake.reads, strict=True))
    for path in intake.inbox.elsewhere:
        read = reads.get(path) or FileRead(path.name, "", remarks=(remark("FILE-ARCHIVE", what="архив или письмо"),))
        if read.decisions is None:
            why = "; ".join(message(said, catalogue) for said in read.remarks if not read.reports)
            raise UsageError(
                f"Настройки, ключ decisions: файл «{path.name}» — не свод с листом «{DECISIONS}». "
                f"{why or 'Это отчёт школы.'} Назовите книгу svod-….xlsx с решениями или уберите этот ключ."
            )


def require_schools(intake: Intake) -> None:
    """A template that nobody has filled in, and no report that would name a school: there is nothing to be told."""
    if not intake.registry.schools and not intake.reads and not intake.inbox.remarks:
        raise UsageError(
            f"В реестре «{intake.inbox.registry}» нет ни одной школы, и отчётов нет: впишите школы на лист «Школы»."
        )


def require_registry(job: Job, intake: Intake, journal: Journal) -> None:
    """A registry that was there last time and is gone is no district without one: schools would be missed silently."""
    if recording.has_lost_registry(journal, intake):
        raise UsageError(
            f"В прошлый раз реестр школ был, а теперь файла «{job.input / REGISTRY}» нет: верните его. Если реестра "
            "больше не будет, укажите для результатов другую папку (--output)."
        )
