"""A year of an office, month by month into the next year, with all that goes wrong: its logs, and what is sent for
help, name nobody."""

import csv
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline.commands.run import do
from pipeline.commands.support import write_support
from pipeline.files import OutputError, lock
from pipeline.sending.patience import Patience
from pipeline.settings import Limits, Mail, Settings
from pipeline.survey import Job
from schemas.strict import UsageError
from tests.holders import mailed, zipped
from tests.mail_server import PASSWORD, Act, Serve
from tests.test_exactly_once import Script
from tests.test_explained import explained
from tests.test_grid import with_rows
from tests.test_intake import MISTAKEN
from tests.test_public import LATIN, SURNAME, decide, registry, report, said

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ORDERED = (date(2014, 3, 20), date(2014, 5, 20), date(2014, 9, 20))
DATES = (*(date(2014, month, 20) for month in range(2, 13)), date(2015, 1, 20))
PROMPT = Patience(pauses=())
PERSON = f"{SURNAME} Мария Петровна"


class Office:
    def __init__(self, folder: Path, mail: Mail) -> None:
        self.input, self.output = folder / "input", folder / "output"
        self.input.mkdir()
        own = tuple(sorted(set(DATES) - set(ORDERED)))
        self.settings = Settings(timezone="UTC", reporting_dates=own, mail=msgspec.structs.replace(mail, schools=True))
        (self.input / "registry.xlsx").write_bytes(registry())

    def receives(self, name: str, content: bytes) -> None:
        (self.input / name).write_bytes(content)

    def makes(self, day: date, **changes: object) -> None:
        settings = msgspec.structs.replace(self.settings, **changes)
        now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        job = Job.of(self.input, self.output, day, settings, now, mail=True, password=PASSWORD)
        do(replace(job, patience=PROMPT))

    def returned(self, day: date, code: str) -> bytes:
        folder = self.output / day.isoformat() / "returns"
        return next(path for path in sorted(folder.iterdir()) if path.name.startswith(code)).read_bytes()


Month = Callable[[Office, date], None]


def _everybody_reports(office: Office, day: date) -> None:
    for code in ("01", "02", "03"):
        office.receives(f"{said('файл')} {code} {day}.xlsx", report(day, code))
    office.makes(day)


def _hostile_files_come(office: Office, day: date) -> None:
    office.receives(f"{said('обрыв')}.xlsx", report(day, "01")[:3000])
    office.receives(f"{said('не книга')}.xls", f"PK {PERSON}".encode())
    office.receives(f"отчёт.{SURNAME}", report(day, "02"))  # what stands behind the dot is a word too
    office.receives(f"{said('дата')}.xlsx", with_rows(f'<row r="1"><c r="A1" t="d"><v>{PERSON}</v></c></row>'))
    office.makes(day)


def _archives_and_letters_come(office: Office, day: date) -> None:
    office.receives(f"{said('архив')}.zip", zipped({f"{said('внутри')}.xlsx": report(day, "01"), "x.xlsx": b"PK"}))
    letter = mailed({f"{said('вложение')}.xlsx": report(day, "02")}, sender=f"{LATIN}@example.org", text=PERSON)
    office.receives(f"{said('письмо')}.eml", letter)
    office.makes(day)


def _the_registry_is_gone(office: Office, day: date) -> None:
    place = office.input / "registry.xlsx"
    place.rename(office.input.parent / "registry.xlsx")
    with pytest.raises(UsageError, match="верните его"):
        office.makes(day)
    (office.input.parent / "registry.xlsx").rename(place)


def _a_report_stands_for_decisions(office: Office, day: date) -> None:
    place = office.input.parent / f"{said('решения')}.xlsx"
    place.write_bytes(report(day, "01"))
    with pytest.raises(UsageError, match="не свод с листом"):
        office.makes(day, decisions=str(place))


def _readers_fail(office: Office, day: date) -> None:
    office.receives(f"{said('файл')} 01 {day}.xlsx", report(day, "01"))
    (office.input / "registry.xlsx").rename(office.input.parent / "registry.xlsx")
    with pytest.raises(UsageError):
        office.makes(day, limits=MISTAKEN)
    (office.input.parent / "registry.xlsx").rename(office.input / "registry.xlsx")


def _nothing_can_be_written(office: Office, day: date) -> None:
    (office.output / day.isoformat()).write_text(PERSON)
    with pytest.raises(OutputError):
        office.makes(day)
    (office.output / day.isoformat()).unlink()


def _limits_are_narrow(office: Office, day: date) -> None:
    office.receives(f"{said('файл')} 03 {day}.xlsx", report(day, "03"))
    office.makes(day, limits=Limits(cells=100))


def _the_journal_is_damaged(office: Office, day: date) -> None:
    (office.output / "journal.db").write_bytes(f"{PERSON} ".encode() * 1000)
    office.makes(day)


def _another_run_is_under_way(office: Office, day: date) -> None:
    with lock(office.output), pytest.raises(OutputError, match="другой запуск"):
        office.makes(day)


def _decisions_come(office: Office, day: date) -> None:
    last = max(office.output.glob("20*/svod-*.xlsx"))
    decide(last, office.input / f"{said('решения')}.xlsx")
    office.receives(f"{said('файл')} 01 {day}.xlsx", report(day, "01"))
    office.makes(day)


def _explanations_come(office: Office, day: date) -> None:
    """Of the report of the month before, in the new year."""
    before = max(one for one in DATES if one < day)
    content = explained(office.returned(before, "01"), said("пояснение"), "NUM-RANGE")
    office.receives(f"{said('пояснение')}.xlsx", content)
    office.makes(day)


YEAR: tuple[Month, ...] = (
    _everybody_reports,
    _hostile_files_come,
    _archives_and_letters_come,
    _the_registry_is_gone,
    _a_report_stands_for_decisions,
    _readers_fail,
    _nothing_can_be_written,
    _limits_are_narrow,
    _the_journal_is_damaged,
    _another_run_is_under_way,
    _decisions_come,
    _explanations_come,
)


def test_a_years_logs_and_what_is_sent_for_help_name_nobody(serve: Serve, tmp_path: Path):
    post, mail = serve()
    post.play = Script(
        {
            ("RCPT", f"{LATIN}@example.org"): ["550 5.1.1 no such user", "451 try later"],
            ("STORED", f"{LATIN}01@example.org"): [Act.DROP],
        }
    )
    office = Office(tmp_path, mail)
    for day, happens in zip(sorted(DATES), YEAR, strict=True):
        happens(office, day)
    write_support(office.output, office.settings, datetime(2015, 2, 1, tzinfo=UTC))
    words = {SURNAME, LATIN, *words_of_schools(office.output)}
    assert len(words) > 25
    shared = [office.output / "support.txt", *(office.output / "logs").iterdir()]
    assert len(shared) >= len(YEAR)
    assert post.letters
    for path in shared:
        text = path.read_text("utf-8").casefold()
        assert [word for word in words if word.casefold() in text] == [], path.name
    assert [error for error in errors_in(office.output / "journal.db") if SURNAME in error] == []
    logs = "".join(path.read_text("utf-8") for path in shared)
    for kept in ("FILE-DAMAGED", "FILE-LIMIT", "UsageError", "OutputError", "TypeError"):
        assert kept in logs


def words_of_schools(output: Path) -> Iterator[str]:
    """What schools have written into cells, and names of their files, that is long enough to be nobody else's."""
    texts = set[str]()
    for path in output.glob("20*/*.csv"):
        if path.stem in ("answers", "findings"):
            with path.open(encoding="utf-8", newline="") as file:
                texts |= {row[name] for row in csv.DictReader(file) for name in ("file", "sheet", "value")}
    yield from (text for text in texts if len(text) > 8 and re.search(r"[А-яё]{4}", text) and text != "registry.xlsx")


def errors_in(journal: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{os.fspath(journal)}?mode=ro", uri=True)) as database:
        return [text for (text,) in database.execute("SELECT refused FROM attempts WHERE refused IS NOT NULL")]
