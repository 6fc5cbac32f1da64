"""Figures that are no shares: each beside its bounds, beside what follows from others, beside the report before.

The words of a message stand beside the judged columns, made by `checking.numbers`: a figure with its unit.
"""

import pandas as pd
import pandera.pandas as pa

from schemas.coded import NOTHING, control

RELATIONS = ("sum", "product", "ratio", "equal", "of_which")


class Numbers(pa.DataFrameModel):
    """One row a stated figure of a NUMBER item, in the item's unit."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    item: str = pa.Field(str_length={"min_value": 1}, description="number of the item, or address of a cell")
    value: float = pa.Field(description="the figure")
    least: float = pa.Field(nullable=True, description="`min` of the form; null: any")
    most: float = pa.Field(nullable=True, description="`max` of the form; null: any")
    base: float = pa.Field(ge=0, nullable=True, description="people that it cannot exceed; null: unknown, none")

    class Config:
        strict = True
        unique = ("report", "item")

    @control("NUM-BELOW-MIN", "number_row", said="said", least="least_said")
    @classmethod
    def not_below_the_least(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return ~(table["value"] < table["least"])

    @control("NUM-ABOVE-MAX", "number_row", said="said", most="most_said")
    @classmethod
    def not_above_the_most(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return ~(table["value"] > table["most"])

    @control("NUM-ABOVE-BASE", "number_row", said="said", base="base", label="label")
    @classmethod
    def not_above_the_base(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return ~(table["value"] > table["base"])


class Relations(pa.DataFrameModel):
    """One row a report and place of a relation of the form. What is unknown, unreadable or bears an error itself is
    held against nothing: such a row has no `expected`."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    kind: str = pa.Field(isin=RELATIONS, description="kind of the form's relation")
    value: float = pa.Field(description="the figure of its item")
    expected: float = pa.Field(nullable=True, description="what follows for it from the others; of a part: its whole")
    tolerance: float = pa.Field(ge=0, description="by how much they may differ")

    class Config:
        strict = True

    @control("SUM-DISAGREES", "number_row", said="said", expected="expected_said", of="of_said")
    @classmethod
    def the_sum_is_that_of_its_parts(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["kind"] != "sum") | _agrees(table)

    @control("PRODUCT-DISAGREES", "number_row", said="said", expected="expected_said", of="of_said")
    @classmethod
    def the_product_is_that_of_its_factors(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["kind"] != "product") | _agrees(table)

    @control("RATIO-DISAGREES", "number_row", said="said", expected="expected_said", of="of_said")
    @classmethod
    def the_ratio_is_that_of_its_terms(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["kind"] != "ratio") | _agrees(table)

    @control("EQUAL-DISAGREES", "number_row", said="said", expected="expected_said", of="of_said")
    @classmethod
    def what_must_be_equal_is(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["kind"] != "equal") | _agrees(table)

    @control("PART-ABOVE-WHOLE", "number_row", said="said", expected="expected_said", of="of_said")
    @classmethod
    def the_part_is_not_above_its_whole(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        above = table["value"] > table["expected"] + table["tolerance"] + _slip(table)
        return (table["kind"] != "of_which") | ~above


class Grown(pa.DataFrameModel):
    """One row a figure since the new year and the same school's last one of the year that counted."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    item: str = pa.Field(str_length={"min_value": 1}, description="number of the item, or address of a cell")
    value: float = pa.Field(description="the figure")
    before: float = pa.Field(description="the same in the report before, of the same year")

    class Config:
        strict = True
        unique = ("report", "item")

    @control("YEAR-FELL", "number_row", said="said", earlier="before_said", day="day")
    @classmethod
    def what_has_happened_since_the_new_year_does_not_fall(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return ~(table["value"] < table["before"] - NOTHING)


class Required(pa.DataFrameModel):
    """One row a report and item that every report has to answer."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    item: str = pa.Field(str_length={"min_value": 1}, description="number of the item, or address of a cell")
    answered: bool = pa.Field(description="something is written there, readable or not")

    class Config:
        strict = True
        unique = ("report", "item")

    @control("ANSWER-REQUIRED", cell="cell", item="item", about="about")
    @classmethod
    def answered_in_every_report(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["answered"]


class Planned(pa.DataFrameModel):
    """One row a figure with a plan of the school's own, where a reason is asked for if it is missed."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    value: float = pa.Field(description="the figure")
    plan: float = pa.Field(ge=0, description="by the registry")
    less_is_better: bool = pa.Field(description="the plan is the most that it may be, not the least")
    explained: bool = pa.Field(description="a reason is given")

    class Config:
        strict = True

    @control("REASON-MISSING", cell="cell", item="item", said="said", plan="plan_said", figure="figure")
    @classmethod
    def a_missed_plan_is_explained(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["explained"] | ~missed(table["value"], table["plan"], table["less_is_better"])


class Lists(pa.DataFrameModel):
    """One row a report and list, with how many lines it has."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    lines: int = pa.Field(ge=0, description="lines in which anything is answered")
    at_least: int = pa.Field(ge=0, description="by the form")
    at_most: float = pa.Field(ge=1, nullable=True, description="by the form; null: any number")

    class Config:
        strict = True

    @control("LIST-SHORT", cell="cell", item="item", lines="lines", at_least="at_least")
    @classmethod
    def enough_lines(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["lines"] >= table["at_least"]

    @control("LIST-LONG", cell="cell", item="item", lines="lines", at_most="at_most")
    @classmethod
    def not_too_many_lines(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return ~(table["lines"] > table["at_most"])


class Addresses(pa.DataFrameModel):
    """One row a report and item whose choice asks for the address of a page."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    named: bool = pa.Field(description="an address stands beside it")

    class Config:
        strict = True

    @control("ADDRESS-MISSING", cell="cell", item="item", said="said")
    @classmethod
    def the_page_is_named(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["named"]


class DaysOfLists(pa.DataFrameModel):
    """One row a date in a list of what has happened in the report's period."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    day: str = pa.Field(str_length=10, description="the date, ISO")
    first: str = pa.Field(str_length=10, description="first day of the period, ISO")
    last: str = pa.Field(str_length=10, description="last day of the period, ISO")

    class Config:
        strict = True

    @control("DAY-OUTSIDE", "day_row", day="day_said", first="first_said", last="last_said")
    @classmethod
    def within_its_period(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["first"] <= table["day"]) & (table["day"] <= table["last"])


def missed(value: "pd.Series[float]", plan: "pd.Series[float]", less_is_better: "pd.Series[bool]") -> "pd.Series[bool]":
    """Is the plan not met."""
    return (less_is_better & (value > plan + NOTHING)) | (~less_is_better & (value < plan - NOTHING))


def _agrees(table: pd.DataFrame) -> "pd.Series[bool]":
    difference = (table["value"] - table["expected"]).abs()
    return ~(difference > table["tolerance"] + _slip(table))


def _slip(table: pd.DataFrame) -> "pd.Series[float]":
    """What binary fractions may add to sums of large figures."""
    return NOTHING + table["expected"].abs().fillna(0.0) * 1e-12
