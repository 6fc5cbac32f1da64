"""Writes the generated pages anew: `python docs/make_tables.py`. A test holds that they are current."""

from pathlib import Path

import pandera.pandas as pa

from pipeline.measuring.frames import FRAMES
from pipeline.wording import message, todo
from schemas.contracts import CONTRACTS, judged_by
from schemas.remarks import Severity, load_catalogue

DOCS = Path(__file__).resolve().parent
_SEVERITIES = {Severity.ERROR: "ошибка", Severity.WARNING: "проверить", Severity.INFO: "сведение"}
_HEAD = "| код | правило | что сказано | что сделать | кто проверяет |", "|---|---|---|---|---|"
_NO_MODEL = "чтение или правило"  # what no pandera model raises


def main() -> None:
    for name, text in pages().items():
        (DOCS / name).write_text(text, "utf-8")


def pages() -> dict[str, str]:
    """File name -> its text."""
    return {"remarks.md": _remarks_page(), "data-dictionary.md": _dictionary_page()}


def _remarks_page() -> str:
    catalogue = load_catalogue()
    models = judged_by()
    lines = [
        "# Замечания: что они значат",
        "",
        "Страница создана из `schemas/remarks.toml` (`python docs/make_tables.py`); числа в примерах вымышлены.",
        "«Ошибка» — показатель отложен до исправления; «проверить» — учтён; «сведение» действий не требует.",
        "«Кто проверяет»: модель pandera (`schemas/`, docs/data-dictionary.md) или, где дело не в строках таблицы,",
        "чтение файла либо отдельное правило (`pipeline/reading/`, `pipeline/checking/`).",
        "Важность замечания меняется в `settings.toml`, раздел `[controls]`: `error`, `warning`, `info` или `off`.",
    ]
    for severity, title in _SEVERITIES.items():
        codes = sorted(code for code, entry in catalogue.entries.items() if entry.severity is severity)
        lines += ["", f"## {title.capitalize()}", "", *_HEAD]
        for code in codes:
            example = catalogue.example(code)
            words = [f"`{code}`", catalogue.entries[code].rule, message(example, catalogue), todo(example, catalogue)]
            words.append(f"`{models[code]}`" if code in models else _NO_MODEL)
            lines.append(f"| {' | '.join(word.replace('|', chr(92) + '|') for word in words)} |")
    return "\n".join([*lines, ""])


def _dictionary_page() -> str:
    lines = [
        "# Data dictionary",
        "",
        "Generated from the pandera models in `schemas/` and of `pipeline/measuring/frames.py`",
        "(`python docs/make_tables.py`).",
    ]
    handed_on = {f"What measuring hands on, `Figures.{name}`": model for name, model in FRAMES.items()}
    for title, model in {**CONTRACTS, **handed_on}.items():
        lines += [
            "",
            f"## {title}",
            "",
            f"`{model.__name__}`",
            "",
            "| column | type | may be empty | what it holds |",
            "|---|---|---|---|",
        ]
        for name, column in _schema(model).columns.items():
            empty = "yes" if column.nullable else "no"
            lines.append(f"| `{name}` | {str(column.dtype).partition('[')[0]} | {empty} | {column.description or ''} |")
    return "\n".join([*lines, ""])


def _schema(model: type[pa.DataFrameModel]) -> pa.DataFrameSchema:
    return model.to_schema()


if __name__ == "__main__":
    main()
