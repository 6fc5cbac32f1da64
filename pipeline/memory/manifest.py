"""What a folder of results was made from: `manifest.json`, by which two of them are compared and one is made again
(docs/operations.md)."""

import json
import os
import sys
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.memory.journal import Remembered
from pipeline.reading.cache import LIBRARIES as READING
from pipeline.reading.cache import code_digest, version_of
from pipeline.reading.inbox import shown_path
from pipeline.reading.intake import Intake, follows_from_the_bytes
from pipeline.reading.reports import digest_of
from pipeline.settings import Mail, Settings
from schemas.form import Form
from schemas.remarks import Remark, remark
from schemas.strict import UsageError

if TYPE_CHECKING:
    from pipeline.measuring.figures import Figures, Told

FILE = "manifest.json"
HANDED_OUT = "forms.json"  # beside it: which forms were written there; they are no results of a run

# Their versions can change a figure or the bytes of a file.
LIBRARIES = (*READING, "jinja2", "numpy", "pandas", "pandera", "python-docx", "typeguard", "tzdata", "xlsxwriter")

_WHOLE = ""  # the municipality among the scopes


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class FormMade(_Part, frozen=True):
    """`digest`: of what the form says (`canonical`), whatever its file looks like."""

    id: str
    version: int
    digest: str


class Said(_Part, frozen=True):
    """A remark on a file that gave no content, or on a folder. `data`: the texts that its message names."""

    code: str
    file: str
    data: dict[str, str]

    @classmethod
    def of(cls, said: Remark) -> "Said":
        return cls(code=said.code, file=said.file, data={name: str(value) for name, value in said.data})

    def remark(self) -> Remark:
        return remark(self.code, file=self.file, **self.data)


class ToldFigure(_Part, frozen=True):
    """The headline item as a run has told it: percent, people; in a letter or first computed."""

    percent: float | None
    covered: float | None
    total: float | None
    sent: bool


class Manifest(_Part, frozen=True, omit_defaults=True):
    """All that the results of a date follow from, and what they are. Files are relative to the input folder, contents
    are called by their SHA-256."""

    as_of: date
    archive: bool  # were the contents kept
    arrivals: dict[str, datetime | None]  # by content; None: not known
    code: str  # digest of the program's own files
    folders: tuple[Said, ...]  # those that could not be entered
    form: FormMade
    inputs: dict[str, str | None]  # None: the file gave no content
    libraries: dict[str, str]
    names: dict[str, str]  # file whose name is no proper text -> the bytes of its path, hexadecimal
    outputs: dict[str, str]
    program: str
    registry: str | None
    sources: str  # digest of all that came from outside: by it the summary workbook names what it was made from
    settings: dict[str, Any]
    told: dict[date, dict[str, ToldFigure]]  # what was told before and is another now: by date and scope
    unread: dict[str, tuple[Said, ...]]  # why a file gave no content
    senders: dict[str, tuple[str, ...]] = {}  # of a paper that came in letters: their senders' addresses

    def remembered(self, now: datetime) -> Remembered:
        """What the journal said to that run, as far as its results show it; read again at `now`."""
        from pipeline.measuring.figures import Told
        from pipeline.memory.journal import Arrival

        told = {
            day: {scope: Told(one.percent, one.covered, one.total, one.sent) for scope, one in scopes.items()}
            for day, scopes in self.told.items()
        }
        arrivals = {content: Arrival(now, arrived) for content, arrived in self.arrivals.items()}
        sent = [told.pop(self.as_of)] if self.as_of in told else []
        return Remembered(arrivals, told, sent)

    def path(self, file: str) -> Path:
        """Where a file of the inputs lay below the input folder. Raises UsageError for a place outside it."""
        path = Path(os.fsdecode(bytes.fromhex(self.names[file])) if file in self.names else file)
        if path.is_absolute() or ".." in path.parts:
            raise UsageError(f"Файл {FILE} испорчен (путь «{file}»): верните его из резервной копии.")
        return path


def manifest(
    as_of: date,
    settings: Settings,
    program: str,
    intake: Intake,
    remembered: Remembered,
    figures: "Figures",
) -> Manifest:
    """What the results of the date will be made from: neither this run's moment nor a path of this computer, so that
    the same input gives the same bytes. Without `outputs`: `with_outputs` adds them."""
    form, reads = figures.form, intake.reads
    paths = dict(zip((read.file for read in reads), intake.inbox.reports, strict=True))
    made = Manifest(
        as_of=as_of,
        archive=settings.archive,
        arrivals={read.digest: _utc(remembered.arrivals[read.digest].arrived) for read in reads if read.digest},
        code=code_digest(),
        folders=tuple(map(Said.of, intake.inbox.remarks)),
        form=FormMade(id=form.id, version=form.version, digest=digest_of(canonical(form))),
        inputs={read.file: read.digest or None for read in reads},
        libraries=libraries(),
        names={file: os.fsencode(path).hex() for file, path in paths.items() if _is_odd(path)},
        outputs={},
        program=program,
        registry=intake.registry_digest or None,
        sources="",
        settings=that_count(settings),
        senders=_senders(intake),
        told=_told(remembered, figures),
        unread={read.file: tuple(map(Said.of, read.remarks)) for read in reads if not follows_from_the_bytes(read)},
    )
    return msgspec.structs.replace(made, sources=_sources(made))


def _senders(intake: Intake) -> dict[str, tuple[str, ...]]:
    """Of the files that may be a paper: whose it is follows from them too."""
    inside = intake.inbox.inside
    pairs = zip(intake.inbox.reports, intake.reads, strict=True)
    return {
        read.file: inside[path].senders
        for path, read in pairs
        if read.words is not None and path in inside and inside[path].senders
    }


def _sources(made: Manifest) -> str:
    """Of what the district sent and the office has set, not of program and libraries: where another version makes the
    same workbook of the same files, its bytes are the same too."""
    settings = {key: value for key, value in made.settings.items() if key != "mail"}  # who is sent what changes none
    bare = msgspec.structs.replace(made, archive=True, code="", libraries={}, program="", settings=settings)
    return digest_of(_json(bare))


def with_outputs(made: Manifest, outputs: Mapping[str, str]) -> bytes:
    """The manifest as it lies beside the results. `outputs`: file, relative to the folder -> digest."""
    return _json(msgspec.structs.replace(made, outputs=dict(outputs)))


def _json(made: Manifest) -> bytes:
    values = msgspec.to_builtins(made, str_keys=True)
    return (json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder of results. Raises UsageError where there is none that can be used."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise UsageError(
            f"В папке «{folder}» нет файла {FILE}: сделайте сначала свод на эту дату (--as-of {folder.name})."
        ) from None
    except OSError:
        raise UsageError(f"Файл {FILE} в папке «{folder}» не читается: проверьте права на него.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise UsageError(
            f"Файл {FILE} в папке «{folder}» испорчен или записан другой версией программы: "
            "верните его из резервной копии или сделайте свод на эту дату снова."
        ) from None


class _Outputs(msgspec.Struct, frozen=True):
    """What a manifest and a record of forms have in common, whatever version wrote them. File -> digest."""

    outputs: dict[str, str]


def written_into(folder: Path, record: str = FILE) -> dict[str, str]:
    """What was last put into a folder of results, file -> digest, as its `record` says; nothing where none can be read:
    of whatever lies there it is unknown then who wrote it."""
    try:
        return msgspec.json.decode((folder / record).read_bytes(), type=_Outputs).outputs
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def handed_out(written: Mapping[str, str]) -> bytes:
    """The record of forms. `written`: file, relative to the date's folder -> digest."""
    return (json.dumps({"outputs": dict(sorted(written.items()))}, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def that_count(settings: Settings) -> dict[str, object]:
    """The settings that can change a figure or which files are made: of the mail's the edition alone, where it is not
    the usual one; none of the archive's or the PDF's, nor the days on which nobody is reminded; the form and the
    workbook with decisions stand for themselves."""
    silent = ("archive", "decisions", "fetch", "form", "holidays", "mail", "pdf")
    values: dict[str, object] = msgspec.to_builtins(settings)
    edition = settings.mail.edition
    mail = {"mail": {"edition": edition}} if edition != Mail().edition else {}
    return {key: value for key, value in values.items() if key not in silent} | mail


def canonical(form: Form) -> bytes:
    """What the form says, whatever its file looks like: JSON, from which `form_of` makes it again. Once read anew: a
    whole number that stands for a fraction (5 for 5.0) is then written as one."""
    return msgspec.json.encode(form_of(msgspec.json.encode(form)), order="sorted")


def form_of(content: bytes) -> Form:
    """Raises UsageError for a form that this version of the program does not know."""
    try:
        return msgspec.json.decode(content, type=Form)
    except msgspec.MsgspecError:
        raise UsageError(
            f"Форма того месяца записана другой версией программы: установите версию, названную в {FILE}, и повторите."
        ) from None


def libraries() -> dict[str, str]:
    """What computes and writes, with its version: Python, the compression of workbooks, the libraries."""
    versions = {name: version_of(name) for name in LIBRARIES}
    return {**versions, "python": sys.version.split()[0], "zlib": zlib.ZLIB_RUNTIME_VERSION}


def _told(remembered: Remembered, figures: "Figures") -> dict[date, dict[str, ToldFigure]]:
    """Of all that was told before, what shows in the results: the dates that are restated. The rest agrees with the
    figures of today, and a second run knows more of it than the first."""
    found = {}
    for restated in figures.restated:
        scopes = remembered.told.get(restated.date)
        if restated.date == figures.as_of:
            scopes = next(one for one in remembered.sent if one[_WHOLE].percent == restated.was)
        assert scopes is not None  # it was measured against one of them
        found[restated.date] = {scope: _figure(one) for scope, one in sorted(scopes.items())}
    return found


def _figure(told: "Told") -> ToldFigure:
    return ToldFigure(percent=told.percent, covered=told.covered, total=told.total, sent=told.sent)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _is_odd(path: Path) -> bool:
    """Its name says less to people than to the system."""
    return shown_path(path) != path.as_posix()
