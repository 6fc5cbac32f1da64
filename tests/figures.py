"""Figures of invented districts for tests of what is written: one function a state that the workbook must show.

Every figure is computed here from a few columns of people, in plain Python, so that no test depends on measuring.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.measuring.activation import steps
from pipeline.measuring.figures import (
    Activation,
    Delivery,
    Figures,
    Former,
    Level,
    Milestone,
    Problem,
    Reconciliation,
    RemarkAge,
    RemarkHistory,
    SchoolYear,
    SetAside,
    Share,
    Source,
    State,
    Submission,
    Year,
)
from pipeline.measuring.rules import about_nothing, rule_book
from schemas.district import School
from schemas.form import Form, Item, Kind, Target, load_form
from schemas.remarks import Catalogue, Remark, Severity, load_catalogue, remark

AS_OF = date(2014, 3, 20)
HISTORY = (date(2014, 1, 30), date(2014, 2, 20), AS_OF)


@dataclass(frozen=True)
class Case:
    """One school: people of the headline item's base, and the percent covered on each date of `HISTORY`."""

    name: str
    able: int
    course: tuple[float, ...]
    state: State = State.ACCEPTED
    days_late: int | None = 0
    set_aside: bool = False
    group: str = ""


CASES = (
    Case("СОШ № 1", 1105, (24.0, 39.0, 57.0), State.ACCEPTED_WITH_REMARKS),
    Case("СОШ № 2", 930, (20.0, 36.0, 52.0)),
    Case("СОШ № 3", 810, (26.0, 41.0, 63.0)),
    Case("Гимназия № 1", 1310, (33.0, 48.0, 72.0)),
    Case("Лицей № 2", 1090, (30.0, 44.0, 66.0)),
    Case("СОШ № 5", 520, (18.1, 33.1, 45.0)),
    Case("СОШ № 6", 640, (20.9, 37.0, 54.0)),
    Case("СОШ № 8", 455, (12.1, 22.0, 31.0), State.ACCEPTED_WITH_REMARKS, days_late=1),
    Case("СОШ № 10", 400, (19.0, 35.0, 48.0)),
    Case("ООШ № 4", 236, (14.8, 28.0, 38.1), State.ACCEPTED_WITH_REMARKS),
    Case("ООШ № 7", 201, (21.9, 33.8, 33.8), State.CARRIED, days_late=None),
    Case("НОШ № 9", 214, (25.2, 40.2, 57.9)),
    Case("СОШ с. Кедровка", 128, (7.8, 17.2, 24.2), days_late=1),
    Case("СОШ пос. Лесной", 170, (14.1, 27.1, 35.9)),
    Case("ООШ с. Ключевое", 71, (15.5, 29.6, 43.7)),
    Case("СОШ пос. Заречный", 250, (20.0, 36.0, 36.0), State.CARRIED, days_late=None),
    Case("ООШ с. Белый Мыс", 48, (10.4, 18.8, 29.2)),
    Case("Школа-интернат № 1", 140, (20.0, 34.3, 45.7)),
    Case("ВСОШ", 80, (13.5, 32.7, 30.0), State.TO_CORRECT, set_aside=True),
    Case("НОШ с. Устье", 60, (), State.NOT_SUBMITTED, days_late=None),
)


LONG_GROUP = f"Школы, до которых {' '.join(['очень'] * 50)} далеко от управления, <5, >5, ~?*"  # longer than 255


# ── states ───────────────────────────────────────────────────────────────────────────────────────────────
# Each made once, for all tests of a process to look at: who changes a frame takes a copy of it.
@cache
def twenty_schools() -> Figures:
    """On plan, seven behind, one silent, two carried, one set aside."""
    return district(CASES, remarks=REMARKS, problems=PROBLEMS)


@cache
def three_schools() -> Figures:
    return district([CASES[7], CASES[13], CASES[0]])


@cache
def three_hundred_schools() -> Figures:
    cases = [replace(case, name=f"{case.name} ({copy})") for copy in range(1, 16) for case in CASES]
    return district(cases, remarks=REMARKS, problems=PROBLEMS)


@cache
def nobody_reported() -> Figures:
    return district([replace(case, course=(), state=State.NOT_SUBMITTED, set_aside=False) for case in CASES])


@cache
def before_the_first_target() -> Figures:
    cases = [replace(case, course=case.course[:1], state=_came(case), set_aside=False) for case in CASES]
    return district(cases, as_of=HISTORY[0], problems=PROBLEMS)


@cache
def target_of_hundred() -> Figures:
    """After the last target: no next one, no forecast."""
    cases = [replace(case, course=(*case.course[:2], min(100.0, case.course[2] * 1.6))) for case in CASES[:18]]
    history = (*HISTORY[:2], date(2014, 9, 20))
    return district([*cases, *CASES[18:]], as_of=history[-1], history=history, remarks=REMARKS, problems=PROBLEMS)


@cache
def all_well() -> Figures:
    good = [case for case in CASES if case.course and case.course[-1] >= 41]
    figures = district([replace(case, state=State.ACCEPTED, days_late=0) for case in good])
    calm = figures.milestones.assign(state=[_calm(state) for state in figures.milestones["state"]], days_late=0)
    return replace(figures, milestones=calm)


@cache
def below_plan() -> Figures:
    return district([case for case in CASES if case.course and case.course[-1] < 50], remarks=REMARKS)


@cache
def no_history() -> Figures:
    cases = [replace(case, course=case.course[-1:], state=_came(case)) for case in CASES]
    return district(cases, history=(AS_OF,), remarks=REMARKS)


@cache
def empty_registry() -> Figures:
    return district([])


@cache
def another_form() -> Figures:
    """A district that answers to a form of other items, bases, targets and dates."""
    days = (date(2025, 9, 30), date(2025, 11, 1), date(2025, 11, 15))
    form = load_form(Path(__file__).parent / "data" / "form-meals.toml")
    return district(CASES, as_of=days[-1], history=days, form=form)


@cache
def schools_in_groups() -> Figures:
    """Names of groups that a formula would take otherwise than they are written, one of which nobody is counted, and
    schools of none."""
    names = ("=1+1", "Куст *", "01", "1", LONG_GROUP, "")
    cases = [replace(case, group=names[place % len(names)]) for place, case in enumerate(CASES[:-2])]
    silent = [replace(case, group="Дальние", set_aside=bool(case.course)) for case in CASES[-2:]]
    return district([*cases, *silent], remarks=REMARKS, problems=PROBLEMS)


@cache
def exactly_on_target() -> Figures:
    """Schools of many sizes that state the lower bound itself: their people are no whole number."""
    return district([Case(f"СОШ № {able}", able, (41.0,)) for able in range(37, 397, 20)], history=(AS_OF,))


STATES = {
    "twenty-schools": twenty_schools,
    "three-schools": three_schools,
    "three-hundred-schools": three_hundred_schools,
    "nobody-reported": nobody_reported,
    "before-the-first-target": before_the_first_target,
    "target-of-hundred": target_of_hundred,
    "all-well": all_well,
    "below-plan": below_plan,
    "no-history": no_history,
    "empty-registry": empty_registry,
    "another-form": another_form,
    "exactly-on-target": exactly_on_target,
    "schools-in-groups": schools_in_groups,
}

REMARKS = (
    remark("ABOVE-LIMIT", file="otchet-19.xlsx", sheet="Отчёт", cell="D51", school="19", as_of=AS_OF, item="14",
           value="31", said="Активировано", count=31.0, limit_said="логины выданы", limit=24.0, other="12.1",
           reason="активных не может быть больше, чем логинов"),
    remark("NUM-LETTER", file="otchet-19.xlsx", sheet="Отчёт", cell="E41", school="19", as_of=AS_OF, item="10.2",
           value="З0 %", letter="З"),
    replace(remark("DOC-AFTER-REPORT", file="otchet-04.xlsx", sheet="Отчёт", cell="D20", school="04", as_of=AS_OF,
                   item="3", value="№ 87 от 12.05.2014", day=date(2014, 5, 12)), severity=Severity.WARNING),
    replace(remark("TOTAL-NOT-BASE", file="otchet-08.xlsx", sheet="Отчёт", cell="C31", school="08", as_of=AS_OF,
                   item="6.2", value="720", total=720.0, base=600.0, label="Родителей"), severity=Severity.WARNING),
    replace(remark("PROBLEM-NO-SOLUTION", file="otchet-10.xlsx", sheet="Отчёт", cell="D66", school="10", as_of=AS_OF,
                   item="problem.1"), severity=Severity.INFO),
)  # fmt: skip

# Group, number of the school in CASES, problem, solution.
PROBLEMS = (
    ("Интернет и связь", 12, "У большинства родителей нет домашнего интернета, мобильная связь не держит",
     "Открыт пункт доступа в школьной библиотеке, вт. и чт. 17–19 ч."),
    ("Интернет и связь", 16, "Скорость интернета в селе до 128 кбит/с", ""),
    ("Интернет и связь", 13, "Слабый интернет", "Направлено письмо оператору связи"),
    ("Родители не видят пользы", 7, "Родители считают, что хватает бумажного дневника", "Классные собрания"),
    ("Родители не видят пользы", 9, "Родители не активируют учётную запись, хотя логин получен", ""),
    ("Компьютеры и техника", 8, "=Один компьютер на пять учителей", "Составлен график; заявка на 6 рабочих мест"),
)  # fmt: skip


_catalogue = cache(load_catalogue)


@cache
def _order_form() -> Form:
    return load_form("form-547")


# ── how a district is computed ───────────────────────────────────────────────────────────────────────────
def district(
    cases: Sequence[Case],
    as_of: date = AS_OF,
    history: Sequence[date] = HISTORY,
    remarks: Iterable[Remark] = (),
    problems: Sequence[tuple[str, int, str, str]] = (),
    form: Form | None = None,
) -> Figures:
    """Figures of the schools of `cases` on `as_of`, the last of `history` with a figure."""
    form = form or _order_form()
    days = [day for day in history if day <= as_of]
    schools = tuple(_school(number, case, form) for number, case in enumerate(cases, 1))
    of_case = dict(zip((school.code for school in schools), cases, strict=True))
    coverage = _coverage(schools, of_case, form)
    before = _before(cases, form, history, as_of)
    totals = _totals(coverage, form, len(schools), before)
    activation = tuple(sorted((_activation(s, of_case[s.code], form, as_of) for s in schools), key=_worst_first))
    trend = _trend(schools, of_case, days)
    return Figures(
        form=form,
        as_of=as_of,
        reporting_date=max((day for day in form.order.reporting_dates if day <= as_of), default=None),
        reporting_dates=form.order.reporting_dates,
        schools=schools,
        draft_registry=False,
        target=form.target_on(as_of),
        next_target=form.next_target(as_of),
        submissions=tuple(sorted((_submission(s, of_case[s.code], as_of) for s in schools), key=_to_be_rung_up)),
        year=_year(schools, of_case, form, as_of),
        coverage=coverage,
        totals=totals,
        groups=_groups(schools, coverage, form, as_of),
        activation=activation,
        municipality=_municipality(activation, form, as_of, trend, totals),
        milestones=_milestones(schools, of_case, coverage, form, as_of),
        trend=trend,
        problems=tuple(
            Problem(group, schools[index], problem, solution, as_of - timedelta(49))
            for group, index, problem, solution in problems
        ),
        remarks=tuple(remarks),
        sources=tuple(Source(_file(s), "учтён", as_of, s.code) for s in schools if of_case[s.code].course),
        bases={b.id: sum(s.bases[b.id] for s in schools) for b in form.bases} if schools else {},
        answers=_answers(schools, of_case, form),
        steps=steps(activation, form, as_of),
        measures=_measures(schools, of_case, form, as_of),
        reconciliation=_reconciliation(schools, coverage, totals, form, remarks),
        remark_history=_remark_history(remarks, as_of),
        rules=rule_book(_catalogue(), remarks, _standing(remarks, days, as_of), about_nothing(form, _catalogue())),
        before=before,
    )


@cache
def _order_form() -> Form:
    return load_form("form-547")


@cache
def _catalogue() -> Catalogue:
    return load_catalogue()


def _before(cases: Sequence[Case], form: Form, history: Sequence[date], as_of: date) -> Former | None:
    """The figures of the date before, of the same schools."""
    days = [day for day in history if day < as_of]
    if not days:
        return None
    earlier = [replace(case, course=case.course[: len(days)], state=_came(case), set_aside=False) for case in cases]
    then = district(earlier, days[-1], days[-1:], form=form)
    return Former(**{one.name: getattr(then, one.name) for one in fields(Former)})


def _measures(schools: Sequence[School], of_case: dict[str, Case], form: Form, as_of: date) -> pd.DataFrame:
    """Nothing ticked off; what items show is in progress, or overdue after its deadline."""
    rows: list[tuple[object, ...]] = []
    for school in schools:
        for paper in form.order.papers:
            rows.append((school.code, "Документы", paper.title, paper.due, (), Milestone.NOT_CHECKED, None))
        for stage in form.stages:
            for measure in stage.measures:
                late = measure.due is not None and as_of > measure.due
                state = Milestone.OVERDUE if late else Milestone.IN_PROGRESS
                if not of_case[school.code].course:
                    state = Milestone.UNKNOWN
                if not measure.items:
                    state = Milestone.NOT_CHECKED
                if measure.since and as_of < measure.since:
                    state = Milestone.NOT_BEGUN
                rows.append((school.code, stage.title, measure.title, measure.due, measure.items, state, None))
    columns = ["school_code", "stage", "measure", "due", "items", "state", "done_since"]
    return pd.DataFrame(rows, columns=columns).astype({"due": "object", "done_since": "object"})


def _reconciliation(
    schools: Sequence[School], coverage: pd.DataFrame, totals: pd.DataFrame, form: Form, remarks: Iterable[Remark]
) -> Reconciliation:
    """Those set aside said half of their base; the schools that are missing may say anything."""
    items = totals[["expected", "carried", "counted", *(s.value for s in Share if s is not Share.COUNTED)]].copy()
    items["read"] = items["counted"] + items["set_aside"] + items["not_applicable"] + 2
    items["elsewhere"], items["answered_not_applicable"] = 2, items["not_applicable"]
    items["percent"] = totals["percent"]
    aside = coverage[coverage["share"] == Share.SET_ASIDE]
    bases = {school.code: school.bases for school in schools}
    people = {"set_aside": dict.fromkeys(totals.index, 0.0), "missing": dict.fromkeys(totals.index, 0.0)}
    for row in coverage.itertuples():
        base = bases[row.school_code].get(form.item(row.item).base, 0.0)
        if row.share is Share.SET_ASIDE:
            people["set_aside"][row.item] += base
        if row.share in (Share.SET_ASIDE, Share.NO_REPORT, Share.NO_ANSWER):
            people["missing"][row.item] += base
    asides, missing = (pd.Series(people[name], dtype="float64") for name in ("set_aside", "missing"))
    items["people_counted"], items["people_set_aside"] = totals["covered"], asides / 2
    items["people_read"] = items["people_counted"] + items["people_set_aside"]
    whole = totals["total"]
    items["percent_with_set_aside"] = (totals["covered"] + asides / 2) / (whole + asides).where(whole > 0) * 100
    items["percent_low"] = totals["covered"] / (whole + missing).where(whole + missing > 0) * 100
    items["percent_high"] = (totals["covered"] + missing) / (whole + missing).where(whole + missing > 0) * 100
    items["holds"] = True
    said = list(remarks)
    return Reconciliation(
        items,
        tuple(
            SetAside(school, row.item, bases[row.school_code][form.item(row.item).base] / 2,
                     bases[row.school_code][form.item(row.item).base], 50.0,
                     tuple(r for r in said if (r.school, r.item) == (row.school_code, row.item)),
                     _percent_with_half(totals.loc[row.item], bases[row.school_code][form.item(row.item).base]))
            for row in aside.itertuples()
            for school in schools
            if school.code == row.school_code
        ),
        {"учтён": len(schools), "не прочитан": 1},
        len(schools) + 1,
        len(schools) + 1,
    )  # fmt: skip


def _percent_with_half(sums: "pd.Series[float]", base: float) -> float:
    """Of the sums of an item and one answer more: half of that base."""
    return (sums["covered"] + base / 2) / (sums["total"] + base) * 100


def _remark_history(remarks: Iterable[Remark], as_of: date) -> RemarkHistory:
    """The first remark stands for the second time, the others are new; two of four have been corrected."""
    keys = [(r.school, r.item, r.code) for r in remarks if r.severity is not Severity.INFO]
    standing = {key: RemarkAge(as_of, 1) for key in keys}
    if not keys:
        return RemarkHistory({})
    standing[keys[0]] = RemarkAge(HISTORY[0], 2)
    return RemarkHistory(standing, {"01": 4}, tuple(remarks)[:2])


def _school(number: int, case: Case, form: Form) -> School:
    """Bases other than the headline's follow from it: parents somewhat more, teachers a few, all others fewer."""
    factors = {"Родители": 1.2, "Учителя": 1 / 18}
    sizes = {base.id: float(math.ceil(case.able * factors.get(base.group, 0.8))) for base in form.bases}
    sizes[form.headline_item.base] = float(case.able)
    return School(f"{number:02d}", case.name, bases=sizes, group=case.group)


def _came(case: Case) -> State:
    return State.ACCEPTED if case.course else State.NOT_SUBMITTED


def _calm(state: Milestone) -> Milestone:
    return Milestone.DONE if state is Milestone.OVERDUE else state


def _file(school: School) -> str:
    return f"otchet-{school.code}.xlsx"


def _coverage(schools: Sequence[School], of_case: dict[str, Case], form: Form) -> pd.DataFrame:
    rows = []
    for school in schools:
        for place, item in enumerate(form.coverage_items):
            rows.append({"school_code": school.code, "item": item.number, **_answer(school, of_case[school.code],
                         item, place, form), "derived": item.asks == "percent", "cell": f"D{20 + place}",
                         "carried": of_case[school.code].state is State.CARRIED, "file": _file(school),
                         "sheet": "Отчёт"})  # fmt: skip
    columns = ["school_code", "item", "share", "covered", "total", "percent", "derived", "carried", "file", "sheet",
               "cell"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _answer(school: School, case: Case, item: Item, place: int, form: Form) -> dict[str, Any]:
    nothing = {"covered": math.nan, "total": math.nan, "percent": math.nan}
    if not case.course:
        return {"share": Share.NO_REPORT, **nothing}
    if item.number == form.headline.item:
        if case.set_aside:
            return {"share": Share.SET_ASIDE, **nothing}
        percent = case.course[-1]
    else:
        percent = min(100.0, 40 + case.course[-1] * (1 + place % 4) / 2.5)
    if item.may_be_not_provided and school.code.endswith("7"):
        return {"share": Share.NOT_APPLICABLE, **nothing}
    if item.kind is Kind.VOLUME:
        return {"share": Share.COUNTED, **nothing, "percent": percent}
    total = school.bases[item.base]
    return {"share": Share.COUNTED, "covered": percent / 100 * total, "total": total, "percent": percent}


def _totals(coverage: pd.DataFrame, form: Form, expected: int, before: Former | None) -> pd.DataFrame:
    now, then, rows = _by_item(coverage), _by_item(before.coverage) if before else {}, {}
    for item in form.coverage_items:
        answers = now.get(item.number, [])
        counted = [answer for answer in answers if answer.share is Share.COUNTED]
        covered, total = (
            math.fsum(figure for answer in counted if not math.isnan(figure := getattr(answer, name)))
            for name in ("covered", "total")
        )
        percent = covered / total * 100 if total else math.nan
        shares = Counter(answer.share for answer in answers)
        rows[item.number] = {
            "covered": covered,
            "total": total,
            "percent": percent,
            **_change(counted, then.get(item.number, []), before, item.number, percent),
            "counted": len(counted),
            "carried": sum(answer.carried for answer in counted),
            "derived": sum(answer.derived for answer in counted),
            **{share.value: shares[share] for share in Share if share is not Share.COUNTED},
            "expected": expected,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _groups(schools: Sequence[School], coverage: pd.DataFrame, form: Form, as_of: date) -> pd.DataFrame:
    """A row a group and item; those of no group last. None where no school has one."""
    names = [*dict.fromkeys(s.group for s in schools if s.group), *([""] if any(not s.group for s in schools) else [])]
    rows = []
    for name in names if any(names) else ():
        own = [school.code for school in schools if school.group == name]
        sums = _totals(coverage[coverage["school_code"].isin(own)], form, len(own), None)
        for row in sums.itertuples():
            nothing = {"level": None, "deviation": math.nan, "shortfall": math.nan}
            if row.Index == form.headline.item:
                nothing["level"] = Level.UNKNOWN
                if row.total:
                    nothing |= {key: value for key, value in _against(row.covered, row.total, form, as_of).items() if
                                key in nothing and value is not None}  # fmt: skip
            figures = {key: value for key, value in row._asdict().items() if key != "Index" and "change" not in key}
            if not row.total:
                figures |= {"covered": math.nan, "total": math.nan, "percent": math.nan}
            rows.append({"group": name or "Без группы", "item": row.Index, **figures, **nothing})
    columns = ["group", "item", "covered", "total", "percent", "counted", "carried", "derived",
               *(share.value for share in Share if share is not Share.COUNTED), "expected", "level", "deviation",
               "shortfall"]  # fmt: skip
    levels = pd.Series([row["level"] for row in rows], dtype="object")
    return pd.DataFrame(rows, columns=columns).assign(level=levels).astype({"shortfall": "float64"})


def _by_item(coverage: pd.DataFrame) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {}
    for answer in coverage.itertuples(index=False):
        rows.setdefault(answer.item, []).append(answer)
    return rows


def _change(
    counted: Sequence[Any], answers_then: Sequence[Any], before: Former | None, item: str, percent: float
) -> dict[str, float]:
    """Over the schools that have a figure on both dates; nothing where all of them only carry theirs forward."""
    now = {row.school_code: row for row in counted}
    then = {row.school_code: row for row in answers_then if row.share is Share.COUNTED}
    both = [code for code in now if code in then]
    found = {"change": math.nan, "change_people": math.nan, "change_schools": len(both), "change_of_totals": math.nan}
    if before:
        found["change_of_totals"] = percent - before.totals["percent"][item]
    if not all(now[code].carried for code in both) and sum(now[code].total for code in both) > 0:
        covered, total = sum(now[code].covered for code in both), sum(now[code].total for code in both)
        covered_then, total_then = (sum(getattr(then[code], name) for code in both) for name in ("covered", "total"))
        found |= {
            "change": (covered / total - covered_then / total_then) * 100,
            "change_people": covered - covered_then,
        }
    return found


def _activation(school: School, case: Case, form: Form, as_of: date) -> Activation:
    places = {"file": _file(school), "sheet": "Отчёт", "cell": "D51"}
    if not case.course:
        return Activation(school, Level.UNKNOWN, share=Share.NO_REPORT)
    report_date = HISTORY[1] if case.state is State.CARRIED else as_of
    if case.set_aside:
        return Activation(school, Level.UNKNOWN, report_date=report_date, share=Share.SET_ASIDE, **places)
    carried = case.state is State.CARRIED
    moving = not carried and len(case.course) > 1
    coming, ahead = form.next_target(as_of), _ahead(case.course, form, as_of) if moving else None
    change = case.course[-1] - case.course[-2] if moving else None
    return Activation(
        school,
        report_date=report_date,
        carried=carried,
        change=change,
        change_people=None if change is None else change / 100 * case.able,
        pace=None if change is None else change / 100 * case.able / 4,
        forecast=ahead,
        will_miss=bool(coming and ahead is not None and ahead < coming.min),
        **_against(case.course[-1] / 100 * case.able, float(case.able), form, as_of),
        **places,
    )


def _municipality(
    activation: Sequence[Activation], form: Form, as_of: date, trend: pd.DataFrame, totals: pd.DataFrame
) -> Activation:
    counted = [row for row in activation if row.percent is not None]
    if not counted:
        return Activation(None, Level.UNKNOWN, share=Share.NO_ANSWER)
    course = [float(p) for p in trend[trend["school_code"] == ""]["percent"]]
    covered, total = sum(row.covered or 0 for row in counted), sum(row.total or 0 for row in counted)
    moving = len(course) > 1
    coming, ahead = form.next_target(as_of), _ahead(course, form, as_of) if moving else None
    whole = totals.loc[form.headline.item]
    return Activation(
        None,
        change=None if math.isnan(whole["change"]) else float(whole["change"]),
        change_people=None if math.isnan(whole["change_people"]) else float(whole["change_people"]),
        change_schools=int(whole["change_schools"]),
        change_of_totals=None if math.isnan(whole["change_of_totals"]) else float(whole["change_of_totals"]),
        pace=(course[-1] - course[-2]) / 100 * total / 4 if moving else None,
        forecast=ahead,
        will_miss=bool(coming and ahead is not None and ahead < coming.min),
        **_against(covered, total, form, as_of),
    )


def _against(covered: float, total: float, form: Form, as_of: date) -> dict[str, Any]:
    target, coming = form.target_on(as_of), form.next_target(as_of)
    percent = covered / total * 100
    weeks = (coming.by - as_of).days / 7 if coming else 0
    missing = _people(coming.min / 100 * total - covered) if coming else 0
    return {
        "level": _level(percent, target),
        "covered": covered,
        "total": total,
        "percent": percent,
        "deviation": percent - target.min if target else None,
        "shortfall": _people(target.min / 100 * total - covered) if target else None,
        "per_week": _people(max(0.0, coming.min / 100 * total - covered) / weeks) if coming and missing else
        0 if coming else None,
    }  # fmt: skip


def _people(missing: float) -> int:
    return max(0, math.ceil(round(missing, 6)))


def _level(percent: float, target: Target | None) -> Level:
    if target is None:
        return Level.NOT_YET
    if round(percent, 9) < target.min:
        return Level.BELOW
    return Level.ABOVE if round(percent, 9) > target.max else Level.ON


def _ahead(course: Sequence[float], form: Form, as_of: date) -> float | None:
    """As far again as since the date before."""
    return min(100.0, 2 * course[-1] - course[-2]) if form.next_target(as_of) else None


def _worst_first(row: Activation) -> tuple[bool, float, str]:
    return row.percent is None, row.percent or 0.0, row.school.code if row.school else ""


def _trend(schools: Sequence[School], of_case: dict[str, Case], days: Sequence[date]) -> pd.DataFrame:
    rows = []
    for index, day in enumerate(days):
        seen = [(s, of_case[s.code]) for s in schools if index < len(of_case[s.code].course)]
        last = index == len(days) - 1
        aside = [school for school, case in seen if last and case.set_aside]
        seen = [(school, case) for school, case in seen if school not in aside]
        covered = sum(case.course[index] / 100 * case.able for _, case in seen)
        total = float(sum(case.able for _, case in seen))
        for school, case in seen:
            carried = last and case.state is State.CARRIED
            rows.append((day, school.code, case.course[index] / 100 * case.able, float(case.able), case.course[index],
                         carried, Share.COUNTED, not carried))  # fmt: skip
        for school in aside:
            rows.append((day, school.code, math.nan, math.nan, math.nan, False, Share.SET_ASIDE, True))
        if total:
            rows.append((day, "", covered, total, covered / total * 100, False, Share.COUNTED, True))
    columns = ["date", "school_code", "covered", "total", "percent", "carried", "share", "reported"]
    return pd.DataFrame(rows, columns=columns).astype({"percent": "float64", "carried": "bool", "reported": "bool"})


def _submission(school: School, case: Case, as_of: date) -> Submission:
    if not case.course:
        return Submission(school, case.state)
    carried = case.state is State.CARRIED
    day = HISTORY[1] if carried else as_of
    arrived = datetime.combine(day, time(11, 11)) + timedelta(days=case.days_late or 0)
    errors = 2 if case.state is State.TO_CORRECT else 0
    warnings = 1 if case.state is State.ACCEPTED_WITH_REMARKS else 0
    superseded = ((f"черновик-{school.code}.xlsx", arrived - timedelta(days=2)),) if case.set_aside else ()
    return Submission(school, case.state, _file(school), day, arrived, case.days_late, errors, warnings, superseded)


def _year(schools: Sequence[School], of_case: dict[str, Case], form: Form, as_of: date) -> Year:
    """A school that has a course has met every earlier date, one that is late now was late always."""
    dates = form.order.reporting_dates
    in_force = max((day for day in dates if day <= as_of), default=None)

    def delivery(case: Case, day: date) -> Delivery:
        if day > as_of:
            return Delivery.TO_COME
        if not case.course or (day == in_force and case.state is State.CARRIED):
            return Delivery.MISSING
        if day == in_force and case.state is State.TO_CORRECT:
            return Delivery.TO_CORRECT
        return Delivery.LATE if case.days_late else Delivery.ON_TIME

    return Year(dates, tuple(SchoolYear(s, tuple(delivery(of_case[s.code], day) for day in dates)) for s in schools))


def _standing(remarks: Iterable[Remark], days: Sequence[date], as_of: date) -> dict[date, dict[str, int | None]]:
    """Twice as many the date before, and so on."""
    now = Counter(remark.code for remark in remarks if remark.severity is not Severity.INFO)
    dates = sorted({*days, as_of}, reverse=True)
    return {day: {code: count * 2**back for code, count in now.items()} for back, day in enumerate(dates)}


def _to_be_rung_up(submission: Submission) -> tuple[int, str]:
    first = (State.NOT_SUBMITTED, State.UNREADABLE, State.TO_CORRECT, State.CARRIED)
    return first.index(submission.state) if submission.state in first else len(first), submission.school.code


def _milestones(
    schools: Sequence[School], of_case: dict[str, Case], coverage: pd.DataFrame, form: Form, as_of: date
) -> pd.DataFrame:
    shares = {(row.school_code, row.item): row for row in coverage.itertuples()}
    rows = []
    for school in schools:
        for item in form.due_items:
            assert item.due is not None
            late = (as_of - item.due).days
            answer = shares.get((school.code, item.number))
            if not of_case[school.code].course:
                state = Milestone.UNKNOWN
            elif answer is not None and answer.share is Share.NOT_APPLICABLE:
                state = Milestone.NOT_APPLICABLE
            elif (answer is None and late > 0) or (answer is not None and answer.percent >= 100):
                state = Milestone.DONE
            else:
                state = Milestone.OVERDUE if late > 0 else Milestone.IN_PROGRESS
            late = late if state is Milestone.OVERDUE else 0
            rows.append(
                (school.code, item.number, item.due, state, late, HISTORY[0] if state is Milestone.DONE else None)
            )
    columns = ["school_code", "item", "due", "state", "days_late", "done_since"]
    return pd.DataFrame(rows, columns=columns).astype({"done_since": "object"})


def _answers(schools: Sequence[School], of_case: dict[str, Case], form: Form) -> pd.DataFrame:
    """What schools wrote in answer to the items that are no share."""
    said = {
        Kind.PERSON: (("person", "Иванова Анна Петровна"), ("position", "заместитель директора")),
        Kind.TEXT: (("text", "=собрания, сайт"),),
        Kind.DOCUMENT: (("number", "12"), ("date", "2013-12-20")),
        Kind.YES_NO: (("yes", "да"), ("url", "http://school.example")),
    }
    rows = []
    for school in schools:
        for item in form.items if of_case[school.code].course else ():
            rows += [(school.code, item.number, field, text, math.nan) for field, text in said.get(item.kind, ())]
            if item.kind is Kind.ACTS:
                act = (("title", "Положение о дневнике"), ("number", "7"), ("date", "2014-01-15"))
                rows += [(school.code, f"{item.number}.1", field, text, math.nan) for field, text in act]
            if item.classes:
                rows.append((school.code, item.number, "classes", "1-11", math.nan))
    frame = pd.DataFrame(rows, columns=["school_code", "item", "field", "text", "number"])
    return frame.assign(
        counted=True,
        waived=False,
        basis="stated",
        carried="",
        file="otchet.xlsx",
        sheet="Отчёт",
        cell="C7",
        as_of=str(AS_OF),
    )
