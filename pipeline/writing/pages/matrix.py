"""The small table of the first page: whom the municipality has reached, by group of people."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.measuring.rows import TotalRow, totals_by_item
from pipeline.writing.pages.doubts import is_item_doubted
from schemas.form import Base, Item


class MatrixCell(NamedTuple):
    """One group of people and one column of the form's coverage. `item`: None where no item asks for it; `percent`:
    0–100, None where nothing is counted; `on_card`: a card tells of it too; `doubted`: it rests on answers under
    question."""

    item: Item | None
    percent: float | None = None
    on_card: bool = False
    doubted: bool = False


class Matrix(NamedTuple):
    """`rows`: what stands before each, and its cells, one a column. A `|` in a column is a line break put by hand."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[MatrixCell, ...]], ...]


def coverage_matrix(figures: Figures) -> Matrix:
    form = figures.form
    columns = [(group.title, [form.item(number) for number in group.items]) for group in form.coverage.columns]
    bases = [form.base(base) for base in form.coverage.rows]
    asked = [(base, [_item_about(base, items, figures) for _, items in columns]) for base in bases]
    totals = totals_by_item(figures)
    rows = tuple(
        (_label(base, figures), tuple(_cell(item, figures, totals) for item in items)) for base, items in asked
    )
    counted = [totals[item.number].counted for _, items in asked for item in items if item]
    title = f"Охват по группам, % — {_counted_said(counted, len(figures.schools))}"
    return Matrix(title, tuple(title for title, _ in columns), rows)


def _label(base: Base, figures: Figures) -> str:
    people = figures.bases.get(base.id)
    return base.group if people is None else f"{base.group}, {wording.number(people)}"


def _item_about(base: Base, items: list[Item], figures: Figures) -> Item | None:
    """The item that is about that group of people."""
    form = figures.form
    return next((item for item in items if item.base and form.base(item.base).group == base.group), None)


def _cell(item: Item | None, figures: Figures, totals: Mapping[str, TotalRow]) -> MatrixCell:
    if item is None:
        return MatrixCell(None)
    form = figures.form
    percent = totals[item.number].percent
    return MatrixCell(
        item,
        None if math.isnan(percent) else percent,
        item.number in (form.headline_number, form.second_card and form.second_card.item),
        bool(item.base) and is_item_doubted(figures, item.number),
    )


def _counted_said(counted: Sequence[int], schools: int) -> str:
    """«учтены 18 из 20 школ», «учтено от 13 до 19 из 20 школ»: `counted` of each item in the matrix."""
    low, high = min(counted, default=0), max(counted, default=0)
    if low == high:
        return wording.counted_of(low, schools)
    return f"учтено от {low} до {high} из {wording.schools(schools, wording.Case.GENITIVE)}"
