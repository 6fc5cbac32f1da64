"""The registry's people as one table: a row a school and base. pandera judges it as it enters checking.

Structural rules guard our own reader; the coded check judges what the office has typed and becomes a remark.
"""

import pandas as pd
import pandera.pandas as pa

from schemas.coded import control


class SchoolBases(pa.DataFrameModel):
    """Index: the number of the row, by which a remark finds its school and base."""

    school_code: str = pa.Field(str_length={"min_value": 1}, description="«Код»")
    base: str = pa.Field(str_length={"min_value": 1}, description="id of one of the form's bases")
    people: float = pa.Field(ge=0, description="how many of them the school has")
    whole: float = pa.Field(
        ge=0, nullable=True, description="people of the base that this one is part of; null: part of none, or unknown"
    )

    class Config:
        strict = True
        ordered = True
        unique = ("school_code", "base")

    @control("REGISTRY-PART", people="people", whole="whole")
    @classmethod
    def part_not_above_whole(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return ~(table["people"] > table["whole"])
