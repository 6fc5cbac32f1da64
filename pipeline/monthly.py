"""The main job as a page of calls: the stages in the order of the house. Here alone (and in the commands) clock,
settings, journal and environment are touched; stages get values."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import msgspec

from pipeline import VERSION
from pipeline.files import Kept, OutputError, Outputs, Written, lock, safe_name
from pipeline.measuring.calendar import Calendar
from pipeline.memory import recording
from pipeline.memory.approvals import awaits_approval, how_to_approve
from pipeline.memory.archive import Archive
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.memory.journal import Journal, Remembered, Result
from pipeline.memory.manifest import FILE as MANIFEST
from pipeline.memory.manifest import canonical, code_digest, manifest, with_outputs, written_into
from pipeline.reading.inbox import look_into
from pipeline.reading.intake import Intake, Progress, take_in
from pipeline.reading.reports import digest_of
from pipeline.room import give_back
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
from pipeline.sending.smtp import USUAL, Patience
from pipeline.settings import Settings
from pipeline.wording import NBSP, SCHOOL, listed, message, number, todo
from pipeline.workers import Workers, import_ahead
from schemas.decided import SHEET as DECISIONS
from schemas.district import Paper, Received, Registry, Topic
from schemas.form import Form, load_form
from schemas.registry_book import FILE as REGISTRY
from schemas.remarks import Catalogue, load_catalogue, remark
from schemas.reports import FileRead
from schemas.strict import UsageError

if TYPE_CHECKING:
    from pipeline.checking.judgement import Checked
    from pipeline.measuring.figures import Figures, Remarked
    from pipeline.sending.letters import Page
    from pipeline.sending.outbox import Letter
    from pipeline.writing.returns import Files, Return
    from pipeline.writing.word import TextDocument

    Returns = Callable[[], Mapping[tuple[str, str], Return]]
    Tell = Callable[[Remarked], None]

MB = 2**20
_MOST_NAMED = 5  # schools in a sentence
BIG_ARCHIVE = 500 * MB  # beyond it a run says how much room the archive takes


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Survey:
    """What the input says as of a date, before anything is written. `remembered`: what the journal said to it."""

    form: Form
    catalogue: Catalogue
    intake: Intake
    remembered: Remembered
    checked: "Checked"
    figures: "Figures"


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


def _no_progress(done: int, of: int) -> None:
    pass


def run(job: Job, progress: Progress = _no_progress) -> Done:
    """Reads, checks, measures, writes, and sends if asked to.

    Raises UsageError (wrong use) and OutputError (nothing was written), each one Russian sentence.
    """
    with lock(job.output, job.wait):
        log = _log_of_readers(job.output)
        with Journal.open(job.output / JOURNAL) as journal, Outputs(job.output) as outputs:
            forgotten = recording.forgotten(journal, job.output)
            recording.complete(journal, job.output)
            journal.keep_copy(job.output / JOURNAL, job.now)
            clock, missed = recording.behind_the_journal(journal, job.now), _missed(journal, job)
            number = recording.begin(journal, job.now, VERSION, job.as_of, job.settings)
            taken = _take_input(job, progress, log, journal)
            _require_schools(taken.intake)
            require_registry(job, taken.intake, journal)
            import_ahead("pipeline.writing.returned.marking", "pipeline.writing.word.layout")
            with Beside(job, taken, _folder(job), outputs, log) as beside:
                beside.keep_originals()
                survey = survey_of(job, *taken, beside.return_files)
                recording.note(journal, number, survey.form, survey.intake, survey.remembered.arrivals)
                lost = beside.lost()  # now: what has arrived is known also where there was no room to keep it
                month, said = _write(job, survey, outputs, beside)
            said += _write_letters(job, survey, month, journal, outputs, missed)
            result = _expect(job, survey, month, journal, number)
            written = {place.path: place for place in outputs.commit()}
            kept = tuple(outputs.kept)
            untold = _finish(job, result, journal, number)
            sent = _send(job, journal) if job.mail and not untold else []
            # Without a mail server letters are drafts, which a mail program sends: of those before nothing is known.
            left = left_over(job.output, journal, None if job.settings.mail.configured else job.as_of)
    said = [*filter(None, (journal.warning, forgotten, clock, missed and missed.said)), *lost, *said, *untold]
    return _done(job, survey, month, written, kept, said, sent, left, missed)


def _done(
    job: Job, survey: Survey, month: "Month", written: dict[Path, Written], kept: tuple[Kept, ...], said: list[str],
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


def _expect(job: Job, survey: Survey, month: "Month", journal: Journal, number: int) -> Result:
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


def _log_of_readers(output: Path) -> Path:
    """Where readers write what went wrong with them; where that cannot be, nowhere: a log never prevents a run."""
    log = output / "logs" / "reading.log"
    try:
        log.parent.mkdir(exist_ok=True)
        log.open("ab").close()
    except OSError:
        return Path(os.devnull)
    return log


def take_survey(
    job: Job, progress: Progress = _no_progress, log: Path | None = None, journal: Journal | None = None
) -> Survey:
    """Reads, checks and measures; writes nothing (but what the readers say of themselves, to `log`).

    `journal`: without one, what that of the output folder knows is taken from a copy, or from what is left of it.
    """
    if journal is None:
        with recording.known(job.output) as known:
            return take_survey(job, progress, log, known)
    return survey_of(job, *_take_input(job, progress, log, journal))


class Taken(NamedTuple):
    """What a survey is made of."""

    catalogue: Catalogue
    intake: Intake
    remembered: Remembered


def _take_input(job: Job, progress: Progress, log: Path | None, journal: Journal) -> Taken:
    catalogue = load_catalogue(job.settings.controls, job.form.period.every)
    intake = job.intake or _read(job, catalogue, progress, log)
    _require_decisions(intake, catalogue)
    remembered = recording.remembered(journal, intake, job.as_of, job.calendar.reporting_dates, job.now)
    return Taken(catalogue, intake, remembered)


def _untold(remarked: "Remarked") -> None:
    pass


def survey_of(job: Job, catalogue: Catalogue, intake: Intake, remembered: Remembered, tell: "Tell" = _untold) -> Survey:
    """What was read, checked and measured: a pure function of what it is given. `tell`: told on the way what stands of
    the reports (`measure`)."""
    from pipeline.checking.judgement import check
    from pipeline.measuring.measure import measure

    form, arrivals = job.form, remembered.arrivals
    known_files = [read for read in intake.reads if read.digest]
    arrived = {read.file: _in_zone(arrivals[read.digest].arrived, job.settings) for read in known_files}
    registry = _with_papers(intake, arrived)
    checked = check(intake.reads, arrived, form, registry, catalogue, intake.inbox.remarks)
    give_back()
    told, sent = remembered.told, remembered.sent
    figures = measure(checked, intake.reads, registry, form, catalogue, job.as_of, job.calendar, told, sent, tell)
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


def read_all(job: Job, progress: Progress = _no_progress) -> Intake:
    """All that lies in the input folder, read with the job's form; whose it is remains to be said."""
    with lock(job.output, job.wait):
        catalogue = load_catalogue(job.settings.controls, job.form.period.every)
        return _read(job, catalogue, progress, _log_of_readers(job.output))


def _read(job: Job, catalogue: Catalogue, progress: Progress, log: Path | None) -> Intake:
    """Workers read while this process imports pandas: neither waits for the other."""
    results = job.output.parent if job.beside else job.output
    inbox = look_into(job.input, leave_out=results.resolve())
    if job.settings.decisions:
        inbox.add(Path(job.settings.decisions))
    if not inbox.registry and not inbox.reports and not inbox.remarks:
        raise UsageError(f"В папке «{job.input}» нет ни реестра, ни отчётов: положите в неё файлы школ.")
    with ThreadPoolExecutor(1) as thread:
        cache = job.output / "cache" if log else None  # what writes nothing keeps nothing
        reading = thread.submit(
            take_in, inbox, job.form, job.settings.limits, catalogue, job.jobs, log, progress, cache, {}, job.beside
        )
        _prepare_what_follows()
        return reading.result()


def _prepare_what_follows() -> None:
    """All that a run uses once its files are read, and what it says of itself: nobody waits for it here."""
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

    code_digest()


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


def _require_schools(intake: Intake) -> None:
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


def _not_read(survey: Survey) -> list[str]:
    """The program failed at these files."""
    failed = [said for read in survey.intake.reads for said in read.remarks if said.code == "FILE-INTERNAL"]
    return [f"{said.file}: {message(said, survey.catalogue)} {todo(said, survey.catalogue)}" for said in failed]


def _folder(job: Job) -> Path:
    """Of the date, below the output folder."""
    return Path(job.as_of.isoformat())


def _keep_originals(job: Job, intake: Intake, outputs: Outputs) -> list[str]:
    """Before the results take their places: a manifest names nothing that is not kept. Returns what is to be said of
    the files whose content could not be."""
    if not job.settings.archive:
        return []
    lost = Archive(job.output).keep(intake, [canonical(job.form)], job.settings.limits, outputs)
    return [
        f"Файл {file} изменился, пока шёл свод: прочитанного содержания нет в архиве, сделайте свод ещё раз."
        for file in lost
    ]


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


class Month(msgspec.Struct, frozen=True):
    """The files of a date, made. `summary`: its path below the output folder; `page`: what the letter to leadership is
    made of; `digests`: by file, relative to the date's folder; `failures`: what is to be said of the files at which the
    program failed; `returns`: by file and code of the school; `manifest`: the digest of its file."""

    summary: Path
    content: bytes  # of the summary
    page: "Page"
    digests: dict[str, str]
    failures: tuple[str, ...]
    returns: "dict[tuple[str, str], Return]"
    manifest: str

    @property
    def digest(self) -> str:
        """Of the summary."""
        return self.digests[self.summary.name]


def _write(job: Job, survey: Survey, outputs: Outputs, beside: "Beside") -> tuple[Month, list[str]]:
    """All files of the run, made beside their places, and what is to be said of letters and PDF."""
    from pipeline.sending.letters import nobody_to_tell
    from pipeline.writing.pdf import NotPrintedError, first_page
    from pipeline.writing.strange import strange_toml

    registry = survey.intake.registry
    month = write_month(job, survey, _folder(job), outputs, beside)
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
    from pipeline.sending.schools import without_address

    if not job.settings.mail.schools:
        return []
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
    from pipeline.sending.schools import heard_of

    reported = {line.school.code for line in heard_of(survey.figures)}
    owing = {safe_name(f"{REMINDERS}{one.code}") for one in survey.figures.schools if one.code not in reported}
    withdraw(outputs, date_of_schools(job), REMINDERS, owing, journal)


def new_letters(job: Job, survey: Survey, returns: "Returns", journal: Journal) -> "Iterator[Letter]":
    """Letters to schools that say something else than the last one did."""
    from pipeline.sending.schools import school_letters

    def is_new(name: str, says: str) -> bool:
        return not is_told(says, said_before(journal, job.output, date_of_schools(job), safe_name(name)))

    return school_letters(survey.figures, survey.catalogue, returns, job.calendar, is_new)


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


def write_month(job: Job, survey: Survey, folder: Path, outputs: Outputs, beside: "Beside") -> Month:
    """All files of the survey's date, made beside their places in `folder`, a path below the output folder. They follow
    from the survey alone, and from the bytes of the input. `beside` has been told what stands of its reports."""
    from pipeline.reading.draft import look_alikes
    from pipeline.sending.letters import Page
    from pipeline.writing.brief import make_brief
    from pipeline.writing.csv_files import answers_csv, findings_csv, indicators_csv
    from pipeline.writing.csv_schemas import csv_schemas
    from pipeline.writing.explained import drafted_waivers
    from pipeline.writing.memo import memo_said
    from pipeline.writing.registry import EXPLAINED, write_explained, write_registry
    from pipeline.writing.summary import write_summary
    from pipeline.writing.web import write_web_page

    figures, catalogue, registry = survey.figures, survey.catalogue, survey.intake.registry
    digests: dict[str, str] = {}

    def add(name: str, content: bytes | Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        outputs.add(folder / name, _through(digest, content), durable=False)
        digests[name] = digest.hexdigest()

    made_from = manifest(job.as_of, job.settings, VERSION, survey.intake, survey.remembered, figures)
    name, memo = f"svod-{job.as_of}.xlsx", f"spravka-{job.as_of}.docx"
    outputs.only(folder / "returns")
    by_turns = (REGISTRY, EXPLAINED, public_name(job.as_of))  # not every run makes them
    for place in by_turns:
        outputs.own_or_none(folder / place)
    ours = {*written_into(job.output / folder).values(), *contents_of(survey.intake)}
    for place in ("returns", memo, name, *by_turns):
        outputs.shared(folder / place, ours)
    brief = make_brief(figures, catalogue)
    beside.lay_down(memo_said(figures, brief, name))
    summary = write_summary(figures, brief, catalogue, VERSION, made_from.sources)
    give_back()
    add("answers.csv", answers_csv(figures))
    add("findings.csv", findings_csv(figures, catalogue))
    add("indicators.csv", indicators_csv(figures))
    for file, content in csv_schemas(figures.form).items():
        add(file, content)
    add(name, summary)
    page = Page(figures, brief, name, summary)
    if job.settings.mail.edition == "public":
        page = _public_page(job, survey, made_from.sources, page)
        add(page.name, page.summary)
    add(f"svodka-{job.as_of}.html", write_web_page(figures, brief, name, memo))
    if registry.draft:
        add(REGISTRY, write_registry(figures.form, registry, job.as_of, look_alikes(registry)))
    if drafted := drafted_waivers(figures, catalogue):
        add(EXPLAINED, write_explained(figures.form, drafted, job.as_of))
    returned = beside.returned()
    digests |= returned.digests
    add(memo, beside.laid_down())
    described = with_outputs(made_from, digests)
    outputs.add(folder / MANIFEST, described, durable=False)
    return Month(folder / name, summary, page, digests, returned.failures, returned.files, digest_of(described))


def _through(digest: "hashlib._Hash", content: bytes | Iterable[bytes]) -> Iterator[bytes]:
    """The content, piece by piece into the digest too."""
    for piece in [content] if isinstance(content, bytes) else content:
        digest.update(piece)
        yield piece


def public_name(as_of: date) -> str:
    """Of the edition for a wider mailing."""
    return f"svod-{as_of}-bez-imyon.xlsx"


def _public_page(job: Job, survey: Survey, sources: str, whole: "Page") -> "Page":
    """The first page and the workbook of the edition for a wider mailing: the same figures, of no person and in no
    school's words. `sources`: as the full workbook names them; `whole`: the page of the full one."""
    from pipeline.measuring.public import public
    from pipeline.sending.letters import Page
    from pipeline.writing.brief import make_brief
    from pipeline.writing.summary import write_summary

    figures = public(survey.figures)
    brief = make_brief(figures, survey.catalogue)
    book = write_summary(figures, brief, survey.catalogue, VERSION, sources)
    return Page(figures, brief, public_name(job.as_of), book, whole)


class Beside:
    """What is made beside the counting and the writing, one after the other in one thread: it waits for the disk and
    for worker processes. Left by an error it makes nothing more."""

    def __init__(self, job: Job, taken: Taken, folder: Path, outputs: Outputs, log: Path | None = None) -> None:
        """`folder`: of the date, below the output folder."""
        self._job, self._taken, self._folder, self._outputs, self._log = job, taken, folder, outputs, log
        self._thread = ThreadPoolExecutor(1)
        self._is_left = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_left = error is not None
        self._thread.shutdown(cancel_futures=self._is_left)

    def keep_originals(self) -> None:
        self._keeping = self._thread.submit(_keep_originals, self._job, self._taken.intake, self._outputs)

    def lost(self) -> list[str]:
        """What is to be said of originals that could not be kept."""
        return self._keeping.result()

    def return_files(self, remarked: "Remarked") -> None:
        """The files that go back to schools, marked by workers."""
        self._returning = self._thread.submit(self._add_returns, remarked)

    def returned(self) -> "_Returned":
        return self._returning.result()

    def lay_down(self, text: "TextDocument") -> None:
        """By the worker that has marked returned files. Where it cannot, here, where a mistake of the program is not
        passed over."""
        self._laying_down = self._thread.submit(self.document, text)

    def laid_down(self) -> bytes:
        return self._laying_down.result()

    def document(self, text: "TextDocument") -> bytes:
        from pipeline.writing.word import laid_down

        limits = self._job.settings.limits
        bounds = {"seconds": limits.seconds, "memory_mb": limits.memory_mb}
        with Workers(laid_down, **bounds, log=self._log, give_way=True) as workers:
            [(_, outcome)] = workers.map([text])
        return outcome.result or laid_down(text)

    def _add_returns(self, remarked: "Remarked") -> "_Returned":
        from pipeline.writing.returns import make_returns

        job, (catalogue, intake, _) = self._job, self._taken
        failures, digests, kept = [], {}, {}
        for one in make_returns(remarked, catalogue, files_of(intake), job.settings.limits, self._log, job.jobs):
            if self._is_left:
                break
            name = f"returns/{one.name}"
            self._outputs.add(self._folder / name, one.content, durable=False)
            digests[name] = digest_of(one.content)
            if job.settings.mail.schools:
                kept[one.file, one.school] = one
            if one.failed:
                why = f"внутренняя ошибка программы ({one.failed}): замечания не внесены в сам файл"
                failures.append(f"{one.file}: {why}, вместо него школе приготовлен заполненный бланк.")
        return _Returned(digests, tuple(failures), kept)


class _Returned(NamedTuple):
    """`digests`: by file, relative to the date's folder; `failures`: what is to be said of the files at which the
    program failed; `files`: by file and school, where letters to schools take them along."""

    digests: dict[str, str]
    failures: tuple[str, ...]
    files: "dict[tuple[str, str], Return]"


def files_of(intake: Intake) -> "Files":
    """As `make_returns` asks for them."""
    reads = zip(intake.inbox.reports, intake.reads, strict=True)
    return {read.file: (path, intake.inbox.place(path), read) for path, read in reads}


def contents_of(intake: Intake) -> set[str]:
    """Digests of all that lies in the input folder: a copy of it among the results need not be kept."""
    return {intake.registry_digest, *(read.digest for read in intake.reads)}


def _send(job: Job, journal: Journal) -> list[Delivery]:
    mail, patience = job.settings.mail, job.patience
    out = partial(deliver, withheld=awaits_approval(journal, asked=mail.approval), patience=patience)
    sent = out(job.output, mail, job.password, journal, job.now, job.as_of, dry_run=False)
    day = date_of_schools(job)
    if mail.schools and day != job.as_of:
        to_schools = partial(out, only=lambda one: one.name.startswith(TO_SCHOOLS))
        sent += to_schools(job.output, mail, job.password, journal, job.now, day, dry_run=False)
    return sent


def _in_zone(moment: datetime | None, settings: Settings) -> datetime | None:
    """In the office's time."""
    return moment.astimezone(settings.zone) if moment else None
