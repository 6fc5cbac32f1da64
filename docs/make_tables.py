"""Writes the generated pages anew: `python docs/make_tables.py`. A test holds that they are current."""

from datetime import date
from pathlib import Path

import pandera.pandas as pa

from pipeline.wording import message, todo
from schemas.answers import Answers
from schemas.municipality import Indicators
from schemas.registry import SchoolBases
from schemas.remarks import Remark, Severity, load_catalogue

DOCS = Path(__file__).resolve().parent
_SEVERITIES = {Severity.ERROR: "ошибка", Severity.WARNING: "проверить", Severity.INFO: "сведение"}
_MODELS = {
    "The long table of answers": Answers,
    "The registry's people": SchoolBases,
    "The municipality-wide table, `indicators.csv`": Indicators,
}
# Figures as a district has them, so that the sentences can be read through.
_PLACES = {
    "file": "отчёт.xlsx",
    "sheet": "Отчёт",
    "cell": "E47",
    "school": "08",
    "as_of": date(2014, 3, 20),
    "item": "14",
    "value": "80–85 %",
}
_FIGURES = {
    "about": "ознакомление родителей",
    "as_percent": 0.87,
    "as_share": 87.0,
    "base": 574,
    "candidates": "01, 02",
    "cells": "D7, E12",
    "classes": "1-4",
    "column": "Родителей",
    "count": 310,
    "day": date(2014, 1, 30),
    "document": "№ 12, положение",
    "due": date(2014, 1, 30),
    "earlier": 325,
    "example": "09.12.2013",
    "first": "88 %",
    "first_cell": "C35",
    "form_date": date(2014, 5, 20),
    "form_school": "МБОУ СОШ № 8",
    "label": "Родителей",
    "letter": "З",
    "limit": 298,
    "limit_said": "логины выданы",
    "near": " Похожие: МБОУ СОШ № 8 (код 08).",
    "newer": date(2014, 5, 20),
    "people": 548,
    "other": "12.1",
    "percent": 87.0,
    "whole": 540,
    "whole_label": "Родителей",
    "reason": "активных не может быть больше, чем логинов",
    "said": "Активировано",
    "share": 71.43,
    "sheets": "«Лист1»",
    "source": " (по сведениям о школе)",
    "total": 245,
    "usual": 62.5,
    "want": "число людей и процент, например 245 чел. / 87 %",
    "what": "номер",
}
_SPECIAL = {
    "ANSWER-TWICE": {"value": "94 %"},
    "CELL-ERROR": {"value": "#ДЕЛ/0!"},
    "CLASSES-UNREADABLE": {"value": "1–4 кл. кроме 1б"},
    "DATE-UNREADABLE": {"value": "31.02.2014"},
    "DOC-INCOMPLETE": {"value": "приказ от 12.12.2013"},
    "DOC-SEVERAL": {"value": "приказы № 12 от 09.12.2013 и № 14 от 10.12.2013"},
    "FILE-BUSY": {"what": "он ещё копируется"},
    "FILE-DAMAGED": {"what": "архив обрывается"},
    "FILE-DENIED": {"what": "папка закрыта"},
    "FILE-EMPTY": {"what": "ноль байт"},
    "FILE-KIND": {"what": "документ PDF"},
    "FILE-LIMIT": {"limit": "20 МБ", "what": "размер 25 МБ"},
    "FILE-LINK": {"what": "ссылка"},
    "FORM-CONFLICT": {"first": "Лист2"},
    "FORM-TWICE": {"first": "Лист2"},
    "ITEM-BY-WORDING": {"value": "Активация родителей в системе"},
    "NUM-ABOUT": {"value": "около 90 %"},
    "NUM-BOUND": {"value": "более 50 %"},
    "NUM-FRACTION": {"value": "0,87"},
    "NUM-LETTER": {"value": "З0 %"},
    "NUM-NEGATIVE": {"value": "-5 %"},
    "NUM-NONE": {"value": "в процессе"},
    "NUM-NOT-WHOLE": {"value": "24,5 чел."},
    "NUM-SEVERAL": {"value": "87 % / 90 %"},
    "NUM-UNCLEAR": {"value": "87"},
    "PCT-ABOVE-100": {"percent": 104.0},
    "PCT-DISAGREES": {"count": 175},
    "PCT-FELL": {"earlier": 92.0},
    "PERSON-INCOMPLETE": {"what": "должность"},
    "PERSON-SEVERAL": {"value": "Иванова М.П., учитель; Ким С.Е., методист"},
    "REGISTRY-ADDRESS": {"value": "school8@"},
    "REGISTRY-CODE": {"what": "код 01 у двух школ"},
    "REGISTRY-DATE": {"value": "с осени", "column": "Действует с"},
    "REGISTRY-NAME": {"value": "школа 1"},
    "REGISTRY-NUMBER": {"value": "сорок"},
    "REGISTRY-PART": {"label": "Имеют возможность"},
    "REGISTRY-WAIVER": {"value": "99, п. 14"},
    "REPORT-SUPERSEDED": {"other": "отчёт 2.xlsx"},
    "SAME-ANSWERS": {"other": "отчёт СОШ 5.xlsx"},
    "SCHOOL-AMBIGUOUS": {"value": "школа № 1"},
    "SCHOOL-CONFLICT": {"value": "МБОУ СОШ № 5"},
    "SCHOOL-LATIN": {"value": "МБОУ CОШ № 8"},
    "SCHOOL-UNKNOWN": {"value": "МБОУ ООШ № 8"},
    "YES-NO-UNREADABLE": {"value": "в разработке"},
}


def main() -> None:
    for name, text in pages().items():
        (DOCS / name).write_text(text, "utf-8")


def pages() -> dict[str, str]:
    """File name -> its text."""
    return {"remarks.md": _remarks_page(), "data-dictionary.md": _dictionary_page()}


def _remarks_page() -> str:
    catalogue = load_catalogue()
    lines = [
        "# Замечания: что они значат",
        "",
        "Страница создана из `schemas/remarks.toml` (`python docs/make_tables.py`); числа в примерах вымышлены.",
        "«Ошибка» — показатель отложен до исправления; «проверить» — учтён; «сведение» действий не требует.",
        "Важность замечания меняется в `settings.toml`, раздел `[controls]`: `error`, `warning`, `info` или `off`.",
    ]
    for severity, title in _SEVERITIES.items():
        codes = sorted(code for code, entry in catalogue.entries.items() if entry.severity is severity)
        lines += ["", f"## {title.capitalize()}", "", "| код | что сказано | что сделать |", "|---|---|---|"]
        for code in codes:
            example = _example(code, severity)
            words = [f"`{code}`", message(example, catalogue), todo(example, catalogue)]
            lines.append(f"| {' | '.join(word.replace('|', chr(92) + '|') for word in words)} |")
    return "\n".join([*lines, ""])


def _example(code: str, severity: Severity) -> Remark:
    figures = _FIGURES | _SPECIAL.get(code, {})
    places = _PLACES | ({"value": figures["value"]} if "value" in figures else {})
    return Remark(code, data=tuple(figures.items()), severity=severity, **places)  # type: ignore[arg-type]


def _dictionary_page() -> str:
    lines = [
        "# Data dictionary",
        "",
        "Generated from the pandera models in `schemas/` (`python docs/make_tables.py`).",
    ]
    for title, model in _MODELS.items():
        lines += ["", f"## {title}", "", "| column | type | may be empty | what it holds |", "|---|---|---|---|"]
        for name, column in _schema(model).columns.items():
            empty = "yes" if column.nullable else "no"
            lines.append(f"| `{name}` | {str(column.dtype).partition('[')[0]} | {empty} | {column.description or ''} |")
    return "\n".join([*lines, ""])


def _schema(model: type[pa.DataFrameModel]) -> pa.DataFrameSchema:
    return model.to_schema()


if __name__ == "__main__":
    main()
