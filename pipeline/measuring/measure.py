"""The stage in one page: the judged table and a date -> every figure of that date."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from pipeline.checking.judgement import Checked
from pipeline.measuring import activation as headline
from pipeline.measuring.coverage import coverage, totals
from pipeline.measuring.figures import Figures, Source
from pipeline.measuring.milestones import milestones
from pipeline.measuring.picture import Calendar, Picture, left_out, picture
from pipeline.measuring.problems import problems
from pipeline.measuring.submission import submissions
from pipeline.reading.records import FileRead, Registry
from schemas.form import Form
from schemas.remarks import Catalogue, Remark

_TREND = ["date", "school_code", "covered", "total", "percent", "carried"]


def measure(
    checked: Checked,
    reads: list[FileRead],
    registry: Registry,
    form: Form,
    catalogue: Catalogue,
    as_of: date,
    calendar: Calendar,
) -> Figures:
    """All figures of the picture as of `as_of`."""
    shown = picture(checked, registry, as_of, calendar)
    shares = coverage(checked, shown, form)
    sums = totals(shares, form)
    trend = _trend(checked, registry, form, as_of, calendar)
    before = _last_time(checked, registry, as_of, calendar)
    shares_before = coverage(checked, before, form) if before else None
    sums_before = totals(shares_before, form) if shares_before is not None else None
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
        activation=headline.activation(shares, shown, form, trend, shares_before),
        municipality=headline.municipality(sums, form, as_of, trend, sums_before),
        milestones=milestones(checked, shown, shares, form),
        trend=trend,
        problems=problems(checked, shown, form),
        remarks=tuple(_remarks(checked, registry, shown, calendar, catalogue)),
        sources=tuple(_sources(checked, reads, shown)),
        bases=_bases(registry, shown),
        answers=checked.answers[checked.answers["report"].isin(list(shown.numbers))],
    )


def _trend(checked: Checked, registry: Registry, form: Form, as_of: date, calendar: Calendar) -> pd.DataFrame:
    """Headline item at every reporting date with a report, and today where somebody reported since."""
    item = form.headline.item
    points = []
    for day in _trend_dates(checked, registry, as_of, calendar):
        shown = picture(checked, registry, day, calendar)
        shares = coverage(checked, shown, form)
        schools = shares[shares["item"] == item].assign(date=day)
        total = totals(shares, form).loc[[item], ["covered", "total", "percent"]]
        points += [schools[_TREND], total.assign(date=day, school_code="", carried=False)[_TREND]]
    if not points:
        return pd.DataFrame(columns=_TREND).astype({"percent": "float64", "carried": "bool"})
    return pd.concat(points, ignore_index=True)


def _trend_dates(checked: Checked, registry: Registry, as_of: date, calendar: Calendar) -> Iterator[date]:
    in_force = date.min
    for day in (d for d in calendar.reporting_dates if d <= as_of):
        if picture(checked, registry, day, calendar).chosen:
            in_force = day
            yield day
    since = picture(checked, registry, as_of, calendar).chosen.values()
    if in_force < as_of and any(report.as_of and report.as_of > in_force for report in since):
        yield as_of


def _last_time(checked: Checked, registry: Registry, as_of: date, calendar: Calendar) -> Picture | None:
    """The picture of the reporting date before the one in force: never of the run before."""
    in_force = calendar.in_force(as_of)
    earlier = max((d for d in calendar.reporting_dates if in_force and d < in_force), default=None)
    shown = picture(checked, registry, earlier, calendar) if earlier else None
    return shown if shown and shown.chosen else None


def _remarks(
    checked: Checked, registry: Registry, shown: Picture, calendar: Calendar, catalogue: Catalogue
) -> Iterator[Remark]:
    """On the registry, on the reports in the picture, and on every file that gave none."""
    in_picture = {(r.file, r.sheet, r.school, r.as_of) for r in shown.numbers.values()}
    others = {(r.file, r.sheet, r.school, r.as_of) for r in checked.reports if r.usable} - in_picture
    yield from catalogue.grade(registry.remarks)
    for said in checked.remarks:
        if (said.file, said.sheet, said.school, said.as_of) not in others or said.code == "REPORT-EMPTY":
            yield said
    yield from catalogue.grade(left_out(checked, shown, calendar))


def _sources(checked: Checked, reads: list[FileRead], shown: Picture) -> Iterator[Source]:
    by_file: dict[str, list[Source]] = {read.file: [] for read in reads}
    for report in checked.reports:
        chosen = shown.chosen.get(report.school)
        if chosen is report:
            outcome = "учтён, перенесён с прошлой даты" if report.school in shown.carried else "учтён"
        elif not report.usable:
            outcome = "не учтён: неизвестны школа или дата"
        elif report.number in checked.empty:
            outcome = "не учтён: не заполнен"
        elif report.as_of and report.as_of > shown.as_of:
            outcome = "не учтён: дата позже даты свода"
        elif chosen and chosen.as_of == report.as_of:
            outcome = "заменён более поздним файлом"
        else:
            outcome = "прежний отчёт школы"
        by_file[report.file].append(Source(report.file, outcome, report.as_of, report.school))
    for file, sources in by_file.items():
        yield from sources or [Source(file, "не прочитан")]


def _bases(registry: Registry, shown: Picture) -> dict[str, float]:
    """base id -> people over the schools expected."""
    bases: dict[str, float] = {}
    for school in shown.schools:
        for base, people in school.bases.items():
            bases[base] = bases.get(base, 0.0) + people
    return bases
