"""The files of a date, all made beside their places; and what is made beside them, by workers and the disk."""

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import msgspec

from pipeline import VERSION
from pipeline.files import Outputs
from pipeline.memory.archive import Archive
from pipeline.memory.manifest import FILE as MANIFEST
from pipeline.memory.manifest import canonical, manifest, with_outputs, written_into
from pipeline.reading.intake import Intake
from pipeline.reading.reports import digest_of
from pipeline.room import give_back
from pipeline.survey import Job, Survey, Taken
from pipeline.workers import Workers
from pipeline.writing.word import laid_down
from schemas.registry_book import EXPLAINED
from schemas.registry_book import FILE as REGISTRY

if TYPE_CHECKING:
    from pipeline.measuring.figures import Remarked
    from pipeline.sending.letters import Page
    from pipeline.writing.returns import Files, Return
    from pipeline.writing.word import TextDocument


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


def write_month(job: Job, survey: Survey, folder: Path, outputs: Outputs, background: "Background") -> Month:
    """All files of the survey's date, made beside their places in `folder`, a path below the output folder. They follow
    from the survey alone, and from the bytes of the input. `background` has been told what stands of its reports."""
    from pipeline.sending.letters import Page
    from pipeline.writing.brief import make_brief
    from pipeline.writing.memo import memo_said
    from pipeline.writing.summary import write_summary
    from pipeline.writing.web import write_web_page

    figures, name, memo = survey.figures, f"svod-{job.as_of}.xlsx", f"spravka-{job.as_of}.docx"
    made_from = manifest(job.as_of, job.settings, VERSION, survey.intake, survey.remembered, figures)
    _name_places(job, survey.intake, folder, outputs, (name, memo))
    made = _Made(folder, outputs)
    brief = make_brief(figures, survey.catalogue)
    background.lay_down(memo_said(figures, brief, name))
    page = Page(figures, brief, name, write_summary(figures, brief, survey.catalogue, VERSION, made_from.sources))
    give_back()
    _add_tables(survey, made)
    made.add(name, page.summary)
    of_letter = page
    if job.settings.mail.edition == "public":
        of_letter = _public_page(job, survey, made_from.sources, page)
        made.add(of_letter.name, of_letter.summary)
    made.add(f"svodka-{job.as_of}.html", write_web_page(figures, brief, name, memo))
    _add_drafts(job, survey, made)
    document = background.laid_down()
    returned = background.returned()
    made.digests |= returned.digests
    made.add(memo, document)
    described = with_outputs(made_from, made.digests)
    outputs.add(folder / MANIFEST, described, durable=False)
    told = returned.failures, returned.files, digest_of(described)
    return Month(folder / name, page.summary, of_letter, made.digests, *told)


def _name_places(job: Job, intake: Intake, folder: Path, outputs: Outputs, ours: tuple[str, ...]) -> None:
    """Which places of the folder are the run's alone, and which people write into."""
    by_turns = (REGISTRY, EXPLAINED, public_name(job.as_of))  # not every run makes them
    outputs.only(folder / "returns")
    for place in by_turns:
        outputs.own_or_none(folder / place)
    written = {*written_into(job.output / folder).values(), *contents_of(intake)}
    for place in ("returns", *ours, *by_turns):
        outputs.shared(folder / place, written)


def _add_tables(survey: Survey, made: "_Made") -> None:
    from pipeline.writing.csv_files import answers_csv, findings_csv, indicators_csv
    from pipeline.writing.csv_schemas import csv_schemas

    made.add("answers.csv", answers_csv(survey.figures))
    made.add("findings.csv", findings_csv(survey.figures, survey.catalogue))
    made.add("indicators.csv", indicators_csv(survey.figures))
    for file, content in csv_schemas(survey.figures.form).items():
        made.add(file, content)


def _add_drafts(job: Job, survey: Survey, made: "_Made") -> None:
    """What the office may take over: a registry where there is none, and rows of it for what schools have explained."""
    form, registry = survey.form, survey.intake.registry
    if registry.draft:
        from pipeline.reading.draft import look_alikes
        from pipeline.writing.registry import write_registry

        made.add(REGISTRY, write_registry(form, registry, job.as_of, look_alikes(registry)))
    if survey.figures.explanations:
        from pipeline.writing.explained import drafted_waivers
        from pipeline.writing.registry import write_explained

        if drafted := drafted_waivers(survey.figures, survey.catalogue):
            made.add(EXPLAINED, write_explained(form, drafted, job.as_of))


class _Made:
    """The files of the folder as they are made. `digests`: by file."""

    def __init__(self, folder: Path, outputs: Outputs) -> None:
        self._folder, self._outputs = folder, outputs
        self.digests: dict[str, str] = {}

    def add(self, name: str, content: bytes | Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        self._outputs.add(self._folder / name, _through(digest, content), durable=False)
        self.digests[name] = digest.hexdigest()

    def expect_return(self, name: str) -> Path:
        """Where a worker makes it."""
        return self._outputs.expect(self._folder / "returns" / name)

    def add_return(self, one: "Return") -> None:
        """What no worker has made in its place is made here."""
        name = f"returns/{one.name}"
        if one.content is None:
            self.digests[name] = one.digest
        else:
            self.add(name, one.content)


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


def contents_of(intake: Intake) -> set[str]:
    """Digests of all that lies in the input folder: a copy of it among the results need not be kept."""
    return {intake.registry_digest, *(read.digest for read in intake.reads)}


class Background:
    """What is made beside the counting and the writing: in a thread that waits for worker processes, one after the
    other, and in one that waits for the disk. Left by an error it makes nothing more."""

    def __init__(self, job: Job, taken: Taken, folder: Path, outputs: Outputs, log: Path | None = None) -> None:
        """`folder`: of the date, below the output folder."""
        self._job, self._taken, self._folder, self._outputs, self._log = job, taken, folder, outputs, log
        self._thread, self._at_the_disk = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._is_left = self._is_awaited = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_left = error is not None
        for thread in (self._thread, self._at_the_disk):
            thread.shutdown(cancel_futures=self._is_left)

    def keep_originals(self, originals: Outputs) -> None:
        """`originals`: they alone, for they take their places while other files are made."""
        self._keeping = self._thread.submit(self._keep, originals)

    def lost(self) -> list[str]:
        """What is to be said of originals that could not be kept. Waits until the others have their places."""
        lost, placed = self._keeping.result()
        placed.result()
        return lost

    def _keep(self, originals: Outputs) -> "tuple[list[str], Future[object]]":
        """The disk is waited for elsewhere: the worker that has copied them is free for the next."""
        lost = _keep_originals(self._job, self._taken.intake, originals, self._log)
        return lost, self._at_the_disk.submit(originals.commit)

    def return_files(self, remarked: "Remarked") -> None:
        """The files that go back to schools, marked by workers. What is said in them is put into words here and now:
        a thread would only take turns with this one, and the workers wait for it."""
        from pipeline.writing.returns import make_returns

        job, (catalogue, intake, _), made = self._job, self._taken, _Made(self._folder, self._outputs)
        bounds = job.settings.limits, self._log, self._spare
        expect = None if job.settings.mail.schools else made.expect_return  # letters take the bytes along
        returns = make_returns(remarked, catalogue, files_of(intake), *bounds, expect)
        self._returning = self._thread.submit(self._add_returns, returns, made)

    def returned(self) -> "Returned":
        self._is_awaited = True
        return self._returning.result()

    def lay_down(self, text: "TextDocument") -> None:
        """By the worker that has marked returned files."""
        self._text, self._laying_down = text, self._thread.submit(self.document, text)

    def laid_down(self) -> bytes:
        """Where files are still being marked it is made here: whoever asks has nothing else to do."""
        return laid_down(self._text) if self._laying_down.cancel() else self._laying_down.result()

    def document(self, text: "TextDocument") -> bytes:
        """Where the worker cannot make it, made here, where a mistake of the program is not passed over."""
        limits = self._job.settings.limits
        bounds = {"seconds": limits.seconds, "memory_mb": limits.memory_mb}
        with Workers(laid_down, **bounds, log=self._log, give_way=True) as workers:
            [(_, outcome)] = workers.map([text])
        return outcome.result or laid_down(text)

    def _add_returns(self, returns: "Iterable[Return]", made: _Made) -> "Returned":
        failures, kept = [], {}
        for one in returns:
            if self._is_left:
                break
            made.add_return(one)
            if self._job.settings.mail.schools:
                kept[one.file, one.school] = one
            if one.failed:
                why = f"внутренняя ошибка программы ({one.failed}): замечания не внесены в сам файл"
                failures.append(f"{one.file}: {why}, вместо него школе приготовлен заполненный бланк.")
        return Returned(made.digests, tuple(failures), kept)

    def _spare(self) -> int:
        """How many processes may work for it: one core is that of the process which counts and writes, until that has
        nothing else to do."""
        return self._job.jobs if self._is_awaited else max(1, self._job.jobs - 1)


class Returned(NamedTuple):
    """`digests`: by file, relative to the date's folder; `failures`: what is to be said of the files at which the
    program failed; `files`: by file and school, where letters to schools take them along."""

    digests: dict[str, str]
    failures: tuple[str, ...]
    files: "dict[tuple[str, str], Return]"


def _keep_originals(job: Job, intake: Intake, originals: Outputs, log: Path | None) -> list[str]:
    """They take their places before the results do: a manifest names nothing that is not kept. Returns what is to be
    said of the files whose content could not be."""
    if not job.settings.archive:
        return []
    lost = Archive(job.output).keep(intake, [canonical(job.form)], job.settings.limits, originals, log)
    return [
        f"Файл {file} изменился, пока шёл свод: прочитанного содержания нет в архиве, сделайте свод ещё раз."
        for file in lost
    ]


def files_of(intake: Intake) -> "Files":
    """As `make_returns` asks for them."""
    reads = zip(intake.inbox.reports, intake.reads, strict=True)
    return {read.file: (path, intake.inbox.place(path), read) for path, read in reads}
