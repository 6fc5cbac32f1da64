"""The list of schools as a table: what can be counted on once the registry has been read."""

import pandera.pandas as pa
from pandera.typing import Index, Series


class Schools(pa.DataFrameModel):
    """One school a row, index: its code. Beside these columns one a base of the form, people."""

    code: Index[str] = pa.Field(unique=True, description="«Код»", check_name=True)
    name: Series[str] = pa.Field(str_length={"min_value": 1}, description="«Краткое наименование»")

    class Config:
        strict = False
