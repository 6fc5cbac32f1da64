"""Controls as checks of pandera models: each is one entry — a code of the catalogue, the cell on which its remark
stands, the figures that its message names, and the check itself.

The catalogue gives the check its title, rule and severity; a code that it does not know is refused on import.
Checks without a code guard our own program: a breach of them is raised.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec
import pandas as pd
import pandera.pandas as pa

import schemas.dtypes  # noqa: F401 - registers the types of columns for the models of the whole program
from schemas.remarks import Catalogue, Entry, Severity, load_catalogue

NOTHING = 1e-9  # two computed figures, people or percentage points, that differ by less are the same

Figure = str | Callable[[pd.DataFrame], "pd.Series[Any]"]  # a column, or what is computed from the broken rows


class Control(msgspec.Struct, frozen=True):
    """What a check carries (`Check.statistics["control"]`).

    at: column with the number of the fact on whose cell the remark stands; blank: the rows say themselves where.
    figures: place or figure of the remark -> where it comes from. once_a_cell: one remark a cell, the first row's.
    """

    code: str
    severity: Severity
    at: str = ""
    figures: Mapping[str, Figure] = {}
    once_a_cell: bool = False

    @property
    def beside(self) -> set[str]:
        """Columns that the remark is made of; those that the model does not judge are not shown to it."""
        return {self.at} - {""} | {column for column in self.figures.values() if isinstance(column, str)}


def control(code: str, at: str = "", *, once_a_cell: bool = False, **figures: Figure) -> Callable[[Any], Any]:
    """Makes a method of a model the check of this remark: from the table, which rows are right (total, vectorised)."""
    entry = _entry(code)
    carried = Control(code, entry.severity, at, figures, once_a_cell)
    said = {"title": entry.title, "description": entry.rule}
    return guard(code, statistics={"control": carried}, **said)


def guard(error: str, **more: Any) -> Callable[[Any], Any]:
    """Makes a method of a model a check of whole rows. Rows without any value, which pandera would look for first in
    every column, are none of ours."""
    mark: Callable[[Any], Any] = pa.dataframe_check(error=error, ignore_na=False, **more)
    return mark


def control_of(check: pa.Check) -> Control | None:
    """The control that a check is; None: it guards our own program."""
    found: Control | None = (check.statistics or {}).get("control")
    return found


def controls_of(model: type[pa.DataFrameModel]) -> Iterator[Control]:
    """The controls of a model, in its order."""
    return (found for check in model.to_schema().checks if (found := control_of(check)))


def _entry(code: str) -> Entry:
    return _catalogue().entries[code]


@lru_cache(maxsize=1)
def _catalogue() -> Catalogue:
    return load_catalogue()
