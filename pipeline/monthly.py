"""The main job as a page of calls: the stages in the order of the house. Here alone (and in the commands) clock,
settings, journal and environment are touched; stages get values."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import VERSION
from pipeline.files import Outputs, Written, lock
from pipeline.measuring.calendar import Calendar
from pipeline.memory import recording
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.memory.journal import Arrival, Journal
from pipeline.memory.manifest import FILE as MANIFEST
from pipeline.memory.manifest import digest, manifest
from pipeline.reading.inbox import look_into
from pipeline.reading.intake import Intake, Progress, take_in
from pipeline.sending.smtp import Delivery, deliver
from pipeline.settings import Settings
from pipeline.wording import message, todo
from schemas.form import Form, load_form
from schemas.remarks import Catalogue, load_catalogue
from schemas.strict import UsageError

if TYPE_CHECKING:
    from pipeline.checking.judgement import Checked
    from pipeline.measuring.figures import Figures


@dataclass(frozen=True)
class Job:
    """What a run is asked to do. `now` is the moment it was started, with a zone. `form` and `calendar` are those that
    the settings name: `Job.of` reads them, once."""

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
    ) -> "Job":
        """Raises UsageError where the form cannot be used."""
        form = load_form(settings.form)
        reporting_dates = sorted({*form.order.reporting_dates, *settings.reporting_dates})
        calendar = Calendar(tuple(reporting_dates), settings.days_before)
        return cls(input, output, as_of, settings, now, form, calendar, mail, password, jobs)


@dataclass(frozen=True)
class Survey:
    """What the input says as of a date, before anything is written. `arrivals`: by digest of the content."""

    form: Form
    catalogue: Catalogue
    intake: Intake
    arrivals: dict[str, Arrival]
    checked: "Checked"
    figures: "Figures"


@dataclass(frozen=True)
class Done:
    """What came out of a run."""

    survey: Survey
    summary: Written
    warnings: tuple[str, ...]
    failures: tuple[str, ...]  # files at which the program failed, one sentence each
    deliveries: tuple[Delivery, ...]

    @property
    def figures(self) -> "Figures":
        return self.survey.figures


def _no_progress(done: int, of: int) -> None:
    pass


def run(job: Job, progress: Progress = _no_progress) -> Done:
    """Reads, checks, measures, writes, and sends if asked to.

    Raises UsageError (wrong use) and OutputError (nothing was written), each one Russian sentence.
    """
    with lock(job.output):
        log = job.output / "logs" / "reading.log"
        log.parent.mkdir(exist_ok=True)
        with Journal.open(job.output / JOURNAL) as journal, Outputs(job.output) as outputs:
            forgotten = recording.forgotten(journal, job.output)
            number = recording.begin(journal, job.now, VERSION, job.as_of, job.settings)
            survey = take_survey(job, progress, log, journal)
            recording.note(journal, number, survey.form, survey.intake, survey.arrivals)
            summary, content, said, failures = _write(job, survey, journal, outputs, log)
            written = {place.path: place for place in outputs.commit()}
            finished = datetime.now(job.settings.zone)
            recording.finish(journal, number, survey.figures, survey.checked.remarks, content, job.output, finished)
            deliveries = _send(job, journal) if job.mail else []
    warnings = tuple(filter(None, (journal.warning, forgotten, *said)))
    return Done(survey, written[job.output / summary], warnings, (*_not_read(survey), *failures), tuple(deliveries))


def take_survey(
    job: Job, progress: Progress = _no_progress, log: Path | None = None, journal: Journal | None = None
) -> Survey:
    """Reads, checks and measures; writes nothing (but what the readers say of themselves, to `log`).

    `journal`: without one, what that of the output folder knows is taken from a copy.
    """
    if journal is None:
        with Journal.copy(job.output / JOURNAL) as known:
            return take_survey(job, progress, log, known)
    form, calendar = job.form, job.calendar
    catalogue = load_catalogue(job.settings.controls)
    intake = _read(job, catalogue, progress, log)

    from pipeline.checking.judgement import check
    from pipeline.measuring.measure import measure

    arrivals = recording.first_arrivals(intake, journal.arrivals(), job.now)
    known_files = [read for read in intake.reads if read.digest]
    arrived = {read.file: _in_zone(arrivals[read.digest].arrived, job.settings) for read in known_files}
    checked = check(intake.reads, arrived, form, intake.registry, catalogue, intake.inbox.remarks)
    told = journal.told_before(job.as_of, calendar.reporting_dates)
    sent = journal.sent_for(job.as_of)
    figures = measure(checked, intake.reads, intake.registry, form, catalogue, job.as_of, calendar, told, sent)
    return Survey(form, catalogue, intake, arrivals, checked, figures)


def _read(job: Job, catalogue: Catalogue, progress: Progress, log: Path | None) -> Intake:
    """Workers read while this process imports pandas: neither waits for the other."""
    inbox = look_into(job.input, leave_out=job.output.resolve())
    if not inbox.registry and not inbox.reports and not inbox.remarks:
        raise UsageError(f"В папке «{job.input}» нет ни реестра, ни отчётов: положите в неё файлы школ.")
    with ThreadPoolExecutor(1) as thread:
        cache = job.output / "cache" if log else None  # what writes nothing keeps nothing
        reading = thread.submit(
            take_in, inbox, job.form, job.settings.limits, catalogue, job.jobs, log, progress, cache
        )
        import pipeline.checking.judgement
        import pipeline.writing.summary  # noqa: F401

        return reading.result()


def _not_read(survey: Survey) -> list[str]:
    """The program failed at these files."""
    failed = [said for read in survey.intake.reads for said in read.remarks if said.code == "FILE-INTERNAL"]
    return [f"{said.file}: {message(said, survey.catalogue)} {todo(said, survey.catalogue)}" for said in failed]


def _write(
    job: Job, survey: Survey, journal: Journal, outputs: Outputs, log: Path
) -> tuple[Path, str, list[str], list[str]]:
    """All files of the run, made beside their places. Returns the summary's path below the output folder, its digest,
    what is to be said of the letters, and of the files at which the program failed."""
    from pipeline.reading.draft import look_alikes
    from pipeline.sending.letters import leadership_letter, nobody_to_tell, put_in_outbox
    from pipeline.writing.brief import make_brief
    from pipeline.writing.csv_files import answers_csv, findings_csv, indicators_csv
    from pipeline.writing.csv_schemas import csv_schemas
    from pipeline.writing.registry import write_registry
    from pipeline.writing.returns import make_returns
    from pipeline.writing.strange import strange_toml
    from pipeline.writing.summary import write_summary

    figures, catalogue, registry = survey.figures, survey.catalogue, survey.intake.registry
    folder = Path(job.as_of.isoformat())
    digests: dict[str, str] = {}

    def add(name: str, content: bytes, *, durable: bool = True) -> None:
        outputs.add(folder / name, content, durable=durable)
        digests[name] = digest(content)

    name = f"svod-{job.as_of}.xlsx"
    brief = make_brief(figures, catalogue)
    summary = write_summary(figures, brief, catalogue, VERSION)
    add("answers.csv", answers_csv(figures))
    add("findings.csv", findings_csv(figures, catalogue))
    add("indicators.csv", indicators_csv(figures))
    for described, content in csv_schemas().items():
        add(described, content)
    add(name, summary)
    inbox, reads = survey.intake.inbox, survey.intake.reads
    files = {read.file: (path, read) for path, read in zip(inbox.reports, reads, strict=True)}
    outputs.only(folder / "returns")
    failures = []
    for one in make_returns(figures, catalogue, job.input, files, job.settings.limits, log):
        add(f"returns/{one.name}", one.content, durable=False)
        if one.failed:
            why = f"внутренняя ошибка программы ({one.failed}): замечания не внесены в сам файл"
            failures.append(f"{one.file}: {why}, вместо него школе приготовлен заполненный бланк.")
    outputs.own_or_none(folder / "registry.xlsx")
    if registry.draft:
        add("registry.xlsx", write_registry(figures.form, registry, job.as_of, look_alikes(registry)))
    made_from = manifest(job.as_of, survey.form, job.settings, VERSION, inbox.registry, reads, digests)
    outputs.add(folder / MANIFEST, made_from)
    strange_file = Path("logs", f"strange-{job.as_of}.toml")
    outputs.own_or_none(strange_file)
    if strange := strange_toml(reads, registry):
        outputs.add(strange_file, strange, durable=False)
    letter = leadership_letter(figures, brief, registry, name, summary)
    said = nobody_to_tell(registry)
    if letter:
        said += put_in_outbox(letter, job.as_of, job.settings.mail.sender, journal, outputs)
    return folder / name, digests[name], said, failures


def _send(job: Job, journal: Journal) -> list[Delivery]:
    return deliver(job.output, job.settings.mail, job.password, journal, job.now, job.as_of, dry_run=False)


def _in_zone(moment: datetime | None, settings: Settings) -> datetime | None:
    """In the office's time."""
    return moment.astimezone(settings.zone) if moment else None
