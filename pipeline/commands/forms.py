"""The command `forms`: the standard form for every school of the registry, with last time's answers; or one blank."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from pipeline.checking.table import Place, place_of
from pipeline.commands.choosing import school_of
from pipeline.commands.console import kept_lines
from pipeline.commands.known import survey_of
from pipeline.files import Kept, Outputs, lock, safe_name
from pipeline.measuring.rows import answer_rows
from pipeline.memory.manifest import HANDED_OUT, handed_out, written_into
from pipeline.month import contents_of
from pipeline.reading.inbox import look_into
from pipeline.reading.reports import digest_of
from pipeline.survey import Job, Survey
from pipeline.wording import capital, count, message, on
from pipeline.writing.form.prefill import Prefill, of_last_time, put, report_of
from pipeline.writing.form.workbook import BLANK, write_form
from schemas.district import Registry, School
from schemas.periods import Every
from schemas.registry_book import FILE, SCHOOLS
from schemas.remarks import Severity
from schemas.strict import UsageError


class HandedOut(NamedTuple):
    """Where the forms lie and how many there are. `why_blank`: why there is one for no school, as a sentence; blank
    where schools have theirs. `kept`: forms that somebody has written into, left as they were."""

    folder: Path
    forms: int
    why_blank: str
    kept: tuple[Kept, ...]
    every: Every = "date"


def hand_out_forms(job: Job, said: str) -> HandedOut:
    """Writes the forms for `job.as_of` into `<output>/<as_of>/forms/`.

    `said`: for the school of that code or name alone. Raises UsageError.
    """
    survey = _last_time(job)
    registry = survey.intake.registry if survey and not survey.intake.registry.draft else Registry()
    why_blank = _why_blank(job, registry)
    if said and why_blank:
        raise UsageError(f"Бланк для школы «{said}» не сделать. {why_blank}")
    schools = [school_of(registry, said)] if said else _wanted(registry, job.as_of)
    before = answers_before(survey) if survey else {}
    results = Path(job.as_of.isoformat())
    folder = results / "forms"
    with lock(job.output), Outputs(job.output) as outputs:
        written = written_into(job.output / results, HANDED_OUT)
        outputs.shared(folder, {*written.values(), *(contents_of(survey.intake) if survey else ())})
        outputs.own_or_none(folder / BLANK)
        for school in schools:
            name = f"{safe_name(school.code)}-{safe_name(school.name)}.xlsx" if school else BLANK
            filled = write_form(job.form, school, job.as_of, before.get(school.code) if school else None)
            outputs.add(folder / name, filled, durable=False)
            written[f"{folder.name}/{name}"] = digest_of(filled)
        outputs.add(results / HANDED_OUT, handed_out(written))
        outputs.commit()
        kept = tuple(outputs.kept)
    return HandedOut(job.output / folder, len(schools), why_blank, kept, job.form.period.every)


def lines(handed: HandedOut, as_of: date) -> Iterator[str]:
    """What is to be said of it, for people; the last line is the folder."""
    if handed.why_blank:
        yield f"Бланк один, пустой. {handed.why_blank}"
    yield f"{capital(on(as_of, handed.every))}: {count(handed.forms, ('бланк', 'бланка', 'бланков'))}."
    yield from kept_lines(handed.kept, handed.folder)
    yield str(handed.folder)


def _why_blank(job: Job, registry: Registry) -> str:
    if any(school.in_being(job.as_of) for school in registry.schools):
        return ""
    if registry.schools:
        return "В реестре нет школы, которая действует на эту дату: проверьте столбцы «Действует с» и «Действует по»."
    place = job.input / FILE
    if place.exists():
        return f"В реестре «{place}» нет ни одной школы: впишите их на лист «{SCHOOLS.sheet}»."
    return f"Реестра школ «{place}» нет: заготовку запишет python run.py init."


def _last_time(job: Job) -> Survey | None:
    """The picture of the day before: what a school said for this very date is no answer of last time. None where there
    is no registry."""
    if not job.input.is_dir() or look_into(job.input, leave_out=job.output.resolve()).registry is None:
        return None
    yesterday = job.as_of - timedelta(days=1)
    return survey_of(replace(job, as_of=yesterday))


def answers_before(survey: Survey) -> dict[str, Prefill]:
    """Code of a school -> what its form is handed out with."""
    return dict(_answers(survey))


def _answers(survey: Survey) -> Iterator[tuple[str, Prefill]]:
    """School, and what was accepted of its report in the picture, answers taken over from former ones among it; for an
    answer that was set aside, why."""
    reads = {read.file: read for read in survey.intake.reads}
    errors: dict[Place, dict[str, str]] = {}
    for said in survey.figures.remarks:
        if said.item and said.severity is Severity.ERROR:
            errors.setdefault(place_of(said), {}).setdefault(said.item, message(said, survey.catalogue))
    facts: dict[str, dict[str, dict[str, str | float]]] = {}
    for row in answer_rows(survey.figures):
        if row.item and row.counted and row.basis == "stated":
            put(facts.setdefault(row.school_code, {}).setdefault(row.item, {}), row.field, row.text or row.number)
    for line in survey.figures.submissions:
        report = report_of(reads[line.file], line.school.code, line.as_of) if line.as_of else None
        if report:
            place = line.file, report.sheet, report.school, report.as_of
            stated = Prefill(facts.get(line.school.code, {}), errors.get(place, {}))
            yield line.school.code, of_last_time(survey.form, stated)


def _wanted(registry: Registry, as_of: date) -> list[School | None]:
    """The schools in being at that date; None for a blank form where there are none."""
    return [school for school in registry.schools if school.in_being(as_of)] or [None]
