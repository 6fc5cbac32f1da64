"""The three CSVs of a run: what was read, what was remarked, what was measured. Sorted, so that a diff means a change."""

import csv
import io
from collections.abc import Iterable

import pandas as pd

from pipeline.measuring.figures import Activation, Figures, Level, Share
from pipeline.wording import message
from schemas.municipality import MUNICIPALITY, Indicators
from schemas.remarks import Catalogue

ANSWERS = ("file", "sheet", "cell", "school_code", "as_of", "item", "field", "value", "basis", "counted")
FINDINGS = ("file", "sheet", "cell", "school_code", "as_of", "item", "code", "severity", "message", "value")
_RUNS_IN_EXCEL = ("=", "+", "-", "@", "\t", "\r", "'")


def answers_csv(figures: Figures) -> bytes:
    """One fact a row, for the reports in the picture."""
    form = figures.form
    carried = {row.school.code for row in figures.activation if row.school and row.carried}
    table = figures.answers
    fields = {name: here for here, name in enumerate(dict.fromkeys(table["field"]))}
    rows = []
    for row in table.itertuples():
        value = _figure(row.number) if row.text == "" and row.number == row.number else _safe(str(row.text))
        basis = "carried" if row.school_code in carried else str(row.basis)
        counted = "true" if row.counted else "false"
        cells = (
            _safe(str(row.file)), _safe(str(row.sheet)), str(row.cell), _safe(str(row.school_code)), str(row.as_of),
            str(row.item), str(row.field), value, basis, counted,
        )  # fmt: skip
        rows.append(((row.file, row.sheet, form.sort_key(str(row.item)), fields[row.field], row.Index), cells))
    return _csv(ANSWERS, (cells for _, cells in sorted(rows, key=lambda pair: pair[0])))


def findings_csv(figures: Figures, catalogue: Catalogue) -> bytes:
    """Remarks on the reports in the picture and on every file that gave none."""
    rows = []
    for said in figures.remarks:
        as_of = said.as_of.isoformat() if said.as_of else ""
        cells = (
            _safe(said.file), _safe(said.sheet), said.cell, _safe(said.school), as_of, said.item, said.code,
            said.severity.value, _safe(message(said, catalogue)), _safe(said.value),
        )  # fmt: skip
        rows.append(((said.file, said.sheet, figures.form.sort_key(said.item), said.code, said.cell, cells), cells))
    return _csv(FINDINGS, (cells for _, cells in sorted(rows)))


def indicators_csv(figures: Figures) -> bytes:
    """`indicators` as a file."""
    table = indicators(figures)
    rows = (
        [_figure(v) if isinstance(v, float) else _safe(v) if isinstance(v, str) else str(v) for v in row]
        for row in table.itertuples(index=False)
    )
    return _csv(tuple(table.columns), rows)


def indicators(figures: Figures) -> pd.DataFrame:
    """The municipality-wide table (`schemas.municipality.Indicators`): one row for every scope and coverage item.
    Judged on its way out: a breach raises."""
    form = figures.form
    rows: list[dict[str, object]] = []
    for item in form.coverage_items:
        sums = figures.totals.loc[item.number]
        row = _row(figures, MUNICIPALITY, item.number, sums["covered"], sums["total"], sums["percent"])
        row |= {"schools_counted": int(sums["counted"]), "schools_expected": int(sums["expected"])}
        rows.append(row | _against_target(item.number, figures.municipality, figures))
    by_school = {row.school.code: row for row in figures.activation if row.school}
    for found in figures.coverage.itertuples():
        row = _row(figures, found.school_code, found.item, found.covered, found.total, found.percent)
        row |= {"schools_counted": int(found.share is Share.COUNTED), "schools_expected": 1}
        rows.append(row | _against_target(found.item, by_school[found.school_code], figures))
    columns = list(Indicators.to_schema().columns)
    table = pd.DataFrame(rows, columns=columns)
    figures_of = ["covered", "total", "percent", "target_min", "target_max", "deviation_pp", "shortfall"]
    table = table.astype(dict.fromkeys(figures_of, "float64"))
    order = {item.number: here for here, item in enumerate(form.coverage_items)}
    scope = table["scope"].where(table["scope"] != MUNICIPALITY, "")
    table = table.iloc[
        sorted(range(len(table)), key=lambda i: (scope.iloc[i], order[table["item"].iloc[i]]))
    ].reset_index(drop=True)
    return Indicators.validate(table)


def _row(figures: Figures, scope: str, item: str, covered: float, total: float, percent: float) -> dict[str, object]:
    base = figures.form.item(item).base
    group = figures.form.base(base).label if base else ""
    return {
        "as_of": figures.as_of.isoformat(),
        "scope": scope,
        "item": item,
        "group": group,
        "covered": covered,
        "total": total,
        "percent": percent,
    }


def _against_target(item: str, row: Activation, figures: Figures) -> dict[str, object]:
    """Filled for the headline item only; before the first target all but the status is blank."""
    if item != figures.form.headline.item:
        return {"status": ""}
    target = figures.target
    return {
        "target_min": target.min if target else None,
        "target_max": target.max if target else None,
        "deviation_pp": row.deviation,
        "shortfall": row.shortfall,
        "status": "" if row.level is Level.UNKNOWN else row.level.value,
    }


def _figure(value: object) -> str:
    """Unrounded, without the noise of binary fractions in whole numbers; blank for no figure."""
    number = float(value)  # type: ignore[arg-type]
    if number != number:
        return ""
    return str(int(number)) if number.is_integer() else repr(number)


def _safe(text: str) -> str:
    """Text that Excel cannot take for a formula: an apostrophe before it; taking one off gives the exact text back."""
    return f"'{text}" if text.startswith(_RUNS_IN_EXCEL) else text


def _csv(header: tuple[str, ...], rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")
