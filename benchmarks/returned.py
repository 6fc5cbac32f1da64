"""Files given back to schools against copies of them: python -m benchmarks.returned [number of schools].

All reports are faulty. What is measured is one process, file by file: the same file with its remarks, as a worker makes
it; the remarks in words, as the main job makes them for it; and two copies of the file in which the style sheet and the
first sheet are packed anew: `zipfile` packs all other parts anew, too, and the least that can be done copies them as
they lie there.
"""

import gc
import struct
import sys
import tempfile
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

from benchmarks.district import AS_OF, WORST
from benchmarks.reading import ROUNDS, best
from pipeline.demo import make
from pipeline.settings import Settings
from pipeline.survey import Job, take_survey
from pipeline.writing.returned.archive import LEVEL
from pipeline.writing.returned.in_worker import annotate
from pipeline.writing.returns import shown_by_report, tasks_of
from run import OBJECTS
from schemas.form import load_form

CHANGED = ("xl/styles.xml", "xl/worksheets/sheet1.xml")


def main(schools: int) -> None:
    gc.set_threshold(OBJECTS)  # as in the main job; workers look for circles more often
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inbox = make(folder / "input", load_form("form-547"), schools, 1, 1, faulty=WORST).registry.parent
        settings = Settings()
        job = Job.of(inbox, folder, date.fromisoformat(AS_OF), settings, datetime(2014, 2, 1, tzinfo=UTC))
        survey = take_survey(job)
        reads = zip(survey.intake.inbox.reports, survey.intake.reads, strict=True)
        files = {read.file: (path, inbox / path, read) for path, read in reads}
        tasks = {task.place: task for task in tasks_of(survey.figures, survey.catalogue, files)}
        tasks = {place: task for place, task in tasks.items() if annotate(settings.limits, task)}
        places = list(tasks)
        zipped = best(lambda place: _zipped(place.read_bytes()), places)
        copied = best(lambda place: _copied(place.read_bytes()), places)
        returned = best(lambda place: annotate(settings.limits, tasks[place]), places)
        words = best(lambda _: shown_by_report(survey.figures, survey.catalogue), places[:1])
    print(f"{len(places)} files, best of {ROUNDS} rounds, ms a file, × the least copy, × zipfile's copy")
    rows = (
        ("the least copy", copied), ("zipfile's copy", zipped), ("returned file", returned), ("its words", words),
    )  # fmt: skip
    for what, seconds in rows:
        ms = 1000 * seconds / len(places)
        print(f"  {what:16} {ms:6.2f}  × {seconds / copied:.2f}  × {seconds / zipped:.2f}")


def _zipped(data: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, _anew(target) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
    return target.getvalue()


def _copied(data: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, _anew(target) as new:
        for entry in old.infolist():
            if entry.filename in CHANGED:
                new.writestr(entry.filename, old.read(entry))
            else:
                _copy(data, entry, new)
    return target.getvalue()


def _anew(target: BytesIO) -> zipfile.ZipFile:
    """Packed as tightly as returned files are."""
    return zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)


def _copy(data: bytes, entry: zipfile.ZipInfo, archive: zipfile.ZipFile) -> None:
    """Still packed, which zipfile has no call for."""
    name_length, extra_length = struct.unpack_from("<HH", data, entry.header_offset + 26)
    start = entry.header_offset + 30 + name_length + extra_length
    assert archive.fp is not None
    entry.header_offset = archive.fp.tell()
    archive.fp.write(entry.FileHeader() + data[start : start + entry.compress_size])
    archive.start_dir = archive.fp.tell()
    archive.filelist.append(entry)
    archive.NameToInfo[entry.filename] = entry


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
