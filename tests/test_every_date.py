"""The picture as of every date of a year, computed once more by other means: plain Python over what was read.

Neither pandas nor anything of `measuring` is used for the expected side: the rules are those of docs/measuring.md.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
import pytest

from pipeline import monthly
from pipeline.measuring.figures import Figures, State
from pipeline.measuring.measure import measure
from pipeline.settings import Settings
from schemas.form import Form, load_form
from schemas.remarks import Remark
from tests.conftest import NOW, Once, Run, do_main_job

FORM = load_form("form-547")
DAYS_BEFORE = Settings().days_before
DATES = (
    date(2014, 1, 15),  # before any report
    date(2014, 1, 25),  # within the days before a reporting date
    date(2014, 1, 30),
    date(2014, 2, 25),
    date(2014, 3, 20),
    date(2014, 4, 25),
    date(2014, 5, 20),
    date(2014, 6, 25),
    date(2014, 8, 25),
    date(2014, 9, 20),
    date(2014, 10, 25),
)


@pytest.fixture(scope="module")
def year(once: Once) -> Run:
    """Ten schools, four reporting dates."""
    return once("year", lambda folder: do_main_job(folder, schools=10, dates=4))


@pytest.fixture(scope="module")
def surveys(once: Once, year: Run) -> dict[date, monthly.Survey]:
    return once("surveys of the year", lambda _: surveys_of(year))


def surveys_of(year: Run) -> dict[date, monthly.Survey]:
    """What the main job has read and checked, measured as of every date."""
    survey = year.done.survey
    judged = survey.checked, survey.intake.reads, survey.intake.registry, survey.form, survey.catalogue
    days = (monthly.Job.of(year.input, year.output, day, Settings(), NOW) for day in DATES)
    return {
        job.as_of: msgspec.structs.replace(survey, figures=measure(*judged, job.as_of, job.calendar)) for job in days
    }


@dataclass(frozen=True)
class Expected:
    """What the figures of a date must be, as far as plain rules say."""

    files: dict[str, str]  # code -> the file that counts
    carried: set[str]
    people: dict[str, tuple[float, float]]  # code -> people covered and people in all, where they count

    @property
    def covered(self) -> float:
        return sum(covered for covered, _ in self.people.values())

    @property
    def total(self) -> float:
        return sum(total for _, total in self.people.values())


def expected(survey: monthly.Survey, form: Form, day: date) -> Expected:
    files: dict[str, str] = {}
    carried = set()
    counted: dict[str, tuple[float, float]] = {}
    in_force = max((d for d in form.order.reporting_dates if d <= day), default=None)
    for code, reports in by_school(survey).items():
        known = [report for report in reports if report["as_of"] <= day]
        if not known:
            continue
        latest = max(known, key=lambda r: (r["as_of"], r["arrived"], r["file"]))
        files[code] = latest["file"]
        if in_force and latest["as_of"] < earliest(in_force, form):
            carried.add(code)
        people = headline(survey, form, latest["number"], code)
        if people:
            counted[code] = people
    return Expected(files, carried, counted)


def by_school(survey: monthly.Survey) -> dict[str, list[dict]]:
    """Reports that count for somebody and some date, with an answer that is due."""
    found: dict[str, list[dict]] = {}
    due = {item.number for item in survey.form.items if item.due} | {survey.form.headline.item}
    for report in survey.checked.reports:
        answered = {number.split(".")[0] for number in report.written} | set(report.written)
        if report.school and report.as_of and due & answered:
            arrived = report.arrived.timestamp() if report.arrived else 0.0
            found.setdefault(report.school, []).append(
                {"number": report.number, "as_of": report.as_of, "arrived": arrived, "file": report.file}
            )
    return found


def earliest(in_force: date, form: Form) -> date:
    before = [d for d in form.order.reporting_dates if d < in_force]
    first = in_force - timedelta(days=DAYS_BEFORE)
    return max(first, max(before) + timedelta(days=1)) if before else first


def headline(survey: monthly.Survey, form: Form, report: int, code: str) -> tuple[float, float] | None:
    """People covered and people in all by the school's own words and the registry, None where nothing counts."""
    said = {}
    for row in facts(survey, report, form.headline.item):
        if not row["counted"]:
            return None
        if row["basis"] == "stated":
            said[row["field"]] = row["number"]
    school = survey.intake.registry.school(code)
    assert school is not None
    total = said.get("total", school.bases.get(form.headline_item.base))
    if not total or not said.keys() & {"count", "percent"}:
        return None
    return said.get("count", said.get("percent", 0.0) / 100 * total), total


def facts(survey: monthly.Survey, report: int, item: str) -> list[dict]:
    table = survey.checked.answers
    return table[(table["report"] == report) & (table["item"] == item)].to_dict("records")


@pytest.mark.parametrize("day", DATES, ids=str)
def test_the_picture_of_every_date_agrees_with_plain_rules(surveys, day):
    survey = surveys[day]
    figures, wanted = survey.figures, expected(survey, FORM, day)
    assert {line.school.code: line.file for line in figures.submissions if line.as_of} == wanted.files
    assert {row.school.code for row in figures.activation if row.school and row.carried} == wanted.carried
    assert {line.school.code for line in figures.submissions if line.state is State.CARRIED} == wanted.carried
    if not wanted.total:
        assert figures.municipality.percent is None
        return
    assert figures.municipality.covered == pytest.approx(wanted.covered, rel=1e-12)
    assert figures.municipality.percent == pytest.approx(wanted.covered / wanted.total * 100, rel=1e-12)


@pytest.mark.parametrize("day", [day for day in DATES if day > date(2014, 3, 20)], ids=str)
def test_the_change_is_the_difference_of_two_pictures_over_the_same_schools(surveys, day):
    figures = surveys[day].figures
    assert figures.before is not None
    earlier = expected(surveys[day], FORM, figures.before.as_of)
    now = expected(surveys[day], FORM, day)
    both = sorted(now.people.keys() & earlier.people.keys())
    covered, total, covered_then, total_then = (
        sum(picture.people[code][place] for code in both) for picture in (now, earlier) for place in (0, 1)
    )
    whole = figures.municipality
    assert whole.change_schools == len(both)
    assert whole.change == pytest.approx((covered / total - covered_then / total_then) * 100)
    assert whole.change_people == pytest.approx(covered - covered_then)
    assert whole.change_of_totals == pytest.approx((now.covered / now.total - earlier.covered / earlier.total) * 100)


def test_the_forecast_is_the_median_line_through_the_schools_own_reports(surveys):
    """Worked out by hand for every school with three reports or more."""
    survey = surveys[date(2014, 6, 25)]
    coming = FORM.next_target(date(2014, 6, 25))
    assert coming is not None
    checked_schools = 0
    for row in survey.figures.activation:
        if row.forecast is None or row.school is None:
            continue
        points = own_points(survey, row.school.code, date(2014, 6, 25))
        slopes = sorted((y2 - y1) / (x2 - x1).days for i, (x1, y1) in enumerate(points) for x2, y2 in points[i + 1 :])
        slope = middle(slopes)
        ahead = middle(sorted(y + slope * (coming.by - x).days for x, y in points))
        assert row.forecast == pytest.approx(min(100.0, max(0.0, ahead)), abs=1e-6)
        checked_schools += 1
    assert checked_schools >= 5


def own_points(survey: monthly.Survey, code: str, day: date) -> list[tuple[date, float]]:
    """One report a date: the one that arrived last."""
    latest: dict[date, dict] = {}
    for report in sorted(by_school(survey)[code], key=lambda r: (r["arrived"], r["file"])):
        if report["as_of"] <= day:
            latest[report["as_of"]] = report
    points = []
    for as_of, report in sorted(latest.items()):
        people = headline(survey, FORM, report["number"], code)
        if people:
            points.append((as_of, people[0] / people[1] * 100))
    return points


def middle(ordered: list[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def test_every_picture_is_balanced(surveys):
    for survey in surveys.values():
        items = survey.figures.reconciliation.items
        assert items["holds"].all()
        low, share, high = items["percent_low"], items["percent"], items["percent_high"]
        known = share.notna() & low.notna()
        assert (low[known] <= share[known] + 1e-9).all()
        assert (share[known] <= high[known] + 1e-9).all()


def test_an_old_date_gives_the_old_figures_although_newer_files_lie_there(surveys, year):
    """A district whose later reports have not come yet has the same picture."""

    def told(figures: Figures) -> dict[str, float]:
        return {row.school.code: row.percent for row in figures.activation if row.school and row.percent is not None}

    day = date(2014, 3, 20)
    later = surveys[day].figures
    of_the_year = [one for one in surveys[date(2014, 10, 25)].figures.trend.itertuples() if one.date == day]
    assert told(later) == {one.school_code: one.percent for one in of_the_year if one.school_code and
                           not math.isnan(one.percent)}  # fmt: skip


# ── the year, once more ──────────────────────────────────────────────────────────────────────────────────
def delivered(survey: monthly.Survey, code: str, day: date, as_of: date) -> str:
    """How the school has met the reporting date `day` by what has come until `as_of`."""
    if day > as_of:
        return "ещё не наступила"
    following = min((d for d in FORM.order.reporting_dates if d > day), default=None)
    end = earliest(following, FORM) if following else date.max
    own = [
        report
        for report in by_school(survey).get(code, [])
        if earliest(day, FORM) <= report["as_of"] < end and report["as_of"] <= as_of
    ]
    if not own:
        refused = {said.school for said in survey.checked.remarks if said.severity == "error" and not said.item}
        assert code not in refused or any(code == report.school for report in survey.checked.reports)
        return "нет"
    stands = max(own, key=lambda r: (r["as_of"], r["arrived"], r["file"]))
    report = survey.checked.reports[stands["number"]]
    if any(said.severity == "error" and place(said) == report.place for said in survey.checked.remarks):
        return "на доработку"
    arrived = [survey.checked.reports[one["number"]].arrived for one in own]
    return "вовремя" if min(moment.date() for moment in arrived if moment) <= day else "позже"


def place(said: Remark) -> tuple[str, str, str, date | None]:
    return said.file, said.sheet, said.school, said.as_of


@pytest.mark.parametrize("day", DATES, ids=str)
def test_the_year_of_every_date_agrees_with_plain_rules(surveys, day):
    survey = surveys[day]
    wanted = {
        school.code: [delivered(survey, school.code, d, day) for d in FORM.order.reporting_dates]
        for school in survey.intake.registry.schools
    }
    year = survey.figures.year
    assert {one.school.code: [str(said) for said in one.deliveries] for one in year.schools} == wanted
    judged = [said for one in wanted.values() for said in one if said != "ещё не наступила"]
    assert (year.punctuality.on_time, year.punctuality.judged) == (judged.count("вовремя"), len(judged))


@pytest.mark.parametrize("day", [date(2014, 1, 30), date(2014, 3, 20), date(2014, 5, 20)], ids=str)
def test_the_remarks_at_a_date_are_those_of_the_summary_of_that_date(surveys, day):
    """In the summary of September, by code: errors and warnings, but those of files that tell no date."""
    wanted: dict[str, int] = {}
    for said in surveys[day].figures.remarks:
        if said.severity != "info" and said.as_of and said.as_of <= day:
            wanted[said.code] = wanted.get(said.code, 0) + 1
    rules = surveys[date(2014, 9, 20)].figures.rules
    assert {rule.code: rule.standing[day] for rule in rules if rule.standing[day]} == wanted
