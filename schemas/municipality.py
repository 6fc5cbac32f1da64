"""The merged municipality-wide table, judged on its way out: a breach is a programmer's mistake and stops the run."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

_SLIP = 1e-6  # what binary fractions may add, in people or percentage points


class Indicators(pa.DataFrameModel):
    """`indicators.csv`: one row for every scope and coverage item."""

    as_of: Series[str] = pa.Field(description="date of the picture, ISO")
    scope: Series[str] = pa.Field(description="`municipality` or a school's code")
    item: Series[str] = pa.Field(description="number of the form's item")
    group: Series[str] = pa.Field(description="whose coverage it is; blank for a volume")
    covered: Series[float] = pa.Field(nullable=True, description="people covered, 0 to `total`")
    total: Series[float] = pa.Field(nullable=True, ge=0, description="people in all")
    percent: Series[float] = pa.Field(nullable=True, description="Σ covered / Σ total × 100, 0–100")
    schools_counted: Series[int] = pa.Field(ge=0, description="schools counted")
    schools_expected: Series[int] = pa.Field(ge=0, description="schools in being")
    target_min: Series[float] = pa.Field(nullable=True, ge=0, le=100, description="percent, headline item only")
    target_max: Series[float] = pa.Field(nullable=True, ge=0, le=100, description="percent, headline item only")
    deviation_pp: Series[float] = pa.Field(nullable=True, description="percentage points from the lower bound")
    shortfall: Series[float] = pa.Field(nullable=True, ge=0, description="people missing to the lower bound")
    status: Series[str] = pa.Field(description="headline item only")
    waived: Series[bool] = pa.Field(
        description="an impossible figure stands behind it that the office has waived: its bounds do not hold. "
        "Judged here only, the file has no such column"
    )

    class Config:
        strict = True
        ordered = True
        unique = ("scope", "item")

    @pa.dataframe_check(error="counted schools are among the expected")
    @classmethod
    def counted_among_expected(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["schools_counted"] <= table["schools_expected"]

    @pa.dataframe_check(error="nobody is covered twice")
    @classmethod
    def covered_among_total(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        among = (table["covered"] >= 0) & (table["covered"] <= table["total"] + _SLIP)
        return table["waived"] | table["covered"].isna() | among

    @pa.dataframe_check(error="a share is no more than the whole")
    @classmethod
    def percent_of_the_whole(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["waived"] | table["percent"].isna() | table["percent"].between(0, 100 + _SLIP)
