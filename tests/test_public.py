"""The edition of the summary for a wider mailing: no person, no address and no word of a school is in it."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import openpyxl
import pandas as pd
import pytest

from pipeline import monthly
from pipeline.measuring.alone import alone
from pipeline.measuring.figures import Figures
from pipeline.measuring.public import _Leaving, public
from pipeline.sending.outbox import read
from pipeline.settings import Mail, Settings
from pipeline.writing.registry import write_registry
from schemas import decided as sheet_of
from schemas.district import Recipient, Registry, Waiver
from schemas.form import Form
from tests.batch import MARCH, order_form, school
from tests.conftest import Once, Run
from tests.figures import STATES
from tests.open_xml import breaches
from tests.order_form import FORM
from tests.test_decisions import column_of, fill
from tests.test_explained import explained
from tests.test_returned import order_form_file
from tests.workbooks import summary_workbook

FEBRUARY = date(2014, 2, 20)
NOW = datetime(2014, 3, 28, 8, tzinfo=UTC)
MORNING = datetime(2014, 3, 21, 8, tzinfo=UTC).timestamp()
SURNAME = "Щукарён"  # of everybody, and in every word of a school
LATIN = "shchukaryon"  # in addresses
BASES = {"teachers": 42, "pupils": 574, "parents": 574, "able": 548}
PUBLIC = Settings(timezone="UTC", mail=Mail(edition="public"))
CODES = ("01", "02", "03", "04")
TOO_MANY = "331 из 560 (59,1%)"


def said(where: str) -> str:
    return f"{SURNAME}-{where}"


@pytest.fixture(scope="module")
def office(once: Once) -> Path:
    return once("an office where everybody is named", _summed_up)


def _summed_up(folder: Path) -> Path:
    """February, an explanation, a decision; then March, in which they are told."""
    inbox, output = folder / "input", folder / "output"
    inbox.mkdir(parents=True)
    (inbox / "registry.xlsx").write_bytes(registry())
    for code in CODES:
        (inbox / f"{said('файл')} {code} февраль.xlsx").write_bytes(report(FEBRUARY, code))
    run(folder, FEBRUARY)
    decide(output / "2014-02-20" / "svod-2014-02-20.xlsx", inbox / "решения.xlsx")
    for code in CODES[:3]:  # the fourth is carried
        (inbox / f"{said('файл')} {code}.xlsx").write_bytes(report(MARCH, code, {"14": "150 из 100"}))
    run(folder, MARCH)
    os.utime(inbox / f"{said('файл')} 01.xlsx", (MORNING, MORNING))
    returned = next(path for path in (output / "2014-03-20" / "returns").iterdir() if path.name.startswith("01"))
    words = explained(returned.read_bytes(), said("пояснение"), "NUM-RANGE")
    (inbox / f"{said('пояснения')}.xlsx").write_bytes(words)
    os.utime(inbox / f"{said('пояснения')}.xlsx", (MORNING + 60, MORNING + 60))
    stranger = order_form(MARCH, "01")
    stranger.rows[2][0] = f"в школе имени {said('незнакомца')}"
    (inbox / f"{said('чей')}.xlsx").write_bytes(order_form_file(stranger))
    (inbox / f"{said('не книга')}.xlsx").write_bytes(b"PK no workbook")
    run(folder, MARCH)
    return folder


def run(folder: Path, day: date) -> monthly.Done:
    return monthly.run(monthly.Job.of(folder / "input", folder / "output", day, PUBLIC, NOW))


def registry() -> bytes:
    schools = tuple(
        school(code, full_name="", bases=BASES, email=f"{LATIN}{code}@example.org", aliases=(said("прежняя школа"),))
        for code in CODES
    )
    mailing = (Recipient(said("начальник"), f"{LATIN}@example.org"),)
    book = openpyxl.load_workbook(BytesIO(write_registry(FORM, Registry(schools, mailing), FEBRUARY)))
    sheet = book["Исключения"] if "Исключения" in book.sheetnames else book.create_sheet("Исключения")
    sheet.delete_rows(1, sheet.max_row)
    sheet.append(["Код школы", "Пункт", "Код замечания", "Основание", "Кто разрешил"])
    sheet.append(["02", "6.2", "TOTAL-NOT-BASE", said("основание"), said("разрешил")])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def report(day: date, code: str, answers: dict[str, str | float] | None = None) -> bytes:
    form = order_form(
        day,
        code,
        {
            "1": f"{SURNAME} Мария Петровна; {said('должность')}",
            "2": said("система"),
            "3": f"приказ № 12-{said('номер')} от 05.12.2013",
            "6.2": TOO_MANY,
            "7": said("собрания"),
            "11": f"есть, http://{LATIN}.example.org",
            "13": f"80–85 % по словам {SURNAME}",
            **(answers or {}),
        },
    )
    head = next(row for row in form.rows if row and str(row[0]).startswith("Директор"))
    head[0] = f"Директор ____________ /{SURNAME}/"
    form.rows[form.row_of("4.1")][1] = said("положение")
    problems = next(n for n, row in enumerate(form.rows) if row[1:2] == ["Содержание проблемы"])
    form.rows[problems + 1][1:] = [f"{said('мешает')} всем", f"{said('помог')}" if code == "01" else ""]
    form.rows.insert(problems + 2, [2.0, f"Слабый интернет у {SURNAME}", said("заявка")])
    book = openpyxl.load_workbook(BytesIO(order_form_file(form)))
    book.worksheets[0].title = said("лист")
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def decide(summary: Path, place: Path) -> None:
    book = openpyxl.load_workbook(summary)
    sheet = book[sheet_of.SHEET]
    column = column_of(sheet, sheet_of.TEXT)
    row = next(row for row in range(7, sheet.max_row) if sheet.cell(row, column).value)
    fill(sheet, row, said("решение"), said("исполнитель"), said("когда-нибудь"), said("почти"))
    book.save(place)


def words_in(data: bytes) -> set[str]:
    """The planted words in any part of a package, however they are cut."""
    found = set[str]()
    with ZipFile(BytesIO(data)) as package:
        for name in package.namelist():
            text = package.read(name).decode("utf-8", "replace")
            found |= set(re.findall(rf"{SURNAME}(?:-[а-яё]+)?|{LATIN}", f"{name}\n{text}", re.IGNORECASE))
    return found


def edition(folder: Path, name: str) -> bytes:
    return (folder / "output" / "2014-03-20" / name).read_bytes()


def test_the_edition_for_a_wider_mailing_names_nobody(office: Path):
    full = words_in(edition(office, "svod-2014-03-20.xlsx"))
    assert {said(where) for where in ("система", "файл", "лист", "мешает", "помог", "исполнитель", "решение")} <= full
    assert {said(where) for where in ("основание", "разрешил", "пояснение", "положение", "номер", "чей")} <= full
    assert words_in(edition(office, "svod-2014-03-20-bez-imyon.xlsx")) == set()


def test_it_is_what_leadership_gets(office: Path):
    (path,) = (office / "output" / "2014-03-20" / "outbox").glob("*.eml")
    letter = read(path.read_bytes())
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "svod-2014-03-20-bez-imyon.xlsx"
    assert attached.get_content() == edition(office, "svod-2014-03-20-bez-imyon.xlsx")
    texts = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    assert len(texts) == 2
    for text in (str(letter["Subject"]), *texts):
        assert SURNAME.casefold() not in text.casefold()
        assert LATIN not in text
    assert "Во вложении — svod-2014-03-20-bez-imyon.xlsx" in "".join(texts)


def test_the_figures_that_it_is_made_of_hold_nothing_that_it_must_not_tell(office: Path):
    job = monthly.Job.of(office / "input", office / "output", MARCH, PUBLIC, NOW)
    figures = monthly.take_survey(job).figures
    assert any(SURNAME in text for text in texts_in(figures))
    told = [text for text in texts_in(public(figures)) if SURNAME.casefold() in text.casefold() or LATIN in text]
    assert told == []


def test_the_figures_of_a_school_alone_hold_no_code_no_name_and_no_file_of_another(office: Path):
    figures = monthly.take_survey(monthly.Job.of(office / "input", office / "output", MARCH, PUBLIC, NOW)).figures
    for one in figures.schools:
        others = {text for other in figures.schools if other != one for text in (other.code, other.name)}
        others |= {source.file for source in figures.sources if source.school_code != one.code}
        assert others & {*texts_in(figures)} == others
        assert others & {*texts_in(alone(figures, one))} == set()


def texts_in(value: Any) -> Iterator[str]:
    """All texts that anything holds, however deep; of a form, which is the order's, none."""
    match value:
        case str():
            yield str(value)
        case Form():
            pass
        case pd.DataFrame():
            for name in value.columns:
                yield from texts_in(value[name].tolist())
            for _, texts in value.select_dtypes("category").items():  # also of rows that are left out
                yield from texts_in(texts.cat.categories.tolist())
        case dict():
            yield from texts_in([*value.keys(), *value.values()])
        case tuple() | list() | frozenset():
            for one in value:
                yield from texts_in(one)
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from texts_in(getattr(value, name))
        case _ if is_dataclass(value):
            for field in fields(value):
                yield from texts_in(getattr(value, field.name))


def test_what_nobody_has_said_may_be_told_is_refused(demo: Run) -> None:
    with pytest.raises(TypeError, match="nobody has said"):
        _Leaving(demo.done.figures)(object())


# ── the same figures ─────────────────────────────────────────────────────────────────────────────────────
def cells(book: openpyxl.Workbook, sheet: str) -> list[list[object]]:
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def test_its_figures_are_those_of_the_full_summary(office: Path):
    full, told = (
        openpyxl.load_workbook(BytesIO(edition(office, f"svod-2014-03-20{end}.xlsx")), data_only=True)
        for end in ("", "-bez-imyon")
    )
    left_out = set(full.sheetnames) - set(told.sheetnames)
    assert left_out == {"Решения", "Слова", "Замечания"}
    for sheet in ("Охват", "Динамика", "Этапы", "_графики"):
        pairs = list(zip(cells(full, sheet), cells(told, sheet), strict=True))[2:]
        assert [pair for pair in pairs if pair[0] != pair[1]] == [], sheet
    basis = cells(told, "Активация")[5].index("Основание")  # behind it stood the file alone
    of_schools = [[row[:basis] for row in cells(book, "Активация")[5:]] for book in (full, told)]
    assert of_schools[0] == of_schools[1]


def test_what_names_people_is_absent_and_not_blank(office: Path):
    book = openpyxl.load_workbook(BytesIO(edition(office, "svod-2014-03-20-bez-imyon.xlsx")))
    headings = {
        str(value).replace("\n", " ")
        for sheet in book.worksheets
        for row in sheet.iter_rows(max_row=12, values_only=True)
        for value in row
        if value
    }
    assert "Школа" in headings
    for gone in ("Файл", "Лист", "Ответ школы", "Проблема", "Решение", "Файл, лист и ячейка", "Как написано"):
        assert gone not in headings
    assert not any("ФИО" in heading or "ячейка" in heading for heading in headings)


def test_problems_are_told_by_group(office: Path):
    book = openpyxl.load_workbook(BytesIO(edition(office, "svod-2014-03-20-bez-imyon.xlsx")))
    rows = [row for row in cells(book, "Проблемы")[5:] if row[1]]
    groups = {group.title for group in FORM.problem_groups} | {"Другое"}
    assert rows
    assert {row[0] for row in rows} <= groups
    assert "Другое" in [row[0] for row in rows]  # what only the schools' words would name


# ── any state, any form ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["three-schools", "nobody-reported", "before-the-first-target", "all-well"])
def test_the_workbook_is_whole_and_leads_to_no_sheet_that_is_left_out(state: str):
    data = summary_workbook(public(STATES[state]()))
    assert breaches(data) == []
    sheets = openpyxl.load_workbook(BytesIO(data), read_only=True).sheetnames
    with ZipFile(BytesIO(data)) as package:
        parts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    linked = {name for part in parts for name in re.findall(r"location=\"'([^']+)'!", part)}
    used = {name for part in parts for name in re.findall(r"<f>[^<]*?'([^'<]+)'!", part)}
    assert linked
    assert linked | used <= set(sheets)


def test_of_an_exception_only_an_item_of_the_form_and_a_known_remark_are_told():
    figures = STATES["three-schools"]()
    code, known = figures.schools[0].code, FORM.items[-1].number
    typed = (("14", "ABOVE-LIMIT"), ("", "ABOVE-LIMIT"), ("6.1.1", ""), (said("пункт"), ""), (known, said("код")))
    told = public(replace(figures, waivers=tuple(Waiver(code, item, kind) for item, kind in typed)))
    assert [(one.item, one.code) for one in told.waivers[:3]] == list(typed[:3])
    assert words_in(summary_workbook(told)) == set()
    book = openpyxl.load_workbook(BytesIO(summary_workbook(told)))
    meanings = [str(row[2]) for row in cells(book, "О расчёте")]
    assert [one for one in meanings if one.startswith("пункт, которого в форме нет, ")]
    assert [one for one in meanings if ", такого замечания в перечне нет" in one]


def test_of_a_draft_registry_schools_are_called_by_their_codes():
    figures = replace(STATES["three-schools"](), draft_registry=True, before=None, undoubted=None)
    names = {one.name for one in figures.schools}
    assert not names & set(texts_in(public(figures)))


def test_another_form_has_such_an_edition_too(meals: Run):
    figures = meals.done.figures
    told = public(figures)
    assert isinstance(told, Figures)
    words = {text for text in figures.answers["text"].tolist() if len(text) > 12 and not text[0].isdigit()}
    assert words
    assert words & set(texts_in(told)) == set()
    assert breaches(summary_workbook(told)) == []


# ── where it lies ────────────────────────────────────────────────────────────────────────────────────────
def test_without_the_setting_there_is_none(few: Run):
    assert [path.name for path in few.folder.glob("svod-*.xlsx")] == [f"svod-{few.district.as_of}.xlsx"]


def test_taken_back_it_is_gone_and_leadership_gets_the_whole(office: Path, tmp_path: Path):
    folder = Path(shutil.copytree(office, tmp_path / "office"))
    monthly.run(monthly.Job.of(folder / "input", folder / "output", MARCH, Settings(timezone="UTC"), NOW))
    assert not (folder / "output" / "2014-03-20" / "svod-2014-03-20-bez-imyon.xlsx").exists()
    (path,) = (folder / "output" / "2014-03-20" / "outbox").glob("*.eml")
    (attached,) = read(path.read_bytes()).iter_attachments()
    assert attached.get_filename() == "svod-2014-03-20.xlsx"


def test_put_among_the_reports_it_counts_for_nobody(office: Path, tmp_path: Path):
    folder = Path(shutil.copytree(office, tmp_path / "office"))
    before = edition(folder, "indicators.csv")
    shutil.copy(folder / "output" / "2014-03-20" / "svod-2014-03-20-bez-imyon.xlsx", folder / "input" / "пришло.xlsx")
    run(folder, MARCH)
    assert edition(folder, "indicators.csv") == before
    findings = edition(folder, "findings.csv").decode()
    assert [line for line in findings.splitlines() if line.startswith("пришло.xlsx")] != []
