"""Pre-filled forms on their whole way: handed out, filled in and saved by LibreOffice, sent back, accepted."""

import math
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline import monthly
from pipeline.commands.forms import hand_out_forms
from pipeline.measuring.figures import State
from pipeline.settings import Settings
from pipeline.wording import message
from schemas import own_form
from schemas.district import School
from schemas.form import Item, Kind, load_form
from schemas.remarks import Severity
from tests.conftest import NOW, Once, Run, do_main_job
from tests.libreoffice import needs_libreoffice, saved_together
from tests.test_form_checks import ANSWER, CHECK, COUNT, MEASURE, SHARE, numbered

FORM = load_form("form-547")
MARCH, MAY = date(2014, 3, 20), date(2014, 5, 20)
# How far the schools have come by the next date: all that they must be ready with, and logins before activation.
LOGINS, THE_REST = 0.95, 0.9


@pytest.fixture(scope="module")
def handed_out(once: Once) -> tuple[Run, Path]:
    return once("handed out", forms_handed_out)


def forms_handed_out(folder: Path) -> tuple[Run, Path]:
    """A district with two dates, and its forms for the third."""
    run = do_main_job(folder, schools=10, dates=2)
    handed = hand_out_forms(monthly.Job.of(run.input, run.output, MAY, Settings(), NOW), "")
    assert handed.forms == 10
    return run, handed.folder


@needs_libreoffice
def test_forms_filled_with_the_next_dates_answers_are_accepted_without_a_remark(handed_out, tmp_path):
    run, forms = handed_out
    input = Path(shutil.copytree(run.input, tmp_path / "input"))
    schools = run.done.survey.intake.registry.schools
    paths = [next(forms.glob(f"{school.code}-*.xlsx")) for school in schools]
    filled = [filled_in(path, school) for path, school in zip(paths, schools, strict=True)]
    for saved, school in zip(saved_together(filled, tmp_path), schools, strict=True):
        place = input / f"май-{school.code}.xlsx"
        shutil.copy(saved, place)
        moment = datetime(MAY.year, MAY.month, MAY.day, 3, tzinfo=UTC).timestamp()
        os.utime(place, (moment, moment))
    figures = monthly.take_survey(monthly.Job.of(input, run.output, MAY, Settings(), NOW)).figures
    # What is handed out holds last time's accepted answers, those with a warning among them; and a total that was
    # wrong last time jumps back.
    planted = {(fault.school, code) for fault in run.district.planted for code in fault.codes}
    said = [(one.school, one.item, one.code, one.cell) for one in figures.remarks
            if one.file.startswith("май-") and one.severity is not Severity.INFO]  # fmt: skip
    assert [one for one in said if (one[0], one[2]) not in planted] == []
    assert {line.state for line in figures.submissions} <= {State.ACCEPTED, State.ACCEPTED_WITH_REMARKS}
    assert {line.days_late for line in figures.submissions} == {0}


def test_an_answer_that_was_set_aside_is_left_empty_with_the_remark_beside(handed_out):
    run, forms = handed_out
    assert run.done.figures.reconciliation.set_aside
    for one in run.done.figures.reconciliation.set_aside:
        sheet = load_workbook(next(forms.glob(f"{one.school.code}-*.xlsx")))[own_form.SHEET]
        row = rows_of(sheet)[one.item]
        assert sheet.cell(row, COUNT).value is None, (one.school.code, one.item)
        assert message(one.remarks[0], run.done.survey.catalogue)[:30] in str(sheet.cell(row, CHECK).value)


def filled_in(path: Path, school: School) -> bytes:
    """Every yellow cell that must be answered, as a school that moves on would."""
    book = load_workbook(path, rich_text=True)
    sheet = book[own_form.SHEET]
    rows = rows_of(sheet)
    for item in FORM.items:
        for row, column, value in next_answers(item, rows, sheet, school):
            sheet.cell(row, column).value = value
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def rows_of(sheet: Worksheet) -> dict[str, int]:
    return {number: cell.row for cell in sheet["A"] if (number := numbered(cell.value))}


def next_answers(
    item: Item, rows: dict[str, int], sheet: Worksheet, school: School
) -> Iterator[tuple[int, int, str | float]]:
    row = rows[item.number]
    exempt = own_form.exemption(FORM, item)
    match item.kind:
        case Kind.COVERAGE if exempt and exempt in (sheet.cell(row, ANSWER).value, sheet.cell(row, COUNT).value):
            return
        case Kind.COVERAGE:
            yield row, COUNT, people(item, school)
            if item.classes:
                yield row, ANSWER, ""
        case Kind.VOLUME:
            yield row, SHARE, 1.0
        case Kind.PERSON:
            yield row, ANSWER, sheet.cell(row, ANSWER).value or "Иванова Мария Петровна; заместитель директора"
        case Kind.TEXT if not item.optional:
            yield row, ANSWER, sheet.cell(row, ANSWER).value or "Сетевой город"
        case Kind.DOCUMENT:
            yield row, ANSWER, sheet.cell(row, ANSWER).value or "№ 12 от 05.12.2013"
        case Kind.ACTS:
            yield from act(item, rows, sheet)
        case Kind.YES_NO:
            yield row, ANSWER, own_form.YES


def act(item: Item, rows: dict[str, int], sheet: Worksheet) -> Iterator[tuple[int, int, str]]:
    """Acts that stand there stay; a school without one issues one."""
    row = rows[f"{item.number}.1"]
    if not sheet.cell(row, MEASURE).value:
        yield row, MEASURE, "Положение об электронном дневнике"
        yield row, ANSWER, "№ 14 от 10.12.2013"


def people(item: Item, school: School) -> int:
    limits = {control.limit for control in FORM.controls}
    limited = {control.item for control in FORM.controls}
    if item.number in limits:
        return math.ceil(school.bases[item.base] * LOGINS)
    if item.number in limited:
        return math.floor(school.bases[item.base] * THE_REST)
    return int(school.bases[item.base])
