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
PEOPLE = re.compile(r"(\d+)\s*чел|^(\d+)$")
PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|процент)")
FRACTION = re.compile(r"[01](?:[.,]\d+)?")  # a cell formatted as percent
VAGUE = re.compile(r"более|менее|около|до |свыше|\d\s*[–-]\s*\d+[\d,.]*\s*%")
SHARES = {  # item: which column of the registry it is a share of
    **dict.fromkeys(("6.1", "10.1", "12.2", "13"), "Педагогических работников"),
    **dict.fromkeys(("6.2", "8", "10.2", "12.1"), "Родителей"),
    **dict.fromkeys(("6.3", "10.3", "12.3"), "Обучающихся"),
    "14": "Имеют возможность пользоваться услугой",
}
OBLIGATORY = ("1", "2", "3", "6.1", "6.2", "6.3")
WRONG = PatternFill("solid", fgColor="FFD9B3")

ANSWERS = pa.DataFrameSchema(
    {
        "item": pa.Column(str),
        "count": pa.Column(float, pa.Check.ge(0), nullable=True),
        "percent": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),
        "text": pa.Column(str),
    },
    checks=[
        pa.Check(lambda table: ~(table["count"] > table["base"]), error="больше, чем всего"),
        pa.Check(lambda table: ~(table["of_people"] & table["percent"].isna()), error="не число"),
        pa.Check(lambda table: ~((table["percent"] - table["stated"]).abs() > 1), error="процент не сходится"),
        pa.Check(lambda table: ~(table["item"].isin(OBLIGATORY) & (table["text"] == "")), error="нет ответа"),
    ],
    coerce=True,
)


def main(source: Path, target: Path) -> None:
    (target / "returns").mkdir(parents=True, exist_ok=True)
    registry = pd.read_excel(source / "registry.xlsx", engine="openpyxl", dtype={"Код": str})
    names = ["Краткое наименование", "Полное наименование"]
    codes = {name: code for column in names for name, code in zip(registry[column], registry["Код"], strict=True)}
    bases = registry.set_index("Код")[[*{*SHARES.values()}]]
    tables = []
    for path in sorted(source.rglob("*.xlsx")):
        if path.name == "registry.xlsx":
            continue
        try:
            table = read(path, codes, bases)
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


def read(path: Path, codes: dict[str, str], bases: pd.DataFrame) -> pd.DataFrame:
    """One report: item, count, percent, text and the cell's row and column."""
    sheet = pd.read_excel(path, header=None, engine="openpyxl", dtype=object)
    lines = [value for value in sheet.head(12).to_numpy().ravel() if isinstance(value, str)]
    said = [re.sub(r" \(код .*\)$", "", value.partition(":")[2].strip() or value.strip()) for value in lines]
    school = next((codes[name] for name in said if name in codes), "")
    rows = []
    for at, values in enumerate(sheet.itertuples(index=False), 1):
        filled = [(column, str(value)) for column, value in enumerate(values, 1) if not pd.isna(value)]
        if len(filled) < 2 or not NUMBER.fullmatch(filled[0][1].strip()):
            continue
        item = filled[0][1].strip().rstrip(".")
        column, text = filled[-1] if len(filled) > 2 else (filled[-1][0] + 1, "")
        base = bases.at[school, SHARES[item]] if school and item in SHARES else None
        people, stated = figures(text) if item in SHARES else (None, None)
        rows.append(
            {
                "school": school,
                "item": item,
                "count": people,
                "base": base,
                "stated": stated,
                "percent": 100 * people / base if people is not None and base else stated,
                "of_people": item in SHARES and bool(text) and text != "не предусмотрено",
                "text": text,
                "row": at,
                "column": column,
            }
        )
    return pd.DataFrame(rows)


def figures(text: str) -> tuple[float | None, float | None]:
    """People and percent, as far as the words are clear."""
    if VAGUE.search(text.casefold()):
        return None, None
    if FRACTION.fullmatch(text):
        return None, 100 * float(text.replace(",", "."))
    people, percent = PEOPLE.search(text), PERCENT.search(text)
    return (
        float(people[1] or people[2]) if people else None,
        float(percent[1].replace(",", ".")) if percent else None,
    )


def judge(table: pd.DataFrame, path: Path, returns: Path) -> pd.DataFrame:
    """The table without what is wrong; the school's file with a comment at each such cell."""
    try:
        ANSWERS.validate(table, lazy=True)
    except SchemaErrors as error:
        wrong = error.failure_cases.dropna(subset=["index"]).drop_duplicates(["index", "check"])
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
