"""Writes the generated pages anew: `python docs/make_tables.py`. A test holds that they are current."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandera.pandas as pa

from pipeline.measuring.frames import FRAMES
from pipeline.wording import message, todo
from schemas.contracts import CONTRACTS, judged_by
from schemas.form import load_form
from schemas.form_keys import Section, kinds, sections
from schemas.registry_book import FILE, Words, tables
from schemas.remarks import Severity, load_catalogue

DOCS = Path(__file__).resolve().parent
_SEVERITIES = {Severity.ERROR: "ошибка", Severity.WARNING: "проверить", Severity.INFO: "сведение"}
_HEAD = "| код | правило | что сказано | что сделать | кто проверяет |", "|---|---|---|---|---|"
_FORM = "form-547"  # whose bases have columns in the registry
_FROM = "<!-- листы реестра: создано из schemas/registry_book.py, python docs/make_tables.py -->"
_TO = "<!-- конец листов реестра -->"
_NO_MODEL = "чтение или правило"  # what no pandera model raises


def main() -> None:
    for name, text in pages().items():
        (DOCS / name).write_text(text, "utf-8")


def pages() -> dict[str, str]:
    """File name -> its text."""
    return {
        "remarks.md": _remarks_page(),
        "data-dictionary.md": _dictionary_page(),
        "guide.ru.md": _guide(),
        "new-order.md": _new_order(),
    }


def _remarks_page() -> str:
    catalogue = load_catalogue()
    models = judged_by()
    lines = [
        "# Замечания: что они значат",
        "",
        "Страница создана из `schemas/remarks.toml` (`python docs/make_tables.py`); числа в примерах вымышлены.",
        "«Ошибка» — показатель отложен до исправления; «проверить» — учтён; «сведение» исправлений не требует, но",
        "и оно может ставить показатель под вопрос.",
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
        "Generated from the pandera models in `schemas/` and of `pipeline/measuring/frames.py`, and from the tables of",
        "the registry (`python docs/make_tables.py`).",
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
    return "\n".join([*lines, "", *_registry_lines(), ""])


def _registry_lines() -> Iterator[str]:
    """The registry workbook as it is read."""
    yield f"## The registry workbook, `{FILE}`"
    yield ""
    yield "Declared in `schemas/registry_book.py`. A cell that is not understood is a remark and `UNKNOWN`, no value."
    for table in tables(load_form(_FORM)):
        yield from ("", f"### «{table.sheet}»", "", "| heading | or | must be there | kind |", "|---|---|---|---|")
        for column in table.columns:
            words = f" ({', '.join(column.words)})" if isinstance(column, Words) else ""
            others = ", ".join(column.spellings)
            yield f"| {column.heading} | {others} | {column.need.value} | {column.kind}{words} |"


def _guide() -> str:
    """The office's guide with its part on the registry written anew between its marks."""
    before, rest = (DOCS / "guide.ru.md").read_text("utf-8").split(_FROM)
    _, after = rest.split(_TO)
    return f"{before}{_FROM}\n{chr(10).join(_guide_lines())}\n{_TO}{after}"


def _guide_lines() -> Iterator[str]:
    for table in tables(load_form(_FORM)):
        yield from (f"**Лист «{table.sheet}».** {table.about}", "")
        yield from ("| столбец | что в нём | если ячейка не понята |", "|---|---|---|")
        for column in table.columns:
            yield f"| {column.heading} | {column.holds} | {column.unread} |"
        yield ""


_KEYS = re.compile(r"(<!-- keys: ([\w ]+) -->\n).*?(?=<!-- end of keys -->)", re.DOTALL)


def _new_order() -> str:
    """The page on forms with the keys of each section of the schema written anew between their marks. LookupError
    where a section stands nowhere on the page, or twice."""
    told = {section.name: list(_key_lines(section)) for section in sections()} | {"Kind": list(_kind_lines())}
    named: list[str] = []

    def written(found: re.Match[str]) -> str:
        names = found[2].split()
        named.extend(names)
        return found[1] + "\n".join([*(line for name in names for line in ("", *told[name])), "", ""])

    page = _KEYS.sub(written, (DOCS / "new-order.md").read_text("utf-8"))
    if sorted(named) != sorted(told):
        raise LookupError(f"new-order.md: sections of keys {sorted(named)}, of the schema {sorted(told)}")
    return page


def _key_lines(section: Section) -> Iterator[str]:
    if places := ", ".join(f"`{place}`" for place in section.places if place):
        yield from (f"**{places}**", "")
    yield from ("| key | takes | left out | what it is | rule |", "|---|---|---|---|---|")
    for key in section.keys:
        words = f"`{key.name}`", key.takes, key.left_out or "—", key.what, key.rule
        yield f"| {' | '.join(word.replace('|', chr(92) + '|') for word in words)} |"


def _kind_lines() -> Iterator[str]:
    yield from ("| `kind` | how it is answered | done when |", "|---|---|---|")
    yield from (f"| `{told.kind}` | {told.how} | {told.done} |" for told in kinds())


def _schema(model: type[pa.DataFrameModel]) -> pa.DataFrameSchema:
    return model.to_schema()


if __name__ == "__main__":
    main()
