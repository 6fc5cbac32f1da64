"""The stage in one page: the judged table and a date -> every figure of that date."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from pipeline.checking.judgement import Checked
from pipeline.checking.table import place_of
from pipeline.measuring import activation as headline
from pipeline.measuring.coverage import answered_shares, coverage, totals, with_change
from pipeline.measuring.figures import NOT_A_FORM, UNREAD, Figures, Restated, Source, Told
from pipeline.measuring.milestones import Milestones, measures, milestones
from pipeline.measuring.picture import Calendar, Outcome, Picture, outcome, picture, said_of_outcomes
from pipeline.measuring.problems import problems
from pipeline.measuring.reconciliation import reconcile
from pipeline.measuring.remark_history import remark_history
from pipeline.measuring.rules import rule_book
from pipeline.measuring.submission import submissions
from schemas.district import Registry
from schemas.form import Form
from schemas.remarks import Catalogue, Remark
from schemas.reports import FileRead

_WHOLE = ""  # the municipality, in `Figures.trend`
_TREND = {
    "date": "object", "school_code": "str", "covered": "float64", "total": "float64", "percent": "float64",
    "carried": "bool",
}  # fmt: skip
_NO_POINTS = 1e-9  # percentage points; two computed percentages that differ by less are the same
# Of these reports nothing is said but why they are not in the picture.
_PASSED_OVER = (Outcome.SUPERSEDED, Outcome.FUTURE, Outcome.NOT_IN_BEING, Outcome.OLDER)


def measure(
    checked: Checked,
    reads: list[FileRead],
    registry: Registry,
    form: Form,
    catalogue: Catalogue,
    as_of: date,
    calendar: Calendar,
    told: Mapping[date, Mapping[str, Told]] = MappingProxyType({}),
    sent: Iterable[Mapping[str, Told]] = (),
) -> Figures:
    """All figures of the picture as of `as_of`, with those of the reporting date before the one in force beside them.

    `told`: what was last told of the headline item for earlier dates, by scope (a school's code, blank for the
    municipality). `sent`: all that was sent for this date, the last first. The last that tells another percent counts:
    the letter that tells a correction is followed by the same summary, not by one that knows of none.
    Raises UnbalancedError where something has disappeared on the way.
    """
    batch = _Batch(checked, reads, registry, form, catalogue, calendar, answered_shares(checked, form))
    shown = picture(checked, registry, as_of, calendar)
    earlier = [picture(checked, registry, day, calendar) for day in calendar.until(shown.reporting_date)]
    before = _figures(batch, earlier[-1], earlier[:-1], None) if earlier else None
    figures = _figures(batch, shown, earlier, before)
    other = next((one for one in sent if _differs(one[_WHOLE].percent, figures.municipality.percent)), None)
    told = {**told, as_of: other} if other else told
    return replace(figures, restated=tuple(_restated(batch, told)))


class _Batch(NamedTuple):
    """What every picture is measured from. `answered`: `answered_shares`."""

    checked: Checked
    reads: list[FileRead]
    registry: Registry
    form: Form
    catalogue: Catalogue
    calendar: Calendar
    answered: pd.DataFrame


def _figures(batch: _Batch, shown: Picture, earlier: list[Picture], before: Figures | None) -> Figures:
    """`earlier`: the pictures of the reporting dates before the one in force. `before`: the figures of the last one."""
    checked, reads, registry, form, catalogue, calendar, answered = batch
    as_of = shown.as_of
    shares = coverage(answered, shown, form.coverage_items)
    sums = with_change(totals(shares, form.coverage_items), before.totals if before else None)
    trend = _trend(answered, _trend_pictures(checked, registry, shown, calendar), form)
    last_time = {row.school.code: row for row in before.activation if row.school} if before else {}
    rows = headline.activation(shares, shown, form, _courses(checked, answered, shown, form), last_time)
    whole = headline.municipality(sums, form, as_of, _whole_course(trend), before.municipality if before else None)
    waivers = tuple(w for w in registry.waivers if w.school in shown.codes and w.covers(w.item, as_of))
    left_out = frozenset((waiver.school, waiver.item) for waiver in waivers if not waiver.code)
    milestone = Milestones(checked, shown, answered, form, registry.papers, left_out)
    remarks = tuple(_remarks(checked, shown, calendar, catalogue))
    sources = tuple(_sources(checked, reads, shown))
    return Figures(
        form=form,
        as_of=as_of,
        reporting_date=shown.reporting_date,
        reporting_dates=calendar.reporting_dates,
        schools=shown.schools,
        draft_registry=registry.draft,
        target=form.target_on(as_of),
        next_target=form.next_target(as_of),
        submissions=submissions(checked, shown),
        coverage=shares,
        totals=sums,
        activation=rows,
        municipality=whole,
        milestones=milestones(milestone, shown, form),
        steps=headline.steps(rows, form, as_of, {code for code, item in left_out if item == form.headline.item}),
        measures=measures(milestone, shown, form),
        trend=trend,
        problems=problems(checked, shown, form),
        remarks=remarks,
        remark_history=remark_history(checked, shown, earlier, calendar),
        rules=rule_book(catalogue, remarks),
        waivers=waivers,
        sources=sources,
        reconciliation=reconcile(reads, checked, shown, answered, shares, sums, sources, remarks, form),
        bases=_bases(shown),
        answers=checked.answers[checked.answers["report"].isin(list(shown.reports))],
        before=before,
    )


def _restated(batch: _Batch, told: Mapping[date, Mapping[str, Told]]) -> Iterator[Restated]:
    """Dates whose municipal percent is another now than was told. `told`: by date and scope."""
    for day in sorted(told):
        shown = picture(batch.checked, batch.registry, day, batch.calendar)
        now = _percents(_trend(batch.answered, [shown], batch.form))
        changed = {code for code, one in told[day].items() if _differs(one.percent, now.get(code))}
        if _WHOLE in changed:
            was = told[day][_WHOLE]
            schools = tuple(school for school in shown.schools if school.code in changed)
            yield Restated(day, was.percent, now.get(_WHOLE), was.sent, schools)


def _differs(was: float | None, now: float | None) -> bool:
    if was is None or now is None:
        return was is not now
    return not math.isclose(was, now, rel_tol=0, abs_tol=_NO_POINTS)


def _trend(answered: pd.DataFrame, pictures: Iterable[Picture], form: Form) -> pd.DataFrame:
    """The headline item in these pictures (`Figures.trend`). `answered`: `answered_shares`."""
    item = [form.headline_item]
    frames = []
    for shown in pictures:
        schools = coverage(answered, shown, item)
        whole = totals(schools, item).assign(school_code=_WHOLE, carried=False)
        frames += [frame.assign(date=shown.as_of)[list(_TREND)] for frame in (schools, whole)]
    return (pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(_TREND))).astype(_TREND)


def _trend_pictures(checked: Checked, registry: Registry, shown: Picture, calendar: Calendar) -> Iterator[Picture]:
    """Every reporting date with a report, and today where somebody has reported since."""
    last = date.min
    for day in (d for d in calendar.reporting_dates if d <= shown.as_of):
        earlier = picture(checked, registry, day, calendar)
        if earlier.chosen:
            last = day
            yield earlier
    if last < shown.as_of and any(report.as_of and report.as_of > last for report in shown.chosen.values()):
        yield shown


def _percents(trend: pd.DataFrame) -> dict[str, float]:
    """School code, blank for the municipality -> percent, where there is one. `trend`: of one date."""
    known = trend[trend["percent"].notna()]
    return dict(zip(known["school_code"], known["percent"], strict=True))


def _whole_course(trend: pd.DataFrame) -> headline.Course:
    known = trend[(trend["school_code"] == _WHOLE) & trend["percent"].notna()]
    return list(zip(known["date"], known["percent"], strict=True))


def _courses(checked: Checked, answered: pd.DataFrame, shown: Picture, form: Form) -> dict[str, headline.Course]:
    """Code -> the headline item in the school's own reports up to the picture's date: a figure that is carried forward
    is no new measurement."""
    percents = answered.xs(form.headline.item, level="item")["percent"].dropna().to_dict()
    courses: dict[str, list[tuple[date, float]]] = {}
    for report in checked.counting:
        if report.as_of and report.as_of <= shown.as_of and report.number in percents:
            courses.setdefault(report.school, []).append((report.as_of, percents[report.number]))
    return {**courses}


def _remarks(checked: Checked, shown: Picture, calendar: Calendar, catalogue: Catalogue) -> Iterator[Remark]:
    """On the registry, on the reports in the picture, and on every file that gave none."""
    passed_over = {report.place for report in checked.reports if outcome(report, checked, shown) in _PASSED_OVER}
    yield from checked.on_registry
    yield from (remark for remark in checked.remarks if place_of(remark) not in passed_over)
    yield from catalogue.grade(said_of_outcomes(checked, shown, calendar))


def _sources(checked: Checked, reads: list[FileRead], shown: Picture) -> Iterator[Source]:
    """What became of every file, in reading order: a line for each report in it."""
    by_file: dict[str, list[Source]] = {read.file: [] for read in reads}
    for report in checked.reports:
        became = outcome(report, checked, shown)
        by_file[report.file].append(Source(report.file, became, report.as_of, report.school))
    for read in reads:
        no_form = any(remark.code == "FILE-NO-FORM" for remark in read.remarks)
        yield from by_file[read.file] or [Source(read.file, NOT_A_FORM if no_form else UNREAD)]


def _bases(shown: Picture) -> dict[str, float]:
    """Base id -> people over the schools expected."""
    bases: dict[str, float] = {}
    for school in shown.schools:
        for base, people in school.bases.items():
            bases[base] = bases.get(base, 0.0) + people
    return bases
