"""Papers beside the reports: whose they are and which, never guessed; held against the report that names them."""

import os
import shutil
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from pipeline import monthly
from pipeline.commands.rebuild import rebuild
from pipeline.measuring.figures import PAPER, Milestone
from pipeline.reading.inbox import look_into
from pipeline.reading.intake import take_in
from pipeline.settings import Limits, Settings
from schemas.district import Registry, School
from schemas.form import load_form
from schemas.remarks import load_catalogue
from schemas.reports import FileRead
from tests.conftest import NOW
from tests.holders import mailed, zipped
from tests.order_form import OrderForm
from tests.test_holders import files_of, loose, rows  # noqa: F401 - a fixture

FORM = load_form("form-547")
TITLES = [item.title for item in FORM.items if item.number in ("1", "3", "14")]
ORDER, PLAN = (paper.title for paper in FORM.order.papers)
MARCH = date(2014, 3, 20)
REGISTRY = Registry(
    (
        School("08", "СОШ № 8", full_name="МБОУ СОШ № 8", email="School8@example.org"),
        School("11", "Гимназия № 11", email="gimnazia@example.org"),
    )
)
JPEG, PDF = b"\xff\xd8\xff\xe0 scan", b"%PDF-1.4 a scan"
CAME = datetime(2014, 1, 10, 6, 0, tzinfo=UTC)


def document(*lines: str) -> bytes:
    paper = docx.Document()
    for line in lines:
        paper.add_paragraph(line)
    paper.save(file := BytesIO())
    return file.getvalue()


def printed(*lines: str) -> bytes:
    """A PDF with a text layer in Russian: one byte a letter, and what letter it is."""
    known = sorted({letter for line in lines for letter in line})
    shown = " ".join(f"<{bytes(known.index(c) + 1 for c in line).hex()}> Tj 0 -20 Td" for line in lines)
    letters = "\n".join(f"<{n:02x}> <{ord(c):04x}>" for n, c in enumerate(known, start=1))
    table = "begincmap 1 begincodespacerange <00> <ff> endcodespacerange\n"
    table += f"{len(known)} beginbfchar\n{letters}\nendbfchar endcmap"
    stream = f"BT /F1 12 Tf 50 700 Td {shown} ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 9 9] /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
        f"<< /Length {len(table)} >>\nstream\n{table}\nendstream",
    ]
    data, places = "%PDF-1.4\n", []
    for n, one in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{n} 0 obj\n{one}\nendobj\n"
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    data += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{data.index('xref')}\n%%EOF"
    return data.encode("latin-1")


def read(folder: Path, files: dict[str, bytes]) -> dict[str, FileRead]:
    from pipeline.writing.registry import write_registry

    (folder / "registry.xlsx").write_bytes(write_registry(FORM, REGISTRY, MARCH))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    inbox = look_into(folder, leave_out=folder / "none")
    intake = take_in(inbox, FORM, Limits(), load_catalogue(), 1, None, lambda done, of: None)
    return {one.file: one for one in intake.reads}


def known(files: dict[str, bytes], folder: Path) -> dict[str, tuple[str, ...]]:
    """By file: the code of what is said of it, and of a paper whose it is and which."""
    return {
        name: (one.remarks[0].code, *[word for paper in one.papers for word in (paper.school, paper.document)])
        for name, one in read(folder, files).items()
    }


GIVEN: dict[str, tuple[dict[str, bytes], dict[str, tuple[str, ...]]]] = {
    "by the file's name": (
        {"Приказ СОШ № 8.pdf": PDF, "План действий СОШ № 8.docx": document("План"), "гимназия 11 приказ.jpg": JPEG},
        {
            "Приказ СОШ № 8.pdf": ("PAPER-RECEIVED", "08", ORDER),
            "План действий СОШ № 8.docx": ("PAPER-RECEIVED", "08", PLAN),
            "гимназия 11 приказ.jpg": ("PAPER-RECEIVED", "11", ORDER),
        },
    ),
    "by the letter's sender": (
        {"а.eml": mailed({"приказ.pdf": PDF, "План действий.docx": document("План")}, "school8@EXAMPLE.org")},
        {
            "а.eml/приказ.pdf": ("PAPER-RECEIVED", "08", ORDER),
            "а.eml/План действий.docx": ("PAPER-RECEIVED", "08", PLAN),
        },
    ),
    "by the text": (
        {
            "1.docx": document("МБОУ СОШ № 8", "ПРИКАЗ", "05.12.2013 № 12-од", "О назначении ответственного лица"),
            "2.pdf": printed("Гимназия № 11", "План действий на 2014 год"),
        },
        {"1.docx": ("PAPER-BY-TEXT", "08", ORDER), "2.pdf": ("PAPER-BY-TEXT", "11", PLAN)},
    ),
    "nobody's": (
        {"приказ.pdf": PDF, "скан.jpg": JPEG, "План действий.docx": document("План"), "Приказ СОШ № 99.pdf": PDF},
        {
            "приказ.pdf": ("FILE-KIND",),
            "скан.jpg": ("FILE-KIND",),
            "План действий.docx": ("FILE-NO-FORM",),
            "Приказ СОШ № 99.pdf": ("FILE-KIND",),
        },
    ),
    "of two schools": (
        {"а.eml": mailed({"Приказ гимназии № 11.pdf": PDF}, "school8@example.org")},
        {"а.eml/Приказ гимназии № 11.pdf": ("FILE-KIND",)},
    ),
    "of another kind": (  # an order, but about something else; none that is asked for
        {"Приказ СОШ № 8 об утверждении положения.pdf": PDF, "Справка СОШ № 8.pdf": PDF},
        {
            "Приказ СОШ № 8 об утверждении положения.pdf": ("FILE-KIND",),
            "Справка СОШ № 8.pdf": ("FILE-KIND",),
        },
    ),
    "a scan of a report": (
        {"Отчёт СОШ № 8.pdf": PDF, "отчет по плану действий СОШ № 8.jpg": JPEG},
        {"Отчёт СОШ № 8.pdf": ("FILE-KIND",), "отчет по плану действий СОШ № 8.jpg": ("FILE-KIND",)},
    ),
    "a report that names papers": (
        {
            "СОШ 8.pdf": printed("МБОУ СОШ № 8", "Информация об исполнении приказа № 547", "План действий утверждён"),
            "ответ СОШ 8.docx": document("Информация на 30.01.2014", "План действий утверждён приказом № 14"),
            "СОШ № 8.docx": document("Отчёт о введении электронных дневников", "План действий утверждён"),
            "приказ СОШ 8.docx": document("Отчёт МБОУ СОШ № 8"),
            "Сведения_план действий_СОШ 8.pdf": PDF,
        },
        {
            "СОШ 8.pdf": ("FILE-KIND",),
            "ответ СОШ 8.docx": ("FILE-NO-FORM",),
            "СОШ № 8.docx": ("FILE-NO-FORM",),
            "приказ СОШ 8.docx": ("FILE-NO-FORM",),
            "Сведения_план действий_СОШ 8.pdf": ("FILE-KIND",),
        },
    ),
    "the printed form": (
        {
            "СОШ 8.pdf": printed("МБОУ СОШ № 8", "приказ о назначении ответственного № 12", *TITLES),
            "приказ СОШ 8.pdf": printed("МБОУ СОШ № 8", *TITLES),
        },
        {"СОШ 8.pdf": ("FILE-KIND",), "приказ СОШ 8.pdf": ("FILE-KIND",)},
    ),
    "named far down in its text": (
        {"СОШ 8.docx": document("МБОУ СОШ № 8", "Добрый день. " * 30, "План действий прилагаем.")},
        {"СОШ 8.docx": ("FILE-NO-FORM",)},
    ),
    "the order of the office": (
        {
            "приказ 547 СОШ 8.docx": document("Приказ"),
            "547 приказ СОШ №8.pdf": PDF,
            "приказ СОШ 8.docx": document("Управление образования", "ПРИКАЗ № 547 от 09.12.2013"),
            "Приказ СОШ № 8.docx": document("ПРИКАЗ № 12 от 05.12.2013", "Во исполнение приказа № 547 от 09.12.2013"),
        },
        {
            "приказ 547 СОШ 8.docx": ("FILE-NO-FORM",),
            "547 приказ СОШ №8.pdf": ("FILE-KIND",),
            "приказ СОШ 8.docx": ("FILE-NO-FORM",),
            "Приказ СОШ № 8.docx": ("PAPER-RECEIVED", "08", ORDER),
        },
    ),
}


@pytest.mark.parametrize("case", GIVEN)
def test_a_paper_is_known_where_something_says_whose_and_which(tmp_path: Path, case: str):
    files, expected = GIVEN[case]
    assert known(files, tmp_path) == expected


@pytest.mark.parametrize(("name", "unclear"), [("1.docx", {"1.docx"}), ("План действий СОШ № 8.docx", set())])
def test_a_paper_known_by_its_text_alone_is_to_be_looked_at(tmp_path: Path, name: str, unclear: set[str]):
    (tmp_path / "input").mkdir()
    read(tmp_path / "input", {name: document("МБОУ СОШ № 8", "План действий на 2014 год")})
    done = monthly.run(monthly.Job.of(tmp_path / "input", tmp_path / "output", MARCH, Settings(), NOW))
    assert {one.file for one in done.figures.unattributed} == unclear
    assert [(row["severity"], row["school_code"]) for row in rows(tmp_path, "findings.csv") if row["file"] == name] == [
        ("warning" if unclear else "info", "08")
    ]


def workbook(third: str) -> bytes:
    """A report of СОШ № 8 that names its plan so."""
    form = OrderForm(school="МБОУ СОШ № 8")
    form.rows[form.row_of("3")][2] = third
    book = openpyxl.Workbook()
    for row in form.rows:
        book.active.append(row)
    book.save(file := BytesIO())
    return file.getvalue()


@pytest.mark.parametrize(
    ("third", "lines", "said"),
    [
        (
            "приказ № 12 от 05.12.2013",
            ["УТВЕРЖДЁН приказом от 06.12.2013 № 14"],
            ("№ 12 от 05.12.2013", "№ 14 от 06.12.2013"),
        ),
        ("приказ № 12 от 05.12.2013", ["УТВЕРЖДЁН приказом № 12 от 05.12.2013"], None),
        ("приказ № 12-ОД от 05.12.2013", ["Приказ № 12 од от 05.12.2013"], None),
        ("приказ № 12 от 05.12.2013", ["Во исполнение приказа управления № 547 от 09.12.2013"], None),
        ("приказ № 12 от 05.12.2013", ["без реквизитов"], None),
        ("есть", ["УТВЕРЖДЁН приказом № 12 от 05.12.2013"], None),
    ],
)
def test_number_and_date_of_a_paper_are_held_against_the_report(
    tmp_path: Path, third: str, lines: list[str], said: tuple[str, str] | None
):
    paper = document(*lines, "План действий МБОУ СОШ № 8")
    found = read(tmp_path, {"план.docx": paper, "форма.xlsx": workbook(third)})
    assert found["план.docx"].papers
    differing = [one for one in found["форма.xlsx"].remarks if one.code == "PAPER-DIFFERS"]
    assert [(one.value, dict(one.data)["there"], one.item, one.school) for one in differing] == (
        [(*said, "3", "08")] if said else []
    )


def test_a_paper_that_has_come_is_ticked_off_and_blames_nobody_else(loose: Path, tmp_path: Path):  # noqa: F811
    shutil.copytree(loose / "input", tmp_path / "input")
    registry = openpyxl.load_workbook(tmp_path / "input" / "registry.xlsx")["Школы"]
    headings = [cell.value for cell in registry[1]]
    first = {heading: cell.value for heading, cell in zip(headings, registry[2], strict=True)}
    letter = mailed({"приказ.pdf": PDF}, first["Электронная почта"], received=CAME)
    (tmp_path / "input" / "письмо.zip").write_bytes(zipped({"от школы.eml": letter}))
    done = monthly.run(monthly.Job.of(tmp_path / "input", tmp_path / "output", MARCH, Settings(), NOW))
    measures = done.figures.measures
    states = measures[measures["measure"] == ORDER].set_index("school_code")["state"].to_dict()
    code = str(first["Код"])
    assert states.pop(code) is Milestone.DONE
    assert set(states.values()) == {Milestone.NOT_CHECKED}
    (source,) = [one for one in done.figures.sources if one.outcome == PAPER]
    assert source.file == "письмо.zip/от школы.eml/приказ.pdf"
    assert source.file not in {one.file for one in done.figures.unattributed}
    findings = [row for row in rows(tmp_path, "findings.csv") if row["file"] == source.file]
    assert [(row["code"], row["severity"], row["school_code"]) for row in findings] == [
        ("PAPER-RECEIVED", "info", code)
    ]
    for path in files_of(tmp_path):
        os.unlink(path)
    again = rebuild(tmp_path / "output", MARCH, lambda done, of: None)
    assert again.is_the_same, again.lines
