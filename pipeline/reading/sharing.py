"""What many reports say alike, held once: a district's files come from a few blanks, and what was read of them stays in
memory to the end of a run."""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any, TypeVar, cast

from schemas.reports import Fact, FileRead, ReportRead

T = TypeVar("T", bound=Hashable)


class Shared:
    """Of equal parts of the reads that pass through it the first is held in all of them. It knows the parts as long as
    it lives, so it lives no longer than the reading of a batch."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}
        self._facts: dict[Fact, Fact] = {}
        self._cells: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}

    def read(self, read: FileRead) -> FileRead:
        """The same read, made of what is known where it says nothing new."""
        return replace(read, reports=tuple(map(self._report, read.reports))) if read.reports else read

    def _report(self, report: ReportRead) -> ReportRead:
        return replace(
            report,
            sheet=self._one(report.sheet),
            school=self._one(report.school),
            as_of=self._one(report.as_of),
            facts=tuple(map(self._fact, report.facts)),
            answer_cells=self._addresses(report.answer_cells),
            written=self._one(report.written),
            bases=tuple((self._one(base), people, self._one(cell)) for base, people, cell in report.bases),
            title=self._one(report.title),
            columns=self._one(report.columns),
        )

    def _one(self, value: T) -> T:
        return cast(T, self._known.setdefault(value, value))

    def _fact(self, fact: Fact) -> Fact:
        known, (item, field, value, cell, half, basis) = self._facts.get(fact), fact
        numbers = value, half  # 1 and 1.0, 0 and -0 are equal, not the same
        if known and repr((known.value, known.half)) == repr(numbers):
            return known
        one = self._known.setdefault
        value = one(value, value) if isinstance(value, str) else value
        own = Fact(one(item, item), one(field, field), value, one(cell, cell), half, one(basis, basis))
        return own if known else self._facts.setdefault(own, own)

    def _addresses(self, cells: dict[str, str]) -> dict[str, str]:
        """In the same order, too."""
        key = tuple(cells.items())
        if key not in self._cells:
            self._cells[key] = {self._one(item): self._one(cell) for item, cell in key}
        return self._cells[key]
