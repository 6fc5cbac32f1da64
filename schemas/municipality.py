"""The merged municipality-wide table, judged on its way out: a breach is a programmer's mistake and stops the run."""

import pandas as pd
import pandera.pandas as pa

from schemas.coded import guard

_MEASURES = (
    "share", "reported", "sum", "mean over schools", "weighted mean", "none", "sum, since the new year",
    "this period by difference", "sum of the periods", "schools above their plan", "schools below their plan",
    "schools", "rows", "sum over free rows",
)  # fmt: skip
_SLIP = 1e-6  # what binary fractions may add, in people or percentage points


class _Scopes(pa.DataFrameModel):
    """What both tables hold of a scope and an item."""

    as_of: str = pa.Field(description="date of the picture, ISO")
    scope: str = pa.Field(description="`municipality` or a school's code")
    item: str = pa.Field(description="number of the form's item")
    group: str = pa.Field(description="whose coverage it is; blank for a volume")
    covered: float = pa.Field(nullable=True, description="people covered, 0 to `total`")
    total: float = pa.Field(nullable=True, ge=0, description="people in all")
    percent: float = pa.Field(nullable=True, description="Σ covered / Σ total × 100, 0–100")
    schools_counted: int = pa.Field(ge=0, description="schools counted")
    schools_expected: int = pa.Field(ge=0, description="schools in being")
    target_min: float = pa.Field(nullable=True, ge=0, le=100, description="percent, headline item only")
    target_max: float = pa.Field(nullable=True, ge=0, le=100, description="percent, headline item only")
    deviation_pp: float = pa.Field(nullable=True, description="percentage points from the lower bound")
    shortfall: float = pa.Field(nullable=True, ge=0, description="people missing to the lower bound")
    status: str = pa.Field(description="headline item only")

    @guard("counted schools are among the expected")
    @classmethod
    def counted_among_expected(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["schools_counted"] <= table["schools_expected"]


class Indicators(_Scopes):
    """`indicators.csv`: one row for every scope and coverage item."""

    waived: bool = pa.Field(
        description="an impossible figure stands behind it that the office has waived: its bounds do not hold. "
        "Judged here only, the file has no such column"
    )

    class Config:
        strict = True
        ordered = True
        unique = ("scope", "item")

    @guard("nobody is covered twice")
    @classmethod
    def covered_among_total(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        among = (table["covered"] >= 0) & (table["covered"] <= table["total"] + _SLIP)
        return table["waived"] | table["covered"].isna() | among

    @guard("a share is no more than the whole")
    @classmethod
    def percent_of_the_whole(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["waived"] | table["percent"].isna() | table["percent"].between(0, 100 + _SLIP)


class NumberIndicators(_Scopes):
    """`indicators.csv` of a form that asks for figures with a unit: beside the shares one row for every scope, item,
    measure, period and choice."""

    period: str = pa.Field(str_length={"min_value": 1}, description="`2026-01`, `2026-Q1`, `2026`, or a date")
    measure: str = pa.Field(isin=_MEASURES, description="what `value` is; `share`: see `percent`")
    choice: str = pa.Field(
        description="the answer that so many schools have chosen, «да» and «нет» of a yes or no; blank for others"
    )
    value: float = pa.Field(nullable=True, description="the figure, in the item's unit; null: there is none")

    class Config:
        strict = True
        ordered = True
        unique = ("scope", "item", "measure", "period", "choice")

    @guard("of nobody there is no figure")
    @classmethod
    def nothing_of_nobody(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        of_schools = ~table["measure"].isin(("schools", "rows", "schools above their plan", "schools below their plan"))
        return ~of_schools | (table["schools_counted"] > 0) | table["value"].isna()
