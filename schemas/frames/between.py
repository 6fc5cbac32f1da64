"""Rows beside rows: an item beside another of the same report, a report beside the one before."""

import numpy as np
import pandas as pd
import pandera.pandas as pa

from schemas.coded import NOTHING, control

# «A base that jumps by more than a fifth between two reports.»
_JUMP = 0.2


def _at_least(rows: pd.DataFrame) -> "pd.Series[float]":
    """People: a derived 245,76 against 245,3 must read as more."""
    return (rows["count"] - NOTHING).map(np.ceil)


def _at_most(rows: pd.DataFrame) -> "pd.Series[float]":
    return (rows["limit"] + NOTHING).map(np.floor)


class BetweenItems(pa.DataFrameModel):
    """One row a report and control of the form (`Form.controls`). A `spread` is by how many people a count derived from
    a rounded percent may be off."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    kind: str = pa.Field(isin=["not_above"], description="kind of the form's control")
    count: float = pa.Field(nullable=True, description="people of the item")
    spread: float = pa.Field(nullable=True, description="people by which they may be off")
    limit: float = pa.Field(nullable=True, description="people of the item that it is held against")
    limit_spread: float = pa.Field(nullable=True, description="people by which those may be off")

    class Config:
        strict = True

    @control(
        "ABOVE-LIMIT",
        "said_row",
        said="said",
        count=_at_least,
        limit_said="limit_said",
        limit=_at_most,
        other="other",
        reason="reason",
    )
    @classmethod
    def not_above_its_limit(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """A difference that the rounding of a percent explains is none."""
        above = table["count"] - table["spread"] > table["limit"] + table["limit_spread"] + NOTHING
        return (table["kind"] != "not_above") | ~above


def _people(rows: pd.DataFrame) -> "pd.Series[float]":
    return rows["count"].round()


def _people_before(rows: pd.DataFrame) -> "pd.Series[float]":
    return rows["count_before"].round()


class Changes(pa.DataFrameModel):
    """One row an answer and the same school's last one that counted (`…_before`). Reports are cumulative: what is
    stated may not fall. A volume has no people behind it."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    item: pa.Category = pa.Field(str_length={"min_value": 1}, description="number of a coverage item or a volume")
    volume: bool = pa.Field(description="the item is a volume")
    cumulative: bool = pa.Field(description="what once stood stands: it may not fall")
    count: float = pa.Field(nullable=True, description="people covered")
    spread: float = pa.Field(description="people by which a count derived from a percent may be off")
    percent: float = pa.Field(nullable=True, description="share, 0–100")
    total: float = pa.Field(nullable=True, description="people in all")
    count_before: float = pa.Field(nullable=True, description="the same in the report before")
    spread_before: float = pa.Field(description="the same in the report before")
    percent_before: float = pa.Field(nullable=True, description="the same in the report before")
    total_before: float = pa.Field(nullable=True, description="the same in the report before")
    rise_limit: float = pa.Field(nullable=True, description="points that it may plausibly rise; null: any")

    class Config:
        strict = True
        unique = ("report", "item")

    @control("COUNT-FELL", "said_row", count=_people, earlier=_people_before, day="day")
    @classmethod
    def people_do_not_fall(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """A fall that the rounding of a percent explains is none."""
        least_before = table["count_before"] - table["spread_before"] - NOTHING
        return table["volume"] | ~table["cumulative"] | ~(table["count"] + table["spread"] < least_before)

    @control("PCT-FELL", "said_row", percent="percent", earlier="percent_before", day="day")
    @classmethod
    def volume_does_not_fall(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """Its percent is what the school states, and may not fall by any part."""
        return ~(table["volume"] & table["cumulative"]) | ~(table["percent"] < table["percent_before"] - NOTHING)

    @control("PCT-ROSE", "said_row", percent="percent", earlier="percent_before", history="history", day="day")
    @classmethod
    def share_does_not_leap(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """A school may well have done it: information."""
        return ~(table["percent"] - table["percent_before"] > table["rise_limit"] + NOTHING)

    @control("BASE-JUMP", "total_row", once_a_cell=True, total="total", earlier="total_before", day="day")
    @classmethod
    def whole_does_not_jump(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """One remark a cell: in Svod's own form one figure of the passport is the whole of many items."""
        change = (table["total"] - table["total_before"]).abs()
        return ~((table["total_before"] > 0) & (change > _JUMP * table["total_before"] + NOTHING))


class DocumentsBefore(pa.DataFrameModel):
    """One row a document of the report before, or row of acts; the remark stands on this report."""

    report: int = pa.Field(ge=0, description="number of the report that follows")
    item: str = pa.Field(str_length={"min_value": 1}, description="item or row of acts of the report before")
    still_given: bool = pa.Field(description="the report that follows gives it too, by its number or its title")

    class Config:
        strict = True
        unique = ("report", "item")

    @control("DOC-GONE", cell="cell", item="item", document="document", day="day")
    @classmethod
    def document_does_not_vanish(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        return table["still_given"]
