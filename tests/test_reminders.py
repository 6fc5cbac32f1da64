"""Reminders: who owes a report hears of it before its deadline, the day after and a week after, each time once."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from pipeline.commands.remind import remind_all
from pipeline.measuring.calendar import Calendar
from pipeline.sending.outbox import Waiting, waiting
from pipeline.sending.reminders import Reminder, due_today
from pipeline.settings import Mail, Settings
from pipeline.writing.registry import write_registry
from schemas.district import Recipient, Registry, Topic
from tests.batch import MARCH
from tests.conftest import Once
from tests.order_form import FORM
from tests.test_school_letters import NAMES, SCHOOLS, Office, attached, body

SETTINGS = Settings(timezone="UTC", mail=Mail(reminders=True))
HEAD = Recipient("Начальник", "head@example.org", frozenset({Topic.SUMMARY}))
CALENDAR = Calendar.of(FORM)

# 20.03.2014 is a Thursday: five days before it is a Saturday, a week after a Thursday.
DAYS = {
    date(2014, 3, 13): [],
    date(2014, 3, 14): [Reminder.BEFORE],  # Friday: moved before the Saturday on which it would fall
    date(2014, 3, 15): [],  # a day off
    date(2014, 3, 17): [Reminder.BEFORE],  # still, for who was switched off on Friday
    date(2014, 3, 20): [Reminder.BEFORE],
    date(2014, 3, 21): [Reminder.AFTER],
    date(2014, 3, 22): [],
    date(2014, 3, 26): [Reminder.AFTER],
    date(2014, 3, 27): [Reminder.WEEK],
    date(2014, 3, 28): [Reminder.WEEK],
    date(2014, 3, 31): [],
}


@pytest.mark.parametrize(("today", "kinds"), DAYS.items(), ids=map(str, DAYS))
def test_what_is_due_on_a_day(today: date, kinds: list[Reminder]):
    assert [one.kind for one in due_today(today, CALENDAR) if one.reporting_date == MARCH] == kinds


def test_holidays_of_the_office_move_a_reminder_as_weekends_do():
    holidays = {date(2014, 3, 14), date(2014, 3, 21)}
    assert [one.kind for one in due_today(date(2014, 3, 13), CALENDAR, holidays)] == [Reminder.BEFORE]
    assert due_today(date(2014, 3, 21), CALENDAR, holidays) == []
    assert [one.kind for one in due_today(date(2014, 3, 24), CALENDAR, holidays)] == [Reminder.AFTER]


def test_of_periods_the_deadline_counts_and_not_the_last_day():
    calendar = Calendar((date(2026, 1, 31),), 0, "month", {date(2026, 1, 31): date(2026, 2, 10)})
    (due,) = due_today(date(2026, 2, 5), calendar)
    assert (due.kind, due.reporting_date, due.deadline) == (Reminder.BEFORE, date(2026, 1, 31), date(2026, 2, 10))


# ── letters ──────────────────────────────────────────────────────────────────────────────────────────────
def is_made(folder: Path) -> None:
    office = Office(folder)
    office.receives("01", date(2014, 1, 30))
    office.receives("10")
    registry = write_registry(FORM, Registry(SCHOOLS, (HEAD,)), MARCH)
    (office.input / "registry.xlsx").write_bytes(registry)


@pytest.fixture
def office(once: Once, tmp_path: Path) -> Office:
    once("reminders", is_made)
    return Office(Path(shutil.copytree(once.folder / "reminders", tmp_path / "office")))


def reminded(office: Office, day: date, settings: Settings = SETTINGS) -> list[str]:
    now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return remind_all(office.input, office.output, settings, now).lines


def reminders(office: Office) -> dict[str, Waiting]:
    return {one.path.stem.removeprefix("napominanie-"): one for one in waiting(office.output)}


OWE = sorted(one.code for one in SCHOOLS if one.in_being(MARCH) and one.code != "10")


@pytest.mark.parametrize(
    ("day", "subject"),
    [
        (date(2014, 3, 14), "Отчёт на 20.03.2014 — до 20.03.2014"),
        (date(2014, 3, 21), "Отчёт на 20.03.2014 не получен"),
        (date(2014, 3, 27), "Отчёт на 20.03.2014 не получен: после срока прошла неделя"),
    ],
)
def test_only_who_owes_is_reminded_with_the_form_filled_in(office: Office, day: date, subject: str):
    reminded(office, day)
    letters = reminders(office)
    assert sorted(letters) == OWE  # and not № 10, which has reported, be it before the date
    assert {one.subject for one in letters.values()} == {f"{NAMES[code]}: {subject}" for code in OWE}
    [(name, form)] = attached(letters["01"].message).items()
    assert name == "01-blank.xlsx"
    path = office.output / "form.xlsx"
    path.write_bytes(form)
    values = [cell.value for row in openpyxl.load_workbook(path)["Отчёт"].iter_rows() for cell in row]
    assert "Сетевой город" in values  # of January's report
    copied = [one.recipients for one in letters.values() if "head@example.org" in one.recipients]
    assert bool(copied) is (day == date(2014, 3, 27))
    assert letters["01"].recipients[0] == "s01@example.org"
    has_former = {
        code for code, one in letters.items() if "бланк школы с тем, что принято из прежнего отчёта" in body(one)
    }
    assert has_former == {"01"}  # nothing has ever come from the others
    assert "Во вложении — бланк школы. " in body(letters["11"])


def test_a_day_with_nothing_due_leaves_nothing_behind(office: Office):
    assert reminded(office, date(2014, 3, 13)) == []
    assert not office.output.exists()


def test_switched_off_nothing_is_due(office: Office):
    assert reminded(office, date(2014, 3, 21), Settings(timezone="UTC")) == []
    assert not office.output.exists()


def test_the_same_reminder_is_the_same_letter_on_the_days_after(office: Office):
    reminded(office, date(2014, 3, 21))
    first = {code: one.key("s@example.org") for code, one in reminders(office).items()}
    assert reminded(office, date(2014, 3, 24)) == []
    assert {code: one.key("s@example.org") for code, one in reminders(office).items()} == first
    reminded(office, date(2014, 3, 27))
    assert not set(first.values()) & {one.key("s@example.org") for one in reminders(office).values()}


def test_a_reminder_that_waits_is_taken_back_when_the_report_has_come(office: Office):
    reminded(office, date(2014, 3, 21))
    office.receives("11")
    reminded(office, date(2014, 3, 24))
    assert "11" not in reminders(office)
    office.receives("01")
    office.runs(MARCH, Settings(timezone="UTC", mail=Mail(reminders=True, schools=True)))
    assert "01" not in reminders(office)


def test_a_reminder_is_taken_back_by_a_run_that_writes_to_no_school(office: Path):
    reminded(office, date(2014, 3, 21))
    office.receives("11")
    office.runs(MARCH, SETTINGS)
    assert "11" not in reminders(office)
    assert "01" in reminders(office)


def test_a_school_whose_report_was_in_the_last_picture_is_not_reminded_though_the_file_is_gone(office: Office):
    office.runs(MARCH, SETTINGS)
    (office.input / f"10 {MARCH}.xlsx").unlink()
    reminded(office, date(2014, 3, 21))
    assert "10" not in reminders(office)


def receives_undated(office: Office) -> Path:
    path = office.input / "11.xlsx"
    office.receives("11", name=path.name)
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and "20.03.2014" in cell.value:
                cell.value = "по состоянию на"
    book.save(path)
    return path


def test_a_school_whose_file_cannot_be_read_as_a_report_is_not_told_that_nothing_came(office: Office):
    receives_undated(office)
    reminded(office, date(2014, 3, 21))
    assert "11" not in reminders(office)


def test_a_school_that_has_had_an_answer_is_not_told_that_nothing_came_and_reminded_all_the_same(office: Office):
    file = receives_undated(office)
    office.runs(MARCH, Settings(timezone="UTC", mail=Mail(schools=True, reminders=True)))
    answered = office.output / str(MARCH) / "outbox" / "shkola-11.eml"
    answered.parent.with_name("sent").mkdir()
    answered.rename(answered.parent.with_name("sent") / answered.name)
    file.unlink()
    reminded(office, date(2014, 3, 21))
    letters = reminders(office)
    assert set(OWE) <= set(letters)
    assert letters["11"].subject == f"{NAMES['11']}: Отчёт на 20.03.2014 не принят"
    assert "принятого отчёта школы пока нет" in body(letters["11"])
    assert letters["01"].subject == f"{NAMES['01']}: Отчёт на 20.03.2014 не получен"
    reminded(office, date(2014, 3, 27))
    last = reminders(office)["11"]
    assert last.subject == f"{NAMES['11']}: Отчёт на 20.03.2014 не принят: после срока прошла неделя"
    assert "head@example.org" in last.recipients


def test_a_school_without_an_address_is_named(office: Office):
    registry = Registry(tuple(replace(one, email="" if one.code == "01" else one.email) for one in SCHOOLS))
    (office.input / "registry.xlsx").write_bytes(write_registry(FORM, registry, MARCH))
    said = reminded(office, date(2014, 3, 21))
    assert any("нет адреса" in line and NAMES["01"] in line for line in said)
    assert "01" not in reminders(office)


def test_a_reminder_names_no_other_school(office: Office):
    reminded(office, date(2014, 3, 27))
    for code, letter in reminders(office).items():
        told = letter.subject + body(letter) + body(letter, "html")
        others = [name for other, name in NAMES.items() if other != code and not NAMES[code].startswith(name)]
        assert not [name for name in others if name in told.replace(NAMES[code], "")]


def test_every_day_of_a_month_each_reminder_once(office: Office):
    """The computer is on every day: three letters a school and no fourth."""
    keys = set()
    for number in range(40):
        reminded(office, date(2014, 3, 1) + timedelta(days=number))
        keys |= {(code, one.key("")) for code, one in reminders(office).items() if one.as_of == MARCH}
    assert sorted(code for code, _ in keys) == sorted(OWE * 3)


def test_a_damaged_journal_stops_no_reminder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    office = Office(tmp_path)
    office.receives("01")
    office.keeps()
    office.output.mkdir()
    (office.output / "journal.db").write_bytes(b"no journal" * 1000)
    remind_all(office.input, office.output, SETTINGS, datetime(2014, 3, 14, 9, tzinfo=UTC))
    assert "Журнал journal.db повреждён и отложен" in capsys.readouterr().out
    assert list(office.output.glob("journal.db.damaged-1"))
