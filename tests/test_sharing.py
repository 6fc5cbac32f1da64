"""What reports say alike is held once, and nothing of what they say becomes another thing by that."""

import math
from datetime import date

from pipeline.reading.sharing import Shared
from schemas.reports import Fact, FileRead, ReportRead


def read(name: str, *values: str | float) -> FileRead:
    """Made anew at each call, as what comes from a worker is."""
    facts = tuple(Fact("".join(("6", ".1")), "count", value, "".join(("C", "16"))) for value in values)
    cells = {"".join(("6", ".1")): "".join(("C", "16"))}
    report = ReportRead("Форма", name, name, date(2014, 1, 30), facts, cells, frozenset([facts[0].item]))
    return FileRead(f"{name}.xlsx", name, (report,))


def test_a_read_is_the_same_read():
    shared = Shared()
    for name in ("01", "02"):
        assert shared.read(read(name, 25.0, "нет")) == read(name, 25.0, "нет")


def test_what_two_reports_say_alike_is_one_object():
    shared = Shared()
    (first,), (second,) = shared.read(read("01", 25.0, 30.0)).reports, shared.read(read("02", 25.0, 31.0)).reports
    assert first.facts[0] is second.facts[0]
    assert first.answer_cells is second.answer_cells
    assert first.written is second.written
    assert first.facts[1].cell is second.facts[1].cell


def test_numbers_that_are_only_equal_stay_as_they_are():
    shared = Shared()
    shared.read(read("01", 1.0, 0.0))
    (report,) = shared.read(read("02", 1, -0.0)).reports
    one, nothing = (fact.value for fact in report.facts)
    assert isinstance(one, int)
    assert isinstance(nothing, float)
    assert math.copysign(1, nothing) == -1


def test_halves_and_people_that_are_only_equal_stay_as_they_are():
    shared = Shared()
    for half, people in ((0.0, 0.0), (-0.0, -0.0), (0, 0)):
        fact = Fact("6.1", "percent", 5.0, "C16", half)
        report = ReportRead("Форма", "01", "01", None, (fact,), bases=(("teachers", people, "B5"),))
        (held,) = shared.read(FileRead("а.xlsx", "а", (report,))).reports
        assert repr((held.facts, held.bases)) == repr((report.facts, report.bases))


def test_cells_in_another_order_stay_in_it():
    """Who goes through them meets them as they were found."""
    shared = Shared()
    for cells in ({"1": "A1", "2": "A2"}, {"2": "A2", "1": "A1"}):
        report = ReportRead("Форма", "01", "01", None, (), cells)
        assert list(shared.read(FileRead("а.xlsx", "а", (report,))).reports[0].answer_cells) == list(cells)
