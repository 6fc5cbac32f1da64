"""The relations of a form, each written out for the addresses that it holds between: no `*` is left in them."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from schemas.form import Form, Item, Kind, Relation

LINES = "#"  # in place of a list's column: how many lines it has
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
            items = [questions.get(number) for number in (held.item, *held.of) if not counts_lines(number)]
            taken = _ANY in relation.item and relation.kind in FOLLOWS and held.item in named
            if not taken and all(item and _can_hold(relation, item) for item in items):
                found.append(held)
    return tuple(found)


def list_of(address: str, form: Form) -> str:
    """Number of the list whose column that is (`6` for `6/участники`), or whose lines it counts (`6/#`); blank for any
    other address."""
    row, slash, _ = address.partition("/")
    if counts_lines(address):
        return row
    return row if slash and form.has(address) and form.item(row).kind is Kind.ROWS else ""


def counts_lines(address: str) -> bool:
    return address.endswith(f"/{LINES}")


def in_lines(held: Held, form: Form, lines: Callable[[str], Iterable[str]]) -> Iterator[Held]:
    """The relation as it holds in a report: one about a list's column in each of its lines, what stands beside it there
    in the same line. `lines`: number of a list -> those of its lines that are filled in. A list's column that another
    figure follows from stays as it is: all its lines together."""
    own = list_of(held.item, form)
    if not own:
        yield held
        return
    for line in lines(own):
        item, *of = (_in_line(one, own, line) for one in (held.item, *held.of))
        yield held._replace(item=item, of=tuple(of))


def _in_line(address: str, own: str, line: str) -> str:
    row, slash, column = address.partition("/")
    return f"{line}/{column}" if slash and row == own else address


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
