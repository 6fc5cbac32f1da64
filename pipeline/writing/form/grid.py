"""Which columns of the sheet each part of the standard form takes.

A form of one table has a column a heading. Where tables stand below each other the sheet has as many columns as they
have edges together, and a cell takes those between two of its own: all parts are as wide as each other.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from schemas.form import Column as Asked
from schemas.form import Form, Kind, Table


class Span(NamedTuple):
    """Columns of the sheet from `first` to `last`, counted from 0."""

    first: int
    last: int

    def to(self, other: "Span") -> "Span":
        return Span(self.first, other.last)


class Plain(NamedTuple):
    """The seven columns of items that stand in no table."""

    number: Span
    measure: Span
    answer: Span
    total: Span
    people: Span
    share: Span
    check: Span


class Block(NamedTuple):
    """A table's columns. `label`: of the rows' titles; None where they have none."""

    label: Span | None
    columns: tuple[Span, ...]


_NUMBER, _CHECK = 44, 190  # pixels
_MEASURE, _ANSWER = 326, 410
_SIDES = (200, 276, 342)  # edges inside of the answer: the whole, the people, their share
_FEW = 4  # columns of a table; for more the titles of its rows leave room, and A4 is filled
_NARROW_MEASURE, _WIDE_ANSWER = 256, 540
_CLOSE = 24  # edges no farther from each other are one
_HIDDEN = 4
_FIGURES = 4  # of the passport above the answer, beside the one above the checks
_WEIGHTS = {Kind.TEXT: 4.0, Kind.LINK: 3.2, Kind.PERSON: 3.5, Kind.DOCUMENT: 3.0, Kind.CHOICE: 2.4}
_USUAL_WEIGHT = 1.4  # of a date, a figure


class Grid:
    """Columns of one form's sheet and their widths in pixels. `hidden`: those that hold headings alone, by which the
    reader knows the form, where it asks for no shares."""

    def __init__(self, form: Form) -> None:
        used = {item.table for item in form.items if item.table}
        self._tables = [table for table in form.tables if table.id in used]
        self._has_figures = bool(form.bases)
        self._shares = any(item.measured for item in form.items)
        self.simple = self._shares and not self._tables
        few = max((len(table.columns) for table in self._tables), default=0) <= _FEW
        self._measure, self._answer = (_MEASURE, _ANSWER) if few else (_NARROW_MEASURE, _WIDE_ANSWER)
        self.end = self._measure + self._answer

    # ── edges ────────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def _edges(self) -> list[int]:
        """Of all columns between the numbers and the checks, from left to right."""
        edges = [0, self._measure, self.end]
        for wanted in self._wanted:
            for edge in wanted:
                if min(abs(edge - other) for other in edges) > _CLOSE:
                    edges.append(edge)
        return sorted(edges)

    @property
    def _wanted(self) -> list[list[int]]:
        """Edges of each part, those that cannot move first."""
        shares = [self._measure + side + self._answer - _ANSWER for side in _SIDES] if self._shares else []
        figures = _parts(self._measure, self.end, [1.0] * _FIGURES) if self._has_figures else []
        return [shares, figures, [self._measure + self._answer // 2], *map(self._of_table, self._tables)]

    def _of_table(self, table: Table) -> list[int]:
        """Equal columns beside the titles of rows; without titles as wide as what is written in them."""
        if table.label:
            return _parts(self._measure, self.end, [1.0] * len(table.columns))
        return _parts(0, self.end, [_weight(column) for column in table.columns])

    def _spans(self, edges: Sequence[int]) -> tuple[Span, ...]:
        """The columns between each two of the edges, moved to where the sheet has some: one at least each."""
        at = [min(range(len(self._edges)), key=lambda n: abs(self._edges[n] - edge)) for edge in edges]
        for n in range(1, len(at)):
            at[n] = max(at[n], at[n - 1] + 1)
        return tuple(Span(1 + left, right) for left, right in pairwise(at))

    # ── columns ──────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def widths(self) -> tuple[int, ...]:
        if self.simple:
            return (_NUMBER, _MEASURE, 200, 76, 66, 68, _CHECK)
        between = [right - left for left, right in pairwise(self._edges)]
        return (_NUMBER, *between, *([_HIDDEN] * len(self.hidden)), _CHECK)

    @cached_property
    def hidden(self) -> tuple[int, ...]:
        first = len(self._edges)
        return () if self._shares else (first, first + 1, first + 2)

    @cached_property
    def plain(self) -> Plain:
        if self.simple:
            return Plain._make(Span(n, n) for n in range(7))
        measure = Span(1, self._edges.index(self._measure))
        check = Span(len(self.widths) - 1, len(self.widths) - 1)
        if self._shares:
            sides = [self._measure + side + self._answer - _ANSWER for side in _SIDES]
            answer, *people = self._spans([self._measure, *sides, self.end])
        else:
            answer, people = Span(measure.last + 1, self.hidden[0] - 1), [Span(n, n) for n in self.hidden]
        return Plain._make((Span(0, 0), measure, answer, *people, check))

    @cached_property
    def halves(self) -> tuple[Span, Span]:
        """The answer in two."""
        if self.simple:
            return Span(2, 2), Span(3, 5)
        left, right = self._spans([self._measure, self._measure + self._answer // 2, self.end])
        return left, right

    @cached_property
    def passport(self) -> tuple[Span, ...]:
        """The cells of a row of figures above the table."""
        if self.simple:
            return self.plain[2:]
        return (*self._spans(_parts(self._measure, self.end, [1.0] * _FIGURES, ends=True)), self.plain.check)

    @cached_property
    def blocks(self) -> Mapping[str, Block]:
        found = {}
        for table in self._tables:
            ends = self._of_table(table)
            start = self._measure if table.label else 0
            found[table.id] = Block(self.plain[1] if table.label else None, self._spans([start, *ends, self.end]))
        return found

    def width(self, span: Span) -> int:
        return sum(self.widths[column] for column in range(span.first, span.last + 1) if column not in self.hidden)


def _parts(start: int, end: int, weights: Sequence[float], *, ends: bool = False) -> list[int]:
    """Edges inside of the room, by the weights of what stands between them."""
    edges, done = [], 0.0
    for weight in weights[:-1]:
        done += weight
        edges.append(start + round((end - start) * done / sum(weights)))
    return [start, *edges, end] if ends else edges


def _weight(column: Asked) -> float:
    return _WEIGHTS.get(column.kind, _USUAL_WEIGHT)
