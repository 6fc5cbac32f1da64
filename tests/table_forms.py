"""Two forms with tables of rows and columns, and returns on them as raw cells. No workbook is written."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.schools import Schools
from schemas.addresses import Spot
from schemas.district import Registry, School
from schemas.form import Form
from schemas.remarks import Remark
from schemas.reports import ReportRead
from tests.figure_reports import HEALTH as HEALTH
from tests.figure_reports import MEALS as MEALS

DATA = Path(__file__).parent / "data"
SCHOOLS = Schools(Registry((School("01", "МБОУ СОШ № 1"), School("02", "МБОУ СОШ № 2"))))

Row = Sequence[object]

MEALS_HEADINGS: Row = (
    "№ п/п", "Категория обучающихся", "Питались, чел.", "Стоимость питания в день, руб.", "Дето-дней за месяц",
    "Всего, руб. (гр. 4 × гр. 5)",
)  # fmt: skip
MEALS_ROWS: list[Row] = [
    ("1", "1–4 классы", 213, 97.26, 2801, 272425.26),
    ("1.1", "в том числе дети с ОВЗ", 13, "х", 190, 18479.4),
    ("2", "5–9 классы", 211, 107.85, 2909, 313735.65),
    ("2.2", "в том числе дети с ОВЗ", 15, "х", 225, 24266.25),
    ("4", "Всего (стр. 1 + стр. 2 + стр. 3)", 424, 102.66, 5710, 586160.91),
]
MEALS_ITEMS: list[Row] = [
    ("№ п/п", "Показатель", "Значение"),
    ("5", "Число дней питания в отчётном месяце", 15),
    ("6", "Поступило родительской платы, тыс. руб.", 40.08),
]
GRADES: list[Row] = [
    ("1. Занимаются в спортивных секциях и кружках, чел.",),
    ("№", "Класс", "Всего", "из них девочек", "из них с ОВЗ"),
    ("1.1", "1 класс", 29, 14, 1),
    ("1.10", "10 класс", 17, 7, "–"),
    ("1.12", "Итого", 46, 21, 1),
]
HEALTH_ITEMS: list[Row] = [
    ("№", "Показатель", "Сведения"),
    ("2", "Кто организует горячее питание (школа / комбинат питания / предприниматель)", "комбинат"),
    ("3", "Формы работы (можно несколько)", "1, 2, 5"),
    ("4", "Проведено мероприятий с начала года, ед.", 6),
    ("5", "Пропущено по болезни дней в среднем на одного обучающегося за квартал", "5,3"),
]
EVENTS: list[Row] = [
    ("6. Мероприятия квартала",),
    ("№", "Дата", "Название", "Участников", "Ссылка на публикацию"),
    ("1", "13.01.2026", "Кросс", "23 чел.", "https://school03.example.org/news/746"),
    ("2", "21.02.26", "День здоровья", 30, "нет"),
]
SIGNATURE: list[Row] = [(), ("Директор ______________ (подпись)",)]


def head(title: str, school: str = "МБОУ СОШ № 1", day: str = "31.03.2026") -> list[Row]:
    return [(title,), (f"за {day}",), (f"в {school}",), ()]


def meals(
    rows: Iterable[Row] = MEALS_ROWS, headings: Row = MEALS_HEADINGS, items: Iterable[Row] = MEALS_ITEMS
) -> Sheet:
    """A return on meals."""
    return sheet_of([*head(MEALS.title), headings, *rows, (), *items, *SIGNATURE])


def health(
    grades: Iterable[Row] = GRADES, items: Iterable[Row] = HEALTH_ITEMS, events: Iterable[Row] = EVENTS
) -> Sheet:
    """A return on health."""
    return sheet_of([*head(HEALTH.title), *grades, (), *items, (), *events, *SIGNATURE])


def with_cell(rows: Iterable[Row], number: str, at: int, value: object) -> list[Row]:
    """The rows with one cell of the row so numbered typed over; the number is cell 0."""
    return [(*row[:at], value, *row[at + 1 :]) if row and row[0] == number else row for row in rows]


def sheet_of(rows: Iterable[Row], name: str = "Отчёт", top: int = 1, left: int = 1) -> Sheet:
    cells = {}
    for r, row in enumerate(rows, start=top):
        for c, value in enumerate(row, start=left):
            if value is not None and value != "":
                cells[Spot(r, c)] = as_cell(value)
    return Sheet(name, cells)


def as_cell(value: object) -> Cell:
    if isinstance(value, Cell):
        return value
    return Cell(float(value) if isinstance(value, int) else value)  # type: ignore[arg-type]


def read(*sheets: Sheet, form: Form) -> tuple[tuple[ReportRead, ...], tuple[Remark, ...]]:
    return read_book(Book(sheets), form, SCHOOLS)


def read_one(*sheets: Sheet, form: Form) -> tuple[ReportRead, list[Remark]]:
    reports, remarks = read(*sheets, form=form)
    assert len(reports) == 1
    return reports[0], [one for one in remarks if one.code not in _OF_THE_HEAD]


_OF_THE_HEAD = ("DATE-MISSING", "SCHOOL-MISSING")


def said(report: ReportRead) -> dict[str, str | float]:
    """Item -> what it is answered with; several choices joined, notes left out."""
    found: dict[str, str | float] = {}
    for fact in report.facts:
        if fact.field not in ("note", "withdrawn"):
            found[fact.item] = f"{found[fact.item]}; {fact.value}" if fact.item in found else fact.value
    return found


def codes(remarks: Iterable[Remark]) -> list[str]:
    return sorted(one.code for one in remarks)
