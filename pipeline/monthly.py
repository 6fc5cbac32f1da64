"""The main job as a page of calls: the stages in the order of the house. Here alone (and in the commands) clock,
settings, journal and environment are touched; stages get values."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import VERSION
from pipeline.files import Outputs, Written, lock
from pipeline.journal import Journal
from pipeline.reading.inbox import look_into
from pipeline.reading.intake import Intake, Progress, take_in
from pipeline.sending.smtp import Delivery, deliver
from pipeline.settings import Settings
from schemas.form import Form, load_form
from schemas.remarks import Catalogue, load_catalogue
from schemas.strict import UsageError

if TYPE_CHECKING:
    from pipeline.checking.judgement import Checked
    from pipeline.measuring.figures import Figures

# No report of a living order arrived before: an older file time says nothing.
_FIRST_YEAR = 2013


@dataclass(frozen=True)
class Job:
    """What a run is asked to do. `now` is the moment it was started, with a zone."""

    input: Path
    output: Path
    as_of: date
    settings: Settings
    now: datetime
    mail: bool = False
    password: str | None = None
    jobs: int = 1


@dataclass(frozen=True)
class Survey:
    """What the input says as of a date, before anything is written."""

    form: Form
    catalogue: Catalogue
    intake: Intake
    checked: "Checked"
    figures: "Figures"


@dataclass(frozen=True)
class Done:
    """What came out of a run."""

    survey: Survey
    summary: Written
    warnings: tuple[str, ...]
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
        survey = take_survey(job, progress, log)
        with Journal.open(job.output / "journal.db") as journal, Outputs(job.output) as outputs:
            summary, said = _write(job, survey, journal, outputs)
            written = {place.path: place for place in outputs.commit()}
            deliveries = _send(job, journal) if job.mail else []
    return Done(survey, written[job.output / summary], tuple(filter(None, (journal.warning, *said))), tuple(deliveries))


def take_survey(job: Job, progress: Progress = _no_progress, log: Path | None = None) -> Survey:
    """Reads, checks and measures; writes nothing (but what the readers say of themselves, to `log`)."""
    form = load_form(job.settings.form)
    catalogue = load_catalogue(job.settings.controls)
    intake = _read(job, form, catalogue, progress, log)

    from pipeline.checking.judgement import check
    from pipeline.measuring.measure import measure
    from pipeline.measuring.picture import Calendar

    arrivals = {read.file: arrived(job, path) for read, path in zip(intake.reads, intake.inbox.reports, strict=True)}
    checked = check(intake.reads, arrivals, form, intake.registry, catalogue, intake.inbox.remarks)
    calendar = Calendar(reporting_dates(job.settings), job.settings.days_before)
    figures = measure(checked, intake.reads, intake.registry, form, catalogue, job.as_of, calendar)
    return Survey(form, catalogue, intake, checked, figures)


def reporting_dates(settings: Settings) -> tuple[date, ...]:
    """Those of the order and those that the office added."""
    form = load_form(settings.form)
    return tuple(sorted({*form.order.reporting_dates, *settings.reporting_dates}))


def _read(job: Job, form: Form, catalogue: Catalogue, progress: Progress, log: Path | None) -> Intake:
    """Workers read while this process imports pandas: neither waits for the other."""
    inbox = look_into(job.input, leave_out=job.output.resolve())
    if not inbox.registry and not inbox.reports and not inbox.remarks:
        raise UsageError(f"В папке «{job.input}» нет ни реестра, ни отчётов: положите в неё файлы школ.")
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(take_in, inbox, form, job.settings.limits, catalogue, job.jobs, log, progress)
        import pipeline.checking.judgement
        import pipeline.writing.summary  # noqa: F401

        return reading.result()


def _write(job: Job, survey: Survey, journal: Journal, outputs: Outputs) -> tuple[Path, list[str]]:
    """All files of the run, made beside their places. Returns the summary's path below the output folder, and what
    is to be said of the letters."""
    from pipeline.sending.letters import leadership_letter, put_in_outbox
    from pipeline.writing.registry import write_registry
    from pipeline.writing.returns import make_returns
    from pipeline.writing.strange import strange_toml
    from pipeline.writing.summary import write_summary
    from pipeline.writing.tables import answers_csv, findings_csv, indicators_csv

    figures, catalogue, registry = survey.figures, survey.catalogue, survey.intake.registry
    folder = Path(job.as_of.isoformat())
    name = folder / f"svod-{job.as_of}.xlsx"
    summary = write_summary(figures, catalogue, VERSION)
    outputs.add(folder / "answers.csv", answers_csv(figures))
    outputs.add(folder / "findings.csv", findings_csv(figures, catalogue))
    outputs.add(folder / "indicators.csv", indicators_csv(figures))
    outputs.add(name, summary)
    inbox, reads = survey.intake.inbox, survey.intake.reads
    files = {read.file: (path, read) for path, read in zip(inbox.reports, reads, strict=True)}
    outputs.only(folder / "returns")
    for returned, content in make_returns(figures, catalogue, job.input, files, job.settings.limits):
        outputs.add(folder / "returns" / returned, content, durable=False)
    if registry.draft:
        outputs.add(folder / "registry.xlsx", write_registry(figures.form, registry, job.as_of))
    if strange := strange_toml(reads, registry):
        outputs.add(Path("logs", f"strange-{job.as_of}.toml"), strange, durable=False)
    letter = leadership_letter(figures, catalogue, registry, name.name, summary)
    said = put_in_outbox(letter, job.as_of, job.settings.mail.sender, journal, outputs) if letter else []
    return name, said


def _send(job: Job, journal: Journal) -> list[Delivery]:
    return deliver(job.output, job.settings.mail, job.password, journal, job.now, job.as_of, dry_run=False)


def arrived(job: Job, relative: Path) -> datetime | None:
    """When the file arrived, in the office's time: its modification time, None where that cannot be."""
    try:
        changed = datetime.fromtimestamp((job.input / relative).lstat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None
    possible = changed.year >= _FIRST_YEAR and changed <= job.now
    return changed.astimezone(job.settings.zone) if possible else None
