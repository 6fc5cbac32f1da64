"""A form as it is written, and the one step from there to the form as all others know it.

What may be said in short is said in full there: `[[items.columns]]` of a group are a table of its own whose rows are
the items under it, those of an item with `rows = "free"` a list of its own. Both become `Form.tables`, called by the
number of their item. No `[[tables]]` is called so, and a refusal finds back to the key that the user has written
(`form_refusals.as_written`).
"""

from collections.abc import Iterator
from typing import Any, Literal, cast

from msgspec import UNSET
from msgspec.structs import replace

from schemas.form import OF_ROW_FIGURES, Column, Counts, Form, Item, Kind, Table, is_of_row
from schemas.form_figures import misplaced_keys
from schemas.form_refusals import Refusal
from schemas.strict import fields_of

_UNSAID = cast(Kind, None)  # no word in a file is it
_UNSET = cast(Any, UNSET)  # what a row does not say its columns do


class WrittenItem(Item, frozen=True, kw_only=True):
    """An item with a table of its own, if it has one. `kind` is left out where the columns say it."""

    kind: Kind = _UNSAID
    unit: str = _UNSET
    decimals: int = _UNSET
    min: float | None = _UNSET
    max: float | None = _UNSET
    add: Literal["sum", "mean", "ratio", "none"] = _UNSET
    add_periods: bool = _UNSET
    counts: Counts | None = _UNSET
    rows: Literal["free", ""] = ""
    columns: tuple[Column, ...] | None = None
    label: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


class WrittenForm(Form, frozen=True, kw_only=True):
    items: tuple[WrittenItem, ...]


_OF_TABLE = tuple(name for name in Table.__struct_fields__ if name != "id")
_OWN_KEYS = frozenset({"rows", *_OF_TABLE})


def in_full(written: WrittenForm) -> Form:
    """The same form with all its tables in `tables`. What `written_refusals` refuse stays as it is."""
    said = {name: getattr(written, name) for name in Form.__struct_fields__}
    said["items"] = tuple(_in_full(item, written) for item in written.items)
    said["tables"] += tuple(_table(item) for item in written.items if item.columns is not None)
    return Form(**said)


def _in_full(item: WrittenItem, written: WrittenForm) -> Item:
    asked = {name: value for name in Item.__struct_fields__ if (value := getattr(item, name)) is not UNSET}
    if _stands_in_columns(item, written):
        asked |= {"kind": Kind.ROW, "table": item.parent}
    elif (kind := _kind(item)) is Kind.ROWS:
        asked |= {"kind": kind, "table": item.table if item.columns is None else item.number}
    if item.columns is not None:  # of whose lines its table says how many
        asked |= {"at_least": 0, "at_most": None}
    return Item(**asked)


def _table(item: WrittenItem) -> Table:
    return Table(id=item.number, **{name: getattr(item, name) for name in _OF_TABLE})


def _kind(item: WrittenItem) -> Kind:
    return Kind.ROWS if item.rows and item.kind is _UNSAID else item.kind


def _stands_in_columns(item: WrittenItem, written: WrittenForm) -> bool:
    """Is it a row because the group over it has columns."""
    above = next((one for one in written.items if one.number == item.parent), None)
    return above is not None and above.kind is Kind.GROUP and above.columns is not None


# ── contradictions of what is said in short ──────────────────────────────────────────────────────────────
def written_refusals(written: WrittenForm) -> Iterator[Refusal]:
    for index, item in enumerate(written.items):
        said = _of_row(item) if _stands_in_columns(item, written) else _of_item(item)
        yield from (Refusal(("items", index, key), why) for key, why in (*said, *_of_unheard(item, written)))
    numbers = {item.number for item in written.items}
    for index, table in enumerate(written.tables):
        if table.id in numbers:
            why = f"id «{table.id}» — номер пункта: так Свод зовёт таблицу из его columns — назовите эту иначе."
            yield Refusal(("tables", index), why)


def _of_item(item: WrittenItem) -> Iterator[tuple[str, str]]:
    if (kind := _kind(item)) is _UNSAID:
        of_columns = (
            "столбцы есть, а чьи строки, не сказано — впишите «group» (пунктов под ним) или rows = «free» (школы)."
        )
        yield "kind", "не сказано, как на пункт отвечают, — впишите этот ключ." if item.columns is None else of_columns
        return
    yield from ((key, why) for key, why in misplaced_keys(replace(item, kind=kind)) if key in _OWN_KEYS)
    if item.columns is None:
        for key in _OF_TABLE:
            if key != "columns" and kind is not Kind.ACTS and getattr(item, key) != _default(key):
                yield key, _of_another(item) or _WITHOUT_COLUMNS
        if item.rows and not item.table:
            yield "columns", "строкам, которые вписывает школа, нужны столбцы — впишите [[items.columns]]."
    elif item.table:
        yield "table", "столбцы у пункта свои (columns), другой таблицы ему не назвать — уберите одно из двух."


_WITHOUT_COLUMNS = "столбцов (columns) у пункта нет — впишите [[items.columns]] или уберите этот ключ."


def _of_another(item: WrittenItem) -> str:
    """Of lines in a table that stands apart."""
    return f"строки пункта — в таблице «{item.table}»: перенесите этот ключ к ней, в [[tables]]." if item.table else ""


def _of_row(item: WrittenItem) -> Iterator[tuple[str, str]]:
    because = f"пункт {item.parent} — таблица (columns), а пункты под ним — её строки"
    if item.kind not in (_UNSAID, Kind.ROW):
        yield "kind", f"{because}: другими они не бывают — уберите этот ключ."
    for key in ("table", *sorted(_OWN_KEYS)):
        if getattr(item, key) != _default(key):
            yield key, f"{because} — уберите этот ключ."


def _of_unheard(item: WrittenItem, written: WrittenForm) -> Iterator[tuple[str, str]]:
    """What is usual need not be said of a row, so in full it is no more than silence, and what a column says stands."""
    for key in OF_ROW_FIGURES:
        usual = _default(key, Item)
        if getattr(item, key) == usual:
            for column in _columns(item, written):
                if is_of_row(column) and getattr(column, key) != usual:
                    told = f"графа «{column.title}» говорит другое, а строка — то, что и так обычно"
                    yield key, f"{told}: уберите этот ключ у графы и впишите его тем строкам, где нужно."


def _columns(item: WrittenItem, written: WrittenForm) -> tuple[Column, ...]:
    """Of the table in which it is a row, if it is one."""
    if _stands_in_columns(item, written):
        return next(one.columns or () for one in written.items if one.number == item.parent)
    tables = written.tables if item.kind is Kind.ROW else ()
    return next((table.columns for table in tables if table.id == item.table), ())


def _default(key: str, kind: type[Item] = WrittenItem) -> object:
    return next(field.default for field in fields_of(kind) if field.name == key)
