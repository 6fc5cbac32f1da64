"""Waivers of the office: the remark becomes information, the figure counts, the reason is shown, and it expires."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.measuring.figures import Figures, Milestone
from pipeline.measuring.measure import measure
from pipeline.wording import message
from pipeline.writing.csv_files import indicators
from schemas.district import MUNICIPALITY, Waiver
from schemas.remarks import Severity, load_catalogue
from tests.batch import CALENDAR, CATALOGUE, MARCH, checked, file_of, measured, order_form
from tests.order_form import FORM, REGISTRY, OrderForm

BROKEN = {"6.2": "331 из 574 (90%)"}
GRANTED = Waiver("01", "6.2", "PCT-DISAGREES", "опечатка согласована", "Иванова", date(2014, 4, 1))


def with_waiver(waiver: Waiver):
    return replace(REGISTRY, waivers=(waiver,))


def test_an_error_with_an_exception_is_information_and_its_figure_counts():
    result = checked([file_of(order_form(answers=BROKEN))], with_waiver(GRANTED))
    (remark,) = [r for r in result.remarks if r.item == "6.2"]
    assert remark.severity is Severity.INFO
    assert message(remark, CATALOGUE).endswith("Разрешено: опечатка согласована (Иванова).")
    assert result.answers.loc[result.answers["item"] == "6.2", "counted"].all()


def test_a_remark_on_the_report_as_such_is_lowered_by_an_exception_without_an_item():
    granted = Waiver("01", "", "SCHOOL-LATIN", "так в уставе")
    files = [file_of(OrderForm(school="МБОУ CОШ № 1"))]
    (plain,), (waived,) = (
        [r for r in checked(files, registry).remarks if r.code == "SCHOOL-LATIN"]
        for registry in (REGISTRY, with_waiver(granted))
    )
    assert (plain.severity, waived.severity) == (Severity.WARNING, Severity.INFO)


@pytest.mark.parametrize(
    "other",
    [
        GRANTED._replace(until=date(2014, 3, 1)),
        GRANTED._replace(item="6.1"),
        GRANTED._replace(code="COUNT-ABOVE-TOTAL"),
        GRANTED._replace(school="10"),
    ],
    ids=["expired", "another item", "another remark", "another school"],
)
def test_any_other_exception_changes_nothing(other):
    result = checked([file_of(order_form(answers=BROKEN))], with_waiver(other))
    (remark,) = [r for r in result.remarks if r.item == "6.2"]
    assert remark.severity is Severity.ERROR
    assert not result.answers.loc[result.answers["item"] == "6.2", "counted"].any()


# An answer that cannot be, the remark on it, and the percent and people of the indicator once it is waived.
IMPOSSIBLE = {
    "more-than-all-of-the-answer": ("10.2", "578 из 574", "COUNT-ABOVE-TOTAL", 57800 / 574, 578),
    "more-than-all-of-the-registry": ("10.2", "578 чел.", "COUNT-ABOVE-TOTAL", 57800 / 574, 578),
    "a-percent-above-100": ("10.2", "104 %", "PCT-ABOVE-100", 104, 596.96),
    "a-volume-above-100": ("9", "104 %", "PCT-ABOVE-100", 104, None),
    "a-percent-below-zero": ("14", "-4 %", "NUM-NEGATIVE", -4, -21.92),
    "people-below-zero": ("10.2", "-4 чел.", "NUM-NEGATIVE", -400 / 574, -4),
    "above-what-it-depends-on-as-well": ("13", "104 %", "PCT-ABOVE-100", 104, 43.68),
}


@pytest.mark.parametrize(("item", "words", "code", "percent", "people"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_an_impossible_figure_with_an_exception_counts_as_it_is_written(item, words, code, percent, people):
    granted = with_waiver(Waiver("01", item, code, "сверено", "Иванова"))
    figures = measured([file_of(order_form(answers={item: words}))], granted)
    assert [(one.code, one.severity, one.waiver) for one in figures.remarks] == [
        (code, Severity.INFO, "сверено (Иванова)")
    ]
    assert figures.answers["counted"].all()
    assert indicator(figures, "01", item) == pytest.approx((percent, people))
    assert indicator(figures, MUNICIPALITY, item) == pytest.approx((percent if people else None, people))


def indicator(figures: Figures, scope: str, item: str) -> tuple[float | None, float | None]:
    """Percent and people of the row."""
    rows = indicators(figures).set_index(["scope", "item"])
    percent, covered = rows.loc[(scope, item), ["percent", "covered"]]
    return (None if percent != percent else percent), (None if covered != covered else covered)


@pytest.mark.parametrize("wish", ["warning", "info", "off"])
def test_an_impossible_figure_counts_where_the_office_has_lowered_its_remark_for_all(wish):
    files = [file_of(order_form(answers={"10.2": "578 из 574"}))]
    catalogue = load_catalogue({"COUNT-ABOVE-TOTAL": wish})
    result = checked(files, catalogue=catalogue)
    assert [one.severity for one in result.remarks] == ([] if wish == "off" else [wish])
    figures = measure(result, files, REGISTRY, FORM, catalogue, MARCH, CALENDAR)
    for scope in ("01", MUNICIPALITY):
        assert indicator(figures, scope, "10.2") == pytest.approx((57800 / 574, 578))


def test_an_impossible_figure_is_held_against_no_other():
    """More are active than have logins then, whoever they are: that follows, and is not said."""
    granted = with_waiver(Waiver("01", "12.1", "NUM-NEGATIVE", "сверено"))
    result = checked([file_of(order_form(answers={"12.1": "-1 %"}))], granted)
    assert [one.code for one in result.remarks] == ["NUM-NEGATIVE"]


def test_a_measure_left_out_of_the_plan_is_not_applicable_and_owes_no_answer():
    files = [file_of(order_form(answers={"7": ""}))]
    plain = measured(files)
    left_out = measured(files, with_waiver(Waiver("01", "7", reason="сделано в 2012 году")))

    def state(figures):
        rows = figures.milestones
        return rows.loc[(rows["school_code"] == "01") & (rows["item"] == "7"), "state"].item()

    assert (state(plain), state(left_out)) == (Milestone.OVERDUE, Milestone.NOT_APPLICABLE)
    assert [r.severity for r in plain.remarks if r.item == "7"] == [Severity.WARNING]
    assert [r.severity for r in left_out.remarks if r.item == "7"] == [Severity.INFO]
    assert plain.as_of == MARCH


def test_an_exception_for_an_information_that_puts_a_figure_under_question_lifts_the_question():
    files = [file_of(order_form(day, answers={"8": said}), f"{day}.xlsx") for day, said in LEAP]
    leapt = Waiver("01", "8", "PCT-ROSE", "прошли все собрания")
    open_one, lifted = (
        next(r for r in checked(files, registry).remarks if r.code == "PCT-ROSE")
        for registry in (REGISTRY, with_waiver(leapt))
    )
    assert CATALOGUE.doubted_by(open_one) is not None
    assert CATALOGUE.doubted_by(lifted) is None
    assert message(lifted, CATALOGUE).endswith("Разрешено: прошли все собрания.")


LEAP = ((date(2014, 1, 30), "5 %"), (MARCH, "98 %"))
