"""The long table of answers: one fact a row, for all reports of a batch. pandera judges it once, lazily.

What is said again and again (files, cells, items …) are categories: each text is held, sought and compared once. Their
order is that of the texts, by which rows are sorted.

Structural rules (types, known words, no nulls) guard our own reader: a breach is a programmer's mistake.
Coded checks (`schemas.coded`) judge the school's answer: a breach becomes a remark.
"""

from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd
import pandera.pandas as pa

from schemas.coded import control

FIELDS = (
    "person", "position", "text", "title", "number", "date", "count", "total", "percent",
    "classes", "by_class", "yes", "url", "problem", "solution", "note", "value", "choice",
)  # fmt: skip
FIGURES = ("count", "total", "percent")
BASES_OF_FACTS = ("stated", "derived")


class Why(StrEnum):
    """Why a fact of another report is taken over; blank in the table: the report says it itself."""

    PARTIAL = "partial"  # an earlier file for the same date holds it, the later one lacks it
    BLANK = "blank"  # the report before holds it
    REFERENCE = "reference"  # «без изменений»


OF_ANOTHER_DATE = (Why.BLANK, Why.REFERENCE)


def _day(rows: pd.DataFrame) -> "pd.Series[Any]":
    return rows["text"].map(date.fromisoformat).astype("object")


class Answers(pa.DataFrameModel):
    """Index: the number of the fact, by which remark, summary and returned file find its cell."""

    report: int = pa.Field(ge=0, description="number of the report in the batch")
    file: pa.Category = pa.Field(description="path relative to the input folder, with /")
    sheet: pa.Category = pa.Field(description="sheet of the form")
    cell: pa.Category = pa.Field(description="cell that says it")
    school_code: pa.Category = pa.Field(description="code in the registry; blank: not recognised")
    as_of: pa.Category = pa.Field(description="date written in the report, ISO; blank: none")
    item: pa.Category = pa.Field(description="number of the form's item, a row of acts or `problem.N`; blank: a note")
    field: pa.Category = pa.Field(isin=FIELDS, description="what kind of fact it is")
    text: str = pa.Field(description="its words; dates ISO; blank for figures")
    number: float = pa.Field(nullable=True, description="its figure: people, or percent 0–100; null for words")
    half: float = pa.Field(ge=0, description="half a unit of the last digit written, percentage points")
    basis: pa.Category = pa.Field(isin=BASES_OF_FACTS, description="stands in the cell, or computed from what does")
    carried: pa.Category = pa.Field(isin=("", *Why), description="taken over from another report, and why")

    class Config:
        strict = True
        ordered = True
        unique_column_names = True

    @control("DOC-AFTER-REPORT", day=_day)
    @classmethod
    def document_not_after_report(cls, table: pd.DataFrame) -> "pd.Series[bool]":
        """Dates of lists are held against the period of their report instead."""
        dates = table[
            (table["field"] == "date") & ~table["item"].str.contains("/", regex=False) & (table["as_of"] != "")
        ]
        late = dates.index[dates["text"] > dates["as_of"].astype("str")]
        return pd.Series(~table.index.isin(late), index=table.index)
