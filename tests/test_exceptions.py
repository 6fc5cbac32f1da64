"""Exceptions of the office: the remark is lowered, the figure counts, the reason stands beside it, and it expires."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.measuring.figures import Milestone
from pipeline.reading.records import Waiver
from pipeline.wording import message
from schemas.remarks import Severity
from tests.batch import CATALOGUE, MARCH, checked, file_of, measured, order_form
from tests.order_form import REGISTRY

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
