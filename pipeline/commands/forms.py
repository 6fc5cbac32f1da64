"""The command `forms`: the standard form for every school of the registry, with last time's answers; or one blank."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from pipeline import monthly
from pipeline.checking.table import Place, place_of
from pipeline.files import Outputs, lock, safe_name
from pipeline.measuring.rows import answer_rows
from pipeline.monthly import Job, Survey
from pipeline.reading.inbox import look_into
from pipeline.wording import message
from pipeline.writing.form.prefill import Prefill, report_of
from pipeline.writing.form.workbook import write_form
from schemas.district import Registry, School
from schemas.remarks import Severity
from schemas.strict import UsageError

BLANK = "бланк.xlsx"


def hand_out_forms(job: Job, code: str) -> tuple[Path, int]:
    """Writes the forms for `job.as_of` into `<output>/<as_of>/forms/`; returns that folder and how many.

    `code`: for that school alone. Raises UsageError.
    """
    survey = _last_time(job)
    registry = survey.intake.registry if survey else Registry()
    schools = _wanted(registry, code, job.as_of)
    before = dict(_answers(survey)) if survey else {}
    folder = Path(job.as_of.isoformat(), "forms")
    with lock(job.output), Outputs(job.output) as outputs:
        for school in schools:
            name = f"{safe_name(school.code)}-{safe_name(school.name)}.xlsx" if school else BLANK
            filled = write_form(job.form, school, job.as_of, before.get(school.code) if school else None)
            outputs.add(folder / name, filled, durable=False)
        outputs.commit()
    return job.output / folder, len(schools)


def _last_time(job: Job) -> Survey | None:
    """The picture of the day before: what a school said for this very date is no answer of last time. None where there
    is no registry."""
    if not job.input.is_dir() or look_into(job.input, leave_out=job.output.resolve()).registry is None:
        return None
    yesterday = job.as_of - timedelta(days=1)
    return monthly.take_survey(replace(job, as_of=yesterday))


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
            facts.setdefault(row.school_code, {}).setdefault(row.item, {})[row.field] = row.text or row.number
    for line in survey.figures.submissions:
        report = report_of(reads[line.file], line.school.code, line.as_of) if line.as_of else None
        if report:
            place = line.file, report.sheet, report.school, report.as_of
            yield line.school.code, Prefill(facts.get(line.school.code, {}), errors.get(place, {}))


def _wanted(registry: Registry, code: str, as_of: date) -> list[School | None]:
    """The schools in being at that date, the one of that code, or None for a blank form where there is no registry."""
    if not code:
        return [s for s in registry.schools if s.in_being(as_of)] or [None]
    school = registry.school(code)
    if school is None:
        known = ", ".join(s.code for s in registry.schools) or "реестра нет"
        raise UsageError(f"Школы с кодом «{code}» в реестре нет. Коды: {known}.")
    return [school]
