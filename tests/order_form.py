"""The order's three-column form as raw cells, in as many layouts as people make of it. No workbook is written."""

from dataclasses import dataclass, field

from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.schools import Schools
from schemas.addresses import Spot
from schemas.district import Registry, School
from schemas.form import Form, Kind, load_form
from schemas.remarks import Remark
from schemas.reports import Fact, ReportRead

FORM = load_form("form-547")
REGISTRY = Registry(
    (
        School("01", "МБОУ СОШ № 1", bases={"teachers": 42, "pupils": 612, "parents": 574, "able": 548}),
        School("10", "МБОУ СОШ № 10", bases={"teachers": 20, "pupils": 200, "parents": 180, "able": 150}),
        School("11", "МБОУ ООШ № 11", bases={"teachers": 19, "pupils": 150, "parents": 140, "able": 100}),
        School("12", "МБОУ НОШ № 12", bases={"teachers": 8, "pupils": 60, "parents": 55, "able": 50}),
    )
)
SCHOOLS = Schools(REGISTRY)

ANSWERS: dict[str, str | float] = {
    "1": "Иванова Мария Петровна; заместитель директора по УВР",
    "2": "Сетевой город",
    "3": "приказ № 12 от 05.12.2013",
    "4.1": "приказ № 14 от 10.12.2013",
    "4.2": "приказ № 15 от 11.12.2013",
    "5.1": "приказ № 16 от 12.12.2013",
    "6.1": "42/100%",
    "6.2": "331 из 574 (58%)",
    "6.3": "597 чел. / 97,5 %",
    "7": "родительские собрания",
    "8": "50,5% (1-11 классы)",
    "9": "31 %",
    "10.1": "21/50%",
    "10.2": "287/50%",
    "10.3": "306/50%",
    "11": "есть",
    "12.1": "61% (1-11 классы)",
    "12.2": "95 %",
    "12.3": "не предусмотрено",
    "13": "88%",
    "14": "44,5% (1-11 классы)",
}
ACT_TITLES = {"4.1": "Положение об электронном дневнике", "4.2": "Регламент", "5.1": "Должностная инструкция учителя"}


@dataclass
class OrderForm:
    """What is on the sheet, as rows of three texts; tests change it before `sheet()`."""

    school: str = "МБОУ СОШ № 1"
    as_of: str = "20.03.2014"
    form: Form = FORM
    answers: dict[str, str | float] = field(default_factory=lambda: dict(ANSWERS))
    problems: list[tuple[str, str]] = field(default_factory=lambda: [("Слабый интернет", "Подана заявка")])
    rows: list[list[object]] = field(default_factory=list)
    top: int = 1
    left: int = 1
    name: str = "Лист1"

    def __post_init__(self) -> None:
        self.rows = self.rows or [*self._head(), *self._items(), *self._tail()]

    def row_of(self, number: str) -> int:
        return next(i for i, row in enumerate(self.rows) if row and row[0] == number)

    def sheet(self, hidden: bool = False) -> Sheet:
        cells = {}
        for r, row in enumerate(self.rows):
            for c, value in enumerate(row):
                if value is not None and value != "":
                    cell = value if isinstance(value, Cell) else Cell(float(value) if isinstance(value, int) else value)
                    cells[Spot(self.top + r, self.left + c)] = cell
        return Sheet(self.name, cells, hidden)

    def _head(self) -> list[list[object]]:
        return [
            ["Форма отчёта"],
            ["о введении электронных дневников учащихся"],
            [f"в {self.school}"],
            [f"по состоянию на {self.as_of}"],
            [],
            ["№", "Мероприятия", "Выполнение"],
        ]

    def _items(self) -> list[list[object]]:
        rows: list[list[object]] = []
        for item in self.form.items:
            rows.append([item.number, item.title, self.answers.get(item.number, "")])
            if item.kind is Kind.ACTS:
                acts = [n for n in self.answers if n.rpartition(".")[0] == item.number]
                rows += [[n, ACT_TITLES.get(n, "Положение"), self.answers[n]] for n in acts]
        return rows

    def _tail(self) -> list[list[object]]:
        rows: list[list[object]] = [[], [self.form.problems.title], ["№", "Содержание проблемы", "Решение проблемы"]]
        rows += [[float(n), problem, solution] for n, (problem, solution) in enumerate(self.problems, start=1)]
        return [*rows, [], ["Директор ____________ /______________/"]]


def read(*sheets: Sheet, form: Form = FORM) -> tuple[tuple[ReportRead, ...], tuple[Remark, ...]]:
    return read_book(Book(sheets), form, SCHOOLS)


def read_one(order_form: OrderForm) -> tuple[ReportRead, list[Remark]]:
    reports, remarks = read(order_form.sheet(), form=order_form.form)
    assert len(reports) == 1
    return reports[0], list(remarks)


def said(report: ReportRead) -> dict[tuple[str, str], str | float]:
    """(item, field) -> value, notes left out."""
    return {(f.item, f.field): f.value for f in report.facts if f.field != "note"}


def notes(report: ReportRead) -> list[Fact]:
    return [f for f in report.facts if f.field == "note"]
