"""Svod's own form, filled in and read back: the real workbook, written by the program's own writer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.grid import open_book
from pipeline.reading.schools import Schools
from pipeline.settings import Limits
from pipeline.writing.form.prefill import Facts, Prefill
from pipeline.writing.form.workbook import write_form
from schemas.reports import FileRead
from tests.batch import MARCH
from tests.order_form import FORM, REGISTRY

ANSWERS: dict[str, Facts] = {
    "1": {"person": "Иванова Мария Петровна", "position": "заместитель директора по УВР"},
    "2": {"text": "«Электронная школа»"},
    "3": {"number": "12", "date": "2013-12-05"},
    "4.1": {"title": "Положение об электронном дневнике", "number": "14-од", "date": "2013-12-10"},
    "5.1": {"text": "не требуется"},
    "6.1": {"count": 42.0},
    "6.2": {"count": 331.0},
    "6.3": {"count": 597.0},
    "7": {"text": "родительские собрания, сайт школы"},
    "8": {"count": 290.0, "classes": "1-11"},
    "9": {"percent": 31.0},
    "10.1": {"count": 21.0},
    "10.2": {"count": 287.0},
    "10.3": {"count": 306.0},
    "11": {"yes": "да", "url": "https://school1.example/дневник"},
    "12.1": {"count": 350.0, "classes": "1-11"},
    "12.2": {"count": 40.0},
    "12.3": {"text": "не предусмотрено"},
    "13": {"count": 37.0},
    "14": {"count": 244.0, "classes": "1-11"},
    "problem.1": {"problem": "Слабый интернет", "solution": "Подана заявка"},
}


def own_form_file(
    name: str = "01.xlsx", day: date = MARCH, answers: Mapping[str, Facts | None] | None = None
) -> FileRead:
    """The form of the first school of the order forms' registry. `answers`: changes to the clean ones; None takes an
    answer out."""
    said = {item: facts for item, facts in {**ANSWERS, **(answers or {})}.items() if facts is not None}
    data = write_form(FORM, REGISTRY.schools[0], day, Prefill(said))
    reports, remarks = read_book(open_book(data, Limits()), FORM, Schools(REGISTRY))
    return FileRead(name, "", reports, tuple(replace(one, file=name) for one in remarks))
