"""The command `forms`: the standard form for every school of the registry, or one blank form."""

from datetime import date
from pathlib import Path

from pipeline.files import Outputs, lock, safe_name
from pipeline.reading.inbox import look_into
from pipeline.reading.intake import read_registry_alone
from pipeline.reading.records import Registry, School
from pipeline.settings import Settings
from pipeline.writing.form import write_form
from schemas.form import load_form
from schemas.remarks import load_catalogue
from schemas.strict import UsageError

BLANK = "бланк.xlsx"


def hand_out_forms(input: Path, output: Path, as_of: date, code: str, settings: Settings) -> tuple[Path, int]:
    """Writes the forms into `<output>/<as_of>/forms/`; returns that folder and how many. Raises UsageError."""
    form = load_form(settings.form)
    registry = _registry(input, output, settings)
    schools = _wanted(registry, code, as_of)
    folder = Path(as_of.isoformat(), "forms")
    with lock(output), Outputs(output) as outputs:
        for school in schools:
            name = f"{safe_name(school.code)}-{safe_name(school.name)}.xlsx" if school else BLANK
            outputs.add(folder / name, write_form(form, school, as_of), durable=False)
        outputs.commit()
    return output / folder, len(schools)


def _registry(input: Path, output: Path, settings: Settings) -> Registry:
    if not input.is_dir():
        return Registry()
    inbox = look_into(input, leave_out=output.resolve())
    return read_registry_alone(inbox, load_form(settings.form), settings.limits, load_catalogue(settings.controls))


def _wanted(registry: Registry, code: str, as_of: date) -> list[School | None]:
    """The schools in being at that date, the one of that code, or None for a blank form where there is no registry."""
    if not code:
        return [s for s in registry.schools if s.in_being(as_of)] or [None]
    school = registry.school(code)
    if school is None:
        known = ", ".join(s.code for s in registry.schools) or "реестра нет"
        raise UsageError(f"Школы с кодом «{code}» в реестре нет. Коды: {known}.")
    return [school]
