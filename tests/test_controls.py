"""The controls: for every fault the one remark that is due, at its item and cell; for its clean neighbour, none."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.checking.judgement import Checked
from pipeline.measuring.figures import State
from schemas.district import Registry, School
from schemas.remarks import load_catalogue
from schemas.reports import Fact, FileRead
from tests.batch import MARCH, brief, checked, file_of, measured, order_form
from tests.order_form import ANSWERS, FORM, REGISTRY, OrderForm

# Name of the fault: answers that hold it, and the one remark that is due.
BROKEN = {
    "count-above-stated-total": ({"6.2": "575 из 574"}, ("COUNT-ABOVE-TOTAL", "6.2", "C17", "error")),
    "count-above-the-registry's-base": ({"10.3": "613 чел. / 100 %"}, ("COUNT-ABOVE-TOTAL", "10.3", "C25", "error")),
    "percent-a-unit-too-high": ({"6.2": "331 из 574 (59%)"}, ("PCT-DISAGREES", "6.2", "C17", "error")),
    "percent-against-the-registry's-base": ({"6.1": "21/51%"}, ("PCT-DISAGREES", "6.1", "C16", "error")),
    "decimal-percent-off-by-its-last-digit": ({"10.2": "287/50,1%"}, ("PCT-DISAGREES", "10.2", "C24", "error")),
    "total-below-the-base": ({"6.2": "331 из 570 (58%)"}, ("TOTAL-NOT-BASE", "6.2", "C17", "warning")),
    "total-above-the-base": ({"10.1": "21 из 43 (49%)"}, ("TOTAL-NOT-BASE", "10.1", "C23", "warning")),
    "classes-of-the-middle-school": ({"12.1": "61% (5-9 классы)"}, ("CLASSES-PART", "12.1", "C28", "info")),
    "classes-but-the-first": ({"8": "50% (2-11 классы)"}, ("CLASSES-PART", "8", "C20", "info")),
    "more-active-than-logins-in-percent": ({"14": "65%"}, ("ABOVE-LIMIT", "14", "C32", "error")),
    "more-active-than-logins-in-people": ({"14": "354 из 548"}, ("ABOVE-LIMIT", "14", "C32", "error")),
    "active-without-any-login": ({"12.1": "0 %", "14": "2 %"}, ("ABOVE-LIMIT", "14", "C32", "error")),
    "more-teachers-at-work-than-logins": ({"13": "98%"}, ("ABOVE-LIMIT", "13", "C31", "error")),
    "no-text-after-the-deadline": ({"7": ""}, ("ANSWER-MISSING", "7", "C19", "warning")),
    "a-dash-after-the-deadline": ({"6.1": "—"}, ("ANSWER-MISSING", "6.1", "C16", "warning")),
    "no-act-after-the-deadline": ({"4.1": "", "4.2": ""}, ("ANSWER-MISSING", "4", "C10", "warning")),
    "no-headline-after-its-first-target": ({"14": ""}, ("ANSWER-MISSING", "14", "C32", "warning")),
}
# Name of the neighbour: answers in which nothing is wrong.
CLEAN = {
    "the-form-as-it-is": {},
    "count-is-the-total": {"6.2": "574 из 574 (100 %)"},
    "nobody-of-them": {"6.2": "0 из 574 (0 %)"},
    "percent-rounded-to-a-digit": {"6.2": "331 из 574 (57,7%)"},
    "percent-alone-above-no-total": {"6.3": "100 %"},
    "classes-of-the-whole-school": {"12.1": "61% (все классы)", "14": "44% (1-11 классы)"},
    "classes-beside-people": {"8": "287 из 574 (50 %) (5-9 классы)"},
    "classes-beside-a-total": {"8": "50% из 574 (5-9 классы)"},
    "as-many-active-as-logins-within-rounding": {"14": "64%"},
    "as-many-active-as-logins-in-people": {"14": "353 из 548"},
    "as-many-active-as-logins-counted": {"12.1": "350 из 574", "14": "64%"},
    "as-many-teachers-as-logins": {"12.2": "95 %", "13": "95 %"},
    "not-provided-for": {"12.3": "не предусмотрено системой"},
    "no-amendments-needed": {"5.1": "", "5": "не требуется"},
    "one-act-is-an-answer": {"4.2": ""},
    "no-link-before-its-deadline": {"11": "нет"},
    "no-plan-is-an-answer": {"3": "нет"},
    "nothing-to-add": {"15": ""},
}


@pytest.mark.parametrize(("answers", "due"), BROKEN.values(), ids=BROKEN)
def test_a_fault_is_one_remark_at_its_cell(answers, due):
    assert brief(checked([file_of(order_form(answers=answers))]).remarks) == [due]


@pytest.mark.parametrize("answers", CLEAN.values(), ids=CLEAN)
def test_a_clean_neighbour_gets_no_remark(answers):
    assert brief(checked([file_of(order_form(answers=answers))]).remarks) == []


def with_teachers(people: float) -> Registry:
    first = REGISTRY.schools[0]
    return Registry((replace(first, bases={**first.bases, "teachers": people}),))


@pytest.mark.parametrize(
    ("percent", "codes"), [("71", ["PCT-DISAGREES"]), ("72", []), ("73", []), ("74", ["PCT-DISAGREES"])]
)
def test_29_of_40_is_72_and_73_percent_alike(percent, codes):
    form = order_form(answers={"6.1": "40/100 %", "10.1": f"29/{percent} %"})
    found = checked([file_of(form, registry=with_teachers(40))], with_teachers(40))
    assert [said.code for said in found.remarks] == codes


def test_an_impossible_figure_is_said_once():
    """Above 100 % is the fault: that it disagrees with the people, or exceeds the logins, follows from it."""
    said = checked([file_of(order_form(answers={"14": "300 из 548 (154 %)"}))]).remarks
    assert brief(said) == [("PCT-ABOVE-100", "14", "C32", "error")]


# ── what the remarks say ─────────────────────────────────────────────────────────────────────────────────


def only(found: Checked) -> dict[str, object]:
    [said] = found.remarks
    return {"value": said.value, **dict(said.data)}


def test_a_count_is_held_against_the_registry_in_so_many_words():
    said = only(checked([file_of(order_form(answers={"10.3": "613 чел. / 100 %"}))]))
    assert said == {"value": "613", "count": 613, "total": 612, "source": " (по сведениям о школе)"}


def test_a_disagreeing_percent_names_the_right_one():
    said = only(checked([file_of(order_form(answers={"6.2": "287 из 574 (59%)"}))]))
    assert said == {"value": "59 %", "count": 287, "total": 574, "source": "", "share": 50.0, "percent": 59.0}


def test_people_derived_from_a_percent_are_said_whole_and_still_more():
    """65 % of 548 is 356,2; 61 % of 574 is 350,14."""
    said = only(checked([file_of(order_form(answers={"14": "65%"}))]))
    assert (said["count"], said["limit"], said["other"]) == (357, 350, "12.1")


# ── without a whole ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("answers", [{"13": "88%"}, {"13": "37 чел."}])
def test_of_a_whole_that_the_registry_does_not_say_the_office_is_told_and_not_the_school(answers):
    first = REGISTRY.schools[0]
    unknown = Registry((replace(first, bases={b: n for b, n in first.bases.items() if b != "teachers"}),))
    answers |= {"6.1": "42 из 42", "10.1": "21 из 42", "12.2": "40 из 42"}
    file = file_of(order_form(answers=answers), registry=unknown)
    found = checked([file], unknown)
    assert not found.remarks
    facts = found.answers[found.answers["item"] == "13"]
    assert len(facts) == 1
    assert facts["counted"].all()
    figures = measured([file], unknown)
    [said] = figures.remarks
    assert (said.code, said.file, said.school) == ("REGISTRY-BASE", "registry.xlsx", "")
    assert dict(said.data) == {
        "column": "Педагогических работников",
        "schools": "МБОУ СОШ № 1",
        "items": "6.1, 10.1, 12.2, 13",
    }
    assert figures.unbased == {("01", "13")}
    assert [line.state for line in figures.submissions] == [State.ACCEPTED]


def test_a_share_of_nobody_is_no_share():
    nobody = with_teachers(0)
    answers = {"6.1": "", "10.1": "0 %", "12.2": "0 %", "13": "50 %"}
    found = checked([file_of(order_form(date(2014, 1, 30), answers=answers), registry=nobody)], nobody)
    assert brief(found.remarks) == [("BASE-UNKNOWN", "13", "C31", "warning")]


DRAFT = Registry((replace(REGISTRY.schools[0], bases={"parents": 574}),), draft=True)


def test_without_a_registry_shares_of_unknown_wholes_are_one_information_with_their_cells():
    """It is not for the school to mend: the report is accepted all the same."""
    shares = {"6.1": "95%", "6.3": "97,5 %", "10.1": "50%", "10.3": "50 %"}
    wholes = {"12.2": "40 из 42", "13": "37 из 42", "14": "244 из 548"}
    file = file_of(order_form(answers=shares | wholes), registry=DRAFT)
    [said] = checked([file], DRAFT).remarks
    assert brief([said]) == [("BASE-NO-REGISTRY", "", "C16", "info")]
    assert dict(said.data) == {"cells": "C16, C18, C23, C25"}
    figures = measured([file], DRAFT)
    assert [line.state for line in figures.submissions] == [State.ACCEPTED]
    assert figures.totals["counted"][["6.1", "6.2", "6.3"]].to_list() == [0, 1, 0]


def test_a_share_of_nobody_is_the_schools_to_mend_without_a_registry_too():
    file = file_of(order_form(date(2014, 1, 30), answers={"13": "50 % из 0"}), registry=DRAFT)
    assert ("BASE-UNKNOWN", "13", "C31", "warning") in brief(checked([file], DRAFT).remarks)


# ── the passport of Svod's own form ──────────────────────────────────────────────────────────────────────


def with_passport(parents: float) -> FileRead:
    read = file_of(order_form())
    report = replace(read.reports[0], bases=(("parents", parents, "C5"), ("teachers", 42.0, "C4")))
    return replace(read, reports=(report,))


def test_a_passport_that_differs_from_the_registry_is_one_warning_on_the_head():
    """Whatever number of items rests on that base."""
    assert brief(checked([with_passport(600.0)]).remarks) == [("TOTAL-NOT-BASE", "", "C5", "warning")]


def test_a_passport_that_agrees_with_the_registry_gets_no_remark():
    assert brief(checked([with_passport(574.0)]).remarks) == []


# ── dates ────────────────────────────────────────────────────────────────────────────────────────────────

DEADLINES = {
    "an-item's-own-day": ("7", "", date(2014, 1, 30), []),
    "the-day-after-it": ("7", "", date(2014, 1, 31), ["ANSWER-MISSING"]),
    "the-first-target's-own-day": ("14", "", date(2014, 2, 20), []),
    "the-day-after-the-first-target": ("14", "", date(2014, 2, 21), ["ANSWER-MISSING"]),
    "no-link-on-its-own-day": ("11", "нет", date(2014, 9, 1), []),
    "no-link-the-day-after": ("11", "нет", date(2014, 9, 2), ["ANSWER-NO"]),
    "no-link-at-all-the-day-after": ("11", "", date(2014, 9, 2), ["ANSWER-MISSING"]),
    "a-blank-where-it-may-be-not-provided": ("12.3", "", date(2014, 9, 2), ["ANSWER-MISSING"]),
}


@pytest.mark.parametrize(("item", "answer", "day", "codes"), DEADLINES.values(), ids=DEADLINES)
def test_a_deadline_passes_the_day_after_it_by_the_reports_own_date(item, answer, day, codes):
    found = checked([file_of(order_form(day, answers={item: answer}))])
    assert [(said.code, said.item) for said in found.remarks] == [(code, item) for code in codes]


NOTHING_DONE = dict.fromkeys(("1", "3", "4", "7", "11"), "«нет»") | dict.fromkeys(("6.2", "9", "14"), "0 %")


@pytest.mark.parametrize(("item", "advised"), NOTHING_DONE.items())
def test_what_a_missing_answer_is_advised_to_be_is_an_answer(item, advised):
    """«нет» is no figure: where figures are asked for, the advice is 0 %."""
    blank = {number: "" for number in ANSWERS if item in (number, number.rpartition(".")[0])} | {item: ""}
    september = date(2014, 9, 20)
    [missing] = checked([file_of(order_form(september, answers=blank))]).remarks
    assert (missing.code, dict(missing.data)["nothing"]) == ("ANSWER-MISSING", advised)
    followed = checked([file_of(order_form(september, answers=blank | {item: advised.strip("«»")}))])
    assert {said.code for said in followed.remarks} <= {"ANSWER-NO", "PERSON-INCOMPLETE"}  # an answer: not done


def test_an_unreadable_answer_is_not_missing_as_well():
    found = checked([file_of(order_form(answers={"6.2": "более 50 %"}))])
    assert brief(found.remarks) == [("NUM-BOUND", "6.2", "C17", "error")]


def test_a_problem_without_a_solution_is_said_where_the_solution_belongs():
    form = OrderForm(problems=[("Слабый интернет", ""), ("Нет компьютеров", "Заявка подана"), ("Отказ родителей", "—")])
    said = checked([file_of(form)]).remarks
    assert brief(said) == [
        ("PROBLEM-NO-SOLUTION", "problem.1", "C37", "info"),
        ("PROBLEM-NO-SOLUTION", "problem.3", "C39", "info"),
    ]
    assert [one.value for one in said] == ["Слабый интернет", "Отказ родителей"]


# ── empty reports ────────────────────────────────────────────────────────────────────────────────────────


def blank(**answers: str) -> OrderForm:
    return OrderForm(answers=answers, problems=[])


@pytest.mark.parametrize("form", [blank(), blank(**{"15": "Работаем"})], ids=["blank", "extra-information-alone"])
def test_a_report_without_an_answer_that_is_due_is_one_warning(form):
    found = checked([file_of(form)])
    assert brief(found.remarks) == [("REPORT-EMPTY", "", "", "warning")]
    assert found.empty == {0}


@pytest.mark.parametrize("item", ["1", "7", "14"])
def test_one_answer_that_is_due_makes_a_report(item):
    found = checked([file_of(blank(**{item: OrderForm().answers[item]}))])
    assert found.empty == frozenset()
    assert {said.code for said in found.remarks} == {"ANSWER-MISSING"}


# ── what follows from errors ─────────────────────────────────────────────────────────────────────────────


def counted(found: Checked) -> dict[str, bool]:
    """Item -> are its facts counted; all of an item are, or none."""
    by_item = found.answers.groupby("item")["counted"].agg(["all", "any"])
    assert (by_item["all"] == by_item["any"]).all()
    return {str(item): bool(here) for item, here in by_item["all"].items()}


def test_an_error_sets_every_fact_of_its_item_aside_and_nothing_else():
    found = counted(checked([file_of(order_form(answers={"14": "65% (1-11 классы)", "6.2": "331 из 574 (59%)"}))]))
    assert {item for item, here in found.items() if not here} == {"14", "6.2"}
    assert found["12.1"]


def test_a_warning_and_an_information_set_nothing_aside():
    answers = {"6.2": "331 из 570 (58%)", "12.1": "61% (5-9 классы)", "3": "приказ № 12 от 21.03.2014"}
    assert all(counted(checked([file_of(order_form(answers=answers))])).values())


def test_an_item_answered_twice_and_differently_is_set_aside():
    form = order_form()
    form.rows.insert(form.row_of("9") + 1, ["9", FORM.item("9").title, "40 %"])
    found = checked([file_of(form)])
    assert brief(found.remarks) == [("ANSWER-TWICE", "9", "C22", "error")]
    assert not counted(found)["9"]


def test_a_figure_set_aside_is_not_held_against_another():
    """Logins of 105 % say nothing of how many may be active."""
    found = checked([file_of(order_form(answers={"12.1": "−1 %", "14": "44 %"}))])
    assert [said.item for said in found.remarks] == ["12.1"]


def test_the_office_decides_how_grave_a_control_is():
    files = [file_of(order_form(answers={"6.2": "331 из 570 (58%)", "14": "65%"}))]
    found = checked(files, catalogue=load_catalogue({"TOTAL-NOT-BASE": "error", "ABOVE-LIMIT": "off"}))
    assert brief(found.remarks) == [("TOTAL-NOT-BASE", "6.2", "C17", "error")]
    assert {item for item, here in counted(found).items() if not here} == {"6.2"}


# ── what follows from figures ────────────────────────────────────────────────────────────────────────────


def derived(found: Checked, item: str) -> dict[str, float]:
    facts = found.answers[(found.answers["item"] == item) & (found.answers["basis"] == "derived")]
    return dict(zip(facts["field"], facts["number"], strict=True))


@pytest.mark.parametrize(
    ("item", "answer", "expected"),
    [
        ("13", "88%", {"count": 36.96, "total": 42}),  # unrounded: nobody is 0.96 of a teacher
        ("10.1", "21 из 42", {"percent": 50}),
        ("10.1", "21/50%", {"total": 42}),
        ("10.3", "306 чел.", {"total": 612, "percent": 50}),
        ("6.2", "331 из 574 (58%)", {}),
        ("9", "31 %", {}),  # a volume has no people behind it
    ],
)
def test_what_is_not_stated_is_derived_and_said_to_be(item, answer, expected):
    assert derived(checked([file_of(order_form(answers={item: answer}))]), item) == pytest.approx(expected)


def test_a_derived_fact_stands_at_the_cell_it_follows_from():
    found = checked([file_of(order_form(answers={"13": "88%"}))])
    facts = found.answers[found.answers["item"] == "13"]
    assert set(facts["cell"]) == {"C31"}
    assert list(facts["field"]) == ["percent", "count", "total"]


def test_two_reports_on_one_sheet_keep_their_errors_apart():
    read = file_of(order_form(answers={"14": "65%"}))
    [wrong] = read.reports
    earlier = date(2014, 1, 30)
    facts = tuple(
        fact._replace(value=40.0) if fact.item == "14" and fact.field == "percent" else fact for fact in wrong.facts
    )
    found = checked([replace(read, reports=(wrong, replace(wrong, as_of=earlier, facts=facts)))])
    assert found.set_aside == {(0, "14")}
    assert [said.as_of for said in found.remarks] == [MARCH]


def test_a_report_of_no_known_school_is_judged_all_the_same():
    nobody = Registry((School("77", "Гимназия"),))
    found = checked([file_of(order_form(answers={"13": "105 %"}), registry=nobody)], nobody)
    assert {said.code for said in found.remarks} == {"SCHOOL-UNKNOWN", "PCT-ABOVE-100"}


def test_an_added_fact_gets_a_number_of_its_own():
    read = file_of(order_form())
    [report] = read.reports
    more = replace(report, facts=(*report.facts, Fact("", "note", "Черновик", "H1")))
    found = checked([replace(read, reports=(more,))])
    assert found.answers.index.is_unique
    assert len(found.answers) == len(checked([read]).answers) + 1
