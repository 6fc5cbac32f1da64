"""The command `rebuild`: a month's results made again from archive and manifest, and held against those that were made.

Input, journal, outbox and the month's own files are left as they are: what is made lies beside them.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipeline import VERSION
from pipeline.commands.comparing import first_difference
from pipeline.commands.console import kept_lines
from pipeline.files import OutputError, Outputs, cause_of, lock, make_private_folder
from pipeline.memory.archive import FOLDER as ARCHIVE
from pipeline.memory.archive import Archive
from pipeline.memory.manifest import FILE, Manifest, form_of, libraries, read_manifest
from pipeline.month import Background, write_month
from pipeline.reading.cache import code_digest
from pipeline.reading.inbox import Inbox, Inside
from pipeline.reading.intake import Progress, take_in
from pipeline.reading.reports import digest_of
from pipeline.settings import Settings
from pipeline.survey import Job, Taken, survey_of
from pipeline.wording import FILE as FILES
from pipeline.wording import Case, count, day
from schemas.registry_book import FILE as REGISTRY
from schemas.remarks import load_catalogue
from schemas.reports import FileRead
from schemas.strict import UsageError, convert

FOLDER = "rebuilt"  # in the date's folder
_UNPACKED = ".rebuild"  # the inputs as they were; only while the command runs
_SHOWN = 10  # files of which a run of the command says how they differ


@dataclass(frozen=True)
class Rebuilt:
    """`folder`: where the results lie. `lines`: what is to be said of them."""

    folder: Path
    lines: tuple[str, ...]
    is_the_same: bool


def folder_made_on(output: Path, as_of: date, order: str) -> Path:
    """The output folder of the order whose summary that date has: the one that was named, or of several orders side by
    side the only one. `order`: number of the order or its form. Raises UsageError where two fit."""
    if not order and (output / as_of.isoformat() / FILE).is_file():
        return output
    made = {path.parent.parent: read_manifest(path.parent) for path in output.glob(f"*/{as_of.isoformat()}/{FILE}")}
    named = [
        folder
        for folder, one in sorted(made.items())
        if not order or order.casefold() in (one.form.id.casefold(), folder.name.casefold(), _number(folder, one))
    ]
    if len(named) == 1:
        return named[0]
    if not named and not order:
        return output  # where it is said that there is none
    known = ", ".join(folder.name for folder in sorted(made)) or "ни одного"
    why = f"У приказа «{order}» свода" if order else "Свод"
    said = f"{why} на {day(as_of)} {'нет' if order else 'есть у нескольких приказов'}: {known}"
    raise UsageError(f"{said}. Укажите приказ: --order и имя его формы.")


def _number(folder: Path, made: Manifest) -> str:
    """The order's number, from the form in the archive."""
    try:
        return form_of(Archive(folder).content(made.form.digest)).order.number.casefold()
    except (OSError, OutputError, UsageError):
        return ""


def rebuild(output: Path, as_of: date, progress: Progress) -> Rebuilt:
    """Raises UsageError where there is nothing to make the month from, OutputError where a content is gone or spoilt;
    then nothing is written."""
    made = _manifest_of(output, as_of)
    place = Path(as_of.isoformat(), FOLDER)
    with lock(output), Outputs(output) as outputs:
        archive = Archive(output)
        damaged = archive.damaged()
        _require_whole(made, archive, damaged)
        outputs.only(place)
        with _unpacked(made, archive, output / _UNPACKED) as inbox:
            digests = _make_again(made, archive, inbox, output, place, progress, outputs)
        outputs.commit()
        kept = kept_lines(outputs.kept, output)
    differ = [
        name for name in _summary_first({**made.outputs, **digests}) if made.outputs.get(name) != digests.get(name)
    ]
    lines = [*_told(made, digests, differ, output), *_changed_since(made, output), *kept, *_also_damaged(damaged)]
    return Rebuilt(output / place, tuple(lines), not differ and not damaged)


# ── what the month is made from ──────────────────────────────────────────────────────────────────────────


def _manifest_of(output: Path, as_of: date) -> Manifest:
    made = read_manifest(output / as_of.isoformat())
    if made.as_of != as_of:
        raise UsageError(f"Файл {FILE} здесь от свода на {day(made.as_of)}: верните свой файл этой папки из копии.")
    if not made.archive:
        raise UsageError(
            f"Свод на {day(as_of)} сделан без архива (archive = false в настройках): исходных файлов нет; "
            "включите архив и сделайте свод снова, пока файлы лежат в папке с отчётами."
        )
    return made


def _contents(made: Manifest) -> dict[str, str]:
    """Digest -> what it is, for people: all that the month cannot be made without."""
    found = {made.form.digest: f"форма {made.form.id}"}
    if made.registry:
        found[made.registry] = REGISTRY
    return found | {content: file for file, content in made.inputs.items() if content and file not in made.unread}


def _require_whole(made: Manifest, archive: Archive, damaged: set[str]) -> None:
    """Raises OutputError naming what is spoilt, else what is gone."""
    needed, kept = _contents(made), archive.contents()
    spoilt = [name for name in needed if name in damaged]
    gone = [name for name in needed if name not in kept]
    if not (found := spoilt or gone):
        return
    files = [f"{ARCHIVE}/{name} ({needed[name]})" for name in found]
    more = f" и ещё {count(len(files) - _SHOWN, FILES)}" if len(files) > _SHOWN else ""
    what = "В архиве испорчено" if spoilt else "В архиве не хватает"
    raise OutputError(
        f"{what}: {', '.join(files[:_SHOWN])}{more}; верните это из резервной копии, а если тот же файл ещё лежит в "
        f"папке с отчётами, {'удалите испорченное и ' if spoilt else ''}сделайте свод на {day(made.as_of)} снова."
    )


@contextmanager
def _unpacked(made: Manifest, archive: Archive, folder: Path) -> Iterator[Inbox]:
    """The input folder as that run found it, as far as it gave contents."""
    shutil.rmtree(folder, ignore_errors=True)  # of a command that was killed
    try:
        inbox = Inbox(folder, remarks=[said.remark() for said in made.folders])
        if made.registry:
            inbox.registry = _unpack(folder, Path(REGISTRY), archive.content(made.registry))
        for file, content in made.inputs.items():
            path = made.path(file)
            inbox.reports.append(path)
            if content and file not in made.unread:
                place = _unpack(folder, path, archive.content(content))
                if senders := made.senders.get(file):
                    inbox.inside[path] = Inside(path, place, senders=senders)
        inbox.reports.sort()
        yield inbox
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(folder: Path, path: Path, content: bytes) -> Path:
    place = folder / path
    try:
        make_private_folder(place.parent)
        place.write_bytes(content)
    except OSError as error:
        raise OutputError(
            f"Не удалось разложить файл «{path.as_posix()}» ({cause_of(error) or 'ошибка диска'}): проверьте место и "
            "права и повторите."
        ) from error
    return place


def _make_again(
    made: Manifest, archive: Archive, inbox: Inbox, output: Path, place: Path, progress: Progress, outputs: Outputs
) -> dict[str, str]:
    """The main job without clock, journal and letters. File -> digest."""
    settings = convert(made.settings, Settings, FILE)
    form = form_of(archive.content(made.form.digest))
    now = datetime.now(settings.zone)
    job = Job.of(inbox.folder, output, made.as_of, settings, now, form=form)
    catalogue = load_catalogue(settings.controls, form.period.every, form.recognise.answer[0])
    unread = {
        made.path(file): FileRead(file, made.inputs[file] or "", remarks=tuple(one.remark() for one in said))
        for file, said in made.unread.items()
    }
    intake = take_in(inbox, form, settings.limits, catalogue, 1, None, progress, known=unread)
    taken = Taken(catalogue, intake, made.remembered(now))
    with Background(job, taken, place, outputs) as background:
        return write_month(job, survey_of(job, *taken, background.return_files), place, outputs, background).digests


# ── what is said of it ───────────────────────────────────────────────────────────────────────────────────


def _told(made: Manifest, digests: dict[str, str], differ: list[str], output: Path) -> Iterator[str]:
    if not differ:
        files = count(len(digests), FILES)
        yield f"Свод на {day(made.as_of)} собран заново из архива и совпадает байт в байт: {files}."
        return
    files = count(len(digests), FILES, Case.GENITIVE)
    yield f"Свод на {day(made.as_of)} собран заново из архива, но отличается: {len(differ)} из {files}."
    for name in differ[:_SHOWN]:
        yield f"  {name}: {_difference(name, made, digests, output / made.as_of.isoformat())}"
    if len(differ) > _SHOWN:
        yield f"  и ещё {count(len(differ) - _SHOWN, FILES)}"
    yield _versions(made)


def _difference(name: str, made: Manifest, digests: dict[str, str], folder: Path) -> str:
    """Only what the run itself wrote is compared: a file that was changed since says nothing of it."""
    if name not in digests:
        return "теперь этого файла нет"
    if name not in made.outputs:
        return "прежде этого файла не было"
    was = _bytes_of(folder / name)
    if was is None or digest_of(was) != made.outputs[name]:
        return "отличается, а где — не сказать: прежний файл удалён или изменён после свода"
    now = _bytes_of(folder / FOLDER / name)
    return first_difference(name, was, now) if now is not None else "новый файл открыт в другой программе"


def _versions(made: Manifest) -> str:
    """What has been exchanged since, by which the difference may have come."""
    now = libraries()
    changed = [
        f"{name} {made.libraries.get(name, 'нет')} → {now.get(name, 'нет')}"
        for name in sorted(made.libraries | now)
        if made.libraries.get(name) != now.get(name)
    ]
    if made.program != VERSION:
        changed.insert(0, f"Свод {made.program} → {VERSION}")
    elif made.code != code_digest():
        changed.insert(0, f"файлы программы (версия {VERSION} та же)")
    if not changed:
        return "Программа и библиотеки те же, что при том своде: передайте это разработчику."
    return f"С тех пор изменились: {', '.join(changed)}."


def _changed_since(made: Manifest, output: Path) -> Iterator[str]:
    """Files of the month's folder that are no longer those that the run wrote."""
    folder = output / made.as_of.isoformat()
    for name, written in sorted(made.outputs.items()):
        lies = _bytes_of(folder / name)
        if lies is None or digest_of(lies) != written:
            fate = "удалён" if lies is None else "изменён"
            yield f"Файл {folder.name}/{name} {fate} после свода: собранный заново лежит в {folder.name}/{FOLDER}."


def _also_damaged(damaged: set[str]) -> Iterator[str]:
    """Whatever month they belong to: a spoilt content is known before it is needed."""
    for name in sorted(damaged):
        yield (
            f"Файл архива {ARCHIVE}/{name} испорчен (к этому своду он не относится): "
            "верните его из резервной копии или удалите."
        )


def _summary_first(names: dict[str, str]) -> list[str]:
    return sorted(names, key=lambda name: (not name.startswith("svod-"), "/" in name, name))


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
