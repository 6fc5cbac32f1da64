"""Figures of the picture, each computed here by hand."""

import math
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import msgspec
import pytest

from pipeline.measuring.activation import forecast, level
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.deliveries import days_late
from pipeline.measuring.figures import Activation, Figures, Level, Milestone, Share, State
from pipeline.measuring.problems import OTHER, group_of
from pipeline.writing.pages.marks import MARKS
from schemas.district import Registry, School
from schemas.form import Target
from schemas.remarks import remark
from schemas.reports import FileRead
from tests.batch import CALENDAR, MARCH, file_of, measured, moment, order_form, school
from tests.order_form import FORM, REGISTRY, OrderForm

JANUARY, MAY = date(2014, 1, 30), date(2014, 5, 20)
THREE = Registry((school("01"), school("02"), school("03")))
# Schools of different sizes: Σ/Σ and the mean of percentages differ.
BIG_AND_SMALL = Registry((school("01"), school("02", bases={"teachers": 8, "pupils": 60, "parents": 55, "able": 50})))


def sent(code: str = "01", day: date = MARCH, registry: Registry = THREE, **answers: str) -> FileRead:
    """A clean report with these answers changed: `i6_1` stands for item 6.1."""
    changed = {name[1:].replace("_", "."): words for name, words in answers.items()}
    return file_of(order_form(day, code, changed), f"{code}-{day}.xlsx", registry)


def share_of(figures: Figures, item: str, code: str = "01") -> Share:
    rows = figures.coverage
    [share] = rows[(rows["school_code"] == code) & (rows["item"] == item)]["share"]
    return share


def of_school(figures: Figures, item: str, code: str = "01") -> tuple[float, float, float]:
    rows = figures.coverage
    [found] = rows[(rows["school_code"] == code) & (rows["item"] == item)][["covered", "total", "percent"]].to_numpy()
    return tuple(found)


# ── coverage ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("331 из 574 (58%)", (331, 574, 33100 / 574)),
        ("331 чел. / 58 %", (331, 574, 33100 / 574)),  # the whole is the registry's
        ("331 из 570 (58%)", (331, 570, 33100 / 570)),  # a stated whole goes before the registry's
        ("41 %", (235.34, 574, 41)),  # people stay unrounded
        ("0 %", (0, 574, 0)),
        ("574 чел. / 100 %", (574, 574, 100)),
    ],
)
def test_the_share_of_a_school_is_people_covered_of_people_in_all(answer, expected):
    assert of_school(measured([sent(i6_2=answer)]), "6.2") == pytest.approx(expected, rel=1e-12)


def test_a_stated_whole_percent_stays_what_it_is_to_the_last_bit():
    """347 people are no multiple of 100: every count derived from a percent is a fraction."""
    percents = [float(percent) for percent in range(101)]
    registry = Registry(tuple(school(f"{n + 1:03d}", bases={"able": 347.0}) for n in range(101)))
    form = OrderForm(answers={"14": "0 %"}, problems=[])
    clean = file_of(form, registry=registry)
    files = [stating(clean, s.code, percent) for s, percent in zip(registry.schools, percents, strict=True)]
    rows = measured(files, registry).coverage
    assert list(rows[rows["item"] == "14"]["percent"]) == percents


def stating(read: FileRead, code: str, percent: float) -> FileRead:
    """The file as of that school, its figures that percent."""
    [report] = read.reports
    facts = tuple(fact._replace(value=percent) for fact in report.facts)
    return replace(read, file=f"{code}.xlsx", reports=(replace(report, school=code, facts=facts),), remarks=())


def test_a_volume_has_a_percent_for_the_school_and_none_for_the_municipality():
    figures = measured([sent()])
    covered, total, percent = of_school(figures, "9")
    assert (covered != covered, total != total, percent) == (True, True, 31)
    assert figures.totals["percent"].isna()["9"]
    assert figures.totals["counted"]["9"] == 1


def test_the_municipality_is_the_sum_over_the_sum_and_never_the_mean():
    of_its_size = {"6.1": "8/100%", "6.2": "55 из 55", "6.3": "60/100%", "10.1": "4/50%", "10.2": "11/20%"}
    answers = {**of_its_size, "10.3": "30/50%", "14": "30 %"}
    small = file_of(order_form(code="02", answers=answers), "02.xlsx", BIG_AND_SMALL)
    big = sent("01", registry=BIG_AND_SMALL, i6_2="287 из 574")
    figures = measured([big, small], BIG_AND_SMALL)
    sums = figures.totals.loc["6.2"]
    assert (sums["covered"], sums["total"]) == (342, 629)
    assert sums["percent"] == pytest.approx(34200 / 629)  # the mean would be 75 %
    assert (sums["counted"], sums["expected"], sums["derived"]) == (2, 2, 0)
    assert figures.totals["derived"]["13"] == 2


SHARES = {
    "counted": ("6.2", "331 из 574 (58%)", Share.COUNTED),
    "with-a-warning": ("6.2", "331 из 570 (58%)", Share.COUNTED),
    "with-an-error": ("6.2", "331 из 574 (59%)", Share.SET_ASIDE),
    "unreadable": ("6.2", "более 50 %", Share.SET_ASIDE),
    "blank": ("6.2", "", Share.NO_ANSWER),
    "a-dash": ("6.2", "—", Share.NO_ANSWER),
    "not-provided": ("12.3", "не предусмотрено", Share.NOT_APPLICABLE),
    "not-provided-by-the-system": ("12.3", "Системой не предусмотрено", Share.NOT_APPLICABLE),
    "provided": ("12.3", "50 %", Share.COUNTED),
    "nobody-of-nobody": ("10.1", "0 из 0", Share.NOT_APPLICABLE),
}


@pytest.mark.parametrize(("item", "answer", "share"), SHARES.values(), ids=SHARES)
def test_what_became_of_an_answer(item, answer, share):
    figures = measured([sent(**{f"i{item.replace('.', '_')}": answer})])
    assert share_of(figures, item) is share
    assert (share is Share.COUNTED) == (figures.totals["counted"][item] == 1)
    assert figures.totals[share.value][item] == 1


def test_a_share_of_an_unknown_whole_is_set_aside():
    registry = Registry((school("01", bases={"able": 548.0}),))
    assert share_of(measured([sent(registry=registry)], registry), "13") is Share.SET_ASIDE


def test_every_school_expected_is_in_one_state_an_item():
    figures = measured([sent("01", i6_2="более 50 %"), sent("02")], THREE)
    states = figures.totals[["counted", "set_aside", "not_applicable", "no_answer", "no_report"]]
    assert (states.sum(axis="columns") == 3).all()
    assert dict(states.loc["6.2"]) == {
        "counted": 1,
        "set_aside": 1,
        "not_applicable": 0,
        "no_answer": 0,
        "no_report": 1,
    }
    assert dict(states.loc["12.3"]) == {
        "counted": 0,
        "set_aside": 0,
        "not_applicable": 2,
        "no_answer": 0,
        "no_report": 1,
    }


def test_a_carried_report_is_counted_and_marked():
    figures = measured([sent("01", JANUARY, i6_2="100 из 574"), sent("02")], THREE)
    assert of_school(figures, "6.2")[0] == 100
    assert figures.totals["carried"]["6.2"] == 1
    carried = figures.coverage[figures.coverage["carried"]]
    assert set(carried["school_code"]) == {"01"}


def test_a_figure_leads_back_to_its_cell():
    rows = measured([sent()]).coverage
    row = rows[(rows["school_code"] == "01") & (rows["item"] == "6.2")].iloc[0]
    assert (row["file"], row["sheet"], row["cell"]) == ("01-2014-03-20.xlsx", "Лист1", "C17")


def test_an_empty_registry_has_no_figures_and_no_faults():
    figures = measured([], Registry())
    assert figures.coverage.empty
    assert figures.municipality.percent is None
    assert list(figures.totals["expected"]) == [0] * len(FORM.coverage_items)


# ── activation ───────────────────────────────────────────────────────────────────────────────────────────


def activation(figures: Figures, code: str = "01") -> Activation:
    return next(row for row in figures.activation if row.school and row.school.code == code)


def with_able(people: float) -> Registry:
    return Registry((school("01", bases={**THREE.schools[0].bases, "able": people}),))


@pytest.mark.parametrize(
    ("able", "answer", "expected_level", "deviation", "shortfall"),
    [
        (548, "41 %", Level.ON, 0, 0),  # 41 % of 548 is 224,68 people: stated, and on plan
        (548, "40,9 %", Level.BELOW, -0.1, 1),
        (300, "123 из 300", Level.ON, 0, 0),  # 0,41 × 300 is 122,99999…
        (300, "122 из 300", Level.BELOW, 12200 / 300 - 41, 1),
        (548, "60 %", Level.ON, 19, 0),
        (548, "60,1 %", Level.ABOVE, 19.1, 0),
        (548, "0 %", Level.BELOW, -41, 225),  # 224,68 people rounded up
    ],
)
def test_target_against_actual(able, answer, expected_level, deviation, shortfall):
    registry = with_able(able)
    row = activation(measured([sent(registry=registry, i14=answer, i12_1="100 %")], registry))
    assert row.level is expected_level
    assert row.deviation == pytest.approx(deviation, abs=1e-9)
    assert row.shortfall == shortfall


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(40.9999, Level.BELOW), (41 - 1e-13, Level.ON), (41, Level.ON), (60 + 1e-13, Level.ON), (60.0001, Level.ABOVE)],
)
def test_a_share_is_compared_unrounded_but_not_to_the_last_binary_digit(percent, expected):
    assert level(percent, Target(by=MARCH, min=41, max=60)) is expected


def test_stated_percentages_of_the_lower_bound_add_up_to_the_lower_bound():
    """41 % of 39 and of 46 people are stored as a little less than 41 % of 85: nobody is missing for that."""
    registry = Registry(tuple(school(code, bases={"able": able}) for code, able in (("01", 39.0), ("02", 46.0))))
    form = OrderForm(answers={"14": "41 %"}, problems=[])
    files = [stating(file_of(form, registry=registry), s.code, 41.0) for s in registry.schools]
    figures = measured(files, registry)
    whole = figures.municipality
    assert figures.totals["percent"]["14"] < 41
    assert (whole.level, whole.deviation, whole.shortfall) == (Level.ON, 0, 0)


def test_the_municipality_lacks_its_own_people_and_not_the_sum_over_schools():
    """One school far above, one below: 450 + 150 of 1096 is 54,7 %."""
    two = Registry(THREE.schools[:2])
    figures = measured([sent("01", i14="450 из 548", i12_1="100 %"), sent("02", i14="150 из 548", i12_1="100 %")], two)
    assert figures.municipality.percent == pytest.approx(60000 / 1096)
    assert figures.municipality.shortfall == 0
    assert activation(figures, "02").shortfall == 75


def test_before_the_first_target_only_the_next_one_is_known():
    row = activation(measured([sent(day=JANUARY, i14="10 %")], as_of=JANUARY))
    assert (row.level, row.deviation, row.shortfall) == (Level.NOT_YET, None, None)
    assert row.per_week == 37  # 30 % of 548 is 164,4; 109,6 more in three weeks


def test_after_the_last_target_there_is_no_pace():
    row = activation(measured([sent(day=date(2014, 9, 20), i14="90 %", i12_1="100 %")], as_of=date(2014, 9, 20)))
    assert (row.level, row.per_week, row.forecast) == (Level.BELOW, None, None)


def test_the_worst_come_first_and_schools_without_a_figure_last():
    files = [sent("01", i14="44 %"), sent("02", i14="более 50 %"), sent("03", i14="30 %")]
    figures = measured(files, THREE)
    assert [row.school.code for row in figures.activation] == ["03", "01", "02"]
    assert [row.share for row in figures.activation] == [Share.COUNTED, Share.COUNTED, Share.SET_ASIDE]
    assert activation(figures, "02").cell == "C32"


def test_the_change_is_against_the_last_reporting_date_and_none_when_carried():
    files = [sent("01", JANUARY, i14="20 %"), sent("01", i14="44 %"), sent("02", JANUARY, i14="20 %"), sent("03")]
    figures = measured(files, THREE)
    assert activation(figures, "01").change == pytest.approx(24)
    assert activation(figures, "02").change is None  # carried
    assert activation(figures, "03").change is None  # the first


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ([10, 20, 30], 40),
        ([10, 10, 10, 90], 170 / 3),  # slopes 0, 0, 0, 80/3, 40, 80: the median is 40/3 a step, from 10/3 on
        ([60, 80, 100], 100),
        ([30, 20, 10], 0),
        ([10, 20], None),
        ([], None),
    ],
)
def test_the_forecast_goes_on_along_the_schools_own_reports(course, expected):
    points = [(JANUARY + timedelta(days=30 * step), float(percent)) for step, percent in enumerate(course)]
    ahead = JANUARY + timedelta(days=30 * len(course))
    assert forecast(points, ahead) == (None if expected is None else pytest.approx(expected))


def test_a_carried_figure_is_no_new_point_of_the_trend():
    """Two reports and a third date without one: too few for a forecast."""
    files = [sent("01", JANUARY, i14="20 %"), sent("01", i14="44 %"), sent("02", MAY)]
    assert activation(measured(files, THREE, MAY), "01").forecast is None


def test_the_trend_knows_nothing_of_later_reports():
    april = date(2014, 4, 19)
    files = [sent("01", JANUARY, i14="20 %"), sent("01", i14="44 %"), sent("01", april, i14="50 %")]
    assert activation(measured(files, THREE, date(2014, 4, 18)), "01").forecast is None
    assert activation(measured(files, THREE, april), "01").forecast is not None


# ── milestones ───────────────────────────────────────────────────────────────────────────────────────────

MILESTONES = {
    "person": ("1", "Иванова Мария Петровна; завуч", MARCH, Milestone.DONE),
    "no-person": ("1", "", MARCH, Milestone.OVERDUE),
    "system": ("2", "Сетевой город", MARCH, Milestone.DONE),
    "system-typed-no": ("2", "нет", MARCH, Milestone.OVERDUE),
    "forms-on-the-site": ("7", "Размещено на сайте", MARCH, Milestone.DONE),
    "plan": ("3", "приказ № 12 от 05.12.2013", MARCH, Milestone.DONE),
    "plan-without-a-number": ("3", "приказ от 05.12.2013", MARCH, Milestone.OVERDUE),
    "plan-typed-no": ("3", "нет", MARCH, Milestone.OVERDUE),
    "one-act-of-two": ("4.2", "", MARCH, Milestone.DONE),
    "everybody": ("6.2", "574/100%", MARCH, Milestone.DONE),
    "all-but-one": ("6.2", "573 из 574", MARCH, Milestone.OVERDUE),
    "set-aside": ("6.2", "575 из 574", MARCH, Milestone.UNDER_QUESTION),
    "set-aside-before-the-deadline": ("9", "80–85 %", MARCH, Milestone.UNDER_QUESTION),
    "an-estimate": ("6.2", "более 50 %", MARCH, Milestone.UNDER_QUESTION),
    "plan-that-is-not-understood": ("3", "имеется", MARCH, Milestone.UNDER_QUESTION),
    "person-that-is-not-understood": ("1", "назначена", MARCH, Milestone.UNDER_QUESTION),
    "a-position-without-a-name": ("1", "завуч", MARCH, Milestone.OVERDUE),
    "system-that-stands-elsewhere": ("2", "см. приложение", MARCH, Milestone.UNDER_QUESTION),
    "one-act-of-two-not-understood": ("4.2", "утверждено", MARCH, Milestone.DONE),
    "on-the-day-itself": ("6.2", "331 из 574", JANUARY, Milestone.IN_PROGRESS),
    "the-day-after": ("6.2", "331 из 574", date(2014, 1, 31), Milestone.OVERDUE),
    "done-before-the-deadline": ("9", "100 %", MARCH, Milestone.DONE),
    "link": ("11", "есть", MARCH, Milestone.DONE),
    "no-link-yet": ("11", "нет", MARCH, Milestone.IN_PROGRESS),
    "no-link-too-late": ("11", "нет", date(2014, 9, 2), Milestone.OVERDUE),
    "not-provided": ("12.3", "не предусмотрено", MARCH, Milestone.NOT_APPLICABLE),
}


def state_of(figures: Figures, item: str, code: str = "01") -> tuple[Milestone, int]:
    rows = figures.milestones
    row = rows[(rows["school_code"] == code) & (rows["item"] == item)].iloc[0]
    return row["state"], int(row["days_late"])


@cache
def milestones_on(day: date) -> tuple[Figures, dict[str, str]]:
    """Each case of that day as a school of its own, measured together; case -> code."""
    codes = {name: f"{n:02d}" for n, (name, case) in enumerate(MILESTONES.items(), start=1) if case[2] == day}
    everybody = Registry(tuple(map(school, codes.values())))
    answers = {code: {MILESTONES[name][0]: MILESTONES[name][1]} for name, code in codes.items()}
    files = [file_of(order_form(day, code, said), f"{code}.xlsx", everybody) for code, said in answers.items()]
    return measured(files, everybody, day), codes


@pytest.mark.parametrize("case", MILESTONES)
def test_the_state_of_a_milestone(case):
    item, _, day, expected = MILESTONES[case]
    figures, codes = milestones_on(day)
    assert state_of(figures, item.partition(".")[0] if item.startswith("4") else item, codes[case])[0] is expected


@pytest.mark.parametrize("words", ["не требуется", "Не требуется, положение действует"])
def test_amendments_that_are_not_needed_are_not_applicable(words):
    figures = measured([file_of(order_form(answers={"5.1": "", "5": words}))])
    assert state_of(figures, "5") == (Milestone.NOT_APPLICABLE, 0)


def test_an_answer_with_an_error_carries_no_milestone():
    form = order_form(answers={"11": "есть"})
    form.rows.insert(form.row_of("11") + 1, ["11", FORM.item("11").title, "нет"])
    assert state_of(measured([file_of(form)]), "11")[0] is Milestone.UNDER_QUESTION


def test_what_lacks_only_the_registrys_base_is_under_question():
    nameless = Registry((School("01", "МБОУ СОШ № 1"),))
    figures = measured([sent(registry=nameless, i6_1="100 %")], nameless)
    assert state_of(figures, "6.1") == (Milestone.UNDER_QUESTION, 0)


# Item, answers of January and March, state in March.
ONCE_DONE = {
    "then-set-aside": ("6.2", "574/100%", "575 из 574", Milestone.DONE),
    "then-somewhat-less": ("6.2", "574/100%", "573 из 574", Milestone.DONE),
    "then-not-understood": ("3", "приказ № 12 от 05.12.2013", "имеется", Milestone.DONE),
    "then-no": ("11", "есть", "нет", Milestone.IN_PROGRESS),
    "no-system-any-more": ("2", "Сетевой город", "нет", Milestone.OVERDUE),
    "an-act-then-no": ("4.1", "приказ № 14 от 10.12.2013", "нет", Milestone.OVERDUE),
    "set-aside-all-along": ("6.2", "575 из 574", "576 из 574", Milestone.UNDER_QUESTION),
    "only-now": ("6.2", "575 из 574", "574/100%", Milestone.DONE),
}


ONLY = {"4.1": {"4.2": ""}}  # no other act


@cache
def of_january_and_march() -> tuple[Figures, dict[str, str]]:
    """Each case as a school of its own, measured together; case -> code."""
    codes = {name: f"{n:02d}" for n, name in enumerate(ONCE_DONE, start=1)}
    everybody = Registry(tuple(map(school, codes.values())))
    files = [
        file_of(order_form(day, codes[name], {item: said, **ONLY.get(item, {})}), f"{codes[name]}-{day}", everybody)
        for name, (item, then, now, _) in ONCE_DONE.items()
        for day, said in ((JANUARY, then), (MARCH, now))
    ]
    return measured(files, everybody), codes


@pytest.mark.parametrize("case", ONCE_DONE)
def test_what_a_report_has_shown_as_done_stays_done(case):
    item, *_, expected = ONCE_DONE[case]
    figures, codes = of_january_and_march()
    assert state_of(figures, item.partition(".")[0] if item in ONLY else item, codes[case])[0] is expected


def test_a_form_that_is_not_cumulative_says_each_time_anew():
    by_itself = msgspec.structs.replace(FORM, cumulative=False)
    files = [
        file_of(order_form(day, answers={"6.2": said}))
        for day, said in ((JANUARY, "574/100%"), (MARCH, "331 из 574 (58%)"))
    ]
    assert state_of(measured(files, form=by_itself), "6.2")[0] is Milestone.OVERDUE


# Percent of January and March -> states of the steps 30 %, 41 %, 61 %, 100 % in March.
STEPS = {
    "set-aside": ("более 50 %", "более 50 %", "????"),
    "once-reached": ("45 %", "более 50 %", "●●??"),
    "reached-and-fallen": ("45 %", "38 %", "●●○○"),
    "never": ("10 %", "12 %", "×○○○"),
}


@pytest.mark.parametrize(("then", "now", "expected"), STEPS.values(), ids=STEPS)
def test_a_step_that_a_report_has_shown_as_reached_stays_reached(then, now, expected):
    rows = measured([sent("01", JANUARY, i14=then), sent("01", i14=now)]).steps
    assert "".join(MARKS[state][0] for state in rows[rows["school_code"] == "01"]["state"]) == expected


def test_what_is_under_question_is_counted_beside_what_is_overdue():
    figures = measured([sent(i6_2="575 из 574", i7="", i9="80–85 %")])
    assert {deadline.item: codes for deadline, codes in figures.questioned.items()} == {"6.2": ("01",), "9": ("01",)}
    assert figures.questioned_total == 2
    assert {"6.2", "9"}.isdisjoint(deadline.item for deadline in figures.overdue)


def test_days_overdue_are_counted_from_the_deadline():
    assert state_of(measured([sent(i7="")]), "7") == (Milestone.OVERDUE, 49)  # 30.01 to 20.03


def test_of_a_school_without_a_report_nothing_is_known():
    states = measured([], THREE).milestones["state"]
    assert set(states) == {Milestone.UNKNOWN}
    assert len(states) == 3 * len(FORM.due_items)


# ── the reconciliation ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("impossible", ["-5 чел.", "600 из 574"])
def test_an_impossible_figure_is_no_quantity_of_people(impossible):
    figures = measured([sent("01", i6_2=impossible), sent("02")], THREE)
    row = figures.reconciliation.items.loc["6.2"]
    assert (row["set_aside"], row["people_read"], row["people_set_aside"]) == (1, 331, 0)
    assert math.isnan(row["percent_with_set_aside"])  # nobody knows what it would be
    assert figures.reconciliation.unread("6.2") == 1
    [aside] = figures.reconciliation.set_aside
    assert (aside.covered, aside.percent_with_it) == (None, None)


def test_of_what_is_set_aside_only_the_readable_says_what_the_share_would_be():
    figures = measured([sent("01", i6_2="более 50 %"), sent("02"), sent("03", i6_2="287 из 574 (90 %)")], THREE)
    row = figures.reconciliation.items.loc["6.2"]
    assert row["percent_with_set_aside"] == pytest.approx((331 + 287) / (2 * 574) * 100)
    assert (row["set_aside"], figures.reconciliation.unread("6.2"), figures.reconciliation.unread("14")) == (2, 1, 0)


# ── what belongs to nobody ───────────────────────────────────────────────────────────────────────────────


def nobodys(day: date = MARCH, name: str = "nobody.xlsx") -> FileRead:
    return file_of(replace(order_form(day), school="МБОУ СОШ № 99", rows=[]), name)


def without_date() -> FileRead:
    return file_of(replace(order_form(), as_of="", rows=[]), "undated.xlsx")


def broken() -> FileRead:
    return FileRead("damaged.xlsx", "", (), (remark("FILE-DAMAGED", file="damaged.xlsx", what="он обрезан"),))


def a_registry() -> FileRead:
    return FileRead("registry (1).xlsx", "", (), (remark("FILE-REGISTRY", file="registry (1).xlsx", sheet="Школы"),))


# Files and when each came -> names of those that belong to nobody.
NOBODYS = {
    "school-not-in-the-registry": ([nobodys()], MARCH, ["nobody.xlsx"]),
    "no-date": ([without_date()], MARCH, ["undated.xlsx"]),
    "damaged": ([broken()], MARCH, ["damaged.xlsx"]),
    "another-schools-report-makes-nothing-good": ([broken(), sent()], MARCH, ["damaged.xlsx"]),
    "for-an-earlier-date-and-of-then": ([nobodys(JANUARY)], JANUARY, []),
    "dated-earlier-and-come-now": ([nobodys(JANUARY)], MARCH, ["nobody.xlsx"]),
    "unknown-when-it-came": ([broken()], None, ["damaged.xlsx"]),
    "a-school-s-report": ([sent()], MARCH, []),
    "a-copy-of-the-registry": ([a_registry()], MARCH, []),
}


@pytest.mark.parametrize(("files", "came", "expected"), NOBODYS.values(), ids=NOBODYS)
def test_what_belongs_to_nobody(files, came, expected):
    arrivals = {file.file: came and moment(came) for file in files}
    assert [one.file for one in measured(files, arrivals=arrivals).unattributed] == expected


def test_of_what_belongs_to_nobody_is_told_what_was_read():
    [one] = measured([nobodys()]).unattributed
    assert (one.school, one.as_of, one.remark.code) == ("МБОУ СОШ № 99", MARCH, "SCHOOL-UNKNOWN")
    [one] = measured([without_date()]).unattributed
    assert (one.school, one.as_of, one.remark.code) == ("МБОУ СОШ № 1", None, "DATE-MISSING")


# ── submission ───────────────────────────────────────────────────────────────────────────────────────────


def states(figures: Figures) -> dict[str, State]:
    return {line.school.code: line.state for line in figures.submissions}


def undated(code: str = "01") -> OrderForm:
    form = order_form(code=code)
    form.rows[3] = []
    return form


ALONE = Registry(THREE.schools[:1])
# Name of the case: forms of the school, its state, errors and warnings.
STATES = {
    "clean": ([order_form()], State.ACCEPTED, 0, 0),
    "to-be-checked": ([order_form(answers={"6.2": "331 из 570 (58%)"})], State.ACCEPTED_WITH_REMARKS, 0, 1),
    "an-information": ([order_form(answers={"12.1": "61% (5-9 классы)"})], State.ACCEPTED, 0, 0),
    "with-an-error": ([order_form(answers={"6.2": "331 из 574 (59%)"})], State.TO_CORRECT, 1, 0),
    "of-the-date-before": ([order_form(JANUARY)], State.CARRIED, 0, 0),
    "without-a-date": ([undated()], State.UNREADABLE, 1, 0),
    "without-an-answer": ([OrderForm(answers={}, problems=[])], State.NOT_SUBMITTED, 0, 0),
    "no-file": ([], State.NOT_SUBMITTED, 0, 0),
}


@pytest.mark.parametrize(("forms", "state", "errors", "warnings"), STATES.values(), ids=STATES)
def test_the_state_of_a_report(forms, state, errors, warnings):
    [line] = measured([file_of(form) for form in forms], ALONE).submissions
    assert (line.state, line.errors, line.warnings) == (state, errors, warnings)
    assert line.file == ("" if state is State.NOT_SUBMITTED else "01.xlsx")


def test_those_who_have_to_be_rung_up_come_first_then_by_code():
    registry = Registry(tuple(school(f"{n:02d}") for n in range(1, 8)))
    files = [
        sent("01", registry=registry),
        sent("02", registry=registry, i6_2="331 из 570 (58%)"),
        sent("03", registry=registry, i6_2="331 из 574 (59%)"),
        sent("04", JANUARY, registry),
        file_of(undated("06"), "06.xlsx", registry),
    ]
    assert list(states(measured(files, registry))) == ["05", "07", "03", "06", "04", "01", "02"]


@pytest.mark.parametrize(
    ("arrived", "late"),
    [(None, None), (date(2014, 3, 1), 0), (MARCH, 0), (date(2014, 3, 21), 1), (date(2014, 4, 2), 13)],
)
def test_days_late_are_counted_from_the_reporting_date(arrived, late):
    assert days_late(moment(arrived, 23) if arrived else None, MARCH) == late


def test_before_any_reporting_date_nobody_is_late():
    assert days_late(moment(MARCH), None) is None


def late(files: list[FileRead], arrivals: dict[str, date], as_of: date = MARCH) -> int | None:
    moments = {name: moment(day) for name, day in arrivals.items()}
    return measured(files, ALONE, as_of, moments).submissions[0].days_late


def test_a_file_corrected_after_the_deadline_does_not_make_its_school_late():
    first, second = sent(), replace(sent(), file="исправлен.xlsx")
    assert late([first, second], {first.file: MARCH, second.file: date(2014, 4, 1)}) == 0


def test_a_report_of_a_later_date_does_not_make_its_school_late():
    first, monthly = sent(), sent(day=date(2014, 4, 20))
    arrivals = {first.file: MARCH, monthly.file: date(2014, 4, 20)}
    assert late([first, monthly], arrivals, date(2014, 4, 20)) == 0
    assert late([monthly], arrivals, date(2014, 4, 20)) == 31


def test_the_report_of_the_date_before_does_not_make_a_late_one_timely():
    earlier, now = sent(day=JANUARY), sent()
    assert late([earlier, now], {earlier.file: JANUARY, now.file: date(2014, 3, 25)}) == 5


def test_a_report_for_the_next_reporting_date_is_not_late_for_the_one_in_force():
    """Of 15.03, it is the report for 20.03: whether the one for 30.01 was late, only that one says."""
    ahead, first = sent(day=date(2014, 3, 15)), sent(day=JANUARY)
    arrivals = {ahead.file: date(2014, 3, 15), first.file: date(2014, 2, 2)}
    assert late([ahead], arrivals, date(2014, 3, 15)) is None
    assert late([first, ahead], arrivals, date(2014, 3, 15)) == 3
    assert late([ahead], arrivals, MARCH) == 0


def test_a_carried_report_is_neither_on_time_nor_late():
    assert late([sent(day=JANUARY)], {f"01-{JANUARY}.xlsx": JANUARY}) is None


def test_superseded_files_stand_beside_the_one_that_counts():
    first, second = sent(), replace(sent(), file="исправлен.xlsx")
    arrivals = {first.file: moment(MARCH), second.file: moment(MARCH, 11)}
    line = measured([first, second], ALONE, arrivals=arrivals).submissions[0]
    assert (line.file, line.arrived) == ("исправлен.xlsx", moment(MARCH, 11))
    assert line.superseded == ((first.file, moment(MARCH)),)


# ── problems ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("problem", "group"),
    [
        ("Слабый ИНТЕРНЕТ", "Интернет и связь"),
        ("Нет согласия родителей на обработку данных", "Согласие родителей"),
        ("Не хватает компьютеров", "Компьютеры и техника"),
        ("Бессвязные жалобы", OTHER),  # a stem begins a word: «связ» in the middle of one says nothing
        ("Прочее", OTHER),
    ],
)
def test_a_problem_belongs_to_the_group_whose_stem_begins_one_of_its_words(problem, group):
    assert group_of(problem, FORM) == group


def with_problems(code: str, day: date, *said: tuple[str, str]) -> FileRead:
    form = replace(order_form(day, code), problems=list(said), rows=[])
    return file_of(form, f"{code}-{day}.xlsx", THREE)


def test_the_group_that_most_schools_name_comes_first():
    files = [
        with_problems("01", MARCH, ("Нет компьютеров", ""), ("Сломан принтер", "")),
        with_problems("02", MARCH, ("Слабый интернет", "Заявка подана")),
        with_problems("03", MARCH, ("Нет связи", "")),
    ]
    found = measured(files, THREE).problems
    assert [(p.group, p.school.code) for p in found] == [
        ("Интернет и связь", "02"),
        ("Интернет и связь", "03"),
        ("Компьютеры и техника", "01"),
        ("Компьютеры и техника", "01"),
    ]
    assert (found[0].problem, found[0].solution) == ("Слабый интернет", "Заявка подана")


def test_a_problem_stands_since_the_first_report_that_names_it():
    files = [
        with_problems("01", JANUARY, ("Слабый интернет!", "")),
        with_problems("01", MARCH, ("слабый интернет", ""), ("Нет компьютеров", "")),
    ]
    assert {p.problem: p.since for p in measured(files, THREE).problems} == {
        "слабый интернет": JANUARY,
        "Нет компьютеров": MARCH,
    }


# ── the picture as a whole ───────────────────────────────────────────────────────────────────────────────


def test_the_trend_has_a_point_a_reporting_date_and_one_today_where_somebody_has_reported_since():
    april = date(2014, 4, 20)
    files = [sent("01", JANUARY, i14="20 %"), sent("02", MARCH, i14="44 %"), sent("03", april, i14="30 %")]
    trend = measured(files, THREE, april).trend
    whole = trend[trend["school_code"] == ""]
    assert list(whole["date"]) == [JANUARY, MARCH, april]
    assert list(whole["percent"]) == pytest.approx([20, 32, 94 / 3])
    assert len(trend) == 3 * (3 + 1)
    assert list(measured(files[:2], THREE, april).trend["date"].unique()) == [JANUARY, MARCH]


def test_remarks_on_reports_that_are_not_in_the_picture_are_left_out_but_the_reason_is_said():
    files = [sent("01", JANUARY, i6_2="более 50 %"), sent("01"), sent("02", MAY, i6_2="более 50 %")]
    said = [(one.code, one.file) for one in measured(files, THREE).remarks]
    assert said == [("REPORT-OLDER", f"01-{JANUARY}.xlsx"), ("DATE-FUTURE", f"02-{MAY}.xlsx")]


def test_files_that_gave_no_report_keep_all_their_remarks():
    unknown = file_of(replace(order_form(answers={"9": "101 %"}), school="Гимназия № 99", rows=[]), "99.xlsx", THREE)
    codes = {said.code for said in measured([unknown], THREE).remarks}
    assert {"SCHOOL-UNKNOWN", "PCT-ABOVE-100"} <= codes


def test_remarks_on_the_registry_are_handed_on():
    registry = Registry((school("01", bases={"parents": 100.0, "able": 101.0}),))
    assert [said.code for said in measured([], registry).remarks] == ["REGISTRY-PART"]


def test_every_file_has_its_source_line():
    broken = FileRead("broken.xlsx", "")
    files = [sent("01", JANUARY), sent("01"), broken]
    assert [(s.file, s.outcome) for s in measured(files, THREE).sources] == [
        (f"01-{JANUARY}.xlsx", "прежний отчёт школы"),
        (f"01-{MARCH}.xlsx", "учтён"),
        ("broken.xlsx", "не прочитан"),
    ]


def test_bases_are_summed_over_the_schools_in_being():
    registry = Registry((school("01"), school("02", until=JANUARY)))
    assert measured([], registry).bases == REGISTRY.schools[0].bases


def test_the_figures_of_a_date_do_not_depend_on_what_arrived_for_later_ones():
    early = [sent("01", JANUARY, i14="20 %"), sent("02", JANUARY, i14="10 %")]
    late_ones = [sent("01", i14="44 %"), sent("03")]
    alone, among = measured(early, THREE, JANUARY), measured([*early, *late_ones], THREE, JANUARY)
    assert among.activation == alone.activation
    assert among.municipality == alone.municipality
    assert among.totals.equals(alone.totals)
    assert among.submissions == alone.submissions


def test_an_office_date_counts_as_a_reporting_date():
    april = date(2014, 4, 15)
    calendar = Calendar((*CALENDAR.reporting_dates, april), days_before=10)
    figures = measured([sent("01")], THREE, april, calendar=calendar)
    assert states(figures)["01"] is State.CARRIED
