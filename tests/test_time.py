"""What Svod remembers from date to date: comparison, pace, milestones, how long remarks stand, restated figures."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pipeline.measuring.alone import alone
from pipeline.measuring.figures import Activation, Deadline, Figures, Milestone, RemarkAge, Told
from pipeline.measuring.measure import measure
from pipeline.measuring.reconciliation import UnbalancedError
from pipeline.measuring.rows import totals_by_item
from pipeline.writing.brief import make_brief
from pipeline.writing.pages.words import told_apart
from schemas.district import Paper, Received, Registry, Waiver
from schemas.reports import FileRead
from tests.batch import ALIKE, CALENDAR, CATALOGUE, MARCH, checked, file_of, measured, moment, order_form, school
from tests.order_form import FORM

JANUARY, MAY, SEPTEMBER = date(2014, 1, 30), date(2014, 5, 20), date(2014, 9, 20)
TWO = Registry((school("01"), school("02")))
THREE = Registry((*TWO.schools, school("03")))


def sent(code: str = "01", day: date = MARCH, suffix: str = "", **answers: str) -> FileRead:
    """A clean report with these answers changed: `i6_1` stands for item 6.1."""
    changed = {name[1:].replace("_", "."): words for name, words in answers.items()}
    return file_of(order_form(day, code, changed), f"{code}-{day}{suffix}.xlsx", THREE)


def of(figures: Figures, code: str = "01") -> Activation:
    return next(row for row in figures.activation if row.school and row.school.code == code)


# ── comparison with the last reporting date ──────────────────────────────────────────────────────────────


def test_the_figures_of_the_last_reporting_date_stand_beside_todays():
    files = [sent("01", JANUARY, i14="20 %"), sent("02", JANUARY, i14="10 %"), sent("01", i14="44 %")]
    figures = measured(files, TWO)
    assert figures.before is not None
    assert figures.before.as_of == JANUARY
    assert figures.before.municipality == measured(files, TWO, JANUARY).municipality
    assert (of(figures).change, of(figures).change_people) == pytest.approx((24, 0.24 * 548))
    assert (of(figures, "02").change, of(figures, "02").change_people) == (None, None)  # carried
    assert figures.municipality.change == pytest.approx((44 + 10) / 2 - (20 + 10) / 2)


def test_between_reporting_dates_last_time_is_the_date_before_the_one_in_force():
    files = [sent("01", JANUARY, i14="20 %"), sent("01", i14="44 %")]
    figures = measured(files, TWO, as_of=MARCH + timedelta(days=36))
    assert figures.before is not None
    assert figures.before.as_of == JANUARY


def test_before_the_second_reporting_date_there_is_nothing_to_compare_with():
    assert measured([sent("01", JANUARY)], TWO, JANUARY).before is None


def test_every_total_has_its_change_since_the_last_reporting_date():
    files = [sent("01", JANUARY, i6_2="287 из 574", i9="40 %"), sent("01", i6_2="574 из 574", i9="60 %")]
    figures = measured(files, TWO)
    assert figures.totals["change"]["6.2"] == pytest.approx(50)
    assert figures.totals["change"]["14"] == pytest.approx(figures.municipality.change)
    assert figures.totals["change"].isna()["9"]  # a volume has no total
    assert measured(files, TWO, JANUARY).totals["change"].isna().all()


def test_a_change_is_that_of_the_schools_that_are_counted_on_both_dates():
    """6.3 rose by 2.5 points because another school was counted, and over the same schools by none."""
    files = [
        *(sent(code, JANUARY, i6_3="50 из 100") for code in ("01", "02")),
        sent("01", i6_3="50 из 100"),
        sent("02", i6_3="около 50"),  # set aside this time
        sent("03", i6_3="100 из 100"),  # for the first time
    ]
    total = totals_by_item(measured(files, THREE))["6.3"]
    assert (total.change, total.change_people, total.change_schools) == (0, 0, 1)
    assert total.change_of_totals == pytest.approx(25)
    assert told_apart(measured(files, THREE), "6.3") == (  # «?»: their wholes are not the registry's
        "итог изменился на +25\u00a0п.п.\u00a0?, а у школ, учтённых на обе даты (1), — на 0\u00a0п.п.\u00a0?: "
        "1\u00a0школа не учтена в этот раз (МБОУ СОШ №\u00a02), "
        "1\u00a0школа не была учтена в прошлый раз (МБОУ СОШ №\u00a03)"
    )


def test_schools_that_were_closed_or_opened_between_are_not_said_to_be_left_uncounted():
    closed, opened = (
        replace(THREE.schools[1], until=date(2014, 2, 28)),
        replace(THREE.schools[2], since=date(2014, 2, 1)),
    )
    registry = Registry((THREE.schools[0], closed, opened))
    files = [
        *(sent(code, JANUARY, i6_3="50 из 100") for code in ("01", "02")),
        sent("01", i6_3="50 из 100"),
        sent("03", i6_3="100 из 100"),
    ]
    said = told_apart(measured(files, registry), "6.3").replace("\u00a0", " ")
    assert said.partition("?: ")[2] == (
        "1 школа больше не действует (МБОУ СОШ № 2), 1 школа в прошлый раз ещё не действовала (МБОУ СОШ № 3)"
    )


def test_half_a_point_between_the_total_and_the_same_schools_needs_no_word():
    files = [sent("01", JANUARY, i14="40 %"), sent("01", i14="44 %"), sent("02", i14="44,6 %")]
    figures = measured(files, TWO)
    total = totals_by_item(figures)["14"]
    assert 0 < total.change_of_totals - total.change < 0.5
    assert told_apart(figures, "14") == ""


def test_where_no_school_is_counted_on_both_dates_there_is_no_change_and_not_zero():
    figures = measured([sent("01", JANUARY, i14="около 20"), sent("02", JANUARY), sent("01", i14="44 %")], TWO)
    whole = figures.municipality
    assert (whole.change, whole.change_people, whole.change_schools) == (None, None, 1)  # 02 only carries its forward
    assert "с 30.01 сравнить не с чем" in make_brief(figures, CATALOGUE).cards[1].note_lines


# ── pace and forecast ────────────────────────────────────────────────────────────────────────────────────


def test_the_pace_is_the_slope_of_the_schools_own_reports_in_people_a_week():
    files = [sent("01", JANUARY, i14="20 %"), sent("01", i14="34 %")]
    assert of(measured(files, TWO)).pace == pytest.approx(0.14 * 548 / 49 * 7)  # 14 points in 49 days


def test_one_report_has_no_pace_and_two_have_no_forecast():
    assert of(measured([sent("01")], TWO)).pace is None
    two = of(measured([sent("01", JANUARY), sent("01")], TWO))
    assert (two.forecast, two.will_miss) == (None, False)


@pytest.mark.parametrize(("march", "misses"), [("44 %", True), ("60 %", False)])
def test_who_will_miss_the_next_target_is_said_by_the_forecast(march, misses):
    days = (JANUARY, date(2014, 2, 24), MARCH)
    files = [sent("01", day, i14=said) for day, said in zip(days, ("20 %", "34 %", march), strict=True)]
    row = of(measured(files, TWO))
    assert row.forecast is not None
    assert (row.will_miss, row.forecast < 61) == (misses, misses)


# ── who owes a report ────────────────────────────────────────────────────────────────────────────────────


def test_a_school_owes_a_report_only_while_it_exists():
    opened_later = Registry((school("01"), school("02", since=MARCH + timedelta(days=1))))
    lines = measured([], opened_later, as_of=MARCH + timedelta(days=5)).submissions
    assert [(line.school.code, line.owes, line.to_remind) for line in lines] == [
        ("01", True, True),
        ("02", False, False),
    ]


def test_nobody_owes_anything_before_the_first_reporting_date():
    assert not any(line.to_remind for line in measured([], TWO, date(2014, 1, 15)).submissions)


def test_reminded_are_the_silent_the_faulty_and_those_carried_forward():
    registry = Registry(tuple(school(code) for code in ("01", "02", "03", "04")))
    faulty = sent("02", i6_2="более 50 %")
    lines = measured([sent("01"), faulty, sent("03", JANUARY)], registry).submissions
    assert {line.school.code for line in lines if line.to_remind} == {"02", "03", "04"}


def test_two_different_files_for_one_date_are_named_with_the_items_in_which_they_differ():
    files = [sent("01"), sent("01", suffix="-новый", i6_2="340 из 574", i14="50 %")]
    arrivals = {read.file: moment(MARCH, hour) for hour, read in enumerate(files, 9)}
    [said] = (one for one in measured(files, TWO, arrivals=arrivals).remarks if one.code == "REPORT-SUPERSEDED")
    assert dict(said.data) == {
        "this": files[0].file,
        "other": files[1].file,
        "differ": "разные ответы: п. 6.2, п. 14",
    }


# ── milestones ───────────────────────────────────────────────────────────────────────────────────────────


def done_since(figures: Figures, item: str) -> date | None:
    rows = figures.milestones
    [since] = rows[(rows["school_code"] == "01") & (rows["item"] == item)]["done_since"]
    return since


def test_a_milestone_is_done_since_the_first_report_in_which_it_counted():
    files = [sent("01", JANUARY, i6_1="41/97,6%"), sent("01", i6_1="42/100%"), sent("01", MAY)]
    figures = measured(files, TWO, MAY)
    assert (done_since(figures, "6.1"), done_since(figures, "3")) == (MARCH, JANUARY)
    assert done_since(measured(files, TWO, JANUARY), "6.1") is None


def step_states(figures: Figures) -> list[Milestone]:
    rows = figures.steps
    return list(rows[rows["school_code"] == "01"]["state"])


def test_activation_has_its_steps_as_milestones():
    states = step_states(measured([sent("01", i14="45 %")], TWO))
    assert states == [Milestone.DONE, Milestone.DONE, Milestone.IN_PROGRESS, Milestone.IN_PROGRESS]
    states = step_states(measured([sent("01", i14="45 %")], TWO, date(2014, 4, 21)))
    assert states == [Milestone.DONE, Milestone.DONE, Milestone.OVERDUE, Milestone.IN_PROGRESS]


def measure_state(figures: Figures, begins: str, code: str = "01") -> Milestone:
    rows = figures.measures
    [state] = rows[(rows["school_code"] == code) & rows["measure"].str.startswith(begins)]["state"]
    return state


def test_a_measure_is_done_when_all_items_that_show_it_are():
    named = "Ознакомление педагогических работников"
    everybody = {"i6_1": "42/100%", "i6_2": "574/100%", "i6_3": "612/100%"}
    assert measure_state(measured([sent("01", **everybody)], TWO), named) is Milestone.DONE
    assert measure_state(measured([sent("01", **everybody | {"i6_3": "611 из 612"})], TWO), named) is Milestone.OVERDUE
    assert measure_state(measured([], TWO), named) is Milestone.UNKNOWN


def test_what_no_report_shows_is_never_done_by_itself():
    figures = measured([sent("01")], TWO)
    unseen = figures.measures[figures.measures["items"].map(len) == 0]
    assert set(unseen["measure"]) == set(FORM.unseen)
    assert set(unseen["state"]) == {Milestone.NOT_CHECKED, Milestone.NOT_BEGUN}


def test_papers_are_done_when_the_office_has_ticked_them_off_and_overdue_when_not():
    order, plan = (paper.title for paper in FORM.order.papers)
    ticked = replace(TWO, papers=(Paper("01", order, Received.YES, date(2013, 12, 20)), Paper("01", plan, Received.NO)))
    figures = measured([sent("01")], ticked)
    assert measure_state(figures, order) is Milestone.DONE
    assert measure_state(figures, order, "02") is Milestone.OVERDUE
    assert measure_state(figures, plan) is Milestone.OVERDUE
    assert measure_state(figures, "Заключение договора") is Milestone.NOT_CHECKED


def test_a_measure_that_the_office_ticks_off_is_asked_of_every_school():
    title = next(title for title in FORM.unseen if title.startswith("Анализ готовности"))
    figures = measured([sent("01")], replace(TWO, papers=(Paper("02", title, Received.YES),)))
    assert measure_state(figures, title, "02") is Milestone.DONE
    assert measure_state(figures, title) is Milestone.OVERDUE


def test_a_paper_that_came_later_is_not_there_yet_in_the_old_picture():
    order = FORM.order.papers[0].title
    ticked = replace(TWO, papers=(Paper("01", order, Received.YES, MAY),))
    assert measure_state(measured([sent("01")], ticked), order) is Milestone.OVERDUE
    assert measure_state(measured([sent("01")], ticked, MAY), order) is Milestone.DONE


def test_from_the_first_of_september_the_items_of_work_and_activation_show_the_third_stage():
    named, everybody = "Регулярное заполнение", {"i13": "100 %", "i14": "100 %", "i12_1": "100 %", "i12_2": "100 %"}
    ready = measured([sent("01", MAY, **everybody)], TWO, MAY)
    assert measure_state(ready, named) is Milestone.NOT_BEGUN
    assert measure_state(ready, "Консультативная помощь") is Milestone.NOT_BEGUN  # seen in no report
    assert measure_state(measured([sent("01", SEPTEMBER)], TWO, SEPTEMBER), named) is Milestone.IN_PROGRESS


def test_a_measure_left_out_of_the_plan_is_not_applicable():
    registry = replace(TWO, waivers=(Waiver("01", "7"),))
    rows = measured([sent("01", i7="")], registry).milestones
    assert list(rows[(rows["item"] == "7") & (rows["school_code"] == "01")]["state"]) == [Milestone.NOT_APPLICABLE]


def test_a_headline_item_left_out_of_the_plan_has_no_steps_to_miss():
    left_out = replace(TWO, waivers=(Waiver("01", "14"),))
    assert set(step_states(measured([sent("01", i14="12 %")], left_out))) == {Milestone.NOT_APPLICABLE}


def test_exceptions_in_force_are_handed_on_with_the_figures():
    one, other = Waiver("01", "7", reason="сделано раньше"), Waiver("02", "14", "NUM-BOUND", until=MARCH)
    gone = Waiver("03", "14")  # no school of that date
    registry = replace(TWO, waivers=(one, other, gone))
    assert measured([sent("01")], registry).waivers == (one, other)
    assert measured([sent("01")], registry, MAY).waivers == (one,)


# ── what is overdue ──────────────────────────────────────────────────────────────────────────────────────


def test_overdue_are_items_steps_and_what_the_office_ticks_off_each_once():
    """Items 6.2 and 7 show one measure, which is not counted beside them."""
    order, plan = FORM.order.papers
    title = next(title for title in FORM.unseen if title.startswith("Анализ готовности"))
    papers = (
        Paper("01", order.title, Received.YES),
        Paper("01", plan.title, Received.YES),
        Paper("02", title, Received.YES),
    )
    figures = measured(
        [sent("01", i6_2="573 из 574", i7="", i14="12 %"), sent("02", i6_2="573 из 574", i14="45 %")],
        replace(TWO, papers=papers),
    )
    familiarised, first, second = FORM.item("6.2").due, *FORM.targets[:2]
    assert familiarised is not None
    of_interest = ("", "6.2", "7", "14")
    assert {deadline: codes for deadline, codes in figures.overdue.items() if deadline.item in of_interest} == {
        Deadline(order.due, title=title): ("01",),
        Deadline(order.due, title=order.title): ("02",),
        Deadline(plan.due, title=plan.title): ("02",),
        Deadline(familiarised, "6.2"): ("01", "02"),
        Deadline(familiarised, "7"): ("01",),
        Deadline(first.by, "14", first.min): ("01",),
    }
    assert second.by == MARCH  # not overdue before the day after it
    assert list(figures.overdue) == sorted(figures.overdue, key=lambda one: one.due)
    assert figures.overdue_total == sum(len(codes) for codes in figures.overdue.values())


def test_nothing_is_overdue_where_nobody_has_reported():
    assert measured([], TWO).overdue == {}


# ── the life of a remark ─────────────────────────────────────────────────────────────────────────────────

FAULT = {"i6_2": "более 50 %"}
KEY = ("01", "6.2", "NUM-BOUND")


def test_a_remark_is_new_at_the_date_of_its_report():
    assert measured([sent("01", **FAULT)], TWO).remark_history.standing[KEY] == RemarkAge(MARCH, 1)


def test_a_remark_is_repeated_as_long_as_it_stands_date_after_date():
    files = [sent("01", JANUARY, **FAULT), sent("01", **FAULT), sent("01", MAY, **FAULT)]
    assert measured(files, TWO, MAY).remark_history.standing[KEY] == RemarkAge(JANUARY, 3)
    mended_between = [files[0], sent("01"), files[2]]
    assert measured(mended_between, TWO, MAY).remark_history.standing[KEY] == RemarkAge(MAY, 1)


def test_what_was_raised_last_time_and_stands_no_more_is_corrected():
    files = [sent("01", JANUARY, **FAULT), sent("02", JANUARY, **FAULT), sent("01"), sent("02", **FAULT)]
    remark_history = measured(files, TWO).remark_history
    assert (remark_history.raised, [(one.school, one.code) for one in remark_history.corrected]) == (
        2,
        [("01", "NUM-BOUND")],
    )


def test_a_school_alone_is_told_of_its_own_errors_only():
    files = [sent("01", JANUARY, **FAULT), sent("02", JANUARY, **FAULT, i14="120 %"), sent("01"), sent("02", **FAULT)]
    whole = measured(files, TWO)
    histories = [alone(whole, one).remark_history for one in whole.schools]
    assert [(one.raised, [remark.school for remark in one.corrected]) for one in histories] == [
        (1, ["01"]),
        (2, ["02"]),
    ]
    assert [{school for school, *_ in one.standing} for one in histories] == [set(), {"02"}]


def test_a_remark_that_a_second_file_for_the_date_has_mended_was_raised_all_the_same():
    files = [sent("01", JANUARY, **FAULT), sent("01", JANUARY, "-новый"), sent("01")]
    arrivals = {read.file: moment(JANUARY, hour) for hour, read in enumerate(files, 9)}
    remark_history = measured(files, TWO, arrivals=arrivals).remark_history
    assert (remark_history.raised, len(remark_history.corrected)) == (1, 1)


def test_a_warning_that_stands_no_more_is_not_called_corrected():
    remark_history = measured([sent("01", JANUARY, i8="300 из 700"), sent("01")], TWO).remark_history
    assert (remark_history.raised, remark_history.corrected) == (0, ())


def test_a_remark_on_a_report_carried_forward_stands_on():
    assert measured([sent("01", JANUARY, **FAULT)], TWO).remark_history.standing[KEY] == RemarkAge(JANUARY, 2)


# ── restated figures ─────────────────────────────────────────────────────────────────────────────────────


def restated(files: list[FileRead], told: dict[date, dict[str, Told]]) -> Figures:
    return measure(checked(files, TWO, catalogue=ALIKE), files, TWO, FORM, CATALOGUE, MARCH, CALENDAR, told)


def test_a_corrected_report_restates_an_earlier_figure():
    files = [sent("01", JANUARY, i14="20 %"), sent("02", JANUARY, i14="10 %"), sent("01"), sent("02")]
    told = {JANUARY: {"": Told(20.0, 219.2, 1096.0, sent=True), "01": Told(30.0, 164.4, 548.0, sent=True),
                      "02": Told(10.0, 54.8, 548.0, sent=True)}}  # fmt: skip
    [one] = restated(files, told).restated
    assert (one.date, one.was, one.now, one.sent) == (JANUARY, 20.0, pytest.approx(15.0), True)
    assert [school.code for school in one.schools] == ["01"]


def test_a_figure_that_stands_as_told_is_not_restated():
    files = [sent("01", JANUARY, i14="20 %"), sent("02", JANUARY, i14="10 %")]
    told = {JANUARY: {"": Told(15.0, 164.4, 1096.0, sent=False)}}
    assert restated(files, told).restated == ()


# ── nothing disappears ───────────────────────────────────────────────────────────────────────────────────


def test_every_answer_read_is_counted_or_set_aside_or_stands_elsewhere():
    files = [
        sent("01", JANUARY),
        sent("01", i6_2="более 50 %"),
        sent("02", i6_2=""),
        sent("02", MAY),
        file_of(replace(order_form(), school="Гимназия № 99", rows=[]), "99.xlsx", TWO),
    ]
    found = measured(files, TWO).reconciliation
    row = found.items.loc["6.2"]
    assert (row["read"], row["counted"], row["set_aside"], row["elsewhere"]) == (4, 0, 1, 3)
    assert (row["expected"], row["no_answer"], row["no_report"]) == (2, 1, 0)
    assert found.items["holds"].all()
    assert (found.files, sum(found.outcomes.values())) == (5, 5)


def test_what_the_share_would_be_with_the_figures_set_aside():
    files = [sent("01", i6_2="287 из 574 (60 %)"), sent("02", i6_2="574/100%")]
    figures = measured(files, TWO)
    row = figures.reconciliation.items.loc["6.2"]
    assert (row["percent"], row["percent_with_set_aside"]) == pytest.approx((100, (287 + 574) / (2 * 574) * 100))
    assert (row["people_read"], row["people_counted"], row["people_set_aside"]) == (861, 574, 287)
    [aside] = figures.reconciliation.set_aside
    assert (aside.school.code, aside.item, aside.covered, aside.total) == ("01", "6.2", 287, 574)
    assert [said.code for said in aside.remarks] == ["PCT-DISAGREES"]


def test_each_figure_set_aside_tells_what_it_alone_would_make_of_the_share():
    said = {"01": "287 из 574 (60 %)", "02": "574/100%", "03": "0 из 574 (10 %)", "04": "более 50 %"}
    registry = Registry(tuple(map(school, said)))
    files = [file_of(order_form(MARCH, code, {"6.2": words}), code, registry) for code, words in said.items()]
    aside = measured(files, registry).reconciliation.set_aside
    assert {one.school.code: one.percent_with_it for one in aside} == {
        "01": pytest.approx((287 + 574) / (2 * 574) * 100),
        "03": pytest.approx(50),
        "04": None,
    }


def test_a_figure_set_aside_would_be_the_share_itself_where_no_other_is_counted():
    (aside,) = measured([sent("01", i6_2="287 из 574 (60 %)")], TWO).reconciliation.set_aside
    assert aside.percent_with_it == pytest.approx(50)


def test_the_share_lies_between_nobody_and_everybody_of_the_schools_that_are_missing():
    row = measured([sent("01", i6_2="287 из 574")], TWO).reconciliation.items.loc["6.2"]
    assert (row["percent_low"], row["percent"], row["percent_high"]) == pytest.approx((25, 50, 75))


def test_without_a_base_of_a_missing_school_there_are_no_bounds():
    registry = Registry((school("01"), school("02", bases={})))
    row = measured([sent("01")], registry).reconciliation.items.loc["6.2"]
    assert row[["percent_low", "percent_high"]].isna().all()


def test_a_volume_has_no_people_and_holds_all_the_same():
    row = measured([sent("01")], TWO).reconciliation.items.loc["9"]
    assert row["people_read"] != row["people_read"]
    assert row["holds"]


def test_a_run_is_refused_where_an_answer_has_disappeared():
    files = [sent("01"), sent("02")]
    with pytest.raises(UnbalancedError, match=r"Сверка не сходится \(п\. 6\.1"):
        measure(checked(files[:1], TWO), files, TWO, FORM, CATALOGUE, MARCH, CALENDAR)
