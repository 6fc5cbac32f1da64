"""The three CSVs of a run: what was read, remarked and measured. Sorted, so that a diff means a change."""

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple, TypeVar

import pandas as pd

from pipeline.measuring.figures import Activation, Figures, Level, Share
from pipeline.measuring.rows import (
    answers_in_order,
    coverage_by_codes,
    totals_by_item,
    typed_rows,
    waived_answers,
)
from pipeline.wording import corrected_by, message
from schemas.csv_tables import AnswersFile, FindingsFile, as_texts
from schemas.district import MUNICIPALITY
from schemas.municipality import Indicators, NumberIndicators
from schemas.remarks import Catalogue, Severity

Row = TypeVar("Row")
Value = TypeVar("Value")

_TYPES = {  # of indicators
    **dict.fromkeys(("as_of", "scope", "item", "group", "status"), "str"),
    **dict.fromkeys(
        ("covered", "total", "percent", "target_min", "target_max", "deviation_pp", "shortfall"), "float64"
    ),
    **dict.fromkeys(("schools_counted", "schools_expected"), "int64"),
}
_RUNS_IN_EXCEL = ("=", "+", "-", "@", "\t", "\r", "'")
_AT_ONCE = 20_000  # rows


def answers_csv(figures: Figures) -> Iterator[bytes]:
    """One fact a row, for the reports in the picture. In pieces, as all three: those of forty thousand schools are
    large."""
    return _judged_csv(AnswersFile, _answers(figures))


def _answers(figures: Figures) -> Iterator[tuple[str, ...]]:
    """Some at a time: as texts all answers of a large district take many times the room that they take in the frame."""
    for told in answers_in_order(figures, _AT_ONCE):
        place = [_made_once(texts, _safe) for texts in (told.file, told.sheet, told.cell, told.school_code)]
        texts, numbers = _made_once(told.text, _safe), _made_once(told.number, _figure)
        values = [text or number for text, number in zip(texts, numbers, strict=True)]
        basis = [
            "carried" if carried or school in figures.carried_reports else basis
            for carried, school, basis in zip(told.carried, told.school_code, told.basis, strict=True)
        ]
        counted = ["true" if counts else "false" for counts in told.counted]
        yield from zip(*place, told.as_of, told.item, told.field, values, basis, counted, strict=True)


def _made_once(values: list[Value], as_written: Callable[[Value], str]) -> list[str]:
    """As they stand in the file, equal ones made once; blank for no figure, of which none equals another."""
    made = {value: as_written(value) for value in set(values) if value == value}
    return [made.get(value, "") for value in values]


def findings_csv(figures: Figures, catalogue: Catalogue) -> Iterator[bytes]:
    """Remarks on the reports in the picture and on every file that gave none; what a later report has made good, as
    information that says by which."""
    said = [(remark, message(remark, catalogue)) for remark in figures.remarks]
    for remark, file, day in figures.mended:
        corrected = f"{message(remark, catalogue)} {corrected_by(file, day, figures.every)}"
        said.append((replace(remark, severity=Severity.INFO), corrected))
    rows = []
    for remark, sentence in said:
        as_of = remark.as_of.isoformat() if remark.as_of else ""
        place = _safe(remark.file), _safe(remark.sheet), _safe(remark.cell), _safe(remark.school), as_of
        words = _safe(sentence), _safe_value(remark.value)
        cells = (*place, remark.item, remark.code, remark.severity.value, *words)
        rows.append(
            ((remark.file, remark.sheet, figures.form.sort_key(remark.item), remark.code, remark.cell, cells), cells)
        )
    return _judged_csv(FindingsFile, (cells for _, cells in sorted(rows)))


def indicators_csv(figures: Figures) -> Iterator[bytes]:
    """`indicators` as a file, of a form that asks for figures with a unit `indicators_with_numbers`."""
    table = indicators_with_numbers(figures) if figures.numbers else indicators(figures)
    rows = zip(*(_made_once(table[name].tolist(), _cell) for name in table.columns), strict=True)
    return _csv(tuple(table.columns), _pieces(rows))


def indicators(figures: Figures) -> pd.DataFrame:
    """The municipality-wide table (`schemas.municipality.Indicators`): one row for every scope and coverage item, the
    municipality first, then the schools by code. Judged on its way out: a breach raises."""
    waived = _waived(figures)
    rows = chain(_municipality(figures), _schools(figures))
    pieces = [_indicators_of(piece, waived) for piece in _pieces(rows)]
    table = pd.concat(pieces or [_indicators_of([], waived)], ignore_index=True)
    return Indicators.validate(table).drop(columns="waived")


def _indicators_of(rows: Sequence["_Row"], waived: set[tuple[str, str]]) -> pd.DataFrame:
    """`Indicators` of these rows, some at a time: as rows a large district's would take several times their room."""
    table = pd.DataFrame(rows, columns=list(_Row._fields)).astype(_TYPES)  # also of a form without any share
    return table.assign(waived=pd.Series([(row.scope, row.item) in waived for row in rows], dtype="bool"))


def indicators_with_numbers(figures: Figures) -> pd.DataFrame:
    """`schemas.municipality.NumberIndicators`: shares as in `indicators`, then figures, choices and lists of the
    municipality, then those of the schools."""
    shares = [(*row, figures.period, _SHARE, "", math.nan) for row in typed_rows(indicators(figures), _Row)]
    rows = [*shares, *_municipal_numbers(figures), *_numbers_of_schools(figures)]
    types = {**_TYPES, **dict.fromkeys(("period", "measure", "choice"), "str"), "value": "float64"}
    return NumberIndicators.validate(pd.DataFrame(rows, columns=list(_NumberRow._fields)).astype(types))


_SHARE, _REPORTED = "share", "reported"  # measures of rows that are no municipal figure of a number


def _municipal_numbers(figures: Figures) -> Iterator[tuple[object, ...]]:
    for total in figures.numbers.totals:
        counted = total.counted, total.expected
        row = _number_row(figures, MUNICIPALITY, total.item, *counted)
        yield (*row, total.period, total.measure.value, total.choice, total.value)


def _numbers_of_schools(figures: Figures) -> Iterator[tuple[object, ...]]:
    for one in sorted(figures.numbers.schools, key=lambda one: one.school_code):
        row = _number_row(figures, one.school_code, one.item, int(one.share is Share.COUNTED), 1)
        yield (*row, figures.period, _REPORTED, "", one.value)


def _number_row(figures: Figures, scope: str, item: str, counted: int, expected: int) -> "_Row":
    base = figures.form.item(item).base
    group = figures.form.base(base).label if base else ""
    return _Row(figures.as_of.isoformat(), scope, item, group, math.nan, math.nan, math.nan, counted, expected)


def _waived(figures: Figures) -> set[tuple[str, str]]:
    """(scope, item) with an impossible figure that the office lets count: a school's, and so the municipality's."""
    schools = {(row.school_code, row.item) for row in waived_answers(figures)}
    return schools | {(MUNICIPALITY, item) for _, item in schools}


class _Row(NamedTuple):
    """One row of `Indicators` as the file has it."""

    as_of: str
    scope: str
    item: str
    group: str
    covered: float
    total: float
    percent: float
    schools_counted: int
    schools_expected: int
    target_min: float | None = None
    target_max: float | None = None
    deviation_pp: float | None = None
    shortfall: float | None = None
    status: str = ""


class _NumberRow(NamedTuple):
    """One row of `NumberIndicators` as the file has it: `_Row`, and what is told of a figure."""

    as_of: str
    scope: str
    item: str
    group: str
    covered: float
    total: float
    percent: float
    schools_counted: int
    schools_expected: int
    target_min: float
    target_max: float
    deviation_pp: float
    shortfall: float
    status: str
    period: str
    measure: str
    choice: str
    value: float


def _municipality(figures: Figures) -> Iterator[_Row]:
    for total in totals_by_item(figures).values():
        numbers = total.covered, total.total, total.percent, total.counted, total.expected
        yield _row(figures, figures.municipality, MUNICIPALITY, total.item, *numbers)


def _schools(figures: Figures) -> Iterator[_Row]:
    """By code, items in the form's order."""
    against_target = {row.school.code: row for row in figures.activation if row.school}
    for row in coverage_by_codes(figures):
        counted = int(row.share is Share.COUNTED)
        numbers = row.covered, row.total, row.percent, counted, 1
        against = against_target.get(row.school_code, figures.municipality)  # without a headline item: nothing
        yield _row(figures, against, row.school_code, row.item, *numbers)


def _row(
    figures: Figures,
    against_target: Activation,
    scope: str,
    item: str,
    covered: float,
    total: float,
    percent: float,
    counted: int,
    expected: int,
) -> _Row:
    """`against_target` says something of the headline item only; before the first target no more than its status."""
    form, target = figures.form, figures.target
    base = form.item(item).base
    group = form.base(base).label if base else ""
    row = _Row(figures.as_of.isoformat(), scope, item, group, covered, total, percent, counted, expected)
    if item != form.headline_number:
        return row
    return row._replace(
        target_min=target.min if target else None,
        target_max=target.max if target else None,
        deviation_pp=against_target.deviation,
        shortfall=against_target.shortfall,
        status="" if against_target.level is Level.UNKNOWN or not form.has_plan else against_target.level.value,
    )


def _cell(value: str | float) -> str:
    return _figure(value) if isinstance(value, float) else _safe(str(value))


def _figure(number: float) -> str:
    """Unrounded; a whole number without `.0`; blank for no figure."""
    if math.isnan(number):
        return ""
    return str(int(number)) if number.is_integer() else repr(number)


def _safe(text: str) -> str:
    """Text that Excel cannot take for a formula: an apostrophe before it; taking one off gives the exact text back."""
    return f"'{text}" if text.startswith(_RUNS_IN_EXCEL) else text


def _safe_value(written: str) -> str:
    """What a school wrote, safe for Excel; a bare number below zero is no formula and stays one."""
    return written if re.fullmatch(r"-\d+(?:[.,]\d+)?", written) else _safe(written)


def _judged_csv(model: type[AnswersFile | FindingsFile], rows: Iterable[tuple[str, ...]]) -> Iterator[bytes]:
    return _csv(tuple(model.to_schema().columns), _judged(model, rows))


def _judged(
    model: type[AnswersFile | FindingsFile], rows: Iterable[tuple[str, ...]]
) -> Iterator[Sequence[tuple[str, ...]]]:
    """Piece by piece, for each rule is about one row."""
    for piece in _pieces(rows):
        as_texts(model, piece)
        yield piece


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while piece := list(islice(rest, _AT_ONCE)):
        yield piece


def _csv(header: tuple[str, ...], pieces: Iterable[Iterable[Iterable[str]]]) -> Iterator[bytes]:
    """Lines that end in LF. The writer itself has to end them in CR LF: else it leaves a text with a CR unquoted."""
    for rows in chain([[header]], pieces):
        lines = _Lines()
        csv.writer(lines).writerows(rows)
        yield "".join([f"{line[:-2]}\n" for line in lines]).encode()


class _Lines(list[str]):
    write = list.append
