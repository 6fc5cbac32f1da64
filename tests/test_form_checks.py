"""The form's live column «Проверка»: LibreOffice computes it, the pipeline judges the same answers, both must agree.

The fillings leave out what the docstring of `pipeline.writing.form.checks` leaves to the pipeline.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from random import Random

from openpyxl import load_workbook

from pipeline.checking.judgement import check
from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book
from pipeline.reading.opening.grid import open_book
from pipeline.reading.schools import Schools
from pipeline.settings import Limits
from pipeline.writing.form.checks import TO_FILL
from pipeline.writing.form.workbook import write_form
from schemas import own_form
from schemas.district import Registry, School
from schemas.form import Item, Kind, load_form
from schemas.remarks import Severity, load_catalogue
from schemas.reports import FileRead
from tests.depth import cases
from tests.libreoffice import needs_libreoffice, shown_together

FORM = load_form("form-547")
SCHOOL = School("08", "СОШ № 8", bases={"teachers": 27.0, "pupils": 398.0, "parents": 600.0, "able": 455.0}, classes=18)
REGISTRY = Registry((SCHOOL,))
HANDED_OUT = date(2014, 3, 20)
DATES = (date(2013, 12, 23), date(2014, 1, 30), date(2014, 1, 31), HANDED_OUT, date(2014, 9, 1), date(2014, 9, 20))
FILLINGS = cases(100, 200)

# How the hint begins where the pipeline says this of an item.
SAID_AS = {
    "ANSWER-MISSING": TO_FILL,
    "ANSWER-NO": "○ нет, срок прошёл ",
    "ABOVE-LIMIT": "▼ больше, чем логинов (12.",
    "COUNT-ABOVE-TOTAL": "▼ больше, чем всего",
    "DOC-INCOMPLETE": ("▼ нужно: № … от ДД.ММ.ГГГГ", "▼ нужны название и реквизиты"),
    "COUNT-MISSING": "▼ укажите число людей",
    "NUM-ABOUT": "▼ нужно число, без слов",
    "NUM-NEGATIVE": ("▼ нужно целое число, от 0", "▼ нужно от 0 до 100 %"),
    "NUM-NONE": "▼ нужно число, без слов",
    "NUM-NOT-WHOLE": "▼ нужно целое число, от 0",
    "PCT-ABOVE-100": "▼ нужно от 0 до 100 %",
    "PERSON-INCOMPLETE": "▼ нужно: ФИО; должность",
    "PROBLEM-NO-SOLUTION": "○ решение не указано",
    "YES-NO-UNREADABLE": "▼ нужно «есть» или «нет»",
}
NOTHING_TO_DO = {"ANSWER-NO", "PROBLEM-NO-SOLUTION"}  # before the form is sent
FINE = ("● ", "○ в работе", "○ нужно до ", "○ нет, нужно до ", "○ нет, срок прошёл ", "▼ ниже плана", "–")

ANSWER, TOTAL, COUNT, SHARE, CHECK = (
    own_form.HEADINGS.index(heading) + 1
    for heading in (own_form.ANSWER, own_form.TOTAL, own_form.COUNT, own_form.SHARE, own_form.CHECK)
)
MEASURE = own_form.HEADINGS.index(own_form.MEASURE) + 1
AS_OF, STATUS = "C3", 3  # the cell of the date, the index of the row that counts

Written = dict[int, str | float]  # column -> what the school writes in a row


@dataclass
class Filling:
    """What a school writes: item -> cells of its row."""

    as_of: date
    rows: dict[str, Written] = field(default_factory=dict)


# ── at random ────────────────────────────────────────────────────────────────────────────────────────────
PERSONS = (
    "Иванова Мария Петровна; учитель физики",
    "Иванова М.П., завуч",
    "Иванова Мария Петровна",
    "учитель",
    "—",
    "",
)
PAPERS = (
    (
        "приказ № 12 от 05.12.2013",
        "№ 7-од от 9 декабря 2013 г.",
        "протокол б/н от 10.12.2013",
        "Приказ от 17.12.2013 г. № 42",
        "приказ от 17.12.2013 № б/н",
    ),
    (
        "приказ № 12",
        "приказ от 05.12.2013",
        "от 05.12.2013",
        "утверждён директором",
        "протокол",
        "приказ от 05.12.2013 №",
        "приказ от № 12",
    ),
    ("нет", "-", ""),
)
ACTS: tuple[Written, ...] = (
    {MEASURE: "Положение", ANSWER: PAPERS[0][0]},
    {MEASURE: "Регламент", ANSWER: PAPERS[0][2]},
    {MEASURE: "Регламент"},
    {MEASURE: "Положение", ANSWER: "приказ № 12"},
    {MEASURE: "не требуется"},
    {MEASURE: "Нет"},
    {ANSWER: "не требуется"},
    {MEASURE: "–"},
)


PROBLEMS: tuple[dict[str, Written], ...] = (
    {},
    {"problem.1": {MEASURE: "нет"}},
    {"problem.1": {MEASURE: "Слабый интернет", ANSWER: "Подана заявка"}, "problem.2": {MEASURE: "Нет компьютеров"}},
)


def filling(dice: Random) -> Filling:
    made = Filling(dice.choice(DATES))
    likely = dice.choice((0.5, 0.9))  # that an answer is given at all
    for item in FORM.items:
        if dice.random() < likely:
            made.rows.update(answers(item, dice))
    made.rows.update(dice.choice(PROBLEMS))
    return made


def answers(item: Item, dice: Random) -> Iterator[tuple[str, Written]]:
    """The rows of one item; right ones are likelier than wrong ones."""
    match item.kind:
        case Kind.PERSON:
            yield item.number, {ANSWER: dice.choice(PERSONS)}
        case Kind.TEXT:
            yield item.number, {ANSWER: dice.choice(("«Электронная школа»", "…", ""))}
        case Kind.DOCUMENT:
            yield item.number, {ANSWER: dice.choice(dice.choice(PAPERS))}
        case Kind.ACTS:
            for n in range(1, dice.randint(0, 3) + 1):
                yield f"{item.number}.{n}", dice.choice(ACTS)
        case Kind.COVERAGE:
            yield item.number, coverage(item, dice)
        case Kind.VOLUME:
            yield item.number, {SHARE: dice.choice((0.0, 0.83, 1.0, 1.2, -0.1, "много", "около 80 %", ""))}
        case Kind.YES_NO:
            yield item.number, {ANSWER: dice.choice(("есть", "Нет", "нет", "в следующем году", "-", ""))}


def coverage(item: Item, dice: Random) -> Written:
    whole = SCHOOL.bases[item.base]
    count = float(dice.randint(0, int(whole)))
    wrong = dice.choice((whole + 1, -3.0, 12.5, "много", "около 50", "–"))
    written: Written = {COUNT: dice.choice((count, count, count, whole, 0.0, wrong))}
    if item.classes and dice.random() < 0.5:
        written[ANSWER] = dice.choice(("1–11", "5-9, 11"))
        if dice.random() < 0.2:
            del written[COUNT]
    if own_form.exemption(FORM, item) and dice.random() < 0.3:
        written = {dice.choice((ANSWER, COUNT)): own_form.exemption(FORM, item)}
    return written


# ── filled in and computed ───────────────────────────────────────────────────────────────────────────────
def filled_in(blank: bytes, fillings: list[Filling]) -> Iterator[bytes]:
    book = load_workbook(BytesIO(blank))
    sheet = book[own_form.SHEET]
    rows = {number: cell.row for cell in sheet["A"] if (number := numbered(cell.value))}
    for made in fillings:
        sheet[AS_OF].value = datetime.combine(made.as_of, time())
        cells = {(rows[number], column): value for number, row in made.rows.items() for column, value in row.items()}
        for place, value in cells.items():
            sheet.cell(*place).value = None if value == "" else value
        target = BytesIO()
        book.save(target)
        yield target.getvalue()
        for place in cells:
            sheet.cell(*place).value = None


def numbered(value: object) -> str:
    """The item, row of acts or problem whose number stands in a cell of the first column; blank for any other cell."""
    if isinstance(value, int | float):
        return f"problem.{value:.0f}"
    return value.rstrip(".") if isinstance(value, str) and re.fullmatch(r"[0-9.]+\.", value) else ""


def hints_of(shown: list[list[str]]) -> dict[str, str]:
    """Item, row of acts or problem -> hint; the status line under a blank key. `shown`: the sheet's rows."""
    firsts = (int(row[0]) if row[0].isdecimal() else row[0] for row in shown)
    hints = {number: row[CHECK - 1] for first, row in zip(firsts, shown, strict=True) if (number := numbered(first))}
    return {"": shown[STATUS][0]} | {number: hint for number, hint in hints.items() if hint}


def codes_of(books: Iterable[Book]) -> list[dict[str, set[str]]]:
    """Of each book: item, or row of acts -> codes of what the pipeline says of its answer; of acts without a row: under
    the first.

    All are judged in one batch, each as the only report of a school of its own: none is compared with another.
    """
    schools, files = [], []
    for n, book in enumerate(books):
        schools.append(replace(SCHOOL, code=f"{n:03}"))
        reports, remarks = read_book(book, FORM, Schools(REGISTRY))
        own = tuple(replace(report, school=schools[-1].code) for report in reports)
        files.append(FileRead(f"{n:03}.xlsx", "", own, tuple(replace(said, file=f"{n:03}.xlsx") for said in remarks)))
    checked = check(files, {}, FORM, Registry(tuple(schools)), load_catalogue())
    acts = {item.number for item in FORM.items if item.kind is Kind.ACTS}
    codes: dict[str, dict[str, set[str]]] = {file.file: {} for file in files}
    for said in checked.remarks:
        if said.item and (said.severity is not Severity.INFO or said.code in NOTHING_TO_DO):
            number = f"{said.item}.1" if said.item in acts else said.item
            codes[said.file].setdefault(number, set()).add(said.code)
    return list(codes.values())


def alike(hint: str, codes: set[str]) -> bool:
    return all(hint.startswith(SAID_AS[code]) for code in codes) if codes else hint.startswith(FINE)


@needs_libreoffice
def test_form_and_pipeline_judge_random_fillings_alike(tmp_path: Path) -> None:
    """Every answer, and how many of them are still to be filled in or corrected. No code of the list goes unseen."""
    dice = Random(547)
    fillings = [filling(dice) for _ in range(FILLINGS)]
    filled = list(filled_in(write_form(FORM, SCHOOL, HANDED_OUT), fillings))
    codes_of_each = codes_of(open_book(book, Limits()) for book in filled)
    seen: set[str] = set()
    shown: set[str] = set()
    differences = []
    for made, codes, shown_now in zip(fillings, codes_of_each, shown_together(filled, tmp_path), strict=True):
        hints = hints_of(shown_now)
        seen.update(*codes.values())
        shown.update(hints.values())
        status = hints.pop("")
        for number, hint in hints.items():
            if not alike(hint, codes.get(number, set())):
                differences.append((number, hint, codes.get(number), made.rows.get(number), made.as_of))
        wrong = [number for number, said in codes.items() if said - NOTHING_TO_DO]
        if sum(map(int, re.findall("[0-9]+", status))) != len(wrong) or status.startswith("●") == bool(wrong):
            differences.append(("", status, set(wrong), None, made.as_of))
    assert differences == []
    assert seen == SAID_AS.keys()
    assert all(any(hint.startswith(said) for hint in shown) for said in (*FINE, "● Можно отправлять"))
