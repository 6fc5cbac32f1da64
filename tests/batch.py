"""Reports of invented schools on their way through checking and measuring: read from raw cells, no workbook written."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from pipeline.checking.judgement import Checked, check
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.figures import Figures
from pipeline.measuring.measure import measure
from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book
from pipeline.reading.schools import Schools
from schemas.district import Registry, School
from schemas.form import Form
from schemas.remarks import Catalogue, Remark, load_catalogue
from schemas.reports import FileRead
from tests.order_form import ANSWERS, FORM, REGISTRY, OrderForm

CATALOGUE = load_catalogue()
ALIKE = load_catalogue({"SAME-ANSWERS": "off"})  # these schools answer alike on purpose
CALENDAR = Calendar(FORM.order.reporting_dates, days_before=10)
MARCH = date(2014, 3, 20)


def school(code: str = "01", **changes: object) -> School:
    """School № 1 of the order forms under another code, base or term of being."""
    first = REGISTRY.schools[0]
    return replace(first, code=code, name=f"МБОУ СОШ № {int(code)}", **changes)  # type: ignore[arg-type]


def order_form(day: date = MARCH, code: str = "01", answers: Mapping[str, str | float] | None = None) -> OrderForm:
    """A clean order form with these answers changed; an act whose answer is blank is left out."""
    said = {**ANSWERS, **(answers or {})}
    acts = {number for number in said if number.rpartition(".")[0] in ("4", "5")}
    said = {number: words for number, words in said.items() if number not in acts or words != ""}
    return OrderForm(school=f"МБОУ СОШ № {int(code)}", as_of=f"{day:%d.%m.%Y}", answers=said)


_schools: dict[int, Schools] = {}


def schools_of(registry: Registry) -> Schools:
    """The names of a registry taken apart once, however many files are read by it."""
    return _schools.setdefault(id(registry), Schools(registry))  # which keeps it, so that its id is no other's


def file_of(form: OrderForm, name: str = "01.xlsx", registry: Registry = REGISTRY) -> FileRead:
    reports, remarks = read_book(Book((form.sheet(),)), form.form, schools_of(registry))
    return FileRead(name, "", reports, tuple(replace(said, file=name) for said in remarks))


def moment(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def checked(
    files: Iterable[FileRead],
    registry: Registry = REGISTRY,
    arrivals: Mapping[str, datetime | None] | None = None,
    catalogue: Catalogue = CATALOGUE,
    form: Form = FORM,
) -> Checked:
    return check(list(files), dict(arrivals or {}), form, registry, catalogue)


def measured(
    files: Iterable[FileRead],
    registry: Registry = REGISTRY,
    as_of: date = MARCH,
    arrivals: Mapping[str, datetime | None] | None = None,
    calendar: Calendar = CALENDAR,
    form: Form = FORM,
) -> Figures:
    files = list(files)
    judged = checked(files, registry, arrivals, ALIKE, form)
    return measure(judged, files, registry, form, CATALOGUE, as_of, calendar)


def brief(remarks: Iterable[Remark]) -> list[tuple[str, str, str, str]]:
    """Code, item, cell, severity of each, sorted."""
    return sorted((said.code, said.item, said.cell, said.severity.value) for said in remarks)
