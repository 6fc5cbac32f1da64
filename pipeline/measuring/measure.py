"""The stage in one page: the judged table and a date -> every figure of that date."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
import numpy as np
import pandas as pd

from pipeline.checking.judgement import Checked
from pipeline.checking.table import Report, place_of
from pipeline.measuring import activation as headline
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.coverage import answered_shares, coverage, sums_of, totals, with_change
from pipeline.measuring.decided import followed, said_of_decisions
from pipeline.measuring.deliveries import year_of_reports
from pipeline.measuring.doubt import doubted_answers, figures_without, inherited, on_figures, without_doubted
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.explained import explanations
from pipeline.measuring.figures import (
    FORMER_SUMMARY,
    HOLDS_NOTHING,
    NOT_A_FORM,
    PAPER,
    SHARES,
    UNREAD,
    Doubts,
    Figures,
    Former,
    Measured,
    Remarked,
    Restated,
    Share,
    Source,
    Told,
)
from pipeline.measuring.frames import hold
from pipeline.measuring.groups import groups
from pipeline.measuring.mended import mended
from pipeline.measuring.milestones import Milestones, OfReports, measures, milestones
from pipeline.measuring.numbers import numbers
from pipeline.measuring.picture import Picture, picture, said_of_outcomes
from pipeline.measuring.problems import problems
from pipeline.measuring.reconciliation import reconcile
from pipeline.measuring.remark_history import remark_history, standing_by_date
from pipeline.measuring.rules import about_nothing, rule_book
from pipeline.measuring.submission import submissions
from pipeline.measuring.unattributed import unattributed
from schemas.district import Registry
from schemas.form import Form
from schemas.registry_book import FILE as REGISTRY
from schemas.registry_book import SCHOOLS
from schemas.remarks import Catalogue, Remark, remark
from schemas.reports import FileRead

AnyFigures = TypeVar("AnyFigures", Figures, Former)

_WHOLE = ""  # the municipality, in `Figures.trend`
_TREND: dict[str, Any] = {
    "date": "object", "school_code": "category", "covered": "float64", "total": "float64", "percent": "float64",
    "carried": "bool", "share": SHARES, "reported": "bool",
}  # fmt: skip
_NO_REPORTS = {"FILE-NO-FORM", "FILE-REGISTRY"}  # said of what is read and holds no report
_NO_POINTS = 1e-9  # percentage points; two computed percentages that differ by less are the same


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
    on_remarked: Callable[[Remarked], None] | None = None,
) -> Figures:
    """All figures of the picture as of `as_of`, with those of the reporting date before the one in force beside them.

    `told`: what was last told of the headline item for earlier dates, by scope (a school's code, blank for the
    municipality). `sent`: all that was sent for this date, the last first. The last that tells another percent counts:
    the letter that tells a correction is followed by the same summary, not by one that knows of none. `on_remarked` is
    told what stands of the reports before anything is counted: whoever gives them back need not wait for the figures.
    Raises UnbalancedError where something has disappeared on the way.
    """
    shown = picture(checked, registry, as_of, calendar)
    earlier = tuple(picture(checked, registry, day, calendar) for day in calendar.until(shown.reporting_date))
    answered = answered_shares(checked, form, registry)
    doubted = doubted_answers(checked, answered, form, catalogue)
    evidence = Evidence(reads, checked, answered, registry, form, catalogue, calendar, shown, earlier, doubted)
    remarked = _remarked(evidence)
    if on_remarked:
        on_remarked(remarked)
    of_reports = OfReports(checked, answered, form)
    last = evidence.before
    before = _former(last) if last else None
    figures = _figures(evidence, remarked, of_reports, before)
    other = next((one for one in sent if _differs(one[_WHOLE].percent, figures.municipality.percent)), None)
    told = {**told, as_of: other} if other else told
    figures = replace(figures, restated=tuple(_restated(evidence, told)), followed=followed(evidence, figures))
    return hold(figures, checked.answers)


def _remarked(evidence: Evidence) -> Remarked:
    made_good = mended(evidence)
    remarks = tuple(_remarks(evidence, {one.remark for one in made_good}))
    return Remarked(
        form=evidence.form,
        as_of=evidence.as_of,
        schools=evidence.shown.schools,
        submissions=submissions(evidence),
        remarks=remarks,
        sources=tuple(_sources(evidence)),
        mended=made_good,
        explanations=explanations(evidence, remarks),
    )


def _figures(evidence: Evidence, remarked: Remarked, of_reports: OfReports, before: Former | None) -> Figures:
    """`before`: the figures of the reporting date before the one in force."""
    form, shown, as_of = evidence.form, evidence.shown, evidence.as_of
    pictures, courses = tuple(_trend_pictures(evidence)), _courses(evidence)
    measured = _measured(evidence, pictures, courses, before)
    left_out = {code for code, item in evidence.left_out if item == form.headline_number}
    standings = Milestones(evidence, of_reports)
    remarks, of_units = remarked.remarks, numbers(evidence)
    figures = Figures(
        **{one.name: getattr(remarked, one.name) for one in fields(remarked)},
        reporting_date=shown.reporting_date,
        reporting_dates=evidence.calendar.reporting_dates,
        draft_registry=evidence.registry.draft,
        registered=evidence.registry.schools,
        target=form.target_on(as_of),
        next_target=form.next_target(as_of),
        year=year_of_reports(evidence),
        **measured._asdict(),
        milestones=milestones(standings),
        steps=headline.steps(measured.activation, form, as_of, left_out, standings.shown),
        measures=measures(standings),
        problems=problems(evidence),
        unattributed=unattributed(evidence, remarks),
        unbased=evidence.unbased,
        remark_history=remark_history(evidence, remarked.mended),
        rules=rule_book(
            evidence.catalogue, remarks, standing_by_date(evidence, remarks), about_nothing(form, evidence.catalogue)
        ),
        waivers=evidence.waivers,
        reconciliation=reconcile(evidence, measured.coverage, measured.totals, of_units, remarked.sources, remarks),
        bases=_bases(shown),
        answers=_answers(evidence),
        numbers=of_units,
        doubts=inherited(evidence, measured, pictures, courses, standings, before),
        before=before,
    )
    then = before and (before.undoubted or before)
    undoubted = _undoubted(evidence, figures, pictures, then)
    return replace(figures, undoubted=undoubted and replace(undoubted, before=then))


def _former(evidence: Evidence) -> Former:
    """The figures of the reporting date before the one in force, balanced as those of today are."""
    pictures, shown, of_units = tuple(_trend_pictures(evidence)), evidence.shown, numbers(evidence)
    measured = _measured(evidence, pictures, _courses(evidence), None)
    reconcile(evidence, measured.coverage, measured.totals, of_units, tuple(_sources(evidence)), ())
    former = Former(
        form=evidence.form,
        as_of=evidence.as_of,
        schools=shown.schools,
        submissions=submissions(evidence),
        reporting_date=shown.reporting_date,
        draft_registry=evidence.registry.draft,
        target=evidence.form.target_on(evidence.as_of),
        **measured._asdict(),
        numbers=of_units,
        doubts=on_figures(evidence),
    )
    return replace(former, undoubted=_undoubted(evidence, former, pictures, None))


def _measured(
    evidence: Evidence, pictures: Sequence[Picture], courses: Mapping[str, Sequence[Report]], before: Former | None
) -> Measured:
    """`pictures`: of the trend's dates."""
    items = evidence.form.coverage_items
    shares = coverage(evidence.answered, [evidence.shown], items)
    sums = with_change(totals(shares, items), shares, before)
    trend = _trend(evidence, pictures)
    last_time = {row.school.code: row for row in before.activation if row.school} if before else {}
    rows = headline.activation(evidence, shares, _points(evidence, courses), last_time)
    parts = groups(shares, evidence.shown, evidence.form)
    return Measured(shares, sums, parts, trend, rows, headline.municipality(evidence, sums, _whole_course(trend)))


def _undoubted(
    evidence: Evidence, figures: AnyFigures, pictures: Sequence[Picture], before: Former | None
) -> AnyFigures | None:
    """The same by the same ways from the answers that nothing puts under question. `before`: by those of its date."""
    if not figures.doubts.found:
        return None
    checked = evidence.checked
    if evidence.form.asks_for_figures:
        checked = msgspec.structs.replace(
            checked, answers=figures_without(checked.answers, evidence.doubted, evidence.form)
        )
    answered = without_doubted(evidence.answered, evidence.doubted)
    evidence = msgspec.structs.replace(evidence, answered=answered, checked=checked, doubted={})
    measured = _measured(evidence, pictures, _courses(evidence), before)
    return replace(figures, **measured._asdict(), numbers=numbers(evidence), doubts=Doubts())


def _restated(evidence: Evidence, told: Mapping[date, Mapping[str, Told]]) -> Iterator[Restated]:
    """Dates whose municipal percent is another now than was told. `told`: by date and scope."""
    for day in sorted(told):
        shown = evidence.picture_on(day)
        now = _percents(_trend(evidence, [shown]))
        changed = {code for code, one in told[day].items() if _differs(one.percent, now.get(code))}
        if _WHOLE in changed:
            was = told[day][_WHOLE]
            schools = tuple(school for school in shown.schools if school.code in changed)
            yield Restated(day, was.percent, now.get(_WHOLE), was.sent, schools)


def _differs(was: float | None, now: float | None) -> bool:
    if was is None or now is None:
        return was is not now
    return not math.isclose(was, now, rel_tol=0, abs_tol=_NO_POINTS)


def _answers(evidence: Evidence) -> pd.DataFrame:
    table = evidence.checked.answers
    return table[table["report"].isin(list(evidence.shown.reports))]


def _trend(evidence: Evidence, pictures: Iterable[Picture]) -> pd.DataFrame:
    """The headline item in these pictures (`Figures.trend`): of each its schools, then the municipality."""
    shown = list(pictures) if evidence.form.headline else []
    if not shown:
        return pd.DataFrame(columns=list(_TREND)).astype(_TREND)
    days, at = [one.as_of for one in shown], np.repeat(np.arange(len(shown)), [len(one.schools) for one in shown])
    own = [one.chosen.keys() - one.carried for one in shown]
    schools = coverage(evidence.answered, shown, [evidence.form.headline_item])
    reported = [school.code in codes for one, codes in zip(shown, own, strict=True) for school in one.schools]
    schools = schools.assign(date=[days[place] for place in at], reported=reported)
    whole = sums_of(schools, at, pd.Index(days, name="date")).reset_index()
    whole = whole.assign(school_code=_WHOLE, carried=False, reported=list(map(bool, own)))
    aside = np.where(whole[Share.SET_ASIDE.value] > 0, Share.SET_ASIDE, Share.NO_ANSWER)
    whole["share"] = np.where(whole["counted"] > 0, Share.COUNTED, aside)
    rows = pd.concat([frame[list(_TREND)].astype({"school_code": "str"}) for frame in (schools, whole)])
    in_order = np.argsort(np.concatenate([at, np.arange(len(shown))]), kind="stable")
    return rows.take(in_order).reset_index(drop=True).astype(_TREND)


def _trend_pictures(evidence: Evidence) -> Iterator[Picture]:
    """Every reporting date with a report, and today where somebody has reported since."""
    last, shown = date.min, evidence.shown
    for day in (d for d in evidence.calendar.reporting_dates if d <= shown.as_of):
        earlier = evidence.picture_on(day)
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


def _courses(evidence: Evidence) -> dict[str, list[Report]]:
    """Code -> the school's own reports up to the picture's date with the headline item: a figure that is carried
    forward is no new measurement."""
    percents = evidence.own_percents
    courses: dict[str, list[Report]] = {}
    for report in evidence.checked.counting:
        if report.as_of and report.as_of <= evidence.as_of and report.number in percents:
            courses.setdefault(report.school, []).append(report)
    return courses


def _points(evidence: Evidence, courses: Mapping[str, Sequence[Report]]) -> dict[str, headline.Course]:
    percents = evidence.own_percents
    return {
        code: [(report.as_of, percents[report.number]) for report in reports if report.as_of]
        for code, reports in courses.items()
    }


def _remarks(evidence: Evidence, made_good: Set[Remark]) -> Iterator[Remark]:
    """On the registry, on the reports in the picture, and on every file that gave none, but for what is made good."""
    checked = evidence.checked
    yield from checked.on_registry
    yield from evidence.catalogue.grade(_on_blank_bases(evidence))
    yield from (one for one in checked.remarks if place_of(one) not in evidence.passed_over and one not in made_good)
    of_outcomes = said_of_outcomes(evidence.outcomes, checked, evidence.shown, evidence.calendar, evidence.form)
    yield from evidence.catalogue.grade(of_outcomes)
    yield from evidence.catalogue.grade(said_of_decisions(evidence))


def _on_blank_bases(evidence: Evidence) -> Iterator[Remark]:
    """One remark a column of the registry that is blank where a share is taken from it. Of a column that is not there
    the registry's reader has told already. A draft is not the office's."""
    form, told = evidence.form, evidence.checked.on_registry
    missing = {dict(said.data).get("column") for said in told if said.code == "REGISTRY-COLUMN"}
    for base in () if evidence.registry.draft else form.bases:
        if base.registry in missing:
            continue
        items = [item.number for item in form.coverage_items if item.base == base.id]
        schools = [one for one in evidence.shown.schools if any((one.code, item) in evidence.unbased for item in items)]
        if schools:
            names = "; ".join(school.name for school in schools)
            yield remark(
                "REGISTRY-BASE", file=REGISTRY, sheet=SCHOOLS.sheet, column=base.registry, schools=names,
                items=", ".join(items),
            )  # fmt: skip


def _sources(evidence: Evidence) -> Iterator[Source]:
    """What became of every file, in reading order: a line for each report in it."""
    by_file: dict[str, list[Source]] = {read.file: [] for read in evidence.reads}
    for report in evidence.checked.reports:
        became = evidence.outcomes[report.number]
        by_file[report.file].append(Source(report.file, became, report.as_of, report.school))
    for read in evidence.reads:
        yield from by_file[read.file] or [Source(read.file, _without_report(read))]


def _without_report(read: FileRead) -> str:
    if read.decisions:
        return FORMER_SUMMARY
    if read.papers:
        return PAPER
    if any(remark.code == "FILE-HOLDS-NOTHING" for remark in read.remarks):
        return HOLDS_NOTHING
    return NOT_A_FORM if any(remark.code in _NO_REPORTS for remark in read.remarks) else UNREAD


def _bases(shown: Picture) -> dict[str, float]:
    """Base id -> people over the schools expected."""
    bases: dict[str, float] = {}
    for school in shown.schools:
        for base, people in school.bases.items():
            bases[base] = bases.get(base, 0.0) + people
    return bases
