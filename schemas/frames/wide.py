"""One row an answer: what it says side by side, beside what the registry knows. Judged within the row."""

import pandas as pd
import pandera.pandas as pa

from schemas.coded import NOTHING, control, guard

_BASES = ("stated", "derived", "")


def _source(rows: pd.DataFrame) -> "pd.Series[str]":
    """Behind a total that the answer does not give itself."""
    return rows["total_basis"].map(lambda basis: "" if basis == "stated" else " (по сведениям о школе)")


def _share(rows: pd.DataFrame) -> "pd.Series[float]":
    """Percent that the people are."""
    return rows["count"] / rows["total"] * 100


class WideAnswers(pa.DataFrameModel):
    """Index: number of the row. Beside the columns stand those of `checking.table.coverage_of` that say on which fact
    a remark stands (`count_row` …), and the words of the message.

    What is derived from a stated figure is as wrong as that figure, and the remark stands there: said once.
    """

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    item: pa.Category = pa.Field(str_length={"min_value": 1}, description="number of a coverage item or a volume")
    count: float = pa.Field(nullable=True, description="people covered")
    total: float = pa.Field(nullable=True, description="people in all")
    percent: float = pa.Field(nullable=True, description="share, 0–100")
    count_basis: pa.Category = pa.Field(isin=_BASES, description="stated, derived; blank: no such figure")
    total_basis: pa.Category = pa.Field(isin=_BASES, description="the same of the total")
    percent_basis: pa.Category = pa.Field(isin=_BASES, description="the same of the percent")
    half: float = pa.Field(
        ge=0, nullable=True, description="half a unit of a stated percent's last digit, percentage points"
    )
    base: float = pa.Field(ge=0, nullable=True, description="people in all by the registry; null: unknown")
    of_people: bool = pa.Field(description="a share of people of a known school; false for a volume")
    of_some_classes: bool = pa.Field(description="it names classes that are not the whole school")

    class Config:
        strict = True
        unique = ("report", "item")

    @control("NUM-NEGATIVE", "count_row")
    @classmethod
    def stated_count_not_below_zero(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["count_basis"] != "stated") | ~(table["count"] < 0)

    @control("NUM-NEGATIVE", "total_row")
    @classmethod
    def stated_total_not_below_zero(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["total_basis"] != "stated") | ~(table["total"] < 0)

    @control("NUM-NEGATIVE", "percent_row")
    @classmethod
    def stated_percent_not_below_zero(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["percent_basis"] != "stated") | ~(table["percent"] < 0)

    @control("PCT-ABOVE-100", "percent_row", percent="percent")
    @classmethod
    def stated_percent_at_most_100(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["percent_basis"] != "stated") | ~(table["percent"] > 100)

    @control("COUNT-ABOVE-TOTAL", "count_row", count="count", total="total", source=_source)
    @classmethod
    def stated_count_within_total(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["count_basis"] != "stated") | ~(table["count"] > table["total"])

    @control(
        "PCT-DISAGREES", "percent_row", count="count", total="total", source=_source, share=_share, percent="percent"
    )
    @classmethod
    def stated_percent_is_that_of_the_people(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """Within half a unit of the last digit written. Impossible figures are remarked as such: nothing is compared
        with them."""
        both = (table["count_basis"] == "stated") & (table["percent_basis"] == "stated")
        possible = (table["total"] > 0) & table["count"].between(0, table["total"]) & table["percent"].between(0, 100)
        share = table["count"] / table["total"].where(table["total"] > 0) * 100
        return ~(both & possible) | ~((share - table["percent"]).abs() > table["half"] + NOTHING)

    @control("TOTAL-NOT-BASE", "total_row", total="total", base="base", label="label")
    @classmethod
    def stated_total_is_the_base(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["total_basis"] != "stated") | table["base"].isna() | (table["base"] == table["total"])

    @control("BASE-UNKNOWN", "said_row", label="label")
    @classmethod
    def share_of_a_known_whole(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """A share can be turned into people: nobody says that there are none. Of a school that is not known it follows
        from that, and is not said; that the registry does not say of how many is no fault of the school."""
        return ~(table["of_people"] & (table["total"] == 0) & (table["percent"] > 0))

    @control("CLASSES-PART", "classes_row", percent="percent", classes="classes")
    @classmethod
    def percent_alone_is_of_the_whole_school(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """A percent alone for classes that are not the whole school: is it their share, or the school's?"""
        stated = table[["count_basis", "total_basis", "percent_basis"]] == "stated"
        alone = stated["percent_basis"] & ~stated["count_basis"] & ~stated["total_basis"]
        return ~(alone & table["of_some_classes"])

    @guard("stated people are whole")
    @classmethod
    def stated_people_are_whole(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """Our reader remarks on parts of people (NUM-NOT-WHOLE) and hands none on."""
        whole = [(table[f"{name}_basis"] != "stated") | (table[name] % 1 == 0) for name in ("count", "total")]
        return whole[0] & whole[1]
