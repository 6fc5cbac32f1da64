"""Reports of figures with a unit, as read: a form of another order, a table of what each school says, no sheet."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from schemas.district import Registry, School
from schemas.form import Form, Kind, load_form
from schemas.reports import Fact, FileRead, ReportRead

DATA = Path(__file__).parent / "data"
MEALS, HEALTH = load_form(DATA / "form-31.toml"), load_form(DATA / "form-88.toml")
JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)
SPRING, SUMMER = date(2026, 3, 31), date(2026, 6, 30)

Said = Mapping[str, float | str | list[str] | None]  # item -> figure, words, choices; None: left blank

# A report of each order in which all agrees.
OF_MEALS: Said = {
    "1/дети": 100, "1/цена": 90.5, "1/дето-дни": 1500, "1/сумма": 135_750,
    "1.1/дети": 10, "1.1/дето-дни": 150, "1.1/сумма": 13_575,
    "2/дети": 80, "2/цена": 100.25, "2/дето-дни": 1200, "2/сумма": 120_300,
    "2.1/дети": 20, "2.1/дето-дни": 300, "2.1/сумма": 30_075,
    "2.2/дети": 0, "2.2/дето-дни": 0, "2.2/сумма": 0,
    "3/дети": 20, "3/цена": 110, "3/дето-дни": 300, "3/сумма": 33_000,
    "3.1/дети": 5, "3.1/дето-дни": 75, "3.1/сумма": 8_250,
    "4/дети": 200, "4/цена": 96.35, "4/дето-дни": 3000, "4/сумма": 289_050,
    "5": 15, "6": 40.25,
}  # fmt: skip
OF_HEALTH: Said = {
    **{f"1.{grade}/{column}": figure for grade in range(1, 12) for column, figure in
       (("всего", 20), ("девочки", 9), ("овз", 1))},
    "1.12/всего": 220, "1.12/девочки": 99, "1.12/овз": 11,
    "2": ["школа"], "3": ["конкурсы", "классные часы"], "4": 6, "5": 4.1,
    "6.1/дата": "2026-03-20", "6.1/название": "Кросс", "6.1/участники": 40,
}  # fmt: skip


def school_of_meals(code: str = "01", senior: float = 30) -> School:
    return School(code, f"СОШ № {int(code)}", bases={"junior": 120, "middle": 90, "senior": senior})


def registry(form: Form, *codes: str) -> Registry:
    """Of health no school's people are asked for, but its plan."""
    known = codes or ("01",)
    if form is MEALS:
        return Registry(tuple(map(school_of_meals, known)))
    return Registry(tuple(School(code, f"СОШ № {int(code)}", plans={"5": 4.5}) for code in known))


def file_of(said: Said, day: date, code: str = "01", name: str = "", form: Form | None = None) -> FileRead:
    """A file with one report; every item has its own cell."""
    form = form or (HEALTH if "1.12/всего" in said else MEALS)
    facts = tuple(fact for item, answer in said.items() for fact in _facts(form.item(item).kind, item, answer))
    cells = {item: f"C{row}" for row, item in enumerate(said, 7)}
    facts = tuple(fact._replace(cell=cells[fact.item]) for fact in facts)
    written = frozenset(fact.item for fact in facts)
    report = ReportRead("Отчёт", code, f"СОШ № {int(code)}", day, facts, cells, written)
    return FileRead(name or f"{code}-{day}.xlsx", "", (report,))


def unreadable(file: FileRead, item: str) -> FileRead:
    """Its answer to the item is written and not understood."""
    [report] = file.reports
    facts = tuple(fact for fact in report.facts if fact.item != item)
    return replace(file, reports=(replace(report, facts=facts),))


def _facts(kind: Kind, item: str, answer: float | str | list[str] | None) -> list[Fact]:
    match answer:
        case None:
            return []
        case list():
            return [Fact(item, "choice", title, "") for title in answer]
        case str():
            return [Fact(item, "date" if kind is Kind.DATE else "text", answer, "")]
        case _:
            return [Fact(item, "value", float(answer), "")]
