"""The command `check`: the remarks on these files at once, with cells and what to do. Writes no file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from pipeline.checking.judgement import check
from pipeline.reading.inbox import Inbox, shown_path
from pipeline.reading.intake import Intake, take_in
from pipeline.reading.orders import others, share_out
from pipeline.settings import Settings
from pipeline.wording import REMARK, SEVERITIES, count, message, todo
from schemas.form import Form, load_form
from schemas.registry_book import FILE as REGISTRY_FILE
from schemas.remarks import Catalogue, Remark, Severity, load_catalogue
from schemas.strict import UsageError

_ORDER = list(Severity)


# What a report is blamed for only because there is no registry.
_OF_THE_REGISTRY = "BASE-NO-REGISTRY"


@dataclass(frozen=True)
class Checkup:
    """Remarks by file as named, the gravest first. `told`: each with the words of its order. `registry`: was there one
    to hold the reports against."""

    files: tuple[str, ...]
    told: Mapping[Remark, Catalogue]
    registry: bool

    @property
    def has_errors(self) -> bool:
        return any(remark.severity is Severity.ERROR for remark in self.told)

    def on(self, file: str) -> list[Remark]:
        return sorted((r for r in self.told if r.file == file), key=lambda r: _ORDER.index(r.severity))


def check_files(files: Sequence[Path], input: Path, settings: Settings) -> Checkup:
    """Judges the files as the main job would, each by the order whose report it is; without a registry in `input` by
    what they say themselves.

    Raises UsageError where a file is not there, or the registry cannot be used.
    """
    for path in files:
        if not path.is_file():
            raise UsageError(f"Файла «{path}» нет: проверьте имя.")
    forms = [load_form(name) for name in settings.forms]
    catalogues = [load_catalogue(settings.controls, one.period.every, one.recognise.answer[0]) for one in forms]
    registry = input / REGISTRY_FILE
    inbox = Inbox(Path(), registry if registry.is_file() else None, list(files))
    known = inbox.registry is not None
    intakes = _intakes(inbox, forms, settings, catalogues)
    told: dict[Remark, Catalogue] = {}
    for form, intake, catalogue in zip(forms, intakes, catalogues, strict=True):
        for remark in check(intake.reads, {}, form, intake.registry, catalogue).remarks:
            if known or remark.code != _OF_THE_REGISTRY:
                told.setdefault(remark, catalogue)  # what no order knows is told by each of them
    return Checkup(tuple(_names(files, intakes)), told, known)


def _intakes(inbox: Inbox, forms: Sequence[Form], settings: Settings, catalogues: Sequence[Catalogue]) -> list[Intake]:
    intakes = [
        take_in(inbox, form, settings.limits, catalogue, 1, None, lambda done, of: None, beside=others(form, forms))
        for form, catalogue in zip(forms, catalogues, strict=True)
    ]
    return share_out(forms, intakes).intakes if len(forms) > 1 else intakes


def _names(files: Sequence[Path], intakes: Sequence[Intake]) -> Iterator[str]:
    """Each file, or what lies in it."""
    inside = {path: found.holder for intake in intakes for path, found in intake.inbox.inside.items()}
    for file in files:
        yield from [shown_path(path) for path, holder in inside.items() if holder == file] or [shown_path(file)]


def as_tables(checkup: Checkup) -> Iterator[str | Table]:
    """A line and a table a file, for people."""
    for file in checkup.files:
        remarks = checkup.on(file)
        errors = sum(remark.severity is Severity.ERROR for remark in remarks)
        if not remarks:
            yield f"{file}: замечаний нет."
            continue
        found = count(len(remarks), REMARK)
        yield f"{file}: {found}{f', из них ошибок — {errors}' if errors else ''}."
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in ("Важность", "Пункт", "Ячейка", "Замечание", "Что сделать"):
            table.add_column(heading, overflow="fold")
        for remark in remarks:
            words = message(remark, checkup.told[remark]), todo(remark, checkup.told[remark])
            table.add_row(*map(Text, (SEVERITIES[remark.severity], remark.item, remark.cell, *words)))
        yield table
    if not checkup.registry:
        yield "Реестра школ нет: название школы и численность не сверены. Папку с реестром задаёт --input."


def as_json(checkup: Checkup) -> str:
    """For programs: a list of remarks; the columns are those of findings.csv, and `todo`."""
    rows = [
        {
            "file": remark.file,
            "sheet": remark.sheet,
            "cell": remark.cell,
            "school_code": remark.school,
            "as_of": remark.as_of.isoformat() if remark.as_of else "",
            "item": remark.item,
            "code": remark.code,
            "severity": remark.severity.value,
            "message": message(remark, checkup.told[remark]),
            "todo": todo(remark, checkup.told[remark]),
            "value": remark.value,
        }
        for file in checkup.files
        for remark in checkup.on(file)
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)
