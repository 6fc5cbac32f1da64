"""`answers.csv` and `findings.csv` as they stand in the files, every cell a text; `indicators.csv` is `Indicators`.

Judged on their way out: a breach is a programmer's mistake and stops the run. From these models the
`*.schema.json` beside the files are made.
"""

import pandas as pd
import pandera.pandas as pa

from schemas.answers import BASES_OF_FACTS, FIELDS
from schemas.remarks import Severity

_DATE = r"(\d{4}-\d{2}-\d{2})?"  # ISO, or blank
_CODE = r"[A-Z]+(-[A-Z0-9]+)+"


class AnswersFile(pa.DataFrameModel):
    """`answers.csv`: one fact a row, for the reports in the picture."""

    file: str = pa.Field(str_length={"min_value": 1}, description="path relative to the input folder, with /")
    sheet: str = pa.Field(description="sheet of the form")
    cell: str = pa.Field(description="cell that says it")
    school_code: str = pa.Field(str_length={"min_value": 1}, description="code in the registry or its draft")
    as_of: str = pa.Field(str_matches=rf"^{_DATE}$", description="date written in the report, ISO")
    item: str = pa.Field(description="number of the form's item, a row of acts or `problem.N`; blank: a note")
    field: str = pa.Field(isin=FIELDS, description="what kind of fact it is")
    value: str = pa.Field(description="its figure, unrounded (percent 0–100), or its words")
    basis: str = pa.Field(
        isin=(*BASES_OF_FACTS, "carried"), description="stands in the cell, computed, or of a former report"
    )
    counted: str = pa.Field(isin=("true", "false"), description="false: the item bears an error")

    class Config:
        strict = True
        ordered = True


class FindingsFile(pa.DataFrameModel):
    """`findings.csv`: remarks on those reports and on every file that gave none."""

    file: str = pa.Field(description="path relative to the input folder, with /; blank: none")
    sheet: str = pa.Field(description="blank where there is none")
    cell: str = pa.Field(description="blank where there is none")
    school_code: str = pa.Field(description="code in the registry; blank: not recognised")
    as_of: str = pa.Field(str_matches=rf"^{_DATE}$", description="date written in the report, ISO; blank: none")
    item: str = pa.Field(description="number of the form's item; blank: the file or its head")
    code: str = pa.Field(str_matches=rf"^{_CODE}$", description="kind of remark, docs/remarks.md")
    severity: str = pa.Field(
        isin=tuple(map(str, Severity)), description="error, warning, info: also what a later report has made good"
    )
    message: str = pa.Field(str_length={"min_value": 1}, description="what is wrong, in Russian")
    value: str = pa.Field(description="what the school wrote there")

    class Config:
        strict = True
        ordered = True


def as_texts(model: type[pa.DataFrameModel], rows: list[tuple[str, ...]]) -> pd.DataFrame:
    """Rows of texts as the model's frame, judged."""
    columns = list(model.to_schema().columns)
    judged: pd.DataFrame = model.validate(pd.DataFrame(rows, columns=columns, dtype="str"), lazy=True)
    return judged
