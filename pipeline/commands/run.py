"""The main job as a command: from the folders that were named to the line with the summary's path."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from pipeline import monthly
from pipeline.commands import console
from pipeline.commands.choosing import as_of_meant
from pipeline.commands.failing import failures_told
from pipeline.commands.posting import patient, ready_to_send
from pipeline.monthly import Done
from pipeline.settings import Settings, load_settings
from pipeline.survey import Job, calendar_of
from schemas.form import Form, load_form
from schemas.strict import UsageError


def main_job(
    input: Path,
    output: Path,
    as_of: date | str | None,
    settings: Settings,
    *,
    mail: bool = False,
    jobs: int = 1,
    why: str = "",
    say_path: bool = True,
    wait: float = 0.0,
) -> Done:
    """Does the main job and says on the console what came of it. `why`: the reason for the date, where it is not the
    user's. `wait`: seconds, for another run in that folder to end. Raises UsageError and OutputError."""
    require_folders(input, output)
    now = datetime.now(settings.zone)
    password = ready_to_send(settings) if mail else None
    form, meant = _meant(as_of, settings, now)
    job = Job.of(input, output, meant, settings, now, mail=mail, password=password, jobs=jobs, form=form)
    job = replace(job, patience=patient(), wait=wait)
    say_when(job, as_of, why)
    with failures_told(output, meant, settings, now, password, job.patience, mail=mail):
        done = do(job)
    if say_path:
        console.say_path(done)
    return done


def say_when(job: Job, as_of: date | str | None, why: str) -> None:
    """Of which date or period the picture will be."""
    if job.calendar.of_periods:
        why = (why or "указано в --as-of") if as_of else "последний прошедший; другой задаёт --as-of"
        console.say_period(job.as_of, why, job.calendar)
    else:
        why = why or ("указана в --as-of" if as_of else "сегодня; другую дату задаёт --as-of")
        console.say_date(job.as_of, why, job.calendar.reporting_dates)


def do(job: Job) -> Done:
    """The main job, with its log and what is said of its result."""
    with console.run_log(job.output, job.now), console.progress() as progress:
        done = monthly.run(job, progress)
        console.log_result(done)
    console.say_result(done)
    return done


def job_of(input: Path, output: Path, as_of: date | str | None, settings: Path | Settings | None) -> Job:
    """What a command beside the main job is asked to do: nothing is sent, one process reads."""
    chosen = settings if isinstance(settings, Settings) else load_settings(settings)
    now = datetime.now(chosen.zone)
    form, meant = _meant(as_of, chosen, now)
    return Job.of(input, output, meant, chosen, now, form=form)


def _meant(as_of: date | str | None, settings: Settings, now: datetime) -> tuple[Form, date]:
    form = load_form(settings.one_form)
    return form, as_of_meant(as_of, form, calendar_of(form, settings), now.date())


def require_folders(input: Path, output: Path) -> None:
    if not input.is_dir():
        raise UsageError(f"Папки «{input}» нет: создайте её и положите в неё отчёты или укажите --input.")
    if output.exists() and not output.is_dir():
        raise UsageError(f"«{output}» — файл, а не папка: укажите для результатов другую папку (--output).")
    inside = input.resolve()
    if inside == output.resolve() or inside.is_relative_to(output.resolve()):
        raise UsageError("Папка с отчётами не может лежать в папке результатов: укажите другую --output.")
