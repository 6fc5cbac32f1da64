"""How a refusal of a form is said: where the key stands, what is known instead, what stands there twice."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from schemas.form import Form
from schemas.likeness import plain
from schemas.strict import Keys, nearest


class Refusal(NamedTuple):
    """What a form cannot be used with. `keys`: where it stands; `why`: what is wrong and what to do, to the end of the
    sentence."""

    keys: Keys
    why: str


def place_said(keys: Keys, form: Form) -> str:
    """«пункт 6.1, ключ due», «основа «able», ключ part_of», «ключ order.date»."""
    match as_written(keys, form):
        case ("items", int(index), "columns", int(inner), *rest):
            item = form.items[index]
            column = form.table(item.number).columns[inner]
            return _with_key(f"пункт {one_line(item.number)}, столбец «{one_line(column.id)}»", rest)
        case ("items", int(index), *rest) if form.items[index].number.strip():
            return _with_key(f"пункт {one_line(form.items[index].number)}", rest)
        case ("bases", int(index), *rest) if form.bases[index].id.strip():
            return _with_key(f"основа «{one_line(form.bases[index].id)}»", rest)
        case ("tables", int(index), "columns", int(inner), *rest) if form.tables[index].columns[inner].id.strip():
            table = form.tables[index]
            return _with_key(f"таблица «{one_line(table.id)}», столбец «{one_line(table.columns[inner].id)}»", rest)
        case ("stages", int(index), "measures", int(inner), *rest):
            return _with_key(f"stages, мероприятие «{one_line(form.stages[index].measures[inner].title)}»", rest)
        case _:
            return _with_key("", keys)


def as_written(keys: Keys, form: Form) -> Keys:
    """Where the key stands in the file: of a table that is called by the number of an item, with that item."""
    numbers = [item.number for item in form.items]
    match keys:
        case ("tables", int(index), key, *rest) if form.tables[index].id in numbers:
            return ("items", numbers.index(form.tables[index].id), "columns" if key == "id" else key, *rest)
    return keys


def _with_key(owner: str, rest: Iterable[str | int]) -> str:
    said = ""
    for key in rest:
        said += f", запись {key + 1}, " if isinstance(key, int) else f"{'.' * (bool(said) and said[-1] != ' ')}{key}"
    key = f"ключ {said.removesuffix(', ')}" if said else ""
    return ", ".join(filter(None, (owner, key)))


def one_line(text: str) -> str:
    return " ".join(text.split())


def instead(wrong: str, known: Iterable[str]) -> str:
    """To the end of the sentence: which known word may be meant, or which there are."""
    known = list(known)
    return nearest(wrong, known) or f"; есть: {', '.join(known) or 'ни одного'}."


Named = tuple[Keys, str]  # a key and what it says


def twice(named: Iterable[Named], form: Form, normal: Callable[[str], str] = plain) -> Iterator[Refusal]:
    """Those that say what one before them says already."""
    seen: dict[str, Keys] = {}
    for keys, text in named:
        if (first := seen.setdefault(normal(text), keys)) != keys:
            yield Refusal(keys, f"«{text}» уже стоит ({place_said(first, form)}) — назовите иначе или уберите повтор.")


def ring_in(parts: dict[str, list[str]]) -> str:
    """One of the names that lead back to themselves; blank where none does."""

    def leads_to(start: str, goal: str, seen: set[str]) -> bool:
        fresh = [one for one in parts.get(start, ()) if one not in seen]
        return any(one == goal or leads_to(one, goal, seen | set(fresh)) for one in fresh)

    return next((name for name in parts if leads_to(name, name, set())), "")


def day_said(day: date) -> str:
    return f"{day:%d.%m.%Y}"
