"""What a competent user would write for this job in an evening: the measure that Svod is held against.

    python benchmarks/script.py INPUT OUTPUT

pandas reads each report with openpyxl, pandera judges it, openpyxl marks what is wrong in a copy for the school; at
the end everything is one table, one sheet and one chart. It knows a school by its exact name and a figure by the number
before it: no other layouts, formats or wordings, no deadlines, nothing carried forward, nothing between reports.
"""

import re
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pandera.pandas as pa
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from pandera.errors import SchemaErrors

NUMBER = re.compile(r"\d{1,2}(\.\d{1,2})?\.?")
COUNT = re.compile(r"(\d+)\s*(?:чел|из|/|$)")
PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")
WRONG = PatternFill("solid", fgColor="FFD9B3")

ANSWERS = pa.DataFrameSchema(
    {
        "item": pa.Column(str),
        "count": pa.Column(float, pa.Check.in_range(0, 100_000), nullable=True),
        "percent": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),
        "text": pa.Column(str, pa.Check.str_length(min_value=1)),
    },
    coerce=True,
)


def main(source: Path, target: Path) -> None:
    (target / "returns").mkdir(parents=True, exist_ok=True)
    registry = pd.read_excel(source / "registry.xlsx", engine="openpyxl", dtype={"Код": str})
    names = ["Краткое наименование", "Полное наименование"]
    codes = {name: code for column in names for name, code in zip(registry[column], registry["Код"], strict=True)}
    tables = []
    for path in sorted(source.rglob("*.xlsx")):
        if path.name == "registry.xlsx":
            continue
        try:
            table = read(path, codes)
        except Exception as error:
            print(f"{path.name}: {type(error).__name__}")
            continue
        tables.append(judge(table, path, target / "returns"))
    whole = pd.concat(tables, ignore_index=True)
    whole.to_csv(target / "answers.csv", index=False)
    summary = whole.groupby(["school", "item"])["percent"].last().unstack()
    with pd.ExcelWriter(target / "summary.xlsx", engine="xlsxwriter") as writer:
        summary.to_excel(writer, sheet_name="Свод")
        chart = writer.book.add_chart({"type": "bar"})
        chart.add_series({"values": ["Свод", 1, summary.shape[1], len(summary), summary.shape[1]]})
        writer.sheets["Свод"].insert_chart("H2", chart)


def read(path: Path, codes: dict[str, str]) -> pd.DataFrame:
    """One report: item, count, percent, text and the cell's row and column."""
    sheet = pd.read_excel(path, header=None, engine="openpyxl", dtype=object)
    lines = [value for value in sheet.head(12).to_numpy().ravel() if isinstance(value, str)]
    said = [value.partition(":")[2].strip() or value.strip() for value in lines]
    school = next((codes[name] for name in said if name in codes), "")
    rows = []
    for at, values in enumerate(sheet.itertuples(index=False), 1):
        filled = [(column, str(value)) for column, value in enumerate(values, 1) if not pd.isna(value)]
        if len(filled) < 3 or not NUMBER.fullmatch(filled[0][1].strip()):
            continue
        column, text = filled[-1]
        count, percent = COUNT.search(text), PERCENT.search(text)
        rows.append(
            {
                "school": school,
                "item": filled[0][1].strip().rstrip("."),
                "count": float(count[1]) if count else None,
                "percent": float(percent[1].replace(",", ".")) if percent else None,
                "text": text,
                "row": at,
                "column": column,
            }
        )
    return pd.DataFrame(rows)


def judge(table: pd.DataFrame, path: Path, returns: Path) -> pd.DataFrame:
    """The table without what is wrong; the school's file with a comment at each such cell."""
    try:
        ANSWERS.validate(table, lazy=True)
    except SchemaErrors as error:
        wrong = error.failure_cases.dropna(subset=["index"])
        book = openpyxl.load_workbook(path)
        for at, check in zip(wrong["index"], wrong["check"], strict=True):
            cell = book.worksheets[0].cell(int(table["row"][at]), int(table["column"][at]))
            cell.fill = WRONG
            cell.comment = Comment(str(check), "Управление")
        book.save(returns / path.name)
        table = table.drop(index=wrong["index"].unique())
    return table


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
