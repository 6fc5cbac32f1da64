"""The relations of a form, each written out for the addresses that it holds between: no `*` is left in them."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.form import Form, Item, Kind, Relation

FOLLOWS = ("sum", "product", "ratio")  # kinds by which a figure follows from others
_ANY = "*"


class Held(NamedTuple):
    """One relation between figures of a report; `kind`, `item`, `of` and `tolerance` as in `schemas.form.Relation`."""

    kind: str
    item: str
    of: tuple[str, ...]
    tolerance: float


def relations_of(form: Form) -> tuple[Held, ...]:
    """All of them, in the form's order. A relation with `*` leaves out cells that take no answer, what is no figure,
    and cells that follow from others by a relation that names them: a mean price under a column of sums."""
    named = {one.item for one in form.relations if one.kind in FOLLOWS and _ANY not in one.item}
    questions = {item.number: item for item in form.questions}
    found = []
    for relation in form.relations:
        for held in _written_out(relation, form):
            items = [questions.get(number) for number in (held.item, *held.of)]
            taken = _ANY in relation.item and relation.kind in FOLLOWS and held.item in named
            if not taken and all(item and _can_hold(relation, item) for item in items):
                found.append(held)
    return tuple(found)


def _can_hold(relation: Relation, item: Item) -> bool:
    """Under a `*` shares and means are neither added up nor parts of each other."""
    whole = _ANY not in relation.item or relation.kind not in ("sum", "of_which") or item.add in ("sum", "none")
    return item.kind is Kind.NUMBER and whole


def _written_out(relation: Relation, form: Form) -> Iterator[Held]:
    row, slash, column = relation.item.partition("/")
    numbers = [item.number for item in form.items if item.kind in (Kind.ROW, Kind.ROWS)]
    rows = (relation.rows or tuple(numbers)) if row == _ANY else ("",)
    columns = _columns_of(form, numbers if row == _ANY else [row]) if slash and column == _ANY else ("",)
    for here in rows:
        for at in columns:
            addresses = [_filled_in(one, here, at) for one in (relation.item, *relation.of)]
            yield Held(relation.kind, addresses[0], tuple(addresses[1:]), relation.tolerance)


def _columns_of(form: Form, rows: list[str]) -> tuple[str, ...]:
    tables = [form.table(item.table) for item in form.items if item.number in rows]
    return tuple(dict.fromkeys(column.id for table in tables for column in table.columns))


def _filled_in(address: str, row: str, column: str) -> str:
    """`*` before the slash is the row, behind it the column."""
    first, slash, second = address.partition("/")
    return f"{row if first == _ANY else first}{slash}{column if second == _ANY else second}"
