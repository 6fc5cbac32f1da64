"""What a report owes by its own date, and what stands beside its items: the head of the own form, its problems."""

import pandas as pd
import pandera.pandas as pa

from schemas.coded import control


class DueAnswers(pa.DataFrameModel):
    """One row a report and item of `Form.answer_due`. A deadline passes the day after it, by the report's own date."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    item: pa.Category = pa.Field(str_length={"min_value": 1}, description="number of the form's item")
    as_of: str = pa.Field(description="date written in the report, ISO; blank: none")
    due_on: str = pa.Field(str_length=10, description="deadline of the item, ISO")
    asked: bool = pa.Field(description="a report of a known school and date that answers anything at all")
    answered: bool = pa.Field(description="something is written there, readable or not")
    says_no: bool = pa.Field(description="the answer is «нет»")

    class Config:
        strict = True
        unique = ("report", "item")

    @control("ANSWER-MISSING", cell="cell", item="item", about="about", due="due", nothing="nothing")
    @classmethod
    def answered_by_its_deadline(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return ~table["asked"] | table["answered"] | (table["as_of"] <= table["due_on"])

    @control("ANSWER-NO", "no_row", due="due")
    @classmethod
    def carried_out_by_its_deadline(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """«нет» is an answer: after the deadline it says that the measure is not carried out."""
        return ~table["says_no"] | (table["as_of"] <= table["due_on"])


class Passports(pa.DataFrameModel):
    """One row a figure in the head of Svod's own form."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    total: float = pa.Field(description="people by the head of the form")
    base: float = pa.Field(nullable=True, description="people by the registry; null: unknown")

    class Config:
        strict = True

    @control("TOTAL-NOT-BASE", cell="cell", value="written", total="total", base="base", label="label")
    @classmethod
    def total_is_the_base(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["base"].isna() | (table["base"] == table["total"])


class NamedProblems(pa.DataFrameModel):
    """One row a problem that a school names. The remark stands on the cell where the solution belongs."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    item: str = pa.Field(description="`problem.N`, or the cell of a list where its solution belongs")
    solved: bool = pa.Field(description="a solution stands beside it")

    class Config:
        strict = True

    @control("PROBLEM-NO-SOLUTION", cell="cell", item="item", value="text")
    @classmethod
    def a_problem_has_a_solution(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["solved"]
