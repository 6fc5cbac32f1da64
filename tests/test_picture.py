"""The picture as of a date: each school's latest report up to it, and what becomes of all the others."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checking.judgement import Checked
from pipeline.checking.table import Report, answers_table
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.picture import Outcome, outcome, outcomes_of, picture, said_of_outcomes
from schemas.district import Registry
from schemas.remarks import Remark
from tests.batch import school
from tests.order_form import FORM

JANUARY, MARCH, MAY = date(2014, 1, 30), date(2014, 3, 20), date(2014, 5, 20)
CALENDAR = Calendar((JANUARY, MARCH, MAY), days_before=10)
REGISTRY = Registry((school("01"), school("02"), school("03")))


def report(code: str, as_of: date | None, hour: int | None = 0, file: str = "") -> Report:
    """`hour`: of arrival, counted from one moment; None: not known."""
    arrived = None if hour is None else datetime(2014, 6, 1, tzinfo=UTC) + timedelta(hours=hour)
    return Report(
        0, file or f"{code}-{as_of}-{hour}.xlsx", "Отчёт", code, as_of, arrived, {}, frozenset(), (), own_form=False
    )


def batch(*reports: Report, empty: int | None = None) -> Checked:
    """Reports judged without a remark; `empty`: the number of one that is."""
    numbered = tuple(msgspec.structs.replace(one, number=number) for number, one in enumerate(reports))
    nothing = answers_table([], FORM, Registry())
    return Checked(numbered, nothing, (), (), frozenset(), frozenset() if empty is None else frozenset({empty}))


def files(checked: Checked, as_of: date, registry: Registry = REGISTRY) -> dict[str, str]:
    """Code -> file of its report in the picture."""
    return {code: one.file for code, one in picture(checked, registry, as_of, CALENDAR).chosen.items()}


def outcomes(checked: Checked, as_of: date, registry: Registry = REGISTRY) -> list[Outcome]:
    shown = picture(checked, registry, as_of, CALENDAR)
    return [outcome(one, checked, shown) for one in checked.reports]


# ── whatever the reports are ─────────────────────────────────────────────────────────────────────────────

days = st.dates(date(2014, 1, 1), date(2014, 6, 30))
names = st.text("абв", min_size=1, max_size=3)
reports = st.builds(report, st.sampled_from(["01", "02", "03"]), days, st.none() | st.integers(0, 5), names)
batches = st.lists(reports, max_size=12, unique_by=lambda one: one.file).map(lambda found: batch(*found))


@given(batches, reports, days)
def test_a_later_report_never_changes_an_earlier_picture(before, later, day):
    if later.as_of <= day:
        later = msgspec.structs.replace(later, as_of=day + timedelta(days=1))
    after = batch(*before.reports, later)
    assert picture(after, REGISTRY, day, CALENDAR) == picture(before, REGISTRY, day, CALENDAR)


@given(batches, days, st.randoms(use_true_random=False))
def test_the_order_of_the_files_does_not_matter(found, day, dice):
    shuffled = list(found.reports)
    dice.shuffle(shuffled)
    assert files(batch(*shuffled), day) == files(found, day)


@given(batches, days, st.lists(st.none() | st.integers(0, 5), min_size=12, max_size=12))
def test_arrival_matters_only_between_reports_of_one_date(found, day, hours):
    """Arrived at other moments, the same dates stand in the picture."""
    moved = [
        msgspec.structs.replace(report(r.school, r.as_of, hour), file=r.file)
        for r, hour in zip(found.reports, hours, strict=False)
    ]
    now, then = (picture(one, REGISTRY, day, CALENDAR) for one in (found, batch(*moved)))
    assert {code: r.as_of for code, r in now.chosen.items()} == {code: r.as_of for code, r in then.chosen.items()}
    assert now.carried == then.carried


@given(batches, days)
def test_each_school_stands_with_its_latest_date_and_of_that_with_what_arrived_last(found, day):
    expected: dict[str, Report] = {}
    for one in found.reports:
        if one.as_of <= day:
            there = expected.get(one.school)
            rank = [(r.as_of, r.arrived.timestamp() if r.arrived else 0, r.file) for r in (one, there) if r]
            expected[one.school] = one if rank[0] == max(rank) else there
    assert picture(found, REGISTRY, day, CALENDAR).chosen == expected


@given(batches, days)
def test_a_picture_is_a_pure_function(found, day):
    untouched = tuple(found.reports)
    first = picture(found, REGISTRY, day, CALENDAR)
    picture(found, REGISTRY, MAY, CALENDAR)
    assert picture(found, REGISTRY, day, CALENDAR) == first
    assert found.reports == untouched


@given(batches, days)
def test_every_report_has_one_outcome_and_each_school_in_the_picture_one_counted(found, day):
    counted = [o for o in outcomes(found, day) if o in (Outcome.COUNTED, Outcome.CARRIED)]
    assert len(counted) == len(files(found, day))


# ── one file or another ──────────────────────────────────────────────────────────────────────────────────


def test_of_two_files_of_one_date_the_one_that_arrived_last_counts():
    found = batch(report("01", MARCH, 2, "а.xlsx"), report("01", MARCH, 1, "б.xlsx"))
    assert files(found, MARCH) == {"01": "а.xlsx"}
    assert outcomes(found, MARCH) == [Outcome.COUNTED, Outcome.SUPERSEDED]


@pytest.mark.parametrize("hour", [1, None])
def test_of_one_moment_the_later_by_name_counts(hour):
    found = batch(report("01", MARCH, hour, "б.xlsx"), report("01", MARCH, hour, "а.xlsx"))
    assert files(found, MARCH) == {"01": "б.xlsx"}


def test_a_report_of_the_very_day_is_in_the_picture_and_one_of_tomorrow_is_not():
    found = batch(report("01", MARCH), report("02", MARCH + timedelta(days=1)))
    assert list(files(found, MARCH)) == ["01"]
    assert outcomes(found, MARCH) == [Outcome.COUNTED, Outcome.FUTURE]


def test_an_empty_report_takes_no_place_and_the_one_before_is_carried():
    found = batch(report("01", JANUARY), report("01", MARCH), empty=1)
    shown = picture(found, REGISTRY, MARCH, CALENDAR)
    assert shown.chosen["01"].as_of == JANUARY
    assert shown.carried == {"01"}
    assert outcomes(found, MARCH) == [Outcome.CARRIED, Outcome.EMPTY]


def test_an_empty_file_does_not_supersede_a_filled_one_of_the_same_date():
    found = batch(report("01", MARCH, 1), report("01", MARCH, 2), empty=1)
    assert outcomes(found, MARCH) == [Outcome.COUNTED, Outcome.EMPTY]


def test_a_report_without_a_school_or_a_date_is_in_no_picture():
    assert outcomes(batch(report("", MARCH), report("01", None)), MARCH) == [Outcome.UNUSABLE, Outcome.UNUSABLE]


def test_a_school_not_in_being_has_no_place():
    registry = Registry((school("01", until=date(2014, 2, 28)), school("02", since=MARCH)))
    found = batch(report("01", JANUARY), report("02", MARCH))
    assert [s.code for s in picture(found, registry, MARCH, CALENDAR).schools] == ["02"]
    assert outcomes(found, MARCH, registry) == [Outcome.NOT_IN_BEING, Outcome.COUNTED]
    assert [s.code for s in picture(found, registry, JANUARY, CALENDAR).schools] == ["01"]


# ── current or carried forward ───────────────────────────────────────────────────────────────────────────

CARRIED = {
    "of-the-reporting-date": (MARCH, MARCH, False),
    "within-the-days-before-it": (date(2014, 3, 10), MARCH, False),
    "a-day-too-early": (date(2014, 3, 9), MARCH, True),
    "of-the-date-before": (JANUARY, MARCH, True),
    "still-of-the-date-in-force": (JANUARY, date(2014, 3, 19), False),  # nobody owes anything new
    "newer-than-the-date-in-force": (date(2014, 4, 15), date(2014, 4, 20), False),
    "before-any-reporting-date": (date(2014, 1, 10), date(2014, 1, 15), False),
}


@pytest.mark.parametrize(("day", "as_of", "is_carried"), CARRIED.values(), ids=CARRIED)
def test_a_report_is_carried_when_it_is_older_than_the_date_in_force(day, as_of, is_carried):
    shown = picture(batch(report("01", day)), REGISTRY, as_of, CALENDAR)
    assert list(shown.chosen) == ["01"]
    assert bool(shown.carried) is is_carried


def test_a_report_dated_on_a_reporting_date_is_not_the_report_for_the_next_one_near_by():
    near = Calendar((date(2014, 3, 15), MARCH), days_before=10)
    found = batch(report("01", date(2014, 3, 15)), report("02", date(2014, 3, 16)))
    assert picture(found, REGISTRY, MARCH, near).carried == {"01"}


NEXT = {
    "eleven-days-before-the-next": (date(2014, 3, 9), False),
    "ten-days-before-the-next": (date(2014, 3, 10), True),
    "on-the-date-in-force": (JANUARY, False),
}


@pytest.mark.parametrize(("day", "is_next"), NEXT.values(), ids=NEXT)
def test_a_report_of_the_days_before_the_next_reporting_date_is_the_one_for_it(day, is_next):
    assert (day >= CALENDAR.next_from(date(2014, 3, 15))) is is_next


def test_after_the_last_reporting_date_no_report_is_for_a_next_one():
    assert CALENDAR.next_from(MAY) == date.max


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────

SAID = {
    "superseded": ([report("01", MARCH, 1), report("01", MARCH, 2)], [("REPORT-SUPERSEDED", 0)]),
    "older": ([report("01", JANUARY), report("01", MARCH)], [("REPORT-OLDER", 0)]),
    "future": ([report("01", MAY)], [("DATE-FUTURE", 0)]),
    "of-no-school-in-being": ([report("99", MARCH)], [("SCHOOL-NOT-IN-BEING", 0)]),
    "odd-date": ([report("01", date(2014, 2, 10))], [("DATE-ODD", 0)]),
    "odd-date-of-an-older-one": ([report("01", date(2014, 2, 10)), report("01", MARCH)], [("REPORT-OLDER", 0)]),
    "ten-days-before": ([report("01", date(2014, 3, 10))], []),
    "carried": ([report("01", JANUARY)], []),
}


@pytest.mark.parametrize(("found", "expected"), SAID.values(), ids=SAID)
def test_why_a_report_is_not_in_the_picture_is_said_on_it(found, expected):
    checked = batch(*found)
    said = said_of(checked)
    assert [(one.code, one.file) for one in said] == [(code, checked.reports[number].file) for code, number in expected]


def test_a_school_that_is_gone_is_said_to_be_so_on_the_date_of_the_picture():
    closed = Registry((school("01", until=date(2014, 2, 28)),))
    checked = batch(report("01", JANUARY))
    [said] = said_of(checked, closed)
    assert (said.code, said.as_of, dict(said.data)) == ("SCHOOL-NOT-IN-BEING", JANUARY, {"day": MARCH})


def test_a_superseded_report_names_the_file_that_counts():
    checked = batch(report("01", MARCH, 1, "а.xlsx"), report("01", MARCH, 2, "б.xlsx"))
    [said] = said_of(checked)
    assert dict(said.data) == {"this": "а.xlsx", "other": "б.xlsx", "differ": "ответы одинаковы"}


def said_of(checked: Checked, registry: Registry = REGISTRY) -> list[Remark]:
    shown = picture(checked, registry, MARCH, CALENDAR)
    return list(said_of_outcomes(outcomes_of(checked, shown), checked, shown, CALENDAR, FORM))
