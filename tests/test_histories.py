"""Random histories of schools: gaps, blanks, references, wrong figures, partial corrections, and what counts by them.

Computed once more in plain Python from what the schools said, item by item, and held against `indicators.csv`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from random import Random
from typing import Literal, NamedTuple

import pytest

from pipeline.checking.judgement import check
from pipeline.measuring.figures import Figures
from pipeline.measuring.measure import measure
from pipeline.writing.csv_files import indicators
from schemas.district import MUNICIPALITY, Registry
from schemas.reports import FileRead
from tests.batch import ALIKE, CALENDAR, file_of, moment, order_form, school
from tests.depth import cases
from tests.order_form import ANSWERS, FORM, REGISTRY

SCHOOLS = cases(80, 200)
DAYS = (date(2014, 1, 30), date(2014, 2, 25), date(2014, 3, 20), date(2014, 4, 25), date(2014, 5, 20))
BASES = {"6.2": "parents", "10.3": "pupils", "14": "able"}  # items in people, and one in percent
NOTHING = {**dict.fromkeys(ANSWERS, ""), "2": "Дневник.ру"}  # of which something counts all the same
LIMITLESS = {"12.1": "100 %", "12.2": "100 %"}

Kind = Literal["figure", "blank", "reference", "wrong", "withdrawn"]
KINDS: tuple[Kind, ...] = ("figure", "blank", "reference", "wrong", "withdrawn")
WORDS = {
    "blank": ("", "—"),
    "reference": ("без изменений", "то же", "-//-"),
    "wrong": ("131 %",),
    "withdrawn": ("снято",),
}


class Said(NamedTuple):
    """What a file says of an item; `figure`: people, or percent of item 14."""

    kind: Kind
    words: str
    figure: float = 0.0


@dataclass(frozen=True)
class Sent:
    """One file, `partial`: with nothing but these items."""

    day: date
    partial: bool
    says: Mapping[str, Said]


def history(dice: Random) -> list[Sent]:
    """At most three files a date, of one school."""
    level = {"6.2": 100.0, "10.3": 120.0, "14": 10.0}
    sent = []
    for day in DAYS:
        files = dice.choices((0, 1, 2, 3), (15, 55, 22, 8))[0]
        for number in range(files):
            says = {item: _said(item, level, dice) for item in BASES}
            sent.append(Sent(day, number > 0 and dice.random() < 0.7, says))
    return sent


def _said(item: str, level: dict[str, float], dice: Random) -> Said:
    kind = dice.choices(KINDS, (50, 25, 13, 8, 4))[0]
    if kind != "figure":
        return Said(kind, dice.choice(WORDS[kind]))
    grown = 3.0 if dice.random() < 0.9 else -5.0
    level[item] = max(1.0, level[item] + grown * dice.randint(0, 4))
    return Said(kind, f"{level[item]:.0f} {'%' if item == '14' else 'чел.'}", level[item])


def by_plain_rules(sent: list[Sent], item: str) -> dict[date, float | None]:
    """Figure that counts as of each date, None where none does. Wrong ones are handed on to no other date."""
    held: float | None = None
    shown: float | None = None
    found = {}
    for day in DAYS:
        state: float | Literal["unsaid", "nothing"] = "unsaid"
        files = [one.says[item] for one in sent if one.day == day]
        for said in files:
            former = held if state == "unsaid" else state if isinstance(state, float) else None
            match said.kind:
                case "figure":
                    state = said.figure
                case "reference":
                    state = "nothing" if former is None else former
                case "wrong" | "withdrawn":
                    state = "nothing"
        if files:
            held = held if state == "unsaid" else state if isinstance(state, float) else None
            shown = held
        found[day] = shown
    return found


class District(NamedTuple):
    histories: dict[str, list[Sent]]
    figures: dict[date, Figures]


@pytest.fixture(scope="module")
def district() -> District:
    dice = Random(13)
    histories = {f"{number:03}": history(dice) for number in range(1, SCHOOLS + 1)}
    registry = Registry(tuple(school(code) for code in histories))
    files, arrivals = [], {}
    for code, sent in histories.items():
        for number, one in enumerate(sent):
            read = _file(code, number, one, registry)
            files.append(read)
            arrivals[read.file] = moment(one.day, number)
    checked = check(files, arrivals, FORM, registry, ALIKE)
    return District(histories, {day: measure(checked, files, registry, FORM, ALIKE, day, CALENDAR) for day in DAYS})


def _file(code: str, number: int, sent: Sent, registry: Registry) -> FileRead:
    words = {item: said.words for item, said in sent.says.items()}
    return file_of(order_form(sent.day, code, {**(NOTHING if sent.partial else LIMITLESS), **words}),
                   f"{code}-{number}.xlsx", registry)  # fmt: skip


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("item", BASES)
def test_every_figure_is_that_of_plain_rules(district: District, day: date, item: str) -> None:
    rows = {row.scope: row for row in indicators(district.figures[day]).itertuples() if row.item == item}
    whole = REGISTRY.schools[0].bases[BASES[item]]
    people = []
    for code, sent in district.histories.items():
        figure = by_plain_rules(sent, item)[day]
        row = rows[code]
        if figure is None:
            assert row.schools_counted == 0, code
            continue
        covered = figure / 100 * whole if item == "14" else figure
        assert (row.schools_counted, row.covered, row.total) == (1, pytest.approx(covered), whole), code
        people.append(covered)
    municipality = rows[MUNICIPALITY]
    assert municipality.schools_counted == len(people) > SCHOOLS // 4
    assert municipality.covered == pytest.approx(sum(people))
    assert municipality.percent == pytest.approx(100 * sum(people) / (whole * len(people)))


@pytest.mark.parametrize("item", BASES)
def test_no_history_falls_unless_a_report_says_so(district: District, item: str) -> None:
    """Of each school as a municipality of its own: what is counted falls or goes only by a smaller number, by a wrong
    one, or by what the school takes back."""
    falls = 0
    for code, sent in district.histories.items():
        for before, now in _pairs(district, code, item):
            said = [one.says[item] for one in sent if one.day == now.day]
            if now.covered is not None and before.covered is not None and now.covered < before.covered:
                falls += 1
                assert any(one.kind == "figure" for one in said), (code, now.day)
            if now.covered is None and before.covered is not None:
                assert any(one.kind in ("wrong", "withdrawn", "reference") for one in said), (code, now.day)
    assert falls, "no fall was made: the test holds nothing"


class _Counted(NamedTuple):
    day: date
    covered: float | None


def _pairs(district: District, code: str, item: str) -> Iterator[tuple[_Counted, _Counted]]:
    course = []
    for day, figures in district.figures.items():
        rows = figures.coverage[(figures.coverage["school_code"] == code) & (figures.coverage["item"] == item)]
        [covered] = rows["covered"]
        course.append(_Counted(day, None if covered != covered else float(covered)))
    yield from pairwise(course)


def test_every_picture_balances(district: District) -> None:
    for figures in district.figures.values():
        assert figures.reconciliation.items["holds"].all()
        assert {one.why for one in figures.reconciliation.taken} <= {"blank", "partial", "reference"}
